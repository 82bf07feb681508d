"""Remove the posts of an author or at an address from the store, for good, with all that was counted of them."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from monitor.cli import output
from monitor.cli.arguments import add_json
from monitor.cli.context import Context
from monitor.cli.errors import DONE, FAILED, UsageError

EXAMPLES = """\
  monitor forget --author did:plc:abc123
  monitor forget --author @ada@example.social --source mastodon
  monitor forget --url https://example.com/article --dry-run
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--author", metavar="A", help="as `monitor posts --json` names the author")
    parser.add_argument("--url", metavar="U", help="the address of a post")
    parser.add_argument("--source", metavar="S", help="only posts of this source")
    parser.add_argument("--dry-run", action="store_true", help="only say how many posts are meant")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    add_json(parser, "the count as JSON")


def run(context: Context, options: Namespace) -> int:
    from monitor.store.reader import open_reader
    from monitor.store.writer import Writer

    if not options.author and not options.url:
        raise UsageError("name whose posts: --author A or --url U")
    with open_reader(context.store) as reader:
        meant = reader.count_meant(source=options.source, author=options.author, url=options.url)
    if meant and not options.dry_run and not options.yes and not _agreed(meant):
        output.tell("nothing was removed")
        return FAILED
    removed = 0
    if meant and not options.dry_run:
        with Writer(context.store) as writer:
            removed = writer.forget(source=options.source, author=options.author, url=options.url)
    if options.json:
        output.write_json({"posts": meant, "removed": removed})
    elif options.dry_run or not meant:
        output.tell(f"{_posts(meant)} meant; nothing was removed")
    else:
        output.tell(f"{_posts(removed)} removed, with all that was counted of them")
    return DONE


def _agreed(meant: int) -> bool:
    """Asked of a person only; a script that calls the command means it."""
    if not sys.stdin.isatty():
        return True
    output.tell(f"{_posts(meant)} will be removed for good. Type yes to go on:")
    return sys.stdin.readline().strip().casefold() in {"y", "yes"}


def _posts(count: int) -> str:
    return "1 post" if count == 1 else f"{count:,} posts"
