"""The fit: draws from the model given the evidence, and whether they can be trusted."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray

from hustings.forecast import model
from hustings.forecast.chains import Walk, in_single_precision
from hustings.forecast.diagnostics import DOUBLINGS, Diagnostics, Path, diagnose
from hustings.forecast.evidence import Grade
from hustings.forecast.observations import Data, Observations, Size
from hustings.units import Candidate, Section

__all__ = [
    "DOUBLINGS",
    "Diagnostics",
    "Path",
    "Posterior",
    "Walk",
    "diagnose",
    "fit",
    "has_evidence",
    "in_single_precision",
    "keep_compiled",
    "posterior",
    "prior",
]

Floats = NDArray[np.float64]

# So many chains, each of so many draws, every one of which stands for so many electorates.
CHAINS, DRAWS, REPEAT = 4, 1000, 1
# Where the draws are worth too little the chains go on: as far again, and then twice as far.
FURTHER = (1, 2)


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
    chains: int = CHAINS,
    draws: int = DRAWS,
    repeat: int = REPEAT,
    cache: str = "",
) -> Posterior:
    """Draws from the model given these observations: chains x draws x repeat of them.

    The same seed gives the same draws on one machine. Where `repeat` is above 1 a draw of what the
    evidence informs is used so often, each time with other hazards and other slips of the
    roster, of which the evidence says nothing. Where the draws fail a check that more may cure,
    the chains go on. Without any evidence the draws are from the prior. `cache` is a folder in
    which compiled programs are kept from one run to the next.
    """
    if cache:
        keep_compiled(cache)
    if not has_evidence(observations.data):
        return prior(observations, seed, chains * draws * repeat)
    walk = Walk(observations, seed, chains)
    walk.warm_up()
    path = walk.take(draws)
    diagnostics = diagnose(path)
    for times in FURTHER:
        if diagnostics.passes or not diagnostics.finite:
            break
        path = path.then(walk.take(times * draws))
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


def keep_compiled(folder: str) -> None:
    """Keep compiled programs in that folder, from one run to the next."""
    jax.config.update("jax_compilation_cache_dir", folder)  # type: ignore[no-untyped-call]
    jax.config.update(  # type: ignore[no-untyped-call]
        "jax_persistent_cache_min_compile_time_secs", 0.0
    )
