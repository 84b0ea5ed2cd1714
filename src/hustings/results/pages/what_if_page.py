"""What if: the same papers counted otherwise, each marked as no result."""

from collections.abc import Sequence
from dataclasses import dataclass

from hustings.counting import account
from hustings.counting.transcript import Transcript
from hustings.results import report
from hustings.results.pages.page import Grid, Page, Site, grid_of
from hustings.results.pictures import college_bar


@dataclass(frozen=True, slots=True)
class Otherwise:
    """One question: what would be other, and the count; or why it cannot be known."""

    id: str
    title: str
    transcript: Transcript | None
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One question on the page."""

    id: str
    title: str
    told: str
    same: bool = False
    grid: Grid | None = None
    drawn: str = ""


def page(site: Site, others: Sequence[Otherwise]) -> Page:
    """All questions on one page, each with its anchor."""
    return Page(
        site.places.at("what-if/index.html"),
        "What if? Not a result",
        "what_if.html",
        {"parts": [_part(site, other) for other in others], "table": None},
    )


def _part(site: Site, other: Otherwise) -> Part:
    if other.transcript is None:
        return Part(other.id, other.title, other.unknown)
    return Part(
        other.id,
        other.title,
        account.headline(other.transcript),
        other.transcript.winner == site.edition.winner,
        grid_of(report.summary(other.transcript)),
        college_bar.draw_final_round(other.transcript, f"if-{other.id}"),
    )
