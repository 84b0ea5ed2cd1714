"""A large BLT file of many different ballots: its lines, for the compiled loop."""

from collections.abc import Hashable, Iterator, Mapping
from io import BytesIO
from itertools import chain
from typing import cast

import numpy as np

from hustings.ballots.paper import NO_UNIT
from hustings.election.rulebook import MOST_PAPERS
from hustings.election.spec import Contest
from hustings.formats import blt
from hustings.formats.ballot_file import Alike
from hustings.shell.engines import kernel
from hustings.shell.engines.scan import NO_SUSPECTS, Row, Rows, RunEnds, Scan, Tried, Way
from hustings.shell.engines.tabled import Patterns, Place, TabledPoll
from hustings.shell.world import Stream, decoded, lines_of
from hustings.units import Candidate, Papers, Section

Numbers = tuple[int, ...]


class BltRows(Rows):
    """The lines that are each one ballot: its number of papers, its ranks, and a 0."""

    def __init__(self, candidates: int) -> None:
        self._candidates = candidates
        self._odd: list[Alike] = []
        self.delimiter, self.ragged, self.nobody = " ", True, ()
        # What stands behind the last rank is the 0, of no kind.
        self.columns = [-2, *range(candidates), candidates]
        self.ranks, self.beside = candidates, 1
        self.has_ids, self.has_many_places = False, True

    def read(self, text: str, line: int) -> Row | None:
        """What `Rows.read` returns; a ballot with something wrong is kept for who tells it."""
        if not blt.stands_alone(text):
            raise RunEnds
        papers, *ranks, _ = text.split()
        numbers = [self._numbers(rank) for rank in ranks]
        if len(papers) > len(str(MOST_PAPERS)) or int(papers) > MOST_PAPERS or None in numbers:
            self.keep(text, line)
            return None
        return Row([*zip(ranks, numbers, strict=True)], [papers], int(papers))

    def _numbers(self, rank: str) -> Numbers | None:
        """The candidates of a rank; None where the header promises fewer."""
        if rank == "-":
            return ()
        parts = rank.split("=")
        if not all(parts) or any(len(part) > len(str(self._candidates)) for part in parts):
            return None
        numbers = tuple(int(part) for part in parts)
        return numbers if all(0 < number <= self._candidates for number in numbers) else None

    def keep(self, text: str, line: int) -> None:
        """What `Rows.keep` does."""
        self._odd.append(Alike(line, text))

    def taken(self) -> list[Alike]:
        """What was kept since this was last asked."""
        taken, self._odd = self._odd, []
        return taken


def read(source: Stream, contest: Contest | None, section: Section | None, way: Way) -> Tried:
    """The file, most of its ballots as patterns.

    Raises what `Scan` raises where the file must be gone through in another way.
    """
    if kernel.numba is None:
        return None, NO_SUSPECTS
    before = [*_before_the_run(source)]
    if any(blt.may_end(one.text) for one in before):
        return None, NO_SUSPECTS
    rows = BltRows(blt.candidates_promised(one.text for one in before))
    scan, file = Scan(rows, way), str(source.path)

    def poll(by_number: Mapping[int, Candidate], section: Section) -> TabledPoll:
        return TabledPoll((), (_patterns(scan, file, by_number, section),))

    lines = chain(before, _run(source, scan, rows, len(before) + 1))
    return blt.read_alike(lines, file, contest, section, poll), NO_SUSPECTS


def _before_the_run(source: Stream) -> Iterator[Alike]:
    """The lines up to the first ballot that stands alone, which is not left to the loop."""
    for number, text in enumerate(lines_of(source.file, source.path), 1):
        yield Alike(number, text)
        if blt.stands_alone(text):
            return


def _run(source: Stream, scan: Scan, rows: BltRows, line: int) -> Iterator[Alike]:
    """The lines from there on that the loop does not count, it counts the others meanwhile."""
    for _ in scan.run(source, line):
        yield from rows.taken()
    # How far the run went, and what stands behind it.
    yield Alike(scan.line - 1, "")
    rest = scan.left + source.file.readline()
    behind = chain(BytesIO(rest), source.file)
    for number, raw in enumerate(behind, scan.line):
        yield Alike(number, decoded(raw, source.path, number))


def _patterns(
    scan: Scan, file: str, by_number: Mapping[int, Candidate], section: Section
) -> Patterns:
    """What the loop counted; a ballot of so many papers is so many."""
    found = scan.counted()
    papers = np.array([cast(int, place) for place in found.places], np.int64)
    assert found.place is not None
    return Patterns(
        file,
        tuple(_names(meaning, by_number) for meaning in found.meanings),
        (Place(section, NO_UNIT, "", None, Papers(1)),),
        found.marks,
        (found.rows[0] * papers[found.place])[np.newaxis],
        None,
        found.first,
    )


def _names(meaning: Hashable, by_number: Mapping[int, Candidate]) -> tuple[Candidate, ...]:
    return tuple(by_number[number] for number in cast(Numbers, meaning))
