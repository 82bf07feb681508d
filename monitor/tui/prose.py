"""Paragraphs in lines, with parts in styles of their own whose places stay known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from rich.cells import cell_len

from monitor.tui.lines import Piece

_WORD = re.compile(r"\S+")
_NO_LINK = -1


class Part(NamedTuple):
    """A part of a text, such as a link."""

    start: int
    end: int
    number: int
    """By which it is known; not negative."""
    style: str


class Row(NamedTuple):
    """One line of a paragraph."""

    pieces: tuple[Piece, ...]
    start: int
    """Offset in the text of what it begins with."""
    spans: tuple[tuple[int, int, int], ...]
    """Number of a part, first column and the one after the last, of each part in it."""


def flow(text: str, start: int, end: int, parts: Sequence[Part], width: int, style: str = "text") -> list[Row]:
    """The words of `text[start:end]` in rows of at most `width` cells, broken at white space or inside longer words.

    Args:
        parts: do not overlap.
        width: at least 2, so that any character fits.
        style: of what lies in no part.
    """
    numbers = [_NO_LINK] * (end - start)
    styles = {_NO_LINK: style}
    for part in parts:
        if part.start < end and part.end > start:
            styles[part.number] = part.style
            for place in range(max(part.start, start), min(part.end, end)):
                numbers[place - start] = part.number
    rows: list[Row] = []
    characters: list[tuple[str, int]] = []
    used, first = 0, start
    for found in _WORD.finditer(text, start, end):
        for chunk_start, chunk_end in _chunks(text, found.start(), found.end(), width):
            length = cell_len(text[chunk_start:chunk_end])
            if characters and used + 1 + length > width:
                rows.append(_row(characters, first, styles))
                characters, used = [], 0
            if characters:
                before, after = characters[-1][1], numbers[chunk_start - start]
                characters.append((" ", before if before == after else _NO_LINK))
                used += 1
            else:
                first = chunk_start
            characters += [(text[place], numbers[place - start]) for place in range(chunk_start, chunk_end)]
            used += length
    if characters:
        rows.append(_row(characters, first, styles))
    return rows


def _chunks(text: str, start: int, end: int, width: int) -> list[tuple[int, int]]:
    """A word, in pieces where it is wider than a row."""
    if end - start <= width and cell_len(text[start:end]) <= width:
        return [(start, end)]
    chunks: list[tuple[int, int]] = []
    at, used = start, 0
    for place in range(start, end):
        length = cell_len(text[place])
        if used + length > width and place > at:
            chunks.append((at, place))
            at, used = place, 0
        used += length
    return [*chunks, (at, end)]


def _row(characters: Sequence[tuple[str, int]], start: int, styles: dict[int, str]) -> Row:
    pieces: list[Piece] = []
    spans: list[tuple[int, int, int]] = []
    column = 0
    for number, group in groupby(characters, key=lambda each: each[1]):
        words = "".join(character for character, _ in group)
        length = cell_len(words)
        pieces.append((words, styles[number]))
        if number != _NO_LINK:
            spans.append((number, column, column + length))
        column += length
    return Row(tuple(pieces), start, tuple(spans))
