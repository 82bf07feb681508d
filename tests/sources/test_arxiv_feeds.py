"""arXiv: the feed of a day and the answers of the API.

The feeds are made by hand in the documented shape; answers of the API are also held against recorded ones.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import instants
from monitor.instants import DAY
from monitor.records import Post
from monitor.sources.arxiv import parse_announcement, parse_results
from monitor.sources.arxiv_calendar import announcement_of, announcements_in, next_announcement, submissions_of
from monitor.sources.arxiv_feeds import identifier_of
from monitor.sources.base import SourceError
from tests.sources.conftest import NOW

FRIDAY = instants.parse("2026-11-20T05:00:00Z")
"""Midnight in New York."""
THURSDAY, SATURDAY, MONDAY = FRIDAY - DAY, FRIDAY + DAY, FRIDAY + 3 * DAY
RFC822 = {
    THURSDAY: "Thu, 19 Nov 2026 00:00:00 -0500",
    FRIDAY: "Fri, 20 Nov 2026 00:00:00 -0500",
    SATURDAY: "Sat, 21 Nov 2026 00:00:00 -0500",
    MONDAY: "Mon, 23 Nov 2026 00:00:00 -0500",
}


def item(number: str = "2611.12345", kind: str = "new", day: int = FRIDAY, **fields: str) -> str:
    said = {
        "title": f"Paper {number}:\n  $a &lt; b$",
        "link": f"https://arxiv.org/abs/{number}",
        "guid": f"oai:arXiv.org:{number}v1",
        "description": f"arXiv:{number}v1 Announce Type: {kind} \nAbstract: We show that\n$a$ &amp; $b$.\n  And more.",
        "pubDate": RFC822[day],
        "arxiv:announce_type": kind,
        "dc:creator": "Ada Lovelace (Analytical Engines (London), UK), Grace Hopper",
    } | fields
    return "<item>" + "".join(f"<{name}>{text}</{name}>" for name, text in said.items()) + "</item>"


def rss(*items: str, day: int = FRIDAY) -> bytes:
    return (
        "<?xml version='1.0' encoding='UTF-8'?>"
        '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">'
        f"<channel><title>cs.AI updates on arXiv.org</title><pubDate>{RFC822[day]}</pubDate>"
        f"<skipDays><day>Saturday</day><day>Sunday</day></skipDays>{''.join(items)}</channel></rss>"
    ).encode()


def entry(number: str = "2611.12345", submitted: str = "2026-11-19T15:00:00Z", version: int = 2) -> str:
    return (
        f"<entry><id>http://arxiv.org/abs/{number}v{version}</id><title>Paper {number}: $a &lt; b$</title>"
        f"<updated>2026-11-25T00:00:00Z</updated><published>{submitted}</published>"
        "<summary>We show that\n$a$ &amp; $b$. And\nmore.</summary>"
        "<author><name>Ada Lovelace</name><arxiv:affiliation>London</arxiv:affiliation></author>"
        '<author><name>Grace Hopper</name></author><category term="cs.AI"/></entry>'
    )


def atom(*entries: str, total: int | None = None) -> bytes:
    return (
        '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" '
        'xmlns="http://www.w3.org/2005/Atom"><title>arXiv Query: x</title>'
        f"<opensearch:totalResults>{len(entries) if total is None else total}</opensearch:totalResults>"
        f"{''.join(entries)}</feed>"
    ).encode()


# One paper


PAPER = Post(
    source="arxiv",
    native_id="2611.12345",
    text="We show that $a$ & $b$. And more.",
    published_at=FRIDAY,
    collected_at=NOW,
    title="Paper 2611.12345: $a < b$",
    url="https://arxiv.org/abs/2611.12345",
    author="Ada Lovelace, Grace Hopper",
    lang="en",
)


def test_feed_and_api_give_the_same_post_of_a_paper():
    assert parse_announcement(rss(item()), NOW).posts == (PAPER,)
    assert parse_results(atom(entry(submitted="2026-11-19T18:59:59Z")), NOW).posts == (PAPER,)


def test_new_versions_are_read_and_are_no_posts():
    feed = parse_announcement(rss(item(), item("2601.00001", "replace"), item("2601.00002", "replace-cross")), NOW)
    assert (len(feed.posts), feed.read, feed.damaged, feed.day) == (1, 3, 0, FRIDAY)


def test_a_paper_of_two_categories_is_one_post_and_one_from_elsewhere_is_a_post():
    feed = parse_announcement(rss(item(kind="cross"), item(), item("2611.00002", "cross")), NOW)
    assert [post.native_id for post in feed.posts] == ["2611.12345", "2611.00002"]


def test_a_weekend_is_an_empty_feed_with_a_date():
    assert parse_announcement(rss(day=SATURDAY), NOW) == (SATURDAY, (), 0, 0)


def test_the_kind_may_stand_in_the_description_alone():
    plain = item().replace("<arxiv:announce_type>new</arxiv:announce_type>", "")
    assert parse_announcement(rss(plain), NOW).posts == (PAPER,)


def test_what_has_no_identifier_or_no_words_is_damaged():
    blank = {"title": " ", "description": "arXiv:2611.00001v1 Announce Type: new \nAbstract: "}
    bad = (item(guid="oai:arXiv.org:x", link="https://example.com/"), item("2611.00001", **blank), "<item/>")
    assert parse_announcement(rss(*bad, item()), NOW) == (FRIDAY, (PAPER,), 4, 3)
    undated, nameless = entry(submitted="soon"), entry("x")
    assert parse_results(atom(undated, nameless, entry()), NOW).damaged == 2


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("http://arxiv.org/abs/2202.12139v1", "2202.12139"),
        ("https://arxiv.org/abs/astro-ph/0601001v12", "astro-ph/0601001"),
        ("oai:arXiv.org:math.GT/0309136v1", "math.GT/0309136"),
        ("arXiv:0704.0001", "0704.0001"),
        ("https://arxiv.org/abs/../../x", None),
        ("https://evil.example/abs/2202.12139", None),
        ("", None),
    ],
)
def test_identifiers(text, identifier):
    assert identifier_of(text) == identifier


def test_a_thousand_authors_are_shortened_between_two_names():
    many = ", ".join(f"Author {number}" for number in range(1000))
    (post,) = parse_announcement(rss(item(**{"dc:creator": many})), NOW).posts
    assert post.author is not None
    assert re.fullmatch(r"(Author \d+, )+Author \d+ et al\.", post.author)
    assert len(post.author) < 520


# When a paper is announced


@pytest.mark.parametrize(
    ("submitted", "announced"),
    [
        ("2026-11-18T18:59:00Z", THURSDAY),  # Wednesday, a minute before the cut-off
        ("2026-11-18T19:00:00Z", FRIDAY),
        ("2026-11-19T19:00:00Z", MONDAY),  # Thursday afternoon: Sunday evening
        ("2026-11-20T18:59:00Z", MONDAY),
        ("2026-11-20T19:00:00Z", MONDAY + DAY),
        ("2026-11-22T12:00:00Z", MONDAY + DAY),
        ("2026-07-01T17:59:00Z", instants.parse("2026-07-02T04:00:00Z")),  # summer time
    ],
)
def test_announcements_follow_the_cut_off(submitted, announced):
    assert announcement_of(instants.parse(submitted)) == announced


@given(st.integers(instants.parse("1995-01-01"), instants.parse("2090-01-01")))
def test_each_submission_lies_in_the_span_of_its_announcement(submitted):
    announced = announcement_of(submitted)
    start, end = submissions_of(announced)
    assert start <= submitted < end < announced
    assert announcements_in((announced, announced + 1)) == [announced]
    assert announcements_in((announced + 1, next_announcement(announced))) == []


# Any bytes at all


def total(body: bytes) -> None:
    for parse in (parse_announcement, parse_results):
        with contextlib.suppress(SourceError):
            assert all(post.title or post.text for post in parse(body, NOW).posts)


@given(st.binary())
def test_any_bytes_give_posts_or_one_error(body):
    total(body)
    total(b"<rss><channel>" + body + b"</channel></rss>")


@given(st.dictionaries(st.sampled_from(["title", "guid", "link", "description", "pubDate", "dc:creator"]), st.text()))
def test_any_words_anywhere_give_posts_or_one_error(fields):
    total(rss(item(**{name: escape(text) for name, text in fields.items()})))


def test_an_answer_cut_anywhere_is_one_error():
    for body, parse in ((rss(item()), parse_announcement), (atom(entry()), parse_results)):
        for end in range(len(body)):
            with pytest.raises(SourceError):
                parse(body[:end], NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"Rate exceeded.",
        b"<html><body>Sorry</body></html>",
        b"<rss/>",
        b'<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel><item><title>&a;</title></item></channel></rss>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE rss><rss><channel/></rss>'.encode("utf-16"),
        b"<rss><channel>" + b"<a>" * 100_000,
        b'<?xml version="1.0" encoding="klingon"?><rss><channel/></rss>',
    ],
)
def test_what_is_no_answer_is_one_error(body):
    for parse in (parse_announcement, parse_results):
        with pytest.raises(SourceError):
            parse(body, NOW)


def recorded(name: str) -> bytes:
    folder = os.environ.get("MONITOR_RECORDED_DIR")
    if not folder:
        pytest.skip("MONITOR_RECORDED_DIR is not set")
    (file,) = Path(folder, "arxiv").glob(f"{name}*.json")
    body: str = json.loads(file.read_text())["body"]
    return body.encode()


def test_a_recorded_page():
    page = parse_results(recorded("q_testing"), NOW)
    assert (len(page.posts), page.total, page.read, page.damaged) == (10, 214881, 10, 0)
    first = page.posts[0]
    assert first.native_id == "2202.12139"
    assert first.author == "Mohit Kumar Ahuja, Arnaud Gotlieb, Helge Spieker"
    assert first.published_at == instants.parse("2022-02-25T05:00:00Z")
    assert not any("\n" in post.text or "  " in post.text for post in page.posts)


def test_a_recorded_refusal_is_an_error_with_its_reason():
    with pytest.raises(SourceError, match="incorrect id format for abc"):
        parse_results(recorded("id_abc"), NOW)


def test_a_recorded_answer_without_papers():
    assert parse_results(recorded("id_0000"), NOW) == ((), 0, 0, 0)
