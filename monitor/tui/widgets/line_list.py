"""The base of every list: rows known by a key, drawn by the line, of which only the visible ones are ever made."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.binding import Binding, BindingType

from monitor.tui.lines import Line
from monitor.tui.messages import FilterWanted, FocusMoved, Highlighted, Opened
from monitor.tui.widgets.line_pane import LinePane


class Order(NamedTuple):
    """A way to sort the rows of a list."""

    name: str
    key: Callable[[object], object] | None
    """None leaves the rows as they are given."""
    descending: bool = False


AS_GIVEN = Order("as given", None)


class LineList(LinePane, can_focus=True):
    """Rows of any number, one chosen.

    The chosen row is known by its key, so it stays the chosen one when rows come, go or change places; rows above the
    visible ones push nothing out of sight.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "down", "next row", id="list.down", show=False),
        Binding("k,up", "up", "previous row", id="list.up", show=False),
        Binding("ctrl+d,pagedown", "page_down", "one page down", id="list.page-down", show=False),
        Binding("ctrl+u,pageup", "page_up", "one page up", id="list.page-up", show=False),
        Binding("g,home", "first", "first row", id="list.first", show=False),
        Binding("G,end", "last", "last row", id="list.last", show=False),
        Binding("enter", "open", "open", id="list.open"),
        Binding("slash", "filter", "filter", id="list.filter"),
        Binding("s", "sort", "sort", id="list.sort"),
        Binding("o", "open_link", "open the link", id="list.link", show=False),
        Binding("y", "copy", "copy", id="list.copy", show=False),
    ]

    ORDERS: ClassVar[tuple[Order, ...]] = (AS_GIVEN,)

    HEADS = 1
    """Lines above the rows: the pane's title, and the names of columns where there are any."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._items: tuple[object, ...] = ()
        self._rows: list[object] = []
        self._keys: list[Hashable] = []
        self._key: Hashable = None
        self._top = 0
        self._order = 0
        self._needle = ""
        self._in_sight_for: object = None

    # What a kind of list says about itself

    def key_of(self, item: object) -> Hashable:
        """What the row is known by."""
        raise NotImplementedError

    def row(self, item: object, width: int, *, chosen: bool) -> Line:
        """The row of an item."""
        raise NotImplementedError

    def heads(self, width: int) -> Sequence[Line]:
        """The `HEADS` lines above the rows."""
        raise NotImplementedError

    def empty(self, width: int) -> Sequence[Line]:
        """What stands in place of the rows while there are none."""
        return ()

    def words_of(self, item: object) -> str:
        """What a filter searches."""
        return ""

    def link_of(self, item: object) -> str | None:
        """The address behind a row."""
        return None

    def copy_of(self, item: object) -> str:
        """What a row puts into the clipboard."""
        return self.link_of(item) or self.words_of(item)

    # Rows

    @property
    def order(self) -> Order:
        return self.ORDERS[self._order]

    @property
    def needle(self) -> str:
        """The filter; empty where there is none."""
        return self._needle

    @property
    def shown_count(self) -> int:
        """How many rows the filter lets through."""
        return len(self._rows)

    @property
    def given_count(self) -> int:
        return len(self._items)

    @property
    def chosen(self) -> object | None:
        """The item of the chosen row."""
        index = self._index()
        return None if index is None else self._rows[index]

    @property
    def top(self) -> int:
        """How many rows lie above the first visible one."""
        return self._top

    @property
    def visible_rows(self) -> int:
        return max(0, self.size.height - self.HEADS)

    def give(self, items: Sequence[object], *, keep_order: bool = False) -> None:
        """Show these items.

        Args:
            items: All rows, unfiltered.
            keep_order: Leave known rows where they are, whatever the order says; used between two full minutes, so that
                rows do not change places under the eye.
        """
        self._items = tuple(items)
        self._arrange(keep_order=keep_order)
        self.redraw()

    def choose(self, key: Hashable) -> None:
        """Make the row with this key the chosen one and bring it into sight."""
        if key not in self._keys:
            return
        moved = key != self._key
        self._key = key
        self._bring_into_sight()
        self.redraw()
        if moved:
            self.post_message(Highlighted(self, key))

    def set_needle(self, needle: str) -> None:
        """Filter the rows; they match where every word of the filter occurs, in any case."""
        self._needle = needle
        self._arrange()
        self._bring_into_sight()
        self.redraw()

    def set_order(self, name: str) -> None:
        self._order = next(index for index, order in enumerate(self.ORDERS) if order.name == name)
        self._arrange()
        self.redraw()

    def _arrange(self, *, keep_order: bool = False) -> None:
        """Filter and sort, keeping the chosen row and the place on screen."""
        index_before = self._index()
        anchor = self._anchor()
        words = self._needle.casefold().split()
        rows = [item for item in self._items if _has(self.words_of(item), words)] if words else list(self._items)
        if keep_order:
            places = {key: place for place, key in enumerate(self._keys)}
            known = [item for item in rows if self.key_of(item) in places]
            if len(known) == len(rows):
                rows.sort(key=lambda item: places[self.key_of(item)])
            else:
                rows = self._sorted(rows)
        else:
            rows = self._sorted(rows)
        self._rows = rows
        self._keys = [self.key_of(item) for item in rows]
        if index_before in (None, 0) and self._top == 0 and not self.has_focus and self.follows_the_head():
            self._set_key(self._keys[0] if self._keys else None)
        elif self._key not in self._keys:
            self._set_key(self._keys[min(index_before or 0, len(self._keys) - 1)] if self._keys else None)
        self._return_to(anchor)

    def follows_the_head(self) -> bool:
        """Whether the chosen row is the first one until the reader chooses another."""
        return True

    def _sorted(self, rows: list[object]) -> list[object]:
        order = self.order
        if order.key is None:
            return rows
        return sorted(rows, key=order.key, reverse=order.descending)  # type: ignore[arg-type]

    def _set_key(self, key: Hashable) -> None:
        if key != self._key:
            self._key = key
            self.post_message(Highlighted(self, key))

    def _anchor(self) -> tuple[Hashable, int] | None:
        """The row that must not move on screen, and how far from the first visible one it is; None at the very top."""
        if self._top == 0 or not self._keys:
            return None
        index = self._index()
        if index is not None and self._top <= index < self._top + self.visible_rows:
            return self._key, index - self._top
        return self._keys[min(self._top, len(self._keys) - 1)], 0

    def _return_to(self, anchor: tuple[Hashable, int] | None) -> None:
        if anchor is not None and anchor[0] in self._keys:
            self._top = self._keys.index(anchor[0]) - anchor[1]
        self._clamp()
        if self.has_focus:
            self._bring_into_sight()

    def _index(self) -> int | None:
        try:
            return self._keys.index(self._key)
        except ValueError:
            return None

    def _clamp(self) -> None:
        self._top = max(0, min(self._top, len(self._rows) - self.visible_rows))

    def _bring_into_sight(self) -> None:
        index = self._index()
        if index is not None and self.visible_rows:
            self._top = max(min(self._top, index), index - self.visible_rows + 1)
        self._clamp()

    # Drawing

    def lines(self, width: int, height: int) -> Sequence[Line]:
        if self._shown_size != self._in_sight_for:
            self._in_sight_for = self._shown_size
            self._bring_into_sight()
        heads = list(self.heads(width))
        if not self._rows:
            return [*heads, *self.empty(width)]
        visible = self._rows[self._top : self._top + height - len(heads)]
        keys = self._keys[self._top : self._top + height - len(heads)]
        return heads + [self.row(item, width, chosen=key == self._key) for item, key in zip(visible, keys, strict=True)]

    def chosen_row(self) -> int | None:
        index = self._index()
        if index is None or not self.has_focus or index < self._top:
            return None
        return index - self._top + self.HEADS

    def place(self) -> str:
        """Which rows are visible, where not all are: `1–13 of 25`."""
        if not self._rows or len(self._rows) <= self.visible_rows:
            return ""
        return f"{self._top + 1}–{min(len(self._rows), self._top + self.visible_rows)} of {len(self._rows):,}"

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        if has_focus:
            self._bring_into_sight()
            self.post_message(FocusMoved())
        self.redraw()

    # Keys and mouse

    def _move(self, steps: int) -> None:
        if not self._keys:
            return
        index = self._index()
        target = 0 if index is None else max(0, min(len(self._keys) - 1, index + steps))
        self.choose(self._keys[target])

    def action_down(self) -> None:
        self._move(1)

    def action_up(self) -> None:
        self._move(-1)

    def action_page_down(self) -> None:
        self._move(max(1, self.visible_rows - 1))

    def action_page_up(self) -> None:
        self._move(-max(1, self.visible_rows - 1))

    def action_first(self) -> None:
        self._move(-len(self._keys))

    def action_last(self) -> None:
        self._move(len(self._keys))

    def action_open(self) -> None:
        if (item := self.chosen) is not None:
            self.post_message(Opened(self, item))

    def action_filter(self) -> None:
        self.post_message(FilterWanted(self))

    def action_sort(self) -> None:
        self._order = (self._order + 1) % len(self.ORDERS)
        self._arrange()
        self._bring_into_sight()
        self.redraw()

    def action_open_link(self) -> None:
        item = self.chosen
        self.app.open_link(None if item is None else self.link_of(item))  # type: ignore[attr-defined]

    def action_copy(self) -> None:
        if (item := self.chosen) is not None:
            self.app.copy(self.copy_of(item))  # type: ignore[attr-defined]

    def on_click(self, event: events.Click) -> None:
        index = event.y - self.HEADS + self._top
        if event.y < self.HEADS or not 0 <= index < len(self._keys):
            return
        if event.chain > 1:
            self.action_open()
        else:
            self.choose(self._keys[index])

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._scroll(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._scroll(-3)

    def _scroll(self, rows: int) -> None:
        self._top += rows
        self._clamp()
        self.redraw()


def _has(text: str, words: Sequence[str]) -> bool:
    folded = text.casefold()
    return all(word in folded for word in words)
