"""A social card: one picture that says which election, how final, who won and by how much."""

from collections.abc import Iterator
from fractions import Fraction

from hustings.counting.figures import printed_total, total
from hustings.counting.transcript import Round, Transcript
from hustings.election.rulebook import Method
from hustings.results import as_typst
from hustings.results.as_typst import brief, literal, shorter
from hustings.results.declaration import COLOURS, lead, status, worded
from hustings.results.edition import Edition
from hustings.results.report import whole
from hustings.units import HALF, Candidate, decimal, percent

WIDTH, HEIGHT, MARGIN = 1200, 630, 56
FIELD = WIDTH - 2 * MARGIN
# More bars than these cannot be read at the size of a card.
BARS = 3
# The field of the bars is at least a little wider than what elects, so that its line has air.
AIR = Fraction(11, 10)
# Points for all bars with their names, for one name, and for the thickest bar.
BARS_HIGH, NAME_HIGH, THICKEST = 240, 48, 56
LONGEST, SENTENCE = 90, 190
BAR_COLOURS = ("#0b3c7a", "#8a929c", "#b8bec6")

LOOKS = f"""#set page(width: {WIDTH}pt, height: {HEIGHT}pt, margin: {MARGIN}pt, fill: white)
#set text(size: 30pt)
#set par(leading: 0.45em, spacing: 0.6em)
"""


def source(edition: Edition) -> str:
    """The card as typst, 1200 points wide and 630 high: one point is one pixel."""
    transcript = worded(edition)
    return "".join(
        [
            as_typst.prelude(edition.election.name, as_typst.ids_of(edition.transcript.contest)),
            LOOKS,
            *_heading(edition, lead(edition, transcript)),
            *_bars(transcript),
        ]
    )


def of_sentence(edition: Edition, told: str) -> str:
    """A card with that sentence and without bars, for a count whose votes are no parts of one."""
    ids = as_typst.ids_of(edition.transcript.contest)
    parts = [as_typst.prelude(edition.election.name, ids), LOOKS, *_heading(edition, told)]
    return "".join(parts)


def _heading(edition: Edition, lead_: str) -> Iterator[str]:
    colour = COLOURS[edition.release.status]
    said = literal(status(edition))
    yield (
        f'#box(fill: rgb("{colour}"), inset: (x: 14pt, y: 9pt), '
        f'text(fill: white, size: 26pt, weight: "bold", {said}))\n\n'
    )
    yield f"#text(size: 34pt, fill: luma(60), {literal(brief(edition.election.name, LONGEST))})\n\n"
    told = shorter(lead_, SENTENCE)
    size = 46 if len(told) <= SENTENCE // 2 else 36
    yield f'#text(size: {size}pt, weight: "bold", {literal(told)})\n'


def _bars(transcript: Transcript) -> Iterator[str]:
    """The last round's largest totals as bars, with the line of what elects."""
    round_ = transcript.rounds[-1]
    totals = round_.tally.totals
    names = sorted(totals, key=lambda name: (-totals[name], name))
    across = FIELD / max(total(transcript, round_, names[0]), AIR * _line_at(transcript, round_))
    yield "#place(bottom + left, block(width: 100%)[\n"
    thick = BARS_HIGH // len(names[:BARS]) - NAME_HIGH
    for place, name in enumerate(names[:BARS]):
        yield _bar(transcript, round_, name, across, (min(thick, THICKEST), BAR_COLOURS[place]))
    yield _caption(transcript, round_, len(names), across)
    yield "])\n"


def _bar(
    transcript: Transcript, round_: Round, name: Candidate, across: Fraction, looks: tuple[int, str]
) -> str:
    thick, colour = looks
    wide = decimal(total(transcript, round_, name) * across, 1)
    called = literal(shorter(transcript.contest.name(name), 40))
    figure = literal(f"{printed_total(transcript, round_, name)}%")
    return (
        "#block(height: 24pt, above: 0pt, below: 8pt, "
        f"text(size: 28pt)[#{called} #h(1fr) #strong({figure})])\n"
        f"#block(above: 0pt, below: 16pt, rect(width: {wide}pt, height: {thick}pt, "
        f'fill: rgb("{colour}")))\n'
    )


def _caption(transcript: Transcript, round_: Round, among: int, across: Fraction) -> str:
    number = len(transcript.rounds)
    told = f"Per cent of {whole(transcript)} in round {number}, the last"
    if among > BARS:
        told += f"; {among - BARS} more candidates are not shown"
    caption = f"#text(size: 20pt, fill: luma(60), {literal(told)})\n"
    if transcript.contest.rules.method is Method.FIRST_PAST_THE_POST:
        return caption
    at = decimal(_line_at(transcript, round_) * across, 1)
    mark = literal(f"{percent(round_.tally.quota.points, 0)}%")
    # Black dashes on white are seen on a dark bar as well.
    strokes = ("5pt + white", '(thickness: 3pt, dash: "dashed")')
    lines = (
        f"#place(bottom + left, dx: {at}pt, dy: -30pt, line(angle: -90deg, "
        f"length: {_high(among)}pt, stroke: {stroke}))\n"
        for stroke in strokes
    )
    return (
        caption
        + "".join(lines)
        + (
            f"#place(bottom + left, dx: {at}pt - 24pt, box(width: 48pt, "
            f"align(center, text(size: 18pt, {mark}))))\n"
        )
    )


def _high(among: int) -> int:
    """How high the bars stand, with their names."""
    shown = min(among, BARS)
    return shown * (min(BARS_HIGH // shown - NAME_HIGH, THICKEST) + NAME_HIGH) - NAME_HIGH // 3


def _line_at(transcript: Transcript, round_: Round) -> Fraction:
    """The part of the college that elects; half where the most is enough."""
    if transcript.contest.rules.method is Method.FIRST_PAST_THE_POST:
        return HALF
    return round_.tally.quota.points
