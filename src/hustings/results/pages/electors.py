"""The named electors: how each ranked the candidates, and what became of the ballot."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from hustings.ballots.paper import as_written
from hustings.ballots.shared import marks_of, members, named
from hustings.results.edition import NamedBallot, SeatsEdition, SectionEdition
from hustings.results.pages.followed import Followed, followed
from hustings.results.pages.page import DASH, Column, Grid, Link, Page, Row, Site
from hustings.results.words import listed
from hustings.units import Candidate, Section, ordinal


@dataclass(frozen=True)
class Listing:
    """The ballots of one section, how many stood at first, and how to follow a ballot."""

    site: Site
    section: Section
    part: SectionEdition
    standing: int
    ways: Followed

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
        return bool(ballot.ranking) and self.ranked(ballot) >= self.standing - 1

    def ranked(self, ballot: NamedBallot) -> int:
        """How many candidates it ranks."""
        return sum(len(members(entry)) for entry in ballot.ranking)

    def end(self, ballot: NamedBallot) -> Candidate | None:
        """With whom the ballot lay in the last round or stage."""
        return None if ballot.spoiled else self.ways.end(ballot.ranking)

    def helped(self, ballot: NamedBallot) -> list[Candidate]:
        """Whom of the elected the ballot counted for in the end."""
        return [] if ballot.spoiled else self.ways.helped(ballot.ranking)

    def place(self, ballot: NamedBallot, name: Candidate) -> str:
        """Which preference of the ballot the candidate is, in words; empty where none."""
        places = (at for at, entry in enumerate(ballot.ranking, 1) if name in members(entry))
        return next(map(ordinal, places), "")


def pages(site: Site) -> Iterator[Page]:
    """For each section with named ballots: the table in several orders, and each elector."""
    standing = len(site.edition.transcript.rounds[0].tally.totals)
    for section, part in site.sections_with("ballots"):
        listing = Listing(site, section, part, standing, followed(site, section, 4))
        yield from _listings(listing)
        yield from _each(listing)


Key = Callable[[NamedBallot], tuple[object, ...]]
# By which column a page is sorted: by name, or one of these.
FIRST, GIVEN, END = "by-first-preference/", "by-preferences/", "by-end/"


def _listings(listing: Listing) -> Iterator[Page]:
    """The table by name, and sorted by each column that is worth it."""
    folder = listing.site.places.electors(listing.section)
    printed = {ballot.id: _row(listing, ballot) for ballot in listing.part.ballots}
    for place, (told, key) in _sortings(listing).items():
        rows = tuple(printed[ballot.id] for ballot in sorted(listing.part.ballots, key=key))
        first = Column(listing.noun.capitalize(), "", f"{folder}index.html", sorted=not place)
        caption = f"How each {listing.noun} ranked the candidates"
        grid = Grid(caption, first, tuple(_columns(listing, place)), rows)
        yield Page(
            f"{folder}{place}index.html",
            f"How the {listing.nouns} voted{told}",
            "electors.html",
            {"table": grid, "listing": listing, "summary": _summary(listing)},
        )


def _sortings(listing: Listing) -> dict[str, tuple[str, Key]]:
    """For the folder of each page what its title says, and the key of a ballot."""
    order = {name: place for place, name in enumerate(listing.site.names)}

    def by_ranks(ballot: NamedBallot) -> tuple[object, ...]:
        return tuple(order[members(entry)[0]] for entry in ballot.ranking) or (len(order),)

    def by_end(ballot: NamedBallot) -> tuple[object, ...]:
        end = listing.end(ballot)
        return order[end] if end else len(order), by_ranks(ballot)

    return {
        "": ("", lambda ballot: ()),
        FIRST: (", by first preference", by_ranks),
        GIVEN: (", by how many they gave", lambda b: (-len(b.ranking), by_ranks(b))),
        END: (", by where they ended", by_end),
    }


def _columns(listing: Listing, sorted_by: str) -> Iterator[Column]:
    folder = listing.site.places.electors(listing.section)

    def column(head: str, of: str, place: str, *, text: bool = True) -> Column:
        href = f"{folder}{place}index.html" if place else ""
        return Column(head, of, href, text, bool(place) and place == sorted_by)

    for rank in range(1, listing.standing + 1):
        yield column(ordinal(rank), "" if rank > 1 else "preference", FIRST if rank == 1 else "")
    yield column("Given", "preferences", GIVEN, text=False)
    yield column("Complete", "", "")
    yield column(f"In the last {listing.site.step}", "with", END)
    if isinstance(listing.site.edition, SeatsEdition):
        yield column("Counted for", "of those with a seat", "")
    elif listing.site.edition.winner:
        yield column("Backed the winner", "in the last round", "")


def _summary(listing: Listing) -> str:
    ballots = listing.part.ballots
    complete = sum(listing.complete(ballot) for ballot in ballots)
    one = sum(len(ballot.ranking) == 1 for ballot in ballots)
    return (
        f"{len(ballots):,} {listing.nouns} cast a ballot. {complete:,} ranked everyone, or "
        f"everyone but the last; {one:,} gave one preference only."
    )


def _row(listing: Listing, ballot: NamedBallot) -> Row:
    names, size = listing.site.names, listing.standing
    ranks = [named(entry, names.__getitem__) for entry in ballot.ranking]
    end, winner = listing.end(ballot), listing.site.edition.winner
    cells = [
        *ranks,
        *([DASH] * (size - len(ranks))),
        str(len(ranks)),
        "spoiled" if ballot.spoiled else _yes(listing.complete(ballot)),
        names[end] if end else DASH,
    ]
    if isinstance(listing.site.edition, SeatsEdition):
        cells.append(", ".join(names[name] for name in listing.helped(ballot)) or DASH)
    elif winner:
        cells.append(_yes(end == winner))
    href = listing.site.places.elector(listing.section, ballot.id)
    return Row(ballot.elector.name, tuple(cells), href)


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def _each(listing: Listing) -> Iterator[Page]:
    site, ballots = listing.site, listing.part.ballots
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
                "ranking": [named(entry, site.names.__getitem__) for entry in ballot.ranking],
                "marked": _marked(site, ballot),
                "fates": _fates(listing, ballot),
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


def _fates(listing: Listing, ballot: NamedBallot) -> Grid | None:
    if ballot.spoiled:
        return None
    return listing.ways.grid(ballot.ranking, "What became of the ballot")


def _marked(site: Site, ballot: NamedBallot) -> str:
    """The paper as it was marked, where that is not just the ranking."""
    if ballot.marks == marks_of(ballot.ranking):
        return ""
    named = tuple(tuple(site.names.get(name, name) for name in rank) for rank in ballot.marks)
    return as_written(named)  # type: ignore[arg-type]


def _backed(listing: Listing, ballot: NamedBallot) -> str:
    """Whether the ballot was with whoever was elected, at the first and at the last."""
    site, winner = listing.site, listing.site.edition.winner
    if isinstance(site.edition, SeatsEdition):
        return _helped(listing, ballot, site.edition.elected)
    if winner is None or ballot.spoiled:
        return ""
    name = site.names[winner]
    if ballot.ranking[0] == winner:
        return f"Backed {name}, {site.who_won}, with the first preference."
    place = listing.place(ballot, winner)
    if listing.end(ballot) == winner:
        return f"Counted for {name}, {site.who_won}, in the end: their {place} preference."
    if place:
        return f"Ranked {name}, {site.who_won}, {place}; the ballot did not count for them."
    return f"Gave no preference to {name}, {site.who_won}."


def _helped(listing: Listing, ballot: NamedBallot, elected: Sequence[Candidate]) -> str:
    """Whom of several elected the ballot counted for, whole or in part."""
    if ballot.spoiled:
        return ""
    got = [listing.site.names[name] for name in listing.helped(ballot)]
    if got:
        who = listing.site.who_won.replace("was", "were" if len(got) > 1 else "was")
        return f"Counted in the end for {listed(got)}, {who}."
    if any(listing.place(ballot, name) for name in elected):
        return f"Counted in the end for nobody {listing.site.who_won}."
    return f"Gave no preference to anybody {listing.site.who_won}."
