"""Comparing a listing of Reddit with what was known of it: what is new, what it completes, what ran out of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from monitor import instants
from monitor.records import Deletion, Post, Span
from monitor.sources.base import Batch
from monitor.sources.feed_state import digest
from monitor.sources.reading import mapping_of, number_of, sane
from monitor.sources.reddit_items import POST, Page

LAG = 2 * instants.MINUTE
FIRST_LOOK_BACK = instants.DAY
REMEMBERED = 1000


class State(NamedTuple):
    """What the cursor holds; the same for both ways."""

    done: int | None = None
    """The end of what is complete."""
    known: Mapping[str, str] = {}
    """Digest of what a post said, by its identifier, for those of the last listing."""


def joined(pages: Sequence[Page]) -> Page:
    """Several pages as one. Between two of them new posts push others on, so some come twice."""
    posts: dict[str, Post] = {}
    deletions: dict[str, Deletion] = {}
    for page in pages:
        for post in page.posts:
            posts.setdefault(post.native_id, post)
        for deletion in page.deletions:
            deletions.setdefault(deletion.native_id or "", deletion)
    return Page(
        tuple(posts.values()),
        tuple(deletions.values()),
        ids=tuple(dict.fromkeys(one for page in pages for one in page.ids)),
        oldest=min((page.oldest for page in pages if page.oldest is not None), default=None),
        read=sum(page.read for page in pages),
        damaged=sum(page.damaged for page in pages),
    )


def compared(page: Page, state: State, now: int, *, whole: bool) -> Batch:
    """What of a listing is new or changed, and the span that it completes.

    Args:
        page: What was read, newest first.
        state: As of the last poll.
        now: The present instant.
        whole: Whether nothing that could be new lies beyond it. A feed does not tell: it may hold fewer than asked for.
    """
    said = {post.native_id: digest(f"{post.title}\n{post.text}", 8) for post in page.posts}
    said |= {deletion.native_id: "" for deletion in page.deletions if deletion.native_id}
    fresh = [post for post in page.posts if state.known.get(post.native_id) != said[post.native_id]]
    gone = [one for one in page.deletions if state.known.get(one.native_id or "") != ""]
    end = max(now - LAG, state.done or 0)
    missed: Span | None = None
    if state.done is None:
        oldest = page.oldest if page.oldest is not None and not whole else now - FIRST_LOOK_BACK
        start = max(oldest, now - FIRST_LOOK_BACK)
    else:
        start = min(state.done, now)
        reaches = whole or page.oldest is None or page.oldest <= start or any(one in state.known for one in page.ids)
        if not reaches and page.oldest is not None:
            missed, start = (start, min(page.oldest, end)), page.oldest
    return Batch(
        posts=tuple(reversed(fresh)),
        cursor=_write(State(end if end <= now else now, _remembered(said, state))),
        covered=(start, end) if start < end <= now else None,
        deletions=tuple(gone),
        read=len(fresh) + len(gone) + page.damaged,
        missed=missed if missed and missed[0] < missed[1] else None,
        damaged=page.damaged,
    )


def _remembered(said: Mapping[str, str], state: State) -> dict[str, str]:
    """What to know at the next poll: this listing, and of the last one what is not older. Identifiers grow in time."""
    oldest = min(map(_age, said), default=0)
    known = {key: words for key, words in state.known.items() if _age(key) >= oldest} | dict(said)
    return {key: known[key] for key in sorted(known, key=_age, reverse=True)[:REMEMBERED]}


def _age(native_id: str) -> int:
    return int(native_id.removeprefix("t3_"), 36)


def read_state(cursor: str | None) -> State:
    """The state in a cursor; what is not as it was written counts as nothing."""
    try:
        data = mapping_of(json.loads(cursor or "{}"))
    except (ValueError, RecursionError):
        return State()
    known = {
        key: words
        for key, words in mapping_of(data.get("known")).items()
        if POST.fullmatch(key) and isinstance(words, str)
    }
    return State(sane(number_of(data.get("done"))), known)


def _write(state: State) -> str:
    return json.dumps({"done": state.done, "known": state.known}, separators=(",", ":"))
