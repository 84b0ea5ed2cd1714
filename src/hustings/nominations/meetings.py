"""Local meetings: whom they backed and by what method; what such a sample can say and cannot."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from hustings.nominations.entry import Entry, Figures
from hustings.units import Candidate, Option

Pair = tuple[Candidate, Candidate]


class MeetingMethod(Option):
    """How a local meeting chose whom to nominate."""

    FIRST_PAST_THE_POST = "first_past_the_post", "one vote each, and the most votes win"
    RUN_OFF = "run_off", "a first vote, then one more between the two who led"
    ELIMINATING = "eliminating", "votes until one has more than half; the lowest goes each time"
    UNKNOWN = "unknown", "the source does not say"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting(Figures):
    """One unit's meeting: `shares` are of its first vote, `n` how many voted there.

    `backed` is whom it nominated, None where the source does not say.
    """

    KIND: ClassVar[str] = "meeting"

    method: MeetingMethod = MeetingMethod.UNKNOWN
    backed: Candidate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPool(Figures):
    """The first votes of several meetings added up, where their own figures are not known."""

    KIND: ClassVar[str] = "meeting_pool"

    meetings: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOff(Entry):
    """What the supporters of those who went did between the two who were left.

    `gained` are the votes that each of the pair gained in it; `n` is their sum. `unit` is set
    where it is one meeting's: its first vote then is that unit's `Meeting`, and `eliminated`
    are those who had gone. Otherwise it is the total of `meetings` run-offs, of which
    each of the pair gained most in `won`, and `tied` gave both as many.
    """

    KIND: ClassVar[str] = "runoff"

    pair: Pair
    gained: tuple[int, int]
    eliminated: tuple[Candidate, ...] = ()
    meetings: int = 1
    won: tuple[int, int] | None = None
    tied: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchNominations(Entry):
    """How many units of a section nominated each candidate; nothing is known of their votes."""

    KIND: ClassVar[str] = "branch_nominations"

    counts: Mapping[Candidate, int]
