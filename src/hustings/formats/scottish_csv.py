"""Ballots of a Scottish council ward as CSV, with the names below the papers.

The layout of https://github.com/mggg/scot-elex: the numbers of candidates and seats; then the
number of papers alike and the candidates by number, `42,1,3,`; then `"Candidate 1","Ann
Archer","Labour (Lab)",` for each, and last the ward. Each line ends with a comma.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from hustings.ballots.paper import Paper, ranked
from hustings.election.spec import Contest
from hustings.formats.ballot_file import (
    MOST_PAPERS,
    BallotFile,
    Mistakes,
    Text,
    no_number_of_papers,
)
from hustings.formats.ballot_names import Places, numbered
from hustings.formats.ballots_csv import MOST_RANKS, csv_fault, split_row
from hustings.units import Papers, Section

# The comma at the end tells the first line from a header with the ranks 1 and 2.
FIRST = re.compile(r"\ufeff?\s*([0-9]{1,4})\s*,\s*([0-9]{1,4})\s*,[\s,]*")
NUMBERS = re.compile(r"[0-9]+(?:\s*,\s*[0-9]+)*[\s,]*")
CANDIDATE = re.compile(r'"?Candidate\s+([0-9]{1,4})"?\s*,.*', re.IGNORECASE)
EXPECTED = 'expected papers such as 42,1,3, or a candidate such as "Candidate 1","Ann Archer",'


def is_ward(first: str) -> bool:
    """Whether the first line has the numbers of candidates and seats alone."""
    return FIRST.fullmatch(first) is not None


@dataclass(slots=True)
class _Ward:
    """What the lines say."""

    papers: list[tuple[int, list[int]]] = field(default_factory=list)
    names: list[tuple[int, str]] = field(default_factory=list)
    candidates: int = 0
    title: str = ""


def read(
    lines: Iterable[str], file: str, contest: Contest | None, section: Section | None
) -> BallotFile:
    """Every paper of the ward; all that is wrong in the file is in its problems."""
    mistakes, text = Mistakes(file), Text(lines)
    size, seats = _sizes(text, mistakes)
    ward = _ward(text, mistakes)
    if ward.candidates != size:
        promised = f"the first line promises {size} candidates, and {ward.candidates} follow"
        mistakes.add(promised, 1)
    if not ward.papers and not mistakes.all():
        mistakes.add(f"no paper is in this file: {EXPECTED}")
    place, amiss = Places(contest, section).default()
    if amiss:
        mistakes.add(amiss)
    candidates, by_number = numbered(ward.names, contest, mistakes)
    papers = tuple(
        Paper(place, ranked(*map(by_number.__getitem__, ranks)), Papers(n), file=file, line=line)
        for line, (n, *ranks) in ward.papers
        if _is_right(line, n, ranks, size, mistakes) and set(ranks) <= by_number.keys()
    )
    return BallotFile(candidates, papers, mistakes.all(), ward.title, max(seats, 1))


def _sizes(text: Text, mistakes: Mistakes) -> tuple[int, int]:
    """How many candidates and seats there are."""
    line, said = next(iter(text), (1, ""))
    found = FIRST.fullmatch(said)
    size, seats = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= seats <= size:
        mistakes.add(f"{said[:40]!r} is not the numbers of candidates and seats, 1 or more", line)
    return size, seats


def _ward(text: Text, mistakes: Mistakes) -> _Ward:
    ward = _Ward()
    for line, said in text:
        if NUMBERS.fullmatch(said):
            ward.papers.append((line, [int(n[:16]) for n in re.findall("[0-9]+", said)]))
        elif entry := CANDIDATE.fullmatch(said):
            ward.candidates += 1
            ward.names += _name(line, said, mistakes)
            if int(entry[1]) != ward.candidates:
                mistakes.add(f"candidate {entry[1]} is number {ward.candidates} here", line)
        elif not ward.title:
            ward.title = " ".join(said.rstrip(" ,").strip('"').replace('""', '"').split())
        else:
            mistakes.add(f"{said[:40]!r} follows the name of the ward; {EXPECTED}", line)
    return ward


def _name(line: int, said: str, mistakes: Mistakes) -> Iterator[tuple[int, str]]:
    """The line and the name in it; nothing, and why among the mistakes, if it is no CSV."""
    try:
        _, name, *_ = [*split_row(said, ","), ""]
    except csv.Error as error:
        mistakes.add(csv_fault(str(error)), line)
    else:
        yield line, " ".join(name.split())


def _is_right(line: int, count: int, numbers: Sequence[int], size: int, mistakes: Mistakes) -> bool:
    wrong = next((number for number in numbers if not 1 <= number <= size), None)
    if not 1 <= count <= MOST_PAPERS:
        mistakes.add(no_number_of_papers(str(count)), line)
    elif wrong is not None:
        mistakes.add(f"{wrong} is no candidate: they are numbered 1 to {size}", line)
    elif len(numbers) > MOST_RANKS:
        mistakes.add(f"{len(numbers)} ranks are more than {MOST_RANKS}", line)
    else:
        return True
    return False
