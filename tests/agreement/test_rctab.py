"""What RCTab published of two elections, to the last number of every round.

Its configuration and records are counted as they stand, beside its own detailed report.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hustings.ballots.inactive import Cause, inactive
from hustings.ballots.reduction import judge_papers
from hustings.counting.transcript import Transcript
from hustings.election.spec import EVERYONE, Contest
from hustings.formats import rctab_report
from hustings.formats.rctab_json import Heading
from hustings.shell import acts
from hustings.shell.acts import Loaded

HOME = Path(__file__).parents[2].parent / "shared" / "data" / "rctab"
CASES = ("2015_portland_mayor", "2017_minneapolis_mayor")
CAUSES = {
    Cause.CHOICES: "exhaustedChoices",
    Cause.OVERVOTE: "overvotes",
    Cause.REPEATED: "repeatedRankings",
    Cause.GAP: "skippedRankings",
}

pytestmark = [
    pytest.mark.agreement,
    pytest.mark.slow,
    pytest.mark.skipif(not HOME.is_dir(), reason=f"RCTab's cases are not there: {HOME}"),
]


@dataclass(frozen=True)
class Case:
    """One election: as it was loaded, as we count it, and as RCTab did."""

    loaded: Loaded
    transcript: Transcript
    report: dict[str, Any]

    @property
    def expected(self) -> list[Any]:
        return list(self.report["results"])

    @property
    def contest(self) -> Contest:
        return self.transcript.contest


@cache
def case(name: str) -> Case:
    """The election of that folder."""
    loaded = acts.load(HOME / name / f"{name}_config.json")
    report = (HOME / name / f"{name}_expected_detailed_report.json").read_text("utf-8")
    return Case(loaded, acts.count(loaded), json.loads(report))


def tally(expected: Mapping[str, Any]) -> dict[str, int]:
    """The votes of a round, by name."""
    return {name: int(votes) for name, votes in expected["tally"].items()}


@pytest.mark.parametrize("name", CASES)
def test_every_tally(name: str) -> None:
    """Of every candidate in every round; and there are as many rounds."""
    found = case(name)
    rounds = [
        {found.contest.name(id_): int(papers) for id_, papers in one.tally.held[EVERYONE].items()}
        for one in found.transcript.rounds
    ]
    assert rounds == [tally(one) for one in found.expected]


@pytest.mark.parametrize("name", CASES)
def test_who_goes_and_who_is_elected(name: str) -> None:
    """All that RCTab puts out in one round, and the winner in the last."""
    found = case(name)
    ours = [
        {found.contest.name(id_) for id_ in one.event.names} for one in found.transcript.rounds[:-1]
    ]
    theirs = [{event["eliminated"] for event in one["tallyResults"]} for one in found.expected[:-1]]
    assert ours == theirs
    assert found.transcript.winner is not None
    winner = found.contest.name(found.transcript.winner)
    assert [event["elected"] for event in found.expected[-1]["tallyResults"]] == [winner]


@pytest.mark.parametrize("name", CASES)
def test_every_threshold(name: str) -> None:
    """More than half of the papers that continue."""
    found = case(name)
    ours = [sum(one.tally.held[EVERYONE].values()) // 2 + 1 for one in found.transcript.rounds]
    assert ours == [int(one["threshold"]) for one in found.expected]


@pytest.mark.parametrize("name", CASES)
def test_inactive_papers_by_cause(name: str) -> None:
    """In every round by RCTab's four classes."""
    found = case(name)
    everyone = found.contest
    judged = list(judge_papers(found.loaded.polls["contest"][0].papers, everyone))
    for one in found.expected:
        standing = {everyone.find(name) for name in one["tally"]}
        causes = inactive(judged, standing)[EVERYONE]
        ours = {label: causes.get(cause, 0) for cause, label in CAUSES.items()}
        assert ours == {label: int(papers) for label, papers in one["inactiveBallots"].items()}
        blank = causes.get(Cause.BLANK, 0)
        papers = sum(paper.paper.papers for paper in judged)
        assert sum(map(int, one["tally"].values())) + sum(ours.values()) + blank == papers


@pytest.mark.parametrize("name", CASES)
def test_every_transfer(name: str) -> None:
    """From whom to whom, and how many are exhausted on the way."""
    found = case(name)
    for one, theirs in zip(found.transcript.rounds, found.expected, strict=True):
        moved: dict[str, Counter[str]] = {}
        for move in one.transfers:
            target = found.contest.name(move.to) if move.to else "exhausted"
            moved.setdefault(found.contest.name(move.source), Counter())[target] += move.papers
        expected = {
            event["eliminated"]: {name: int(n) for name, n in event["transfers"].items()}
            for event in theirs["tallyResults"]
            if "eliminated" in event and event["transfers"]
        }
        assert {name: dict(papers) for name, papers in moved.items()} == expected


@pytest.mark.parametrize("name", CASES)
def test_the_whole_report(name: str) -> None:
    """Every figure of RCTab's detailed report, those that it sums up among them."""
    found = case(name)
    papers = [*found.loaded.polls["contest"][0].judged(found.contest)]
    ours = json.loads(rctab_report.of_rounds(found.transcript, papers, Heading("")))
    assert in_order(ours) == in_order(found.report)


def in_order(report: dict[str, Any]) -> tuple[object, list[Any]]:
    """The figures of a report; who goes in one round, in the order of their names."""
    rounds = [
        {**one, "tallyResults": sorted(one["tallyResults"], key=str)} for one in report["results"]
    ]
    return report["summary"], rounds
