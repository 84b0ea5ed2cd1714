"""Whether ranks are as uniform as chance allows: what a calibrated model's would be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import erfc, exp, gamma, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

# A truth among 99 draws has one of 100 ranks: 0 below all of them, 99 above.
DRAWS = 99
RANKS = DRAWS + 1
BINS = (20, 10, 4, 2)
# The middle 80 of 100 ranks are an 80 per cent interval.
MIDDLE = (10, 90)
# What fails: a corrected p of Kolmogorov and Smirnov's test, a p of chi-squared's, and a
# coverage that is more than so many standard errors from .80 (of 1,000: below .762, above .838).
KS_P, CHI_P, ERRORS = 0.01, 0.001, 3.0
BAND = 0.95


@dataclass(frozen=True, slots=True)
class Replicate:
    """One truth: its rank (0 to 99) by quantity, and how the sampler fared."""

    number: int
    ranks: dict[str, int]
    divergent: float
    saturated: float
    finite: bool


@dataclass(frozen=True, slots=True)
class Tested:
    """One quantity: how its ranks over all replicates lie.

    `ks` is the exact p of the largest difference between their distribution and the uniform,
    `chi` chi-squared's of 20 bins, `covered` the part of the truths in the middle 80 per cent.
    `difference` (99) is the distribution less the uniform, at each rank.
    """

    quantity: str
    ks: float
    chi: float
    covered: float
    difference: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """All quantities over so many replicates, and the bands that hold 95 of 100 such lines whole.

    `low` and `high` (99) are the bands, about the uniform. `failed` says what is not as it should
    be; of a calibrated model it is empty.
    """

    replicates: int
    tested: tuple[Tested, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    @property
    def failed(self) -> tuple[str, ...]:
        """Each quantity that fails, and by what."""
        return tuple(said for each in self.tested for said in self._wrong(each))

    def corrected(self, each: Tested) -> float:
        """The p of Kolmogorov and Smirnov's test after Bonferroni, for so many quantities."""
        return min(1.0, each.ks * len(self.tested))

    def leaves(self, each: Tested) -> bool:
        """Whether its line leaves the bands, which one line in twenty does by chance."""
        lines = zip(self.low, each.difference, self.high, strict=True)
        return any(not low <= at <= high for low, at, high in lines)

    def coverage(self) -> tuple[float, float]:
        """Between what the coverage of 80 per cent intervals has to lie."""
        error = ERRORS * sqrt(0.8 * 0.2 / self.replicates)
        return 0.8 - error, 0.8 + error

    def _wrong(self, each: Tested) -> Sequence[str]:
        low, high = self.coverage()
        told = []
        if self.corrected(each) <= KS_P:
            told.append(f"{each.quantity}: the ranks are not uniform (KS, p {each.ks:.2g})")
        if each.chi < CHI_P:
            told.append(f"{each.quantity}: the ranks are not uniform (chi-squared, {each.chi:.2g})")
        if not low - 1e-9 <= each.covered <= high + 1e-9:
            told.append(
                f"{each.quantity}: 80 per cent intervals hold {each.covered:.1%} of the truths, "
                f"expected {low:.1%} to {high:.1%}"
            )
        return told


@dataclass(frozen=True, slots=True)
class Calibration:
    """Replicates of one race as of a day, in the order of their numbers, and what they show."""

    race: str
    as_of: date
    seed: int
    replicates: tuple[Replicate, ...]

    def verdict(self) -> Verdict:
        """Whether the ranks of every quantity are uniform."""
        names = self.replicates[0].ranks
        return verdict({name: [each.ranks[name] for each in self.replicates] for name in names})


def verdict(ranks: Mapping[str, Sequence[int]]) -> Verdict:
    """Whether the ranks (0 to 99) of each quantity, one a replicate, are uniform.

    20 bins: Talts, Betancourt, Simpson, Vehtari and Gelman, arXiv:1804.06788. The bands hold a
    uniform sample's whole line at 95 per cent: Sailynoja, Burkner and Vehtari, Statistics and
    Computing 32, 2022.
    """
    number = len(next(iter(ranks.values())))
    low, high = bands(number)
    tested = tuple(_tested(name, np.asarray(each, np.int64)) for name, each in ranks.items())
    return Verdict(number, tested, tuple(low.tolist()), tuple(high.tolist()))


def _tested(name: str, ranks: Whole) -> Tested:
    difference = below(ranks) / len(ranks) - _UNIFORM
    inside = (ranks >= MIDDLE[0]) & (ranks < MIDDLE[1])
    return Tested(
        name,
        kolmogorov_smirnov(ranks),
        chi_squared(ranks),
        float(inside.mean()),
        tuple(difference.tolist()),
    )


_UNIFORM: Floats = np.arange(1, RANKS) / RANKS


def below(ranks: Whole) -> Whole:
    """(99): how many of the ranks are at most 0, 1, ..., 98."""
    return np.bincount(ranks, minlength=RANKS)[:-1].cumsum()


def chi_squared(ranks: Whole) -> float:
    """The p of Pearson's statistic of 20 bins, or of fewer where less than five would be in each.

    The upper tail for an odd number of degrees of freedom: Abramowitz and Stegun, 26.4.4.
    """
    bins = next((many for many in BINS if len(ranks) >= 5 * many), BINS[-1])
    seen = np.bincount(ranks * bins // RANKS, minlength=bins)
    expected = len(ranks) / bins
    half = float(((seen - expected) ** 2).sum() / expected) / 2
    terms = sum(half ** (k - 0.5) / gamma(k + 0.5) for k in range(1, bins // 2))
    return float(erfc(sqrt(half)) + exp(-half) * terms)


def kolmogorov_smirnov(ranks: Whole) -> float:
    """How often so many uniform ranks go at least as far from uniform: exact, ties and all."""
    number = len(ranks)
    most = np.abs(RANKS * below(ranks) - number * np.arange(1, RANKS)).max()
    centre = number * np.arange(1, RANKS)
    low = (centre - most) // RANKS + 1
    high = -(-(centre + most) // RANKS) - 1
    return max(0.0, 1 - within(number, np.maximum(low, 0), np.minimum(high, number)))


def bands(number: int) -> tuple[Floats, Floats]:
    """Low and high (99), in parts: within them lie 95 of 100 uniform samples of that number, whole.

    At each rank they are quantiles of a binomial, the same at all ranks, found by bisection.
    """
    narrow, wide = BAND, 1 - (1 - BAND) / RANKS
    for _ in range(12):
        middle = (narrow + wide) / 2
        if within(number, *_quantiles(number, middle)) >= BAND:
            wide = middle
        else:
            narrow = middle
    low, high = _quantiles(number, wide)
    return low / number - _UNIFORM, high / number - _UNIFORM


def _quantiles(number: int, part: float) -> tuple[Whole, Whole]:
    """(99) and (99): the central part of a binomial of that number, at each rank."""
    running = np.stack([_binomial(number, at).cumsum() for at in _UNIFORM])
    low = (running < (1 - part) / 2).sum(1)
    high = (running < (1 + part) / 2).sum(1)
    return low, np.minimum(high, number)


def within(number: int, low: Whole, high: Whole) -> float:
    """How likely it is that, of so many uniform ranks, low to high are at most each rank.

    Rank by rank: given how many are at most this one, how many of the rest are at most the
    next is binomial.
    """
    if (low > high).any():
        return 0.0
    reached = _binomial(number, 1 / RANKS)[low[0] : high[0] + 1]
    for at in range(1, DRAWS):
        before = np.arange(low[at - 1], high[at - 1] + 1)
        after = np.arange(low[at], high[at] + 1)
        reached = reached @ _steps(number, before, after, 1 / (RANKS - at))
    return float(reached.sum())


def _steps(number: int, before: Whole, after: Whole, chance: float) -> Floats:
    """How likely each step is from so many to so many."""
    left, more = number - before[:, None], after[None] - before[:, None]
    known = _log_factorials(number)
    safe = np.clip(more, 0, left)
    logs = known[left] - known[safe] - known[left - safe]
    logs = logs + safe * np.log(chance) + (left - safe) * np.log1p(-chance)
    made: Floats = np.where((more >= 0) & (more <= left), np.exp(logs), 0.0)
    return made


def _binomial(number: int, chance: float) -> Floats:
    made: Floats = _steps(number, np.zeros(1, np.int64), np.arange(number + 1), chance)[0]
    return made


@lru_cache
def _log_factorials(number: int) -> Floats:
    made: Floats = np.log(np.maximum(np.arange(number + 1), 1)).cumsum()
    return made
