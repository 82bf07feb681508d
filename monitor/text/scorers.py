"""Which scorer is in use, its name, and what it is known to mistake."""

from __future__ import annotations

from monitor.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.text.mixture import Vector

IN_USE = "table"
"""`vader` or `table`."""

NAMES = {"vader": "vader-3.3.2/1", "table": "table-2/1063c866"}
"""Scores of scorers with different names differ. VADER's has the library's version and the number of the curve over its
scores, the table's the first digits of its weights' SHA-256."""

CONFUSIONS: dict[str, tuple[Vector, Vector, Vector]] = {
    "vader": ((0.597, 0.209, 0.102), (0.269, 0.545, 0.308), (0.134, 0.246, 0.590)),
    "table": ((0.712, 0.214, 0.104), (0.192, 0.593, 0.241), (0.096, 0.193, 0.655)),
}
"""Row: the class given; column: the class of a person's label. On the 47,404 tweets of SemEval 2013-2016: VADER's
thresholds were set on these; the table scored each sixth of them, in order of time, with weights that the others and
sentences of the news taught."""


def mistakes_like(name: str | None) -> str:
    """Whose row of `CONFUSIONS` serves for the scores of a scorer of this name.

    Of a scorer that is not ours nothing is known; the one that mistakes more stands in for it. VADER also scored the
    posts of stores so old that they do not say who did.
    """
    return next((kind for kind, known in NAMES.items() if known == name), "vader")
