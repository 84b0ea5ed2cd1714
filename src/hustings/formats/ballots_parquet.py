"""Ballots as Parquet: the columns of a CSV file in any of its layouts, and texts by dictionary."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from hustings.ballots.paper import Paper
from hustings.election.spec import Contest, Standing
from hustings.errors import InputError
from hustings.formats import ballots_csv, ballots_csv_writing
from hustings.formats.ballot_file import BallotFile, needs_extra, refused
from hustings.formats.ballots_csv import TableRow
from hustings.formats.table_cell import text_of
from hustings.units import Section

if TYPE_CHECKING:
    import polars as pl

NO_PARQUET = "this is no Parquet file that can be read: {}"
EXTRA = "Parquet files are read and written with polars"
# Columns that this program adds while it reads; no ballot file has such a name.
TIMES, ROW = "\0times", "\0row"


def read(data: bytes, file: str, contest: Contest | None, section: Section | None) -> BallotFile:
    """Every paper of the file; all that is wrong in it is in the file's problems.

    A mistake's line is the row, the first being 1. A list in a column `ranking` has a rank in
    each place, and null in it is a rank left out.
    """
    try:
        rows = _rows(data)
    except InputError as error:
        return refused(file, str(error))
    return ballots_csv.read_table(rows, file, contest, section)


def _rows(data: bytes) -> list[TableRow]:
    """The header and the distinct rows, in their order; raises `InputError`."""
    try:
        import polars as pl
    except ImportError:
        raise needs_extra(EXTRA) from None
    try:
        frame = pl.read_parquet(BytesIO(data), use_pyarrow=False, hive_partitioning=False)
        table = frame.select(as_text(name, type_) for name, type_ in frame.schema.items())
        grouped = _grouped(table)
    except (pl.exceptions.PolarsError, OSError, ValueError, TypeError) as error:
        first = (str(error).splitlines() or [""])[0]
        raise InputError(NO_PARQUET.format(first[:200])) from None
    except BaseException as error:
        # What the reader written in Rust gives up on is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise InputError(NO_PARQUET.format("it is damaged")) from None
    header = TableRow(0, tuple(frame.columns))
    return [header, *(TableRow(row, tuple(map(text_of, cells)), n) for cells, n, row in grouped)]


def as_text(name: str, type_: "pl.DataType") -> "pl.Expr":
    """A column as texts; raises `InputError` for one that holds no plain values."""
    import polars as pl

    column = pl.col(name)
    if isinstance(type_, pl.List) and type_.inner in (pl.String, pl.Categorical, pl.Enum):
        ranks = column.list.eval(pl.element().cast(pl.String).fill_null("_"))
        return ranks.list.join(" > ")
    if type_.is_float():
        whole = column.cast(pl.Int64, strict=False)
        return (
            pl.when(column == whole).then(whole.cast(pl.String)).otherwise(column.cast(pl.String))
        )
    if type_.is_nested() or type_ in (pl.Binary, pl.Object):
        raise InputError(f"the column {name!r} holds {type_}: expected texts or numbers")
    return column.cast(pl.String)


def _grouped(table: "pl.DataFrame") -> list[tuple[Sequence[object], int, int]]:
    """Each row with how many there are and where the first stands, counted from 1.

    Where rows bear a paper's id none are put together: two that are alike are a mistake, or a
    mark that was made twice.
    """
    import polars as pl

    numbered = table.with_row_index(ROW, offset=1)
    if {name.strip().casefold() for name in table.columns} & {"paper", "id"}:
        counted = numbered.select(*table.columns, pl.lit(1).alias(TIMES), ROW)
    else:
        some = numbered.group_by(table.columns, maintain_order=True)
        counted = some.agg(pl.len().alias(TIMES), pl.col(ROW).min())
    return [(cells, int(times), int(row)) for *cells, times, row in counted.iter_rows()]


def write(
    papers: Iterable[Paper], candidates: Sequence[Standing], title: str = "", seats: int = 1
) -> bytes:
    """The papers as Parquet with a rank in each column, those alike in one row."""
    try:
        import polars as pl
    except ImportError:
        raise needs_extra(EXTRA) from None
    header, *rows = ballots_csv_writing.table(papers, candidates)
    columns = {
        str(name): [None if row[at] == "" else row[at] for row in rows]
        for at, name in enumerate(header)
    }
    frame = pl.DataFrame(
        {
            name: pl.Series(name, cells, pl.Int64 if name == "count" else pl.String)
            for name, cells in columns.items()
        }
    )
    kept = BytesIO()
    frame.with_columns(pl.col(pl.String).cast(pl.Categorical)).write_parquet(kept)
    return kept.getvalue()
