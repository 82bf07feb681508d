from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.typed_paths import common_beginning, completions, files_of, last_word


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("one.txt", "other.txt", "page with spaces.md", ".hidden"):
        (tmp_path / name).write_text("x")
    (tmp_path / "old stories").mkdir()
    (tmp_path / "old stories" / "a.txt").write_text("x")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_line_is_one_path_where_there_is_such_a_file(folder: Path) -> None:
    assert files_of(" page with spaces.md ") == [Path("page with spaces.md")]


def test_a_line_names_several_files_as_a_shell_reads_it(folder: Path) -> None:
    assert files_of("~/one.txt 'page with spaces.md'") == [folder / "one.txt", Path("page with spaces.md")]
    assert files_of(f"{folder}/*.txt") == [folder / "one.txt", folder / "other.txt"]
    assert files_of("o*.txt") == [Path("one.txt"), Path("other.txt")]
    assert files_of("nowhere.txt") == [Path("nowhere.txt")]
    assert files_of("*.nothing") == [Path("*.nothing")]
    assert files_of("  ") == []


def test_a_word_goes_on_as_the_folder_has_it(folder: Path) -> None:
    assert completions("o") == ("old stories/", "one.txt", "other.txt")
    assert completions("one.txt ot") == ("other.txt",)
    assert completions("~/on") == ("~/one.txt",)
    assert completions("old stories/") == ("old stories/a.txt",)
    assert completions("") == ("old stories/", "one.txt", "other.txt", "page with spaces.md")
    assert completions(".h") == (".hidden",)
    assert completions("nowhere/at/all") == ()


@given(st.text(max_size=60))
def test_any_line_has_an_answer(line: str) -> None:
    assert line.endswith(last_word(line))
    assert isinstance(completions(line, most=3), tuple)


@given(st.text(alphabet="ab '\"*?[]~/.\\\0", max_size=12))
def test_any_line_names_files_or_none(line: str) -> None:
    assert all(isinstance(path, Path) for path in files_of(line))


def test_a_line_may_be_longer_than_any_name() -> None:
    line = "a" * 100_000 + " " + "b/" * 3000
    assert len(files_of(line)) == 2
    assert completions(line) == ()


@given(st.lists(st.text(alphabet="ab", max_size=5), min_size=1))
def test_the_common_beginning_is_the_longest_one(words: list[str]) -> None:
    common = common_beginning(words)
    assert all(word.startswith(common) for word in words)
    assert len({word[: len(common) + 1] for word in words}) > 1 or common == words[0]
