from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import instants
from monitor.records import Post
from monitor.sources.base import SourceError
from monitor.sources.feeds import MOST_ENTRIES, Feed
from monitor.sources.news import parse
from monitor.sources.reading import LONGEST_TEXT
from tests.sources.conftest import ANY_JSON, NOW

URL = "https://www.example.com/feed.xml"


def read(body: bytes | str, content_type: str = "application/xml", *, url: str = URL, aggregated: bool = False) -> Feed:
    data = body.encode() if isinstance(body, str) else body
    return parse(data, content_type, url, NOW, aggregated=aggregated)


def only(feed: Feed) -> Post:
    (post,) = feed.posts
    return post


def rss(items: str, head: str = "", version: str = "2.0") -> str:
    return (
        f'<?xml version="1.0"?><rss version="{version}"><channel><title>The Example</title>'
        f"<link>https://example.com/</link><description>d</description>{head}{items}</channel></rss>"
    )


# Every kind of feed


def test_rss_2():
    feed = read(
        """<?xml version="1.0" encoding="UTF-8"?>
        <rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
          xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
        <title>The Example</title><link>https://www.example.com/</link><description>d</description>
        <language>en-us</language><ttl>60</ttl>
        <item><title><![CDATA[Q&amp;A: what&#8217;s next?]]></title>
        <link>https://www.example.com/2026/11/next?utm_source=rss&amp;utm_medium=feed&amp;id=5#comments</link>
        <guid isPermaLink="false">https://www.example.com/?p=123</guid>
        <pubDate>Sat, 21 Nov 2026 04:30:00 -0500</pubDate><dc:creator>Ada Example</dc:creator>
        <description>Short.</description>
        <content:encoded><![CDATA[<p>First &amp; foremost.</p><p>Second.<script>x()</script></p>]]></content:encoded>
        </item></channel></rss>"""
    )
    assert (feed.title, feed.ttl, feed.damaged) == ("The Example", 3600.0, 0)
    post = only(feed)
    assert post == Post(
        source="news",
        native_id="https://www.example.com/2026/11/next?id=5",
        text="First & foremost.\nSecond.",
        published_at=instants.parse("2026-11-21T09:30:00Z"),
        collected_at=NOW,
        title="Q&A: what’s next?",
        url="https://www.example.com/2026/11/next?utm_source=rss&utm_medium=feed&id=5#comments",
        author="example.com",
        author_name="Ada Example",
        lang="en-us",
        aliases=post.aliases,
    )
    assert post.aliases[0] == "url:example.com/2026/11/next?id=5"


def test_rss_1():
    feed = read(
        """<?xml version="1.0"?>
        <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
          xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel rdf:about="https://example.com/"><title>The Example</title><link>https://example.com/</link>
        <description>d</description><dc:language>en</dc:language></channel>
        <item rdf:about="https://example.com/1"><title>One</title><link>https://example.com/1</link>
        <description>Text of one.</description><dc:date>2026-11-20T08:00:00+01:00</dc:date></item></rdf:RDF>"""
    )
    post = only(feed)
    assert (post.title, post.text, post.native_id) == ("One", "Text of one.", "https://example.com/1")
    assert post.published_at == instants.parse("2026-11-20T07:00:00Z")
    assert (post.author, post.author_name) == ("example.com", "The Example")


def test_rss_091_has_neither_identifiers_nor_times():
    post = only(read(rss("<item><title>One</title><link>http://EXAMPLE.com:80/1</link></item>", version="0.91")))
    assert (post.native_id, post.published_at, post.text) == ("http://example.com/1", NOW, "")


def test_rss_092_may_have_nothing_but_a_description():
    items = "<item><description>Just &lt;b&gt;words&lt;/b&gt;.</description></item>"
    feed = read(rss(items + "<item><description>Others.</description></item>", version="0.92"))
    one, other = feed.posts
    assert (one.text, one.title, one.url) == ("Just words.", None, None)
    assert one.native_id != other.native_id
    assert one.native_id == read(rss(items, version="0.92")).posts[0].native_id
    assert one.author == "example.com"


def test_atom_1():
    post = only(
        read(
            """<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB">
            <title type="html">The &lt;i&gt;Example&lt;/i&gt;</title><id>urn:x</id>
            <updated>2026-11-21T09:00:00Z</updated>
            <link href="https://example.com/"/>
            <entry><id>tag:example.com,2026:1</id><title type="html">One &lt;b&gt;bold&lt;/b&gt;</title>
            <link rel="alternate" href="/articles/1"/><updated>2026-11-21T09:00:00.5Z</updated>
            <author><name>Ada</name></author><author><name>Ben</name></author>
            <content type="html">&lt;p&gt;Longer content of it.&lt;/p&gt;</content>
            <summary>Short</summary></entry></feed>"""
        )
    )
    assert (post.title, post.text) == ("One bold", "Longer content of it.")
    assert (post.native_id, post.author) == ("https://www.example.com/articles/1", "example.com")
    assert (post.author_name, post.lang) == ("Ada, Ben", "en-GB")
    assert post.published_at == instants.parse("2026-11-21T09:00:00Z")


def json_feed(items: object, /, **head: object) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "The Example", "items": items} | head)


def test_json_feed_1_1():
    item = {
        "id": 5,
        "url": "https://example.com/5",
        "title": "Five\u0007",
        "content_html": "<p>Text of <b>five</b>.</p>",
        "date_published": "2026-11-21T10:00:00+01:00",
        "authors": [{"name": "Ada"}, {"name": "Ben"}, {"url": "https://example.com/"}],
        "language": "en-US",
    }
    feed = read(json_feed([item]), "application/feed+json")
    post = only(feed)
    assert feed.title == "The Example"
    assert (post.title, post.text, post.lang) == ("Five", "Text of five.", "en-US")
    assert (post.native_id, post.author, post.author_name) == ("https://example.com/5", "example.com", "Ada, Ben")
    assert post.published_at == instants.parse("2026-11-21T09:00:00Z")


def test_json_feed_1():
    item = {"id": "5", "content_text": "Only text.", "author": {"name": "Ada"}, "date_modified": "2026-11-20T10:00:00Z"}
    body = "\ufeff" + json_feed([item], version="https://jsonfeed.org/version/1", home_page_url="https://example.com/")
    post = only(read(body, "application/json"))
    assert (post.title, post.text, post.author_name) == (None, "Only text.", "Ada")
    assert (post.native_id, post.author) == ("https://example.com/#5", "example.com")
    assert post.published_at == instants.parse("2026-11-20T10:00:00Z")


def google(title: str, publisher: str = "The Example - News", home: str = "https://www.example.com") -> str:
    return (
        f"<item><title>{title}</title><link>https://news.google.com/rss/articles/CBMiabc?oc=5</link>"
        f'<guid isPermaLink="false">CBMi{title}</guid><pubDate>Sat, 21 Nov 2026 09:00:00 GMT</pubDate>'
        f'<description>&lt;a href="https://news.google.com/rss/articles/CBMiabc"&gt;{title}&lt;/a&gt;</description>'
        f'<source url="{home}">{publisher}</source></item>'
    )


def test_google_news():
    feed = read(rss(google("A title - with a dash - The Example - News")), aggregated=True)
    post = only(feed)
    assert (post.title, post.text) == ("A title - with a dash", "")
    assert (post.author, post.author_name) == ("example.com", "The Example - News")
    assert post.url == "https://news.google.com/rss/articles/CBMiabc?oc=5"
    assert post.published_at == instants.parse("2026-11-21T09:00:00Z")


def test_google_news_strips_nothing_but_the_publisher():
    post = only(read(rss(google("A title - Somebody Else")), aggregated=True))
    assert post.title == "A title - Somebody Else"


def test_google_news_gives_one_article_one_identity_in_all_searches():
    first = read(rss(google("A  Title - The Example - News")), aggregated=True)
    again = read(rss(google("A title - The Example - News")), aggregated=True)
    other = read(rss(google("A title - Other", "Other", "https://other.example")), aggregated=True)
    assert only(first).native_id == only(again).native_id
    assert only(other).native_id != only(again).native_id


# Identity


def test_one_article_in_two_feeds_is_one_post():
    first = rss("<item><guid>a</guid><title>t</title><link>https://Example.com/1?utm_campaign=a</link></item>")
    second = rss("<item><guid>b</guid><title>t</title><link>https://example.com/1#top</link></item>")
    assert only(read(first)).native_id == only(read(second)).native_id


def test_items_that_share_a_link_stay_apart():
    item = "<item><guid isPermaLink='false'>{0}</guid><title>{0}</title><link>https://example.com/</link></item>"
    feed = read(rss(item.format("a") + item.format("b") + item.format("b")))
    assert [post.title for post in feed.posts] == ["a", "b"]


def test_an_identifier_alone_is_told_apart_from_that_of_another_feed():
    item = "<item><guid isPermaLink='false'>1</guid><title>t</title></item>"
    here = only(read(rss(item)))
    there = only(read(rss(item).replace("example.com", "example.org")))
    assert here.native_id != there.native_id


# Times


@pytest.mark.parametrize(
    ("date", "published"),
    [
        ("", NOW),
        ("<pubDate>yesterday-ish</pubDate>", NOW),
        ("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>", NOW),
        ("<pubDate>Fri, 01 Jan 2999 00:00:00 GMT</pubDate>", NOW),
        ("<pubDate>Tue, 05 May 2026 10:00:00 EST</pubDate>", instants.parse("2026-05-05T15:00:00Z")),
        ("<pubDate>2026-05-05 10:00:00</pubDate>", instants.parse("2026-05-05T10:00:00Z")),
        ("<pubDate>Fri, 01 Jan 2027 00:00:00 GMT</pubDate>", instants.parse("2027-01-01T00:00:00Z")),
    ],
)
def test_the_time_of_an_item(date, published):
    feed = read(rss(f"<item><title>t</title><link>https://example.com/1</link>{date}</item>"))
    assert only(feed).published_at == published
    assert (only(feed).native_id in feed.dated) is (published != NOW)


# Hostile and broken


def test_texts_are_plain():
    title = "\x9b31mred &lt;script&gt;x()&lt;/script&gt;\u202eevil [bold]"
    post = only(read(rss(f"<item><title>{title}</title><link>javascript:alert(1)</link><guid>g</guid></item>")))
    assert post.title is not None
    assert not any(character in post.title for character in "\x9b\u202e\x1b")
    assert post.url is None


def test_a_text_is_cut_at_a_sensible_length():
    post = only(read(rss(f"<item><title>t</title><description>{'word ' * 50_000}</description></item>")))
    assert len(post.text) == LONGEST_TEXT


def test_an_endless_list_of_items_is_cut():
    items = "".join(f"<item><guid>{number}</guid><title>{number}</title></item>" for number in range(MOST_ENTRIES + 50))
    assert len(read(rss(items)).posts) == MOST_ENTRIES


HTML = "<!doctype html><html><head><title>Please wait...</title></head><body><p>Checking your browser</p></body></html>"
BOMB = "<!DOCTYPE z [<!ENTITY a0 'ha'>{}]>".format(
    "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (HTML, "text/html"),
        (HTML, "application/rss+xml"),
        (HTML, "application/json"),
        ("", "application/rss+xml"),
        ("plain words", "text/plain"),
        ('{"error": "no"}', "application/json"),
        ("[]", "application/json"),
        (json_feed({}), "application/json"),
        (json_feed([])[:-5], "application/json"),
        ("[" * 100_000, "application/json"),
    ],
)
def test_what_is_no_feed_is_one_error(body, content_type):
    with pytest.raises(SourceError, match=r"example\.com"):
        read(body, content_type)


def test_entities_do_not_explode():
    bomb = BOMB + rss("<item><guid>1</guid><title>&a9;</title></item>").partition("?>")[2]
    with contextlib.suppress(SourceError):
        assert all(len(post.title or "") < 10_000 for post in read(f"<?xml version='1.0'?>{bomb}").posts)


def test_external_entities_are_not_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    feed = rss("<item><guid>1</guid><title>a &x; b</title></item>").partition("?>")[2]
    body = f"<?xml version='1.0'?><!DOCTYPE z [<!ENTITY x SYSTEM '{secret.as_uri()}'>]>{feed}"
    assert not any("secret" in (post.title or "") for post in read(body).posts)


@pytest.mark.parametrize(
    ("body", "content_type", "title"),
    [
        (
            rss("<item><title>日本語</title></item>").replace("?>", " encoding='utf-16'?>", 1).encode("utf-16"),
            "",
            "日本語",
        ),
        (rss("<item><title>café</title></item>").encode("latin-1"), "text/xml; charset=iso-8859-1", "café"),
        (rss("<item><title>naïve €</title></item>").encode(), "application/xml; charset=utf-8", "naïve €"),
        (rss("<item><title>naïve</title></item>").encode(), "application/xml; charset=nonsense", "naïve"),
    ],
)
def test_charsets(body, content_type, title):
    assert only(read(body, content_type)).title == title


def total(body: bytes, content_type: str = "application/xml", *, aggregated: bool = False) -> None:
    with contextlib.suppress(SourceError):
        feed = read(body, content_type, aggregated=aggregated)
        assert all(post.native_id and (post.title or post.text) for post in feed.posts)


FEEDS = [
    rss(google("One - The Example - News") + "<item><title>Two</title><description>&lt;p&gt;x</description></item>"),
    json_feed([{"id": "1", "content_html": "<p>x", "authors": [{"name": "A"}]}, {"id": "2", "title": "é"}]),
]


@given(st.binary(), st.sampled_from(["", "text/html", "application/xml; charset=utf-7", "x;charset=\x00"]))
def test_any_bytes_give_a_feed_or_one_error(body, content_type):
    total(body, content_type)
    total(b"<rss version='2.0'><channel><item>" + body, content_type)


@pytest.mark.parametrize("feed", FEEDS)
@pytest.mark.parametrize("aggregated", [False, True])
def test_a_feed_cut_anywhere_gives_a_feed_or_one_error(feed, aggregated):
    body = feed.encode()
    for end in range(0, len(body), 7):
        total(body[:end], aggregated=aggregated)


@given(st.text(), st.text(), st.text(), st.booleans())
def test_any_texts_in_an_rss_item(title, link, date, aggregated):
    item = f"<item><title>{title}</title><link>{link}</link><pubDate>{date}</pubDate><source url='{link}'/></item>"
    total(rss(item).encode("utf-8", "surrogatepass"), aggregated=aggregated)


KEYS = ["id", "url", "external_url", "title", "content_html", "content_text", "summary", "date_published", "authors"]


@given(
    st.lists(st.dictionaries(st.sampled_from([*KEYS, "author", "language", "date_modified"]), ANY_JSON) | ANY_JSON),
    st.dictionaries(st.sampled_from(["title", "home_page_url", "language", "authors", "author", "items"]), ANY_JSON),
)
def test_wrong_types_anywhere_in_a_json_feed_give_a_feed_or_one_error(items, head):
    total(json_feed(items, **head).encode(), "application/feed+json")


@given(ANY_JSON)
def test_any_json_gives_a_feed_or_one_error(data):
    total(json.dumps(data).encode(), "application/json")
