"""Health of configuration, keys, store, budgets, hosts, clock and terminal; each line says what to do."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from monitor.cli import output
from monitor.cli.arguments import add_json
from monitor.cli.context import Context, now
from monitor.cli.doctor_model import look_at_model
from monitor.cli.errors import DONE, FAILED
from monitor.cli.findings import Finding

EXAMPLES = """\
  monitor doctor
  monitor doctor --offline     asks nobody
  monitor doctor --json
"""

_SMALLEST = (80, 24)
_SIGNS = {"ok": "ok     ", "note": "note   ", "problem": "PROBLEM"}


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--offline", action="store_true", help="ask no host")
    add_json(parser)


def run(context: Context, options: Namespace) -> int:
    from monitor.config import ConfigError

    findings = list(_configuration(context))
    try:
        findings += [*_store(context), *_fetcher(context), *_sources(context, offline=options.offline)]
        findings += look_at_model(context.config, context.store)
    except ConfigError:
        findings.append(Finding("store", "note", "not looked at, for its place is in the configuration"))
    findings += _terminal(context)
    if options.json:
        output.write_json([finding._asdict() for finding in findings])
    else:
        for finding in findings:
            advice = f"; {finding.advice}" if finding.advice else ""
            output.write(f"{_SIGNS[finding.state]}  {finding.area}: {finding.what}{advice}\n")
    return FAILED if any(finding.state == "problem" for finding in findings) else DONE


def _configuration(context: Context) -> Iterator[Finding]:
    from monitor import paths
    from monitor.cli.configuration import find_problems

    problems = find_problems(context)
    for problem in problems:
        yield Finding("configuration", "problem", str(problem), "mend the file")
    file = context.config_file or paths.config_file()
    if not problems:
        yield Finding("configuration", "ok", f"{file}, no mistakes" if file.exists() else "no file, the defaults hold")


def _store(context: Context) -> Iterator[Finding]:
    from monitor.store.errors import StoreError, StoreMissing
    from monitor.store.reader import open_reader
    from monitor.store.recount import check_integrity, recount

    try:
        with open_reader(context.store) as reader:
            newest, scorers = reader.newest_collected_at(), reader.scorers()
        broken = check_integrity(context.store)
        for fault in broken[:10]:
            yield Finding("store", "problem", f"{context.store}: {fault}", "restore a copy of the file")
        if broken:
            return
        yield Finding("store", "ok", f"{context.store}, {_size(context)}, sound inside")
        differences = recount(context.store)
        for difference in differences:
            yield Finding(
                "store",
                "problem",
                f"{difference.rows:,} rows of {difference.table} disagree with the posts, such as {difference.example}",
                "please report this, and import the posts into a new store",
            )
        if not differences:
            yield Finding("store", "ok", "all rollups agree with a recount of the posts")
        if len(scorers) > 1:
            names = " and ".join(scorers)
            yield Finding("store", "note", f"its posts carry scores of {names}", "run `monitor rescore`")
        yield _freshness(newest)
    except StoreMissing as error:
        yield Finding("store", "note", str(error), "`monitor` or `monitor fetch` makes one")
    except StoreError as error:
        yield Finding("store", "problem", str(error))


def _size(context: Context) -> str:
    size = context.store.stat().st_size
    return f"{size / 1e6:,.1f} MB"


def _freshness(newest: int) -> Finding:
    from monitor.glyphs import age

    if not newest:
        return Finding("store", "note", "no posts yet", "start `monitor` or `monitor fetch`, or import some")
    length = now() - newest
    if length > 3_600_000:
        return Finding("store", "note", f"the newest post came {age(length)} ago", "is a fetcher running?")
    return Finding("store", "ok", f"the newest post came {age(length)} ago" if length >= 60_000 else "posts are coming")


def _fetcher(context: Context) -> Iterator[Finding]:
    from monitor.fetching.lease import LeaseError, holder

    try:
        found = holder(context.store)
    except LeaseError as error:
        yield Finding("fetcher", "problem", str(error), "check the permissions of the folder")
        return
    if found is None:
        yield Finding("fetcher", "note", "nobody fetches for this store", "start `monitor` or `monitor fetch`")
    else:
        yield Finding("fetcher", "ok", f"{found.describe()} fetches for this store")


def _sources(context: Context, *, offline: bool) -> Iterator[Finding]:
    from monitor.cli.doctor_sources import look_at_budgets, look_at_keys, look_at_network
    from monitor.fetching.prospect import look_ahead
    from monitor.sources.registry import load_sources
    from monitor.store.errors import StoreError
    from monitor.store.reader import open_reader

    installed = load_sources()
    for trouble in installed.troubles:
        yield Finding("configuration", "problem", trouble.message, "install it anew, or remove it")
    prospect = look_ahead(context.config, installed)
    yield from look_at_keys(prospect.keys)
    try:
        with open_reader(context.store) as reader:
            yield from look_at_budgets(reader, installed, prospect.plan)
    except StoreError:
        yield from look_at_budgets(None, installed, prospect.plan)
    if offline:
        yield Finding("network", "note", "not looked at, by --offline")
    else:
        yield from look_at_network(prospect.plan, {slug: source.name for slug, source in installed.items()})


def _terminal(context: Context) -> Iterator[Finding]:
    kind = os.environ.get("TERM", "")
    if not sys.stdout.isatty():
        yield Finding("terminal", "note", "standard output is no terminal; `monitor` would write plain lines")
    elif kind in ("", "dumb"):
        yield Finding("terminal", "note", f'TERM is "{kind}"; `monitor` would write plain lines', "set TERM")
    else:
        size = os.get_terminal_size(sys.stdout.fileno())
        if size.columns < _SMALLEST[0] or size.lines < _SMALLEST[1]:
            advice = "the app is made for 80x24 and more"
            yield Finding("terminal", "note", f"{kind}, {size.columns}x{size.lines}", advice)
        else:
            yield Finding("terminal", "ok", f"{kind}, {size.columns}x{size.lines}")
    yield Finding("terminal", "ok", f"colours: {_colours(context)}")
    if output.draws_blocks(sys.stdout):
        yield Finding("terminal", "ok", f"characters: {sys.stdout.encoding}")
    else:
        advice = "choose a UTF-8 locale such as LANG=C.UTF-8"
        yield Finding("terminal", "note", f"characters: {sys.stdout.encoding} has no block characters", advice)
    if os.environ.get("TMUX"):
        advice = "for copying, tmux needs `set -s set-clipboard on`"
        yield Finding("terminal", "note", "inside tmux", advice)


def _colours(context: Context) -> str:
    if os.environ.get("NO_COLOR"):
        return "none, NO_COLOR is set"
    if context.no_color:
        return "none, by --no-color"
    if not context.colour:
        return "none, no terminal for them"
    if os.environ.get("COLORTERM", "") in ("truecolor", "24bit"):
        return "all"
    return "256" if "256" in os.environ.get("TERM", "") else "16"
