"""The exact count of many thousand draws: ballots by type in, who wins and who goes out.

The counts of a draw are those that `hustings.counting.engine` gives, under the same rule book:
papers are whole numbers, and a draw in which anything is decided by less than 1e-9 of the college
is counted by that engine. Nothing is approximated; rules that the arrays do not know are refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hustings.ballots.profile import Ranking
from hustings.counting.transcript import Transcript
from hustings.election.spec import Contest
from hustings.errors import InputError
from hustings.forecast.kernel.exactly import Found, contest_of_draw, count_exactly
from hustings.forecast.kernel.settings import SUPPORTED, Settings, settings_of
from hustings.forecast.kernel.types import Types, types_of
from hustings.forecast.kernel.walk import Looks, beginnings, walk
from hustings.units import Candidate

__all__ = [
    "SUPPORTED",
    "Change",
    "Outcomes",
    "Race",
    "ballot_types",
    "count_draws",
    "race_of",
    "winners_if",
]

Whole = NDArray[np.int64]
Few = NDArray[np.int8]
Truth = NDArray[np.bool_]
Real = NDArray[np.float64]

# So many draws at once stay in a processor's second cache.
AT_ONCE = 512
# Sums of more papers than this are no longer exact as floats.
MOST_PAPERS = 2**53


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


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What the counts gave, a row for each draw; a candidate is a place in `Race.candidates`.

    `winner`: (draws,). `order`: (draws, candidates - 2), who went out, first to last, counted down
    to two even where someone was elected before. `pair`: (draws, 2), the two left, the one ahead
    first. `papers`: (draws, sections, 2), what the pair hold, in papers. `order` and `pair` are -1
    in a draw whose rules refuse to count beyond the election.

    `held`: (draws, looks, sections, candidates), the papers in each look, the first with all
    standing, then with one fewer; or None where they were not asked for. `looked`: (draws, looks),
    whether that look is a round of the count; where it is not, `held` is 0. A round with one left
    is not kept. `exact`: (draws,), whether the exact engine counted the draw. `touchy`: (draws,
    sections), whether one ballot changed in the section might alter the winner or the order; all
    true where that was not asked for.
    """

    winner: Few
    order: Few
    pair: Few
    papers: Whole
    looked: Truth
    exact: Truth
    touchy: Truth
    held: Whole | None = None

    def points(self, race: Race) -> Real:
        """Each one's points in each round, as parts of 1: (draws, looks, candidates).

        Raises `InputError` where the papers by round were not kept.
        """
        if self.held is None:
            raise InputError("the papers by round were not kept: count with rounds=True")
        return _points(self.held, self.held[:, :1].sum(3), race.settings)

    def shares(self) -> Real:
        """The pair's parts of each section's papers, of 1: (draws, sections, 2); 0 of no papers."""
        whole = self.papers.sum(2, keepdims=True)
        return np.asarray(self.papers / np.maximum(whole, 1))


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """One ballot of one section put in place of another, in every draw.

    `section` is its place in the contest. `before` and `after` have shape (draws,): the ballot
    types, as places in `Race.rankings`; -1 is no ballot.
    """

    section: int
    before: Whole
    after: Whole


def ballot_types(candidates: Sequence[Candidate]) -> tuple[Ranking, ...]:
    """The ballots there can be, in the order of the last axis of counts: the dictionary's.

    One that leaves out only its last preference stands for the complete one too. Raises
    `RuleError` for fewer than 2 or more than 6 candidates.

    >>> ballot_types(["ann", "bob", "cat"])[:4]
    (('ann',), ('ann', 'bob'), ('ann', 'cat'), ('bob',))
    """
    names = sorted(candidates)
    return tuple(
        tuple(names[place] for place in ranking) for ranking in types_of(len(names)).rankings
    )


def race_of(contest: Contest, lots: str = "") -> Race:
    """Make a contest ready to count; `lots` seeds the lot that each draw may need.

    Raises `RuleError` for rules that the arrays do not know, naming each, and for more than 6
    candidates; `InputError` for weights that do not sum to the whole.
    """
    names = tuple(sorted(contest.standing))
    settings = settings_of(contest)
    return Race(contest, names, ballot_types(names), settings, types_of(len(names)), lots)


def count_draws(
    race: Race, counts: Whole, *, rounds: bool = False, touchy: bool = False, first: int = 0
) -> Outcomes:
    """Count every draw by the contest's rule book.

    `counts` has shape (draws, sections, ballot types), in whole papers: the sections in the order
    of `Contest.sections`, the types in that of `Race.rankings`. `rounds` keeps the papers by
    round; `touchy` finds the draws that one ballot might turn; `first` is the number of the first
    draw, which its lot is seeded by. Raises `InputError` for counts that do not fit, and
    `RuleError` with the draw's number where the rules refuse to count it.
    """
    _require_fit(race, counts)
    if race.settings.pooled:
        counts = counts.sum(1, keepdims=True)
    parts = []
    for start in range(0, max(len(counts), 1), AT_ONCE):
        some = counts[start : start + AT_ONCE]
        looks = walk(beginnings(some, race.types), race.types, race.settings, touchy=touchy)
        outcomes = _outcomes(looks, rounds)
        for draw in looks.near.nonzero()[0]:
            number = first + start + int(draw)
            contest = contest_of_draw(race.contest, race.lots, number)
            _write(outcomes, draw, race, count_exactly(contest, some[draw], race.types, number))
        parts.append(outcomes)
    return _joined(parts)


def winners_if(
    race: Race, counts: Whole, outcomes: Outcomes, changes: Sequence[Change]
) -> Few:
    """Who wins each draw under each change, one at a time: shape (changes, draws).

    `outcomes` are those of `count_draws(race, counts, touchy=True)`. Only a draw that the change
    might turn is counted again, and that in full; the others keep their winner. Raises
    `InputError` for a change that takes away a ballot that is not there.
    """
    winners = np.repeat(outcomes.winner[None], len(changes), 0)
    for place, change in enumerate(changes):
        section = 0 if race.settings.pooled else change.section
        altered = outcomes.touchy[:, section] & (change.before != change.after)
        # A ballot more or less moves the papers that a first round's share is taken of.
        altered |= (change.before < 0) != (change.after < 0)
        (draws,) = altered.nonzero()
        for some in _in_parts(draws):
            winners[place, some] = _recounted(race, counts, change, some)
    return winners


def _recounted(race: Race, counts: Whole, change: Change, draws: Whole) -> Few:
    """The winners of these draws with the change made; their lots are those of their numbers."""
    changed, at = counts[draws], np.arange(len(draws))
    for ballots, papers in ((change.before, -1), (change.after, 1)):
        there = ballots[draws] >= 0
        changed[at[there], change.section, ballots[draws][there]] += papers
    if (changed[:, change.section] < 0).any():
        raise InputError("a change takes away a ballot that the draw does not have")
    return count_draws(race, changed).winner
