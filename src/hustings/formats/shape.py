"""The shape of a TOML document, checked against its JSON Schema, every mistake at once."""

import datetime
import json
import re
import tomllib
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import jsonschema_rs

from hustings.errors import InputError, Problem
from hustings.formats.toml_lines import line_of

Schema = dict[str, Any]
Path = Sequence[str | int]
# A field, and what is wrong with it.
Mistake = tuple[Path, str]
# Whoever has made more mistakes than this is helped by the first of them.
MOST_TOLD = 100


def read_document(text: str, schema: Schema, file: str) -> dict[str, Any]:
    """Parse a TOML text and check its shape; dates come back as ISO 8601 texts.

    Raises `InputError` with every mistake, by line and field. A schema says what it
    expects in words under `x-expected`.
    """
    document = _parsed(text, file)
    mistakes = [
        mistake
        for error in jsonschema_rs.validator_for(schema).iter_errors(document)
        for mistake in _mistakes(error, schema)
    ]
    if mistakes:
        raise InputError(_told(mistakes, text, file))
    return document


def _parsed(text: str, file: str) -> dict[str, Any]:
    try:
        document: dict[str, Any] = _plain(tomllib.loads(text))
        # The validator looks as deep as the document goes.
        json.dumps(document)
    except tomllib.TOMLDecodeError as error:
        raise InputError(_not_toml(str(error), text, file)) from None
    except RecursionError:
        what = "this is not TOML: lists or tables are nested too deep"
        raise InputError(Problem(what, file)) from None
    return document


def _told(mistakes: Sequence[Mistake], text: str, file: str) -> list[Problem]:
    """The first mistakes with their lines, and how many more there are."""
    each = list(dict.fromkeys((tuple(path), what) for path, what in mistakes))
    problems = [at(text, file, path, what) for path, what in each[:MOST_TOLD]]
    problems.sort(key=lambda problem: problem.line or 0)
    if len(each) > MOST_TOLD:
        problems.append(Problem(f"and {len(each) - MOST_TOLD} more mistakes", file))
    return problems


def _not_toml(said: str, text: str, file: str) -> Problem:
    """The parser's complaint, with its line where ours stand."""
    place = re.search(r" \(at line ([0-9]+), column ([0-9]+)\)", said)
    if place is None:
        return Problem(f"this is not TOML: {said}", file, len(text.splitlines()) or None)
    what = f"this is not TOML: {said[: place.start()]} (column {place[2]})"
    return Problem(what, file, int(place[1]))


def at(text: str, file: str, path: Path, what: str) -> Problem:
    """A problem with the field of that path, or with the nearest table above that is there."""
    line = None
    for length in range(len(path), 0, -1):
        line = line_of(text, path[:length])
        if line is not None:
            break
    return Problem(what, file, line, ".".join(map(str, path)))


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(part) for key, part in value.items()}
        case list():
            return [_plain(part) for part in value]
        case datetime.datetime() | datetime.date() | datetime.time():
            return value.isoformat()
    return value


def _mistakes(error: jsonschema_rs.ValidationError, schema: Schema) -> list[Mistake]:
    """Each field that the error is about, and what is wrong with it."""
    path = list(error.instance_path)
    keys: list[str] = list(error.instance) if isinstance(error.instance, dict) else []
    node = _node(schema, error.schema_path)
    match error.kind.name:
        case "required":
            name = error.kind.as_dict()["property"].strip('"')
            expected = _expected(node.get("properties", {}).get(name, {}))
            return [([*path, name], f"is missing: expected {expected}")]
        case "additionalProperties":
            known = list(node.get("properties", {}))
            return [([*path, key], _unexpected(key, known)) for key in keys if key not in known]
        case "propertyNames":
            names = node["propertyNames"]
            return [
                ([*path, key], f"{key!r} is not {_expected(names)}")
                for key in keys
                if not jsonschema_rs.is_valid(names, key)
            ]
    return [(path, _refused(error.instance, node))]


def _node(schema: Any, path: Path) -> Any:
    """The part of the schema that speaks of the field; what follows there are its keywords."""
    above = list(path)
    above = above[: above.index("propertyNames")] if "propertyNames" in above else above[:-1]
    for key in above:
        schema = schema[key]
    return schema


def _expected(node: Schema) -> str:
    if "x-expected" in node:
        return str(node["x-expected"])
    return {"object": "a table", "array": "a list", "string": "a text in quotes"}.get(
        str(node.get("type")), f"a {node.get('type')}"
    )


def _refused(value: object, node: Schema) -> str:
    if isinstance(value, float) and "fraction" in str(node.get("x-expected")):
        return f"{value!r} is not exact; write {node['x-expected']}"
    shown = f"{value!r}" if not isinstance(value, dict | list) else "this"
    return f"{shown} is not {_expected(node)}"


def _unexpected(key: str, known: Sequence[str]) -> str:
    close = get_close_matches(key, known, 1)
    hint = f"did you mean {close[0]!r}?" if close else f"expected one of {', '.join(known)}"
    return f"{key!r} means nothing here; {hint}"
