"""Which units have a row of their own, which are pooled, and which are not shown."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import count

from hustings.errors import InputError
from hustings.results.disclosure.pooling import POOL_PAPERS, Block, as_blocks, pool_together
from hustings.results.disclosure.releases import Cell, Disclosed, Earlier, Pool, decided
from hustings.results.disclosure.subtraction import (
    Drift,
    drift_refused,
    drift_since,
    listed,
    rows_changed,
    total_changed,
    units_gone,
)
from hustings.results.disclosure.votes import FEWEST_PAPERS, Votes, hides, known_sum, less, sum_of
from hustings.units import Unit


def disclose(
    cells: Sequence[Cell], total: Votes, before: Sequence[Earlier] = (), accepts: str = ""
) -> Disclosed:
    """Decide which units of a secret poll stand alone, and pool the others.

    `total` is the section's first round: what it leaves after the cells is the row of what
    is not held. `before` has the earlier releases, oldest first. With a reason in `accepts`
    what would be refused goes into the log in place of `refusals`. Raises `InputError` where
    the units have more papers than the section.
    """
    known, fresh = as_blocks(cells, before)
    short = less(total, sum_of(cell.votes for cell in cells if cell.votes is not None))
    if min(short.values(), default=0) < 0:
        raise InputError("the units have more first preferences than their section")
    drifts = [drift_since(cells, total, earlier) for earlier in before]
    rows, rest = _arrange(fresh, Block((), short), drifts)
    refusals = [*units_gone(cells, before), *rows_changed(known, before)]
    if rows or known:
        refusals += [*drift_refused(drifts), *_rest_refused(rest, rows, drifts)]
    else:  # What is left is the whole section, and says what its totals say.
        refusals += total_changed(total, before)
    if any(short.values()):
        return _published(cells, [*known, *rows], rest.units, before, accepts, refusals)
    last = [rest] if rest.units else []
    return _published(cells, [*known, *rows, *last], (), before, accepts, refusals)


def _arrange(
    fresh: Iterable[Block], rest: Block, drifts: Sequence[Drift]
) -> tuple[list[Block], Block]:
    """The rows of units not shown before, and what goes into the row of what is not held.

    A unit comes out of an earlier release's row of what was not held only if it would stand
    without all that this row has changed by, for the change may have been the unit's own; and
    if the others in that row are hidden without it.
    """
    rows: list[Block] = []
    for block in sorted(pool_together(fresh), key=lambda block: block.order, reverse=True):
        if block.holds and all(_comes_out(block, rows, drift) for drift in drifts):
            rows.append(block)
        else:
            rest += block
    while rows and not _rest_holds(rest, rows, drifts):
        rest += rows.pop()
    return rows, rest


def _comes_out(block: Block, rows: Sequence[Block], drift: Drift) -> bool:
    others = less(drift.without(rows), block.votes)
    return drift.leaves(block.votes) and hides(others)


def _rest_holds(rest: Block, rows: Sequence[Block], drifts: Sequence[Drift]) -> bool:
    """Whether the row of what is not held is safe, also beside what it was before."""
    is_new = drifts and any(less(drifts[-1].was, rest.votes).values())
    if is_new and any(drift.tells(rest.votes, rows) for drift in drifts):
        return False
    enough = POOL_PAPERS if rest.units else FEWEST_PAPERS
    empty = not rest.papers and not rest.units
    return empty or (rest.papers >= enough and rest.covers)


def _rest_refused(rest: Block, rows: Sequence[Block], drifts: Sequence[Drift]) -> Iterator[str]:
    if not _rest_holds(rest, rows, drifts):
        which = f" ({listed(rest.units)})" if rest.units else ""
        yield f"what is not held{which}: subtracting what is published gives papers away"


def _published(
    cells: Sequence[Cell],
    blocks: Iterable[Block],
    held_back: tuple[Unit, ...],
    before: Sequence[Earlier],
    accepts: str,
    refusals: Iterable[str],
) -> Disclosed:
    pooled = [block for block in blocks if len(block.units) > 1]
    pools = _named(pooled, cells, before)
    hidden = {unit for pool in pools for unit in pool.units}.union(held_back)
    verdict = decided(refusals, accepts)
    return Disclosed(
        tuple(cell.unit for cell in cells if cell.unit not in hidden),
        tuple(pools),
        held_back,
        (*_log(pools, held_back), *verdict.log),
        verdict.refusals,
    )


def _named(blocks: Iterable[Block], cells: Sequence[Cell], before: Sequence[Earlier]) -> list[Pool]:
    """Pools with the ids that they had before, or new ones that nothing else has."""
    of = {cell.unit: cell for cell in cells}
    shown = [row for earlier in before for row in earlier.rows]
    old = {unit: row.id for row in reversed(shown) if len(row.units) > 1 for unit in row.units}
    taken = {*of, *(row.id for row in shown)}
    new = (id_ for id_ in (f"pool-{number}" for number in count(1)) if id_ not in taken)
    pools = []
    for block in sorted(blocks, key=lambda block: block.units):
        ids = [old[unit] for unit in block.units if unit in old]
        parts = [of[unit] for unit in block.units]
        pools.append(
            Pool(
                ids[0] if ids else next(new),
                block.units,
                block.votes,
                block.spoiled,
                known_sum(part.returned for part in parts),
                known_sum(part.issued for part in parts),
            )
        )
    return pools


def _log(pools: Sequence[Pool], held_back: Sequence[Unit]) -> Iterator[str]:
    for pool in pools:
        yield (
            f"{pool.id}: {listed(pool.units)} are shown together, because apart at least one "
            f"of them would be too small or too like-minded."
        )
    if held_back:
        yield f"{listed(held_back)}: seen only in the row of what is not held."
    if not pools and not held_back:
        yield "Every unit whose votes are known is shown alone."
