"""The college bar: each total by round, the sections stacked in it, and what elects."""

from collections.abc import Iterator
from fractions import Fraction
from html import escape

from hustings.counting.figures import points, printed_total, total
from hustings.counting.transcript import Round, Transcript
from hustings.election.rulebook import Method
from hustings.units import Candidate, decimal, percent

WIDTH, BAR, GAP, LABEL, FIGURE, HEAD = 640, 18, 6, 150, 60, 26
FIELD = WIDTH - LABEL - FIGURE
# The field is at least a little wider than half, so that the half line has air.
LEAST_FIELD = Fraction(11, 20)
# Okabe and Ito's colours, which stay apart for the colour-blind; legend and titles say the same.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442")


def draw(transcript: Transcript, key: str) -> str:
    """The bars as SVG with a title and a description; `key` makes its ids unique on a page."""
    legend = HEAD * len(transcript.rounds[0].tally.held) if _stacked(transcript) else 0
    height = legend + sum(_height(round_) for round_ in transcript.rounds)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="{key}-title {key}-desc" class="college-bar" '
        'font-family="sans-serif" font-size="13" fill="currentColor">',
        f'<title id="{key}-title">{escape(transcript.contest.post)}: totals by round</title>',
        f'<desc id="{key}-desc">{escape(_described(transcript))}</desc>',
        *_legend(transcript),
    ]
    top, across = legend, _across(transcript)
    for number, round_ in enumerate(transcript.rounds, 1):
        parts += _round(transcript, round_, number, top, across)
        top += _height(round_)
    return "".join([*parts, "</svg>"])


def _stacked(transcript: Transcript) -> bool:
    return len(transcript.rounds[0].tally.held) > 1


def _height(round_: Round) -> int:
    return HEAD + len(round_.tally.totals) * (BAR + GAP) + GAP


def _described(transcript: Transcript) -> str:
    rounds = (
        f"Round {number}: "
        + ", ".join(
            f"{transcript.contest.name(name)} {printed_total(transcript, round_, name)}"
            for name in _order(round_)
        )
        for number, round_ in enumerate(transcript.rounds, 1)
    )
    return ". ".join(rounds) + ". The dashed line is what elects."


def _order(round_: Round) -> list[Candidate]:
    totals = round_.tally.totals
    return sorted(totals, key=lambda name: (-totals[name], name))


def _legend(transcript: Transcript) -> Iterator[str]:
    if not _stacked(transcript):
        return
    for place, section in enumerate(transcript.rounds[0].tally.held):
        y = place * HEAD + 6
        name = escape(transcript.contest.section_name(section))
        yield f'<rect x="{LABEL}" y="{y}" width="14" height="14" fill="{_colour(place)}"/>'
        yield f'<text x="{LABEL + 20}" y="{y + 12}">{name}</text>'


def _round(
    transcript: Transcript, round_: Round, number: int, top: int, across: Fraction
) -> Iterator[str]:
    yield f'<text x="0" y="{top + 18}" font-weight="bold">Round {number}</text>'
    for place, name in enumerate(_order(round_)):
        y = top + HEAD + place * (BAR + GAP)
        called = _name(transcript, name)
        yield f'<text x="{LABEL - 8}" y="{y + 13}" text-anchor="end">{called}</text>'
        start = Fraction(LABEL)
        for stack, section in enumerate(round_.tally.held):
            wide = points(transcript, round_, section, name) * across
            yield (
                f'<rect x="{decimal(start, 1)}" y="{y}" width="{decimal(wide, 1)}" '
                f'height="{BAR}" fill="{_colour(stack)}"/>'
            )
            start += wide
        figure = printed_total(transcript, round_, name)
        yield f'<text x="{WIDTH}" y="{y + 13}" text-anchor="end">{figure}%</text>'
    yield from _line(transcript, round_, top, across)


def _line(transcript: Transcript, round_: Round, top: int, across: Fraction) -> Iterator[str]:
    """The points that elect, as a dashed line; there are none where the most is enough."""
    if transcript.contest.rules.method is Method.FIRST_PAST_THE_POST:
        return
    x = decimal(LABEL + round_.tally.quota.points * across, 1)
    bottom = top + _height(round_) - GAP
    yield (
        f'<line x1="{x}" x2="{x}" y1="{top + HEAD - 4}" y2="{bottom}" stroke="currentColor" '
        'stroke-dasharray="4 3"/>'
    )
    mark = f"{percent(round_.tally.quota.points, 0)}%"
    yield f'<text x="{x}" y="{top + HEAD - 8}" text-anchor="middle" font-size="11">{mark}</text>'


def _across(transcript: Transcript) -> Fraction:
    """How wide the whole college would be, so that the longest bar fits the field."""
    longest = max(
        total(transcript, round_, name)
        for round_ in transcript.rounds
        for name in round_.tally.totals
    )
    return FIELD / max(longest, LEAST_FIELD)


def _name(transcript: Transcript, name: Candidate) -> str:
    called = transcript.contest.name(name)
    return escape(called if len(called) <= 20 else f"{called[:19]}…")


def _colour(place: int) -> str:
    return COLOURS[place % len(COLOURS)]
