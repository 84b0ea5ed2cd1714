"""Papers as they were handed in: the marks, as written, and where they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hustings.units import Candidate, Option, Papers, Section, Unit

# One tuple a rank, from the first: () is a rank left out, two names share a rank.
Marks = tuple[tuple[Candidate, ...], ...]

ONE, NO_UNIT = Papers(1), Unit("")
# Stands in a rank that several were marked for, where the record does not say who they are.
OVERVOTE = Candidate("(overvote)")


class Rebuilt(Option):
    """What a paper was rebuilt from, where only totals were published and nobody cast it."""

    FROM_SHARES = "from_shares", "from percentages: not even the numbers of papers are real"
    FROM_VOTES = "from_votes", "from votes: each round's votes are real, the rankings are not"


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper, or so many alike: what was written, by which section and unit.

    `spoiled` is a reason found before anyone looked at the marks, such as a
    declaration left unsigned. `elector` is named only where the ballot was open, and
    `reconstructed` says that this is no paper at all but stands for published totals.
    """

    section: Section
    marks: Marks
    papers: Papers = ONE
    unit: Unit = NO_UNIT
    elector: str = ""
    spoiled: str = ""
    file: str = ""
    line: int | None = None
    reconstructed: Rebuilt | None = None


def ranked(*names: str) -> Marks:
    """The marks of a paper that ranks these, one to a rank.

    >>> ranked("ann", "bob")
    (('ann',), ('bob',))
    """
    return tuple((Candidate(name),) for name in names)


def in_order(by_rank: Mapping[int, Sequence[Candidate]]) -> Marks:
    """The marks of those who stand at each rank, from 1 to the last that anybody has.

    >>> in_order({3: ["bob"], 1: ["ann"]})
    (('ann',), (), ('bob',))
    """
    return tuple(tuple(by_rank.get(rank, ())) for rank in range(1, max(by_rank, default=0) + 1))


def trimmed(ranks: Sequence[tuple[Candidate, ...]]) -> Marks:
    """The ranks without the empty ones at the end, which nobody left out.

    >>> trimmed([("ann",), (), ("bob",), (), ()])
    (('ann',), (), ('bob',))
    """
    end = len(ranks)
    while end and not ranks[end - 1]:
        end -= 1
    return tuple(ranks[:end])


def once(marks: Marks) -> Marks:
    """The marks with each candidate at the highest rank only, and no rank that nobody has.

    >>> once((("ann",), (), ("bob", "ann")))
    (('ann',), ('bob',))
    """
    seen: set[Candidate] = set()
    ranks = []
    for names in marks:
        new = tuple(name for name in dict.fromkeys(names) if name not in seen)
        seen.update(new)
        if new:
            ranks.append(new)
    return tuple(ranks)


def as_written(marks: Marks) -> str:
    """The marks for a reader: `>` goes down a rank, `=` shares one, `_` is a rank left out.

    >>> as_written((("ann",), (), ("bob", "cat")))
    'ann > _ > bob=cat'
    """
    return " > ".join("=".join(names) or "_" for names in marks) or "(blank)"
