"""What the parts of the app tell each other."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from monitor.records import Story
    from monitor.snapshot.entity import EntityPage
    from monitor.snapshot.names import BeatNames
    from monitor.tui.asking import Answer
    from monitor.tui.reading import Reading
    from monitor.tui.story_material import Target
    from monitor.tui.widgets.line_list import LineList


class ReadingArrived(Message):
    """The thread that reads has something new; only the newest counts."""

    def __init__(self, reading: Reading) -> None:
        super().__init__()
        self.reading = reading

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, ReadingArrived)


class StoreTroubled(Message):
    """The store cannot be read; the sentence says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


class StoryRead(Message):
    """The text of a story, or None where the store has none under that slug."""

    def __init__(self, slug: str, story: Story | None) -> None:
        super().__init__()
        self.slug = slug
        self.story = story


class EntityRead(Message):
    """The page of an entity."""

    def __init__(self, page: EntityPage) -> None:
        super().__init__()
        self.page = page


class NamesRead(Message):
    """Whom and what the posts of a beat name."""

    def __init__(self, names: BeatNames) -> None:
        super().__init__()
        self.names = names


class Highlighted(Message):
    """Another row of a list is the chosen one."""

    def __init__(self, pane: LineList, key: Hashable) -> None:
        super().__init__()
        self.pane = pane
        self.key = key


class Opened(Message):
    """A row was opened."""

    def __init__(self, pane: LineList, item: object) -> None:
        super().__init__()
        self.pane = pane
        self.item = item


class FilterWanted(Message):
    """The reader wants to type a filter for a list."""

    def __init__(self, pane: LineList) -> None:
        super().__init__()
        self.pane = pane


class LinkChosen(Message):
    """Another link of a text is the chosen one, or the text was scrolled."""


class LinkOpened(Message):
    """A link of a text was opened."""

    def __init__(self, target: Target) -> None:
        super().__init__()
        self.target = target


class StoryAsked(Message):
    """A store has answered what was asked about a story; later answers have all that earlier ones had."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


class Told(Message):
    """Something to be said that a thread found out."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words


class FocusMoved(Message):
    """Another pane has the keyboard."""
