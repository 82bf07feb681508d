"""What explains a signal without the world having moved: our own marks, a source that came back, many beats at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.instants import HOUR, render
from monitor.records import Mark, Signal, Span
from monitor.signals.ours import Movement, crossed, explaining, joint_movements

JOINT = "many beats moved the same way within an hour: ours until shown otherwise"

_MOVE_NUMBERS = ("rules", "source", "scorer", "retag")
"""Kinds of marks that can make something of nothing; an outage is a gap, an import brings posts of their own times."""


def own_doing(marks: Sequence[Mark], returned: Sequence[str], window: Span, baseline: Span) -> dict[str, object]:
    """The part of the evidence that says what we did ourselves.

    Args:
        marks: those since the baseline begins.
        returned: slugs of the sources that came back within the window.
    """
    inside = explaining(marks, window[1], window[1] - window[0] + HOUR)
    reasons = [f"{mark.kind}: {mark.what}" for mark in inside if mark.kind in _MOVE_NUMBERS]
    reasons += [f"{source} is collected again after a pause" for source in returned]
    return {
        "marks": [_mark_tree(mark) for mark in crossed(marks, baseline, window[1])],
        "explained_by": "; ".join(reasons) or None,
    }


def _mark_tree(mark: Mark) -> dict[str, str]:
    return {"at": render(mark.at), "kind": mark.kind, "what": mark.what}


def with_joint(signals: Iterable[Signal]) -> list[Signal]:
    """Those of some signals of the last hours that belong to a joint movement and did not say so yet."""
    known = list(signals)
    joints = joint_movements(
        Movement(signal.beat, signal.kind, "down" if signal.evidence.get("direction") == "down" else "up",
                 signal.opened_at)
        for signal in known
        if signal.kind in ("volume", "mood", "engagement")
    )  # fmt: skip
    changed = []
    for signal in known:
        for joint in joints:
            direction = "down" if signal.evidence.get("direction") == "down" else "up"
            if (signal.kind, direction) != (joint.kind, joint.direction) or signal.beat not in joint.beats:
                continue
            if joint.span[0] <= signal.opened_at <= joint.span[1] and signal.evidence.get("joint") != list(joint.beats):
                reason = signal.evidence.get("explained_by")
                parts = [part for part in (JOINT, reason) if isinstance(part, str) and part]
                told = "; ".join(dict.fromkeys("; ".join(parts).split("; ")))
                changed.append(
                    signal._replace(evidence={**signal.evidence, "joint": list(joint.beats), "explained_by": told})
                )
                break
    return changed
