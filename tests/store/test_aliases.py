"""One item that comes in several ways is one post."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from monitor.records import AnalysedPost, Deletion, Engagement, Post, PostQuery, StoredPost
from monitor.store.reader import open_reader
from monitor.store.recount import recount
from monitor.store.writer import Changes, Outcome, Writer
from tests.store.factories import BEATS, NOW, analysed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "monitor.db"


@pytest.fixture
def writer(path: Path) -> Writer:
    writer = Writer(path)
    writer.set_beats(BEATS, NOW)
    return writer


def offer(native_id: str, text: str, *aliases: str, url: str | None = None, **fields: object) -> AnalysedPost:
    given = analysed(1, source="news", text=text, **fields)  # type: ignore[arg-type]
    post = given.post._replace(native_id=native_id, url=url, aliases=aliases)
    return given._replace(post=post)


FED = offer("https://a.org/1", "the article in its own words", "url:a.org/1", "~title", url="https://a.org/1")
SEARCHED = offer("a.org/title", "", "~title", url="https://redirect.example/xyz")
LISTED = offer("http://www.a.org/1/", "", "url:a.org/1", "~title", url="https://a.org/1")


def stored(path: Path) -> tuple[StoredPost, ...]:
    with open_reader(path) as reader:
        return reader.posts(PostQuery())


def words(post: Post) -> tuple[str, str | None]:
    return post.text, post.url


@pytest.mark.parametrize("order", list(permutations([FED, SEARCHED, LISTED])))
@pytest.mark.parametrize("together", [True, False])
def test_whichever_way_comes_first_the_fullest_words_stay(
    writer: Writer, path: Path, order: tuple[AnalysedPost, ...], together: bool
) -> None:
    for batch in [order] if together else [(each,) for each in order]:
        writer.commit(Changes(batch))
    (post,) = stored(path)
    assert words(post.post) == ("the article in its own words", "https://a.org/1")
    assert recount(path) == []


def test_offered_again_in_any_way_nothing_changes(writer: Writer, path: Path) -> None:
    for each in (SEARCHED, FED, LISTED):
        writer.commit(Changes([each]))
    with open_reader(path) as reader:
        before = reader.high_water()
        for each in (SEARCHED, FED, LISTED):
            assert writer.commit(Changes([each])) == Outcome(0, 0, 1, 0)
        assert reader.high_water() == before


def test_an_edit_comes_through_under_its_own_name(writer: Writer, path: Path) -> None:
    writer.commit(Changes([FED]))
    edited = FED._replace(post=FED.post._replace(text="shorter", title="Another title"))
    assert writer.commit(Changes([edited])).updated == 1
    assert stored(path)[0].post.text == "shorter"


def test_engagement_comes_from_every_way(writer: Writer, path: Path) -> None:
    writer.commit(Changes([FED]))
    liked = SEARCHED._replace(post=SEARCHED.post._replace(engagement=Engagement(likes=3)))
    writer.commit(Changes([liked]))
    assert (stored(path)[0].post.engagement.likes, stored(path)[0].post.text) == (3, FED.post.text)


def test_a_deleted_item_does_not_come_back_another_way(writer: Writer, path: Path) -> None:
    writer.commit(Changes([FED]))
    writer.commit(Changes(deletions=[Deletion("news", native_id="https://a.org/1")]))
    writer.commit(Changes([SEARCHED, LISTED]))
    (post,) = stored(path)
    assert (post.deleted, post.post.text, post.post.url) == (True, "", None)


def test_the_same_names_in_another_source_are_another_item(writer: Writer, path: Path) -> None:
    other = FED._replace(post=FED.post._replace(source="mastodon"))
    writer.commit(Changes([FED, other]))
    assert len(stored(path)) == 2


def test_a_forgotten_item_stays_away_under_all_of_its_names(writer: Writer, path: Path) -> None:
    writer.commit(Changes([FED, offer("https://a.org/2", "another", "url:a.org/2"), analysed(7)]))
    assert writer.forget(url="https://a.org/1") == 1
    assert writer.commit(Changes([SEARCHED, LISTED, FED, analysed(8)])) == Outcome(1, 0, 0, 0)
    assert {post.post.native_id for post in stored(path)} == {"https://a.org/2", "7", "8"}
    assert recount(path) == []


def test_a_forgotten_post_without_other_names_stays_away(writer: Writer, path: Path) -> None:
    writer.commit(Changes([analysed(1), analysed(2, author="eve")]))
    assert writer.forget(author="ada") == 1
    assert writer.commit(Changes([analysed(1), analysed(2, author="eve"), analysed(3)])) == Outcome(1, 0, 1, 0)


def test_no_words_of_a_forgotten_item_stay_in_the_file(writer: Writer, path: Path) -> None:
    words = "an article about zugzwang in its own words"
    named = offer("https://a.org/zugzwang", words, "~title:a.org/zugzwang", url="https://a.org/zugzwang")
    writer.commit(Changes([named]))
    writer.forget(url="https://a.org/zugzwang")
    writer.commit(Changes([named]))
    writer.close()
    assert b"zugzwang" not in b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_two_addresses_are_two_items_whatever_their_titles(writer: Writer, path: Path) -> None:
    other = offer("https://a.org/9", "another text", "url:a.org/9", "~title", url="https://a.org/9")
    writer.commit(Changes([FED, other]))
    writer.commit(Changes([other, FED]))
    assert {post.post.text for post in stored(path)} == {FED.post.text, "another text"}
    writer.commit(Changes([SEARCHED]))
    assert len(stored(path)) == 2
