"""The thread that asks the store about the story on screen."""

from __future__ import annotations

from pathlib import Path
from threading import Event

from story_room import CONFIG, CRANE, LAST, MAIN, NOW, fill

from monitor.newsroom import Newsroom
from monitor.tui.asking import Answer, AskingThread


def test_only_the_newest_story_is_asked_about(tmp_path: Path) -> None:
    store = fill(tmp_path / "monitor.db")
    thread = AskingThread(Newsroom(store, CONFIG, "vader", lambda: NOW))
    told: list[Answer] = []
    began, go_on, done = Event(), Event(), Event()

    def hold(answer: Answer) -> None:
        told.append(answer)
        began.set()
        go_on.wait(10)

    def take(answer: Answer) -> None:
        told.append(answer)
        if answer.lint is not None:
            done.set()

    thread.ask(MAIN, hold)
    thread.start()
    assert began.wait(30)
    thread.ask(CRANE, take)
    thread.ask(LAST, take)
    go_on.set()
    assert done.wait(30)
    thread.stop()
    thread.join(10)
    assert [answer.story.card.slug for answer in told] == ["a-quiet-week", "the-last-one", "the-last-one"]
    assert [answer.lint is not None for answer in told] == [False, False, True]


def test_of_a_stub_only_what_lies_behind_it_is_asked(tmp_path: Path) -> None:
    store = fill(tmp_path / "monitor.db")
    thread = AskingThread(Newsroom(store, CONFIG, "vader", lambda: NOW))
    told: list[Answer] = []
    done = Event()
    thread.start()
    thread.ask(MAIN._replace(body="", footnotes=()), told.append)
    thread.ask(MAIN._replace(body=""), lambda answer: (told.append(answer), done.set()))
    assert done.wait(30)
    thread.stop()
    thread.join(10)
    assert all(answer.dossier is not None and answer.lint is None for answer in told)


def test_a_store_that_is_gone_is_an_answer(tmp_path: Path) -> None:
    thread = AskingThread(Newsroom(tmp_path / "none.db", CONFIG, "vader", lambda: NOW))
    told: list[Answer] = []
    done = Event()
    thread.start()
    thread.ask(MAIN, lambda answer: (told.append(answer), done.set()))
    assert done.wait(30)
    thread.stop()
    thread.join(10)
    assert "none.db" in told[0].problem
