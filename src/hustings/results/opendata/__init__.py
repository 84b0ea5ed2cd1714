"""Open data: all that an edition publishes as plain tables and as files that others read.

Every figure stands exact, as a fraction "a/b", and as it is printed. A cell without a value
is not known, or does not apply; a table without a row is left out.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from hustings.formats import data_package
from hustings.formats.data_package import Cell, Resource
from hustings.results.edition import Edition
from hustings.results.opendata import by_paper, by_round, by_unit, college, record
from hustings.results.opendata.college import open_sections
from hustings.results.opendata.columns import Row
from hustings.results.opendata.description import about
from hustings.results.opendata.files import ballot_files, tabulator_files

__all__ = [
    "about",
    "ballot_files",
    "filled",
    "open_sections",
    "resources",
    "tabulator_files",
    "texts",
]


def resources(edition: Edition) -> tuple[Resource, ...]:
    """Every table that has a row, in the order in which a reader wants them.

    A foreign key to a table that is left out is left out with it.
    """
    return filled(table(edition) for table in TABLES)


def filled(made: Iterable[Resource]) -> tuple[Resource, ...]:
    """Those of the tables that have a row, without keys to the others and without empty texts."""
    kept = [_without_empty_cells(resource) for resource in made if resource.rows]
    there = {resource.name for resource in kept}
    return tuple(
        replace(
            resource,
            foreign_keys=tuple(key for key in resource.foreign_keys if key.resource in there),
        )
        for resource in kept
    )


def texts(
    edition: Edition,
    others: Mapping[str, bytes] | None = None,
    tables: tuple[Resource, ...] | None = None,
) -> dict[str, str]:
    """Every text file of the data folder by name, the descriptor last.

    `others` are files made elsewhere that stand in the same folder, such as Parquet and
    SQLite: the descriptor lists them. `tables` spares making the resources twice.
    """
    tables = resources(edition) if tables is None else tables
    found = {f"{table.name}.csv": data_package.csv_text(table) for table in tables}
    found |= ballot_files(edition)
    found |= tabulator_files(edition)
    found[data_package.PROFILE] = data_package.write(data_package.profile())
    files = {name: text.encode() for name, text in found.items()} | dict(others or {})
    described = data_package.descriptor(about(edition), tables, files)
    return {**found, data_package.DESCRIPTOR: data_package.write(described)}


# In the order in which a reader wants them.
TABLES: tuple[Callable[[Edition], Resource], ...] = (
    college.candidates,
    college.sections,
    by_unit.units,
    by_unit.pools,
    by_unit.unit_votes,
    by_unit.unit_table,
    by_unit.unit_transfers,
    by_round.rounds,
    by_round.college_rounds,
    by_round.transfers,
    by_paper.rankings,
    by_paper.electors,
    by_paper.ballots,
    by_paper.groups,
    by_paper.spoiled,
    by_round.ties,
    record.claims,
    by_unit.unit_attributes,
    record.changes,
    record.disclosure_log,
)


def _without_empty_cells(resource: Resource) -> Resource:
    """The same with None for every text of no length, and line ends of one kind."""
    if not any("" in row or _has_return(row) for row in resource.rows):
        return resource
    return replace(resource, rows=tuple(tuple(map(_plain, row)) for row in resource.rows))


def _has_return(row: Row) -> bool:
    return any(isinstance(cell, str) and "\r" in cell for cell in row)


def _plain(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    return cell.replace("\r\n", "\n").replace("\r", "\n") or None
