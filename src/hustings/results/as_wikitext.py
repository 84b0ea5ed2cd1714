"""A table as wikitext, ready for an encyclopedia's page."""

from collections.abc import Iterator

from hustings.results.report import Table


def write(table: Table, lead: str) -> Iterator[str]:
    """The table with its caption, a sentence before it; names are written so as to stay text."""
    yield f"{_plain(lead)}\n\n"
    yield '{| class="wikitable" style="text-align:right"\n'
    yield f"|+ {_plain(table.caption)}\n"
    for head in table.header:
        yield f'! scope="col" | {_plain(head)}\n'
    for row in table.rows:
        yield "|-\n"
        yield f'! scope="row" style="text-align:left" | {_plain(row[0])}\n'
        for cell in row[1:]:
            yield f"| {_plain(cell)}\n"
    yield "|}\n"


def _plain(text: str) -> str:
    """The text as it is read, whatever signs of wikitext or HTML stand in it."""
    text = " ".join(text.split())
    if not any(sign in text for sign in "[]{}|<>&'=~*#:;!_"):
        return text
    return (
        f"<nowiki>{text.replace('&', '&amp;').replace('<', '&lt;').replace('|', '&#124;')}</nowiki>"
    )
