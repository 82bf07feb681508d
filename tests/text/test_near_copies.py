from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.near_copies import NearCopies

TEXT = "The week's releases changed what builders say about open weights, and nobody at the labs seems to have noticed"
VOCABULARY = [
    f"{start}{middle}{end}" for start in "bdfgklmnprst" for middle in "aeiou" for end in ("n", "rt", "sk", "lo")
]


def clusters(texts: list[str]) -> list[int]:
    copies = NearCopies()
    return [copies.add(text, number) for number, text in enumerate(texts)]


@pytest.mark.parametrize(
    "edited",
    [
        TEXT.upper() + " 🔥🔥",
        f"RT @someone: {TEXT}",
        f"{TEXT} https://example.com/a?b=c #ai #openweights",
        TEXT.replace("builders", "bulders").replace("noticed", "notcied"),
        TEXT.replace("nobody", "no one"),
        TEXT.replace("seems to have ", ""),
        TEXT.replace("builders", "many builders here"),
        TEXT.rpartition(" seems")[0],
        f'This. "{TEXT}"',
    ],
)
def test_an_edited_copy_is_found(edited):
    assert clusters(["something else altogether that was said before", TEXT, edited]) == [0, 1, 1]


@pytest.mark.parametrize(
    "other",
    [
        "The week's releases changed nothing for the people who have to answer the telephone at the town hall",
        "nobody at the labs seems to have noticed",
        "What builders say about open weights has changed, says a survey of four hundred of them in six countries",
    ],
)
def test_a_shared_phrase_links_nothing(other):
    assert clusters([TEXT, other]) == [0, 1]


def test_short_texts_are_copies_only_where_they_are_the_same():
    assert clusters(["good morning all", "Good morning, all!", "good evening all"]) == [0, 0, 2]


def test_without_words_there_is_nothing_to_compare():
    assert clusters(["", "!!", "🔥", "https://example.com", "@you"]) == [0, 1, 2, 3, 4]


def test_tags_alone_are_compared_as_words():
    assert clusters(["#ai #news", "#ai #news", "#ai #jobs"]) == [0, 0, 2]


@given(st.lists(st.text(max_size=60), max_size=12))
def test_a_cluster_is_that_of_an_earlier_text_or_its_own(texts):
    found = clusters(texts)
    assert all(cluster == number or found[cluster] == cluster < number for number, cluster in enumerate(found))


@given(st.lists(st.sampled_from([TEXT, TEXT + "!", "other words that are not the same as those", "x"]), max_size=10))
def test_it_is_the_same_in_every_run(texts):
    assert clusters(texts) == clusters(texts)


def test_most_edited_copies_are_found_among_many_texts_and_no_others():
    chance = random.Random(7)
    texts = [" ".join(chance.choices(VOCABULARY, k=chance.randint(8, 30))) for _ in range(2000)]
    copies = NearCopies()
    assert [copies.add(text, number) for number, text in enumerate(texts)] == list(range(2000))
    found = 0
    for number, text in enumerate(texts):
        words = text.split()
        for _ in range(max(1, len(words) // 10)):
            words[chance.randrange(len(words))] = chance.choice(VOCABULARY)
        found += copies.add(" ".join(words), 2000 + number) == number
    assert found >= 1990


def test_a_common_phrase_does_not_slow_the_search():
    copies = NearCopies()
    chance = random.Random(3)
    for number in range(3000):
        copies.add(f"going to the fair {' '.join(chance.choices(VOCABULARY, k=8))}", number)
    assert copies.add("going to the fair with somebody else entirely this time around", 5000) == 5000
