"""A count as the "universal tabulator" JSON that RCTab writes and RCVis draws.

The shape is that of https://github.com/artoonie/rcvformats
(rcvformats/jsonschemas/universaltabulator.schema.json, commit f668e8d), and of what RCVis
makes of it (https://github.com/artoonie/rcvis, visualizer/graph/readRCVRCJSON.py): every name
stands in the tally of round 1, figures are decimals as texts and never below 0, and whatever
is no longer in play is called `Inactive Ballots`. The format has no sections: one file for
each in votes, and one for the college in points out of 100.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from hustings.counting.movement import movements
from hustings.counting.transcript import Elected, Quota, Round, Transcript
from hustings.election.rulebook import UNDECLARED
from hustings.election.spec import Contest
from hustings.units import NO_POINTS, Candidate, Section, decimal

INACTIVE = "Inactive Ballots"
# Names that RCVis takes for something else than a candidate, whatever their case.
RESERVED = frozenset(
    (
        "inactive ballots",
        "exhausted",
        "residual surplus",
        "uwi",
        "undeclared write-ins",
        "undeclared",
    )
)
POINT_PLACES = 6

# From whom, to whom (None: out of play), how much.
Flow = tuple[Candidate, Candidate | None, Fraction]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above the figures; `date` is ISO 8601, and empty where it is not known."""

    contest: str
    office: str = ""
    jurisdiction: str = ""
    date: str = ""


def of_section(transcript: Transcript, section: Section, heading: Heading) -> str:
    """One section's rounds in votes, as JSON text.

    A section elects nobody: the winner stands in the last round because the format wants
    one, and a threshold only where the section is the whole of the count.
    """
    first = transcript.rounds[0].tally
    threshold = (
        _votes_to_win(first.quota, first.continuing(section)) if len(first.held) == 1 else ""
    )

    def tally(round_: Round) -> Mapping[Candidate | None, Fraction]:
        inactive = round_.tally.non_transferable[section]
        return {
            **{name: Fraction(papers) for name, papers in round_.tally.held[section].items()},
            None: Fraction(inactive),
        }

    def flows(number: int) -> Iterator[Flow]:
        for transfer in transcript.rounds[number - 1].transfers:
            if transfer.section == section:
                yield transfer.source, transfer.to, Fraction(transfer.papers)

    return _written(transcript, heading, threshold, tally, flows, places=0)


def of_college(transcript: Transcript, heading: Heading) -> str:
    """The college's rounds in points out of 100, rounded to six decimals, as JSON text.

    What a candidate gains is what the papers received are worth and what re-basing adds. Where
    several go at once, each is shown to give in proportion to the points they had, for a gain
    by re-basing comes from nobody alone. Points that have gone out of play are inactive.
    """
    whole = transcript.contest.college.whole
    moved = {movement.round: movement for movement in movements(transcript)}

    def tally(round_: Round) -> Mapping[Candidate | None, Fraction]:
        out_of_play = max(whole - round_.tally.in_play, NO_POINTS)
        return {
            **{name: part * 100 for name, part in round_.tally.totals.items()},
            None: out_of_play * 100,
        }

    def flows(number: int) -> Iterator[Flow]:
        if number not in moved:
            return
        movement = moved[number]
        staying = [*transcript.rounds[number].tally.totals]
        gains = {name: max(movement.of(name).gained, NO_POINTS) for name in staying}
        gained = sum(gains.values(), Fraction(0))
        given = sum(movement.given_up.values(), Fraction(0))
        for source, had in movement.given_up.items():
            if not had:
                continue
            part = Fraction(had, max(given, gained))
            for name, gain in gains.items():
                yield source, name, gain * part * 100
            yield source, None, max(given - gained, Fraction(0)) * part * 100

    quota = transcript.rounds[0].tally.quota.points * 100
    threshold = decimal(quota, POINT_PLACES)
    return _written(transcript, heading, threshold, tally, flows, POINT_PLACES)


def names(contest: Contest) -> dict[Candidate, str]:
    """What each candidate is called in the file: unlike every other, and no reserved name.

    Undeclared write-ins have theirs: it is reserved for them.
    """
    bearers: dict[str, int] = {}
    for entry in contest.candidates:
        bearers[entry.name.casefold()] = bearers.get(entry.name.casefold(), 0) + 1
    return {
        entry.id: f"{entry.name} ({entry.id})"
        if bearers[entry.name.casefold()] > 1
        or (entry.id != UNDECLARED and entry.name.casefold().strip() in {*RESERVED, ""})
        else entry.name
        for entry in contest.candidates
    }


def _written(
    transcript: Transcript,
    heading: Heading,
    threshold: str,
    tally: Callable[[Round], Mapping[Candidate | None, Fraction]],
    flows: Callable[[int], Iterable[Flow]],
    places: int,
) -> str:
    tallies = [tally(round_) for round_ in transcript.rounds]
    drops = any(counted[None] for counted in tallies)
    called: dict[Candidate | None, str] = {None: INACTIVE}
    called.update(names(transcript.contest).items())
    results = [
        {
            "round": number,
            "tally": {
                called[name]: decimal(part, places)
                for name, part in counted.items()
                if name is not None or drops
            },
            "tallyResults": [*_events(round_, [*flows(number)], called, places)],
        }
        for number, (round_, counted) in enumerate(zip(transcript.rounds, tallies, strict=True), 1)
    ]
    value = {"config": _config(heading, threshold), "results": results}
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _config(heading: Heading, threshold: str) -> Json:
    said = {
        "contest": heading.contest,
        "date": heading.date[:10],
        "jurisdiction": heading.jurisdiction,
        "office": heading.office,
        "threshold": threshold,
    }
    return {key: text for key, text in said.items() if text}


def _events(
    round_: Round, flows: list[Flow], called: Mapping[Candidate | None, str], places: int
) -> Iterator[Json]:
    """Who is elected, or who goes and where it all passes to."""
    if isinstance(round_.event, Elected):
        yield {"elected": called[round_.event.name], "transfers": {}}
        return
    for name in round_.event.names:
        yield {
            "eliminated": called[name],
            "transfers": {
                called[to]: decimal(amount, places)
                for source, to, amount in flows
                if source == name and amount
            },
        }


def _votes_to_win(quota: Quota, papers: int) -> str:
    if quota.papers:
        return str(quota.papers)
    wanted = quota.points * papers
    return str(ceil(wanted) if quota.or_equal else floor(wanted) + 1)
