"""Batches that are committed in a thread: in their order, one at a time, and with their errors told."""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Event, get_ident

import pytest

from monitor.store.errors import StoreError
from monitor.store.reader import open_reader
from monitor.store.writer import Changes, Outcome, Writer
from monitor.store.writing_behind import WritingBehind
from tests.store.factories import BEATS, NOW, analysed


def test_the_outcome_of_a_batch_comes_with_the_next_one(tmp_path: Path) -> None:
    with Writer(tmp_path / "posts.db") as writer:
        writer.set_beats(BEATS, NOW)
        with WritingBehind(writer.commit) as behind:
            assert behind.commit(Changes([analysed(1), analysed(2)])) is None
            assert behind.commit(Changes([analysed(3)])) == Outcome(2, 0, 0, 0)
            assert behind.finish() == Outcome(1, 0, 0, 0)
            assert behind.finish() is None
    with open_reader(tmp_path / "posts.db") as reader:
        assert len(reader.newest_texts(10)) == 3


def test_the_caller_goes_on_while_a_batch_is_written() -> None:
    gone_on, threads = Event(), []

    def commit(changes: Changes) -> Outcome:
        threads.append(get_ident())
        assert gone_on.wait(10)
        return Outcome(len(changes.posts), 0, 0, 0)

    with WritingBehind(commit) as behind:
        behind.commit(Changes())
        gone_on.set()
        behind.commit(Changes())
    assert len(threads) == 2
    assert get_ident() not in threads


def test_an_error_is_raised_and_nothing_more_is_begun() -> None:
    begun = []

    def commit(changes: Changes) -> Outcome:
        begun.append(changes)
        raise StoreError("the disk is full")

    with WritingBehind(commit) as behind:
        behind.commit(Changes())
        with pytest.raises(StoreError, match="the disk is full"):
            behind.commit(Changes())
        assert len(begun) == 1
        behind.commit(Changes())
        with pytest.raises(StoreError, match="the disk is full"):
            behind.finish()


def test_a_batch_that_is_under_way_is_finished_before_an_interrupt_goes_on() -> None:
    may_end, ended = Event(), []

    def commit(changes: Changes) -> Outcome:
        assert may_end.wait(10)
        ended.append(changes)
        return Outcome(0, 0, 0, 0)

    def interrupted() -> None:
        with WritingBehind(commit) as behind:
            behind.commit(Changes())
            may_end.set()
            raise KeyboardInterrupt

    turn = sys.getswitchinterval()
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(ended) == 1
    assert sys.getswitchinterval() == turn
