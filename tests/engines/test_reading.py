"""A large file gives what the careful reader makes of it, whose lines are counted together."""

import gzip
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from engines.ballot_files import csv_file, one_by_one, summed
from formats.test_first_rows import ANN_BOB, MAYOR, PROFILE, WARD, export

from hustings.election.spec import Contest, SectionEntry, Standing
from hustings.errors import InputError
from hustings.shell import world
from hustings.shell.acts import rule_book
from hustings.shell.engines import lines, lines_at_once, reading, runs
from hustings.units import Candidate, Section

CONTEST = Contest(
    "leader",
    "Leader",
    tuple(Standing(Candidate(name.casefold()[:3]), name) for name in ("Ann Ash", "Bob", "Eve")),
    tuple(SectionEntry(Section(s), s, Fraction(1, 2)) for s in ("members", "unions")),
    rule_book("labour-2010"),
)


@pytest.fixture(autouse=True)
def every_file_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the careful reader is not asked, except where a test says so."""
    monkeypatch.setattr(reading, "LARGE", 0)
    monkeypatch.setattr(lines, "STRIDE", 7)
    monkeypatch.setattr(runs, "STRIDE", 7)
    monkeypatch.setattr(lines, "FEW", 1)


def together(path: Path, contest: Contest | None = None) -> str | tuple[object, ...]:
    try:
        return summed(reading.read(path, contest, None, world.unwatched))
    except InputError as error:
        return str(error)


def written(folder: Path, text: str | bytes, name: str = "ballots.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.fixture(params=["lines", "scan"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to read a large file: lines alike together, or byte by byte."""
    if request.param == "scan":
        pytest.importorskip("numba")
        monkeypatch.setattr(lines, "MOST_DIFFERENT", 0)
    return str(request.param)


@pytest.mark.agreement
@pytest.mark.parametrize("batch", range(20))
def test_random_files_read_the_same(batch: int, way: str, tmp_path: Path) -> None:
    """With and without a contest; line ends, quotes, spellings, sections and counts vary."""
    chance, good = Random(batch), 0
    for _ in range(15):
        path = written(tmp_path, csv_file(chance, chance.choice((1, 5, 60, 200))))
        for contest in (None, CONTEST):
            expected = one_by_one(path, contest)
            assert together(path, contest) == expected
            good += not isinstance(expected, str) and not expected[1]
    assert good


NASTY = {
    "no final newline": "1,2\nAnn,Bob\nAnn,Bob",
    "carriage returns": "1,2\r\nAnn,Bob\r\nAnn,Bob\r\nBob,\r\n",
    "a lone carriage return": "1,2\nAnn,Bob\rBob,Ann\nAnn,Bob\n",
    "both line ends": "1,2\nAnn,Bob\r\nAnn,Bob\n",
    "a byte order mark": "\ufeff1,2\nAnn,Bob\n",
    "blank lines": "\n\n1,2\n\nAnn,Bob\n\n\nAnn,Bob\n \nAnn,Bob\n",
    "semicolons": "1;2\nAnn;Bob\nAnn;Bob\n",
    "quotes": '1,2\n"Ann, the elder",Bob\n"Ann, the elder",Bob\nAnn,"Bob ""B"""\n',
    "a row on two lines": '1,2\nBob,\n"Ann\nAsh",Bob\nBob,\n"Ann\nAsh",Bob\nBob,Bob Bob\n',
    "a header on two lines": '1,"2\n"\nAnn,Bob\nAnn,Bob\n',
    "a quote in the middle": '1,2\nAnn 5",Bob\nAnn,Bob\n',
    "quotes that balance and go on": '1,2\nAnn",Bob "\nAnn",\n"Bob",Ann\nBob,"x\ny"\n',
    "a quote that never closes": '1,2\nBob,Ann\n"Ann,Bob\n' + "Bob,Ann\n" * 30,
    "a long quote that never closes": '1,2\n"Ann,Bob\n' + "Bob,Ann\n" * 20_000 + "Bob\n",
    "text behind a quote": '1,2\n"Ann"x,Bob\n"Ann"x,Bob\nAnn,Bob\n',
    "short rows": "1,2\nAnn\nAnn,Bob\nAnn\nAnn,Bob,Eve,\n",
    "trailing commas": "1,2,\nAnn,Bob,\n",
    "blank cells": "1,2,3\nAnn,,Bob\n,,\nAnn,,Bob\n, ,\n",
    "an unknown count": "count,1\n2,Ann\nx,Ann\n0,Bob\nx,Ann\n2,Ann\n",
    "a unit in two sections": "section,unit,1\nx,u,Ann\ny,u,Ann\ny,u,Ann\ny,v,Bob\nx,v,Bob\n",
    "ascending ids": "id,1\n" + "".join(f"{n},Ann\n{n}x,Bob\n" for n in range(100, 400, 3)),
    "ids in no order": "1,id\nAnn,b\nBob,a\nAnn,c\nAnn,\nBob,bb\nBob,d\n",
    "ids in no order, repeated": "1,id\nAnn,b\nBob,a\nAnn,c\nBob,b\nBob,bb\nBob,c\nBob,a\n",
    "ids with spaces": "id,1\na,Ann\n a,Bob\nb ,Bob\nc,Bob\n",
    "long ids": "id,1\n" + "".join(f"{'x' * 80}{n},Ann\n" for n in range(9)),
    "quoted ids": 'id,1\n"a",Ann\n"b",Bob\n"a",Bob\n',
    "every cell quoted": '"id","1","2"\n' + "".join(f'"{n}","Ann","Bob, x"\n' for n in range(9)),
    "long names": "1,2\n" + "A name of more than sixteen,A name of more than sixteem\n" * 3,
    "names alike but for a byte": "1,2\nBob\x7f,Bob\nBob,Bob\n",
    "many units": "unit,1\n" + "".join(f"u{n % 90},C{n % 40}\n" for n in range(900)),
    "many sections": "section,1\n" + "".join(f"s{n % 9},C{n % 4}\n" for n in range(99)),
    "many spellings": "1\n" + "".join(f"{'c' * (n % 30)}{n}\n" for n in range(300)),
    "ids": "id,1\na,Ann\nb,Bob\na,Bob\n,Bob\n,Bob\nc,Bob\nb,Ann\n",
    "electors": "elector,1\nx,Ann\nx,Ann\ny,Bob\n",
    "candidate columns": "Ann,Bob\n1,2\n1,2\n2,1\n,x\n1,1\n",
    "one column": "ranking\nAnn > Bob\nAnn > Bob\nAnn >> Bob\n(blank)\n",
    "long": "paper,rank,candidate\na,1,Ann\na,2,Bob\nb,1,Bob\na,2,Bob\n",
    "only a header": "1,2\n",
    "nothing": "",
    "no column of marks": "section,unit\nx,y\nx,y\n",
    "two of one name": "1,1\nAnn,Bob\n",
    "a control character": "1,2\nAnn,Bob\nAnn\x07,Bob\nAnn\x07,Bob\n",
    "not UTF-8": b"1,2\nAnn,Bob\nAnn,B\xf6b\n",
    "UTF-16": "1,2\nAnn,Bob\n".encode("utf-16"),
    "a separator that Python splits at": "1,2\nAnn\u2028Ash,Bob\nAnn\u2028Ash,Bob\n",
    "many mistakes": "count,1\n" + "".join(f"x{n % 300},Ann\n" for n in range(900)),
}


@pytest.mark.parametrize("contest", [None, CONTEST], ids=["alone", "of a contest"])
@pytest.mark.parametrize("name", NASTY)
def test_nasty_files_read_the_same(
    name: str, contest: Contest | None, way: str, tmp_path: Path
) -> None:
    path = written(tmp_path, NASTY[name])
    assert together(path, contest) == one_by_one(path, contest)


def test_alike_papers_are_one(tmp_path: Path) -> None:
    """And it says how many there are, and where the first stands."""
    path = written(tmp_path, "count,1,2\n" + "2,Ann,Bob\n1,Bob,\n" * 500)
    read = reading.read(path, None, None, world.unwatched)
    assert [(paper.papers, paper.line) for paper in read.papers] == [(1000, 2), (500, 3)]


def test_too_many_different_lines_are_read_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The memory that different lines take is bounded; nothing of the file is lost or doubled."""
    monkeypatch.setattr(lines, "MOST_DIFFERENT", 20)
    for batch in range(20):
        path = written(tmp_path, csv_file(Random(batch), 150))
        assert together(path) == one_by_one(path)


def test_a_small_file_is_read_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGE", 4 << 20)
    path = written(tmp_path, "1,2\n" + "Ann,Bob\n" * 3)
    assert len(reading.read(path, None, None, world.unwatched).papers) == 3


@pytest.mark.parametrize(
    "text",
    [
        PROFILE,
        WARD,
        "2 1\n" + "1 1 2 0\n" * 9 + '0\n"Ann"\n"Bob"\n"Chair"\n',
        export({MAYOR: ANN_BOB}, *["1,0,0,1"] * 9),
        export({MAYOR: ANN_BOB}, *["1,0,0,1"] * 9).replace(",,,,,,,,,\n", "\n", 1),
    ],
    ids=["VoteKit's", "a Scottish ward", "BLT", "Dominion's", "Dominion's, its first row short"],
)
@pytest.mark.parametrize("name", ["ballots.csv", "ballots.csv.gz"])
def test_what_is_called_csv_and_is_something_else(
    name: str, text: str, way: str, tmp_path: Path
) -> None:
    """Large or packed, it is read as a small file of its kind."""
    plain = written(tmp_path, text, "plain.csv")
    path = written(tmp_path, gzip.compress(text.encode()) if ".gz" in name else text, name)
    found, expected = together(path), one_by_one(plain)
    assert isinstance(expected, tuple) and isinstance(found, tuple) and found[0] == expected[0]
    assert not found[1]


# --- BLT ----------------------------------------------------------------------

BLT = {
    "plain": "3 1\n1 1 2 0\n1 2 0\n1 1 2 0\n4 3 1 2 0\n0\n{names}",
    "withdrawn": "3 1\n-2\n1 1 2 0\n1 2 0\n1 1 2 0\n0\n{names}",
    "comments and blanks": "# x\n3 1 # y\n1 1 2 0\n1 1 2 0\n\n1 1 2 0 # z\n1 1 2 0\n0\n{names}",
    "ids": "3 1\n(a) 1 2 0\n(b) 1 2 0\n(a) 1 2 0\n0\n{names}",
    "ties and gaps": "3 1\n1 1=2 3 0\n1 - 2 0\n1 1=2 3 0\n1 - 2 0\n0\n{names}",
    "a number too large": "3 1\n1 1 2 0\n1 4 0\n1 1 2 0\n1 4 0\n2 4 0\n0\n{names}",
    "a line without its 0": "3 1\n1 1 2 0\n1 1 2 0\n1 2\n1 1 2 0\n1 3 0\n0\n{names}",
    "a ballot on two lines": "3 1\n1 1 2 0\n1 1 2 0\n1 2\n3 0\n1 1 2 0\n0\n{names}",
    "no end": "3 1\n1 1 2 0\n1 1 2 0\n",
    "no names": "3 1\n1 1 2 0\n1 1 2 0\n0\n",
    "all on one line": "3 1 1 1 2 0 1 2 0 0 {names}",
    "not UTF-8": b'3 1\n1 1 2 0\n1 1 2 0\n0\n"A\xf6"\n"B"\n"C"\n',
    "spaces": "3 1\n 1 1 2 0\n1 1 2 0 \n1 1 2 0\n1  1 2 0\n0\n{names}",
    "two spaces": "3 1\n1 1 2 0\n1 1  2 0\n1 1 2 0\n1 1 2  0\n1  1 2 0\n0\n{names}",
    "a ballot that begins with 0": "3 1\n0 1 - 3 3 0\n1 1 2 0\n1 1 2 0\n1 2 0\n0\n{names}",
    "no ballot": "4 1\n0\n1 1 2 0\n1 2 0\n1 3 0\n1 2 0\n",
    "carriage returns": "3 1\r\n1 1 2 0\r\n1 1 2 0\r\n0\r\n{names}",
}


@pytest.mark.parametrize("name", BLT)
def test_blt_reads_the_same(name: str, way: str, tmp_path: Path) -> None:
    text = BLT[name]
    if isinstance(text, str):
        text = text.format(names='"Ann"\n"Bob"\n"Cat"\n"Chair"\n')
    path = written(tmp_path, text, "ballots.blt")
    assert together(path) == one_by_one(path)


@pytest.mark.parametrize("batch", range(20))
def test_random_blt_reads_the_same(batch: int, way: str, tmp_path: Path) -> None:
    chance = Random(batch)
    odd = ["", "# remark", "1 2", "1 2=3 0", "(x) 1 0", "2.5 1 0", "1 9 0", "1 1 0 1 2 0"]
    odd += ["1 - 2 0", "1 1 - 0", "1 2 - - 3 0", "1 2 2 0", "1 2=2 1 0", "1 1 2 3 4 1 2 0", "1 0"]
    odd += ["1 2= 0", "1 1 2 0\r", " 1 1 2 0", "1 1  2 0", "7 1 2 0", "1 0 2 0", "1 2 0 ", "1 99 0"]
    odd += ["9999999999999999 1 0", "1\t2 0", "01 2 0", "1 01 0", "1 5 0", "1 2 00", '1 "2" 0']
    body = [
        " ".join([chance.choice("1112"), *chance.sample("1234", chance.randint(0, 4)), "0"])
        for _ in range(chance.choice((3, 30, 200)))
    ]
    for _ in range(chance.choice((0, 0, 1, 3))):
        body.insert(chance.randint(0, len(body)), chance.choice(odd))
    names = '"A"\n"B"\n"C"\n"D"\n"Title"'
    path = written(tmp_path, "4 1\n" + "\n".join(body) + f"\n0\n{names}", "ballots.blt")
    assert together(path) == one_by_one(path)


@pytest.fixture
def by_blocks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Arrays are used from the seventh ballot on, few lines a block; how much each took."""
    monkeypatch.setattr(runs, "WORTH_ARRAYS", 7)
    monkeypatch.setattr(runs, "BLOCK", 50)
    taken: list[int] = []
    add_block = runs._add_block

    def counted(count: lines.Count, *others: Any) -> list[bytes]:
        before = count.line
        rest = add_block(count, *others)
        taken.append(count.line - before)
        return rest

    monkeypatch.setattr(runs, "_add_block", counted)
    return taken


@pytest.mark.parametrize("places", [16, 2, 1], ids=["a place each", "four places", "two places"])
@pytest.mark.parametrize("most", [4096, 3])
def test_blt_by_blocks_reads_the_same(
    places: int, most: int, by_blocks: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines that share a place, or for which there is no room, are lost as little as long ones."""
    monkeypatch.setattr(lines_at_once, "PLACE_BITS", places)
    monkeypatch.setattr(lines_at_once, "SHIFT", np.uint64(64 - places))
    monkeypatch.setattr(lines_at_once, "MOST", most)
    for batch in range(60):
        chance = Random(batch)
        odd = ["", "# remark", "1 2", "1 2=3 0", "2.5 1 0", "1 9 0", "1 1 0 1 2 0", "1 1 2 0\0"]
        odd += ["1 " + "0" * 40 + "1 0", "1 1 2 0 # " + "so" * 30, "1 1 2 0\r", "1 \xb2 0"]
        pool = [
            " ".join([chance.choice("112"), *chance.sample("1234", chance.randint(0, 4)), "0"])
            for _ in range(chance.choice((3, 9, 300)))
        ]
        body = chance.choices(pool, k=chance.choice((9, 40, 300)))
        for _ in range(chance.choice((0, 1, 3))):
            body.insert(chance.randint(0, len(body)), chance.choice(odd))
        names = '\n"A"\n"B"\n"C"\n"D"\n"Title"'
        end = chance.choice((f"\n0{names}", f"\n0{names}\n", "\n0", "\n", ""))
        path = written(tmp_path, "4 1\n" + "\n".join(body) + end, "ballots.blt")
        assert together(path) == one_by_one(path)
    assert sum(by_blocks) > 200


def test_most_ballots_are_left_to_the_loop(way: str, tmp_path: Path) -> None:
    """Those of one line; and papers on a line are as many, where they are not alike too."""
    ballots = "2 1 2 0\n1 2 0\n7 1 2=3 0\n1 1 - 2 0\n2 1 2 0\n" * 50
    path = written(tmp_path, f'3 1\n{ballots}0\n"A"\n"B"\n"C"\n', "b.blt")
    read = reading.read(path, None, None, world.unwatched)
    assert sum(paper.papers for paper in reading.poll_of(read.papers, [read]).papers) == 650
    assert (len(read.papers) == 1) == (way == "scan")


def test_alike_ballots_are_one(tmp_path: Path) -> None:
    path = written(tmp_path, "2 1\n" + "2 1 2 0\n1 2 0\n" * 50 + '0\n"A"\n"B"\n', "b.blt")
    read = reading.read(path, None, None, world.unwatched)
    assert [paper.papers for paper in read.papers] == [2, 50, 98]


# --- packed files and lines without an end --------------------------------------


@pytest.mark.parametrize("large", [0, 1 << 30])
def test_a_packed_file_is_unpacked(
    large: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LARGE", large)
    text = b"1,2\n" + b"Ann,Bob\nBob,\n" * 100
    plain = written(tmp_path, text)
    packed = written(tmp_path, gzip.compress(text), "ballots.csv.gz")
    (*told, papers, _), (*as_told, as_papers, _) = together(packed), together(plain)
    assert told == as_told and [*papers.values()] == [*as_papers.values()] == [100, 100]


@pytest.mark.parametrize("large", [0, 1 << 30])
def test_a_packed_file_that_is_cut_off_is_refused(
    large: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read before its end is not taken for all there is."""
    monkeypatch.setattr(reading, "LARGE", large)
    text = b"1,2\n" + "".join(f"Ann,C{n}\n" for n in range(20_000)).encode()
    packed = gzip.compress(text)
    for cut in (5, 1000, len(packed) - 4):
        path = written(tmp_path, packed[:cut], "ballots.csv.gz")
        assert "damaged or cut off" in str(together(path))


@pytest.mark.parametrize("large", [0, 1 << 30])
@pytest.mark.parametrize("name", ["ballots.csv", "ballots.csv.gz"])
def test_a_line_without_an_end_is_not_held(
    name: str, large: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LARGE", large)
    text = b"1,2\n" + b"Ann,Bob\n" * 200_000 + b"x" * (6 << 20) + b"\n"
    path = written(tmp_path, gzip.compress(text) if name.endswith(".gz") else text, name)
    assert "longer than 1,048,576 bytes" in str(together(path))
