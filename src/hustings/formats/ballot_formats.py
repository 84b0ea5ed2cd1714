"""Every format of a ballot file, by the suffix of its name, and what each can hold."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from hustings.ballots.paper import Paper
from hustings.election.spec import EVERYONE, Contest, Standing
from hustings.errors import InputError, Problem
from hustings.formats import ballots_csv, blt, preflib
from hustings.formats.ballot_file import Reader
from hustings.formats.preflib import Kind
from hustings.units import Option

# The papers, the candidates in their order, the title and the seats.
Writer = Callable[[Iterable[Paper], Sequence[Standing], str, int], Iterator[str]]


class Holding(Option):
    """What papers may have that not every format can hold."""

    SECTIONS = "sections", "which section a paper is of"
    UNITS = "units", "which unit a paper is of"
    ELECTORS = "electors", "whose paper it is"
    SPOILED = "spoiled", "papers spoiled before anyone looked at the marks, and why"
    BLANK = "blank", "papers without a mark"
    GAPS = "gaps", "ranks left out above a mark"
    TIES = "ties", "ranks that candidates share"
    REPEATED = "repeated", "second marks for one candidate"
    PARTIAL = "partial", "rankings that do not name everyone"
    WITHDRAWN = "withdrawn", "which candidates have withdrawn"


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its name, how it is read and written, and what its writer can hold."""

    name: str
    read: Reader
    write: Writer
    holds: frozenset[Holding]


def format_of(file: str) -> Format:
    """The format of a file of that name; raises `InputError` with those there are."""
    suffix = "." + file.rpartition(".")[2].casefold()
    if suffix not in FORMATS or "." not in file:
        raise InputError(
            Problem(f"ballots are read from {', '.join(FORMATS)}, by the end of the name", file)
        )
    return FORMATS[suffix]


def losses(format: Format, papers: Iterable[Paper], contest: Contest) -> list[str]:
    """What would be lost if the papers were written in this format, in words."""
    size = len(contest.candidates)
    lost: Counter[Holding] = Counter()
    for paper in papers:
        for holding in _needed(paper, size):
            if holding not in format.holds:
                lost[holding] += paper.papers
    withdrawn = sum(entry.withdrawn for entry in contest.candidates)
    said = [f"{holding.meaning} ({_papers(lost[holding])})" for holding in Holding if lost[holding]]
    if withdrawn and Holding.WITHDRAWN not in format.holds:
        said.append(f"{Holding.WITHDRAWN.meaning} ({withdrawn})")
    return said


def _needed(paper: Paper, size: int) -> Iterator[Holding]:
    """What a format must hold for this paper."""
    marks = paper.marks
    named = [name for names in marks for name in names]
    needs = {
        Holding.SECTIONS: paper.section != EVERYONE,
        Holding.UNITS: bool(paper.unit),
        Holding.ELECTORS: bool(paper.elector),
        Holding.SPOILED: bool(paper.spoiled),
        Holding.BLANK: not named,
        Holding.GAPS: _has_gap(paper),
        Holding.TIES: any(len(names) > 1 for names in marks),
        Holding.REPEATED: len(named) > len(set(named)),
        Holding.PARTIAL: len(set(named)) < size,
    }
    return (holding for holding, needed in needs.items() if needed)


def _has_gap(paper: Paper) -> bool:
    """Whether an empty rank stands above a mark; one at the end was not left out."""
    ended = False
    for names in paper.marks:
        if names and ended:
            return True
        ended = ended or not names
    return False


def _papers(number: int) -> str:
    return "1 paper" if number == 1 else f"{number} papers"


def _csv(
    papers: Iterable[Paper], candidates: Sequence[Standing], title: str, seats: int
) -> Iterator[str]:
    return ballots_csv.write(papers, candidates)


def _preflib(
    kind: Kind,
    papers: Iterable[Paper],
    candidates: Sequence[Standing],
    title: str,
    seats: int,
) -> Iterator[str]:
    return preflib.write(papers, candidates, title, kind)


def _preflib_format(kind: Kind) -> Format:
    ties = frozenset[Holding]() if kind.strict else frozenset((Holding.TIES,))
    partial_ = frozenset[Holding]() if kind.complete else frozenset((Holding.PARTIAL,))
    return Format(f"PrefLib {kind}", preflib.read, partial(_preflib, kind), ties | partial_)


FORMATS: Mapping[str, Format] = {
    ".csv": Format(
        "CSV", ballots_csv.read, _csv, frozenset(Holding) - frozenset((Holding.WITHDRAWN,))
    ),
    ".blt": Format(
        "BLT",
        blt.read,
        blt.write,
        frozenset(
            (
                Holding.BLANK,
                Holding.GAPS,
                Holding.TIES,
                Holding.REPEATED,
                Holding.PARTIAL,
                Holding.WITHDRAWN,
            )
        ),
    ),
    **{f".{kind}": _preflib_format(kind) for kind in Kind},
}
