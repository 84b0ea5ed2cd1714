"""Each unit's figures: too many for a page, but a claim can be held to them."""

from collections.abc import Iterator, Mapping

from hustings.results import sql
from hustings.results.facts.fact import Fact, rate
from hustings.results.facts.unit_extremes import RETURNED, SPOILED, TURNOUT
from hustings.results.facts.unit_rows import Units
from hustings.results.words import capital


def every_figure(units: Units) -> Iterator[Fact]:
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
        f"Per cent of the formal papers of the {units.one} that put the candidate first.",
        shares,
        f"SELECT unit || '.' || candidate AS key, {sql.rate('votes', 'valid')} AS value "
        f"FROM ({units.votes} AND u.valid > 0) ORDER BY unit, candidate",
    )
    for measure, id_, called in (
        (TURNOUT, "turnouts", "turnout"),
        (SPOILED, "spoiled-rates", "rate of spoiled papers"),
    ):
        found = ((str(unit.row.id), measure.of(unit)) for unit in units.alone)
        parts = {key: part for key, part in found if part and part[1]}
        if parts:
            yield _bulk(
                units,
                id_,
                f"What was the {called} in each of the {units.are}?",
                f"{capital(measure.says)}.",
                parts,
                f"SELECT u.id AS key, {sql.rate(*measure.sql)} AS value FROM units AS u WHERE "
                f"{units.where} AND {measure.sql[0]} IS NOT NULL AND {measure.sql[1]} > 0 "
                "ORDER BY u.id",
            )
    yield _papers(units)


def _bulk(
    units: Units,
    id_: str,
    title: str,
    definition: str,
    parts: Mapping[str, tuple[int, int]],
    query: str,
) -> Fact:
    return Fact(
        f"{units.section}-unit-{id_}",
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
        for name, column in (columns | {"returned": RETURNED}).items()
    )
    return Fact(
        f"{units.section}-unit-papers",
        f"How many papers had each of the {units.are}?",
        f"Papers of the {units.one}: formal (`valid`), spoiled, returned and issued.",
        f"The tables of the {units.are} say it, for each whose own figures are published.",
        units.coverage,
        query,
        units.section,
        values,
    )
