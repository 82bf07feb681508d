"""Small stores for tests: beats, posts and the operations that change them."""

from __future__ import annotations

from monitor.instants import DAY, HOUR, parse
from monitor.records import AnalysedPost, Beat, Beats, Post, Rule

NOW = parse("2026-11-20T09:41:07Z")

BEATS = Beats(
    (
        Beat("open-models", "Open Models", "Technical", Rule(any=("open weights",))),
        Beat("courts", "Courts", "Governance", Rule(any=("lawsuit",))),
        Beat("general", "General", "General", Rule()),
    ),
    Rule(any=("ai",)),
)

PROBABILITIES = ((0.7, 0.2, 0.1), (0.1, 0.8, 0.1), (0.05, 0.15, 0.8), None)


def analysed(
    number: int,
    *,
    source: str = "bluesky",
    text: str = "open weights",
    at: int = NOW - HOUR,
    collected_at: int | None = None,
    beats: tuple[str, ...] = ("open-models",),
    author: str | None = "ada",
    cluster: int | None = 1,
    mood: int = 1,
    **fields: object,
) -> AnalysedPost:
    """A post with everything that counts about it."""
    collected = at + 1000 if collected_at is None else collected_at
    post = Post(source, str(number), text, at, collected, author=author, **fields)  # type: ignore[arg-type]
    return AnalysedPost(post, beats, PROBABILITIES[mood % 4], cluster)


__all__ = ["BEATS", "DAY", "HOUR", "NOW", "PROBABILITIES", "analysed"]
