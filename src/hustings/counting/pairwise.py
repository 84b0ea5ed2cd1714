"""Every candidate against every other, and what the methods named after Condorcet make of it.

In each pair a paper counts for whichever of the two it ranks higher; one that ranks neither
counts for nobody. In a college each section is weighed on the papers that say something of the
pair, as it would be if only those two stood. None of this elects anybody: it is a report.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import combinations, groupby, product
from operator import or_

from hustings.ballots import shared
from hustings.ballots.profile import Profile
from hustings.election.college import College
from hustings.election.rulebook import Denominator, EmptySection
from hustings.errors import InputError
from hustings.units import Candidate, Option, Papers, Section

Pair = tuple[Candidate, Candidate]
# A win by the places of the two; and for each place those below it, at once or through others, as
# the bits of a number: there may be many thousands of these.
Win = tuple[int, int]
Above = tuple[int, ...]
# So much is spent on other orders of wins of one strength than the first, over all strengths; one
# candidate and one win that are looked at cost 1.
MOST_WORK = 1_000_000


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
    names = pairs.candidates
    place = {name: at for at, name in enumerate(names)}
    wins = [(place[one], place[other]) for one, other in pairs.votes if pairs.beats(one, other)]
    above = reduce(_locked, wins, (0,) * len(names))
    return tuple(
        name
        for at, name in enumerate(names)
        if all(above[at] >> other & 1 for other, bits in enumerate(above) if bits >> at & 1)
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
    names = pairs.candidates
    wins = [pair for pair in pairs.votes if pairs.beats(*pair)]
    strengths = {pair: _strength(pairs, pair, strength) for pair in wins}
    wins.sort(key=lambda pair: (-strengths[pair], pair))
    place = {name: at for at, name in enumerate(names)}
    orders = _Orders(len(names), len(wins))
    locked: set[Above] = {(0,) * len(names)}
    for _, group in groupby(wins, key=strengths.__getitem__):
        found = orders.locked(locked, [(place[one], place[other]) for one, other in group])
        if found is None:
            return None
        locked = found
    below = {reduce(or_, above) for above in locked}
    return tuple(name for at, name in enumerate(names) if any(not bits >> at & 1 for bits in below))


class _Orders:
    """Locks in the wins of one strength after another, in every order, while the work allows it."""

    def __init__(self, size: int, wins: int) -> None:
        # Where no two wins of one strength are in a circle, one order is all, however many stand.
        self._size, self._left = size, MOST_WORK + size * wins

    def locked(self, before: Set[Above], wins: Sequence[Win]) -> set[Above] | None:
        """Who may come to be above whom once these wins are locked in too, in any order."""
        found: set[Above] = set()
        seen = set(before)
        todo = [(above, wins) for above in before]
        while todo:
            above, undecided = todo.pop()
            self._left -= self._size * len(undecided)
            if self._left < 0:
                return None
            settled, disputed, circle = _settled(above, undecided)
            if not disputed:
                found.add(settled)
            elif settled == above or settled not in seen:
                seen.add(settled)
                further = {_locked(settled, win) for win in circle} - seen
                seen |= further
                todo += [(more, disputed) for more in further]
        return found


def _settled(above: Above, wins: Sequence[Win]) -> tuple[Above, list[Win], list[Win]]:
    """Wins that are in no circle are locked in by every order; those left in one need an order.

    Last those of them that are in circles with the first: the others can wait, for they close
    none with these.
    """
    undecided = [
        (one, other)
        for one, other in wins
        if not (above[one] >> other & 1 or above[other] >> one & 1)
    ]
    everything = reduce(_locked, undecided, above)
    disputed = [(one, other) for one, other in undecided if everything[other] >> one & 1]
    plain = [(one, other) for one, other in undecided if not everything[other] >> one & 1]
    first = disputed[0][0] if disputed else 0
    circle = [
        (one, other)
        for one, other in disputed
        if everything[first] >> one & 1 and everything[one] >> first & 1
    ]
    return reduce(_locked, plain, above), disputed, circle


def _locked(above: Above, win: Win) -> Above:
    """Who is above whom once this win is locked in too; also where it closes a circle."""
    one, other = win
    if above[one] >> other & 1:
        return above
    under = above[other] | 1 << other
    over = 1 << one
    return tuple(row | under if row & over or at == one else row for at, row in enumerate(above))


def _strength(pairs: Pairwise, pair: Pair, strength: Strength) -> Fraction:
    one, other = pair
    if not pairs.beats(one, other):
        return Fraction(0)
    if strength is Strength.MARGINS:
        return pairs.margin(one, other)
    return pairs.votes[pair]
