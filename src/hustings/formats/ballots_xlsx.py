"""Ballots as an Excel file: one sheet, in any layout that CSV has; a row's number is its line."""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from hustings.ballots.paper import Paper
from hustings.election.spec import Contest, Standing
from hustings.errors import InputError, Problem
from hustings.formats import ballots_csv, ballots_csv_writing
from hustings.formats.ballot_file import BallotFile, needs_extra, refused
from hustings.formats.ballots_csv import TableRow
from hustings.formats.table_cell import text_of
from hustings.units import Section

if TYPE_CHECKING:
    from zipfile import ZipFile

# The rows that a sheet can have [Excel specifications and limits, Microsoft].
MOST_ROWS = 1_048_576
# A reader holds every cell between the first and the last: more than these is no ballot file.
MOST_CELLS = 20_000_000
# So many may be empty, and three for each that is not.
SPARSE = 1_000_000
# What the parts of the file may come to once they are unpacked.
LARGEST = 1 << 30
PIECE = 1 << 20
# Where a cell or a row says that it stands; a file that is damaged may say anything.
CELL = re.compile(rb"""\br\s*=\s*["']?([A-Za-z]{0,32})([0-9]{1,19})""")
# Longer than any place, so that one that ends with a piece is found whole in the next.
PLACE = 64
EXTRA = "Excel files are read and written with python-calamine and xlsxwriter"


def read(data: bytes, file: str, contest: Contest | None, section: Section | None) -> BallotFile:
    """Every paper of the first sheet that is not empty; mistakes are in the file's problems."""
    try:
        sheets = tables(data)
    except InputError as error:
        return refused(file, str(error))
    name, rows = next(((n, rows) for n, rows in sheets.items() if rows), ("", []))
    filled, empty = _rows(rows)
    found = ballots_csv.read_table(filled, file, contest, section)
    others = [other for other, cells in sheets.items() if cells and other != name]
    assumed = list(found.assumed)
    if others:
        assumed.append(f"the sheet {name!r} was read, and not {', '.join(map(repr, others))}")
    if empty:
        assumed.append(
            f"empty rows between others: {len(empty)}, the first row {empty[0]}; they were taken "
            "for no papers"
        )
    return replace(found, assumed=tuple(assumed))


def tables(data: bytes) -> dict[str, list[list[str]]]:
    """The cells of every sheet as text, row by row; raises `InputError` for what is no workbook."""
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise needs_extra(EXTRA) from None
    _measure(data)
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        return {
            name: [
                [text_of(cell) for cell in row]
                for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            ]
            for name in book.sheet_names
        }
    except (CalamineError, OSError, ValueError) as error:
        raise InputError(f"this is no Excel file that can be read: {error}") from None
    except BaseException as error:
        # What the reader written in Rust gives up on is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise InputError("this is no Excel file that can be read: it is damaged") from None


def _measure(data: bytes) -> None:
    """Refuse a file that would fill the memory, before anything is unpacked into it."""
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST:
                raise InputError(f"unpacked, the file is larger than {LARGEST:,} bytes")
            for part in packed.infolist():
                if part.filename.casefold().endswith(".xml"):
                    _measure_part(packed, part.filename)
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise InputError(f"this is no Excel file (.xlsx): {error}") from None
    except zlib.error as error:
        raise InputError(f"the file is damaged: {error}") from None


def _measure_part(packed: "ZipFile", name: str) -> None:
    width = height = places = unpacked = 0
    rest = b""
    with packed.open(name) as sheet:
        while piece := sheet.read(PIECE):
            unpacked += len(piece)
            text = rest + piece
            for found in CELL.finditer(text):
                places += 1
                width = max(width, _column(found[1].upper()))
                height = max(height, int(found[2]))
            rest = text[-PLACE:]
            if width * height > MOST_CELLS or unpacked > LARGEST:
                raise _too_wide(name, height, width)
    if width * height > SPARSE + 4 * places:
        raise _too_wide(name, height, width)


def _too_wide(name: str, height: int, width: int) -> InputError:
    return InputError(
        f"{name} has a cell in row {height} and one in column {width}, and too few between to be a "
        "table: remove what stands far outside it"
    )


def _column(letters: bytes) -> int:
    """The number of a column: A is 1, and AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _rows(rows: Sequence[Sequence[str]]) -> tuple[list[TableRow], list[int]]:
    """The rows without the empty, and without the columns behind the header's last.

    Beside them, the numbers of the empty rows that have others below.
    """
    filled = [(line, row) for line, row in enumerate(rows, 1) if any(map(str.strip, row))]
    if not filled:
        return [], []
    width = max((at for at, cell in enumerate(filled[0][1], 1) if cell.strip()), default=0)
    lines = {line for line, _ in filled}
    first, last = filled[0][0], filled[-1][0]
    empty = [line for line in range(first + 1, last) if line not in lines]
    return [TableRow(line, _cut(row, width)) for line, row in filled], empty


def _cut(row: Sequence[str], width: int) -> tuple[str, ...]:
    kept = tuple(row[:width]) + ("",) * (width - len(row))
    return kept + tuple(cell for cell in row[width:] if cell.strip())


def write(
    papers: Iterable[Paper], candidates: Sequence[Standing], title: str = "", seats: int = 1
) -> bytes:
    """The papers as an Excel file with a rank in each column, those alike in one row.

    Where a paper is blank there is a column `count`, so that no row of a paper is empty.
    Raises `InputError` where there are more rows than a sheet can have.
    """
    try:
        from xlsxwriter import Workbook  # type: ignore[import-untyped]
    except ImportError:
        raise needs_extra(EXTRA) from None
    kept = BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = Workbook(kept, plain)
    sheet = book.add_worksheet("ballots")
    for at, row in enumerate(_counted(ballots_csv_writing.table(papers, candidates))):
        if at >= MOST_ROWS:
            what = f"more than {MOST_ROWS:,} rows, the most of a sheet: write .csv or .parquet"
            raise InputError(Problem(what))
        for column, cell in enumerate(row):
            if isinstance(cell, int) and at:
                sheet.write_number(at, column, cell)
            elif cell != "":
                sheet.write_string(at, column, str(cell))
    # No file may tell when it was made: the same papers give the same bytes.
    book.set_properties({"created": datetime(2000, 1, 1)})
    book.close()
    return kept.getvalue()


def _counted(rows: Iterator[list[str | int]]) -> Iterator[list[str | int]]:
    """The rows with a column `count`, where one of them would be empty without it."""
    table = list(rows)
    if "count" in table[0] or all(any(cell != "" for cell in row) for row in table):
        return iter(table)
    return iter([["count", *table[0]], *([1, *row] for row in table[1:])])
