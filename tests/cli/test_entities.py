"""`monitor posts --entity`: posts that name somebody, as their words say it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]

TEXTS = (
    "Meta Platforms releases weights",
    "a meta discussion of nothing",
    "Mark said =Meta once; Meta again",
    "Metabolism and llamas",
    "OpenAI and Meta agree on a licence",
)


def fill(run: Run) -> None:
    rows = [
        {"source": "bluesky", "native_id": str(number), "text": text, "published_at": f"2026-11-2{number}T10:00:00Z"}
        for number, text in enumerate(TEXTS)
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    assert run("import", "-", stdin=lines).returncode == 0


def numbers(result: subprocess.CompletedProcess[bytes]) -> list[str]:
    assert result.returncode == 0, result.stderr
    return [json.loads(line)["native_id"] for line in result.stdout.splitlines()]


def test_posts_are_found_that_say_a_name_and_no_others(run: Run) -> None:
    fill(run)
    assert numbers(run("posts", "--json", "--entity", "meta")) == ["4", "2", "0"]
    assert numbers(run("posts", "--json", "--entity", "meta", "--entity", "openai")) == ["4"]
    assert numbers(run("posts", "licence", "--json", "--entity", "meta")) == ["4"]


def test_the_limit_counts_what_is_named_not_what_was_looked_at(run: Run) -> None:
    fill(run)
    assert numbers(run("posts", "--json", "--entity", "meta", "--limit", "2")) == ["4", "2"]
    assert numbers(run("posts", "--json", "--entity", "meta", "--limit", "3")) == ["4", "2", "0"]


def test_an_unknown_entity_is_a_mistake_with_a_suggestion(run: Run) -> None:
    fill(run)
    result = run("posts", "--entity", "opanai")
    assert result.returncode == 2
    assert b'did you mean "openai"' in result.stderr
