"""What the units' own figures answer: who topped them, by how much, and which stand out.

Only rows that are one unit's own are looked at. Where some units are pooled because they are
too small to be shown alone, an answer says that it is about the others, and has no values;
where some units' figures were not published, nothing is said of which unit has the most.
"""

from collections import Counter
from collections.abc import Iterator

from hustings.counting.figures import printed_number
from hustings.results import sql
from hustings.results.facts.fact import Coverage, Fact, Scope, capped, rate
from hustings.results.facts.unit_attributes import by_attribute
from hustings.results.facts.unit_extremes import MEASURES, best_or_worst, extremes
from hustings.results.facts.unit_figures import every_figure
from hustings.results.facts.unit_rows import NEXT, OneUnit, Units, tally_of, units_of
from hustings.results.words import capital, level, listed
from hustings.units import Candidate, Section


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
            yield from extremes(units, measure)
        yield best_or_worst(units, best=True)
        yield best_or_worst(units, best=False)
        yield from by_attribute(units)
    yield from every_figure(units)


def _majorities(units: Units) -> Fact:
    half = Counter(
        unit.first[0] for unit in units.alone if unit.first and 2 * _most(unit) > unit.valid
    )
    return tally_of(
        units,
        Counter({name: half[name] for name in units.scope.candidates}),
        id="majorities",
        title=f"In how many {units.are} had each candidate more than half?",
        definition=f"{capital(units.are)} in which more than half of the formal papers put the "
        "candidate first.",
        verb="had more than half in",
        query=f"SELECT candidate AS key, count(*) AS value FROM ({units.votes} AND 2 * v.votes > "
        "u.valid) GROUP BY candidate ORDER BY candidate",
    )


def _topped(units: Units) -> Fact:
    alone = Counter(unit.first[0] for unit in units.alone if len(unit.first) == 1)
    ties = [unit for unit in units.alone if len(unit.first) > 1]
    told = [f"{unit.row.name} ({_level(units, unit)})" for unit in ties]
    return tally_of(
        units,
        Counter({name: alone[name] for name in units.scope.candidates}),
        id="topped",
        title=f"How many {units.are} did each candidate top?",
        definition=f"{capital(units.are)} in which the candidate alone has the most first "
        "preferences; a tie is nobody's.",
        verb="topped",
        query=f"SELECT candidate AS key, count(*) AS value FROM ({units.firsts}) WHERE level = 1 "
        "GROUP BY candidate ORDER BY candidate",
        also=f" Tied: {listed(told)}." if told else "",
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
        f"A candidate's per cent of the formal papers of the {units.one} that is listed as "
        "their own.",
        f"{'; '.join(told)}.",
        Coverage(len(home), len(home), f"{units.are} that are a candidate's own"),
        f"SELECT unit AS key, {sql.rate('votes', 'valid')} AS value FROM ({units.votes} AND "
        "v.candidate = u.home_candidate AND u.valid > 0) ORDER BY unit",
        units.section,
        {key: rate(*part) for key, part in parts.items()},
        parts,
        ("Candidate", capital(units.one), "Votes", "%", "Place"),
        shown,
        more,
    )


def _by_region(units: Units) -> Iterator[Fact]:
    regions = _topped_by_region(units)
    if not regions:
        return
    names = units.scope.candidates
    number = Counter(unit.row.region for unit in units.alone)
    told = [_most_topped(units, region, topped) for region, topped in regions.items()]
    rows, more = capped(
        [
            (region, printed_number(number[region]), *(str(topped[n]) for n in names))
            for region, topped in regions.items()
        ]
    )
    yield Fact(
        f"{units.section}-regions",
        f"Who topped the most {units.are} of each region?",
        f"{capital(units.are)} of the region in which the candidate alone has the most first "
        "preferences.",
        f"{units.of_which}, most were topped in {'; '.join(told[:NEXT])}.",
        units.coverage,
        f"SELECT region || '.' || candidate AS key, count(*) AS value FROM ({units.firsts}) "
        "WHERE level = 1 AND region <> '' GROUP BY region, candidate ORDER BY region, candidate",
        units.section,
        units.values({f"{r}.{n}": str(topped[n]) for r, topped in regions.items() for n in names}),
        header=("Region", capital(units.are), *map(units.scope.called, names)),
        rows=rows,
        more=more,
    )


def _topped_by_region(units: Units) -> dict[str, Counter[Candidate]]:
    """How many units of each region each candidate alone topped, by region in its order."""
    regions: dict[str, Counter[Candidate]] = {}
    for unit in sorted(units.alone, key=lambda unit: unit.row.region):
        if unit.row.region:
            topped = regions.setdefault(unit.row.region, Counter())
            topped.update(unit.first if len(unit.first) == 1 else ())
    return regions


def _most_topped(units: Units, region: str, topped: Counter[Candidate]) -> str:
    """The region, and whoever topped the most of its units, if anybody did."""
    most = max(topped.values(), default=0)
    if not most:
        return region
    first = [units.scope.called(n) for n in units.scope.candidates if topped[n] == most]
    return f"{region}: {level(first)} ({printed_number(most)})"


def _most(unit: OneUnit) -> int:
    return unit.votes[unit.first[0]]


def _level(units: Units, unit: OneUnit) -> str:
    return level([units.scope.called(name) for name in unit.first])
