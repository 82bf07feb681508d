"""Checking a story against a store as of the moment of the story."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from monitor.nouns.stories import Story
from monitor.snapshot.building import Provenance
from monitor.store.reader import Reader
from monitor.stories.verdicts import Finding
from monitor.text.entities import Entity, EntityFinder


class Lint(NamedTuple):
    """What was found of a story."""

    findings: tuple[Finding, ...]
    fidelity: int | None
    """From 0 to 100 by `monitor.stories.verdicts.FORMULA`; None where the story claims nothing."""
    as_of: int
    """The moment that the store was asked about: the story's own, or now where it has none."""


def lint_story(reader: Reader, provenance: Provenance, story: Story, now: int, entities: Iterable[Entity]) -> Lint:
    """Every claim of a story with its verdict; its links are held against the names of the entities.

    Raises:
        StoreError: the store cannot be read.
    """
    from monitor.stories.checking import check
    from monitor.stories.evidence import Evidence
    from monitor.stories.verdicts import fidelity

    published = story.card.published_at
    moment = now if published is None else min(published, now)
    evidence = Evidence(reader, provenance, moment, now)
    with reader.moment():
        findings = check(story, evidence, EntityFinder(entities))
    return Lint(findings, fidelity(finding.verdict for finding in findings), moment)
