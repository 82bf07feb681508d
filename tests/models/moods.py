"""A model that tells moods by words, for the host of `tests.models.model_server`."""

from __future__ import annotations

import json

from tests.models.model_server import Asked, Turn

WORDS = {"wonderful": "positive", "terrible": "negative"}


def by_words(asked: Asked) -> Turn:
    """The mood of every text that it was given, as the schema has it."""
    texts = json.loads(asked.user)
    moods = [
        {
            "number": text["number"],
            "mood": next((mood for word, mood in WORDS.items() if word in text["text"]), "neutral"),
        }
        for text in texts
    ]
    return Turn(json.dumps({"moods": moods}))
