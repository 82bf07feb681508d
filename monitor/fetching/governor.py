"""The spend governor: what each source uses up, counted before it is used, and never more than its ceilings allow.

The counts lie in the store, where each check and the count that follows it are one transaction: they hold across
restarts, and processes that share a store share its ceilings. What was counted and never asked for, because the
process died in between, stays counted: the error is always to the safe side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from monitor import budget_words
from monitor.config.sources import ceilings_of
from monitor.fetching.periods import fraction_left, period_at, zone_of
from monitor.instants import HOUR, SECOND, render
from monitor.sources.base import Ceiling, Meter, OverBudget, Source, SourceError, SourceSettings, Unlimited
from monitor.store.spending import Limit, Spent

REFUND_WITHIN = HOUR
"""How long after the end of a period something that was spent in it may be given back."""


class Account(Protocol):
    """Where expenses are counted; see `monitor.store.writer.Writer` for what the methods do."""

    async def set_ceilings(self, source: str, limits: Sequence[Limit]) -> tuple[float, ...]: ...

    async def spend(self, source: str, limits: Sequence[Limit], amount: float) -> Spent: ...

    async def refund(self, source: str, shares: Sequence[tuple[Limit, float]]) -> tuple[float, ...]: ...


def limit_of(ceiling: Ceiling, most: float, now: int) -> Limit:
    """A ceiling in the period that runs at an instant.

    Raises:
        SourceError: this machine does not know the time zone of the ceiling.
    """
    start, end = period_at(now, ceiling.period, zone_of(ceiling.zone))
    return Limit(ceiling.unit, ceiling.period, start, end, most)


def set_ceilings(source: Source, settings: SourceSettings) -> dict[Ceiling, float]:
    """The ceilings of a source that are set, by the configuration or by default."""
    found: dict[Ceiling, float] = {}
    for ceiling in ceilings_of(source):
        most = settings.options.get(ceiling.option, ceiling.default)
        if isinstance(most, int | float):
            found[ceiling] = float(most)
    return found


def missing_ceiling(source: Source, settings: SourceSettings) -> str:
    """What to mend before a source may spend anything; empty where nothing is missing."""
    try:
        given = {ceiling.unit: zone_of(ceiling.zone) for ceiling in set_ceilings(source, settings)}
    except SourceError as error:
        return str(error)
    for unit in dict.fromkeys(ceiling.unit for ceiling in ceilings_of(source)):
        if unit not in given:
            options = " or ".join(ceiling.option for ceiling in ceilings_of(source) if ceiling.unit == unit)
            return f"reads nothing before a ceiling is set: give {options} in [sources.{source.slug}]"
    return ""


class Governor:
    """Gives each source its meter, and keeps it over changes of the configuration."""

    def __init__(self, account: Account, clock: Callable[[], int]) -> None:
        self._account = account
        self._clock = clock
        self._meters: dict[str, SourceMeter] = {}

    async def follow(self, sources: Mapping[str, Source], settings: Mapping[str, SourceSettings]) -> None:
        """Hold the ceilings of these settings from now on."""
        for slug, source in sources.items():
            if named := ceilings_of(source):
                meter = self._meters.setdefault(slug, SourceMeter(slug, self._account, self._clock))
                usable = not missing_ceiling(source, settings[slug])
                await meter.follow(set_ceilings(source, settings[slug]) if usable else {}, named)

    def meter(self, slug: str) -> Meter:
        """The meter of a source; one that names no ceilings is free."""
        return self._meters.get(slug) or Unlimited()


class _Count(NamedTuple):
    """What is counted under one ceiling in one period, as far as this process knows."""

    limit: Limit
    spent: float


class _Expense(NamedTuple):
    """What this process spent under one ceiling in one period and did not give back."""

    limit: Limit
    amount: float


class SourceMeter:
    """The meter of one source (see `monitor.sources.base.Meter`), shared by all of its parts."""

    def __init__(self, source: str, account: Account, clock: Callable[[], int]) -> None:
        self._source = source
        self._account = account
        self._clock = clock
        self._ceilings: Mapping[Ceiling, float] = {}
        self._options: Mapping[str, tuple[str, ...]] = {}
        self._counts: dict[Ceiling, _Count] = {}
        self._expenses: dict[Ceiling, list[_Expense]] = {}

    async def follow(self, ceilings: Mapping[Ceiling, float], named: Iterable[Ceiling]) -> None:
        """Hold these ceilings from now on, of those that the source names; nothing may be spent where none is set."""
        options: dict[str, tuple[str, ...]] = {}
        for ceiling in named:
            options[ceiling.unit] = (*options.get(ceiling.unit, ()), ceiling.option)
        limits = {ceiling: limit_of(ceiling, most, self._clock()) for ceiling, most in ceilings.items()}
        spent = await self._account.set_ceilings(self._source, list(limits.values()))
        self._options, self._ceilings = options, ceilings
        self._counts = {
            ceiling: _Count(limit, sum_) for (ceiling, limit), sum_ in zip(limits.items(), spent, strict=True)
        }

    async def spend(self, unit: str, amount: float) -> None:
        """Count an expense, durably, before it is made.

        Raises:
            OverBudget: it would pass a ceiling.
            SourceError: no ceiling is set for this unit.
            ValueError: the source names no ceiling for this unit, or the amount is negative or no number.
        """
        limits = self._limits(unit)
        came = await self._account.spend(self._source, list(limits.values()), amount)
        for (ceiling, limit), spent in zip(limits.items(), came.spent, strict=True):
            self._note_count(ceiling, _Count(limit, spent))
        if came.refused_by is not None:
            place = list(limits.values()).index(came.refused_by)
            raise self._over(list(limits)[place], came.refused_by, came.spent[place], amount)
        for ceiling, limit in limits.items():
            self._note_expense(ceiling, limit, amount)

    async def refund(self, unit: str, amount: float) -> None:
        """Give back what was counted and not used.

        It goes to the period in which it was spent: for an hour after the turn to the older one first, and never more
        than this process spent there.

        Raises:
            ValueError: the source names no ceiling for this unit, or the amount is negative or no number.
        """
        if not amount >= 0:
            raise ValueError(f"an amount of {amount} cannot be given back")
        shares: list[tuple[Ceiling, Limit, float]] = []
        for ceiling in self._limits(unit):
            left = amount
            expenses = self._expenses[ceiling] = self._recent(ceiling)
            for place, expense in enumerate(expenses):
                share = min(left, expense.amount)
                left -= share
                expenses[place] = expense._replace(amount=expense.amount - share)
                shares.append((ceiling, expense.limit, share))
        sums = await self._account.refund(self._source, [(limit, share) for _, limit, share in shares])
        for (ceiling, limit, _), spent in zip(shares, sums, strict=True):
            if limit.ends_at > self._clock():
                self._note_count(ceiling, _Count(limit, spent))

    def fraction(self) -> float:
        """The share of what there is to read that may be read so that all ceilings last; see `fraction_left`.

        A source reads this share of a span evenly, such as by asking for a part of its stretches or of its queries,
        spends for what it reads, and says in `Batch.fraction` which share it was: the volume over the fraction is then
        an estimate of what there was. What could not be known to be a share of the whole is not sampling but a gap, and
        is left out of `Batch.covered`.
        """
        now = self._clock()
        fractions = [1.0]
        for ceiling, count in self._counts.items():
            limit = self._limit(ceiling, now)
            spent = count.spent if count.limit.starts_at == limit.starts_at else 0.0
            fractions.append(fraction_left(spent, limit.ceiling, (limit.starts_at, limit.ends_at), now))
        return min(fractions)

    def _limits(self, unit: str) -> dict[Ceiling, Limit]:
        if unit not in self._options:
            raise ValueError(f"{self._source} names no ceiling for {unit}")
        now = self._clock()
        limits = {ceiling: self._limit(ceiling, now) for ceiling in self._ceilings if ceiling.unit == unit}
        if not limits:
            options = " or ".join(self._options[unit])
            sentence = f"No ceiling is set for {unit}: give {options} in [sources.{self._source}]."
            raise SourceError(sentence, permanent=True)
        return limits

    def _limit(self, ceiling: Ceiling, now: int) -> Limit:
        return limit_of(ceiling, self._ceilings[ceiling], now)

    def _note_expense(self, ceiling: Ceiling, limit: Limit, amount: float) -> None:
        expenses = self._expenses[ceiling] = self._recent(ceiling)
        if expenses and expenses[-1].limit.starts_at == limit.starts_at:
            amount += expenses.pop().amount
        expenses.append(_Expense(limit, amount))

    def _recent(self, ceiling: Ceiling) -> list[_Expense]:
        """What may still be given back: of the present period, and of earlier ones that ended a short while ago."""
        oldest = self._clock() - REFUND_WITHIN
        return [one for one in self._expenses.get(ceiling, ()) if one.limit.ends_at > oldest]

    def _note_count(self, ceiling: Ceiling, count: _Count) -> None:
        """Remember a count, unless the ceiling was given up while the store was asked."""
        if ceiling in self._ceilings:
            self._counts[ceiling] = count

    def _over(self, ceiling: Ceiling, limit: Limit, spent: float, amount: float) -> OverBudget:
        option = f"{ceiling.option} in [sources.{self._source}]"
        if amount > limit.ceiling:
            said = f"One request may take {budget_words.amount(amount, limit.unit)}, more than the ceiling of"
            sentence = f"{said} {budget_words.amount(limit.ceiling, limit.unit)} a {limit.period}; raise {option}."
        else:
            said = budget_words.spent_of(spent, limit.ceiling, limit.unit, limit.period)
            sentence = f"{said}; it goes on at {render(limit.ends_at)}, or sooner with a higher {option}."
        return OverBudget(sentence, retry_after=max(0.0, (limit.ends_at - self._clock()) / SECOND))
