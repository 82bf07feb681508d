"""A story as a page: a measured column with its links, the marks of the linter beside it, and its evidence below.

Nothing is said by colour alone: links are underlined, the chosen one stands in reverse beside an arrow, verdicts have a
sign with a letter or a word.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from monitor.stories import markup
from monitor.tui.lines import Line, Piece, outside, right, rule, wrap
from monitor.tui.paragraphs import paragraphs
from monitor.tui.prose import Part, Row, flow
from monitor.tui.story_material import ORIGINS, SIGNS, WORST, Material, Target, beat_name, panel_words, when
from monitor.tui.story_sections import Item, sections_of
from monitor.tui.widgets.stories_list import LEVELS

if TYPE_CHECKING:
    from monitor.stories.verdicts import Finding

MEASURE = 72
"""Cells of a line of text; longer ones are hard to read."""
GUTTER = 6
"""Cells to the left of the text at least: for the sign of a verdict and the arrow of the chosen link."""
WORDS_FROM = 19
"""Cells to the left of the text from which on a verdict is a word."""
FROM_BODY = 1
"""The place of the body's first character; 0 is what stands above it."""

_LINK, _CHOSEN = "underline accent", "bold reverse accent"
_PLAIN_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


class Spot(NamedTuple):
    """Where a target can be seen."""

    line: int
    start: int
    end: int
    """The column after its last one."""


class Page(NamedTuple):
    """A story in lines."""

    lines: tuple[Line, ...]
    places: tuple[int, ...]
    """How far into the text each line is, whatever the width: rises from line to line."""
    targets: tuple[Target, ...] = ()
    spots: tuple[tuple[Spot, ...], ...] = ()
    """Of each target."""
    claims: tuple[int, ...] = ()
    """The line in which each finding's claim begins."""

    def line_at(self, place: int) -> int:
        """The last line that does not lie behind a place."""
        return max(0, bisect_right(self.places, place) - 1)


def story_page(material: Material, width: int, chosen: int | None = None) -> Page:
    """The page of a story.

    Args:
        width: cells of the pane.
        chosen: position of the target that Enter would open.
    """
    return _PageMaker(material, width, chosen).page()


class _PageMaker:
    def __init__(self, material: Material, width: int, chosen: int | None) -> None:
        self._material = material
        self._chosen = chosen
        self._width = width
        self._measure = max(10, min(MEASURE, width - GUTTER - 2))
        self._left = max(GUTTER, (width - self._measure) // 2)
        self._lines: list[Line] = []
        self._places: list[int] = []
        self._targets: list[Target] = []
        self._spots: list[list[Spot]] = []
        self._claims: list[int] = []
        self._place = 0
        self._is_broken = False

    def page(self) -> Page:
        self._head()
        if self._body():
            for title, items in sections_of(self._material):
                self._section(title, items)
            self._foot()
        return Page(
            tuple(self._lines),
            tuple(self._places),
            tuple(self._targets),
            tuple(tuple(spots) for spots in self._spots),
            tuple(self._claims),
        )

    # Lines

    def _add(self, pieces: Sequence[Piece] = (), finding: Finding | None = None, arrow: bool = False) -> None:
        """A line of the column."""
        gutter: list[Piece] = []
        room = self._left - 3
        if finding is not None:
            sign, letter, style = SIGNS[finding.verdict]
            words = f"{finding.verdict} {sign}" if self._left >= WORDS_FROM else f"{sign}{letter}"
            gutter.append((right(words, room), style))
        else:
            gutter.append((" " * room, ""))
        gutter.append((" ▸ " if arrow else "   ", "bold accent"))
        self._lines.append((*gutter, *pieces))
        self._places.append(self._place)

    def _across(self, line: Line) -> None:
        """A line from edge to edge."""
        self._lines.append(line)
        self._places.append(self._place)

    def _words(self, text: str, style: str) -> None:
        for line in wrap(text, self._measure):
            self._add([(line, style)])

    def _target(self, target: Target) -> int:
        self._targets.append(target)
        self._spots.append([])
        return len(self._targets) - 1

    def _seen(self, number: int, start: int, end: int) -> None:
        """The next line shows a target in these columns of the column."""
        self._spots[number].append(Spot(len(self._lines), self._left + start, self._left + end))

    def _style_of(self, number: int) -> str:
        return _CHOSEN if number == self._chosen else _LINK

    # What stands above the text

    def _head(self) -> None:
        material = self._material
        card = material.card
        sign, style = LEVELS[card.significance]
        level = f"{sign.strip()} {card.significance}" if card.significance else ""
        date = "undated" if card.published_at is None else when(card.published_at)
        is_untold = card.beat is None and material.story is not None and "beat" in material.story.lacks
        name = "beat not said" if is_untold else beat_name(card, material.beats)
        near: list[Piece] = [(name, "bold text"), *([("  " + level, style)] if level else [])]
        self._across(rule(near, [(date, "muted")], self._width))
        self._add()
        if material.version is not None:
            told = (
                f"Version {material.version.version} of this story, as it was before {when(material.version.stored_at)}"
            )
            self._words(told, "warning")
            self._add()
        self._words(outside(card.title if material.version is None else material.version.title), "bold text")
        if dek := outside(card.dek if material.version is None else material.version.dek):
            self._words(dek, "muted")
        self._add()
        self._facts(name)
        story = material.story
        if story is not None and story.panel is not None:
            self._words(f"On its page when that was captured: {outside(panel_words(story.panel))}", "muted")
        if story is not None and story.body:
            self._words(self._checked(), "muted")

    def _facts(self, name: str) -> None:
        """Beat, category and origin; the beat is a link."""
        card = self._material.card
        parts = [name, outside(card.category or ""), ORIGINS[card.origin]]
        text = " · ".join(part for part in dict.fromkeys(parts) if part)
        links = []
        if card.beat:
            number = self._target(Target("beat", card.beat, name))
            links.append(Part(0, len(name), number, self._style_of(number)))
        self._flow(text, 0, len(text), links, "muted")

    def _checked(self) -> str:
        """How far the store bears the text out."""
        material = self._material
        if material.version is not None:
            return "An earlier text is not checked."
        if material.problem:
            return f"Not checked: {outside(material.problem)}"
        if material.lint is None:
            return (
                "Its claims are being checked."
                if material.state == "waiting"
                else "There is no store to check it with."
            )
        from monitor.tui.findings_words import fidelity_words

        return fidelity_words(material.lint)

    # The text

    def _body(self) -> bool:
        """The paragraphs; False where there are none."""
        material = self._material
        self._add()
        if material.is_missing or (material.story is not None and not material.story.body):
            is_stub = material.card.origin == "stub"
            self._words(
                "Only the title of this story is known: another story's page listed it. Its text is shown here "
                "once it is imported."
                if is_stub
                else "The text of this story is not in the store.",
                "text",
            )
            return False
        if material.story is None:
            self._words("reading", "muted")
            return False
        plain = markup.plain(material.story.body)
        text = self._with_digits(plain)
        parts = self._links(plain)
        rows: list[tuple[int, int]] = []
        for paragraph in paragraphs(text):
            if rows:
                self._place = paragraph.start + FROM_BODY
                self._add()
            self._is_broken = self._is_broken or not paragraph.is_told
            inside = [part for part in parts if part.start < paragraph.end and part.end > paragraph.start]
            for row in flow(text, paragraph.start, paragraph.end, inside, self._measure):
                rows.append((row.start, len(self._lines)))
                self._place = row.start + FROM_BODY
                self._row(row)
        self._place = len(text) + FROM_BODY
        self._mark([start for start, _ in rows], [line for _, line in rows])
        return True

    def _with_digits(self, plain: markup.Plain) -> str:
        """The text with footnote marks in digits, which every font has."""
        text = plain.text
        for mark in plain.footnotes:
            text = text[: mark.start] + text[mark.start : mark.end].translate(_PLAIN_DIGITS) + text[mark.end :]
        return text

    def _links(self, plain: markup.Plain) -> list[Part]:
        """Links and footnote marks, in the order in which they stand."""
        found: list[tuple[int, int, Target]] = [
            (link.start, link.end, Target(link.kind, link.slug, link.label)) for link in plain.links if link.label
        ]
        found += [
            (mark.start, mark.end, Target("note", str(mark.number), f"[{mark.number}]")) for mark in plain.footnotes
        ]
        parts = []
        for start, end, target in sorted(found):
            number = self._target(target)
            parts.append(Part(start, end, number, self._style_of(number)))
        return parts

    def _mark(self, starts: Sequence[int], lines: Sequence[int]) -> None:
        """Put the worst verdict beside each line in which claims begin."""
        lint = self._material.lint
        if lint is None or not lines:
            return
        worst: dict[int, Finding] = {}
        for finding in lint.findings:
            if finding.claim.part != "body":
                # The title and the dek stand at the top.
                self._claims.append(0)
                continue
            line = lines[max(0, bisect_right(starts, finding.claim.start) - 1)]
            self._claims.append(line)
            known = worst.get(line)
            if known is None or WORST.index(finding.verdict) < WORST.index(known.verdict):
                worst[line] = finding
        for line, finding in worst.items():
            pieces = self._lines[line]
            has_arrow = pieces[1][0] == " ▸ "
            at, places = len(self._lines), self._places
            self._add(pieces[2:], finding, has_arrow)
            self._lines[line] = self._lines[at]
            del self._lines[at], places[at]

    # What stands below it

    def _section(self, title: str, items: Sequence[Item]) -> None:
        self._step()
        self._add()
        self._step()
        stroke = "─" * max(0, self._measure - len(title) - 1)
        self._add([(title, "bold text"), (f" {stroke}", "faint")])
        for item in items:
            self._item(item)

    def _item(self, item: Item) -> None:
        """A number, words that may be a link, and what is known about it below them."""
        indent = len(item.lead)
        number = None if item.target is None else self._target(item.target)
        room = max(8, self._measure - indent)
        for place, line in enumerate(wrap(item.words, room)):
            self._step()
            lead = item.lead if place == 0 else " " * indent
            if number is not None:
                self._seen(number, indent, self._measure)
            style = "text" if number is None else self._style_of(number)
            self._add(
                [(lead, "muted"), (line, style)], arrow=place == 0 and number is not None and number == self._chosen
            )
        for line in wrap(item.about, room) if item.about else ():
            self._step()
            self._add([(" " * indent, ""), (line, "muted")])

    def _foot(self) -> None:
        story = self._material.story
        told = [story.disclosure if story else ""]
        if story is not None and story.lacks:
            told.append(f"Its file does not say: {', '.join(story.lacks)}.")
        if self._is_broken:
            told.append("Its file runs paragraphs together; for reading they are parted here between sentences.")
        for sentence in told:
            if sentence:
                self._step()
                self._add()
                for line in wrap(outside(sentence), self._measure):
                    self._step()
                    self._add([(line, "muted")])

    def _step(self) -> None:
        """Below the text a place is a line."""
        self._place += 1

    def _flow(self, text: str, start: int, end: int, parts: Sequence[Part], style: str) -> None:
        for row in flow(text, start, end, parts, self._measure, style):
            self._row(row)

    def _row(self, row: Row) -> None:
        """A line of running text with its links."""
        for number, first, last in row.spans:
            self._seen(number, first, last)
        self._add(row.pieces, arrow=any(number == self._chosen for number, _, _ in row.spans))
