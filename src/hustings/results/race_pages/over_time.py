"""The forecast over time: its pictures, and what was published on each day."""

from collections.abc import Iterator
from datetime import date

from hustings.forecast.evidence import Entry
from hustings.formats.forecast_told import Told
from hustings.results.forecast_words import in_hundred
from hustings.results.pages.page import DASH, Column, Grid, Page, Row, day
from hustings.results.pictures.over_time import (
    MOST_LINES,
    Course,
    Day,
    Line,
    Mark,
    draw_chances,
    draw_share,
)
from hustings.results.race_pages.edition import RaceSite, part
from hustings.results.race_pages.evidence import kinds, linked
from hustings.units import Candidate

# Whoever was never more likely to win than this has no line of their own.
SEEN = 0.01


def page(site: RaceSite) -> Page:
    """Both pictures, and a table with a row for each day."""
    return Page(
        "over-time/index.html",
        "The forecast over time",
        "race_over_time.html",
        {
            "chances": chances(site, "../"),
            "share": _share(site),
            "days": [*_days(site)],
            "table": _table(site),
            "unseen": [site.names[name] for name in _standing(site) if name not in _drawn(site)],
        },
    )


def chances(site: RaceSite, root: str = "") -> str:
    """Each candidate's chance to win by day; nothing where there are fewer than two days."""
    told = site.edition.course
    if len(told) < 2:
        return ""
    lines = tuple(_chance_line(site, name) for name in _drawn(site))
    course = Course("Chance to win, in 100", lines, _marks(site, root), site.race.closes)
    return draw_chances(course, f"Chances to win from {told[0].as_of} to {told[-1].as_of}", "time")


def _standing(site: RaceSite) -> list[Candidate]:
    """Whoever stands, best chance first."""
    course = site.edition.course
    return [each.candidate for each in course[-1].prospects] if course else []


def _drawn(site: RaceSite) -> list[Candidate]:
    """Whoever has a line: the two most likely now, and others who were ever likely at all."""
    found = []
    for number, name in enumerate(_standing(site)):
        prospects = (each.of(name) for each in site.edition.course)
        if number < 2 or any(each.win >= SEEN for each in prospects if each):
            found.append(name)
    return found[:MOST_LINES]


def _chance_line(site: RaceSite, name: Candidate) -> Line:
    known = ((told.as_of, told.of(name)) for told in site.edition.course)
    days = tuple(Day(at, part(each.win)) for at, each in known if each)
    return Line(site.names[name], site.inks[name], days)


def _share(site: RaceSite) -> str:
    """The leader's share among the last two, with the band of four cases in five."""
    told = site.edition.course
    if len(told) < 2:
        return ""
    leader = told[-1].pair[0]
    name = site.names[leader]
    days = [
        Day(each.as_of, part(found.final.median), part(found.final.low), part(found.final.high))
        for each in told
        if (found := each.of(leader)) and found.final
    ]
    if len(days) < 2:
        return ""
    line = Line(name, site.inks[leader], tuple(days))
    course = Course(f"{name}: final share, %", (line,), _marks(site, "../"), site.race.closes)
    finding = f"The final share of {name} from {days[0].day} to {days[-1].day}, four cases of five"
    return draw_share(course, finding, "share")


def _marks(site: RaceSite, root: str) -> tuple[Mark, ...]:
    return tuple(
        Mark(told.as_of, what_came(site, told.as_of), f"{root}over-time/index.html#{anchor(told)}")
        for told in site.edition.course
    )


def anchor(told: Told) -> str:
    """The id of a day's row."""
    return f"day-{told.as_of}"


# --- what came ----------------------------------------------------------------------------


def what_came(site: RaceSite, at: date) -> str:
    """What was published from the day after the forecast before until this one, in words."""
    return "; ".join(f"{kinds(entries)} ({title})" for title, entries in _by_source(site, at))


def _by_source(site: RaceSite, at: date) -> list[tuple[str, list[Entry]]]:
    found: dict[str, list[Entry]] = {}
    for entry in site.history:
        if _before(site, at) < entry.published <= at:
            found.setdefault(entry.source_title, []).append(entry)
    return [*found.items()]


def _before(site: RaceSite, at: date) -> date:
    """The day of the forecast before; whatever came earlier has a row of its own."""
    days = [told.as_of for told in site.edition.course if told.as_of < at]
    return days[-1] if days else date.min


def _days(site: RaceSite) -> Iterator[dict[str, object]]:
    """For each day its number, its sources as links, and the leader's chance before and after."""
    leader = site.edition.course[-1].pair[0] if site.edition.course else None
    before: Told | None = None
    for number, told in enumerate(site.edition.course, 1):
        now, old = (each.of(leader) if each and leader else None for each in (told, before))
        yield {
            "number": number,
            "id": anchor(told),
            "day": day(str(told.as_of)),
            "chance": in_hundred(now.win) if now else DASH,
            "before": in_hundred(old.win) if old else "",
            "sources": [
                (kinds(entries), linked(entries[0])) for _, entries in _by_source(site, told.as_of)
            ],
        }
        before = told


def _table(site: RaceSite) -> Grid:
    names = _standing(site)
    columns = [Column(site.names[name], "wins, of 100") for name in names]
    rows = tuple(
        Row(str(told.as_of), tuple(_cell(told, name) for name in names))
        for told in site.edition.course
    )
    return Grid("Chance to win, by day", Column("As of"), tuple(columns), rows)


def _cell(told: Told, name: Candidate) -> str:
    found = told.of(name)
    return in_hundred(found.win) if found else DASH
