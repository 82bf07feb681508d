"""Each source: its state, when it last succeeded, what was not collected in the last 24 hours, and what to do."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from monitor.cli import output
from monitor.cli.arguments import add_json
from monitor.cli.context import Context, now, output_width
from monitor.cli.errors import DONE
from monitor.cli.snapshot import take

EXAMPLES = """\
  monitor sources
  monitor sources --json
"""


def add_arguments(parser: ArgumentParser) -> None:
    add_json(parser)


def run(context: Context, options: Namespace) -> int:
    snapshot = take(context, now(), brief=True)
    if options.json:
        from monitor.report.json_form import source_tree

        output.write_json([source_tree(source) for source in snapshot.sources])
        return DONE
    from monitor.report.text import sources_text

    output.write(sources_text(snapshot, output_width(), ascii=context.draws_ascii))
    return DONE
