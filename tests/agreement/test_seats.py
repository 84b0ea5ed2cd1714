"""Several seats, counted by the engine and by plain counters and programs that share nothing.

Small papers at random, so that ties, exhausted papers and candidates without a vote abound; and
real papers of Scotland and of the Electoral Reform Society, counted for three seats though some
were cast for one.
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from agreement import seats_oracle as oracle

from hustings.ballots.profile import Profile
from hustings.counting import engine as rounds_engine
from hustings.counting.seats import engine
from hustings.counting.seats.stages import StageTranscript
from hustings.election.rulebook import RuleBook, TiePolicy
from hustings.election.seat_rules import SeatQuota, SeatRules
from hustings.election.spec import Contest, Decisions
from hustings.shell import acts
from hustings.shell.library import contest

pytestmark = pytest.mark.agreement

Rankings = dict[tuple[str, ...], int]
DOUBTS = ("overvotes=stop", "skipped_ranks=stop", "repeated=stop")


def drawn(seed: int, number: int, largest: int = 40) -> Iterator[tuple[Rankings, int, list[str]]]:
    """Three to seven candidates, up to fourteen rankings; the rankings, the seats, and a lot."""
    random = Random(seed)
    for _ in range(number):
        names = "abcdefg"[: random.randint(3, 7)]
        rankings: Rankings = {}
        for _ in range(random.randint(2, 14)):
            ranking = tuple(random.sample(names, random.randint(1, len(names))))
            rankings[ranking] = rankings.get(ranking, 0) + random.choice((1, 2, 5, largest))
        yield rankings, random.randint(1, len(names) - 1), random.sample(names, len(names))


def counted(book: RuleBook, rankings: Rankings, seats: int, lot: list[str]) -> StageTranscript:
    """By the engine, with every tie left to the lot."""
    by_lot = replace(book, ties=(TiePolicy.LOT,))
    made = contest("Council", sorted(lot), rules=by_lot)
    made = replace(made, seats=seats, decisions=Decisions(lot=tuple(lot)))
    return engine.count(made, Profile({"everyone": rankings}))


def stages_of(transcript: StageTranscript) -> oracle.Stages:
    return [(dict(stage.votes), {won.name for won in stage.elected}) for stage in transcript.stages]


@pytest.mark.parametrize("book", ["scotland-stv-2007", "australia-senate-1984"])
def test_every_stage_is_the_oracles(book: str) -> None:
    """Each candidate's votes after each stage, exactly, and who was elected in it."""
    count = {"scotland-stv-2007": oracle.scotland, "australia-senate-1984": oracle.senate}[book]
    lengths = set[int]()
    for rankings, seats, lot in drawn(1, 400):
        found = stages_of(counted(acts.rule_book(book), rankings, seats, lot))
        assert found == count(rankings, seats, lot), (rankings, seats, lot)
        lengths.add(len(found))
    assert max(lengths) > 6


def test_meek_elects_whom_the_oracle_does() -> None:
    """In the order of election; of those who fill the last seats the order says nothing."""
    for rankings, seats, lot in drawn(2, 60):
        found = counted(acts.rule_book("meek-prf"), rankings, seats, lot)
        last = {w.name for stage in found.stages for w in stage.elected if w.ground != "quota"}
        expected = oracle.meek(rankings, seats, lot)
        assert set(found.elected) == set(expected), (rankings, seats, lot)
        quota = [name for name in found.elected if name not in last]
        assert quota == expected[: len(quota)], (rankings, seats, lot)


def test_one_seat_by_the_scottish_order_is_an_alternative_vote() -> None:
    """Every stage of the one is a round of the other, under the same static quota."""
    for rankings, _, lot in drawn(3, 300):
        stages = counted(acts.rule_book("scotland-stv-2007"), rankings, 1, lot)
        book = replace(acts.rule_book("scotland-single-seat"), ties=(TiePolicy.LOT,))
        made = contest("Council", sorted(lot), rules=book, lot=lot)
        rounds = rounds_engine.count(made, [Profile({"everyone": rankings})])
        assert stages.elected == (rounds.winner,), (rankings, lot)
        for stage, round_ in zip(stages.stages, rounds.rounds, strict=False):
            (held,) = round_.tally.held.values()
            assert {n: v for n, v in stage.votes.items() if n in held} == held


# --- real papers ----------------------------------------------------------------------------


def test_scottish_papers_are_counted_alike(shared_data: Path) -> None:
    """Eight wards, for one seat as they voted and for three: every stage is the oracle's."""
    files = sorted((shared_data / "stv_scotland" / "by_elections").glob("*.blt"))
    assert len(files) == 8
    for path in files:
        rankings, made = papers_of(path)
        lot = [entry.id for entry in made.candidates]
        for seats in (1, 3):
            if len(lot) > seats:
                found = stages_of(counted(made.rules, rankings, seats, lot))
                assert found == oracle.scotland(rankings, seats, lot), path.name


@pytest.mark.slow
def test_the_papers_of_a_society_are_counted_alike(shared_data: Path) -> None:
    """87 elections of the Electoral Reform Society's clients, by two rule books."""
    files = sorted((shared_data / "irv_preflib" / "00007_ers").glob("*.[st]oi"))
    assert len(files) == 87
    for path in files:
        rankings, made = papers_of(path)
        lot = [entry.id for entry in made.candidates]
        seats = min(3, len(lot) - 1)
        for book, count in (
            ("scotland-stv-2007", oracle.scotland),
            ("australia-senate-1984", oracle.senate),
        ):
            found = stages_of(counted(acts.rule_book(book), rankings, seats, lot))
            assert found == count(rankings, seats, lot), (path.name, book)


def papers_of(path: Path) -> tuple[Rankings, Contest]:
    loaded = acts.with_rules(acts.load(path), "", "scotland-stv-2007", DOUBTS)
    made = loaded.election.contest()
    from hustings.ballots.reduction import reduce

    (papers,) = reduce(loaded.polls[made.id][0], replace(made, seats=1)).papers.values()
    return dict(papers), made


# --- programs of others -----------------------------------------------------------------------


# In how many of the elections drawn another one is elected where their rules differ from ours.
OTHERWISE = {"votelib": 2, "pyrankvote": 5}


@pytest.mark.parametrize("program", ["votelib", "pyrankvote"])
def test_a_program_of_others_elects_the_same(program: str) -> None:
    """With exact values, where no tie is met and their rules are ours.

    Both others hand on all surpluses at once, so that somebody whom the first would have elected
    may be given papers of the second; we, like the statutes, transfer one at a time. And
    pyrankvote forgets what each paper was worth: whoever hands papers on gives them all alike.
    """
    book, elect = {
        "votelib": ("droop_whole", by_votelib),
        "pyrankvote": ("droop_exact", by_pyrankvote),
    }[program]
    rules = replace(acts.rule_book("several-seats"), seats=with_quota(SeatQuota(book)))
    alone = otherwise = 0
    for rankings, seats, lot in drawn(4, 400):
        ours = counted(rules, rankings, seats, lot)
        if met_a_tie(ours):
            continue
        theirs = elect(rankings, seats, lot)
        if two_surpluses_waited(ours) or (program == "pyrankvote" and unlike_values(ours)):
            otherwise += theirs != set(ours.elected)
            continue
        alone += 1
        assert theirs == set(ours.elected), (rankings, seats, lot)
    assert alone > 100
    assert otherwise == OTHERWISE[program]


def with_quota(quota: SeatQuota) -> SeatRules:
    rules = acts.rule_book("several-seats").seats
    assert rules is not None
    return replace(rules, seat_quota=quota)


def met_a_tie(found: StageTranscript) -> bool:
    """A tie that was broken, or somebody level with the quota: there programs differ."""
    return any(stage.tie or any(won.tie for won in stage.elected) for stage in found.stages) or any(
        votes == stage.quota and name not in before
        for stage, before in zip(found.stages, elected_before(found), strict=True)
        for name, votes in stage.votes.items()
    )


def two_surpluses_waited(found: StageTranscript) -> bool:
    return any(
        sum(stage.votes[name] > stage.quota for name in {w.name for w in stage.elected} | before)
        > 1
        for stage, before in zip(found.stages, elected_before(found), strict=True)
    )


def unlike_values(found: StageTranscript) -> bool:
    """Whether somebody handed on papers of which some were worth more than others."""
    return any(len({parcel.was for parcel in stage.parcels}) > 1 for stage in found.stages)


def elected_before(found: StageTranscript) -> list[set[str]]:
    """For each stage, who was elected before it."""
    before: list[set[str]] = [set()]
    for stage in found.stages:
        before.append(before[-1] | {won.name for won in stage.elected})
    return before[:-1]


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
