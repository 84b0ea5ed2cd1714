"""Cast vote records as the CSV that Dominion's tabulators export: a column for each mark.

Four header rows: the election; the contest of each column, `Mayor (Number of positions=1, Number
of ranks=3)`; the choice and the rank, `Ann Archer(2)`; and the names of the columns that say which
record it is. In a row 1 is a mark, 0 none, and an empty cell means that the contest is not on the
paper. The layout is that of https://github.com/DemocracyDevelopers/colorado-rla.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from hustings.ballots.paper import ONE, Marks, Paper, in_order
from hustings.election.spec import Contest
from hustings.formats.ballot_file import BallotFile, Mistakes
from hustings.formats.ballot_names import Candidates, Places, folded
from hustings.formats.ballots_csv import Rows, text_rows
from hustings.units import Candidate, Section

HEADER_ROWS = 4
RECORD, PRECINCT = "CvrNumber", "PrecinctPortion"
TITLE = re.compile(
    r"(.*?)\s*\((?:Number of positions=([0-9]{1,4}), Number of ranks=([0-9]{1,3})"
    r"|Vote For=([0-9]{1,4}))\)\s*"
)
CHOICE = re.compile(r"(.*?)\s*\(([0-9]{1,3})\)\s*")
NO_MARK = frozenset(("0", ""))
WHICH = "an election with one contest that is ranked, or one that is called like the post"


def is_export(lines: Iterable[str]) -> bool:
    """Whether the fourth row that is not blank begins as the records' own columns do.

    A title may have line ends in quotes: lines are taken as far as that row goes on, and no further
    than the first mistake.
    """
    mistakes = Mistakes("")
    rows = text_rows(takewhile(lambda _: not mistakes.all(), lines), mistakes)
    _, row = next(islice(rows, HEADER_ROWS - 1, None), (0, [""]))
    return row[0].strip().startswith(RECORD)


@dataclass(frozen=True, slots=True)
class _Held:
    """The contest that is read: its name, seats, and its columns by where they stand."""

    name: str
    seats: int
    ranks: int
    columns: tuple[int, ...]


def read(
    lines: Iterable[str], file: str, contest: Contest | None, section: Section | None
) -> BallotFile:
    """Every record of one contest as a paper; all that is wrong is in the file's problems.

    The contest is the only one that is ranked, or the one that is called like the election's.
    """
    mistakes = Mistakes(file)
    rows = text_rows(lines, mistakes)
    (_, _), (at, contests), (below, choices), (_, named) = (
        next(rows, (number, [])) for number in range(1, HEADER_ROWS + 1)
    )
    held = _held(contests, contest, at, mistakes)
    candidates = Candidates(contest)
    export = _Export(held, named, candidates, Places(contest, section), mistakes)
    papers: tuple[Paper, ...] = ()
    if held and export.take_choices(choices, below):
        papers = tuple(export.papers(rows))
        if not papers and not mistakes.all():
            mistakes.add(f"no record has the contest {held.name!r}")
    title, seats = (held.name, held.seats) if held else ("", 1)
    listed = tuple(candidates.listed)
    return BallotFile(listed, papers, mistakes.all(), title, seats, export.assumed())


def _held(
    titles: Sequence[str], contest: Contest | None, line: int, mistakes: Mistakes
) -> _Held | None:
    columns: dict[str, list[int]] = {}
    for at, title in enumerate(titles):
        if said := " ".join(title.split()):
            columns.setdefault(said, []).append(at)
    found = [_named(title, tuple(places)) for title, places in columns.items()]
    wanted = {folded(contest.post), folded(contest.id)} if contest else set()
    fitting = [one for one in found if folded(one.name) in wanted] if len(found) > 1 else found
    fitting = fitting or [one for one in found if one.ranks > 1]
    if len(fitting) != 1:
        listed = ", ".join(repr(one.name) for one in found[:20])
        mistakes.add(f"{len(found)} contests are in the file: {listed}; expected {WHICH}", line)
        return None
    return fitting[0]


def _named(title: str, columns: tuple[int, ...]) -> _Held:
    said = TITLE.fullmatch(title)
    if said is None:
        return _Held(title, 1, 1, columns)
    return _Held(said[1], int(said[2] or said[4]), int(said[3] or 1), columns)


class _Export:
    """Makes papers of the records."""

    def __init__(
        self,
        held: _Held | None,
        named: Sequence[str],
        candidates: Candidates,
        places: Places,
        mistakes: Mistakes,
    ) -> None:
        self.held, self.candidates, self.mistakes = held, candidates, mistakes
        self._places = places
        self._section, amiss = places.default()
        if amiss:
            mistakes.add(amiss)
        titles = [folded(cell) for cell in named]
        self._at_record = titles.index(folded(RECORD)) if folded(RECORD) in titles else -1
        self._at_precinct = titles.index(folded(PRECINCT)) if folded(PRECINCT) in titles else -1
        self._marks: dict[int, tuple[Candidate, int]] = {}
        self._seen: dict[str, int] = {}
        self._without = 0

    def take_choices(self, choices: Sequence[str], line: int) -> bool:
        """Read who may be marked in which column, and at which rank; say whether all is right."""
        if self.held is None:
            return False
        said = {at: _choice(choices, at, self.held.ranks) for at in self.held.columns}
        wrong = [*_choice_faults(said, self.held.ranks)]
        for at, (name, rank) in said.items():
            id_ = self.candidates.find(name) if name else None
            if id_:
                self._marks[at] = id_, rank
            elif name:
                wrong.append(self.candidates.unknown(name))
        for what in wrong:
            self.mistakes.add(what, line)
        return not wrong

    def papers(self, rows: Rows) -> Iterator[Paper]:
        """A paper of each record that has the contest and is right."""
        width = 1 + max((*self._marks, self._at_record, self._at_precinct))
        for line, row in rows:
            if len(row) < width:
                what = f"the row has {len(row)} cells, and the contest stands as far as column"
                self.mistakes.add(f"{what} {width}", line)
                continue
            cells = [cell.strip() for cell in row]
            if any(cells[at] for at in self._marks):
                yield from self._paper(cells, line)
            else:
                self._without += 1

    def _paper(self, cells: Sequence[str], line: int) -> Iterator[Paper]:
        precinct = _plain(cells[self._at_precinct]) if self._at_precinct >= 0 else ""
        unit, amiss = self._places.unit(precinct, self._section)
        if amiss:
            self.mistakes.add(amiss, line, PRECINCT)
            return
        marks = self._marked(cells, line)
        if marks is not None and self._is_new(cells, line):
            yield Paper(self._section, marks, ONE, unit, file=self.mistakes.file, line=line)

    def assumed(self) -> tuple[str, ...]:
        """What was taken for granted, in sentences."""
        if not self._without:
            return ()
        return (f"records without the contest were passed over: {self._without}",)

    def _marked(self, cells: Sequence[str], line: int) -> Marks | None:
        by_rank: dict[int, list[Candidate]] = {}
        for at, (name, rank) in self._marks.items():
            if cells[at] == "1":
                by_rank.setdefault(rank, []).append(name)
            elif cells[at] not in NO_MARK:
                what = f"{cells[at][:40]!r} is neither a mark, 1, nor none, 0, in column {at + 1}"
                self.mistakes.add(what, line)
                return None
        return in_order(by_rank)

    def _is_new(self, cells: Sequence[str], line: int) -> bool:
        record = _plain(cells[self._at_record]) if self._at_record >= 0 else ""
        first = self._seen.setdefault(record, line) if record else line
        if first != line:
            self.mistakes.add(f"record {record} stands in line {first} already", line, RECORD)
        return first == line


def _plain(cell: str) -> str:
    """The text of a cell that may be written as a formula, `="1-1"`, lest a program count it.

    >>> _plain('="1-1"'), _plain("1-1")
    ('1-1', '1-1')
    """
    return cell.removeprefix("=").strip('"').strip()


def _choice(choices: Sequence[str], at: int, ranks: int) -> tuple[str, int]:
    """Who may be marked in the column, and at which rank: 0, where it does not say."""
    said = " ".join(choices[at].split()) if at < len(choices) else ""
    if ranks == 1 and not CHOICE.fullmatch(said):
        return said, 1
    found = CHOICE.fullmatch(said)
    return (found[1], int(found[2])) if found else (said, 0)


def _choice_faults(said: Mapping[int, tuple[str, int]], ranks: int) -> Iterator[str]:
    """What is wrong with the choices: each stands once at each rank."""
    seen: dict[tuple[str, int], int] = {}
    for at, (name, rank) in said.items():
        if not name:
            yield f"column {at + 1} has a contest and no choice"
        elif not 1 <= rank <= ranks:
            yield f"column {at + 1} is of {name!r} and no rank: expected {name}(1) and so on"
        elif (name, rank) in seen:
            yield f"column {at + 1} is {name}({rank}), as column {seen[name, rank] + 1} is already"
        seen.setdefault((name, rank), at)
    for name in dict.fromkeys(name for name, rank in seen if name and rank):
        missing = [str(rank) for rank in range(1, ranks + 1) if (name, rank) not in seen]
        if missing:
            yield f"{name!r} has no column for rank {', '.join(missing)}"
