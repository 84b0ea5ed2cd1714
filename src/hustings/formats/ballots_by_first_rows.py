"""A ballot file that is called CSV: which of several it is, by what stands in its first rows.

Scottish councils publish BLT under that name, with spaces up to one width.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice

from hustings.election.spec import Contest
from hustings.formats import ballots_csv, blt, dominion_csv, scottish_csv, votekit_csv
from hustings.formats.ballot_file import BallotFile, Reader
from hustings.units import Section

# So many lines tell which it is.
FIRST = dominion_csv.HEADER_ROWS


def read(
    lines: Iterable[str], file: str, contest: Contest | None, section: Section | None
) -> BallotFile:
    """Every paper of the file; all that is wrong in it is in the file's problems."""
    lines = iter(lines)
    first = [*islice(lines, FIRST)]
    return reader_of(first)(chain(first, lines), file, contest, section)


OTHERS: Mapping[str, Reader] = {
    ballots_csv.BLT: blt.read,
    ballots_csv.VOTEKIT: votekit_csv.read,
}


def reader_of(first: Sequence[str]) -> Reader:
    """Who reads a file that begins with these lines, `FIRST` of them if it has so many."""
    other = ballots_csv.other_format(next(filter(str.strip, first), ""))
    if other:
        return OTHERS[other]
    if scottish_csv.is_ward(first):
        return scottish_csv.read
    return dominion_csv.read if dominion_csv.is_export(first) else ballots_csv.read
