"""What is wrong with a file that was to be a story."""

from __future__ import annotations


class StoryError(ValueError):
    """The text is no story. The message is one sentence for a person."""
