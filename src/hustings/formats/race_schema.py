"""The JSON Schema of `race.toml`, for editors, for the docs and for reading it."""

from typing import Any

from hustings.election.rulebook import FRACTION
from hustings.formats.election_schema import IDENTIFIER, PRINTABLE, PRINTABLE_LINES

Node = dict[str, Any]


def _text(description: str, expected: str = "a text in quotes") -> Node:
    return {
        "type": "string",
        "pattern": PRINTABLE,
        "description": description,
        "x-expected": expected,
    }


def _table(description: str, properties: dict[str, Node], *required: str) -> Node:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
        "x-expected": "a table",
    }


def _by_id(description: str, entry: Node, expected: str) -> Node:
    return {
        "type": "object",
        "description": description,
        "propertyNames": {
            "pattern": IDENTIFIER,
            "x-expected": "an id: small letters, digits, _ and -, such as e_miliband",
        },
        "additionalProperties": entry,
        "minProperties": 1,
        "x-expected": expected,
    }


def _whole(description: str) -> Node:
    return {
        "type": "integer",
        "minimum": 1,
        "maximum": 999_999_999,
        "description": description,
        "x-expected": "a whole number, 1 or more",
    }


def _date(description: str) -> Node:
    return {
        "type": "string",
        "pattern": r"^\d{4}-\d{2}-\d{2}$",
        "description": description,
        "x-expected": "a date such as 2010-09-22",
    }


_SECTION = _table(
    "a body of voters with a fixed weight in the college",
    {
        "name": _text("what people call the section"),
        "weight": {
            "type": "string",
            "pattern": f"^{FRACTION.pattern}$",
            "description": "the part of the college that the section commands",
            "x-expected": 'an exact fraction in quotes, such as "1/3"',
        },
        "units": {
            **_by_id(
                "its units by id, where entries may name no other",
                _text("what people call the unit"),
                "a table of units",
            ),
            "minProperties": 0,
        },
    },
    "weight",
)

_NOMINATORS = _table(
    "one kind of nominators",
    {
        "name": _text("what people call them, such as MPs"),
        "section": _text("the section to which they belong"),
        "threshold": _whole("how many of them a candidate needs to stand"),
        "size": _whole("how many of them there are"),
        "source": _text("the rule or page that says so"),
    },
    "name",
)

RACE: Node = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "hustings race",
    **_table(
        "A race: a contest before its day, with the entries beside this file",
        {
            "schema": {
                "const": 1,
                "description": "the version of this format",
                "x-expected": "1, the version of this format",
            },
            "race": _table(
                "the race as a whole",
                {
                    "name": _text("what people call the race"),
                    "post": _text("the post that is filled"),
                    "rules": _text(
                        "a rule book by name (see `hustings rules`), or a .toml file here",
                        "the name of a rule book",
                    ),
                    "definition": _text(
                        "an election.toml that has the candidates, sections and rules, instead of "
                        "giving them here",
                        "the name of an election.toml",
                    ),
                    "contest": _text("which contest of that definition, if it has several"),
                    "about": {
                        **_text("what a reader should know"),
                        "pattern": PRINTABLE_LINES,
                    },
                },
                "name",
            ),
            "dates": _table(
                "the calendar",
                {
                    "nominations_open": _date("when nominations open"),
                    "nominations_close": _date("when nominations close"),
                    "poll_opens": _date("when the poll opens"),
                    "poll_closes": _date("when the poll closes"),
                    "declared": _date("when the result is declared"),
                },
                "poll_closes",
            ),
            "candidates": _by_id(
                "who stands, by id, in the order of the ballot paper",
                _text("the name as it stands on the paper"),
                "a table of candidates",
            ),
            "sections": _by_id(
                "the electoral college, by section; leave it out for one body of voters",
                _SECTION,
                "a table of sections",
            ),
            "nominators": _by_id(
                "who may nominate, by id", _NOMINATORS, "a table of kinds of nominators"
            ),
        },
        "schema",
        "race",
        "dates",
    ),
}
