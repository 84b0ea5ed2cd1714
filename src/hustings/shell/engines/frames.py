"""The one step that may outgrow a machine, in the Spark DataFrame API: equal rows are counted.

It knows no rule and no name, and parts of a file add up in any order: it is the same step in
process, on one Spark cluster and on another. Each function is given the frame and the `functions`
that go with it, and imports none.
"""

import re
from collections.abc import Sequence
from typing import Any

# Frames and functions are of sqlframe, of Spark Connect or of Spark itself.
Frame = Any
Functions = Any

# The columns of a frame of lines, of papers' ids, and of counts.
LINE, PAPER, PAPERS = "value", "paper", "papers"
# What `str.strip` takes off an id.
SPACE = "[ \t\n\r\x0b\x0c\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"


def counted(rows: Frame, columns: Sequence[str], functions: Functions) -> Frame:
    """Each distinct row of those columns, and in `papers` how many there are."""
    return rows.groupBy(*columns).agg(functions.count(functions.lit(1)).alias(PAPERS))


def size(lines: Frame, functions: Functions) -> Frame:
    """In `papers`, how many bytes the lines are, each with an end of one byte."""
    own = functions.length(functions.col(LINE).cast("binary")) + functions.lit(1)
    return lines.agg(functions.sum(own).alias(PAPERS))


def cell_pattern(at: int, delimiter: str) -> str:
    """A regular expression for a line of CSV: what stands before a cell, the cell, and the rest.

    >>> re.fullmatch(cell_pattern(1, ","), '"Ash, Ann",17,unions').groups()
    ('"Ash, Ann",', '17', ',unions')
    """
    sign = re.escape(delimiter)
    cell = f'(?:"[^"]*(?:""[^"]*)*"|[^"{sign}]*)'
    return f"^((?:{cell}{sign}){{{at}}})({cell})((?:{sign}.*)?)$"


def without_ids(lines: Frame, pattern: str, functions: Functions) -> Frame:
    """The lines with an empty cell for the paper's id; one of another shape stays as it is."""
    line = functions.col(LINE)
    before, after = (functions.regexp_extract(line, pattern, group) for group in (1, 3))
    bare = functions.when(line.rlike(pattern), functions.concat(before, after)).otherwise(line)
    return lines.select(bare.alias(LINE))


def ids_of_lines(lines: Frame, pattern: str, functions: Functions) -> Frame:
    """The papers' ids as the lines have them, in quotes or not."""
    return lines.select(functions.regexp_extract(LINE, pattern, 2).alias(PAPER))


def repeated(ids: Frame, functions: Functions) -> Frame:
    """At most one id that may be there twice, and how often.

    Ids are compared without spaces and quotes: two that are the same are never missed, and
    two that are not may be found, which whoever reads the rows will tell.
    """
    spaceless = functions.regexp_replace(functions.col(PAPER), SPACE, "")
    written = ids.select(spaceless.alias(PAPER))
    written = written.where(~functions.col(PAPER).isin("", '""'))
    bare = written.select(functions.regexp_replace(functions.col(PAPER), '"', "").alias(PAPER))
    return counted(bare, [PAPER], functions).where(functions.col(PAPERS) > 1).limit(1)
