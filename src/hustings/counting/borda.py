"""Points by place: what each preference gives, summed over the papers [Borda 1781].

Nobody is elected by it here: it is a report. Those who share a rank take the next places
together, and each has the mean of what these places give.
"""

from collections.abc import Iterable, Sequence, Set
from fractions import Fraction

from hustings.ballots import shared
from hustings.ballots.profile import Profile
from hustings.election.college import College
from hustings.units import Candidate, Option


class Borda(Option):
    """How many points a preference gives by a Borda count, where n candidates stand."""

    CLASSIC = "classic", "n - 1 for the first, n - 2 for the next, and nothing if not ranked"
    AVERAGED = "averaged", "n - 1, n - 2, and so on; those not ranked share what is left alike"
    MODIFIED = "modified", "as many for the first as the paper ranks, one less for each next"
    DOWDALL = "dowdall", "1 for the first, 1/2 for the second, 1/3 for the third, and so on"


def borda(
    profile: Profile, standing: Set[Candidate], college: College, variant: Borda
) -> dict[Candidate, Fraction]:
    """Each candidate's points by a Borda count.

    In one body they are the sum over its papers; in a college, of each section's mean points
    times its weight.
    """
    totals = dict.fromkeys(sorted(standing), Fraction(0))
    one_body = len(college.weights) == 1
    for section, weight in college.weights.items():
        rankings = profile.papers[section]
        cast = sum(rankings.values())
        part = Fraction(1) if one_body else Fraction(weight, cast or 1)
        for ranking, papers in rankings.items():
            for name, points in _points(_ranks(ranking, standing), totals, variant).items():
                totals[name] += part * papers * points
    return totals


def _ranks(ranking: Iterable[Candidate], standing: Set[Candidate]) -> list[tuple[Candidate, ...]]:
    """Who of those standing has each rank; each name at its highest."""
    left = set(standing)
    ranks = []
    for entry in ranking:
        rank = tuple(name for name in shared.members(entry) if name in left)
        left.difference_update(rank)
        ranks.append(rank)
    return [rank for rank in ranks if rank]


def _points(
    ranks: Sequence[tuple[Candidate, ...]], standing: Iterable[Candidate], variant: Borda
) -> dict[Candidate, Fraction]:
    """What one paper gives to each: the mean of the places that a rank takes."""
    names = [*standing]
    ranked = sum(map(len, ranks))
    most = ranked if variant is Borda.MODIFIED else len(names) - 1
    given: dict[Candidate, Fraction] = {}
    for rank in ranks:
        places = range(len(given), len(given) + len(rank))
        if variant is Borda.DOWDALL:
            worth = sum((Fraction(1, place + 1) for place in places), Fraction(0))
        else:
            worth = Fraction(sum(most - place for place in places))
        given |= dict.fromkeys(rank, Fraction(worth, len(rank)))
    if variant is Borda.AVERAGED:
        others = [name for name in names if name not in given]
        given |= dict.fromkeys(others, Fraction(len(others) - 1, 2))
    return given
