from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from monitor import paths
from monitor.config import Config, load

Loader = Callable[[str], Config]

TEXT = """
[interface]
theme = "light"
[store]
path = "monitor.db"
[keys]
quit = "q"
[sources.news]
feeds = ["https://example.org/feed"]
[beats.chips]
name = "Chips"
weak = ["chips"]
"""


def cache_files() -> list[Path]:
    return list(paths.cache_directory().glob("*"))


def test_what_comes_from_the_cache_equals_what_was_built(configured: Loader) -> None:
    built = configured(TEXT)
    assert len(cache_files()) == 1
    assert configured(TEXT) == built


def test_a_cached_start_imports_no_parser(configured: Loader, tmp_path: Path) -> None:
    configured(TEXT)
    code = (
        "import sys; from pathlib import Path; from monitor.config import load; load(Path(sys.argv[1]));"
        "print([name for name in ('tomllib', 'json', 'hashlib', 'monitor.text.terms') if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "config.toml")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "[]\n"


def test_a_changed_file_is_read_anew_even_with_the_same_size_and_time(configured: Loader, tmp_path: Path) -> None:
    configured('[interface]\ntheme = "dark"\nframes_per_second = 10\n')
    assert configured('[interface]\ntheme = "dark"\nframes_per_second = 20\n').frames_per_second == 20


def test_a_damaged_cache_is_ignored_and_mended(configured: Loader) -> None:
    built = configured(TEXT)
    (file,) = cache_files()
    sound = file.read_bytes()
    for damaged in (b"", sound[:3], sound[:-5], sound[:100] + b"\xff" + sound[101:], b"\0" * len(sound)):
        file.write_bytes(damaged)
        assert configured(TEXT) == built
        assert file.read_bytes() == sound


def test_a_cache_that_cannot_be_written_does_no_harm(configured: Loader) -> None:
    paths.cache_directory().parent.mkdir()
    paths.cache_directory().write_text("a file in the way")
    assert configured(TEXT) == configured(TEXT)


def test_dates_in_a_source_table_cannot_be_cached_and_do_no_harm(configured: Loader) -> None:
    config = configured("[sources.other]\nsince = 2026-01-01\n")
    assert config.sources["other"].options["since"].isoformat() == "2026-01-01"  # type: ignore[attr-defined]
    assert cache_files() == []


def test_files_at_several_places_do_not_disturb_each_other(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_text(f"[keys]\nquit = '{name}'\n")
    for _ in range(2):
        for name in ("one", "two"):
            assert load(tmp_path / name).keymap == {"quit": name}
    assert len(cache_files()) == 2
