"""The single transferable vote by Gregory's method, in each of its families.

Whoever has the quota is elected. What they have above it passes on, each paper at a part of
its value; when no surplus is left, the lowest is excluded and the papers pass on at the value
they have. Which papers carry a surplus, and at what value, is the rule book's to say.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from fractions import Fraction
from math import ceil, floor

from hustings.ballots.profile import Ranking
from hustings.counting.seats.piles import Batch, cut, in_order, sort
from hustings.counting.seats.stages import Act, Entitlement, Parcel, SeatWon, Stage
from hustings.counting.ties import TieRules, break_tie, first_served, lowest_of
from hustings.counting.transcript import Tie
from hustings.election.rulebook import UNDECLARED, Elimination, RuleBook, Undeclared
from hustings.election.seat_rules import (
    Credit,
    ElectedAtOnce,
    ExclusionSteps,
    LastSeat,
    LastSurplus,
    OutOfReach,
    QuotaFalls,
    SeatQuota,
    SeatRules,
    SurplusDelay,
    SurplusOrder,
    SurplusPapers,
    SurplusValue,
)
from hustings.errors import RuleError
from hustings.units import NO_VOTES, Candidate, Papers, Votes

ONE = Fraction(1)


def count(
    papers: Mapping[Ranking, Papers],
    standing: Set[Candidate],
    seats: int,
    rules: RuleBook,
    ties: TieRules,
) -> tuple[Stage, ...]:
    """Every stage until all seats are filled; raises `UnbrokenTie` for a tie left to a person."""
    counting = _Counting(standing, seats, rules, ties)
    counting.count_first_preferences(papers)
    while counting.left:
        names, tie = counting.next_surpluses()
        if names:
            counting.transfer_surpluses(names, tie)
        else:
            counting.exclude()
    counting.show_last_surpluses()
    return tuple(counting.stages)


def whole_quota(rule: SeatQuota, votes: Fraction, seats: int, places: int = 0) -> Votes:
    """The quota for so many seats and votes; `places` where the rule wants so many digits.

    >>> whole_quota(SeatQuota.DROOP_WHOLE, Fraction(100), 3)
    Fraction(26, 1)
    >>> whole_quota(SeatQuota.DROOP_HUNDREDTHS, Fraction(100), 2)
    Fraction(1667, 50)
    >>> whole_quota(SeatQuota.DROOP_DIGITS, Fraction(100), 2, 4)
    Fraction(166667, 5000)
    """
    hare, unit = votes * Fraction(1, seats), 10**places
    if rule is SeatQuota.HARE:
        return Votes(hare)
    if rule in (SeatQuota.HARE_WHOLE, SeatQuota.HARE_DIGITS):
        unit = 1 if rule is SeatQuota.HARE_WHOLE else unit
        return Votes(Fraction(ceil(hare * unit), unit))
    part = votes * Fraction(1, seats + 1)
    if rule is SeatQuota.DROOP_WHOLE:
        return Votes(Fraction(floor(part) + 1))
    if rule is SeatQuota.DROOP_DIGITS:
        return Votes(Fraction(floor(part * unit) + 1, unit))
    if rule is SeatQuota.DROOP_HUNDREDTHS:
        return Votes(Fraction(ceil(part * 100), 100))
    return Votes(part)


class _Counting:
    """A count on its way: who continues, what they hold, and the stages so far."""

    def __init__(
        self, standing: Set[Candidate], seats: int, rules: RuleBook, ties: TieRules
    ) -> None:
        assert rules.seats is not None
        self.rules: SeatRules = rules.seats
        self.batch_safe = rules.eliminate is Elimination.BATCH_SAFE
        self.together = rules.seats.surplus_order is SurplusOrder.TOGETHER
        self.minimum_papers = rules.minimum_papers
        self.undeclared = UNDECLARED if rules.undeclared is Undeclared.FIRST_OUT else None
        self.ties, self.seats, self.left = ties, seats, seats
        self.continuing = set(standing)
        self.holdings: dict[Candidate, tuple[Batch, ...]] = dict.fromkeys(sorted(standing), ())
        self.votes: dict[Candidate, Votes] = dict.fromkeys(sorted(standing), NO_VOTES)
        # The stage in which each surplus arose that still waits.
        self.waiting: dict[Candidate, int] = {}
        # Those who are out and have papers left that are still to pass on.
        self.leaving: tuple[Candidate, ...] = ()
        self.non_transferable, self.lost, self.quota = NO_VOTES, NO_VOTES, NO_VOTES
        self.stages: list[Stage] = []

    # --- stages ---------------------------------------------------------------------------

    def count_first_preferences(self, papers: Mapping[Ranking, Papers]) -> None:
        """The first stage: every paper at the value of one, and the quota."""
        whole = Batch(1, ONE, papers, NO_VOTES)
        for (name, _), rankings in sort([whole], self.continuing).items():
            if name is None:
                self.non_transferable = Votes(Fraction(rankings.total()))
            else:
                self._receive(name, ONE, rankings, Votes(Fraction(rankings.total())))
        self._close(Act.FIRST_PREFERENCES)

    def transfer_surpluses(self, names: tuple[Candidate, ...], tie: Tie | None = None) -> None:
        """Pass their surpluses on in one stage."""
        parcels: list[Parcel] = []
        for name in names:
            if self._surplus(name) > 0:
                parcels += self._transfer_surplus(name)
            del self.waiting[name]
        self._close(Act.SURPLUS, names, parcels, tie=tie)

    def show_last_surpluses(self) -> None:
        """Pass on what waits once all seats are filled, where the rules want to see it."""
        if self.rules.last_surplus is LastSurplus.TRANSFERRED and self.waiting:
            self.transfer_surpluses(tuple(sorted(self.waiting)))

    def _transfer_surplus(self, name: Candidate) -> list[Parcel]:
        """Pass a surplus on, so that its candidate keeps the quota and no paper."""
        surplus, carried = self._surplus(name), self._carrying(name)
        sorted_ = sort(carried, self.continuing)
        moving = sum(papers.total() for (to, _), papers in sorted_.items() if to is not None)
        together: dict[tuple[Candidate | None, Fraction], Counter[Ranking]] = {}
        before: dict[tuple[Candidate | None, Fraction], set[Fraction]] = {}
        for (to, was), rankings in sorted_.items():
            value = self._surplus_value(surplus, carried, moving, was)
            together.setdefault((to, value), Counter()).update(rankings)
            before.setdefault((to, value), set()).add(was)
        parcels = []
        for (to, value), rankings in together.items():
            was_alike = before[to, value].pop() if len(before[to, value]) == 1 else None
            parcels.append(self._pass(name, to, was_alike, value, rankings))
        gone = Votes(sum((parcel.votes for parcel in parcels), Fraction(0)))
        if self.rules.surplus_value is SurplusValue.PER_TRANSFERABLE_PAPER:
            parcels = self._keep_the_rest(name, parcels, surplus)
        elif gone < surplus:
            self.lost = Votes(self.lost + surplus - gone)
        self.votes[name] = self.quota
        self.holdings[name] = ()
        return parcels

    def exclude(self) -> None:
        """Put the lowest out, alone or with others, and pass their papers on, step by step."""
        names, tie = self._lowest()
        self.continuing -= set(names)
        after = self.rules.last_seat is LastSeat.AFTER_TRANSFER
        if len(self.continuing) <= self.left and not after:
            # No further transfer is made where the last seats can be filled.
            self._close(Act.EXCLUSION, names, excluded=names, tie=tie)
            return
        excluded, steps = names, self._steps(names)
        for step in steps:
            self.leaving = () if step is steps[-1] else names
            parcels = []
            for name, batches in step.items():
                for (to, value), rankings in sort(batches, self.continuing).items():
                    parcels.append(self._pass(name, to, value, value, rankings))
            credited = sum((batch.votes for part in step.values() for batch in part), Fraction(0))
            passed = sum((parcel.votes for parcel in parcels), Fraction(0))
            self.lost = Votes(self.lost + credited - passed)
            for name, batches in step.items():
                self.votes[name] = Votes(
                    self.votes[name] - sum((batch.votes for batch in batches), Fraction(0))
                )
            self._close(Act.EXCLUSION, names, parcels, excluded, tie)
            excluded, tie = (), None
            if not self.left:
                return

    # --- surpluses ------------------------------------------------------------------------

    def next_surpluses(self) -> tuple[tuple[Candidate, ...], Tie | None]:
        """Whose surplus is transferred next, and the tie that was broken for it; often nobody's."""
        if self.together:
            return tuple(sorted(self.waiting)), None
        above = {name: self._surplus(name) for name in self.waiting if self._surplus(name) > 0}
        if not above or self._may_wait():
            return (), None
        if self.rules.surplus_order is SurplusOrder.EARLIEST:
            first = min(self.waiting[name] for name in above)
            above = {name: part for name, part in above.items() if self.waiting[name] == first}
        name, tie = self._highest(above)
        return (name,), tie

    def _may_wait(self) -> bool:
        if self.rules.surplus_delay is SurplusDelay.NEVER:
            return False
        surpluses = self._surpluses_to_come()
        upwards = sorted(self.votes[name] for name in self.continuing)
        alone = len(upwards) > 1 and self._is_out_of_reach(upwards[0] + surpluses, upwards[1])
        return alone or bool(self._together(surpluses))

    def _is_out_of_reach(self, votes: Fraction, of: Fraction) -> bool:
        level = self.rules.out_of_reach is OutOfReach.LEVEL
        return votes < of or (level and votes == of)

    def _surplus(self, name: Candidate) -> Fraction:
        return self.votes[name] - self.quota

    def _waiting_surpluses(self) -> Fraction:
        return sum((max(self._surplus(name), Fraction(0)) for name in self.waiting), Fraction(0))

    def _surpluses_to_come(self) -> Fraction:
        """Those that wait, and those of whoever reached the quota and is not elected yet."""
        over = (max(self._surplus(name), Fraction(0)) for name in self.continuing)
        return self._waiting_surpluses() + sum(over, Fraction(0))

    def _still_to_pass(self) -> Fraction:
        """The votes of those who are out that have yet to pass on."""
        return sum((self.votes[name] for name in self.leaving), Fraction(0))

    def _carrying(self, name: Candidate) -> tuple[Batch, ...]:
        batches = self.holdings[name]
        if self.rules.surplus_papers is SurplusPapers.LAST_BATCH:
            last = max(batch.stage for batch in batches)
            return tuple(batch for batch in batches if batch.stage == last)
        return batches

    def _surplus_value(
        self, surplus: Fraction, carried: Sequence[Batch], moving: int, was: Fraction
    ) -> Fraction:
        """What a paper is worth that carries the surplus on, having been worth so much.

        Of the papers that carry it, so many name someone who continues.
        """
        match self.rules.surplus_value:
            case SurplusValue.PER_PAPER:
                part = Fraction(surplus, sum(batch.papers for batch in carried))
            case SurplusValue.PER_TRANSFERABLE_PAPER:
                part = min(was, Fraction(surplus, moving)) if moving else was
            case SurplusValue.IN_STEPS:
                votes = sum((batch.votes for batch in carried), Fraction(0))
                product = cut(was * surplus, self.rules.value_places)
                part = min(was, Fraction(product, votes)) if votes else Fraction(0)
            case SurplusValue.BY_PART:
                votes = sum((batch.votes for batch in carried), Fraction(0))
                of_votes = Fraction(surplus, votes) if votes else Fraction(0)
                part = was * cut(of_votes, self.rules.value_places)
            case _:
                votes = sum((batch.votes for batch in carried), Fraction(0))
                part = min(was, was * surplus * Fraction(1, votes)) if votes else Fraction(0)
        return part if part == was else cut(part, self.rules.value_places)

    def _keep_the_rest(
        self, name: Candidate, parcels: list[Parcel], surplus: Fraction
    ) -> list[Parcel]:
        """Papers without a next preference stay with the quota; what they lack is not transferable.

        Where the papers that pass on are worth less than the surplus at their old value, the
        difference goes to nobody; otherwise only the digits dropped are lost.
        """
        passed = [parcel for parcel in parcels if parcel.to is not None]
        stay = Papers(sum(parcel.papers for parcel in parcels if parcel.to is None))
        for parcel in parcels:
            if parcel.to is None:
                self.non_transferable = Votes(self.non_transferable - parcel.votes)
        rest = surplus - sum((parcel.votes for parcel in passed), Fraction(0))
        if all(parcel.value == parcel.was for parcel in passed):
            self.non_transferable = Votes(self.non_transferable + rest)
            return [*passed, Parcel(name, None, stay, ONE, Fraction(0), Votes(rest))]
        self.lost = Votes(self.lost + rest)
        return passed

    # --- exclusions -----------------------------------------------------------------------

    def _lowest(self) -> tuple[tuple[Candidate, ...], Tie | None]:
        first = self._first_out()
        if first:
            return first, None
        together = self._together(self._surpluses_to_come()) if self.batch_safe else ()
        if together:
            return together, None
        tied = lowest_of(self.votes, self.continuing)
        if len(tied) == 1:
            return tuple(tied), None
        tie = break_tie(tied, self._earlier(), self.ties, keep=len(tied) - 1)
        self.ties = self.ties.after(tie)
        return tie.out, tie

    def _first_out(self) -> tuple[Candidate, ...]:
        """The undeclared write-ins, or whoever has fewer votes than a candidate needs to go on."""
        if self._undeclared_stand():
            return (UNDECLARED,)
        few = [name for name in self.continuing if self.votes[name] < self.minimum_papers]
        if few and len(self.continuing) - len(few) < self.left:
            raise RuleError(
                f"{len(self.continuing) - len(few)} of those left have the {self.minimum_papers} "
                f"votes that a candidate needs to go on, and {self.left} seats are to be filled: "
                "set minimum_papers lower, or declare that a seat is not filled"
            )
        return tuple(sorted(few, key=lambda name: (self.votes[name], name)))

    def _undeclared_stand(self) -> bool:
        return self.undeclared in self.continuing and self.votes[UNDECLARED] > 0

    def _together(self, surpluses: Fraction) -> tuple[Candidate, ...]:
        """The most of the lowest who, with every surplus, would still be below the next."""
        if not self.batch_safe:
            return ()
        upwards = sorted(self.continuing, key=lambda name: (self.votes[name], name))
        together, safe = surpluses, 0
        for place, name in enumerate(upwards[: len(upwards) - self.left]):
            together += self.votes[name]
            above = self.votes[upwards[place + 1]]
            if self.votes[name] < above and self._is_out_of_reach(together, above):
                safe = place + 1
        return tuple(upwards[:safe]) if safe > 1 else ()

    def _steps(self, names: Iterable[Candidate]) -> list[dict[Candidate, tuple[Batch, ...]]]:
        """The batches of those excluded in the order in which they pass on."""
        all_ = {name: self.holdings[name] for name in names}
        for name in all_:
            self.holdings[name] = ()
        if self.rules.exclusion_steps is ExclusionSteps.TOGETHER:
            return [all_]
        apart = self.rules.exclusion_steps is ExclusionSteps.FIRST_THEN_BY_VALUE
        steps: dict[tuple[bool, Fraction], dict[Candidate, tuple[Batch, ...]]] = {}
        for name, batches in all_.items():
            for batch in batches:
                step = steps.setdefault((apart and batch.stage == 1, batch.value), {})
                step[name] = (*step.get(name, ()), batch)
        return [steps[order] for order in sorted(steps, reverse=True)] or [all_]

    # --- papers ---------------------------------------------------------------------------

    def _pass(
        self,
        source: Candidate,
        to: Candidate | None,
        was: Fraction | None,
        value: Fraction,
        rankings: Counter[Ranking],
    ) -> Parcel:
        worth = rankings.total() * value
        votes = Votes(Fraction(floor(worth)) if self._whole else worth)
        if to is None:
            self.non_transferable = Votes(self.non_transferable + votes)
        else:
            self._receive(to, value, rankings, votes)
        return Parcel(source, to, Papers(rankings.total()), was, value, votes)

    @property
    def _whole(self) -> bool:
        return self.rules.credit is Credit.WHOLE_VOTES

    def _receive(
        self, name: Candidate, value: Fraction, rankings: Mapping[Ranking, int], votes: Votes
    ) -> None:
        papers = {ranking: Papers(number) for ranking, number in rankings.items()}
        batch = Batch(len(self.stages) + 1, value, papers, votes)
        self.holdings[name] = (*self.holdings[name], batch)
        self.votes[name] = Votes(self.votes[name] + votes)

    # --- the end of a stage ---------------------------------------------------------------

    def _close(
        self,
        act: Act,
        names: tuple[Candidate, ...] = (),
        parcels: Iterable[Parcel] = (),
        excluded: tuple[Candidate, ...] = (),
        tie: Tie | None = None,
    ) -> None:
        """Note the stage, with whoever is elected at its end."""
        self._set_quota()
        won = [] if self._undeclared_stand() else self._with_quota()
        alone = bool(won) and self._one_at_once and not self._in_turn
        if not self._undeclared_stand() and not alone:
            won += self._last()
        self.stages.append(
            Stage(
                act,
                names,
                dict(self.votes),
                self.quota,
                self.non_transferable,
                self.lost,
                excluded,
                in_order(parcels),
                tuple(won),
                tie,
            )
        )

    def _set_quota(self) -> None:
        falls = self.rules.quota_falls is QuotaFalls.UNTIL_ELECTED and self.left == self.seats
        if not self.stages or falls:
            active = sum(self.votes.values(), Fraction(0))
            places = self.rules.value_places
            quota = whole_quota(self.rules.seat_quota, active, self.seats, places)
            self.quota = Votes(max(quota, Fraction(self.minimum_papers)))

    def _with_quota(self) -> list[SeatWon]:
        """Whoever reached what elects, the highest first, up to the seats left."""
        if self._in_turn:
            return self._whose_turn_it_is()
        won: list[SeatWon] = []
        while self.left and not (won and self._one_at_once):
            entitled = {name: self._entitled(name) for name in self.continuing}
            reached = {name: self.votes[name] for name, ground in entitled.items() if ground}
            if not reached:
                break
            enough = len(reached) <= self.left and not self._one_at_once
            name, tie = (min(_highest_of(reached)), None) if enough else self._highest(reached)
            ground = entitled[name]
            assert ground is not None
            won.append(self._elect(name, ground, tie))
        return won

    @property
    def _in_turn(self) -> bool:
        """Whether each is elected only when that surplus is the next to pass on."""
        return self._one_at_once and not self.together

    def _whose_turn_it_is(self) -> list[SeatWon]:
        """The highest surplus's, where neither a surplus nor a loser goes before.

        Where as many have the quota as seats are left, they take the seats together.
        """
        reached = {name: self.votes[name] for name in self.continuing if self._entitled(name)}
        if len(reached) == self.left:
            downwards = sorted(reached, key=lambda name: (-reached[name], name))
            return [self._elect(name, Entitlement.QUOTA) for name in downwards]
        above = {name: votes for name, votes in reached.items() if votes > self.quota}
        if not above or self.waiting or self._may_wait():
            return []
        name, tie = self._highest(above)
        return [self._elect(name, Entitlement.QUOTA, tie)]

    def _entitled(self, name: Candidate) -> Entitlement | None:
        votes = self.votes[name]
        above = self.rules.seat_quota is SeatQuota.DROOP_EXACT
        if votes > self.quota or (votes == self.quota and not above):
            return Entitlement.QUOTA
        if self.rules.quota_falls is QuotaFalls.UNTIL_ELECTED:
            awaiting = self._waiting_surpluses() + self._still_to_pass()
            active = sum((self.votes[each] for each in self.continuing), awaiting)
            if votes * (self.left + 1) >= active:
                return Entitlement.ACTIVE_SHARE
        return None

    @property
    def _one_at_once(self) -> bool:
        return self.rules.elected_at_once is ElectedAtOnce.ONE

    def _last(self) -> list[SeatWon]:
        """The last seats, where they are filled without the quota."""
        if not self.left:
            return []
        if len(self.continuing) <= self.left:
            if self._one_at_once and not self._in_turn:
                name, tie = self._highest({name: self.votes[name] for name in self.continuing})
                return [self._elect(name, Entitlement.AS_MANY_LEFT, tie)]
            downwards = sorted(self.continuing, key=lambda name: (-self.votes[name], name))
            return [self._elect(name, Entitlement.AS_MANY_LEFT) for name in downwards]
        if self.left > 1 or self.leaving:
            return []
        votes = {name: self.votes[name] for name in self.continuing}
        rule = self.rules.last_seat
        if rule is LastSeat.OR_LARGER_OF_TWO and len(votes) == 2 and not self._waiting_surpluses():
            name, tie = self._highest(votes)
            return [self._elect(name, Entitlement.LARGER_OF_TWO, tie)]
        best = max(votes.values())
        others = sum(votes.values(), self._waiting_surpluses()) - best
        if rule is LastSeat.OR_AS_MANY_AS_ALL and best >= others:
            name, tie = self._highest(votes)
            return [self._elect(name, Entitlement.AS_MANY_AS_ALL, tie)]
        return []

    def _elect(self, name: Candidate, ground: Entitlement, tie: Tie | None = None) -> SeatWon:
        self.continuing.remove(name)
        self.left -= 1
        if self.votes[name] > self.quota or self.together:
            self.waiting[name] = len(self.stages) + 1
        return SeatWon(name, ground, tie)

    # --- ties -----------------------------------------------------------------------------

    def _highest(self, votes: Mapping[Candidate, Fraction]) -> tuple[Candidate, Tie | None]:
        level = _highest_of(votes)
        if len(level) == 1:
            return level.pop(), None
        tie = first_served(level, self._earlier(), self.ties)
        self.ties = self.ties.after(tie)
        return tie.out[0], tie

    def _earlier(self) -> list[Mapping[Candidate, Fraction]]:
        return [stage.votes for stage in self.stages]


def _highest_of(votes: Mapping[Candidate, Fraction]) -> set[Candidate]:
    best = max(votes.values())
    return {name for name, part in votes.items() if part == best}
