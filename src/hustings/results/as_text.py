"""A report as plain text, for a pipe, a log or a letter."""

from collections.abc import Iterator, Sequence
from textwrap import fill

from hustings.results.report import Heading, Report, Sentence, Table

WIDTH = 98


def write(report: Report) -> Iterator[str]:
    """The report line by line; pictures are left out, the tables say the same."""
    yield f"{report.title}\n"
    yield f"{'=' * min(len(report.title), WIDTH)}\n"
    for block in report.blocks:
        match block:
            case Heading(text):
                yield f"\n{text}\n{'-' * len(text)}\n"
            case Sentence(text, tone):
                mark = "! " if tone == "warning" else ""
                yield f"\n{fill(mark + text, WIDTH, subsequent_indent=' ' * len(mark))}\n"
            case Table():
                yield "\n"
                yield from table(block)


def table(block: Table) -> Iterator[str]:
    """A table in columns: the first to the left, figures to the right.

    >>> print(*table(Table("", ("Name", "%"), (("Ann", "9.5"), ("Bob", "12.0")))), sep="", end="")
    Name    %
    ---- ----
    Ann   9.5
    Bob  12.0
    """
    heads = [head.split("\n") for head in block.header]
    depth = max(map(len, heads))
    above = [tuple(_line(head, depth, n) for head in heads) for n in range(depth)]
    columns = list(zip(*above, *block.rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    yield from (_aligned(row, widths) for row in above)
    yield " ".join("-" * width for width in widths).rstrip() + "\n"
    yield from (_aligned(row, widths) for row in block.rows)


def _line(head: Sequence[str], depth: int, number: int) -> str:
    place = number - (depth - len(head))
    return head[place] if place >= 0 else ""


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [row[0].ljust(widths[0])]
    cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
    return " ".join(cells).rstrip() + "\n"
