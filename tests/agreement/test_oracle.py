"""100,000 small elections counted twice, by the engine and by the oracle: every round agrees."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import permutations
from random import Random

import pytest
from agreement import oracle
from agreement.words import as_oracle

from hustings.ballots.profile import Profile
from hustings.counting import engine
from hustings.election.rulebook import Denominator, EmptySection, QuotaRule, TiePolicy
from hustings.election.spec import Contest, Decisions, SectionEntry, Standing
from hustings.shell.acts import rule_book

pytestmark = pytest.mark.agreement

CHUNKS, A_CHUNK = 20, 5_000
NAMES, SECTIONS = "abcde", ("mps", "members", "affiliates")
LARGEST_PILES = (2, 3, 9)
SEVERAL = (QuotaRule.HALF_IN_PLAY, QuotaRule.HALF_FIRST_ROUND)
ONE_ALONE = (*SEVERAL, QuotaRule.DROOP_WHOLE)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One random election: the rules as words, the lot, and the piles of papers alike."""

    contest: Contest
    weights: dict[str, Fraction]
    piles: oracle.Piles


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_oracle_counts_every_round_alike(chunk: int) -> None:
    """Points by section, who goes and who is elected; and the chunk holds what it should."""
    met = Counter[str]()
    for drawn in elections(seed=chunk):
        rules = drawn.contest.rules
        transcript = engine.count(drawn.contest, [Profile(drawn.piles)])
        expected = oracle.count(
            drawn.piles,
            drawn.weights,
            drawn.contest.decisions.lot,
            rules.denominator,
            rules.empty_section,
            rules.quota,
        )
        assert [as_oracle(round_) for round_ in transcript.rounds] == expected, drawn
        met["tie"] += any(round_.event.tie is not None for round_ in transcript.rounds)
        met["emptied"] += any(not all(map(any_points, points.values())) for points, *_ in expected)
    assert met["tie"] > A_CHUNK // 10 and met["emptied"] > A_CHUNK // 50


def any_points(points: dict[str, Fraction]) -> bool:
    return any(points.values())


def elections(seed: int) -> Iterator[Drawn]:
    random, drawn = Random(seed), 0
    while drawn < A_CHUNK:
        names = NAMES[: random.randint(2, 5)]
        sections = SECTIONS[: random.randint(1, 3)]
        piles = {section: drawn_piles(random, names) for section in sections}
        if not any(piles.values()):
            continue
        drawn += 1
        parts = [random.randint(1, 4) for _ in sections]
        weights = {s: weight(part, sum(parts)) for s, part in zip(sections, parts, strict=True)}
        quota = random.choice(ONE_ALONE if len(sections) == 1 else SEVERAL)
        contest = Contest(
            "leader",
            "Leader",
            standing(names),
            tuple(SectionEntry(s, s, part) for s, part in weights.items()),
            rules(random.choice([*Denominator]), random.choice(["no_points", "share_out"]), quota),
            Decisions(lot=tuple(random.sample(names, len(names)))),
        )
        yield Drawn(contest, weights, piles)


def drawn_piles(random: Random, names: str) -> dict[tuple[str, ...], int]:
    """Few piles of few papers, so that ties are frequent and a section can run out of them."""
    largest = random.choice(LARGEST_PILES)
    known = rankings(names)
    return {random.choice(known): random.randint(1, largest) for _ in range(random.randint(0, 6))}


@cache
def rankings(names: str) -> list[tuple[str, ...]]:
    """Every ranking of one to three names: short ones run out."""
    return [ranking for length in (1, 2, 3) for ranking in permutations(names, length)]


@cache
def standing(names: str) -> tuple[Standing, ...]:
    return tuple(Standing(name, name) for name in names)


@cache
def weight(part: int, whole: int) -> Fraction:
    return Fraction(part, whole)


@cache
def rules(denominator: Denominator, empty_section: str, quota: QuotaRule) -> object:
    return replace(
        rule_book("common"),
        denominator=denominator,
        empty_section=EmptySection(empty_section),
        quota=quota,
        ties=(TiePolicy.LOT,),
    )
