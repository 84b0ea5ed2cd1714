"""The units whose figures stand alone: what each fact of units looks at."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from hustings.counting.figures import printed_number
from hustings.election.publication import UnitEntry
from hustings.results import sql
from hustings.results.edition import SectionEdition, Standalone, UnitRow
from hustings.results.facts.fact import Coverage, Fact, Scope, capped, figures
from hustings.results.words import capital, listed
from hustings.units import Candidate, Section, Unit

HELD_BY = "SELECT v.unit, v.candidate, v.votes, u.valid, u.region, u.home_candidate, u.name"
# So many units follow the first where a fact is about one end of a list.
NEXT = 10


@dataclass(frozen=True, slots=True)
class OneUnit:
    """One unit's own row, its entry in the list, and who came first in it by how much."""

    row: UnitRow
    entry: UnitEntry
    votes: Mapping[Candidate, int]
    valid: int
    first: tuple[Candidate, ...]
    lead: int

    @property
    def returned(self) -> int | None:
        """Papers returned: as reported, or else the formal and the spoiled together."""
        if self.row.returned is None and self.row.spoiled is not None:
            return self.valid + self.row.spoiled
        return self.row.returned

    @classmethod
    def of(cls, row: UnitRow, entry: UnitEntry) -> "OneUnit":
        """Look at a row that has votes."""
        votes = row.votes or {}
        ordered = sorted(votes.values(), reverse=True)
        most = ordered[0] if ordered else 0
        first = tuple(name for name, held in votes.items() if held == most) if most else ()
        lead = most - ordered[1] if len(ordered) > 1 else most
        return cls(row, entry, votes, row.valid or 0, first, lead)


@dataclass(frozen=True)
class Units:
    """The units of a section whose figures stand alone, in the order of the list."""

    scope: Scope
    section: Section
    edition: SectionEdition
    alone: tuple[OneUnit, ...]
    coverage: Coverage
    known: bool

    @property
    def are(self) -> str:
        """What the units are called."""
        return self.edition.publication.units_are

    @property
    def one(self) -> str:
        """What one of them is called."""
        return self.edition.publication.unit_is

    @property
    def of_which(self) -> str:
        """What an answer is about, as it begins."""
        number = printed_number(len(self.alone))
        if self.coverage.whole:
            return f"Of all {number} {self.are}"
        return f"Of the {number} {self.are} whose own figures are published"

    @cached_property
    def polled(self) -> tuple[OneUnit, ...]:
        """Those with a formal paper: only they have shares."""
        return tuple(unit for unit in self.alone if unit.valid)

    @cached_property
    def where(self) -> str:
        """Which rows of the table `units` these are."""
        told = f"u.section = {sql.text(self.section)} AND u.status = 'alone'"
        return f"{told} AND u.valid IS NOT NULL AND u.units_covered = 1"

    @cached_property
    def votes(self) -> str:
        """A query of their votes, one row a unit and candidate."""
        return (
            f"{HELD_BY} FROM unit_votes AS v JOIN units AS u ON (u.section, u.id) = "
            f"(v.section, v.unit) WHERE v.round = 1 AND {self.where}"
        )

    @cached_property
    def firsts(self) -> str:
        """A query of whoever came first in each unit, and how many are level there."""
        return (
            "SELECT *, count(*) OVER (PARTITION BY unit) AS level FROM (SELECT *, rank() OVER "
            f"(PARTITION BY unit ORDER BY votes DESC) AS place FROM ({self.votes})) "
            "WHERE place = 1 AND votes > 0"
        )

    def values(self, values: Mapping[str, str]) -> Mapping[str, str]:
        """The values, where every unit is in them."""
        return values if self.coverage.whole else {}


def units_of(scope: Scope, section: Section) -> Units:
    """The section's units whose figures stand alone, and of how many they are."""
    edition = scope.edition.sections[section]
    own = [row for row in edition.alone if _stands_for(edition, row) == 1]
    alone = tuple(OneUnit.of(row, _entry(edition, row)) for row in own)
    ids = {row.id for row in own}
    others = [row for row in edition.rows if row.id not in ids]
    known = edition.complete and all(row.standing is Standalone.POOLED for row in others)
    total, why = _number_of_units(edition), ""
    if others or not edition.complete:
        why = POOLED if others and known else UNPUBLISHED
    # A list that names no more than are shown cannot say how many the others are.
    of = None if why and total <= len(alone) else total
    coverage = Coverage(len(alone), of, edition.publication.units_are, why)
    return Units(scope, section, edition, alone, coverage, known)


# Why an answer is not about all units.
POOLED = "the others are too small or too like-minded to be shown apart"
UNPUBLISHED = "the others' own figures are not published"


def _number_of_units(edition: SectionEdition) -> int:
    """How many units the section has, by its list, or else by its rows."""
    listed = sum(entry.stands_for for entry in edition.publication.units.values())
    return listed or sum(len(row.units) for row in edition.rows)


def _entry(edition: SectionEdition, row: UnitRow) -> UnitEntry:
    """The unit as it is listed; where it is not, what its row says."""
    found = edition.publication.units.get(row.units[0]) if row.units else None
    return found or UnitEntry(row.units[0] if row.units else Unit(row.id), row.name, row.region)


def _stands_for(edition: SectionEdition, row: UnitRow) -> int:
    listed = edition.publication.units
    return sum(listed[unit].stands_for if unit in listed else 1 for unit in row.units)


def tally_of(
    units: Units, tally: Counter[Candidate], *, verb: str, also: str = "", **words: str
) -> Fact:
    """A number of units for each candidate, the most first."""
    ordered = sorted(tally, key=lambda name: -tally[name])
    called = units.scope.called
    told = [f"{called(name)} {verb} {printed_number(tally[name])}" for name in ordered]
    rows, more = capped([(called(name), printed_number(tally[name])) for name in ordered])
    return Fact(
        f"{units.section}-{words['id']}",
        words["title"],
        words["definition"],
        f"{units.of_which}: {listed(told)}.{also}",
        units.coverage,
        words["query"],
        units.section,
        units.values(figures(tally)),
        header=("Candidate", capital(units.are)),
        rows=rows,
        more=more,
    )
