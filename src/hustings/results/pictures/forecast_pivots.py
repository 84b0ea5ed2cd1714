"""What decides it: how far the chance would move if it were known how each bloc splits."""

from collections.abc import Iterator, Sequence
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
    segment,
    text,
)
from hustings.results.pictures.forecast_lines import faint, line

if TYPE_CHECKING:
    from hustings.forecast.evidence import Race
    from hustings.forecast.pivots import BlocValue
    from hustings.forecast.statement import Forecast
    from hustings.units import Candidate, Section

MOST = 8
HEAD, ROW, BAR = 46, 42, 13


def draw_pivots(forecast: "Forecast", key: str = "pivots") -> str:
    """For each bloc, what is worth most first, between which chances it would move, as SVG."""
    race, found = forecast.race, forecast.pivots
    one = race.contest.name(found.pair[0])
    now = next(c.win.value for c in forecast.summary.chances if c.candidate == found.pair[0])
    shown = found.values[:MOST]
    below = HEAD + len(shown) * ROW
    parts = [*patterns(key, "c", 1), label(0, 15, f"Chance of {one}", WIDTH, bold=True)]
    parts += _scale(below)
    for row, each in enumerate(shown):
        parts += _row(bloc(race, each.section, each.first), each, now, HEAD + row * ROW, key)
    parts.append(line(_x(now), HEAD - 6, _x(now), HEAD, 2))
    parts.append(text(_x(now), HEAD - 10, f"now {now * 100:.0f}", anchor="middle"))
    caption = Caption(_finding(forecast, one), _figures(race, shown))
    return framed(Sheet(below + LINE + 4, parts), caption, key, "pivots")


def bloc(race: "Race", section: "Section", first: "Candidate | None") -> str:
    """The voters of a section whose first preference is that candidate's, or any outsider's."""
    whose = f"{race.contest.name(first)}'s" if first else "all outsiders'"
    if len(race.contest.sections) == 1:
        return f"{whose} voters"
    return f"{whose}, {race.contest.section_name(section)}"


def _finding(forecast: "Forecast", one: str) -> str:
    if not forecast.pivots.values:
        return "No bloc is worth asking: all that is unknown changes nothing."
    first = forecast.pivots.values[0]
    return (
        f"To learn how {bloc(forecast.race, first.section, first.first)}, split would move the "
        f"chance of {one} to between {first.low * 100:.0f} and {first.high * 100:.0f} in 100."
    )


def _figures(race: "Race", shown: "Sequence[BlocValue]") -> str:
    told = "; ".join(
        f"{bloc(race, each.section, each.first)}: {each.low * 100:.0f} to {each.high * 100:.0f}"
        for each in shown
    )
    return f"In four cases of five. {told}."


def _x(chance: float) -> Fraction:
    return 14 + Fraction(chance) * (WIDTH - 28)


def _scale(below: int) -> Iterator[str]:
    for at in range(0, 101, 25):
        x = _x(at / 100)
        yield faint(x, HEAD, x, below)
        yield text(x, below + 15, f"{at}", anchor="middle")


def _row(called: str, each: "BlocValue", now: float, y: int, key: str) -> Iterator[str]:
    ends = f"  {each.low * 100:.0f}–{each.high * 100:.0f}"
    yield label(0, y + 14, called, WIDTH, after=ends)
    yield segment(_x(each.low), _x(each.high), y + 20, BAR, f'fill="{fill(key, "c", 0)}"')
    yield line(_x(now), y + 17, _x(now), y + 36, 2)
