"""The demo's store at the sample's fixed moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from monitor.config import Config
from monitor.demo import sample as shipped
from monitor.demo.history import History, unpack
from monitor.demo.last_day import read_last_day
from monitor.demo.narratives import read_stories
from monitor.demo.sample import Sample
from monitor.demo.signals import read_signals
from monitor.ingest import Ingester
from monitor.instants import HOUR, MINUTE
from monitor.records import AnalysedPost, Attempt, Mark, Span
from monitor.store.registry import SourceRegistration
from monitor.store.writer import Changes, Writer
from monitor.text.sentiment import Scorer

PARTS = {"x": "sample", "bluesky": "posts", "news": "feeds", "youtube": "sample", "hackernews": "new"}
"""The sources that the sample holds, each as one part in the ledger."""

REGISTRATIONS = (
    SourceRegistration("x", "X", 300.0),
    SourceRegistration("bluesky", "Bluesky", 60.0),
    SourceRegistration("news", "News", 900.0),
    SourceRegistration("youtube", "YouTube", 900.0),
    SourceRegistration("hackernews", "Hacker News", 60.0),
    SourceRegistration("reddit", "Reddit", None, "off", "not in the sample"),
    SourceRegistration("arxiv", "arXiv", None, "off", "not in the sample"),
    SourceRegistration("mastodon", "Mastodon", None, "off", "not in the sample"),
)

_FAILURE = "no network: the sample's own outage"
_OUTAGE = "no source could be reached for two hours and twenty minutes"


def build_store(path: Path, config: Config) -> None:
    """Write the whole sample into a new store.

    Raises:
        StoreError: the file cannot be written.
    """
    sample = shipped.load_sample()
    root = shipped.folder()
    scorer = Scorer()
    ingester = Ingester(config.beats, scorer)
    history = unpack((root / "history.json.z").read_bytes())
    last_day = read_last_day(root / "last_day", sample)
    categories = {beat.slug: beat.category for beat in config.beats.beats}
    with Writer(path) as writer:
        writer.set_beats(config.beats, sample.start)
        writer.set_scorer(scorer.name, sample.start)
        writer.register_sources(REGISTRATIONS)
        writer.commit(Changes(posts=_analysed(history, config, scorer, ingester), attempts=tuple(_attempts(sample))))
        analysed = ingester.analyse(last_day.posts).kept
        writer.commit(Changes(posts=analysed, deletions=last_day.deletions))
        writer.put_stories(read_stories(root / "stories", categories), sample.as_of)
        signals = read_signals(root / "signals.json", config.rules_hash, scorer.name)
        writer.put_signals(signals, sample.as_of)
        writer.add_marks(
            [Mark(sample.outage[0], "outage", "no source could be reached for two hours and twenty minutes")]
        )


def _analysed(history: History, config: Config, scorer: Scorer, ingester: Ingester) -> Sequence[AnalysedPost]:
    """The posts of the history as the present rules and scorer see them."""
    if (history.rules_hash, history.scorer) == (config.rules_hash, scorer.name):
        return history.posts
    return ingester.analyse([analysed.post for analysed in history.posts]).kept


def _attempts(sample: Sample) -> Iterator[Attempt]:
    """What the ledger would hold: each source collected hour by hour, but for the outage."""
    for source, part in PARTS.items():
        for start, end in _covered(sample):
            yield Attempt(source, part, (start, end), "ok", end - 1)
            if end == sample.outage[0]:
                yield Attempt(source, part, None, "failed", end + 5 * MINUTE, message=_FAILURE)


def _covered(sample: Sample) -> Iterator[Span]:
    for first, last in ((sample.start, sample.outage[0]), (sample.outage[1], sample.as_of)):
        start = first
        while start < last:
            end = min(start - start % HOUR + HOUR, last)
            yield start, end
            start = end
