"""The rounds: each with its table, what followed and why, and what the transfers were worth."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from hustings.counting import account
from hustings.counting.figures import printed_number
from hustings.counting.movement import Movement, movements
from hustings.results import report
from hustings.results.pages.page import DASH, Column, Grid, Page, Row, Site, grid_of
from hustings.results.pictures import transfer_bars
from hustings.units import NO_POINTS, Candidate, Section, percent


@dataclass(frozen=True, slots=True)
class RoundPart:
    """One round on the page: its table and sentence, then its transfers where it has some."""

    number: int
    table: Grid
    told: tuple[str, ...]
    votes: Grid | None = None
    points: Grid | None = None
    votes_drawn: str = ""
    points_drawn: str = ""
    called: str = ""


def page(site: Site) -> Page:
    """All rounds on one page, each with an anchor of its own."""
    return Page(
        site.places.at("rounds/index.html"),
        "Every round of the count",
        "rounds.html",
        {"parts": [*_rounds(site)]},
    )


def _rounds(site: Site) -> Iterator[RoundPart]:
    transcript = site.edition.worded
    moved = {movement.round: movement for movement in movements(transcript, printed=True)}
    told = account.events(transcript)
    for number, (round_, sentence) in enumerate(zip(transcript.rounds, told, strict=True), 1):
        table = grid_of(report.round_table(transcript, round_, number))
        if number not in moved:
            yield RoundPart(number, table, (sentence,))
            continue
        yield RoundPart(
            number,
            table,
            (sentence,),
            _votes(site, number),
            _points(site, moved[number]) if site.many_sections else None,
            transfer_bars.draw_votes(transcript, number, f"votes-{number}")
            if site.drawable
            else "",
            transfer_bars.draw_points(transcript, number, f"points-{number}")
            if site.many_sections and site.drawable
            else "",
        )


def _votes(site: Site, number: int) -> Grid:
    """Where the papers went, by section; the last row has all that were set free."""
    transfers = site.edition.transcript.rounds[number - 1].transfers
    sections = [*site.edition.sections]
    moved: dict[tuple[Candidate | None, object], int] = {}
    for transfer in transfers:
        key = transfer.to, transfer.section
        moved[key] = moved.get(key, 0) + transfer.papers
    after = site.edition.transcript.rounds[number].tally.totals
    standing = [name for name in site.names if name in after]
    rows = [
        Row(
            "Non-transferable" if to is None else site.names[to],
            tuple(_moved(site, section, moved.get((to, section), 0)) for section in sections),
        )
        for to in (*standing, None)
    ]
    totals = (
        _moved(site, section, sum(n for (_, place), n in moved.items() if place == section))
        for section in sections
    )
    columns = tuple(Column(site.section_name(section), "papers received") for section in sections)
    return Grid(
        f"Papers passed on after round {number}",
        Column("To"),
        columns,
        tuple(rows),
        (Row("Total", tuple(totals)),),
    )


def _moved(site: Site, section: Section, papers: int) -> str:
    return DASH if site.edition.transcript.unreal(section) else printed_number(papers)


def _points(site: Site, movement: Movement) -> Grid:
    """What each who stayed gained, and how much of it is re-basing."""
    stayed = sorted({gain.to for gain in movement.gains}, key=[*site.names].index)
    rows = []
    for name in stayed:
        gain = movement.of(name)
        rows.append(Row(site.names[name], _parts(gain.transferred, gain.rebased)))
    given = sum(movement.given_up.values(), NO_POINTS)
    totals = (Row("Total", _parts(movement.transferred, movement.rebased)),)
    gone = " and ".join(site.names[name] for name in movement.out)
    of = "points, % of the college"
    columns = (Column("By papers received", of), Column("By re-basing", of), Column("Gain", of))
    return Grid(
        f"What {gone} had, {percent(given, 3)} per cent of the college, and where it went",
        Column("To"),
        columns,
        tuple(rows),
        totals,
    )


def _parts(transferred: Fraction, rebased: Fraction) -> tuple[str, ...]:
    """Both gains and their sum, each rounded by itself."""
    return tuple(percent(part, 3) for part in (transferred, rebased, transferred + rebased))
