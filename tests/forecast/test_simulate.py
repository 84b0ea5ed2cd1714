"""Many counts at once: the ballots of 2010, ballots changed one at a time, and what is refused."""

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from hustings.election.rulebook import (
    CollegeUse,
    Denominator,
    Elimination,
    EmptySection,
    Method,
    QuotaRule,
    Stop,
    Undeclared,
)
from hustings.election.spec import Contest, SectionEntry, Standing
from hustings.errors import InputError, RuleError
from hustings.forecast import simulate
from hustings.forecast.kernel import compiled
from hustings.forecast.kernel.electorates import apportioned, electorates
from hustings.forecast.kernel.law import strengths_of
from hustings.forecast.kernel.subsets import of_counts, pairwise, tally
from hustings.forecast.kernel.types import types_of
from hustings.shell import acts, library
from hustings.shell.acts import rule_book


@pytest.fixture(autouse=True, scope="module")
def _one_compilation(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What one process has compiled serves the other, which has a folder beside it."""
    compiled.keep(str(tmp_path_factory.getbasetemp().parent / "compiled"))


FIVE = ("ann", "bob", "cat", "dan", "eve")
THIRDS = {"mps": Fraction(1, 3), "members": Fraction(1, 3), "affiliates": Fraction(1, 3)}


def contest(names: tuple[str, ...] = FIVE, **rules: object) -> Contest:
    return Contest(
        "leader",
        "Leader",
        tuple(Standing(name, name) for name in names),
        tuple(SectionEntry(section, section, weight) for section, weight in THIRDS.items()),
        replace(rule_book("labour-2010"), **rules),
    )


def close_counts(draws: int, seed: int = 1) -> np.ndarray:
    """A small first section, as the parliamentarians are, and two large ones; all close."""
    numbers = np.random.default_rng(seed)
    sizes = np.array([1.3, 600, 1000])[:, None]
    return numbers.poisson(sizes * numbers.gamma(4, 0.25, (draws, 1, 205)))


# --- 2010 -----------------------------------------------------------------------------------


def test_the_parliamentarians_of_2010_count_as_they_did() -> None:
    """Abbott, Balls and Burnham go, in this order if they were alone; 140 to 122 is left."""
    count = library.count(acts.example("labour-2010"))
    papers = count.profiles[0].papers["mps_meps"]
    alone = replace(
        count.contest,
        sections=tuple(
            replace(entry, weight=Fraction(1))
            for entry in count.contest.sections
            if entry.id == "mps_meps"
        ),
    )
    race = simulate.race_of(alone)
    outcomes = simulate.count_draws(race, as_counts(race, [papers]))
    names = race.candidates
    assert [names[c] for c in outcomes.order[0]] == ["abbott", "burnham", "balls"]
    assert [names[c] for c in outcomes.pair[0]] == ["d_miliband", "e_miliband"]
    assert outcomes.papers[0, 0].tolist() == [140, 122]


def test_the_college_of_2010_counts_as_it_did() -> None:
    """All three sections: the order, the pair, and the papers of every round."""
    count = library.count(acts.example("labour-2010"))
    race = simulate.race_of(count.contest)
    sections = [count.profiles[0].papers[entry.id] for entry in count.contest.sections]
    outcomes = simulate.count_draws(race, as_counts(race, sections), rounds=True)
    names = race.candidates
    assert [names[c] for c in outcomes.order[0]] == ["abbott", "burnham", "balls"]
    assert names[outcomes.winner[0]] == "e_miliband"
    assert outcomes.papers[0].tolist() == [[122, 140], [55992, 66814], [119405, 80266]]
    points = outcomes.points(race)[0, -1]
    assert points[outcomes.pair[0]] == pytest.approx([0.50654, 0.49346], abs=1e-5)


def as_counts(race: simulate.Race, sections: list[dict[tuple[str, ...], int]]) -> np.ndarray:
    row = {ranking: place for place, ranking in enumerate(race.rankings)}
    counts = np.zeros((1, len(sections), len(row)), np.int64)
    for section, rankings in enumerate(sections):
        for ranking, papers in rankings.items():
            counts[0, section, row[ranking[: len(race.candidates) - 1]]] += papers
    return counts


# --- one ballot changed ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "rules",
    [
        {},
        {"denominator": Denominator.FIRST_ROUND, "quota": QuotaRule.HALF_FIRST_ROUND},
        {"eliminate": Elimination.BATCH_SAFE, "empty_section": EmptySection.SHARE_OUT},
        {"college": CollegeUse.POOLED, "stop": Stop.ONE_LEFT},
        {"college": CollegeUse.POOLED, "quota": QuotaRule.DROOP_OR_MAJORITY},
    ],
    ids=str,
)
def test_a_changed_ballot_tells_as_if_all_were_counted_again(rules: dict[str, object]) -> None:
    """Also one taken away, and one added; and it does change who wins."""
    counts = close_counts(300) // np.array([1, 40, 60])[:, None]
    race, numbers = simulate.race_of(contest(**rules), "s"), np.random.default_rng(2)
    changes = [
        simulate.Change(section, a_ballot_there(numbers, counts[:, section]), after)
        for section in (0, 1, 2)
        for after in (np.full(300, 7), np.full(300, -1), numbers.integers(0, 205, 300))
    ]
    changes.append(simulate.Change(0, np.full(300, -1), numbers.integers(0, 205, 300)))
    outcomes = simulate.count_draws(race, counts, touchy=True)
    told = simulate.winners_if(race, counts, outcomes, changes)
    assert (told == [by_brute_force(race, counts, change) for change in changes]).all()
    assert (told != outcomes.winner).sum() > 10


def test_few_draws_are_counted_again() -> None:
    """A ballot among a quarter of a thousand can turn few draws, and one of thousands fewer."""
    race, counts = simulate.race_of(contest()), close_counts(1000)
    touchy = simulate.count_draws(race, counts, touchy=True).touchy.mean(0)
    assert 0.02 < touchy[0] < 0.7 and (touchy[1:] < 0.02).all()


def test_a_ballot_that_is_not_there_cannot_be_changed() -> None:
    counts = np.zeros((1, 3, 205), np.int64)
    counts[0, :, 0] = 5
    race = simulate.race_of(contest())
    outcomes = simulate.count_draws(race, counts, touchy=True)
    change = simulate.Change(0, np.array([9]), np.array([0]))
    with pytest.raises(InputError, match="does not have"):
        simulate.winners_if(race, counts, outcomes, [change])


def a_ballot_there(numbers: np.random.Generator, counts: np.ndarray) -> np.ndarray:
    return np.array([numbers.choice(row.nonzero()[0]) for row in counts])


def by_brute_force(race: simulate.Race, counts: np.ndarray, change: simulate.Change) -> np.ndarray:
    changed = counts.copy()
    for draw in range(len(counts)):
        for ballot, papers in ((change.before[draw], -1), (change.after[draw], 1)):
            if ballot >= 0:
                changed[draw, change.section, ballot] += papers
    return simulate.count_draws(race, changed).winner


# --- from chances to papers -----------------------------------------------------------------


def test_a_large_section_is_apportioned_and_a_small_one_drawn() -> None:
    numbers = np.random.default_rng(3)
    chances = numbers.dirichlet(np.ones(205), (50, 3))
    counts = electorates(chances, np.array([271, 126_874, 247_339]), np.random.default_rng(4))
    assert (counts.sum(2) == [271, 126_874, 247_339]).all()
    claims = chances * np.array([271, 126_874, 247_339])[:, None]
    assert (abs(counts - claims)[:, 1:] < 1).all()
    # The spread of a drawn number of papers is that of the multinomial law.
    spread = (counts - claims)[:, 0] ** 2 / (claims * (1 - chances))[:, 0]
    assert 0.9 < spread.mean() < 1.1
    again = electorates(chances, np.array([271, 126_874, 247_339]), np.random.default_rng(4))
    assert (counts == again).all()


def test_the_largest_remainders_have_the_papers_left() -> None:
    chances = np.array([[0.14, 0.26, 0.6], [1 / 3, 1 / 3, 1 / 3]])
    assert apportioned(chances, 10).tolist() == [[1, 3, 6], [4, 3, 3]]


@pytest.mark.parametrize("wrong", [0.9, -0.1, np.nan])
def test_chances_must_sum_to_one(wrong: float) -> None:
    chances = np.zeros((2, 1, 4))
    chances[:, :, 0] = 1
    chances[1, 0, 1] = wrong
    with pytest.raises(InputError, match="draw 1, section 0: the chances sum to"):
        electorates(chances, np.array([5]), np.random.default_rng(0))


# --- many candidates ------------------------------------------------------------------------


@pytest.mark.parametrize("rules", [{}, {"college": CollegeUse.POOLED}], ids=str)
def test_a_changed_ballot_among_whole_ballots_tells_as_if_all_were_counted(
    rules: dict[str, object],
) -> None:
    race, numbers = (
        simulate.race_of(contest(tuple("abcdefg"), **rules), "s"),
        np.random.default_rng(2),
    )
    rows = tuple(numbers.integers(0, 8659, (60, 25)).astype(np.int32) for _ in THIRDS)
    ballots = simulate.Ballots(race.types, rows, tuple(np.ones(25, np.int64) for _ in THIRDS))
    changes = [
        simulate.Change(section, before, numbers.integers(-1, 8659, 60))
        for section in range(3)
        for before in (rows[section][:, 4].astype(np.int64), np.full(60, -1))
    ]
    outcomes = simulate.count_draws(race, ballots, touchy=True)
    told = simulate.winners_if(race, ballots, outcomes, changes)
    assert (told != outcomes.winner).sum() > 5
    for change, winners in zip(changes, told, strict=True):
        changed = ballots.exchanged(change.section, change.before[None], change.after[None])
        again = simulate.Ballots(race.types, changed.rows, changed.papers)
        assert (simulate.count_draws(race, again).winner == winners).all()
    absent = simulate.Change(0, (rows[0].max(1) + 1) % 8659, np.full(60, 7))
    with pytest.raises(InputError, match="does not have"):
        simulate.winners_if(race, ballots, outcomes, [absent])


# --- by law ---------------------------------------------------------------------------------


def law(spread: float = 0.4) -> simulate.Law:
    numbers = np.random.default_rng(8)
    return simulate.Law(
        numbers.normal(0, 0.3, (3, 5)), np.full((3, 5), spread), numbers.uniform(0.1, 0.3, (3, 3))
    )


def test_a_law_is_counted_as_the_ballots_that_it_gives() -> None:
    """Five draws, each with the chance of every ballot type worked out by hand."""
    race = simulate.race_of(contest())
    found = simulate.count_law(race, law(), 5, np.random.default_rng(4))
    strengths = strengths_of(law(), 5, np.random.default_rng(4))
    counts = np.array([[by_type(s, stop) for s, stop in zip(draw, law().stopping, strict=True)]
                       for draw in strengths])  # fmt: skip
    by_counts = simulate.count_draws(race, counts)
    assert (found.winner == by_counts.winner).all() and (found.order == by_counts.order).all()
    assert found.shares() == pytest.approx(by_counts.shares(), abs=1e-9)


def by_type(strengths: np.ndarray, stopping: np.ndarray) -> list[int]:
    papers = []
    for ranking in types_of(5).rankings:
        left, chance = strengths.copy(), 1.0
        for place, name in enumerate(ranking):
            chance *= left[name] / left.sum() * (1 - stopping[place - 1] if place else 1)
            left[name] = 0
        papers.append(
            round(2**40 * chance * (stopping[len(ranking) - 1] if len(ranking) < 4 else 1))
        )
    return papers


def test_the_compiled_law_is_the_same() -> None:
    """The same generator gives the same draws; a section is the same to within rounding."""
    pytest.importorskip("numba", reason="NOT RUN: numba is not installed")
    race = simulate.race_of(contest())
    one, other = (
        simulate.count_law(race, law(), 3000, np.random.default_rng(4), compiled=compiled)
        for compiled in (False, True)
    )
    assert len(np.unique(one.winner)) > 2
    for name in ("winner", "order", "pair", "looked", "exact"):
        assert (getattr(one, name) == getattr(other, name)).all()
    assert abs(one.papers - other.papers).max() < 200


@pytest.mark.parametrize("by_numba", [False, True], ids=["arrays", "compiled"])
def test_a_law_that_makes_two_level_is_settled_exactly(by_numba: bool) -> None:
    """With no spread, all are level in every draw, and each draw has a lot of its own."""
    if by_numba:
        pytest.importorskip("numba", reason="NOT RUN: numba is not installed")
    level = simulate.Law(np.zeros((3, 5)), np.zeros((3, 5)), np.zeros((3, 3)))
    race = simulate.race_of(contest(), "1")
    found = simulate.count_law(race, level, 40, np.random.default_rng(4), compiled=by_numba)
    assert found.exact.all() and len(np.unique(found.winner)) > 2


def test_a_law_that_does_not_fit_is_refused() -> None:
    chance = np.random.default_rng(1)
    with pytest.raises(InputError, match="mean, spread and stopping have shapes"):
        simulate.count_law(simulate.race_of(contest(FIVE[:4])), law(), 1, chance)
    with pytest.raises(InputError, match="a pooled college needs the sizes"):
        simulate.count_law(simulate.race_of(contest(college=CollegeUse.POOLED)), law(), 1, chance)
    wrong = replace(law(), stopping=np.full((3, 3), 1.5))
    with pytest.raises(InputError, match="below 0 or above 1"):
        simulate.count_law(simulate.race_of(contest()), wrong, 1, chance)


# --- subset statistics ------------------------------------------------------------------------


def test_subset_statistics_tell_every_tally_and_every_pair() -> None:
    counts, types = close_counts(3)[:, :1], types_of(5)
    table = of_counts(counts, types)[:, 0]
    for gone in range(31):
        if gone.bit_count() < 4:
            held = tally(table, gone, 5)
            for name in range(5):
                lies = [
                    next((n for n in r if not gone >> n & 1), -1) == name for r in types.rankings
                ]
                assert (held[name] == counts[:, 0] @ np.array(lies)).all()
    over = pairwise(table, 5)
    for one, other in permutations(range(5), 2):
        puts = [next((n for n in r if n in (one, other)), -1) == one for r in types.rankings]
        assert (over[one, other] == counts[:, 0] @ np.array(puts)).all()


def test_subset_statistics_of_no_ballots_are_refused() -> None:
    table = np.zeros((1, 3, 9), np.int64)
    table[0, :, :2] = 5
    race = simulate.race_of(contest(FIVE[:3]))
    assert simulate.count_subsets(race, table).exact[0]
    table[0, 0, 3] = 6
    with pytest.raises(InputError, match="more than have named that set"):
        simulate.count_subsets(race, np.where(table == 6, 6, np.where(table, 5, 0)))
    with pytest.raises(InputError, match="expected whole numbers"):
        simulate.count_subsets(race, table.astype(float))
    with pytest.raises(InputError, match="counts run from -1"):
        simulate.count_subsets(race, np.full_like(table, -1))


# --- ties and lots --------------------------------------------------------------------------


def test_each_draw_has_a_lot_of_its_own() -> None:
    """Two level to the end, many times: each wins about half, and again the same ones."""
    counts = np.zeros((200, 3, 9), np.int64)
    counts[:, :, [0, 3]] = 10
    race = simulate.race_of(contest(FIVE[:3]), "2010")
    winners = simulate.count_draws(race, counts).winner
    assert 70 < (winners == 0).sum() < 130 and Counter(winners.tolist()).keys() == {0, 1}
    assert (winners == simulate.count_draws(race, counts).winner).all()
    assert (
        winners[50:] == simulate.count_draws(race, counts[50:], numbers=np.arange(50, 200)).winner
    ).all()
    assert (winners != simulate.count_draws(replace(race, lots="1994"), counts).winner).any()


def test_a_gap_too_small_for_floats_is_seen() -> None:
    """One paper of three thousand million decides, by less than 1e-9 of the college."""
    counts = np.zeros((1, 3, 9), np.int64)
    counts[0, :, 0] = counts[0, :, 3] = 1_500_000_000
    counts[0, 1, 3] += 1
    outcomes = simulate.count_draws(simulate.race_of(contest(FIVE[:3])), counts)
    assert outcomes.exact[0] and outcomes.winner[0] == 1


# --- what is refused ------------------------------------------------------------------------


def test_rules_that_are_not_known_are_named() -> None:
    with pytest.raises(RuleError, match="method = exhaustive"):
        simulate.race_of(contest(method=Method.EXHAUSTIVE))
    with pytest.raises(RuleError, match="ranks = 2: every preference must count"):
        simulate.race_of(contest(ranks=2))
    with pytest.raises(RuleError, match=r"minimum_papers = 5 \(.*It knows 0\).*; last_round = 2"):
        simulate.race_of(contest(minimum_papers=5, last_round=2))
    with pytest.raises(RuleError, match="undeclared = first_out"):
        simulate.race_of(contest(undeclared=Undeclared.FIRST_OUT))
    with pytest.raises(RuleError, match="needs one section"):
        simulate.race_of(contest(quota=QuotaRule.DROOP_WHOLE))


def test_nine_candidates_are_too_many() -> None:
    with pytest.raises(RuleError, match="9 candidates: the forecast counts 2 to 8"):
        simulate.race_of(contest(tuple("abcdefghi")))


def test_seven_candidates_are_not_counted_by_type() -> None:
    race = simulate.race_of(contest(tuple("abcdefg")))
    with pytest.raises(InputError, match="7 candidates: there are too many ballot types"):
        simulate.count_draws(race, np.zeros((1, 3, 8659), np.int64))


@pytest.mark.parametrize("by_numba", [False, True], ids=["arrays", "compiled"])
@pytest.mark.parametrize(
    ("counts", "message"),
    [
        (np.zeros((4, 3, 9), np.int64), r"expected \(draws, 3 sections, 205 ballot types\)"),
        (np.zeros((4, 3, 205)), "expected whole numbers"),
        (np.full((4, 3, 205), -1), "expected 0 or more papers"),
        (np.full((4, 3, 205), 2**50), "no more than 14,6"),
        (np.zeros((4, 3, 205), np.int64), "draw 0: leader: round 1: there is no formal paper"),
    ],
    ids=["shape", "floats", "negative", "too many", "none"],
)
def test_counts_that_do_not_fit_are_refused(
    counts: np.ndarray, message: str, by_numba: bool
) -> None:
    if by_numba:
        pytest.importorskip("numba", reason="NOT RUN: numba is not installed")
    with pytest.raises(InputError, match=message):
        simulate.count_draws(simulate.race_of(contest()), counts, compiled=by_numba)


def test_the_compiled_count_needs_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for it without the extra is told which to install."""
    monkeypatch.setattr(compiled, "numba", None)
    with pytest.raises(InputError, match=r"hustings\[fast\]"):
        simulate.count_draws(simulate.race_of(contest()), close_counts(2), compiled=True)


def test_machine_code_is_kept_where_it_is_told_to_be(tmp_path: Path) -> None:
    """And nowhere in the package, which may be installed where nothing can be written."""
    pytest.importorskip("numba", reason="NOT RUN: numba is not installed")
    home = Path(compiled.__file__).parent
    program = (
        "import numpy as np; from hustings.forecast.kernel import compiled; "
        f"compiled.keep({str(tmp_path)!r}); "
        "compiled._count_subsets(np.zeros(0, np.int64), (1, 9), np.zeros(24, np.int64), "
        "np.ones(1), 1.0, (False,) * 5, compiled._blank(0, 1, 3, np.int64))"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)
    assert list(tmp_path.rglob("*.nbi")) and not list(home.rglob("*.nb?"))


def test_points_by_round_must_be_asked_for() -> None:
    race = simulate.race_of(contest())
    with pytest.raises(InputError, match="rounds=True"):
        simulate.count_draws(race, close_counts(2)).points(race)


def test_no_draws_give_no_outcomes() -> None:
    race = simulate.race_of(contest())
    outcomes = simulate.count_draws(race, np.zeros((0, 3, 205), np.int64))
    assert outcomes.winner.shape == (0,) and outcomes.papers.shape == (0, 3, 2)


@pytest.mark.parametrize("candidates", range(2, 7))
def test_the_table_of_types_lies_in_dictionary_order(candidates: int) -> None:
    types = types_of(candidates)
    assert list(types.rankings) == sorted(types.rankings)
    for row, ranking in enumerate(types.rankings):
        size = types.sizes[len(ranking)]
        alike = [r for r in types.rankings if r[: len(ranking)] == ranking]
        assert alike == list(types.rankings[row : row + size])
