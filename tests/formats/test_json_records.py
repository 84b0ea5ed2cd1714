"""Ballot files that are JSON: cast-vote records of NIST, votes of raire-rs, and what is neither."""

import json
from typing import Any

import pytest

from hustings.ballots.paper import Paper, as_written, ranked
from hustings.election.spec import EVERYONE, Contest, Standing
from hustings.formats import ballots_json, cvr_cdf
from hustings.formats.ballot_file import BallotFile
from hustings.units import Candidate, Papers, Section

CANDIDATES = tuple(Standing(Candidate(name.casefold()), name) for name in ("Ann", "Bob", "Cat"))


def read(value: object, contest: Contest | None = None) -> BallotFile:
    """The file with that value."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return ballots_json.read(data, "x.json", contest, Section("mps") if contest else None)


def papers(found: BallotFile) -> list[str]:
    """The papers in short, where nothing is wrong."""
    assert found.problems == ()
    return [f"{paper.papers}: {as_written(paper.marks)}" for paper in found.papers]


def told(found: BallotFile) -> list[str]:
    return [str(problem) for problem in found.problems]


# --- pref_voting --------------------------------------------------------------

PROFILE: dict[str, Any] = {
    "candidates": [0, 1, 2],
    "cmap": {"0": "Ann", "1": "Bob", "2": "Cat"},
    "rankings": [
        {"ranking": {"2": 4, "0": 1, "1": 1}, "count": 5},
        {"ranking": {"1": 2}, "count": 3},
        {"ranking": {}, "count": 2},
    ],
}


def test_a_profile_of_pref_voting() -> None:
    """The order of the ranks counts, and not how far apart they stand."""
    found = read(PROFILE)
    assert papers(found) == ["5: ann=bob > cat", "3: bob", "2: (blank)"]
    assert found.candidates == CANDIDATES
    bare = read({key: value for key, value in PROFILE.items() if key != "cmap"})
    assert [entry.name for entry in bare.candidates] == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        ({"ranking": {"0": 1.5}, "count": 1}, "rankings[0]: expected"),
        ({"ranking": {"0": 1}, "count": True}, "rankings[0]: expected"),
        ({"ranking": {"0": 1}}, "rankings[0]: expected"),
        (7, "rankings[0]: expected"),
        ({"ranking": {"0": 1}, "count": 0}, "rankings[0]: '0' is not a whole number of papers"),
        ({"ranking": {"7": 1}, "count": 1}, "rankings[0]: '7' is no candidate of this file"),
    ],
)
def test_what_is_wrong_in_a_profile_of_pref_voting(one: object, expected: str) -> None:
    (found,) = told(read({**PROFILE, "rankings": [one]}))
    assert expected in found
    (twice,) = told(read({**PROFILE, "candidates": [0, 1, 1, 2]}))
    assert twice == "x.json: candidates: a candidate is listed twice"


# --- raire-rs -----------------------------------------------------------------


def test_votes_by_number() -> None:
    """With names, with none, and in the short form, which has the title too."""
    votes = [{"n": 5, "prefs": [1, 0]}, {"n": 2, "prefs": []}, {"n": 0, "prefs": [0]}]
    named = {"metadata": {"candidates": ["Ann", "Bob"]}, "num_candidates": 2, "votes": votes}
    assert papers(read(named)) == ["5: bob > ann", "2: (blank)"]
    bare = read({"num_candidates": 2, "votes": votes})
    assert [entry.name for entry in bare.candidates] == ["Candidate 0", "Candidate 1"]
    short = read({"contest": "Mayor", "candidates": ["Ann", "Bob"], "votes": [[5, 1, 0]]})
    assert (papers(short), short.title) == (["5: bob > ann"], "Mayor")


def test_numbers_from_1() -> None:
    """Where nobody bears 0 and somebody the last; it is said."""
    found = read({"candidates": ["Ann", "Bob"], "votes": [[5, 1, 2], [3, 2]]})
    assert papers(found) == ["5: ann > bob", "3: bob"]
    assert "numbered from 1" in found.assumed[0]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"candidates": ["A"], "votes": []}, "votes: there is no vote in this file"),
        (
            {"candidates": ["A"], "votes": [[1, 0], [1, 7]]},
            "votes[1]: 7 is no candidate: there are 1, numbered 0 to 0",
        ),
        (
            {"candidates": ["A"], "votes": [{"prefs": [0]}]},
            "votes[0]: expected a number n of papers and a list prefs of numbers",
        ),
        (
            {"candidates": ["A"], "votes": [[1, "A"]]},
            "votes[0]: expected a list prefs of candidates' numbers",
        ),
        ({"candidates": "A", "votes": [[1]]}, "metadata.candidates: expected a list of names"),
    ],
)
def test_wrong_votes(value: object, expected: str) -> None:
    """One mistake, with its place in the tree."""
    assert told(read(value)) == [f"x.json: {expected}"]


# --- NIST CVR -----------------------------------------------------------------


def report(*selections: dict[str, Any], **beside: Any) -> dict[str, Any]:
    """A report with one record of these selections."""
    snapshot = {
        "@id": "now",
        "CVRContest": [{"ContestId": "c", "CVRContestSelection": list(selections)}],
    }
    old = {"@id": "before", "CVRContest": []}
    return {
        "@type": cvr_cdf.REPORT,
        "Election": [
            {
                "Candidate": [{"@id": "1", "Name": "Ann"}, {"@id": "2", "Name": "Bob"}],
                "Contest": [
                    {
                        "@id": "c",
                        "Name": "Chair",
                        "NumberElected": 2,
                        "ContestSelection": [
                            {"@id": "s1", "CandidateIds": ["1"]},
                            {"@id": "s2", "CandidateIds": ["2"]},
                            {"@id": "s3", "IsWriteIn": True},
                        ],
                    }
                ],
            }
        ],
        "CVR": [{"CurrentSnapshotId": "now", "CVRSnapshot": [old, snapshot], **beside}],
    }


def mark(selection: str, rank: object = None, **beside: object) -> dict[str, Any]:
    position = {"HasIndication": "yes", **({"Rank": rank} if rank is not None else {}), **beside}
    return {"ContestSelectionId": selection, "SelectionPosition": [position]}


def test_marks_of_a_record() -> None:
    """Of the current snapshot; gaps, shared ranks and write-ins are kept as they stand."""
    found = read(report(mark("s2", 1), mark("s1", 3), mark("s3", 3)))
    assert papers(found) == ["1: bob > _ > ann=write_in"]
    assert (found.title, found.seats) == ("Chair", 2)


def test_marks_that_do_not_count() -> None:
    """Not indicated: no mark. Not allocable: passed over, and said."""
    found = read(report(mark("s2", 1, HasIndication="no"), mark("s1", 2, IsAllocable="no")))
    assert papers(found) == ["1: (blank)"]
    assert found.assumed == ("marks that the report says count for nobody were passed over: 1",)


def test_a_selection_that_a_person_has_yet_to_look_at() -> None:
    """It counts for nobody until then, and is said."""
    waiting = {**mark("s2", 1), "Status": ["needs-adjudication"]}
    found = read(report(waiting, mark("s1", 2)))
    assert papers(found) == ["1: _ > ann"]
    assert found.assumed == ("marks that the report says count for nobody were passed over: 1",)


def test_write_ins_that_count_together() -> None:
    """By the selection, or by the mark's own write-in; every name that is written is the same."""
    written = mark("s2", 2, CVRWriteIn={"Text": "Z"})
    value = report(mark("s1", 1), written, mark("s3", 3))
    found = cvr_cdf.read(value, "x.json", None, None, write_ins=Candidate("undeclared"))
    assert papers(found) == ["1: ann > undeclared > undeclared"]
    assert papers(read(value)) == ["1: ann > bob > write_in"]


def test_wrong_records() -> None:
    """A rank that is none, a selection that is none, a record without snapshot."""
    value = report(mark("s1", "first"), mark("s9", 1))
    value["CVR"].append({})
    assert told(read(value)) == [
        "x.json: CVR[0].CVRContestSelection: its rank is missing",
        "x.json: CVR[0].CVRContestSelection: 's9' is no selection",
        "x.json: CVR[1]: there is no snapshot",
    ]
    value["Election"][0]["Contest"] *= 2
    (said,) = told(read(value))
    assert "2 contests are in the report: 'Chair', 'Chair'" in said


def test_a_report_is_written_with_a_record_for_each_paper() -> None:
    """By the names that NIST gives things, and each paper by itself."""
    made = cvr_cdf.write([Paper(EVERYONE, ranked("bob", "ann"), Papers(3))], CANDIDATES, "Chair", 1)
    value = json.loads(made)
    assert value["@type"] == cvr_cdf.REPORT
    assert [record["UniqueId"] for record in value["CVR"]] == ["1", "2", "3"]
    assert papers(read(made)) == ["1: bob > ann"] * 3


# --- what is neither ----------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, ballots_json.EXPECTED),
        (3, ballots_json.EXPECTED),
        ({"rules": {}, "cvrFileSources": []}, ballots_json.IS_CONFIG),
        (
            b"{",
            "this is no JSON: Expecting property name enclosed in double quotes, "
            "at line 1, column 2",
        ),
        (b"\xff{}", "this is no JSON: byte 1, 0xff, is not UTF-8"),
        (b'{"votes": [NaN]}', "this is no JSON: a number is wrong: NaN is none"),
        (b"[" * 100_000, "this is no JSON: the lists and objects in it are nested too deeply"),
    ],
)
def test_what_is_no_ballot_file(value: object, expected: str) -> None:
    """One sentence that says what was expected."""
    assert told(read(value)) == [f"x.json: {expected}"]


def test_a_list_of_objects_is_read_as_json_lines_are(contest: Contest) -> None:
    """With the place in the list for a line."""
    found = read([{"ranking": ["ann"]}, 3, {"ranking": ["eve"]}], contest)
    assert [problem.line for problem in found.problems] == [2, 3]
