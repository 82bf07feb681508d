"""Stories and signals in the store."""

from __future__ import annotations

from monitor.light_typing import TYPE_CHECKING
from monitor.nouns.snapshots import Signal
from monitor.nouns.stories import Footnote, Panel, Quote, Story, StoryCard

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

_CARD_COLUMNS = "slug, title, dek, beat, category, significance, published_at, url, origin"

_KEEP_VERSION = """
INSERT INTO story_versions SELECT slug, (SELECT count(*) + 1 FROM story_versions v WHERE v.slug = s.slug), stored_at,
    title, dek, body, details
FROM stories s WHERE slug = ? AND origin <> 'stub' AND (title, dek, body) <> (?, ?, ?)
"""

_PUT = f"INSERT OR REPLACE INTO stories ({_CARD_COLUMNS}, body, stored_at, details) VALUES ({', '.join('?' * 12)})"
_PUT_STUB = _PUT.replace("OR REPLACE", "OR IGNORE")


def put_stories(connection: sqlite3.Connection, stories: Iterable[Story], now: int) -> None:
    """Insert stories or replace those with the same slug, of which a version is kept; related ones become stubs."""
    for story in stories:
        card = story.card
        connection.execute(_KEEP_VERSION, (card.slug, card.title, card.dek, story.body))
        connection.execute(_PUT, (*card, story.body, now, _details(story)))
        connection.executemany(_PUT_STUB, [(*stub, "", now, "{}") for stub in story.related])


def _details(story: Story) -> str:
    """What is known of a story besides its text, as JSON without what is empty."""
    import json

    known = {
        "panel": story.panel and {**story.panel._asdict(), "sources": dict(story.panel.sources)},
        "disclosure": story.disclosure,
        "footnotes": [note._asdict() for note in story.footnotes],
        "quotes": [quote._asdict() for quote in story.quotes],
        "related": [stub.slug for stub in story.related],
        "lacks": story.lacks,
    }
    return json.dumps({name: value for name, value in known.items() if value}, ensure_ascii=False)


def read_cards(connection: sqlite3.Connection, as_of: int, limit: int) -> tuple[StoryCard, ...]:
    """The stories that were published before a moment, or stored where that is not known; newest first."""
    moment = "published_at" if _is_older(connection) else "coalesce(published_at, stored_at)"
    rows = connection.execute(
        f"SELECT {_CARD_COLUMNS} FROM stories WHERE {moment} < ? ORDER BY {moment} DESC, slug LIMIT ?", (as_of, limit)
    )
    return tuple(StoryCard(*row) for row in rows)


def read_story(connection: sqlite3.Connection, slug: str) -> Story | None:
    """One story, or None."""
    details = "'{}'" if _is_older(connection) else "details"
    row = connection.execute(f"SELECT {_CARD_COLUMNS}, body, {details} FROM stories WHERE slug = ?", (slug,)).fetchone()
    return None if row is None else _story(connection, StoryCard(*row[:-2]), row[-2], row[-1])


def read_all_stories(connection: sqlite3.Connection) -> Iterator[Story]:
    """Every story with a text, the newest last."""
    rows = connection.execute(f"SELECT {_CARD_COLUMNS}, body, details FROM stories WHERE body <> '' ORDER BY stored_at")
    return (_story(connection, StoryCard(*row[:-2]), row[-2], row[-1]) for row in rows)


def _story(connection: sqlite3.Connection, card: StoryCard, body: str, details: str) -> Story:
    import json

    known = json.loads(details)
    panel = known.get("panel")
    related = (_card(connection, slug) for slug in known.get("related", ()))
    return Story(
        card,
        body,
        panel=Panel(panel["volume"], panel["records"], tuple(panel["sources"].items())) if panel else None,
        disclosure=known.get("disclosure", ""),
        footnotes=tuple(Footnote(**note) for note in known.get("footnotes", ())),
        quotes=tuple(Quote(**quote) for quote in known.get("quotes", ())),
        related=tuple(stub for stub in related if stub is not None),
        lacks=tuple(known.get("lacks", ())),
    )


def _is_older(connection: sqlite3.Connection) -> bool:
    """Whether the store was not yet brought to the schema in which stories may have no time."""
    return bool(connection.execute("PRAGMA user_version").fetchone()[0] < 3)


def _card(connection: sqlite3.Connection, slug: str) -> StoryCard | None:
    row = connection.execute(f"SELECT {_CARD_COLUMNS} FROM stories WHERE slug = ?", (slug,)).fetchone()
    return None if row is None else StoryCard(*row)


def put_signals(connection: sqlite3.Connection, signals: Iterable[Signal]) -> None:
    """Insert signals or replace those with the same id."""
    import json

    connection.executemany(
        "INSERT OR REPLACE INTO signals VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(*signal[:-1], json.dumps(signal.evidence, sort_keys=True)) for signal in signals],
    )


def read_signals(connection: sqlite3.Connection, since: int, as_of: int) -> tuple[Signal, ...]:
    """Signals that were open at some moment of `[since, as_of)`, newest first, as they stood at `as_of`."""
    rows = connection.execute(
        "SELECT id, kind, beat, level, opened_at, CASE WHEN closed_at < ? THEN closed_at END, summary, evidence "
        "FROM signals WHERE opened_at < ? AND (closed_at IS NULL OR closed_at >= ?) ORDER BY opened_at DESC, id",
        (as_of, as_of, since),
    ).fetchall()
    if not rows:
        return ()
    import json

    return tuple(Signal._make((*row[:-1], json.loads(row[-1]))) for row in rows)
