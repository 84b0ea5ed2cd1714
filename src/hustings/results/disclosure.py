"""What may be published about small units: which rows stand alone, and which are pooled.

A row gives papers away where nearly all of them are for one candidate, or where they are a
handful. Such a row is pooled with others, and nothing is ever altered: sums stay exact. A
release is checked together with every release before it, because whoever has kept those
can subtract. Why this test: docs/adr/0010-small-units-are-pooled.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from math import perm
from typing import TypeVar

from hustings.ballots.profile import Ranking
from hustings.election.publication import Rankings
from hustings.errors import InputError
from hustings.units import NO_PAPERS, Candidate, Option, Papers, Unit

Votes = Mapping[Candidate, Papers]
K = TypeVar("K", Candidate, Ranking)

FEWEST_PAPERS = 10
KNOWN_PAPERS = 2
POOL_PAPERS = 30
PAPERS_PER_RANKING = 10


class Poll(Option):
    """What there is to hide in a section."""

    SECRET = "secret", "nobody may learn how another voted"
    NAMED = "named", "every ballot is published with its elector's name"
    RECONSTRUCTED = "reconstructed", "the papers stand for totals that were public already"


@dataclass(frozen=True, slots=True)
class Cell:
    """What one unit reported, before anything is decided about it; None is not known."""

    unit: Unit
    region: str = ""
    votes: Votes | None = None
    spoiled: Papers | None = None
    returned: Papers | None = None
    issued: Papers | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """Several units shown as one row: the sums of their figures, None where a part is not known."""

    id: str
    units: tuple[Unit, ...]
    votes: Votes
    spoiled: Papers | None = None
    returned: Papers | None = None
    issued: Papers | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A row with votes as an earlier release published it; `id` is a unit's or a pool's."""

    id: str
    units: tuple[Unit, ...]
    votes: Votes
    spoiled: Papers | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier release published of a section: first-round totals, and rows of units.

    The row of what is not held is none of the rows: it is what the totals leave.
    """

    total: Votes
    rows: tuple[Shown, ...] = ()


@dataclass(frozen=True, slots=True)
class Disclosed:
    """How the units of a section are published.

    `alone` have a row of their own, in the order given; `held_back` are seen only in the row
    of what is not held, though their figures are known. `refusals` say what may not be
    published at all unless a person gives a reason; the rest is what to publish if one does.
    """

    alone: tuple[Unit, ...] = ()
    pools: tuple[Pool, ...] = ()
    held_back: tuple[Unit, ...] = ()
    log: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided, for the published log, and what is refused."""

    log: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()


def stands_alone(votes: Votes) -> bool:
    """Whether these first preferences, published as a row, leave every paper secret.

    There are ten papers or more, and whoever knows two of them still cannot tell the others:
    without any two, votes are left for two candidates.

    >>> stands_alone({"Ann": 7, "Bob": 3}), stands_alone({"Ann": 6, "Bob": 3})
    (True, False)
    >>> stands_alone({"Ann": 98, "Bob": 2}), stands_alone({"Ann": 97, "Bob": 2, "Cat": 1})
    (False, True)
    """
    papers = sum(votes.values())
    return papers >= FEWEST_PAPERS and papers - max(votes.values()) > KNOWN_PAPERS


def disclose(
    cells: Sequence[Cell], total: Votes, before: Sequence[Earlier] = (), accepts: str = ""
) -> Disclosed:
    """Decide which units of a secret poll stand alone, and pool the others.

    `total` is the section's first round: what it leaves after the cells is the row of what
    is not held. `before` has the earlier releases, oldest first. With a reason in `accepts`
    what would be refused goes into the log in place of `refusals`. Raises `InputError` where
    the units have more papers than the section.
    """
    known, fresh = _blocks(cells, before)
    short = _less(total, _sum(cell.votes for cell in cells if cell.votes is not None))
    if min(short.values(), default=0) < 0:
        raise InputError("the units have more first preferences than their section")
    drifts = [_drift(cells, total, earlier) for earlier in before]
    rows, rest = _arrange(fresh, _Block((), short), drifts)
    refusals = [*_gone(cells, before), *_changed(known, before)]
    if rows or known:
        refusals += [*_drift_refused(drifts), *_rest_refused(rest, rows, drifts)]
    else:  # What is left is the whole section, and says what its totals say.
        refusals += _total_changed(total, before)
    if any(short.values()):
        return _published(cells, [*known, *rows], rest.units, before, accepts, refusals)
    last = [rest] if rest.units else []
    return _published(cells, [*known, *rows, *last], (), before, accepts, refusals)


def check_total(
    total: Votes,
    among: int,
    poll: Poll = Poll.SECRET,
    accepts: str = "",
) -> Verdict:
    """Decide whether the totals of a section, one of so many in the college, may be published.

    The count needs them, so they cannot be pooled. Too few or too like-minded papers are
    refused, unless `accepts` gives a person's reason. Where one body of voters decides alone
    the result itself says what they did: it is logged.
    """
    if poll is not Poll.SECRET:
        return Verdict((f"Nothing is hidden: {poll.meaning}.",))
    if stands_alone(total) or not any(total.values()):
        return Verdict()
    found = "the section's own totals are too few or too like-minded to keep every paper secret"
    if among < 2:
        return Verdict((f"Published although {found}: they are the result.",))
    return _decided([found], accepts)


def check_totals_changed(
    total: Votes, before: Sequence[Earlier], accepts: str = "", poll: Poll = Poll.SECRET
) -> Verdict:
    """Decide whether first-round totals may be published after those of earlier releases.

    For a section of which no units are published; `disclose` looks at this itself.
    """
    if poll is not Poll.SECRET:
        return Verdict()
    return _decided(_total_changed(total, before), accepts)


def possible_rankings(candidates: int, ranks: int = 0) -> int:
    """How many strict rankings of so many candidates there are, incomplete ones too.

    `ranks` is the most that a rule book lets a voter rank, 0 for all.

    >>> possible_rankings(5), possible_rankings(5, 2)
    (325, 25)
    """
    longest = min(candidates, ranks or candidates)
    return sum(perm(candidates, length) for length in range(1, longest + 1))


def rankings_withheld(
    setting: Rankings,
    poll: Poll,
    possible: int,
    now: Mapping[Ranking, Papers],
    before: Sequence[Mapping[Ranking, Papers]] = (),
) -> str:
    """Why the rankings of a section are not published, in words; empty where they are.

    `before` has the rankings that earlier releases published: the papers that were added
    since then, or taken away, would be published by subtraction.
    """
    if setting is Rankings.WITHHELD:
        return f"Rankings are {setting.meaning}."
    if setting is Rankings.PUBLISHED or poll is not Poll.SECRET:
        return ""
    if not _far_fewer(possible, sum(now.values())):
        return (
            "Rankings are not published: more of them are possible than a tenth of the "
            "papers, so that a ranking could point to a person."
        )
    for earlier in before:
        for part in _parts(earlier, now):
            if part and not _far_fewer(possible, sum(part.values())):
                return (
                    "Rankings are not published: beside those of an earlier release they would "
                    "show how a few papers were ranked."
                )
    return ""


def rankings_noted(setting: Rankings, poll: Poll, possible: int, papers: Papers) -> str:
    """What the log says where rankings are published all the same; empty if nothing need be."""
    if setting is Rankings.WITHHELD or _far_fewer(possible, papers):
        return ""
    if poll is not Poll.SECRET:
        return f"Rankings are published: {poll.meaning}."
    if setting is Rankings.PUBLISHED:
        return f"Rankings are {setting.meaning}, although the check would withhold them."
    return ""


def rows_with_rankings(
    rows: Mapping[str, Papers],
    section: Papers,
    possible: int,
    of_section: bool,
    changed: Iterable[str] = (),
) -> tuple[frozenset[str], tuple[str, ...]]:
    """Which rows of units show their rankings, and for the log which do not.

    `rows` gives each row's formal papers, `section` the section's, and `of_section` whether
    the section's rankings are published: then the rows left out must be enough together.
    `changed` are the rows whose figures an earlier release showed otherwise.
    """
    out = set(changed) | {id_ for id_ in rows if not _far_fewer(possible, rows[id_])}
    shown = sorted((id_ for id_ in rows if id_ not in out), key=lambda id_: (-rows[id_], id_))
    rest = section - sum(rows[id_] for id_ in shown)
    while of_section and rest and shown and not _far_fewer(possible, rest):
        rest += rows[shown.pop()]
    log = (f"{id_}: first preferences only, no rankings." for id_ in rows if id_ not in shown)
    return frozenset(shown), tuple(log)


@dataclass(frozen=True, slots=True)
class _Block:
    """Units that are shown together, and the most papers of one that is like-minded in it."""

    units: tuple[Unit, ...]
    votes: Votes
    spoiled: Papers | None = NO_PAPERS
    like_minded: int = 0

    def __add__(self, other: "_Block") -> "_Block":
        return _Block(
            tuple(sorted((*self.units, *other.units))),
            _sum((self.votes, other.votes)),
            _known_sum((self.spoiled, other.spoiled)),
            max(self.like_minded, other.like_minded),
        )

    @property
    def papers(self) -> int:
        """How many formal papers are in it."""
        return sum(self.votes.values())

    @property
    def order(self) -> tuple[int, tuple[Unit, ...]]:
        """Smallest first."""
        return self.papers, self.units

    @property
    def holds(self) -> bool:
        """Whether it may be a row: a unit's own, or a pool's."""
        if len(self.units) == 1:
            return stands_alone(self.votes)
        return self.papers >= POOL_PAPERS and self.covers

    @property
    def covers(self) -> bool:
        """Whether the votes hide every paper, and whom a like-minded unit was for.

        A unit that is pooled although it is known to be large is known to be like-minded.
        So a second candidate must have enough votes in the pool to have had all of it.
        """
        able = sum(votes >= self.like_minded for votes in self.votes.values())
        return stands_alone(self.votes) and (not self.like_minded or able > 1)


def _block(cell: Cell) -> _Block:
    votes = cell.votes or {}
    papers = sum(votes.values())
    like_minded = papers if papers >= FEWEST_PAPERS and not stands_alone(votes) else 0
    return _Block((cell.unit,), votes, cell.spoiled, like_minded)


def _is_empty(cell: Cell) -> bool:
    """Whether no paper came from the unit: one whose papers were all spoiled is not empty."""
    return not any((cell.votes or {}).values()) and not cell.spoiled and not cell.returned


def _blocks(cells: Sequence[Cell], before: Sequence[Earlier]) -> tuple[list[_Block], list[_Block]]:
    """The units that earlier releases showed, those of a pool together, and the others."""
    first = _shown_with(before)
    known: dict[Unit, _Block] = {}
    regions: dict[str, list[_Block]] = defaultdict(list)
    for cell in cells:
        if cell.votes is None:
            continue
        at = first.get(cell.unit)
        if at is not None:
            known[at] = known[at] + _block(cell) if at in known else _block(cell)
        elif not _is_empty(cell):
            regions[cell.region].append(_block(cell))
    fresh = [block for region in sorted(regions) for block in _pooled(regions[region])]
    return [known[at] for at in sorted(known)], fresh


def _shown_with(before: Sequence[Earlier]) -> dict[Unit, Unit]:
    """For each unit of an earlier release, the first of those that it was ever shown with.

    A row without a paper says nothing of papers that come later.
    """
    together: dict[Unit, set[Unit]] = {}
    for row in (row for earlier in before for row in earlier.rows if any(row.votes.values())):
        group = set(row.units).union(*(together.get(unit, ()) for unit in row.units))
        together.update(dict.fromkeys(group, group))
    return {unit: min(group) for unit, group in together.items()}


def _pooled(blocks: Iterable[_Block]) -> list[_Block]:
    """Put together those that cannot be shown, with as few others as will do.

    One that does not hold is left only where all of them together do not suffice.
    """
    ordered = sorted(blocks, key=lambda block: block.order)
    strong = [block for block in ordered if block.holds]
    pools: list[_Block] = []
    for block in (block for block in ordered if not block.holds):
        if pools and not pools[-1].holds:
            pools[-1] += block
        else:
            pools.append(block)
    if len(pools) > 1 and not pools[-1].holds:
        last = pools.pop()
        pools[-1] += last
    taken = 0
    while pools and not pools[-1].holds and taken < len(strong):
        pools[-1] += strong[taken]
        taken += 1
    return [*strong[taken:], *pools]


@dataclass(frozen=True, slots=True)
class _Drift:
    """What an earlier release held outside its rows, and how that has changed since."""

    was: Votes
    change: Votes

    def leaves(self, votes: Votes) -> bool:
        """Whether these votes, if all of the change were theirs, were safe before it too."""
        changed = any(self.was.values()) and any(self.change.values())
        return not changed or _hides(_less(votes, self.change))

    def without(self, rows: Iterable[_Block]) -> Votes:
        """What was outside the rows, less each of these rows that can have been in it."""
        left = self.was
        for row in rows:
            less = _less(left, row.votes)
            left = left if min(less.values()) < 0 else less
        return left

    def tells(self, rest: Votes, rows: Sequence[_Block]) -> bool:
        """Whether what is outside the rows now has gained or lost papers that tell."""
        then = (self.was, self.without(rows)) if any(self.was.values()) else ()
        return not all(_nothing_or_safe(part) for old in then for part in _parts(old, rest))


def _hides(derived: Votes) -> bool:
    """Whether somebody who thinks that these are a group's papers learns none of them."""
    return not any(derived.values()) or min(derived.values()) < 0 or stands_alone(derived)


def _drift(cells: Sequence[Cell], total: Votes, earlier: Earlier) -> _Drift:
    shown = {unit for row in earlier.rows if any(row.votes.values()) for unit in row.units}
    was = _less(earlier.total, _sum(row.votes for row in earlier.rows))
    now = _less(total, _sum(c.votes for c in cells if c.unit in shown and c.votes is not None))
    return _Drift(was, _less(now, was))


def _drift_refused(drifts: Sequence[_Drift]) -> Iterator[str]:
    """Where what was not held has changed by papers that tell, whoever's they are now."""
    if not drifts or not any(drifts[-1].change.values()):
        return
    for drift in drifts:
        if any(drift.was.values()) and not all(map(_nothing_or_safe, _parts({}, drift.change))):
            yield "what was not held: subtracting an earlier release gives papers away"
            return


def _arrange(
    fresh: Iterable[_Block], rest: _Block, drifts: Sequence[_Drift]
) -> tuple[list[_Block], _Block]:
    """The rows of units not shown before, and what goes into the row of what is not held.

    A unit comes out of an earlier release's row of what was not held only if it would stand
    without all that this row has changed by, for the change may have been the unit's own; and
    if the others in that row are hidden without it.
    """
    rows: list[_Block] = []
    for block in sorted(_pooled(fresh), key=lambda block: block.order, reverse=True):
        if block.holds and all(_comes_out(block, rows, drift) for drift in drifts):
            rows.append(block)
        else:
            rest += block
    while rows and not _rest_holds(rest, rows, drifts):
        rest += rows.pop()
    return rows, rest


def _comes_out(block: _Block, rows: Sequence[_Block], drift: _Drift) -> bool:
    others = _less(drift.without(rows), block.votes)
    return drift.leaves(block.votes) and _hides(others)


def _rest_holds(rest: _Block, rows: Sequence[_Block], drifts: Sequence[_Drift]) -> bool:
    """Whether the row of what is not held is safe, also beside what it was before."""
    is_new = drifts and any(_less(drifts[-1].was, rest.votes).values())
    if is_new and any(drift.tells(rest.votes, rows) for drift in drifts):
        return False
    enough = POOL_PAPERS if rest.units else FEWEST_PAPERS
    empty = not rest.papers and not rest.units
    return empty or (rest.papers >= enough and rest.covers)


def _rest_refused(rest: _Block, rows: Sequence[_Block], drifts: Sequence[_Drift]) -> Iterator[str]:
    if not _rest_holds(rest, rows, drifts):
        listed = f" ({_listed(rest.units)})" if rest.units else ""
        yield f"what is not held{listed}: subtracting what is published gives papers away"


def _gone(cells: Sequence[Cell], before: Sequence[Earlier]) -> list[str]:
    held = {cell.unit for cell in cells if cell.votes is not None}
    last = before[-1].rows if before else ()
    lost = sorted({unit for row in last for unit in row.units} - held)
    return [f"{unit}: the release before has its figures, and this one has none" for unit in lost]


def _changed(known: Sequence[_Block], before: Sequence[Earlier]) -> Iterator[str]:
    """The rows that, beside what an earlier release says of the same units, give papers away."""
    past = [_by_first_unit(earlier, known) for earlier in before]
    for block in known:
        then = [rows[block.units[0]] for rows in past]
        if _same(then[-1], block):
            continue
        listed = _listed(block.units)
        if block.papers and not stands_alone(block.votes):
            yield f"{listed}: shown before, so that no pool would hide the new figures"
        elif any(_tells(old, block) for old in then):
            yield f"{listed}: subtracting an earlier release gives papers away"


def _by_first_unit(earlier: Earlier, known: Sequence[_Block]) -> dict[Unit, _Block]:
    """What an earlier release says of each block's units, by the first unit of the block."""
    of = {unit: block.units[0] for block in known for unit in block.units}
    found = {block.units[0]: _Block((), {}) for block in known}
    for row in earlier.rows:
        at = next((of[unit] for unit in row.units if unit in of), None)
        if at is not None:
            found[at] += _Block(row.units, row.votes, row.spoiled)
    return found


def _total_changed(total: Votes, before: Sequence[Earlier]) -> Iterator[str]:
    then = [_Block((), earlier.total) for earlier in before]
    now = _Block((), total)
    if then and not _same(then[-1], now) and any(_tells(old, now) for old in then):
        yield "the section's totals: subtracting those of an earlier release gives papers away"


def _same(old: _Block, new: _Block) -> bool:
    votes = not any(_less(old.votes, new.votes).values())
    return votes and old.units == new.units and old.spoiled == new.spoiled


def _tells(old: _Block, new: _Block) -> bool:
    """Whether the difference is a ballot: what came, or what went, does not stand alone."""
    came, went = _parts(old.votes, new.votes)
    more = 0
    if old.spoiled is not None and new.spoiled is not None:
        more = new.spoiled - old.spoiled
    all_spoiled = (more > 0 and not came) or (more < 0 and not went)
    return all_spoiled or not (_nothing_or_safe(came) and _nothing_or_safe(went))


def _nothing_or_safe(part: Votes) -> bool:
    return not part or stands_alone(part)


def _published(
    cells: Sequence[Cell],
    blocks: Iterable[_Block],
    held_back: tuple[Unit, ...],
    before: Sequence[Earlier],
    accepts: str,
    refusals: Iterable[str],
) -> Disclosed:
    pooled = [block for block in blocks if len(block.units) > 1]
    pools = _named(pooled, cells, before)
    hidden = {unit for pool in pools for unit in pool.units}.union(held_back)
    verdict = _decided(refusals, accepts)
    return Disclosed(
        tuple(cell.unit for cell in cells if cell.unit not in hidden),
        tuple(pools),
        held_back,
        (*_log(pools, held_back), *verdict.log),
        verdict.refusals,
    )


def _named(
    blocks: Iterable[_Block], cells: Sequence[Cell], before: Sequence[Earlier]
) -> list[Pool]:
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
                _known_sum(part.returned for part in parts),
                _known_sum(part.issued for part in parts),
            )
        )
    return pools


def _log(pools: Sequence[Pool], held_back: Sequence[Unit]) -> Iterator[str]:
    for pool in pools:
        yield (
            f"{pool.id}: {_listed(pool.units)} are shown together, because apart at least one "
            f"of them would be too small or too like-minded."
        )
    if held_back:
        yield f"{_listed(held_back)}: seen only in the row of what is not held."
    if not pools and not held_back:
        yield "Every unit whose votes are known is shown alone."


def _decided(found: Iterable[str], accepts: str) -> Verdict:
    """Refuse what was found, or log it with the reason that a person gave."""
    if not accepts:
        return Verdict(refusals=tuple(found))
    return Verdict(tuple(f"Published although refused: {one}. Reason: {accepts}" for one in found))


def _far_fewer(possible: int, papers: int) -> bool:
    return possible * PAPERS_PER_RANKING <= papers


def _listed(units: Iterable[Unit]) -> str:
    return ", ".join(units)


def _sum(parts: Iterable[Votes]) -> dict[Candidate, Papers]:
    added: dict[Candidate, Papers] = {}
    for part in parts:
        for name, papers in part.items():
            added[name] = Papers(added.get(name, NO_PAPERS) + papers)
    return added


def _known_sum(parts: Iterable[Papers | None]) -> Papers | None:
    added = 0
    for part in parts:
        if part is None:
            return None
        added += part
    return Papers(added)


def _less(votes: Mapping[K, Papers], taken: Mapping[K, Papers]) -> dict[K, Papers]:
    names = {**votes, **taken}
    return {name: Papers(votes.get(name, NO_PAPERS) - taken.get(name, NO_PAPERS)) for name in names}


def _parts(
    old: Mapping[K, Papers], new: Mapping[K, Papers]
) -> tuple[dict[K, Papers], dict[K, Papers]]:
    """What came and what went, each as a positive number of papers."""
    change = _less(new, old)
    came = {name: papers for name, papers in change.items() if papers > 0}
    return came, {name: Papers(-papers) for name, papers in change.items() if papers < 0}
