"""A snapshot as JSON: the form that other programs may rely on. Equal snapshots give equal bytes."""

from __future__ import annotations

import json

from monitor.budget_words import scaled
from monitor.instants import render
from monitor.records import (
    Baseline,
    BeatSnapshot,
    Lens,
    Manifest,
    Shares,
    Signal,
    Snapshot,
    SourceSnapshot,
    StoryCard,
)

SCHEMA = 1
DECIMALS = 4
"""Of shares, net sentiment and ratios."""


def snapshot_json(snapshot: Snapshot) -> str:
    """The snapshot as one line of JSON, the keys in a fixed order."""
    return json.dumps(snapshot_tree(snapshot), ensure_ascii=False, allow_nan=False)


def snapshot_tree(snapshot: Snapshot) -> dict[str, object]:
    """The snapshot as plain values."""
    return {
        "schema": SCHEMA,
        "as_of": render(snapshot.as_of),
        "window_hours": snapshot.window_hours,
        "lens": snapshot.lens,
        "records": snapshot.records,
        "volume": snapshot.volume,
        "previous_volume": snapshot.previous_volume,
        "hours": [render(hour) for hour in snapshot.hours],
        "beats": [_beat(beat) for beat in snapshot.beats],
        "sources": [source_tree(source, snapshot.lens) for source in snapshot.sources],
        "signals": [signal_tree(signal) for signal in snapshot.signals],
        "stories": [story_tree(story) for story in snapshot.stories],
        "manifest": _manifest(snapshot.manifest),
        "baseline": _baseline(snapshot.baseline),
    }


def shares_tree(shares: Shares) -> dict[str, object]:
    """Class shares with the net sentiment and its 95 % interval; all null where nothing was scored."""
    low, high = _rounded(shares.net_low), _rounded(shares.net_high)
    return {
        "positive": _rounded(shares.positive),
        "neutral": _rounded(shares.neutral),
        "negative": _rounded(shares.negative),
        "net": _rounded(shares.net),
        "n": shares.n,
        "net_ci95": None if low is None or high is None else [low, high],
        "calibrated": shares.calibrated,
    }


def signal_tree(signal: Signal) -> dict[str, object]:
    """A signal with its evidence."""
    return {
        "id": signal.id,
        "kind": signal.kind,
        "beat": signal.beat,
        "level": signal.level,
        "opened_at": render(signal.opened_at),
        "closed_at": _time(signal.closed_at),
        "summary": signal.summary,
        "evidence": signal.evidence,
    }


def story_tree(story: StoryCard) -> dict[str, object]:
    """A story without its body."""
    return {**story._asdict(), "published_at": _time(story.published_at)}


def source_tree(source: SourceSnapshot, lens: Lens = "raw") -> dict[str, object]:
    """A source's state.

    `volume` is as collected; where only a share of what there was has been read, `scaled_volume` is what that stands
    for. Other lenses count units that cannot be scaled up so.
    """
    tree: dict[str, object] = {
        "slug": source.slug,
        "name": source.name,
        "volume": source.volume,
        "state": source.state,
        "last_success": _time(source.last_success),
        "gaps": [[render(start), render(end)] for start, end in source.gaps],
        "message": source.message,
        "budgets": [{**budget._asdict(), "resets_at": render(budget.resets_at)} for budget in source.budgets],
        "fraction": _rounded(source.fraction),
    }
    if source.fraction < 1 and lens == "raw":
        tree["scaled_volume"] = scaled(source.volume, source.fraction)
    return tree


def _beat(beat: BeatSnapshot) -> dict[str, object]:
    return {
        "slug": beat.slug,
        "name": beat.name,
        "category": beat.category,
        "records": beat.records,
        "volume": beat.volume,
        "previous_volume": beat.previous_volume,
        "baseline": _baseline(beat.baseline),
        "unique_texts": beat.unique_texts,
        "unique_authors": beat.unique_authors,
        "sources": dict(beat.by_source),
        "sentiment": shares_tree(beat.sentiment),
        "sentiment_by_source": {slug: shares_tree(shares) for slug, shares in beat.sentiment_by_source},
        "volume_hourly": list(beat.volume_hourly),
        "net_sentiment_hourly": [_rounded(net) for net in beat.net_sentiment_hourly],
        "signals": list(beat.signals),
        "scored_hourly": list(beat.scored_hourly),
    }


def _baseline(baseline: Baseline) -> dict[str, object]:
    return {
        "volume": _number(baseline.volume),
        "ratio": _rounded(baseline.ratio),
        "days": baseline.days,
        "state": baseline.state,
        "same_weekday": baseline.same_weekday,
        "low": _number(baseline.low),
        "high": _number(baseline.high),
    }


def _manifest(manifest: Manifest) -> dict[str, object]:
    marks = [{"at": render(mark.at), "kind": mark.kind, "what": mark.what} for mark in manifest.marks]
    return {**manifest._asdict(), "marks": marks}


def _time(instant: int | None) -> str | None:
    return None if instant is None else render(instant)


def _rounded(value: float | None) -> float | None:
    """To a fixed number of decimals; adding zero turns a negative zero into a plain one."""
    return None if value is None else round(value, DECIMALS) + 0.0


def _number(value: float | None) -> float | int | None:
    """A whole number as such."""
    return _rounded(value) if value is None or value != int(value) else int(value)
