"""What every command is given: the global options and what follows from them."""

from __future__ import annotations

import os
import sys
import time

from monitor import places
from monitor.cli.errors import UsageError
from monitor.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from monitor.config import Config
    from monitor.text.sentiment import SentimentScorer

PIPE_WIDTH = 100
"""Cells of a line where nothing says how wide the output is."""


class Context:
    """The surroundings of one run of a command."""

    def __init__(
        self,
        *,
        store: os.PathLike[str] | str | None = None,
        config: os.PathLike[str] | str | None = None,
        no_color: bool = False,
        verbose: bool = False,
        loaded: Config | None = None,
    ) -> None:
        """`loaded` is a configuration to use instead of reading one."""
        self._given_store = store
        self._given_config = config
        self.no_color = no_color
        self.verbose = verbose
        self._config = loaded

    def on_sample(self, store: Path, config: Config) -> Context:
        """The same surroundings on sample data; of a configuration that was named only the interface counts.

        Raises:
            ConfigError: that one has mistakes.
        """
        if self._given_config is not None:
            config = config.with_interface_of(self.config)
        return Context(store=store, loaded=config, no_color=self.no_color, verbose=self.verbose)

    @property
    def config(self) -> Config:
        """The configuration, loaded at the first use.

        Raises:
            ConfigError: it has mistakes.
        """
        if self._config is None:
            from monitor.config import load

            self._config = load(self._given_config)
        return self._config

    @property
    def config_file(self) -> Path | None:
        """The configuration file as given with --config; None for the default one."""
        from pathlib import Path

        return None if self._given_config is None else Path(self._given_config)

    @property
    def store(self) -> Path:
        """The store's file."""
        from pathlib import Path

        return Path(self.store_name)

    @property
    def store_name(self) -> str:
        """The path of the store's file: the one given, else the configured, else the default one."""
        if self._given_store is not None:
            return os.fspath(self._given_store)
        return self.config.store or places.default_store()

    def scorer(self) -> SentimentScorer:
        """The scorer that the configuration chose.

        Raises:
            CommandError: it cannot be used.
        """
        from monitor.cli.errors import CommandError
        from monitor.text.scorer_choice import ScorerError, chosen_scorer

        try:
            return chosen_scorer(self.config.scorer, self.config.model and self.config.model.name)
        except ScorerError as error:
            raise CommandError(str(error)) from error

    @property
    def colour(self) -> bool:
        """Whether colour codes may be written to standard output."""
        return not self.no_color and not os.environ.get("NO_COLOR") and on_terminal()

    @property
    def draws_ascii(self) -> bool:
        """Whether to draw with ASCII characters only."""
        from monitor.cli.output import draws_blocks

        return self.config.ascii or not draws_blocks(sys.stdout)

    def beat_slugs(self, slugs: Sequence[str]) -> tuple[str, ...]:
        """The given slugs of beats, without repetition.

        Raises:
            UsageError: one is no configured beat.
        """
        known = [beat.slug for beat in self.config.beats.beats]
        return known_names("beat", slugs, known)


def known_names(what: str, names: Sequence[str], known: Iterable[str]) -> tuple[str, ...]:
    """The given names, without repetition.

    Raises:
        UsageError: one is none of the known; the message says which was probably meant.
    """
    known = list(known)
    for name in names:
        if name not in known:
            from monitor.slugs import suggestion

            raise UsageError(f'there is no {what} "{name}"{suggestion(name, known)}')
    return tuple(dict.fromkeys(names))


def on_terminal() -> bool:
    """Whether standard output is a terminal that understands more than plain lines."""
    return sys.stdout.isatty() and os.environ.get("TERM", "") not in ("", "dumb")


def output_width() -> int:
    """Cells of a line of standard output."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or PIPE_WIDTH
    except (OSError, ValueError):
        return PIPE_WIDTH


def now() -> int:
    """The present instant."""
    return time.time_ns() // 1_000_000
