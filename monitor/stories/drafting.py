"""Writing a story by rules from the figures of a beat: no model, no network, and no sentence without its evidence.

Every sentence is of a form that the linter understands, so that a draft can be checked against the store it is from.
"""

from __future__ import annotations

from monitor.instants import to_datetime
from monitor.nouns.stories import Footnote, Story, StoryCard
from monitor.stories.draft_leads import Lead, dek_of, lead_of, opening, title_of
from monitor.stories.draft_paragraphs import mood, named, paragraph, quotations, uncertain, where
from monitor.stories.facts import Facts
from monitor.stories.parts import slug_of
from monitor.stories.quoting import note_of
from monitor.stories.wording import Chooser, capital

DISCLOSURE = "Drafted by rules from the figures and posts of one store, with no model; no person has read it before."


def write_draft(facts: Facts) -> Story:
    """A story of a beat: what happened, where, in what mood, who said what, and what is uncertain."""
    choose, lead = Chooser(facts.beat, facts.as_of), lead_of(facts)
    at = to_datetime(facts.as_of)
    card = StoryCard(
        slug=slug_of(f"{facts.beat} {at:%Y-%m-%d}"),
        title=capital(title_of(facts, lead, choose)),
        dek=dek_of(facts, choose),
        beat=facts.beat,
        category=facts.category,
        significance=facts.signals[0].level if facts.signals else "low",
        published_at=facts.as_of,
        url=None,
        origin="drafted",
    )
    notes = tuple(Footnote(n, note_of(post), post.post.url) for n, post in enumerate(facts.quotes, 1))
    body = "\n\n".join(filter(None, map(paragraph, _paragraphs(facts, lead, choose))))
    return Story(card, body, disclosure=DISCLOSURE, footnotes=notes)


def _paragraphs(facts: Facts, lead: Lead, choose: Chooser) -> list[list[str]]:
    """What belongs together: on a quiet day there is less to tell apart."""
    first, split = list(opening(facts, lead, choose)), [*where(facts, choose), *named(facts, lead, choose)]
    feeling, said = list(mood(facts, lead, choose)), list(quotations(facts, choose))
    doubts = list(uncertain(facts, lead, choose))
    if lead.kind in ("mood", "divergence"):
        return [first, feeling, said, [*split, *doubts]]
    if lead.kind == "quiet":
        return [[*first, *split], feeling, said, doubts]
    if lead.signal is None:
        return [first, [*split, *feeling], said, doubts]
    return [first, split, feeling, said, doubts]
