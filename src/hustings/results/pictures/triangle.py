"""The triangle of units: where each stands between three candidates, as links to their pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from hustings.counting.figures import printed_number
from hustings.results.pictures.drawing import (
    WIDTH,
    Caption,
    Sheet,
    coloured,
    framed,
    label,
    place,
    told,
)

# The corners; the height is that of a triangle of three equal sides, 328 x 0.866.
LEFT, RIGHT, TOP, BOTTOM = 16, 344, 26, 310
HEIGHT, MIDDLE = BOTTOM + 28, 180
LEAST, MOST = Fraction(2), Fraction(9)
# Of more than so many the largest is drawn smaller, or they would hide one another.
CROWD, MOST_IN_CROWD = 100, Fraction(6)


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """One unit: its votes for the three candidates, in the order of the corners, and its page."""

    label: str
    votes: tuple[int, int, int]
    href: str


def draw_triangle(
    corners: tuple[str, str, str], units: Sequence[ThreeWay], key: str, units_are: str = "units"
) -> str:
    """Every unit that has a vote for one of the three, as SVG; its area grows with those votes.

    The nearer to a corner, the more of the three's votes are that candidate's; the lines from
    the middle part those whom another leads. The large are drawn first, the small upon them.
    """
    shown = sorted(
        (unit for unit in units if sum(unit.votes)),
        key=lambda unit: (-sum(unit.votes), unit.label, unit.href),
    )
    largest = max((sum(unit.votes) for unit in shown), default=1)
    most = MOST if len(shown) <= CROWD else MOST_IN_CROWD
    points = [_point(corners, unit, _radius(sum(unit.votes), largest, most)) for unit in shown]
    parts = [*_ground(corners), *points, _borders()]
    caption = Caption(_finding(corners, shown, units_are), _described(corners))
    return framed(Sheet(HEIGHT, parts), caption, key, "triangle", linked=True)


def leads(units: Sequence[ThreeWay]) -> tuple[list[int], int]:
    """In how many units each of the three is alone ahead of the others, and in how many nobody."""
    ahead, level = [0, 0, 0], 0
    for unit in units:
        most = max(unit.votes)
        if unit.votes.count(most) > 1:
            level += 1
        else:
            ahead[unit.votes.index(most)] += 1
    return ahead, level


def _ground(corners: tuple[str, str, str]) -> Iterator[str]:
    yield (
        f'<path d="M{MIDDLE} {TOP}L{RIGHT} {BOTTOM}H{LEFT}Z" fill="none" stroke="currentColor"/>'
    )
    yield label(MIDDLE, 14, corners[0], WIDTH - 20, anchor="middle", bold=True)
    yield label(0, BOTTOM + 22, corners[1], MIDDLE - 10, bold=True)
    yield label(WIDTH, BOTTOM + 22, corners[2], MIDDLE - 10, anchor="end", bold=True)


def _borders() -> str:
    """The lines that part those led by one from those led by another, above the points."""
    centre, half = (TOP + 2 * BOTTOM) // 3, (TOP + BOTTOM) // 2
    start = f"M{MIDDLE} {centre}"
    return (
        f'<path d="{start}V{BOTTOM}{start}L{(LEFT + MIDDLE) // 2} {half}'
        f'{start}L{(RIGHT + MIDDLE) // 2} {half}" fill="none" stroke="currentColor" '
        'stroke-width="1.5" stroke-dasharray="4 3" pointer-events="none"/>'
    )


def _point(corners: tuple[str, str, str], unit: ThreeWay, radius: Fraction) -> str:
    a, b, c = unit.votes
    cast = a + b + c
    x = (a * Fraction(MIDDLE) + b * LEFT + c * RIGHT) / cast
    y = BOTTOM - Fraction(a, cast) * (BOTTOM - TOP)
    most = max(unit.votes)
    number = unit.votes.index(most)
    ink = coloured("c", number) if unit.votes.count(most) == 1 else 'fill="none"'
    figures = ", ".join(
        f"{name} {printed_number(votes)}" for name, votes in zip(corners, unit.votes, strict=True)
    )
    return (
        f'<a href="{told(unit.href)}"><title>{told(unit.label)}: {told(figures)}</title>'
        f'<circle cx="{place(x)}" cy="{place(y)}" r="{place(radius)}" {ink} '
        'fill-opacity=".5" stroke="currentColor" stroke-width=".6"/></a>'
    )


def _radius(cast: int, largest: int, most: Fraction) -> Fraction:
    """The area stands to the largest as the votes do, but a point can always be seen."""
    return max(LEAST, most * Fraction(isqrt(cast * 10**6 // largest), 10**3))


def _finding(corners: tuple[str, str, str], units: Sequence[ThreeWay], units_are: str) -> str:
    if not units:
        return f"None of the {units_are} has a vote for one of the three."
    ahead, level = leads(units)
    parts = [f"{name} in {count:,}" for name, count in zip(corners, ahead, strict=True)]
    shared = f"; in {level:,} nobody is alone ahead" if level else ""
    return f"Of {len(units):,} {units_are}, ahead of the three: {', '.join(parts)}{shared}."


def _described(corners: tuple[str, str, str]) -> str:
    top, left, right = corners
    return (
        f"Each point is a link to a unit's page. At the top all votes are for {top}, at the left "
        f"for {left}, at the right for {right}. A larger point has more votes."
    )
