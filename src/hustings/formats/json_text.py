"""JSON as it was sent: parsed whole, with nothing in it lost or made up on the way."""

import json
from collections.abc import Mapping
from typing import Any


class _Twice(ValueError):
    """A key that stands twice in one object."""


def parsed(text: str) -> tuple[Any, str]:
    """What the text says, and what is wrong with it if anything is.

    A key that stands twice is an error, for one of the two would be lost; so are NaN and
    Infinity, which are no numbers.

    >>> parsed('{"n": 3}')
    ({'n': 3}, '')
    >>> parsed('{"n": 3, "n": 4}')
    (None, "the key 'n' stands twice in one object")
    """
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number), ""
    except json.JSONDecodeError as error:
        return None, f"{error.msg}, at line {error.lineno}, column {error.colno}"
    except RecursionError:
        return None, "the lists and objects in it are nested too deeply"
    except ValueError as error:
        return None, str(error) if isinstance(error, _Twice) else f"a number is wrong: {error}"


def parsed_bytes(data: bytes) -> tuple[Any, str]:
    """The same of a whole file."""
    try:
        return parsed(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return None, f"byte {error.start + 1}, 0x{data[error.start]:02x}, is not UTF-8"


def objects(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list; whatever else stands there, or is no list, is none of them.

    >>> objects([{"n": 3}, 4]), objects("n")
    ([{'n': 3}], [])
    """
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _Twice(f"the key {key!r} stands twice in one object")
            seen.add(key)
    return made


def _no_number(said: str) -> None:
    raise ValueError(f"{said} is none")
