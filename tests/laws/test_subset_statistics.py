"""What holds of the subset statistics of every profile: they tell all that a count asks of it."""

from collections.abc import Mapping
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws.elections import NAMES, Case, cases

from hustings.ballots.profile import Profile, Ranking
from hustings.ballots.subsets import SubsetStatistics, together
from hustings.units import Papers

pytestmark = pytest.mark.law

RANKINGS = st.lists(st.sampled_from(NAMES), min_size=1, unique=True).map(tuple)
PILES = st.dictionaries(RANKINGS, st.integers(1, 9).map(Papers), max_size=12)
STANDING = st.frozensets(st.sampled_from(NAMES))


@given(PILES, STANDING)
def test_they_hold_what_the_ballots_hold_whoever_has_gone(
    papers: Mapping[Ranking, Papers], standing: frozenset[str]
) -> None:
    statistics = SubsetStatistics.of(papers)
    assert statistics.held(standing) == Profile({"all": papers}).held("all", standing)


@given(PILES)
def test_every_pair_is_as_the_ballots_have_it(papers: Mapping[Ranking, Papers]) -> None:
    found = SubsetStatistics.of(papers).pairwise(NAMES)
    assert found.keys() == {*permutations(NAMES, 2)}
    for (one, other), number in found.items():
        puts = {r: next((n for n in r if n in (one, other)), "") == one for r in papers}
        over = [papers[ranking] for ranking in papers if puts[ranking]]
        assert number == sum(over)


@given(PILES, PILES)
def test_they_add_up_as_the_papers_do(
    one: dict[Ranking, Papers], other: dict[Ranking, Papers]
) -> None:
    both = {r: Papers(one.get(r, 0) + other.get(r, 0)) for r in {**one, **other}}
    parts = together([SubsetStatistics.of(one), SubsetStatistics.of(other)])
    assert parts == SubsetStatistics.of(both)
    assert [*parts.before] == [*SubsetStatistics.of(both).before]


@given(cases())
def test_there_are_no_more_than_the_sets_there_are(case: Case) -> None:
    """80 of five candidates, and the first are the first preferences."""
    for papers in case.ballots.values():
        before = SubsetStatistics.of(papers).before
        assert len(before) <= 5 * 2**4
        firsts = {name: n for (some, name), n in before.items() if not some}
        assert sum(firsts.values()) == sum(papers.values())
