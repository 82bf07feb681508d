"""Checking the figures of a story: each is tied to a query, which is run again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import inf

from monitor.instants import DAY, HOUR, render
from monitor.nouns.estimates import Shares
from monitor.records import StoredPost
from monitor.stories.evidence import Evidence, Figures
from monitor.stories.figure_patterns import TERM
from monitor.stories.figures import ENGAGEMENT, MOODS, Figure, names_other_stretch, names_window
from monitor.stories.quoting import SILENT, QuoteChecker, post_name
from monitor.stories.sentences import Sentence
from monitor.stories.verdicts import Answer
from monitor.text.entities import EntityFinder

ABOUT = 0.1
"""How far a count may lie from a figure that is said to be about so much, as a share of it."""
BEYOND = 1.5
"""How many times as much may still be called more than so much, and the reverse for less."""
ABOUT_DOUBLED = 0.25
DOUBLED = 0.1
"""The same for a change that is told in a word."""
ROUNDING = 0.51
"""How far a share in percent may lie from the estimate by rounding."""
PERCENT_ABOUT = 5.0

_NEGATIVE = re.compile(r"\b(?:negative|pessimis\w+)\b", re.IGNORECASE)
_NET = re.compile(r"\bnet\b", re.IGNORECASE)
_NAME = re.compile(r"\b[A-Z][A-Za-z0-9]*[A-Za-z][\w-]*\b")
_COMMON_WORDS = """
A An And Another At Both But By For From He Her His I In It Its Meanwhile Neither Nor No Nobody Of On One Or She That
The Their Then There These They This Those To We When While With Bluesky Hacker News Reddit YouTube Mastodon X AI
"""
_COMMON = frozenset(_COMMON_WORDS.split())
"""Words with a capital that say nothing of what a sentence is about."""


class FigureChecker:
    """Checks the figures of one story."""

    def __init__(
        self,
        parts: Sequence[Sentence],
        quotes: QuoteChecker,
        evidence: Evidence,
        beat: str | None,
        entities: EntityFinder,
    ) -> None:
        self._parts = parts
        self._quotes = quotes
        self._evidence = evidence
        self._beat = beat
        self._entities = entities

    def answer(self, figure: Figure, words: str) -> Answer:
        """The verdict on a figure; `words` are those of the claim."""
        if figure.measure in ENGAGEMENT:
            return self._engagement(figure)
        if figure.measure == "other":
            return self._world(figure, words)
        beat = figure.beat or self._beat
        figures = self._evidence.figures(beat, figure.hours)
        if figures is None:
            return Answer("uncheckable", f"nothing was collected of {beat or 'any beat'} in the {self._window(figure)}")
        if figure.measure == "mood ratio":
            return self._mood_change(figure, figures, beat)
        if figure.measure == "volume ratio":
            return self._volume_change(figure, figures)
        if figure.measure in MOODS:
            return self._mood(figure, figures)
        if figure.measure == "margin":
            return self._margin(figure, figures)
        if figure.measure in ("copiers", "copies"):
            return self._copied(figure, beat)
        if figure.measure == "saying":
            return self._saying(figure, beat)
        if figure.against == "before" and figure.sources and figure.measure == "volume":
            return self._before_by_source(figure, beat)
        return self._count(figure, figures)

    def _before_by_source(self, figure: Figure, beat: str | None) -> Answer:
        source = figure.sources[0]
        earlier = self._evidence.figures(beat, figure.hours, figure.hours * HOUR)
        count = earlier.by_source.get(source) if earlier else None
        if earlier is None or count is None:
            return Answer("uncheckable", f"{source} was not collected in the window before")
        detail = f"posts of {earlier.name} from {source} in the window before the {self._window(figure)}: {count:,}"
        return Answer("supported" if fits(figure, count) else "contradicted", detail)

    def _window(self, figure: Figure) -> str:
        return f"{figure.hours} h to {render(self._evidence.as_of)}"

    def _count(self, figure: Figure, figures: Figures) -> Answer:
        source = figure.sources[0] if figure.sources else None
        actual, what = _counted(figure, figures, source)
        if actual is None:
            return Answer("uncheckable", f"the store cannot say {what} in the {self._window(figure)}")
        late = ", as stored now, for nothing was collected then" if figures.is_late else ""
        detail = f"{what} in the {self._window(figure)}: {actual:,.{0 if actual == int(actual) else 1}f}{late}"
        if fits(figure, actual):
            return Answer("supported", detail)
        text = self._parts[figure.sentence].text
        if figure.measure == "authors" and figure.value < actual and not names_window(text):
            return Answer("unsupported", f"{detail}, of whom it may mean some")
        tied = names_window(text) or source is not None or figure.against != "now" or figure.measure != "volume"
        return Answer("contradicted" if tied else "unsupported", detail)

    def _copied(self, figure: Figure, beat: str | None) -> Answer:
        """Against the texts that were posted most often; that which comes nearest is named."""
        copied = self._evidence.copied(beat, figure.hours)
        if not copied:
            return Answer("contradicted", f"no text was posted twice in the {self._window(figure)}")
        counts = [(each.authors if figure.measure == "copiers" else each.posts, each) for each in copied]
        count, nearest = min(counts, key=lambda pair: abs(pair[0] - figure.value))
        told = f"one text: {nearest.posts:,} posts by {nearest.authors:,} authors in the {self._window(figure)}"
        first = self._evidence.post(nearest.first_post)
        detail = told if first is None else f"{told}, first {post_name(first)}"
        return Answer("supported" if fits(figure, count) else "contradicted", detail)

    def _saying(self, figure: Figure, beat: str | None) -> Answer:
        """Against the texts that have the words between the marks, or that name the entity, behind the number."""
        part = self._parts[figure.sentence]
        term = TERM.match(part.text, figure.end - part.start)
        if term is None:
            return Answer("uncheckable", "what the texts say is not told between marks")
        if term["said"]:
            count = self._evidence.texts_saying(term["said"], beat, figure.hours)
        else:
            slugs = [mention.slug for mention in self._entities.find(term["named"])]
            if not slugs:
                return Answer("uncheckable", f'"{term["named"]}" is no name that is known')
            count = self._evidence.texts_naming(slugs[0], self._entities, beat, figure.hours)
        if count is None:
            return Answer("uncheckable", "more posts say so than are looked at")
        verb = "say" if term["said"] else "name"
        detail = f"texts that {verb} {term['said'] or term['named']} in the {self._window(figure)}: {count:,}"
        return Answer("supported" if fits(figure, count) else "contradicted", detail)

    def _mood(self, figure: Figure, figures: Figures) -> Answer:
        source = figure.sources[0] if figure.sources else None
        shares = figures.shares_by_source.get(source) if source else figures.shares
        estimate, low, high = _share(shares, figure.measure)
        if shares is None or estimate is None:
            return Answer("uncheckable", f"no post was scored in the {self._window(figure)}")
        detail = (
            f"{figure.measure} {estimate:+.1f}" if figure.measure == "net" else f"{figure.measure} {estimate:.1f} %"
        ) + f" [{low:.0f}, {high:.0f}], n = {shares.n:,}, in the {self._window(figure)}"
        if figure.relation == "over":
            near = figure.value - ROUNDING <= estimate <= figure.value + 2 * PERCENT_ABOUT
        elif figure.relation == "under":
            near = figure.value - 2 * PERCENT_ABOUT <= estimate <= figure.value + ROUNDING
        else:
            near = abs(figure.value - estimate) <= (PERCENT_ABOUT if figure.relation == "about" else ROUNDING)
        if near:
            return Answer("supported", detail)
        return Answer("unsupported" if low <= figure.value <= high else "contradicted", detail)

    def _margin(self, figure: Figure, figures: Figures) -> Answer:
        """Half the width of the interval of what its clause or sentence names."""
        part = self._parts[figure.sentence]
        clause = part.text[: figure.start - part.start].rpartition(";")[2]
        measure = "net" if _NET.search(clause) else "negative" if _NEGATIVE.search(part.text) else "positive"
        source = figure.sources[0] if figure.sources else None
        shares = figures.shares_by_source.get(source) if source else figures.shares
        value, low, high = _share(shares, measure)
        if value is None:
            return Answer("uncheckable", f"no post was scored in the {self._window(figure)}")
        detail = f"{measure} {value:.1f} % [{low:.0f}, {high:.0f}] in the {self._window(figure)}"
        near = abs((high - low) / 2 - figure.value) <= ROUNDING
        return Answer("supported" if near else "contradicted", detail)

    def _mood_change(self, figure: Figure, figures: Figures, beat: str | None) -> Answer:
        earlier = self._evidence.figures(beat, figure.hours, figure.hours * DAY // 24)
        measure = "negative" if _NEGATIVE.search(self._parts[figure.sentence].text) else "positive"
        then, then_low, then_high = _share(earlier.shares if earlier else None, measure)
        now, low, high = _share(figures.shares, measure)
        if earlier is None or earlier.shares is None or figures.shares is None or then is None or now is None:
            return Answer(
                "uncheckable", f"there are no two scored windows to compare at {render(self._evidence.as_of)}"
            )
        detail = (
            f"{measure} {then:.0f} % [{then_low:.0f}, {then_high:.0f}], n = {earlier.shares.n:,}, to {now:.0f} % "
            f"[{low:.0f}, {high:.0f}], n = {figures.shares.n:,}, in the {self._window(figure)} and the one before it"
        )
        apart = low > then_high or high < then_low
        if then > 0 and _factor_fits(figure, now / then):
            return Answer("supported" if apart else "unsupported", detail if apart else f"{detail}: the intervals meet")
        least, most = low / then_high if then_high else 0.0, high / then_low if then_low > 0 else inf
        possible = least <= figure.value <= most and (figure.value > 1) == (now > then)
        return Answer("unsupported" if possible else "contradicted", detail)

    def _volume_change(self, figure: Figure, figures: Figures) -> Answer:
        if figure.against == "usual":
            if figures.ratio is None or figures.usual is None:
                return Answer("uncheckable", f"what is usual for {figures.name} is not known yet")
            detail = f"{figures.name}: {figures.ratio:.2f} times the usual {figures.usual:,.0f}"
            ratio = figures.ratio
        else:
            if not figures.previous:
                return Answer("uncheckable", f"the window before the {self._window(figure)} holds no posts")
            ratio = figures.volume / figures.previous
            detail = f"{figures.name}: {figures.volume:,} after {figures.previous:,} posts, {ratio:.2f} times as many"
        detail += f", in the {self._window(figure)}"
        if _factor_fits(figure, ratio):
            return Answer("supported", detail)
        if names_other_stretch(self._parts[figure.sentence].text):
            return Answer("uncheckable", f"its sentence speaks of another stretch of time; {detail}")
        return Answer("contradicted", detail)

    def _engagement(self, figure: Figure) -> Answer:
        """Of a post that has the figure and a name of the sentence; else of the one that is quoted; else of any."""
        posts = self._evidence.with_count(figure.measure, int(figure.value)) if figure.value.is_integer() else ()
        if figure.sources:
            posts = tuple(post for post in posts if post.post.source in figure.sources)
        names = self._names(figure.sentence)
        named = [post for post in posts if any(name in f"{post.post.title or ''} {post.post.text}" for name in names)]
        if named:
            return Answer("supported", f"a post that has this figure and the name: {post_name(named[0])}")
        paragraphs = [part.paragraph for part in self._parts]
        if quoted := [found.post for found in self._quotes.found_near(figure.sentence, paragraphs)]:
            return self._of_quoted(figure, quoted)
        if self._quotes.is_silent and not posts:
            return Answer("uncheckable", SILENT)
        if self._quotes.quotes_near(figure.sentence, paragraphs):
            return Answer("unsupported", "the post that is quoted was not found")
        about = next((post for name in names for post in self._evidence.naming([name])), None)
        if about is not None and getattr(about.post.engagement, figure.measure) is not None:
            return Answer("unsupported", f"no post about it has this figure, as last seen; one is {post_name(about)}")
        if posts:
            several = f"{len(posts)} posts have" if len(posts) > 1 else "a post has"
            return Answer("supported", f"{several} exactly this figure in the days before: {post_name(posts[0])}")
        return Answer("unsupported", "no post of the days before has this figure, and none that was found is quoted")

    def _of_quoted(self, figure: Figure, posts: Sequence[StoredPost]) -> Answer:
        """Of the post that is quoted nearest, or a copy of it."""
        counts = [(getattr(post.post.engagement, figure.measure), post) for post in posts]
        fitting = next((post for count, post in counts if count is not None and fits(figure, count)), None)
        if fitting is not None:
            return Answer("supported", f"the post that is quoted: {post_name(fitting)}")
        count, post = counts[0]
        if count is None:
            return Answer("uncheckable", f"the source does not say: {post_name(post)}")
        if count > figure.value and self._evidence.as_of < self._evidence.now:
            grew = "as last seen; it may have grown since the story"
            return Answer("unsupported", f"the post that is quoted, {grew}: {post_name(post)}")
        return Answer("contradicted", f"the post that is quoted, as last seen: {post_name(post)}")

    def _names(self, sentence: int) -> list[str]:
        """Words of a sentence that look like names, without those that begin it."""
        words = _NAME.findall(self._parts[sentence].text.partition(" ")[2])
        return [word for word in dict.fromkeys(words) if word not in _COMMON]

    def _world(self, figure: Figure, words: str) -> Answer:
        """A figure that no count of posts can give: it can only have been said by somebody."""
        if len(re.findall(r"\w+", words)) > 1:
            posts = self._evidence.saying(words, self._beat if self._evidence.is_beat(self._beat or "") else None)
            if posts:
                return Answer("supported", f"a post says so: {post_name(posts[0])}")
        return Answer("uncheckable", "it is no figure of the store, and no post of the days before says it")


def _counted(figure: Figure, figures: Figures, source: str | None) -> tuple[float | None, str]:
    """What the store counts for a figure, and what that is."""
    name = figures.name
    if figure.measure == "split":
        posts = figures.by_source.get(source or "")
        if posts is None or not figures.volume:
            return None, f"which share of {name} came from {source}"
        return round(100 * posts / figures.volume, 1), f"percent of {name} from {source}"
    if figure.measure == "records":
        return figures.records, f"records of {name}"
    if figure.measure == "texts":
        return figures.texts, f"unique texts of {name}"
    if figure.measure == "authors":
        return figures.authors, f"unique authors of {name}"
    if figure.measure == "scored":
        return None if figures.shares is None else figures.shares.n, f"scored posts of {name}"
    if source is not None:
        return figures.by_source.get(source), f"posts of {name} from {source}"
    if figure.against == "before":
        return figures.previous, f"posts of {name} in the window before, not"
    if figure.against == "usual":
        return figures.usual, f"what is usual for {name}, not the posts"
    return figures.volume, f"posts of {name}"


def fits(figure: Figure, actual: float) -> bool:
    """Whether a count is what a figure says."""
    value = figure.value
    if figure.relation == "about":
        return abs(actual - value) <= max(1.0, ABOUT * value)
    if figure.relation == "over":
        return value <= actual <= max(value + 1, BEYOND * value)
    if figure.relation == "under":
        return min(value - 1, value / BEYOND) <= actual <= value
    return abs(actual - value) <= 0.5


def _factor_fits(figure: Figure, ratio: float) -> bool:
    if figure.relation == "over":
        return figure.value <= ratio <= BEYOND * figure.value
    if figure.relation == "under":
        return figure.value / BEYOND <= ratio <= figure.value
    if figure.relation == "about":
        return abs(ratio - figure.value) <= ABOUT_DOUBLED * figure.value
    in_a_word = figure.value in (0.5, 2.0, 3.0, 4.0)
    return abs(ratio - figure.value) <= (DOUBLED * figure.value if in_a_word else 0.055)


def _share(shares: Shares | None, measure: str) -> tuple[float | None, float, float]:
    """A share in percent with its interval."""
    if shares is None or shares.net is None:
        return None, 0.0, 0.0
    if measure == "net":
        low, high = shares.net_low, shares.net_high
        value: float | None = shares.net
    else:
        value = getattr(shares, measure)
        low, high = getattr(shares, f"{measure}_interval") or (None, None)
    if value is None:
        return None, 0.0, 0.0
    return 100 * value, 100 * (value if low is None else low), 100 * (value if high is None else high)
