"""Ballots as CSV: four layouts in, the same papers out, and every mistake by its line."""

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hustings.ballots.paper import Marks, Paper, as_written, ranked
from hustings.election.spec import EVERYONE, Contest, Standing
from hustings.errors import InputError, Problem
from hustings.formats import ballots_csv, ballots_csv_writing
from hustings.formats.ballot_file import TOLD, BallotFile
from hustings.formats.ballot_formats import (
    EVERY_FORMAT,
    FORMATS,
    WHOLE_FORMATS,
    format_of,
    losses,
)
from hustings.formats.ballots_csv import Layout
from hustings.units import Candidate, Papers, Section, Unit

MEMBERS, MPS = Section("members"), Section("mps")
NAMES = ("ann", "bob", "cat")
CANDIDATES = tuple(Standing(Candidate(name), name.title()) for name in NAMES)


def read(text: str, contest: Contest | None = None, section: Section | None = None) -> BallotFile:
    """The file of that text, which is called `x.csv`."""
    return ballots_csv.read(text.splitlines(keepends=True), "x.csv", contest, section)


def marks(text: str, contest: Contest | None = None) -> list[str]:
    """The marks of each paper, where nothing is wrong."""
    found = read(text, contest, MPS if contest else None)
    assert found.problems == ()
    return [as_written(paper.marks) for paper in found.papers]


def told(text: str, contest: Contest | None = None, section: Section | None = None) -> list[str]:
    """Every mistake, as it is printed."""
    return [str(problem) for problem in read(text, contest, section).problems]


# --- layouts ------------------------------------------------------------------


@pytest.mark.parametrize("header", ["1,2,3", "r1,r2,r3", "rank_1,rank_2,rank_3", "Pref 1,pref2,3"])
def test_rank_columns(header: str) -> None:
    """An empty cell is a rank left out, but not at the end; `=` joins two in one rank."""
    text = f"{header}\nAnn,Bob,Cat\nAnn,,\n,Bob,\nAnn=Bob,,Cat\n,,\n"
    assert marks(text) == ["ann > bob > cat", "ann", "_ > bob", "ann=bob > _ > cat", "(blank)"]


def test_candidate_columns() -> None:
    """A cell holds the rank, whole or as a spreadsheet writes it; the same twice is shared."""
    text = "Ann,Bob,Cat\n1,2,3\n1.0,1,-\n0,3,1\n,,\n"
    assert marks(text) == ["ann > bob > cat", "ann=bob", "cat > _ > bob", "(blank)"]


def test_long_layout() -> None:
    """Rows of one paper need not stand together, and one without a mark is a blank paper."""
    text = (
        "paper,rank,candidate,count,elector\n"
        "p1,2,Bob,3,\np2,1,Bob,,Eve\np1,1,Ann,3,\np2,1,Ann,,\np3,,,,\np2,3,Cat,,\np1,0,Cat,,\n"
    )
    assert marks(text) == ["ann > bob", "bob=ann > _ > cat", "(blank)"]
    papers = read(text).papers
    assert [(p.papers, p.elector, p.line) for p in papers] == [
        (3, "", 2),
        (1, "Eve", 3),
        (1, "", 6),
    ]


def test_one_column_with_the_ranking() -> None:
    """`>` goes down a rank, `=` shares one, `_` leaves one out."""
    text = 'ranking\nann > bob=cat > _ > dan\n"ann>bob"\n(blank)\n""\n'
    assert marks(text) == ["ann > bob=cat > _ > dan", "ann > bob", "(blank)", "(blank)"]


def test_one_marked_twice_stays_as_written() -> None:
    """Whether that is formal is for the rules to say."""
    assert marks("1,2,3\nAnn,Bob,Ann\n") == ["ann > bob > ann"]
    assert marks('Ann,Bob\n"1, 3",2\n"1,2",2\n') == ["ann > bob > ann", "ann > ann=bob"]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("first", ["", "\ufeff"])
def test_as_programs_write_it(mark: str, end: str, last: bool, first: str) -> None:
    """Delimiters, line ends, byte order mark, quotes and blank lines make no difference."""
    rows = ["1,2", '"Ann",Bob', "", "Bob,"]
    text = first + end.join(rows).replace(",", mark) + (end if last else "")
    assert marks(text) == ["ann > bob", "bob"]
    assert [paper.line for paper in read(text).papers] == [2, 4]


def test_a_quoted_line_end_does_not_shift_the_lines() -> None:
    """A paper's line is the one in which its row begins."""
    found = read('elector,1\n"Eve\nLee",Ann\nDan,Ann\n')
    assert [(paper.elector, paper.line) for paper in found.papers] == [("Eve\nLee", 2), ("Dan", 4)]


def test_what_stands_beside_the_marks() -> None:
    """Section, unit, count, elector and spoiled, in any order and case."""
    found = read(
        "Spoiled,1,UNIT,Section,count,elector,id\n"
        "no declaration,Ann,u1,s1,1,Eve,p1\n,Bob,u2,s2,12.0,,p2\n"
    )
    assert found.problems == ()
    assert found.papers == (
        Paper(
            Section("s1"), ranked("ann"), Papers(1), Unit("u1"), "Eve", "no declaration", "x.csv", 2
        ),
        Paper(Section("s2"), ranked("bob"), Papers(12), Unit("u2"), "", "", "x.csv", 3),
    )


def test_columns_and_cells_as_cast_vote_records_have_them() -> None:
    """Precinct and weight are the unit and the number; words say what stands in no cell."""
    found = read(
        "Ballot_ID,Precinct,1st Choice,2nd choice,3rd_choice,weight\n"
        "b1,North,Ann,skipped,Bob,2\nb2,South,Undervote,undervote,UNDERVOTE,1\n"
        "b3,South,Bob,overvote,Ann,1\n"
    )
    assert found.problems == ()
    assert [entry.name for entry in found.candidates] == ["Ann", "Bob"]
    assert [as_written(paper.marks) for paper in found.papers] == [
        "ann > _ > bob",
        "(blank)",
        "bob > (overvote) > ann",
    ]
    assert [(paper.unit, paper.papers) for paper in found.papers] == [
        ("North", 2),
        ("South", 1),
        ("South", 1),
    ]


def test_without_a_contest_the_file_says_who_stands() -> None:
    """Ids are made of the names; one name in two spellings is one candidate."""
    found = read("1,2,3\nZoë O'Neill,  ann LEE,\nAnn Lee,ZOE\u0308 O'NEILL,Zoe O'Neill\n")
    assert found.candidates == (
        Standing(Candidate("zoe_o_neill"), "Zoë O'Neill"),
        Standing(Candidate("ann_lee"), "ann LEE"),
        Standing(Candidate("zoe_o_neill_2"), "Zoe O'Neill"),
    )
    assert [as_written(paper.marks) for paper in found.papers] == [
        "zoe_o_neill > ann_lee",
        "ann_lee > zoe_o_neill > zoe_o_neill_2",
    ]


def test_with_a_contest_ids_and_names_are_matched(contest: Contest) -> None:
    """By id, else by name, in any case and Unicode form."""
    assert marks("1,2,3\nann,Bob Smith,ZOE\u0308  o'neill\n", contest) == ["ann > bob > zoe"]
    assert marks("BOB,ann lee\n2,1\n", contest) == ["ann > bob"]
    assert read("1\nann\n", contest, MPS).candidates == contest.candidates


def test_a_candidate_without_a_column_is_said(contest: Contest) -> None:
    """It may be a mistake, and may be that nobody ranked them."""
    assert read("ann,bob\n1,2\n", contest, MPS).assumed == (
        "there is no column for Zoë O'Neill: no paper ranks Zoë O'Neill",
    )


def test_sections_and_units_of_a_contest(contest: Contest) -> None:
    """By id or name; a section that declares no units has whatever the file names."""
    found = read(
        "section,unit,1\nMPs,lords,ann\nparty MEMBERS,leeds central,bob\nmembers,york,\n", contest
    )
    assert found.problems == ()
    assert [(paper.section, paper.unit) for paper in found.papers] == [
        ("mps", "lords"),
        ("members", "leeds"),
        ("members", "york"),
    ]


# --- mistakes -----------------------------------------------------------------

BESIDE = "section, unit, count, spoiled, reconstructed, elector, paper"
HEADER = (
    "expected a header row such as 1,2,3 (ranks), or the candidates' names, or "
    f"paper,rank,candidate, or ranking; and beside them any of {BESIDE}"
)
THERE_ARE = "there are ann (Ann Lee), bob (Bob Smith), zoe (Zoë O'Neill)"
SECTIONS = "members (Party members), mps"
UNITS = "there are leeds (Leeds Central), york (York Outer)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [f"x.csv: empty file: {HEADER}"]),
        ("\n \n", [f"x.csv: empty file: {HEADER}"]),
        ("1,2\n", ["x.csv:1: there is a header and no paper below it"]),
        ("\n1,2\n", ["x.csv:2: there is a header and no paper below it"]),
        (
            "1,2\nAnn\nAnn,Bob,Cat\n",
            [
                "x.csv:2: the row has 1 cells, and the header 2",
                "x.csv:3: the row has 3 cells, and the header 2",
            ],
        ),
        ("1,2,2\nA,B,C\n", ["x.csv:1: 2: column 3 is the same as column 2, '2'"]),
        (
            "paper,id,1\na,a,A\n",
            ["x.csv:1: id: column 2 is the same as column 1, 'paper'"],
        ),
        ("1,,2\nA,,B\n", ["x.csv:1: column 2 has no name in the header"]),
        ("section,count\ns,1\n", [f"x.csv:1: no column holds the marks: {HEADER}"]),
        (
            "1,3\nA,B\n",
            ["x.csv:1: the rank columns are 1, 3: expected 1, 2, 3 and so on, in order"],
        ),
        (
            "1,2,age\nA,B,3\n",
            [
                f"x.csv:1: age: this column means nothing beside 1, 2; the others may be {BESIDE}"
                ": give it one of these names, or take it out"
            ],
        ),
        (
            "rank,candidate\n1,A\n",
            ["x.csv:1: a column paper is missing: it says which marks stand on one paper"],
        ),
        ("Ann,ann,Bob\n1,2,3\n", ["x.csv:1: ann: column 2 is the same as column 1, 'Ann'"]),
        (
            "Ann,Bob\n1,x\n2.5,-1\n1001,1\n",
            [
                "x.csv:2: Bob: 'x' is not a rank: expected 1, 2, 3 and so on, or nothing",
                "x.csv:3: Ann: '2.5' is not a rank: expected 1, 2, 3 and so on, or nothing",
                "x.csv:3: Bob: '-1' is not a rank: expected 1, 2, 3 and so on, or nothing",
                "x.csv:4: Ann: rank 1001 is above 1000, the most that is read",
            ],
        ),
        (
            "1,count\nA,0\nA,two\nA,1.5\n",
            [
                "x.csv:2: count: '0' is not a whole number of papers, 1 or more",
                "x.csv:3: count: 'two' is not a whole number of papers, 1 or more",
                "x.csv:4: count: '1.5' is not a whole number of papers, 1 or more",
            ],
        ),
        ("1,id\nA,p\nB,p\n", ["x.csv:3: id: paper p stands in line 2 already"]),
        (
            "1,spoiled\nA,no\n",
            ["x.csv:2: spoiled: 'no' is no reason: say why, or leave the cell empty"],
        ),
        ("1,2\nA=,B\n", ["x.csv:2: 1: 'A=' has nothing beside a ="]),
        (
            "ranking\nA > > B\n",
            ["x.csv:2: ranking: 'A > > B' has nothing beside a >; write _ for an empty rank"],
        ),
        (
            "1,section,unit\nA,s,u\nA,t,u\n",
            ["x.csv:3: unit: unit u is of section s, and here of t"],
        ),
        (
            '1,2\n"A"x,B\nA,B\n',
            ['x.csv:2: text follows a closing quote; inside quotes, write a quote twice: ""'],
        ),
        ('1,2\nA,B\n"A,B\n', ["x.csv:3: a quote is opened in this row and never closed"]),
        (
            "paper,rank,candidate,section\n1,1,A,s\n1,2,B,t\n,1,A,s\n1,0,A,\n2,x,A,s\n2,1,,s\n",
            [
                "x.csv:3: section: 't' here, and 's' in line 2, on one paper",
                "x.csv:4: paper: the row does not say which paper it is of",
                "x.csv:6: rank: 'x' is not a rank: expected 1, 2, 3 and so on, or nothing",
                "x.csv:7: candidate: rank 1 is given to nobody",
            ],
        ),
    ],
)
def test_mistakes_in_any_file(text: str, expected: list[str]) -> None:
    """Each says where, what, and what was expected."""
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "section", "expected"),
    [
        (
            "1,2\nann,Bob Smit\n",
            MPS,
            [f"x.csv:2: 2: 'Bob Smit' is no candidate; did you mean 'Bob Smith'? {THERE_ARE}"],
        ),
        (
            "paper,rank,candidate\n1,1,Cat\n",
            MPS,
            [f"x.csv:2: candidate: 'Cat' is no candidate; {THERE_ARE}"],
        ),
        ("ann,Cat\n1,2\n", MPS, [f"x.csv:1: Cat: 'Cat' is no candidate; {THERE_ARE}"]),
        (
            "ann,Ann Lee\n1,2\n",
            MPS,
            ["x.csv:1: Ann Lee: a column before this one is of ann already"],
        ),
        (
            "name,age\nEve,33\n",
            MPS,
            [f"x.csv:1: no column is a rank or a candidate, in name, age: {HEADER}"],
        ),
        (
            "1,section\nann,member\n",
            None,
            [
                "x.csv:2: section: 'member' is no section; did you mean 'members'? "
                f"there are {SECTIONS}"
            ],
        ),
        (
            "1\nann\nbob\n",
            None,
            [
                f"x.csv:1: section: the section is missing: say which of {SECTIONS} "
                "the papers are of"
            ],
        ),
        (
            "1\nann\n",
            Section("hall"),
            [f"x.csv:1: section: 'hall' is no section; there are {SECTIONS}"],
        ),
        (
            "1,section\nann,mps\n",
            MEMBERS,
            ["x.csv:2: section: this paper is of mps, and the file was given as of members"],
        ),
        (
            "1,unit\nann,hull\n",
            MEMBERS,
            [f"x.csv:2: unit: 'hull' is no unit of section members; {UNITS}"],
        ),
        (
            "1,section,unit\nann,members,leeds\nann,mps,leeds\n",
            None,
            ["x.csv:3: unit: unit leeds is of section members, and here of mps"],
        ),
    ],
)
def test_mistakes_against_a_contest(
    text: str, section: Section | None, expected: list[str], contest: Contest
) -> None:
    """Whoever and whatever the contest does not know, with what it does."""
    assert told(text, contest, section) == expected


def test_a_name_that_two_bear_is_no_name(contest: Contest) -> None:
    """Neither of them may have the paper by accident."""
    twins = (Standing(Candidate("ann_1"), "Ann"), Standing(Candidate("ann_2"), "Ann"))
    two = Contest("c", "C", twins, contest.sections, contest.rules)
    assert told("1,2\nAnn,ann_2\n", two, MPS) == [
        "x.csv:2: 1: 'Ann' is the name of ann_1 and of ann_2: write the id"
    ]


def test_a_paper_with_a_mistake_is_left_out_and_the_others_are_not(contest: Contest) -> None:
    """All mistakes are found in one reading."""
    found = read("1\nann\nxyz\nbob\n", contest, MPS)
    assert [paper.line for paper in found.papers] == [2, 4]
    assert [problem.line for problem in found.problems] == [3]


def test_after_a_hundred_mistakes_the_rest_are_counted() -> None:
    """A wrong file must not fill the screen, nor the memory."""
    problems = read("Ann,Bob\n" + "".join(f"1,x{n}\n" for n in range(TOLD + 23))).problems
    assert len(problems) == TOLD + 1
    assert problems[-1] == Problem("and 23 more mistakes", "x.csv")


def test_a_very_long_number_is_only_a_mistake() -> None:
    """It neither hangs the reader nor breaks it."""
    (problem,) = told("1,count\nA," + "9" * 5000 + "\n")
    assert "is more papers than are read" in problem


# --- round trips --------------------------------------------------------------

ranks = st.lists(st.lists(st.sampled_from(NAMES), max_size=2, unique=True).map(tuple), max_size=4)
plain = st.text("abc é'-,;\"\n", min_size=1, max_size=8).map(str.strip)
sheets = st.lists(
    st.builds(
        Paper,
        section=st.sampled_from([EVERYONE, MEMBERS, MPS]),
        marks=ranks.map(lambda found: trimmed(tuple(found))),
        papers=st.integers(1, 5).map(Papers),
        unit=st.just(Unit("")),
        elector=plain | st.just(""),
        spoiled=plain | st.just(""),
    ),
    max_size=8,
)


def trimmed(found: tuple[tuple[str, ...], ...]) -> Marks:
    """Without the empty ranks at the end."""
    while found and not found[-1]:
        found = found[:-1]
    return tuple(tuple(Candidate(name) for name in names) for names in found)


def once(found: Marks, order: tuple[str, ...]) -> Marks:
    """Each candidate once, and those who share a rank in the order of the columns."""
    seen: set[str] = set()
    kept = []
    for names in found:
        kept.append(tuple(name for name in order if name in names and name not in seen))
        seen.update(names)
    return trimmed(tuple(kept))


def summed(papers: list[Paper] | tuple[Paper, ...]) -> Counter[tuple[object, ...]]:
    """How many papers there are of each kind, wherever they stand."""
    counted: Counter[tuple[object, ...]] = Counter()
    for paper in papers:
        key = (paper.section, paper.unit, paper.elector, paper.spoiled, paper.marks)
        counted[key] += paper.papers
    return counted


@pytest.mark.parametrize("layout", Layout)
@given(papers=sheets)
def test_what_is_written_is_read_again(layout: Layout, papers: list[Paper]) -> None:
    """Every mark, overvote and gap, and all that stands beside them."""
    if layout is Layout.CANDIDATES:
        papers = [
            Paper(p.section, once(p.marks, NAMES), p.papers, p.unit, p.elector, p.spoiled)
            for p in papers
        ]
    contest = Contest("c", "C", CANDIDATES, (), None)  # type: ignore[arg-type]
    lines = list(ballots_csv_writing.write(papers, CANDIDATES, layout=layout))
    found = ballots_csv.read("".join(lines).splitlines(keepends=True), "x.csv", contest, None)
    assert summed(found.papers) == summed(papers)
    if papers:
        assert found.problems == ()
        again = ballots_csv_writing.write(found.papers, found.candidates, layout=layout)
        assert list(again) == lines


def test_only_the_columns_that_are_used_are_written() -> None:
    """And papers alike stand in one row."""
    papers = [Paper(EVERYONE, ranked("ann")), Paper(EVERYONE, ranked("ann"))]
    assert list(ballots_csv_writing.write(papers[:1], CANDIDATES)) == ["1,2,3\n", "Ann,,\n"]
    assert list(ballots_csv_writing.write(papers, CANDIDATES)) == ["count,1,2,3\n", "2,Ann,,\n"]
    one = Paper(MPS, ranked("bob"), Papers(1), Unit("u"), "Eve", "late")
    assert list(ballots_csv_writing.write([one], CANDIDATES)) == [
        "section,unit,elector,spoiled,1,2,3\n",
        "mps,u,Eve,late,Bob,,\n",
    ]


@pytest.mark.parametrize("name", ["a=b", "a > b", "r1", "Count", "_", " Eve", "Bob", "bob"])
def test_a_name_that_could_mean_something_else_gives_way_to_the_id(name: str) -> None:
    """What is read again must be the same candidate."""
    candidates = (Standing(Candidate("one"), name), Standing(Candidate("bob"), "Bob"))
    lines = list(ballots_csv_writing.write([Paper(EVERYONE, ranked("one"))], candidates))
    assert lines[1] == "one,\n"


def test_candidate_columns_cannot_hold_one_ranked_twice() -> None:
    """Then nothing is written rather than something else."""
    papers = [Paper(EVERYONE, ranked("ann", "bob", "ann"))]
    with pytest.raises(InputError, match="ann > bob > ann: a candidate is ranked twice"):
        list(ballots_csv_writing.write(papers, CANDIDATES, layout=Layout.CANDIDATES))


@given(st.text(",;\t\n\r\"'=>_-10 aAr\ufeff#", max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    """It gives papers, or problems, or both."""
    found = read(text)
    assert found.papers or found.problems


# --- the dictionary of formats ------------------------------------------------


def test_a_format_is_known_by_the_suffix() -> None:
    """In any case; and whoever has another is told which there are."""
    assert format_of("Votes.CSV") is FORMATS[".csv"]
    assert list(FORMATS) == [
        *(".csv", ".jsonl", ".blt", ".abif", ".cvotes", ".soc", ".soi", ".toc", ".toi")
    ]
    assert list(WHOLE_FORMATS) == [".xlsx", ".parquet", ".json"]
    for name in ("votes.xls", "csv"):
        with pytest.raises(InputError, match=re.escape(", ".join(EVERY_FORMAT))):
            format_of(name)


def test_what_a_format_cannot_hold_is_said_in_words(contest: Contest) -> None:
    """With how many papers would lose it."""
    papers = [
        Paper(MEMBERS, ranked("ann", "bob", "zoe"), Papers(3), Unit("leeds")),
        Paper(MPS, ((), (Candidate("ann"),)), elector="Eve"),
        Paper(MPS, ((Candidate("ann"), Candidate("bob")),), spoiled="late"),
        Paper(MPS, ()),
        Paper(MPS, ranked("ann", "ann"), Papers(2)),
    ]
    gone = contest.without(frozenset((Candidate("zoe"),)))
    withdrawn = "which candidates have withdrawn (1)"
    assert losses(FORMATS[".csv"], papers, gone) == [withdrawn]
    apart = [
        "which section a paper is of (8 papers)",
        "which unit a paper is of (3 papers)",
        "whose paper it is (1 paper)",
        "papers spoiled before anyone looked at the marks, and why (1 paper)",
    ]
    assert losses(FORMATS[".blt"], papers, gone) == apart
    more = [
        "papers without a mark (1 paper)",
        "ranks left out above a mark (1 paper)",
        "second marks for one candidate (2 papers)",
    ]
    assert losses(FORMATS[".toi"], papers, gone) == [*apart, *more, withdrawn]
    assert losses(FORMATS[".soc"], papers[:1], contest) == [
        "which section a paper is of (3 papers)",
        "which unit a paper is of (3 papers)",
    ]


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_reads_what_it_writes(suffix: str) -> None:
    """One signature for all of them."""
    found = FORMATS[suffix]
    papers = [Paper(EVERYONE, ranked("ann", "bob", "cat"), Papers(2))]
    lines = list(found.write(papers, CANDIDATES, "Title", 1))
    again = found.read(lines, f"x{suffix}", None, None)
    assert again.problems == ()
    assert summed(again.papers) == summed(papers)
    assert again.candidates == CANDIDATES
    assert losses(found, papers, Contest("c", "C", CANDIDATES, (), None)) == []  # type: ignore[arg-type]


def test_the_parliamentarians_of_2010() -> None:
    """The example in the package: 266 papers, each with its elector's name."""
    home = Path(ballots_csv.__file__).parents[1] / "examples" / "labour-2010"
    lines = (home / "parliamentarians.csv").read_text("utf-8").splitlines()
    found = ballots_csv.read(lines, "parliamentarians.csv", None, None)
    assert found.problems == ()
    assert (len(found.papers), len(found.candidates)) == (266, 5)
    assert all(paper.elector for paper in found.papers)
