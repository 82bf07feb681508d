"""Checking a story of the store or of a file: its claims with their verdicts, and the score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from monitor.cli import output
from monitor.cli.context import Context, now, output_width
from monitor.cli.errors import DONE, FAILED, CommandError
from monitor.stories import StoryError, markup

if TYPE_CHECKING:
    from monitor.nouns.stories import Story
    from monitor.store.reader import Reader
    from monitor.stories.verdicts import Finding, Verdict

ORDER: tuple[Verdict, ...] = ("contradicted", "unsupported", "uncheckable", "supported")
"""The verdicts, the worst first."""
SIGNS = {"contradicted": "✗", "unsupported": "?", "uncheckable": "·", "supported": "✓"}
ASCII_SIGNS = {"contradicted": "x", "unsupported": "?", "uncheckable": ".", "supported": "+"}
MEASURE = 80


def lint(context: Context, name: str, *, beat: str | None, as_json: bool, min_fidelity: int | None) -> int:
    """Check the story of a file or a slug, against the given beat or its own, and print what was found."""
    from monitor.config.entities import gazetteer
    from monitor.snapshot import Provenance
    from monitor.store.reader import open_reader
    from monitor.stories.linting import lint_story
    from monitor.stories.verdicts import FORMULA
    from monitor.text.shares import SCORER

    at = now()
    with open_reader(context.store) as reader:
        story = _story(reader, name, at)
        if beat is not None:
            story = story._replace(card=story.card._replace(beat=context.beat_slugs([beat])[0]))
        config = context.config
        provenance = Provenance(config.beats, config.hash, config.rules_hash, SCORER)
        findings, score, moment = lint_story(reader, provenance, story, at, gazetteer(context.config))
    if as_json:
        tree = {"slug": story.card.slug, "fidelity": score, "formula": FORMULA}
        output.write_json({**tree, "claims": [_tree(finding) for finding in findings]})
    else:
        for line in _lines(story, findings, score, moment, context.draws_ascii):
            output.write(line + "\n")
    return FAILED if min_fidelity is not None and (score is None or score < min_fidelity) else DONE


def _story(reader: Reader, name: str, at: int) -> Story:
    """The story of a file if there is such a file, else the stored one of a slug."""
    from pathlib import Path

    from monitor.cli.stories import read_file, stored_story

    if name == "-" or Path(name).is_file():
        try:
            return read_file(name, at)
        except StoryError as error:
            raise CommandError(f"{name}: {error}") from error
    story = stored_story(reader, name)
    if story.card.origin == "stub":
        raise CommandError(f'"{name}" is a stub: only its title is known')
    return story


def _tree(finding: Finding) -> dict[str, Any]:
    claim = finding.claim
    return {
        "kind": claim.kind,
        "text": claim.text,
        "part": claim.part,
        "span": [claim.start, claim.end],
        "verdict": finding.verdict,
        "detail": finding.detail,
    }


def _lines(
    story: Story,
    findings: Sequence[Finding],
    score: int | None,
    moment: int,
    ascii: bool,  # noqa: A002
) -> Iterator[str]:
    from monitor.instants import render
    from monitor.report.columns import cut, wrap
    from monitor.stories.sentences import line_of
    from monitor.stories.verdicts import FORMULA

    width, signs = min(output_width(), MEASURE), ASCII_SIGNS if ascii else SIGNS
    text = markup.plain(story.body).text
    yield from wrap(story.card.title, width)
    undated = " (its file has no date)" if story.card.published_at is None else ""
    yield from wrap(f"As of {render(moment)}{undated}, {story.card.beat or 'all beats'}", width)
    for finding in sorted(findings, key=lambda finding: ORDER.index(finding.verdict)):
        claim = finding.claim
        yield ""
        line = f"line {line_of(claim.start, text)}" if claim.part == "body" else claim.part
        place = f"{line}, {claim.start}-{claim.end}"
        head = f"{signs[finding.verdict]} {finding.verdict}  {claim.kind}  {place}"
        yield head
        yield "  " + cut(" ".join(claim.text.split()), width - 2, ascii=ascii)
        yield from wrap(finding.detail, width, first="    ", rest="    ")
    counts = Counter(finding.verdict for finding in findings)
    yield ""
    yield from wrap(f"{len(findings)} claims: " + ", ".join(f"{counts[each]} {each}" for each in ORDER), width)
    told = "none, for nothing is claimed that could be checked" if score is None else f"{score} of 100"
    yield from wrap(
        f"Fidelity {told} ({FORMULA}). It says how far the store bears the text out, not whether it is true.", width
    )
