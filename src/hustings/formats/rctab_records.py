"""Cast-vote records as RCTab reads them, of each provider.

ES&S has a table of ranks, the generic CSV and Clear Ballot one of candidates, Dominion a folder
of JSON and Hart one of XML.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar
from xml.etree.ElementTree import Element

from hustings.ballots.paper import OVERVOTE, Marks, Paper, in_order, trimmed
from hustings.election.spec import EVERYONE
from hustings.formats.ballot_file import Mistakes, whole_number
from hustings.formats.ballot_names import folded
from hustings.formats.ballots_csv import MOST_RANKS
from hustings.formats.json_text import objects
from hustings.formats.rctab_config import Configuration, RecordSource
from hustings.formats.xml_text import children, text_under
from hustings.units import Candidate, Papers, Unit

Rows = Iterable[tuple[int, Sequence[str]]]
Json = Mapping[str, Any]
Rank = tuple[Candidate, ...]
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class _Alike:
    unit: Unit
    marks: Marks


def _counted(found: Iterable[tuple[K, int]]) -> Iterator[tuple[K, int, int]]:
    """Each of those found by line: once, with how often it was found and in which line first."""
    number: Counter[K] = Counter()
    first: dict[K, int] = {}
    for key, line in found:
        number[key] += 1
        first.setdefault(key, line)
    return ((key, number[key], line) for key, line in first.items())


def of_ranks(
    rows: Rows, source: RecordSource, config: Configuration, mistakes: Mistakes
) -> Iterator[Paper]:
    """Papers of a table with a row for each and a rank in each column; those alike are one."""
    reader = _Cells(source, config, mistakes)
    for (unit, *cells), number, line in _counted(_unit_and_ranks(rows, source, config.ranks)):
        marks = reader.marks(cells, line)
        if marks is not None:
            yield _paper(marks, number, Unit(unit), mistakes.file, line)


def _unit_and_ranks(
    rows: Rows, source: RecordSource, ranks: int
) -> Iterator[tuple[tuple[str, ...], int]]:
    """Of each row that is not blank the unit, then as many cells as there are ranks; its line."""
    start, at = source.first_column - 1, source.unit_column - 1
    for line, row in rows:
        if line < source.first_row or not any(map(str.strip, row)):
            continue
        unit = row[at].strip() if 0 <= at < len(row) else ""
        cells = row[start : start + ranks]
        yield (unit, *cells, *[""] * (ranks - len(cells))), line


def _paper(marks: Marks, number: int, unit: Unit, file: str, line: int | None) -> Paper:
    return Paper(EVERYONE, marks, Papers(number), unit, file=file, line=line)


class _Cells:
    """Reads the cells of one source."""

    def __init__(self, source: RecordSource, config: Configuration, mistakes: Mistakes) -> None:
        self.source, self.config, self.mistakes = source, config, mistakes
        self._rank = cache(self._read)

    def marks(self, cells: Sequence[str], line: int) -> Marks | None:
        """The marks of one row; None, and why among the mistakes, where a cell is wrong."""
        ranks: list[Rank] = []
        for cell in cells:
            rank = self._rank(cell.strip())
            if isinstance(rank, str):
                self.mistakes.add(rank, line)
                return None
            ranks.append(rank)
        return trimmed(ranks)

    def _read(self, cell: str) -> Rank | str:
        source = self.source
        if folded(cell) == folded(source.overvote_label):
            return (OVERVOTE,)
        if folded(cell) == folded(source.skipped_label):
            return ()
        if not cell:
            undeclared = self.config.undeclared
            return (undeclared,) if source.blank_is_undeclared and undeclared else ()
        named = cell.split(source.overvote_delimiter) if source.overvote_delimiter else [cell]
        found = [self.find(name.strip()) for name in named]
        if None in found:
            return unknown(named[found.index(None)].strip(), self.config)
        return tuple(dict.fromkeys(name for name in found if name))

    def find(self, called: str) -> Candidate | None:
        """Whoever is called so in this source."""
        return found_in(called, self.source, self.config)


def found_in(called: str, source: RecordSource, config: Configuration) -> Candidate | None:
    """Whoever a source calls so: by name or alias, or as an undeclared write-in."""
    if source.undeclared_label and folded(called) == folded(source.undeclared_label):
        return config.undeclared
    return config.aliases.get(folded(called))


def unknown(called: str, config: Configuration) -> str:
    """What to tell of a name that the configuration does not have."""
    listed = ", ".join(entry.name for entry in config.candidates[:20])
    return (
        f"{called!r} is no candidate, alias or label of the configuration; there are {listed}. "
        "Add it to the candidates, to somebody's aliases, or as undeclaredWriteInLabel"
    )


def of_candidates(
    rows: Rows, source: RecordSource, config: Configuration, mistakes: Mistakes
) -> Iterator[Paper]:
    """Papers of a table with a candidate in each column, as the header says, and ranks in cells."""
    rows = iter(rows)
    line, header = next(rows, (0, []))
    start = max(source.first_column - 1, 0)
    named = [found_in(title.strip(), source, config) for title in header[start:]]
    for title, found in zip(header[start:], named, strict=True):
        if found is None:
            mistakes.add(unknown(title.strip(), config), line)
    ranked = (
        (tuple(cell.strip() for cell in row[start : start + len(named)]), line)
        for line, row in rows
    )
    for cells, number, line in _counted(ranked):
        marks = _ranked(cells, named, line, mistakes)
        if marks is not None:
            yield _paper(marks, number, Unit(""), mistakes.file, line)


def _ranked(
    cells: Sequence[str], named: Sequence[Candidate | None], line: int, mistakes: Mistakes
) -> Marks | None:
    by_rank: dict[int, list[Candidate]] = {}
    for cell, name in zip(cells, named, strict=False):
        if not cell:
            continue
        rank = whole_number(cell)
        if not rank or rank > MOST_RANKS:
            mistakes.add(f"{cell!r} is no rank: expected 1, 2, 3 and so on, or nothing", line)
            return None
        if name:
            by_rank.setdefault(rank, []).append(name)
    return in_order(by_rank)


# --- Clear Ballot -------------------------------------------------------------

# A column is a choice, its contest, a rank, a note, a candidate and a party; the contest may
# have a colon in its name.
CLEAR_CHOICE = re.compile(r"Choice_[^:]*:(.+):([0-9]+):[^:]*:([^:]*):[^:]*")


def of_clear_ballot(
    rows: Rows, source: RecordSource, config: Configuration, mistakes: Mistakes
) -> Iterator[Paper]:
    """Papers of a table in which each column is a candidate at a rank, and 1 a mark."""
    rows = iter(rows)
    line, header = next(rows, (0, []))
    columns = dict(_clear_columns(header, line, source, config, mistakes))
    if not columns:
        wanted = source.contest_id or "the contest"
        mistakes.add(f"no column is a choice of {wanted!r}; check contestId", line)
    unit_at = header.index("PrecinctID") if "PrecinctID" in header else -1
    found = ((_clear_marks(row, columns, unit_at), line) for line, row in rows)
    for alike, number, line in _counted(found):
        yield _paper(alike.marks, number, alike.unit, mistakes.file, line)


def _clear_marks(
    row: Sequence[str], columns: Mapping[int, tuple[int, Candidate]], unit_at: int
) -> _Alike:
    by_rank: dict[int, list[Candidate]] = {}
    for at, (rank, name) in columns.items():
        if at < len(row) and row[at].strip() == "1":
            by_rank.setdefault(rank, []).append(name)
    unit = row[unit_at].strip() if 0 <= unit_at < len(row) else ""
    return _Alike(Unit(unit), in_order(by_rank))


def _clear_columns(
    header: Sequence[str],
    line: int,
    source: RecordSource,
    config: Configuration,
    mistakes: Mistakes,
) -> Iterator[tuple[int, tuple[int, Candidate]]]:
    """By column: the rank and the candidate whom a mark is for."""
    for at, title in enumerate(header):
        choice = CLEAR_CHOICE.fullmatch(title.strip())
        if not choice or (source.contest_id and folded(choice[1]) != folded(source.contest_id)):
            continue
        who, rank = found_in(choice[3].strip(), source, config), whole_number(choice[2])
        if who is None:
            mistakes.add(unknown(choice[3].strip(), config), line)
        elif not rank or rank > MOST_RANKS:
            mistakes.add(f"{choice[2]!r} is no rank", line)
        else:
            yield at, (rank, who)


# --- Hart ---------------------------------------------------------------------


def of_hart(
    documents: Iterable[tuple[str, Element]],
    source: RecordSource,
    config: Configuration,
    mistakes: Mistakes,
) -> Iterator[Paper]:
    """Papers of documents with one record each, by file; without those that lack the contest.

    The value of an option has a digit for each rank, and 1 is a mark.
    """
    groups: Counter[_Alike] = Counter()
    for file, record in documents:
        unit = Unit(text_under(record, "PrecinctSplit", "Name"))
        for contest in children(record, "Contests", "Contest"):
            if text_under(contest, "Id") == source.contest_id:
                marks = _hart_marks(contest, file, source, config, mistakes)
                groups.update([] if marks is None else [_Alike(unit, marks)])
    for alike, number in groups.items():
        yield _paper(alike.marks, number, alike.unit, mistakes.file, None)


def _hart_marks(
    contest: Element, file: str, source: RecordSource, config: Configuration, mistakes: Mistakes
) -> Marks | None:
    by_rank: dict[int, list[Candidate]] = {}
    for option in children(contest, "Options", "Option"):
        id_, name = text_under(option, "Id"), text_under(option, "Name")
        who = found_in(id_, source, config) or found_in(name, source, config)
        value = text_under(option, "Value")
        if who is None:
            mistakes.add(unknown(name or id_, config), field=file)
            return None
        if not re.fullmatch("[01]{1,999}", value):
            mistakes.add(f"{value!r} is no row of 0 and 1, one for each rank", field=file)
            return None
        for rank, mark in enumerate(value, 1):
            if mark == "1" and who not in by_rank.setdefault(rank, []):
                by_rank[rank].append(who)
    return in_order(by_rank)


# --- Dominion -----------------------------------------------------------------

# The files that a folder of Dominion's must have; beside them, the units' names.
MANIFESTS = ("ContestManifest.json", "CandidateManifest.json")
UNIT_MANIFESTS = ("PrecinctPortionManifest.json", "PrecinctManifest.json")
RECORDS = "CvrExport"


class Dominion:
    """Reads the sessions of a folder of Dominion's, whose manifests say what its numbers mean."""

    def __init__(
        self,
        manifests: Mapping[str, Json],
        source: RecordSource,
        config: Configuration,
        mistakes: Mistakes,
    ) -> None:
        self.source, self.config, self.mistakes = source, config, mistakes
        self._contest = self._only_contest(manifests[MANIFESTS[0]])
        self._who = self._candidates(manifests[MANIFESTS[1]])
        self._units = {
            name: {
                str(entry.get("Id")): str(entry.get("Description") or "") for entry in _list(one)
            }
            for name, one in manifests.items()
            if name in UNIT_MANIFESTS
        }
        self._ambiguous = 0

    def papers(self, exports: Iterable[Json]) -> Iterator[Paper]:
        """The papers of every session that has the contest; those alike are one."""
        groups: Counter[_Alike] = Counter()
        for export in exports:
            for at, session in enumerate(objects(export.get("Sessions"))):
                for found in self._session(session, f"Sessions[{at}]"):
                    groups[found] += 1
        for alike, number in groups.items():
            yield _paper(alike.marks, number, alike.unit, self.mistakes.file, None)

    def assumed(self) -> tuple[str, ...]:
        """What was taken for granted, in sentences."""
        if not self._ambiguous:
            return ()
        return (f"marks that the record calls ambiguous were passed over: {self._ambiguous}",)

    def _only_contest(self, manifest: Json) -> str:
        ids = [str(entry.get("Id")) for entry in _list(manifest)]
        wanted = self.source.contest_id or (ids[0] if len(ids) == 1 else "")
        if wanted not in ids:
            listed = ", ".join(ids[:20])
            what = f"{wanted!r} is no contest of the records; there are {listed}"
            self.mistakes.add(what, field=f"{self.source.field}.contestId")
        return wanted

    def _candidates(self, manifest: Json) -> dict[str, Candidate]:
        found: dict[str, Candidate] = {}
        for entry in _list(manifest):
            if str(entry.get("ContestId")) != self._contest:
                continue
            id_, name = str(entry.get("Id")), str(entry.get("Description") or "")
            who = found_in(id_, self.source, self.config) or found_in(
                name, self.source, self.config
            )
            if who:
                found[id_] = who
        return found

    def _session(self, session: Json, field: str) -> Iterator[_Alike]:
        """What stands in one session of the contest, as it was adjudicated last."""
        data = session.get("Original")
        if not isinstance(data, dict) or data.get("IsCurrent") is False:
            data = session.get("Modified")
        if not isinstance(data, dict):
            self.mistakes.add("neither Original nor Modified is current", field=field)
            return
        cards = objects(data.get("Cards")) or [data]
        for contest in (one for card in cards for one in objects(card.get("Contests"))):
            if str(contest.get("Id")) == self._contest:
                marks = self._marks(contest, field)
                if marks is not None:
                    yield _Alike(self._unit(data), marks)

    def _unit(self, data: Json) -> Unit:
        for manifest, key in zip(UNIT_MANIFESTS, ("PrecinctPortionId", "PrecinctId"), strict=True):
            name = self._units.get(manifest, {}).get(str(data.get(key)), "")
            if name:
                return Unit(name)
        return Unit("")

    def _marks(self, contest: Json, field: str) -> Marks | None:
        by_rank: dict[int, list[Candidate]] = {}
        for mark in objects(contest.get("Marks")):
            if mark.get("IsAmbiguous"):
                self._ambiguous += 1
                continue
            id_, rank = str(mark.get("CandidateId")), whole_number(str(mark.get("Rank")))
            if id_ not in self._who:
                self.mistakes.add(unknown(id_, self.config), field=f"{field}.CandidateId")
                return None
            if not rank or rank > MOST_RANKS:
                self.mistakes.add(f"{mark.get('Rank')!r} is no rank", field=f"{field}.Rank")
                return None
            names = by_rank.setdefault(rank, [])
            if self._who[id_] not in names:
                names.append(self._who[id_])
        return in_order(by_rank)


def _list(manifest: Json) -> list[Json]:
    return objects(manifest.get("List"))
