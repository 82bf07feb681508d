"""Checking a story, claim by claim, against a store as it was at the story's moment."""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.nouns.stories import Story
from monitor.stories import markup
from monitor.stories.checking_figures import FigureChecker
from monitor.stories.claims import Claim, EntityLink, Part, find_claims
from monitor.stories.evidence import GENERAL, Evidence, independent
from monitor.stories.figures import Figure
from monitor.stories.quotations import Quotation
from monitor.stories.quoting import QuoteChecker, post_name
from monitor.stories.sentences import sentences
from monitor.stories.sources_named import NamedSource
from monitor.stories.statements import Attribution, GroupStatement
from monitor.stories.verdicts import Answer, Finding
from monitor.text.entities import EntityFinder

NEEDED = 3
"""Independent posts behind a statement about a group."""
FOLDED = ("hackernews", "arxiv", "mastodon", "reddit", "youtube")
"""Sources that a page may count among "Other"."""

_AFTER_SENTENCE = re.compile(r"\s{0,2}")


def check(story: Story, evidence: Evidence, entities: EntityFinder) -> tuple[Finding, ...]:
    """Every claim of a story with its verdict: those of its title and dek, then those of its text, as they stand.

    Raises:
        StoreError: the store cannot be read.
    """
    texts: dict[Part, str] = {"title": story.card.title, "dek": story.card.dek, "body": story.body}
    found: list[Finding] = []
    for part, text in texts.items():
        checker = _Checker(story._replace(body=text), part, evidence, entities)
        found += (Finding(claim._replace(part=part), *checker.answer(claim)) for claim in checker.claims)
    return tuple(found)


class _Checker:
    """Checks one part of a story, which stands in place of its body."""

    def __init__(self, story: Story, part: Part, evidence: Evidence, entities: EntityFinder) -> None:
        self._story = story
        self._part = part
        self._evidence = evidence
        self._entities = entities
        self._plain = markup.plain(story.body)
        self._parts = sentences(self._plain.text)
        self.claims = find_claims(story, entities)
        quotations = [claim.about for claim in self.claims if isinstance(claim.about, Quotation)]
        self._quotes = QuoteChecker(quotations, evidence)
        self._figures = FigureChecker(self._parts, self._quotes, evidence, story.card.beat, entities)
        self._cited = evidence.at_addresses([note.url for note in story.footnotes if note.url])

    def answer(self, claim: Claim) -> Answer:
        about = claim.about
        if isinstance(about, Quotation):
            return self._quotes.answer(about)
        if isinstance(about, Figure):
            return self._figures.answer(about, claim.text)
        if isinstance(about, EntityLink):
            return self._entity(about)
        if isinstance(about, Attribution):
            return self._attribution(about)
        if isinstance(about, GroupStatement):
            return self._group(about)
        return self._source(about)

    def _entity(self, link: EntityLink) -> Answer:
        verdict = self._entities.verdict(link.slug, link.label)
        if verdict == "known":
            return Answer("supported", f'"{link.label}" is a name of {link.slug}')
        others = sorted({mention.slug for mention in self._entities.find(link.label)})
        if verdict == "other":
            return Answer("contradicted", f'"{link.label}" is a name of {", ".join(others)}, not of {link.slug}')
        return Answer("contradicted", f'"{link.label}" is no known name of {link.slug}')

    def _attribution(self, about: Attribution) -> Answer:
        """Whether a footnote or a quotation in the sentence leads to a post that names whom it is about."""
        missing: list[str] = []
        for number in self._notes_of(about.sentence):
            note = next((note for note in self._story.footnotes if note.number == number), None)
            if note is None:
                missing.append(f"mark {number} points to no note")
                continue
            post = self._cited.get(note.url or "")
            if post is None:
                missing.append(f"note {number} cites what the store does not hold")
            elif self._names(about, f"{post.post.title or ''} {post.post.text} {post.post.author_name or ''}"):
                return Answer("supported", f"note {number} cites {post_name(post)}")
            else:
                missing.append(f"note {number} cites {post_name(post)}, which does not name {about.name}")
        for found in self._quotes.found_in(about.sentence):
            author = f"@{found.post.post.author or ''} {found.post.post.author_name or ''}"
            if self._names(about, f"{found.post.post.title or ''} {found.post.post.text} {author}"):
                return Answer("supported", f"quotes {post_name(found.post)}")
            missing.append(f"the post that is quoted does not name {about.name}")
        if any("does not hold" in reason for reason in missing):
            return Answer("uncheckable", "; ".join(missing))
        return Answer("unsupported", "; ".join(missing) or "neither a note nor a quotation stands behind it")

    def _notes_of(self, sentence: int) -> Sequence[int]:
        """Those that stand in a sentence; a title and a dek have none of their own, and rest on all."""
        if self._part != "body":
            return [note.number for note in self._story.footnotes]
        part = self._parts[sentence]
        end = part.end + len((_AFTER_SENTENCE.match(self._plain.text, part.end) or [""])[0])
        return [mark.number for mark in self._plain.footnotes if part.start <= mark.start <= end]

    def _names(self, about: Attribution, text: str) -> bool:
        if about.slug is not None and any(mention.slug == about.slug for mention in self._entities.find(text)):
            return True
        return about.name.casefold() in text.casefold()

    def _group(self, about: GroupStatement) -> Answer:
        beat = about.beat or self._story.card.beat
        if beat is not None and beat != GENERAL and not self._evidence.is_beat(beat):
            return Answer("uncheckable", f"there is no beat {beat} to look in")
        where = f" on {', '.join(about.sources)}" if about.sources else ""
        posts = self._evidence.in_mood(beat, about.sources, about.mood, about.hours)
        chosen = independent(posts)
        counted = f"n = {len(chosen)} independent {about.mood} posts{where} of {len(posts)} found in the days before"
        if len(chosen) >= NEEDED:
            return Answer("supported", f"{counted}, such as {post_name(chosen[0])}")
        if not posts and not self._evidence.in_mood(beat, about.sources, None, about.hours):
            return Answer("uncheckable", f"the store has no post{where} of the days before")
        return Answer("unsupported", f"{counted}; {NEEDED} are needed")

    def _source(self, about: NamedSource) -> Answer:
        panel = self._story.panel
        if panel is not None and panel.sources:
            posts = dict(panel.sources)
            if posts.get(about.slug):
                return Answer("supported", f"the story's panel counts {posts[about.slug]:,} posts of it")
            if posts.get("other") and about.slug in FOLDED:
                return Answer("uncheckable", "it may be among the panel's Other")
            return Answer("contradicted", "it is not in the split of the story's own panel")
        beat = self._story.card.beat
        # Most often a day tells, and a week takes far longer to read.
        for hours, span in ((24, "day"), (7 * 24, "week")):
            figures = self._evidence.figures(beat, hours)
            count = figures.by_source.get(about.slug, 0) if figures else 0
            if figures is not None and count:
                posts_of = "1 post" if count == 1 else f"{count:,} posts"
                return Answer("supported", f"{posts_of} of {figures.name} in the {span} before the story")
        if figures is None:
            return Answer("uncheckable", "the store has no posts of the week before the story")
        if self._evidence.was_collected(about.slug, 7 * 24):
            return Answer("contradicted", f"it was collected, and no post of {figures.name} came from it in that week")
        return Answer("unsupported", f"it is not in the split of {figures.name} in the week before the story")
