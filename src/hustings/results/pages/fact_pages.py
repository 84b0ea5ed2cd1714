"""The facts, each with its rows and its permalink, and where others printed something else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hustings.ballots.returns import Claim
from hustings.results.facts import Disagreement, Fact, disagreements, unchecked
from hustings.results.pages.page import Column, Grid, Page, Row, Site, day


@dataclass(frozen=True, slots=True)
class FactPart:
    """One fact on the page, its rows as a table, and what is left out of them."""

    fact: Fact
    grid: Grid | None
    more: str


@dataclass(frozen=True, slots=True)
class Group:
    """The facts of one section, or of the college."""

    id: str
    title: str
    facts: tuple[FactPart, ...]


def pages(site: Site, facts: Sequence[Fact]) -> Iterator[Page]:
    """The facts page, and the page of figures that were printed otherwise."""
    claims = unchecked(site.edition, facts)
    yield Page(
        site.places.at("facts/index.html"),
        "Facts about this result",
        "facts.html",
        {
            "groups": [*_groups(site, facts)],
            "claims": [_claim(claim) for claim in claims],
        },
    )
    different = disagreements(site.edition, facts)
    yield Page(
        site.places.at("differences/index.html"),
        "Our figures and those printed elsewhere",
        "differences.html",
        {"table": _differences(different), "checked": _checked(site, facts, different)},
    )


def _groups(site: Site, facts: Sequence[Fact]) -> Iterator[Group]:
    own = {section: site.section_name(section) for section in site.edition.sections}
    whole = "The count as a whole"
    for section, title in ((None, whole), *own.items()):
        parts = tuple(_part(fact) for fact in facts if fact.section == section)
        if parts:
            yield Group(f"of-{section or 'the-whole'}", title, parts)


def _part(fact: Fact) -> FactPart:
    if not fact.rows:
        return FactPart(fact, None, "")
    first, *rest = fact.header
    rows = tuple(Row(row[0], row[1:]) for row in fact.rows)
    grid = Grid(fact.title, Column(first), tuple(Column(head, text=True) for head in rest), rows)
    more = f"and {fact.more:,} more, which the data files have" if fact.more else ""
    return FactPart(fact, grid, more)


def _claim(claim: Claim) -> dict[str, str]:
    return {
        "says": claim.says,
        "value": claim.value,
        "source": claim.source,
        "at": day(claim.at) if claim.at else "",
    }


def _differences(different: Sequence[Disagreement]) -> Grid | None:
    if not different:
        return None
    rows = tuple(Row(each.says, (each.printed, each.ours, each.source)) for each in different)
    columns = (Column("Printed"), Column("Ours"), Column("Where it was printed", text=True))
    return Grid("Figures that were printed otherwise", Column("What"), columns, rows)


def _checked(site: Site, facts: Sequence[Fact], different: Sequence[Disagreement]) -> str:
    """How many printed figures were held against ours, in a sentence."""
    found = site.edition.reconciliation
    claims = len(site.edition.claims) - len(unchecked(site.edition, facts))
    compared = claims + (found.compared if found else 0)
    if not compared:
        return "No figure that was printed elsewhere is held against ours."
    return f"{compared:,} printed figures were held against ours; {len(different):,} differ."
