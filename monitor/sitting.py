"""One sitting of labelling posts of a beat: which comes next, and what becomes of a key. Knows no screen."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Literal, NamedTuple

from monitor.instants import DAY
from monitor.records import Label, StoredPost
from monitor.snapshot.calibrations import keep_calibrations
from monitor.store.labels import NewLabel
from monitor.store.reader import Reader, open_reader
from monitor.store.writer import Writer
from monitor.text.labelling import LABEL_OF_KEY, Findings, Labelled, drawn, findings

SPAN = 30 * DAY
"""How far back posts are asked for."""
COUNT = 100
"""How many are asked for in one sitting, unless said otherwise."""
ENOUGH = 200
"""Labels of a beat that are worth the trouble."""

KEY_WORDS = {
    **dict(sorted(LABEL_OF_KEY.items(), key=lambda pair: "pun".index(pair[0]))),
    "s": "skip",
    "b": "back",
    "q": "quit",
}
"""What each key does, in the order in which they are shown."""

Step = Literal["unknown", "stay", "move", "end"]


class Sitting:
    """Walks through posts in the order in which they were drawn, and back.

    Args:
        order: numbers of posts, drawn by chance.
        elsewhere: labels of posts that were drawn for another beat before. They are part of this sample as soon as
            their turn comes, and not asked for.
        count: how many posts to ask for at most.
        put: writes a label down; False where the post is no longer there.
    """

    def __init__(
        self, order: Iterator[int], elsewhere: Mapping[int, Label], count: int, put: Callable[[int, Label], bool]
    ) -> None:
        self._order = order
        self._elsewhere = elsewhere
        self.count = count
        self._put = put
        self._asked: list[int] = []
        self.place = 0
        self.labelled: dict[int, Label] = {}
        """What was said in this sitting."""

    def current(self) -> int | None:
        """The post to ask for now; None where there is none left."""
        while self.place >= len(self._asked):
            following = next(self._order, None) if len(self._asked) < self.count else None
            if following is None:
                return None
            known = self._elsewhere.get(following)
            if known is None:
                self._asked.append(following)
            else:
                self._put(following, known)
        return self._asked[self.place]

    def drop(self) -> None:
        """Leave the present post out, whose words are gone."""
        del self._asked[self.place]

    def press(self, key: str) -> Step:
        """Do what a key means for the present post; an end of input is the end."""
        key = key.lower()
        if key in ("", "q"):
            return "end"
        if key == "b":
            self.place = max(0, self.place - 1)
            return "move"
        if key == "s":
            self.place += 1
            return "move"
        label = LABEL_OF_KEY.get(key)
        if label is None:
            return "unknown"
        post_id = self._asked[self.place]
        if not self._put(post_id, label):
            self.drop()
            return "move"
        self.labelled[post_id] = label
        self.place += 1
        return "stay"


class NothingToLabelError(Exception):
    """The beat has no scored posts that nobody labelled. The message is one sentence for a person."""


class Shown(NamedTuple):
    """A post that is asked for."""

    post: StoredPost
    number: int
    total: int
    """How many are asked for in all."""
    present: Label | None
    """What it was called a moment ago, for one that was gone back to."""


class Desk:
    """A store on which posts of one beat are labelled, each written down at its key. One thread at a time.

    Raises:
        NothingToLabelError: from the constructor.
        StoreError: from every method, where the store cannot be read or written.
    """

    def __init__(
        self,
        path: os.PathLike[str] | str,
        beat: str,
        now: Callable[[], int],
        *,
        count: int = COUNT,
        chance: random.Random | None = None,
    ) -> None:
        self._beat = beat
        self._now = now
        self._given = 0
        self._reader = open_reader(path)
        try:
            order = draw(self._reader, beat, now(), chance or random.Random())
            if not order:
                raise NothingToLabelError(
                    f"there are no scored posts of the beat {beat} left to label in the last {SPAN // DAY} days"
                )
            self._sitting = Sitting(iter(order), self._reader.labels().by_post(), min(count, len(order)), self._put)
            self._writer = Writer(path)
        except BaseException:
            self._reader.close()
            raise

    def _put(self, post_id: int, label: Label) -> bool:
        known = self._writer.put_labels([NewLabel(post_id, label, (self._beat,))], self._now())
        self._given += len(known)
        return bool(known)

    @property
    def labelled(self) -> int:
        """How many posts were labelled in this sitting."""
        return len(self._sitting.labelled)

    def shown(self) -> Shown | None:
        """The post to ask for now; None where there is none left."""
        while (post_id := self._sitting.current()) is not None:
            stored = self._reader.post(post_id)
            if stored is not None and not stored.deleted:
                present = self._sitting.labelled.get(post_id)
                return Shown(stored, self._sitting.place + 1, self._sitting.count, present)
            self._sitting.drop()
        return None

    def press(self, key: str) -> Step:
        """Do what a key means for the post that is shown."""
        return self._sitting.press(key)

    def findings(self) -> Findings:
        """What the labels of the beat say so far."""
        return findings_of(self._reader, self._beat)

    def close(self) -> None:
        """Leave what was learnt from the labels in the store, for a quick start."""
        try:
            if self._given:
                keep_calibrations(self._reader, self._writer)
        finally:
            # The last one to close folds the log into the store, which a reader cannot do.
            self._reader.close()
            self._writer.close()


def draw(reader: Reader, beat: str, until: int, chance: random.Random) -> list[int]:
    """Numbers of the posts of a beat to ask for, in the order in which to ask; none for an unknown beat."""
    with reader.moment():
        row = reader.beats().get(beat)
        if row is None:
            return []
        labels = reader.labels()
        known = {label.post_id for label in labels.of_beat(row.id)}
        return list(drawn(labels.candidates(row.id, (until - SPAN, until + 1)), chance, known))


def findings_of(reader: Reader, beat: str | None) -> Findings:
    """What the labels of a beat say about the scorer; without one, those of all beats together."""
    labels = reader.labels()
    found = {
        label.post_id: Labelled(label.probabilities, label.label)
        for slug, row in reader.beats().items()
        if beat in (None, slug)
        for label in labels.of_beat(row.id)
    }
    return findings(list(found.values()))
