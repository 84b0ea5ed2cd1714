"""Tables of units, electors and claims: what is read, and every mistake by its line and column."""

import pytest

from hustings.election.publication import UnitEntry
from hustings.election.spec import EVERYONE, Contest, SectionEntry, Standing
from hustings.errors import InputError
from hustings.formats import claims_csv, electors_csv, unit_list_csv, unit_returns_csv
from hustings.shell.acts import rule_book
from hustings.units import Candidate, Unit

CONTEST = Contest(
    "chair",
    "Chair",
    (
        Standing(Candidate("ann"), "Ann Archer"),
        Standing(Candidate("bob"), "Bob Baker"),
        Standing(Candidate("cat"), "Cat Cooper", withdrawn=True),
    ),
    (SectionEntry(EVERYONE, "everyone", 1),),  # type: ignore[arg-type]
    rule_book("omov-av"),
)
UNITS = {
    Unit("north"): UnitEntry(Unit("north"), "North Ward"),
    Unit("south"): UnitEntry(Unit("south"), "South Ward"),
}


def returned(text: str) -> tuple[unit_returns_csv.UnitReturn, ...]:
    return unit_returns_csv.read(text.splitlines(True), "t.csv", CONTEST, UNITS)


def refused(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        returned(text)
    return [str(problem) for problem in caught.value.problems]


HEADER = "unit,ann,bob,spoiled,returned,issued,turnout\n"


def test_the_wide_table_is_read_by_ids_or_names_of_units_and_candidates() -> None:
    (row,) = returned(
        "name,Ann Archer,Bob Baker,Spoilt,cast,issued\nNorth Ward,3,4,1,8,16\n".replace(
            "Spoilt", "spoilt"
        )
    )
    assert (row.unit, row.votes) == ("north", {"ann": 3, "bob": 4})
    assert (row.valid, row.spoiled, row.returned, row.issued) == (7, 1, 8, 16)
    assert (row.file, row.line) == ("t.csv", 2)


def test_a_table_may_have_the_units_id_and_its_name_if_they_agree() -> None:
    (row,) = returned("unit,name,ann,bob\nnorth,North Ward,3,4\n")
    assert row.unit == "north"
    assert refused("unit,name,ann,bob\nnorth,South Ward,3,4\n")[0].startswith(
        "t.csv:2: name: 'South Ward' is the name of 'south', and the unit is 'north'"
    )


def test_thousands_may_be_parted_by_commas_and_a_turnout_is_held_to_its_decimals() -> None:
    (row,) = returned(HEADER + 'north,"1,000",500,0,1500,2100,71.4\n')
    assert row.votes == {"ann": 1000, "bob": 500}
    (row,) = returned(HEADER + "north,1000,500,0,1500,2100,71\n")
    assert row.turnout == "71"


def test_what_is_not_known_is_left_empty() -> None:
    rows = returned(HEADER + "north,,,,,367,\nsouth,1,2,,,,\n")
    assert rows[0].votes is None and rows[0].valid is None and rows[0].issued == 367
    assert rows[1].returned is None and rows[1].spoiled is None
    assert rows[1].non_transferable is None


def test_papers_for_nobody_are_not_known_where_their_cell_is_empty_and_none_where_it_is_0() -> None:
    rows = returned("unit,ann,bob,non_transferable\nnorth,1,2,0\nsouth,1,2,\n")
    assert [row.non_transferable for row in rows] == [0, None]
    assert [row.valid for row in rows] == [3, 3]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            "north,3,4,1,9,16,",
            "t.csv:2: returned: North Ward: 9 papers were returned, and 7 valid with 1 spoiled ",
        ),
        ("north,3,4,1,8,7,", "t.csv:2: issued: North Ward: 8 papers were returned of 7 issued"),
        (
            "north,3,4,1,8,16,51",
            "t.csv:2: turnout: North Ward: the turnout is printed 51, and 8 of 16 is 50",
        ),
        ("north,3,,1,,,", "t.csv:2: some candidates have votes here and others none: write 0, or "),
        ("north,3,-4,1,,,", "t.csv:2: bob: '-4' is not a whole number of papers"),
        ("north,3,4,1,8,16,many", "t.csv:2: turnout: 'many' is not a percentage such as 58.2"),
        ("nroth,3,4,1,8,16,", "did you mean 'north'?"),
        ("east,3,4,1,8,16,", "t.csv:2: unit: 'east' is not in the definition's list of 2 units; "),
        ("north,3,4", "t.csv:2: the row has 3 cells, and the header has 7"),
    ],
)
def test_a_row_that_cannot_be_is_refused_by_its_line_and_column(row: str, said: str) -> None:
    assert any(said in problem for problem in refused(HEADER + row + "\n"))


def test_every_bad_row_is_told_at_once() -> None:
    assert len(refused(HEADER + "north,3,4,1,9,16,\nsouth,1,1,1,4,16,\n")) == 2


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("unit,ann", "t.csv:1: there is no column for bob"),
        ("unit,ann,bob,bbo", "is no candidate"),
        ("unit,ann,bob,Bob Baker", "t.csv:1: two columns are bob's"),
        ("unit,ann,bob,cat", "t.csv:1: cat has withdrawn, and no paper counts for them"),
        ("unit,ann,ann", "t.csv:1: the column 'ann' stands twice"),
        ("ann,bob", "t.csv:1: there is no column 'unit'"),
        (
            "unit,ann,bob,returned,cast",
            "t.csv:1: the columns 'returned' and 'cast' mean the same: leave one out",
        ),
        (
            "unit,ann,bob,spoilt,spoiled",
            "t.csv:1: the columns 'spoilt' and 'spoiled' mean the same: leave one out",
        ),
    ],
)
def test_a_header_that_means_nothing_is_refused(header: str, said: str) -> None:
    row = ",".join("north" if name == "unit" else "1" for name in header.split(","))
    assert any(said in problem for problem in refused(f"{header}\n{row}\n"))


def test_a_unit_stands_in_one_row() -> None:
    text = HEADER + "north,1,2,,,,\nNorth Ward,1,2,,,,\n"
    assert refused(text) == ["t.csv:3: unit: 'north' stands above already"]


def test_an_empty_table_is_refused() -> None:
    assert refused("") == ["t.csv: the file is empty: expected a header row"]
    assert refused(HEADER) == ["t.csv: there is no unit in this file"]


def test_a_unit_list_keeps_region_home_and_every_other_column() -> None:
    text = "unit,name,region,home_of,stands_for,majority\nnorth,North,Wales,ann,,1234\n"
    found = unit_list_csv.read(text.splitlines(True), "u.csv")[Unit("north")]
    assert (found.region, found.home_of, found.stands_for) == ("Wales", "ann", 1)
    assert found.attributes == {"majority": "1234"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("unit,name\nNorth,North\n", "u.csv:2: unit: 'North' is not an id"),
        ("unit,name\n../x,North\n", "u.csv:2: unit: '../x' is not an id"),
        ("unit,name\na,North\na,South\n", "u.csv:3: unit: 'a' stands above already"),
        ("unit,name\na,North\nb,NORTH\n", "u.csv:3: name: 'NORTH' is the name of a too"),
        ("unit,name\na,\n", "u.csv:2: name: the name is empty"),
        ("unit,name,stands_for\na,A,0\n", "u.csv:2: stands_for: a row stands for 1 unit or more"),
        ("unit\na\n", "u.csv:1: there is no column 'name'"),
        ("unit,name\n", "u.csv: there is no unit in this file"),
    ],
)
def test_a_unit_list_that_is_wrong_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        unit_list_csv.read(text.splitlines(True), "u.csv")
    assert any(str(problem).startswith(said) for problem in caught.value.problems)


def test_electors_have_groups_parted_by_semicolons() -> None:
    text = "elector,sits_for,groups\nAnn Archer MP,North,MPs; Women ;\n"
    found = electors_csv.read(text.splitlines(True), "e.csv")["Ann Archer MP"]
    assert (found.sits_for, found.groups) == ("North", ("MPs", "Women"))
    with pytest.raises(InputError, match=r"e\.csv:3: elector: 'A' stands above already"):
        electors_csv.read(["elector\n", "A\n", "A\n"], "e.csv")
    with pytest.raises(InputError, match="'group' means nothing here; did you mean 'groups'"):
        electors_csv.read(["elector,group\n", "A,B\n"], "e.csv")


def test_a_claim_needs_its_words_its_figure_and_its_source() -> None:
    text = "id,says,value,source,fact,at\np,Plumpers,60,a newspaper,mps-plumpers,2010-09-26\n"
    (claim,) = claims_csv.read(text.splitlines(True), "c.csv")
    assert (claim.value, claim.fact, claim.line) == ("60", "mps-plumpers", 2)
    with pytest.raises(InputError, match=r"c\.csv:2: source: is missing"):
        claims_csv.read(["id,says,value,source\n", "p,Plumpers,60,\n"], "c.csv")
