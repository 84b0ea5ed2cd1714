"""Cast-vote records as RCTab reads them: rows of an ES&S table, a generic CSV, Dominion's JSON."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from hustings.ballots.paper import OVERVOTE, Marks, Paper
from hustings.election.spec import EVERYONE
from hustings.formats.ballot_file import Mistakes, whole_number
from hustings.formats.ballot_names import folded
from hustings.formats.ballots_csv import MOST_RANKS
from hustings.formats.rctab_config import Configuration, RecordSource
from hustings.units import Candidate, Papers, Unit

Rows = Iterable[tuple[int, Sequence[str]]]
Json = Mapping[str, Any]
Rank = tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class _Alike:
    unit: Unit
    marks: Marks


def of_ranks(
    rows: Rows, source: RecordSource, config: Configuration, mistakes: Mistakes
) -> Iterator[Paper]:
    """Papers of a table with a row for each and a rank in each column; those alike are one."""
    reader = _Cells(source, config, mistakes)
    groups: Counter[tuple[str, ...]] = Counter()
    first: dict[tuple[str, ...], int] = {}
    start = source.first_column - 1
    for line, row in rows:
        if line < source.first_row or not any(map(str.strip, row)):
            continue
        at = source.unit_column - 1
        unit = row[at].strip() if 0 <= at < len(row) else ""
        cells = tuple(row[start : start + config.ranks])
        key = (unit, *cells, *[""] * (config.ranks - len(cells)))
        groups[key] += 1
        first.setdefault(key, line)
    for key, number in groups.items():
        marks = reader.marks(key[1:], first[key])
        if marks is not None:
            unit_ = Unit(key[0])
            yield _paper(marks, number, unit_, mistakes.file, first[key])


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
        while ranks and not ranks[-1]:
            ranks.pop()
        return tuple(ranks)

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
    groups: Counter[tuple[str, ...]] = Counter()
    first: dict[tuple[str, ...], int] = {}
    for line, row in rows:
        cells = tuple(cell.strip() for cell in row[start : start + len(named)])
        groups[cells] += 1
        first.setdefault(cells, line)
    for cells, number in groups.items():
        marks = _ranked(cells, named, first[cells], mistakes)
        if marks is not None:
            yield _paper(marks, number, Unit(""), mistakes.file, first[cells])


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


def in_order(by_rank: Mapping[int, Sequence[Candidate]]) -> Marks:
    """The marks of those who stand at each rank."""
    return tuple(tuple(by_rank.get(rank, ())) for rank in range(1, max(by_rank, default=0) + 1))


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
            for at, session in enumerate(_objects(export.get("Sessions"))):
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
        cards = _objects(data.get("Cards")) or [data]
        for contest in (one for card in cards for one in _objects(card.get("Contests"))):
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
        for mark in _objects(contest.get("Marks")):
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


def _objects(value: object) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _list(manifest: Json) -> list[Json]:
    return _objects(manifest.get("List"))
