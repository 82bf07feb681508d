from __future__ import annotations

from pathlib import Path

import pytest

from monitor.nouns.stories import Panel, Story
from monitor.store.reader import open_reader
from monitor.store.writer import Writer
from monitor.stories import read
from monitor.stories.merging import Placing, Shelf
from tests.stories.samples import ANOTHER, BODY, NOW, REWRITTEN, export, page

TITLE_OF_STUB = "The Crane That Minds Fog"


class Library:
    """A store, and the placing of stories in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        Writer(path).close()

    def put(self, text: str) -> Placing:
        with open_reader(self.path) as reader:
            stubs = [card for card, _ in reader.listed_stories(None, 1000) if card.origin == "stub"]
            shelf = Shelf(reader.all_stories(), stubs)
            story = read(text, NOW)
            known = shelf.same_as(story)
            placing = shelf.place(story, reader.story_versions(known.card.slug) if known else ())
        if placing.outcome != "unchanged":
            with Writer(self.path) as writer:
                writer.put_stories([placing.story], NOW)
        return placing

    def slugs(self) -> dict[str, str]:
        with open_reader(self.path) as reader:
            return {card.slug: card.origin for card, _ in reader.listed_stories(None, 1000)}

    def story(self, slug: str) -> Story:
        with open_reader(self.path) as reader:
            story = reader.story(slug)
        assert story is not None
        return story

    def versions(self, slug: str) -> list[str]:
        with open_reader(self.path) as reader:
            return [version.title for version in reader.story_versions(slug)]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "monitor.db")


@pytest.mark.parametrize("text", [export(), page()])
def test_the_same_file_twice_changes_nothing(library: Library, text: str):
    assert library.put(text).outcome == "added"
    before = library.path.read_bytes()
    assert library.put(text).outcome == "unchanged"
    assert library.path.read_bytes() == before


def test_a_rewritten_title_is_a_version_and_the_slug_stays(library: Library):
    library.put(export())
    assert library.put(export("A Loud Week", body=REWRITTEN)).outcome == "updated"
    assert library.slugs() == {"a-quiet-week-a920": "imported"}
    assert library.story("a-quiet-week-a920").card.title == "A Loud Week"
    assert library.versions("a-quiet-week-a920") == ["A Quiet Week"]


def test_an_old_text_that_is_offered_again_does_not_come_back(library: Library):
    library.put(export())
    library.put(export("A Loud Week", body=REWRITTEN))
    assert library.put(export()).outcome == "unchanged"
    assert library.story("a-quiet-week-a920").card.title == "A Loud Week"


def test_one_story_under_two_slugs_is_one_entry_that_goes_by_both(library: Library):
    library.put(export(slug="a-quiet-week-877b"))
    library.put(export(slug="a-quiet-week-28d0", body=REWRITTEN))
    assert library.slugs() == {"a-quiet-week-877b": "imported"}
    assert library.story("a-quiet-week-28d0") == library.story("a-quiet-week-877b")
    assert library.put(export(slug="a-quiet-week-28d0", body=REWRITTEN)).outcome == "unchanged"


@pytest.mark.parametrize("backwards", [False, True])
def test_page_and_export_of_one_story_complete_each_other(library: Library, backwards: bool):
    linked = BODY.replace("Weights", "{{entity:meta|Weights}}", 1)
    texts = [page(), export(body=linked)]
    for text in reversed(texts) if backwards else texts:
        library.put(text)
    assert sorted(library.slugs().values()) == ["imported", "stub"]
    story = library.story("a-quiet-week-a920")
    assert story.card.url == "https://stories.example/stories/a-quiet-week-a920"
    assert story.card.dek == "A dek that the export does not have."
    assert story.panel == Panel(469, 31370, (("x", 84), ("bluesky", 106), ("news", 188), ("youtube", 91)))
    assert "{{entity:meta|Weights}}" in story.body
    assert [card.title for card in story.related] == [TITLE_OF_STUB]
    assert not {"dek", "address", "beat", "date of publication"}.intersection(story.lacks)
    assert [library.put(text).outcome for text in texts] == ["unchanged", "unchanged"]


def test_a_real_story_replaces_its_stub_which_still_leads_to_it(library: Library):
    assert [stub.title for stub in library.put(page()).new_stubs] == [TITLE_OF_STUB]
    assert library.slugs() == {"a-quiet-week": "imported", "the-crane-that-minds-fog": "stub"}
    library.put(export(TITLE_OF_STUB, "the-crane-that-minds-fog-12ab", ANOTHER))
    assert library.slugs() == {"a-quiet-week": "imported", "the-crane-that-minds-fog-12ab": "imported"}
    (related,) = library.story("a-quiet-week").related
    assert (related.slug, related.origin) == ("the-crane-that-minds-fog-12ab", "imported")
    crane = library.story("the-crane-that-minds-fog")
    assert crane.card.slug == "the-crane-that-minds-fog-12ab"
    assert (crane.card.category, crane.card.significance, crane.card.dek) == ("Industry", "medium", "And its dek.")
    assert library.versions(crane.card.slug) == []
    assert library.put(page()).outcome == "unchanged"


def test_a_stub_of_a_story_that_is_there_is_none(library: Library):
    library.put(export(TITLE_OF_STUB, "the-crane-that-minds-fog-12ab", ANOTHER))
    assert library.put(page()).new_stubs == ()
    assert "stub" not in library.slugs().values()


def test_different_stories_stay_apart(library: Library):
    library.put(export())
    library.put(export("The Crane", "the-crane-12ab", ANOTHER))
    assert len(library.slugs()) == 2
