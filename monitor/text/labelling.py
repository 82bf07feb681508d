"""Labelling posts of a beat by hand: which posts to ask for, and what the labels say so far.

The posts asked for are a fair sample of the beat: no post is more likely to be drawn than another, so that the labels
can correct shares (`monitor.text.shares.Calibration`) without weights. They are spread evenly over the sources and over
what the scorer said, at every moment, so that one can stop after any of them.
"""

from __future__ import annotations

import random
from collections.abc import Container, Hashable, Iterator, Mapping, Sequence
from math import sqrt
from typing import Generic, NamedTuple, TypeVar

from monitor.records import Label, Probabilities
from monitor.text.calibrations import Missing, missing
from monitor.text.shares import LABELS, Calibration, label_of

LABEL_OF_KEY: Mapping[str, Label] = {"n": "negative", "u": "neutral", "p": "positive"}
"""What each key of the keyboard says of a post."""

_GOLDEN = (sqrt(5) - 1) / 2
_NORMAL_95 = 1.96
_USUAL_GROUP = 400

Key = TypeVar("Key", bound=Hashable)


class Candidate(NamedTuple, Generic[Key]):
    """A post that can be asked for."""

    key: Key
    """What the caller knows it by."""
    source: str
    probabilities: Probabilities
    """The scorer's, of negative, neutral and positive."""


class Labelled(NamedTuple):
    """A post that was labelled."""

    probabilities: Probabilities
    label: Label


class Proportion(NamedTuple):
    """A share of some labelled posts, with its 95 % interval (Wilson 1927)."""

    share: float | None
    """None where there are no posts."""
    low: float
    high: float
    posts: int


class Findings(NamedTuple):
    """What labels say about the scorer. The mappings are by class."""

    posts: int
    precision: Mapping[Label, Proportion]
    """Of the posts that the scorer gave this class, those that people gave it too."""
    recall: Mapping[Label, Proportion]
    """Of the posts that people gave this class, those that the scorer gave it too."""
    confusion: Mapping[Label, Mapping[Label, int]]
    """Posts by the class the scorer gave, then by people's label."""
    mean_recall: float | None
    """Over the three classes; None while a class has no labelled post."""
    reach: float | None
    """How far the 95 % interval of the net share of a group of 400 such posts would reach on either side, once these
    labels correct it; None while they are too few."""
    missing: Missing | None
    """What they lack until they correct the shares of the beat; None where nothing is lacking."""


def drawn(candidates: Sequence[Candidate[Key]], chance: random.Random, known: Container[Key] = ()) -> Iterator[Key]:
    """The posts to ask for, one after the other, until none is left.

    Args:
        candidates: all scored posts of the beat in the time to be labelled.
        chance: where the drawing starts. The same candidates and the same start give the same posts in the same order.
        known: posts labelled before. They are passed over, and go on counting as part of the sample.
    """
    order = sorted(candidates, key=_place)
    start = chance.random()
    seen: set[int] = set()
    for step in range(len(order)):
        index = _free(int((start + step * _GOLDEN) % 1 * len(order)), seen, len(order))
        seen.add(index)
        key = order[index].key
        if key not in known:
            yield key


def findings(labelled: Sequence[Labelled]) -> Findings:
    """What the labels given so far say about the scorer."""
    confusion: dict[Label, dict[Label, int]] = {given: dict.fromkeys(LABELS, 0) for given in LABELS}
    for row in labelled:
        confusion[label_of(row.probabilities)][row.label] += 1
    given_as = {given: sum(confusion[given].values()) for given in LABELS}
    called = {true: sum(confusion[given][true] for given in LABELS) for true in LABELS}
    recall = {true: _proportion(confusion[true][true], called[true]) for true in LABELS}
    too_few = missing(called)
    found = [proportion.share for proportion in recall.values() if proportion.share is not None]
    return Findings(
        posts=len(labelled),
        precision={given: _proportion(confusion[given][given], given_as[given]) for given in LABELS},
        recall=recall,
        confusion=confusion,
        mean_recall=sum(found) / len(LABELS) if len(found) == len(LABELS) else None,
        reach=None if too_few else _reach(labelled),
        missing=too_few,
    )


def lacking(missing: Missing) -> str:
    """What labels lack, as a sentence."""
    classes = ", ".join(f"{more} more {label}" for label, more in missing.classes)
    labels = "label" if missing.posts == 1 else "labels"
    return f"{missing.posts} more {labels} until they correct the shares{f' ({classes})' if classes else ''}."


def calibration_of(labelled: Sequence[Labelled]) -> Calibration | None:
    """What corrects the shares of the beat from now on; None without labels."""
    if not labelled:
        return None
    return Calibration([row.probabilities for row in labelled], [row.label for row in labelled])


def _place(candidate: Candidate[Key]) -> tuple[str, int, float, str]:
    """Posts that are alike stand together, so that evenly spread places are a stratified sample."""
    negative, _, positive = candidate.probabilities
    given = LABELS.index(label_of(candidate.probabilities))
    return candidate.source, given, positive - negative, str(candidate.key)


def _free(index: int, taken: set[int], size: int) -> int:
    while index in taken:
        index = (index + 1) % size
    return index


def _proportion(hits: int, posts: int) -> Proportion:
    if not posts:
        return Proportion(None, 0.0, 1.0, 0)
    share, square = hits / posts, _NORMAL_95**2
    middle = (share + square / (2 * posts)) / (1 + square / posts)
    half = _NORMAL_95 * sqrt(share * (1 - share) / posts + square / (4 * posts * posts)) / (1 + square / posts)
    return Proportion(share, max(0.0, middle - half), min(1.0, middle + half), posts)


def _reach(labelled: Sequence[Labelled]) -> float | None:
    calibration = calibration_of(labelled)
    if calibration is None:
        return None
    group: dict[Probabilities, int] = {}
    for index in range(_USUAL_GROUP):
        row = labelled[index * len(labelled) // _USUAL_GROUP].probabilities
        group[row] = group.get(row, 0) + 1
    shares = calibration.shares_of_counts(group)
    if shares.net_low is None or shares.net_high is None:
        return None
    return (shares.net_high - shares.net_low) / 2
