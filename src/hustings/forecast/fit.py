"""The fit: draws from the model given the evidence, and whether they can be trusted."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from threading import Lock
from typing import Any

import blackjax  # type: ignore[import-untyped]
import jax
import jax.numpy as jnp
import numpy as np
from blackjax.adaptation.mass_matrix import mass_matrix_adaptation  # type: ignore[import-untyped]
from blackjax.adaptation.staged_adaptation import build_schedule  # type: ignore[import-untyped]
from blackjax.adaptation.step_size import dual_averaging_adaptation  # type: ignore[import-untyped]
from blackjax.mcmc.hmc import HMCState  # type: ignore[import-untyped]
from numpy.typing import NDArray

from hustings.forecast import model
from hustings.forecast.evidence import Grade
from hustings.forecast.observations import Data, Observations, Size
from hustings.units import Candidate, Section

Floats = NDArray[np.float64]

WARM_UP = 400
TARGET = 0.85
DOUBLINGS = 8

# What fails a fit, and on which side of it.
R_HAT, ESS, DIVERGENT, SATURATED, E_BFMI = 1.01, 400.0, 0.001, 0.01, 0.3


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


@dataclass(frozen=True, slots=True)
class Posterior:
    """Draws of where the sections stand; D draws, S sections, K candidates.

    `support` (D, S, K) and `placement` (D, K) are centred utilities; `branch` (D) is the spread
    of branches, which counts where `data.settings.branched` is 1. `hazards` (D, S, 2, K-2) are
    chances that a ballot ends after its first, second, ... preference: of those for the
    section's front-runner first, then of all others. `kept` (D, 3) are the parts of known
    preferences that are kept, in the order of `Grade`. `vectors` (D, P) are the model's
    parameters, the errors that sources share among them. `prior` is true where there was
    nothing to learn from.
    """

    observations: Observations
    seed: int
    vectors: Floats
    support: Floats
    placement: Floats
    branch: Floats
    hazards: Floats
    kept: Floats
    diagnostics: Diagnostics
    prior: bool = False

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The candidates, in the order of the arrays."""
        return self.observations.candidates

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections, in the order of the arrays."""
        return self.observations.sections

    def utilities(self) -> tuple[Floats, Floats]:
        """What each kind of voter thinks (D, S, N, K), and their parts of a section (N)."""
        size, told = self.observations.size, self.observations.data.settings
        away = model.branch_points(size)
        spread = self.branch[:, None, None, None] * told.branched[:, None, None] * away
        at_centre = model.voters()[0][:, None] * self.placement[:, None]
        every = (self.support[:, :, None] + spread)[:, :, :, None] + at_centre[:, None, None]
        shape = (len(self.support), len(self.sections), -1, len(self.candidates))
        return every.reshape(shape), model.parts(size)

    def first_choices(self) -> Floats:
        """(D, S, K): the parts of each section that would put each candidate first."""
        utility, weights = self.utilities()
        chance = np.exp(utility - utility.max(-1, keepdims=True))
        shares: Floats = np.einsum("n,dsnk->dsk", weights, chance / chance.sum(-1, keepdims=True))
        return shares

    def prefixes(self, batch: int = 250) -> Floats:
        """(D, S, P): the part of a section's ballots that begin with each prefix.

        In the order of `model.prefixes(K)`, in double precision. `batch` draws are taken
        at a time, which bounds the memory.
        """
        utility, weights = self.utilities()
        with jax.enable_x64(True):
            table = _prefix_table()
            at = range(0, len(utility), batch)
            # The last batch is as long as the others, so that nothing is compiled twice.
            starts = [max(min(i, len(utility) - batch), 0) for i in at]
            made = [
                np.asarray(table(utility[i : i + batch], weights, self.hazards[i : i + batch]))
                for i in starts
            ]
        first = [part[i - start :] for i, start, part in zip(at, starts, made, strict=True)]
        return np.concatenate(first)


@lru_cache
def _prefix_table() -> Callable[..., Any]:
    return jax.jit(model.prefix_chances)


def fit(
    observations: Observations,
    seed: int,
    *,
    chains: int = 2,
    draws: int = 1000,
    repeat: int = 2,
    cache: str = "",
) -> Posterior:
    """Draws from the model given these observations: chains x draws x repeat of them.

    The same seed gives the same draws on one machine. A draw of what the evidence informs is
    used `repeat` times, each time with other hazards and other slips of the roster, of
    which the evidence says nothing. Where the draws are worth too little, or the chains do not
    agree, as many again are made, once. Without any evidence the draws are from the prior.
    `cache` is a folder in which compiled programs are kept from one run to the next.
    """
    if cache:
        keep_compiled(cache)
    if not has_evidence(observations.data):
        return prior(observations, seed, chains * draws * repeat)
    walk = Walk(observations, seed, chains)
    walk.warm_up()
    path = walk.take(draws)
    diagnostics = diagnose(path)
    if min(diagnostics.ess_bulk, diagnostics.ess_tail) < ESS or diagnostics.r_hat > R_HAT:
        path = path.then(walk.take(draws))
        diagnostics = diagnose(path)
    vectors = path.vectors.reshape(-1, path.vectors.shape[-1])
    return posterior(observations, seed, vectors, repeat, diagnostics)


def prior(observations: Observations, seed: int, draws: int) -> Posterior:
    """Independent draws from the model as it is before any evidence."""
    chance = np.random.default_rng([seed, 0])
    vectors = chance.standard_normal((draws, model.length(observations.size)))
    return posterior(observations, seed, vectors, 1, Diagnostics(1, draws), prior=True)


def has_evidence(data: Data) -> bool:
    """Whether there is anything to learn from."""
    counted = (data.shares.counts, data.pairs.counts, data.branches.counts, data.branches.gained)
    # What is not a number is evidence too, and is for the diagnostics to tell of.
    return any(np.asarray(counts).sum() != 0 for counts in counted)


def posterior(
    observations: Observations,
    seed: int,
    vectors: Floats,
    repeat: int,
    diagnostics: Diagnostics,
    prior: bool = False,
) -> Posterior:
    """What these draws of the model's parameters stand for, with draws of what is not learnt."""
    size, told = observations.size, observations.hyperparameters
    vectors = np.repeat(vectors, repeat, 0)
    with jax.enable_x64(True):
        stands = _stands(size)(vectors, observations.data.settings)
    chance = np.random.default_rng([seed, 1])
    places = (len(vectors), size.sections, 2, max(size.candidates - 2, 0))
    logits = told.hazard_mean + told.hazard_sd * chance.standard_normal(places)
    kept = chance.beta(told.kept_a, told.kept_b, (len(vectors), len(Grade)))
    return Posterior(
        observations, seed, vectors, np.asarray(stands.support), np.asarray(stands.placement),
        np.asarray(stands.scales.branch), 1 / (1 + np.exp(-logits)), kept, diagnostics, prior,
    )  # fmt: skip


@lru_cache
def _stands(size: Size) -> Callable[..., Any]:
    def one(vector: Any, told: Any) -> Any:
        return model.state(model.unpack(vector, size), told, size)

    return jax.jit(jax.vmap(one, (0, None)))


# --- the sampler --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Path:
    """Where the chains went: `vectors` (chains, draws, P), and of each step what it met."""

    vectors: Floats
    energy: Floats
    diverged: NDArray[np.bool_]
    doublings: NDArray[np.int64]

    def then(self, further: "Path") -> "Path":
        """This path, and on."""
        return Path(
            np.concatenate([self.vectors, further.vectors], 1),
            np.concatenate([self.energy, further.energy], 1),
            np.concatenate([self.diverged, further.diverged], 1),
            np.concatenate([self.doublings, further.doublings], 1),
        )


class Walk:
    """Several chains of the no-U-turn sampler, each in a thread of its own.

    Hoffman and Gelman, Journal of Machine Learning Research 15, 2014; the warm-up is Stan's.
    """

    def __init__(self, observations: Observations, seed: int, chains: int) -> None:
        advance, data = _sampler(observations.size), in_single_precision(observations.data)
        self._observations = observations
        self._chains = [
            Chain(advance, data, observations.size, (seed, chain)) for chain in range(chains)
        ]

    def warm_up(self) -> None:
        """Settle the step and the scale of every coordinate; these draws are thrown away."""
        self._together(Chain.warm_up)

    def take(self, draws: int) -> Path:
        """So many draws of every chain."""
        parts = self._together(lambda chain: chain.take(draws))
        vectors = np.stack([part.vectors[0] for part in parts])
        return Path(
            model.from_one_side(vectors, self._observations.data, self._observations.size),
            np.stack([part.energy[0] for part in parts]),
            np.stack([part.diverged[0] for part in parts]),
            np.stack([part.doublings[0] for part in parts]),
        )

    def _together(self, act: "Callable[[Chain], Path | None]") -> list[Any]:
        with ThreadPoolExecutor(len(self._chains)) as pool:
            return list(pool.map(act, self._chains))


class Chain:
    """One chain, a stretch of steps at a time; all stretches run the same compiled program."""

    def __init__(self, advance: "Advance", data: Data, size: Size, seeds: tuple[int, int]) -> None:
        self._advance, self._data = advance, data
        self._luck = np.random.default_rng([seeds[0], 2, seeds[1]])
        self._state = _start(model.length(size), self._luck)

    def warm_up(self) -> None:
        """Settle the step and the scale of every coordinate; these draws are thrown away."""
        schedule = np.array(build_schedule(WARM_UP))
        for at in range(0, WARM_UP, STRETCH):
            part = schedule[at : at + STRETCH]
            fresh = np.arange(STRETCH) == -at
            self._go(part[:, 0] == 1, part[:, 1] == 1, np.ones(STRETCH, bool), fresh)

    def take(self, draws: int) -> Path:
        """So many draws, as a path of one chain."""
        idle = np.zeros(STRETCH, bool)
        path = self._go(idle, idle, idle, idle)
        for _ in range(STRETCH, draws, STRETCH):
            path = path.then(self._go(idle, idle, idle, idle))
        return Path(
            path.vectors[:, :draws],
            path.energy[:, :draws],
            path.diverged[:, :draws],
            path.doublings[:, :draws],
        )

    def _go(self, *schedule: NDArray[np.bool_]) -> Path:
        seed = self._luck.integers(2**32, dtype=np.uint32)
        self._state, seen = self._advance(seed, self._data, self._state, schedule)
        vectors, energy, diverged, doublings = (np.asarray(part)[None] for part in seen)
        return Path(vectors.astype(float), energy.astype(float), diverged, doublings)


STRETCH = 100
FIRST_STEP = 0.2
# What the start is taken to have for a log density: so little that its first step is taken. A
# chain that keeps it never found a place with a density that is a number.
NOWHERE = -1e30
Advance = Callable[[Any, Data, Any, Any], Any]
_step_init, _step_update, _step_final = dual_averaging_adaptation(TARGET)
_scale_init, _scale_update, _scale_final = mass_matrix_adaptation(True)


def _start(parameters: int, luck: np.random.Generator) -> Any:
    """A place to begin, with the shape of all else that a stretch takes and hands on.

    The density there is not computed: the graph of it would be compiled a second time. The
    first step begins with no slope, and is taken wherever it leads.
    """
    shapes = jax.eval_shape(lambda: (_step_init(FIRST_STEP), _scale_init(parameters)))
    empty = jax.tree.map(lambda part: np.zeros(part.shape, part.dtype), shapes)
    position = luck.standard_normal(parameters).astype(np.float32) / 2
    here = HMCState(position, np.float32(NOWHERE), np.zeros_like(position))
    return (here, *empty)


@lru_cache
def _sampler(size: Size) -> Advance:
    """The stretch of steps of one chain: (seed, data, state, schedule) to state and path.

    Compiled by the first call, for evidence of that size.
    """
    kernel = blackjax.nuts.build_kernel()

    def advance(seed: Any, data: Data, state: Any, schedule: Any) -> Any:
        def density(sampled: Any) -> Any:
            return model.sampled_density(sampled, data, size)

        def step(carry: Any, at: Any) -> Any:
            key, slow, ends, adapting, fresh = at
            here, *rest = carry
            begun = (_step_init(FIRST_STEP), _scale_init(model.length(size)))
            step_size, scale = _either(fresh, begun, tuple(rest))
            logs = jnp.where(adapting, step_size.log_step_size, step_size.log_step_size_avg)
            here, info = kernel(
                key, here, density, jnp.exp(logs), scale.inverse_mass_matrix, DOUBLINGS
            )
            settled = _settled(step_size, scale, here.position, info.acceptance_rate, slow, ends)
            carry = (here, *_either(adapting, settled, (step_size, scale)))
            met = (info.energy, info.is_divergent, info.num_trajectory_expansions)
            return carry, (here.position, *met)

        keys = jax.random.split(jax.random.key(seed), STRETCH)
        state, seen = jax.lax.scan(step, state, (keys, *schedule))
        vectors = jax.vmap(lambda sampled: model.natural(sampled, data, size))(seen[0])
        return state, (vectors, *seen[1:])

    return _once(jax.jit(advance, compiler_options=dict(model.QUICKLY)))


def _once(program: Any) -> Advance:
    """The program, compiled by whoever calls it first while the others wait."""
    door, made = Lock(), list[Advance]()

    def call(*arguments: Any) -> Any:
        with door:
            if not made:
                made.append(program.lower(*arguments).compile())
        return made[0](*arguments)

    return call


def _settled(step_size: Any, scale: Any, position: Any, accepted: Any, slow: Any, ends: Any) -> Any:
    """The step and the scales after one more step of the warm-up; a window's end restarts it."""
    step_size = _step_update(step_size, accepted)
    scale = _either(slow, _scale_update(scale, position), scale)
    anew = (_step_init(_step_final(step_size)), _scale_final(scale))
    return _either(ends, anew, (step_size, scale))


def _either(which: Any, one: Any, other: Any) -> Any:
    return jax.tree.map(lambda a, b: jnp.where(which, a, b), one, other)


def in_single_precision(data: Data) -> Data:
    """The same arrays as 32-bit floats, enough where the density is never far from nought."""
    made: Data = jax.tree.map(lambda part: np.asarray(part, np.float32), data)
    return made


def keep_compiled(folder: str) -> None:
    """Keep compiled programs in that folder, from one run to the next."""
    jax.config.update("jax_compilation_cache_dir", folder)  # type: ignore[no-untyped-call]
    jax.config.update(  # type: ignore[no-untyped-call]
        "jax_persistent_cache_min_compile_time_secs", 0.0
    )


# --- can the draws be trusted? ------------------------------------------------------------


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
    total = len(flat)
    scores = np.array([NormalDist().inv_cdf((i + 0.625) / (total + 0.25)) for i in range(total)])
    ranks = flat.argsort(0, kind="stable").argsort(0)
    return scores[ranks].reshape(draws.shape)


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
