"""Posts as a source gave them become analysed posts, ready for the store's writer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple, Protocol

from monitor.records import AnalysedPost, Beats, Engagement, Post, Probabilities
from monitor.text.beats import BeatTagger
from monitor.text.clean import clean, clean_line, safe_url
from monitor.text.copies import Copies
from monitor.text.language import detect, is_english

if TYPE_CHECKING:
    from monitor.store.reader import Reader

_LARGEST_INTEGER = 2**63 - 1

RECALLED = 50_000
"""Stored texts that new ones are compared with after a start."""


class Scorer(Protocol):
    """Gives each text its probabilities of being negative, neutral and positive."""

    @property
    def name(self) -> str: ...

    def score(self, texts: Sequence[str]) -> Sequence[Probabilities | None]: ...


class Analysed(NamedTuple):
    """What became of a batch."""

    kept: tuple[AnalysedPost, ...]
    let_go: int
    """Posts that matched no beat and not the umbrella rule either."""


class Ingester:
    """Cleans, tags, scores and clusters posts by one set of beats."""

    def __init__(
        self,
        beats: Beats,
        scorer: Scorer | None,
        detect_language: Callable[[str], str | None] = detect,
        copies: Copies | None = None,
    ) -> None:
        """
        Args:
            beats: with their rules.
            scorer: None where moods are not wanted.
            detect_language: the language of a text whose source does not tell it.
            copies: the texts that came before; see `recall`.
        """
        self._tagger = BeatTagger(beats)
        self._scorer = scorer
        self._detect = detect_language
        self._copies = copies or Copies()

    @property
    def scorer_name(self) -> str | None:
        """Who scores; None where nobody does."""
        return None if self._scorer is None else self._scorer.name

    def analyse(self, posts: Sequence[Post], *, keep_all: bool = False) -> Analysed:
        """Analyse a batch; what matches nothing is let go unless `keep_all`, which is for imports."""
        cleaned = [clean_post(post) for post in posts]
        texts = [whole_text(post) for post in cleaned]
        tags = self._tagger.tag(texts)
        if not keep_all:
            cleaned, texts, tags = list(compress(cleaned, tags)), list(compress(texts, tags)), list(filter(None, tags))
        cleaned = [
            post if post.lang else post._replace(lang=self._detect(text))
            for post, text in zip(cleaned, texts, strict=True)
        ]
        moments = [min(post.published_at, post.collected_at) for post in cleaned]
        clusters = map(self._copies.cluster_of, texts, moments)
        analysed = map(AnalysedPost, cleaned, tags, self._score(cleaned, texts), clusters)
        return Analysed(tuple(analysed), len(posts) - len(cleaned))

    def _score(self, posts: Sequence[Post], texts: Sequence[str]) -> Sequence[Probabilities | None]:
        """The probabilities of the English texts; None for the others and where there is no scorer."""
        scores: list[Probabilities | None] = [None] * len(posts)
        if self._scorer is None:
            return scores
        english = [index for index, post in enumerate(posts) if texts[index] and is_english(post.lang)]
        if not english:
            return scores
        for index, score in zip(english, self._scorer.score([texts[index] for index in english]), strict=True):
            scores[index] = score
        return scores


def recall(reader: Reader) -> Copies:
    """The texts that a store took in last, so that after a start copies are found as before."""
    copies = Copies()
    for title, text, cluster, at in reversed(reader.newest_texts(RECALLED)):
        copies.learn(_joined(title, text), cluster, at)
    return copies


def whole_text(post: Post) -> str:
    """What is tagged and scored of a post: its title and its text, once where the one repeats the other."""
    return _joined(post.title, post.text)


def _joined(title: str | None, text: str) -> str:
    if not title:
        return text
    return title if not text or text == title else f"{title}\n{text}"


def clean_post(post: Post) -> Post:
    """The post with everything from outside made harmless to a terminal."""
    cleaned = (
        post.source,
        clean_line(post.native_id),
        clean(post.text),
        post.published_at,
        post.collected_at,
        _line(post.title),
        safe_url(post.url),
        _line(post.author),
        _line(post.author_name),
        _line(post.lang),
        _counts(post.engagement),
        post.aliases,
    )
    return post if cleaned == post else Post(*cleaned)


def _line(text: str | None) -> str | None:
    return clean_line(text) or None if text else None


def _counts(engagement: Engagement) -> Engagement:
    for value in engagement:
        if value is not None and not 0 <= value <= _LARGEST_INTEGER:
            break
    else:
        return engagement
    return Engagement(*(None if value is None else max(0, min(value, _LARGEST_INTEGER)) for value in engagement))
