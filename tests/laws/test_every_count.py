"""What holds of every count, under every method and whatever the rules."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from laws.elections import Case, cases, count, profile_of, tied

from hustings.ballots.paper import Paper
from hustings.counting import engine
from hustings.counting.transcript import Elected, Event, Round, Transcript
from hustings.election.rulebook import (
    CollegeUse,
    Denominator,
    Elimination,
    EmptySection,
    Method,
    QuotaRule,
    Stop,
)
from hustings.election.spec import Decisions, Standing
from hustings.formats import transcript_json
from hustings.units import Papers

pytestmark = pytest.mark.law

AV = (Method.ALTERNATIVE_VOTE,)
ONE_PROFILE = tuple(method for method in engine.METHODS if method is not Method.EXHAUSTIVE)
IN_PARTS = (QuotaRule.HALF_IN_PLAY, QuotaRule.HALF_FIRST_ROUND)


def points_and_events(transcript: Transcript) -> list[tuple[object, Event]]:
    return [(round_.tally.points, round_.event) for round_ in transcript.rounds]


def totals_and_events(transcript: Transcript) -> list[tuple[object, Event]]:
    return [(round_.tally.totals, round_.event) for round_ in transcript.rounds]


# --- the papers -------------------------------------------------------------------


@given(cases(ONE_PROFILE), st.randoms(use_true_random=False))
def test_the_order_of_the_papers_is_irrelevant(case: Case, shuffle: Random) -> None:
    """The last paper may lie on top."""
    papers = case.papers()
    shuffle.shuffle(papers)
    assert engine.count(case.contest, [profile_of(case.contest, papers)]) == count(case)


@given(cases(ONE_PROFILE))
def test_a_pile_may_be_counted_paper_by_paper(case: Case) -> None:
    """Five alike are five single ones."""
    single = [
        replace(paper, papers=Papers(1)) for paper in case.papers() for _ in range(paper.papers)
    ]
    assert engine.count(case.contest, [profile_of(case.contest, single)]) == count(case)


@given(cases(quotas=IN_PARTS), st.integers(2, 3))
def test_twice_the_papers_give_the_same_points_and_events(case: Case, times: int) -> None:
    """Only a quota in whole papers can tell a large electorate from a small one."""
    ballots = {
        section: {ranking: number * times for ranking, number in rankings.items()}
        for section, rankings in case.ballots.items()
    }
    assert points_and_events(count(Case(case.contest, ballots))) == points_and_events(count(case))


@given(cases(), st.data())
def test_a_pooled_count_does_not_see_the_sections(case: Case, data: st.DataObject) -> None:
    """Papers may be handed in by whichever section."""
    case = case.under(college=CollegeUse.POOLED)
    sections = [*case.ballots]
    moved: dict[str, Counter[tuple[str, ...]]] = {section: Counter() for section in sections}
    for rankings in case.ballots.values():
        for ranking, number in rankings.items():
            moved[data.draw(st.sampled_from(sections))][ranking] += number
    assert count(Case(case.contest, moved)).rounds == count(case).rounds


# --- the candidates ---------------------------------------------------------------


@given(cases(), st.data())
def test_other_names_rename_the_result(case: Case, data: st.DataObject) -> None:
    """No candidate gains by a name: with the lot renamed too, ties fall alike."""
    old = [entry.id for entry in case.contest.candidates]
    new = dict(zip(old, data.draw(st.permutations([*"vwxyz"[: len(old)]])), strict=True))
    expected = [told(round_, new) for round_ in count(case).rounds]
    found = [told(round_, {}) for round_ in count(renamed(case, new)).rounds]
    assert found == expected


def renamed(case: Case, new: Mapping[str, str]) -> Case:
    contest = replace(
        case.contest,
        candidates=tuple(Standing(new[entry.id], entry.name) for entry in case.contest.candidates),
        decisions=Decisions(lot=tuple(new[name] for name in case.contest.decisions.lot)),
    )
    ballots = {
        section: {tuple(new[name] for name in ranking): n for ranking, n in rankings.items()}
        for section, rankings in case.ballots.items()
    }
    return Case(contest, ballots)


def told(round_: Round, new: Mapping[str, str]) -> tuple[object, ...]:
    """A round under other names; those who go together are in no order but the alphabet's."""
    event = round_.event
    out = event.outlasted if isinstance(event, Elected) else event.names
    return (
        {new.get(name, name): points for name, points in round_.tally.totals.items()},
        type(event),
        new.get(getattr(event, "name", ""), getattr(event, "name", "")),
        {new.get(name, name) for name in out},
        {new.get(name, name) for name in event.tie.among} if event.tie else None,
        [new.get(name, name) for name in event.tie.out] if event.tie else None,
    )


@given(cases(ONE_PROFILE, candidates=3), st.data())
def test_a_withdrawn_candidate_might_never_have_been_named(case: Case, data: st.DataObject) -> None:
    """Withdrawn is struck from every ranking; of a paper that named nobody else nothing is left."""
    gone = data.draw(st.sampled_from([entry.id for entry in case.contest.candidates]))
    without = replace(
        case.contest,
        candidates=tuple(entry for entry in case.contest.candidates if entry.id != gone),
    )
    struck = [struck_from(paper, gone) for paper in case.papers()]
    profile = profile_of(without, struck)
    assume(any(profile.papers.values()) and any(map(any, profile.papers.values())))
    withdrawn = case.contest.without(frozenset({gone}))
    found = engine.count(withdrawn, [profile_of(withdrawn, case.papers())])
    assert found.rounds == engine.count(without, [profile]).rounds


def struck_from(paper: Paper, gone: str) -> Paper:
    return replace(paper, marks=tuple(names for names in paper.marks if names != (gone,)))


@given(cases(), st.data())
def test_whoever_is_everyones_first_is_elected(case: Case, data: st.DataObject) -> None:
    """Unanimity, by every method and rule."""
    name = data.draw(st.sampled_from([entry.id for entry in case.contest.candidates]))
    ballots = {section: Counter[tuple[str, ...]]() for section in case.ballots}
    for section, rankings in case.ballots.items():
        for ranking, number in rankings.items():
            ballots[section][(name, *(other for other in ranking if other != name))] += number
    assert count(Case(case.contest, ballots)).winner == name


@given(cases())
def test_whoever_has_more_than_half_of_round_1_is_elected(case: Case) -> None:
    """Nothing that follows can take a majority away."""
    transcript = count(case)
    opening = transcript.rounds[0].tally
    for name, points in opening.totals.items():
        if points * 2 > opening.in_play:
            assert transcript.winner == name


# --- the rules --------------------------------------------------------------------


@given(cases(ONE_PROFILE), st.integers(1, 3))
def test_preferences_that_do_not_count_may_be_cut_off_before_or_in_the_count(
    case: Case, ranks: int
) -> None:
    """A profile that was made under other rules is counted under these."""
    whole = profile_of(case.under(ranks=0).contest, case.papers())
    limited = case.under(ranks=ranks)
    assert engine.count(limited.contest, [whole]).rounds == count(limited).rounds


@given(cases(AV))
def test_one_section_of_weight_1_is_no_college(case: Case) -> None:
    """Sections weigh nothing where there is one: its count is that of all the papers together."""
    entry = replace(case.contest.sections[0], weight=Fraction(1))
    contest = replace(case.contest, sections=(entry,))
    alone = Case(contest, {entry.id: max(case.ballots.values(), key=len)})
    weighed, pooled = (count(alone.under(college=use)) for use in CollegeUse)
    assert totals_and_events(weighed) == totals_and_events(pooled)


@given(cases(AV))
def test_when_to_stop_does_not_change_who_is_elected(case: Case) -> None:
    """Whoever has the quota keeps it, and the earlier rounds are the same."""
    counted = [count(case.under(stop=stop, eliminate=Elimination.LOWEST_ALONE)) for stop in Stop]
    assert len({transcript.winner for transcript in counted}) == 1
    lengths = [len(transcript.rounds) for transcript in counted]
    assert lengths == sorted(lengths)


@given(cases(AV, candidates=3))
def test_a_safe_batch_elects_whoever_would_have_been(case: Case) -> None:
    """In every college, as long as no tie is met on either way."""
    alone, batch = (count(case.under(eliminate=rule)) for rule in Elimination)
    assume(not tied(alone) and not tied(batch))
    assert batch.winner == alone.winner
    assert len(batch.rounds) <= len(alone.rounds)


@given(cases(AV))
def test_voters_who_do_not_change_their_minds_hold_an_alternative_vote(case: Case) -> None:
    """Fresh papers in each ballot, or a ranking that says it all beforehand.

    No ballot is held with one name on it, so the last elimination of a ranking may elect
    at once. A ballot has no papers but its own to take shares of.
    """
    case = case.under(ranks=0, denominator=Denominator.CONTINUING)
    by_ranking = count(case)
    by_ballot = count(case.under(method=Method.EXHAUSTIVE))
    held = len(by_ballot.rounds)
    assert by_ballot.winner == by_ranking.winner
    assert len(by_ranking.rounds) - held <= 1
    *before, (last, _) = totals_and_events(by_ballot)
    *alike, (as_last, _) = totals_and_events(by_ranking)[:held]
    assert (before, last) == (alike, as_last)


@given(cases(AV))
def test_dropping_or_sharing_an_empty_section_comes_to_the_same(case: Case) -> None:
    """To share a weight out in proportion raises all the points alike."""
    case = case.under(quota=QuotaRule.HALF_IN_PLAY, denominator=Denominator.CONTINUING)
    case = case.under(ties=case.contest.rules.ties[-1:])
    dropped, shared = (
        count(case.under(empty_section=rule)) for rule in EmptySection if rule != "refuse"
    )
    assert [round_.event for round_ in dropped.rounds] == [round_.event for round_ in shared.rounds]


# --- the transcript -----------------------------------------------------------------


@given(cases())
def test_every_paper_and_point_is_accounted_for(case: Case) -> None:
    """By plain sums over what went in, not by the engine's own check."""
    transcript = count(case)
    for number, round_ in enumerate(transcript.rounds):
        cast = transcript.profiles[number % len(transcript.profiles)].papers
        for section, rankings in cast.items():
            lying = sum(round_.tally.held[section].values())
            assert lying + round_.tally.non_transferable[section] == sum(rankings.values())
        assert sum(round_.tally.totals.values()) == round_.tally.in_play <= 1
        assert all(points >= 0 for points in round_.tally.totals.values())
    assert_someone_goes_in_each_round(transcript)


def assert_someone_goes_in_each_round(transcript: Transcript) -> None:
    for before, after in zip(transcript.rounds, transcript.rounds[1:], strict=False):
        gone = set(before.tally.totals) - set(after.tally.totals)
        assert gone == set(before.event.names)
        assert max(before.tally.totals[name] for name in gone) <= min(
            before.tally.totals[name] for name in after.tally.totals
        )


@given(cases())
def test_a_transcript_counted_again_is_the_same(case: Case) -> None:
    """From what it holds itself, and from its JSON; the JSON comes back to the byte."""
    transcript = count(case)
    assert engine.replay(transcript) == transcript
    written = transcript_json.write(transcript, "An election")
    contest, profiles, hypothesis, election = transcript_json.read(written)
    again = engine.count(contest, profiles, hypothesis)
    assert again == transcript
    assert transcript_json.write(again, election) == written


@given(cases())
def test_the_json_says_who_won(case: Case) -> None:
    """What a program reads first is what the count found."""
    transcript = count(case)
    value = json.loads(transcript_json.write(transcript))
    assert (value["elected"], value["is_result"]) == (transcript.winner, True)
