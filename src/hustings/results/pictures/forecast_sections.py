"""First preferences by section: where each candidate's part lies in 80 and in 95 cases of 100."""

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
    segment,
    text,
)
from hustings.results.pictures.forecast_lines import faint, line
from hustings.units import Candidate

if TYPE_CHECKING:
    from hustings.forecast.outcomes import Spread
    from hustings.forecast.statement import Forecast

LEFT, RIGHT = 118, 62
HEAD, ROW, BAR, GAP = 24, 22, 11, 8
STEP = 10


def draw_section_intervals(forecast: "Forecast", key: str = "sections") -> str:
    """A panel for each section, or for the whole where there is one alone, as SVG."""
    panels = _panels(forecast)
    standing, contest = [*forecast.race.standing], forecast.race.contest
    reach = _reach(panels)
    parts, top = [*patterns(key, "c", len(standing))], 0
    for called, spreads in panels.items():
        below = top + HEAD + len(spreads) * ROW
        parts.append(label(0, top + 15, called, WIDTH, bold=True))
        parts += _grid(top + HEAD, below, reach)
        for row, (name, spread) in enumerate(spreads.items()):
            ink = f'fill="{fill(key, "c", standing.index(name))}"'
            parts += _row(contest.name(name), spread, top + HEAD + row * ROW, reach, ink)
        top = below + LINE + GAP
    parts.append(text(0, top + 12, "Per cent. Bar: 80 in 100; line: 95; mark: half."))
    return framed(Sheet(top + LINE, parts), _caption(forecast, panels), key, "section-intervals")


def _panels(forecast: "Forecast") -> dict[str, dict[Candidate, "Spread"]]:
    contest, chances = forecast.race.contest, forecast.summary.chances
    if len(contest.sections) == 1:
        return {contest.post: {each.candidate: each.first for each in chances}}
    return {
        contest.section_name(section.id): {
            each.candidate: each.section_first[section.id] for each in chances
        }
        for section in contest.sections
    }


def _reach(panels: Mapping[str, Mapping[Candidate, "Spread"]]) -> int:
    """The end of the scale, in per cent: the next ten above all that is drawn."""
    most = max(spread.inner[95][1] for spreads in panels.values() for spread in spreads.values())
    return min(STEP * -(-int(most * 100 + 1) // STEP), 100)


def _x(share: float, reach: int) -> Fraction:
    return LEFT + Fraction(share) * 100 / reach * (WIDTH - LEFT - RIGHT)


def _grid(top: int, below: int, reach: int) -> Iterator[str]:
    step = STEP if reach <= 60 else 2 * STEP
    for at in range(0, reach + 1, step):
        x = _x(at / 100, reach)
        yield faint(x, top, x, below)
        yield text(x, below + 14, f"{at}", anchor="middle")


def _row(called: str, spread: "Spread", y: int, reach: int, ink: str) -> Iterator[str]:
    (low, high), (least, most) = spread.inner[80], spread.inner[95]
    middle = y + 4 + BAR // 2
    yield label(0, y + 14, called, LEFT - 8)
    yield line(_x(least, reach), middle, _x(most, reach), middle, 1)
    yield segment(_x(low, reach), _x(high, reach), y + 4, BAR, ink)
    yield line(_x(spread.median, reach), y + 2, _x(spread.median, reach), y + 6 + BAR, 2)
    yield text(WIDTH, y + 14, _figures(spread), anchor="end")


def _figures(spread: "Spread") -> str:
    low, high = spread.inner[80]
    return f"{low * 100:.0f}–{high * 100:.0f}"


def _caption(forecast: "Forecast", panels: Mapping[str, Mapping[Candidate, "Spread"]]) -> Caption:
    contest = forecast.race.contest
    ahead = [
        f"{contest.name(max(spreads, key=lambda name: spreads[name].median))} in {called}"
        for called, spreads in panels.items()
    ]
    told = [
        f"{called}: "
        + ", ".join(f"{contest.name(name)} {_figures(each)}" for name, each in spreads.items())
        for called, spreads in panels.items()
    ]
    finding = f"Likely ahead in first preferences: {', '.join(ahead)}."
    return Caption(finding, f"Per cent, in 80 cases of 100. {'; '.join(told)}.")
