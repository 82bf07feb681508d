"""The sample's last day, read from the sources' own formats by the parsers that read the real thing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from monitor.demo.sample import Sample
from monitor.instants import SECOND
from monitor.records import Deletion, Post

LAGS = {"x": 9 * SECOND, "bluesky": SECOND, "news": 240 * SECOND, "youtube": 150 * SECOND, "hackernews": 45 * SECOND}
"""How long after its publication a post of each source is collected."""

_CONTENT_TYPES = {".xml": "application/xml", ".json": "application/feed+json"}
_AGGREGATED = "news-search"


class LastDay(NamedTuple):
    """The posts of the 24 hours before the sample was taken, oldest first, and what was deleted in them."""

    posts: tuple[Post, ...]
    deletions: tuple[Deletion, ...]


def read_last_day(folder: Path, sample: Sample) -> LastDay:
    """Read the folder `last_day`.

    Raises:
        SourceError: a file is not in its source's format.
        ValueError: a row cannot be imported.
    """
    deletions: list[Deletion] = []
    posts = [*_bluesky(folder, deletions), *_rows(folder), *_news(folder, sample), *_hackernews(folder, sample)]
    timed = [collect_soon_after(post, sample.as_of) for post in posts]
    return LastDay(tuple(sorted(timed, key=lambda post: post.published_at)), tuple(deletions))


def collect_soon_after(post: Post, before: int) -> Post:
    """The post as it was collected: somewhat later than published, but before a moment."""
    return post._replace(collected_at=min(post.published_at + LAGS.get(post.source, SECOND), before - 1))


def read_rows(path: Path, now: int) -> Iterator[Post]:
    """The posts of a file for `monitor import`.

    Raises:
        ValueError: a row cannot be imported.
    """
    from monitor.imports import BadLine, read_posts

    with path.open("rb") as stream:
        for post in read_posts(stream, "jsonl", now):
            if isinstance(post, BadLine):
                raise ValueError(f"{path.name}, line {post.number}: {post.reason}")
            if isinstance(post, Post):
                yield post


def _rows(folder: Path) -> Iterator[Post]:
    for name in ("x", "youtube"):
        yield from read_rows(folder / f"{name}.jsonl", 0)


def _bluesky(folder: Path, deletions: list[Deletion]) -> Iterator[Post]:
    from monitor.sources.bluesky import parse_frame

    with (folder / "bluesky.jsonl").open("rb") as frames:
        for frame in frames:
            event = parse_frame(frame, 0)
            if event.deletion is not None:
                deletions.append(event.deletion)
            if event.post is not None:
                yield event.post


def _news(folder: Path, sample: Sample) -> Iterator[Post]:
    from monitor.sources.news import parse

    for path in sorted((folder / "news").iterdir()):
        url = f"https://{path.stem}.example/feed"
        content_type = _CONTENT_TYPES[path.suffix]
        aggregated = path.stem == _AGGREGATED
        yield from parse(path.read_bytes(), content_type, url, sample.as_of, aggregated=aggregated).posts


def _hackernews(folder: Path, sample: Sample) -> Iterator[Post]:
    from monitor.sources.hackernews import parse

    for path in sorted((folder / "hackernews").iterdir()):
        for post in parse(path.read_bytes(), sample.as_of).posts:
            # The site says nothing of languages, and loading the detector takes a second.
            yield post._replace(lang="en")
