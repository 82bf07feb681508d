"""What the forms of stories have in common: how pages write beats, categories, levels, sources and dates."""

from __future__ import annotations

import re
from typing import NamedTuple, cast

from monitor import instants
from monitor.nouns.kinds import Significance
from monitor.nouns.stories import StoryCard
from monitor.slugs import LONGEST
from monitor.text.clean import clean_line

CATEGORIES = ("Technical", "Governance", "Society", "Industry", "Philosophical", "General")
"""In which beats are listed; other words are beats."""

SOURCES = {
    "x": "x", "twitter": "x", "bluesky": "bluesky", "news": "news", "youtube": "youtube", "reddit": "reddit",
    "hacker news": "hackernews", "hackernews": "hackernews", "arxiv": "arxiv", "mastodon": "mastodon", "other": "other",
}  # fmt: skip
"""Slugs of sources by their names on a page."""

_MONTHS = {
    month: number
    for number, month in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)  # noqa: SIM905
}
_DATE = re.compile(
    r"(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? (?P<day>\d{1,2})(?:, (?P<year>\d{4}))?"
    r"(?:,? (?:at )?(?P<hour>\d{1,2}):(?P<minute>\d\d) ?(?P<half>[AaPp])\.?[Mm]\.?)?"
)
_LEVEL = re.compile(r"(High|Medium|Low)\Z")


class Chip(NamedTuple):
    """What stands beside the title of a story: category, beat, level and date, each as far as it is there."""

    category: str | None
    beat: str | None
    """Its name."""
    significance: Significance | None
    published_at: int | None
    date: str
    """As it is written; a date without a year is no moment."""


def slug_of(name: str) -> str:
    """The slug of a beat or a title: its words in lower case, joined by hyphens."""
    words = re.findall(r"[a-z0-9]+", name.casefold().replace("'", "").replace("’", ""))
    slug = "-".join(words)
    if len(slug) <= LONGEST:
        return slug
    return slug[: LONGEST + 1].rpartition("-")[0] or slug[:LONGEST]


def slug_of_address(url: str | None) -> str | None:
    """The last part of a story's address."""
    last = (url or "").split("?")[0].split("#")[0].rstrip("/").rpartition("/")[2]
    return slug_of(last) or None


def read_chip(line: str, now: int | None = None) -> Chip | None:
    """A line such as `IndustryAI Industry & BusinessMediumMar 27, 6:29 PM`; None where it is no such line.

    Its parts may run together or be set apart by dots and spaces. It needs a date, or a category and a level, for
    a title may end with `High` as well.
    """
    rest = clean_line(line)
    published_at, date = None, ""
    found = next((each for each in _DATE.finditer(rest) if each.end() == len(rest)), None)
    if found is not None:
        published_at, date = read_date(found, now), found[0]
        rest = rest[: found.start()]
    rest = _trimmed(rest)
    level = _LEVEL.search(rest)
    significance = cast(Significance, level[1].lower()) if level else None
    if level is not None:
        rest = _trimmed(rest[: level.start()])
    rest = re.sub(r"\A(Lead Story|Story)(?=\W|[A-Z])", "", rest).strip()
    category = next((each for each in CATEGORIES if rest.startswith(each)), None)
    if not date and (significance is None or category is None):
        return None
    beat = _trimmed(rest[len(category or "") :])
    if len(beat) > LONGEST:
        return None
    return Chip(category, beat or None, significance, published_at, date)


def _trimmed(text: str) -> str:
    return text.strip(" \t·•|,–—-")


def read_date(found: re.Match[str], now: int | None = None) -> int | None:
    """The moment of a date on a page, which is in UTC.

    A date without a year is that of the last year in which it does not lie after `now`; without a `now` nobody can
    know it.
    """
    if found["year"] is not None:
        return _moment(int(found["year"]), found)
    if now is None:
        return None
    year = instants.to_datetime(now).year
    moments = (_moment(each, found) for each in (year, year - 1, year - 2, year - 3, year - 4))
    return next((moment for moment in moments if moment is not None and moment <= now), None)


def _moment(year: int, found: re.Match[str]) -> int | None:
    hour = int(found["hour"] or 0) % 12 + (12 if (found["half"] or "").lower() == "p" else 0)
    month, day, minute = _MONTHS[found["month"].lower()], int(found["day"]), int(found["minute"] or 0)
    try:
        return instants.parse(f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:00Z")
    except ValueError:
        return None


def stub(title: str, dek: str, chip: Chip | None) -> StoryCard:
    """A story of which only this much is known."""
    beat = chip.beat if chip else None
    return StoryCard(
        slug=slug_of(title) or "untitled",
        title=title,
        dek=dek,
        beat=slug_of(beat) or None if beat else None,
        category=chip.category if chip else None,
        significance=chip.significance if chip else None,
        published_at=chip.published_at if chip else None,
        url=None,
        origin="stub",
    )
