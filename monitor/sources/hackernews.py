"""Hacker News: every new story and comment, from the search by date of Algolia. No key is needed.

API: https://hn.algolia.com/api. About 15,000 items come in a day. They are read without a query, since the search
matches beginnings of words and cannot say what our rules say. One query shows 1,000 items at most, newest first, so
time is walked through forward in windows, and each window backward.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from monitor import instants
from monitor.records import Beat, Engagement, Post
from monitor.sources import hackernews_items
from monitor.sources.base import (
    Batch,
    KnownPost,
    Part,
    Refreshed,
    Refreshing,
    SourceError,
    SourceOption,
    SourceSettings,
)
from monitor.sources.reading import (
    LONGEST_HTML,
    LONGEST_TEXT,
    host_of,
    list_of,
    mapping_of,
    number_of,
    read_json,
    sane,
    seconds_of,
    text_of,
    text_or_none,
    time_of,
)
from monitor.text.clean import clean_line, html_to_text

if TYPE_CHECKING:
    from monitor.http import Client

HOST = "hn.algolia.com"
ENDPOINT = f"https://{HOST}/api/v1/search_by_date"
INTERVAL = 60.0
FIRST_LOOK_BACK = instants.DAY
LONGEST_LOOK_BACK = 7 * instants.DAY
"""After a longer pause the rest is given up as missed: it would be 100,000 items."""
WINDOW = instants.HOUR
LAG = 2 * instants.MINUTE
"""The index is behind by up to a minute, so the last two are read again."""
PAGE = 1000
"""Items of one answer, which is also the most that one query shows."""
MOST_PAGES = 20
"""Queries for one window."""

_ATTRIBUTES = "objectID,author,created_at,created_at_i,title,story_text,comment_text,points,num_comments"
_NUMBER = re.compile(r"[0-9]{1,18}")


class Page(NamedTuple):
    """One answer of the search, newest first."""

    posts: tuple[Post, ...]
    times: Mapping[str, int]
    """When each item was made, by its number; also of those that are no posts for us."""
    hits: int
    damaged: int = 0
    """Hits without a number or a time."""


def parse(body: bytes, now: int, host: str = HOST) -> Page:
    """Read an answer of the search.

    The text of a comment is the comment alone: the title of its story would put every comment on the story's beats,
    whatever it says itself. A hit that has no words, which is what deleted and dead items look like, is no post. The
    URL is that of the discussion. The language is English, which is the rule of the site and is not said anywhere.

    Raises:
        SourceError: it is no answer of the search.
    """
    data = mapping_of(read_json(body, host))
    if not isinstance(data.get("hits"), list):
        raise SourceError(f"{host} sent JSON that is no search result.")
    posts: dict[str, Post] = {}
    times: dict[str, int] = {}
    damaged = 0
    for hit in map(mapping_of, data["hits"]):
        published = seconds_of(hit.get("created_at_i")) or time_of(hit.get("created_at"))
        item = hit.get("objectID")
        if published is None or not isinstance(item, str) or not _NUMBER.fullmatch(item):
            damaged += 1
            continue
        times[item] = published
        post = _post(hit, item, published, now)
        if post is not None:
            posts[item] = post
    return Page(tuple(posts.values()), times, len(data["hits"]), damaged)


def _post(hit: dict[str, Any], item: str, published: int, now: int) -> Post | None:
    title = clean_line(text_of(hit.get("title")))
    text = html_to_text((text_of(hit.get("comment_text")) or text_of(hit.get("story_text")))[:LONGEST_HTML])
    if not title and not text:
        return None
    return Post(
        source="hackernews",
        native_id=item,
        text=text[:LONGEST_TEXT],
        published_at=published,
        collected_at=now,
        title=title or None,
        url=f"https://news.ycombinator.com/item?id={item}",
        author=clean_line(text_of(hit.get("author"))) or None,
        lang="en",
        engagement=Engagement(likes=number_of(hit.get("points")), replies=number_of(hit.get("num_comments"))),
    )


class HackerNews:
    """All stories and comments of Hacker News, as one part."""

    slug = "hackernews"
    name = "Hacker News"
    options = (
        SourceOption("endpoint", str, ENDPOINT, "address of the search by date"),
        SourceOption(
            "items_endpoint",
            str,
            "",
            "where to ask for scores; empty for the public API, or for none with an `endpoint` of your own",
        ),
    )
    refreshing = Refreshing(at_once=20, ages=(900.0, 3600.0, 4 * 3600.0, 12 * 3600.0, 23 * 3600.0))

    def parts(self, settings: SourceSettings, beats: Sequence[Beat]) -> Sequence[Part]:
        if not settings.enabled:
            return ()
        endpoint = text_or_none(settings.options.get("endpoint")) or ENDPOINT
        return (Part(self.slug, "new", INTERVAL, addresses=(endpoint,)),)

    async def fetch(self, client: Client, part: Part, cursor: str | None, now: int) -> AsyncIterator[Batch]:
        """Read what is new since the cursor, an hour's items to a batch, oldest hour first.

        The cursor holds the end of what is complete, and the items after it that were given already.

        Raises:
            SourceError: an answer could not be used.
        """
        endpoint = part.addresses[0] if part.addresses else ENDPOINT
        done, given = _read_cursor(cursor)
        floor = now - LONGEST_LOOK_BACK
        missed = (done, floor) if done is not None and done < floor else None
        start = now - FIRST_LOOK_BACK if done is None else min(max(done, floor), now)
        while start < now:
            end = min(start + WINDOW, now)
            window = await _window(client, endpoint, start, end, now)
            complete = min(end, max(now - LAG, start))
            posts = [post for post in window.posts if post.native_id not in given]
            read = len(window.times.keys() - given) + window.damaged
            given = {item for item, made in window.times.items() if made >= complete - instants.SECOND}
            yield Batch(
                posts=tuple(reversed(posts)),
                cursor=json.dumps({"done": complete, "given": sorted(given)}, separators=(",", ":")),
                covered=(start, complete) if complete > start else None,
                read=read,
                missed=missed,
                damaged=window.damaged,
            )
            missed = None
            if complete < end:
                return
            start = complete

    async def refresh(self, client: Client, posts: Sequence[KnownPost], now: int) -> Refreshed:
        """Ask for the scores of items; see `hackernews_items.refresh`.

        Raises:
            SourceError: an answer could not be used.
        """
        options = client.settings.options
        named = text_or_none(options.get("items_endpoint"))
        if named is None and options.get("endpoint", ENDPOINT) != ENDPOINT:
            return Refreshed()
        return await hackernews_items.refresh(client, (named or hackernews_items.ITEMS).rstrip("/"), posts)


async def _window(client: Client, endpoint: str, start: int, end: int, now: int) -> Page:
    """All items made from the second of `start` to the second of `end`, newest first, as if in one answer."""
    posts: dict[str, Post] = {}
    times: dict[str, int] = {}
    damaged = 0
    after = start // instants.SECOND - 1
    before = end // instants.SECOND + 1
    for _ in range(MOST_PAGES):
        page = await _ask(client, endpoint, after, before, now)
        for post in page.posts:
            posts.setdefault(post.native_id, post)
        times |= page.times
        damaged += page.damaged
        # Those of the oldest second may be cut off, so that second is asked for again, unless it fills a page alone.
        oldest = min(page.times.values(), default=0) // instants.SECOND
        before = min(oldest + 1, before - 1)
        if page.hits < PAGE or before <= after + 1:
            return Page(tuple(posts.values()), times, len(times), damaged)
    raise SourceError(f"Hacker News gave more than {MOST_PAGES * PAGE} items for an hour.")


async def _ask(client: Client, endpoint: str, after: int, before: int, now: int) -> Page:
    params: dict[str, str | int] = {
        "tags": "(story,comment)",
        "numericFilters": f"created_at_i>{after},created_at_i<{before}",
        "hitsPerPage": PAGE,
        "typoTolerance": "false",
        "attributesToRetrieve": _ATTRIBUTES,
        "attributesToHighlight": "none",
    }
    answer = await client.get(endpoint, params=params)
    return parse(answer.body, now, host_of(answer.url))


def _read_cursor(cursor: str | None) -> tuple[int | None, set[str]]:
    """The end of what is complete and the items given beyond it; nothing where the cursor is not as we wrote it."""
    try:
        data = mapping_of(json.loads(cursor or "{}"))
    except (ValueError, RecursionError):
        return None, set()
    return sane(number_of(data.get("done"))), {item for item in list_of(data.get("given")) if isinstance(item, str)}
