"""What holds of every comparison in pairs, and of every winner that a lot could give."""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, permutations
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from laws.elections import Case, cases, count, profile_of

from hustings.ballots.profile import Profile
from hustings.counting import engine, pairwise
from hustings.counting.borda import Borda, borda
from hustings.counting.pairwise import (
    Pairwise,
    Strength,
    compare,
    copeland,
    minimax,
    ranked_pairs,
    schulze,
    schwartz_set,
    smith_set,
)
from hustings.counting.possible import possible_winners
from hustings.counting.seats import engine as seats_engine
from hustings.election.rulebook import CollegeUse, Denominator, Method, TiePolicy
from hustings.election.spec import Decisions
from hustings.errors import InputError
from hustings.shell.acts import rule_book
from hustings.shell.library import contest

pytestmark = pytest.mark.law

AV = (Method.ALTERNATIVE_VOTE,)
DRAWN = (Method.ALTERNATIVE_VOTE, Method.FIRST_PAST_THE_POST, Method.SUPPLEMENTARY)


def pairs_of(case: Case) -> Pairwise:
    made = case.contest
    profile = engine.as_counted(profile_of(made, case.papers()), made)
    return compare(profile, made.standing, made.college, made.rules.empty_section)


def of(wins: Mapping[tuple[str, str], int]) -> Pairwise:
    """Pairs by how much the first of each is ahead."""
    names = tuple(sorted({name for pair in wins for name in pair}))
    votes = {(a, b): Fraction(0) for a in names for b in names if a != b}
    return Pairwise(names, {}, votes | {pair: Fraction(n) for pair, n in wins.items()})


# --- pairs ------------------------------------------------------------------------------------


@given(cases(AV, candidates=2))
def test_a_pair_is_what_the_count_would_be_with_only_these_two(case: Case) -> None:
    """In each section, re-based on the papers that say something of the pair."""
    case = case.under(ranks=0, denominator=Denominator.CONTINUING)
    pairs = pairs_of(case)
    for one, other in combinations(pairs.candidates, 2):
        gone = case.contest.standing - {one, other}
        alone = Case(case.contest.without(frozenset(gone)), case.ballots)
        profile = profile_of(alone.contest, alone.papers())
        assume(any(map(any, profile.papers.values())))
        tally = engine.count(alone.contest, [profile]).rounds[0].tally
        for name, against in ((one, other), (other, one)):
            if len(tally.held) == 1:
                (held,) = tally.held.values()
                assert pairs.votes[name, against] == held[name]
            else:
                assert pairs.votes[name, against] == tally.totals[name]


@given(cases(AV, candidates=3))
def test_whoever_beats_everybody_is_the_smith_set_and_is_first_by_each_method(case: Case) -> None:
    """And whoever is beaten by everybody is in none of them."""
    pairs = pairs_of(case)
    members = smith_set(pairs)
    firsts = [members, schwartz_set(pairs), copeland(pairs)]
    for strength in Strength:
        if pairs.winner is not None:
            assert minimax(pairs, strength) == (pairs.winner,)
        firsts += [schulze(pairs, strength), ranked_pairs(pairs, strength) or members]
    if pairs.winner is not None:
        assert set(firsts) == {(pairs.winner,)}
    if pairs.loser is not None and len(pairs.candidates) > 2:
        assert pairs.loser not in members
    for inside in members:
        assert all(pairs.beats(inside, n) for n in pairs.candidates if n not in members)
    assert all(first and set(first) <= set(members) for first in firsts if level_free(pairs))


def level_free(pairs: Pairwise) -> bool:
    return all(pairs.beats(a, b) or pairs.beats(b, a) for a, b in pairs.votes)


@given(cases(AV, candidates=3))
def test_the_smith_set_is_the_smallest(case: Case) -> None:
    """By trying every set of candidates."""
    pairs = pairs_of(case)
    for size in range(1, len(pairs.candidates) + 1):
        fitting = [
            some
            for some in combinations(pairs.candidates, size)
            if all(pairs.beats(i, o) for i in some for o in pairs.candidates if o not in some)
        ]
        if fitting:
            assert fitting == [smith_set(pairs)]
            return


def test_the_circle_of_three_is_broken_at_its_weakest_win() -> None:
    """Tideman's and Schulze's methods agree with three; without a winner all are in the set."""
    pairs = of({("a", "b"): 9, ("b", "c"): 7, ("c", "a"): 4})
    assert pairs.winner is None and smith_set(pairs) == ("a", "b", "c")
    for strength in Strength:
        assert ranked_pairs(pairs, strength) == schulze(pairs, strength) == ("a",)


def test_wins_of_one_strength_are_tried_in_every_order() -> None:
    """Each of the three could be on top, and more orders than can be tried are said to be."""
    level = {("a", "b"): 5, ("b", "c"): 5, ("c", "a"): 5}
    assert ranked_pairs(of(level), Strength.MARGINS) == ("a", "b", "c")
    names = "abcdefg"
    circle = {
        (one, names[(place + step) % 7]): 5 for place, one in enumerate(names) for step in (1, 2, 3)
    }
    assert ranked_pairs(of(circle), Strength.MARGINS) is None


@st.composite
def few_strengths(draw: st.DrawFn) -> Mapping[tuple[str, str], int]:
    """Pairs of four or five, won one way or the other or level, with few strengths."""
    wins: dict[tuple[str, str], int] = {}
    for one, other in combinations("abcde"[: draw(st.integers(4, 5))], 2):
        ahead = draw(st.sampled_from((-2, -1, 1, 2, 0, 3)))
        wins[(one, other) if ahead >= 0 else (other, one)] = abs(ahead)
    return wins


@settings(max_examples=60)
@given(few_strengths())
def test_ranked_pairs_puts_first_whom_some_order_of_the_wins_puts_first(
    wins: Mapping[tuple[str, str], int],
) -> None:
    """By locking in one win after another in every order, with nothing left out."""
    graphs: set[frozenset[tuple[str, str]]] = {frozenset()}
    for strength in (3, 2, 1):
        level = frozenset(pair for pair, ahead in wins.items() if ahead == strength)
        graphs = {graph for before in graphs for graph in all_locked(before, level)}
    names = {name for pair in wins for name in pair}
    tops = {name for graph in graphs for name in names - {below for _, below in graph}}
    assert ranked_pairs(of(wins), Strength.MARGINS) == tuple(sorted(tops))


def all_locked(
    graph: frozenset[tuple[str, str]], wins: frozenset[tuple[str, str]]
) -> set[frozenset[tuple[str, str]]]:
    """The most of these wins that can be added so that no circle is closed, in each way."""
    found: set[frozenset[tuple[str, str]]] = set()
    for size in range(len(wins), -1, -1):
        for some in map(frozenset, combinations(sorted(wins), size)):
            if not has_circle(graph | some) and not any(graph | some <= more for more in found):
                found.add(graph | some)
    return found


def has_circle(graph: Set[tuple[str, str]]) -> bool:
    """Whoever nobody is above is taken away, until nobody is left or everybody is beaten."""
    names = {name for pair in graph for name in pair}
    while tops := names - {below for above, below in graph if above in names}:
        names -= tops
    return bool(names)


@pytest.mark.parametrize("ahead", [(5,), (5, 4, 3)])
def test_ranked_pairs_gives_up_soon_over_all_strengths_together(
    ahead: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty in circles within circles; what is spent is counted, for a clock is never the same."""
    locked, calls = pairwise._locked, Counter[str]()

    def noted(*args: Any) -> Any:
        calls["locked"] += 1
        assert calls["locked"] <= 200_000
        return locked(*args)

    monkeypatch.setattr(pairwise, "_locked", noted)
    names = [f"c{number:02}" for number in range(40)]
    wins = {
        (names[at], names[(at + step) % 40]): ahead[step % len(ahead)]
        for at in range(40)
        for step in range(1, 20)
    }
    assert ranked_pairs(of(wins), Strength.MARGINS) is None


def test_one_order_is_never_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no two wins of one strength are in a circle; the budget is for orders beyond it."""
    monkeypatch.setattr(pairwise, "MOST_WORK", 0)
    circle = {("a", "b"): 9, ("b", "c"): 7, ("c", "a"): 4}
    assert ranked_pairs(of(circle), Strength.MARGINS) == ("a",)
    assert ranked_pairs(of(dict.fromkeys(circle, 5)), Strength.MARGINS) is None
    chain = dict.fromkeys(combinations("abcdefgh", 2), 5)
    assert ranked_pairs(of(chain), Strength.MARGINS) == ("a",)


def test_schulze_s_own_example_puts_e_first() -> None:
    """Schulze 2011, example 1: 45 voters, five candidates; E is first by paths."""
    papers = {
        "acbed": 5,
        "adecb": 5,
        "bedac": 8,
        "cabed": 3,
        "caebd": 7,
        "cbade": 2,
        "dceba": 7,
        "ebadc": 8,
    }
    made = contest("Example", [*"abcde"], rules="omov-av")
    profile = Profile({"everyone": {tuple(r): n for r, n in papers.items()}})
    pairs = compare(profile, made.standing, made.college)
    assert pairs.votes["a", "b"] == 20 and pairs.votes["e", "d"] == 31
    assert pairs.winner is None
    assert schulze(pairs, Strength.WINNING_VOTES) == ("e",)


@given(cases(AV, candidates=2))
def test_borda_counts_give_out_what_there_is(case: Case) -> None:
    """Averaged, each paper of one body gives n(n - 1)/2; the classic count never more."""
    case = case.under(college=CollegeUse.POOLED, ranks=0)
    made = case.contest
    profile = engine.as_counted(profile_of(made, case.papers()), made)
    cast, n = sum(profile.papers["everyone"].values()), len(made.standing)
    averaged = borda(profile, made.standing, made.college, Borda.AVERAGED)
    classic = borda(profile, made.standing, made.college, Borda.CLASSIC)
    assert sum(averaged.values()) == cast * Fraction(n * (n - 1), 2)
    assert all(classic[name] <= averaged[name] for name in made.standing)
    assert set(borda(profile, made.standing, made.college, Borda.MODIFIED)) == made.standing
    first = borda(profile, made.standing, made.college, Borda.DOWDALL)
    assert sum(first.values()) >= cast


# --- lots -------------------------------------------------------------------------------------


@settings(max_examples=120)
@given(cases(DRAWN, candidates=3))
def test_the_possible_winners_are_those_of_all_lots(case: Case) -> None:
    """Every order of all the candidates, counted one by one."""
    assume(len(case.contest.standing) <= 4)
    found = possible_winners(case.contest, [profile_of(case.contest, case.papers())])
    winners = set()
    for lot in permutations(sorted(case.contest.standing)):
        drawn = replace(case.contest, decisions=Decisions(lot=lot))
        counted = count(Case(drawn, case.ballots))
        winners.add(counted.winner)
        policies = {
            step.policy
            for round_ in counted.rounds
            if round_.event.tie
            for step in round_.event.tie.steps
        }
        assert found.draws or TiePolicy.LOT not in policies
    assert set(found.winners) == winners


def test_who_is_left_is_not_enough_where_the_rules_look_back() -> None:
    """The same may be left by two ways, and a later tie looks back at different rounds."""
    book = replace(rule_book("common"), ties=(TiePolicy.LATEST_NARROWING, TiePolicy.LOT))
    papers = {"cda": 2, "dcb": 1, "c": 1, "bdf": 3, "fba": 1}
    profile = Profile({"everyone": {tuple(ranking): n for ranking, n in papers.items()}})
    made = contest("Chair", [*"abcdef"], rules=book)
    assert possible_winners(made, [profile]).winners == ("b", "c")


def test_too_many_ways_are_refused() -> None:
    """Twelve without a vote could go in any order: as many states as there are sets of them."""
    names = [f"c{number}" for number in range(12)]
    made = contest("Chair", [*names, "ann", "bob"], rules=replace(rule_book("omov-av"), ties=()))
    profile = Profile({"everyone": {("ann",): 2, ("bob",): 2}})
    assert set(possible_winners(made, [profile]).winners) == {"ann", "bob"}
    with pytest.raises(InputError, match="more than 100 ways"):
        possible_winners(made, [profile], 100)


def test_several_seats_are_refused() -> None:
    made = replace(contest("Council", ["ann", "bob", "cat"], rules="meek-prf"), seats=2)
    with pytest.raises(InputError, match="one seat only as yet"):
        possible_winners(made, [Profile({"everyone": {("ann",): 2}})])
    assert made.rules.method in seats_engine.METHODS


def test_who_could_win_several_seats_is_not_answered_as_if_there_were_one() -> None:
    made = contest("Ward", ["ann", "bob"], rules="omov-av")
    profile = Profile({"everyone": {("ann",): 2, ("bob",): 2}})
    with pytest.raises(InputError, match="2 seats are to be filled"):
        possible_winners(replace(made, seats=2), [profile])
