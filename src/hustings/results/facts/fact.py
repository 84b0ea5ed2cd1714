"""A fact: one question about a result, what the published figures answer, and how to ask again."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from hustings.ballots.shared import named
from hustings.counting.figures import printed_number
from hustings.results.edition import NOBODY as NOBODY
from hustings.results.edition import Edition
from hustings.units import Candidate, Section

K = TypeVar("K", bound=str)
# So many rows stand on a page; the tables have the rest.
MOST_ROWS = 40
# Parts of fewer than 10**15 papers that differ at all differ by more than 10**-30.
FINE = 10**30


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of how many things the figures were looked at, of how many there are; None is not known."""

    held: int
    total: int | None
    things: str
    why: str = ""

    @property
    def whole(self) -> bool:
        """Whether nothing was left out."""
        return self.held == self.total

    @property
    def sentence(self) -> str:
        """The coverage in words, and the reason for what is left out."""
        if self.total is None:
            told = f"{printed_number(self.held)} {self.things}; how many there are is not known"
        else:
            told = f"{printed_number(self.held)} of {printed_number(self.total)} {self.things}"
        return f"{told}: {self.why}." if self.why else f"{told}."


@dataclass(frozen=True, slots=True)
class Fact:
    """One question and its answer.

    `values` are the bare figures and names as text, by a stable key, that a printed claim can
    be held against; the key of the one main figure is empty. They are there only where the
    answer is about everything that it seems to be about. `parts` give a percentage among the
    values as its papers and the papers that it is taken of, so that a claim can be compared
    to the decimals that it was printed with. `rows` are printed cells, `more` how many
    further ones there are. `query` gives the values again from `results.sqlite`, as `key` and
    `value`; a key that it does not give stands for 0.
    """

    id: str
    title: str
    definition: str
    answer: str
    coverage: Coverage
    query: str
    section: Section | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    more: int = 0

    @property
    def value(self) -> str:
        """The one main figure or name; empty where there is none, or more than one."""
        return self.values.get("", "")


@dataclass(frozen=True)
class Scope:
    """The edition that is asked, and what its candidates are called."""

    edition: Edition
    names: Mapping[Candidate, str]

    @classmethod
    def of(cls, edition: Edition) -> "Scope":
        """Look the names up once."""
        return cls(edition, {c.id: c.name for c in edition.transcript.contest.candidates})

    @property
    def candidates(self) -> list[Candidate]:
        """Those who stood in the first round, in the order of the ballot paper."""
        first = self.edition.transcript.rounds[0].tally.totals
        return [name for name in self.names if name in first]

    @property
    def finalists(self) -> list[Candidate]:
        """Those who stood in the last round, in the order of the ballot paper."""
        last = self.edition.transcript.rounds[-1].tally.totals
        return [name for name in self.names if name in last]

    @property
    def the_winner(self) -> str:
        """What the winner is called: nobody has won while nobody is declared elected."""
        return "the winner" if self.edition.declares else "the would-be winner"

    def called(self, candidate: str) -> str:
        """The candidate's name; for nobody, that."""
        return "nobody" if candidate == NOBODY else self.names.get(Candidate(candidate), candidate)

    def order(self, ranking: Iterable[Candidate]) -> str:
        """A ranking in names."""
        return " > ".join(named(entry, self.called) for entry in ranking)

    def section(self, section: Section) -> str:
        """What people call the section."""
        return self.edition.transcript.contest.section_name(section)


def rate(part: int, whole: int) -> str:
    """So many of so many, per cent to two decimals, a half upwards.

    >>> rate(281, 3684), rate(1, 800), rate(3, 3)
    ('7.63', '0.13', '100.00')
    """
    hundredths = (20_000 * part + whole) // (2 * whole)
    return f"{hundredths // 100}.{hundredths % 100:02}"


def finely(part: int, whole: int) -> int:
    """A whole number that orders parts exactly as the fractions do, and faster than they.

    >>> finely(1, 3) == finely(2, 6), finely(1, 3) < finely(333_334, 1_000_000)
    (True, True)
    """
    return part * FINE // whole


def figures(numbers: Mapping[K, int]) -> dict[str, str]:
    """Numbers as bare text."""
    return {key: str(number) for key, number in numbers.items()}


def capped(
    rows: Sequence[tuple[str, ...]], most: int = MOST_ROWS
) -> tuple[tuple[tuple[str, ...], ...], int]:
    """The first rows, and how many more there are."""
    return tuple(rows[:most]), max(0, len(rows) - most)


def unlike(id_: str, taken: Container[str]) -> str:
    """The id, numbered where it is taken.

    >>> unlike("share", {}), unlike("share", {"share", "share-2"})
    ('share', 'share-3')
    """
    number, free = 1, id_
    while free in taken:
        number += 1
        free = f"{id_}-{number}"
    return free
