"""One hand that drafts: gathers the facts of a beat, has the text written, and lets nothing out that the store does not
bear out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.config.entities import gazetteer
from monitor.snapshot import Provenance
from monitor.stories.drafting import write_draft
from monitor.stories.drafts import DraftError, Manifests, checked, facts_of, finished, told
from monitor.stories.evidence import Evidence
from monitor.text.entities import EntityFinder
from monitor.text.shares import SCORER

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.models import Model
    from monitor.nouns.stories import Story
    from monitor.store.reader import Reader
    from monitor.stories.facts import Facts
    from monitor.stories.model_drafting import Outcome
    from monitor.stories.verdicts import Finding


class Drafter:
    """Drafts beats of one store as of one moment."""

    def __init__(self, config: Config, reader: Reader, moment: int, now: int) -> None:
        self.moment = moment
        self._reader = reader
        self._categories = {beat.slug: beat.category for beat in config.beats.beats}
        provenance = Provenance(config.beats, config.hash, config.rules_hash, SCORER)
        self.evidence = Evidence(reader, provenance, moment, now)
        self.entities = EntityFinder(gazetteer(config))

    def has_anything(self, beat: str) -> bool:
        """Whether anything was collected of a beat."""
        return self.evidence.figures(beat, 24) is not None

    def facts(self, beat: str) -> Facts:
        """What a draft of a beat may be made of.

        Raises:
            DraftError: nothing was collected of it.
        """
        with self._reader.moment():
            return facts_of(self._reader, self.evidence, beat, self._categories[beat], self.entities)

    def by_rules(self, beat: str, known: Manifests) -> Story:
        """A draft that is written by rules.

        Args:
            known: the manifests of earlier drafts of the beat.

        Raises:
            DraftError: nothing was collected, or a sentence does not pass the linter.
        """
        with self._reader.moment():
            facts = facts_of(self._reader, self.evidence, beat, self._categories[beat], self.entities)
            story = write_draft(facts)
            failing = checked(story, self.evidence, self.entities)
            if failing:
                raise DraftError(f"the draft does not pass the linter and is not written:\n{told(failing)}")
            return finished(story, facts, self.evidence, known)

    async def by_model(self, model: Model, beat: str, known: Manifests) -> Outcome:
        """A draft that a language model writes; the story of the outcome is as it is stored.

        Nothing of the store is held open while the model thinks.

        Raises:
            DraftError: nothing was collected, or too little of what it wrote is borne out.
            ModelError: it did not answer.
        """
        from monitor.stories.model_drafting import write_with

        facts = self.facts(beat)
        outcome = await write_with(model, facts, self._check)
        with self._reader.moment():
            return outcome._replace(story=finished(outcome.story, facts, self.evidence, known, outcome.model))

    def _check(self, story: Story) -> tuple[Finding, ...]:
        with self._reader.moment():
            return checked(story, self.evidence, self.entities)
