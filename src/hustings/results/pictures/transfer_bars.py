"""What passed between two rounds: what was carried over pale, and what was gained strong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from hustings.counting.figures import printed_number, total
from hustings.counting.movement import Movement, movement
from hustings.counting.transcript import Round, Transcript
from hustings.results.pictures.drawing import (
    WIDTH,
    Caption,
    Sheet,
    fill,
    framed,
    in_rules,
    label,
    legend,
    patterns,
    segment,
    text,
    width_of,
)
from hustings.results.presentation import by_stay
from hustings.units import Candidate, Papers, Section

HEAD, ROW, BAR, GAP, NOTE = 26, 40, 15, 10, 19
PALE = 'fill="currentColor" fill-opacity=".12"'
REBUILT = "rebuilt from percentages"


@dataclass(frozen=True, slots=True)
class _Passing:
    """The two rounds, what passed between them, and who stays, in the final order."""

    transcript: Transcript
    key: str
    moved: Movement
    after: Round
    stay: tuple[Candidate, ...]

    def ink(self, kind: int) -> str:
        """Of what was handed on, the first kind, or what re-weighing gave, the second."""
        return f'fill="{fill(self.key, "c", kind)}"'

    def name(self, name: Candidate) -> str:
        return self.transcript.contest.name(name)

    def points(self, part: Fraction) -> str:
        rules = self.transcript.contest.rules
        return in_rules(rules, part, rules.section_places)

    @property
    def out(self) -> str:
        """Those who went, as a sentence has them."""
        names = [self.name(name) for name in self.moved.out]
        return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

    def rebuilt(self, section: Section) -> bool:
        """Whether the section's papers are not numbers that anyone counted."""
        return self.transcript.unreal(section)


def draw_votes(transcript: Transcript, number: int, key: str) -> str:
    """The papers that passed after that round, section by section, as SVG.

    A section rebuilt from percentages has bars and no numbers. Raises `InputError` where the
    round handed on nothing.
    """
    passing = _passing(transcript, number, key)
    named = legend([(PALE, "held before"), (passing.ink(1), "received")], HEAD)
    parts = [*patterns(key, "c", 2), *_heading(passing), *named.parts]
    top = HEAD + named.height
    for section in passing.after.tally.held:
        parts += _votes_panel(passing, section, top)
        top += HEAD + (len(passing.stay) + 1) * ROW + GAP
    caption = Caption(_most_papers(passing), _votes_told(passing), transcript.hypothesis)
    return framed(Sheet(top, parts), caption, key, "transfer-bars")


def draw_points(transcript: Transcript, number: int, key: str) -> str:
    """The points that passed after that round, transferred and re-based apart, as SVG.

    Raises `InputError` where the round handed on nothing.
    """
    passing = _passing(transcript, number, key)
    kinds = [
        (PALE, "held before"),
        (passing.ink(1), "transferred"),
        (passing.ink(2), "re-based"),
    ]
    named = legend(kinds, HEAD)
    parts = [*patterns(key, "c", 3), *_heading(passing), *named.parts]
    top = HEAD + named.height
    across = _points_across(passing)
    for name in passing.stay:
        parts += _points_bar(passing, name, across, top)
        top += ROW + NOTE
    parts += _points_notes(passing, top + 4)
    top += 4 + NOTE * (3 + len(passing.after.tally.held)) + GAP
    caption = Caption(_most_points(passing), _points_told(passing), transcript.hypothesis)
    return framed(Sheet(top, parts), caption, key, "transfer-points")


def _passing(transcript: Transcript, number: int, key: str) -> _Passing:
    moved = movement(transcript, number, printed=True)
    after = transcript.rounds[number]
    stay = tuple(name for name in by_stay(transcript) if name in after.tally.totals)
    return _Passing(transcript, key, moved, after, stay)


def _heading(passing: _Passing) -> Iterator[str]:
    number = passing.moved.round
    yield label(0, 16, passing.out, WIDTH, after=f" out: round {number} to {number + 1}", bold=True)


# --- in papers --------------------------------------------------------------------


def _rows(passing: _Passing, section: Section) -> list[tuple[str, Papers, Papers]]:
    """Name, papers after and papers gained, of each who stays and of nobody."""
    tally, moved = passing.after.tally, passing.moved
    gained = {gain.to: gain.papers for gain in moved.gains if gain.section == section}
    rows = [(passing.name(name), tally.held[section][name], gained[name]) for name in passing.stay]
    nobody = tally.non_transferable[section], moved.non_transferable[section]
    return [*rows, ("non-transferable", *nobody)]


def _votes_panel(passing: _Passing, section: Section, top: int) -> Iterator[str]:
    rebuilt = passing.rebuilt(section)
    after = f" ({REBUILT})" if rebuilt else ""
    called = passing.transcript.contest.section_name(section)
    yield label(0, top + 16, called, WIDTH, after=after, bold=True)
    rows = _rows(passing, section)
    across = Fraction(WIDTH, max(*(papers for _, papers, _ in rows), 1))
    y = top + HEAD
    for name, papers, gained in rows:
        figure = "" if rebuilt else _votes_figure(papers, gained)
        yield label(0, y + 12, name, WIDTH - width_of(figure) - 8)
        yield text(WIDTH, y + 12, figure, anchor="end") if figure else ""
        yield segment(Fraction(0), (papers - gained) * across, y + 17, BAR, PALE)
        yield segment((papers - gained) * across, papers * across, y + 17, BAR, passing.ink(1))
        y += ROW


def _votes_figure(papers: Papers, gained: Papers) -> str:
    held = printed_number(papers - gained)
    return f"{held} + {printed_number(gained)} = {printed_number(papers)}"


def _most_papers(passing: _Passing) -> str:
    papers = {name: passing.moved.of(name).papers for name in passing.stay}
    most = max(papers.values())
    who = [passing.name(name) for name in passing.stay if papers[name] == most]
    verb = "would receive" if passing.transcript.hypothesis else "received"
    if not most:
        return f"Nobody {verb} a paper of {passing.out}."
    if len(who) > 1:
        return f"Several {verb} as many papers of {passing.out} as one another, and the most."
    if any(map(passing.rebuilt, passing.after.tally.held)):
        return f"{who[0]} {verb} the most papers of {passing.out}."
    moved = sum(papers.values()) + sum(passing.moved.non_transferable.values())
    of = f"{printed_number(most)} of {printed_number(moved)}"
    return f"{who[0]} {verb} the most papers of {passing.out}: {of}."


def _votes_told(passing: _Passing) -> str:
    told = []
    for section in passing.after.tally.held:
        rows = "; ".join(
            f"{name} {_votes_figure(papers, gained)}"
            for name, papers, gained in _rows(passing, section)
        )
        called = passing.transcript.contest.section_name(section)
        told.append(f"{called}: {REBUILT if passing.rebuilt(section) else rows}.")
    return f"Papers held before, received, and held after. {' '.join(told)}"


# --- in points --------------------------------------------------------------------


def _points_across(passing: _Passing) -> Fraction:
    totals = [total(passing.transcript, passing.after, name) for name in passing.stay]
    return WIDTH / max(*totals, Fraction(1, 1000))


def _points_bar(passing: _Passing, name: Candidate, across: Fraction, top: int) -> Iterator[str]:
    gain = passing.moved.of(name)
    after = total(passing.transcript, passing.after, name)
    figure = f"{passing.points(after)}%"
    yield label(0, top + 12, passing.name(name), WIDTH - width_of(figure) - 8)
    yield text(WIDTH, top + 12, figure, anchor="end")
    # Where papers came to be worth less, the transfer makes good a part of the loss.
    received = min(gain.transferred, after)
    rebased = max(gain.rebased, Fraction(0))
    start, y = after - received - rebased, top + 17
    yield segment(Fraction(0), start * across, y, BAR, PALE)
    yield segment(start * across, (start + received) * across, y, BAR, passing.ink(1))
    yield segment((start + received) * across, after * across, y, BAR, passing.ink(2))
    yield text(0, top + ROW + 6, _gain_told(passing, gain.transferred, gain.rebased))


def _gain_told(passing: _Passing, transferred: Fraction, rebased: Fraction) -> str:
    told = [passing.points(part) for part in (transferred, rebased)]
    signed = [part if part.startswith("-") else f"+{part}" for part in told]
    return f"{signed[0]} transferred, {signed[1]} re-based"


def _points_notes(passing: _Passing, top: int) -> Iterator[str]:
    for line, words in enumerate(_sum_told(passing)):
        yield text(0, top + 13 + line * NOTE, words)
    y = top + 13 + 2 * NOTE
    yield text(0, y, "Non-transferable papers:", bold=True)
    for line, (name, figure) in enumerate(_dropped(passing), 1):
        room = WIDTH - width_of(figure)
        yield label(0, y + line * NOTE, name, room, after=figure)


def _sum_told(passing: _Passing) -> Sequence[str]:
    """The sum in two short lines, so that it fits whatever the names."""
    moved = passing.moved
    given = sum(moved.given_up.values(), Fraction(0))
    parts = f"{passing.points(moved.transferred)} transferred, {passing.points(moved.rebased)}"
    if given == moved.transferred + moved.rebased:
        return f"{passing.points(given)} given up, of which", f"{parts} re-based."
    return f"{passing.points(given)} given up, not all of it gained:", f"{parts} re-based."


def _dropped(passing: _Passing) -> Iterator[tuple[str, str]]:
    for section, papers in passing.moved.non_transferable.items():
        figure = f": {REBUILT}" if passing.rebuilt(section) else f": {printed_number(papers)}"
        yield passing.transcript.contest.section_name(section), figure


def _most_points(passing: _Passing) -> str:
    gains = {name: passing.moved.of(name).gained for name in passing.stay}
    most = max(gains.values())
    who = [passing.name(name) for name in passing.stay if gains[name] == most]
    verb = "would gain" if passing.transcript.hypothesis else "gained"
    given = passing.points(sum(passing.moved.given_up.values(), Fraction(0)))
    if len(who) > 1 or not most:
        return f"Nobody alone {verb} the most of the {given} points of {passing.out}."
    part = passing.points(most)
    return f"{who[0]} {verb} the most from the {given} points of {passing.out}: {part}."


def _points_told(passing: _Passing) -> str:
    rows = []
    for name in passing.stay:
        gain = passing.moved.of(name)
        after = passing.points(total(passing.transcript, passing.after, name))
        told = _gain_told(passing, gain.transferred, gain.rebased)
        rows.append(f"{passing.name(name)}: {told}, to {after}.")
    dropped = "; ".join(f"{name}{figure}" for name, figure in _dropped(passing))
    sums = " ".join(_sum_told(passing))
    return f"Per cent points. {' '.join(rows)} {sums} Non-transferable papers, {dropped}."
