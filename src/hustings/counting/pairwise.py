"""Every candidate against every other, and what the methods named after Condorcet make of it.

In each pair a paper counts for whichever of the two it ranks higher; one that ranks neither
counts for nobody. In a college each section is weighed on the papers that say something of the
pair, as it would be if only those two stood. None of this elects anybody: it is a report.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, groupby, product

from hustings.ballots import shared
from hustings.ballots.profile import Profile
from hustings.election.college import College
from hustings.election.rulebook import Denominator, EmptySection
from hustings.errors import InputError
from hustings.units import Candidate, Option, Papers, Section

Pair = tuple[Candidate, Candidate]
# Who is above whom, at once or through others.
Above = frozenset[Pair]
# More ways to lock in wins of one strength than these are not tried.
MOST_ORDERS = 5_000


class Strength(Option):
    """How strong a win in a pair is."""

    MARGINS = "margins", "by how much the winner of the pair is ahead"
    WINNING_VOTES = "winning_votes", "how much the winner of the pair has"


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

    Raises `InputError` where fewer than two stand, and where a section's rankings are
    reconstructed and so prove nothing; `RuleError` where a section says nothing of a pair and
    the rules refuse that.
    """
    if profile.reconstructed:
        raise InputError(
            f"{', '.join(profile.reconstructed)}: the rankings are reconstructed from published "
            "totals, which do not say who would beat whom"
        )
    candidates = tuple(sorted(standing))
    if len(candidates) < 2:
        raise InputError(f"only {candidates[0] if candidates else 'nobody'} is standing: no pair")
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


def schwartz_set(pairs: Pairwise) -> tuple[Candidate, ...]:
    """Whoever is beaten, through others or at once, only by those who are so beaten in turn.

    It is the union of the smallest sets whom nobody outside beats [Schwartz 1972]: part of the
    Smith set, and all of it where no pair is level.
    """
    wins = {pair for pair in pairs.votes if pairs.beats(*pair)}
    return tuple(
        name
        for name in pairs.candidates
        if all(
            _reaches(wins, name, other)
            for other in pairs.candidates
            if other != name and _reaches(wins, other, name)
        )
    )


def copeland(pairs: Pairwise) -> tuple[Candidate, ...]:
    """Whoever wins the most pairs less those lost [Copeland 1951]; several, if level."""
    balance = {
        name: sum(
            pairs.beats(name, o) - pairs.beats(o, name) for o in pairs.candidates if o != name
        )
        for name in pairs.candidates
    }
    return tuple(name for name in pairs.candidates if balance[name] == max(balance.values()))


def minimax(pairs: Pairwise, strength: Strength) -> tuple[Candidate, ...]:
    """Whoever's worst defeat is the least [Simpson 1969, Kramer 1977]; several, if level."""
    worst = {
        name: max(_strength(pairs, (o, name), strength) for o in pairs.candidates if o != name)
        for name in pairs.candidates
    }
    return tuple(name for name in pairs.candidates if worst[name] == min(worst.values()))


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
    locked: set[Above] = {frozenset()}
    for _, group in groupby(wins, key=lambda pair: _strength(pairs, pair, strength)):
        found = _locked_in_any_order(locked, frozenset(group))
        if found is None:
            return None
        locked = found
    tops = {
        name
        for above in locked
        for name in pairs.candidates
        if not any(below == name for _, below in above)
    }
    return tuple(sorted(tops))


def _locked_in_any_order(before: Set[Above], wins: frozenset[Pair]) -> set[Above] | None:
    """Who may come to be above whom once wins of one strength are locked in, in any order."""
    todo = {_with_the_undisputed(above, wins) for above in before}
    seen = set(todo)
    found: set[Above] = set()
    while todo:
        above, disputed = todo.pop()
        if not disputed:
            found.add(above)
        for win in disputed:
            state = _with_the_undisputed(_locked(above, win), disputed - {win})
            if state not in seen:
                seen.add(state)
                todo.add(state)
        if len(seen) > MOST_ORDERS:
            return None
    return found


def _with_the_undisputed(above: Above, wins: frozenset[Pair]) -> tuple[Above, frozenset[Pair]]:
    """Wins that are in no circle are locked in by every order; what is left needs one."""
    left = frozenset((one, other) for one, other in wins if (other, one) not in above) - above
    everything = above
    for win in left:
        everything = _locked(everything, win)
    disputed = frozenset((one, other) for one, other in left if (other, one) in everything)
    for win in left - disputed:
        above = _locked(above, win)
    return above, disputed - above


def _locked(above: Above, win: Pair) -> Above:
    """Who is above whom once this win is locked in too."""
    one, other = win
    if win in above:
        return above
    over = [one, *(name for name, below in above if below == one)]
    under = [other, *(below for name, below in above if name == other)]
    return above.union(product(over, under))


def _reaches(graph: Set[Pair], start: Candidate, end: Candidate) -> bool:
    seen, todo = {start}, [start]
    while todo:
        here = todo.pop()
        for one, other in graph:
            if one == here and other not in seen:
                seen.add(other)
                todo.append(other)
    return end in seen


def _strength(pairs: Pairwise, pair: Pair, strength: Strength) -> Fraction:
    one, other = pair
    if not pairs.beats(one, other):
        return Fraction(0)
    if strength is Strength.MARGINS:
        return pairs.margin(one, other)
    return pairs.votes[pair]
