"""Putting a story into a store that may have it, or a part of it, already: one entry, whose earlier texts are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from monitor.nouns.stories import Story, StoryCard, StoryVersion
from monitor.stories import markup
from monitor.stories.same import Telling, find_same, is_stub_of, telling, words_of

_ANSWERED_BY = {
    "dek": "dek",
    "beat": "beat",
    "level": "significance",
    "published": "published_at",
    "date of publication": "published_at",
    "url": "url",
    "address": "url",
    "volume panel": "panel",
    "disclosure": "disclosure",
    "licence line": "disclosure",
    "list of more stories": "related",
    'posts "from the discourse"': "quotes",
}
"""The field that each thing which a file can lack is kept in."""


class Placing(NamedTuple):
    """What is to become of a story that was read."""

    outcome: Literal["added", "updated", "unchanged"]
    story: Story
    """As it is to be stored; as it is stored where it is unchanged."""
    new_stubs: tuple[StoryCard, ...] = ()


class Shelf:
    """The stories that a store has, among which others are placed."""

    def __init__(self, stories: Iterable[Story], stubs: Iterable[StoryCard]) -> None:
        self._stories = {story.card.slug: story for story in stories}
        self._tellings: dict[str, Telling] = {slug: telling(story) for slug, story in self._stories.items()}
        self._stubs = {stub.slug: stub for stub in stubs}

    def same_as(self, story: Story) -> Story | None:
        """The stored story that this one is another telling of."""
        for known in self._stories.values():
            if story.card.slug in known.other_slugs:
                return known
        return find_same(telling(story), ((self._tellings[slug], known) for slug, known in self._stories.items()))

    def place(self, story: Story, versions: Sequence[StoryVersion] = ()) -> Placing:
        """Say what is to become of a story, and take it in.

        Args:
            versions: the earlier texts of the stored story that it is the same as.
        """
        known = self.same_as(story)
        announced = tuple(stub.slug for stub in self._stubs.values() if is_stub_of(stub, (known or story).card))
        placed = story if known is None else _joined(known, story, versions)
        slugs = (*placed.other_slugs, *(slug for slug in announced if slug != placed.card.slug))
        placed = placed._replace(
            card=_with_gaps_filled(placed.card, [self._stubs[slug] for slug in announced]),
            related=tuple(self._known_card(stub) for stub in placed.related),
            other_slugs=tuple(dict.fromkeys(slugs)),
        )
        placed = placed._replace(lacks=_still_lacking(placed))
        if placed == known:
            return Placing("unchanged", known)
        return Placing("added" if known is None else "updated", placed, self._take_in(placed, announced))

    def _take_in(self, story: Story, announced: Sequence[str]) -> tuple[StoryCard, ...]:
        for slug in announced:
            del self._stubs[slug]
        slug = story.card.slug
        self._stories[slug] = story
        self._tellings[slug] = telling(story)
        new = tuple(card for card in story.related if card.slug not in self._stories and card.slug not in self._stubs)
        self._stubs.update((card.slug, card) for card in new)
        return new

    def _known_card(self, stub: StoryCard) -> StoryCard:
        """The story or stub that a stub stands for, if there is one already."""
        cards = (story.card for story in self._stories.values())
        found = next((card for card in cards if is_stub_of(stub, card)), None)
        return found or self._stubs.get(stub.slug, stub)


def _joined(known: Story, told: Story, versions: Sequence[StoryVersion]) -> Story:
    """One story out of a stored one and another telling of it: the newer one, with what it lacks from the other."""
    texts = [(known.card.title, known.card.dek, known.body), *((each.title, each.dek, each.body) for each in versions)]
    is_old = any(_says_the_same(told, title, dek, body) for title, dek, body in texts)
    newer, older = (known, told) if is_old else (told, known)
    body = newer.body
    if words_of(markup.plain(newer.body).text) == words_of(markup.plain(older.body).text):
        body = max(newer.body, older.body, key=_richness)
    slugs = (*known.other_slugs, *told.other_slugs, told.card.slug)
    notes = newer.footnotes or older.footnotes
    numbers = {note.number for note in notes}
    return Story(
        _with_gaps_filled(newer.card, [older.card])._replace(slug=known.card.slug),
        body,
        newer.panel or older.panel,
        newer.disclosure or older.disclosure,
        notes,
        newer.quotes or older.quotes,
        newer.related or older.related,
        tuple(dict.fromkeys((*newer.lacks, *older.lacks))),
        tuple(dict.fromkeys(slug for slug in slugs if slug != known.card.slug)),
        tuple(each for each in known.cited if each.number in numbers and (not each.words or f"“{each.words}”" in body)),
        known.manifest,
    )


def _says_the_same(told: Story, title: str, dek: str, body: str) -> bool:
    if told.card.title != title or told.card.dek not in ("", dek):
        return False
    return words_of(markup.plain(told.body).text) == words_of(markup.plain(body).text)


def _richness(body: str) -> tuple[int, int]:
    """Links and footnotes of a text, then its paragraphs: an export has the former, a page's text the latter."""
    plain = markup.plain(body)
    return len(plain.links) + len(plain.footnotes), len(markup.paragraphs(body))


def _with_gaps_filled(card: StoryCard, others: Iterable[StoryCard]) -> StoryCard:
    for other in others:
        card = card._replace(
            dek=card.dek or other.dek,
            beat=card.beat or other.beat,
            category=card.category or other.category,
            significance=card.significance or other.significance,
            published_at=other.published_at if card.published_at is None else card.published_at,
            url=card.url or other.url,
        )
    return card


def _still_lacking(story: Story) -> tuple[str, ...]:
    known = {**story._asdict(), **story.card._asdict()}
    return tuple(name for name in story.lacks if known.get(_ANSWERED_BY.get(name.casefold(), "")) in (None, "", ()))
