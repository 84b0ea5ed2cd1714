"""The count on whatever JAX computes with, here its central processor, beside the exact engine.

Small elections with few papers, so that ties, near-ties and emptied sections abound. With
HUSTINGS_LONG set there are twenty times as many.
"""

import os
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from hustings.election.rulebook import (
    CollegeUse,
    Denominator,
    Elimination,
    EmptySection,
    QuotaRule,
    Stop,
)
from hustings.election.spec import Contest, SectionEntry, Standing
from hustings.forecast import simulate
from hustings.forecast.kernel.exactly import Found, contest_of_draw, count_rankings, rankings_of
from hustings.forecast.kernel.law import parts_of, strengths_of
from hustings.forecast.kernel.outcomes import Outcomes, settle, unsettled
from hustings.forecast.kernel.subsets import of_counts, subsets_of
from hustings.shell.acts import rule_book

device = pytest.importorskip(
    "hustings.forecast.kernel.device", reason="NOT RUN: JAX is not installed"
)

DRAWS = 6000 if os.environ.get("HUSTINGS_LONG") else 300
SAID = ("winner", "order", "pair", "papers", "looked")
BOOKS = [
    (5, 3, {}),
    (5, 3, {"stop": Stop.ELECTED, "denominator": Denominator.FIRST_ROUND}),
    (4, 2, {"quota": QuotaRule.HALF_FIRST_ROUND, "denominator": Denominator.FIRST_ROUND}),
    (4, 3, {"empty_section": EmptySection.SHARE_OUT, "stop": Stop.ELECTED}),
    (3, 4, {"empty_section": EmptySection.SHARE_OUT, "quota": QuotaRule.HALF_FIRST_ROUND}),
    (6, 1, {"stop": Stop.TWO_LEFT}),
    (2, 2, {"stop": Stop.ONE_LEFT}),
    (5, 1, {"college": CollegeUse.POOLED, "quota": QuotaRule.HALF_FIRST_ROUND}),
]  # fmt: skip


def contest(candidates: int, sections: int, **rules: object) -> Contest:
    silent = {"college": CollegeUse.SECTIONS, "empty_section": EmptySection.NO_POINTS}
    return Contest(
        "leader",
        "Leader",
        tuple(Standing(name, name) for name in "abcdefgh"[:candidates]),
        tuple(SectionEntry(f"s{n}", f"s{n}", Fraction(1, sections)) for n in range(sections)),
        replace(rule_book("common"), **silent | rules),
    )


def small_counts(race: simulate.Race, draws: int, seed: int) -> np.ndarray:
    """A few piles of a few papers, or of many; two alike in every fifth draw; empty sections."""
    numbers = np.random.default_rng(seed)
    shape = (draws, len(race.contest.sections), len(race.rankings))
    piles = numbers.random(shape) < np.minimum(1, numbers.integers(2, 12, (draws, 1, 1)) / shape[2])
    largest = numbers.choice([2, 4, 30, 100_000], (draws, 1, 1))
    counts = np.where(piles, numbers.integers(1, largest, shape, endpoint=True), 0)
    counts[::5] += counts[::5][:, :, swapped(race)]
    counts[numbers.random(shape[:2]) < 0.05] = 0
    counts[:, 0, 0] += counts.sum((1, 2)) == 0
    return counts


def swapped(race: simulate.Race) -> list[int]:
    """The row of each ballot type with the first two candidates in each other's place."""
    row = {ranking: place for place, ranking in enumerate(race.types.rankings)}
    other = {0: 1, 1: 0}
    return [row[tuple(other.get(c, c) for c in ranking)] for ranking in race.types.rankings]


def by_device(race: simulate.Race, table: np.ndarray) -> Outcomes:
    """Counted by JAX, and what is near by the exact engine, as by the other ways."""
    subsets = subsets_of(race.types.candidates)

    def exactly(contest: Contest, draw: int, number: int) -> Found:
        return count_rankings(contest, [rankings_of(part, subsets) for part in table[draw]], number)

    found = unsettled(*device.count_subsets(table, subsets, race.settings))
    settle(found, race, np.arange(len(table)), exactly)
    return found


def statistics(race: simulate.Race, counts: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(of_counts(counts, race.types).transpose(2, 1, 0))


@pytest.mark.parametrize(("candidates", "sections", "rules"), BOOKS, ids=str)
def test_the_engine_counts_every_draw_alike(
    candidates: int, sections: int, rules: dict[str, object]
) -> None:
    """Who wins, who goes, the last two and all their papers; ties there are, and not only ties."""
    race = simulate.race_of(contest(candidates, sections, **rules), "1")
    counts = small_counts(race, DRAWS, 10 * candidates + sections)
    subsets, table = subsets_of(candidates), statistics(race, counts)
    found = by_device(race, table)
    for draw in range(DRAWS):
        one = contest_of_draw(race.contest, race.lots, draw)
        told = count_rankings(one, [rankings_of(part, subsets) for part in table[draw]], draw)
        assert race.candidates[found.winner[draw]] == told.transcript.winner
        assert [race.candidates[c] for c in found.order[draw]] == [*told.out]
        assert [race.candidates[c] for c in found.pair[draw]] == [*told.left]
        last = [[held[name] for name in told.left] for held in told.last.values()]
        assert found.papers[draw].tolist() == last
    assert DRAWS // 20 < found.exact.sum() < DRAWS * 9 // 10


def test_a_planted_tie_is_marked_and_nothing_else_is() -> None:
    """Two are made level in every other draw; elsewhere they are one paper apart."""
    race = simulate.race_of(contest(3, 2), "1")
    counts = np.zeros((2000, 2, 9), np.int64)
    counts[:, :, [0, 3]] = np.random.default_rng(5).integers(1, 10**6, (2000, 1, 2))
    counts[:, :, 3] += counts[:, :, 0]
    counts[:, :, 6] = counts[:, :, 0]
    counts[::2, 0, 6] += 1
    marked = device.count_subsets(statistics(race, counts), subsets_of(3), race.settings).exact
    assert marked[1::2].all() and not marked[::2].any()


def test_a_section_that_empties_is_marked_where_the_rules_refuse_it() -> None:
    """The fourth section names no one but the lowest, in the second draw alone."""
    race = simulate.race_of(contest(3, 4, empty_section=EmptySection.REFUSE))
    counts = np.zeros((2, 4, 9), np.int64)
    counts[:, :, 0], counts[:, :, 3] = 6, 4
    counts[1, 3] = 0
    counts[:, 3, 6] = 1
    found = device.count_subsets(statistics(race, counts), subsets_of(3), race.settings)
    assert found.order[1].tolist() == [2] and found.exact.tolist() == [False, True]


@pytest.mark.parametrize("draws", [0, 1, 5, 700])
def test_batches_of_any_size_count_alike(draws: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In small batches, in one, and by the arrays."""
    race = simulate.race_of(contest(4, 2), "1")
    table = statistics(race, small_counts(race, draws, 3))
    expected = simulate.count_subsets(race, table)
    for most in (device.MOST_BYTES, 2**15):
        monkeypatch.setattr(device, "MOST_BYTES", most)
        found = by_device(race, table)
        for name in (*SAID, "exact"):
            assert (getattr(found, name) == getattr(expected, name)).all(), name


def law(candidates: int, spread: float = 0.4) -> simulate.Law:
    numbers = np.random.default_rng(8)
    return simulate.Law(
        numbers.normal(0, 0.3, (3, candidates)),
        np.full((3, candidates), spread),
        numbers.uniform(0.1, 0.3, (3, candidates - 2)),
    )


@pytest.mark.parametrize("candidates", [2, 5, 7])
def test_a_law_is_counted_as_the_arrays_count_it(
    candidates: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same generator gives the same draws, and leaves off where the arrays leave off."""
    race, given = simulate.race_of(contest(candidates, 3)), law(candidates)
    monkeypatch.setattr(device, "MOST_BYTES", 2**22)
    one, other = np.random.default_rng(4), np.random.default_rng(4)
    expected = simulate.count_law(race, given, 3000, one)
    found = device.count_law(3000, given, subsets_of(candidates), race.settings, other)
    assert len(np.unique(found.winner)) == candidates and not found.exact.any()
    for name in ("winner", "order", "pair", "looked", "exact"):
        assert (getattr(found, name) == getattr(expected, name)).all(), name
    assert abs(found.papers - expected.papers).max() < 200
    assert one.bit_generator.state == other.bit_generator.state


def test_a_law_that_makes_two_level_is_marked() -> None:
    level = simulate.Law(np.zeros((3, 5)), np.zeros((3, 5)), np.zeros((3, 3)))
    race, chance = simulate.race_of(contest(5, 3)), np.random.default_rng(1)
    found = device.count_law(40, level, subsets_of(5), race.settings, chance)
    assert found.exact.all()
    assert parts_of(strengths_of(level, 1, chance), level).max() <= 2**40


@pytest.mark.parametrize(
    ("rules", "known"),
    [
        ({}, True),
        ({"eliminate": Elimination.BATCH_SAFE, "stop": Stop.TWO_LEFT}, False),
        ({"quota": QuotaRule.DROOP_WHOLE, "college": CollegeUse.POOLED}, False),
    ],
    ids=str,
)
def test_what_it_does_not_know_is_for_the_arrays(rules: dict[str, object], known: bool) -> None:
    assert device.knows(simulate.race_of(contest(4, 1, **rules)).settings) == known
    assert not device.there()
