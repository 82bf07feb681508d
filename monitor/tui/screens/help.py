"""The keys of where one is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from monitor.tui.lines import Line, rule, wrap
from monitor.tui.screens.base import PageScreen
from monitor.tui.widgets.footer import key_name
from monitor.tui.widgets.text_pane import TextPane

if TYPE_CHECKING:
    from textual.screen import Screen

GROUPS = (
    ("list", "In this list"),
    ("text", "In this text"),
    ("post", "This post"),
    ("story", "This story"),
    ("label", "This post"),
    ("view", "What is shown"),
    ("screen", "Moving about"),
    ("app", "Everywhere"),
)
"""Binding ids begin with the name of their group."""

LEGEND: tuple[tuple[str, str], ...] = (
    ("╱", "not collected: a gap, never a zero"),
    ("·", "collected, and nothing was there"),
    ("▲ ▲▲ ▼ ▼▼", "off the usual by a quarter, by half, and more than counting alone explains"),
    ("▲▲ ▲ △", "a signal of level high, medium, low; what that means stands in docs/methods.md"),
    ("+12 ±9", "net sentiment: positive minus negative share in points, with its 95 % interval"),
    ("▓▒░▪○", "the split: X, Bluesky, News, YouTube, all others"),
    ("• ★", "a story that is unread, and one that is starred"),
    ("✗c ?u ·n ✓s", "a claim of a story: contradicted, unsupported, not checkable, supported"),
    ("┊", "a change on our own side, such as an edited rule; beside “vs usual” one is in the days compared"),
    ("uncalibrated", "no labels of the beat correct its mood, hence wider intervals"),
)

LAST_WORDS = (
    "To select text with the mouse hold Shift (Option on a Mac); [keys] in the configuration gives other keys by the "
    "names on the right. Times are UTC."
)


def bindings_by_group(screen: Screen[object]) -> dict[str, list[tuple[str, str, str]]]:
    """The active bindings of a screen as (keys, what they do, id), by group, in the order of their classes."""
    groups: dict[str, dict[str, tuple[list[str], str]]] = {name: {} for name, _ in GROUPS}
    for active in screen.active_bindings.values():
        binding = active.binding
        name = binding.id or ""
        group = name.partition(".")[0]
        words = binding.description
        if name.startswith("view.source-"):
            # Eight keys that do the same to eight sources are one line.
            name, words = "view.source-1 to -8", "sources on and off, as numbered"
        if group in groups:
            keys, _ = groups[group].setdefault(name, ([], words))
            keys.append(key_name(binding.key))
    groups["app"]["app.commands"] = ([key_name(screen.app.COMMAND_PALETTE_BINDING)], "all commands by name")
    return {
        group: [
            ("  ".join(keys) if len(keys) < 8 else f"{keys[0]}–{keys[-1]}", words, name)
            for name, (keys, words) in found.items()
        ]
        for group, found in groups.items()
        if found
    }


def help_lines(groups: dict[str, list[tuple[str, str, str]]], width: int) -> list[Line]:
    """The keys by group, then what the shapes mean."""
    lines: list[Line] = []
    titles = dict(GROUPS)
    room = max((len(words) for rows in groups.values() for _, words, _ in rows), default=0) + 2
    for group, rows in groups.items():
        lines.append(rule([(titles[group], "bold text")], (), width))
        for keys, words, name in rows:
            lines.append(
                (
                    ("   ", ""),
                    (keys.ljust(18), "accent"),
                    (words.ljust(room), "text"),
                    (name if width > 40 + room else "", "faint"),
                )
            )
        lines.append((("", ""),))
    lines.append(rule([("What the shapes mean", "bold text")], (), width))
    for shape, words in LEGEND:
        for place, text in enumerate(wrap(words, max(20, width - 22))):
            lines.append((("   ", ""), ((shape if place == 0 else "").ljust(18), "accent"), (text, "text")))
    lines.append((("", ""),))
    lines += [(("   ", ""), (text, "muted")) for text in wrap(LAST_WORDS, max(20, width - 4))]
    return lines


class HelpText(TextPane):
    """The text of the screen."""

    def __init__(self, groups: dict[str, list[tuple[str, str, str]]], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._groups = groups

    def content(self, width: int) -> Sequence[Line]:
        return help_lines(self._groups, width)


class HelpScreen(PageScreen):
    """Lists the keys of the screen and the pane it was called from."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "back", "close help", id="screen.close-help", show=False),
    ]

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (("screen.back", "back"), ("app.quit", "quit"))

    def __init__(self, screen: Screen[object]) -> None:
        super().__init__(HelpText(bindings_by_group(screen), id="text"))
