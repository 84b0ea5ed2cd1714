"""What is done with a race before its day: load it, add an entry to it, take the last one back."""

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from hustings.election.spec import Election
from hustings.errors import HustingsError, InputError, Problem
from hustings.forecast.consistency import look_over
from hustings.forecast.evidence import Entry, Race
from hustings.formats import election_toml, electors_csv, evidence_csv, race_toml, unit_list_csv
from hustings.formats.ballot_names import slug
from hustings.formats.race_toml import Beside
from hustings.formats.table_csv import rows
from hustings.shell import acts, world

DEFINITION = "race.toml"
# What was added and in which order, so that it can be taken back.
LOG = ".added.jsonl"
# The columns of a file that is begun.
FIRST_COLUMNS = ("id", "kind", "section", "published", "source_title", "source_url")
# What tells one entry from another of its kind, for its id.
TELLING = ("elector", "nominator", "nominators", "candidate", "body", "unit", "house", "name")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A race with the record of all its entries, and what its reader must be told."""

    folder: Path
    race: Race
    warnings: tuple[Problem, ...] = ()

    def as_of(self, day: date) -> Race:
        """The race as it was known on that day; raises `InputError` where one alone stood."""
        race = self.race.as_of(day)
        if len(race.standing) < 2:
            names = ", ".join(race.standing) or "nobody"
            raise InputError(f"on {day} {names} alone is left standing: nothing to forecast")
        return race

    def left_out(self, day: date) -> int:
        """How many entries were published after that day."""
        return sum(entry.published > day for entry in self.race.entries)


@dataclass(frozen=True, slots=True)
class Changed:
    """An entry that was added or taken back, and the file that holds or held it."""

    id: str
    file: Path
    row: str
    race: Race
    passed_over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Of:
    """Of what a race is: the name of an election, and the id of one of its contests."""

    election: str
    contest: str


def races() -> tuple[str, ...]:
    """The names of the example races in the package."""
    folders = (entry for entry in world.packaged("examples").iterdir() if entry.is_dir())
    return tuple(sorted(folder.name for folder in folders if folder.joinpath(DEFINITION).is_file()))


def example(name: str) -> Path:
    """The folder of an example race; raises `InputError` with the names there are."""
    if name not in races():
        raise InputError(f"no example race is called {name!r}; they are {', '.join(races())}")
    return Path(str(world.packaged("examples", name)))


def day_asked(written: str | None, today: date) -> date:
    """The day that was asked for by `--as-of`, or today where none was.

    Raises `InputError` for what is no date, and for a day to come: nobody can know of it.
    """
    try:
        day = date.fromisoformat(written) if written else today
    except ValueError:
        what = f"{written!r} is not a date such as 2010-09-22"
        raise InputError(Problem(what, field="--as-of")) from None
    if day > today:
        raise InputError(Problem(f"{day} is in the future: today is {today}", field="--as-of"))
    return day


def load(path: Path, today: date, instead: Mapping[str, str] | None = None) -> Loaded:
    """Load a race's folder, or its `race.toml`, with every entry beside it.

    `today` is the day after which nothing can have been published; `instead` has, by name,
    texts that are read in place of files. Raises `InputError` with every mistake.
    """
    folder = path.parent if path.name == DEFINITION else path
    if not (folder / DEFINITION).is_file():
        what = f"there is no {DEFINITION} here: it says who stands, and when the poll closes"
        raise InputError(Problem(what, str(folder)))
    definition = folder / DEFINITION
    race = race_toml.read(world.text(definition), str(definition), _beside(folder))
    entries: list[Entry] = []
    problems: list[Problem] = []
    for name in evidence_csv.FILES:
        try:
            entries += _entries(folder / name, race, (instead or {}).get(name))
        except InputError as error:
            problems += error.problems
    race = replace(race, entries=tuple(entries))
    found = look_over(race, today)
    if problems or found.problems:
        raise InputError(dict.fromkeys((*problems, *_not_of_gaps(found.problems, problems))))
    return Loaded(folder, race, (*_unread(folder), *found.warnings))


def _not_of_gaps(found: Iterable[Problem], problems: Sequence[Problem]) -> Iterable[Problem]:
    """Where rows could not be read, an id or a name that seems missing may stand in them."""
    unsure = ("supersedes", "elector", "binds") if problems else ()
    return (problem for problem in found if problem.field not in unsure)


def _beside(folder: Path) -> Beside:
    return Beside(
        lambda name: acts.named_book(str(folder / name) if name.endswith(".toml") else name),
        lambda name: _election(folder / name),
    )


def _election(path: Path) -> Election:
    """The contests of a definition; its ballot files are not opened."""
    path = path / acts.DEFINITION if path.is_dir() else path
    folder = path.parent
    beside = election_toml.Beside(
        _beside(folder).books,
        lambda name: unit_list_csv.read(world.lines(folder / name), str(folder / name)),
        lambda name: electors_csv.read(world.lines(folder / name), str(folder / name)),
    )
    return election_toml.read(world.text(path), str(path), beside).election


def election_of(folder: Path) -> Of | None:
    """The election that a race names, or in whose folder it stands; None where there is none.

    The race was loaded before, and is right; an election beside it that is not is no concern
    of the race.
    """
    described = tomllib.loads(world.text(folder / DEFINITION))["race"]
    place = folder / described.get("definition", acts.DEFINITION)
    if not place.exists():
        return None
    try:
        election = _election(place)
        return Of(election.name, election.contest(described.get("contest", "")).id)
    except HustingsError:
        return None


def _entries(path: Path, race: Race, text: str | None) -> tuple[Entry, ...]:
    if text is None and not path.is_file():
        return ()
    lines = world.lines(path) if text is None else text.splitlines(keepends=True)
    return evidence_csv.read(lines, path.name, str(path), race)


def _unread(folder: Path) -> Iterable[Problem]:
    """Tables that nobody reads; beside an election's definition they are the election's."""
    if (folder / acts.DEFINITION).is_file():
        return
    for path in sorted(folder.glob("*.csv")):
        if path.name not in evidence_csv.FILES:
            close = get_close_matches(path.name, evidence_csv.FILES, 1)
            hint = f"did you mean {close[0]}?" if close else _files()
            yield Problem(f"nothing was read from this file; {hint}", str(path))


def _files() -> str:
    return f"a race's files are {', '.join(evidence_csv.FILES)}"


def add(folder: Path, kind: str, cells: Mapping[str, str], today: date) -> Changed:
    """Add one entry to the race in the folder: all of it, or nothing.

    Raises `InputError` where the entry is wrong, is there already, or contradicts another.
    """
    name = evidence_csv.file_of(kind)
    _require_columns(kind, cells)
    before = load(folder, today)
    id_ = cells.get("id") or _new_id(kind, cells, {entry.id for entry in before.race.entries})
    row = {**cells, "id": id_}
    if len(evidence_csv.FILES[name]) > 1:
        row["kind"] = kind
    path = before.folder / name
    text, written = _with_row(path, name, row)
    after = load(before.folder, today, {name: text})
    log = _log(before.folder)
    # First the log: a record without its row is passed over, a row without record is not undone.
    _write_log(before.folder, [*log, {"file": name, "id": id_, "row": written}])
    world.write(path, [text], force=True)
    return Changed(id_, path, written, after.race)


def _require_columns(kind: str, cells: Mapping[str, str]) -> None:
    known = (*evidence_csv.COMMON, *(name.rstrip("!") for name in evidence_csv.OWN[kind]))
    problems = []
    for column, cell in cells.items():
        if column not in known or column == "kind":
            close = get_close_matches(column, known, 1)
            hint = f"did you mean {close[0]}?" if close else f"it has {', '.join(known)}"
            problems.append(
                Problem(f"a {kind} entry has no field of that name; {hint}", "", None, column)
            )
        if not cell.isprintable():
            problems.append(
                Problem("a line end or control character stands in it", "", None, column)
            )
    if problems:
        raise InputError(problems)


def _new_id(kind: str, cells: Mapping[str, str], taken: set[str]) -> str:
    said = (cells[column] for column in TELLING if cells.get(column))
    parts = (kind, *(slug(part) for part in said), cells.get("published", ""))
    base = "-".join(part.replace("_", "-") for part in parts if part)
    id_, number = base, 1
    while id_ in taken:
        number += 1
        id_ = f"{base}-{number}"
    return id_


def _with_row(path: Path, name: str, row: Mapping[str, str]) -> tuple[str, str]:
    """The text of the file with the row at its end, and that row as it is written."""
    if not path.is_file():
        columns = evidence_csv.columns_of(name)
        header = [column for column in columns if column in row or column in FIRST_COLUMNS]
        written = evidence_csv.write_row(row, header)
        return f"{','.join(header)}\n{written}\n", written
    text = world.as_it_stands(path)
    header = _header(text)
    missing = [column for column in row if column not in header and row[column]]
    if missing:
        header += missing
        text = _widened(text, header)
    end = "\r\n" if "\r\n" in text else "\n"
    written = evidence_csv.write_row(row, header)
    return f"{text}{'' if text.endswith(end) else end}{written}{end}", written


def _header(text: str) -> list[str]:
    import csv

    return [cell.strip() for cell in next(csv.reader(text.splitlines(keepends=True)), [])]


def _widened(text: str, header: Sequence[str]) -> str:
    """The same table with more columns, which are empty in all its rows."""
    from hustings.formats.ballot_file import Mistakes

    found = rows(text.splitlines(keepends=True), Mistakes(""), (), None)
    lines = [",".join(header), *(evidence_csv.write_row(row.cells, header) for row in found)]
    return "".join(f"{line}\n" for line in lines)


def undo(folder: Path, today: date) -> Changed:
    """Take the entry back that was added last; raises `InputError` where there is none.

    It also does so where the row was edited since, or where others build upon it.
    """
    loaded = load(folder, today)
    log, gone = _log(loaded.folder), []
    ids = {entry.id for entry in loaded.race.entries}
    while log and log[-1]["id"] not in ids:
        gone.append(log.pop()["id"])
    if not log:
        what = "nothing was added with `hustings race add` that could be taken back"
        raise InputError(Problem(what, str(loaded.folder)))
    last = log.pop()
    path = loaded.folder / last["file"]
    text = _without_row(path, last)
    after = load(loaded.folder, today, {last["file"]: text})
    world.write(path, [text], force=True)
    _write_log(loaded.folder, log)
    return Changed(last["id"], path, last["row"], after.race, tuple(gone))


def _without_row(path: Path, last: Mapping[str, str]) -> str:
    lines = world.as_it_stands(path).splitlines(keepends=True)
    for place in range(len(lines) - 1, 0, -1):
        # Columns added since stand behind it, and are empty.
        if lines[place].rstrip("\r\n").rstrip(",") == last["row"].rstrip(","):
            return "".join(lines[:place] + lines[place + 1 :])
    what = f"the entry {last['id']!r} was edited since it was added: delete or mend it by hand"
    raise InputError(Problem(what, str(path)))


def _log(folder: Path) -> list[dict[str, str]]:
    path = folder / LOG
    if not path.is_file():
        return []
    try:
        return [json.loads(line) for line in world.text(path).splitlines()]
    except ValueError:
        what = "this is not what `hustings race add` wrote; delete it to go on without undo"
        raise InputError(Problem(what, str(path))) from None


def _write_log(folder: Path, log: Iterable[Mapping[str, str]]) -> None:
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in log)
    world.write(folder / LOG, lines, force=True)
