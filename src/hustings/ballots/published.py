"""Results as they were published: votes, shares and totals, each as it was printed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hustings.units import Candidate, Papers, Section

# In place of a candidate, the row's sum; in place of a section, the whole college.
TOTAL = Candidate("TOTAL")
COLLEGE = Section("COLLEGE")


@dataclass(frozen=True, slots=True)
class Figure:
    """One printed row: what a candidate had in a section and round.

    `share` is per cent of the section and `points` per cent of the college, kept as
    printed because the number of decimals is part of what was published. An
    `erratum` says why a figure is known to be misprinted, and is set against.
    """

    round: int
    candidate: Candidate
    section: Section
    votes: Papers | None = None
    share: str = ""
    points: str = ""
    erratum: str = ""
    file: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """Every published figure of a contest, in the order of the file."""

    figures: tuple[Figure, ...]

    @property
    def rounds(self) -> int:
        """How many rounds the figures tell of."""
        return max((figure.round for figure in self.figures), default=0)

    def of(self, section: Section, round_: int) -> Mapping[Candidate, Figure]:
        """One section's figures of one round, by candidate, without the sums."""
        return {
            figure.candidate: figure
            for figure in self.figures
            if (figure.section, figure.round) == (section, round_) and figure.candidate != TOTAL
        }

    def sums(self) -> Sequence[Figure]:
        """The rows that state a sum."""
        return [figure for figure in self.figures if figure.candidate == TOTAL]
