from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from monitor.sources.base import SourceSettings
from monitor.sources.registry import GROUP, load_sources

PACKAGE = """
class Gopher:
    slug = "gopher"
    name = "Gopher"
    options = ()

    def parts(self, settings, beats):
        return ()

    async def fetch(self, client, part, cursor, now):
        yield

class Renamed(Gopher):
    slug = "other"

class Copy(Gopher):
    slug = "bluesky"

class Empty:
    slug = "empty"

class Broken:
    def __init__(self):
        raise ZeroDivisionError("by the author")
"""


@pytest.fixture
def _package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "stranger.py").write_text(PACKAGE)
    (tmp_path / "stranger_unreadable.py").write_text("def (")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("stranger", None)


def entry(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, GROUP)


def test_the_sources_of_the_program_are_there():
    sources = load_sources()
    assert {"bluesky", "news", "hackernews"} <= set(sources)
    assert sources.troubles == ()
    for slug, source in sources.items():
        assert source.slug == slug
        assert all(isinstance(option.default, option.kind) for option in source.options)
        assert source.parts(SourceSettings(False, {}), ()) == ()


@pytest.mark.usefixtures("_package")
def test_a_source_of_another_package_is_there():
    sources = load_sources([entry("gopher", "stranger:Gopher")])
    assert sources["gopher"].name == "Gopher"
    assert sources.troubles == ()


@pytest.mark.usefixtures("_package")
@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("missing", "not_there_at_all:Source", "No module named"),
        ("missing", "stranger:Nobody", "Nobody"),
        ("unreadable", "stranger_unreadable:Source", "SyntaxError"),
        ("broken", "stranger:Broken", "by the author"),
        ("empty", "stranger:Empty", "it has no name"),
        ("renamed", "stranger:Renamed", "its slug is 'other'"),
    ],
)
def test_a_source_that_cannot_be_used_is_reported_and_does_no_harm(name, value, reason):
    sources = load_sources([entry(name, value), entry("gopher", "stranger:Gopher")])
    assert set(sources) == {"gopher"}
    (trouble,) = sources.troubles
    assert trouble.slug == name
    assert reason in trouble.message


@pytest.mark.usefixtures("_package")
def test_a_stranger_cannot_take_the_place_of_a_source_of_the_program():
    own = entry("bluesky", "monitor.sources.bluesky:Bluesky")
    sources = load_sources([entry("bluesky", "stranger:Copy"), own])
    assert type(sources["bluesky"]).__name__ == "Bluesky"
    assert "twice" in sources.troubles[0].message
