"""The marks within a story's text: links to beats, entities and stories, and footnotes.

A link is `{{beat:slug|label}}`, `{{entity:slug|label}}` or `{{story:slug|label}}`, a footnote `[¹]` or `[1]`. What
occurs besides in published texts is understood as well: `{{entity:none|None}}`, `<entity:openai>`,
`<beat slug="ai-law">label</beat>`, and links that the end of the text cuts. Everything else is text; nothing is an
error. This is never Rich's or Textual's markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, cast

Kind = Literal["beat", "entity", "story"]

_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_TO_DIGITS = str.maketrans(_SUPERSCRIPTS, "0123456789")
_TO_SUPERSCRIPTS = str.maketrans("0123456789", _SUPERSCRIPTS)
_NOBODY = {"", "none", "null", "undefined"}

_MARK = re.compile(
    r"\{\{\s{0,9}(?P<kind>beat|entity|story)\s{0,9}:(?P<slug>[^{}|]{0,200}+)(?:\|(?P<label>[^{}]{0,500}+))?(?:\}\}|\}?\Z)"
    r"|<(?P<tag>beat|entity|story)(?:\s{0,9}:\s{0,9}(?P<colon>[^<>\s\"]{1,200})"
    r"|\s{1,9}slug\s{0,9}=\s{0,9}\"(?P<quoted>[^\"<>]{0,200})\")\s{0,9}/?>"
    r"(?:(?P<inner>[^<>{}]{0,500}+)</(?P=tag)>)?"
    rf"|\[(?P<number>[{_SUPERSCRIPTS}]{{1,3}}|[0-9]{{1,3}})\]"
)
"""Every length is bounded, so that no text takes longer than its length to read."""


class Text(NamedTuple):
    """Words as they stand."""

    source: str


class Link(NamedTuple):
    """A link with the words that are shown for it."""

    source: str
    """As it stood."""
    kind: Kind
    slug: str | None
    """None where the text says that there is none."""
    label: str


class Footnote(NamedTuple):
    """A mark that points to a note."""

    source: str
    number: int


Piece = Text | Link | Footnote


class Span(NamedTuple):
    """A link within the plain text."""

    kind: Kind
    slug: str
    label: str
    start: int
    end: int


class Mark(NamedTuple):
    """A footnote within the plain text: its number, and where its mark stands."""

    number: int
    start: int
    end: int


class Plain(NamedTuple):
    """A text as it is read, with where its links and footnote marks stand in it."""

    text: str
    links: tuple[Span, ...]
    footnotes: tuple[Mark, ...]


def parse(text: str) -> tuple[Piece, ...]:
    """The pieces of a text. Joined again, their sources are the text."""
    pieces: list[Piece] = []
    end = 0
    for found in _MARK.finditer(text):
        if found.start() > end:
            pieces.append(Text(text[end : found.start()]))
        pieces.append(_piece(found))
        end = found.end()
    if end < len(text):
        pieces.append(Text(text[end:]))
    return tuple(pieces)


def _piece(found: re.Match[str]) -> Piece:
    source, groups = found[0], found.groupdict()
    if groups["number"] is not None:
        return Footnote(source, int(groups["number"].translate(_TO_DIGITS)))
    kind = cast(Kind, groups["kind"] or groups["tag"])
    slug = (groups["slug"] or groups["colon"] or groups["quoted"] or "").strip()
    label = " ".join((groups["label"] or groups["inner"] or "").split()) or slug.replace("-", " ")
    return Link(source, kind, None if slug.casefold() in _NOBODY else slug, label)


def source_of(pieces: Iterable[Piece]) -> str:
    """The text that was parsed."""
    return "".join(piece.source for piece in pieces)


def canonical(pieces: Iterable[Piece]) -> str:
    """The text with every mark in its proper form; a link to nothing is its label."""
    return "".join(_canonical(piece) for piece in pieces)


def _canonical(piece: Piece) -> str:
    if isinstance(piece, Link):
        return piece.label if piece.slug is None else link(piece.kind, piece.slug, piece.label)
    if isinstance(piece, Footnote):
        return footnote(piece.number)
    return piece.source


def link(kind: Kind, slug: str, label: str) -> str:
    """A link in its proper form."""
    return f"{{{{{kind}:{slug}|{label}}}}}"


def footnote(number: int) -> str:
    """A footnote mark in its proper form, such as `[¹]`."""
    return f"[{str(number).translate(_TO_SUPERSCRIPTS)}]"


def plain(text: str) -> Plain:
    """A text as it is read: links are their labels, footnote marks stay in their proper form."""
    parts: list[str] = []
    links: list[Span] = []
    footnotes: list[Mark] = []
    at = 0
    for piece in parse(text):
        if isinstance(piece, Link):
            shown = piece.label
            if piece.slug is not None:
                links.append(Span(piece.kind, piece.slug, shown, at, at + len(shown)))
        elif isinstance(piece, Footnote):
            shown = footnote(piece.number)
            footnotes.append(Mark(piece.number, at, at + len(shown)))
        else:
            shown = piece.source
        parts.append(shown)
        at += len(shown)
    return Plain("".join(parts), tuple(links), tuple(footnotes))


def paragraphs(text: str) -> Sequence[str]:
    """The paragraphs of a text, without what is empty."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n|\n", text) if part.strip()]
