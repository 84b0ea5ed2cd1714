"""A large Parquet file: DuckDB counts the rows that are alike, and each is read once.

Where most rows are another, `packed` counts them as numbers. The rows of a paper whose id
another paper has are left as they are: whoever reads them says which two they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from hustings.election.spec import Contest
from hustings.formats import ballots_csv
from hustings.formats.ballot_file import BallotFile, refused
from hustings.formats.ballots_csv import Begun, Layout, TableRow
from hustings.formats.ballots_parquet import NO_PARQUET
from hustings.formats.table_cell import text_of
from hustings.shell import memory
from hustings.shell.world import Watch
from hustings.units import Section

# So many rows show whether every other one is another.
SOME = 5_000
# So many rows become Python's at once.
FETCHED = 10_000
ROW = "file_row_number"
# All that Python takes for a space at the ends of a text.
SPACES = "".join(map(chr, [*range(9, 14), *range(28, 33), 0x85, 0xA0, 0x1680]))
SPACES += "".join(map(chr, [*range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000]))

# What DuckDB says of a file that is right, and that it does not read.
OTHERWISE = (duckdb.BinderException, duckdb.CatalogException, duckdb.NotSupportedError)

TEXTS = ("VARCHAR", "ENUM")
WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "BOOLEAN")
FLOATS = ("FLOAT", "DOUBLE")


def read(
    path: Path, contest: Contest | None, section: Section | None, watch: Watch
) -> BallotFile | None:
    """The file, with what is wrong in it; None for one of a kind that must be read otherwise."""
    size = path.stat().st_size
    watch(path, 0, size)
    with TemporaryDirectory() as folder:
        # A path may hold signs that DuckDB takes for a pattern of names.
        link = Path(folder, "papers.parquet")
        link.symlink_to(path.resolve())
        try:
            with duckdb.connect(config=_config(folder)) as database:
                table = _table(database, link)
                found = table and _read(table, path, contest, section)
        except duckdb.OutOfMemoryException:
            raise MemoryError from None
        except OTHERWISE:
            return None
        except UnicodeDecodeError:
            return refused(str(path), NO_PARQUET.format("the name of a column is not UTF-8"))
        except duckdb.Error as error:
            first = (str(error).splitlines() or [""])[0].replace(str(link), path.name)
            return refused(str(path), NO_PARQUET.format(first[:200]))
    watch(path, size, size)
    return found or None


def _config(folder: str) -> dict[str, str | bool | int | float | list[str]]:
    """Where DuckDB may put what does not fit into memory, and how much of that it may take."""
    most = memory.most()
    bound = {"memory_limit": f"{most * 2 // 5}B"} if most else {}
    return {"temp_directory": folder, **bound}


@dataclass(frozen=True, slots=True)
class Table:
    """A file as DuckDB sees it: the names of its columns, and each as SQL that makes it text."""

    rows: duckdb.DuckDBPyRelation
    names: tuple[str, ...]
    texts: tuple[str, ...]

    def asked(self, query: str) -> duckdb.DuckDBPyRelation:
        """What the query answers, which calls the file `papers`."""
        return self.rows.query("papers", query)

    def number(self, query: str) -> int:
        """The one number that the query answers."""
        (found,) = self.asked(query).fetchone() or (0,)
        return int(found)


def _table(database: duckdb.DuckDBPyConnection, path: Path) -> Table | None:
    """The file; None where a column is no plain value, or bears a name like another's."""
    rows = database.read_parquet(str(path), file_row_number=True, hive_partitioning=False)
    pairs = [(n, str(t)) for n, t in zip(rows.columns, rows.types, strict=True) if n != ROW]
    names = tuple(name for name, _ in pairs)
    texts = [_text(name, type_) for name, type_ in pairs]
    written = {name for (name,) in _written(database, path)}
    if not all(texts) or not written >= set(names) or len(rows.columns) != len(names) + 1:
        return None
    return Table(rows, names, tuple(texts))


def _written(database: duckdb.DuckDBPyConnection, path: Path) -> list[tuple[str]]:
    """The columns' names as they stand in the file, where two may differ in case alone."""
    told = str(path).replace("'", "''")
    return database.sql(f"select name from parquet_schema('{told}')").fetchall()


def _text(name: str, type_: str) -> str:
    """SQL that makes the column text; empty for what is no plain value."""
    column = quoted(name)
    kind = type_.partition("(")[0]
    if kind in TEXTS:
        return column
    if type_ in (f"{kind}[]" for kind in TEXTS):
        filled = f"list_transform({column}, rank -> coalesce(rank::varchar, '_'))"
        return f"array_to_string({filled}, ' > ')"
    if kind in FLOATS:
        whole = f"try_cast({column} as bigint)"
        return f"case when {column} = {whole} then {whole}::varchar else {column}::varchar end"
    return f"{column}::varchar" if kind.removeprefix("U") in WHOLE else ""


def quoted(name: str) -> str:
    """A column's name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def _read(
    table: Table, path: Path, contest: Contest | None, section: Section | None
) -> BallotFile | None:
    begun = ballots_csv.of_table(table.names, str(path), contest, section)
    if begun.clerk is None:
        return begun.ended(())
    columns = begun.clerk.sheet.columns
    if begun.clerk.sheet.layout is Layout.LONG:
        return ballots_csv.read_table(_each(table), str(path), contest, section)
    ids = table.names[columns["paper"]] if "paper" in columns else ""
    twice = _twice(table, ids) if ids else False
    if not twice and "elector" not in columns and _mostly_different(table, ids):
        found = _packed(path, begun)
        if found:
            return found
    papers = tuple(begun.table_papers(_grouped(table, ids, twice)))
    return begun.ended(papers)


def _packed(path: Path, begun: Begun) -> BallotFile | None:
    """The file with its marks as numbers; None where what does so is missing, or cannot."""
    # Where memory ends, polars ends the program; DuckDB makes do, or says so.
    if find_spec("polars") is None or memory.most():
        return None
    from hustings.shell.engines import packed

    return packed.read(path, begun)


def _mostly_different(table: Table, ids: str) -> bool:
    """Whether of the first rows most are another, whatever their ids."""
    listed = ", ".join(quoted(name) for name in table.names if name != ids)
    some = f"select {listed} from papers limit {SOME}"
    return 2 * table.number(f"select count(*) from (select distinct * from ({some}))") > SOME


# --- ids --------------------------------------------------------------------------


def _id(ids: str) -> str:
    """SQL of a paper's id without the spaces around it; missing where there is none."""
    return f"nullif(trim({quoted(ids)}::varchar, '{SPACES}'), '')"


def _twice(table: Table, ids: str) -> bool:
    """Whether some two papers may have one id: no two that differ have hashes alike otherwise."""
    different = f"count(distinct hash({_id(ids)})) filter ({_id(ids)} is not null)"
    return bool(table.number(f"select count({_id(ids)}) - {different} from papers"))


# --- rows -------------------------------------------------------------------------


def _each(table: Table) -> Iterator[TableRow]:
    """The header, and every row by itself."""
    yield TableRow(0, table.names)
    yield from _rows(table.asked(f"select {', '.join(table.texts)}, 1, {ROW} from papers"))


def _grouped(table: Table, ids: str, twice: bool) -> Iterator[TableRow]:
    """Every distinct row with how many there are, in their order; ids where one stands twice."""
    pairs = zip(table.names, table.texts, strict=True)
    texts = ["null" if name == ids else text for name, text in pairs]
    query = f"select {', '.join(texts)}, count(*), min({ROW}) from papers"
    if twice:
        again = f"select {_id(ids)} from papers group by all having count({_id(ids)}) > 1"
        each = (
            f"select {', '.join(table.texts)}, 1, {ROW} from papers where {_id(ids)} in ({again})"
        )
        once = f"coalesce({_id(ids)} not in ({again}), true)"
        query = f"select * from ({query} where {once} group by all union all {each})"
    else:
        query += " group by all"
    return _rows(table.asked(f"{query} order by {len(texts) + 2}"))


def _rows(found: duckdb.DuckDBPyRelation) -> Iterator[TableRow]:
    """Cells, how many rows there are like them, and where the first stands."""
    while rows := found.fetchmany(FETCHED):
        for *cells, times, row in rows:
            yield TableRow(row + 1, tuple(map(text_of, cells)), times)
