"""A thousand elections to several seats, counted also by three programs of others.

Nobody's program knows our rule books, and we know none of theirs by name. So each is met on its own
ground: ours is told to hand on surpluses as it does, and what is then left of difference has a
cause, which is looked for in our own stages, and happens exactly so often.

votelib 0.4.0
    Every surplus at once, each paper at its value times the surplus by the votes, in fractions;
    the quota of Droop in whole votes. It refuses a tie. Nothing is left of difference.

pyrankvote 2.0.6
    Every surplus at once, each paper at the surplus by the papers, in floats; more votes than
    the exact quota elect. It also hands on the papers of whoever is out at one value, the mean of
    what they were worth, so that another may be elected where those were worth unlike amounts.
    It drops several of the lowest together, and before surpluses that a slower count would find:
    that elects another in 1 of the ten thousand.

stvpoll 0.5.6
    One surplus after another, as in Scotland. Whoever was elected at the same time and whose
    surplus still waits is given papers of the others before that, and hands them on again: another
    may be elected where two surpluses wait at once. Values are rounded to five digits, where
    Scotland drops the rest: that elects another in 2 of the ten thousand, where two are level to a
    thousandth of a vote.

All three settle ties otherwise: what meets one in our count is left out, and counted.
HUSTINGS_LONG=1 counts ten thousand elections more, in which no other difference may occur.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Set
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from pathlib import Path

import pytest
from agreement.seats_elections import Rankings, counted, drawn, papers_of

from hustings.counting.seats.stages import Act, Stage, StageTranscript
from hustings.election.rulebook import RuleBook
from hustings.election.seat_rules import SeatQuota, SurplusOrder, SurplusValue
from hustings.shell import acts

pytestmark = pytest.mark.agreement

Elects = Callable[[Rankings, int, list[str]], Set[str]]
MANY, MORE = 1_000, 10_000

# Of a thousand: alike, another elected for the cause that is named, and left out for a tie.
EXPECTED = {"votelib": (772, 0, 228), "pyrankvote": (846, 7, 147), "stvpoll": (716, 14, 270)}
# Of ten thousand others, how often another is elected for a cause that is named.
OTHERWISE = {"votelib": 0, "pyrankvote": 45, "stvpoll": 200}


@pytest.mark.parametrize("program", EXPECTED)
def test_a_program_of_others_elects_the_same(program: str) -> None:
    """A thousand elections to two seats or more: each is alike, or has the known cause."""
    found = Counter(compared(program, islice(for_several_seats(7), MANY)))
    assert (found["alike"], found["known"], found["tie"]) == EXPECTED[program]
    assert not found["unknown"]


@pytest.mark.slow
@pytest.mark.parametrize("program", EXPECTED)
@pytest.mark.skipif(not os.environ.get("HUSTINGS_LONG"), reason="NOT RUN: takes a minute")
def test_no_other_difference_occurs_in_ten_thousand(program: str) -> None:
    """Other elections, so that the counts above are no accident of theirs."""
    found = Counter(compared(program, islice(for_several_seats(8), MORE)))
    assert not found["unknown"]
    assert found["known"] == OTHERWISE[program]
    assert found["alike"] > 0.6 * MORE


@pytest.mark.parametrize("program", EXPECTED)
def test_the_papers_of_scottish_by_elections_elect_the_same(
    program: str, shared_data: Path
) -> None:
    """Eight by-elections for one, two and three seats: 24 counts, and none meets a tie."""
    found = Counter(compared(program, by_elections(shared_data)))
    assert found == {"alike": 24}


def for_several_seats(seed: int) -> Iterator[tuple[Rankings, int, list[str]]]:
    """Of those drawn, the elections to more than one seat."""
    return (each for each in drawn(seed, 3 * MORE) if each[1] > 1)


def by_elections(shared_data: Path) -> Iterator[tuple[Rankings, int, list[str]]]:
    for path in sorted((shared_data / "stv_scotland" / "by_elections").glob("*.blt")):
        rankings, made = papers_of(path)
        for seats in (1, 2, 3):
            yield rankings, seats, [entry.id for entry in made.candidates]


def compared(program: str, elections: Iterator[tuple[Rankings, int, list[str]]]) -> Iterator[str]:
    """What became of each election: alike, known, unknown or tie."""
    elect, cause = PROGRAMS[program]
    book = on_the_ground_of(program)
    for rankings, seats, lot in elections:
        ours = counted(book, rankings, seats, lot)
        if met_a_tie(ours):
            yield "tie"
        elif elect(rankings, seats, lot) == set(ours.elected):
            yield "alike"
        else:
            yield "known" if cause(ours) else "unknown"


def on_the_ground_of(program: str) -> RuleBook:
    """Our rules with the answers that are the program's."""
    if program == "stvpoll":
        return acts.rule_book("scotland-stv-2007")
    book = acts.rule_book("several-seats")
    assert book.seats is not None
    together = replace(book.seats, surplus_order=SurplusOrder.TOGETHER)
    if program == "pyrankvote":
        together = replace(
            together,
            seat_quota=SeatQuota.DROOP_EXACT,
            surplus_value=SurplusValue.PER_PAPER,
        )
    return replace(book, seats=together)


# --- what is seen in our own stages -------------------------------------------------------------


def met_a_tie(found: StageTranscript) -> bool:
    """A tie that was broken, or somebody level with the quota: there programs differ."""
    return any(stage.tie or any(won.tie for won in stage.elected) for stage in found.stages) or any(
        votes == stage.quota and name not in before
        for stage, before in zip(found.stages, elected_before(found), strict=True)
        for name, votes in stage.votes.items()
    )


def none_is_known(found: StageTranscript) -> bool:
    return False


def surpluses_or_digits_differ(found: StageTranscript) -> bool:
    return two_surpluses_waited(found) or level_to_a_thousandth(found)


def level_to_a_thousandth(found: StageTranscript) -> bool:
    """Whether somebody who went out was nearly level with another who stayed."""
    befores = zip(found.stages, found.stages[1:], strict=False)
    return any(
        abs(before.votes[out] - before.votes[name]) < Fraction(1, 1000)
        for before, stage in befores
        for out in stage.excluded
        for name in continuing_after(found, before)
        if name != out
    )


def values_or_batches_differ(found: StageTranscript) -> bool:
    return the_excluded_had_unlike_values(found) or several_went_before_a_surplus(found)


def several_went_before_a_surplus(found: StageTranscript) -> bool:
    """Whether the two lowest or more together had no more than the next, and a surplus came later.

    Where it came earlier, or there was none, it does not matter who of them goes first.
    """
    last = max((n for n, stage in enumerate(found.stages) if stage.act is Act.SURPLUS), default=0)
    for stage in found.stages[:last]:
        upwards = sorted(stage.votes[name] for name in continuing_after(found, stage))
        if any(sum(upwards[:many]) <= upwards[many] for many in range(2, len(upwards))):
            return True
    return False


def continuing_after(found: StageTranscript, stage: Stage) -> list[str]:
    """Who is neither elected nor out once the stage is over."""
    gone: set[str] = set()
    for each in found.stages[: found.stages.index(stage) + 1]:
        gone |= {won.name for won in each.elected} | set(each.excluded)
    return [name for name in stage.votes if name not in gone]


def two_surpluses_waited(found: StageTranscript) -> bool:
    return any(
        sum(stage.votes[name] > stage.quota for name in {w.name for w in stage.elected} | before)
        > 1
        for stage, before in zip(found.stages, elected_before(found), strict=True)
        if stage.quota is not None
    )


def the_excluded_had_unlike_values(found: StageTranscript) -> bool:
    """Whether somebody who was out handed on papers of which some were worth more than others."""
    return any(
        len({parcel.was for parcel in stage.parcels if parcel.source == name}) > 1
        for stage in found.stages
        if stage.act is Act.EXCLUSION
        for name in stage.names
    )


def elected_before(found: StageTranscript) -> list[set[str]]:
    """For each stage, who was elected before it."""
    before: list[set[str]] = [set()]
    for stage in found.stages:
        before.append(before[-1] | {won.name for won in stage.elected})
    return before[:-1]


# --- the programs -------------------------------------------------------------------------------


def by_votelib(rankings: Rankings, seats: int, lot: list[str]) -> set[str]:
    core = pytest.importorskip("votelib.evaluate.core")
    sequential = pytest.importorskip("votelib.evaluate.sequential")
    counter = sequential.TransferableVoteSelector(
        transferer="Gregory", retainer=core.Plurality(), quota_function="droop"
    )
    votes = {(name,): Fraction(0) for name in lot} | {r: Fraction(n) for r, n in rankings.items()}
    return set(counter.evaluate(votes, seats))


def by_pyrankvote(rankings: Rankings, seats: int, lot: list[str]) -> set[str]:
    pyrankvote = pytest.importorskip("pyrankvote")
    candidates = {name: pyrankvote.Candidate(name) for name in lot}
    papers = [
        pyrankvote.Ballot([candidates[name] for name in ranking])
        for ranking, number in rankings.items()
        for _ in range(number)
    ]
    result = pyrankvote.single_transferable_vote([*candidates.values()], papers, seats)
    return {winner.name for winner in result.get_winners()}


def by_stvpoll(rankings: Rankings, seats: int, lot: list[str]) -> set[str]:
    scottish = pytest.importorskip("stvpoll.scottish_stv")
    counted_by_it = scottish.calculate_scottish_stv(
        tuple(lot), rankings, seats, random_shuffle=False
    )
    return set(counted_by_it.elected_as_tuple())


# How each elects, and where in our stages a cause of a difference is seen.
PROGRAMS: dict[str, tuple[Elects, Callable[[StageTranscript], bool]]] = {
    "votelib": (by_votelib, none_is_known),
    "pyrankvote": (by_pyrankvote, values_or_batches_differ),
    "stvpoll": (by_stvpoll, surpluses_or_digits_differ),
}
