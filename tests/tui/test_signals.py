"""The list of signals, their working, and the posts of their window."""

from __future__ import annotations

from fabricated import NOW, FabricatedSource
from running import Running, running

from monitor.detecting.records import opened, raised
from monitor.instants import HOUR, MINUTE, render
from monitor.records import Signal, Snapshot
from monitor.tui.lines import width_of
from monitor.tui.screens.beat import BeatScreen
from monitor.tui.screens.evidence import EvidenceScreen, word_of
from monitor.tui.screens.help import bindings_by_group, help_lines
from monitor.tui.screens.signals import SignalsScreen
from monitor.tui.widgets.beats_table import columns_for, dimmed
from monitor.tui.widgets.signals_list import signal_row

WINDOW = (NOW - 3 * HOUR, NOW - 2 * HOUR)


def volume(level: str = "high", *, beat: str = "open-source-ai", hours: int = 2, closed: bool = False) -> Signal:
    evidence: dict[str, object] = {
        "n": 120, "expected": 40.0, "ratio": 3.0, "ratio_ci95": [2.5, 3.6], "window": [render(at) for at in WINDOW],
        "baseline": [render(NOW - 300 * HOUR), render(NOW - 3 * HOUR)], "baseline_days": 12,
        "not_collected": {"window": {"x": [[render(WINDOW[0]), render(WINDOW[0] + 10 * MINUTE)]]}, "baseline": []},
        "sources": [{"source": "news", "n": 90, "usual": 20.0, "part": 0.9}], "explained_by": None, "posts": [17],
        "method": "by counting",
    }  # fmt: skip
    signal = opened("volume", beat, "low", NOW - hours * HOUR, "Open Source AI: 120 posts in 60 minutes", evidence)
    if level != "low":
        signal = raised(signal, level, NOW - HOUR, signal.summary, evidence)  # type: ignore[arg-type]
    return signal._replace(closed_at=NOW - HOUR) if closed else signal


def with_signals(*signals: Signal) -> FabricatedSource:
    source = FabricatedSource()

    def changed(given: Snapshot) -> Snapshot:
        return given._replace(signals=signals)

    source.changed = changed
    return source


def signals_screen(one: Running) -> SignalsScreen:
    assert isinstance(one.app.screen, SignalsScreen)
    return one.app.screen


async def test_open_signals_are_in_the_header_and_their_keys_in_the_footer() -> None:
    async with running(with_signals(volume(), volume(beat="ai-law", closed=True))) as one:
        assert "▲▲ 1 signal" in one.dashboard.header.text
        assert "S signals" in one.dashboard.footer.text
    async with running() as one:
        assert "signal" not in one.dashboard.header.text
        assert "signals" not in one.dashboard.footer.text


async def test_the_list_shows_level_by_shape_and_word_and_closed_ones_last() -> None:
    async with running(with_signals(volume("low", beat="ai-law", hours=9, closed=True), volume("medium"))) as one:
        await one.press("S")
        rows = signals_screen(one).signals.text.splitlines()
        assert "1 open, 1 over within 24 h" in rows[0]
        assert rows[1].startswith("▸▲  medium")
        assert "120 posts in 60 minutes" in rows[1]
        assert "△  low" in rows[2]
        assert "over" in rows[2]
        assert "n          120 posts" in signals_screen(one).working.text
        await one.press("escape")
        assert one.app.screen is one.dashboard


async def test_the_working_follows_the_chosen_row() -> None:
    other = volume("low", beat="ai-law", hours=9)._replace(summary="AI & Law: something else")
    async with running(with_signals(volume(), other)) as one:
        await one.press("S", "j")
        assert "something else" in signals_screen(one).working.text


async def test_enter_leads_to_the_posts_of_the_window_and_back() -> None:
    async with running(with_signals(volume(beat="ai-law"))) as one:
        before = one.app.view
        await one.press("S", "enter")
        assert isinstance(one.app.screen, BeatScreen)
        await one.read()
        posts = one.app.screen.posts
        assert one.app.view.beat == "ai-law"
        assert "the window of the signal" in posts.text
        reading = one.app.reading
        assert reading is not None
        assert reading.posts
        assert all(WINDOW[0] <= post.at < WINDOW[1] for post in reading.posts)
        await one.press("escape", "escape")
        await one.read()
        assert one.app.screen is one.dashboard
        assert one.app.view == before


async def test_e_opens_the_working_of_the_highlighted_beat() -> None:
    async with running(with_signals(volume())) as one:
        await one.press("j", "j", "e")
        assert isinstance(one.app.screen, EvidenceScreen)
        text = one.app.screen.text.text
        assert text.startswith("─ Open Source AI  the working")
        assert "very unusual" in text.splitlines()[0]
        for word in ("n ", "window", "baseline", "net", "method", "Not collected"):
            assert word in text
        await one.press("e", "escape")
        assert one.app.screen is one.dashboard


async def test_e_on_a_signal_opens_its_working() -> None:
    async with running(with_signals(volume())) as one:
        await one.press("S", "e")
        assert isinstance(one.app.screen, EvidenceScreen)
        text = one.app.screen.text.text
        for words in (
            "3 times (95 % 2.5 to 3.6",
            "X: ",
            "10 min",
            "News 90 where 20 are usual (90 %)",
            "12 days",
            "#17",
        ):
            assert words in text, words


async def test_a_beat_without_open_signals_is_noise() -> None:
    async with running(with_signals(volume("low"), volume("high", beat="ai-law", closed=True))) as one:
        reading = one.app.reading
        assert reading is not None
        beats = {beat.slug: beat for beat in reading.snapshot.beats}
        assert word_of(reading.snapshot, beats["open-source-ai"]) == "unusual"
        assert word_of(reading.snapshot, beats["ai-law"]) == "noise"
        learning = beats["ai-law"]._replace(baseline=beats["ai-law"].baseline._replace(state="learning"))
        assert word_of(reading.snapshot, learning) == "learning"


async def test_without_signals_the_list_says_so() -> None:
    async with running() as one:
        await one.press("S")
        assert "nothing unusual in the last 24 hours" in signals_screen(one).signals.text
        await one.press("enter")
        assert isinstance(one.app.screen, SignalsScreen)


async def test_on_a_small_terminal_everything_is_still_there() -> None:
    async with running(with_signals(volume()), size=(60, 16)) as one:
        await one.press("S")
        assert "▲▲ high" in signals_screen(one).signals.text
        await one.press("e")
        assert isinstance(one.app.screen, EvidenceScreen)


def test_hostile_words_stay_on_their_line() -> None:
    line = signal_row(volume()._replace(summary="a\x1b[2J\nb"), {}, NOW, 80, chosen=False)
    text = "".join(piece for piece, _ in line)
    assert "\x1b" not in text
    assert "\n" not in text
    assert len(text) <= 80


def test_the_mood_of_hours_with_few_scored_posts_is_faint() -> None:
    assert dimmed("─⎻╱·", [15, 14, 0, 0], "muted") == [("─", "muted"), ("⎻", "faint"), ("╱", "gap"), ("·", "faint")]
    assert columns_for(120, 24).mood


async def test_a_narrow_screen_says_why_there_is_no_signal_and_what_the_shapes_mean_in_full() -> None:
    async with running(size=(80, 24)) as one:
        await one.press("S")
        words = " ".join(one.app.screen.query_one("#all-signals").text.split())  # type: ignore[attr-defined]
        assert "the fetcher looks every five minutes." in words
        lines = help_lines(bindings_by_group(one.dashboard), 80)
        assert max(map(width_of, lines)) <= 80
        assert any("working behind the totals" in text for line in lines for text, _ in line)
