from __future__ import annotations

import time
import tracemalloc
from contextlib import suppress

import pytest

from monitor import instants
from monitor.sources.base import SourceError
from monitor.sources.feeds import parse
from monitor.sources.xml_declarations import without_declarations

NOW = instants.parse("2026-11-21T10:00:00Z")

FEED = "<rss version='2.0'><channel><title>A feed</title><item><title>{}</title></item></channel></rss>"
HEAD = "<?xml version='1.0'?>"

_NESTED = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>\n" for n in range(1, 10))
LONG = "A" * 10_000
BOMBS = {
    "nested": f"{HEAD}<!DOCTYPE z [\n<!ENTITY a0 'lol'>\n{_NESTED}]>{FEED.format('&a9;')}",
    "flat": f'{HEAD}<!DOCTYPE z [\n<!ENTITY a "{LONG}">\n]>{FEED.format("&a;" * 20_000)}',
    "flat in a feed that is no XML": f'<!DOCTYPE z [\n<!ENTITY a "{LONG}">\n]>{FEED.format("&a;" * 20_000)}</b>',
    "defaults of attributes": f"{HEAD}<!DOCTYPE z [\n<!ATTLIST b c CDATA '{LONG}'>\n]>{FEED.format('<b/>' * 2_000)}",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_costs_no_more_than_its_bytes(bomb: str, encoding: str) -> None:
    body = bomb.encode(encoding)
    with suppress(SourceError):
        parse(FEED.format("warm").encode(), "application/rss+xml", "https://example.com/", NOW)
    tracemalloc.start()
    try:
        with suppress(SourceError):
            parse(body, "application/rss+xml", "https://example.com/feed", NOW)
        assert tracemalloc.get_traced_memory()[1] < 15_000_000
    finally:
        tracemalloc.stop()
    started = time.process_time()
    with suppress(SourceError):
        parse(body, "application/rss+xml", "https://example.com/feed", NOW)
    assert time.process_time() - started < 2


def test_an_external_entity_is_not_read(tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    document = f"{HEAD}<!DOCTYPE z [<!ENTITY x SYSTEM '{secret.as_uri()}'>]>{FEED.format('see &x;')}"
    feed = parse(document.encode(), "application/rss+xml", "https://example.com/feed", NOW)
    assert "hidden" not in repr(feed)


def test_a_feed_about_entities_keeps_its_words() -> None:
    document = HEAD + FEED.format("<![CDATA[What <!ENTITY x> does]]>")
    feed = parse(document.encode(), "application/rss+xml", "https://example.com/feed", NOW)
    assert feed.posts[0].title == "What <!ENTITY x> does"


@pytest.mark.parametrize("link", ["", "<link/>", "<link>#top</link>", "<link></link>"])
def test_a_key_in_the_address_of_a_feed_names_no_post(link: str) -> None:
    item = f"<item><guid isPermaLink='false'>1</guid>{link}<title>One</title></item>"
    document = f"<rss version='2.0'><channel>{item}</channel></rss>"
    feed = parse(document.encode(), "application/rss+xml", "https://example.com/feed?key=s3cr3t", NOW)
    assert len(feed.posts) == 1
    assert "s3cr3t" not in repr(feed)


@pytest.mark.parametrize("charset", ["utf-7", "utf-16-le", "cp037"])
def test_a_declaration_is_found_in_any_encoding(charset: str) -> None:
    body = "<?xml version='1.0'?><!DOCTYPE z [<!ENTITY x 'y'>]><rss/>".encode(charset)
    body, _ = without_declarations(body, f"application/xml; charset={charset}")
    assert b"<!ENTITY" not in body


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"\x00" * 100, b"<", b"<?xml encoding='nonsense'?>"])
def test_whatever_comes_goes_through(body: bytes) -> None:
    assert isinstance(without_declarations(body, "text/html; charset=nonsense")[0], bytes)
