from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]
NOW = "2026-11-21T09:00:00Z"


def objects(result: subprocess.CompletedProcess[bytes]) -> list[Any]:
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_snapshot_counts_what_was_imported(filled: Run) -> None:
    (tree,) = objects(filled("snapshot", "--format", "json", "--as-of", NOW))
    assert tree["volume"] == tree["records"] == 5
    assert len(tree["beats"]) == 25
    beat = next(beat for beat in tree["beats"] if beat["slug"] == "open-source-ai")
    assert beat["sources"]["bluesky"] == 4
    assert beat["unique_authors"] == 5
    assert beat["sentiment"]["n"] == 4


def test_the_same_store_and_moment_give_the_same_bytes(filled: Run) -> None:
    for form in ("text", "json"):
        assert filled("snapshot", "--format", form, "--as-of", NOW).stdout == (
            filled("snapshot", "--format", form, "--as-of", NOW).stdout
        )


def test_snapshot_of_one_beat_in_a_file(filled: Run, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text("old")
    result = filled("snapshot", "--format", "json", "--as-of", NOW, "--beat", "open-source-ai", "-o", str(file))
    assert (result.returncode, result.stdout) == (0, b"")
    assert [beat["slug"] for beat in json.loads(file.read_bytes())["beats"]] == ["open-source-ai"]
    assert sorted(path.name for path in tmp_path.glob("*report*")) == ["report.json"]


def test_a_report_that_cannot_be_written_leaves_the_old_one(filled: Run, tmp_path: Path) -> None:
    result = filled("snapshot", "-o", str(tmp_path / "absent" / "report.txt"))
    assert result.returncode == 1
    assert result.stderr.count(b"\n") == 1


def test_the_text_snapshot_keeps_to_the_width_and_to_plain_text(filled: Run) -> None:
    for width in (40, 80):
        text = filled("snapshot", "--as-of", NOW, "--width", str(width)).stdout.decode()
        assert max(map(len, text.splitlines())) <= width
        assert "\x1b" not in text


def test_an_encoding_without_blocks_gets_ascii(filled: Run) -> None:
    result = filled("snapshot", "--as-of", NOW, PYTHONIOENCODING="ascii")
    assert result.returncode == 0
    assert result.stdout.isascii()
    assert b"Open Source AI" in result.stdout


def test_hostile_text_steers_no_terminal(run: Run) -> None:
    hostile = "Open weights \x1b[2J\x1b]0;owned\x07 and \u202eopen source AI\x9b31m"
    line = json.dumps({"source": "x", "native_id": "1", "text": hostile, "published_at": NOW, "author": "\x1b[1m"})
    assert run("import", "-", stdin=line.encode()).returncode == 0
    for arguments in (
        ["posts"],
        ["posts", "--json"],
        ["posts", "--csv"],
        ["explain", hostile],
        ["beats", "test", hostile],
    ):
        output = run(*arguments).stdout.decode()
        assert "pen weights" in output
        assert not {"\x1b", "\x07", "\x9b", "\u202e"}.intersection(output)


def test_importing_twice_changes_nothing_and_another_text_is_an_update(filled: Run) -> None:
    before = filled("snapshot", "--format", "json", "--as-of", NOW).stdout
    (post,) = objects(filled("posts", "--json", "--source", "news"))
    assert filled("import", "-", stdin=json.dumps(post).encode()).stderr.startswith(b"0 posts added, 0 updated, 1 unch")
    assert filled("snapshot", "--format", "json", "--as-of", NOW).stdout == before
    post["text"] = "Another text about open weights"
    result = filled("import", "--json", "-", stdin=json.dumps(post).encode())
    assert objects(result) == [{"added": 0, "updated": 1, "unchanged": 0, "deleted": 0, "failed": 0}]


def test_bad_lines_are_told_and_the_rest_is_imported(run: Run, tmp_path: Path) -> None:
    good = {"source": "x", "native_id": "1", "text": "open weights", "published_at": NOW}
    first = tmp_path / "first.jsonl"
    first.write_text("{\n" + json.dumps(good) + "\n")
    second = tmp_path / "second.csv"
    second.write_text(f"source,native_id,text,published_at\nx,2,open source AI,{NOW}\nx,3,no time,later\n")
    result = run("import", str(first), str(second), str(tmp_path / "absent.csv"))
    errors = result.stderr.decode()
    assert result.returncode == 1
    assert f"{first}:1: not valid JSON" in errors
    assert f"{second}:3: published_at: expected an ISO 8601 time" in errors
    assert "absent.csv: No such file" in errors
    assert "2 posts added, 0 updated, 0 unchanged, 0 deleted, 2 lines failed" in errors
    assert len(objects(run("posts", "--json"))) == 2


def test_csv_on_standard_input_is_recognised(run: Run) -> None:
    text = f"source,native_id,text,published_at\nx,2,open source AI,{NOW}\n"
    assert run("import", "-", stdin=text.encode()).returncode == 0
    assert len(objects(run("posts", "--json"))) == 1


def test_posts_are_found_and_come_back_as_they_are_imported(filled: Run, tmp_path: Path) -> None:
    assert len(objects(filled("posts", "--json", "--beat", "open-source-ai", "--source", "bluesky"))) == 4
    (found,) = objects(filled("posts", "news", "--json"))
    assert list(found)[:3] == ["source", "native_id", "text"]
    assert list(found)[-4:] == ["beats", "sentiment", "cluster", "deleted"]
    assert found["deleted"] is False
    assert found["sentiment"]["scored"] is False
    assert [post["sentiment"]["label"] for post in objects(filled("posts", "--json", "--sentiment", "positive"))] == (
        ["positive"] * 4
    )
    assert len(objects(filled("posts", "--json", "--since", "2026-11-21T02:00:00Z", "--limit", "2"))) == 2
    rows = list(csv.DictReader(io.StringIO(filled("posts", "--csv").stdout.decode())))
    assert {row["source"] for row in rows} == {"bluesky", "news"}
    copied = filled("--store", str(tmp_path / "copy.db"), "import", "-", stdin=filled("posts", "--csv").stdout)
    assert copied.stderr.startswith(b"5 posts added")


def test_posts_for_a_person_stand_in_a_line_each(filled: Run) -> None:
    lines = filled("posts").stdout.decode().splitlines()
    assert len(lines) == 5
    assert any("Bluesky, author-1, positive" in line for line in lines)
    none = filled("posts", "nothingofthekind")
    assert (none.returncode, none.stdout) == (0, b"")


def test_an_unknown_source_is_refused_with_the_near_name(filled: Run) -> None:
    result = filled("posts", "--source", "blusky")
    assert result.returncode == 2
    assert b'did you mean "bluesky"' in result.stderr


def test_beats_are_listed(run: Run) -> None:
    (beats,) = objects(run("beats", "--json"))
    assert len(beats) == 25
    assert set(beats[0]) == {"slug", "name", "category", "rule"}
    assert b"open-source-ai" in run("beats").stdout


def test_beats_test_gives_spans_into_the_text(run: Run) -> None:
    found = objects(run("beats", "test", "--json", stdin=b"Open weights for all\n\nNothing here\n"))
    assert [tree["text"] for tree in found] == ["Open weights for all", "", "Nothing here"]
    assert set(found[0]) == {"text", "lang", "beats"}
    (beat,) = (beat for beat in found[0]["beats"] if beat["slug"] == "open-source-ai")
    start, end, term = beat["spans"][0]
    assert found[0]["text"][start:end].casefold() == term.casefold()
    assert found[1]["beats"] == found[2]["beats"] == []


def test_explain_says_what_drove_the_sentiment(run: Run) -> None:
    (tree,) = objects(run("explain", "--json", "I love these wonderful open weights, they are great for everyone"))
    assert tree["sentiment"]["scored"] is True
    assert tree["sentiment"]["label"] == "positive"
    assert tree["sentiment"]["drivers"][0]["weight"] > 0
    (german,) = objects(
        run("explain", "--json", "Die Bundesregierung hat heute ein neues Gesetz zur Regulierung vorgelegt")
    )
    assert german["sentiment"] == {
        **{"scored": False, "label": None, "negative": None, "neutral": None, "positive": None},
        "drivers": [],
    }
    assert b"sentiment: positive" in run("explain", "I love these wonderful open weights, they are great").stdout


def test_applying_changed_rules_tags_the_stored_posts_again(filled: Run, tmp_path: Path) -> None:
    config = tmp_path / "config" / "discourse-monitor" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[beats.parts]\nname = "Parts"\nany = ["part 1", "part 2"]\n')
    (result,) = objects(filled("beats", "apply", "--json"))
    assert (result["read"], result["changed"]) == (5, 2)
    assert len(objects(filled("posts", "--json", "--beat", "parts"))) == 2
    (tree,) = objects(filled("snapshot", "--format", "json"))
    assert [mark["kind"] for mark in tree["manifest"]["marks"]][-1] == "retag"


def test_sources_are_listed_with_their_state(filled: Run) -> None:
    (sources,) = objects(filled("sources", "--json"))
    states = {source["slug"]: source["state"] for source in sources}
    assert {"x", "bluesky", "news", "youtube", "hackernews"} <= set(states)
    assert b"Bluesky" in filled("sources").stdout


def test_config_is_written_once_checked_shown_and_found(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "config" / "discourse-monitor" / "config.toml"
    assert run("config", "path").stdout.decode() == f"{file}\n"
    assert run("config", "init").returncode == 0
    assert run("config", "check").returncode == 0
    written = file.read_text()
    assert run("config", "init").returncode == 1
    assert file.read_text() == written
    (tree,) = objects(run("config", "show", "--json"))
    assert tree["interface"]["mouse"] is True
    assert b"[beats.open-source-ai]" in run("config", "show").stdout


def test_config_check_names_every_mistake_also_in_the_options_of_sources(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "config" / "discourse-monitor" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('[sources.bluesky]\nno_such_option = 1\n[sources.blusky]\n[keys]\napp.quit = "q"\napp.quiz = "z"\n')
    result = run("config", "check")
    assert result.returncode == 2
    assert result.stdout.decode().splitlines() == [
        f"{file}:2: sources.bluesky.no_such_option: unknown key",
        f'{file}:3: sources.blusky: no source of this name is installed (did you mean "bluesky"?)',
        f'{file}:6: keys.app.quiz: the app has no such binding (did you mean "app.quit"?)',
    ]
    problems = json.loads(run("config", "check", "--json").stdout)
    assert [problem["line"] for problem in problems] == [2, 3, 6]
    file.write_text("stor = 1\n" + file.read_text())
    problems = json.loads(run("config", "check", "--json").stdout)
    assert [problem["line"] for problem in problems] == [1, 3, 4, 7]


def test_doctor_finds_a_sound_store(filled: Run) -> None:
    (findings,) = objects(filled("doctor", "--offline", "--json"))
    assert {finding["area"] for finding in findings} >= {"configuration", "store", "fetcher", "terminal"}
    assert not [finding for finding in findings if finding["state"] == "problem"]
    assert any("recount" in finding["what"] for finding in findings)


def test_doctor_finds_a_damaged_store(run: Run, store: Path) -> None:
    store.write_text("not a database, but long enough to look at " * 100)
    result = run("doctor", "--offline")
    assert result.returncode == 1
    assert b"PROBLEM  store" in result.stdout


@pytest.mark.parametrize("name", ["posts", "sources", "snapshot"])
def test_nothing_is_coloured_in_a_pipe(filled: Run, name: str) -> None:
    assert b"\x1b" not in filled(name).stdout


def test_a_window_of_more_than_a_day_is_raw_under_every_lens_and_says_so(filled: Run) -> None:
    asked = ("--window", "7d", "--as-of", NOW, "--format", "json")
    under_a_lens = filled("snapshot", "--lens", "text", *asked)
    assert under_a_lens.stdout == filled("snapshot", *asked).stdout
    assert b"counted raw" in under_a_lens.stderr
