"""Returns: what each section and unit reported of its papers, beside what was counted."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hustings.units import NO_PAPERS, Candidate, Papers, Section, Unit

# Under which spoiled papers stand where nobody said why they are.
NO_REASON_GIVEN = "no reason published"


@dataclass(frozen=True, slots=True)
class PaperAccount:
    """Papers issued, returned and spoiled, the last by reason; None is what is not known."""

    issued: Papers | None = None
    returned: Papers | None = None
    spoiled: Mapping[str, Papers] | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class UnitReturn:
    """One unit's row: first preferences by candidate, and its papers; None is not known.

    `turnout` is a percentage as it was printed, kept so that it can be checked. `non_transferable`
    are formal papers that count for nobody in round 1: several who stand share their highest
    rank, or they name nobody who stands.
    """

    unit: Unit
    votes: Mapping[Candidate, Papers] | None = None
    spoiled: Papers | None = None
    returned: Papers | None = None
    issued: Papers | None = None
    turnout: str = ""
    source: str = ""
    file: str = ""
    line: int | None = None
    non_transferable: Papers | None = None

    @property
    def valid(self) -> Papers | None:
        """How many formal papers the unit is known to have cast."""
        if self.votes is None:
            return None
        return Papers(sum(self.votes.values()) + (self.non_transferable or NO_PAPERS))


@dataclass(frozen=True, slots=True)
class SectionReturns:
    """What was reported of one section; `complete` says that its units are all there."""

    account: PaperAccount = PaperAccount()
    units: tuple[UnitReturn, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody printed about an election: the words, the figure and where it stands.

    `fact` is the id of the computed fact that it can be held against, if there is one.
    """

    id: str
    says: str
    value: str
    source: str
    fact: str = ""
    at: str = ""
    file: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Returns:
    """What was reported and printed of one contest, beside its papers."""

    sections: Mapping[Section, SectionReturns] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
