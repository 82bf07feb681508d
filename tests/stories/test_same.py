from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stories.same import find_same, is_same, is_stub_of, resemblance, telling
from tests.stories.samples import ANOTHER, BODY, REWRITTEN, SAME_SUBJECT, story

PARTS = BODY.split("\n\n")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (story(), story(), True),
        (story(), story(title="Another Title", body=ANOTHER), True),
        (story("a", url="https://x.example/1"), story("b", title="T", body=ANOTHER, url="https://x.example/1"), True),
        (story("a-877b"), story("a-28d0"), True),
        (story("a-877b"), story("b", title="A Rewritten Title", body=REWRITTEN), True),
        (story("a-877b"), story("a-28d0", body=f"{PARTS[0]}\n\n{ANOTHER.split(chr(10))[0]}"), True),
        (story("a-877b"), story("b-28d0", title="T", body=f"{PARTS[0]}\n\n{ANOTHER}"), False),
        (story("a-877b"), story("a-28d0", body=ANOTHER), False),
        (story("a-877b"), story("b-28d0", title="Open and Shut", body=SAME_SUBJECT), False),
        (story("a-877b"), story("a-28d0", body=SAME_SUBJECT), False),
    ],
    ids=[
        *("itself", "one slug", "one address", "two slugs", "title and words rewritten", "half of it rewritten"),
        *("a part taken over", "a recurring title", "one subject", "one subject under a recurring title"),
    ],
)
def test_what_is_one_story(one, other, same):
    assert is_same(telling(one), telling(other)) is same
    assert is_same(telling(other), telling(one)) is same


def test_links_and_paragraphs_do_not_make_another_story():
    linked = " ".join(BODY.split()).replace("Weights", "{{entity:meta|Weights}}[¹]", 1)
    assert resemblance(telling(story()), telling(story(body=linked))) > 0.9


def test_an_empty_text_resembles_nothing():
    assert not is_same(telling(story("a", title="", body="")), telling(story("b", title="", body="")))


@given(st.text(), st.text())
def test_resemblance_is_a_share_and_has_no_direction(one, other):
    first, second = telling(story(body=one)), telling(story(body=other))
    assert 0 <= resemblance(first, second) == resemblance(second, first) <= 1


def test_the_one_under_the_same_slug_is_found_before_a_more_similar_one():
    near, named = telling(story("other")), telling(story("wanted", title="T", body=ANOTHER))
    assert find_same(telling(story("wanted")), [(near, "near"), (named, "named")]) == "named"
    assert find_same(telling(story("a", title="T", body=SAME_SUBJECT)), [(near, "near")]) is None


def test_a_stub_is_known_by_its_title_or_its_slug():
    stub = story("the-crane", title="The Crane").card._replace(origin="stub")
    assert is_stub_of(stub, story("the-crane-12ab", title="Rewritten").card)
    assert is_stub_of(stub, story("x", title="The crane").card)
    assert not is_stub_of(stub, story("the-crane-that-minds", title="The Crane That Minds").card)
