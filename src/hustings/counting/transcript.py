"""What happened in a count: rounds and events, complete enough to replay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from hustings.ballots.paper import Rebuilt
from hustings.ballots.profile import Earlier, Profile
from hustings.election.rulebook import Overvotes, RuleBook, TiePolicy
from hustings.election.spec import Contest
from hustings.units import NO_PAPERS, NO_POINTS, Candidate, Option, Papers, Points, Section


@dataclass(frozen=True, slots=True)
class Quota:
    """What elects: these points reached, or more than these.

    `or_half_of` are the points in play where more than half of those elects as well, and
    `papers` the quota as the rules state it, where they state it in papers.
    """

    points: Points
    or_equal: bool
    or_half_of: Points | None = None
    papers: Papers | None = None

    def reached_by(self, points: Points) -> bool:
        """Whether so many points elect."""
        if self.or_half_of is not None and points * 2 > self.or_half_of:
            return True
        return points >= self.points if self.or_equal else points > self.points


@dataclass(frozen=True)
class Tally:
    """Where every paper lies when a round is looked at, and what it is worth.

    It has no slots, so that the totals are added up once and not at every look.
    """

    held: Mapping[Section, Mapping[Candidate, Papers]]
    non_transferable: Mapping[Section, Papers]
    points: Mapping[Section, Mapping[Candidate, Points]]
    quota: Quota

    @cached_property
    def totals(self) -> dict[Candidate, Points]:
        """Each candidate's part of the college, summed unrounded over the sections."""
        totals: dict[Candidate, Points] = {}
        for points in self.points.values():
            for name, part in points.items():
                totals[name] = Points(totals.get(name, NO_POINTS) + part)
        return totals

    def papers_of(self, name: Candidate) -> Papers:
        """How many papers count for the candidate, of all sections; none for one who is out."""
        return Papers(sum(held.get(name, NO_PAPERS) for held in self.held.values()))

    @property
    def in_play(self) -> Points:
        """The part of the college that the candidates standing divide."""
        return Points(sum(self.totals.values(), start=NO_POINTS))

    def continuing(self, section: Section) -> Papers:
        """The section's papers that still name someone standing."""
        return Papers(sum(self.held[section].values()))


@dataclass(frozen=True, slots=True)
class TieStep:
    """One policy tried on a tie: the earlier round it looked at, if any, and who stayed tied."""

    policy: TiePolicy
    left: tuple[Candidate, ...]
    round: int | None = None
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie, and how it was broken: those who go out, in order, and the steps that chose them."""

    among: tuple[Candidate, ...]
    out: tuple[Candidate, ...]
    steps: tuple[TieStep, ...]


class Ground(Option):
    """Why a candidate is elected."""

    QUOTA = "quota", "has the quota"
    MOST = "most", "has the most"
    LAST_STANDING = "last_standing", "is the last one standing"


@dataclass(frozen=True, slots=True)
class Elected:
    """Who won and why; `outlasted` went in the same round and left the winner alone."""

    name: Candidate
    ground: Ground
    outlasted: tuple[Candidate, ...] = ()
    tie: Tie | None = None


@dataclass(frozen=True, slots=True)
class Eliminated:
    """Those who go, lowest first; a tie is recorded even where a rule broke it."""

    names: tuple[Candidate, ...]
    tie: Tie | None = None


Event = Elected | Eliminated


@dataclass(frozen=True, slots=True)
class Transfer:
    """Papers that pass from one who goes to the next choice; to None: non-transferable.

    With surpluses a transfer gets a value, a `Fraction`; here every paper passes whole.
    """

    section: Section
    source: Candidate
    to: Candidate | None
    papers: Papers


@dataclass(frozen=True, slots=True)
class Round:
    """One look at the papers, the one event that followed from it, and the papers it moved."""

    tally: Tally
    event: Event
    transfers: tuple[Transfer, ...] = ()


def earlier(rules: RuleBook, rounds: Sequence[Round]) -> Earlier:
    """Who stood in each of these rounds, where that decides whom a paper counts for after them.

    Only where a paper ends for good at a rank that several share: else nobody looks back.
    """
    if rules.overvotes is not Overvotes.STOP_IF_SEVERAL_CONTINUING:
        return ()
    return tuple(round_.tally.totals.keys() for round_ in rounds)


@dataclass(frozen=True, slots=True)
class Transcript:
    """Every round of a count, in order, with all that is needed to count again.

    `profiles` holds one profile, or one for each round of an exhaustive ballot.
    `hypothesis` says what was changed, where the count is of something that did not
    happen: such a count is no result.
    """

    contest: Contest
    profiles: tuple[Profile, ...]
    rounds: tuple[Round, ...]
    hypothesis: str = ""

    @property
    def winner(self) -> Candidate | None:
        """Who was elected; None before the next ballot, or where the rules stop the count first."""
        event = self.rounds[-1].event
        return event.name if isinstance(event, Elected) else None

    def unreal(self, section: Section) -> bool:
        """Whether not even the section's numbers of papers are real: only percentages are known."""
        return self.reconstructed.get(section) is Rebuilt.FROM_SHARES

    @property
    def reconstructed(self) -> dict[Section, Rebuilt]:
        """The sections whose rankings were rebuilt from published totals, and from which."""
        return {
            section: rebuilt
            for profile in self.profiles
            for section, rebuilt in profile.reconstructed.items()
        }
