"""What simulated electorates come to: who wins, how often, with how much, and how sure that is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hustings.forecast.electorate import Named, Simulated, Truth, ballot_chances, simulated
from hustings.forecast.electors import over
from hustings.nominations.meetings import Pair
from hustings.units import Candidate, Section

__all__ = [
    "Chance",
    "Estimate",
    "Named",
    "Real",
    "Simulated",
    "Spread",
    "Summary",
    "Truth",
    "Whole",
    "ballot_chances",
    "estimate",
    "over",
    "simulated",
    "summary",
    "worth",
]

Whole = NDArray[np.int64]
Real = NDArray[np.float64]

BATCHES = 40


@dataclass(frozen=True, slots=True)
class Estimate:
    """A probability or a mean, and its Monte Carlo standard error."""

    value: float
    error: float


@dataclass(frozen=True, slots=True)
class Spread:
    """Where a share lies: median, mean and central intervals of 50, 80 and 95 per cent."""

    median: float
    mean: float
    inner: dict[int, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Chance:
    """A candidate's prospects.

    `first` and `final` are parts of the college: first preferences, and what the candidate
    holds among the last two in the draws in which it is one of them; None where it never
    is. The same by section in `section_first` and `section_final`.
    """

    candidate: Candidate
    win: Estimate
    in_pair: float
    first: Spread
    final: Spread | None
    section_first: dict[Section, Spread]
    section_final: dict[Section, Spread]


@dataclass(frozen=True, slots=True)
class Summary:
    """What the draws come to, candidates with the best chance first.

    `pairs` and `orders` are the commonest final pairs, as sets of two by name, and orders of
    elimination down to two, with how often each came. `histogram` counts, in whole points of
    the final share, the draws of the leader; its keys are the lower ends.
    """

    chances: tuple[Chance, ...]
    pairs: tuple[tuple[tuple[Candidate, ...], float], ...]
    orders: tuple[tuple[tuple[Candidate, ...], float], ...]
    histogram: dict[int, float]
    draws: int
    worth: float

    @property
    def leader(self) -> Chance:
        """Whoever is most likely to win."""
        return self.chances[0]

    @property
    def rivals(self) -> Pair:
        """The two who are most likely to win."""
        return self.chances[0].candidate, self.chances[1].candidate


def summary(found: Simulated, weights: Real | None = None) -> Summary:
    """What the draws come to; `weights` (D), of any sum, say how much each counts."""
    weight = np.ones(len(found.counts)) if weights is None else weights
    weight = weight / weight.sum()
    firsts, shares = found.firsts(), found.first_shares()
    chances = [
        _chance(
            found,
            firsts[:, :, place] / np.maximum(firsts.sum(2), 1),
            shares[:, place],
            weight,
            place,
        )
        for place in range(len(found.candidates))
    ]
    chances.sort(key=lambda chance: (-chance.win.value, -chance.first.mean))
    leader = found.candidates.index(chances[0].candidate)
    pairs = [sorted(pair) for pair in found.outcomes.pair.tolist()]
    return Summary(
        tuple(chances),
        _commonest(found, pairs, weight),
        _commonest(found, found.outcomes.order.tolist(), weight),
        _histogram(_final_of(found, leader), weight),
        len(found.counts),
        worth(weight),
    )


def worth(weight: Real) -> float:
    """How many draws weighted draws are worth: (sum w)^2 / sum w^2 (Kish 1965)."""
    return float(weight.sum() ** 2 / np.square(weight).sum())


def _chance(found: Simulated, shares: Real, first: Real, weight: Real, place: int) -> Chance:
    """The prospects of one, of whom (D, S) and (D) are the first preferences, of 1."""
    sections = [entry.id for entry in found.race.contest.sections]
    final = _final_of(found, place)
    among = (found.outcomes.pair == place).any(1)
    by_section = _final_by_section(found, place)
    return Chance(
        found.candidates[place],
        estimate(found.wins()[:, place], weight),
        float(weight[among].sum()),
        _spread(first, weight),
        _spread(final, weight) if weight[among].sum() > 0 else None,
        {name: _spread(shares[:, at], weight) for at, name in enumerate(sections)},
        {sections[at]: _spread(each, weight) for at, each in enumerate(by_section.T)}
        if weight[among].sum() > 0 and by_section.shape[1] == len(sections)
        else {},
    )


def _final_of(found: Simulated, place: int) -> Real:
    """(D): the candidate's part of the college among the last two; not a number otherwise."""
    shares, pair = found.final_shares(), found.outcomes.pair
    mine = np.where(pair == place, shares, np.nan)
    return np.asarray(np.where(pair[:, 0] == place, mine[:, 0], mine[:, 1]))


def _final_by_section(found: Simulated, place: int) -> Real:
    shares, pair = found.outcomes.shares(), found.outcomes.pair
    mine = np.where((pair[:, 0] == place)[:, None], shares[:, :, 0], shares[:, :, 1])
    return np.asarray(np.where((pair == place).any(1)[:, None], mine, np.nan))


def estimate(values: NDArray[Any], weight: Real) -> Estimate:
    """The weighted mean of (D) values and its error, by the means of 40 batches in turn.

    Draws that follow one another are alike; batches of them are nearly independent (Flegal
    and Jones, Annals of Statistics 38, 2010).
    """
    mean = float(weight @ values)
    residual = weight * (values - mean) * len(values)
    batches = [part.mean() for part in np.array_split(residual, min(BATCHES, len(residual)))]
    error = float(np.std(batches, ddof=1) / np.sqrt(len(batches))) if len(batches) > 1 else 0.0
    return Estimate(mean, error)


def _spread(values: Real, weight: Real) -> Spread:
    known = np.isfinite(values) & (weight > 0)
    some, heavy = values[known], weight[known]
    levels = [0.5, *(0.5 + side * width / 200 for width in (50, 80, 95) for side in (-1, 1))]
    found = np.quantile(some, levels, weights=heavy, method="inverted_cdf").tolist()
    inner = {width: (found[1 + 2 * n], found[2 + 2 * n]) for n, width in enumerate((50, 80, 95))}
    return Spread(found[0], float(some @ heavy / heavy.sum()), inner)


def _commonest(
    found: Simulated, rows: Sequence[Sequence[int]], weight: Real, most: int = 12
) -> tuple[tuple[tuple[Candidate, ...], float], ...]:
    totals: Counter[tuple[int, ...]] = Counter()
    for row, heavy in zip(rows, weight.tolist(), strict=True):
        if -1 not in row:
            totals[tuple(row)] += heavy
    named = [(tuple(found.candidates[c] for c in row), p) for row, p in totals.items()]
    return tuple(sorted(named, key=lambda each: (-each[1], each[0]))[:most])


def _histogram(values: Real, weight: Real) -> dict[int, float]:
    some = np.isfinite(values)
    points = np.floor(values[some] * 100 + 1e-9).astype(int)
    return {int(p): float(weight[some][points == p].sum()) for p in np.unique(points)}
