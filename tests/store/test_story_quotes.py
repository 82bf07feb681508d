"""What drafts quote goes when the posts go, out of the text and out of the file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from monitor.nouns.stories import FORMS, Cited, Footnote, Story, StoryCard
from monitor.records import Deletion, Post
from monitor.store.reader import open_reader
from monitor.store.writer import Changes, Writer
from monitor.stories.exporting import export
from tests.store.factories import BEATS, DAY, NOW, analysed

SAID = "open weights are a quiet kind of revolution"
OTHER = "open weights need packagers more than they need praise"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    store = tmp_path / "monitor.db"
    posts = [
        analysed(1, text=SAID, author="ada", author_name="Ada Quill", url="https://posts.example/1"),
        analysed(2, text=OTHER, author="ben", author_name="Ben Reed", url="https://posts.example/2", cluster=2),
    ]
    with Writer(store) as writer:
        writer.set_beats(BEATS, NOW - DAY)
        writer.commit(Changes(posts))
    return store


def draft(path: Path, more: str = "", title: str = "A Draft") -> Story:
    with open_reader(path) as reader:
        ids = {post.post.native_id: post.id for post in reader.posts_named([("bluesky", "1"), ("bluesky", "2")])}
    body = f"One says: “{SAID}”.[¹] Another says: “{OTHER}”.[²] The first also has “a quiet kind of revolution”.{more}"
    card = StoryCard("a-draft", title, "A dek.", "open-models", None, "low", NOW, None, "drafted")
    notes = (
        Footnote(1, "Ada Quill on Bluesky", "https://posts.example/1"),
        Footnote(2, "Ben Reed on Bluesky", "https://posts.example/2"),
    )
    cited = (
        Cited(1, ids["1"], SAID),
        Cited(2, ids["2"], OTHER),
        Cited(1, ids["1"], "a quiet kind of revolution"),
    )
    return Story(card, body, footnotes=notes, cited=cited, manifest={"as_of": "2026-11-21T09:00:00Z"})


def put(path: Path, *stories: Story) -> None:
    with Writer(path) as writer:
        for story in stories:
            writer.put_stories([story], NOW)


def stored(path: Path) -> Story:
    with open_reader(path) as reader:
        story = reader.story("a-draft")
    assert story is not None
    return story


def test_a_draft_comes_back_as_it_was(path: Path):
    put(path, draft(path))
    assert stored(path) == draft(path)


def test_words_of_a_deleted_post_leave_every_export_and_the_file(path: Path):
    put(path, draft(path), draft(path, more=" And more."))
    with Writer(path) as writer:
        writer.commit(Changes(deletions=[Deletion("bluesky", "1")]))
    story = stored(path)
    assert story.body.startswith("One says: [deleted by its author].[¹] Another says: “open weights need")
    assert story.body.endswith("The first also has [deleted by its author]. And more.")
    assert story.footnotes[0] == Footnote(1, "deleted by its author", None)
    assert story.footnotes[1].text == "Ben Reed on Bluesky"
    for form in FORMS:
        text = export(story, form)
        assert "deleted by its author" in text
        assert "quiet kind" not in text
        assert "Ada" not in text
        assert "posts.example/1" not in text
        assert "packagers" in text
    with open_reader(path) as reader:
        (version,) = reader.story_versions("a-draft")
    assert "deleted by its author" in version.body
    assert "quiet kind" not in version.body
    files = [path, *path.parent.glob(f"{path.name}-*")]
    assert not any(b"quiet kind of revolution" in file.read_bytes() for file in files)


def test_words_of_a_forgotten_author_leave_too(path: Path):
    put(path, draft(path))
    with Writer(path) as writer:
        assert writer.forget(author="ada") == 1
    story = stored(path)
    assert "[no longer kept here].[¹]" in story.body
    assert story.footnotes[0].text == "no longer kept here"


def test_words_of_a_post_that_was_deleted_meanwhile_are_not_taken_in(path: Path):
    story = draft(path)
    with Writer(path) as writer:
        writer.commit(Changes(deletions=[Deletion("bluesky", "1")]))
    put(path, story)
    assert "quiet kind" not in stored(path).body


def test_a_post_that_was_edited_keeps_the_words_that_were_quoted(path: Path):
    put(path, draft(path))
    before = analysed(1, text=SAID, author="ada", url="https://posts.example/1")
    with Writer(path) as writer:
        writer.commit(Changes([before._replace(post=before.post._replace(text="open weights, edited"))]))
    assert stored(path).body == draft(path).body


def test_each_version_has_its_own_quotations(path: Path):
    first = draft(path)
    second = first._replace(
        body=f"Only this: “{OTHER}”.[¹]",
        footnotes=(Footnote(1, "Ben"),),
        cited=(Cited(1, first.cited[1].post_id, OTHER),),
    )
    put(path, first, second, second)
    with open_reader(path) as reader:
        (version,) = reader.story_versions("a-draft")
    assert (version.body, stored(path).body) == (first.body, second.body)


def test_the_same_sentence_about_another_post_is_another_version(path: Path):
    first = draft(path)
    one, other = first.cited[0].post_id, first.cited[1].post_id
    body = "One says: “{}”.[¹]"
    told = [
        first._replace(body=body.format(words), cited=(Cited(1, number, words),), footnotes=(Footnote(1, "x"),))
        for number, words in ((one, SAID), (other, OTHER))
    ]
    put(path, *told)
    with open_reader(path) as reader:
        assert [version.body for version in reader.story_versions("a-draft")] == [body.format(SAID)]


def test_words_that_the_text_does_not_have_are_refused(path: Path):
    story = draft(path)
    with pytest.raises(ValueError, match="note 2 quotes words that the text does not have"):
        put(path, story._replace(cited=(Cited(2, 1, "something else"),)))
    with open_reader(path) as reader:
        assert reader.story("a-draft") is None


def test_a_text_that_looks_like_the_marks_of_quotations_is_text(path: Path):
    story = draft(path, more=" {{quote:7:1}} and {{quote:0:99}}")
    put(path, story)
    assert stored(path).body.endswith("[no longer kept here] and [no longer kept here]")


def test_manifests_are_found_by_beat(path: Path):
    put(path, draft(path))
    with open_reader(path) as reader:
        assert reader.draft_manifests("open-models") == (("a-draft", {"as_of": "2026-11-21T09:00:00Z"}),)
        assert reader.draft_manifests("courts") == ()


def test_a_store_of_before_is_read_and_brought_forward(path: Path):
    plain = draft(path)._replace(cited=(), manifest=None)
    put(path, plain)
    connection = sqlite3.connect(path)
    connection.executescript(
        "DROP TRIGGER story_quotes_erased; DROP TRIGGER story_quotes_removed; DROP TABLE story_quotes;"
        "DELETE FROM _sqlite_migrations WHERE name = 'm005_drafts'; PRAGMA user_version = 4;"
    )
    connection.close()
    assert stored(path) == plain
    put(path, draft(path))
    assert stored(path) == draft(path)
    with Writer(path) as writer:
        writer.commit(Changes(deletions=[Deletion("bluesky", "1")]))
    assert "[deleted by its author]" in stored(path).body


def test_an_edited_export_keeps_what_binds_it_to_the_posts(path: Path):
    from monitor.stories import read
    from monitor.stories.importing import take_in

    put(path, draft(path))
    markdown = export(stored(path), "markdown")
    (same,) = take_in(path, [("same.md", lambda: read(markdown))], NOW)
    assert (same.outcome, stored(path).cited) == ("unchanged", draft(path).cited)
    (edited,) = take_in(path, [("edited.md", lambda: read(markdown.replace("Another says", "Another adds")))], NOW)
    assert edited.outcome == "updated"
    with Writer(path) as writer:
        writer.commit(Changes(deletions=[Deletion("bluesky", "1"), Deletion("bluesky", "2")]))
    with open_reader(path) as reader:
        texts = [stored(path).body, *(version.body for version in reader.story_versions("a-draft"))]
    assert len(texts) == 2
    assert not any("quiet kind" in text or "packagers" in text for text in texts)


def test_a_post_without_its_draft_is_no_trouble(path: Path):
    with Writer(path) as writer:
        post: Post = analysed(3).post
        assert post.native_id == "3"
        writer.commit(Changes(deletions=[Deletion("bluesky", "2")]))
