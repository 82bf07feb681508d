"""Batches on their way to another process."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.records import AnalysedPost, Attempt, Cursor, Deletion, Engagement, Post
from monitor.store.packed_changes import pack, unpack
from monitor.store.writer import Changes
from tests.store.factories import HOUR, NOW

COUNTS = st.none() | st.integers(0, 2**63 - 1)
POSTS = st.builds(
    Post,
    source=st.sampled_from(("x", "news")),
    native_id=st.text(),
    text=st.text(),
    published_at=st.integers(),
    collected_at=st.integers(),
    title=st.none() | st.text(),
    url=st.none() | st.text(),
    author=st.none() | st.text(),
    author_name=st.none() | st.text(),
    lang=st.none() | st.text(),
    engagement=st.builds(Engagement, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS),
    aliases=st.lists(st.text()).map(tuple),
)
ANALYSED = st.builds(
    AnalysedPost,
    post=POSTS,
    beats=st.lists(st.text()).map(tuple),
    probabilities=st.none() | st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)),
    cluster=st.none() | st.integers(-(2**63), 2**63 - 1),
)


@given(st.lists(ANALYSED))
def test_what_is_unpacked_is_what_was_packed(posts: list[AnalysedPost]) -> None:
    changes = Changes(
        posts,
        [Deletion("x", author="ada")],
        [Cursor("bluesky", "", "17")],
        [Attempt("x", "import", (NOW - HOUR, NOW), "ok", NOW, 3, 3)],
    )
    unpacked = unpack(pack(changes))
    assert unpacked._replace(posts=list(unpacked.posts)) == changes
    assert all(type(one.post.engagement) is Engagement for one in unpacked.posts)
