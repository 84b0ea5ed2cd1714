"""The law that the ballots of a draw follow, and what it makes of them without drawing any."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from hustings.forecast.kernel.subsets import of_strengths, subsets_of
from hustings.forecast.kernel.types import Whole

Real = NDArray[np.float64]

# So many draws at once are made from strengths: as many as a processor adds side by side, twice.
LANES = 16
# A section of which the law is given is counted as if it had so many papers.
PARTS = 2**40


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """How the ballots of each section arise: strengths are drawn, and preferences by these.

    The logarithm of a strength is normal; `mean` and `spread`, (sections, candidates), are its
    mean and standard deviation. The next preference is one of those left, by their strengths.
    `stopping`, (sections, candidates - 2), is the chance that a ballot ends after its first,
    second, ... preference.
    """

    mean: Real
    spread: Real
    stopping: Real


def strengths_of(law: Law, draws: int, chance: np.random.Generator) -> Real:
    """(draws, sections, candidates), in the order in which the compiled count draws them."""
    sections, candidates = law.mean.shape
    normal = chance.standard_normal((-(-draws // LANES), sections, candidates, LANES))
    normal = normal.transpose(0, 3, 1, 2).reshape(-1, sections, candidates)[:draws]
    return np.asarray(np.exp(law.mean + law.spread * normal))


def parts_of(strengths: Real, law: Law) -> Whole:
    """(draws, sections, rows): the subset statistics, in 2^-40 of a section.

    Rounded so that ballots can have them, and alike for candidates who are alike: of what comes
    to a set never more leaves it.
    """
    candidates = strengths.shape[-1]
    stopping = law.stopping[:, None]
    stopping = np.broadcast_to(stopping, (*strengths.shape[:2], *stopping.shape[1:]))
    table = np.floor(of_strengths(strengths, stopping) * PARTS).astype(np.int64)
    return np.asarray(np.maximum(table - withheld(candidates), 0))


@cache
def withheld(candidates: int) -> Whole:
    """(rows,): by how many parts each row is kept down, by how many were named before.

    To a set of n come n rows, each too small by one and by what it was kept down itself.
    """
    by_length = [0]
    for length in range(1, candidates - 1):
        by_length.append(length * (1 + by_length[-1]))
    lengths = [int(some).bit_count() for some in subsets_of(candidates).sets]
    return np.array([by_length[length] for length in lengths], np.int64)
