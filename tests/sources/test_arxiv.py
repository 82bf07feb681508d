"""arXiv: what is read, asked for again, owed and covered, with the feed and the API on the loopback."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from monitor.http import Client
from monitor.instants import DAY, HOUR, MINUTE
from monitor.sources import arxiv
from monitor.sources.arxiv import Arxiv
from monitor.sources.base import Batch, SourceError, SourceSettings
from tests.sources.conftest import NOW
from tests.sources.test_arxiv_feeds import FRIDAY, MONDAY, SATURDAY, THURSDAY, atom, entry, item, rss

# Reading on


class Arxivs:
    """The feed and the API on the loopback; the API has papers by their submission."""

    def __init__(self, web: Any, feed: bytes, papers: dict[str, str] | None = None) -> None:
        self.feed = feed
        self.papers = papers or {}
        self.asked: list[dict[str, str]] = []
        self.feeds = 0
        self.empty_pages = 0
        self.settings = {"categories": ["cs.AI", "cs.CL"], "backfill_days": 2}
        self.settings |= {"endpoint": web.url("/rss/"), "api_endpoint": web.url("/api")}
        web.route("/rss/cs.AI+cs.CL")(self.give_feed)
        web.route("/api")(self.answer)

    async def give_feed(self, request: Any, reply: Any) -> None:
        self.feeds += 1
        etag = f'"{hash(self.feed)}"'
        if request.headers.get("if-none-match") == etag:
            await reply.send(b"", "304 Not Modified")
        else:
            await reply.send(self.feed, ETag=etag)

    async def answer(self, request: Any, reply: Any) -> None:
        self.asked.append(request.query)
        wanted = re.fullmatch(
            r"\(cat:cs\.AI OR cat:cs\.CL\) AND submittedDate:\[(\d{12}) TO (\d{12})\]", request.query["search_query"]
        )
        assert wanted is not None
        start, size = int(request.query["start"]), int(request.query["max_results"])
        minutes = {name: re.sub(r"\D", "", at)[:12] for name, at in self.papers.items()}
        found = sorted((at, name) for name, at in minutes.items() if wanted[1] <= at <= wanted[2])
        page = found[start : start + size]
        if start and self.empty_pages:
            self.empty_pages -= 1
            page = []
        await reply.send(atom(*(entry(name, self.papers[name]) for _, name in page), total=len(found)))

    async def poll(self, client: Client, cursor: str | None = None, now: int = NOW) -> list[Batch]:
        settings = SourceSettings(True, self.settings)
        (part,) = Arxiv().parts(settings, ())
        client.settings = settings
        return [batch async for batch in Arxiv().fetch(client, part, cursor, now)]


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(arxiv, "SPACING", 0.0)


def names(batches: list[Batch]) -> list[str]:
    return [post.native_id for batch in batches for post in batch.posts]


async def test_the_first_poll_reads_the_day_and_asks_the_api_for_the_days_before(client, web, quick):
    papers = {"2611.00001": "2026-11-17T20:00:00Z", "2611.00002": "2026-11-18T20:00:00Z"}
    papers |= {"2611.00003": "2026-11-16T20:00:00Z", "2611.00004": "2026-11-16T18:00:00Z"}
    server = Arxivs(web, rss(item()), papers)
    batches = await server.poll(client, now=FRIDAY + 6 * HOUR)
    assert names(batches) == ["2611.12345", "2611.00003", "2611.00001"]
    assert [batch.covered for batch in batches] == [(FRIDAY, FRIDAY + 6 * HOUR), (FRIDAY - 2 * DAY, FRIDAY)]
    assert [post.published_at for post in batches[1].posts] == [FRIDAY - 2 * DAY, THURSDAY]


async def test_a_feed_that_did_not_change_goes_on_covering_and_is_not_asked_for_too_soon(client, web, quick):
    server = Arxivs(web, rss(item()))
    first = await server.poll(client, now=FRIDAY + HOUR)
    assert await server.poll(client, first[-1].cursor, FRIDAY + HOUR + 10 * MINUTE) == []
    (second,) = await server.poll(client, first[-1].cursor, FRIDAY + 5 * HOUR)
    assert (second.posts, second.covered) == ((), (FRIDAY + HOUR, FRIDAY + 5 * HOUR))
    assert server.feeds == 2


async def test_a_weekend_is_covered_and_owes_nothing(client, web, quick):
    server = Arxivs(web, rss(item()))
    batches = await server.poll(client, now=FRIDAY + 20 * HOUR)
    server.feed = rss(day=SATURDAY)
    (saturday,) = await server.poll(client, batches[-1].cursor, SATURDAY + 10 * HOUR)
    assert (saturday.posts, saturday.covered) == ((), (FRIDAY + 20 * HOUR, SATURDAY + 10 * HOUR))
    asked = len(server.asked)
    server.feed = rss(item("2611.20000", day=MONDAY), day=MONDAY)
    (monday,) = await server.poll(client, saturday.cursor, MONDAY + HOUR)
    assert (names([monday]), monday.covered) == (["2611.20000"], (SATURDAY + 10 * HOUR, MONDAY + HOUR))
    assert len(server.asked) == asked


async def test_a_feed_that_is_late_is_not_taken_for_the_next_days(client, web, quick):
    server = Arxivs(web, rss(item(day=THURSDAY), day=THURSDAY))
    batches = await server.poll(client, now=FRIDAY + 10 * MINUTE)
    assert batches[0].covered == (THURSDAY, FRIDAY)
    server.feed = rss(item("2611.20000"))
    (friday,) = await server.poll(client, batches[-1].cursor, FRIDAY + 2 * HOUR)
    assert (names([friday]), friday.covered) == (["2611.20000"], (FRIDAY, FRIDAY + 2 * HOUR))


async def test_an_announcement_that_was_not_read_is_asked_of_the_api(client, web, quick):
    server = Arxivs(web, rss(item(day=THURSDAY), day=THURSDAY))
    batches = await server.poll(client, now=THURSDAY + HOUR)
    server.papers = {"2611.30000": "2026-11-19T10:00:00Z", "2611.40000": "2026-11-19T10:01:00Z"}
    server.feed = rss(item("2611.40000", day=MONDAY), day=MONDAY)
    monday, owed = await server.poll(client, batches[-1].cursor, MONDAY + HOUR)
    assert (monday.covered, owed.covered) == ((MONDAY, MONDAY + HOUR), (THURSDAY + HOUR, MONDAY))
    assert (names([monday]), names([owed])) == (["2611.40000"], ["2611.30000"])
    assert monday.missed is None


async def test_without_backfill_what_was_not_read_is_missed(client, web, quick):
    server = Arxivs(web, rss(item(day=THURSDAY), day=THURSDAY))
    server.settings["backfill_days"] = 0
    (first,) = await server.poll(client, now=THURSDAY + HOUR)
    server.feed = rss(item("2611.40000", day=MONDAY), day=MONDAY)
    (monday,) = await server.poll(client, first.cursor, MONDAY + HOUR)
    assert (monday.missed, monday.covered) == ((THURSDAY + HOUR, MONDAY), (MONDAY, MONDAY + HOUR))
    assert server.asked == []


async def test_a_long_pause_is_missed_in_part(client, web, quick):
    server = Arxivs(web, rss(item(day=THURSDAY), day=THURSDAY))
    until = json.dumps({"until": THURSDAY - 50 * DAY})
    first, second = await server.poll(client, until, THURSDAY + HOUR)
    assert first.missed == (THURSDAY - 50 * DAY, THURSDAY - 30 * DAY)
    assert second.covered == (THURSDAY - 30 * DAY, THURSDAY)


async def test_pages_are_walked_within_a_bound_and_gone_on_with(client, web, quick, monkeypatch):
    monkeypatch.setattr(arxiv, "PAGE", 2)
    monkeypatch.setattr(arxiv, "MOST_PAGES", 3)
    papers = {f"2611.{number:05}": f"2026-11-18T10:{number:02}:00Z" for number in range(9)}
    server = Arxivs(web, rss(item()), papers)
    first = await server.poll(client, now=FRIDAY + HOUR)
    assert len(names(first)) == 1 + 6
    assert not any(batch.covered for batch in first[1:])
    second = await server.poll(client, first[-1].cursor, FRIDAY + HOUR + MINUTE)
    assert sorted(names(first)[1:] + names(second)) == sorted(papers)
    assert second[-1].covered == (FRIDAY - 2 * DAY, FRIDAY)
    assert server.feeds == 1


@pytest.mark.parametrize(("empty", "given"), [(1, 3), (2, None)])
async def test_an_empty_page_in_the_middle_is_asked_for_once_more(client, web, quick, monkeypatch, empty, given):
    monkeypatch.setattr(arxiv, "PAGE", 2)
    papers = {f"2611.{number:05}": f"2026-11-18T10:{number:02}:00Z" for number in range(3)}
    server = Arxivs(web, rss(item()), papers)
    server.empty_pages = empty
    if given is None:
        with pytest.raises(SourceError, match="empty, twice"):
            await server.poll(client, now=FRIDAY + HOUR)
    else:
        assert len(names(await server.poll(client, now=FRIDAY + HOUR))) == 1 + given


async def test_the_feed_is_given_before_the_api_fails(client, web, quick):
    server = Arxivs(web, rss(item()))
    web.answer("/api", recorded_error(), "400 Bad Request")
    settings = SourceSettings(True, server.settings)
    (part,) = Arxiv().parts(settings, ())
    client.settings = settings
    batches = Arxiv().fetch(client, part, None, FRIDAY + HOUR)
    assert len((await anext(batches)).posts) == 1
    with pytest.raises(SourceError, match="no such date"):
        await anext(batches)


def recorded_error() -> bytes:
    """A refusal in the shape of the recorded one."""
    return (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><id>https://arxiv.org/</id><entry>'
        b"<id>https://arxiv.org/api/errors#no_such_date</id><title>Error</title><summary>no such date</summary>"
        b"</entry></feed>"
    )


@pytest.mark.parametrize("cursor", ["", "null", "{", "[" * 100_000, '{"until": "x", "owed": [[1, 2], 5, [1, 2, 3]]}'])
async def test_a_cursor_that_is_not_ours_is_like_none(client, web, quick, cursor):
    server = Arxivs(web, rss(item()))
    assert names(await server.poll(client, cursor, FRIDAY + HOUR)) == ["2611.12345"]


async def test_other_categories_go_on_from_the_same_time(client, web, quick):
    server = Arxivs(web, rss(item(day=THURSDAY), day=THURSDAY))
    batches = await server.poll(client, now=THURSDAY + HOUR)
    state = json.loads(batches[-1].cursor or "")
    (friday, *_) = await server.poll(client, json.dumps(state | {"feed": "another"}), THURSDAY + 2 * HOUR)
    assert (len(friday.posts), friday.covered) == (1, (THURSDAY + HOUR, THURSDAY + 2 * HOUR))


def test_parts():
    (part,) = Arxiv().parts(SourceSettings(True, {}), ())
    assert part.addresses[0].startswith("https://rss.arxiv.org/rss/cs.AI+cs.CL+")
    assert part.addresses[1] == "https://export.arxiv.org/api/query"
    assert Arxiv().parts(SourceSettings(True, {"categories": []}), ()) == ()
    assert Arxiv().parts(SourceSettings(False, {}), ()) == ()
    for name in ("cs.AI OR all:x", "../cs.AI", ""):
        with pytest.raises(SourceError, match="no category"):
            Arxiv().parts(SourceSettings(True, {"categories": [name]}), ())
