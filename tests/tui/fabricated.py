"""Made-up snapshots for the tests of the screen, and a program that shows them in a real terminal.

Everything is made from a seed and a moment, so that two runs show the same.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from monitor.instants import DAY, HOUR, MINUTE, hours_touched, parse
from monitor.records import (
    NO_SHARES,
    SOURCES,
    Baseline,
    BeatHistory,
    BeatSnapshot,
    Engagement,
    Lens,
    Manifest,
    Mark,
    Post,
    PostQuery,
    Shares,
    Snapshot,
    SourceSnapshot,
    StoredPost,
    Story,
    StoryCard,
)
from monitor.snapshot.entity import EntityPage
from monitor.snapshot.names import BeatNames, NameCount
from monitor.text.entities import Entity

NOW = parse("2026-11-21T09:41:00Z")

BEATS = [
    ("Technical", "AI Safety & Alignment"),
    ("Technical", "AI & Science"),
    ("Technical", "AI & Robotics"),
    ("Technical", "AI & Software Development"),
    ("Technical", "AI Hardware & Compute"),
    ("Technical", "Open Source AI"),
    ("Technical", "AI Agents & Autonomy"),
    ("Governance", "AI Regulation"),
    ("Governance", "AI & Law"),
    ("Governance", "AI & Privacy"),
    ("Governance", "AI & Military"),
    ("Governance", "AI & Geopolitics"),
    ("Society", "AI & Misinformation"),
    ("Society", "AI & Creative Industries"),
    ("Society", "AI & Social Media"),
    ("Society", "AI in Education"),
    ("Society", "AI Job Displacement"),
    ("Industry", "AI Industry & Business"),
    ("Industry", "AI in Healthcare"),
    ("Industry", "AI & Environment"),
    ("Industry", "AI & Finance"),
    ("Philosophical", "AI Consciousness"),
    ("Philosophical", "AI Ethics"),
    ("Philosophical", "AI Bias & Fairness"),
    ("", "General"),
]

TITLES = [
    "The week's releases changed the mood of builders, and the mix explains half of it",
    "A delay that nobody asked for, and everyone expected",
    "Three courts, one question, and no common answer yet",
    "Why the loudest complaint of the day came from eleven accounts",
    "Teachers stopped asking whether, and started asking when",
    "The benchmark moved, the conversation did not",
    "A quiet licence change is being read very closely",
    "Nurses, not executives, drove this week's talk about triage tools",
]

TEXTS = [
    "I moved our whole pipeline to the open weights this weekend and honestly did not expect it to be this smooth",
    "The new licence is three pages shorter and somehow leaves more questions open than the old one did",
    "Regulators publish draft guidance on general-purpose models, with a consultation until January",
    "Anyone else seeing the quantised builds fall over on long contexts? Works fine up to 16k for us",
    "Benchmarks are nice but our support queue tells a different story this month",
    "Explainer: what the ruling means for people who train on public text",
    "日本語の投稿もここにあります。オープンな重みについての長い文章",
    "Cannot believe we are still arguing about this, the evidence has been there since spring",
]


def slug_of(name: str) -> str:
    return "-".join(name.lower().replace("&", " ").split())


def shares(rng: random.Random, n: int, lean: float) -> Shares:
    if n == 0:
        return NO_SHARES
    net = max(-0.7, min(0.7, lean + rng.uniform(-0.05, 0.05)))
    half = min(0.6, 1.1 / math.sqrt(n) * 1.6)
    return Shares(0.35 + net / 2, 0.3, 0.35 - net / 2, net, net - half, net + half, n)


def beat_snapshot(index: int, category: str, name: str, as_of: int, hidden: frozenset[str]) -> BeatSnapshot:
    rng = random.Random(index * 7 + 1)
    hours = hours_touched(as_of - DAY, as_of)
    loud = 469 if name == "Open Source AI" else int(40 + 500 * rng.random() ** 2)
    weights = (
        [84, 106, 188, 91] if loud == 469 else [rng.random() * 3, rng.random() * 4, rng.random() * 5, rng.random()]
    )
    counts = [round(loud * weight / sum(weights)) for weight in weights]
    counts[2] += loud - sum(counts)
    by_source = tuple(
        (source.slug, count) for source, count in zip(SOURCES, counts, strict=False) if source.slug not in hidden
    )
    volume = sum(count for _, count in by_source)
    gap = range(12, 15)
    shape = [
        0 if position in gap else max(0.05, 1.2 + math.sin((position + index) / 3.5) + rng.random() * 0.4)
        for position in range(len(hours))
    ]
    hourly = [int(volume * part / sum(shape)) for part in shape]
    hourly[-2] += volume - sum(hourly)
    lean = rng.uniform(-0.35, 0.3)
    ratio = rng.choice([0.55, 0.78, 0.97, 1.04, 1.12, 1.31, 1.58, 2.4])
    sentiment = shares(rng, volume, lean)
    return BeatSnapshot(
        slug=slug_of(name),
        name=name,
        category=category,
        records=volume * 61 + index,
        volume=volume,
        previous_volume=int(volume / ratio * 0.95),
        baseline=Baseline(volume / ratio, ratio, 21, "ok", True) if index != 3 else Baseline(None, None, 1, "learning"),
        unique_texts=int(volume * 0.92),
        unique_authors=int(volume * 0.83),
        by_source=by_source,
        sentiment=sentiment,
        sentiment_by_source=tuple((slug, shares(rng, count, lean)) for slug, count in by_source),
        volume_hourly=tuple(None if position in gap else count for position, count in enumerate(hourly)),
        net_sentiment_hourly=tuple(
            None if position in gap else lean + 0.3 * math.sin(position / 4 + index) for position in range(len(hours))
        ),
        scored_hourly=tuple(hourly),
    )


def stories(as_of: int) -> tuple[StoryCard, ...]:
    levels = ("medium", "high", "low", None)
    return tuple(
        StoryCard(
            slug=f"story-{index}",
            title=title,
            dek="What the day's posts say, and how sure one can be of it.",
            beat=slug_of(BEATS[(index * 5 + 5) % 24][1]),
            category=None,
            significance=levels[index % 4],  # type: ignore[arg-type]
            published_at=as_of - (12 + index * 97) * MINUTE,
            url=f"https://example.org/stories/{index}",
            origin="sample",
        )
        for index, title in enumerate(TITLES)
    )


def snapshot(
    as_of: int, lens: Lens = "raw", hidden: frozenset[str] = frozenset(), *, with_stories: bool = True
) -> Snapshot:
    beats = tuple(beat_snapshot(index, category, name, as_of, hidden) for index, (category, name) in enumerate(BEATS))
    volume = int(sum(beat.volume for beat in beats) * 0.93)
    states = {
        "x": ("no-key", None, "X needs a key: name a file with it in [sources.x]"),
        "youtube": ("stale", as_of - 2 * HOUR, "nothing since 07:41"),
        "reddit": ("no-key", None, "Reddit needs a key"),
        "arxiv": ("waiting", None, ""),
        "mastodon": ("off", None, ""),
    }
    return Snapshot(
        as_of=as_of,
        window_hours=24,
        lens=lens,
        records=464_538,
        volume=volume,
        previous_volume=volume - 900,
        hours=hours_touched(as_of - DAY, as_of),
        beats=beats,
        sources=tuple(
            SourceSnapshot(
                source.slug,
                source.name,
                sum(dict(beat.by_source).get(source.slug, 0) for beat in beats),
                *states.get(source.slug, ("ok", as_of - MINUTE, ""))[:2],  # type: ignore[arg-type]
                gaps=((as_of - 12 * HOUR, as_of - 9 * HOUR),),
                message=states.get(source.slug, ("", None, ""))[2],
            )
            for source in SOURCES
        ),
        signals=(),
        stories=stories(as_of) if with_stories else (),
        manifest=Manifest("0.1", "c", "r", "vader", 1, ()),
        baseline=Baseline(volume / 1.06, 1.06, 21, "ok"),
    )


def empty_snapshot(as_of: int) -> Snapshot:
    """A store into which nothing came yet."""
    full = snapshot(as_of, with_stories=False)
    hours = len(full.hours)
    nothing = tuple(
        beat._replace(
            records=0,
            volume=0,
            previous_volume=0,
            baseline=Baseline(None, None, 0, "learning"),
            unique_texts=0,
            unique_authors=0,
            by_source=(),
            sentiment=NO_SHARES,
            sentiment_by_source=(),
            volume_hourly=(None,) * hours,
            net_sentiment_hourly=(None,) * hours,
            scored_hourly=(0,) * hours,
        )
        for beat in full.beats
    )
    waiting = tuple(
        source._replace(
            volume=0,
            state="waiting" if source.slug in ("bluesky", "news", "hackernews") else "off",
            last_success=None,
            message="",
        )
        for source in full.sources
    )
    return full._replace(
        records=0,
        volume=0,
        previous_volume=0,
        beats=nothing,
        sources=waiting,
        baseline=Baseline(None, None, 0, "learning"),
    )


def post(number: int, as_of: int, beat: str, text: str | None = None) -> StoredPost:
    rng = random.Random(number)
    source = SOURCES[number % 4]
    at = as_of - number * 7 * MINUTE - MINUTE
    lean = rng.random()
    return StoredPost(
        id=10_000 - number,
        post=Post(
            source=source.slug,
            native_id=str(number),
            text=text or TEXTS[number % len(TEXTS)],
            published_at=at,
            collected_at=at + 30_000,
            title="Consultation opens on draft guidance for general-purpose models" if source.slug == "news" else None,
            url=f"https://example.org/posts/{number}",
            author=f"@someone{number}",
            author_name=rng.choice(["Ada Novak", "Jon Reyes", "The Daily Wire Desk", "openweights", "Mira K."]),
            lang="ja" if number % len(TEXTS) == 6 else "en",
            engagement=Engagement(int(400 * rng.random() ** 4), int(60 * rng.random() ** 4), rng.randint(0, 30)),
        ),
        at=at,
        beats=(beat,),
        probabilities=(0.6 * (1 - lean), 0.4, 0.6 * lean) if number % len(TEXTS) != 6 else None,
        cluster=number,
        deleted=number == 9,
    )


class FabricatedSource:
    """A provider of made-up snapshots; a test changes what it gives and moves `version`."""

    def __init__(self, *, with_stories: bool = True, empty: bool = False, hostile: str = "") -> None:
        self.version = 1
        self.with_stories = with_stories
        self.empty = empty
        self.hostile = hostile
        self.changed: Callable[[Snapshot], Snapshot] = lambda given: given
        self.built = 0
        self.versions_asked = 0
        self.broken: Exception | None = None
        self.fabricated_posts = 60
        self.first_post = 1

    def data_version(self) -> int:
        self.versions_asked += 1
        if self.broken is not None:
            raise self.broken
        return self.version

    def first(self, as_of: int, lens: Lens, sources: frozenset[str] | None) -> Snapshot:
        given = self.build(as_of, lens, sources)
        self.built -= 1
        return given._replace(
            beats=tuple(beat._replace(unique_texts=None, unique_authors=None) for beat in given.beats)
        )

    def build(self, as_of: int, lens: Lens, sources: frozenset[str] | None) -> Snapshot:
        self.built += 1
        if self.empty:
            return empty_snapshot(as_of)
        known = {source.slug for source in SOURCES}
        hidden = frozenset() if sources is None else frozenset(known - sources)
        return self.changed(snapshot(as_of, lens, hidden, with_stories=self.with_stories))

    def history(self, slug: str, as_of: int, range_hours: int, sources: frozenset[str] | None) -> BeatHistory:
        bin_hours = 1 if range_hours <= 7 * 24 else 24
        end = as_of - as_of % (bin_hours * HOUR) + bin_hours * HOUR
        count = range_hours // bin_hours
        bins = tuple(end - (count - index) * bin_hours * HOUR for index in range(count))
        rng = random.Random(slug)
        gap = range(0) if self.empty else range(count // 2, count // 2 + 3)
        volume = tuple(
            None if self.empty or index in gap else int((20 + 12 * math.sin(index / 4) + 8 * rng.random()) * bin_hours)
            for index in range(count)
        )
        net = tuple(
            None if one is None else 0.3 * math.sin(index / 5) + 0.2 * rng.random() for index, one in enumerate(volume)
        )
        marks = (Mark(bins[count // 4] + MINUTE, "rules", "the rule of the beat was edited"),)
        return BeatHistory(slug, range_hours, bins, bin_hours, volume, net, marks)

    def posts(self, query: PostQuery) -> tuple[StoredPost, ...]:
        if self.empty:
            return ()
        beat = query.beats[0] if query.beats else "open-source-ai"
        found = [
            post(number, NOW, beat, self.hostile or None) for number in range(self.first_post, self.fabricated_posts)
        ]
        if query.sources:
            found = [one for one in found if one.post.source in query.sources]
        found = [one for one in found if query.since is None or query.since <= one.at]
        found = [one for one in found if query.until is None or one.at < query.until]
        if query.order == "engagement":
            found.sort(key=lambda one: -sum(number or 0 for number in one.post.engagement))
        return tuple(found[: query.limit])

    def story(self, slug: str) -> Story | None:
        card = next((one for one in stories(NOW) if one.slug == slug), None)
        if card is None:
            return None
        body = "\n\n".join([" ".join(TEXTS[:3]), " ".join(TEXTS[3:6]), "No figure here is larger than its sample."])
        return Story(card, body)

    def entity(self, slug: str, as_of: int, range_hours: int) -> Iterator[EntityPage | None]:
        history = self.history(slug, as_of, range_hours, None)._replace(marks=())
        beat = snapshot(as_of).beats[0]
        posts = self.posts(PostQuery())
        yield EntityPage(
            slug=slug,
            entity=Entity(slug, "Llama", "model", ("=Llama", "Llama 4")) if slug == "llama" else None,
            as_of=as_of,
            range_hours=range_hours,
            volume=beat.volume if slug == "llama" else 0,
            texts=431,
            all_posts=29_419,
            day_volume=beat.volume,
            baseline=beat.baseline,
            days=(60, 55) * 10,
            sentiment=beat.sentiment,
            by_source=tuple((name, dict(beat.by_source)[name], shares) for name, shares in beat.sentiment_by_source),
            by_beat=(("open-source-ai", 312), ("ai-law", 41)),
            history=history,
            missing=(("x", ((as_of - 5 * HOUR, as_of - 4 * HOUR),)),),
            posts=posts if slug == "llama" else (),
        )

    def names(self, slug: str, as_of: int) -> BeatNames:
        rows = (NameCount("llama", "Llama", "model", 231), NameCount("eu", "EU", "law", 40))
        return BeatNames(slug, 469, rows, as_of)

    def posts_numbered(self, numbers: Sequence[int]) -> tuple[StoredPost, ...]:
        return tuple(one for one in self.posts(PostQuery(limit=1000)) if one.id in numbers)

    def close(self) -> None:
        pass


class Ticking(FabricatedSource):
    """Changes five numbers at each tick of a file that a test touches."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def data_version(self) -> int:
        return int(self.path.read_text() or "0")

    def build(self, as_of: int, lens: Lens, sources: frozenset[str] | None) -> Snapshot:
        given = super().build(as_of, lens, sources)
        tick = self.data_version()
        beats = tuple(
            beat._replace(volume=beat.volume + tick) if index < 4 else beat for index, beat in enumerate(given.beats)
        )
        return given._replace(beats=beats, records=given.records + tick)


def main() -> int:
    """Show made-up snapshots in this terminal."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--theme", default="dark")
    parser.add_argument("--empty", action="store_true")
    parser.add_argument("--no-stories", action="store_true")
    parser.add_argument("--hostile", default="")
    parser.add_argument("--ticks", type=Path)
    parser.add_argument("--broken", action="store_true")
    parser.add_argument("--at-end", type=Path)
    arguments = parser.parse_args()
    from monitor.tui.launch import run_with

    def opener() -> FabricatedSource:
        if arguments.broken:
            raise OSError("there is no store at /nowhere/monitor.db yet; it is made by monitor fetch")
        if arguments.ticks:
            return Ticking(arguments.ticks)
        hostile = arguments.hostile.encode().decode("unicode_escape")
        return FabricatedSource(with_stories=not arguments.no_stories, empty=arguments.empty, hostile=hostile)

    def at_end() -> None:
        if arguments.at_end:
            arguments.at_end.write_text("ended")

    return run_with(opener, store_name="demo", clock=lambda: NOW, theme=arguments.theme, at_end=at_end)


if __name__ == "__main__":
    os.environ.setdefault("TERM", "xterm-256color")
    sys.exit(main())
