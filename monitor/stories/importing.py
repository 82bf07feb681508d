"""Taking stories from files into a store, one file after the other, with what became of each."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from monitor.stories.errors import StoryError
from monitor.stories.reading import LONGEST, read

if TYPE_CHECKING:
    from monitor.nouns.stories import Story
    from monitor.records import Beats
    from monitor.store.reader import Reader
    from monitor.stories.merging import Placing, Shelf

EVERYTHING = 1 << 31
"""More stories than there are."""

MOST_BYTES = 4 * LONGEST


class Taken(NamedTuple):
    """What became of one file."""

    name: str
    outcome: Literal["added", "updated", "unchanged", "failed"]
    slug: str | None = None
    title: str = ""
    lacks: tuple[str, ...] = ()
    """What its file does not say, in words for a person."""
    new_stubs: int = 0
    """How many stories are known by their title now that were not before."""
    error: str = ""
    """Why nothing was taken in; a sentence for a person."""

    def told(self) -> str:
        """The whole in one line."""
        if self.outcome == "failed":
            return f"{self.name}: {self.error}"
        lacks = f"; its file does not say: {', '.join(self.lacks)}" if self.lacks else ""
        return f"{self.name}: {self.outcome}: {self.slug}{lacks}"


def story_of_file(path: Path, now: int) -> Story:
    """The story of a file.

    Raises:
        OSError: the file cannot be read.
        StoryError: it is no story.
    """
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise StoryError("is a folder; name the files in it")
    if stat.S_ISREG(status.st_mode) and status.st_size > MOST_BYTES:
        raise StoryError(f"the file has more than {MOST_BYTES:,} bytes; no story has")
    return story_of_bytes(path.read_bytes(), now)


def story_of_bytes(content: bytes, now: int) -> Story:
    """The story of what a file holds.

    Raises:
        StoryError: it is no story.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StoryError("the file is no text in UTF-8") from error
    return read(text, now)


def take_in(
    store: Path, named: Iterable[tuple[str, Callable[[], Story]]], now: int, beats: Beats | None = None
) -> Iterator[Taken]:
    """Read stories and put them into a store, each in a transaction of its own.

    Args:
        store: the store; made where there is none.
        named: names of files, with what reads the story of each.
        now: the moment of the import.
        beats: the beats that the store follows from now on; None leaves those of a store that has some.

    Raises:
        StoreError: the store cannot be read or written.
    """
    from monitor.store.reader import open_reader
    from monitor.store.writer import Writer

    with Writer(store) as writer:
        if beats is not None:
            writer.set_beats(beats, now)
        with open_reader(store) as reader:
            shelf = _shelf(reader)
            for name, read_story in named:
                try:
                    placing = _placed(reader, shelf, read_story())
                except StoryError as error:
                    yield Taken(name, "failed", error=str(error))
                    continue
                except OSError as error:
                    yield Taken(name, "failed", error=error.strerror or str(error))
                    continue
                if placing.outcome != "unchanged":
                    writer.put_stories([placing.story], now)
                card = placing.story.card
                stubs = len(placing.new_stubs)
                yield Taken(name, placing.outcome, card.slug, card.title, placing.story.lacks, stubs)


def _shelf(reader: Reader) -> Shelf:
    from monitor.stories.merging import Shelf

    listed = reader.listed_stories(None, EVERYTHING)
    return Shelf(reader.all_stories(), [card for card, _ in listed if card.origin == "stub"])


def _placed(reader: Reader, shelf: Shelf, story: Story) -> Placing:
    known = shelf.same_as(story)
    return shelf.place(story, reader.story_versions(known.card.slug) if known is not None else ())
