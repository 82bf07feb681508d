"""Posts as a source gave them become analysed posts, ready for the store's writer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from monitor.records import AnalysedPost, Beats, Engagement, Post, Probabilities
from monitor.text.beats import BeatTagger
from monitor.text.clean import clean, clean_line, safe_url
from monitor.text.copies import fingerprint
from monitor.text.language import detect, is_english

_LARGEST_INTEGER = 2**63 - 1


class Scorer(Protocol):
    """Gives each text its probabilities of being negative, neutral and positive."""

    @property
    def name(self) -> str: ...

    def score(self, texts: Sequence[str]) -> Sequence[Probabilities]: ...


class Analysed(NamedTuple):
    """What became of a batch."""

    kept: tuple[AnalysedPost, ...]
    let_go: int
    """Posts that matched no beat and not the umbrella rule either."""


class Ingester:
    """Cleans, tags, scores and fingerprints posts by one set of beats."""

    def __init__(
        self, beats: Beats, scorer: Scorer | None, detect_language: Callable[[str], str | None] = detect
    ) -> None:
        self._tagger = BeatTagger(beats)
        self._scorer = scorer
        self._detect = detect_language

    def analyse(self, posts: Sequence[Post], *, keep_all: bool = False) -> Analysed:
        """Analyse a batch; what matches nothing is let go unless `keep_all`, which is for imports."""
        cleaned = [clean_post(post) for post in posts]
        texts = [whole_text(post) for post in cleaned]
        tags = self._tagger.tag(texts)
        kept = [index for index, slugs in enumerate(tags) if slugs or keep_all]
        languages = {index: cleaned[index].lang or self._detect(texts[index]) for index in kept}
        english = [index for index in kept if texts[index] and is_english(languages[index])]
        scores: dict[int, Probabilities] = {}
        if self._scorer is not None and english:
            scores = dict(zip(english, self._scorer.score([texts[index] for index in english]), strict=True))
        analysed = tuple(
            AnalysedPost(
                _with_language(cleaned[index], languages[index]),
                tags[index],
                scores.get(index),
                fingerprint(texts[index]),
            )
            for index in kept
        )
        return Analysed(analysed, len(posts) - len(kept))


def _with_language(post: Post, lang: str | None) -> Post:
    return post if post.lang == lang else post._replace(lang=lang)


def whole_text(post: Post) -> str:
    """What is tagged and scored of a post: its title and its text, once where the one repeats the other."""
    if not post.title:
        return post.text
    if not post.text or post.text == post.title:
        return post.title
    return f"{post.title}\n{post.text}"


def clean_post(post: Post) -> Post:
    """The post with everything from outside made harmless to a terminal."""
    return Post(
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


def _line(text: str | None) -> str | None:
    return clean_line(text) or None if text else None


def _counts(engagement: Engagement) -> Engagement:
    if all(value is None or 0 <= value <= _LARGEST_INTEGER for value in engagement):
        return engagement
    return Engagement(*(None if value is None else max(0, min(value, _LARGEST_INTEGER)) for value in engagement))
