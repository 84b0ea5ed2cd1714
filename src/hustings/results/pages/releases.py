"""The releases: what each changed, and whether it changed who was elected."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hustings.ballots.shared import named
from hustings.counting.figures import printed_points, printed_total
from hustings.counting.seats import account as seats_account
from hustings.election.publication import Release
from hustings.results.edition import Edition, SeatsEdition, SectionEdition, Standalone
from hustings.results.pages.page import Column, Grid, Page, Row, Site, day

# What each printed figure is called, and what stands there.
Figures = Mapping[str, str]
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Change:
    """One printed figure that is other than in the release before."""

    what: str
    before: str
    after: str


def figures(edition: Edition) -> dict[str, str]:
    """Every figure that a correction could change, by what it is, as printed."""
    return dict(_figures(edition))


def _figures(edition: Edition) -> Iterator[tuple[str, str]]:
    transcript = edition.transcript
    contest = transcript.contest
    if isinstance(edition, SeatsEdition):
        yield from _of_stages(edition)
        return
    yield f"{contest.post}: elected", contest.name(edition.winner) if edition.winner else "nobody"
    for number, round_ in enumerate(transcript.rounds, 1):
        for name in round_.tally.totals:
            called = contest.name(name)
            yield f"Round {number}: {called}, total", f"{printed_total(transcript, round_, name)}%"
            for section, held in round_.tally.held.items():
                where = f"Round {number}: {called}, {contest.section_name(section)}"
                if not transcript.unreal(section):
                    yield f"{where}, papers", f"{held[name]:,}"
                yield f"{where}, points", f"{printed_points(transcript, round_, section, name)}%"
    for section, part in edition.sections.items():
        yield from _of_section(edition, contest.section_name(section), part)


def _of_stages(edition: SeatsEdition) -> Iterator[tuple[str, str]]:
    """Those elected, and every candidate's votes after each stage."""
    stages, contest = edition.stages, edition.stages.contest
    names = ", ".join(map(contest.name, edition.elected))
    yield f"{contest.post}: elected", names or "nobody"
    for number, stage in enumerate(stages.stages, 1):
        if stage.quota is not None:
            yield f"Stage {number}: quota", seats_account.printed_votes(stages, stage.quota)
        for name, votes in stage.votes.items():
            printed = seats_account.printed_votes(stages, votes)
            yield f"Stage {number}: {contest.name(name)}", printed
    for section, part in edition.sections.items():
        yield from _of_section(edition, contest.section_name(section), part)


def _of_section(edition: Edition, body: str, part: SectionEdition) -> Iterator[tuple[str, str]]:
    """Papers, rows of units and named ballots of one section."""
    contest, account = edition.transcript.contest, part.account
    spoiled = None if account.spoiled is None else sum(account.spoiled.values())
    for what, papers in (
        ("issued", account.issued),
        ("returned", account.returned),
        ("spoiled", spoiled),
    ):
        yield f"{body}: papers {what}", _told(papers)
    for row in part.rows:
        # Two pools may bear one name.
        pooled = f" ({row.id})" if row.standing is Standalone.POOLED else ""
        where = f"{body}: {row.name}{pooled}"
        for candidate, votes in (row.votes or {}).items():
            yield f"{where}: {contest.name(candidate)}", f"{votes:,}"
        if row.non_transferable:
            yield f"{where}: non-transferable", f"{row.non_transferable:,}"
        for what, papers in (
            ("spoiled", row.spoiled),
            ("returned", row.returned),
            ("issued", row.issued),
        ):
            yield f"{where}: {what}", _told(papers)
    for ballot in part.ballots:
        order = " > ".join(named(entry, contest.name) for entry in ballot.ranking)
        yield f"{body}: {ballot.elector.name}", ballot.spoiled or order


def _told(papers: int | None) -> str:
    return NOTHING if papers is None else f"{papers:,}"


def changes(before: Figures, after: Figures) -> tuple[Change, ...]:
    """What differs, in the order of the figures; what came or went stands against a dash."""
    names = dict.fromkeys([*after, *before])
    return tuple(
        Change(name, before.get(name, NOTHING), after.get(name, NOTHING))
        for name in names
        if before.get(name, NOTHING) != after.get(name, NOTHING)
    )


@dataclass(frozen=True, slots=True)
class Past:
    """A release on the page: what it was, and what it changed where the one before is held."""

    release: Release
    when: str
    changes: Grid | None
    told: str


def page(site: Site, releases: Sequence[Release], held: Mapping[int, Figures]) -> Page:
    """Every release, the newest first; `held` has the figures of those that can be compared."""
    return Page(
        site.places.at("changes/index.html"),
        "Releases and corrections",
        "changes.html",
        {"past": [_past(site, release, held) for release in reversed(releases)]},
    )


def _past(site: Site, release: Release, held: Mapping[int, Figures]) -> Past:
    when = day(release.at)
    if release.number == 1:
        return Past(release, when, None, "The first release.")
    before, after = held.get(release.number - 1), held.get(release.number)
    if before is None or after is None:
        told = f"Release {release.number - 1} is not held here, so that the two are not compared."
        return Past(release, when, None, told)
    found = changes(before, after)
    elected = f"{site.contest.post}: elected"
    same = before.get(elected) == after.get(elected)
    told = f"{len(found):,} printed figures changed. "
    told += "This does not change who is elected." if same else "This changes who is elected."
    rows = tuple(Row(change.what, (change.before, change.after)) for change in found)
    columns = (Column("Before", text=True), Column("After", text=True))
    caption = f"Changed in release {release.number}"
    grid = Grid(caption, Column("Figure"), columns, rows) if rows else None
    return Past(release, when, grid, told)


def list_page(site: Site, releases: Sequence[Release], held: Sequence[int]) -> Page:
    """The list of every release that is held, the newest first, at the root of the site."""
    known = {release.number: release for release in releases} or {1: Release()}
    rows = tuple(
        Row(
            f"Release {number}",
            (known[number].status.capitalize(), day(known[number].at), known[number].reason),
            f"releases/{number}/index.html",
        )
        for number in sorted(held, reverse=True)
        if number in known
    )
    columns = tuple(Column(head, text=True) for head in ("Status", "Declared", "Why"))
    table = Grid("Every release, each at its own address", Column("Release"), columns, rows)
    return Page("releases/index.html", "Releases", "list.html", {"links": [], "table": table})
