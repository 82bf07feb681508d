from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.fetching.governor import Governor, missing_ceiling
from monitor.instants import DAY, HOUR, parse
from monitor.sources.base import Ceiling, OverBudget, SourceError, SourceSettings, Unlimited
from monitor.store.reader import Reader, open_reader
from monitor.store.spending import Limit, Spent
from monitor.store.writer import Writer

START = parse("2026-11-21T00:00Z")
DOLLARS_DAY = Ceiling("dollars_per_day", "dollars", "day", None, "")
DOLLARS_MONTH = Ceiling("dollars_per_month", "dollars", "month", None, "")
SEARCHES = Ceiling("searches_per_day", "searches", "day", 100, "", "America/Los_Angeles")


class Direct:
    """The account of a writer that is asked at once, without a committer in between."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer

    async def set_ceilings(self, source: str, limits: Sequence[Limit]) -> tuple[float, ...]:
        return self.writer.set_ceilings(source, limits)

    async def spend(self, source: str, limits: Sequence[Limit], amount: float) -> Spent:
        await asyncio.sleep(0)
        return self.writer.spend(source, limits, amount)

    async def refund(self, source: str, shares: Sequence[tuple[Limit, float]]) -> tuple[float, ...]:
        await asyncio.sleep(0)
        return self.writer.refund(source, shares)


class Paid:
    """As much of a source as the governor looks at."""

    def __init__(self, *ceilings: Ceiling) -> None:
        self.slug = self.name = "paid"
        self.options = ()
        self.ceilings = ceilings


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now


def of(**options: float) -> SourceSettings:
    return SourceSettings(True, options)


def _spent(reader: Reader, at: int) -> float:
    return reader.standings((at - DAY, at), at)["paid"].budgets[0].spent


Make = Callable[..., Awaitable[Governor]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def governor(tmp_path: Path, clock: Clock) -> Any:
    """A governor of one source, as a process that starts has it."""
    writers: list[Writer] = []

    async def make(source: Any, options: SourceSettings) -> Governor:
        writers.append(Writer(tmp_path / "monitor.db"))
        governor = Governor(Direct(writers[-1]), clock)
        await governor.follow({"paid": source}, {"paid": options})
        return governor

    yield make
    for writer in writers:
        writer.close()


async def test_nothing_is_spent_beyond_the_ceiling_and_the_refusal_says_what_to_do(
    governor: Make, clock: Clock
) -> None:
    meter = (await governor(Paid(DOLLARS_DAY), of(dollars_per_day=5))).meter("paid")
    await meter.spend("dollars", 4.80)
    clock.now += 6 * HOUR
    with pytest.raises(OverBudget) as caught:
        await meter.spend("dollars", 0.50)
    assert caught.value.retry_after == 18 * 3600
    assert str(caught.value) == (
        "$4.80 of $5 today; it goes on at 2026-11-22T00:00:00Z, or sooner with a higher dollars_per_day in "
        "[sources.paid]."
    )
    clock.now = START + DAY
    await meter.spend("dollars", 0.50)


async def test_an_expense_that_no_period_allows_says_so(governor: Make) -> None:
    meter = (await governor(Paid(DOLLARS_DAY), of(dollars_per_day=0.2))).meter("paid")
    with pytest.raises(
        OverBudget, match=r"One request may take \$0\.50, more than the ceiling of \$0\.20 a day; raise"
    ):
        await meter.spend("dollars", 0.5)


async def test_every_ceiling_of_a_unit_holds(governor: Make, clock: Clock) -> None:
    source = Paid(DOLLARS_DAY, DOLLARS_MONTH)
    meter = (await governor(source, of(dollars_per_day=5, dollars_per_month=8))).meter("paid")
    await meter.spend("dollars", 5)
    clock.now += DAY
    with pytest.raises(OverBudget, match="dollars_per_month") as caught:
        await meter.spend("dollars", 5)
    assert caught.value.retry_after == 9 * 86400
    await meter.spend("dollars", 3)


async def test_a_day_begins_where_the_source_says(governor: Make, clock: Clock) -> None:
    meter = (await governor(Paid(SEARCHES), of(searches_per_day=1))).meter("paid")
    clock.now = parse("2026-11-21T07:59:59Z")
    await meter.spend("searches", 1)
    with pytest.raises(OverBudget):
        await meter.spend("searches", 1)
    clock.now = parse("2026-11-21T08:00:00Z")
    await meter.spend("searches", 1)


async def test_a_restart_forgets_nothing(governor: Make) -> None:
    await (await governor(Paid(DOLLARS_DAY), of(dollars_per_day=5))).meter("paid").spend("dollars", 4)
    again = (await governor(Paid(DOLLARS_DAY), of(dollars_per_day=5))).meter("paid")
    assert again.fraction() < 1
    with pytest.raises(OverBudget):
        await again.spend("dollars", 2)


async def test_two_processes_share_a_ceiling(governor: Make) -> None:
    one, other = [(await governor(Paid(DOLLARS_DAY), of(dollars_per_day=5))).meter("paid") for _ in range(2)]
    await one.spend("dollars", 3)
    await other.spend("dollars", 2)
    for meter in (one, other):
        with pytest.raises(OverBudget):
            await meter.spend("dollars", 0.01)


async def test_a_ceiling_can_be_raised_while_running(governor: Make) -> None:
    source = Paid(DOLLARS_DAY)
    running = await governor(source, of(dollars_per_day=1))
    meter = running.meter("paid")
    await meter.spend("dollars", 1)
    await running.follow({"paid": source}, {"paid": of(dollars_per_day=2)})
    await meter.spend("dollars", 1)
    with pytest.raises(OverBudget):
        await meter.spend("dollars", 0.1)


async def test_a_ceiling_that_is_given_up_no_longer_holds_nor_samples(governor: Make) -> None:
    source = Paid(DOLLARS_DAY, DOLLARS_MONTH)
    running = await governor(source, of(dollars_per_day=1, dollars_per_month=50))
    meter = running.meter("paid")
    await meter.spend("dollars", 1)
    await running.follow({"paid": source}, {"paid": of(dollars_per_month=50)})
    assert meter.fraction() == 1.0
    await meter.spend("dollars", 1)
    await meter.refund("dollars", 2)


async def test_a_default_holds_where_nothing_is_set(governor: Make) -> None:
    meter = (await governor(Paid(SEARCHES), of())).meter("paid")
    await meter.spend("searches", 100)
    with pytest.raises(OverBudget, match="100 of 100 searches today"):
        await meter.spend("searches", 1)


async def test_what_did_not_come_is_given_back(governor: Make) -> None:
    meter = (await governor(Paid(DOLLARS_DAY), of(dollars_per_day=5))).meter("paid")
    await meter.spend("dollars", 5)
    await meter.refund("dollars", 4)
    await meter.spend("dollars", 4)
    with pytest.raises(OverBudget):
        await meter.spend("dollars", 0.01)


async def test_no_more_is_given_back_than_was_spent_here(governor: Make) -> None:
    one, other = [(await governor(Paid(DOLLARS_DAY), of(dollars_per_day=5))).meter("paid") for _ in range(2)]
    await one.spend("dollars", 3)
    await other.spend("dollars", 1)
    await other.refund("dollars", 4)
    await other.spend("dollars", 2)
    with pytest.raises(OverBudget):
        await other.spend("dollars", 0.01)


async def test_what_was_spent_yesterday_is_given_back_to_yesterday(
    governor: Make, clock: Clock, tmp_path: Path
) -> None:
    meter = (await governor(Paid(DOLLARS_DAY), of(dollars_per_day=5))).meter("paid")
    clock.now = START + DAY - 1
    await meter.spend("dollars", 3)
    clock.now = START + DAY + 1
    await meter.spend("dollars", 2)
    await meter.refund("dollars", 2.5)
    with open_reader(tmp_path / "monitor.db") as reader:
        assert _spent(reader, START) == 0.5
        assert _spent(reader, clock.now) == 2
    clock.now += 2 * HOUR
    await meter.refund("dollars", 1.5)
    with open_reader(tmp_path / "monitor.db") as reader:
        assert _spent(reader, START) == 0.5
        assert _spent(reader, clock.now) == 0.5


async def test_the_fraction_follows_what_is_spent_and_starts_anew_with_the_period(governor: Make, clock: Clock) -> None:
    meter = (await governor(Paid(DOLLARS_DAY), of(dollars_per_day=5))).meter("paid")
    assert meter.fraction() == 1.0
    await meter.spend("dollars", 2.5)
    assert meter.fraction() < 0.1
    clock.now += 12 * HOUR
    assert meter.fraction() == 1.0
    await meter.spend("dollars", 0.5)
    ahead = meter.fraction()
    assert ahead < 1.0
    await meter.refund("dollars", 0.5)
    assert meter.fraction() > ahead
    await meter.spend("dollars", 2.5)
    clock.now = START + DAY
    assert meter.fraction() == 1.0


async def test_without_a_ceiling_set_nothing_may_be_spent(governor: Make) -> None:
    source = Paid(DOLLARS_DAY, DOLLARS_MONTH)
    wanted = "give dollars_per_day or dollars_per_month in [sources.paid]"
    assert wanted in missing_ceiling(source, of())  # type: ignore[arg-type]
    assert missing_ceiling(source, of(dollars_per_month=5)) == ""  # type: ignore[arg-type]
    running = await governor(source, of(dollars_per_day=1))
    await running.follow({"paid": source}, {"paid": of()})
    with pytest.raises(SourceError, match="No ceiling is set"):
        await running.meter("paid").spend("dollars", 0.01)


async def test_a_unit_that_no_ceiling_counts_is_a_mistake_of_the_source(governor: Make) -> None:
    meter = (await governor(Paid(DOLLARS_DAY), of(dollars_per_day=1))).meter("paid")
    with pytest.raises(ValueError, match="names no ceiling for tokens"):
        await meter.spend("tokens", 1)


async def test_a_source_without_ceilings_is_free(governor: Make) -> None:
    assert isinstance((await governor(Paid(), of())).meter("paid"), Unlimited)


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["ask", "ask", "ask", "wait", "restart", "crash"]),
            st.integers(0, 1),
            st.floats(0, 3),
            st.floats(0, 1),
        ),
        max_size=25,
    )
)
def test_what_is_really_used_never_passes_a_ceiling(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, float, float]]
) -> None:
    """Asking is to spend the most that it can cost, to use a part, and to give the rest back, at times in another day,
    by two processes that share the store, each of which may end at any moment."""
    path = tmp_path_factory.mktemp("governor") / "monitor.db"
    clock = Clock()
    used: dict[int, float] = {}

    async def process(writer: Writer) -> Any:
        governor = Governor(Direct(writer), clock)
        await governor.follow({"paid": Paid(DOLLARS_DAY)}, {"paid": of(dollars_per_day=4)})  # type: ignore[dict-item]
        return governor.meter("paid")

    async def play() -> None:
        writers = [Writer(path), Writer(path)]
        meters = [await process(writer) for writer in writers]
        try:
            for what, who, amount, share in steps:
                day = clock.now // DAY
                if what == "wait":
                    clock.now += int(amount * 8 * HOUR)
                elif what == "restart":
                    writers[who].close()
                    writers[who] = Writer(path)
                    meters[who] = await process(writers[who])
                else:
                    try:
                        await meters[who].spend("dollars", amount)
                    except OverBudget:
                        continue
                    used[day] = used.get(day, 0.0) + amount * share
                    clock.now += int(share * HOUR)
                    if what == "ask":
                        await meters[who].refund("dollars", amount - amount * share)
                assert all(sum_ <= 4 + 1e-9 for sum_ in used.values())
        finally:
            for writer in writers:
                writer.close()

    asyncio.run(play())


async def test_tasks_at_once_do_not_pass_a_ceiling(governor: Make) -> None:
    meter = (await governor(Paid(DOLLARS_DAY), of(dollars_per_day=1))).meter("paid")
    answers = await asyncio.gather(*(meter.spend("dollars", 0.05) for _ in range(30)), return_exceptions=True)
    assert answers.count(None) == 20
