"""The facts of several seats: a ward worked out by hand, and every query run, by every book."""

import sqlite3
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from agreement.seats_elections import Rankings, counted, drawn
from results.test_facts import DECLARES, plain, told, told_of

import hustings as h
from hustings.ballots.profile import Profile
from hustings.ballots.returns import PaperAccount
from hustings.counting.seats import engine
from hustings.counting.seats.stages import StageTranscript
from hustings.election.publication import ElectorEntry, Release, SectionPublication, Status
from hustings.election.rulebook import TiePolicy
from hustings.election.spec import Decisions, Election, SectionEntry
from hustings.errors import RuleError
from hustings.results import facts as press
from hustings.results.edition import NamedBallot, SeatsEdition, SectionEdition
from hustings.results.seats import assembly, opendata
from hustings.shell import acts

# 120 papers, two seats: the quota is 41. Ann has 50 and a surplus of 9, so that each of her papers
# is worth 0.18: Cat gets 5.4, Bob 0.9, and 2.7 go to nobody. Cat has 30.4 and Bob 30.9. Dan goes,
# and gives 12 of his 15 to Cat, who has 42.4.
WARD: Rankings = {
    ("ann", "cat"): 30,
    ("ann", "bob"): 5,
    ("ann",): 15,
    ("bob",): 30,
    ("cat",): 25,
    ("dan", "cat", "ann"): 12,
    ("dan",): 3,
}
NAMES = {"ann": "Ann Archer", "bob": "Bob Brook", "cat": "Cat Cole", "dan": "Dan Dee"}


def edition_of(stages: StageTranscript, status: Status = Status.DECLARED) -> SeatsEdition:
    """An edition of stages alone, whose rankings are published."""
    first = assembly.first_preferences(stages)
    named = {entry.id: entry for entry in stages.contest.sections}
    sections = {
        section: SectionEdition(
            replace(named.get(section) or SectionEntry(section, section, Fraction(1)), id=section),
            SectionPublication(),
            PaperAccount(),
        )
        for section in first.rounds[0].tally.held
    }
    election = Election("", (stages.contest,))
    return SeatsEdition(election, first, Release(status=status), sections, stages=stages)


def with_names(edition: SeatsEdition) -> SeatsEdition:
    """The same with one ballot of each ranking by name."""
    named = {
        section: replace(
            part,
            ballots=tuple(
                NamedBallot(f"e{n}", ElectorEntry(f"E {n}"), tuple((c,) for c in ranking), ranking)
                for n, ranking in enumerate(edition.stages.profile.papers[section])
            ),
        )
        for section, part in edition.sections.items()
    }
    return replace(edition, sections=named)


def ward(status: Status = Status.DECLARED) -> SeatsEdition:
    made = replace(h.contest("Council", NAMES, rules="scotland-stv-2007"), seats=2)
    return edition_of(engine.count(made, Profile({"everyone": WARD})), status)


def by_id(edition: SeatsEdition) -> dict[str, press.Fact]:
    found = press.facts(edition)
    named = {fact.id: fact for fact in found}
    assert len(named) == len(found), "two facts have one id"
    return named


BY_HAND = {
    "stages": {"": "3"},
    "elected": {"ann": "1", "cat": "3"},
    "from-behind": {"": "1"},
    "elected-first": {"": "75", "rate": "62.50"},
    "closest-exclusion": {"": "15.4"},
    "last-seat": {"": "11.5"},
    "last-seat-decided": {"": "3"},
    "non-transferable": {"": "5.7"},
    "everyone-elected-named": {"0": "33", "1": "45", "2": "42"},
    "everyone-papers": {"valid": "120"},
    "everyone-preferences-used": {"1": "73", "2": "35", "3": "12"},
    "everyone-plumpers": {"": "73", "ann": "15", "bob": "30", "cat": "25", "dan": "3"},
    "everyone-frequent-orders": {"": "30", "orders": "7"},
    "everyone-lone-orders": {"": "0"},
    "everyone-second-preferences": {"dan.cat": "12", "dan.(none)": "3"},
}


def test_each_answer_is_what_a_person_works_out_and_there_is_no_other() -> None:
    found = by_id(ward())
    assert found.keys() == BY_HAND.keys()
    for id_, values in BY_HAND.items():
        assert {key: number(value) for key, value in found[id_].values.items()} == {
            key: number(value) for key, value in values.items()
        }, id_


def number(value: str) -> object:
    return Decimal(value) if value.replace(".", "", 1).isdigit() else value


SAID = {
    "elected": "Ann Archer in stage 1, with 50.00000 votes; Cat Cole in stage 3, with 42.40000 "
    "votes.",
    "from-behind": "Cat Cole, from place 3.",
    "elected-first": "75 of 120 papers, 62.50 per cent.",
    "closest-exclusion": "Dan Dee went in stage 3, 15.40000 votes behind Cat Cole.",
    "last-seat": "Cat Cole was 11.50000 votes ahead of Bob Brook in stage 3.",
    "last-seat-decided": "Cat Cole passed Bob Brook in stage 3, exclusion of Dan Dee: it gave "
    "12.00000 votes to the one and 0.00000 votes to the other.",
    "non-transferable": "5.70000 votes, 4.75 per cent of all.",
    "everyone-elected-named": "87 of 120 papers, 72.50 per cent, name one or more; 42 name all of "
    "them.",
}


@pytest.mark.parametrize("id_", SAID)
def test_an_answer_is_a_sentence(id_: str) -> None:
    assert by_id(ward())[id_].answer == SAID[id_]


def test_the_rows_say_what_each_stage_gave_to_the_two() -> None:
    fact = by_id(ward())["last-seat-decided"]
    assert fact.header[2:4] == ("Cat Cole gained", "Bob Brook gained")
    assert fact.rows[1:] == (
        ("2", "Surplus of Ann Archer", "+5.40000", "+0.90000", "30.40000", "30.90000"),
        ("3", "Exclusion of Dan Dee", "+12.00000", "–", "42.40000", "30.90000"),
    )


@pytest.mark.parametrize("status", [Status.PROVISIONAL, Status.WITHDRAWN])
def test_a_fact_declares_nobody_elected_before_anybody_is(status: Status) -> None:
    other = ward(status)
    for fact in press.facts(other):
        words = " ".join((fact.title, fact.definition, fact.answer, *fact.header))
        assert not DECLARES.search(words), fact.id
        assert "the elected" not in words, fact.id
    assert {f.id: f.values for f in press.facts(other)} == {
        f.id: f.values for f in press.facts(ward())
    }


def test_nothing_is_said_of_rankings_that_are_withheld() -> None:
    edition = ward()
    hidden = {s: replace(part, withheld="few") for s, part in edition.sections.items()}
    found = by_id(replace(edition, sections=hidden))
    assert "everyone-elected-named" not in found and "everyone-plumpers" not in found
    assert found["elected-first"].value == "75"


def test_every_fact_has_its_row_and_every_row_its_fact() -> None:
    """The page lists each id once, with the definition that the fact itself has."""
    found = by_id(ward())
    rows = [[cell.strip() for cell in line.split("|")] for line in told_of(several_seats=True)]
    told_ = {row[1].strip("`").replace("SECTION", "everyone"): row[2] for row in rows}
    others = [line.split("|")[1] for line in told_of(several_seats=False)]
    papers = {id_ for id_ in found if f" `{id_.replace('everyone', 'SECTION')}` " in others}
    assert told_ == {id_: found[id_].definition for id_ in found if id_ not in papers}


# --- every query ------------------------------------------------------------------------------


def tables(edition: SeatsEdition) -> sqlite3.Connection:
    """The published tables of the edition, in memory."""
    base = sqlite3.connect(":memory:")
    for table in opendata.resources(edition):
        columns = ", ".join(f'"{field.name}"' for field in table.fields)
        base.execute(f'CREATE TABLE "{table.name}" ({columns})')
        marks = ", ".join("?" * len(table.fields))
        base.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', table.rows)
    return base


def disagreeing(edition: SeatsEdition) -> list[str]:
    """Each fact whose query does not give its values again."""
    base, wrong = tables(edition), []
    for fact in press.facts(edition):
        answered = base.execute(fact.query).fetchall()
        if told(answered) != plain(fact.values):
            wrong.append(f"{fact.id}: {told(answered)} for {plain(fact.values)}")
    return wrong


def test_each_query_gives_the_values_again() -> None:
    assert disagreeing(ward()) == []


def test_a_table_with_another_figure_is_found_out() -> None:
    edition = ward()
    base = tables(edition)
    base.execute("UPDATE stage_votes SET votes = '40/1' WHERE stage = 3 AND candidate = 'bob'")
    fact = by_id(edition)["last-seat"]
    assert told(base.execute(fact.query).fetchall()) != plain(fact.values)


BOOKS = [name for name in acts.rule_book_names() if acts.rule_book(name).seats is not None]


@pytest.mark.law
@pytest.mark.parametrize("book", BOOKS)
def test_by_every_book_the_queries_agree(book: str) -> None:
    """Ties, papers that end early, everybody elected, nobody excluded."""
    for rankings, seats, lot in drawn(57, 12):
        edition = with_names(edition_of(counted(acts.rule_book(book), rankings, seats, lot)))
        assert disagreeing(edition) == [], (rankings, seats, lot)


@pytest.mark.law
@pytest.mark.parametrize("book", ["bottoms-up", "sequential-seats"])
def test_where_sections_are_weighed_the_queries_agree(book: str) -> None:
    rules = replace(acts.rule_book(book), ties=(TiePolicy.LOT,))
    weights = {"staff": "1/3", "members": "2/3"}
    for rankings, seats, lot in drawn(58, 12):
        made = h.contest("Council", sorted(lot), weights, rules)
        made = replace(made, seats=seats, decisions=Decisions(lot=tuple(lot)))
        half = {ranking: 1 + papers // 2 for ranking, papers in rankings.items()}
        try:
            stages = engine.count(made, Profile({"staff": half, "members": rankings}))
        except RuleError:
            continue
        edition = edition_of(stages)
        assert disagreeing(edition) == [], (rankings, seats, lot)
