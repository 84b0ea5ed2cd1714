"""The shape of a TOML document, checked against its JSON Schema, every mistake at once."""

import datetime
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


def read_document(text: str, schema: Schema, file: str) -> dict[str, Any]:
    """Parse a TOML text and check its shape; dates come back as ISO 8601 texts.

    Raises `InputError` with every mistake, by line and field. A schema says what it
    expects in words under `x-expected`.
    """
    try:
        document: dict[str, Any] = _plain(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InputError(_not_toml(str(error), file)) from None
    validator = jsonschema_rs.validator_for(schema)
    problems = [
        problem
        for error in validator.iter_errors(document)
        for problem in _problems(error, schema, text, file)
    ]
    if problems:
        raise InputError(sorted(problems, key=lambda problem: problem.line or 0))
    return document


def _not_toml(said: str, file: str) -> Problem:
    """The parser's complaint, with its line where ours stand."""
    place = re.search(r" \(at line ([0-9]+), column ([0-9]+)\)", said)
    if place is None:
        return Problem(f"this is not TOML: {said}", file)
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


def _problems(
    error: jsonschema_rs.ValidationError, schema: Schema, text: str, file: str
) -> list[Problem]:
    path = list(error.instance_path)
    node = _node(schema, error.schema_path[:-1])
    keys: list[str] = list(error.instance) if isinstance(error.instance, dict) else []
    match error.kind.name:
        case "required":
            name = error.kind.as_dict()["property"].strip('"')
            expected = _expected(node.get("properties", {}).get(name, {}))
            return [at(text, file, [*path, name], f"is missing: expected {expected}")]
        case "additionalProperties":
            known = list(node.get("properties", {}))
            return [
                at(text, file, [*path, key], _unexpected(key, known))
                for key in keys
                if key not in known
            ]
        case "propertyNames":
            names = node["propertyNames"]
            return [
                at(text, file, [*path, key], f"{key!r} is not {_expected(names)}")
                for key in keys
                if not jsonschema_rs.is_valid(names, key)
            ]
    return [at(text, file, path, _refused(error.instance, node))]


def _node(schema: Any, path: Path) -> Any:
    for key in path:
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
