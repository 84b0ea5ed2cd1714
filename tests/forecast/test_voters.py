"""Ballots drawn one by one: their law, what is known of some of them, and what they come to."""

import numpy as np
import pytest

from hustings.forecast.kernel.ballots import Ballots
from hustings.forecast.kernel.subsets import of_counts, of_strengths
from hustings.forecast.kernel.types import types_of
from hustings.forecast.kernel.voters import Voters, Wish, drawn, wished

FOUR = types_of(4)
EVERY = (0, 1, 2, 3)
MANY = 60_000


def some_voters(draws: int = 2, candidates: int = 4, kinds: int = 3, seed: int = 3) -> Voters:
    numbers = np.random.default_rng(seed)
    return Voters.of(
        numbers.normal(size=(draws, kinds, candidates)),
        np.array([0.2, 0.5, 0.3])[:kinds] if kinds <= 3 else np.full(kinds, 1 / kinds),
        numbers.uniform(0.1, 0.5, (draws, 2, candidates - 2)),
    )


def chances(voters: Voters, draw: int) -> np.ndarray:
    """Of each ballot type, written out as the law says: one ballot after another."""
    types = voters.types
    found = np.zeros(len(types.rankings))
    for row, ranking in enumerate(types.rankings):
        stopping = voters.stopping[draw, voters.group[draw, ranking[0]]]
        for strengths, part in zip(voters.strengths[draw], voters.parts, strict=True):
            left, chance = strengths.copy(), part
            for place, name in enumerate(ranking):
                chance *= left[name] / left.sum() * (1 - stopping[place - 1] if place else 1)
                left[name] = 0
            ends = stopping[len(ranking) - 1] if len(ranking) < types.candidates - 1 else 1
            found[row] += chance * ends
    return found


@pytest.mark.parametrize(
    "wish",
    [
        Wish(EVERY),
        Wish((1,)),
        Wish((1, 2), frozenset({(0, 3)}), None, True),
        Wish((1, 2), frozenset({(0, 3)}), None, False),
        Wish(EVERY, frozenset({(0, 3), (3, 2)}), None, True),
        Wish(EVERY, frozenset({(0, 3), (3, 2)}), None, False),
        Wish((2,), frozenset(), (2, 0), True),
        Wish((2,), frozenset(), (2, 0), False),
        Wish((2,), frozenset(), (2, 0, 1, 3), True),
    ],
    ids=str,
)
def test_ballots_come_as_often_as_the_law_says_given_what_is_known(wish: Wish) -> None:
    voters, luck = some_voters(), np.random.default_rng(1).random(2 * MANY)
    rows = wished(voters, wish, np.repeat([0, 1], MANY), luck).reshape(2, MANY)
    for draw in (0, 1):
        every = chances(voters, draw)
        assert every.sum() == pytest.approx(1)
        expected = every * [wish.fits(ranking, 4) for ranking in FOUR.rankings]
        expected /= expected.sum()
        found = np.bincount(rows[draw], minlength=len(expected)) / MANY
        assert abs(found - expected).max() < 5 * np.sqrt(0.25 / MANY)
        assert (found[expected == 0] == 0).all()


def test_where_no_ballot_fits_there_is_none() -> None:
    impossible = Wish((3,), frozenset({(0, 3)}), None, True)
    rows = wished(some_voters(), impossible, np.array([0, 1, 1]), np.array([0.1, 0.5, 0.9]))
    assert rows.tolist() == [-1, -1, -1]


def test_evenly_spaced_luck_gives_every_beginning_as_often_as_it_should_be() -> None:
    """To within one for each kind of voter, where chance alone would miss by some forty."""
    voters = some_voters()
    luck = (np.arange(5000) + np.array([[0.3], [0.7]])) / 5000
    rows = drawn(voters, luck)
    for draw in (0, 1):
        expected = 5000 * chances(voters, draw)
        for ranking in FOUR.rankings:
            begin = np.array([r[: len(ranking)] == ranking for r in FOUR.rankings])
            assert abs(begin[rows[draw]].sum() - expected[begin].sum()) <= 3


def test_the_closed_form_is_the_sum_over_the_ballots() -> None:
    """Also where the chance to stop depends on who is first."""
    voters = some_voters(draws=2)
    stopping = np.broadcast_to(voters.stopping[:, None], (2, 3, 2, 2))
    group = np.broadcast_to(voters.group[:, None], (2, 3, 4))
    table = np.einsum("n,dnr->dr", voters.parts, of_strengths(voters.strengths, stopping, group))
    for draw in (0, 1):
        papers = np.rint(chances(voters, draw) * 2**40).astype(np.int64)
        summed = of_counts(papers[None, None], FOUR)[:, 0, 0] / 2**40
        assert table[draw] == pytest.approx(summed, abs=1e-10)


# --- whole ballots ----------------------------------------------------------------------------


def test_ballots_are_told_off_as_their_types_are() -> None:
    """Piles of several papers, ballots exchanged and draws chosen included."""
    ballots, counts = some_ballots()
    assert (ballots.subsets() == of_counts(counts, FOUR)).all()
    wanted = np.arange(len(FOUR.rankings)) % 3 == 0
    for section in (0, 1):
        assert (ballots.cast(section, wanted) == counts[:, section] @ wanted).all()
        begins = np.array([[r[0] == name for r in FOUR.rankings] for name in EVERY])
        assert (ballots.firsts(section) == counts[:, section] @ begins.T).all()
    before, after = ballots.rows[1][:, :2].T, np.array([[1] * 5, [-1] * 5])
    changed = ballots.exchanged(1, before, after)
    for draw in range(5):
        counts[draw, 1, before[:, draw]] -= 1
        counts[draw, 1, 1] += 1
    assert (changed.subsets() == of_counts(counts, FOUR)).all()
    some = np.array([3, 0])
    assert (changed.of(some).subsets() == of_counts(counts[some], FOUR)).all()
    assert (changed.subsets(pooled=True)[:, 0] == of_counts(counts, FOUR).sum(1)).all()


def some_ballots() -> tuple[Ballots, np.ndarray]:
    """Five draws of two sections, by ballots and by type; no draw has one ballot twice."""
    numbers = np.random.default_rng(2)
    types = len(FOUR.rankings)
    rows = numbers.permuted(np.tile(np.arange(2, types), (2, 5, 1)), axis=2)[:, :, :9]
    papers = np.array([[1, 1, 1, 1, 1, 1, 1, 1, 30], [1, 1, 4, 1, 1, 1, 1, 1, 1]])
    counts = np.zeros((5, 2, types), np.int64)
    for section in (0, 1):
        for draw in range(5):
            np.add.at(counts[draw, section], rows[section, draw], papers[section])
    return Ballots(FOUR, tuple(rows.astype(np.int32)), tuple(papers)), counts
