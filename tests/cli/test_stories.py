from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import lines, post
from tests.stories.samples import ANOTHER, BODY, export, page

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]

CARD_KEYS = {
    *("slug", "title", "dek", "beat", "category", "significance", "published_at", "url", "origin", "panel"),
}


def tree_of(result: subprocess.CompletedProcess[bytes]) -> Any:
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "export.txt").write_text(export(), encoding="utf-8")
    (tmp_path / "page.txt").write_text(page("The Page", ANOTHER), encoding="utf-8")
    (tmp_path / "log.txt").write_text("12:01 started\n12:02 ended\n", encoding="utf-8")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
    return tmp_path


def test_what_is_no_story_is_named_and_the_others_are_imported(run: Run, folder: Path) -> None:
    names = [str(folder / name) for name in ("export.txt", "log.txt", "picture.png", "absent.txt", "page.txt")]
    result = run("stories", "import", *names)
    said = result.stderr.decode().splitlines()
    assert (result.returncode, result.stdout) == (1, b"")
    assert said[0] == f"{names[0]}: added: a-quiet-week-a920"
    assert said[1] == f"monitor: {names[1]}: below the title there are fewer than 25 words"
    assert said[2] == f"monitor: {names[2]}: the file is no text in UTF-8"
    assert said[3] == f"monitor: {names[3]}: No such file or directory"
    assert said[4].startswith(f"{names[4]}: added: the-page; its file does not say: beat, level, date of publication")
    assert said[5] == "2 added, 0 updated, 0 unchanged, 1 new stub, 3 failed"
    again = run("stories", "import", names[0], "-", "--json", stdin=page("The Page", ANOTHER).encode())
    assert tree_of(again) == {
        **{"added": 0, "updated": 0, "unchanged": 2, "stubs": 0, "failed": 0},
        "stories": ["a-quiet-week-a920", "the-page"],
    }


def test_the_list_as_json(run: Run, folder: Path) -> None:
    assert run("stories", "import", str(folder / "export.txt"), str(folder / "page.txt")).returncode == 0
    listed = {each["slug"]: each for each in tree_of(run("stories", "list", "--json"))}
    assert all(set(each) == CARD_KEYS for each in listed.values())
    assert {slug: each["origin"] for slug, each in listed.items()} == {
        "a-quiet-week-a920": "imported",
        "the-page": "imported",
        "the-crane-that-minds-fog": "stub",
    }
    assert listed["the-page"]["panel"] == {
        **{"volume": 469, "records": 31370},
        "sources": {"x": 84, "bluesky": 106, "news": 188, "youtube": 91},
    }
    assert listed["a-quiet-week-a920"]["panel"] is None
    assert listed["a-quiet-week-a920"]["published_at"] == "2026-11-21T07:30:00Z"
    (one,) = tree_of(run("stories", "--json", "--beat", "open-source-ai"))
    assert one["slug"] == "a-quiet-week-a920"
    assert len(tree_of(run("stories", "--json", "--limit", "2"))) == 2
    assert run("stories", "--beat", "open-sauce-ai").returncode == 2
    text = run("stories").stdout.decode()
    assert "21 Nov 2026 07:30  -       Open Source AI: A Quiet Week\n" in text
    assert "the-crane-that-minds-fog (stub)" in text


def test_exports_name_the_beat_and_keep_the_licence_as_it_was(run: Run, folder: Path) -> None:
    assert run("stories", "import", str(folder / "export.txt")).returncode == 0
    text, page_of = (
        run("stories", "show", "a-quiet-week-a920", "--format", form).stdout.decode() for form in ("text", "html")
    )
    assert "\nBeat: Open Source AI\n" in text
    assert text.count("Source:") == 1
    assert "<p>Open Source AI · " in page_of
    again = run("stories", "import", "-", "--json", stdin=text.encode())
    assert tree_of(again)["unchanged"] == 1


def test_a_story_as_json(run: Run) -> None:
    body = BODY.replace("Weights", "{{entity:meta|Meta}}", 1).replace("table.", "table.[¹]")
    assert run("stories", "import", "-", stdin=export(body=body).encode()).returncode == 0
    tree = tree_of(run("stories", "show", "--json", "a-quiet-week-a920"))
    assert {*CARD_KEYS, "body", "links", "footnotes", "quotes", "disclosure", "related"} <= set(tree)
    (link,) = tree["links"]
    start, end = link["span"]
    assert (link["kind"], link["slug"], link["label"]) == ("entity", "meta", "Meta")
    assert tree["body"][start:end] == "Meta"
    assert "{{" not in tree["body"]


@pytest.mark.parametrize("width", ["60", "80", "200"])
def test_a_story_is_a_measured_column(run: Run, width: str) -> None:
    body = BODY.replace("Weights", "{{entity:meta|Meta}} [bold]weights[/bold]", 1).replace("table.", "table.[¹]")
    assert run("stories", "import", "-", stdin=page(body=body).encode()).returncode == 0
    text = run("stories", "show", "a-quiet-week", COLUMNS=width).stdout.decode()
    assert max(map(len, text.splitlines())) <= min(int(width), 80)
    assert "Meta [bold]weights[/bold] keep shipping" in " ".join(text.split())
    assert "  Meta: entity meta\n" in text
    assert "Links\n" in text
    assert "X 84, Bluesky 106, News 188, YouTube 91" in " ".join(text.split())
    assert "1. (its file does not say what this mark points to)" in " ".join(text.split())
    assert "\n\nWhat is missing" in text
    assert not {"{{", "}}", "\x1b"}.intersection(text.split())


def test_hostile_stories_steer_no_terminal(run: Run) -> None:
    hostile = export("A \x1b[2JQuiet \u202eWeek", body=BODY.replace("dull", "\x1b]0;owned\x07dull\x9b31m"))
    assert run("stories", "import", "-", stdin=hostile.encode()).returncode == 0
    for arguments in (
        ["list"],
        ["list", "--json"],
        ["show", "a-quiet-week-a920"],
        ["show", "--json", "a-quiet-week-a920"],
    ):
        shown = run("stories", *arguments).stdout.decode()
        assert "Week" in shown
        assert not {"\x1b", "\x07", "\x9b", "\u202e"}.intersection(shown)


def test_an_unknown_slug_is_told_with_the_nearest(run: Run) -> None:
    assert run("stories", "import", "-", stdin=export().encode()).returncode == 0
    result = run("stories", "show", "a-quiet-week")
    assert result.returncode == 1
    assert b'there is no story "a-quiet-week" (did you mean "a-quiet-week-a920"?)' in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["list", "x"],
        ["show"],
        ["show", "a", "b"],
        ["import"],
        ["lint"],
        ["show", "a", "--limit", "3"],
        ["list", "--min-fidelity", "3"],
        ["lint", "a", "--min-fidelity", "101"],
        ["tell"],
    ],
)
def test_what_is_called_wrongly(run: Run, arguments: list[str]) -> None:
    result = run("stories", *arguments)
    assert (result.returncode, result.stdout) == (2, b"")
    assert result.stderr.startswith(b"monitor: ")


def test_the_seed_documents(run: Run) -> None:
    folder = os.environ.get("MONITOR_SEEDS_DIR")
    if not folder:
        pytest.skip("MONITOR_SEEDS_DIR is not set")
    files = sorted(map(str, Path(folder).glob("*.txt")))
    assert run("stories", "import", *files).returncode == 0
    listed = tree_of(run("stories", "--json"))
    assert [each["origin"] for each in listed].count("imported") == 5
    assert [each["origin"] for each in listed].count("stub") == 5
    for each in listed:
        text = run("stories", "show", each["slug"]).stdout.decode()
        assert max(map(len, text.splitlines())) <= 80
    assert tree_of(run("stories", "import", "--json", *files))["unchanged"] == 5


QUOTED = "Open weights ship every week and the scaffolding for them does not"


@pytest.fixture
def checkable(run: Run) -> Run:
    """A store with five posts of Open Source AI on Bluesky, of which one is worth quoting."""
    said = post(
        9,
        text=f"{QUOTED}, which is sad",
        author="ada",
        likes=14,
        published_at="2026-11-21T07:00:00Z",
        collected_at="2026-11-21T07:01:00Z",
    )
    posts = [*(post(number) for number in range(4)), said]
    assert run("import", "-", stdin=lines(*posts)).returncode == 0
    return run


BODY_TO_CHECK = (
    f'On Bluesky one post put it plainly: "{QUOTED}" The post got fourteen likes. The {{{{beat:open-source-ai|beat}}}} '
    "had 5 posts in the last 24 hours, from {{entity:deepseek|Qwen}}, and a model with 90 languages came out."
)


def test_a_story_is_checked_claim_by_claim(checkable: Run, tmp_path: Path) -> None:
    file = tmp_path / "story.txt"
    file.write_text(export(body=BODY_TO_CHECK), encoding="utf-8")
    tree = tree_of(checkable("stories", "lint", "--json", str(file)))
    assert set(tree) == {"slug", "fidelity", "formula", "claims"}
    assert [(claim["kind"], claim["verdict"]) for claim in tree["claims"]] == [
        ("source", "supported"),
        ("quote", "supported"),
        ("number", "supported"),
        ("number", "supported"),
        ("entity", "contradicted"),
        ("number", "uncheckable"),
    ]
    assert tree["fidelity"] == 57
    assert "2 * contradicted" in tree["formula"]
    assert "ada on Bluesky, 2026-11-21T07:00:00Z, 14 likes" in tree["claims"][1]["detail"]
    assert checkable("stories", "import", str(file)).returncode == 0
    assert tree_of(checkable("stories", "lint", "--json", "a-quiet-week-a920")) == tree
    body = tree_of(checkable("stories", "show", "--json", "a-quiet-week-a920"))["body"]
    assert all(body[slice(*claim["span"])] == claim["text"] for claim in tree["claims"])


def test_the_findings_as_text_and_the_least_fidelity(checkable: Run) -> None:
    stdin = export(body=BODY_TO_CHECK).encode()
    result = checkable("stories", "lint", "-", "--min-fidelity", "58", stdin=stdin, COLUMNS="80")
    text = result.stdout.decode()
    assert result.returncode == 1
    assert max(map(len, text.splitlines())) <= 80
    assert text.index("✗ contradicted  entity  line 1, ") < text.index("✓ supported  quote")
    assert '"Qwen" is a name of qwen, not of deepseek' in text
    assert "6 claims: 1 contradicted, 0 unsupported, 1 uncheckable, 4 supported" in text
    assert "Fidelity 57 of 100 (100 * supported /" in text
    assert checkable("stories", "lint", "-", "--min-fidelity", "57", stdin=stdin).returncode == 0
    assert checkable("stories", "lint", "-", stdin=stdin, PYTHONIOENCODING="ascii").stdout.isascii()


def test_a_story_without_claims_has_no_fidelity(checkable: Run) -> None:
    stdin = export(body=BODY).encode()
    tree = tree_of(checkable("stories", "lint", "-", "--json", stdin=stdin))
    assert (tree["claims"], tree["fidelity"]) == ([], None)
    assert checkable("stories", "lint", "-", "--min-fidelity", "0", stdin=stdin).returncode == 1


def test_a_story_without_a_beat_can_be_checked_against_one(checkable: Run) -> None:
    stdin = page(body=ANOTHER + " Of harbours there were 5 posts in the last 24 hours.").encode()
    (all_beats,) = tree_of(checkable("stories", "lint", "-", "--json", stdin=stdin))["claims"]
    (one,) = tree_of(checkable("stories", "lint", "-", "--json", "--beat", "open-source-ai", stdin=stdin))["claims"]
    assert "of all beats" in all_beats["detail"]
    assert "of Open Source AI" in one["detail"]
    assert checkable("stories", "lint", "-", "--beat", "harbours", stdin=stdin).returncode == 2


def test_what_cannot_be_checked_is_told(checkable: Run, folder: Path) -> None:
    result = checkable("stories", "lint", str(folder / "log.txt"))
    assert (result.returncode, b"fewer than 25 words" in result.stderr) == (1, True)
    assert checkable("stories", "import", str(folder / "page.txt")).returncode == 0
    result = checkable("stories", "lint", "the-crane-that-minds-fog")
    assert (result.returncode, b"is a stub" in result.stderr) == (1, True)
    assert checkable("stories", "lint", "nothing-of-the-kind").returncode == 1


def test_a_draft_is_markdown_that_passes_the_linter(checkable: Run, tmp_path: Path) -> None:
    result = checkable("stories", "draft", "open-source-ai", "--as-of", "2026-11-21T08:00:00Z")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(b"---\ntitle: ")
    assert b"Open Source AI" in result.stdout.splitlines()[1]
    assert b"No post of the day could be quoted whole" in result.stdout
    file = tmp_path / "draft.md"
    file.write_bytes(result.stdout)
    assert tree_of(checkable("stories", "lint", "--json", "--min-fidelity", "100", str(file)))["fidelity"] == 100
    assert checkable("stories", "import", str(file)).returncode == 0
    (card,) = tree_of(checkable("stories", "list", "--json"))
    assert (card["origin"], card["beat"]) == ("drafted", "open-source-ai")


def test_what_cannot_be_drafted_is_told(checkable: Run) -> None:
    result = checkable("stories", "draft", "open-source-ai", "--as-of", "2025-01-01T00:00:00Z")
    assert (result.returncode, result.stdout) == (1, b"")
    assert b"nothing was collected of open-source-ai in the 24 h to 2025-01-01T00:00:00Z" in result.stderr
    assert checkable("stories", "draft", "open-sauce-ai").returncode == 2
    for wrong in (["--all"], ["--json", "--format", "html"], ["--limit", "3"]):
        assert checkable("stories", "draft", "open-source-ai", *wrong).returncode == 2
    assert checkable("stories", "draft").returncode == 2
