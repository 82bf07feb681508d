"""The sample's history: posts that were analysed when the sample was made, column by column in one compressed file.

Reading and scoring three weeks of posts again would take longer than anybody waits for a demo. The file says by which
rules and scorer its posts were analysed; `monitor.demo.building` analyses them anew where those are no longer ours.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from monitor.demo.identities import address, native_id
from monitor.instants import SECOND
from monitor.records import AnalysedPost, Engagement, Post

LAG = 20 * SECOND
"""How long after its publication each post was collected."""


class History(NamedTuple):
    """The posts before the last day, oldest first."""

    rules_hash: str
    scorer: str
    posts: tuple[AnalysedPost, ...]


def pack(history: History) -> bytes:
    """The file of a history. Times are kept to the second, probabilities to the thousandth, as the store keeps them.

    Identifiers, addresses and clusters are not kept: they follow from the rest. Posts of one kind stand together, which
    compresses best.
    """
    rows = sorted(
        history.posts, key=lambda row: (row.post.source, row.beats, row.post.lang or "", row.post.published_at)
    )
    posts = [row.post for row in rows]
    clock = 0
    steps = []
    for post in posts:
        steps.append(post.published_at // SECOND - clock)
        clock = post.published_at // SECOND
    tables: dict[str, list[Any]] = {}

    def column(name: str, values: Sequence[Any]) -> list[int]:
        table = tables[name] = sorted(set(values), key=lambda value: (-values.count(value), str(value)))
        numbers = {value: number for number, value in enumerate(table)}
        return [numbers[value] for value in values]

    columns = {
        "source": column("source", [post.source for post in posts]),
        "step": steps,
        "title": [post.title for post in posts],
        "text": [post.text for post in posts],
        "author": [post.author for post in posts],
        "author_name": [post.author_name for post in posts],
        "lang": column("lang", [post.lang for post in posts]),
        "beats": column("beats", [" ".join(row.beats) for row in rows]),
        "negative": [_permille(analysed, 0) for analysed in rows],
        "positive": [_permille(analysed, 2) for analysed in rows],
        "likes": [post.engagement.likes for post in posts],
        "replies": [post.engagement.replies for post in posts],
        "views": [post.engagement.views for post in posts],
    }
    head = {"rules_hash": history.rules_hash, "scorer": history.scorer, "tables": tables}
    text = json.dumps(head | {"columns": columns}, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode(), 9)


def unpack(data: bytes) -> History:
    """The history in a file."""
    from monitor.text.copies import fingerprint

    content: dict[str, Any] = json.loads(zlib.decompress(data))
    columns: Mapping[str, list[Any]] = content["columns"]
    tables: Mapping[str, list[Any]] = content["tables"]
    beats = [tuple(slugs.split()) for slugs in tables["beats"]]
    rows = zip(*(columns[name] for name in _ORDER), strict=True)
    posts = []
    clock = 0
    for number, row in enumerate(rows):
        source_number, step, title, text, author, author_name, lang, beat, negative, positive, *engagement = row
        clock += step
        at = clock * SECOND
        source = tables["source"][source_number]
        identifier = native_id(source, number, at, author, title)
        likes, replies, views = engagement
        post = Post(
            source,
            identifier,
            text,
            at,
            at + LAG,
            title,
            address(source, identifier, author),
            author,
            author_name,
            tables["lang"][lang],
            Engagement(likes=likes, replies=replies, views=views),
        )
        probabilities = None
        if negative is not None:
            probabilities = (negative / 1000, (1000 - negative - positive) / 1000, positive / 1000)
        whole = f"{title}\n{text}" if title and text else title or text
        posts.append(AnalysedPost(post, beats[beat], probabilities, fingerprint(whole)))
    posts.sort(key=lambda analysed: analysed.post.published_at)
    return History(content["rules_hash"], content["scorer"], tuple(posts))


_ORDER = (
    "source",
    "step",
    "title",
    "text",
    "author",
    "author_name",
    "lang",
    "beats",
    "negative",
    "positive",
    "likes",
    "replies",
    "views",
)


def _kind_and_time(row: AnalysedPost) -> tuple[str, tuple[str, ...], str, int]:
    return row.post.source, row.beats, row.post.lang or "", row.post.published_at


def _permille(analysed: AnalysedPost, side: int) -> int | None:
    return None if analysed.probabilities is None else round(analysed.probabilities[side] * 1000)
