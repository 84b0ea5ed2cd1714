"""A large CSV file of many different papers: its rows, for the compiled loop."""

from dataclasses import replace
from typing import cast

from hustings.ballots.paper import Paper
from hustings.formats.ballot_file import Alike
from hustings.formats.ballots_csv import DETAILS, Begun, Layout, split_row
from hustings.shell.engines import kernel
from hustings.shell.engines.lines import goes_on
from hustings.shell.engines.scan import (
    NO_SUSPECTS,
    Row,
    Rows,
    Scan,
    TooMuch,
    Tried,
    Way,
)
from hustings.shell.engines.tabled import Patterns, Place, TabledPoll
from hustings.shell.world import Stream
from hustings.units import Candidate


def can_scan(begun: Begun) -> bool:
    """Whether the loop knows such a file."""
    if kernel.numba is None or begun.clerk is None:
        return False
    sheet = begun.clerk.sheet
    return (
        sheet.layout is Layout.RANKS and "elector" not in sheet.columns and not begun.clerk.homeless
    )


class CsvRows(Rows):
    """The rows below the header that was read."""

    def __init__(self, begun: Begun, delimiter: str) -> None:
        assert begun.clerk is not None
        self._begun, self._sheet = begun, begun.clerk.sheet
        self._beside = [name for name in DETAILS if name in self._sheet.columns]
        self._read: Paper | None = None
        self.papers: list[Paper] = []
        self.delimiter, self.ragged, self.nobody = delimiter, False, ()
        self.columns = [self._kind(at) for at in range(len(self._sheet.header))]
        self.ranks, self.beside = len(self._sheet.marks), len(self._beside)
        self.has_ids = "paper" in self._sheet.columns
        self.has_many_places = not {"unit", "count"}.isdisjoint(self._sheet.columns)

    def _kind(self, at: int) -> int:
        if at in self._sheet.marks:
            return self._sheet.marks.index(at)
        name = next(name for name, place in self._sheet.columns.items() if place == at)
        return -1 if name == "paper" else -2 - self._beside.index(name)

    def read(self, text: str, line: int) -> Row | None:
        """What `Rows.read` returns."""
        if '"' in text and goes_on(text.encode(), self.delimiter):
            raise TooMuch
        paper = next(self._begun.papers_alike([Alike(line, text)], self.delimiter), None)
        if paper is None:
            return None
        self._read, cells, marks = paper, split_row(text, self.delimiter), iter(paper.marks)
        return Row(
            [(cells[at], next(marks, ())) for at in self._sheet.marks],
            [cells[self._sheet.columns[name]] for name in self._beside],
            Place(paper.section, paper.unit, paper.spoiled, paper.reconstructed, paper.papers),
        )

    def keep(self, text: str, line: int) -> None:
        """What `Rows.keep` does."""
        if self._read:
            self.papers.append(self._read)


def read(source: Stream, begun: Begun, line: int, delimiter: str, way: Way) -> Tried:
    """The file whose header has been read, its papers as patterns, those from that line on.

    Raises what `Scan` raises where the file must be gone through in another way.
    """
    if not can_scan(begun):
        return None, NO_SUSPECTS
    rows = CsvRows(begun, delimiter)
    scan = Scan(rows, way)
    for _ in scan.run(source, line):
        pass
    repeated = scan.repeated() if way.hashing else NO_SUSPECTS
    tabled = TabledPoll((*rows.papers,), (_patterns(scan),))
    return replace(begun.ended(()), tabled=tabled), repeated


def _patterns(scan: Scan) -> Patterns:
    found = scan.counted()
    return Patterns(
        str(scan.path),
        cast(tuple[tuple[Candidate, ...], ...], found.meanings),
        cast(tuple[Place, ...], found.places),
        found.marks,
        found.rows,
        found.place,
        found.first,
    )
