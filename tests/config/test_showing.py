from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor import paths
from monitor.config import Config, load
from monitor.config.secrets import MASK, is_secret
from monitor.config.showing import effective, to_toml
from monitor.config.template import TEMPLATE, write_template

Loader = Callable[[str], Config]


def test_what_is_shown_is_toml_that_gives_the_same_configuration(configured: Loader) -> None:
    config = configured(
        '[interface]\ntheme = "light"\n[keys]\n"my.quit" = "q"\n[store]\npath = "/var/monitor.db"\n'
        "[sources.news]\nfeeds = ['a \"b\" \\c']\n[beats]\nreplace = true\n"
        "[beats.chips]\nname = 'Chips'\nany = ['/h[12]00\\b/', 'x\ty']\n"
    )
    shown = to_toml(effective(config))
    again = configured("beats.replace = true\n" + shown)
    assert again == config


def test_secrets_are_masked(configured: Loader) -> None:
    config = configured('[sources.x]\napi_key = "hunter2"\nkey_file = "/run/key"\nbearer_token = ""\n')
    sources = effective(config)["sources"]
    assert sources == {"x": {"enabled": True, "api_key": MASK, "key_file": "/run/key", "bearer_token": ""}}


@pytest.mark.parametrize(
    ("name", "secret"), [("token", True), ("api-key", True), ("keywords", False), ("feeds", False)]
)
def test_secrets_are_known_by_whole_words(name: str, secret: bool) -> None:
    assert is_secret(name) is secret


def test_the_template_is_a_configuration_that_changes_nothing() -> None:
    before = load(None)
    write_template(paths.config_file())
    after = load(None)
    assert after._replace(file=None, sources={}) == before


def test_every_commented_key_of_the_template_is_valid_as_it_stands(configured: Loader) -> None:
    lines = [line.removeprefix("# ") if " = " in line or "# [" in line else line for line in TEMPLATE.splitlines()]
    text = "\n".join(line for line in lines)
    tomllib.loads(text)
    config = configured(text)
    slugs = [beat.slug for beat in config.beats.beats]
    assert "chip-exports" in slugs
    assert config.keymap == {"app.quit": "q,ctrl+q"}


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "sub" / "config.toml"
    write_template(file)
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    file.write_text("mine")
    with pytest.raises(FileExistsError):
        write_template(file)
    assert file.read_text() == "mine"


def test_secrets_in_addresses_are_not_shown(configured: Loader) -> None:
    config = configured(
        "[sources.news]\n"
        'feeds = ["https://a.example/feed?x=1&token=hush", "https://ada:hush@b.example/", "https://c.example/?api_key=hush"]\n'
        '[sources.x]\nendpoint = "https://ada:hush@x.example/2?key=hush"\n'
    )
    shown = to_toml(effective(config))
    assert "hush" not in shown
    assert "https://a.example/feed?x=1&token=…" in shown
    assert "https://…@x.example/2?key=…" in shown
