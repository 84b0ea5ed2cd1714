"""A large Parquet file gives what the careful reader makes of it; its rows are counted."""

import csv
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from engines.ballot_files import csv_file, summed
from engines.test_reading import CONTEST, NASTY, together

from hustings.election.spec import Contest
from hustings.errors import InputError
from hustings.formats.ballot_formats import WHOLE_FORMATS
from hustings.shell.engines import columns, packed, reading

pl = pytest.importorskip("polars")
pytestmark = pytest.mark.usefixtures("way")


@pytest.fixture(autouse=True)
def every_file_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "FETCHED", 7)


@pytest.fixture(params=["alike", "packed"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to read a large file: rows alike together, or each as a number."""
    monkeypatch.setattr(columns, "_mostly_different", lambda *_: request.param == "packed")
    # The spellings of the first rows are not all.
    monkeypatch.setattr(packed, "SOME", 3)
    return str(request.param)


def whole(path: Path, contest: Contest | None = None) -> str | tuple[object, ...]:
    """What the reader of small files makes of it."""
    read = WHOLE_FORMATS[".parquet"].read
    try:
        return summed(read(path.read_bytes(), str(path), contest, None))
    except InputError as error:
        return str(error)


def saved(folder: Path, table: Mapping[str, Any], name: str = "ballots.parquet") -> Path:
    path = folder / name
    pl.DataFrame(table).write_parquet(path, row_group_size=11)
    return path


def texts(text: str, kind: Any) -> dict[str, Any] | None:
    """The rows of a CSV text as columns; None where it is no table."""
    with suppress(csv.Error):
        return _columns(text, kind)
    return None


def _columns(text: str, kind: Any) -> dict[str, Any] | None:
    lines = text.replace("\r\n", "\n").removeprefix("\ufeff").split("\n")
    header, *rows = [row for row in csv.reader(lines, strict=True) if row] or [[]]
    if any(len(row) != len(header) for row in rows) or len(set(header)) < len(header) or not rows:
        return None
    filled = ([cell or None for cell in column] for column in zip(*rows, strict=True))
    return {name: pl.Series(c, dtype=kind) for name, c in zip(header, filled, strict=True)}


@pytest.mark.agreement
@pytest.mark.parametrize("batch", range(20))
def test_random_files_read_the_same(batch: int, tmp_path: Path) -> None:
    """With and without a contest; spellings, sections and counts vary."""
    chance, good = Random(batch), 0
    for _ in range(8):
        kind = chance.choice((pl.String, pl.Categorical))
        table = texts(csv_file(chance, chance.choice((1, 5, 60, 200))), kind)
        assert table is not None
        path = saved(tmp_path, table)
        for contest in (None, CONTEST):
            expected = whole(path, contest)
            assert together(path, contest) == expected
            good += not isinstance(expected, str) and not expected[1]
    assert good


TABLES = {
    name: table
    for name, text in NASTY.items()
    if isinstance(text, str) and (table := texts(text, pl.String))
}


@pytest.mark.parametrize("contest", [None, CONTEST], ids=["alone", "of a contest"])
@pytest.mark.parametrize("name", TABLES)
def test_nasty_tables_read_the_same(name: str, contest: Contest | None, tmp_path: Path) -> None:
    path = saved(tmp_path, TABLES[name])
    assert together(path, contest) == whole(path, contest)


NAMES = ["Ann", "Bob", None, "Ann", "Bob", "Eve"]
TYPES: Mapping[str, Mapping[str, Any]] = {
    "whole numbers": {"count": [1, 2, 3, 1, None, 0], "1": NAMES},
    "floats": {"count": [1.0, 2.0, 2.5, 1.0, None, 3.0], "1": NAMES},
    "ranks": {"Ann": [1, 2, None, 1, 3, 1], "Bob": [2.0, 1.0, 1.0, None, 0.5, 2.0]},
    "a list": {"ranking": [["Ann", None, "Bob"], [], None, ["Bob"], ["Ann"], ["Bob"]]},
    "numbers for names": {"1": [7, 8, 7, 7, 9, None], "2": [8, 7, None, 8, None, 7]},
    "truths": {"spoiled": [True, None, False, None, None, None], "1": NAMES},
    "bytes": {"1": [b"Ann", b"Bob", None, b"Ann", b"Bob", b"x"]},
    "a record": {"1": [{"x": 1}] * 6},
    "names alike but for case": {"Ann": [1, 2, 1, 2, 1, 2], "ann": [2, 1, 2, 1, 2, 1]},
    "ids": {"paper": [5, 6, 7, 8, 9, 10], "1": NAMES},
    "ids of which one is twice": {"paper": ["a", "b", "c ", None, " c", None], "1": NAMES},
    "ids twice, and a mistake": {
        "id": ["a", "b", "a", "", "c", ""],
        "1": NAMES,
        "count": [1, 0] * 3,
    },
    "a quote in a name": {'"1"': NAMES, "1": NAMES},
    "a row number": {"file_row_number": [1] * 6, "1": NAMES},
}


@pytest.mark.parametrize("contest", [None, CONTEST], ids=["alone", "of a contest"])
@pytest.mark.parametrize("name", TYPES)
def test_types_read_the_same(name: str, contest: Contest | None, tmp_path: Path) -> None:
    path = saved(tmp_path, TYPES[name])
    assert together(path, contest) == whole(path, contest)


@pytest.mark.parametrize("name", ["it's.parquet", "a[b]*.parquet", "x=y/z.parquet", "ü.parquet"])
def test_any_path_is_read(name: str, tmp_path: Path) -> None:
    (tmp_path / "x=y").mkdir()
    path = saved(tmp_path, {"1": NAMES}, name)
    assert together(path) == whole(path)


@pytest.mark.parametrize("spoilt", [slice(0, 60), slice(40, None)], ids=["cut off", "no head"])
def test_a_damaged_file_is_told_as_ever(spoilt: slice, tmp_path: Path) -> None:
    path = saved(tmp_path, {"1": NAMES})
    path.write_bytes(path.read_bytes()[spoilt])
    assert "no Parquet file that can be read" in str(together(path))


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    """DuckDB hands such a name over as it stands; found by spoiled files."""
    path = saved(tmp_path, {"Name": NAMES})
    path.write_bytes(path.read_bytes().replace(b"Name", b"Na\x86e"))
    assert "the name of a column is not UTF-8" in str(together(path))


def test_more_candidates_than_one_number_holds(tmp_path: Path) -> None:
    """Thirty ranks of thirty names take several words."""
    chance = Random(1)
    names = [f"C{n}" for n in range(30)]
    rows: Sequence[Sequence[str]] = [chance.sample(names, 30) for _ in range(200)]
    path = saved(
        tmp_path, {str(at): list(column) for at, column in enumerate(zip(*rows, strict=True), 1)}
    )
    assert together(path) == whole(path)


def test_the_engines_read_it_themselves(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What these tests compare is not the reader of small files with itself."""
    monkeypatch.setattr(reading.world, "whole", lambda _: pytest.fail("read as a small file"))
    table = texts(csv_file(Random(4), 60), pl.String)
    assert table is not None
    read = reading.read(saved(tmp_path, table), CONTEST, None, reading.world.unwatched)
    assert (read.tabled is not None) == (way == "packed")
    rows = {"paper": ["a", "a", "b"], "rank": [1, 2, 1], "candidate": ["Ann", "Bob", "Bob"]}
    assert len(reading.read(saved(tmp_path, rows), None, None, reading.world.unwatched).papers) == 2
