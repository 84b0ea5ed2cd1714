"""A run-off is seen only where the meeting was close: the model allows for it, a sum does not."""

from math import log

import numpy as np
import pytest

jax = pytest.importorskip("jax", reason="NOT RUN: the forecast extra is not installed")

from hustings.forecast import fit, model  # noqa: E402 - only where jax is
from hustings.forecast import observations as o  # noqa: E402
from hustings.forecast.hyperparameters import Hyperparameters  # noqa: E402

NAMES = ("a", "b", "c", "d")
BRANCHES, VOTERS = 128, 25
SPREAD = 0.6
# The placements are told, so that what is left to learn is the support.
TOLD = Hyperparameters(placement_sd=0.01, activist_sd=0.01, branch_sd=SPREAD)
PLACEMENT = np.array([0.9, -0.4, -1.0, 0.5])


def meetings(support: np.ndarray, chance: np.random.Generator, many: int) -> list[o.BranchRow]:
    """Each branch votes; where a and b led and neither had half, the others choose between them."""
    rows = []
    for _ in range(many):
        utility = support + SPREAD * centred(chance.normal(size=4))
        places = chance.normal(size=VOTERS)[:, None] * centred(PLACEMENT)
        noise = chance.gumbel(size=(VOTERS, 4))
        liking = utility + places + noise
        first = np.bincount(liking.argmax(1), minlength=4)
        counts = {(name,): int(n) for name, n in zip(NAMES, first, strict=True)}
        led = set(np.argsort(-first, kind="stable")[:2]) == {0, 1} and 2 * first.max() <= VOTERS
        if led and first[2:].sum():
            others = liking[liking.argmax(1) >= 2]
            gained = int((others[:, 0] > others[:, 1]).sum())
            both = (gained, len(others) - gained)
            rows.append(o.BranchRow("north", counts, 0.01, True, ("a", "b"), both, ("c", "d")))
        else:
            rows.append(o.BranchRow("north", counts, 0.01))
    return rows


def centred(values: np.ndarray) -> np.ndarray:
    return values - values.mean()


def truth(support: np.ndarray) -> float:
    """Log odds that who has neither first puts a over b, over many branches and voters."""
    chance = np.random.default_rng(99)
    utility = support + SPREAD * (lambda e: e - e.mean(1, keepdims=True))(
        chance.normal(size=(200_000, 4))
    )
    utility = utility + chance.normal(size=(200_000, 1)) * centred(PLACEMENT)
    liking = utility + chance.gumbel(size=utility.shape)
    others = liking[liking.argmax(1) >= 2]
    part = (others[:, 0] > others[:, 1]).mean()
    return log(part / (1 - part))


def naive(rows: list[o.BranchRow]) -> float:
    won, lost = np.sum([row.gained for row in rows], 0)
    return log(won / lost)


def joint(rows: list[o.BranchRow]) -> float:
    told = o.settings(TOLD, np.zeros((1, 4)), PLACEMENT, np.ones(1))
    size, data = o.pack(NAMES, ("north",), rows, told)
    found = fit.fit(o.Observations(NAMES, ("north",), size, data, TOLD), 1, chains=1, draws=200)
    utility, weights = found.utilities()
    contrast = np.array([1.0, -1.0, 0.0, 0.0])
    _, moved = jax.vmap(lambda u: model.transfers(u, weights, contrast))(utility[::5, 0])
    won, lost = np.asarray(moved)[:, 2:].sum(1).T
    return float(np.mean(np.log(won / lost)))


@pytest.mark.slow
def test_a_sum_of_run_offs_is_biased_and_the_model_is_not() -> None:
    """With a leading b by 41 to 22, branches where b runs a close second like b more."""
    support = centred(np.array([0.8, 0.0, -0.1, -0.3]))
    chance = np.random.default_rng(4)
    # The sum of many, so that its bias is seen without its chance; the model has a hundred.
    many, few = meetings(support, chance, 4000), meetings(support, chance, BRANCHES)
    bias = naive(many) - truth(support)
    assert abs(bias) > 0.2
    assert abs(joint(few) - truth(support)) < abs(bias) / 2
