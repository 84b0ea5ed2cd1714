"""What passes between two rounds: its parts are the difference, and every paper is in it."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from laws.elections import Case, cases, count

from hustings.ballots.profile import Profile
from hustings.counting import engine, figures
from hustings.counting.movement import Movement, movement, movements
from hustings.counting.transcript import Round, Transcript
from hustings.election.rulebook import (
    CollegeUse,
    Denominator,
    Elimination,
    EmptySection,
    Method,
    PrintedOf,
    QuotaRule,
    Stop,
)
from hustings.election.spec import Contest, SectionEntry, Standing
from hustings.errors import InputError
from hustings.shell import acts, library
from hustings.units import Papers, percent

pytestmark = pytest.mark.law

TRANSFERRING = (Method.ALTERNATIVE_VOTE, Method.SUPPLEMENTARY)


@pytest.fixture(scope="module")
def labour_2010() -> Transcript:
    return library.count(acts.example("labour-2010"))


def around(transcript: Transcript, found: Movement) -> tuple[Round, Round]:
    return transcript.rounds[found.round - 1], transcript.rounds[found.round]


# --- the laws ---------------------------------------------------------------------


@given(cases(TRANSFERRING, candidates=3))
def test_the_parts_sum_to_the_difference_of_the_rounds(case: Case) -> None:
    """Exactly, for every candidate in every section, under every rule."""
    transcript = count(case)
    for found in movements(transcript):
        before, after = around(transcript, found)
        for gain in found.gains:
            had = before.tally.points[gain.section][gain.to]
            has = after.tally.points[gain.section][gain.to]
            assert gain.transferred + gain.rebased == gain.gained == has - had
        lost = {name: before.tally.totals[name] for name in found.out}
        assert found.given_up == lost
        assert found.transferred + found.rebased - sum(lost.values()) == (
            after.tally.in_play - before.tally.in_play
        )


@given(cases(TRANSFERRING, candidates=3))
def test_every_paper_of_those_out_is_received_or_not_transferable(case: Case) -> None:
    """What a section's leavers held is what the others received, and what named nobody."""
    transcript = count(case)
    for found in movements(transcript):
        before, after = around(transcript, found)
        for section, held in before.tally.held.items():
            gains = [gain for gain in found.gains if gain.section == section]
            received = sum(gain.papers for gain in gains)
            left = sum(held[name] for name in found.out)
            assert received + found.non_transferable[section] == left
            for gain in gains:
                assert after.tally.held[section][gain.to] == held[gain.to] + gain.papers


@settings(max_examples=80)
@given(cases(TRANSFERRING, candidates=3))
def test_the_parts_are_those_of_the_formula(case: Case) -> None:
    """W t / D' and W v (1/D' - 1/D), worked out from the papers and not from the points."""
    case = case.under(empty_section=EmptySection.NO_POINTS)
    transcript, weights = count(case), case.contest.college.weights
    opening = transcript.rounds[0].tally
    for found in movements(transcript):
        before, after = around(transcript, found)
        for gain in found.gains:
            section, held = gain.section, before.tally.held[gain.section][gain.to]
            bases = [round_.tally.continuing(section) for round_ in (before, after)]
            if case.contest.rules.base is Denominator.FIRST_ROUND:
                bases = [opening.continuing(section)] * 2
            was, then = (Fraction(weights[section], base) if base else 0 for base in bases)
            if not after.tally.continuing(section):
                then = 0
            assert gain.transferred == then * gain.papers
            assert gain.rebased == held * (then - was)


@settings(max_examples=80)
@given(cases(TRANSFERRING, candidates=3))
def test_on_the_first_round_s_papers_nothing_is_rebased(case: Case) -> None:
    """A base that never changes leaves every paper its worth, counted or printed."""
    counted = count(
        case.under(denominator=Denominator.FIRST_ROUND, empty_section=EmptySection.NO_POINTS)
    )
    assert all(gain.rebased == 0 for found in movements(counted) for gain in found.gains)
    printed = count(
        case.under(printed_of=PrintedOf.FIRST_ROUND, empty_section=EmptySection.NO_POINTS)
    )
    assert not any(found.rebased for found in movements(printed, printed=True))


@settings(max_examples=80)
@given(cases(TRANSFERRING, candidates=3))
def test_as_printed_the_parts_are_the_difference_of_what_is_printed(case: Case) -> None:
    """Whichever papers the rules print a share of."""
    transcript = count(case.under(printed_of=PrintedOf.FIRST_ROUND))
    for found in movements(transcript, printed=True):
        before, after = around(transcript, found)
        for name in after.tally.totals:
            had, has = (figures.total(transcript, round_, name) for round_ in (before, after))
            assert found.of(name).gained == has - had


@settings(max_examples=80)
@given(cases(TRANSFERRING, candidates=3))
def test_a_movement_stands_for_each_round_that_moved_papers(case: Case) -> None:
    """And for no other."""
    transcript = count(case)
    numbers = [n for n, round_ in enumerate(transcript.rounds, 1) if round_.transfers]
    assert [found.round for found in movements(transcript)] == numbers
    for number in numbers:
        assert movement(transcript, number).round == number
    with pytest.raises(InputError, match=f"round {len(transcript.rounds)} handed on no papers"):
        movement(transcript, len(transcript.rounds))


@settings(max_examples=80)
@given(cases([Method.EXHAUSTIVE], candidates=3))
def test_fresh_papers_are_no_movement(case: Case) -> None:
    """Whoever votes again hands nothing on."""
    assert list(movements(count(case))) == []


# --- cases ------------------------------------------------------------------------


def test_diane_abbott_s_points_went_two_ways(labour_2010: Transcript) -> None:
    """7.417 = 6.670 transferred + 0.747 re-based, and nothing of it is lost."""
    found = movement(labour_2010, 1)
    assert found.given_up["abbott"] == found.transferred + found.rebased
    told = [found.given_up["abbott"], found.transferred, found.rebased]
    assert [percent(part, 3) for part in told] == ["7.417", "6.670", "0.747"]
    gain = found.of("d_miliband")
    assert (percent(gain.transferred, 3), percent(gain.rebased, 3)) == ("0.826", "0.285")
    assert found.non_transferable == {"mps_meps": 2, "members": 562, "affiliates": 2594}


BOOK = replace(
    acts.rule_book("common"),
    method=Method.ALTERNATIVE_VOTE,
    college=CollegeUse.SECTIONS,
    denominator=Denominator.CONTINUING,
    empty_section=EmptySection.SHARE_OUT,
    quota=QuotaRule.HALF_IN_PLAY,
    stop=Stop.ELECTED,
    eliminate=Elimination.BATCH_SAFE,
)


def counted(papers: Mapping[str, Mapping[str, int]], weights: Mapping[str, Fraction]) -> Transcript:
    """Rankings are written as one letter a candidate: "ac" is ann, then cat."""
    profile = Profile(
        {
            section: {tuple(ranking): Papers(number) for ranking, number in rankings.items()}
            for section, rankings in papers.items()
        }
    )
    names = sorted({name for rankings in papers.values() for r in rankings for name in r})
    contest = Contest(
        "leader",
        "Leader",
        tuple(Standing(name, name) for name in names),
        tuple(SectionEntry(section, section, weight) for section, weight in weights.items()),
        BOOK,
    )
    return engine.count(contest, [profile])


def test_a_section_that_empties_leaves_its_weight_to_the_others() -> None:
    """Shared out, it makes every other paper worth more, and all of that is re-basing."""
    papers = {"mps": {"c": 1}, "members": {"a": 6, "b": 5}}
    (found,) = movements(counted(papers, {"mps": Fraction(1, 5), "members": Fraction(4, 5)}))
    assert (found.out, found.transferred) == (("c",), 0)
    assert {gain.to: gain.rebased for gain in found.gains if gain.section == "members"} == {
        "a": Fraction(6, 55),
        "b": Fraction(5, 55),
    }


def test_a_batch_hands_on_all_its_papers_at_once() -> None:
    """What each receives is the sum over those who went; a paper between them goes further."""
    papers = {"all": {"a": 10, "b": 9, "ca": 2, "cdb": 1, "da": 1, "d": 1}}
    (found,) = movements(counted(papers, {"all": Fraction(1)}))
    assert found.out == ("c", "d")
    assert {name: found.of(name).papers for name in "ab"} == {"a": 3, "b": 1}
    assert found.non_transferable == {"all": 1}
    assert found.of("b").rebased == Fraction(9, 23) - Fraction(9, 24)
