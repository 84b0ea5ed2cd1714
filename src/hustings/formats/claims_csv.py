"""Printed claims about an election as CSV: `id,says,value,source`, and any of `fact` and `at`.

`value` is the figure or name as printed, and `fact` the id of the computed fact that it can
be held against; without one the claim stands as what somebody said.
"""

from collections.abc import Iterable
from datetime import date

from hustings.ballots.returns import Claim
from hustings.errors import InputError
from hustings.formats.ballot_file import Mistakes
from hustings.formats.table_csv import rows

REQUIRED = ("id", "says", "value", "source")
COLUMNS = (*REQUIRED, "fact", "at")


def _is_a_day(written: str) -> bool:
    try:
        date.fromisoformat(written)
    except ValueError:
        return False
    return True


def read(lines: Iterable[str], file: str) -> tuple[Claim, ...]:
    """The claims in the order of the file; raises `InputError` with every mistake in it."""
    mistakes = Mistakes(file)
    claims: dict[str, Claim] = {}
    for row in rows(lines, mistakes, REQUIRED, COLUMNS):
        for column in REQUIRED:
            if not row.cell(column):
                mistakes.add("is missing", row.line, column)
        if row.cell("at") and not _is_a_day(row.cell("at")):
            mistakes.add(f"{row.cell('at')!r} is not a day such as 2010-09-26", row.line, "at")
        if row.cell("id") in claims:
            mistakes.add(f"{row.cell('id')!r} stands above already", row.line, "id")
        claims[row.cell("id")] = Claim(
            row.cell("id"),
            row.cell("says"),
            row.cell("value"),
            row.cell("source"),
            row.cell("fact"),
            row.cell("at"),
            file,
            row.line,
        )
    if mistakes.all():
        raise InputError(mistakes.all())
    return tuple(claims.values())
