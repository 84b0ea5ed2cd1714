"""Where in a TOML text a field stands, without a parser of our own."""

import tomllib
from collections.abc import Sequence
from typing import Any


def line_of(text: str, path: Sequence[str | int]) -> int | None:
    """The line on which the statement begins that sets this field; None if nothing does.

    A field is set by line n if the first n lines parse and hold it, and the first
    n - 1 do not: so the reader itself says where, whatever the spelling.

    >>> line_of('[a]\\nb = 1\\nc = [\\n 1,\\n 2]\\n', ["a", "c", 1])
    3
    """
    lines = text.splitlines()
    guessed = _guessed(lines, path)
    if guessed is not None:
        return guessed
    low, high = 0, len(lines)
    if not _holds(_parsed(lines, high)[0], path):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        found, upto = _parsed(lines, middle)
        if upto >= high:
            break
        if _holds(found, path):
            high = middle
        else:
            low = max(middle, upto)
    start = _last_good(lines, high - 1) if high else 0
    return next((n for n in range(start, high) if _says_something(lines[n])), high - 1) + 1


def _guessed(lines: Sequence[str], path: Sequence[str | int]) -> int | None:
    """The one line that spells the last key and sets the field, where there is just one such."""
    key = str(path[-1])
    spelling = [number for number, line in enumerate(lines) if key in line]
    if len(spelling) != 1:
        return None
    before, after = (_try(lines, spelling[0] + more) for more in (0, 1))
    if before is None or after is None or _holds(before, path) or not _holds(after, path):
        return None
    return spelling[0] + 1


def _parsed(lines: Sequence[str], upto: int) -> tuple[dict[str, Any], int]:
    """The shortest parsing prefix of at least so many lines, and how many it has."""
    for number in range(upto, len(lines) + 1):
        document = _try(lines, number)
        if document is not None:
            return document, number
    return {}, len(lines)


def _last_good(lines: Sequence[str], upto: int) -> int:
    return next(number for number in range(upto, -1, -1) if _try(lines, number) is not None)


def _try(lines: Sequence[str], number: int) -> dict[str, Any] | None:
    try:
        return tomllib.loads("\n".join(lines[:number]))
    except tomllib.TOMLDecodeError:
        return None


def _holds(document: Any, path: Sequence[str | int]) -> bool:
    for key in path:
        try:
            document = document[key]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")
