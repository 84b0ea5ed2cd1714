"""The same count as `walk`, one draw after another, compiled by numba where it is installed.

Importing this module imports numba, and the first count compiles for some seconds: it pays from
about a million draws. It knows neither batches nor quotas in whole papers; `knows` says so.
"""

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from hustings.election.rulebook import QuotaRule
from hustings.forecast.kernel.settings import IN_PAPERS, Settings
from hustings.forecast.kernel.types import Types, Whole
from hustings.forecast.kernel.walk import NEAR, Real, Truth

# Who begins where, who follows, how many begin so; the ways papers come, and each step's end.
Plan = tuple[Whole, Whole, Whole, Whole, Whole]
# By first round, shared out, refused if empty, half of the first round, stops once elected.
Rules = tuple[bool, bool, bool, bool, bool]
# Of the draw being counted: names left, their papers, what sections opened with, who went, by
# which rows papers came, and the points.
Desk = tuple[Whole, Whole, Whole, Whole, Whole, Real]

try:
    numba: ModuleType | None = import_module("numba")
except ImportError:
    # The functions are then plain Python, and `simulate` does not call them.
    numba = None

F = TypeVar("F", bound=Callable[..., object])


class Counted(NamedTuple):
    """The first arrays of `simulate.Outcomes`, of their shapes; `exact`: still to be counted so."""

    winner: NDArray[np.int8]
    order: NDArray[np.int8]
    pair: NDArray[np.int8]
    papers: Whole
    looked: Truth
    exact: Truth


def _compiled(function: F) -> F:
    """Compile at the first call."""
    return cast(F, numba.njit(function)) if numba else function


def _inlined(function: F) -> F:
    """Compile into whoever calls: worth its time to compile in the innermost loop alone."""
    return cast(F, numba.njit(inline="always")(function)) if numba else function


def knows(settings: Settings) -> bool:
    """Whether these rules can be counted here; else `walk` counts them."""
    return not settings.batches and settings.quota not in IN_PAPERS


def count(counts: Whole, types: Types, settings: Settings) -> tuple[Counted, int]:
    """Count draws of shape (draws, sections, rows), laid out in that order.

    Returned are the arrays of `Counted`, and the bits of all the numbers of papers together: below
    0 if any of them is, and else not below the greatest.
    """
    draws, sections, _ = counts.shape
    counted = Counted(
        np.empty(draws, np.int8),
        np.empty((draws, types.candidates - 2), np.int8),
        np.empty((draws, 2), np.int8),
        np.empty((draws, sections, 2), np.int64),
        np.zeros((draws, types.candidates - 1), np.bool_),
        np.empty(draws, np.bool_),
    )
    pairs = [pair for step in types.steps for pair in step]
    begun = np.array(pairs, np.int64).reshape(-1, 2)
    bounds = np.cumsum([0, *map(len, types.steps)])
    plan = (types.first, types.follow, _lengths(types), begun, bounds)
    rules = (
        settings.first_round,
        settings.shares_out,
        settings.refuses_empty,
        settings.quota is QuotaRule.HALF_FIRST_ROUND,
        settings.stops_early,
    )
    bits = _count_all(counts, plan, settings.weights, settings.whole, rules, counted)
    return counted, bits


def _lengths(types: Types) -> Whole:
    """How many rows begin as each row does; none begins as no ballot does."""
    return np.array([*(types.sizes[len(ranking)] for ranking in types.rankings), 0])


@_inlined
def _sum(counts: Whole, start: int, length: int) -> int:
    total = 0
    for row in range(length):
        total += counts[start + row]
    return total


@_compiled
def _open(counts: Whole, draw: int, plan: Plan, desk: Desk) -> int:
    """Give each paper to its first choice; returned are the bits of all the numbers together."""
    left, held, opened = desk[:3]
    bits = 0
    for section in range(len(held)):
        opened[section] = 0
        numbers = counts[draw, section]
        for name in range(len(left)):
            start, papers = plan[0][name], 0
            for row in range(plan[2][start]):
                papers += numbers[start + row]
                bits |= numbers[start + row]
            held[section, name] = papers
            opened[section] += papers
    for name in range(len(left)):
        left[name] = name
    return bits


@_compiled
def _weigh(desk: Desk, standing: int, weights: Real, whole: float, rules: Rules) -> bool:
    """Write everyone's points; returned is whether a section is empty."""
    held, opened, points = desk[1], desk[2], desk[5]
    filled = 0.0
    for place in range(standing):
        points[place] = 0.0
    for section in range(len(weights)):
        continuing = 0
        for place in range(standing):
            continuing += held[section, place]
        if continuing > 0:
            filled += weights[section]
            worth = weights[section] / (opened[section] if rules[0] else continuing)
            for place in range(standing):
                points[place] += worth * held[section, place]
    empty = filled < whole - NEAR
    if rules[1] and empty and filled > 0.0:
        for place in range(standing):
            points[place] *= whole / filled
    return empty


@_compiled
def _extremes(points: Real, standing: int) -> tuple[int, int, float, float]:
    """The lowest's place, the highest's, the lowest's gap to the next, and what is in play."""
    lowest, highest, above, in_play = 0, 0, np.inf, points[0]
    for place in range(1, standing):
        in_play += points[place]
        if points[place] < points[lowest]:
            above, lowest = points[lowest], place
        elif points[place] < above:
            above = points[place]
        if points[place] > points[highest]:
            highest = place
    return lowest, highest, above - points[lowest], in_play


@_compiled
def _put_out(desk: Desk, gone: int, step: int, standing: int) -> None:
    left, held, _, path = desk[:4]
    path[step] = left[gone]
    for place in range(gone, standing - 1):
        left[place] = left[place + 1]
        for section in range(len(held)):
            held[section, place] = held[section, place + 1]


@_compiled
def _hand_on(counts: Whole, draw: int, plan: Plan, desk: Desk, step: int, standing: int) -> None:
    first, follow, lengths, pairs, bounds = plan
    left, held, _, path, begun, _ = desk
    for pair in range(bounds[step], bounds[step + 1]):
        earlier, name = pairs[pair, 0], path[pairs[pair, 1]]
        came = first[name] if earlier < 0 else follow[begun[earlier], name]
        begun[pair] = came
        for place in range(standing):
            row = follow[came, left[place]]
            for section in range(len(held)):
                held[section, place] += _sum(counts[draw, section], row, lengths[row])


@_compiled
def _count_one(
    counts: Whole,
    draw: int,
    plan: Plan,
    desk: Desk,
    weights: Real,
    whole: float,
    rules: Rules,
    counted: Counted,
) -> int:
    """Count a draw until two are left, and say at which place the one ahead is."""
    left, points = desk[0], desk[5]
    winner, near, quota, highest = -1, False, 0.0, 0
    for step in range(len(left) - 1):
        standing = len(left) - step
        empty = _weigh(desk, standing, weights, whole, rules)
        lowest, highest, gap, in_play = _extremes(points, standing)
        quota = quota if rules[3] and step > 0 else in_play / 2
        early = rules[4] and standing > 2
        near = near or gap < NEAR or (rules[2] and empty)
        near = near or (early and abs(points[highest] - quota) < NEAR)
        counted.looked[draw, step] = winner < 0
        if winner < 0 and (standing == 2 or (early and points[highest] > quota)):
            winner = left[highest]
        if standing > 2:
            counted.order[draw, step] = left[lowest]
            _put_out(desk, lowest, step, standing)
            _hand_on(counts, draw, plan, desk, step, standing - 1)
    counted.winner[draw], counted.exact[draw] = winner, near
    return highest


@_compiled
def _count_all(
    counts: Whole, plan: Plan, weights: Real, whole: float, rules: Rules, counted: Counted
) -> int:
    candidates, sections = len(plan[0]), counts.shape[1]
    left, path = np.zeros(candidates, np.int64), np.zeros(candidates, np.int64)
    held, opened = np.zeros((sections, candidates), np.int64), np.zeros(sections, np.int64)
    begun, points = np.zeros(len(plan[3]) + 1, np.int64), np.zeros(candidates)
    desk = (left, held, opened, path, begun, points)
    bits = 0
    for draw in range(len(counts)):
        bits |= _open(counts, draw, plan, desk)
        ahead = _count_one(counts, draw, plan, desk, weights, whole, rules, counted)
        for place in range(2):
            source = ahead if place == 0 else 1 - ahead
            counted.pair[draw, place] = left[source]
            for section in range(sections):
                counted.papers[draw, section, place] = held[section, source]
    return bits
