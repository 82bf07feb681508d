"""Labelling posts of a beat, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message

from monitor.ingest import whole_text
from monitor.text.labelling import lacking
from monitor.tui.lines import Line, outside, rule, wrap
from monitor.tui.screens.base import PageScreen
from monitor.tui.screens.post import INDENT, READING_WIDTH
from monitor.tui.widgets.posts_list import NAMES
from monitor.tui.widgets.text_pane import TextPane

if TYPE_CHECKING:
    from monitor.records import Label
    from monitor.sitting import Desk, Shown
    from monitor.text.labelling import Findings, Proportion
    from monitor.tui.app import MonitorApp

_LABELS: tuple[Label, ...] = ("positive", "neutral", "negative")


class _State(NamedTuple):
    """What the screen shows."""

    shown: Shown | None = None
    found: Findings | None = None
    sentence: str = "looking for posts"
    """Said where there is no post."""


class Stepped(Message):
    """The desk has done what a key asked for."""

    def __init__(self, state: _State) -> None:
        super().__init__()
        self.state = state


def label_lines(state: _State, beat: str, width: int) -> list[Line]:
    """The post that is asked for, and what the labels say so far; nothing of what the scorer thinks of the post."""
    room = min(width - 2 * len(INDENT), READING_WIDTH)
    shown = state.shown
    place = f"{shown.number} of {shown.total}" if shown else ""
    lines: list[Line] = [rule([(f"label {outside(beat)}", "bold text")], [(place, "muted")], width), (("", ""),)]
    if shown is None:
        lines += [((INDENT, ""), (line, "muted")) for line in wrap(outside(state.sentence), room)]
    else:
        post = shown.post.post
        for paragraph in whole_text(post).split("\n"):
            lines += [((INDENT, ""), (line, "text")) for line in wrap(outside(paragraph), room)]
        present = f", now {shown.present}" if shown.present else ""
        lines += [(("", ""),), ((INDENT, ""), (NAMES.get(post.source, outside(post.source)) + present, "muted"))]
    return [*lines, *_findings_lines(state.found, width)]


def _findings_lines(found: Findings | None, width: int) -> list[Line]:
    if found is None or not found.posts:
        return []
    heading = f"{found.posts:,} labelled"
    lines: list[Line] = [
        (("", ""),),
        rule([("the scorer on this beat", "muted")], (), width),
        ((INDENT, ""), (f"{heading:14}{'recall':22}precision", "muted")),
    ]
    for label in _LABELS:
        recall, precision = _proportion(found.recall[label]), _proportion(found.precision[label])
        lines.append(((INDENT, ""), (f"{label:14}", "muted"), (f"{recall:22}{precision}", "text")))
    if found.missing is not None:
        room = min(width - 2 * len(INDENT), READING_WIDTH)
        lines += [((INDENT, ""), (line, "muted")) for line in wrap(lacking(found.missing), room)]
    elif found.reach is not None:
        reach = f"the net mood of 400 such posts is known to ±{100 * found.reach:.0f} points"
        lines.append(((INDENT, ""), (reach, "text")))
    return lines


def _proportion(found: Proportion) -> str:
    if found.share is None:
        return "no post yet"
    return f"{100 * found.share:.0f} % ({100 * found.low:.0f}-{100 * found.high:.0f}) of {found.posts:,}"


class LabelText(TextPane):
    """The text of the screen."""

    def __init__(self, beat: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._beat = beat
        self._state = _State()

    def take(self, state: _State) -> None:
        """Show another post, from its beginning."""
        self._state = state
        self._top = 0
        self.renew()

    def content(self, width: int) -> Sequence[Line]:
        reading = self.app.reading  # type: ignore[attr-defined]
        beats = {beat.slug: beat.name for beat in reading.snapshot.beats} if reading else {}
        return label_lines(self._state, beats.get(self._beat, self._beat), width)


class LabelScreen(PageScreen):
    """Asks for one post after the other. Each label is in the store before the next post is shown.

    Args:
        beat: Slug of the beat.
        open_desk: Opens the desk; called in the thread that then has it to itself.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "press('p')", "positive", id="label.positive"),
        Binding("u", "press('u')", "neutral", id="label.neutral"),
        Binding("n", "press('n')", "negative", id="label.negative"),
        Binding("s", "press('s')", "skip", id="label.skip"),
        Binding("b", "press('b')", "back to the post before", id="label.back"),
    ]

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("label.positive", "positive"),
        ("label.neutral", "neutral"),
        ("label.negative", "negative"),
        ("label.skip", "skip"),
        ("label.back", "the one before"),
        ("screen.back", "back"),
    )

    text: LabelText

    def __init__(self, beat: str, open_desk: Callable[[str], Desk]) -> None:
        super().__init__(LabelText(beat, id="text"))
        self._beat = beat
        self._open_desk = open_desk
        self._desk: Desk | None = None
        self._seen = False
        self._thread = ThreadPoolExecutor(1, "monitor-labelling")

    def on_mount(self) -> None:
        self._thread.submit(self._step, "")

    def on_unmount(self) -> None:
        self._thread.submit(self._close)
        self._thread.shutdown(wait=False)

    def action_press(self, key: str) -> None:
        """A key is for the post that is seen: while the next one is looked for, none is taken."""
        if self._seen:
            self._seen = False
            self._thread.submit(self._step, key)

    @on(Stepped)
    def show_step(self, message: Stepped) -> None:
        self._seen = True
        self.text.take(message.state)

    # In the thread of the desk

    def _step(self, key: str) -> None:
        """Do what a key asks for, and tell what to show then."""
        from monitor.sitting import NothingToLabelError
        from monitor.store.errors import StoreError

        try:
            if self._desk is None:
                self._desk = self._open_desk(self._beat)
            if (key and self._desk.shown() is not None) or key == "b":
                self._desk.press(key)
            sentence = f"that was the last one; {self._desk.labelled:,} labelled, all kept"
            state = _State(self._desk.shown(), self._desk.findings(), sentence)
        except (NothingToLabelError, StoreError) as error:
            state = _State(sentence=str(error))
        self.post_message(Stepped(state))

    def _close(self) -> None:
        from contextlib import suppress

        from monitor.store.errors import StoreError

        if self._desk is not None:
            with suppress(StoreError):
                self._desk.close()
            self._desk = None


def open_labelling(app: MonitorApp) -> None:
    """Ask for posts of the chosen beat."""
    if app.desk is None or app.view.beat is None:
        app.say("there is no store to label posts in", warning=True)
    elif not isinstance(app.screen, LabelScreen):
        app.push_screen(LabelScreen(app.view.beat, app.desk))
