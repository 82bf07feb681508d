"""Remove the posts that are older than what is to be kept. What was counted of them by the hour stays on record."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from monitor.cli import output
from monitor.cli.arguments import add_json, told
from monitor.cli.context import Context, now
from monitor.cli.errors import DONE, UsageError

EXAMPLES = """\
  monitor prune --keep 90d
  monitor prune --keep 90d --dry-run
  monitor prune                      # with `keep` in the [store] table of the configuration
"""


def add_arguments(parser: ArgumentParser) -> None:
    from monitor.instants import parse_span

    parser.add_argument("--keep", metavar="SPAN", type=told(parse_span), help="how long posts are kept, such as 90d")
    parser.add_argument("--dry-run", action="store_true", help="only say how many posts would go")
    add_json(parser, "the count as JSON")


def run(context: Context, options: Namespace) -> int:
    from monitor.cli.progress import Progress
    from monitor.instants import DAY, render
    from monitor.store.pruning import SHORTEST
    from monitor.store.reader import open_reader
    from monitor.store.writer import Writer

    keep = options.keep or context.config.keep
    if keep is None:
        raise UsageError('say how long posts are kept: --keep 90d, or keep = "90d" in [store] of the configuration')
    if keep < SHORTEST:
        raise UsageError(f"the last {SHORTEST // DAY} days are always kept, as present figures are made from them")
    before = now() - keep
    removed = 0
    with open_reader(context.store) as reader:
        older = reader.count_older(before)
    if not options.dry_run:
        with Writer(context.store) as writer, Progress("posts removed") as progress:
            for some in writer.prune(before):
                removed += some
                progress.show(removed)
    if options.json:
        output.write_json({"before": render(before), "posts": older, "removed": removed})
    elif options.dry_run:
        output.tell(f"{older:,} posts are older than {render(before)[:10]}; nothing was removed")
    else:
        output.tell(f"{removed:,} posts older than {render(before)[:10]} removed; their hourly counts stay")
    return DONE
