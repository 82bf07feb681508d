"""Taking stories in from files, or from a text that is pasted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from threading import Thread
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.message import Message
from textual.widget import Widget

from monitor.tui.lines import Line, Piece, outside, rule, wrap
from monitor.tui.screens.base import PageScreen
from monitor.tui.screens.post import INDENT, READING_WIDTH
from monitor.tui.widgets.path_line import CompletionWanted, LineEntered, PathLine, TextPasted
from monitor.tui.widgets.text_pane import TextPane

if TYPE_CHECKING:
    from monitor.newsroom import Newsroom
    from monitor.stories.importing import Taken
    from monitor.tui.app import MonitorApp

SIGNS = {"added": ("+", "good"), "updated": ("~", "good"), "unchanged": ("·", "muted"), "failed": ("✗", "bad")}

INTRODUCTION = (
    "Type the path of a story and press Enter. Several are parted by spaces, with quotes around names that have some; "
    "~ and * work as in a shell, and Tab completes.",
    "Or paste the text of a story, or of its page.",
    "Understood are the plain-text export, a page's text, an article alone, Markdown and JSON.",
)


class TookIn(Message):
    """What became of another file, or how it all ended."""

    def __init__(self, taken: Taken | None, ending: str = "", *, failed: bool = False) -> None:
        super().__init__()
        self.taken = taken
        self.ending = ending
        self.failed = failed


class Completed(Message):
    """How a line may go on."""

    def __init__(self, line: str, found: tuple[str, ...]) -> None:
        super().__init__()
        self.line = line
        self.found = found


class ImportText(TextPane):
    """What may be typed, then what became of it."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._taken: list[Taken] = []
        self._told: tuple[str, str] = ("", "")
        self._offered: tuple[str, ...] = ()

    def add(self, taken: Taken) -> None:
        self._offered = ()
        self._taken.append(taken)
        self.renew()
        self.action_scroll_by(1_000_000)

    def tell(self, words: str, style: str = "muted") -> None:
        """Say how it stands, below what came in."""
        self._told, self._offered = (words, style), ()
        self.renew()
        self.action_scroll_by(1_000_000)

    def offer(self, paths: tuple[str, ...]) -> None:
        """Show how the typed path may go on."""
        self._offered = paths
        self.renew()
        self.action_scroll_by(-1_000_000)

    def content(self, width: int) -> Sequence[Line]:
        room = max(10, min(width - 2 * len(INDENT), READING_WIDTH))
        lines: list[Line] = [rule([("Import stories", "bold text")], (), width), (("", ""),)]
        if self._offered:
            return [*lines, *(((INDENT, ""), (line, "text")) for path in self._offered for line in wrap(path, room))]
        if not self._taken:
            for words in INTRODUCTION:
                lines += [((INDENT, ""), (line, "muted")) for line in wrap(words, room)]
                lines.append((("", ""),))
        for taken in self._taken:
            lines += _taken_lines(taken, room)
        words, style = self._told
        return [*lines, *(((INDENT, ""), (line, style)) for line in wrap(outside(words), room) if words)]


def _taken_lines(taken: Taken, room: int) -> Iterator[Line]:
    sign, style = SIGNS[taken.outcome]
    head: list[Piece] = [(INDENT, ""), (f"{sign} {taken.outcome:10}", style)]
    rest = " " * (len(INDENT) + 12)
    for place, line in enumerate(wrap(outside(taken.title or taken.name), room - 12)):
        yield (*(head if place == 0 else [(rest, "")]), (line, "bold text"))
    details = [outside(taken.name)] if taken.title else []
    if taken.error:
        details.append(taken.error)
    if taken.lacks:
        details.append(f"its file does not say: {', '.join(taken.lacks)}")
    if taken.new_stubs:
        stubs = "story is known by its title" if taken.new_stubs == 1 else "stories are known by their titles"
        details.append(f"{taken.new_stubs} more {stubs} now")
    for detail in details:
        for line in wrap(outside(detail), room - 12):
            yield ((rest, ""), (line, "bad" if detail == taken.error else "muted"))
    yield (("", ""),)


class ImportScreen(PageScreen):
    """Asks for files and says of each what became of it. The store is written in a thread."""

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (("screen.back", "back"), ("app.quit-at-once", "quit"))

    text: ImportText

    def __init__(self, newsroom: Newsroom) -> None:
        super().__init__(ImportText(id="text"))
        self._newsroom = newsroom
        self._is_busy = False
        self.path_line = PathLine(id="path")

    def below(self) -> Sequence[Widget]:
        return (self.path_line,)

    def first_focus(self) -> Widget:
        return self.path_line

    @on(LineEntered)
    def import_files(self, message: LineEntered) -> None:
        if message.line.strip():
            self._begin(lambda: self._newsroom.take_in(message.line))

    @on(TextPasted)
    def import_text(self, message: TextPasted) -> None:
        self._begin(lambda: self._newsroom.take_in_text(message.text))

    def _begin(self, start: Callable[[], Iterable[Taken]]) -> None:
        if self._is_busy:
            self.monitor.say("the files before are still being read", warning=True)
            return
        self._is_busy = True
        self.text.tell("reading")
        Thread(target=self._take_in, args=(start,), name="monitor-import", daemon=True).start()

    def _take_in(self, start: Callable[[], Iterable[Taken]]) -> None:
        """In the thread: tell of one file after the other."""
        counts = dict.fromkeys(SIGNS, 0)
        try:
            for taken in start():
                counts[taken.outcome] += 1
                self.post_message(TookIn(taken))
        except Exception as error:
            # A store that cannot be written, or whatever else: it is said, and the app goes on.
            self.post_message(TookIn(None, str(error) or type(error).__name__, failed=True))
        else:
            self.post_message(TookIn(None, ", ".join(f"{count} {outcome}" for outcome, count in counts.items())))

    @on(TookIn)
    def show_taken(self, message: TookIn) -> None:
        if message.taken is not None:
            self.text.add(message.taken)
            return
        self._is_busy = False
        self.text.tell(message.ending, "bad" if message.failed else "muted")
        if not message.failed:
            self.path_line.set_line("")
        self.monitor.reading_thread.poke()

    @on(CompletionWanted)
    def complete(self, message: CompletionWanted) -> None:
        Thread(target=self._complete, args=(message.line,), name="monitor-completing", daemon=True).start()

    def _complete(self, line: str) -> None:
        """In a thread, since a folder may be on a disk that sleeps."""
        from monitor.typed_paths import completions

        self.post_message(Completed(line, completions(line)))

    @on(Completed)
    def show_completions(self, message: Completed) -> None:
        """Go on as far as all completions agree, and show them where they part."""
        from monitor.typed_paths import common_beginning, last_word

        if message.line != self.path_line.line:
            return
        start = last_word(message.line)
        common = common_beginning(message.found)
        if not message.found:
            self.monitor.say("no such file or folder", warning=True)
        elif len(common) > len(start) or len(message.found) == 1:
            self.path_line.set_line(message.line[: len(message.line) - len(start)] + common)
        else:
            self.text.offer(message.found)


def open_import(app: MonitorApp) -> None:
    """Ask for files to take stories from."""
    if app.newsroom is None:
        app.say("there is no store to take stories into", warning=True)
    elif not isinstance(app.screen, ImportScreen):
        app.push_screen(ImportScreen(app.newsroom))
