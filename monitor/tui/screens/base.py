"""What every screen of the app has: the header, the footer, and a way to show what the app holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.screen import Screen

from monitor.tui.widgets.footer import Footer, Hint, key_name
from monitor.tui.widgets.header import Header, HeaderState

if TYPE_CHECKING:
    from textual.timer import Timer

    from monitor.tui.app import MonitorApp

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
