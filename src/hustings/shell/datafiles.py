"""The tables of a data package as Parquet and as one SQLite file: the same bytes in every run."""

import sqlite3
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from hustings.formats.data_package import About, Cell, Field, ForeignKey, Resource, Type, told

RESULTS = "results.sqlite"

PARQUET_TYPES = {Type.WHOLE: "BIGINT", Type.DECIMAL: "DOUBLE"}
SQLITE_TYPES = {Type.WHOLE: "INTEGER", Type.DECIMAL: "REAL"}

# How DuckDB reads what `_raw` writes: nothing is guessed.
AS_WRITTEN = (
    "auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"', "
    "nullstr = '', strict_mode = true"
)

# Where the header of a SQLite file tells how often it changed and by which version of SQLite
# (https://www.sqlite.org/fileformat.html, section 1.3): the only bytes that may differ.
CHANGES, CHANGES_AGAIN, LIBRARY = slice(24, 28), slice(92, 96), slice(96, 100)
ONE_CHANGE = struct.pack(">I", 1)


def parquet(resources: Iterable[Resource], about: About) -> dict[str, bytes]:
    """Each table as a Parquet file by its name; status and release stand in its metadata.

    DuckDB reads the tables from files, for it takes rows from Python a hundred times slower.
    """
    import duckdb

    said = ", ".join(f"{key}: {_text(value)}" for key, value in _said(about).items())
    found: dict[str, bytes] = {}
    with TemporaryDirectory() as folder, duckdb.connect(config={"threads": 1}) as database:
        source, target = Path(folder, "table.csv"), Path(folder, "table.parquet")
        for resource in resources:
            source.write_text("".join(_raw(resource)), "utf-8", newline="")
            database.execute(
                f"COPY (SELECT * FROM read_csv({_text(str(source))}, {_columns(resource)}, "
                f"{AS_WRITTEN})) TO {_text(str(target))} "
                f"(FORMAT parquet, KV_METADATA {{{said}}})"
            )
            found[f"{resource.name}.parquet"] = target.read_bytes()
    return found


def sqlite(resources: Sequence[Resource], about: About) -> bytes:
    """Every table in one SQLite file, with its keys; `about` and `columns` tell what they are.

    Views: `named_rounds` and `named_totals`, with the names of candidates and sections.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder, RESULTS)
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            for setting in ("page_size = 4096", "auto_vacuum = 0", "journal_mode = OFF"):
                database.execute(f"PRAGMA {setting}")
            database.execute("PRAGMA synchronous = OFF")
            database.execute("BEGIN")
            _fill(database, resources, about)
            database.execute("COMMIT")
            database.execute("VACUUM")
        content = bytearray(path.read_bytes())
    content[CHANGES] = content[CHANGES_AGAIN] = ONE_CHANGE
    content[LIBRARY] = bytes(4)
    return bytes(content)


def _fill(database: sqlite3.Connection, resources: Sequence[Resource], about: About) -> None:
    database.execute(f"PRAGMA user_version = {int(about.release)}")
    database.execute("CREATE TABLE about (key TEXT PRIMARY KEY NOT NULL, value TEXT)")
    database.executemany("INSERT INTO about VALUES (?, ?)", _said(about).items())
    database.execute(
        "CREATE TABLE columns (resource TEXT NOT NULL, name TEXT NOT NULL, description TEXT, "
        "PRIMARY KEY (resource, name))"
    )
    database.executemany("INSERT INTO columns VALUES (?, ?, ?)", _described(resources))
    for resource in resources:
        database.execute(_table(resource))
        places = ", ".join("?" * len(resource.fields))
        database.executemany(f"INSERT INTO {_name(resource.name)} VALUES ({places})", resource.rows)
    there = {resource.name for resource in resources}
    for needed, view in VIEWS:
        if needed <= there:
            database.execute(view)


VIEWS = (
    (
        {"candidates", "sections", "rounds"},
        "CREATE VIEW named_rounds AS SELECT r.round, s.name AS section_name, "
        "c.name AS candidate_name, r.votes, r.base_votes, r.section_share_printed, "
        "r.college_points_printed FROM rounds r JOIN sections s ON s.id = r.section "
        "JOIN candidates c ON c.id = r.candidate",
    ),
    (
        {"candidates", "college_rounds"},
        "CREATE VIEW named_totals AS SELECT r.round, c.name AS candidate_name, r.total, "
        "r.total_printed, r.outcome FROM college_rounds r JOIN candidates c ON c.id = r.candidate",
    ),
)


def _said(about: About) -> dict[str, str]:
    """What a file says of itself, so that it can be told from another release's."""
    return {
        "title": about.title,
        "status": about.status,
        "release": str(about.release),
        "declared_at": about.declared_at,
        "said": told(about),
    }


def _described(resources: Iterable[Resource]) -> Iterator[tuple[str, str, str]]:
    for resource in resources:
        for field in resource.fields:
            yield resource.name, field.name, field.description


def _table(resource: Resource) -> str:
    columns = [_column(field, resource.primary_key) for field in resource.fields]
    columns.append(f"PRIMARY KEY ({_names(resource.primary_key)})")
    columns += map(_reference, resource.foreign_keys)
    return f"CREATE TABLE {_name(resource.name)} ({', '.join(columns)})"


def _column(field: Field, primary_key: tuple[str, ...]) -> str:
    kind = SQLITE_TYPES.get(field.type, "TEXT")
    return f"{_name(field.name)} {kind}{' NOT NULL' if field.name in primary_key else ''}"


def _reference(key: ForeignKey) -> str:
    target = f"{_name(key.resource)} ({_names(key.to)})"
    return f"FOREIGN KEY ({_names(key.fields)}) REFERENCES {target}"


def _names(names: Iterable[str]) -> str:
    return ", ".join(map(_name, names))


def _name(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _text(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def _columns(resource: Resource) -> str:
    types = (
        f"{_text(field.name)}: '{PARQUET_TYPES.get(field.type, 'VARCHAR')}'"
        for field in resource.fields
    )
    return f"columns = {{{', '.join(types)}}}"


def _raw(resource: Resource) -> Iterator[str]:
    """The rows with every text in quotes and nothing guarded, so that each is read as it is."""
    for row in resource.rows:
        yield ",".join(map(_quoted, row)) + "\n"


def _quoted(cell: Cell) -> str:
    if isinstance(cell, str):
        doubled = cell.replace('"', '""')
        return f'"{doubled}"'
    return "" if cell is None else str(cell)
