"""Every winner that some lot could give: whether a draw can matter, and to whom.

Count-backs break a tie as the rules say; only where they leave it to a lot or to a seed is each
of the tied tried. In an alternative vote what follows depends on who is left standing alone,
unless the rules look back: so every set of those left is looked at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import permutations

from hustings.ballots.profile import Profile
from hustings.counting import av, engine
from hustings.counting.look import Look
from hustings.counting.ties import TieRules
from hustings.counting.transcript import Elected, Event, Round, Tally
from hustings.election.rulebook import Method, Overvotes, TiePolicy
from hustings.election.spec import Contest, Decisions
from hustings.errors import InputError, RuleError, UnbrokenTie
from hustings.units import Candidate

DRAWN = (TiePolicy.LOT, TiePolicy.SEED, TiePolicy.RCTAB_DRAW)
# More different ways through the count than these are not followed.
MOST_STATES = 10_000


@dataclass(frozen=True, slots=True)
class Draw:
    """A tie that comes to a lot: in which round, and between whom; each way there has its own."""

    round: int
    among: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Possible:
    """Who could win, and the draws that could come up, in order of the rounds."""

    winners: tuple[Candidate, ...]
    draws: tuple[Draw, ...]


def possible_winners(
    contest: Contest, profiles: Sequence[Profile], most_states: int = MOST_STATES
) -> Possible:
    """Everybody whom some order of a lot would elect, and the draws on the ways there.

    A lot that is written down already is left aside. Raises `InputError` where there are more
    than so many ways to follow, or where the contest fills several seats, and what counting
    raises.
    """
    if contest.rules.method not in engine.METHODS:
        raise InputError(
            f"{contest.id}: {contest.rules.name} fills several seats: what a lot could give is "
            "known for one seat only as yet"
        )
    if contest.seats > 1:
        raise InputError(
            f"{contest.id}: {contest.seats} seats are to be filled: what a lot could give is known "
            "for one seat only as yet"
        )
    policies = (*(p for p in contest.rules.ties if p not in DRAWN), TiePolicy.LOT)
    asked = replace(contest, decisions=Decisions(), rules=replace(contest.rules, ties=policies))
    engine.require_papers(asked, profiles)
    if asked.rules.method is Method.ALTERNATIVE_VOTE:
        return _Following(asked, profiles, most_states).all_ways()
    return _of_one_tie(asked, profiles)


class _Following:
    """The ways through an alternative vote, each state once."""

    def __init__(self, contest: Contest, profiles: Sequence[Profile], most_states: int) -> None:
        counted = tuple(engine.as_counted(profile, contest) for profile in profiles)
        self.look = Look(contest.id, counted, contest.college, contest.rules)
        self.contest, self.most_states = contest, most_states
        ends = contest.rules.overvotes is Overvotes.STOP_IF_SEVERAL_CONTINUING
        self.looks_back = len(contest.rules.ties) > 1 or ends
        self.seen: set[object] = set()
        self.winners: set[Candidate] = set()
        self.draws: set[Draw] = set()

    def all_ways(self) -> Possible:
        """Follow every way, and say who wins on some."""
        todo: list[tuple[frozenset[Candidate], tuple[Round, ...]]] = [(self.contest.standing, ())]
        while todo:
            standing, rounds = todo.pop()
            for event, tally in self._events(standing, rounds):
                if isinstance(event, Elected):
                    self.winners.add(event.name)
                    continue
                left = standing - set(event.names)
                if self._is_new(left, (*rounds, Round(tally, event))):
                    todo.append((left, (*rounds, Round(tally, event))))
        draws = sorted(self.draws, key=lambda draw: (draw.round, draw.among))
        return Possible(tuple(sorted(self.winners)), tuple(draws))

    def _is_new(self, left: frozenset[Candidate], rounds: tuple[Round, ...]) -> bool:
        gone = tuple(getattr(round_.event, "names", ()) for round_ in rounds)
        state = (left, gone) if self.looks_back else left
        if state in self.seen:
            return False
        self.seen.add(state)
        if len(self.seen) > self.most_states:
            raise InputError(
                f"{self.contest.id}: a lot could lead more than {self.most_states:,} ways: too "
                "many to follow; let the rules look back before they draw, or draw the lot"
            )
        return True

    def _events(
        self, standing: frozenset[Candidate], rounds: tuple[Round, ...]
    ) -> list[tuple[Event, Tally]]:
        tally = self.look.tally(standing, rounds)
        rules = self.look.rules
        try:
            return [(av.event_of(tally, rounds, rules, self._drawn(())), tally)]
        except UnbrokenTie as tie:
            tied = tuple(map(Candidate, tie.tied))
        self.draws.add(Draw(len(rounds) + 1, tied))
        return [
            (av.event_of(tally, rounds, rules, self._drawn((first, *tied))), tally)
            for first in tied
        ]

    def _drawn(self, lot: tuple[Candidate, ...]) -> TieRules:
        drawn = Decisions(lot=tuple(dict.fromkeys(lot)))
        return TieRules(self.contest.id, self.contest.rules.ties, drawn)


# More orders of those level than these are not tried.
MOST_LEVEL = 6


def _of_one_tie(contest: Contest, profiles: Sequence[Profile]) -> Possible:
    """Methods that draw at most once, for who is elected: each order of those level."""
    try:
        winner = engine.count(contest, profiles).winner
    except UnbrokenTie as tie:
        tied = tuple(map(Candidate, tie.tied))
    else:
        return Possible((winner,) if winner else (), ())
    if contest.rules.method is Method.EXHAUSTIVE:
        raise RuleError(
            f"{contest.id}: {', '.join(tied)} are tied: who would vote for whom in the next ballot "
            "nobody knows"
        )
    if len(tied) > MOST_LEVEL:
        raise InputError(
            f"{contest.id}: {len(tied)} candidates are level: too many orders of a lot to follow"
        )
    level = tied if len(contest.standing) > MOST_LEVEL else tuple(sorted(contest.standing))
    others = tuple(sorted(contest.standing - set(level)))
    winners = set[Candidate]()
    for order in permutations(level):
        drawn = replace(contest, decisions=Decisions(lot=(*others, *order)))
        counted = engine.count(drawn, profiles)
        winners |= {counted.winner} if counted.winner else set()
        number = len(counted.rounds)
    return Possible(tuple(sorted(winners)), (Draw(number, tied),))
