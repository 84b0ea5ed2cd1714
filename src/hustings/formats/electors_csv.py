"""The named electors of a section as CSV: `elector`, and any of `sits_for` and `groups`.

`elector` is the name as the ballots have it, and `groups` are separated by `;`.
"""

from collections.abc import Iterable, Mapping

from hustings.election.publication import ElectorEntry
from hustings.errors import InputError
from hustings.formats.ballot_file import Mistakes
from hustings.formats.table_csv import rows

COLUMNS = ("elector", "sits_for", "groups")


def read(lines: Iterable[str], file: str) -> Mapping[str, ElectorEntry]:
    """The electors by name, in the order of the file; raises `InputError` with every mistake."""
    mistakes = Mistakes(file)
    electors: dict[str, ElectorEntry] = {}
    for row in rows(lines, mistakes, ("elector",), COLUMNS):
        name = row.cell("elector")
        if not name:
            mistakes.add("the name is empty", row.line, "elector")
        elif name in electors:
            mistakes.add(f"{name!r} stands above already", row.line, "elector")
        groups = tuple(filter(None, (part.strip() for part in row.cell("groups").split(";"))))
        electors[name] = ElectorEntry(name, row.cell("sits_for"), groups, file, row.line)
    if not electors and not mistakes.all():
        mistakes.add("there is no elector in this file")
    if mistakes.all():
        raise InputError(mistakes.all())
    return electors
