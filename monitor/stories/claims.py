"""What a story claims, so far as it can be held against posts: found in its text alone, without a look at any store.

The places of claims are offsets in the plain text of the story's body (see `monitor.stories.markup.plain`).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from monitor.nouns.stories import Story
from monitor.stories import markup
from monitor.stories.figures import Figure, find_figures
from monitor.stories.quotations import Quotation, find_quotations
from monitor.stories.sentences import sentences
from monitor.stories.sources_named import NamedSource, find_sources
from monitor.stories.statements import Attribution, GroupStatement, find_attributions, find_group_statements
from monitor.text.entities import EntityFinder

Kind = Literal["number", "quote", "entity", "attribution", "group", "source"]
Part = Literal["title", "dek", "body"]
"""Where a claim stands; its place is counted from the beginning of that."""


class EntityLink(NamedTuple):
    """A link to an entity with the words that are shown for it."""

    slug: str
    label: str


class Claim(NamedTuple):
    """Something that a story says which is so or not."""

    kind: Kind
    text: str
    start: int
    end: int
    about: Figure | Quotation | EntityLink | Attribution | GroupStatement | NamedSource
    part: Part = "body"


def find_claims(story: Story, entities: EntityFinder) -> tuple[Claim, ...]:
    """All claims of a story's body, in the order in which they stand."""
    plain = markup.plain(story.body)
    parts = sentences(plain.text)
    quoted = find_quotations(plain.text, parts)
    spans = [(quotation.start, quotation.end) for quotation in quoted]
    found = [
        *(_claim("number", plain.text, each.start, each.end, each) for each in find_figures(plain, parts, spans)),
        *(_claim("quote", plain.text, each.start, each.end, each) for each in quoted if each.is_claim),
        *(
            _claim("entity", plain.text, link.start, link.end, EntityLink(link.slug, link.label))
            for link in plain.links
            if link.kind == "entity"
        ),
        *(
            _claim("attribution", plain.text, each.start, each.end, each)
            for each in find_attributions(plain, parts, spans, entities)
        ),
        *(
            _claim("group", plain.text, each.start, each.end, each)
            for each in find_group_statements(plain, parts, spans)
        ),
        *(_claim("source", plain.text, each.start, each.end, each) for each in find_sources(plain.text, spans)),
    ]
    return tuple(sorted(found, key=lambda claim: (claim.start, claim.end, claim.kind)))


def _claim(
    kind: Kind,
    text: str,
    start: int,
    end: int,
    about: Figure | Quotation | EntityLink | Attribution | GroupStatement | NamedSource,
) -> Claim:
    return Claim(kind, text[start:end], start, end, about)
