"""10,000 small elections under random rules, counted by the arrays and by the exact engine.

Few papers, so that ties, near-ties and emptied sections abound; every figure of every round that
the arrays keep is compared as a whole number or an exact fraction. With HUSTINGS_LONG set there
are a million, which takes an hour.
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random

import numpy as np
import pytest

from hustings.ballots.profile import Profile
from hustings.counting import engine
from hustings.counting.transcript import Elected, Transcript
from hustings.election.rulebook import (
    CollegeUse,
    Denominator,
    Elimination,
    EmptySection,
    QuotaRule,
    Stop,
    TiePolicy,
)
from hustings.election.spec import Contest, Decisions, SectionEntry, Standing
from hustings.errors import RuleError
from hustings.forecast import simulate
from hustings.forecast.kernel.subsets import of_counts
from hustings.forecast.kernel.types import types_of
from hustings.shell.acts import rule_book
from hustings.units import Papers, Section

pytestmark = [pytest.mark.agreement, pytest.mark.slow]

CHUNKS, BOOKS, DRAWS = 400 if os.environ.get("HUSTINGS_LONG") else 4, 100, 25
# What `Outcomes` says of each draw, whichever way it is counted.
SAID = ("winner", "order", "pair", "papers", "looked", "exact")
NAMES = "abcdefgh"
ONE_ALONE = (QuotaRule.DROOP_WHOLE, QuotaRule.DROOP_OR_MAJORITY)
COUNT_BACKS = [policy for policy in TiePolicy if policy not in (TiePolicy.LOT, TiePolicy.SEED)]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A contest under random rules, and random papers for some draws of it."""

    contest: Contest
    counts: np.ndarray | simulate.Ballots


@pytest.fixture(autouse=True, scope="module")
def _one_compilation(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What one process has compiled serves the other, which has a folder beside it."""
    from hustings.forecast.kernel import compiled

    compiled.keep(str(tmp_path_factory.getbasetemp().parent / "compiled"))


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_engine_counts_every_draw_alike(chunk: int) -> None:
    """Who wins, who goes, every paper and every share; and the chunk holds what it should."""
    met = Counter[str]()
    for drawn in elections(chunk):
        race = simulate.race_of(drawn.contest, lots="31 4 15")
        outcomes = simulate.count_draws(race, drawn.counts, rounds=True)
        points = outcomes.points(race)
        for draw in range(len(drawn.counts)):
            transcript = by_the_engine(drawn, race, draw)
            assert counted(race, outcomes, draw) == told(race, transcript)
            assert points[draw] == pytest.approx(points_told(race, transcript), abs=1e-12)
            assert finish(race, outcomes, draw) == finish_told(drawn, race, draw)
            met["exact"] += bool(outcomes.exact[draw])
            met["tie"] += any(round_.event.tie for round_ in transcript.rounds)
            met["emptied"] += emptied(transcript)
            met["batch"] += any(
                len(r.event.names) > 1 for r in transcript.rounds if not elects(r.event)
            )
    drawn_in_all = BOOKS * DRAWS
    assert drawn_in_all // 10 < met["tie"] <= met["exact"] < drawn_in_all * 3 // 4
    assert met["emptied"] > drawn_in_all // 50 and met["batch"] > drawn_in_all // 50


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_section_that_empties_is_refused_alike(chunk: int) -> None:
    """Where the rules refuse to count on, both refuse, in the same draws."""
    refused = 0
    for drawn in elections(1000 + chunk, books=18):
        rules = replace(drawn.contest.rules, empty_section=EmptySection.REFUSE)
        if rules.stop is Stop.ONE_LEFT:
            with pytest.raises(RuleError, match="does not look at who is left alone"):
                simulate.race_of(replace(drawn.contest, rules=rules), lots="31 4 15")
            continue
        refusing = Drawn(replace(drawn.contest, rules=rules), drawn.counts)
        race = simulate.race_of(refusing.contest, lots="31 4 15")
        for draw in range(len(drawn.counts)):
            one = refusing.counts[draw : draw + 1]
            try:
                transcript = by_the_engine(refusing, race, draw)
            except RuleError:
                refused += 1
                with pytest.raises(RuleError, match=f"^draw {draw}: no paper continues"):
                    simulate.count_draws(race, one, numbers=np.array([draw]))
                continue
            outcomes = simulate.count_draws(race, one, rounds=True, numbers=np.array([draw]))
            assert counted(race, outcomes, 0) == told(race, transcript)
    # Else nothing was tried; forty chunks had 15 to 63.
    assert refused > 5


def test_the_compiled_count_is_the_same() -> None:
    """Every array is equal, whatever the rules, the exact draws included."""
    pytest.importorskip("numba", reason="NOT RUN: numba is not installed")
    known = 0
    for drawn in elections(2000, books=80):
        race = simulate.race_of(drawn.contest, lots="31 4 15")
        expected = simulate.count_draws(race, drawn.counts)
        alike(simulate.count_draws(race, drawn.counts, compiled=True), expected, drawn)
        table = subset_statistics(race, drawn.counts)
        alike(simulate.count_subsets(race, table, compiled=True), expected, drawn)
        known += compiled_knows(race)
    assert known > 20


def test_subset_statistics_count_as_the_ballots_do() -> None:
    """Ties too, though they are broken over other ballots with the same statistics."""
    ties = 0
    for drawn in elections(3000, books=30):
        race = simulate.race_of(drawn.contest, lots="31 4 15")
        expected = simulate.count_draws(race, drawn.counts)
        alike(simulate.count_subsets(race, subset_statistics(race, drawn.counts)), expected, drawn)
        ties += int(expected.exact.sum())
    assert ties > 100


def test_whole_ballots_of_many_candidates_count_as_the_engine_counts_them() -> None:
    """Seven and eight candidates: a few ballots each, some of which stand for several papers."""
    met = Counter[str]()
    for drawn in elections(4000, books=14, fewest=7, most=8):
        race = simulate.race_of(drawn.contest, lots="31 4 15")
        outcomes = simulate.count_draws(race, drawn.counts, rounds=True)
        for draw in range(len(drawn.counts)):
            transcript = by_the_engine(drawn, race, draw)
            assert counted(race, outcomes, draw) == told(race, transcript)
            assert finish(race, outcomes, draw) == finish_told(drawn, race, draw)
            met["tie"] += any(round_.event.tie for round_ in transcript.rounds)
        met["exact"] += int(outcomes.exact.sum())
        met["draws"] += len(drawn.counts)
    assert met["draws"] // 10 < met["tie"] <= met["exact"] < met["draws"]


def alike(found: simulate.Outcomes, expected: simulate.Outcomes, drawn: Drawn) -> None:
    for name in SAID:
        assert (getattr(found, name) == getattr(expected, name)).all(), (name, drawn)


def subset_statistics(race: simulate.Race, counts: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(of_counts(counts, race.types).transpose(2, 1, 0))


def compiled_knows(race: simulate.Race) -> bool:
    from hustings.forecast.kernel import compiled

    return compiled.knows(race.settings)


def elections(seed: int, books: int = BOOKS, fewest: int = 2, most: int = 6) -> Iterator[Drawn]:
    random, numbers = Random(seed), np.random.default_rng(seed)
    for _ in range(books):
        names = NAMES[: random.randint(fewest, most)]
        sections = [Section(f"s{place}") for place in range(random.randint(1, 4))]
        parts = [random.randint(1, 4) for _ in sections]
        contest = Contest(
            "leader",
            "Leader",
            tuple(Standing(name, name) for name in names),
            tuple(
                SectionEntry(s, s, Fraction(part, sum(parts)))
                for s, part in zip(sections, parts, strict=True)
            ),
            rules(random, len(sections)),
        )
        make = papers if most <= 6 else ballots
        yield Drawn(contest, make(numbers, len(sections), len(simulate.ballot_types(names))))


def rules(random: Random, sections: int) -> object:
    pooled = random.random() < 0.2
    quotas = (*QuotaRule,) if sections == 1 or pooled else (*({*QuotaRule} - {*ONE_ALONE}),)
    return replace(
        rule_book("common"),
        college=CollegeUse.POOLED if pooled else CollegeUse.SECTIONS,
        denominator=random.choice([*Denominator]),
        empty_section=random.choice([EmptySection.NO_POINTS, EmptySection.SHARE_OUT]),
        quota=random.choice(sorted(quotas)),
        stop=random.choice([*Stop]),
        eliminate=random.choice([*Elimination]),
        ties=(*random.sample(COUNT_BACKS, random.randint(0, 2)), TiePolicy.LOT),
    )


def papers(numbers: np.random.Generator, sections: int, types: int) -> np.ndarray:
    """Mostly a few piles of a few papers; some draws large and close; some sections empty."""
    shape = (DRAWS, sections, types)
    piles = numbers.random(shape) < np.minimum(1, numbers.integers(2, 12, (DRAWS, 1, 1)) / types)
    largest = numbers.choice([2, 4, 30, 100_000], (DRAWS, 1, 1))
    counts = np.where(piles, numbers.integers(1, largest, shape, endpoint=True), 0)
    counts[numbers.random((DRAWS, sections)) < 0.05] = 0
    # At least one paper somewhere, and it names who is first: an election with none is no count.
    counts[:, 0, 0] += counts.sum((1, 2)) == 0
    return counts


def ballots(numbers: np.random.Generator, sections: int, types: int) -> simulate.Ballots:
    """Few ballots, so that ties abound; in some draws a section has none."""
    number = int(numbers.choice([3, 8, 40]))
    rows = numbers.integers(0, types, (sections, DRAWS, number))
    # Ballots that begin alike, or each would name another first.
    rows = np.where(numbers.random(rows.shape) < 0.3, rows[:, :, :1], rows)
    rows[numbers.random((sections, DRAWS)) < 0.05] = -1
    rows[0, :, 0] = numbers.integers(0, types, DRAWS)
    each = numbers.choice([1, 1, 1, 7], (sections, number))
    table = types_of({8659: 7, 69280: 8}[types])
    return simulate.Ballots(table, tuple(rows.astype(np.int32)), tuple(each))


def by_the_engine(drawn: Drawn, race: simulate.Race, draw: int, **otherwise: object) -> Transcript:
    contest = drawn.contest
    policies = [p for p in contest.rules.ties if p is not TiePolicy.LOT]
    book = replace(contest.rules, ties=(*policies, TiePolicy.SEED), **otherwise)
    contest = replace(contest, rules=book, decisions=Decisions(seed=f"31 4 15/{draw}"))
    return engine.count(contest, [profile(drawn, race, draw)])


def profile(drawn: Drawn, race: simulate.Race, draw: int) -> Profile:
    """A ballot that leaves out one candidate names that one last."""
    piles: dict[Section, Counter[tuple[str, ...]]] = {}
    for place, entry in enumerate(drawn.contest.sections):
        piles[entry.id] = Counter()
        for row, number in cast(drawn.counts, draw, place):
            piles[entry.id][completed(race.rankings[row], race.candidates)] += Papers(number)
    return Profile(piles)


def cast(
    counts: np.ndarray | simulate.Ballots, draw: int, section: int
) -> Iterator[tuple[int, int]]:
    """The ballot types and how many papers of each."""
    if isinstance(counts, simulate.Ballots):
        pairs = zip(counts.rows[section][draw], counts.papers[section], strict=True)
        yield from ((int(row), int(number)) for row, number in pairs if row >= 0)
    else:
        yield from ((row, int(n)) for row, n in enumerate(counts[draw, section]) if n)


def completed(ranking: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    missing = [name for name in names if name not in ranking]
    return (*ranking, *missing) if len(missing) == 1 else ranking


def counted(race: simulate.Race, outcomes: simulate.Outcomes, draw: int) -> object:
    """The winner and, look by look, the papers by section and candidate."""
    looks = {
        look: outcomes.held[draw, look].tolist() for look in outcomes.looked[draw].nonzero()[0]
    }
    return race.candidates[outcomes.winner[draw]], looks


def told(race: simulate.Race, transcript: Transcript) -> object:
    looks = {}
    for round_ in transcript.rounds:
        totals = round_.tally.totals
        if len(totals) > 1:
            looks[len(race.candidates) - len(totals)] = [
                [held.get(name, 0) for name in race.candidates]
                for held in round_.tally.held.values()
            ]
    return transcript.winner, looks


def points_told(race: simulate.Race, transcript: Transcript) -> np.ndarray:
    points = np.zeros((len(race.candidates) - 1, len(race.candidates)))
    for round_ in transcript.rounds:
        totals = round_.tally.totals
        if len(totals) > 1:
            look = len(race.candidates) - len(totals)
            points[look] = [float(totals.get(name, 0)) for name in race.candidates]
    return points


def finish(race: simulate.Race, outcomes: simulate.Outcomes, draw: int) -> object:
    """Who went out before two were left, the two, and the exact part of each section they have."""
    names = race.candidates
    papers = outcomes.papers[draw]
    shares = [[Fraction(int(n), int(row.sum()) or 1) for n in row] for row in papers]
    return (
        [names[place] for place in outcomes.order[draw]],
        [names[place] for place in outcomes.pair[draw]],
        shares,
    )


def finish_told(drawn: Drawn, race: simulate.Race, draw: int) -> object:
    stop = Stop.ONE_LEFT if drawn.contest.rules.stop is Stop.ONE_LEFT else Stop.TWO_LEFT
    transcript = by_the_engine(drawn, race, draw, stop=stop)
    out: list[str] = []
    for round_ in transcript.rounds:
        if len(round_.tally.totals) == 2:
            break
        out += round_.event.names
    totals = round_.tally.totals
    pair = sorted(totals, key=lambda name: (-totals[name], name != transcript.winner))
    shares = [
        [Fraction(held[name], sum(held.values()) or 1) for name in pair]
        for held in round_.tally.held.values()
    ]
    return out, pair, shares


def emptied(transcript: Transcript) -> bool:
    return any(
        not round_.tally.continuing(section)
        for round_ in transcript.rounds
        for section in round_.tally.held
    )


def elects(event: object) -> bool:
    return isinstance(event, Elected)
