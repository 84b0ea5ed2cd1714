"""The tables of the count: each round, what it handed on, and how ties were broken."""

from collections.abc import Iterator
from fractions import Fraction

from hustings.counting import figures
from hustings.counting.movement import movements
from hustings.counting.transcript import Round, Transcript
from hustings.formats.data_package import Cell, Resource
from hustings.results.edition import Edition
from hustings.results.opendata.college import outcomes
from hustings.results.opendata.columns import SECTION, Row, both, text, to_candidates, whole
from hustings.units import Candidate, Section, exact, percent


def rounds(edition: Edition) -> Resource:
    """What each candidate held in each section in each round."""
    fields = (
        whole("round", "the round, from 1"),
        text("section", "the section"),
        text("candidate", "a candidate still in"),
        whole("votes", "papers held; none where only percentages were published"),
        whole("base_votes", "the papers that the share is taken of"),
        *both("section_share", "the candidate's part of the section"),
        *both("college_points", "the candidate's points from the section, of the college"),
    )
    rows = tuple(
        _round_row(edition.transcript, number, section, name)
        for number, round_ in enumerate(edition.transcript.rounds, 1)
        for section in round_.tally.held
        for name in round_.tally.totals
    )
    key = ("round", "section", "candidate")
    keys = (SECTION, *to_candidates("candidate"))
    return Resource("rounds", "Rounds by section", fields, key, keys, rows)


def _round_row(transcript: Transcript, number: int, section: Section, name: Candidate) -> Row:
    round_, rules = transcript.rounds[number - 1], transcript.contest.rules
    real = not transcript.unreal(section)
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


def college_rounds(edition: Edition) -> Resource:
    """Each candidate's total in each round, and what became of them in it."""
    transcript = edition.transcript
    fields = (
        whole("round", "the round, from 1"),
        text("candidate", "a candidate still in"),
        *both("total", "the candidate's part of the college, summed unrounded"),
        text("outcome", "elected or eliminated in this round, or continues"),
    )
    rows = tuple(
        (
            number,
            name,
            exact(total),
            figures.printed_total(transcript, round_, name),
            outcomes(round_).get(name, "continues"),
        )
        for number, round_ in enumerate(transcript.rounds, 1)
        for name, total in round_.tally.totals.items()
    )
    key = ("round", "candidate")
    keys = to_candidates("candidate")
    return Resource("college_rounds", "Rounds of the college", fields, key, keys, rows)


def transfers(edition: Edition) -> Resource:
    """What each round handed on, and what re-basing added."""
    fields = (
        whole("id", "a running number"),
        whole("round", "the round whose event moved the papers"),
        text("section", "the section"),
        text("from", "who went out; none where papers held before are worth more"),
        text("to", "who gained; none where the papers are non-transferable"),
        text("kind", "transferred, non_transferable or rebased"),
        whole("votes", "how many papers; none where only percentages were published"),
        *both("points_transferred", "what the papers are worth in the next round"),
        *both("points_rebased", "by how much the papers held before are worth more"),
    )
    rows = tuple((number, *row) for number, row in enumerate(_moves(edition.transcript), 1))
    keys = (SECTION, *to_candidates("from", "to"))
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
                kind(transfer.to),
                None if transcript.unreal(transfer.section) else transfer.papers,
                *both(Fraction(worth)),
                *nothing,
            )
        for gain in movement.gains:
            if gain.rebased:
                moved = (movement.round, gain.section, None, gain.to, "rebased", None)
                yield (*moved, *nothing, *both(gain.rebased))


def kind(to: Candidate | None) -> str:
    """Whether papers were handed on to somebody."""
    return "non_transferable" if to is None else "transferred"


def ties(edition: Edition) -> Resource:
    """Each policy that was tried on each tie, and what it left."""
    fields = (
        whole("round", "the round of the tie"),
        whole("step", "which policy was tried, from 1"),
        text("among", "who was level: ids joined by ="),
        text("policy", "the policy that was tried"),
        whole("looked_at_round", "the earlier round that it looked at"),
        text("left", "who stayed tied, or the one who goes: ids joined by ="),
        text("decided_by", "the person or the text that decided"),
        text("out", "who goes out in the end, in order: ids joined by >"),
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
