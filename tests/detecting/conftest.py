"""A store with a spike, made once and copied."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.detecting.stores import END, SPIKE, SPIKE_LENGTH, START, covered, steady, write


@pytest.fixture(scope="session")
def spiky_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("detecting") / "store.db"
    write(
        path,
        [
            *steady((START, END), 2, first=1),
            *steady((START, END), 1.5, first=100_000, source="x"),
            *steady((SPIKE, SPIKE + SPIKE_LENGTH), 16, first=200_000, source="x"),
        ],
        [*covered("bluesky"), *covered("x")],
    )
    return path


@pytest.fixture
def spiky(spiky_base: Path, tmp_path: Path) -> Path:
    """Five days of two sources, and an hour ten hours before the end in which one of them brings far more."""
    path = tmp_path / "store.db"
    shutil.copyfile(spiky_base, path)
    return path
