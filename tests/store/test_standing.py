from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from monitor.instants import DAY, HOUR
from monitor.records import Attempt, Budget
from monitor.store.connection import SCHEMA_VERSION
from monitor.store.reader import open_reader
from monitor.store.registry import SourceRegistration
from monitor.store.schema import TABLES, VIEWS
from monitor.store.spending import Limit
from monitor.store.standing import Standing
from monitor.store.writer import Changes, Writer

START = 1_795_219_200_000
WINDOW = (START, START + DAY)
LIMIT = Limit("dollars", "day", *WINDOW, 5.0)


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    writer = Writer(tmp_path / "monitor.db")
    writer.register_sources([SourceRegistration("x", "X", 600.0)])
    return writer


def read(writer: Writer, start: int, end: int, fraction: float, kept: int = 0, part: str = "a") -> None:
    attempt = Attempt("x", part, (start, end), "ok", end, read=kept, kept=kept, fraction=fraction)
    writer.commit(Changes(attempts=[attempt]))


def standing(writer: Writer, as_of: int = WINDOW[1]) -> Standing:
    with open_reader(writer.path) as reader:
        return reader.standings((as_of - DAY, as_of), as_of).get("x", Standing())


def test_a_source_of_which_there_is_nothing_to_say_is_not_named(writer: Writer) -> None:
    read(writer, START, START + HOUR, 1.0, 10)
    with open_reader(writer.path) as reader:
        assert reader.standings(WINDOW, WINDOW[1]) == {}


def test_the_volume_over_the_fraction_is_what_the_posts_stand_for(writer: Writer) -> None:
    writer.set_ceilings("x", [LIMIT])
    read(writer, START, START + 2 * HOUR, 1.0, 60)
    read(writer, START + 2 * HOUR, START + 4 * HOUR, 0.25, 10)
    assert standing(writer).fraction == pytest.approx(70 / 100)


def test_without_a_post_the_share_is_that_of_the_time(writer: Writer) -> None:
    writer.set_ceilings("x", [LIMIT])
    read(writer, START, START + 3 * HOUR, 1.0)
    read(writer, START + 3 * HOUR, START + 4 * HOUR, 0.2)
    assert standing(writer).fraction == pytest.approx((3 + 0.2) / 4)


def test_what_lies_outside_the_window_does_not_count(writer: Writer) -> None:
    writer.set_ceilings("x", [LIMIT])
    read(writer, START - HOUR, START + HOUR, 0.5, 100)
    read(writer, START + HOUR, START + 2 * HOUR, 1.0, 50)
    assert standing(writer).fraction == pytest.approx(100 / 150)
    assert standing(writer, START + 2 * DAY).fraction == 1.0


def test_a_budget_is_that_of_the_running_period(writer: Writer) -> None:
    writer.set_ceilings("x", [LIMIT])
    writer.spend("x", [LIMIT], 3.2)
    assert standing(writer, START + HOUR).budgets == (Budget("dollars", "day", 3.2, 5.0, WINDOW[1]),)
    assert standing(writer, WINDOW[1]).budgets == ()


@pytest.fixture
def first_schema(tmp_path: Path) -> Path:
    """A store as the first version made it, with a source that fails."""
    path = tmp_path / "old.db"
    connection = sqlite3.connect(path)
    connection.executescript(TABLES + VIEWS)
    connection.executescript(
        f"""
        PRAGMA application_id = {0x444D4F4E};
        PRAGMA user_version = 1;
        CREATE TABLE _sqlite_migrations (id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT, applied_at TEXT);
        INSERT INTO _sqlite_migrations VALUES (1, 'discourse-monitor', 'm001_tables', '2026-11-20');
        INSERT INTO beats VALUES (0, '*', 'All posts', '', '', 0, 0);
        INSERT INTO sources VALUES (0, '*', 'All sources', NULL, '', '');
        INSERT INTO sources VALUES (1, 'x', 'X', 600.0, '', '');
        INSERT INTO meta VALUES ('newest_collected_at', 0);
        INSERT INTO ledger VALUES (1, 1, 'a', 'failed', NULL, NULL, {START}, {START}, 1, 0, 0, 0, 'broke off');
        """
    )
    connection.close()
    return path


def test_a_store_that_nobody_has_brought_up_to_date_can_be_read(first_schema: Path) -> None:
    with open_reader(first_schema) as reader:
        found = reader.standings(WINDOW, START + HOUR)["x"]
        assert [trouble.message for trouble in found.troubles] == ["broke off"]
        assert (found.budgets, found.fraction) == ((), 1.0)
        assert reader.sources(START + HOUR)[0].failure == "broke off"
        assert reader.ledger(since=0)[0].message == "broke off"


def test_a_writer_brings_it_up_to_date_under_the_eyes_of_a_reader(first_schema: Path) -> None:
    with open_reader(first_schema) as reader:
        assert reader.standings(WINDOW, START + HOUR)["x"].budgets == ()
        with Writer(first_schema) as writer:
            writer.set_ceilings("x", [LIMIT])
            writer.spend("x", [LIMIT], 1.0)
        assert reader.standings(WINDOW, START + HOUR)["x"].budgets[0].spent == 1.0
    connection = sqlite3.connect(first_schema)
    assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    connection.close()
