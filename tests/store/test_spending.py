from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from fractions import Fraction
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.records import Budget
from monitor.store.reader import Reader, open_reader
from monitor.store.spending import Limit
from monitor.store.writer import Writer

DAY = Limit("dollars", "day", 0, 86_400_000, 1.0)
MONTH = Limit("dollars", "month", 0, 30 * 86_400_000, 2.0)

AMOUNTS = st.one_of(
    st.sampled_from([0.0, 0.005, 0.1, 1 / 3, 0.5, 1.0, 1e-12]),
    st.floats(0, 1.5, allow_nan=False),
)


def budgets(reader: Reader, at: int) -> dict[str, tuple[Budget, ...]]:
    return {slug: standing.budgets for slug, standing in reader.standings((at - DAY.ends_at, at), at).items()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "monitor.db"


def test_an_expense_is_counted_under_every_limit_or_under_none(path: Path) -> None:
    with Writer(path) as writer:
        assert writer.spend("x", [DAY, MONTH], 0.75).spent == (0.75, 0.75)
        refused = writer.spend("x", [DAY, MONTH], 0.5)
        assert (refused.refused_by, refused.spent) == (DAY, (0.75, 0.75))
        tomorrow = DAY._replace(starts_at=DAY.ends_at, ends_at=2 * DAY.ends_at)
        assert writer.spend("x", [tomorrow, MONTH], 1.0).spent == (1.0, 1.75)
        assert writer.spend("x", [tomorrow._replace(ceiling=9.0), MONTH], 0.5).refused_by == MONTH


def test_a_ceiling_can_be_spent_to_the_last_cent(path: Path) -> None:
    with Writer(path) as writer:
        spent = [writer.spend("x", [DAY], 0.1) for _ in range(11)]
    assert [one.refused_by for one in spent] == [None] * 10 + [DAY]
    assert spent[-1].spent == (1.0,)


def test_sources_and_units_are_counted_apart(path: Path) -> None:
    with Writer(path) as writer:
        writer.spend("x", [DAY], 1.0)
        assert writer.spend("youtube", [DAY], 1.0).refused_by is None
        assert writer.spend("x", [DAY._replace(unit="searches")], 1.0).refused_by is None


def test_what_is_given_back_can_be_spent_again_and_no_more(path: Path) -> None:
    with Writer(path) as writer:
        writer.spend("x", [DAY], 0.9)
        assert writer.refund("x", [(DAY, 0.4)]) == (0.5,)
        assert writer.refund("x", [(DAY, 7.0)]) == (0.0,)
        assert writer.refund("x", [(MONTH, 1.0)]) == (0.0,)
        assert writer.spend("x", [DAY], 1.0).refused_by is None


@pytest.mark.parametrize("amount", [-1.0, float("nan")])
def test_what_is_no_amount_changes_nothing(path: Path, amount: float) -> None:
    with Writer(path) as writer:
        writer.spend("x", [DAY], 0.5)
        with pytest.raises(ValueError, match="cannot be spent"):
            writer.spend("x", [DAY], amount)
        with pytest.raises(ValueError, match="cannot be given back"):
            writer.refund("x", [(DAY, amount)])
        assert writer.spend("x", [DAY], 0.0).spent == (0.5,)


def test_readers_see_the_ceilings_of_the_periods_that_run(path: Path) -> None:
    with Writer(path) as writer:
        writer.set_ceilings("x", [DAY, MONTH])
        writer.spend("x", [DAY, MONTH], 0.25)
    with open_reader(path) as reader:
        day, month = (
            Budget("dollars", "day", 0.25, 1.0, DAY.ends_at),
            Budget("dollars", "month", 0.25, 2.0, MONTH.ends_at),
        )
        assert budgets(reader, 5) == {"x": (day, month)}
        assert budgets(reader, DAY.ends_at) == {"x": (month,)}
        assert budgets(reader, MONTH.ends_at) == {}


def test_a_ceiling_that_is_no_longer_set_is_not_shown_and_what_was_spent_under_it_is_not_forgotten(path: Path) -> None:
    with Writer(path) as writer:
        writer.set_ceilings("x", [DAY, MONTH])
        writer.spend("x", [DAY, MONTH], 0.75)
        writer.set_ceilings("x", [MONTH])
        with open_reader(path) as reader:
            assert [budget.period for budget in budgets(reader, 5)["x"]] == ["month"]
        assert writer.set_ceilings("x", [DAY._replace(ceiling=3.0)]) == (0.75,)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["spend", "refund", "restart"]), st.integers(0, 1), AMOUNTS), min_size=1, max_size=30
    )
)
def test_no_order_of_expenses_refunds_and_restarts_in_two_processes_passes_a_ceiling(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, float]]
) -> None:
    path = tmp_path_factory.mktemp("spending") / "monitor.db"
    writers = [Writer(path), Writer(path)]
    used = Fraction(0)
    may_give_back = [Fraction(0), Fraction(0)]
    try:
        for what, who, amount in steps:
            if what == "restart":
                writers[who].close()
                writers[who] = Writer(path)
                may_give_back[who] = Fraction(0)
            elif what == "spend":
                if writers[who].spend("x", [DAY, MONTH], amount).refused_by is None:
                    used += Fraction(amount)
                    may_give_back[who] += Fraction(amount)
            else:
                back = max(Fraction(0), min(Fraction(amount), may_give_back[who]))
                writers[who].refund("x", [(DAY, float(back)), (MONTH, float(back))])
                used -= Fraction(float(back))
                may_give_back[who] -= Fraction(float(back))
            (counted, also) = writers[0].spend("x", [DAY, MONTH], 0.0).spent
            assert used <= Fraction(DAY.ceiling)
            assert Fraction(counted) >= used - Fraction(1, 10**14)
            assert 0 <= counted == also <= DAY.ceiling
    finally:
        for writer in writers:
            writer.close()


def _spend_all(path: Path, count: Synchronized[int], start: Callable[[], object]) -> None:
    """Spend cents until refused, and count each after it was granted."""
    with Writer(path) as writer:
        start()
        while writer.spend("x", [DAY], 0.01).refused_by is None:
            with count.get_lock():
                count.value += 1


def test_processes_at_once_spend_exactly_the_ceiling(path: Path) -> None:
    Writer(path).close()
    context = multiprocessing.get_context("spawn")
    count, barrier = context.Value("i", 0), context.Barrier(3)
    processes = [context.Process(target=_spend_all, args=(path, count, barrier.wait)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    assert count.value == 100


def _spend_and_die(path: Path, granted: Connection) -> None:
    with Writer(path) as writer:
        writer.spend("x", [DAY], 0.6)
        granted.send(True)
        os.kill(os.getpid(), signal.SIGKILL)


def test_an_expense_outlasts_the_process_that_is_killed_right_after_it(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_spend_and_die, args=(path, there))
    process.start()
    assert here.poll(60)
    process.join(60)
    with Writer(path) as writer:
        assert writer.spend("x", [DAY], 0.6).refused_by == DAY
