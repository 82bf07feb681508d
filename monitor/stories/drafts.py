"""Drafts as they are kept: under which slug, with which manifest, and whether there is anything to write at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from monitor.instants import DAY, render, to_datetime
from monitor.nouns.snapshots import Signal
from monitor.nouns.stories import Cited, Story
from monitor.stories.facts import Facts, gather, open_signals
from monitor.stories.parts import slug_of
from monitor.text.clean import clean_line

if TYPE_CHECKING:
    from monitor.store.reader import Reader
    from monitor.stories.evidence import Evidence
    from monitor.stories.verdicts import Finding
    from monitor.text.entities import EntityFinder

RANKS = {"low": 1, "medium": 2, "high": 3}
Manifests = Sequence[tuple[str, Mapping[str, Any]]]
"""Those of the drafts of a beat, by slug."""

_QUOTED = re.compile(r"“([^“”]+)”")


class DraftError(Exception):
    """There is no draft. The message is for a person and says why."""


def news_of(signals: Sequence[Signal], beat: str, known: Manifests) -> tuple[Signal, ...]:
    """The open signals of a beat that no draft of it tells at their level."""
    told: dict[str, int] = {}
    for _, manifest in known:
        for each in manifest.get("signals", ()):
            told[each["id"]] = max(told.get(each["id"], 0), RANKS[each["level"]])
    return tuple(each for each in open_signals(signals, beat) if told.get(each.id, 0) < RANKS[each.level])


def facts_of(reader: Reader, evidence: Evidence, beat: str, category: str, entities: EntityFinder) -> Facts:
    """What a draft of a beat may be made of, at the moment of the evidence.

    Raises:
        DraftError: nothing was collected of the beat.
    """
    facts = gather(evidence, beat, category, reader.signals(evidence.as_of - DAY, evidence.as_of), entities)
    if facts is None:
        raise DraftError(f"nothing was collected of {beat} in the 24 h to {render(evidence.as_of)}")
    return facts


def checked(story: Story, evidence: Evidence, entities: EntityFinder) -> tuple[Finding, ...]:
    """The claims of a story that the store does not bear out."""
    from monitor.stories.checking import check

    return tuple(finding for finding in check(story, evidence, entities) if finding.verdict != "supported")


def told(findings: Sequence[Finding]) -> str:
    """Findings in lines for a person."""
    return "\n".join(f"{each.claim.text}: {each.verdict}: {each.detail}" for each in findings)


def finished(story: Story, facts: Facts, evidence: Evidence, known: Manifests, model: str | None = None) -> Story:
    """A draft as it is stored: with its slug, the posts that it cites, and its manifest."""
    manifest = evidence.manifest()
    return story._replace(
        card=story.card._replace(slug=_slug(facts, known)),
        cited=tuple(_cited(story, facts)),
        manifest={
            "as_of": render(facts.as_of),
            "window_hours": 24,
            "lens": "raw",
            "model": model,
            "signals": [{"id": each.id, "kind": each.kind, "level": each.level} for each in facts.signals],
            "version": manifest.version,
            "config_hash": manifest.config_hash,
            "rules_hash": manifest.rules_hash,
            "scorer": manifest.scorer,
            "store_high_water": manifest.store_high_water,
            "marks": [{"at": render(mark.at), "kind": mark.kind, "what": mark.what} for mark in manifest.marks],
        },
    )


def _cited(story: Story, facts: Facts) -> Iterator[Cited]:
    """The posts behind the notes, with everything that the text has from them."""
    by_url = {post.post.url: post for post in facts.quotes}
    posts = {note.number: by_url[note.url] for note in story.footnotes if note.url in by_url}
    quoted = set()
    for words in _QUOTED.findall(story.body):
        number = next((each for each, post in posts.items() if words in clean_line(post.post.text)), None)
        if number is not None:
            quoted.add(number)
            yield Cited(number, posts[number].id, words)
    for number in posts.keys() - quoted:
        yield Cited(number, posts[number].id)


def _slug(facts: Facts, known: Manifests) -> str:
    """A draft goes on with that of the same signal, or of the same day; else it is one of its own."""
    at = to_datetime(facts.as_of)
    ids = {signal.id for signal in facts.signals}
    earlier = [(slug, manifest) for slug, manifest in known if manifest.get("as_of", "") <= render(facts.as_of)]
    for slug, manifest in earlier:
        if ids & {each["id"] for each in manifest.get("signals", ())}:
            return slug
    slugs = {slug for slug, _ in known}
    today = slug_of(f"{facts.beat} {at:%Y-%m-%d}")
    if today not in slugs or any(slug == today and not manifest.get("signals") for slug, manifest in earlier):
        return today
    return slug_of(f"{facts.beat} {at:%Y-%m-%d %H%M}")
