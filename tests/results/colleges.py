"""Synthetic colleges: units the size of real local parties, and what later releases change."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random

from hustings.results.disclosure import Cell
from hustings.units import Candidate, Papers, Unit

CANDIDATES = tuple(map(Candidate, ("ann", "bob", "cat", "dee", "eve")))
Votes = Mapping[Candidate, Papers]


@dataclass(frozen=True)
class Release:
    """What the returning officer knows at one release, before anything is hidden.

    `not_held` are the first preferences of units of which nobody knows more, and `missing`
    those of units that report later, and that are counted in the section nevertheless.
    """

    cells: tuple[Cell, ...]
    not_held: Votes
    missing: Mapping[Unit, Votes] = field(default_factory=dict)

    @property
    def total(self) -> dict[Candidate, Papers]:
        """The section's first round."""
        held = (cell.votes for cell in self.cells if cell.votes)
        return added([self.not_held, *self.missing.values(), *held])

    def votes(self, unit: Unit) -> Votes:
        """The unit's first preferences."""
        return next(cell.votes or {} for cell in self.cells if cell.unit == unit)

    def with_votes(self, unit: Unit, votes: Votes) -> "Release":
        """The same with other first preferences for one unit."""
        return replace(
            self,
            cells=tuple(
                replace(cell, votes=votes) if cell.unit == unit else cell for cell in self.cells
            ),
        )


@dataclass(frozen=True)
class College:
    """One section's releases, and what the later ones change."""

    seed: int
    releases: tuple[Release, ...]
    story: str


def added(parts: list[Votes]) -> dict[Candidate, Papers]:
    """The sum for each candidate."""
    return {name: Papers(sum(part.get(name, 0) for part in parts)) for name in CANDIDATES}


def college(seed: int) -> College:
    """One college: most have a few regions of some dozens of units, some only a few units."""
    chance = Random(seed)
    tiny = seed % 23 == 0
    regions = chance.randint(2, 3) if tiny else chance.randint(2, 6)
    units = chance.randint(6, 12) if tiny else chance.randint(30, 90)
    support = [chance.uniform(0.3, 3) for _ in CANDIDATES]
    cells = tuple(_cell(chance, number, regions, support) for number in range(units))
    lost = _votes(chance, chance.choice((3, 40, 4000)), support) if seed % 3 == 0 else added([])
    first = Release(cells, lost)
    story, tell = STORIES[seed % len(STORIES)]
    return College(seed, tuple(tell(chance, first, support)), story)


def _cell(chance: Random, number: int, regions: int, support: list[float]) -> Cell:
    size = round(chance.lognormvariate(5.3, 0.7))
    if chance.random() < 0.012:
        size = chance.randint(1, 29)
    votes = _votes(chance, size, support)
    if chance.random() < 0.003:
        votes = added([{chance.choice(CANDIDATES): Papers(chance.choice((4, 12, 25)))}])
    size, spoiled = sum(votes.values()), Papers(chance.randint(0, 3))
    issued = None if chance.random() < 0.01 else Papers(size * 2 + 3)
    region = f"region {chance.randrange(regions)}"
    return Cell(Unit(f"unit-{number:03}"), region, votes, spoiled, Papers(size + spoiled), issued)


def _votes(chance: Random, papers: int, support: list[float]) -> Votes:
    leaning = [part * chance.uniform(0.4, 1.6) for part in support]
    drawn = chance.choices(CANDIDATES, leaning, k=papers)
    return {name: Papers(drawn.count(name)) for name in CANDIDATES}


def _nothing_more(chance: Random, first: Release, support: list[float]) -> list[Release]:
    return [first]


def _late_batch(chance: Random, first: Release, support: list[float]) -> list[Release]:
    unit = chance.choice(first.cells).unit
    late = _votes(chance, chance.randint(25, 60), support)
    return [first, first.with_votes(unit, added([first.votes(unit), late]))]


def _late_batch_taken_back(chance: Random, first: Release, support: list[float]) -> list[Release]:
    """All but one of the late papers go again: each step is large, both together one paper."""
    unit = chance.choice(first.cells).unit
    late = added([dict.fromkeys(CANDIDATES, Papers(chance.randint(6, 12)))])
    second = first.with_votes(unit, added([first.votes(unit), late]))
    kept = added([first.votes(unit), {chance.choice(CANDIDATES): Papers(1)}])
    return [first, second, second.with_votes(unit, kept)]


def _one_late_paper(chance: Random, first: Release, support: list[float]) -> list[Release]:
    unit = chance.choice(first.cells).unit
    late = {chance.choice(CANDIDATES): Papers(1)}
    return [first, first.with_votes(unit, added([first.votes(unit), late]))]


def _transposition(chance: Random, first: Release, support: list[float]) -> list[Release]:
    """Two candidates' figures change places, in the unit where they lie furthest apart."""
    one, other = CANDIDATES[:2]
    cell = max(first.cells, key=lambda c: abs(c.votes[one] - c.votes[other]))  # type: ignore[index]
    votes = first.votes(cell.unit)
    return [first, first.with_votes(cell.unit, {**votes, one: votes[other], other: votes[one]})]


def _small_made_large(chance: Random, first: Release, support: list[float]) -> list[Release]:
    unit = min(first.cells, key=lambda c: sum((c.votes or {}).values())).unit
    late = _votes(chance, 150, support)
    return [first, first.with_votes(unit, added([first.votes(unit), late]))]


def _more_units_report(chance: Random, first: Release, support: list[float]) -> list[Release]:
    """The first release has a part of the units, and the second all of them."""
    early = replace(first, cells=first.cells[: len(first.cells) * 2 // 3])
    return [early, first]


def _rows_are_found(chance: Random, first: Release, support: list[float]) -> list[Release]:
    """Some units report late, in some colleges with late papers, or with a single one."""
    found = {cell.unit: cell.votes or {} for cell in chance.sample(first.cells, k=2)}
    cells = tuple(replace(cell, votes=None) if cell.unit in found else cell for cell in first.cells)
    early = Release(cells, first.not_held, found)
    unit = min(found)
    late = _votes(chance, chance.choice((0, 0, 1, 30)), support)
    return [early, first.with_votes(unit, added([found[unit], late]))]


STORIES = (
    ("nothing more", _nothing_more),
    ("a late batch", _late_batch),
    ("a late batch, taken back but for one", _late_batch_taken_back),
    ("one late paper", _one_late_paper),
    ("a transposition", _transposition),
    ("a small unit made large", _small_made_large),
    ("more units report", _more_units_report),
    ("rows are found", _rows_are_found),
)
