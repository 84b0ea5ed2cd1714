"""Ballots read from CSV, in four layouts that the header row tells apart.

Rank columns (`1,2,3` or `r1,r2` or `rank_1`): a cell holds a candidate, or two that
share the rank, joined by `=`. Candidate columns: a cell holds the rank. Long
(`paper,rank,candidate`): a row is one mark. One column `ranking`: `ann > bob=cat > _ > dan`.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import chain
from operator import itemgetter
from typing import Any

from hustings.ballots.paper import OVERVOTE, Marks, Paper, Rebuilt, in_order, trimmed
from hustings.election.spec import Contest
from hustings.formats.ballot_file import (
    MOST_PAPERS,
    Alike,
    BallotFile,
    Mistakes,
    no_number_of_papers,
    whole_number,
)
from hustings.formats.ballot_names import Candidates, Places, folded
from hustings.units import Candidate, Option, Papers, Section, Unit


class Layout(Option):
    """Where the marks stand in a row."""

    RANKS = "ranks", "a column for each rank; a cell holds a candidate"
    CANDIDATES = (
        "candidates",
        "a column for each candidate; a cell holds the rank, or several: 1,3",
    )
    LONG = "long", "a row for each mark: paper, rank, candidate"
    RANKING = "ranking", "one column: ann > bob=cat > _ > dan"


# A mark can be wrong in several of its cells: which column, and what is wrong there.
Wrong = tuple[tuple[str, str], ...]
Cells = tuple[str, ...]
ReadMarks = Callable[[Cells], tuple[Marks, Wrong]]
Rows = Iterator[tuple[int, list[str]]]
RowsOf = Callable[[Iterable[Any], Mistakes], Rows]


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table: its number, its cells as text, and how many rows are like it."""

    line: int
    cells: Cells
    times: int = 1


DETAILS = ("section", "unit", "count", "spoiled", "reconstructed")
BESIDE = (*DETAILS, "elector")
OPTIONAL = (*BESIDE, "paper")
# What the programs of others call these columns.
OTHER_NAMES = {
    "#": "count",
    "id": "paper",
    "ballot_id": "paper",
    "ballotid": "paper",
    "precinct": "unit",
    "weight": "count",
}
RANK_COLUMN = re.compile(
    r"(?:(?:r|rank|pref|preference|choice)[ _]?)?([0-9]{1,4})"
    r"(?:(?:st|nd|rd|th)?[ _]?(?:rank|pref|preference|choice))?"
)
LINE = re.compile(r"[^\n]*\n|[^\n]+|^$")
# How other formats begin that come under the same name: BLT with two numbers.
BLT, VOTEKIT = "BLT", "a profile of VoteKit"
BEGINNINGS = {
    BLT: re.compile(r"\ufeff?\s*[0-9]{1,4}\s+[0-9]{1,4}\s*"),
    VOTEKIT: re.compile(r"\ufeff?\s*VoteKit RankProfile\s*"),
}
NOT_RANKED = frozenset(("", "-", "0"))
LEFT_OUT = frozenset(("", "-", "_"))
# Words of cast-vote records for what stands in no candidate's column; no candidate is called so.
LEFT_OUT_WORDS = frozenset(("skipped", "undervote"))
OVERVOTE_WORDS = frozenset((OVERVOTE, "overvote"))
# Whether a paper is spoiled is not enough: nobody could look the reason up again.
NO_REASON = frozenset(("0", "1", "n", "no", "false", "y", "yes", "true", "x"))
BLANK = frozenset(("", "(blank)"))
# No paper has room for more; a slip of the pen must not make a million empty ranks.
MOST_RANKS = 1000

EXPECTED = (
    "expected a header row such as 1,2,3 (ranks), or the candidates' names, or "
    "paper,rank,candidate, or ranking; and beside them any of " + ", ".join(OPTIONAL)
)


def read(
    lines: Iterable[str], file: str, contest: Contest | None, section: Section | None
) -> BallotFile:
    """Every paper of the file; all that is wrong in it is in the file's problems."""
    begun = Begun(lines, file, contest, section)
    papers: tuple[Paper, ...] = ()
    if begun.clerk:
        marked = _long if begun.clerk.sheet.layout is Layout.LONG else _wide
        papers = tuple(marked(begun.rows, begun.clerk, begun.candidates))
    return begun.ended(papers)


def read_table(
    rows: Iterable[TableRow], file: str, contest: Contest | None, section: Section | None
) -> BallotFile:
    """The papers of a table that is no text, in any of the layouts; its first row is the header."""
    begun = Begun(rows, file, contest, section, _table_rows)
    papers: tuple[Paper, ...] = ()
    if begun.clerk:
        marked = _long if begun.clerk.sheet.layout is Layout.LONG else _wide
        papers = tuple(begun.each(marked(begun.rows, begun.clerk, begun.candidates)))
    return begun.ended(papers)


def of_table(header: Cells, file: str, contest: Contest | None, section: Section | None) -> "Begun":
    """A table whose rows come later."""
    return Begun([TableRow(0, header)], file, contest, section, _table_rows)


class Begun:
    """A file whose header has been read: what it says, and who makes papers of its rows.

    `clerk` is None where the header says nothing, and why is among the mistakes.
    """

    def __init__(
        self,
        source: Iterable[Any],
        file: str,
        contest: Contest | None,
        section: Section | None,
        rows_of: RowsOf | None = None,
    ) -> None:
        self.mistakes, self.candidates = Mistakes(file), Candidates(contest)
        self.clerk: Clerk | None = None
        self._contest = contest
        self.rows = (rows_of or text_rows)(source, self.mistakes)
        self._line, header = next(self.rows, (0, []))
        if not header:
            self.mistakes.add(f"empty file: {EXPECTED}")
            return
        closed = contest is not None
        sheet = _sheet(header, self._line, self.candidates, closed, self.mistakes)
        if sheet:
            self.clerk = Clerk(sheet, Places(contest, section), self.mistakes)
            if self.clerk.homeless:
                self.mistakes.add(self.clerk.homeless, self._line, "section")

    def papers_alike(self, lines: Iterable[Alike], delimiter: str) -> Iterator[Paper]:
        """A paper of each row that is not wrong, as many as there are rows like it."""
        if self.clerk:
            rows = _rows_alike(lines, delimiter, self.mistakes)
            yield from self.each(_wide(rows, self.clerk, self.candidates))

    def table_papers(self, rows: Iterable[TableRow]) -> Iterator[Paper]:
        """The same of rows of a table."""
        if self.clerk:
            told = _table_rows(rows, self.mistakes)
            yield from self.each(_wide(told, self.clerk, self.candidates))

    def meaning(self, cell: str) -> tuple[Candidate, ...] | None:
        """Whom a cell of a rank column names; None where something is wrong with it."""
        names, wrong = _sharing(self.candidates, cell.strip())
        return None if wrong else names

    def each(self, papers: Iterable[Paper]) -> Iterator[Paper]:
        """Each paper as many times as there are rows like its own."""
        for paper in papers:
            times = self.mistakes.times.get(paper.line, 1)
            yield replace(paper, papers=Papers(paper.papers * times)) if times > 1 else paper

    def ended(self, papers: tuple[Paper, ...]) -> BallotFile:
        """The file with these papers, and all that was found wrong in it."""
        clerk, mistakes = self.clerk, self.mistakes
        if clerk and not clerk.rows and not mistakes.all():
            mistakes.add("there is a header and no paper below it", self._line)
        assumed = _assumed(clerk.sheet, self._contest) if clerk and self._contest else ()
        return BallotFile(tuple(self.candidates.listed), papers, mistakes.all(), assumed=assumed)


# --- rows ---------------------------------------------------------------------


def text_rows(lines: Iterable[str], mistakes: Mistakes) -> Rows:
    """Every row that is not blank, and the line in which it begins."""
    lines, blank = iter(lines), 0
    for first in lines:
        first = first.removeprefix("\ufeff")
        if first.strip():
            break
        blank += 1
    else:
        return
    reader = csv.reader(chain([first], lines), delimiter=delimiter_of(first), strict=True)
    while True:
        line = blank + reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            mistakes.add(csv_fault(str(error)), line)
        else:
            if row:
                yield line, row


def _rows_alike(lines: Iterable[Alike], delimiter: str, mistakes: Mistakes) -> Rows:
    """The rows by the line in which the first of each begins, each by itself."""
    for line, text in mistakes.alike(lines):
        reader = csv.reader(LINE.findall(text), delimiter=delimiter, strict=True)
        try:
            row = next(reader)
        except csv.Error as error:
            mistakes.add(csv_fault(str(error)), line)
        else:
            if row:
                yield line, row


def _table_rows(rows: Iterable[TableRow], mistakes: Mistakes) -> Rows:
    for row in rows:
        if row.times > 1:
            mistakes.times[row.line] = row.times
        yield row.line, list(row.cells)


def split_row(text: str, delimiter: str) -> list[str]:
    """The cells of a row that is right."""
    return next(csv.reader(LINE.findall(text), delimiter=delimiter, strict=True), [])


def delimiter_of(header: str) -> str:
    """The delimiter that the header has most of, outside quotes; a comma if it has none."""
    bare = re.sub(r'"[^"]*"', "", header)
    return max(",;\t", key=bare.count)


def csv_fault(said: str) -> str:
    """What is wrong in a row, for people, by what the reader of CSV says of it."""
    if "unexpected end" in said:
        return "a quote is opened in this row and never closed"
    if "field larger" in said:
        return (
            f"a cell is longer than {csv.field_size_limit():,} characters: perhaps a quote is "
            "opened in this row and never closed"
        )
    if "expected after" in said:
        return 'text follows a closing quote; inside quotes, write a quote twice: ""'
    return f"this row is not CSV: {said}"


# --- the header ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the header says: the layout, which columns hold the marks, and the others by name."""

    layout: Layout
    header: tuple[str, ...]
    marks: tuple[int, ...]
    columns: Mapping[str, int]
    named: tuple[Candidate, ...] = ()

    def at(self, column: str) -> int:
        """Where that column stands; -1, the empty cell put to each row's end, if nowhere."""
        return self.columns.get(column, -1)


def _sheet(
    header: Sequence[str], line: int, candidates: Candidates, closed: bool, mistakes: Mistakes
) -> Sheet | None:
    """What the header says; None, and why among the mistakes, if it cannot be understood."""
    titles = tuple(title.strip() for title in header)
    known = [OTHER_NAMES.get(folded(title), folded(title)) for title in titles]
    wrong = list(_header_faults(titles, known))
    columns = {name: at for at, name in enumerate(known) if name in OPTIONAL}
    rest = tuple(at for at, name in enumerate(known) if name not in OPTIONAL)
    sheet = None
    if not wrong:
        layout = _layout([known[at] for at in rest])
        named = tuple((at, known[at]) for at in rest)
        sheet = Sheet(layout, titles, rest, columns | {name: at for at, name in named})
        if layout is Layout.CANDIDATES:
            sheet, wrong = _candidate_columns(sheet, candidates, closed)
        else:
            wrong = list(_layout_faults(sheet, [known[at] for at in rest]))
    for field, what in wrong:
        mistakes.add(what, line, field)
    return sheet if not wrong else None


def other_format(header: str) -> str:
    """What begins with such a line and has no header; empty, where nothing does."""
    return next((name for name, begins in BEGINNINGS.items() if begins.fullmatch(header)), "")


def _header_faults(titles: Sequence[str], known: Sequence[str]) -> Iterator[tuple[str, str]]:
    seen: dict[str, int] = {}
    if len(titles) == 1 and (other := other_format(titles[0])):
        yield "", f"{titles[0]!r} is no header: {other} begins so"
    for at, name in enumerate(known):
        if not name:
            yield "", f"column {at + 1} has no name in the header"
        elif name in seen:
            same = f"column {at + 1} is the same as column {seen[name] + 1}, {titles[seen[name]]!r}"
            yield titles[at], same
        seen.setdefault(name, at)
    if seen.keys() <= {"", *OPTIONAL}:
        yield "", f"no column holds the marks: {EXPECTED}"


def _layout(rest: Sequence[str]) -> Layout:
    if "ranking" in rest:
        return Layout.RANKING
    if {"rank", "candidate"} <= set(rest):
        return Layout.LONG
    if any(RANK_COLUMN.fullmatch(name) for name in rest):
        return Layout.RANKS
    return Layout.CANDIDATES


def _layout_faults(sheet: Sheet, rest: Sequence[str]) -> Iterator[tuple[str, str]]:
    fitting = {Layout.RANKING: {"ranking"}, Layout.LONG: {"rank", "candidate"}}.get(
        sheet.layout, {name for name in rest if RANK_COLUMN.fullmatch(name)}
    )
    for at, name in zip(sheet.marks, rest, strict=True):
        if name not in fitting:
            beside = ", ".join(sheet.header[i] for i in sheet.marks if i != at)
            yield (
                sheet.header[at],
                f"this column means nothing beside {beside}; the others may be "
                + ", ".join(OPTIONAL)
                + ": give it one of these names, or take it out",
            )
    if sheet.layout is Layout.LONG and "paper" not in sheet.columns:
        yield "", "a column paper is missing: it says which marks stand on one paper"
    ranks = [int(found[1]) for name in rest if (found := RANK_COLUMN.fullmatch(name))]
    if sheet.layout is Layout.RANKS and ranks != list(range(1, len(ranks) + 1)):
        listed = ", ".join(map(str, ranks))
        yield "", f"the rank columns are {listed}: expected 1, 2, 3 and so on, in order"


def _candidate_columns(
    sheet: Sheet, candidates: Candidates, closed: bool
) -> tuple[Sheet, list[tuple[str, str]]]:
    titles = [sheet.header[at] for at in sheet.marks]
    found = [candidates.find(title) for title in titles]
    if closed and not any(found):
        listed = ", ".join(titles)
        return sheet, [("", f"no column is a rank or a candidate, in {listed}: {EXPECTED}")]
    wrong = []
    for at, (title, id_) in enumerate(zip(titles, found, strict=True)):
        if id_ is None:
            wrong.append((title, candidates.unknown(title)))
        elif id_ in found[:at]:
            wrong.append((title, f"a column before this one is of {id_} already"))
    named = tuple(id_ for id_ in found if id_)
    return Sheet(sheet.layout, sheet.header, sheet.marks, sheet.columns, named), wrong


def _assumed(sheet: Sheet, contest: Contest) -> tuple[str, ...]:
    """In candidate columns, whoever has none is ranked by nobody."""
    if sheet.layout is not Layout.CANDIDATES:
        return ()
    without = [entry.name for entry in contest.candidates if entry.id not in sheet.named]
    return tuple(f"there is no column for {name}: no paper ranks {name}" for name in without)


# --- what stands beside the marks ---------------------------------------------


# What stands beside the marks: section, unit, papers, why they are spoiled, and how rebuilt.
Details = tuple[Section, Unit, Papers, str, Rebuilt | None]


class Clerk:
    """Makes a paper of a row and its marks, or notes what is wrong with it."""

    def __init__(self, sheet: Sheet, places: Places, mistakes: Mistakes) -> None:
        self.sheet, self.mistakes = sheet, mistakes
        self.rows = 0
        # Where no column could name a section, one mistake says so for all the papers.
        self.homeless = "" if "section" in sheet.columns else places.default()[1]
        self.width = len(sheet.header)
        self.details = itemgetter(*map(sheet.at, DETAILS))
        self._read = cache(partial(_details, places, self.homeless))
        self._seen: dict[str, int] = {}

    def fits(self, line: int, row: Sequence[str]) -> bool:
        """Whether the row has a cell for every column, and no more."""
        self.rows += 1
        if len(row) == self.width:
            return True
        self.mistakes.add(f"the row has {len(row)} cells, and the header {self.width}", line)
        return False

    def paper(
        self, line: int, marks: Marks, wrong: Wrong, details: Cells, elector: str
    ) -> Paper | None:
        """The paper; None where something on it is wrong."""
        (section, unit, papers, spoiled, rebuilt), amiss = self._read(details)
        if wrong or amiss or self.homeless:
            for field, what in amiss + wrong:
                self.mistakes.add(what, line, field)
            return None
        file = self.mistakes.file
        return Paper(section, marks, papers, unit, elector.strip(), spoiled, file, line, rebuilt)

    def place(self, details: Cells) -> Details | None:
        """What the cells beside the marks say; None where something is wrong with them."""
        found, amiss = self._read(details)
        return None if amiss or self.homeless else found

    def is_new(self, line: int, paper: str) -> bool:
        """Whether no paper of that id came before; a paper without an id is new."""
        if not paper or self._seen.setdefault(paper, line) == line:
            return True
        title = self.sheet.header[self.sheet.at("paper")]
        self.mistakes.add(f"paper {paper} stands in line {self._seen[paper]} already", line, title)
        return False


def _details(places: Places, told: str, cells: Cells) -> tuple[Details, Wrong]:
    in_section, in_unit, count, spoiled, rebuilt = (cell.strip() for cell in cells)
    section, unit, wrong = _place(places, told, in_section, in_unit)
    papers = whole_number(count) if count else 1
    if not papers or papers > MOST_PAPERS:
        wrong.append(("count", no_number_of_papers(count)))
    if folded(spoiled) in NO_REASON:
        wrong.append(("spoiled", f"{spoiled!r} is no reason: say why, or leave the cell empty"))
    if rebuilt and rebuilt not in [*Rebuilt]:
        wrong.append(("reconstructed", f"{rebuilt!r} is not {' or '.join(Rebuilt)}, nor empty"))
        rebuilt = ""
    found = Rebuilt(rebuilt) if rebuilt else None
    return (section, unit, Papers(papers or 0), spoiled, found), tuple(wrong)


def _place(
    places: Places, told: str, in_section: str, in_unit: str
) -> tuple[Section, Unit, list[tuple[str, str]]]:
    """Where the paper was cast, and what is wrong there that was not `told` of all papers."""
    section, amiss = places.section(in_section)
    if amiss:
        return section, Unit(""), [("section", amiss)] if amiss != told else []
    unit, amiss = places.unit(in_unit, section)
    return section, unit, [("unit", amiss)] if amiss else []


# --- wide: a row is a paper ---------------------------------------------------


def _wide(rows: Rows, clerk: Clerk, candidates: Candidates) -> Iterator[Paper]:
    sheet = clerk.sheet
    read_marks = cache(partial(READ_MARKS[sheet.layout], sheet, candidates))
    pick = _picker(sheet.marks)
    at_paper, at_elector = map(sheet.at, ("paper", "elector"))
    for line, row in rows:
        if not clerk.fits(line, row):
            continue
        row.append("")
        if at_paper >= 0 and not clerk.is_new(line, row[at_paper].strip()):
            continue
        marks, wrong = read_marks(pick(row))
        paper = clerk.paper(line, marks, wrong, clerk.details(row), row[at_elector])
        if paper:
            yield paper


def _picker(columns: Sequence[int]) -> Callable[[Sequence[str]], Cells]:
    if len(columns) == 1:
        return lambda row: (row[columns[0]],)
    return itemgetter(*columns)


def _rank_cells(sheet: Sheet, candidates: Candidates, cells: Cells) -> tuple[Marks, Wrong]:
    ranks, wrong = [], []
    for at, cell in zip(sheet.marks, cells, strict=True):
        names, amiss = _sharing(candidates, cell.strip())
        ranks.append(names)
        wrong += [(sheet.header[at], what) for what in amiss]
    return trimmed(ranks), tuple(wrong)


def _ranking_cell(sheet: Sheet, candidates: Candidates, cells: Cells) -> tuple[Marks, Wrong]:
    title, written = sheet.header[sheet.marks[0]], cells[0].strip()
    if written in BLANK:
        return (), ()
    ranks, wrong = [], []
    for part in written.split(">"):
        if not part.strip():
            wrong.append((title, f"{written!r} has nothing beside a >; write _ for an empty rank"))
            break
        names, amiss = _sharing(candidates, part.strip())
        ranks.append(names)
        wrong += [(title, what) for what in amiss]
    return trimmed(ranks), tuple(wrong)


def _sharing(candidates: Candidates, cell: str) -> tuple[tuple[Candidate, ...], list[str]]:
    """Whoever stands in one rank, and what is wrong if anything is."""
    if cell in LEFT_OUT or cell.casefold() in LEFT_OUT_WORDS:
        return (), []
    if cell.casefold() in OVERVOTE_WORDS:
        return (OVERVOTE,), []
    called = [part.strip() for part in cell.split("=")]
    if not all(called):
        return (), [f"{cell!r} has nothing beside a ="]
    found = [candidates.find(name) for name in called]
    unknown = [name for name, id_ in zip(called, found, strict=True) if id_ is None]
    return tuple(id_ for id_ in found if id_), [candidates.unknown(name) for name in unknown]


def _candidate_cells(sheet: Sheet, candidates: Candidates, cells: Cells) -> tuple[Marks, Wrong]:
    by_rank: dict[int, list[Candidate]] = {}
    wrong = []
    for at, name, cell in zip(sheet.marks, sheet.named, cells, strict=True):
        for written in cell.split(","):
            rank, amiss = _rank(written.strip())
            wrong += [(sheet.header[at], amiss)] if amiss else []
            if rank and name not in by_rank.setdefault(rank, []):
                by_rank[rank].append(name)
    return in_order(by_rank), tuple(wrong)


def _rank(cell: str) -> tuple[int, str]:
    """The rank in a cell, 0 for none, and what is wrong if anything is."""
    if cell in NOT_RANKED:
        return 0, ""
    rank = whole_number(cell)
    if rank is None:
        return 0, f"{cell!r} is not a rank: expected 1, 2, 3 and so on, or nothing"
    if rank > MOST_RANKS:
        return 0, f"rank {rank} is above {MOST_RANKS}, the most that is read"
    return rank, ""


READ_MARKS: Mapping[Layout, Callable[[Sheet, Candidates, Cells], tuple[Marks, Wrong]]] = {
    Layout.RANKS: _rank_cells,
    Layout.RANKING: _ranking_cell,
    Layout.CANDIDATES: _candidate_cells,
}


# --- long: a row is a mark ----------------------------------------------------


class _Open:
    """A paper of which more rows may come: its first line, what stood beside, its marks."""

    __slots__ = ("beside", "line", "ranks", "wrong")

    def __init__(self, line: int, beside: Cells) -> None:
        self.line, self.beside = line, beside
        self.ranks: dict[int, list[Candidate]] = {}
        self.wrong = False


def _long(rows: Rows, clerk: Clerk, candidates: Candidates) -> Iterator[Paper]:
    sheet = clerk.sheet
    beside = itemgetter(*map(sheet.at, BESIDE))
    read_mark = cache(partial(_mark, candidates))
    at_paper, at_rank, at_candidate = map(sheet.at, ("paper", "rank", "candidate"))
    opened: dict[str, _Open] = {}
    for line, row in rows:
        if not clerk.fits(line, row):
            continue
        row.append("")
        rank, name, wrong = read_mark(row[at_rank], row[at_candidate])
        id_, cells = row[at_paper].strip(), beside(row)
        if not id_:
            wrong += ((sheet.header[at_paper], "the row does not say which paper it is of"),)
        paper = opened.setdefault(id_, _Open(line, cells))
        wrong += _agreeing(paper, cells)
        if wrong:
            paper.wrong = True
            for field, what in wrong:
                clerk.mistakes.add(what, line, field)
        elif name:
            paper.ranks.setdefault(rank, []).append(name)
    for paper in opened.values():
        *details, elector = paper.beside
        made = clerk.paper(paper.line, in_order(paper.ranks), (), tuple(details), elector)
        if made and not paper.wrong:
            yield made


def _mark(candidates: Candidates, rank: str, name: str) -> tuple[int, Candidate | None, Wrong]:
    """One mark; a rank of nobody, or nobody's rank, only says that the paper is there."""
    number, amiss = _rank(rank.strip())
    if amiss:
        return 0, None, (("rank", amiss),)
    called = name.strip()
    if not called:
        what = f"rank {number} is given to nobody"
        return 0, None, (("candidate", what),) if number else ()
    found = candidates.find(called)
    if found is None:
        return 0, None, (("candidate", candidates.unknown(called)),)
    return number, found if number else None, ()


def _agreeing(paper: _Open, cells: Cells) -> Wrong:
    """What this row says otherwise than the paper's rows before it; an empty cell says nothing."""
    if cells == paper.beside:
        return ()
    wrong = [
        (name, f"{now.strip()!r} here, and {before.strip()!r} in line {paper.line}, on one paper")
        for name, before, now in zip(BESIDE, paper.beside, cells, strict=True)
        if before.strip() and now.strip() and before.strip() != now.strip()
    ]
    paper.beside = tuple(
        before if before.strip() else now for before, now in zip(paper.beside, cells, strict=True)
    )
    return tuple(wrong)
