"""RCTab's configuration and records: each setting has its answer here, or is refused by name."""

import copy
from typing import Any

import pytest

from hustings.ballots.paper import OVERVOTE, Paper, as_written
from hustings.formats import rctab_config, rctab_records
from hustings.formats.ballot_file import Mistakes
from hustings.formats.rctab_config import Configuration
from hustings.formats.rctab_records import MANIFESTS, UNIT_MANIFESTS, Dominion
from hustings.units import Candidate

PLAIN: dict[str, Any] = {
    "outputSettings": {"contestName": "Mayor"},
    "cvrFileSources": [
        {
            "filePath": "cvr.xlsx",
            "provider": "ess",
            "firstVoteColumnIndex": "2",
            "firstVoteRowIndex": "2",
            "precinctColumnIndex": "1",
            "overvoteLabel": "overvote",
            "skippedRankLabel": "undervote",
            "undeclaredWriteInLabel": "",
            "treatBlankAsUndeclaredWriteIn": False,
        }
    ],
    "candidates": [
        {"name": "Ann Lee", "excluded": False, "aliases": ["ANN", "7"]},
        {"name": "Bob", "code": "B"},
        {"name": "Cat", "excluded": True},
    ],
    "rules": {
        "tiebreakMode": "stopCountingAndAsk",
        "overvoteRule": "exhaustImmediately",
        "winnerElectionMode": "singleWinnerMajority",
        "numberOfWinners": "1",
        "maxSkippedRanksAllowed": "1",
        "maxRankingsAllowed": "3",
        "minimumVoteThreshold": "0",
        "batchElimination": False,
        "exhaustOnDuplicateCandidate": False,
    },
}


def config(rules: dict[str, Any] | None = None, **source: Any) -> tuple[Configuration, list[str]]:
    """The plain configuration with these rules and this of its source, and every mistake."""
    value = copy.deepcopy(PLAIN)
    value["rules"] |= rules or {}
    value["cvrFileSources"][0] |= source
    mistakes = Mistakes("c.json")
    return rctab_config.read(value, mistakes), [str(one) for one in mistakes.all()]


@pytest.mark.parametrize(
    ("setting", "value", "choice", "answer"),
    [
        ("overvoteRule", "exhaustImmediately", "overvotes", "stop"),
        ("overvoteRule", "alwaysSkipToNextRank", "overvotes", "skip"),
        ("maxSkippedRanksAllowed", "0", "skipped_ranks", "stop"),
        ("maxSkippedRanksAllowed", "1", "skipped_ranks", "skip_one"),
        ("maxSkippedRanksAllowed", "2", "skipped_ranks", "skip_any"),
        ("maxSkippedRanksAllowed", "unlimited", "skipped_ranks", "skip_any"),
        ("exhaustOnDuplicateCandidate", True, "repeated", "stop"),
        ("exhaustOnDuplicateCandidate", False, "repeated", "skip"),
        ("maxRankingsAllowed", "2", "ranks", "2"),
        ("maxRankingsAllowed", "max", "ranks", "0"),
        ("batchElimination", True, "eliminate", "batch_safe"),
        ("continueUntilTwoCandidatesRemain", True, "stop", "two_left"),
        ("doesFirstRoundDetermineThreshold", True, "quota", "half_first_round"),
        ("tiebreakMode", "previousRoundCountsThenAsk", "ties", "latest_narrowing,lot"),
        ("tiebreakMode", "useCandidateOrder", "ties", "lot"),
    ],
)
def test_what_a_setting_means_here(setting: str, value: object, choice: str, answer: str) -> None:
    """The answer, and the setting from which it comes."""
    found, mistakes = config({setting: value})
    assert mistakes == []
    assert found.settings[choice][0] == answer
    assert setting in found.settings[choice][1]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("overvoteRule", "exhaustIfMultipleContinuing"),
        ("winnerElectionMode", "multiWinnerAllowOnlyOneWinnerPerRound"),
        ("numberOfWinners", "2"),
        ("minimumVoteThreshold", "150"),
        ("stopTabulationEarlyAfterRound", "3"),
        ("aSettingOfNextYear", True),
    ],
)
def test_what_would_be_counted_otherwise_is_refused(setting: str, value: object) -> None:
    """By the name of the setting."""
    _, mistakes = config({setting: value})
    assert mistakes
    assert all("has no counterpart here" in said for said in mistakes)
    assert any(setting.casefold() in said.casefold() for said in mistakes)


def test_skipped_ranks_that_no_paper_has_room_for_need_no_answer() -> None:
    """Two in a row may be left out of three; of five, nobody can say so here."""
    assert config({"maxSkippedRanksAllowed": "2", "maxRankingsAllowed": "3"})[1] == []
    assert config({"maxSkippedRanksAllowed": "2", "maxRankingsAllowed": "5"})[1] != []


def test_who_goes_first_of_the_tied() -> None:
    """The last in the configuration; a random draw of RCTab's is told of, and not made."""
    assert config({"tiebreakMode": "useCandidateOrder"})[0].lot == ("cat", "bob", "ann_lee")
    found, _ = config({"tiebreakMode": "random"})
    assert (found.lot, found.assumed) == ((), (rctab_config.DRAWN,))


def test_several_seats() -> None:
    """Each way of electing has its book; sums of papers need no answer about thresholds."""
    assert (
        config({"winnerElectionMode": "bottomsUp", "numberOfWinners": "2"})[0].book == "bottoms-up"
    )
    found, mistakes = config({"winnerElectionMode": "multiPassIrv", "numberOfWinners": "3"})
    assert (found.book, found.seats, mistakes) == ("sequential-seats", 3, [])


def test_every_mistake_at_once() -> None:
    """With the place in the tree."""
    mistakes = Mistakes("c.json")
    rctab_config.read(
        {"rules": {}, "cvrFileSources": [{"provider": "ess"}], "candidates": [{}]}, mistakes
    )
    fields = [one.field for one in mistakes.all()]
    assert {"cvrFileSources[0]", "candidates[0].name", "candidates"} <= {*fields}
    assert {"overvoteRule", "tiebreakMode"} <= {*fields}


# --- records ------------------------------------------------------------------


def papers(found: list[Paper]) -> list[str]:
    return [f"{paper.papers}: {as_written(paper.marks)}" for paper in found]


def ranks(*rows: tuple[str, ...], **source: Any) -> tuple[list[str], list[str]]:
    """The papers of a table of ranks below its header, and every mistake."""
    found, _ = config(**source)
    mistakes = Mistakes("cvr.xlsx")
    table = list(enumerate([("Precinct", "1", "2", "3"), *rows], 1))
    made = list(rctab_records.of_ranks(table, found.sources[0], found, mistakes))
    return papers(made), [str(one) for one in mistakes.all()]


def test_cells_of_a_table_of_ranks() -> None:
    """Labels, aliases and names; what stands behind the last rank is no mark."""
    assert ranks(
        ("p", "Ann Lee ", "overvote", "B", "1.0"),
        ("q", "ANN", "Overvote", "Bob", "1.0"),
        ("p", "undervote", "", "7"),
        ("p", "undervote", "", "7"),
    ) == (
        [*["1: ann_lee > (overvote) > bob"] * 2, "2: _ > _ > ann_lee"],
        [],
    )


def test_an_overvote_that_names_its_candidates() -> None:
    """By the delimiter of the source; then they are kept as a rank that they share."""
    assert ranks(("p", "Ann Lee|Bob", "", ""), overvoteDelimiter="|") == (["1: ann_lee=bob"], [])


def test_write_ins() -> None:
    """By a label or by a blank cell; they are one candidate, who has withdrawn."""
    found, _ = config(undeclaredWriteInLabel="UWI")
    assert found.candidates[-1].name == rctab_config.UNDECLARED
    assert found.candidates[-1].withdrawn
    assert rctab_config.FIRST_ROUND in found.assumed
    assert ranks(("p", "UWI", "Bob", ""), undeclaredWriteInLabel="UWI") == (
        ["1: undeclared_write_ins > bob"],
        [],
    )
    assert ranks(("p", "", "Bob", "undervote"), treatBlankAsUndeclaredWriteIn=True) == (
        ["1: undeclared_write_ins > bob"],
        [],
    )


def test_a_name_that_the_configuration_does_not_have() -> None:
    """Told once, with how many lines have it, and what to do."""
    found, mistakes = ranks(("p", "Eve", "", ""), ("q", "Eve", "", ""))
    assert found == []
    (said,) = mistakes
    assert said.startswith("cvr.xlsx:2: 'Eve' is no candidate, alias or label")
    assert said.endswith("(and on 1 more line)")


def test_a_table_of_candidates() -> None:
    """A candidate to a column and ranks in the cells, as RCTab's generic CSV has them."""
    found, _ = config(provider="csv")
    rows = [(1, ("id", "Ann Lee", "Bob")), (2, ("1", "2", "1")), (3, ("2", "1", "1"))]
    mistakes = Mistakes("x.csv")
    made = rctab_records.of_candidates(rows, found.sources[0], found, mistakes)
    assert papers(list(made)) == ["1: bob > ann_lee", "1: ann_lee=bob"]
    wrong = [rows[0], (2, ("1", "x", ""))]
    assert not list(rctab_records.of_candidates(wrong, found.sources[0], found, mistakes))
    assert [str(one) for one in mistakes.all()] == [
        "x.csv:2: 'x' is no rank: expected 1, 2, 3 and so on, or nothing"
    ]


def session(*marks: dict[str, Any], current: bool = True) -> dict[str, Any]:
    contest = {"Id": 5, "Marks": list(marks)}
    data = {"IsCurrent": current, "PrecinctPortionId": 1, "Cards": [{"Contests": [contest]}]}
    return {"Original": data}


def test_sessions_of_dominion() -> None:
    """As adjudicated last; candidates by the manifest's number or name; the ambiguous is told."""
    found, _ = config(provider="dominion", contestId="5")
    manifests = {
        MANIFESTS[0]: {"List": [{"Id": 5, "Description": "Mayor"}, {"Id": 6}]},
        MANIFESTS[1]: {
            "List": [
                {"Id": 7, "Description": "LEE, Ann", "ContestId": 5},
                {"Id": 8, "Description": "Bob", "ContestId": 5},
                {"Id": 9, "Description": "Eve", "ContestId": 6},
            ]
        },
        UNIT_MANIFESTS[0]: {"List": [{"Id": 1, "Description": "Ward 1"}]},
    }
    mistakes = Mistakes("folder")
    reader = Dominion(manifests, found.sources[0], found, mistakes)
    first, second = {"CandidateId": 7, "Rank": 1}, {"CandidateId": 8, "Rank": 2}
    replaced = session(second, current=False) | {"Modified": session(first)["Original"]}
    unclear = {"CandidateId": 8, "Rank": 1, "IsAmbiguous": True}
    made = list(
        reader.papers([{"Sessions": [session(first, second), session(first, unclear), replaced]}])
    )
    assert papers(made) == ["1: ann_lee > bob", "2: ann_lee"]
    assert [paper.unit for paper in made] == ["Ward 1", "Ward 1"]
    assert reader.assumed() == ("marks that the record calls ambiguous were passed over: 1",)
    assert not mistakes.all()
    stranger = session({"CandidateId": 99, "Rank": 1})
    assert not list(reader.papers([{"Sessions": [stranger, {}]}]))
    assert [one.field for one in mistakes.all()] == ["Sessions[0].CandidateId", "Sessions[1]"]


def test_an_overvote_is_no_candidate() -> None:
    """Nobody may be called as the mark is that stands for one."""
    assert Candidate("(overvote)") == OVERVOTE
    assert OVERVOTE not in {entry.id for entry in config()[0].candidates}
