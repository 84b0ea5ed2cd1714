"""The same count as `walk`, of all draws of a batch at once, on whatever JAX computes with.

That is a graphics processor where there is one. Importing this module imports JAX, and the first
batch of each size compiles for some seconds. Papers are whole numbers and points double floats, as
there. It knows neither batches nor quotas in whole papers; `knows` says so. Whatever is near to
being decided otherwise is marked, and is for the exact engine.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from hustings.election.rulebook import QuotaRule
from hustings.forecast.kernel.law import LANES, PARTS, Law, withheld
from hustings.forecast.kernel.settings import IN_PAPERS, Settings
from hustings.forecast.kernel.subsets import Subsets, subsets_of
from hustings.forecast.kernel.types import Whole
from hustings.forecast.kernel.walk import NEAR, Counted

# An array of JAX, or one that is being traced; and those of `Counted`, not yet fetched.
Array = Any
Found = tuple[Array, ...]
# The subset statistics of a batch take so many bytes at most, and a count four times as many.
MOST_BYTES = 2**27


class Rules(NamedTuple):
    """Answers that are compiled in: `Settings` has the same."""

    first_round: bool
    shares_out: bool
    refuses_empty: bool
    half_first_round: bool
    stops_early: bool


class _Level(NamedTuple):
    """The sets of so many members, by places in arrays of such sets.

    `members`: (sets, candidates), 1 for one who is not in the set. `of` and `name`: (rows,), the
    set and the candidate of each row of subset statistics. `into`: (sets of one more, members),
    the rows by which papers come to each.
    """

    members: Whole
    of: Whole
    name: Whole
    into: Whole


def there() -> bool:
    """Whether JAX computes with anything but the central processor."""
    return bool(jax.default_backend() != "cpu")


def knows(settings: Settings) -> bool:
    """Whether these rules can be counted here; else `walk` counts them."""
    return not settings.batches and settings.quota not in IN_PAPERS


def count_subsets(table: Whole, subsets: Subsets, settings: Settings) -> Counted:
    """Count draws given by their subset statistics, (draws, sections, rows), in whole papers."""
    draws, sections, rows = table.shape
    count = _counting(_rules(settings), subsets.candidates)
    parts, size = [], _batch(draws, sections * rows)
    with jax.enable_x64(True):
        for start in range(0, max(draws, 1), size):
            some = table[start : start + size]
            blank = np.zeros((size - len(some), sections, rows), np.int64)
            given = np.concatenate([some.astype(np.int64, copy=False), blank])
            found = count(given, settings.weights, settings.whole)
            parts.append(_fetched(found, len(some)))
    return _joined(parts)


def count_law(
    draws: int, law: Law, subsets: Subsets, settings: Settings, chance: np.random.Generator
) -> Counted:
    """Draw strengths, make the subset statistics of each draw in closed form, and count them.

    The generator gives the draws that it gives `law.strengths_of`. A section's `papers` are its
    parts, in 2^-40.
    """
    sections, candidates = law.mean.shape
    count = _counting_law(_rules(settings), candidates)
    size, parts = max(LANES, _batch(draws, sections * len(subsets))), []
    given = law.mean, law.spread, law.stopping, settings.weights, settings.whole
    with jax.enable_x64(True):
        for start in range(0, max(draws, 1), size):
            some = min(size, draws - start)
            normal = np.zeros((size // LANES, sections, candidates, LANES))
            lanes = -(-some // LANES)
            normal[:lanes] = chance.standard_normal((lanes, *normal.shape[1:]))
            parts.append(_fetched(count(normal, *given), some))
    return _joined(parts)


def _rules(settings: Settings) -> Rules:
    return Rules(
        settings.first_round,
        settings.shares_out,
        settings.refuses_empty,
        settings.quota is QuotaRule.HALF_FIRST_ROUND,
        settings.stops_early,
    )


def _batch(draws: int, cells: int) -> int:
    """How many draws are counted at once: a power of two, so that few sizes are compiled."""
    most = 1 << (MOST_BYTES // (8 * cells)).bit_length() - 1
    return min(most, 1 << max(draws - 1, 0).bit_length())


def _fetched(found: Found, draws: int) -> Counted:
    return Counted(*(np.asarray(part)[:draws] for part in found))


def _joined(parts: Sequence[Counted]) -> Counted:
    """Whatever was counted, in arrays that can be written to: `settle` does."""
    return Counted(*(np.concatenate(each) for each in zip(*parts, strict=True)))


# --- the count --------------------------------------------------------------------------------


class _Desk(NamedTuple):
    """A batch being counted; who has gone stands nowhere, and holds nothing.

    `standing`: (candidates, draws). `held`: (candidates, sections, draws). `opened`: (sections,
    draws). `elected`, `quota`, `near`: (draws,). `gone`: the sets of those who have gone, as bits,
    each (draws,).
    """

    standing: Array
    held: Array
    opened: Array
    elected: Array
    quota: Array
    near: Array
    gone: Array


@cache
def _counting(rules: Rules, candidates: int) -> Any:
    """The compiled count of a batch: (draws, sections, rows), weights, whole to `Found`."""

    def run(given: Array, weights: Array, whole: Array) -> Found:
        return _counted(given.transpose(2, 1, 0), weights, whole, rules, candidates)

    return jax.jit(run)


def _counted(table: Array, weights: Array, whole: Array, rules: Rules, candidates: int) -> Found:
    """Count draws given by subset statistics, (rows, sections, draws)."""
    desk, points = _begin(table, candidates), jnp.zeros(0)
    order, looked = [], []
    for step in range(candidates - 1):
        looked.append(desk.elected < 0)
        points = _points(desk, weights, whole, rules)
        desk = _look(desk, points, step, rules)
        if step < candidates - 2:
            newest = jnp.where(desk.standing, points, jnp.inf).argmin(0)
            order.append(newest)
            desk = _hand_on(desk, table, newest)
    # Whoever is ahead has more than the other, or the draw is marked.
    pair = jnp.where(desk.standing, points, -jnp.inf).argsort(0)[:-3:-1]
    papers = jnp.take_along_axis(desk.held, pair[:, None], 0)
    few = jnp.int8
    return (
        desk.elected.astype(few),
        jnp.stack(order, 1).astype(few) if order else jnp.zeros((table.shape[2], 0), few),
        pair.T.astype(few),
        papers.transpose(2, 1, 0),
        jnp.stack(looked, 1),
        desk.near,
    )


def _begin(table: Array, candidates: int) -> _Desk:
    draws, held = table.shape[2], table[:candidates]
    return _Desk(
        jnp.ones((candidates, draws), bool),
        held,
        held.sum(0),
        jnp.full(draws, -1),
        jnp.zeros(draws),
        jnp.zeros(draws, bool),
        jnp.zeros((1, draws), int),
    )


def _points(desk: _Desk, weights: Array, whole: Array, rules: Rules) -> Array:
    """Weight x papers / papers continuing, or that the section opened with: (candidates, draws)."""
    continuing = desk.held.sum(0)
    weighed = weights[:, None] * (continuing > 0)
    if rules.shares_out:
        weighed = weighed * (whole / jnp.maximum(weighed.sum(0), NEAR))
    worth = weighed / jnp.maximum(desk.opened if rules.first_round else continuing, 1)
    return (desk.held * worth).sum(1)


def _look(desk: _Desk, points: Array, step: int, rules: Rules) -> _Desk:
    """One round: who is elected, and whether that or who goes was too near to call."""
    standing, two_left = len(points) - step, len(points) - step == 2
    low, next_low = jnp.sort(jnp.where(desk.standing, points, jnp.inf), 0)[:2]
    highest, high = points.argmax(0), points.max(0)
    opening = step == 0 or not rules.half_first_round
    quota = points.sum(0) / 2 if opening else desk.quota
    near = desk.near | (next_low - low < NEAR)
    if rules.refuses_empty:
        near |= (desk.held.sum(0) == 0).any(0)
    wins = jnp.full(high.shape, two_left)
    if rules.stops_early and standing > 2:
        near |= abs(high - quota) < NEAR
        wins = high > quota
    elected = jnp.where((desk.elected < 0) & wins, highest, desk.elected)
    return desk._replace(elected=elected, quota=quota, near=near)


def _hand_on(desk: _Desk, table: Array, newest: Array) -> _Desk:
    """Put the newest out, and pass on the papers that name it before they name who stands."""
    candidates, sections, draws = desk.held.shape
    # A row past all others is of none, and is read as no papers.
    row = jnp.asarray(subsets_of(candidates).row)
    named = desk.gone | 1 << newest
    rows = jnp.moveaxis(row[named], 2, 1)[:, :, None]
    cells = rows, jnp.arange(sections)[:, None], jnp.arange(draws)
    came = table.at[cells].get(mode="fill", fill_value=0).sum(0)
    standing = desk.standing & (jnp.arange(candidates)[:, None] != newest)
    return desk._replace(
        standing=standing,
        held=jnp.where(standing[:, None], desk.held + came, 0),
        gone=jnp.concatenate([desk.gone, named]),
    )


# --- by law -----------------------------------------------------------------------------------


@cache
def _counting_law(rules: Rules, candidates: int) -> Any:
    """The compiled count of a law: normal numbers, the law and weights to `Found`."""

    def run(
        normal: Array, mean: Array, spread: Array, stopping: Array, weights: Array, whole: Array
    ) -> Found:
        sections = mean.shape[0]
        normal = normal.transpose(2, 1, 0, 3).reshape(candidates, sections, -1)
        strengths = jnp.exp(mean.T[..., None] + spread.T[..., None] * normal)
        table = jnp.floor(_of_strengths(strengths, 1 - stopping) * PARTS).astype(int)
        kept = jnp.maximum(table - withheld(candidates)[:, None, None], 0)
        return _counted(kept, weights, whole, rules, candidates)

    return jax.jit(run)


def _of_strengths(strengths: Array, going: Array) -> Array:
    """As `subsets.of_strengths`, of strengths (candidates, sections, draws): (rows, ...).

    `going`, (sections, candidates - 2): the chance to go on after each preference. All sets of so
    many members at once.
    """
    reached = jnp.ones((1, *strengths.shape[1:]))
    tables = []
    for members, level in enumerate(_levels(len(strengths))):
        left = jnp.einsum("nc,csd->nsd", level.members.astype(float), strengths)
        on = going[:, members - 1, None] if members else 1.0
        came = (reached * on / left)[level.of] * strengths[level.name]
        tables.append(came)
        reached = came[level.into].sum(1)
    return jnp.concatenate(tables)[_by_number(len(strengths))]


@cache
def _levels(candidates: int) -> tuple[_Level, ...]:
    """The sets of none, of one, ..., of all but two."""
    return tuple(_level(candidates, members) for members in range(candidates - 1))


def _level(candidates: int, members: int) -> _Level:
    names = range(candidates)
    sets, larger = _sets(candidates, members), _sets(candidates, members + 1)
    rows = {(some, name): row for row, (some, name) in enumerate(_rows(candidates, members))}
    place = {some: at for at, some in enumerate(sets)}
    return _Level(
        np.array([[1 - (some >> name & 1) for name in names] for some in sets]),
        np.array([place[some] for some, _ in rows]),
        np.array([name for _, name in rows]),
        np.array([[rows[some ^ 1 << n, n] for n in names if some >> n & 1] for some in larger]),
    )


def _sets(candidates: int, members: int) -> list[int]:
    return [some for some in range(1 << candidates) if some.bit_count() == members]


def _rows(candidates: int, members: int) -> Iterator[tuple[int, int]]:
    for some in _sets(candidates, members):
        yield from ((some, name) for name in range(candidates) if not some >> name & 1)


@cache
def _by_number(candidates: int) -> Whole:
    """The place of each row of `Subsets` where the rows lie by members first."""
    rows = chain.from_iterable(_rows(candidates, n) for n in range(candidates - 1))
    at = {row: place for place, row in enumerate(rows)}
    subsets = subsets_of(candidates)
    return np.array([at[int(s), int(n)] for s, n in zip(subsets.sets, subsets.after, strict=True)])
