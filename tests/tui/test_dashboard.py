"""The dashboard: what it shows, and that a reader's place in it survives what is new."""

from __future__ import annotations

import pytest
from fabricated import NOW, FabricatedSource, beat_snapshot
from running import Running, running

from monitor.instants import MINUTE
from monitor.records import Snapshot
from monitor.tui.screens.beat import BeatScreen
from monitor.tui.screens.help import HelpScreen
from monitor.tui.screens.post import PostScreen
from monitor.tui.screens.story import StoryScreen


def louder(slug: str, volume: int) -> object:
    """A change that gives one beat another volume."""

    def change(given: Snapshot) -> Snapshot:
        return given._replace(
            beats=tuple(beat._replace(volume=volume) if beat.slug == slug else beat for beat in given.beats)
        )

    return change


async def test_everything_is_on_screen_at_120_by_40() -> None:
    async with running() as one:
        dashboard = one.dashboard
        header = dashboard.header.text
        for words in (
            "test",
            "3,961",
            "posts in 24 h",
            "464,538 records",
            "21 Nov 09:41 UTC",
            "live",
            "YouTube stale 2h",
        ):
            assert words in header
        table = dashboard.beats.text.splitlines()
        assert table[1].startswith("▸AI & Robotics")
        assert "505" in table[1]
        assert "+31 % ▲" in table[1]
        assert "╱╱╱" in table[1]
        assert "−7 ±8" in table[1]
        split = dashboard.split.text
        assert "not collected: no key" in split
        assert "waiting for the first posts" in split
        assert split.splitlines()[-1].split()[:2] == ["all", "505"]
        await one.until(lambda: "┤" in dashboard.chart.text)
        assert "╱" in dashboard.chart.text
        assert "Posts of AI & Robotics" in dashboard.posts.text
        assert "The week's releases" in dashboard.stories.text


async def test_the_split_adds_up_to_the_volume() -> None:
    async with running() as one:
        rows = one.dashboard.split.text.splitlines()
        figures = [int(row[14:20].replace(",", "")) for row in rows if row[14:20].strip().replace(",", "").isdigit()]
        assert sum(figures[:-1]) == figures[-1] == 505


async def test_the_highlight_stays_on_its_beat_when_the_order_changes() -> None:
    clock = [NOW]
    async with running(clock=lambda: clock[0]) as one:
        await one.press("j", "j")
        assert one.app.view.beat == "open-source-ai"
        one.source.changed = louder("ai-law", 9_999)  # type: ignore[assignment]
        clock[0] += MINUTE
        await one.commit()
        table = one.dashboard.beats
        await one.until(lambda: "AI & Law" in table.text.splitlines()[1])
        assert one.app.view.beat == "open-source-ai"
        assert next(row for row in table.text.splitlines() if row.startswith("▸")).startswith("▸Open Source AI")


async def test_rows_change_places_at_full_minutes_only() -> None:
    clock = [NOW]
    async with running(clock=lambda: clock[0]) as one:
        one.source.changed = louder("ai-law", 9_999)  # type: ignore[assignment]
        await one.commit()
        table = one.dashboard.beats
        await one.until(lambda: "9,999" in table.text or table.visible_rows < 20)
        assert "AI & Robotics" in table.text.splitlines()[1]
        clock[0] += MINUTE
        await one.commit()
        await one.until(lambda: "AI & Law" in table.text.splitlines()[1])


async def test_the_scroll_position_survives_new_posts() -> None:
    source = FabricatedSource()
    source.fabricated_posts = 40
    async with running(source) as one:
        await one.press("tab", "tab", "G")
        posts = one.dashboard.posts
        before = posts.text.splitlines()[1:]
        assert posts.top > 0
        source.changed = lambda given: given._replace(records=given.records + 1)
        source.first_post = -5
        await one.commit()
        await one.until(lambda: posts.given_count == 45)
        assert posts.text.splitlines()[1:] == before


async def test_a_list_at_its_head_shows_what_is_new() -> None:
    source = FabricatedSource()
    async with running(source) as one:
        posts = one.dashboard.posts
        source.changed = lambda given: given._replace(records=given.records + 1)
        source.first_post = -5
        before = posts.text.splitlines()[1]
        await one.commit()
        await one.until(lambda: posts.text.splitlines()[1] != before)
        assert posts.top == 0


async def test_filtering_is_live_and_escape_drops_it() -> None:
    async with running() as one:
        table = one.dashboard.beats
        await one.press("slash", "p", "r", "i", "v")
        assert table.shown_count == 1
        assert "AI & Privacy" in table.text
        await one.press("enter")
        assert table.shown_count == 1
        await one.press("escape")
        assert table.shown_count == 25


async def test_keys_are_letters_while_a_filter_is_typed() -> None:
    async with running() as one:
        await one.press("slash", "q", "l", "1")
        assert one.dashboard.beats.needle == "ql1"
        assert one.app.view.lens == "raw"
        await one.press("backspace", "escape")
        assert one.dashboard.beats.needle == ""


async def test_sorting_cycles_and_keeps_the_highlight() -> None:
    async with running() as one:
        table = one.dashboard.beats
        await one.press("s", "s", "s")
        assert table.order.name == "name"
        assert "AI & Creative Industries" in table.text.splitlines()[1] or "AI & Robotics" in table.text
        assert one.app.view.beat == "ai-robotics"
        assert "▸AI & Robotics" in table.text


async def test_the_lens_and_the_range_change_what_is_asked() -> None:
    async with running() as one:
        await one.press("l", "right_square_bracket")
        await one.until(lambda: one.app.reading is not None and one.app.reading.snapshot.lens == "text")
        assert "unique texts in 24 h" in one.dashboard.header.text
        await one.until(lambda: one.app.reading is not None and one.app.reading.view.range_hours == 168)


async def test_digits_hide_sources_and_the_last_one_stays() -> None:
    async with running() as one:
        await one.press("1")
        await one.until(lambda: one.app.reading is not None and one.app.reading.view.hidden)
        assert "hidden, 1 shows it" in one.dashboard.split.text
        assert "1 hidden" in one.dashboard.beat_title.text
        await one.press("2", "3", "4", "5", "6", "7", "8")
        assert len(one.app.view.hidden) == 7
        assert "one source must stay" in one.dashboard.footer.text


async def test_pausing_is_said_and_holds_the_numbers() -> None:
    async with running() as one:
        await one.press("p")
        assert "paused" in one.dashboard.header.text
        await one.press("p")
        await one.until(lambda: "live" in one.dashboard.header.text)


async def test_enter_opens_and_escape_goes_back() -> None:
    async with running() as one:
        await one.press("enter")
        assert isinstance(one.app.screen, BeatScreen)
        await one.until(lambda: "of 59" in one.app.screen.posts.text)  # type: ignore[attr-defined]
        await one.press("enter")
        assert isinstance(one.app.screen, PostScreen)
        assert "about this post" in one.app.screen.text.text
        await one.press("escape", "escape")
        assert one.app.screen is one.dashboard


async def test_a_story_is_read_whole() -> None:
    async with running() as one:
        await one.press("tab", "tab", "tab", "enter")
        screen = one.app.screen
        assert isinstance(screen, StoryScreen)
        await one.until(lambda: "No figure here is larger than its sample." in screen.text.text)
        assert "from the sample data" in screen.text.text


async def test_help_lists_the_keys_of_where_one_is() -> None:
    async with running() as one:
        await one.press("question_mark")
        assert isinstance(one.app.screen, HelpScreen)
        for words in ("In this list", "list.filter", "view.lens", "app.quit", "shift+tab"):
            assert words in one.app.screen.text.text
        await one.press("question_mark")
        assert one.app.screen is one.dashboard


async def test_the_users_keys_replace_the_usual_ones() -> None:
    async with running(keymap={"view.lens": "L", "list.down": "ctrl+n"}) as one:
        await one.press("l")
        assert one.app.view.lens == "raw"
        await one.press("L", "ctrl+n")
        assert one.app.view.lens == "text"
        assert one.app.view.beat == "ai-software-development"
        assert "L lens" in one.dashboard.footer.text or one.dashboard.footer.message


async def test_every_binding_has_an_id() -> None:
    async with running() as one:
        nodes = [one.app, one.dashboard, *one.dashboard.walk_children()]
        own = [
            binding
            for node in nodes
            if type(node).__module__.startswith("monitor.")
            for binding in type(node).__dict__.get("BINDINGS", [])
        ]
        assert own
        assert all(binding.id for binding in own)


async def test_links_are_copied_rather_than_opened_over_ssh(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(remote=True) as one:
        opened: list[str] = []
        monkeypatch.setattr(one.app, "open_url", opened.append)
        await one.press("tab", "tab", "o")
        assert opened == []
        assert one.app.clipboard == "https://example.org/posts/1"
        assert "https://example.org/posts/1" in one.dashboard.footer.text


async def test_links_open_where_there_is_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(remote=False) as one:
        opened: list[str] = []
        monkeypatch.setattr(one.app, "open_url", opened.append)
        await one.press("tab", "tab", "o")
        assert opened == ["https://example.org/posts/1"]


async def test_y_copies_the_row() -> None:
    async with running() as one:
        await one.press("y")
        assert one.app.clipboard == "AI & Robotics: 505 in 24 h, +31 % on usual"


async def test_stand_ins_are_named_as_such() -> None:
    async with running(FabricatedSource(with_stories=False)) as one:
        text = one.dashboard.stories.text
        assert "none yet; newest news and most engaged posts of AI & Robotics stand in" in text
        await one.press("tab", "tab", "tab", "enter")
        assert isinstance(one.app.screen, PostScreen)


async def test_an_empty_store_says_what_it_waits_for() -> None:
    async with running(FabricatedSource(with_stories=False, empty=True)) as one:
        text = one.dashboard.posts.text
        assert "Bluesky: waiting for the first posts" in text
        assert "News: waiting for the first posts" in text
        assert "no stories yet" in one.dashboard.stories.text
        assert "waiting" in one.dashboard.header.text


async def test_a_store_that_appears_later_is_picked_up() -> None:
    source = FabricatedSource()
    source.broken = OSError("there is no store yet")
    async with running(source, wait=False) as one:
        await one.until(lambda: "there is no store yet" in one.dashboard.header.text)
        source.broken = None
        one.app.reading_thread.poke()
        await one.read()
        assert "live" in one.dashboard.header.text


async def test_a_store_that_goes_is_said_beside_what_was_last_known() -> None:
    async with running() as one:
        one.source.broken = OSError("the store was removed")
        one.app.reading_thread.poke()
        await one.until(lambda: "the store was removed" in one.dashboard.header.text)
        assert "505" in one.dashboard.beats.text


async def test_a_small_terminal_shows_one_pane_at_a_time() -> None:
    async with running(size=(80, 24)) as one:
        dashboard = one.dashboard
        assert dashboard.folded
        assert "Beats" in dashboard.tabs.text
        assert dashboard.beats.size.height == 21
        assert dashboard.posts.size.height == 0
        await one.press("tab")
        assert dashboard.split.size.height > 0
        assert dashboard.beats.size.height == 0
        await one.press("tab")
        assert dashboard.posts.size.height > 10
        await one.press("tab")
        assert dashboard.stories.size.height > 10
        assert all(len(row) <= 80 for row in dashboard.stories.text.splitlines())


async def test_a_tiny_terminal_asks_for_more_room() -> None:
    async with running(size=(38, 9), wait=False) as one:
        await one.pilot.pause()
        from monitor.tui.widgets.too_small import TooSmall

        assert "make me larger" in one.dashboard.query_one(TooSmall).text


async def test_a_large_terminal_shows_every_beat_and_more_columns() -> None:
    async with running(size=(200, 60)) as one:
        text = one.dashboard.beats.text
        assert len(text.splitlines()) == 26
        for words in ("category", "records", "before", "Governance"):
            assert words in text


async def test_growing_and_shrinking_keeps_the_highlight() -> None:
    async with running() as one:
        await one.press("G")
        chosen = one.app.view.beat
        await one.pilot.resize_terminal(80, 24)
        await one.pilot.pause()
        assert one.app.view.beat == chosen
        assert any(row.startswith("▸") for row in one.dashboard.beats.text.splitlines())


async def test_themes_cycle_and_a_bad_one_is_said() -> None:
    async with running(theme="no-such-theme") as one:
        assert "no theme is named no-such-theme" in one.dashboard.footer.text
        assert one.app.palette.theme.name == "dark"
        await one.press("T")
        assert one.app.palette.theme.name != "dark"


async def test_ascii_only_draws_no_other_shape() -> None:
    async with running(ascii_only=True) as one:
        await one.until(lambda: "┤" in one.dashboard.chart.text)
        for pane in (one.dashboard.beats, one.dashboard.split, one.dashboard.chart, one.dashboard.header):
            for row in range(pane.size.height):
                drawn = pane.render_line(row).text
                assert drawn.isascii(), drawn


async def test_markup_in_a_post_is_text() -> None:
    hostile = "[/] [@click=app.quit]x[/] [$primary]y \x1b]0;owned\x07 \u202eend"
    async with running(FabricatedSource(hostile=hostile)) as one:
        assert "[/] [@click=app.quit]x[/] [$primary]y end" in one.dashboard.posts.text
        await one.press("tab", "tab", "j", "j", "enter")
        assert "[@click=app.quit]x[/]" in one.app.screen.text.text  # type: ignore[attr-defined]
        await one.press("y")
        assert "\x1b" not in one.app.clipboard


async def test_equal_data_repaints_nothing() -> None:
    async with running() as one:
        await one.until(lambda: "┤" in one.dashboard.chart.text)
        repainted = watch_repaints(one)
        one.dashboard.show()
        await one.pilot.pause()
        assert repainted == []


async def test_a_changed_figure_repaints_its_cells_only() -> None:
    async with running() as one:
        repainted = watch_repaints(one)
        one.source.changed = louder("ai-robotics", 506)  # type: ignore[assignment]
        await one.commit()
        await one.until(lambda: "506" in one.dashboard.beats.text)
        assert all(region.width <= 30 and region.height == 1 for region in repainted), repainted


def watch_repaints(one: Running) -> list:  # type: ignore[type-arg]
    """Collect every region that a pane asks to be painted again; None for a whole pane."""
    repainted: list = []  # type: ignore[type-arg]
    for pane in one.dashboard.walk_children():
        original = pane.refresh

        def refresh(*regions, original=original, **settings):  # type: ignore[no-untyped-def]
            repainted.extend(regions or [None])
            return original(*regions, **settings)

        pane.refresh = refresh  # type: ignore[method-assign]
    return repainted


def test_the_made_up_beats_add_up() -> None:
    beat = beat_snapshot(5, "Technical", "Open Source AI", NOW, frozenset())
    assert sum(count for _, count in beat.by_source) == beat.volume == 469
    assert sum(count or 0 for count in beat.volume_hourly) == 469


async def test_every_theme_can_be_had_by_key() -> None:
    async with running() as one:
        seen = {one.app.palette.theme.name}
        for _ in range(5):
            await one.press("T")
            seen.add(one.app.palette.theme.name)
        assert seen == {"dark", "light", "high-contrast", "colour-blind", "terminal"}


async def test_the_palette_offers_what_can_be_done() -> None:
    async with running() as one:
        await one.press("ctrl+p")
        await one.until(lambda: len(one.app.screen_stack) == 2)
        await one.press(*"theme light")
        await one.pilot.pause(0.5)
        await one.press("enter")
        await one.until(lambda: one.app.palette.theme.name == "light")


async def test_a_held_key_reads_only_where_it_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.tui.app.REST_SECONDS", 2.0)
    async with running() as one:
        asked: list[str] = []
        original = one.source.history

        def history(slug: str, *rest: object) -> object:
            asked.append(slug)
            return original(slug, *rest)  # type: ignore[arg-type]

        one.source.history = history  # type: ignore[method-assign, assignment]
        await one.pilot.press("j", "j", "j", "j")
        assert one.app.view.beat == "ai-in-education"
        assert "AI in Education" in one.dashboard.beat_title.text
        await one.read()
        assert asked == ["ai-in-education"]
        assert "Posts of AI in Education" in one.dashboard.posts.text


async def test_the_mouse_chooses_and_opens() -> None:
    async with running() as one:
        await one.pilot.click("#beats", offset=(10, 3))
        await one.pilot.pause()
        assert one.app.view.beat == "open-source-ai"
        await one.pilot.click("#posts", offset=(40, 2), times=2)
        await one.until(lambda: isinstance(one.app.screen, PostScreen))
