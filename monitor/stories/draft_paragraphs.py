"""The paragraphs of a draft below the first: where, in what mood, who said what, and what is uncertain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.nouns.estimates import Shares
from monitor.nouns.snapshots import Signal
from monitor.records import StoredPost
from monitor.stories import markup
from monitor.stories.draft_leads import Lead, moved
from monitor.stories.facts import MEASURES, Facts
from monitor.stories.wording import (
    SOURCE_NAMES,
    Chooser,
    joined,
    lean_of,
    margin,
    moment_of,
    net_of,
    points,
    posts,
    posts_on,
    sentence,
)
from monitor.text.clean import clean_line

THIN = 10
"""Likes, reposts and replies below which a quoted post has hardly been noticed."""
DOMINANT = 0.6
"""Share of a volume from which on one source carries it."""
COPIED = 0.8
"""Distinct texts to posts below which copies are a good part of a volume."""
FEWEST_SCORED = 20
"""Of a source, before its mood is told by itself."""


def where(facts: Facts, choose: Chooser) -> Iterator[str]:
    """The split."""
    given = [(slug, count) for slug, count in facts.now.by_source.items() if count and slug in SOURCE_NAMES]
    given.sort(key=lambda pair: -pair[1])
    if not given:
        return
    first, *rest = [posts_on(*pair) for pair in given[:4]]
    if not rest:
        yield f"All of it came from one source: {first}"
        return
    others, most = joined(rest), given[0][1]
    share = "more than half of it" if most > facts.now.volume / 2 else "the largest part"
    if most == given[1][1]:
        yield f"It is spread over {first}, {others}" if len(rest) > 1 else f"It is split evenly: {first}, {others}"
    else:
        yield choose.one(
            "where",
            f"The {first} are {share}, ahead of {others}",
            f"By source, {share} is {first}, followed by {others}",
            f"By source it is {first}, then {others}",
            f"{round(100 * most / facts.now.volume)} % of the volume came from {SOURCE_NAMES[given[0][0]]}; "
            f"then come {others}",
        )
    if most > DOMINANT * facts.now.volume:
        yield choose.one(
            "dominant",
            "One source carries the figure, so that a change in how it is collected would move it too",
            "With so much from one source, how that source is collected matters to the figure",
        )


def mood(facts: Facts, lead: Lead, choose: Chooser) -> Iterator[str]:
    """The mood with its error, against the day before, and by source where that tells more."""
    shares = facts.now.shares
    if shares is None or not shares.n or shares.positive is None or shares.negative is None or shares.net is None:
        return
    net, around = points(shares.net), margin(shares.net_low, shares.net_high)
    positive, negative = f"{100 * shares.positive:.0f} %", f"{100 * shares.negative:.0f} %"
    yield choose.one(
        "mood",
        f"Of {shares.n:,} scored posts {positive} were positive and {negative} negative; the net mood stands at {net}, "
        f"give or take {around} points",
        f"The net mood stands at {net}, give or take {around} points; of {shares.n:,} scored posts {positive} were "
        f"positive and {negative} negative",
        f"The scorer took {positive} as positive and {negative} as negative, of {shares.n:,} scored posts; that makes "
        f"a net mood of {net}, give or take {around} points",
    )
    yield from _leaning(shares, choose)
    yield from _since_yesterday(facts, lead, choose)
    yield from _by_source(facts)


def _leaning(shares: Shares, choose: Chooser) -> Iterator[str]:
    if side := lean_of(shares):
        yield choose.one(
            "lean",
            f"The {side} side is the larger one beyond what the scorer could have got wrong",
            f"Even with the scorer's mistakes allowed for, the {side} side is the larger one",
        )
    else:
        yield choose.one(
            "lean",
            "Which side is the larger one cannot be told from that",
            "That margin is too wide to call it for either side",
            "The margin reaches across zero, so neither side can be called the larger one",
        )


def _since_yesterday(facts: Facts, lead: Lead, choose: Chooser) -> Iterator[str]:
    direction = moved(facts)
    if direction:
        then = "darker" if direction > 0 else "brighter"
        yield f"A day earlier it was {then}, and the two intervals do not meet"
    elif facts.moods_before is not None and facts.moods_before.net_low is not None:
        yield choose.one(
            "change",
            "Against the day before it has not moved by more than the error of either",
            "It may be what it was a day earlier: the two intervals overlap",
            "No change since the day before stands out from the error",
        )
    signal = next((each for each in facts.signals if each.kind == "mood"), None)
    if signal is None:
        return
    if lead.signal != signal:
        course = "shrunk" if signal.evidence.get("direction") == "down" else "grown"
        since = moment_of(signal.opened_at)
        yield (
            f"Against the week before, the positive part has {course}: a signal of the level {signal.level} has been "
            f"open on that since {since}"
        )
    parts = signal.evidence.get("mood_or_mix")
    if isinstance(parts, dict) and isinstance(parts.get("within"), float) and isinstance(parts.get("mix"), float):
        within, mix = abs(parts["within"]), abs(parts["mix"])
        yield (
            "More of the change lies within the sources than in the mix of them"
            if within >= mix
            else "More of the change lies in the mix of sources than in any of them"
        )


def _by_source(facts: Facts) -> Iterator[str]:
    """The brightest and the darkest source, where their intervals do not meet."""
    known = [
        (slug, shares)
        for slug, shares in facts.now.shares_by_source.items()
        if shares.n >= FEWEST_SCORED and shares.net_low is not None and slug in SOURCE_NAMES
    ]
    if len(known) < 2:
        return
    bright = max(known, key=lambda pair: pair[1].net or 0.0)
    dark = min(known, key=lambda pair: pair[1].net or 0.0)
    if (bright[1].net_low or 0.0) > (dark[1].net_high or 0.0):
        yield (
            f"It depends on where one looks: on {SOURCE_NAMES[bright[0]]} the net mood stands at "
            f"{net_of(bright[1])}, on {SOURCE_NAMES[dark[0]]} at {net_of(dark[1])}"
        )


def named(facts: Facts, lead: Lead, choose: Chooser) -> Iterator[str]:
    """Who or what comes up most."""
    if facts.named is None or (lead.subject is not None and lead.subject.slug == facts.named.slug):
        return
    link = markup.link("entity", facts.named.slug, facts.named.name)
    yield choose.one(
        "named",
        f"One name comes up more than any other: {facts.named.texts:,} texts name {link}",
        f"Of all the names in it, one leads: {facts.named.texts:,} texts name {link}",
        f"Nothing is named more often: {facts.named.texts:,} texts name {link}",
    )


def quotations(facts: Facts, choose: Chooser) -> Iterator[str]:
    """Posts in their own words, each with its note, and how far they were noticed."""
    openings = (
        choose.one(
            "first", "One post {} reads", "A post {} puts it like this", "{}, one post says", "{}, somebody writes"
        ),
        choose.one("second", "Another, {}, says", "{} it is put another way", "Another one, {}, reads"),
        choose.one("third", "And {} it says", "A third, {}, adds", "{}, finally, one reads"),
    )
    reactions = [_reactions(post) for post in facts.quotes]
    for number, post in enumerate(facts.quotes, 1):
        there = f"on {SOURCE_NAMES.get(post.post.source, post.post.source)}"
        lead = openings[number - 1].format(there)
        words = clean_line(post.post.text)
        ending = "" if words.endswith((".", "!", "?")) else "."
        yield f"{lead[0].upper() + lead[1:]}: “{words}”{ending}{markup.footnote(number)}"
        if number == 1 or 0 < reactions[number - 1] < THIN:
            yield from _noticed(post, choose, number)


def _reactions(post: StoredPost) -> int:
    return max((getattr(post.post.engagement, name) or 0 for name in MEASURES), default=0)


def _noticed(post: StoredPost, choose: Chooser, number: int) -> Iterator[str]:
    counts = [(name, getattr(post.post.engagement, name)) for name in MEASURES]
    known = [(name, count) for name, count in counts if count]
    if not known:
        if number == 1:
            yield "How far it was noticed is not known"
        return
    name, count = max(known, key=lambda pair: pair[1])
    word = {"likes": "like", "reposts": "repost", "replies": "reply"}[name] if count == 1 else name
    seen = f"{count:,} {word} when last seen"
    if count < THIN:
        yield f"{'It' if number == 1 else 'That one'} had {seen}, which is thin"
    else:
        yield choose.one(f"noticed {number}", f"It had {seen}", f"It stood at {seen}", f"It had drawn {seen}")


def uncertain(facts: Facts, lead: Lead, choose: Chooser) -> Iterator[str]:
    """What the figures do not say."""
    figures = facts.now
    if figures.ratio is None:
        yield "What is usual here is not known yet, for too few earlier days were collected"
    if figures.texts is not None and figures.texts < COPIED * figures.volume:
        yield "A good part of it is copies, which makes the plain count look larger than the stir was"
    if facts.echo is not None and lead.kind != "echo":
        copies = f"{facts.echo.authors:,} authors posted one text, in {posts(facts.echo.posts)}"
        yield f"{copies}, which counts once among the distinct ones"
    if lead.kind == "shift":
        yield "A change in how a source is collected would look the same as one in what is said there"
    if not facts.quotes:
        yield "No post of the day could be quoted whole, so none is quoted"
    yield from _other_signals(facts, lead)
    if not facts.signals and not facts.closed:
        yield choose.one(
            "signals",
            "No signal was open at that moment: nothing here passed a test for a change",
            "None of this passed a test for a change; no signal was open",
            "None of these differences has passed a test; no signal was open when this was written",
        )
    yield choose.one(
        "end",
        "What was not collected is not in these figures",
        "The figures are of what was collected, which is not all that was said",
        "It is a count of what was collected; why it is so, the count does not say",
        "Why it is so, the count does not say",
    )


def _other_signals(facts: Facts, lead: Lead) -> Iterator[str]:
    """Those that have not been told of, and those that passed a test earlier in the day."""
    others = [signal for signal in facts.signals if signal != lead.signal and signal.kind != "mood"]
    if others:
        more = "more " if lead.signal is not None else ""
        opened = f"{more}signals were" if len(others) > 1 else f"{'one more' if more else 'a'} signal was"
        yield f"At that moment {opened} open, of the kind {_kinds(others)}"
    if facts.closed:
        opened = "signals were open that have" if len(facts.closed) > 1 else "a signal was open that has"
        yield f"Earlier in these 24 hours {opened} closed since, of the kind {_kinds(facts.closed)}"


def _kinds(signals: Sequence[Signal]) -> str:
    return joined(list(dict.fromkeys(signal.kind for signal in signals)))


def paragraph(sentences: Sequence[str]) -> str:
    """Sentences as one paragraph."""
    return " ".join(each if each.endswith("]") else sentence(each) for each in sentences)
