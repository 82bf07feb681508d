from __future__ import annotations

from pathlib import Path

import pytest

from monitor import paths, places


def test_the_base_directories_of_the_environment_are_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert places.default_store() == str(tmp_path / "data/discourse-monitor/monitor.db")
    assert paths.config_directory() == tmp_path / "config/discourse-monitor"


def test_a_relative_base_directory_is_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    assert paths.cache_directory() == tmp_path / ".cache/discourse-monitor"


def test_what_is_shipped_is_found() -> None:
    assert Path(places.shipped("sample_data"), "beats.toml").is_file()
    assert paths.shipped("themes").is_dir()
