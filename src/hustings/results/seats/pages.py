"""The pages that only a contest for several seats has: the result, every stage, the rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from hustings.counting.figures import printed_number
from hustings.counting.seats import account, following
from hustings.results import stages_report
from hustings.results.edition import SeatsEdition
from hustings.results.pages.counted import examples, rules_told
from hustings.results.pages.page import Column, Grid, Page, Row, Site, grid_of
from hustings.results.pages.result import front
from hustings.results.pages.sections import accounts
from hustings.results.pictures import stage_bars
from hustings.results.stages_presentation import by_stay, called
from hustings.units import Candidate

# Rows of a stage's table that are no candidate's.
TOTALS = ("non-transferable", "lost by dropped digits", "quota")


class SeatsSite(Site):
    """What every page of such a contest has in common."""

    @property
    def seats(self) -> SeatsEdition:
        """The edition, with its stages."""
        assert isinstance(self.edition, SeatsEdition)
        return self.edition

    @property
    def step(self) -> str:
        """A count for several seats is told by stages."""
        return "stage"

    @cached_property
    def order(self) -> tuple[Candidate, ...]:
        """Those elected in their order, then the others, whoever stayed longest first."""
        return tuple(by_stay(self.seats.stages))

    @cached_property
    def headline(self) -> str:
        """Who was elected, in a sentence."""
        told = self.edition.headline
        return told if self.edition.declares else f"By these figures {told}"


@dataclass(frozen=True, slots=True)
class StagePart:
    """One stage on the page: what it did, its table, and the parcels of papers that passed on."""

    number: int
    called: str
    told: tuple[str, ...]
    table: Grid
    parcels: Grid | None = None


def pages(site: SeatsSite) -> Iterator[Page]:
    """The pages that no count for one seat has."""
    yield _result(site)
    yield _stages_page(site)
    yield _counted(site)


def _result(site: SeatsSite) -> Page:
    stages = site.seats.worded_stages
    told = [
        f"{called(stages, number)}. {' '.join(account.sentences(stages, number))}"
        for number in range(1, len(stages.stages) + 1)
    ]
    line = "" if stages.stages[-1].quota is None else " The dashed line is the quota."
    whole = stage_bars.drawable(stages)
    values = {
        "final": stage_bars.draw_last(stages, "final"),
        "final_told": f"the votes after the last stage.{line}",
        "summary": grid_of(stages_report.summary(stages), TOTALS),
        "bars": stage_bars.draw_stages(stages, "stages") if whole else "",
        "bars_told": "each candidate's votes after every stage",
        "panels": "",
        "tables": [("The papers", accounts(site))],
        "notes": (
            (note, "plain")
            for note in (*stages_report.notes(site.seats.stages), *site.edition.notes)
        ),
    }
    return front(site, told, values)


# --- the stages ---------------------------------------------------------------------------------


def _stages_page(site: SeatsSite) -> Page:
    """All stages on one page, each with an anchor of its own."""
    return Page(
        site.places.at("stages/index.html"),
        "Every stage of the count",
        "stages.html",
        {"parts": [_stage(site, n) for n in range(1, len(site.seats.stages.stages) + 1)]},
    )


def _stage(site: SeatsSite, number: int) -> StagePart:
    stages = site.seats.worded_stages
    return StagePart(
        number,
        called(stages, number),
        tuple(account.sentences(stages, number)),
        grid_of(stages_report.stage_table(stages, number), TOTALS),
        _parcels(site, number),
    )


def _parcels(site: SeatsSite, number: int) -> Grid | None:
    """Where the papers went: from whom, to whom, how many, at what value, for how many votes."""
    stages = site.seats.worded_stages
    rows = [
        Row(
            site.contest.name(parcel.source),
            (
                "nobody: not transferable" if parcel.to is None else site.contest.name(parcel.to),
                printed_number(parcel.papers),
                following.value_told(stages, parcel.value),
                account.printed_votes(stages, parcel.votes),
            ),
        )
        for parcel in stages.stages[number - 1].parcels
    ]
    columns = (Column("To", text=True), Column("Papers"), Column("Value", "each"), Column("Votes"))
    caption = f"The papers that passed on in stage {number}"
    return Grid(caption, Column("From"), columns, tuple(rows)) if rows else None


# --- how it was counted -------------------------------------------------------------------------


def _counted(site: SeatsSite) -> Page:
    """The rules with their sources, and ballots followed through every stage."""
    rules = site.contest.rules
    return Page(
        site.places.at("how-it-was-counted/index.html"),
        "How it was counted",
        "counted.html",
        {
            "ranks": (),
            "standing": None,
            "rules": rules,
            "choices": [*rules_told(rules, several_seats=True)],
            "examples": [*examples(site)],
        },
    )
