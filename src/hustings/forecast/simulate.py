"""The exact count of many thousand draws: electorates in, who wins and who goes out.

The counts of a draw are those that `hustings.counting.engine` gives, under the same rule book:
papers are whole numbers, and a draw in which anything is decided by less than 1e-9 of the college
is counted by that engine. Nothing is approximated; rules that the arrays do not know are refused.

An electorate is given by ballot types, by the ballots themselves (of seven candidates or eight),
by subset statistics, or by the law that it follows.
"""

import sys
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from importlib.util import find_spec
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from hustings.election.spec import Contest
from hustings.errors import InputError
from hustings.forecast.kernel.ballots import Ballots
from hustings.forecast.kernel.exactly import (
    Found,
    count_exactly,
    count_rankings,
    rankings_of,
)
from hustings.forecast.kernel.fitting import (
    AT_ONCE,
    require_bits,
    require_law,
    require_papers,
    require_subsets,
    require_types,
)
from hustings.forecast.kernel.law import PARTS, Law, parts_of, strengths_of
from hustings.forecast.kernel.outcomes import (
    Exactly,
    Outcomes,
    joined,
    of_looks,
    settle,
    unsettled,
)
from hustings.forecast.kernel.race import Race, ballot_types, race_of
from hustings.forecast.kernel.settings import SUPPORTED
from hustings.forecast.kernel.subsets import counted_in, of_counts, subsets_of
from hustings.forecast.kernel.walk import walk

__all__ = [
    "SUPPORTED",
    "Ballots",
    "Change",
    "Law",
    "Outcomes",
    "Race",
    "ballot_types",
    "cast",
    "count_draws",
    "count_law",
    "count_subsets",
    "exchanged",
    "race_of",
    "winners_if",
]

Whole = NDArray[np.int64]
Few = NDArray[np.int8]
Truth = NDArray[np.bool_]

Counts = Whole | Ballots
# From changes, (4, changes), as `_altered` gives them, and whether to compile, to who wins.
Recount = Callable[[Whole, bool], Few]


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """One ballot of one section put in place of another, in every draw.

    `section` is its place in the contest. `before` and `after` have shape (draws,): the ballot
    types, as places in `Race.rankings`; -1 is no ballot.
    """

    section: int
    before: Whole
    after: Whole


def count_draws(
    race: Race,
    counts: Counts,
    *,
    rounds: bool = False,
    touchy: bool = False,
    numbers: Whole | None = None,
    compiled: bool = False,
) -> Outcomes:
    """Count every draw by the contest's rule book.

    `counts` has shape (draws, sections, ballot types), in whole papers: the sections in the order
    of `Contest.sections`, the types in that of `Race.rankings`; of more than six candidates they
    are `Ballots`. `rounds` keeps the papers by round; `touchy` finds the draws that one ballot
    might turn; `numbers`, of shape (draws,), are what their lots are seeded by, else 0, 1, ...
    `compiled` uses numba, which pays from about a million draws; what it does not know, the arrays
    count. The outcomes are the same.

    Raises `InputError` for counts that do not fit or where numba is not installed, and `RuleError`
    with the draw's number where the rules refuse to count it.
    """
    numbers = np.arange(len(counts)) if numbers is None else numbers
    if isinstance(counts, Ballots):
        return _count_ballots(race, counts, rounds, touchy, numbers)
    require_types(race, counts)
    if compiled and not rounds and not touchy:
        outcomes = _by_numba(race, counts)
        if outcomes is not None:
            settle(outcomes, race, numbers, _from_counts(race, _as_counted(race, counts)))
            return outcomes
    require_papers(counts)
    counts, parts = _as_counted(race, counts), []
    for start in range(0, max(len(counts), 1), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        table = of_counts(counts[some], race.types)
        parts.append(_walked(race, table, rounds, touchy))
        settle(parts[-1], race, numbers[some], _from_counts(race, counts[some]))
    return joined(parts)


def _count_ballots(
    race: Race, ballots: Ballots, rounds: bool, touchy: bool, numbers: Whole
) -> Outcomes:
    parts = []
    for start in range(0, max(len(ballots), 1), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        table = ballots.subsets(some, pooled=race.settings.pooled)
        if table.min(initial=0) < 0:
            raise InputError("more ballots are taken away than there are")
        parts.append(_walked(race, table, rounds, touchy))
        settle(parts[-1], race, numbers[some], _from_ballots(race, ballots.of(some)))
    return joined(parts)


def count_subsets(
    race: Race,
    table: Whole,
    *,
    numbers: Whole | None = None,
    compiled: bool = False,
    device: bool | None = None,
) -> Outcomes:
    """Count draws given by their subset statistics, in whole papers.

    `table` has shape (draws, sections, rows), the rows those of
    `hustings.forecast.kernel.subsets.subsets_of`. `numbers` and `compiled` as for `count_draws`.
    `device` counts all draws of a batch at once on whatever JAX computes with; where nothing is
    said, that is so where JAX is at work already, and not on the central processor.
    A draw that is too near to call is counted exactly from ballots that have these statistics.
    Raises `InputError` for a table that does not fit, or where such ballots cannot be, and where
    what is asked for is not installed.
    """
    require_subsets(race, table)
    numbers = np.arange(len(table)) if numbers is None else numbers
    counted, subsets = _as_counted(race, table), subsets_of(race.types.candidates)

    def exactly(contest: Contest, draw: int, number: int) -> Found:
        sections = [rankings_of(section, subsets) for section in counted[draw]]
        return count_rankings(contest, sections, number)

    by_jax = _jax(race, device)
    if by_jax:
        require_papers(table)
        outcomes = unsettled(*by_jax.count_subsets(counted, subsets, race.settings))
    elif compiled and _numba().knows(race.settings):
        found, bits = _numba().count_subsets(np.ascontiguousarray(counted), subsets, race.settings)
        require_bits(race, table, bits)
        outcomes = unsettled(*found)
    else:
        require_papers(table)
        starts = range(0, max(len(table), 1), AT_ONCE)
        some = (counted[at : at + AT_ONCE].transpose(2, 1, 0).copy() for at in starts)
        outcomes = joined([_walked(race, part) for part in some])
    settle(outcomes, race, numbers, exactly)
    return outcomes


def count_law(
    race: Race,
    law: Law,
    draws: int,
    chance: np.random.Generator,
    *,
    compiled: bool = False,
    device: bool | None = None,
) -> Outcomes:
    """Draw the strengths of every section so many times, and count what each draw's law gives.

    The subset statistics follow from the strengths in closed form, so that no ballot is drawn:
    the sections are as if of endless size, and `papers` are their parts, in 2^-40. The same
    generator gives the same draws, `compiled`, on a `device` as for `count_subsets`, or neither.
    Raises `InputError` for a law that does not fit and for a pooled college of several sections,
    whose sizes it does not tell.
    """
    require_law(race, law)
    again, subsets = deepcopy(chance), subsets_of(race.types.candidates)
    by_jax = _jax(race, device)
    if by_jax:
        outcomes = unsettled(*by_jax.count_law(draws, law, subsets, race.settings, chance))
    elif compiled and _numba().knows(race.settings):
        drawn = law.mean, law.spread, 1 - law.stopping
        counted = _numba().count_law(draws, drawn, subsets, race.settings, chance)
        papers = np.rint(counted.papers * PARTS).astype(np.int64)
        outcomes = unsettled(*counted._replace(papers=papers))
    else:
        strengths, parts = strengths_of(law, draws, chance), []
        for start in range(0, max(draws, 1), AT_ONCE):
            some = parts_of(strengths[start : start + AT_ONCE], law)
            parts.append(_walked(race, some.transpose(2, 1, 0).copy()))
        outcomes = joined(parts)
    near = outcomes.exact.nonzero()[0]
    if len(near):
        _settle_law(outcomes, race, parts_of(strengths_of(law, draws, again)[near], law))
    return outcomes


def _settle_law(outcomes: Outcomes, race: Race, tables: Whole) -> None:
    """Count exactly the draws that are too near to call; `tables` are of these alone."""
    subsets = subsets_of(race.types.candidates)
    place = {int(draw): at for at, draw in enumerate(outcomes.exact.nonzero()[0])}

    def exactly(contest: Contest, draw: int, number: int) -> Found:
        of_draw = [rankings_of(part, subsets) for part in tables[place[draw]]]
        return count_rankings(contest, of_draw, number)

    settle(outcomes, race, np.arange(len(outcomes.winner)), exactly)


def _walked(race: Race, table: Whole, rounds: bool = False, touchy: bool = False) -> Outcomes:
    """The outcomes of draws given by subset statistics (rows, sections, draws), near ones too."""
    looks = walk(table, subsets_of(race.types.candidates), race.settings, touchy=touchy)
    return of_looks(looks, rounds, touchy)


def _numba() -> ModuleType:
    # Only who asks for it waits for numba.
    from hustings.forecast.kernel import compiled

    if compiled.numba is None:
        raise InputError(
            'the compiled count needs numba: install "hustings[fast]", or count without it'
        )
    return compiled


def _jax(race: Race, asked: bool | None) -> ModuleType | None:
    """The count on what JAX computes with; None where another way serves, or must."""
    # Nobody is made to wait for JAX who did not ask for it, or has it at work already.
    if asked is False or (asked is None and "jax" not in sys.modules):
        return None
    if not find_spec("jax"):
        raise InputError('this count needs jax: install "hustings[forecast]", or count without it')
    from hustings.forecast.kernel import device

    wanted = asked or device.there()
    return device if wanted and device.knows(race.settings) else None


def _by_numba(race: Race, counts: Whole) -> Outcomes | None:
    """The outcomes still to be settled; None where the rules are not known there."""
    compiled = _numba()
    if not compiled.knows(race.settings):
        return None
    pooled = np.ascontiguousarray(_as_counted(race, counts))
    counted, bits = compiled.count(pooled, race.types, race.settings)
    require_bits(race, counts, bits)
    return unsettled(*counted)


def cast(counts: Counts, section: int, wanted: Truth) -> Whole:
    """(draws,): how many papers a section has of the types that are `wanted`, (ballot types,)."""
    if isinstance(counts, Ballots):
        return counts.cast(section, wanted)
    return np.asarray(counts[:, section] @ wanted.astype(np.int64))


def exchanged(counts: Counts, section: int, before: Whole, after: Whole) -> Counts:
    """The same electorates with ballots of a section put in place of others.

    `before` and `after`, of shape (ballots, draws), are places in `Race.rankings`; -1 is none.
    """
    if isinstance(counts, Ballots):
        return counts.exchanged(section, before, after)
    changed = counts.copy()
    draws = np.broadcast_to(np.arange(len(counts)), before.shape)
    for ballots, papers in ((before, -1), (after, 1)):
        there = ballots >= 0
        sections = np.full(there.sum(), section)
        np.add.at(changed, (draws[there], sections, ballots[there]), papers)
    return changed


def winners_if(
    race: Race,
    counts: Counts,
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
    types = len(race.rankings) + 1
    sizes = (len(counts), len(race.contest.sections), types, types)
    key = np.ravel_multi_index(tuple(altered + np.array([[0], [0], [1], [1]])), sizes)
    _, once, again = np.unique(key, return_index=True, return_inverse=True)
    found = np.empty(len(once), np.int8)
    recount = _of_ballots(race, counts) if isinstance(counts, Ballots) else _of_counts(race, counts)
    for start in range(0, len(once), 2 * AT_ONCE):
        some = slice(start, start + 2 * AT_ONCE)
        found[some] = recount(altered[:, once[some]], compiled)
    winners[np.repeat(np.arange(len(changes)), lengths), altered[0]] = found[again]
    return winners


def _altered(race: Race, counts: Counts, outcomes: Outcomes, change: Change) -> Whole:
    """Draw, section, ballot before and after, for each draw that the change might turn."""
    (cast,) = (change.before >= 0).nonzero()
    taken = change.before[cast]
    if isinstance(counts, Ballots):
        there = counts.has(change.section, taken, cast)
    else:
        there = bool(counts[cast, change.section, taken].all())
    if not there:
        raise InputError("a change takes away a ballot that the draw does not have")
    section = 0 if race.settings.pooled else change.section
    (draws,) = (outcomes.touchy[:, section] & (change.before != change.after)).nonzero()
    sections = np.full(len(draws), change.section)
    return np.array([draws, sections, change.before[draws], change.after[draws]], np.int64)


def _of_counts(race: Race, counts: Whole) -> Recount:
    """Who wins the draws with a ballot changed in each, by the lots of the draws themselves."""

    def recount(altered: Whole, compiled: bool) -> Few:
        draws, sections, before, after = altered
        changed, at = counts[draws], np.arange(len(draws))
        for ballots, papers in ((before, -1), (after, 1)):
            cast = ballots >= 0
            changed[at[cast], sections[cast], ballots[cast]] += papers
        return count_draws(race, changed, numbers=draws, compiled=compiled).winner

    return recount


def _of_ballots(race: Race, ballots: Ballots) -> Recount:
    """The same of whole ballots: all are told off once, and each change moves a few numbers."""
    table = ballots.subsets()
    # No ballot counts in no row.
    blank = np.full((1, race.types.candidates - 1), len(table))
    rows = np.concatenate([counted_in(race.types), blank])

    def recount(altered: Whole, _: bool) -> Few:
        draws, sections, before, after = altered
        changed, at = np.append(table[:, :, draws], table[:1, :, draws], 0), np.arange(len(draws))
        for row in range(rows.shape[1]):
            changed[rows[before, row], sections, at] -= 1
            changed[rows[after, row], sections, at] += 1
        changed = changed[:-1]
        if race.settings.pooled:
            changed = changed.sum(1, keepdims=True)
        outcomes = _walked(race, np.ascontiguousarray(changed))
        settle(outcomes, race, draws, _from_changed(race, ballots, altered))
        return outcomes.winner

    return recount


def _from_changed(race: Race, ballots: Ballots, altered: Whole) -> Exactly:
    def exactly(contest: Contest, draw: int, number: int) -> Found:
        at, section, before, after = altered[:, draw, None, None]
        one = ballots.of(at[0]).exchanged(int(section[0, 0]), before, after)
        return count_rankings(contest, one.rankings(0, pooled=race.settings.pooled), number)

    return exactly


def _as_counted(race: Race, counts: Whole) -> Whole:
    return counts.sum(1, keepdims=True) if race.settings.pooled else counts


def _from_counts(race: Race, counts: Whole) -> Exactly:
    return lambda contest, draw, number: count_exactly(contest, counts[draw], race.types, number)


def _from_ballots(race: Race, ballots: Ballots) -> Exactly:
    pooled = race.settings.pooled
    return lambda contest, draw, number: count_rankings(
        contest, ballots.rankings(draw, pooled=pooled), number
    )
