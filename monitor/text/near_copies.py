"""Near-copies: texts that say the same in all but a few words, as when a copy is edited, tagged, cut or mistyped.

A text is found through the shingles (runs of three of its longer words) whose hashes are the smallest of the text
(bottom-k sketch: A. Broder, "On the resemblance and containment of documents", 1997), and then compared by its words,
so that a shared phrase alone links nothing, nor a form that is filled in with other names or figures.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from zlib import crc32

from monitor.text.word_changes import figures_of, may_tell_the_same, tell_apart, tells_the_same

FEWEST_WORDS = 5
"""A shorter text is a copy of another only where it is the same."""

TELLING = 4
"""Letters of a word that tells something, in bytes. The short ones make phrases that many texts share."""

SKETCH = 8
"""Shingles of a text by which it is found."""

FEW_TELLING = 8
"""A text with fewer telling words is found by runs of all its words as well."""

WITH_OTHERS = 9
"""Shingles by which such a text is found, all in all."""

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
_OF_HASH = 0xFFFFFFFF
_OF_SHINGLE = _OF_HASH ^ _OF_PLACE


class NearCopies:
    """Finds the cluster of a text among those that it was given before.

    Memory is bounded: 64 to 128 bytes a text for the table of shingles, which is there from the start, 28 for numbers,
    and the words of the texts. Of each shingle the table knows the newest text, which is likelier to be the one that is
    copied.
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
        self._owns = array("q")
        self._clusters = array("q")
        self._moments = array("q")
        self._figures = array("I")
        self._reach = _NO_LIMIT if reach is None else reach
        self._next = 0

    def equal(self, own: int, at: int = 0) -> int | None:
        """The cluster of a text that is remembered under the same number, which is then as new as `at`.

        None also where it will soon be forgotten: it has to be added again.
        """
        hashed = own & _OF_HASH
        entry = self._table[hashed & self._mask]
        if not entry or entry ^ hashed > _OF_PLACE:
            return None
        place = (entry & _OF_PLACE) - 1
        if self._owns[place] != own or (self._next - place - 1) % self._most > self._most >> 1:
            return None
        moment = self._moments[place]
        if not -self._reach <= at - moment <= self._reach:
            return None
        self._moments[place] = at
        return self._clusters[place]

    def add(self, words: list[bytes], own: int, at: int = 0) -> int:
        """Take a text in; gives the cluster of what it is a near-copy of, else `own`, which is now its cluster.

        Args:
            words: those that `monitor.text.wording.words_of` gives.
            own: a number for the text, the same for the same text, from -2**63 to 2**63 - 1.
            at: when it was written.
        """
        if len(words) < FEWEST_WORDS:
            return own
        joined = b" ".join(words)
        cluster, figures = own, 0
        found = self._exchange(words, joined, own)
        if found and (marks := self._within_reach(found, at)):
            figures = figures_of(joined)
            similar = self._most_similar(words, joined, marks, figures)
            if similar is not None:
                cluster = self._clusters[similar]
        self._remember(joined, own, cluster, at, figures)
        return cluster

    def learn(self, words: list[bytes], own: int, cluster: int, at: int = 0) -> None:
        """Take a text in of which the cluster is known."""
        if len(words) >= FEWEST_WORDS:
            joined = b" ".join(words)
            self._exchange(words, joined, own)
            self._remember(joined, own, cluster, at, 0)

    def _exchange(self, words: list[bytes], joined: bytes, own: int) -> list[int]:
        """Put the mark of a new text under its shingles; gives the marks that were there, of each as often as it was.

        That of empty places (0) and that of the text itself may be among them.
        """
        table, mask, mark, found = self._table, self._mask, self._next + 1, []
        for hashed in (*_shingles(words), own & _OF_HASH, crc32(joined)):
            slot = hashed & mask
            entry = table[slot]
            if entry ^ hashed <= _OF_PLACE:
                found.append(entry & _OF_PLACE)
            table[slot] = hashed & _OF_SHINGLE | mark
        return found

    def _remember(self, joined: bytes, own: int, cluster: int, at: int, figures: int) -> None:
        place = self._next
        self._next = (place + 1) % self._most
        if place == len(self._texts):
            self._texts.append(joined)
            self._owns.append(own)
            self._clusters.append(cluster)
            self._moments.append(at)
            self._figures.append(figures)
        else:
            self._texts[place], self._owns[place], self._clusters[place] = joined, own, cluster
            self._moments[place], self._figures[place] = at, figures

    def _within_reach(self, found: list[int], at: int) -> list[int]:
        """The marks of texts that are near enough in time, those first that were found most often."""
        moments, reach, this = self._moments, self._reach, self._next + 1
        marks: Iterable[int] = found
        if len(found) > 1:
            counts: dict[int, int] = {}
            for mark in found:
                counts[mark] = counts.get(mark, 0) + 1
            marks = sorted(counts, key=counts.__getitem__, reverse=True) if len(counts) > 1 else counts
        return [mark for mark in marks if mark and mark != this and -reach <= moments[mark - 1] - at <= reach]

    def _most_similar(self, words: list[bytes], joined: bytes, marks: list[int], figures: int) -> int | None:
        """The place of the text that has the most in common, if that is enough; an equal one if there is one."""
        texts = self._texts
        for mark in marks:
            if texts[mark - 1] == joined:
                return mark - 1
        best, similar, ours = 0.0, None, None
        for mark in marks[:MOST_COMPARED]:
            if figures and tell_apart(figures, self._figures[mark - 1]):
                continue
            other = texts[mark - 1]
            if not may_tell_the_same(len(words), other.count(b" ") + 1):
                continue
            ours = ours or frozenset(words)
            similarity = tells_the_same(words, other.split(b" "), ours)
            if similarity > best:
                best, similar = similarity, mark - 1
        return similar


def _shingles(words: list[bytes]) -> list[int]:
    """Hashes of the shingles by which a text is found: the smallest of its telling words, and more if these are few."""
    telling = [word for word in words if len(word) >= TELLING]
    shingles = sorted(map(crc32, telling[2:], map(crc32, telling[1:], map(crc32, telling))))[:SKETCH]
    if len(telling) < FEW_TELLING:
        pairs = list(map(crc32, words[1:], map(crc32, words)))
        shingles += sorted(map(crc32, words[2:], pairs))[: WITH_OTHERS - len(shingles)]
        if len(words) < SHORT:
            shingles += pairs
    return shingles
