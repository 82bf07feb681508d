"""A meter with ceilings, for tests of sources that use something up."""

from __future__ import annotations

from monitor.sources.base import OverBudget


class TestMeter:
    """Counts in memory what is spent, by unit; keeps what was ever counted at once, and the questions for it."""

    __test__ = False

    def __init__(self, fraction: float = 1.0, **ceilings: float) -> None:
        self.ceilings = ceilings
        self.share = fraction
        self.spent: dict[str, float] = {}
        self.most: dict[str, float] = {}

    async def spend(self, unit: str, amount: float) -> None:
        assert amount >= 0
        after = round(self.spent.get(unit, 0.0) + amount, 6)
        if after > self.ceilings.get(unit, float("inf")):
            raise OverBudget(f"the ceiling of {unit} is reached", retry_after=3600.0)
        self.spent[unit] = after
        self.most[unit] = max(after, self.most.get(unit, 0.0))

    async def refund(self, unit: str, amount: float) -> None:
        assert amount >= 0
        self.spent[unit] = round(self.spent[unit] - amount, 6)
        assert self.spent[unit] >= 0

    def fraction(self) -> float:
        return self.share
