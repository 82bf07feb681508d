"""What drafts quote of stored posts: kept apart from the text, so that it goes when the post goes.

In the text stands a mark such as `{{quote:0:4711}}` instead of the words: which of the quotations, and of which post.
"""

from __future__ import annotations

import re

from monitor.light_typing import TYPE_CHECKING, NamedTuple
from monitor.nouns.stories import Cited, Footnote, Story

if TYPE_CHECKING:
    import sqlite3

PRESENT = 0
"""The version of a story that is told now."""
DELETED = "deleted by its author"
GONE = "no longer kept here"

_MARK = re.compile(r"\{\{quote:(?P<place>\d{1,3}):(?P<post>\d{1,18})\}\}")


def set_apart(story: Story) -> tuple[str, tuple[Footnote, ...]]:
    """The text and the notes of a story without what they have from posts.

    Raises:
        ValueError: words that are said to be quoted do not stand in the text.
    """
    body = story.body
    for place, cited in enumerate(story.cited):
        if cited.words:
            quoted = f"“{cited.words}”"
            if quoted not in body:
                raise ValueError(f"note {cited.number} quotes words that the text does not have")
            body = body.replace(quoted, f"{{{{quote:{place}:{cited.post_id}}}}}", 1)
    numbers = {cited.number for cited in story.cited}
    notes = (Footnote(note.number, "") if note.number in numbers else note for note in story.footnotes)
    return body, tuple(notes)


def put(connection: sqlite3.Connection, story: Story, kept_version: int | None) -> None:
    """Have the quotations of a story in place of those that it had, which a version of it keeps if one was kept.

    Words of posts that are gone by now are not taken in.
    """
    slug = story.card.slug
    if kept_version is not None:
        connection.execute(
            "UPDATE story_quotes SET version = ? WHERE slug = ? AND version = ?", (kept_version, slug, PRESENT)
        )
    connection.execute("DELETE FROM story_quotes WHERE slug = ? AND version = ?", (slug, PRESENT))
    notes = {note.number: note for note in story.footnotes}
    for place, cited in enumerate(story.cited):
        there = connection.execute(
            "SELECT 1 FROM posts WHERE id = ? AND deleted_at IS NULL", (cited.post_id,)
        ).fetchone()
        note = notes.get(cited.number)
        words = (cited.words, note.text, note.url) if there and note else (None, None, None)
        connection.execute(
            "INSERT INTO story_quotes VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (slug, PRESENT, place, cited.number, cited.post_id, *words),
        )


def filled_in(connection: sqlite3.Connection, story: Story) -> Story:
    """A story with what it quotes, so far as the posts are still there."""
    rows = _rows(connection, story.card.slug, PRESENT)
    if not rows:
        return story
    by_number = {row.number: row for row in rows.values()}
    notes = []
    for note in story.footnotes:
        row = by_number.get(note.number)
        notes.append(note if row is None else Footnote(note.number, row.note or row.missing, row.url))
    cited = (Cited(row.number, row.post_id, row.words or "") for _, row in sorted(rows.items()))
    return story._replace(body=_with_words(story.body, rows), footnotes=tuple(notes), cited=tuple(cited))


def body_of(connection: sqlite3.Connection, slug: str, version: int, body: str) -> str:
    """The text of a version with what it quotes."""
    return _with_words(body, _rows(connection, slug, version)) if _MARK.search(body) else body


class _Row(NamedTuple):
    number: int
    post_id: int
    words: str | None
    note: str | None
    url: str | None
    is_kept: int

    @property
    def missing(self) -> str:
        """What stands where the words stood."""
        return DELETED if self.is_kept else GONE


def _rows(connection: sqlite3.Connection, slug: str, version: int) -> dict[int, _Row]:
    """The quotations of a version by their places; a store that was not yet brought to this schema has none."""
    if connection.execute("PRAGMA user_version").fetchone()[0] < 5:
        return {}
    rows = connection.execute(
        "SELECT place, number, post_id, words, note, url, EXISTS (SELECT 1 FROM posts WHERE id = post_id) "
        "FROM story_quotes WHERE slug = ? AND version = ?",
        (slug, version),
    )
    return {place: _Row(*row) for place, *row in rows}


def _with_words(body: str, rows: dict[int, _Row]) -> str:
    def words(found: re.Match[str]) -> str:
        row = rows.get(int(found["place"]))
        if row is None or row.post_id != int(found["post"]):
            return f"[{GONE}]"
        return f"[{row.missing}]" if row.words is None else f"“{row.words}”"

    return _MARK.sub(words, body)
