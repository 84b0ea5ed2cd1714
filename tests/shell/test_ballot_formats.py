"""Every format of a ballot file counted and converted, each command as a whole process."""

import json
from pathlib import Path

import pytest

from hustings.ballots.paper import OVERVOTE
from hustings.formats.ballot_formats import EVERY_FORMAT

from .conftest import Hustings

BALLOTS = "count,1,2,3\n4,Ann,Bob,Cat\n3,Bob,Cat,Ann\n2,Cat,Bob,Ann\n"

CONFIG = {
    "outputSettings": {"contestName": "Mayor of Leeds"},
    "cvrFileSources": [
        {
            "filePath": "cvr.csv",
            "provider": "ess",
            "firstVoteColumnIndex": "2",
            "firstVoteRowIndex": "2",
            "overvoteLabel": "overvote",
            "skippedRankLabel": "undervote",
            "undeclaredWriteInLabel": "UWI",
        }
    ],
    "candidates": [{"name": "Ann"}, {"name": "Bob"}, {"name": "Cat"}],
    "rules": {
        "tiebreakMode": "useCandidateOrder",
        "overvoteRule": "exhaustImmediately",
        "winnerElectionMode": "singleWinnerMajority",
        "numberOfWinners": "1",
        "maxSkippedRanksAllowed": "1",
        "maxRankingsAllowed": "3",
        "batchElimination": False,
    },
}
RECORDS = """\
id,1,2,3
1,Ann,undervote,Bob
2,Ann,overvote,Bob
3,Bob,Ann,Cat
4,Bob,undervote,undervote
5,Cat,UWI,Bob
6,overvote,Ann,Bob
7,undervote,undervote,Ann
8,undervote,undervote,undervote
9,Ann,Cat,Bob
"""


@pytest.mark.parametrize("suffix", EVERY_FORMAT)
def test_count_and_convert(hustings: Hustings, suffix: str) -> None:
    """The same papers have the same winner, whatever they are written in, and come back whole."""
    (hustings.folder / "a.csv").write_text(BALLOTS, "utf-8")
    said = hustings("convert", "a.csv", f"b{suffix}").err
    assert "lost" not in said
    counted = hustings("count", f"b{suffix}").out
    assert (
        "Bob has 5 papers, 55.56 per cent of the papers, more than half, and is elected." in counted
    )
    hustings("convert", f"b{suffix}", "c.csv")
    again = (hustings.folder / "c.csv").read_text("utf-8").splitlines()
    assert sorted(again) == sorted(BALLOTS.splitlines())


def test_a_target_that_cannot_be_written_leaves_nothing(hustings: Hustings) -> None:
    """What is lost is named first; an order that a format cannot hold is an error before a byte."""
    (hustings.folder / "a.csv").write_text("1,2,3\nAnn,Bob,\nBob,Ann,Cat\n", "utf-8")
    said = hustings.refuses("convert", "a.csv", "b.soc")
    assert said[0] == "lost: rankings that do not name everyone (1 paper)"
    assert "a soc file must rank everyone" in said[1]
    (hustings.folder / "b.xlsx").write_bytes(b"")
    assert hustings.refuses("convert", "a.csv", "b.xlsx") == [
        "b.xlsx: the file is there already; give --force to replace it"
    ]


def config(hustings: Hustings, **rules: object) -> None:
    """A configuration of RCTab with its records beside it."""
    value = {**CONFIG, "rules": {**CONFIG["rules"], **rules}}  # type: ignore[dict-item]
    (hustings.folder / "config.json").write_text(json.dumps(value), "utf-8")
    (hustings.folder / "cvr.csv").write_text(RECORDS, "utf-8")


def test_a_configuration_of_rctab_is_counted_by_its_own_rules(hustings: Hustings) -> None:
    """Cat goes, and her paper passes over the write-in; of the last two the first listed wins."""
    config(hustings)
    ran = hustings("count", "config.json")
    assert "Ann is elected in round 3 with 3 papers" in ran.out
    assert "Mayor of Leeds" in ran.out
    assert "overvotes = stop" in ran.out
    assert "undeclared write-ins count as one candidate in round 1" in ran.err


def test_a_configuration_of_rctab_is_told_in_its_own_report(hustings: Hustings) -> None:
    """Ties are drawn from its seed, and the count says so; the report has its rounds."""
    config(hustings, tiebreakMode="random", randomSeed=1)
    ran = hustings("count", "config.json", "--format", "rctab-detailed")
    report = json.loads(ran.out)
    assert report["summary"]["numWinners"] == 1
    assert {"elected": "Bob", "transfers": {}} in report["results"][-1]["tallyResults"]
    assert "ties are drawn as RCTab draws them" in ran.err
    config(hustings, tiebreakMode="random", randomSeed="one")
    said = hustings.refuses("count", "config.json")
    assert any("randomSeed: 'one' is no whole number" in line for line in said)


def test_papers_by_what_was_made_of_them_and_by_what_ends_them(hustings: Hustings) -> None:
    """Every paper once, and then for each round those that count no more, by cause."""
    config(hustings)
    rows = hustings("papers", "--summary", "config.json").out.splitlines()
    assert rows == [
        "round,section,what,papers",
        ',everyone,"a ballot, as it was written",4',
        ",everyone,a ballot: a rank is left out: skip,1",
        ",everyone,a ballot: two candidates share a rank: stop,1",
        ",everyone,spoiled: a rank is left out,1",
        ",everyone,spoiled: no preference is marked,1",
        ",everyone,spoiled: two candidates share a rank,1",
        "1,everyone,a rank that several share ended it,1",
        "1,everyone,a rank left out ended it,1",
        "1,everyone,nothing is marked on it,1",
        "2,everyone,a rank that several share ended it,1",
        "2,everyone,a rank left out ended it,1",
        "2,everyone,nothing is marked on it,1",
        "3,everyone,a rank that several share ended it,1",
        "3,everyone,a rank left out ended it,1",
        "3,everyone,nothing is marked on it,1",
    ]


def test_a_summary_without_an_answer_says_so(hustings: Hustings) -> None:
    """The rounds are left out, aloud."""
    (hustings.folder / "a.csv").write_text("1,2\nAnn,Bob\nAnn=Bob,\n", "utf-8")
    ran = hustings("papers", "--summary", "a.csv")
    assert ran.out.splitlines()[1:] == [
        ',everyone,"a ballot, as it was written",1',
        ',everyone,"not judged: two candidates share a rank, and the rules do not answer '
        'overvotes",1',
    ]
    assert "no round is told of: the rules have no answer for some papers" in ran.err


def test_an_overvote_that_names_nobody_is_kept_as_it_stands(hustings: Hustings) -> None:
    """CSV holds it; BLT does not, and that is said before the rank is left out."""
    config(hustings)
    hustings("convert", "config.json", "kept.csv")
    assert f"Ann,{OVERVOTE},Bob" in (hustings.folder / "kept.csv").read_text("utf-8")
    ran = hustings("convert", "config.json", "kept.blt")
    assert "lost: ranks marked for several, where nobody knows for whom (2 papers)" in ran.err
    assert "2 1 - 2 0" in (hustings.folder / "kept.blt").read_text("utf-8")


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (
            {"overvoteRule": "countForAll"},
            "config.json: overvoteRule: 'countForAll', none of alwaysSkipToNextRank, "
            "exhaustImmediately, exhaustIfMultipleContinuing, has no counterpart here, and would "
            "be counted otherwise",
        ),
        (
            {"aSettingOfNextYear": "100"},
            "config.json: asettingofnextyear: '100' has no counterpart here, and would be "
            "counted otherwise",
        ),
    ],
)
def test_a_setting_without_counterpart(
    hustings: Hustings, rules: dict[str, object], said: str
) -> None:
    """Nothing is counted by another rule than the configuration names."""
    config(hustings, **rules)
    assert hustings.refuses("count", "config.json")[0] == said


def test_records_that_are_not_there_and_names_that_nobody_has(hustings: Hustings) -> None:
    """By the file that is meant, and by its line."""
    config(hustings)
    (hustings.folder / "cvr.csv").write_text(RECORDS.replace("Cat,UWI", "Eve,UWI"), "utf-8")
    said = hustings.refuses("count", "config.json")
    assert said[0].startswith("cvr.csv:6: 'Eve' is no candidate, alias or label")
    (hustings.folder / "cvr.csv").unlink()
    said = hustings.refuses("count", "config.json")
    assert said[0] == "cvr.csv: cannot be read: No such file or directory"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        (
            "a.xlsx",
            b"1,2\nAnn,Bob\n",
            "a.xlsx: this is no Excel file (.xlsx): File is not a zip file",
        ),
        ("a.json", b"{}", "a.json: expected cast-vote records of NIST (CVR), votes of raire-rs"),
        (
            "a.jsonl",
            b"Ann\n",
            "a.jsonl:1: 'Ann' is no JSON object: Expecting value, at line 1, column 1",
        ),
        ("a.abif", b"Ann\n", "a.abif:1: 'Ann' is no line of ABIF: expected a ballot such as"),
        (
            "a.cvotes",
            b"Ann > \n",
            "a.cvotes:1: a rank is empty in 'Ann >'; expected a vote such as",
        ),
        ("a.parquet", b"Ann", "a.parquet: this is no Parquet file that can be read: "),
    ],
)
def test_what_is_no_such_file(hustings: Hustings, name: str, data: bytes, said: str) -> None:
    """One clear error, and nothing written."""
    (hustings.folder / name).write_bytes(data)
    assert hustings.refuses("count", name)[0].startswith(said)


def test_packed_files_of_every_kind(hustings: Hustings) -> None:
    """A name that ends in .gz is unpacked on the way, whether it holds lines or not."""
    import gzip

    (hustings.folder / "a.csv").write_text(BALLOTS, "utf-8")
    for suffix in (".xlsx", ".jsonl"):
        hustings("convert", "a.csv", f"b{suffix}")
        packed = Path(hustings.folder / f"b{suffix}.gz")
        packed.write_bytes(gzip.compress((hustings.folder / f"b{suffix}").read_bytes()))
        assert "Bob has 5 papers" in hustings("count", f"b{suffix}.gz").out
        packed.write_bytes(packed.read_bytes()[:-20])
        assert "damaged or cut off" in hustings.refuses("count", f"b{suffix}.gz")[0]
