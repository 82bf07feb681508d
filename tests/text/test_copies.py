from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.copies import REACH, Copies, cluster, fingerprint

TEXT = "Open weights are here: 7 billion parameters, and it runs on a phone"

# No characters that upper case maps to several, and none that could make up a link or a mention.
words = st.lists(
    st.text(alphabet=st.sampled_from("abcdefghijklmnopqrstuvwxyzéüñжя你0123456789"), min_size=1, max_size=8),
    min_size=1,
    max_size=12,
)


@given(words, st.data())
def test_what_people_change_in_pasting_changes_nothing(parts: list[str], data: st.DataObject) -> None:
    additions = [
        "https://example.com/a?b=1",
        "www.example.com",
        "@someone",
        "@some.one@example.social",
        "🔥",
        "!",
        "—",
        "\n",
    ]
    changed = []
    for part in parts:
        changed += [
            data.draw(st.sampled_from((part, part.upper(), f"({part})"))),
            data.draw(st.sampled_from(additions)),
        ]
    assert fingerprint(" ".join(changed)) == fingerprint(" ".join(parts))


@given(st.text())
def test_it_is_a_positive_number_of_63_bits_or_nothing(text: str) -> None:
    mark = fingerprint(text)
    assert mark is None or 0 < mark < 2**63


@given(st.text(alphabet="!?., \n\t🔥❤️—„“"))
def test_without_words_there_is_nothing_to_compare(text: str) -> None:
    assert fingerprint(text) is None


def test_links_and_mentions_alone_are_nothing_to_compare() -> None:
    assert fingerprint("@you https://example.com/x?y=z www.example.com 👍🏽 1️⃣") is None


def test_other_words_are_another_text() -> None:
    assert fingerprint(TEXT) != fingerprint(TEXT.replace("phone", "laptop"))
    assert fingerprint("no") != fingerprint("на")


def test_forms_of_links_and_reposts() -> None:
    for changed in (
        f"RT @lab: {TEXT}",
        f"{TEXT} youtube.com/watch?v=abc",
        f"{TEXT} https://mastodon.example/@user/12345",
        f"{TEXT}\nhttps://t.co/abc123",
    ):
        assert fingerprint(changed) == fingerprint(TEXT)
    assert fingerprint("and/or 3.5/4") == fingerprint("And/or: 3.5/4!")


def test_it_is_the_same_number_in_every_run() -> None:
    assert fingerprint("Hello, World!") == 7660214112957654110


def test_clusters_are_numbered_in_order_of_appearance() -> None:
    assert cluster(["a", "b", "A!", "", "b https://example.com", "🔥", ""]) == [0, 1, 0, 2, 1, 3, 4]
    assert cluster([]) == []


def test_an_edited_copy_is_in_the_cluster_of_the_first() -> None:
    edited = TEXT.replace("phone", "phnoe")
    assert cluster([TEXT, "another text of more than five words", edited]) == [0, 1, 0]


def test_the_number_of_a_cluster_is_the_fingerprint_of_its_first_text() -> None:
    copies = Copies()
    assert copies.cluster_of(TEXT, 0) == fingerprint(TEXT)
    assert copies.cluster_of(TEXT + " indeed", REACH) == fingerprint(TEXT)
    assert copies.cluster_of("indeed " + TEXT, 2 * REACH + 1) == fingerprint("indeed " + TEXT)
    assert copies.cluster_of("🔥", 0) is None


TEXTS = [
    TEXT,
    TEXT + " indeed",
    TEXT.upper(),
    TEXT.replace("phone", "phnoe") + " #ai",
    "short text",
    "Short text!",
    "🔥",
    "An altogether other text about the weather on the coast",
    "An altogether other text about the weather on the coast today",
]


@given(st.lists(st.sampled_from(TEXTS), max_size=12))
def test_the_ways_to_cluster_agree(texts: list[str]) -> None:
    one, several = Copies(), Copies()
    found = [one.cluster_of(text, 0) for text in texts]
    assert several.clusters_of(texts, [0] * len(texts)) == found
    firsts: dict[int, int] = {}
    for number, (mine, shared) in enumerate(zip(cluster(texts), found, strict=True)):
        if shared is not None:
            assert firsts.setdefault(shared, mine) == mine
        else:
            assert mine not in cluster(texts)[:number]


@given(st.lists(st.sampled_from(TEXTS), max_size=12))
def test_what_was_learnt_is_known_as_what_was_found(texts: list[str]) -> None:
    found, learnt = Copies(), Copies()
    for number, text in enumerate(texts):
        shared = found.cluster_of(text, number)
        if shared is not None:
            learnt.learn(text, shared, number)
    assert [learnt.cluster_of(text, 99) for text in TEXTS] == [found.cluster_of(text, 99) for text in TEXTS]


def test_a_single_text_in_place_of_a_list_is_told():
    with pytest.raises(TypeError, match=r"\[text\]"):
        cluster("a text")
