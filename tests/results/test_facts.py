"""The facts page: a small college worked out by hand, 2010 as it was printed, every query run."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from laws.elections import Case, cases
from laws.elections import count as count_case

import hustings as h
from hustings.ballots.paper import Rebuilt
from hustings.ballots.returns import Claim, PaperAccount
from hustings.counting.transcript import Transcript
from hustings.election.publication import (
    ElectorEntry,
    Policy,
    Release,
    SectionPublication,
    Status,
    UnitEntry,
)
from hustings.election.spec import Election
from hustings.results import facts as press
from hustings.results import opendata
from hustings.results.edition import Edition, NamedBallot, SectionEdition, Standalone, UnitRow
from hustings.results.facts import by_round, unit_extremes
from hustings.results.facts.fact import NOBODY, finely, rate
from hustings.shell import acts
from hustings.units import percent

# --- a college of two sections: five board members by name, four branches by figures ---------
#
#            Ann  Bob  Cat   valid  spoiled  returned  issued  turnout   region  majority
#   North     30   10    5      45        5        50     100     50 %     Hill     1,000
#   South     10   20   10      40        0        40      80     50 %     Hill       900
#   East      15   15    5      35        5        40      50     80 %     Vale        50
#   West       5    3   12      20        0        20      40     50 %     Vale         3
#
# Cat has the least and goes; Bob is elected in round 2 with 56.70 per cent.

BOARD = {
    "Ada": (("ann", "bob", "cat"), ("Old guard",)),
    "Ben": (("bob", "cat"), ("Old guard", "New wave")),
    "Cyd": (("cat",), ("New wave",)),
    "Dot": (("bob", "cat", "ann"), ()),
    "Eli": (("bob",), ()),
}
BRANCHES = {
    ("ann", "bob"): 40,
    ("ann",): 20,
    ("bob",): 44,
    ("bob", "cat"): 3,
    ("bob", "cat", "ann"): 1,
    ("cat", "ann"): 25,
    ("cat", "bob"): 5,
    ("cat",): 2,
}
UNITS = (
    # id, name, region, majority, home of, ann, bob, cat, spoiled, returned, issued
    ("north", "North", "Hill", "1,000", None, 30, 10, 5, 5, 50, 100),
    ("south", "South", "Hill", "900", None, 10, 20, 10, 0, 40, 80),
    ("east", "East", "Vale", "50", "cat", 15, 15, 5, 5, 40, 50),
    ("west", "West", "Vale", "3", "ann", 5, 3, 12, 0, 20, 40),
)


def college() -> Edition:
    """The college above, complete."""
    contest = h.contest(
        "Chair",
        {"ann": "Ann Archer", "bob": "Bob Brook", "cat": "Cat Cole"},
        {"board": "1/2", "branches": "1/2"},
        "labour-2010",
    )
    board = Counter(ranking for ranking, _ in BOARD.values())
    counted = h.count(contest, {"board": board, "branches": BRANCHES})
    entries = {s.id: s for s in contest.sections}
    return Edition(
        Election("Chair", (contest,)),
        counted,
        Release(status=Status.DECLARED),
        {
            "board": SectionEdition(
                entries["board"],
                SectionPublication(
                    Policy.NAMED_BALLOTS,
                    elector_is="board member",
                    electors_are="board members",
                ),
                PaperAccount(issued=7, returned=6, spoiled={"unsigned": 1}),
                ballots=(*map(named, BOARD), spoiled("Fay")),
            ),
            "branches": SectionEdition(
                entries["branches"],
                SectionPublication(
                    Policy.UNIT_FIRST_PREFERENCES,
                    unit_is="branch",
                    units_are="branches",
                    units={unit[0]: listed(*unit[:5]) for unit in UNITS},
                ),
                PaperAccount(issued=270, spoiled={"blank": 7, "late": 3}),
                tuple(row(unit[0], unit[1], unit[2], unit[5:8], *unit[8:]) for unit in UNITS),
            ),
        },
    )


def named(name: str) -> NamedBallot:
    ranking, groups = BOARD[name]
    marks = tuple((candidate,) for candidate in ranking)
    return NamedBallot(name.lower(), ElectorEntry(name, groups=groups), marks, ranking)


def spoiled(name: str) -> NamedBallot:
    return NamedBallot(name.lower(), ElectorEntry(name), (), (), "unsigned")


def listed(unit: str, name: str, region: str, majority: str, home: str | None) -> UnitEntry:
    return UnitEntry(unit, name, region, home, attributes={"majority": majority, "MP": "none"})


def row(
    id_: str,
    name: str,
    region: str,
    votes: tuple[int, int, int],
    spoiled: int | None,
    returned: int | None,
    issued: int | None,
) -> UnitRow:
    held = dict(zip(("ann", "bob", "cat"), votes, strict=True))
    return UnitRow(id_, name, (id_,), Standalone.ALONE, region, held, spoiled, returned, issued)


@pytest.fixture(scope="module")
def found() -> dict[str, press.Fact]:
    """The facts of the college, by id."""
    return by_id(college())


def by_id(edition: Edition) -> dict[str, press.Fact]:
    facts = press.facts(edition)
    named = {fact.id: fact for fact in facts}
    assert len(named) == len(facts), "two facts have one id"
    return named


def of_branches(edition: Edition, **changed: object) -> Edition:
    """The same edition with something other in the branches."""
    branches = replace(edition.sections["branches"], **changed)
    return replace(edition, sections={**edition.sections, "branches": branches})


# What the table above says, worked out by hand.
BY_HAND = {
    "rounds": {"": "2"},
    "leaders": {"1": "Bob Brook", "2": "Bob Brook"},
    "first-round-leader": {"": "Bob Brook", "won": "yes"},
    "comeback": {"": "0"},
    # Ahead by 0.25 - 16/138; a paper is worth 1/8 on the board and 1/276 in a branch, twice.
    "margins": {"board": "1", "branches": "19"},
    "sections-led": {"ann": "1", "bob": "1"},
    "one-vote-each": {"ann": "86", "bob": "56"},
    "board-papers": {
        "issued": "7",
        "returned": "6",
        "spoiled": "1",
        "valid": "5",
        "turnout": "85.71",
        "spoiled-rate": "16.67",
    },
    "board-spoiled-reasons": {"unsigned": "1"},
    "board-transfers": {"1.cat.non_transferable": "1"},
    "board-preferences-used": {"1": "2", "2": "1", "3": "2"},
    "board-plumpers": {"": "2", "ann": "0", "bob": "1", "cat": "1"},
    "board-frequent-orders": {"": "1", "orders": "5"},
    "board-lone-orders": {"": "5"},
    "board-second-preferences": {f"cat.{NOBODY}": "1"},
    "board-complete": {"": "3", "incomplete": "2"},
    "board-last-round": {"ann": "1", "bob": "3", NOBODY: "1"},
    "board-backed-winner": {"": "3"},
    "board-winner-last": {"": "0"},
    "board-groups": {
        "New wave.first.bob": "1",
        "New wave.first.cat": "1",
        f"New wave.last.{NOBODY}": "1",
        "New wave.last.bob": "1",
        "Old guard.first.ann": "1",
        "Old guard.first.bob": "1",
        "Old guard.last.ann": "1",
        "Old guard.last.bob": "1",
    },
    "branches-papers": {
        "issued": "270",
        "returned": "150",
        "spoiled": "10",
        "valid": "140",
        "turnout": "55.56",
        "spoiled-rate": "6.67",
    },
    "branches-spoiled-reasons": {"blank": "7", "late": "3"},
    "branches-transfers": {
        "1.cat.ann": "25",
        "1.cat.bob": "5",
        "1.cat.non_transferable": "2",
    },
    "branches-preferences-used": {"1": "66", "2": "73", "3": "1"},
    "branches-plumpers": {"": "66", "ann": "20", "bob": "44", "cat": "2"},
    "branches-frequent-orders": {"": "44", "orders": "8"},
    "branches-lone-orders": {"": "1"},
    "branches-second-preferences": {"cat.ann": "25", "cat.bob": "5", f"cat.{NOBODY}": "2"},
    # Bob's 20 of 40 in South are not more than half.
    "branches-majorities": {"ann": "1", "bob": "0", "cat": "1"},
    "branches-topped": {"ann": "1", "bob": "1", "cat": "1"},
    "branches-home-units": {"east": "14.29", "west": "25.00"},
    "branches-regions": {
        "Hill.ann": "1",
        "Hill.bob": "1",
        "Hill.cat": "0",
        "Vale.ann": "0",
        "Vale.bob": "0",
        "Vale.cat": "1",
    },
    "branches-highest-turnout": {"": "80.00", "unit": "East"},
    "branches-lowest-turnout": {"": "50.00", "unit": "North, South and West, level"},
    "branches-most-spoiled": {"": "12.50", "unit": "East"},
    "branches-least-spoiled": {"": "0.00", "unit": "South and West, level"},
    "branches-largest": {"": "45", "unit": "North"},
    "branches-smallest": {"": "20", "unit": "West"},
    "branches-most-issued": {"": "100", "unit": "North"},
    "branches-fewest-issued": {"": "40", "unit": "West"},
    "branches-most-lopsided": {"": "44.44", "unit": "North"},
    "branches-closest": {"": "0.00", "unit": "East"},
    "branches-best-units": {
        "ann": "66.67",
        "ann.unit": "North",
        "bob": "50.00",
        "bob.unit": "South",
        "cat": "60.00",
        "cat.unit": "West",
    },
    "branches-worst-units": {
        "ann": "25.00",
        "ann.unit": "South and West, level",
        "bob": "15.00",
        "bob.unit": "West",
        "cat": "11.11",
        "cat.unit": "North",
    },
    "branches-majority-highest": {"ann": "1", "bob": "0", "cat": "0"},
    "branches-majority-lowest": {"ann": "0", "bob": "0", "cat": "1"},
    "branches-unit-turnouts": {
        "north": "50.00",
        "south": "50.00",
        "east": "80.00",
        "west": "50.00",
    },
    "branches-unit-spoiled-rates": {
        "north": "10.00",
        "south": "0.00",
        "east": "12.50",
        "west": "0.00",
    },
}
BULK = {"branches-unit-shares", "branches-unit-papers"}


@pytest.mark.parametrize("id_", BY_HAND)
def test_each_answer_of_the_college_is_what_a_person_works_out(
    id_: str, found: dict[str, press.Fact]
) -> None:
    assert dict(found[id_].values) == BY_HAND[id_]


def test_the_college_has_no_other_facts(found: dict[str, press.Fact]) -> None:
    """A fact without its answer above would go unchecked."""
    assert found.keys() == BY_HAND.keys() | BULK
    assert len(found["branches-unit-shares"].values) == 12
    assert found["branches-unit-shares"].values["west.bob"] == "15.00"
    assert found["branches-unit-papers"].values["north.issued"] == "100"


SAID = {
    "margins": "1 paper of board, or 19 papers of branches, switched in round 2 from Bob Brook "
    "to Ann Archer.",
    "first-round-leader": "Bob Brook led in round 1, and was elected.",
    "branches-topped": "Of all 4 branches: Ann Archer topped 1, Bob Brook topped 1 and Cat Cole "
    "topped 1. Tied: East (Ann Archer and Bob Brook, level).",
    "branches-lowest-turnout": "Of all 4 branches: North, South and West, level, 50.00 per cent "
    "of the papers issued that were returned.",
    "branches-home-units": "Cat Cole had 14.29 per cent in East, place 3; Ann Archer had 25.00 "
    "per cent in West, place 2.",
    "board-complete": "3 ballots are complete, and 2 are not.",
    "board-backed-winner": "3 of 5 board members had backed Bob Brook in round 2.",
    "board-last-round": "In round 2, 1 with Ann Archer, 3 with Bob Brook and 1 with nobody.",
}


@pytest.mark.parametrize("id_", SAID)
def test_an_answer_is_a_sentence(id_: str, found: dict[str, press.Fact]) -> None:
    assert found[id_].answer == SAID[id_]


DECLARES = re.compile(
    r"\bwon\b|\blost to\b|\bwas elected\b|\bwere elected\b|\bthe winner\b|result", re.I
)


@pytest.mark.parametrize("status", [Status.PROVISIONAL, Status.WITHDRAWN])
def test_a_fact_declares_nobody_elected_before_anybody_is(status: Status) -> None:
    """Only the words differ: the values, which claims are held against, are the same."""
    declared = college()
    other = replace(declared, release=Release(status=status))
    for fact in press.facts(other):
        words = " ".join((fact.title, fact.definition, fact.answer, *fact.header))
        assert not DECLARES.search(words), fact.id
    said = by_id(other)
    assert said["first-round-leader"].answer == "Bob Brook led in round 1, and would be elected."
    assert said["board-winner-last"].title == "How many board members put the would-be winner last?"
    assert {f.id: f.values for f in press.facts(other)} == {
        f.id: f.values for f in press.facts(declared)
    }


def test_whoever_leads_and_does_not_win_would_lose_until_it_is_declared() -> None:
    """A comeback: 2010's own, in its words and in those of figures that may still change."""
    declared = labour_2010()
    assert by_id(declared)["first-round-leader"].answer.endswith("and lost to Ed Miliband.")
    other = replace(declared, release=Release())
    assert by_id(other)["first-round-leader"].answer.endswith("and would lose to Ed Miliband.")


def test_coverage_is_told(found: dict[str, press.Fact]) -> None:
    assert found["branches-topped"].coverage.sentence == "4 of 4 branches."
    assert found["board-complete"].coverage.sentence == (
        "5 of 6 board members: the others' ballots were spoiled."
    )


def test_who_has_no_last_round_preference_is_named(found: dict[str, press.Fact]) -> None:
    assert found["board-last-round"].rows == (("Cyd", "Cat Cole"),)
    assert found["board-complete"].rows == (("Cyd", "1"), ("Eli", "1"))


def test_a_winner_left_out_of_an_otherwise_full_ballot_is_last() -> None:
    """Whoever ranks Ann and Cat, and Bob nowhere, has put Bob last; so has Ann > Cat > Bob."""
    edition = college()
    board = edition.sections["board"]
    ballots = tuple(
        replace(ballot, ranking=ranking)
        for ballot, ranking in zip(
            board.ballots,
            [
                ("ann", "cat"),
                ("ann", "cat", "bob"),
                ("ann",),
                ("bob", "ann"),
                ("ann", "bob", "cat"),
            ],
            strict=False,
        )
    )
    sections = {**edition.sections, "board": replace(board, ballots=ballots)}
    changed = replace(edition, sections=sections)
    assert by_id(changed)["board-winner-last"].value == "2"
    assert list(disagreeing_queries(changed, "board-winner-last")) == []


# --- honesty ----------------------------------------------------------------------------------

SUPERLATIVE = [
    f"branches-{id_}"
    for measure in unit_extremes.MEASURES
    for id_ in (*measure.ids, "best-units", "worst-units", "majority-highest")
]


def pooled() -> Edition:
    """East and West are too small and stand in one row."""
    edition = college()
    north, south, *_ = edition.sections["branches"].rows
    votes = {"ann": 20, "bob": 18, "cat": 17}
    pool = UnitRow(
        "pool-1", "2 branches together", ("east", "west"), Standalone.POOLED, "Vale", votes, 5, 60
    )
    into = {"east": "pool-1", "west": "pool-1"}
    return of_branches(edition, rows=(north, south, pool), pooled_into=into)


def partial() -> Edition:
    """Only North is held; the rest is the difference."""
    edition = college()
    north, *_ = edition.sections["branches"].rows
    votes = {"ann": 30, "bob": 38, "cat": 27}
    rest = UnitRow(
        "not-held", "All other", ("south", "east", "west"), Standalone.NOT_HELD, votes=votes
    )
    return of_branches(edition, rows=(north, rest), complete=False)


def test_where_units_are_pooled_the_answer_is_of_the_others_and_no_claim_is_held_to_it() -> None:
    found = by_id(pooled())
    for id_ in {*SUPERLATIVE, "branches-majorities", "branches-topped", "branches-regions"}:
        assert found[id_].values == found[id_].parts == {}, id_
        assert found[id_].coverage.sentence == (
            "2 of 4 branches: the others are too small or too like-minded to be shown apart."
        )
    assert found["branches-largest"].answer == (
        "Of the 2 branches whose own figures are published: North, 45 formal papers."
    )
    assert found["branches-unit-shares"].values["north.ann"] == "66.67"
    assert not any("pool" in key or "east" in key for f in found.values() for key in f.values)


def test_where_units_are_not_held_nothing_is_said_of_the_most() -> None:
    found = by_id(partial())
    assert not found.keys() & set(SUPERLATIVE)
    assert found["branches-majorities"].values == {}
    assert found["branches-majorities"].coverage.sentence == (
        "1 of 4 branches: the others' own figures are not published."
    )
    assert found["branches-unit-shares"].values.keys() == {"north.ann", "north.bob", "north.cat"}


def test_a_row_that_stands_for_several_units_is_none_of_them() -> None:
    """Cornwall's six were only published together: neither a unit nor a superlative."""
    edition = college()
    units = dict(edition.sections["branches"].publication.units)
    units["west"] = replace(units["west"], stands_for=6)
    publication = replace(edition.sections["branches"].publication, units=units)
    changed = of_branches(edition, publication=publication)
    found = by_id(changed)
    assert not found.keys() & set(SUPERLATIVE)
    assert (found["branches-topped"].coverage.held, found["branches-topped"].coverage.total) == (
        3,
        9,
    )
    assert "west.ann" not in found["branches-unit-shares"].values
    assert list(disagreeing_queries(changed)) == []


def test_how_many_units_there_are_may_not_be_known() -> None:
    edition = partial()
    publication = edition.sections["branches"].publication
    publication = replace(publication, units={"north": publication.units["north"]})
    north, rest = edition.sections["branches"].rows
    rows = (north, replace(rest, units=()))
    found = by_id(of_branches(edition, publication=publication, rows=rows))
    assert found["branches-topped"].coverage.sentence == (
        "1 branches; how many there are is not known: the others' own figures are not published."
    )


@pytest.mark.parametrize("lacking", ["issued", "spoiled"])
def test_a_measure_that_one_unit_lacks_has_no_extreme(lacking: str) -> None:
    edition = college()
    first, *rest = edition.sections["branches"].rows
    found = by_id(of_branches(edition, rows=(replace(first, **{lacking: None}), *rest)))
    gone = {"issued": "highest-turnout", "spoiled": "most-spoiled"}
    assert f"branches-{gone[lacking]}" not in found
    assert "branches-largest" in found
    assert "north.issued" in found["branches-unit-papers"].values or lacking == "issued"


def test_papers_returned_are_those_formal_and_spoiled_where_nothing_else_is_said() -> None:
    edition = college()
    rows = tuple(replace(row, returned=None) for row in edition.sections["branches"].rows)
    changed = of_branches(edition, rows=rows)
    for id_ in ("unit-papers", "lowest-turnout", "most-spoiled"):
        fact = f"branches-{id_}"
        assert by_id(changed)[fact].values == by_id(edition)[fact].values
    assert list(disagreeing_queries(changed)) == []


def test_an_empty_unit_divides_by_nothing() -> None:
    edition = college()
    publication = edition.sections["branches"].publication
    units = {**publication.units, "nil": UnitEntry("nil", "Nil")}
    rows = (*edition.sections["branches"].rows, row("nil", "Nil", "", (0, 0, 0), 0, 0, 0))
    changed = of_branches(edition, publication=replace(publication, units=units), rows=rows)
    found = by_id(changed)
    assert found["branches-topped"].values == BY_HAND["branches-topped"]
    assert found["branches-smallest"].values == {"": "0", "unit": "Nil"}
    assert found["branches-lowest-turnout"].value == "50.00"
    assert "branches-majority-highest" not in found  # Nil's is not known
    assert list(disagreeing_queries(changed)) == []


RANKINGS = ("preferences-used", "plumpers", "frequent-orders", "lone-orders", "second-preferences")


def test_nothing_is_said_of_rankings_that_are_withheld() -> None:
    found = by_id(of_branches(college(), withheld="too few papers"))
    assert not any(f"branches-{id_}" in found for id_ in RANKINGS)
    assert "branches-transfers" in found  # the rounds are published


def test_nothing_is_said_of_rankings_that_nobody_cast() -> None:
    """From votes the rounds are real; from percentages not even the numbers of papers are."""
    edition = college()
    for rebuilt in Rebuilt:
        (profile,) = edition.transcript.profiles
        profile = replace(profile, reconstructed={"branches": rebuilt})
        found = by_id(replace(edition, transcript=replace(edition.transcript, profiles=(profile,))))
        real = rebuilt is Rebuilt.FROM_VOTES
        assert not any(f"branches-{id_}" in found for id_ in RANKINGS)
        assert ("branches-transfers" in found) is real
        assert ("one-vote-each" in found) is real
        assert ("branches" in found["margins"].values) is real
        assert ("valid" in found["branches-papers"].values) is real


def test_of_a_rebuilt_section_nothing_is_said_where_two_went_at_once() -> None:
    """What both gave together is known; whose papers went where is not."""
    contest = h.contest("Chair", ["ann", "bob", "cat", "dan"], rules="minneapolis-2017")
    votes = {("ann",): 40, ("bob",): 39, ("cat", "ann"): 2, ("dan", "bob"): 1}
    counted = h.count(contest, votes)
    assert len(counted.rounds[0].event.names) == 2
    assert "everyone-transfers" in by_id(bare(counted))
    (profile,) = counted.profiles
    rebuilt = replace(profile, reconstructed={"everyone": Rebuilt.FROM_VOTES})
    assert "everyone-transfers" not in by_id(bare(replace(counted, profiles=(rebuilt,))))


def test_names_of_any_length_and_script_are_kept_as_they_are() -> None:
    edition = college()
    strange = {"ann": "א" * 4000, "bob": "<b>O'Brien</b>", "cat": "Cat\u202e"}
    contest = edition.transcript.contest
    standing = tuple(replace(c, name=strange[c.id]) for c in contest.candidates)
    transcript = replace(edition.transcript, contest=replace(contest, candidates=standing))
    changed = replace(edition, transcript=transcript)
    assert by_id(changed)["first-round-leader"].value == "<b>O'Brien</b>"
    assert list(disagreeing_queries(changed)) == []


def test_attributes_of_like_names_have_ids_of_their_own() -> None:
    edition = college()
    publication = edition.sections["branches"].publication
    units = {
        id_: replace(unit, attributes={"Share %": "1", "share": "2", "אחוז": "3.5", "MP": "x"})
        for id_, unit in publication.units.items()
    }
    found = by_id(of_branches(edition, publication=replace(publication, units=units)))
    highest = [id_ for id_ in found if id_.endswith("-highest")]
    assert highest == [
        "branches-share-highest",
        "branches-share-2-highest",
        "branches-attribute-highest",
    ]
    # All four are level with the first.
    assert "are 4, because some are level" in found["branches-share-highest"].answer


def test_fifty_of_a_hundred_units_and_those_level_with_the_fiftieth() -> None:
    """Majorities 1 to 100, but the 51st highest is level with the 50th: 51 units."""
    edition = college()
    majorities = {f"u{n:03}": 51 if n == 50 else n for n in range(1, 101)}
    units = {
        id_: UnitEntry(id_, id_, attributes={"majority": str(number)})
        for id_, number in majorities.items()
    }
    rows = tuple(
        row(id_, id_, "", (2, 1, 0) if number > 60 else (0, 1, 2), 0, 3, 4)
        for id_, number in majorities.items()
    )
    publication = replace(edition.sections["branches"].publication, units=units)
    changed = of_branches(edition, publication=publication, rows=rows)
    found = by_id(changed)
    assert found["branches-majority-highest"].values == {"ann": "40", "bob": "0", "cat": "11"}
    assert found["branches-majority-lowest"].values == {"ann": "0", "bob": "0", "cat": "51"}
    assert found["branches-largest"].more == 90
    highest, lowest = "branches-majority-highest", "branches-majority-lowest"
    assert list(disagreeing_queries(changed, highest, lowest)) == []


def test_more_rows_than_a_page_holds_are_counted() -> None:
    contest = h.contest("Chair", [f"c{n:03}" for n in range(90)])
    counted = h.count(contest, {(f"c{n:03}",): n + 1 for n in range(90)})
    found = by_id(bare(counted))
    plumpers = found["everyone-plumpers"]
    assert (len(plumpers.rows), plumpers.more) == (40, 50)
    assert all(len(fact.answer) < 2000 for fact in found.values())


# --- how close --------------------------------------------------------------------------------


@pytest.mark.parametrize("votes", [(6, 4), (7, 4), (5, 5), (10, 0), (1000, 1)])
def test_so_few_switched_papers_reverse_a_recount_and_one_fewer_does_not(
    votes: tuple[int, int],
) -> None:
    """Of two candidates, the papers are counted again with so many of the winner's switched."""
    rules = acts.named_book("labour-2010")
    rules = rules.override("ties", ["lot"], rules.basis["ties"])
    weights = {"x": "1/2", "y": "1/2"}
    contest = h.contest("Chair", ["ann", "bob"], weights, rules, lot=["bob", "ann"])
    ballots = {"x": papers(*votes), "y": papers(5, 5)}
    counted = h.count(contest, ballots)
    fewest = int(by_id(bare(counted))["margins"].values["x"])
    ann, bob = votes
    switched = h.count(contest, {**ballots, "x": papers(ann - fewest, bob + fewest)})
    nearly = h.count(contest, {**ballots, "x": papers(ann - fewest + 1, bob + fewest - 1)})
    assert (counted.winner, switched.winner, nearly.winner) == ("ann", "bob", "ann")


def papers(ann: int, bob: int) -> dict[tuple[str, ...], int]:
    return {ranking: n for ranking, n in ((("ann",), ann), (("bob",), bob)) if n}


@pytest.mark.law
@given(cases())
def test_the_fewest_papers_are_the_first_that_put_the_runner_up_ahead(case: Case) -> None:
    """Held against the points that the college gives, paper by paper, in any election."""
    transcript = count_case(case)
    round_, winner = transcript.rounds[-1], transcript.winner
    totals = round_.tally.totals
    rivals = [name for name in totals if name != winner]
    if winner is None or not rivals:
        return
    rival = max(rivals, key=lambda name: totals[name])
    for section, held in round_.tally.held.items():
        fewest = by_round.switches(round_, section, winner, rival)
        by_trial = next(
            (
                switched
                for switched in range(1, held[winner] + 1)
                if lead(transcript, section, winner, rival, switched) < 0
            ),
            None,
        )
        assert fewest == by_trial


def lead(transcript: Transcript, section: str, winner: str, rival: str, switched: int) -> Fraction:
    """How far the winner is ahead in the last round with so many papers switched."""
    rules, rounds = transcript.contest.rules, transcript.rounds
    held = {s: dict(part) for s, part in rounds[-1].tally.held.items()}
    held[section][winner] -= switched
    held[section][rival] += switched
    opened = {s: rounds[0].tally.continuing(s) for s in held}
    points = transcript.contest.college.points(held, opened, rules.base, rules.empty_section)
    return sum(part[winner] - part[rival] for part in points.values())


# --- every query ------------------------------------------------------------------------------


def tables(edition: Edition) -> sqlite3.Connection:
    """The published tables of the edition, in memory."""
    base = sqlite3.connect(":memory:")
    for table in opendata.resources(edition):
        columns = ", ".join(f'"{field.name}"' for field in table.fields)
        base.execute(f'CREATE TABLE "{table.name}" ({columns})')
        marks = ", ".join("?" * len(table.fields))
        base.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', table.rows)
    return base


def disagreeing_queries(edition: Edition, *only: str) -> Iterator[str]:
    """Each fact whose query does not give its values again."""
    base = tables(edition)
    for fact in press.facts(edition):
        if not fact.values or (only and fact.id not in only):
            continue
        answered = base.execute(fact.query).fetchall()
        if told(answered) != plain(fact.values):
            yield f"{fact.id}: {told(answered)} for {plain(fact.values)}"


def told(answered: list[tuple[object, ...]]) -> dict[str, object]:
    """What a query answers, as a fact has it: names of a tie together, and no nought."""
    values: dict[str, object] = {}
    names: dict[str, set[str]] = {}
    for key, value, *unit in answered:
        names.setdefault(str(key), set()).add(str(unit[0] if unit else value))
        values[str(key)] = text(value)
        if unit:
            values[f"{key}.unit" if key else "unit"] = names[str(key)]
    for key, several in names.items():
        if len(several) > 1 and f"{key}.unit" not in values and "unit" not in values:
            values[key] = several
    return {key: value for key, value in values.items() if value != Decimal(0)}


def plain(values: Mapping[str, str]) -> dict[str, object]:
    kept: dict[str, object] = {}
    for key, value in values.items():
        names = value.removesuffix(", level").replace(" and ", ", ").split(", ")
        tied = key == "unit" or key.endswith(".unit") or value.endswith(", level")
        kept[key] = set(names) if tied else text(value)
    return {key: value for key, value in kept.items() if value != Decimal(0) and key != "won"}


def text(value: object) -> object:
    """A figure as a number, anything else as text."""
    written = str(value)
    return Decimal(written) if written.replace(".", "", 1).isdigit() else written


@pytest.mark.parametrize("edition", [college(), pooled(), partial()], ids=["all", "pooled", "part"])
def test_each_query_gives_the_values_again(edition: Edition) -> None:
    assert list(disagreeing_queries(edition)) == []


def test_a_table_with_another_figure_is_found_out() -> None:
    """The queries read the tables: one paper more in one of them is another answer."""
    edition = college()
    first, *rest = edition.sections["branches"].rows
    other = of_branches(edition, rows=(replace(first, returned=51), *rest))
    base = tables(other)
    fact = by_id(edition)["branches-unit-turnouts"]
    assert told(base.execute(fact.query).fetchall()) != plain(fact.values)


@pytest.mark.law
@given(cases())
def test_any_election_has_facts_and_their_queries_agree(case: Case) -> None:
    """Whatever the rules, with ties, emptied sections and short rankings."""
    edition = bare(count_case(case))
    assert list(disagreeing_queries(edition)) == []
    assert press.facts(edition) == press.facts(edition)


def bare(transcript: Transcript) -> Edition:
    """An edition of a count alone, its ballots named where there are few sections."""
    sections = {}
    entries = {entry.id: entry for entry in transcript.contest.sections}
    for section in transcript.rounds[0].tally.held:
        entry = entries.get(section) or next(iter(entries.values()))
        rankings = transcript.profiles[0].papers[section]
        ballots = tuple(
            NamedBallot(
                f"e{n}",
                ElectorEntry(f"{section} {n}", groups=("even", "all")[n % 2 :]),
                tuple((name,) for name in ranking),
                ranking,
            )
            for n, ranking in enumerate(r for r, papers in rankings.items() for _ in range(papers))
        )
        publication = SectionPublication(Policy.NAMED_BALLOTS)
        sections[section] = SectionEdition(
            replace(entry, id=section), publication, PaperAccount(), ballots=ballots[:200]
        )
    return Edition(Election("", (transcript.contest,)), transcript, Release(), sections)


# --- 2010, and what was printed ---------------------------------------------------------------

CLAIMS = (
    ("plumpers", "60", "mps_meps-plumpers", "61"),
    ("plumpers-dm", "34", "mps_meps-plumpers.d_miliband", ""),
    ("plumpers-em", "23", "mps_meps-plumpers.e_miliband", ""),
    ("plumpers-da", "2", "mps_meps-plumpers.abbott", ""),
    ("plumpers-eb", "2", "mps_meps-plumpers.balls", ""),
    ("returned", "257,339", "affiliates-papers.returned", "247339"),
    ("fabians-burnham", "6.4%", "affiliates-unit-shares.fabian.burnham", "7.6"),
    ("fabians-abbott", "8.4 per cent", "affiliates-unit-shares.fabian.abbott", ""),
    ("fabians-turnout", "61.4%", "affiliates-unit-turnouts.fabian", ""),
    ("switch-mps", "6", "margins.mps_meps", ""),
    ("switch-members", "2,407", "margins.members", ""),
    ("switch-affiliates", "3,913", "margins.affiliates", ""),
    ("omov-em", "175,519", "one-vote-each.e_miliband", ""),
    ("omov-dm", "147,220", "one-vote-each.d_miliband", ""),
    ("leader", "david  miliband", "first-round-leader", ""),
    ("topped", "16", "affiliates-topped.e_miliband", None),
    ("no-fact", "1", "", None),
)


ABBOTT_TO_E_MILIBAND = ("abbott", "balls", "burnham", "d_miliband", "e_miliband")
FABIANS = UnitRow(
    "fabian",
    "Fabian Society",
    ("fabian",),
    votes=dict(zip(ABBOTT_TO_E_MILIBAND, (308, 313, 281, 1461, 1321), strict=True)),
    spoiled=369,
    returned=4053,
    issued=6601,
)
REST = UnitRow("not-held", "All other affiliates", (), Standalone.NOT_HELD, votes={})
AFFILIATES = SectionPublication(
    unit_is="affiliate",
    units_are="affiliates",
    electors_are="parliamentarians",
    units={"fabian": UnitEntry("fabian", "Fabian Society")},
)


def labour_2010() -> Edition:
    """The count of 2010 with its named ballots, and the affiliates of which figures are known."""
    loaded = acts.load(h.example("labour-2010"))
    counted = h.count(loaded)
    named = [paper for paper in loaded.polls["leader"][0].papers if paper.elector]
    ballots = tuple(
        NamedBallot(
            f"e{number}",
            ElectorEntry(paper.elector),
            paper.marks,
            tuple(name for names in paper.marks for name in names),
        )
        for number, paper in enumerate(named)
    )
    accounts = {
        "mps_meps": PaperAccount(),
        "members": PaperAccount(returned=127_330),
        "affiliates": PaperAccount(spoiled={"declaration left unticked": 36_105}),
    }
    sections = {
        entry.id: SectionEdition(
            entry,
            AFFILIATES,
            accounts[entry.id],
            (FABIANS, REST) if entry.id == "affiliates" else (),
            ballots if entry.id == "mps_meps" else (),
            complete=entry.id != "affiliates",
        )
        for entry in counted.contest.sections
    }
    claims = tuple(
        Claim(id_, f"what {id_} says", value, "a newspaper", fact) for id_, value, fact, _ in CLAIMS
    )
    released = Release(status=Status.DECLARED)
    return Edition(loaded.election, counted, released, sections, claims, counted.reconciliation)


@pytest.fixture(scope="module")
def of_2010() -> tuple[Edition, tuple[press.Fact, ...]]:
    edition = labour_2010()
    return edition, press.facts(edition)


def test_what_was_printed_of_2010_is_held_against_the_facts(
    of_2010: tuple[Edition, tuple[press.Fact, ...]],
) -> None:
    """Four known errors are found, each with our figure, and nothing else is called one."""
    found = press.disagreements(*of_2010)
    ours = {each.claim.id: each.ours for each in found if each.claim}
    assert ours == {id_: ours for id_, _, _, ours in CLAIMS if ours}
    (misprint,) = [each for each in found if each.claim is None]
    assert (misprint.printed, misprint.ours) == ("206640", "208640")
    assert misprint.says == "round 2, affiliates, TOTAL: votes"
    assert found[0].told == "what plumpers says: printed 60, computed 61 (a newspaper)."


def test_a_claim_without_a_figure_of_ours_is_unchecked(
    of_2010: tuple[Edition, tuple[press.Fact, ...]],
) -> None:
    """Of one affiliate in twenty-four nobody can say how many were topped."""
    assert [claim.id for claim in press.unchecked(*of_2010)] == ["topped", "no-fact"]


def test_the_comeback_of_2010(of_2010: tuple[Edition, tuple[press.Fact, ...]]) -> None:
    found = {fact.id: fact for fact in of_2010[1]}
    assert found["comeback"].answer == "David Miliband was ahead of Ed Miliband until round 4."
    assert found["first-round-leader"].answer == (
        "David Miliband led in round 1, and lost to Ed Miliband."
    )
    assert found["sections-led"].values == {"e_miliband": "1", "d_miliband": "2"}
    used = found["mps_meps-preferences-used"].values
    assert used == {"1": "61", "2": "60", "3": "24", "4": "26", "5": "95"}
    assert found["mps_meps-complete"].value == "121"
    assert not any(f"{section}-plumpers" in found for section in ("members", "affiliates"))


def test_the_transfers_of_2010_are_the_differences_of_the_rounds(
    of_2010: tuple[Edition, tuple[press.Fact, ...]],
) -> None:
    """Of members and affiliates no ranking is known, yet where Abbott's papers went is."""
    edition, facts = of_2010
    rounds = edition.transcript.rounds
    for section in ("members", "affiliates"):
        (fact,) = [fact for fact in facts if fact.id == f"{section}-transfers"]
        for name in ("balls", "burnham", "d_miliband", "e_miliband"):
            before, after = (r.tally.held[section][name] for r in rounds[:2])
            assert fact.values[f"1.abbott.{name}"] == str(after - before)


def test_the_queries_of_2010_agree(of_2010: tuple[Edition, tuple[press.Fact, ...]]) -> None:
    assert list(disagreeing_queries(of_2010[0])) == []


def test_a_claim_is_compared_to_its_own_decimals() -> None:
    """7.6 of 7.627, and 7.63 too; 7.62 is another figure."""
    edition = labour_2010()
    fact = "affiliates-unit-shares.fabian.burnham"
    claims = tuple(Claim(v, v, v, "", fact) for v in ("8", "7.6", "7.63", "7.628", "7.62", "7.60"))
    found = press.disagreements(replace(edition, claims=claims), press.facts(edition))
    assert [each.printed for each in found if each.claim] == ["7.62", "7.60"]


def test_two_facts_never_have_one_id() -> None:
    """A section `a` with an attribute `b-c`, and a section `a-b` with an attribute `c`."""
    contest = h.contest("Chair", ["ann", "bob"], {"a": "1/2", "a-b": "1/2"}, "labour-2010")
    edition = bare(h.count(contest, {"a": {("ann",): 1}, "a-b": {("ann",): 1}}))
    units = {"a": {"b-c": "1"}, "a-b": {"c": "1"}}
    sections = {
        section: replace(
            edition.sections[section],
            publication=SectionPublication(units={section: UnitEntry(section, "", attributes=of)}),
            rows=(UnitRow(section, "", (section,), votes={"ann": 1}),),
        )
        for section, of in units.items()
    }
    found = by_id(replace(edition, sections=sections))
    assert {"a-b-c-highest", "a-b-c-highest-2"} <= found.keys()


# --- the reckoning ----------------------------------------------------------------------------


def test_parts_are_ordered_as_their_fractions_are() -> None:
    """A thousand neighbours, of papers in the billions."""
    billions = 10**12 + 39
    parts = [(n + k, billions - k) for n in (billions // 3, 7) for k in range(30)]
    by_fraction = sorted(parts, key=lambda part: Fraction(*part))
    assert sorted(parts, key=lambda part: finely(*part)) == by_fraction


def test_rates_are_rounded_as_everywhere() -> None:
    for part in range(0, 801, 7):
        assert rate(part, 800) == percent(Fraction(part, 800))


# --- the page ---------------------------------------------------------------------------------

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "facts.md"


def told_of(several_seats: bool) -> list[str]:
    """The rows of the page: those of the facts of several seats, or all others."""
    before, _, rest = PAGE.read_text("utf-8").partition("\n## Of several seats\n")
    own, heading, after = rest.partition("\n## ")
    text = own if several_seats else before + heading + after
    return [line for line in text.splitlines() if line.startswith("| `")]


def test_every_fact_has_its_row_and_every_row_its_fact(found: dict[str, press.Fact]) -> None:
    """The page lists each id once, with the definition that the fact itself has where it can."""
    rows = told_of(several_seats=False)
    told = [id_ for line in rows for id_ in re.findall("`([^`]+)`", line.split("|")[1])]
    assert len(told) == len(set(told))
    ids = {re.sub("^(board|branches)-", "SECTION-", id_) for id_ in found}
    assert set(told) == {id_.replace("-majority-", "-ATTRIBUTE-") for id_ in ids}
    for line in rows[:7]:
        _, name, definition, *_ = (cell.strip() for cell in line.split("|"))
        assert found[name.strip("`")].definition == definition
