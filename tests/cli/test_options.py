"""The plain reading of a command line gives what argparse gives, or leaves the line to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.cli import snapshot
from monitor.cli.arguments import Parser, add_global_options
from monitor.cli.errors import UsageError
from monitor.cli.options import GLOBAL_OPTIONS, Options, read_plain

TABLE = (*GLOBAL_OPTIONS, *snapshot.OPTIONS)
WORDS = [
    *(name for option in TABLE for name in option.names),
    *("--format=json", "--format=html", "--window=7d", "--demo=", "--no-color=1", "--output=", "--beat=a=b", "-ofile"),
    *("json", "text", "author", "24h", "90m", "7d", "0", "60", "", "-", "--", "-5", "2026-11-21", "x", "--form", "-h"),
]


def by_argparse(given: list[str]) -> dict[str, object] | None:
    parser = Parser("monitor snapshot", "", "")
    snapshot.add_arguments(parser)
    add_global_options(parser)
    options = Options(GLOBAL_OPTIONS)
    try:
        parser.parse_args(given, options)
    except (UsageError, SystemExit):
        return None
    return vars(options)


@given(st.lists(st.sampled_from(WORDS), max_size=6))
def test_what_is_read_plainly_is_what_argparse_reads(given: list[str]) -> None:
    options = Options(TABLE)
    if read_plain(TABLE, given, options):
        assert vars(options) == by_argparse(given)
    else:
        assert vars(options) == vars(Options(TABLE))


@pytest.mark.parametrize(
    "line",
    [
        "",
        "--format text",
        "--format=json --beat open-source-ai --beat ai-law",
        "--window 7d --as-of 2026-11-21T09:00:00Z --width 120 --no-color -v",
        "-o report.txt --lens author --demo",
        "--store=/tmp/a.db --config b.toml",
    ],
)
def test_everyday_lines_need_no_argparse(line: str) -> None:
    assert read_plain(TABLE, line.split(), Options(TABLE))


@pytest.mark.parametrize("line", ["--help", "--format html", "--windo 7d", "more", "--width 0", "--beat", "--demo=yes"])
def test_what_is_not_plain_is_left_to_argparse(line: str) -> None:
    assert not read_plain(TABLE, line.split(), Options(TABLE))
