"""GDELT's DOC 2.0 search of the world's online news, as one more way to the news. No key; it sheds load as it likes.

API: https://blog.gdeltproject.org/gdelt-doc-2-0-api-debuts/. An answer holds titles and addresses, no texts. Mistakes
in a query come with status 200 as a sentence, and the JSON has been seen with escapes that are none.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from monitor import instants
from monitor.records import Beat, Post, Span
from monitor.sources.base import Batch, Part, SourceError
from monitor.sources.feed_state import digest, read_cursor
from monitor.sources.google_news import plain_terms
from monitor.sources.news_names import names_of
from monitor.sources.reading import list_of, mapping_of, number_of, sane, text_of
from monitor.sources.web_addresses import canonical_url, publication_of
from monitor.text.clean import clean_line, safe_url

if TYPE_CHECKING:
    from monitor.http import Client

ENDPOINT = "https://api.gdeltproject.org/api/v2/doc/doc"
SPACING = 6.0
"""Seconds between two requests; less than five are refused."""
PATIENCE = 40.0
"""Seconds for an answer, which often takes half a minute."""
MOST_ARTICLES = 250
"""Of one answer."""
STEP = 15 * instants.MINUTE
"""In which GDELT looks at the news, and how far its times are rounded down."""
FIRST_LOOK_BACK = instants.DAY
LONGEST_LOOK_BACK = 7 * instants.DAY
MOST_TERMS = 12
"""Phrases of one search; longer ones are refused as too long."""
SHORTEST_TERM = 4
"""Letters; shorter words are refused."""

_SEEN = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z")
_NO_ESCAPE = re.compile(r'\\(?!["\\/bfnrtu])')
_LANGUAGES = {
    "arabic": "ar", "bulgarian": "bg", "catalan": "ca", "chinese": "zh", "croatian": "hr", "czech": "cs",
    "danish": "da", "dutch": "nl", "english": "en", "estonian": "et", "finnish": "fi", "french": "fr",
    "german": "de", "greek": "el", "hebrew": "he", "hindi": "hi", "hungarian": "hu", "indonesian": "id",
    "italian": "it", "japanese": "ja", "korean": "ko", "latvian": "lv", "lithuanian": "lt", "norwegian": "no",
    "persian": "fa", "polish": "pl", "portuguese": "pt", "romanian": "ro", "russian": "ru", "serbian": "sr",
    "slovak": "sk", "slovenian": "sl", "spanish": "es", "swedish": "sv", "thai": "th", "turkish": "tr",
    "ukrainian": "uk", "vietnamese": "vi",
}  # fmt: skip


class Articles(NamedTuple):
    """What an answer holds."""

    posts: tuple[Post, ...]
    read: int
    damaged: int = 0
    """Articles without an address, a title or a time."""


def searches_of(beats: Sequence[Beat]) -> tuple[str, ...]:
    """A search for each beat whose rule holds phrases that GDELT takes; English news only."""
    searches = []
    for beat in beats:
        taken = [term for term in plain_terms(beat.rule.any) if len(term) >= SHORTEST_TERM][:MOST_TERMS]
        phrases = [f'"{term}"' for term in taken]
        if len(phrases) > 1:
            searches.append(f"({' OR '.join(phrases)}) sourcelang:english")
        elif phrases:
            searches.append(f"{phrases[0]} sourcelang:english")
    return tuple(searches)


def parse(body: bytes, now: int) -> Articles:
    """Read a list of articles; when GDELT first saw an article stands for when it was published.

    Raises:
        SourceError: it is none; where GDELT says why in a sentence, with that sentence.
    """
    data = mapping_of(_read(body.decode("utf-8", "replace")))
    articles = list_of(data.get("articles"))
    posts: dict[str, Post] = {}
    damaged = 0
    for article in map(mapping_of, articles):
        post = _post(article, now)
        if post is None:
            damaged += 1
        else:
            posts.setdefault(post.native_id, post)
    return Articles(tuple(posts.values()), len(articles), damaged)


def _read(text: str) -> object:
    if not text.lstrip().startswith("{"):
        said = clean_line(text if "<" not in text else "")[:200]
        raise SourceError(f"GDELT refused the search: {said}" if said else "GDELT sent something that is no list.")
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        pass
    try:
        return json.loads(_NO_ESCAPE.sub(r"\\\\", text), strict=False)
    except (ValueError, RecursionError) as error:
        raise SourceError("GDELT sent JSON that cannot be read.") from error


def _post(article: dict[str, object], now: int) -> Post | None:
    address = canonical_url(text_of(article.get("url")))
    title = clean_line(html.unescape(text_of(article.get("title"))))
    seen = _seen_at(text_of(article.get("seendate")))
    if address is None or not title or seen is None:
        return None
    title = re.sub(r" ([,.;:!?])", r"\1", title)
    publication = publication_of(address)
    return Post(
        source="news",
        native_id=address,
        text="",
        published_at=seen,
        collected_at=now,
        title=title,
        url=safe_url(text_of(article.get("url"))),
        author=publication,
        author_name=publication,
        lang=_LANGUAGES.get(text_of(article.get("language")).casefold()),
        aliases=names_of(address, publication, title, seen),
    )


def _seen_at(text: str) -> int | None:
    found = _SEEN.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = found.groups()
    try:
        return sane(instants.parse(f"{year}-{month}-{day}T{hour}:{minute}:{second}Z"))
    except ValueError:
        return None


async def fetch(client: Client, part: Part, endpoint: str, cursor: str | None, now: int) -> AsyncIterator[Batch]:
    """Ask the search whose turn it is for what was seen since it was asked last.

    Raises:
        SourceError: the answer could not be used.
    """
    remembered = read_cursor(cursor)
    turn = (number_of(remembered.get("turn")) or 0) % len(part.addresses)
    search = part.addresses[turn]
    asked = mapping_of(remembered.get("asked"))
    last = sane(number_of(asked.get(digest(search))))
    start = now - FIRST_LOOK_BACK if last is None else min(max(last, now - LONGEST_LOOK_BACK), now)
    answer = await client.get(
        endpoint,
        params={
            "query": search,
            "mode": "artlist",
            "format": "json",
            "sort": "DateDesc",
            "maxrecords": MOST_ARTICLES,
            "startdatetime": _stamp(start - STEP),
            "enddatetime": _stamp(now),
        },
        spacing=SPACING,
        timeout=PATIENCE,
    )
    articles = parse(answer.body, now)
    current = {digest(each) for each in part.addresses}
    asked = {key: value for key, value in asked.items() if key in current} | {digest(search): now}
    covered, missed = _reach(articles, last, start, now)
    yield Batch(
        posts=articles.posts,
        cursor=json.dumps({"turn": turn + 1, "asked": asked}, separators=(",", ":")),
        covered=covered,
        read=articles.read,
        missed=missed,
        damaged=articles.damaged,
    )


def _reach(articles: Articles, last: int | None, start: int, now: int) -> tuple[Span | None, Span | None]:
    """The span that is complete, and the one that is lost: a full answer holds only the newest articles of its span."""
    begin = start
    if articles.read >= MOST_ARTICLES:
        begin = max(start, min((post.published_at for post in articles.posts), default=now))
    missed = (last, begin) if last is not None and begin > last else None
    end = max(begin, now - STEP)
    return ((begin, end) if end > begin else None), missed


def _stamp(instant: int) -> str:
    return instants.render(instant - instant % instants.SECOND).translate(str.maketrans("", "", "-:TZ"))
