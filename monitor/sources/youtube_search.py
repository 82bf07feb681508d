"""Searching YouTube for new videos, and following the comments on those of them that are seen most.

The search by date is incomplete and differs from call to call, so each stretch of time is asked for a little beyond its
beginning, and what was given is remembered. Figures, languages and whole texts come from a second call.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from monitor import instants
from monitor.records import Beat, Engagement, Post, Span
from monitor.sources.base import Batch, SourceError
from monitor.sources.reading import host_of, list_of, mapping_of, number_of, sane
from monitor.sources.youtube_asking import SEARCHES, Refused, ask
from monitor.sources.youtube_items import (
    VIDEO,
    Page,
    parse_search,
    parse_statistics,
    parse_threads,
    parse_videos,
)

if TYPE_CHECKING:
    from monitor.http import Client

PAGE = 50
"""Videos of an answer, and identifiers of a question, at most."""
MOST_PAGES = 5
FIRST_LOOK_BACK = instants.DAY
LONGEST_LOOK_BACK = 7 * instants.DAY
LAG = 10 * instants.MINUTE
"""How far the search is behind."""
OVERLAP = 30 * instants.MINUTE
MOST_OWED = 10
"""Spans that searches did not reach, beyond which the oldest is given up."""

WATCHED = 100
"""Videos that are remembered for their comments."""
WATCHED_FOR = 3 * instants.DAY
COMMENTS_REST = 6 * instants.HOUR
"""Between two questions for the comments on one video."""
COMMENTS_PAGE = 100

LONGEST_QUERY = 480
"""Characters of a query; YouTube names no limit, and ignores more and more words of a longer one."""


class Watched(NamedTuple):
    """A video that may be among the most seen."""

    views: int
    published: int
    asked: int = 0
    """When its comments were asked for; 0 for never."""
    newest: int = 0
    """When the newest comment was made that was given."""


class Wishes(NamedTuple):
    """What the options say about searching."""

    language: str
    region: str
    comments: int
    """Videos whose comments are followed at a time."""
    rest: int = 0
    """Milliseconds between two searches at least."""


class State(NamedTuple):
    """What the cursor holds."""

    done: int | None = None
    given: dict[str, int] = {}  # noqa: RUF012 - never changed in place
    """When videos were published that were given lately, by their identifier."""
    videos: dict[str, Watched] = {}  # noqa: RUF012 - never changed in place
    owed: tuple[Span, ...] = ()
    """What searches did not reach, oldest first, to be asked for in later polls."""


def queries_of(beats: Iterable[Beat], terms_each: int, longest: int = LONGEST_QUERY) -> tuple[str, ...]:
    """Queries with the first words, phrases and hashtags in `any` of each beat, packed into as few as hold them."""
    groups: list[str] = []
    known: set[str] = set()
    for beat in beats:
        plain = [" ".join(term.replace('"', " ").replace("|", " ").split()) for term in beat.rule.any]
        words = [term for term in plain if any(map(str.isalnum, term)) and not term.startswith(("/", "-"))]
        for term in words[: max(1, terms_each)]:
            written = f'"{term}"' if " " in term else term
            if term.casefold() in known or len(written) > longest:
                continue
            known.add(term.casefold())
            if groups and len(groups[-1]) + 1 + len(written) <= longest:
                groups[-1] += f"|{written}"
            else:
                groups.append(written)
    return tuple(groups)


async def read_search(
    client: Client, endpoint: str, query: str, cursor: str | None, now: int, wishes: Wishes
) -> AsyncGenerator[Batch]:
    """Search for what is new since the cursor, then ask for comments, each as a batch.

    Nothing is asked where the last search is less than `wishes.rest` ago, so that starting again and again, as from a
    timer, does not use up the day's calls.

    Raises:
        OverBudget: the day's calls are used up.
        SourceError: an answer could not be used.
    """
    state = read_state(cursor)
    owed, whole = bool(state.owed), True
    floor = now - LONGEST_LOOK_BACK
    start = now - FIRST_LOOK_BACK if state.done is None else min(max(state.done, floor), now)
    end = now - LAG
    if state.done is not None and 0 <= end - state.done < wishes.rest:
        return
    if end > start:
        missed = (state.done, floor) if state.done is not None and state.done < floor else None
        page, whole = await _search(client, endpoint, query, (max(start - OVERLAP, floor), None), now, wishes)
        fresh = [post for post in page.posts if post.native_id not in state.given]
        found = await _in_full(client, endpoint, fresh, now)
        state = _after(state, page.posts, found, end, now)
        if not whole and page.posts:
            oldest = max(start, min(post.published_at for post in page.posts))
            if oldest > start:
                state = state._replace(owed=(*state.owed, (start, oldest)))
            start = min(oldest, end)
        if len(state.owed) > MOST_OWED:
            missed = missed or state.owed[0]
            state = state._replace(owed=state.owed[1:])
        yield Batch(
            posts=tuple(reversed(found)),
            cursor=_write(state),
            covered=(start, end) if start < end else None,
            read=len(fresh) + page.damaged,
            missed=missed,
            damaged=page.damaged,
        )
    # While calls run short, one page more is asked for only where the search itself needed no more than one.
    if owed and (whole or client.meter.fraction() >= 1):
        batch, state = await _read_owed(client, endpoint, query, state, now, wishes)
        yield batch
    if wishes.comments > 0 and state.videos:
        comments, videos = await read_comments(client, endpoint, state.videos, wishes.comments, now)
        yield Batch(comments, _write(state._replace(videos=videos)), None, read=len(comments))


async def _read_owed(
    client: Client, endpoint: str, query: str, state: State, now: int, wishes: Wishes
) -> tuple[Batch, State]:
    """The newest of what was not reached the longest ago, and what is still owed after it."""
    (start, end), *others = state.owed
    page, whole = await _search(client, endpoint, query, (start, end + instants.SECOND), now, wishes)
    fresh = [post for post in page.posts if post.native_id not in state.given]
    found = await _in_full(client, endpoint, fresh, now)
    oldest = start if whole or not page.posts else max(start, min(post.published_at for post in page.posts))
    given = state.given | {post.native_id: post.published_at for post in page.posts}
    left = [(start, oldest)] if start < oldest < end else []
    state = state._replace(given=given, owed=(*left, *others))
    covered = (oldest, end) if oldest < end else None
    posts = tuple(reversed(found))
    return Batch(posts, _write(state), covered, read=len(fresh) + page.damaged, damaged=page.damaged), state


async def _search(
    client: Client, endpoint: str, query: str, between: tuple[int, int | None], now: int, wishes: Wishes
) -> tuple[Page, bool]:
    """The pages of a search as if they were one, newest first, and whether they reach back to the first moment.

    There is one page only while calls are running short.
    """
    after, before = between
    params: dict[str, str | int] = {
        "part": "snippet",
        "type": "video",
        "q": query,
        "order": "date",
        "publishedAfter": instants.render(after - after % instants.SECOND),
        "maxResults": PAGE,
        "safeSearch": "none",
    }
    params |= {"publishedBefore": instants.render(before - before % instants.SECOND)} if before else {}
    params |= {"relevanceLanguage": wishes.language} if wishes.language else {}
    params |= {"regionCode": wishes.region} if wishes.region else {}
    posts: dict[str, Post] = {}
    read = damaged = 0
    for number in range(MOST_PAGES):
        if number and client.meter.fraction() < 1:
            break
        try:
            page = parse_search(await ask(client, f"{endpoint}/search", params, now, SEARCHES), now, host_of(endpoint))
        except SourceError:
            if not number:
                raise
            break
        for post in page.posts:
            posts.setdefault(post.native_id, post)
        read += page.read
        damaged += page.damaged
        if page.next_token is None or not page.posts:
            return Page(tuple(posts.values()), None, read, damaged), True
        params["pageToken"] = page.next_token
    return Page(tuple(posts.values()), None, read, damaged), False


async def _in_full(client: Client, endpoint: str, posts: Sequence[Post], now: int) -> list[Post]:
    """The videos with whole texts, languages and figures, without those that are gone by now.

    Where the call fails they are as the search gave them, which has been paid for and is worth having.
    """
    found: list[Post] = []
    for begin in range(0, len(posts), PAGE):
        some = posts[begin : begin + PAGE]
        params: dict[str, str | int] = {"part": "snippet,statistics", "id": ",".join(post.native_id for post in some)}
        try:
            answer = parse_videos(await ask(client, f"{endpoint}/videos", params, now), now, host_of(endpoint))
        except SourceError:
            found += some
            continue
        full = {post.native_id: post for post in answer.posts}
        found += [full[post.native_id] for post in some if post.native_id in full]
    return found


async def read_comments(
    client: Client, endpoint: str, videos: dict[str, Watched], most: int, now: int
) -> tuple[tuple[Post, ...], dict[str, Watched]]:
    """New comments on the most seen of some videos, with what is to be remembered of all of them.

    Raises:
        SourceError: the videos' figures cannot be had.
    """
    videos = dict(videos)
    for key, figures in (await _figures(client, endpoint, _most_seen(videos)[:PAGE], now)).items():
        if key in videos and figures.views is not None:
            videos[key] = videos[key]._replace(views=figures.views)
    found: list[Post] = []
    for key in _most_seen(videos)[:most]:
        video = videos[key]
        if now - video.asked < COMMENTS_REST:
            continue
        params: dict[str, str | int] = {
            "part": "snippet,replies",
            "videoId": key,
            "order": "time",
            "textFormat": "plainText",
            "maxResults": COMMENTS_PAGE,
        }
        try:
            page = parse_threads(await ask(client, f"{endpoint}/commentThreads", params, now), now, host_of(endpoint))
        except Refused:
            # Most are switched off; such a video makes room for another one.
            del videos[key]
            continue
        except SourceError:
            if not found:
                raise
            break
        fresh = [post for post in page.posts if post.published_at > video.newest]
        newest = max((post.published_at for post in fresh), default=video.newest)
        videos[key] = video._replace(asked=now, newest=min(newest, now))
        found += fresh
    return tuple(found), videos


async def _figures(client: Client, endpoint: str, ids: Sequence[str], now: int) -> dict[str, Engagement]:
    params: dict[str, str | int] = {"part": "id,statistics", "id": ",".join(ids)}
    return parse_statistics(await ask(client, f"{endpoint}/videos:batchGetStats", params, now), host_of(endpoint))


def _most_seen(videos: dict[str, Watched]) -> list[str]:
    return sorted(videos, key=lambda key: (-videos[key].views, key))


def _after(state: State, seen: Sequence[Post], found: Sequence[Post], end: int, now: int) -> State:
    """The state after a search, without what is too old to matter."""
    given = state.given | {post.native_id: post.published_at for post in seen}
    videos = state.videos | {post.native_id: Watched(post.engagement.views or 0, post.published_at) for post in found}
    videos = {key: video for key, video in videos.items() if video.published > now - WATCHED_FOR}
    return State(
        end,
        {key: published for key, published in given.items() if published >= end - 2 * OVERLAP},
        {key: videos[key] for key in _most_seen(videos)[:WATCHED]},
        state.owed,
    )


def read_state(cursor: str | None) -> State:
    """The state in a cursor; what is not as it was written counts as nothing."""
    try:
        data = mapping_of(json.loads(cursor or "{}"))
    except (ValueError, RecursionError):
        return State()
    given = {
        key: published
        for key, value in mapping_of(data.get("given")).items()
        if VIDEO.fullmatch(key) and (published := sane(number_of(value))) is not None
    }
    videos: dict[str, Watched] = {}
    for key, values in mapping_of(data.get("videos")).items():
        numbers = [number for value in list_of(values) if (number := number_of(value)) is not None]
        if VIDEO.fullmatch(key) and len(numbers) == len(Watched._fields):
            videos[key] = Watched(*numbers)
    owed: list[Span] = []
    for span in list_of(data.get("owed")):
        ends = [end for value in list_of(span) if (end := sane(number_of(value))) is not None]
        if len(ends) == 2 and ends[0] < ends[1]:
            owed.append((ends[0], ends[1]))
    return State(sane(number_of(data.get("done"))), given, videos, tuple(owed))


def _write(state: State) -> str:
    fields = {"done": state.done, "given": state.given, "videos": state.videos, "owed": state.owed}
    return json.dumps({name: value for name, value in fields.items() if value}, separators=(",", ":"))
