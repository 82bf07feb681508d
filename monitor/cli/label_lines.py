"""Labels from lines: what labelling is without a terminal, and the way in for labels from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from monitor.records import Label
from monitor.store.labels import NewLabel
from monitor.store.reader import Reader
from monitor.text.labelling import LABEL_OF_KEY
from monitor.text.shares import LABELS

HOW = (
    "there is no terminal to take keys from; give one label a line on standard input: `native id, label` or "
    "`source, native id, label`, the label being p, u, n or positive, neutral, negative"
)

_WORDS: dict[str, Label] = {**LABEL_OF_KEY, **{label: label for label in LABELS}}


class Line(NamedTuple):
    """A line that could be read."""

    names: tuple[tuple[str | None, str], ...]
    """Source and native id, as the line may mean them, the likelier first."""
    label: Label


def read_line(text: str) -> Line:
    """A label of a post. A native id may have commas in it.

    Raises:
        ValueError: it is no such line; the message is a sentence for a person.
    """
    separator = "\t" if "\t" in text else ","
    name, found, word = text.rpartition(separator)
    label = _WORDS.get(word.strip().lower())
    name = name.strip()
    if not found or not name:
        raise ValueError("expected `native id, label`")
    if label is None:
        raise ValueError(f'"{word.strip()}" is no label; there are p (positive), u (neutral), n (negative)')
    names: list[tuple[str | None, str]] = [(None, name)]
    source, parted, native_id = name.partition(separator)
    if parted and native_id.strip():
        names.append((source.strip(), native_id.strip()))
    return Line(tuple(names), label)


def find_post(reader: Reader, line: Line) -> int:
    """The number of the post that a line means.

    Raises:
        ValueError: there is none, or there are several.
    """
    for source, native_id in line.names:
        found = reader.labels().find_posts(native_id, source)
        if len(found) == 1:
            return found[0]
        if found:
            raise ValueError(f'several sources have a post "{native_id}"; write `source, native id, label`')
    raise ValueError(f'there is no post "{line.names[0][1]}"')


def new_label(reader: Reader, text: str, beat: str | None) -> NewLabel:
    """What a line says, for the sample of a beat or, without one, of all beats that the post is in.

    Raises:
        ValueError: the line cannot be used.
    """
    line = read_line(text)
    post_id = find_post(reader, line)
    stored = reader.post(post_id)
    if stored is None or stored.probabilities is None:
        raise ValueError("the post is not scored, so that a label of it says nothing about the scorer")
    if beat is not None and beat not in stored.beats:
        raise ValueError(f"the post is not in the beat {beat}")
    followed = reader.beats()
    return NewLabel(post_id, line.label, (beat,) if beat else tuple(slug for slug in stored.beats if slug in followed))


def is_heading(text: str) -> bool:
    """Whether a first line names columns."""
    return text.replace("\t", ",").rpartition(",")[2].strip().lower() == "label"


def meant(lines: Iterable[str]) -> Iterable[tuple[int, str]]:
    """The lines that hold something, with their numbers."""
    for number, line in enumerate(lines, 1):
        if line.strip() and not (number == 1 and is_heading(line)):
            yield number, line.strip()
