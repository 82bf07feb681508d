"""Drafting a story of a beat by rules, as Markdown on standard output, after it has passed the linter."""

from __future__ import annotations

from monitor.cli import output
from monitor.cli.context import Context, now
from monitor.cli.errors import DONE, CommandError


def draft(context: Context, slug: str, *, as_of: int | None) -> int:
    """Write a story of the beat at a moment, the present one by default.

    Raises:
        CommandError: nothing was collected of the beat, or a sentence does not pass the linter.
    """
    from monitor.instants import DAY, render
    from monitor.snapshot import Provenance
    from monitor.store.reader import open_reader
    from monitor.stories import markdown_form
    from monitor.stories.checking import check
    from monitor.stories.drafting import write_draft
    from monitor.stories.evidence import Evidence
    from monitor.stories.facts import gather
    from monitor.text.entities import EntityFinder, shipped_entities
    from monitor.text.shares import SCORER

    (slug,) = context.beat_slugs([slug])
    at = now()
    moment = at if as_of is None else as_of
    config = context.config
    category = next(beat.category for beat in config.beats.beats if beat.slug == slug)
    with open_reader(context.store) as reader, reader.moment():
        evidence = Evidence(reader, Provenance(config.beats, config.hash, config.rules_hash, SCORER), moment, at)
        facts = gather(evidence, slug, category, reader.signals(moment - DAY, moment))
        if facts is None:
            raise CommandError(f"nothing was collected of {slug} in the 24 h to {render(moment)}")
        story = write_draft(facts)
        failing = [
            each for each in check(story, evidence, EntityFinder(shipped_entities())) if each.verdict != "supported"
        ]
    if failing:
        reasons = "\n".join(f"{each.claim.text}: {each.verdict}: {each.detail}" for each in failing)
        raise CommandError(f"the draft does not pass the linter and is not written:\n{reasons}")
    output.write(markdown_form.write(story))
    return DONE
