"""The sampler: chains that walk side by side through the model, one compiled program for all."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from hustings.forecast import model
from hustings.forecast.diagnostics import DOUBLINGS, NOWHERE, Path
from hustings.forecast.observations import Data, Observations, Size

Floats = NDArray[np.float64]

# The part of all paths that the step is chosen for to be accepted.
TARGET = 0.85
# Steps of warm-up, in stretches; each stretch is one call of the compiled program.
WARM_UP, STRETCH = 300, 50
# How long paths are on average, where a standard normal has spread 1: the longest, twice that,
# come back from the other side. In the warm-up, which only finds the way, they are half as long.
LENGTH, WARMING = 2.5, 1.25
# The step that a stretch of the warm-up begins with: before there is any frame, and then.
FIRST_STEP, FRAMED_STEP = 0.2, 0.4
# A frame weighs as if one more draw had shown that all is as before the evidence.
PLAIN = 1.0
# An error in the energy that no path makes but where the density is too steep for the step.
TOO_STEEP = 1000.0

Advance = Callable[..., Any]


class Frame(NamedTuple):
    """The coordinates in which the chains walk, P numbers: x = turn y, or scale y for branches.

    Of B numbers that are errors of branches, and lie together in the vector, `scale` (B); of all
    others `turn` (P - B, P - B).
    """

    turn: Any
    scale: Any

    def out(self, inner: Any, size: Size) -> Any:
        """Coordinates (..., P) of the chains to those in which the model is sampled."""
        start, end = branch_errors(size)
        dense = jnp.concatenate([inner[..., :start], inner[..., end:]], -1) @ self.turn.T
        branches = inner[..., start:end] * self.scale
        return jnp.concatenate([dense[..., :start], branches, dense[..., start:]], -1)


class Here(NamedTuple):
    """Where the chains are, and the model's parameters there: (C, P) each; log densities (C)."""

    place: Any
    slope: Any
    density: Any
    vector: Any


class Luck(NamedTuple):
    """What chance brings to each of T steps: where in its range the length of the path lies (T),
    the push that each chain is given (T, C, P), and what a path must beat to be taken (T, C).
    """

    length: Any
    push: Any
    choice: Any

    @classmethod
    def of(cls, chance: np.random.Generator, chains: int, parameters: int) -> "Luck":
        """That of one stretch."""
        return cls(
            chance.random(STRETCH, np.float32),
            chance.standard_normal((STRETCH, chains, parameters), np.float32),
            chance.random((STRETCH, chains), np.float32),
        )


class Step(NamedTuple):
    """How far a step goes, as logarithms, while that is being settled.

    `now` is the step that is tried and `mean` what it settles to; `short` sums by how much paths
    were accepted less often than aimed at, over `count` of them; `first` is where it began.
    """

    now: Any
    mean: Any
    short: Any
    count: Any
    first: Any

    @classmethod
    def of(cls, size: float) -> "Step":
        """Not tried yet."""
        log, nought = np.float32(np.log(size)), np.float32(0)
        return cls(log, log, nought, nought, log)

    def settled(self, accepted: Any) -> "Step":
        """After one more path for each chain, of which that part was accepted.

        Nesterov's dual averaging, as in Hoffman and Gelman, Journal of Machine Learning Research
        15, 2014, section 3.2, with their constants.
        """
        count, short = self.count + 1, self.short + TARGET - accepted
        now = self.first + np.log(10) - jnp.sqrt(count) / 0.05 * short / (count + 10)
        weight = count**-0.75
        return Step(now, weight * now + (1 - weight) * self.mean, short, count, self.first)


def branch_errors(size: Size) -> tuple[int, int]:
    """Where the branches' own errors begin and end in the flat vector."""
    start = model.start_of("branch", size)
    return start, start + size.branches * (size.candidates - 1)


class Walk:
    """Several chains of Hamiltonian Monte Carlo, side by side.

    Neal, Handbook of Markov Chain Monte Carlo, 2011, chapter 5; the length of each path is drawn
    anew. In the warm-up the chains settle a step and a frame in common; afterwards none knows
    of the others.
    """

    def __init__(self, observations: Observations, seed: int, chains: int) -> None:
        self._size, self._observations = observations.size, observations
        self._advance = _sampler(observations.size)
        self._data = in_single_precision(observations.data)
        self._chance = np.random.default_rng([seed, 2, chains])
        self._here = _start(model.length(self._size), chains, self._chance)
        self._frame, self._step = plain(self._size), Step.of(FIRST_STEP)

    def warm_up(self) -> None:
        """Settle the step and the frame; these draws are thrown away."""
        seen: list[tuple[Floats, Floats]] = []
        for stretch in range(WARM_UP // STRETCH - 1):
            seen.append(self._go(WARMING)[1])
            # The chains are still on their way in the first half.
            late = seen[(stretch + 1) // 2 :]
            places, slopes = (np.concatenate(parts) for parts in zip(*late, strict=True))
            self._frame = frame_of(places, slopes, self._size) or self._frame
            self._step = Step.of(FRAMED_STEP)
        self._go(WARMING)

    def take(self, draws: int) -> Path:
        """So many draws of every chain."""
        path = self._go(LENGTH)[0]
        for _ in range(STRETCH, draws, STRETCH):
            path = path.then(self._go(LENGTH)[0])
        return Path(
            model.on_either_side(
                path.vectors[:, :draws], self._observations.data, self._size, self._chance
            ),
            path.energy[:, :draws],
            path.diverged[:, :draws],
            path.doublings[:, :draws],
        )

    def _go(self, length: float) -> tuple[Path, tuple[Floats, Floats]]:
        """A stretch: the path, and the places and slopes met, (chains x steps, P)."""
        luck = Luck.of(self._chance, *self._here.place.shape)
        inner = _within(self._here, self._frame, self._size)
        adapting, mean = np.bool_(length == WARMING), np.float32(length)
        (last, self._step), met = self._advance(
            luck, self._data, self._frame, (inner, self._step), adapting, mean
        )
        vectors, places, slopes, *told = (np.asarray(part) for part in met)
        slopes = _slopes_without(slopes.astype(float), self._frame, self._size)
        # Else a frame would have to fit both sides.
        places, slopes = model.near_side(places.astype(float), slopes, self._data, self._size)
        self._here = Here(places[-1], slopes[-1], np.asarray(last.density), vectors[-1])
        energy, diverged, doublings = (part.T for part in told)
        path = Path(vectors.swapaxes(0, 1).astype(float), energy.astype(float), diverged, doublings)
        flat = (-1, places.shape[-1])
        return path, (places.reshape(flat), slopes.reshape(flat))


def _start(parameters: int, chains: int, chance: np.random.Generator) -> Here:
    """Where the chains begin.

    The density there is not computed: the graph of it would be compiled a second time. The
    first path begins with no slope, and is taken wherever it leads.
    """
    places = chance.standard_normal((chains, parameters)) / 2
    nothing = np.zeros_like(places)
    return Here(places, nothing, np.full(chains, NOWHERE, np.float32), nothing)


def _within(here: Here, frame: Frame, size: Size) -> Here:
    """The same in the frame's coordinates, slopes by the chain rule."""
    start, end = branch_errors(size)

    def divided(numbers: Floats, dense: Floats, scale: Floats) -> NDArray[np.float32]:
        turned = np.delete(numbers, np.s_[start:end], 1) @ dense
        parts = (turned[:, :start], numbers[:, start:end] * scale, turned[:, start:])
        return np.concatenate(parts, 1).astype(np.float32)

    turn, scale = np.asarray(frame.turn, float), np.asarray(frame.scale, float)
    return Here(
        divided(here.place, np.linalg.inv(turn).T, 1 / scale),
        divided(here.slope, turn, scale),
        here.density,
        here.vector.astype(np.float32),
    )


def _slopes_without(slopes: Floats, frame: Frame, size: Size) -> Floats:
    """Slopes (..., P) along the frame's coordinates, to those along the model's."""
    start, end = branch_errors(size)
    inverse = np.linalg.inv(np.asarray(frame.turn, float))
    dense = np.delete(slopes, np.s_[start:end], -1) @ inverse
    branches = slopes[..., start:end] / np.asarray(frame.scale, float)
    return np.concatenate([dense[..., :start], branches, dense[..., start:]], -1)


# --- the frame ----------------------------------------------------------------------------


def plain(size: Size) -> Frame:
    """The frame that changes nothing."""
    start, end = branch_errors(size)
    many = model.length(size) - (end - start)
    return Frame(np.eye(many, dtype=np.float32), np.ones(end - start, np.float32))


def frame_of(places: Floats, slopes: Floats, size: Size) -> Frame | None:
    """The frame in which places (N, P), with these slopes, look most like a standard normal.

    It minimises the Fisher divergence: the slopes tell the shape along with the places, so that
    some hundred draws do (Seyboldt, Carlson and Carpenter, arXiv:2603.18845). None where
    anything is not a number.
    """
    if not (np.isfinite(places).all() and np.isfinite(slopes).all()):
        return None
    start, end = branch_errors(size)
    away, slopes = places - places.mean(0), slopes - slopes.mean(0)
    squares = (np.square(part).sum(0) + PLAIN for part in (away, slopes))
    scale = np.power(np.divide(*squares), 0.25)
    away, slopes = (np.delete(part, np.s_[start:end], 1) for part in (away / scale, slopes * scale))
    own, kept = np.delete(scale, np.s_[start:end]), scale[start:end]
    turn = own[:, None] * _root(_between(_second_moments(away), _second_moments(slopes)))
    return Frame(turn.astype(np.float32), kept.astype(np.float32))


def _second_moments(numbers: Floats) -> Floats:
    moments = numbers.T @ numbers + PLAIN * np.eye(numbers.shape[1])
    return np.asarray(moments / (len(numbers) + PLAIN))


def _between(spread: Floats, slope: Floats) -> Floats:
    """The matrix M with M slope M = spread; all symmetric and positive."""
    root = _root(slope)
    undone = np.linalg.inv(root)
    return np.asarray(undone @ _root(root @ spread @ root) @ undone)


def _root(matrix: Floats) -> Floats:
    """The symmetric square root of a symmetric positive matrix."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 1e-12))) @ vectors.T)


# --- the program --------------------------------------------------------------------------


@lru_cache
def _sampler(size: Size) -> Advance:
    """A stretch of steps: (luck, data, frame, state, adapting, length) to state and what was met.

    Compiled by the first call for evidence of that size and so many chains.
    """

    def advance(
        luck: Luck, data: Data, frame: Frame, state: Any, adapting: Any, length: Any
    ) -> Any:
        def density(inner: Any) -> tuple[Any, Any]:
            return model.sampled_density(frame.out(inner, size), data, size)

        def step(carry: tuple[Here, Step], luck: Luck) -> Any:
            here, size_of_step = carry
            log = jnp.where(adapting, size_of_step.now, size_of_step.mean)
            here, accepted, told = moved(luck, here, jnp.exp(log), length, climbs)
            settled = size_of_step.settled(accepted)
            seen = (here.vector, here.place, here.slope, *told)
            return (here, _either(adapting, settled, size_of_step)), seen

        climbs = jax.vmap(jax.value_and_grad(density, has_aux=True))
        state, (vectors, inner, slopes, *told) = jax.lax.scan(step, state, luck)
        return state, (vectors, frame.out(inner, size), slopes, *told)

    program: Advance = jax.jit(advance, compiler_options=dict(model.QUICKLY))
    return program


def moved(
    luck: Luck, here: Here, step: Any, length: Any, climbs: Callable[[Any], Any]
) -> tuple[Here, Any, tuple[Any, Any, Any]]:
    """One path of each chain: where it ends, which part is accepted, and what it met.

    `climbs` gives log densities (C) and vectors (C, P), and slopes (C, P), at places (C, P). The
    paths of all are as long, a number of steps drawn evenly up to twice `length`; each ends where
    it began unless it is accepted. What it met are the energy, whether it diverged and the
    doublings of one step.
    """
    steps = jnp.maximum(jnp.ceil(2 * length * luck.length / step), 1)

    def leap(_: Any, now: tuple[Here, Any]) -> tuple[Here, Any]:
        at, push = now
        push = push + step / 2 * at.slope
        place = at.place + step * push
        (density, vector), slope = climbs(place)
        return Here(place, slope, density, vector), push + step / 2 * slope

    many = jnp.minimum(steps, 2**DOUBLINGS).astype(int)
    there, pushed = jax.lax.fori_loop(0, many, leap, (here, luck.push))
    before, after = (
        at.density - (p**2).sum(-1) / 2 for at, p in ((here, luck.push), (there, pushed))
    )
    gain = jnp.where(jnp.isnan(after), -jnp.inf, after - before)
    chance = jnp.exp(jnp.minimum(gain, 0))
    taken = luck.choice < chance
    ends = Here(*(_where(taken, one, other) for one, other in zip(there, here, strict=True)))
    doublings = jnp.full(taken.shape, jnp.log2(steps))
    met = (-jnp.where(taken, after, before), gain < -TOO_STEEP, doublings)
    return ends, chance.mean(), met


def _where(taken: Any, one: Any, other: Any) -> Any:
    return jnp.where(taken.reshape(-1, *[1] * (one.ndim - 1)), one, other)


def _either(which: Any, one: Any, other: Any) -> Any:
    return jax.tree.map(lambda a, b: jnp.where(which, a, b), one, other)


def in_single_precision(data: Data) -> Data:
    """The same arrays as 32-bit floats, enough where the density is never far from nought."""
    # What is too large becomes infinite, and the density then no number.
    with np.errstate(over="ignore"):
        made: Data = jax.tree.map(lambda part: np.asarray(part, np.float32), data)
    return made
