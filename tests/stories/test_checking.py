"""Checks of stories against real stores, whose figures are known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.instants import DAY, HOUR, MINUTE
from monitor.nouns.stories import Footnote, Panel, Story
from monitor.records import AnalysedPost, Attempt, Engagement
from monitor.snapshot import Provenance
from monitor.store.reader import open_reader
from monitor.store.writer import Changes, Writer
from monitor.stories.checking import check
from monitor.stories.evidence import Evidence
from monitor.stories.verdicts import Finding, fidelity
from monitor.text.copies import fingerprint
from monitor.text.entities import EntityFinder, shipped_entities
from tests.store.factories import BEATS, NOW, analysed
from tests.stories.samples import story

ENTITIES = EntityFinder(shipped_entities())
PROVENANCE = Provenance(BEATS, "c", "r", "s")
QUOTED = "A few months ago releasing weights openly was a signal of confidence. Now it is a liability."
WONDERFUL, DULL, AWFUL = 2, 1, 0
"""Moods of posts, as `analysed` takes them."""

Check = Callable[..., list[Finding]]


def post(number: int, text: str = "", **fields: object) -> AnalysedPost:
    text = text or f"open weights number {number} of many"
    given: dict[str, object] = {"author": f"author-{number}", "at": NOW - 2 * HOUR + number, **fields}
    return analysed(number, text=text, cluster=fingerprint(text), **given)  # type: ignore[arg-type]


def posts() -> list[AnalysedPost]:
    """Fifty in the window, 24 of them positive, 6 negative; ten from news; twenty in the window before, 4 positive."""
    window = [
        post(n, mood=WONDERFUL if n < 24 else AWFUL if n < 30 else DULL, source="news" if n >= 40 else "bluesky")
        for n in range(50)
    ]
    before = [post(n, at=NOW - DAY - 2 * HOUR, mood=WONDERFUL if n < 104 else DULL) for n in range(100, 120)]
    said = [
        post(
            200,
            QUOTED,
            at=NOW - 3 * DAY,
            engagement=Engagement(14, 2, 3, 0, None),
            author="ada.example",
            mood=DULL,
            url="https://posts.example/200",
        ),
        post(201, f"RT {QUOTED}", at=NOW - 3 * DAY + MINUTE, author="copier", mood=DULL),
        post(
            202,
            "Contrapunk plays guitar in 38 seconds",
            source="hackernews",
            at=NOW - 3 * DAY,
            engagement=Engagement(95, None, 39),
            mood=DULL,
        ),
        post(
            203,
            "OpenAI told us that open weights are late again",
            source="news",
            at=NOW - 3 * DAY,
            mood=DULL,
            url="https://news.example/1",
        ),
    ]
    return [*window, *before, *said]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("checked") / "monitor.db"
    covered = (NOW - 3 * DAY, NOW)
    sources = ("bluesky", "news", "hackernews", "arxiv")
    attempts = [Attempt(source, "all", covered, "ok", NOW - 1, 50, 50) for source in sources]
    with Writer(path) as writer:
        writer.set_beats(BEATS, NOW - 30 * DAY)
        writer.commit(Changes(posts(), attempts=attempts))
    return path


@pytest.fixture
def checked(store: Path) -> Check:
    def check_body(
        body: str, kind: str | None = None, as_of: int = NOW, now: int = NOW, **changes: object
    ) -> list[Finding]:
        told = story(body=body, **changes)
        told = told._replace(card=told.card._replace(beat="open-models"))
        with open_reader(store) as reader:
            found = check(told, Evidence(reader, PROVENANCE, as_of, now), ENTITIES)
        return [finding for finding in found if kind in (None, finding.claim.kind)]

    return check_body


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("The beat had 50 posts in the last 24 hours.", "supported"),
        ("The beat stood at 50 / 24h.", "supported"),
        ("The beat had 469 posts in the last 24 hours.", "contradicted"),
        ("About 53 posts came in the last 24 hours.", "supported"),
        ("About 90 posts came in the last 24 hours.", "contradicted"),
        ("More than 45 posts came in the last 24 hours.", "supported"),
        ("More than 60 posts came in the last 24 hours.", "contradicted"),
        ("From Bluesky came 40 posts.", "supported"),
        ("There were 40 posts on Bluesky, and 10 posts on News.", "supported"),
        ("There were 11 posts on Bluesky.", "contradicted"),
        ("On Bluesky it was 80 % of the volume.", "supported"),
        ("On Bluesky it was 30 % of the volume.", "contradicted"),
        ("A pile of 31 posts lies there.", "unsupported"),
        ("It has 74 records.", "supported"),
        ("It has 31,370 records.", "contradicted"),
        ("In that time 50 authors wrote 50 distinct texts.", "supported"),
        ("The volume rose 150 % on the day before.", "supported"),
        ("The volume doubled from the day before.", "contradicted"),
        ("The volume doubled within an hour.", "uncheckable"),
        ("Ten days ago the volume doubled from the day before.", "uncheckable"),
        ("One petition came from 20 authors.", "unsupported"),
        ("One petition came from 60 authors.", "contradicted"),
        ("Posts are three times as many as usual.", "uncheckable"),
        ("Positive sentiment roughly doubled in a 24-hour window.", "unsupported"),
        ("Negative sentiment doubled in a 24-hour window.", "unsupported"),
        ("The volume of {{beat:harbours|harbours}} tripled in a day.", "uncheckable"),
        ("It had 7 posts in the last 24 hours in {{beat:courts|court}}.", "contradicted"),
        ("The video takes 38 seconds.", "supported"),
        ("The video takes 39 seconds.", "uncheckable"),
        ("There were 74 posts in the last 7 days.", "supported"),
        ("In the last 7 days there were 50 posts.", "contradicted"),
    ],
)
def test_figures_are_counted_again(checked: Check, body: str, verdict: str):
    findings = checked(body, "number")
    assert findings
    assert {finding.verdict for finding in findings} == {verdict}, [finding.detail for finding in findings]


def test_a_mood_is_held_against_the_estimate_and_its_interval(checked: Check):
    (right,) = checked("Of the posts 48 % were positive.", "number")
    (wrong,) = checked("Of the posts 95 % were positive.", "number")
    assert "n = 50" in right.detail
    share = float(right.detail.split()[1])
    (exact,) = checked(f"Of the posts {share:.0f} % were positive.", "number")
    assert (exact.verdict, wrong.verdict) == ("supported", "contradicted")


@pytest.mark.parametrize(
    ("glad", "body", "verdict"),
    [
        (300, "Positive sentiment tripled in a 24-hour window.", "supported"),
        (300, "Positive sentiment roughly doubled in a 24-hour window.", "unsupported"),
        (200, "Positive sentiment roughly doubled in a 24-hour window.", "unsupported"),
        (0, "Positive sentiment tripled in a 24-hour window.", "contradicted"),
    ],
)
def test_a_mood_that_doubled_needs_intervals_that_do_not_meet(tmp_path: Path, glad: int, body: str, verdict: str):
    path = tmp_path / "monitor.db"
    now = [post(n, mood=WONDERFUL if n < glad else DULL) for n in range(600)]
    before = [post(n, at=NOW - DAY - HOUR, mood=WONDERFUL if n < 1150 else DULL) for n in range(1000, 1600)]
    with Writer(path) as writer:
        writer.set_beats(BEATS, NOW - 30 * DAY)
        writer.commit(Changes([*now, *before]))
    told = story(body=body)
    told = told._replace(card=told.card._replace(beat="open-models"))
    with open_reader(path) as reader:
        (finding,) = check(told, Evidence(reader, PROVENANCE, NOW, NOW), ENTITIES)
    assert finding.verdict == verdict, finding.detail
    assert finding.detail.count("n = 600") == 2


@pytest.mark.parametrize(
    ("body", "verdict", "said"),
    [
        (f'A post put it plainly: "{QUOTED}"', "supported", "verbatim: ada.example on Bluesky"),
        (f'On Bluesky @ada put it plainly: "{QUOTED}"', "supported", "14 likes, 2 reposts"),
        (f"It said “{QUOTED.replace('a signal of', '…')}”", "supported", "1 more post has the same words"),
        (f'It said "{QUOTED.replace("openly ", "")}"', "supported", "near-verbatim"),
        (f'It said "{QUOTED.replace("Now it is", "Now it is not")}"', "contradicted", "a negation or a number differs"),
        (f'On News it said "{QUOTED}"', "contradicted", "yet not from News"),
        (f'On Bluesky @bob put it plainly: "{QUOTED}"', "contradicted", "@bob"),
        ('It said "nobody has ever said such a thing here"', "unsupported", "no post of the store"),
        ('It said "Now it is a scandal of a size"', "unsupported", "no post of the store"),
    ],
)
def test_quotations_are_looked_up(checked: Check, body: str, verdict: str, said: str):
    (finding,) = checked(body, "quote")
    assert (finding.verdict, said in finding.detail) == (verdict, True), finding.detail


def test_what_was_written_after_the_story_is_no_evidence(checked: Check):
    (finding,) = checked(f'It said "{QUOTED}"', "quote", as_of=NOW - 3 * DAY - HOUR)
    assert finding.verdict == "uncheckable"


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (f'It said "{QUOTED}" The post got fourteen likes.', "supported"),
        (f'It said "{QUOTED}" The post got forty likes.', "contradicted"),
        (f'It said "{QUOTED}" The post got nine likes.', "contradicted"),
        (f'It said "{QUOTED}" The post got nine views.', "uncheckable"),
        ("Somebody posted Contrapunk, which got ninety-five points on Hacker News.", "supported"),
        ("Somebody posted Contrapunk, which got ninety points on Hacker News.", "unsupported"),
        ("It got thirty-nine comments.", "supported"),
        ("It got 40 comments.", "unsupported"),
        ("It got 99999999999999999999 comments.", "unsupported"),
        ('It said "these words are nowhere to be found" and got 14 likes.', "unsupported"),
        (f'It said "{QUOTED}" Elsewhere Contrapunk got ninety-five points.', "supported"),
    ],
)
def test_what_an_audience_did_is_held_against_the_post(checked: Check, body: str, verdict: str):
    (finding,) = checked(body, "number")
    assert finding.verdict == verdict, finding.detail


def test_likes_may_have_come_after_the_story(checked: Check):
    (finding,) = checked(f'It said "{QUOTED}" The post got nine likes.', "number", now=NOW + DAY)
    assert finding.verdict == "unsupported"
    assert "may have grown" in finding.detail


def test_links_are_held_against_their_words(checked: Check):
    body = "{{entity:deepseek|Qwen}}, {{entity:qwen|Qwen}}, {{entity:ethics|ethics}}, {{entity:api|lemons}}"
    assert [finding.verdict for finding in checked(body, "entity")] == [
        *("contradicted", "supported", "supported", "contradicted")
    ]


@pytest.mark.parametrize(
    ("body", "verdict", "said"),
    [
        ("OpenAI warned of it.", "unsupported", "neither a note nor a quotation"),
        ("OpenAI warned of it.[¹]", "supported", "note 1 cites"),
        ("Meta warned of it.[¹]", "unsupported", "does not name Meta"),
        ("OpenAI warned of it.[²]", "uncheckable", "the store does not hold"),
        ("OpenAI warned of it.[³] Then.", "unsupported", "mark 3 points to no note"),
        ('OpenAI warned of it: "open weights are late again"', "supported", "quotes"),
        (f'OpenAI warned of it: "{QUOTED}"', "unsupported", "does not name OpenAI"),
    ],
)
def test_what_is_said_of_somebody_needs_a_citation(checked: Check, body: str, verdict: str, said: str):
    notes = (Footnote(1, "a report", "https://news.example/1"), Footnote(2, "a letter", "https://news.example/2"))
    (finding,) = checked(body, "attribution", footnotes=notes)
    assert (finding.verdict, said in finding.detail) == (verdict, True), finding.detail


@pytest.mark.parametrize(
    ("body", "verdict", "n"),
    [
        ("The community is celebrating it.", "supported", 28),
        ("The community is furious.", "supported", 6),
        ("On News, users are furious.", "unsupported", 0),
        ("On YouTube, users are furious.", "uncheckable", None),
        ("Lawyers of {{beat:harbours|harbours}} are furious.", "uncheckable", None),
    ],
)
def test_what_is_said_of_a_group_needs_three_posts_of_that_mood(checked: Check, body: str, verdict: str, n: int | None):
    (finding,) = checked(body, "group")
    assert finding.verdict == verdict, finding.detail
    if n is not None:
        assert f"n = {n} independent" in finding.detail


def test_copies_and_one_author_count_once(tmp_path: Path):
    path = tmp_path / "monitor.db"
    same = [post(n, "open weights are a joy", mood=WONDERFUL) for n in range(5)]
    loud = [post(n, mood=WONDERFUL, author="loud") for n in range(10, 15)]
    with Writer(path) as writer:
        writer.set_beats(BEATS, NOW - 30 * DAY)
        writer.commit(Changes([*same, *loud]))
    told = story(body="The community is celebrating it.")
    with open_reader(path) as reader:
        (finding,) = check(
            told._replace(card=told.card._replace(beat=None)), Evidence(reader, PROVENANCE, NOW, NOW), ENTITIES
        )
    assert finding.verdict == "unsupported"
    assert "n = 2 independent positive posts of 10" in finding.detail


@pytest.mark.parametrize(
    ("body", "panel", "verdict"),
    [
        ("It is said on Bluesky.", None, "supported"),
        ("It is said on arXiv.", None, "contradicted"),
        ("It is said on YouTube.", None, "unsupported"),
        ("It is said on X.", Panel(10, 20, (("x", 10),)), "supported"),
        ("It is said on Bluesky.", Panel(10, 20, (("x", 10),)), "contradicted"),
        ("It is said on arXiv.", Panel(10, 20, (("x", 8), ("other", 2))), "uncheckable"),
    ],
)
def test_a_source_that_is_named_must_be_in_the_split(checked: Check, body: str, panel: Panel | None, verdict: str):
    (finding,) = checked(body, "source", panel=panel)
    assert finding.verdict == verdict, finding.detail


def test_posts_that_were_imported_later_count_as_stored_now(tmp_path: Path):
    path = tmp_path / "monitor.db"
    with Writer(path) as writer:
        writer.set_beats(BEATS, NOW)
        writer.commit(Changes([post(n, collected_at=NOW + DAY) for n in range(7)]))
    told = story(body="It had 7 posts in the last 24 hours, 7 posts on Bluesky.")
    told = told._replace(card=told.card._replace(beat="open-models"))
    with open_reader(path) as reader:
        findings = check(told, Evidence(reader, PROVENANCE, NOW, NOW + DAY), ENTITIES)
    assert [finding.verdict for finding in findings if finding.claim.kind == "number"] == ["supported", "supported"]
    assert "as stored now" in findings[0].detail


def test_an_empty_store_supports_nothing_and_contradicts_no_figure(tmp_path: Path):
    path = tmp_path / "monitor.db"
    with Writer(path) as writer:
        writer.set_beats(BEATS, NOW)
    told: Story = story(body=f'The community is glad. On X 50 posts in 24 hours said "{QUOTED}" to fourteen likes.')
    with open_reader(path) as reader:
        findings = check(told, Evidence(reader, PROVENANCE, NOW, NOW), ENTITIES)
    assert {finding.verdict for finding in findings} == {"uncheckable"}
    assert len(findings) == 5


def test_the_score():
    assert fidelity([]) is None
    assert fidelity(["supported"]) == 100
    assert fidelity(["supported", "contradicted"]) == 33
    assert fidelity(["supported", "supported", "unsupported"]) == 66
    assert fidelity(["uncheckable", "supported"]) == 50
    assert fidelity(["contradicted"]) == 0
