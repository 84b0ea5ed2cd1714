"""The rankings of a published data package as papers: `section,ballot,ranking,papers`."""

from collections.abc import Iterable

from hustings.ballots.paper import Paper, Rebuilt, ranked
from hustings.election.spec import EVERYONE, Contest
from hustings.errors import InputError
from hustings.formats.ballot_file import Mistakes
from hustings.formats.table_csv import number, rows
from hustings.units import Section

REQUIRED = ("section", "ballot", "ranking", "papers")
COLUMNS = (*REQUIRED, "reconstructed")


def read(lines: Iterable[str], file: str, contest: Contest) -> tuple[tuple[Paper, ...], ...]:
    """The papers of each ballot that was held; raises `InputError` with every mistake."""
    mistakes = Mistakes(file)
    sections = {*(entry.id for entry in contest.sections), EVERYONE}
    candidates = {entry.id for entry in contest.candidates}
    ballots: dict[int, list[Paper]] = {}
    for row in rows(lines, mistakes, REQUIRED, COLUMNS):
        section, ballot = Section(row.cell("section")), number(row, "ballot", mistakes)
        names = row.cell("ranking").split(">")
        papers = number(row, "papers", mistakes)
        strangers = [name for name in names if name not in candidates]
        if strangers:
            mistakes.add(f"{', '.join(strangers)} is no candidate", row.line, "ranking")
        if section not in sections:
            mistakes.add(f"{section!r} is not a section", row.line, "section")
        rebuilt = row.cell("reconstructed")
        if rebuilt and rebuilt not in [*Rebuilt]:
            mistakes.add(f"{rebuilt!r} is not one of {', '.join(Rebuilt)}", row.line)
        elif not ballot or not papers:
            mistakes.add("is missing, or is no number of 1 or more", row.line, "ballot, papers")
        else:
            made = Rebuilt(rebuilt) if rebuilt else None
            paper = Paper(section, ranked(*names), papers, line=row.line, reconstructed=made)
            ballots.setdefault(ballot, []).append(paper)
    if not ballots and not mistakes.all():
        mistakes.add("there is no ranking in this file")
    if mistakes.all():
        raise InputError(mistakes.all())
    return tuple(tuple(ballots[number]) for number in sorted(ballots))
