"""Papers drawn only where the count looks have the law that they have where all are drawn first."""

from dataclasses import replace
from fractions import Fraction
from math import erfc, sqrt

import numpy as np
import pytest

from hustings.election.rulebook import CollegeUse, Elimination, EmptySection, Stop
from hustings.election.spec import Contest, SectionEntry, Standing
from hustings.errors import InputError
from hustings.forecast import simulate
from hustings.forecast.kernel import compiled, lazily
from hustings.forecast.kernel.electorates import electorates
from hustings.shell.acts import rule_book

pytestmark = pytest.mark.skipif(
    compiled.numba is None, reason="NOT RUN: numba is not installed"
)  # fmt: skip

DRAWS = 20_000
ELECTORS = np.array([20, 30, 10])


@pytest.fixture(autouse=True, scope="module")
def _one_compilation(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What one process has compiled serves the other, which has a folder beside it."""
    compiled.keep(str(tmp_path_factory.getbasetemp().parent / "compiled"))


def contest(candidates: int = 5, sections: int = 3, **rules: object) -> Contest:
    silent = {"college": CollegeUse.SECTIONS, "empty_section": EmptySection.NO_POINTS}
    return Contest(
        "leader",
        "Leader",
        tuple(Standing(name, name) for name in "abcdefgh"[:candidates]),
        tuple(
            SectionEntry(f"s{n}", f"s{n}", Fraction(2 * n + 2, sections * (sections + 1)))
            for n in range(sections)
        ),
        replace(rule_book("common"), **silent | rules),
    )


def chances_of(race: simulate.Race, draws: int, seed: int = 1) -> np.ndarray:
    """One law for all draws, of which some ballots have no chance."""
    numbers = np.random.default_rng(seed)
    chances = numbers.dirichlet(np.full(len(race.rankings), 0.6), 3)
    chances[:, ::7] = 0
    chances /= chances.sum(1, keepdims=True)
    return np.repeat(chances[None], draws, 0)


def p_of(one: np.ndarray, other: np.ndarray) -> float:
    """Whether two samples of equal size are of one law: chi-squared's p, rare values together.

    By Wilson and Hilferty's normal approximation (PNAS 17, 1931).
    """
    _, of = np.unique(np.concatenate([one, other]), axis=0, return_inverse=True)
    of = of.ravel()
    seen = np.array([np.bincount(of[: len(one)], minlength=of.max() + 1),
                     np.bincount(of[len(one) :], minlength=of.max() + 1)])  # fmt: skip
    often = seen.sum(0) >= 20
    seen = np.column_stack([seen[:, often], seen[:, ~often].sum(1)])
    seen = seen[:, seen.sum(0) > 0]
    free = seen.shape[1] - 1
    assert free > 3
    found = ((seen[0] - seen[1]) ** 2 / seen.sum(0)).sum()
    deviate = ((found / free) ** (1 / 3) - 1 + 2 / (9 * free)) / sqrt(2 / (9 * free))
    return erfc(deviate / sqrt(2)) / 2


def samples(found: compiled.Counted) -> list[np.ndarray]:
    """What is compared: who wins and who goes; by section, the papers of either of the last two."""
    orders = np.column_stack([found.winner, found.order, found.looked, found.exact])
    ahead, behind = found.papers[:, :, 0], found.papers[:, :, 1]
    return [orders, *ahead.T[..., None], *behind.T[..., None], ahead - behind]


@pytest.mark.parametrize("rules", [{}, {"stop": Stop.ELECTED}], ids=str)
def test_the_outcomes_have_the_law_of_papers_that_are_all_drawn(rules: dict[str, object]) -> None:
    """Before what is near is settled: a tie is met as often, and the lower place goes in both."""
    race = simulate.race_of(contest(**rules), "1")
    chances = chances_of(race, DRAWS)
    found = by_lazy(race, chances, 2)
    drawn = electorates(chances, ELECTORS, np.random.default_rng(3))
    whole, _ = compiled.count(drawn, race.types, race.settings)
    ps = [p_of(one, other) for one, other in zip(samples(found), samples(whole), strict=True)]
    assert min(ps) > 0.001, ps
    assert 100 < found.exact.sum() < DRAWS // 4


def test_the_test_tells_two_laws_apart() -> None:
    """Of electorates in which one in three votes by lot."""
    race = simulate.race_of(contest(), "1")
    chances = chances_of(race, DRAWS)
    by_lot = (2 * chances + 1 / chances.shape[2]) / 3
    found = [samples(by_lazy(race, each, 2)) for each in (chances, by_lot)]
    assert min(map(p_of, *found)) < 1e-6


def by_lazy(race: simulate.Race, chances: np.ndarray, seed: int) -> compiled.Counted:
    chance = np.random.default_rng(seed)
    return compiled.count_chances(chances, ELECTORS, race.types, race.settings, chance)[0]


def test_where_nothing_is_left_to_chance_the_count_is_the_same() -> None:
    """Every section votes as one ballot, another in each draw."""
    race, numbers = simulate.race_of(contest(4, 9), "1"), np.random.default_rng(5)
    voted = np.zeros((500, 9, len(race.rankings)))
    np.put_along_axis(voted, numbers.integers(0, voted.shape[2], (500, 9, 1)), 1, 2)
    electors = np.arange(1, 10)
    found = lazily.count_chances(race, voted, electors, np.random.default_rng(2))
    whole = simulate.count_draws(race, (voted * electors[:, None]).astype(np.int64))
    for name in ("winner", "order", "pair", "papers", "looked", "exact"):
        assert (getattr(found, name) == getattr(whole, name)).all(), name
    assert 20 < found.exact.sum() < 300


def test_what_was_not_drawn_is_drawn_for_the_exact_engine() -> None:
    """All papers are there, none is below nought, and what was drawn before stands."""
    race = simulate.race_of(contest(), "1")
    chances, chance = chances_of(race, 2000), np.random.default_rng(2)
    counted, kept = compiled.count_chances(chances, ELECTORS, race.types, race.settings, chance)
    assert len(kept) == counted.exact.sum() > 16
    for begun in kept:
        whole = lazily._completed(begun.copy(), chances[0], race.types, chance)
        assert (whole >= 0).all() and (whole.sum(1) == ELECTORS).all()
        assert not whole[chances[0] == 0].any()
        for row, ranking in enumerate(race.types.rankings):
            size = race.types.sizes[len(ranking)]
            known = begun[:, row] >= 0
            assert (whole[known, row : row + size].sum(1) == begun[known, row]).all()


@pytest.mark.parametrize("part", [0.0004, 0.2, 0.5, 0.93, 1.0])
@pytest.mark.parametrize("papers", [1, 9, 60, 271])
def test_a_binomial_number_has_its_law(papers: int, part: float) -> None:
    chance = np.random.default_rng(papers)
    mine = np.array([compiled._binomial(chance, papers, part) for _ in range(20_000)])
    assert mine.min() >= 0 and mine.max() <= papers
    spread = papers * part * (1 - part)
    assert mine.mean() == pytest.approx(papers * part, abs=4 * sqrt(spread / 20_000))
    assert mine.var() == pytest.approx(spread, rel=0.05, abs=0.01)


@pytest.mark.parametrize(
    ("candidates", "rules"),
    [
        (7, {}),
        (5, {"college": CollegeUse.POOLED}),
        (5, {"eliminate": Elimination.BATCH_SAFE, "stop": Stop.TWO_LEFT}),
    ],
    ids=str,
)
def test_what_it_does_not_know_is_refused(candidates: int, rules: dict[str, object]) -> None:
    race = simulate.race_of(contest(candidates, **rules))
    with pytest.raises(InputError, match="draw them first, and count the draws"):
        lazily.count_chances(race, np.zeros((1, 3, 1)), ELECTORS, np.random.default_rng(1))


def test_wrong_chances_and_a_missing_package_are_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    race, chance = simulate.race_of(contest()), np.random.default_rng(1)
    with pytest.raises(InputError, match="draw 0, section 0: the chances sum to 2"):
        lazily.count_chances(race, 2 * chances_of(race, 1), ELECTORS, chance)
    monkeypatch.setattr(compiled, "numba", None)
    with pytest.raises(InputError, match=r"hustings\[fast\]"):
        lazily.count_chances(race, chances_of(race, 1), ELECTORS, chance)
