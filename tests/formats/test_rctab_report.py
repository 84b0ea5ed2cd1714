"""RCTab's detailed report of our counts: its shape, what it adds up, and what it cannot tell."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import hustings as h
from hustings.ballots.reduction import reduce
from hustings.counting.seats import engine as seats_engine
from hustings.counting.seats.stages import StageTranscript
from hustings.counting.transcript import Transcript
from hustings.election.rulebook import Basis
from hustings.errors import InputError, RuleError
from hustings.formats import rctab_report
from hustings.formats.rctab_json import Heading
from hustings.shell import acts

HEADING = Heading("Mayor of Leeds", "Mayor", "Leeds", "2026-05-07T22:00:00Z")
RULES = {
    "winnerElectionMode": "singleWinnerMajority",
    "numberOfWinners": "1",
    "tiebreakMode": "useCandidateOrder",
    "overvoteRule": "exhaustImmediately",
    "maxSkippedRanksAllowed": "0",
    "maxRankingsAllowed": "max",
}
ROWS = ("Ann", "Ann", "Ann", "Bob", "Bob,Ann", "Cat,Bob", ",Ann", "Bob//Cat", *["undervote"] * 2)
EVERYBODY = ("Ann", "Bob", "Cat", "Dan")


def counted(
    folder: Path,
    *rows: str,
    names: tuple[str, ...] = ("Ann", "Bob", "Cat"),
    changed: tuple[str, str] | None = None,
    **rules: object,
) -> tuple[Transcript | StageTranscript, Any]:
    """A contest by RCTab's settings, counted; and its report."""
    source = {"filePath": "cvr.csv", "firstVoteColumnIndex": "1", "firstVoteRowIndex": "1"}
    config = {
        "outputSettings": {"contestName": "Mayor"},
        "cvrFileSources": [{**source, "overvoteDelimiter": "//"}],
        "candidates": [{"name": name} for name in names],
        "rules": RULES | rules,
    }
    (folder / "config.json").write_text(json.dumps(config))
    with (folder / "cvr.csv").open("w", newline="") as file:
        csv.writer(file).writerows([(row + ",,").split(",")[:3] for row in rows])
    loaded = acts.load(folder / "config.json")
    poll = loaded.polls["contest"][0]
    contest = loaded.election.contest()
    if changed:
        contest = replace(contest, rules=contest.rules.override(*changed, Basis("the test")))
    papers = [*poll.judged(contest)]
    if contest.rules.method in seats_engine.METHODS:
        stages = seats_engine.count(contest, reduce(poll, contest))
        return stages, json.loads(rctab_report.of_stages(stages, papers, HEADING))
    transcript = acts.count(loaded)
    return transcript, json.loads(rctab_report.of_rounds(transcript, papers, HEADING))


def test_heading_and_sums(tmp_path: Path) -> None:
    """A blank paper is an undervote: it is no inactive paper, and one of all that there are."""
    _, report = counted(tmp_path, *ROWS)
    assert report["config"] == {
        "contest": "Mayor of Leeds",
        "date": "2026-05-07",
        "generatedBy": "hustings",
        "jurisdiction": "Leeds",
        "office": "Mayor",
    }
    assert report["jsonFormatVersion"] == "1"
    assert report["summary"] == {
        "finalThreshold": "4",
        "numCandidates": 3,
        "numWinners": 1,
        "totalNumBallots": "10",
        "undervotes": 2,
    }


def test_rounds(tmp_path: Path) -> None:
    """Who goes, to whom the papers pass, and why others count no more."""
    _, report = counted(tmp_path, *ROWS)
    idle = {"exhaustedChoices": "0", "overvotes": "1", "repeatedRankings": "0"}
    assert report["results"] == [
        {
            "round": 1,
            "threshold": "4",
            "tally": {"Ann": "3", "Bob": "2", "Cat": "1"},
            "tallyResults": [{"eliminated": "Cat", "transfers": {"Bob": "1"}}],
            "inactiveBallots": idle | {"skippedRankings": "1"},
        },
        {
            "round": 2,
            "threshold": "4",
            "tally": {"Ann": "3", "Bob": "3"},
            "tallyResults": [{"elected": "Ann", "transfers": {}}],
            "inactiveBallots": idle | {"skippedRankings": "1"},
        },
    ]


def test_every_round_holds_every_paper(tmp_path: Path) -> None:
    """Votes, inactive and blank are all the papers, whatever a surplus's digits leave over."""
    rows = (*["Ann,Bob"] * 5, *["Ann,Cat"] * 2, *["Ann"] * 3, "Bob", "Cat,Bob", *ROWS)
    _, report = counted(
        tmp_path,
        *rows,
        winnerElectionMode="multiWinnerAllowOnlyOneWinnerPerRound",
        numberOfWinners="2",
        decimalPlacesForVoteArithmetic="3",
    )
    blank, lost = report["summary"]["undervotes"], 0.0
    assert any("residual surplus" in event["transfers"] for event in events(report))
    for one in report["results"]:
        held = sum(map(float, (*one["tally"].values(), *one["inactiveBallots"].values())))
        assert held + lost + blank == pytest.approx(len(rows), abs=1e-9)
        flows = [event["transfers"] for event in one["tallyResults"]]
        lost += sum(float(flow.get("residual surplus", 0)) for flow in flows)


def events(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [event for one in report["results"] for event in one["tallyResults"]]


def test_a_report_for_each_seat_that_is_filled_by_itself(tmp_path: Path) -> None:
    """As a list; whoever was elected before stands in no later one."""
    _, reports = counted(
        tmp_path,
        *["Ann,Bob"] * 5,
        *["Cat"] * 2,
        "Bob",
        winnerElectionMode="multiPassIrv",
        numberOfWinners="2",
    )
    first, second = reports
    assert events(first)[-1]["elected"] == "Ann"
    assert second["results"][0]["round"] == 1
    assert second["results"][0]["tally"] == {"Bob": "6", "Cat": "2"}
    assert first["summary"]["numWinners"] == second["summary"]["numWinners"] == 1


def test_a_winner_before_the_last_two_is_told_in_a_round_of_its_own(tmp_path: Path) -> None:
    """Twice the same votes: once the winner, once who goes; the last round tells nobody."""
    _, report = counted(
        tmp_path, *["Ann"] * 5, *["Bob"] * 2, "Cat", continueUntilTwoCandidatesRemain=True
    )
    rounds = report["results"]
    assert [one["tallyResults"] for one in rounds] == [
        [{"elected": "Ann", "transfers": {}}],
        [{"eliminated": "Cat", "transfers": {"exhausted": "1"}}],
        [],
    ]
    assert rounds[0]["tally"] == rounds[1]["tally"]
    assert {one["threshold"] for one in rounds} == {"5"}


def test_the_threshold_of_round_1_is_asked_to_the_end(tmp_path: Path) -> None:
    """More than half of what is left is not enough: of the last two the larger is elected.

    [RCTab 2.0, Tabulator.java: identifyWinners.]
    """
    rows = [*["Ann"] * 45, *["Bob"] * 22, *["Cat"] * 18, *["Dan"] * 15]
    _, report = counted(tmp_path, *rows, names=EVERYBODY, doesFirstRoundDetermineThreshold=True)
    assert [one["threshold"] for one in report["results"]] == ["51"] * 3
    assert report["results"][2]["tally"] == {"Ann": "45", "Bob": "22"}
    _, report = counted(tmp_path, *rows, names=EVERYBODY)
    assert [one["threshold"] for one in report["results"]] == ["51", "43"]
    assert events(report)[-1]["elected"] == "Ann"


def test_a_batch_may_leave_one_where_round_1_sets_the_threshold(tmp_path: Path) -> None:
    """Nobody can catch up with Ann, who has less than the threshold: she is left alone.

    [RCTab 2.0, Tabulator.java: runBatchElimination.]
    """
    rows = [*["Ann"] * 45, *["Bob"] * 25, *["Cat"] * 11, *["Dan"] * 19]
    rules = {"doesFirstRoundDetermineThreshold": True, "batchElimination": True}
    _, report = counted(tmp_path, *rows, names=EVERYBODY, **rules)
    out = [[event["eliminated"] for event in one["tallyResults"]] for one in report["results"][:-1]]
    assert out == [["Cat"], ["Dan", "Bob"]]
    assert report["results"][-1]["tally"] == {"Ann": "45"}


def test_nobody_who_has_less_than_the_minimum_goes_on(tmp_path: Path) -> None:
    """Where nobody has it there is no count. [RCTab, test_data/no_one_meets_minimum.]"""
    with pytest.raises(RuleError, match="minimum"):
        counted(tmp_path, "Ann", "Bob", minimumVoteThreshold="4")


def test_sections_are_refused() -> None:
    """RCTab knows one body of voters."""
    count = h.count(h.example("labour-2010"))
    with pytest.raises(InputError, match="knows no sections: take --format rctab"):
        rctab_report.of_rounds(count, [], HEADING)


@pytest.mark.parametrize(
    ("choice", "answer"),
    [("surplus_order", "largest"), ("exclusion_steps", "by_value")],
)
def test_more_steps_than_rctab_has_are_refused(tmp_path: Path, choice: str, answer: str) -> None:
    """Its rounds have no place for surpluses one by one, or for papers by their value."""
    mode = "multiWinnerAllowOnlyOneWinnerPerRound"
    with pytest.raises(InputError, match="has no round for every step of rctab-stv"):
        counted(
            tmp_path,
            *ROWS,
            changed=(choice, answer),
            winnerElectionMode=mode,
            numberOfWinners="2",
        )


def test_fresh_papers_for_each_round_are_refused(tmp_path: Path) -> None:
    """The papers of an exhaustive ballot do not pass on."""
    (tmp_path / "b.csv").write_text("1\nAnn\nAnn\nBob\n")
    loaded = acts.load(tmp_path / "b.csv")
    ruled = acts.with_rules(loaded, "", "exhaustive-ballot", ())
    with pytest.raises(InputError, match="has no round for every step of exhaustive-ballot"):
        rctab_report.of_rounds(acts.count(ruled), [], HEADING)
