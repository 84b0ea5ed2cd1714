"""The roster of named electors: whoever has not said first, then whoever has, with the source."""

from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from hustings.forecast.evidence import Grade
from hustings.forecast.roster import Known, known, pair_in_question
from hustings.nominations.meetings import Pair
from hustings.results.pages.page import DASH, Column, Grid, Page, Row
from hustings.results.race_pages.edition import RaceSite, part
from hustings.results.race_pages.evidence import linked
from hustings.results.race_pages.trackers import printed
from hustings.results.report import Block, Heading, Sentence
from hustings.units import percent

# Where the report goes on to list by name what the first table has.
TO_ASK = "Still to ask"


def page(site: RaceSite) -> Page:
    """The tables of whoever has not said and of whoever has, and what the report adds."""
    pair = asked(site)
    electors = known(site.race)
    unknown = [each for each in electors if lacks(each, pair)]
    told = [each for each in electors if not lacks(each, pair)]
    lead, rest = _split(site.edition.trackers.roster.blocks)
    return Page(
        "roster/index.html",
        "The roster: who has not said",
        "race_roster.html",
        {
            "electors": len(electors),
            "lead": lead,
            "unnamed": [*_unnamed(site, electors)],
            "unknown": _unknown(site, unknown, pair) if unknown else None,
            "known": _known(site, told, pair) if told else None,
            "rest": [*printed(rest)],
        },
    )


def asked(site: RaceSite) -> Pair | None:
    """The two between whom preferences decide: the forecast's, or else those of the sources."""
    outlook = site.edition.outlook
    return outlook.told.pair if outlook else pair_in_question(site.race)


def lacks(each: Known, pair: Pair | None) -> str:
    """What is not known of the elector and may decide; empty where nothing is lacking."""
    if each.first is None:
        return "first"
    if pair is None:
        return "second" if each.second is None and not each.complete else ""
    return "" if each.first in pair or each.answers(pair) else "second"


def _split(blocks: Sequence[Block]) -> tuple[list[Sentence], list[Block]]:
    """The report's first sentences, and what follows them until the list of names."""
    lead: list[Sentence] = []
    for block in blocks:
        if not isinstance(block, Sentence):
            break
        lead.append(block)
    rest = [*blocks[len(lead) :]]
    ends = (n for n, b in enumerate(rest) if isinstance(b, Heading) and b.text.startswith(TO_ASK))
    return lead, rest[: next(ends, len(rest))]


def _unnamed(site: RaceSite, electors: Sequence[Known]) -> Iterator[str]:
    """Of each section with named electors, how many are named nowhere."""
    for entry in site.race.contest.sections:
        named = sum(each.section == entry.id for each in electors)
        whole = site.race.electorate(entry.id)
        if named and whole and whole.issued > named:
            where = f" in {entry.name}" if site.many_sections else ""
            yield (
                f"Of {whole.issued - named:,} of the {whole.issued:,} electors{where} nothing is "
                "known by name."
            )


# --- whoever has not said -----------------------------------------------------------------


def _columns(site: RaceSite, electors: Sequence[Known], *own: Column) -> tuple[Column, ...]:
    """Section and unit where they tell electors apart, then the table's own columns."""
    where = []
    if len({each.section for each in electors}) > 1:
        where.append(Column("Section", text=True))
    if any(each.unit for each in electors):
        where.append(Column("Unit", text=True))
    return (*where, *own)


def _where(site: RaceSite, each: Known, electors: Sequence[Known]) -> Iterator[str]:
    if len({every.section for every in electors}) > 1:
        yield site.section_name(each.section) or DASH
    if any(every.unit for every in electors):
        yield site.unit_name(each.unit) or DASH


def _unknown(site: RaceSite, electors: Sequence[Known], pair: Pair | None) -> Grid:
    moves = _moves(site)
    own = [Column("Not known", "preference", text=True), Column("Backs", text=True)]
    if moves and pair:
        own.append(Column("Moves", f"the chance of {site.names[pair[0]]}, in 100"))
    own += [Column("Latest"), Column("Source", text=True)]
    first = sorted(electors, key=lambda e: (e.backs is not None, e.first is not None, e.elector))
    rows = []
    for each in first:
        cells = [*_where(site, each, electors), lacks(each, pair), _backs(site, each)]
        if moves and pair:
            cells.append(moves.get((each.elector, each.section or ""), DASH))
        rows.append(Row(each.elector, (*cells, _latest(each), _sources(each))))
    caption = f"Not known: {len(electors):,}"
    return Grid(caption, Column("Elector"), _columns(site, electors, *own), tuple(rows))


def _moves(site: RaceSite) -> Mapping[tuple[str, str], str]:
    outlook = site.edition.outlook
    if not outlook or outlook.told.pair != asked(site):
        return {}
    return {
        (each.elector, each.section): percent(part(each.moves), 1) for each in outlook.told.electors
    }


def _backs(site: RaceSite, each: Known) -> str:
    if each.backs is None:
        return "nobody known"
    name = site.names[each.backs]
    return name if each.first else f"{name}, by nomination"


# --- whoever has --------------------------------------------------------------------------


def _known(site: RaceSite, electors: Sequence[Known], pair: Pair | None) -> Grid:
    own = [Column("In order", text=True)]
    if pair:
        own.append(Column("Of the two", text=True))
    own += [Column("On whose word", text=True), Column("Latest"), Column("Source", text=True)]
    rows = []
    for each in electors:
        cells = [*_where(site, each, electors), _ranking(site, each)]
        if pair:
            preferred = each.between(pair)
            cells.append(site.names[preferred] if preferred else "neither")
        cells += [_word(each), _latest(each)]
        rows.append(Row(each.elector, (*cells, _sources(each))))
    caption = f"Known: {len(electors):,}"
    return Grid(caption, Column("Elector"), _columns(site, electors, *own), tuple(rows))


def _ranking(site: RaceSite, each: Known) -> str:
    said = " > ".join(site.names[name] for name in each.ranking)
    gone = ", ".join(site.names[name] for name in each.passed_over)
    return f"{said}{f' ({gone} withdrew)' if gone else ''}"


def _word(each: Known) -> str:
    """Declared or reported, and by whom."""
    said = [entry for entry in each.entries if entry.grade is each.grade]
    by = next((entry.by for entry in reversed(said) if entry.by), "")
    if each.grade is Grade.DECLARED or not by:
        return str(each.grade)
    return f"{each.grade} by {by}"


def _latest(each: Known) -> str:
    return str(max(entry.published for entry in each.entries)) if each.entries else DASH


def _sources(each: Known) -> Markup:
    """The sources of all that is known of the elector, each a link."""
    told = {(entry.source_url, entry.source_title): entry for entry in each.entries}
    parts = [linked(entry) for entry in told.values()]
    return Markup("; ").join(parts) if parts else Markup(DASH)
