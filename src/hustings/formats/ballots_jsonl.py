"""Ballots as JSON lines: each line an object whose keys are the columns of a CSV file.

`{"section": "members", "count": 3, "ranking": ["Ann", ["Bob", "Cat"], null, "Dan"]}`: a list
in `ranking` has a rank in each place, a list within it is a rank that several share, and null
a rank left out. Any other layout of CSV is read too, such as `{"Ann": 1, "Bob": 2}`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hustings.ballots.paper import Paper
from hustings.election.spec import Contest, Standing
from hustings.formats import ballots_csv, ballots_csv_writing
from hustings.formats.ballot_file import BallotFile, Mistakes, Text
from hustings.formats.ballots_csv import MOST_RANKS, Layout, TableRow
from hustings.formats.json_text import parsed
from hustings.formats.table_cell import text_of
from hustings.units import Section

RANKING = "ranking"
JOINT = " > "


@dataclass(slots=True)
class _Object:
    """One line: where it stands first, what it says, and how many are the same."""

    line: int
    cells: Mapping[str, object]
    times: int = 1


def read(
    lines: Iterable[str], file: str, contest: Contest | None, section: Section | None
) -> BallotFile:
    """Every paper of the file; all that is wrong in it is in the file's problems."""
    mistakes = Mistakes(file)
    return _read(_objects(lines, mistakes), mistakes, contest, section)


def read_objects(
    value: Sequence[object], file: str, contest: Contest | None, section: Section | None
) -> BallotFile:
    """The same of one list of such objects; the first is called line 1."""
    mistakes = Mistakes(file)
    objects = []
    for line, said in enumerate(value, 1):
        if isinstance(said, dict):
            objects.append(_Object(line, said))
        else:
            mistakes.add("expected an object in braces", line)
    return _read(objects, mistakes, contest, section)


def _read(
    objects: Sequence[_Object],
    mistakes: Mistakes,
    contest: Contest | None,
    section: Section | None,
) -> BallotFile:
    rows = list(_rows(objects, mistakes))
    problems = mistakes.all()
    if problems and not rows:
        return BallotFile((), (), problems)
    found = ballots_csv.read_table(rows, mistakes.file, contest, section)
    if not problems:
        return found
    every = sorted((*problems, *found.problems), key=lambda problem: problem.line or 0)
    return replace(found, problems=tuple(every))


def write(
    papers: Iterable[Paper], candidates: Sequence[Standing], title: str = "", seats: int = 1
) -> Iterator[str]:
    """The papers as lines of JSON, those alike in one, with no key that is not used."""
    rows = ballots_csv_writing.table(papers, candidates, layout=Layout.RANKING)
    keys = [str(title) for title in next(rows)]
    for row in rows:
        cells = dict(zip(keys, row, strict=True))
        ranking = str(cells.pop(RANKING))
        said = {key: cell for key, cell in cells.items() if cell != ""}
        yield json.dumps({**said, RANKING: _listed(ranking)}, ensure_ascii=False) + "\n"


def _listed(ranking: str) -> list[object]:
    """The list for a ranking as CSV has it; no name that stands there holds a sign of it."""
    ranks = ranking.split(JOINT) if ranking else []
    return [None if rank == "_" else rank.split("=") if "=" in rank else rank for rank in ranks]


def _objects(lines: Iterable[str], mistakes: Mistakes) -> list[_Object]:
    """The objects that are right, those that cannot be told apart put together."""
    known: dict[str, _Object] = {}
    found: list[_Object] = []
    for line, text in Text(lines):
        if text in known:
            known[text].times += 1
            continue
        said, amiss = parsed(text)
        if not amiss and not isinstance(said, dict):
            amiss = "expected an object in braces"
        if amiss or not isinstance(said, dict):
            mistakes.add(f"{text[:40]!r} is no JSON object: {amiss}", line)
            continue
        found.append(_Object(line, said))
        # Two rows of one paper may be the same, and that is a mark made twice.
        if not {"paper", "id"} & said.keys():
            known[text] = found[-1]
    return found


def _rows(objects: Sequence[_Object], mistakes: Mistakes) -> Iterator[TableRow]:
    """The objects as a table: a column for each key that any of them has."""
    keys = list(dict.fromkeys(key for one in objects for key in one.cells))
    lists = [ranks for one in objects if isinstance(ranks := one.cells.get(RANKING), list)]
    width = min(max(map(len, lists), default=0), MOST_RANKS)
    spread = bool(lists)
    if spread:
        keys = [key for key in keys if key != RANKING]
    ranks = [f"r{at}" for at in range(1, max(width, 1) + 1)] if spread else []
    if objects:
        yield TableRow(objects[0].line, (*keys, *ranks))
    for one in objects:
        cells = [_cell(one.cells.get(key), one.line, key, mistakes) for key in keys]
        if spread:
            cells += _ranks(one.cells.get(RANKING), len(ranks), one.line, mistakes)
        yield TableRow(one.line, tuple(cells), one.times)


def _ranks(said: object, width: int, line: int, mistakes: Mistakes) -> list[str]:
    """The cells of a list of ranks, filled up to the width."""
    if said is None:
        said = []
    if not isinstance(said, list):
        mistakes.add("the ranking is a list in other lines, and here it is not", line, RANKING)
        said = []
    if len(said) > MOST_RANKS:
        mistakes.add(f"{len(said)} ranks are more than {MOST_RANKS}, the most read", line, RANKING)
    shared = [[rank] if isinstance(rank, str) else rank for rank in said[:width]]
    cells = [_cell(names, line, RANKING, mistakes) for names in shared]
    return cells + [""] * (width - len(cells))


def _cell(said: object, line: int, key: str, mistakes: Mistakes) -> str:
    """The text of one value; a list is of those who share a rank."""
    names = said if isinstance(said, list) else [said]
    for name in names:
        if isinstance(name, list | dict):
            mistakes.add("expected a text, a number, null, or a list of texts", line, key)
            return ""
        if isinstance(said, list) and (not isinstance(name, str) or set("=>") & {*name}):
            mistakes.add(f"{name!r} stands in a list: expected ids, without = and >", line, key)
            return ""
    return "=".join(map(text_of, names))
