"""The beats and their rules: list them, try texts on them, apply them to the stored posts."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from monitor.cli import output
from monitor.cli.arguments import add_json
from monitor.cli.context import Context, now, output_width
from monitor.cli.errors import DONE, UsageError
from monitor.cli.texts import match_lines, match_tree, texts_of

if TYPE_CHECKING:
    from monitor.cli.progress import Progress
    from monitor.records import Rule
    from monitor.store.writer import Writer
    from monitor.text.beats import BeatTagger

EXAMPLES = """\
  monitor beats                                   list them
  monitor beats test "Open weights for everyone"  which beats match, and why
  monitor beats test --json < texts.txt           one text a line
  monitor beats apply                             tag the stored posts again after a change of rules
"""

BATCH = 2000
"""Posts that are tagged again in one transaction, so that a fetcher beside us gets its turn."""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", choices=("list", "test", "apply"), default="list")
    parser.add_argument("text", nargs="?", help="for test: the text; without it one text a line from standard input")
    add_json(parser)


def run(context: Context, options: Namespace) -> int:
    if options.text is not None and options.action != "test":
        raise UsageError(f"beats {options.action} takes no text")
    if options.action == "test":
        return _test(context, options)
    return _apply(context, options) if options.action == "apply" else _list(context, options)


def _list(context: Context, options: Namespace) -> int:
    beats = context.config.beats.beats
    if options.json:
        output.write_json(
            [
                {"slug": beat.slug, "name": beat.name, "category": beat.category, "rule": _rule_tree(beat.rule)}
                for beat in beats
            ]
        )
        return DONE
    from monitor.report.columns import Column, table

    columns = [
        Column("Beat", [beat.slug for beat in beats], "left"),
        Column("Name", [beat.name for beat in beats], "left", least=10),
        Column("Category", [beat.category for beat in beats], "left", least=8),
        Column("Terms", [str(sum(map(len, beat.rule))) for beat in beats]),
    ]
    for line in table(columns, output_width()):
        output.write(line + "\n")
    return DONE


def _rule_tree(rule: Rule) -> dict[str, list[str]]:
    return {name: list(terms) for name, terms in rule._asdict().items()}


def _test(context: Context, options: Namespace) -> int:
    tagger = _tagger(context)
    for text in texts_of(options.text):
        tree = match_tree(tagger, text)
        if options.json:
            output.write_json(tree)
        else:
            output.write("".join(f"{line}\n" for line in match_lines(tree)))
    return DONE


def _tagger(context: Context) -> BeatTagger:
    from monitor.text.beats import BeatTagger

    return BeatTagger(context.config.beats)


def _apply(context: Context, options: Namespace) -> int:
    from monitor.cli.progress import Progress
    from monitor.store.reader import open_reader
    from monitor.store.writer import Writer

    tagger = _tagger(context)
    open_reader(context.store).close()
    with Writer(context.store) as writer, Progress("posts read") as progress:
        writer.set_beats(context.config.beats, now())
        read, changed = _retag(context, tagger, writer, progress)
        writer.finish_retagging(now(), f"stored posts tagged again, {changed:,} of {read:,} changed")
    if options.json:
        output.write_json({"read": read, "changed": changed, "rules_hash": context.config.rules_hash})
    else:
        output.tell(f"{read:,} posts read, {changed:,} tagged otherwise than before")
    return DONE


def _retag(context: Context, tagger: BeatTagger, writer: Writer, progress: Progress) -> tuple[int, int]:
    """Tag every stored post again. Returns how many were read and how many changed."""
    from monitor.ingest import whole_text
    from monitor.records import Post
    from monitor.store.reader import open_reader

    read = changed = last = 0
    with open_reader(context.store) as reader:
        while rows := reader.texts_after(last, BATCH):
            texts = [whole_text(Post("", "", text, 0, 0, title)) for _, title, text in rows]
            tags = tagger.tag(texts)
            changed += writer.retag({row[0]: slugs for row, slugs in zip(rows, tags, strict=True)})
            last = rows[-1][0]
            read += len(rows)
            progress.show(read)
    return read, changed
