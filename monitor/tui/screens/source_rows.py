"""How the sources are doing, in full: where the header and the split have room for a word only."""

from __future__ import annotations

from monitor import budget_words
from monitor.evidence_words import Row
from monitor.records import Snapshot, SourceSnapshot
from monitor.tui.widgets.split import STATE_WORDS

_NAME = 10


def source_rows(snapshot: Snapshot) -> list[Row]:
    """Each source of which there is something to say: its state, what to do, what is spent, what share was read."""
    told = ((source.name[:_NAME], _words(source)) for source in snapshot.sources)
    return [(name, words) for name, words in told if words]


def _words(source: SourceSnapshot) -> str:
    state = ": ".join(filter(None, (STATE_WORDS[source.state], source.message.rstrip("."))))
    spent = [words for one in source.budgets if (words := budget_words.budget(one)) not in source.message]
    return "; ".join(filter(None, (state, *spent, budget_words.sampled(source.fraction))))
