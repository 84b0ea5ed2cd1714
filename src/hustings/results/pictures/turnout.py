"""Turnout against share: every unit as a point between two axes, a link to its page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from hustings.results.pictures.drawing import (
    WIDTH,
    Caption,
    Sheet,
    coloured,
    framed,
    label,
    place,
    text,
    told,
)
from hustings.units import percent

LEFT, RIGHT, TOP, BOTTOM = 48, 350, 30, 280
HEIGHT = BOTTOM + 46
# So far apart may ticks be, as parts of 1; beyond the last, multiples of it.
STEPS = tuple(Fraction(step, 1000) for step in (10, 20, 50, 100, 200))
MOST_TICKS = 6


@dataclass(frozen=True, slots=True)
class TurnoutPoint:
    """One unit: its turnout and a candidate's share of its votes, parts of 1, and its page."""

    label: str
    turnout: Fraction
    share: Fraction
    href: str


@dataclass(frozen=True, slots=True)
class Axis:
    """From where to where an axis goes, and how far its ticks are apart, in parts of 1."""

    low: Fraction
    high: Fraction
    step: Fraction

    @property
    def ticks(self) -> tuple[Fraction, ...]:
        """Where the ticks stand, both ends among them."""
        many = int((self.high - self.low) / self.step)
        return tuple(self.low + self.step * number for number in range(many + 1))


def axis(values: Sequence[Fraction]) -> Axis:
    """An axis with round ticks that holds all the values; from 0 to 1 where there are none."""
    low, high = min(values, default=Fraction(0)), max(values, default=Fraction(1))
    fitting = (step for step in STEPS if _steps(low, high, step) <= MOST_TICKS - 1)
    step = next(fitting, STEPS[-1] * ceil((high - low) / STEPS[-1] / (MOST_TICKS - 2)))
    first = floor(low / step)
    return Axis(first * step, max(first + 1, ceil(high / step)) * step, step)


def _steps(low: Fraction, high: Fraction, step: Fraction) -> int:
    return ceil(high / step) - floor(low / step)


def draw_turnout(name: str, units: Sequence[TurnoutPoint], key: str) -> str:
    """Each unit's turnout across and the share of whoever is called `name` upwards, as SVG."""
    across, upwards = axis([u.turnout for u in units]), axis([u.share for u in units])
    ordered = sorted(units, key=lambda u: (u.turnout, u.share, u.label, u.href))
    parts = [
        *_axes(name, across, upwards),
        *(_point(unit, across, upwards) for unit in ordered),
    ]
    caption = Caption(_finding(name, ordered), _described(name))
    return framed(Sheet(HEIGHT, parts), caption, key, "turnout", linked=True)


def _axes(name: str, across: Axis, upwards: Axis) -> Iterator[str]:
    yield (f'<path d="M{LEFT} {TOP}V{BOTTOM}H{RIGHT}" fill="none" stroke="currentColor"/>')
    for tick in across.ticks:
        x = _x(tick, across)
        yield f'<path d="M{place(x)} {BOTTOM}v5" stroke="currentColor"/>'
        yield text(x, BOTTOM + 19, _figure(tick, across), anchor="middle")
    for tick in upwards.ticks:
        y = _y(tick, upwards)
        yield f'<path d="M{LEFT} {place(y)}h-5" stroke="currentColor"/>'
        yield text(LEFT - 8, round(y) + 4, _figure(tick, upwards), anchor="end")
        if tick != upwards.low:
            yield f'<path d="M{LEFT} {place(y)}H{RIGHT}" stroke="currentColor" opacity=".15"/>'
    yield label(0, 14, name, WIDTH, after=", % of votes", bold=True)
    yield text(RIGHT, BOTTOM + 39, "Turnout, %", anchor="end", bold=True)


def _figure(tick: Fraction, along: Axis) -> str:
    return percent(tick, 0 if along.step >= Fraction(1, 100) else 1)


def _x(turnout: Fraction, across: Axis) -> Fraction:
    return LEFT + (turnout - across.low) / (across.high - across.low) * (RIGHT - LEFT - 8)


def _y(share: Fraction, upwards: Axis) -> Fraction:
    return BOTTOM - (share - upwards.low) / (upwards.high - upwards.low) * (BOTTOM - TOP)


def _point(unit: TurnoutPoint, across: Axis, upwards: Axis) -> str:
    figures = f"turnout {percent(unit.turnout, 1)}%, share {percent(unit.share, 1)}%"
    return (
        f'<a href="{told(unit.href)}"><title>{told(unit.label)}: {figures}</title>'
        f'<circle cx="{place(_x(unit.turnout, across))}" cy="{place(_y(unit.share, upwards))}" '
        f'r="3.5" {coloured("c", 0)} fill-opacity=".45" stroke="currentColor" '
        'stroke-width=".6"/></a>'
    )


def _finding(name: str, units: Sequence[TurnoutPoint]) -> str:
    """How far turnout and share ranged, and where; `units` come by turnout."""
    if not units:
        return f"No unit has both a turnout and a share of {name}."
    low, high = units[0], units[-1]
    shares = [unit.share for unit in units]
    return (
        f"Turnout went from {percent(low.turnout, 1)}% ({low.label}) to "
        f"{percent(high.turnout, 1)}% ({high.label}), and {name} had from "
        f"{percent(min(shares), 1)}% to {percent(max(shares), 1)}% of a unit's votes."
    )


def _described(name: str) -> str:
    return (
        f"Each point is a link to a unit's page: the further right, the higher its turnout; the "
        f"higher, the larger the share of {name}."
    )
