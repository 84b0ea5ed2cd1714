"""Tables that are no CSV: JSON lines, Excel and Parquet, in every layout that CSV has."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from xlsxwriter import Workbook

from hustings.ballots.paper import as_written
from hustings.election.spec import Contest
from hustings.errors import InputError
from hustings.formats import ballots_jsonl, ballots_parquet, ballots_xlsx
from hustings.formats.ballot_file import BallotFile
from hustings.formats.ballots_csv import EXPECTED
from hustings.units import Section

MPS = Section("mps")


def jsonl(*objects: object, contest: Contest | None = None) -> BallotFile:
    """A file with these objects, one to a line."""
    lines = [one if isinstance(one, str) else json.dumps(one) for one in objects]
    return ballots_jsonl.read([f"{line}\n" for line in lines], "x.jsonl", contest, MPS)


def workbook(*rows: list[Any], others: tuple[str, ...] = ()) -> bytes:
    """A workbook whose first sheet has these rows."""
    kept = BytesIO()
    book = Workbook(kept, {"in_memory": True})
    sheet = book.add_worksheet("votes")
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell is not None:
                sheet.write(at, column, cell)
    for name in others:
        book.add_worksheet(name).write(0, 0, "x")
    book.close()
    return kept.getvalue()


def xlsx(*rows: list[Any], others: tuple[str, ...] = ()) -> BallotFile:
    return ballots_xlsx.read(workbook(*rows, others=others), "x.xlsx", None, None)


def parquet(**columns: Any) -> BallotFile:
    kept = BytesIO()
    pl.DataFrame(columns).write_parquet(kept)
    return ballots_parquet.read(kept.getvalue(), "x.parquet", None, None)


def papers(found: BallotFile) -> list[str]:
    """The papers in short, where nothing is wrong."""
    assert found.problems == ()
    return [f"{paper.papers}: {as_written(paper.marks)}" for paper in found.papers]


def told(found: BallotFile) -> list[str]:
    """Every mistake, as it is printed; then no paper was made of it."""
    return [str(problem) for problem in found.problems]


# --- JSON lines ---------------------------------------------------------------


def test_a_list_has_a_rank_in_each_place() -> None:
    """A list within it is shared, null is left out, and lines that are alike are one paper."""
    found = jsonl(
        {"ranking": ["ann", ["bob", "cat"], None, "dan"], "count": 3},
        {"ranking": []},
        {"ranking": ["bob"]},
        {"ranking": ["bob"]},
    )
    assert papers(found) == ["3: ann > bob=cat > _ > dan", "1: (blank)", "2: bob"]
    assert [paper.line for paper in found.papers] == [1, 2, 3]


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ([{"Ann": 1, "Bob": 2.0}, {"Bob": 1}], ["1: ann > bob", "1: bob"]),
        ([{"r1": "ann", "r2": "bob"}, {"r1": "bob", "r2": None}], ["1: ann > bob", "1: bob"]),
        ([{"ranking": "ann > bob=cat"}], ["1: ann > bob=cat"]),
        (
            [
                {"paper": "A", "rank": 2, "candidate": "bob"},
                {"paper": "A", "rank": 1, "candidate": "ann"},
                {"paper": "A", "rank": 1, "candidate": "ann"},
            ],
            ["1: ann=ann > bob"],
        ),
    ],
)
def test_every_layout_of_csv(objects: list[object], expected: list[str]) -> None:
    """A row of the long layout that stands twice is a mark made twice."""
    assert papers(jsonl(*objects)) == expected


def test_what_is_wrong_in_json_lines(contest: Contest) -> None:
    """All of it, by line."""
    found = jsonl(
        "{'ranking': []}",
        "[1]",
        '{"ranking": ["ann"], "ranking": ["bob"]}',
        {"ranking": ["ann", {"a": 1}]},
        {"ranking": "ann"},
        {"ranking": ["nobody"]},
        {"ranking": ["a=b"]},
        contest=contest,
    )
    assert [problem.line for problem in found.problems] == [1, 2, 3, 4, 5, 6, 7]
    said = [problem.what for problem in found.problems]
    assert all("is no JSON object: " in what for what in said[:3])
    assert said[2].endswith("the key 'ranking' stands twice in one object")
    assert "'nobody' is no candidate" in said[5]
    assert said[6] == "'a=b' stands in a list: expected ids, without = and >"


# --- Excel --------------------------------------------------------------------


def test_ranks_in_a_sheet_are_numbers() -> None:
    """A candidate to a column; 0 and nothing are no rank; the columns behind are cut off."""
    found = xlsx(["Ann", "Bob", "Cat", None], [1, 2.0, None], [0, "1", 3], [None, None, 1])
    assert papers(found) == ["1: ann > bob", "1: bob > _ > cat", "1: cat"]
    assert [paper.line for paper in found.papers] == [2, 3, 4]


def test_headers_that_are_numbers() -> None:
    """Excel keeps 1 as 1.0."""
    assert papers(xlsx([1, 2, "count"], ["ann", "bob", 42], ["bob", None, 1.0])) == [
        "42: ann > bob",
        "1: bob",
    ]


def test_empty_rows_and_other_sheets_are_told_of() -> None:
    """Neither is read, and neither is passed over in silence."""
    found = xlsx([1, 2], ["ann", "bob"], [], [], ["bob", "ann"], others=("notes",))
    assert papers(found) == ["1: ann > bob", "1: bob > ann"]
    assert found.assumed == (
        "the sheet 'votes' was read, and not 'notes'",
        "empty rows between others: 2, the first row 3; they were taken for no papers",
    )


def test_what_is_wrong_in_a_sheet() -> None:
    """By its row; and what stands outside the table is no paper's."""
    found = xlsx(["Ann", "Bob"], [1.5, 2], [1, "*"], ["first", 2], [1, 2, "late"])
    assert told(found) == [
        "x.xlsx:2: Ann: '1.5' is not a rank: expected 1, 2, 3 and so on, or nothing",
        "x.xlsx:3: Bob: '*' is not a rank: expected 1, 2, 3 and so on, or nothing",
        "x.xlsx:4: Ann: 'first' is not a rank: expected 1, 2, 3 and so on, or nothing",
        "x.xlsx:5: the row has 3 cells, and the header 2",
    ]
    assert told(xlsx(["Ann", "Ann"], [1, 2])) == [
        "x.xlsx:1: Ann: column 2 is the same as column 1, 'Ann'"
    ]
    assert told(xlsx()) == [f"x.xlsx: empty file: {EXPECTED}"]


def test_what_is_no_workbook() -> None:
    """Said in one sentence."""
    (said,) = told(ballots_xlsx.read(b"id,1\n1,ann\n", "x.xlsx", None, None))
    assert said.startswith("x.xlsx: this is no Excel file (.xlsx): ")
    cut = workbook([1], ["ann"])[:-40]
    (said,) = told(ballots_xlsx.read(cut, "x.xlsx", None, None))
    assert said.startswith("x.xlsx: this is no Excel file")


def test_a_cell_far_outside_the_table_is_refused() -> None:
    """A reader would hold every cell up to it."""
    kept = BytesIO()
    book = Workbook(kept, {"in_memory": True})
    sheet = book.add_worksheet("votes")
    sheet.write(0, 0, 1)
    sheet.write(1_048_575, 16_383, "x")
    book.close()
    (said,) = told(ballots_xlsx.read(kept.getvalue(), "x.xlsx", None, None))
    assert said.endswith("remove what stands far outside it")


# --- Parquet ------------------------------------------------------------------


def test_columns_of_any_plain_type() -> None:
    """Texts by dictionary, whole numbers, floats, and a list of ranks."""
    texts = pl.Series(["ann", "bob", "ann"], dtype=pl.Categorical)
    assert papers(parquet(r1=texts, r2=["bob", None, "bob"], count=[2, 1, 2])) == [
        "4: ann > bob",
        "1: bob",
    ]
    assert papers(parquet(Ann=[1.0, None], Bob=[2.0, 1.0])) == ["1: ann > bob", "1: bob"]
    assert papers(parquet(ranking=[["ann", None, "bob"], ["bob"]])) == [
        "1: ann > _ > bob",
        "1: bob",
    ]


def test_what_is_wrong_in_parquet() -> None:
    """By its row, the first being 1; or by column, where it holds no plain values."""
    assert told(parquet(Ann=[1.0, 1.5], Bob=["2", "x"])) == [
        "x.parquet:2: Ann: '1.5' is not a rank: expected 1, 2, 3 and so on, or nothing",
        "x.parquet:2: Bob: 'x' is not a rank: expected 1, 2, 3 and so on, or nothing",
    ]
    assert told(parquet(paper=["A", "A"], r1=["ann", "ann"])) == [
        "x.parquet:2: paper: paper A stands in line 1 already"
    ]
    (said,) = told(parquet(r1=[{"a": 1}]))
    assert said.startswith("x.parquet: the column 'r1' holds Struct")
    (said,) = told(ballots_parquet.read(b"PAR1PAR1", "x.parquet", None, None))
    assert said.startswith("x.parquet: this is no Parquet file that can be read: ")


def test_whoever_lacks_the_readers_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line, and with the name of the extra."""
    for name in ("polars", "python_calamine", "xlsxwriter"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
    (said,) = told(ballots_xlsx.read(b"", "x.xlsx", None, None))
    assert said.endswith('pip install "hustings[data]"')
    (said,) = told(ballots_parquet.read(b"", "x.parquet", None, None))
    assert said.endswith('pip install "hustings[data]"')
    with pytest.raises(InputError, match=r"hustings\[data\]"):
        ballots_xlsx.write([], ())


def test_the_parliamentarians_of_2010_as_other_tables() -> None:
    """266 papers with their electors' names, through each."""
    from hustings.formats import ballots_csv

    home = Path(ballots_csv.__file__).parents[1] / "examples" / "labour-2010"
    lines = (home / "parliamentarians.csv").read_text("utf-8").splitlines()
    found = ballots_csv.read(lines, "p.csv", None, None)
    for module in (ballots_xlsx, ballots_parquet):
        data = module.write(found.papers, found.candidates)
        again = module.read(data, "x", None, None)
        assert [(p.elector, p.marks) for p in again.papers] == [
            (p.elector, p.marks) for p in found.papers
        ]
