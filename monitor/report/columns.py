"""Text in columns of terminal cells, in which a wide character takes two and a combining one none."""

from __future__ import annotations

from monitor.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Literal

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


class Column:
    """One column of a table.

    Args:
        least: cells below which it is left out; 0 where it is never cut.
    """

    __slots__ = ("least", "side", "sizes", "texts", "width")

    def __init__(
        self, title: str, values: Iterable[str], side: Literal["left", "right"] = "right", least: int = 0
    ) -> None:
        self.texts = (title, *values)
        self.sizes = tuple(map(cells, self.texts))
        """Cells of each text."""
        self.width = max(self.sizes)
        self.side = side
        self.least = least

    def fitted(self, width: int, *, ascii: bool = False) -> list[str]:  # noqa: A002
        """Each text in exactly so many cells."""
        right = self.side == "right"
        fitted = []
        for text, size in zip(self.texts, self.sizes, strict=True):
            if size > width:
                text = cut(text, width, ascii=ascii)
                size = cells(text)
            space = " " * (width - size)
            fitted.append(space + text if right else text + space)
        return fitted


def table(columns: Sequence[Column], width: int, *, ascii: bool = False) -> list[str]:  # noqa: A002
    """Lines of aligned columns, the titles first. The columns that may be cut share what is missing to `width`."""
    widths = [column.width for column in columns]
    excess = sum(widths) + GUTTER * (len(columns) - 1) - width
    for index, column in enumerate(columns):
        if column.least and excess > 0:
            taken = min(excess, max(0, widths[index] - column.least))
            widths[index] -= taken
            excess -= taken
    fitted = [column.fitted(room, ascii=ascii) for column, room in zip(columns, widths, strict=True)]
    return [(" " * GUTTER).join(row).rstrip() for row in zip(*fitted, strict=True)]


def table_width(columns: Sequence[Column]) -> int:
    """Cells that a table needs at least."""
    return sum(column.least or column.width for column in columns) + GUTTER * (len(columns) - 1)
