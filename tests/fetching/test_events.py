from __future__ import annotations

import io
import os
import shlex
import tempfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.secrets import without_secrets
from monitor.fetching.events import Events, goes_to_journal, one_line, render

NOON = 1_795_262_400_000


def said(level: str = "info", journal: bool = False) -> tuple[io.StringIO, Events]:
    stream = io.StringIO()
    return stream, Events(stream, lambda: NOON + 5, level, journal)  # type: ignore[arg-type]


def test_a_line_holds_time_level_event_and_pairs() -> None:
    stream, events = said()
    events.event("poll", source="news", part="a feed", read=20, message=None)
    assert stream.getvalue() == '2026-11-21T12:00:00Z level=info event=poll source=news part="a feed" read=20\n'


def test_the_journal_gets_a_priority_and_notes_the_time_itself() -> None:
    stream, events = said(journal=True)
    events.event("failed", "warning", source="news")
    assert stream.getvalue() == "<4>level=warning event=failed source=news\n"


def test_what_lies_below_the_level_is_not_said() -> None:
    stream, events = said("warning")
    events.event("batch", "debug")
    events.event("start")
    assert stream.getvalue() == ""


@given(st.text())
def test_any_value_stays_one_printable_line_that_reads_back(value: str) -> None:
    line = render("x", "info", {"value": value})
    assert all(character.isprintable() for character in line)
    (pair,) = [word for word in shlex.split(line) if word.startswith("value=")]
    assert pair.removeprefix("value=") == one_line(value)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("https://api.example/v1?q=ai&key=s3cr3t-value&x=1", "s3cr3t-value"),
        ("https://user:s3cr3t@example.org/feed", "s3cr3t"),
        ("https://s3cr3t@example.org/feed", "s3cr3t"),
        ("sent Authorization: Bearer abcdef123456", "abcdef123456"),
        ("https://example.org/?access_token=s3cr3t", "s3cr3t"),
        ("https://example.org/?api-key=s3cr3t", "s3cr3t"),
    ],
)
def test_what_looks_like_a_secret_is_taken_out(text: str, secret: str) -> None:
    assert secret not in without_secrets(text)
    assert secret not in render("x", "info", {"address": text})


def test_an_ordinary_address_is_left_alone() -> None:
    address = "https://news.example.org/search?q=open+weights&hl=en"
    assert without_secrets(address) == address


def test_a_log_that_is_closed_stops_nothing() -> None:
    stream, events = said()
    stream.close()
    events.event("start")
    events.event("stop")


def test_a_stream_is_the_journal_where_systemd_says_so() -> None:
    with tempfile.TemporaryFile("w") as stream:
        status = os.fstat(stream.fileno())
        assert goes_to_journal(stream, f"{status.st_dev}:{status.st_ino}")
        assert not goes_to_journal(stream, "")
    assert not goes_to_journal(io.StringIO(), "1:2")
