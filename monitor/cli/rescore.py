"""Score the stored posts again, after another scorer was chosen."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from monitor.cli import output
from monitor.cli.arguments import add_json
from monitor.cli.context import Context, now
from monitor.cli.errors import DONE

if TYPE_CHECKING:
    from monitor.cli.progress import Progress
    from monitor.cli.rescore_model import Asked
    from monitor.store.reader import Reader
    from monitor.store.rescoring import Rescored, Words
    from monitor.store.writer import Writer
    from monitor.text.sentiment import SentimentScorer

EXAMPLES = """\
  monitor rescore           with the scorer of the configuration; a fetcher may run beside it
  monitor rescore --json    how many were read, scored and changed
"""

BATCH = 2000
"""Posts that are scored again in one transaction, so that a fetcher beside us gets its turn."""


def add_arguments(parser: ArgumentParser) -> None:
    add_json(parser)


def run(context: Context, options: Namespace) -> int:
    from monitor.cli.progress import Progress
    from monitor.snapshot.calibrations import keep_calibrations
    from monitor.store.reader import open_reader
    from monitor.store.writer import Writer

    open_reader(context.store).close()
    scorer, asking = _scorer(context)
    with Writer(context.store) as writer, open_reader(context.store) as reader, Progress("posts read") as progress:
        try:
            read, scored, changed = _rescore(scorer, reader, writer, progress)
            what = f"stored posts scored again by {scorer.name}, {changed:,} of {read:,} changed"
            writer.finish_rescoring(scorer.name, now(), what)
        finally:
            keep_calibrations(reader, writer)
    if options.json:
        told = {"asked": asking.asked, "left": asking.left} if asking else {}
        output.write_json({"read": read, "scored": scored, "changed": changed, "scorer": scorer.name, **told})
    else:
        output.tell(f"{read:,} posts read, {scored:,} scored by {scorer.name}, {changed:,} otherwise than before")
    if asking is not None and asking.left:
        why = f" {asking.why}" if asking.why else ""
        output.tell(f"{asking.left:,} texts are left without a mood; `monitor rescore` asks again.{why}")
    return DONE


def _scorer(context: Context) -> tuple[SentimentScorer, Asked | None]:
    """Who scores; where that is the language model, what came of asking it."""
    from monitor.text.scorer_choice import MODEL

    if context.config.scorer != MODEL:
        return context.scorer(), None
    from monitor.cli.rescore_model import ask_for_moods

    asking = ask_for_moods(context)
    return asking.scorer, asking


def _rescore(scorer: SentimentScorer, reader: Reader, writer: Writer, progress: Progress) -> tuple[int, int, int]:
    """Score every stored post that has words. Returns how many were read, were scored, and changed."""
    read = scored = changed = last = 0
    while words := reader.words_after(last, BATCH):
        posts = rescored(scorer, words)
        changed += writer.rescore(posts)
        scored += sum(post.probabilities is not None for post in posts)
        read += len(words)
        last = words[-1].id
        progress.show(read)
    return read, scored, changed


def rescored(scorer: SentimentScorer, posts: list[Words]) -> list[Rescored]:
    """The posts with the scores that they would have if they came in now; as then, only English is scored."""
    from monitor.store.rescoring import Rescored
    from monitor.text.language import is_english

    texts = {words.id: text_of(words) for words in posts}
    english = [words.id for words in posts if texts[words.id] and is_english(words.lang)]
    scores = dict(zip(english, scorer.score([texts[post_id] for post_id in english]), strict=True)) if english else {}
    return [Rescored(words, scores.get(words.id)) for words in posts]


def text_of(words: Words) -> str:
    """What is scored of a post, as when it came in."""
    from monitor.ingest import whole_text
    from monitor.records import Post

    return whole_text(Post("", "", words.text, 0, 0, words.title))
