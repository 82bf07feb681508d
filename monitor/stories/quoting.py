"""Looking a story's quotations up, and naming the posts that they come from."""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.nouns.sources import SOURCES
from monitor.records import StoredPost
from monitor.stories.evidence import Evidence, Found
from monitor.stories.quotations import NEAR, Quotation
from monitor.stories.verdicts import Answer
from monitor.text.clean import clean_line

LONGEST_EXCERPT = 160
"""Characters of a post that are shown beside a quotation that differs from it."""

SILENT = "the store has no post of the days before the story"

_NAMES = {source.slug: source.name for source in SOURCES}
_MARKUP = re.compile(r"[<>{}\[\]|`*\\]")
_FAR = 0.6
"""Share of the quoted words below which a post is not worth showing."""


class QuoteChecker:
    """The quotations of one story with the posts that have them, each looked up once."""

    def __init__(self, quotations: Sequence[Quotation], evidence: Evidence) -> None:
        self._quotations = quotations
        self.is_silent = evidence.is_silent()
        """Whether the store has nothing of the time of the story."""
        self._found = {each.start: evidence.quoted(each.words) for each in quotations}

    def answer(self, quotation: Quotation) -> Answer:
        """Whether a post says it, and whether it is of whom the story says it is."""
        found = self._found[quotation.start]
        if not found or found[0].match.share < _FAR:
            if self.is_silent:
                return Answer("uncheckable", SILENT)
            return Answer("unsupported", "no post of the store has these words")
        best = found[0]
        if best.match.is_verbatim:
            return self._placed(quotation, [each.post for each in found if each.match.is_verbatim], "verbatim")
        said = f"the nearest, {post_name(best.post)}, has {best.match.share:.0%} of the words: {_excerpt(best.post)}"
        if best.match.share >= NEAR and best.match.differs:
            return Answer("contradicted", f"a negation or a number differs; {said}")
        if best.match.share >= NEAR:
            placed = self._placed(quotation, [best.post], f"near-verbatim, {best.match.share:.0%} of the words")
            return placed._replace(detail=f"{placed.detail}; the post says: {_excerpt(best.post)}")
        return Answer("unsupported", said)

    def _placed(self, quotation: Quotation, posts: Sequence[StoredPost], how: str) -> Answer:
        """The first post that fits where and by whom the story says that it was written."""
        fitting = [
            post
            for post in posts
            if (not quotation.sources or post.post.source in quotation.sources) and _is_by(post, quotation.handle)
        ]
        if not fitting:
            told = " and ".join(
                filter(None, (", ".join(_NAMES[slug] for slug in quotation.sources), _at(quotation.handle)))
            )
            return Answer("contradicted", f"{how}, yet not from {told} as told: {post_name(posts[0])}")
        copies = len(posts) - 1
        more = f"; {copies} more {'post has' if copies == 1 else 'posts have'} the same words" if copies else ""
        return Answer("supported", f"{how}: {post_name(fitting[0])}{more}")

    def found_in(self, sentence: int) -> list[Found]:
        """The posts that have a quotation of a sentence, verbatim or nearly so; the earliest of its copies first."""
        return [
            found
            for quotation in self._quotations
            if quotation.sentence <= sentence <= quotation.last_sentence
            for found in self._found[quotation.start]
            if _counts(found)
        ]

    def found_near(self, sentence: int, paragraphs: Sequence[int]) -> list[Found]:
        """The same of the sentence and of the one before it in its paragraph, or the one after, nearest first."""
        return [found for place in _near(sentence, paragraphs) for found in self.found_in(place)]

    def quotes_near(self, sentence: int, paragraphs: Sequence[int]) -> bool:
        """Whether anything is quoted there at all, found or not."""
        near = _near(sentence, paragraphs)[:2]
        return any(place in range(each.sentence, each.last_sentence + 1) for each in self._quotations for place in near)


def _near(sentence: int, paragraphs: Sequence[int]) -> list[int]:
    places = (sentence, sentence - 1, sentence + 1)
    return [each for each in places if 0 <= each < len(paragraphs) and paragraphs[each] == paragraphs[sentence]]


def _counts(found: Found) -> bool:
    return found.match.is_verbatim or (found.match.share >= NEAR and not found.match.differs)


def _is_by(post: StoredPost, handle: str | None) -> bool:
    if handle is None:
        return True
    author = (post.post.author or "").casefold().lstrip("@")
    return author.split(".")[0] == handle.casefold().split(".")[0] or author == handle.casefold()


def _at(handle: str | None) -> str:
    return f"@{handle}" if handle else ""


def post_name(post: StoredPost) -> str:
    """Author, source, time and engagement of a post."""
    from monitor.instants import SECOND, render

    given = [f"{count:,} {name}" for name, count in post.post.engagement._asdict().items() if count is not None]
    author = clean_line(post.post.author_name or post.post.author or "no author named")
    source = _NAMES.get(post.post.source, post.post.source)
    at = render(post.post.published_at // SECOND * SECOND)
    return f"{author} on {source}, {at}, {', '.join(given) or 'engagement not known'}"


def note_of(post: StoredPost) -> str:
    """The same for a note of a draft, without what could be taken for markup."""
    return _MARKUP.sub("", post_name(post))


def _excerpt(post: StoredPost) -> str:
    text = clean_line(post.post.text)
    return f'"{text if len(text) <= LONGEST_EXCERPT else text[:LONGEST_EXCERPT].rstrip() + "…"}"'
