"""Rows counted by an engine, here or on a cluster, give what reading them one by one gives."""

import csv
import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from engines.ballot_files import csv_file, one_by_one, summed
from engines.test_reading import CONTEST, NASTY, written
from engines.transcripts import transcript, transcripts

from hustings.election.spec import Contest
from hustings.errors import InputError
from hustings.shell import acts, world
from hustings.shell.cli import run
from hustings.shell.engines import by_engine, frames, reading, sessions
from hustings.shell.engines.sources import Read

pytest.importorskip("sqlframe", reason='needs pip install "hustings[cluster]"')
polars = pytest.importorskip("polars")

NAMES = ("Ann Ash", "Bob", "Zoë Quill", "Dan, the elder", "Eve")
DEFINITION = """\
schema = 1
[election]
name = "A society"
[contests.leader]
post = "Leader"
rules = "labour-2010"
"""
GOOD = """\
override = { overvotes = "spoil", skipped_ranks = "skip_any", repeated = "skip" }
[contests.leader.ballots]
members = "members.csv"
unions = "unions"
societies = ["societies-*.csv", "late.parquet"]
parliament = "parliament.csv"
"""
BAD = """\
[contests.leader.ballots]
members = "members.csv"
unions = "unions.csv"
"""


def definition(ballots: str, sections: Sequence[str]) -> str:
    weighed = "".join(f'{one} = {{ weight = "1/{len(sections)}" }}\n' for one in sections)
    named = "".join(f'c{at} = "{name}"\n' for at, name in enumerate(NAMES))
    return f"{DEFINITION}{ballots}[contests.leader.candidates]\n{named}[sections]\n{weighed}"


def marks(chance: Random) -> list[str]:
    """A ranking, now and then with two in a rank, a rank left out, or somebody twice."""
    chosen = chance.sample(NAMES, chance.randint(0, 5))
    if chance.random() < 0.1:
        chosen = [*chosen, *chance.choices(("", "Bob=Eve", "BOB", "_"), k=2)]
    return [*chosen, *[""] * 5][:5]


def election(folder: Path, papers: int = 400) -> Path:
    """An election whose sections hand in their papers in every way that an engine counts."""
    chance = Random(2010)
    folder.mkdir(parents=True, exist_ok=True)
    ranks = ["1", "2", "3", "4", "5"]
    sections = ("members", "unions", "societies", "parliament")
    (folder / "election.toml").write_text(definition(GOOD, sections), "utf-8")
    rows: list[list[Any]] = [["unit", "id", "spoiled", *ranks]]
    for id_ in range(papers):
        reason = chance.choice(("", "", "", "not signed"))
        rows.append([chance.choice(("North", "South, old", "")), id_, reason, *marks(chance)])
    write(folder / "members.csv", rows)
    for part in range(2):
        rows = [ranks, *(marks(chance) for _ in range(papers // 2))]
        write(folder / "unions" / f"part-{part}.csv.gz", rows, "\r\n")
    (folder / "unions" / "_SUCCESS").write_text("")
    for part in range(2):
        rows = [["section", "ranking"]]
        rows += (["", " > ".join(one or "_" for one in marks(chance))] for _ in range(papers // 4))
        write(folder / f"societies-{part}.csv", rows, mark="\ufeff")
    rows = [[*NAMES], *candidate_columns(chance, papers // 4)]
    write(folder / "parliament.csv", rows)
    late = [[chance.choice((1, 2, 2)), *marks(chance)] for _ in range(papers)]
    columns = dict(zip(("count", *ranks), zip(*late, strict=True), strict=True))
    polars.DataFrame(columns).write_parquet(folder / "late.parquet")
    return folder


def candidate_columns(chance: Random, papers: int) -> Iterator[list[Any]]:
    for _ in range(papers):
        ranked = chance.sample(NAMES, chance.randint(1, 5))
        yield [ranked.index(name) + 1 if name in ranked else "" for name in NAMES]


def write(path: Path, rows: list[list[Any]], end: str = "\n", mark: str = "") -> None:
    path.parent.mkdir(exist_ok=True)
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", encoding="utf-8", newline="") as file:  # type: ignore[operator]
        file.write(mark)
        csv.writer(file, lineterminator=end).writerows(rows)


# --- one result ---------------------------------------------------------------

MISTAKES = {
    "an unknown name": "1,2\nAnn Ash,Bob\nBob,Nobody\n" + "Ann Ash,Bob\n" * 50,
    "two papers with one id": "id,1\n1,Bob\n2,Eve\n3,Bob\n2,Bob\n",
    "one id in quotes": 'id,1\n1,Bob\n2,Eve\n" 2",Bob\n',
    "a row too short": "1,2\nBob,Eve\nBob\n",
    "a row too long": "1,2\nBob,Eve\nBob,Eve,Ann Ash,Zoë Quill,Bob\n",
    "no column of marks": "id\n1\n",
    "a column nobody knows": "1,2,3,weather\nBob,Eve,,sunny\n",
    "no text": b"1,2\nBob,Eve\nZo\xeb Quill,Bob\n",
    "no text beside ids": b"id,1,2\n1,Bob,Eve\n2,Zo\xeb Quill,Bob\n",
    "a NUL byte": b"1,2\nBob,Eve\nBob\x00,Eve\n",
    "no rule for it": "1,2\nBob,Eve\nBob,Bob\nBob,Eve\n,Bob\n",
    "two to a rank": "1,2\nBob,Eve\nBob=Eve,\n",
    "no paper": "1,2\n",
    "nothing": "",
}


def bad_elections(folder: Path) -> list[Path]:
    """An election for each mistake, in a file of one section of several."""
    made = []
    for number, text in enumerate(MISTAKES.values()):
        made.append(folder / f"bad-{number}")
        made[-1].mkdir()
        written(made[-1], definition(BAD, ("members", "unions")), "election.toml")
        written(made[-1], "1,2\nEve,Bob\n", "unions.csv")
        written(made[-1], text, "members.csv")
    return made


@pytest.fixture(scope="module")
def elections(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One that counts, and the bad ones."""
    folder = tmp_path_factory.mktemp("elections")
    return [election(folder / "it's good, 100 %, #1 ü"), *bad_elections(folder)]


@pytest.fixture(scope="module")
def expected(elections: list[Path]) -> list[str]:
    """What comes of reading their files row by row."""
    found = [transcript(path) for path in elections]
    assert re.fullmatch("[0-9a-f]{64}", found[0])
    assert not any(re.fullmatch("[0-9a-f]{64}", said) for said in found[1:])
    return found


@pytest.mark.agreement
def test_one_hash_and_the_same_messages_in_process(
    elections: list[Path], expected: list[str]
) -> None:
    assert transcripts("duckdb", elections) == expected


def elsewhere(
    engine: str, paths: list[Path], python: str = sys.executable, **told: str
) -> list[str]:
    """What that engine makes of the elections, in a process of its own."""
    source = Path(acts.__file__).parents[2]
    done = subprocess.run(
        [python, Path(__file__).with_name("transcripts.py"), engine, *paths],
        env={**os.environ, "PYTHONPATH": str(source), **told},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.agreement
@pytest.mark.parametrize("mode", ["local", "local-cluster"])
def test_one_hash_and_the_same_messages_by_sail(
    mode: str, elections: list[Path], expected: list[str]
) -> None:
    """In the second mode the driver and two workers speak with each other over the loopback."""
    pytest.importorskip("pysail")
    told = {"SAIL_MODE": mode, "SAIL_CLUSTER__WORKER_INITIAL_COUNT": "2"}
    assert elsewhere("sail", elections, **told) == expected


@pytest.mark.agreement
@pytest.mark.slow
def test_one_hash_and_the_same_messages_by_spark(
    elections: list[Path], expected: list[str]
) -> None:
    """Spark itself cannot stand beside its client: it is asked for in an environment of its own."""
    python = os.environ.get("HUSTINGS_SPARK_PYTHON")
    if not python:
        pytest.skip(
            "NOT RUN: real Spark. Give HUSTINGS_SPARK_PYTHON=/path/to/python, one that has Java, "
            "pyspark and what hustings needs"
        )
    assert elsewhere("local[2]", elections, python) == expected


# --- what a row means ---------------------------------------------------------


@pytest.fixture(scope="module")
def by_duckdb() -> Iterator[Read]:
    with by_engine.reader("duckdb") as read:
        yield read


def without_lines(found: str | tuple[object, ...]) -> str | tuple[object, ...]:
    """What was read but for the lines, for the file's name and for how it was read."""
    if isinstance(found, str):
        return found
    candidates, problems, assumed, title, seats, papers, _ = found
    assert isinstance(assumed, tuple) and isinstance(papers, dict)
    told = tuple(one for one in assumed if "row by row" not in one)
    papers_ = {alike[:-1]: number for alike, number in papers.items()}
    return candidates, problems, told, title, seats, papers_


def by(read: Read, path: Path, contest: Contest | None) -> str | tuple[object, ...]:
    try:
        return summed(read(path, contest, None, world.unwatched))
    except InputError as error:
        return str(error)


@pytest.mark.agreement
def test_random_files_read_the_same(by_duckdb: Read, tmp_path: Path) -> None:
    """With and without a contest; line ends, quotes, spellings, sections and counts vary."""
    chance, good = Random(5), 0
    for _ in range(25):
        path = written(tmp_path, csv_file(chance, chance.choice((1, 5, 60, 200))))
        for contest in (None, CONTEST):
            expected = without_lines(one_by_one(path, contest))
            assert without_lines(by(by_duckdb, path, contest)) == expected
            good += not isinstance(expected, str) and not expected[1]
    assert good


@pytest.mark.parametrize("many", [by_engine.MANY, 0], ids=["few", "many"])
@pytest.mark.parametrize("name", NASTY)
def test_nasty_files_read_the_same(
    name: str, many: int, by_duckdb: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many different rows go on as a file of rows, each with its number."""
    monkeypatch.setattr(by_engine, "MANY", many)
    path = written(tmp_path, NASTY[name])
    for contest in (None, CONTEST):
        expected = without_lines(one_by_one(path, contest))
        assert without_lines(by(by_duckdb, path, contest)) == expected


@pytest.mark.parametrize("ids", [False, True])
def test_many_different_rows_are_left_to_the_usual_reader(
    ids: bool, by_duckdb: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As rows with their numbers beside them, in a file that is gone afterwards."""
    monkeypatch.setattr(by_engine, "MANY", 3)
    chance = Random(3)
    lines_ = [
        ",".join(f'"{one}"' if "," in one else one for one in marks(chance)) for _ in range(99)
    ]
    lines_ = [
        f"{at},{line}" if ids else line for at, line in enumerate(chance.choices(lines_, k=500))
    ]
    path = written(tmp_path, "\n".join(["id,1,2,3,4,5" if ids else "1,2,3,4,5", *lines_, ""]))
    found, expected = by(by_duckdb, path, None), one_by_one(path)
    assert isinstance(found, tuple) and "row by row" not in str(found[2])
    assert without_lines(found) == without_lines(expected)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_who_is_first_named_far_below_is_in_their_place(
    ending: str, by_duckdb: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a definition candidates are in the order of the file, which an engine forgets."""
    monkeypatch.setattr(by_engine, "HEAD", 5)
    path = tmp_path / f"ballots.{ending}"
    names = [*["Zoë", "Bob"] * 9, "Yan", "Ann", "Yan"]
    for far in (False, True):
        columns = {"1": names if far else names[:18], "2": [""] * (21 if far else 18)}
        table = polars.DataFrame(columns)
        table.write_csv(path) if ending == "csv" else table.write_parquet(path)
        read = by_duckdb(path, None, None, world.unwatched)
        expected = reading.read(path, None, None, world.unwatched)
        assert read.candidates == expected.candidates
        assert ("row by row" in str(read.assumed)) is far


def test_cells_are_told_apart_as_by_whoever_reads_csv() -> None:
    chance, told = Random(7), 0
    for _ in range(3000):
        line = "".join(chance.choices(('"', ",", "a", "b", " ", ""), (3, 3, 3, 1, 1, 1), k=12))
        at = chance.randint(0, 3)
        found = re.fullmatch(frames.cell_pattern(at, ","), line)
        if found is None:
            continue
        try:
            cells = next(csv.reader([line], strict=True), [""])
        except csv.Error:
            with pytest.raises(csv.Error):
                next(csv.reader([found[1] + found[3]], strict=True))
            continue
        bare = next(csv.reader([found[1] + found[3]], strict=True)) or [""]
        assert bare == [*cells[:at], "", *cells[at + 1 :]]
        told += 1
    assert told > 300


def test_parquet_with_categories_and_numbers_is_counted(by_duckdb: Read, tmp_path: Path) -> None:
    names = polars.Series("Ann.Ash", [1, None, 2, 1], polars.Int8)
    columns = {
        "id": [1.0, 2.0, 3.0, 4.0],
        "section": polars.Series(["m", "m", "u", "m"], dtype=polars.Categorical),
    }
    path = tmp_path / "ballots.parquet"
    polars.DataFrame({**columns, "Ann.Ash": names, "1": [2, 1, 1, 2]}).write_parquet(path)
    read = by_duckdb(path, None, None, world.unwatched)
    assert "row by row" not in str(read.assumed)
    expected = reading.read(path, None, None, world.unwatched)
    assert without_lines(summed(read)) == without_lines(summed(expected))


def test_two_rows_of_parquet_with_one_id_are_found(by_duckdb: Read, tmp_path: Path) -> None:
    path = tmp_path / "ballots.parquet"
    polars.DataFrame({"id": [7, 8, 7], "ranking": ["Ann", "Bob", "Ann"]}).write_parquet(path)
    read = by_duckdb(path, None, None, world.unwatched)
    assert [(one.line, one.what) for one in read.problems] == [
        (3, "paper 7 stands in line 1 already")
    ]


# --- engines ------------------------------------------------------------------


def said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = run(arguments)
    return code, capsys.readouterr().err


@pytest.mark.parametrize(
    ("engine", "told"),
    [
        ("spork", "--engine spork: there is no such engine; they are auto, duckdb, sail"),
        ("local[0]", "there is no such engine"),
        ("http://host", "there is no such engine"),
        ("sc://127.0.0.1:1", "cannot be reached (127.0.0.1:1: Connection refused)"),
        ("sc://", "expected sc://HOST:PORT"),
        ("sc://host:port", "expected sc://HOST:PORT"),
    ],
)
def test_an_engine_that_is_not_there_is_told_of_and_nothing_written(
    engine: str,
    told: str,
    elections: list[Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    code, err = said(["count", str(elections[0]), "--engine", engine, "--out", str(out)], capsys)
    assert (code, told in err, out.exists()) == (2, True, False), err


def test_spark_needs_its_own_package(
    elections: list[Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "find_spec", lambda name: None)
    code, err = said(["count", str(elections[0]), "--engine", "local[2]"], capsys)
    assert code == 2 and "pip install pyspark, in an environment of its own" in err
    code, err = said(["check", str(elections[0]), "--engine", "sail"], capsys)
    assert code == 2 and "needs pysail and pyspark and grpc" in err
    assert 'pip install "hustings[cluster]"' in err


def letters(lines: frames.Frame, functions: frames.Functions) -> frames.Frame:
    """The size of plain letters: DuckDB, which is never elsewhere, knows no length of bytes."""
    own = functions.length(functions.col("value")) + functions.lit(1)
    return lines.agg(functions.sum(own).alias("papers"))


class Elsewhere:
    """An engine on a machine where another file bears the same path."""

    def __init__(self, there: Path) -> None:
        self.there = there

    @contextmanager
    def opened(self, name: str) -> Iterator[sessions.Session]:
        with sessions._duckdb(name) as here:
            yield replace(
                here, name=name, lines=lambda path: here.lines(self.there), elsewhere=True
            )


@pytest.mark.parametrize("here", ["1,2\nBob,Ann\nBob,Ann\n", "id,1,2\nx,Bob,Ann\ny,Bob,Ann\n"])
@pytest.mark.parametrize(
    "there", ["1,2\nBob,Ann\n", "1,2\nBob,Ann\nBob,Ann\nBob,\n", "Bob,Ann\nBob,Ann\n", None]
)
def test_a_file_that_the_machines_see_otherwise_is_no_ballot_file(
    here: str, there: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a cluster does not see must not be left out, nor read here as if it had been."""
    path, other = written(tmp_path, here), tmp_path / "there.csv"
    if there:
        other.write_text(there)
    monkeypatch.setattr(sessions, "opened", Elsewhere(other).opened)
    monkeypatch.setattr(frames, "size", letters)
    with by_engine.reader("sc://far") as read, pytest.raises(InputError) as wrong:
        read(path, None, None, world.unwatched)
    assert "the engine sc://far finds no such file, or finds another" in str(wrong.value)


def test_an_engine_that_breaks_off_is_told_of_and_the_file_is_read_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "1,2\nBob,Ann\nBob,Ann\n")

    def broken(rows: object, columns: object, functions: object) -> None:
        raise RuntimeError("a worker is gone\nand much more")

    monkeypatch.setattr(frames, "counted", broken)
    with by_engine.reader("duckdb") as read:
        found = read(path, None, None, world.unwatched)
    told = "ballots.csv was read row by row, not counted by duckdb: a worker is gone"
    assert found.assumed == (told,)
    assert sum(paper.papers for paper in found.papers) == 2


def test_a_pattern_that_no_file_fits_is_a_mistake(tmp_path: Path) -> None:
    written(
        tmp_path,
        definition(BAD.replace("unions.csv", "un*.csv"), ("members", "unions")),
        "election.toml",
    )
    written(tmp_path, "1\nBob\n", "members.csv")
    assert transcript(tmp_path) == f"{tmp_path}/un*.csv: no ballot file has such a name"
    assert transcript(tmp_path, "duckdb") == transcript(tmp_path)
