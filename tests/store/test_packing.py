from __future__ import annotations

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from monitor.store.packing import packed

NUMBERS = st.integers(-(2**63), 2**63 - 1)


@given(st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), max_size=20))
def test_packed_rows_are_the_rows(rows: list[tuple[int, int, int]]) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE numbers (a INTEGER, b INTEGER, c INTEGER)")
    connection.executemany("INSERT INTO numbers VALUES (?, ?, ?)", rows)
    assert list(packed(connection, 3, "SELECT c, a, b FROM numbers ORDER BY rowid")) == [(c, a, b) for a, b, c in rows]
    connection.close()


def test_parameters_and_queries_with_tables_of_their_own_are_taken() -> None:
    connection = sqlite3.connect(":memory:")
    query = "WITH three (n) AS (VALUES (1), (2), (3)) SELECT n, n * ? FROM three WHERE n >= ?"
    assert list(packed(connection, 2, query, (10, 2))) == [(2, 20), (3, 30)]
    connection.close()
