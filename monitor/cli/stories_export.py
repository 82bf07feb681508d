"""The options of drafting and exporting stories, and writing stories out in the forms in which they leave the store."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.cli import output
from monitor.cli.arguments import instant
from monitor.cli.context import Context
from monitor.cli.errors import CommandError
from monitor.nouns.stories import FORMS

if TYPE_CHECKING:
    from monitor.nouns.stories import Story


def add_draft_arguments(parser: ArgumentParser) -> None:
    """The options of draft, two of which show takes as well."""
    parser.add_argument(
        "--format", choices=FORMS, help="show, draft: in this form; text is the plain-text export; default: markdown"
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="show, draft: into a file, whole or not at all")
    parser.add_argument("--as-of", type=instant, metavar="TIME", help="draft: as of then; default: now")
    parser.add_argument(
        "--by", choices=("rules", "model"), help="draft: by rules (default), or by the model of [model]"
    )
    parser.add_argument("--all", action="store_true", help="draft: of every beat; what is written is named")
    parser.add_argument(
        "--if-signal", action="store_true", help="draft: only where a signal is open that no draft tells at its level"
    )
    parser.add_argument("--print", action="store_true", help="draft: print it even where it goes elsewhere too")
    parser.add_argument("--dry-run", action="store_true", help="draft: store nothing")


def put_out(context: Context, stories: Sequence[Story], form: str | None, file: str | None) -> None:
    """Write stories to standard output, or to a file.

    Raises:
        CommandError: the file cannot be written.
    """
    from monitor.stories.exporting import export

    chosen = form or "markdown"
    names = {beat.slug: beat.name for beat in context.config.beats.beats}
    if file is not None:
        content = "".join(export(story, chosen, names) for story in stories).encode()
        try:
            output.write_file(file, content)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror or error}") from error
    elif chosen == "json":
        from monitor.stories.json_form import story_tree

        for story in stories:
            output.write_json(story_tree(story))
    else:
        for story in stories:
            output.write(export(story, chosen, names))
