"""A table as CSV: a header that is known, rows by their line, every mistake noted."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType

from hustings.formats.ballot_file import Mistakes, whole_number
from hustings.units import Papers

NO_OTHERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line, and its cells by column, stripped."""

    line: int
    cells: dict[str, str] = field(default_factory=dict)

    def cell(self, column: str) -> str:
        """What stands in the column; empty where there is no such column."""
        return self.cells.get(column, "")


def rows(
    lines: Iterable[str],
    mistakes: Mistakes,
    required: Sequence[str],
    known: Sequence[str] | None,
    other_names: Mapping[str, str] = NO_OTHERS,
) -> Iterator[Row]:
    """The rows of a table that has these columns; where `known` is None, others may stand too.

    A column that is written by one of its `other_names` is given by its own. A row of another
    width than the header is a mistake and is left out; so is the whole table where its header
    is wrong, as it is where two columns mean the same.
    """
    reader = csv.reader(lines, strict=True)
    try:
        header = [cell.strip() for cell in next(filter(any, reader), [])]
        if header:
            header[0] = header[0].removeprefix("\ufeff")
        meant = [other_names.get(column, column) for column in header]
        if not _header_holds(header, meant, required, known, mistakes):
            return
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                what = f"the row has {len(cells)} cells, and the header has {len(header)}"
                mistakes.add(what, reader.line_num)
                continue
            stripped = (cell.strip() for cell in cells)
            yield Row(reader.line_num, dict(zip(meant, stripped, strict=True)))
    except csv.Error as error:
        mistakes.add(f"this is not CSV: {error}", reader.line_num)


def _header_holds(
    header: Sequence[str],
    meant: Sequence[str],
    required: Sequence[str],
    known: Sequence[str] | None,
    mistakes: Mistakes,
) -> bool:
    """Whether a header has nothing wrong, as it is written and as its columns are meant."""
    if not header:
        named = f" with {', '.join(required)}" if required else ""
        mistakes.add(f"the file is empty: expected a header row{named}")
        return False
    said = [f"there is no column {column!r}" for column in required if column not in meant]
    doubled = sorted({column for column in header if header.count(column) > 1})
    said += [f"the column {column!r} stands twice" for column in doubled]
    said += _twins(header, meant)
    if "" in header:
        said.append("a column has no name")
    if known is not None:
        said += [_unknown(column, known) for column in meant if column and column not in known]
    for what in said:
        mistakes.add(what, 1)
    return not said


def _twins(header: Sequence[str], meant: Sequence[str]) -> Iterator[str]:
    """Columns of different names that mean the same, so that one would hide the other."""
    written: dict[str, list[str]] = {}
    for column, name in zip(meant, header, strict=True):
        if name not in written.setdefault(column, []):
            written[column].append(name)
    for names in written.values():
        if len(names) > 1:
            yield f"the columns {' and '.join(map(repr, names))} mean the same: leave one out"


def _unknown(column: str, known: Sequence[str]) -> str:
    close = get_close_matches(column, known, 1)
    hint = f"did you mean {close[0]!r}?" if close else f"the columns are {', '.join(known)}"
    return f"the column {column!r} means nothing here; {hint}"


def number(row: Row, column: str, mistakes: Mistakes) -> Papers | None:
    """The papers in a cell; None where it is empty, or where it is no number, which is noted."""
    written = row.cell(column)
    if not written:
        return None
    found = whole_number(written.replace(",", ""))
    if found is None:
        mistakes.add(f"{written!r} is not a whole number of papers", row.line, column)
        return None
    return Papers(found)
