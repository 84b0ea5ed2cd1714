"""Plain ways to forecast a ranked count, against which the model has to show its worth.

All take the latest first preferences of each section, and differ in what they make of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from hustings.forecast.evidence import (
    Entry,
    Figures,
    MeetingPool,
    PollFirst,
    Primary,
    Race,
    ReportedFirsts,
    SelfSelecting,
)
from hustings.forecast.observations import contrasts
from hustings.forecast.roster import known
from hustings.units import Candidate, Section

Floats = NDArray[np.float64]
Wins = dict[Candidate, float]

# Whichever a section has of these, the first kind in the list and the latest of it.
BEST: tuple[type[Figures], ...] = (PollFirst, ReportedFirsts, SelfSelecting, MeetingPool, Primary)
# Of a source that does not say of how many it is.
N_UNTOLD = 100
# The polls' error that was found when the model was designed, on these same contests.
FOUND_SD = 0.32


@dataclass(frozen=True, slots=True)
class Baseline:
    """One way: its name for a table, and `transfers`, what becomes of the votes of who goes."""

    name: str
    transfers: str = "proportional"
    sd: float | None = 0.0


LEADER = Baseline("leader and sampling error", "none")
PROPORTIONAL = Baseline("proportional transfers and sampling error")
EVEN = Baseline("50:50 transfers and sampling error", "even")
FOUND = Baseline(f"proportional transfers and poll error of {FOUND_SD}", sd=FOUND_SD)
LEFT_OUT = Baseline("proportional transfers and poll error fitted to the other contests", sd=None)
BASELINES = (LEADER, PROPORTIONAL, EVEN, FOUND, LEFT_OUT)
# Between these the last of them is fitted.
GRID = tuple(round(0.02 * step, 2) for step in range(31))


def wins(race: Race, baseline: Baseline, sd: float, seed: int, draws: int) -> Wins:
    """P(win) of each candidate who stands: the race as of a day, `sd` on the scale of log shares.

    Where a section has no figures, every share of it is as likely as another. The same
    race, seed and draws give the same numbers, whatever the baseline: common random numbers.
    """
    mark = crc32(f"{race.name}/{race.at}".encode())
    chance = np.random.default_rng([seed, 20, mark])
    shares = np.stack(
        [_drawn(race, each.id, sd, chance, draws) for each in race.contest.sections], 1
    )
    weights = np.array([float(each.weight) for each in race.contest.sections])
    winner = _COUNTS[baseline.transfers](shares, weights / weights.sum())
    return {name: float((winner == place).mean()) for place, name in enumerate(race.standing)}


def _drawn(
    race: Race, section: Section, sd: float, chance: np.random.Generator, draws: int
) -> Floats:
    """(D, K): shares with sampling error (a Dirichlet's), moved by the error of the source."""
    k = len(race.standing)
    told, n = latest(race, section)
    noise = chance.standard_normal((draws, k - 1)) @ contrasts(k).T
    pure = chance.dirichlet(told * n + 0.5 if n else np.ones(k), draws)
    moved = np.maximum(pure, 1e-12) * np.exp(sd * noise)
    return np.asarray(moved / moved.sum(1, keepdims=True))


def latest(race: Race, section: Section) -> tuple[Floats, float]:
    """(K) shares of the latest best source of a section and its size; 0 where there is none."""
    for kind in BEST:
        mine = [entry for entry in race.of(kind) if _of(race, entry, section)]
        if mine:
            return _shares(race, mine[-1]), float(mine[-1].n or N_UNTOLD)
    named = [each.first for each in known(race, section) if each.first]
    counts = np.array([float(named.count(name)) for name in race.standing])
    return (counts / len(named), float(len(named))) if named else (counts, 0.0)


def _of(race: Race, entry: Entry, section: Section) -> bool:
    return (entry.section or race.contest.sections[0].id) == section


def _shares(race: Race, entry: Figures) -> Floats:
    """Of those given together each has as much; who was not asked of has nothing."""
    shares = np.zeros(len(race.standing))
    for who, share in entry.among(race.standing).items():
        for name in who:
            shares[race.standing.index(name)] += float(share) / len(who)
    return shares


# --- counts -------------------------------------------------------------------------------


def _by_first(shares: Floats, weights: Floats) -> NDArray[np.int64]:
    return np.asarray((shares * weights[:, None]).sum(1).argmax(1))


def _proportional(votes: Floats, out: NDArray[np.bool_]) -> Floats:
    kept = np.where(out[:, None], 0, votes)
    total = kept.sum(2, keepdims=True)
    alike = ~out[:, None] / np.maximum((~out).sum(1), 1)[:, None, None]
    return np.where(total > 0, kept / np.where(total > 0, total, 1), alike)


def _even(votes: Floats, out: NDArray[np.bool_]) -> Floats:
    lost = np.where(out[:, None], votes, 0).sum(2, keepdims=True)
    left = (~out).sum(1)[:, None, None]
    return np.where(out[:, None], 0, votes + lost / left)


def _eliminating(
    pass_on: Callable[[Floats, NDArray[np.bool_]], Floats],
) -> Callable[[Floats, Floats], NDArray[np.int64]]:
    """Whoever has least of the college goes, until one is left: (D, S, K) to (D) winners."""

    def count(shares: Floats, weights: Floats) -> NDArray[np.int64]:
        out = np.zeros((len(shares), shares.shape[2]), bool)
        votes = shares
        for _ in range(shares.shape[2] - 1):
            total = np.where(out, np.inf, (votes * weights[:, None]).sum(1))
            out[np.arange(len(out)), total.argmin(1)] = True
            votes = pass_on(votes, out)
        return np.asarray(out.argmin(1))

    return count


_COUNTS: Mapping[str, Callable[[Floats, Floats], NDArray[np.int64]]] = {
    "none": _by_first,
    "proportional": _eliminating(_proportional),
    "even": _eliminating(_even),
}


def fitted(losses: Sequence[Mapping[float, float]]) -> float:
    """The error of `GRID` that has the smallest mean log score over these days; .32 if none.

    >>> fitted([{0.1: 2.0, 0.2: 1.0}, {0.1: 0.5, 0.2: 0.4}])
    0.2
    """
    if not losses:
        return FOUND_SD
    return min(losses[0], key=lambda sd: (sum(each[sd] for each in losses), sd))
