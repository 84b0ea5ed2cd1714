"""Ballots as ABIF: every paper, by tokens that the format takes, whatever a name holds."""

import json
import re

import pytest

from hustings.ballots.paper import Paper, as_written
from hustings.ballots.profile import Ranking
from hustings.election.spec import EVERYONE, Contest, Standing
from hustings.formats import abif
from hustings.formats.ballot_file import BallotFile
from hustings.units import Candidate, Papers, Section

# The lines that the grammar has, as far as they are written here: a comment, a pair in
# braces, a declared candidate and a ballot line
# (https://github.com/electorama/abif, abif-v0.31.ebnf, commit 30d0e2a; the blank paper is of
# testfiles/test020.abif, commit c43adfd).
LINE = re.compile(
    r"#(?P<comment>[^\r\n]+)"
    r'|\{"title": (?P<title>"(?:[^"\\]|\\.)*")\}'
    r"|=(?P<token>[a-zA-Z][a-zA-Z0-9_]*):\[(?P<name>[^\]\[#\r\n]+)\]"
    r"|(?P<papers>[1-9][0-9]*):(?P<ranking>(?:[a-zA-Z][a-zA-Z0-9_]*(?:>[a-zA-Z][a-zA-Z0-9_]*)*)?)"
)
HOSTILE = ("Ann]\n9:bob", "# 1:ann", '"}{', "רחל\u202e", "蘇業", "=+@", "x" * 4000, "")
PAPERS: dict[Ranking, Papers] = {
    (Candidate("ann-lee"), Candidate("bob")): Papers(2),
    (Candidate("bob"),): Papers(27),
    (): Papers(3),
}


def candidates(*names: str) -> list[Standing]:
    ids = ("ann-lee", "bob", "2nd", "ann_lee", "e", "f", "g", "h")
    return [Standing(Candidate(id_), name) for id_, name in zip(ids, names, strict=False)]


def parsed(text: str) -> list[dict[str, str]]:
    """The lines by the grammar; each must be one of its own."""
    found = [LINE.fullmatch(line) for line in text.splitlines()]
    assert all(found), text
    return [{k: v for k, v in match.groupdict().items() if v} for match in found if match]


def written(*names: str, notes: tuple[str, ...] = ()) -> list[dict[str, str]]:
    return parsed("".join(abif.write(PAPERS, candidates(*names), "A title", notes)))


def test_a_page_of_abif() -> None:
    """What it is, what has no place, who stands, and the papers, the most frequent first."""
    listed = [*candidates("Ann Lee", "Bob"), Standing(Candidate("cat"), "Cat", withdrawn=True)]
    assert "".join(abif.write(PAPERS, listed, "Post: members", ("weight 1/3",))) == (
        '{"title": "Post: members"}\n'
        "# weight 1/3\n"
        "=ann_lee:[Ann Lee]\n"
        "=bob:[Bob]\n"
        "=cat:[Cat]\n"
        "# cat has withdrawn\n"
        "27:bob\n"
        "3:\n"
        "2:ann_lee>bob\n"
    )


def test_no_name_adds_a_paper_or_takes_one_away() -> None:
    """Neither a bracket nor a line end nor a # leaves its place."""
    lines = written(*HOSTILE)
    ballots = [line for line in lines if "papers" in line]
    papers = {line.get("ranking", ""): int(line["papers"]) for line in ballots}
    assert papers == {"ann_lee>bob": 2, "bob": 27, "": 3}
    names = [line["name"] for line in lines if "token" in line]
    assert names[0] == "Ann) 9:bob" and names[1] == "＃ 1:ann" and names[7] == "h"
    assert len({line["token"] for line in lines if "token" in line}) == len(HOSTILE)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_title_and_a_note_stay_on_their_line(text: str) -> None:
    """Whatever they say, the lines after them are the same."""
    lines = parsed("".join(abif.write(PAPERS, candidates("Ann", "Bob"), text, (f"x{text}",))))
    assert lines[1:] == [
        {"comment": f" x{' '.join(text.split())}".rstrip()},
        *written("Ann", "Bob")[1:],
    ]
    assert "\n" not in json.loads(lines[0]["title"])


# --- reading ----------------------------------------------------------------------


def read(text: str, contest: Contest | None = None, section: Section | None = None) -> BallotFile:
    """The file of that text, which is called `x.abif`."""
    return abif.read(text.splitlines(keepends=True), "x.abif", contest, section)


def short(found: BallotFile) -> list[str]:
    """The papers in short, where nothing is wrong."""
    assert found.problems == ()
    return [f"{paper.papers}: {as_written(paper.marks)}" for paper in found.papers]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("27:A>B>C", "27: a > b > c"),
        ("27 : A > B = C # a remark", "27: a > b=c"),
        ("3*A>B", "3: a > b"),
        ("4: A, B", "4: a=b"),
        ("5: A/5, B/2, C/5", "5: a=c > b"),
        ("5: A/5 > B/2", "5: a > b"),
        ('6:[A (one) # 1]>"B ""b"', None),
        ('6:[A (one) # 1]>"B \\"b\\""', "6: a_one_1 > b_b"),
        ("10:", "10: (blank)"),
        ('7:A>B: {"precinct": 51}', "7: a > b"),
        ("8:A/5>B/4>C/4>D/0", "8: a > b > c > d"),
        ("8:A>B>C/3>D/1", "8: a > b > c > d"),
        ("8:A/1=B>C", "8: a=b > c"),
    ],
)
def test_ways_to_write_a_ballot(line: str, expected: str | None) -> None:
    """From version 0.01 to 0.31: ranks, shared ranks, scores, and data behind them."""
    found = read(line)
    assert short(found) == [expected] if expected else found.problems


def test_a_whole_file() -> None:
    """Header, title and names; whoever is not declared comes last."""
    found = read(
        'ABIF 1.0 { "ballot_type": "ordinal" }\n\n# about\n{title: "Chair # 1"}\n{max_rating: 6}\n'
        "=A:[Ann Lee]\nB:[Bob]\n2: B > C = A\n"
    )
    assert short(found) == ["2: bob > c=ann_lee"]
    assert [entry.name for entry in found.candidates] == ["Ann Lee", "Bob", "C"]
    assert found.title == "Chair # 1"


@pytest.mark.parametrize("entry", ["[Ann Lee]: A", '"Ann Lee":A', "=A:[Ann Lee]", "A:Ann Lee"])
def test_a_candidate_is_declared_by_token_or_as_of_old_by_name(entry: str) -> None:
    """In version 0.01 the name came first; either way nobody stands twice."""
    found = read(f"{entry}\n=B:[Bob]\n2:A>B\n")
    assert short(found) == ["2: ann_lee > bob"]
    assert [entry.name for entry in found.candidates] == ["Ann Lee", "Bob"]


def test_what_the_file_says_of_itself_without_braces_is_no_candidate() -> None:
    """Unless it is declared by an `=`."""
    found = read("ABIF 1.0\nballot_type: ordinal\ntitle: Chair\n1:A>B\n")
    assert [entry.name for entry in found.candidates] == ["A", "B"]
    assert found.title == "Chair"
    assert len(read("=version:[Vera Sion]\n1:A>version\n").candidates) == 2


def test_a_candidate_whose_token_is_such_a_word_is_not_lost() -> None:
    """Brackets declare; a bare word that ballots have too is told."""
    found = read("title:[The One]\nB:[Bob]\n3:title>B\n")
    assert short(found) == ["3: the_one > bob"]
    assert [entry.name for entry in found.candidates] == ["The One", "Bob"]
    assert found.title == "" and found.assumed == ()
    for said in ("title: The One", 'title: "The One"'):
        found = read(f"{said}\n3:title>B\n")
        assert (found.title, short(found)) == ("The One", ["3: title > b"])
        told = abif.ABOUT_AND_VOTED_FOR.format(word="title", line=1)
        assert found.assumed == (told,)


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("title: Chair, and others: 2026", "Chair, and others: 2026"),
        ('title: "Chair, and others"', "Chair, and others"),
        ("title:", ""),
        ("description: a, b", ""),
        ("description: a > b", ""),
    ],
)
def test_what_the_file_says_of_itself_may_be_empty_or_have_any_sign(said: str, title: str) -> None:
    """It names nobody, and is no mistake."""
    found = read(f"{said}\n1:A>B\n")
    assert (short(found), found.title, found.assumed) == (["1: a > b"], title, ())


def test_what_was_taken_for_granted() -> None:
    """Scores for ranks, or beside them, and more data left aside."""
    assert read("1:A/5>B/2\n").assumed == (abif.SCORES,)
    assert read("1:A/5>B/5\n").assumed == (abif.BESIDE_RANKS,)
    found = read('1:A/5,B/2\n2:A>B:{"a": 1}\n')
    assert found.assumed == (
        abif.SCORES,
        "ballots with more data behind them, which was left aside: 1, the first in line 2",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", f"x.abif: no ballot is in this file: {abif.EXPECTED}"),
        ("hello\n", f"x.abif:1: 'hello' is no line of ABIF: {abif.EXPECTED}"),
        (
            "0:A\n",
            "x.abif:1: '0' is not a whole number of papers, 1 or more: a paper is never split",
        ),
        (
            "2.5:A\n",
            "x.abif:1: '2.5' is not a whole number of papers, 1 or more: a paper is never split",
        ),
        ("1:A>>B\n", f"x.abif:1: '>B' is no candidate; {abif.EXPECTED}"),
        ("1:A>\n", f"x.abif:1: '' is no candidate; {abif.EXPECTED}"),
        ("1:A B:C\n", "x.abif:1: ':C' is not >, = or a comma"),
        ("1:A*1,B*2\n", f"x.abif:1: 'A*1' is a weight: a paper is never split; {abif.EXPECTED}"),
        ("1:A/5,B\n", f"x.abif:1: {abif.UNSCORED.format('B')}"),
        ("1:A/1>B/5\n", "x.abif:1: the scores give another order than the signs between them"),
        ("1:A/5=B/1\n", "x.abif:1: the scores give another order than the signs between them"),
        ("1:A/1>B>C/2\n", "x.abif:1: the scores give another order than the signs between them"),
        ("=A:[Ann]\n=A:[Bob]\n1:A\n", "x.abif:2: A is declared in line 1 already"),
    ],
)
def test_what_is_wrong(text: str, expected: str) -> None:
    """One mistake, with its line."""
    assert [str(problem) for problem in read(text).problems] == [expected]


def test_papers_that_share_ranks_are_written() -> None:
    """Those alike together; a gap and a second mark are left out."""
    a, b = Candidate("ann"), Candidate("bob")
    papers = [Paper(EVERYONE, ((a, b), (), (a,)), Papers(2)), Paper(EVERYONE, ((a, b),))]
    lines = list(abif.write_papers(papers, (Standing(a, "Ann"), Standing(b, "Bob")), "Chair"))
    assert lines == ['{"title": "Chair"}\n', "=ann:[Ann]\n", "=bob:[Bob]\n", "3:ann=bob\n"]
