"""Copies: posts whose text is the same but for what people change when they paste it, or edit in a few words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b

from monitor.text.near_copies import NearCopies
from monitor.text.wording import letters_of, wording, words_of

_LARGEST = (1 << 63) - 1

REACH = 48 * 3_600_000
"""Milliseconds that near-copies lie apart at most. Texts that are the same are copies however far they lie apart."""

MOST_REMEMBERED = (1 << 17) - 1
"""Texts with which others are compared, the newest ones."""


def fingerprint(text: str) -> int | None:
    """A number from 1 to 2**63 - 1 for what is left of a text without links, mentions, emoji, case, punctuation and
    white space; None where nothing is left to compare.

    It is a BLAKE2b hash, so that it is the same on every machine and in every run.
    """
    return _hash_of(wording(text))


def _hash_of(worded: bytes) -> int | None:
    letters = letters_of(worded)
    if not letters:
        return None
    return int.from_bytes(blake2b(letters, digest_size=8).digest(), "big") & _LARGEST or 1


class Copies:
    """Gives each text the number of its cluster, among the texts of the last two days.

    It is the cluster of the text that it is a near-copy of, else the text's own fingerprint. The same texts in the same
    order get the same numbers; in another order, or where an older one was not taken in, an edited copy may be a
    cluster of its own.
    """

    def __init__(self) -> None:
        self._near = NearCopies(MOST_REMEMBERED, REACH)

    def cluster_of(self, text: str, at: int) -> int | None:
        """Take in a text of some moment; None where nothing is left to compare."""
        return _cluster_of(self._near, text, at)

    def clusters_of(self, texts: Sequence[str], moments: Sequence[int]) -> list[int | None]:
        """The same for several texts, each of its moment, one after the other."""
        near = self._near
        return [_cluster_of(near, text, at) for text, at in zip(texts, moments, strict=True)]

    def learn(self, text: str, cluster: int, at: int) -> None:
        """Take in a text of which the cluster is known, as after a restart; the oldest first."""
        worded = wording(text)
        own = _hash_of(worded)
        if own is not None:
            self._near.learn(words_of(worded), own, cluster, at)


def _cluster_of(near: NearCopies, text: str, at: int) -> int | None:
    worded = wording(text)
    own = _hash_of(worded)
    if own is None:
        return None
    known = near.equal(own, at)
    return near.add(words_of(worded), own, at) if known is None else known


def cluster(texts: Iterable[str]) -> list[int]:
    """A cluster number for each text, counted from 0 in order of appearance; copies and near-copies share theirs.

    A text with nothing to compare is a cluster of its own.

    Raises:
        TypeError: it is one text instead of a list of texts, and would be compared letter by letter.
    """
    if isinstance(texts, str):
        raise TypeError("pass a list of texts: [text] for a single one")
    given = list(texts)
    near = NearCopies(len(given))
    known: dict[bytes, int] = {}
    clusters = []
    count = 0
    for text in given:
        worded = wording(text)
        letters = letters_of(worded)
        number = known.get(letters) if letters else count
        if number is None:
            number = known[letters] = near.add(words_of(worded), count)
        count += number == count
        clusters.append(number)
    return clusters
