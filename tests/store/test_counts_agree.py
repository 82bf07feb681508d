"""The one property that everything rests on: every way to a number gives the same number.

Random histories of commits, updates, deletions, re-tagging and forgetting are written to real stores, and snapshots are
made from rollups, from the index, by the live counter, and by counting in plain Python.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.instants import DAY, HOUR, MINUTE
from monitor.live import LiveSnapshots
from monitor.records import AnalysedPost, Attempt, Deletion, Snapshot
from monitor.snapshot import Provenance, build_snapshot
from monitor.snapshot.calibrations import keep_calibrations
from monitor.store.labels import NewLabel
from monitor.store.reader import Reader, open_reader
from monitor.store.recount import recount
from monitor.store.rescoring import Rescored
from monitor.store.writer import Changes, Writer
from monitor.text.shares import LABELS
from tests.store.factories import BEATS, NOW, PROBABILITIES, analysed

PROVENANCE = Provenance(BEATS, "configuration", "rules", "scorer")

offered = st.builds(
    analysed,
    st.integers(0, 25),
    source=st.sampled_from(["bluesky", "news", "x"]),
    text=st.sampled_from(["open weights", "a lawsuit", ""]),
    at=st.one_of(
        st.integers(NOW - 50 * HOUR, NOW - MINUTE), st.integers(NOW - 31 * DAY, NOW - MINUTE), st.just(NOW - DAY)
    ),
    collected_at=st.one_of(st.none(), st.integers(NOW - 10 * HOUR, NOW - 1)),
    beats=st.sampled_from([(), ("open-models",), ("courts",), ("open-models", "courts"), ("general",)]),
    author=st.sampled_from([None, "ada", "ben", "cem"]),
    cluster=st.sampled_from([None, 1, 2, 3]),
    mood=st.integers(0, 3),
)

operations = st.one_of(
    st.tuples(st.just("commit"), st.lists(offered, max_size=8)),
    st.tuples(st.just("delete"), st.integers(0, 25)),
    st.tuples(st.just("delete author"), st.sampled_from(["ada", "ben"])),
    st.tuples(st.just("retag"), st.integers(1, 20)),
    st.tuples(st.just("forget"), st.sampled_from(["ben", "cem"])),
    st.tuples(st.just("label"), st.integers(1, 20)),
    st.tuples(st.just("rescore"), st.integers(0, 3)),
)


def perform(writer: Writer, operation: tuple[str, object]) -> None:
    """Carry out one random operation."""
    name, argument = operation
    if name == "commit":
        posts: list[AnalysedPost] = argument  # type: ignore[assignment]
        attempts = [
            Attempt(post.post.source, "stream", (post.post.published_at, post.post.collected_at), "ok", NOW - 1)
            for post in posts
        ]
        writer.commit(Changes(posts, attempts=attempts))
    elif name == "delete":
        writer.commit(Changes(deletions=[Deletion("bluesky", native_id=str(argument))]))
    elif name == "delete author":
        writer.commit(Changes(deletions=[Deletion("news", author=str(argument))]))
    elif name == "retag":
        with open_reader(writer.path) as reader:
            known = {number for number, _, _ in reader.texts_after(0, 1000)}
        writer.retag({argument: ("courts",)} if argument in known else {})  # type: ignore[dict-item]
    elif name == "label":
        beats = ("open-models",) if argument % 2 else ("open-models", "courts")  # type: ignore[operator]
        writer.put_labels([NewLabel(argument, LABELS[argument % 3], beats)], NOW)  # type: ignore[arg-type,operator,index]
    elif name == "rescore":
        with open_reader(writer.path) as reader:
            words = reader.words_after(0, 1000)
            writer.rescore([Rescored(post, PROBABILITIES[(argument + post.id) % 4]) for post in words])  # type: ignore[operator]
            keep_calibrations(reader, writer)
    else:
        writer.forget(author=str(argument))


def snapshot(reader: Reader, as_of: int, **choices: object) -> Snapshot:
    return build_snapshot(
        reader, as_of, beats=BEATS, config_hash="configuration", rules_hash="rules", scorer="scorer", **choices
    )  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.lists(operations, max_size=12), second=st.lists(operations, max_size=6), later=st.integers(0, 3 * HOUR))
def test_live_counts_and_fresh_counts_agree(
    tmp_path_factory: object, first: list[tuple[str, object]], second: list[tuple[str, object]], later: int
) -> None:
    path: Path = tmp_path_factory.mktemp("store") / "monitor.db"  # type: ignore[attr-defined]
    with Writer(path) as writer:
        writer.set_beats(BEATS, 0)
        for operation in first:
            perform(writer, operation)
        with open_reader(path) as reader:
            live = LiveSnapshots(reader, PROVENANCE)
            assert live.build(NOW) == snapshot(reader, NOW)
            for operation in second:
                perform(writer, operation)
                assert live.build(NOW) == snapshot(reader, NOW)
            assert live.build(NOW + later) == snapshot(reader, NOW + later)
    assert recount(path) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(posts=st.lists(offered, max_size=40), as_of=st.integers(NOW - 12 * HOUR, NOW))
def test_a_snapshot_counts_what_plain_python_counts(
    tmp_path_factory: object, posts: list[AnalysedPost], as_of: int
) -> None:
    path: Path = tmp_path_factory.mktemp("store") / "monitor.db"  # type: ignore[attr-defined]
    unique = {(offer.post.source, offer.post.native_id): offer for offer in reversed(posts)}
    offers = list(unique.values())
    with Writer(path) as writer:
        writer.set_beats(BEATS, 0)
        writer.commit(Changes(offers))
    with open_reader(path) as reader:
        shown = snapshot(reader, as_of)
        by_text = snapshot(reader, as_of, lens="text")
    known = [offer for offer in offers if offer.post.collected_at < as_of]

    def counts_at(offer: AnalysedPost) -> int:
        return min(offer.post.published_at, offer.post.collected_at)

    window = [offer for offer in known if as_of - DAY <= counts_at(offer) < as_of]
    previous = [offer for offer in known if as_of - 2 * DAY <= counts_at(offer) < as_of - DAY]
    assert (shown.records, shown.volume, shown.previous_volume) == (len(known), len(window), len(previous))
    for beat in shown.beats:
        mine = [offer for offer in window if beat.slug in offer.beats]
        assert beat.volume == len(mine)
        assert {slug: posts for slug, posts in beat.by_source if posts} == Counter(o.post.source for o in mine)
        by_hour = Counter(counts_at(offer) // HOUR * HOUR for offer in mine)
        assert {h: posts for h, posts in zip(shown.hours, beat.volume_hourly, strict=True) if posts} == by_hour
        assert beat.sentiment.n == sum(offer.probabilities is not None for offer in mine)
        assert beat.records == sum(beat.slug in offer.beats for offer in known)
        texts = {offer.cluster or f"own {offer.post}" for offer in mine}
        assert beat.unique_texts == len(texts)
    for beat in by_text.beats:
        assert beat.volume == beat.unique_texts == sum(posts for _, posts in beat.by_source)
        assert beat.volume == sum(posts or 0 for posts in beat.volume_hourly)
