"""Ballots written as CSV, in the four layouts that `ballots_csv` reads."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from hustings.ballots.paper import Marks, Paper, Rebuilt, as_written, trimmed
from hustings.election.spec import EVERYONE, Standing
from hustings.errors import InputError
from hustings.formats.ballot_names import folded
from hustings.formats.ballots_csv import (
    BLANK,
    LEFT_OUT,
    LEFT_OUT_WORDS,
    OPTIONAL,
    OTHER_NAMES,
    OVERVOTE_WORDS,
    RANK_COLUMN,
    Layout,
)
from hustings.units import Candidate, Section, Unit

# A row that is to be written.
Row = list[str | int]


@dataclass(frozen=True, slots=True)
class _Alike:
    """What papers that are written as one row have in common."""

    section: Section
    unit: Unit
    elector: str
    spoiled: str
    reconstructed: Rebuilt | None
    marks: Marks


class _Echo:
    """A file for `csv.writer` that hands each line back."""

    def write(self, line: str) -> str:
        return line


def write(
    papers: Iterable[Paper], candidates: Sequence[Standing], *, layout: Layout = Layout.RANKS
) -> Iterator[str]:
    """The papers as lines of CSV, those alike in one row, with no column that is not used.

    A candidate is written by name, or by id where the name could be taken for
    something else. Raises `InputError` where the layout cannot hold a paper.
    """
    to_line = csv.writer(_Echo(), lineterminator="\n").writerow
    for row in table(papers, candidates, layout=layout):
        yield str(to_line(row))


def table(
    papers: Iterable[Paper], candidates: Sequence[Standing], *, layout: Layout = Layout.RANKS
) -> Iterator[Row]:
    """The rows that `write` makes lines of: first the header, then those alike in one row."""
    groups: Counter[_Alike] = Counter()
    for paper in papers:
        alike = _Alike(
            paper.section,
            paper.unit,
            paper.elector,
            paper.spoiled,
            paper.reconstructed,
            trimmed(paper.marks),
        )
        groups[alike] += paper.papers
    called = labels(candidates)
    beside = _columns_used(groups)
    yield from WRITERS[layout](groups, candidates, called, beside)


def labels(candidates: Sequence[Standing]) -> dict[Candidate, str]:
    """What each candidate is called in the file."""
    borne = Counter(name for c in candidates for name in {folded(c.name), folded(c.id)})
    return {c.id: c.name if _is_plain(c.name, borne) else c.id for c in candidates}


def _is_plain(name: str, borne: Mapping[str, int]) -> bool:
    """Whether the name, read again, can only be this candidate."""
    key = folded(name)
    columns = {*OPTIONAL, *OTHER_NAMES, "ranking", "rank", "candidate"}
    reserved = columns | LEFT_OUT | LEFT_OUT_WORDS | OVERVOTE_WORDS | BLANK
    return (
        borne[key] == 1
        and name == " ".join(name.split())
        and not any(sign in name for sign in "=>\ufeff")
        and key not in reserved
        and not RANK_COLUMN.fullmatch(key)
    )


def _columns_used(groups: Mapping[_Alike, int]) -> dict[str, Callable[[_Alike], str | int]]:
    """By column beside the marks, what stands there; only those that say something somewhere."""
    columns: dict[str, Callable[[_Alike], str | int]] = {
        "section": lambda group: group.section,
        "unit": lambda group: group.unit,
        "elector": lambda group: group.elector,
        "count": lambda group: groups[group],
        "spoiled": lambda group: group.spoiled,
        "reconstructed": lambda group: group.reconstructed or "",
    }
    unsaid: Mapping[str, str | int] = {"section": EVERYONE, "count": 1}
    return {
        name: cell
        for name, cell in columns.items()
        if any(cell(group) != unsaid.get(name, "") for group in groups)
    }


Groups = Mapping[_Alike, int]
Labels = Mapping[Candidate, str]
Beside = Mapping[str, Callable[[_Alike], str | int]]


def _shared(names: Sequence[Candidate], labels: Labels) -> str:
    return "=".join(labels.get(name, name) for name in names)


def _rank_rows(
    groups: Groups, candidates: Sequence[Standing], labels: Labels, beside: Beside
) -> Iterator[Row]:
    width = max([len(candidates), 1, *(len(group.marks) for group in groups)])
    yield [*beside, *range(1, width + 1)]
    for group in groups:
        ranks = [_shared(names, labels) for names in group.marks]
        yield [*(cell(group) for cell in beside.values()), *ranks, *[""] * (width - len(ranks))]


def _ranking_rows(
    groups: Groups, candidates: Sequence[Standing], labels: Labels, beside: Beside
) -> Iterator[Row]:
    yield [*beside, "ranking"]
    for group in groups:
        ranking = " > ".join(_shared(names, labels) or "_" for names in group.marks)
        yield [*(cell(group) for cell in beside.values()), ranking]


def _candidate_rows(
    groups: Groups, candidates: Sequence[Standing], labels: Labels, beside: Beside
) -> Iterator[Row]:
    yield [*beside, *(labels[entry.id] for entry in candidates)]
    for group in groups:
        ranked = list(chain.from_iterable(group.marks))
        if len(ranked) != len(set(ranked)):
            raise InputError(
                f"{as_written(group.marks)}: a candidate is ranked twice, and candidate columns "
                f"hold one rank of each; use the layout {Layout.RANKS}"
            )
        rank = {name: at for at, names in enumerate(group.marks, 1) for name in names}
        cells = [rank.get(entry.id, "") for entry in candidates]
        yield [*(cell(group) for cell in beside.values()), *cells]


def _long_rows(
    groups: Groups, candidates: Sequence[Standing], labels: Labels, beside: Beside
) -> Iterator[Row]:
    yield ["paper", *beside, "rank", "candidate"]
    for number, group in enumerate(groups, 1):
        start = [number, *(cell(group) for cell in beside.values())]
        for rank, names in enumerate(group.marks, 1):
            for name in names:
                yield [*start, rank, labels.get(name, name)]
        if not group.marks:
            yield [*start, "", ""]


WRITERS: Mapping[Layout, Callable[[Groups, Sequence[Standing], Labels, Beside], Iterator[Row]]] = {
    Layout.RANKS: _rank_rows,
    Layout.RANKING: _ranking_rows,
    Layout.CANDIDATES: _candidate_rows,
    Layout.LONG: _long_rows,
}
