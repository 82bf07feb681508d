"""A story as a page: places, links and marks hold for any text and any width."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from monitor.nouns.stories import Footnote, Quote, Story, StoryCard, StoryVersion
from monitor.stories import markup
from monitor.stories.claims import Claim, EntityLink
from monitor.stories.linting import Lint
from monitor.stories.verdicts import Finding, Verdict, fidelity
from monitor.tui.lines import width_of
from monitor.tui.story_material import SIGNS, Material, made_safe
from monitor.tui.story_page import MEASURE, Page, Spot, story_page

CARD = StoryCard("a", "A Title of Some Words", "A dek", "open-source-ai", "Technical", "high", 0, None, "imported")
PIECES = st.sampled_from([
    "word ", "another ", "\n\n", "{{entity:meta|Meta}} ", "{{beat:x|a label of words}} ", "{{story:s|s}}", "[¹]",
    "[23]", "<entity:openai>", "{{entity:none|None}}", "日本語 ", "x" * 90 + " ", "\x1b[31m", "[b]", "{{entity:meta|",
    "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{WOMAN} ", "\t",
])  # fmt: skip
BODIES = st.lists(PIECES, max_size=60).map("".join)
VERDICTS = st.sampled_from(get_args(Verdict))


def linted(body: str, places: list[float], verdicts: list[Verdict]) -> Lint:
    """A finding at each of some places of a text, given as shares of its length."""
    text = markup.plain(body).text
    findings = []
    for place, verdict in sorted(zip(places, verdicts, strict=False)):
        start = min(int(place * len(text)), max(0, len(text) - 1))
        claim = Claim("entity", text[start : start + 5], start, start + 5, EntityLink("a", "b"))
        findings.append(Finding(claim, verdict, "because"))
    return Lint(tuple(findings), fidelity(found.verdict for found in findings), 0)


def words_of(page: Page, first: int = 0) -> str:
    return " ".join(" ".join("".join(text for text, _ in line) for line in page.lines[first:]).split())


def under(page: Page, spot: Spot) -> str:
    """The words in the cells of a spot."""
    cells = "".join(
        character + "\0" * (cell_len(character) - 1) for text, _ in page.lines[spot.line] for character in text
    )
    return cells[spot.start : spot.end].replace("\0", "")


@given(BODIES, st.integers(20, 200), st.lists(st.floats(0, 1), max_size=8), st.lists(VERDICTS, max_size=8))
@settings(max_examples=60, deadline=None)
def test_any_story_is_a_page(body: str, width: int, places: list[float], verdicts: list[Verdict]) -> None:
    story = made_safe(Story(CARD, body, footnotes=(Footnote(1, "a note", "https://x.example"),)))
    material = Material(CARD, story, lint=linted(story.body, places, verdicts), state="done")
    page = story_page(material, width)
    assert len(page.lines) == len(page.places)
    assert list(page.places) == sorted(page.places)
    assert all(width_of(line) <= width for line in page.lines)
    assert len(page.targets) == len(page.spots)
    assert all(spots for spots in page.spots)
    assert "\x1b" not in words_of(page)
    labels = [link.label for link in markup.plain(story.body).links if link.label]
    seen = [
        "".join(under(page, spot) for spot in spots)
        for target, spots in zip(page.targets, page.spots, strict=True)
        if target.kind in ("beat", "entity", "story")
    ]
    assert [words.replace(" ", "") for words in seen[1:]] == [label.replace(" ", "") for label in labels]
    for number, spots in enumerate(page.spots):
        chosen = story_page(material, width, number)
        assert chosen.places == page.places
        assert [width_of(line) for line in chosen.lines] == [width_of(line) for line in page.lines]
        assert sum("▸" in line[1][0] for line in chosen.lines if len(line) > 1) == 1 or len(spots) > 1
    assert len(page.claims) == (len(material.lint.findings) if story.body.strip() else 0)  # type: ignore[union-attr]


@given(BODIES, st.integers(20, 200), st.integers(20, 200), st.integers(0, 100))
@settings(max_examples=60, deadline=None)
def test_a_place_is_found_again_in_another_width(body: str, one: int, other: int, share: int) -> None:
    material = Material(CARD, made_safe(Story(CARD, body)))
    page, wider = story_page(material, one), story_page(material, other)
    line = min(len(page.lines) - 1, share * len(page.lines) // 100)
    assert page.line_at(page.places[line]) >= line
    found = wider.line_at(page.places[line])
    assert wider.places[found] <= page.places[line]
    assert found == len(wider.lines) - 1 or wider.places[found + 1] > page.places[line]


@pytest.mark.parametrize(("width", "mark"), [(80, "✗c"), (120, "contradicted ✗")])
def test_of_several_claims_of_a_line_the_worst_is_shown(width: int, mark: str) -> None:
    body = "Short and wrong."
    lint = linted(body, [0.0, 0.2, 0.4], ["supported", "contradicted", "unsupported"])
    page = story_page(Material(CARD, Story(CARD, body), lint=lint, state="done"), width)
    (line,) = [line for line in page.lines if any(text == body for text, _ in line)]
    assert line[0] == (line[0][0], SIGNS["contradicted"][2])
    assert line[0][0].strip() == mark
    assert page.claims == (page.lines.index(line),) * 3


def test_each_verdict_has_a_sign_and_a_letter_of_its_own() -> None:
    assert set(SIGNS) == set(get_args(Verdict))
    assert len({sign for sign, _, _ in SIGNS.values()}) == len({letter for _, letter, _ in SIGNS.values()}) == 4


def test_a_page_is_no_wider_than_its_measure() -> None:
    page = story_page(Material(CARD, Story(CARD, "word " * 100)), 200)
    texts = [text for line in page.lines for text, style in line if style == "text"]
    assert max(map(len, texts)) <= MEASURE


def test_a_story_without_links_notes_or_claims_says_so_by_what_is_absent() -> None:
    shown = words_of(story_page(Material(CARD, Story(CARD, "Nothing here."), lint=Lint((), None, 0), state="done"), 80))
    assert "Fidelity: none, for nothing is claimed that could be checked." in shown
    for title in ("Notes", "From the Discourse", "More stories", "Also told"):
        assert title not in shown


def test_a_version_and_a_listed_post_without_an_address() -> None:
    story = Story(CARD, "New words.", quotes=(Quote("A line of a page"),))
    shown = words_of(story_page(Material(CARD, story, version=StoryVersion(2, 0, "Old Title", "", "Old words.")), 80))
    assert "Version 2 of this story" in shown
    assert "Old Title" in shown
    assert "A line of a page as its page listed it" in shown


def test_a_beat_that_its_file_does_not_say_is_not_made_up() -> None:
    untold = CARD._replace(beat=None, category=None)
    assert "beat not said · imported" in words_of(
        story_page(Material(untold, Story(untold, "Words.", lacks=("beat",))), 80)
    )
    assert "across beats · imported" in words_of(story_page(Material(untold, Story(untold, "Words.")), 80))
