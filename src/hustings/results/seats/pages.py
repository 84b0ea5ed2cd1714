"""The pages of a contest for several seats: the result, every stage, the rules and the files."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from hustings.ballots.profile import Ranking
from hustings.counting.figures import printed_number, told_papers
from hustings.counting.seats import account, following
from hustings.election.publication import Release
from hustings.results import stages_report
from hustings.results.edition import SeatsEdition
from hustings.results.pages import files, releases
from hustings.results.pages.counted import Example, rules_told
from hustings.results.pages.page import DASH, Column, Grid, Link, Page, Row, Site, grid_of
from hustings.results.pages.result import what
from hustings.results.pages.sections import turnout
from hustings.results.pictures import stage_bars
from hustings.results.stages_presentation import called
from hustings.units import NO_PAPERS, Candidate, Papers, Section

# Rows of a stage's table that are no candidate's.
TOTALS = ("non-transferable", "lost by dropped digits", "quota")
# Of a long count the first page has the first stage and so many of the last.
MOST_TOLD = 8


class SeatsSite(Site):
    """What every page of such a contest has in common."""

    @property
    def seats(self) -> SeatsEdition:
        """The edition, with its stages."""
        assert isinstance(self.edition, SeatsEdition)
        return self.edition

    @property
    def has_differences(self) -> bool:
        """Figures printed elsewhere are not compared with stages."""
        return False

    @cached_property
    def headline(self) -> str:
        """Who was elected, in a sentence."""
        told = self.edition.headline
        return told if self.edition.declares else f"By these figures {told}"

    @cached_property
    def navigation(self) -> tuple[Link, ...]:
        """The main pages, in the order in which a reader asks for them."""
        return tuple(Link(text, self.places.at(place)) for text, place in _PLACES)


_PLACES = (
    ("Result", "index.html"),
    ("Stages", "stages/index.html"),
    ("How it was counted", "how-it-was-counted/index.html"),
    ("Data", "data/index.html"),
    ("Verify", "verify/index.html"),
)


@dataclass(frozen=True, slots=True)
class StagePart:
    """One stage on the page: what it did, its table, and the parcels of papers that passed on."""

    number: int
    called: str
    told: tuple[str, ...]
    table: Grid
    parcels: Grid | None = None


def pages(
    site: SeatsSite, listed: Sequence[Release], held: Mapping[int, releases.Figures]
) -> Iterator[Page]:
    """Every page but those that tell of files; `held` has the figures of the releases so far."""
    yield _result(site)
    yield _stages_page(site)
    yield _counted(site)
    figures = {**held, site.release.number: releases.figures(site.edition)}
    yield releases.page(site, listed or (site.release,), figures)


def file_pages(
    site: SeatsSite, sizes: Mapping[str, int], public: str, fingerprint: str
) -> Iterator[Page]:
    """The page of the data, and how to check it."""
    yield replace(files.data_page(site, sizes, pictures=False), template="seats_data.html")
    yield files.verify_page(site, public, fingerprint)


def _result(site: SeatsSite) -> Page:
    stages = site.seats.worded_stages
    told = [
        (number, called(stages, number), " ".join(account.sentences(stages, number)))
        for number in range(1, len(stages.stages) + 1)
    ]
    whole = stage_bars.drawable(stages)
    return Page(
        site.places.at("index.html"),
        f"{site.contest.post}: {what(site)}",
        "seats_result.html",
        {
            "final": stage_bars.draw_last(stages, "final"),
            "stages": told[-MOST_TOLD:],
            "earlier": max(len(told) - MOST_TOLD, 0),
            "summary": _summary(site),
            "bars": stage_bars.draw_stages(stages, "stages") if whole else "",
            "papers": _papers(site),
            "downloads": [*_downloads(site)],
            "notes": [*stages_report.notes(site.seats.stages), *site.edition.notes],
        },
    )


def _summary(site: SeatsSite) -> Grid:
    """Every candidate by stage; of a long count the first stage and the last ones."""
    grid = grid_of(stages_report.summary(site.seats.worded_stages), TOTALS)
    stages = len(site.seats.stages.stages)
    if stages <= MOST_TOLD + 2:
        return grid
    kept = [0, *range(stages - MOST_TOLD, stages + 1)]
    return replace(
        grid,
        caption=f"{grid.caption}: the first and the last {MOST_TOLD}",
        columns=tuple(grid.columns[at] for at in kept),
        rows=tuple(_only(row, kept) for row in grid.rows),
        totals=tuple(_only(row, kept) for row in grid.totals),
    )


def _only(row: Row, kept: Sequence[int]) -> Row:
    return replace(row, cells=tuple(row.cells[at] for at in kept))


def _papers(site: SeatsSite) -> Grid:
    """The papers issued, returned, spoiled and counted, by section."""
    rows = []
    for section, part in site.edition.sections.items():
        spoiled, given = site.edition.spoiled(section), part.account
        numbers = (
            given.issued,
            given.returned,
            None if spoiled is None else sum(spoiled.values()),
            site.edition.valid(section),
        )
        told = (DASH if number is None else printed_number(number) for number in numbers)
        cells = (*told, turnout(given.returned, given.issued))
        rows.append(Row(site.section_name(section), cells))
    columns = tuple(Column(head, "papers") for head in ("Issued", "Returned", "Spoiled", "Valid"))
    turnout_of = Column("Turnout", "returned, % of issued")
    return Grid("The papers", Column("Section"), (*columns, turnout_of), tuple(rows))


def _downloads(site: SeatsSite) -> Iterator[Link]:
    yield Link("Declaration of result (PDF)", site.places.at("declaration.pdf"))
    yield Link("Count sheet by stage (PDF)", site.places.at("count-sheet.pdf"))
    yield Link("All the data", site.places.at("data/index.html"))
    yield Link("The table by stage, to copy", site.places.at("copy/stages.md"))


# --- the stages ---------------------------------------------------------------------------------


def _stages_page(site: SeatsSite) -> Page:
    """All stages on one page, each with an anchor of its own."""
    return Page(
        site.places.at("stages/index.html"),
        "Every stage of the count",
        "seats_stages.html",
        {"stages": [_stage(site, n) for n in range(1, len(site.seats.stages.stages) + 1)]},
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
        "seats_counted.html",
        {
            "rules": rules,
            "choices": [*rules_told(rules, several_seats=True)],
            "examples": [*_examples(site)],
        },
    )


def _examples(site: SeatsSite) -> Iterator[Example]:
    """For each section the most frequent order behind each first preference, followed."""
    profile = site.edition.transcript.profiles[0]
    for section, part in site.edition.sections.items():
        commonest: dict[Candidate, tuple[Papers, Ranking]] = {}
        for ranking, papers in sorted(profile.papers[section].items()):
            if papers > commonest.get(ranking[0], (NO_PAPERS, ()))[0]:
                commonest[ranking[0]] = papers, ranking
        for name in () if part.withheld else site.names:
            if name in commonest:
                yield _example(site, section, *commonest[name])


def _example(site: SeatsSite, section: Section, papers: Papers, ranking: Ranking) -> Example:
    stages = site.seats.stages
    order = " > ".join(map(site.contest.name, ranking))
    rows = []
    for step in following.follow(stages, ranking):
        lies = "nobody" if step.candidate is None else site.contest.name(step.candidate)
        value = DASH if step.value is None else following.value_told(stages, step.value)
        kept = (
            f"{following.value_told(stages, part)} with {site.contest.name(name)}"
            for name, part in step.kept.items()
        )
        rows.append(Row(f"Stage {step.stage}", (lies, value, "; ".join(kept) or DASH)))
    columns = (
        Column("With", text=True),
        Column("Worth there", "votes"),
        Column("Stays for good", "with those whom it helped to elect", text=True),
    )
    caption = f"{order}: {told_papers(papers)} of {site.section_name(section)}"
    return Example(order, Grid(caption, Column("Stage"), columns, tuple(rows)))
