"""The pages agree with the program: commands, options, keys, links, and every example."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from monitor import instants
from monitor.cli.arguments import Parser, add_global_options
from monitor.cli.configuration import binding_ids, find_problems
from monitor.cli.context import Context
from monitor.cli.errors import UsageError
from monitor.cli.main import COMMANDS
from monitor.config import load
from monitor.config.beats import RULE_KEYS
from monitor.config.building import TABLES
from monitor.config.showing import effective
from monitor.http import Client
from monitor.records import Beats, PostQuery, SourceState
from monitor.sources.base import SourceError, SourceSettings
from monitor.sources.news import shipped_feeds
from monitor.sources.registry import GROUP, Sources, load_sources
from monitor.store.reader import open_reader
from monitor.themes import MEANINGS, SOURCE_KEYS, TERMINAL_COLOURS, load_theme
from tests.web_server import WebServer

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PAGES = (README, *sorted((ROOT / "docs").glob("*.md")))
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
SOURCES = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
SERVED = tuple(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["monitor.sources"])
"""Slugs of the sources that come with the program."""
NOW = instants.parse("2026-11-21T10:00:00Z")

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def blocks(text: str, language: str) -> list[str]:
    return [block for kind, block in _FENCE.findall(text) if kind == language]


def prose(text: str) -> str:
    return _FENCE.sub("", text)


def section(text: str, title: str) -> str:
    """What stands under a heading, up to the next one of its rank or above."""
    found = re.search(rf"^(#+) {re.escape(title)}\n", text, re.MULTILINE)
    assert found is not None, f"there is no heading {title}"
    rest = text[found.end() :]
    end = re.search(rf"^#{{1,{len(found[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def rows(text: str) -> dict[str, list[str]]:
    """The rows of all tables by the code in their first cell."""
    found = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| `"):
            found[cells[0].removeprefix("| ").strip("`| ")] = cells[1:]
    return found


def anchors(text: str) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def as_toml(value: object) -> str:
    return json.dumps(value)


# Commands and options


def test_every_command_is_in_the_pages():
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [name for name in COMMANDS if not re.search(rf"\bmonitor {name}\b", text)] == []


def test_the_main_commands_are_in_the_readme():
    text = README.read_text(encoding="utf-8")
    assert [name for name in COMMANDS if not re.search(rf"\bmonitor {name}\b", text)] == []


def command_lines(text: str) -> Iterator[list[str]]:
    """The arguments of each call of `monitor` in the code of a page."""
    code = [line for _, block in _FENCE.findall(text) for line in block.splitlines()]
    code += [" ".join(found.split()) for found in _INLINE.findall(prose(text))]
    for line in code:
        lexer = shlex.shlex(line.partition("ExecStart=")[2] or line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        try:
            tokens = list(lexer)
        except ValueError:
            continue
        yield from calls(tokens)


def calls(tokens: list[str]) -> Iterator[list[str]]:
    """The calls among the words of a shell line; a prompt may stand before the first."""
    call: list[str] | None = None
    begins = True
    for token in [*tokens, ";"]:
        if token and set(token) <= set("();<>|&"):
            if call is not None:
                yield call
            call, begins = None, True
            # What follows a redirection is a file.
            if token in ("<", ">"):
                begins = False
        elif call is not None:
            call.append(token)
        elif begins and token != "$":
            call, begins = ([] if token.rpartition("/")[2] == "monitor" else None), False


def parser_of(name: str) -> Parser:
    place = COMMANDS[name][0] if name else "app"
    module = importlib.import_module(f"monitor.cli.{place}")
    parser = Parser(f"monitor {name}".strip(), module.__doc__, module.EXAMPLES)
    module.add_arguments(parser)
    add_global_options(parser)
    return parser


def is_taken(arguments: list[str]) -> str:
    """Why the program would refuse these arguments; empty if it takes them."""
    before = Parser("monitor", "", "")
    add_global_options(before)
    try:
        _, rest = before.parse_known_args(arguments)
        if not rest or rest == ["COMMAND", "--help"]:
            return ""
        if rest[0] not in COMMANDS:
            return f"no command {rest[0]}"
        parser_of(rest[0]).parse_args(rest[1:])
    except UsageError as error:
        return str(error)
    return ""


def test_every_call_in_the_pages_is_one_that_the_program_takes():
    found = [(page.name, call) for page in PAGES for call in command_lines(page.read_text(encoding="utf-8"))]
    refused = [(name, call, reason) for name, call in found if (reason := is_taken(call))]
    assert len(found) > 30
    assert refused == []


def test_a_call_that_the_program_does_not_take_is_noticed():
    (call,) = command_lines("Try `sleep 1; monitor fetch --once --sources news`.")
    assert "--sources" in is_taken(call)
    assert is_taken(["chekc"]) == "no command chekc"


def test_every_option_in_the_pages_is_in_the_help():
    known = {"--version"} | {option for name in ("", *COMMANDS) for option in parser_of(name)._option_string_actions}
    named = {
        (page.name, found)
        for page in PAGES
        for code in _INLINE.findall(prose(page.read_text(encoding="utf-8")))
        for found in re.findall(r"^--?[a-z][a-z-]*", code)
    }
    assert {option for _, option in named} >= {"--once", "--config", "--store"}
    assert {(page, option) for page, option in named if option not in known} == set()


# Links


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_local_link_leads_somewhere(page: Path):
    text = page.read_text(encoding="utf-8")
    for link in _LINK.findall(prose(text)):
        if link.startswith(("http://", "https://")):
            continue
        target, _, anchor = link.partition("#")
        file = page.parent / target if target else page
        assert file.is_file(), link
        if anchor:
            assert anchor in anchors(file.read_text(encoding="utf-8")), link


# Configuration


def defaults_of_bindings() -> dict[str, set[str]]:
    """The usual keys by binding, over all classes of the app."""
    known = binding_ids()
    found: dict[str, set[str]] = {}
    for name, module in sorted(sys.modules.items()):
        if name.startswith("monitor.tui"):
            for value in vars(module).values():
                for binding in vars(value).get("BINDINGS", ()) if isinstance(value, type) else ():
                    if getattr(binding, "id", None) in known:
                        found.setdefault(binding.id, set()).update(binding.key.split(","))
    assert set(found) == known
    return found


def test_every_binding_stands_in_the_page_with_its_keys():
    text = section(CONFIGURATION, "Keys")
    named = {name: set(_INLINE.findall(cells[0])) for name, cells in rows(text).items()}
    assert named == defaults_of_bindings()


def test_every_table_is_named():
    text = section(CONFIGURATION, "Tables")
    assert {name.partition(".")[0] for name in re.findall(r"\[([a-z]+[.<>a-z]*)\]`", text)} == set(TABLES)


def test_every_key_of_the_interface_is_named_with_its_default():
    interface: Any = effective(load())["interface"]
    named = {name: cells[1].strip("`") for name, cells in rows(section(CONFIGURATION, "Interface")).items()}
    assert named == {name: as_toml(value) for name, value in interface.items()}


def test_every_key_of_the_sentiment_is_named_with_its_default():
    sentiment: Any = effective(load())["sentiment"]
    named = {name: cells[1].strip("`") for name, cells in rows(section(CONFIGURATION, "Sentiment")).items()}
    assert named == {name: as_toml(value) for name, value in sentiment.items()}


def test_every_key_of_a_beat_is_named():
    assert set(rows(section(CONFIGURATION, "Beats"))) >= {"replace", "name", "category", "enabled", *RULE_KEYS}


@pytest.mark.parametrize("slug", SERVED)
def test_every_option_of_a_source_is_named_with_its_type_and_default(slug: str):
    kinds = {bool: "boolean", int: "whole number", float: "number", str: "text", list: "list of texts"}
    named = {name: (cells[0], cells[1].strip("`")) for name, cells in rows(section(CONFIGURATION, slug)).items()}
    options = load_sources()[slug].options
    assert named == {option.name: (kinds[option.kind], as_toml(option.default)) for option in options}


def test_every_key_and_colour_of_a_theme_is_named():
    text = section(CONFIGURATION, "Themes")
    named = rows(text)
    assert {"name", "dark", "[colours]", "[sources]", *MEANINGS} <= set(named)
    assert {name: named[name][0] for name in MEANINGS} == MEANINGS
    words = set(_INLINE.findall(text))
    assert {*SOURCE_KEYS, *(name for name in TERMINAL_COLOURS if not name.startswith("bright_"))} <= words
    assert {theme.stem for theme in (ROOT / "themes").glob("*.toml")} <= words


def toml_blocks() -> list[tuple[str, str]]:
    return [(page.name, block) for page in (README, ROOT / "docs" / "configuration.md") for block in tomls(page)]


def tomls(page: Path) -> list[str]:
    return blocks(page.read_text(encoding="utf-8"), "toml")


@pytest.mark.parametrize(("page", "block"), toml_blocks())
def test_every_toml_example_is_one_that_the_program_takes(page: str, block: str, tmp_path: Path):
    file = tmp_path / "harbour.toml"
    file.write_text(block, encoding="utf-8")
    if block.startswith("# themes/"):
        assert load_theme(file).name == "harbour"
    else:
        assert tomllib.loads(block)
        assert find_problems(Context(config=file)) == []


def test_a_toml_example_with_a_mistake_would_be_noticed(tmp_path: Path):
    file = tmp_path / "config.toml"
    file.write_text('[keys]\napp.quitt = "x"\n[sources.news]\npol_minutes = 5\n', encoding="utf-8")
    assert len(find_problems(Context(config=file))) == 2


def test_the_mistakes_in_the_page_are_those_that_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (shown,) = (block for block in blocks(CONFIGURATION, "") if block.startswith("$ monitor config check"))
    Path("config.toml").write_text(
        '[interface]\ntheme = "darkk"\nmouse = "yes"\n[keys]\napp.quitt = "x"\n'
        '[beats.harbour]\nany = ["crane"]\n[sources.news]\npol_minutes = 5\n',
        encoding="utf-8",
    )
    told = [str(problem) for problem in find_problems(Context(config=Path("config.toml")))]
    assert shown.splitlines()[1:] == told


def test_the_pages_count_beats_and_feeds_as_they_are():
    beats: Beats = load().beats
    assert f"{len(beats.beats)} beats come" in " ".join(CONFIGURATION.split())
    assert f"{len(beats.beats) - 1} beats about AI and one for the rest" in README.read_text(encoding="utf-8")
    assert f"{len(shipped_feeds())} feeds of publications" in SOURCES


# Sources


def test_every_source_and_state_is_named():
    for source in load_sources().values():
        assert f"| {source.name} | `{source.slug}` |" in SOURCES
    states = re.findall(r"^\| ([a-z-]+) \|", section(SOURCES, "States"), re.MULTILINE)
    assert set(states) - {"state"} == set(SourceState.__args__)


class Package(NamedTuple):
    """The example of the page, installed."""

    folder: Path
    slug: str
    module: str


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """Built and installed by pip as the page says, but into a folder of its own."""
    (code,) = blocks(SOURCES, "python")
    (project_file,) = blocks(SOURCES, "toml")
    written, folder = tmp_path_factory.mktemp("package"), tmp_path_factory.mktemp("site")
    (written / code.splitlines()[0].removeprefix("# ")).write_text(code, encoding="utf-8")
    (written / "pyproject.toml").write_text(project_file, encoding="utf-8")
    alone = ("--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check")
    subprocess.run([sys.executable, "-m", "pip", "install", *alone, "--target", str(folder), str(written)], check=True)
    ((slug, value),) = tomllib.loads(project_file)["project"]["entry-points"][GROUP].items()
    return Package(folder, slug, value.partition(":")[0])


@pytest.fixture
def package(installed: Package) -> Iterator[Package]:
    yield installed
    sys.modules.pop(installed.module, None)


def test_the_example_has_thirty_lines_at_most():
    (code,) = blocks(SOURCES, "python")
    assert sum(1 for line in code.splitlines() if line.strip()) <= 30


@pytest.fixture
def sources(package: Package, monkeypatch: pytest.MonkeyPatch) -> Sources:
    monkeypatch.syspath_prepend(str(package.folder))
    importlib.invalidate_caches()
    return load_sources()


def story(number: str, created: str, title: str) -> dict[str, object]:
    return {
        "short_id": number,
        "created_at": created,
        "title": title,
        "url": "https://example.org/",
        "score": 7,
        "short_id_url": f"https://lobste.rs/s/{number}",
        "description_plain": "A large language model for ports",
        "submitter_user": "ada",
        "tags": ["ai"],
    }


PAGE = json.dumps(
    [
        story("bbbbbb", "2026-11-21T03:30:00.000-06:00", "Open weights for everyone"),
        story("aaaaaa", "2026-11-21T08:00:00.000+00:00", "A compiler in a week"),
        {"short_id": 5},
        "no story",
    ]
).encode()


def test_the_example_is_found_and_reads_posts_from_bytes(sources: Sources, package: Package):
    assert sources.troubles == ()
    assert set(sources) == {*SERVED, package.slug}
    posts = sys.modules[package.module].parse(PAGE, NOW)
    assert [post.native_id for post in posts] == ["bbbbbb", "aaaaaa"]
    assert posts[0].published_at == instants.parse("2026-11-21T09:30:00Z")
    assert {post.source for post in posts} == {package.slug}
    assert posts[0].title == "Open weights for everyone"
    assert posts[0].engagement.likes == 7
    for body in (b"[]", b"{", b"<html>"):
        with pytest.raises(SourceError):
            sys.modules[package.module].parse(body, NOW)


@pytest.mark.parametrize(
    ("cursor", "missed"),
    [(None, None), ("2026-11-21T09:00:00Z", None), ("2026-11-21T07:00:00Z", "2026-11-21T07:00:00Z")],
)
async def test_the_example_tells_what_it_covered_and_missed(
    sources: Sources, package: Package, web: WebServer, monkeypatch: pytest.MonkeyPatch, cursor: str, missed: str
):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    address = web.answer("/newest.json", PAGE, Content_Type="application/json")
    source = sources[package.slug]
    (part,) = source.parts(SourceSettings(True, {"page": address}), ())
    async with Client(clock=lambda: NOW, spacing=0.0) as client:
        last = str(instants.parse(cursor)) if cursor else None
        (batch,) = [batch async for batch in source.fetch(client, part, last, NOW)]
    oldest = instants.parse("2026-11-21T08:00:00Z")
    assert batch.covered == (oldest, NOW)
    assert batch.missed == ((instants.parse(missed), oldest) if missed else None)
    assert batch.cursor == str(NOW)


async def test_the_fetcher_reads_the_example_like_any_other_source(package: Package, web: WebServer, tmp_path: Path):
    file, store = tmp_path / "config.toml", tmp_path / "monitor.db"
    address = web.answer("/newest.json", PAGE, Content_Type="application/json")
    file.write_text(f'[sources.{package.slug}]\npage = "{address}"\n')
    command = [sys.executable, "-m", "monitor", "--config", str(file), "--store", str(store)]
    paths = [str(package.folder), str(ROOT)]
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = await asyncio.to_thread(
        subprocess.run,
        [*command, "fetch", "--once", "--source", package.slug],
        env=kept | {"PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with open_reader(store) as reader:
        posts = reader.posts(PostQuery(sources=(package.slug,)))
    assert {stored.post.native_id for stored in posts} == {"aaaaaa", "bbbbbb"}
