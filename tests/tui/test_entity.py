"""The page of an entity and its working, and the working of the totals."""

from __future__ import annotations

from fabricated import NOW, FabricatedSource, snapshot
from running import Running, running
from test_signals import with_signals

from monitor.detecting.records import opened
from monitor.instants import DAY, HOUR, render
from monitor.records import NO_SHARES, Baseline, BeatSnapshot, Mark, Signal, Snapshot
from monitor.tui.screens.beat import BeatScreen
from monitor.tui.screens.entity import EntityScreen
from monitor.tui.screens.evidence import EvidenceScreen, evidence_lines
from monitor.tui.screens.names import NamesScreen
from monitor.tui.screens.post import PostScreen


async def opened_page(one: Running, slug: str = "llama", label: str | None = None) -> EntityScreen:
    one.app.open_entity(slug, label)
    await one.pilot.pause()
    screen = one.app.screen
    assert isinstance(screen, EntityScreen)
    await one.until(lambda: screen.page is not None)
    return screen


async def test_a_page_shows_name_volume_sources_moods_beats_and_posts() -> None:
    async with running(size=(80, 24)) as one:
        screen = await opened_page(one)
        assert "Llama  model" in screen.entity_title.text
        assert "posts in 24 h" in screen.entity_title.text
        assert "±" in screen.figures.text
        assert "Open Source AI 312" in screen.figures.text
        assert "Posts that name Llama" in screen.posts.text
        await one.press("enter")
        assert isinstance(one.app.screen, PostScreen)
        await one.press("escape", "escape")
        assert one.app.screen is one.dashboard


async def test_a_longer_range_is_read_and_shown() -> None:
    async with running() as one:
        screen = await opened_page(one)
        await one.press("right_square_bracket")
        await one.until(lambda: screen.page is not None and screen.page.range_hours == 168)
        assert "posts in 7 d" in screen.entity_title.text


async def test_an_unknown_name_says_how_to_make_it_known() -> None:
    async with running() as one:
        screen = await opened_page(one, "ada-lovelace", "Ada")
        assert "Ada" in screen.entity_title.text
        assert "[entities.ada-lovelace]" in screen.posts.text


async def test_the_working_of_a_page_names_n_window_interval_baseline_method_and_gaps() -> None:
    async with running() as one:
        await opened_page(one)
        await one.press("e")
        screen = one.app.screen
        assert isinstance(screen, EvidenceScreen)
        text = screen.text.text
        for label in ("says", "n  ", "window", "baseline", "method", "95 %", "gaps"):
            assert label in text, label
        assert "noise" in text.splitlines()[0]
        assert "20 days compared" in text


async def test_the_one_word_is_that_of_the_signal_about_the_entity() -> None:
    signal = opened("entity", "open-source-ai", "medium", NOW, "Llama in most posts", {"subject": "llama"})
    async with running(with_signals(signal)) as one:
        await opened_page(one)
        await one.press("e")
        assert isinstance(one.app.screen, EvidenceScreen)
        assert "very unusual" in one.app.screen.text.text.splitlines()[0]


async def test_the_totals_have_their_working() -> None:
    async with running(FabricatedSource()) as one:
        await one.press("E")
        assert isinstance(one.app.screen, EvidenceScreen)
        text = one.app.screen.text.text
        assert "All beats" in text
        assert "each once" in text
        assert "baseline" in text


async def test_the_working_of_a_beat_holds_its_split_and_its_chart() -> None:
    async with running() as one:
        await one.press("e")
        assert isinstance(one.app.screen, EvidenceScreen)
        await one.press("pagedown")
        assert "net " in one.app.screen.text.text
        assert "bins of one hour" in one.app.screen.text.text


async def names_shown(one: Running) -> NamesScreen:
    """The screen of whom the chosen beat names, once they are found."""
    await one.press("n")
    screen = one.app.screen
    assert isinstance(screen, NamesScreen)
    await one.until(lambda: screen.found is not None)
    return screen


async def test_the_names_of_a_beat_lead_to_their_pages() -> None:
    async with running(size=(80, 24)) as one:
        screen = await names_shown(one)
        assert "in 469 posts of 24 h" in screen.names.text
        assert "231  49 %  Llama" in screen.names.text
        await one.press("enter")
        assert isinstance(one.app.screen, EntityScreen)
        assert one.app.screen.slug == "llama"
        await one.press("escape", "escape")
        assert one.app.screen is one.dashboard


def about(kind: str, subject: str, **evidence: object) -> Signal:
    window = [render(NOW - 24 * HOUR), render(NOW)]
    return opened(kind, "ai-law", "low", NOW - HOUR, f"AI & Law: {kind}", {"window": window, **evidence}, subject)


async def test_a_dominance_signal_leads_to_the_entity() -> None:
    async with running(with_signals(about("entity", "llama", entity="Llama"))) as one:
        await one.press("S", "enter")
        assert isinstance(one.app.screen, EntityScreen)
        assert one.app.screen.slug == "llama"


async def test_other_signals_lead_to_the_posts_behind_them() -> None:
    async with running(with_signals(about("phrase", "open weights", posts=[9_990]))) as one:
        await one.press("S", "enter")
        assert isinstance(one.app.screen, BeatScreen)
        assert one.app.view.search == '"open weights"'
        await one.press("escape")
        assert one.app.view.search == ""
    async with running(with_signals(about("overlap", "courts", posts=[9_990, 9_991]))) as one:
        await one.press("S", "enter")
        screen = one.app.screen
        assert isinstance(screen, BeatScreen)
        await one.until(lambda: one.app.reading is not None and one.app.reading.view.numbers == (9_990, 9_991))
        assert "Posts behind the signal" in screen.posts.text
        assert screen.posts.given_count == 2


async def test_the_working_of_the_names_list_is_that_of_the_chosen_name() -> None:
    async with running(size=(80, 24)) as one:
        await names_shown(one)
        await one.press("j", "e")
        assert isinstance(one.app.screen, EvidenceScreen)
        words = one.app.screen.text.text
        assert "EU  law  the working" in words
        assert "40 of the 469 posts" in words
        assert "20 Nov 09:41 to 21 Nov 09:41 UTC" in words


def test_the_working_says_what_is_compared_across_which_marks_and_how_sure_the_mood_is() -> None:
    given = snapshot(NOW)
    marks = tuple(Mark(NOW - days * DAY, "rules", "a rule was edited") for days in (20, 12, 6, 2))
    shares = given.beats[0].sentiment._replace(n=400, positive=0.35, positive_interval=(0.3, 0.41))
    beat = given.beats[0]._replace(
        volume=300, raw_volume=500, baseline=Baseline(250.0, 2.0, 4, "ok", True), sentiment=shares
    )
    given = given._replace(lens="text", manifest=given.manifest._replace(marks=marks))
    words = shown(given, beat)
    assert "raw posts: 500 to 250, +100 % on usual" in words
    assert "rules 19 Nov 09:41, rules 15 Nov 09:41, rules 9 Nov 09:41 and 1 more" in words
    assert "400 of 500 posts scored, 100 not (20 %)" in words
    assert "positive 35 %, 95 % 30 to 41" in words
    assert "uncalibrated: no or too few labels of this beat" in words
    assert "Hacker News" in words
    words = shown(given._replace(lens="raw"), beat._replace(sentiment=NO_SHARES, raw_volume=None))
    assert "none of 300 posts was scored" in words
    assert "raw posts" not in words


def shown(given: Snapshot, beat: BeatSnapshot) -> str:
    beat = beat._replace(by_source=(*beat.by_source, ("hackernews", 4)))
    lines = evidence_lines(given, beat, 100)
    return " ".join("".join(piece for line in lines for piece, _ in (*line, (" ", ""))).split())
