"""The model: how the electors of each section rank, and how likely that makes the evidence.

Every parameter is standard normal before the evidence; what it stands for is computed from it.
So a draw from the prior is a draw of normals, and one code tells what the evidence should
look like, whether it is then scored or made up.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import permutations
from math import prod
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from hustings.forecast.observations import (
    REACH,
    Anchor,
    Branches,
    Data,
    Pairs,
    Settings,
    Shares,
    Size,
    contrasts,
    positive_curve,
)

NODES = 9
# Above nought in either precision; nothing real is as small.
TINY = 1e-30
HALF_NORMAL = positive_curve(0.0, 1.0)
# A program is compiled for a fit or two: on one core these halve the time that takes, and the fast
# sums, taken in any order, save a third of each step. What is not a number stays so.
QUICKLY: Mapping[str, bool | int] = {
    "xla_cpu_use_fusion_emitters": False,
    "xla_cpu_parallel_codegen_split_count": 1,
    "xla_backend_optimization_level": 1,
    "xla_cpu_enable_fast_math": True,
    "xla_cpu_fast_math_honor_nans": True,
    "xla_cpu_fast_math_honor_infs": True,
    # No array is so large that sharing it out among threads would pay.
    "xla_cpu_multi_thread_eigen": False,
}


class Parameters(NamedTuple):
    """What one flat vector holds, each standard normal; K candidates, S sections.

    `level` (K-1), `departure` (S, K-1), `placement` (K-1), `activist` (K-1), `own` (E, K-1),
    `pair` (P) and `branch` (B, K-1) are in the contrast basis; `spread`,
    `endorsement`, `branch_spread` and `power` are carried to their scale by `scales`.
    """

    level: Any
    departure: Any
    placement: Any
    activist: Any
    own: Any
    pair: Any
    branch: Any
    spread: Any
    endorsement: Any
    branch_spread: Any
    power: Any


class Scales(NamedTuple):
    """tau, beta, the spread of branches and the power of nominations, on their own scale."""

    section: Any
    endorsement: Any
    branch: Any
    power: Any


class State(NamedTuple):
    """Where the sections stand: `support` (S, K), `placement` (K) and the scales."""

    support: Any
    placement: Any
    activist: Any
    scales: Scales


class Chances(NamedTuple):
    """What the evidence should look like, as logarithms.

    `shares` (N, K) are of the groups in their rows, `pairs` (P) the log odds of the first of
    two, `branches` (B, K) first choices in each branch; `transfers` (B, K, 2) are, there, the
    log chances that those with this first choice put either of the run-off's two over the
    other.
    """

    shares: Any
    pairs: Any
    branches: Any
    transfers: Any


def shapes(size: Size) -> Parameters:
    """The shape of each parameter."""
    k = size.candidates - 1
    return Parameters(
        (k,), (size.sections, k), (k,), (k,), (size.own, k), (size.pairs,),
        (size.branches, k), (), (), (), (),
    )  # fmt: skip


def length(size: Size) -> int:
    """How many numbers the flat vector holds."""
    return sum(prod(shape) for shape in shapes(size))


def unpack(vector: Any, size: Size) -> Parameters:
    """The flat vector, taken apart."""
    parts, at = [], 0
    for shape in shapes(size):
        parts.append(vector[at : at + prod(shape)].reshape(shape))
        at += prod(shape)
    return Parameters(*parts)


def start_of(name: str, size: Size) -> int:
    """Where that parameter begins in the flat vector."""
    return sum(prod(shape) for shape in shapes(size)[: Parameters._fields.index(name)])


def from_one_side(vectors: Any, data: Data, size: Size) -> Any:
    """The same draws, (..., P), with left and right exchanged where that makes no difference.

    Where no survey places the candidates the model is the same with every place mirrored, since
    voters lie alike on both sides; and nothing that is forecast differs. Two chains that found
    a side each do not disagree: so the first of these numbers is made positive.
    """
    if np.any(data.settings.placement):
        return vectors
    start = start_of("placement", size)
    places = slice(start, start + size.candidates - 1)
    turned = np.array(vectors)
    turned[..., places] *= np.where(turned[..., places.start, None] < 0, -1, 1)
    return turned


def on_either_side(vectors: Any, data: Data, size: Size, luck: np.random.Generator) -> Any:
    """Draws of `sampled_density`, (..., P), each put on either side by its chance there.

    The density that is sampled does not tell left from right; how each of the two places stands
    to a survey does. Where there is none it is as `from_one_side` has it.
    """
    if not np.any(data.settings.placement):
        return from_one_side(vectors, data, size)
    start = start_of("placement", size)
    places = slice(start, start + size.candidates - 1)
    turned = np.array(vectors)
    here = turned[..., places]
    there = np.asarray(mirrored(here, data.settings, size))
    odds = (np.square(there).sum(-1) - np.square(here).sum(-1)) / 2
    stays = luck.random(odds.shape) < 1 / (1 + np.exp(-np.clip(odds, -700, 700)))
    turned[..., places] = np.where(stays[..., None], here, there)
    return turned


def near_side(places: Any, slopes: Any, data: Data, size: Size) -> tuple[Any, Any]:
    """The same places and slopes (..., P) of `sampled_density`, on whichever side is the likelier.

    Where there is no survey, on that on which the first number of a placement is positive.
    """
    start = start_of("placement", size)
    at = slice(start, start + size.candidates - 1)
    here, nearer, turned = places[..., at], np.array(places), np.array(slopes)
    there = np.asarray(mirrored(here, data.settings, size))
    gain = np.square(here).sum(-1) - np.square(there).sum(-1)
    far = (gain > 0) | (gain == 0) & (here[..., 0] < 0)
    nearer[..., at] = np.where(far[..., None], there, here)
    turned[..., at] *= np.where(far, -1, 1)[..., None]
    return nearer, turned


def mirrored(placement: Any, told: Settings, size: Size) -> Any:
    """The parameters (..., K-1) of which every place lies as far on the other side of the middle.

    Voters lie alike on both sides, so that no evidence is the likelier for it.
    """
    middle = _centred(told.placement) @ contrasts(size.candidates)
    known = told.placement_sd > 0
    return -placement - 2 * middle * (known / (told.placement_sd + (1 - known)))


def voters() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nine places of voters from left to right, with their parts: Gauss and Hermite's."""
    places, weights = np.polynomial.hermite_e.hermegauss(NODES)
    return np.asarray(places), np.asarray(weights / weights.sum())


def branch_points(size: Size) -> NDArray[np.float64]:
    """Fixed branches (J, K) with the mean, covariance and third moments of a centred normal.

    Each candidate in turn is much better liked, and much worse; one point at nought where no
    branches are in the evidence.
    """
    k = size.candidates
    if not size.branches:
        return np.zeros((1, k))
    ends = np.sqrt(k) * (np.eye(k) - 1 / k)
    return np.concatenate([ends, -ends])


def state(parameters: Parameters, told: Settings, size: Size) -> State:
    """Support, placement, the activists' lean (K, of unit deviation) and the scales."""
    basis, scales = contrasts(size.candidates), _scales(parameters, told)
    own = told.level_sd * parameters.level + scales.section * parameters.departure
    support = own @ basis.T + scales.endorsement * _centred(told.endorsed)
    placement = _centred(told.placement) + told.placement_sd * basis @ parameters.placement
    return State(support, placement, basis @ parameters.activist, scales)


def _scales(parameters: Parameters, told: Settings) -> Scales:
    normals = jnp.stack([parameters.spread, parameters.endorsement, parameters.branch_spread])
    # As exact as what is sampled: the constant is in double precision, the sampler in single.
    half_normal = jnp.asarray(HALF_NORMAL, normals.dtype)
    curves = jnp.stack([half_normal, jnp.asarray(told.endorsement, normals.dtype), half_normal])
    section, endorsement, branch = positive(normals, curves.T)
    return Scales(
        told.section_sd * section,
        endorsement,
        told.branch_sd * branch,
        told.nomination_power * jnp.exp(told.nomination_power_sd * parameters.power),
    )


@jax.custom_jvp
def positive(normal: Any, curve: Any) -> Any:
    """Standard normals carried to positive numbers by `observations.positive_curve`.

    The curve (its coefficients first, then as the normals) is data, and has no slope.
    """
    return _along(normal, curve)[0]


@positive.defjvp
def _positive_slope(primals: Any, tangents: Any) -> Any:
    # Told in one stroke, which compiles in far less time than what is derived step by step.
    value, slope = _along(*primals)
    return value, slope * tangents[0]


def _along(normal: Any, curve: Any) -> tuple[Any, Any]:
    """The numbers and their slopes, by Horner's scheme."""
    at, log, slope = jnp.clip(normal / REACH, -1, 1), 0.0 * normal, 0.0 * normal
    for power in range(len(curve)):
        slope = slope * at + log
        log = log * at + curve[power]
    value = jnp.exp(log)
    return value, jnp.where(jnp.abs(normal) < REACH, value * slope / REACH, 0.0)


def _centred(values: Any) -> Any:
    return values - values.mean(-1, keepdims=True)


def utilities(state: State, told: Settings, size: Size) -> Any:
    """(S, J x Q, K): what each kind of voter of each section thinks of each candidate."""
    away = branch_points(size)
    spread = (state.scales.branch * told.branched)[:, None, None] * away
    at_centre = voters()[0][:, None] * state.placement
    every = state.support[:, None, None] + spread[:, :, None] + at_centre
    return every.reshape(size.sections, -1, size.candidates)


def parts(size: Size) -> NDArray[np.float64]:
    """(J x Q): which part of a section's electors each kind of voter is."""
    away = len(branch_points(size))
    return np.tile(voters()[1], away) / away


def choices(utility: Any, weights: Any) -> tuple[Any, Any]:
    """Log chances of each first choice (..., K), and of each second after it (..., K, K).

    `utility` is (..., N, K) with `weights` (N). Nobody is second after themselves: there the
    number stands for minus infinity.
    """
    return _choices(jax.nn.softmax(utility, -1), weights)


def _choices(chance: Any, weights: Any) -> tuple[Any, Any]:
    others = 1 - np.eye(chance.shape[-1])
    either = chance / jnp.maximum(chance @ others, TINY)
    both = jnp.einsum("n,...na,...nb->...ab", weights, either, chance) * others
    first = jnp.log(jnp.einsum("n,...na->...a", weights, chance))
    seconds = jnp.log(jnp.maximum(both, TINY)) - first[..., None]
    return first, jnp.where(others > 0, seconds, -1e4)


def transfers(utility: Any, weights: Any, contrast: Any) -> tuple[Any, Any]:
    """First choices (..., K) and, of these, who puts either of two over the other (..., K, 2).

    `contrast` (..., K) is 1 for one of the two and -1 for the other. A first choice of one of
    the two puts that one over the other, for certain.
    """
    lead = jnp.einsum("...nk,...k->...n", utility, contrast)
    return _transfers(jax.nn.softmax(utility, -1), lead, weights, contrast)


def _transfers(chance: Any, lead: Any, weights: Any, contrast: Any) -> tuple[Any, Any]:
    either = jax.nn.sigmoid(jnp.stack([lead, -lead], -1))
    chance = weights[:, None] * chance
    first = chance.sum(-2)
    joint = jnp.einsum("...nk,...ni->...ki", chance, either)
    won = jnp.stack([contrast > 0, contrast < 0], -1)
    mine = (jnp.abs(contrast) > 0)[..., None]
    return first, jnp.where(mine, won * first[..., None], joint)


# --- what the evidence should look like ---------------------------------------------------


class Look(NamedTuple):
    """The sections as these parameters have them.

    `utility` and `chance` (S, N, K) are what each kind of voter thinks, and puts first;
    `choices` are log chances over all of them.
    """

    where: State
    utility: Any
    chance: Any
    choices: Any


def look(parameters: Parameters, told: Settings, size: Size) -> Look:
    """The sections as these parameters have them."""
    where = state(parameters, told, size)
    utility = utilities(where, told, size)
    chance = jax.nn.softmax(utility, -1)
    return Look(where, utility, chance, _choices(chance, parts(size)))


def chances(parameters: Parameters, seen: Look, data: Data, size: Size) -> Chances:
    """What the evidence should look like if the parameters were these."""
    first, moved = _in_branches(parameters, seen.where, data.branches, size)
    return Chances(
        _in_shares(parameters, seen.where, seen.choices, data.shares, size),
        _in_pairs(parameters, seen, data.pairs, size),
        first,
        moved,
    )


def _in_shares(
    parameters: Parameters, where: State, log_chances: Any, shares: Shares, size: Size
) -> Any:
    own = shares.own @ parameters.own @ contrasts(size.candidates).T
    logits = _without_own(parameters, where, log_chances, shares, size) + own
    return _in_groups(logits, shares.groups)


def _without_own(
    parameters: Parameters, where: State, log_chances: Any, shares: Shares, size: Size
) -> Any:
    """(N, K): what each source should show but for an error of its own."""
    first, second = log_chances
    table = jnp.concatenate([first[:, None], second], 1).reshape(-1, size.candidates)
    leaning = shares.base @ table + shares.activist[:, None] * where.activist
    return _power(where, shares)[:, None] * leaning


def _power(where: State, shares: Shares) -> Any:
    return 1 + shares.nominations * (where.scales.power - 1)


def _in_groups(logits: Any, groups: Any) -> Any:
    """Log chances (N, K) of the groups, among those that are in any group of the row."""
    chance = jnp.einsum("ngk,nk->ng", groups, jax.nn.softmax(logits, -1))
    total = chance.sum(-1, keepdims=True)
    return jnp.log(jnp.where(chance > 0, chance, 1)) - jnp.log(jnp.where(total > 0, total, 1))


def _in_pairs(parameters: Parameters, seen: Look, pairs: Pairs, size: Size) -> Any:
    """An error within moves each voter who has neither first; one without, the result."""
    where = seen.where
    # In an empty slot all are alike: from chances of nought there is no slope.
    empty = (1 - pairs.section.sum(-1))[:, None, None] / size.candidates
    chance = jnp.einsum("ps,snk->pnk", pairs.section, seen.chance) + empty
    lead = jnp.einsum(
        "psk,snk->pn", pairs.section[:, :, None] * pairs.contrast[:, None], seen.utility
    )
    _, moved = _transfers(chance, lead, parts(size), pairs.contrast)
    across = pairs.contrast @ contrasts(size.candidates) / np.sqrt(2)
    inner = ((pairs.inner @ parameters.own) * across).sum(-1)
    outer = (pairs.outer @ parameters.own) * across
    activist = pairs.activist * (pairs.contrast @ where.activist) / np.sqrt(2)
    moved = _shifted(moved, inner[:, None], pairs.contrast)
    gained = jnp.einsum("pk,pki->pi", pairs.firsts, moved)
    odds = jnp.diff(jnp.log(jnp.where(gained > 0, gained, 1))[:, ::-1], axis=-1)[:, 0]
    return odds + pairs.mean + pairs.spread * parameters.pair + outer.sum(-1) + activist


def _shifted(moved: Any, by: Any, contrast: Any) -> Any:
    """The transfers with their log odds moved, save of those who had one of the two first."""
    whole = moved.sum(-1)
    tilt = jnp.where(jnp.abs(contrast) > 0, 0.0, by)
    one = moved[..., 0] * jnp.exp(tilt)
    part = one / jnp.maximum(one + moved[..., 1], TINY)
    return jnp.stack([whole * part, whole * (1 - part)], -1)


def _in_branches(
    parameters: Parameters, where: State, branches: Branches, size: Size
) -> tuple[Any, Any]:
    """Log chances (B, K) of first votes, and log chances (B, K, 2) of transfers."""
    if not size.branches:
        return jnp.zeros((0, size.candidates)), jnp.zeros((0, size.candidates, 2))
    own = where.scales.branch * parameters.branch @ contrasts(size.candidates).T
    support = branches.section @ where.support + own
    support = support + branches.activist[:, None] * where.activist
    utility = support[:, None] + voters()[0][:, None] * where.placement
    first, moved = transfers(utility, voters()[1], branches.contrast)
    ratio = jnp.log(jnp.maximum(moved, TINY)) - jnp.log(first)[..., None]
    return jnp.log(first), ratio


def of_those_out(transfers: Any, first: Any, branches: Branches) -> Any:
    """(B): the log odds that a vote of those who had gone passes to the first of the two.

    `first` (B, K) are how the votes lay, as counts or as chances; where none lay with those
    who went, each of them counts alike.
    """
    out = branches.out * first
    out = jnp.where(out.sum(-1, keepdims=True) > 0, out, branches.out)
    gained = jnp.einsum("bk,bki->bi", out, jnp.exp(transfers))
    logs = jnp.log(jnp.where(gained > 0, gained, 1))
    return logs[:, 0] - logs[:, 1]


# --- how likely the evidence is -----------------------------------------------------------


def log_likelihood(parameters: Parameters, seen: Look, data: Data, size: Size) -> Any:
    """The log likelihood, less that of a model which fits every figure perfectly.

    So it is never above nought and about minus half a chi-squared: small numbers, which
    single precision holds well.
    """
    expected = chances(parameters, seen, data, size)
    total = multinomial(data.shares.counts, expected.shares)
    total += binomial(data.pairs.counts, expected.pairs)
    if size.branches:
        branches = data.branches
        first = votes_lay(expected.branches, branches)
        in_groups = _in_groups(expected.branches, branches.groups)
        total += multinomial(branches.counts, in_groups)
        total += binomial(branches.gained, of_those_out(expected.transfers, first, branches))
    return total


def votes_lay(log_chances: Any, branches: Branches) -> Any:
    """(B, K): the first votes of each branch, or their chances where they are not known."""
    known = branches.votes.sum(-1, keepdims=True) > 0
    return jnp.where(known, branches.votes, jnp.exp(log_chances))


def multinomial(counts: Any, log_chances: Any) -> Any:
    """The deviance of counts (..., K) from log chances (..., K), over -2, summed."""
    total = counts.sum(-1, keepdims=True)
    seen = jnp.log(jnp.where(counts > 0, counts, 1) / jnp.where(total > 0, total, 1))
    return (counts * (log_chances - jnp.where(counts > 0, seen, 0))).sum()


def binomial(counts: Any, log_odds: Any) -> Any:
    """The deviance of counts (..., 2) from log odds (...), over -2, summed."""
    return multinomial(counts, jax.nn.log_sigmoid(jnp.stack([log_odds, -log_odds], -1)))


def log_density(vector: Any, data: Data, size: Size) -> Any:
    """The log posterior density of the flat vector, but for a constant."""
    parameters = unpack(vector, size)
    seen = look(parameters, data.settings, size)
    return log_likelihood(parameters, seen, data, size) + log_prior(parameters)


def log_prior(parameters: Parameters) -> Any:
    """The log density of so many standard normals, but for a constant."""
    return -0.5 * sum((part**2).sum() for part in parameters)


# --- other coordinates, for the sampler ---------------------------------------------------


def natural(sampled: Any, data: Data, size: Size) -> Any:
    """The flat vector, from the coordinates in which it is sampled."""
    return _flat(_natural(sampled, data, size)[0])


def sampled_density(sampled: Any, data: Data, size: Size) -> tuple[Any, Any]:
    """The log posterior density in the sampler's coordinates, but for a constant; and the vector.

    Left and right are not told apart: the density is the mean of that here and that where all is
    mirrored, and `on_either_side` tells them apart. A chain that never crosses the middle, and
    there are such, then misses nothing.
    """
    parameters, seen = _natural(sampled, data, size)
    likely = log_likelihood(parameters, seen, data, size) + log_prior(parameters)
    there = mirrored(parameters.placement, data.settings, size)
    odds = ((parameters.placement**2).sum() - (there**2).sum()) / 2
    return likely + jnp.logaddexp(0.0, odds) - np.log(2), _flat(parameters)


def _flat(parameters: Parameters) -> Any:
    return jnp.concatenate([jnp.ravel(part) for part in parameters])


def _natural(sampled: Any, data: Data, size: Size) -> tuple[Parameters, Look]:
    # A large poll pins the sum of what its section thinks and of its own error, however the
    # two share it: a curved ridge, slow to walk along. So where the anchors say so the number
    # sampled is what the poll would show without sampling error, and its own error is what is
    # left over; likewise the mean of the sections, of which the level of all is left over.
    # The map is triangular and its determinant constant: the density needs no correction
    # (Papaspiliopoulos, Roberts and Skold, Statistical Science 22, 2007, on the choice).
    parameters, anchors = unpack(sampled, size), data.anchors
    basis = contrasts(size.candidates)
    base = parameters._replace(level=jnp.zeros_like(parameters.level))
    sections = state(base, data.settings, size).support @ basis
    parameters = parameters._replace(
        level=_pinned(parameters.level[None], anchors.level, sections)[0]
    )
    seen = look(parameters, data.settings, size)
    plain = data.shares._replace(activist=jnp.zeros_like(data.shares.activist))
    alone = _without_own(parameters, seen.where, seen.choices, plain, size) @ basis
    lean = _pinned(parameters.activist[None], anchors.activist, alone)[0]
    where = seen.where._replace(activist=basis @ lean)
    leaning = (data.shares.activist * _power(where, data.shares))[:, None] * lean
    own = _pinned(parameters.own, anchors.own, alone + leaning)
    return parameters._replace(activist=lean, own=own), seen._replace(where=where)


def _pinned(sampled: Any, anchor: Anchor, alone: Any) -> Any:
    """The errors (E, K-1) that bring the sources to what was sampled of them."""
    shown = anchor.at + anchor.width[:, None] * sampled
    pinned = anchor.row.sum(-1, keepdims=True) > 0
    return anchor.undo @ jnp.where(pinned, shown - anchor.row @ alone, sampled)


# --- the same, forwards -------------------------------------------------------------------


def forward(vector: Any, data: Data, size: Size, chance: np.random.Generator) -> Data:
    """Evidence made up from these parameters, each source as large as it is in `data`.

    Where branches held a run-off in `data` they hold one here, of as many votes. Sizes are
    kept and figures replaced; `chance` is the caller's generator.
    """
    expected = _expected(size)(vector, data)
    shares = data.shares._replace(
        counts=_drawn(data.shares.counts, expected.shares, data.shares.groups, chance)
    )
    pairs = data.pairs._replace(counts=_tossed(data.pairs.counts, expected.pairs, chance))
    made = data._replace(shares=shares, pairs=pairs)
    if not size.branches:
        return made
    in_groups = _in_groups(expected.branches, data.branches.groups)
    voted = _voted(data.branches, in_groups, chance)
    first = votes_lay(expected.branches, voted)
    odds = of_those_out(expected.transfers, first, voted)
    gained = _tossed(voted.gained, odds, chance)
    return made._replace(branches=voted._replace(gained=gained))


@lru_cache
def _expected(size: Size) -> Callable[[Any, Data], Chances]:
    """What the evidence should look like, compiled: (vector, data) to its log chances."""

    def one(vector: Any, data: Data) -> Chances:
        parameters = unpack(vector, size)
        return chances(parameters, look(parameters, data.settings, size), data, size)

    compiled: Callable[[Any, Data], Chances] = jax.jit(one, compiler_options=dict(QUICKLY))
    return compiled


def _voted(branches: Branches, log_chances: Any, chance: np.random.Generator) -> Branches:
    """The branches with other first votes, as many of each."""
    counts = _drawn(branches.counts, log_chances, branches.groups, chance)
    each = counts / np.maximum(np.asarray(branches.groups).sum(-1), 1)
    votes = np.einsum("bg,bgk->bk", each, np.asarray(branches.groups))
    scored = np.asarray(branches.counts).sum(-1, keepdims=True) > 0
    return branches._replace(counts=counts, votes=np.where(scored, votes, branches.votes))


def _drawn(
    counts: Any, log_chances: Any, groups: Any, chance: np.random.Generator
) -> NDArray[np.float64]:
    named = np.asarray(groups).sum(-1) > 0
    probability = np.where(named, np.exp(np.asarray(log_chances, dtype=float)), 0)
    probability[~named.any(-1), 0] = 1
    probability /= probability.sum(-1, keepdims=True)
    return chance.multinomial(np.asarray(counts).sum(-1).astype(int), probability).astype(float)


def _tossed(counts: Any, log_odds: Any, chance: np.random.Generator) -> NDArray[np.float64]:
    total = np.asarray(counts).sum(-1).astype(int)
    won = chance.binomial(total, np.asarray(jax.nn.sigmoid(log_odds), dtype=float))
    return np.stack([won, total - won], -1).astype(float)


# --- rankings -----------------------------------------------------------------------------


@lru_cache
def prefixes(candidates: int) -> tuple[tuple[int, ...], ...]:
    """Every ordered choice of 1 to K-1 candidates, the shorter first, by their numbers.

    >>> prefixes(3)
    ((0,), (1,), (2,), (0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1))
    """
    lengths = range(1, max(candidates, 2))
    return tuple(order for n in lengths for order in permutations(range(candidates), n))


def prefix_chances(utility: Any, weights: Any, hazards: Any) -> Any:
    """(..., P): the part of a section's ballots that begin with each of `prefixes`.

    `utility` is (..., N, K), `weights` (N); `hazards` (..., 2, K-2) are the chances that a
    ballot ends after its first, second, ... preference: row 0 of those that begin with the
    front-runner, the most chosen first, and row 1 of all others. A ballot of K-1 and one of
    K preferences are the same and are not told apart.
    """
    k = utility.shape[-1]
    scaled = jnp.exp(utility - utility.max(-1, keepdims=True))
    left = scaled @ _still_there(k).T
    reached = scaled / left[..., :1]
    tables = [jnp.einsum("n,...np->...p", weights, reached)]
    going_on = _going_on(tables[0], hazards)
    for places, parents, last, gone in _steps(k):
        reached = reached[..., parents] * scaled[..., last] / left[..., gone]
        told = jnp.einsum("n,...np->...p", weights, reached)
        tables.append(told * going_on[..., places, len(tables) - 1])
    return jnp.concatenate(tables, -1)


def _going_on(first: Any, hazards: Any) -> Any:
    """(..., K, K-2): by first choice, the part of ballots that go on beyond each place."""
    leads = first == first.max(-1, keepdims=True)
    on = jnp.cumprod(1 - hazards, -1)
    return jnp.where(leads[..., None], on[..., :1, :], on[..., 1:, :])


@lru_cache
def _still_there(candidates: int) -> NDArray[np.float64]:
    """(2^K, K): 1 for each candidate who is not in the set whose bits the row's number has."""
    sets = np.arange(2**candidates)[:, None] >> np.arange(candidates) & 1
    return np.asarray(1.0 - sets)


@lru_cache
def _steps(candidates: int) -> tuple[tuple[Any, Any, Any, Any], ...]:
    """For prefixes of 2 and more: first choice, prefix before, last one, set before it."""
    steps = []
    for n in range(2, candidates):
        before = {order: at for at, order in enumerate(permutations(range(candidates), n - 1))}
        orders = tuple(permutations(range(candidates), n))
        steps.append((
            np.array([order[0] for order in orders]),
            np.array([before[order[:-1]] for order in orders]),
            np.array([order[-1] for order in orders]),
            np.array([sum(1 << each for each in order[:-1]) for order in orders]),
        ))  # fmt: skip
    return tuple(steps)
