"""The paths of the count: who may go first, next, ..., be among the last two, and win."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from hustings.results.pictures.drawing import (
    LINE,
    WIDTH,
    Caption,
    Sheet,
    coloured,
    cut,
    fill,
    framed,
    isolated,
    patterns,
    place,
    segment,
    text,
    told,
    width_of,
)
from hustings.units import Candidate

if TYPE_CHECKING:
    from hustings.forecast.statement import Forecast

# A step is who goes in a round, who the last two are, or who wins: one or two candidates.
Step = tuple[Candidate, ...]
BAR, STREAM = 16, 46
ROW = 2 * LINE + 2 + BAR + STREAM
ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth")
# Narrower than this nobody sees it, and a name has no room above it.
LEAST_NAME = 34


def draw_paths(forecast: "Forecast", key: str = "paths") -> str:
    """A bar for each stage of the count, and streams from each to the next, as SVG.

    What is wide is likely. Only of use where more than two stand.
    """
    flow = _Flow(forecast)
    parts = [*patterns(key, "c", len(flow.standing))]
    for at, stage in enumerate(flow.stages):
        if at:
            parts += flow.streams(at)
        parts.append(text(0, at * ROW + 14, stage, bold=True))
        parts += flow.bar(at, key)
    height = len(flow.stages) * ROW - STREAM + 4
    return framed(Sheet(height, parts), flow.caption(), key, "paths")


class _Flow:
    """How the simulated counts go from stage to stage."""

    def __init__(self, forecast: "Forecast") -> None:
        self.contest, self.standing = forecast.race.contest, [*forecast.race.standing]
        outs = len(self.standing) - 2
        self.stages = [*(f"{ORDINALS[n]} out" for n in range(outs)), "Last two", "Wins"]
        whole = sum(way.chance for way in forecast.paths) or 1.0
        self.rows = [
            (*((name,) for name in way.out), way.last, (way.winner,)) for way in forecast.paths
        ]
        self.parts = [
            Fraction(way.chance / whole).limit_denominator(10**6) for way in forecast.paths
        ]
        self.places = [self._laid(at) for at in range(len(self.stages))]

    def _shares(self, at: int) -> Mapping[Step, Fraction]:
        shares: dict[Step, Fraction] = defaultdict(Fraction)
        for row, part in zip(self.rows, self.parts, strict=True):
            shares[row[at]] += part
        return shares

    def _laid(self, at: int) -> dict[Step, tuple[Fraction, Fraction]]:
        """Where each step begins and ends, in the order of the ballot paper."""
        shares, x, laid = self._shares(at), Fraction(0), {}
        for step in sorted(shares, key=lambda s: [self.standing.index(name) for name in s]):
            laid[step] = (x, x + shares[step] * WIDTH)
            x += shares[step] * WIDTH
        return laid

    def called(self, step: Step) -> str:
        return " and ".join(self.contest.name(name) for name in step)

    def bar(self, at: int, key: str) -> Iterator[str]:
        top = at * ROW + 2 * LINE + 2
        for step, (left, right) in self.places[at].items():
            number = self.standing.index(step[0])
            ink = f'fill="{fill(key, "c", number)}"' if len(step) == 1 else 'fill="none"'
            yield segment(left, right, top, BAR, ink)
            yield from self._name(step, left, right, top - 5)

    def _name(self, step: Step, left: Fraction, right: Fraction, y: int) -> Iterator[str]:
        part = f" {float((right - left) / WIDTH) * 100:.0f}"
        room = right - left - 4
        if room < LEAST_NAME:
            return
        drawn = cut(self.called(step), room - width_of(part))
        yield (
            f'<text x="{place(left)}" y="{y}"><title>{told(self.called(step))}</title>'
            f"{told(isolated(drawn))}{part}</text>"
        )

    def streams(self, at: int) -> Iterator[str]:
        """From the stage before to this one; each as wide as it is likely, in its source's ink."""
        flows: dict[tuple[Step, Step], Fraction] = defaultdict(Fraction)
        for row, part in zip(self.rows, self.parts, strict=True):
            flows[row[at - 1], row[at]] += part
        begins = {step: ends[0] for step, ends in self.places[at - 1].items()}
        comes = {step: ends[0] for step, ends in self.places[at].items()}
        top = (at - 1) * ROW + 2 * LINE + 2 + BAR
        for source in self.places[at - 1]:
            for target in self.places[at]:
                wide = flows[source, target] * WIDTH
                if wide:
                    number = self.standing.index(target[0] if len(source) > 1 else source[0])
                    yield _stream(begins[source], comes[target], wide, top, number)
                    begins[source] += wide
                    comes[target] += wide

    def caption(self) -> Caption:
        finding = "How the count may go."
        if self.rows:
            out = ", then ".join(self.called(step) for step in self.rows[0][:-2])
            likely = f"{float(self.parts[0]) * 100:.0f} counts of 100"
            winner = self.called(self.rows[0][-1])
            finding = f"The likeliest way, in {likely}: out go {out}; {winner} wins."
        return Caption(finding, f"Of 100 counts. {'; '.join(self._described())}.")

    def _described(self) -> Iterator[str]:
        for at, stage in enumerate(self.stages):
            shares = self._shares(at)
            likely = sorted(shares, key=lambda step: (-shares[step], step))
            named = ", ".join(f"{self.called(s)} {float(shares[s]) * 100:.0f}" for s in likely)
            yield f"{stage}: {named}"


def _stream(x: Fraction, to_x: Fraction, wide: Fraction, top: int, number: int) -> str:
    # Behind the title of the next stage, down to its bar.
    low = top + STREAM + 2 * LINE + 2
    bend = (top + low) // 2
    a, b, c, d = (place(each) for each in (x, to_x, to_x + wide, x + wide))
    return (
        f'<path d="M{a} {top}C{a} {bend} {b} {bend} {b} {low}H{c}'
        f'C{c} {bend} {d} {bend} {d} {top}Z" {coloured("c", number)} fill-opacity=".35" '
        'stroke="currentColor" stroke-width=".4"/>'
    )
