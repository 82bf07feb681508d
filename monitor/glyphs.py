"""How figures look in one line of a terminal: bars, sparklines, marks and short numbers, as plain text.

The report and the app share these, so that one number looks the same in both. Nothing here knows colours or layout.
Every function takes `ascii=True` for terminals and fonts without block characters, where its glyphs are not ASCII.
"""

from __future__ import annotations

from monitor.instants import DAY, HOUR, MINUTE
from monitor.light_typing import TYPE_CHECKING
from monitor.nouns.sources import SOURCES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.records import Baseline, Shares

LEVELS = "▁▂▃▄▅▆▇█"
ASCII_LEVELS = "_,-~=+*#"

GAP = "╱"
"""What was not collected."""
ASCII_GAP = "/"

NOTHING = "·"
"""Collected, and there was nothing."""
ASCII_NOTHING = "."

SHARE_FILLS = "▓▒░▪▚▞◆◇○"
"""One fill for each of the named sources, in their order; the last for all others."""
ASCII_SHARE_FILLS = "xbnyrhamo"

MOOD_LIMIT = 0.6
"""The net sentiment at which the mood sparkline is full; the mood of a beat seldom lies beyond."""

TRACE = "⎽⎼─⎻⎺"
"""The heights of a thin line."""

MINUS = "−"


def volume_bars(values: Sequence[int | None], *, top: int | None = None, ascii: bool = False) -> str:  # noqa: A002
    """One bar a value, the highest value (or `top`) filling the cell; gaps hatched, zero a dot."""
    levels, gap, nothing = _alphabet(ascii)
    ceiling = max(top or 0, max((value for value in values if value is not None), default=0), 1)
    steps = len(levels)
    return "".join(
        gap if value is None else nothing if value <= 0 else levels[min(steps - 1, (value * steps - 1) // ceiling)]
        for value in values
    )


def mood_line(
    values: Sequence[float | None],
    volumes: Sequence[int | None] = (),
    *,
    limit: float = MOOD_LIMIT,
    ascii: bool = False,  # noqa: A002
) -> str:
    """Net sentiment (-1 to 1) as a line around zero: the lower four levels are negative, the upper four positive.

    `volumes` tells a gap (hatched) from an hour without a scored post (a dot); it may be empty.
    """
    levels, gap, nothing = _alphabet(ascii)
    half = len(levels) // 2
    cells = []
    for index, value in enumerate(values):
        if value is None:
            cells.append(gap if index < len(volumes) and volumes[index] is None else nothing)
            continue
        step = min(half - 1, int(abs(value) / limit * half))
        cells.append(levels[half + step if value >= 0 else half - 1 - step])
    return "".join(cells)


def mood_trace(
    values: Sequence[float | None],
    volumes: Sequence[int | None] = (),
    *,
    limit: float = MOOD_LIMIT,
    ascii: bool = False,  # noqa: A002
) -> str:
    """Net sentiment as a thin line, which stays apart from volume bars beside it: five heights, zero in the middle."""
    if ascii:
        return mood_line(values, volumes, limit=limit, ascii=True)
    half = len(TRACE) // 2
    cells = []
    for index, value in enumerate(values):
        if value is None:
            cells.append(GAP if index < len(volumes) and volumes[index] is None else NOTHING)
        else:
            cells.append(TRACE[half + max(-half, min(half, round(value / limit * half)))])
    return "".join(cells)


def share_cells(counts: Sequence[int], width: int) -> tuple[int, ...]:
    """How many of `width` cells each count takes: in proportion, adding up to `width`, by largest remainder.

    Every count above zero takes at least one cell while there are enough; all zeros take none.
    """
    total = sum(counts)
    if total <= 0 or width <= 0:
        return (0,) * len(counts)
    cells = [count * width // total for count in counts]
    by_remainder = sorted(range(len(counts)), key=lambda index: (-(counts[index] * width % total), index))
    for index in by_remainder[: width - sum(cells)]:
        cells[index] += 1
    for index, count in enumerate(counts):
        widest = max(range(len(cells)), key=cells.__getitem__)
        if count > 0 and cells[index] == 0 and cells[widest] > 1:
            cells[index] += 1
            cells[widest] -= 1
    return tuple(cells)


def share_fill(slug: str, *, ascii: bool = False) -> str:  # noqa: A002
    """The fill of a source in a share bar."""
    fills = ASCII_SHARE_FILLS if ascii else SHARE_FILLS
    for index, source in enumerate(SOURCES):
        if source.slug == slug:
            return fills[index]
    return fills[-1]


def share_bar(by_source: Sequence[tuple[str, int]], width: int, *, ascii: bool = False) -> str:  # noqa: A002
    """The split over sources as one bar of `width` cells; spaces where there is nothing to split."""
    cells = share_cells([count for _, count in by_source], width)
    bar = "".join(share_fill(slug, ascii=ascii) * cell for (slug, _), cell in zip(by_source, cells, strict=True))
    return bar.ljust(width)


def length_bar(value: float, top: float, width: int, *, ascii: bool = False) -> str:  # noqa: A002
    """A horizontal bar that `top` fills, without padding; anything above zero is seen."""
    if value <= 0 or top <= 0 or width <= 0:
        return ""
    if ascii:
        return "#" * max(1, min(width, round(value / top * width)))
    eighths = max(1, min(width * 8, round(value / top * width * 8)))
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()


def count(number: int) -> str:
    """A count in full: `29,419`."""
    return f"{number:,}"


def short_count(number: int) -> str:
    """A count in at most five characters, up to 9,999 trillions: `9,999`, `464k`, `1.2M`."""
    if abs(number) < 10_000:
        return f"{number:,}"
    if abs(number) < 999_500:
        return f"{number / 1000:.0f}k"
    size, unit = 1_000_000, "M"
    for larger in "GT":
        if abs(number) >= 999.5 * size:
            size, unit = size * 1000, larger
    return f"{number / size:.1f}{unit}" if abs(number) < 9.95 * size else f"{number / size:.0f}{unit}"


def plain(text: str) -> str:
    """A sentence of ours with ASCII in place of its signs: minus, plus-minus and times."""
    return text.replace(MINUS, "-").replace("±", "+-").replace("×", "x")


def signed(number: int, *, ascii: bool = False) -> str:  # noqa: A002
    """A whole number with its sign; zero has none."""
    minus = "-" if ascii else MINUS
    return f"+{number}" if number > 0 else f"{minus}{-number}" if number < 0 else "0"


def change(ratio: float | None, *, ascii: bool = False) -> str:  # noqa: A002
    """A ratio to what is usual: `+58 %`, `−12 %`, `×16` from ten times on; empty where there is none."""
    if ratio is None:
        return ""
    if ratio >= 10:
        return f"{'x' if ascii else '×'}{ratio:.0f}"
    return f"{signed(round((ratio - 1) * 100), ascii=ascii)} %"


def change_mark(baseline: Baseline, *, ascii: bool = False) -> str:  # noqa: A002
    """Arrows for a volume off the usual: one from a quarter more or less on, two from half more or a third less on.

    None where the difference is within what counting alone explains (twice the square root of the usual).
    """
    ratio, usual = baseline.ratio, baseline.volume
    if ratio is None or usual is None or abs(ratio - 1) * usual <= 2 * usual**0.5:
        return ""
    up, down = ("^", "v") if ascii else ("▲", "▼")
    if ratio >= 1.25:
        return up * (2 if ratio >= 1.5 else 1)
    if ratio <= 0.8:
        return down * (2 if ratio <= 2 / 3 else 1)
    return ""


def baseline_word(baseline: Baseline) -> str:
    """One word on what stands behind a comparison; empty where it is sound."""
    return {"ok": "", "learning": "learning", "gap": "gap"}[baseline.state]


def net(shares: Shares, *, ascii: bool = False) -> str:  # noqa: A002
    """Net sentiment in points of a hundred with half its 95 % interval: `+12 ±9`; empty where nothing was scored."""
    if shares.net is None:
        return ""
    text = signed(round(shares.net * 100), ascii=ascii)
    if shares.net_low is None or shares.net_high is None:
        return text
    return f"{text} {'+-' if ascii else '±'}{round((shares.net_high - shares.net_low) * 50)}"


def percent(part: float | None) -> str:
    """A share: `18 %`; empty where there is none."""
    return "" if part is None else f"{round(part * 100)} %"


def age(milliseconds: int) -> str:
    """How long ago, in at most four characters: `now`, `12m`, `2h`, `3d`, `5w`, `2y`."""
    for length, unit in ((365 * DAY, "y"), (14 * DAY, "w"), (DAY, "d"), (HOUR, "h"), (MINUTE, "m")):
        if milliseconds >= length:
            return f"{milliseconds // (7 * DAY if unit == 'w' else length)}{unit}"
    return "now"


def _alphabet(ascii: bool) -> tuple[str, str, str]:  # noqa: A002
    return (ASCII_LEVELS, ASCII_GAP, ASCII_NOTHING) if ascii else (LEVELS, GAP, NOTHING)
