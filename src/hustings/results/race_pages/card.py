"""A social card of a race: that it is a forecast, who is likely to win, and how sure that is."""

from collections.abc import Iterator
from fractions import Fraction

from hustings.formats.forecast_told import Prospect
from hustings.results import as_typst
from hustings.results.as_typst import brief, literal, shorter
from hustings.results.card import BAR_COLOURS, BARS, FIELD, LONGEST, LOOKS, SENTENCE
from hustings.results.forecast_words import in_hundred
from hustings.results.pages.page import day
from hustings.results.race_pages.edition import TOLD, RaceSite, part
from hustings.units import decimal

# As the status is coloured on the pages.
COLOUR = "#8a3b00"
THICK = 28
# A bar that nobody would see is drawn as a stroke, so that its name has one.
THINNEST = Fraction(2)


def source(site: RaceSite) -> str:
    """The card as typst, 1200 points wide and 630 high: one point is one pixel.

    Without a forecast it says why there is none, and has no bars.
    """
    return "".join(
        [
            as_typst.prelude(site.election, as_typst.ids_of(site.race.contest)),
            LOOKS,
            *_heading(site),
            *_bars(site),
        ]
    )


def _heading(site: RaceSite) -> Iterator[str]:
    yield (
        f'#box(fill: rgb("{COLOUR}"), inset: (x: 14pt, y: 9pt), '
        f'text(fill: white, size: 26pt, weight: "bold", {literal(site.status.upper())}))\n\n'
    )
    yield f"#text(size: 34pt, fill: luma(60), {literal(brief(site.election, LONGEST))})\n\n"
    told = brief(site.headline, SENTENCE)
    size = 46 if len(told) <= SENTENCE // 2 else 36
    yield f'#text(size: {size}pt, weight: "bold", {literal(told)})\n'


def _bars(site: RaceSite) -> Iterator[str]:
    """Who wins most often, as bars: the whole width is a hundred counts of a hundred."""
    outlook = site.edition.outlook
    yield "#place(bottom + left, block(width: 100%)[\n"
    told = f"{TOLD}; as of {day(str(site.edition.at))}"
    if outlook:
        for each, colour in zip(outlook.told.prospects[:BARS], BAR_COLOURS, strict=False):
            yield _bar(site, each, colour)
        more = len(outlook.told.prospects) - BARS
        told = f"Won of 100 simulated counts: {told}"
        told += f"; {more} more candidates are not shown" if more > 0 else ""
    yield f"#text(size: 20pt, fill: luma(60), {literal(told)})\n])\n"


def _bar(site: RaceSite, each: Prospect, colour: str) -> str:
    wide = decimal(max(part(each.win) * FIELD, THINNEST), 1)
    called = literal(shorter(brief(site.names[each.candidate]), 40))
    figure = literal(f"{in_hundred(each.win)} in 100")
    return (
        "#block(height: 24pt, above: 0pt, below: 8pt, "
        f"text(size: 28pt)[#{called} #h(1fr) #strong({figure})])\n"
        f"#block(above: 0pt, below: 16pt, rect(width: {wide}pt, height: {THICK}pt, "
        f'fill: rgb("{colour}")))\n'
    )
