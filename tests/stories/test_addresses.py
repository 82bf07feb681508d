from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stories.addresses import names_at


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://bsky.app/profile/did:plc:ab12/post/3lkx", ("bluesky", "at://did:plc:ab12/app.bsky.feed.post/3lkx")),
        ("https://news.ycombinator.com/item?id=4711", ("hackernews", "4711")),
        ("https://x.com/i/status/1850", ("x", "1850")),
        ("https://twitter.com/ada/status/1850?s=20", ("x", "1850")),
        ("https://www.reddit.com/r/LocalLLaMA/comments/1abc/a_title/", ("reddit", "t3_1abc")),
        ("https://old.reddit.com/r/LocalLLaMA/comments/1abc/a_title/k9/", ("reddit", "t1_k9")),
        ("https://www.youtube.com/watch?v=dQw4", ("youtube", "dQw4")),
        ("https://www.youtube.com/watch?v=dQw4&lc=Ugx", ("youtube", "Ugx")),
        ("https://youtu.be/dQw4", ("youtube", "dQw4")),
        ("https://arxiv.org/abs/2401.12345v2", ("arxiv", "2401.12345")),
        ("https://arxiv.org/pdf/2401.12345.pdf", ("arxiv", "2401.12345")),
        ("https://news.example/a", ("news", "https://news.example/a")),
    ],
)
def test_the_likeliest_post_of_an_address(url: str, name: tuple[str, str]) -> None:
    assert names_at(url)[0] == name


def test_a_post_of_mastodon_goes_by_the_address_of_its_record() -> None:
    assert ("mastodon", "https://fedi.example/users/ada/statuses/12") in names_at("https://fedi.example/@ada/12")


@pytest.mark.parametrize("url", ["", "mailto:ada@example.org", "https://", "http://[", "javascript:alert(1)"])
def test_what_is_no_web_address_is_of_no_post(url: str) -> None:
    assert names_at(url) == ()


@given(st.text() | st.from_regex(r"https://(bsky\.app|x\.com|arxiv\.org|youtu\.be|reddit\.com)/.*", fullmatch=True))
def test_any_text_has_an_answer(url: str) -> None:
    assert all(source and native for source, native in names_at(url))
