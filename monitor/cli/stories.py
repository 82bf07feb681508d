"""The stories: list them, read one, take them in from files, check what one claims against the stored posts."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli import output
from monitor.cli.arguments import add_json, positive
from monitor.cli.context import Context, known_names, now, output_width
from monitor.cli.errors import DONE, FAILED, CommandError, UsageError
from monitor.cli.stories_export import add_draft_arguments

if TYPE_CHECKING:
    from monitor.nouns.stories import Story
    from monitor.store.reader import Reader

EXAMPLES = """\
  monitor stories                                     list them, newest first
  monitor stories import page.txt export.txt          every form; - is standard input
  monitor stories show open-source-ai-weight-problem  one of them, with its notes
  monitor stories show open-source-ai-2026-11-20 --format html -o story.html
  monitor stories draft open-source-ai                write one by rules, store it and print it
  monitor stories draft --all --if-signal             for cron: where a signal is open that no draft tells yet
  monitor stories lint draft.md --min-fidelity 90     check a file or a stored story, claim by claim
"""

OWNERS = {
    "beat": ("list", "lint"),
    "limit": ("list",),
    "min_fidelity": ("lint",),
    "format": ("show", "draft"),
    "output": ("show", "draft"),
    **dict.fromkeys(("as_of", "by", "all", "if_signal", "print", "dry_run"), ("draft",)),
}
"""Which actions take an option."""

EVERYTHING = 1 << 31
"""More stories than there are."""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", choices=("list", "show", "import", "draft", "lint"), default="list")
    parser.add_argument(
        "names",
        nargs="*",
        metavar="SLUG|FILE",
        help="for show: a slug; for import: files; for draft: a beat; for lint: a file or a slug",
    )
    add_draft_arguments(parser)
    parser.add_argument("--beat", metavar="SLUG", help="list: only of this beat; lint: check against it")
    parser.add_argument("--limit", type=positive, metavar="N", help="list: at most so many; default: 50")
    parser.add_argument(
        "--min-fidelity", type=_percentage, metavar="N", help="lint: exit code 1 below this score, from 0 to 100"
    )
    add_json(parser)


def run(context: Context, options: Namespace) -> int:
    _refuse_strangers(options)
    if options.action == "import":
        return _import(context, options)
    if options.action == "show":
        return _show(context, options)
    if options.action == "draft":
        from monitor.cli.stories_draft import draft

        return draft(context, options)
    if options.action == "lint":
        from monitor.cli.stories_lint import lint

        return lint(
            context, options.names[0], beat=options.beat, as_json=options.json, min_fidelity=options.min_fidelity
        )
    return _list(context, options)


def _percentage(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 100):
        raise ArgumentTypeError(f'"{text}" is no whole number from 0 to 100')
    return int(text)


def _refuse_strangers(options: Namespace) -> None:
    """Options and arguments that belong to another action."""
    action, names = options.action, len(options.names)
    if action == "list" and names:
        raise UsageError("stories list takes no names; `monitor stories show SLUG` shows one")
    takes = {"show": "slug", "lint": "file or slug"}
    if action in takes and names != 1:
        raise UsageError(f"stories {action} takes one {takes[action]}")
    if action == "import" and not names:
        raise UsageError("stories import needs a file, or - for standard input")
    for name, among in OWNERS.items():
        if getattr(options, name) not in (None, False) and action not in among:
            raise UsageError(f"--{name.replace('_', '-')} belongs to stories {' and '.join(among)}")


def _list(context: Context, options: Namespace) -> int:
    from monitor.store.reader import open_reader

    limit = options.limit or 50
    with open_reader(context.store) as reader:
        if options.beat is not None:
            beats = [*(beat.slug for beat in context.config.beats.beats), *reader.beats()]
            told = (card.beat for card, _ in reader.listed_stories(None, EVERYTHING) if card.beat)
            known_names("beat", [options.beat], [*beats, *told])
        listed = reader.listed_stories(options.beat, limit)
    if options.json:
        from monitor.stories.json_form import card_tree

        output.write_json([card_tree(card, panel) for card, panel in listed])
        return DONE
    from monitor.cli.stories_text import card_lines
    from monitor.report.columns import cut

    names = {beat.slug: beat.name for beat in context.config.beats.beats}
    width = output_width()
    for card, _ in listed:
        for line in card_lines(card, names):
            output.write((cut(line, width) if sys.stdout.isatty() else line) + "\n")
    if not listed:
        output.tell("no stories")
    return DONE


def _show(context: Context, options: Namespace) -> int:
    from monitor.store.reader import open_reader

    with open_reader(context.store) as reader:
        story = stored_story(reader, options.names[0])
        versions = reader.story_versions(story.card.slug)
    if options.json or options.format or options.output:
        from monitor.cli.stories_export import put_out

        put_out(context, [story], "json" if options.json else options.format, options.output)
        return DONE
    from monitor.cli.stories_text import story_lines

    names = {beat.slug: beat.name for beat in context.config.beats.beats}
    for line in story_lines(story, names, len(versions), output_width()):
        output.write(line + "\n")
    return DONE


def stored_story(reader: Reader, slug: str) -> Story:
    """The story of a slug.

    Raises:
        CommandError: there is none; the message says which was probably meant.
    """
    story = reader.story(slug)
    if story is None:
        from monitor.slugs import suggestion

        known = [card.slug for card, _ in reader.listed_stories(None, EVERYTHING)]
        raise CommandError(f'there is no story "{slug}"{suggestion(slug, known)}')
    return story


def read_file(name: str, at: int) -> Story:
    """The story of a file, or of standard input for `-`.

    Raises:
        OSError: the file cannot be read.
        StoryError: it is no story.
    """
    from monitor.stories.importing import story_of_bytes, story_of_file

    return story_of_bytes(sys.stdin.buffer.read(), at) if name == "-" else story_of_file(Path(name), at)


def _import(context: Context, options: Namespace) -> int:
    from monitor.stories.importing import take_in

    at = now()
    counts = dict.fromkeys(("added", "updated", "unchanged", "stubs", "failed"), 0)
    slugs: list[str] = []
    named = [(name, partial(read_file, name, at)) for name in options.names]
    for taken in take_in(context.store, named, at, context.config.beats):
        counts[taken.outcome] += 1
        counts["stubs"] += taken.new_stubs
        if taken.slug is not None:
            slugs.append(taken.slug)
        output.tell(f"monitor: {taken.told()}" if taken.outcome == "failed" else taken.told())
    if options.json:
        output.write_json({**counts, "stories": slugs})
    else:
        output.tell(
            f"{counts['added']} added, {counts['updated']} updated, {counts['unchanged']} unchanged, "
            f"{counts['stubs']} new {'stub' if counts['stubs'] == 1 else 'stubs'}, {counts['failed']} failed"
        )
    return FAILED if counts["failed"] else DONE
