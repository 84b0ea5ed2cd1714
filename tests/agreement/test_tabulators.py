"""10,000 small elections by the alternative vote, counted also by two tabulators of others.

Both are free with a tie, so an election in which ours meets one is left out. They also stop
elsewhere: pyrankvote elects on half of the papers continuing, and drops several hopeless
candidates in one round; votelib wants more than half of all papers cast, and may run on after
ours has ended. Neither can change who is elected where no tie is met.
"""

from collections.abc import Iterator
from functools import cache
from itertools import permutations
from random import Random

import pytest

from hustings.ballots.profile import Profile
from hustings.counting import engine
from hustings.counting.transcript import Round
from hustings.election.spec import Contest
from hustings.errors import UnbrokenTie
from hustings.shell.library import contest

pyrankvote = pytest.importorskip("pyrankvote")
votelib_core = pytest.importorskip("votelib.evaluate.core")
votelib_sequential = pytest.importorskip("votelib.evaluate.sequential")

pytestmark = [pytest.mark.agreement, pytest.mark.slow]

CHUNKS, A_CHUNK = 4, 2_500
# How many elections of each chunk meet a tie.
TIED = (176, 180, 168, 178)
NAMES = ("ann", "bob", "cat", "dan", "eve")

Rankings = dict[tuple[str, ...], int]


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_pyrankvote_elects_the_same(chunk: int) -> None:
    """The winner, and who has how many papers in round 1."""
    tied = 0
    for names, rankings in elections(seed=chunk):
        ours = rounds_without_a_tie(names, rankings)
        if ours is None:
            tied += 1
            continue
        winners, first = by_pyrankvote(names, rankings)
        assert winners == [ours[-1].event.name], rankings
        assert first == votes(ours[0]), rankings
    assert tied == TIED[chunk]


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_votelib_counts_every_round_alike(chunk: int) -> None:
    """Each of our rounds is one of its own, and it elects the same."""
    tied = 0
    for names, rankings in elections(seed=chunk):
        ours = rounds_without_a_tie(names, rankings)
        if ours is None:
            tied += 1
            continue
        theirs = {(name,): 0 for name in names} | rankings
        counter = votelib_counter()
        for number, round_ in enumerate(ours, 1):
            totals, _ = counter.nth_count(theirs, 1, number)
            assert {name: n for name, n in totals.items() if name} == votes(round_), rankings
        assert counter.evaluate(theirs, 1) == [ours[-1].event.name], rankings
    assert tied == TIED[chunk]


def elections(seed: int) -> Iterator[tuple[tuple[str, ...], Rankings]]:
    """Two to five candidates, one to eight different rankings, up to twenty papers of each."""
    random = Random(seed)
    for _ in range(A_CHUNK):
        names = NAMES[: random.randint(2, 5)]
        known = [r for length in range(1, len(names) + 1) for r in permutations(names, length)]
        drawn = range(random.randint(1, 8))
        yield names, {random.choice(known): random.randint(1, 20) for _ in drawn}


def rounds_without_a_tie(names: tuple[str, ...], rankings: Rankings) -> tuple[Round, ...] | None:
    try:
        return engine.count(untied(names), [Profile({"everyone": rankings})]).rounds
    except UnbrokenTie:
        return None


@cache
def untied(names: tuple[str, ...]) -> Contest:
    """A contest whose rules break no tie, not even by an earlier round."""
    return contest("Leader", names, rules="common")


def votes(round_: Round) -> dict[str, int]:
    (held,) = round_.tally.held.values()
    return dict(held)


def by_pyrankvote(names: tuple[str, ...], rankings: Rankings) -> tuple[list[str], dict[str, float]]:
    candidates = {name: pyrankvote.Candidate(name) for name in names}
    papers = [
        pyrankvote.Ballot([candidates[name] for name in ranking])
        for ranking, number in rankings.items()
        for _ in range(number)
    ]
    result = pyrankvote.instant_runoff_voting([*candidates.values()], papers)
    first = {r.candidate.name: r.number_of_votes for r in result.rounds[0].candidate_results}
    return [winner.name for winner in result.get_winners()], first


def votelib_counter() -> object:
    """Without the retainer it takes the papers of nobody for a candidate, and never ends."""
    return votelib_sequential.TransferableVoteSelector(
        retainer=votelib_core.Plurality(), quota_function="droop"
    )
