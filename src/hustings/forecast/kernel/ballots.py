"""Electorates of many candidates: the ballots themselves, where there are too many types.

Of eight candidates there are 69,280 types of ballot, and a section has some thousand ballots.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hustings.forecast.kernel.subsets import counted_in, subsets_of
from hustings.forecast.kernel.types import Places, Types, Whole

# Of so many draws at once ballots are told off into subset statistics.
AT_ONCE = 64


@dataclass(frozen=True, slots=True, eq=False)
class Ballots:
    """The ballots of each draw, section by section.

    `rows`: for each section (draws, ballots), their types as rows of `types`, -1 for none.
    `papers`: for each section (ballots,), how many papers each stands for, in every draw; below
    0 it takes papers away.
    """

    types: Types
    rows: tuple[NDArray[np.int32], ...]
    papers: tuple[Whole, ...]
    # Found when they are first asked for: changing a few ballots is then soon told off.
    _told: list[Whole] = field(default_factory=list, repr=False)

    def __len__(self) -> int:
        return len(self.rows[0])

    def of(self, draws: Whole | slice) -> "Ballots":
        """Those draws alone."""
        rows = tuple(rows[draws] for rows in self.rows)
        return Ballots(self.types, rows, self.papers, [some[:, draws] for some in self._told])

    def cast(self, section: int, wanted: NDArray[np.bool_]) -> Whole:
        """(draws,): how many papers of a section are of the types wanted, (types,)."""
        # The last is for no ballot.
        worth = np.append(wanted, False)
        return np.asarray(worth[self.rows[section]] @ self.papers[section], np.int64)

    def firsts(self, section: int) -> Whole:
        """(draws, candidates): first preferences in a section, in papers."""
        rows, papers = self.rows[section], self.papers[section]
        draws, candidates = len(rows), self.types.candidates
        # The last place is for no ballot.
        first = np.where(rows < 0, candidates, rows // self.types.sizes[1])
        cells = first + np.arange(draws)[:, None] * (candidates + 1)
        weight = np.broadcast_to(papers.astype(float), cells.shape)
        summed = np.bincount(cells.ravel(), weight.ravel(), draws * (candidates + 1))
        return summed.reshape(draws, -1)[:, :candidates].astype(np.int64)

    def exchanged(self, section: int, before: Whole, after: Whole) -> "Ballots":
        """The same with ballots of a section put in place of others: each (ballots, draws)."""
        changed = np.concatenate([before, after]).T.astype(np.int32)
        signs = np.repeat([-1, 1], [len(before), len(after)])
        rows, papers, told = [*self.rows], [*self.papers], [*self.told()]
        rows[section] = np.concatenate([rows[section], changed], axis=1)
        papers[section] = np.concatenate([papers[section], signs])
        told[section] = told[section] + _told_off(changed, signs, self.types)
        return Ballots(self.types, tuple(rows), tuple(papers), told)

    def has(self, section: int, ballots: Whole, draws: Whole) -> bool:
        """Whether each of these draws has the ballot, as a row, that stands beside it."""
        return bool((self.rows[section][draws] == ballots[:, None]).any(1).all())

    def told(self) -> list[Whole]:
        """The subset statistics of each section: (rows, draws)."""
        if not self._told:
            pairs = zip(self.rows, self.papers, strict=True)
            self._told.extend(_told_off(rows, papers, self.types) for rows, papers in pairs)
        return self._told

    def subsets(self, some: slice = slice(None), *, pooled: bool = False) -> Whole:
        """The subset statistics of some draws: (rows, sections, draws)."""
        table = np.stack([told[:, some] for told in self.told()], 1)
        return table.sum(1, keepdims=True) if pooled else table

    def rankings(self, draw: int, *, pooled: bool = False) -> Sequence[dict[Places, int]]:
        """For each section the papers of each ranking in one draw."""
        found: list[Counter[int]] = [Counter() for _ in self.rows[: 1 if pooled else None]]
        for section, (rows, papers) in enumerate(zip(self.rows, self.papers, strict=True)):
            for row, number in zip(rows[draw].tolist(), papers.tolist(), strict=True):
                found[0 if pooled else section][row] += number
        rankings = self.types.rankings
        return [{rankings[r]: n for r, n in some.items() if r >= 0 and n} for some in found]


def _told_off(rows: NDArray[np.int32], papers: Whole, types: Types) -> Whole:
    """(subset rows, draws) of one section."""
    # No ballot counts in no row; numbers of papers are exact as floats.
    blank = len(subsets_of(types.candidates))
    counted = np.concatenate([counted_in(types), np.full((1, types.candidates - 1), blank)])
    table = np.empty((len(rows), blank), np.int64)
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        cells = counted[some] + (np.arange(len(some)) * (blank + 1))[:, None, None]
        weight = np.broadcast_to(papers[:, None].astype(float), cells.shape)
        summed = np.bincount(cells.ravel(), weight.ravel(), len(some) * (blank + 1))
        table[start : start + AT_ONCE] = summed.reshape(len(some), -1)[:, :blank]
    return np.ascontiguousarray(table.T)
