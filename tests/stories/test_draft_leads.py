"""What a draft begins with: each kind of signal is told, and all that is told passes the linter."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config import load
from monitor.instants import DAY, HOUR
from monitor.nouns.stories import Story
from monitor.records import Attempt, Signal
from monitor.store.reader import open_reader
from monitor.store.writer import Changes, Writer
from monitor.stories.checking import check
from monitor.stories.draft_leads import lead_of
from monitor.stories.drafter import Drafter
from monitor.stories.phrases import phrases_of
from monitor.stories.verdicts import fidelity
from monitor.text.copies import fingerprint
from tests.store.factories import NOW, analysed
from tests.stories.test_drafting import small_store

BEAT = "open-source-ai"
TEXTS = [f"open weights of Gemma number {number} came out at OpenAI today as well" for number in range(40)]


def signal(kind: str, level: str = "medium", **evidence: object) -> Signal:
    return Signal(f"{kind}-1", kind, BEAT, level, NOW - 2 * HOUR, None, "a summary", dict(evidence))  # type: ignore[arg-type]


def drafted(path: Path, *signals: Signal) -> tuple[Story, str]:
    """A draft that passed the linter, and what it begins with."""
    with Writer(path) as writer:
        writer.put_signals(signals)
    with open_reader(path) as reader:
        drafter = Drafter(load(), reader, NOW, NOW)
        story = drafter.by_rules(BEAT, ())
        findings = check(story, drafter.evidence, drafter.entities)
        assert fidelity(finding.verdict for finding in findings) == 100
        return story, lead_of(drafter.facts(BEAT)).kind


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return small_store(tmp_path / "monitor.db", TEXTS, before=20, beat=BEAT)


@pytest.mark.parametrize(
    ("raised", "kind", "words"),
    [
        (signal("volume"), "volume", "of the level medium"),
        (signal("mood", direction="down", mood_or_mix={"within": -0.1, "mix": -0.02}), "mood", "darker"),
        (signal("phrase", subject="open weights"), "phrase", "40 texts say “open weights”"),
        (signal("entity", subject="openai"), "entity", "40 texts name {{entity:openai|OpenAI}}"),
        (signal("divergence", subject="bluesky+x"), "divergence", "opposite moods"),
        (signal("engagement"), "engagement", "usual"),
        (signal("lockstep", subject="ai-law"), "together", "{{beat:ai-law|AI & Law}}"),
        (signal("overlap", subject="ai-law"), "together", "{{beat:ai-law|AI & Law}}"),
    ],
    ids=lambda each: each.kind if isinstance(each, Signal) else "",
)
def test_each_kind_of_signal_is_told(path: Path, raised: Signal, kind: str, words: str):
    story, told = drafted(path, raised)
    assert told == kind
    assert words in story.body or words in story.card.title
    assert story.card.significance == "medium"
    assert "20 November" in story.body or "21 November" in story.body


def test_a_signal_that_closed_within_the_day_is_told_and_no_test_denied(path: Path):
    closed = signal("volume")._replace(closed_at=NOW - HOUR)
    story, _ = drafted(path, closed)
    assert "Earlier in these 24 hours a signal was open that has closed since, of the kind volume." in story.body
    assert "passed" not in story.body
    assert story.card.significance == "low"
    with open_reader(path) as reader:
        words = [phrase.words for phrase in phrases_of(Drafter(load(), reader, NOW, NOW).facts(BEAT))]
    assert "a signal of the kind volume was open earlier in these 24 hours and has closed since" in words
    assert not any("passed no test" in each for each in words)


def test_an_echo_is_told_and_counts_once(tmp_path: Path):
    path = small_store(tmp_path / "monitor.db", TEXTS[:5], beat=BEAT)
    same = "open weights are the future, read this and pass it on to everybody now"
    posts = [
        analysed(
            2000 + number, text=same, author=f"hand-{number}", cluster=fingerprint(same), beats=(BEAT,), source="x"
        )
        for number in range(40)
    ]
    with Writer(path) as writer:
        writer.commit(Changes(posts, attempts=[Attempt("x", "all", (NOW - 2 * DAY, NOW), "ok", NOW - 1, 1, 1)]))
    story, kind = drafted(path, signal("copies", "high"))
    assert kind == "echo"
    assert "40 authors posted one text" in story.body
    assert "40 posts" in story.body


def test_a_claim_about_an_echo_is_held_against_it(tmp_path: Path):
    path = small_store(tmp_path / "monitor.db", ["open weights are the future and the past as well"] * 12, beat=BEAT)
    with open_reader(path) as reader:
        drafter = Drafter(load(), reader, NOW, NOW)
        story = drafter.by_rules(BEAT, ())
        verdicts = {}
        for text in ("12 authors posted one text.", "40 authors posted the same text.", "13 authors posted one text."):
            findings = check(story._replace(body=text), drafter.evidence, drafter.entities)
            verdicts[text] = [finding.verdict for finding in findings if finding.claim.part == "body"]
    assert list(verdicts.values()) == [["supported"], ["contradicted"], ["contradicted"]]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("40 texts say “open weights”.", "supported"),
        ("41 texts say “open weights”.", "contradicted"),
        ("3 texts say “closed weights”.", "contradicted"),
        ("40 texts name OpenAI.", "supported"),
        ("5 texts name OpenAI.", "contradicted"),
        ("5 texts name Nobody Inparticular.", "uncheckable"),
        ("The net mood stands at +99 points.", "contradicted"),
        ("It came to 10 posts on Bluesky, after 9 posts in the 24 hours before.", "contradicted"),
    ],
)
def test_figures_of_drafts_are_run_again(path: Path, text: str, verdict: str):
    with open_reader(path) as reader:
        drafter = Drafter(load(), reader, NOW, NOW)
        story = drafter.by_rules(BEAT, ())
        findings = check(story._replace(body=text), drafter.evidence, drafter.entities)
    assert verdict in [each.verdict for each in findings if each.claim.part == "body" and each.claim.kind == "number"]


@pytest.mark.parametrize("part", ["title", "dek"])
@pytest.mark.parametrize(
    ("text", "verdict"),
    [("Open models: 40 posts in 24 hours", "supported"), ("9,999 posts in 24 hours", "contradicted")],
)
def test_titles_and_deks_are_checked_too(path: Path, part: str, text: str, verdict: str):
    with open_reader(path) as reader:
        drafter = Drafter(load(), reader, NOW, NOW)
        story = drafter.by_rules(BEAT, ())
        story = story._replace(card=story.card._replace(**{part: text}))
        findings = [each for each in check(story, drafter.evidence, drafter.entities) if each.claim.part == part]
    assert [(each.claim.text, each.verdict) for each in findings] == [(findings[0].claim.text, verdict)]
    assert text[findings[0].claim.start : findings[0].claim.end] == findings[0].claim.text


def test_every_phrase_for_a_model_passes_the_linter_by_itself(path: Path):
    with Writer(path) as writer:
        writer.put_signals([signal("volume"), signal("phrase", subject="open weights")])
    with open_reader(path) as reader:
        drafter = Drafter(load(), reader, NOW, NOW)
        facts, story = drafter.facts(BEAT), drafter.by_rules(BEAT, ())
        for phrase in phrases_of(facts):
            findings = check(story._replace(body=f"{phrase.words}."), drafter.evidence, drafter.entities)
            assert [each.verdict for each in findings if each.verdict != "supported"] == [], phrase
