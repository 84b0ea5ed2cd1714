"""Evidence: each kind of dated fact about a race, and the race as it was known on a day."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from fractions import Fraction
from hashlib import sha256
from typing import Any, ClassVar, TypeVar

from hustings.election.rulebook import CHOICES
from hustings.election.spec import Contest
from hustings.nominations.entry import OTHERS, Bias, Entry, Figures, Together
from hustings.nominations.meetings import (
    BranchNominations,
    Meeting,
    MeetingMethod,
    MeetingPool,
    Pair,
    RunOff,
)
from hustings.nominations.papers import Nomination, Nominators, Tally, Withdrawal
from hustings.units import Candidate, Option, Section

__all__ = [
    "KINDS",
    "OTHERS",
    "Bias",
    "BranchNominations",
    "Canvass",
    "Elector",
    "Electorate",
    "Endorsement",
    "Entry",
    "Figures",
    "Grade",
    "Meeting",
    "MeetingMethod",
    "MeetingPool",
    "Nomination",
    "Nominators",
    "Pair",
    "Parameter",
    "Placement",
    "PollFirst",
    "PollPair",
    "Primary",
    "Race",
    "ReportedFirsts",
    "ReportedSeconds",
    "RosterEntry",
    "RunOff",
    "SelfSelecting",
    "Tally",
    "Together",
    "Withdrawal",
]

Kind = TypeVar("Kind", bound=Entry)


@dataclass(frozen=True, slots=True, kw_only=True)
class PollFirst(Figures):
    """A poll of a section's electors: first preferences."""

    KIND: ClassVar[str] = "poll_first"


@dataclass(frozen=True, slots=True, kw_only=True)
class PollPair(Figures):
    """A poll of a section's electors on a forced choice between two."""

    KIND: ClassVar[str] = "poll_pair"

    @property
    def pair(self) -> Pair:
        """The two, in the order of the entry."""
        (first,), (second,) = self.shares
        return first, second


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfSelecting(Figures):
    """A poll of whoever chose to answer: readers, visitors, followers."""

    KIND: ClassVar[str] = "self_selecting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endorsement(Entry):
    """A body's backing of a candidate; `electorate` is how many of the section are its members."""

    KIND: ClassVar[str] = "endorsement"

    body: str
    candidate: Candidate
    electorate: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Primary(Figures):
    """A vote of a unit's supporters that advises or binds an elector.

    `turnout` is the part of those on its list who voted (0 to 1), `binds` the elector who
    follows the result.
    """

    KIND: ClassVar[str] = "primary"

    turnout: Fraction | None = None
    binds: str = ""


class Grade(Option):
    """On whose word a preference is known."""

    DECLARED = "declared", "the elector said so"
    REPORTED = "reported", "somebody else said so"
    NOMINATED = "nominated", "taken from a nomination, which need not be how they vote"


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterEntry(Entry):
    """What is known of a named elector's ranking.

    `ranking` are the first preferences in order, as far as they are known; `prefers` are
    facts between two, the preferred one first, that need not be next to each other.
    `by` is who reported it; `complete` says that no preference follows the ranking.
    """

    KIND: ClassVar[str] = "roster"

    elector: str
    ranking: tuple[Candidate, ...] = ()
    prefers: tuple[Pair, ...] = ()
    grade: Grade = Grade.DECLARED
    by: str = ""
    complete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedSeconds(Entry):
    """How many electors, unnamed, put each of two over the other; `n` is their sum.

    `first` are the first preferences that they gave, where the source says so, else empty:
    anyone outside the pair.
    """

    KIND: ClassVar[str] = "reported_seconds"

    pair: Pair
    counts: tuple[int, int]
    first: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedFirsts(Figures):
    """First preferences that a source has gathered of electors whom it does not name.

    `n` may be None, where the source does not say of how many. Electors who are named in the
    roster are among them: count nobody twice.
    """

    KIND: ClassVar[str] = "reported_firsts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvass(Entry):
    """How far a source has come in asking: of so many electors, so many preferences are known.

    They are the `electors` of the section who back one of `first`; of `known` the source
    knows whom of the pair they prefer, and need not say who they are. It tells what is still
    to be asked, and nothing of what will be answered: no evidence of how anybody votes.
    """

    KIND: ClassVar[str] = "canvass"

    first: tuple[Candidate, ...]
    electors: int
    known: int
    pair: Pair | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Electorate(Entry):
    """How many electors a section, or one body in it, has; `turnout` is the part who vote."""

    KIND: ClassVar[str] = "electorate"

    body: str = ""
    issued: int
    turnout: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Elector(Entry):
    """A named elector on the roll of a section, with the unit whom they sit for or belong to."""

    KIND: ClassVar[str] = "elector"

    elector: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement(Entry):
    """Where a survey places the candidates from left (below 0) to right."""

    KIND: ClassVar[str] = "placement"

    positions: Mapping[Candidate, Fraction]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter(Entry):
    """A number that the model is told, by its name: a scale, a rate, a default."""

    KIND: ClassVar[str] = "parameter"

    name: str
    value: Fraction


KINDS: Mapping[str, type[Entry]] = {
    kind.KIND: kind
    for kind in (
        PollFirst,
        PollPair,
        SelfSelecting,
        Meeting,
        MeetingPool,
        RunOff,
        BranchNominations,
        Nomination,
        Tally,
        Withdrawal,
        Endorsement,
        Electorate,
        Primary,
        RosterEntry,
        ReportedSeconds,
        ReportedFirsts,
        Canvass,
        Elector,
        Placement,
        Parameter,
    )
}


@dataclass(frozen=True, slots=True)
class Race:
    """A contest before its day: what is put to the voters, and all that is known of it.

    `closes` is the day on which the poll closes. `at` is the day as of which this is the
    race, None for the record of all entries, the corrected and the withdrawn ones included:
    ask for `as_of` before reading anything out of it. `superseded` are the entries which held
    before that day and no longer do: a history for readers, no evidence.
    """

    name: str
    contest: Contest
    closes: date
    entries: tuple[Entry, ...] = ()
    nominators: Mapping[str, Nominators] = field(default_factory=dict)
    dates: Mapping[str, date] = field(default_factory=dict)
    at: date | None = None
    superseded: tuple[Entry, ...] = ()

    def as_of(self, day: date) -> "Race":
        """The race with only what was published by that day, in order of publication.

        An entry that another supersedes is left out from the day of the other, and whoever
        withdrew is marked so in the contest. Nothing that was published later has any
        part in what comes back.
        """
        day = min(day, self.at or day)
        known = [e for e in (*self.superseded, *self.entries) if e.published <= day]
        known.sort(key=lambda entry: (entry.published, entry.id))
        ids = {entry.supersedes for entry in known}
        left = tuple(entry for entry in known if entry.id not in ids)
        gone = frozenset(entry.candidate for entry in left if isinstance(entry, Withdrawal))
        return replace(
            self,
            contest=self.contest.without(gone),
            entries=left,
            at=day,
            superseded=tuple(entry for entry in known if entry.id in ids),
        )

    def of(self, kind: type[Kind], section: Section | None = None) -> tuple[Kind, ...]:
        """The entries of a kind, of one section where one is given, in the order they have."""
        return tuple(
            entry
            for entry in self.entries
            if isinstance(entry, kind) and section in (None, entry.section)
        )

    @property
    def standing(self) -> tuple[Candidate, ...]:
        """The ids of those who stand, in the order of the ballot paper."""
        return tuple(entry.id for entry in self.contest.candidates if not entry.withdrawn)

    def weeks_left(self, entry: Entry) -> Fraction:
        """Weeks from the last day on which the entry was gathered to the close; never below 0."""
        return Fraction(max((self.closes - entry.gathered).days, 0), 7)

    def parameters(self) -> dict[str, Fraction]:
        """What the model is told by name: of each name the latest published."""
        return {entry.name: entry.value for entry in self.of(Parameter)}

    def placement(self) -> Placement | None:
        """The latest left-right placement of the candidates; None where none was published."""
        return self.of(Placement)[-1] if self.of(Placement) else None

    def electorate(self, section: Section) -> Electorate | None:
        """The latest size of the section as a whole; None where none was published."""
        whole = [entry for entry in self.of(Electorate, section) if not entry.body]
        return whole[-1] if whole else None

    def roll(self, section: Section) -> tuple[Elector, ...]:
        """The named electors of the section, in alphabetical order."""
        return tuple(sorted(self.of(Elector, section), key=lambda entry: entry.elector))

    def digest(self) -> str:
        """A fingerprint of all that a forecast may depend on: SHA-256 in hexadecimal.

        Where an entry stands, in which file and line, is no part of it.
        """
        said = {
            "closes": self.closes.isoformat(),
            "candidates": [[c.id, c.name, c.withdrawn] for c in self.contest.candidates],
            "sections": [[s.id, s.name, str(s.weight)] for s in self.contest.sections],
            "rules": {
                name: str(getattr(self.contest.rules, name))
                for name in self.contest.rules.choices
                if name in CHOICES
            },
            "entries": [as_plain(entry) for entry in self.entries],
        }
        return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def as_plain(entry: Entry) -> dict[str, Any]:
    """The entry as texts, numbers and lists, with its kind: what JSON can hold.

    Exact numbers are written as fractions; what was left out is left out here.
    """
    return {"kind": entry.KIND, **dict(_plain_fields(entry))}


def _plain_fields(record: Any) -> Iterator[tuple[str, Any]]:
    for part in fields(record):
        value = getattr(record, part.name)
        if part.compare and value not in (None, "", (), False, Bias()):
            yield part.name, _plain(value)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return dict(_plain_fields(value))
    if isinstance(value, Mapping):
        return {"+".join(k) if isinstance(k, tuple) else k: _plain(v) for k, v in value.items()}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value if isinstance(value, str | int) else str(value)
