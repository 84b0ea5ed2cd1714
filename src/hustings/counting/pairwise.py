"""Every candidate against every other, and what the methods named after Condorcet make of it.

In each pair a paper counts for whichever of the two it ranks higher; one that ranks neither
counts for nobody. In a college each section is weighed on the papers that say something of the
pair, as it would be if only those two stood. None of this elects anybody: it is a report.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, groupby, permutations, product

from hustings.ballots import shared
from hustings.ballots.profile import Profile
from hustings.election.college import College
from hustings.election.rulebook import Denominator, EmptySection
from hustings.errors import InputError, RuleError
from hustings.units import Candidate, Option, Papers, Section

Pair = tuple[Candidate, Candidate]
# More orders of pairs of one strength than these are not tried.
MOST_ORDERS = 5_040


class Strength(Option):
    """How strong a win in a pair is."""

    MARGINS = "margins", "by how much the winner of the pair is ahead"
    WINNING_VOTES = "winning_votes", "how much the winner of the pair has"


class Borda(Option):
    """How many points a preference gives by a Borda count, where n candidates stand."""

    CLASSIC = "classic", "n - 1 for the first, n - 2 for the next, and nothing if not ranked"
    AVERAGED = "averaged", "n - 1, n - 2, and so on; those not ranked share what is left alike"
    MODIFIED = "modified", "as many for the first as the paper ranks, one less for each next"
    DOWDALL = "dowdall", "1 for the first, 1/2 for the second, 1/3 for the third, and so on"


@dataclass(frozen=True, slots=True)
class Pairwise:
    """The candidates, and for each ordered pair what the first has against the second.

    `papers` are those of each section, `votes` what counts: papers in one body, parts of the
    college where sections are weighed.
    """

    candidates: tuple[Candidate, ...]
    papers: Mapping[Section, Mapping[Pair, Papers]]
    votes: Mapping[Pair, Fraction]

    def beats(self, one: Candidate, other: Candidate) -> bool:
        """Whether the one has more against the other than the other against the one."""
        return self.votes[one, other] > self.votes[other, one]

    def margin(self, one: Candidate, other: Candidate) -> Fraction:
        """By how much the one is ahead of the other; below 0, where behind."""
        return self.votes[one, other] - self.votes[other, one]

    @property
    def winner(self) -> Candidate | None:
        """The Condorcet winner, who beats every other; None where nobody does."""
        found = (n for n in self.candidates if all(self.beats(n, o) for o in self._others(n)))
        return next(found, None)

    @property
    def loser(self) -> Candidate | None:
        """The Condorcet loser, whom every other beats; None where there is none."""
        found = (n for n in self.candidates if all(self.beats(o, n) for o in self._others(n)))
        return next(found, None)

    def _others(self, name: Candidate) -> Iterator[Candidate]:
        return (other for other in self.candidates if other != name)


def compare(
    profile: Profile,
    standing: Set[Candidate],
    college: College,
    empty_section: EmptySection = EmptySection.NO_POINTS,
) -> Pairwise:
    """Every pair of those standing, over the sections of the college.

    Raises `InputError` where a section's rankings are reconstructed and so prove nothing, and
    `RuleError` where a section says nothing of a pair and the rules refuse that.
    """
    if profile.reconstructed:
        raise InputError(
            f"{', '.join(profile.reconstructed)}: the rankings are reconstructed from published "
            "totals, which do not say who would beat whom"
        )
    candidates = tuple(sorted(standing))
    papers = {
        section: dict(_preferring(profile.papers[section], candidates))
        for section in college.weights
    }
    return Pairwise(candidates, papers, _weighed(papers, candidates, college, empty_section))


def _weighed(
    papers: Mapping[Section, Mapping[Pair, Papers]],
    candidates: Sequence[Candidate],
    college: College,
    empty_section: EmptySection,
) -> dict[Pair, Fraction]:
    """What each has against each other: papers in one body, parts of the college in several."""
    votes: dict[Pair, Fraction] = {}
    for one, other in combinations(candidates, 2):
        held = {
            section: {one: part[one, other], other: part[other, one]}
            for section, part in papers.items()
        }
        if len(held) == 1:
            (alone,) = held.values()
            votes[one, other], votes[other, one] = Fraction(alone[one]), Fraction(alone[other])
            continue
        points = college.points(held, None, Denominator.CONTINUING, empty_section)
        for name, against in ((one, other), (other, one)):
            votes[name, against] = sum((part[name] for part in points.values()), Fraction(0))
    return votes


def _preferring(
    rankings: Mapping[tuple[Candidate, ...], Papers], candidates: Sequence[Candidate]
) -> Mapping[Pair, Papers]:
    """For each ordered pair, the papers that rank the first above the second, or alone.

    Of two who share a rank neither is above the other.
    """
    preferring: Counter[Pair] = Counter()
    for ranking, papers in rankings.items():
        below = set(candidates)
        for entry in ranking:
            ranked = below.intersection(shared.members(entry))
            below -= ranked
            for pair in product(ranked, below):
                preferring[pair] += papers
    return {
        (one, other): Papers(preferring[one, other])
        for one in candidates
        for other in candidates
        if one != other
    }


def smith_set(pairs: Pairwise) -> tuple[Candidate, ...]:
    """The fewest who each beat everybody else: one alone is the Condorcet winner.

    Whoever is not beaten by a member is one too [Smith 1973].
    """
    wins = {n: sum(pairs.beats(n, o) for o in pairs.candidates if o != n) for n in pairs.candidates}
    members = {max(pairs.candidates, key=lambda name: (wins[name], name))}
    while True:
        more = {
            name
            for name in pairs.candidates
            if name not in members and any(not pairs.beats(member, name) for member in members)
        }
        if not more:
            return tuple(sorted(members))
        members |= more


def schulze(pairs: Pairwise, strength: Strength) -> tuple[Candidate, ...]:
    """Whoever no other reaches by a stronger path than back [Schulze 2011]; several, if level.

    A path is as strong as its weakest win.
    """
    names = pairs.candidates
    path = {pair: _strength(pairs, pair, strength) for pair in pairs.votes}
    for via in names:
        for one in names:
            for other in names:
                if len({via, one, other}) == 3:
                    through = min(path[one, via], path[via, other])
                    path[one, other] = max(path[one, other], through)
    return tuple(
        name
        for name in names
        if all(path[name, other] >= path[other, name] for other in names if other != name)
    )


def ranked_pairs(pairs: Pairwise, strength: Strength) -> tuple[Candidate, ...] | None:
    """Whoever is on top once wins are locked in, the strongest first [Tideman 1987].

    A win that would close a circle is passed over. Where wins of one strength could be locked in
    another order, everybody is returned whom some order puts on top; None where there are too
    many orders to try.
    """
    wins = [pair for pair in pairs.votes if pairs.beats(*pair)]
    wins.sort(key=lambda pair: (-_strength(pairs, pair, strength), pair))
    graphs: set[frozenset[Pair]] = {frozenset()}
    for _, group in groupby(wins, key=lambda pair: _strength(pairs, pair, strength)):
        level = [*group]
        if _orders(len(level)) * len(graphs) > MOST_ORDERS:
            locked = {_locked(graph, level) for graph in graphs}
            if any(set(level) - graph for graph in locked):
                return None
            graphs = locked
            continue
        graphs = {_locked(graph, order) for graph in graphs for order in permutations(level)}
    tops = {
        name
        for graph in graphs
        for name in pairs.candidates
        if not any(beaten == name for _, beaten in graph)
    }
    return tuple(sorted(tops))


def _locked(graph: frozenset[Pair], wins: Iterable[Pair]) -> frozenset[Pair]:
    locked = set(graph)
    for one, other in wins:
        if not _reaches(locked, other, one):
            locked.add((one, other))
    return frozenset(locked)


def _reaches(graph: Set[Pair], start: Candidate, end: Candidate) -> bool:
    seen, todo = {start}, [start]
    while todo:
        here = todo.pop()
        for one, other in graph:
            if one == here and other not in seen:
                seen.add(other)
                todo.append(other)
    return end in seen


def _orders(number: int) -> int:
    orders = 1
    for place in range(2, min(number, 10) + 1):
        orders *= place
    return orders


def _strength(pairs: Pairwise, pair: Pair, strength: Strength) -> Fraction:
    one, other = pair
    if not pairs.beats(one, other):
        return Fraction(0)
    if strength is Strength.MARGINS:
        return pairs.margin(one, other)
    return pairs.votes[pair]


def borda(
    profile: Profile, standing: Set[Candidate], college: College, variant: Borda
) -> dict[Candidate, Fraction]:
    """Each candidate's points by a Borda count.

    In one body they are the sum over its papers; in a college, of each section's mean points
    times its weight. Raises `RuleError` where ranks are shared, which have no place of their own.
    """
    if any(shared.is_open(ranking) for part in profile.papers.values() for ranking in part):
        raise RuleError("a Borda count needs strict rankings, and several share a rank of some")
    totals = dict.fromkeys(sorted(standing), Fraction(0))
    one_body = len(college.weights) == 1
    for section, weight in college.weights.items():
        rankings = profile.papers[section]
        cast = sum(rankings.values())
        part = Fraction(1) if one_body else Fraction(weight, cast or 1)
        for ranking, papers in rankings.items():
            kept = [name for name in ranking if name in standing]
            for name, points in _borda_points(kept, totals, variant).items():
                totals[name] += part * papers * points
    return totals


def _borda_points(
    ranking: Sequence[Candidate], standing: Iterable[Candidate], variant: Borda
) -> dict[Candidate, Fraction]:
    names = [*standing]
    most = len(ranking) if variant is Borda.MODIFIED else len(names) - 1
    given = {name: Fraction(most - place) for place, name in enumerate(ranking)}
    if variant is Borda.DOWDALL:
        given = {name: Fraction(1, place) for place, name in enumerate(ranking, 1)}
    if variant is Borda.AVERAGED:
        others = [name for name in names if name not in given]
        given |= dict.fromkeys(others, Fraction(len(others) - 1, 2))
    return given
