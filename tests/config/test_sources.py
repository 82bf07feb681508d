from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence

import pytest

from monitor.config import Config
from monitor.config.sources import check_sources, settings_of
from monitor.records import Beat
from monitor.sources.base import Batch, Part, SourceOption, SourceSettings

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
