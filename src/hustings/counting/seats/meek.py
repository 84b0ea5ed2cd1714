"""Several seats by Meek's method, as the Proportional Representation Foundation states it.

Each elected candidate keeps of every paper the part that makes up the quota, and the rest of
the paper counts for whoever comes next on it. All papers are looked at again until the parts
fit, so that a paper counts alike whoever was elected first [Hill, Wichmann and Woodall 1987,
algorithm 123; https://prfound.org/resources/reference/reference-meek-rule/, whose steps are
named beside the lines].
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

from hustings.ballots.profile import Ranking
from hustings.counting.seats.stages import Act, Entitlement, SeatWon, Stage
from hustings.counting.ties import TieRules, break_tie
from hustings.counting.transcript import Tie
from hustings.election.rulebook import RuleBook
from hustings.errors import RuleError
from hustings.units import Candidate, Papers, Votes


def count(
    papers: Mapping[Ranking, Papers],
    standing: Set[Candidate],
    seats: int,
    rules: RuleBook,
    ties: TieRules,
) -> tuple[Stage, ...]:
    """Every stage until all seats are filled: one for each election or exclusion.

    Raises `RuleError` where the book gives no number of digits, `UnbrokenTie` for a tie left to
    a person.
    """
    assert rules.seats is not None
    if not rules.seats.value_places:
        raise RuleError(
            f"{rules.name}: Meek's method comes ever nearer to its end: value_places must say "
            "with how many digits, such as 9"
        )
    counting = _Counting(papers, standing, seats, rules.seats.value_places, ties)
    while not counting.complete:
        if not counting.elect():
            counting.defeat_the_lowest()
    counting.fill()
    return tuple(counting.stages)


@dataclass(frozen=True, slots=True)
class _Look:
    """The votes with these parts kept, in units of the last digit, and the quota that follows."""

    votes: Mapping[Candidate, int]
    quota: int
    surplus: int


@dataclass(slots=True)
class _Counting:
    """A count on its way. Numbers are whole: so many units of the last digit."""

    papers: Mapping[Ranking, Papers]
    standing: Set[Candidate]
    seats: int
    places: int
    ties: TieRules
    hopeful: set[Candidate] = field(init=False)
    keep: dict[Candidate, int] = field(init=False)
    elected: list[Candidate] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    # Whoever left the count since the last stage, and the tie that was broken for it.
    out: tuple[Candidate, ...] = ()
    tie: Tie | None = None

    def __post_init__(self) -> None:
        """Everyone keeps all of each paper at first [step A]."""
        self.hopeful = set(self.standing)
        self.keep = dict.fromkeys(sorted(self.standing), self.unit)

    @property
    def unit(self) -> int:
        """One vote."""
        return int(10**self.places)

    @property
    def complete(self) -> bool:
        """Whether all seats are filled, or as many are left as there are seats [step B.1]."""
        left = self.seats - len(self.elected)
        return not left or len(self.hopeful) <= left

    def elect(self) -> bool:
        """Look until someone is elected, which is noted, or the parts kept fit [step B.2]."""
        before: int | None = None
        while True:
            look = self._look()
            won = [name for name in self.hopeful if look.votes[name] >= look.quota]
            if won:
                self._elect(look, won)
                return True
            # [B.2.e] omega is 10**-6 where there are 9 digits.
            fits = look.surplus * 10 ** ((2 * self.places + 2) // 3) < self.unit
            if fits or (before is not None and look.surplus >= before):
                return False
            before = look.surplus
            self._keep_less(look)

    def defeat_the_lowest(self) -> None:
        """Put the lowest out; within the surplus of the lowest all are level [step B.3]."""
        look = self._look()
        least = min(look.votes[name] for name in self.hopeful)
        tied = {name for name in self.hopeful if look.votes[name] <= least + look.surplus}
        self._note(look, ())
        out = tied
        if len(tied) > 1:
            earlier = [stage.votes for stage in self.stages]
            self.tie = break_tie(tied, earlier, self.ties, keep=len(tied) - 1)
            out = set(self.tie.out)
        self.out = tuple(out)
        self.hopeful -= out
        for name in out:
            self.keep[name] = 0

    def fill(self) -> None:
        """Whoever is still hopeful takes a seat that is left [step C]."""
        if len(self.elected) == self.seats:
            return
        look = self._look()
        left = sorted(self.hopeful, key=lambda name: (-look.votes[name], name))
        self._note(look, tuple(SeatWon(name, Entitlement.AS_MANY_LEFT) for name in left))
        self.elected += left
        self.hopeful.clear()

    def _look(self) -> _Look:
        """Give every paper out by the parts kept, each rounded up [steps B.2.a, b and d]."""
        votes = dict.fromkeys(self.keep, 0)
        for ranking, papers in self.papers.items():
            weight = self.unit
            for name in ranking:
                if not weight:
                    break
                kept = self._up(weight * self.keep.get(name, 0), self.unit)
                if kept:
                    votes[name] += kept * papers
                    weight -= kept
        quota = floor(Fraction(sum(votes.values()), self.seats + 1)) + 1
        surplus = max(0, sum(votes[name] - quota for name in self.elected))
        return _Look(votes, quota, surplus)

    def _keep_less(self, look: _Look) -> None:
        """Each elected candidate keeps what makes up the quota, rounded up [step B.2.f]."""
        for name in self.elected:
            part = self._up(self.keep[name] * look.quota, self.unit)
            self.keep[name] = min(self.unit, self._up(part * self.unit, look.votes[name]))

    def _elect(self, look: _Look, won: Sequence[Candidate]) -> None:
        downwards = sorted(won, key=lambda name: (-look.votes[name], name))
        grounds = tuple(SeatWon(name, Entitlement.QUOTA) for name in downwards)
        self._note(look, grounds)
        self.elected += downwards
        self.hopeful -= set(downwards)

    def _note(self, look: _Look, won: tuple[SeatWon, ...]) -> None:
        act = Act.EXCLUSION if self.out else Act.SURPLUS
        if not self.stages:
            act = Act.FIRST_PREFERENCES
        whole = sum(self.papers.values()) * self.unit
        self.stages.append(
            Stage(
                act,
                self.out or (tuple(self.elected) if act is Act.SURPLUS else ()),
                {name: self._votes(number) for name, number in look.votes.items()},
                self._votes(look.quota),
                self._votes(whole - sum(look.votes.values())),
                self._votes(0),
                self.out,
                (),
                won,
                self.tie,
                keep={name: Fraction(part, self.unit) for name, part in self.keep.items()},
            )
        )
        self.out, self.tie = (), None

    def _votes(self, number: int) -> Votes:
        return Votes(Fraction(number, self.unit))

    @staticmethod
    def _up(number: int, by: int) -> int:
        return ceil(Fraction(number, by))
