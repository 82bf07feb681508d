"""The configuration: a TOML file of the user over what is shipped, checked as a whole before anything uses it."""

from __future__ import annotations

from monitor.config.loading import load
from monitor.config.values import Config, ConfigError, Problem

__all__ = ["Config", "ConfigError", "Problem", "load"]
