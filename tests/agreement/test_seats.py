"""Several seats, counted by the engine and by plain counters and programs that share nothing.

Small papers at random, so that ties, exhausted papers and candidates without a vote abound; and
real papers of Scotland and of the Electoral Reform Society, counted for three seats though some
were cast for one.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from agreement import seats_oracle as oracle
from agreement import seats_oracle_by_digits as by_digits
from agreement import seats_oracle_hundredths as hundredths
from agreement.seats_elections import counted, drawn, papers_of

from hustings.ballots.profile import Profile
from hustings.counting import engine as rounds_engine
from hustings.counting.seats.stages import StageTranscript
from hustings.election.rulebook import Basis, TiePolicy
from hustings.shell import acts
from hustings.shell.library import contest

pytestmark = pytest.mark.agreement


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


BY_DIGITS: dict[str, Callable[..., oracle.Stages]] = {
    "wigm-prf": by_digits.reference_wigm,
    "wigm-prf-batch": partial(by_digits.reference_wigm, sure=True),
    "minneapolis-stv-2009": by_digits.minneapolis,
}


@pytest.mark.parametrize("book", BY_DIGITS)
def test_every_stage_by_digits_is_the_oracles(book: str) -> None:
    """Values cut at every step; sure losers go together, and one may be elected at a time."""
    rules = acts.rule_book(book).override("ranks", "0", Basis("no limit"))
    together = 0
    for rankings, seats, lot in drawn(12, 400):
        found = counted(rules, rankings, seats, lot)
        assert stages_of(found) == BY_DIGITS[book](rankings, seats, lot), (rankings, seats, lot)
        together += any(len(stage.excluded) > 1 for stage in found.stages)
    assert (together > 40) == (book != "wigm-prf")


HUNDREDTHS: dict[str, Callable[..., hundredths.Stages]] = {
    "northern-ireland-1985": hundredths.northern_ireland,
    "ers97": hundredths.ers97,
}


def in_hundredths(transcript: StageTranscript) -> hundredths.Stages:
    """Raises where somebody has a part of a hundredth."""
    stages = []
    for stage in transcript.stages:
        numbers = [votes * 100 for votes in (*stage.votes.values(), stage.quota)]
        assert all(number.denominator == 1 for number in numbers)
        *votes, quota = map(int, numbers)
        won = {won.name for won in stage.elected}
        stages.append((dict(zip(stage.votes, votes, strict=True)), quota, won))
    return stages


@pytest.mark.parametrize("book", HUNDREDTHS)
def test_every_stage_in_hundredths_is_the_oracles(book: str) -> None:
    """Votes, quota and the elected of every stage; batches and every ground of election occur."""
    grounds, together, fell = set[str](), 0, 0
    for rankings, seats, lot in drawn(11, 400):
        transcript = counted(acts.rule_book(book), rankings, seats, lot)
        stages = in_hundredths(transcript)
        assert stages == HUNDREDTHS[book](rankings, seats, lot), (rankings, seats, lot)
        grounds |= {won.ground for stage in transcript.stages for won in stage.elected}
        together += any(len(stage.excluded) > 1 for stage in transcript.stages)
        fell += stages[-1][1] < stages[0][1]
    assert together > 40
    if book == "ers97":
        assert grounds == {"quota", "active_share"} and fell > 20
    else:
        assert grounds == {"quota", "as_many_as_all", "as_many_left"} and fell == 0


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
    """87 elections of the Electoral Reform Society's clients, by four rule books."""
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
        for book, told in HUNDREDTHS.items():
            counts = in_hundredths(counted(acts.rule_book(book), rankings, seats, lot))
            assert counts == told(rankings, seats, lot), (path.name, book)
