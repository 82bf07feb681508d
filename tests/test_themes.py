"""Theme files: those that are shipped, and what is said of one that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.paths import shipped
from monitor.themes import DEFAULT, MEANINGS, PLAIN, SOURCE_KEYS, ThemeError, find_theme, find_themes, load_theme

GOOD = 'name = "mine"\ndark = true\n[colours]\n' + "\n".join(f'{meaning} = "#112233"' for meaning in MEANINGS) + "\n"


def write(folder: Path, text: str, name: str = "mine") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_themes_are_good() -> None:
    found = find_themes([shipped("themes")])
    assert found.problems == ()
    assert {theme.name for theme in found.themes} == {"dark", "light", "high-contrast", "colour-blind", "terminal"}
    assert found.themes[0].name == DEFAULT
    for theme in found.themes:
        assert set(theme.colours) == set(MEANINGS)
        assert set(theme.sources) == set(SOURCE_KEYS)
        assert theme.in_terminal_colours == (theme.name == PLAIN)


@pytest.mark.parametrize("name", ["high-contrast"])
def test_high_contrast_keeps_its_promise(name: str) -> None:
    theme = find_theme(name, [shipped("themes")])
    ground = luminance(theme.colours["background"])
    for meaning, colour in {**theme.colours, **theme.sources}.items():
        if meaning not in ("background", "highlight"):
            assert (luminance(colour) + 0.05) / (ground + 0.05) >= 7, meaning


@pytest.mark.parametrize("name", ["dark", "light", "colour-blind"])
def test_what_is_read_can_be_read(name: str) -> None:
    theme = find_theme(name, [shipped("themes")])
    for meaning in ("text", "muted", "accent", "good", "bad", "warning"):
        values = sorted((luminance(theme.colours[meaning]), luminance(theme.colours["background"])))
        assert (values[1] + 0.05) / (values[0] + 0.05) >= 4.5, meaning


def test_a_users_theme_replaces_a_shipped_one_of_its_name(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace('"mine"', '"dark"'), "dark")
    assert find_theme("dark", [shipped("themes"), tmp_path]).colours["text"] == "#112233"


def test_a_theme_is_found_by_its_name_rather_than_its_file(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "another-file")
    assert find_theme("mine", [shipped("themes"), tmp_path]).name == "mine"


def test_sources_left_out_have_the_colour_of_text(tmp_path: Path) -> None:
    theme = load_theme(write(tmp_path, GOOD + '[sources]\nx = "bright_red"\n'))
    assert theme.sources["x"] == "bright_red"
    assert theme.sources["news"] == "#112233"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD.replace('accent = "#112233"', 'accent = "#11223"'), "colours.accent: '#11223' is no colour"),
        (GOOD.replace("accent =", "acent ="), "colours.acent: unknown key; did you mean colours.accent?"),
        (GOOD.replace('gap = "#112233"\n', ""), "colours.gap: is missing"),
        (GOOD.replace("dark = true", "dark = 1"), "dark: must be true or false"),
        (GOOD.replace('"mine"', '"My Theme"'), "name: must be"),
        (GOOD + '[sources]\nmyspace = "red"\n', "sources.myspace: unknown key"),
        ("name = mine", "no valid TOML"),
    ],
)
def test_a_bad_theme_is_told_by_file_and_key(tmp_path: Path, text: str, words: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ThemeError) as caught:
        load_theme(path)
    assert str(path) in str(caught.value)
    assert words in str(caught.value)


def test_a_bad_theme_does_not_hide_the_others(tmp_path: Path) -> None:
    write(tmp_path, "dark = 1", "broken")
    found = find_themes([shipped("themes"), tmp_path])
    assert len(found.themes) == 5
    assert "broken.toml" in found.problems[0]


def test_an_unknown_name_is_told_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ThemeError, match="no theme is named neon; the names are dark"):
        find_theme("neon", [shipped("themes"), tmp_path / "nowhere"])


def luminance(colour: str) -> float:
    """Relative luminance, as the web's accessibility guidelines define it."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
