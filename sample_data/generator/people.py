"""Invented authors: handles, channels and publications. Their web addresses end in `.example`, which nobody can own."""

from __future__ import annotations

from typing import NamedTuple

from generator.dice import Dice

_FIRST = (  # noqa: SIM905
    "quiet loose paper second slow north copper plain mossy ferry lamp tin paper wet odd late salt brick corner pocket "
    "half garden orange lantern velvet winter spare gravel linen harbor tidy nettle maple rust cloud button marble "
    "static window pepper cedar"
).split()
_SECOND = (  # noqa: SIM905
    "lathe kettle index notes otter signal parcel hammer yarn ledger cable bicycle teacup socket pigeon draft thimble "
    "compass radio bakery lemon anchor needle satchel turnip comet ladder harvest whistle gazette canoe walnut"
).split()
_ENDINGS = ("", "", "", "_", "24", "_writes", "dev", "lab", "_ok", "7", "_again", "club")


class Author(NamedTuple):
    """Somebody who posts."""

    handle: str
    name: str


class Publication(NamedTuple):
    """A publication with a feed."""

    stem: str
    """Of its domain and its feed's file."""
    name: str
    form: str
    """`rss`, `rdf`, `atom` or `json`."""
    bylines: tuple[str, ...]


PUBLICATIONS = (
    Publication("calder-courier", "The Calder Courier", "rss", ("Ada Winterbourne-Ruiz", "Piet Lowther", "Staff")),
    Publication("meridian-ledger", "The Meridian Ledger", "json", ("Simone Achterberg-Vale", "K. Dunmore", "Wire")),
    Publication("signal-and-wire", "Signal & Wire", "atom", ("Jules Tamworth-Oduya", "Rika Solvang-Pryce")),
    Publication("northmark-post", "The Northmark Post", "rss", ("Editorial desk", "Marguerite Hollin-Szabo")),
    Publication("tech-tidings", "Tech Tidings", "json", ("Bo Farringay", "Nila Castor-Whyte", "Ugo Penhallow")),
    Publication("eastmere-examiner", "The Eastmere Examiner", "rdf", ("Examiner staff", "Wim Karsgaard-Lee")),
    Publication("harbor-review", "The Harbor Review", "json", ("Celeste Orrin-Baptiste", "D. Mallory-Finch")),
    Publication("plain-dispatch", "Plain Dispatch", "atom", ("Plain Dispatch", "Tove Harkness-Amari")),
    Publication("brindle-business", "Brindle Business Daily", "json", ("Harriet Zell-Okoro", "Markets desk")),
)

SEARCH = Publication("news-search", "Search", "search", ())
"""A news search, which finds what other publications have."""

SEARCHED = tuple(
    Author(name.lower().replace(" ", "-").replace("'", ""), name)
    for name in (
        "Tarnwick Times",
        "Sorrel Bay Observer",
        "The Kessel Record",
        "Lowfield Gazette",
        "New Harrow Herald",
        "Ostermouth Evening News",
        "Arvenia Today",
        "Veldania Business Week",
        "The Lorne Valley Echo",
        "Circuit and Sense",
        "Ward Round Weekly",
        "The Classroom Post",
        "Policy Ferry",
        "Ledger of the Isles",
        "Grid and River",
        "Stage Door Journal",
        "Brief and Bench",
        "Robotics Quarterly",
        "The Labour Line",
        "Compass Radio",
        "Kettle Business",
        "Open Shelf",
        "The Second Draft",
        "Field and Sensor",
        "Northmark Broadcasting",
        "Harbourside Weekly",
    )
)

CHANNELS = tuple(
    Author(f"@{name.lower().replace(' ', '').replace('&', 'and').replace(chr(39), '')}", name)
    for name in (
        "Bench & Solder",
        "Slow Compute",
        "The Patient Debugger",
        "Ines Explains",
        "Kettle Talk",
        "Two Desks Down",
        "Machine Shop Tuesdays",
        "Harbour Lectures",
        "Night Shift Radio",
        "The Footnote",
        "Paper & Patch",
        "Civic Tech Diary",
        "Gran Learns AI",
        "Fieldnotes from Tarnwick",
        "Open Weights Weekly",
        "Law in Plain Words",
        "Ward Nine",
        "Small Robots",
        "The Union Hall",
        "Sketch & Ink",
        "A Calm Week in AI",
        "Port Calder Council TV",
        "Class of Lowfield",
        "Watts & Bits",
        "Overheard in Eastmere",
        "Index Fund Irene",
        "The Echo Seminar",
        "Fact First",
        "Grid Watch",
        "Prototype Kitchen",
    )
)


def social_authors(dice: Dice, how_many: int) -> tuple[Author, ...]:
    """Invented people of a social network, the busiest first."""
    authors: dict[str, Author] = {}
    while len(authors) < how_many:
        first, second, ending = dice.pick(_FIRST), dice.pick(_SECOND), dice.pick(_ENDINGS)
        handle = f"{first}{dice.pick(('', '_'))}{second}{ending}"
        authors[handle] = Author(handle, f"{first.title()} {second.title()}")
    return tuple(authors.values())
