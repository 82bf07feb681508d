"""The words by which statements about people, organisations and groups are known."""

from __future__ import annotations

import re


def _one_of(words: str) -> str:
    """An expression for any of the words; one that ends with `*` goes on in any way."""
    return "|".join(re.escape(word).replace(r"\*", r"\w*").replace(r"\-", "[- ]") for word in words.split())


_SPEECH = _one_of(
    """
    said says saying argued argues arguing claimed claims claiming announced announces announcing warned warns warning
    called calls calling wrote writes told tells admitted admits noted notes declared declares posted tweeted promised
    promises denied denies insisted insists confirmed confirms responded responds accused accuses praised praises
    criticised criticises criticized criticizes demanded demands believed believes thinks thought wants decided decides
    """
)
_DEEDS = _one_of(
    """
    published publishes released releases releasing launched launches dropped drops unveiled unveils sued sues blocked
    blocks banned bans fired fires bought acquired acquires open-sourced spent agreed agrees refused refuses pulled
    pulls plans planned
    """
)
_BETWEEN = _one_of("has have had is was also just now once recently publicly quietly")
_NOUNS = _one_of("decision claim announcement statement warning plan refusal argument view release")

VERB = re.compile(rf"(?:'s|’s)?\s+(?:(?:{_BETWEEN})\s+){{0,3}}(?:{_SPEECH}|{_DEEDS})\b")
"""Behind a name: what it said or did."""
NOUN = re.compile(rf"(?:'s|’s)\s+(?:{_NOUNS})\b")
"""Behind a name: something that it said or did."""
ACCORDING = re.compile(r"\b(?:[Aa]ccording to|[Ii]n the words of)\s+(?:the\s+)?\Z")
"""Before a name."""
HANDLE = r"(?<![\w@])@[A-Za-z0-9_][\w.-]*\w"
SUBJECT = re.compile(rf"{HANDLE}|(?<![\w.-])[A-Z][a-z]+(?: [A-Z][\w.'-]+){{1,3}}(?=\s+(?:{_SPEECH}|{_DEEDS})\b)")
"""A handle, or words with capitals that are said to have said or done something."""

_MEMBERS = _one_of(
    """
    community communities builders developers engineers practitioners users hobbyists researchers critics enthusiasts
    skeptics sceptics people everyone everybody crowd commenters observers artists teachers workers lawyers
    doctors nurses parents students conversation discourse voices reactions replies
    """
)
GROUP = re.compile(
    rf"\b(?:(?:the|this|that|its|builder|open[- ]source AI|developer|whole|entire)\s+){{0,3}}(?:{_MEMBERS})\b",
    re.IGNORECASE,
)
_GLAD = _one_of(
    """
    celebrat* optimis* euphori* excite* enthusias* vindicat* welcom* prais* cheer* delight* hopeful hope pleased happy
    happily glad gladly proud pride love loves loved relie* admir* thrill* grateful positive impressed upbeat
    """
)
_UNHAPPY = _one_of(
    """
    suspici* sceptic* skeptic* anxi* anger angry angrily alarm* worr* fear* outrag* frustrat* grief grieve* critici*
    pessimis* concern* dread* mock* complain* backlash distrust* disappoint* furious upset sad
    hostil* negative resent* hate hates hated
    """
)
GLAD = re.compile(rf"\b(?:{_GLAD})\b", re.IGNORECASE)
UNHAPPY = re.compile(rf"\b(?:{_UNHAPPY})\b", re.IGNORECASE)
