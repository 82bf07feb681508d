"""The Guardian's search for articles, as one more way to the news. It needs a key, which is free for private use.

API: https://open-platform.theguardian.com/documentation/search.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from monitor import instants
from monitor.records import Beat, Post
from monitor.sources.base import Batch, Part, SourceError
from monitor.sources.feed_state import digest, read_cursor
from monitor.sources.google_news import plain_terms
from monitor.sources.news_names import names_of
from monitor.sources.reading import (
    LONGEST_HTML,
    LONGEST_TEXT,
    host_of,
    language_of,
    list_of,
    mapping_of,
    number_of,
    read_json,
    sane,
    text_of,
    text_or_none,
    time_of,
)
from monitor.sources.web_addresses import canonical_url, publication_of
from monitor.text.clean import clean_line, html_to_text, safe_url

if TYPE_CHECKING:
    from monitor.http import Client

HOST = "content.guardianapis.com"
ENDPOINT = f"https://{HOST}/search"
KEY = "guardian_key"
UNIT = "guardian calls"
CALLS_PER_DAY = 450
"""A free key has 500."""
LONGEST_SEARCH = 900
"""Characters of a search, so that an address stays one that every server takes."""
PAGE = 100
MOST_PAGES = 5
"""Pages of one poll; more than 500 articles have not come in a day."""
FIRST_LOOK_BACK = instants.DAY
LONGEST_LOOK_BACK = 7 * instants.DAY
LAG = 10 * instants.MINUTE
"""An article may turn up so long after the time that it bears."""


class Page(NamedTuple):
    """One answer of the search, newest first."""

    posts: tuple[Post, ...]
    read: int
    pages: int
    """How many there are."""
    damaged: int = 0
    """Results without an address, a title or a time."""


def searches_of(beats: Sequence[Beat]) -> tuple[str, ...]:
    """Searches for the words and phrases of all beats, as few as hold them."""
    searches: list[str] = []
    for phrase in dict.fromkeys(f'"{term}"' for beat in beats for term in plain_terms(beat.rule.any)):
        longer = f"{searches[-1]} OR {phrase}" if searches else phrase
        if searches and len(longer) <= LONGEST_SEARCH:
            searches[-1] = longer
        else:
            searches.append(phrase)
    return tuple(searches)


def parse(body: bytes, now: int, host: str = HOST) -> Page:
    """Read an answer of the search: title and standfirst of each article, not its text, which is the Guardian's.

    Raises:
        SourceError: it is no answer of the search.
    """
    response = mapping_of(mapping_of(read_json(body, host)).get("response"))
    if response.get("status") != "ok":
        said = clean_line(text_of(response.get("message")))[:200]
        raise SourceError(f"The Guardian refused the search: {said}" if said else "The Guardian sent no search result.")
    results = list_of(response.get("results"))
    posts: dict[str, Post] = {}
    damaged = 0
    for result in map(mapping_of, results):
        post = _post(result, now)
        if post is None:
            damaged += 1
        else:
            posts.setdefault(post.native_id, post)
    return Page(tuple(posts.values()), len(results), number_of(response.get("pages")) or 0, damaged)


def _post(result: dict[str, object], now: int) -> Post | None:
    address = canonical_url(text_of(result.get("webUrl")))
    title = clean_line(text_of(result.get("webTitle")))
    published = time_of(result.get("webPublicationDate"))
    if address is None or not title or published is None:
        return None
    fields = mapping_of(result.get("fields"))
    publication = publication_of(address)
    return Post(
        source="news",
        native_id=address,
        text=html_to_text(text_of(fields.get("trailText"))[:LONGEST_HTML])[:LONGEST_TEXT],
        published_at=published,
        collected_at=now,
        title=title,
        url=safe_url(text_of(result.get("webUrl"))),
        author=publication,
        author_name=clean_line(text_of(fields.get("byline"))) or "The Guardian",
        lang=language_of(text_or_none(fields.get("lang"))) or "en",
        aliases=names_of(address, publication, title, published),
    )


async def fetch(client: Client, part: Part, endpoint: str, cursor: str | None, now: int) -> AsyncIterator[Batch]:
    """Ask the search whose turn it is for what was published since it was asked last.

    Raises:
        OverBudget: the day's calls are used up.
        SourceError: the key was refused, or an answer could not be used.
    """
    remembered = read_cursor(cursor)
    turn = (number_of(remembered.get("turn")) or 0) % len(part.addresses)
    search = part.addresses[turn]
    asked = mapping_of(remembered.get("asked"))
    last = sane(number_of(asked.get(digest(search))))
    start = now - FIRST_LOOK_BACK if last is None else min(max(last - LAG, now - LONGEST_LOOK_BACK), now)
    found, complete_from = await _since(client, endpoint, search, start, now)
    current = {digest(each) for each in part.addresses}
    asked = {key: value for key, value in asked.items() if key in current} | {digest(search): now}
    yield Batch(
        posts=found.posts,
        cursor=json.dumps({"turn": turn + 1, "asked": asked}, separators=(",", ":")),
        covered=(complete_from, now) if complete_from < now else None,
        read=found.read,
        missed=(last, complete_from) if last is not None and complete_from > last else None,
        damaged=found.damaged,
    )


async def _since(client: Client, endpoint: str, search: str, start: int, now: int) -> tuple[Page, int]:
    """All articles since a moment, as if in one answer, and from when on they are complete."""
    posts: dict[str, Post] = {}
    read = damaged = 0
    for number in range(1, MOST_PAGES + 1):
        page = await _ask(client, endpoint, search, start, number, now)
        read, damaged = read + page.read, damaged + page.damaged
        for post in page.posts:
            posts.setdefault(post.native_id, post)
        oldest = min((post.published_at for post in page.posts), default=start)
        if number >= page.pages or oldest < start or not page.read:
            return Page(tuple(posts.values()), read, page.pages, damaged), start
    return Page(tuple(posts.values()), read, MOST_PAGES, damaged), oldest


async def _ask(client: Client, endpoint: str, search: str, start: int, number: int, now: int) -> Page:
    await client.meter.spend(UNIT, 1)
    answer = await client.get(
        endpoint,
        params={
            "q": search,
            "from-date": instants.render(start)[:10],
            "use-date": "published",
            "order-by": "newest",
            "page-size": PAGE,
            "page": number,
            "show-fields": "trailText,byline,lang",
            "api-key": client.settings.secrets[KEY].reveal(),
        },
        also=(401, 403),
        credential=KEY,
    )
    if answer.status in (401, 403):
        raise SourceError("The Guardian refused the key; check it, or take it away.", permanent=True)
    return parse(answer.body, now, host_of(answer.url))
