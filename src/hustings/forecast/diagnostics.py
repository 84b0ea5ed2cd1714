"""Whether the draws of a fit can be trusted: what the chains did, and what that says."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# A path that is longer than a step doubled so often is cut short.
DOUBLINGS = 8
# What a chain that never found a density that is a number has for one; so little that any step
# from it is taken.
NOWHERE = -1e30

# What fails a fit, and on which side of it.
R_HAT, ESS, DIVERGENT, SATURATED, E_BFMI = 1.01, 400.0, 0.001, 0.01, 0.3


@dataclass(frozen=True, slots=True)
class Path:
    """Where the chains went: `vectors` (chains, draws, P), and of each step what it met.

    `doublings` (chains, draws) are how often one step has to be doubled to be as long as the path.
    """

    vectors: Floats
    energy: Floats
    diverged: NDArray[np.bool_]
    doublings: Floats

    def then(self, further: "Path") -> "Path":
        """This path, and on."""
        return Path(
            np.concatenate([self.vectors, further.vectors], 1),
            np.concatenate([self.energy, further.energy], 1),
            np.concatenate([self.diverged, further.diverged], 1),
            np.concatenate([self.doublings, further.doublings], 1),
        )


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """How well the chains agree, over all that the model learns.

    `r_hat` is the largest, `ess_bulk`, `ess_tail` and `e_bfmi` the smallest; `divergent` and
    `saturated` are parts of the draws. Definitions: Vehtari, Gelman, Simpson, Carpenter and
    Burkner, Bayesian Analysis 16, 2021; Betancourt, arXiv:1604.00695, for E-BFMI.
    """

    chains: int
    draws: int
    r_hat: float = 1.0
    ess_bulk: float = float("inf")
    ess_tail: float = float("inf")
    divergent: float = 0.0
    saturated: float = 0.0
    e_bfmi: float = 1.0
    finite: bool = True

    @property
    def passes(self) -> bool:
        """Whether the draws may be published."""
        return not self.advice

    @property
    def advice(self) -> tuple[str, ...]:
        """What is wrong with the draws, each with what to do; empty where nothing is."""
        return tuple(self._wrong())

    def _wrong(self) -> Iterator[str]:
        if not self.finite:
            yield (
                "the density is not a number, so there are no draws: look for a figure out of all "
                "bounds, a bias or a number of electors many digits long"
            )
            return
        if self.r_hat > R_HAT:
            yield f"R-hat is {self.r_hat:.3f}, above {R_HAT}: ask for more draws"
        if min(self.ess_bulk, self.ess_tail) < ESS:
            yield (
                f"the draws are worth {self.ess_bulk:.0f} (bulk) and {self.ess_tail:.0f} (tail) "
                f"independent ones, below {ESS:.0f}: ask for more draws"
            )
        if self.divergent > DIVERGENT:
            yield (
                f"{self.divergent:.2%} of the draws diverge, above {DIVERGENT:.1%}: two entries "
                "may contradict each other; leave one out, or raise its bias"
            )
        if self.saturated > SATURATED:
            yield f"{self.saturated:.1%} of the paths are cut short: ask for a longer warm-up"
        if self.e_bfmi < E_BFMI:
            yield f"E-BFMI is {self.e_bfmi:.2f}, below {E_BFMI}: ask for more draws"


def diagnose(path: Path) -> Diagnostics:
    """The diagnostics of a path, over every number in its vectors."""
    chains, draws = path.vectors.shape[:2]
    bulk, low, high = path.vectors, *_tails(path.vectors)
    return Diagnostics(
        chains,
        draws,
        float(max(r_hat(normalised(bulk)).max(), r_hat(normalised(_folded(bulk))).max())),
        float(effective(normalised(bulk)).min()),
        float(min(effective(low).min(), effective(high).min())),
        float(path.diverged.mean()),
        float((path.doublings >= DOUBLINGS).mean()),
        float(_e_bfmi(path.energy)),
        bool((np.abs(path.energy) < -NOWHERE / 2).all()),
    )


def _e_bfmi(energy: Floats) -> float:
    spread = energy.var(1)
    steps = np.square(np.diff(energy, axis=1)).mean(1)
    return float((steps / np.where(spread > 0, spread, 1)).min())


def _folded(draws: Floats) -> Floats:
    return np.abs(draws - np.median(draws, (0, 1)))


def _tails(draws: Floats) -> tuple[Floats, Floats]:
    low, high = np.quantile(draws, [0.05, 0.95], (0, 1))
    return (draws <= low).astype(float), (draws >= high).astype(float)


def split(draws: Floats) -> Floats:
    """Each chain as two, its first half and its second: (2 x chains, draws / 2, P)."""
    half = draws.shape[1] // 2
    return np.concatenate([draws[:, :half], draws[:, -half:]])


def normalised(draws: Floats) -> Floats:
    """The draws' ranks over all chains as normal scores; (chains, draws, P) as it came.

    Ties do not arise but where a step was refused; they are ranked in the order they came.
    """
    flat = draws.reshape(-1, draws.shape[-1])
    scores = np.empty_like(flat)
    scored = np.broadcast_to(_scores(len(flat))[:, None], flat.shape)
    np.put_along_axis(scores, flat.argsort(0, kind="stable"), scored, 0)
    return scores.reshape(draws.shape)


@lru_cache
def _scores(total: int) -> Floats:
    """The normal scores of so many ranks (Blom's), the lowest first."""
    normal = NormalDist()
    return np.array([normal.inv_cdf((i + 0.625) / (total + 0.25)) for i in range(total)])


def r_hat(draws: Floats) -> Floats:
    """(P): the root of all variance over that within half-chains; 1 where they agree."""
    halves = split(draws)
    n = halves.shape[1]
    within = halves.var(1, ddof=1).mean(0)
    between = halves.mean(1).var(0, ddof=1)
    ratio: Floats = np.sqrt((n - 1) / n + between / np.where(within > 0, within, 1))
    return ratio


def effective(draws: Floats) -> Floats:
    """(P): how many independent draws they are worth, by Geyer's monotone sequence of pairs."""
    halves = split(draws)
    chains, n, _ = halves.shape
    covariance = _autocovariance(halves)
    within = covariance[:, 0].mean(0) * n / (n - 1)
    variance = within * (n - 1) / n + halves.mean(1).var(0, ddof=1)
    safe = np.where(variance > 0, variance, 1)
    rho = 1 - (within - covariance.mean(0) * n / (n - 1)) / safe
    rho[0] = 1
    pairs = rho[0 : n - n % 2 : 2] + rho[1:n:2]
    going = np.minimum.accumulate(np.where(pairs > 0, 1, 0))
    falling = np.minimum.accumulate(np.maximum(pairs, 0)) * going
    time = np.maximum(-1 + 2 * falling.sum(0), 1 / np.log10(chains * n))
    worth: Floats = np.where(variance > 0, chains * n / time, np.inf)
    return worth


def _autocovariance(halves: Floats) -> Floats:
    """(chains, lags, P), by the fast Fourier transform."""
    n = halves.shape[1]
    away = halves - halves.mean(1, keepdims=True)
    power = np.abs(np.fft.rfft(away, 2 * n, 1)) ** 2
    lags: Floats = np.fft.irfft(power, 2 * n, 1)[:, :n] / n
    return lags
