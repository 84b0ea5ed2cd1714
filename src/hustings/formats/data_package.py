"""A data package: tables as plain values, their CSV, and the descriptor that tells what they are.

The descriptor follows Data Package version 2 (https://datapackage.org/standard/data-package/,
retrieved 2025). No standard has sections that weigh differently, so that it carries one
extension, `hustings`, whose JSON schema is `profile()`.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import StringIO
from typing import Any

from hustings.election.publication import Status
from hustings.units import Option

STANDARD = "https://datapackage.org/profiles/2.0/datapackage.json"
DESCRIPTOR = "datapackage.json"
PROFILE = "hustings-sectional.schema.json"
FORMAT, VERSION = "hustings-sectional", 1

FRACTION = "^-?[0-9]+/[1-9][0-9]*$"
# Spreadsheets take a cell for a formula by its first sign, and some skip spaces before it.
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠']")
FIRST_SIGNS = frozenset("=+-@＝＋－＠' \t\n\v\f\u00a0\u3000")
GUARD = "'"
GUARD_TOLD = (
    "A text cell of the CSV files that begins with = + - @ or an apostrophe, spaces apart, has one "
    "more apostrophe in front, so that no spreadsheet takes it for a formula: take it away to have "
    "the text. Parquet and SQLite hold the text itself. An empty cell is not known, or does not "
    "apply."
)

Json = dict[str, Any]
Cell = str | int | None


class Type(Option):
    """What the cells of a column hold."""

    TEXT = "text", "a text"
    EXACT = "exact", "an exact fraction, written a/b"
    WHOLE = "whole", "a whole number"
    DECIMAL = "decimal", "a decimal as it is printed, kept as a text until it is written"


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its name, what its cells hold, and what they mean."""

    name: str
    type: Type
    description: str


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns whose cells, where they are filled, stand in those columns of another table."""

    fields: tuple[str, ...]
    resource: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """A table; each row has a cell for each field, None where nothing is known or meant."""

    name: str
    title: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """What the extension says of a section: its id, and its exact part of the college."""

    id: str
    weight: str


@dataclass(frozen=True, slots=True)
class About:
    """What a package says of itself; `declared_at` is ISO 8601, and a licence the publisher's.

    `base` is what a section's shares are taken of: `continuing` or `first_round`.
    """

    name: str
    title: str
    status: Status
    release: int
    base: str
    sections: tuple[Section, ...]
    elected: str | None = None
    declared_at: str = ""
    reason: str = ""
    licence: str = ""


# --- CSV ------------------------------------------------------------------------


def csv_text(resource: Resource) -> str:
    r"""The table as CSV with a header and `\n` at the end of each line.

    >>> field = Field("name", Type.TEXT, "")
    >>> csv_text(Resource("names", "", (field,), ("name",), (), (("=1+1",), ("Zoë, Ann",))))
    'name\n\'=1+1\n"Zoë, Ann"\n'
    """
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.name for field in resource.fields])
    writer.writerows(_guarded(resource))
    return text.getvalue()


def _guarded(resource: Resource) -> Iterator[Iterable[Cell]]:
    texts = [at for at, field in enumerate(resource.fields) if field.type is Type.TEXT]
    for row in resource.rows:
        if all(_harmless(row[at]) for at in texts):
            yield row
            continue
        yield [
            guarded(cell) if at in texts and isinstance(cell, str) else cell
            for at, cell in enumerate(row)
        ]


def _harmless(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and cell[:1] not in FIRST_SIGNS)


def guarded(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula; `GUARD_TOLD` tells how.

    >>> guarded("=HYPERLINK(1)"), guarded(" +1"), guarded("'s Hertogenbosch"), guarded("Ann - Bob")
    ("'=HYPERLINK(1)", "' +1", "''s Hertogenbosch", 'Ann - Bob')
    """
    return GUARD + text if FORMULA.match(text) else text


# --- the descriptor -------------------------------------------------------------


def descriptor(
    about: About, resources: Iterable[Resource], files: Mapping[str, bytes]
) -> dict[str, Any]:
    """What the package says of itself and of each of these files, with its size and SHA-256.

    `files` holds the CSV of every resource, by `NAME.csv`. The others hold the same figures
    once more, and so are listed by the extension and not among the resources.
    """
    tables = {f"{resource.name}.csv": resource for resource in resources}
    listed = [_table(resource, name, files[name]) for name, resource in tables.items()]
    others = [_stored(name, files[name]) for name in sorted(files) if name not in tables]
    return {
        "$schema": STANDARD,
        "name": about.name,
        "title": about.title,
        "description": f"{told(about)}. {GUARD_TOLD}",
        "version": f"{about.release}.0.0",
        **({"created": about.declared_at} if _is_time(about.declared_at) else {}),
        **({"licenses": [_licence(about.licence)]} if about.licence else {}),
        "hustings": {**_extension(about), "files": others},
        "resources": listed,
    }


def write(described: Mapping[str, Any]) -> str:
    """A descriptor or a schema as JSON text, with a line break at its end."""
    return json.dumps(described, ensure_ascii=False, indent=1) + "\n"


def told(about: About) -> str:
    """Status and release in a few words, for a file that can say so.

    >>> told(About("a", "A", Status.DECLARED, 2, "continuing", ()))
    'DECLARED, release 2'
    """
    return f"{about.status.upper()}, release {about.release}"


def _extension(about: About) -> Json:
    return {
        "profile": PROFILE,
        "format": FORMAT,
        "version": VERSION,
        "status": about.status,
        "release": about.release,
        "declared_at": about.declared_at or None,
        "reason": about.reason or None,
        "elected": about.elected,
        "base": about.base,
        "sections": [{"id": part.id, "weight": part.weight} for part in about.sections],
    }


def _table(resource: Resource, name: str, content: bytes) -> Json:
    return {
        "name": resource.name,
        "type": "table",
        "title": resource.title,
        **_stored(name, content),
        "encoding": "utf-8",
        "schema": {
            "fields": [_field(field, resource.primary_key) for field in resource.fields],
            "primaryKey": [*resource.primary_key],
            "foreignKeys": [_foreign_key(key, resource.name) for key in resource.foreign_keys],
            "missingValues": [""],
        },
    }


MEDIA_TYPES = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".sqlite": "application/vnd.sqlite3",
}


def _stored(name: str, content: bytes) -> Json:
    suffix = "." + name.rpartition(".")[2]
    return {
        "path": name,
        "format": suffix[1:],
        "mediatype": MEDIA_TYPES.get(suffix, "text/plain"),
        "bytes": len(content),
        "hash": f"sha256:{sha256(content).hexdigest()}",
    }


def _field(field: Field, primary_key: tuple[str, ...]) -> Json:
    constraints: Json = {"required": True} if field.name in primary_key else {}
    types = {Type.WHOLE: "integer", Type.DECIMAL: "number"}
    if field.type is Type.EXACT:
        constraints["pattern"] = FRACTION
    return {
        "name": field.name,
        "type": types.get(field.type, "string"),
        "description": field.description,
        **({"constraints": constraints} if constraints else {}),
    }


def _foreign_key(key: ForeignKey, of: str) -> Json:
    resource = "" if key.resource == of else key.resource
    return {
        "fields": [*key.fields],
        "reference": {"resource": resource, "fields": [*key.to]},
    }


def _licence(licence: str) -> Json:
    return {"path": licence} if "://" in licence else {"name": licence}


def _is_time(written: str) -> bool:
    """Whether this is the date-time that the standard wants: with seconds and a zone."""
    found = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", written)
    return found is not None


# --- the extension --------------------------------------------------------------


def profile() -> dict[str, Any]:
    """The JSON schema of a descriptor that carries the extension."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A count in weighted sections, as a data package",
        "description": (
            "A college of sections, each with a fixed exact weight. Points are parts of the "
            "college: weight x votes / base votes, summed unrounded over the sections. The base "
            "is the section's votes continuing in that round, or those of its first round. What "
            "a candidate gains from round to round is what the votes received are worth (points_"
            "transferred) and by how much those held before are worth more (points_rebased)."
        ),
        "type": "object",
        "required": ["name", "title", "hustings", "resources"],
        "properties": {
            "hustings": _extension_schema(),
            "resources": {"type": "array", "allOf": [*map(_must_have, CORE)]},
        },
    }


# Without these a package tells no count in sections.
CORE: Mapping[str, tuple[str, ...]] = {
    "candidates": ("id", "name", "ballot_order", "status"),
    "sections": ("id", "name", "weight", "base"),
    "rounds": ("round", "section", "candidate", "votes", "base_votes", "college_points"),
    "college_rounds": ("round", "candidate", "total", "outcome"),
}


def _extension_schema() -> Json:
    text_or_null = {"type": ["string", "null"]}
    return {
        "type": "object",
        "required": ["profile", "format", "version", "status", "release", "base", "sections"],
        "additionalProperties": False,
        "properties": {
            "profile": {"const": PROFILE},
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            "status": {"enum": [str(status) for status in Status]},
            "release": {"type": "integer", "minimum": 1},
            "declared_at": text_or_null,
            "reason": text_or_null,
            "elected": {**text_or_null, "description": "the id of the candidate elected, if any"},
            "base": {"enum": ["continuing", "first_round"]},
            "sections": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["id", "weight"],
                    "additionalProperties": False,
                    "properties": {
                        "id": {"type": "string", "minLength": 1},
                        "weight": {"type": "string", "pattern": FRACTION},
                    },
                },
            },
            "files": {"type": "array", "items": _file_schema()},
        },
    }


def _file_schema() -> Json:
    return {
        "type": "object",
        "required": ["path", "bytes", "hash"],
        "properties": {
            "path": {"type": "string", "minLength": 1},
            "bytes": {"type": "integer", "minimum": 0},
            "hash": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
        },
    }


def _must_have(item: str) -> Json:
    fields = [
        {"contains": {"type": "object", "properties": {"name": {"const": name}}}}
        for name in CORE[item]
    ]
    schema = {"type": "object", "properties": {"fields": {"type": "array", "allOf": fields}}}
    wanted = {"properties": {"name": {"const": item}, "schema": schema}, "required": ["schema"]}
    return {"contains": {"type": "object", **wanted}}
