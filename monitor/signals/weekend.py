"""How much louder or quieter than the two weeks' usual a series is at weekends, and on weekdays."""

from __future__ import annotations

from math import isnan

from monitor.instants import DAY
from monitor.signals.season import BINS_A_DAY, DAYS
from monitor.signals.trailing import TrailingQuantiles

_LAG = 12
_LEAST_BINS = BINS_A_DAY
_LEAST_USUAL_ROOT = 1.0


class Weekend:
    """The median ratio of roots to usual roots, kept apart for weekdays and for Saturday and Sunday (UTC)."""

    def __init__(self) -> None:
        self._ratios = tuple(TrailingQuantiles(DAYS * BINS_A_DAY, _LAG) for _ in range(2))

    def factor(self, bin_number: int, instant: int) -> float:
        """What the usual root is to be multiplied by at this bin; 1 until a day of the kind is known."""
        for ratios in self._ratios:
            ratios.advance(bin_number)
        ratios = self._ratios[_is_weekend(instant)]
        return ratios.quantiles([0.5])[0] if len(ratios) >= _LEAST_BINS else 1.0

    def note(self, instant: int, root: float, usual_root: float) -> None:
        """Note the root of the hour that ends with the present bin, and the usual one."""
        ratio = root / max(usual_root, _LEAST_USUAL_ROOT)
        if not isnan(ratio):
            self._ratios[_is_weekend(instant)].put(ratio)


def _is_weekend(instant: int) -> bool:
    """1970-01-01 was a Thursday."""
    return (instant // DAY + 3) % 7 >= 5
