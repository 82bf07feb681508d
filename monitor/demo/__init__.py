"""The sample data as a store: what `monitor demo` and `monitor snapshot --demo` look at."""

from __future__ import annotations

from monitor.demo.preparing import DemoStore, clean_up, demo_config, prepare_demo

__all__ = ["DemoStore", "clean_up", "demo_config", "prepare_demo"]
