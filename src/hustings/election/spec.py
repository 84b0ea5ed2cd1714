"""What is put to the voters: an election, its contests, candidates, sections and dates."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from hustings.election.college import College
from hustings.election.rulebook import CollegeUse, RuleBook
from hustings.errors import InputError
from hustings.units import Candidate, Section, Unit

EVERYONE = Section("everyone")


@dataclass(frozen=True, slots=True)
class Standing:
    """One candidate on the paper, by id and by name; a withdrawn one keeps the place."""

    id: Candidate
    name: str
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class SectionEntry:
    """A body of voters with a fixed weight in the college, and its units by id."""

    id: Section
    name: str
    weight: Fraction
    units: Mapping[Unit, str] = field(default_factory=dict)
    papers_are: str = "papers"


@dataclass(frozen=True, slots=True)
class Decision:
    """An officer's decision on one tie: whom it falls on, and by whom, when and why.

    `chosen` goes out or, where to be first is a gain, comes first. With a `round` it is for the tie
    of that round or stage alone; with 0 for any tie among the same.
    """

    among: tuple[Candidate, ...]
    chosen: Candidate
    by: str
    when: str
    why: str
    round: int = 0


@dataclass(frozen=True, slots=True)
class Decisions:
    """What people decided outside the count, handed in as values.

    `lot` is the order in which names were drawn, the first drawn to go first, and
    `seed` a text drawn in public from which such an order is computed; `decided` are an officer's
    own decisions, tie by tie.
    """

    lot: tuple[Candidate, ...] = ()
    drawn_by: str = ""
    seed: str = ""
    seed_source: str = ""
    decided: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class Contest:
    """One question put to the voters: a post, its candidates, its sections, its rule book.

    It fills one seat, or several where its rule book can.
    """

    id: str
    post: str
    candidates: tuple[Standing, ...]
    sections: tuple[SectionEntry, ...]
    rules: RuleBook
    decisions: Decisions = Decisions()
    seats: int = 1

    @property
    def college(self) -> College:
        """The sections as they are weighed; raises `InputError` for weights that are wrong."""
        if self.rules.college is CollegeUse.POOLED:
            return College({EVERYONE: Fraction(1)})
        return College({entry.id: entry.weight for entry in self.sections}, self.rules.whole)

    @property
    def standing(self) -> frozenset[Candidate]:
        """The ids of those who have not withdrawn."""
        return frozenset(entry.id for entry in self.candidates if not entry.withdrawn)

    def name(self, candidate: Candidate) -> str:
        """What people call the candidate of that id."""
        return next((c.name for c in self.candidates if c.id == candidate), candidate)

    def section_name(self, section: Section) -> str:
        """What people call the section of that id."""
        if section == EVERYONE and section not in {entry.id for entry in self.sections}:
            return "everyone"
        return next((entry.name for entry in self.sections if entry.id == section), section)

    def find(self, called: str) -> Candidate:
        """The id of whoever is called so, by id, name or a part of it that fits one alone.

        Raises `InputError` where nobody fits, or more than one.
        """
        folded = called.casefold().strip()
        for fits in (
            [c.id for c in self.candidates if folded in (c.id.casefold(), c.name.casefold())],
            [c.id for c in self.candidates if folded in c.name.casefold()],
        ):
            if len(fits) == 1:
                return fits[0]
        listed = ", ".join(f"{c.id} ({c.name})" for c in self.candidates)
        raise InputError(f"{called!r} is not one candidate; they are {listed}")

    def without(self, withdrawn: frozenset[Candidate]) -> "Contest":
        """The same contest with these candidates withdrawn."""
        return replace(
            self,
            candidates=tuple(
                replace(entry, withdrawn=entry.withdrawn or entry.id in withdrawn)
                for entry in self.candidates
            ),
        )


@dataclass(frozen=True, slots=True)
class Election:
    """Everything from notice to declaration; holds one or more contests."""

    name: str
    contests: tuple[Contest, ...]
    organisation: str = ""
    about: str = ""
    dates: Mapping[str, date] = field(default_factory=dict)

    def contest(self, id_: str = "") -> Contest:
        """The contest of that id, or the only one; raises `InputError` where that is not clear."""
        if not id_ and len(self.contests) == 1:
            return self.contests[0]
        for contest in self.contests:
            if contest.id == id_:
                return contest
        listed = ", ".join(contest.id for contest in self.contests)
        said = f"no contest is called {id_!r}" if id_ else "there is more than one contest"
        raise InputError(f"{said}; say which: {listed}")
