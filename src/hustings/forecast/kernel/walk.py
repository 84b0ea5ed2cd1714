"""The count of many draws together, look by look, until two are left in each.

At a look every draw has the same number standing, though not the same ones. Papers are whole
numbers throughout. Points are floats, and are only compared: where two that decide are closer than
`NEAR`, the draw is marked, and is counted by the exact engine instead.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hustings.election.rulebook import QuotaRule
from hustings.forecast.kernel.settings import IN_PAPERS, Settings
from hustings.forecast.kernel.subsets import Subsets
from hustings.forecast.kernel.types import Whole

Truth = NDArray[np.bool_]
Real = NDArray[np.float64]

# A float of points is right to some 1e-15.
NEAR = 1e-9


class Counted(NamedTuple):
    """What another way to count gives: the first arrays of `Outcomes`, of their shapes.

    `exact`: marked for the exact engine, and still to be counted so.
    """

    winner: NDArray[np.int8]
    order: NDArray[np.int8]
    pair: NDArray[np.int8]
    papers: NDArray[Any]
    looked: Truth
    exact: Truth


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """What a walk found, for so many draws.

    `out`: shape (candidates - 2, draws), who went, first to last. `left`: (2, draws), the two
    left. `held`: for each look the papers, shape (standing, sections, draws), and `names` whose
    they are, shape (standing, draws). `looked`: (looks, draws), whether the look is a round of the
    count by its own rules; a look inside a batch or after someone was elected is none. `elected`:
    (draws,), who won. `near`: (draws,), marked for the exact engine. `touchy`: (sections, draws),
    whether another ballot in place of one of that section might alter who wins or goes.
    """

    out: Whole
    left: Whole
    held: tuple[Whole, ...]
    names: tuple[Whole, ...]
    looked: Truth
    elected: Whole
    near: Truth
    touchy: Truth


@dataclass(slots=True, eq=False)
class _Walk:
    """Where the walk stands; `waiting` are those of a batch still to go, as places by `queue`.

    `gone` is every set of those who have gone, as bits.
    """

    left: Whole
    held: Whole
    opened: Whole
    elected: Whole
    near: Truth
    touchy: Truth
    waiting: Whole
    queue: Whole
    opening_quota: Real
    gone: list[Whole]
    path: list[Whole] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class _Totals:
    """One look: the points by candidate, what is in play, and what elects, for each draw."""

    points: Real
    weights: Real
    continuing: Whole
    quota: Real


def walk(table: Whole, subsets: Subsets, settings: Settings, *, touchy: bool = False) -> Looks:
    """Count draws given by their subset statistics until two are left in each.

    `table`: (rows, sections, draws), the rows those of `subsets`, in whole papers.
    """
    now = _begin(table, subsets, settings)
    held, names, looked = [], [], []
    for step in range(subsets.candidates - 1):
        totals = _weigh(now, settings)
        fresh = now.waiting == 0
        looked.append(fresh & (now.elected < 0))
        held.append(now.held)
        names.append(now.left)
        _mark(now, totals, settings, fresh, touchy)
        if step < subsets.candidates - 2:
            _elect(now, totals, settings, fresh)
            _put_out(now, totals, settings, fresh)
            _hand_on(now, table, subsets)
        else:
            ahead = _named(now, totals.points.argmax(0))
            now.elected = np.where(now.elected < 0, ahead, now.elected)
    out = np.array(now.path, np.int64).reshape(subsets.candidates - 2, table.shape[2])
    return Looks(
        out,
        np.array([ahead, now.left.sum(0) - ahead]),
        tuple(held),
        tuple(names),
        np.array(looked),
        now.elected,
        now.near,
        now.touchy | now.near,
    )


def _begin(table: Whole, subsets: Subsets, settings: Settings) -> _Walk:
    _, sections, draws = table.shape
    held = table[: subsets.candidates]
    return _Walk(
        left=np.repeat(np.arange(subsets.candidates)[:, None], draws, 1),
        held=held,
        opened=held.sum(0),
        elected=np.full(draws, -1),
        near=np.zeros(draws, bool),
        touchy=np.full((sections, draws), settings.quota in IN_PAPERS),
        waiting=np.zeros(draws, np.int64),
        queue=np.zeros((0, draws), np.int64),
        opening_quota=np.zeros(draws),
        gone=[np.zeros(draws, np.int64)],
    )


def _weigh(now: _Walk, settings: Settings) -> _Totals:
    """Points = weight x papers / papers continuing, or that the section opened with."""
    continuing = now.held.sum(0)
    filled = continuing > 0
    weights = settings.weights[:, None] * filled
    if settings.shares_out:
        weights = weights * (settings.whole / np.maximum(weights.sum(0), NEAR))
    elif settings.refuses_empty:
        now.near |= ~filled.all(0)
    based_on = now.opened if settings.first_round else continuing
    worth = weights / np.maximum(based_on, 1)
    points: Real = np.einsum("lsd,sd->ld", now.held, worth)
    in_play = points.sum(0)
    quota = in_play / 2
    if settings.quota in IN_PAPERS:
        quota = in_play * ((now.opened[0] // 2 + 1) / np.maximum(continuing[0], 1))
        if settings.quota is QuotaRule.DROOP_OR_MAJORITY:
            quota = np.minimum(quota, in_play / 2)
    elif settings.quota is QuotaRule.HALF_FIRST_ROUND:
        quota = now.opening_quota if now.path else quota
    if not now.path:
        now.opening_quota = quota
    return _Totals(points, weights, continuing, quota)


def _mark(now: _Walk, totals: _Totals, settings: Settings, fresh: Truth, touchy: bool) -> None:
    """Note how near the look came to going otherwise, where it is one of the count's own."""
    gap = _gap(totals, settings)
    now.near |= fresh & (gap < NEAR)
    if touchy:
        now.touchy |= fresh & (gap < _most_moved(totals) + NEAR)


def _gap(totals: _Totals, settings: Settings) -> Real:
    """The least by which anything that decides at this look is decided."""
    upwards = np.sort(totals.points, 0)
    gap = upwards[1] - upwards[0]
    if len(upwards) > 2 and settings.stops_early:
        gap = np.minimum(gap, abs(upwards[-1] - totals.quota))
        if settings.quota is QuotaRule.DROOP_OR_MAJORITY:
            gap = np.minimum(gap, abs(upwards[-1] - totals.points.sum(0) / 2))
    if len(upwards) > 2 and settings.batches:
        together = np.cumsum(upwards, 0)[:-2]
        gap = np.minimum(gap, abs(upwards[1:-1] - together).min(0))
        gap = np.minimum(gap, np.diff(upwards, axis=0).min(0))
    return np.asarray(gap)


def _most_moved(totals: _Totals) -> Real:
    """How far one ballot changed in a section can move a gap: shape (sections, draws).

    A gap is (x - y) / T: x - y changes by 2 at most and T by 1, so that the gap changes by no more
    than 3 / (T - 1). A section with one paper or none may fill or empty, and moves anything.
    """
    fewest = np.maximum(totals.continuing - 1, 1)
    return np.asarray(np.where(totals.continuing > 1, 3 * totals.weights / fewest, np.inf))


def _elect(now: _Walk, totals: _Totals, settings: Settings, fresh: Truth) -> None:
    """Whoever has the quota, while more than two are left, where the rules then stop."""
    if settings.stops_early:
        top = totals.points.argmax(0)
        has = fresh & (now.elected < 0) & (totals.points.max(0) > totals.quota)
        now.elected = np.where(has, _named(now, top), now.elected)


def _put_out(now: _Walk, totals: _Totals, settings: Settings, fresh: Truth) -> None:
    """The lowest goes; of a batch that was found at an earlier look, the next of it."""
    name = _named(now, totals.points.argmin(0))
    if settings.batches:
        name = _of_the_batch(now, totals, fresh, name)
    now.path.append(name)


def _of_the_batch(now: _Walk, totals: _Totals, fresh: Truth, lowest: Whole) -> Whole:
    """As many of the lowest as together have less than the next, lowest first."""
    order = totals.points.argsort(0, kind="stable")
    upwards = np.take_along_axis(totals.points, order, 0)
    safe = np.cumsum(upwards, 0)[:-2] < upwards[1:-1]
    places = np.arange(1, len(safe) + 1)[:, None]
    size = np.maximum((safe * places).max(0, initial=0), 1)
    found = np.take_along_axis(now.left, order, 0)
    if len(now.queue):
        found = np.where(fresh, found, now.queue[1:])
    now.queue = found
    now.waiting = np.where(fresh, size, now.waiting) - 1
    return np.asarray(found[0])


def _hand_on(now: _Walk, table: Whole, subsets: Subsets) -> None:
    """Pass the papers of whoever went to those still standing."""
    _, sections, draws = table.shape
    newest = now.path[-1]
    place = (now.left == newest).argmax(0)
    keep = np.arange(len(now.left) - 1)[:, None]
    keep = keep + (keep >= place)
    now.left = np.take_along_axis(now.left, keep, 0)
    now.held = np.take_along_axis(now.held, keep[:, None, :], 0)
    flat, row, at = table.reshape(-1), subsets.row.reshape(-1), np.arange(draws)
    # What comes now are the papers that name the newest too before they name who stands.
    named = [some | (1 << newest) for some in now.gone]
    for some in named:
        cells = row.take(some * subsets.candidates + now.left) * (sections * draws) + at
        for section in range(sections):
            now.held[:, section] += flat.take(cells + section * draws)
    now.gone += named


def _named(now: _Walk, places: Whole) -> Whole:
    return np.asarray(np.take_along_axis(now.left, places[None], 0)[0])
