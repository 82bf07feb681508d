"""The state of a source and what is said of it, from a store to which its attempts were written."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.instants import DAY, HOUR, MINUTE, parse
from monitor.records import Attempt, SourceState, Span
from monitor.source_states import source_state
from monitor.store.reader import open_reader
from monitor.store.registry import SourceRegistration
from monitor.store.spending import Limit
from monitor.store.writer import Changes, Writer

START = parse("2026-11-21T00:00Z")
NOON = START + 12 * HOUR
TODAY = Limit("dollars", "day", START, START + DAY, 5.0)
THIS_MONTH = Limit("dollars", "month", START, START + 10 * DAY, 50.0)


class Told:
    """A store in which one source is registered, polled every ten minutes."""

    def __init__(self, path: Path) -> None:
        self.writer = Writer(path)
        self.register()

    def register(self, interval: float | None = 600.0, state: str = "", note: str = "") -> None:
        self.writer.register_sources([SourceRegistration("x", "X", interval, state, note)])

    def attempt(self, at: int, outcome: str = "ok", message: str = "", part: str = "a", **fields: object) -> None:
        covered: Span | None = (at - 10 * MINUTE, at) if outcome == "ok" else None
        self.writer.commit(
            Changes(attempts=[Attempt("x", part, covered, outcome, at, message=message, **fields)])  # type: ignore[arg-type]
        )

    def state(self, as_of: int = NOON) -> tuple[SourceState, str]:
        window = (as_of - DAY, as_of)
        with open_reader(self.writer.path) as reader:
            (row,) = [row for row in reader.sources(as_of) if row.slug == "x"]
            covered = reader.coverage(window, as_of).get("x", [])
            return source_state(row, covered, as_of, reader.standings(window, as_of).get("x"))


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path / "monitor.db")


def test_what_was_never_heard_of_is_off() -> None:
    assert source_state(None, [], NOON)[0] == "off"


def test_off_and_no_key_are_what_the_fetcher_said(told: Told) -> None:
    told.attempt(NOON - MINUTE)
    for state in ("off", "no-key"):
        told.register(None, state, "Set X_BEARER_TOKEN.")
        assert told.state() == (state, "Set X_BEARER_TOKEN.")


def test_before_the_first_answer_it_waits(told: Told) -> None:
    state, message = told.state()
    assert state == "waiting"
    assert "`monitor fetch`" in message


def test_after_a_success_it_is_well_for_three_intervals_and_stale_then(told: Told) -> None:
    told.attempt(NOON)
    assert told.state(NOON + 30 * MINUTE) == ("ok", "")
    state, message = told.state(NOON + 31 * MINUTE)
    assert state == "stale"
    assert "2026-11-21T12:00:00Z" in message
    assert "`monitor fetch`" in message


def test_a_failure_is_told_at_once_and_becomes_the_state_after_three_intervals(told: Told) -> None:
    told.attempt(NOON)
    told.attempt(NOON + 10 * MINUTE, "failed", "api.x.com answered 500.")
    assert told.state(NOON + 20 * MINUTE) == ("ok", "its last attempt failed: api.x.com answered 500.")
    state, message = told.state(NOON + 31 * MINUTE)
    assert state == "failing"
    assert message.startswith("api.x.com answered 500. ")
    assert "`monitor doctor`" in message
    told.attempt(NOON + 32 * MINUTE)
    assert told.state(NOON + 33 * MINUTE) == ("ok", "")


def test_a_source_that_failed_and_never_succeeded_is_failing(told: Told) -> None:
    told.attempt(NOON, "failed", "no route")
    assert told.state(NOON + MINUTE)[0] == "failing"


def test_a_key_that_the_source_refuses_is_told_at_once_until_it_takes_one(told: Told) -> None:
    told.attempt(NOON)
    told.attempt(NOON + MINUTE, "no-key", "X refused the key; set another one.")
    assert told.state(NOON + 2 * MINUTE) == ("no-key", "X refused the key; set another one.")
    told.attempt(NOON + 3 * MINUTE)
    assert told.state(NOON + 4 * MINUTE) == ("ok", "")


def test_over_budget_is_told_at_once_and_ends_with_its_period(told: Told) -> None:
    told.writer.set_ceilings("x", [TODAY, THIS_MONTH])
    told.writer.spend("x", [TODAY, THIS_MONTH], 4.9)
    told.attempt(NOON)
    told.attempt(NOON + MINUTE, "over-budget", "$4.90 of $5 today; it goes on tomorrow.")
    assert told.state(NOON + 2 * MINUTE) == ("over-budget", "$4.90 of $5 today; it goes on tomorrow.")
    assert told.state(START + DAY - 1)[0] == "over-budget"
    assert told.state(START + DAY)[0] == "stale"


def test_a_month_that_is_spent_outlasts_the_day(told: Told) -> None:
    told.writer.set_ceilings("x", [TODAY, THIS_MONTH._replace(ceiling=5.0)])
    told.writer.spend("x", [TODAY._replace(ceiling=50.0), THIS_MONTH._replace(ceiling=5.0)], 5.0)
    told.attempt(NOON, "over-budget", "$5 of $5 this month.")
    assert told.state(START + 9 * DAY)[0] == "over-budget"
    assert told.state(START + 10 * DAY)[0] != "over-budget"


def test_a_ceiling_of_the_source_itself_is_taken_to_hold_for_a_day(told: Told) -> None:
    told.attempt(NOON, "over-budget", "X gives no more.")
    assert told.state(NOON + DAY - 1)[0] == "over-budget"
    assert told.state(NOON + DAY)[0] != "over-budget"


def test_some_parts_in_trouble_are_told_while_the_source_is_well(told: Told) -> None:
    for part in "abcdefgh":
        told.attempt(NOON, part=part)
    told.attempt(NOON + MINUTE, "failed", "answered 404.", part="c")
    assert told.state(NOON + 2 * MINUTE) == ("ok", "1 of 8 parts fails: c: answered 404.")
    told.attempt(NOON + 2 * MINUTE, "failed", "answered 500.", part="d")
    assert told.state(NOON + 3 * MINUTE) == ("ok", "2 of 8 parts fail: d: answered 500.")
    told.attempt(NOON + 3 * MINUTE, "over-budget", "100 of 100 searches today.", part="e")
    assert told.state(NOON + 4 * MINUTE) == ("ok", "1 of 8 parts is over budget: e: 100 of 100 searches today.")
    for part in "cde":
        told.attempt(NOON + 5 * MINUTE, part=part)
    assert told.state(NOON + 6 * MINUTE) == ("ok", "")


def test_a_part_that_is_waited_for_over_many_hours_is_still_told(told: Told) -> None:
    told.attempt(NOON - 6 * HOUR, "failed", "answered 410.", part="gone")
    told.attempt(NOON - MINUTE)
    assert told.state()[1] == "1 of 2 parts fails: gone: answered 410."


def test_a_part_that_was_given_up_long_ago_is_not_told(told: Told) -> None:
    told.attempt(NOON - 8 * HOUR, "failed", "answered 410.", part="gone")
    told.attempt(NOON - MINUTE)
    assert told.state() == ("ok", "")


def test_what_was_missed_does_not_hide_a_trouble(told: Told) -> None:
    told.attempt(NOON, part="b")
    told.attempt(NOON, "failed", "broke off.")
    told.attempt(NOON + 1, "missed", "the source no longer gives this span")
    assert told.state(NOON + MINUTE)[1].startswith("1 of 2 parts fails: a: broke off.")


def test_an_earlier_moment_knows_nothing_of_later_troubles(told: Told) -> None:
    told.attempt(NOON)
    told.attempt(NOON + HOUR, "no-key", "refused")
    assert told.state(NOON + MINUTE) == ("ok", "")
    assert told.state(NOON + 2 * HOUR)[0] == "no-key"
