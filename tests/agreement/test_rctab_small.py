"""RCTab's small test contests: each page has the marks as figures and what RCTab made of them.

A page's settings and marks are written as a configuration and a table of ranks, loaded as anyone
would load them, and every round is told as the page has it.
"""

import csv
import json
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from hustings.ballots.inactive import Cause, inactive
from hustings.ballots.reduction import reduce
from hustings.counting import engine
from hustings.counting.seats import engine as seats_engine
from hustings.counting.seats.stages import StageTranscript
from hustings.counting.transcript import Elected, Transcript
from hustings.election.rulebook import UNDECLARED
from hustings.election.spec import EVERYONE, Contest
from hustings.shell import acts
from hustings.shell.acts import Loaded
from hustings.units import decimal

PAGES = sorted((Path(__file__).parent / "rctab").glob("*.md"))
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.S)
RANKS = 15

pytestmark = pytest.mark.agreement


def block(page: str, name: str) -> list[str]:
    """The lines of the one block of that name."""
    (found,) = (text for called, text in BLOCK.findall(page) if called == name)
    return found.splitlines()


def written(page: str, folder: Path) -> Path:
    """The contest of a page as RCTab keeps it, in a folder."""
    rules = dict(line.split(" = ") for line in block(page, "settings"))
    names = [line.partition(" (excluded)") for line in block(page, "candidates")]
    config: dict[str, Any] = {
        "outputSettings": {"contestName": "Contest"},
        "cvrFileSources": [
            {
                "filePath": "cvr.csv",
                "provider": "ess",
                "firstVoteColumnIndex": "1",
                "firstVoteRowIndex": "1",
                "overvoteDelimiter": "//",
                "undeclaredWriteInLabel": "UWI" if "#" in page.split("```ballots")[1] else "",
            }
        ],
        "candidates": [{"name": name, "excluded": bool(out)} for name, out, _ in names],
        "rules": {
            key: {"true": True, "false": False}.get(said, said) for key, said in rules.items()
        },
    }
    (folder / "config.json").write_text(json.dumps(config))
    with (folder / "cvr.csv").open("w", newline="") as file:
        table = csv.writer(file)
        for line in block(page, "ballots"):
            number, _, marks = line.partition(" ")
            table.writerows([cells(marks)] * int(number))
    return folder / "config.json"


def cells(marks: str) -> list[str]:
    """A row of the table of ranks."""
    ranks = [] if marks == "(blank)" else marks.split(" > ")
    row = ["" if rank == "_" else rank.replace("=", "//").replace("#", "UWI") for rank in ranks]
    return [*row, *["undervote"] * (RANKS - len(row))]


def rounds(loaded: Loaded) -> Iterator[str]:
    """Every round of the count as a page has it."""
    contest = loaded.election.contest()
    profile = reduce(loaded.polls[contest.id][0], contest)
    if contest.rules.method in seats_engine.METHODS:
        yield from of_stages(seats_engine.count(contest, profile))
    else:
        yield from of_rounds(engine.count(contest, [profile]), loaded)


def of_rounds(transcript: Transcript, loaded: Loaded) -> Iterator[str]:
    contest, earlier = transcript.contest, []
    judged = list(loaded.polls[contest.id][0].judged(contest))
    for number, round_ in enumerate(transcript.rounds, 1):
        held = round_.tally.held[EVERYONE]
        causes = inactive(judged, held.keys(), earlier)[EVERYONE]
        out = sum(papers for cause, papers in causes.items() if cause is not Cause.BLANK)
        earlier.append(held.keys())
        opening = transcript.rounds[0].tally.held[EVERYONE]
        of = opening if contest.rules.quota == "half_first_round" else held
        event = round_.event
        won = [event.name] if isinstance(event, Elected) else []
        votes = {name: Fraction(papers) for name, papers in held.items()}
        yield told(contest, number, Fraction(sum(of.values()) // 2 + 1), votes, out, won)


def of_stages(transcript: StageTranscript) -> Iterator[str]:
    out: set[str] = set()
    for number, stage in enumerate(transcript.stages, 1):
        out |= {*stage.excluded}
        votes = {name: part for name, part in stage.votes.items() if name not in out}
        won = sorted(each.name for each in stage.elected)
        yield told(transcript.contest, number, stage.quota, votes, 0, won)


def told(
    contest: Contest,
    number: int,
    quota: Fraction | None,
    votes: dict[Any, Fraction],
    inactive_: int,
    won: list[Any],
) -> str:
    parts = [str(number)]
    if quota is not None:
        parts.append(f"threshold {figure(quota)}")
    called = {name: contest.name(name) for name in votes} | {UNDECLARED: "undeclared"}
    parts += [f"{called[n]} {figure(votes[n])}" for n in sorted(votes, key=lambda n: called[n])]
    parts += [f"inactive {inactive_}"] if inactive_ else []
    parts += [f"elected {' '.join(called[name] for name in won)}"] if won else []
    return "  ".join(parts)


def figure(votes: Fraction) -> str:
    text = decimal(votes, 6)
    assert Fraction(text) == votes
    return text.rstrip("0").rstrip(".")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_round(path: Path, tmp_path: Path) -> None:
    """Votes, threshold, inactive papers and who is elected, as RCTab has them."""
    page = path.read_text()
    assert [*rounds(acts.load(written(page, tmp_path)))] == block(page, "rounds")


# --- the same records of every provider -------------------------------------------


def sheets(page: str) -> Iterator[list[list[str]]]:
    """The papers of a page, one by one: whom each rank was marked for."""
    for line in block(page, "ballots"):
        number, _, marks = line.partition(" ")
        ranks = [rank.split("=") if rank != "_" else [] for rank in marks.split(" > ")]
        yield from [ranks] * int(number)


def as_report(page: str) -> dict[str, Any]:
    """A report of NIST's, in which each mark stands for a selection at a rank."""
    names = block(page, "candidates")
    records = []
    for ranks in sheets(page):
        marks = [
            {"ContestSelectionId": f"s-{name}", "SelectionPosition": [{"Rank": rank}]}
            for rank, several in enumerate(ranks, 1)
            for name in several
        ]
        shown = {"ContestId": "k", "CVRContestSelection": marks}
        records.append(
            {"CurrentSnapshotId": "p", "CVRSnapshot": [{"@id": "p", "CVRContest": [shown]}]}
        )
    selections = [{"@id": f"s-{name}", "CandidateIds": [f"c-{name}"]} for name in names]
    candidates = [{"@id": f"c-{name}", "Name": name} for name in names]
    contest = {"@id": "k", "Name": "Contest", "ContestSelection": selections}
    return {"CVR": records, "Election": [{"Candidate": candidates, "Contest": [contest]}]}


def as_xml(name: str, value: object) -> str:
    """A value as elements of that name; ids are attributes."""
    if isinstance(value, list):
        if name == "CandidateIds":
            return f"<{name}>{' '.join(value)}</{name}>"
        return "".join(as_xml(name, one) for one in value)
    if isinstance(value, dict):
        id_ = f' ObjectId="{value["@id"]}"' if "@id" in value else ""
        inner = "".join(as_xml(key, part) for key, part in value.items() if key != "@id")
        return f"<{name}{id_}>{inner}</{name}>"
    return f"<{name}>{value}</{name}>"


def in_json(page: str, folder: Path) -> dict[str, str]:
    (folder / "cvr.json").write_text(json.dumps(as_report(page)))
    return {"filePath": "cvr.json", "provider": "CDF", "contestId": "Contest"}


def in_xml(page: str, folder: Path) -> dict[str, str]:
    (folder / "cvr.xml").write_text(as_xml("CastVoteRecordReport", as_report(page)))
    return {"filePath": "cvr.xml", "provider": "cdf"}


def in_clear_ballot(page: str, folder: Path) -> dict[str, str]:
    names = block(page, "candidates")
    columns = [(name, rank) for name in names for rank in range(1, RANKS + 1)]
    with (folder / "cvr.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(
            ["RowNumber", *(f"Choice_1_1:X, Y:{r}:Winners 1:{n}:NON" for n, r in columns)]
        )
        for number, ranks in enumerate(sheets(page), 1):
            marked = {(name, rank) for rank, some in enumerate(ranks, 1) for name in some}
            table.writerow([number, *(int(column in marked) for column in columns)])
    return {"filePath": "cvr.csv", "provider": "clearBallot", "contestId": "X, Y"}


def in_hart(page: str, folder: Path) -> dict[str, str]:
    (folder / "archive").mkdir()
    for number, ranks in enumerate(sheets(page)):
        options = [
            {"Name": name, "Value": "".join(str(int(name in some)) for some in ranks)}
            for name in dict.fromkeys(name for some in ranks for name in some)
        ]
        contest = {"Name": "X", "Id": "k-1", "Options": {"Option": options}}
        text = as_xml("Cvr", {"Contests": {"Contest": [contest]}})
        (folder / "archive" / f"1_{number}.xml").write_text(text)
    return {"filePath": "archive/", "provider": "Hart", "contestId": "k-1"}


@pytest.mark.parametrize("write", [in_json, in_xml, in_clear_ballot, in_hart])
@pytest.mark.parametrize(
    "page", [path for path in PAGES if path.stem.startswith("test_set")], ids=lambda path: path.stem
)
def test_the_same_records_of_every_provider(
    page: Path, write: Callable[[str, Path], dict[str, str]], tmp_path: Path
) -> None:
    """One contest, one result; a report names the candidates where the configuration does not."""
    text = page.read_text()
    path = written(text, tmp_path)
    value = json.loads(path.read_text())
    value["cvrFileSources"] = [write(text, tmp_path)]
    if write in (in_json, in_xml):
        value["candidates"] = []
    path.write_text(json.dumps(value))
    assert [*rounds(acts.load(path))] == block(text, "rounds")
