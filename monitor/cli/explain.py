"""Beats and sentiment of a text, with what led to them."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from monitor.cli import output
from monitor.cli.arguments import add_json
from monitor.cli.context import Context
from monitor.cli.errors import DONE
from monitor.cli.posts import sentiment_tree
from monitor.cli.texts import match_lines, match_tree, texts_of

if TYPE_CHECKING:
    from monitor.text.sentiment import SentimentScorer

EXAMPLES = """\
  monitor explain "The new open weights are a wonderful surprise"
  monitor explain --json < texts.txt    one text a line
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("text", nargs="?", help="the text; without it one text a line from standard input")
    add_json(parser)


def run(context: Context, options: Namespace) -> int:
    from monitor.text.beats import BeatTagger

    tagger, scorer = BeatTagger(context.config.beats), context.scorer()
    for text in texts_of(options.text):
        tree = match_tree(tagger, text)
        tree["sentiment"] = _sentiment(scorer, text, tree["lang"])
        if options.json:
            output.write_json(tree)
        else:
            output.write("".join(f"{line}\n" for line in [*match_lines(tree), _sentiment_line(tree)]))
    return DONE


def _sentiment(scorer: SentimentScorer, text: str, lang: str | None) -> dict[str, Any]:
    """What the scorer says, with the words that drove it; as at ingest only English is scored."""
    from monitor.text.language import is_english

    if not is_english(lang):
        return {**sentiment_tree(None), "drivers": []}
    (probabilities,) = scorer.score([text])
    return {**sentiment_tree(probabilities), "drivers": [driver._asdict() for driver in scorer.explain(text)]}


def _sentiment_line(tree: dict[str, Any]) -> str:
    sentiment = tree["sentiment"]
    if not sentiment["scored"]:
        from monitor.text.language import is_english

        why = "for it is not known yet" if is_english(tree["lang"]) else f"language {tree['lang'] or 'unknown'}"
        return f"  sentiment: not scored, {why}"
    share = f"{sentiment[sentiment['label']]:.0%}".replace("%", " %")
    drivers = ", ".join(f"{driver['text']} {driver['weight']:+.2f}" for driver in sentiment["drivers"])
    return f"  sentiment: {sentiment['label']}, {share} likely" + (f" ({drivers})" if drivers else "")
