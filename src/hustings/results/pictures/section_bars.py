"""Small multiples: one panel a section, each candidate's part of the section round by round."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from hustings.counting.figures import share
from hustings.counting.transcript import Transcript
from hustings.results.pictures.drawing import (
    WIDTH,
    Caption,
    Sheet,
    fill,
    framed,
    in_rules,
    label,
    patterns,
    segment,
    text,
)
from hustings.results.presentation import by_stay, rounds_out
from hustings.units import Candidate, Section

# So many rounds stand side by side; more go on below.
ACROSS = 4
COLUMN, SPACE = WIDTH // ACROSS, 8
HEAD, ROUNDS, ROW, BAR, GAP = 24, 20, 52, 12, 12


def draw_sections(transcript: Transcript, key: str) -> str:
    """Every section's bars as SVG, in per cent of the section as the rules print it."""
    panels = _Panels(transcript, key)
    sections = [*transcript.rounds[0].tally.held]
    parts, top = [*patterns(key, "s", len(sections))], 0
    for stack, section in enumerate(sections):
        parts += panels.panel(section, stack, top)
        top += panels.height
    caption = Caption(_finding(transcript), _described(panels, sections), transcript.hypothesis)
    return framed(Sheet(top, parts), caption, key, "section-bars")


@dataclass(frozen=True)
class _Panels:
    transcript: Transcript
    key: str

    @cached_property
    def order(self) -> list[Candidate]:
        return by_stay(self.transcript)

    @cached_property
    def out(self) -> dict[Candidate, int]:
        return rounds_out(self.transcript)

    @cached_property
    def blocks(self) -> list[tuple[range, list[Candidate]]]:
        """The rounds that stand side by side, and the candidates who stood in one of them."""
        rounds = self.transcript.rounds
        starts = range(0, len(rounds), ACROSS)
        spans = [range(start, min(start + ACROSS, len(rounds))) for start in starts]
        return [
            (span, [name for name in self.order if name in rounds[span[0]].tally.totals])
            for span in spans
        ]

    @cached_property
    def height(self) -> int:
        return HEAD + sum(ROUNDS + len(names) * ROW + GAP for _, names in self.blocks)

    @cached_property
    def most(self) -> Fraction:
        """The longest bar of all panels, so that all are on one scale."""
        parts = [
            share(self.transcript, round_, section, name)
            for round_ in self.transcript.rounds
            for section, held in round_.tally.held.items()
            for name in held
        ]
        return max(*parts, Fraction(1, 100))

    def panel(self, section: Section, stack: int, top: int) -> Iterator[str]:
        called = self.transcript.contest.section_name(section)
        yield label(0, top + 16, called, WIDTH, bold=True)
        y = top + HEAD
        for span, names in self.blocks:
            for column, index in enumerate(span):
                yield text(column * COLUMN, y + 13, f"Round {index + 1}")
            y += ROUNDS
            for name in names:
                yield label(0, y + 13, self.transcript.contest.name(name), WIDTH)
                yield from self._row(section, stack, name, span, y + 16)
                y += ROW
            y += GAP

    def _row(
        self, section: Section, stack: int, name: Candidate, span: range, y: int
    ) -> Iterator[str]:
        for column, index in enumerate(span):
            x, round_ = Fraction(column * COLUMN), self.transcript.rounds[index]
            if name in round_.tally.totals:
                part = share(self.transcript, round_, section, name)
                end = x + part * (COLUMN - SPACE) / self.most
                yield segment(x, end, y, BAR, f'fill="{fill(self.key, "s", stack)}"')
                yield text(x, y + BAR + 13, self.figure(part))
            elif self.out[name] == index:
                yield text(x, y + BAR + 13, "out")

    def figure(self, part: Fraction) -> str:
        rules = self.transcript.contest.rules
        return f"{in_rules(rules, part, rules.section_places)}%"


def _finding(transcript: Transcript) -> str:
    """Who led each section in the last round, in a sentence."""
    contest, last = transcript.contest, transcript.rounds[-1]
    led = []
    for section, held in last.tally.held.items():
        most = max(held.values(), default=0)
        leaders = [contest.name(name) for name in sorted(held) if held[name] == most]
        who = leaders[0] if len(leaders) == 1 else "nobody alone"
        led.append(f"{who} in {contest.section_name(section)}" if most else "")
    verb = "would be" if transcript.hypothesis else "were"
    told = ", ".join(part for part in led if part)
    return f"Ahead in round {len(transcript.rounds)} {verb}: {told}."


def _described(panels: _Panels, sections: Sequence[Section]) -> str:
    transcript = panels.transcript
    told = []
    for section in sections:
        rounds = [
            f"Round {number}: "
            + ", ".join(
                f"{transcript.contest.name(name)} "
                f"{panels.figure(share(transcript, round_, section, name))}"
                for name in panels.order
                if name in round_.tally.totals
            )
            for number, round_ in enumerate(transcript.rounds, 1)
        ]
        told.append(f"{transcript.contest.section_name(section)}, {'; '.join(rounds)}.")
    return f"Per cent of each section. {' '.join(told)}"
