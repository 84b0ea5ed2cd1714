"""Every format of a ballot file, by the suffix of its name, and what each can hold."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from hustings.ballots.paper import OVERVOTE, Paper
from hustings.election.spec import EVERYONE, Contest, Standing
from hustings.errors import InputError, Problem
from hustings.formats import (
    abif,
    ballots_by_first_rows,
    ballots_csv_writing,
    ballots_json,
    ballots_jsonl,
    ballots_parquet,
    ballots_xlsx,
    blt,
    cvotes,
    cvr_cdf,
    preflib,
)
from hustings.formats.ballot_file import Reader, WholeReader
from hustings.formats.preflib import Kind
from hustings.units import Candidate, Option

# The papers, the candidates in their order, the title and the seats.
Writer = Callable[[Iterable[Paper], Sequence[Standing], str, int], Iterator[str]]


# The same as bytes.
WholeWriter = Callable[[Iterable[Paper], Sequence[Standing], str, int], bytes]


# What each candidate is called in a file.
Labels = Callable[[Sequence[Standing]], Mapping[Candidate, str]]


def _by_name(candidates: Sequence[Standing]) -> Mapping[Candidate, str]:
    return {entry.id: " ".join(entry.name.split()) for entry in candidates}


class Holding(Option):
    """What papers may have that not every format can hold."""

    SECTIONS = "sections", "which section a paper is of"
    UNITS = "units", "which unit a paper is of"
    ELECTORS = "electors", "whose paper it is"
    SPOILED = "spoiled", "papers spoiled before anyone looked at the marks, and why"
    BLANK = "blank", "papers without a mark"
    GAPS = "gaps", "ranks left out above a mark"
    TIES = "ties", "ranks that candidates share"
    OVERVOTED = "overvoted", "ranks marked for several, where nobody knows for whom"
    REPEATED = "repeated", "second marks for one candidate"
    PARTIAL = "partial", "rankings that do not name everyone"
    WITHDRAWN = "withdrawn", "which candidates have withdrawn"
    UNRANKED = "unranked", "candidates whom no paper ranks"
    SEATS = "seats", "how many seats there are"


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its name, how it is read and written, and what its writer can hold."""

    name: str
    read: Reader
    write: Writer
    holds: frozenset[Holding]
    labels: Labels = _by_name


@dataclass(frozen=True, slots=True)
class WholeFormat:
    """The same of a format that is read and written as a whole, and not line by line."""

    name: str
    read: WholeReader
    write: WholeWriter
    holds: frozenset[Holding]
    labels: Labels = _by_name


def format_of(file: str) -> Format | WholeFormat:
    """The format of a file of that name, packed (.gz) or not; `InputError` says which there are."""
    suffix = "." + file.casefold().removesuffix(".gz").rpartition(".")[2]
    if suffix not in EVERY_FORMAT or "." not in file:
        listed = ", ".join(EVERY_FORMAT)
        raise InputError(Problem(f"ballots are read from {listed}, by the end of the name", file))
    return EVERY_FORMAT[suffix]


def losses(format: Format | WholeFormat, papers: Sequence[Paper], contest: Contest) -> list[str]:
    """What would be lost if the papers were written in this format, in words."""
    size = len(contest.candidates)
    lost: Counter[Holding] = Counter()
    for paper in papers:
        for holding in _needed(paper, size):
            if holding not in format.holds:
                lost[holding] += paper.papers
    said = [f"{holding.meaning} ({_papers(lost[holding])})" for holding in Holding if lost[holding]]
    for holding, number in _needed_beside(papers, contest).items():
        if number and holding not in format.holds:
            said.append(f"{holding.meaning} ({number})")
    called = format.labels(contest.candidates)
    otherwise = [c.name for c in contest.candidates if called[c.id] != " ".join(c.name.split())]
    if otherwise:
        listed = ", ".join(map(repr, otherwise[:20]))
        said.append(f"names that cannot be written so, and are written otherwise: {listed}")
    return said


def without_overvotes(format: Format | WholeFormat, papers: Sequence[Paper]) -> Sequence[Paper]:
    """The papers as the format can hold them: a rank marked for nobody knows whom is left out."""
    if Holding.OVERVOTED in format.holds:
        return papers
    return [
        replace(paper, marks=tuple(() if OVERVOTE in names else names for names in paper.marks))
        if any(OVERVOTE in names for names in paper.marks)
        else paper
        for paper in papers
    ]


def _needed_beside(papers: Iterable[Paper], contest: Contest) -> dict[Holding, int]:
    """What a format must hold beside the papers, and how much there is of it."""
    ranked = {name for paper in papers for names in paper.marks for name in names}
    return {
        Holding.WITHDRAWN: sum(entry.withdrawn for entry in contest.candidates),
        Holding.UNRANKED: sum(entry.id not in ranked for entry in contest.candidates),
        Holding.SEATS: contest.seats if contest.seats > 1 else 0,
    }


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
        Holding.OVERVOTED: OVERVOTE in named,
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
    return ballots_csv_writing.write(papers, candidates)


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
    holds = ties | partial_ | {Holding.UNRANKED}
    return Format(f"PrefLib {kind}", preflib.read, partial(_preflib, kind), holds)


# What a table holds, whether as text or not.
TABLE = frozenset(Holding) - {Holding.WITHDRAWN, Holding.UNRANKED, Holding.SEATS}

# Read and written line by line.
FORMATS: Mapping[str, Format] = {
    ".csv": Format("CSV", ballots_by_first_rows.read, _csv, TABLE, ballots_csv_writing.labels),
    ".jsonl": Format(
        "JSON lines", ballots_jsonl.read, ballots_jsonl.write, TABLE, ballots_csv_writing.labels
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
                Holding.UNRANKED,
                Holding.SEATS,
            )
        ),
    ),
    ".abif": Format(
        "ABIF",
        abif.read,
        abif.write_papers,
        frozenset((Holding.BLANK, Holding.TIES, Holding.PARTIAL, Holding.UNRANKED)),
        abif.labels,
    ),
    ".cvotes": Format(
        "Condorcet Election Format",
        cvotes.read,
        cvotes.write,
        frozenset((Holding.BLANK, Holding.TIES, Holding.PARTIAL, Holding.UNRANKED, Holding.SEATS)),
        cvotes.labels,
    ),
    **{f".{kind}": _preflib_format(kind) for kind in Kind},
}

# Read and written as a whole.
WHOLE_FORMATS: Mapping[str, WholeFormat] = {
    ".xlsx": WholeFormat(
        "Excel", ballots_xlsx.read, ballots_xlsx.write, TABLE, ballots_csv_writing.labels
    ),
    ".parquet": WholeFormat(
        "Parquet", ballots_parquet.read, ballots_parquet.write, TABLE, ballots_csv_writing.labels
    ),
    ".json": WholeFormat(
        "NIST CVR, JSON",
        ballots_json.read,
        cvr_cdf.write,
        frozenset(
            (
                Holding.UNITS,
                Holding.BLANK,
                Holding.GAPS,
                Holding.TIES,
                Holding.REPEATED,
                Holding.PARTIAL,
                Holding.UNRANKED,
                Holding.SEATS,
            )
        ),
    ),
}

EVERY_FORMAT: Mapping[str, Format | WholeFormat] = {**FORMATS, **WHOLE_FORMATS}
