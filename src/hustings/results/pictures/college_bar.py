"""The college bar: each total by round, the sections stacked in it, and what elects.

The order is the final one throughout, so that a candidate is found in the same place in
every round; whoever went out before keeps a line that says when.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from hustings.counting.figures import points, printed_total, total
from hustings.counting.transcript import Elected, Ground, Round, Transcript
from hustings.election.rulebook import QuotaRule
from hustings.results.pictures.drawing import (
    WIDTH,
    Caption,
    Sheet,
    fill,
    framed,
    in_rules,
    label,
    patterns,
    place,
    section_legend,
    segment,
    text,
    width_of,
)
from hustings.results.presentation import by_stay, rounds_out, whole
from hustings.units import Candidate

HEAD, ROW, OUT_ROW, BAR, GAP = 26, 40, 20, 15, 10
# The longest bar or the quota has air to its right; half is never at the very edge.
LEAST_FIELD = Fraction(11, 20)
# Further down it is enough to say how many went before.
MOST_OUT = 12


def draw_rounds(transcript: Transcript, key: str) -> str:
    """Every round's bars as SVG; `key` makes its ids unique on a page."""
    return _draw(transcript, key, range(1, len(transcript.rounds) + 1))


def draw_final_round(transcript: Transcript, key: str) -> str:
    """The last round's bars alone, those who stood in it and no others, as SVG."""
    last = len(transcript.rounds)
    return _draw(transcript, key, range(last, last + 1))


def finding(transcript: Transcript) -> str:
    """Who won, when and with what, in a sentence."""
    last, number = transcript.rounds[-1], len(transcript.rounds)
    if not isinstance(last.event, Elected):
        return f"{transcript.contest.post}: nobody is elected after ballot {number}."
    verb = _verb(transcript, last.event, last)
    figure = printed_total(transcript, last, last.event.name)
    winner = transcript.contest.name(last.event.name)
    return f"{winner} {verb} in round {number} with {figure}% of {whole(transcript)}."


def _verb(transcript: Transcript, event: Elected, round_: Round) -> str:
    would = bool(transcript.hypothesis)
    match event.ground:
        case Ground.QUOTA:
            half = transcript.contest.rules.quota is QuotaRule.HALF_IN_PLAY
            if half and round_.tally.in_play == 1:
                return "would pass half" if would else "passes half"
            return "would have the quota" if would else "has the quota"
        case Ground.MOST:
            return "would have the most" if would else "has the most"
    return "would be the last one standing" if would else "is the last one standing"


def _draw(transcript: Transcript, key: str, numbers: Sequence[int]) -> str:
    bars = _Bars(transcript, key, numbers)
    sections = [*transcript.rounds[0].tally.held]
    named = section_legend(transcript, key, 0)
    parts, top = [*patterns(key, "s", len(sections)), *named.parts], named.height
    for number in numbers:
        parts += bars.round(number, top)
        top += bars.height(number)
    caption = Caption(finding(transcript), _described(bars), transcript.hypothesis)
    return framed(Sheet(top, parts), caption, key, "college-bar")


@dataclass(frozen=True)
class _Bars:
    """How the bars of those rounds are laid out; without slots, to compute its parts once."""

    transcript: Transcript
    key: str
    numbers: Sequence[int]

    @cached_property
    def order(self) -> list[Candidate]:
        return by_stay(self.transcript)

    @cached_property
    def out(self) -> dict[Candidate, int]:
        return rounds_out(self.transcript)

    @cached_property
    def lines(self) -> dict[int, Fraction | None]:
        rounds = self.transcript.rounds
        return {number: _line(self.transcript, rounds[number - 1]) for number in self.numbers}

    @cached_property
    def across(self) -> Fraction:
        """How wide the whole college would be, so that bars, line and figures all fit."""
        shown = [(n, self.transcript.rounds[n - 1]) for n in self.numbers]
        totals = [
            total(self.transcript, round_, name)
            for _, round_ in shown
            for name in round_.tally.totals
        ]
        quotas = [line * Fraction(11, 10) for line in self.lines.values() if line is not None]
        figures = max(width_of(self.figure(part)) for part in totals)
        return (WIDTH - figures - 8) / max(*totals, *quotas, LEAST_FIELD)

    def figure(self, part: Fraction) -> str:
        rules = self.transcript.contest.rules
        return f"{in_rules(rules, part, rules.total_places)}%"

    def standing(self, number: int) -> list[Candidate]:
        totals = self.transcript.rounds[number - 1].tally.totals
        return [name for name in self.order if name in totals]

    def gone(self, number: int) -> list[Candidate]:
        """Those out before that round, where more rounds than the last are drawn."""
        if len(self.numbers) < 2:
            return []
        totals = self.transcript.rounds[number - 1].tally.totals
        return [name for name in self.order if name not in totals]

    def height(self, number: int) -> int:
        gone = len(self.gone(number))
        lines = min(gone, MOST_OUT) + (gone > MOST_OUT)
        return HEAD + len(self.standing(number)) * ROW + lines * OUT_ROW + GAP

    def round(self, number: int, top: int) -> Iterator[str]:
        line = self.lines[number]
        yield text(0, top + 16, f"Round {number}", bold=True)
        y = top + HEAD
        for name in self.standing(number):
            yield from self._bar(number, name, y)
            y += ROW
        if line is not None:
            yield from self._quota(line, top, y)
        yield from self._out(self.gone(number), y)

    def _bar(self, number: int, name: Candidate, y: int) -> Iterator[str]:
        round_, line = self.transcript.rounds[number - 1], self.lines[number]
        room = WIDTH if line is None else line * self.across - 6
        elected = name == self.transcript.winner and number == len(self.transcript.rounds)
        after = ""
        if elected:
            after = ", would be elected" if self.transcript.hypothesis else ", elected"
        called = self.transcript.contest.name(name)
        yield label(0, y + 12, called, room, after=after, bold=elected)
        end = Fraction(0)
        for stack, section in enumerate(round_.tally.held):
            start, end = end, end + points(self.transcript, round_, section, name) * self.across
            ink = f'fill="{fill(self.key, "s", stack)}"'
            yield segment(start, end, y + 17, BAR, ink)
        figure = self.figure(total(self.transcript, round_, name))
        yield text(self._beside(end, figure, line), y + 29, figure)

    def _beside(self, end: Fraction, figure: str, line: Fraction | None) -> Fraction:
        """Where a figure stands: at its bar's end, or beyond the line that would cross it."""
        x = end + 4
        if line is None:
            return x
        at = line * self.across
        return at + 4 if x - 2 < at < x + width_of(figure) + 2 else x

    def _quota(self, line: Fraction, top: int, bottom: int) -> Iterator[str]:
        x = place(line * self.across)
        yield (
            f'<line x1="{x}" x2="{x}" y1="{top + HEAD - 4}" y2="{bottom - 4}" '
            'stroke="currentColor" stroke-width="1.5" stroke-dasharray="4 3"/>'
        )
        yield text(line * self.across, top + HEAD - 9, _short(self.figure(line)), anchor="middle")

    def _out(self, gone: Sequence[Candidate], y: int) -> Iterator[str]:
        for name in gone[:MOST_OUT]:
            called, after = self.transcript.contest.name(name), f": out in round {self.out[name]}"
            yield label(0, y + 13, called, WIDTH, after=after)
            y += OUT_ROW
        if len(gone) > MOST_OUT:
            yield text(0, y + 13, f"and {len(gone) - MOST_OUT:,} more, out before them")


def _short(figure: str) -> str:
    """50.00% as 50%: a line's own number is a rule's, not a count's."""
    number = figure.removesuffix("%")
    return f"{number.rstrip('0').rstrip('.') if '.' in number else number}%"


def _line(transcript: Transcript, round_: Round) -> Fraction | None:
    """What elects, on the scale of the printed totals; None where no line says it.

    There is none where the most is enough, nor where several sections are counted on one
    base and printed on another, since then no one number of printed points elects.
    """
    event, tally = round_.event, round_.tally
    if isinstance(event, Elected) and event.ground is Ground.MOST:
        return None
    shown = sum((total(transcript, round_, name) for name in tally.totals), Fraction(0))
    if shown == tally.in_play:
        return tally.quota.points
    if len(tally.held) > 1 or not tally.in_play:
        return None
    return tally.quota.points * shown * Fraction(1, tally.in_play)


def _described(bars: _Bars) -> str:
    transcript = bars.transcript
    rounds = [
        f"Round {number}: "
        + ", ".join(
            f"{transcript.contest.name(name)} "
            f"{printed_total(transcript, transcript.rounds[number - 1], name)}"
            for name in bars.standing(number)
        )
        for number in bars.numbers
    ]
    if any(line is not None for line in bars.lines.values()):
        rounds.append("The dashed line is what elects")
    return f"Per cent of {whole(transcript)}. {'. '.join(rounds)}."
