"""Stories and signals in the store."""

from __future__ import annotations

from monitor.instants import parse, render
from monitor.light_typing import TYPE_CHECKING
from monitor.nouns.snapshots import Signal
from monitor.nouns.stories import Footnote, Panel, Quote, Story, StoryCard, StoryVersion

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from typing import Any

_CARD_COLUMNS = "slug, title, dek, beat, category, significance, published_at, url, origin"

_KEEP_VERSION = """
INSERT INTO story_versions SELECT slug, (SELECT count(*) + 1 FROM story_versions v WHERE v.slug = s.slug), stored_at,
    title, dek, body, details
FROM stories s WHERE slug = ? AND origin <> 'stub' AND (title, dek, body) <> (?, ?, ?)
"""

_PUT = f"INSERT OR REPLACE INTO stories ({_CARD_COLUMNS}, body, stored_at, details) VALUES ({', '.join('?' * 12)})"
_PUT_STUB = _PUT.replace("OR REPLACE", "OR IGNORE")
_REMOVE_STUB = "DELETE FROM stories WHERE slug = ? AND origin = 'stub'"


def put_stories(connection: sqlite3.Connection, stories: Iterable[Story], now: int) -> None:
    """Insert stories or replace those with the same slug, of which a version is kept; related ones become stubs.

    Stubs under a story's other slugs are removed.
    """
    from monitor.store import story_quotes

    for story in stories:
        card = story.card
        body, notes = story_quotes.set_apart(story)
        kept = connection.execute(_KEEP_VERSION, (card.slug, card.title, card.dek, body)).rowcount > 0
        story_quotes.put(connection, story, _newest_version(connection, card.slug) if kept else None)
        connection.execute(_PUT, (*card, body, now, _details(story._replace(footnotes=notes))))
        connection.executemany(_REMOVE_STUB, [(slug,) for slug in story.other_slugs])
        connection.executemany(_PUT_STUB, [(*stub, "", now, "{}") for stub in story.related])


def _newest_version(connection: sqlite3.Connection, slug: str) -> int:
    return int(connection.execute("SELECT max(version) FROM story_versions WHERE slug = ?", (slug,)).fetchone()[0])


def read_manifests(connection: sqlite3.Connection, beat: str) -> tuple[tuple[str, dict[str, Any]], ...]:
    """The manifests of the drafts of a beat by slug, the newest first."""
    import json

    if _is_older(connection):
        return ()
    rows = connection.execute(
        "SELECT slug, details FROM stories WHERE origin = 'drafted' AND beat = ? ORDER BY published_at DESC, slug",
        (beat,),
    )
    known = ((slug, json.loads(details).get("manifest")) for slug, details in rows)
    return tuple((slug, manifest) for slug, manifest in known if manifest)


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
        "other_slugs": story.other_slugs,
        "manifest": story.manifest,
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
    """One story by its slug or another one that it goes under, or None."""
    row = _row(connection, slug)
    return None if row is None else _story(connection, StoryCard(*row[:-2]), row[-2], row[-1])


def read_all_stories(connection: sqlite3.Connection) -> Iterator[Story]:
    """Every story with a text, the newest last."""
    rows = connection.execute(
        f"SELECT {_CARD_COLUMNS}, body, {_details_column(connection)} FROM stories WHERE body <> '' "
        "ORDER BY stored_at, slug"
    ).fetchall()
    return (_story(connection, StoryCard(*row[:-2]), row[-2], row[-1]) for row in rows)


def read_listed(
    connection: sqlite3.Connection, beat: str | None, limit: int
) -> tuple[tuple[StoryCard, Panel | None], ...]:
    """Stories and stubs with the figures of their pages, newest first; of one beat, or of all."""
    import json

    moment = "published_at" if _is_older(connection) else "coalesce(published_at, stored_at)"
    rows = connection.execute(
        f"SELECT {_CARD_COLUMNS}, {_details_column(connection)} FROM stories WHERE ?1 IS NULL OR beat = ?1 "
        f"ORDER BY {moment} DESC, slug LIMIT ?2",
        (beat, limit),
    )
    return tuple((StoryCard(*row[:-1]), _panel(json.loads(row[-1]))) for row in rows)


def read_versions(connection: sqlite3.Connection, slug: str) -> tuple[StoryVersion, ...]:
    """The texts that a story had before, oldest first."""
    if _is_older(connection):
        return ()
    rows = connection.execute(
        "SELECT version, stored_at, title, dek, body FROM story_versions WHERE slug = ? ORDER BY version", (slug,)
    )
    from monitor.store import story_quotes

    return tuple(
        StoryVersion(version, stored_at, title, dek, story_quotes.body_of(connection, slug, version, body))
        for version, stored_at, title, dek, body in rows.fetchall()
    )


def _row(connection: sqlite3.Connection, slug: str) -> tuple[Any, ...] | None:
    details = _details_column(connection)
    columns = f"SELECT {_CARD_COLUMNS}, body, {details} FROM stories"
    row: tuple[Any, ...] | None = connection.execute(f"{columns} WHERE slug = ?", (slug,)).fetchone()
    if row is None and details == "details":
        among = "EXISTS (SELECT 1 FROM json_each(details, '$.other_slugs') o WHERE o.value = ?)"
        row = connection.execute(f"{columns} WHERE {among} LIMIT 1", (slug,)).fetchone()
    return row


def _story(connection: sqlite3.Connection, card: StoryCard, body: str, details: str) -> Story:
    import json

    known = json.loads(details)
    related = (_card(connection, slug) for slug in known.get("related", ()))
    story = Story(
        card,
        body,
        panel=_panel(known),
        disclosure=known.get("disclosure", ""),
        footnotes=tuple(Footnote(**note) for note in known.get("footnotes", ())),
        quotes=tuple(Quote(**quote) for quote in known.get("quotes", ())),
        related=tuple(stub for stub in related if stub is not None),
        lacks=tuple(known.get("lacks", ())),
        other_slugs=tuple(known.get("other_slugs", ())),
        manifest=known.get("manifest"),
    )
    if card.origin != "drafted":
        return story
    from monitor.store import story_quotes

    return story_quotes.filled_in(connection, story)


def _panel(known: dict[str, Any]) -> Panel | None:
    panel = known.get("panel")
    return Panel(panel["volume"], panel["records"], tuple(panel["sources"].items())) if panel else None


def _details_column(connection: sqlite3.Connection) -> str:
    return "'{}'" if _is_older(connection) else "details"


def _is_older(connection: sqlite3.Connection) -> bool:
    """Whether the store was not yet brought to the schema in which stories may have no time."""
    return bool(connection.execute("PRAGMA user_version").fetchone()[0] < 3)


def _card(connection: sqlite3.Connection, slug: str) -> StoryCard | None:
    row = _row(connection, slug)
    return None if row is None else StoryCard(*row[:-2])


def put_signals(connection: sqlite3.Connection, signals: Iterable[Signal]) -> None:
    """Insert signals or replace those with the same id."""
    import json

    connection.executemany(
        "INSERT OR REPLACE INTO signals VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(*signal[:-1], json.dumps(signal.evidence, sort_keys=True)) for signal in signals],
    )


def read_signals(connection: sqlite3.Connection, since: int, as_of: int) -> tuple[Signal, ...]:
    """Signals that were open at some moment of `[since, as_of)`, newest first, as they stood at `as_of`.

    The evidence of one that rose keeps what it was before, each with the moment until which it was so.
    """
    rows = connection.execute(
        "SELECT id, kind, beat, level, opened_at, CASE WHEN closed_at < ? THEN closed_at END, summary, evidence "
        "FROM signals WHERE opened_at < ? AND (closed_at IS NULL OR closed_at >= ?) ORDER BY opened_at DESC, id",
        (as_of, as_of, since),
    ).fetchall()
    if not rows:
        return ()
    import json

    return tuple(_as_it_stood(Signal._make((*row[:-1], json.loads(row[-1]))), as_of) for row in rows)


def _as_it_stood(signal: Signal, as_of: int) -> Signal:
    earlier = signal.evidence.get("before")
    if isinstance(earlier, list):
        for number, version in enumerate(earlier):
            if as_of <= parse(version["until"]):
                evidence = {**version["evidence"], **({"before": earlier[:number]} if number else {})}
                return signal._replace(level=version["level"], summary=version["summary"], evidence=evidence)
    return signal


def move_signals(connection: sqlite3.Connection, by: int) -> None:
    """Move all signals along the time axis, with the moments in their evidence and in their ids."""
    import json

    rows = connection.execute("SELECT * FROM signals").fetchall()
    connection.execute("DELETE FROM signals")
    for row in rows:
        signal = Signal._make((*row[:-1], json.loads(row[-1])))
        opened_at = signal.opened_at + by
        name = signal.id.replace(_stamp(signal.opened_at), _stamp(opened_at))
        closed_at = None if signal.closed_at is None else signal.closed_at + by
        evidence = {key: _moved(value, by) for key, value in signal.evidence.items()}
        put_signals(connection, [signal._replace(id=name, opened_at=opened_at, closed_at=closed_at, evidence=evidence)])


def _stamp(instant: int) -> str:
    return render(instant - instant % 1000).replace("-", "").replace(":", "")


def _moved(value: object, by: int) -> object:
    """The same with every text that is a moment moved."""
    if isinstance(value, dict):
        return {key: _moved(each, by) for key, each in value.items()}
    if isinstance(value, list):
        return [_moved(each, by) for each in value]
    if isinstance(value, str) and len(value) in (20, 24) and value[10] == "T" and value.endswith("Z"):
        return render(parse(value) + by)
    return value
