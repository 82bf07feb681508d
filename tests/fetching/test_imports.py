from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"asyncio", "sqlite3", "httpx", "websockets", "numpy", "textual", "rich", "feedparser", "py3langid"}


@pytest.mark.parametrize("module", ["child", "lease", "run"])
def test_what_the_app_and_a_waiting_process_load_is_little(module: str) -> None:
    code = f"import sys, monitor.fetching.{module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    assert HEAVY.isdisjoint(loaded)
