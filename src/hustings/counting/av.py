"""The alternative vote, in a college of weighted sections or in one body.

In each round every paper goes to its highest candidate still standing, and each
section's papers are weighed afresh. Whoever has the quota is elected. Otherwise
the lowest is eliminated, and the papers are looked at again.
"""

from collections.abc import Sequence, Set
from dataclasses import replace

from hustings.counting.look import Look
from hustings.counting.ties import TieRules, break_tie, lowest_of
from hustings.counting.transcript import Elected, Eliminated, Event, Ground, Round, Tally
from hustings.election.rulebook import (
    UNDECLARED,
    Elimination,
    Method,
    QuotaRule,
    RuleBook,
    Stop,
    Undeclared,
)
from hustings.errors import RuleError
from hustings.units import NO_POINTS, Candidate, Points


def count(look: Look, standing: Set[Candidate], ties: TieRules) -> tuple[Round, ...]:
    """Every round until someone is elected, or until a round that has not been held."""
    rounds: list[Round] = []
    while look.was_held(len(rounds) + 1):
        tally = look.tally(standing, rounds)
        event = event_of(tally, rounds, look.rules, ties)
        if isinstance(event, Elected) or len(rounds) + 1 == look.rules.last_round:
            rounds.append(Round(tally, event))
            break
        rounds.append(Round(tally, event, look.transfers(standing, set(event.names), rounds)))
        standing, ties = standing - set(event.names), ties.after(event.tie)
    return tuple(rounds)


def event_of(tally: Tally, rounds: Sequence[Round], rules: RuleBook, ties: TieRules) -> Event:
    """What follows from a look after these rounds; raises `UnbrokenTie`.

    Raises `RuleError` where nobody has the papers that the rules want of whoever goes on.
    """
    if rules.undeclared is Undeclared.FIRST_OUT and tally.papers_of(UNDECLARED):
        return Eliminated((UNDECLARED,))
    return _elected(tally, rules) or _eliminated(tally, rounds, rules, ties)


def _elected(tally: Tally, rules: RuleBook) -> Elected | None:
    """Whoever has the quota, once the rules let the count stop."""
    totals = tally.totals
    if len(totals) == 1:
        return Elected(next(iter(totals)), _ground_of_the_last(tally))
    if rules.stop is Stop.ONE_LEFT or (rules.stop is Stop.TWO_LEFT and len(totals) > 2):
        return None
    reached = (
        name
        for name, points in totals.items()
        if tally.quota.reached_by(points) and tally.papers_of(name) >= rules.minimum_papers
    )
    return next((Elected(name, Ground.QUOTA) for name in reached), None)


def _ground_of_the_last(tally: Tally) -> Ground:
    (points,) = tally.totals.values()
    return Ground.QUOTA if tally.quota.reached_by(points) else Ground.LAST_STANDING


def _eliminated(tally: Tally, rounds: Sequence[Round], rules: RuleBook, ties: TieRules) -> Event:
    """The lowest alone, or as many as must all go in the end.

    Under a quota that does not fall, whoever is then alone is elected without
    another look: no further transfer is made [Scottish Order 2007, Schedule 1,
    rule 52; Electoral Act 1992 (Ireland), section 124]. Nor is a ballot held
    with one name on it.
    """
    two = len(tally.totals) == 2
    out, tie = below_minimum(tally, rules, 1) or _batch(tally, rules), None
    if not out:
        tied = lowest_of(tally.totals, tally.totals.keys())
        if len(tied) > 1:
            earlier = [round_.tally.totals for round_ in rounds]
            of_two = replace(ties, last_two=two and rules.stop is not Stop.ONE_LEFT)
            tie = break_tie(tied, earlier, of_two, keep=len(tied) - 1)
        out = tie.out if tie else tuple(tied)
    left = tally.totals.keys() - set(out)
    if len(left) == 1 and _needs_no_more_looks(rules, two=two):
        return Elected(left.pop(), Ground.LAST_STANDING, out, tie)
    return Eliminated(out, tie)


def _needs_no_more_looks(rules: RuleBook, *, two: bool) -> bool:
    """Whether the one who is left alone is elected at once, of two or of more."""
    if rules.quota is QuotaRule.HALF_FIRST_ROUND:
        return two or rules.method is Method.EXHAUSTIVE
    return (
        rules.quota is not QuotaRule.HALF_IN_PLAY
        or rules.method is Method.EXHAUSTIVE
        or (two and rules.stop in (Stop.LARGER_OF_TWO, Stop.TWO_LEFT))
    )


def below_minimum(tally: Tally, rules: RuleBook, seats: int) -> tuple[Candidate, ...]:
    """Whoever has fewer papers than a candidate needs to go on, the fewest first.

    Raises `RuleError` where fewer would be left than there are seats.
    """
    papers = {name: tally.papers_of(name) for name in tally.totals}
    few = [name for name in papers if papers[name] < rules.minimum_papers]
    if few and len(papers) - len(few) < seats:
        raise RuleError(
            f"{len(papers) - len(few)} have the {rules.minimum_papers} papers that a candidate "
            "needs to go on: set minimum_papers lower, or declare that a seat is not filled"
        )
    return tuple(sorted(few, key=lambda name: (papers[name], name)))


def _batch(tally: Tally, rules: RuleBook) -> tuple[Candidate, ...]:
    """The most of the lowest that together have less than the next, and leave two.

    Under a quota of round 1, which nobody need reach, they may leave one [RCTab 2.0,
    Tabulator.java: runBatchElimination]. Those level within the batch are no tie: all of
    them go, whichever would be first.

    Safe even where sections are weighed afresh: if x papers of a section drop out,
    the group's lead over the next cannot grow, for with v its papers, w the next's
    and T the papers in play, (v - x - w) / (T - x) <= (v - w) / T.
    """
    if rules.eliminate is not Elimination.BATCH_SAFE or rules.stop is Stop.ONE_LEFT:
        return ()
    one = rules.quota is QuotaRule.HALF_FIRST_ROUND and rules.stop is Stop.LARGER_OF_TWO
    upwards = sorted(tally.totals.items(), key=lambda item: (item[1], item[0]))
    together, safe = NO_POINTS, 0
    for place, (_, points) in enumerate(upwards[: -1 if one else -2]):
        together = Points(together + points)
        if together < upwards[place + 1][1]:
            safe = place + 1
    return tuple(name for name, _ in upwards[:safe])
