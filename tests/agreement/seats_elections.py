"""Small elections to several seats, at random, and how the engine counts them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

from hustings.ballots.profile import Profile
from hustings.ballots.reduction import reduce
from hustings.counting.seats import engine
from hustings.counting.seats.stages import StageTranscript
from hustings.election.rulebook import RuleBook, TiePolicy
from hustings.election.spec import Contest, Decisions
from hustings.shell import acts
from hustings.shell.library import contest

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


def papers_of(path: Path) -> tuple[Rankings, Contest]:
    loaded = acts.with_rules(acts.load(path), "", "scotland-stv-2007", DOUBTS)
    made = loaded.election.contest()
    (papers,) = reduce(loaded.polls[made.id][0], replace(made, seats=1)).papers.values()
    return dict(papers), made
