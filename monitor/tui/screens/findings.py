"""The claims of a story with what the store says to each."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple, cast

from textual import on

from monitor.tui.findings_words import fidelity_words, formula_words
from monitor.tui.lines import Line, clip, outside, rule, wrap
from monitor.tui.messages import Opened
from monitor.tui.screens.base import ListScreen
from monitor.tui.screens.post import INDENT, READING_WIDTH
from monitor.tui.story_material import SIGNS, WORST, Material, when
from monitor.tui.widgets.line_list import LineList, Order
from monitor.tui.widgets.text_pane import TextPane

if TYPE_CHECKING:
    from monitor.stories.linting import Lint
    from monitor.stories.verdicts import Finding


class Row(NamedTuple):
    """A finding and its position in the text."""

    number: int
    finding: Finding


class FindingsList(LineList):
    """The findings, the worst first."""

    ORDERS: ClassVar[tuple[Order, ...]] = (
        Order("worst first", lambda row: WORST.index(cast(Row, row).finding.verdict)),
        Order("as they stand", lambda row: cast(Row, row).number),
        Order("kind", lambda row: cast(Row, row).finding.claim.kind),
    )

    def __init__(self, title: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._title = title

    def key_of(self, item: object) -> Hashable:
        return cast(Row, item).number

    def words_of(self, item: object) -> str:
        finding = cast(Row, item).finding
        return f"{finding.verdict} {finding.claim.kind} {finding.claim.text} {finding.detail}"

    def copy_of(self, item: object) -> str:
        finding = cast(Row, item).finding
        return f"{finding.verdict}: {finding.claim.text}: {finding.detail}"

    def row(self, item: object, width: int, *, chosen: bool) -> Line:
        finding = cast(Row, item).finding
        sign, _, style = SIGNS[finding.verdict]
        return (
            ("▸" if chosen and self.has_focus else " ", "bold accent"),
            (f"{sign} {finding.verdict:13}", style),
            (f"{finding.claim.kind:12}", "muted"),
            (clip(outside(finding.claim.text), max(0, width - 29)), "bold text" if chosen else "text"),
        )

    def heads(self, width: int) -> Sequence[Line]:
        far = [(piece, "faint") for piece in (self.place(),) if piece] + [("  " + self.order.name, "muted")]
        return (rule([("Claims of ", "muted"), (self._title, "bold text")], far, width, active=self.has_focus),)

    def empty(self, width: int) -> Sequence[Line]:
        words = "no claim matches" if self.given_count else "nothing is claimed that could be checked"
        return (((INDENT, ""), (words, "muted")),)


class ChosenFinding(TextPane):
    """The chosen finding in full, and how the score comes about."""

    def __init__(self, material: Material, lint: Lint, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._material = material
        self._lint = lint
        self._finding: Finding | None = None

    def show(self, finding: Finding | None) -> None:
        if finding != self._finding:
            self._finding = finding
            self.action_scroll_by(-1_000_000)
            self.renew()

    def content(self, width: int) -> Sequence[Line]:
        room = max(10, min(width - 2 * len(INDENT), READING_WIDTH))
        lines: list[Line] = []
        finding = self._finding
        if finding is not None:
            sign, _, style = SIGNS[finding.verdict]
            part = "" if finding.claim.part == "body" else f" of the {finding.claim.part}"
            head = f"{finding.claim.kind}, characters {finding.claim.start} to {finding.claim.end}{part}"
            lines += [rule([(f"{sign} {finding.verdict}", style), (f"  {head}", "muted")], (), width), (("", ""),)]
            lines += [((INDENT, ""), (line, "bold text")) for line in wrap(outside(finding.claim.text), room)]
            lines += [((INDENT, ""), (line, "text")) for line in wrap(outside(finding.detail), room)]
            lines.append((("", ""),))
        dated = self._material.card.published_at is not None
        moment = f"As of {when(self._lint.as_of)}" + ("" if dated else ", for its file has no date") + "."
        for words in (fidelity_words(self._lint), formula_words(self._lint), moment):
            lines += [((INDENT, ""), (line, "muted")) for line in wrap(words, room)]
        return lines


class FindingsScreen(ListScreen):
    """Lists the findings with the chosen one in full below; opening one goes to its place in the text."""

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("app.help", "help"),
        ("screen.back", "back"),
        ("list.open", "to the text"),
        ("list.filter", "filter"),
        ("list.sort", "sort"),
        ("list.copy", "copy"),
        ("screen.next-pane", "pane"),
        ("app.quit", "quit"),
    )

    def __init__(self, material: Material, lint: Lint, go_to: Callable[[int], None]) -> None:
        """`go_to` brings a claim of the story's text into sight, by its position among the findings."""
        self._go_to = go_to
        self._rows = tuple(Row(number, finding) for number, finding in enumerate(lint.findings))
        self.findings = FindingsList(outside(material.card.title), id="all-findings")
        self.chosen = ChosenFinding(material, lint, id="chosen-finding")
        super().__init__(self.findings, self.chosen)

    def on_mount(self) -> None:
        self.findings.give(self._rows)
        self.show_chosen()

    def show_chosen(self) -> None:
        row = cast("Row | None", self.findings.chosen)
        self.chosen.show(None if row is None else row.finding)

    @on(Opened)
    def go_to_text(self, message: Opened) -> None:
        self.leave()
        self._go_to(cast(Row, message.item).number)
