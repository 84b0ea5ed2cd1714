"""Which unknown preferences decide the race: what each would move, and what asking is worth."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hustings.forecast import simulate
from hustings.forecast.outcomes import Estimate, Named, Real, Simulated, Whole, estimate, over
from hustings.nominations.meetings import Pair
from hustings.units import Candidate, Section, Unit

# A bloc's curve is shown at so many numbers of its members, both ends among them.
STEPS = 10


@dataclass(frozen=True, slots=True)
class ElectorPivot:
    """One named elector of whom it is not known whom of the pair they prefer.

    `moves` is P(the first of the pair wins) if the elector puts the first over the other, less
    the same if it is the other way round, that ballot alone being changed in every draw.
    `voi` is by how much learning it would better the Brier score (0 to 2) of the forecast,
    as is to be expected; it counts what one elector tells about others too.
    """

    elector: str
    section: Section
    unit: Unit | None
    backs: Candidate | None
    moves: Estimate
    voi: float


@dataclass(frozen=True, slots=True)
class BlocCurve:
    """P(the first of the pair wins) where `of[n]` of `members` put it over the other."""

    section: Section
    first: Candidate | None
    members: int
    of: tuple[int, ...]
    wins: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class BlocValue:
    """What it is worth to learn how a bloc splits between the two.

    The bloc are the voters of the section, named or not, whose first preference is `first`, or
    is outside the pair where that is None; `voters` is how many they are on average. `share` is
    the part that prefers the first of the pair; knowing all would move P(it wins) to between
    `low` and `high` in four cases of five.
    """

    section: Section
    first: Candidate | None
    voters: float
    share: float
    voi: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Pivots:
    """Everything unknown between two, whatever decides most first."""

    pair: Pair
    electors: tuple[ElectorPivot, ...]
    curves: tuple[BlocCurve, ...]
    values: tuple[BlocValue, ...]


def pivots(found: Simulated, pair: Pair) -> Pivots:
    """What each unknown elector and each bloc would move between these two."""
    electors = sorted(_electors(found, pair), key=lambda each: (-each.moves.value, each.elector))
    values = sorted(_values(found, pair), key=lambda each: -each.voi)
    return Pivots(pair, tuple(electors), tuple(_curves(found, pair)), tuple(values))


def between(counted: simulate.Race, pair: Pair) -> Whole:
    """(T): 1 for each ballot type that puts the first of two over the other, -1, or 0."""
    return np.array([over(ranking, pair) for ranking in counted.rankings])


def turned(counted: simulate.Race, pair: Pair) -> Whole:
    """(T + 1): for each ballot type the one that puts the first of the pair over the other.

    One that has it the other way round has the two exchanged, one with neither gains the first
    at its end; all else stays. The last, at -1, is no ballot, and stays so.
    """
    place = {ranking: at for at, ranking in enumerate(counted.rankings)}
    exchanged = {pair[0]: pair[1], pair[1]: pair[0]}
    rows = []
    for ranking in counted.rankings:
        side = over(ranking, pair)
        if side < 0:
            ranking = tuple(exchanged.get(name, name) for name in ranking)
        rows.append(place[(*ranking, pair[0]) if side == 0 else ranking])
    return np.array([*rows, -1])


# --- electors -----------------------------------------------------------------------------


def _unknown(found: Simulated, pair: Pair) -> list[Named]:
    return [each for each in found.named if not each.known.answers(pair)]


def _electors(found: Simulated, pair: Pair) -> Iterator[ElectorPivot]:
    unknown, counted = _unknown(found, pair), found.counted
    first = counted.candidates.index(pair[0])
    weight, sides = np.full(len(found.counts), 1 / len(found.counts)), between(counted, pair)
    wins = found.wins().astype(float)
    winners = simulate.winners_if(
        counted, found.counts, found.outcomes, [*changes(found, unknown, pair)]
    )
    for at, each in enumerate(unknown):
        for_first, for_other = (winners[2 * at + side] == first for side in (0, 1))
        section = counted.contest.sections[each.section].id
        said = np.where(each.ballots < 0, 0, sides[each.ballots])
        yield ElectorPivot(
            each.known.elector,
            section,
            each.known.unit,
            each.known.backs,
            estimate(for_first.astype(float) - for_other, weight),
            value_of(said, wins),
        )


def changes(found: Simulated, electors: Sequence[Named], pair: Pair) -> Iterator[simulate.Change]:
    """Each elector's ballot turned to the first of the pair, then to the other."""
    to = [turned(found.counted, pair), turned(found.counted, (pair[1], pair[0]))]
    for each in electors:
        for side in to:
            yield simulate.Change(each.section, each.ballots, side[each.ballots])


def value_of(said: Whole, wins: Real) -> float:
    """Sum over x of p(x) sum over c of (P(c | x) - P(c))^2, less what chance alone would give.

    `said` (D) is what would be learnt, `wins` (D, K) who wins. Chance is the mean of the same
    over all ways to deal `said` out to the draws: (X - 1) / (D - 1) times the sum of
    P(c)(1 - P(c)), for X kinds of answer. What is left below 0 is 0.
    """
    mean, kinds = wins.mean(0), np.unique(said)
    gain = sum(
        (said == kind).mean() * np.square(wins[said == kind].mean(0) - mean).sum() for kind in kinds
    )
    chance = (len(kinds) - 1) / max(len(wins) - 1, 1) * (mean * (1 - mean)).sum()
    return max(float(gain - chance), 0.0)


# --- blocs --------------------------------------------------------------------------------


def _curves(found: Simulated, pair: Pair) -> Iterator[BlocCurve]:
    """For each bloc of unknown named electors, whoever they put first; of more than one."""
    unknown = _unknown(found, pair)
    blocs = dict.fromkeys((each.section, each.known.backs) for each in unknown)
    for section, backs in blocs:
        bloc = [e for e in unknown if (e.section, e.known.backs) == (section, backs)]
        if len(bloc) > 1:
            of, wins = curve(found, bloc, pair)
            name = found.counted.contest.sections[section].id
            yield BlocCurve(name, backs, len(bloc), of, wins)


def curve(
    found: Simulated, bloc: Sequence[Named], pair: Pair
) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """How many of the bloc put the first over the other, and P(the first wins) then.

    Which of them they are is dealt anew in each draw, and those that come first stay: the same
    luck all along the curve.
    """
    first = found.counted.candidates.index(pair[0])
    place, ballots = bloc[0].section, np.stack([each.ballots for each in bloc])
    for_one, for_other = (turned(found.counted, p)[ballots] for p in (pair, (pair[1], pair[0])))
    order = np.repeat(np.arange(len(bloc))[:, None], ballots.shape[1], 1)
    dealt = np.random.default_rng(len(bloc)).permuted(order, axis=0)
    of = sorted({round(len(bloc) * step / STEPS) for step in range(STEPS + 1)})
    counts, wins = simulate.exchanged(found.counts, place, ballots, for_other), []
    for before, number in pairwise((0, *of)):
        now = (dealt >= before) & (dealt < number)
        turn = [np.where(now, side, -1) for side in (for_other, for_one)]
        counts = simulate.exchanged(counts, place, *turn) if now.any() else counts
        wins.append(float((simulate.count_draws(found.counted, counts).winner == first).mean()))
    return tuple(of), tuple(wins)


def _values(found: Simulated, pair: Pair) -> Iterator[BlocValue]:
    outside = [name for name in found.candidates if name not in pair]
    for place in range(len(found.counted.contest.sections)):
        for first in (*outside, *([None] if len(outside) > 1 else [])):
            value = _value(found, place, first, pair)
            if value:
                yield value


def _value(found: Simulated, place: int, first: Candidate | None, pair: Pair) -> BlocValue | None:
    gained, lost = split(found, place, first, pair)
    voters = gained + lost
    if not voters.any():
        return None
    lead = (gained - lost) / np.maximum(found.papers()[:, place], 1)
    wins, at = found.wins().astype(float), found.candidates.index(pair[0])
    chances = np.stack([smoothed(lead, wins[:, c]) for c in range(wins.shape[1])], 1)
    low, high = np.quantile(chances[:, at], [0.1, 0.9]).tolist()
    return BlocValue(
        found.counted.contest.sections[place].id,
        first,
        float(voters.mean()),
        float(gained.sum() / voters.sum()),
        float(np.square(chances - wins.mean(0)).sum(1).mean()),
        low,
        high,
    )


def split(found: Simulated, place: int, first: Candidate | None, pair: Pair) -> tuple[Whole, Whole]:
    """(D) each: of those in the section who put `first` first, how many prefer either of two.

    Everyone whose first preference is outside the pair, where `first` is None.
    """
    begins = np.array(
        [ranking[0] == first if first else ranking[0] not in pair for ranking in _rankings(found)]
    )
    sides = between(found.counted, pair) * begins
    return found.cast(place, sides > 0), found.cast(place, sides < 0)


def _rankings(found: Simulated) -> Sequence[tuple[Candidate, ...]]:
    return found.counted.rankings


def smoothed(told: Real, wins: Real) -> Real:
    """(D): P(win | told) as a logistic curve, fitted to the draws by Newton's method.

    A little weight on a flat curve keeps it finite where what is told settles the winner.
    """
    if wins.min() == wins.max() or told.std() == 0:
        return np.full(len(wins), wins.mean())
    x = np.stack([np.ones(len(told)), (told - told.mean()) / told.std()], 1)
    beta = np.zeros(2)
    for _ in range(30):
        chance = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        slope = x.T @ (wins - chance) - 0.01 * beta
        bend = (x * (chance * (1 - chance))[:, None]).T @ x + 0.01 * np.eye(2)
        step = np.linalg.solve(bend, slope)
        beta = beta + step
        if np.abs(step).max() < 1e-9:
            break
    return np.asarray(1 / (1 + np.exp(-np.clip(x @ beta, -30, 30))))
