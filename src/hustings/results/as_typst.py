"""Names, text and tables in the language of typst, where no name can run as code."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from unicodedata import bidirectional, category

from hustings.counting.transcript import Transcript
from hustings.election.spec import Contest

# A longer name is cut in tables and sentences; the whole of it stands once, at the end.
NAME = 60
# A run without a space is given places to break, so that it stays inside its cell.
RUN = 14
BREAK = "\u200b"
FIRST_STRONG, POP = "\u2068", "\u2069"
# So many characters may stand as numbers before the whole name gives way to the id.
NUMBERED = 3
# More numbers than these would fill pages.
LISTED = 40

# What a sentence of a printed document is set with; a table breaks over pages, its header again.
PRELUDE = r"""
#let unprinted = ""
#set document(title: TITLE)
#set text(lang: "en", size: 10pt, font: "Libertinus Serif", number-type: "lining")
#set par(leading: 0.6em, spacing: 0.9em)
#set heading(numbering: none)
#show heading.where(level: 1): set text(size: 13pt)
#show heading.where(level: 2): set text(size: 11pt)
#show heading: set block(above: 1.3em, below: 0.7em, sticky: true)
#show figure: set block(breakable: true)
#show figure.caption: set text(size: 9pt, style: "italic")
#show figure.caption: set align(left)
#show figure.caption: set block(sticky: true)
#set figure.caption(position: top)
#show table.cell: set text(size: 8.5pt, number-width: "tabular")
#let tabled(caption, columns, spans, head, cells, sums, left: 1) = figure(
  kind: table, supplement: none, numbering: none, caption: figure.caption(caption),
  table(
    columns: columns, stroke: none, inset: (x: 4pt, y: 3pt),
    align: (x, y) => if x < left { std.left } else { right },
    table.header(
      table.hline(stroke: 0.8pt),
      ..spans.map(((label, wide)) => table.cell(
        colspan: wide, align: if wide == 1 { std.left } else { center }, strong(label))),
      ..head.map(strong),
      table.hline(stroke: 0.5pt),
    ),
    ..cells,
    ..if sums.len() > 0 { (table.hline(stroke: 0.5pt),) },
    ..sums.map(strong),
    table.hline(stroke: 0.8pt),
  ),
)
"""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its caption, groups of columns with their span, labels, rows and sums.

    The first `left` columns are text; the others are figures and stand to the right.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sums: tuple[tuple[str, ...], ...] = ()
    groups: tuple[tuple[str, int], ...] = ()
    left: int = 1


def literal(text: str, *, ascii_only: bool = False) -> str:
    r"""Any text as a string of typst, which is data and never markup or code.

    >>> print(literal('#eval("1") \\ $x$'))
    "#eval(\"1\") \\ $x$"
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    if not ascii_only:
        return f'"{escaped}"'
    return '"' + "".join(c if c.isascii() else f"\\u{{{ord(c):x}}}" for c in escaped) + '"'


def clean(text: str) -> str:
    r"""The text on one line, without what would turn the text around it or cannot be printed.

    >>> clean("Ann\u202e\n  Lee\x00")
    'Ann[U+202E] Lee'
    """
    return " ".join("".join(map(_printable, text)).split())


def brief(text: str, longest: int = NAME) -> str:
    """The text cleaned and cut, so that it fits a cell; right-to-left text turns nothing else.

    >>> brief("Ann " * 30, 12)
    'Ann Ann Ann…'
    """
    cleaned = clean(text)
    if len(cleaned) > longest:
        cleaned = f"{cleaned[: longest - 1].rstrip()}…"
    if any(bidirectional(character) in ("R", "AL", "AN") for character in cleaned):
        return f"{FIRST_STRONG}{cleaned}{POP}"
    return cleaned


def shorter(printed: str, longest: int) -> str:
    """What is printed already, cut once more for a narrow place.

    >>> shorter("Ann Lee is elected", 8)
    'Ann Lee…'
    """
    if len(printed) <= longest:
        return printed
    cut = f"{printed[: longest - 1].rstrip()}…"
    return cut + POP * (cut.count(FIRST_STRONG) - cut.count(POP))


def as_printed(transcript: Transcript) -> Transcript:
    """The same count with every name as it is printed: on one line, cut, and no two alike."""
    contest = transcript.contest
    names = _distinct([(c.id, c.name) for c in contest.candidates])
    sections = _distinct([(s.id, s.name) for s in contest.sections])
    printed = replace(
        contest,
        post=brief(contest.post, 2 * NAME),
        candidates=tuple(replace(c, name=names[c.id]) for c in contest.candidates),
        sections=tuple(
            replace(s, name=sections[s.id], papers_are=brief(s.papers_are, 20))
            for s in contest.sections
        ),
    )
    return replace(transcript, contest=printed)


def in_full(contest: Contest) -> list[tuple[str, str]]:
    """The names that are cut where they are printed: the id and the whole name."""
    named = [(str(c.id), c.name) for c in contest.candidates]
    named += [(str(s.id), s.name) for s in contest.sections]
    return [(id_, clean(name)) for id_, name in named if len(clean(name)) > NAME]


def prelude(title: str, ids: Mapping[str, str]) -> str:
    """The beginning of a document: its title, its looks, and which id each name has.

    The ids stand in a comment of one line, in ASCII, for `spelt`.
    """
    told = {brief(name): id_ for id_, name in ids.items() if not name.isascii()}
    looks = PRELUDE.replace("TITLE", literal(clean(title), ascii_only=True))
    return f"// {json.dumps(told)}\n{looks}"


def ids_of(contest: Contest) -> dict[str, str]:
    """The name of each candidate and section by its id."""
    named = [(str(c.id), c.name) for c in contest.candidates]
    return dict([*named, *((str(s.id), s.name) for s in contest.sections)])


def spelt(source: str, missing: Iterable[str]) -> str:
    """The document without the characters that its fonts lack, and a note that says so.

    A character stands as its number, `[U+6F22]`; a name with more than a few stands as the id.
    """
    lacking = sorted(set(missing))
    table = str.maketrans({character: f"{_number(character)}{BREAK}" for character in lacking})
    first, _, rest = source.partition("\n")
    told = []
    for name, id_ in sorted(json.loads(first.removeprefix("// ")).items(), key=_longest):
        if sum(character in lacking for character in name) > NUMBERED and id_.isascii():
            for written in (name, _breakable(name)):
                rest = rest.replace(literal(written)[1:-1], literal(id_)[1:-1])
            told.append(f"{id_} ({_numbers(name)})")
    rest = rest.translate(table)
    note = (
        "The fonts of this file have no shape for some characters. Each stands as its number "
        f"in Unicode: {_numbers(lacking)}."
    )
    if told:
        note += f" A name of several such stands as the id: {'; '.join(told)}."
    note += " The pages and data files of this release have every name as it is written."
    told_of = rest.replace('#let unprinted = ""', f"#let unprinted = {literal(note)}")
    return f"{first}\n{told_of}"


def text(told: str) -> str:
    """A piece of text that runs into what stands beside it."""
    return f"#{literal(_breakable(told))}"


def heading(told: str, level: int = 1) -> str:
    """A heading that a reader can jump to."""
    return f"#heading(level: {level}, {literal(_breakable(told))})\n"


def paragraph(told: str) -> str:
    """A paragraph by itself."""
    return f"\n{text(told)}\n\n"


def strong(told: str) -> str:
    """A paragraph in bold."""
    return f"\n#strong({literal(_breakable(told))})\n\n"


def table(grid: Grid) -> str:
    """A table with its caption, whose header is there again on every page."""
    spans = ", ".join(f"({_cell(label)}, {wide})" for label, wide in grid.groups)
    widths = ", ".join("auto" for _ in grid.head[grid.left :])
    columns = f"({'1fr, ' * grid.left}{widths}{',' if widths else ''})"
    return (
        f"#tabled({_cell(grid.caption)}, {columns}, ({spans}{',' if spans else ''}), "
        f"{_cells([grid.head])}, {_cells(grid.rows)}, {_cells(grid.sums)}, left: {grid.left})\n\n"
    )


def _cells(rows: Iterable[Sequence[str]]) -> str:
    inner = ",\n".join(",".join(map(_cell, row)) for row in rows)
    return f"({inner},)" if inner else "()"


def _cell(told: str) -> str:
    return literal(_breakable(told))


def _breakable(told: str) -> str:
    """The text with places to break in any run without a space that is longer than a word."""
    if len(told) <= RUN:
        return told
    return " ".join(map(_broken, told.split(" ")))


def _broken(run: str) -> str:
    if len(run) <= 2 * RUN:
        return run
    return BREAK.join(run[at : at + RUN] for at in range(0, len(run), RUN))


def _distinct(named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What each is called, by id; where two would be called alike, the id stands beside it."""
    called: dict[str, list[str]] = {}
    for id_, name in named:
        called.setdefault(brief(name), []).append(id_)
    return {
        id_: name if len(ids) == 1 else f"{name} ({brief(id_)})"
        for name, ids in called.items()
        for id_ in ids
    }


def _printable(character: str) -> str:
    if character in "\u200e\u200f" or category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn"):
        return character
    if category(character) == "Cc":
        return " "
    if bidirectional(character) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"):
        return _number(character)
    return character if category(character) == "Cf" else _number(character)


def _longest(item: tuple[str, str]) -> tuple[int, str]:
    return -len(item[0]), item[0]


def _number(character: str) -> str:
    return f"[U+{ord(character):04X}]"


def _numbers(characters: Iterable[str]) -> str:
    numbers = [f"U+{ord(c):04X}" for c in characters if c not in (FIRST_STRONG, POP)]
    more = len(numbers) - LISTED
    return " ".join(numbers[:LISTED]) + (f" and {more} more" if more > 0 else "")
