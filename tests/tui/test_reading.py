"""The thread that reads: what it asks the store for, and when."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from fabricated import NOW, FabricatedSource

from monitor.instants import MINUTE
from monitor.records import Story
from monitor.tui.reading import Reading, ReadingThread, View, chosen_sources


class Heard:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []
        self.troubles: list[str] = []
        self.stories: list[tuple[str, Story | None]] = []
        self.pages: list[object] = []
        self.threads: set[str] = set()

    def reading_arrived(self, reading: Reading) -> None:
        self.threads.add(threading.current_thread().name)
        self.readings.append(reading)

    def store_troubled(self, sentence: str) -> None:
        self.troubles.append(sentence)

    def names_read(self, names: object) -> None:
        self.pages.append(names)

    def entity_read(self, page: object) -> None:
        self.pages.append(page)

    def story_read(self, slug: str, story: Story | None) -> None:
        self.stories.append((slug, story))


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline, "it never became true"
        time.sleep(0.005)


@pytest.fixture
def threads() -> Iterator[list[ReadingThread]]:
    started: list[ReadingThread] = []
    yield started
    for thread in started:
        thread.stop()
        assert not thread.is_alive()


def start(
    threads: list[ReadingThread], source: FabricatedSource, clock: Callable[[], int] = lambda: NOW
) -> tuple[ReadingThread, Heard]:
    heard = Heard()
    thread = ReadingThread(lambda: source, clock)
    threads.append(thread)
    thread.tell(heard)
    thread.first_paint_done()
    thread.start()
    until(lambda: heard.readings and heard.readings[-1].posts is not None)
    return thread, heard


def polls(source: FabricatedSource, thread: ReadingThread, number: int) -> None:
    """Let it look at the store this many times."""
    for _ in range(number):
        asked = source.versions_asked
        thread.poke()
        until(lambda asked=asked: source.versions_asked > asked)


def test_the_first_numbers_come_before_the_details(threads: list[ReadingThread]) -> None:
    _, heard = start(threads, FabricatedSource())
    first, second = heard.readings
    assert first.posts is None
    assert first.view.beat == second.view.beat == "ai-robotics"
    assert first.snapshot.beats[0].unique_texts is None
    assert second.snapshot.beats[0].unique_texts is not None
    assert second.history is not None


def test_nothing_changed_costs_one_question(threads: list[ReadingThread]) -> None:
    source = FabricatedSource()
    thread, heard = start(threads, source)
    built, told = source.built, len(heard.readings)
    polls(source, thread, 5)
    assert (source.built, len(heard.readings)) == (built, told)


def test_a_commit_is_one_reading(threads: list[ReadingThread]) -> None:
    source = FabricatedSource()
    thread, heard = start(threads, source)
    told = len(heard.readings)
    source.changed = lambda given: given._replace(records=given.records + 1)
    source.version += 1
    polls(source, thread, 3)
    assert len(heard.readings) == told + 1
    assert heard.readings[-1].snapshot.records == 464_539


def test_a_commit_that_changes_nothing_tells_nothing(threads: list[ReadingThread]) -> None:
    source = FabricatedSource()
    thread, heard = start(threads, source)
    told, built = len(heard.readings), source.built
    source.version += 1
    polls(source, thread, 3)
    assert source.built == built + 1
    assert len(heard.readings) == told


def test_a_full_minute_is_a_reading(threads: list[ReadingThread]) -> None:
    source, clock = FabricatedSource(), Clock()
    thread, heard = start(threads, source, clock)
    built = source.built
    clock.now += MINUTE - 1
    polls(source, thread, 2)
    assert source.built == built
    clock.now += 1
    polls(source, thread, 3)
    assert source.built == built + 1
    assert heard.readings[-1].snapshot.as_of == NOW + MINUTE


def test_another_beat_needs_no_new_snapshot(threads: list[ReadingThread]) -> None:
    source = FabricatedSource()
    thread, heard = start(threads, source)
    built = source.built
    thread.look_at(View(beat="ai-law", range_hours=168))
    until(lambda: heard.readings[-1].view.beat == "ai-law")
    assert source.built == built
    assert heard.readings[-1].history is not None
    assert heard.readings[-1].history.range_hours == 168


def test_hidden_sources_are_left_out(threads: list[ReadingThread]) -> None:
    thread, heard = start(threads, FabricatedSource())
    thread.look_at(View(beat="ai-law", hidden=frozenset({"x"})))
    until(lambda: heard.readings[-1].view.hidden)
    reading = heard.readings[-1]
    assert all("x" not in dict(beat.by_source) for beat in reading.snapshot.beats)
    assert reading.posts is not None
    assert all(stored.post.source != "x" for stored in reading.posts)


def test_hidden_sources_are_no_restriction_while_there_are_none() -> None:
    assert chosen_sources(frozenset(), None) is None
    assert "x" not in (chosen_sources(frozenset({"x"}), None) or ())


def test_a_pause_holds_the_numbers_but_not_the_reader(threads: list[ReadingThread]) -> None:
    source, clock = FabricatedSource(), Clock()
    thread, heard = start(threads, source, clock)
    thread.pause(True)
    source.version += 1
    clock.now += 5 * MINUTE
    built = source.built
    polls(source, thread, 3)
    assert source.built == built
    thread.look_at(View(beat="ai-law"))
    until(lambda: heard.readings[-1].view.beat == "ai-law")
    assert heard.readings[-1].snapshot.as_of == NOW
    thread.pause(False)
    until(lambda: heard.readings[-1].snapshot.as_of == NOW + 5 * MINUTE)


def test_without_stories_others_stand_in(threads: list[ReadingThread]) -> None:
    _, heard = start(threads, FabricatedSource(with_stories=False))
    reading = heard.readings[-1]
    assert reading.news
    assert {stored.post.source for stored in reading.news} == {"news"}
    assert reading.engaged


def test_a_broken_store_is_said_once_and_tried_again(threads: list[ReadingThread]) -> None:
    source = FabricatedSource()
    thread, heard = start(threads, source)
    source.broken = OSError("the store is gone")
    polls(source, thread, 3)
    assert heard.troubles == ["the store is gone"]
    told = len(heard.readings)
    source.broken = None
    thread.poke()
    until(lambda: len(heard.readings) > told)


def test_a_story_is_read_in_the_thread(threads: list[ReadingThread]) -> None:
    thread, heard = start(threads, FabricatedSource())
    thread.ask_story("story-1")
    thread.ask_story("no-such-story")
    until(lambda: len(heard.stories) == 2)
    assert heard.stories[0][1] is not None
    assert heard.stories[1] == ("no-such-story", None)
    assert heard.threads == {"monitor-reading"}


def test_what_was_read_before_there_was_a_listener_is_told(threads: list[ReadingThread]) -> None:
    source = FabricatedSource()
    thread = ReadingThread(lambda: source, lambda: NOW)
    threads.append(thread)
    thread.first_paint_done()
    thread.start()
    until(lambda: source.built > 0)
    thread.tell(heard := Heard())
    until(lambda: heard.readings and heard.readings[-1].posts is not None)
