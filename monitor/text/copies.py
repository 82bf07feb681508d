"""Copies: posts whose text is the same but for what people change when they paste it.

The normalised text is what is left without links, mentions, emoji, case, punctuation and white space. Two posts are
copies if theirs is equal. An edited word makes another text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b

_WITHIN_A_LINK = r"[^\s<>\"“”「」（）\u3000-\u30ff\u4e00-\u9fff]"
_LINK = re.compile(rf"https?://{_WITHIN_A_LINK}+|www\.{_WITHIN_A_LINK}+")
_PATH_OF_A_HOST = re.compile(r"\.[a-z]{2,24}/")
_LINK_WITHOUT_SCHEME = re.compile(rf"(?<![\w.@-])[a-z0-9-]+(?:\.[a-z0-9-]+)+/{_WITHIN_A_LINK}*")
_MENTION = re.compile(r"@(?<!\w@)\w[\w.-]*(?:@[\w.-]+)?")
_KEYCAP = re.compile("[0-9#*]\ufe0f?\u20e3")
_NOT_TEXT = re.compile(r"[\W_ℹ]+")
_PUNCTUATION_AND_SPACES = bytes(code for code in range(128) if not chr(code).isalnum())
_LARGEST = (1 << 63) - 1


def fingerprint(text: str) -> int | None:
    """A number from 1 to 2**63 - 1 that copies of a text share; None where nothing is left to compare.

    It is a BLAKE2b hash, so that it is the same on every machine and in every run.
    """
    lowered = text.casefold()
    if lowered.startswith("rt @"):
        lowered = lowered[3:]
    if "/" in lowered or "www." in lowered:
        lowered = _LINK.sub(" ", lowered)
        if _PATH_OF_A_HOST.search(lowered):
            lowered = _LINK_WITHOUT_SCHEME.sub(" ", lowered)
    if "@" in lowered:
        lowered = _MENTION.sub(" ", lowered)
    if not lowered.isascii() and "\u20e3" in lowered:
        lowered = _KEYCAP.sub("", lowered)
    data = lowered.encode("utf-8", "surrogatepass").translate(None, _PUNCTUATION_AND_SPACES)
    if not data.isascii():
        data = _NOT_TEXT.sub("", data.decode("utf-8", "surrogatepass")).encode("utf-8", "surrogatepass")
    if not data:
        return None
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "big") & _LARGEST or 1


def cluster(texts: Iterable[str]) -> list[int]:
    """A cluster number for each text, counted from 0 in order of appearance; copies share theirs.

    A text with nothing to compare is a cluster of its own.
    """
    numbers: dict[int, int] = {}
    clusters = []
    count = 0
    for text in texts:
        shared = fingerprint(text)
        number = count if shared is None else numbers.setdefault(shared, count)
        count += number == count
        clusters.append(number)
    return clusters
