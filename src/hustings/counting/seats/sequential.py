"""Several seats one after another: each by the alternative vote, without those elected before.

Every paper counts whole for every seat, so that one majority may take them all.
"""

from collections.abc import Sequence
from dataclasses import replace

from hustings.ballots.profile import Profile
from hustings.counting import engine
from hustings.counting.seats.rounds import as_stage
from hustings.counting.seats.stages import Act, Entitlement, SeatWon, Stage
from hustings.counting.transcript import Elected, Ground, Transcript
from hustings.election.rulebook import Method
from hustings.election.spec import Contest
from hustings.errors import RuleError


def count(contest: Contest, profile: Profile) -> tuple[Stage, ...]:
    """The rounds of the counts for each seat, one after another, as stages.

    Raises what `engine.count` raises, and `RuleError` where a seat is left that no paper fills.
    """
    rules = replace(contest.rules, method=Method.ALTERNATIVE_VOTE, seats=None)
    left = replace(contest, rules=rules, seats=1)
    stages: list[Stage] = []
    for seat in range(contest.seats):
        if len(left.standing) == 1:
            (name,) = left.standing
            alone = SeatWon(name, Entitlement.AS_MANY_LEFT)
            stages[-1] = replace(stages[-1], elected=(*stages[-1].elected, alone))
            break
        _require_papers(left, profile, seat + 1)
        counted = engine.count(left, [profile])
        stages += _stages(counted, Act.NEXT_SEAT if seat else Act.FIRST_PREFERENCES)
        assert counted.winner is not None
        left = left.without(frozenset({counted.winner}))
    return tuple(stages)


def _require_papers(left: Contest, profile: Profile, seat: int) -> None:
    if not profile.named() & left.standing:
        raise RuleError(
            f"{left.id}: seat {seat}: no paper names anybody who is left, and the rules do not "
            "say who has the seat"
        )


def _stages(counted: Transcript, opening: Act) -> Sequence[Stage]:
    befores = [None, *counted.rounds]
    stages = [
        as_stage(round_.tally, opening, before, with_quota=True)
        for before, round_ in zip(befores, counted.rounds, strict=False)
    ]
    event = counted.rounds[-1].event
    assert isinstance(event, Elected)
    ground = Entitlement.QUOTA if event.ground is Ground.QUOTA else Entitlement.AS_MANY_LEFT
    won = SeatWon(event.name, ground, event.tie)
    excluded = (*stages[-1].excluded, *event.outlasted)
    return [*stages[:-1], replace(stages[-1], elected=(won,), excluded=excluded)]
