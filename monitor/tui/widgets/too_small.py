"""What stands in a terminal that is too small for anything."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.tui.lines import Line
from monitor.tui.widgets.line_pane import LinePane


class TooSmall(LinePane):
    """Asks for a larger terminal."""

    def lines(self, width: int, height: int) -> Sequence[Line]:
        return ((("make me larger", "bold accent"),), (("40 by 10 at least", "muted"),))
