"""Every option of every source that comes with the program: a file that sets them all, and a mistake in each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from monitor.cli.configuration import find_problems
from monitor.cli.context import Context
from monitor.config import Problem
from monitor.config.showing import to_toml
from monitor.config.sources import ceilings_of, file_option, keys_of
from monitor.sources.registry import load_sources

SOURCES = {slug: source for slug, source in load_sources().items() if type(source).__module__.startswith("monitor.")}

GOOD: dict[str, dict[str, Any]] = {
    "arxiv": {
        "categories": ["cs.AI", "stat.ML"],
        "backfill_days": 0,
        "endpoint": "https://arxiv.example/rss/",
        "api_endpoint": "https://arxiv.example/api/query",
    },
    "bluesky": {
        "endpoint": ["wss://one.example/subscribe", "wss://two.example/subscribe"],
        "app_view": "https://view.example",
        "identifier": "ada.example",
        "service": "https://pds.example",
        "backfill_hours": 48,
    },
    "hackernews": {"endpoint": "https://hn.example/search", "items_endpoint": "https://hn.example/v0"},
    "mastodon": {"instances": ["one.example"], "tags": ["#ai", "llm"], "only_indexable": True},
    "news": {
        "feeds": ["https://paper.example/feed?token=1234"],
        "use_shipped_feeds": False,
        "google_news": False,
        "poll_minutes": 20,
        "gdelt": True,
        "gdelt_endpoint": "https://gdelt.example/doc",
        "guardian_endpoint": "https://guardian.example/search",
        "guardian_calls_per_day": 100,
    },
    "reddit": {
        "subreddits": ["LocalLLaMA", "r/singularity"],
        "poll_minutes": 10,
        "user_agent": "linux:monitor:1 (by /u/ada)",
        "feeds": "https://reddit.example",
        "endpoint": "https://oauth.reddit.example",
        "tokens": "https://reddit.example/token",
    },
    "x": {
        "beats": ["ai-regulation"],
        "languages": ["en", "de"],
        "operators": "-is:retweet",
        "query_length": 512,
        "poll_minutes": 10,
        "posts_per_poll": 100,
        "first_hours": 2,
        "backlog_hours": 24,
        "authors": False,
        "refresh": False,
        "stream": False,
        "endpoint": "https://x.example/2",
        "dollars_per_month": 10,
        "dollars_per_day": 0.5,
    },
    "youtube": {
        "channels": ["UC" + "a" * 22],
        "poll_minutes": 60,
        "search": True,
        "beats": ["ai-regulation"],
        "terms_per_beat": 3,
        "language": "",
        "region": "US",
        "comments": 2,
        "endpoint": "https://youtube.example/v3",
        "feeds": "https://youtube.example/feeds",
        "searches_per_day": 50,
        "units_per_day": 5000,
    },
}

OF_ANOTHER_TYPE: dict[type, object] = {bool: "yes", int: 2.5, float: "much", str: 3, list: "one"}

UNUSABLE: list[tuple[str, str, object]] = [
    ("arxiv", "categories", ["cs.AI", "no category"]),
    ("arxiv", "backfill_days", -1),
    ("arxiv", "endpoint", "rss.arxiv.org"),
    ("arxiv", "api_endpoint", "ftp://arxiv.example"),
    ("bluesky", "endpoint", ["wss://one.example/subscribe", "one.example"]),
    ("bluesky", "app_view", "view.example"),
    ("bluesky", "service", "https://"),
    ("bluesky", "backfill_hours", -24),
    ("hackernews", "endpoint", "search"),
    ("hackernews", "items_endpoint", "https://hn.example:port"),
    ("mastodon", "instances", ["one.example", "no instance"]),
    ("mastodon", "tags", ["#ai", "two words"]),
    ("news", "feeds", ["https://paper.example/feed", "paper.example"]),
    ("news", "poll_minutes", -5),
    ("news", "gdelt_endpoint", "gdelt"),
    ("news", "guardian_endpoint", "guardian"),
    ("news", "guardian_calls_per_day", 0),
    ("reddit", "subreddits", ["LocalLLaMA", "no subreddit"]),
    ("reddit", "poll_minutes", -5),
    ("reddit", "feeds", "www.reddit.com"),
    ("reddit", "endpoint", "oauth"),
    ("reddit", "tokens", "token"),
    ("x", "beats", ["ai-regulation", "no-beat"]),
    ("x", "operators", "x" * 500),
    ("x", "query_length", -1),
    ("x", "poll_minutes", -1),
    ("x", "posts_per_poll", -1),
    ("x", "first_hours", -1),
    ("x", "backlog_hours", -1),
    ("x", "endpoint", "api.x.com"),
    ("x", "dollars_per_month", -1),
    ("x", "dollars_per_day", 0),
    ("youtube", "channels", ["UC" + "a" * 22, "no channel"]),
    ("youtube", "poll_minutes", -1),
    ("youtube", "beats", ["ai-regulation", "ai-regulations"]),
    ("youtube", "terms_per_beat", -1),
    ("youtube", "comments", -1),
    ("youtube", "endpoint", "youtube"),
    ("youtube", "feeds", "feeds"),
    ("youtube", "searches_per_day", -1),
    ("youtube", "units_per_day", 0),
]
"""Values of the right type that cannot be used; of a list it is the last element."""


def declared() -> list[tuple[str, str, type]]:
    """Source, name and type of every option."""
    found = []
    for slug, source in SOURCES.items():
        found += [(slug, option.name, option.kind) for option in source.options]
        found += [(slug, ceiling.option, float) for ceiling in ceilings_of(source)]
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def problems(file: Path, tables: dict[str, dict[str, Any]]) -> list[Problem]:
    file.write_text(to_toml({"sources": tables}), encoding="utf-8")
    return find_problems(Context(config=file))


def line_of(file: Path, slug: str, name: str, value: object) -> int:
    """The line of an option, or of the last element where its list has lines of its own."""
    lines = file.read_text(encoding="utf-8").splitlines()
    start = lines.index(f"[sources.{slug}]")
    return next(n for n, line in enumerate(lines[start:], start + 1) if line.startswith(f"{name} ="))


def test_the_good_file_sets_every_option() -> None:
    assert {(slug, name) for slug, name, _ in declared()} == {(slug, name) for slug in GOOD for name in GOOD[slug]}


def test_a_file_that_sets_every_option_of_every_source_has_no_mistakes(file: Path) -> None:
    assert problems(file, GOOD) == []
    places = {
        slug: {"enabled": True} | {file_option(key): f"/run/{key.name}" for key in keys_of(source)} | GOOD[slug]
        for slug, source in SOURCES.items()
    }
    assert problems(file, places) == []


@pytest.mark.parametrize(("slug", "name", "kind"), declared())
def test_a_value_of_another_type_is_told_with_file_line_and_key(file: Path, slug: str, name: str, kind: type) -> None:
    value = OF_ANOTHER_TYPE[kind]
    (problem,) = problems(file, GOOD | {slug: GOOD[slug] | {name: value}})
    assert (problem.file, problem.key) == (str(file), f"sources.{slug}.{name}")
    assert problem.line == line_of(file, slug, name, value)
    assert problem.message.startswith("expected")


@pytest.mark.parametrize(("slug", "name", "value"), UNUSABLE)
def test_a_value_that_cannot_be_used_is_told_with_file_line_and_key(
    file: Path, slug: str, name: str, value: object
) -> None:
    (problem,) = problems(file, GOOD | {slug: GOOD[slug] | {name: value}})
    assert (problem.file, problem.key) == (str(file), f"sources.{slug}.{name}")
    assert problem.line == line_of(file, slug, name, value)
    assert problem.message


def test_no_option_is_left_out_that_can_hold_something_unusable() -> None:
    """Texts that may say anything, switches, and lists of languages."""
    free = {"identifier", "user_agent", "languages", "language", "region"}
    tried = {(slug, name) for slug, name, _ in UNUSABLE}
    assert {name for slug, name, kind in declared() if kind is not bool and (slug, name) not in tried} == free


def test_the_element_of_a_list_is_told_by_its_line(file: Path) -> None:
    file.write_text(
        '[sources.mastodon]\ntags = [\n  "ai",\n]\n[sources.news]\nfeeds = [\n  "https://a.example/",\n  "b",\n]\n'
    )
    (problem,) = find_problems(Context(config=file))
    assert (problem.line, problem.key) == (8, "sources.news.feeds")


@pytest.mark.parametrize(
    ("slug", "name", "value"),
    [
        ("news", "feeds", "https://paper.example/feed?token=hush"),
        ("news", "feeds", ["https://ada:hush@paper.example/feed"]),
        ("mastodon", "instances", ["https://ada:hush@one.example/"]),
        ("x", "endpoint", "ftp://x.example/?api_key=hush"),
        ("bluesky", "endpoint", ["ftp://ada:hush@one.example"]),
    ],
)
def test_a_mistake_is_told_without_the_secret_in_it(file: Path, slug: str, name: str, value: object) -> None:
    found = problems(file, {slug: {name: value}})
    assert found
    assert "hush" not in "".join(map(str, found))
