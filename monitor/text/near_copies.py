"""Near-copies: texts that say the same in all but a few words, as when a copy is edited, tagged, cut or mistyped.

Texts are found through the shingles (runs of three words) whose hashes are the smallest of the text (bottom-k sketch:
A. Broder, "On the resemblance and containment of documents", 1997), and then compared by their words, so that a shared
phrase alone links nothing.
"""

from __future__ import annotations

import re
from zlib import crc32

SKETCH = 4
"""Shingles of a text by which it is found."""
FEWEST_WORDS = 5
"""A shorter text is a copy of another only where it is the same."""
SAME = 0.72
"""Share of the words of the longer text that both must have."""
MOST_CANDIDATES = 6
"""Texts that are looked at for one shingle, the newest first; a shingle of more is a common phrase."""

_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)+/\S*")
_MENTION_OR_TAG = re.compile(r"[@#]\w[\w.@-]*")
_WORD = re.compile(r"\w+")


Words = tuple[int, ...]
"""A number for each word of a text, in order."""


class _Numbers(dict[str, int]):
    """A number for each word, the same on every machine."""

    def __missing__(self, word: str) -> int:
        if len(self) > 500_000:
            self.clear()
        number = self[word] = crc32(word.encode("utf-8", "surrogatepass"))
        return number


_NUMBERS = _Numbers()


class NearCopies:
    """Finds the cluster of a text among those that it was given before."""

    def __init__(self) -> None:
        self._exact: dict[Words, int] = {}
        self._texts: list[frozenset[int]] = []
        self._clusters: list[int] = []
        self._first: dict[int, int] = {}
        """By shingle, the place of the first text that is found by it; most shingles have no other."""
        self._further: dict[int, list[int]] = {}
        """The places of further ones."""
        self._common: set[int] = set()
        """Shingles of so many different texts that they tell nothing."""

    def add(self, text: str, cluster: int) -> int:
        """Take a text in; gives the cluster of what it is a near-copy of, else `cluster`, which is now its own."""
        words = words_of(text)
        known = self._exact.get(words)
        if known is not None:
            return known
        if len(words) >= FEWEST_WORDS:
            cluster = self._place(words, cluster)
        if words:
            self._exact[words] = cluster
        return cluster

    def _place(self, words: Words, cluster: int) -> int:
        shingles = set(map(hash, zip(words, words[1:], words[2:], strict=False)))
        place = len(self._texts)
        candidates: set[int] = set()
        common = self._common
        for shingle in sorted(shingles - common if common else shingles)[:SKETCH]:
            first = self._first.setdefault(shingle, place)
            if first != place:
                candidates.add(first)
                further = self._further.setdefault(shingle, [])
                candidates.update(further)
                further.append(place)
                if len(further) >= MOST_CANDIDATES:
                    self._thin(shingle, further)
        own = frozenset(words)
        self._texts.append(own)
        if candidates:
            cluster = self._most_similar(own, candidates, cluster)
        self._clusters.append(cluster)
        return cluster

    def _thin(self, shingle: int, further: list[int]) -> None:
        """Keep one text of each cluster; where there are too many clusters, the shingle is a common phrase."""
        of_cluster = {self._clusters[place]: place for place in further if place < len(self._clusters)}
        if len(of_cluster) > MOST_CANDIDATES // 2:
            self._common.add(shingle)
            del self._further[shingle], self._first[shingle]
        else:
            further[:] = of_cluster.values()

    def _most_similar(self, own: frozenset[int], candidates: set[int], otherwise: int) -> int:
        """The cluster of the text that has the most words in common, if that is enough."""
        size = len(own)
        best, found = SAME, otherwise
        for place in candidates:
            other = self._texts[place]
            longer = size if size > len(other) else len(other)
            similarity = len(own & other) / longer
            if similarity > best:
                best, found = similarity, self._clusters[place]
        return found


def words_of(text: str) -> Words:
    """Numbers that stand for the words of a text, in order, without links, mentions and hashtags."""
    lowered = text.lower()
    if "/" in lowered or "www." in lowered:
        lowered = _LINK.sub(" ", lowered)
    words = _WORD.findall(_MENTION_OR_TAG.sub(" ", lowered) if "@" in lowered or "#" in lowered else lowered)
    if words and words[0] == "rt":
        del words[0]
    return tuple(map(_NUMBERS.__getitem__, words or _WORD.findall(lowered)))
