"""Simulation-based calibration: what is made up from the model is found again by its fit.

A truth is drawn from the prior, evidence is made up from it, and the model is fitted to that. If
all is right the truth has any rank among the draws as often as any other (Talts, Betancourt,
Simpson, Vehtari and Gelman, arXiv:1804.06788). It tests the density, the sampler and the count
that follows; whether the model is like the world, it cannot tell.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from hustings.errors import InputError
from hustings.forecast import fit, model
from hustings.forecast.evidence import Race
from hustings.forecast.observations import Data, Observations, Size, anchored, observations
from hustings.forecast.outcomes import Simulated, simulated
from hustings.forecast.uniformity import DRAWS, Replicate
from hustings.units import Candidate

Floats = NDArray[np.float64]
# Draws after the warm-up, of which every tenth is ranked.
STEPS = 1000
# The final share of whoever wins, and of the first of the two: found through the count.
WINNER = "final share of the winner"


@dataclass(frozen=True, slots=True)
class Setting:
    """A race whose evidence is made up again and again, each source as large as it is.

    `pair` are the places of the two candidates of whom the evidence says most. `steps` are
    draws after the warm-up, 99 or more; `doubted` spoils what the fit is given, to
    see whether the ranks show it.
    """

    race: Race
    observations: Observations
    seed: int
    steps: int = STEPS
    doubted: Callable[[Data], Data] = lambda data: data

    @property
    def pair(self) -> tuple[int, int]:
        """The places of the two candidates of whom the evidence says most."""
        shares = self.observations.data.shares
        size = np.maximum(np.asarray(shares.groups).sum(-1), 1)
        of = np.einsum("ng,ngk->k", np.asarray(shares.counts) / size, np.asarray(shares.groups))
        one, other = np.argsort(-of, kind="stable")[:2]
        return int(one), int(other)


def setting(race: Race, seed: int) -> Setting:
    """The setting of a race as of a day; `InputError` where it has no evidence to make up."""
    seen = observations(race)
    if not fit.has_evidence(seen.data):
        raise InputError(
            f"{race.name}: there is no evidence by this day, so nothing to calibrate on; "
            "ask for a later one with --as-of"
        )
    return Setting(race, seen, seed)


def replicate(setting: Setting, number: int) -> Replicate:
    """One truth and its ranks; the same setting and number give the same."""
    seen = setting.observations
    luck = np.random.default_rng([setting.seed, 20, number])
    truth = luck.standard_normal(model.length(seen.size))
    truth = model.from_one_side(truth, seen.data, seen.size)
    data = model.forward(truth, seen.data, seen.size, luck)
    walk = fit.Walk(replace(seen, data=_refreshed(setting.doubted(data), seen.size)),
                    int(luck.integers(2**31)), fit.CHAINS)  # fmt: skip
    walk.warm_up()
    path = walk.take(setting.steps // fit.CHAINS)
    drawn = path.vectors.reshape(-1, path.vectors.shape[-1])
    places = np.linspace(0, len(drawn), DRAWS + 2)[1:-1].astype(int)
    vectors = np.concatenate([drawn[places], truth[None]])
    found = {
        **_looked_at(setting, vectors, data),
        **_counted(setting, vectors, int(luck.integers(2**31))),
    }
    return Replicate(
        number,
        {name: _rank(values, luck) for name, values in found.items()},
        float(path.diverged.mean()),
        float((path.doublings >= fit.DOUBLINGS).mean()),
        bool(np.isfinite(path.energy).all()),
    )


def _refreshed(data: Data, size: Size) -> Data:
    """The same with the sampler's anchors where these figures are."""
    return data._replace(anchors=anchored(data.shares, size, float(data.settings.level_sd)))


def _rank(values: Floats, luck: np.random.Generator) -> int:
    """How many of the draws lie below the last, the truth; of those that are level, any number."""
    draws, truth = values[:-1], values[-1]
    return int((draws < truth).sum() + luck.integers((draws == truth).sum() + 1))


# --- quantities of the parameters ---------------------------------------------------------


def _looked_at(setting: Setting, vectors: Floats, data: Data) -> dict[str, Floats]:
    """Each quantity, by name, of every vector: (D)."""
    seen = setting.observations
    weights = np.array([float(entry.weight) for entry in setting.race.contest.sections])
    values = np.asarray(_quantities(seen.size, setting.pair)(
        vectors, fit.in_single_precision(data), weights / weights.sum()
    ), float)  # fmt: skip
    return dict(zip(names(setting), values.T, strict=True))


def names(setting: Setting) -> tuple[str, ...]:
    """What is ranked of the parameters, in the order of the arrays."""
    seen, size = setting.observations, setting.observations.size
    one, other = (seen.candidates[place] for place in setting.pair)
    over = f"{one} over {other}"
    moved = [
        f"{seen.sections[s]}: {seen.candidates[c]} first, {over}"
        for s, c in _moved(size, setting.pair)
    ]
    return (
        f"college: {over}",
        *(f"{section}: {over}" for section in seen.sections),
        *moved,
        f"{seen.sections[0]}: {one} first",
        f"{seen.sections[-1]}: {other} first",
        f"loading of {one}",
        f"loading of {other}",
        "spread of sections (tau)",
        "worth of endorsements (beta)",
        "log likelihood",
    )  # fmt: skip


def _moved(size: Size, pair: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    """Three transfers: sections, and candidates beside the two, each in turn."""
    others = [place for place in range(size.candidates) if place not in pair]
    many = min(3, size.sections * len(others))
    return tuple((n % size.sections, others[n % len(others)]) for n in range(many))


@lru_cache
def _quantities(size: Size, pair: tuple[int, int]) -> Callable[..., Any]:
    """The compiled quantities: (vectors, data, weights) to (D, Q)."""
    contrast = np.zeros((size.sections, size.candidates))
    contrast[:, pair[0]], contrast[:, pair[1]] = 1, -1
    moved = _moved(size, pair)

    def one(vector: Any, data: Data, weights: Any) -> Any:
        parameters = model.unpack(vector, size)
        seen = model.look(parameters, data.settings, size)
        first, joint = model.transfers(seen.utility, model.parts(size), contrast)
        over = joint.sum(1)[:, 0]
        return jnp.stack([
            weights @ over, *over,
            *(joint[s, c, 0] / joint[s, c].sum() for s, c in moved),
            first[0, pair[0]], first[-1, pair[1]],
            seen.where.placement[pair[0]], seen.where.placement[pair[1]],
            seen.where.scales.section, seen.where.scales.endorsement,
            model.log_likelihood(parameters, seen, data, size),
        ])  # fmt: skip

    return jax.jit(jax.vmap(one, (0, None, None)), compiler_options=dict(model.QUICKLY))


# --- through named electors and the count -------------------------------------------------


def _counted(setting: Setting, vectors: Floats, seed: int) -> dict[str, Floats]:
    """Final shares of the electorates that the vectors give, each counted: by name, (D).

    The truth's electorate is drawn like the others', by the same code; whoever is out before
    the end has a final share of nought.
    """
    told = fit.Diagnostics(1, len(vectors))
    drawn = fit.posterior(setting.observations, seed, vectors, 1, told)
    found = simulated(setting.race, drawn, seed, checked=False)
    leading = setting.observations.candidates[setting.pair[0]]
    return {WINNER: found.final_shares()[:, 0], f"final share of {leading}": _share(found, leading)}


def _share(found: Simulated, name: Candidate) -> Floats:
    """(D): what the candidate holds in the last round, 0 for one who is out."""
    mine = found.outcomes.pair == found.candidates.index(name)
    return np.asarray(np.where(mine, np.nan_to_num(found.final_shares()), 0).sum(1))
