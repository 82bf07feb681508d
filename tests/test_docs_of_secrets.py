"""The pages on keys, ceilings and units of systemd against the program."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from monitor.cli import fetch
from monitor.cli.arguments import Parser
from monitor.config.sources import ceilings_of, file_option, keys_of
from monitor.sources.base import Source
from monitor.sources.registry import load_sources

ROOT = Path(__file__).parent.parent
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
UNITS = sorted((ROOT / "docs").glob("monitor-fetch*.service"))


def rows(heading: str) -> set[tuple[str, ...]]:
    """The rows of the tables of a section, without the marks of code."""
    text = CONFIGURATION.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return {tuple(cell.strip(" `") for cell in line.strip("|").split("|")) for line in lines}


def ours() -> list[Source]:
    return [source for source in load_sources().values() if type(source).__module__.startswith("monitor.")]


def test_every_key_is_named_with_its_variable_and_its_option() -> None:
    named = {row[:3] for row in rows("Secrets")}
    keys = [(source.slug, key) for source in ours() for key in keys_of(source)]
    assert named == {(slug, key.environment, file_option(key)) for slug, key in keys}


def test_every_ceiling_is_named_with_its_default() -> None:
    named = {row[:3] for row in rows("Ceilings")}
    ceilings = [(source.slug, ceiling) for source in ours() for ceiling in ceilings_of(source)]
    assert named == {
        (slug, ceiling.option, "none" if ceiling.default is None else f"{ceiling.default:g}")
        for slug, ceiling in ceilings
    }


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_calls_the_program_as_it_wants_to_be_called(unit: Path) -> None:
    (call,) = re.findall(r"^ExecStart=\S+/monitor (.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    before, command, after = call.partition(" fetch")
    assert (before.split()[::2], command) == (["--store", "--config"], " fetch")
    parser = Parser("monitor fetch", "", "")
    fetch.add_arguments(parser)
    assert parser.parse_args(after.split()).once == (unit.name == "monitor-fetch-once.service")


def test_both_services_are_hardened_alike() -> None:
    one, other = (
        set(unit.read_text(encoding="utf-8").split("CapabilityBoundingSet=")[1].splitlines()) for unit in UNITS
    )
    assert one ^ other == {"[Install]", "WantedBy=multi-user.target"}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for file in [*UNITS, ROOT / "docs" / "monitor-fetch.timer"]:
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
