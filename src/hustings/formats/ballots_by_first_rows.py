"""A ballot file that is called CSV: which of several it is, by what stands in its first rows.

Scottish councils publish BLT under that name, with spaces up to one width.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from hustings.election.spec import Contest
from hustings.formats import ballots_csv, blt, dominion_csv, scottish_csv, votekit_csv
from hustings.formats.ballot_file import BallotFile, Reader
from hustings.units import Section


def read(
    lines: Iterable[str], file: str, contest: Contest | None, section: Section | None
) -> BallotFile:
    """Every paper of the file; all that is wrong in it is in the file's problems."""
    lines, begun = iter(lines), list[str]()
    reader = reader_of(_kept(lines, begun))
    return reader(chain(begun, lines), file, contest, section)


def _kept(lines: Iterator[str], begun: list[str]) -> Iterator[str]:
    for line in lines:
        begun.append(line)
        yield line


OTHERS: Mapping[str, Reader] = {
    ballots_csv.BLT: blt.read,
    ballots_csv.VOTEKIT: votekit_csv.read,
}


def reader_of(lines: Iterator[str]) -> Reader:
    """Who reads a file of these lines; no more are taken than tell it."""
    first = next(filter(str.strip, lines), "")
    other = ballots_csv.other_format(first)
    if other:
        return OTHERS[other]
    if scottish_csv.is_ward(first):
        return scottish_csv.read
    is_export = dominion_csv.is_export(chain([first], lines))
    return dominion_csv.read if is_export else ballots_csv.read
