"""A report as Markdown."""

import re
from collections.abc import Iterator

from hustings.results.report import Heading, Report, Sentence, Table

MARKS = re.compile(r"([\\`*_{}\[\]<>|#])")


def write(report: Report) -> Iterator[str]:
    """The report line by line; pictures are left out, the tables say the same."""
    yield f"# {escape(report.title)}\n"
    for block in report.blocks:
        match block:
            case Heading(text):
                yield f"\n## {escape(text)}\n"
            case Sentence(text, tone):
                bold = {"lead": "**", "warning": "**"}.get(tone, "")
                yield f"\n{bold}{escape(text)}{bold}\n"
            case Table():
                yield "\n"
                yield from _table(block)


def escape(text: str) -> str:
    r"""Text that Markdown leaves as it is.

    >>> print(escape("a_b | c"))
    a\_b \| c
    """
    return MARKS.sub(r"\\\1", text)


def _table(block: Table) -> Iterator[str]:
    yield _row(tuple(head.replace("\n", " ").strip() for head in block.header))
    yield "|" + "|".join(["---", *["---:"] * (len(block.header) - 1)]) + "|\n"
    yield from map(_row, block.rows)


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(map(escape, cells)) + " |\n"
