"""The first page of a race: who is likely to win, how sure that is, and what decides it."""

from collections.abc import Iterator
from itertools import pairwise

from hustings.formats.forecast_told import Bloc, Prospect, Told
from hustings.results.forecast_words import in_hundred, points
from hustings.results.pages.page import DASH, Column, Grid, Page, Row
from hustings.results.pictures.pivot_bars import PivotBar, draw_pivots
from hustings.results.race_pages import over_time
from hustings.results.race_pages.edition import Outlook, RaceSite, lead, part
from hustings.results.race_pages.trackers import printed
from hustings.results.report import Block, Heading, Picture
from hustings.units import percent

MOST_BLOCS, MOST_ELECTORS, LATEST = 8, 10, 4
CANNOT_KNOW = "What the model cannot know"


def page(site: RaceSite) -> Page:
    """The page; without a forecast it says why, and leads to all that is known."""
    outlook = site.edition.outlook
    return Page(
        "index.html",
        site.race.contest.post,
        "race_front.html",
        {
            "prior": bool(outlook and outlook.told.is_prior),
            "decides": [*_decides(site, outlook.told)] if outlook else [],
            "standings": _standings(site, outlook.told) if outlook else None,
            "first_picture": _first_picture(outlook) if outlook else "",
            "chances": over_time.chances(site),
            "latest": _latest(site),
            "pivots": _picture(site, outlook.told) if outlook else "",
            "electors": _electors(site, outlook.told) if outlook else None,
            "cannot": [*printed(under(outlook.report.blocks, CANNOT_KNOW))] if outlook else [],
            "roster_lead": _roster_lead(site),
        },
    )


def under(blocks: tuple[Block, ...], heading: str) -> list[Block]:
    """What stands in a report under the heading; nothing where it has no such heading."""
    found: list[Block] = []
    inside = False
    for block in blocks:
        if isinstance(block, Heading):
            inside = block.text == heading
        elif inside:
            found.append(block)
    return found


def _first_picture(outlook: Outlook) -> str:
    return next((block.svg for block in outlook.report.blocks if isinstance(block, Picture)), "")


def _roster_lead(site: RaceSite) -> str:
    return next(lead(site.edition.trackers.roster), "")


# --- what decides it ----------------------------------------------------------------------


def _decides(site: RaceSite, told: Told) -> Iterator[str]:
    one, other = (site.names[name] for name in told.pair)
    bloc = next((each for each in told.blocs if each.first is not None), None)
    if bloc and bloc.first and bloc.worth > 0:
        where = f" ({site.section_name(bloc.section)})" if site.many_sections else ""
        yield (
            f"Most hangs on how those who put {site.names[bloc.first]} first{where} split between "
            f"{one} and {other}. If it were known, the chance of {one} would move to somewhere "
            f"between {in_hundred(bloc.low)} and {in_hundred(bloc.high)} in 100, in four cases of "
            "five."
        )
    if told.wrong_by is None:
        yield f"No error within reach of the model would make {other} as likely to win as {one}."
    else:
        yield (
            f"If all evidence overstates {one} by {points(told.wrong_by)} points of the final "
            f"share, {one} and {other} are level."
        )


def _bloc(site: RaceSite, bloc: Bloc) -> str:
    """The bloc as it is written beside a bar."""
    first = site.names[bloc.first] if bloc.first else "anyone else"
    return f"{first} first, {site.section_name(bloc.section)}" if site.many_sections else first


# --- standings ----------------------------------------------------------------------------


def _standings(site: RaceSite, told: Told) -> Grid:
    columns = (
        Column("Wins", "of 100 simulated counts"),
        Column("Among the last two", "of 100"),
        Column("Final share", "per cent, middle"),
        Column("Final share", "per cent, four cases of five"),
    )
    rows = tuple(_standing(site, each) for each in told.prospects)
    return Grid("Chances, and shares among the last two", Column("Candidate"), columns, rows)


def _standing(site: RaceSite, each: Prospect) -> Row:
    final = each.final
    return Row(
        site.names[each.candidate],
        (
            in_hundred(each.win),
            in_hundred(each.in_pair),
            points(final.median) if final else DASH,
            f"{points(final.low)}–{points(final.high)}" if final else DASH,
        ),
    )


def _latest(site: RaceSite) -> list[tuple[str, str, str]]:
    """What moved it: the day, the change in the leader's chance, what came; the latest first."""
    steps = [*pairwise(site.edition.course)]
    outlook = site.edition.outlook
    if not outlook:
        return []
    leader = outlook.told.pair[0]
    told = []
    for before, after in steps[: -LATEST - 1 : -1]:
        old, new = before.of(leader), after.of(leader)
        if old and new:
            change = f"{in_hundred(old.win)} → {in_hundred(new.win)}"
            told.append((str(after.as_of), change, over_time.what_came(site, after.as_of)))
    return told


# --- whom to ask --------------------------------------------------------------------------


def _picture(site: RaceSite, told: Told) -> str:
    leader = told.of(told.pair[0])
    if not told.blocs or not leader:
        return ""
    bars = [PivotBar(_bloc(site, b), part(b.low), part(b.high)) for b in told.blocs[:MOST_BLOCS]]
    return draw_pivots(site.names[told.pair[0]], part(leader.win), bars, "pivots")


def _electors(site: RaceSite, told: Told) -> Grid | None:
    if not told.electors:
        return None
    one = site.names[told.pair[0]]
    columns = (Column("Moves", f"the chance of {one}, in 100"), Column("Give or take", "its error"))
    rows = tuple(
        Row(each.elector, (percent(part(each.moves), 1), percent(part(each.error), 1)))
        for each in told.electors[:MOST_ELECTORS]
    )
    of = f", {len(rows)} of {len(told.electors)}" if len(rows) < len(told.electors) else ""
    caption = f"Named electors to ask first{of}"
    return Grid(caption, Column("Elector", "", "roster/index.html"), columns, rows)
