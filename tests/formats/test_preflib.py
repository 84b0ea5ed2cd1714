"""Orders as PrefLib keeps them: both headers in, the new one out, the totals checked."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hustings.ballots.paper import Marks, Paper, as_written, ranked
from hustings.election.spec import EVERYONE, Contest, Standing
from hustings.errors import InputError
from hustings.formats import preflib
from hustings.formats.ballot_file import BallotFile
from hustings.formats.preflib import Kind
from hustings.units import Candidate, Papers, Section

MPS = Section("mps")
THREE = ("ann", "bob", "cat")
CANDIDATES = tuple(Standing(Candidate(name), name.title()) for name in THREE)


def new(orders: str, kind: str = "toi", voters: int = 0, unique: int = 0, more: str = "") -> str:
    """A file with the new header; totals of 0 are left out."""
    totals = f"# NUMBER VOTERS: {voters}\n" if voters else ""
    totals += f"# NUMBER UNIQUE ORDERS: {unique}\n" if unique else ""
    return (
        f"# FILE NAME: x.{kind}\n# TITLE: Who leads?\n# DESCRIPTION:\n# DATA TYPE: {kind}\n{more}"
        f"# NUMBER ALTERNATIVES: 3\n{totals}# ALTERNATIVE NAME 1: Ann\n"
        f"# ALTERNATIVE NAME 2: Bob: the first\n# ALTERNATIVE NAME 3: Cat\n{orders}"
    )


def read(
    text: str,
    file: str = "x.toi",
    contest: Contest | None = None,
    section: Section | None = None,
) -> BallotFile:
    """The file of that text and name."""
    return preflib.read(text.splitlines(keepends=True), file, contest, section)


def papers(found: BallotFile) -> list[str]:
    """The papers in short, where nothing is wrong."""
    assert found.problems == ()
    return [f"{paper.papers}: {as_written(paper.marks)}" for paper in found.papers]


def told(text: str, file: str = "x.toi") -> list[str]:
    """Every mistake, as it is printed."""
    return [str(problem) for problem in read(text, file).problems]


OLD = "3\n1,Ann\n2,Smith, Bob\n3,Cat\n6,6,3\n3,1,2\n2,{2,3},1\n1,3\n"


def test_the_new_header() -> None:
    """A title, the names and the totals; a tie becomes a shared rank."""
    found = read(new("3: 1,2\n2: {2,3},1\n\n1: 3\n", voters=6, unique=3))
    assert papers(found) == ["3: ann > bob_the_first", "2: bob_the_first=cat > ann", "1: cat"]
    assert found.title == "Who leads?"
    assert [paper.line for paper in found.papers] == [11, 12, 14]
    assert [entry.name for entry in found.candidates] == ["Ann", "Bob: the first", "Cat"]


def test_the_old_header() -> None:
    """The number of candidates, their names, the totals; a comma may stand in a name."""
    found = read(OLD)
    assert papers(found) == ["3: ann > smith_bob", "2: smith_bob=cat > ann", "1: cat"]
    assert found.candidates[1].name == "Smith, Bob"


def test_a_rank_in_empty_braces_is_left_out() -> None:
    """Unless nothing follows it."""
    assert papers(read(new("1: 1,{},2\n1: 3,{}\n1:\n"))) == [
        "1: ann > _ > bob_the_first",
        "1: cat",
        "1: (blank)",
    ]


def test_a_completed_toc_is_refused() -> None:
    """Its ties are made of the unranked, and nobody marked them."""
    more = "# MODIFICATION TYPE: imbued\n# RELATES TO: x.toi\n"
    found = read(new("3: 1,{2,3}\n", "toc", more=more), "x.toc")
    assert found.papers == ()
    assert [str(problem) for problem in found.problems] == [
        "x.toc:5: MODIFICATION TYPE: this toc is imbued: the tie at the end of an order is "
        "everyone whom the voter left unranked, and no overvote; read the soi or toi that it was "
        "made from: x.toi"
    ]


def test_an_original_toc_keeps_its_ties() -> None:
    """There they are what the voters wrote."""
    more = "# MODIFICATION TYPE: original\n"
    found = read(new("3: 1,{2,3}\n", "toc", more=more), "x.toc")
    assert papers(found) == ["3: ann > bob_the_first=cat"]
    assert found.assumed == ()


def test_what_the_header_leaves_open_is_said() -> None:
    """An old toc may be completed or not; and induced orders are somebody's work."""
    assert read("2\n1,A\n2,B\n1,1,1\n1,{1,2}\n", "x.toc").assumed == (
        "the header does not say whether the unranked were tied at the end of each order: "
        "every tie was taken for a mark",
    )
    assert read(new("1: 1\n", more="# MODIFICATION TYPE: induced\n")).assumed == (
        "the header says that these orders are induced, and not original",
    )


def test_with_a_contest_names_are_matched(contest: Contest) -> None:
    """By id or by name; whoever it does not know is a mistake, and there are no papers."""
    text = "2\n1,ann lee\n2,{}\n1,1,1\n1,2,1\n"
    assert papers(read(text.format("Bob"), "x.soi", contest, MPS)) == ["1: bob > ann"]
    found = read(text.format("Cat"), "x.soi", contest, MPS)
    assert found.papers == ()
    assert [str(problem) for problem in found.problems] == [
        "x.soi:3: 'Cat' is no candidate; there are ann (Ann Lee), bob (Bob Smith), "
        "zoe (Zoë O'Neill)"
    ]


# --- mistakes -----------------------------------------------------------------

EXPECTED = "expected # FILE NAME and so on, or the number of candidates"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [f"x.toi: empty file: {EXPECTED}"]),
        ("Ann,Bob\n", [f"x.toi:1: 'Ann,Bob' is no PrefLib header: {EXPECTED}"]),
        ("3\n1,Ann\n3,Cat\n", ["x.toi:3: '3,Cat' is no candidate: expected 2,NAME"]),
        ("3\n1,Ann\n", ["x.toi:2: the file ends inside its header"]),
        ("3\n", ["x.toi:1: the file ends inside its header"]),
        (
            "1\n1,Ann\n1,1\n1,1\n",
            ["x.toi:3: '1,1' is not the three totals: voters, papers, unique orders"],
        ),
        (
            OLD.replace("6,6,3", "7,7,4"),
            [
                "x.toi:5: NUMBER VOTERS: the header promises 7 voters, and 6 follow",
                "x.toi:5: NUMBER UNIQUE ORDERS: the header promises 4 unique orders, and 3 follow",
            ],
        ),
        (
            new("3: 1,2\n3: 1, 2\n", voters=5, unique=2),
            [
                "x.toi:6: NUMBER VOTERS: the header promises 5 voters, and 6 follow",
                "x.toi:7: NUMBER UNIQUE ORDERS: the header promises 2 unique orders, and 1 follow",
            ],
        ),
        (
            new("1: 1\n").replace("ALTERNATIVES: 3", "ALTERNATIVES: 4"),
            ["x.toi:5: the header promises 4 alternatives and names 3"],
        ),
        (
            new("1: 1\n").replace("NAME 3", "NAME 4"),
            ["x.toi: the alternatives are numbered 1, 2, 4: expected 1, 2, 3 and so on"],
        ),
        ("# TITLE: t\n", ["x.toi: the header names no alternative"]),
        (
            new("1: 4\n1: 1,\n1: 1;2\nfour: 1\n0: 1\n2 1\n"),
            [
                "x.toi:9: 4 is no alternative: the header names 3, numbered 1 to 3",
                "x.toi:10: '1,' is no order: expected numbers such as 3,1,{2,4}",
                "x.toi:11: '1;2' is no order: expected numbers such as 3,1,{2,4}",
                "x.toi:12: 'four: 1' does not begin with a number of papers, 1 or more",
                "x.toi:13: '0: 1' does not begin with a number of papers, 1 or more",
                "x.toi:14: '2 1' does not begin with a number of papers, 1 or more",
            ],
        ),
        (
            new("1: {1,2},3\n1: 1\n", "soi"),
            ["x.toi:9: '{1,2},3' has a tie, and a soi file is strict"],
        ),
        (
            new("1: 3,1\n1: 1,2,3\n", "soc"),
            ["x.toi:9: '3,1' ranks 2 of 3, and a soc file is complete"],
        ),
    ],
)
def test_mistakes(text: str, expected: list[str]) -> None:
    """In the header, in its totals, and in the orders."""
    assert told(text) == expected


def test_without_a_data_type_the_name_of_the_file_says_it() -> None:
    """The old header has no other place for it."""
    assert told(OLD, "x.soi") == ["x.soi:7: '{2,3},1' has a tie, and a soi file is strict"]
    assert told(OLD, "x.txt") == []


def test_a_section_that_nobody_says(contest: Contest) -> None:
    """The format has no place for it."""
    found = read("1\n1,Ann Lee\n1,1,1\n1,1\n", "x.soi", contest)
    assert [str(problem) for problem in found.problems] == [
        "x.soi: the section is missing: say which of members (Party members), mps the papers are of"
    ]


# --- round trips --------------------------------------------------------------


@st.composite
def orders(draw: st.DrawFn) -> Marks:
    """Some of the candidates, each once, and some of them sharing a rank."""
    left = draw(st.permutations(THREE))[: draw(st.integers(1, 3))]
    made: list[tuple[Candidate, ...]] = []
    while left:
        some = draw(st.integers(1, len(left)))
        made.append(tuple(Candidate(name) for name in sorted(left[:some])))
        left = left[some:]
    return tuple(made)


@given(st.dictionaries(orders(), st.integers(1, 2000), min_size=1))
def test_what_is_written_is_read_again(written: dict[Marks, int]) -> None:
    """In the narrowest of the four kinds that holds them all."""
    original = [Paper(EVERYONE, marks, Papers(number)) for marks, number in written.items()]
    lines = list(preflib.write(original, CANDIDATES, "Title"))
    ties = any(len(names) > 1 for marks in written for names in marks)
    whole = all(sum(map(len, marks)) == len(THREE) for marks in written)
    assert f"# DATA TYPE: {'t' if ties else 's'}o{'c' if whole else 'i'}\n" in lines
    found = preflib.read(lines, "x.txt", None, None)
    assert found.problems == ()
    assert (found.candidates, found.title) == (CANDIDATES, "Title")
    assert {paper.marks: paper.papers for paper in found.papers} == written
    assert list(preflib.write(found.papers, found.candidates, found.title)) == lines


def test_what_the_format_cannot_hold_is_left_out() -> None:
    """The spoiled, the blank, empty ranks and second marks; the totals agree with the rest."""
    gap: Marks = ((), (Candidate("bob"),), (Candidate("ann"),), (Candidate("bob"),))
    lines = list(
        preflib.write(
            [
                Paper(EVERYONE, ranked("ann"), spoiled="late"),
                Paper(EVERYONE, ()),
                Paper(EVERYONE, gap, Papers(2)),
            ],
            CANDIDATES,
        )
    )
    assert lines[-1] == "2: 2,1\n"
    assert "# NUMBER VOTERS: 2\n" in lines


@pytest.mark.parametrize(
    ("kind", "marks", "said"),
    [
        (Kind.SOI, ((Candidate("ann"), Candidate("bob")),), "ann=bob: a soi file holds no shared"),
        (Kind.SOC, ranked("ann"), "ann: a soc file must rank everyone"),
    ],
)
def test_a_kind_that_cannot_hold_a_paper_refuses_it(kind: Kind, marks: Marks, said: str) -> None:
    """Rather than count it otherwise than it was marked."""
    with pytest.raises(InputError, match=said):
        list(preflib.write([Paper(EVERYONE, marks)], CANDIDATES, "", kind))


@given(st.text("0123,:{}# \nNAME", max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    """It gives candidates, or problems, or both."""
    found = read(text)
    assert found.candidates or found.problems


# --- published files ----------------------------------------------------------


def test_the_published_orders(shared_data: Path) -> None:
    """Every file is as its header promises, and is the same when it is written again."""
    files = sorted((shared_data / "irv_preflib").glob("*/*.[st]oi"))
    assert len(files) == 111
    total = 0
    for path in files:
        lines = path.read_text("utf-8").splitlines(keepends=True)
        found = preflib.read(lines, path.name, None, None)
        assert found.problems == (), path.name
        (voters,) = (line for line in lines if line.startswith("# NUMBER VOTERS: "))
        (unique,) = (line for line in lines if line.startswith("# NUMBER UNIQUE ORDERS: "))
        assert sum(paper.papers for paper in found.papers) == int(voters.split(":")[1])
        assert len({paper.marks for paper in found.papers}) == int(unique.split(":")[1])
        again = preflib.read(preflib.write(found.papers, found.candidates), path.name, None, None)
        assert again.candidates == found.candidates
        assert [(p.marks, p.papers) for p in again.papers] == [
            (p.marks, p.papers) for p in found.papers
        ]
        total += sum(paper.papers for paper in found.papers)
    assert total == 3_352 + 18_768 + 35_610 + 5_004 + 203_896
