"""A terminal monitor of public conversation in which every number carries its evidence."""

__version__ = "0.1.0"
