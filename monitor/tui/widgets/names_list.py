"""A list of the entities that the posts of a beat name."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar, cast

from monitor import glyphs
from monitor.snapshot.names import BeatNames, NameCount
from monitor.tui.lines import Line, Piece, clip, outside, right, rule
from monitor.tui.widgets.line_list import LineList, Order


def name_row(row: NameCount, of: int, largest: int, width: int, *, chosen: bool) -> Line:
    """Posts, their part of the beat, name, kind and a bar."""
    bar_room = max(0, width - 60)
    return (
        ("▸" if chosen else " ", "bold accent"),
        (right(glyphs.count(row.posts), 7), "bold text" if chosen else "text"),
        (right(glyphs.percent(row.posts / of) if of else "", 6), "muted"),
        ("  ", ""),
        (clip(outside(row.name), 28), "bold text" if chosen else "text"),
        (clip(row.kind, 14), "muted"),
        (glyphs.length_bar(row.posts, largest, bar_room), "accent" if chosen else "muted"),
    )


class NamesList(LineList):
    """Names, most posts first; opening one shows its page."""

    ORDERS: ClassVar[tuple[Order, ...]] = (
        Order("posts", lambda row: cast(NameCount, row).posts, True),
        Order("name", lambda row: cast(NameCount, row).name.casefold()),
        Order("kind", lambda row: cast(NameCount, row).kind),
    )

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._names: BeatNames | None = None
        self._beat = ""

    def show(self, names: BeatNames | None, beat: str) -> None:
        """Show the names in a beat, which is called so; None while they are read."""
        self._names, self._beat = names, beat
        self.give(names.rows if names is not None else ())

    def key_of(self, item: object) -> Hashable:
        return cast(NameCount, item).slug

    def words_of(self, item: object) -> str:
        row = cast(NameCount, item)
        return f"{row.name} {row.kind} {row.slug}"

    def row(self, item: object, width: int, *, chosen: bool) -> Line:
        names = self._names
        of, largest = (names.of, names.rows[0].posts) if names is not None and names.rows else (0, 0)
        return name_row(cast(NameCount, item), of, largest, width, chosen=chosen and self.has_focus)

    def heads(self, width: int) -> Sequence[Line]:
        title: list[Piece] = [(outside(self._beat), "bold text"), ("  who is named", "muted")]
        if self._names is not None:
            title.append((f" in {glyphs.count(self._names.of)} posts of 24 h", "muted"))
        if self.needle:
            title.append((f"  /{self.needle}  {self.shown_count} of {self.given_count}", "accent"))
        far = [(piece, "faint") for piece in (self.place(),) if piece] + [("  " + self.order.name, "muted")]
        return (rule(title, far, width, active=self.has_focus),)

    def empty(self, width: int) -> Sequence[Line]:
        if self.needle and self.given_count:
            words = f"no name matches “{self.needle}”"
        else:
            words = "reading" if self._names is None else "no post of the last 24 hours says a name that is known"
        return ((("   ", ""), (clip(words, width - 4), "muted")),)
