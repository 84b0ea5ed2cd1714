"""RCTab's small test contests: each page has the marks as figures and what RCTab made of them.

A page's settings and marks are written as a configuration and a table of ranks, loaded as anyone
would load them, and every round is told as the page has it. Two large contests are held by
`test_rctab`. `NOT_HELD` says why the other folders of RCTab's test data are not.
"""

import csv
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hustings.ballots.reduction import reduce
from hustings.counting.seats import engine as seats_engine
from hustings.errors import InputError
from hustings.formats import rctab_report
from hustings.formats.rctab_json import Heading
from hustings.shell import acts
from hustings.shell.acts import Loaded

PAGES = sorted((Path(__file__).parent / "rctab").glob("*.md"))
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.S)
RANKS = 15
# RCTab's classes of inactive ballots, as a page has them.
SHORT = {
    "exhaustedChoices": "exhausted",
    "overvotes": "overvotes",
    "repeatedRankings": "repeated",
    "skippedRankings": "skipped",
    "finalRoundSurplus": "last surplus",
}

# The folders of RCTab's test data whose rounds are not held to here, by the reason.
NOT_HELD = {
    "large spreadsheets of three ranks, or parts of votes: their transfers do not give the marks": (
        "2013_minneapolis_mayor",
        "2013_minneapolis_mayor_scale",
        "2013_minneapolis_park",
        "2013_minneapolis_park_hare",
        "2013_minneapolis_park_sequential",
    ),
    "2015_portland_mayor once more, with codes for the names": ("2015_portland_mayor_codes",),
    "as many candidates as seats, or fewer: elected without a count there, declared here": (
        "excluded_test",
        "more_winners_than_candidates",
    ),
    "the one paper is blank: elected by lots there, no formal paper and so no count here": (
        "nist_xml_cdf_2",
    ),
    "refused there and here; the refusals have tests of their own": (
        "invalid_params_test",
        "invalid_sources_test",
        "max_ranking_enforcement",
        "no_one_meets_minimum",
    ),
    "asks for tables by precinct, which are read as units here, and refused there without any": (
        "tabulate_by_precinct_without_precincts",
    ),
    "a setting of a few weeks of its development, preventOneCandidateInFinalRound": (
        "first_round_determines_threshold_elect_test",
        "first_round_determines_threshold_eliminate_test",
        "tiebreak_seed_test_elect",
        "tiebreak_seed_test_eliminate",
    ),
    "converts records, or checks signatures, and counts nothing": (
        "conversions_from_cdf",
        "conversions_from_dominion",
        "conversions_from_ess",
        "convert_to_cdf_from_cdf",
        "convert_to_cdf_from_dominion",
        "convert_to_cdf_from_ess",
        "dominion_cvr_conversion_alaska",
        "dominion_cvr_conversion_kansas",
        "dominion_cvr_conversion_wyoming",
        "signature_validation",
    ),
    "stops for a person to break a tie in a window, with no figures": (
        "sample_interactive_tiebreak",
    ),
    "earlier names of folders that are held": (
        "aliases-json",
        "aliases-xlsx",
        "dominion_direct_tabulation_alaska",
        "test_set_only_one_winner_per_round",
        "test_set_treat_images_as_undeclared_write_in",
    ),
}

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
    row = ["" if rank == "_" else as_cell(rank) for rank in ranks]
    return [*row, *["undervote"] * (RANKS - len(row))]


def as_cell(rank: str) -> str:
    """Candidates who share a rank, undeclared write-ins, and an overvote that names nobody."""
    return rank.replace("=", "//").replace("#", "UWI").replace("!", "overvote")


def reports(loaded: Loaded) -> list[Any]:
    """RCTab's detailed report of the count; one a seat, where they are filled one by one."""
    contest = loaded.election.contest()
    papers = [*loaded.polls[contest.id][0].judged(contest)]
    heading = Heading("Contest")
    if contest.rules.method in seats_engine.METHODS:
        stages = seats_engine.count(contest, reduce(loaded.polls[contest.id][0], contest))
        found = json.loads(rctab_report.of_stages(stages, papers, heading))
    else:
        found = json.loads(rctab_report.of_rounds(acts.count(loaded), papers, heading))
    return found if isinstance(found, list) else [found]


def rounds(loaded: Loaded) -> Iterator[str]:
    """Every round of the count as a page has it."""
    for report in reports(loaded):
        yield from map(told, report["results"])


def told(round_: dict[str, Any]) -> str:
    """A line of a page: the threshold, the votes, the inactive by class, and who goes or wins."""
    parts = [f"{round_['round']}", f"threshold {round_['threshold']}"]
    parts += [f"{name} {votes}" for name, votes in sorted(round_["tally"].items())]
    idle = sorted(round_["inactiveBallots"].items())
    parts += [f"{SHORT[name]} {votes}" for name, votes in idle if votes != "0"]
    for act in ("eliminated", "elected"):
        events = [event for event in round_["tallyResults"] if act in event]
        parts += [f"{act} {event}" for event in sorted(with_flows(one, act) for one in events)]
    return "  ".join(parts)


def with_flows(event: dict[str, Any], act: str) -> str:
    """Who goes or wins, and to whom the votes pass."""
    flows = [f"{name} {votes}" for name, votes in sorted(event["transfers"].items())]
    return f"{event[act]} ({', '.join(flows)})" if flows else str(event[act])


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_round(path: Path, tmp_path: Path) -> None:
    """Votes, threshold, inactive papers and who is elected, as RCTab has them."""
    page = path.read_text()
    assert [*rounds(acts.load(written(page, tmp_path)))] == block(page, "rounds")


def test_what_is_not_held_is_nowhere_held() -> None:
    """A folder has a page or a reason, and never both."""
    reasons = [name for names in NOT_HELD.values() for name in names]
    assert len(reasons) == len(set(reasons))
    assert {*reasons}.isdisjoint(path.stem for path in PAGES)


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


def in_csv(page: str, folder: Path) -> dict[str, str]:
    """A column for each candidate, of the write-ins too, and the first column without a title."""
    names = [*block(page, "candidates"), "UWI"]
    with (folder / "cvr.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["", *names])
        for number, ranks in enumerate(sheets(page), 1):
            called = [["UWI" if name == "#" else name for name in some] for some in ranks]
            at = {name: rank for rank, some in enumerate(called, 1) for name in some}
            table.writerow([number, *(at.get(name, "") for name in names)])
    return {
        "filePath": "cvr.csv",
        "provider": "genericCsv",
        "firstVoteColumnIndex": "2",
        "undeclaredWriteInLabel": "UWI",
    }


@pytest.mark.parametrize("most", ["1", "2"])
def test_more_ranks_than_allowed_are_refused(most: str, tmp_path: Path) -> None:
    """Where a record may hold them; of a table of ranks no more columns are read.

    [RCTab, test_data/max_ranking_enforcement.]
    """
    text = (PAGES[0].parent / "generic_csv_test.md").read_text()
    path = written(text, tmp_path)
    value = json.loads(path.read_text())
    value["rules"]["maxRankingsAllowed"] = most
    path.write_text(json.dumps(value))
    acts.load(path)
    value["cvrFileSources"] = [in_csv(text, tmp_path)]
    path.write_text(json.dumps(value))
    with pytest.raises(InputError, match=f"expected {most} at most; set maxRankingsAllowed to max"):
        acts.load(path)


def held_by_all(path: Path) -> bool:
    """Whether every mark of a page is for somebody who is named."""
    return path.stem.startswith("test_set") and not {*"#!"} & {*"".join(marks_of(path))}


def marks_of(path: Path) -> list[str]:
    """The ballots of a page."""
    return block(path.read_text(), "ballots")


def test_a_table_with_a_column_for_each_candidate(tmp_path: Path) -> None:
    """Write-ins have a column of their own, and the header's first cell may be empty.

    [RCTab, test_data/generic_csv_test and csv_missing_header_test: the same marks and figures.]
    """
    text = (PAGES[0].parent / "generic_csv_test.md").read_text()
    path = written(text, tmp_path)
    value = json.loads(path.read_text())
    value["cvrFileSources"] = [in_csv(text, tmp_path)]
    path.write_text(json.dumps(value))
    assert [*rounds(acts.load(path))] == block(text, "rounds")


@pytest.mark.parametrize("write", [in_json, in_xml, in_clear_ballot, in_hart])
@pytest.mark.parametrize("page", [*filter(held_by_all, PAGES)], ids=lambda path: path.stem)
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
