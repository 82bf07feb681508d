from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.web_addresses import canonical_url, publication_of


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        ("https://Example.COM/A/b", "https://example.com/A/b"),
        ("https://example.com", "https://example.com/"),
        ("http://example.com:80/a", "http://example.com/a"),
        ("https://example.com:8443/a", "https://example.com:8443/a"),
        ("https://example.com/a#part", "https://example.com/a"),
        ("https://example.com/a?utm_source=x&id=5&UTM_medium=y&fbclid=z", "https://example.com/a?id=5"),
        ("https://example.com/a?at_medium=RSS&at_campaign=KARANGA", "https://example.com/a"),
        ("https://example.com/a?b=2&a=1", "https://example.com/a?b=2&a=1"),
        ("https://example.com/a?cmpx=1", "https://example.com/a?cmpx=1"),
        ("https://[2001:DB8::1]:443/a", "https://[2001:db8::1]/a"),
        ("ftp://example.com/", None),
        ("https://user:word@example.com/", None),
        ("https://example.com:nonsense/", None),
        ("https://[::1/", None),
        ("/relative", None),
        ("", None),
        (None, None),
    ],
)
def test_the_one_form_of_an_address(address, canonical):
    assert canonical_url(address) == canonical


def test_the_publication_is_the_host():
    assert publication_of("https://www.Example.com:443/a") == "example.com"
    assert publication_of("https://blog.example.com/a") == "blog.example.com"
    assert publication_of("no address") is None


@given(st.text() | st.text(alphabet="htps:/[]@?#&=.%0a\x00").map("http://".__add__))
def test_any_text_is_an_address_or_none(text):
    canonical = canonical_url(text)
    assert canonical is None or canonical_url(canonical) == canonical
    publication_of(text)
