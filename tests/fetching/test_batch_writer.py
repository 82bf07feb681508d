from __future__ import annotations

from typing import Any

import pytest

from monitor.fetching.batch_writer import analyse_all
from monitor.ingest import Ingester
from monitor.records import Beats, Deletion, PostQuery
from monitor.sources.base import Part
from monitor.store.writer import Changes

PART = Part("scripted", "a", 60.0)


def detect(text: str) -> str:
    if "poison" in text:
        raise RuntimeError("poison")
    return "en"


def stored(reader: Any) -> set[str]:
    return {row.post.native_id for row in reader().posts(PostQuery(limit=1000))}


def test_posts_cursor_and_attempt_are_written_together(batch_writer: Any, reader: Any, post: Any, batch: Any) -> None:
    writer = batch_writer()
    analysis = writer.analyse(PART, batch(post(1), post(2, "the weather"), cursor="c1", read=7), 1_000)
    assert analysis.receipt == (1, 1)
    writer.commit([analysis.changes])
    assert stored(reader) == {"1"}
    assert reader().cursor("scripted", "a") == "c1"
    (row,) = reader().ledger(since=0)
    assert (row.part, row.outcome, row.read, row.kept, row.let_go) == ("a", "ok", 7, 1, 1)
    writer.close()


def test_what_a_source_can_no_longer_give_is_in_the_ledger(batch_writer: Any, reader: Any, batch: Any) -> None:
    writer = batch_writer()
    analysis = writer.analyse(PART, batch(missed=(5, 10)), 1_000)
    assert analysis.shows
    writer.commit([analysis.changes])
    missed = [row for row in reader().ledger(since=0) if row.outcome == "missed"]
    assert [row.covered for row in missed] == [(5, 10)]
    writer.close()


def test_what_has_nothing_to_show_can_be_held_back_and_is_written_with_the_next(
    batch_writer: Any, reader: Any, post: Any, batch: Any
) -> None:
    writer = batch_writer()
    quiet = writer.analyse(PART, batch(post(1, "the weather"), cursor="c1"), 1_000)
    assert not quiet.shows
    writer.hold(quiet.changes)
    assert writer.holds
    before = reader()
    version = before.data_version()
    assert reader().cursor("scripted", "a") is None
    loud = writer.analyse(PART._replace(name="b"), batch(post(2), cursor="c2"), 1_000)
    assert loud.shows
    writer.commit([loud.changes])
    assert not writer.holds
    assert before.data_version() != version
    assert (reader().cursor("scripted", "a"), reader().cursor("scripted", "b")) == ("c1", "c2")
    writer.close()


def test_of_two_held_cursors_the_later_one_stays(batch_writer: Any, reader: Any, batch: Any) -> None:
    writer = batch_writer()
    for cursor in ("c1", "c2"):
        writer.hold(writer.analyse(PART, batch(cursor=cursor), 1_000).changes)
    writer.flush()
    assert reader().cursor("scripted", "a") == "c2"
    writer.close()


@pytest.mark.parametrize("changes", [{"deletions": (Deletion("scripted", "1"),)}, {"missed": (1, 2)}])
def test_deletions_and_losses_are_never_held_back(batch_writer: Any, batch: Any, changes: Any) -> None:
    writer = batch_writer()
    assert writer.analyse(PART, batch(**changes), 1_000).shows
    writer.close()


def test_a_post_that_the_analysis_fails_on_costs_only_itself(beats: Beats, post: Any) -> None:
    posts = tuple(post(number, "poison open weights" if number in (3, 11) else "open weights") for number in range(16))
    kept, let_go, bad = analyse_all(Ingester(beats, None, detect), posts)
    assert [analysed.post.native_id for analysed in kept] == [
        str(number) for number in range(16) if number not in (3, 11)
    ]
    assert (let_go, bad) == (2, 2)


def test_a_post_that_cannot_be_stored_costs_only_itself(batch_writer: Any, reader: Any, post: Any, batch: Any) -> None:
    writer = batch_writer()
    changes = writer.analyse(PART, batch(post(1), post(2), post(3), cursor="c1"), 1_000).changes
    broken = changes.posts[1]._replace(beats=("a-beat-that-was-never-set",))
    changes = changes._replace(posts=[changes.posts[0], broken, changes.posts[2]])
    with pytest.raises(KeyError):
        writer.commit([changes])
    assert stored(reader) == set()
    writer.commit_without_bad_posts(changes)
    assert stored(reader) == {"1", "3"}
    assert reader().cursor("scripted", "a") == "c1"
    assert "could not be stored" in reader().ledger(since=0)[0].message
    writer.close()


def test_what_was_held_back_and_cannot_be_written_does_not_stand_in_the_way(
    batch_writer: Any, reader: Any, post: Any, batch: Any, log: Any
) -> None:
    writer = batch_writer()
    writer.hold(writer.analyse(PART, batch(cursor="\ud800"), 1_000).changes)
    writer.commit([writer.analyse(PART, batch(post(1), cursor="c1"), 1_000).changes])
    assert stored(reader) == {"1"}
    assert "held-back-lost" in log.getvalue()
    writer.commit([Changes()])
    writer.close()


def test_a_source_speaks_only_for_itself(batch_writer: Any, reader: Any, post: Any, batch: Any) -> None:
    writer = batch_writer()
    given = batch(post(1, source="bluesky"), deletions=(Deletion("bluesky", "2"),))
    changes = writer.analyse(PART, given, 1_000).changes
    assert {analysed.post.source for analysed in changes.posts} == {"scripted"}
    assert changes.deletions == (Deletion("scripted", "2"),)
    writer.close()
