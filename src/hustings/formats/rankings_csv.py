"""The rankings of a published data package as papers: `section,ballot,ranking,papers`."""

from collections.abc import Iterable

from hustings.ballots.paper import Marks, Paper, Rebuilt
from hustings.ballots.shared import marks_of
from hustings.election.rulebook import OPEN_OVERVOTES
from hustings.election.spec import EVERYONE, Contest
from hustings.errors import InputError
from hustings.formats.ballot_file import Mistakes
from hustings.formats.table_csv import Row, number, rows
from hustings.units import Candidate, Papers, Section

REQUIRED = ("section", "ballot", "ranking", "papers")
COLUMNS = (*REQUIRED, "reconstructed")


def read(lines: Iterable[str], file: str, contest: Contest) -> tuple[tuple[Paper, ...], ...]:
    """The papers of each ballot that was held; raises `InputError` with every mistake."""
    mistakes = Mistakes(file)
    clerk = _Clerk(contest, mistakes)
    ballots: dict[int, list[Paper]] = {}
    for row in rows(lines, mistakes, REQUIRED, COLUMNS):
        ballot, papers = (number(row, column, mistakes) for column in ("ballot", "papers"))
        if ballot and papers:
            ballots.setdefault(ballot, []).append(clerk.paper(row, papers))
        else:
            mistakes.add("is missing, or is no number of 1 or more", row.line, "ballot, papers")
    if not ballots and not mistakes.all():
        mistakes.add("there is no ranking in this file")
    if mistakes.all():
        raise InputError(mistakes.all())
    return tuple(tuple(ballots[number]) for number in sorted(ballots))


class _Clerk:
    """Makes a paper of a row, and notes what is wrong with it."""

    def __init__(self, contest: Contest, mistakes: Mistakes) -> None:
        self.mistakes = mistakes
        self._sections = {*(entry.id for entry in contest.sections), EVERYONE}
        self._candidates = {entry.id for entry in contest.candidates}
        self._may_share = contest.rules.overvotes in OPEN_OVERVOTES

    def paper(self, row: Row, papers: Papers) -> Paper:
        """The paper that stands for so many."""
        section = Section(row.cell("section"))
        if section not in self._sections:
            self.mistakes.add(f"{section!r} is not a section", row.line, "section")
        marks, rebuilt = self._marks(row), self._rebuilt(row)
        return Paper(section, marks, papers, line=row.line, reconstructed=rebuilt)

    def _marks(self, row: Row) -> Marks:
        marks = marks_of(map(Candidate, row.cell("ranking").split(">")))
        strangers = [name for names in marks for name in names if name not in self._candidates]
        if strangers:
            self.mistakes.add(f"{', '.join(strangers)} is no candidate", row.line, "ranking")
        if not self._may_share and any(len(names) > 1 for names in marks):
            what = "several share a rank, and the rules keep no rank shared"
            self.mistakes.add(what, row.line, "ranking")
        return marks

    def _rebuilt(self, row: Row) -> Rebuilt | None:
        said = row.cell("reconstructed")
        if said and said not in [*Rebuilt]:
            self.mistakes.add(f"{said!r} is not one of {', '.join(Rebuilt)}", row.line)
            return None
        return Rebuilt(said) if said else None
