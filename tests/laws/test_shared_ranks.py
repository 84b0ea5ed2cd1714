"""What holds where a rank that several share is kept, and whoever stands decides what it means."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hustings.ballots.formality import Ballot, OpenBallot, Refused, judge
from hustings.ballots.inactive import Cause, inactive
from hustings.ballots.paper import OVERVOTE, Marks, Paper
from hustings.ballots.reduction import Poll, reduce
from hustings.ballots.shared import members
from hustings.ballots.subsets import SubsetStatistics
from hustings.counting import engine, pairwise
from hustings.counting.check import check
from hustings.counting.movement import movements
from hustings.counting.seats import engine as seats_engine
from hustings.counting.transcript import Transcript
from hustings.election.rulebook import (
    OPEN_OVERVOTES,
    Basis,
    Overvotes,
    Paperwork,
    RuleBook,
    SkippedRanks,
    Stop,
    TiePolicy,
)
from hustings.election.spec import Contest, SectionEntry, Standing
from hustings.errors import InputError, Miscount, RuleError
from hustings.formats import transcript_json
from hustings.shell import acts
from hustings.shell.acts import rule_book
from hustings.units import Candidate, Papers

pytestmark = pytest.mark.law

NAMES = tuple(map(Candidate, ("ann", "bob", "cat", "dan", "eve")))
SECTIONS = ("members", "unions")
RANK = st.sets(st.sampled_from(NAMES), min_size=1, max_size=3).map(
    lambda names: tuple(sorted(names))
)
MARKS = st.lists(RANK, min_size=1, max_size=5).map(tuple)
ANSWER = st.sampled_from(sorted(OPEN_OVERVOTES))


def rules(overvotes: Overvotes) -> RuleBook:
    return replace(
        rule_book("common"),
        overvotes=overvotes,
        repeated=Paperwork.SKIP,
        skipped_ranks=SkippedRanks.SKIP_ANY,
        ties=(TiePolicy.LATEST_NARROWING, TiePolicy.SEED),
        stop=Stop.ONE_LEFT,
    )


def contest(overvotes: Overvotes) -> Contest:
    book = rules(overvotes)
    sections = tuple(SectionEntry(name, name, book.whole / 2) for name in SECTIONS)
    made = Contest("leader", "Leader", tuple(Standing(n, n) for n in NAMES), sections, book)
    return replace(made, decisions=replace(made.decisions, seed="1 2 3"))


@st.composite
def polls(draw: st.DrawFn) -> Poll:
    """Papers of two sections: many share ranks, and each candidate has a paper of their own."""
    papers = [Paper(section, ((name,),)) for section in SECTIONS for name in NAMES]
    for section in SECTIONS:
        for marks, number in draw(st.lists(st.tuples(MARKS, st.integers(1, 9)), max_size=12)):
            papers.append(Paper(section, marks, Papers(number)))
    return Poll(tuple(papers))


def follow(marks: Marks, stood: Sequence[Set[Candidate]], overvotes: Overvotes) -> list[str]:
    """With whom a paper lies in each round, rank by rank from the marks alone; `` for nobody."""
    lies, ended = [], False
    for standing in stood:
        there = next(filter(None, ({*names} & standing for names in marks)), set())
        held_up = len(there) > 1
        ended = ended or (held_up and overvotes is Overvotes.STOP_IF_SEVERAL_CONTINUING)
        lies.append("" if held_up or ended or not there else there.pop())
    return lies


def one_rank_each(marks: Marks) -> Iterator[tuple[Candidate, ...]]:
    """The marks without whoever was marked above, as `repeated` = skip has them."""
    seen: set[Candidate] = set()
    for names in marks:
        new = tuple(name for name in names if name not in seen)
        seen |= {*new}
        yield new


def stood(counted: Transcript) -> list[Set[Candidate]]:
    return [round_.tally.totals.keys() for round_ in counted.rounds]


@given(polls(), ANSWER)
def test_each_paper_lies_where_its_marks_say(poll: Poll, overvotes: Overvotes) -> None:
    """In every round, paper by paper; and those that lie with nobody are told by cause."""
    asked = contest(overvotes)
    counted = engine.count(asked, [reduce(poll, asked)])
    standing = stood(counted)
    judged = list(poll.judged(asked))
    followed = [
        (paper, follow(tuple(one_rank_each(paper.marks)), standing, overvotes))
        for paper in poll.papers
    ]
    for number, round_ in enumerate(counted.rounds):
        causes = inactive(judged, standing[number], standing[:number])
        for section in SECTIONS:
            own = [(p.papers, lies[number]) for p, lies in followed if p.section == section]
            for name, papers in round_.tally.held[section].items():
                assert papers == sum(many for many, lies in own if lies == name)
            nobody = sum(many for many, lies in own if not lies)
            assert round_.tally.non_transferable[section] == nobody
            assert sum(causes[section].values()) == nobody
            assert {*causes[section]} <= {Cause.CHOICES, Cause.OVERVOTE}


@given(polls(), ANSWER)
def test_the_transcript_holds_such_papers(poll: Poll, overvotes: Overvotes) -> None:
    """Written and read again it is counted to the same rounds."""
    asked = contest(overvotes)
    counted = engine.count(asked, [reduce(poll, asked)])
    again, profiles, _, _ = transcript_json.read(transcript_json.write(counted))
    assert profiles == counted.profiles
    assert engine.count(again, profiles).rounds == counted.rounds


@given(polls(), ANSWER)
def test_gains_are_the_papers_that_came(poll: Poll, overvotes: Overvotes) -> None:
    """Those that count again after a pause among them."""
    asked = contest(overvotes)
    counted = engine.count(asked, [reduce(poll, asked)])
    for moved in movements(counted):
        before, after = counted.rounds[moved.round - 1 : moved.round + 1]
        for gain in moved.gains:
            had, has = (r.tally.held[gain.section][gain.to] for r in (before, after))
            assert has - had == gain.papers


def test_the_check_follows_each_paper() -> None:
    """A paper told to lie elsewhere is found, though every sum is right."""
    asked = contest(Overvotes.PAUSE)
    poll = Poll(
        (Paper("members", (("ann", "bob"), ("cat",)), Papers(5)), Paper("unions", (("ann",),)))
    )
    counted = engine.count(asked, [reduce(poll, asked)])
    first = counted.rounds[0]
    held = {**first.tally.held, "members": {**first.tally.held["members"], "cat": Papers(5)}}
    none = {**first.tally.non_transferable, "members": Papers(0)}
    told = replace(first, tally=replace(first.tally, held=held, non_transferable=none))
    with pytest.raises(Miscount, match="round 1: members"):
        check(replace(counted, rounds=(told, *counted.rounds[1:])))


def test_only_these_rules_make_an_open_ballot() -> None:
    """Every other ballot is strict; a record that does not name the marked cannot stay open."""
    marks: Marks = (("ann", "bob"), ("cat",))
    for overvotes in (Overvotes.SKIP, Overvotes.STOP, Overvotes.SPOIL):
        assert type(judge(marks, rules(overvotes), {*NAMES})) is not OpenBallot
    made = judge(marks, rules(Overvotes.PAUSE), {*NAMES})
    assert isinstance(made, OpenBallot)
    assert isinstance(made, Ballot)
    assert made.ranking == ("ann=bob", "cat")
    assert members(made.ranking[0]) == ("ann", "bob")
    assert isinstance(judge(((OVERVOTE,),), rules(Overvotes.PAUSE), {*NAMES}), Refused)


def test_what_needs_strict_rankings_refuses() -> None:
    """By name: subset statistics, and methods that value papers by parts; pairs are clear."""
    asked = contest(Overvotes.PAUSE)
    poll = Poll(tuple(Paper(section, (("ann", "bob"), ("cat",))) for section in SECTIONS))
    profile = reduce(poll, asked)
    with pytest.raises(InputError, match="strict"):
        SubsetStatistics.of(profile.papers["members"])
    pairs = pairwise.compare(profile, {*NAMES}, asked.college)
    assert pairs.papers["members"]["ann", "bob"] == 0
    assert pairs.papers["members"]["bob", "cat"] == 1
    for book, overvotes in (
        ("several-seats", Overvotes.PAUSE),
        ("meek-prf", Overvotes.PAUSE),
        ("meek-prf", Overvotes.STOP_IF_SEVERAL_CONTINUING),
    ):
        several = replace(asked, rules=replace(rule_book(book), overvotes=overvotes), seats=2)
        with pytest.raises(RuleError, match="cannot let a rank that several share"):
            seats_engine.count(several, profile)


@pytest.mark.parametrize(
    ("book", "choice", "answer"),
    [
        ("supplementary-vote", "undeclared", "first_out"),
        ("first-past-the-post", "minimum_papers", 3),
        ("meek-prf", "minimum_papers", 3),
        ("scotland-stv-2007", "last_round", 1),
        ("sequential-seats", "last_round", 1),
    ],
)
def test_a_method_is_not_asked_what_it_does_not_know(
    book: str, choice: str, answer: object
) -> None:
    """It would count on as though nobody had asked."""
    asked = contest(Overvotes.SKIP)
    rules_ = rule_book(book).override(choice, answer, Basis("the test"))
    seats = 1 if rules_.seats is None else 2
    papers = tuple(Paper(section, ((name,),)) for section in SECTIONS for name in NAMES)
    asked = replace(asked, rules=rules_, seats=seats)
    counted = seats_engine.count if seats > 1 else lambda c, p: engine.count(c, [p])
    with pytest.raises(RuleError, match=f"does not know {choice} = {answer}"):
        counted(asked, reduce(Poll(papers), asked))


@pytest.mark.parametrize("rows", [30, 30_000])
def test_a_file_is_judged_alike_at_any_size(tmp_path: Path, rows: int) -> None:
    """A table of patterns gives what its papers give, one by one."""
    cells = ["ann=bob,cat,,", "cat,ann=dan,,", "eve,bob,ann,", "dan,,bob,"]
    file = tmp_path / "b.csv"
    file.write_text("1,2,3,4\n" + "\n".join(cells[at % 4] for at in range(rows)) + "\n")
    loaded = acts.load(file)
    (poll,) = loaded.polls[loaded.election.contest().id]
    asked = replace(loaded.election.contest(), rules=rules(Overvotes.PAUSE))
    assert reduce(poll, asked) == reduce(Poll(poll.papers), asked)
    assert any(
        "=" in entry for part in reduce(poll, asked).papers.values() for r in part for entry in r
    )
