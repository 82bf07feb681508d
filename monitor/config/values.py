"""What a configuration is, once it was read and found good, and what is said about one that was not."""

from __future__ import annotations

from monitor.light_typing import TYPE_CHECKING, NamedTuple
from monitor.text.scorers import IN_USE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from monitor.config.entities import EntityChange
    from monitor.config.model import ModelSettings
    from monitor.records import Beats
    from monitor.sources.base import SourceSettings

DEFAULT_THEME = "dark"
DEFAULT_FRAMES_PER_SECOND = 20


class Config(NamedTuple):
    """The effective configuration: what is shipped, changed by what the user's file says."""

    beats: Beats
    sources: Mapping[str, SourceSettings]
    """By slug, those that have a table in the file; see `monitor.config.sources.settings_of`."""
    theme: str
    keymap: Mapping[str, str]
    """Keys by binding id, several keys parted by commas."""
    mouse: bool
    ascii: bool
    """Whether to draw with ASCII characters only."""
    frames_per_second: int
    store: str | None
    """The path of the store's file; None for the default place."""
    file: str | None
    """The path of the file that was read; None where there is none."""
    hash: str
    """Of all that can move a number: beats, rules and sources, but not their secrets."""
    rules_hash: str
    """See `monitor.text.beats.hash_rules`."""
    keep: int | None = None
    """Milliseconds for which `monitor prune` keeps posts; None where that is not said."""
    scorer: str = IN_USE
    """The scorer by the name it is chosen with; see `monitor.text.scorer_choice`."""
    model: ModelSettings | None = None
    """The language model that drafts stories; None where none is configured."""
    entities: tuple[EntityChange, ...] = ()
    """Changes to the shipped names; `monitor.config.entities.gazetteer` makes the gazetteer of them."""

    def with_interface_of(self, other: Config) -> Config:
        """This configuration with the look and the keys of another; no number moves by that."""
        return self._replace(
            theme=other.theme,
            keymap=other.keymap,
            mouse=other.mouse,
            ascii=other.ascii,
            frames_per_second=other.frames_per_second,
        )


class Problem(NamedTuple):
    """One mistake in a configuration file."""

    file: str
    line: int | None
    """Counted from 1; None where the mistake has no place in the file."""
    key: str
    """Dotted, such as `beats.open-source-ai.any`; empty where the mistake concerns no key."""
    message: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class ConfigError(Exception):
    """A configuration that cannot be used."""

    def __init__(self, problems: Sequence[Problem], *, partial: Config | None = None) -> None:
        in_order = sorted(problems, key=lambda problem: (problem.file, problem.line or 0))
        super().__init__("\n".join(map(str, in_order)))
        self.problems = in_order
        self.partial = partial
        """What could be read all the same, to look for more mistakes in."""
