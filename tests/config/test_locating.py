from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.locating import Path, locate
from monitor.config.showing import to_toml


def paths_of(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every table, key and element of a parsed document."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, element in items:
        yield from paths_of(element, (*path, key))


@pytest.mark.parametrize(
    ("document", "path", "line"),
    [
        ("a = 1", ("a",), 1),
        ("\n\n# no = 1\na = 1", ("a",), 4),
        ("[t]\na = 1\nb = 2", ("t", "b"), 3),
        ("[t.u]\na = 1\n[t]\nb = 1", ("t",), 1),
        ("[t.u]\na = 1\n[t]\nb = 1", ("t", "b"), 4),
        ('["a.b".\'c d\']\n"e=f" = 1', ("a.b", "c d", "e=f"), 2),
        ("a . b.c = 1", ("a", "b", "c"), 1),
        ("a = [\n 1,\n # [2]\n 3,\n]\nb = 4", ("a", 1), 4),
        ("a = [\n 1,\n # [2]\n 3,\n]\nb = 4", ("b",), 6),
        ("a = [[1, 2],\n [3]]", ("a", 1, 0), 2),
        ("a = {b = 1, c.d = [1,\n2]}\ne = 1", ("a", "c", "d", 1), 2),
        ("a = {b = 1, c.d = [1,\n2]}\ne = 1", ("e",), 3),
        ("[[f]]\nn = 1\n[[f]]\nn = 2", ("f", 1, "n"), 4),
        ("[[f]]\n[[f.g]]\nn = 1\n[f.h]\nn = 2\n[[f]]\n[[f.g]]\nn = 3", ("f", 0, "h", "n"), 5),
        ("[[f]]\n[[f.g]]\nn = 1\n[f.h]\nn = 2\n[[f]]\n[[f.g]]\nn = 3", ("f", 1, "g", 0, "n"), 8),
        ('a = """\n[not a table]\nx = 1"""\nb = 1', ("b",), 4),
        ("a = '''\n[no]\n'''\nb = 1", ("b",), 4),
        ('a = """ends in quotes"""""\nb = 1', ("b",), 2),
        ('a = "\\"[no]"\nb = "#no"\nc = 1 # "', ("c",), 3),
        ("a = ''\nb = \"\"\nc = 1", ("c",), 3),
        ("a = 1979-05-27 07:32:00Z\r\nb = -inf\r\nc = 1", ("c",), 3),
        ('"\\u0061b" = 1', ("ab",), 1),
    ],
)
def test_a_key_is_found_on_its_line(document: str, path: Path, line: int) -> None:
    tomllib.loads(document)
    assert locate(document)[path] == line
    assert set(locate(document)) == set(paths_of(tomllib.loads(document)))


def test_of_a_broken_document_the_sound_beginning_is_located() -> None:
    assert locate("a = 1\n[t]\nb = [1, 2\nc = 3\n") == {
        ("a",): 1,
        ("t",): 2,
        ("t", "b"): 3,
        ("t", "b", 0): 3,
        ("t", "b", 1): 3,
    }


SCALARS = st.one_of(st.booleans(), st.integers(-(2**63), 2**63 - 1), st.text(st.characters(exclude_categories=["Cs"])))
KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3), max_leaves=8)
TREES = st.recursive(
    st.dictionaries(KEYS, VALUES, max_size=4), lambda inner: st.dictionaries(KEYS, st.one_of(VALUES, inner), max_size=3)
)


@given(TREES)
def test_every_key_of_any_written_document_is_found(tree: dict[str, Any]) -> None:
    document = to_toml(tree)
    assert set(locate(document)) == set(paths_of(tomllib.loads(document)))


@given(TREES)
def test_lines_grow_with_what_stands_before(tree: dict[str, Any]) -> None:
    document = to_toml(tree)
    plain = locate(document)
    assert {path: line + 2 for path, line in plain.items()} == locate("# before\n\n" + document)


@given(st.text(alphabet="ab.=[]{}\"'#\n,\\1 ", max_size=40))
def test_any_text_is_survived_and_any_valid_one_is_located(document: str) -> None:
    located = locate(document)
    try:
        tree = tomllib.loads(document)
    except tomllib.TOMLDecodeError:
        return
    assert set(located) == set(paths_of(tree))
