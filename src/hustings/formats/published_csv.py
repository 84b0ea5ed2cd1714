"""Published figures as CSV: one row for a candidate, section and round, each as printed.

Columns: `round`, `candidate`, `section`, and any of `votes`, `share` (per cent of the
section), `points` (per cent of the college) and `erratum`. A candidate `TOTAL` is the
sum of a section; a section `COLLEGE` is the whole college.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from hustings.ballots.published import COLLEGE, TOTAL, Figure, Published
from hustings.election.spec import Contest
from hustings.errors import InputError, Problem
from hustings.units import Candidate, Papers, Section

REQUIRED = ("round", "candidate", "section")
COLUMNS = (*REQUIRED, "votes", "share", "points", "erratum")
ROUND = re.compile(r"[1-9][0-9]{0,3}")
VOTES = re.compile(r"[0-9]{0,15}")
PERCENT = re.compile(r"([0-9]{1,9}(\.[0-9]{1,9})?)?")


def read(lines: Iterable[str], file: str, contest: Contest) -> Published:
    """Every figure of the file; raises `InputError` with every mistake in it."""
    rows = csv.DictReader(lines, strict=True)
    try:
        return _read(rows, file, contest)
    except csv.Error as error:
        raise InputError(Problem(f"this is not CSV: {error}", file, rows.reader.line_num)) from None


def _read(rows: "csv.DictReader[str]", file: str, contest: Contest) -> Published:
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
    for column in sorted({column for column in header if header.count(column) > 1}):
        yield Problem(f"the column {column!r} stands twice in the header", file, 1)
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
    for column, (fits, expected) in _expectations(contest).items():
        cell = row.get(column) or ""
        if not fits(cell):
            yield Problem(f"{cell!r} is not {expected}", file, line, column)


def _expectations(contest: Contest) -> dict[str, tuple[Callable[[str], object], str]]:
    """For each column, what a cell must fit, and how to say so."""
    candidates = {entry.id for entry in contest.candidates} | {TOTAL}
    sections = {entry.id for entry in contest.sections} | {COLLEGE}
    return {
        "round": (ROUND.fullmatch, "a round: 1, 2, ..."),
        "candidate": (candidates.__contains__, f"one of {', '.join(sorted(candidates))}"),
        "section": (sections.__contains__, f"one of {', '.join(sorted(sections))}"),
        "votes": (VOTES.fullmatch, "a whole number"),
        "share": (PERCENT.fullmatch, "a number such as 33.333"),
        "points": (PERCENT.fullmatch, "a number such as 33.333"),
    }


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
