"""How good forecasts were: scores of the chances to win, and how often the intervals held."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import log

from hustings.units import Candidate, Section

# What has not come up in so many draws may yet have a chance: no probability is taken as smaller.
LEAST = 1 / 2400
LEVELS = (50, 80, 95)

Wins = Mapping[Candidate, float]


def log_score(wins: Wins, winner: Candidate) -> float:
    """Minus the log of the chance given to who won, no chance below 1/2400; 0 is perfect.

    I. J. Good, Journal of the Royal Statistical Society B 14, 1952.

    >>> round(log_score({"ann": 0.5, "bob": 0.5}, "ann"), 3), round(log_score({}, "ann"), 3)
    (0.693, 7.783)
    """
    return -log(max(wins.get(winner, 0.0), LEAST))


def brier_score(wins: Wins, winner: Candidate) -> float:
    """The squared error summed over the candidates, from 0, which is perfect, to 2.

    G. W. Brier, Monthly Weather Review 78, 1950, equation 2, for one occasion.

    >>> brier_score({"ann": 0.5, "bob": 0.5}, "ann"), brier_score({"bob": 1.0}, "ann")
    (0.5, 2.0)
    """
    everyone = {**dict.fromkeys(wins, 0.0), winner: 1.0}
    return sum((wins.get(name, 0.0) - came) ** 2 for name, came in everyone.items())


@dataclass(frozen=True, slots=True)
class Held:
    """One share that was forecast and is known: did it lie in the intervals?

    `kind` is what the share is of: "final" or "first", "section_final" or "section_first".
    `actual`, `median` and the bounds of `inner`, by level, are parts of 1. `pit` is the part of
    the draws below the actual share (ties by half): over many forecasts it should be uniform
    (A. P. Dawid, JRSS A 147, 1984). Where no draw has the candidate among the last two there
    is no `median`, no `pit` and no interval, and none of them held.
    """

    kind: str
    candidate: Candidate
    section: Section | None
    actual: float
    median: float | None
    inner: Mapping[int, tuple[float, float]]
    pit: float | None

    def at(self, level: int) -> bool:
        """Whether the interval of that level held the share."""
        low, high = self.inner.get(level, (1.0, 0.0))
        return low <= self.actual <= high


@dataclass(frozen=True, slots=True)
class Scored:
    """One forecast of one contest as of a day, with the baselines of the same day.

    `wins` are the model's chances, `baselines` those of each baseline by name; of the market
    only where there was a price. `failed` is what is wrong with the draws.
    """

    contest: str
    day: date
    winner: Candidate
    wins: Wins
    held: tuple[Held, ...]
    baselines: Mapping[str, Wins]
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mean:
    """Mean scores of one way to forecast: over `days`, and over contests' own means."""

    name: str
    days: int
    log: float
    brier: float
    log_by_contest: float
    brier_by_contest: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often intervals held: parts of 1 by level, over all shares and over contests' own parts.

    `shares` is of how many, `contests` of how many contests.
    """

    kind: str
    shares: int
    contests: int
    over_all: Mapping[int, float]
    by_contest: Mapping[int, float]


def mean(name: str, scored: Sequence[Scored], of: Mapping[int, Wins]) -> Mean:
    """The scores of the chances `of`, by place in `scored`; there must be some."""
    logs = {at: log_score(wins, scored[at].winner) for at, wins in of.items()}
    briers = {at: brier_score(wins, scored[at].winner) for at, wins in of.items()}
    where = {at: scored[at].contest for at in of}
    return Mean(
        name,
        len(of),
        _mean(logs.values()),
        _mean(briers.values()),
        _by_contest(logs, where),
        _by_contest(briers, where),
    )


def coverage(kind: str, scored: Iterable[Scored], kinds: Sequence[str]) -> Coverage | None:
    """How often the intervals of shares of these kinds held; None where no such share is known."""
    found = [(each.contest, held) for each in scored for held in each.held if held.kind in kinds]
    if not found:
        return None
    where = {at: contest for at, (contest, _) in enumerate(found)}
    hits = {
        level: {at: float(held.at(level)) for at, (_, held) in enumerate(found)} for level in LEVELS
    }
    return Coverage(
        kind,
        len(found),
        len(set(where.values())),
        {level: _mean(hits[level].values()) for level in LEVELS},
        {level: _by_contest(hits[level], where) for level in LEVELS},
    )


def histogram(pits: Iterable[float], bins: int = 5) -> tuple[int, ...]:
    """How many of these lie in each of so many equal parts of 0 to 1.

    >>> histogram([0.0, 0.1, 0.5, 1.0])
    (2, 0, 1, 0, 1)
    """
    counts = [0] * bins
    for pit in pits:
        counts[min(int(pit * bins), bins - 1)] += 1
    return tuple(counts)


def _mean(values: Iterable[float]) -> float:
    some = [*values]
    return sum(some) / len(some)


def _by_contest(values: Mapping[int, float], where: Mapping[int, str]) -> float:
    contests: dict[str, list[float]] = {}
    for at, value in values.items():
        contests.setdefault(where[at], []).append(value)
    return _mean(_mean(each) for each in contests.values())
