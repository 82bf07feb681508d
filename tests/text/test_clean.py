from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.clean import clean, clean_line, html_to_text, replace_byte_ranges, safe_url

HOSTILE_PARTS = [
    "\x1b", "\x1b[", "\x1b]", "\x1bP", "\x1b_", "\x1b^", "\x1bX", "\x1b\\", "\x07", "\x9b", "\x9d", "\x90", "\x9c",
    "\x98", "\x18", "31m", "0;title", "?1049h", "\n", "\r", "\t", "\x00", "\x7f", "\x85", "\u2028", "\u202e", "\u2066",
    "\u200f", "\ud800", "\udc00", "\ufffe", "\U000e0041", "\u0301", "e", "é", "İ", "🔥", "\u200d", "\ufe0f", "text ",
    "<b>", "</p>", "&amp;", "&#27;", "<script>", "<", "\u1100", "\u1161", "\u0344",
]  # fmt: skip

hostile = st.lists(st.one_of(st.sampled_from(HOSTILE_PARTS), st.text(max_size=5))).map("".join)


def is_forbidden(character: str) -> bool:
    """By the Unicode categories and the list of the rule, not by the expression under test."""
    code = ord(character)
    return (
        (unicodedata.category(character) == "Cc" and character not in "\n\t")
        or unicodedata.category(character) == "Cs"
        or code in (0x061C, 0x200E, 0x200F, 0x2028, 0x2029)
        or 0x202A <= code <= 0x202E
        or 0x2066 <= code <= 0x2069
        or 0xE0000 <= code <= 0xE007F
        or 0xFDD0 <= code <= 0xFDEF
        or code & 0xFFFE == 0xFFFE
    )


@given(hostile)
def test_nothing_forbidden_is_left_and_cleaning_again_changes_nothing(text: str) -> None:
    cleaned = clean(text)
    assert not [character for character in cleaned if is_forbidden(character)]
    assert unicodedata.is_normalized("NFC", cleaned)
    assert clean(cleaned) == cleaned


@given(hostile)
def test_a_line_is_one_line(text: str) -> None:
    line = clean_line(text)
    assert "\n" not in line
    assert line == line.strip()
    assert "  " not in line
    assert clean_line(line) == line
    assert clean(line) == line


@given(hostile)
def test_html_becomes_clean_text(text: str) -> None:
    assert clean(html_to_text(text)) == html_to_text(text)


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert clean(text) is text


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        ("a\x1b[31mred\x1b[0mb", "aredb"),
        ("a\x9b1;31mred", "ared"),
        ("a\x1b[3\x081mb", "ab"),
        ("a\x1b]0;stolen title\x07b", "ab"),
        ("a\x1b]0;stolen title\x1b\\b", "ab"),
        ("a\x9d0;stolen title\x9cb", "ab"),
        ("a\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\b", "alinkb"),
        ("a\x1b]52;c;cGFzdGU=\x07b", "ab"),
        ("a\x1bPq#0;2\n~~\x1b\\b", "ab"),
        ("a\x90q~~\x9cb", "ab"),
        ("a\x1b_Gf=100;AAAA\x1b\\b", "ab"),
        ("a\x1b^private\x1b\\b", "ab"),
        ("a\x1bXstring\x1b\\b", "ab"),
        ("a\x1bcb", "ab"),
        ("a\x1b(0b", "ab"),
        ("a\x1b7b\x1b8c", "abc"),
        ("before \x1b]0;no end\nthe rest of the article", "before \nthe rest of the article"),
        ("before \x1bPno end\u2028the rest", "before \nthe rest"),
        ("cut \x1b[", "cut "),
        ("\x1b\x1b[31mx", "x"),
        ("a\r\nb\rc\x0bd\x85e\u2029f", "a\nb\nc\nd\ne\nf"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("pay\u202egnp.exe", "paygnp.exe"),
        ("zero\u200bwidth soft\xadhyphen", "zerowidth softhyphen"),
        ("half \ud83d pair", "half  pair"),
        ("tag\U000e0041\U000e0042s", "tags"),
        ("cafe\u0301", "café"),
        ("e\x00\u0301", "é"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_known_cases(dirty: str, cleaned: str) -> None:
    assert clean(dirty) == cleaned


def test_a_heap_of_marks_is_cut_to_four() -> None:
    assert clean("q" + "\u0321" * 500 + "x") == "q" + "\u0321" * 4 + "x"


@pytest.mark.parametrize(
    "unit",
    ["\x9d", "\x1b]", "\x1b[", "\x1b]a\n", "\u0301", "\x1bP\x07\x07", "\x1b[0;", "\x9b\x01 ", "<div>", "<p>x", "&"],
)
def test_time_grows_with_the_length_only(unit: str) -> None:
    started = time.process_time()
    html_to_text(unit * 100_000)
    clean(unit * 100_000)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Tom &amp; Jerry<p>two<br/>three <b>bold</b>.", "Tom & Jerry\ntwo\nthree bold."),
        ("<p>a</p>b", "a\nb"),
        ("<ul><li>one<li>two</ul>", "one\ntwo"),
        ("a <script>alert(1)</script><style>p {}</style>b", "a b"),
        ("a<!-- comment -->b", "ab"),
        ("<title>head</title>body", "body"),
        ("AT&amp;T &lt;b&gt; &#x27;quoted&#x27;", "AT&T <b> 'quoted'"),
        ("&#27;]0;title&#7;rest <i>x</i>", "rest x"),
        ("fish & chips", "fish & chips"),
        ('<a href="https://example.com/a/long/path">example.com/a/lo...</a>', "https://example.com/a/long/path"),
        ('<a href="https://evil.example/">example.com/a/lo...</a>', "example.com/a/lo..."),
        (
            '<a href="https://x.example/abc"><span>https://</span><span>x.example/ab</span><span>c</span></a>',
            "https://x.example/abc",
        ),
        ("no markup\n at all", "no markup\n at all"),
        ("  spaces \n in   <i>markup</i> ", "spaces in markup"),
    ],
)
def test_html(html: str, text: str) -> None:
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    "url",
    ["https://example.com/a?b=c@d#e", "http://example.com:8080", "HTTPS://EXAMPLE.COM/", "https://bücher.example/ä"],
)
def test_web_addresses_are_safe(url: str) -> None:
    assert safe_url(url) == url
    assert safe_url(f" {url}\n") == url


@pytest.mark.parametrize(
    "url",
    [
        None, "", "example.com", "javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "ftp://example.com",
        "https://", "https:///path", "https://user:password@example.com/", "https://example.com@evil.example/",
        "https://example.com\\@evil.example", "https://example.com/a b", "https://example.com/\x1b[31m",
        "https://example.com/\u202e", "https://example.com/\n/x", 'https://example.com/"onclick=', "https://example.com/<x>",
        "https://example.com/" + "a" * 5_000,
    ],
)  # fmt: skip
def test_other_addresses_are_not(url: str | None) -> None:
    assert safe_url(url) is None


def test_links_are_put_in_by_bytes() -> None:
    text = "é see example.com/lo... and 🔥"
    start = len("é see ".encode())
    end = start + len("example.com/lo...")
    assert (
        replace_byte_ranges(text, [(start, end, "https://example.com/long")]) == "é see https://example.com/long and 🔥"
    )


@given(st.text(), st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40), st.text(max_size=3))))
def test_nonsense_ranges_are_passed_over(text: str, ranges: list[tuple[int, int, str]]) -> None:
    replaced = replace_byte_ranges(text, ranges)
    assert len(replaced.encode()) <= len(text.encode()) + sum(len(new.encode()) for _, _, new in ranges)
    if all(start >= end or end > len(text.encode()) or start < 0 for start, end, _ in ranges):
        assert replaced == text


def test_ranges_that_cut_a_character_or_overlap_are_passed_over() -> None:
    assert replace_byte_ranges("éa", [(1, 2, "x")]) == "éa"
    assert replace_byte_ranges("abcdef", [(2, 5, "-"), (0, 3, "+")]) == "+def"
