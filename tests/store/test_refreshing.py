"""Which posts their sources are asked about again, and what becomes of the answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.instants import MINUTE
from monitor.records import Deletion, Engagement, PostQuery, StoredPost
from monitor.store import refreshing
from monitor.store.reader import open_reader
from monitor.store.recount import recount
from monitor.store.refreshing import Renewal
from monitor.store.writer import Changes, Writer
from tests.store.factories import BEATS, DAY, HOUR, NOW, analysed

AGES = (10 * MINUTE, 2 * HOUR, 12 * HOUR)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "monitor.db"


@pytest.fixture
def writer(path: Path) -> Writer:
    writer = Writer(path)
    writer.set_beats(BEATS, NOW)
    return writer


def due(writer: Writer, now: int = NOW, limit: int = 100, source: str = "bluesky") -> list[str]:
    return [post.native_id for post in writer.shown_posts(source, AGES, now, limit)]


def ask(writer: Writer, *numbers: int, now: int = NOW) -> None:
    """Note that posts were asked about, by their number within these tests."""
    wanted = {str(number) for number in numbers}
    posts = [post for post in writer.shown_posts("bluesky", AGES, now, 1000) if post.native_id in wanted]
    assert len(posts) == len(wanted)
    writer.renew("bluesky", Renewal(asked=[post.id for post in posts]), now)


def stored(path: Path) -> dict[str, StoredPost]:
    with open_reader(path) as reader:
        return {found.post.native_id: found for found in reader.posts(PostQuery(limit=1000))}


def test_a_post_is_due_at_each_of_the_ages_and_not_in_between(writer):
    writer.commit(Changes([analysed(1, at=NOW)]))
    assert due(writer, NOW + 9 * MINUTE) == []
    assert due(writer, NOW + 10 * MINUTE) == ["1"]
    ask(writer, 1, now=NOW + 11 * MINUTE)
    assert due(writer, NOW + 119 * MINUTE) == []
    assert due(writer, NOW + 121 * MINUTE) == ["1"]
    ask(writer, 1, now=NOW + 3 * HOUR)
    assert due(writer, NOW + 11 * HOUR) == []
    ask(writer, 1, now=NOW + 13 * HOUR)
    assert due(writer, NOW + 23 * HOUR) == []


def test_the_age_of_a_day_comes_about(writer):
    writer.commit(Changes([analysed(1, at=NOW)]))
    posts = writer.shown_posts("bluesky", (DAY,), NOW + DAY + MINUTE, 10)
    assert [post.native_id for post in posts] == ["1"]
    assert writer.shown_posts("bluesky", (DAY,), NOW + DAY - MINUTE, 10) == ()


def test_ages_that_went_by_while_nobody_asked_count_once(writer):
    writer.commit(Changes([analysed(1, at=NOW)]))
    ask(writer, 1, now=NOW + 20 * HOUR)
    assert due(writer, NOW + 23 * HOUR) == []


def test_only_posts_of_the_source_that_are_shown_and_not_deleted(writer):
    posts = [analysed(1, at=NOW - HOUR), analysed(2, at=NOW - 26 * HOUR), analysed(3, at=NOW - HOUR, beats=())]
    posts += [analysed(4, at=NOW - HOUR, source="news"), analysed(5, at=NOW - HOUR)]
    writer.commit(Changes(posts, deletions=[Deletion("bluesky", native_id="5")]))
    assert due(writer) == ["1"]
    assert due(writer, source="news") == ["4"]
    assert due(writer, source="unheard-of") == []


def test_each_beat_has_its_turn_and_the_newest_come_first(writer):
    open_models = [analysed(number, at=NOW - HOUR - number) for number in range(10)]
    courts = [analysed(10 + number, at=NOW - 3 * HOUR - number, beats=("courts",)) for number in range(10)]
    writer.commit(Changes([*open_models, *courts]))
    assert due(writer, limit=5) == ["0", "10", "1", "11", "2"]


def test_the_newest_of_a_beat_only(writer, monkeypatch):
    monkeypatch.setattr(refreshing, "SCANNED", 3)
    writer.commit(Changes([analysed(number, at=NOW - HOUR - number) for number in range(10)]))
    assert due(writer) == ["0", "1", "2"]


def test_the_most_engaged_are_asked_about_though_many_came_after_them(writer, monkeypatch):
    posts = [analysed(number, at=NOW - 3 * HOUR - number, engagement=Engagement(likes=number)) for number in range(10)]
    writer.commit(Changes(posts))
    ask(writer, *range(10), now=NOW - 2 * HOUR)
    monkeypatch.setattr(refreshing, "SCANNED", 2)
    assert due(writer, limit=4) == ["9", "0", "8", "1"]


def test_an_answer_is_written_in_one_go(writer, path):
    writer.commit(Changes([analysed(1), analysed(2), analysed(3, author="ben"), analysed(4, source="news")]))
    answer = Renewal(
        {"1": Engagement(likes=7, views=None), "9": Engagement(likes=1)}, {"ada": "Ada L."}, ["3", "8"], [1, 2, 3]
    )
    assert writer.renew("bluesky", answer, NOW) == (3, 1)
    posts = stored(path)
    assert posts["1"].post.engagement == Engagement(likes=7)
    assert [posts[number].post.author_name for number in "124"] == ["Ada L.", "Ada L.", None]
    assert posts["3"].deleted
    assert (posts["3"].post.text, posts["3"].post.author, posts["3"].post.url) == ("", None, None)
    assert recount(path) == []
    assert writer.renew("bluesky", answer, NOW) == (0, 0)


def test_counts_that_are_no_longer_told_stay(writer, path):
    writer.commit(Changes([analysed(1, engagement=Engagement(likes=3, views=10))]))
    writer.renew("bluesky", Renewal({"1": Engagement(likes=5)}), NOW)
    assert stored(path)["1"].post.engagement == Engagement(likes=5, views=10)


def test_a_deleted_post_stays_deleted(writer, path):
    writer.commit(Changes([analysed(1)], deletions=[Deletion("bluesky", native_id="1")]))
    assert writer.renew("bluesky", Renewal({"1": Engagement(likes=5)}, {"ada": "Ada L."}, ["1"], [1]), NOW) == (0, 0)
    erased = stored(path)["1"]
    assert (erased.deleted, erased.post.author_name, erased.post.engagement) == (True, None, Engagement())


def test_the_words_of_what_is_gone_are_nowhere_in_the_files(writer, path):
    writer.commit(Changes([analysed(1, text="unrepeatable words", title="heading")]))
    writer.renew("bluesky", Renewal(gone=["1"]), NOW)
    with open_reader(path) as reader:
        assert reader.posts(PostQuery(search="unrepeatable")) == ()
    writer.close()
    for file in path.parent.iterdir():
        assert b"unrepeatable" not in file.read_bytes()


def test_a_name_that_was_looked_up_survives_an_offer_without_one(writer, path):
    writer.commit(Changes([analysed(1)]))
    writer.renew("bluesky", Renewal(names={"ada": "ada.example"}), NOW)
    writer.commit(Changes([analysed(1)]))
    assert stored(path)["1"].post.author_name == "ada.example"
    writer.commit(Changes([analysed(1, text="open weights, edited")]))
    assert (stored(path)["1"].post.author_name, stored(path)["1"].post.text) == ("ada.example", "open weights, edited")
    writer.commit(Changes([analysed(1, author_name="Ada")]))
    assert stored(path)["1"].post.author_name == "Ada"


def test_what_was_asked_long_ago_is_forgotten_for_this_source_only(writer, path):
    writer.commit(Changes([analysed(1), analysed(2, source="youtube"), analysed(3, author="ben")]))
    writer.renew("bluesky", Renewal(asked=[1, 3]), NOW)
    writer.renew("youtube", Renewal(asked=[2]), NOW)
    writer.forget(author="ben")
    writer.renew("bluesky", Renewal(), NOW + DAY, NOW + HOUR)
    assert writer.walk("youtube", "", NOW + 2, NOW + 1).overdue != ()
    assert writer.walk("youtube", "", NOW, NOW).overdue == ()
    writer.renew("bluesky", Renewal(), NOW + DAY, NOW + HOUR)


# Posts that may not be kept for long


def test_posts_whose_time_is_running_out(writer):
    writer.commit(
        Changes([analysed(number, collected_at=NOW - number * DAY, at=NOW - 90 * DAY) for number in range(1, 40)])
    )
    found = writer.walk("bluesky", "", NOW - 25 * DAY, NOW - 30 * DAY)
    assert sorted(int(post.native_id) for post in found.running_out) == [26, 27, 28, 29, 30]
    assert sorted(int(post.native_id) for post in found.overdue) == list(range(31, 40))
    assert found.place == ""


def test_an_answer_gives_a_post_new_time_and_an_erased_one_needs_none(writer):
    writer.commit(Changes([analysed(number, collected_at=NOW - 40 * DAY, at=NOW - 90 * DAY) for number in range(3)]))
    found = writer.walk("bluesky", "", NOW - 25 * DAY, NOW - 30 * DAY).overdue
    writer.renew("bluesky", Renewal(gone=["0"], asked=[post.id for post in found if post.native_id == "1"]), NOW)
    again = writer.walk("bluesky", "", NOW - 25 * DAY, NOW - 30 * DAY)
    assert [post.native_id for post in again.overdue] == ["2"]


def test_the_walk_goes_through_all_posts_and_begins_again(writer, monkeypatch):
    monkeypatch.setattr(refreshing, "WALKED", 4)
    writer.commit(Changes([analysed(number, collected_at=NOW - 40 * DAY, at=NOW - 90 * DAY) for number in range(10)]))
    place, found = "", []
    for _ in range(3):
        walk = writer.walk("bluesky", place, NOW - 25 * DAY, NOW - 30 * DAY)
        found += [post.native_id for post in walk.overdue]
        place = walk.place
    assert (sorted(found), place) == ([str(number) for number in range(10)], "")
