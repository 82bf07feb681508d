from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stories import markup, read
from monitor.stories.claims import Claim, EntityLink, find_claims
from monitor.stories.figures import Figure
from monitor.text.entities import EntityFinder, shipped_entities
from tests.stories.samples import story

ENTITIES = EntityFinder(shipped_entities())


def claims_of(body: str, kind: str | None = None) -> list[Claim]:
    return [claim for claim in find_claims(story(body=body), ENTITIES) if kind in (None, claim.kind)]


def figure(body: str) -> Figure:
    (claim,) = claims_of(body, "number")
    assert isinstance(claim.about, Figure)
    return claim.about


@pytest.mark.parametrize(
    ("body", "text", "value", "measure"),
    [
        ("The beat stood at 469 / 24h by noon.", "469 / 24h", 469, "volume"),
        ("There were 469 posts in the last 24 hours.", "469 posts", 469, "volume"),
        ("In all it has 31,370 records.", "31,370 records", 31370, "records"),
        ("It took 388 authors to say so.", "388 authors", 388, "authors"),
        ("It took 388 distinct texts to say so.", "388 distinct texts", 388, "texts"),
        ("It got ninety-five points on Hacker News.", "ninety-five points", 95, "likes"),
        ("It got thirty-nine comments.", "thirty-nine comments", 39, "replies"),
        ("The post got fourteen likes.", "fourteen likes", 14, "likes"),
        ("It had 1,200 reposts.", "1,200 reposts", 1200, "reposts"),
        ("Of the posts 31% were positive.", "31%", 31, "positive"),
        ("Nearly 40 percent negative is a lot.", "40 percent", 40, "negative"),
        ("The net mood is −18 points today.", "18 points", -18, "net"),
        ("On News it is 40 % of the volume.", "40 %", 40, "split"),
        ("Positive sentiment roughly doubled in a day.", "roughly doubled", 2, "mood ratio"),
        ("The volume tripled overnight.", "tripled", 3, "volume ratio"),
        ("Posts were 58% above usual.", "58% above", 1.58, "volume ratio"),
        ("The beat was three times as loud as usual.", "three times", 3, "volume ratio"),
        ("It makes a video in 38 seconds.", "38 seconds", 38, "other"),
        ("A 15-billion-parameter model is out.", "15-billion-parameter", 15e9, "other"),
        ("It saves 55% of what it costs.", "55%", 55, "other"),
    ],
)
def test_figures_are_found_with_what_they_count(body, text, value, measure):
    (claim,) = claims_of(body, "number")
    assert isinstance(claim.about, Figure)
    assert (claim.text, claim.about.value, claim.about.measure) == (text, pytest.approx(value), measure)


@pytest.mark.parametrize(
    "body",
    [
        "In 2026 it was Gemma 4 and GPT-5 on an H100, six months ago, on 12 May at 6:29 PM.",
        "One post put it plainly. Two sides of it remain, and both of them are one story.",
        'Somebody wrote "there are 95 of us and 14 of you in here".',
        "So it is.[¹²] And again.[3]",
        "It stopped at seven and went on at ten to the sound of it.",
        "Within 48 hours and after 18 months it was the same.",
    ],
)
def test_names_dates_lengths_of_time_and_turns_of_phrase_are_no_figures(body):
    assert claims_of(body, "number") == []


def test_how_exact_a_figure_is_and_where_and_when():
    assert figure("About 400 posts came.").relation == "about"
    assert figure("It had more than 400 posts.").relation == "over"
    assert figure("It had fewer than 400 posts.").relation == "under"
    assert figure("There were 3,100 posts in the last 7 days.").hours == 168
    assert figure("There were 1,084 posts on X, not on Bluesky.").sources == ("x",)
    assert figure("Bluesky is quiet, and 188 news articles say so.").sources == ("news",)
    assert figure("From Bluesky came 84 posts, which X does not have.").sources == ("bluesky",)
    assert figure("In {{beat:ai-law|law}} there were 84 posts.").beat == "ai-law"
    assert figure("Posts are up 58% on the day before.").against == "before"


def test_quotations_but_not_terms_nor_what_is_never_closed():
    body = (
        'On Bluesky @ada wrote: "everyone is shipping weights today". The "open source" term. He said "and then it ends'
    )
    (claim,) = claims_of(body, "quote")
    assert claim.text == '"everyone is shipping weights today"'
    assert (claim.about.sources, claim.about.handle) == (("bluesky",), "ada")


def test_what_named_people_and_organisations_said_or_did():
    body = (
        "OpenAI has quietly released it. According to Sam Altman it is safe. Meta is a company. @ada_x called it odd. "
        "Jane Mayberry warned of it. One Bluesky user noted it. Fans of Meta and Nvidia exist."
    )
    assert [claim.text for claim in claims_of(body, "attribution")] == [
        "OpenAI has quietly released",
        "Sam Altman",
        "@ada_x called",
        "Jane Mayberry warned",
    ]


def test_what_is_said_of_the_mood_of_groups():
    body = (
        "The community is celebrating. On X, users worried aloud. Builders build. "
        "Developers are glad and sad, hopeful and angry. The critics sued."
    )
    found = claims_of(body, "group")
    assert [(claim.text, claim.about.mood, claim.about.sources) for claim in found] == [
        ("The community", "positive", ()),
        ("users", "negative", ("x",)),
    ]


def test_each_source_once_at_its_first_place():
    body = (
        'On Bluesky and on X, then Bluesky again, r/LocalLLaMA and Hacker News; X marks the spot, "not YouTube at all".'
    )
    assert [(claim.text, claim.about.slug) for claim in claims_of(body, "source")] == [
        ("Bluesky", "bluesky"),
        ("on X", "x"),
        ("r/LocalLLaMA", "reddit"),
        ("Hacker News", "hackernews"),
    ]


@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    "{{entity:meta|Meta}}",
                    "{{entity:x|",
                    '"',
                    "“",
                    "”",
                    "469 posts",
                    "ninety-five",
                    "doubled",
                    " on X ",
                ),
                *("Meta said", "the community", "optimistic", ". ", "\n\n", "[¹]", "@ada", "%", "−", "a", "{", "é"),
            ]
        )
        | st.text(max_size=8),
        max_size=40,
    ).map("".join)
)
def test_any_text_has_claims_whose_places_are_theirs(body):
    plain = markup.plain(body).text
    for claim in claims_of(body):
        assert plain[claim.start : claim.end] == claim.text
        assert claim.text


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "text", ['"' * 20_000, "one " * 20_000, "1," * 20_000, "The " * 20_000, "A b said " * 5_000, "hundred " * 2_000]
)
def test_no_text_takes_long(text):
    claims_of(text)


def test_the_seed_documents():
    folder = os.environ.get("MONITOR_SEEDS_DIR")
    if not folder:
        pytest.skip("MONITOR_SEEDS_DIR is not set")
    stories = [read(file.read_text("utf-8"), 0) for file in sorted(Path(folder).glob("*.txt"))]
    links = [
        (claim.about.slug, claim.about.label)
        for each in stories
        for claim in find_claims(each, ENTITIES)
        if isinstance(claim.about, EntityLink) and ENTITIES.verdict(*claim.about) != "known"
    ]
    assert links == [("deepseek", "Qwen"), ("github", "Hacker News"), ("sam-altman", "Andrej Karpathy")]
    texts = {claim.text for each in stories for claim in find_claims(each, ENTITIES)}
    assert texts >= {"fourteen likes", "ninety-five points", "thirty-nine comments", "roughly doubled"}
