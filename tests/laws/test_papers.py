"""What holds of every paper on its way into a count, and of totals on their way back."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws.elections import NAMES, Case, cases, count

from hustings.ballots.formality import Ballot, Spoiled, judge
from hustings.ballots.paper import Marks, Paper
from hustings.ballots.published import Figure, Published
from hustings.ballots.reconstruction import rebuild
from hustings.ballots.reduction import Poll, reduce
from hustings.counting import engine
from hustings.counting.transcript import Transcript
from hustings.election.rulebook import (
    CollegeUse,
    FirstPreference,
    Method,
    Paperwork,
    QuotaRule,
    RuleBook,
    SkippedRanks,
    TiePolicy,
)
from hustings.formats import transcript_json
from hustings.shell.acts import rule_book
from hustings.units import Papers

pytestmark = pytest.mark.law

MARKS = st.lists(st.lists(st.sampled_from(NAMES), max_size=2).map(tuple), max_size=6).map(tuple)
STANDING = st.frozensets(st.sampled_from(NAMES), min_size=2)
DECIDED = [answer for answer in Paperwork if answer is not Paperwork.REFUSE]


@st.composite
def decided(draw: st.DrawFn) -> RuleBook:
    """Rules that have an answer for every paper."""
    gaps = [answer for answer in SkippedRanks if answer is not SkippedRanks.REFUSE]
    return replace(
        rule_book("common"),
        first_preference=draw(st.sampled_from(FirstPreference)),
        overvotes=draw(st.sampled_from(DECIDED)),
        skipped_ranks=draw(st.sampled_from(gaps)),
        repeated=draw(st.sampled_from(DECIDED)),
        ranks=draw(st.integers(0, 4)),
    )


@given(MARKS, decided(), STANDING)
def test_a_paper_becomes_a_strict_ranking_of_those_standing_or_is_spoiled(
    marks: Marks, rules: RuleBook, standing: frozenset[str]
) -> None:
    """Never a name twice, never one who withdrew, never more ranks than count."""
    match judge(marks, rules, standing):
        case Ballot(ranking):
            assert ranking
            assert len(set(ranking)) == len(ranking) <= (rules.ranks or len(standing))
            assert set(ranking) <= standing & {name for names in marks for name in names}
        case finding:
            assert isinstance(finding, Spoiled)


@given(st.permutations(NAMES), st.integers(0, 5), decided(), STANDING)
def test_a_clear_paper_keeps_its_order_under_any_rules(
    names: list[str], marked: int, rules: RuleBook, standing: frozenset[str]
) -> None:
    """Doubtful marks alone are what the rules differ on."""
    expected = tuple(name for name in names[:marked] if name in standing)
    finding = judge(tuple((name,) for name in names[:marked]), rules, standing)
    if expected:
        assert finding.ranking == expected[: rules.ranks or None]
    else:
        assert isinstance(finding, Spoiled)


@given(cases(), st.lists(st.tuples(MARKS, st.integers(1, 9)), max_size=8), decided())
def test_papers_in_are_papers_formal_and_spoiled(
    case: Case, written: list[tuple[Marks, int]], rules: RuleBook
) -> None:
    """Not one is lost between the box and the profile."""
    contest = replace(case.contest, rules=rules)
    section = contest.sections[0].id
    papers = tuple(Paper(section, marks, Papers(number)) for marks, number in written)
    profile = reduce(Poll(papers), contest)
    spoiled = sum(profile.spoiled.get(section, {}).values())
    assert profile.cast(section) + spoiled == sum(number for _, number in written)


@given(cases(), st.lists(st.tuples(MARKS, st.integers(1, 9)), max_size=8), decided())
def test_the_spoiled_and_their_reasons_are_kept_in_the_transcript(
    case: Case, written: list[tuple[Marks, int]], rules: RuleBook
) -> None:
    """The JSON holds them too, and gives them back."""
    contest = replace(case.contest, rules=replace(rules, ties=(TiePolicy.LOT,)))
    section = contest.sections[-1].id
    doubtful = [Paper(section, marks, Papers(number)) for marks, number in written]
    profile = reduce(Poll((*case.papers(), *doubtful)), contest)
    transcript = engine.count(contest, [profile])
    _, profiles, _, _ = transcript_json.read(transcript_json.write(transcript))
    assert profiles == transcript.profiles
    assert total(profiles[0].spoiled) == total(profile.spoiled)


def total(parts: Mapping[str, Mapping[object, int]]) -> int:
    return sum(sum(part.values()) for part in parts.values())


@given(cases((Method.ALTERNATIVE_VOTE, Method.SUPPLEMENTARY)))
def test_papers_rebuilt_from_a_count_are_counted_alike(case: Case) -> None:
    """Whatever the real rankings were, those rebuilt from the totals give every round again.

    Where three preferences or more count, a paper may be needed further than it goes, and
    the rebuilding says so; with two or with all of them it never does.
    """
    case = case.under(college=CollegeUse.SECTIONS, quota=QuotaRule.HALF_IN_PLAY)
    case = case.under(ranks=2 if case.contest.rules.ranks else 0)
    transcript = count(case)
    published = published_from(transcript)
    sections = transcript.rounds[0].tally.held
    papers = [p for s in sections for p in rebuild(published, s, case.contest.rules)]
    again = engine.count(case.contest, [reduce(Poll(tuple(papers)), case.contest)])
    assert held_in(again) == held_in(transcript)
    assert again.winner == transcript.winner


def published_from(transcript: Transcript) -> Published:
    return Published(
        tuple(
            Figure(number, name, section, votes=papers)
            for number, round_ in enumerate(transcript.rounds, 1)
            for section, held in round_.tally.held.items()
            for name, papers in held.items()
        )
    )


def held_in(transcript: Transcript) -> list[dict[str, Counter[str]]]:
    return [
        {section: Counter(held) for section, held in round_.tally.held.items()}
        for round_ in transcript.rounds
    ]
