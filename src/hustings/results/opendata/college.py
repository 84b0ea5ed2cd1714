"""Who stands and who votes: the tables of candidates and of sections."""

from hustings.counting.transcript import Elected, Round, Transcript
from hustings.formats.data_package import Field, Resource, Type
from hustings.results.edition import Edition, SectionEdition
from hustings.results.opendata.columns import PAPERS, Row, text, whole
from hustings.units import Candidate, Section, exact


def candidates(edition: Edition) -> Resource:
    """Everyone on the ballot paper, and what became of them."""
    fields = (
        text("id", "what the candidate is called in every other table"),
        text("name", "what people call the candidate"),
        whole("ballot_order", "the place on the ballot paper, from 1"),
        text("status", "elected, eliminated, not_elected, standing (no winner yet) or withdrawn"),
        whole("out_in_round", "the round in which an eliminated candidate went out"),
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
        for name, outcome in outcomes(round_).items():
            fates[name] = outcome, number if outcome == "eliminated" else None
    return fates


def outcomes(round_: Round) -> dict[Candidate, str]:
    """Whom the round's event concerns, and how."""
    event = round_.event
    if isinstance(event, Elected):
        return {event.name: "elected", **dict.fromkeys(event.outlasted, "eliminated")}
    return dict.fromkeys(event.names, "eliminated")


def sections(edition: Edition) -> Resource:
    """Every section, and the one in which all are counted, where the rules pool them."""
    fields = (
        text("id", "what the section is called in every other table"),
        text("name", "what people call the section"),
        Field("weight", Type.EXACT, "its part of the college, exact; none where not weighed"),
        text("base", "what its shares are taken of: votes continuing, or of the first_round"),
        text("policy", "what is published of it"),
        text("withheld", "why its rankings are not published; none where they are"),
        text("reconstructed", "from_votes or from_shares where nobody cast its papers"),
        *PAPERS,
    )
    rows = [_section_row(edition, section) for section in edition.sections.values()]
    pooled = [section for section in counted(edition) if section not in edition.sections]
    rows += [_pooled_row(edition, section) for section in pooled]
    return Resource("sections", "Sections", fields, ("id",), (), tuple(rows))


def _section_row(edition: Edition, part: SectionEdition) -> Row:
    transcript, entry, account = edition.transcript, part.entry, part.account
    weighed = entry.id in counted(edition)
    spoiled = edition.spoiled(part.entry.id)
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
        edition.valid(entry.id),
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
        edition.valid(section),
    )


def counted(edition: Edition) -> list[Section]:
    """The sections that the rounds tell of."""
    return [*edition.transcript.rounds[0].tally.held]


def _withheld(edition: Edition, section: Section) -> list[str]:
    """Why the rankings of a counted section are not published; of pooled ones, each reason."""
    own = edition.sections.get(section)
    parts = [own] if own else [*edition.sections.values()]
    return [part.withheld for part in parts if part.withheld]


def open_sections(edition: Edition) -> list[Section]:
    """The counted sections whose rankings are published: nothing is withheld of any part."""
    return [section for section in counted(edition) if not _withheld(edition, section)]
