"""The sampler leaves a density as it is, settles its step, and finds the frame."""

import os

import numpy as np
import pytest

jax = pytest.importorskip("jax", reason="NOT RUN: the forecast extra is not installed")

import jax.numpy as jnp  # noqa: E402 - only where jax is

from hustings.forecast import chains  # noqa: E402
from hustings.forecast.observations import Size  # noqa: E402

MEAN, SPREAD = np.array([1.0, -2.0]), np.array([[1.0, 0.6], [0.6, 0.5]])
CHAINS = 500


def climbs(place):
    """A normal of known mean and spread; the vector is the place doubled."""

    def one(at):
        away = at - MEAN
        return -away @ np.linalg.inv(SPREAD) @ away / 2, 2 * at

    return jax.vmap(jax.value_and_grad(one, has_aux=True))(place)


def walked(step: float, steps: int = 200) -> tuple[chains.Here, np.ndarray, float]:
    chance = np.random.default_rng(3)
    begun = jnp.asarray(MEAN + chance.standard_normal((CHAINS, 2)) / 10, jnp.float32)
    (density, vector), slope = climbs(begun)
    luck = chains.Luck(
        chance.random(steps, np.float32),
        chance.standard_normal((steps, CHAINS, 2), np.float32),
        chance.random((steps, CHAINS), np.float32),
    )

    def go(here, luck):
        here, accepted, _ = chains.moved(luck, here, step, 1.5, climbs)
        return here, (here.place, accepted)

    last, (places, accepted) = jax.lax.scan(go, chains.Here(begun, slope, density, vector), luck)
    return last, np.asarray(places)[steps // 4 :].reshape(-1, 2), float(accepted.mean())


@pytest.mark.parametrize("step", [0.2, 0.7])
def test_a_normal_is_left_as_it_is(step: float) -> None:
    """Whatever the step, if many paths are refused."""
    last, places, accepted = walked(step)
    assert places.mean(0) == pytest.approx(MEAN, abs=0.03)
    assert np.cov(places.T) == pytest.approx(SPREAD, abs=0.03)
    assert (accepted > 0.97) == (step == 0.2)
    assert np.asarray(last.vector) == pytest.approx(2 * np.asarray(last.place))
    (density, _), slope = climbs(last.place)
    assert np.asarray(last.density) == pytest.approx(np.asarray(density), abs=1e-4)
    assert np.asarray(last.slope) == pytest.approx(np.asarray(slope), abs=1e-3)


def test_a_path_on_which_the_density_is_no_number_is_refused_and_told() -> None:
    here = chains.Here(*(np.zeros((3, 2), np.float32),) * 2, np.zeros(3, np.float32), np.ones(2))
    luck = chains.Luck(np.float32(1), np.ones((3, 2), np.float32), np.zeros(3, np.float32))

    def nowhere(place):
        return (place[:, 0] * jnp.nan, place), place

    ends, accepted, (_, diverged, _) = chains.moved(
        luck, here._replace(vector=here.place), 0.5, 1.0, nowhere
    )
    assert (np.asarray(ends.place) == 0).all() and accepted == 0 and np.asarray(diverged).all()


def test_the_step_settles_where_as_many_paths_are_accepted_as_are_aimed_at() -> None:
    step = chains.Step.of(3.0)
    for _ in range(300):
        # Of steps of this length, so many are accepted: TARGET of those of length 0.15.
        step = step.settled(float(np.clip(1 - np.exp(step.now), 0, 1)))
    assert np.exp(step.mean) == pytest.approx(1 - chains.TARGET, rel=0.1)


SIZE = Size(2, 2, own=2, branches=3)


def test_the_frame_is_found_from_fewer_places_than_there_are_numbers_and_branches_apart() -> None:
    """In it the density is near a standard normal; of the branches the widths alone are told."""
    start, end = chains.branch_errors(SIZE)
    many = chains.model.length(SIZE)
    chance = np.random.default_rng(2)
    root = np.eye(many) + 0.3 * chance.standard_normal((many, many))
    own = [*range(start), *range(end, many)]
    spread = np.zeros((many, many))
    spread[np.ix_(own, own)] = (root @ root.T)[np.ix_(own, own)]
    spread[range(start, end), range(start, end)] = 4.0
    places = chance.multivariate_normal(np.zeros(many), spread, 40)
    frame = chains.frame_of(places, -places @ np.linalg.inv(spread), SIZE)
    assert frame is not None
    assert frame.scale == pytest.approx(np.full(end - start, 2.0), rel=0.1)
    inverse = np.linalg.inv(frame.turn)
    left = np.linalg.eigvalsh(inverse @ spread[np.ix_(own, own)] @ inverse.T)
    before = np.linalg.eigvalsh(spread[np.ix_(own, own)])
    assert left.max() / left.min() < 2 < 20 < before.max() / before.min()
    assert chains.frame_of(places, places * np.nan, SIZE) is None


def test_places_and_slopes_come_back_from_a_frame() -> None:
    chance = np.random.default_rng(2)
    many = chains.model.length(SIZE)
    start, end = chains.branch_errors(SIZE)
    own = many - (end - start)
    turn = np.eye(own) + 0.1 * chance.standard_normal((own, own))
    frame = chains.Frame(turn, np.arange(1.0, 1 + end - start))
    place, slope = chance.standard_normal((2, 4, many))
    here = chains.Here(place, slope, np.zeros(4), place)
    inner = chains._within(here, frame, SIZE)
    assert np.asarray(frame.out(inner.place, SIZE)) == pytest.approx(place, abs=1e-5)
    back = chains._slopes_without(inner.slope.astype(float), frame, SIZE)
    assert back == pytest.approx(slope, abs=1e-5)
    # By the chain rule a small move climbs as far in both.
    move = chance.standard_normal(many)
    there = chains._within(here._replace(place=place + move), frame, SIZE)
    climbed = ((there.place - inner.place) * inner.slope).sum(-1)
    assert climbed == pytest.approx(slope @ move, abs=1e-4)


@pytest.mark.skipif(not os.environ.get("HUSTINGS_LONG"), reason="NOT RUN: HUSTINGS_LONG=1 does")
def test_a_sampler_of_another_hand_finds_the_same() -> None:
    """BlackJAX's no-U-turn sampler, in the model's own coordinates, where ours walks in others."""
    import blackjax
    from forecast.test_fit import EVERY_KIND, race

    from hustings.forecast import fit, model
    from hustings.forecast.observations import observations

    told = observations(race(*EVERY_KIND))
    ours = fit.fit(told, 3)

    def density(vector):
        return model.log_density(vector, told.data, told.size)

    start = jnp.zeros(model.length(told.size))
    warm = blackjax.window_adaptation(blackjax.nuts, density, target_acceptance_rate=0.9)
    vectors = []
    for key in jax.random.split(jax.random.key(4), 4):
        (state, settled), _ = warm.run(key, start, 500)
        step = blackjax.nuts(density, **settled).step
        keys = jax.random.split(jax.random.fold_in(key, 1), 1000)
        _, path = jax.lax.scan(lambda at, k, step=step: (step(k, at)[0],) * 2, state, keys)
        vectors.append(np.asarray(path.position, float))
    other = fit.posterior(told, 3, np.concatenate(vectors), 1, ours.diagnostics)
    for mine, theirs in (
        (ours.first_choices(), other.first_choices()),
        (ours.support, other.support),
        (abs(ours.placement), abs(other.placement)),
    ):
        spread = theirs.std(0)
        # Some four hundred independent draws of each, at the least.
        assert abs(mine.mean(0) - theirs.mean(0)).max() < 0.25 * spread.max()
        assert ((abs(mine.mean(0) - theirs.mean(0)) / spread).max()) < 0.25
        assert mine.std(0) / spread == pytest.approx(np.ones_like(spread), abs=0.2)
