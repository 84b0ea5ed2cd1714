"""The sections: papers issued, returned and spoiled, the rounds, and how many preferences."""

from collections.abc import Iterator

from hustings.counting.figures import printed_number, printed_points, share
from hustings.results.edition import SectionEdition
from hustings.results.pages.page import DASH, Column, Grid, Link, Page, Row, Site
from hustings.results.pictures.preference_bars import draw_preferences, preferences_used
from hustings.units import Papers, Section, exact, percent


def pages(site: Site) -> Iterator[Page]:
    """A page for each section, and their list where there are several."""
    if site.many_sections:
        links = [
            Link(site.section_name(section), site.places.section(section))
            for section in site.edition.sections
        ]
        yield Page(
            site.places.at("sections/index.html"),
            "The sections of the college",
            "list.html",
            {"links": links, "table": accounts(site)},
        )
    for section, part in site.edition.sections.items():
        yield _page(site, section, part)


def _page(site: Site, section: Section, part: SectionEdition) -> Page:
    used, drawn = None, ""
    if section not in site.edition.transcript.reconstructed and not part.withheld:
        used = preferences_used(site.edition.transcript.profiles[0], section)
        drawn = draw_preferences(used, site.section_name(section), "used")
    return Page(
        site.places.section(section),
        f"{site.section_name(section)}: {_TOLD[site.step]}, papers and turnout",
        "section.html",
        {
            "part": part,
            "weight": exact(part.entry.weight) if site.many_sections else "",
            "account": _account(part, site.valid(section)),
            "reasons": _reasons(part),
            "rounds": _rounds(site, section) if site.step == "round" else None,
            "first": _first_preferences(site, section) if site.step == "stage" else None,
            "used": _used(used),
            "used_drawn": drawn,
            "links": [*_links(site, section, part)],
            "reconstructed": site.edition.transcript.reconstructed.get(section),
        },
    )


# What a section's page tells of the count, by the steps that the count is told in.
_TOLD = {"round": "rounds", "stage": "first preferences"}


def accounts(site: Site) -> Grid:
    """The papers issued, returned, spoiled and valid, and the turnout, of every section."""
    rows = []
    for section, part in site.edition.sections.items():
        cells = tuple(row.cells[0] for row in _account(part, site.valid(section)).rows)
        rows.append(Row(site.section_name(section), cells, site.places.section(section)))
    columns = tuple(Column(*head) for head in _ACCOUNT)
    return Grid("Papers, by section", Column("Section"), columns, tuple(rows))


_ACCOUNT = (
    ("Issued", "papers"),
    ("Returned", "papers"),
    ("Spoiled", "papers"),
    ("Valid", "papers"),
    ("Turnout", "returned, % of issued"),
)


def _account(part: SectionEdition, valid: Papers | None) -> Grid:
    account = part.account
    spoiled = None if account.spoiled is None else Papers(sum(account.spoiled.values()))
    figures = (
        number(account.issued),
        number(account.returned),
        number(spoiled),
        number(valid),
        turnout(account.returned, account.issued),
    )
    rows = tuple(
        Row(f"{head} ({of})", (figure,))
        for (head, of), figure in zip(_ACCOUNT, figures, strict=True)
    )
    return Grid("Papers of the section", Column("What"), (Column("Number"),), rows)


def _reasons(part: SectionEdition) -> Grid | None:
    reasons = part.account.spoiled or {}
    if not reasons:
        return None
    total = sum(reasons.values())
    rows = tuple(
        Row(reason, (printed_number(papers), rate(papers, total)))
        for reason, papers in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    )
    columns = (Column("Papers"), Column("Part", "% of spoiled"))
    totals = (Row("Total", (printed_number(total), rate(total, total))),)
    return Grid("Spoiled papers, by reason", Column("Reason"), columns, rows, totals)


def _rounds(site: Site, section: Section) -> Grid:
    """Votes, share of the section and points, in each round."""
    transcript = site.edition.transcript
    places = transcript.contest.rules.section_places
    unreal = transcript.unreal(section)
    columns: list[Column] = []
    for number_ in range(1, len(transcript.rounds) + 1):
        columns.append(Column(f"Round {number_}", site_papers(site, section)))
        columns.append(Column("", "% of the section in play"))
        if site.many_sections:
            columns.append(Column("", "points, % of the college"))
    rows = []
    for name in site.order:
        cells: list[str] = []
        for round_ in transcript.rounds:
            if name not in round_.tally.totals:
                cells += [""] * (3 if site.many_sections else 2)
                continue
            held = round_.tally.held[section][name]
            cells.append(DASH if unreal else printed_number(held))
            cells.append(percent(share(transcript, round_, section, name), places))
            if site.many_sections:
                cells.append(printed_points(transcript, round_, section, name))
        rows.append(Row(site.names[name], tuple(cells)))
    return Grid(
        "Every round",
        Column("Candidate"),
        tuple(columns),
        tuple(rows),
        tuple(_totals(site, section, unreal)),
    )


def _first_preferences(site: Site, section: Section) -> Grid:
    """Whom the papers of the section put first: its part in what the stages are made of."""
    tally = site.edition.transcript.rounds[0].tally
    held, valid = tally.held[section], site.valid(section) or 0
    rows = tuple(
        Row(site.names[name], (printed_number(held[name]), rate(held[name], valid)))
        for name in site.order
    )
    sums = {"Non-transferable": tally.non_transferable[section], "Total": valid}
    totals = (
        Row(told, (printed_number(papers), rate(papers, valid)))
        for told, papers in sums.items()
        if papers
    )
    columns = (Column("Papers"), Column("Part", "% of valid papers"))
    return Grid("First preferences", Column("Candidate"), columns, rows, tuple(totals))


def _totals(site: Site, section: Section, unreal: bool) -> Iterator[Row]:
    rounds = site.edition.transcript.rounds
    blank = ("", "") if site.many_sections else ("",)
    for name, figures in (
        ("Total continuing", [round_.tally.continuing(section) for round_ in rounds]),
        ("Non-transferable", [round_.tally.non_transferable[section] for round_ in rounds]),
    ):
        cells = ((DASH if unreal else printed_number(papers), *blank) for papers in figures)
        yield Row(name, tuple(cell for three in cells for cell in three))


def site_papers(site: Site, section: Section) -> str:
    """What one paper of the section stands for."""
    named = {entry.id: entry.papers_are for entry in site.contest.sections}
    return named.get(section, "papers")


def _used(used: dict[int, Papers] | None) -> Grid | None:
    if not used:
        return None
    cast = sum(used.values())
    rows = tuple(
        Row(str(count), (printed_number(papers), rate(papers, cast)))
        for count, papers in sorted(used.items())
    )
    columns = (Column("Papers"), Column("Part", "% of valid papers"))
    totals = (Row("Total", (printed_number(cast), rate(cast, cast))),)
    return Grid(
        "How many preferences each paper gave", Column("Preferences"), columns, rows, totals
    )


def _links(site: Site, section: Section, part: SectionEdition) -> Iterator[Link]:
    if part.rows:
        text = f"Results by {part.publication.unit_is}"
        yield Link(text, f"{site.places.units(section)}index.html")
    if part.ballots:
        text = f"How each {part.publication.elector_is} voted"
        yield Link(text, f"{site.places.electors(section)}index.html")


def number(papers: int | None) -> str:
    """A number of papers, or a dash where it is not known."""
    return DASH if papers is None else printed_number(papers)


def rate(part: int, whole: int) -> str:
    """A part of a whole in per cent to one decimal, a half upwards; a dash for no whole."""
    if not whole:
        return DASH
    # Thousands of these stand on the pages of units; whole numbers are exact, and faster.
    tenths = (2000 * abs(part) + whole) // (2 * whole)
    sign = "-" if part < 0 and tenths else ""
    return f"{sign}{tenths // 10}.{tenths % 10}"


def turnout(returned: int | None, issued: int | None) -> str:
    """Papers returned in per cent of those issued; a dash where either is not known."""
    if returned is None or not issued:
        return DASH
    return f"{rate(returned, issued)}%"
