from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.copies import cluster
from monitor.text.near_copies import NearCopies
from monitor.text.wording import wording, words_of

TEXT = "The week's releases changed what builders say about open weights, and nobody at the labs seems to have noticed"
VOCABULARY = [
    f"{start}{middle}{end}" for start in "bdfgklmnprst" for middle in "aeiou" for end in ("n", "rt", "sk", "lo")
]


def words(text: str) -> list[bytes]:
    return words_of(wording(text))


def clusters(texts: list[str]) -> list[int]:
    copies = NearCopies(1000)
    return [copies.add(words(text), number) for number, text in enumerate(texts)]


@pytest.mark.parametrize(
    "edited",
    [
        TEXT.upper() + " 🔥🔥",
        f"RT @someone: {TEXT}",
        f"{TEXT} https://example.com/a?b=c #ai #openweights",
        f"#AI: #weights {TEXT} (#ai, #openweights) - #news!",
        TEXT.replace("builders", "#builders"),
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


@pytest.mark.parametrize(
    ("text", "other"),
    [
        (
            "'Yakub' appeared on Saturday 1 at the 20th place in the Top20 of Ahmedabad's Trends",
            "'Seth Rollins' appeared on Tuesday 11 at the 16th place in the Top20 of Manchester's Trends",
        ),
        (
            "Follow the top Kim Kardashian stories for Dec 11 on our topical page",
            "Follow the top David Bowie stories for Dec 19 on our topical page",
        ),
        ("I may or may not be in love with Carrie Underwood", "I may or may not be in love with Ice Cube's son"),
        (
            "Gold edges down to 1231 dollars ahead of the jobs data",
            "Gold edges down to 1247 dollars ahead of the jobs data",
        ),
        (
            "Gold edges down to 1231 dollars ahead of the jobs data",
            "Gold edges down to 1213 dollars ahead of the jobs data",
        ),
        ("IHOP is the move tomorrow", "Georgetown is the move tomorrow"),
        (
            "トヨタが新しいAIモデルを東京で発表しました、来年から使えるとのことです",
            "富士通が古いAIモデルを大阪で停止しました、来年から使えるとのことです",
        ),
        ("我们今天发布了新的模型，它比以前的更快", "他们昨天关闭了旧的工厂，它比别的更慢"),
        ("我们今天发布了新的模型", "今天天气很好我们去公园"),
        (
            "Follow the top Iran stories for Dec 20 on our topical page",
            "Follow the top Lady Gaga stories for Dec 20 on our topical page",
        ),
        (
            "My Saturday night consists of me watching the second season of the series with the cat",
            "My Friday night consists of me watching the second season of the series with the cat",
        ),
        (
            "Derby against Luton: the squad: Here is the squad of Derby that will face Luton tomorrow evening at home",
            "Derby against Leeds: the squad: Here is the squad of Derby that will face Leeds tomorrow evening at home",
        ),
        (
            "New photo of the band on the stage of the old theatre by the harbour #6",
            "New photo of the band on the stage of the old theatre by the harbour #2",
        ),
        (
            "Starting daily flights from #Washington to #Lauderdale on the eighth of August #planes",
            "Starting daily flights from #Columbus to #Oakland on the eighth of August #planes",
        ),
    ],
)
def test_a_form_that_is_filled_in_anew_is_no_copy(text, other):
    assert clusters([text, other]) == [0, 1]


def test_like_words_for_the_same_occasion_are_no_copy():
    assert clusters(
        [
            "so happy to be seeing the film about the lighthouse tonight",
            "I will be seeing the film about the lighthouse tonight with my brother",
        ]
    ) == [0, 1]


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("I can't wait to see the Lakers tomorrow", "Can't wait to see the Lakers tomorrow!"),
        (
            "Excited to go see Rise of the Planet of the Apes tonight",
            "I wanna go see Rise of the Planet of the Apes tonight",
        ),
        (
            "did I mention I'm seeing the band in the old town hall tomorrow",
            "did I mention I'm seeing the band tomorrow",
        ),
        ("NBA league pass till the sixth", "NBA league pass is free till the sixth"),
    ],
)
def test_a_short_text_that_is_worded_anew_is_no_copy(text, other):
    assert clusters([text, other]) == [0, 1]


def test_the_same_words_in_another_order_are_no_copy():
    titles = ["Music of the Sun", "A Girl Like Me", "Good Girl Gone Bad", "Rated R", "Loud", "Talk That Talk"]
    assert clusters([", ".join(titles), " > ".join(titles[3:] + titles[:3])]) == [0, 1]


def test_a_day_that_is_cut_off_is_the_same_day():
    text = "The court said that it will tell on Thursday whether the law on models may stand as it is"
    assert clusters([text, text.replace("Thursday", "Thurs")]) == [0, 0]


def test_a_short_text_that_is_cut_is_a_copy():
    text = "so happy to be seeing the film about the lighthouse tonight with her"
    assert clusters([text, text.removesuffix(" tonight with her") + "…"]) == [0, 0]


def test_an_equal_text_is_found_however_many_share_its_phrases():
    copies = NearCopies(4000)
    texts = [
        f"The forecast for {' '.join(random.Random(number).sample(VOCABULARY, 4))} says that rain comes by noon"
        for number in range(3000)
    ]
    for number, text in enumerate(texts):
        copies.add(words(text), number)
    assert copies.add(words(texts[247].upper()), 9999) == 247


def test_an_edited_copy_is_found_without_spaces_between_words():
    text = "トヨタが新しいAIモデルを東京で発表しました、来年から使えるとのことです"
    assert clusters([text, f"【速報】{text} #AI https://example.com/a", text.replace("東京で", "")]) == [0, 0, 0]


def test_an_equal_text_is_as_new_as_its_last_copy():
    copies = NearCopies(100, reach=1000)
    copies.add(words(TEXT), 7, 0)
    assert copies.equal(7, 900) == 7
    assert copies.add(words(TEXT.replace("nobody", "no one")), 8, 1800) == 7
    assert copies.equal(7, 2000) is None
    assert copies.equal(9, 900) is None


def test_an_equal_text_is_not_answered_for_when_it_is_about_to_be_forgotten():
    copies = NearCopies(4)
    copies.add(words(TEXT), 1)
    for number, other in enumerate(("one two three four five six", "a b c d e f g", "seven eight nine ten eleven"), 2):
        copies.add(words(other), number)
    assert copies.equal(1) is None
    assert copies.add(words(TEXT), 1) == 1
    assert copies.equal(1) == 1


def test_what_lies_too_far_back_is_no_copy():
    copies = NearCopies(100, reach=1000)
    edited = TEXT.replace("nobody", "no one")
    assert copies.add(words(TEXT), 1, 5000) == 1
    assert copies.add(words(edited), 2, 5900) == 1
    assert copies.add(words(TEXT.replace("labs", "lab")), 3, 3900) == 3


def test_only_the_newest_texts_are_remembered():
    copies = NearCopies(3)
    copies.add(words(TEXT), 1)
    for number, other in enumerate(("one two three four five six", "a b c d e f g", "seven eight nine ten eleven"), 2):
        assert copies.add(words(other), number) == number
    assert copies.add(words(TEXT + " indeed"), 9) == 9


@given(
    st.lists(st.sampled_from([TEXT, TEXT + " and more", TEXT.replace("labs", "shops"), "x y z a b c d"]), max_size=9)
)
def test_learning_what_was_found_gives_the_same_index(texts):
    first, second = NearCopies(100), NearCopies(100)
    for number, text in enumerate(texts):
        second.learn(words(text), number, first.add(words(text), number))
    probe = words(TEXT.replace("nobody", "no one"))
    assert second.add(probe, 99) == first.add(probe, 99)


def test_short_texts_are_copies_only_where_they_are_the_same():
    assert cluster(["good morning all", "Good morning, all!", "good evening all"]) == [0, 0, 1]


def test_without_words_there_is_nothing_to_compare():
    assert clusters(["", "!!", "🔥", "https://example.com", "@you"]) == [0, 1, 2, 3, 4]


def test_tags_alone_are_compared_as_words():
    assert cluster(["#ai #news", "#ai #news", "#ai #jobs"]) == [0, 0, 1]


@given(st.lists(st.text(max_size=60), max_size=12))
def test_a_cluster_is_that_of_an_earlier_text_or_its_own(texts):
    found = clusters(texts)
    assert all(cluster == number or found[cluster] == cluster < number for number, cluster in enumerate(found))


@given(st.lists(st.sampled_from([TEXT, TEXT + "!", "other words that are not the same as those", "x"]), max_size=10))
def test_it_is_the_same_in_every_run(texts):
    assert clusters(texts) == clusters(texts)


def test_most_edited_copies_are_found_among_many_texts_and_no_others():
    chance = random.Random(7)
    texts = [" ".join(chance.choices(VOCABULARY, k=chance.randint(10, 30))) for _ in range(2000)]
    copies = NearCopies(5000)
    assert [copies.add(words(text), number) for number, text in enumerate(texts)] == list(range(2000))
    found = 0
    for number, text in enumerate(texts):
        edited = text.split()
        for _ in range(max(1, len(edited) // 10)):
            edited[chance.randrange(len(edited))] = chance.choice(VOCABULARY)
        found += copies.add(words(" ".join(edited)), 2000 + number) == number
    assert found >= 1990


def test_a_common_phrase_does_not_slow_the_search():
    copies = NearCopies(4000)
    chance = random.Random(3)
    for number in range(3000):
        copies.add(words(f"going to the fair {' '.join(chance.choices(VOCABULARY, k=8))}"), number)
    assert copies.add(words("going to the fair with somebody else entirely this time around"), 5000) == 5000


@given(st.lists(st.sampled_from(["#ai", "#2", "#a#b", "(#x)", "word", "-", "#", "ж", "#ж", "1"])).map(" ".join))
def test_tags_count_between_words_alone(text):
    found = words(text)
    assert found == words(f"#tag {text} #tag, #tag!")
    assert len(words(f"x {text} x")) >= len(found) + 2
