"""What every ballot file comes to, whatever its format."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from hustings.ballots.paper import Paper
from hustings.ballots.reduction import Poll
from hustings.election.spec import Contest, Standing
from hustings.errors import InputError, Problem
from hustings.units import Section

# So many mistakes are told one by one: whoever made them has understood by then.
TOLD = 100

# Spreadsheets write 3 as 3.0; fifteen digits are more than there are papers.
WHOLE = re.compile(r"([0-9]{1,15})(?:\.0+)?")


@dataclass(frozen=True, slots=True)
class BallotFile:
    """The candidates that a file names, its papers as written, and every mistake in it.

    A paper with a mistake is not among the papers. `assumed` says in sentences what
    the reader took for granted. Where there are too many papers for an object each, `tabled`
    is the poll that holds the others.
    """

    candidates: tuple[Standing, ...]
    papers: tuple[Paper, ...]
    problems: tuple[Problem, ...] = ()
    title: str = ""
    seats: int = 1
    assumed: tuple[str, ...] = ()
    tabled: Poll | None = None


@dataclass(frozen=True, slots=True)
class Alike:
    """Lines of a file that are the same: where the first stands, its text, how many there are.

    The text ends as the line does; a row of CSV that goes on over several lines is one text.
    """

    line: int
    text: str
    times: int = 1


# The lines, what to call the file, the contest if there is one, and the section of
# every paper where the file does not name one itself; None where nobody says.
Reader = Callable[[Iterable[str], str, Contest | None, Section | None], BallotFile]
# The same of a file that is no lines of text: all its bytes at once.
WholeReader = Callable[[bytes, str, Contest | None, Section | None], BallotFile]


def refused(file: str, what: str) -> BallotFile:
    """A file of which nothing can be read, and why."""
    return BallotFile((), (), (Problem(what, file),))


def needs_extra(what: str) -> InputError:
    """What to tell whoever has not installed what reads such files."""
    return InputError(f'{what}: pip install "hustings[data]"')


class Mistakes:
    """The mistakes found in one file: the first hundred, and how many more there are.

    The same mistake on many lines is told once, with how many more lines have it. `times`
    says of a line how many there are like it, where those are read as one.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.times: dict[int | None, int] = {}
        self._told: dict[tuple[str, str], Problem] = {}
        self._again: Counter[tuple[str, str]] = Counter()
        self._more = 0

    def add(self, what: str, line: int | None = None, field: str = "") -> None:
        """Note one more mistake."""
        times = self.times.get(line, 1)
        if (what, field) in self._told:
            self._again[what, field] += times
        elif len(self._told) < TOLD:
            self._told[what, field] = Problem(what, self.file, line, field)
            self._again[what, field] += times - 1
        else:
            self._more += times

    def alike(self, lines: Iterable[Alike]) -> Iterator[tuple[int, str]]:
        """The lines by number, once each; what is wrong in one is wrong in all like it."""
        for one in lines:
            if one.times > 1:
                self.times[one.line] = one.times
            yield one.line, one.text

    def all(self) -> tuple[Problem, ...]:
        """Every mistake by its line, and last how many are left untold."""
        told = [
            replace(problem, what=f"{problem.what}{_more_lines(self._again[alike])}")
            for alike, problem in self._told.items()
        ]
        told.sort(key=lambda problem: problem.line or 0)
        if self._more:
            told.append(Problem(f"and {self._more} more mistakes", self.file))
        return tuple(told)


def _more_lines(number: int) -> str:
    if not number:
        return ""
    return f" (and on {number:,} more {'line' if number == 1 else 'lines'})"


class Text:
    """The lines that are not empty, by number, and `cleaned`; one can be put back."""

    def __init__(self, lines: Iterable[str], cleaned: Callable[[str], str] = str.strip) -> None:
        self._lines: Iterator[tuple[int, str]] = enumerate(lines, 1)
        self._cleaned = cleaned
        self._again: list[tuple[int, str]] = []
        self.line = 0

    @classmethod
    def numbered(
        cls, lines: Iterator[tuple[int, str]], cleaned: Callable[[str], str] = str.strip
    ) -> "Text":
        """The same of lines that bear their numbers already."""
        text = cls((), cleaned)
        text._lines = lines
        return text

    def __iter__(self) -> Iterator[tuple[int, str]]:
        while True:
            if self._again:
                yield self._again.pop()
                continue
            found = next(self._lines, None)
            if found is None:
                return
            self.line, text = found
            if self.line == 1:
                text = text.removeprefix("\ufeff")
            text = self._cleaned(text)
            if text:
                yield self.line, text

    def put_back(self, line: int, text: str) -> None:
        """Let this line come next."""
        if text:
            self._again.append((line, text))

    def peek(self) -> str:
        """The line that comes next; empty at the end."""
        line, text = next(iter(self), (0, ""))
        self.put_back(line, text)
        return text


def whole_number(written: str) -> int | None:
    """The number that is written, 0 or more; None where it is no whole number.

    >>> whole_number("12"), whole_number("3.0"), whole_number("2.5"), whole_number("-1")
    (12, 3, None, None)
    """
    found = WHOLE.fullmatch(written)
    return int(found[1]) if found else None


# More than anyone has ever cast; beyond it a number is a slip, and JSON readers lose digits.
MOST_PAPERS = 999_999_999_999_999


def no_number_of_papers(written: str) -> str:
    """Why what is written is no number of papers that can be read.

    >>> no_number_of_papers("2.5")
    "'2.5' is not a whole number of papers, 1 or more"
    """
    if written.isdecimal() and int(written[:20]) > MOST_PAPERS:
        return f"{written!r} is more papers than are read, {MOST_PAPERS:,}"
    return f"{written!r} is not a whole number of papers, 1 or more"
