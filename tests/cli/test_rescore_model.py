"""`monitor rescore` where a language model is the scorer."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.store.reader import open_reader
from monitor.store.recount import recount
from monitor.text.shares import label_of
from tests.cli.conftest import lines, post
from tests.models.model_server import ModelServer, host
from tests.models.moods import by_words

__all__ = ["host"]

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]
POSTS = (
    post(1, text="Open source AI with open weights is wonderful"),
    post(2, text="Open source AI with open weights is terrible"),
    post(3, text="Open source AI with open weights is wonderful"),
    post(4, text="Open-Source-KI ist wunderbar", lang="de"),
)


@pytest.fixture
def config(host: ModelServer, tmp_path: Path) -> Callable[..., str]:
    def made(**more: object) -> str:
        host.turns = [by_words]
        file = tmp_path / "config.toml"
        file.write_text('[sentiment]\nscorer = "model"\n' + host.table("openai", **more), "utf-8")
        return str(file)

    return made


def moods(store: Path) -> list[str | None]:
    with open_reader(store) as reader:
        posts = [reader.post(number) for number in range(1, 5)]
    return [None if one is None or one.probabilities is None else label_of(one.probabilities) for one in posts]


def test_posts_come_in_without_a_mood_and_the_model_gives_them_theirs(
    run: Run, store: Path, config: Callable[..., str], host: ModelServer
) -> None:
    file = config()
    assert run("import", "-", "--config", file, stdin=lines(*POSTS)).returncode == 0
    assert moods(store) == [None] * 4
    result = run("rescore", "--json", "--config", file)
    assert (result.returncode, result.stderr) == (0, b"")
    told = json.loads(result.stdout)
    assert told == {"read": 4, "scored": 3, "changed": 3, "scorer": "model/test-model-1/1", "asked": 2, "left": 0}
    assert moods(store) == ["positive", "negative", "positive", None]
    assert recount(store) == []
    assert len(host.asked) == 1
    assert json.loads(run("rescore", "--json", "--config", file).stdout)["changed"] == 0
    assert len(host.asked) == 1
    assert b"model/test-model-1/1" in run("snapshot", "--config", file).stdout
    assert b"not scored, for it is not known yet" in run("explain", "--config", file, "What a wonderful day").stdout


def test_where_a_ceiling_is_reached_the_rest_stays_without_a_mood(
    run: Run, store: Path, config: Callable[..., str]
) -> None:
    run("import", "-", stdin=lines(*POSTS))
    assert None not in moods(store)[:3]
    result = run("rescore", "--config", config(tokens_per_day=100))
    assert result.returncode == 0
    told = " ".join(result.stderr.decode().split())
    assert "2 texts are left without a mood; `monitor rescore` asks again." in told
    assert "tokens_per_day" in told
    assert moods(store) == [None] * 4


def test_a_model_that_cannot_be_asked_changes_nothing(
    run: Run, store: Path, config: Callable[..., str], host: ModelServer, tmp_path: Path
) -> None:
    run("import", "-", stdin=lines(*POSTS))
    before = moods(store)
    file = Path(config())
    file.write_text('[sentiment]\nscorer = "model"\n[model]\napi = "anthropic"\nname = "m"\n', "utf-8")
    result = run("rescore", "--config", str(file), ANTHROPIC_API_KEY="")
    assert result.returncode == 1
    assert b"ANTHROPIC_API_KEY" in result.stderr
    assert moods(store) == before
    file.write_text('[sentiment]\nscorer = "model"\n', "utf-8")
    result = run("config", "check", "--config", str(file))
    assert result.returncode == 2
    assert b"name one in the table [model]" in result.stdout
