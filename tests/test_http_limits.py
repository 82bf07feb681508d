from __future__ import annotations

import email.utils
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import instants
from monitor.http_limits import LONGEST_WAIT, Limit, asked_wait, read_limits, read_reset, read_retry_after

NOW = instants.parse("2026-11-21T10:00:00Z")
IN_A_MINUTE = NOW // 1000 + 60


def date(seconds: float) -> str:
    return email.utils.formatdate(NOW / 1000 + seconds, usegmt=True)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("0.5", 0.5),
        (date(30), 30.0),
        (date(-30), 0.0),
        ("999999999", LONGEST_WAIT),
        ("9" * 5000, LONGEST_WAIT),
        ("-1", None),
        ("soon", None),
        ("", None),
        ("²", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header, seconds):
    assert read_retry_after(header, NOW) == seconds


@pytest.mark.parametrize(
    ("headers", "limit"),
    [
        (
            {"x-rate-limit-limit": "450", "x-rate-limit-remaining": "12", "x-rate-limit-reset": f"{IN_A_MINUTE}"},
            Limit("x-rate-limit-*", 12.0, 60.0),
        ),
        (
            {
                "ratelimit-limit": "3000",
                "ratelimit-remaining": "0",
                "ratelimit-reset": f"{IN_A_MINUTE}",
                "ratelimit-policy": "3000;w=300",
            },
            Limit("ratelimit-*", 0.0, 60.0),
        ),
        (
            {"x-ratelimit-used": "3", "x-ratelimit-remaining": "997.0", "x-ratelimit-reset": "42"},
            Limit("x-ratelimit-*", 997.0, 42.0),
        ),
        (
            {"x-ratelimit-remaining": "299", "x-ratelimit-reset": "2026-11-21T10:04:59.609574Z"},
            Limit("x-ratelimit-*", 299.0, 299.609),
        ),
        (
            {
                "anthropic-ratelimit-input-tokens-remaining": "40000",
                "anthropic-ratelimit-input-tokens-reset": "2026-11-21T10:00:30Z",
            },
            Limit("anthropic-ratelimit-input-tokens-*", 40000.0, 30.0),
        ),
        (
            {"x-ratelimit-remaining-requests": "1", "x-ratelimit-reset-requests": "6m0s"},
            Limit("x-ratelimit-*-requests", 1.0, 360.0),
        ),
    ],
    ids=["X", "Bluesky", "Reddit", "Mastodon", "Anthropic", "OpenAI"],
)
def test_the_headers_of_each_host(headers, limit):
    assert read_limits(headers, NOW) == [limit]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1s", 1.0),
        ("20ms", 0.02),
        ("1h2m3.5s", 3723.5),
        ("1m30.951s", 90.951),
        ("0", 0.0),
        ("59.5", 59.5),
        ("0.57864308357238776", 0.578643),
        ("5.5e-05", 0.000055),
        ("9e99", LONGEST_WAIT),
        ("7.6600000000000001s", 7.66),
        (str(IN_A_MINUTE * 1000), 60.0),
        ("1", 1.0),
        (str(NOW // 1000 - 60), 0.0),
        (date(15), 15.0),
        ("9" * 15, LONGEST_WAIT),
        ("6m0", None),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("nan", None),
    ],
)
def test_a_reset_is_read_in_any_form(value, seconds):
    assert read_reset(value, NOW) == (None if seconds is None else pytest.approx(seconds))


def test_several_limits_of_one_answer_are_all_read():
    headers = {
        "x-ratelimit-remaining-requests": "9",
        "x-ratelimit-reset-requests": "1s",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "20s",
    }
    assert {limit.kind: limit.remaining for limit in read_limits(headers, NOW)} == {
        "x-ratelimit-*-requests": 9.0,
        "x-ratelimit-*-tokens": 0.0,
    }


@pytest.mark.parametrize(
    "headers", [{}, {"x-ratelimit-remaining-day": "0"}, {"x-ratelimit-reset": "60"}, {"x-ratelimit-remaining": "many"}]
)
def test_without_both_there_is_no_limit(headers):
    assert read_limits(headers, NOW) == []


@pytest.mark.parametrize(
    ("off_by", "seconds"), [(-600, 60.0), (600, 60.0), (-10 * 86_400, 60.0 + 0.0), (-40 * 365 * 86_400, 60.0)]
)
def test_a_time_is_read_by_the_clock_of_the_host_unless_that_is_absurd(off_by, seconds):
    near = abs(off_by) < 86_400
    their_now = NOW / 1000 + (off_by if near else 0)
    headers = {
        "date": date(off_by),
        "retry-after": email.utils.formatdate(their_now + 60, usegmt=True),
        "x-rate-limit-remaining": "0",
        "x-rate-limit-reset": str(int(their_now + 60)),
    }
    assert asked_wait(headers, NOW) == seconds
    assert read_limits(headers, NOW) == [Limit("x-rate-limit-*", 0.0, seconds)]


@given(st.dictionaries(st.sampled_from(["date", "retry-after", "x-ratelimit-reset", "ratelimit-remaining"]), st.text()))
def test_any_headers_give_bounded_limits(headers):
    for limit in read_limits(headers, NOW):
        assert math.isfinite(limit.remaining)
        assert 0 <= limit.resets_in <= LONGEST_WAIT
    wait = asked_wait(headers, NOW)
    assert wait is None or 0 <= wait <= LONGEST_WAIT


@given(st.text())
def test_any_text_as_a_reset(value):
    seconds = read_reset(value, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST_WAIT
