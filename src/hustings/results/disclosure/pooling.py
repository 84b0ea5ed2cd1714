"""Units that are shown together: as few of them as hide every paper."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hustings.results.disclosure.releases import Cell, Earlier
from hustings.results.disclosure.votes import FEWEST_PAPERS, Votes, known_sum, stands_alone, sum_of
from hustings.units import NO_PAPERS, Papers, Unit

POOL_PAPERS = 30


@dataclass(frozen=True, slots=True)
class Block:
    """Units that are shown together, and the most papers of one that is like-minded in it."""

    units: tuple[Unit, ...]
    votes: Votes
    spoiled: Papers | None = NO_PAPERS
    like_minded: int = 0

    def __add__(self, other: "Block") -> "Block":
        return Block(
            tuple(sorted((*self.units, *other.units))),
            sum_of((self.votes, other.votes)),
            known_sum((self.spoiled, other.spoiled)),
            max(self.like_minded, other.like_minded),
        )

    @property
    def papers(self) -> int:
        """How many formal papers are in it."""
        return sum(self.votes.values())

    @property
    def order(self) -> tuple[int, tuple[Unit, ...]]:
        """Smallest first."""
        return self.papers, self.units

    @property
    def holds(self) -> bool:
        """Whether it may be a row: a unit's own, or a pool's."""
        if len(self.units) == 1:
            return stands_alone(self.votes)
        return self.papers >= POOL_PAPERS and self.covers

    @property
    def covers(self) -> bool:
        """Whether the votes hide every paper, and whom a like-minded unit was for.

        A unit that is pooled although it is known to be large is known to be like-minded.
        So a second candidate must have enough votes in the pool to have had all of it.
        """
        able = sum(votes >= self.like_minded for votes in self.votes.values())
        return stands_alone(self.votes) and (not self.like_minded or able > 1)


def _block(cell: Cell) -> Block:
    votes = cell.votes or {}
    papers = sum(votes.values())
    like_minded = papers if papers >= FEWEST_PAPERS and not stands_alone(votes) else 0
    return Block((cell.unit,), votes, cell.spoiled, like_minded)


def _is_empty(cell: Cell) -> bool:
    """Whether no paper came from the unit: one whose papers were all spoiled is not empty."""
    return not any((cell.votes or {}).values()) and not cell.spoiled and not cell.returned


def as_blocks(cells: Sequence[Cell], before: Sequence[Earlier]) -> tuple[list[Block], list[Block]]:
    """The units that earlier releases showed, those of a pool together, and the others."""
    first = _shown_with(before)
    known: dict[Unit, Block] = {}
    regions: dict[str, list[Block]] = defaultdict(list)
    for cell in cells:
        if cell.votes is None:
            continue
        at = first.get(cell.unit)
        if at is not None:
            known[at] = known[at] + _block(cell) if at in known else _block(cell)
        elif not _is_empty(cell):
            regions[cell.region].append(_block(cell))
    fresh = [block for region in sorted(regions) for block in pool_together(regions[region])]
    return [known[at] for at in sorted(known)], fresh


def _shown_with(before: Sequence[Earlier]) -> dict[Unit, Unit]:
    """For each unit of an earlier release, the first of those that it was ever shown with.

    A row without a paper says nothing of papers that come later.
    """
    together: dict[Unit, set[Unit]] = {}
    for row in (row for earlier in before for row in earlier.rows if any(row.votes.values())):
        group = set(row.units).union(*(together.get(unit, ()) for unit in row.units))
        together.update(dict.fromkeys(group, group))
    return {unit: min(group) for unit, group in together.items()}


def pool_together(blocks: Iterable[Block]) -> list[Block]:
    """Put together those that cannot be shown, with as few others as will do.

    One that does not hold is left only where all of them together do not suffice.
    """
    ordered = sorted(blocks, key=lambda block: block.order)
    strong = [block for block in ordered if block.holds]
    pools: list[Block] = []
    for block in (block for block in ordered if not block.holds):
        if pools and not pools[-1].holds:
            pools[-1] += block
        else:
            pools.append(block)
    if len(pools) > 1 and not pools[-1].holds:
        last = pools.pop()
        pools[-1] += last
    taken = 0
    while pools and not pools[-1].holds and taken < len(strong):
        pools[-1] += strong[taken]
        taken += 1
    return [*strong[taken:], *pools]
