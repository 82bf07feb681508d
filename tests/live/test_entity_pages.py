"""The page of an entity out of a store: counted by what posts say, with gaps, moods and baselines."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.instants import DAY, HOUR
from monitor.live.entity_pages import EntityPages
from monitor.records import AnalysedPost, Attempt
from monitor.snapshot.names import names_of_beat
from monitor.store.reader import open_reader
from monitor.store.writer import Changes, Writer
from monitor.text.entities import Entity, EntityFinder
from tests.store.factories import BEATS, NOW, analysed

FINDER = EntityFinder(
    (
        Entity("llama", "Llama", "model", ("=Llama", "Llama 4")),
        Entity("llama-farm", "Llama Farm", "organisation", ("Llama Farm",)),
    )
)
END = NOW - NOW % HOUR


def post(number: int, text: str, hours: float, **fields: object) -> AnalysedPost:
    at = END - int(hours * HOUR)
    return analysed(number, text=text, at=at, cluster=number, collected_at=at + 1000, **fields)  # type: ignore[arg-type]


def write(path: Path, posts: list[AnalysedPost], gap: tuple[int, int] = (0, 0)) -> Path:
    hours = (hour for hour in range(END - 40 * DAY, END, HOUR) if not gap[0] <= hour < gap[1])
    attempts = tuple(Attempt("bluesky", "all", (hour, hour + HOUR), "ok", hour + HOUR - 1) for hour in hours)
    with Writer(path) as writer:
        writer.set_beats(BEATS, 0)
        writer.commit(Changes(posts=tuple(posts), attempts=attempts))
    return path


@pytest.fixture
def store(tmp_path: Path) -> Path:
    said = [
        post(1, "Llama is out", 1, mood=2, author="grace"),
        post(2, "a llama in a field", 2),
        post(3, "the Llama Farm opens", 3),
        post(4, "about llama 4 weights", 4, mood=0, beats=("open-models", "courts")),
        post(5, "Llama again", 30, mood=2, source="news"),
        post(6, "nothing", 5),
    ]
    daily = [post(100 + day, "Llama each day", 24 * day + 12) for day in range(1, 30)]
    return write(tmp_path / "store.db", [*said, *daily], gap=(END - 8 * HOUR, END - 6 * HOUR))


def test_a_post_counts_if_its_words_say_a_name_of_this_entity(store: Path) -> None:
    with open_reader(store) as reader:
        page = EntityPages(reader, FINDER).page("llama", END, 24)
    assert {stored.post.native_id for stored in page.posts} == {"1", "4"}
    assert (page.volume, page.day_volume, page.texts) == (2, 2, 2)
    assert dict(page.by_beat) == {"open-models": 2, "courts": 1}
    assert page.baseline is not None
    assert (page.baseline.state, page.baseline.volume) == ("ok", 1.0)
    assert page.all_posts == 5


def test_sources_have_moods_with_n_and_gaps_are_none(store: Path) -> None:
    with open_reader(store) as reader:
        page = EntityPages(reader, FINDER).page("llama", END, 7 * 24)
    assert [(slug, posts) for slug, posts, _ in page.by_source] == [("bluesky", 8), ("news", 1)]
    assert page.sentiment.n == sum(shares.n for _, _, shares in page.by_source)
    assert sum(count or 0 for count in page.history.volume) == page.volume == 9
    assert page.history.volume[-8:-6] == (None, None)
    assert dict(page.missing)["bluesky"] == ((END - 8 * HOUR, END - 6 * HOUR),)


def test_a_quick_page_has_the_same_figures_but_no_baseline(store: Path) -> None:
    with open_reader(store) as reader:
        pages = EntityPages(reader, FINDER)
        quick = pages.page("llama", END, 24, quickly=True)
        assert not pages.knows("llama", END)
        whole = pages.page("llama", END, 24)
        assert pages.knows("llama", END)
    assert quick.baseline is None
    assert whole == quick._replace(baseline=whole.baseline, days=whole.days)


def test_the_next_page_takes_up_what_came_meanwhile(store: Path) -> None:
    with open_reader(store) as reader:
        pages = EntityPages(reader, FINDER)
        before = pages.page("llama", END, 24).volume
        write(store, [post(900, "Llama news", 0.2)])
        assert pages.page("llama", END, 24).volume == before + 1
        assert EntityPages(reader, FINDER).page("llama", END, 24).volume == before + 1


def test_what_was_forgotten_or_says_something_else_now_leaves_the_next_page(store: Path) -> None:
    with open_reader(store) as reader:
        pages = EntityPages(reader, FINDER)
        before = pages.page("llama", END, 24)
        with Writer(store) as writer:
            writer.commit(Changes(posts=(post(4, "about something else", 4, beats=("open-models", "courts")),)))
        assert pages.page("llama", END, 24).volume == before.volume - 1
        write(store, [post(6, "Llama after all", 5)])
        assert pages.page("llama", END, 24).volume == before.volume
        with Writer(store) as writer:
            assert writer.forget(author="grace") == 1
        after = pages.page("llama", END, 24)
    assert {stored.post.native_id for stored in after.posts} == {"6"}
    assert after.volume == 1


def test_reading_gives_way_and_another_entity_may_come_between(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.live.entity_pages.AT_ONCE", 2)
    with open_reader(store) as reader:
        pages = EntityPages(reader, FINDER)
        steps = pages.pages("llama", END, 24)
        first = [next(steps), next(steps)]
        assert None in first
        assert pages.page("llama-farm", END, 24).volume == 1
        rest = [page for page in steps if page is not None]
        assert rest[-1] == EntityPages(reader, FINDER).page("llama", END, 24)
        assert rest[-1].volume == 2
        assert rest[-1].baseline is not None


def test_what_was_not_known_yet_is_not_counted(store: Path) -> None:
    with open_reader(store) as reader:
        assert EntityPages(reader, FINDER).page("llama", END - 2 * HOUR, 24).volume == 1


def test_an_unknown_slug_has_an_empty_page(store: Path) -> None:
    with open_reader(store) as reader:
        page = EntityPages(reader, FINDER).page("nobody", END, 24)
    assert (page.entity, page.volume, page.posts) == (None, 0, ())


def test_names_of_a_beat_are_counted_once_a_post(store: Path) -> None:
    with open_reader(store) as reader:
        names = names_of_beat(reader, FINDER, "open-models", END)
    assert [(row.slug, row.posts) for row in names.rows] == [("llama", 2), ("llama-farm", 1)]
    assert names.of == 5
