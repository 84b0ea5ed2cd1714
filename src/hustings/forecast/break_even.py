"""How wrong all evidence together would have to be before the other is as likely to win."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from hustings.forecast.evidence import Race
from hustings.forecast.fit import Posterior
from hustings.forecast.outcomes import Real, Simulated, simulated
from hustings.nominations.meetings import Pair
from hustings.units import Candidate

DRAWS = 1000
# The largest shift that is tried, and how near two must come; both on the logit scale.
REACH, NEAR = 4.0, 0.01


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


def break_even(race: Race, posterior: Posterior, seed: int, pair: Pair) -> BreakEven:
    """The smallest shift of the utilities of every section that makes the two win equally often.

    The leader is the first of `pair`. Every shift is tried upon the same 1,000 draws with the
    same luck; what is known of named electors stays as it is.
    """
    some = thinned(posterior, DRAWS)

    def at(shift: float) -> Simulated:
        return shifted(race, some, seed, pair, shift)

    level = at(0.0)
    share = final_share(level, pair[0])
    shift, there = _crossing(at, pair, level)
    if shift is None:
        return BreakEven(*pair, None, None, None)
    usual = float(np.sqrt(2)) * posterior.observations.hyperparameters.poll_sd
    moved = share - final_share(there, pair[0])
    return BreakEven(*pair, shift, moved, shift / usual if usual else None)


def thinned(posterior: Posterior, draws: int) -> Posterior:
    """About so many of the draws, evenly spaced."""
    step = max(len(posterior.vectors) // draws, 1)
    names = ("vectors", "support", "placement", "branch", "hazards", "kept")
    return replace(posterior, **{name: getattr(posterior, name)[::step] for name in names})


def shifted(race: Race, posterior: Posterior, seed: int, pair: Pair, shift: float) -> Simulated:
    """The electorates where the second of two is better liked by `shift` beside the first."""
    one, other = (posterior.candidates.index(name) for name in pair)
    support = posterior.support.copy()
    support[:, :, one] -= shift / 2
    support[:, :, other] += shift / 2
    return simulated(race, replace(posterior, support=support), seed, checked=False)


def lead(found: Simulated, pair: Pair) -> float:
    """By how much more often the first of two wins than the other, as a part of the draws."""
    one, other = (found.candidates.index(name) for name in pair)
    wins = found.wins().mean(0)
    return float(wins[one] - wins[other])


def final_share(found: Simulated, name: Candidate) -> float:
    """The candidate's mean part of the college among the last two; not a number if never there."""
    shares = _finals(found, name)
    shares = shares[np.isfinite(shares)]
    return float(shares.mean()) if len(shares) else float("nan")


def _finals(found: Simulated, name: Candidate) -> Real:
    mine = found.outcomes.pair == found.candidates.index(name)
    return np.asarray(np.fmax.reduce(np.where(mine, found.final_shares(), np.nan), axis=1))


def _crossing(
    at: Callable[[float], Simulated], pair: Pair, level: Simulated
) -> tuple[float | None, Simulated]:
    """The shift at which the lead is gone, to within NEAR, and what is simulated there.

    A secant is drawn between the shifts on either side, and a point just beyond it tried, so
    that both close in; halving is the fall-back where a side stays.
    """
    low, ahead = 0.0, lead(level, pair)
    if ahead <= 0:
        return 0.0, level
    high, there = _beyond(at, pair, _guess(level, pair[0]))
    behind = lead(there, pair)
    if behind > 0:
        return None, there
    while high - low > NEAR:
        middle = _between(low, ahead, high, behind)
        found = at(middle)
        leads = lead(found, pair)
        if leads > 0:
            low, ahead = middle, leads
        else:
            high, behind, there = middle, leads, found
    return high, there


def _between(low: float, ahead: float, high: float, behind: float) -> float:
    """Where the secant crosses nought, a little to the side that is farther away from it."""
    cross = low + (high - low) * ahead / (ahead - behind)
    side = NEAR / 2 if cross - low < high - cross else -NEAR / 2
    return min(max(cross + side, low + NEAR / 3), high - NEAR / 3)


def _guess(level: Simulated, leader: Candidate) -> float:
    """About how much: the logit of the leader's middling final share."""
    shares = _finals(level, leader)
    shares = shares[(shares > 0) & (shares < 1)]
    if not len(shares):
        return 1.0
    middle = float(np.median(shares))
    return max(float(np.log(middle / (1 - middle))), 0.0) * 1.2 + 2 * NEAR


def _beyond(at: Callable[[float], Simulated], pair: Pair, guess: float) -> tuple[float, Simulated]:
    """The first shift that is tried at which the lead is gone, or the end of the reach."""
    while guess < REACH:
        found = at(guess)
        if lead(found, pair) <= 0:
            return guess, found
        guess *= 2
    return REACH, at(REACH)
