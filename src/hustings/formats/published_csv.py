"""Published figures as CSV: one row for a candidate, section and round, each as printed.

Columns: `round`, `candidate`, `section`, and any of `votes`, `share` (per cent of the
section), `points` (per cent of the college) and `erratum`. A candidate `TOTAL` is the
sum of a section; a section `COLLEGE` is the whole college.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping

from hustings.ballots.published import COLLEGE, TOTAL, Figure, Published
from hustings.election.spec import Contest
from hustings.errors import InputError, Problem
from hustings.units import Candidate, Papers, Section

REQUIRED = ("round", "candidate", "section")
COLUMNS = (*REQUIRED, "votes", "share", "points", "erratum")
NUMBER = re.compile(r"\d+(\.\d+)?")


def read(lines: Iterable[str], file: str, contest: Contest) -> Published:
    """Every figure of the file; raises `InputError` with every mistake in it."""
    rows = csv.DictReader(lines)
    header = list(rows.fieldnames or ())
    problems = list(_header_problems(header, file))
    if problems:
        raise InputError(problems)
    figures: list[Figure] = []
    seen: set[tuple[int, str, str]] = set()
    for row in rows:
        found = list(_row_problems(row, contest, file, rows.line_num))
        problems += found
        if found:
            continue
        figure = _figure(row, file, rows.line_num)
        key = (figure.round, figure.candidate, figure.section)
        if key in seen:
            problems.append(Problem("this figure stands above already", file, rows.line_num))
        seen.add(key)
        figures.append(figure)
    if not figures and not problems:
        problems.append(Problem("there is no figure in this file", file))
    if problems:
        raise InputError(problems)
    return Published(tuple(figures))


def _header_problems(header: list[str], file: str) -> Iterator[Problem]:
    if not header:
        yield Problem(f"the file is empty: expected a header of {', '.join(COLUMNS)}", file)
        return
    for column in REQUIRED:
        if column not in header:
            yield Problem(f"there is no column {column!r} in the header", file, 1)
    for column in header:
        if column not in COLUMNS:
            yield Problem(
                f"{column!r} means nothing here; the columns are {', '.join(COLUMNS)}", file, 1
            )


def _row_problems(
    row: Mapping[str | None, str | None], contest: Contest, file: str, line: int
) -> Iterator[Problem]:
    if None in row or None in row.values():
        yield Problem("the row has not as many cells as the header", file, line)
        return
    cells = {name or "": cell or "" for name, cell in row.items()}
    candidates = {entry.id for entry in contest.candidates} | {TOTAL}
    sections = {entry.id for entry in contest.sections} | {COLLEGE}
    if not cells["round"].isdecimal() or int(cells["round"]) < 1:
        yield Problem(f"{cells['round']!r} is not a round: 1, 2, ...", file, line, "round")
    if cells["candidate"] not in candidates:
        yield Problem(
            f"{cells['candidate']!r} is no candidate; they are {', '.join(sorted(candidates))}",
            file,
            line,
            "candidate",
        )
    if cells["section"] not in sections:
        yield Problem(
            f"{cells['section']!r} is no section; they are {', '.join(sorted(sections))}",
            file,
            line,
            "section",
        )
    if cells.get("votes") and not cells["votes"].isdecimal():
        yield Problem(f"{cells['votes']!r} is not a whole number", file, line, "votes")
    for name in ("share", "points"):
        if cells.get(name) and not NUMBER.fullmatch(cells[name]):
            yield Problem(f"{cells[name]!r} is not a number such as 33.333", file, line, name)


def _figure(row: Mapping[str, str], file: str, line: int) -> Figure:
    votes = row.get("votes")
    return Figure(
        int(row["round"]),
        Candidate(row["candidate"]),
        Section(row["section"]),
        Papers(int(votes)) if votes else None,
        row.get("share", ""),
        row.get("points", ""),
        row.get("erratum", ""),
        file,
        line,
    )
