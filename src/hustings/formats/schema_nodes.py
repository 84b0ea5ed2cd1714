"""The nodes that the JSON Schemas of our files are made of, each with what it expects in words."""

from collections.abc import Mapping
from typing import Any

from hustings.election.rulebook import FRACTION
from hustings.units import Option

Node = dict[str, Any]

IDENTIFIER = "^[a-z0-9][a-z0-9_-]*$"
# Control characters would steer a terminal, or break a table.
PRINTABLE = "^[^\\x00-\\x1f\\x7f-\\x9f]+$"
PRINTABLE_LINES = "^[^\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]+$"


def text(description: str, expected: str = "a text in quotes") -> Node:
    """A text on one line."""
    return {
        "type": "string",
        "pattern": PRINTABLE,
        "description": description,
        "x-expected": expected,
    }


def prose(description: str) -> Node:
    """A text that may have several lines."""
    return {**text(description), "pattern": PRINTABLE_LINES}


def fraction(description: str) -> Node:
    """An exact fraction, as a text."""
    return {
        "type": "string",
        "pattern": f"^{FRACTION.pattern}$",
        "description": description,
        "x-expected": 'an exact fraction in quotes, such as "1/3"',
    }


def table(description: str, properties: Mapping[str, Node], *required: str) -> Node:
    """A table of these fields and no others."""
    return {
        "type": "object",
        "description": description,
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
        "x-expected": "a table",
    }


def by_id(description: str, entry: Node, expected: str) -> Node:
    """A table of entries by id, one at least."""
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


def either(description: str, expected: str, *nodes: Node) -> Node:
    """One of several shapes."""
    return {"anyOf": list(nodes), "description": description, "x-expected": expected}


def list_of(entry: Node, description: str, expected: str) -> Node:
    """A list of such entries."""
    return {
        "type": "array",
        "items": entry,
        "description": description,
        "x-expected": expected,
    }


def option(description: str, options: type[Option]) -> Node:
    """One of several answers, each with its meaning."""
    meanings = "; ".join(f"`{option}`: {option.meaning}" for option in options)
    return {
        "enum": [str(option) for option in options],
        "description": f"{description} ({meanings})",
        "x-expected": f"one of {', '.join(options)}",
    }


def date(description: str) -> Node:
    """A day, as TOML writes it."""
    return {
        "type": "string",
        "pattern": r"^\d{4}-\d{2}-\d{2}$",
        "description": description,
        "x-expected": "a date such as 2010-09-25",
    }
