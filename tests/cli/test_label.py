from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.label_lines import read_line
from monitor.instants import HOUR, render
from monitor.sitting import Sitting
from monitor.store.reader import open_reader
from monitor.text.shares import LABELS
from tests.cli.conftest import lines, post
from tests.cli.keyboard import Keyboard

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]
BEAT = "open-source-ai"


@pytest.fixture
def recent(run: Run, store: Path) -> Run:
    """Thirty posts of the last hours, ten of each mood, one of them with a text that would steer a terminal."""
    words = ("are a terrible disaster", "are out", "are wonderful and great")
    at = time.time_ns() // 1_000_000
    posts = []
    for number in range(30):
        text = f"Open source AI models with open weights {words[number % 3]}, part {number}"
        moment = render(at - HOUR - number * 60_000)
        posts.append(post(number, text=text, published_at=moment, collected_at=moment))
    posts[0]["text"] += "\x1b[2Jgone\x1b]0;title\x07"
    assert run("import", "-", stdin=lines(*posts)).returncode == 0
    return run


@pytest.fixture
def keyboards(environment: dict[str, str], store: Path) -> Iterator[Callable[..., Keyboard]]:
    started: list[Keyboard] = []

    def start(*arguments: str, columns: int = 80, **changes: str) -> Keyboard:
        started.append(Keyboard(["--store", str(store), *arguments], environment | changes, columns))
        return started[-1]

    yield start
    for keyboard in started:
        keyboard.close()


def stored(store: Path, slug: str = BEAT) -> dict[int, str]:
    with open_reader(store) as reader:
        return {row.post_id: row.label for row in reader.labels().of_beat(reader.beats()[slug].id)}


def sentiment(run: Run) -> dict[str, Any]:
    (beat,) = json.loads(run("snapshot", "--format", "json", "--beat", BEAT).stdout)["beats"]
    return dict(beat["sentiment"])


def lines_of(numbers: Iterable[int], letters: str = "nup") -> bytes:
    """Labels of the posts of these numbers, as lines; each the mood of its words unless other letters are given."""
    return "".join(f"{number},{letters[number % len(letters)]}\n" for number in numbers).encode()


PROMPT = "q quit "


def test_posts_are_labelled_by_single_keys_on_a_terminal(
    recent: Run, keyboards: Callable[..., Keyboard], store: Path
) -> None:
    keyboard = keyboards("label", "--beat", BEAT, "--count", "5")
    shown = keyboard.wait_for(PROMPT)
    assert "Open Source AI (open-source-ai)" in shown
    assert "1 of 5" in shown
    assert "open weights" in shown
    keyboard.press("p")
    assert "2 of 5" in (shown := keyboard.wait_for(PROMPT))
    assert re.search(r"1 labelled +recall +precision", shown)
    assert re.search(r"negative +no post yet", shown)
    assert "29 more labels until they correct the shares" in shown
    keyboard.press("x\x1b[Au")
    assert "3 of 5" in keyboard.wait_for(PROMPT)
    keyboard.press("\x1bOA")
    keyboard.press("s")
    assert "4 of 5" in keyboard.wait_for(PROMPT)
    keyboard.press("b")
    assert "3 of 5" in keyboard.wait_for(PROMPT)
    keyboard.press("b")
    assert "now neutral: " in (shown := keyboard.wait_for(PROMPT))
    assert "2 of 5" in shown
    keyboard.press("n")
    keyboard.wait_for(PROMPT)
    assert sorted(stored(store).values()) == ["negative", "positive"]
    keyboard.press("pPu")
    keyboard.wait_for("posts labelled in this sitting")
    assert keyboard.end() == 0
    assert len(stored(store)) == 5
    assert keyboard.echoes()


def test_what_it_writes_fits_eighty_columns_and_steers_nothing(recent: Run, keyboards: Callable[..., Keyboard]) -> None:
    keyboard = keyboards("label", "--beat", BEAT, NO_COLOR="1", TERM="dumb")
    for _ in range(30):
        keyboard.wait_for(PROMPT)
        keyboard.press("u")
    keyboard.wait_for("30 posts labelled in this sitting, all kept.")
    assert keyboard.end() == 0
    assert max(map(len, keyboard.written.split("\n"))) <= 80
    assert keyboard.written.replace("\n", "").isprintable()


def test_an_interrupt_keeps_what_was_labelled(recent: Run, keyboards: Callable[..., Keyboard], store: Path) -> None:
    moment = render(time.time_ns() // 1_000_000 - HOUR)
    one_more = post(30, text="Open source AI models with open weights", published_at=moment, collected_at=moment)
    recent("import", "-", stdin=lines(one_more))
    recent("label", "--beat", BEAT, stdin=lines_of(range(27)))
    keyboard = keyboards("label", "--beat", BEAT)
    for _ in range(3):
        keyboard.wait_for(PROMPT)
        keyboard.press("p")
    keyboard.wait_for(PROMPT)
    keyboard.press("\x03")
    keyboard.wait_for("3 posts labelled in this sitting, all kept.")
    assert keyboard.end() == 130
    assert "Traceback" not in keyboard.written
    assert sorted(stored(store).values()) == ["negative"] * 9 + ["neutral"] * 9 + ["positive"] * 12
    assert keyboard.echoes()
    with open_reader(store) as reader:
        (row,) = reader.labels().calibrating()
        assert row.fit


@pytest.mark.parametrize(("how", "code"), [(signal.SIGTERM, 143), ("\x04", 0), ("q", 0)])
def test_every_end_leaves_the_terminal_as_it_was(
    recent: Run, keyboards: Callable[..., Keyboard], how: signal.Signals | str, code: int, store: Path
) -> None:
    keyboard = keyboards("label", "--beat", BEAT)
    keyboard.wait_for(PROMPT)
    keyboard.press("n")
    keyboard.wait_for(PROMPT)
    if isinstance(how, str):
        keyboard.press(how)
    else:
        os.kill(keyboard.pid, how)
    keyboard.wait_for("labelled in this sitting")
    assert keyboard.end() == code
    assert keyboard.echoes()
    assert list(stored(store).values()) == ["negative"]


def test_without_a_beat_the_largest_with_few_labels_is_taken(recent: Run, keyboards: Callable[..., Keyboard]) -> None:
    keyboard = keyboards("label")
    assert "(open-source-ai)" in keyboard.wait_for(PROMPT)
    keyboard.press("q")
    assert keyboard.end() == 0


def test_lines_are_taken_where_there_is_no_terminal(recent: Run, store: Path) -> None:
    given = b"native id,label\n1,u\nbluesky, 2, positive\n3\tn\n\n"
    result = recent("label", "--beat", BEAT, "--json", stdin=given)
    assert (result.returncode, result.stderr) == (0, b"")
    tree = json.loads(result.stdout)
    assert (tree["beat"], tree["labelled"], tree["labels"]) == (BEAT, 3, 3)
    assert tree["recall"]["negative"] == {"share": 1.0, "ci95": [pytest.approx(0.2065, abs=1e-3), 1.0], "posts": 1}
    assert tree["confusion"]["positive"] == {"negative": 0, "neutral": 0, "positive": 1}
    assert (tree["net_reach"], tree["corrects"]) == (None, False)
    assert tree["missing"] == {"posts": 27, "negative": 4, "neutral": 4, "positive": 4}
    assert sorted(stored(store).values()) == ["negative", "neutral", "positive"]


def test_lines_that_cannot_be_used_are_named_and_the_rest_counts(recent: Run, store: Path) -> None:
    given = b"1,u\n2,angry\nnobody,p\n3\n4,n\n"
    result = recent("label", "--beat", BEAT, stdin=given)
    assert result.returncode == 1
    told = result.stderr.decode()
    assert 'line 2: "angry" is no label' in told
    assert 'line 3: there is no post "nobody"' in told
    assert "line 4: expected `native id, label`" in told
    assert "2 labelled" in result.stdout.decode()
    assert len(stored(store)) == 2


def test_posts_outside_the_beat_or_without_a_score_are_refused(recent: Run) -> None:
    recent("import", "-", stdin=lines(post(90, text="Nothing to see"), post(91, lang="de")))
    told = recent("label", "--beat", BEAT, stdin=b"90,p\n91,p\n").stderr.decode()
    assert "line 1: the post is not in the beat open-source-ai" in told
    assert "line 2: the post is not scored" in told


def test_a_name_that_two_sources_gave_needs_the_source(recent: Run, store: Path) -> None:
    recent("import", "-", stdin=lines(post(1, source="news")))
    result = recent("label", stdin=b"1,p\n")
    assert b"several sources have a post" in result.stderr
    assert recent("label", stdin=b"news,1,p\n").returncode == 0
    assert list(stored(store).values()) == ["positive"]


def test_without_lines_it_says_how_and_gives_a_sample(recent: Run) -> None:
    result = recent("label", "--beat", BEAT, "--count", "4", "--json")
    assert result.returncode == 0
    assert b"native id, label" in result.stderr
    tree = json.loads(result.stdout)
    assert (tree["labels"], tree["net_reach"], len(tree["sample"])) == (0, None, 4)
    assert {(one["source"], "open weights" in one["text"]) for one in tree["sample"]} == {("bluesky", True)}


def test_without_lines_and_without_a_sample_it_fails(recent: Run) -> None:
    result = recent("label", "--beat", BEAT)
    assert (result.returncode, result.stdout) == (1, b"")
    assert b"native id, label" in result.stderr
    assert recent("label", "--json").returncode == 1


def test_labels_correct_the_snapshot_once_they_are_enough(recent: Run) -> None:
    before = sentiment(recent)
    assert before["calibrated"] is False
    letters = "nnnnnppppp" + "u" * 20
    told = recent("label", "--beat", BEAT, stdin=lines_of(range(29), letters)).stdout
    assert b"1 more label until they correct the shares." in told
    assert sentiment(recent) == before
    told = recent("label", "--beat", BEAT, "--json", stdin=lines_of([29], letters)).stdout
    tree = json.loads(told)
    assert (tree["corrects"], tree["missing"]) == (True, None)
    assert 0 < tree["net_reach"] < 1
    after = sentiment(recent)
    assert after["calibrated"] is True
    assert after["neutral"] > before["neutral"] + 0.1
    assert after["n"] == before["n"] == 30


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--beat", "open-sorce-ai"], 2, 'did you mean "open-source-ai"'),
        (["--count", "0"], 2, "from 1 on"),
    ],
)
def test_wrong_calls_are_refused(recent: Run, arguments: list[str], code: int, message: str) -> None:
    result = recent("label", *arguments, stdin=b"1,p\n")
    assert result.returncode == code
    assert message in result.stderr.decode()


def test_a_store_that_is_not_there_is_not_made(run: Run, store: Path) -> None:
    assert run("label", stdin=b"1,p\n").returncode == 1
    assert not store.exists()


def test_a_beat_without_posts_is_said(recent: Run, keyboards: Callable[..., Keyboard]) -> None:
    keyboard = keyboards("label", "--beat", "ai-consciousness")
    keyboard.wait_for("no scored posts of the beat ai-consciousness left")
    assert keyboard.end() == 1


# A sitting by itself


def test_posts_labelled_for_another_beat_join_the_sample_when_their_turn_comes() -> None:
    put: list[tuple[int, str]] = []
    sitting = Sitting(iter([1, 2, 3, 4]), {2: "positive", 4: "neutral"}, 2, lambda *given: put.append(given) is None)
    assert sitting.current() == 1
    assert put == []
    sitting.press("n")
    assert sitting.current() == 3
    assert put == [(1, "negative"), (2, "positive")]
    sitting.press("s")
    assert sitting.current() is None
    assert put[2:] == []
    assert sitting.labelled == {1: "negative"}


def test_a_post_that_is_gone_is_left_out() -> None:
    sitting = Sitting(iter([1, 2]), {}, 2, lambda post_id, label: post_id != 1)
    assert sitting.current() == 1
    assert sitting.press("p") == "move"
    assert sitting.current() == 2
    assert sitting.press("P") == "stay"
    assert sitting.labelled == {2: "positive"}


def test_any_keys_lead_through_all_posts_once() -> None:
    chance = random.Random(4)
    put: dict[int, str] = {}
    sitting = Sitting(iter(range(50)), {}, 50, lambda post_id, label: put.update({post_id: label}) is None)
    while sitting.current() is not None:
        sitting.press(chance.choice("punsbx"))
    assert put == sitting.labelled
    assert set(put) <= set(range(50))
    assert set(put.values()) == set(LABELS)


@pytest.mark.parametrize(
    ("text", "names", "label"),
    [
        ("12,p", ((None, "12"),), "positive"),
        ("news, https://example.org/a,b, neutral", None, "neutral"),
        ("x\t12\tN", ((None, "x\t12"), ("x", "12")), "negative"),
    ],
)
def test_a_line_is_a_name_and_a_label(text: str, names: object, label: str) -> None:
    line = read_line(text)
    assert line.label == label
    if names is None:
        names = ((None, "news, https://example.org/a,b"), ("news", "https://example.org/a,b"))
    assert line.names == names


@pytest.mark.parametrize("text", ["", "12", ",p", "12,", "12;p"])
def test_other_lines_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="label"):
        read_line(text)
