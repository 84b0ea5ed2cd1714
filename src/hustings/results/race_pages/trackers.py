"""Nominations, local meetings and the forecast in full: reports as pages."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from hustings.nominations import papers
from hustings.nominations.papers import Nominators
from hustings.results.pages.page import Grid, Page, grid_of
from hustings.results.pictures.over_time import MOST_LINES, Course, Day, Line, draw_numbers
from hustings.results.race_pages.edition import RaceSite
from hustings.results.report import Block, Heading, Picture, Report, Sentence, Table

# What begins so is no figure.
WORDS = re.compile(r"[^\W\d_]")


def pages(site: RaceSite) -> Iterator[Page]:
    """A page for each report."""
    trackers = site.edition.trackers
    pictures = tuple(_pictures(site))
    yield _report("nominations", "Nominations", trackers.nominations, pictures)
    yield _report("meetings", "Local meetings", trackers.meetings)
    if site.edition.outlook:
        yield _report("forecast", "The forecast in full", site.edition.outlook.report)


def _report(
    folder: str, title: str, report: Report, pictures: tuple[tuple[str, str], ...] = ()
) -> Page:
    values = {"blocks": [*printed(report.blocks)], "pictures": pictures}
    return Page(f"{folder}/index.html", title, "race_report.html", values)


def printed(blocks: Sequence[Block]) -> Iterator[dict[str, object]]:
    """Each block with its kind, and its table as a page prints it.

    A table without a caption has the heading above it, which is there to be heard and not seen.
    """
    above = ""
    for block in blocks:
        kind = type(block).__name__.lower()
        match block:
            case Table():
                named = block if block.caption else replace(block, caption=above or "Figures")
                yield {"kind": kind, "grid": _aligned(grid_of(named, ())), "bare": named != block}
            case Picture():
                yield {"kind": kind, "svg": block.svg}
            case Heading():
                above = block.text
                yield {"kind": kind, "text": block.text}
            case Sentence():
                yield {"kind": kind, "text": block.text, "tone": block.tone}


def _aligned(grid: Grid) -> Grid:
    """The table with its columns of words set apart from those of figures."""
    cells = zip(*(row.cells for row in grid.rows), strict=True) if grid.rows else ()
    columns = (
        replace(column, text=any(WORDS.match(cell) for cell in of))
        for column, of in zip(grid.columns, cells, strict=True)
    )
    return replace(grid, columns=tuple(columns)) if grid.rows else grid


def _pictures(site: RaceSite) -> Iterator[tuple[str, str]]:
    """For each kind of nominators with two days or more, how many each candidate had by then."""
    for number, nominators in enumerate(site.race.nominators.values()):
        days = papers.days(site.history, nominators.id)
        if len(days) > 1:
            needed = " The dashed line is what a candidate needs to stand."
            told = f"nominations by day.{needed if nominators.threshold else ''}"
            yield _drawn(site, nominators, days, f"nominations-{number}"), told


def _drawn(site: RaceSite, nominators: Nominators, days: tuple[date, ...], key: str) -> str:
    held = {day: papers.held(site.history, nominators.id, day) for day in days}
    last = held[days[-1]]
    named = sorted(last, key=lambda name: (-last[name], name))[:MOST_LINES]
    lines = tuple(
        Line(
            site.names[name],
            site.inks[name],
            tuple(Day(at, Fraction(counts[name])) for at, counts in held.items() if name in counts),
        )
        for name in named
    )
    level = None if nominators.threshold is None else Fraction(nominators.threshold)
    course = Course(f"{nominators.name}: nominations", lines, numbers=True, level=level)
    return draw_numbers(course, f"{nominators.name}: nominations from {days[0]} to {days[-1]}", key)
