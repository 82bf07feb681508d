"""The light `NamedTuple` is like that of `typing`."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import typing
from collections.abc import Callable

import pytest

from monitor.light_typing import NamedTuple


class Light(NamedTuple):
    """A tuple."""

    first: int
    second: str = "two"
    third: tuple[int, ...] = ()

    @property
    def doubled(self) -> int:
        return 2 * self.first


class Usual(typing.NamedTuple):
    """A tuple."""

    first: int
    second: str = "two"
    third: tuple[int, ...] = ()

    @property
    def doubled(self) -> int:
        return 2 * self.first


BEHAVIOURS: dict[str, Callable[[typing.Any], object]] = {
    "defaults": lambda kind: tuple(kind(1)),
    "by place": lambda kind: tuple(kind(1, "b", (3,))),
    "by name": lambda kind: tuple(kind(third=(3,), first=1)),
    "fields": lambda kind: (kind._fields, kind._field_defaults, kind.__match_args__, kind.__doc__),
    "attributes": lambda kind: (kind(4).first, kind(4).second, kind(4).doubled),
    "replaced": lambda kind: tuple(kind(1)._replace(second="x")),
    "as a dictionary": lambda kind: kind(1)._asdict(),
    "made": lambda kind: tuple(kind._make([1, "b", ()])),
    "shown": lambda kind: repr(kind(1)).partition("(")[2],
    "equal": lambda kind: (kind(1) == kind(1), kind(1) == (1, "two", ()), hash(kind(1)) == hash((1, "two", ()))),
    "pickled": lambda kind: pickle.loads(pickle.dumps(kind(1))) == kind(1),
    "copied": lambda kind: type(copy.copy(kind(1))) is kind,
    "without a dictionary of its own": lambda kind: hasattr(kind(1), "__dict__"),
}


@pytest.mark.parametrize("what", BEHAVIOURS)
def test_it_behaves_as_the_usual_one(what: str) -> None:
    assert BEHAVIOURS[what](Light) == BEHAVIOURS[what](Usual)


@pytest.mark.parametrize(
    "make",
    [
        lambda kind: kind(),
        lambda kind: kind(1, "b", (), 4),
        lambda kind: kind(1, first=2),
        lambda kind: kind(1, fourth=4),
        lambda kind: kind._make([1]) if kind is Usual else kind._make([]),
        lambda kind: setattr(kind(1), "first", 2),
    ],
)
def test_what_the_usual_one_refuses_it_refuses(make: Callable[[typing.Any], object]) -> None:
    for kind in (Light, Usual):
        with pytest.raises((TypeError, AttributeError)):
            make(kind)


def test_it_matches_by_place() -> None:
    match Light(1, "b"):
        case Light(first, second):
            assert (first, second) == (1, "b")


def test_a_class_without_fields_is_refused() -> None:
    with pytest.raises(TypeError, match="from __future__"):
        type(NamedTuple)("Empty", (NamedTuple,), {})


def test_it_needs_no_typing() -> None:
    code = "import sys; import monitor.light_typing; print('typing' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"False\n"
