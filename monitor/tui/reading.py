"""The thread that reads the store for the screen, and the only one that does.

It asks once a second whether anything was committed, which is one pragma, and reads only when something was, when a
minute is full (posts age, sources go stale), or when the reader of the screen looks at something else. What it reads
becomes one immutable `Reading` in one message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import zip_longest
from threading import Condition, Event, Thread
from typing import TYPE_CHECKING, NamedTuple, Protocol

from monitor.instants import DAY, MINUTE
from monitor.records import SOURCES, BeatHistory, Lens, PostQuery, Snapshot, Span, StoredPost, Story

if TYPE_CHECKING:
    from monitor.snapshot.entity import EntityPage
    from monitor.snapshot.names import BeatNames

POLL_SECONDS = 1.0

LONGEST_WAIT_FOR_PAINT = 2.0

STAND_INS = 30
"""How many news items, and how many engaged posts, stand in for stories."""


OF_EACH_SOURCE = 12
"""How many posts of each source are read that had most of an audience."""


class SnapshotSource(Protocol):
    """Where snapshots come from. Used by one thread only, the one that opened it."""

    def data_version(self) -> int:
        """A number that moves when something was committed."""
        ...

    def first(self, as_of: int, lens: Lens, sources: frozenset[str] | None) -> Snapshot:
        """A snapshot that is quickly had; unique texts and authors may be missing from it."""
        ...

    def build(self, as_of: int, lens: Lens, sources: frozenset[str] | None) -> Snapshot:
        """The snapshot of a moment; `sources` None for all."""
        ...

    def history(self, slug: str, as_of: int, range_hours: int, sources: frozenset[str] | None) -> BeatHistory:
        """The history of one beat."""
        ...

    def posts(self, query: PostQuery) -> tuple[StoredPost, ...]:
        """Posts, as the query asks."""
        ...

    def story(self, slug: str) -> Story | None:
        """One story with its text."""
        ...

    def entity(self, slug: str, as_of: int, range_hours: int) -> Iterator[EntityPage | None]:
        """The page of an entity; where that takes long, one that is quickly had comes first.

        None is yielded between spells of reading, so that what is on screen need not wait.
        """
        ...

    def names(self, slug: str, as_of: int) -> BeatNames:
        """Whom and what the posts of a beat name."""
        ...

    def posts_numbered(self, numbers: Sequence[int]) -> tuple[StoredPost, ...]:
        """Posts by their numbers."""
        ...

    def close(self) -> None:
        """Let go of the store."""
        ...


SourceOpener = Callable[[], SnapshotSource]
"""Opens the store in the thread that calls it. Raises an exception whose text is a sentence for a person."""


class View(NamedTuple):
    """What the reader of the screen looks at."""

    lens: Lens = "raw"
    hidden: frozenset[str] = frozenset()
    """Slugs of the sources that are switched off."""
    beat: str | None = None
    """None: the one with the most posts."""
    range_hours: int = 24
    posts: int = 100
    """How many posts of the beat to read."""
    span: Span | None = None
    """Only posts of this span, such as the window of a signal; None for the newest."""
    search: str = ""
    """Only posts with these words, such as a phrase that rose."""
    numbers: tuple[int, ...] = ()
    """Only these posts, such as those behind a signal; empty for all."""
    discourse: bool = False
    """Whether to read the posts of the beat that had most of an audience, source by source."""


class Reading(NamedTuple):
    """Everything that is on screen, as of one moment."""

    view: View
    snapshot: Snapshot
    history: BeatHistory | None = None
    """None until it was read."""
    posts: tuple[StoredPost, ...] | None = None
    """The newest of the beat; None until they were read."""
    news: tuple[StoredPost, ...] = ()
    """Stand-ins for stories: the newest news items of the beat."""
    engaged: tuple[StoredPost, ...] = ()
    """Stand-ins for stories: the most engaged posts of the beat in the window."""
    discourse: tuple[StoredPost, ...] = ()
    """What had most of an audience in the window, source after source in turn; none where the view does not ask."""


class Listener(Protocol):
    """Who is told what was read, in the thread that read it."""

    def reading_arrived(self, reading: Reading) -> None: ...

    def store_troubled(self, sentence: str) -> None: ...

    def story_read(self, slug: str, story: Story | None) -> None: ...

    def entity_read(self, page: EntityPage) -> None: ...

    def names_read(self, names: BeatNames) -> None: ...


def chosen_sources(hidden: frozenset[str], snapshot: Snapshot | None) -> frozenset[str] | None:
    """The sources that are not switched off; None where all are on, so that new ones count as well."""
    if not hidden:
        return None
    known = {source.slug for source in SOURCES}
    if snapshot is not None:
        known |= {source.slug for source in snapshot.sources}
        known |= {slug for beat in snapshot.beats for slug, _ in beat.by_source}
    return frozenset(known - hidden)


class ReadingThread(Thread):
    """Reads while the app runs; ends with `stop`.

    It may be started before there is an app, so that the store is read while the framework is still being imported.
    """

    def __init__(self, opener: SourceOpener, clock: Callable[[], int]) -> None:
        super().__init__(name="monitor-reading", daemon=True)
        self._open = opener
        self._listener: Listener | None = None
        self._untold: list[Callable[[Listener], None]] = []
        self._clock = clock
        self._painted = Event()
        self._changed = Condition()
        self._view = View()
        self._stories: list[str] = []
        self._entities: dict[str, int] = {}
        self._pages: dict[str, Iterator[EntityPage | None]] = {}
        """Pages that are being read, by slug."""
        self._names: list[str] = []
        self._paused = False
        self._stopping = False
        self._poked = False
        self._source: SnapshotSource | None = None
        self._version: int | None = None
        self._minute: int | None = None
        self._last: Reading | None = None
        self._trouble = ""
        self._known: Snapshot | None = None

    # Called by the app

    def tell(self, listener: Listener) -> None:
        """Tell this listener from now on, and first what was read before it was there."""
        with self._changed:
            self._listener = listener
            for telling in self._untold:
                telling(listener)
            self._untold.clear()

    def first_paint_done(self) -> None:
        """The first reading is on screen; go on with the rest."""
        self._painted.set()

    def look_at(self, view: View) -> None:
        """Read for this view from now on; one that was not read yet is forgotten."""
        with self._changed:
            if view != self._view:
                self._view = view
                self._poked = True
                self._changed.notify()

    def pause(self, paused: bool) -> None:
        """Stop or go on with what is new; what the reader of the screen asks for is read all the same."""
        with self._changed:
            self._paused = paused
            self._poked = True
            self._changed.notify()

    def poke(self) -> None:
        """Look now whether anything was committed, rather than within the second."""
        with self._changed:
            self._poked = True
            self._changed.notify()

    def ask_story(self, slug: str) -> None:
        """Have a story read."""
        with self._changed:
            self._stories.append(slug)
            self._poked = True
            self._changed.notify()

    def ask_entity(self, slug: str, range_hours: int) -> None:
        """Have the page of an entity read."""
        with self._changed:
            self._entities[slug] = range_hours
            self._poked = True
            self._changed.notify()

    def ask_names(self, beat: str) -> None:
        """Have it looked up whom the posts of a beat name."""
        with self._changed:
            self._names.append(beat)
            self._poked = True
            self._changed.notify()

    def stop(self) -> None:
        """End the thread and wait a moment for it."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._painted.set()
        if self.is_alive():
            self.join(timeout=1.0)

    # The thread itself

    def run(self) -> None:
        while True:
            with self._changed:
                if self._stopping:
                    break
                view, paused, stories = self._view, self._paused, tuple(self._stories)
                entities = tuple(self._entities.items())
                self._stories.clear()
                self._entities.clear()
                names = tuple(dict.fromkeys(self._names))
                self._names.clear()
                self._poked = False
            try:
                self._read(view, paused, stories)
                self._read_entities(entities, names)
            except Exception as error:
                # Whatever a broken store does to a reader, the app says it and tries again.
                self._give_up(error)
            with self._changed:
                if not (self._poked or self._stopping or self._pages):
                    self._changed.wait(POLL_SECONDS)
        self._close()

    def _read(self, view: View, paused: bool, stories: tuple[str, ...]) -> None:
        source = self._source
        if source is None:
            source = self._source = self._open()
        for slug in stories:
            story = source.story(slug)
            self._pass_on(lambda listener, slug=slug, story=story: listener.story_read(slug, story))  # type: ignore[misc]
        last = self._last
        if view.beat is None and last is not None:
            view = view._replace(beat=last.view.beat)
        version, minute = source.data_version(), self._clock() // MINUTE
        moved = version != self._version or minute != self._minute
        stale = last is None or (moved and not paused)
        other_numbers = last is not None and (view.lens, view.hidden) != (last.view.lens, last.view.hidden)
        if not stale and not other_numbers and last is not None and view == last.view and last.posts is not None:
            return
        if last is not None and not (stale or other_numbers):
            self._tell(self._with_details(source, view, last.snapshot))
            return
        as_of = self._clock() if last is None or not paused else last.snapshot.as_of
        sources = chosen_sources(view.hidden, self._known)
        if last is None:
            first = source.first(as_of, view.lens, sources)
            view = view._replace(beat=view.beat or loudest(first))
            self._tell(Reading(view, first))
            # The rest would only compete with the first paint.
            self._painted.wait(LONGEST_WAIT_FOR_PAINT)
        if moved and not paused:
            self._version, self._minute = version, minute
        snapshot = source.build(as_of, view.lens, sources)
        if not view.hidden:
            self._known = snapshot
        self._tell(self._with_details(source, view, snapshot))

    def _read_entities(self, wanted: tuple[tuple[str, int], ...], beats: tuple[str, ...]) -> None:
        """Pages of entities, and the names in some beats, as of the moment that is on screen."""
        last, source = self._last, self._source
        if last is None or source is None:
            return
        for slug, range_hours in wanted:
            self._pages.pop(slug, None)
            self._pages[slug] = source.entity(slug, last.snapshot.as_of, range_hours)
        self._read_pages()
        for slug in beats:
            names = source.names(slug, last.snapshot.as_of)
            self._pass_on(lambda listener, names=names: listener.names_read(names))  # type: ignore[misc]

    def _read_pages(self) -> None:
        """One spell of reading of the page that was asked for last; those asked for before it come to it later."""
        while self._pages:
            slug, pages = self._pages.popitem()
            for page in pages:
                if page is None:
                    self._pages[slug] = pages
                    return
                self._pass_on(lambda listener, page=page: listener.entity_read(page))  # type: ignore[misc]

    def _with_details(self, source: SnapshotSource, view: View, snapshot: Snapshot) -> Reading:
        """The reading of a view, with what is shown of its beat."""
        slug = view.beat
        if slug is None:
            return Reading(view, snapshot, posts=())
        sources = chosen_sources(view.hidden, self._known)
        chosen = () if sources is None else tuple(sorted(sources))
        history = source.history(slug, snapshot.as_of, view.range_hours, sources)
        query = PostQuery(beats=(slug,), sources=chosen, limit=view.posts)
        start, end = view.span or (None, None)
        if view.numbers:
            posts = source.posts_numbered(view.numbers)
        else:
            posts = source.posts(query._replace(since=start, until=end, search=view.search))
        discourse = _discourse(source, query, snapshot) if view.discourse else ()
        if snapshot.stories:
            return Reading(view, snapshot, history, posts, discourse=discourse)
        news = source.posts(query._replace(sources=("news",), limit=STAND_INS))
        engaged = source.posts(query._replace(since=snapshot.as_of - DAY, order="engagement", limit=STAND_INS))
        return Reading(view, snapshot, history, posts, news, engaged, discourse)

    def _tell(self, reading: Reading) -> None:
        """Post a reading, unless it is what is on screen already."""
        self._trouble = ""
        if reading != self._last:
            self._last = reading
            self._pass_on(lambda listener: listener.reading_arrived(reading))

    def _give_up(self, error: Exception) -> None:
        """Say what is wrong, once, and start from the opening again."""
        self._close()
        self._pages.clear()
        self._version = self._minute = self._last = None
        sentence = str(error) or type(error).__name__
        if sentence != self._trouble:
            self._trouble = sentence
            self._pass_on(lambda listener: listener.store_troubled(sentence))

    def _pass_on(self, telling: Callable[[Listener], None]) -> None:
        with self._changed:
            if self._listener is None:
                self._untold.append(telling)
            else:
                telling(self._listener)

    def _close(self) -> None:
        source, self._source = self._source, None
        if source is not None:
            # It may have been broken before it was closed; then there is nothing left to tell.
            with suppress(Exception):
                source.close()


def _discourse(source: SnapshotSource, query: PostQuery, snapshot: Snapshot) -> tuple[StoredPost, ...]:
    """The most engaged posts of each source, a source after the other: a like there is not what it is elsewhere."""
    beat = next((beat for beat in snapshot.beats if beat.slug in query.beats), None)
    wanted = query._replace(since=snapshot.as_of - DAY, order="engagement", limit=OF_EACH_SOURCE)
    found = [
        source.posts(wanted._replace(sources=(slug,)))
        for slug, count in (beat.by_source if beat is not None else ())
        if count and (not query.sources or slug in query.sources)
    ]
    return tuple(post for rank in zip_longest(*found) for post in rank if post is not None)


def loudest(snapshot: Snapshot) -> str | None:
    """The beat with the most posts."""
    if not snapshot.beats:
        return None
    return max(snapshot.beats, key=lambda beat: (beat.volume, beat.records)).slug
