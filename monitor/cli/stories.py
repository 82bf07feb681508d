"""The stories: list them, read one, take them in from files, check what one claims against the stored posts."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli import output
from monitor.cli.arguments import add_json, instant, positive
from monitor.cli.context import Context, known_names, now, output_width
from monitor.cli.errors import DONE, FAILED, CommandError, UsageError

if TYPE_CHECKING:
    from monitor.nouns.stories import Story
    from monitor.store.reader import Reader
    from monitor.stories.merging import Placing, Shelf

EXAMPLES = """\
  monitor stories                                     list them, newest first
  monitor stories import page.txt export.txt          every form; - is standard input
  monitor stories show open-source-ai-weight-problem  one of them, with its notes
  monitor stories draft open-source-ai > draft.md     write one by rules, from the figures of the store
  monitor stories lint draft.md --min-fidelity 90     check a file or a stored story, claim by claim
"""

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
    parser.add_argument("--beat", metavar="SLUG", help="list: only of this beat; lint: check against it")
    parser.add_argument("--limit", type=positive, metavar="N", help="list: at most so many; default: 50")
    parser.add_argument("--as-of", type=instant, metavar="TIME", help="draft: as of then; default: now")
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

        return draft(context, options.names[0], as_of=options.as_of)
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
    takes = {"show": "slug", "draft": "beat", "lint": "file or slug"}
    if action in takes and names != 1:
        raise UsageError(f"stories {action} takes one {takes[action]}")
    if action == "import" and not names:
        raise UsageError("stories import needs a file, or - for standard input")
    owners = {"beat": ("list", "lint"), "limit": ("list",), "min_fidelity": ("lint",), "as_of": ("draft",)}
    for name, among in owners.items():
        if getattr(options, name) is not None and action not in among:
            raise UsageError(f"--{name.replace('_', '-')} belongs to stories {' and '.join(among)}")
    if action == "draft" and options.json:
        raise UsageError("stories draft writes Markdown; `monitor stories import -` and then show --json give JSON")


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
    if options.json:
        from monitor.stories.json_form import story_tree

        output.write_json(story_tree(story))
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
    from monitor.stories import StoryError, read

    content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StoryError("the file is no text in UTF-8") from error
    return read(text, at)


def _import(context: Context, options: Namespace) -> int:
    from monitor.store.writer import Writer
    from monitor.stories import StoryError

    at = now()
    counts = dict.fromkeys(("added", "updated", "unchanged", "stubs", "failed"), 0)
    slugs: list[str] = []
    with Writer(context.store) as writer:
        writer.set_beats(context.config.beats, at)
        shelf = _shelf(context)
        for name in options.names:
            try:
                placing = _placed(context, shelf, read_file(name, at))
            except (OSError, StoryError) as error:
                counts["failed"] += 1
                output.tell(f"monitor: {name}: {error.strerror or error if isinstance(error, OSError) else error}")
                continue
            if placing.outcome != "unchanged":
                writer.put_stories([placing.story], at)
            counts[placing.outcome] += 1
            counts["stubs"] += len(placing.new_stubs)
            slugs.append(placing.story.card.slug)
            output.tell(_told(name, placing))
    if options.json:
        output.write_json({**counts, "stories": slugs})
    else:
        output.tell(
            f"{counts['added']} added, {counts['updated']} updated, {counts['unchanged']} unchanged, "
            f"{counts['stubs']} new {'stub' if counts['stubs'] == 1 else 'stubs'}, {counts['failed']} failed"
        )
    return FAILED if counts["failed"] else DONE


def _shelf(context: Context) -> Shelf:
    from monitor.store.reader import open_reader
    from monitor.stories.merging import Shelf

    with open_reader(context.store) as reader:
        listed = reader.listed_stories(None, EVERYTHING)
        return Shelf(reader.all_stories(), [card for card, _ in listed if card.origin == "stub"])


def _placed(context: Context, shelf: Shelf, story: Story) -> Placing:
    from monitor.store.reader import open_reader

    known = shelf.same_as(story)
    if known is None:
        return shelf.place(story)
    with open_reader(context.store) as reader:
        return shelf.place(story, reader.story_versions(known.card.slug))


def _told(name: str, placing: Placing) -> str:
    lacks = f"; its file does not say: {', '.join(placing.story.lacks)}" if placing.story.lacks else ""
    return f"{name}: {placing.outcome}: {placing.story.card.slug}{lacks}"
