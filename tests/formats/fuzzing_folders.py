"""A contest as RCTab keeps it, a folder for each provider of records, and ways to spoil a file."""

import json
from pathlib import Path
from typing import Any

from hustings.ballots.paper import Paper, ranked
from hustings.election.spec import EVERYONE
from hustings.errors import InputError
from hustings.formats.ballot_formats import EVERY_FORMAT
from hustings.shell import acts
from hustings.units import Papers

from .fuzzing import CANDIDATES, Spoiling, spoiled, tree_spoiled

CONFIG_FILE = "config.json"
SAID = {
    "outputSettings": {"contestName": "Leader"},
    "candidates": [
        {"name": "Ann Lee", "excluded": False, "aliases": ["A", "1"]},
        {"name": "Bob", "code": "2"},
        {"name": "Zoë", "aliases": ["Z", "Zoë O'Neill"]},
    ],
    "rules": {
        "tiebreakMode": "previousRoundCountsThenAsk",
        "overvoteRule": "exhaustIfMultipleContinuing",
        "winnerElectionMode": "singleWinnerMajority",
        "numberOfWinners": "1",
        "maxSkippedRanksAllowed": "1",
        "maxRankingsAllowed": "3",
        "minimumVoteThreshold": "2",
        "batchElimination": True,
        "exhaustOnDuplicateCandidate": False,
    },
}
RANKS = "record,precinct,1,2,3\na,22,Ann Lee,Bob,Zoë\nb,23,Z,overvote,\nc,22,Bob|A,undervote,UWI\n"
CHOICE = "Choice_6_1:Mayor: Ward 1:{}:Vote For 1:{}:NON"
CLEAR = ",".join(
    ["RowNumber,PrecinctID", *(CHOICE.format(r, n) for n in ("Ann Lee", "Bob") for r in (1, 2))]
)
HART = """\
<?xml version="1.0" encoding="utf-8"?>
<Cvr xmlns="http://example.org/design.xsd"><Contests><Contest><Name>Mayor</Name><Id>m</Id><Options>
<Option><Name>Ann Lee</Name><Id>1</Id><Value>010</Value></Option>
<Option><Name>Bob</Name><Id>2</Id><Value>101</Value></Option></Options></Contest></Contests>
<PrecinctSplit><Name>22</Name><Id>p</Id></PrecinctSplit></Cvr>
"""
REPORT = """\
<?xml version="1.0"?>
<CastVoteRecordReport xmlns="http://example.org/records.xsd"><CVR>
<BallotStyleUnitId>gp1</BallotStyleUnitId><CurrentSnapshotId>s1</CurrentSnapshotId>
<CVRSnapshot ObjectId="s1"><CVRContest><ContestId>m</ContestId>
<CVRContestSelection><ContestSelectionId>k1</ContestSelectionId><SelectionPosition>
<HasIndication>yes</HasIndication><NumberVotes>1</NumberVotes><Rank>1</Rank></SelectionPosition>
</CVRContestSelection><CVRContestSelection><ContestSelectionId>k2</ContestSelectionId>
<SelectionPosition><HasIndication>yes</HasIndication><IsAllocable>no</IsAllocable><Rank>2</Rank>
</SelectionPosition></CVRContestSelection></CVRContest><Type>original</Type></CVRSnapshot></CVR>
<Election ObjectId="e1"><Candidate ObjectId="c1"><Name>Ann Lee</Name></Candidate>
<Candidate ObjectId="c2"><Name>Bob</Name></Candidate><Contest ObjectId="m"><Name>Mayor</Name>
<NumberElected>1</NumberElected><ContestSelection ObjectId="k1"><CandidateIds>c1</CandidateIds>
</ContestSelection><ContestSelection ObjectId="k2"><CandidateIds>c2</CandidateIds>
</ContestSelection></Contest></Election><GpUnit ObjectId="gp1"><Name>22</Name><Type>precinct</Type>
</GpUnit></CastVoteRecordReport>
"""
MANIFEST = {
    "ContestManifest.json": [{"Id": 7, "Description": "Mayor"}],
    "CandidateManifest.json": [
        {"Id": 8, "ContestId": 7, "Description": "Ann Lee"},
        {"Id": 9, "ContestId": 7, "Description": "Bob"},
    ],
    "PrecinctPortionManifest.json": [{"Id": 5, "Description": "22"}],
}
MARKS = [{"CandidateId": 8, "Rank": 1}, {"CandidateId": 9, "Rank": 2, "IsAmbiguous": True}]
SESSION = {
    "Original": {
        "IsCurrent": True,
        "PrecinctPortionId": 5,
        "Cards": [{"Contests": [{"Id": 7, "Marks": MARKS}]}],
    }
}


def _book() -> bytes:
    """A workbook whose rows are those of a table of ranks."""
    papers = (Paper(EVERYONE, ranked("ann", "zoe"), Papers(1)), Paper(EVERYONE, ranked("zoe")))
    made = EVERY_FORMAT[".xlsx"].write(papers, CANDIDATES, "Title", 1)
    return made if isinstance(made, bytes) else "".join(made).encode()


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


# By provider: what its source says besides, and its files by name.
FOLDERS: dict[str, tuple[dict[str, Any], dict[str, bytes]]] = {
    "ess": (
        {
            "filePath": "r.csv",
            "firstVoteColumnIndex": "3",
            "firstVoteRowIndex": "2",
            "precinctColumnIndex": "2",
            "overvoteDelimiter": "|",
            "overvoteLabel": "overvote",
            "undeclaredWriteInLabel": "UWI",
        },
        {"r.csv": RANKS.replace("overvote", "Bob").encode()},
    ),
    "ES&S": (
        {"filePath": "r.xlsx", "firstVoteColumnIndex": 1, "firstVoteRowIndex": 2},
        {"r.xlsx": _book()},
    ),
    "genericCsv": ({"filePath": "r.csv"}, {"r.csv": "Ann Lee,Bob,Zoë\n1,2,\n,1,1\n".encode()}),
    "clearBallot": (
        {"filePath": "r.csv", "contestId": "Mayor: Ward 1"},
        {"r.csv": f"{CLEAR}\n1,22,1,0,0,1\n2,23,1,0,1,0\n".encode()},
    ),
    "cdf": (
        {"filePath": "r.xml", "contestId": "m", "overvoteLabel": "overvote"},
        {"r.xml": REPORT.encode()},
    ),
    "hart": (
        {"filePath": "r", "contestId": "m"},
        {"r/1.xml": HART.encode(), "r/2.xml": HART.replace("010", "100").encode()},
    ),
    "dominion": (
        {"filePath": "r", "contestId": "7"},
        {f"r/{name}": _json({"List": listed}) for name, listed in MANIFEST.items()}
        | {"r/CvrExport.json": _json({"Sessions": [SESSION, SESSION]})},
    ),
}


def files(provider: str) -> dict[str, bytes]:
    """The files of the folder by name, the configuration first."""
    source, records = FOLDERS[provider]
    said = SAID | {"cvrFileSources": [{"provider": provider, **source}]}
    return {CONFIG_FILE: _json(said), **records}


def spoil_one(written: dict[str, bytes], which: int, spoilings: list[Spoiling]) -> dict[str, bytes]:
    """The same files, one of them spoiled: its bytes, or the values of its tree if it has one."""
    name = [*written][which % len(written)]
    inside = name.endswith(".json") and len(spoilings) % 2
    change = tree_spoiled if inside else spoiled
    return {**written, name: change(written[name], spoilings)}


def load(folder: Path, written: dict[str, bytes]) -> acts.Loaded | None:
    """What is made of a folder with these files; None where it is refused."""
    for name, data in written.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    try:
        return acts.load(folder / CONFIG_FILE)
    except InputError:
        return None
