"""What holds of every count for several seats, by every book that fills some."""

import json
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hustings.ballots.profile import Profile
from hustings.counting.seats import engine
from hustings.counting.seats.check import check
from hustings.counting.seats.stages import Stage, StageTranscript
from hustings.election.rulebook import Method, TiePolicy
from hustings.election.spec import Contest, Decisions, Standing
from hustings.errors import Miscount, RuleError
from hustings.formats import stages_json
from hustings.results import as_text, stages_csv, stages_report
from hustings.shell.acts import rule_book, rule_book_names
from hustings.shell.library import contest
from hustings.units import Papers, Votes

pytestmark = pytest.mark.law

NAMES = ("ann", "bob", "cat", "dan", "eve", "fay")
BOOKS = [name for name in rule_book_names() if rule_book(name).seats is not None]
STV = [name for name in BOOKS if rule_book(name).method is Method.SINGLE_TRANSFERABLE_VOTE]
VALUED = [name for name in BOOKS if rule_book(name).method in engine.VALUED]

Rankings = Mapping[tuple[str, ...], Papers]


def test_there_is_a_book_for_every_method_that_fills_several_seats() -> None:
    assert {rule_book(name).method for name in BOOKS} == set(engine.METHODS)


@st.composite
def elections(draw: st.DrawFn, books: list[str] = BOOKS) -> tuple[Contest, Rankings]:
    """Three to six candidates, fewer seats, a few rankings, ties in the end by a lot of all."""
    names = NAMES[: draw(st.integers(3, 6))]
    book = rule_book(draw(st.sampled_from(books)))
    book = replace(book, ties=(*(t for t in book.ties if t != "lot"), TiePolicy.LOT))
    ranking = st.lists(st.sampled_from(names), min_size=1, unique=True).map(tuple)
    rankings = draw(st.dictionaries(ranking, st.integers(1, 30), min_size=1, max_size=9))
    # Somebody names everybody, so that no seat is without a paper.
    rankings[draw(st.permutations(names).map(tuple))] = 1
    made = replace(
        contest("Council", list(names), rules=book),
        seats=draw(st.integers(1, len(names) - 1)),
        decisions=Decisions(lot=tuple(draw(st.permutations(names)))),
    )
    return made, rankings


def count(election: tuple[Contest, Rankings]) -> StageTranscript:
    made, rankings = election
    return engine.count(made, Profile({"everyone": rankings}))


@settings(max_examples=100)
@given(elections())
def test_as_many_are_elected_as_there_are_seats(election: tuple[Contest, Rankings]) -> None:
    """And nobody twice, or after being excluded."""
    found = count(election)
    assert len(set(found.elected)) == len(found.elected) == election[0].seats
    if found.contest.rules.method is not Method.SEQUENTIAL:
        assert not {n for stage in found.stages for n in stage.excluded} & set(found.elected)


@settings(max_examples=100)
@given(elections(VALUED))
def test_every_vote_is_somewhere_in_every_stage(election: tuple[Contest, Rankings]) -> None:
    """With a candidate, with nobody, or among the digits that were dropped."""
    for stage in count(election).stages:
        there = sum(stage.votes.values()) + stage.non_transferable + stage.lost
        assert there == sum(election[1].values())
        assert all(votes >= 0 for votes in stage.votes.values())


@settings(max_examples=100)
@given(elections(STV))
def test_nobody_who_is_elected_keeps_more_than_the_quota_when_the_surplus_has_gone(
    election: tuple[Contest, Rankings],
) -> None:
    """Nor less, and no paper leaves or reaches them any more."""
    found = count(election)
    for before, stage in pairwise(found.stages):
        for name in stage.names if stage.act == "surplus" else ():
            assert stage.votes[name] == min(before.votes[name], stage.quota)
            assert all(parcel.to != name for parcel in stage.parcels)


@settings(max_examples=100)
@given(elections([name for name in STV if name != "australia-senate-1984"]))
def test_no_paper_comes_to_be_worth_more(election: tuple[Contest, Rankings]) -> None:
    """Only the unweighted inclusive method does that."""
    for stage in count(election).stages:
        assert all(p.was is None or p.value <= p.was <= 1 for p in stage.parcels)


@settings(max_examples=100)
@given(elections(STV))
def test_a_solid_coalition_of_so_many_quotas_has_so_many_seats(
    election: tuple[Contest, Rankings],
) -> None:
    """Proportionality for solid coalitions: Droop's, of those who put two before all others.

    Digits that are dropped could take the last vote, so the coalition has a few to spare.
    """
    made, rankings = election
    two = made.decisions.lot[:2]
    if made.seats < 2:
        return
    total = sum(rankings.values())
    ours = 2 * total * (made.seats + 1) + 10
    solid = {two: Papers(ours - ours // 3), two[::-1]: Papers(ours // 3)}
    together = {
        ranking: solid.get(ranking, 0) + rankings.get(ranking, 0) for ranking in {*solid, *rankings}
    }
    assert set(two) <= set(count((made, together)).elected)


@settings(max_examples=100)
@given(elections(), st.data())
def test_other_names_rename_the_result(
    election: tuple[Contest, Rankings], data: st.DataObject
) -> None:
    """No candidate gains by a name."""
    made, rankings = election
    old = [entry.id for entry in made.candidates]
    new = dict(zip(old, data.draw(st.permutations([*"uvwxyz"[: len(old)]])), strict=True))
    renamed = replace(
        made,
        candidates=tuple(Standing(new[entry.id], entry.name) for entry in made.candidates),
        decisions=Decisions(lot=tuple(new[name] for name in made.decisions.lot)),
    )
    papers = {tuple(new[name] for name in ranking): n for ranking, n in rankings.items()}
    found, expected = count((renamed, papers)), count(election)
    assert set(found.elected) == {new[name] for name in expected.elected}
    for stage, other in zip(found.stages, expected.stages, strict=True):
        assert stage.votes == {new[name]: votes for name, votes in other.votes.items()}


@settings(max_examples=100)
@given(elections())
def test_stages_counted_again_are_the_same(election: tuple[Contest, Rankings]) -> None:
    """From what they hold themselves, and from their JSON, to the byte; every report is made."""
    found = count(election)
    assert engine.replay(found) == found
    written = stages_json.write(found, "An election")
    made, profile, hypothesis, name = stages_json.read(written)
    assert stages_json.write(engine.count(made, profile, hypothesis), name) == written
    assert json.loads(written)["elected"] == list(found.elected)
    assert "".join(as_text.write(stages_report.of_stages(found)))
    rows = len([*stages_csv.write(found)]) - 1
    assert rows == sum(len(stage.votes) + 2 for stage in found.stages)


@settings(max_examples=100)
@given(elections(STV), st.data())
def test_a_stage_that_was_tampered_with_is_a_miscount(
    election: tuple[Contest, Rankings], data: st.DataObject
) -> None:
    """One vote more for somebody, in any stage, and the check sees it."""
    found = count(election)
    place = data.draw(st.integers(0, len(found.stages) - 1))
    stage = found.stages[place]
    name = data.draw(st.sampled_from(sorted(stage.votes)))
    other = data.draw(st.sampled_from(sorted(set(stage.votes) - {name})))
    for votes in (
        {**stage.votes, name: Votes(stage.votes[name] + 1)},
        {**stage.votes, name: stage.votes[other], other: stage.votes[name]},
    ):
        if votes == stage.votes or (votes.keys() & {name, other} and swapped_in_the_last(stage)):
            continue
        tampered = (*found.stages[:place], replace(stage, votes=votes), *found.stages[place + 1 :])
        with pytest.raises(Miscount):
            check(replace(found, stages=tampered))


def swapped_in_the_last(stage: Stage) -> bool:
    """Whoever passes papers on is not checked by what they were given."""
    return bool(stage.names)


@settings(max_examples=100)
@given(elections(["scotland-stv-2007"]))
def test_the_sections_of_a_college_are_refused(election: tuple[Contest, Rankings]) -> None:
    """Where each paper has a value of its own."""
    made, rankings = election
    section = made.sections[0]
    halves = tuple(replace(section, id=name, weight=Fraction(1, 2)) for name in ("mps", "members"))
    weighed = replace(
        made, sections=halves, rules=replace(made.rules, college=rule_book("common").college)
    )
    with pytest.raises(RuleError, match="cannot weigh sections"):
        engine.count(weighed, Profile({"mps": rankings, "members": rankings}))
