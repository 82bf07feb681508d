"""Text in columns of terminal cells, in which a wide character takes two and a combining one none."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

ELLIPSIS = "…"
GUTTER = 2
"""Cells between two columns."""


ASCII = "".join(map(chr, range(32, 127)))
OWN_GLYPHS = "·–…±−×╱▁▂▃▄▅▆▇█▲▼"
"""Most of what a report is made of, known without a look at the tables of Unicode."""


class _Sizes(dict[str, int]):
    """Cells of single characters, looked up once each."""

    def __missing__(self, character: str) -> int:
        from unicodedata import category, east_asian_width

        size = 2 if east_asian_width(character) in "WF" else 1
        size = self[character] = 0 if category(character) in ("Mn", "Me", "Cf") else size
        return size


_SIZES = _Sizes(dict.fromkeys(f"{ASCII}{OWN_GLYPHS}", 1))


def cells(text: str) -> int:
    """How many cells a line of text takes."""
    return len(text) if text.isascii() else sum(map(_SIZES.__getitem__, text))


def cut(text: str, width: int, *, ascii: bool = False) -> str:  # noqa: A002
    """The text, shortened with an ellipsis where it takes more than `width` cells."""
    if cells(text) <= width:
        return text
    ellipsis = ("..." if ascii else ELLIPSIS)[: max(width, 0)]
    room = width - len(ellipsis)
    kept = []
    for character in text:
        room -= _SIZES[character]
        if room < 0:
            break
        kept.append(character)
    return "".join(kept).rstrip() + ellipsis


def pad(text: str, width: int, side: Literal["left", "right"] = "left") -> str:
    """The text at the left or right of `width` cells; longer text is left as it is."""
    space = " " * (width - cells(text))
    return space + text if side == "right" else text + space


def wrap(text: str, width: int, *, first: str = "", rest: str | None = None) -> list[str]:
    """Lines of at most `width` cells, broken at spaces, and inside a word only where it is longer than a line.

    Args:
        first: what the first line begins with.
        rest: what the others begin with; without it, as many spaces.
    """
    if rest is None:
        rest = " " * cells(first)
    lines, line, empty = [], first, True
    for word in _words(text, max(1, width - max(cells(first), cells(rest)))):
        if not empty and cells(line) + 1 + cells(word) > width:
            lines.append(line)
            line, empty = rest, True
        line += word if empty else f" {word}"
        empty = False
    return [*lines, line]


def _words(text: str, longest: int) -> Iterable[str]:
    for word in text.split():
        while cells(word) > longest:
            head = ""
            for character in word:
                if head and cells(head + character) > longest:
                    break
                head += character
            yield head
            word = word[len(head) :]
        if word:
            yield word


class Column(NamedTuple):
    """One column of a table."""

    title: str
    values: Sequence[str]
    side: Literal["left", "right"] = "right"
    least: int = 0
    """Cells below which it is left out; 0 where it is never cut."""

    @property
    def width(self) -> int:
        return max(map(cells, (self.title, *self.values)))


def table(columns: Sequence[Column], width: int, *, ascii: bool = False) -> list[str]:  # noqa: A002
    """Lines of aligned columns, the titles first. The columns that may be cut share what is missing to `width`."""
    widths = [column.width for column in columns]
    excess = sum(widths) + GUTTER * (len(columns) - 1) - width
    for index, column in enumerate(columns):
        if column.least and excess > 0:
            taken = min(excess, max(0, widths[index] - column.least))
            widths[index] -= taken
            excess -= taken
    lines = []
    for row in zip(*((column.title, *column.values) for column in columns), strict=True):
        fitted = (
            pad(cut(value, room, ascii=ascii), room, column.side)
            for value, room, column in zip(row, widths, columns, strict=True)
        )
        lines.append((" " * GUTTER).join(fitted).rstrip())
    return lines


def table_width(columns: Sequence[Column]) -> int:
    """Cells that a table needs at least."""
    return sum(column.least or column.width for column in columns) + GUTTER * (len(columns) - 1)
