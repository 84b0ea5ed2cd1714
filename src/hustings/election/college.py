"""The electoral college: its sections and the weight of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from hustings.election.rulebook import Denominator, EmptySection
from hustings.errors import InputError, RuleError
from hustings.units import NO_POINTS, Candidate, Papers, Points, Section

Held = Mapping[Section, Mapping[Candidate, Papers]]
Shared = Mapping[Section, Mapping[Candidate, Points]]


@dataclass(frozen=True, slots=True)
class College:
    """Named sections and the part of the college that each commands.

    A third is Fraction(1, 3); 33.333 is not, and gives other figures than 2010's.
    The weights sum to `whole`, which is 1 wherever the rules do not print otherwise.
    Raises `InputError` where they do not, or where one of them is not above 0.
    """

    weights: Mapping[Section, Fraction]
    whole: Fraction = Fraction(1)

    def __post_init__(self) -> None:
        if sum(self.weights.values()) != self.whole:
            found = sum(self.weights.values())
            raise InputError(f"the sections' weights sum to {found}, not {self.whole}")
        for section, weight in self.weights.items():
            if weight <= 0:
                raise InputError(f"{section}: the weight is {weight}; it must be above 0")

    def points(
        self,
        held: Held,
        opened_with: Mapping[Section, Papers] | None = None,
        denominator: Denominator = Denominator.CONTINUING,
        empty_section: EmptySection = EmptySection.NO_POINTS,
    ) -> dict[Section, dict[Candidate, Points]]:
        """Turn the papers held in each section into points.

        A section is re-based in every round on the papers continuing in it, and
        so keeps its whole weight as papers drop out [2010: each round is stated as
        100%, papers not transferred left out]:

            points = weight x papers held / papers continuing in that section and round

        or, by rule, on the papers that it opened with. Nothing is rounded before
        it is printed. Raises `RuleError` for an empty section if the rules refuse one.

        >>> college = College({"members": Fraction(1, 3), "affiliates": Fraction(2, 3)})
        >>> college.points({"members": {"Ann": 3, "Bob": 1}, "affiliates": {"Ann": 1, "Bob": 1}})
        {'members': {'Ann': Fraction(1, 4), 'Bob': Fraction(1, 12)}, \
'affiliates': {'Ann': Fraction(1, 3), 'Bob': Fraction(1, 3)}}
        """
        continuing = {section: sum(held[section].values()) for section in self.weights}
        weights = self.weights_in_play(continuing, empty_section)
        based_on = continuing
        if denominator is Denominator.FIRST_ROUND and opened_with is not None:
            based_on = dict(opened_with)
        return {
            section: _points_of(held[section], weight, based_on[section])
            for section, weight in weights.items()
        }

    def weights_in_play(
        self, continuing: Mapping[Section, int], empty_section: EmptySection
    ) -> dict[Section, Fraction]:
        """What each section weighs once the rule for an empty section is applied."""
        filled = [section for section in self.weights if continuing[section]]
        empty = [section for section in self.weights if not continuing[section]]
        if empty and empty_section is EmptySection.REFUSE:
            raise RuleError(
                f"no paper continues in {', '.join(empty)}, and the rules do not say what its "
                "weight is then: set empty_section to no_points or share_out"
            )
        weighed = dict(self.weights)
        if empty and filled and empty_section is EmptySection.SHARE_OUT:
            left = sum(self.weights[section] for section in filled)
            weighed = {
                section: Fraction(weight * self.whole, left) for section, weight in weighed.items()
            }
        return {
            section: weighed[section] if section in filled else NO_POINTS for section in weighed
        }


def _points_of(
    held: Mapping[Candidate, Papers], weight: Fraction, based_on: int
) -> dict[Candidate, Points]:
    part = weight * Fraction(1, based_on) if based_on else NO_POINTS
    return {name: Points(part * papers) for name, papers in held.items()}
