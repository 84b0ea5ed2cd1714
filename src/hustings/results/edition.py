"""An edition: all that one release publishes of one contest, after every check.

Pages, data files and the declaration are made of it, and of nothing else, so that no figure
can reach a reader by a way around the disclosure check.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from hustings.audit.published import Reconciliation
from hustings.ballots.paper import Marks
from hustings.ballots.profile import Ranking
from hustings.ballots.returns import Claim, PaperAccount
from hustings.counting import account
from hustings.counting.seats import account as seats_account
from hustings.counting.seats.stages import StageTranscript
from hustings.counting.transcript import Tie, Transcript
from hustings.election.publication import (
    ElectorEntry,
    Release,
    SectionPublication,
    Status,
    UnitEntry,
)
from hustings.election.spec import Election, SectionEntry
from hustings.units import NO_PAPERS, Candidate, Option, Papers, Section, Unit

# In place of a candidate, for papers that count for nobody; no candidate's id has brackets.
NOBODY = Candidate("(none)")


def with_nobody(
    votes: Mapping[Candidate, Papers], non_transferable: Papers | None
) -> Mapping[Candidate, Papers]:
    """The first preferences, and under `NOBODY` the formal papers that count for nobody, if any.

    To whoever would find out how somebody voted, these are one more answer that a paper can give.
    """
    return {**votes, NOBODY: non_transferable} if non_transferable else votes


class Standalone(Option):
    """Whether a row is one unit's own, or of several together, and why."""

    ALONE = "alone", "one unit's own figures"
    POOLED = "pooled", "units shown together, so that none gives away how somebody voted"
    NOT_HELD = "not_held", "all units whose figures were not published, as the difference"


@dataclass(frozen=True)
class UnitRow:
    """The published figures of one unit, or of the units that were pooled into one row.

    `votes` are first preferences by candidate, None where they are not known; so are
    `spoiled`, `returned` and `issued`. `non_transferable` are formal papers that count for nobody
    in round 1, None where nobody said how many. `rankings` are there only where the policy is
    `unit_rankings`.
    """

    id: str
    name: str
    units: tuple[Unit, ...]
    standing: Standalone = Standalone.ALONE
    region: str = ""
    votes: Mapping[Candidate, Papers] | None = None
    spoiled: Papers | None = None
    returned: Papers | None = None
    issued: Papers | None = None
    source: str = ""
    rankings: Mapping[Ranking, Papers] | None = None
    non_transferable: Papers | None = NO_PAPERS

    @cached_property
    def valid(self) -> Papers | None:
        """How many formal papers are known to be in the row."""
        return None if self.votes is None else Papers(sum(self.formal.values()))

    @cached_property
    def formal(self) -> Mapping[Candidate, Papers]:
        """Every formal paper that is known: by first preference, and under `NOBODY`."""
        return with_nobody(self.votes or {}, self.non_transferable)


@dataclass(frozen=True, slots=True)
class NamedBallot:
    """One elector's ballot where the poll was open: as marked, as counted, and what was found.

    `ranking` is empty for a spoiled paper, whose reason stands in `spoiled`; `findings` say
    what was passed over or cut short in a formal one.
    """

    id: str
    elector: ElectorEntry
    marks: Marks
    ranking: Ranking
    spoiled: str = ""
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionEdition:
    """What is published of one section.

    `rows` are the published rows in the order of the unit list, pools after them and the row
    of what is not held last; they sum to the section. `pooled_into` gives for each unit
    without a row of its own the id of the row that holds it. `withheld` says why the
    section's rankings are not published, and is empty where they are. `log` has each decision
    of the disclosure check, in words.
    """

    entry: SectionEntry
    publication: SectionPublication
    account: PaperAccount
    rows: tuple[UnitRow, ...] = ()
    ballots: tuple[NamedBallot, ...] = ()
    pooled_into: Mapping[Unit, str] = field(default_factory=dict)
    complete: bool = True
    withheld: str = ""
    log: tuple[str, ...] = ()

    def unit(self, unit: Unit) -> UnitEntry:
        """The unit as it is listed, or by the name that the section gives it."""
        listed = self.publication.units.get(unit)
        return listed or UnitEntry(unit, self.entry.units.get(unit, unit))

    @property
    def alone(self) -> tuple[UnitRow, ...]:
        """The rows that are one unit's own and have votes."""
        return tuple(
            row for row in self.rows if row.standing is Standalone.ALONE and row.votes is not None
        )


@dataclass(frozen=True)
class Edition:
    """All that one release publishes of one contest; it exists only where every check was passed.

    Of a section whose rankings are withheld (`SectionEdition.withheld`) the profile in
    `transcript` must not reach a reader; the rounds do.
    """

    election: Election
    transcript: Transcript
    release: Release
    sections: Mapping[Section, SectionEdition]
    claims: tuple[Claim, ...] = ()
    reconciliation: Reconciliation | None = None
    notes: tuple[str, ...] = ()

    @property
    def winner(self) -> Candidate | None:
        """Who was elected."""
        return self.transcript.winner

    def valid(self, section: Section) -> Papers | None:
        """The section's formal papers, which round 1 tells of even where rankings are withheld.

        None where the section is not counted by itself, or only percentages are known.
        """
        tally = self.transcript.rounds[0].tally
        if section not in tally.held or self.transcript.unreal(section):
            return None
        return Papers(tally.continuing(section) + tally.non_transferable[section])

    def spoiled(self, section: Section) -> Mapping[str, Papers] | None:
        """The section's spoiled papers by reason: as returned, or else as they were found.

        None where neither is known.
        """
        part = self.sections.get(section)
        if part is not None and part.account.spoiled is not None:
            return part.account.spoiled
        return self.transcript.profiles[0].spoiled.get(section)

    @property
    def ties(self) -> tuple[Tie, ...]:
        """Every tie of the count, in its order."""
        return tuple(tie for round_ in self.transcript.rounds if (tie := round_.event.tie))

    @property
    def declares(self) -> bool:
        """Whether the release says that somebody is elected; else it says who would be."""
        return self.release.status in (Status.DECLARED, Status.CORRECTED)

    @cached_property
    def headline(self) -> str:
        """Who won, in a sentence that fits how final the release is."""
        return account.headline(self.worded)

    @cached_property
    def worded(self) -> Transcript:
        """The count as it is told: as what would be, where nobody is declared elected."""
        if self.declares or self.transcript.hypothesis:
            return self.transcript
        return replace(self.transcript, hypothesis=f"{self.release.status} figures")


@dataclass(frozen=True, kw_only=True)
class SeatsEdition(Edition):
    """What one release publishes of a contest for several seats.

    `stages` are its count. Its `transcript` has the first preferences alone, in one round that
    leads to nothing: what the papers, the accounts and the disclosure check are reckoned from.
    Whatever tells of rounds or of a winner is no page of such an edition.
    """

    stages: StageTranscript

    @property
    def elected(self) -> tuple[Candidate, ...]:
        """Those elected, in the order in which they were."""
        return self.stages.elected

    @property
    def ties(self) -> tuple[Tie, ...]:
        """Every tie of the count, in its order."""
        return tuple(
            tie
            for stage in self.stages.stages
            for tie in (stage.tie, *(won.tie for won in stage.elected))
            if tie is not None
        )

    @cached_property
    def headline(self) -> str:
        """Who was elected, in a sentence that fits how final the release is."""
        return seats_account.headline(self.worded_stages)

    @cached_property
    def worded_stages(self) -> StageTranscript:
        """The stages as they are told: as what would be, where nobody is declared elected."""
        if self.declares or self.stages.hypothesis:
            return self.stages
        return replace(self.stages, hypothesis=f"{self.release.status} figures")
