"""The units: their table, sorted by each column, and a page for each of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from hustings.counting.figures import printed_number
from hustings.results.edition import SectionEdition, Standalone, UnitRow
from hustings.results.facts.fact import finely
from hustings.results.pages.page import DASH, Column, Grid, Link, Page, Row, Site
from hustings.results.pages.sections import number, rate, turnout
from hustings.results.pictures.triangle import ThreeWay, draw_triangle
from hustings.results.pictures.turnout import TurnoutPoint, draw_turnout
from hustings.units import Candidate, Papers, Section, Unit, ordinal

Key = Callable[[UnitRow], tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Sorting:
    """One way to sort the table: the folder of its page, its words, and the key of a row."""

    folder: str
    told: str
    key: Key


@dataclass(frozen=True)
class Listing:
    """The rows of one section, with what each of their pages needs to know of the others."""

    site: Site
    section: Section
    part: SectionEdition
    standing: tuple[Candidate, ...]

    @cached_property
    def held_up(self) -> bool:
        """Whether any row has formal papers that count for nobody in round 1."""
        return any(row.non_transferable for row in self.part.rows)

    @property
    def noun(self) -> str:
        """What one of them is called."""
        return self.part.publication.unit_is

    @property
    def nouns(self) -> str:
        """What they are called."""
        return self.part.publication.units_are

    def href(self, row: UnitRow) -> str:
        """The page of a row."""
        return self.site.places.unit(self.section, row)


def pages(site: Site) -> Iterator[Page]:
    """For each section with units: the table in every order, the pictures, and each unit."""
    for section, part in site.sections_with("rows"):
        listing = Listing(site, section, part, site.order)
        yield from _listings(listing)
        if _drawable(listing):
            yield _pictures(listing)
        yield from _each(listing)


# --- the table ------------------------------------------------------------------------------


def _listings(listing: Listing) -> Iterator[Page]:
    """The table by name, and sorted by every column."""
    sortings = _sortings(listing)
    rows = [row for row in listing.part.rows if row.standing is not Standalone.NOT_HELD]
    rest = [row for row in listing.part.rows if row.standing is Standalone.NOT_HELD]
    printed = {row.id: _row(listing, row) for row in listing.part.rows}
    folder = listing.site.places.units(listing.section)
    total = _total(listing)
    name = listing.site.section_name(listing.section)
    for sorting in sortings:
        ordered = sorted(rows, key=sorting.key)
        grid = Grid(
            f"First preferences of {name}, by {listing.noun}: papers, and % of the valid papers "
            f"of each {listing.noun}",
            Column(listing.noun.capitalize(), "", f"{folder}index.html", sorted=not sorting.folder),
            tuple(_columns(listing, sortings, sorting)),
            tuple(printed[row.id] for row in (*ordered, *rest)),
            (total,),
        )
        yield Page(
            f"{folder}{sorting.folder}index.html",
            f"{name} by {listing.noun}{sorting.told}",
            "units.html",
            {"table": grid, "listing": listing, "drawn": _drawable(listing), "folder": folder},
        )


def _sortings(listing: Listing) -> list[Sorting]:
    def share(name: Candidate) -> Key:
        return lambda row: (-_share(row, name), row.name, row.id)

    sortings = [Sorting("", "", lambda row: (row.name.casefold(), row.id))]
    for name in listing.standing:
        called = listing.site.names[name]
        told = f", sorted by the share of {called}"
        sortings.append(Sorting(f"by-votes-of-{name}/", told, share(name)))
    for folder, told, key in (
        *([_BY_HELD_UP] if listing.held_up else []),
        ("by-valid-papers/", "valid papers", lambda row: -(row.valid or 0)),
        (
            "by-spoiled/",
            "the rate of spoiled papers",
            lambda row: -_part(row.spoiled, row.returned),
        ),
        ("by-issued/", "papers issued", lambda row: -(row.issued or 0)),
        ("by-turnout/", "turnout", lambda row: -_part(row.returned, row.issued)),
    ):
        sortings.append(Sorting(folder, f", sorted by {told}", _then_name(key)))
    return sortings


_BY_HELD_UP = (
    "by-non-transferable/",
    "papers that are non-transferable at first",
    lambda row: -(row.non_transferable or 0),
)


def _then_name(key: Callable[[UnitRow], int]) -> Key:
    return lambda row: (key(row), row.name, row.id)


def _columns(listing: Listing, sortings: Sequence[Sorting], current: Sorting) -> Iterator[Column]:
    folder = listing.site.places.units(listing.section)
    heads = [
        *((listing.site.names[name], "votes, %") for name in listing.standing),
        *([("Non-transferable", "papers at first")] if listing.held_up else []),
        ("Valid", "papers"),
        ("Spoiled", "papers"),
        ("Issued", "papers"),
        ("Turnout", "returned, % of issued"),
    ]
    for sorting, (head, of) in zip(sortings[1:], heads, strict=True):
        href = f"{folder}{sorting.folder}index.html"
        yield Column(head, of, href, sorted=sorting is current)


def _row(listing: Listing, row: UnitRow) -> Row:
    votes = (
        f"{printed_number(row.votes[name])} ({rate(row.votes[name], row.valid or 0)})"
        if row.votes is not None
        else DASH
        for name in listing.standing
    )
    cells = (
        *votes,
        *([_known(row, row.non_transferable)] if listing.held_up else []),
        number(row.valid),
        number(row.spoiled),
        number(row.issued),
        turnout(row.returned, row.issued),
    )
    note = "" if row.standing is Standalone.ALONE else row.standing.meaning
    return Row(row.name, cells, listing.href(row), note)


def _known(row: UnitRow, papers: Papers | None) -> str:
    return DASH if row.votes is None else number(papers)


def _total(listing: Listing) -> Row:
    """The section as a whole; the rows were checked to sum to it before anything was built."""
    tally = listing.site.edition.transcript.rounds[0].tally
    held, held_up = tally.held[listing.section], tally.non_transferable[listing.section]
    account, valid = listing.part.account, sum(held.values()) + held_up
    spoiled = None if account.spoiled is None else sum(account.spoiled.values())
    votes = (
        f"{printed_number(held[name])} ({rate(held[name], valid)})" for name in listing.standing
    )
    return Row(
        "Total",
        (
            *votes,
            *([printed_number(held_up)] if listing.held_up else []),
            printed_number(valid),
            number(spoiled),
            number(account.issued),
            turnout(account.returned, account.issued),
        ),
    )


def _share(row: UnitRow, name: Candidate) -> int:
    return _part(row.votes[name], row.valid) if row.votes is not None else -1


def _part(part: int | None, whole: int | None) -> int:
    """How large a part of a whole is, to sort by; less than nothing where it is not known."""
    return finely(part, whole) if part is not None and whole else -1


# --- pictures -------------------------------------------------------------------------------

FEWEST_DRAWN = 3


def _drawable(listing: Listing) -> bool:
    return len(listing.part.alone) >= FEWEST_DRAWN


def _pictures(listing: Listing) -> Page:
    """The units between the last three candidates, and turnout beside the winner's share."""
    site, alone = listing.site, listing.part.alone
    corners, triangle = listing.standing[:3], ""
    if len(corners) == 3:
        a, b, c = corners
        points = [
            ThreeWay(row.name, (row.votes[a], row.votes[b], row.votes[c]), _beside(listing, row))
            for row in alone
            if row.votes is not None
        ]
        called = site.names[a], site.names[b], site.names[c]
        triangle = draw_triangle(called, points, "triangle", listing.nouns)
    first = listing.standing[0]
    scattered = [
        TurnoutPoint(
            row.name,
            Fraction(row.returned, row.issued),
            Fraction(row.votes[first], row.valid),
            _beside(listing, row),
        )
        for row in alone
        if row.votes is not None and row.returned is not None and row.issued and row.valid
    ]
    scatter = ""
    if len(scattered) >= FEWEST_DRAWN:
        scatter = draw_turnout(site.names[first], scattered, "turnout")
    folder = site.places.units(listing.section)
    return Page(
        f"{folder}pictures/index.html",
        f"{site.section_name(listing.section)} by {listing.noun}, in pictures",
        "unit_pictures.html",
        {"triangle": triangle, "scatter": scatter, "listing": listing, "folder": folder},
    )


def _beside(listing: Listing, row: UnitRow) -> str:
    """The page of a row, seen from the page of the pictures."""
    folder = listing.site.places.units(listing.section)
    return f"../{listing.href(row).removeprefix(folder)}"


# --- a page a unit --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bar:
    """One candidate in a unit: papers, shares of the unit and of the section, and a width."""

    name: str
    papers: str
    share: str
    of_section: str
    more: str
    width: str


def _each(listing: Listing) -> Iterator[Page]:
    rows = sorted(listing.part.rows, key=lambda row: (row.name.casefold(), row.id))
    by_size = sorted(listing.part.alone, key=lambda row: (-(row.valid or 0), row.name))
    place = {row.id: at for at, row in enumerate(by_size)}
    held = listing.site.edition.transcript.rounds[0].tally.held[listing.section]
    for at, row in enumerate(rows):
        before = rows[at - 1] if at else None
        after = rows[at + 1] if at + 1 < len(rows) else None
        yield _unit(listing, row, held, _neighbours(listing, before, after), place, by_size)
    rowed = {row.id for row in rows}
    for unit, pool in listing.part.pooled_into.items():
        if unit not in rowed:
            yield _pooled(listing, unit, pool)


def _neighbours(
    listing: Listing, before: UnitRow | None, after: UnitRow | None
) -> list[tuple[str, Link]]:
    """The pages before and after in the alphabet."""
    found = []
    for told, row in (("Before", before), ("After", after)):
        if row is not None:
            found.append((told, Link(row.name, listing.href(row))))
    return found


def _unit(
    listing: Listing,
    row: UnitRow,
    held: Mapping[Candidate, Papers],
    neighbours: list[tuple[str, Link]],
    place: dict[str, int],
    by_size: Sequence[UnitRow],
) -> Page:
    known = listing.part.publication.units
    entry = known.get(row.units[0]) if len(row.units) == 1 else None
    pooled = row.units if row.standing is Standalone.POOLED else ()
    up = f"{listing.site.places.units(listing.section)}index.html"
    return Page(
        listing.href(row),
        row.name,
        "unit.html",
        {
            "listing": listing,
            "row": row,
            "told": _told(listing, row),
            "bars": _bars(listing, row, held),
            "held_up": printed_number(row.non_transferable) if row.non_transferable else "",
            "held_up_rate": rate(row.non_transferable or 0, row.valid or 0),
            **_papers(row),
            "place": ordinal(place[row.id] + 1) if row.id in place else "",
            "among": len(by_size),
            "of_size": _of_size(listing, row, place, by_size),
            "neighbours": neighbours,
            "attributes": entry.attributes if entry else {},
            "home_of": listing.site.names.get(entry.home_of, "") if entry and entry.home_of else "",
            "members": [Link(known[unit].name, "") for unit in pooled if unit in known],
            "up": Link(f"All {listing.nouns}", up),
        },
    )


def _papers(row: UnitRow) -> dict[str, str]:
    """The paper account of a row, as printed."""
    known = row.spoiled is not None and row.returned
    return {
        "valid": number(row.valid),
        "issued": number(row.issued),
        "returned": number(row.returned),
        "spoiled": number(row.spoiled),
        "spoiled_rate": rate(row.spoiled or 0, row.returned or 0) if known else "",
        "turnout": turnout(row.returned, row.issued),
    }


def _of_size(
    listing: Listing, row: UnitRow, place: dict[str, int], by_size: Sequence[UnitRow]
) -> list[Link]:
    """The two rows that are larger, and the two that are smaller."""
    if row.id not in place:
        return []
    at = place[row.id]
    near = (*by_size[max(0, at - 2) : at], *by_size[at + 1 : at + 3])
    return [
        Link(f"{other.name} ({printed_number(other.valid or 0)})", listing.href(other))
        for other in near
    ]


def _bars(listing: Listing, row: UnitRow, held: Mapping[Candidate, Papers]) -> list[Bar]:
    if not row.votes or not row.valid:
        return []
    names, valid = listing.site.names, row.valid
    total = listing.site.valid(listing.section) or sum(held.values())
    votes, most = row.votes, max(row.votes.values())
    bars = []
    for name in sorted(votes, key=lambda name: (-votes[name], names[name])):
        papers = votes[name]
        more = papers * total - held[name] * valid
        bars.append(
            Bar(
                names[name],
                printed_number(papers),
                rate(papers, valid),
                rate(held[name], total),
                f"{'+' if more > 0 else ''}{rate(more, valid * total)}",
                rate(papers, most),
            )
        )
    return bars


def _told(listing: Listing, row: UnitRow) -> str:
    """The row in a sentence."""
    noun = listing.noun
    if row.votes is None:
        return f"How {row.name} voted is not held; only what stands below was published."
    if not row.valid:
        return f"{row.name} cast no valid paper."
    best = max(row.votes.values())
    names = [listing.site.names[name] for name, papers in row.votes.items() if papers == best]
    share = rate(best, row.valid)
    whom = " and ".join(sorted(names))
    many = f"{printed_number(best)} of {printed_number(row.valid)} first preferences ({share}%)"
    if row.standing is Standalone.NOT_HELD:
        return f"What is left of the section after every {noun} with figures: {whom} had {many}."
    level = ", level" if len(names) > 1 else ""
    return f"{row.name} put {whom} first{level}, with {many}."


def _pooled(listing: Listing, unit: Unit, pool: str) -> Page:
    """The page of a unit without a row of its own: why, and where its papers are."""
    entry = listing.part.publication.units.get(unit)
    row = next(row for row in listing.part.rows if row.id == pool)
    return Page(
        listing.site.places.unit(listing.section, unit),
        entry.name if entry else unit,
        "pooled.html",
        {"listing": listing, "row": row, "href": listing.href(row)},
    )
