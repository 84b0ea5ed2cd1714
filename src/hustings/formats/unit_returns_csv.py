"""What the units of a section returned, as CSV: the wide table that parties print.

Columns: `unit` or `name` (or both, if they agree), one for each candidate by id or name, and
any of `non_transferable` (formal papers that count for nobody in round 1), `spoiled`, `returned`,
`issued`, `turnout` (a percentage as printed) and `source`. `cast`
is read as `returned`, `spoilt` as `spoiled`; a table with both is refused. A unit of which the
votes are not known leaves their cells empty; so is any other figure that is not known.
"""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from fractions import Fraction

from hustings.ballots.returns import UnitReturn
from hustings.election.publication import UnitEntry
from hustings.election.spec import Contest
from hustings.errors import InputError, Problem
from hustings.formats.ballot_file import Mistakes
from hustings.formats.ballot_names import Candidates, folded
from hustings.formats.published_csv import PERCENT
from hustings.formats.table_csv import Row, number, rows
from hustings.units import Candidate, Papers, Unit, percent

DETAILS = ("non_transferable", "spoiled", "returned", "issued", "turnout", "source")
OTHER_NAMES = {"cast": "returned", "spoilt": "spoiled"}

Units = Mapping[Unit, UnitEntry]


def read(lines: Iterable[str], file: str, contest: Contest, units: Units) -> tuple[UnitReturn, ...]:
    """Every unit's row; raises `InputError` with every mistake.

    A mistake is a unit that the definition does not list, a candidate whom it does not
    name, or a row that does not add up: returned papers are the valid and the spoiled,
    no more are returned than were issued, and the turnout is what was returned of those.
    """
    mistakes, known = Mistakes(file), _units_by_name(units)
    candidates = Candidates(contest)
    returns: list[UnitReturn] = []
    seen: set[Unit] = set()
    columns: dict[str, Candidate | None] = {}
    for row in rows(lines, mistakes, (), None, OTHER_NAMES):
        if not columns:  # Every row has the cells of the header.
            columns = _candidate_columns(row, candidates)
            if not _header_holds(columns, contest, candidates, mistakes, row):
                break
        unit = _unit(row, known, units, mistakes)
        if unit is None:
            continue
        if unit in seen:
            mistakes.add(f"{unit!r} stands above already", row.line, "unit")
            continue
        seen.add(unit)
        found = _return(unit, row, columns, file, mistakes)
        for what, field in _contradictions(found):
            mistakes.add(f"{units[unit].name}: {what}", row.line, field)
        returns.append(found)
    if mistakes.all():
        raise InputError(mistakes.all())
    if not returns:
        raise InputError(Problem("there is no unit in this file", file))
    return tuple(returns)


def _units_by_name(units: Units) -> dict[str, Unit]:
    by_name = {folded(entry.name): id_ for id_, entry in units.items()}
    return by_name | {folded(id_): id_ for id_ in units}


def _unit(row: Row, known: Mapping[str, Unit], units: Units, mistakes: Mistakes) -> Unit | None:
    """Whose row it is; None where that is unknown, or `unit` and `name` say two things."""
    called = {column: row.cell(column) for column in ("unit", "name") if column in row.cells}
    found = {column: known.get(folded(cell)) for column, cell in called.items()}
    for column, unit in found.items():
        if unit is None:
            mistakes.add(_unknown_unit(called[column], units), row.line, column)
            return None
    one, *others = found.values()
    if others and others != [one]:
        what = f"{called['name']!r} is the name of {found['name']!r}, and the unit is {one!r}"
        mistakes.add(what, row.line, "name")
        return None
    return one


def _candidate_columns(row: Row, candidates: Candidates) -> dict[str, Candidate | None]:
    return {
        column: candidates.find(column)
        for column in row.cells
        if column not in ("unit", "name", *DETAILS)
    }


def _header_holds(
    columns: Mapping[str, Candidate | None],
    contest: Contest,
    candidates: Candidates,
    mistakes: Mistakes,
    row: Row,
) -> bool:
    """Whether every column means something, and either all who stand have one or nobody has."""
    found = [name for name in columns.values() if name]
    said = [candidates.unknown(column) for column, name in columns.items() if name is None]
    said += [f"two columns are {name}'s" for name in sorted(set(found)) if found.count(name) > 1]
    missing = sorted(contest.standing - set(found))
    if found and missing:
        said.append(f"there is no column for {', '.join(missing)}")
    gone = sorted(set(found) - contest.standing)
    if gone:
        said.append(f"{', '.join(gone)} has withdrawn, and no paper counts for them")
    if not {"unit", "name"} & row.cells.keys():
        said.append("there is no column 'unit'")
    for what in said:
        mistakes.add(what, 1)
    return not said


def _return(
    unit: Unit,
    row: Row,
    columns: Mapping[str, Candidate | None],
    file: str,
    mistakes: Mistakes,
) -> UnitReturn:
    votes = {
        name: number(row, column, mistakes) for column, name in columns.items() if name is not None
    }
    known = {name: papers for name, papers in votes.items() if papers is not None}
    if known and len(known) < len(votes):
        what = "some candidates have votes here and others none: write 0, or leave all empty"
        mistakes.add(what, row.line)
    turnout = row.cell("turnout")
    if not PERCENT.fullmatch(turnout):
        mistakes.add(f"{turnout!r} is not a percentage such as 58.2", row.line, "turnout")
        turnout = ""
    held_up, spoiled, returned, issued = (
        number(row, column, mistakes)
        for column in ("non_transferable", "spoiled", "returned", "issued")
    )
    return UnitReturn(
        unit,
        known or None,
        spoiled,
        returned,
        issued,
        turnout,
        row.cell("source"),
        file,
        row.line,
        held_up,
    )


def _contradictions(found: UnitReturn) -> Iterator[tuple[str, str]]:
    """What in the row cannot be, and the column where it shows."""
    valid, spoiled, returned = found.valid, found.spoiled, found.returned
    if valid is not None:
        summed = Papers(valid + (spoiled or 0))
        if spoiled is not None and returned not in (None, summed):
            what = (
                f"{returned:,} papers were returned, and {valid:,} valid with {spoiled:,} spoiled"
            )
            yield f"{what} are {summed:,}", "returned"
            return
        returned = summed if returned is None else returned
    if returned is not None and found.issued is not None:
        yield from _against_issued(found, returned, found.issued)


def _against_issued(
    found: UnitReturn, returned: Papers, issued: Papers
) -> Iterator[tuple[str, str]]:
    if returned > issued:
        yield f"{returned:,} papers were returned of {issued:,} issued", "issued"
    elif found.turnout and issued and (found.returned, found.spoiled) != (None, None):
        ours = percent(Fraction(returned, issued), len(found.turnout.partition(".")[2]))
        if ours != found.turnout:
            what = f"the turnout is printed {found.turnout}, and {returned:,} of {issued:,}"
            yield f"{what} is {ours}", "turnout"


def _unknown_unit(called: str, units: Units) -> str:
    spelt = {folded(text): text for id_, entry in units.items() for text in (id_, entry.name)}
    close = get_close_matches(folded(called), spelt, 1)
    hint = f"did you mean {spelt[close[0]]!r}?" if close else "add it there"
    return f"{called!r} is not in the definition's list of {len(units):,} units; {hint}"
