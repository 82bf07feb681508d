"""The terminal app: holds what is looked at, passes readings to the screens, and keeps the manners."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from monitor.themes import DEFAULT, PLAIN, Theme, ThemeError, find_theme, find_themes, theme_directories
from monitor.tui.app_entities import AppWithEntities
from monitor.tui.app_stories import AppWithStories
from monitor.tui.messages import ReadingArrived, StoreTroubled, Told
from monitor.tui.palette import Colourless, Palette, framework_theme
from monitor.tui.reading import Reading, ReadingThread, View

if TYPE_CHECKING:
    from textual.app import SystemCommand
    from textual.filter import LineFilter
    from textual.screen import Screen
    from textual.timer import Timer

    from monitor.bookmarks import Bookmarks
    from monitor.newsroom import Newsroom
    from monitor.records import StoredPost
    from monitor.sitting import Desk
    from monitor.text.sentiment import Driver

FIRST_UPKEEP_SECONDS = 0.3
"""The background begins after the first paint, which it would hold up."""

UPKEEP_SECONDS = 2.0

REST_SECONDS = 0.1
"""How long the chosen row must stay the same before its posts and its chart are read and painted."""

SETTLED_SECONDS = 1.0
"""After this long everything that stays has been made."""


WIDTHS = [(0, "-tiny"), (40, "-narrow"), (100, "-normal"), (170, "-wide")]
HEIGHTS = [(0, "-flat"), (10, "-low"), (32, "-high"), (50, "-tall")]
"""From how many columns and rows on a screen has which class; app.tcss says what that means."""


class MonitorApp(AppWithStories, AppWithEntities):
    """Shows a store, live.

    Args:
        reading_thread: Reads the store; started by the app where it does not run yet, and ended with it.
        store_name: What the header calls the store.
        theme: Name of the theme to begin with.
        keymap: Keys by binding id, in place of the usual ones.
        colour: Whether any colour may be used.
        ascii_only: Whether to draw with ASCII characters only.
        upkeep: Called every few seconds from the start on; a sentence it gives back is shown, once.
        remote: Whether the terminal is on another machine, so that links are copied rather than opened.
        problems: Sentences to show once at the start, such as a theme file that cannot be used.
        desk: Opens a desk for labelling posts of a beat, by its slug; None where there is no store to write to.
        explain: Says what drove the score of a post; called in a thread. None where nobody can say.
        newsroom: Opens what checks stories and takes new ones in; None where there is no store.
        bookmarks: Opens what its user has read and starred; None keeps it for as long as the app runs.
    """

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    ALLOW_SELECT = False
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "quit", id="app.quit"),
        Binding("ctrl+c", "quit", "quit at once", id="app.quit-at-once", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", "suspend", id="app.suspend", show=False, priority=True),
        Binding("question_mark", "help", "help", id="app.help"),
        Binding("T", "next_theme", "next theme", id="app.theme"),
        Binding("p", "pause", "pause and go on", id="app.pause"),
        Binding("S", "signals", "signals: what is unusual", id="app.signals"),
        Binding("e", "evidence", "the working behind the figures", id="app.evidence"),
        Binding("n", "names", "whom the chosen beat's posts name", id="view.names"),
        Binding("E", "total_evidence", "the working behind the totals of the header", id="app.total-evidence"),
        Binding("i", "import_stories", "import stories from files", id="app.import-stories"),
        Binding("L", "label", "label posts of the chosen beat", id="view.label"),
        Binding("l", "next_lens", "next lens", id="view.lens"),
        Binding("left_square_bracket", "shift_range(-1)", "shorter range", id="view.shorter"),
        Binding("right_square_bracket", "shift_range(1)", "longer range", id="view.longer"),
        *(
            Binding(str(number), f"toggle_source({number})", f"source {number} on and off", id=f"view.source-{number}")
            for number in range(1, 9)
        ),
    ]

    def __init__(
        self,
        reading_thread: ReadingThread,
        *,
        store_name: str,
        theme: str = DEFAULT,
        keymap: Mapping[str, str] | None = None,
        colour: bool = True,
        ascii_only: bool = False,
        upkeep: Callable[[], str] | None = None,
        remote: bool | None = None,
        problems: Iterable[str] = (),
        desk: Callable[[str], Desk] | None = None,
        explain: Callable[[StoredPost], Sequence[Driver]] | None = None,
        newsroom: Callable[[], Newsroom] | None = None,
        bookmarks: Callable[[], Bookmarks] | None = None,
    ) -> None:
        super().__init__()
        self.store_name = store_name
        self.colour = colour
        self.remote = is_remote(os.environ) if remote is None else remote
        self.animation_level = "none"
        self.reading: Reading | None = None
        self.trouble = ""
        self.paused = False
        self.view = View()
        self.problems = list(problems)
        chosen = self._first_theme(theme)
        self.ascii_only = ascii_only
        self._upkeep = upkeep
        self.notice = ""
        self._resting: Timer | None = None
        self.palette = Palette(chosen, colour=colour, ascii_only=ascii_only)
        self._use_for_framework(chosen)
        self._colourless = Colourless()
        if keymap:
            self.set_keymap(dict(keymap))
        self.reading_thread = reading_thread
        self.desk = desk
        self.explain = explain
        self.open_newsroom = newsroom
        self.open_bookmarks = bookmarks

    # What the reading thread tells, in its own thread

    def reading_arrived(self, reading: Reading) -> None:
        self.post_message(ReadingArrived(reading))

    def store_troubled(self, sentence: str) -> None:
        self.post_message(StoreTroubled(sentence))

    # Life

    def get_line_filters(self) -> list[LineFilter]:
        """Without colour nothing of the framework's own is left in either."""
        return list(super().get_line_filters()) if self.colour else [self._colourless]

    def get_default_screen(self) -> Screen[None]:
        from monitor.tui.screens.dashboard import Dashboard

        return Dashboard()

    def on_load(self) -> None:
        self.reading_thread.tell(self)
        if not self.reading_thread.is_alive():
            self.reading_thread.start()

    def on_ready(self) -> None:
        self.set_timer(SETTLED_SECONDS, _collect_garbage_again)
        if self._upkeep is not None:
            self.set_timer(FIRST_UPKEEP_SECONDS, self._keep_up)
            self.set_interval(UPKEEP_SECONDS, self._keep_up)
        if self.problems:
            self.say(" · ".join(self.problems), warning=True)

    def _keep_up(self) -> None:
        """See to what runs in the background; what went wrong with it is said in the header and once in full."""
        notice = self._upkeep() if self._upkeep is not None else ""
        if notice != self.notice:
            self.notice = notice
            self.refresh_screens()
            if notice:
                self.say(notice, warning=True)

    def on_unmount(self) -> None:
        self.reading_thread.stop()
        self.close_stories()

    @on(ReadingArrived)
    def show_reading(self, message: ReadingArrived) -> None:
        """Everything on screen changes in one go, and only where it differs."""
        if self.reading is None:
            self.call_after_refresh(self.reading_thread.first_paint_done)
        self.reading = message.reading
        self.trouble = ""
        if self.view.beat is None:
            self.view = self.view._replace(beat=message.reading.view.beat)
        self.refresh_screens()

    @on(StoreTroubled)
    def show_trouble(self, message: StoreTroubled) -> None:
        self.trouble = message.sentence
        self.refresh_screens()

    def refresh_screens(self) -> None:
        """Let the screen that is seen show what the app holds; one that lies below does so when it comes up."""
        from monitor.tui.screens.base import MonitorScreen

        if self.screen_stack and isinstance(self.screen, MonitorScreen):
            with self.batch_update():
                self.screen.show()

    def _fatal_error(self) -> None:
        """Tell of a mistake in the program without the values of variables: those are other people's posts."""
        from rich.segment import Segments
        from rich.traceback import Traceback

        self.bell()
        trace = Traceback(show_locals=False, width=None)
        self._exit_renderables.append(Segments(self.console.render(trace, self.console.options)))
        self._close_messages_no_wait()

    # What is looked at

    def look_at(self, view: View, *, passing: bool = False) -> None:
        """Change what is looked at; what is in memory is shown at once, the rest when it was read.

        Args:
            view: What to show from now on.
            passing: Whether another row may follow at once, as while a key is held; then the reading waits for a rest.
        """
        if view == self.view:
            return
        self.view = view
        self.refresh_screens()
        if self._resting is not None:
            self._resting.stop()
            self._resting = None
        if passing:
            self._resting = self.set_timer(REST_SECONDS, lambda: self.reading_thread.look_at(view))
        else:
            self.reading_thread.look_at(view)

    def action_next_lens(self) -> None:
        lenses = ("raw", "text", "author")
        lens = lenses[(lenses.index(self.view.lens) + 1) % 3]
        self.look_at(self.view._replace(lens=lens))  # type: ignore[arg-type]
        self.say({"raw": "all posts", "text": "unique texts: copies count once", "author": "unique authors"}[lens])

    def action_shift_range(self, steps: int) -> None:
        from monitor.tui.widgets.history_chart import RANGES

        place = RANGES.index(self.view.range_hours) + steps
        if 0 <= place < len(RANGES):
            self.look_at(self.view._replace(range_hours=RANGES[place]))

    def action_toggle_source(self, number: int) -> None:
        from monitor.records import SOURCES

        self.toggle_source(SOURCES[number - 1].slug)

    def toggle_source(self, slug: str) -> None:
        """Switch a source off or on, everywhere; the last one stays."""
        from monitor.tui.reading import chosen_sources

        hidden = self.view.hidden ^ {slug}
        left = chosen_sources(hidden, self.reading.snapshot if self.reading else None)
        if left is not None and not left:
            self.say("one source must stay", warning=True)
            return
        self.look_at(self.view._replace(hidden=hidden))

    def action_pause(self) -> None:
        self.paused = not self.paused
        self.reading_thread.pause(self.paused)
        self.refresh_screens()

    # Themes

    @cached_property
    def themes(self) -> dict[str, Theme]:
        """All themes by name; read when somebody wants another one."""
        found = find_themes()
        if found.problems:
            self.say(" · ".join(found.problems), warning=True)
        return {theme.name: theme for theme in found.themes}

    def _first_theme(self, name: str) -> Theme:
        """The theme to begin with; one that cannot be used is said and replaced."""
        try:
            return find_theme(name)
        except ThemeError as error:
            self.problems.append(str(error))
            return find_theme(DEFAULT, theme_directories()[:1])

    def _use_for_framework(self, theme: Theme) -> None:
        theme = theme if self.colour else find_theme(PLAIN, theme_directories()[:1])
        self.register_theme(framework_theme(theme))
        self.theme = theme.name

    def action_next_theme(self) -> None:
        names = list(self.themes)
        name = self.palette.theme.name
        self.use_theme(names[(names.index(name) + 1) % len(names)] if name in names else names[0])

    def use_theme(self, name: str) -> None:
        """Change the colours; without colour only the name changes."""
        self.palette = Palette(self.themes[name], colour=self.colour, ascii_only=self.ascii_only)
        if self.colour:
            self._use_for_framework(self.palette.theme)
        self.say(f"theme {name}" if self.colour else f"theme {name}, shown without colour")
        self.screen.refresh(layout=True)

    # Messages, links, the clipboard

    def say(self, message: str, *, warning: bool = False) -> None:
        """Show a message in the last line for a while."""
        from monitor.tui.screens.base import MonitorScreen

        if isinstance(self.screen, MonitorScreen):
            self.screen.say(message, warning=warning)

    def copy(self, text: str, *, told: str = "") -> None:
        """Hand text to the terminal's clipboard. The terminal does not answer, so no success is claimed.

        Args:
            told: what to call it where it is long.
        """
        from monitor.text.clean import clean

        self.copy_to_clipboard(clean(text))
        self.say("sent to the terminal's clipboard: " + (told or text))

    def open_link(self, address: str | None) -> None:
        """Open an address in the browser; where that would be on another machine, show and copy it."""
        from monitor.text.clean import safe_url

        safe = safe_url(address)
        if safe is None:
            self.say("there is no link to open" if not address else "this link is not safe to open", warning=True)
        elif self.remote:
            self.copy_to_clipboard(safe)
            self.say(f"no browser over SSH; the link was sent to your clipboard: {safe}")
        else:
            self.open_url(safe)
            self.say(f"opened {safe}")

    @on(Told)
    def pass_on(self, message: Told) -> None:
        self.say(message.words, warning=True)

    # Screens

    def open_post(self, stored: object) -> None:
        from monitor.records import StoredPost
        from monitor.tui.screens.post import PostScreen

        if isinstance(stored, StoredPost):
            self.push_screen(PostScreen(stored))

    def action_signals(self) -> None:
        from monitor.tui.screens.signals import SignalsScreen

        if not any(isinstance(screen, SignalsScreen) for screen in self.screen_stack):
            self.push_screen(SignalsScreen())

    def action_evidence(self) -> None:
        from monitor.tui.screens.evidence import open_working

        open_working(self)

    def action_label(self) -> None:
        from monitor.tui.screens.label import open_labelling

        open_labelling(self)

    def action_help(self) -> None:
        from monitor.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        from monitor.tui.commands import commands

        return commands(self)

    def handle_bindings_clash(self, clashed_bindings: set[Binding], node: object) -> None:
        """Two actions of the user's keymap want one key: say so instead of choosing in silence."""
        names = ", ".join(sorted(binding.id or binding.action for binding in clashed_bindings))
        self.say(f"one key for several actions: {names}", warning=True)


def _collect_garbage_again() -> None:
    """Collecting was put off for a quick start; what was made until now stays and need not be looked at again."""
    gc.freeze()
    gc.enable()


def is_remote(environment: Mapping[str, str]) -> bool:
    """Whether the terminal is at the other end of an SSH connection."""
    return bool(environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"))
