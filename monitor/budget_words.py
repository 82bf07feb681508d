"""How amounts, budgets and samples read, wherever they are shown."""

from __future__ import annotations

from monitor.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.records import Budget

PERIODS = {"day": "today", "month": "this month"}


def amount(value: float, unit: str) -> str:
    """An amount with its unit: `$3.20`, `$5`, `42 searches`."""
    return _figure(value, unit) if unit == "dollars" else f"{_figure(value, unit)} {unit}"


def spent_of(spent: float, ceiling: float, unit: str, period: str) -> str:
    """`$3.20 of $5 today`, `42 of 100 searches this month`."""
    return f"{_figure(spent, unit)} of {amount(ceiling, unit)} {PERIODS[period]}"


def budget(one: Budget) -> str:
    """What is spent of a ceiling in its present period."""
    return spent_of(one.spent, one.ceiling, one.unit, one.period)


def tightest(budgets: Sequence[Budget]) -> Budget | None:
    """The budget of which the largest share is spent."""
    return max(budgets, key=share_spent, default=None)


def share_spent(one: Budget) -> float:
    """What share of its ceiling a budget has used up."""
    return one.spent / one.ceiling if one.ceiling else 1.0


def sampled(fraction: float) -> str:
    """`sampled 40 %`; empty where everything was read."""
    return "" if fraction >= 1 else f"sampled {min(99, max(1, round(100 * fraction)))} %"


def scaled(volume: int, fraction: float) -> int:
    """What a volume that was read at a fraction stands for. An estimate, and never shown without saying so."""
    return round(volume / fraction)


def _figure(value: float, unit: str) -> str:
    if unit != "dollars":
        return f"{value:,.0f}" if value == int(value) else f"{value:,.10g}"
    if value == int(value):
        return f"${value:,.0f}"
    return f"${value:,.2f}" if value >= 0.01 else f"${value:,.4f}"
