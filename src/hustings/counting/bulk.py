"""The look over arrays: where each of millions of different rankings lies, round by round.

It answers what `Profile` answers, and nothing else: points, quotas and ties are counted by the
same code from the same whole numbers. Only the papers of whoever left are looked at again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from hustings.ballots.profile import Earlier, Move, Profile, Ranking, move_order
from hustings.counting.check import Lying
from hustings.counting.compiling import numba
from hustings.units import Candidate, Papers, Section

# Ranks hold candidates' numbers; the largest number of their type is nobody.
Ranks = NDArray[np.unsignedinteger[Any]]
Whole = NDArray[np.int64]
Rows = NDArray[np.int64]
# Sums must stay far from where 64 bits end, as they would if every paper were counted twice.
MOST_PAPERS = 1 << 61
# So many rows become Python's at once, where somebody asks for them one by one.
CHUNK = 1 << 14


@dataclass(frozen=True, eq=False)
class Table:
    """Rankings as arrays: `ranks` (rankings, ranks), `papers` (sections, rankings).

    A rank is a candidate's number, which is the place in `candidates`, sorted by id; behind the
    last choice it is the largest number of its type. No two rows are the same ranking.
    """

    sections: tuple[Section, ...]
    candidates: tuple[Candidate, ...]
    ranks: Ranks
    papers: Whole

    @property
    def nobody(self) -> int:
        """What stands behind the last choice."""
        return int(np.iinfo(self.ranks.dtype).max)

    def standing(self, names: Set[Candidate]) -> NDArray[np.bool_]:
        """By number, whether a rank ends the search for a paper's holder; nobody does."""
        ends = np.zeros(self.nobody + 1, np.bool_)
        ends[[at for at, name in enumerate(self.candidates) if name in names]] = True
        ends[self.nobody] = True
        return ends

    def name(self, number: int) -> Candidate | None:
        """Who bears the number; None for nobody."""
        return None if number == self.nobody else self.candidates[number]


def of_rows(
    sections: Sequence[Section], candidates: Sequence[Candidate], ranks: Ranks, papers: Whole
) -> Table:
    """A table of rows of which some may be the same ranking: each is kept once, in order."""
    keys = _packed(ranks, len(candidates))
    if keys is not None:
        order = np.argsort(keys)
        keys = keys[order]
        other = keys[1:] != keys[:-1]
    else:
        order = np.lexsort(ranks.T[::-1]) if ranks.shape[1] else np.arange(len(ranks))
        other = (ranks[order[1:]] != ranks[order[:-1]]).any(1)
    papers = papers[:, order]
    if len(ranks) > 1:
        starts = np.flatnonzero(np.concatenate(([True], other)))
        order, papers = order[starts], np.add.reduceat(papers, starts, axis=1)
    return Table(tuple(sections), tuple(candidates), ranks[order], papers)


def _packed(ranks: Ranks, candidates: int) -> NDArray[np.uint64] | None:
    """Each ranking as one number, in the same order; None where 64 bits do not hold it."""
    bits = candidates.bit_length()
    if bits * ranks.shape[1] > 64:
        return None
    keys = np.zeros(len(ranks), np.uint64)
    for column in ranks.T:
        # Whoever is nobody comes behind the last candidate.
        keys = keys << np.uint64(bits) | np.minimum(column, candidates).astype(np.uint64)
    return keys


def merged(tables: Sequence[Table]) -> Table:
    """The papers of tables of the same sections and candidates in one."""
    first, *others = tables
    if not others:
        return of_rows(first.sections, first.candidates, first.ranks, first.papers)
    width = max(table.ranks.shape[1] for table in tables)
    parts = [
        np.pad(
            table.ranks,
            ((0, 0), (0, width - table.ranks.shape[1])),
            constant_values=first.nobody,
        )
        for table in tables
    ]
    papers = np.concatenate([table.papers for table in tables], axis=1)
    return of_rows(first.sections, first.candidates, np.concatenate(parts), papers)


def number_type(candidates: int) -> type[np.uint8] | type[np.uint16]:
    """The type of the numbers of so many candidates."""
    return np.uint8 if candidates <= np.iinfo(np.uint8).max else np.uint16


# --- the profile ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TabledProfile(Profile):
    """A profile whose rankings are a table; whoever reads them finds mappings, made as they go."""

    table: Table = field(kw_only=True, compare=False, repr=False)
    piles: "Piles" = field(kw_only=True, compare=False, repr=False)

    def held(
        self, section: Section, standing: Set[Candidate], earlier: Earlier = ()
    ) -> tuple[dict[Candidate, Papers], Papers]:
        """What `Profile.held` returns; no rank of a table is shared, so that none reads earlier."""
        at = self.table.sections.index(section)
        held, left = self.piles.held(frozenset(standing))
        return {name: Papers(papers[at]) for name, papers in held.items()}, Papers(left[at])

    def moved(
        self,
        section: Section,
        standing: Set[Candidate],
        out: Set[Candidate],
        earlier: Earlier = (),
    ) -> dict[Move, Papers]:
        """What `Profile.moved` returns."""
        at = self.table.sections.index(section)
        moved = self.piles.moved(frozenset(standing), frozenset(out & standing))
        own = {move: sums[at] for move, sums in moved.items() if sums[at]}
        return {move: Papers(own[move]) for move in sorted(own, key=move_order)}

    def cast(self, section: Section) -> Papers:
        """What `Profile.cast` returns."""
        return Papers(int(self.table.papers[self.table.sections.index(section)].sum()))

    def named(self) -> frozenset[Candidate]:
        """What `Profile.named` returns."""
        held, seen = self.table.papers.any(0), np.zeros(self.table.nobody + 1, np.bool_)
        seen[self.table.ranks if held.all() else self.table.ranks[held]] = True
        return frozenset(filter(None, map(self.table.name, np.flatnonzero(seen).tolist())))

    def limited(self, ranks: int) -> Profile:
        """What `Profile.limited` returns."""
        table = self.table
        if not ranks or table.ranks.shape[1] <= ranks:
            return self
        cut = of_rows(table.sections, table.candidates, table.ranks[:, :ranks], table.papers)
        return profile_of(cut, self)

    def pooled(self, into: Section) -> Profile:
        """What `Profile.pooled` returns."""
        table, whole = self.table, Profile.pooled(replace(self, papers={}), into)
        return profile_of(replace(table, sections=(into,), papers=table.papers.sum(0)[None]), whole)

    def without(self, sections: Set[Section]) -> Profile:
        """What `Profile.without` returns."""
        kept = {name: part for name, part in self.papers.items() if name not in sections}
        return Profile(kept, self.spoiled, self.reconstructed) if sections else self


NOTHING_BESIDE = Profile({})


def profile_of(table: Table, other: Profile = NOTHING_BESIDE) -> TabledProfile:
    """The rankings of the table as a profile; what was spoiled and rebuilt is as in the other."""
    rankings = {section: _Rankings(table, at) for at, section in enumerate(table.sections)}
    return TabledProfile(
        rankings, other.spoiled, other.reconstructed, table=table, piles=Piles(table)
    )


def tabled(profile: Profile) -> Profile:
    """The same profile on arrays; itself, where it holds more papers than these can sum."""
    if isinstance(profile, TabledProfile) or not _fits(profile):
        return profile
    names = sorted(profile.named())
    number = {name: at for at, name in enumerate(names)}
    rankings = list(dict.fromkeys(chain.from_iterable(profile.papers.values())))
    width = max(map(len, rankings), default=0)
    type_ = number_type(len(names))
    ranks = np.full((len(rankings), width), np.iinfo(type_).max, type_)
    for row, ranking in enumerate(rankings):
        ranks[row, : len(ranking)] = [number[name] for name in ranking]
    papers = np.array([[part.get(r, 0) for r in rankings] for part in profile.papers.values()])
    table = Table(tuple(profile.papers), tuple(names), ranks, papers.astype(np.int64))
    return profile_of(table, profile)


def _fits(profile: Profile) -> bool:
    papers = sum(sum(part.values()) for part in profile.papers.values())
    return papers < MOST_PAPERS and len(profile.named()) < np.iinfo(np.uint16).max


class _Rankings(Mapping[Ranking, Papers]):
    """One section's part of a table, as a mapping."""

    def __init__(self, table: Table, at: int) -> None:
        self._table, self._at = table, at
        self._found: dict[Ranking, Papers] | None = None

    def __len__(self) -> int:
        return int(np.count_nonzero(self._table.papers[self._at]))

    def __iter__(self) -> Iterator[Ranking]:
        return (ranking for ranking, _ in self._pairs())

    def __getitem__(self, ranking: Ranking) -> Papers:
        if self._found is None:
            self._found = dict(self._pairs())
        return self._found[ranking]

    def _pairs(self) -> Iterator[tuple[Ranking, Papers]]:
        table = self._table
        names, nobody = [*table.candidates], table.nobody
        for start in range(0, len(table.ranks), CHUNK):
            papers = table.papers[self._at, start : start + CHUNK]
            some = np.flatnonzero(papers)
            ranks = table.ranks[start : start + CHUNK][some].tolist()
            for row, number in zip(ranks, papers[some].tolist(), strict=True):
                yield tuple(names[at] for at in row if at != nobody), Papers(number)


# --- the piles --------------------------------------------------------------------

# The papers of every section, in the order of the table's.
Sums = list[int]
Held = tuple[dict[Candidate, Sums], Sums]


class Piles:
    """Where every ranking lies; an answer depends on who stands, not on what was asked before.

    Each ranking points at the rank that counts. When candidates go, only the rankings in their
    piles move on; when somebody is to stand who has gone, all are looked at afresh.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._standing: frozenset[Candidate] | None = None
        self._at = np.empty(0, np.int64)
        self._piles: dict[Candidate | None, list[Rows]] = {}
        # The papers of each pile.
        self._own: dict[Candidate | None, Sums] = {}
        self._held: dict[frozenset[Candidate], Held] = {}
        self._moved: dict[tuple[frozenset[Candidate], frozenset[Candidate]], dict[Move, Sums]] = {}

    def held(self, standing: frozenset[Candidate]) -> Held:
        """The papers of each section by who holds them, in order of id, and those with nobody."""
        if standing not in self._held:
            self._stand(standing)
            nothing = [0] * len(self._table.sections)
            held = {name: [*self._own.get(name, nothing)] for name in sorted(standing)}
            left = self._table.papers.sum(1).tolist()
            for sums in held.values():
                left = [papers - part for papers, part in zip(left, sums, strict=True)]
            self._held[standing] = held, left
        return self._held[standing]

    def moved(self, standing: frozenset[Candidate], out: frozenset[Candidate]) -> dict[Move, Sums]:
        """The papers of each section that pass from each of those who go, by to whom."""
        if (standing, out) not in self._moved:
            self._stand(standing)
            self._moved[standing, out] = self._stand(standing - out)
        return self._moved[standing, out]

    def _stand(self, standing: frozenset[Candidate]) -> dict[Move, Sums]:
        """Let these stand and no others; what passed, by from whom to whom."""
        known = standing & set(self._table.candidates)
        if self._standing is None or not known <= self._standing:
            self._begin()
        gone, self._standing = sorted((self._standing or known) - known), known
        ends, moved = self._table.standing(known), {}
        for source in gone:
            for to, rows in self._next(self._pile(source), ends):
                self._piles.setdefault(to, []).append(rows)
                moved[source, to] = sums = self._sums(rows)
                own = self._own.get(to, [0] * len(sums))
                self._own[to] = [papers + more for papers, more in zip(own, sums, strict=True)]
            del self._piles[source]
            self._own.pop(source, None)
        return moved

    def _begin(self) -> None:
        """Let everyone stand: each ranking lies with its first choice."""
        table = self._table
        self._standing = frozenset(table.candidates)
        self._at = np.zeros(len(table.ranks), np.int64)
        rows = np.arange(len(table.ranks))
        first = table.ranks[:, 0] if table.ranks.size else np.empty(0, np.uint8)
        self._piles = {name: [part] for name, part in self._by_choice(first, rows)}
        self._own = {name: self._sums(part) for name, (part,) in self._piles.items()}

    def _next(self, rows: Rows, ends: NDArray[np.bool_]) -> Iterator[tuple[Candidate | None, Rows]]:
        """These rankings by whom each now lies with; to None, the non-transferable."""
        ranks, width = self._table.ranks, self._table.ranks.shape[1]
        compiled = _compiled(self._table)
        if compiled:
            choice = np.empty(len(rows), ranks.dtype)
            compiled[0](ranks, self._at, rows, ends, choice, self._table.nobody)
            yield from self._by_choice(choice, rows)
            return
        at, choice = self._at[rows], ranks[rows, self._at[rows]]
        searching = np.flatnonzero(~ends[choice])
        while searching.size:
            at[searching] += 1
            found = at[searching] < width
            choice[searching[~found]] = self._table.nobody
            searching = searching[found]
            choice[searching] = ranks[rows[searching], at[searching]]
            searching = searching[~ends[choice[searching]]]
        self._at[rows] = at
        yield from self._by_choice(choice, rows)

    def _by_choice(self, choice: Ranks, rows: Rows) -> Iterator[tuple[Candidate | None, Rows]]:
        order = np.argsort(choice, kind="stable")
        choice, rows = choice[order], rows[order]
        starts = np.flatnonzero(np.concatenate(([True], choice[1:] != choice[:-1])))
        for start, part in zip(starts, np.split(rows, starts[1:]), strict=True):
            if part.size:
                yield self._table.name(int(choice[start])), part

    def _pile(self, name: Candidate) -> Rows:
        parts = self._piles.get(name, [])
        whole = parts[0] if len(parts) == 1 else np.concatenate([*parts, NO_ROWS])
        self._piles[name] = [whole]
        return whole

    def _sums(self, rows: Rows) -> Sums:
        compiled = _compiled(self._table)
        if compiled:
            whole = np.zeros(len(self._table.sections), np.int64)
            compiled[2](self._table.papers, rows, whole)
            return [int(papers) for papers in whole]
        return [int(part[rows].sum()) for part in self._table.papers]


# --- the same, compiled ------------------------------------------------------------

# With fewer rankings than this, numba is not worth its import.
COMPILED_FROM = 500_000
Loops = tuple[Callable[..., None], Callable[..., None], Callable[..., None]]


def _compiled(table: Table) -> Loops | None:
    """The loops below, for a table that they pay for; None without numba."""
    if len(table.ranks) < COMPILED_FROM:
        return None
    moved, found, added = map(compiled, (follow, trace, add_up))
    return (moved, found, added) if moved and found and added else None


@cache
def compiled(function: Callable[..., None]) -> Callable[..., None] | None:
    """The function compiled, and kept for the next process; None without numba."""
    compiler = numba()
    return cast(Callable[..., None], compiler.njit(cache=True)(function)) if compiler else None


def follow(
    ranks: Ranks, at: Rows, rows: Rows, ends: NDArray[np.bool_], choice: Ranks, nobody: int
) -> None:
    """Move each of these rankings on to whom it now lies with, and write who that is."""
    width = ranks.shape[1]
    for place in range(len(rows)):
        row = rows[place]
        rank = at[row]
        while rank < width and not ends[ranks[row, rank]]:
            rank += 1
        at[row] = rank
        choice[place] = ranks[row, rank] if rank < width else nobody


def add_up(papers: Whole, rows: Rows, sums: Whole) -> None:
    """Add the papers of these rankings to each section's sum."""
    for row in rows:
        for section in range(papers.shape[0]):
            sums[section] += papers[section, row]


def trace(ranks: Ranks, papers: Whole, last: Whole, gained: Whole, nobody: int) -> None:
    """Note for every paper by whom it is gained, and lost, in which round."""
    for row in range(ranks.shape[0]):
        ahead = 0
        for rank in range(ranks.shape[1]):
            number = ranks[row, rank]
            stays = last[number]
            if stays > ahead:
                for section in range(papers.shape[0]):
                    gained[section, number, ahead] += papers[section, row]
                    gained[section, number, stays] -= papers[section, row]
                ahead = stays
        for section in range(papers.shape[0]):
            gained[section, nobody, ahead] += papers[section, row]


NO_ROWS: Rows = np.empty(0, np.int64)


# --- for the check ----------------------------------------------------------------


def found(profiles: Sequence[Profile], rounds: Sequence[Set[Candidate]]) -> list[Lying] | None:
    """Where every paper lies in each round; None where a profile is not on arrays.

    `profiles` is one, or one for each of the rounds, in which these candidates stand.
    """
    tables = [profile.table for profile in profiles if isinstance(profile, TabledProfile)]
    if len(tables) < len(profiles):
        return None
    if len(tables) == 1:
        return lying(tables[0], rounds)
    return [lying(table, [names])[0] for table, names in zip(tables, rounds, strict=False)]


def lying(table: Table, rounds: Sequence[Set[Candidate]]) -> list[Lying]:
    """Where every paper lies in each round, by another way than the piles'.

    `rounds` are those who stand in each, of whom nobody comes back. Down a ranking, whoever
    stays longer than all above holds the paper from the round after the longest of them went.
    """
    last = _last_rounds(table, rounds)
    gained = np.zeros((len(table.sections), table.nobody + 1, len(rounds) + 1), np.int64)
    compiled = _compiled(table)
    if compiled:
        compiled[1](table.ranks, table.papers, last, gained, table.nobody)
    else:
        _trace(table, last, gained)
    held = gained.cumsum(2)
    return [
        {
            section: _told(table, standing, held[at, :, number])
            for at, section in enumerate(table.sections)
        }
        for number, standing in enumerate(rounds)
    ]


def _trace(table: Table, last: Whole, gained: Whole) -> None:
    """Note for every paper by whom it is gained, and lost, in which round."""
    ahead = np.zeros(len(table.ranks), np.int64)
    for column in table.ranks.T:
        stays = last[column]
        later = np.flatnonzero(stays > ahead)
        _add(gained, table.papers, later, column[later], ahead[later], 1)
        _add(gained, table.papers, later, column[later], stays[later], -1)
        ahead[later] = stays[later]
    nobody = np.full(len(ahead), table.nobody, table.ranks.dtype)
    _add(gained, table.papers, np.arange(len(ahead)), nobody, ahead, 1)


def _last_rounds(table: Table, rounds: Sequence[Set[Candidate]]) -> Whole:
    """By number, in how many rounds a candidate stands; nobody stands in none."""
    last = np.zeros(table.nobody + 1, np.int64)
    for at, name in enumerate(table.candidates):
        last[at] = sum(name in standing for standing in rounds)
    return last


def _add(gained: Whole, papers: Whole, rows: Rows, column: Ranks, rounds: Whole, sign: int) -> None:
    """Add the papers of these rankings, or take them away, at their candidate and round."""
    key = column.astype(np.int64) * gained.shape[2] + rounds
    order = np.argsort(key.astype(np.uint16) if gained[0].size <= 1 << 16 else key, kind="stable")
    key = key[order]
    starts = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1]))) if key.size else key
    for at, part in enumerate(papers):
        if key.size:
            sums = np.add.reduceat(part[rows[order]], starts)
            gained[at].reshape(-1)[key[starts]] += sign * sums


def _told(table: Table, standing: Set[Candidate], held: Whole) -> dict[Candidate | None, int]:
    told: dict[Candidate | None, int] = dict.fromkeys(standing, 0)
    told[None] = int(held[table.nobody])
    for name, papers in zip(table.candidates, held.tolist(), strict=False):
        if name in standing:
            told[name] = papers
    return told
