"""A contest made ready for many counts."""

from collections.abc import Sequence
from dataclasses import dataclass

from hustings.ballots.profile import Ranking
from hustings.election.spec import Contest
from hustings.forecast.kernel.settings import Settings, settings_of
from hustings.forecast.kernel.types import Types, types_of
from hustings.units import Candidate


@dataclass(frozen=True, slots=True, eq=False)
class Race:
    """A contest made ready: `candidates` are the ids standing, in order; a place there is a number.

    `rankings` are the ballot types in the order of the last axis of counts, and the sections of
    the contest are the axis before. `lots` is the text that seeds the lot of each draw.
    """

    contest: Contest
    candidates: tuple[Candidate, ...]
    rankings: tuple[Ranking, ...]
    settings: Settings
    types: Types
    lots: str = ""


def ballot_types(candidates: Sequence[Candidate]) -> tuple[Ranking, ...]:
    """The ballots there can be, in the order of the last axis of counts: the dictionary's.

    One that leaves out only its last preference stands for the complete one too. Raises
    `RuleError` for fewer than 2 or more than 8 candidates.

    >>> ballot_types(["ann", "bob", "cat"])[:4]
    (('ann',), ('ann', 'bob'), ('ann', 'cat'), ('bob',))
    """
    names = sorted(candidates)
    return tuple(
        tuple(names[place] for place in ranking) for ranking in types_of(len(names)).rankings
    )


def race_of(contest: Contest, lots: str = "") -> Race:
    """Make a contest ready to count; `lots` seeds the lot that each draw may need.

    Raises `RuleError` for rules that the arrays do not know, naming each, and for more than 8
    candidates; `InputError` for weights that do not sum to the whole.
    """
    names = tuple(sorted(contest.standing))
    settings = settings_of(contest)
    return Race(contest, names, ballot_types(names), settings, types_of(len(names)), lots)
