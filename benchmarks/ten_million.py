"""Times a count of ten million ballots beside the bare scan of the same file, and its peers.

Run as `python benchmarks/ten_million.py DIR`. Each program runs as a process of its own, in turn;
what counts is its processor time and its peak memory, and the ratios within one run. *Bare* is
polars or DuckDB reading the file and grouping equal rows, without knowing what a ballot is.
"""

import argparse
import json
import os
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import ten_million_files as files

BARE = {
    "DuckDB": """
import duckdb, sys
source = f"'{sys.argv[1]}'"
if sys.argv[1].endswith("csv"):
    source = f"read_csv({source}, all_varchar=true)"
query = f"select count(*) from (select *, count(*) from {source} group by all)"
print(duckdb.connect().execute(query).fetchone()[0])
""",
    "polars": """
import polars, sys
scan = polars.scan_csv if sys.argv[1].endswith("csv") else polars.scan_parquet
frame = scan(sys.argv[1])
print(frame.group_by(frame.collect_schema().names()).len().collect(engine="streaming").height)
""",
    "polars, told the names": """
import polars, sys
file, names, sections = sys.argv[1], *(words.split(",") for words in sys.argv[2:])
if file.endswith("csv"):
    columns = polars.scan_csv(file).collect_schema().names()
    types = dict.fromkeys(columns, polars.Enum(names)) | {columns[0]: polars.Enum(sections)}
    frame = polars.scan_csv(file, schema=types)
else:
    frame = polars.scan_parquet(file)
    columns = frame.collect_schema().names()
key = polars.lit(0, polars.UInt64)
for column in columns:
    code = polars.col(column).to_physical().cast(polars.UInt64).fill_null(len(names))
    key = key * (len(names) + 1) + code
print(frame.select(key.alias("key")).group_by("key").len().collect(engine="streaming").height)
""",
}
PEERS = {
    "pyrankvote": """
import csv, sys, pyrankvote
from pyrankvote import Ballot, Candidate
known = {}
with open(sys.argv[1]) as file:
    rows = csv.reader(file)
    next(rows)
    named = ([name for name in row[1:] if name] for row in rows)
    ballots = [
        Ballot([known.setdefault(name, Candidate(name)) for name in names]) for names in named
    ]
print(pyrankvote.instant_runoff_voting([*known.values()], ballots).get_winners())
""",
    "stvpoll": """
import csv, sys
from stvpoll.scottish_stv import ScottishSTV
with open(sys.argv[1]) as file:
    rows = csv.reader(file)
    next(rows)
    named = [[name for name in row[1:] if name] for row in rows]
poll = ScottishSTV(seats=1, candidates=sorted({name for names in named for name in names}))
for names in named:
    poll.add_ballot(names)
print(poll.calculate().elected_as_tuple())
""",
    "pyrcv": """
import csv, sys
from pyrcv import RaceData, RaceMetadata, run_rcv
names = {}
with open(sys.argv[1]) as file:
    rows = csv.reader(file)
    next(rows)
    ballots = [[names.setdefault(n, len(names) + 1) for n in row[1:] if n] for row in rows]
race = RaceData(RaceMetadata("race", 1, [*names]), ballots, [1] * len(ballots))
print(run_rcv(race).rounds[-1].elected)
""",
    "VoteKit": """
import sys
from votekit.cvr_loaders import load_ranking_csv
from votekit.elections import IRV
columns = [*range(1, 1 + len(sys.argv[2].split(",")))]
profile = load_ranking_csv(sys.argv[1], columns, header_row=0, print_profile=False)
print(IRV(profile).get_elected())
""",
    "pref_voting": """
import csv, sys
from pref_voting.profiles_with_ties import ProfileWithTies
from pref_voting.voting_methods import instant_runoff_for_truncated_linear_orders
names = {}
with open(sys.argv[1]) as file:
    rows = csv.reader(file)
    next(rows)
    named = [[names.setdefault(n, len(names)) for n in row[1:] if n] for row in rows]
rankings = [{name: rank for rank, name in enumerate(row, 1)} for row in named]
profile = ProfileWithTies(rankings, candidates=[*range(len(names))])
elected = instant_runoff_for_truncated_linear_orders(profile)
print([name for name, number in names.items() if number in elected])
""",
}
# What these take for more papers than so many is minutes, or all the memory there is.
FEW = 1_000_000
ONLY_FEW = ("VoteKit", "pref_voting")


@dataclass(frozen=True, slots=True)
class Row:
    """One program on one file: processor seconds, megabytes at the peak, and what it printed."""

    file: str
    program: str
    cpu: float
    megabytes: float
    said: str


def timed(words: Sequence[str]) -> tuple[float, float, str]:
    """Run a program to its end: processor seconds, megabytes at the peak, and its last line."""
    read, write = os.pipe()
    # An installed program finds its bytecode compiled; so do all of these after their first run.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    child = os.fork()
    if not child:
        os.dup2(write, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.execvp(words[0], [*words])
    os.close(write)
    with os.fdopen(read) as output:
        said = output.read()
    _, status, used = os.wait4(child, 0)
    if status:
        said = f"NOT MEASURED: it ended with {status}, or is not installed"
    lines = [line for line in said.splitlines() if line.strip()]
    elected = [line for line in lines if " is elected in round " in line]
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, (elected or lines)[-1]


def programs(path: Path, candidates: int, papers: int, peers: str) -> dict[str, list[str]]:
    """What runs on the file, by its name; `peers` is the interpreter that has them, if any."""
    python = sys.executable
    named = [",".join(files.NAMES[:candidates]), ",".join(files.SECTIONS)]
    run = {"hustings": [python, "-m", "hustings", "count", str(path)]}
    if path.suffix != ".blt":
        for name, source in BARE.items():
            run[f"bare: {name}"] = [python, "-c", source, str(path), *named]
    if peers and path.suffix == ".csv":
        for name, source in PEERS.items():
            if papers <= FEW or name not in ONLY_FEW:
                run[name] = [peers, "-c", source, str(path), *named]
    return run


def measured(path: Path, candidates: int, papers: int, runs: int, peers: str) -> list[Row]:
    """Every program on the file, in turn, after one run of our own that fills caches."""
    found = programs(path, candidates, papers, peers)
    timed(found["hustings"])
    times: dict[str, list[tuple[float, float, str]]] = {name: [] for name in found}
    for name, words in found.items():
        if name != "hustings" and runs > 1:
            timed(words)
    for _ in range(runs):
        for name, words in found.items():
            times[name].append(timed(words))
    return [
        Row(
            path.name,
            name,
            statistics.median(cpu for cpu, _, _ in each),
            max(memory for _, memory, _ in each),
            each[-1][2],
        )
        for name, each in times.items()
    ]


def told(rows: Sequence[Row]) -> None:
    """Print a table, each row beside the best bare scan."""
    bare = min((row.cpu for row in rows if row.program.startswith("bare")), default=None)
    for row in rows:
        ratio = f"{row.cpu / bare:6.2f}" if bare else "     –"
        line = f"{row.file:22} {row.program:28} {row.cpu:8.2f} s {row.megabytes:8.0f} MB {ratio}"
        print(f"{line}  {row.said[:60]}", flush=True)


def main() -> None:
    """Make what files are missing, time every program on each, and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--papers", type=int, default=10_000_000)
    parser.add_argument("--candidates", type=int, nargs="*", default=[5, 13])
    parser.add_argument("--formats", nargs="*", default=["csv", "parquet", "blt"])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument(
        "--peers", default="", metavar="PYTHON", help="an interpreter with the counting programs"
    )
    parser.add_argument("--write", type=Path, help="keep every row, as JSON lines")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    print(f"{'file':22} {'program':28} {'cpu':>10} {'peak':>11} {'to bare':>6}")
    for candidates in asked.candidates:
        for ending in asked.formats:
            path = asked.folder / f"{asked.papers}x{candidates}.{ending}"
            if not path.exists():
                files.write(path, asked.papers, candidates)
            rows = measured(path, candidates, asked.papers, asked.runs, asked.peers)
            told(rows)
            if asked.write:
                with asked.write.open("a") as file:
                    file.writelines(
                        f"{json.dumps({'papers': asked.papers, **as_dict(row)})}\n" for row in rows
                    )


def as_dict(row: Row) -> dict[str, object]:
    """The row by its fields."""
    return {name: getattr(row, name) for name in Row.__slots__}


if __name__ == "__main__":
    main()
