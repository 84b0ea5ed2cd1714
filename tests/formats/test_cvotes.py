"""Ballots in the Condorcet Election Format: parameters, votes, and every mistake by its line."""

import pytest

from hustings.ballots.paper import as_written
from hustings.election.spec import Contest, Standing
from hustings.formats import cvotes
from hustings.formats.ballot_file import BallotFile
from hustings.units import Candidate, Section

DECLARED = "#/Candidates: Ann ; Bob;Cat\n"


def read(text: str, contest: Contest | None = None, section: Section | None = None) -> BallotFile:
    """The file of that text, which is called `x.cvotes`."""
    return cvotes.read(text.splitlines(keepends=True), "x.cvotes", contest, section)


def papers(found: BallotFile) -> list[str]:
    """The papers in short, where nothing is wrong."""
    assert found.problems == ()
    return [f"{paper.papers}: {as_written(paper.marks)}" for paper in found.papers]


@pytest.mark.parametrize(
    ("vote", "expected"),
    [
        ("Ann > Bob > Cat * 42", "42: ann > bob > cat"),
        ("Cat>Ann=Bob", "1: cat > ann=bob"),
        ("a tag , b || Ann * 2 # a remark", "2: ann"),
        ("/EMPTY/ * 3", "3: (blank)"),
        ("/empty/", "1: (blank)"),
        ("/EMPTY_RANKING/ * 2", "2: (blank)"),
        ("Ann ^1 * 2", "2: ann"),
        ("Ann > Eve > Bob", "1: ann > bob"),
        ("Ann > Bob > Ann", "1: ann > bob > ann"),
    ],
)
def test_ways_to_write_a_vote(vote: str, expected: str) -> None:
    """Whoever is not declared is passed over, as the format says; the rest is kept as written."""
    assert papers(read(f"{DECLARED}{vote}\n")) == [expected]


def test_a_whole_file() -> None:
    """Parameters in any case; whatever was taken for granted is said."""
    found = read(
        "# Chair\n#/Candidates: Ann Lee ; Bob\n#/number of seats: 2\n#/Implicit Ranking: true\n"
        "#/Colour: red\n\nx || Ann Lee\nBob > Eve\nBob ^7\n"
    )
    assert found.problems == ()
    assert found.candidates == (
        Standing(Candidate("ann_lee"), "Ann Lee"),
        Standing(Candidate("bob"), "Bob"),
    )
    assert found.seats == 2
    assert found.assumed == (
        "#/Colour was left aside: 1 lines",
        "tags were left aside: 1 lines",
        "weights were left aside, for the file does not allow them: 1 lines",
        "votes for whoever is not declared were passed over: Eve",
        cvotes.NOT_IMPLIED,
    )


def test_votes_that_share_a_line_are_all_read() -> None:
    """What stands before the tag of the second is no tag, and none is lost."""
    found = read(f"{DECLARED}Ann > Bob * 4; tag || Cat*2 ; # a remark\n")
    assert papers(found) == ["4: ann > bob", "2: cat"]


def test_where_nobody_is_declared_whoever_is_voted_for_stands() -> None:
    """Names are told apart by case, as the format says."""
    found = read("Ann > bob\nann\n")
    assert [entry.name for entry in found.candidates] == ["Ann", "bob", "ann"]
    assert papers(found) == ["1: ann > bob", "1: ann_2"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", f"x.cvotes: no vote is in this file: {cvotes.EXPECTED}"),
        (
            f"{DECLARED}#/Weight Allowed: true\nAnn ^7 * 2\n",
            "x.cvotes:3: the weight 7: every paper counts alike here",
        ),
        (
            f"{DECLARED}Ann * 2 ^7\n",
            f"x.cvotes:2: 'Ann * 2 ^7' is no vote: {cvotes.EXPECTED}",
        ),
        (
            f"{DECLARED}tag || Ann > Bob || Cat\n",
            f"x.cvotes:2: 'tag || Ann > Bob || Cat': {cvotes.TAGS_ONCE}; {cvotes.EXPECTED}",
        ),
        (
            f"{DECLARED}one || two || Ann\n",
            "x.cvotes:2: 'one || two || Ann': tags stand once, before ||, with commas between "
            f"them; {cvotes.EXPECTED}",
        ),
        (f"{DECLARED}Ann * 0\n", "x.cvotes:2: '0' is not a whole number of papers, 1 or more"),
        (f"{DECLARED}Ann * 2.5\n", "x.cvotes:2: '2.5' is not a whole number of papers, 1 or more"),
        (
            f"{DECLARED}Ann >> Bob\n",
            f"x.cvotes:2: a rank is empty in 'Ann >> Bob'; {cvotes.EXPECTED}",
        ),
        (
            f"{DECLARED}Ann < Bob\n",
            f"x.cvotes:2: 'Ann < Bob' is no candidate in 'Ann < Bob'; {cvotes.EXPECTED}",
        ),
        (
            "Ann\n#/Candidates: Ann\n",
            "x.cvotes:2: 'Candidates' stands among the votes: it belongs before them",
        ),
        ("#/Candidates: Ann ; Ann\nAnn\n", "x.cvotes:1: Candidates: 'Ann' is declared already"),
        ("#/Nothing\nAnn\n", "x.cvotes:1: '#/Nothing' is no parameter: expected #/Name: value"),
        (
            "#/Number of Seats: none\nAnn\n",
            "x.cvotes:1: Number of Seats: 'none' is no number of seats, 1 or more",
        ),
        (
            "#/Implicit Ranking: maybe\nAnn\n",
            "x.cvotes:1: Implicit Ranking: 'maybe' is neither true nor false",
        ),
    ],
)
def test_what_is_wrong(text: str, expected: str) -> None:
    """One mistake, with its line."""
    assert [str(problem) for problem in read(text).problems] == [expected]


def test_whoever_the_contest_does_not_know(contest: Contest) -> None:
    """Is a mistake where the file declares them, and no paper is made up."""
    found = read("#/Candidates: Ann Lee ; Eve\nAnn Lee > Eve\n", contest, Section("mps"))
    (problem,) = found.problems
    assert "'Eve' is no candidate" in str(problem)
