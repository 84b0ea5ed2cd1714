"""What happened in a count for several seats: stages, complete enough to replay.

A round of a count for one seat says where the papers lie and what follows. A stage says what
was done, by whom papers passed on and at what value, and how the votes stand after it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from hustings.ballots.profile import Profile
from hustings.counting.transcript import Tie
from hustings.election.spec import Contest
from hustings.units import Candidate, Option, Papers, Section, Votes


class Act(Option):
    """What a stage did."""

    FIRST_PREFERENCES = "first_preferences", "the first preferences were counted"
    SURPLUS = "surplus", "a surplus was transferred"
    EXCLUSION = "exclusion", "the papers of those excluded passed on"
    NEXT_SEAT = "next_seat", "the papers were counted anew for the next seat"


class Entitlement(Option):
    """Why a candidate is elected to one of several seats."""

    QUOTA = "quota", "the quota is reached"
    ACTIVE_SHARE = (
        "active_share",
        "that is a full part of the votes still active for each seat left",
    )
    LARGER_OF_TWO = "larger_of_two", "that is more than the only other who continues has"
    AS_MANY_AS_ALL = "as_many_as_all", "all the others and every surplus together have no more"
    AS_MANY_LEFT = "as_many_left", "no more continue than seats are left"


@dataclass(frozen=True, slots=True)
class Parcel:
    """Papers of one value that passed together from one candidate to another; to None, to nobody.

    Each was worth `was` to whoever gave it, where all were worth the same, and is worth `value`
    from now on; `votes` were credited for them: less than papers times value where digits are
    dropped.
    """

    source: Candidate
    to: Candidate | None
    papers: Papers
    was: Fraction | None
    value: Fraction
    votes: Votes


@dataclass(frozen=True, slots=True)
class SeatWon:
    """Who was elected, why, and the tie that was broken for it, if any."""

    name: Candidate
    ground: Entitlement
    tie: Tie | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """What was done, how the votes stand after it, and who is elected in consequence.

    `names` are those whose surplus or papers passed on, and `excluded` those who left the
    count in this stage; `votes` has everyone, whoever is out with what is left. `non_transferable`
    and `lost` are all that has gone so far: to nobody, and by digits that were dropped. Votes
    are papers, or parts of the college where sections are weighed; `held` has the papers of
    each section then. `keep` are the parts that elected candidates keep of each paper, in
    Meek's method.
    """

    act: Act
    names: tuple[Candidate, ...]
    votes: Mapping[Candidate, Votes]
    quota: Votes | None
    non_transferable: Votes
    lost: Votes
    excluded: tuple[Candidate, ...] = ()
    parcels: tuple[Parcel, ...] = ()
    elected: tuple[SeatWon, ...] = ()
    tie: Tie | None = None
    held: Mapping[Section, Mapping[Candidate, Papers]] = field(default_factory=dict)
    keep: Mapping[Candidate, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StageTranscript:
    """Every stage of a count for several seats, with all that is needed to count again.

    `hypothesis` says what was changed, where the count is of something that did not
    happen: such a count is no result.
    """

    contest: Contest
    profile: Profile
    stages: tuple[Stage, ...]
    hypothesis: str = ""

    @property
    def elected(self) -> tuple[Candidate, ...]:
        """Those elected, in the order in which they were."""
        return tuple(won.name for stage in self.stages for won in stage.elected)
