"""Snapshots for a screen that stays: counts of the window are kept up to date from the rows that are new.

A refresh then costs what arrived, not what is stored. The numbers are those of `build_snapshot`; only how they are come
by differs. What a lens or a filter of sources asks for is read from the store.
"""

from monitor.live.snapshots import LiveSnapshots

__all__ = ["LiveSnapshots"]
