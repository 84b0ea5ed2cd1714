"""What whoever has kept the earlier releases learns by subtracting them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hustings.results.disclosure.pooling import Block
from hustings.results.disclosure.releases import Cell, Earlier
from hustings.results.disclosure.votes import (
    Votes,
    came_and_went,
    hides,
    less,
    nothing_or_safe,
    stands_alone,
    sum_of,
)
from hustings.units import Unit


@dataclass(frozen=True, slots=True)
class Drift:
    """What an earlier release held outside its rows, and how that has changed since."""

    was: Votes
    change: Votes

    def leaves(self, votes: Votes) -> bool:
        """Whether these votes, if all of the change were theirs, were safe before it too."""
        changed = any(self.was.values()) and any(self.change.values())
        return not changed or hides(less(votes, self.change))

    def without(self, rows: Iterable[Block]) -> Votes:
        """What was outside the rows, less each of these rows that can have been in it."""
        left = self.was
        for row in rows:
            after = less(left, row.votes)
            left = left if min(after.values()) < 0 else after
        return left

    def tells(self, rest: Votes, rows: Sequence[Block]) -> bool:
        """Whether what is outside the rows now has gained or lost papers that tell."""
        then = (self.was, self.without(rows)) if any(self.was.values()) else ()
        return not all(nothing_or_safe(part) for old in then for part in came_and_went(old, rest))


def drift_since(cells: Sequence[Cell], total: Votes, earlier: Earlier) -> Drift:
    """What was outside an earlier release's rows, and how that has changed."""
    shown = {unit for row in earlier.rows if any(row.votes.values()) for unit in row.units}
    was = less(earlier.total, sum_of(row.votes for row in earlier.rows))
    now = less(total, sum_of(c.votes for c in cells if c.unit in shown and c.votes is not None))
    return Drift(was, less(now, was))


def drift_refused(drifts: Sequence[Drift]) -> Iterator[str]:
    """Where what was not held has changed by papers that tell, whoever's they are now."""
    if not drifts or not any(drifts[-1].change.values()):
        return
    for drift in drifts:
        parts = came_and_went({}, drift.change)
        if any(drift.was.values()) and not all(map(nothing_or_safe, parts)):
            yield "what was not held: subtracting an earlier release gives papers away"
            return


def units_gone(cells: Sequence[Cell], before: Sequence[Earlier]) -> list[str]:
    """The units of which the release before has figures, and this one none."""
    held = {cell.unit for cell in cells if cell.votes is not None}
    last = before[-1].rows if before else ()
    lost = sorted({unit for row in last for unit in row.units} - held)
    return [f"{unit}: the release before has its figures, and this one has none" for unit in lost]


def rows_changed(known: Sequence[Block], before: Sequence[Earlier]) -> Iterator[str]:
    """The rows that, beside what an earlier release says of the same units, give papers away."""
    past = [_by_first_unit(earlier, known) for earlier in before]
    for block in known:
        then = [rows[block.units[0]] for rows in past]
        if _same(then[-1], block):
            continue
        if block.papers and not stands_alone(block.votes):
            yield f"{listed(block.units)}: shown before, so that no pool would hide the new figures"
        elif any(_tells(old, block) for old in then):
            yield f"{listed(block.units)}: subtracting an earlier release gives papers away"


def _by_first_unit(earlier: Earlier, known: Sequence[Block]) -> dict[Unit, Block]:
    """What an earlier release says of each block's units, by the first unit of the block."""
    of = {unit: block.units[0] for block in known for unit in block.units}
    found = {block.units[0]: Block((), {}) for block in known}
    for row in earlier.rows:
        at = next((of[unit] for unit in row.units if unit in of), None)
        if at is not None:
            found[at] += Block(row.units, row.votes, row.spoiled)
    return found


def total_changed(total: Votes, before: Sequence[Earlier]) -> Iterator[str]:
    """Whether the section's totals give papers away beside those of an earlier release."""
    then = [Block((), earlier.total) for earlier in before]
    now = Block((), total)
    if then and not _same(then[-1], now) and any(_tells(old, now) for old in then):
        yield "the section's totals: subtracting those of an earlier release gives papers away"


def _same(old: Block, new: Block) -> bool:
    votes = not any(less(old.votes, new.votes).values())
    return votes and old.units == new.units and old.spoiled == new.spoiled


def _tells(old: Block, new: Block) -> bool:
    """Whether the difference is a ballot: what came, or what went, does not stand alone."""
    came, went = came_and_went(old.votes, new.votes)
    more = 0
    if old.spoiled is not None and new.spoiled is not None:
        more = new.spoiled - old.spoiled
    all_spoiled = (more > 0 and not came) or (more < 0 and not went)
    return all_spoiled or not (nothing_or_safe(came) and nothing_or_safe(went))


def listed(units: Iterable[Unit]) -> str:
    """Units as a sentence has them."""
    return ", ".join(units)
