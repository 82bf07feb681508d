"""The text report with colour codes, for a terminal that takes them. What is coloured is also said by shape or word."""

from __future__ import annotations

STYLES = (
    (r"(?m)^(Beat|Source|Split by source|Signals|Stories)\b.*$", "bold"),
    (r"\A.*", "bold"),
    (r"▲+", "green"),
    (r"▼+", "red"),
    (r"╱+", "yellow"),
    (r"(?m)^Not collected:.*(\n  .*)*", "yellow"),
    (r"(?m)(?<=  )(stale|failing|no key|over budget)(?=  )", "yellow"),
    (r"(?m)^Mark .*$", "yellow"),
    (r"(?m)(?<=  )high(?=  )", "bold"),
)
"""Patterns of the report and how they look, later ones over earlier ones."""


def coloured(report: str) -> str:
    """A report that holds no control characters but line breaks, with ANSI colour codes added."""
    from io import StringIO

    from rich.console import Console
    from rich.text import Text

    text = Text(report, end="")
    for pattern, style in STYLES:
        text.highlight_regex(pattern, style)
    console = Console(
        file=StringIO(),
        force_terminal=True,
        color_system="standard",
        no_color=False,
        highlight=False,
        markup=False,
        emoji=False,
        width=10_000,
        legacy_windows=False,
    )
    with console.capture() as captured:
        console.print(text, soft_wrap=True, end="")
    return captured.get()
