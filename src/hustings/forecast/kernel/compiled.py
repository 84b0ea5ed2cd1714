"""The same count as `walk`, one draw after another, compiled by numba where it is installed.

Importing this module imports numba, and the first count compiles for some seconds: it pays from
about a million draws, or where the machine code is kept. It knows neither batches nor quotas in
whole papers; `knows` says so.
"""

from collections.abc import Callable
from functools import cache
from itertools import combinations, permutations
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from hustings.counting import compiling
from hustings.election.rulebook import QuotaRule
from hustings.forecast.kernel.law import LANES
from hustings.forecast.kernel.settings import IN_PAPERS, Settings
from hustings.forecast.kernel.subsets import Subsets
from hustings.forecast.kernel.types import MOST_BY_TYPE, Places, Types, Whole
from hustings.forecast.kernel.walk import NEAR, Counted, Real

# Who begins where, who follows, how many begin so; the ways papers come, and each step's end.
Plan = tuple[Whole, Whole, Whole, Whole, Whole]
# By first round, shared out, refused if empty, half of the first round, stops once elected.
Rules = tuple[bool, bool, bool, bool, bool]
# Of the draw being counted: who is left, everyone's papers by section, what each section opened
# with, and what a paper of it is worth. Papers are whole, and exact as floats.
Desk = tuple[Whole, Real, Real, Real]
# Who went, and the rows by which their papers came.
Ways = tuple[Whole, Whole]
# Who has won, or -1; the quota; whether it was too near to call.
SoFar = tuple[int, float, bool]
# Where a draw starts in a table, and how far apart rows and sections are.
At = tuple[int, int, int]
# Mean and spread of utilities (sections, candidates), and the chance to go on (sections, places).
Law = tuple[Real, Real, Real]

# Where it is not installed the functions are plain Python, and `simulate` does not call them.
numba = compiling.numba()

F = TypeVar("F", bound=Callable[..., object])
_made: list[Any] = []
# What is left of a section where it is counted in parts of 1 and nobody's paper continues.
DUST = 1e-12
# Up to so many papers expected, a binomial number is found by going up from none.
FAR = 30.0


def _compiled(function: F) -> F:
    """Compile at the first call."""
    if not numba:
        return function
    made = numba.njit(error_model="numpy")(function)
    _made.append(made)
    return cast(F, made)


def _inlined(function: F) -> F:
    """Compile into whoever calls it.

    It makes no array, so that numba need not count who holds one, which takes three quarters of
    the time; and it never divides by 0, so that numba need not look.
    """
    if not numba:
        return function
    made = numba.njit(forceinline=True, error_model="numpy", _nrt=False)
    return cast(F, made(function))


def keep(folder: str) -> None:
    """Keep the machine code in a folder that can be written to, for whoever comes next.

    Else it is compiled anew in each process: the package's own folder is never written to.
    """
    if numba and folder:
        numba.config.CACHE_DIR = folder
        for made in _made:
            made.enable_caching()


def knows(settings: Settings, candidates: int = 2) -> bool:
    """Whether these rules can be counted here; else `walk` counts them."""
    known = not settings.batches and settings.quota not in IN_PAPERS
    return known and candidates <= MOST_BY_TYPE


def count(counts: Whole, types: Types, settings: Settings) -> tuple[Counted, int]:
    """Count draws of shape (draws, sections, rows), laid out in that order.

    Returned are the arrays of `Counted`, and the bits of all the numbers of papers together: below
    0 if any of them is, and else not below the greatest.
    """
    counted = _blank(len(counts), counts.shape[1], types.candidates, np.int64)
    shape = counts.shape[1], counts.shape[2]
    plan, rules = plan_of(types), _rules(settings)
    bits = _count_types(
        counts.ravel(), shape, plan, settings.weights, settings.whole, rules, counted
    )
    return counted, bits


def count_subsets(table: Whole, subsets: Subsets, settings: Settings) -> tuple[Counted, int]:
    """As `count`, of draws given by their subset statistics, (draws, sections, rows)."""
    counted = _blank(len(table), table.shape[1], subsets.candidates, np.int64)
    shape = table.shape[1], table.shape[2]
    row, rules = subsets.row.ravel(), _rules(settings)
    bits = _count_subsets(
        table.ravel(), shape, row, settings.weights, settings.whole, rules, counted
    )
    return counted, bits


def count_law(
    draws: int, law: Law, subsets: Subsets, settings: Settings, chance: np.random.Generator
) -> Counted:
    """Draw strengths, make the subset statistics of each draw in closed form, and count them.

    A section's `papers` are then parts of 1.
    """
    counted = _blank(draws, len(law[0]), subsets.candidates, np.float64)
    row, rules = subsets.row, _rules(settings)
    _count_law(chance, law, row, settings.weights, settings.whole, rules, counted)
    return counted


def _blank(draws: int, sections: int, candidates: int, kind: Any) -> Counted:
    return Counted(
        np.empty(draws, np.int8),
        np.empty((draws, candidates - 2), np.int8),
        np.empty((draws, 2), np.int8),
        np.empty((draws, sections, 2), kind),
        np.zeros((draws, candidates - 1), np.bool_),
        np.empty(draws, np.bool_),
    )


def _rules(settings: Settings) -> Rules:
    return (
        settings.first_round,
        settings.shares_out,
        settings.refuses_empty,
        settings.quota is QuotaRule.HALF_FIRST_ROUND,
        settings.stops_early,
    )


# --- the plan -------------------------------------------------------------------------------


@cache
def plan_of(types: Types) -> Plan:
    """Where each paper of a type passes to.

    The row of the ballot for each candidate alone; row x candidate, that beginning with the
    candidate after it (the last row, past all, is of no ballot); how many rows begin as each does;
    the ways by which papers can have come to whoever goes, as (earlier way or -1, place in the
    order of elimination); and where the ways of each step start.
    """
    row = {ranking: place for place, ranking in enumerate(types.rankings)}
    none, names = len(row), range(types.candidates)
    follow = [[row.get((*ranking, name), none) for name in names] for ranking in types.rankings]
    lengths = [types.sizes[len(ranking)] for ranking in types.rankings]
    steps = _steps(types.candidates)
    ways = [way for step in steps for way in step]
    return (
        np.array([row[name,] for name in names]),
        np.array([*follow, [none] * types.candidates]).ravel(),
        # None begins as no ballot does.
        np.array([*lengths, 0]),
        np.array(ways, np.int64).reshape(-1, 2),
        np.cumsum([0, *map(len, steps)]),
    )


def _steps(candidates: int) -> tuple[tuple[tuple[int, int], ...], ...]:
    """After the n-th elimination: the orderings of those out that name the n-th, short ones first.

    A paper reaches a candidate standing by an ordering of some of those out, so that what the
    n-th hands on are the papers that begin with an ordering that names it.
    """
    numbered: dict[Places, int] = {(): -1}
    steps = []
    for newest in range(candidates - 2):
        orders = [
            order
            for others in range(newest + 1)
            for chosen in combinations(range(newest), others)
            for order in permutations((*chosen, newest))
        ]
        step = []
        for order in sorted(orders, key=len):
            step.append((numbered[order[:-1]], order[-1]))
            numbered[order] = len(numbered) - 1
        steps.append(tuple(step))
    return tuple(steps)


# --- one look -------------------------------------------------------------------------------


@_inlined
def _worths(desk: Desk, standing: int, weights: Real, whole: float, rules: Rules) -> bool:
    """Write what a paper of each section is worth; returned is whether a section is empty."""
    left, held, opened, worth = desk
    filled = 0.0
    for section in range(len(weights)):
        continuing = 0.0
        for place in range(standing):
            continuing += held[left[place], section]
        worth[section] = 0.0
        if continuing > DUST:
            filled += weights[section]
            worth[section] = weights[section] / (opened[section] if rules[0] else continuing)
    empty = filled < whole - NEAR
    if rules[1] and empty and filled > 0.0:
        for section in range(len(weights)):
            worth[section] *= whole / filled
    return empty


@_inlined
def _extremes(desk: Desk, standing: int) -> tuple[int, int, float, float, float]:
    """The lowest's place, the highest's, the lowest's gap to the next, the highest, the sum.

    Without branches, of which a processor would foretell half wrong.
    """
    left, held, _, worth = desk
    lowest, highest, in_play = 0, 0, 0.0
    low, next_low, high = np.inf, np.inf, -1.0
    for place in range(standing):
        points = 0.0
        for section in range(len(worth)):
            points += worth[section] * held[left[place], section]
        in_play += points
        next_low = min(next_low, max(points, low))
        lowest = place if points < low else lowest
        low = min(points, low)
        highest = place if points > high else highest
        high = max(points, high)
    return lowest, highest, next_low - low, high, in_play


@_inlined
def _look(
    desk: Desk, step: int, so_far: SoFar, weights: Real, whole: float, rules: Rules
) -> tuple[int, int, SoFar]:
    """One round: the places of the lowest and the highest, and what is decided so far."""
    winner, quota, near = so_far
    left = desk[0]
    standing = len(left) - step
    empty = _worths(desk, standing, weights, whole, rules)
    lowest, highest, gap, high, in_play = _extremes(desk, standing)
    if not rules[3] or step == 0:
        quota = in_play / 2
    early = rules[4] and standing > 2
    near = near or gap < NEAR or (rules[2] and empty) or (early and abs(high - quota) < NEAR)
    if winner < 0 and (standing == 2 or (early and high > quota)):
        winner = left[highest]
    return lowest, highest, (winner, quota, near)


@_inlined
def _put_out(left: Whole, place: int, standing: int) -> int:
    """Take who stands there off the list, and say who it was."""
    gone = left[place]
    for at in range(standing - 1):
        left[at] = left[at + 1] if at >= place else left[at]
    return int(gone)


@_inlined
def _finish(desk: Desk, draw: int, highest: int, so_far: SoFar, counted: Counted) -> None:
    """Write who won, and the last two with their papers."""
    left, held, _, _ = desk
    counted.winner[draw], counted.exact[draw] = so_far[0], so_far[2]
    for place in range(2):
        name = left[highest] if place == 0 else left[1 - highest]
        counted.pair[draw, place] = name
        for section in range(held.shape[1]):
            counted.papers[draw, section, place] = held[name, section]


# --- by type --------------------------------------------------------------------------------


@_inlined
def _open(counts: Whole, start: int, rows: int, plan: Plan, desk: Desk) -> int:
    """Give each paper to its first choice; returned are the bits of all the numbers together."""
    left, held, opened, _ = desk
    length = plan[2][0]
    bits = 0
    for section in range(len(opened)):
        opened[section] = 0.0
        for name in range(len(left)):
            first, papers = start + section * rows + name * length, 0
            for row in range(length):
                papers += counts[first + row]
                bits |= counts[first + row]
            held[name, section] = papers
            opened[section] += papers
    for name in range(len(left)):
        left[name] = name
    return bits


@_inlined
def _hand_on(
    counts: Whole, start: int, rows: int, plan: Plan, desk: Desk, ways: Ways, step: int
) -> None:
    first, follow, lengths, known, bounds = plan
    left, held, _, worth = desk
    path, begun = ways
    for way in range(bounds[step], bounds[step + 1]):
        earlier, name = known[way, 0], path[known[way, 1]]
        came = first[name] if earlier < 0 else follow[begun[earlier] * len(left) + name]
        begun[way] = came
        for place in range(len(left) - step - 1):
            row = follow[came * len(left) + left[place]]
            for section in range(len(worth)):
                cell, papers = start + section * rows + row, 0
                for at in range(lengths[row]):
                    papers += counts[cell + at]
                held[left[place], section] += papers


@_compiled
def _count_types(
    counts: Whole,
    shape: tuple[int, int],
    plan: Plan,
    weights: Real,
    whole: float,
    rules: Rules,
    counted: Counted,
) -> int:
    candidates, (sections, rows) = len(plan[0]), shape
    left, held = np.zeros(candidates, np.int64), np.zeros((candidates, sections))
    desk = (left, held, np.zeros(sections), np.zeros(sections))
    ways = (np.zeros(candidates, np.int64), np.zeros(len(plan[3]) + 1, np.int64))
    bits, highest = 0, 0
    for draw in range(len(counted.winner)):
        start, so_far = draw * sections * rows, (-1, 0.0, False)
        bits |= _open(counts, start, rows, plan, desk)
        for step in range(candidates - 1):
            counted.looked[draw, step] = so_far[0] < 0
            lowest, highest, so_far = _look(desk, step, so_far, weights, whole, rules)
            if step < candidates - 2:
                ways[0][step] = _put_out(left, lowest, candidates - step)
                counted.order[draw, step] = ways[0][step]
                _hand_on(counts, start, rows, plan, desk, ways, step)
        _finish(desk, draw, highest, so_far, counted)
    return bits


# --- by subset statistics -------------------------------------------------------------------


@_inlined
def _read(table: NDArray[Any], at: At, desk: Desk) -> None:
    """First preferences."""
    left, held, opened, _ = desk
    for section in range(len(opened)):
        opened[section] = 0.0
        for name in range(len(left)):
            held[name, section] = table[at[0] + section * at[2] + name * at[1]]
            opened[section] += held[name, section]
    for name in range(len(left)):
        left[name] = name


@_inlined
def _hand_over(
    table: NDArray[Any], at: At, row: Whole, desk: Desk, sets: Whole, gone: int, step: int
) -> None:
    """What comes now are the papers that name the newest before whoever stands."""
    left, held, _, worth = desk
    for earlier in range(1 << step):
        some = sets[earlier] | 1 << gone
        sets[earlier | 1 << step] = some
        for place in range(len(left) - step - 1):
            cell = at[0] + at[1] * row[some * len(left) + left[place]]
            for section in range(len(worth)):
                held[left[place], section] += table[cell + section * at[2]]


@_inlined
def _count_given(
    table: NDArray[Any],
    at: At,
    row: Whole,
    desk: Desk,
    sets: Whole,
    draw: int,
    weights: Real,
    whole: float,
    rules: Rules,
    counted: Counted,
) -> None:
    """Count the draw that starts in the table at `at[0]`, rows `at[1]`, sections `at[2]` apart."""
    left, so_far, highest = desk[0], (-1, 0.0, False), 0
    _read(table, at, desk)
    for step in range(len(left) - 1):
        counted.looked[draw, step] = so_far[0] < 0
        lowest, highest, so_far = _look(desk, step, so_far, weights, whole, rules)
        if step < len(left) - 2:
            gone = _put_out(left, lowest, len(left) - step)
            counted.order[draw, step] = gone
            _hand_over(table, at, row, desk, sets, gone, step)
    _finish(desk, draw, highest, so_far, counted)


@_compiled
def _count_subsets(
    table: Whole,
    shape: tuple[int, int],
    row: Whole,
    weights: Real,
    whole: float,
    rules: Rules,
    counted: Counted,
) -> int:
    candidates, (sections, rows) = counted.order.shape[1] + 2, shape
    left, held = np.zeros(candidates, np.int64), np.zeros((candidates, sections))
    desk = (left, held, np.zeros(sections), np.zeros(sections))
    sets = np.zeros(1 << candidates, np.int64)
    bits = 0
    for draw in range(len(counted.winner)):
        at = (draw * sections * rows, 1, rows)
        for cell in range(at[0], at[0] + sections * rows):
            bits |= table[cell]
        _count_given(table, at, row, desk, sets, draw, weights, whole, rules, counted)
    return bits


@_compiled
def _draw_strengths(chance: np.random.Generator, law: Law, strengths: Real) -> None:
    """Write strengths, (sections, candidates, LANES), the logarithms of which are normal."""
    mean, spread = law[0], law[1]
    for section in range(strengths.shape[0]):
        for name in range(strengths.shape[1]):
            for lane in range(LANES):
                normal = chance.standard_normal()
                strengths[section, name, lane] = np.exp(
                    mean[section, name] + spread[section, name] * normal
                )


@_inlined
def _set_out(strengths: Real, going: Real, row: Whole, table: Real, reached: Real) -> None:
    """The subset statistics, (sections, rows, LANES), from strengths (sections, candidates, LANES).

    `reached` (sets + 1, LANES) is for what comes to each set; sets come by their number, so that
    whatever leads to one has been summed before. Its last row is for what each one left gets.
    """
    sections, candidates, _ = strengths.shape
    for section in range(sections):
        for some in range(1 << candidates):
            for lane in range(LANES):
                reached[some, lane] = 1.0 if some == 0 else 0.0
        for some in range((1 << candidates) - 1):
            members = _gather(strengths, section, some, reached)
            if members < candidates - 1:
                on = going[section, members - 1] if members > 0 else 1.0
                for lane in range(LANES):
                    reached[-1, lane] = on * reached[some, lane] / reached[-1, lane]
                _pass_on(strengths, section, some, row, table, reached)


@_inlined
def _gather(strengths: Real, section: int, some: int, reached: Real) -> int:
    """Sum the strengths of whoever is not in the set; returned is how many are in it."""
    members = 0
    for lane in range(LANES):
        reached[-1, lane] = 0.0
    for name in range(strengths.shape[1]):
        if some >> name & 1:
            members += 1
        else:
            for lane in range(LANES):
                reached[-1, lane] += strengths[section, name, lane]
    return members


@_inlined
def _pass_on(
    strengths: Real, section: int, some: int, row: Whole, table: Real, reached: Real
) -> None:
    for name in range(strengths.shape[1]):
        if not some >> name & 1:
            cell, then = row[some, name], some | 1 << name
            for lane in range(LANES):
                papers = reached[-1, lane] * strengths[section, name, lane]
                table[section, cell, lane] = papers
                reached[then, lane] += papers


@_compiled
def _count_law(
    chance: np.random.Generator,
    law: Law,
    row: Whole,
    weights: Real,
    whole: float,
    rules: Rules,
    counted: Counted,
) -> None:
    sections, candidates = law[0].shape
    rows = row.max()
    left, held = np.zeros(candidates, np.int64), np.zeros((candidates, sections))
    desk = (left, held, np.zeros(sections), np.zeros(sections))
    sets, flat_row = np.zeros(1 << candidates, np.int64), row.reshape(-1)
    strengths = np.empty((sections, candidates, LANES))
    table, reached = np.empty((sections, rows, LANES)), np.empty(((1 << candidates) + 1, LANES))
    flat = table.reshape(-1)
    for draw in range(len(counted.winner)):
        lane = draw % LANES
        if lane == 0:
            _draw_strengths(chance, law, strengths)
            _set_out(strengths, law[2], row, table, reached)
        at = (lane, LANES, rows * LANES)
        _count_given(flat, at, flat_row, desk, sets, draw, weights, whole, rules, counted)


# --- by chances, drawn where the count looks --------------------------------------------------


@cache
def parents_of(types: Types) -> Whole:
    """The row of the ballot that is one shorter; -1 for a first preference alone."""
    row = {ranking: place for place, ranking in enumerate(types.rankings)}
    return np.array([row.get(ranking[:-1], -1) for ranking in types.rankings])


def count_chances(
    chances: Real, electors: Whole, types: Types, settings: Settings, chance: np.random.Generator
) -> tuple[Counted, Whole]:
    """Draw the papers of each section from the chances of ballot types, and count them.

    `chances`: (draws, sections, rows); `electors`: (sections,). Only where a count looks is drawn
    how many papers go which way, so that what is drawn is part of a draw from the multinomial law.
    Returned are the arrays of `Counted`, and of each draw that is marked, (marked, sections,
    rows), how many papers begin with each ballot; -1 where that was not drawn.
    """
    counted = _blank(len(chances), chances.shape[1], types.candidates, np.int64)
    plan, rules = plan_of(types), _rules(settings)
    kept = _count_chances(
        chance, chances, electors, parents_of(types), plan,
        settings.weights, settings.whole, rules, counted,
    )  # fmt: skip
    return counted, kept


@_compiled
def _sum_up(chances: Real, parents: Whole, begun: Real) -> None:
    """The chance of all ballots that begin with each; the shorter come before the longer."""
    for section in range(begun.shape[0]):
        for row in range(len(parents)):
            begun[section, row] = chances[section, row]
        for row in range(len(parents) - 1, -1, -1):
            if parents[row] >= 0:
                begun[section, parents[row]] += begun[section, row]


@_compiled
def _binomial(chance: np.random.Generator, papers: int, part: float) -> int:
    """How many of the papers: found by going up from none, where that is not far.

    V. Kachitvichyanukul and B. W. Schmeiser, Communications of the ACM 31, 1988 (BINV).
    """
    rare = min(part, 1.0 - part)
    if papers * rare > FAR:
        return int(chance.binomial(papers, part))
    odds, many = rare / (1.0 - rare), 0
    here, left = (1.0 - rare) ** papers, chance.random()
    while left > here and many < papers:
        left -= here
        many += 1
        here *= (papers - many + 1) * odds / many
    return many if part <= 0.5 else papers - many


@_compiled
def _tell_off(
    chance: np.random.Generator,
    papers: int,
    rest: float,
    follow: Whole,
    among: tuple[int, int],
    begun: Real,
    drawn: Whole,
    section: int,
) -> int:
    """Draw how many of so many papers go on to each of some rows; returned are those that do not.

    `rest` is the chance of all that the papers may do. The rows stand in `follow`, from one place
    to another; one past all others is of no ballot. Arrays are handed on whole, because numba
    counts who holds a part of one, which takes longer than a draw.
    """
    for at in range(among[0], among[1]):
        row = follow[at]
        if row < begun.shape[1]:
            part, number = begun[section, row], 0
            if papers > 0 and part > 0.0:
                number = _binomial(chance, papers, min(part / rest, 1.0))
            drawn[section, row] = number
            papers -= number
            rest = max(rest - part, 0.0)
    return papers


@_compiled
def _open_drawn(
    chance: np.random.Generator,
    electors: Whole,
    first: Whole,
    begun: Real,
    drawn: Whole,
    desk: Desk,
) -> None:
    """Draw first preferences; whoever is named last has all that are left."""
    left, held, opened, _ = desk
    last = len(first) - 1
    for section in range(len(electors)):
        rest, papers = 0.0, electors[section]
        for row in range(drawn.shape[1]):
            drawn[section, row] = -1
        for name in range(len(first)):
            rest += begun[section, first[name]]
        drawn[section, first[last]] = _tell_off(
            chance, papers, rest, first, (0, last), begun, drawn, section
        )
        opened[section] = papers
        for name in range(len(first)):
            left[name] = name
            held[name, section] = drawn[section, first[name]]


@_compiled
def _draw_on(
    chance: np.random.Generator,
    plan: Plan,
    begun: Real,
    drawn: Whole,
    desk: Desk,
    ways: Ways,
    step: int,
) -> None:
    """Draw where the papers go that have come to whoever went by each way, the short ones first."""
    first, follow, _, known, bounds = plan
    left, held, _, _ = desk
    path, came = ways
    candidates = len(left)
    for way in range(bounds[step], bounds[step + 1]):
        earlier, name = known[way, 0], path[known[way, 1]]
        row = first[name] if earlier < 0 else follow[came[earlier] * candidates + name]
        came[way] = row
        then = row * candidates
        for section in range(held.shape[1]):
            papers, rest = drawn[section, row], begun[section, row]
            _tell_off(
                chance, papers, rest, follow, (then, then + candidates), begun, drawn, section
            )
            for place in range(candidates - step - 1):
                held[left[place], section] += drawn[section, follow[then + left[place]]]


@_compiled
def _count_chances(
    chance: np.random.Generator,
    chances: Real,
    electors: Whole,
    parents: Whole,
    plan: Plan,
    weights: Real,
    whole: float,
    rules: Rules,
    counted: Counted,
) -> Whole:
    candidates, sections, rows = len(plan[0]), len(electors), len(parents)
    left, held = np.zeros(candidates, np.int64), np.zeros((candidates, sections))
    desk = (left, held, np.zeros(sections), np.zeros(sections))
    ways = (np.zeros(candidates, np.int64), np.zeros(len(plan[3]) + 1, np.int64))
    begun, drawn = np.empty((sections, rows)), np.empty((sections, rows), np.int64)
    kept, near, highest = np.empty((16, sections, rows), np.int64), 0, 0
    for draw in range(len(chances)):
        so_far = (-1, 0.0, False)
        _sum_up(chances[draw], parents, begun)
        _open_drawn(chance, electors, plan[0], begun, drawn, desk)
        for step in range(candidates - 1):
            counted.looked[draw, step] = so_far[0] < 0
            lowest, highest, so_far = _look(desk, step, so_far, weights, whole, rules)
            if step < candidates - 2:
                ways[0][step] = _put_out(left, lowest, candidates - step)
                counted.order[draw, step] = ways[0][step]
                _draw_on(chance, plan, begun, drawn, desk, ways, step)
        _finish(desk, draw, highest, so_far, counted)
        if so_far[2]:
            if near == len(kept):
                kept = np.concatenate((kept, np.empty_like(kept)))
            kept[near] = drawn
            near += 1
    return kept[:near]
