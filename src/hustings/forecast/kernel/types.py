"""The ballots there can be, as rows of a table, and where each paper of a row passes to.

A ballot that ranks all of K candidates and one that leaves out the last are one type here: the
last preference counts for nobody while two are left. The rows lie in dictionary order, so that
the ballots that begin alike follow one another.
"""

from dataclasses import dataclass
from functools import cache
from itertools import combinations, permutations
from math import perm

import numpy as np
from numpy.typing import NDArray

from hustings.errors import RuleError

Places = tuple[int, ...]
Whole = NDArray[np.int64]

# With seven there are 8,659 types, and a draw in three sections takes 200 kB.
MOST_CANDIDATES = 6


@dataclass(frozen=True, slots=True, eq=False)
class Types:
    """The types of ballot of so many candidates; a candidate is its place, 0 the first.

    `rankings`: each type, in dictionary order; its place in this tuple is its row.
    `first`: shape (candidates,), the row of the ballot for that candidate alone.
    `follow`: shape (rows + 1, candidates), the row of that beginning with the candidate after it;
    the last row is of no ballot.
    `sizes`: how many rows begin as a beginning of that length does; `sizes[0]` is all of them.
    `steps`: for each elimination the beginnings by which a paper can have come to lie with whoever
    goes: as (earlier beginning or -1, place in the order of elimination).
    """

    candidates: int
    rankings: tuple[Places, ...]
    first: Whole
    follow: Whole
    sizes: tuple[int, ...]
    steps: tuple[tuple[tuple[int, int], ...], ...]


@cache
def types_of(candidates: int) -> Types:
    """The table for so many candidates; raises `RuleError` for fewer than 2 or more than 6.

    >>> types_of(3).rankings
    ((0,), (0, 1), (0, 2), (1,), (1, 0), (1, 2), (2,), (2, 0), (2, 1))
    >>> len(types_of(5).rankings)
    205
    """
    if not 2 <= candidates <= MOST_CANDIDATES:
        raise RuleError(
            f"{candidates} candidates: the forecast counts 2 to {MOST_CANDIDATES}; leave out those "
            "who cannot win, or count each draw by hustings.counting.engine"
        )
    lengths = range(1, candidates)
    rankings = sorted(r for length in lengths for r in permutations(range(candidates), length))
    row = {ranking: place for place, ranking in enumerate(rankings)}
    none = len(rankings)
    follow = [
        [row.get((*ranking, name), none) for name in range(candidates)] for ranking in rankings
    ]
    return Types(
        candidates,
        tuple(rankings),
        np.array([row[name,] for name in range(candidates)]),
        np.array([*follow, [none] * candidates]),
        _sizes(candidates),
        _steps(candidates),
    )


def _sizes(candidates: int) -> tuple[int, ...]:
    """How many ballots begin with one beginning of length 0, 1, ..., that one among them."""
    sizes = []
    for known in range(candidates):
        left = candidates - known
        sizes.append(sum(perm(left, more) for more in range(candidates - known)))
    return (sizes[0] - 1, *sizes[1:])


def _steps(candidates: int) -> tuple[tuple[tuple[int, int], ...], ...]:
    """After the n-th elimination: the orderings of those out that name the n-th, short ones first.

    A paper reaches a candidate standing by an ordering of some of those out, so that what the
    n-th hands on are the papers that begin with an ordering that names it.
    """
    numbered: dict[Places, int] = {(): -1}
    steps = []
    for newest in range(candidates - 2):
        orders = [
            order
            for others in range(newest + 1)
            for chosen in combinations(range(newest), others)
            for order in permutations((*chosen, newest))
        ]
        step = []
        for order in sorted(orders, key=len):
            step.append((numbered[order[:-1]], order[-1]))
            numbered[order] = len(numbered) - 1
        steps.append(tuple(step))
    return tuple(steps)
