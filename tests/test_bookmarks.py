from __future__ import annotations

import json
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

import monitor.bookmarks
from monitor.bookmarks import NOTHING, Bookmarks


def marks(path: Path, at: int = 7) -> Bookmarks:
    return Bookmarks(path, lambda: at)


def test_what_was_read_is_known_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "state" / "stories.json"
    first = marks(path)
    first.set_read("a-quiet-week", True)
    first.set_starred("a-quiet-week", True)
    first.set_place("the-crane", 412)
    assert first.save() == ""
    again = marks(path)
    assert again.of("a-quiet-week")[:2] == (True, True)
    assert again.of("the-crane").place == 412
    assert again.of("another") == NOTHING
    assert again.problem == ""
    assert {each.name for each in path.parent.iterdir()} == {"stories.json", "stories.json.lock"}


def test_two_programs_keep_what_the_other_wrote(tmp_path: Path) -> None:
    path = tmp_path / "stories.json"
    one, other = marks(path), marks(path)
    one.set_read("a", True)
    other.set_read("b", True)
    assert one.save() == other.save() == ""
    assert marks(path).of("a").read
    assert marks(path).of("b").read


def test_many_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "stories.json"

    def write(number: int) -> None:
        mine = marks(path)
        mine.set_read(f"story-{number}", True)
        mine.save()

    threads = [Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(marks(path).of(f"story-{number}").read for number in range(8))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"version": 1}',
        b'{"version": 1, "stories": {"a": {"read": "yes"}}}',
        b'{"version": 1, "stories": {"a": {"unknown": 1}}}',
        b'{"version": 1, "stories": {"a": {"place": "far"}}}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_said_and_set_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "stories.json"
    path.write_bytes(content)
    found = marks(path, at=99)
    aside = tmp_path / "stories.json.damaged-99"
    assert "damaged" in found.problem
    assert str(aside) in found.problem
    assert aside.read_bytes() == content
    found.set_read("a", True)
    assert found.save() == ""
    assert marks(path).of("a").read


def test_a_file_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "stories.json"
    path.write_text('{"version": 2, "shelves": {}}')
    found = marks(path)
    found.set_read("a", True)
    assert "later version" in found.problem
    assert found.save() == ""
    assert path.read_text() == '{"version": 2, "shelves": {}}'


def test_a_later_version_that_wrote_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "stories.json"
    mine = marks(path)
    mine.set_read("a", True)
    path.write_text('{"version": 2, "shelves": {}}')
    assert "later version" in mine.save()
    assert path.read_text() == '{"version": 2, "shelves": {}}'


def test_a_file_that_cannot_be_read_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "stories.json"
    mine = marks(path)
    mine.set_read("a", True)
    path.symlink_to(path)
    assert "cannot be told" in mine.save()
    assert path.is_symlink()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("no folder")
    found = marks(tmp_path / "state" / "stories.json")
    found.set_read("a", True)
    assert "not kept" in found.save()


def test_the_file_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitor.bookmarks, "MOST", 3)
    path = tmp_path / "stories.json"
    for number in range(6):
        mine = marks(path, at=number)
        mine.set_read(f"story-{number}", True)
        if number == 0:
            mine.set_starred("story-0", True)
        mine.save()
    assert set(json.loads(path.read_text())["stories"]) == {"story-0", "story-4", "story-5"}


@given(st.binary(max_size=200))
def test_any_bytes_are_a_file_or_a_damaged_one(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("state") / "stories.json"
    path.write_bytes(content)
    assert marks(path).of("a") == NOTHING
