"""The words that fields may hold, and the shapes that are no nouns of their own."""

from __future__ import annotations

from typing import Literal

Lens = Literal["raw", "text", "author"]
"""What is counted: posts, unique texts (copies collapsed) or unique authors."""

Label = Literal["negative", "neutral", "positive"]

SourceState = Literal["ok", "waiting", "stale", "failing", "off", "no-key", "over-budget"]

Significance = Literal["low", "medium", "high"]

RANKS: dict[Significance, int] = {"low": 1, "medium": 2, "high": 3}
"""The order of the levels."""

WORDS: dict[Significance, str] = {"low": "unusual", "medium": "very unusual", "high": "very unusual"}
"""The one word for each level; without a signal it is `noise`."""

Probabilities = tuple[float, float, float]
"""Of negative, neutral and positive; they sum to one."""

Span = tuple[int, int]
"""A half-open span of time, as two instants."""
