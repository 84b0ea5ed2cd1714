"""Local meetings: whom they backed and by what method; what such a sample can say and cannot."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from hustings.nominations.entry import Entry, Figures, Together
from hustings.units import HALF, Candidate, Option, Section

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
    """How many units of a section nominated each candidate; nothing is known of their votes.

    `nominators` says which kind of nominators these units are, where the race has several.
    """

    KIND: ClassVar[str] = "branch_nominations"

    nominators: str = ""
    counts: Mapping[Candidate, int]


class Selection(Option):
    """What is known of how a run-off came to be held, and so what it can tell."""

    CLOSE = "close", "nobody had half of the first vote: only such meetings hold a run-off"
    NOT_NEEDED = "not_needed", "somebody had more than half, and a run-off was held all the same"
    FIRST_VOTE_UNKNOWN = "first_vote_unknown", "the first vote is not known: how close is not said"


@dataclass(frozen=True, slots=True)
class Judged:
    """A run-off beside the first vote of the same meeting, where that is known.

    `lead` is by how much the first of the pair led the second in it, as a part of 1.
    """

    run_off: RunOff
    selection: Selection
    lead: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """What the meetings come to: how many by which method, their votes, the run-offs.

    `methods` counts the meetings of which a row is held; `pooled` are meetings known by their
    total alone, of which no source says who used which method. `votes` are the first votes by
    whoever they were given to, as nearly as printed percentages tell, `cast` their number.
    """

    methods: Mapping[MeetingMethod, int]
    pooled: int
    votes: Mapping[Together, Fraction]
    cast: int
    run_offs: tuple[Judged, ...]

    @property
    def meetings(self) -> int:
        """How many meetings there are altogether."""
        return sum(self.methods.values()) + self.pooled

    @property
    def close_by_selection(self) -> int:
        """How many run-offs were held because the first vote was close, or may have been."""
        return sum(
            judged.run_off.meetings
            for judged in self.run_offs
            if judged.selection is not Selection.NOT_NEEDED
        )

    @property
    def without_run_off(self) -> int:
        """How many meetings have a row and no run-off: what makes the others no selection."""
        return sum(self.methods.values()) - sum(1 for each in self.run_offs if each.run_off.unit)


def sample(entries: Iterable[Entry], section: Section | None = None) -> Sample:
    """Gather what a section's meetings, pools and run-offs say."""
    of_it = [entry for entry in entries if section in (None, entry.section)]
    meetings = [entry for entry in of_it if isinstance(entry, Meeting)]
    pools = [entry for entry in of_it if isinstance(entry, MeetingPool)]
    methods = Counter(meeting.method for meeting in meetings)
    votes: dict[Together, Fraction] = {}
    for entry in (*meetings, *pools):
        for who, count in entry.counts().items():
            votes[who] = votes.get(who, Fraction(0)) + count
    return Sample(
        {method: methods[method] for method in MeetingMethod if methods[method]},
        sum(pool.meetings or 0 for pool in pools),
        votes,
        sum(entry.n or 0 for entry in (*meetings, *pools)),
        tuple(judge(entry, meetings) for entry in of_it if isinstance(entry, RunOff)),
    )


def judge(run_off: RunOff, meetings: Iterable[Meeting]) -> Judged:
    """How the run-off came to be held, from the first vote of the same unit's meeting.

    A meeting holds one only where nobody has half, so that run-offs tell of close races and
    not of all; with the first votes of every meeting in hand, those without a run-off too,
    that selection does no harm (Rubin, Inference and missing data, Biometrika 63, 1976).
    """
    own = [m for m in meetings if m.unit and (m.section, m.unit) == (run_off.section, run_off.unit)]
    if not own:
        return Judged(run_off, Selection.FIRST_VOTE_UNKNOWN)
    shares = own[-1].shares
    decided = any(share > HALF for who, share in shares.items() if len(who) == 1)
    one, other = (shares.get((name,), Fraction(0)) for name in run_off.pair)
    return Judged(run_off, Selection.NOT_NEEDED if decided else Selection.CLOSE, one - other)
