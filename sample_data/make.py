"""Writes the sample data from the grammar: `python sample_data/make.py`, or `--check` to see whether it is up to date.

All of it is invented, and always the same for the same grammar, beats and scorer. To be run again whenever
`beats.toml`, `sample.toml`, the grammar, the generator or the scorer changed; a test says so.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from generator import plan, wire
from generator.dice import Dice
from generator.grammar import read_grammars
from generator.people import PUBLICATIONS, SEARCH
from generator.plan import SPECIAL, Calendar, Slot
from generator.voices import Draft, Voices

from monitor.config import Config
from monitor.demo.history import LAG, History, pack
from monitor.demo.identities import address, did_of, native_id
from monitor.demo.preparing import demo_config
from monitor.ingest import Ingester
from monitor.instants import DAY, SECOND, parse
from monitor.records import Engagement, Post
from monitor.text.beats import BeatTagger
from monitor.text.clean import clean
from monitor.text.copies import fingerprint
from monitor.text.sentiment import Scorer

ROOT = Path(__file__).parent
MOST_TRIES = 400
LATER = 1100
"""Posts for those who keep looking at the demo."""


class Studio:
    """Writes drafts until they are about what they should be, and no two are the same by accident."""

    def __init__(self, config: Config, seed: str) -> None:
        self.dice = Dice(seed)
        self.voices = Voices(read_grammars(ROOT / "grammar"), self.dice)
        self.tries: Counter[str] = Counter()
        self._tagger = BeatTagger(config.beats)
        self._seen: set[int | None] = set()
        self._copies: dict[str, Draft] = {}

    def write(self, slots: Iterable[Slot]) -> list[Draft]:
        return [self._write(slot) for slot in slots]

    def _write(self, slot: Slot) -> Draft:
        if slot.copy in self._copies:
            return self.voices.repeat(self._copies[slot.copy], slot)
        for attempt in range(MOST_TRIES):
            self.tries[slot.beat] += 1
            draft = self.voices.write(slot)
            mark = fingerprint(draft.whole())
            most_beats = 2 if attempt < MOST_TRIES // 2 else 3
            if not self.fits(draft, most_beats) or (mark in self._seen and attempt < 40):
                continue
            if slot.copy and (draft.lang != "en" or draft.card):
                continue
            self._seen.add(mark)
            if slot.copy:
                self._copies[slot.copy] = draft
            return draft
        raise SystemExit(f"{slot.beat}: the grammar gives no text for {slot.source} that the rules find")

    def fits(self, draft: Draft, most_beats: int) -> bool:
        """Whether the rules see the beat in a draft, few others, and the special one only where it belongs."""
        found = self._tagger.tag([clean(draft.whole())])[0]
        special = draft.slot.beat == SPECIAL
        return draft.slot.beat in found and len(found) <= most_beats and (SPECIAL in found) == special


def make() -> dict[str, bytes]:
    """All files of the sample by their path within the folder."""
    settings = tomllib.loads((ROOT / "sample.toml").read_text("utf-8"))
    first, last = (parse(moment) for moment in settings["outage"])
    calendar = Calendar(parse(settings["as_of"]), settings["history_days"], (first, last))
    config = demo_config()
    studio = Studio(config, settings["seed"])
    last_slots = plan.plan_last_day(calendar, settings["volume"], Dice("last day"))
    last_day = sorted([*studio.write(last_slots), *hostile(calendar, studio)], key=lambda draft: draft.slot.at)
    next_hour = studio.write(plan.plan_next_hour(calendar, last_slots, Dice("next hour")))
    later = studio.write(plan.plan_later(calendar, LATER, Dice("later")))
    past = studio.write(plan.plan_history(calendar))
    files = last_day_files(last_day, calendar, studio.dice)
    files["later.jsonl"] = lines(rows([*next_hour, *later], 5_000_000, studio.dice))
    files["history.json.z"] = history_file(past, config, studio.dice)
    report(studio, past, last_day)
    return files


def hostile(calendar: Calendar, studio: Studio) -> Iterator[Draft]:
    """Posts that try what hostile text can try, spread over the last hours."""
    for number, entry in enumerate(json.loads((ROOT / "grammar" / "hostile.json").read_text("utf-8"))):
        slot = Slot(entry["beat"], entry["source"], calendar.as_of - (number * 17 + 4) * 60 * SECOND, "meh")
        author = studio.voices.author("x")
        text = entry["text"] * entry.get("repeat", 1)
        name = entry.get("author_name", author.name)
        yield Draft(slot, entry.get("title"), text, author.handle, name, entry.get("lang", "en"))


def last_day_files(drafts: Sequence[Draft], calendar: Calendar, dice: Dice) -> dict[str, bytes]:
    """The last day in the formats of its sources."""
    of_source: dict[str, list[Draft]] = {source: [] for source in plan.SOURCES}
    for draft in drafts:
        of_source[draft.slot.source].append(draft)
    files = {
        "last_day/bluesky.jsonl": lines(frames(of_source["bluesky"], calendar)),
        "last_day/x.jsonl": lines(rows(of_source["x"], 4_000_000, dice)),
        "last_day/youtube.jsonl": lines(rows(of_source["youtube"], 4_500_000, dice)),
    }
    for publication in (*PUBLICATIONS, SEARCH):
        articles = [draft for draft in of_source["news"] if publication_of(draft) == publication.stem]
        name = f"last_day/news/{publication.stem}.{'json' if publication.form == 'json' else 'xml'}"
        files[name] = wire.feed(publication, articles, calendar.as_of).encode()
    hits = [
        wire.search_hit(draft, str(904_000_000 + number), dice.below(90))
        for number, draft in enumerate(of_source["hackernews"])
    ]
    for page in range(0, len(hits), 100):
        files[f"last_day/hackernews/page-{page // 100 + 1}.json"] = wire.search_page(hits[page : page + 100]).encode()
    return files


def publication_of(draft: Draft) -> str:
    return SEARCH.stem if draft.searched else draft.publication


def frames(drafts: Sequence[Draft], calendar: Calendar) -> list[Mapping[str, Any]]:
    """The stream, with two posts that their authors delete and one account that goes."""
    found: list[Mapping[str, Any]] = [wire.jetstream_frame(draft, number) for number, draft in enumerate(drafts)]
    regretted = [number for number, draft in enumerate(drafts) if draft.slot.beat == "ai-social-media"][:2]
    found += [wire.jetstream_deletion(found[number], calendar.as_of - 900 * SECOND) for number in regretted]
    pasting = {draft.author for draft in drafts if draft.slot.copy}
    gone = next(draft for draft in drafts if draft.slot.beat == "ai-finance" and draft.author not in pasting)
    found.append(wire.jetstream_account(gone.author, calendar.as_of - 800 * SECOND, len(found)))
    return sorted(found, key=lambda frame: int(frame["time_us"]))


def rows(drafts: Sequence[Draft], first: int, dice: Dice) -> list[Mapping[str, Any]]:
    """Rows for `monitor import`."""
    found = []
    for number, draft in enumerate(drafts, first):
        post = as_post(draft, number, dice)
        figures = {name: value for name, value in post.engagement._asdict().items() if value is not None}
        row = wire.import_row(draft, post.native_id, post.url, figures)
        found.append(row | {"author": post.author, "author_name": post.author_name or post.author})
    return found


def as_post(draft: Draft, number: int, dice: Dice) -> Post:
    """A draft as its source's parser would give it."""
    slot = draft.slot
    at = slot.at // SECOND * SECOND
    author, name = draft.author, draft.author_name
    if slot.source == "bluesky":
        author, name = did_of(author), None
    elif slot.source == "news":
        author, name = f"{draft.publication}.example", draft.author
    identifier = native_id(slot.source, number, at, author, draft.title)
    text = draft.text
    if draft.card:
        text = "\n".join((text, draft.card.title, draft.card.description, draft.card.address))
    return Post(
        slot.source,
        identifier,
        text,
        at,
        at + LAG,
        draft.title,
        address(slot.source, identifier, author),
        author,
        name,
        draft.lang,
        engagement(slot.source, dice),
    )


def engagement(source: str, dice: Dice) -> Engagement:
    """Few posts are liked much, most hardly at all."""
    fame = dice.unit() ** 5
    match source:
        case "x":
            likes = int(fame * 900)
            return Engagement(likes=likes, replies=likes // 9, views=likes * 31 + 40)
        case "youtube":
            views = int(fame * 60_000) + 25
            return Engagement(likes=views // 28, replies=views // 240, views=views)
        case "hackernews":
            return Engagement(likes=int(fame * 300))
    return Engagement()


def history_file(drafts: Sequence[Draft], config: Config, dice: Dice) -> bytes:
    """The days before the last one, analysed."""
    scorer = Scorer()
    posts = [as_post(draft, number, dice) for number, draft in enumerate(drafts)]
    analysed = Ingester(config.beats, scorer).analyse(posts).kept
    return pack(History(config.rules_hash, scorer.name, analysed))


def lines(values: Iterable[Mapping[str, Any]]) -> bytes:
    """JSON Lines; escaped where a text holds what UTF-8 cannot."""
    return b"".join(_line(value).encode() for value in values)


def _line(value: Mapping[str, Any]) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    safe = text.isprintable() or all(character.isprintable() or ord(character) > 0xFFFF for character in text)
    return (text if safe else json.dumps(value, separators=(",", ":"))) + "\n"


def report(studio: Studio, past: Sequence[Draft], last_day: Sequence[Draft]) -> None:
    """What was written, on standard error."""
    volumes = Counter(draft.slot.beat for draft in last_day)
    days = len({draft.slot.at // DAY for draft in past})
    for beat, volume in volumes.most_common():
        usual = sum(draft.slot.beat == beat for draft in past) / days
        written = volume + usual * days
        print(f"{beat:26} {volume:5} {usual:8.1f}  {studio.tries[beat] / written:5.1f} tries", file=sys.stderr)  # noqa: T201
    print(f"{len(past)} posts of history, {len(last_day)} in the last day", file=sys.stderr)  # noqa: T201


def differences(files: Mapping[str, bytes]) -> list[str]:
    """The files on disk that are not what would be written. Compressed ones are compared by content."""
    return [name for name, content in files.items() if not same(ROOT / name, content)]


def same(path: Path, content: bytes) -> bool:
    if not path.exists():
        return False
    found = path.read_bytes()
    if path.suffix == ".z":
        return zlib.decompress(found) == zlib.decompress(content)
    return found == content


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a file is out of date")
    arguments = parser.parse_args()
    files = make()
    if arguments.check:
        changed = differences(files)
        for name in changed:
            print(f"out of date: sample_data/{name}", file=sys.stderr)  # noqa: T201
        return 1 if changed else 0
    for name, content in files.items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
