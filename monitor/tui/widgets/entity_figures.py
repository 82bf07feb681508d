"""The figures of one entity: the line that names it, and its posts by source and by beat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor import glyphs
from monitor.records import SOURCES
from monitor.snapshot.entity import EntityPage
from monitor.tui.lines import Line, Piece, clip, outside, right, rule, wrap
from monitor.tui.widgets.beats_table import net_style
from monitor.tui.widgets.history_chart import RANGE_NAMES
from monitor.tui.widgets.line_pane import LinePane
from monitor.tui.widgets.mood_words import calibration_word, scored_words
from monitor.tui.widgets.split import Part, part_row


def entity_title_line(name: str, page: EntityPage | None, range_hours: int, width: int) -> Line:
    """A rule with the entity's name and kind, how often it is named, whether that is usual, and the ranges."""
    title: list[Piece] = [(outside(name), "bold text")]
    if page is not None and page.entity is not None:
        title.append((f"  {page.entity.kind}", "muted"))
        title.append((f"  {glyphs.count(page.volume)}", "bold text"))
        title.append((f" posts in {RANGE_NAMES[page.range_hours]}", "muted"))
        ratio = page.baseline.ratio if page.baseline is not None else None
        if ratio is not None and page.range_hours == 24:
            title.append((f"  {glyphs.change(ratio)}", "text"))
            title.append((" on usual", "muted"))
    far: list[Piece] = []
    for hours, label in RANGE_NAMES.items():
        far.append((label, "bold underline accent" if hours == range_hours else "muted"))
        far.append(("  ", ""))
    return rule(title, far[:-1], width)


class EntityTitle(LinePane):
    """Heads the page."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._called = ""
        self._page: EntityPage | None = None
        self._range_hours = 24

    def show(self, name: str, page: EntityPage | None, range_hours: int) -> None:
        self._called, self._page, self._range_hours = name, page, range_hours
        self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        return (entity_title_line(self._called, self._page, self._range_hours, width),)


def entity_parts(page: EntityPage) -> list[Part]:
    """The sources in which the entity is named, most posts first."""
    names = {source.slug: source.name for source in SOURCES}
    largest = max((posts for _, posts, _ in page.by_source), default=0)
    parts = [
        Part(None, slug, names.get(slug, slug), posts, posts / page.volume, largest, shares, "", False)
        for slug, posts, shares in page.by_source
    ]
    return sorted(parts, key=lambda part: -(part.volume or 0))


def entity_lines(page: EntityPage, beats: Mapping[str, str], width: int, height: int) -> list[Line]:
    """Sources with their posts and moods, their sum, and the beats; the smallest sources fall away first."""
    told = ", ".join(f"{outside(beats.get(slug, slug))} {glyphs.count(posts)}" for slug, posts in page.by_beat)
    word = calibration_word((page.sentiment,))
    where = f"in {told}" if told else "in no beat"
    words = wrap(f"{word}; {where}" if word else where, max(10, width - 4))[: 3 if height > 8 else 2]
    parts = entity_parts(page)[: max(1, height - len(words) - 1)]
    return [
        *(part_row(part, width, chosen=False, focused=False) for part in parts),
        _sum_row(page, width),
        *(((("   ", ""), (line, "muted"))) for line in words),
    ]


def _sum_row(page: EntityPage, width: int) -> Line:
    room = max(0, width - 30)
    return (
        ("   ", ""),
        (clip("all", 11), "muted"),
        (right(glyphs.count(page.volume), 6), "bold text"),
        (clip("  " + scored_words(page.sentiment, page.volume, room - 2), room), "muted"),
        (right(glyphs.net(page.sentiment), 9), net_style(page.sentiment)),
    )


class EntityFigures(LinePane):
    """Shows where an entity is named and in what mood."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._page: EntityPage | None = None
        self._beats: Mapping[str, str] = {}

    def show(self, page: EntityPage, beats: Mapping[str, str]) -> None:
        """Show a page; `beats` are names by slug."""
        self._page, self._beats = page, beats
        self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        if self._page is None:
            return ((("   reading", "muted"),),)
        if not self._page.volume:
            return ()
        return entity_lines(self._page, self._beats, width, height)
