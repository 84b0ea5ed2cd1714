"""The electors of a section who are drawn one by one: the named, and others beside them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hustings.forecast.evidence import Grade, Race, ReportedFirsts, ReportedSeconds
from hustings.forecast.kernel.types import Types
from hustings.forecast.kernel.voters import Voters, Wish, wished
from hustings.forecast.observations import rounded
from hustings.forecast.roster import Known, Order, known
from hustings.nominations.meetings import Pair
from hustings.units import Candidate, Section

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
Truth = NDArray[np.bool_]
# From a wish, draws and luck to the ballots drawn, as rows of the ballot types; -1 where none fits.
Draw = Callable[[Wish, Whole, Real], Whole]

# In a section of no more electors each is drawn alone, named or not.
ONE_BY_ONE = 500


@dataclass(frozen=True, slots=True)
class Fact:
    """What an elector's ballot is known to be: whom first (one of `first`), who over whom.

    `complete` says that the ballot names `ranking` and no more.
    """

    first: tuple[Candidate, ...] = ()
    order: Order = frozenset()
    ranking: tuple[Candidate, ...] = ()
    complete: bool = False
    grade: Grade = Grade.DECLARED


def over(ranking: Sequence[Candidate], pair: Pair) -> int:
    """1 where the ballot puts the first of two over the other, -1 the other way, 0 neither.

    >>> over(("ann", "bob"), ("bob", "cat")), over(("ann",), ("bob", "cat"))
    (1, 0)
    """
    named = [name for name in ranking if name in pair]
    return 0 if not named else 1 if named[0] == pair[0] else -1


@dataclass(frozen=True, slots=True)
class People:
    """The electors of a section who are drawn one by one: the named, and others beside them.

    `firsts` and `seconds` are facts that sources told of some of them, unnamed, with how many
    each is of: in each draw they are laid upon electors of whom that is not known.
    """

    named: tuple[Known, ...]
    facts: tuple[Fact, ...]
    firsts: tuple[tuple[Fact, int], ...]
    seconds: tuple[tuple[Fact, int], ...]

    def __len__(self) -> int:
        return len(self.facts)

    @classmethod
    def of(cls, race: Race, section: Section, size: int) -> "People":
        """Those of a section with so many electors; all of them where it is small."""
        named = known(race, section)
        firsts = tuple(_told_firsts(race, section, named))
        told = sum(number for _, number in firsts)
        room = max(size - len(named), 0)
        beside = room if size <= ONE_BY_ONE else min(room, told)
        facts = (*(_fact(each) for each in named), *(Fact() for _ in range(beside)))
        return cls(named, facts, firsts, tuple(_told_seconds(race, section)))


def _fact(each: Known) -> Fact:
    if each.nominated:
        return Fact((each.nominated,), grade=Grade.NOMINATED)
    first = (each.first,) if each.first else ()
    # What only says that the first is before everyone is said by `first` already.
    rest = frozenset(pair for pair in each.order if pair[0] not in first)
    ends = each.complete and bool(each.ranking)
    return Fact(first, rest, each.ranking, ends, each.grade or Grade.DECLARED)


def _told_firsts(
    race: Race, section: Section, named: Iterable[Known]
) -> Iterator[tuple[Fact, int]]:
    """First preferences of electors unnamed, less those whom the roster names."""
    told = race.of(ReportedFirsts, section)
    if not told or not told[-1].n:
        return
    shares = {who: float(share) for who, share in told[-1].among(race.standing).items()}
    by_name = Counter((each.first,) for each in named if each.first)
    standing = {*race.standing}
    asked = sum(float(share) for who, share in told[-1].shares.items() if {*who} & standing)
    for who, number in rounded(shares, told[-1].n * min(asked, 1.0)).items():
        left = number - by_name[(who[0],)] if len(who) == 1 else number
        if left > 0:
            yield Fact(who, grade=Grade.REPORTED), left


def _told_seconds(race: Race, section: Section) -> Iterator[tuple[Fact, int]]:
    for entry in race.of(ReportedSeconds, section):
        if set(entry.pair) <= set(race.standing):
            outside = tuple(name for name in race.standing if name not in entry.pair)
            first = tuple(name for name in entry.first if name in outside) or outside
            for pair, number in zip((entry.pair, entry.pair[::-1]), entry.counts, strict=True):
                yield Fact(first, frozenset({pair}), grade=Grade.REPORTED), number


def drawn(
    people: People,
    candidates: Sequence[Candidate],
    draw: Draw,
    kept: Real,
    turnout: float,
    chance: np.random.Generator,
) -> Whole:
    """(electors, D): the ballot of each elector in each draw; -1 where there is none.

    `kept` (D, 3) are the parts of known preferences that are kept, in the order of `Grade`. A
    preference that is not kept is turned: the first is drawn anew without the candidate.
    """
    facts, of = _laid(people, len(kept), chance)
    grades = [*Grade]
    graded = np.array([grades.index(fact.grade) for fact in facts], np.int64)
    rates = kept.T[graded[of], np.arange(len(kept))]
    first_kept, rest_kept = chance.random((2, *of.shape)) < rates
    luck, votes = chance.random(of.shape), chance.random(of.shape) < turnout
    ballots = np.full(of.shape, -1, np.int64)
    for number, fact in enumerate(facts):
        mine = of == number
        for kept_first, kept_rest, wish in _wishes(fact, candidates):
            where = mine & (first_kept == kept_first)
            where &= rest_kept == kept_rest if kept_rest is not None else True
            electors, draws = where.nonzero()
            if len(draws) and wish.first:
                ballots[electors, draws] = draw(wish, draws, luck[electors, draws])
    return np.where(votes, ballots, -1)


def _wishes(
    fact: Fact, candidates: Sequence[Candidate]
) -> Iterator[tuple[bool, bool | None, Wish]]:
    """What an elector of that fact may cast: where all is kept, the first alone, or none."""
    place = {name: at for at, name in enumerate(candidates)}
    every = tuple(range(len(place)))
    first = tuple(place[name] for name in fact.first) or every
    order = frozenset((place[one], place[other]) for one, other in fact.order)
    whole = tuple(place[name] for name in fact.ranking) if fact.complete else None
    # Nothing is left to turn where the first preference says all.
    says_more = len(place) > 2 if fact.complete else not all((one,) == first for one, _ in order)
    kept, turned = (Wish(first, order, whole, side) for side in (True, False))
    alone = Wish(first)
    yield True, True, kept if says_more else alone
    yield True, False, turned if says_more else alone
    if fact.first:
        yield False, None, Wish(tuple(name for name in every if name not in first) or every)
    else:
        yield False, True, kept if says_more else alone
        yield False, False, turned if says_more else alone


def by_type(chances: Real, types: Types) -> Draw:
    """Draw among the ballot types by their chances, (D, T), in each draw."""

    def draw(wish: Wish, draws: Whole, luck: Real) -> Whole:
        fits = [wish.fits(ranking, types.candidates) for ranking in types.rankings]
        allowed = np.array(fits).nonzero()[0]
        if not len(allowed):
            return np.full(len(draws), -1, np.int64)
        running = np.cumsum(chances[:, allowed] + 1e-300, axis=1)
        running /= running[:, -1:]
        # One rising row of numbers, in which each draw has a stretch of length 1.
        line = (running + np.arange(len(chances))[:, None]).ravel()
        at = np.searchsorted(line, draws + luck, side="right")
        at = np.minimum(at - draws * len(allowed), len(allowed) - 1)
        return np.asarray(allowed[at])

    return draw


def by_law(voters: Voters) -> Draw:
    """Draw by the law of Plackett and Luce itself, where there are too many ballot types."""

    def draw(wish: Wish, draws: Whole, luck: Real) -> Whole:
        return wished(voters, wish, draws, luck).astype(np.int64)

    return draw


def _laid(people: People, draws: int, chance: np.random.Generator) -> tuple[list[Fact], Whole]:
    """Every fact, and (electors, D) which of them holds: the unnamed facts laid at random."""
    facts = list(dict.fromkeys(people.facts))
    known_of = len(facts)
    own = np.array([facts.index(fact) for fact in people.facts], np.int64)
    of = np.repeat(own[:, None], draws, 1)
    for told in people.seconds:
        _lay(facts, of, [told], _open_to(told[0], people.facts), known_of, chance)
    unknown = [row for row, fact in enumerate(people.facts) if fact == Fact()]
    _lay(facts, of, people.firsts, unknown, known_of, chance)
    return facts, of


def _open_to(told: Fact, facts: Sequence[Fact]) -> list[int]:
    """Electors of whom the second preference may be: their first is one of these, or unknown."""
    alike = [
        row
        for row, fact in enumerate(facts)
        if set(fact.first) <= set(told.first) and not fact.order and not fact.complete
    ]
    certain = [row for row in alike if facts[row].first]
    return certain or alike


def _lay(
    facts: list[Fact],
    of: Whole,
    told: Sequence[tuple[Fact, int]],
    rows: Sequence[int],
    bare_below: int,
    chance: np.random.Generator,
) -> None:
    """Lay each fact upon as many of these electors, drawn anew each time among those left bare."""
    if not told or not rows:
        return
    order = chance.permuted(np.repeat(np.array(rows)[:, None], of.shape[1], 1), axis=0)
    before = of.copy()
    # Those on whom something was laid already come last.
    bare = np.take_along_axis(before, order, 0) < bare_below
    order = np.take_along_axis(order, np.argsort(~bare, axis=0, kind="stable"), 0)
    starts = np.cumsum([0, *(number for _, number in told)])
    for (fact, _), (start, end) in zip(told, pairwise(starts), strict=True):
        chosen = order[start : min(end, len(rows))]
        _lay_one(facts, of, fact, chosen)


def _lay_one(facts: list[Fact], of: Whole, fact: Fact, chosen: Whole) -> None:
    columns = np.arange(of.shape[1])
    now = of[chosen, columns]
    for number in np.unique(now):
        own = facts[number]
        both = replace(fact, first=own.first or fact.first)
        if both not in facts:
            facts.append(both)
        rows, draws = (now == number).nonzero()
        of[chosen[rows, draws], draws] = facts.index(both)
