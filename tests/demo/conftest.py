"""A cache folder that the tests of the demo share, so that its store is made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.demo import DemoStore, prepare_demo


@pytest.fixture(scope="session")
def demo_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def own_folders(demo_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home of nothing, in which only the cache folder outlives the test."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(demo_cache))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def sample_store() -> DemoStore:
    """The store at the sample's own moment."""
    return prepare_demo()
