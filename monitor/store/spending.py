"""What sources used up of their ceilings: checked and counted in one transaction, so that no two processes pass one."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Literal, NamedTuple

_DIGITS = 9
"""Sums are kept to a billionth, so that cents add up to cents."""


class Limit(NamedTuple):
    """A ceiling in one of its periods."""

    unit: str
    period: Literal["day", "month"]
    starts_at: int
    ends_at: int
    ceiling: float


class Spent(NamedTuple):
    """What came of a wish to spend."""

    refused_by: Limit | None
    """The ceiling that it would have passed; nothing was counted then."""
    spent: tuple[float, ...]
    """What is counted under each of the limits, in their order."""


def spend(connection: sqlite3.Connection, source_id: int, limits: Sequence[Limit], amount: float) -> Spent:
    """Count an expense under all of its limits, or under none where it would pass one. Needs a write transaction.

    Raises:
        ValueError: the amount is negative or no number.
    """
    if not amount >= 0:
        raise ValueError(f"an amount of {amount} cannot be spent")
    before = [_spent(connection, source_id, limit) for limit in limits]
    after = [round(spent + _rounded_up(amount), _DIGITS) for spent in before]
    for limit, sum_ in zip(limits, after, strict=True):
        if not sum_ <= limit.ceiling:
            return Spent(limit, tuple(before))
    for limit, sum_ in zip(limits, after, strict=True):
        _write(connection, source_id, limit, sum_)
    return Spent(None, tuple(after))


def refund(connection: sqlite3.Connection, source_id: int, limit: Limit, amount: float) -> float:
    """Give back an amount in the period in which it was spent, never to below zero; returns what is counted then.

    Raises:
        ValueError: the amount is negative or no number.
    """
    if not amount >= 0:
        raise ValueError(f"an amount of {amount} cannot be given back")
    left = max(0.0, round(_spent(connection, source_id, limit) - _rounded_down(amount), _DIGITS))
    connection.execute(
        "UPDATE spending SET spent = ? WHERE source_id = ? AND unit = ? AND period = ? AND starts_at = ?",
        (left, source_id, limit.unit, limit.period, limit.starts_at),
    )
    return left


def set_ceilings(connection: sqlite3.Connection, source_id: int, limits: Sequence[Limit]) -> tuple[float, ...]:
    """Write down the ceilings of a source as they are now; returns what is counted under each.

    What was counted under a ceiling that is no longer set stays, and holds again when it is set again.
    """
    known = connection.execute("SELECT DISTINCT unit, period FROM spending WHERE source_id = ?", (source_id,))
    for unit, period in set(known) - {(limit.unit, limit.period) for limit in limits}:
        connection.execute(
            "UPDATE spending SET ceiling = 0 WHERE source_id = ? AND unit = ? AND period = ?", (source_id, unit, period)
        )
    spent = [_spent(connection, source_id, limit) for limit in limits]
    for limit, sum_ in zip(limits, spent, strict=True):
        _write(connection, source_id, limit, sum_)
    return tuple(spent)


def _rounded_up(amount: float) -> float:
    rounded = round(amount, _DIGITS)
    return rounded if rounded >= amount else rounded + 10**-_DIGITS


def _rounded_down(amount: float) -> float:
    rounded = round(amount, _DIGITS)
    return rounded if rounded <= amount else rounded - 10**-_DIGITS


def _spent(connection: sqlite3.Connection, source_id: int, limit: Limit) -> float:
    row = connection.execute(
        "SELECT spent FROM spending WHERE source_id = ? AND unit = ? AND period = ? AND starts_at = ?",
        (source_id, limit.unit, limit.period, limit.starts_at),
    ).fetchone()
    return 0.0 if row is None else float(row[0])


def _write(connection: sqlite3.Connection, source_id: int, limit: Limit, spent: float) -> None:
    connection.execute(
        "INSERT INTO spending (source_id, unit, period, starts_at, ends_at, spent, ceiling) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
        "spent = excluded.spent, ends_at = excluded.ends_at, ceiling = excluded.ceiling",
        (source_id, limit.unit, limit.period, limit.starts_at, limit.ends_at, spent, limit.ceiling),
    )
