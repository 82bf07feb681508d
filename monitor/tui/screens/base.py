"""What every screen of the app has: the header, the footer, and a way to show what the app holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widget import Widget

from monitor.tui.messages import FilterWanted, FocusMoved, Highlighted
from monitor.tui.widgets.filter_line import FilterLine
from monitor.tui.widgets.footer import Footer, Hint, key_name
from monitor.tui.widgets.header import Header, HeaderState
from monitor.tui.widgets.line_list import LineList
from monitor.tui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from textual.timer import Timer

    from monitor.tui.app import MonitorApp
    from monitor.tui.widgets.text_pane import TextPane

MESSAGE_SECONDS = 6.0


class MonitorScreen(Screen[None]):
    """A screen with a header above and a footer below."""

    AUTO_FOCUS = None

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "back", id="screen.back", show=False),
    ]

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = ()
    """What the footer offers: binding ids and words."""

    def __init__(self) -> None:
        super().__init__()
        # Panes are kept as attributes, so that they can be given what to show before they are on screen: then the first
        # paint is not an empty one.
        self.header = Header(id="header")
        self.footer = Footer(id="footer")
        self._message_timer: Timer | None = None

    @property
    def monitor(self) -> MonitorApp:
        """The app, as what it is."""
        return cast("MonitorApp", self.app)

    def show(self) -> None:
        """Show what the app holds."""
        app = self.monitor
        snapshot = app.reading.snapshot if app.reading else None
        self.header.show(HeaderState(app.store_name, snapshot, app.paused, app.trouble, app.notice))
        if self.is_mounted:
            self.footer.show(self.hints())

    def hints(self) -> Sequence[Hint]:
        """The keys of the footer, as the user's keymap has them."""
        return self.hints_of(self.HINTS)

    def hints_of(self, wanted: Sequence[tuple[str, str]]) -> Sequence[Hint]:
        """The keys of some bindings that are active now, by their ids."""
        keys = {
            active.binding.id: key_name(active.binding.key)
            for active in reversed(list(self.active_bindings.values()))
            if active.binding.id
        }
        if {"view.source-1", "view.source-8"} <= keys.keys():
            keys["view.source-1"] += f"-{keys['view.source-8']}"
        return [Hint(keys[name], words) for name, words in wanted if name in keys]

    def on_screen_resume(self) -> None:
        self.show()

    def say(self, message: str, *, warning: bool = False) -> None:
        """Show a message in place of the keys for a while."""
        self.footer.say(message, warning=warning)
        if self._message_timer is not None:
            self._message_timer.stop()
        self._message_timer = self.set_timer(MESSAGE_SECONDS, self._unsay)

    def _unsay(self) -> None:
        self.footer.say("")

    def action_back(self) -> None:
        if len(self.app.screen_stack) > 1:
            self.app.pop_screen()


class PageScreen(MonitorScreen):
    """A screen with one text to be read between header and footer.

    Args:
        text: the text.
    """

    def __init__(self, text: TextPane) -> None:
        super().__init__()
        self.text = text

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.text
        yield from self.below()
        yield self.footer
        yield TooSmall()

    def below(self) -> Sequence[Widget]:
        """What stands between the text and the footer."""
        return ()

    def first_focus(self) -> Widget:
        """What has the keyboard at first."""
        return self.text

    def on_mount(self) -> None:
        self.first_focus().focus()
        self.show()


class ListsScreen(MonitorScreen):
    """A screen with lists that can be filtered: a filter is typed in place of the footer, and Esc drops it first."""

    def __init__(self) -> None:
        super().__init__()
        self.filter_line = FilterLine(id="filter")

    def compose(self) -> ComposeResult:
        yield self.header
        yield from self.panes()
        yield self.filter_line
        yield self.footer
        yield TooSmall()

    def panes(self) -> Sequence[Widget]:
        """What stands between header and footer."""
        raise NotImplementedError

    @on(FilterWanted)
    def type_filter(self, message: FilterWanted) -> None:
        self.filter_line.open_for(message.pane)

    @on(FocusMoved)
    def follow_focus(self) -> None:
        """Offer the keys of the pane that has the keyboard."""
        self.footer.show(self.hints())

    def action_back(self) -> None:
        """Drop the filter first, then the screen."""
        focused = self.focused
        if isinstance(focused, LineList) and focused.needle:
            focused.set_needle("")
            return
        self.leave()

    def leave(self) -> None:
        """Go back to the screen below."""
        super().action_back()


class ListScreen(ListsScreen):
    """A screen with one list and, below it, what there is to read of the chosen row.

    Args:
        rows: the list.
        text: the pane below.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,shift+tab", "other_pane", "other pane", id="screen.next-pane", show=False),
    ]

    def __init__(self, rows: LineList, text: TextPane) -> None:
        super().__init__()
        self.rows = rows
        self.text = text

    def panes(self) -> Sequence[Widget]:
        return self.rows, self.text

    def on_mount(self) -> None:
        self.rows.focus()
        self.show()

    def show_chosen(self) -> None:
        """Show what there is to read of the chosen row."""
        raise NotImplementedError

    def action_other_pane(self) -> None:
        (self.text if self.rows.has_focus else self.rows).focus()

    @on(Highlighted)
    def look_at_row(self) -> None:
        self.show_chosen()
