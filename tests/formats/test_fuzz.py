"""Spoiled bytes of every format: a reader gives papers, or says what is wrong, and never breaks.

`HUSTINGS_FUZZ=100000` reads so many spoiled files of each format, which takes minutes.
"""

import os
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hustings.errors import InputError
from hustings.formats import decisions_toml
from hustings.formats.ballot_file import BallotFile
from hustings.formats.ballot_formats import EVERY_FORMAT
from hustings.shell.acts import Loaded

from .fuzzing import CONFIG, CONTEST, DECISIONS, SPOILINGS, Spoiling, read, spoil, spoiled, valid
from .fuzzing_folders import FOLDERS, files, load, spoil_one

EXAMPLES = int(os.environ.get("HUSTINGS_FUZZ", "60"))
SUFFIXES = (*EVERY_FORMAT, CONFIG)


def is_whole(found: BallotFile | None) -> bool:
    """Whether there is something to count, or something to tell."""
    if found is None or found.problems:
        return True
    return bool(found.papers) and all(paper.papers > 0 for paper in found.papers)


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(which=st.integers(0, 7), spoilings=SPOILINGS, closed=st.booleans())
def test_spoiled_bytes(suffix: str, which: int, spoilings: list[Spoiling], closed: bool) -> None:
    """With a contest and without one."""
    files = valid(suffix)
    data = spoil(suffix, files[which % len(files)], spoilings)
    assert is_whole(read(suffix, data, CONTEST if closed else None))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_not_spoiled_is_read(suffix: str) -> None:
    """Else the test above would spoil what was never right."""
    for data in valid(suffix):
        found = read(suffix, data)
        assert found is not None
        assert found.papers


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    "sign", ["[", "{", '"', "(", "=", ">", "#", "1", " ", ",", "[{", '{"a":', "A>", "1:A>"]
)
def test_a_long_line_of_one_sign(suffix: str, sign: str) -> None:
    """Read in a time that grows as its length does: long enough that it would not end."""
    assert is_whole(read(suffix, (sign * (400_000 // len(sign))).encode()))


# --- folders of records, and decisions ---------------------------------------------

FUZZED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
    ],
)


@pytest.mark.parametrize("provider", FOLDERS)
@FUZZED
@given(which=st.integers(0, 7), spoilings=SPOILINGS)
def test_a_spoiled_file_of_a_folder(
    tmp_path: Path, provider: str, which: int, spoilings: list[Spoiling]
) -> None:
    """The configuration of a contest, or a file of records, of each provider."""
    assert is_counted(load(tmp_path, spoil_one(files(provider), which, spoilings)))


def is_counted(found: Loaded | None) -> bool:
    """Whether the folder was refused, or there is something to count."""
    return found is None or all(poll.papers for (poll,) in found.polls.values())


@pytest.mark.parametrize("provider", FOLDERS)
def test_a_folder_that_is_not_spoiled_is_read(tmp_path: Path, provider: str) -> None:
    """Else the test above would spoil what was never right."""
    assert load(tmp_path, files(provider)) is not None


@FUZZED
@given(spoilings=SPOILINGS)
def test_spoiled_decisions(spoilings: list[Spoiling]) -> None:
    """Each is of a contest and among its candidates, or the file is refused."""
    assert are_decided(spoilings)


def are_decided(spoilings: list[Spoiling]) -> bool:
    """Whether decisions so spoiled are refused, or each chooses somebody among the tied."""
    text = spoiled(DECISIONS.encode(), spoilings).decode("utf-8", "replace")
    try:
        found = decisions_toml.read(text, "d.toml", [CONTEST])
    except InputError:
        return True
    return all(each.chosen in each.among for each in found[CONTEST.id])


def test_decisions_that_are_not_spoiled_are_read() -> None:
    """Else the test above would spoil what was never right."""
    assert len(decisions_toml.read(DECISIONS, "d.toml", [CONTEST])[CONTEST.id]) == 2


# --- what the long runs have found ------------------------------------------------


@pytest.mark.parametrize(
    ("suffix", "data"),
    [
        (".blt", b"2 1\n0\nAn_n\nBob||\n\nTitle"),
        (".blt", b"2 1\n#/Candidates:2\n0\nAnn\nBob\nTitle\n"),
        (".soi", b"# TITLE: Title\n# DATA TYPE: soi\n# ALTERNATIVE NAME 1: Ann\n# ALTERNATIVE NOR"),
        (
            ".toc",
            b"# TITLE: Title\n# D-TA TYPE: toc\n# ALTERNATIVE NAME 1: Ann Lee\n# ALTERNATIVE NAM",
        ),
        (
            CONFIG,
            b'{"cvrFileSources": [], "rules": {}, "candidates": [{"name": "A", "excluded": {}}]}',
        ),
        (
            CONFIG,
            b'{"cvrFileSources": [{"filePath": "x", "treatBlankAsUndeclaredWriteIn": []}], '
            b'"rules": {"maxRankingsAllowed": {}}, "candidates": 3}',
        ),
    ],
)
def test_a_file_of_no_papers_is_told_of(suffix: str, data: bytes) -> None:
    """A file that was cut off behind its header was once taken for one of no papers."""
    found = read(suffix, data)
    assert found is not None
    assert found.problems


@pytest.mark.parametrize(
    "place",
    [b'r="XFD1048576"', b"r='XFD1048576'", b'r = "XFD1048576"', b'r="AAAAAAA1"', b'r="A99999999"'],
)
def test_a_place_in_a_sheet_that_no_table_has(place: bytes) -> None:
    """The workbook's reader once asked for the memory of every cell up to it, and was ended."""
    kept = BytesIO()
    with ZipFile(BytesIO(valid(".xlsx")[0])) as book, ZipFile(kept, "w") as again:
        for name in book.namelist():
            again.writestr(name, book.read(name).replace(b'r="A1"', place))
    found = read(".xlsx", kept.getvalue())
    assert found is not None
    assert "far outside" in str(found.problems[0])
