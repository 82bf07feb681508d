"""What a pane waits for, in words."""

from __future__ import annotations

from monitor.records import BeatSnapshot, Snapshot, SourceSnapshot
from monitor.tui.lines import outside


def waiting_words(snapshot: Snapshot, beat: BeatSnapshot | None) -> tuple[str, ...]:
    """Why there are no posts of a beat: what the sources are doing, a line each."""
    if beat is not None and snapshot.records:
        return (f"no post of {beat.name} in the store yet",)
    sources = [source for source in snapshot.sources if source.state != "off"]
    if not sources:
        return ("no source is collecting for this store",)
    return tuple(source_words(source) for source in sources)


def source_words(source: SourceSnapshot) -> str:
    """What one source is doing while nothing of it is there."""
    if source.state in ("ok", "waiting") and not source.message:
        return f"{source.name}: waiting for the first posts"
    return f"{source.name}: {outside(source.message) or source.state.replace('-', ' ')}"
