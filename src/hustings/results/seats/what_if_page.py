"""What if, of several seats: who would have been elected, a row each question; never a result."""

from collections.abc import Sequence
from dataclasses import dataclass

from hustings.counting.seats import account
from hustings.counting.seats.stages import StageTranscript
from hustings.results.pages.page import DASH, Column, Grid, Page, Row, Site
from hustings.results.words import listed
from hustings.units import Candidate


@dataclass(frozen=True, slots=True)
class OtherSeats:
    """One question: what would be other, and the count; or why it cannot be known."""

    title: str
    stages: StageTranscript | None
    unknown: str = ""


def page(site: Site, elected: Sequence[Candidate], others: Sequence[OtherSeats]) -> Page:
    """All questions in one table; `elected` are those whom the count itself elects."""
    columns = (
        Column("Would have been elected", "in this order", text=True),
        Column("Would have come in", text=True),
        Column("Would have gone without", text=True),
    )
    rows = tuple(_row(site, elected, other) for other in others)
    grid = Grid("Not a result: who would have been elected", Column("What if"), columns, rows)
    return Page(
        site.places.at("what-if/index.html"),
        "What if? Not a result",
        "what_if.html",
        {"parts": [], "table": grid if rows else None},
    )


def _row(site: Site, elected: Sequence[Candidate], other: OtherSeats) -> Row:
    if other.stages is None:
        return Row(other.title, (other.unknown, DASH, DASH))
    would = other.stages.elected
    came = [site.names[name] for name in would if name not in elected]
    went = [site.names[name] for name in elected if name not in would]
    cells = (
        account.names_told(other.stages.contest, would),
        listed(came) or "nobody else",
        listed(went) or "nobody",
    )
    return Row(other.title, cells)
