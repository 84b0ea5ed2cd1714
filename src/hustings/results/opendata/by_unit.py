"""The tables of units: their papers, their votes by round, their transfers."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from hustings.ballots.profile import Profile, Ranking
from hustings.counting.transcript import Transcript, earlier
from hustings.election.rulebook import Method
from hustings.election.spec import EVERYONE
from hustings.formats.ballot_names import Ids
from hustings.formats.data_package import Cell, ForeignKey, Resource
from hustings.results.edition import Edition, SectionEdition, Standalone, UnitRow
from hustings.results.opendata.by_round import kind
from hustings.results.opendata.columns import (
    NO_PAPERS,
    PAPERS,
    SECTION,
    UNIT,
    Row,
    both,
    text,
    to_candidates,
    whole,
)
from hustings.units import Candidate, Papers, Unit, exact, percent

# A part of the valid papers that no candidate's votes have.
HELD_UP = whole(
    "non_transferable",
    "formal papers that count for nobody in round 1: several who stand share their highest rank, "
    "or they name nobody who stands",
)


def units(edition: Edition) -> Resource:
    """Every published row of units, and every unit that another row holds."""
    fields = (
        text("id", "what the unit, or the row of several, is called in its section"),
        text("section", "its section"),
        text("name", "what people call it"),
        text("region", "the region that it lies in"),
        text("home_candidate", "the candidate whose own unit it is"),
        text("pooled_into", "the row that holds its figures, where it has none of its own"),
        *PAPERS,
        HELD_UP,
        text("status", f"whose figures: {_meanings()}"),
        whole("units_covered", "how many units the figures of this row are of"),
        text("source", "where the figures were published"),
    )
    keys = (SECTION, *to_candidates("home_candidate"))
    rows = tuple(row for part in edition.sections.values() for row in _unit_rows(part))
    return Resource("units", "Units", fields, ("section", "id"), keys, rows)


def _meanings() -> str:
    return "; ".join(f"{option} ({option.meaning})" for option in Standalone)


def _unit_rows(part: SectionEdition) -> Iterator[Row]:
    standing = {row.id: row.standing for row in part.rows}
    for row in part.rows:
        alone = row.standing is Standalone.ALONE
        yield (
            row.id,
            part.entry.id,
            row.name,
            row.region,
            part.unit(row.units[0]).home_of if alone and row.units else None,
            None,
            row.issued,
            row.returned,
            row.spoiled,
            row.valid,
            None if row.votes is None else row.non_transferable,
            row.standing,
            sum(part.unit(unit).stands_for for unit in row.units),
            row.source,
        )
    for unit, into in part.pooled_into.items():
        entry = part.unit(unit)
        first = (unit, part.entry.id, entry.name, entry.region, entry.home_of)
        there = standing.get(into, Standalone.NOT_HELD)
        yield (*first, into if into in standing else None, *NO_PAPERS, None, there, 0, None)


def pools(edition: Edition) -> Resource:
    """`pooled_into` once more, with a key: one that is filled in some rows only is no key."""
    fields = (
        text("section", "the section"),
        text("unit", "a unit without figures of its own"),
        text("pooled_into", "the row that holds its figures"),
    )
    into = ForeignKey(("section", "pooled_into"), "units", ("section", "id"))
    rows = tuple(
        (part.entry.id, unit, row)
        for part in edition.sections.values()
        for unit, row in part.pooled_into.items()
        if row in {each.id for each in part.rows}
    )
    return Resource("pools", "Pooled units", fields, ("section", "unit"), (UNIT, into), rows)


def unit_votes(edition: Edition) -> Resource:
    """What each candidate held in each row, in each round that is published of it."""
    fields = (
        text("section", "the unit's section"),
        text("unit", "the unit, or the row of several"),
        whole("round", "the round; 1 holds first preferences"),
        text("candidate", "the candidate"),
        whole("votes", "papers that count for the candidate in that round"),
    )
    rows = tuple(
        (part.entry.id, row.id, number, candidate, votes)
        for part, row in _published_rows(edition)
        for number, held in _by_round(edition.transcript, row)
        for candidate, votes in held.items()
    )
    key = ("section", "unit", "round", "candidate")
    return Resource(
        "unit_votes", "Votes by unit", fields, key, (UNIT, *to_candidates("candidate")), rows
    )


def _published_rows(edition: Edition) -> Iterator[tuple[SectionEdition, UnitRow]]:
    for part in edition.sections.values():
        for row in part.rows:
            yield part, row


def _by_round(
    transcript: Transcript, row: UnitRow
) -> Iterator[tuple[int, Mapping[Candidate, Papers]]]:
    """The votes of a row in each round that they are published of."""
    if row.votes is None:
        return
    yield 1, row.votes
    if row.rankings is None or transcript.contest.rules.method is Method.EXHAUSTIVE:
        return
    profile = _row_profile(transcript, row.rankings)
    for number, round_ in enumerate(transcript.rounds[1:], 2):
        before = earlier(transcript.contest.rules, transcript.rounds[: number - 1])
        yield number, profile.held(EVERYONE, round_.tally.totals.keys(), before)[0]


def _row_profile(transcript: Transcript, rankings: Mapping[Ranking, Papers]) -> Profile:
    return Profile({EVERYONE: rankings}).limited(transcript.contest.rules.ranks)


TURNOUT_PLACES = 1


def unit_table(edition: Edition) -> Resource:
    """One row a unit, as officers publish it: each candidate's first preferences in a column."""
    contest = edition.transcript.contest
    ids = Ids()
    columns = {entry.id: f"votes_{ids.made_of(entry.id)}" for entry in contest.candidates}
    fields = (
        text("section", "the unit's section"),
        text("unit", "the unit, or the row of several"),
        text("name", "what people call it"),
        *(whole(columns[c.id], f"first preferences for {c.name}") for c in contest.candidates),
        HELD_UP,
        whole("spoiled", "papers spoiled"),
        whole("returned", "papers returned, formal or not"),
        whole("issued", "papers issued"),
        *both("turnout", "papers returned of papers issued"),
    )
    rows = tuple(
        (
            part.entry.id,
            row.id,
            row.name,
            *((row.votes or {}).get(candidate) for candidate in columns),
            None if row.votes is None else row.non_transferable,
            row.spoiled,
            row.returned,
            row.issued,
            *_turnout(edition, row),
        )
        for part, row in _published_rows(edition)
    )
    return Resource("unit_table", "Units, one a row", fields, ("section", "unit"), (UNIT,), rows)


def _turnout(edition: Edition, row: UnitRow) -> tuple[Cell, Cell]:
    """Formal and spoiled papers of those issued, or the returned where those are not known."""
    returned = row.returned
    if row.valid is not None and row.spoiled is not None:
        returned = Papers(row.valid + row.spoiled)
    if returned is None or not row.issued:
        return None, None
    part = Fraction(returned, row.issued)
    return exact(part), percent(part, TURNOUT_PLACES, edition.transcript.contest.rules.rounding)


def unit_transfers(edition: Edition) -> Resource:
    """What each row with rankings handed on."""
    fields = (
        whole("id", "a running number"),
        text("section", "the unit's section"),
        text("unit", "the unit, or the row of several"),
        whole("round", "the round whose event moved the papers"),
        text("from", "who went out"),
        text("to", "who received the papers; none where they are non-transferable"),
        text("kind", "transferred or non_transferable"),
        whole("votes", "how many papers"),
    )
    rows = tuple((number, *row) for number, row in enumerate(_unit_moves(edition), 1))
    keys = (UNIT, *to_candidates("from", "to"))
    return Resource("unit_transfers", "Transfers by unit", fields, ("id",), keys, rows)


def _unit_moves(edition: Edition) -> Iterator[Row]:
    transcript = edition.transcript
    for part, row in _published_rows(edition):
        if row.rankings is None:
            continue
        profile = _row_profile(transcript, row.rankings)
        for number, round_ in enumerate(transcript.rounds, 1):
            if not round_.transfers:
                continue
            out = {transfer.source for transfer in round_.transfers}
            before = earlier(transcript.contest.rules, transcript.rounds[: number - 1])
            moved = profile.moved(EVERYONE, round_.tally.totals.keys(), out, before)
            for (source, to), papers in moved.items():
                yield part.entry.id, row.id, number, source, to, kind(to), papers


def unit_attributes(edition: Edition) -> Resource:
    """What the list of units says of each besides."""
    fields = (
        text("section", "the unit's section"),
        text("unit", "the unit"),
        text("attribute", "what is told of it"),
        text("value", "what the list of units says"),
    )
    rows = tuple(
        (part.entry.id, unit, attribute, value)
        for part in edition.sections.values()
        for unit in _told_units(part)
        for attribute, value in sorted(part.unit(unit).attributes.items())
        if value
    )
    key = ("section", "unit", "attribute")
    return Resource("unit_attributes", "About the units", fields, key, (UNIT,), rows)


def _told_units(part: SectionEdition) -> Iterator[Unit]:
    """The units that stand in the table of units under their own id."""
    yield from (row.units[0] for row in part.rows if row.units and row.units[0] == row.id)
    yield from part.pooled_into
