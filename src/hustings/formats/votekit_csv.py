"""Rankings as VoteKit keeps a profile in CSV: candidates by short names, ranks as sets.

Seven rows say who stands, `(Ann Archer:Ann),(Bob Baker:Bob)`, and how long a ranking may be; below
the line of `=` and the names of the columns each row is a ballot, `{'Ann'},{'Bob'},&,2.0,&`
(https://github.com/mggg/VoteKit, votekit/pref_profile).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from hustings.ballots.paper import Marks, Paper, trimmed
from hustings.election.spec import Contest
from hustings.formats.ballot_file import (
    MOST_PAPERS,
    BallotFile,
    Mistakes,
    no_number_of_papers,
    whole_number,
)
from hustings.formats.ballot_names import Places, numbered
from hustings.formats.ballots_csv import Rows, text_rows
from hustings.units import Candidate, Papers, Section

CANDIDATE = re.compile(r"\s*\((.*):([^:]*)\)\s*")
NAME = re.compile(r"'([^']*)'|\"([^\"]*)\"")
RANK = re.compile(rf"\{{\s*(?:(?:{NAME.pattern})(?:\s*,\s*(?:{NAME.pattern}))*)?\s*\}}")
RANKING, WEIGHT, BESIDE = "Ranking_", "Weight", "&"
EXPECTED = "expected {'Ann'} for one, {'Ann', 'Bob'} for a shared rank, or {} for a rank left out"


def read(
    lines: Iterable[str], file: str, contest: Contest | None, section: Section | None
) -> BallotFile:
    """Every ballot of the profile; all that is wrong in the file is in its problems."""
    mistakes = Mistakes(file)
    rows = text_rows(lines, mistakes)
    listed, header = _head(rows, mistakes)
    place, amiss = Places(contest, section).default()
    if amiss:
        mistakes.add(amiss)
    candidates, by_number = numbered([(line, name) for line, name, _ in listed], contest, mistakes)
    shorts = [short for _, _, short in listed]
    known = {short: by_number[at] for at, short in enumerate(shorts, 1) if at in by_number}
    ballots = _Ballots(header, {*shorts}, known, mistakes)
    papers = tuple(
        Paper(place, marks, papers, file=file, line=line)
        for line, papers, marks in ballots.read(rows)
    )
    if not papers and not mistakes.all():
        mistakes.add("no ballot is in this file")
    return BallotFile(candidates, papers, mistakes.all())


def _head(rows: Rows, mistakes: Mistakes) -> tuple[list[tuple[int, str, str]], list[str]]:
    """Who stands: line, name and short name; and what the columns are called."""
    listed: list[tuple[int, str, str]] = []
    for line, row in rows:
        cells = [cell.strip() for cell in row]
        if cells[0].startswith(RANKING):
            _check(listed, cells, line, mistakes)
            return listed, cells
        entries = [CANDIDATE.fullmatch(cell) for cell in cells]
        listed += [(line, " ".join(one[1].split()), one[2].strip()) for one in entries if one]
    mistakes.add(f"no row names the columns: expected {RANKING}1 and so on, {BESIDE}, {WEIGHT}")
    return listed, []


def _check(
    listed: Sequence[tuple[int, str, str]],
    header: Sequence[str],
    line: int,
    mistakes: Mistakes,
) -> None:
    shorts = [short for _, _, short in listed]
    if not listed:
        mistakes.add("nobody is named: expected (Ann Archer:Ann) and so on above the columns", line)
    for at, short in enumerate(shorts):
        if short in shorts[:at]:
            mistakes.add(f"{short!r} is the short name of two candidates", listed[at][0])
    if WEIGHT not in header:
        mistakes.add(f"no column is called {WEIGHT}", line)


class _Ballots:
    """Reads the rows below the names of the columns."""

    def __init__(
        self,
        header: Sequence[str],
        shorts: set[str],
        known: Mapping[str, Candidate],
        mistakes: Mistakes,
    ) -> None:
        self.shorts, self.known, self.mistakes = shorts, known, mistakes
        self.ranks = [at for at, title in enumerate(header) if title.startswith(RANKING)]
        self.weight = header.index(WEIGHT) if WEIGHT in header else -1

    def read(self, rows: Rows) -> Iterator[tuple[int, Papers, Marks]]:
        """The line, the number of papers and the marks of each ballot that is right."""
        for line, row in rows:
            if not self.ranks or len(row) <= max(self.weight, *self.ranks):
                self.mistakes.add(f"the row has {len(row)} cells, and the ranks need more", line)
                continue
            number = whole_number(row[self.weight].strip()) if self.weight >= 0 else 1
            if not number or number > MOST_PAPERS:
                self.mistakes.add(no_number_of_papers(row[self.weight].strip()), line, WEIGHT)
                continue
            marks = [self._rank(row[at].strip(), line) for at in self.ranks]
            ranks = [names for names in marks if names is not None]
            if len(ranks) == len(marks):
                yield line, Papers(number), trimmed(ranks)

    def _rank(self, cell: str, line: int) -> tuple[Candidate, ...] | None:
        """Who has the rank; None, and why among the mistakes, if something is wrong."""
        if not cell:
            return ()
        if not RANK.fullmatch(cell):
            self.mistakes.add(f"{cell[:40]!r} is no rank: {EXPECTED}", line)
            return None
        names = [(single or double).strip() for single, double in NAME.findall(cell)]
        unknown = next((name for name in names if name not in self.shorts), None)
        if unknown is not None:
            self.mistakes.add(f"{unknown!r} is the short name of nobody above", line)
        if any(name not in self.known for name in names):
            return None
        return tuple(self.known[name] for name in dict.fromkeys(names))
