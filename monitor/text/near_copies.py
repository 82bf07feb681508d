"""Near-copies: texts that say the same in all but a few words, as when a copy is edited, tagged, cut or mistyped.

A text is found through the shingles (runs of three of its longer words) whose hashes are the smallest of the text
(bottom-k sketch: A. Broder, "On the resemblance and containment of documents", 1997), and then compared by its words,
so that a shared phrase alone links nothing, nor a form that is filled in with other names or figures.
"""

from __future__ import annotations

from array import array
from zlib import crc32

from monitor.text.word_changes import tells_the_same
from monitor.text.wording import wording, words_of

FEWEST_WORDS = 5
"""A shorter text is a copy of another only where it is the same."""

TELLING = 4
"""Letters of a word that tells something, in bytes. The short ones make phrases that many texts share."""

SKETCH = 7
"""Shingles of a text by which it is found."""

FEW_TELLING = 8
"""A text with fewer telling words is found by runs of all its words as well."""

SHORT = 10
"""And one of fewer words by its pairs of words: one edit can spoil all of its shingles."""

MOST_COMPARED = 3
"""Texts with which one is compared word by word: those that share the most shingles with it."""

MOST_TEXTS = (1 << 20) - 1
"""No index remembers more."""

_NO_LIMIT = 1 << 62
_SLOTS_OF_A_TEXT = 16
_FEWEST_SLOTS = 1 << 12
_PLACE = 20
"""Bits of an entry of the table that say which text it is; the others are those of the shingle's hash."""
_OF_PLACE = (1 << _PLACE) - 1
_OF_SHINGLE = 0xFFFFFFFF ^ _OF_PLACE


class NearCopies:
    """Finds the cluster of a text among those that it was given before.

    Memory is bounded: 64 to 128 bytes a text for the table of shingles, which is there from the start, and the words of
    the texts. Of each shingle the table knows the newest text, which is likelier to be the one that is copied.
    """

    def __init__(self, most_texts: int, reach: int | None = None) -> None:
        """
        Args:
            most_texts: as many are remembered, the newest ones; at most `MOST_TEXTS`.
            reach: texts that lie further apart, in whatever unit `add` is given, are no copies; None for no limit.
        """
        self._most = max(1, min(most_texts, MOST_TEXTS))
        slots = _FEWEST_SLOTS
        while slots < self._most * _SLOTS_OF_A_TEXT:
            slots *= 2
        self._mask = slots - 1
        self._table = array("I", bytes(4)) * slots
        """By shingle, the text that had it last, with a part of the shingle's hash; 0 for none."""
        self._texts: list[bytes] = []
        self._clusters = array("q")
        self._moments = array("q")
        self._reach = _NO_LIMIT if reach is None else reach
        self._next = 0

    def add(self, text: str, own: int, at: int = 0) -> int:
        """Take a text in; gives the cluster of what it is a near-copy of, else `own`, which is now its cluster."""
        words = words_of(wording(text))
        return self.add_words(words, own, at) if len(words) >= FEWEST_WORDS else own

    def add_words(self, words: list[bytes], own: int, at: int = 0) -> int:
        """The same for a text of at least `FEWEST_WORDS` words, which `words_of` gave."""
        joined = b" ".join(words)
        found = self._exchange(words, joined)
        if found:
            similar = self._most_similar(words, joined, found, at)
            if similar is not None:
                own = self._clusters[similar]
        self._remember(joined, own, at)
        return own

    def learn(self, text: str, cluster: int, at: int = 0) -> None:
        """Take a text in of which the cluster is known."""
        words = words_of(wording(text))
        if len(words) >= FEWEST_WORDS:
            joined = b" ".join(words)
            self._exchange(words, joined)
            self._remember(joined, cluster, at)

    def _exchange(self, words: list[bytes], joined: bytes) -> list[int]:
        """Put the mark of a new text under its shingles; gives the marks that were there, of each as often as it was.

        That of empty places (0) and that of the text itself may be among them.
        """
        table, mask, mark = self._table, self._mask, self._next + 1
        found = []
        # The whole text is a shingle too, so that an equal one is found however many share phrases with it.
        for shingle in (crc32(joined), *_shingles(words)):
            slot = shingle & mask
            entry = table[slot]
            if entry ^ shingle <= _OF_PLACE:
                found.append(entry & _OF_PLACE)
            table[slot] = shingle & _OF_SHINGLE | mark
        return found

    def _remember(self, joined: bytes, cluster: int, at: int) -> None:
        place = self._next
        self._next = (place + 1) % self._most
        if place == len(self._texts):
            self._texts.append(joined)
            self._clusters.append(cluster)
            self._moments.append(at)
        else:
            self._texts[place], self._clusters[place], self._moments[place] = joined, cluster, at

    def _most_similar(self, words: list[bytes], joined: bytes, found: list[int], at: int) -> int | None:
        """The place of the text that has the most in common, if that is enough; an equal one if there is one."""
        moments, earliest, latest, this = self._moments, at - self._reach, at + self._reach, self._next + 1
        marks = [
            mark for mark in dict.fromkeys(found) if mark not in (0, this) and earliest <= moments[mark - 1] <= latest
        ]
        if len(marks) > 1:
            for mark in marks:
                if self._texts[mark - 1] == joined:
                    return mark - 1
            marks.sort(key=found.count, reverse=True)
        best, similar = 0.0, None
        for mark in marks[:MOST_COMPARED]:
            other = self._texts[mark - 1]
            if other == joined:
                return mark - 1
            similarity = tells_the_same(words, other.split(b" "))
            if similarity > best:
                best, similar = similarity, mark - 1
        return similar


def _shingles(words: list[bytes]) -> list[int]:
    """Hashes of the shingles by which a text is found."""
    telling = [word for word in words if len(word) >= TELLING]
    shingles = _smallest(telling)
    if len(telling) < FEW_TELLING:
        shingles += _smallest(words)
        if len(words) < SHORT:
            shingles += map(crc32, words[1:], map(crc32, words))
    return shingles


def _smallest(words: list[bytes]) -> list[int]:
    """The smallest hashes of runs of three words."""
    return sorted(map(crc32, words[2:], map(crc32, words[1:], map(crc32, words))))[:SKETCH]
