"""Whom to ask first: how far a chance would move if it were known how each bloc splits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

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
    segment,
    text,
)
from hustings.units import percent

LEFT, RIGHT, TOP = 8, 352, 44
HIGH, ROW = 14, 44
THICK = 'stroke-width="3"'


@dataclass(frozen=True, slots=True)
class PivotBar:
    """A bloc by its name; knowing how it splits would move the chance to between the two."""

    name: str
    low: Fraction
    high: Fraction


def draw_pivots(name: str, now: Fraction, bars: Sequence[PivotBar], key: str) -> str:
    """For each bloc the chance of whoever is called `name`, from the low to the high, as SVG.

    `now` is the chance as it stands, and all are parts of 1.
    """
    bottom = TOP + ROW * len(bars)
    parts = [*patterns(key, "c", 1), *_field(name, now, bottom)]
    for row, bar in enumerate(bars):
        parts += _bar(bar, now, TOP + ROW * row, fill(key, "c", 0))
    finding = f"How far the chance of {name}, now {percent(now, 0)} in 100, would move"
    figures = "; ".join(
        f"{bar.name}: to between {percent(bar.low, 0)} and {percent(bar.high, 0)}" for bar in bars
    )
    return framed(Sheet(bottom + 30, parts), Caption(finding, figures), key, "pivots")


def _x(chance: Fraction) -> Fraction:
    return LEFT + chance * (RIGHT - LEFT)


def _field(name: str, now: Fraction, bottom: int) -> Iterator[str]:
    yield label(0, 14, name, WIDTH, after=": chance to win, in 100", bold=True)
    for quarter in range(5):
        tick = Fraction(quarter, 4)
        anchor = "end" if quarter == 4 else "middle" if quarter else ""
        yield text(_x(tick) if quarter else 4, bottom + 16, percent(tick, 0), anchor=anchor)
    anchor = "end" if now > Fraction(3, 4) else "" if now < Fraction(1, 4) else "middle"
    yield text(_x(now), TOP - 6, f"now {percent(now, 0)}", anchor=anchor, bold=True)


def _bar(bar: PivotBar, now: Fraction, top: int, ink: str) -> Iterator[str]:
    """The name, the bar below it, and lines behind the bar alone, so that none crosses words."""
    figures = f", {percent(bar.low, 0)} to {percent(bar.high, 0)}"
    yield label(0, top + LINE - 5, bar.name, WIDTH - 4, after=figures)
    from_here = top + LINE - 1
    for quarter in range(5):
        dashes = ' stroke-dasharray="4 2"' if quarter == 2 else ' opacity=".35"'
        way = f"M{place(_x(Fraction(quarter, 4)))} {from_here}v{HIGH + 6}"
        yield f'<path d="{way}" stroke="currentColor"{dashes}/>'
    yield segment(_x(bar.low), _x(bar.high), top + LINE + 2, HIGH, f'fill="{ink}"')
    yield f'<path d="M{place(_x(now))} {from_here}v{HIGH + 6}" stroke="currentColor" {THICK}/>'
