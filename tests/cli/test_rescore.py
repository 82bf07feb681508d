from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.instants import parse
from monitor.store.reader import open_reader
from monitor.store.recount import recount
from monitor.text.scorers import IN_USE, NAMES
from tests.cli.conftest import lines, post

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]

OTHER = next(choice for choice in NAMES if choice != IN_USE)

AGAIN = "; `monitor rescore` scores these again"

PACKAGE = """
class Gloomy:
    name = "gloomy-1"

    def score(self, texts):
        return [(0.9, 0.05, 0.05) for text in texts]

    def explain(self, text):
        return []


class Broken:
    pass
"""


@pytest.fixture
def config(tmp_path: Path) -> Callable[[str], Path]:
    def choose(scorer: str) -> Path:
        file = tmp_path / "config.toml"
        file.write_text(f'[sentiment]\nscorer = "{scorer}"\n')
        return file

    return choose


@pytest.fixture
def package(tmp_path: Path) -> dict[str, str]:
    """The environment in which another package brings two scorers, one of them broken."""
    folder = tmp_path / "site"
    (folder / "gloomy-1.0.dist-info").mkdir(parents=True)
    (folder / "gloomy.py").write_text(PACKAGE)
    (folder / "gloomy-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: gloomy\nVersion: 1.0\n")
    (folder / "gloomy-1.0.dist-info" / "entry_points.txt").write_text(
        "[monitor.scorers]\ngloomy = gloomy:Gloomy\nbroken = gloomy:Broken\n"
    )
    return {"PYTHONPATH": f"{folder}:{Path(__file__).parents[2]}"}


def scores(store: Path) -> dict[int, object]:
    with open_reader(store) as reader:
        return {number: reader.post(number).probabilities for number in range(1, 6)}  # type: ignore[union-attr]


def marks(store: Path) -> list[tuple[str, str]]:
    with open_reader(store) as reader:
        return [(mark.kind, mark.what) for mark in reader.marks((0, parse("2100-01-01T00:00:00Z")))]


def test_the_same_scorer_changes_nothing(filled: Run, store: Path) -> None:
    before = scores(store)
    result = filled("rescore", "--json")
    assert json.loads(result.stdout) == {"read": 5, "scored": 4, "changed": 0, "scorer": NAMES[IN_USE]}
    assert (result.returncode, result.stderr) == (0, b"")
    assert scores(store) == before


def test_another_scorer_scores_everything_in_english_again(
    filled: Run, store: Path, config: Callable[[str], Path]
) -> None:
    before = scores(store)
    result = filled("rescore", "--config", str(config(OTHER)))
    assert result.returncode == 0
    assert f"5 posts read, 4 scored by {NAMES[OTHER]}, 4 otherwise than before" in result.stderr.decode()
    after = scores(store)
    assert [after[number] != before[number] for number in range(1, 6)] == [True] * 4 + [False]
    assert after[5] is None
    assert recount(store) == []
    assert marks(store)[-1] == ("scorer", f"stored posts scored again by {NAMES[OTHER]}, 4 of 5 changed")
    manifest = json.loads(filled("snapshot", "--format", "json").stdout)["manifest"]
    assert manifest["scorer"] == NAMES[OTHER]


def test_labels_stay_with_their_posts_and_correct_the_new_scores(
    filled: Run, store: Path, config: Callable[[str], Path]
) -> None:
    filled("label", "--beat", "open-source-ai", stdin=b"1,u\n2,u\n3,p\n")
    filled("rescore", "--config", str(config(OTHER)))
    with open_reader(store) as reader:
        (row,) = reader.labels().calibrating()
        stored = reader.labels().of_beat(row.beat_id)
    assert [label.label for label in stored] == ["neutral", "neutral", "positive"]
    assert {label.probabilities for label in stored} <= set(scores(store).values())


def test_a_scorer_of_another_package_can_be_chosen(
    filled: Run, store: Path, config: Callable[[str], Path], package: dict[str, str]
) -> None:
    file = str(config("gloomy"))
    assert filled("config", "check", "--config", file, **package).returncode == 0
    assert b'scorer = "gloomy"' in filled("config", "show", "--config", file, **package).stdout
    assert filled("rescore", "--config", file, **package).returncode == 0
    assert scores(store)[1] == (0.9, pytest.approx(0.05), 0.05)
    assert b"gloomy-1" in filled("snapshot", "--config", file, **package).stdout
    (line,) = filled("explain", "--json", "--config", file, "What a wonderful day it is", **package).stdout.splitlines()
    assert json.loads(line)["sentiment"]["label"] == "negative"


def test_posts_that_come_by_another_scorer_leave_a_mark(
    filled: Run, store: Path, config: Callable[[str], Path]
) -> None:
    assert filled("import", "-", "--config", str(config(OTHER)), stdin=lines(post(50))).returncode == 0
    assert (
        "scorer",
        f"new posts are scored by {NAMES[OTHER]}, those stored before by {NAMES[IN_USE]}{AGAIN}",
    ) in marks(store)
    told = f"its posts carry scores of {NAMES[IN_USE]} and {NAMES[OTHER]}; run `monitor rescore`".encode()
    assert told in filled("doctor", "--offline").stdout
    filled("rescore")
    assert b"carry scores" not in filled("doctor", "--offline").stdout


def test_what_cannot_be_used_is_said(
    filled: Run, store: Path, config: Callable[[str], Path], package: dict[str, str]
) -> None:
    result = filled("config", "check", "--config", str(config("vadr")))
    assert result.returncode == 2
    assert (
        b'sentiment.scorer: there is no such scorer (did you mean "vader"?); there are: vader, table' in result.stdout
    )
    before = scores(store)
    for arguments in (["rescore"], ["explain", "a day"]):
        result = filled(*arguments, "--config", str(config("broken")), **package)
        assert result.returncode == 1
        assert b"the scorer broken (gloomy:Broken) cannot be used: it has no name" in result.stderr
    assert scores(store) == before


def test_the_fetcher_marks_a_scorer_change_when_it_starts(
    filled: Run, environment: dict[str, str], store: Path, tmp_path: Path, config: Callable[[str], Path]
) -> None:
    file = config(OTHER)
    off = "".join(
        f"[sources.{slug}]\nenabled = false\n"
        for slug in ("bluesky", "news", "youtube", "hackernews", "arxiv", "mastodon", "reddit", "x")
    )
    file.write_text(file.read_text() + off)
    command = [sys.executable, "-m", "monitor", "--store", str(store), "--config", str(file), "fetch", "--once"]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
    assert b"nothing-to-read" in done.stderr
    assert (
        "scorer",
        f"new posts are scored by {NAMES[OTHER]}, those stored before by {NAMES[IN_USE]}{AGAIN}",
    ) in marks(store)


def test_a_store_that_is_not_there_is_not_made(run: Run, store: Path) -> None:
    assert run("rescore").returncode == 1
    assert not store.exists()
