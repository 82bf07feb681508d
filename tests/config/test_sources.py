from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence

import pytest

from monitor.config import Config
from monitor.config.sources import check_sources, settings_of
from monitor.records import Beat
from monitor.sources.base import Batch, Ceiling, Part, SourceKey, SourceOption, SourceSettings

Loader = Callable[[str], Config]


class Wire:
    """A source with one option of each kind."""

    slug = "wire"
    name = "Wire"
    options = (
        SourceOption("feeds", list, ["https://example.org/feed"], "addresses"),
        SourceOption("minutes", float, 5.0, "how often"),
        SourceOption("most", int, 10, "how many"),
        SourceOption("api_key", str, "", "the key"),
    )

    def parts(self, settings: SourceSettings, beats: Sequence[Beat]) -> Sequence[Part]:
        return ()

    async def fetch(self, client: object, part: Part, cursor: str | None, now: int) -> AsyncIterator[Batch]:
        return
        yield


def test_options_that_are_left_out_have_their_defaults(configured: Loader) -> None:
    config = configured("[sources.wire]\nmost = 3\n")
    assert settings_of(config, Wire()) == SourceSettings(
        True, {"feeds": ["https://example.org/feed"], "minutes": 5.0, "most": 3, "api_key": ""}
    )


def test_a_source_without_a_table_is_on(configured: Loader) -> None:
    assert settings_of(configured(""), Wire()).enabled


def test_good_options_raise_no_complaint(configured: Loader) -> None:
    config = configured('[sources.wire]\nenabled = false\nfeeds = ["a"]\nminutes = 2\nmost = 3\napi_key = "k"\n')
    assert check_sources(config, [Wire()]) == []


def test_every_wrong_option_is_told_with_its_line(configured: Loader) -> None:
    config = configured(
        '[sources.wire]\nfeed = ["a"]\nminutes = "2"\nmost = 2.5\nfeeds = [1]\n[sources.wired]\n[sources.x]\n'
    )
    assert [(problem.line, problem.key, problem.message) for problem in check_sources(config, [Wire()])] == [
        (2, "sources.wire.feed", 'unknown key (did you mean "feeds"?)'),
        (3, "sources.wire.minutes", 'expected a number, found "2"'),
        (4, "sources.wire.most", "expected a whole number, found 2.5"),
        (5, "sources.wire.feeds", "expected a list of texts, found a list"),
        (6, "sources.wired", 'no source of this name is installed (did you mean "wire"?)'),
        (7, "sources.x", "this version cannot read this source, only import posts of it"),
    ]


@pytest.mark.parametrize("option", Wire.options)
def test_every_default_is_of_its_kind(option: SourceOption, configured: Loader) -> None:
    settings = settings_of(configured(""), Wire())
    config = configured("")._replace(sources={"wire": settings})
    assert check_sources(config, [Wire()]) == []


class Metered(Wire):
    """The same with a key and two ceilings."""

    keys = (SourceKey("token", "WIRE_TOKEN", "of the app"),)
    ceilings = (
        Ceiling("calls_per_day", "calls", "day", 100, "calls"),
        Ceiling("dollars_per_day", "dollars", "day", None, "dollars"),
    )


def test_a_ceiling_has_its_default_or_is_absent_until_it_is_set(configured: Loader) -> None:
    options = settings_of(configured(""), Metered()).options
    assert options["calls_per_day"] == 100
    assert "dollars_per_day" not in options
    assert (
        settings_of(configured("[sources.wire]\ndollars_per_day = 0.5\n"), Metered()).options["dollars_per_day"] == 0.5
    )


def test_files_of_keys_and_ceilings_are_options(configured: Loader) -> None:
    text = '[sources.wire]\ntoken_file = "~/token"\ncalls_per_day = 5\ndollars_per_day = 0.5\n'
    assert check_sources(configured(text), [Metered()]) == []
    assert [problem.key for problem in check_sources(configured(text), [Wire()])] == [
        *("sources.wire.token_file", "sources.wire.calls_per_day", "sources.wire.dollars_per_day")
    ]


def test_a_secret_in_the_file_is_refused_with_advice_and_not_repeated(configured: Loader) -> None:
    (problem,) = check_sources(configured('[sources.wire]\ntoken = "AAAA"\n'), [Metered()])
    assert (problem.line, problem.key) == (2, "sources.wire.token")
    for words in ("does not belong in this file", "WIRE_TOKEN", "token_file"):
        assert words in problem.message
    (problem,) = check_sources(configured("[sources.wire]\ntoken_file = 12345\n"), [Metered()])
    assert "12345" not in problem.message


@pytest.mark.parametrize("value", ["0", "-1", "inf", "nan", "true", '"5"'])
def test_a_ceiling_is_a_number_above_zero(configured: Loader, value: str) -> None:
    (problem,) = check_sources(configured(f"[sources.wire]\ndollars_per_day = {value}\n"), [Metered()])
    assert problem.key == "sources.wire.dollars_per_day"
