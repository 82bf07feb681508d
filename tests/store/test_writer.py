"""What a commit does to posts, cursors, coverage and marks."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from monitor.records import Attempt, Beat, Beats, Cursor, Deletion, Engagement, PostQuery, Rule
from monitor.store.errors import StoreDamaged, StoreMissing, StoreTooNew
from monitor.store.reader import open_reader
from monitor.store.recount import check_integrity, recount
from monitor.store.registry import SourceRegistration
from monitor.store.writer import Changes, Outcome, Writer
from tests.store.factories import BEATS, HOUR, NOW, analysed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder of its own" / "monitor#1?.db"


@pytest.fixture
def writer(path: Path) -> Writer:
    writer = Writer(path)
    writer.set_beats(BEATS, NOW)
    return writer


def test_the_same_batch_twice_changes_nothing(writer: Writer, path: Path) -> None:
    batch = Changes([analysed(number) for number in range(3)])
    assert writer.commit(batch) == Outcome(3, 0, 0, 0)
    with open_reader(path) as reader:
        high_water = reader.high_water()
        assert writer.commit(batch) == Outcome(0, 0, 3, 0)
        assert reader.high_water() == high_water


def test_another_text_is_an_update_that_keeps_the_first_collection(writer: Writer, path: Path) -> None:
    writer.commit(Changes([analysed(1, collected_at=NOW - HOUR)]))
    later = analysed(1, text="a lawsuit", beats=("courts",), collected_at=NOW, cluster=2)
    assert writer.commit(Changes([later])) == Outcome(0, 1, 0, 0)
    with open_reader(path) as reader:
        (stored,) = reader.posts(PostQuery())
        assert (stored.post.text, stored.post.collected_at) == ("a lawsuit", NOW - HOUR)
        assert (stored.beats, stored.cluster) == (("courts",), 2)
        assert reader.posts(PostQuery(search="weights")) == ()
        assert len(reader.posts(PostQuery(search="lawsuit"))) == 1
    assert recount(path) == []


def test_a_post_without_a_time_stays_where_it_was_first_seen(writer: Writer, path: Path) -> None:
    writer.commit(Changes([analysed(1, at=NOW - HOUR, collected_at=NOW - HOUR)]))
    assert writer.commit(Changes([analysed(1, at=NOW, collected_at=NOW)])) == Outcome(0, 0, 1, 0)
    with open_reader(path) as reader:
        assert reader.posts(PostQuery())[0].at == NOW - HOUR


def test_engagement_grows_without_being_forgotten(writer: Writer, path: Path) -> None:
    writer.commit(Changes([analysed(1, engagement=Engagement(likes=3, views=10))]))
    writer.commit(Changes([analysed(1, engagement=Engagement(likes=5))]))
    with open_reader(path) as reader:
        assert reader.posts(PostQuery())[0].post.engagement == Engagement(likes=5, views=10)


def test_a_deleted_post_keeps_counting_without_its_words_and_does_not_come_back(writer: Writer, path: Path) -> None:
    secret = "unrepeatable words"
    writer.commit(Changes([analysed(1, text=secret, title="heading", url="https://a.example/1")]))
    assert writer.commit(Changes(deletions=[Deletion("bluesky", native_id="1")])).deleted == 1
    assert writer.commit(Changes([analysed(1, text=secret)])) == Outcome(0, 0, 1, 0)
    with open_reader(path) as reader:
        (stored,) = reader.posts(PostQuery())
        assert stored.deleted
        assert (stored.post.text, stored.post.title, stored.post.author, stored.post.url) == ("", None, None, None)
        assert reader.posts(PostQuery(search="unrepeatable")) == ()
    writer.close()
    assert recount(path) == []
    for file in path.parent.iterdir():
        assert b"unrepeatable" not in file.read_bytes()


def test_everything_of_a_deleted_author_goes(writer: Writer, path: Path) -> None:
    writer.commit(Changes([analysed(1), analysed(2, author="ben"), analysed(3, source="news")]))
    assert writer.commit(Changes(deletions=[Deletion("bluesky", author="ada")])).deleted == 1
    with open_reader(path) as reader:
        assert [stored.deleted for stored in sorted(reader.posts(PostQuery()))] == [True, False, False]


def test_forgotten_posts_leave_no_trace(writer: Writer, path: Path) -> None:
    writer.commit(Changes([analysed(1), analysed(2, author="ben", url="https://a.example/2")]))
    assert writer.forget(author="ada") == 1
    assert writer.forget(url="https://a.example/2") == 1
    with open_reader(path) as reader:
        assert reader.posts(PostQuery()) == ()
    assert recount(path) == []


def test_posts_and_their_cursor_stand_or_fall_together(writer: Writer, path: Path) -> None:
    writer.commit(Changes([analysed(1)], cursors=[Cursor("bluesky", "stream", "1")]))
    broken = Changes([analysed(2, beats=("unknown",))], cursors=[Cursor("bluesky", "stream", "2")])
    with pytest.raises(KeyError):
        writer.commit(broken)
    with open_reader(path) as reader:
        assert reader.cursor("bluesky", "stream") == "1"
        assert reader.cursor("bluesky", "another") is None
        assert len(reader.posts(PostQuery())) == 1


def test_a_source_that_was_rolled_back_is_numbered_again(writer: Writer, path: Path) -> None:
    with pytest.raises(KeyError):
        writer.commit(Changes([analysed(1, source="gazette", beats=("unknown",))]))
    writer.commit(Changes([analysed(1, source="herald"), analysed(2, source="gazette")]))
    with open_reader(path) as reader:
        assert {stored.post.source for stored in reader.posts(PostQuery())} == {"herald", "gazette"}


def test_attempts_that_go_on_are_one_line_of_the_ledger(writer: Writer, path: Path) -> None:
    def attempt(start: int, end: int, outcome: str = "ok") -> Attempt:
        covered = (start, end) if outcome == "ok" else None
        return Attempt("news", "feed", covered, outcome, end, read=2, kept=1, let_go=1)  # type: ignore[arg-type]

    start = NOW - 3 * HOUR
    for first, last in ((0, 1), (1, 2), (2, 3)):
        writer.commit(Changes(attempts=[attempt(start + first * 60_000, start + last * 60_000)]))
    writer.commit(Changes(attempts=[attempt(start, NOW - 2 * HOUR, "failed")]))
    writer.commit(Changes(attempts=[attempt(NOW - HOUR, NOW)]))
    with open_reader(path) as reader:
        newest, failed, joined = reader.ledger(since=0)
        assert (joined.covered, joined.attempts, joined.read) == ((start, start + 180_000), 3, 6)
        assert (failed.outcome, failed.covered) == ("failed", None)
        assert newest.covered == (NOW - HOUR, NOW)
        assert reader.coverage((0, NOW), NOW + 1) == {"news": [(start, start + 180_000), (NOW - HOUR, NOW)]}
        assert reader.coverage((0, NOW), NOW - 2 * HOUR) == {"news": [(start, start + 180_000)]}


def test_changed_rules_leave_marks_and_new_beats_begin_with_a_gap(writer: Writer, path: Path) -> None:
    changed = Beats(
        (
            BEATS.beats[0]._replace(rule=Rule(any=("weights",))),
            Beat("chips", "Chips", "Technical", Rule(any=("gpu",))),
            BEATS.beats[2],
        ),
        BEATS.umbrella,
    )
    assert writer.set_beats(BEATS, NOW) == ()
    marks = writer.set_beats(changed, NOW)
    assert [mark.what for mark in marks] == [
        "the rule of open-models changed",
        "beat chips is new",
        "beat courts is no longer followed",
    ]
    with open_reader(path) as reader:
        assert reader.marks((0, NOW + 1)) == marks
        assert reader.beats()["chips"].covered_from == NOW
        assert reader.beats()["open-models"].covered_from == 0
        assert "courts" not in reader.beats()


def test_sources_are_registered_once_and_updated(writer: Writer, path: Path) -> None:
    writer.register_sources([SourceRegistration("x", "X", None, "no-key", "give a key")])
    writer.register_sources([SourceRegistration("x", "X", 60.0)])
    with open_reader(path) as reader:
        (row,) = reader.sources(NOW)
        assert (row.slug, row.interval_seconds, row.state) == ("x", 60.0, "")


def test_retagging_moves_the_counts(writer: Writer, path: Path) -> None:
    writer.commit(Changes([analysed(1), analysed(2)]))
    with open_reader(path) as reader:
        (first, _, text), _ = reader.texts_after(0, 10)
    assert text == "open weights"
    assert writer.retag({first: ("courts", "general")}) == 1
    assert writer.retag({first: ("courts", "general")}) == 0
    writer.finish_retagging(NOW, "rules applied to all posts")
    with open_reader(path) as reader:
        assert len(reader.posts(PostQuery(beats=("courts",)))) == 1
        assert len(reader.posts(PostQuery(beats=("courts", "open-models")))) == 2
    assert recount(path) == []


def test_two_writers_take_turns(writer: Writer, path: Path) -> None:
    with Writer(path) as second:
        second.commit(Changes([analysed(1)]))
        assert writer.commit(Changes([analysed(1), analysed(2)])) == Outcome(1, 0, 1, 0)
    assert check_integrity(path) == []


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"not a database, but long enough to be looked at" * 30, StoreDamaged), (None, StoreMissing)],
)
def test_a_file_that_is_no_store_is_named(tmp_path: Path, content: bytes | None, error: type[Exception]) -> None:
    path = tmp_path / "file.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(error, match=r"file\.db"):
        open_reader(path)


@pytest.fixture
def broken(writer: Writer, path: Path) -> Path:
    """A store that opens, and whose tables cannot be read."""
    writer.commit(Changes([analysed(number) for number in range(1, 200)]))
    writer.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size, *_ = connection.execute("PRAGMA page_size").fetchone()
        roots = connection.execute("SELECT rootpage FROM sqlite_master WHERE tbl_name IN ('posts', 'beats', 'labels')")
        pages = [root for (root,) in roots if root]
    connection.close()
    with path.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * size)
            file.write(b"\xa5" * size)
    return path


def test_a_store_with_broken_pages_is_named_whoever_reads_it(broken: Path) -> None:
    with pytest.raises(StoreDamaged, match="not usable as a store"):
        Writer(broken)
    with pytest.raises(StoreDamaged, match="not usable as a store"), open_reader(broken) as reader:
        reader.labels().sizes()
    with pytest.raises(StoreDamaged, match="not usable as a store"), open_reader(broken) as reader, reader.moment():
        reader.beats()


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (id INTEGER)")
    connection.commit()
    connection.close()
    with pytest.raises(StoreDamaged, match="another program"):
        Writer(path)


def test_a_store_of_a_later_version_is_not_touched(writer: Writer, path: Path) -> None:
    writer.close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreTooNew, match="update the program"):
        Writer(path)


def test_posts_from_before_1970_are_counted_and_uncounted_alike(writer: Writer, path: Path) -> None:
    writer.commit(Changes([analysed(1, at=-1), analysed(2, at=-HOUR), analysed(3, at=0)]))
    writer.commit(Changes([analysed(1, at=-2 * HOUR - 1, collected_at=1000)]))
    with sqlite3.connect(path) as connection:
        hours = connection.execute("SELECT hour, posts FROM hourly WHERE beat_id = 0 AND source_id = 0 AND posts <> 0")
        assert dict(hours) == {-3: 1, -1: 1, 0: 1}
    connection.close()
    assert recount(path) == []


def test_many_posts_of_every_shape_come_back_as_they_were(writer: Writer, path: Path) -> None:
    shapes = [
        analysed(
            number,
            source=("bluesky", "news")[number % 2],
            author=None if number % 3 else f"author {number}",
            beats=((), ("courts",), ("open-models", "courts"))[number % 3],
            cluster=None if number % 7 == 0 else number % 5,
            mood=number,
            title=None if number % 11 else f"title {number}",
            lang=None if number % 13 else "en",
            engagement=Engagement(likes=number if number > 100 else None),
        )
        for number in range(240)
    ]
    assert writer.commit(Changes(shapes)) == Outcome(240, 0, 0, 0)
    with open_reader(path) as reader:
        stored = {one.post.native_id: one for one in reader.posts(PostQuery(limit=1000))}
        assert len(reader.posts(PostQuery(search="title", limit=1000))) == 22
    assert [stored[shape.post.native_id].post for shape in shapes] == [shape.post for shape in shapes]
    assert [stored[shape.post.native_id].beats for shape in shapes] == [shape.beats for shape in shapes]
    assert [stored[shape.post.native_id].cluster for shape in shapes] == [shape.cluster for shape in shapes]
    assert recount(path) == []
    assert check_integrity(path) == []
