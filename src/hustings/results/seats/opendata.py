"""Open data of a contest for several seats: its stages, parcels and papers as plain tables.

Every figure stands exact, as a fraction "a/b", and rounded to six decimal places. The tables of
sections, rankings, spoiled papers, releases and decisions are those of every contest.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from hustings.counting.figures import printed_decimal
from hustings.counting.seats import account
from hustings.counting.seats.stages import StageTranscript
from hustings.counting.transcript import Tie
from hustings.formats import data_package, stages_json
from hustings.formats.data_package import Field, Resource, Type
from hustings.results import as_markdown, opendata, stages_csv, stages_report
from hustings.results.edition import SeatsEdition
from hustings.results.opendata import by_paper, by_unit, college, record
from hustings.results.opendata.columns import SECTION, Row, text, to_candidates, whole
from hustings.results.report import Report, Sentence
from hustings.units import exact

FORMAT, VERSION = "hustings-seats", 1
PLACES = 6


def resources(edition: SeatsEdition) -> tuple[Resource, ...]:
    """Every table that has a row; a key to a table that is left out is left out with it."""
    made = (
        _candidates(edition),
        college.sections(edition),
        by_unit.units(edition),
        by_unit.pools(edition),
        by_unit.unit_votes(edition),
        by_unit.unit_table(edition),
        _stages(edition.worded_stages),
        _votes(edition.stages),
        _papers(edition.stages),
        _parcels(edition.stages),
        by_paper.rankings(edition),
        by_paper.electors(edition),
        by_paper.ballots(edition),
        by_paper.groups(edition),
        by_paper.spoiled(edition),
        _ties(edition.stages),
        record.claims(edition),
        by_unit.unit_attributes(edition),
        record.changes(edition),
        record.disclosure_log(edition),
    )
    return opendata.filled(made)


def texts(
    edition: SeatsEdition, others: Mapping[str, bytes], tables: tuple[Resource, ...]
) -> dict[str, str]:
    """Every text file of the data folder by name, the descriptor last.

    `others` are files made elsewhere that stand in the same folder: the descriptor lists them.
    """
    found = {f"{table.name}.csv": data_package.csv_text(table) for table in tables}
    found |= opendata.ballot_files(edition)
    found[f"{edition.stages.contest.id}.stages.json"] = stages_json.write(
        _as_published(edition), edition.election.name
    )
    files = {name: content.encode() for name, content in found.items()} | dict(others)
    described = data_package.descriptor(opendata.about(edition), tables, files)
    extension = _extension(edition, described["hustings"]["files"])
    described = {**described, "hustings": extension}
    return {**found, data_package.DESCRIPTOR: data_package.write(described)}


def copies(edition: SeatsEdition, lead: str) -> dict[str, str]:
    """The table by stage as text to be copied."""
    stages = edition.worded_stages
    table = stages_report.summary(stages)
    plain = Report(stages.contest.post, (Sentence(lead), table))
    return {
        "stages.md": "".join(as_markdown.write(plain)),
        "stages.csv": "".join(stages_csv.write(stages)),
    }


def _as_published(edition: SeatsEdition) -> StageTranscript:
    """The stages without the rankings that are withheld."""
    withheld = {section for section, part in edition.sections.items() if part.withheld}
    return replace(edition.stages, profile=edition.stages.profile.without(withheld))


def _extension(edition: SeatsEdition, files: list[Any]) -> dict[str, Any]:
    """What no standard has: how final it is, how many seats, and who is elected."""
    release = edition.release
    return {
        "format": FORMAT,
        "version": VERSION,
        "status": release.status,
        "release": release.number,
        "declared_at": release.at or None,
        "reason": release.reason or None,
        "seats": edition.stages.contest.seats,
        "elected": [*edition.elected],
        "files": files,
    }


def _both(name: str, description: str) -> tuple[Field, Field]:
    """An exact fraction, and beside it the same in decimal places."""
    return (
        Field(name, Type.EXACT, f"{description}, exact"),
        Field(f"{name}_decimal", Type.DECIMAL, f"{description}, to {PLACES} decimal places"),
    )


def _number(votes: Fraction | None) -> tuple[str | None, str | None]:
    return (None, None) if votes is None else (exact(votes), printed_decimal(votes, PLACES))


STAGE = whole("stage", "the stage, from 1")


def _candidates(edition: SeatsEdition) -> Resource:
    """Everyone on the ballot paper, and what became of them."""
    fields = (
        text("id", "what the candidate is called in every other table"),
        text("name", "what people call the candidate"),
        whole("ballot_order", "the place on the ballot paper, from 1"),
        text("status", "elected, excluded, not_elected or withdrawn"),
        whole("stage", "the stage in which the candidate was elected or excluded"),
        text("ground", "why the candidate is elected"),
    )
    fates = _fates(edition.stages)
    entries = edition.stages.contest.candidates
    rows = (
        (entry.id, entry.name, order, *fates.get(entry.id, ("withdrawn", None, None)))
        for order, entry in enumerate(entries, 1)
    )
    return Resource("candidates", "Candidates", fields, ("id",), (), tuple(rows))


def _fates(stages: StageTranscript) -> dict[str, Row]:
    fates: dict[str, Row] = {name: ("not_elected", None, None) for name in stages.contest.standing}
    for number, stage in enumerate(stages.stages, 1):
        fates |= {name: ("excluded", number, None) for name in stage.excluded}
    for number, stage in enumerate(stages.stages, 1):
        fates |= {won.name: ("elected", number, won.ground) for won in stage.elected}
    return fates


def _stages(stages: StageTranscript) -> Resource:
    """What each stage did, and what went to nobody."""
    fields = (
        STAGE,
        text("act", "first_preferences, surplus, exclusion or next_seat"),
        text("candidates", "whose surplus or papers passed on: ids joined by ="),
        text("excluded", "who left the count: ids joined by ="),
        text("elected", "who was elected, in order: ids joined by >"),
        *_both("quota", "the votes that elect"),
        *_both("non_transferable", "the votes that went to nobody so far"),
        *_both("lost", "what dropped digits lost so far"),
        text("told", "the same in words"),
    )
    rows = tuple(
        (
            number,
            stage.act,
            "=".join(stage.names),
            "=".join(stage.excluded),
            ">".join(won.name for won in stage.elected),
            *_number(stage.quota),
            *_number(stage.non_transferable),
            *_number(stage.lost),
            " ".join(account.sentences(stages, number)),
        )
        for number, stage in enumerate(stages.stages, 1)
    )
    return Resource("stages", "Stages", fields, ("stage",), (), rows)


def _votes(stages: StageTranscript) -> Resource:
    """The votes of every candidate after each stage."""
    fields = (
        STAGE,
        text("candidate", "the candidate"),
        *_both("votes", "the votes after the stage, or the part of the college if that is weighed"),
        *_both("change", "what the stage gave or took"),
        text("event", "elected or excluded in this stage"),
    )
    key = ("stage", "candidate")
    rows = tuple(_vote_rows(stages))
    return Resource("stage_votes", "Votes by stage", fields, key, to_candidates("candidate"), rows)


def _vote_rows(stages: StageTranscript) -> Iterator[Row]:
    before = None
    for number, stage in enumerate(stages.stages, 1):
        won = {each.name for each in stage.elected}
        for name, votes in stage.votes.items():
            event = "elected" if name in won else "excluded" if name in stage.excluded else None
            change = account.gained(before, stage, name)
            yield number, name, *_number(votes), *_number(change), event
        before = stage


def _papers(stages: StageTranscript) -> Resource:
    """The papers that each candidate holds in each section, where sections are weighed."""
    fields = (
        STAGE,
        text("section", "the section"),
        text("candidate", "the candidate"),
        whole("papers", "the papers held after the stage"),
    )
    rows = tuple(
        (number, section, name, papers)
        for number, stage in enumerate(stages.stages, 1)
        for section, held in stage.held.items()
        for name, papers in held.items()
    )
    key = ("stage", "section", "candidate")
    keys = (SECTION, *to_candidates("candidate"))
    return Resource("stage_papers", "Papers by stage and section", fields, key, keys, rows)


def _parcels(stages: StageTranscript) -> Resource:
    """The papers that passed on together."""
    fields = (
        STAGE,
        whole("parcel", "a running number in the stage"),
        text("from", "who gave them"),
        text("to", "who received them; none where they went to nobody"),
        whole("papers", "how many papers"),
        Field("value_before", Type.EXACT, "what each was worth, where all were worth the same"),
        Field("value", Type.EXACT, "what each is worth from now on"),
        *_both("votes", "the votes credited for them"),
    )
    rows = tuple(
        (
            number,
            at,
            parcel.source,
            parcel.to,
            parcel.papers,
            None if parcel.was is None else exact(parcel.was),
            exact(parcel.value),
            *_number(parcel.votes),
        )
        for number, stage in enumerate(stages.stages, 1)
        for at, parcel in enumerate(stage.parcels, 1)
    )
    key, keys = ("stage", "parcel"), to_candidates("from", "to")
    return Resource("parcels", "Parcels of papers", fields, key, keys, rows)


def _ties(stages: StageTranscript) -> Resource:
    """Each policy that was tried on each tie, and what it left."""
    fields = (
        STAGE,
        whole("tie", "a running number in the stage"),
        whole("step", "which policy was tried, from 1"),
        text("for", "what was decided: surplus, exclusion or seat"),
        text("among", "who was level: ids joined by ="),
        text("policy", "the policy that was tried"),
        whole("looked_at_stage", "the earlier stage that it looked at"),
        text("left", "who stayed tied, or the one who was found: ids joined by ="),
        text("decided_by", "the person or the text that decided"),
    )
    rows = tuple(
        (
            number,
            at,
            step_number,
            of,
            "=".join(tie.among),
            step.policy,
            step.round,
            "=".join(step.left),
            step.decided_by,
        )
        for number, at, of, tie in _met(stages)
        for step_number, step in enumerate(tie.steps, 1)
    )
    return Resource("ties", "Ties", fields, ("stage", "tie", "step"), (), rows)


def _met(stages: StageTranscript) -> Iterator[tuple[int, int, str, Tie]]:
    """Every tie with its stage, its number there and what it was for."""
    for number, stage in enumerate(stages.stages, 1):
        met = [(str(stage.act), stage.tie)] if stage.tie else []
        met += [("seat", won.tie) for won in stage.elected if won.tie]
        for at, (of, tie) in enumerate(met, 1):
            yield number, at, of, tie
