"""A transcript beside the published figures: what agrees, and what does not and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from hustings.ballots.published import COLLEGE, TOTAL, Figure, Published
from hustings.counting.figures import points, share, total
from hustings.counting.transcript import Round, Transcript
from hustings.units import Candidate, Section, percent


@dataclass(frozen=True, slots=True)
class Difference:
    """A published figure that the count does not give, with its erratum where one is known."""

    figure: Figure
    column: str
    printed: str
    counted: str

    def __str__(self) -> str:
        place = f"round {self.figure.round}, {self.figure.section}, {self.figure.candidate}"
        told = f"{place}: {self.column} published {self.printed}, counted {self.counted}"
        return f"{told} ({self.figure.erratum})" if self.figure.erratum else told


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """How many published figures were compared, those that differ, and the errata that do not.

    `unexplained` differ without an erratum; `idle` are errata of rows in which nothing differs.
    """

    compared: int
    differences: tuple[Difference, ...]
    idle: tuple[Figure, ...] = ()

    @property
    def unexplained(self) -> tuple[Difference, ...]:
        """The differences for which no misprint is known."""
        return tuple(d for d in self.differences if not d.figure.erratum)

    @property
    def misprints(self) -> tuple[Difference, ...]:
        """The differences that the figures' own errata explain."""
        return tuple(d for d in self.differences if d.figure.erratum)


def reconcile(transcript: Transcript, published: Published) -> Reconciliation:
    """Compare every published figure with the count, each to the decimals it was printed with."""
    compared = 0
    differences: list[Difference] = []
    for figure in published.figures:
        for column, printed, counted in _pairs(transcript, figure):
            compared += 1
            if printed != counted:
                differences.append(Difference(figure, column, printed, counted))
    differing = {id(difference.figure) for difference in differences}
    idle = tuple(f for f in published.figures if f.erratum and id(f) not in differing)
    return Reconciliation(compared, tuple(differences), idle)


def _pairs(transcript: Transcript, figure: Figure) -> Iterator[tuple[str, str, str]]:
    """Each column that was printed: its name, what was printed and what the count gives."""
    round_ = transcript.rounds[figure.round - 1] if figure.round <= len(transcript.rounds) else None
    rules = transcript.contest.rules
    if figure.votes is not None:
        votes = str(_votes(round_, figure)) if round_ else "no such round"
        yield "votes", str(figure.votes), votes
    for column, printed in (("share", figure.share), ("points", figure.points)):
        if printed:
            part = _part(transcript, round_, figure, column) if round_ else None
            places = len(printed.partition(".")[2])
            counted = "nothing" if part is None else percent(part, places, rules.rounding)
            yield column, printed, counted


def _votes(round_: Round, figure: Figure) -> int:
    sections = [*round_.tally.held] if figure.section == COLLEGE else [figure.section]
    held = [round_.tally.held.get(section, {}) for section in sections]
    if figure.candidate == TOTAL:
        return sum(sum(part.values()) for part in held)
    return sum(part.get(figure.candidate, 0) for part in held)


def _part(transcript: Transcript, round_: Round, figure: Figure, column: str) -> Fraction | None:
    """The exact part of the section or the college; None where the count has no such figure."""
    names = [*round_.tally.totals] if figure.candidate == TOTAL else [figure.candidate]
    if not set(names) <= round_.tally.totals.keys():
        return None
    parts = (_of(transcript, round_, figure.section, name, column) for name in names)
    return sum(parts, Fraction(0))


def _of(
    transcript: Transcript, round_: Round, section: Section, name: Candidate, column: str
) -> Fraction:
    if section == COLLEGE:
        return total(transcript, round_, name)
    figure = share if column == "share" else points
    return figure(transcript, round_, section, name)
