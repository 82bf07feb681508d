"""Where every shown number is made: one moment of a store as an immutable `Snapshot`."""

from __future__ import annotations

from monitor.snapshot.building import Provenance, assemble, build_snapshot
from monitor.snapshot.counter import StoreCounter

__all__ = ["Provenance", "StoreCounter", "assemble", "build_snapshot"]
