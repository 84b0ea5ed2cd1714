"""A finished race: the record of its evidence, and what came of it, which no forecast sees."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from hustings.forecast.evidence import (
    BranchNominations,
    Endorsement,
    Entry,
    Meeting,
    MeetingPool,
    PollFirst,
    PollPair,
    Primary,
    Race,
    ReportedFirsts,
    ReportedSeconds,
    RosterEntry,
    RunOff,
    SelfSelecting,
)
from hustings.units import Candidate, Section

# Parts of 1 that sum to 1.
Shares = Mapping[Candidate, Fraction]

# What tells of how people will vote, so that on its day a forecast is due.
TELLING: tuple[type[Entry], ...] = (
    PollFirst, PollPair, SelfSelecting, Meeting, MeetingPool, RunOff, BranchNominations, Primary,
    RosterEntry, ReportedFirsts, ReportedSeconds, Endorsement,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Price:
    """What a betting market held of each candidate on a day; whoever is not named had no part."""

    published: date
    chances: Shares


@dataclass(frozen=True, slots=True)
class Between:
    """What each of two had of those who preferred one of them; of the whole where no section."""

    shares: Shares
    section: Section | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a race, as far as it is known; whatever is not known is empty.

    `first` are first preferences as parts of the college, `final` what the last two held of it
    between them; `section_first` and `section_final` the same within sections. `pairs` are other
    choices between two. `endings` say, by section, how many ballots named one candidate and no
    more, two, and so on, of those of which it is known. `days` are those on which forecasts are
    scored, `prices` what the market held.
    """

    winner: Candidate
    first: Shares = field(default_factory=dict)
    final: Shares = field(default_factory=dict)
    section_first: Mapping[Section, Shares] = field(default_factory=dict)
    section_final: Mapping[Section, Shares] = field(default_factory=dict)
    pairs: tuple[Between, ...] = ()
    endings: Mapping[Section, tuple[int, ...]] = field(default_factory=dict)
    days: tuple[date, ...] = ()
    prices: tuple[Price, ...] = ()

    def price(self, day: date) -> Price | None:
        """The latest price by that day; None before the first."""
        known = [each for each in self.prices if each.published <= day]
        return max(known, key=lambda each: each.published, default=None)


@dataclass(frozen=True, slots=True)
class Past:
    """A finished race: `race` is the record of all its entries."""

    name: str
    race: Race
    result: Result

    @property
    def days(self) -> tuple[date, ...]:
        """The days of forecasts: those that the result names, or all on which evidence came.

        Only days before the result was declared, or, where that day is not known, by the close
        of the poll; and only those on which two or more were standing.
        """
        told = {entry.published for entry in self.race.entries if isinstance(entry, TELLING)}
        days = sorted(set(self.result.days) or told)
        before = [day for day in days if self._before_result(day)]
        return tuple(day for day in before if len(self.race.as_of(day).standing) > 1)

    def at_the_end(self) -> Race:
        """The race with all that was published before the result was known."""
        known = {entry.published for entry in self.race.entries}
        return self.race.as_of(max(filter(self._before_result, known), default=date.min))

    def _before_result(self, day: date) -> bool:
        declared = self.race.dates.get("declared")
        return day < declared if declared else day <= self.race.closes

    def first(self, section: Section) -> Shares:
        """First preferences in a section, empty where they are not known."""
        return self.result.section_first.get(section) or self._whole(self.result.first)

    def final(self, section: Section) -> Shares:
        """What the last two held of a section between them, empty where it is not known."""
        return self.result.section_final.get(section) or self._whole(self.result.final)

    def _whole(self, shares: Shares) -> Shares:
        return shares if len(self.race.contest.sections) == 1 else {}
