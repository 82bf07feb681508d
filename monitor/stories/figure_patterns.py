"""The words by which the figures of a story are understood."""

from __future__ import annotations

import re

UNITS: tuple[tuple[str, str], ...] = (
    ("day", r"\s*/\s*24 ?h(?:ours)?\b|\s+in (?:the (?:last|past) )?24 ?h(?:ours)?\b"),
    ("saying", r" (?:distinct )?texts? (?:says?|names?)\b(?= [“{A-Z\"])"),
    ("texts", r"(?: \w+)? (?:unique|distinct|different) texts?\b"),
    ("authors", r"(?: (?:unique|distinct|different))? (?:authors|accounts|posters)\b"),
    ("scored", r" scored posts\b"),
    ("records", r"(?: [A-Za-z]+){0,2} records?\b"),
    ("likes", r" (?:likes?|upvotes?|favou?rites?|hearts)\b"),
    ("replies", r" (?:comments?|replies|reply)\b"),
    ("reposts", r" (?:reposts?|retweets?|reblogs?|boosts?)\b"),
    ("quotes", r" quotes?\b|[ -]quote[ -](?:posts?|tweets?)\b"),
    ("views", r" views?\b"),
    (
        "posts",
        r"(?:(?! (?:of|in|on|by|with|from|and|or|to)\b) [A-Za-z][\w'’-]*){0,3}?"
        r" (?:posts?|mentions|(?<=news )articles)\b",
    ),
    ("percent", r" ?%|[ -]per ?cent\b"),
    ("points", r"[ -](?:percentage )?points?\b"),
    ("times", r" ?[x×](?![\w])|[ -]?(?:times|fold)\b"),
)
UNIT = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in UNITS), re.IGNORECASE)
SPAN_OF_TIME = re.compile(r"[ -](?:more |or so )?(?:hours?|days?|weeks?|months?|years?|decades?|o'clock|am|pm|AM|PM)\b")
MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
DATE_BEFORE, DATE_AFTER = re.compile(rf"\b{MONTH} \Z"), re.compile(rf"(?:st|nd|rd|th)? {MONTH}\b|(?:st|nd|rd|th)\b")
TIME_AFTER = re.compile(r":\d\d")
NAME_BEFORE = re.compile(r"(?:^|\s)(?P<word>[A-Z][\w.-]*)[ -]\Z")
WITHIN_A_WORD = re.compile(r"[A-Za-z_]")
_OPENERS = "A An And As At About Over Under Nearly Some The In On Of By But For From With To Only Just Around Almost"
COUNTED_NOUN = re.compile(
    r" (?!(?:and|or|but|the|an?|in|of|at|on|for|to|is|was|were|are|who|that|which|with|from|by|as|it|they)\b)[a-z]"
)
"""Behind a number in words that counts something."""
OPENERS = frozenset(_OPENERS.split())
"""Words that have a capital at the beginning of a sentence only, so that a number behind them is no part of a name."""
ROUGHLY = re.compile(
    r"\b(?:(?P<about>about|around|roughly|approximately|some|circa|close to|nearly|almost)|"
    r"(?P<over>over|more than|at least|above|upwards of)|(?P<under>under|fewer than|less than|below|up to|at most))"
    r"(?: (?:the|a))? ?\Z|(?P<tilde>[~≈])\Z",
    re.IGNORECASE,
)

ONE_TEXT = re.compile(r"\b(?:one|a single|the same|an identical) text\b", re.IGNORECASE)
"""By which a sentence counts those who posted it, or its copies."""
TERM = re.compile(r"\s*(?:[“\"](?P<said>[^“”\"\n]{2,80})[”\"]|(?P<named>[A-Z][\w.+-]*(?: [A-Z0-9][\w.+-]*){0,3}))")
"""Behind "texts say" or "texts name": what."""

CHANGE = re.compile(
    r"\b(?:(?P<two>doubl(?:ed|ing|es?)|twice (?:as \w+|the))|(?P<three>tripl(?:ed|ing|es?)|trebled)"
    r"|(?P<four>quadrupl(?:ed|ing|es?))|(?P<half>halv(?:ed|ing|es?)))\b(?! duty)",
    re.IGNORECASE,
)
FACTORS = {"two": 2.0, "three": 3.0, "four": 4.0, "half": 0.5}

MOOD = re.compile(r"\b(?:sentiment|mood|positive|negative|neutral|optimis\w+|pessimis\w+|net)\b", re.IGNORECASE)
CLASS = re.compile(
    r"\b(?:(?P<positive>positive|optimis\w+)|(?P<negative>negative|pessimis\w+)|(?P<neutral>neutral))\b", re.I
)
NET = re.compile(r"\bnet\b", re.IGNORECASE)
VOLUME = re.compile(
    r"\b(?:posts?|posted|posting|volume|conversations?|discussion|mentions?|talk(?:ed)?|chatter|traffic"
    r"|loud|busy|busier|louder|quiet|quieter)\b",
    re.IGNORECASE,
)
USUAL = re.compile(r"\b(?:usual|normal|baseline|average|median|typical)(?:ly)?\b", re.IGNORECASE)
BEFORE = re.compile(
    r"\b(?:day before|previous|prior|yesterday|up from|down from|rose from|fell from|compared (?:with|to)"
    r"|24[ -]hours? (?:before|earlier)|before that)\b",
    re.IGNORECASE,
)
FROM = re.compile(
    r"\b(?:from|against|after|compared (?:with|to)|instead of|were|before)\s+(?:\w+\s+){0,2}\Z", re.IGNORECASE
)
MORE = re.compile(r"\s*(?:more|above|over|up|higher|busier|louder)\b", re.IGNORECASE)
FEWER = re.compile(r"\s*(?:fewer|less|below|under|down|lower|quieter)\b", re.IGNORECASE)
ROSE = re.compile(r"\b(?:up|rose|risen|grew|grown|gained|climbed|jumped)(?: by)?\s+\Z", re.IGNORECASE)
FELL = re.compile(r"\b(?:down|fell|fallen|dropped|lost|shrank|sank)(?: by)?\s+\Z", re.IGNORECASE)
MINUS = re.compile(r"(?:[−–-]|\bminus )\Z")
OF_THE_WHOLE = re.compile(
    r"\s+(?:of (?:the |its |all )?(?:posts|volume|conversation|it|them|records|beat)\b"
    r"|(?:came|come|comes|were|was|is|are|stood|on|from|in)\b)",
    re.IGNORECASE,
)
PARTING = re.compile(r"[,;:]|\band\b")
"""Between the items of a list."""
WINDOW = re.compile(
    r"\b(?P<number>\d{1,3}|seven|thirty|three|two)[ -]?(?P<unit>h\b|hours?|days?|d\b)"
    r"|\b(?:(?:this|the last|the past|last|past|in a) week|week(?:'s|’s))\b",
    re.IGNORECASE,
)
OTHER_STRETCH = re.compile(
    r"\b(?:for|within|over|in|during) (?:an?|one|the|\w+|\d+) (?:minutes?|hours?|afternoon|morning|evening|night)\b"
    r"|\b[\w-]+ (?:hours?|days?|weeks?|months?|years?) (?:ago|after|later)\b",
    re.IGNORECASE,
)
"""Tells of a time that is no window."""
IN_WORDS = {"two": 2, "three": 3, "seven": 7, "thirty": 30}
FEWEST_IN_WORDS = 3
"""Smaller numbers in words that stand before no unit are turns of phrase: one voice, both of two sides."""
