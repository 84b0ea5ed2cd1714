"""Bad input in files of ten million lines, and a bound on memory: told as in a small file."""

import gzip
import resource
from itertools import islice, permutations
from pathlib import Path

import pytest

from hustings.shell import cli

from .conftest import Hustings

TEN_MILLION = 10_000_000


def lines(path: Path, header: bytes, row: bytes, number: int, *, last: bytes = b"") -> None:
    """A file of so many equal rows, and one more."""
    with path.open("wb") as file:
        file.write(header)
        for _ in range(number // 10_000):
            file.write(row * 10_000)
        file.write(row * (number % 10_000) + last)


def test_a_corrupt_row_in_line_9_999_999(hustings: Hustings) -> None:
    lines(hustings.folder / "b.csv", b"1\n", b"Ann\n", TEN_MILLION - 3, last=b"Ann,Bob\nAnn\n")
    *_, told = hustings.refuses("count", "b.csv")
    assert told == "b.csv:9999999: the row has 2 cells, and the header 1"


def test_a_packed_file_of_ten_million_lines_that_is_cut_off(hustings: Hustings) -> None:
    path = hustings.folder / "b.csv.gz"
    packed = gzip.compress(b"1\n" + b"Ann\nBob\n" * (TEN_MILLION // 2), 1)
    path.write_bytes(packed[:-1000])
    *_, told = hustings.refuses("count", "b.csv.gz")
    assert told.startswith("b.csv.gz: the packed file is damaged or cut off")


ROWS = 1_500_000


@pytest.mark.parametrize(
    ("header", "row", "last", "said"),
    [
        (b"1,2\n", b"Ann,Bob\n", b"Z\xf6e,Bob\n", "not UTF-8"),
        (b"1,2\n", b"Ann,Bob\n", b"Ann\n", "the row has 1 cells, and the header 2"),
        (b"1,2\n", b"Ann,Bob\n", b"Ann,Bob,Eve\n", "the row has 3 cells, and the header 2"),
        (b"count,1\n", b"1,Ann\n", b"-1,Ann\n", "'-1' is not a whole number of papers"),
    ],
    ids=["another encoding", "a column missing", "a ranking too long", "no number"],
)
def test_what_is_wrong_in_the_last_line(
    hustings: Hustings, header: bytes, row: bytes, last: bytes, said: str
) -> None:
    lines(hustings.folder / "b.csv", header, row, ROWS, last=last)
    *_, told = hustings.refuses("count", "b.csv")
    assert told.startswith(f"b.csv:{ROWS + 2}: ") and said in told


def test_two_of_a_million_ballots_with_one_id(hustings: Hustings) -> None:
    with (hustings.folder / "b.csv").open("w") as file:
        file.write("paper,1\n")
        file.writelines(f"p{number:07},Ann\n" for number in range(1_000_000))
        file.write("p0000041,Bob\n")
    *_, told = hustings.refuses("count", "b.csv")
    assert told == "b.csv:1000002: paper: paper p0000041 stands in line 43 already"


def test_a_candidate_who_is_none_in_a_large_blt_file(hustings: Hustings) -> None:
    names = b'0\n"A"\n"B"\n"T"\n'
    lines(hustings.folder / "b.blt", b"2 1\n", b"1 1 2 0\n", ROWS, last=b"1 3 0\n" + names)
    *_, told = hustings.refuses("count", "b.blt")
    assert told.startswith(f"b.blt:{ROWS + 2}: ")


# --- memory -------------------------------------------------------------------


def test_no_more_memory_than_is_allowed(hustings: Hustings) -> None:
    """Too little is said, and nothing is written; where it is enough the result is the same.

    Rows by candidate are read one by one: half a million take more than half a gigabyte.
    """
    rows = (",".join(map(str, ranks)) for ranks in permutations(range(1, 11)))
    with (hustings.folder / "many.csv").open("w") as file:
        file.write("Ann,Bob,Cat,Dan,Eve,Fay,Gus,Hal,Ivy,Jon\n")
        file.writelines(f"{row}\n" for row in islice(rows, 700_000))
    *_, told = hustings.refuses("count", "many.csv", "--memory", "512MiB", "--out", "out")
    assert told.startswith("more memory is needed than the bound of 537 MB allows")
    bounded = hustings("count", "labour-2010", "--memory", "512MiB", "--format", "csv")
    assert bounded.out == hustings("count", "labour-2010", "--format", "csv").out


def a_small_disk() -> None:
    """No file may grow beyond four megabytes: so a disk ends that fills while one is written."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000_000, 4_000_000))


def test_a_disk_that_fills_under_a_large_transcript(hustings: Hustings) -> None:
    """That of a quarter of a million rankings takes more than that; no part of it is left."""
    rows = (" ".join(map(str, ranks)) for ranks in permutations(range(1, 11)))
    names = "".join(f'"{name}"\n' for name in "ABCDEFGHIJ")
    with (hustings.folder / "many.blt").open("w") as file:
        file.write("10 1\n")
        file.writelines(f"1 {row} 0\n" for row in islice(rows, 0, 3_600_000, 14))
        file.writelines(f"{1000 * number} {number} 0\n" for number in range(1, 11))
        file.write(f'0\n{names}"Large"\n')
    words = ("count", "many.blt", "--format", "json", "--out", "out")
    hustings.folder.joinpath("out").mkdir()
    told = hustings(*words, code=2, preexec_fn=a_small_disk)
    assert told.err.endswith("out/contest.json: cannot be written: File too large\n")
    assert told.out == "" and not any(hustings.folder.joinpath("out").iterdir())


def test_json_is_read_with_no_more_memory_than_it_takes(hustings: Hustings) -> None:
    """A gigabyte was once asked for, whatever the size of the file."""
    (hustings.folder / "b.blt").write_text('2 1\n3 1 2 0\n1 2 0\n0\n"Ann"\n"Bob"\n"Chair"\n')
    hustings("convert", "b.blt", "b.json")
    bounded = hustings("count", "b.json", "--memory", "512MiB", "--format", "csv")
    assert bounded.out == hustings("count", "b.json", "--format", "csv").out


def test_a_bound_ends_with_its_command() -> None:
    """A process may run more than one."""
    before = resource.getrlimit(resource.RLIMIT_DATA)
    assert cli.run(["rules"]) == 0
    assert cli.run(["count", "labour-2010", "--memory", "4GB", "--format", "csv"]) == 0
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


def test_a_size_that_is_none(hustings: Hustings) -> None:
    for written, said in (("half", "no size such as 500MB or 2GiB"), ("9MB", "less than 537 MB")):
        *_, told = hustings.refuses("count", "labour-2010", "--memory", written)
        assert said in told
