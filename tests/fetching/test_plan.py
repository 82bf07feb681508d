from __future__ import annotations

from typing import Any

from monitor.fetching.plan import Plan, is_read, make_plan, source_marks
from monitor.records import Beats
from monitor.sources.base import NoKey, Part, SourceError, SourceSettings
from monitor.store.registry import SourceRegistration

ON, OFF = SourceSettings(True, {}), SourceSettings(False, {})
POLL = Part("feeds", "a", 600.0)


def plan_of(scripted: Any, beats: Beats, named: Any, settings: SourceSettings = ON, only: tuple[str, ...] = ()) -> Plan:
    source = scripted(None, named, slug="feeds")
    return make_plan({"feeds": source}, beats, lambda source: settings, only)


def test_a_source_is_read_in_all_its_parts(scripted: Any, beats: Beats) -> None:
    plan = plan_of(scripted, beats, [POLL, Part("feeds", "b", 60.0)])
    assert [part.name for part in plan.parts["feeds"]] == ["a", "b"]
    (registration,) = plan.registrations
    assert (registration.slug, registration.name, registration.state, registration.note) == ("feeds", "Feeds", "", "")
    assert registration.interval_seconds is not None
    assert registration.interval_seconds >= 600


def test_a_stream_is_expected_to_show_itself_every_minute(scripted: Any, beats: Beats) -> None:
    plan = plan_of(scripted, beats, [Part("feeds", "stream", 5.0, streaming=True)])
    assert plan.registrations[0].interval_seconds == 60


def test_a_part_that_is_named_twice_is_read_once(scripted: Any, beats: Beats) -> None:
    assert len(plan_of(scripted, beats, [POLL, POLL._replace(interval=60.0)]).parts["feeds"]) == 1


def test_a_source_that_is_off_is_registered_so(scripted: Any, beats: Beats) -> None:
    plan = plan_of(scripted, beats, [POLL], OFF)
    assert plan.parts == {}
    assert plan.registrations[0].state == "off"
    assert "[sources.feeds]" in plan.registrations[0].note
    assert plan.registrations[0].interval_seconds is None


def test_a_source_without_a_key_says_what_is_missing(scripted: Any, beats: Beats) -> None:
    plan = plan_of(scripted, beats, NoKey("Set FEEDS_KEY."))
    assert plan.parts == {}
    assert (plan.registrations[0].state, plan.registrations[0].note) == ("no-key", "Set FEEDS_KEY.")


def test_a_source_whose_settings_cannot_be_used_is_off_and_says_why(scripted: Any, beats: Beats) -> None:
    plan = plan_of(scripted, beats, SourceError("Set dollars_per_month."))
    assert (plan.registrations[0].state, plan.registrations[0].note) == ("off", "Set dollars_per_month.")


def test_a_source_with_nothing_to_read_is_off(scripted: Any, beats: Beats) -> None:
    assert plan_of(scripted, beats, []).registrations[0].state == "off"


def test_a_source_that_breaks_when_asked_is_named_and_stops_nothing(scripted: Any, beats: Beats) -> None:
    sources = {"feeds": scripted(None, ValueError("boom"), slug="feeds"), "other": scripted(None, [POLL], slug="other")}
    plan = make_plan(sources, beats, lambda source: ON)
    assert list(plan.parts) == ["other"]
    assert isinstance(plan.broken["feeds"], ValueError)
    assert "boom" not in plan.registrations[0].note


def test_a_choice_of_sources_restricts_what_is_read_but_not_what_is_registered(scripted: Any, beats: Beats) -> None:
    plan = plan_of(scripted, beats, [POLL], only=("other",))
    assert plan.parts == {}
    assert is_read(plan.registrations[0].interval_seconds, plan.registrations[0].state)


def test_a_source_that_comes_or_goes_is_marked() -> None:
    reads, rests = SourceRegistration("a", "A", 60.0), SourceRegistration("b", "B", None, "no-key", "set a key")
    marks = source_marks({"a": False, "b": True, "c": True}, [reads, rests], 5)
    assert [(mark.at, mark.kind, mark.what) for mark in marks] == [
        (5, "source", "A is read from now on"),
        (5, "source", "B is no longer read (no-key)"),
    ]


def test_nothing_is_marked_where_nothing_changed_or_the_store_is_new() -> None:
    reads = SourceRegistration("a", "A", 60.0)
    assert source_marks({"a": True}, [reads], 5) == []
    assert source_marks({}, [reads], 5) == []
    assert source_marks({"a": False}, [reads], 5) == [], "known from an import only"
