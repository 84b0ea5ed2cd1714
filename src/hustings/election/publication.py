"""What is published about whom: each section's policy, its units and electors, the releases."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hustings.units import Candidate, Option, Section, Unit


class Policy(Option):
    """What a section's voters were told, before they voted, would be published."""

    TOTALS = "totals", "the figures of the section as a whole, by round"
    UNIT_FIRST_PREFERENCES = (
        "unit_first_preferences",
        "first preferences, spoiled papers and turnout of each unit",
    )
    UNIT_RANKINGS = "unit_rankings", "how many papers of each unit bear each ranking"
    NAMED_BALLOTS = "named_ballots", "every ballot, with the name of whoever cast it"


class Rankings(Option):
    """Whether it is published how many of a section's papers bear each ranking."""

    CHECKED = "checked", "published where far fewer rankings are possible than papers were cast"
    PUBLISHED = "published", "published, as the law or the organisation's own rules have it"
    WITHHELD = "withheld", "not published: nobody can recount the section from what is"


class Status(Option):
    """How final a release is."""

    PROVISIONAL = "provisional", "figures may still change; nobody is declared elected"
    DECLARED = "declared", "the returning officer's declared result"
    CORRECTED = "corrected", "a declared result of which some figure has been corrected"
    WITHDRAWN = "withdrawn", "no longer stands, and is kept so that links to it still lead here"


@dataclass(frozen=True, slots=True)
class Release:
    """One published version: its number, how final it is, when and by whom, and why.

    `at` is the time of the declaration as ISO 8601 and never that of the building, so that
    the same release is always the same bytes. `accepts` is a person's reason for publishing
    a difference from the release before that the disclosure check would refuse.
    """

    number: int = 1
    status: Status = Status.PROVISIONAL
    at: str = ""
    approved_by: str = ""
    reason: str = ""
    accepts: str = ""


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """A unit as the definition lists it.

    `home_of` is the candidate whose own unit it is, `stands_for` is more than 1 where
    several units were only published together, and `attributes` are whatever else the list
    of units has a column for, such as the majority at the last election.
    """

    id: Unit
    name: str
    region: str = ""
    home_of: Candidate | None = None
    stands_for: int = 1
    attributes: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class ElectorEntry:
    """A named elector: whom or what they sit for, and the groups that they belong to."""

    name: str
    sits_for: str = ""
    groups: tuple[str, ...] = ()
    file: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class SectionPublication:
    """What is published of one section, and what its units and electors are called.

    `accepts` is a person's reason for publishing what the disclosure check would refuse.
    """

    policy: Policy = Policy.TOTALS
    rankings: Rankings = Rankings.CHECKED
    accepts: str = ""
    unit_is: str = "unit"
    units_are: str = "units"
    elector_is: str = "elector"
    electors_are: str = "electors"
    units: Mapping[Unit, UnitEntry] = field(default_factory=dict)
    electors: Mapping[str, ElectorEntry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Publication:
    """What is published of an election, and its releases, the last of which is the current one."""

    sections: Mapping[Section, SectionPublication] = field(default_factory=dict)
    releases: tuple[Release, ...] = ()

    def of(self, section: Section) -> SectionPublication:
        """What is published of that section; the most cautious policy where nothing is said."""
        return self.sections.get(section, SectionPublication())

    @property
    def release(self) -> Release:
        """The release that is built: the last one; provisional where none is defined."""
        return self.releases[-1] if self.releases else Release()
