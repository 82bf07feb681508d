"""Whether what a source gave has the form of a batch: sources of other packages, too, are read here."""

from __future__ import annotations

from monitor.records import Deletion, Engagement, Post
from monitor.sources.base import Batch

_LATEST = 1 << 62
_UNKNOWN = Post._field_defaults["engagement"]
_TEXTS = ("title", "url", "author", "author_name", "lang")


class BatchError(TypeError):
    """A batch that cannot be stored; the message names the field and not what was in it."""


def check_batch(batch: Batch) -> None:
    """Look at every field of a batch.

    Raises:
        BatchError: a field holds something else than its type says.
    """
    _require(isinstance(batch, Batch), "batch")
    _require(batch.cursor is None or isinstance(batch.cursor, str), "cursor")
    _require(_is_count(batch.read) and _is_count(batch.damaged), "read and damaged")
    _require(_is_number(batch.fraction) and batch.fraction <= 1, "fraction")
    _require(batch.next_poll is None or _is_number(batch.next_poll), "next_poll")
    for name, span in (("covered", batch.covered), ("missed", batch.missed)):
        _require(span is None or _is_span(span), name)
    _require(isinstance(batch.posts, tuple) and isinstance(batch.deletions, tuple), "posts and deletions")
    for post in batch.posts:
        if not isinstance(post, Post) or not _is_sound(post):
            _name_fault(post)
    for deletion in batch.deletions:
        _require(isinstance(deletion, Deletion), "deletions")
        named = [part for part in (deletion.native_id, deletion.author) if part is not None]
        _require(len(named) == 1 and isinstance(named[0], str), "deletions")


def _is_sound(post: Post) -> bool:
    """Whether every field of a post has its type. In one expression, as it is evaluated for each post that comes."""
    return (
        type(post.native_id) is str
        and post.native_id != ""
        and type(post.text) is str
        and type(post.published_at) is int
        and -_LATEST < post.published_at < _LATEST
        and type(post.collected_at) is int
        and -_LATEST < post.collected_at < _LATEST
        and (post.title is None or type(post.title) is str)
        and (post.url is None or type(post.url) is str)
        and (post.author is None or type(post.author) is str)
        and (post.author_name is None or type(post.author_name) is str)
        and (post.lang is None or type(post.lang) is str)
        and (post.engagement is _UNKNOWN or _is_engagement(post.engagement))
        and (post.aliases == () or _is_names(post.aliases))
    )


def _name_fault(post: Post) -> None:
    """Say which field of a post is at fault, if one is when looked at with more patience."""
    _require(isinstance(post, Post), "posts")
    _require(isinstance(post.native_id, str) and bool(post.native_id), "native_id")
    _require(isinstance(post.text, str), "text")
    _require(_is_instant(post.published_at) and _is_instant(post.collected_at), "published_at and collected_at")
    for name in _TEXTS:
        value = getattr(post, name)
        _require(value is None or isinstance(value, str), name)
    _require(_is_engagement(post.engagement), "engagement")
    _require(_is_names(post.aliases), "aliases")


def _require(fine: bool, what: str) -> None:
    if not fine:
        raise BatchError(f"a batch with an unusable value in {what}")


def _is_engagement(value: object) -> bool:
    return isinstance(value, Engagement) and all(each is None or type(each) is int for each in value)


def _is_names(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(name, str) for name in value)


def _is_instant(value: object) -> bool:
    return type(value) is int and abs(value) < _LATEST


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < _LATEST


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and 0 <= value < _LATEST  # type: ignore[operator]


def _is_span(span: object) -> bool:
    return isinstance(span, tuple) and len(span) == 2 and all(map(_is_count, span)) and span[0] <= span[1]
