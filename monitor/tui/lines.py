"""Lines of styled text: what the panes show, before any of it is a terminal's business.

A pane makes its lines with plain functions and compares them with those on screen; only the cells that differ are sent.
Text from outside goes through `outside` on its way into a line, and is nowhere parsed as markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from rich.cells import cell_len, set_cell_size

Piece = tuple[str, str]
"""Some text and its style: a meaning of the theme, `source-<slug>` or empty; `bold`, `underline` may stand before."""

Line = tuple[Piece, ...]

ELLIPSIS = "…"


_JOINED_EMOJI = re.compile(
    "(?:[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]|\u200d[\u2190-\u2bff\U0001f000-\U0001faff])+"
)
_WITHOUT_WIDTH = re.compile("[\u00ad\u200b-\u200d\u2060-\u2064\ufeff]")


@lru_cache(maxsize=2048)
def outside(text: str) -> str:
    """Text of a post, a title or a name on one line, cleaned once more before it can reach the terminal."""
    from monitor.text.clean import clean_line

    return steady(clean_line(text))


def steady(text: str) -> str:
    """The text without what terminals disagree about how wide it is.

    Joined emoji become their first one, variation selectors and characters without width go: where the terminal draws
    a line wider than we count, it runs over into the pane beside it.
    """
    return text if text.isascii() else _WITHOUT_WIDTH.sub("", _JOINED_EMOJI.sub("", text))


def clip(text: str, width: int) -> str:
    """The text in exactly `width` cells: cut with an ellipsis, or padded on the right."""
    if width <= 0:
        return ""
    if text.isascii():
        return text.ljust(width) if len(text) <= width else text[: width - 1] + ELLIPSIS
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    # Half of a wide character leaves a blank before the ellipsis; it belongs behind it.
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + ELLIPSIS, width)


def right(text: str, width: int) -> str:
    """The text right-aligned in `width` cells; too long, it is cut."""
    missing = width - cell_len(text)
    return " " * missing + text if missing >= 0 else clip(text, width)


def width_of(line: Iterable[Piece]) -> int:
    return sum(cell_len(text) for text, _ in line)


def fit(line: Iterable[Piece], width: int) -> Line:
    """The line in exactly `width` cells."""
    fitted: list[Piece] = []
    left = width
    for text, style in line:
        length = cell_len(text)
        if length > left:
            fitted.append((clip(text, left), style))
            left = 0
            break
        if text:
            fitted.append((text, style))
            left -= length
    if left > 0:
        fitted.append((" " * left, ""))
    return tuple(fitted)


def spread(left: Iterable[Piece], far: Iterable[Piece], width: int) -> Line:
    """Two parts at the two ends of a line; where there is no room for both, the far one is cut first."""
    near, end = tuple(left), tuple(far)
    room = width - width_of(near)
    if room <= 0:
        return fit(near, width)
    rest = room - width_of(end)
    return fit((*near, (" " * max(1, rest), ""), *end), width)


def rule(title: Iterable[Piece], far: Iterable[Piece], width: int, *, active: bool = False) -> Line:
    """A horizontal rule with a title in it and something at its far end; heavy and accented where the focus is."""
    stroke, style = ("━", "accent") if active else ("─", "faint")
    near: list[Piece] = [(stroke + " ", style), *title, (" ", "")]
    end = tuple(far)
    if width_of(end):
        end = ((" ", ""), *end, (" " + stroke, style))
    room = width - width_of(near) - width_of(end)
    if room < 0:
        end = ()
        room = width - width_of(near)
    return fit((*near, (stroke * max(0, room), style), *end), width)


def changed_cells(old: Line, new: Line) -> tuple[int, int] | None:
    """The half-open span of columns in which two lines differ; None where they are the same.

    A line with anything but single-cell characters is taken whole, since half of a wide character cannot be repainted.
    """
    if old == new:
        return None
    before, after = _cells(old), _cells(new)
    if len(before) != len(after) or width_of(new) != len(after) or width_of(old) != len(before):
        return 0, max(width_of(old), width_of(new))
    first = next((index for index, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]), None)
    if first is None:
        return None
    last = next(index for index in range(len(after) - 1, -1, -1) if before[index] != after[index])
    return first, last + 1


def _cells(line: Line) -> list[tuple[str, str]]:
    return [(character, style) for text, style in line for character in text]


def wrap(text: str, width: int) -> list[str]:
    """A paragraph in lines of at most `width` cells, broken at spaces, and inside a word that is longer than a line."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        while cell_len(word) > width:
            room = width - cell_len(line) - (1 if line else 0)
            if room < 2:
                lines.append(line)
                line = ""
                continue
            head = _head(word, room)
            lines.append(f"{line} {head}" if line else head)
            line, word = "", word[len(head) :]
        if not word:
            continue
        if line and cell_len(line) + 1 + cell_len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    if line or not lines:
        lines.append(line)
    return lines


def _head(word: str, width: int) -> str:
    """The longest beginning of a word that fits in `width` cells, at least one character."""
    length = 0
    for index, character in enumerate(word):
        length += cell_len(character)
        if length > width:
            return word[: max(1, index)]
    return word
