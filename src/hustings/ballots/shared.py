"""A rank that several share, kept in the ranking where whoever stands decides what it means.

It is one entry of the ranking, written `ann=bob`, so that a profile, a file and a page hold it
as they hold any other. Whoever reads whom a paper counts for asks `holder`; a strict ranking is
read as it always was.
"""

from collections.abc import Callable, Iterable, Sequence, Set
from functools import cache
from typing import NewType

from hustings.ballots.paper import Marks
from hustings.units import Candidate

SIGN = "="
# One rank of several candidates: their ids, in order, between signs.
SharedRank = NewType("SharedRank", Candidate)


def shared(names: Iterable[Candidate]) -> SharedRank:
    """The entry of a ranking that stands for these together.

    >>> shared(["bob", "ann"])
    'ann=bob'
    """
    return SharedRank(Candidate(SIGN.join(sorted(names))))


@cache
def members(entry: Candidate) -> tuple[Candidate, ...]:
    """Whom an entry of a ranking names: one, or those who share the rank.

    >>> members("ann"), members("ann=bob")
    (('ann',), ('ann', 'bob'))
    """
    return tuple(map(Candidate, entry.split(SIGN)))


def marks_of(ranking: Iterable[Candidate]) -> Marks:
    """The marks that a ranking stands for.

    >>> marks_of(("cat", "ann=bob"))
    (('cat',), ('ann', 'bob'))
    """
    return tuple(map(members, ranking))


def named(entry: Candidate, name: Callable[[Candidate], str]) -> str:
    """What an entry of a ranking is called, by what each candidate is.

    >>> named("ann=bob", str.title)
    'Ann=Bob'
    """
    return SIGN.join(map(name, members(entry)))


def is_open(ranking: Iterable[Candidate]) -> bool:
    """Whether a rank of it is shared."""
    return any(SIGN in entry for entry in ranking)


def highest(ranking: Iterable[Candidate], standing: Set[Candidate]) -> Candidate | None:
    """The first of the ranking still standing; nobody, where several share that rank and stand.

    >>> paper = ("cat", "ann=bob", "dan")
    >>> highest(paper, {"ann", "bob", "dan"}), highest(paper, {"bob"}), highest(paper, {"dan"})
    (None, 'bob', 'dan')
    """
    for entry in ranking:
        if entry in standing:
            return entry
        if SIGN in entry:
            left = [name for name in members(entry) if name in standing]
            if left:
                return left[0] if len(left) == 1 else None
    return None


def is_held_up(ranking: Iterable[Candidate], standing: Set[Candidate]) -> bool:
    """Whether it counts for nobody because several stand who share a rank.

    >>> is_held_up(("cat", "ann=bob"), {"ann", "bob"}), is_held_up(("cat", "ann=bob"), {"ann"})
    (True, False)
    """
    for entry in ranking:
        left = sum(name in standing for name in members(entry))
        if left:
            return left > 1
    return False


def holder(
    ranking: Sequence[Candidate], standing: Set[Candidate], earlier: Iterable[Set[Candidate]] = ()
) -> Candidate | None:
    """Whom the paper counts for; nobody for good, if it was held up while `earlier` ones stood.

    >>> holder(("ann=bob",), {"bob"}), holder(("ann=bob",), {"bob"}, [{"ann", "bob"}])
    ('bob', None)
    """
    if is_open(ranking) and any(is_held_up(ranking, before) for before in earlier):
        return None
    return highest(ranking, standing)
