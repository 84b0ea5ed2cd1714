"""The named electors: how each ranked the candidates, and what became of the ballot."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hustings.ballots.paper import as_written
from hustings.ballots.profile import highest
from hustings.results.edition import NamedBallot, SectionEdition
from hustings.results.pages.page import DASH, Column, Grid, Link, Page, Row, Site
from hustings.units import Candidate, Section, ordinal, percent


@dataclass(frozen=True)
class Listing:
    """The ballots of one section, and for each round who was standing."""

    site: Site
    section: Section
    part: SectionEdition
    standing: tuple[frozenset[Candidate], ...]

    @property
    def noun(self) -> str:
        """What one of them is called."""
        return self.part.publication.elector_is

    @property
    def nouns(self) -> str:
        """What they are called."""
        return self.part.publication.electors_are

    def complete(self, ballot: NamedBallot) -> bool:
        """Whether everyone standing is ranked; a full order less the last counts as complete."""
        return bool(ballot.ranking) and len(ballot.ranking) >= len(self.standing[0]) - 1

    def end(self, ballot: NamedBallot) -> Candidate | None:
        """With whom the ballot lay in the last round."""
        return highest(ballot.ranking, self.standing[-1])


def pages(site: Site) -> Iterator[Page]:
    """For each section with named ballots: the table in several orders, and each elector."""
    standing = tuple(frozenset(round_.tally.totals) for round_ in site.edition.transcript.rounds)
    for section, part in site.sections_with("ballots"):
        listing = Listing(site, section, part, standing)
        yield from _listings(listing)
        yield from _each(listing)


Key = Callable[[NamedBallot], tuple[object, ...]]


def _listings(listing: Listing) -> Iterator[Page]:
    site, size = listing.site, len(listing.standing[0])
    folder = site.places.electors(listing.section)
    order = [*site.names]

    def by_ranks(ballot: NamedBallot) -> tuple[object, ...]:
        return tuple(order.index(name) for name in ballot.ranking) or (len(order),)

    sortings: list[tuple[str, str, Key]] = [
        ("", "", lambda ballot: ()),
        ("by-first-preference/", ", by first preference", by_ranks),
        ("by-preferences/", ", by how many they gave", lambda b: (-len(b.ranking), *by_ranks(b))),
        ("by-end/", ", by where they ended", lambda b: (str(listing.end(b) or "~"), *by_ranks(b))),
    ]
    hrefs = [f"{folder}{place}index.html" for place, _, _ in sortings]
    printed = {ballot.id: _row(listing, ballot) for ballot in listing.part.ballots}
    for place, told, key in sortings:
        ranks = tuple(
            Column(
                ordinal(rank),
                "" if rank > 1 else "preference",
                hrefs[1] if rank == 1 else "",
                text=True,
                sorted=rank == 1 and place == sortings[1][0],
            )
            for rank in range(1, size + 1)
        )
        columns = (
            *ranks,
            Column("Given", "preferences", hrefs[2], sorted=place == sortings[2][0]),
            Column("Complete", "", text=True),
            Column(
                "In the last round", "with", hrefs[3], text=True, sorted=place == sortings[3][0]
            ),
        )
        first = Column(listing.noun.capitalize(), "", hrefs[0], sorted=not place)
        rows = tuple(printed[b.id] for b in sorted(listing.part.ballots, key=key))
        grid = Grid(f"How each {listing.noun} ranked the candidates", first, columns, rows)
        yield Page(
            f"{folder}{place}index.html",
            f"How the {listing.nouns} voted{told}",
            "electors.html",
            {"table": grid, "listing": listing, "summary": _summary(listing)},
        )


def _summary(listing: Listing) -> str:
    ballots = listing.part.ballots
    complete = sum(listing.complete(ballot) for ballot in ballots)
    one = sum(len(ballot.ranking) == 1 for ballot in ballots)
    return (
        f"{len(ballots):,} {listing.nouns} cast a ballot. {complete:,} ranked everyone, or "
        f"everyone but the last; {one:,} gave one preference only."
    )


def _row(listing: Listing, ballot: NamedBallot) -> Row:
    names, size = listing.site.names, len(listing.standing[0])
    ranks = [names[name] for name in ballot.ranking]
    end = listing.end(ballot)
    cells = (
        *ranks,
        *([DASH] * (size - len(ranks))),
        str(len(ranks)),
        "spoiled" if ballot.spoiled else "yes" if listing.complete(ballot) else "no",
        names[end] if end else DASH,
    )
    href = listing.site.places.elector(listing.section, ballot.id)
    return Row(ballot.elector.name, cells, href)


@dataclass(frozen=True, slots=True)
class Fate:
    """A ballot in one round: with whom it lay, and what it was worth."""

    round: int
    holder: str
    worth: str


def _each(listing: Listing) -> Iterator[Page]:
    site, ballots = listing.site, listing.part.ballots
    worth = _worths(listing)
    alike: dict[tuple[Candidate, ...], list[NamedBallot]] = {}
    for ballot in ballots:
        alike.setdefault(ballot.ranking, []).append(ballot)
    for at, ballot in enumerate(ballots):
        near = [*ballots[max(0, at - 1) : at], *ballots[at + 1 : at + 2]]
        yield Page(
            site.places.elector(listing.section, ballot.id),
            ballot.elector.name,
            "elector.html",
            {
                "listing": listing,
                "ballot": ballot,
                "ranking": [site.names[name] for name in ballot.ranking],
                "marked": _marked(site, ballot),
                "fates": [*_fates(listing, ballot, worth)],
                "complete": listing.complete(ballot),
                "backed": _backed(listing, ballot),
                "alike": len(alike[ballot.ranking]) - 1,
                "near": [
                    Link(other.elector.name, site.places.elector(listing.section, other.id))
                    for other in near
                ],
                "up": Link(
                    f"All {listing.nouns}", f"{site.places.electors(listing.section)}index.html"
                ),
            },
        )


def _worths(listing: Listing) -> list[dict[Candidate, str]]:
    """What one paper of the section is worth to whoever holds it, in each round."""
    worths = []
    for round_ in listing.site.edition.transcript.rounds:
        held, points = round_.tally.held[listing.section], round_.tally.points[listing.section]
        worths.append(
            {name: percent(points[name] / papers, 4) for name, papers in held.items() if papers}
        )
    return worths


def _fates(
    listing: Listing, ballot: NamedBallot, worths: list[dict[Candidate, str]]
) -> Iterator[Fate]:
    if ballot.spoiled:
        return
    for number, (standing, worth) in enumerate(zip(listing.standing, worths, strict=True), 1):
        holder = highest(ballot.ranking, standing)
        if holder is None:
            yield Fate(number, "nobody: non-transferable", DASH)
        else:
            yield Fate(number, listing.site.names[holder], worth[holder])


def _marked(site: Site, ballot: NamedBallot) -> str:
    """The paper as it was marked, where that is not just the ranking."""
    as_ranked = tuple((name,) for name in ballot.ranking)
    if ballot.marks == as_ranked:
        return ""
    named = tuple(tuple(site.names.get(name, name) for name in rank) for rank in ballot.marks)
    return as_written(named)  # type: ignore[arg-type]


def _backed(listing: Listing, ballot: NamedBallot) -> str:
    """Whether the ballot was with whoever was elected, at the first and at the last."""
    winner = listing.site.edition.winner
    if winner is None or ballot.spoiled:
        return ""
    name = listing.site.names[winner]
    if ballot.ranking[0] == winner:
        return f"Backed {name}, who was elected, with the first preference."
    if listing.end(ballot) == winner:
        place = ordinal(ballot.ranking.index(winner) + 1)
        return f"Counted for {name}, who was elected, in the end: their {place} preference."
    if winner in ballot.ranking:
        place = ordinal(ballot.ranking.index(winner) + 1)
        return f"Ranked {name}, who was elected, {place}; the ballot did not count for them."
    return f"Gave no preference to {name}, who was elected."
