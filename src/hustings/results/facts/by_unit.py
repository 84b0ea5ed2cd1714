"""What the units' own figures answer: who topped them, by how much, and which stand out.

Only rows that are one unit's own are looked at. Where some units are pooled because they are
too small to be shown alone, an answer says that it is about the others, and has no values;
where some units' figures were not published, nothing is said of which unit has the most.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from hustings.counting.figures import printed_number
from hustings.election.publication import UnitEntry
from hustings.results.edition import SectionEdition, Standalone, UnitRow
from hustings.results.facts import sql
from hustings.results.facts.fact import (
    Coverage,
    Fact,
    Scope,
    capped,
    figures,
    finely,
    level,
    listed,
    rate,
    unlike,
)
from hustings.units import Candidate, Section, Unit

# So many units with the highest and the lowest of an attribute; of fewer than twice, a tenth.
FIFTY = 50
# So many units follow the first where a fact is about one end of a list.
NEXT = 10
NUMBER = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?|[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")
HELD_BY = "SELECT v.unit, v.candidate, v.votes, u.valid, u.region, u.home_candidate, u.name"


@dataclass(frozen=True, slots=True)
class OneUnit:
    """One unit's own row, its entry in the list, and who came first in it by how much."""

    row: UnitRow
    entry: UnitEntry
    votes: Mapping[Candidate, int]
    valid: int
    first: tuple[Candidate, ...]
    lead: int

    @property
    def returned(self) -> int | None:
        """Papers returned: as reported, or else the formal and the spoiled together."""
        if self.row.returned is None and self.row.spoiled is not None:
            return self.valid + self.row.spoiled
        return self.row.returned

    @classmethod
    def of(cls, row: UnitRow, entry: UnitEntry) -> "OneUnit":
        """Look at a row that has votes."""
        votes = row.votes or {}
        ordered = sorted(votes.values(), reverse=True)
        most = ordered[0] if ordered else 0
        first = tuple(name for name, held in votes.items() if held == most) if most else ()
        lead = most - ordered[1] if len(ordered) > 1 else most
        return cls(row, entry, votes, sum(ordered), first, lead)


@dataclass(frozen=True)
class Units:
    """The units of a section whose figures stand alone, in the order of the list."""

    scope: Scope
    section: Section
    edition: SectionEdition
    alone: tuple[OneUnit, ...]
    coverage: Coverage
    known: bool

    @property
    def are(self) -> str:
        """What the units are called."""
        return self.edition.publication.units_are

    @property
    def of_which(self) -> str:
        """What an answer is about, as it begins."""
        number = printed_number(len(self.alone))
        if self.coverage.whole:
            return f"Of all {number} {self.are}"
        return f"Of the {number} {self.are} whose own figures are published"

    @cached_property
    def polled(self) -> tuple[OneUnit, ...]:
        """Those with a formal paper: only they have shares."""
        return tuple(unit for unit in self.alone if unit.valid)

    @cached_property
    def where(self) -> str:
        """Which rows of the table `units` these are."""
        told = f"u.section = {sql.text(self.section)} AND u.status = 'alone'"
        return f"{told} AND u.valid IS NOT NULL AND u.units_covered = 1"

    @cached_property
    def votes(self) -> str:
        """A query of their votes, one row a unit and candidate."""
        return (
            f"{HELD_BY} FROM unit_votes AS v JOIN units AS u ON (u.section, u.id) = "
            f"(v.section, v.unit) WHERE v.round = 1 AND {self.where}"
        )

    def values(self, values: Mapping[str, str]) -> Mapping[str, str]:
        """The values, where every unit is in them."""
        return values if self.coverage.whole else {}


def units_of(scope: Scope, section: Section) -> Units:
    """The section's units whose figures stand alone, and of how many they are."""
    edition = scope.edition.sections[section]
    own = [row for row in edition.alone if _stands_for(edition, row) == 1]
    alone = tuple(OneUnit.of(row, _entry(edition, row)) for row in own)
    ids = {row.id for row in own}
    others = [row for row in edition.rows if row.id not in ids]
    known = edition.complete and all(row.standing is Standalone.POOLED for row in others)
    entries = edition.publication.units.values()
    total: int | None = sum(entry.stands_for for entry in entries)
    total = total or sum(len(row.units) for row in edition.rows)
    if (others or not edition.complete) and total <= len(alone):
        total = None
    why = ""
    if others and known:
        why = "the others are too small or too like-minded to be shown apart"
    elif others or not edition.complete:
        why = "the others' own figures are not published"
    coverage = Coverage(len(alone), total, edition.publication.units_are, why)
    return Units(scope, section, edition, alone, coverage, known)


def _entry(edition: SectionEdition, row: UnitRow) -> UnitEntry:
    """The unit as it is listed; where it is not, what its row says."""
    found = edition.publication.units.get(row.units[0]) if row.units else None
    return found or UnitEntry(row.units[0] if row.units else Unit(row.id), row.name, row.region)


def _stands_for(edition: SectionEdition, row: UnitRow) -> int:
    listed = edition.publication.units
    return sum(listed[unit].stands_for if unit in listed else 1 for unit in row.units)


def facts(scope: Scope, section: Section) -> Iterator[Fact]:
    """Every fact of the section's units; none where no unit's own figures are published."""
    units = units_of(scope, section)
    if not units.alone:
        return
    yield _majorities(units)
    yield _topped(units)
    yield from _at_home(units)
    yield from _by_region(units)
    if units.known:
        for measure in MEASURES:
            yield from _extremes(units, measure)
        yield _by_candidate(units, best=True)
        yield _by_candidate(units, best=False)
        yield from _by_attribute(units)
    yield from _each(units)


# --- who came first ---------------------------------------------------------------------------


def _majorities(units: Units) -> Fact:
    half = Counter(
        unit.first[0] for unit in units.alone if unit.first and 2 * _most(unit) > unit.valid
    )
    return _tally(
        units,
        Counter({name: half[name] for name in units.scope.candidates}),
        id="majorities",
        title=f"In how many {units.are} had each candidate more than half?",
        definition=f"{_capital(units.are)} in which more than half of the formal papers put the "
        "candidate first.",
        verb="had more than half in",
        query=f"SELECT candidate AS key, count(*) AS value FROM ({units.votes} AND 2 * v.votes > "
        "u.valid) GROUP BY candidate ORDER BY candidate",
    )


def _topped(units: Units) -> Fact:
    alone = Counter(unit.first[0] for unit in units.alone if len(unit.first) == 1)
    ties = [unit for unit in units.alone if len(unit.first) > 1]
    told = [f"{unit.row.name} ({_level(units, unit)})" for unit in ties]
    return _tally(
        units,
        Counter({name: alone[name] for name in units.scope.candidates}),
        id="topped",
        title=f"How many {units.are} did each candidate top?",
        definition=f"{_capital(units.are)} in which the candidate alone has the most first "
        "preferences; a tie is nobody's.",
        verb="topped",
        query=f"SELECT candidate AS key, count(*) AS value FROM ({_first(units)}) WHERE level = 1 "
        "GROUP BY candidate ORDER BY candidate",
        also=f" Tied: {listed(told)}." if told else "",
    )


def _first(units: Units) -> str:
    """A query of whoever came first in each unit, and how many are level there."""
    return (
        "SELECT *, count(*) OVER (PARTITION BY unit) AS level FROM (SELECT *, rank() OVER "
        f"(PARTITION BY unit ORDER BY votes DESC) AS place FROM ({units.votes})) "
        "WHERE place = 1 AND votes > 0"
    )


def _tally(
    units: Units, tally: Counter[Candidate], *, verb: str, also: str = "", **words: str
) -> Fact:
    """A number of units for each candidate, the most first."""
    ordered = sorted(tally, key=lambda name: -tally[name])
    called = units.scope.called
    told = [f"{called(name)} {verb} {printed_number(tally[name])}" for name in ordered]
    rows, more = capped([(called(name), printed_number(tally[name])) for name in ordered])
    return Fact(
        f"{units.section}-{words['id']}",
        words["title"],
        words["definition"],
        f"{units.of_which}: {listed(told)}.{also}",
        units.coverage,
        words["query"],
        units.section,
        units.values(figures(tally)),
        header=("Candidate", _capital(units.are)),
        rows=rows,
        more=more,
    )


def _at_home(units: Units) -> Iterator[Fact]:
    home = [unit for unit in units.polled if unit.entry.home_of in unit.votes]
    if not home:
        return
    told, rows, parts = [], [], {}
    for unit in home:
        name = unit.entry.home_of
        assert name is not None
        votes, called = unit.votes[name], units.scope.called(name)
        place = 1 + sum(held > votes for held in unit.votes.values())
        share = rate(votes, unit.valid)
        parts[str(unit.row.id)] = votes, unit.valid
        told.append(f"{called} had {share} per cent in {unit.row.name}, place {place}")
        rows.append((called, unit.row.name, printed_number(votes), share, str(place)))
    shown, more = capped(rows)
    yield Fact(
        f"{units.section}-home-units",
        "How did the candidates do at home?",
        f"A candidate's per cent of the formal papers of the {_one(units)} that is listed as "
        "their own.",
        f"{'; '.join(told)}.",
        Coverage(len(home), len(home), f"{units.are} that are a candidate's own"),
        f"SELECT unit AS key, {sql.rate('votes', 'valid')} AS value FROM ({units.votes} AND "
        "v.candidate = u.home_candidate AND u.valid > 0) ORDER BY unit",
        units.section,
        {key: rate(*part) for key, part in parts.items()},
        parts,
        ("Candidate", _capital(_one(units)), "Votes", "%", "Place"),
        shown,
        more,
    )


def _by_region(units: Units) -> Iterator[Fact]:
    regions: dict[str, Counter[Candidate]] = {}
    number = Counter(unit.row.region for unit in units.alone)
    for unit in units.alone:
        topped = regions.setdefault(unit.row.region, Counter())
        topped.update(unit.first if len(unit.first) == 1 else ())
    regions.pop("", None)
    if not regions:
        return
    names = units.scope.candidates
    told = []
    for region in sorted(regions):
        most = max(regions[region].values(), default=0)
        first = [units.scope.called(n) for n in names if most and regions[region][n] == most]
        told.append(f"{region}: {level(first)} ({printed_number(most)})" if most else region)
    rows, more = capped(
        [
            (region, printed_number(number[region]), *(str(regions[region][n]) for n in names))
            for region in sorted(regions)
        ]
    )
    yield Fact(
        f"{units.section}-regions",
        f"Who topped the most {units.are} of each region?",
        f"{_capital(units.are)} of the region in which the candidate alone has the most first "
        "preferences.",
        f"{units.of_which}, most were topped in {'; '.join(told[:NEXT])}.",
        units.coverage,
        f"SELECT region || '.' || candidate AS key, count(*) AS value FROM ({_first(units)}) "
        "WHERE level = 1 AND region <> '' GROUP BY region, candidate ORDER BY region, candidate",
        units.section,
        units.values({f"{r}.{n}": str(regions[r][n]) for r in sorted(regions) for n in names}),
        header=("Region", _capital(units.are), *map(units.scope.called, names)),
        rows=rows,
        more=more,
    )


# --- which unit stands out --------------------------------------------------------------------

Look = Callable[[OneUnit], int | None]


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure by which units are ordered: a part of something, or a number where `whole` is 1.

    `sql` has the same, part and whole, of the table `units` named `u`.
    """

    ids: tuple[str, str]
    titles: tuple[str, str]
    says: str
    part: Look
    whole: Look | None
    sql: tuple[str, str]

    def of(self, unit: OneUnit) -> tuple[int, int] | None:
        """The part and the whole; None where they are not known."""
        part, whole = self.part(unit), self.whole(unit) if self.whole else 1
        return None if part is None or whole is None else (part, whole)

    def told(self, part: int, whole: int) -> str:
        """The figure for a reader."""
        return rate(part, whole) if self.whole else printed_number(part)


_RETURNED = "coalesce(u.returned, u.valid + u.spoiled)"
_MOST = (
    "(SELECT v.votes FROM unit_votes AS v WHERE v.section = u.section AND v.unit = u.id "
    "AND v.round = 1 ORDER BY v.votes"
)
MEASURES = (
    Measure(
        ("highest-turnout", "lowest-turnout"),
        ("Where was the turnout highest?", "Where was the turnout lowest?"),
        "per cent of the papers issued that were returned",
        lambda unit: unit.returned,
        lambda unit: unit.row.issued,
        (_RETURNED, "u.issued"),
    ),
    Measure(
        ("most-spoiled", "least-spoiled"),
        ("Where were the most papers spoiled?", "Where were the fewest papers spoiled?"),
        "per cent of the papers returned that were spoiled",
        lambda unit: unit.row.spoiled,
        lambda unit: unit.returned,
        ("u.spoiled", _RETURNED),
    ),
    Measure(
        ("largest", "smallest"),
        ("Where were the most formal papers cast?", "Where were the fewest formal papers cast?"),
        "formal papers",
        lambda unit: unit.valid,
        None,
        ("u.valid", "1"),
    ),
    Measure(
        ("most-issued", "fewest-issued"),
        ("Where were the most papers issued?", "Where were the fewest papers issued?"),
        "papers issued",
        lambda unit: unit.row.issued,
        None,
        ("u.issued", "1"),
    ),
    Measure(
        ("most-lopsided", "closest"),
        ("Where was the lead greatest?", "Where was it closest?"),
        "per cent of the formal papers by which the first was ahead of the second",
        lambda unit: unit.lead,
        lambda unit: unit.valid,
        (f"{_MOST} DESC LIMIT 1) - coalesce({_MOST} DESC LIMIT 1 OFFSET 1), 0)", "u.valid"),
    ),
)


def _extremes(units: Units, measure: Measure) -> Iterator[Fact]:
    """Both ends of a list; nothing where a unit's figure is not known, or none has one."""
    found: list[tuple[int, OneUnit, tuple[int, int]]] = []
    for unit in units.alone:
        figure = measure.of(unit)
        if figure is None:
            return
        if figure[1]:
            found.append((finely(*figure), unit, figure))
    if found:
        found.sort(key=lambda item: item[0])
        yield _extreme(units, measure, found, highest=False)
        found.sort(key=lambda item: -item[0])
        yield _extreme(units, measure, found, highest=True)


def _extreme(
    units: Units,
    measure: Measure,
    found: Sequence[tuple[int, OneUnit, tuple[int, int]]],
    *,
    highest: bool,
) -> Fact:
    end = 0 if highest else 1
    top, figure = found[0][0], found[0][2]
    names = [unit.row.name for key, unit, _ in found if key == top]
    value = measure.told(*figure)
    rows, more = capped([(u.row.name, measure.told(*part)) for _, u, part in found], NEXT)
    part, whole = measure.sql
    shown = sql.rate(part, whole) if measure.whole else part
    order = "DESC" if highest else "ASC"
    return Fact(
        f"{units.section}-{measure.ids[end]}",
        measure.titles[end],
        f"The {'highest' if highest else 'lowest'} figure of any {_one(units)}: {measure.says}.",
        f"{units.of_which}: {level(names)}, {value} {measure.says}.",
        units.coverage,
        "SELECT '' AS key, value, name FROM (SELECT u.name AS name, "
        f"{shown} AS value, rank() OVER (ORDER BY 1.0 * ({part}) / ({whole}) {order}) AS place "
        f"FROM units AS u WHERE {units.where} AND ({whole}) > 0) WHERE place = 1 ORDER BY name",
        units.section,
        units.values({"": value.replace(",", ""), "unit": level(names)}),
        {"": figure} if measure.whole and units.coverage.whole else {},
        (_capital(_one(units)), _capital(measure.says)),
        rows,
        more,
    )


def _by_candidate(units: Units, *, best: bool) -> Fact:
    """Each candidate's best or worst unit by share of the formal papers."""
    values, parts, rows, told = {}, {}, [], []
    choose = max if best else min
    for name in units.scope.candidates:
        keys = [finely(unit.votes.get(name, 0), unit.valid) for unit in units.polled]
        if not keys:
            continue
        top = choose(keys)
        held = [unit for key, unit in zip(keys, units.polled, strict=True) if key == top]
        part = held[0].votes.get(name, 0), held[0].valid
        where = level([unit.row.name for unit in held])
        parts[str(name)] = part
        values.update({str(name): rate(*part), f"{name}.unit": where})
        rows.append((units.scope.called(name), where, rate(*part)))
        told.append(f"{units.scope.called(name)} had {rate(*part)} per cent in {where}")
    word, order = ("best", "DESC") if best else ("worst", "ASC")
    shown, more = capped(rows)
    return Fact(
        f"{units.section}-{word}-units",
        f"Where did each candidate do {word}?",
        f"The {_one(units)} in which the candidate has the {'highest' if best else 'lowest'} per "
        "cent of the formal papers.",
        f"{units.of_which}: {'; '.join(told[:NEXT])}.",
        units.coverage,
        f"SELECT candidate AS key, {sql.rate('votes', 'valid')} AS value, name FROM (SELECT *, "
        f"rank() OVER (PARTITION BY candidate ORDER BY 1.0 * votes / valid {order}) AS place "
        f"FROM ({units.votes} AND u.valid > 0)) WHERE place = 1 ORDER BY candidate, name",
        units.section,
        units.values(values),
        parts if units.coverage.whole else {},
        ("Candidate", _capital(_one(units)), "%"),
        shown,
        more,
    )


# --- by what the list of units says of them ---------------------------------------------------


def _by_attribute(units: Units) -> Iterator[Fact]:
    """Who topped the units with the highest and lowest of each attribute that is a number."""
    slugs: set[str] = set()
    for attribute in sorted({name for unit in units.alone for name in unit.entry.attributes}):
        found = [(_number(unit.entry.attributes.get(attribute, "")), unit) for unit in units.alone]
        numbered = [(number, unit) for number, unit in found if number is not None]
        if len(numbered) < len(found):
            continue
        slug = unlike(_slug(attribute), slugs)
        slugs.add(slug)
        for highest in (True, False):
            numbered.sort(key=lambda item: item[0], reverse=highest)
            yield _end_of(units, attribute, slug, numbered, highest=highest)


def _end_of(
    units: Units,
    attribute: str,
    slug: str,
    ordered: Sequence[tuple[Decimal, OneUnit]],
    *,
    highest: bool,
) -> Fact:
    wanted = FIFTY if len(ordered) >= 2 * FIFTY else max(1, len(ordered) // 10)
    last = ordered[wanted - 1][0]
    end = [unit for number, unit in ordered if (number >= last if highest else number <= last)]
    tied = len(end) > wanted
    topped = Counter(unit.first[0] for unit in end if len(unit.first) == 1)
    word, order = ("highest", "DESC") if highest else ("lowest", "ASC")
    many = f"{wanted} {units.are if wanted > 1 else _one(units)} with the {word} {attribute}"
    value = "CAST(replace(a.value, ',', '') AS REAL)"
    return _tally(
        units,
        Counter({name: topped[name] for name in units.scope.candidates}),
        id=f"{slug}-{word}",
        title=f"Who topped the {many}?",
        definition=f"Of the {many}, and of those level with the last of them, how many the "
        "candidate alone topped.",
        verb="topped",
        also=f" The {many} are {len(end)}, because some are level." if tied else "",
        query=f"SELECT candidate AS key, count(*) AS value FROM ({_first(units)}) WHERE level = 1 "
        f"AND unit IN (SELECT unit FROM (SELECT a.unit, rank() OVER (ORDER BY {value} {order}) "
        "AS place FROM unit_attributes AS a JOIN units AS u ON (u.section, u.id) = (a.section, "
        "a.unit) WHERE "
        f"a.attribute = {sql.text(attribute)} AND {units.where}) WHERE place <= {wanted}) "
        "GROUP BY candidate ORDER BY candidate",
    )


def _number(written: str) -> Decimal | None:
    """The number that an attribute is; None for any other text.

    >>> _number("12,345.5"), _number("n/a"), _number("-3")
    (Decimal('12345.5'), None, Decimal('-3'))
    """
    written = written.strip()
    return Decimal(written.replace(",", "")) if NUMBER.fullmatch(written) else None


# --- every unit's figures, for claims ---------------------------------------------------------


def _each(units: Units) -> Iterator[Fact]:
    """Each unit's shares, turnout and papers: too many for a page, but a claim can be held to."""
    names = units.scope.candidates
    shares = {
        f"{unit.row.id}.{name}": (unit.votes.get(name, 0), unit.valid)
        for unit in units.polled
        for name in names
    }
    yield _bulk(
        units,
        "shares",
        f"What share had each candidate in each of the {units.are}?",
        f"Per cent of the formal papers of the {_one(units)} that put the candidate first.",
        shares,
        f"SELECT unit || '.' || candidate AS key, {sql.rate('votes', 'valid')} AS value "
        f"FROM ({units.votes} AND u.valid > 0) ORDER BY unit, candidate",
    )
    for measure, slug in ((MEASURES[0], "turnouts"), (MEASURES[1], "spoiled-rates")):
        found = ((str(unit.row.id), measure.of(unit)) for unit in units.alone)
        parts = {key: part for key, part in found if part and part[1]}
        if parts:
            yield _bulk(
                units,
                slug,
                f"What was the {'turnout' if slug == 'turnouts' else 'rate of spoiled papers'} "
                f"in each of the {units.are}?",
                f"{_capital(measure.says)}.",
                parts,
                f"SELECT u.id AS key, {sql.rate(*measure.sql)} AS value FROM units AS u WHERE "
                f"{units.where} AND {measure.sql[0]} IS NOT NULL AND {measure.sql[1]} > 0 "
                "ORDER BY u.id",
            )
    yield _papers(units)


def _bulk(
    units: Units,
    slug: str,
    title: str,
    definition: str,
    parts: Mapping[str, tuple[int, int]],
    query: str,
) -> Fact:
    return Fact(
        f"{units.section}-unit-{slug}",
        title,
        definition,
        f"The tables of the {units.are} say it, for each whose own figures are published.",
        units.coverage,
        query,
        units.section,
        {key: rate(*part) for key, part in parts.items()},
        parts,
    )


def _papers(units: Units) -> Fact:
    """Each unit's votes and papers as whole numbers."""
    values: dict[str, str] = {}
    for unit in units.alone:
        row = unit.row
        for name, number in (
            ("valid", unit.valid),
            ("spoiled", row.spoiled),
            ("returned", unit.returned),
            ("issued", row.issued),
        ):
            if number is not None:
                values[f"{row.id}.{name}"] = str(number)
    columns = {name: f"u.{name}" for name in ("valid", "spoiled", "issued")}
    query = " UNION ALL ".join(
        f"SELECT u.id || '.{name}' AS key, {column} AS value FROM units AS u WHERE {units.where} "
        f"AND {column} IS NOT NULL"
        for name, column in (columns | {"returned": _RETURNED}).items()
    )
    return Fact(
        f"{units.section}-unit-papers",
        f"How many papers had each of the {units.are}?",
        f"Papers of the {_one(units)}: formal (`valid`), spoiled, returned and issued.",
        f"The tables of the {units.are} say it, for each whose own figures are published.",
        units.coverage,
        query,
        units.section,
        values,
    )


# --- words ------------------------------------------------------------------------------------


def _most(unit: OneUnit) -> int:
    return unit.votes[unit.first[0]]


def _level(units: Units, unit: OneUnit) -> str:
    return level([units.scope.called(name) for name in unit.first])


def _one(units: Units) -> str:
    return units.edition.publication.unit_is


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _slug(words: str) -> str:
    """Words as part of an id.

    >>> _slug("Majority, 2010"), _slug("אחוז")
    ('majority-2010', 'attribute')
    """
    return re.sub("[^a-z0-9]+", "-", words.lower()).strip("-")[:60].strip("-") or "attribute"
