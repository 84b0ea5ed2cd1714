"""The result: the status, the winner, the last round, a sentence a round, then the tables."""

from collections.abc import Iterator
from dataclasses import replace

from hustings.counting import account
from hustings.counting.figures import printed_number, share
from hustings.election.publication import Status
from hustings.results import report
from hustings.results.pages.page import DASH, Column, Grid, Link, Page, Row, Site, grid_of
from hustings.results.pages.sections import number, turnout
from hustings.results.pictures import college_bar, section_bars
from hustings.units import Section, percent


def page(site: Site) -> Page:
    """The page that a reader sees first."""
    transcript = site.edition.worded
    return Page(
        site.places.at("index.html"),
        f"{site.contest.post}: {what(site)}",
        "result.html",
        {
            "final": college_bar.draw_final_round(transcript, "final"),
            "rounds": [*enumerate(account.events(transcript), 1)][-MOST_TOLD:],
            "earlier": max(len(transcript.rounds) - MOST_TOLD, 0),
            "summary": _summary(site),
            "bars": college_bar.draw_rounds(transcript, "rounds") if site.drawable else "",
            "sections": _sections(site) if site.many_sections else None,
            "panels": section_bars.draw_sections(transcript, "panels")
            if site.many_sections and site.drawable
            else "",
            "searches": [*_searches(site)],
            "downloads": [*_downloads(site)],
            "notes": report.notes(site.edition.transcript, site.edition.reconciliation),
        },
    )


# A reader wants the first round and how it ended; the page of rounds has all of them.
MOST_TOLD = 8


def _summary(site: Site) -> Grid:
    """Every candidate by round; of a long count the first round and the last ones."""
    grid = grid_of(report.summary(site.edition.worded))
    rounds = len(site.edition.transcript.rounds)
    if rounds <= MOST_TOLD + 2:
        return grid
    kept = [0, *range(rounds - MOST_TOLD, rounds + 1)]
    return replace(
        grid,
        caption=f"{grid.caption}: the first and the last {MOST_TOLD}",
        columns=tuple(grid.columns[at] for at in kept),
        rows=tuple(replace(row, cells=tuple(row.cells[at] for at in kept)) for row in grid.rows),
    )


def what(site: Site) -> str:
    """What the page holds, by its status: nothing but a declared result is called one."""
    return {
        Status.PROVISIONAL: "provisional result",
        Status.DECLARED: "declared result",
        Status.CORRECTED: "declared result, corrected",
        Status.WITHDRAWN: "withdrawn result",
    }[site.release.status]


def _sections(site: Site) -> Grid:
    """Each section: who led it at first and at last, its papers and its turnout."""
    transcript = site.edition.transcript
    rows = []
    for section, part in site.edition.sections.items():
        account_ = part.account
        rows.append(
            Row(
                site.section_name(section),
                (
                    *(_leader(site, section, number) for number in (0, -1)),
                    number(site.valid(section)),
                    DASH
                    if account_.spoiled is None
                    else printed_number(sum(account_.spoiled.values())),
                    turnout(account_.returned, account_.issued),
                ),
                site.places.section(section),
            )
        )
    last = len(transcript.rounds)
    columns = (
        Column("Led in round 1", "% of the section", text=True),
        Column(f"Led in round {last}", "% of the section", text=True),
        Column("Papers", "valid"),
        Column("Spoiled", "papers"),
        Column("Turnout", "returned, % of issued"),
    )
    return Grid("The sections of the college", Column("Section"), columns, tuple(rows))


def _leader(site: Site, section: Section, number: int) -> str:
    transcript = site.edition.transcript
    round_ = transcript.rounds[number]
    held = round_.tally.held[section]
    best = max(held.values())
    leaders = [name for name, papers in held.items() if papers == best]
    part = percent(share(transcript, round_, section, leaders[0]), 1)
    return f"{' and '.join(site.names[name] for name in leaders)} {part}%" if best else DASH


def _searches(site: Site) -> Iterator[Link]:
    for section, part in site.sections_with("rows"):
        link = f"{site.places.units(section)}index.html"
        yield Link(f"Find one of the {part.publication.units_are}", link)
    for section, part in site.sections_with("ballots"):
        link = f"{site.places.electors(section)}index.html"
        yield Link(f"Find one of the {part.publication.electors_are}", link)


def _downloads(site: Site) -> Iterator[Link]:
    yield Link("Declaration of result (PDF)", site.places.at("declaration.pdf"))
    yield Link("Count sheet by round (PDF)", site.places.at("count-sheet.pdf"))
    yield Link("All the data", site.places.at("data/index.html"))
    yield Link("The table by round, to copy", site.places.at("copy/rounds.md"))
