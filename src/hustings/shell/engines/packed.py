"""A large Parquet file of many different papers: polars packs each row into a few numbers.

The spellings of its first rows are numbered, and rows of the same numbers counted together.
Rows in which something is wrong are handed to the careful reader one by one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hustings.formats.ballot_file import BallotFile
from hustings.formats.ballots_csv import DETAILS, Begun, Details, Layout, Sheet, TableRow
from hustings.formats.ballots_parquet import as_text
from hustings.shell.engines.tabled import Patterns, Place, TabledPoll
from hustings.units import Candidate

Codes = NDArray[np.uint16]
Truth = NDArray[np.bool_]
Whole = NDArray[np.int64]
# No other column of the file has such names.
ROW, TIMES, TEXT = "\0row", "\0times", "\0text"
# So many rows show most of the spellings.
SOME = 100_000
# Codes are of 16 bits.
MOST_SPELLINGS = 60_000
# The code of a spelling in which something is wrong.
WRONG = 65_535
WORD = 64
# Up to so many combinations of what stands beside the marks are looked up without a sort.
MOST_DENSE = 1 << 22
NUMBERED = (pl.Enum, pl.Categorical)


def read(path: Path, begun: Begun) -> BallotFile | None:
    """The file; None for one that has no rank columns or too many spellings, or is damaged."""
    assert begun.clerk is not None
    if begun.clerk.sheet.layout is not Layout.RANKS:
        return None
    try:
        return _read(path, begun)
    except (pl.exceptions.PolarsError, OSError):
        # Whoever reads the file as a whole says what is wrong with it.
        return None


def _read(path: Path, begun: Begun) -> BallotFile | None:
    assert begun.clerk is not None
    table = pl.scan_parquet(path, row_index_name=ROW, hive_partitioning=False)
    columns = _columns(begun, table)
    for rows in (table.head(SOME), table):
        spelt = _spellings(rows, columns)
        if max(map(len, spelt)) > MOST_SPELLINGS:
            return None
        counted = _counted(table, columns, spelt)
        if counted.known:
            return _file(str(path), begun, len(begun.clerk.sheet.marks), counted)
    return None


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is counted: as text, and which table of spellings is its own."""

    text: pl.Expr
    spelt: int


def _columns(begun: Begun, table: pl.LazyFrame) -> list[Column]:
    """Those of the marks, which share the first table of spellings, and then those beside."""
    assert begun.clerk is not None
    sheet, schema = begun.clerk.sheet, table.collect_schema()
    texts = [_text(name, type_) for name, type_ in schema.items() if name != ROW]
    marks = [Column(texts[at], 0) for at in sheet.marks]
    return marks + [Column(texts[at], number) for number, at in enumerate(_beside(sheet), 1)]


def _text(name: str, type_: pl.DataType) -> pl.Expr:
    """The column as text; one whose texts are numbered already stays so, which is quicker."""
    return pl.col(name) if isinstance(type_, NUMBERED) else as_text(name, type_)


def _beside(sheet: Sheet) -> list[int]:
    """The columns that stand beside the marks and say something of a paper."""
    return [sheet.columns[name] for name in DETAILS if name in sheet.columns]


# A table of spellings holds each text once, in the order in which the file has them.
Spellings = tuple[str, ...]


def _spellings(rows: pl.LazyFrame, columns: Sequence[Column]) -> list[Spellings]:
    """Every text of each table."""
    asked = [
        rows.select(column.text.alias(TEXT), ROW).group_by(TEXT).agg(pl.col(ROW).min())
        for column in columns
    ]
    first: list[dict[str, tuple[int, int]]] = [{} for _ in range(1 + columns[-1].spelt)]
    found = pl.collect_all(asked, engine="streaming")
    for at, (column, frame) in enumerate(zip(columns, found, strict=True)):
        table = first[column.spelt]
        for text, row in frame.iter_rows():
            if text is not None:
                table[text] = min(table.get(text, (row, at)), (row, at))
    return [tuple(sorted(table, key=table.__getitem__)) for table in first]


# --- counting ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Counted:
    """Distinct rows: a code for each column (columns, rows), how many, and the first of each.

    Code 0 is an empty cell, and the others are places in `spelt`, one table for each column.
    """

    spelt: tuple[Spellings, ...]
    codes: Codes
    times: Whole
    first: Whole

    @property
    def known(self) -> bool:
        """Whether there is no text beside the spellings."""
        if not self.codes.size:
            return True
        sizes = np.array([len(table) for table in self.spelt])
        return not (self.codes.max(axis=1) > sizes).any()

    def texts(self, row: int) -> list[str]:
        """The cells of a distinct row."""
        codes = self.codes[:, row].tolist()
        pairs = zip(self.spelt, codes, strict=True)
        return [table[code - 1] if code else "" for table, code in pairs]


def _counted(table: pl.LazyFrame, columns: Sequence[Column], spelt: Sequence[Spellings]) -> Counted:
    own = tuple(spelt[column.spelt] for column in columns)
    bits = [(len(spellings) + 1).bit_length() for spellings in own]
    words = _words(bits)
    names = [f"\0{number}" for number in range(len(words))]
    codes = [_code(column.text, texts) for column, texts in zip(columns, own, strict=True)]
    packed = [_together(word, codes) for word in words]
    named = [expression.alias(name) for expression, name in zip(packed, names, strict=True)]
    grouped = table.select(ROW, *named).group_by(names)
    frame = grouped.agg(pl.len().alias(TIMES), pl.col(ROW).min()).collect(engine="streaming")
    unpacked = np.empty((len(columns), frame.height), np.uint16)
    for name, word in zip(names, words, strict=True):
        number = frame[name].to_numpy()
        for at, shift in word:
            unpacked[at] = number >> np.uint64(shift) & np.uint64((1 << bits[at]) - 1)
    times, first = (frame[name].cast(pl.Int64).to_numpy() for name in (TIMES, ROW))
    return Counted(own, unpacked, times, first + 1)


def _code(text: pl.Expr, spelt: Spellings) -> pl.Expr:
    """0 for an empty cell, a number for each spelling, and the next for every other text."""
    number = text.cast(pl.Enum(spelt), strict=False).to_physical().cast(pl.UInt64) + 1
    other = text.is_not_null().cast(pl.UInt64) * (len(spelt) + 1)
    return number.fill_null(other)


def _together(word: Sequence[tuple[int, int]], codes: Sequence[pl.Expr]) -> pl.Expr:
    """The word: each code from its bit on."""
    packed = pl.lit(0, pl.UInt64)
    for at, shift in word:
        packed = packed + codes[at] * pl.lit(1 << shift, pl.UInt64)
    return packed


def _words(bits: Sequence[int]) -> list[list[tuple[int, int]]]:
    """Which columns, and from which bit on, each word of 64 bits holds."""
    words: list[list[tuple[int, int]]] = [[]]
    used = 0
    for at, size in enumerate(bits):
        if used + size > WORD:
            words.append([])
            used = 0
        words[-1].append((at, used))
        used += size
    return words


# --- papers -----------------------------------------------------------------------


def _file(file: str, begun: Begun, ranks: int, counted: Counted) -> BallotFile:
    """The rows as patterns; those in which something is wrong by the careful reader."""
    assert begun.clerk is not None
    meanings, code_of = _meanings(begun, counted.spelt[0])
    places, place = _places(begun, counted, ranks)
    marks, wrong = _marks(counted.codes[:ranks], code_of, len(meanings))
    wrong |= place < 0
    papers = tuple(begun.table_papers(_rows(begun, counted, np.flatnonzero(wrong))))
    # All of them, or a copy of those.
    right = np.flatnonzero(~wrong) if wrong.any() else slice(None)
    own = Patterns(
        file, meanings, places, marks[right], counted.times[None, right], place[right],
        counted.first[right],
    )  # fmt: skip
    begun.clerk.rows += len(own.marks)
    return replace(begun.ended(()), tabled=TabledPoll(papers, (own,)))


def _marks(codes: Codes, code_of: Codes, meanings: int) -> tuple[NDArray[Any], Truth]:
    """The marks (rows, ranks) by the numbers of what they mean, and which rows have a wrong one."""
    number = np.uint8 if meanings < np.iinfo(np.uint8).max else np.uint16
    marks = np.empty(codes.shape[::-1], number)
    wrong = np.zeros(len(marks), np.bool_)
    # One spelling for each in its order: nothing to look up.
    alike = np.array_equal(code_of, np.arange(len(code_of)))
    for rank, column in enumerate(codes):
        meant = column if alike else code_of[column]
        if not alike:
            wrong |= meant == WRONG
        marks[:, rank] = meant
    return marks, wrong


def _meanings(begun: Begun, spelt: Spellings) -> tuple[tuple[tuple[Candidate, ...], ...], Codes]:
    """Whom marks can name, and the number of what each spelling means."""
    meanings: dict[tuple[Candidate, ...], int] = {(): 0}
    found = map(begun.meaning, ("", *spelt))
    numbers = [
        WRONG if names is None else meanings.setdefault(names, len(meanings)) for names in found
    ]
    return tuple(meanings), np.array(numbers, np.uint16)


def _rows(begun: Begun, counted: Counted, rows: Whole) -> Iterator[TableRow]:
    """These rows as they stand in the file, but for the papers' ids, of which none is twice."""
    assert begun.clerk is not None
    sheet = begun.clerk.sheet
    columns = (*sheet.marks, *_beside(sheet))
    for row in rows[np.argsort(counted.first[rows])].tolist():
        cells = [""] * len(sheet.header)
        for at, text in zip(columns, counted.texts(row), strict=True):
            cells[at] = text
        yield TableRow(int(counted.first[row]), tuple(cells), int(counted.times[row]))


def _places(begun: Begun, counted: Counted, ranks: int) -> tuple[tuple[Place, ...], Whole]:
    """The places, and the number of each row's; -1 where something is wrong with it."""
    assert begun.clerk is not None
    columns, spelt = begun.clerk.sheet.columns, counted.spelt[ranks:]
    sizes = [len(table) + 1 for table in spelt]
    radix = np.cumprod([1, *sizes], dtype=np.int64)[:-1].tolist()
    combined = np.zeros(len(counted.times), np.int64)
    for at, times in enumerate(radix, ranks):
        combined += counted.codes[at].astype(np.int64) * times
    dense = combined.size and combined.max() < MOST_DENSE
    different = np.flatnonzero(np.bincount(combined)) if dense else np.unique(combined)
    row = np.searchsorted(different, combined)
    begins = np.full(len(different), np.iinfo(np.int64).max)
    np.minimum.at(begins, row, counted.first)
    found: dict[Place, int] = {}
    numbers = np.full(len(different), -1)
    # A unit is of the section in which the file has it first.
    for at in np.argsort(begins).tolist():
        code = int(different[at])
        own = [code // times % size for times, size in zip(radix, sizes, strict=True)]
        cells = iter(("", *table)[at] for table, at in zip(spelt, own, strict=True))
        details = begun.clerk.place(tuple(next(cells) if n in columns else "" for n in DETAILS))
        if details:
            numbers[at] = found.setdefault(_place(details), len(found))
    return tuple(found), numbers[row]


def _place(details: Details) -> Place:
    section, unit, papers, spoiled, rebuilt = details
    return Place(section, unit, spoiled, rebuilt, papers)
