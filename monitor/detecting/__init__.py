"""Signals out of a store: looks at what came, opens, raises and closes signals, and gathers their evidence."""

from __future__ import annotations

from monitor.detecting.watching import KINDS, Look, Watcher, recompute

__all__ = ["KINDS", "Look", "Watcher", "recompute"]
