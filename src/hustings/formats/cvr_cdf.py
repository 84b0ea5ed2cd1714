"""Cast-vote records in the Common Data Format of NIST, as JSON.

[NIST SP 1500-103, Cast Vote Records Common Data Format Specification, version 1.0.] A record
has the marks of one paper in one contest: a selection, and the ranks it was marked at. Every
paper is a record of its own.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hustings.ballots.paper import NO_UNIT, ONE, Marks, Paper, in_order
from hustings.election.spec import Contest, Standing
from hustings.formats.ballot_file import BallotFile, Mistakes, whole_number
from hustings.formats.ballot_names import Candidates, Places, folded
from hustings.formats.ballots_csv import MOST_RANKS
from hustings.formats.json_text import objects
from hustings.units import Candidate, Section, Unit

Json = Mapping[str, Any]
REPORT = "CVR.CastVoteRecordReport"
VERSION = "1.0.0"
NO, UNDECIDED = "no", "needs-adjudication"


def is_report(value: object) -> bool:
    """Whether this is a report of cast-vote records."""
    return isinstance(value, dict) and (value.get("@type") == REPORT or "CVR" in value)


def read(
    value: Json,
    file: str,
    contest: Contest | None,
    section: Section | None,
    aliases: Mapping[str, Candidate] | None = None,
    write_ins: Candidate | None = None,
) -> BallotFile:
    """Every record of one contest as a paper; all that is wrong is in the file's problems.

    The contest is the report's only one, or the one that is called like the election's. With
    `write_ins` every mark for a write-in is for that candidate, whatever name is written in.
    """
    mistakes = Mistakes(file)
    held = _contest(value, contest, mistakes)
    if held is None:
        return BallotFile((), (), mistakes.all())
    who = Candidates(contest, aliases)
    report = _Report(value, held, who, Places(contest, section), mistakes, write_ins)
    papers = tuple(report.papers())
    if not papers and not mistakes.all():
        mistakes.add(f"no record has the contest {held.name!r}", field="CVR")
    return BallotFile(
        tuple(report.candidates.listed),
        papers,
        mistakes.all(),
        held.name,
        held.seats,
        report.assumed(),
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """The contest that is read: its id in the report, name, seats and selections by id.

    `write_ins` are those of the selections that stand for a name to be written in.
    """

    id: str
    name: str
    seats: int
    selections: Mapping[str, str]
    write_ins: frozenset[str] = frozenset()


def _text(value: Json, key: str) -> str:
    said = value.get(key)
    return " ".join(said.split()) if isinstance(said, str) else ""


def _contest(value: Json, contest: Contest | None, mistakes: Mistakes) -> _Held | None:
    found = [
        (one, election)
        for election in objects(value.get("Election"))
        for one in objects(election.get("Contest"))
    ]
    if len(found) > 1 and contest:
        wanted = {folded(contest.post), folded(contest.id)}
        found = [pair for pair in found if folded(_text(pair[0], "Name")) in wanted]
    if len(found) != 1:
        names = [
            repr(_text(one, "Name"))
            for election in objects(value.get("Election"))
            for one in objects(election.get("Contest"))
        ]
        some = f"{len(names)} contests are in the report: {', '.join(names[:20])}"
        what = "an election with one contest, or one that is called like the post"
        mistakes.add(f"{some}; expected {what}", field="Election")
        return None
    return _held(*found[0], mistakes)


def _held(one: Json, election: Json, mistakes: Mistakes) -> _Held:
    names = {_text(who, "@id"): _text(who, "Name") for who in objects(election.get("Candidate"))}
    selections, write_ins = {}, set[str]()
    for at, entry in enumerate(objects(one.get("ContestSelection"))):
        ids = entry.get("CandidateIds")
        who = (
            [names.get(id_, "") for id_ in ids if isinstance(id_, str)]
            if isinstance(ids, list)
            else []
        )
        name = next(filter(None, who), "") or _text(entry, "Selection")
        if _says_yes(entry.get("IsWriteIn")):
            write_ins.add(_text(entry, "@id"))
            name = name or "Write-in"
        if not name:
            mistakes.add("nobody is named", field=f"ContestSelection[{at}]")
        selections[_text(entry, "@id")] = name
    elected = one.get("NumberElected")
    seats = elected if isinstance(elected, int) and 1 <= elected <= 10_000 else 1
    name = _text(one, "Name")
    return _Held(_text(one, "@id"), name, seats, selections, frozenset(write_ins))


class _Report:
    """Makes papers of the records."""

    def __init__(
        self,
        value: Json,
        held: _Held,
        candidates: Candidates,
        places: Places,
        mistakes: Mistakes,
        write_ins: Candidate | None,
    ) -> None:
        self.held, self.mistakes, self._write_ins = held, mistakes, write_ins
        self.candidates, self._places = candidates, places
        self._section, amiss = self._places.default()
        if amiss:
            mistakes.add(amiss)
        self._records = objects(value.get("CVR"))
        units = objects(value.get("GpUnit"))
        self._units = {_text(unit, "@id"): _text(unit, "Name") for unit in units}
        self._without = 0
        self._not_allowed = 0
        self._who = {id_: self._find(id_, name) for id_, name in held.selections.items() if name}

    def _find(self, id_: str, name: str) -> Candidate | None:
        if self._write_ins and id_ in self.held.write_ins:
            return self._write_ins
        found = self.candidates.find(name)
        if found is None:
            self.mistakes.add(self.candidates.unknown(name), field="ContestSelection")
        return found

    def papers(self) -> Iterator[Paper]:
        """A paper of each record that has the contest and is right."""
        for at, record in enumerate(self._records):
            field = f"CVR[{at}]"
            shown = self._shown(record, field)
            if shown is None:
                self._without += 1
                continue
            marks = self._marks(shown, field)
            unit = self._unit(record, field)
            if marks is not None:
                file = self.mistakes.file
                yield Paper(self._section, marks, ONE, unit, file=file, line=None)

    def assumed(self) -> tuple[str, ...]:
        """What was taken for granted, in sentences."""
        notes = []
        if self._without:
            notes.append(f"records without the contest were passed over: {self._without}")
        if self._not_allowed:
            notes.append(
                f"marks that the report says count for nobody were passed over: {self._not_allowed}"
            )
        return tuple(notes)

    def _shown(self, record: Json, field: str) -> Json | None:
        """What the record's current snapshot has of the contest; None where it has nothing."""
        snapshots = objects(record.get("CVRSnapshot"))
        current = _text(record, "CurrentSnapshotId")
        chosen = [one for one in snapshots if _text(one, "@id") == current] or snapshots[:1]
        if not chosen:
            self.mistakes.add("there is no snapshot", field=field)
            return None
        contests = objects(chosen[0].get("CVRContest"))
        return next((one for one in contests if _text(one, "ContestId") == self.held.id), None)

    def _unit(self, record: Json, field: str) -> Unit:
        called = self._units.get(_text(record, "BallotStyleUnitId"), "")
        if not called:
            return NO_UNIT
        unit, amiss = self._places.unit(called, self._section)
        if amiss:
            self.mistakes.add(amiss, field=f"{field}.BallotStyleUnitId")
        return unit

    def _marks(self, shown: Json, field: str) -> Marks | None:
        """The marks of one record; None, and why among the mistakes, if they are wrong."""
        by_rank: dict[int, list[Candidate]] = {}
        right = True
        for selection in objects(shown.get("CVRContestSelection")):
            id_ = _text(selection, "ContestSelectionId")
            for rank, who in self._ranks(selection, self._who.get(id_)):
                if rank is None or who is None:
                    what = "its rank is missing" if who else f"{id_!r} is no selection"
                    if who or not self.held.selections.get(id_):
                        self.mistakes.add(what, field=f"{field}.CVRContestSelection")
                    right = False
                else:
                    by_rank.setdefault(rank, []).append(who)
        if not right:
            return None
        return in_order(by_rank)

    def _ranks(
        self, selection: Json, who: Candidate | None
    ) -> Iterator[tuple[int | None, Candidate | None]]:
        """The rank of each mark that stands for this selection, None where it is no rank; for whom.

        A selection that a person has yet to look at stands for nobody.
        """
        positions = objects(selection.get("SelectionPosition"))
        undecided = selection.get("Status") in (UNDECIDED, [UNDECIDED])
        for position in positions or [selection]:
            if _says_no(position.get("HasIndication")):
                continue
            if undecided or _says_no(position.get("IsAllocable")):
                self._not_allowed += 1
                continue
            said = position.get("Rank", selection.get("Rank"))
            rank = whole_number(str(said)) if said is not None else 1
            written = self._write_ins if position.get("CVRWriteIn") is not None else None
            yield rank if rank and rank <= MOST_RANKS else None, written or who


def _says_yes(said: object) -> bool:
    return said is True or (isinstance(said, str) and said.casefold() == "true")


def _says_no(said: object) -> bool:
    return isinstance(said, str) and said.casefold() == NO


# --- writing ------------------------------------------------------------------


def write(
    papers: Iterable[Paper], candidates: Sequence[Standing], title: str = "", seats: int = 1
) -> bytes:
    """The papers as a report with a record for each, indented by nothing; the spoiled left out."""
    kept = [paper for paper in papers if not paper.spoiled]
    units = {unit: f"gp{at}" for at, unit in enumerate(_units(kept), 1)}
    number = {entry.id: at for at, entry in enumerate(candidates, 1)}
    head = {
        "@type": REPORT,
        "Version": VERSION,
        "Election": [_election(candidates, title, seats)],
        "GpUnit": [
            {"@id": "gp0", "@type": "CVR.GpUnit", "Type": "other"},
            *(
                {"@id": id_, "@type": "CVR.GpUnit", "Type": "precinct", "Name": unit}
                for unit, id_ in units.items()
            ),
        ],
        "ReportType": ["originating-device-export"],
    }
    start = json.dumps(head, ensure_ascii=False).removesuffix("}")
    records = ",\n".join(_records(kept, units, number))
    return f'{start}, "CVR": [\n{records}\n]}}\n'.encode()


def _units(papers: Iterable[Paper]) -> list[Unit]:
    return [*dict.fromkeys(paper.unit for paper in papers if paper.unit)]


def _election(candidates: Sequence[Standing], title: str, seats: int) -> Json:
    return {
        "@id": "e1",
        "@type": "CVR.Election",
        "Name": title,
        "ElectionScopeId": "gp0",
        "Candidate": [
            {"@id": f"c{at}", "@type": "CVR.Candidate", "Name": entry.name}
            for at, entry in enumerate(candidates, 1)
        ],
        "Contest": [
            {
                "@id": "contest",
                "@type": "CVR.CandidateContest",
                "Name": title,
                "NumberElected": seats,
                "VoteVariation": "rcv",
                "ContestSelection": [
                    {
                        "@id": f"s{at}",
                        "@type": "CVR.CandidateSelection",
                        "CandidateIds": [f"c{at}"],
                    }
                    for at, _ in enumerate(candidates, 1)
                ],
            }
        ],
    }


def _records(
    papers: Iterable[Paper], units: Mapping[Unit, str], number: Mapping[Candidate, int]
) -> Iterator[str]:
    at = 0
    for paper in papers:
        shown = json.dumps(_snapshot(paper.marks, number))
        place = f'"BallotStyleUnitId": "{units[paper.unit]}", ' if paper.unit else ""
        for _ in range(paper.papers):
            at += 1
            yield (
                f'{{"@type": "CVR.CVR", "ElectionId": "e1", "UniqueId": "{at}", {place}'
                f'"CurrentSnapshotId": "snapshot", "CVRSnapshot": [{shown}]}}'
            )


def _snapshot(marks: Marks, number: Mapping[Candidate, int]) -> Json:
    ranks: dict[Candidate, list[int]] = {}
    for rank, names in enumerate(marks, 1):
        for name in names:
            ranks.setdefault(name, []).append(rank)
    return {
        "@id": "snapshot",
        "@type": "CVR.CVRSnapshot",
        "Type": "interpreted",
        "CVRContest": [
            {
                "@type": "CVR.CVRContest",
                "ContestId": "contest",
                "CVRContestSelection": [
                    {
                        "@type": "CVR.CVRContestSelection",
                        "ContestSelectionId": f"s{number[name]}",
                        "SelectionPosition": [
                            {
                                "@type": "CVR.SelectionPosition",
                                "HasIndication": "yes",
                                "NumberVotes": 1,
                                "Rank": rank,
                            }
                            for rank in own
                        ],
                    }
                    for name, own in ranks.items()
                ],
            }
        ],
    }
