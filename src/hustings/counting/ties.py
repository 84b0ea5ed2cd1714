"""Ties: the policies that break them, and the lot that is written down.

A policy narrows the tied to those who may go out, from the points of the earlier
rounds or from what people decided outside. The count never asks a person and never
throws dice: a lot is drawn outside, in public, and handed in.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from fractions import Fraction
from hashlib import sha256
from unicodedata import normalize

from hustings.counting import lots
from hustings.counting.transcript import Tie, TieStep
from hustings.election.rulebook import TiePolicy
from hustings.election.spec import Contest, Decisions
from hustings.errors import UnbrokenTie
from hustings.units import Candidate

Earlier = Sequence[Mapping[Candidate, Fraction]]
SEED_OF_RCTAB = re.compile("-?[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class TieRules:
    """The policies by precedence, with the decisions that they may turn to.

    `backwards` reads a lot from its end: whoever would go out last comes first. RCTab's draw needs
    what the candidates are called, how many draws there were before, and whether this is the tie of
    the `last_two`, where it draws who wins.
    """

    contest: str
    policies: tuple[TiePolicy, ...]
    decisions: Decisions = field(default_factory=Decisions)
    called: str = "round"
    backwards: bool = False
    names: Mapping[Candidate, str] = field(default_factory=dict)
    drawn: int = 0
    last_two: bool = False

    def after(self, tie: Tie | None) -> "TieRules":
        """The rules for the next tie, with the draws that this one took counted."""
        draws = [step for step in tie.steps if step.policy is TiePolicy.RCTAB_DRAW] if tie else []
        return replace(self, drawn=self.drawn + len(draws)) if draws else self


def tie_rules(contest: Contest, called: str = "round") -> TieRules:
    """How the contest breaks its ties."""
    names = {entry.id: entry.name for entry in contest.candidates}
    return TieRules(contest.id, contest.rules.ties, contest.decisions, called, names=names)


def break_tie(tied: Set[Candidate], earlier: Earlier, rules: TieRules, keep: int) -> Tie:
    """Put the tied out one at a time until `keep` of them are left.

    Returns the tie with who went, in order, and every step. Raises `UnbrokenTie`
    where the policies are spent and more than one could go.
    """
    left, out, steps = set(tied), [], list[TieStep]()
    while len(left) > keep:
        name, tried = _first_out(left, earlier, rules)
        steps += tried
        out.append(name)
        left.remove(name)
    return Tie(tuple(sorted(tied)), tuple(out), tuple(steps))


def first_served(tied: Set[Candidate], earlier: Earlier, rules: TieRules) -> Tie:
    """Who of the tied comes first, where to come first is no loss: a surplus, a seat.

    The policies are read the other way round, for the most in place of the least, and a lot
    from its end. Returns the tie with that one name as `out`; raises `UnbrokenTie`.
    """
    reversed_ = [{name: -votes for name, votes in stage.items()} for stage in earlier]
    name, steps = _first_out(tied, reversed_, replace(rules, backwards=True))
    return Tie(tuple(sorted(tied)), (name,), tuple(steps))


def _first_out(
    tied: Set[Candidate], earlier: Earlier, rules: TieRules
) -> tuple[Candidate, list[TieStep]]:
    left, steps = set(tied), list[TieStep]()
    for policy in rules.policies:
        step = POLICIES[policy](left, earlier, rules)
        if step is None:
            continue
        steps.append(step)
        left = set(step.left)
        if len(left) == 1:
            return left.pop(), steps
    place = f"{rules.contest}: {rules.called} {len(earlier) + 1}"
    raise UnbrokenTie(f"{place}: {_unbroken(left, rules)}", sorted(left))


def _unbroken(tied: Set[Candidate], rules: TieRules) -> str:
    names = ", ".join(sorted(tied))
    if TiePolicy.LOT in rules.policies:
        return (
            f"{names} are tied and the rules leave it to a lot: draw one, write the order down as "
            "decisions.lot in election.toml or as --lot (first drawn goes first), and count again"
        )
    if TiePolicy.SEED in rules.policies:
        return (
            f"{names} are tied and the rules leave it to a seed drawn in public: write it down as "
            "decisions.seed in election.toml or as --seed, and count again"
        )
    if TiePolicy.RCTAB_DRAW in rules.policies:
        return (
            f"{names} are tied and the rules leave it to a draw as RCTab draws, whose seed is a "
            f"whole number, {lots.LEAST_SEED} to {lots.MOST_SEED}: write it down as decisions.seed "
            "in election.toml, as randomSeed in the configuration or as --seed, and count again"
        )
    if TiePolicy.DECIDED in rules.policies:
        listed = ", ".join(f'"{name}"' for name in sorted(tied))
        return (
            f"{names} are tied and the rules leave it to the officer: write the decision down with "
            f"among = [{listed}], chosen, by, when and why, under decisions.decided in "
            "election.toml or in a file given as --decided, and count again"
        )
    return (
        f"{names} are tied, and the rules do not break the tie: decide it, set ties to end with "
        "lot (--set ties=lot), write the order down as decisions.lot or as --lot, and count again"
    )


def latest_single_lowest(tied: Set[Candidate], earlier: Earlier, rules: TieRules) -> TieStep | None:
    """Whoever was alone lowest in the latest earlier round that had such a one."""
    for number, points in _backwards(earlier):
        lowest = lowest_of(points, tied)
        if len(lowest) == 1:
            return TieStep(TiePolicy.LATEST_SINGLE_LOWEST, tuple(lowest), number)
    return None


def latest_narrowing(tied: Set[Candidate], earlier: Earlier, rules: TieRules) -> TieStep | None:
    """Going back, only the lowest of those still tied are kept.

    >>> rounds = [{"A": 5, "B": 6, "C": 4}, {"A": 7, "B": 7, "C": 8}]
    >>> latest_narrowing({"A", "B", "C"}, rounds, TieRules("", ()))
    TieStep(policy=<TiePolicy.LATEST_NARROWING: 'latest_narrowing'>, left=('A',), round=1, \
decided_by='')
    >>> latest_single_lowest({"A", "B", "C"}, rounds, TieRules("", ())).left
    ('C',)
    """
    return _narrowed(TiePolicy.LATEST_NARROWING, tied, _backwards(earlier))


def latest_narrowing_or_all(
    tied: Set[Candidate], earlier: Earlier, rules: TieRules
) -> TieStep | None:
    """Going back likewise; None, so that all stay tied, where that leaves more than one.

    >>> rounds = [{"A": 5, "B": 5, "C": 6}, {"A": 7, "B": 7, "C": 8}]
    >>> latest_narrowing({"A", "B", "C"}, rounds, TieRules("", ())).left
    ('A', 'B')
    >>> latest_narrowing_or_all({"A", "B", "C"}, rounds, TieRules("", ())) is None
    True
    """
    step = _narrowed(TiePolicy.LATEST_NARROWING_OR_ALL, tied, _backwards(earlier))
    return step if step and len(step.left) == 1 else None


def earliest_narrowing(tied: Set[Candidate], earlier: Earlier, rules: TieRules) -> TieStep | None:
    """Going forward from round 1, only the lowest of those still tied are kept."""
    return _narrowed(TiePolicy.EARLIEST_NARROWING, tied, enumerate(earlier, 1))


def latest_all_different(tied: Set[Candidate], earlier: Earlier, rules: TieRules) -> TieStep | None:
    """The lowest in the latest earlier round in which all the tied differed."""
    for number, points in _backwards(earlier):
        if len({points[name] for name in tied}) == len(tied):
            return TieStep(TiePolicy.LATEST_ALL_DIFFERENT, tuple(lowest_of(points, tied)), number)
    return None


def as_decided(tied: Set[Candidate], earlier: Earlier, rules: TieRules) -> TieStep | None:
    """Whom the officer chose of exactly these; None until that is written down.

    >>> from hustings.election.spec import Decision
    >>> made = Decision(("ann", "bob"), "bob", "J. Smith", "2026-05-07", "casting vote", 1)
    >>> as_decided({"ann", "bob"}, [], TieRules("", (), Decisions(decided=(made,)))).decided_by
    'J. Smith, 2026-05-07: casting vote'
    """
    number = len(earlier) + 1
    for made in rules.decisions.decided:
        if {*made.among} == {*tied} and made.round in (0, number):
            by = f"{made.by}, {made.when}: {made.why}"
            return TieStep(TiePolicy.DECIDED, (made.chosen,), decided_by=by)
    return None


def by_lot(tied: Set[Candidate], earlier: Earlier, rules: TieRules) -> TieStep | None:
    """Whichever of the tied was drawn first; None until a lot holds all of them."""
    decisions = rules.decisions
    if not tied <= set(decisions.lot):
        return None
    pick = max if rules.backwards else min
    first = pick(tied, key=decisions.lot.index)
    return TieStep(TiePolicy.LOT, (first,), decided_by=decisions.drawn_by or "the officer's lot")


def by_seed(tied: Set[Candidate], earlier: Earlier, rules: TieRules) -> TieStep | None:
    """The first of the tied in the order that the public seed gives; None without a seed."""
    decisions = rules.decisions
    if not decisions.seed:
        return None
    order = seed_order(decisions.seed, rules.contest, tied)
    first = order[-1 if rules.backwards else 0]
    source = f" ({decisions.seed_source})" if decisions.seed_source else ""
    return TieStep(TiePolicy.SEED, (first,), decided_by=f"seed {decisions.seed}{source}")


def by_rctab_draw(tied: Set[Candidate], earlier: Earlier, rules: TieRules) -> TieStep | None:
    """Whom RCTab picks of the tied; None without a seed that is a whole number of 48 bits.

    It puts the names in order and picks one. Where it looked back before it drew, the order is that
    of the set which it kept them in. Of the last two it picks the winner, so that the other goes.
    [RCTab 2.0, Tiebreak.java, Tabulator.java: https://github.com/BrightSpots/rcv.]

    >>> made = Decisions(seed="1")
    >>> names = {"g": "George Gervin", "m": "Mookie Blaylock", "y": "Yinka Dare"}
    >>> rules = TieRules("", (TiePolicy.RCTAB_DRAW,), made, names=names)
    >>> by_rctab_draw({"g", "m", "y"}, [], rules).left
    ('y',)
    """
    seed = rules.decisions.seed
    if not SEED_OF_RCTAB.fullmatch(seed) or not lots.LEAST_SEED <= int(seed) <= lots.MOST_SEED:
        return None
    looked_back = bool(earlier) and TiePolicy.LATEST_NARROWING in rules.policies
    order = _order_of_rctab(tied, rules.names, as_hashed=looked_back)
    place = lots.place_drawn(int(seed), rules.drawn, len(order))
    picked = order[place]
    (first,) = {*tied} - {picked} if rules.last_two and len(tied) == 2 else {picked}
    source = f" ({rules.decisions.seed_source})" if rules.decisions.seed_source else ""
    told = [_told(name, order, rules.names) for name in order]
    drawn = f"draw {rules.drawn + 1}: {told[place]} of {', '.join(told)}"
    return TieStep(TiePolicy.RCTAB_DRAW, (first,), decided_by=f"seed {seed}{source}, {drawn}")


def _order_of_rctab(
    tied: Set[Candidate], names: Mapping[Candidate, str], *, as_hashed: bool
) -> list[Candidate]:
    """The tied in the order of their names; two of one name, whom RCTab refuses, by their ids."""
    called = {id_: names.get(id_, id_) for id_ in tied}
    order = lots.in_order({*called.values()})
    if as_hashed:
        order = lots.as_hashed(order)
    return sorted(tied, key=lambda id_: (order.index(called[id_]), id_))


def _told(id_: Candidate, tied: Iterable[Candidate], names: Mapping[Candidate, str]) -> str:
    """What a candidate is called, with the id where another of the tied is called the same."""
    name = names.get(id_, id_)
    alike = [other for other in tied if names.get(other, other) == name]
    return name if len(alike) == 1 else f"{name} ({id_})"


def seed_order(seed: str, contest: str, candidates: Iterable[Candidate]) -> list[Candidate]:
    """The order of a lot from a seed that was drawn in public; first goes first.

    Ascending by SHA-256 of four lines in UTF-8, NFC: `hustings-lot-1`, the contest's
    id, the seed and the candidate's id, so that anyone can compute it again.

    >>> seed_order("31 4 15 92 65", "leader", ["ann", "bob", "cat"])
    ['bob', 'cat', 'ann']
    """

    def key(name: Candidate) -> bytes:
        text = normalize("NFC", f"hustings-lot-1\n{contest}\n{seed}\n{name}")
        return sha256(text.encode()).digest()

    return sorted(candidates, key=key)


Policy = Callable[[Set[Candidate], Earlier, TieRules], TieStep | None]

POLICIES: Mapping[TiePolicy, Policy] = {
    TiePolicy.LATEST_SINGLE_LOWEST: latest_single_lowest,
    TiePolicy.LATEST_NARROWING: latest_narrowing,
    TiePolicy.LATEST_NARROWING_OR_ALL: latest_narrowing_or_all,
    TiePolicy.LATEST_ALL_DIFFERENT: latest_all_different,
    TiePolicy.EARLIEST_NARROWING: earliest_narrowing,
    TiePolicy.DECIDED: as_decided,
    TiePolicy.LOT: by_lot,
    TiePolicy.SEED: by_seed,
    TiePolicy.RCTAB_DRAW: by_rctab_draw,
}


def lowest_of(points: Mapping[Candidate, Fraction], names: Set[Candidate]) -> set[Candidate]:
    """The names that hold the least.

    >>> sorted(lowest_of({"Ann": 1, "Bob": 1, "Cat": 2}, {"Ann", "Bob", "Cat"}))
    ['Ann', 'Bob']
    """
    least = min(points[name] for name in names)
    return {name for name in names if points[name] == least}


def _backwards(earlier: Earlier) -> Iterable[tuple[int, Mapping[Candidate, Fraction]]]:
    return reversed(list(enumerate(earlier, 1)))


def _narrowed(
    policy: TiePolicy,
    tied: Set[Candidate],
    rounds: Iterable[tuple[int, Mapping[Candidate, Fraction]]],
) -> TieStep | None:
    left, telling = set(tied), None
    for number, points in rounds:
        lowest = lowest_of(points, left)
        if lowest != left:
            left, telling = lowest, number
        if len(left) == 1:
            break
    return TieStep(policy, tuple(sorted(left)), telling) if telling else None
