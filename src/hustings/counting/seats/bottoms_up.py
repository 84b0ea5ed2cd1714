"""Several seats from the bottom up: the lowest goes until as many are left as there are seats.

No quota, no surplus: every paper counts whole for its highest candidate still standing, in a
college of weighted sections as in one body.
"""

from collections.abc import Set
from dataclasses import replace
from fractions import Fraction

from hustings.counting.av import below_minimum
from hustings.counting.look import Look
from hustings.counting.seats.rounds import as_stage
from hustings.counting.seats.stages import Act, Entitlement, SeatWon, Stage
from hustings.counting.ties import TieRules, break_tie, lowest_of
from hustings.counting.transcript import Eliminated, Round, Tally
from hustings.election.rulebook import UNDECLARED, RuleBook, Undeclared
from hustings.election.seat_rules import SeatRules, ShareOf, ShareReach
from hustings.errors import RuleError
from hustings.units import Candidate, Points


def count(
    look: Look, standing: Set[Candidate], seats: int, ties: TieRules
) -> tuple[tuple[Stage, ...], tuple[Round, ...]]:
    """A stage for each look, and the rounds behind them.

    Raises `UnbrokenTie`, and `RuleError` where nobody has the share that the rules ask for.
    """
    rounds: list[Round] = []
    stages: list[Stage] = []
    while True:
        tally = look.tally(standing, rounds)
        before = rounds[-1] if rounds else None
        stages.append(as_stage(tally, Act.FIRST_PREFERENCES, before, with_quota=False))
        if _is_last(tally, rounds, seats, look.rules):
            rounds.append(Round(tally, Eliminated(())))
            return (*stages[:-1], _with_the_rest(stages[-1])), tuple(rounds)
        event = _first(tally, look.rules, seats) or _lowest(tally, rounds, look.rules, ties)
        moved = look.transfers(standing, set(event.names), rounds)
        rounds.append(Round(tally, event, moved))
        standing, ties = standing - set(event.names), ties.after(event.tie)


def _is_last(tally: Tally, rounds: list[Round], seats: int, rules: RuleBook) -> bool:
    """Whether all who are left are elected."""
    if rules.undeclared is Undeclared.FIRST_OUT and tally.papers_of(UNDECLARED):
        return False
    of = rules.seats
    if of is None or not of.minimum_share:
        return len(tally.totals) <= seats
    part, least = _whole(tally, rounds, of) * of.minimum_share, min(tally.totals.values())
    return least > part if of.share_reach is ShareReach.MORE_THAN else least >= part


def _whole(tally: Tally, rounds: list[Round], of: SeatRules) -> Points:
    """What a share is a part of: the votes in play now, or in round 1."""
    base = rounds[0].tally if rounds and of.share_of is ShareOf.FIRST_ROUND else tally
    return base.in_play


def _first(tally: Tally, rules: RuleBook, seats: int) -> Eliminated | None:
    """The undeclared write-ins, or whoever has fewer papers than a candidate needs to go on."""
    if rules.undeclared is Undeclared.FIRST_OUT and tally.papers_of(UNDECLARED):
        return Eliminated((UNDECLARED,))
    few = below_minimum(tally, rules, seats)
    return Eliminated(few) if few else None


def _lowest(tally: Tally, rounds: list[Round], rules: RuleBook, ties: TieRules) -> Eliminated:
    if len(tally.totals) == 1 and rules.seats:
        where = f"{ties.contest}: {ties.called} {len(rounds) + 1}"
        raise RuleError(f"{where}: {_nobody(tally, rounds, rules.seats)}")
    tied = lowest_of(tally.totals, tally.totals.keys())
    if len(tied) == 1:
        return Eliminated(tuple(tied))
    earlier = [round_.tally.totals for round_ in rounds]
    tie = break_tie(tied, earlier, ties, keep=len(tied) - 1)
    return Eliminated(tie.out, tie)


def _nobody(tally: Tally, rounds: list[Round], of: SeatRules) -> str:
    """Why nobody is elected, and what to do.

    RCTab has no result either: it puts out the last one too, and breaks off in a round of nobody
    [RCTab 2.0, Tabulator.java: doRegularElimination].
    """
    ((name, votes),) = tally.totals.items()
    reach = "more than the" if of.share_reach is ShareReach.MORE_THAN else "the"
    part = Fraction(votes, _whole(tally, rounds, of))
    return (
        f"nobody has {reach} minimum_share of {of.minimum_share}: {name}, who is left alone, has "
        f"{part}: set minimum_share lower, or declare that nobody is elected"
    )


def _with_the_rest(stage: Stage) -> Stage:
    downwards = sorted(stage.votes, key=lambda name: (-stage.votes[name], name))
    won = tuple(SeatWon(name, Entitlement.AS_MANY_LEFT) for name in downwards)
    return replace(stage, elected=won)
