"""The contingent vote: if nobody has the quota, the top two alone, and every preference counts.

All but the two with the most first preferences go at once; each paper then counts for whichever
of the two it ranks higher, and whoever has the most is elected. The supplementary vote is the
same with two preferences on a paper. Queensland counted so from 1892 to 1942.
"""

from collections.abc import Set

from hustings.counting import supplementary
from hustings.counting.look import Look
from hustings.counting.ties import TieRules
from hustings.counting.transcript import Round
from hustings.units import Candidate


def count(look: Look, standing: Set[Candidate], ties: TieRules) -> tuple[Round, ...]:
    """One round if someone has the quota or only two stand, else two."""
    return supplementary.count(look, standing, ties)
