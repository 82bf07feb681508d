"""`monitor signals`: found where no fetcher looks for them, told with their working, the same in every form."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monitor.instants import HOUR
from monitor.records import Attempt
from monitor.store.reader import open_reader
from monitor.store.writer import Changes, Writer
from tests.detecting.stores import END, SPIKE, START, covered, steady, write

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


def listed(result: subprocess.CompletedProcess[bytes]) -> list[Any]:
    assert result.returncode == 0, result.stderr
    found: list[Any] = json.loads(result.stdout)
    return found


def petition(authors: int, *, day: str = "2026-11-19") -> bytes:
    rows = [
        {
            "source": "bluesky",
            "native_id": str(number),
            "text": "We the undersigned ask every lab to publish its open weights before the end of the year.",
            "published_at": f"{day}T10:{number:02}:00Z",
            "author": f"author-{number}",
            "lang": "en",
        }
        for number in range(authors)
    ]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


@pytest.fixture(scope="module")
def spiky_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("signals") / "store.db"
    posts = [*steady((START, END), 2, first=1), *steady((SPIKE, SPIKE + HOUR), 16, first=200_000)]
    write(path, posts, covered("bluesky"))
    return path


@pytest.fixture
def spiky(spiky_base: Path, store: Path) -> Path:
    shutil.copyfile(spiky_base, store)
    return store


def test_an_import_is_looked_through_at_the_first_question(run: Run) -> None:
    assert run("import", "-", stdin=petition(8)).returncode == 0
    (signal,) = listed(run("signals", "--json"))
    assert signal["kind"] == "copies"
    assert signal["level"] == "low"
    assert signal["id"] == "copies-open-source-ai-20261119T100401Z"
    assert signal["opened_at"] == "2026-11-19T10:04:01Z"
    assert signal["evidence"]["authors"] == 8
    assert listed(run("signals", "--json")) == [signal]


def test_the_json_is_that_of_the_snapshot(run: Run) -> None:
    run("import", "-", stdin=petition(8))
    found = listed(run("signals", "--json"))
    (snapshot,) = [json.loads(run("snapshot", "--format", "json", "--as-of", "2026-11-19T23:00:00Z").stdout)]
    assert snapshot["signals"] == found
    beat = next(beat for beat in snapshot["beats"] if beat["slug"] == "open-source-ai")
    assert beat["signals"] == [found[0]["id"]]


def test_what_is_listed_can_be_chosen(run: Run) -> None:
    run("import", "-", stdin=petition(8))
    run("import", "-", stdin=petition(6, day="2026-11-02").replace(b'"native_id": "', b'"native_id": "early'))
    assert len(listed(run("signals", "--json"))) == 1
    assert len(listed(run("signals", "--recompute", "--since", "2026-11-01", "--json"))) == 2
    assert len(listed(run("signals", "--since", "2026-11-10", "--json"))) == 1
    assert len(listed(run("signals", "--all", "--json"))) == 2
    assert listed(run("signals", "--beat", "ai-law", "--json")) == []
    assert listed(run("signals", "--beat", "open-source-ai", "--json"))
    result = run("signals", "--beat", "ai-lore")
    assert result.returncode == 2
    assert b"ai-law" in result.stderr


def test_a_spike_is_told_with_its_working(run: Run, spiky: Path) -> None:
    result = run("signals", "--all", COLUMNS="90")
    text = result.stdout.decode()
    assert result.returncode == 0, result.stderr
    head, *rows = text.splitlines()
    assert head.startswith(("high    volume      Open Models:", "medium  volume      Open Models:"))
    labels = [row[2:12].strip() for row in rows if row[2:3].strip()]
    assert labels[:6] == ["says", "when", "n", "expected", "change", "window"]
    assert {"baseline", "missing", "made by", "method"} <= set(labels)
    assert "Bluesky" in text
    assert "of the baseline, left out" in text
    assert all(len(line) <= 90 for line in text.splitlines())


def test_ascii_output_is_ascii(run: Run, spiky: Path) -> None:
    result = run("signals", "--all", LC_ALL="C", PYTHONIOENCODING="ascii")
    assert result.returncode == 0, result.stderr
    assert result.stdout.isascii()


def test_looking_anew_replaces_what_was_found(run: Run, spiky: Path) -> None:
    before = listed(run("signals", "--all", "--json"))
    with Writer(spiky) as writer, open_reader(spiky) as reader:
        wrong = [signal._replace(level="low", summary="wrong") for signal in reader.signals(0, END + HOUR)]
        writer.put_signals(wrong)
    assert [signal["summary"] for signal in listed(run("signals", "--all", "--json"))] == ["wrong"] * len(before)
    assert listed(run("signals", "--recompute", "--since", "2026-11-18", "--json")) == before


def test_no_signals_and_no_store_are_said(run: Run, store: Path) -> None:
    result = run("signals")
    assert result.returncode == 1
    assert b"there is no store yet" in result.stderr
    with Writer(store) as writer:
        writer.commit(Changes(attempts=(Attempt("news", "all", (START, END), "ok", END),)))
    result = run("signals")
    assert (result.returncode, result.stdout) == (0, b"")
    assert b"no signals" in result.stderr
