"""The units of a section as CSV: `unit,name`, and any of `region`, `home_of`, `stands_for`.

`home_of` is the id of the candidate whose own unit it is, and `stands_for` the number of
units that a row stands for where several were only published together. Any other column
is an attribute of the unit, such as the majority at the last election.
"""

import re
from collections.abc import Iterable, Mapping

from hustings.election.publication import UnitEntry
from hustings.errors import InputError
from hustings.formats.ballot_file import Mistakes
from hustings.formats.ballot_names import folded
from hustings.formats.schema_nodes import IDENTIFIER
from hustings.formats.table_csv import Row, number, rows
from hustings.units import Candidate, Unit

COLUMNS = ("unit", "name", "region", "home_of", "stands_for")


def read(lines: Iterable[str], file: str) -> Mapping[Unit, UnitEntry]:
    """The units by id, in the order of the file; raises `InputError` with every mistake."""
    mistakes = Mistakes(file)
    units: dict[Unit, UnitEntry] = {}
    called: dict[str, Unit] = {}
    for row in rows(lines, mistakes, ("unit", "name"), None):
        entry = _entry(row, file, mistakes)
        if entry.id in units:
            mistakes.add(f"{entry.id!r} stands above already", row.line, "unit")
        elif folded(entry.name) in called:
            what = f"{entry.name!r} is the name of {called[folded(entry.name)]} too"
            mistakes.add(what, row.line, "name")
        units.setdefault(entry.id, entry)
        called.setdefault(folded(entry.name), entry.id)
    if not units and not mistakes.all():
        mistakes.add("there is no unit in this file")
    if mistakes.all():
        raise InputError(mistakes.all())
    return units


def _entry(row: Row, file: str, mistakes: Mistakes) -> UnitEntry:
    id_, name = row.cell("unit"), row.cell("name")
    if not re.search(IDENTIFIER, id_):
        what = f"{id_!r} is not an id: small letters, digits, _ and -, such as nottingham_east"
        mistakes.add(what, row.line, "unit")
    if not name:
        mistakes.add("the name is empty", row.line, "name")
    stands_for = number(row, "stands_for", mistakes)
    if stands_for == 0:
        mistakes.add("a row stands for 1 unit or more", row.line, "stands_for")
    home = row.cell("home_of")
    attributes = {
        column: cell for column, cell in row.cells.items() if column not in COLUMNS and cell
    }
    return UnitEntry(
        Unit(id_),
        name,
        row.cell("region"),
        Candidate(home) if home else None,
        stands_for or 1,
        attributes,
        file,
        row.line,
    )
