"""Stories: their forms, their markup, reading, checking and writing them."""

from monitor.stories.errors import StoryError
from monitor.stories.reading import read

__all__ = ["StoryError", "read"]
