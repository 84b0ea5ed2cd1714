"""The papers that each candidate holds, in batches of one value, as they were received."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from hustings.ballots.profile import Ranking
from hustings.ballots.shared import highest
from hustings.counting.seats.stages import Parcel
from hustings.units import Candidate, Papers, Votes


@dataclass(frozen=True, slots=True)
class Batch:
    """Papers that were received together, at one value, and the votes credited for them."""

    stage: int
    value: Fraction
    rankings: Mapping[Ranking, Papers]
    votes: Votes

    @property
    def papers(self) -> Papers:
        """How many papers lie in it."""
        return Papers(sum(self.rankings.values()))


Holdings = Mapping[Candidate, tuple[Batch, ...]]


def sort(
    batches: Iterable[Batch], continuing: Set[Candidate]
) -> dict[tuple[Candidate | None, Fraction], Counter[Ranking]]:
    """The papers by the next preference for someone continuing, and by what each is worth."""
    sorted_: dict[tuple[Candidate | None, Fraction], Counter[Ranking]] = defaultdict(Counter)
    for batch in batches:
        for ranking, papers in batch.rankings.items():
            sorted_[highest(ranking, continuing), batch.value][ranking] += papers
    return sorted_


def cut(value: Fraction, places: int) -> Fraction:
    """The value with its further digits dropped; with 0 places it is left whole.

    >>> cut(Fraction(2, 3), 5), cut(Fraction(2, 3), 0)
    (Fraction(33333, 50000), Fraction(2, 3))
    """
    return Fraction(floor(value * 10**places), 10**places) if places else value


def in_order(parcels: Iterable[Parcel]) -> tuple[Parcel, ...]:
    """By who gave them, then by who received them, nobody last, the higher value first."""
    return tuple(sorted(parcels, key=lambda p: (p.source, p.to is None, p.to or "", -p.value)))
