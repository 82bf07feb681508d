"""Taking stories in from within the app."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from running import Running, running
from story_room import CONFIG, NOW, fill, reading_room
from textual import events

from monitor.newsroom import Newsroom
from monitor.store.reader import open_reader
from monitor.tui.screens.taking_in import ImportScreen
from tests.stories.samples import ANOTHER, export, page


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return fill(tmp_path / "monitor.db")


async def asked(one: Running) -> ImportScreen:
    await one.press("i")
    screen = one.app.screen
    assert isinstance(screen, ImportScreen)
    await one.until(lambda: screen.path_line.has_focus)
    return screen


def told(screen: ImportScreen) -> str:
    return " ".join(screen.text.text.split())


async def typed(one: Running, screen: ImportScreen, line: str) -> None:
    screen.path_line.post_message(events.Paste(line))
    await one.until(lambda: line.strip() in screen.path_line.line)


async def test_files_are_taken_in_and_the_list_shows_them(store: Path, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(export(title="The Harbour Wakes", slug="the-harbour-wakes-a1b2"))
    (tmp_path / "page one.txt").write_text(page(title="A Page of Its Own", body=ANOTHER, related="The Kite"))
    (tmp_path / "bad.txt").write_text("nothing\n")
    async with reading_room(store) as one:
        screen = await asked(one)
        await typed(one, screen, f"{tmp_path}/good.txt '{tmp_path}/page one.txt' {tmp_path}/b*.txt {tmp_path}/none.txt")
        await one.press("enter")
        await one.until(lambda: " failed" in told(screen).rpartition("unchanged,")[2])
        text = told(screen)
        assert "+ added The Harbour Wakes" in text
        assert "its file does not say: " in text
        assert "1 more story is known by its title now" in text
        assert "✗ failed" in text
        assert "No such file or directory" in text
        assert "there is no title with text below it" in text
        assert screen.path_line.line == ""
        await one.press("escape")
        await one.until(lambda: "The Harbour Wakes" in one.dashboard.stories.text)


async def test_a_text_that_is_pasted_is_a_story(store: Path) -> None:
    async with reading_room(store) as one:
        screen = await asked(one)
        screen.path_line.post_message(events.Paste(export(title="Pasted In", slug="pasted-in-a1b2")))
        await one.until(lambda: "+ added Pasted In" in told(screen))
        screen.path_line.post_message(events.Paste(export(title="Pasted In", slug="pasted-in-a1b2")))
        await one.until(lambda: "· unchanged" in told(screen))
    with open_reader(store) as reader:
        assert reader.story("pasted-in-a1b2") is not None


async def test_tab_completes_paths(store: Path, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for name in ("story-one.txt", "story-two.txt"):
        (folder / name).write_text(export())
    async with reading_room(store) as one:
        screen = await asked(one)
        await typed(one, screen, f"{tmp_path}/fi")
        await one.press("tab")
        await one.until(lambda: screen.path_line.line == f"{folder}/")
        await one.press("tab")
        await one.until(lambda: screen.path_line.line == f"{folder}/story-")
        await one.press("tab")
        await one.until(lambda: "story-two.txt" in told(screen))
        await one.press("o", "tab")
        await one.until(lambda: screen.path_line.line == f"{folder}/story-one.txt")
        await one.press("x", "tab")
        await one.until(lambda: "no such file" in screen.footer.message)


async def test_keys_are_text_while_a_path_is_typed(store: Path) -> None:
    async with reading_room(store) as one:
        screen = await asked(one)
        await one.press("q", "i", "space", "question_mark", "backspace", "L")
        assert screen.path_line.line == "qi L"
        await one.press("ctrl+w")
        assert screen.path_line.line == "qi"
        await one.press("ctrl+u", "escape")
        assert one.app.screen is one.dashboard


async def test_hostile_names_and_files_stay_harmless(store: Path, tmp_path: Path) -> None:
    bad = tmp_path / "\x1b[2J[red]name.txt"
    bad.write_text(export(title="\x1b]0;owned\x07[b]Title[/b]", slug="hostile-a1b2"))
    async with reading_room(store) as one:
        screen = await asked(one)
        screen._begin(lambda: screen._newsroom.take_in(str(bad)))
        await one.until(lambda: "1 added" in told(screen))
        assert "\x1b" not in screen.text.text
        assert "[b]Title[/b]" in screen.text.text
        assert "[red]name.txt" in screen.text.text.replace("\n", "").replace(" ", "")


async def test_a_store_that_cannot_be_written_is_said(store: Path, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(export())
    broken = tmp_path / "broken.db"
    broken.write_text("no store at all, but long enough to be taken for one" * 40)
    async with reading_room(store) as one:
        one.app.newsroom._store = broken  # type: ignore[union-attr]
        screen = await asked(one)
        await typed(one, screen, f"{tmp_path}/good.txt")
        await one.press("enter")
        await one.until(lambda: "broken.db" in told(screen))
        assert screen.path_line.line, "the line stays, to be tried again"


async def test_without_a_store_it_says_so() -> None:
    async with running() as one:
        await one.press("i")
        assert "no store to take stories into" in one.dashboard.footer.message


def test_a_store_is_made_where_there_is_none(tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path / "new.db", CONFIG, "vader", lambda: NOW)
    (taken,) = newsroom.take_in_text(export())
    assert taken.outcome == "added"
    with open_reader(tmp_path / "new.db") as reader:
        assert "open-source-ai" in reader.beats()


def test_a_store_that_is_there_keeps_its_own_beats(store: Path) -> None:
    with open_reader(store) as reader:
        before = reader.marks((0, 1 << 60))
    fewer = CONFIG._replace(beats=CONFIG.beats._replace(beats=CONFIG.beats.beats[:3]))
    list(Newsroom(store, fewer, "vader", lambda: NOW).take_in_text(export()))
    with open_reader(store) as reader:
        assert reader.marks((0, 1 << 60)) == before


@pytest.mark.skipif("MONITOR_SEEDS_DIR" not in os.environ, reason="needs MONITOR_SEEDS_DIR")
async def test_the_seeds_are_taken_in_and_read(store: Path) -> None:
    from story_room import open_story, page_text

    async with reading_room(store) as one:
        screen = await asked(one)
        await typed(one, screen, f"{os.environ['MONITOR_SEEDS_DIR']}/*.txt")
        await one.press("enter")
        await one.until(lambda: "5 added, 0 updated, 0 unchanged, 0 failed" in told(screen), seconds=60)
        await one.press("escape")
        await one.until(lambda: any("moat" in card.slug for card in one.dashboard.stories.cards))
        slug = next(card.slug for card in one.dashboard.stories.cards if "moat" in card.slug)
        reader = await open_story(one, slug)
        labels = [(target.key, target.label) for target in reader.text.page.targets]
        assert ("deepseek", "Qwen") in labels
        assert ("sam-altman", "Andrej Karpathy") in labels
        assert "its file does not say what this mark points to" in page_text(reader)
        assert "3 contradicted" in page_text(reader)
        assert "paragraphs together" in page_text(reader)
