"""The ballots there can be, as rows of a table.

A ballot that ranks all of K candidates and one that leaves out the last are one type here: the
last preference counts for nobody while two are left. The rows lie in dictionary order, so that
the ballots that begin alike follow one another.
"""

from dataclasses import dataclass
from functools import cache
from itertools import permutations
from math import perm

import numpy as np
from numpy.typing import NDArray

from hustings.errors import RuleError

Places = tuple[int, ...]
Whole = NDArray[np.int64]

MOST_CANDIDATES = 8
# Of seven there are 8,659 types, and a draw in three sections would take 200 kB: with more
# candidates than this, ballots are kept one by one.
MOST_BY_TYPE = 6


@dataclass(frozen=True, slots=True, eq=False)
class Types:
    """The types of ballot of so many candidates; a candidate is its place, 0 the first.

    `rankings`: each type, in dictionary order; its place in this tuple is its row.
    `sizes`: how many rows begin as a beginning of that length does; `sizes[0]` is all of them.
    """

    candidates: int
    rankings: tuple[Places, ...]
    sizes: tuple[int, ...]


@cache
def types_of(candidates: int) -> Types:
    """The table for so many candidates; raises `RuleError` for fewer than 2 or more than 8.

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
    return Types(candidates, tuple(rankings), _sizes(candidates))


def _sizes(candidates: int) -> tuple[int, ...]:
    """How many ballots begin with one beginning of length 0, 1, ..., that one among them."""
    sizes = []
    for known in range(candidates):
        left = candidates - known
        sizes.append(sum(perm(left, more) for more in range(candidates - known)))
    return (sizes[0] - 1, *sizes[1:])
