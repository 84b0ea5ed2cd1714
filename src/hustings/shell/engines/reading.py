"""One ballot file read: as it stands if it is small, and its lines together if it is large."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from hustings.ballots.paper import Paper
from hustings.ballots.reduction import Poll
from hustings.election.spec import Contest
from hustings.formats import ballots_by_first_rows, ballots_csv, blt
from hustings.formats.ballot_file import Alike, BallotFile
from hustings.formats.ballot_formats import WholeFormat, format_of
from hustings.formats.ballots_csv import Begun, Layout
from hustings.shell import world
from hustings.shell.engines import lines, runs
from hustings.shell.world import Stream, Watch
from hustings.units import Section

if TYPE_CHECKING:
    from hustings.shell.engines.scan import Tried, Way

# From so many bytes on a file is large, some hundred thousand papers.
LARGE = 4 << 20
# What makes every line another, so that counting those alike saves nothing.
EACH_ANOTHER = frozenset(("paper", "elector"))


def read(path: Path, contest: Contest | None, section: Section | None, watch: Watch) -> BallotFile:
    """The file, whatever its format and size; raises what `world.lines` raises.

    In a large file papers that are alike may be one `Paper`, which says how many they are and
    the line of the first. All else is as if each had been read by itself.
    """
    format_ = format_of(str(path))
    together = TOGETHER.get(format_.name)
    if together and path.is_file() and path.stat().st_size >= _large(path):
        found = together(path, contest, section, watch)
        if found:
            return found
    if isinstance(format_, WholeFormat):
        return format_.read(world.whole(path), str(path), contest, section)
    return format_.read(world.lines(path, watch), str(path), contest, section)


def _large(path: Path) -> int:
    """From how many bytes on such a file is large: nobody knows what comes out of a packed one."""
    return 0 if path.suffix.casefold() in (world.PACKED, ".parquet") else LARGE


def _csv(
    path: Path, contest: Contest | None, section: Section | None, watch: Watch
) -> BallotFile | None:
    """A file of which each row is a paper; None for any other.

    Where most papers are like one before, they are counted as lines; else by the compiled loop.
    """
    if not _is_table(path):
        return None
    with world.stream(path, watch) as source:
        begun, taken, delimiter = _begun(source, contest, section)
        if begun.clerk is None or begun.clerk.sheet.layout is Layout.LONG:
            return None
        each_another = EACH_ANOTHER & begun.clerk.sheet.columns.keys()
        count = lines.Count(source, taken + 1)
        whole = not each_another and count.rows(source.file)
        if any(b'"' in text and lines.goes_on(text, delimiter) for text in count.times):
            return _csv_joined(path, contest, section, watch)
        found = None if whole else _csv_scanned(path, contest, section, watch)
        if found or each_another:
            return found
        rest = _rest(source.file, count)
        papers = tuple(begun.papers_alike(chain(count.alike(), rest), delimiter))
        return begun.ended(papers)


def _is_table(path: Path) -> bool:
    """Whether what is called CSV is a table of papers, and none of the other things so called."""
    with world.stream(path) as source:
        lines_ = world.lines_of(source.file, path)
        return ballots_by_first_rows.reader_of(lines_) is ballots_csv.read


def _csv_joined(
    path: Path, contest: Contest | None, section: Section | None, watch: Watch
) -> BallotFile:
    """A file in which some rows go on over several lines."""
    with world.stream(path, watch) as source:
        begun, taken, delimiter = _begun(source, contest, section)
        rows = lines.whole_rows(source.file, delimiter)
        count = lines.Count(source, taken + 1, joined=True)
        count.rows(rows)
        papers = tuple(begun.papers_alike(chain(count.alike(), _rest(rows, count)), delimiter))
        return begun.ended(papers)


def _csv_scanned(
    path: Path, contest: Contest | None, section: Section | None, watch: Watch
) -> BallotFile | None:
    """A file of many different papers; None where the compiled loop does not know its kind."""
    from hustings.shell.engines import scan_csv

    def once(source: Stream, way: "Way") -> "Tried":
        begun, taken, delimiter = _begun(source, contest, section)
        return scan_csv.read(source, begun, taken + 1, delimiter, way)

    return _scanned(once, path, watch)


def _scanned(
    once: Callable[[Stream, "Way"], "Tried"], path: Path, watch: Watch
) -> BallotFile | None:
    """The file by the compiled loop; None where that does not know its kind.

    First it is taken that ids ascend and places are few; where not, it is read once more.
    """
    if find_spec("numba") is None:
        return None
    from hustings.shell.engines.scan import OtherWay, TooMuch, Way

    way = Way()
    while True:
        try:
            with world.stream(path, watch) as source:
                found, repeated = once(source, way)
        except OtherWay as other:
            way = other.instead_of(way)
        except TooMuch:
            return None
        else:
            if not len(repeated) or len(way.suspects):
                return found
            way = replace(way, suspects=repeated)


def _begun(
    source: Stream, contest: Contest | None, section: Section | None
) -> tuple[Begun, int, str]:
    """The header read, how many lines it took, and the delimiter."""
    taken: list[str] = []
    begun = Begun(_kept(source, taken), str(source.path), contest, section)
    first = next(filter(str.strip, taken), "")
    return begun, len(taken), ballots_csv.delimiter_of(first)


def _kept(source: Stream, taken: list[str]) -> Iterator[str]:
    for line in world.lines_of(source.file, source.path):
        taken.append(line)
        yield line


def _rest(rows: Iterable[bytes], count: lines.Count) -> Iterator[Alike]:
    """The rows that are left, one by one."""
    line = count.line
    for row in rows:
        yield Alike(line, world.decoded(row, count.source.path, line))
        line += max(1, row.count(b"\n"))


def _blt(
    path: Path, contest: Contest | None, section: Section | None, watch: Watch
) -> BallotFile | None:
    """Ballots that are alike counted as one; where most differ, by the compiled loop."""
    compiled = find_spec("numba") is not None
    try:
        return _blt_alike(path, contest, section, watch, however_many=not compiled)
    except runs.ManyDifferent:
        found = _blt_scanned(path, contest, section, watch)
        return found or _blt_alike(path, contest, section, watch, however_many=True)


def _blt_alike(
    path: Path,
    contest: Contest | None,
    section: Section | None,
    watch: Watch,
    *,
    however_many: bool,
) -> BallotFile:
    with world.stream(path, watch) as source:
        alike = runs.alike_in_a_run(
            source, blt.stands_alone, blt.may_end, however_many=however_many
        )
        return blt.read_alike(alike, str(path), contest, section)


def _blt_scanned(
    path: Path, contest: Contest | None, section: Section | None, watch: Watch
) -> BallotFile | None:
    from hustings.shell.engines import scan_blt

    def once(source: Stream, way: "Way") -> "Tried":
        return scan_blt.read(source, contest, section, way)

    return _scanned(once, path, watch)


def _parquet(
    path: Path, contest: Contest | None, section: Section | None, watch: Watch
) -> BallotFile | None:
    # Of all the readers this one alone needs DuckDB.
    from hustings.shell.engines import columns

    return columns.read(path, contest, section, watch)


Together = Callable[[Path, Contest | None, Section | None, Watch], BallotFile | None]
# By the name of the format: who reads a large file of it.
TOGETHER: Mapping[str, Together] = {"CSV": _csv, "BLT": _blt, "Parquet": _parquet}


def poll_of(papers: Iterable[Paper], files: Iterable[BallotFile]) -> Poll:
    """The papers as a poll, with those of the files that have too many for an object each."""
    tabled = [file.tabled for file in files if file.tabled]
    if not tabled:
        return Poll(tuple(papers))
    from hustings.shell.engines.tabled import joined

    return joined(tuple(papers), tabled)
