"""Ballot files read by an engine that counts equal rows; what a row means is decided here.

Each distinct row goes through the reader of every small file, once, so that names, formality,
spoiled papers and mistakes are the same. What an engine cannot say is in which line a row
stands: a file with a mistake, and one that is no table of papers, is read row by row instead.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from warnings import catch_warnings, simplefilter

from hustings.ballots.paper import Paper, Rebuilt
from hustings.ballots.profile import Profile
from hustings.ballots.reduction import Judged, Poll
from hustings.election.spec import Contest, Standing
from hustings.errors import InputError, Problem
from hustings.formats import ballots_csv
from hustings.formats.ballot_file import Alike, BallotFile
from hustings.formats.ballot_formats import format_of
from hustings.formats.ballot_names import folded
from hustings.formats.ballots_csv import OTHER_NAMES, Begun, Cells, Layout, TableRow
from hustings.formats.table_cell import text_of
from hustings.shell import world
from hustings.shell.engines import frames, lines, reading, sessions
from hustings.shell.engines.frames import Frame
from hustings.shell.engines.sessions import Session, first_line
from hustings.shell.engines.sources import Read
from hustings.shell.world import Watch
from hustings.units import Section

# Without a contest, candidates are in the order in which so many first rows name them.
HEAD = 50_000
# With more different lines than this they are left to the compiled loop, if there is one.
MANY = 100_000
# The mark of the byte order, which some engines leave in the first line.
MARK = "\ufeff"
# So many bytes an engine may leave out: the mark of the byte order, but for a last line's end
# that it adds.
AMISS = frozenset((-1, 0, 2, 3))
# A path with one of these is a pattern to some engines.
PATTERN = re.compile(r"[*?\[\]{}\\]")
# How engines say that there is no such file.
NO_FILE = ("PATH_NOT_FOUND", "No such file", "No files found", "does not exist")
# What a column of Parquet may hold, so that every engine gives the same text for it.
PLAIN = re.compile(
    r"(large_)?string|u?int\d+|float|double|bool|null"
    r"|dictionary<values=(large_)?string, .*>|(large_)?list<\w+: (large_)?string( not null)?>"
)


class NotCounted(Exception):
    """The rows must be read one by one; it says why."""


@contextmanager
def reader(engine: str) -> Iterator[Read]:
    """What reads a ballot file with that engine; raises `InputError` where there is none such."""
    with sessions.opened(engine) as session:
        yield _ByEngine(session).read


@dataclass(frozen=True, slots=True)
class _ByEngine:
    """Reads the files that its engine can count, and leaves the others to the usual reader."""

    session: Session

    def read(
        self, path: Path, contest: Contest | None, section: Section | None, watch: Watch
    ) -> BallotFile:
        """The file as `reading.read` gives it; raises what that raises."""
        if not path.is_file():
            return reading.read(path, contest, section, watch)
        why = ""
        try:
            found = self._counted(path, contest, section, watch)
            if not found.problems:
                return found
        except NotCounted as reason:
            why = str(reason)
        except InputError as error:
            if not _tells_a_line(error):
                raise
        except MemoryError:
            raise
        except Exception as error:
            _require_seen(self.session, path, error)
            why = first_line(error)
        read = reading.read(path, contest, section, watch)
        told = f"{path.name} was read row by row, not counted by {self.session.name}: {why}"
        return replace(read, assumed=(*read.assumed, told)) if why else read

    def _counted(
        self, path: Path, contest: Contest | None, section: Section | None, watch: Watch
    ) -> BallotFile:
        count = COUNTS.get(format_of(str(path)).name)
        if not count:
            raise NotCounted(f"it counts {' and '.join(COUNTS)}")
        if PATTERN.search(str(path.absolute())):
            raise NotCounted("the path has a sign that may mean any file")
        size = path.stat().st_size
        for done in (0, size) if size >= reading.LARGE else ():
            watch(path, done, size)
        return count(self.session, path, contest, section)


def _tells_a_line(error: InputError) -> bool:
    return any(problem.line for problem in error.problems)


def _require_seen(session: Session, path: Path, error: Exception) -> None:
    said = str(error)
    if any(sign in said for sign in NO_FILE):
        raise _unseen(session, path) from None


def _unseen(session: Session, path: Path) -> InputError:
    what = (
        f"the engine {session.name} finds no such file, or finds another: each of its machines "
        "must see the folder, as this one does, under the same path"
    )
    return InputError(Problem(what, str(path.absolute())))


# --- CSV ----------------------------------------------------------------------


def _csv(
    session: Session, path: Path, contest: Contest | None, section: Section | None
) -> BallotFile:
    """A CSV file each row of which is a paper, its lines counted."""
    header, begun, delimiter = _begun(path, contest, section)
    if begun.clerk is None or begun.clerk.homeless:
        return begun.ended(())
    sheet = begun.clerk.sheet
    _require_rows_alike(sheet.layout, sheet.columns)
    at = sheet.at("paper")
    pattern = frames.cell_pattern(at, delimiter) if at >= 0 else ""
    counts = _counted_lines(session, path, header, pattern)
    head = _csv_head(path, pattern) if contest is None else _Head()
    rows = [Alike(0, text, counts[text]) for text in sorted(counts, key=head.order)]
    if any('"' in row.text and lines.goes_on(row.text.encode(), delimiter) for row in rows):
        raise NotCounted("a row goes on over several lines")
    if len(rows) > MANY and "count" not in sheet.columns:
        found = _spooled(header, rows, delimiter, contest, section, path)
    else:
        numbered = (replace(row, line=at) for at, row in enumerate(rows, 1))
        found = begun.ended(tuple(begun.papers_alike(numbered, delimiter)))
    head.require(found.candidates, contest)
    return found


def _begun(path: Path, contest: Contest | None, section: Section | None) -> tuple[str, Begun, str]:
    """The header's line without its end, what it says, and the delimiter."""
    taken: list[str] = []
    with world.stream(path) as source:
        kept = _kept(world.lines_of(source.file, path), taken)
        begun = Begun(kept, str(path), contest, section)
    written = [line for line in taken if line.strip()]
    if len(written) > 1:
        raise NotCounted("its header goes on over several lines")
    header = _bare(written[0]).removeprefix(MARK) if written else ""
    return header, begun, ballots_csv.delimiter_of(header)


def _kept(source: Iterable[str], taken: list[str]) -> Iterator[str]:
    for line in source:
        taken.append(line)
        yield line


def _bare(line: str) -> str:
    """The line without its end."""
    return line.removesuffix("\n").removesuffix("\r")


def _require_rows_alike(layout: Layout, columns: Mapping[str, int]) -> None:
    if layout is Layout.LONG:
        raise NotCounted("a row is a mark, and not a paper")
    if "elector" in columns:
        raise NotCounted("each paper bears its elector's name")


def _counted_lines(session: Session, path: Path, header: str, pattern: str) -> Counter[str]:
    """How often each line is there, without ids; raises `InputError` where it is another file."""
    source, functions = session.lines(path), session.functions
    bare = frames.without_ids(source, pattern, functions) if pattern else source
    found = dict(_rows(frames.counted(bare, [frames.LINE], functions)))
    header = _without_id(header, pattern) if pattern else header
    starts = {f"{mark}{header}{end}" for mark in ("", MARK) for end in ("", "\r")}
    size = partial(_size, session, source) if pattern else partial(_size_of, found)
    if not starts & found.keys() or not _is_as_large(session, path, size):
        raise _unseen(session, path)
    counts: Counter[str] = Counter()
    for line, papers in found.items():
        text = _as_text(line, path)
        if pattern and text.strip() and _without_id(text, pattern) != text:
            raise NotCounted("the cells of a row cannot be told apart")
        counts[text] += papers
    if pattern:
        ids = frames.ids_of_lines(source, pattern, functions)
        _require_once(frames.repeated(ids, functions))
    for text in [text for text in (MARK, MARK + header) if text in counts]:
        counts[text.removeprefix(MARK)] += counts.pop(text)
    counts[header] -= 1
    return +counts


def _is_as_large(session: Session, path: Path, size: Callable[[], int]) -> bool:
    """Whether the lines that an engine elsewhere finds are as many bytes as the file here."""
    if not session.elsewhere or path.suffix.casefold() == world.PACKED:
        return True
    return path.stat().st_size - size() in AMISS


def _size(session: Session, source: Frame) -> int:
    """How many bytes the lines are, each with its end."""
    ((size,),) = _rows(frames.size(source, session.functions))
    return int(size)


def _size_of(found: Mapping[str | None, int]) -> int:
    return sum(papers * (len((line or "").encode()) + 1) for line, papers in found.items())


def _as_text(line: str | None, path: Path) -> str:
    if line is None or "\ufffd" in line:
        raise NotCounted("a line holds what may be no text")
    data = line.encode()
    if len(data) > world.LONGEST_LINE:
        raise NotCounted("a line is longer than any ballot's")
    try:
        return _bare(world.decoded(data, path, 0))
    except InputError:
        raise NotCounted("a line holds what is no text") from None


def _without_id(text: str, pattern: str) -> str:
    found = re.fullmatch(pattern, text)
    return f"{found[1]}{found[3]}" if found else f"\n{text}"


def _spooled(
    header: str,
    rows: Iterable[Alike],
    delimiter: str,
    contest: Contest | None,
    section: Section | None,
    path: Path,
) -> BallotFile:
    """Many different lines, each with its number in a column of its own, read as a file."""
    with TemporaryDirectory(prefix="hustings-") as folder:
        spool = Path(folder) / path.name.removesuffix(world.PACKED)
        counted = (f"{row.text}{delimiter}{row.times}\n" for row in rows if row.text)
        world.write(spool, [f"{header}{delimiter}count\n", *counted])
        return reading.read(spool, contest, section, world.unwatched)


# --- Parquet ------------------------------------------------------------------


def _parquet(
    session: Session, path: Path, contest: Contest | None, section: Section | None
) -> BallotFile:
    """A Parquet file each row of which is a paper, equal rows counted."""
    columns, first = _opened(path, HEAD if contest is None else 0)
    named = {OTHER_NAMES.get(folded(name), folded(name)): at for at, name in enumerate(columns)}
    layout = Layout.LONG if {"rank", "candidate"} <= named.keys() else Layout.RANKS
    _require_rows_alike(layout, named)
    counts = _counted_rows(session, session.tables(path, columns), named.get("paper", -1))
    header = TableRow(0, tuple(columns))
    head = _parquet_head(header, [_without_cell(row, named.get("paper", -1)) for row in first])
    ordered = enumerate(sorted(counts, key=head.order), 1)
    rows = [TableRow(line, cells, counts[cells]) for line, cells in ordered]
    found = ballots_csv.read_table([header, *rows], str(path), contest, section)
    head.require(found.candidates, contest)
    return found


def _opened(path: Path, rows: int) -> tuple[list[str], list[Cells]]:
    """The columns, and so many rows from the first on."""
    with import_module("pyarrow.parquet").ParquetFile(path) as file:
        for column in file.schema_arrow:
            if not PLAIN.fullmatch(str(column.type)):
                raise NotCounted(f"the column {column.name} holds {column.type}")
        first = next(file.iter_batches(rows), None) if rows else None
        return file.schema_arrow.names, list(map(_cells, _values([first] if first else [])))


def _cells(values: Iterable[Any]) -> Cells:
    return tuple(
        " > ".join("_" if one is None else one for one in value)
        if isinstance(value, list)
        else text_of(value)
        for value in values
    )


def _counted_rows(session: Session, rows: Frame, at: int) -> Counter[Cells]:
    """How often each row is there, its cells as texts, and without its id, which stands there."""
    functions = session.functions
    if at >= 0:
        ids = rows.select(functions.col(f"c{at}").cast("string").alias(frames.PAPER))
        _require_once(frames.repeated(ids, functions))
    kept = [name for place, name in enumerate(rows.columns) if place != at]
    counts: Counter[Cells] = Counter()
    for *values, papers in _rows(frames.counted(rows, kept, functions)):
        cells = _cells(values)
        counts[(*cells[:at], "", *cells[at:]) if at >= 0 else cells] += papers
    return counts


def _without_cell(cells: Cells, at: int) -> Cells:
    return (*cells[:at], "", *cells[at + 1 :]) if at >= 0 else cells


# By the name of the format: what counts a file of it.
COUNTS: Mapping[str, Callable[[Session, Path, Contest | None, Section | None], BallotFile]] = {
    "CSV": _csv,
    "Parquet": _parquet,
}


# --- rows ---------------------------------------------------------------------


def _rows(frame: Frame) -> Iterator[tuple[Any, ...]]:
    """The rows of what was counted, which are few."""
    with catch_warnings():
        # One library calls another by a name that is going out of use.
        simplefilter("ignore", DeprecationWarning)
        found = frame.toArrow()
    yield from _values(found.to_batches())


def _values(batches: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    for batch in batches:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _require_once(repeated: Frame) -> None:
    if any(_rows(repeated)):
        raise NotCounted("an id may stand on two papers")


@dataclass(frozen=True, slots=True)
class _Head:
    """The first rows of a file without a contest: whom they name, and where each stands first."""

    candidates: tuple[Standing, ...] = ()
    places: Mapping[Any, int] = field(default_factory=dict)

    def order(self, row: Any) -> tuple[int, Any]:
        """What rows are sorted by: the first as they stand, then the others."""
        return self.places.get(row, len(self.places)), row

    def require(self, found: tuple[Standing, ...], contest: Contest | None) -> None:
        """Raise `NotCounted` where others are named below, whose order nobody knows."""
        if contest is None and found != self.candidates:
            raise NotCounted(f"a candidate is first named after {HEAD:,} rows")


def _csv_head(path: Path, pattern: str) -> _Head:
    with world.stream(path) as source:
        first = list(islice(world.lines_of(source.file, path), HEAD))
    texts = map(_bare, first)
    bare = [_without_id(text, pattern) for text in texts] if pattern else [*texts]
    found = ballots_csv.read(first, str(path), None, None)
    return _Head(found.candidates, _places(bare))


def _parquet_head(header: TableRow, first: Sequence[Cells]) -> _Head:
    rows = (TableRow(line, cells) for line, cells in enumerate(first, 1))
    found = ballots_csv.read_table([header, *rows], "", None, None)
    return _Head(found.candidates, _places(first))


def _places(rows: Sequence[Any]) -> dict[Any, int]:
    return {row: place for place, row in reversed(list(enumerate(rows)))}


# --- polls --------------------------------------------------------------------


class Counted(Poll):
    """A poll whose papers were counted, so that none has a line of its own.

    What the rules have no answer for is told of as it stands in the file: then the papers are
    read row by row, which `again` does.
    """

    def __init__(self, poll: Poll, again: Callable[[], Poll]) -> None:
        object.__setattr__(self, "poll", poll)
        object.__setattr__(self, "again", again)

    poll: Poll
    again: Callable[[], Poll]

    @property
    def papers(self) -> tuple[Paper, ...]:
        """What `Poll.papers` is."""
        return self.poll.papers

    @property
    def reconstructed(self) -> dict[Section, Rebuilt]:
        """What `Poll.reconstructed` returns."""
        return self.poll.reconstructed

    @property
    def sections(self) -> frozenset[Section]:
        """What `Poll.sections` returns."""
        return self.poll.sections

    @property
    def condensed(self) -> Poll:
        """What `Poll.condensed` returns."""
        return self.poll.condensed

    def judged(self, contest: Contest) -> Iterator[Judged]:
        """What `Poll.judged` returns."""
        return self.poll.judged(contest)

    def reduced(self, contest: Contest) -> Profile:
        """What `reduce` returns."""
        try:
            return self.poll.reduced(contest)
        except InputError:
            return self.again().reduced(contest)
