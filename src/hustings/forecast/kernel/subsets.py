"""Subset statistics: how many papers name exactly these, in any order, and then this one.

When the set E has gone, a paper lies with c if it names some of E, or none, in any order, and then
c. So `c` has the sum, over every A within E, of the papers that name exactly A before c. Of five
candidates these are 75 numbers a section, as against 205 ballot types; they add up over sections,
branches and units, and every order of elimination follows from them.

Last preferences are left out: while two are left they count for nobody.
`hustings.ballots.subsets` has the same of a profile, in whole papers and with last preferences.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from hustings.forecast.kernel.types import Places, Types, Whole

Real = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Subsets:
    """The rows of subset statistics for so many candidates.

    `sets` and `after`: shape (rows,), who came before, as the bits of a number (1 for candidate 0,
    2 for candidate 1, 4, ...), and who comes then; by set, then by candidate. The first rows are
    of the empty set: first preferences. `row`: (2 ** candidates, candidates), the row of a set and
    a candidate, or the number of rows where there is none.
    """

    candidates: int
    sets: Whole
    after: Whole
    row: Whole

    def __len__(self) -> int:
        return len(self.sets)


@cache
def subsets_of(candidates: int) -> Subsets:
    """The rows for so many candidates.

    >>> len(subsets_of(5)), subsets_of(3).sets.tolist(), subsets_of(3).after.tolist()
    (75, [0, 0, 0, 1, 1, 2, 2, 4, 4], [0, 1, 2, 1, 2, 0, 2, 0, 1])
    """
    rows = [
        (some, name)
        for some in range(2**candidates)
        if some.bit_count() < candidates - 1
        for name in range(candidates)
        if not some >> name & 1
    ]
    row = np.full((2**candidates, candidates), len(rows), np.int64)
    for place, (some, name) in enumerate(rows):
        row[some, name] = place
    sets, after = np.array(rows, np.int64).T
    return Subsets(candidates, sets, after, row)


@cache
def counted_in(types: Types) -> Whole:
    """(types, candidates - 1): the rows in which a paper of each type counts.

    A short ballot counts in fewer; what is left is the number of rows, as of none.
    """
    return rows_of(types.candidates, types.rankings)


def rows_of(candidates: int, rankings: tuple[Places, ...]) -> Whole:
    """(rankings, candidates - 1): as `counted_in`, of rankings of at most so many places."""
    subsets = subsets_of(candidates)
    rows = np.full((len(rankings), candidates - 1), len(subsets), np.int64)
    for at, ranking in enumerate(rankings):
        before = 0
        for place, name in enumerate(ranking[: candidates - 1]):
            rows[at, place] = subsets.row[before, name]
            before |= 1 << name
    return rows


def of_counts(counts: Whole, types: Types) -> Whole:
    """Papers by ballot type, (draws, sections, types), as (rows, sections, draws)."""
    begun = beginnings(counts, types)
    table = np.zeros((len(subsets_of(types.candidates)), *begun.shape[1:]), np.int64)
    for row, papers in zip(_ends_in(types), begun, strict=True):
        table[row] += papers
    return table


@cache
def _ends_in(types: Types) -> tuple[int, ...]:
    """The row in which every paper counts that begins as a type does: that of its last."""
    rows, lengths = counted_in(types), [len(ranking) for ranking in types.rankings]
    return tuple(int(row[length - 1]) for row, length in zip(rows, lengths, strict=True))


def beginnings(counts: Whole, types: Types) -> Whole:
    """(draws, sections, types) to (types, sections, draws): how many begin with each ballot."""
    draws, sections, rows = counts.shape
    table = np.empty((rows, sections, draws), np.int64)
    table[:] = counts.transpose(2, 1, 0)
    part, parts = table.reshape(1, rows, sections, draws), []
    for length in range(1, types.candidates):
        shape = (*part.shape[:-3], types.candidates + 1 - length, types.sizes[length])
        part = part.reshape(*shape, sections, draws)
        parts.append(part)
        part = part[..., 1:, :, :]
    for shorter, longer in zip(parts[-2::-1], parts[:0:-1], strict=True):
        for child in range(longer.shape[-4]):
            shorter[..., 0, :, :] += longer[..., child, 0, :, :]
    return table


def of_strengths(strengths: Real, stopping: Real, group: Whole | None = None) -> Real:
    """The parts of a section, (..., rows), that the law of Plackett and Luce gives.

    `strengths` (..., K) above 0: the next preference is one of those left, by their strength.
    `stopping` (..., G, K - 2): the chance that a ballot ends after its first, second, ...
    preference, of each group of voters; `group` (..., K): to which one belongs who puts that
    candidate first, none where there is one group alone. Kinds of voters are averaged by whoever
    calls. After each set of candidates it is as if the others began anew (Luce, Individual Choice
    Behavior, 1959): what comes to a set is the sum of what comes by each of its last.
    """
    candidates, groups = strengths.shape[-1], stopping.shape[-2]
    subsets = subsets_of(candidates)
    members = 1 - (np.arange(2**candidates)[:, None] >> np.arange(candidates) & 1)
    left = strengths @ members.T.astype(float)
    of_group = np.zeros(strengths.shape, np.int64) if group is None else group
    reached = np.zeros((*strengths.shape[:-1], groups, 2**candidates))
    table = np.empty((*strengths.shape[:-1], len(subsets)))
    for place in range(len(subsets)):
        some, name = int(subsets.sets[place]), int(subsets.after[place])
        chance = strengths[..., name] / left[..., some]
        if not some:
            table[..., place] = chance
            mine = of_group[..., name, None] == np.arange(groups)
            reached[..., 1 << name] = mine * chance[..., None]
            continue
        # Sets come by their number, so that whatever leads to one has been summed before.
        going = 1 - stopping[..., some.bit_count() - 1]
        come = reached[..., some] * going * chance[..., None]
        table[..., place] = come.sum(-1)
        reached[..., some | 1 << name] += come
    return table


def tally(table: Whole, gone: int, candidates: int) -> Whole:
    """Each one's papers when a set, given by its bits, has gone: (candidates, ...), 0 of the gone.

    `table` is (rows, ...) as of `of_counts`; at least two must be left.
    """
    subsets = subsets_of(candidates)
    held = np.zeros((candidates, *table.shape[1:]), table.dtype)
    within = (subsets.sets & ~gone) == 0
    for place in within.nonzero()[0]:
        if not gone >> int(subsets.after[place]) & 1:
            held[subsets.after[place]] += table[place]
    return held


def pairwise(table: Whole, candidates: int) -> Whole:
    """(candidates, candidates, ...): how many put the one over the other, an unnamed one last."""
    subsets = subsets_of(candidates)
    over = np.zeros((candidates, candidates, *table.shape[1:]), table.dtype)
    for place in range(len(subsets)):
        some, name = int(subsets.sets[place]), int(subsets.after[place])
        for other in range(candidates):
            if other != name and not some >> other & 1:
                over[name, other] += table[place]
    return over
