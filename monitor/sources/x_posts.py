"""Reading what X answers: posts, searches, lines of the stream.

Field names are in flux (August 2026): what was `tweet` is becoming `post`. Both spellings are met, so both are read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from monitor.records import Deletion, Engagement, Post
from monitor.sources.base import SourceError
from monitor.sources.reading import (
    LONGEST_TEXT,
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
from monitor.text.clean import clean, clean_line, safe_url

HOST = "api.x.com"
FIELDS = (
    "created_at,public_metrics,lang,author_id,conversation_id,referenced_tweets,entities,note_tweet,withheld,"
    "possibly_sensitive"
)
"""The fields to ask for. They cost nothing; `edit_history_tweet_ids` comes always."""

_ID = re.compile(r"[1-9][0-9]{0,18}")
_SHORT_LINK = re.compile(r"https?://t\.co/[A-Za-z0-9]+")
_FIRST_INSTANT = 1_288_834_974_657
"""The epoch of X's numbers, in milliseconds."""
_SEQUENCE_BITS = 22
_FIRST_NUMBER_WITH_TIME = 1 << 50
_EVERYWHERE = {"XX", "XY"}
_OLD_LANGUAGES = {"in": "id", "iw": "he", "ji": "yi"}
_NO_LANGUAGES = {"und", "zxx", "art", "mis", "mul"}
_NOTICES = ("delete", "withheld")
_OBJECTS = ("tweet", "post", "status")


class Page(NamedTuple):
    """One answer: of a search, of a look-up, or one line of the stream."""

    posts: tuple[Post, ...]
    deletions: tuple[Deletion, ...] = ()
    newest: str | None = None
    """The largest number of a post, also of those that are no posts for us; None where there is none."""
    oldest: str | None = None
    next_token: str | None = None
    read: int = 0
    damaged: int = 0
    paid_posts: int = 0
    """Posts that X charges for: those found and those included."""
    paid_users: int = 0
    gone: tuple[str, ...] = ()
    """Numbers that were asked for and are not there, or not for us."""


class InBand(SourceError):
    """X says within a stream that something is wrong; it ends the stream then."""

    def __init__(self, data: Mapping[str, Any], host: str = HOST) -> None:
        super().__init__(f"{host} answered: {complaint(data)}")
        self.data = data


def instant_of(number: str) -> int | None:
    """When a post was made, which its number tells since November 2010; None where it does not."""
    value = int(number)
    return sane((value >> _SEQUENCE_BITS) + _FIRST_INSTANT) if value >= _FIRST_NUMBER_WITH_TIME else None


def parse(body: bytes, now: int, host: str = HOST) -> Page:
    """Read an answer of the search or of the look-up by numbers.

    A retweet is no post of its own. What is withheld everywhere is a deletion. An edited post keeps the number of its
    first version, so that it stays one post. The link needs no name of an author.

    Raises:
        SourceError: it is no such answer.
    """
    data = mapping_of(read_json(body, host))
    if not isinstance(data.get("data"), list) and not isinstance(data.get("meta"), dict):
        if not list_of(data.get("errors")):
            raise SourceError(f"{host} sent JSON that is no list of posts.")
        if not any(_is_gone(error) for error in list_of(data.get("errors"))):
            raise SourceError(f"{host} answered: {complaint(data)}")
    return _page(data, list_of(data.get("data")), now)


def parse_line(line: bytes, now: int, host: str = HOST) -> Page:
    """Read one line of the filtered stream: a post, or a notice that one is deleted or withheld everywhere.

    Raises:
        InBand: X says that something is wrong.
        SourceError: it is none of these.
    """
    data = mapping_of(read_json(line, host))
    item = mapping_of(data.get("data"))
    for place in (data, item):
        for notice in _NOTICES:
            if notice in place and "text" not in place:
                return Page((), _deletions(notice, mapping_of(place[notice])), read=1)
    if item.get("id") is not None:
        return _page(data, [item], now)
    if list_of(data.get("errors")) or data.get("title"):
        raise InBand(data, host)
    raise SourceError(f"{host} sent a line that is no post.")


def complaint(data: Mapping[str, Any]) -> str:
    """What X says is wrong, on one line; it comes in several forms, also several at once."""
    first = next((error for error in map(mapping_of, list_of(data.get("errors"))) if error), {})
    title = clean_line(text_of(data.get("title")) or text_of(first.get("title")))
    detail = text_of(first.get("message")) or text_of(first.get("detail")) or text_of(data.get("detail"))
    words = clean_line(detail)[:300]
    if title and title.casefold() not in words.casefold():
        words = f"{title}: {words}" if words else title
    return words.rstrip(".") + "." if words else "an error without a reason."


def _page(data: Mapping[str, Any], items: list[Any], now: int) -> Page:
    includes = mapping_of(data.get("includes"))
    users = _users(list_of(includes.get("users")))
    posts: dict[str, Post] = {}
    deletions: list[Deletion] = []
    numbers: list[int] = []
    damaged = 0
    for item in map(mapping_of, items):
        number = item.get("id")
        if not isinstance(number, str) or not _ID.fullmatch(number):
            damaged += 1
            continue
        numbers.append(int(number))
        if _is_withheld(item):
            deletions.append(Deletion("x", native_id=_first_version(item, number)))
        elif not _is_retweet(item):
            post = _post(item, number, users, now)
            if post is None:
                damaged += 1
            else:
                posts[post.native_id] = post
    meta = mapping_of(data.get("meta"))
    included = list_of(includes.get("tweets")) + list_of(includes.get("posts"))
    return Page(
        posts=tuple(posts.values()),
        deletions=tuple(deletions),
        newest=_bound(max, numbers, meta.get("newest_id")),
        oldest=_bound(min, numbers, meta.get("oldest_id")),
        next_token=text_or_none(meta.get("next_token")),
        read=len(items),
        damaged=damaged,
        paid_posts=len(items) + len(included),
        paid_users=len(list_of(includes.get("users"))),
        gone=tuple(number for error in list_of(data.get("errors")) if (number := _is_gone(error))),
    )


def _bound(choose: Any, numbers: list[int], said: object) -> str | None:
    """The largest or smallest number of the posts themselves and of what the answer says it is."""
    if isinstance(said, str) and _ID.fullmatch(said):
        numbers = [*numbers, int(said)]
    return str(choose(numbers)) if numbers else None


def _post(item: Mapping[str, Any], number: str, users: Mapping[str, str], now: int) -> Post | None:
    text = _text(item)
    claimed = time_of(item.get("created_at"))
    published = instant_of(number) if claimed is None else claimed
    if not text or published is None:
        return None
    author = item.get("author_id")
    known = isinstance(author, str) and _ID.fullmatch(author) is not None
    return Post(
        source="x",
        native_id=_first_version(item, number),
        text=text,
        published_at=published,
        collected_at=now,
        url=f"https://x.com/i/status/{number}",
        author=text_of(author) if known else None,
        author_name=users.get(text_of(author)) if known else None,
        lang=_language(item.get("lang")),
        engagement=engagement_of(item),
    )


def engagement_of(item: Mapping[str, Any]) -> Engagement:
    """The public metrics of a post."""
    metrics = mapping_of(item.get("public_metrics"))
    reposts = number_of(metrics.get("repost_count"))
    return Engagement(
        likes=number_of(metrics.get("like_count")),
        reposts=number_of(metrics.get("retweet_count")) if reposts is None else reposts,
        replies=number_of(metrics.get("reply_count")),
        quotes=number_of(metrics.get("quote_count")),
        views=number_of(metrics.get("impression_count")),
    )


def _first_version(item: Mapping[str, Any], number: str) -> str:
    """The number of the first version of a post that was edited, which each later one names."""
    history = list_of(item.get("edit_history_tweet_ids")) or list_of(item.get("edit_history_post_ids"))
    versions = [int(one) for one in history if isinstance(one, str) and _ID.fullmatch(one)]
    return str(min([*versions, int(number)]))


def _text(item: Mapping[str, Any]) -> str:
    """The whole text with its links in full, without the links that stand for pictures."""
    note = mapping_of(item.get("note_tweet")) or mapping_of(item.get("note_post"))
    long = text_of(note.get("text"))
    text = (long or text_of(item.get("text")))[:LONGEST_TEXT]
    links: dict[str, str] = {}
    for entities in (mapping_of(note.get("entities")), mapping_of(item.get("entities"))):
        for link in map(mapping_of, list_of(entities.get("urls"))):
            full = safe_url(text_or_none(link.get("expanded_url")))
            if full is not None:
                links.setdefault(text_of(link.get("url")), "" if link.get("media_key") else full)
    # In one pass, for an address that is written out may hold a short link itself.
    text = _SHORT_LINK.sub(lambda short: links.get(short[0], short[0]), text)
    for escaped, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(escaped, character)
    return clean(text).strip()[:LONGEST_TEXT]


def _language(value: object) -> str | None:
    """X marks what has no language, or what it cannot tell, with tags of its own."""
    tag = language_of(value)
    if tag is None or tag in _NO_LANGUAGES or (len(tag) == 3 and tag.startswith("q")):
        return None
    return _OLD_LANGUAGES.get(tag, tag)


def _is_retweet(item: Mapping[str, Any]) -> bool:
    referenced = list_of(item.get("referenced_tweets")) or list_of(item.get("referenced_posts"))
    return any(text_of(mapping_of(one).get("type")) in ("retweeted", "reposted") for one in referenced)


def _is_withheld(item: Mapping[str, Any]) -> bool:
    countries = list_of(mapping_of(item.get("withheld")).get("country_codes"))
    return any(code in _EVERYWHERE for code in countries if isinstance(code, str))


def _users(users: list[Any]) -> dict[str, str]:
    """How authors call themselves, by their number."""
    names: dict[str, str] = {}
    for user in map(mapping_of, users):
        number, name = user.get("id"), clean_line(text_of(user.get("username")))[:100]
        if isinstance(number, str) and name:
            names[number] = f"@{name}"
    return names


def _deletions(notice: str, said: Mapping[str, Any]) -> tuple[Deletion, ...]:
    if notice == "withheld":
        countries = list_of(said.get("withheld_in_countries")) or list_of(said.get("country_codes"))
        if not any(code in _EVERYWHERE for code in countries if isinstance(code, str)):
            return ()
    for name in _OBJECTS:
        item = mapping_of(said.get(name))
        number = item.get("id_str") or item.get("id")
        if isinstance(number, str) and _ID.fullmatch(number):
            return (Deletion("x", native_id=number),)
    return ()


def _is_gone(error: object) -> str:
    """The number that an error of a look-up is about, if it says that the post is not there or not for us."""
    fields = mapping_of(error)
    kind = text_of(fields.get("type")).rpartition("/")[2]
    number = text_of(fields.get("resource_id")) or text_of(fields.get("value"))
    gone = kind in ("resource-not-found", "not-authorized-for-resource")
    return number if gone and _ID.fullmatch(number) else ""
