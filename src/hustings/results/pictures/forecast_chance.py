"""The chance of winning as a hundred dots: in so many of 100 simulated counts each one wins."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from hustings.results.pictures.drawing import (
    WIDTH,
    Caption,
    Sheet,
    fill,
    framed,
    label,
    patterns,
    place,
)
from hustings.units import Candidate

if TYPE_CHECKING:
    from hustings.forecast.statement import Forecast

ACROSS = 20
PITCH, RADIUS = WIDTH // ACROSS, 7
HEAD, GAP = 20, 10
HUNDRED = 100


def in_hundred(chances: Mapping[Candidate, float]) -> dict[Candidate, int]:
    """Of 100 counts, how many each wins: whole numbers by largest remainder, 100 in all.

    >>> in_hundred({"ann": 0.545, "bob": 0.4549, "cat": 0.0001})
    {'ann': 55, 'bob': 45, 'cat': 0}
    """
    whole = {name: int(chance * HUNDRED) for name, chance in chances.items()}
    rest = sorted(chances, key=lambda name: whole[name] - chances[name] * HUNDRED)
    for name in rest[: max(HUNDRED - sum(whole.values()), 0)]:
        whole[name] += 1
    return whole


def said(number: int) -> str:
    """That number of counts, for a reader: never none and never all.

    >>> said(0), said(46), said(100)
    ('fewer than 1', '46', 'more than 99')
    """
    return "fewer than 1" if number == 0 else "more than 99" if number == HUNDRED else f"{number}"


def of_forecast(forecast: "Forecast") -> dict[Candidate, int]:
    """Of 100 simulated counts, how many each candidate wins, the likeliest winner first."""
    return in_hundred({each.candidate: each.win.value for each in forecast.summary.chances})


def draw_chance(forecast: "Forecast", key: str = "chance") -> str:
    """A hundred dots as SVG, each candidate's below its name; `key` makes its ids unique."""
    contest, dots = forecast.race.contest, of_forecast(forecast)
    standing = [*forecast.race.standing]
    parts, top = [*patterns(key, "c", len(standing))], 0
    for name, number in dots.items():
        counts = f": {said(number)} in 100"
        parts.append(label(0, top + 15, contest.name(name), WIDTH, after=counts, bold=True))
        parts += _dots(number, top + HEAD, f'fill="{fill(key, "c", standing.index(name))}"')
        top += HEAD + -(-number // ACROSS) * PITCH + GAP
    leader = next(iter(dots))
    finding = f"In {said(dots[leader])} of 100 simulated counts {contest.name(leader)} wins."
    figures = "; ".join(f"{contest.name(name)}: {said(n)}" for name, n in dots.items())
    caption = Caption(finding, f"Wins in 100 simulated counts. {figures}.")
    return framed(Sheet(top, parts), caption, key, "chance")


def _dots(number: int, top: int, ink: str) -> Iterator[str]:
    for dot in range(number):
        down, along = divmod(dot, ACROSS)
        x, y = along * PITCH + PITCH // 2, top + down * PITCH + PITCH // 2
        yield (
            f'<circle cx="{place(x)}" cy="{place(y)}" r="{RADIUS}" {ink} '
            'stroke="currentColor" stroke-width=".8"/>'
        )
