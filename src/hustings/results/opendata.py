"""Open data: all that an edition publishes as plain tables and as files that others read.

Every figure stands exact, as a fraction "a/b", and as it is printed. A cell without a value
is not known, or does not apply; a table without a row is left out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from hustings.ballots.paper import Marks, Paper, Rebuilt, as_written
from hustings.ballots.profile import Profile, Ranking
from hustings.counting import figures
from hustings.counting.movement import movements
from hustings.counting.transcript import Elected, Round, Transcript
from hustings.election.publication import UnitEntry
from hustings.election.rulebook import Method
from hustings.election.spec import EVERYONE
from hustings.formats import abif, data_package, rctab_json
from hustings.formats.ballot_formats import FORMATS
from hustings.formats.ballot_names import Ids
from hustings.formats.data_package import About, Cell, Field, ForeignKey, Resource, Type
from hustings.results.edition import Edition, NamedBallot, SectionEdition, Standalone, UnitRow
from hustings.units import Candidate, Papers, Section, Unit, exact, percent

Row = tuple[Cell, ...]
Rows = Iterable[Row]

TURNOUT_PLACES = 1
NOT_CAST = "RECONSTRUCTED from published totals: nobody cast these papers"


# --- the face -------------------------------------------------------------------


def resources(edition: Edition) -> tuple[Resource, ...]:
    """Every table that has a row, in the order in which a reader wants them.

    A foreign key to a table that is left out is left out with it.
    """
    made = [table(edition) for table in TABLES]
    filled = [_without_empty_cells(resource) for resource in made if resource.rows]
    there = {resource.name for resource in filled}
    return tuple(
        replace(
            resource,
            foreign_keys=tuple(key for key in resource.foreign_keys if key.resource in there),
        )
        for resource in filled
    )


def texts(
    edition: Edition,
    others: Mapping[str, bytes] | None = None,
    tables: tuple[Resource, ...] | None = None,
) -> dict[str, str]:
    """Every text file of the data folder by name, the descriptor last.

    `others` are files made elsewhere that stand in the same folder, such as Parquet and
    SQLite: the descriptor lists them. `tables` spares making the resources twice.
    """
    tables = resources(edition) if tables is None else tables
    found = {f"{table.name}.csv": data_package.csv_text(table) for table in tables}
    found |= ballot_files(edition)
    found |= tabulator_files(edition)
    found[data_package.PROFILE] = data_package.write(data_package.profile())
    files = {name: text.encode() for name, text in found.items()} | dict(others or {})
    described = data_package.descriptor(about(edition), tables, files)
    return {**found, data_package.DESCRIPTOR: data_package.write(described)}


def about(edition: Edition) -> About:
    """What the package says of itself; the licence is left to the publisher."""
    transcript, release = edition.transcript, edition.release
    contest = transcript.contest
    title = contest.post
    if edition.election.name not in ("", contest.post):
        title = f"{contest.post} · {edition.election.name}"
    return About(
        Ids().made_of(contest.id),
        title,
        release.status,
        release.number,
        contest.rules.base,
        tuple(
            data_package.Section(section, exact(contest.college.weights[section]))
            for section in _counted(edition)
        ),
        edition.winner,
        release.at,
        release.reason,
    )


# --- who and where --------------------------------------------------------------


def _text(name: str, description: str) -> Field:
    return Field(name, Type.TEXT, description)


def _whole(name: str, description: str) -> Field:
    return Field(name, Type.WHOLE, description)


def _both(name: str, description: str) -> tuple[Field, Field]:
    """An exact fraction, and beside it the figure as it is printed."""
    return (
        Field(name, Type.EXACT, f"{description}, exact"),
        Field(f"{name}_printed", Type.DECIMAL, f"{description}, out of 100, as printed"),
    )


def _candidate(*fields: str) -> tuple[ForeignKey, ...]:
    return tuple(ForeignKey((field,), "candidates", ("id",)) for field in fields)


SECTION = ForeignKey(("section",), "sections", ("id",))
UNIT = ForeignKey(("section", "unit"), "units", ("section", "id"))
PAPERS = (
    _whole("issued", "papers issued"),
    _whole("returned", "papers returned, formal or not"),
    _whole("spoiled", "papers spoiled"),
    _whole("valid", "formal papers"),
)

NO_PAPERS: Row = (None,) * len(PAPERS)


def _candidates(edition: Edition) -> Resource:
    fields = (
        _text("id", "what the candidate is called in every other table"),
        _text("name", "what people call the candidate"),
        _whole("ballot_order", "the place on the ballot paper, from 1"),
        _text("status", "elected, eliminated, not_elected, standing (no winner yet) or withdrawn"),
        _whole("out_in_round", "the round in which an eliminated candidate went out"),
    )
    fates = _fates(edition.transcript)
    rows = (
        (entry.id, entry.name, order, *fates.get(entry.id, ("withdrawn", None)))
        for order, entry in enumerate(edition.transcript.contest.candidates, 1)
    )
    return Resource("candidates", "Candidates", fields, ("id",), (), tuple(rows))


def _fates(transcript: Transcript) -> dict[Candidate, tuple[str, int | None]]:
    """What became of each one who stood, and in which round they went out."""
    fate = "standing" if transcript.winner is None else "not_elected"
    fates: dict[Candidate, tuple[str, int | None]] = {
        name: (fate, None) for name in transcript.rounds[0].tally.totals
    }
    for number, round_ in enumerate(transcript.rounds, 1):
        outcomes = _outcomes(round_)
        fates |= {n: ("eliminated", number) for n in outcomes if outcomes[n] == "eliminated"}
        fates |= {n: ("elected", None) for n in outcomes if outcomes[n] == "elected"}
    return fates


def _outcomes(round_: Round) -> dict[Candidate, str]:
    """Whom the round's event concerns, and how."""
    event = round_.event
    if isinstance(event, Elected):
        return {event.name: "elected", **dict.fromkeys(event.outlasted, "eliminated")}
    return dict.fromkeys(event.names, "eliminated")


def _sections(edition: Edition) -> Resource:
    fields = (
        _text("id", "what the section is called in every other table"),
        _text("name", "what people call the section"),
        Field("weight", Type.EXACT, "its part of the college, exact; none where not weighed"),
        _text("base", "what its shares are taken of: votes continuing, or of the first_round"),
        _text("policy", "what is published of it"),
        _text("withheld", "why its rankings are not published; none where they are"),
        _text("reconstructed", "from_votes or from_shares where nobody cast its papers"),
        *PAPERS,
    )
    rows = [_section_row(edition, section) for section in edition.sections.values()]
    pooled = [section for section in _counted(edition) if section not in edition.sections]
    rows += [_pooled_row(edition, section) for section in pooled]
    return Resource("sections", "Sections", fields, ("id",), (), tuple(rows))


def _section_row(edition: Edition, part: SectionEdition) -> Row:
    transcript, entry, account = edition.transcript, part.entry, part.account
    weighed = entry.id in _counted(edition)
    spoiled = _spoiled_of(edition, part)
    return (
        entry.id,
        entry.name,
        exact(transcript.contest.college.weights[entry.id]) if weighed else None,
        transcript.contest.rules.base if weighed else None,
        part.publication.policy,
        part.withheld,
        transcript.reconstructed.get(entry.id),
        account.issued,
        account.returned,
        sum(spoiled.values()) if spoiled is not None else None,
        _valid(edition, entry.id),
    )


def _pooled_row(edition: Edition, section: Section) -> Row:
    """The one section in which all are counted together, where the rules pool them."""
    contest = edition.transcript.contest
    return (
        section,
        contest.section_name(section),
        exact(contest.college.weights[section]),
        contest.rules.base,
        None,
        "; ".join(_withheld(edition, section)),
        edition.transcript.reconstructed.get(section),
        None,
        None,
        None,
        _valid(edition, section),
    )


def _counted(edition: Edition) -> list[Section]:
    """The sections that the rounds tell of."""
    return [*edition.transcript.rounds[0].tally.held]


def _valid(edition: Edition, section: Section) -> Papers | None:
    """The formal papers, which round 1 tells of even where the rankings are withheld."""
    tally = edition.transcript.rounds[0].tally
    if section not in tally.held or _unreal(edition.transcript, section):
        return None
    return Papers(tally.continuing(section) + tally.non_transferable[section])


def _unreal(transcript: Transcript, section: Section) -> bool:
    """Whether only percentages are known, so that no number of papers is real."""
    return transcript.reconstructed.get(section) is Rebuilt.FROM_SHARES


def _spoiled_of(edition: Edition, part: SectionEdition) -> Mapping[str, Papers] | None:
    """The spoiled papers by reason, as returned or else as found; None is not known."""
    if part.account.spoiled is not None:
        return part.account.spoiled
    return edition.transcript.profiles[0].spoiled.get(part.entry.id)


def _withheld(edition: Edition, section: Section) -> list[str]:
    """Why the rankings of a counted section are not published; of pooled ones, each reason."""
    own = edition.sections.get(section)
    parts = [own] if own else [*edition.sections.values()]
    return [part.withheld for part in parts if part.withheld]


# --- units ----------------------------------------------------------------------


def _units(edition: Edition) -> Resource:
    fields = (
        _text("id", "what the unit, or the row of several, is called in its section"),
        _text("section", "its section"),
        _text("name", "what people call it"),
        _text("region", "the region that it lies in"),
        _text("home_candidate", "the candidate whose own unit it is"),
        _text("pooled_into", "the row that holds its figures, where it has none of its own"),
        *PAPERS,
        _text("status", f"whose figures: {_meanings()}"),
        _whole("units_covered", "how many units the figures of this row are of"),
        _text("source", "where the figures were published"),
    )
    keys = (SECTION, *_candidate("home_candidate"))
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
            _unit(part, row.units[0]).home_of if alone and row.units else None,
            None,
            row.issued,
            row.returned,
            row.spoiled,
            row.valid,
            row.standing,
            sum(_unit(part, unit).stands_for for unit in row.units),
            row.source,
        )
    for unit, into in part.pooled_into.items():
        entry = _unit(part, unit)
        first = (unit, part.entry.id, entry.name, entry.region, entry.home_of)
        there = standing.get(into, Standalone.NOT_HELD)
        yield (*first, into if into in standing else None, *NO_PAPERS, there, 0, None)


def _pools(edition: Edition) -> Resource:
    """`pooled_into` once more, with a key: one that is filled in some rows only is no key."""
    fields = (
        _text("section", "the section"),
        _text("unit", "a unit without figures of its own"),
        _text("pooled_into", "the row that holds its figures"),
    )
    into = ForeignKey(("section", "pooled_into"), "units", ("section", "id"))
    rows = tuple(
        (part.entry.id, unit, row)
        for part in edition.sections.values()
        for unit, row in part.pooled_into.items()
        if row in {each.id for each in part.rows}
    )
    return Resource("pools", "Pooled units", fields, ("section", "unit"), (UNIT, into), rows)


def _unit(part: SectionEdition, unit: Unit) -> UnitEntry:
    """The unit as it is listed, or by the name that the section gives it."""
    listed = part.publication.units.get(unit)
    return listed or UnitEntry(unit, part.entry.units.get(unit, unit))


def _unit_votes(edition: Edition) -> Resource:
    fields = (
        _text("section", "the unit's section"),
        _text("unit", "the unit, or the row of several"),
        _whole("round", "the round; 1 holds first preferences"),
        _text("candidate", "the candidate"),
        _whole("votes", "papers that count for the candidate in that round"),
    )
    rows = tuple(
        (part.entry.id, row.id, number, candidate, votes)
        for part, row in _published_rows(edition)
        for number, held in _by_round(edition.transcript, row)
        for candidate, votes in held.items()
    )
    key = ("section", "unit", "round", "candidate")
    return Resource(
        "unit_votes", "Votes by unit", fields, key, (UNIT, *_candidate("candidate")), rows
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
        yield number, profile.held(EVERYONE, round_.tally.totals.keys())[0]


def _row_profile(transcript: Transcript, rankings: Mapping[Ranking, Papers]) -> Profile:
    return Profile({EVERYONE: rankings}).limited(transcript.contest.rules.ranks)


def _unit_table(edition: Edition) -> Resource:
    """One row a unit, as officers publish it: each candidate's first preferences in a column."""
    contest = edition.transcript.contest
    ids = Ids()
    columns = {entry.id: f"votes_{ids.made_of(entry.id)}" for entry in contest.candidates}
    fields = (
        _text("section", "the unit's section"),
        _text("unit", "the unit, or the row of several"),
        _text("name", "what people call it"),
        *(_whole(columns[c.id], f"first preferences for {c.name}") for c in contest.candidates),
        _whole("spoiled", "papers spoiled"),
        _whole("returned", "papers returned, formal or not"),
        _whole("issued", "papers issued"),
        *_both("turnout", "papers returned of papers issued"),
    )
    rows = tuple(
        (
            part.entry.id,
            row.id,
            row.name,
            *((row.votes or {}).get(candidate) for candidate in columns),
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


def _unit_transfers(edition: Edition) -> Resource:
    fields = (
        _whole("id", "a running number"),
        _text("section", "the unit's section"),
        _text("unit", "the unit, or the row of several"),
        _whole("round", "the round whose event moved the papers"),
        _text("from", "who went out"),
        _text("to", "who received the papers; none where they are non-transferable"),
        _text("kind", "transferred or non_transferable"),
        _whole("votes", "how many papers"),
    )
    rows = tuple((number, *row) for number, row in enumerate(_unit_moves(edition), 1))
    keys = (UNIT, *_candidate("from", "to"))
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
            moved = profile.moved(EVERYONE, round_.tally.totals.keys(), out)
            for (source, to), papers in moved.items():
                yield part.entry.id, row.id, number, source, to, _kind(to), papers


def _kind(to: Candidate | None) -> str:
    return "non_transferable" if to is None else "transferred"


def _unit_attributes(edition: Edition) -> Resource:
    fields = (
        _text("section", "the unit's section"),
        _text("unit", "the unit"),
        _text("attribute", "what is told of it"),
        _text("value", "what the list of units says"),
    )
    rows = tuple(
        (part.entry.id, unit, attribute, value)
        for part in edition.sections.values()
        for unit in _told_units(part)
        for attribute, value in sorted(_unit(part, unit).attributes.items())
        if value
    )
    key = ("section", "unit", "attribute")
    return Resource("unit_attributes", "About the units", fields, key, (UNIT,), rows)


def _told_units(part: SectionEdition) -> Iterator[Unit]:
    """The units that stand in the table of units under their own id."""
    yield from (row.units[0] for row in part.rows if row.units and row.units[0] == row.id)
    yield from part.pooled_into


# --- the count ------------------------------------------------------------------


def _rounds(edition: Edition) -> Resource:
    fields = (
        _whole("round", "the round, from 1"),
        _text("section", "the section"),
        _text("candidate", "a candidate still in"),
        _whole("votes", "papers held; none where only percentages were published"),
        _whole("base_votes", "the papers that the share is taken of"),
        *_both("section_share", "the candidate's part of the section"),
        *_both("college_points", "the candidate's points from the section, of the college"),
    )
    rows = tuple(
        _round_row(edition.transcript, number, section, name)
        for number, round_ in enumerate(edition.transcript.rounds, 1)
        for section in round_.tally.held
        for name in round_.tally.totals
    )
    key = ("round", "section", "candidate")
    keys = (SECTION, *_candidate("candidate"))
    return Resource("rounds", "Rounds by section", fields, key, keys, rows)


def _round_row(transcript: Transcript, number: int, section: Section, name: Candidate) -> Row:
    round_, rules = transcript.rounds[number - 1], transcript.contest.rules
    real = not _unreal(transcript, section)
    share = figures.share(transcript, round_, section, name)
    return (
        number,
        section,
        name,
        round_.tally.held[section][name] if real else None,
        _base(transcript, round_, section) if real else None,
        exact(share),
        percent(share, rules.section_places, rules.rounding),
        exact(round_.tally.points[section][name]),
        figures.printed_points(transcript, round_, section, name),
    )


def _base(transcript: Transcript, round_: Round, section: Section) -> int:
    """The papers that shares are taken of, found from a share so that it cannot be another."""
    for name, papers in round_.tally.held[section].items():
        if papers:
            return int(papers / figures.share(transcript, round_, section, name))
    return 0


def _college_rounds(edition: Edition) -> Resource:
    transcript = edition.transcript
    fields = (
        _whole("round", "the round, from 1"),
        _text("candidate", "a candidate still in"),
        *_both("total", "the candidate's part of the college, summed unrounded"),
        _text("outcome", "elected or eliminated in this round, or continues"),
    )
    rows = tuple(
        (
            number,
            name,
            exact(total),
            figures.printed_total(transcript, round_, name),
            _outcomes(round_).get(name, "continues"),
        )
        for number, round_ in enumerate(transcript.rounds, 1)
        for name, total in round_.tally.totals.items()
    )
    key = ("round", "candidate")
    keys = _candidate("candidate")
    return Resource("college_rounds", "Rounds of the college", fields, key, keys, rows)


def _transfers(edition: Edition) -> Resource:
    fields = (
        _whole("id", "a running number"),
        _whole("round", "the round whose event moved the papers"),
        _text("section", "the section"),
        _text("from", "who went out; none where papers held before are worth more"),
        _text("to", "who gained; none where the papers are non-transferable"),
        _text("kind", "transferred, non_transferable or rebased"),
        _whole("votes", "how many papers; none where only percentages were published"),
        *_both("points_transferred", "what the papers are worth in the next round"),
        *_both("points_rebased", "by how much the papers held before are worth more"),
    )
    rows = tuple((number, *row) for number, row in enumerate(_moves(edition.transcript), 1))
    keys = (SECTION, *_candidate("from", "to"))
    return Resource("transfers", "Transfers", fields, ("id",), keys, rows)


def _moves(transcript: Transcript) -> Iterator[Row]:
    """Papers handed on, and for everyone who stays what re-basing added, round by round.

    What re-basing adds comes from nobody alone where several go at once.
    """
    places, rounding = transcript.contest.rules.section_places, transcript.contest.rules.rounding

    def both(points: Fraction) -> tuple[Cell, Cell]:
        return exact(points), percent(points, places, rounding)

    nothing = both(Fraction(0))
    for movement in movements(transcript):
        for transfer in transcript.rounds[movement.round - 1].transfers:
            worth = transfer.papers * movement.worth[transfer.section] if transfer.to else 0
            yield (
                movement.round,
                transfer.section,
                transfer.source,
                transfer.to,
                _kind(transfer.to),
                None if _unreal(transcript, transfer.section) else transfer.papers,
                *both(Fraction(worth)),
                *nothing,
            )
        for gain in movement.gains:
            if gain.rebased:
                moved = (movement.round, gain.section, None, gain.to, "rebased", None)
                yield (*moved, *nothing, *both(gain.rebased))


def _ties(edition: Edition) -> Resource:
    fields = (
        _whole("round", "the round of the tie"),
        _whole("step", "which policy was tried, from 1"),
        _text("among", "who was level: ids joined by ="),
        _text("policy", "the policy that was tried"),
        _whole("looked_at_round", "the earlier round that it looked at"),
        _text("left", "who stayed tied, or the one who goes: ids joined by ="),
        _text("decided_by", "the person or the text that decided"),
        _text("out", "who goes out in the end, in order: ids joined by >"),
    )
    rows = tuple(
        (
            number,
            at,
            "=".join(tie.among),
            step.policy,
            step.round,
            "=".join(step.left),
            step.decided_by,
            ">".join(tie.out),
        )
        for number, round_ in enumerate(edition.transcript.rounds, 1)
        if (tie := round_.event.tie)
        for at, step in enumerate(tie.steps, 1)
    )
    return Resource("ties", "Ties", fields, ("round", "step"), (), rows)


# --- papers ---------------------------------------------------------------------


def _rankings(edition: Edition) -> Resource:
    fields = (
        _text("section", "the section"),
        _whole("ballot", "which ballot: 1, unless each round has fresh papers"),
        _text("ranking", "ids from the first preference, joined by >"),
        _whole("papers", "how many papers bear it"),
        _text("reconstructed", "from_votes or from_shares where nobody cast these papers"),
    )
    rows = tuple(
        (section, ballot, _ranked(ranking), papers, profile.reconstructed.get(section))
        for section in open_sections(edition)
        for ballot, profile in enumerate(edition.transcript.profiles, 1)
        for ranking, papers in sorted(profile.papers.get(section, {}).items())
    )
    key = ("section", "ballot", "ranking")
    return Resource("rankings", "Rankings by section", fields, key, (SECTION,), rows)


def open_sections(edition: Edition) -> list[Section]:
    """The counted sections whose rankings are published: nothing is withheld of any part."""
    return [section for section in _counted(edition) if not _withheld(edition, section)]


def _ranked(ranking: Ranking) -> str:
    return ">".join(ranking) or "(blank)"


def _ballots(edition: Edition) -> Resource:
    fields = (
        _text("id", "what the ballot is called in its section"),
        _text("section", "the section"),
        _text("elector", "who cast it"),
        _text("sits_for", "whom or what the elector sits for"),
        _text("marked", "the marks: > goes down a rank, = shares one, _ is a rank left out"),
        _text("counted", "the ranking that counted, joined by >; none for a spoiled paper"),
        _text("formality", "formal, or why the paper was spoiled"),
        _text("findings", "what was passed over or cut short in a formal paper"),
    )
    rows = tuple(
        (
            ballot.id,
            section,
            ballot.elector.name,
            ballot.elector.sits_for,
            as_written(ballot.marks),
            None if ballot.spoiled else _ranked(ballot.ranking),
            ballot.spoiled or "formal",
            "; ".join(ballot.findings),
        )
        for section, ballot in _named(edition)
    )
    keys = (SECTION, ForeignKey(("section", "elector"), "electors", ("section", "elector")))
    return Resource("ballots", "Named ballots", fields, ("section", "id"), keys, rows)


def _named(edition: Edition) -> Iterator[tuple[Section, NamedBallot]]:
    for part in edition.sections.values():
        for ballot in part.ballots:
            yield part.entry.id, ballot


def _electors(edition: Edition) -> Resource:
    """Those whose ballots are published, and nobody else."""
    fields = (
        _text("section", "the section"),
        _text("elector", "the elector's name"),
        _text("sits_for", "whom or what the elector sits for"),
    )
    entries = {
        (section, ballot.elector.name): ballot.elector.sits_for
        for section, ballot in _named(edition)
    }
    rows = tuple((*key, sits_for) for key, sits_for in entries.items())
    key = ("section", "elector")
    return Resource("electors", "Named electors", fields, key, (SECTION,), rows)


def _groups(edition: Edition) -> Resource:
    fields = (
        _text("section", "the section"),
        _text("elector", "the elector's name"),
        _text("group", "a group that the elector belongs to"),
    )
    rows = dict.fromkeys(
        (section, ballot.elector.name, group)
        for section, ballot in _named(edition)
        for group in ballot.elector.groups
    )
    key = ("section", "elector", "group")
    to = (ForeignKey(("section", "elector"), "electors", ("section", "elector")),)
    return Resource("groups", "Groups of electors", fields, key, to, tuple(rows))


def _spoiled(edition: Edition) -> Resource:
    fields = (
        _text("section", "the section"),
        _text("reason", "why the papers were spoiled"),
        _whole("papers", "how many papers"),
    )
    rows = tuple(
        (part.entry.id, reason, papers)
        for part in edition.sections.values()
        for reason, papers in sorted((_spoiled_of(edition, part) or {}).items())
    )
    return Resource("spoiled", "Spoiled papers", fields, ("section", "reason"), (SECTION,), rows)


# --- what is told of it all -----------------------------------------------------


def _claims(edition: Edition) -> Resource:
    fields = (
        _text("id", "what the claim is called"),
        _text("says", "the words"),
        _text("value", "the figure or name as printed"),
        _text("source", "where it stands"),
        _text("fact", "the id of the computed fact that it can be held against"),
        _text("at", "when it was printed"),
    )
    rows = tuple((c.id, c.says, c.value, c.source, c.fact, c.at) for c in edition.claims)
    return Resource("claims", "Claims printed elsewhere", fields, ("id",), (), rows)


def _changes(edition: Edition) -> Resource:
    release = edition.release
    fields = (
        _whole("release", "the number of the release"),
        _text("status", "provisional, declared, corrected or withdrawn"),
        _text("at", "when it was declared"),
        _text("approved_by", "who approved it"),
        _text("reason", "why there is a release"),
        _text("accepts", "why a difference that the disclosure check would refuse is published"),
    )
    row = (
        release.number,
        release.status,
        release.at,
        release.approved_by,
        release.reason,
        release.accepts,
    )
    return Resource("changes", "Releases", fields, ("release",), (), (row,))


def _disclosure_log(edition: Edition) -> Resource:
    fields = (
        _text("section", "the section"),
        _whole("number", "a running number in the section"),
        _text("decision", "what the disclosure check decided, or a person in its place"),
    )
    rows = tuple(
        (part.entry.id, number, decision)
        for part in edition.sections.values()
        for number, decision in enumerate(part.log, 1)
    )
    key = ("section", "number")
    return Resource("disclosure_log", "Disclosure decisions", fields, key, (SECTION,), rows)


TABLES: tuple[Callable[[Edition], Resource], ...] = (
    _candidates,
    _sections,
    _units,
    _pools,
    _unit_votes,
    _unit_table,
    _unit_transfers,
    _rounds,
    _college_rounds,
    _transfers,
    _rankings,
    _electors,
    _ballots,
    _groups,
    _spoiled,
    _ties,
    _claims,
    _unit_attributes,
    _changes,
    _disclosure_log,
)


def _without_empty_cells(resource: Resource) -> Resource:
    """The same with None for every text of no length, and line ends of one kind."""
    if not any("" in row or _has_return(row) for row in resource.rows):
        return resource
    return replace(resource, rows=tuple(tuple(map(_plain, row)) for row in resource.rows))


def _has_return(row: Row) -> bool:
    return any(isinstance(cell, str) and "\r" in cell for cell in row)


def _plain(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    return cell.replace("\r\n", "\n").replace("\r", "\n") or None


# --- files that other programs read ---------------------------------------------


def ballot_files(edition: Edition) -> dict[str, str]:
    """The papers of each section whose rankings are published, as BLT, PrefLib and ABIF.

    Where each round has fresh papers, there is a file for each ballot.
    """
    found: dict[str, str] = {}
    candidates = edition.transcript.contest.candidates
    for section, stem in _stems(edition).items():
        if section not in open_sections(edition):
            continue
        for ballot, profile in enumerate(edition.transcript.profiles, 1):
            name = f"{stem}-{ballot}" if len(edition.transcript.profiles) > 1 else stem
            title = _titled(edition, section, profile)
            papers = _papers(section, profile)
            for suffix in (".blt", ".soi"):
                lines = FORMATS[suffix].write(papers, candidates, title, 1)
                found[f"{name}{suffix}"] = "".join(lines)
            rankings, notes = profile.papers[section], _notes(edition, section, profile)
            found[f"{name}.abif"] = "".join(abif.write(rankings, candidates, title, notes))
    return found


def tabulator_files(edition: Edition) -> dict[str, str]:
    """The rounds as RCVis draws them: each section in votes, and the college in points.

    A section of which only percentages were published has no votes, and no file.
    """
    transcript = edition.transcript
    found = {
        f"{stem}.rctab.json": rctab_json.of_section(transcript, section, _heading(edition, section))
        for section, stem in _stems(edition).items()
        if not _unreal(transcript, section)
    }
    if len(_counted(edition)) > 1:
        heading = _heading(edition, None)
        found["college.rctab.json"] = rctab_json.of_college(transcript, heading)
    return found


def _stems(edition: Edition) -> dict[Section, str]:
    """What each section's files are called: no two alike, and none like the college's."""
    ids = Ids()
    ids.made_of("college")
    return {section: ids.made_of(section) for section in _counted(edition)}


def _papers(section: Section, profile: Profile) -> list[Paper]:
    rebuilt = profile.reconstructed.get(section)
    return [
        Paper(section, _marks(ranking), papers, reconstructed=rebuilt)
        for ranking, papers in sorted(profile.papers[section].items())
    ]


def _marks(ranking: Ranking) -> Marks:
    return tuple((name,) for name in ranking)


def _titled(edition: Edition, section: Section, profile: Profile) -> str:
    rebuilt = f" ({NOT_CAST})" if section in profile.reconstructed else ""
    said, name = about(edition), edition.transcript.contest.section_name(section)
    return f"{said.title}: {name} — {data_package.told(said)}{rebuilt}"


def _notes(edition: Edition, section: Section, profile: Profile) -> Iterator[str]:
    """What ABIF has no place for."""
    weights = edition.transcript.contest.college.weights
    if len(weights) > 1:
        yield f"the section has {exact(weights[section])} of the college"
    # What a section returned is told of its first ballot; later ones have papers of their own.
    first = profile is edition.transcript.profiles[0]
    own = edition.sections.get(section) if first else None
    spoiled = (_spoiled_of(edition, own) if own else profile.spoiled.get(section)) or {}
    for reason, papers in sorted(spoiled.items()):
        yield f"spoiled papers, not among these: {papers} ({reason})"


def _heading(edition: Edition, section: Section | None) -> rctab_json.Heading:
    said, contest = about(edition), edition.transcript.contest
    of = "points out of 100 of the college" if section is None else contest.section_name(section)
    rebuilt = " (RECONSTRUCTED)" if section in edition.transcript.reconstructed else ""
    declared = edition.election.dates.get("declared")
    return rctab_json.Heading(
        f"{said.title}: {of}{rebuilt} — {data_package.told(said)}",
        contest.post,
        edition.election.organisation,
        edition.release.at[:10] or (declared.isoformat() if declared else ""),
    )
