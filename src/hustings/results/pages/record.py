"""The record of a release: what the releases after it are held against, as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hustings.errors import InputError, Problem
from hustings.results.assembly import Recorded
from hustings.results.disclosure import Earlier, Shown
from hustings.results.edition import Edition, Standalone, with_nobody
from hustings.results.pages.releases import Figures, figures
from hustings.units import Candidate, Papers, Section, Unit

FORMAT, VERSION = "hustings-release", 1


@dataclass(frozen=True, slots=True)
class Record:
    """One release of one contest, as it was published."""

    figures: Figures
    sections: Mapping[Section, Recorded]


def write(editions: Sequence[Edition]) -> str:
    """The record of a release as JSON; the same editions give the same text."""
    release = editions[0].release
    value = {
        "format": FORMAT,
        "version": VERSION,
        "release": release.number,
        "status": release.status,
        "declared_at": release.at,
        "contests": {edition.transcript.contest.id: _contest(edition) for edition in editions},
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _contest(edition: Edition) -> dict[str, Any]:
    return {
        "figures": figures(edition),
        "sections": {
            section: {
                "total": dict(_total(edition, section)),
                "rows": [
                    {
                        "id": row.id,
                        "units": list(row.units),
                        "votes": dict(row.formal),
                        "spoiled": row.spoiled,
                    }
                    for row in part.rows
                    if row.votes is not None and row.standing is not Standalone.NOT_HELD
                ],
                "rankings": None
                if part.withheld
                else [
                    [list(ranking), papers]
                    for ranking, papers in sorted(
                        edition.transcript.profiles[0].papers[section].items()
                    )
                ],
            }
            for section, part in edition.sections.items()
        },
    }


def _total(edition: Edition, section: Section) -> Mapping[Candidate, Papers]:
    tally = edition.transcript.rounds[0].tally
    return with_nobody(tally.held[section], tally.non_transferable[section])


def read(text: str, file: str) -> dict[str, Record]:
    """The records of a release by contest; raises `InputError` where the text is none."""
    try:
        value = json.loads(text)
        if (value["format"], value["version"]) != (FORMAT, VERSION):
            raise InputError(Problem(f"expected {FORMAT} version {VERSION}", file))
        return {id_: _record(contest) for id_, contest in value["contests"].items()}
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise InputError(Problem(f"this is no {FORMAT}: {error!r}", file)) from None


def _record(contest: dict[str, Any]) -> Record:
    sections = {
        Section(section): Recorded(
            Earlier(_votes(part["total"]), tuple(_shown(row) for row in part["rows"])),
            None
            if part["rankings"] is None
            else {
                tuple(map(Candidate, ranking)): Papers(papers)
                for ranking, papers in part["rankings"]
            },
        )
        for section, part in contest["sections"].items()
    }
    return Record(dict(contest["figures"]), sections)


def _shown(row: dict[str, Any]) -> Shown:
    return Shown(row["id"], tuple(map(Unit, row["units"])), _votes(row["votes"]), row["spoiled"])


def _votes(written: dict[str, int]) -> dict[Candidate, Papers]:
    return {Candidate(name): Papers(papers) for name, papers in written.items()}
