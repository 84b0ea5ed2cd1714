"""First preferences as they hide papers or give them away, added and subtracted."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from hustings.ballots.profile import Ranking
from hustings.units import NO_PAPERS, Candidate, Papers

Votes = Mapping[Candidate, Papers]
K = TypeVar("K", Candidate, Ranking)
FEWEST_PAPERS = 10
KNOWN_PAPERS = 2


def stands_alone(votes: Votes) -> bool:
    """Whether these first preferences, published as a row, leave every paper secret.

    There are ten papers or more, and whoever knows two of them still cannot tell the others:
    without any two, votes are left for two candidates.

    >>> stands_alone({"Ann": 7, "Bob": 3}), stands_alone({"Ann": 6, "Bob": 3})
    (True, False)
    >>> stands_alone({"Ann": 98, "Bob": 2}), stands_alone({"Ann": 97, "Bob": 2, "Cat": 1})
    (False, True)
    """
    papers = sum(votes.values())
    return papers >= FEWEST_PAPERS and papers - max(votes.values()) > KNOWN_PAPERS


def nothing_or_safe(part: Votes) -> bool:
    """Whether these papers, by themselves, are none or leave every one of them secret."""
    return not part or stands_alone(part)


def hides(derived: Votes) -> bool:
    """Whether somebody who thinks that these are a group's papers learns none of them."""
    return not any(derived.values()) or min(derived.values()) < 0 or stands_alone(derived)


def sum_of(parts: Iterable[Votes]) -> dict[Candidate, Papers]:
    """The votes of all parts together."""
    added: dict[Candidate, Papers] = {}
    for part in parts:
        for name, papers in part.items():
            added[name] = Papers(added.get(name, NO_PAPERS) + papers)
    return added


def known_sum(parts: Iterable[Papers | None]) -> Papers | None:
    """The papers of all parts together; None where a part is not known."""
    added = 0
    for part in parts:
        if part is None:
            return None
        added += part
    return Papers(added)


def less(votes: Mapping[K, Papers], taken: Mapping[K, Papers]) -> dict[K, Papers]:
    """What is left of the votes; less than nothing where more are taken than there are."""
    names = {**votes, **taken}
    return {name: Papers(votes.get(name, NO_PAPERS) - taken.get(name, NO_PAPERS)) for name in names}


def came_and_went(
    old: Mapping[K, Papers], new: Mapping[K, Papers]
) -> tuple[dict[K, Papers], dict[K, Papers]]:
    """What came and what went, each as a positive number of papers."""
    change = less(new, old)
    came = {name: papers for name, papers in change.items() if papers > 0}
    return came, {name: Papers(-papers) for name, papers in change.items() if papers < 0}
