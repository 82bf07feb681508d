"""What can be wrong with a store, each with one sentence for a person."""

from __future__ import annotations


class StoreError(Exception):
    """The store cannot be used; the message says why and what to do."""


class StoreMissing(StoreError):
    """There is no file at the path."""


class StoreDamaged(StoreError):
    """The file is no SQLite database, or not one of ours, or broken inside."""


class StoreTooNew(StoreError):
    """A later version of the program has written the file."""


class StoreBusy(StoreError):
    """Another process held the file for longer than we wait."""


class StoreFull(StoreError):
    """The disk is full, or the file may not be written."""


class StorePruned(StoreError):
    """Posts that a figure needs were removed, because they were older than what is kept."""
