"""First past the post: one look, and whoever has the most is elected."""

from collections.abc import Set

from hustings.counting.look import Look
from hustings.counting.ties import Earlier, TieRules, break_tie
from hustings.counting.transcript import Elected, Ground, Round, Tally
from hustings.units import Candidate


def count(look: Look, standing: Set[Candidate], ties: TieRules) -> tuple[Round, ...]:
    """The one round."""
    tally = look.tally(standing, [])
    return (Round(tally, most(tally, [], ties)),)


def most(tally: Tally, earlier: Earlier, ties: TieRules) -> Elected:
    """Whoever has the most; of several level, the one the rules for ties leave standing."""
    totals = tally.totals
    best = max(totals.values())
    level = {name for name, points in totals.items() if points == best}
    if len(level) == 1:
        return Elected(level.pop(), Ground.MOST)
    tie = break_tie(level, earlier, ties, keep=1)
    (left,) = level - set(tie.out)
    return Elected(left, Ground.MOST, tie=tie)
