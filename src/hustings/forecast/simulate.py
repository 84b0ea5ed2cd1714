"""The exact count of many thousand draws: ballots by type in, who wins and who goes out.

The counts of a draw are those that `hustings.counting.engine` gives, under the same rule book:
papers are whole numbers, and a draw in which anything is decided by less than 1e-9 of the college
is counted by that engine. Nothing is approximated; rules that the arrays do not know are refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

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
    race: Race,
    counts: Whole,
    *,
    rounds: bool = False,
    touchy: bool = False,
    numbers: Whole | None = None,
    compiled: bool = False,
) -> Outcomes:
    """Count every draw by the contest's rule book.

    `counts` has shape (draws, sections, ballot types), in whole papers: the sections in the order
    of `Contest.sections`, the types in that of `Race.rankings`. `rounds` keeps the papers by
    round; `touchy` finds the draws that one ballot might turn; `numbers`, of shape (draws,), are
    what their lots are seeded by, else 0, 1, ... `compiled` uses numba, which pays from about a
    million draws; what it does not know, the arrays count. The outcomes are the same.

    Raises `InputError` for counts that do not fit or where numba is not installed, and `RuleError`
    with the draw's number where the rules refuse to count it.
    """
    _require_shape(race, counts)
    numbers = np.arange(len(counts)) if numbers is None else numbers
    if compiled and not rounds and not touchy:
        outcomes = _by_numba(race, counts)
        if outcomes is not None:
            _settle(outcomes, race, _as_counted(race, counts), numbers)
            return outcomes
    _require_papers(counts)
    counts, parts = _as_counted(race, counts), []
    for start in range(0, max(len(counts), 1), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        looks = walk(beginnings(counts[some], race.types), race.types, race.settings, touchy=touchy)
        parts.append(_outcomes(looks, rounds, touchy))
        _settle(parts[-1], race, counts[some], numbers[some])
    return _joined(parts)


def _by_numba(race: Race, counts: Whole) -> Outcomes | None:
    """The outcomes still to be settled; None where the rules are not known there."""
    # Only who asks for it waits for numba.
    from hustings.forecast.kernel import compiled

    if compiled.numba is None:
        raise InputError(
            'the compiled count needs numba: install "hustings[fast]", or count without it'
        )
    if not compiled.knows(race.settings):
        return None
    pooled = np.ascontiguousarray(_as_counted(race, counts))
    counted, bits = compiled.count(pooled, race.types, race.settings)
    # A sum over the sections may hide a number below 0.
    if race.settings.pooled or not 0 <= bits <= MOST_PAPERS // max(counts[:1].size, 1):
        _require_papers(counts)
    return Outcomes(*counted, touchy=np.ones(pooled.shape[:2], np.bool_))


def winners_if(
    race: Race,
    counts: Whole,
    outcomes: Outcomes,
    changes: Sequence[Change],
    *,
    compiled: bool = False,
) -> Few:
    """Who wins each draw under each change, one at a time: shape (changes, draws).

    `outcomes` are those of `count_draws(race, counts, touchy=True)`. Only a draw that the change
    might turn is counted again, and that in full, once for all changes that are alike in it; the
    others keep their winner. Raises `InputError` for a change that takes away a ballot that is not
    there, or where `compiled` is asked for and numba is not installed.
    """
    winners = np.repeat(outcomes.winner[None], len(changes), 0)
    listed = [_altered(race, counts, outcomes, change) for change in changes]
    altered = np.concatenate([np.zeros((4, 0), np.int64), *listed], 1)
    lengths = [some.shape[1] for some in listed]
    # One number for each kind of change, since numbers are sorted sooner than rows.
    sizes = (len(counts), counts.shape[1], counts.shape[2] + 1, counts.shape[2] + 1)
    key = np.ravel_multi_index(tuple(altered + np.array([[0], [0], [1], [1]])), sizes)
    _, once, again = np.unique(key, return_index=True, return_inverse=True)
    found = np.empty(len(once), np.int8)
    for start in range(0, len(once), 8 * AT_ONCE):
        some = slice(start, start + 8 * AT_ONCE)
        found[some] = _recounted(race, counts, altered[:, once[some]], compiled)
    winners[np.repeat(np.arange(len(changes)), lengths), altered[0]] = found[again]
    return winners


def _altered(race: Race, counts: Whole, outcomes: Outcomes, change: Change) -> Whole:
    """Draw, section, ballot before and after, for each draw that the change might turn."""
    (cast,) = (change.before >= 0).nonzero()
    if not counts[cast, change.section, change.before[cast]].all():
        raise InputError("a change takes away a ballot that the draw does not have")
    section = 0 if race.settings.pooled else change.section
    (draws,) = (outcomes.touchy[:, section] & (change.before != change.after)).nonzero()
    sections = np.full(len(draws), change.section)
    return np.array([draws, sections, change.before[draws], change.after[draws]], np.int64)


def _recounted(race: Race, counts: Whole, altered: Whole, compiled: bool) -> Few:
    """Who wins the draws with a ballot changed in each, by the lots of the draws themselves."""
    draws, sections, before, after = altered
    changed, at = counts[draws], np.arange(len(draws))
    for ballots, papers in ((before, -1), (after, 1)):
        cast = ballots >= 0
        changed[at[cast], sections[cast], ballots[cast]] += papers
    return count_draws(race, changed, numbers=draws, compiled=compiled).winner


def _as_counted(race: Race, counts: Whole) -> Whole:
    return counts.sum(1, keepdims=True) if race.settings.pooled else counts


def _require_shape(race: Race, counts: Whole) -> None:
    expected = (len(race.contest.sections), len(race.rankings))
    if counts.ndim != 3 or counts.shape[1:] != expected:
        raise InputError(
            f"counts have shape {counts.shape}; expected (draws, {expected[0]} sections, "
            f"{expected[1]} ballot types)"
        )
    if not np.issubdtype(counts.dtype, np.integer):
        raise InputError(f"counts are of type {counts.dtype}; expected whole numbers, as int64")


def _require_papers(counts: Whole) -> None:
    if not counts.size:
        return
    most = MOST_PAPERS // counts[0].size
    # Read without its sign, a number below 0 is above all others: one look at the numbers serves.
    unsigned = counts.view(f"u{counts.dtype.itemsize}")
    if any(int(unsigned[at : at + AT_ONCE].max()) > most for at in range(0, len(counts), AT_ONCE)):
        raise InputError(
            f"counts run from {counts.min()} to {counts.max()}; expected 0 or more papers, and no "
            f"more than {most:,} of one type"
        )


def _outcomes(looks: Looks, rounds: bool, touchy: bool) -> Outcomes:
    """The outcomes of one walk; those marked as near are still to be settled."""
    papers = looks.held[-1]
    ahead = (looks.names[-1][0] == looks.left[0])[None, None]
    papers = np.where(ahead, papers, papers[::-1])
    return Outcomes(
        looks.elected.astype(np.int8),
        looks.out.T.astype(np.int8),
        looks.left.T.astype(np.int8),
        papers.transpose(2, 1, 0).copy(),
        looks.looked.T.copy(),
        looks.near.copy(),
        looks.touchy.T | (not touchy),
        _by_round(looks) if rounds else None,
    )


def _by_round(looks: Looks) -> Whole:
    """The papers by look, each at its candidate's place; 0 at a look that is no round."""
    candidates, sections, draws = looks.held[0].shape
    held = np.zeros((len(looks.held), candidates, sections, draws), np.int64)
    for look, (papers, names) in enumerate(zip(looks.held, looks.names, strict=True)):
        np.put_along_axis(held[look], names[:, None], papers * looks.looked[look], 0)
    return np.ascontiguousarray(held.transpose(3, 0, 2, 1))


def _settle(outcomes: Outcomes, race: Race, counts: Whole, numbers: Whole) -> None:
    """Count exactly the draws that are too near to call, and write what was found over them."""
    for draw in map(int, outcomes.exact.nonzero()[0]):
        number = int(numbers[draw])
        contest = contest_of_draw(race.contest, race.lots, number)
        _write(outcomes, draw, race, count_exactly(contest, counts[draw], race.types, number))


def _write(outcomes: Outcomes, draw: int, race: Race, found: Found) -> None:
    place = {name: at for at, name in enumerate(race.candidates)}
    transcript = found.transcript
    assert transcript.winner is not None
    outcomes.winner[draw] = place[transcript.winner]
    outcomes.order[draw] = [place[name] for name in found.out] or -1
    outcomes.pair[draw] = [place[name] for name in found.left] or -1
    outcomes.papers[draw] = 0
    for section, held in enumerate(found.last.values()):
        outcomes.papers[draw, section] = [held[name] for name in found.left]
    outcomes.looked[draw] = False
    if outcomes.held is not None:
        outcomes.held[draw] = 0
    _write_rounds(outcomes, draw, transcript, place)


def _write_rounds(
    outcomes: Outcomes, draw: int, transcript: Transcript, place: dict[Candidate, int]
) -> None:
    for round_ in transcript.rounds:
        look = len(place) - len(round_.tally.totals)
        if look == len(place) - 1:
            break
        outcomes.looked[draw, look] = True
        if outcomes.held is not None:
            for section, held in enumerate(round_.tally.held.values()):
                for name, papers in held.items():
                    outcomes.held[draw, look, section, place[name]] = papers


def _points(held: Whole, opened: Whole, settings: Settings) -> Real:
    """Points = weight x papers / papers continuing, or that the section opened with."""
    continuing = held.sum(3)
    weights = settings.weights * (continuing > 0)
    if settings.shares_out:
        whole = weights.sum(2, keepdims=True)
        weights = weights * settings.whole / np.where(whole > 0, whole, 1)
    based_on = np.maximum(opened if settings.first_round else continuing, 1)
    return np.asarray(np.einsum("dlsc,dls->dlc", held, weights / based_on))


def _joined(parts: Sequence[Outcomes]) -> Outcomes:
    """The outcomes of one stretch of draws after another's."""
    names = [field.name for field in fields(Outcomes) if getattr(parts[0], field.name) is not None]
    return Outcomes(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    )
