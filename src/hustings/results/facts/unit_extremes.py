"""Which units stand out: the highest and the lowest of each figure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from hustings.counting.figures import printed_number
from hustings.results import sql
from hustings.results.facts.fact import Fact, capped, finely, rate
from hustings.results.facts.unit_rows import NEXT, OneUnit, Units
from hustings.results.words import capital, level

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


RETURNED = "coalesce(u.returned, u.valid + u.spoiled)"
_MOST = (
    "(SELECT v.votes FROM unit_votes AS v WHERE v.section = u.section AND v.unit = u.id "
    "AND v.round = 1 ORDER BY v.votes"
)
TURNOUT = Measure(
    ("highest-turnout", "lowest-turnout"),
    ("Where was the turnout highest?", "Where was the turnout lowest?"),
    "per cent of the papers issued that were returned",
    lambda unit: unit.returned,
    lambda unit: unit.row.issued,
    (RETURNED, "u.issued"),
)
SPOILED = Measure(
    ("most-spoiled", "least-spoiled"),
    ("Where were the most papers spoiled?", "Where were the fewest papers spoiled?"),
    "per cent of the papers returned that were spoiled",
    lambda unit: unit.row.spoiled,
    lambda unit: unit.returned,
    ("u.spoiled", RETURNED),
)
LARGEST = Measure(
    ("largest", "smallest"),
    ("Where were the most formal papers cast?", "Where were the fewest formal papers cast?"),
    "formal papers",
    lambda unit: unit.valid,
    None,
    ("u.valid", "1"),
)
ISSUED = Measure(
    ("most-issued", "fewest-issued"),
    ("Where were the most papers issued?", "Where were the fewest papers issued?"),
    "papers issued",
    lambda unit: unit.row.issued,
    None,
    ("u.issued", "1"),
)
LEAD = Measure(
    ("most-lopsided", "closest"),
    ("Where was the lead greatest?", "Where was it closest?"),
    "per cent of the formal papers by which the first was ahead of the second",
    lambda unit: unit.lead,
    lambda unit: unit.valid,
    (f"{_MOST} DESC LIMIT 1) - coalesce({_MOST} DESC LIMIT 1 OFFSET 1), 0)", "u.valid"),
)
MEASURES = (TURNOUT, SPOILED, LARGEST, ISSUED, LEAD)


def extremes(units: Units, measure: Measure) -> Iterator[Fact]:
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
        f"The {'highest' if highest else 'lowest'} figure of any {units.one}: {measure.says}.",
        f"{units.of_which}: {level(names)}, {value} {measure.says}.",
        units.coverage,
        "SELECT '' AS key, value, name FROM (SELECT u.name AS name, "
        f"{shown} AS value, rank() OVER (ORDER BY 1.0 * ({part}) / ({whole}) {order}) AS place "
        f"FROM units AS u WHERE {units.where} AND ({whole}) > 0) WHERE place = 1 ORDER BY name",
        units.section,
        units.values({"": value.replace(",", ""), "unit": level(names)}),
        {"": figure} if measure.whole and units.coverage.whole else {},
        (capital(units.one), capital(measure.says)),
        rows,
        more,
    )


def best_or_worst(units: Units, *, best: bool) -> Fact:
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
        f"The {units.one} in which the candidate has the {'highest' if best else 'lowest'} per "
        "cent of the formal papers.",
        f"{units.of_which}: {'; '.join(told[:NEXT])}.",
        units.coverage,
        f"SELECT candidate AS key, {sql.rate('votes', 'valid')} AS value, name FROM (SELECT *, "
        f"rank() OVER (PARTITION BY candidate ORDER BY 1.0 * votes / valid {order}) AS place "
        f"FROM ({units.votes} AND u.valid > 0)) WHERE place = 1 ORDER BY candidate, name",
        units.section,
        units.values(values),
        parts if units.coverage.whole else {},
        ("Candidate", capital(units.one), "%"),
        shown,
        more,
    )
