"""How posts sound in each source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from generator.dice import Dice
from generator.grammar import Grammar
from generator.people import CHANNELS, PUBLICATIONS, SEARCHED, Author, social_authors
from generator.plan import Slot
from monitor.demo.identities import did_of, page_address

LONGEST_POST = 290

_FOREIGN_SHARE = 0.055
_SEARCHED_SHARE = 0.3


class Card(NamedTuple):
    """A page that a post embeds."""

    title: str
    description: str
    address: str


class Draft(NamedTuple):
    """A post as it was written."""

    slot: Slot
    title: str | None
    text: str
    author: str
    """Handle, channel or byline."""
    author_name: str | None
    lang: str
    publication: str = ""
    """Stem of the outlet, for news."""
    card: Card | None = None
    searched: bool = False
    """Whether a news search found it, which gives the headline alone."""

    def whole(self) -> str:
        """All words that a reader of the post sees."""
        card = (self.card.title, self.card.description) if self.card else ()
        return "\n".join(part for part in (self.title, self.text, *card) if part)


class Voices:
    """Writes drafts."""

    def __init__(self, grammars: Mapping[str, Grammar], dice: Dice) -> None:
        self._grammars = grammars
        self._dice = dice
        self._authors = {
            "x": social_authors(dice, 900),
            "bluesky": social_authors(dice, 1100),
            "hackernews": social_authors(dice, 260),
        }
        self._taken: dict[str, set[str]] = {}

    def write(self, slot: Slot) -> Draft:
        """A draft for a slot; it may or may not be about what it should be."""
        grammar = self._grammars[slot.beat]
        match slot.source:
            case "news":
                return self._article(slot, grammar)
            case "youtube":
                return self._video(slot, grammar)
            case "hackernews":
                return self._discussion(slot, grammar)
        return self._social(slot, grammar)

    def repeat(self, draft: Draft, slot: Slot) -> Draft:
        """The same text by somebody new to it, with the small changes that people make when they paste."""
        taken = self._taken.setdefault(slot.copy, {did_of(draft.author), draft.publication})
        if slot.source == "news":
            outlet = self._dice.pick([outlet for outlet in PUBLICATIONS if outlet.stem not in taken])
            taken.add(outlet.stem)
            return draft._replace(slot=slot, publication=outlet.stem, author=self._dice.pick(outlet.bylines))
        authors = self._authors[slot.source]
        author = self._dice.pick([author for author in authors if did_of(author.handle) not in taken])
        taken.add(did_of(author.handle))
        text = draft.text
        if self._dice.chance(0.3):
            text = f"{text} {self._emoji(slot.mood)}"
        if self._dice.chance(0.2):
            text = text.replace(". ", ".\n", 1)
        if self._dice.chance(0.15):
            text = text.upper()
        return draft._replace(slot=slot, author=author.handle, author_name=author.name, text=text)

    def author(self, source: str) -> Author:
        return self._dice.pick_early(self._authors[source])

    def _emoji(self, mood: str) -> str:
        return self._dice.pick(self._grammars["general"].fill[f"emoji_{mood}"])

    def _social(self, slot: Slot, grammar: Grammar) -> Draft:
        dice, used = self._dice, set[str]()
        author = self.author(slot.source)
        if slot.copy in grammar.sentences:
            text = grammar.say(slot.copy, dice, used)
            return Draft(slot, None, text, author.handle, author.name, "en")
        if dice.chance(_FOREIGN_SHARE):
            lang, template = dice.pick(grammar.foreign)
            return Draft(slot, None, grammar.expand(template, dice, used), author.handle, author.name, lang)
        text = grammar.say(slot.mood, dice, used)
        if dice.chance(0.14):
            text = _opened(grammar.say("openers", dice, used), text)
        if dice.chance(0.42):
            text = f"{text}{dice.pick((' ', ' ', chr(10)))}{grammar.say(f'reactions {slot.mood}', dice, used)}"
        if dice.chance(0.07):
            text = text.lower()
        if dice.chance(0.16):
            text = f"{text} {self._emoji(slot.mood)}"
        for tag in dice.shuffled(grammar.tags)[: dice.weighted(((0, 0.6), (1, 0.28), (2, 0.12)))]:
            text = f"{text} {tag}"
        card = None
        if slot.source == "bluesky" and dice.chance(0.10) and len(text) < 200:
            card = self._card(slot, grammar)
        return Draft(slot, None, text[:LONGEST_POST], author.handle, author.name, "en", card=card)

    def _card(self, slot: Slot, grammar: Grammar) -> Card:
        title = grammar.say("headlines", self._dice, set())
        outlet = self._dice.pick(PUBLICATIONS)
        address = page_address(f"{outlet.stem}.example", title, slot.at)
        return Card(title, grammar.say("news tails", self._dice, set()), address)

    def _article(self, slot: Slot, grammar: Grammar) -> Draft:
        dice, used = self._dice, set[str]()
        title = grammar.say("headlines", dice, used)
        title = title[0].upper() + title[1:]
        if dice.chance(_SEARCHED_SHARE) and not slot.copy:
            found = dice.pick(SEARCHED)
            return Draft(slot, title, "", found.name, None, "en-US", found.handle, searched=True)
        outlet = dice.pick(PUBLICATIONS)
        sentences = [grammar.say("summaries", dice, used)]
        if dice.chance(0.35):
            sentences.append(grammar.say("summaries", dice, used))
        if dice.chance(0.6):
            sentences.append(grammar.say("news tails", dice, used))
        text = " ".join(dict.fromkeys(sentences))
        return Draft(slot, title, text, dice.pick(outlet.bylines), None, "en", outlet.stem)

    def _video(self, slot: Slot, grammar: Grammar) -> Draft:
        dice, used = self._dice, set[str]()
        channel = dice.pick_early(CHANNELS)
        text = grammar.say("descriptions", dice, used)
        if dice.chance(0.2):
            text = f"{text} {grammar.say(f'reactions {slot.mood}', dice, used)}"
        elif dice.chance(0.5):
            text = " ".join(dict.fromkeys((text, grammar.say("descriptions", dice, used))))
        if dice.chance(0.6):
            text = f"{text}\n\n{grammar.say('video tails', dice, used)}"
        title = grammar.say("videos", dice, used)
        return Draft(slot, title[0].upper() + title[1:], text, channel.handle, channel.name, "en")

    def _discussion(self, slot: Slot, grammar: Grammar) -> Draft:
        dice, used = self._dice, set[str]()
        author = self.author("hackernews")
        if dice.chance(0.22):
            title = grammar.say("headlines", dice, used)
            return Draft(slot, title, "", author.handle, None, "en")
        paragraphs = [grammar.say("comments", dice, used)]
        if dice.chance(0.5):
            paragraphs.insert(0, grammar.say("comment openers", dice, used))
        if dice.chance(0.25):
            paragraphs.append(grammar.say(f"reactions {slot.mood}", dice, used))
        if dice.chance(0.5):
            paragraphs.append(grammar.say("comment tails", dice, used))
        return Draft(slot, None, "\n\n".join(paragraphs), author.handle, None, "en")


def _opened(opener: str, text: str) -> str:
    """A sentence after an opener that it may go on from."""
    goes_on = opener[-1].isalpha() or opener[-1] == ","
    if goes_on and text[1:2].islower() and not text.startswith("I "):
        text = text[0].lower() + text[1:]
    return f"{opener} {text}"
