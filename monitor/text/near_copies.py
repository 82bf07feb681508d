"""Near-copies: texts that say the same in all but a few words, as when a copy is edited, tagged, cut or mistyped.

A text is found through the shingles (runs of three words) whose hashes are the smallest of the text (bottom-k sketch:
A. Broder, "On the resemblance and containment of documents", 1997), and then compared by its words, so that a shared
phrase alone links nothing, nor a form that is filled in with other names or figures.
"""

from __future__ import annotations

from array import array
from zlib import crc32

from monitor.text.word_changes import tells_the_same
from monitor.text.wording import wording, words_of

FEWEST_WORDS = 5
"""A shorter text is a copy of another only where it is the same."""

SKETCH = 7
"""Shingles of a text by which it is found."""

SHORT = 10
"""A text of fewer words is found by its pairs of words as well: one edit can spoil all of its shingles."""

WORTH_A_LOOK = 0.55
"""Share of the telling words of a text that stand in one with which it is compared in full."""

TELLING = 5
"""Letters of a telling word, in bytes."""

MOST_TEXTS = (1 << 20) - 1
"""No index remembers more."""

_AS_BYTES = "latin-1"
"""Texts are kept as strings of their bytes, for a string is searched much faster than bytes are."""

_SLOTS_OF_A_TEXT = 16
_FEWEST_SLOTS = 1 << 12
_PLACE = 20
"""Bits of an entry of the table that say which text it is; the others are those of the shingle's hash."""
_OF_PLACE = (1 << _PLACE) - 1
_OF_SHINGLE = 0xFFFFFFFF ^ _OF_PLACE


class NearCopies:
    """Finds the cluster of a text among those that it was given before.

    Memory is bounded: 128 to 256 bytes a text for the table of shingles, which is there from the start, and the
    words of the texts. Of each shingle the table knows the two newest texts, as they are more likely to be those that
    are copied than older ones.
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
        self._newest = array("I", bytes(4)) * slots
        """By shingle, the text that had it last, with a part of the shingle's hash; 0 for none."""
        self._older = array("I", bytes(4)) * slots
        """The one before."""
        self._texts: list[str] = []
        self._clusters = array("q")
        self._moments = array("q")
        self._reach = reach
        self._next = 0

    def add(self, text: str, own: int, at: int = 0) -> int:
        """Take a text in; gives the cluster of what it is a near-copy of, else `own`, which is now its cluster."""
        words = words_of(wording(text))
        return self.add_words(words, own, at) if len(words) >= FEWEST_WORDS else own

    def add_words(self, words: list[bytes], own: int, at: int = 0) -> int:
        """The same for a text of at least `FEWEST_WORDS` words, which `words_of` gave."""
        joined = b" ".join(words).decode(_AS_BYTES)
        candidates = self._exchange(_shingles(words), self._next + 1)
        if candidates:
            found = self._most_similar(words, joined, candidates, at)
            if found is not None:
                own = self._clusters[found]
        self._remember(joined, own, at)
        return own

    def learn(self, text: str, cluster: int, at: int = 0) -> None:
        """Take a text in of which the cluster is known."""
        words = words_of(wording(text))
        if len(words) >= FEWEST_WORDS:
            self._exchange(_shingles(words), self._next + 1)
            self._remember(b" ".join(words).decode(_AS_BYTES), cluster, at)

    def _exchange(self, shingles: list[int], mark: int) -> set[int]:
        """Find the texts that have one of these shingles, and put the mark of a new one in front of them."""
        newest, older, mask = self._newest, self._older, self._mask
        found = set()
        for shingle in shingles:
            slot = shingle & mask
            entry = newest[slot]
            newest[slot] = shingle & _OF_SHINGLE | mark
            if entry:
                if (entry ^ shingle) >> _PLACE == 0:
                    found.add(entry & _OF_PLACE)
                before, older[slot] = older[slot], entry
                if before and (before ^ shingle) >> _PLACE == 0:
                    found.add(before & _OF_PLACE)
        found.discard(mark)
        return found

    def _remember(self, joined: str, cluster: int, at: int) -> None:
        place = self._next
        self._next = (place + 1) % self._most
        if place == len(self._texts):
            self._texts.append(joined)
            self._clusters.append(cluster)
            self._moments.append(at)
        else:
            self._texts[place], self._clusters[place], self._moments[place] = joined, cluster, at

    def _most_similar(self, words: list[bytes], joined: str, candidates: set[int], at: int) -> int | None:
        """The place of the candidate that has the most in common, if that is enough; an equal one if there is one."""
        best, found = 0.0, None
        every = joined.split(" ")
        telling = [word for word in every if len(word) >= TELLING]
        some = telling if len(telling) >= FEWEST_WORDS else every
        needed = len(some) * WORTH_A_LOOK
        for mark in candidates:
            place = mark - 1
            other = self._texts[place]
            if sum(map(other.__contains__, some)) < needed or (
                self._reach is not None and abs(at - self._moments[place]) > self._reach
            ):
                continue
            if other == joined:
                return place
            similarity = tells_the_same(words, other.encode(_AS_BYTES).split(b" "))
            if similarity > best:
                best, found = similarity, place
        return found


def _shingles(words: list[bytes]) -> list[int]:
    """Hashes of the shingles by which a text is found."""
    pairs = list(map(crc32, words[1:], map(crc32, words)))
    shingles = sorted(map(crc32, words[2:], pairs))[:SKETCH]
    return shingles + pairs if len(words) < SHORT else shingles
