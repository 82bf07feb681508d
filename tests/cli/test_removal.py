"""`monitor forget` and `monitor prune`."""

from __future__ import annotations

import json

from tests.cli.conftest import Run, lines, post


def left(run: Run) -> set[str]:
    out = run("posts", "--json", "--limit", "100").stdout.splitlines()
    return {json.loads(line)["native_id"] for line in out}


def test_the_posts_of_an_author_are_forgotten_and_stay_away(filled: Run) -> None:
    done = filled("forget", "--author", "author-1")
    assert (done.returncode, done.stdout) == (0, b"")
    assert b"1 post removed" in done.stderr
    assert left(filled) == {"0", "2", "3", "9"}
    filled("import", "-", stdin=lines(post(1)))
    assert left(filled) == {"0", "2", "3", "9"}


def test_an_at_sign_and_a_name_are_understood(filled: Run) -> None:
    filled("import", "-", stdin=lines(post(11, author="did:1", author_name="ada.example")))
    assert json.loads(filled("forget", "--author", "@author-2", "--dry-run", "--json").stdout)["posts"] == 1
    assert json.loads(filled("forget", "--author", "@ada.example", "--json").stdout) == {"posts": 1, "removed": 1}


def test_a_dry_run_removes_nothing(filled: Run) -> None:
    done = filled("forget", "--author", "author-1", "--dry-run")
    assert b"1 post meant; nothing was removed" in done.stderr
    assert len(left(filled)) == 5


def test_only_one_source(filled: Run) -> None:
    assert json.loads(filled("forget", "--author", "author-9", "--source", "bluesky", "--json").stdout)["removed"] == 0
    assert json.loads(filled("forget", "--author", "author-9", "--source", "news", "--json").stdout)["removed"] == 1


def test_nobody_named_is_a_mistake(filled: Run) -> None:
    done = filled("forget")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"--author" in done.stderr


def test_old_posts_are_pruned(filled: Run) -> None:
    old = post(50, published_at="2020-01-01T00:00:00Z", collected_at="2020-01-01T00:01:00Z")
    filled("import", "-", stdin=lines(old))
    assert json.loads(filled("prune", "--keep", "1000d", "--dry-run", "--json").stdout)["posts"] == 1
    done = filled("prune", "--keep", "1000d")
    assert (done.returncode, done.stdout) == (0, b"")
    assert b"1 posts older than" in done.stderr or b"1 post older than" in done.stderr
    assert left(filled) == {"0", "1", "2", "3", "9"}


def test_what_present_figures_need_is_never_pruned(filled: Run) -> None:
    done = filled("prune", "--keep", "60d")
    assert done.returncode == 2
    assert b"the last 61 days are always kept" in done.stderr


def test_without_a_length_nothing_is_pruned(filled: Run) -> None:
    assert filled("prune").returncode == 2
