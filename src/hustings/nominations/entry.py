"""A dated entry: one fact about a race, the day it became public, and who said so."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import ClassVar

from hustings.units import Candidate, Section, Unit

# Candidates whom a source gave together, such as "Balls and Burnham 23"; mostly just one.
Together = tuple[Candidate, ...]
# Of whoever stood in the question and is no candidate here, together.
OTHERS: Together = ()


@dataclass(frozen=True, slots=True)
class Bias:
    """How far a source may lean: mean and standard deviation, both on the logit scale.

    Sources of one `group` share one lean. What is None is left to the model's default.
    """

    mean: Fraction | None = None
    sd: Fraction | None = None
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What every entry says of itself; each kind adds its own fields.

    `published` is the day it became public, and alone decides whether it was known then;
    `field_start` and `field_end` are the days on which it was gathered. `n` is how many
    answered, `deff` by how much their number overstates what they tell, `undecided` the
    part of all asked who did not say (0 to 1). `supersedes` is the id of the entry that this
    one corrects or brings up to date. `file` and `line` say where it stands, and are no
    part of what it says: two entries that differ in these alone are equal.
    """

    KIND: ClassVar[str] = ""

    id: str
    published: date
    source_title: str = ""
    source_url: str = ""
    section: Section | None = None
    unit: Unit | None = None
    field_start: date | None = None
    field_end: date | None = None
    n: int | None = None
    deff: Fraction | None = None
    house: str = ""
    bias: Bias = Bias()
    drift_per_week: Fraction | None = None
    undecided: Fraction | None = None
    note: str = ""
    supersedes: str = ""
    file: str = field(default="", compare=False, repr=False)
    line: int | None = field(default=None, compare=False, repr=False)

    @property
    def gathered(self) -> date:
        """The last day on which it was gathered, or else the day it was published."""
        return self.field_end or self.published


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures(Entry):
    """An entry with a figure for each candidate, or for several together.

    `shares` are parts of 1, as printed: rounded ones may sum to a little more or less.
    """

    shares: Mapping[Together, Fraction]

    def counts(self) -> dict[Together, Fraction]:
        """How many that is of the `n` who answered; exact where counts were entered.

        Where `n` is not known there is nothing to multiply, and every figure is 0.
        """
        return {who: share * (self.n or 0) for who, share in self.shares.items()}

    def among(self, standing: Collection[Candidate]) -> dict[Together, Fraction]:
        """The shares of those who stand, made to sum to 1; nothing where they had none.

        Whoever does not stand is left out, and of those given together only who stands is named.
        """
        kept: dict[Together, Fraction] = {}
        for who, share in self.shares.items():
            left = tuple(name for name in who if name in standing)
            if left:
                kept[left] = kept.get(left, Fraction(0)) + share
        total = sum(kept.values())
        return {who: share / total for who, share in kept.items()} if total else {}
