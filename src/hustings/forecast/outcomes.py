"""From draws of the model to electorates, and from these to counts by the contest's own rules."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hustings.errors import Miscount
from hustings.forecast import simulate
from hustings.forecast.evidence import Grade, Race, ReportedFirsts, ReportedSeconds
from hustings.forecast.fit import Posterior
from hustings.forecast.kernel.electorates import electorates
from hustings.forecast.kernel.exactly import contest_of_draw, count_exactly
from hustings.forecast.model import prefixes
from hustings.forecast.observations import rounded
from hustings.forecast.roster import Known, Order, known
from hustings.nominations.meetings import Pair
from hustings.units import Candidate, Section

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
Truth = NDArray[np.bool_]

# Where a source says nothing of a section's size, it is taken as too large for chance to matter.
PAPERS_UNTOLD = 100_000
# In a section of no more electors each is drawn alone, named or not.
ONE_BY_ONE = 500
# So many draws are counted again by the exact engine in each forecast.
RECHECKED = 200
BATCHES = 40


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """A named elector, with the ballot of each draw.

    `section` is its place in the contest; `ballots` (D) are places in `Race.rankings` of the
    kernel, -1 in a draw in which the elector gives no valid ballot.
    """

    known: Known
    section: int
    ballots: Whole


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """Simulated electorates and their counts; D draws, S sections, T ballot types, K candidates.

    `counts` (D, S, T) are papers, the named electors' among them, in the orders of `counted`.
    `notes` say what had to be assumed.
    """

    race: Race
    counted: simulate.Race
    counts: Whole
    outcomes: simulate.Outcomes
    named: tuple[Named, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The candidates in the order of the kernel's arrays."""
        return self.counted.candidates

    def wins(self) -> Truth:
        """(D, K): who wins each draw."""
        return np.asarray(self.outcomes.winner[:, None] == np.arange(len(self.candidates)))

    def firsts(self) -> Whole:
        """(D, S, K): first preferences, in papers."""
        return np.asarray(self.counts @ _by_first(self.counted), np.int64)

    def first_shares(self) -> Real:
        """(D, K): first preferences as parts of the college, each section by its weight."""
        papers = self.firsts()
        return _weighed(self.counted, papers, papers.sum(2))

    def final_shares(self) -> Real:
        """(D, 2): what the last two hold of the college in play between them, the one ahead first.

        Not a number in a draw whose rules refuse to count beyond the election.
        """
        papers, opened = self.outcomes.papers, self.counts.sum(2)
        if self.counted.settings.pooled:
            opened = opened.sum(1, keepdims=True)
        points = _weighed(
            self.counted, papers, opened if self.counted.settings.first_round else papers.sum(2)
        )
        points[(self.outcomes.pair < 0).any(1)] = np.nan
        return np.asarray(points / points.sum(1, keepdims=True))


def _by_first(counted: simulate.Race) -> Whole:
    """(T, K): 1 where the type begins with the candidate."""
    firsts = [counted.candidates.index(ranking[0]) for ranking in counted.rankings]
    return np.eye(len(counted.candidates), dtype=np.int64)[firsts]


def _weighed(counted: simulate.Race, papers: Whole, base: Whole) -> Real:
    """(D, K): weight x papers / base, summed over the sections that hold any paper."""
    settings = counted.settings
    if settings.pooled:
        papers, base = papers.sum(1, keepdims=True), base.sum(1, keepdims=True)
    weights = settings.weights * (papers.sum(2) > 0)
    whole = weights.sum(1, keepdims=True) if settings.shares_out else settings.whole
    weights = weights / np.where(whole > 0, whole, 1)
    return np.asarray(np.einsum("dsk,ds->dk", papers, weights / np.maximum(base, 1)))


# --- electorates --------------------------------------------------------------------------


def simulated(race: Race, posterior: Posterior, seed: int, *, checked: bool = True) -> Simulated:
    """One electorate for each draw of the posterior, counted by the race's own rule book.

    The same seed gives the same electorates, and draws that differ in their utilities alone
    get the same luck: common random numbers. Where it is `checked`, 200 of the draws are counted
    again by the exact engine, and those that one ballot might turn are found. Raises `RuleError`
    for rules that the fast count does not know, and `Miscount` where the two do not agree.
    """
    counted = simulate.race_of(race.contest, f"{race.digest()}/{seed}")
    chances = ballot_chances(counted, posterior)
    counts = np.zeros(chances.shape, np.int64)
    named: list[Named] = []
    notes: list[str] = []
    for place, section in enumerate(posterior.sections):
        size, turnout, told = _expected(race, section)
        notes += told
        people = _People.of(race, section, size)
        chance = np.random.default_rng([seed, 10, place])
        ballots = _drawn(people, counted, chances[:, place], posterior.kept, turnout, chance)
        counts[:, place] = _piled(ballots, len(counted.rankings))
        counts[:, place] += _others(people, size, turnout, chances[:, place], chance)
        named += [Named(k, place, ballots[row]) for row, k in enumerate(people.named)]
    found = simulate.count_draws(counted, counts, touchy=checked)
    if checked:
        _recheck(counted, counts, found)
    return Simulated(race, counted, counts, found, tuple(named), tuple(notes))


def ballot_chances(counted: simulate.Race, posterior: Posterior) -> Real:
    """(D, S, T): how often each ballot type is cast, in the order of the kernel.

    Those who begin with a prefix less those who go on are those who stop there.
    """
    standing = posterior.candidates
    at = {order: place for place, order in enumerate(prefixes(len(standing)))}
    beginning = posterior.prefixes()
    chances = beginning.copy()
    for order, place in at.items():
        if len(order) > 1:
            chances[:, :, at[order[:-1]]] -= beginning[:, :, place]
    rows = [at[tuple(standing.index(name) for name in names)] for names in counted.rankings]
    chances = np.maximum(chances[:, :, rows], 0)
    return np.asarray(chances / chances.sum(2, keepdims=True))


def _expected(race: Race, section: Section) -> tuple[int, float, list[str]]:
    """How many electors the section has, which part of them votes, and what was assumed."""
    whole, called = race.electorate(section), race.contest.section_name(section)
    if whole is None:
        return PAPERS_UNTOLD, 1.0, [f"{called}: no size is known; {PAPERS_UNTOLD:,} are assumed"]
    if whole.turnout is None:
        return whole.issued, 1.0, [f"{called}: no turnout is known; all are taken to vote"]
    return whole.issued, float(whole.turnout), []


def _others(
    people: "_People", size: int, turnout: float, chances: Real, chance: np.random.Generator
) -> Whole:
    """(D, T): the papers of all who are not drawn one by one."""
    left = max(size - len(people), 0)
    papers = np.array([round(left * turnout)])
    return electorates(chances[:, None], papers, chance)[:, 0]


def _piled(ballots: Whole, types: int) -> Whole:
    """(D, T) papers from ballots (electors, D), of which -1 is none."""
    draws = ballots.shape[1]
    at = ballots + np.arange(draws) * types
    flat = np.bincount(at[ballots >= 0], minlength=draws * types)
    return flat.reshape(draws, types)


def _recheck(counted: simulate.Race, counts: Whole, found: simulate.Outcomes) -> None:
    """Count some of the draws by the exact engine; a difference is our fault."""
    if counted.settings.pooled:
        counts = counts.sum(1, keepdims=True)
    for draw in map(int, np.linspace(0, len(counts) - 1, min(RECHECKED, len(counts)))):
        contest = contest_of_draw(counted.contest, counted.lots, draw)
        exact = count_exactly(contest, counts[draw], counted.types, draw)
        told = counted.candidates[found.winner[draw]]
        if told != exact.transcript.winner:
            raise Miscount(
                f"draw {draw}: the fast count elects {told}, the exact engine "
                f"{exact.transcript.winner}"
            )


# --- electors one by one ------------------------------------------------------------------


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

    def allows(self, ranking: Sequence[Candidate], candidates: int) -> bool:
        """Whether the ballot bears out all that is said beyond the first preference."""
        if self.complete:
            return tuple(ranking) == self.ranking[: candidates - 1]
        return all(over(ranking, pair) == 1 for pair in self.order)


def over(ranking: Sequence[Candidate], pair: Pair) -> int:
    """1 where the ballot puts the first of two over the other, -1 the other way, 0 neither.

    >>> over(("ann", "bob"), ("bob", "cat")), over(("ann",), ("bob", "cat"))
    (1, 0)
    """
    named = [name for name in ranking if name in pair]
    return 0 if not named else 1 if named[0] == pair[0] else -1


@dataclass(frozen=True, slots=True)
class _People:
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
    def of(cls, race: Race, section: Section, size: int) -> "_People":
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


def _drawn(
    people: _People,
    counted: simulate.Race,
    chances: Real,
    kept: Real,
    turnout: float,
    chance: np.random.Generator,
) -> Whole:
    """(electors, D): the ballot of each elector in each draw; -1 where there is none."""
    facts, of = _laid(people, len(chances), chance)
    grades = [*Grade]
    graded = np.array([grades.index(fact.grade) for fact in facts], np.int64)
    rates = kept.T[graded[of], np.arange(len(chances))]
    first_kept, rest_kept = chance.random((2, *of.shape)) < rates
    luck, votes = chance.random(of.shape), chance.random(of.shape) < turnout
    ballots = np.full(of.shape, -1, np.int64)
    for number, fact in enumerate(facts):
        mine = of == number
        for kept_first, kept_rest, mask in _masks(fact, counted):
            where = mine & (first_kept == kept_first)
            where &= rest_kept == kept_rest if kept_rest is not None else True
            _fill(ballots, where, mask, chances, luck)
    return np.where(votes, ballots, -1)


def _masks(fact: Fact, counted: simulate.Race) -> Iterator[tuple[bool, bool | None, Truth]]:
    """Which types an elector of that fact may cast: where all is kept, the first alone, or none.

    A preference that is not kept is turned: the first is drawn anew without the candidate.
    """
    rankings, many = counted.rankings, len(counted.candidates)
    first = np.array([not fact.first or ranking[0] in fact.first for ranking in rankings])
    rest = np.array([fact.allows(ranking, many) for ranking in rankings])
    yield True, True, first & rest
    yield True, False, first & (rest if rest[first].all() else ~rest)
    turned = first if first.all() else ~first
    if not fact.first:
        yield False, True, turned & rest
        yield False, False, turned & (rest if rest.all() else ~rest)
    else:
        yield False, None, turned


def _fill(ballots: Whole, where: Truth, mask: Truth, chances: Real, luck: Real) -> None:
    """Draw the ballots of those electors and draws, among the types of the mask."""
    electors, draws = where.nonzero()
    if not len(draws) or not mask.any():
        return
    allowed = mask.nonzero()[0]
    running = np.cumsum(chances[:, allowed] + 1e-300, axis=1)
    running /= running[:, -1:]
    # One rising row of numbers, in which each draw has a stretch of length 1.
    line = (running + np.arange(len(chances))[:, None]).ravel()
    at = np.searchsorted(line, draws + luck[electors, draws], side="right")
    at = np.minimum(at - draws * len(allowed), len(allowed) - 1)
    ballots[electors, draws] = allowed[at]


def _laid(people: _People, draws: int, chance: np.random.Generator) -> tuple[list[Fact], Whole]:
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


# --- what they come to --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Estimate:
    """A probability or a mean, and its Monte Carlo standard error."""

    value: float
    error: float


@dataclass(frozen=True, slots=True)
class Spread:
    """Where a share lies: median, mean and central intervals of 50, 80 and 95 per cent."""

    median: float
    mean: float
    inner: dict[int, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Chance:
    """A candidate's prospects.

    `first` and `final` are parts of the college: first preferences, and what the candidate
    holds among the last two in the draws in which it is one of them; None where it never
    is. The same by section in `section_first` and `section_final`.
    """

    candidate: Candidate
    win: Estimate
    in_pair: float
    first: Spread
    final: Spread | None
    section_first: dict[Section, Spread]
    section_final: dict[Section, Spread]


@dataclass(frozen=True, slots=True)
class Summary:
    """What the draws come to, candidates with the best chance first.

    `pairs` and `orders` are the commonest final pairs, as sets of two by name, and orders of
    elimination down to two, with how often each came. `histogram` counts, in whole points of
    the final share, the draws of the leader; its keys are the lower ends.
    """

    chances: tuple[Chance, ...]
    pairs: tuple[tuple[tuple[Candidate, ...], float], ...]
    orders: tuple[tuple[tuple[Candidate, ...], float], ...]
    histogram: dict[int, float]
    draws: int
    worth: float

    @property
    def leader(self) -> Chance:
        """Whoever is most likely to win."""
        return self.chances[0]

    @property
    def rivals(self) -> Pair:
        """The two who are most likely to win."""
        return self.chances[0].candidate, self.chances[1].candidate


def summary(found: Simulated, weights: Real | None = None) -> Summary:
    """What the draws come to; `weights` (D), of any sum, say how much each counts."""
    weight = np.ones(len(found.counts)) if weights is None else weights
    weight = weight / weight.sum()
    chances = [_chance(found, place, weight) for place in range(len(found.candidates))]
    chances.sort(key=lambda chance: (-chance.win.value, -chance.first.mean))
    leader = found.candidates.index(chances[0].candidate)
    pairs = [sorted(pair) for pair in found.outcomes.pair.tolist()]
    return Summary(
        tuple(chances),
        _commonest(found, pairs, weight),
        _commonest(found, found.outcomes.order.tolist(), weight),
        _histogram(_final_of(found, leader), weight),
        len(found.counts),
        worth(weight),
    )


def worth(weight: Real) -> float:
    """How many draws weighted draws are worth: (sum w)^2 / sum w^2 (Kish 1965)."""
    return float(weight.sum() ** 2 / np.square(weight).sum())


def _chance(found: Simulated, place: int, weight: Real) -> Chance:
    sections = [entry.id for entry in found.race.contest.sections]
    first, final = found.firsts(), _final_of(found, place)
    shares = first[:, :, place] / np.maximum(first.sum(2), 1)
    among = (found.outcomes.pair == place).any(1)
    by_section = _final_by_section(found, place)
    return Chance(
        found.candidates[place],
        estimate(found.wins()[:, place], weight),
        float(weight[among].sum()),
        _spread(found.first_shares()[:, place], weight),
        _spread(final, weight) if weight[among].sum() > 0 else None,
        {name: _spread(shares[:, at], weight) for at, name in enumerate(sections)},
        {sections[at]: _spread(each, weight) for at, each in enumerate(by_section.T)}
        if weight[among].sum() > 0 and by_section.shape[1] == len(sections)
        else {},
    )


def _final_of(found: Simulated, place: int) -> Real:
    """(D): the candidate's part of the college among the last two; not a number otherwise."""
    shares, pair = found.final_shares(), found.outcomes.pair
    mine = np.where(pair == place, shares, np.nan)
    return np.asarray(np.where(pair[:, 0] == place, mine[:, 0], mine[:, 1]))


def _final_by_section(found: Simulated, place: int) -> Real:
    shares, pair = found.outcomes.shares(), found.outcomes.pair
    mine = np.where((pair[:, 0] == place)[:, None], shares[:, :, 0], shares[:, :, 1])
    return np.asarray(np.where((pair == place).any(1)[:, None], mine, np.nan))


def estimate(values: NDArray[Any], weight: Real) -> Estimate:
    """The weighted mean of (D) values and its error, by the means of 40 batches in turn.

    Draws that follow one another are alike; batches of them are nearly independent (Flegal
    and Jones, Annals of Statistics 38, 2010).
    """
    mean = float(weight @ values)
    residual = weight * (values - mean) * len(values)
    batches = [part.mean() for part in np.array_split(residual, min(BATCHES, len(residual)))]
    error = float(np.std(batches, ddof=1) / np.sqrt(len(batches))) if len(batches) > 1 else 0.0
    return Estimate(mean, error)


def _spread(values: Real, weight: Real) -> Spread:
    known = np.isfinite(values) & (weight > 0)
    some, heavy = values[known], weight[known]
    levels = [0.5, *(0.5 + side * width / 200 for width in (50, 80, 95) for side in (-1, 1))]
    found = np.quantile(some, levels, weights=heavy, method="inverted_cdf").tolist()
    inner = {width: (found[1 + 2 * n], found[2 + 2 * n]) for n, width in enumerate((50, 80, 95))}
    return Spread(found[0], float(some @ heavy / heavy.sum()), inner)


def _commonest(
    found: Simulated, rows: Sequence[Sequence[int]], weight: Real, most: int = 12
) -> tuple[tuple[tuple[Candidate, ...], float], ...]:
    totals: Counter[tuple[int, ...]] = Counter()
    for row, heavy in zip(rows, weight.tolist(), strict=True):
        if -1 not in row:
            totals[tuple(row)] += heavy
    named = [(tuple(found.candidates[c] for c in row), p) for row, p in totals.items()]
    return tuple(sorted(named, key=lambda each: (-each[1], each[0]))[:most])


def _histogram(values: Real, weight: Real) -> dict[int, float]:
    some = np.isfinite(values)
    points = np.floor(values[some] * 100 + 1e-9).astype(int)
    return {int(p): float(weight[some][points == p].sum()) for p in np.unique(points)}


# --- how wrong all evidence must be -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The error that all evidence would have to share for both to win equally often.

    `shift` is by how much the runner-up is better liked than thought, and the leader less, on
    the logit scale; `points` what that moves the leader's final share, of 1; `polls` the
    same in usual errors of one poll between the two. None where no shift in reach does it.
    """

    leader: Candidate
    other: Candidate
    shift: float | None
    points: float | None
    polls: float | None


def break_even(
    race: Race, posterior: Posterior, seed: int, pair: Pair, draws: int = 1000, reach: float = 4.0
) -> BreakEven:
    """The smallest shift of the utilities of every section that makes the two win equally often.

    By bisection over the same draws with the same luck; `draws` of the posterior are used. What
    is known of named electors stays as it is.
    """
    some = _thinned(posterior, draws)
    lead, share = _shifted(race, some, seed, pair, 0.0)
    low, high, moved = 0.0, 0.0, share
    if lead > 0:
        high = reach
        lead, moved = _shifted(race, some, seed, pair, high)
        if lead > 0:
            return BreakEven(*pair, None, None, None)
    while high - low > 0.01:
        middle = (low + high) / 2
        lead, there = _shifted(race, some, seed, pair, middle)
        if lead > 0:
            low = middle
        else:
            high, moved = middle, there
    usual = float(np.sqrt(2)) * posterior.observations.hyperparameters.poll_sd
    return BreakEven(*pair, high, share - moved, high / usual if usual else None)


def _thinned(posterior: Posterior, draws: int) -> Posterior:
    step = max(len(posterior.vectors) // draws, 1)
    names = ("vectors", "support", "placement", "branch", "hazards", "kept")
    return replace(posterior, **{name: getattr(posterior, name)[::step] for name in names})


def _shifted(
    race: Race, posterior: Posterior, seed: int, pair: Pair, shift: float
) -> tuple[float, float]:
    """By how much more often the first of two wins than the other, and the first's final share."""
    one, other = (posterior.candidates.index(name) for name in pair)
    support = posterior.support.copy()
    support[:, :, one] -= shift / 2
    support[:, :, other] += shift / 2
    found = simulated(race, replace(posterior, support=support), seed, checked=False)
    wins = found.wins().mean(0)
    one, other = (found.candidates.index(name) for name in pair)
    share = np.nanmean(np.append(_final_of(found, one), np.nan if len(wins) > 2 else 0.5))
    return float(wins[one] - wins[other]), float(share)
