from __future__ import annotations

from pathlib import Path

import pytest

from monitor.nouns.stories import Cited, Footnote, Story
from monitor.records import Deletion
from monitor.snapshot.building import Provenance
from monitor.store.reader import open_reader
from monitor.store.writer import Changes, Writer
from monitor.stories.behind import Behind, posts_behind
from monitor.stories.clipping import clipping
from tests.store.factories import BEATS, NOW, analysed
from tests.stories.samples import story

WORDS = "the tools to run them are never shipped"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "monitor.db"
    posts = [
        analysed(1, source="hackernews", text="cited by its number", cluster=1),
        analysed(2, source="hackernews", text="soon deleted", cluster=2),
        analysed(3, source="news", text="cited by its address", url="https://news.example/3?x=1", cluster=3),
        analysed(4, text=f"They say {WORDS}.", cluster=4),
        analysed(5, text=f"They say {WORDS}!", author="bob", cluster=4, at=NOW - 1000),
    ]
    with Writer(path) as writer:
        writer.set_beats(BEATS, 0)
        writer.commit(Changes(posts))
        writer.commit(Changes(deletions=[Deletion("hackernews", native_id="2")]))
    return path


def behind(path: Path, told: Story) -> Behind:
    with open_reader(path) as reader:
        return posts_behind(reader, Provenance(BEATS, "", "", "vader"), told, NOW)


def notes(*urls: str | None) -> tuple[Footnote, ...]:
    return tuple(Footnote(number, f"note {number}", url) for number, url in enumerate(urls, start=1))


def test_notes_lead_to_posts_by_name_and_by_address(store: Path) -> None:
    told = story(
        footnotes=notes(
            "https://news.ycombinator.com/item?id=1",
            "https://news.ycombinator.com/item?id=2",
            "https://news.example/3?x=1",
            "https://news.example/unknown",
            None,
        )
    )
    cited = behind(store, told).cited
    assert {number: post.post.native_id for number, post in cited.items()} == {1: "1", 2: "2", 3: "3"}
    assert [cited[number].deleted for number in (1, 2, 3)] == [False, True, False]


def test_a_draft_names_its_posts_by_number(store: Path) -> None:
    told = story(footnotes=notes(None, None), cited=(Cited(1, 4), Cited(2, 2), Cited(3, 999)))
    cited = behind(store, told).cited
    assert {number: (post.id, post.deleted) for number, post in cited.items()} == {1: (4, False), 2: (2, True)}


def test_quoted_posts_are_listed_once_for_each_text(store: Path) -> None:
    told = story(body=f'One wrote that "{WORDS}". Another agreed that "{WORDS}" and left.')
    (post,) = behind(store, told).quoted
    assert post.post.native_id == "4"


def test_what_is_cited_is_not_listed_as_quoted_too(store: Path) -> None:
    with Writer(store) as writer:
        known = analysed(4, text=f"They say {WORDS}.", cluster=4)
        writer.commit(Changes([known._replace(post=known.post._replace(url="https://bsky.example/4"))]))
    told = story(body=f'One wrote that "{WORDS}".[¹]', footnotes=notes("https://bsky.example/4"))
    found = behind(store, told)
    assert found.cited[1].post.native_id == "4"
    assert found.quoted == ()


def test_a_clipping_numbers_its_sources(store: Path) -> None:
    told = story(
        body="It was {{entity:meta|said}} by some.[¹] Others wrote.[²]",
        footnotes=notes("https://news.ycombinator.com/item?id=1"),
    )
    text = clipping(told, "Open Models", behind(store, told).cited)
    assert "It was said by some.[^1] Others wrote.[^2]" in text
    assert "[^1]: note 1 https://news.ycombinator.com/item?id=1 (ada, Hacker News, " in text
    assert "[^2]: its file does not say what this mark points to" in text
