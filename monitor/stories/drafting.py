"""Writing a story by rules from the figures of a beat: no model, no network, and no sentence without its evidence.

Every sentence is of a form that the linter understands, so that a draft can be checked against the store it is from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zlib import crc32

from monitor.instants import to_datetime
from monitor.nouns.kinds import Significance
from monitor.nouns.sources import SOURCES
from monitor.nouns.stories import Footnote, Story, StoryCard
from monitor.records import StoredPost
from monitor.stories import markup
from monitor.stories.facts import MEASURES, Facts
from monitor.stories.parts import slug_of
from monitor.stories.quoting import post_name
from monitor.text.clean import clean_line

DISCLOSURE = "Drafted by rules from the figures and posts of one store, with no model; no person has read it before."
MARKED = 0.15
"""How far a volume must lie from the usual one to be called more than about as usual."""
THIN = 10
"""Likes, reposts and replies below which a quoted post has hardly been noticed."""

DOMINANT = 0.6
"""Share of a volume from which on one source carries it."""

_CALENDAR = "January February March April May June July August September October November December"
_MONTHS = _CALENDAR.split()
_NAMES = {source.slug: source.name for source in SOURCES}


def write_draft(facts: Facts) -> Story:
    """A story of a beat: what happened, where, in what mood, who said what, and what is uncertain."""
    paragraphs = [
        " ".join(_volume(facts)),
        " ".join(_where(facts)),
        " ".join(_mood(facts)),
        " ".join(_quotations(facts)),
        " ".join(_uncertain(facts)),
    ]
    title = _title(facts)
    at = to_datetime(facts.as_of)
    card = StoryCard(
        slug=slug_of(f"{facts.beat} {at:%Y-%m-%d %H%M}"),
        title=title,
        dek=_dek(facts),
        beat=facts.beat,
        category=facts.category,
        significance=_significance(facts),
        published_at=facts.as_of,
        url=None,
        origin="drafted",
    )
    notes = tuple(Footnote(n, post_name(post), post.post.url) for n, post in enumerate(facts.quotes, 1))
    return Story(card, "\n\n".join(filter(None, paragraphs)), disclosure=DISCLOSURE, footnotes=notes)


def _choose(facts: Facts, what: str, among: Sequence[str]) -> str:
    """One of several ways to say a thing: always the same for the same beat and moment."""
    return among[crc32(f"{facts.beat} {facts.as_of} {what}".encode()) % len(among)]


def _significance(facts: Facts) -> Significance:
    return facts.signals[0].level if facts.signals else "low"


def _change(facts: Facts) -> float | None:
    """Of the volume against the usual one, or else the day before, as a share."""
    if facts.now.ratio is not None and facts.now.usual:
        return facts.now.ratio - 1
    return facts.now.volume / facts.now.previous - 1 if facts.now.previous else None


def _title(facts: Facts) -> str:
    change = _change(facts)
    if change is None or abs(change) <= MARKED:
        forms = ("{} keeps its pace", "{}: little moved, and that is the news", "{}: a day like others, by the count")
    elif change > 0:
        forms = ("{} is louder than usual", "{}: a loud day, counted", "{} has more to say than on other days")
    else:
        forms = ("{} is quieter than usual", "{}: a quiet day, counted", "{} has less to say than on other days")
    return _choose(facts, "title", forms).format(facts.name)


def _dek(facts: Facts) -> str:
    shares = facts.now.shares
    mood = "nothing could be said of the mood"
    if shares is not None and shares.net is not None and shares.net_low is not None and shares.net_high is not None:
        tone = (
            "leans positive" if shares.net_low > 0 else "leans negative" if shares.net_high < 0 else "leans neither way"
        )
        mood = f"the mood {tone}"
    return f"{_posts(facts.now.volume)} in a day; {mood}. Every figure is that of the store it was counted in."


def _volume(facts: Facts) -> Iterator[str]:
    figures, at = facts.now, to_datetime(facts.as_of)
    link = markup.link("beat", facts.beat, facts.name)
    moment = f"{at.day} {_MONTHS[at.month - 1]}, {at:%H:%M} UTC"
    openings = (
        f"{link} came to {_posts(figures.volume)} in the 24 hours to {moment}.",
        f"{link}, as of {moment}, stands at {_posts(figures.volume)} in 24 hours.",
        f"{link} drew {_posts(figures.volume)} in the 24 hours to {moment}.",
    )
    yield _choose(facts, "opening", openings)
    if figures.ratio is not None and figures.usual:
        percent = round(100 * abs(figures.ratio - 1))
        tested = any(signal.kind == "volume" for signal in facts.signals)
        if percent == 0:
            yield "That is what such a day usually brings."
        else:
            side = "above" if figures.ratio > 1 else "below"
            test = "and that passed the test for a signal" if tested else "a difference that has passed no test"
            yield f"It lies {percent} % {side} the usual for such a day, {test}."
    if figures.previous:
        yield _choose(
            facts,
            "before",
            (
                f"There had been {_posts(figures.previous)} in the 24 hours before.",
                f"The count stood at {_posts(figures.previous)} in the 24 hours before.",
            ),
        )
    if figures.texts is not None and figures.authors is not None and figures.volume > 1:
        yield f"Copies counted once, it is {figures.texts:,} distinct texts, by {figures.authors:,} distinct authors."


def _where(facts: Facts) -> Iterator[str]:
    given = [(slug, posts) for slug, posts in facts.now.by_source.items() if posts and slug in _NAMES]
    if not given:
        return
    given.sort(key=lambda pair: -pair[1])
    first, *rest = [f"{_posts(posts)} on {_NAMES[slug]}" for slug, posts in given[:4]]
    if not rest:
        yield f"All of it came from one source: {first}."
        return
    others = f"{', '.join(rest[:-1])} and {rest[-1]}" if len(rest) > 1 else rest[0]
    share = "more than half of it" if given[0][1] > facts.now.volume / 2 else "the largest part"
    lead = _choose(facts, "where", ("ahead of", "followed by", "before"))
    yield f"The {first} are {share}, {lead} {others}."
    if given[0][1] > DOMINANT * facts.now.volume:
        yield "One source carries the figure, so that a change in how it is collected would move it too."


def _posts(count: int) -> str:
    return f"{count:,} {'post' if count == 1 else 'posts'}"


def _mood(facts: Facts) -> Iterator[str]:
    shares = facts.now.shares
    if shares is None or not shares.n or shares.positive is None or shares.negative is None:
        return
    yield (
        f"Of {shares.n:,} scored posts {100 * shares.positive:.0f} % were positive, give or take "
        f"{_margin(shares.positive_interval)} points."
    )
    negative, margin = 100 * shares.negative, _margin(shares.negative_interval)
    yield f"Another {negative:.0f} % were negative, give or take {margin} points."
    if shares.net_low is None or shares.net_high is None:
        return
    if shares.net_low > 0:
        yield "The positive side is the larger one beyond what the scorer could have got wrong."
    elif shares.net_high < 0:
        yield "The negative side is the larger one beyond what the scorer could have got wrong."
    else:
        yield "Which side is the larger one cannot be told from that."
    before = facts.moods_before
    if before is not None and before.net_low is not None and before.net_high is not None:
        if shares.net_low > before.net_high:
            yield "A day earlier it was darker, and the two intervals do not meet."
        elif shares.net_high < before.net_low:
            yield "A day earlier it was brighter, and the two intervals do not meet."
        else:
            yield "Against the day before it has not moved by more than the error of either."


def _margin(interval: tuple[float, float] | None) -> int:
    return round(50 * (interval[1] - interval[0])) if interval else 0


def _quotations(facts: Facts) -> Iterator[str]:
    openings = ("One post {where} reads", "Another, {where}, has it thus", "And {where} it says")
    for number, post in enumerate(facts.quotes, 1):
        where = f"on {_NAMES.get(post.post.source, post.post.source)}"
        words = clean_line(post.post.text)
        ending = "" if words.endswith((".", "!", "?")) else "."
        yield f"{openings[number - 1].format(where=where)}: “{words}”{ending}{markup.footnote(number)}"
        if number == 1:
            yield from _noticed(post)


def _noticed(post: StoredPost) -> Iterator[str]:
    counts = [(name, getattr(post.post.engagement, name)) for name in MEASURES]
    known = [(name, count) for name, count in counts if count]
    if not known:
        yield "How far it was noticed is not known."
        return
    name, count = max(known, key=lambda pair: pair[1])
    word = {"likes": "like", "reposts": "repost", "replies": "reply"}[name] if count == 1 else name
    thin = " when last seen, which is thin" if count < THIN else " when last seen"
    yield f"It had {count:,} {word}{thin}."


def _uncertain(facts: Facts) -> Iterator[str]:
    figures = facts.now
    if figures.ratio is None:
        yield "What is usual here is not known yet, for too few earlier days were collected."
    if figures.texts is not None and figures.texts < 0.8 * figures.volume:
        yield "A good part of it are copies, which makes the plain count look larger than the stir was."
    if not facts.quotes:
        yield "No post of the day could be quoted whole, so none is quoted."
    if not facts.signals:
        yield _choose(
            facts,
            "signals",
            (
                "No signal was open at that moment: nothing here passed a test for a change.",
                "None of this passed a test for a change; no signal was open.",
            ),
        )
    else:
        kinds = " and ".join(dict.fromkeys(signal.kind for signal in facts.signals))
        yield f"A signal was open at that moment ({kinds}), of the level {facts.signals[0].level}."
    yield _choose(
        facts,
        "end",
        (
            "What was not collected is not in these figures.",
            "The figures are of what was collected, which is not all that was said.",
            "It is a count of what was collected; why it is so, the count does not say.",
        ),
    )
