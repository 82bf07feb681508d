"""The tables. `migrations.py` applies them; `docs/store.md` explains them to somebody with a SQL prompt.

Instants are integer milliseconds since 1970-01-01 UTC, an `hour` is an instant divided by 3,600,000, a `five_minute`
one divided by 300,000. Beat 0 stands for all posts, source 0 for all sources.
"""

from __future__ import annotations

ALL_BEATS = 0
ALL_SOURCES = 0

TABLES = """
CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    interval_seconds REAL,
    state TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE beats (
    id INTEGER PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    rule TEXT NOT NULL,
    covered_from INTEGER NOT NULL,
    active INTEGER NOT NULL
) STRICT;

CREATE TABLE posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source_id INTEGER NOT NULL REFERENCES sources (id),
    native_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    published_at INTEGER NOT NULL,
    collected_at INTEGER NOT NULL,
    beat_ids TEXT NOT NULL,
    cluster INTEGER,
    author_key INTEGER,
    cell INTEGER,
    negative_permille INTEGER,
    positive_permille INTEGER,
    deleted_at INTEGER,
    lang TEXT,
    likes INTEGER,
    reposts INTEGER,
    replies INTEGER,
    quotes INTEGER,
    views INTEGER,
    author TEXT,
    author_name TEXT,
    url TEXT,
    title TEXT,
    text TEXT NOT NULL,
    UNIQUE (source_id, native_id)
) STRICT;

CREATE INDEX posts_by_author ON posts (author_key) WHERE author_key IS NOT NULL;

CREATE TABLE post_beats (
    beat_id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    post_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    collected_at INTEGER NOT NULL,
    cell INTEGER,
    PRIMARY KEY (beat_id, at, post_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE hourly (
    beat_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    posts INTEGER NOT NULL,
    scored INTEGER NOT NULL,
    PRIMARY KEY (beat_id, source_id, hour)
) STRICT, WITHOUT ROWID;

CREATE TABLE hourly_moods (
    beat_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    cell INTEGER NOT NULL,
    posts INTEGER NOT NULL,
    PRIMARY KEY (beat_id, source_id, hour, cell)
) STRICT, WITHOUT ROWID;

CREATE TABLE five_minutes (
    beat_id INTEGER NOT NULL,
    five_minute INTEGER NOT NULL,
    posts INTEGER NOT NULL,
    PRIMARY KEY (beat_id, five_minute)
) STRICT, WITHOUT ROWID;

CREATE TABLE records (
    beat_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    posts INTEGER NOT NULL,
    PRIMARY KEY (beat_id, source_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE clusters (
    id INTEGER PRIMARY KEY,
    posts INTEGER NOT NULL
) STRICT;

CREATE TABLE ledger (
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES sources (id),
    part TEXT NOT NULL,
    outcome TEXT NOT NULL,
    covered_from INTEGER,
    covered_to INTEGER,
    recorded_at INTEGER NOT NULL,
    last_recorded_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    read INTEGER NOT NULL,
    kept INTEGER NOT NULL,
    let_go INTEGER NOT NULL,
    message TEXT NOT NULL
) STRICT;

CREATE INDEX ledger_by_part ON ledger (source_id, part, id);
CREATE INDEX ledger_by_outcome ON ledger (source_id, outcome, last_recorded_at);

CREATE TABLE coverage (
    source_id INTEGER NOT NULL REFERENCES sources (id),
    covered_from INTEGER NOT NULL,
    covered_to INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;

CREATE INDEX coverage_by_end ON coverage (source_id, covered_to);

CREATE TABLE cursors (
    source_id INTEGER NOT NULL REFERENCES sources (id),
    part TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (source_id, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE marks (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    what TEXT NOT NULL
) STRICT;

CREATE INDEX marks_by_time ON marks (at);

CREATE TABLE stories (
    slug TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    dek TEXT NOT NULL,
    beat TEXT,
    category TEXT,
    significance TEXT,
    published_at INTEGER NOT NULL,
    url TEXT,
    origin TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE INDEX stories_by_time ON stories (published_at);

CREATE TABLE signals (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    beat TEXT NOT NULL,
    level TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    closed_at INTEGER,
    summary TEXT NOT NULL,
    evidence TEXT NOT NULL
) STRICT;

CREATE INDEX signals_by_time ON signals (opened_at);

CREATE TABLE labels (
    post_id INTEGER PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    labelled_at INTEGER NOT NULL
) STRICT;

CREATE TABLE changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    post_id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL
) STRICT;

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE posts_search USING fts5 (
    title, text, content = 'posts', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);
"""

TABLES_OF_SOURCES = """
ALTER TABLE ledger ADD COLUMN fraction REAL NOT NULL DEFAULT 1;

CREATE TABLE aliases (
    source_id INTEGER NOT NULL REFERENCES sources (id),
    alias INTEGER NOT NULL,
    native_id TEXT NOT NULL,
    strong INTEGER NOT NULL,
    PRIMARY KEY (source_id, alias)
) STRICT, WITHOUT ROWID;

CREATE INDEX aliases_by_post ON aliases (source_id, native_id);

CREATE TABLE refreshes (
    post_id INTEGER PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
    refreshed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE spending (
    source_id INTEGER NOT NULL REFERENCES sources (id),
    unit TEXT NOT NULL,
    period TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    spent REAL NOT NULL,
    ceiling REAL NOT NULL,
    PRIMARY KEY (source_id, unit, period, starts_at)
) STRICT, WITHOUT ROWID;
"""
"""What keys, ceilings and refreshing need: added to stores that were there before."""

TABLES_OF_STORIES = """
CREATE TABLE told_stories (
    slug TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    dek TEXT NOT NULL,
    beat TEXT,
    category TEXT,
    significance TEXT,
    published_at INTEGER,
    url TEXT,
    origin TEXT NOT NULL,
    body TEXT NOT NULL,
    stored_at INTEGER NOT NULL,
    details TEXT NOT NULL
) STRICT;

INSERT INTO told_stories SELECT slug, title, dek, beat, category, significance, published_at, url, origin, body,
    published_at, '{}' FROM stories;

DROP TABLE stories;

ALTER TABLE told_stories RENAME TO stories;

CREATE INDEX stories_by_time ON stories (coalesce(published_at, stored_at));

CREATE TABLE story_versions (
    slug TEXT NOT NULL,
    version INTEGER NOT NULL,
    stored_at INTEGER NOT NULL,
    title TEXT NOT NULL,
    dek TEXT NOT NULL,
    body TEXT NOT NULL,
    details TEXT NOT NULL,
    PRIMARY KEY (slug, version)
) STRICT, WITHOUT ROWID;
"""
"""What stories need that were told elsewhere: a time that is not known, figures of their page, earlier versions."""

TABLES_OF_LABELS = """
ALTER TABLE labels ADD COLUMN beat_ids TEXT NOT NULL DEFAULT '[]';

CREATE TABLE calibrations (
    beat_id INTEGER PRIMARY KEY,
    counts TEXT NOT NULL,
    fit TEXT NOT NULL
) STRICT;

CREATE TABLE scorers (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    since INTEGER NOT NULL
) STRICT;
"""
"""What labelling needs: the beats that a post was drawn for, what was made of the labels, who scored the posts."""

TABLES_OF_DRAFTS = """
CREATE TABLE story_quotes (
    slug TEXT NOT NULL,
    version INTEGER NOT NULL,
    place INTEGER NOT NULL,
    number INTEGER NOT NULL,
    post_id INTEGER NOT NULL,
    words TEXT,
    note TEXT,
    url TEXT,
    PRIMARY KEY (slug, version, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX story_quotes_by_post ON story_quotes (post_id);

CREATE TRIGGER story_quotes_erased AFTER UPDATE OF deleted_at ON posts WHEN NEW.deleted_at IS NOT NULL
BEGIN UPDATE story_quotes SET words = NULL, note = NULL, url = NULL WHERE post_id = NEW.id; END;

CREATE TRIGGER story_quotes_removed AFTER DELETE ON posts
BEGIN UPDATE story_quotes SET words = NULL, note = NULL, url = NULL WHERE post_id = OLD.id; END;
"""
"""What drafts quote of stored posts, apart from their text, so that it goes with the posts; version 0 is the present
one."""

TABLES_OF_SIGNALS = """
CREATE TABLE beat_days (
    beat_id INTEGER NOT NULL,
    day INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    votes INTEGER NOT NULL,
    phrases BLOB NOT NULL,
    entities TEXT NOT NULL,
    moods TEXT NOT NULL,
    PRIMARY KEY (beat_id, day)
) STRICT;

CREATE TABLE beat_audiences (
    beat_id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    posts INTEGER NOT NULL,
    reactions INTEGER NOT NULL,
    felt REAL NOT NULL,
    PRIMARY KEY (beat_id, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE beat_pairs (
    day INTEGER NOT NULL,
    first_id INTEGER NOT NULL,
    second_id INTEGER NOT NULL,
    shared INTEGER NOT NULL,
    either INTEGER NOT NULL,
    PRIMARY KEY (day, first_id, second_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE beat_alone (
    beat_id INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    posts INTEGER NOT NULL,
    PRIMARY KEY (beat_id, hour)
) STRICT, WITHOUT ROWID;
"""
"""What signals about words, moods, audiences and pairs of beats are held against; a `day` is an instant divided by
86,400,000."""

VIEWS = """
CREATE VIEW posts_with_beats AS
SELECT p.id, s.slug AS source, p.native_id,
    strftime('%Y-%m-%dT%H:%M:%SZ', p.at / 1000, 'unixepoch') AS at,
    strftime('%Y-%m-%dT%H:%M:%SZ', p.published_at / 1000, 'unixepoch') AS published_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', p.collected_at / 1000, 'unixepoch') AS collected_at,
    p.title, p.text, p.url, p.author, p.author_name, p.lang,
    (SELECT group_concat(b.slug, ' ') FROM json_each(p.beat_ids) j JOIN beats b ON b.id = j.value) AS beats,
    p.negative_permille / 1000.0 AS negative,
    (1000 - p.negative_permille - p.positive_permille) / 1000.0 AS neutral,
    p.positive_permille / 1000.0 AS positive,
    p.likes, p.reposts, p.replies, p.quotes, p.views, p.cluster, p.deleted_at IS NOT NULL AS deleted
FROM posts p JOIN sources s ON s.id = p.source_id;

CREATE VIEW beat_volume_24h AS
SELECT b.slug AS beat, b.name, count(e.post_id) AS volume
FROM beats b LEFT JOIN post_beats e ON e.beat_id = b.id
    AND e.at >= (CAST(strftime('%s', 'now') AS INTEGER) - 86400) * 1000
    AND e.at < CAST(strftime('%s', 'now') AS INTEGER) * 1000
WHERE b.active GROUP BY b.id ORDER BY volume DESC, b.slug;

CREATE VIEW source_split_24h AS
SELECT b.slug AS beat, s.slug AS source, count(*) AS volume
FROM beats b JOIN post_beats e ON e.beat_id = b.id
    AND e.at >= (CAST(strftime('%s', 'now') AS INTEGER) - 86400) * 1000
    AND e.at < CAST(strftime('%s', 'now') AS INTEGER) * 1000
JOIN sources s ON s.id = e.source_id
WHERE b.active GROUP BY b.id, s.id ORDER BY b.slug, volume DESC;
"""
