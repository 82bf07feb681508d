from __future__ import annotations

import email.utils
from urllib.parse import parse_qs, urlsplit

import pytest

from monitor.http import Client
from monitor.instants import DAY, HOUR, MINUTE, SECOND
from monitor.records import Beat, Rule
from monitor.sources import google_news
from monitor.sources.base import Batch, Part, SourceError, SourceSettings
from monitor.sources.news import GOOGLE_NEWS, News, shipped_feeds
from monitor.sources.web_addresses import canonical_url
from tests.sources.conftest import NOW

MODELS = Beat("open-models", "Open Models", "Technical", Rule(any=("open weights", "#opensource", "/gpt-?4/", "llama")))
COURTS = Beat("courts", "Courts", "Governance", Rule(any=("lawsuit",)))
GENERAL = Beat("general", "General", "General", Rule())


def item(number: int, at: int, text: str = "") -> str:
    date = email.utils.formatdate(at / SECOND, usegmt=True)
    return (
        f"<item><title>Item {number}</title><link>https://example.com/{number}</link>"
        f"<description>{text}</description><pubDate>{date}</pubDate></item>"
    )


def rss(*items: str, head: str = "") -> str:
    return (
        f"<?xml version='1.0'?><rss version='2.0'><channel><title>T</title><link>https://example.com/</link>"
        f"{head}{''.join(items)}</channel></rss>"
    )


def feed_part(url: str, interval: float = 900.0) -> Part:
    return Part("news", "a feed", interval, addresses=(url,))


async def poll(client: Client, part: Part, cursor: str | None = None, now: int = NOW) -> Batch:
    (batch,) = [batch async for batch in News().fetch(client, part, cursor, now)]
    return batch


def titles(batch: Batch) -> list[str]:
    return [post.title or "" for post in batch.posts]


# A feed


async def test_the_first_poll_covers_what_the_feed_still_holds_up_to_a_day(client, web):
    part = feed_part(web.answer("/feed", rss(item(1, NOW - 3 * HOUR), item(2, NOW - HOUR))))
    batch = await poll(client, part)
    assert titles(batch) == ["Item 1", "Item 2"]
    assert (batch.covered, batch.missed, batch.read) == ((NOW - 3 * HOUR, NOW), None, 2)
    web.answer("/feed", rss(item(1, NOW - 30 * DAY)))
    assert (await poll(client, part)).covered == (NOW - DAY, NOW)


async def test_only_what_is_new_or_changed_is_given(client, web):
    part = feed_part(web.answer("/feed", rss(item(1, NOW), item(2, NOW, "first words"))))
    first = await poll(client, part)
    web.answer("/feed", rss(item(3, NOW + MINUTE), item(1, NOW), item(2, NOW, "other words")))
    second = await poll(client, part, first.cursor, NOW + 15 * MINUTE)
    assert titles(second) == ["Item 3", "Item 2"]
    assert (second.covered, second.read) == ((NOW, NOW + 15 * MINUTE), 2)


async def test_a_feed_that_has_not_changed_is_not_sent_again(client, web):
    @web.route("/feed")
    async def _(request, reply):
        if request.headers.get("if-none-match") == 'W/"1"' and request.headers.get("if-modified-since") == "yesterday":
            await reply.head("304 Not Modified")
        else:
            await reply.send(rss(item(1, NOW)), ETag='W/"1"', Last_Modified="yesterday")

    part = feed_part(web.url("/feed"))
    first = await poll(client, part)
    second = await poll(client, part, first.cursor, NOW + MINUTE)
    third = await poll(client, part, second.cursor, NOW + 2 * MINUTE)
    assert (second.posts, second.read, second.covered) == ((), 0, (NOW, NOW + MINUTE))
    assert third.covered == (NOW + MINUTE, NOW + 2 * MINUTE)
    assert "if-none-match" not in web.requests[0].headers


async def test_a_body_that_has_not_changed_is_known_without_a_tag(client, web):
    part = feed_part(web.answer("/feed", rss(item(1, NOW))))
    first = await poll(client, part)
    second = await poll(client, part, first.cursor, NOW + MINUTE)
    assert (second.posts, second.read, second.covered) == ((), 0, (NOW, NOW + MINUTE))


async def test_a_server_that_repeats_its_tag_for_another_body_is_read(client, web):
    part = feed_part(web.answer("/feed", rss(item(1, NOW)), ETag='"same"'))
    first = await poll(client, part)
    web.answer("/feed", rss(item(2, NOW), item(1, NOW)), ETag='"same"')
    assert titles(await poll(client, part, first.cursor, NOW + MINUTE)) == ["Item 2"]


async def test_another_address_begins_anew(client, web):
    first = await poll(client, feed_part(web.answer("/feed", rss(item(1, NOW)), ETag='"1"')))
    web.answer("/other", rss(item(1, NOW)), ETag='"1"')
    second = await poll(client, feed_part(web.url("/other")), first.cursor, NOW + MINUTE)
    assert titles(second) == ["Item 1"]
    assert "if-none-match" not in web.requests[1].headers


async def test_items_that_ran_out_of_the_feed_are_missed(client, web):
    part = feed_part(web.answer("/feed", rss(item(1, NOW - MINUTE))))
    first = await poll(client, part)
    later = NOW + 10 * HOUR
    web.answer("/feed", rss(item(8, later - HOUR), item(9, later - MINUTE)))
    second = await poll(client, part, first.cursor, later)
    assert (second.missed, second.covered) == ((NOW, later - HOUR), (later - HOUR, later))


async def test_nothing_is_missed_where_the_feed_reaches_back(client, web):
    part = feed_part(web.answer("/feed", rss(item(1, NOW - MINUTE))))
    first = await poll(client, part)
    later = NOW + 10 * HOUR
    for items in ([item(9, later - HOUR), item(1, NOW - MINUTE)], [item(9, later - HOUR), item(8, NOW - HOUR)], []):
        web.answer("/feed", rss(*items))
        batch = await poll(client, part, first.cursor, later)
        assert (batch.missed, batch.covered) == (None, (NOW, later))


@pytest.mark.parametrize("cursor", ["", "null", "[]", "{", '{"seen": 5, "polled": "x"}', "[" * 100_000])
async def test_a_cursor_that_is_not_ours_is_like_none(client, web, cursor):
    batch = await poll(client, feed_part(web.answer("/feed", rss(item(1, NOW)))), cursor)
    assert titles(batch) == ["Item 1"]


@pytest.mark.parametrize(
    ("head", "cache_control", "seconds"),
    [
        ("", "", None),
        ("<ttl>60</ttl>", "", 3600.0),
        ("<ttl>5</ttl>", "", None),
        ("<ttl>soon</ttl>", "max-age=nonsense", None),
        ("", "public, max-age=1800", 1800.0),
        ("<ttl>20</ttl>", "s-maxage=9000, Max-Age=1000", 1200.0),
        ("<ttl>999999</ttl>", "", 6 * 3600.0),
        ("", "max-age=" + "9" * 400, None),
    ],
)
async def test_a_feed_may_ask_to_be_left_alone_for_longer(client, web, head, cache_control, seconds):
    url = web.answer("/feed", rss(item(1, NOW), head=head), Cache_Control=cache_control)
    assert (await poll(client, feed_part(url))).next_poll == seconds


async def test_a_feed_goes_on_being_left_alone_while_it_does_not_change(client, web):
    part = feed_part(web.answer("/feed", rss(item(1, NOW), head="<ttl>60</ttl>")))
    first = await poll(client, part)
    assert (await poll(client, part, first.cursor, NOW + MINUTE)).next_poll == 3600.0


async def test_relative_links_are_those_of_where_the_feed_was_found(client, web):
    web.answer("/old", "", "301 Moved Permanently", Location="/new/feed")
    atom = (
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id><title>t</title><link href='one'/></entry></feed>"
    )
    web.answer("/new/feed", atom, Content_Type="application/atom+xml")
    (post,) = (await poll(client, feed_part(web.url("/old")))).posts
    assert post.url == web.url("/new/one")


@pytest.mark.parametrize(
    ("body", "status", "permanent"),
    [
        ("<!doctype html><title>Just a moment</title>", "200 OK", False),
        ("", "200 OK", False),
        ("gone", "410 Gone", True),
        ("no", "404 Not Found", False),
        ("no", "503 Service Unavailable", False),
    ],
)
async def test_what_is_no_feed_is_an_error(client, web, body, status, permanent):
    with pytest.raises(SourceError) as caught:
        await poll(client, feed_part(web.answer("/feed", body, status) + "?key=secret"))
    assert caught.value.permanent is permanent
    assert "secret" not in str(caught.value)


# Google News


def found(title: str) -> str:
    return (
        f"<item><title>{title} - Paper</title><link>https://news.google.com/rss/articles/{title}</link>"
        f"<source url='https://paper.example'>Paper</source></item>"
    )


async def test_each_poll_searches_for_the_next_beat(client, web):
    addresses = (web.answer("/one", rss(found("One"))), web.answer("/two", rss(found("Two"))))
    part = Part("news", GOOGLE_NEWS, 900.0, addresses=addresses)
    cursor: str | None = None
    batches: list[Batch] = []
    for number in range(4):
        batches.append(await poll(client, part, cursor, NOW + number * MINUTE))
        cursor = batches[-1].cursor
    assert [titles(batch) for batch in batches] == [["One"], ["Two"], [], []]
    assert [request.path for request in web.requests] == ["/one", "/two", "/one", "/two"]
    assert [batch.covered for batch in batches[2:]] == [
        (NOW, NOW + 2 * MINUTE),
        (NOW + MINUTE, NOW + 3 * MINUTE),
    ]


async def test_a_search_that_is_gone_is_forgotten(client, web):
    both = (web.answer("/one", rss(found("One"))), web.answer("/two", rss(found("Two"))))
    first = await poll(client, Part("news", GOOGLE_NEWS, 900.0, addresses=both))
    second = await poll(client, Part("news", GOOGLE_NEWS, 900.0, addresses=both[1:]), first.cursor)
    assert titles(second) == ["Two"]
    assert len(second.cursor or "") < len(first.cursor or "") * 1.5


def test_the_search_holds_the_words_and_phrases_of_a_rule():
    address = google_news.address_of(MODELS)
    assert address is not None
    query = parse_qs(urlsplit(address).query)
    assert query == {"q": ['"open weights" OR "llama" when:1d'], "hl": ["en-US"], "gl": ["US"], "ceid": ["US:en"]}
    assert google_news.address_of(GENERAL) is None
    assert google_news.search_of(Rule(any=("#tag", "/x/", " ", '"'))) is None


def test_the_search_is_no_longer_than_google_reads():
    search = google_news.search_of(Rule(any=tuple(f"word{number} and more" for number in range(40))))
    assert search is not None
    assert len(search.replace(" OR ", " ").split()) <= google_news.MOST_WORDS


# Parts


def parts(beats=(), **options):
    return News().parts(SourceSettings(True, options), beats)


def test_the_shipped_feeds_and_the_searches_are_read_by_default():
    found = parts((MODELS, COURTS, GENERAL))
    assert len(found) == len(shipped_feeds()) + 1
    assert len({part.name for part in found}) == len(found)
    search = found[-1]
    assert search.name == GOOGLE_NEWS
    assert len(search.addresses) == 2
    assert search.interval == 900.0


def test_searches_keep_their_distance_however_many_beats_there_are():
    beats = [COURTS._replace(slug=f"b{number}", rule=Rule(any=(f"word{number}",))) for number in range(100)]
    assert parts(beats)[-1].interval == google_news.SPACING


def test_own_feeds_are_added_once_and_named_without_their_keys():
    shipped = shipped_feeds()[0]
    own = ["https://example.com/feed?token=secret", "http://localhost:8000/rss", shipped]
    found = parts(feeds=own, google_news=False)
    assert len(found) == len(shipped_feeds()) + 2
    assert found[-2].addresses == (own[0],)
    assert found[-2].name.startswith("example.com/feed?")
    assert "secret" not in found[-2].name
    assert found[-1].name == "localhost:8000/rss"


def test_only_own_feeds():
    (part,) = parts(feeds=["https://example.com/feed"], use_shipped_feeds=False, google_news=False, poll_minutes=5)
    assert part == Part("news", "example.com/feed", 300.0, addresses=("https://example.com/feed",))
    assert parts(use_shipped_feeds=False, google_news=False) == ()


@pytest.mark.parametrize("address", ["example.com/feed", "file:///etc/passwd", "", 5])
def test_an_address_that_is_none_is_said(address):
    with pytest.raises(SourceError, match="Entry 1 of `feeds`") as caught:
        parts(feeds=[address], use_shipped_feeds=False)
    assert caught.value.permanent


def test_only_what_the_configuration_names_is_counted_when_an_address_is_none():
    with pytest.raises(SourceError, match="Entry 2 of `feeds`"):
        parts(feeds=["https://example.com/feed", "https://ada:secret@example.com/feed"], use_shipped_feeds=True)


def test_nothing_is_read_when_switched_off():
    assert News().parts(SourceSettings(False, {}), (MODELS,)) == ()


def test_the_shipped_list():
    feeds = shipped_feeds()
    assert 35 <= len(feeds) <= 60
    assert len({canonical_url(address) for address in feeds}) == len(feeds)
    assert all(address.startswith("https://") for address in feeds)
