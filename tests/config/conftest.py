from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.config import Config, ConfigError, load

Loader = Callable[[str], Config]
Complaints = Callable[[str], list[tuple[int | None, str, str]]]


@pytest.fixture(autouse=True)
def own_directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Base directories of this test alone."""
    for variable in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{variable}_HOME", str(tmp_path / variable.lower()))
    return tmp_path


@pytest.fixture
def configured(tmp_path: Path) -> Loader:
    """Loads a configuration of the given text."""

    def load_text(text: str) -> Config:
        file = tmp_path / "config.toml"
        file.write_text(text, encoding="utf-8")
        return load(file)

    return load_text


@pytest.fixture
def complaints(configured: Loader) -> Complaints:
    """What is said about a configuration of the given text: line, key and message of each mistake."""

    def complain(text: str) -> list[tuple[int | None, str, str]]:
        with pytest.raises(ConfigError) as caught:
            configured(text)
        return [(problem.line, problem.key, problem.message) for problem in caught.value.problems]

    return complain
