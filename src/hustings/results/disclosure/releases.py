"""What the check is told and what it says: units, earlier releases, what is published."""

from collections.abc import Iterable
from dataclasses import dataclass

from hustings.results.disclosure.votes import Votes
from hustings.units import Option, Papers, Unit


class Secrecy(Option):
    """What there is to hide in a section."""

    SECRET = "secret", "nobody may learn how another voted"
    NAMED = "named", "every ballot is published with its elector's name"
    RECONSTRUCTED = "reconstructed", "the papers stand for totals that were public already"


@dataclass(frozen=True, slots=True)
class Cell:
    """What one unit reported, before anything is decided about it; None is not known."""

    unit: Unit
    region: str = ""
    votes: Votes | None = None
    spoiled: Papers | None = None
    returned: Papers | None = None
    issued: Papers | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """Several units shown as one row: the sums of their figures, None where a part is not known."""

    id: str
    units: tuple[Unit, ...]
    votes: Votes
    spoiled: Papers | None = None
    returned: Papers | None = None
    issued: Papers | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A row with votes as an earlier release published it; `id` is a unit's or a pool's."""

    id: str
    units: tuple[Unit, ...]
    votes: Votes
    spoiled: Papers | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier release published of a section: first-round totals, and rows of units.

    The row of what is not held is none of the rows: it is what the totals leave.
    """

    total: Votes
    rows: tuple[Shown, ...] = ()


@dataclass(frozen=True, slots=True)
class Disclosed:
    """How the units of a section are published.

    `alone` have a row of their own, in the order given; `held_back` are seen only in the row
    of what is not held, though their figures are known. `refusals` say what may not be
    published at all unless a person gives a reason; the rest is what to publish if one does.
    """

    alone: tuple[Unit, ...] = ()
    pools: tuple[Pool, ...] = ()
    held_back: tuple[Unit, ...] = ()
    log: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided, for the published log, and what is refused."""

    log: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()


def decided(found: Iterable[str], accepts: str) -> Verdict:
    """Refuse what was found, or log it with the reason that a person gave."""
    if not accepts:
        return Verdict(refusals=tuple(found))
    return Verdict(tuple(f"Published although refused: {one}. Reason: {accepts}" for one in found))
