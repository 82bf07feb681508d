"""The nouns of the monitor: immutable values that pass between the rooms. They are defined in `monitor.nouns`.

They are named tuples rather than frozen dataclasses: as immutable and as typed, but they compare in C, which the screen
does at each refresh, and a class costs an eighth of the start-up time.

Every moment is an *instant*: whole milliseconds since 1970-01-01 UTC (see `monitor.instants`). Every span is half open.

Import them from here. Only what `monitor snapshot` loads takes them from their own modules, to load what it needs.
"""

from monitor.nouns.beats import GENERAL, Beat, Beats, Rule
from monitor.nouns.collecting import Attempt, Cursor
from monitor.nouns.estimates import NO_SHARES, Baseline, Shares
from monitor.nouns.kinds import RANKS, WORDS, Label, Lens, Probabilities, Significance, SourceState, Span
from monitor.nouns.posts import AnalysedPost, Deletion, Engagement, Post, PostQuery, StoredPost
from monitor.nouns.snapshots import BeatHistory, BeatSnapshot, Budget, Manifest, Mark, Signal, Snapshot, SourceSnapshot
from monitor.nouns.sources import SOURCES, Source
from monitor.nouns.stories import Story, StoryCard

__all__ = [
    "GENERAL",
    "NO_SHARES",
    "RANKS",
    "SOURCES",
    "WORDS",
    "AnalysedPost",
    "Attempt",
    "Baseline",
    "Beat",
    "BeatHistory",
    "BeatSnapshot",
    "Beats",
    "Budget",
    "Cursor",
    "Deletion",
    "Engagement",
    "Label",
    "Lens",
    "Manifest",
    "Mark",
    "Post",
    "PostQuery",
    "Probabilities",
    "Rule",
    "Shares",
    "Signal",
    "Significance",
    "Snapshot",
    "Source",
    "SourceSnapshot",
    "SourceState",
    "Span",
    "StoredPost",
    "Story",
    "StoryCard",
]
