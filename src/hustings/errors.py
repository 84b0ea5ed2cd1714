"""Everything that can go wrong, as one small tree, by whose fault it is."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in what we were handed: where it stands, what it is, what to do.

    >>> print(Problem("0.3333 is not exact", "election.toml", 7, "sections.members.weight"))
    election.toml:7: sections.members.weight: 0.3333 is not exact
    """

    what: str
    file: str = ""
    line: int | None = None
    field: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file
        return ": ".join(part for part in (place, self.field, self.what) if part)


class HustingsError(Exception):
    """The base of every error this package raises on purpose."""


class InputError(HustingsError):
    """What we were handed is wrong: every mistake that was found, all together.

    >>> InputError("no papers").problems
    (Problem(what='no papers', file='', line=None, field=''),)
    """

    def __init__(self, problems: str | Problem | Iterable[Problem]) -> None:
        if isinstance(problems, str):
            problems = Problem(problems)
        if isinstance(problems, Problem):
            problems = (problems,)
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class RuleError(HustingsError):
    """The rules do not allow what was asked."""


class UnbrokenTie(RuleError):
    """A tie that the rules leave to a person, who has not yet decided it; `tied` has their ids."""

    def __init__(self, what: str, tied: Iterable[str] = ()) -> None:
        self.tied = tuple(tied)
        super().__init__(what)


class Miscount(HustingsError):
    """A round contradicts itself: whoever made it is at fault, be it ourselves."""
