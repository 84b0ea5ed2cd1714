"""The result: the status, the winner, the last round, a sentence a round, then the tables."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hustings.counting import account
from hustings.counting.figures import printed_number, share
from hustings.election.publication import Status
from hustings.results import report
from hustings.results.decisions import decided
from hustings.results.pages.page import DASH, Column, Grid, Link, Page, Row, Site, ends_of, grid_of
from hustings.results.pages.sections import number, turnout
from hustings.results.pictures import college_bar, section_bars
from hustings.units import Section, percent


def page(site: Site) -> Page:
    """The page that a reader sees first."""
    transcript, drawable = site.edition.worded, site.drawable
    many = site.many_sections
    stacked = ", stacked by section" if many else ""
    values = {
        "final": college_bar.draw_final_round(transcript, "final"),
        "final_told": "the last round. The dashed line is what elects.",
        "summary": grid_of(report.summary(transcript)),
        "bars": college_bar.draw_rounds(transcript, "rounds") if drawable else "",
        "bars_told": f"each candidate's total by round{stacked}",
        "panels": section_bars.draw_sections(transcript, "panels") if many and drawable else "",
        "tables": [("The sections", _sections(site))] if many else [],
        "notes": report.notes(site.edition.transcript, site.edition.reconciliation),
    }
    return front(site, [*account.events(transcript)], values)


# A reader wants the first round and how it ended; the page of rounds has all of them.
MOST_TOLD = 8


def front(site: Site, told: Sequence[str], values: Mapping[str, Any]) -> Page:
    """The first page of a count that is told step by step; `values` has its tables and pictures."""
    steps = len(told)
    more = {
        "happened": [*enumerate(told, 1)][-MOST_TOLD:],
        "earlier": max(steps - MOST_TOLD, 0),
        "searches": [*_searches(site)],
        "downloads": [*_downloads(site)],
        "summary": ends_of(values["summary"], steps, MOST_TOLD),
        "notes": [*values["notes"], *((each, "plain") for each in decided_ties(site))],
    }
    title = f"{site.contest.post}: {what(site)}"
    return Page(site.places.at("index.html"), title, "result.html", {**values, **more})


def decided_ties(site: Site) -> Iterator[str]:
    """The officer's decisions on the ties of the count, each in words."""
    return decided(site.contest, site.edition.ties)


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
    yield Link(f"Count sheet by {site.step} (PDF)", site.places.at("count-sheet.pdf"))
    yield Link("All the data", site.places.at("data/index.html"))
    table = site.places.at(f"copy/{site.step}s.md")
    yield Link(f"The table by {site.step}, to copy", table)
