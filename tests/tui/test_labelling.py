from __future__ import annotations

import random
from pathlib import Path

import pytest
from fabricated import FabricatedSource
from running import Running, running

from monitor.instants import HOUR
from monitor.reasons import explainer, reasons
from monitor.records import StoredPost
from monitor.sitting import Desk
from monitor.store.labels import NewLabel
from monitor.store.reader import open_reader
from monitor.store.writer import Changes, Writer
from monitor.text.scorers import IN_USE
from monitor.text.sentiment import Driver, Scorer
from monitor.text.shares import LABELS
from monitor.tui.screens.label import LabelScreen
from tests.store.factories import BEATS, NOW, analysed

BEAT = "open-models"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "monitor.db"
    with Writer(path) as writer:
        writer.set_beats(BEATS, 0)
        posts = [analysed(number, mood=number % 3, text=f"text {number} \x1b[2J[b]x[/b]") for number in range(6)]
        writer.commit(Changes([post._replace(post=post.post._replace(author=None)) for post in posts]))
    return path


def desk_of(store: Path, count: int = 4) -> Desk:
    return Desk(store, BEAT, lambda: NOW, count=count, chance=random.Random(3))


def labels(store: Path) -> list[str]:
    with open_reader(store) as reader:
        return [row.label for row in reader.labels().of_beat(reader.beats()[BEAT].id)]


def shown(one: Running) -> str:
    screen = one.app.screen
    assert isinstance(screen, LabelScreen)
    return screen.text.text


async def opened(one: Running) -> None:
    await one.press("L")
    await one.until(lambda: "1 of 4" in shown(one))


async def test_posts_are_labelled_by_key(store: Path) -> None:
    async with running(desk=lambda beat: desk_of(store)) as one:
        await opened(one)
        assert "text" in shown(one)
        assert "[b]x[/b]" in shown(one)
        await one.press("p")
        await one.until(lambda: "2 of 4" in shown(one))
        assert "1 labelled" in shown(one)
        assert "29 more labels until they correct the shares (5 more" in shown(one)
        await one.press("s")
        await one.until(lambda: "3 of 4" in shown(one))
        await one.press("u")
        await one.until(lambda: "4 of 4" in shown(one))
        await one.press("b")
        await one.until(lambda: "now neutral" in shown(one))
        await one.press("n")
        await one.until(lambda: "4 of 4" in shown(one))
        assert sorted(labels(store)) == ["negative", "positive"]
        await one.press("n")
        await one.until(lambda: "that was the last one; 3 labelled, all kept" in shown(one))
        await one.press("p", "escape")
        assert not isinstance(one.app.screen, LabelScreen)
        assert sorted(labels(store)) == ["negative", "negative", "positive"]


async def test_keys_that_come_before_a_post_is_seen_are_for_none(store: Path) -> None:
    async with running(desk=lambda beat: desk_of(store)) as one:
        await opened(one)
        await one.press("p", "p", "p", "p", "p", "p")
        await one.until(lambda: "labelled" in shown(one))
        seen = shown(one)
        place = "last one" if "last one" in seen else next(line for line in seen.split("\n") if " of 4" in line)
        assert len(labels(store)) == (4 if place == "last one" else int(place.split(" of ")[0].split()[-1]) - 1)


async def test_what_was_learnt_is_kept_for_the_next_start(store: Path) -> None:
    with Writer(store) as writer, open_reader(store) as reader:
        writer.commit(Changes([analysed(number, mood=number % 3) for number in range(6, 60)]))
        keys = [candidate.key for candidate in reader.labels().candidates(reader.beats()[BEAT].id, (0, NOW + 1))]
        writer.put_labels([NewLabel(key, LABELS[key % 3], (BEAT,)) for key in sorted(keys)[:30]], NOW)
    async with running(desk=lambda beat: desk_of(store)) as one:
        await opened(one)
        await one.press("p")
        await one.until(lambda: "2 of 4" in shown(one))
        assert "known to ±" in shown(one)
        await one.press("escape")
        with open_reader(store) as reader:
            await one.until(lambda: reader.labels().calibrating()[0].fit)


async def test_a_beat_without_posts_is_said(store: Path) -> None:
    late = NOW + 40 * 24 * HOUR
    async with running(desk=lambda beat: Desk(store, BEAT, lambda: late)) as one:
        await one.press("L")
        await one.until(lambda: "no scored posts of the beat open-models left to label" in " ".join(shown(one).split()))


async def test_without_a_store_it_says_so() -> None:
    async with running(FabricatedSource()) as one:
        await one.press("L")
        assert not isinstance(one.app.screen, LabelScreen)
        assert "no store to label posts in" in one.app.screen.footer.text  # type: ignore[attr-defined]


async def test_a_post_says_which_words_drove_its_score() -> None:
    def explain(stored: StoredPost) -> tuple[Driver, ...]:
        return Driver("wonderful", 1.5), Driver("sad[b]", -0.25)

    async with running(explain=explain) as one:
        one.app.open_post(one.app.reading.posts[0])  # type: ignore[union-attr,index]
        await one.until(lambda: "because of   wonderful +1.50, sad[b] −0.25" in one.app.screen.text.text)  # type: ignore[attr-defined]


def test_a_score_of_another_scorer_is_not_explained(store: Path) -> None:
    scorer = Scorer()
    text = "What a wonderful day"
    with open_reader(store) as reader:
        post = reader.post(1)
    assert post is not None
    mine = post._replace(post=post.post._replace(text=text), probabilities=tuple(scorer.score([text])[0]))
    assert [driver.text for driver in reasons(scorer, mine)] == [driver.text for driver in scorer.explain(text)] != []
    assert explainer(IN_USE)(mine) == reasons(scorer, mine)
    assert reasons(scorer, mine._replace(probabilities=(0.5, 0.25, 0.25))) == ()
    assert reasons(scorer, mine._replace(deleted=True)) == ()
    assert explainer("nobody")(mine) == ()
