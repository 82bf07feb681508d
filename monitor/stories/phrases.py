"""What a beat's figures say, each in a phrase that the linter understands: the words of which a model's draft is made.

A model has to use these phrases word for word, so that it can choose, order and join them, and cannot change what they
say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from monitor.stories.draft_leads import MARKED, change_of, moved
from monitor.stories.draft_paragraphs import COPIED
from monitor.stories.facts import Facts
from monitor.stories.wording import SOURCE_NAMES, lean_of, margin, moment_of, points, posts, posts_on

Topic = Literal["heading", "signal", "volume", "where", "names", "mood", "copies", "uncertain"]


class Phrase(NamedTuple):
    """A part of a sentence that states something the store bears out."""

    id: str
    topic: Topic
    words: str


def phrases_of(facts: Facts) -> tuple[Phrase, ...]:
    """Everything that may be said of a beat in figures, in the order of a brief."""
    makers = (_heading, _signals, _volume, _where, _names, _mood, _copies, _uncertain)
    found = [each for make in makers for each in make(facts)]
    return tuple(Phrase(f"F{number}", topic, words) for number, (topic, words) in enumerate(found, 1))


def _heading(facts: Facts) -> Iterator[tuple[Topic, str]]:
    """What a title may say: as much as the figures bear, without them."""
    change = change_of(facts)
    if change is None or abs(change) <= MARKED:
        yield "heading", "about as loud as on other days"
    else:
        yield "heading", "louder than usual" if change > 0 else "quieter than usual"
    shares = facts.now.shares
    if shares is not None and shares.net_low is not None and shares.net_high is not None:
        yield "heading", f"the mood leans {lean_of(shares) or 'neither way'}"


def _signals(facts: Facts) -> Iterator[tuple[Topic, str]]:
    for signal in facts.signals:
        since = moment_of(signal.opened_at)
        yield "signal", f"a signal of the kind {signal.kind}, of the level {signal.level}, has been open since {since}"
    for subject in facts.subjects:
        texts = f"{subject.texts:,} {'text' if subject.texts == 1 else 'texts'}"
        said = f"say “{subject.words}”" if subject.slug is None else f"name {subject.words}"
        yield "signal", f"{texts} {said}, far more than in the days before"


def _volume(facts: Facts) -> Iterator[tuple[Topic, str]]:
    figures = facts.now
    yield "volume", f"{posts(figures.volume)} in the 24 hours to {moment_of(facts.as_of)}"
    if figures.ratio is not None and figures.usual:
        percent = round(100 * abs(figures.ratio - 1))
        side = "above" if figures.ratio > 1 else "below"
        yield (
            "volume",
            f"{percent} % {side} the usual for such a day{_test(facts)}" if percent else "as many as is usual",
        )
    if figures.previous:
        yield "volume", f"{posts(figures.previous)} in the 24 hours before"
    if figures.texts is not None and figures.authors is not None and figures.volume > 1:
        yield "volume", f"{figures.texts:,} distinct texts by {figures.authors:,} distinct authors"


def _test(facts: Facts) -> str:
    """Whether the difference of the volume passed a test; of one that did so earlier in the day neither is said."""
    if any(signal.kind == "volume" for signal in facts.signals):
        return ", a difference that passed the test for a signal"
    tested_before = any(signal.kind == "volume" for signal in facts.closed)
    return "" if tested_before else ", a difference that has passed no test"


def _where(facts: Facts) -> Iterator[tuple[Topic, str]]:
    given = [(slug, count) for slug, count in facts.now.by_source.items() if count and slug in SOURCE_NAMES]
    given.sort(key=lambda pair: -pair[1])
    for slug, count in given[:5]:
        yield "where", posts_on(slug, count)
    if len(given) > 1 and given[0][1] > given[1][1]:
        yield "where", f"the largest part came from {SOURCE_NAMES[given[0][0]]}"


def _names(facts: Facts) -> Iterator[tuple[Topic, str]]:
    if facts.named is not None:
        yield "names", f"{facts.named.texts:,} texts name {facts.named.name}, more than name anything else"


def _mood(facts: Facts) -> Iterator[tuple[Topic, str]]:
    shares = facts.now.shares
    if shares is None or not shares.n or shares.positive is None or shares.negative is None or shares.net is None:
        return
    positive, negative = f"{100 * shares.positive:.0f} %", f"{100 * shares.negative:.0f} %"
    yield "mood", f"of {shares.n:,} scored posts {positive} were positive and {negative} negative"
    net, around = points(shares.net), margin(shares.net_low, shares.net_high)
    yield "mood", f"the net mood stands at {net}, give or take {around} points"
    if shares.net_low is not None and shares.net_high is not None:
        if side := lean_of(shares):
            yield "mood", f"the {side} side is the larger one beyond what the scorer could have got wrong"
        else:
            yield "mood", "which side is the larger one cannot be told from that"
    if direction := moved(facts):
        then = "darker" if direction > 0 else "brighter"
        yield "mood", f"a day earlier it was {then}, and the two intervals do not meet"
    elif facts.moods_before is not None and facts.moods_before.net_low is not None:
        yield "mood", "against the day before it has not moved by more than the error of either"


def _copies(facts: Facts) -> Iterator[tuple[Topic, str]]:
    if facts.echo is not None:
        yield "copies", f"{facts.echo.authors:,} authors posted one text, in {posts(facts.echo.posts)}"
    if facts.now.texts is not None and facts.now.texts < COPIED * facts.now.volume:
        yield "copies", "a good part of it is copies, which makes the plain count look larger than the stir was"


def _uncertain(facts: Facts) -> Iterator[tuple[Topic, str]]:
    if facts.now.ratio is None:
        yield "uncertain", "what is usual here is not known yet, for too few earlier days were collected"
    if not facts.signals:
        yield "uncertain", "no signal was open at that moment"
    for signal in facts.closed:
        yield "uncertain", f"a signal of the kind {signal.kind} was open earlier in these 24 hours and has closed since"
    yield "uncertain", "what was not collected is not in these figures"
    yield "uncertain", "why it is so, the count does not say"
