"""The model's formulas, held against rankings counted one by one and sums done by hand."""

from fractions import Fraction
from functools import partial
from itertools import permutations
from math import exp, lgamma, log, sqrt
from statistics import NormalDist

import numpy as np
import pytest

from hustings.errors import InputError

jax = pytest.importorskip("jax", reason="NOT RUN: the forecast extra is not installed")

from hustings.forecast import model as m  # noqa: E402 - only where jax is
from hustings.forecast import observations as o  # noqa: E402
from hustings.forecast.hyperparameters import BASIS, Hyperparameters  # noqa: E402

TOLD = Hyperparameters()
UTILITY = np.array([[0.3, -0.2, 0.9, 0.0], [1.0, 0.1, -0.7, 0.2], [-0.5, 0.4, 0.3, -1.0]])
WEIGHTS = np.array([0.2, 0.5, 0.3])
NONE = (0.0, 0.0, 0.0)


@pytest.fixture(autouse=True)
def double_precision():
    with jax.enable_x64(True):
        yield


def ranked(order: tuple[int, ...]) -> float:
    """How many rank them so, all places filled: Plackett and Luce's law, voter by voter."""
    total = 0.0
    for weight, utility in zip(WEIGHTS, UTILITY, strict=True):
        left, part = set(range(4)), weight
        for name in order:
            part *= exp(utility[name]) / sum(exp(utility[each]) for each in left)
            left.remove(name)
        total += part
    return total


def how_many(test) -> float:
    return sum(ranked(order) for order in permutations(range(4)) if test(order))


def test_first_and_second_choices_are_those_of_the_rankings() -> None:
    first, second = (np.exp(part) for part in m.choices(UTILITY, WEIGHTS))
    for a in range(4):
        one = how_many(lambda order, a=a: order[0] == a)
        assert first[a] == pytest.approx(one)
        for b in set(range(4)) - {a}:
            both = how_many(lambda order, a=a, b=b: order[:2] == (a, b))
            assert second[a, b] == pytest.approx(both / one)
    assert second.sum(-1) == pytest.approx(np.ones(4))


@pytest.mark.parametrize("pair", tuple(permutations(range(4), 2)))
def test_transfers_are_those_of_the_rankings(pair: tuple[int, int]) -> None:
    a, b = pair
    contrast = np.eye(4)[a] - np.eye(4)[b]
    first, moved = m.transfers(UTILITY, WEIGHTS, contrast)
    for c in range(4):
        over = how_many(lambda order, c=c: order[0] == c and order.index(a) < order.index(b))
        assert moved[c, 0] == pytest.approx(over, abs=1e-12)
    assert moved.sum(-1) == pytest.approx(np.asarray(first))
    assert moved[:, 0].sum() == pytest.approx(how_many(lambda r: r.index(a) < r.index(b)))


def test_prefixes_are_those_of_the_rankings_and_of_whoever_goes_on() -> None:
    hazards = np.array([[0.3, 0.1], [0.2, 0.05]])
    table = np.asarray(m.prefix_chances(UTILITY, WEIGHTS, hazards))
    orders = m.prefixes(4)
    leader = max(range(4), key=lambda c: how_many(lambda r: r[0] == c))
    for order, part in zip(orders, table, strict=True):
        n = len(order)
        stops = hazards[0 if order[0] == leader else 1]
        reach = how_many(lambda ranking, order=order, n=n: ranking[:n] == order)
        assert part == pytest.approx(reach * np.prod(1 - stops[: n - 1]))
    assert table[: len(UTILITY[0])].sum() == pytest.approx(1)


@pytest.mark.parametrize("candidates", range(2, 7))
def test_prefixes_of_one_length_sum_to_one_where_nobody_stops(candidates: int) -> None:
    utility = np.random.default_rng(1).normal(size=(2, 3, candidates))
    hazards = np.zeros((2, 2, candidates - 2))
    table = np.asarray(m.prefix_chances(utility, WEIGHTS, hazards))
    lengths = np.array([len(order) for order in m.prefixes(candidates)])
    for n in range(1, candidates):
        assert table[:, lengths == n].sum(-1) == pytest.approx([1, 1])


def test_voters_have_the_moments_of_a_standard_normal() -> None:
    at, weights = m.voters()
    assert [weights @ at**n for n in range(7)] == pytest.approx([1, 0, 1, 0, 3, 0, 15], abs=1e-9)


@pytest.mark.parametrize("candidates", [2, 3, 5, 8])
def test_branch_points_have_the_moments_of_a_centred_normal(candidates: int) -> None:
    points = m.branch_points(o.Size(candidates, 1, branches=4))
    assert points.mean(0) == pytest.approx(np.zeros(candidates))
    expected = np.eye(candidates) - 1 / candidates
    assert points.T @ points / len(points) == pytest.approx(expected)


@pytest.mark.parametrize(("mean", "deviation"), [(0.0, 1.0), (0.5, 0.35)])
def test_a_positive_normal_is_one(mean: float, deviation: float) -> None:
    """Equal probabilities go to equal probabilities."""
    curve, normal = o.positive_curve(mean, deviation), NormalDist()
    cut = normal.cdf(-mean / deviation)
    for at in (-3.0, -1.0, 0.0, 1.5, 4.0):
        value = float(m.positive(np.array(at), curve))
        below = (normal.cdf((value - mean) / deviation) - cut) / (1 - cut)
        assert below == pytest.approx(normal.cdf(at), rel=4e-3)


# --- likelihoods -----------------------------------------------------------------------


def small(*rows: o.Row, least: int = 1, placement=NONE, endorsed=None, branched=(0, 0), told=TOLD):
    backed = np.zeros((2, 3)) if endorsed is None else endorsed
    told_ = o.settings(told, backed, np.array(placement), np.array(branched, float))
    return o.pack(("a", "b", "c"), ("north", "south"), rows, told_, least)


@partial(jax.jit, static_argnums=2)
def log_likelihood(parts, data, size):
    return m.log_likelihood(parts, m.look(parts, data.settings, size), data, size)


in_vector = jax.jit(m.log_density, static_argnums=2)
in_coordinates = jax.jit(m.sampled_density, static_argnums=2)
slope = jax.jit(jax.grad(lambda *given: m.sampled_density(*given)[0]), static_argnums=2)


def density(vector, size, data) -> float:
    return float(in_vector(vector, data, size))


def likelihood(size: o.Size, data: o.Data, **set_: object) -> float:
    parts = m.unpack(np.zeros(m.length(size)), size)._replace(**set_)
    return float(log_likelihood(parts, data, size))


def all_level(told: Hyperparameters = TOLD) -> o.ShareRow:
    return o.ShareRow("north", {("a",): 5, ("b",): 3, ("c",): 2})


def test_a_multinomial_is_scored_against_the_perfect_fit() -> None:
    size, data = small(all_level())
    by_hand = sum(n * (log(1 / 3) - log(n / 10)) for n in (5, 3, 2))
    assert likelihood(size, data) == pytest.approx(by_hand)


def test_two_densities_of_one_multinomial_differ_as_its_probabilities_do() -> None:
    """The part left out is the same for all parameters: held against the full formula."""

    def full(first: np.ndarray) -> float:
        counts = np.array([5, 3, 2])
        ways = lgamma(11) - sum(lgamma(n + 1) for n in counts)
        return ways + float(counts @ np.log(first))

    size, data = small(all_level(), placement=(-0.5, 0.0, 0.5))
    found = []
    for level in (np.array([0.4, -0.1]), np.array([-1.0, 0.7])):
        parts = m.unpack(np.zeros(m.length(size)), size)._replace(level=level)
        support = 0.8 * o.contrasts(3) @ level
        first = np.zeros(3)
        for at, weight in zip(*m.voters(), strict=True):
            chance = np.exp(support + at * np.array([-0.5, 0.0, 0.5]))
            first += weight * chance / chance.sum()
        seen = m.look(parts, data.settings, size)
        found.append((float(m.log_likelihood(parts, seen, data, size)), full(first)))
    (one, whole), (other, whole_other) = found
    assert one - other == pytest.approx(whole - whole_other)


def test_candidates_given_together_are_summed_and_those_not_named_left_out() -> None:
    size, data = small(o.ShareRow("north", {("a", "b"): 6, ("c",): 3}))
    assert likelihood(size, data) == pytest.approx(0)
    size, data = small(o.ShareRow("north", {("a",): 6, ("c",): 6}))
    assert likelihood(size, data) == pytest.approx(0)


def test_an_error_of_a_poll_moves_its_log_shares() -> None:
    size, data = small(o.ShareRow("north", {("a",): 10, ("b",): 10, ("c",): 10}, {"poll": 0.3}))
    own = np.array([[1.0, -2.0]])
    logits = 0.3 * o.contrasts(3) @ own[0]
    by_hand = 10 * sum(logits - log(sum(np.exp(logits)))) - 30 * log(1 / 3)
    assert likelihood(size, data, own=own) == pytest.approx(by_hand)


def test_nominations_sharpen_what_meetings_would_say() -> None:
    row = o.ShareRow("north", {("a",): 9, ("b",): 1, ("c",): 1}, activist=0.25, nominations=True)
    size, data = small(row)
    lean = np.array([0.7, 0.4])
    logits = 2 * (log(1 / 3) + 0.25 * o.contrasts(3) @ lean)
    chance = np.exp(logits) / np.exp(logits).sum()
    by_hand = sum(n * (log(q) - log(n / 11)) for n, q in zip((9, 1, 1), chance, strict=True))
    assert likelihood(size, data, activist=lean) == pytest.approx(by_hand)


def test_a_pair_has_the_poll_error_and_its_own() -> None:
    errors = {"poll": 0.12}
    row = o.PairRow("south", ("a", "b"), (30, 10), ("a", "b", "c"), outer=errors, mean=0.05,
                    spread=0.09)  # fmt: skip
    size, data = small(row)
    own, pair = np.array([[0.5, 1.0]]), np.array([2.0])
    vector = o.contrasts(3) @ own[0]
    odds = 0.05 + 0.09 * 2 + 0.12 * (vector[0] - vector[1]) / sqrt(2)
    chance = 1 / (1 + exp(-odds))
    by_hand = 30 * log(chance / 0.75) + 10 * log((1 - chance) / 0.25)
    assert likelihood(size, data, own=own, pair=pair) == pytest.approx(by_hand)


def test_an_error_within_leaves_alone_who_had_one_of_the_two_first() -> None:
    """Of three level thirds, one has the first for certain, one never, one by the error."""
    row = o.PairRow("south", ("a", "b"), (30, 10), ("a", "b", "c"), inner={"report": 0.4})
    size, data = small(row)
    own = np.array([[3.0, 0.0]])
    tilt = 0.4 * (o.contrasts(3)[0] - o.contrasts(3)[1]) @ own[0] / sqrt(2)
    chance = (1 + 1 / (1 + exp(-tilt))) / 3
    by_hand = 30 * log(chance / 0.75) + 10 * log((1 - chance) / 0.25)
    assert likelihood(size, data, own=own) == pytest.approx(by_hand)


def test_second_choices_are_scored_after_their_first() -> None:
    row = o.ShareRow("north", {("b",): 3, ("c",): 1}, after="a")
    size, data = small(row)
    assert likelihood(size, data) == pytest.approx(3 * log(0.5 / 0.75) + log(0.5 / 0.25))


def test_a_run_off_moves_the_votes_that_lay_with_who_went() -> None:
    """With c out, all its voters level: each vote passes to either with one half."""
    row = o.BranchRow("north", {("a",): 9, ("b",): 8, ("c",): 6}, 0.25, True, ("a", "b"), (4, 2),
                      ("c",))  # fmt: skip
    size, data = small(row, branched=(1, 0))
    first = sum(n * (log(1 / 3) - log(n / 23)) for n in (9, 8, 6))
    moved = 4 * log(0.5 / (4 / 6)) + 2 * log(0.5 / (2 / 6))
    assert likelihood(size, data) == pytest.approx(first + moved)


def test_a_run_off_tells_which_of_the_two_is_preferred() -> None:
    """All voters alike: those who had c choose between the two as everybody would."""
    row = o.BranchRow("north", {}, 0.0, False, ("a", "b"), (4, 2), ("c",))
    size, data = small(row, branched=(1, 0))
    level = np.array([0.9, 0.3])
    support = 0.8 * o.contrasts(3) @ level
    chance = 1 / (1 + exp(support[1] - support[0]))
    assert abs(chance - 0.5) > 0.1
    by_hand = 4 * log(chance / (4 / 6)) + 2 * log((1 - chance) / (2 / 6))
    assert likelihood(size, data, level=level) == pytest.approx(by_hand)


def test_an_endorsement_lifts_whom_it_backs_in_that_section_only() -> None:
    size, data = small(endorsed=np.array([[0.0, 0.0, 0.0], [0.6, 0.0, 0.0]]))
    parts = m.unpack(np.zeros(m.length(size)), size)
    north, south = m.state(parts, data.settings, size).support
    assert north == pytest.approx(np.zeros(3))
    beta = float(m.positive(np.array(0.0), data.settings.endorsement))
    assert south == pytest.approx(beta * np.array([0.4, -0.2, -0.2]))


# --- slots ------------------------------------------------------------------------------

ROWS = (
    o.ShareRow("north", {("a",): 50, ("b",): 30, ("c",): 20}, {"h": 0.2, "y": 0.2}),
    o.ShareRow("south", {("a", "b"): 20, ("c",): 9}, activist=0.3),
    o.PairRow(
        "north", ("a", "b"), (20, 25), ("a", "b", "c"), outer={"h": 0.1, "y": 0.1}, spread=0.1
    ),
    o.BranchRow("south", {("a",): 9, ("b",): 8, ("c",): 6}, 0.3, True, ("a", "b"), (4, 2), ("c",)),
)


def padded(vector: np.ndarray, size: o.Size, larger: o.Size) -> np.ndarray:
    """The same parameters with noughts for those of the empty slots."""
    target = m.unpack(np.zeros(m.length(larger)), larger)
    filled = [
        np.pad(part, [(0, new - old) for new, old in zip(more.shape, part.shape, strict=True)])
        if part.ndim
        else part
        for part, more in zip(m.unpack(vector, size), target, strict=True)
    ]
    return np.concatenate([np.ravel(part) for part in filled])


def test_empty_slots_do_not_change_the_density() -> None:
    size, data = small(*ROWS)
    larger, more = small(*ROWS, least=16)
    assert larger.shares == 16 and size.shares == 2
    vector = np.random.default_rng(3).normal(size=m.length(size))
    wide = padded(vector, size, larger)
    assert density(wide, larger, more) == pytest.approx(density(vector, size, data))
    sampled = float(in_coordinates(wide, more, larger)[0])
    assert sampled == pytest.approx(float(in_coordinates(vector, data, size)[0]))


@pytest.mark.parametrize("left_out", range(4))
def test_an_item_of_noughts_is_an_item_left_out(left_out: int) -> None:
    size, data = small(*ROWS)
    kind = ("shares", "shares", "pairs", "branches")[left_out]
    slot = getattr(data, kind)
    for name in ("counts", "gained"):
        if name in slot._fields:
            cut = np.array(getattr(slot, name))
            cut[(0, 1, 0, 0)[left_out]] = 0
            slot = slot._replace(**{name: cut})
    vector = np.random.default_rng(3).normal(size=m.length(size))
    total = density(vector, size, data._replace(**{kind: slot}))
    prior = -0.5 * float(vector @ vector)
    alone = [alone_density(vector, size, data, n) - prior for n in range(4) if n != left_out]
    assert total - prior == pytest.approx(sum(alone))


def alone_density(vector, size, data, kept: int) -> float:
    """The density with every item but one set to nought."""
    kinds = {"shares": [0, 1], "pairs": [2], "branches": [3]}
    for kind, numbers in kinds.items():
        slot = getattr(data, kind)
        mask = np.array([float(number == kept) for number in numbers])
        for name in {"counts", "gained"} & set(slot._fields):
            counts = getattr(slot, name)
            slot = slot._replace(**{name: counts * mask[: len(counts), None]})
        data = data._replace(**{kind: slot})
    return density(vector, size, data)


def test_the_sampler_s_coordinates_have_a_constant_determinant() -> None:
    """So the density in them is that of the vector, but for a constant."""
    size, data = small(*ROWS)
    jacobian = jax.jit(jax.jacfwd(lambda sampled: m.natural(sampled, data, size)))
    chance = np.random.default_rng(5)
    found = []
    for _ in range(3):
        sampled = chance.normal(size=m.length(size))
        found.append(np.linalg.slogdet(np.asarray(jacobian(sampled)))[1])
        found_density, vector = in_coordinates(sampled, data, size)
        assert vector == pytest.approx(m.natural(sampled, data, size))
        assert float(found_density) == pytest.approx(density(vector, size, data))
    assert found[0] != pytest.approx(0) and found == pytest.approx(found[:1] * 3)


def test_the_gradient_is_finite_where_slots_are_empty() -> None:
    for rows in ((), ROWS[:1], ROWS):
        size, data = small(*rows, least=2)
        vector = np.random.default_rng(3).normal(size=m.length(size))
        assert np.isfinite(np.asarray(slope(vector, data, size))).all()


def test_what_is_made_up_has_the_size_and_the_chances_it_was_made_of() -> None:
    size, data = small(*ROWS, least=2)
    vector = np.random.default_rng(8).normal(size=m.length(size)) / 2
    chance = np.random.default_rng(9)
    made = [m.forward(vector, data, size, chance) for _ in range(400)]
    for kind in ("shares", "pairs", "branches"):
        counts = np.array([getattr(one, kind).counts for one in made])
        assert (counts.sum(-1) == np.asarray(getattr(data, kind).counts).sum(-1)).all()
    parts = m.unpack(vector, size)
    expected = m.chances(parts, m.look(parts, data.settings, size), data, size)
    seen = np.mean([one.shares.counts[0] / 100 for one in made], 0)
    assert seen == pytest.approx(np.exp(np.asarray(expected.shares[0])), abs=0.01)
    won = np.mean([one.pairs.counts[0, 0] / 45 for one in made])
    assert won == pytest.approx(1 / (1 + exp(-float(expected.pairs[0]))), abs=0.015)


def test_every_parameter_has_a_basis_and_a_wrong_one_is_refused() -> None:
    assert all(basis.meaning and basis.source for basis in BASIS.values())
    assert TOLD.told({"poll_sd": Fraction(1, 4)}).poll_sd == 0.25
    with pytest.raises(InputError, match=r"(?s)pol_sd: the model has no parameter of that name"):
        TOLD.told({"pol_sd": 1})
    with pytest.raises(InputError, match="below 0"):
        TOLD.told({"poll_sd": -1})


# --- left and right ----------------------------------------------------------------------------


def mirrored(vector: np.ndarray, size: o.Size) -> np.ndarray:
    parts = m.unpack(vector, size)
    return np.concatenate([np.ravel(x) for x in parts._replace(placement=-parts.placement)])


def test_where_nobody_is_placed_left_and_right_may_be_exchanged() -> None:
    size, data = small(*ROWS)
    vector = np.random.default_rng(4).normal(size=m.length(size))
    assert density(mirrored(vector, size), size, data) == pytest.approx(density(vector, size, data))
    one, other = (m.from_one_side(each, data, size) for each in (vector, mirrored(vector, size)))
    assert one == pytest.approx(other) and m.unpack(one, size).placement[0] > 0
    kept = [part for name, part in m.unpack(one, size)._asdict().items() if name != "placement"]
    was = [part for name, part in m.unpack(vector, size)._asdict().items() if name != "placement"]
    assert all(np.array_equal(a, b) for a, b in zip(kept, was, strict=True))


def test_where_a_survey_places_the_candidates_left_is_left() -> None:
    size, data = small(*ROWS, placement=(-1.0, 0.0, 1.0))
    vector = np.random.default_rng(4).normal(size=m.length(size))
    assert density(mirrored(vector, size), size, data) != pytest.approx(density(vector, size, data))
    assert m.from_one_side(vector, data, size) is vector


SURVEY = (-1.0, 0.0, 1.0)


def test_the_density_that_is_sampled_does_not_tell_left_from_right() -> None:
    """Where a survey does, it is the mean of the density on both sides."""
    size, data = small(*ROWS, placement=SURVEY)
    sampled = np.random.default_rng(4).normal(size=m.length(size))
    there = turned(sampled, size, data)
    assert turned(there, size, data) == pytest.approx(sampled)
    assert there != pytest.approx(sampled)
    sides = [in_coordinates(each, data, size) for each in (sampled, there)]
    assert float(sides[0][0]) == pytest.approx(float(sides[1][0]))
    both = [np.exp(density(vector, size, data)) for _, vector in sides]
    assert both[0] > 2 * both[1]
    assert float(sides[0][0]) == pytest.approx(np.log(sum(both) / 2), rel=1e-5)


def turned(sampled: np.ndarray, size: o.Size, data: o.Data) -> np.ndarray:
    start = m.start_of("placement", size)
    at = slice(start, start + size.candidates - 1)
    there = sampled.copy()
    there[at] = m.mirrored(sampled[at], data.settings, size)
    return there


def test_each_draw_is_put_on_either_side_by_its_chance_there() -> None:
    size, data = small(*ROWS, placement=SURVEY)
    # Near the middle, where neither side is out of the question.
    vector = turned(np.zeros(m.length(size)), size, data) / 2 + 0.05
    there = turned(vector, size, data)
    one, other = (np.exp(-(each**2).sum() / 2) for each in (vector, there))
    many = np.tile(vector, (4000, 1))
    found = m.on_either_side(many, data, size, np.random.default_rng(1))
    stayed = (found == vector).all(-1)
    assert found[~stayed] == pytest.approx(np.tile(there, ((~stayed).sum(), 1)))
    assert 0.3 < one / (one + other) < 0.7
    assert stayed.mean() == pytest.approx(one / (one + other), abs=0.03)


def test_the_warm_up_looks_at_one_side() -> None:
    for placement in (SURVEY, (0.0, 0.0, 0.0)):
        size, data = small(*ROWS, placement=placement)
        place = np.random.default_rng(4).normal(size=m.length(size))
        there = turned(place, size, data)
        slopes = [np.asarray(slope(each, data, size)) for each in (place, there)]
        found = [
            m.near_side(each, steep, data, size)
            for each, steep in zip((place, there), slopes, strict=True)
        ]
        assert found[0][0] == pytest.approx(found[1][0])
        assert found[0][1] == pytest.approx(found[1][1], rel=1e-4, abs=1e-5)
