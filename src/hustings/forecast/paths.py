"""The paths of a count: who goes first, next, ..., who are the last two, and who then wins."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hustings.forecast.outcomes import Simulated
from hustings.nominations.meetings import Pair
from hustings.units import Candidate


@dataclass(frozen=True, slots=True)
class Way:
    """One way that the count may go, and in which part of the simulated counts it does.

    `out` are the eliminated, the first out first, down to two; `last` are these, in the order
    of their names; `winner` is one of them unless the rules elect otherwise.
    """

    out: tuple[Candidate, ...]
    last: Pair
    winner: Candidate
    chance: float


def ways(found: Simulated) -> tuple[Way, ...]:
    """Every way that came in the draws, the commonest first; their chances sum to 1.

    Draws that the rules refuse to count down to two are in none.
    """
    return tuple(sorted(_ways(found), key=lambda way: (-way.chance, way.out, way.winner)))


def _ways(found: Simulated) -> Iterator[Way]:
    told, names = found.outcomes, found.candidates
    pairs = np.sort(told.pair, axis=1)
    rows = np.concatenate([told.order, pairs, told.winner[:, None]], 1)
    kinds, many = np.unique(rows[(rows >= 0).all(1)], axis=0, return_counts=True)
    for row, number in zip(kinds.tolist(), many.tolist(), strict=True):
        *out, one, other, winner = (names[place] for place in row)
        yield Way(tuple(out), (one, other), winner, number / len(rows))
