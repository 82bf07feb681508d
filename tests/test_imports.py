from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.imports import BadLine, read_posts
from monitor.instants import parse, render
from monitor.records import Deletion, Engagement, Post

NOW = parse("2026-11-21T09:00:00Z")
LEAST: dict[str, Any] = {
    "source": "x",
    "native_id": "1",
    "text": "Hello",
    "published_at": "2026-11-21T08:00:00Z",
}
FULL: dict[str, Any] = {
    **LEAST,
    "title": "A title",
    "url": "https://example.org/1",
    "author": "ada",
    "author_name": "Ada L.",
    "lang": "en-GB",
    "collected_at": "2026-11-21T08:01:00.250Z",
    "likes": 1,
    "reposts": 0,
    "replies": 2,
    "quotes": 3,
    "views": 4_000_000_000,
}
COLUMNS = tuple(FULL)


def json_lines(*records: Any) -> list[bytes]:
    return [json.dumps(record).encode() + b"\n" for record in records]


def csv_file(*records: dict[str, Any], columns: tuple[str, ...] = COLUMNS) -> io.BytesIO:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="raise")
    writer.writeheader()
    writer.writerows(records)
    return io.BytesIO(text.getvalue().encode())


def test_a_full_line_gives_a_full_post() -> None:
    expected = Post(
        "x",
        "1",
        "Hello",
        parse("2026-11-21T08:00:00Z"),
        parse("2026-11-21T08:01:00.250Z"),
        "A title",
        "https://example.org/1",
        "ada",
        "Ada L.",
        "en-GB",
        Engagement(1, 0, 2, 3, 4_000_000_000),
    )
    assert list(read_posts(json_lines(FULL), "jsonl", NOW)) == [expected]
    assert list(read_posts(csv_file(FULL), "csv", NOW)) == [expected]


def test_what_is_optional_may_be_absent_null_or_empty() -> None:
    expected = Post("x", "1", "Hello", parse("2026-11-21T08:00:00Z"), NOW)
    optional = [key for key in FULL if key not in LEAST]
    lines = json_lines(LEAST, {**LEAST, **dict.fromkeys(optional)}, {**LEAST, **dict.fromkeys(optional, "")})
    assert list(read_posts(lines, "jsonl", NOW)) == [expected] * 3
    assert list(read_posts(csv_file(LEAST), "csv", NOW)) == [expected]
    assert list(read_posts(csv_file(LEAST, columns=tuple(LEAST)), "csv", NOW)) == [expected]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"source": None}, "source: missing"),
        ({"source": "Not A Slug"}, "source: expected a slug such as bluesky, found 'Not A Slug'"),
        ({"source": 3}, "source: expected a slug"),
        ({"native_id": ""}, "native_id: expected a text that is not empty"),
        ({"native_id": "  "}, "native_id: expected"),
        ({"native_id": True}, "native_id: expected"),
        ({"native_id": 1.5}, "native_id: expected"),
        ({"text": None}, "text: missing"),
        ({"text": ["a"]}, "text: expected a text"),
        ({"text": " "}, "text: empty, and there is no title"),
        ({"published_at": "yesterday"}, "published_at: expected an ISO 8601 time, found 'yesterday'"),
        ({"published_at": 1763715600}, "published_at: expected an ISO 8601 time"),
        ({"published_at": "0001-01-01T00:00:00+14:00"}, "published_at: expected"),
        ({"collected_at": "later"}, "collected_at: expected"),
        ({"title": 1}, "title: expected a text or null, found 1"),
        ({"likes": -1}, "likes: expected a whole number from 0 on, or null, found -1"),
        ({"likes": 1.0}, "likes: expected"),
        ({"likes": "1"}, "likes: expected"),
        ({"views": True}, "views: expected"),
        ({"views": 2**63}, "views: expected"),
    ],
)
def test_a_wrong_value_names_its_key_and_the_rest_is_read(change: dict[str, Any], reason: str) -> None:
    found = list(read_posts(json_lines(LEAST, {**LEAST, **change}, LEAST), "jsonl", NOW))
    assert isinstance(found[0], Post)
    assert isinstance(found[2], Post)
    assert isinstance(found[1], BadLine)
    assert found[1].number == 2
    assert found[1].reason.startswith(reason)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "not valid JSON: Expecting property name"),
        (b"[1]", "not a JSON object"),
        (b'{"text": "\xff"}', "not UTF-8 at byte 11"),
        (b"[" * 100_000, "not readable JSON"),
        (b'{"likes": ' + b"9" * 5000 + b"}", "not readable JSON"),
    ],
)
def test_a_line_that_is_no_object_is_told(line: bytes, reason: str) -> None:
    found = list(read_posts([*json_lines(LEAST), b"\n", line + b"\n", *json_lines(LEAST)], "jsonl", NOW))
    assert [type(item) for item in found] == [Post, BadLine, Post]
    assert isinstance(found[1], BadLine)
    assert found[1].number == 3
    assert found[1].reason.startswith(reason)


def test_a_number_as_native_id_is_taken_as_text() -> None:
    (post,) = read_posts(json_lines({**LEAST, "native_id": 12345678901234567890}), "jsonl", NOW)
    assert isinstance(post, Post)
    assert post.native_id == "12345678901234567890"


def test_text_lines_and_a_byte_order_mark_are_accepted() -> None:
    line = json.dumps(LEAST)
    (from_text,) = read_posts(["\ufeff" + line], "jsonl", NOW)
    (from_bytes,) = read_posts([b"\xef\xbb\xbf" + line.encode()], "jsonl", NOW)
    assert from_text == from_bytes


def test_a_csv_file_with_a_byte_order_mark_is_read() -> None:
    stream = io.BytesIO(b"\xef\xbb\xbf" + csv_file(FULL).read())
    assert isinstance(next(read_posts(stream, "csv", NOW)), Post)


def test_line_breaks_in_quotes_are_kept_and_counted() -> None:
    stream = csv_file({**LEAST, "text": 'one\ntwo, "three"'}, {**LEAST, "source": "?"}, LEAST)
    first, second, third = read_posts(stream, "csv", NOW)
    assert isinstance(first, Post)
    assert first.text == 'one\ntwo, "three"'
    assert second == BadLine(4, "source: expected a slug such as bluesky, found '?'")
    assert isinstance(third, Post)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"x,1,Hello\n", "3 fields, where the header has 4"),
        (b"x,1,Hello,2026-01-01,more\n", "5 fields"),
        (b"x,1,caf\xe9,2026-01-01\n", "text: not UTF-8"),
        (b'x,1,"a"b,2026-01-01\n', "not a CSV row"),
        (b"x,1,,2026-01-01\n", "text: empty"),
    ],
)
def test_a_wrong_csv_row_is_told_and_the_rest_is_read(row: bytes, reason: str) -> None:
    lines = [b"source,native_id,text,published_at\n", row, b"\n", b"x,2,Hello,2026-01-01\n"]
    bad, good = read_posts(lines, "csv", NOW)
    assert isinstance(bad, BadLine)
    assert bad.number == 2
    assert bad.reason.startswith(reason)
    assert isinstance(good, Post)


def test_a_quote_that_is_not_closed_is_told() -> None:
    lines = [b"source,native_id,text,published_at\n", b'x,1,"Hello,2026-01-01\n', b"x,2,Hello,2026-01-01\n"]
    assert list(read_posts(lines, "csv", NOW)) == [
        BadLine(2, "not a CSV row: a quoted field is not closed, and the rest of the file went into it")
    ]


def test_a_header_without_what_is_required_ends_it() -> None:
    (bad,) = read_posts([b"source,text\n", b"x,Hello\n"], "csv", NOW)
    assert bad == BadLine(1, "the header has no columns native_id, published_at; nothing was read")


def test_a_large_field_is_read() -> None:
    (post,) = read_posts(csv_file({**LEAST, "text": "word " * 100_000}), "csv", NOW)
    assert isinstance(post, Post)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VISIBLE = TEXT.filter(lambda text: bool(text) and not text.isspace())
COUNT = st.none() | st.integers(0, 2**63 - 1)
TIME = st.integers(0, 4_000_000_000_000)
POSTS = st.builds(
    Post,
    st.sampled_from(["x", "bluesky", "my-source"]),
    VISIBLE,
    VISIBLE,
    TIME,
    TIME,
    *[st.none() | TEXT.filter(bool)] * 5,
    st.builds(Engagement, *[COUNT] * 5),
    aliases=st.just(()),
)


def as_record(post: Post) -> dict[str, Any]:
    record = post._asdict()
    del record["aliases"]
    record |= {key: render(record[key]) for key in ("published_at", "collected_at")}
    return record | record.pop("engagement")._asdict()


@given(st.lists(POSTS, max_size=5))
def test_what_was_written_is_read_back(posts: list[Post]) -> None:
    records = [as_record(post) for post in posts]
    assert list(read_posts(json_lines(*records), "jsonl", NOW)) == posts
    assert list(read_posts(csv_file(*records), "csv", NOW)) == posts


@given(st.binary(max_size=200), st.sampled_from(["jsonl", "csv"]))
def test_any_bytes_are_survived(content: bytes, form: Any) -> None:
    for item in read_posts(io.BytesIO(content), form, NOW):
        assert isinstance(item, Post | BadLine)


def test_a_line_that_says_deleted_is_a_deletion() -> None:
    gone = {**LEAST, "text": None, "deleted": True}
    assert list(read_posts(json_lines(gone), "jsonl", NOW)) == [Deletion(LEAST["source"], LEAST["native_id"])]
    row = b"source,native_id,text,published_at,deleted\nx,9,,2026-11-20T00:00:00Z,true\n"
    assert list(read_posts(io.BytesIO(row), "csv", NOW)) == [Deletion("x", "9")]


def test_letters_of_a_time_may_be_small() -> None:
    (one,) = read_posts(json_lines({**LEAST, "published_at": "2026-11-21t08:00:00.5z"}), "jsonl", NOW)
    assert isinstance(one, Post)
    assert one.published_at == parse("2026-11-21T08:00:00.5Z")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"source": "x"\n', "not valid JSON: Expecting ',' delimiter at column 15"),
        (b'{"source": "x\r\n', "not valid JSON: Unterminated string starting at column 12"),
        (b'  {"source" 1}\n', "not valid JSON: Expecting ':' delimiter at column 13"),
        (b'{"source": "a\tb"}\n', "not valid JSON: Invalid control character at column 14"),
        (b"{} {}\n", "not valid JSON: Extra data at column 4"),
        (b"later\n", "not valid JSON: Expecting value at column 1"),
    ],
)
def test_broken_json_is_told_with_its_place_in_the_line(line: bytes, reason: str) -> None:
    assert list(read_posts([line], "jsonl", NOW)) == [BadLine(1, reason)]


def test_white_space_around_an_object_does_not_matter() -> None:
    padded = b" \t" + json.dumps(LEAST).encode() + b" \r\n"
    assert list(read_posts([padded], "jsonl", NOW)) == list(read_posts(json_lines(LEAST), "jsonl", NOW))
