from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hypothesis import strategies as st

from monitor import instants
from monitor.http import Client

NOW = instants.parse("2026-11-21T10:00:00Z")

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["", "0", "\ud800", "a b"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
"""Data of every JSON shape, for places where something else is expected."""


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A client whose clock stands still and that does not wait between requests."""
    async with Client(clock=lambda: NOW, spacing=0.0) as opened:
        yield opened
