"""Ballots drawn one by one from the law of Plackett and Luce, of some of whom something is known.

The voters of a section are of several kinds, each with its strengths; the next preference is one
of those left, by their strengths. What is known of a ballot is such that, in whatever order some
candidates have been named, it may be said of the next whether the ballot still bears it out. So
the chance that it will is a sum over sets of candidates, and the ballots drawn follow the law
exactly, given what is known.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hustings.forecast.kernel.types import Places, Types, Whole, types_of

Real = NDArray[np.float64]
Rows = NDArray[np.int32]

# Draws taken together: with all voters of a section, what is kept of them stays in a processor's
# second cache; with a few electors, it is their rules that take time.
AT_ONCE, FEW_AT_ONCE = 8, 64
# A number drawn below 1 stays below it when it is stretched.
BELOW_ONE = 1 - 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Voters:
    """The voters of a section in each draw: D draws, N kinds of voter, K candidates.

    `strengths` (D, N, K) above 0; `parts` (N) of the section. `stopping` (D, 2, K - 2): the chance
    that a ballot ends after its first, second, ... preference, of those who put the front-runner
    first, then of all others; `group` (D, K): 0 for the front-runner, else 1.
    """

    strengths: Real
    parts: Real
    stopping: Real
    group: Whole

    @classmethod
    def of(cls, utility: Real, parts: Real, stopping: Real) -> "Voters":
        """From utilities (D, N, K); the front-runner is whoever is put first most."""
        strengths = np.exp(utility - utility.max(-1, keepdims=True))
        first = np.einsum("n,dnk->dk", parts, strengths / strengths.sum(-1, keepdims=True))
        leads = first == first.max(-1, keepdims=True)
        return cls(strengths, parts, stopping, np.where(leads, 0, 1))

    @property
    def types(self) -> Types:
        """The ballot types of so many candidates."""
        return types_of(self.strengths.shape[-1])


@dataclass(frozen=True, slots=True)
class Wish:
    """What the ballots to be drawn are like; candidates are places.

    `first` are those of whom one is first. The rest is that the first of each pair of `order` is
    above the second, or that the ballot is `whole` and no more. `borne_out` says that the rest
    holds of the ballots, or that it does not; None that it does not matter.
    """

    first: Places
    order: frozenset[tuple[int, int]] = frozenset()
    whole: Places | None = None
    borne_out: bool | None = None

    def allows(self, ranking: Places, candidates: int) -> bool:
        """Whether the ballot bears out the rest.

        >>> Wish((0, 1, 2), frozenset({(0, 1)})).allows((2, 0), 3)
        True
        """
        if self.whole is not None:
            return ranking == self.whole[: candidates - 1]
        return all(_above(ranking, pair) for pair in self.order)

    def fits(self, ranking: Places, candidates: int) -> bool:
        """Whether the ballot is one of those to be drawn."""
        rest = self.borne_out is None or self.allows(ranking, candidates) == self.borne_out
        return ranking[0] in self.first and rest


def _above(ranking: Places, pair: tuple[int, int]) -> bool:
    named = [name for name in ranking if name in pair]
    return bool(named) and named[0] == pair[0]


def drawn(voters: Voters, luck: Real) -> Rows:
    """(D, M): the types of ballots drawn with so much `luck`, (D, M) from 0 to 1.

    Luck that is evenly spaced gives a systematic sample: every beginning of a ballot comes as
    often as it should, to within one.
    """
    if not luck.size:
        return np.zeros(luck.shape, np.int32)
    parts = []
    for start in range(0, len(luck), AT_ONCE):
        some = luck[start : start + AT_ONCE]
        draws = np.repeat(np.arange(start, start + len(some)), luck.shape[1])
        every = Wish(tuple(range(voters.strengths.shape[-1])))
        parts.append(_drawn(voters, every, draws, some.ravel()).reshape(some.shape))
    return np.concatenate(parts)


def wished(voters: Voters, wish: Wish, draws: Whole, luck: Real) -> Rows:
    """The types of ballots that fit the wish, one for each of `draws` with the luck beside it.

    -1 where no ballot fits. `draws` are in any order.
    """
    rows = np.full(len(draws), -1, np.int32)
    for start in range(0, len(voters.strengths), FEW_AT_ONCE):
        (here,) = ((draws >= start) & (draws < start + FEW_AT_ONCE)).nonzero()
        if len(here):
            rows[here] = _drawn(voters, wish, draws[here], luck[here])
    return rows


@dataclass(slots=True, eq=False)
class _Pencil:
    """Ballots half written, an entry for each: E ballots.

    `left` (K, E) are the strengths of whom it does not name yet, `stopping` (K - 2, E) those of
    its group, `hopes` (E, sets) as of `_hopes`, `named` (E) the set that it names. A ballot that
    is `astray` (E) does not bear out the rest, whatever comes.
    """

    luck: Real
    left: Real
    stopping: Real
    hopes: Real | None
    named: Whole
    row: Whole
    going: NDArray[np.bool_]
    astray: NDArray[np.bool_]


def _drawn(voters: Voters, wish: Wish, draws: Whole, luck: Real) -> Rows:
    rules = _Rules.of(wish, voters)
    start = int(draws.min())
    some = slice(start, int(draws.max()) + 1)
    here = Voters(voters.strengths[some], voters.parts, voters.stopping[some], voters.group[some])
    pencil = _begun(here, wish, rules, draws - start, luck)
    for length in range(1, voters.strengths.shape[-1] - 1):
        _write_next(pencil, rules, length, voters.types)
    return pencil.row.astype(np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class _Rules:
    """A wish as tables: after each set who may come next, `may` (sets, K), and whether to end."""

    may: NDArray[np.bool_]
    ends: NDArray[np.bool_]
    matters: bool
    borne_out: bool

    @classmethod
    def of(cls, wish: Wish, voters: Voters) -> "_Rules":
        candidates = voters.strengths.shape[-1]
        sets = np.arange(1 << candidates)
        may, ends = np.ones((len(sets), candidates), bool), np.ones(len(sets), bool)
        if wish.whole is not None:
            may[:], ends[:] = False, False
            before = 0
            for name in wish.whole[: candidates - 1]:
                may[before, name] = True
                before |= 1 << name
            ends[before] = True
        else:
            for one, other in wish.order:
                may[:, other] &= sets >> one & 1 == 1
                ends &= sets >> one & 1 == 1
        return cls(may, ends, wish.borne_out is not None, bool(wish.borne_out))


def _hopes(voters: Voters, rules: _Rules) -> Real:
    """(draws, N, 2, sets): the chance that a ballot will bear out the rest, given a set so far."""
    strengths, stopping = voters.strengths, voters.stopping
    draws, kinds, candidates = strengths.shape
    hopes = np.zeros((draws, kinds, 2, 1 << candidates))
    left = strengths @ _absent(candidates)
    for members in range(candidates - 1, 0, -1):
        for now in (s for s in range(1 << candidates) if s.bit_count() == members):
            if members == candidates - 1:
                hopes[..., now] = rules.ends[now]
                continue
            stop = stopping[:, None, :, members - 1]
            later = sum(
                strengths[:, :, None, name] * hopes[..., now | 1 << name]
                for name in range(candidates)
                if not now >> name & 1 and rules.may[now, name]
            )
            going = (1 - stop) * later / left[:, :, None, now]
            hopes[..., now] = stop * rules.ends[now] + going
    return hopes


def _absent(candidates: int) -> Real:
    """(candidates, sets): 1 where the candidate is not in the set."""
    sets = np.arange(1 << candidates)
    return np.asarray(1.0 - (sets >> np.arange(candidates)[:, None] & 1))


def _begun(voters: Voters, wish: Wish, rules: _Rules, draws: Whole, luck: Real) -> _Pencil:
    """Draw the kind of voter and the first preference together."""
    first = np.array(wish.first, np.int64)
    hopes = _hopes(voters, rules) if rules.matters else None
    chance = _first_chances(voters, rules, hopes, first)
    line = np.cumsum(chance, 1)
    whole = line[draws, -1]
    target = np.minimum(luck, BELOW_ONE) * whole
    cell = _found(line, draws, target)
    size = np.maximum(chance[draws, cell], 1e-300)
    kind, name = cell // len(first), first[cell % len(first)]
    left = np.ascontiguousarray(voters.strengths[draws, kind].T)
    left[name, np.arange(len(name))] = 0
    group = voters.group[draws, name]
    return _Pencil(
        np.clip((target - line[draws, cell] + size) / size, 0, BELOW_ONE),
        left,
        np.ascontiguousarray(voters.stopping[draws, group].T),
        None if hopes is None else hopes[draws, kind, group],
        1 << name,
        np.where(whole > 0, name * voters.types.sizes[1], -1),
        whole > 0,
        ~rules.may[0, name],
    )


def _first_chances(voters: Voters, rules: "_Rules", hopes: Real | None, first: Whole) -> Real:
    """(D, N x candidates of `first`): of each kind and first preference, given the wish."""
    shares = voters.strengths / voters.strengths.sum(-1, keepdims=True)
    chance = voters.parts[:, None] * shares[..., first]
    if hopes is not None:
        at = np.arange(len(shares))[:, None]
        hope = hopes[at, :, voters.group[:, first], 1 << first].transpose(0, 2, 1)
        hope = hope * rules.may[0, first]
        chance = chance * (hope if rules.borne_out else 1 - hope)
    return np.asarray(chance.reshape(len(shares), -1))


def _found(line: Real, draws: Whole, target: Real) -> Whole:
    """The first of the rising numbers of each one's line that is above the target."""
    top = np.where(line[:, -1] > 0, line[:, -1], 1)
    # One rising row of numbers, in which each line has a stretch of length 1, and a gap.
    rising = line / top[:, None] + 2 * np.arange(len(line))[:, None]
    at = np.searchsorted(rising.ravel(), target / top[draws] + 2 * draws, side="right")
    return np.asarray(np.clip(at - draws * line.shape[1], 0, line.shape[1] - 1))


def _write_next(pencil: _Pencil, rules: "_Rules", length: int, types: Types) -> None:
    """After so many preferences: end some ballots, and write one more on the others."""
    on, at = pencil.going, np.arange(len(pencil.row))
    stop, chance = _chances(pencil, rules, length)
    line = np.cumsum(chance, 0)
    target = np.minimum(pencil.luck, BELOW_ONE) * (stop + line[-1]) - stop
    name = np.minimum((line <= target).sum(0, dtype=np.int8), types.candidates - 1).astype(np.int64)
    size = np.maximum(chance[name, at], 1e-300)
    on = pencil.going = on & (target >= 0) & (line[-1] > 0)
    pencil.luck = np.clip((target - line[name, at] + size) / size, 0, BELOW_ONE)
    below = np.bitwise_count(pencil.named & ((1 << name) - 1)).astype(np.int64)
    pencil.row = np.where(on, pencil.row + 1 + (name - below) * types.sizes[length + 1], pencil.row)
    pencil.astray = pencil.astray | ~rules.may[pencil.named, name]
    pencil.named = pencil.named | 1 << name
    pencil.left[name, at] = 0


def _chances(pencil: _Pencil, rules: "_Rules", length: int) -> tuple[Real, Real]:
    """That the ballot ends here (E), and that it goes on with each one (K, E), given the wish."""
    stop = pencil.stopping[length - 1]
    whole = np.maximum(pencil.left.sum(0), 1e-300)
    chance = pencil.left * ((1 - stop) / whole)
    if pencil.hopes is None:
        return stop, chance
    then = pencil.named[:, None] | 1 << np.arange(len(chance))
    hope = np.take_along_axis(pencil.hopes, then, 1) * rules.may[pencil.named]
    hope = hope if rules.borne_out else 1 - hope
    ends = pencil.astray | (rules.ends[pencil.named] == rules.borne_out)
    return stop * ends, chance * np.where(pencil.astray[:, None], 1, hope).T
