"""Ballots as BLT: the dialects in, one plain BLT out, and every mistake by its line."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hustings.ballots.paper import Marks, Paper, as_written, ranked
from hustings.election.spec import EVERYONE, Contest, Standing
from hustings.formats import blt
from hustings.formats.ballot_file import BallotFile
from hustings.units import Candidate, Papers, Section

MPS = Section("mps")
FIVE = ("ann", "bob", "cat", "dan", "eve")
CANDIDATES = tuple(Standing(Candidate(name), name.title()) for name in FIVE)
NAMES = '"Ann"\n"Bob"\n"Cat"\n"Dan"\n"Eve"\n"Title"\n'


def read(text: str, contest: Contest | None = None, section: Section | None = None) -> BallotFile:
    """The file of that text, which is called `x.blt`."""
    return blt.read(text.splitlines(keepends=True), "x.blt", contest, section)


def five(ballots: str) -> BallotFile:
    """A file of these ballots for five candidates."""
    return read(f"5 1\n{ballots}\n0\n{NAMES}")


def papers(found: BallotFile) -> list[str]:
    """The papers in short, where nothing is wrong."""
    assert found.problems == ()
    return [f"{paper.papers}: {as_written(paper.marks)}" for paper in found.papers]


def told(text: str, contest: Contest | None = None, section: Section | None = None) -> list[str]:
    """Every mistake, as it is printed."""
    return [str(problem) for problem in read(text, contest, section).problems]


# --- dialects -----------------------------------------------------------------


def test_a_plain_file() -> None:
    """Header, ballots, names and title; every paper carries its file and line."""
    found = read('3 2\n4 1 2 0\n2 3 0\n1 0\n0\n\'Ann Lee\'\n"Bob"\n"Cat"\n"Who leads?"')
    assert found == BallotFile(
        (
            Standing(Candidate("ann_lee"), "Ann Lee"),
            Standing(Candidate("bob"), "Bob"),
            Standing(Candidate("cat"), "Cat"),
        ),
        (
            Paper(EVERYONE, ranked("ann_lee", "bob"), Papers(4), file="x.blt", line=2),
            Paper(EVERYONE, ranked("cat"), Papers(2), file="x.blt", line=3),
            Paper(EVERYONE, (), Papers(1), file="x.blt", line=4),
        ),
        (),
        "Who leads?",
        2,
    )


@pytest.mark.parametrize(
    ("ballots", "expected"),
    [
        ("2 1=2 3 0", ["2: ann=bob > cat"]),
        ("2 1 - 3 0", ["2: ann > _ > cat"]),
        ("2 1 - - 0", ["2: ann"]),
        ("5 0", ["5: (blank)"]),
        ("(a1) 2 1 0\n(a 2) 3 0", ["1: bob > ann", "1: cat"]),
        ("2.0 1 0\n4/2 2 0", ["2: ann", "2: bob"]),
        ("1 2 1 2 0", ["1: bob > ann > bob"]),
        ("3 1 2 0 2 2 1 0", ["3: ann > bob", "2: bob > ann"]),
        ("3\n1\n2\n0\n2\n2\n0", ["3: ann > bob", "2: bob"]),
        ("3 1\n- 2 0", ["3: ann > _ > bob"]),
        ("3   1\t2  0 # a remark\n\n# another\n1 3 0", ["3: ann > bob", "1: cat"]),
        ("[nick a b c d e]\n3 c a 0", ["3: cat > ann"]),
    ],
)
def test_ways_to_write_ballots(ballots: str, expected: list[str]) -> None:
    """Tokens, and not lines."""
    assert papers(five(ballots)) == expected
    assert five(ballots).assumed == ()


def test_a_missing_0_at_the_end_of_a_line() -> None:
    """Where the next line cannot go on with the ballot; it is said, for it was taken for granted.

    Together, 1 2 and 5 3 1 would name candidate 1 twice, and 2 and 9 name candidate 9.
    """
    found = five("3 1 2\n5 3 1 0\n2 2\n9 4 0\n1 5")
    assert papers(found) == ["3: ann > bob", "5: cat > ann", "2: bob", "9: dan", "1: eve"]
    assert found.assumed == (
        "ballots with no 0 at the end of their line: 3, the first in line 2; "
        "each was taken to end there",
    )


def test_a_file_without_any_0() -> None:
    """Then every ballot ends with its line."""
    found = five("1 1 2\n1 3 1\n1 2 3\n1 1 3")
    assert papers(found) == ["1: ann > bob", "1: cat > ann", "1: bob > cat", "1: ann > cat"]


def test_a_0_for_a_rank_left_out() -> None:
    """Inside a line, where no ballot could end there; and in a row at the end of one."""
    found = five("3 1 0 2 0\n2 0 0 4 0\n1 5 0 0 0 0 0")
    assert papers(found) == ["3: ann > _ > bob", "2: _ > _ > dan", "1: eve"]
    assert found.assumed == (
        "lines with a 0 inside a ballot: 3, the first line 2; it was taken for a rank left out",
    )


def test_all_in_one_line() -> None:
    """Then a 0 always ends a ballot."""
    found = read("5 1 -2 3 1 0 2 4 3 0 0 " + NAMES.replace("\n", " "))
    assert papers(found) == ["3: ann", "2: dan > cat"]
    assert found.title == "Title"
    assert found.candidates[1].withdrawn


@pytest.mark.parametrize("said", ["-2 -4\n", "-2\n-4\n", "[withdrawn 2 4]\n", "[withdrawn 2] -4 "])
def test_the_withdrawn(said: str) -> None:
    """As negative numbers or by name; their marks stay on the papers."""
    found = five(f"{said}3 2 1 0")
    assert [entry.name for entry in found.candidates if entry.withdrawn] == ["Bob", "Dan"]
    assert papers(found) == ["3: bob > ann"]


def test_options_that_do_not_matter_here_are_said() -> None:
    """A tie is broken by the rule book, and not by the ballot file."""
    assert five("[tie 1 2 3]\n[undeclared 5]\n3 1 0").assumed == (
        "[tie 1 2 3] in line 2 was left aside",
        "[undeclared 5] in line 3 was left aside",
    )


PARTY = ("what stands behind a name on its line was taken for the party, and left aside",)


@pytest.mark.parametrize(
    ("names", "expected", "assumed"),
    [
        ('"Ann Lee"\n"Bob"', ["Ann Lee", "Bob", ""], ()),
        ('"Ann Lee" "Bob" "Title"', ["Ann Lee", "Bob", "Title"], ()),
        ("'Ann O''Lee'\n'Bob # 2' # two\n'It''s'", ["Ann O'Lee", "Bob # 2", "It's"], ()),
        ("'Ann O'Neill'\n\"Bob\"", ["Ann O'Neill", "Bob", ""], ()),
        ('"Ann ""Annie"" Lee"\n"Bob"\n', ['Ann "Annie" Lee', "Bob", ""], ()),
        ('"Ann" "Reds"\n"Bob" "Greens"\n"Title"', ["Ann", "Bob", "Title"], PARTY),
        ('"Ann" Reds\n"Bob" (Greens)\n"Title"', ["Ann", "Bob", "Title"], PARTY),
        (
            '"""Ann"" ""Reds"""\n"""Bob"" ""Greens (G)"""\n"""Title"""',
            ["Ann", "Bob", "Title"],
            PARTY,
        ),
        (
            "Ann O'Lee\nBob\nTitle",
            ["Ann O'Lee", "Bob", "Title"],
            ("the names are not quoted: each line was taken for a name",),
        ),
    ],
)
def test_ways_to_write_names(names: str, expected: list[str], assumed: tuple[str, ...]) -> None:
    """Quoted once, twice or not at all, with a party or without."""
    found = read(f"2 1\n1 1 0\n0\n{names}")
    assert found.problems == ()
    assert [*(entry.name for entry in found.candidates), found.title] == expected
    assert found.assumed == assumed


BEHIND = ("what stands in the lines behind the title was left aside",)


@pytest.mark.parametrize(
    "behind",
    [
        "\n\nA: 123 votes\nAB: 52 votes\n",
        '\n"B. A. Wichmann"\n"The validation of STV programs"\n',
        '\n"B. A. Wichmann"\n"The validation of STV programs"\nQuota  84.88\n',
    ],
)
def test_lines_behind_the_title_are_left_aside(behind: str) -> None:
    """As in droop's elections and in Wichmann's; it is said that something stood there."""
    found = read(f'2 1\n3 1 2 0\n2 2 0\n0\n"Ann"\n"Bob"\n"Title"{behind}')
    assert papers(found) == ["3: ann > bob", "2: bob"]
    assert ([entry.name for entry in found.candidates], found.title) == (["Ann", "Bob"], "Title")
    assert found.assumed == BEHIND


def test_one_name_behind_the_title_could_be_a_candidate() -> None:
    """So could three lines that are not in quotes, where no name is."""
    assert told('1 1\n1 1 0\n0\n"A"\n"B"\n"C"\nQuota 5\n') == [
        "x.blt:6: 'C' stands behind the title: the header promises 1 candidate, so as many names "
        "and a title are expected"
    ]
    assert len(told("1 1\n1 1 0\n0\nA\nB\nC\n")) > 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "line",
    [
        "1 0 " * 50_000,
        "-1 " * 50_000,
        "( " * 50_000,
        '"" ' * 50_000,
        "'a " * 50_000 + "#",
        "3 " + "- " * 100_000,
        "3\n" + "-\n" * 50_000,
    ],
    ids=lambda line: line[:3],
)
def test_a_hostile_line_is_read_in_good_time(line: str) -> None:
    """A line of many thousand words takes no longer than its length deserves."""
    read(f"5 1\n{line}\n0\n{NAMES}")
    read(f"5 1\n0\n{line}")
    read(f"70000 1\n{line}\n0\n{NAMES}")


def test_with_a_contest_names_are_matched(contest: Contest) -> None:
    """Whatever their order; the contest says who has withdrawn."""
    found = read('2 1\n-2\n3 1 2 0\n0\n"BOB"\n"ann  lee"\n"T"', contest, MPS)
    assert papers(found) == ["3: bob > ann"]
    assert found.papers[0].section == MPS
    assert found.candidates == contest.candidates
    assert found.assumed == (
        "the file says that Ann Lee has withdrawn; the contest does not, and holds",
        "the file does not name Zoë O'Neill: no paper in it ranks Zoë O'Neill",
    )


# --- mistakes -----------------------------------------------------------------

NO_HEADER = "expected the numbers of candidates and of seats, such as 5 1"
NO_END = "expected a line with a 0 by itself"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [f"x.blt: empty file: {NO_HEADER}"]),
        ("# nothing\n", [f"x.blt: empty file: {NO_HEADER}"]),
        ("\nfive 1\n", [f"x.blt:2: 'five 1' is no header: {NO_HEADER}"]),
        ("5\n", [f"x.blt:1: '5' is no header: {NO_HEADER}"]),
        ("0 1\n0\n", [f"x.blt:1: '0 1' is no header: {NO_HEADER}"]),
        (
            "5 1\n3 1 0\n2 2",
            [f"x.blt:3: the file ends inside the ballots: {NO_END}, and the names"],
        ),
        ("5 1\n3 1 0\n" + NAMES, [f"x.blt:3: the ballots do not end: {NO_END} here"]),
        (
            "2 1\n1 1 0\n0\n",
            [
                "x.blt: the header promises 2 candidates and 0 names follow: "
                "write each in double quotes, behind the 0 that ends the ballots"
            ],
        ),
        (
            '5 1\n1 1 0\n0\n"A"\n"B"\n"C"\n"D"\n',
            ["x.blt:7: the header promises 5 candidates and 4 names follow"],
        ),
        (
            '1 1\n1 1 0\n0\n"A"\n"B"\n"C"\n',
            [
                "x.blt:6: 'C' stands behind the title: the header promises 1 candidate, "
                "so as many names and a title are expected"
            ],
        ),
        (
            '1 1\n1 1 0\n0\n"A"\n"Title" and more\n',
            ["x.blt:5: 'and more' stands behind the title: nothing is expected there"],
        ),
        (
            '1 1\n1 1 0\n0\n"A" "Reds"\n"Title" "more" and more\n',
            ["x.blt:5: 'more and more' stands behind the title: nothing is expected there"],
        ),
        ('2 1\n1 1 0\n0\n"A"\n""\n', ["x.blt:5: the name is empty"]),
        (
            '2 1\n1 1 0\n0\nAnn\n"Bob"\n',
            ["x.blt:4: 'Ann' is not quoted: write each name in double quotes"],
        ),
        (
            "2 1\n1 1 0\n0\nAnn\n",
            [
                "x.blt:4: 'Ann' is not quoted: write each name in double quotes",
                "x.blt:4: the header promises 2 candidates and 1 name follows",
            ],
        ),
    ],
)
def test_mistakes_around_the_ballots(text: str, expected: list[str]) -> None:
    """In the header, at the end of the ballots, and among the names."""
    assert told(text) == expected


@pytest.mark.parametrize(
    ("ballots", "expected"),
    [
        ("3 1 7 0", ["x.blt:2: '7' names no candidate: the header promises 5, numbered 1 to 5"]),
        ("3 1=0 0", ["x.blt:2: '1=0' names no candidate: the header promises 5, numbered 1 to 5"]),
        ("3 bob 0", ["x.blt:2: 'bob' names no candidate: the header promises 5, numbered 1 to 5"]),
        ("-9", ["x.blt:2: '9' names no candidate: the header promises 5, numbered 1 to 5"]),
        (
            "1.5 1 0\n1/3 2 0\n1e3 1 0",
            [
                f"x.blt:{line}: '{weight}' is not a whole number of papers, 1 or more: "
                "a paper is never split"
                for line, weight in ((2, "1.5"), (3, "1/3"), (4, "1e3"))
            ],
        ),
        ("(a) 1 0\n(a) 2 0", ["x.blt:3: paper (a) stands in line 2 already"]),
        ("1 1 0\n-2", ["x.blt:3: '-2' stands among the ballots: it belongs before them"]),
        ("[nick a b]\n1 a 0", ["x.blt:2: 2 short names for 5 candidates"]),
        (
            "3 1 2\n3 4 0",
            [
                "x.blt:2: the line has no 0 at its end, and the next could be a ballot or go on "
                "with this one: write a 0 behind each ballot"
            ],
        ),
        (
            "3 1 0 2 3 0",
            [
                "x.blt:2: a 0 inside the line could end a ballot, or be a rank left out: "
                "write - for the rank, or each ballot on its own line"
            ],
        ),
    ],
)
def test_mistakes_in_ballots(ballots: str, expected: list[str]) -> None:
    """Each by its line; what could be read in two ways is not guessed."""
    assert [str(problem) for problem in five(ballots).problems] == expected


def test_mistakes_against_a_contest(contest: Contest) -> None:
    """Unknown candidates, one named twice, and a section that nobody says."""
    there_are = "there are ann (Ann Lee), bob (Bob Smith), zoe (Zoë O'Neill)"
    assert told('3 1\n1 1 0\n0\n"Ann Lea"\n"Bob"\n"Bob Smith"\n', contest) == [
        "x.blt: the section is missing: say which of members (Party members), mps "
        "the papers are of",
        f"x.blt:4: 'Ann Lea' is no candidate; did you mean 'Ann Lee'? {there_are}",
        "x.blt:6: 'Bob Smith' is bob, whom a name before it means already",
    ]


def test_a_ballot_with_a_mistake_is_left_out_and_the_others_are_not() -> None:
    """All mistakes are found in one reading."""
    found = five("1 1 0\n1 9 0\n1 2 0\n1 8 0")
    assert [paper.line for paper in found.papers] == [2, 4]
    assert [problem.line for problem in found.problems] == [3, 5]


# --- round trips --------------------------------------------------------------

marks = st.lists(
    st.lists(st.sampled_from(FIVE), max_size=2, unique=True).map(tuple), max_size=5
).map(tuple)


def trimmed(found: Marks) -> Marks:
    """Without the empty ranks at the end."""
    while found and not found[-1]:
        found = found[:-1]
    return found


@given(
    written=st.dictionaries(marks.map(trimmed), st.integers(1, 2000), min_size=1, max_size=9),
    withdrawn=st.sets(st.sampled_from(FIVE)),
    title=st.text("Tite '#", max_size=9).map(lambda text: " ".join(text.split())),
    seats=st.integers(1, 9),
)
def test_what_is_written_is_read_again(
    written: dict[Marks, int], withdrawn: set[str], title: str, seats: int
) -> None:
    """Every mark, tie, gap and blank paper; who has withdrawn; the title and the seats."""
    candidates = tuple(
        Standing(entry.id, entry.name, entry.id in withdrawn) for entry in CANDIDATES
    )
    original = [Paper(EVERYONE, found, Papers(number)) for found, number in written.items()]
    lines = list(blt.write(original, candidates, title, seats))
    found = blt.read(lines, "x.blt", None, None)
    assert found.problems == found.assumed == ()
    assert (found.candidates, found.title, found.seats) == (candidates, title, seats)
    assert {paper.marks: paper.papers for paper in found.papers} == written
    assert list(blt.write(found.papers, found.candidates, found.title, found.seats)) == lines


def test_the_spoiled_are_not_written() -> None:
    """In a BLT file they would count."""
    late = Paper(EVERYONE, ranked("ann"), spoiled="late")
    assert list(blt.write([late], CANDIDATES[:1])) == ["1 1\n", "0\n", '"Ann"\n']


@given(st.text("0123 -=\n\"'#()[]a.\t/", max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    """It gives candidates, or problems, or both."""
    found = read(text)
    assert found.candidates or found.problems


@given(st.text("0123 -=\n()", max_size=60))
def test_no_ballots_break_the_reader(ballots: str) -> None:
    """Whatever stands between a good header and good names is read or refused."""
    five(ballots)


# --- published files ----------------------------------------------------------


def test_the_by_elections_of_scotland(shared_data: Path) -> None:
    """Eight published files, in three dialects: as many papers as are known to be valid."""
    files = sorted((shared_data / "stv_scotland" / "by_elections").glob("*.blt"))
    assert len(files) == 8
    notes: Counter[str] = Counter()
    for path in files:
        known = json.loads(path.with_name(f"{path.stem}_computed.json").read_text("utf-8"))
        lines = path.read_text("utf-8").splitlines()
        found = blt.read(lines, path.name, None, None)
        assert found.problems == (), path.name
        assert f"{len(found.candidates)} {found.seats}" == lines[0]
        assert sum(paper.papers for paper in found.papers) == known["valid"], path.name
        assert found.title == known["ward"].strip('"')
        firsts: Counter[Candidate] = Counter()
        for paper in found.papers:
            firsts[paper.marks[0][0]] += paper.papers
        assert sorted(firsts.values()) == sorted(known["rounds"][0]["votes"].values())
        notes.update(found.assumed)
    assert notes == {"the names are not quoted: each line was taken for a name": 5, PARTY[0]: 1}
