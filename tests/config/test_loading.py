from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor import paths
from monitor.config import Config, ConfigError, load
from monitor.records import GENERAL
from monitor.sources.base import SourceSettings

Loader = Callable[[str], Config]
Complaints = Callable[[str], list[tuple[int | None, str, str]]]


def slugs(config: object) -> list[str]:
    return [beat.slug for beat in config.beats.beats]  # type: ignore[attr-defined]


def test_without_a_file_the_shipped_beats_are_in_effect_with_general_last() -> None:
    config = load(None)
    assert len(config.beats.beats) == 25
    assert slugs(config)[-1] == GENERAL
    assert config.beats.umbrella.any
    assert config.file is None
    assert config.store is None
    assert config.sources == {}


def test_a_file_that_was_named_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "absent.toml")
    assert "there is no such file" in str(caught.value)


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="folder"):
        load(tmp_path)


def test_the_file_at_the_default_place_is_read() -> None:
    paths.config_directory().mkdir(parents=True)
    paths.config_file().write_text("[interface]\nmouse = false\n", encoding="utf-8")
    assert load(None).mouse is False


def test_settings_are_read(configured: Loader, tmp_path: Path) -> None:
    config = configured(
        """
        [interface]
        theme = "light"
        mouse = false
        ascii = true
        frames_per_second = 10
        [keys]
        quit = "q, ctrl+c"
        [store]
        path = "here/monitor.db"
        [sources.news]
        enabled = false
        feeds = ["https://example.org/feed"]
        """
    )
    assert (config.theme, config.mouse, config.ascii, config.frames_per_second) == ("light", False, True, 10)
    assert config.keymap == {"quit": "q,ctrl+c"}
    assert config.store == str(tmp_path / "here/monitor.db")
    assert config.sources == {"news": SourceSettings(False, {"feeds": ["https://example.org/feed"]})}


def test_a_binding_is_named_in_quotes_or_without(configured: Loader) -> None:
    config = configured('[keys]\napp.quit = "q"\n"list.down" = "j,down"\n')
    assert config.keymap == {"app.quit": "q", "list.down": "j,down"}


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xef\xbb\xbf[interface]\r\nascii = true\r\n")
    assert load(file).ascii is True


def test_a_shipped_beat_keeps_what_is_not_named(configured: Loader) -> None:
    shipped = {beat.slug: beat for beat in load(None).beats.beats}
    config = configured('[beats.open-source-ai]\nnone = ["open house"]\n')
    changed = {beat.slug: beat for beat in config.beats.beats}["open-source-ai"]
    assert changed.rule.none == ("open house",)
    assert changed.rule.any == shipped["open-source-ai"].rule.any
    assert changed.name == shipped["open-source-ai"].name
    assert slugs(config) == list(shipped)


def test_a_new_beat_follows_the_shipped_ones(configured: Loader) -> None:
    config = configured('[beats.chips]\nname = "Chips"\nany = ["export controls"]\n')
    assert slugs(config)[-2:] == ["chips", GENERAL]


def test_a_beat_can_be_left_out(configured: Loader) -> None:
    config = configured("[beats.open-source-ai]\nenabled = false\n")
    assert "open-source-ai" not in slugs(config)
    assert len(config.beats.beats) == 24


def test_all_beats_can_be_replaced_and_the_umbrella_stays(configured: Loader) -> None:
    config = configured('[beats]\nreplace = true\n[beats.chips]\nname = "Chips"\nany = ["export controls"]\n')
    assert slugs(config) == ["chips", GENERAL]
    assert config.beats.umbrella == load(None).beats.umbrella


def test_a_beat_may_be_called_replace(configured: Loader) -> None:
    assert "replace" in slugs(configured('[beats.replace]\nname = "Replacement"\nany = ["replaced"]\n'))


def test_the_umbrella_rule_can_be_changed(configured: Loader) -> None:
    config = configured('[umbrella]\nany = ["fusion"]\n')
    assert config.beats.umbrella.any == ("fusion",)
    assert config.beats.umbrella.none == load(None).beats.umbrella.none
    assert config.beats.umbrella.weak == load(None).beats.umbrella.weak
    assert configured('[umbrella]\nweak = ["tokamak"]\n').beats.umbrella.weak == ("tokamak",)


def test_a_beat_takes_hints_and_the_umbrella_rule_none(configured: Loader, complaints: Complaints) -> None:
    (chips, _) = configured(
        '[beats]\nreplace = true\n[beats.chips]\nname = "Chips"\nweak = ["lease"]\nhints = ["wafer"]\n'
    ).beats.beats
    assert chips.rule.hints == ("wafer",)
    (complaint,) = complaints('[umbrella]\nhints = ["wafer"]\n')
    assert "hints" in str(complaint)


def test_every_mistake_is_told_at_once_with_line_and_key(complaints: Complaints) -> None:
    found = complaints(
        """\
[interfaces]
mouse = true
[interface]
mouse = "yes"
framespersecond = 30
frames_per_second = 0
theme = "drak"
[keys]
quit = 3
[beats.Bad_Slug]
name = "Bad"
[beats.open-source-ai]
any = [
    "fine",
    "/(unclosed/",
    7,
]
nane = "x"
[beats.new]
any = ["x y"]
[sources.news]
enabled = "no"
[store]
path = 1
""",
    )
    assert [(line, key) for line, key, _ in found] == [
        (1, "interfaces"),
        (4, "interface.mouse"),
        (5, "interface.framespersecond"),
        (6, "interface.frames_per_second"),
        (7, "interface.theme"),
        (9, "keys.quit"),
        (10, "beats.Bad_Slug"),
        (15, "beats.open-source-ai.any"),
        (16, "beats.open-source-ai.any"),
        (18, "beats.open-source-ai.nane"),
        (19, "beats.new"),
        (22, "sources.news.enabled"),
        (24, "store.path"),
    ]
    messages = {key: message for _, key, message in found}
    assert messages["interfaces"] == 'unknown table (did you mean "interface"?)'
    assert messages["interface.mouse"] == 'expected true or false, found "yes"'
    assert 'did you mean "frames_per_second"' in messages["interface.framespersecond"]
    assert 'did you mean "dark"' in messages["interface.theme"]
    assert "needs a name" in messages["beats.new"]


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("[interface\nmouse = true\n", 1, ""),
        ("a = \n", 1, "a"),
        ("[interface]\nmouse = tru\n", 2, "mouse"),
        ("[interface]\nmouse = true\nmouse = true\n", 3, "mouse"),
        ('[beats.x]\nname = "unclosed\n', 2, "name"),
        ("[beats.x]\nany = [1,\n", 2, "any"),
    ],
)
def test_a_mistake_of_syntax_is_placed(complaints: Complaints, text: str, line: int, key: str) -> None:
    assert complaints(text)[0][:2] == (line, key)


def test_several_mistakes_of_syntax_and_others_are_told_together(complaints: Complaints) -> None:
    found = complaints("[interface]\nmouse = yes\nascii = no\ntheme = 1\n")
    assert [(line, key) for line, key, _ in found] == [(2, "mouse"), (3, "ascii"), (4, "interface.theme")]


def test_a_file_in_another_encoding_is_refused_with_the_line(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"[keys]\n# caf\xe9\n")
    with pytest.raises(ConfigError, match=r"config\.toml:2: the file is not UTF-8"):
        load(file)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[beats.general]\nenabled = false\n", "cannot be dropped"),
        ('[beats.general]\nany = ["x"]\n', "no rule of its own"),
        ("[beats.open-sorce-ai]\nenabled = false\n", 'did you mean "open-source-ai"'),
        ('[beats.chips]\nname = "Chips"\n', "at least one term"),
        ('[beats.chips]\nname = " "\nany = ["chips"]\n', "must not be blank"),
        ('[beats.chips]\nname = "Chips"\nany = [" "]\n', "it is empty"),
        ('[beats.chips]\nname = "Chips"\nany = "chips"\n', "expected a list of texts"),
        ("beats = 3\n", "expected a table"),
        ("[beats]\nreplace = 1\n", "expected true or false"),
        ("[keys]\nquit = 'q,,x'\n", "keys parted by commas"),
        ("[interface]\nframes_per_second = true\n", "expected a whole number, found true"),
        ("a = " + "[" * 2000 + "]" * 2000, "nested"),
    ],
)
def test_what_makes_no_sense_is_refused(complaints: Complaints, text: str, part: str) -> None:
    assert any(part in message for _, _, message in complaints(text))


def test_the_hash_follows_what_moves_a_number_and_nothing_else(configured: Loader) -> None:
    plain = configured("")
    assert len(plain.hash) == len(plain.rules_hash) == 12
    assert configured('[interface]\ntheme = "light"\n').hash == plain.hash
    assert configured("[sources.news]\nenabled = false\n").hash != plain.hash
    assert configured('[sources.news]\napi_key = "1"\n').hash == configured('[sources.news]\napi_key = "2"\n').hash
    renamed = configured('[beats.open-source-ai]\nname = "Open"\n')
    assert renamed.hash != plain.hash
    assert renamed.rules_hash == plain.rules_hash
    assert configured('[umbrella]\nany = ["fusion"]\n').rules_hash != plain.rules_hash
