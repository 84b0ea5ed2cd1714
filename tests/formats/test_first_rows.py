"""Cast vote records and wards in CSV of other layouts, told apart by their first rows."""

import pytest

from hustings.ballots.paper import as_written
from hustings.election.spec import Contest, Standing
from hustings.formats import ballots_by_first_rows, ballots_csv, dominion_csv
from hustings.formats.ballot_file import BallotFile
from hustings.units import Candidate, Section


def read(text: str, contest: Contest | None = None, section: Section | None = None) -> BallotFile:
    """The file of that text, which is called `x.csv`."""
    lines = text.splitlines(keepends=True)
    return ballots_by_first_rows.read(lines, "x.csv", contest, section)


def papers(found: BallotFile) -> list[str]:
    """The papers in short, where nothing is wrong."""
    assert found.problems == ()
    return [f"{paper.papers}: {as_written(paper.marks)}" for paper in found.papers]


def mistakes(found: BallotFile) -> list[str]:
    return [str(problem) for problem in found.problems]


def test_the_ranks_1_and_2_are_no_ward() -> None:
    """What tells them apart is the comma at the end."""
    assert papers(read("1,2\nann,bob\n")) == ["1: ann > bob"]


def test_blt_that_is_called_csv() -> None:
    """As councils publish it: spaces up to one width, and a name in each line."""
    lines = ["2 1", "3 1 2 0", "1 2 0", "0", '"Ann Archer"', '"Bob Baker"', '"Ward 1"']
    found = read("".join(f"{line:<40}\n" for line in lines))
    assert papers(found) == ["3: ann_archer > bob_baker", "1: bob_baker"]
    assert found.title == "Ward 1"
    (problem,) = ballots_csv.read(["2 1\n", "3 1 2 0\n"], "x.csv", None, None).problems
    assert "'2 1' is no header: BLT begins so" in str(problem)


# --- a profile of VoteKit -------------------------------------------------------------

PROFILE = (
    "VoteKit RankProfile\nCandidates\n(Ann Archer:Ann),(Bob O'Neill:O'N),(Cat:Cat)\n"
    "Max Ranking Length\n3\nIncludes Voter Set\nTrue\n=,=,=,=,=\n"
    "Ranking_1,Ranking_2,Ranking_3,&,Weight,&,Voter Set\n"
    '"{\'Cat\', \'Ann \'}",{},"{""O\'N""}",&,2.0,&,Eve ,Dan\n'
    "{'Ann'},{'Cat'},,&,12.0,&\n,,,&,1.0,&\n"
)


def test_a_profile_of_votekit() -> None:
    """Shared ranks, ranks left out, and names by their short ones; who voted is left aside."""
    found = read(PROFILE)
    assert papers(found) == [
        "2: cat=ann_archer > _ > bob_o_neill",
        "12: ann_archer > cat",
        "1: (blank)",
    ]
    assert [entry.name for entry in found.candidates] == ["Ann Archer", "Bob O'Neill", "Cat"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("12.0", "1.5", "x.csv:11: Weight: '1.5' is not a whole number of papers, 1 or more"),
        ("{'Ann'},", "Ann,", "x.csv:11: 'Ann' is no rank: expected"),
        ("{'Ann'},", "{'Eve'},", "x.csv:11: 'Eve' is the short name of nobody above"),
        ("(Cat:Cat)", "(Cat:Cat),(Dan:Cat)", "x.csv:3: 'Cat' is the short name of two candidates"),
        (",&,12.0,&", "", "x.csv:11: the row has 3 cells, and the ranks need more"),
        (",Weight,", ",Wait,", "x.csv:9: no column is called Weight"),
        ("Ranking_1", "Rank_1", "x.csv: no row names the columns: expected Ranking_1"),
    ],
)
def test_what_is_wrong_in_a_profile_of_votekit(old: str, new: str, expected: str) -> None:
    """A mistake, with its line."""
    assert mistakes(read(PROFILE.replace(old, new)))[0].startswith(expected)


# --- a ward of a Scottish council -----------------------------------------------------

WARD = (
    "3,2,\n12,1,\n\n4,2,3,1,\n1,3,3,\n"
    '"Candidate 1","Ann Archer","Labour (Lab)",\n'
    '"Candidate 2","Rory ""Bob"" Baker","Independent, for Muckle (Ind)",\n'
    '"Candidate 3","Eòghann Cooper","",\n'
    '""Ward 9 - Muckle, Roe and Vementry"",'
)


def test_a_ward() -> None:
    """Numbers, names with quotes and commas, and a ward's name that is no CSV."""
    found = read(WARD)
    assert papers(found) == [
        "12: ann_archer",
        "4: rory_bob_baker > eoghann_cooper > ann_archer",
        "1: eoghann_cooper > eoghann_cooper",
    ]
    names = [entry.name for entry in found.candidates]
    assert names == ["Ann Archer", 'Rory "Bob" Baker', "Eòghann Cooper"]
    assert (found.seats, found.title) == (2, "Ward 9 - Muckle, Roe and Vementry")
    assert papers(read(WARD.replace("3,2,\n", "\ufeff3,2,,,,\r\n"))) == papers(found)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("4,2,3,1,", "4,2,7,1,", "x.csv:4: 7 is no candidate: they are numbered 1 to 3"),
        ("4,2,3,1,", "0,2,", "x.csv:4: '0' is not a whole number of papers, 1 or more"),
        ("3,2,\n", "4,2,\n", "x.csv:1: the first line promises 4 candidates, and 3 follow"),
        (
            "3,2,\n",
            "3,4,\n",
            "x.csv:1: '3,4,' is not the numbers of candidates and seats, 1 or more",
        ),
        ("Candidate 3", "Candidate 4", "x.csv:8: candidate 4 is number 3 here"),
        (
            "Ann Archer",
            "A" * 200_000,
            "x.csv:6: a cell is longer than 131,072 characters: perhaps a quote is opened",
        ),
        ('"Ann Archer"', '"Ann "A" Archer"', "x.csv:6: text follows a closing quote; inside"),
        ("12,1,", "12,one,", 'x.csv:9: \'""Ward 9 - Muckle, Roe and Vementry"",\' follows'),
    ],
)
def test_what_is_wrong_in_a_ward(old: str, new: str, expected: str) -> None:
    """One mistake, with its line."""
    (found,) = mistakes(read(WARD.replace(old, new)))
    assert found.startswith(expected)


def test_a_ward_without_a_paper() -> None:
    (found,) = mistakes(read('1,1,\n"Candidate 1","Ann","",\n'))
    assert found.startswith("x.csv: no paper is in this file")


# --- Dominion's export ----------------------------------------------------------------

BOARD = "Board (Number of positions=2, Number of ranks=2)"
MAYOR = "Mayor (Number of positions=1, Number of ranks=2)"
CLERK = "Clerk (Vote For=1)"
ABOUT = "CvrNumber,TabulatorNum,BatchId,RecordId,ImprintedId,PrecinctPortion,BallotType"
ANN_BOB = ("Ann(1)", "Bob (Red)(1)", "Ann(2)", "Bob (Red)(2)")


def export(contests: dict[str, tuple[str, ...]], *rows: str) -> str:
    """A file with these contests, their choices, and the marks of each record."""
    titles = [f'"{title}"' for title, choices in contests.items() for _ in choices]
    choices = [f'"{choice}"' for listed in contests.values() for choice in listed]
    head = [
        "Town 2023,5.10.11.24" + "," * (5 + len(choices)),
        "," * 7 + ",".join(titles),
        "," * 7 + ",".join(choices),
        ABOUT + "," * len(choices),
    ]
    records = [f'{n},1,1,{n},="1-1-{n}",North,Type 1,{row}' for n, row in enumerate(rows, 1)]
    return "\n".join([*head, *records]) + "\n"


def test_an_export() -> None:
    """Marks as they stand: shared ranks, gaps, repeated; a paper without the contest is told."""
    contests = {CLERK: ("Cy", "Di"), MAYOR: ANN_BOB}
    found = read(
        export(contests, "1,0,1,0,0,1", "0,0,1,1,1,0", "0,0,0,0,0,1", "1,0,0,0,0,0", "1,0,,,,")
    )
    assert papers(found) == [
        "1: ann > bob_red",
        "1: ann=bob_red > ann",
        "1: _ > bob_red",
        "1: (blank)",
    ]
    assert found.candidates == (
        Standing(Candidate("ann"), "Ann"),
        Standing(Candidate("bob_red"), "Bob (Red)"),
    )
    assert (found.title, found.seats) == ("Mayor", 1)
    assert {paper.unit for paper in found.papers} == {"North"}
    assert [paper.line for paper in found.papers] == [5, 6, 7, 8]
    assert found.assumed == ("records without the contest were passed over: 1",)


def test_the_contest_called_like_the_post(contest: Contest) -> None:
    """Where several are ranked; without an election nobody knows which is meant."""
    known = tuple(f"{entry.name}({rank})" for rank in (1, 2) for entry in contest.candidates)
    marks = ",".join("1" if at == 0 else "0" for at in range(len(known)))
    contests = {BOARD: ANN_BOB, f"{contest.post} (Number of positions=1, Number of ranks=2)": known}
    text = export(contests, f"1,0,0,0,{marks}")
    (paper,) = read(text, contest, Section("mps")).papers
    assert paper.marks == ((contest.candidates[0].id,),)
    (found,) = mistakes(read(text))
    assert found.startswith("x.csv:2: 2 contests are in the file: 'Board', ")
    assert found.endswith(f"expected {dominion_csv.WHICH}")


def test_blank_lines_and_line_ends_in_quotes_move_no_header_row() -> None:
    """Which format it is, and who is marked, is decided on rows of CSV, not on lines."""
    text = export({MAYOR: ANN_BOB}, "1,0,0,1")
    for before in ("\n", "\ufeff\n \n\n"):
        assert papers(read(before + text)) == ["1: ann > bob_red"]
    wrapped = text.replace("Mayor (", "Mayor\nof the town (").replace("Ann(", "Ann\n(")
    found = read(wrapped.replace("Town 2023", "\n\n Town 2023"))
    assert papers(found) == ["1: ann > bob_red"]
    assert (found.title, [paper.line for paper in found.papers]) == ("Mayor of the town", [13])


def test_no_more_of_a_file_is_taken_than_tells_what_it_is() -> None:
    """A quote that is never closed does not take the whole of it."""
    lines = iter([f'"{"a" * 70_000}\n', *["ann,bob\n"] * 9])
    assert ballots_by_first_rows.reader_of(lines) is ballots_csv.read
    lines = iter(['1,2\n"ann\n', *["b" * 70_000] * 9])
    assert ballots_by_first_rows.reader_of(lines) is ballots_csv.read
    assert next(lines)


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        (
            ("Ann(1)", "Ann(1)", "Ann(2)", "Bob(2)"),
            [
                "x.csv:3: column 9 is Ann(1), as column 8 is already",
                "x.csv:3: 'Bob' has no column for rank 1",
            ],
        ),
        (
            ("Ann(1)", "Bob(1)", "Ann(2)", "Bobby(2)"),
            [
                "x.csv:3: 'Bob' has no column for rank 2",
                "x.csv:3: 'Bobby' has no column for rank 1",
            ],
        ),
        (
            ("Ann(1)", "Bob(1)", "Ann(2)", "Bob"),
            [
                "x.csv:3: column 11 is of 'Bob' and no rank: expected Bob(1) and so on",
                "x.csv:3: 'Bob' has no column for rank 2",
            ],
        ),
        (
            ("Ann(1)", "Bob(1)", "Ann(2)", ""),
            [
                "x.csv:3: column 11 has a contest and no choice",
                "x.csv:3: 'Bob' has no column for rank 2",
            ],
        ),
    ],
)
def test_choices_that_are_wrong(choices: tuple[str, ...], expected: list[str]) -> None:
    """Each stands once at each rank, in any order; all that is wrong is told."""
    assert mistakes(read(export({MAYOR: choices}, "1,0,0,1"))) == expected


def test_the_choices_may_stand_in_any_order() -> None:
    """A column is of whom it names, and of no other."""
    turned = ("Ann(1)", "Bob(1)", "Bob(2)", "Ann(2)")
    assert papers(read(export({MAYOR: turned}, "1,0,1,0"))) == ["1: ann > bob"]


def test_records_that_are_wrong() -> None:
    """A cell that is no mark, and a record that stands there twice."""
    text = export({MAYOR: ANN_BOB}, "1,0,0,2", "1,0,0,0", "0,1,0,0", "0,1")
    assert mistakes(read(text.replace("\n3,", "\n2,"))) == [
        "x.csv:5: '2' is neither a mark, 1, nor none, 0, in column 11",
        "x.csv:7: CvrNumber: record 2 stands in line 6 already",
        "x.csv:8: the row has 9 cells, and the contest stands as far as column 11",
    ]
    (found,) = mistakes(read(export({MAYOR: ANN_BOB})))
    assert found == "x.csv: no record has the contest 'Mayor'"
