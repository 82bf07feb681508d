"""Each source: its state, when it last succeeded, what is spent, what was not collected in 24 hours, and what to do."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from monitor.cli import output
from monitor.cli.arguments import add_json
from monitor.cli.context import Context, now, output_width
from monitor.cli.errors import DONE
from monitor.cli.snapshot import take
from monitor.instants import DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.records import SourceSnapshot

EXAMPLES = """\
  monitor sources
  monitor sources --json
"""


def add_arguments(parser: ArgumentParser) -> None:
    add_json(parser)


def run(context: Context, options: Namespace) -> int:
    from monitor.store.errors import StoreMissing
    from monitor.store.reader import open_reader

    as_of = now()
    try:
        with open_reader(context.store) as reader:
            sources: Sequence[SourceSnapshot] = take(reader, context, as_of, brief=True).sources
    except StoreMissing as error:
        sources = _expected(context, as_of)
        output.tell(f"{error}; this is what a fetcher would read (`monitor fetch`, or `monitor`)")
    if options.json:
        from monitor.report.json_form import source_tree
        from monitor.report.sources import longest_first

        output.write_json([source_tree(source._replace(gaps=longest_first(source.gaps))) for source in sources])
    else:
        from monitor.report.sources import sources_text

        output.write(sources_text(sources, as_of, output_width(), ascii=context.draws_ascii))
    return DONE


def _expected(context: Context, as_of: int) -> list[SourceSnapshot]:
    """The sources as the configuration and the keys have them, while there is no store."""
    from monitor.fetching.prospect import look_ahead, unspent_budgets
    from monitor.records import SourceSnapshot
    from monitor.sources.registry import load_sources

    installed = load_sources()
    plan = look_ahead(context.config, installed).plan
    return [
        SourceSnapshot(
            slug=one.slug,
            name=one.name,
            volume=0,
            state=one.state or "waiting",
            last_success=None,
            gaps=((as_of - DAY, as_of),),
            message=one.note or "waiting for a fetcher",
            budgets=unspent_budgets(installed[one.slug], plan.settings[one.slug], as_of),
        )
        for one in plan.registrations
    ]
