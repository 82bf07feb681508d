from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.entities import Entity, EntityFinder, GazetteerError, read_entities, shipped_entities

FINDER = EntityFinder(shipped_entities())


def slugs(text: str) -> list[str]:
    return [mention.slug for mention in FINDER.find(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sam Altman and @sama met Altman", ["sam-altman"] * 3),
        ("openai, OPENAI and Open-AI", ["openai"] * 3),
        ("Meta said; a meta question", ["meta"]),
        ("an apple from Apple", ["apple"]),
        ("the EU AI Act of the EU", ["eu-ai-act", "eu"]),
        ("Google DeepMind is part of Google", ["google-deepmind", "google"]),
        ("DeepSeek-R1 by DeepSeek", ["deepseek-r1", "deepseek"]),
        ("the H100s, $TAO and llama.cpp", ["h100", "tao", "llama-cpp"]),
        ("claude the painter, metaphor, Altmann, GPT-40", []),
    ],
)
def test_names_are_found_as_they_are_meant(text, found):
    assert slugs(text) == found


@given(
    st.text() | st.lists(st.sampled_from(["Meta", "meta", "AI", "Open AI", " ", "-", "İ", "EU", "Act"])).map("".join)
)
def test_mentions_lie_in_the_text_one_after_the_other(text):
    mentions = FINDER.find(text)
    assert all(0 <= mention.start < mention.end <= len(text) for mention in mentions)
    assert all(one.end <= two.start for one, two in itertools.pairwise(mentions))


@pytest.mark.parametrize(
    ("slug", "label", "verdict"),
    [
        ("deepseek", "Qwen", "other"),
        ("github", "Hacker News", "other"),
        ("sam-altman", "Andrej Karpathy", "other"),
        ("llama", "Llama series", "known"),
        ("meta", "Meta", "known"),
        ("api", "API", "known"),
        ("eu", "EU", "known"),
        ("privacy", "privacy", "known"),
        ("ethics", "AI ethics", "known"),
        ("anxiety", "anxiety", "known"),
        ("open-source", "open-source", "known"),
        ("anxiety", "the weather", "unknown"),
        ("openai", "the company", "unknown"),
    ],
)
def test_a_link_is_held_against_its_words(slug, label, verdict):
    assert FINDER.verdict(slug, label) == verdict


def test_every_entity_of_the_gazetteer_is_found_by_each_of_its_names():
    for entity in FINDER.entities.values():
        for name in entity.names:
            assert entity.slug in slugs(f"and {name.removeprefix('=')}, so"), (entity.slug, name)


def test_no_name_belongs_to_two():
    names = [name.removeprefix("=").casefold() for entity in FINDER.entities.values() for name in entity.names]
    assert len(names) == len(set(names))


def test_a_gazetteer_of_ones_own_adds_and_replaces():
    own = read_entities({"person": {"ada-lovelace": ["Ada Lovelace", "=Ada"]}, "organisation": {"openai": ["The Lab"]}})
    finder = EntityFinder(read_entities({"law": {"my-act": ["My Act"]}}, own))
    assert [mention.slug for mention in finder.find("Ada of The Lab, on ada and My Act")] == [
        "ada-lovelace",
        "openai",
        "my-act",
    ]
    assert finder.entities["ada-lovelace"] == Entity("ada-lovelace", "Ada Lovelace", "person", ("Ada Lovelace", "=Ada"))


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"animal": {}}, "animal: there are the tables person"),
        ({"person": []}, "person: there are"),
        ({"person": {"Ada": ["Ada"]}}, r"person\.Ada: a slug is"),
        ({"person": {"ada": "Ada"}}, r"person\.ada: expected a list"),
        ({"person": {"ada": []}}, r"person\.ada: expected a list"),
        ({"person": {"ada": ["-"]}}, r'person\.ada: the name "-" cannot be used'),
    ],
)
def test_a_mistake_is_told_with_its_place(tables, said):
    with pytest.raises(GazetteerError, match=said):
        read_entities(tables)
