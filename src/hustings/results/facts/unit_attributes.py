"""Who topped the units with the most and the least of what the list of units tells."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from hustings.formats.ballot_names import slug
from hustings.results import sql
from hustings.results.facts.fact import Fact, unlike
from hustings.results.facts.unit_rows import OneUnit, Units, tally_of

# So many units with the highest and the lowest of an attribute; of fewer than twice, a tenth.
FIFTY = 50
# So many letters of an attribute stand in the id of a fact.
LONGEST_ID = 60
NUMBER = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?|[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")


def by_attribute(units: Units) -> Iterator[Fact]:
    """Who topped the units with the highest and lowest of each attribute that is a number."""
    ids: set[str] = set()
    for attribute in sorted({name for unit in units.alone for name in unit.entry.attributes}):
        found = [(_number(unit.entry.attributes.get(attribute, "")), unit) for unit in units.alone]
        numbered = [(number, unit) for number, unit in found if number is not None]
        if len(numbered) < len(found):
            continue
        id_ = unlike(_id_of(attribute), ids)
        ids.add(id_)
        for highest in (True, False):
            numbered.sort(key=lambda item: item[0], reverse=highest)
            yield _end_of(units, attribute, id_, numbered, highest=highest)


def _id_of(attribute: str) -> str:
    """The attribute as part of an id.

    >>> _id_of("Majority, 2010"), _id_of("אחוז")
    ('majority-2010', 'attribute')
    """
    return slug(attribute, "attribute").replace("_", "-")[:LONGEST_ID].strip("-")


def _end_of(
    units: Units,
    attribute: str,
    id_: str,
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
    many = f"{wanted} {units.are if wanted > 1 else units.one} with the {word} {attribute}"
    value = "CAST(replace(a.value, ',', '') AS REAL)"
    return tally_of(
        units,
        Counter({name: topped[name] for name in units.scope.candidates}),
        id=f"{id_}-{word}",
        title=f"Who topped the {many}?",
        definition=f"Of the {many}, and of those level with the last of them, how many the "
        "candidate alone topped.",
        verb="topped",
        also=f" The {many} are {len(end)}, because some are level." if tied else "",
        query=f"SELECT candidate AS key, count(*) AS value FROM ({units.firsts}) WHERE level = 1 "
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
