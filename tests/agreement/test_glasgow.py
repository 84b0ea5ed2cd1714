"""Five wards of Glasgow, 2007, by the Scottish order: every stage to the fifth decimal place.

What was done, the votes of every candidate, what is not transferable and what was lost; see
glasgow/PROVENANCE.md. A plain counter that shares nothing with the engine finds the same.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from agreement import seats_oracle as oracle
from agreement.seats_elections import papers_of
from agreement.seats_rows import told

from hustings.ballots.profile import Profile
from hustings.counting.seats import engine
from hustings.election.spec import Contest

pytestmark = pytest.mark.agreement

HOME = Path(__file__).parent / "glasgow"
WARDS = {
    "baillieston": 10_376,
    "calton": 5_199,
    "north_east": 8_363,
    "shettleston": 8_803,
    "springburn": 5_410,
}


def in_order(made: Contest, head: str) -> Contest:
    """The contest with its seats, and the candidates in the order of the figures."""
    seats, *names = head.split(" | ")
    by_name = {entry.name: entry for entry in made.candidates}
    candidates = tuple(by_name[name] for name in names)
    return replace(made, candidates=candidates, seats=int(seats.removesuffix(" seats")))


@pytest.mark.parametrize("ward", WARDS)
def test_every_stage_is_as_it_was_printed(ward: str) -> None:
    """From the first preferences to the last seat; no tie, and so no lot, is met."""
    head, *rows = (HOME / f"{ward}.txt").read_text("utf-8").splitlines()
    rankings, made = papers_of(HOME / f"{ward}.csv")
    assert sum(rankings.values()) == WARDS[ward]
    made = in_order(made, head)
    transcript = engine.count(made, Profile({"everyone": rankings}))
    assert told(transcript, rows) == rows
    stages = [(dict(s.votes), {won.name for won in s.elected}) for s in transcript.stages]
    lot = [entry.id for entry in made.candidates]
    assert stages == oracle.scotland(rankings, made.seats, lot)
