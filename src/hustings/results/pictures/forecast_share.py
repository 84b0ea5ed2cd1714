"""The final share of whoever is likeliest to win: how often it lies where, and the middle of it."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from hustings.results.pictures.drawing import (
    LINE,
    WIDTH,
    Caption,
    Sheet,
    fill,
    framed,
    label,
    patterns,
    place,
    text,
)
from hustings.results.pictures.forecast_lines import line

if TYPE_CHECKING:
    from hustings.forecast.outcomes import Spread
    from hustings.forecast.statement import Forecast

MOST_BARS = 24
EDGE, HIGH = 14, 130
TOP = 2 * LINE + 6
# What is rarer than this in every bar to one side is left off; the marks below tell of it.
RARE = 0.002


def draw_share(forecast: "Forecast", key: str = "share") -> str:
    """The histogram of the leader's final share as SVG, with 50, 80 and 95 per cent marked.

    A drawing that says so where the leader is never among the last two.
    """
    leader = forecast.summary.leader
    name = forecast.race.contest.name(leader.candidate)
    wide, bars = in_bars(forecast.summary.histogram)
    if not bars or leader.final is None:
        words = f"{name} is not among the last two in any simulated count."
        return framed(Sheet(LINE + 6, [label(0, LINE, words, WIDTH)]), Caption(words, words), key,
                      "share")  # fmt: skip
    field = _Field(min(bars), max(bars) + wide)
    parts = [*patterns(key, "c", 2), label(0, LINE - 4, name, WIDTH, after=", last round",
             bold=True)]  # fmt: skip
    parts += _bars(bars, wide, field, key)
    parts += _half(field)
    parts += _ticks(field)
    parts += _marks(leader.final, field)
    height = TOP + HIGH + LINE + 3 * LINE + 10
    return framed(Sheet(height, parts), _caption(name, leader.final, bars, wide), key, "share")


def in_bars(histogram: Mapping[int, float]) -> tuple[int, dict[int, float]]:
    """The narrowest bars, in points, of which a picture can hold all; 50 is always an edge.

    >>> in_bars({49: 0.25, 50: 0.75})
    (1, {49: 0.25, 50: 0.75})
    """
    for wide in (1, 2, 5):
        bars: dict[int, float] = {}
        for at, p in histogram.items():
            start = at - at % wide
            bars[start] = bars.get(start, 0.0) + p
        seen = [at for at, p in bars.items() if p >= RARE]
        if seen and (max(seen) - min(seen)) // wide < MOST_BARS:
            break
    return wide, {at: bars.get(at, 0.0) for at in _reach(seen, wide)}


def _reach(seen: list[int], wide: int) -> range:
    return range(min(seen), max(seen) + 1, wide) if seen else range(0)


class _Field:
    """Where a share in per cent stands on the sheet."""

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def __call__(self, share: float) -> Fraction:
        """The place from the left, at the edge for what lies beyond it."""
        within = min(max(Fraction(share), Fraction(self.low)), Fraction(self.high))
        return EDGE + (within - self.low) * (WIDTH - 2 * EDGE) / (self.high - self.low)


def _bars(bars: Mapping[int, float], wide: int, field: _Field, key: str) -> Iterator[str]:
    most = max(bars.values())
    for at, p in bars.items():
        tall = Fraction(round(p / most * HIGH * 100), 100)
        if tall:
            left, right = field(at), field(at + wide)
            ink = f'fill="{fill(key, "c", at < 50)}"'
            yield (
                f'<rect x="{place(left)}" y="{place(TOP + HIGH - tall)}" '
                f'width="{place(right - left)}" height="{place(tall)}" {ink} '
                'stroke="currentColor" stroke-width=".8"/>'
            )


def _half(field: _Field) -> Iterator[str]:
    """A line at one half, and what lies to either side of it, where half is in the drawing."""
    if not field.low <= 50 <= field.high:
        return
    x = field(50)
    yield line(x, TOP - 4, x, TOP + HIGH + 4, 2)
    if field.low < 50 and x > 100:
        yield text(x - 6, TOP - 8, "behind", anchor="end")
    if field.high > 50 and x < WIDTH - 100:
        yield text(x + 6, TOP - 8, "ahead")


def _ticks(field: _Field) -> Iterator[str]:
    base = TOP + HIGH
    yield line(Fraction(EDGE), base, Fraction(WIDTH - EDGE), base, 1)
    span = field.high - field.low
    step = next((step for step in (1, 2, 5, 10) if span / step <= 8), 20)
    first = field.low + -field.low % step
    for at in range(first, field.high + 1, step):
        yield line(field(at), base, field(at), base + 4, 1)
        yield text(field(at), base + LINE, f"{at}%", anchor="middle")


def _marks(spread: "Spread", field: _Field) -> Iterator[str]:
    """A bracket for each width, the narrowest first, with its ends in figures."""
    for row, (width, (low, high)) in enumerate(sorted(spread.inner.items())):
        y = TOP + HIGH + LINE + 14 + row * LINE
        left, right = field(low * 100), field(high * 100)
        yield line(left, y, right, y, 3)
        for end in (left, right):
            yield line(end, y - 5, end, y + 5, 1)
        told = f"{width} in 100"
        if right + 6 <= WIDTH - 66:
            yield text(right + 6, y + 5, told)
        elif left >= 66:
            yield text(left - 6, y + 5, told, anchor="end")
        else:
            yield text((left + right) / 2, y - 4, told, anchor="middle")


def _caption(name: str, spread: "Spread", bars: Mapping[int, float], wide: int) -> Caption:
    low, high = (f"{end * 100:.1f}" for end in spread.inner[80])
    finding = f"{name} would hold {low} to {high} per cent in the last round, in 80 counts of 100."
    figures = "; ".join(f"{at} to {at + wide}: {p * 100:.1f}" for at, p in bars.items())
    return Caption(finding, f"Of 100 counts, by final share in per cent. {figures}.")
