"""The pieces of SQL that queries of the published tables are made of."""

from collections.abc import Iterable


def text(value: str) -> str:
    """A text as SQL writes it.

    >>> print(text("O'Brien"))
    'O''Brien'
    """
    return "'" + value.replace("'", "''") + "'"


def texts(values: Iterable[str]) -> str:
    """Texts as SQL writes a list of them."""
    return f"({', '.join(map(text, values))})"


def rate(part: str, whole: str) -> str:
    """Per cent to two decimals, a half upwards, in whole numbers until the last step."""
    return f"(20000 * ({part}) + ({whole})) / (2 * ({whole})) / 100.0"


def number(fraction: str) -> str:
    """The number that an exact `a/b` stands for, to SQLite's precision."""
    above = f"substr({fraction}, 1, instr({fraction}, '/') - 1)"
    below = f"substr({fraction}, instr({fraction}, '/') + 1)"
    return f"(CAST({above} AS REAL) / CAST({below} AS REAL))"


def place(candidate: str, ranking: str) -> str:
    """Where in a written ranking `a>b>c` the candidate stands; 0 where nowhere."""
    return f"instr('>' || {ranking} || '>', '>' || {candidate} || '>')"
