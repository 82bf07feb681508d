"""Drafts as they are stored, versioned and exported."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monitor.instants import parse
from monitor.records import Signal
from monitor.store.reader import open_reader
from monitor.store.writer import Writer
from monitor.stories import read
from tests.cli.conftest import lines, post
from tests.models.model_server import ModelServer, Turn, host
from tests.stories.test_model_drafting import truth

__all__ = ["host"]

Run = Callable[..., Any]
BEAT = "open-source-ai"
TEXTS = (
    "Open weights of the small model came out at noon and run on my old laptop",
    "Nobody packages these releases, the third with open weights and without a readme",
    "Our reading group compares open source AI licences on Friday, everyone is welcome",
    "A library in the harbour town put open source models into its cellar last winter",
    "What open weights need besides weights is patience, a mirror and somebody who answers",
)
AT = "2026-11-21T08:00:00Z"
LATER = "2026-11-21T08:30:00Z"


@pytest.fixture
def ready(run: Run) -> Run:
    posts = [post(number, url=f"https://posts.example/{number}", text=text) for number, text in enumerate(TEXTS)]
    assert run("import", "-", stdin=lines(*posts)).returncode == 0
    return run


def signal(level: str, opened: str = "2026-11-21T06:00:00Z", name: str = "v1") -> Signal:
    return Signal(name, "volume", BEAT, level, parse(opened), None, "so many posts", {"n": 8})  # type: ignore[arg-type]


def put_signals(store: Path, *signals: Signal) -> None:
    with Writer(store) as writer:
        writer.put_signals(signals)


def test_a_draft_is_printed_stored_and_listed(ready: Run) -> None:
    result = ready("stories", "draft", BEAT, "--as-of", AT)
    assert result.returncode == 0, result.stderr
    told = read(result.stdout.decode())
    (card,) = json.loads(ready("stories", "list", "--json").stdout)
    assert (card["slug"], card["origin"], card["significance"]) == (f"{BEAT}-2026-11-21", "drafted", "low")
    tree = json.loads(ready("stories", "show", card["slug"], "--json").stdout)
    assert tree["title"] == told.card.title
    assert tree["manifest"]["as_of"] == AT
    assert tree["manifest"]["model"] is None
    assert tree["manifest"]["window_hours"] == 24
    assert tree["manifest"]["lens"] == "raw"
    assert {"version", "config_hash", "rules_hash", "scorer", "store_high_water", "marks"} <= set(tree["manifest"])


def test_the_same_draft_again_is_no_version_and_a_later_one_is(ready: Run) -> None:
    for as_of in (AT, AT, LATER):
        assert ready("stories", "draft", BEAT, "--as-of", as_of).returncode == 0
    assert b"1 earlier version is kept." in ready("stories", "show", f"{BEAT}-2026-11-21").stdout
    assert ready("stories", "draft", BEAT, "--as-of", AT).returncode == 0
    slugs = [card["slug"] for card in json.loads(ready("stories", "--json").stdout)]
    assert slugs == [f"{BEAT}-2026-11-21", f"{BEAT}-2026-11-21-0800"]


@pytest.mark.parametrize("form", ["markdown", "html", "json", "text"])
def test_every_form_has_its_numbered_sources(ready: Run, tmp_path: Path, form: str) -> None:
    printed = ready("stories", "draft", BEAT, "--as-of", AT, "--format", form).stdout
    file = tmp_path / "story"
    slug = f"{BEAT}-2026-11-21"
    assert ready("stories", "show", slug, "--format", form, "-o", str(file)).returncode == 0
    assert file.read_bytes().decode().strip() == printed.decode().strip()
    shown = printed.decode()
    for number in range(1, 4):
        begins = {"markdown": f"[^{number}]: ", "html": f'<li id="source-{number}"', "text": f"[{number}] author-"}
        assert begins.get(form, f'"number": {number}') in shown
    if form != "html":
        told = read(shown)
        assert len(told.footnotes) == 3
        assert all(note.url for note in told.footnotes)
        assert "“" in told.body
        assert told.card.significance == "low"


def test_where_a_draft_goes(ready: Run, tmp_path: Path) -> None:
    file = tmp_path / "draft.html"
    result = ready("stories", "draft", BEAT, "--as-of", AT, "-o", str(file), "--format", "html", "--dry-run")
    assert (result.returncode, result.stdout) == (0, b"")
    assert file.read_text().startswith("<!DOCTYPE html>")
    assert json.loads(ready("stories", "--json").stdout) == []
    assert ready("stories", "draft", BEAT, "--as-of", AT, "-o", str(file), "--print").stdout.startswith(b"---\n")
    assert ready("stories", "draft", BEAT, "-o", str(tmp_path / "no" / "where")).returncode == 1


def test_cron_writes_where_a_signal_is_open_once_at_each_level(ready: Run, store: Path) -> None:
    def cron(*more: str) -> tuple[int, bytes, bytes]:
        result = ready("stories", "draft", "--all", "--if-signal", "--as-of", AT, *more)
        return result.returncode, result.stdout, result.stderr

    assert cron() == (0, b"", b"")
    put_signals(store, signal("low"))
    code, out, err = cron()
    assert (code, err) == (0, b"")
    assert out.startswith(f"{BEAT}-2026-11-21  low  ".encode())
    assert cron() == (0, b"", b"")
    assert cron("--json") == (0, b"[]\n", b"")
    put_signals(store, signal("high"))
    (card,) = json.loads(cron("--json")[1])
    assert (card["slug"], card["significance"], card["beat"]) == (f"{BEAT}-2026-11-21", "high", BEAT)
    assert cron() == (0, b"", b"")
    put_signals(store, signal("high")._replace(closed_at=parse("2026-11-21T07:00:00Z")), signal("low", name="v2"))
    (card,) = json.loads(cron("--json")[1])
    assert card["slug"] == f"{BEAT}-2026-11-21-0800"


def test_cron_gives_way_to_another_that_drafts(ready: Run, store: Path) -> None:
    from monitor.fetching.lease import Lease

    put_signals(store, signal("low"))
    ours, fetchers = Lease(store.with_name(store.name + "-drafts")), Lease(store)
    assert ours.try_acquire()
    result = ready("stories", "draft", "--all", "--if-signal", "--as-of", AT)
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
    ours.release()
    assert fetchers.try_acquire()
    assert ready("stories", "draft", "--all", "--if-signal", "--as-of", AT).stdout
    fetchers.release()


def test_drafts_of_all_leave_out_what_nothing_was_collected_of(ready: Run) -> None:
    result = ready("stories", "draft", "--all", "--as-of", AT)
    assert result.returncode == 0, result.stderr
    slugs = [line.split()[0].decode() for line in result.stdout.splitlines()]
    assert f"{BEAT}-2026-11-21" in slugs
    assert {card["slug"] for card in json.loads(ready("stories", "--json").stdout)} == set(slugs)


def test_a_draft_of_a_store_that_cannot_be_written_can_be_printed(ready: Run, store: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everything")
    store.chmod(0o444)
    assert ready("stories", "draft", BEAT, "--as-of", AT, "--dry-run").returncode == 0


def test_a_model_drafts(ready: Run, host: ModelServer, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(host.table("openai"), encoding="utf-8")
    host.turns = [truth]
    result = ready("--config", str(config), "stories", "draft", BEAT, "--as-of", AT, "--by", "model")
    assert result.returncode == 0, result.stderr
    assert b"monitor: test-model-1-20261101 wrote open-source-ai, 120 tokens" in result.stderr
    tree = json.loads(ready("stories", "show", f"{BEAT}-2026-11-21", "--json").stdout)
    assert tree["manifest"]["model"] == "test-model-1-20261101"
    assert "test-model-1-20261101" in tree["disclosure"]
    assert json.loads(ready("stories", "lint", f"{BEAT}-2026-11-21", "--json").stdout)["fidelity"] == 100


@pytest.mark.parametrize(
    "turn",
    [Turn("no json"), Turn(status=401, error="who?"), Turn(end="cut"), Turn(end="declined"), Turn(status=529)],
    ids=["no JSON", "refused key", "cut", "declined", "overloaded"],
)
def test_a_model_that_fails_is_told_and_nothing_is_stored(
    ready: Run, host: ModelServer, tmp_path: Path, turn: Turn
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(host.table("anthropic"), encoding="utf-8")
    host.turns = [turn]
    result = ready("--config", str(config), "stories", "draft", BEAT, "--as-of", AT, "--by", "model")
    assert (result.returncode, result.stdout) == (1, b"")
    assert b"Traceback" not in result.stderr
    assert result.stderr
    assert json.loads(ready("stories", "--json").stdout) == []


def test_without_a_model_drafting_by_one_is_told(ready: Run) -> None:
    result = ready("stories", "draft", BEAT, "--as-of", AT, "--by", "model")
    assert (result.returncode, b"No language model is configured" in result.stderr) == (1, True)


def test_what_a_draft_quotes_is_gone_when_the_post_is(ready: Run, store: Path) -> None:
    assert ready("stories", "draft", BEAT, "--as-of", AT).returncode == 0
    slug = f"{BEAT}-2026-11-21"
    with open_reader(store) as reader:
        story = reader.story(slug)
    assert story is not None
    words = story.cited[0].words
    assert words in ready("stories", "show", slug).stdout.decode().replace("\n", " ")
    assert ready("forget", "--url", str(story.footnotes[0].url)).returncode == 0
    for form in ([], ["--format", "text"], ["--format", "html"], ["--json"]):
        shown = " ".join(ready("stories", "show", slug, *form).stdout.decode().split())
        assert words not in shown
        assert "no longer kept here" in shown


def test_moments_are_those_of_the_story(ready: Run) -> None:
    assert ready("stories", "draft", BEAT, "--as-of", AT).returncode == 0
    (card,) = json.loads(ready("stories", "--json").stdout)
    assert parse(card["published_at"]) == parse(AT)
