"""The supplementary vote: two choices, and if nobody passes half, the top two alone.

All but the two with the most first choices go at once. A paper whose first choice
went passes to its second choice if that one is still standing; whoever then has
the most is elected, even with less than half of the papers cast.
"""

from collections.abc import Set

from hustings.counting import first_past_the_post
from hustings.counting.look import Look
from hustings.counting.ties import TieRules
from hustings.counting.transcript import Elected, Eliminated, Ground, Round, Tally
from hustings.units import Candidate


def count(look: Look, standing: Set[Candidate], ties: TieRules) -> tuple[Round, ...]:
    """One round if someone has the quota or only two stand, else two."""
    first = look.tally(standing, [])
    for name, points in first.totals.items():
        if first.quota.reached_by(points):
            return (Round(first, Elected(name, Ground.QUOTA)),)
    if len(standing) <= 2:
        return (Round(first, first_past_the_post.most(first, [], ties)),)
    out = _all_but_the_top_two(first)
    if not out.names:
        return (Round(first, first_past_the_post.most(first, [], ties)),)
    opening = Round(first, out, look.transfers(standing, set(out.names)))
    second = look.tally(standing - set(out.names), [opening])
    return opening, Round(second, first_past_the_post.most(second, [first.totals], ties))


def _all_but_the_top_two(tally: Tally) -> Eliminated:
    """Those below the second place, lowest first; whoever is level with it stays.

    "By reason of an equality of first preference votes, three or more candidates are
    qualified to remain [...] all of them remain in the contest" [Greater London
    Authority Act 1999, Schedule 2, paragraph 4(3)].
    """
    totals = tally.totals
    upwards = sorted(totals, key=lambda name: (totals[name], name))
    second = totals[upwards[-2]]
    return Eliminated(tuple(name for name in upwards if totals[name] < second))
