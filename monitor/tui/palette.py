"""A theme's colours as styles of the terminal, and as a theme of the framework."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.filter import LineFilter
from textual.strip import Strip

from monitor.themes import Theme

if TYPE_CHECKING:
    from textual.color import Color
    from textual.theme import Theme as FrameworkTheme

    from monitor.tui.lines import Line


_SHAPES = {
    "!": "★",
    "#": "█▖▗▘▙▚▛▜▝▞▟▋▊▉",
    "*": "▇▀●♥•",
    "+": "▆┤✓",
    "=": "▅━‖",
    "~": "▄±",
    "-": "▃─⎻−–",
    ",": "▂",
    "_": "▁⎽",
    "^": "⎺▲",
    ".": "·┈⎼…",
    "/": "╱",
    "|": "│▌▐▏▎▍",
    ":": "┊",
    "v": "▼▾",
    ">": "▸",
    "'": "△",
    '"': "“”",
    "x": "▓✕×✗",
    "b": "▒",
    "n": "░",
    "y": "▪",
    "a": "◆",
    "m": "◇",
    "o": "○",
    "<": "⏎",
}
IN_ASCII = {ord(shape): plain for plain, shapes in _SHAPES.items() for shape in shapes}
"""The shapes of the screen for terminals and fonts without them, one cell for one."""


class Palette:
    """The styles of one theme by the names that lines use.

    Without colour only bold and underlining remain; what a colour says, a shape or a word says as well.
    """

    def __init__(self, theme: Theme, *, colour: bool = True, ascii_only: bool = False) -> None:
        self.theme = theme
        self.colour = colour
        self.ascii_only = ascii_only
        self._styles: dict[tuple[str, bool], Style] = {}

    def style(self, name: str, chosen: bool = False) -> Style:
        """The style of a name; `chosen` puts the highlight behind it, or makes it bold where there is none."""
        key = (name, chosen)
        found = self._styles.get(key)
        if found is None:
            found = self._styles[key] = self._make(name, chosen)
        return found

    def strip(self, line: Line, chosen: bool = False) -> Strip:
        """A line as the framework paints it."""
        if self.ascii_only:
            line = tuple((text.translate(IN_ASCII), name) for text, name in line)
        return Strip([Segment(text, self.style(name, chosen)) for text, name in line])

    def _make(self, name: str, chosen: bool) -> Style:
        *modifiers, meaning = name.split(" ")
        colours = self.theme.colours
        plain = not self.colour or colours["highlight"] == colours["background"]
        bold = "bold" in modifiers or (chosen and plain)
        underline = "underline" in modifiers
        reverse = "reverse" in modifiers
        if not self.colour:
            return Style(bold=bold or None, underline=underline or None, reverse=reverse or None)
        if meaning.startswith("source-"):
            colour = self.theme.sources.get(meaning[7:], self.theme.sources["other"])
        else:
            colour = colours.get(meaning, colours["text"])
        ground = colours["highlight" if chosen else "background"]
        return Style(
            color=colour, bgcolor=ground, bold=bold or None, underline=underline or None, reverse=reverse or None
        )


def framework_theme(theme: Theme) -> FrameworkTheme:
    """The theme for what the framework draws itself: dialogs, the input line, messages."""
    from textual.theme import Theme as FrameworkTheme

    def named(meaning: str) -> str:
        colour = theme.colours[meaning]
        return colour if colour.startswith("#") else f"ansi_{colour}"

    ground = named("background")
    return FrameworkTheme(
        name=theme.name,
        primary=named("accent"),
        secondary=named("muted"),
        accent=named("accent"),
        warning=named("warning"),
        error=named("bad"),
        success=named("good"),
        foreground=named("text"),
        background=ground,
        surface=ground,
        panel=named("highlight"),
        boost=ground,
        dark=theme.dark,
        ansi=theme.in_terminal_colours,
        variables={
            "block-cursor-foreground": ground if not theme.in_terminal_colours else "ansi_white",
            "block-cursor-background": named("accent"),
            "input-cursor-background": named("text"),
            "input-cursor-foreground": ground,
            "ansi-background": ground if ground.startswith("ansi_") else "ansi_black",
            "ansi-foreground": named("text") if theme.in_terminal_colours else "ansi_white",
            "border": named("accent"),
            "border-blurred": named("faint"),
            "muted": named("muted"),
            "faint": named("faint"),
        },
    )


@lru_cache(maxsize=256)
def without_colour(style: Style) -> Style:
    """A style with nothing left of its colours, not even the code of the default ones."""
    return style.without_color


class Colourless(LineFilter):
    """Takes every colour out of what is about to be written, whoever drew it."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            Segment(text, None if style is None else without_colour(style), control)
            for text, style, control in segments
        ]
