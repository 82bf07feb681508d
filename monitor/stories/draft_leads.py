"""What a draft begins with: what moved most, in the words of its title, its dek and its first paragraph."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt
from typing import Literal, NamedTuple

from monitor.nouns.snapshots import Signal
from monitor.stories import markup
from monitor.stories.facts import Facts, Subject
from monitor.stories.wording import SOURCE_NAMES, Chooser, lean_of, margin, moment_of, net_of, points, posts, posts_on

Kind = Literal["volume", "mood", "echo", "phrase", "entity", "divergence", "engagement", "together", "shift", "quiet"]

MARKED = 0.15
"""How far a volume must lie from the usual one to be called more than about as usual."""
CLEAR = 2.0
"""Standard deviations of counting from which on a change without a signal leads a draft."""

_SIGNALS: dict[str, Kind] = {
    "volume": "volume",
    "mood": "mood",
    "copies": "echo",
    "phrase": "phrase",
    "entity": "entity",
    "divergence": "divergence",
    "engagement": "engagement",
    "overlap": "together",
    "lockstep": "together",
}


class Lead(NamedTuple):
    """What a draft begins with."""

    kind: Kind
    signal: Signal | None = None
    """None where it passed no test."""
    subject: Subject | None = None
    source: str | None = None
    """Slug of the source whose part changed."""


def lead_of(facts: Facts) -> Lead:
    """The first open signal that can be told, else the clearest change that counting bears out, else none."""
    for signal in facts.signals:
        subject = next((each for each in facts.subjects if each.signal.id == signal.id), None)
        kind = _SIGNALS.get(signal.kind)
        told = (
            (kind in ("phrase", "entity") and subject is not None)
            or (kind == "volume" and change_of(facts) is not None)
            or (kind == "mood" and _has_mood(facts))
            or (kind == "echo" and facts.echo is not None)
            or (kind == "divergence" and len(sides_of(signal, facts)) == 2)
            or (kind == "engagement")
            or (kind == "together" and other_beat(signal, facts) is not None)
        )
        if kind is not None and told:
            return Lead(kind, signal, subject)
    return _clearest(facts)


def _clearest(facts: Facts) -> Lead:
    """By standard deviations: the volume against the usual, the part of a source against the day before, the mood."""
    now, candidates = facts.now, [(CLEAR, Lead("quiet"))]
    change = change_of(facts)
    if now.usual and change is not None and abs(change) > MARKED:
        candidates.append((abs(now.volume - now.usual) / sqrt(now.volume + now.usual + 1), Lead("volume")))
    if facts.before is not None and facts.before.volume and now.volume:
        for slug, count in now.by_source.items():
            earlier = facts.before.by_source.get(slug)
            if slug in SOURCE_NAMES and earlier is not None:
                spread = sqrt(count + earlier + 1)
                candidates.append((abs(count - earlier) / spread - 1, Lead("shift", source=slug)))
    if moved(facts):
        candidates.append((4.0, Lead("mood")))
    if facts.echo is not None and facts.echo.posts > 0.1 * now.volume:
        candidates.append((3.0, Lead("echo")))
    return max(candidates, key=lambda each: each[0])[1]


def change_of(facts: Facts) -> float | None:
    """Of the volume against the usual one, or else the day before, as a share."""
    if facts.now.ratio is not None and facts.now.usual:
        return facts.now.ratio - 1
    return facts.now.volume / facts.now.previous - 1 if facts.now.previous else None


def moved(facts: Facts) -> int:
    """Whether the mood is brighter (1) or darker (-1) than a day before, beyond the intervals of both; else 0."""
    now, before = facts.now.shares, facts.moods_before
    if now is None or before is None or now.net_low is None or now.net_high is None:
        return 0
    if before.net_low is None or before.net_high is None:
        return 0
    return 1 if now.net_low > before.net_high else -1 if now.net_high < before.net_low else 0


def _has_mood(facts: Facts) -> bool:
    return facts.now.shares is not None and facts.now.shares.net is not None


def sides_of(signal: Signal, facts: Facts) -> list[str]:
    """The two sources of a signal of divergence, the brighter one first, where both have a mood now."""
    slugs = str(signal.evidence.get("subject", "")).split("+")
    nets = {slug: facts.now.shares_by_source[slug].net for slug in slugs if slug in facts.now.shares_by_source}
    known = {slug: net for slug, net in nets.items() if net is not None and slug in SOURCE_NAMES}
    return sorted(known, key=lambda slug: -known[slug])


def other_beat(signal: Signal, facts: Facts) -> tuple[str, str] | None:
    """Slug and name of the beat that a signal of two beats is about besides this one."""
    about = f"{signal.evidence.get('subject', '')}+{signal.evidence.get('other', '')}".split("+")
    return next(((slug, name) for slug, name in facts.names if slug in about and slug != facts.beat), None)


def title_of(facts: Facts, lead: Lead, choose: Chooser) -> str:
    """The headline."""
    name, change = facts.name, change_of(facts) or 0.0
    up = change > 0
    ways: dict[Kind, tuple[str, ...]] = {
        "volume": (
            (f"{name} surges", f"A surge in {name}, beyond chance", f"{name} is far above its usual count")
            if up and lead.signal is not None
            else (
                f"{name} is louder than usual",
                f"A loud day for {name}",
                f"{name} has more to say than on other days",
            )
            if up
            else (f"{name} goes quiet", f"A quiet day for {name}", f"{name} has less to say than on other days")
        ),
        "mood": (
            (f"The mood of {name} brightens", f"A brighter day for {name}")
            if (moved(facts) or _direction(lead)) > 0
            else (f"The mood of {name} darkens", f"A darker day for {name}")
        ),
        "echo": (
            f"One text, many hands: an echo in {name}",
            f"Copies swell {name}",
            f"{name}: the same words, over and over",
        ),
        "engagement": (f"No flood of posts, yet a flood of reactions to {name}", f"{name}: read more than written"),
        "shift": _shift_titles(facts, lead),
        "quiet": _quiet_titles(facts),
    }
    if lead.subject is not None:
        words = lead.subject.words
        if lead.subject.slug is None:
            ways["phrase"] = (f"“{words}” is what {name} says today", f"{name} takes up “{words}”")
        else:
            ways["entity"] = (f"{words} fills {name}", f"{name}: a day of {words}")
    if lead.signal is not None:
        if lead.kind == "divergence":
            first, second = (SOURCE_NAMES[slug] for slug in sides_of(lead.signal, facts))
            ways["divergence"] = (f"{name} has two moods, on {first} and on {second}",)
        if (other := other_beat(lead.signal, facts)) is not None:
            ways["together"] = (f"{name} moves with {other[1]}", f"{name} and {other[1]}, in step")
    return choose.one("title", *ways[lead.kind])


def _quiet_titles(facts: Facts) -> tuple[str, ...]:
    name, side = facts.name, lean_of(facts.now.shares)
    if side:
        return (
            f"A steady day for {name}, on the {side} side",
            f"{name} keeps its pace, and its {side} lean",
            f"Little moves in {name}, where the mood is {side}",
            f"{name} holds still, on the {side} side",
        )
    return (
        f"{name} keeps its pace",
        f"Little moves in {name}",
        f"{name}: a day like others, by the count",
        f"A steady day for {name}",
        f"{name} holds still",
    )


def _shift_titles(facts: Facts, lead: Lead) -> tuple[str, ...]:
    source = lead.source or ""
    name = SOURCE_NAMES.get(source, source)
    if facts.now.by_source.get(source, 0) >= _earlier(facts, source):
        return (f"{facts.name} finds its way to {name}", f"More of {facts.name}, on {name}")
    return (f"{facts.name} thins out on {name}", f"Less of {facts.name}, on {name}")


def _earlier(facts: Facts, source: str) -> int:
    return facts.before.by_source.get(source, 0) if facts.before else 0


def _direction(lead: Lead) -> int:
    return -1 if lead.signal is not None and lead.signal.evidence.get("direction") == "down" else 1


def dek_of(facts: Facts, choose: Chooser) -> str:
    """One sentence below the headline, with the two figures that matter."""
    volume = posts(facts.now.volume)
    shares = facts.now.shares
    if shares is None or shares.net is None or shares.net_low is None or shares.net_high is None:
        return choose.one("dek", f"{volume} in a day, and nothing can be said of their mood.", f"{volume} in a day.")
    net, around = points(shares.net), margin(shares.net_low, shares.net_high)
    return choose.one(
        "dek",
        f"{volume} in a day; net mood {net}, give or take {around} points.",
        f"A day of {volume}, with a net mood of {net}, give or take {around} points.",
        f"The day came to {volume}; the net mood stands at {net}, give or take {around} points.",
    )


def opening(facts: Facts, lead: Lead, choose: Chooser) -> Iterator[str]:
    """What happened, with its figures."""
    yield from _of_lead(facts, lead, choose)
    yield from _counted(facts, lead, choose)
    if lead.signal is not None:
        level, since = lead.signal.level, moment_of(lead.signal.opened_at)
        yield choose.one(
            "tested",
            f"That has passed the test for a signal of the level {level}, which has been open since {since}",
            f"Chance alone seldom does that: a signal of the level {level} has been open on it since {since}",
            f"A signal of the level {level} has been open on it since {since}",
        )


def _of_lead(facts: Facts, lead: Lead, choose: Chooser) -> Iterator[str]:
    name = markup.link("beat", facts.beat, facts.name)
    if lead.subject is not None:
        verb = "say" if lead.subject.slug is None else "name"
        words = lead.subject.words
        shown = f"“{words}”" if lead.subject.slug is None else markup.link("entity", lead.subject.slug, words)
        yield choose.one(
            "subject",
            f"On {name}, {_texts(lead.subject.texts)} {verb} {shown}, far more of them than in the days before",
            f"In the posts on {name} of this day {_texts(lead.subject.texts)} {verb} {shown}, which is new",
        )
    elif lead.kind == "echo" and facts.echo is not None:
        counted = f"{facts.echo.authors:,} authors posted one text"
        yield choose.one(
            "echo",
            f"A part of what was posted on {name} is an echo: {counted}, in {posts(facts.echo.posts)}",
            f"On {name}, {counted} within the day, in {posts(facts.echo.posts)} altogether",
        )
    elif lead.kind == "divergence" and lead.signal is not None:
        shares = facts.now.shares_by_source
        first, second = sides_of(lead.signal, facts)
        yield (
            f"Two sources tell {name} in opposite moods: on {SOURCE_NAMES[first]} the net mood stands at "
            f"{net_of(shares[first])}, on {SOURCE_NAMES[second]} at {net_of(shares[second])}"
        )
    elif lead.kind == "engagement":
        yield choose.one(
            "engagement",
            f"What was posted on {name} drew far more reactions than is usual, though it is not much more than usual",
            f"The audience of {name} did far more with its posts than it usually does",
        )
    elif lead.kind == "together" and lead.signal is not None:
        slug, other = other_beat(lead.signal, facts) or ("", "")
        linked = markup.link("beat", slug, other)
        shared = f"{name} and {linked} share far more of their posts than they used to"
        yield shared if lead.signal.kind == "overlap" else f"Hour by hour, {name} rose and fell together with {linked}"
    elif lead.kind == "mood":
        brighter = (moved(facts) or _direction(lead)) > 0
        yield f"The mood on {name} is {'brighter' if brighter else 'darker'} than it was"
    elif lead.kind == "shift" and lead.source is not None:
        now, before = facts.now.by_source[lead.source], _earlier(facts, lead.source)
        there = posts_on(lead.source, now)
        yield choose.one(
            "shift",
            f"What changed in {name} is where it is said: {there}, after {posts(before)} in the 24 hours before",
            f"{name} moved house a little: {there}, after {posts(before)} in the 24 hours before",
        )


def _texts(count: int) -> str:
    return f"{count:,} {'text' if count == 1 else 'texts'}"


def _counted(facts: Facts, lead: Lead, choose: Chooser) -> Iterator[str]:
    """The volume of the day, against the usual and the day before."""
    figures, volume, moment = facts.now, posts(facts.now.volume), moment_of(facts.as_of)
    is_first = lead.kind in ("volume", "quiet")
    name = markup.link("beat", facts.beat, facts.name) if is_first else "the beat"
    if figures.ratio is None or not figures.usual:
        yield choose.one(
            "count",
            f"{name} came to {volume} in the 24 hours to {moment}",
            f"By {moment}, {name} stood at {volume} in 24 hours",
        )
    else:
        percent = round(100 * abs(figures.ratio - 1))
        side = "above" if figures.ratio > 1 else "below"
        against = f"{percent} % {side} the usual for such a day" if percent else "just what such a day usually brings"
        yield choose.one(
            "count",
            f"{name} came to {volume} in the 24 hours to {moment}, {against}",
            f"In the 24 hours to {moment}, {volume} were collected on {name}: {against}",
            f"The count for {name} is {volume} in the 24 hours to {moment}, {against}",
            f"{name} brought {volume} in the 24 hours to {moment}, {against}",
        )
    if figures.previous:
        ahead = figures.volume - figures.previous
        course = "up from" if ahead > 0 else "down from" if ahead < 0 else "no more and no fewer than"
        yield choose.one(
            "before",
            f"That is {course} {posts(figures.previous)} in the 24 hours before",
            f"There had been {posts(figures.previous)} in the 24 hours before",
            f"The 24 hours before had brought {posts(figures.previous)}",
        )
    if figures.texts is not None and figures.authors is not None and figures.volume > 1:
        texts, authors = f"{figures.texts:,} distinct texts", f"{figures.authors:,} distinct authors"
        yield choose.one(
            "texts",
            f"Copies counted once, {texts} by {authors} remain",
            f"Behind it stand {authors} with {texts}",
            f"It is the work of {authors}, in {texts}",
        )
