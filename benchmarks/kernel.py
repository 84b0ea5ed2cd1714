"""How many exact counts a second one core makes, beside a plain loop and two tabulators of others.

Run as `python benchmarks/kernel.py --write`. Five candidates; three sections where the counter
knows sections, one where it does not. What is compared are ratios within one run, in processor
seconds, the best of several; nothing here is a test. The draws are made up.
"""

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from hustings.election.spec import Contest, SectionEntry, Standing
from hustings.forecast import simulate
from hustings.forecast.kernel.electorates import electorates
from hustings.forecast.kernel.exactly import count_exactly
from hustings.forecast.kernel.lazily import count_chances
from hustings.forecast.kernel.subsets import of_counts, subsets_of
from hustings.shell.acts import rule_book

HERE = Path(__file__).parent
NAMES = ("ann", "bob", "cat", "dan", "eve")
ELECTORS = np.array([271, 126_874, 247_339])


@dataclass(frozen=True, slots=True)
class Timed:
    """What was counted, how many a processor second, and what was aimed at."""

    name: str
    rate: float
    aim: float | None = None


def contest(sections: int) -> Contest:
    """The rules of 2010 over so many equal sections."""
    return Contest(
        "leader",
        "Leader",
        tuple(Standing(name, name) for name in NAMES),
        tuple(SectionEntry(f"s{s}", f"s{s}", Fraction(1, sections)) for s in range(sections)),
        rule_book("labour-2010"),
    )


def rate(run: Callable[[], object], number: int, times: int = 3) -> float:
    """How many a processor second, the best of so many times; run once before to warm up."""
    run()
    best = np.inf
    for _ in range(times):
        began = process_time()
        run()
        best = min(best, process_time() - began)
    return number / best


def plain(counts: np.ndarray, rankings: tuple[tuple[int, ...], ...]) -> int:
    """The count of one draw as anyone would write it: NumPy sums over the ballots that are left."""
    standing = [*range(len(NAMES))]
    firsts = np.array([ranking[0] for ranking in rankings])
    while True:
        held = np.array([counts[:, firsts == name].sum(1) for name in standing])
        points = (held / held.sum(0)).sum(1) / len(counts)
        if points.max() > 0.5 or len(standing) == 2:
            return standing[int(points.argmax())]
        standing.remove(standing[int(points.argmin())])
        firsts = np.array([next((n for n in r if n in standing), -1) for r in rankings])


def ours(chances: np.ndarray, counts: np.ndarray) -> list[Timed]:
    """The fast count by its ways, from what is given and with the electorates made first."""
    race, draws = simulate.race_of(contest(3), "benchmark"), len(counts)
    drawn = rate(lambda: electorates(chances, ELECTORS, np.random.default_rng(1)), draws)
    timed = by_way(race, counts, False)
    timed.insert(
        1, Timed("arrays, papers drawn from chances first", 1 / (1 / drawn + 1 / timed[0].rate))
    )
    if find_spec("numba"):
        timed += by_way(race, counts, True)
        timed += [by_looks(race, chances, ELECTORS, "sections of 2010")]
        timed += [by_looks(race, chances, np.array([271, 5_000, 15_000]), "sections below 20,000")]
    return timed + (by_jax(race, counts) if find_spec("jax") else [])


def by_looks(race: simulate.Race, chances: np.ndarray, electors: np.ndarray, of: str) -> Timed:
    """Papers drawn from the multinomial law, but only where the count looks."""
    chance = np.random.default_rng(5)
    found = rate(lambda: count_chances(race, chances, electors, chance), len(chances), 20)
    return Timed(f"compiled, papers drawn from chances where the count looks, {of}", found, 90_000)


def by_way(race: simulate.Race, counts: np.ndarray, compiled: bool) -> list[Timed]:
    """From papers by type, from subset statistics, and from strengths drawn at each count."""
    table = np.ascontiguousarray(of_counts(counts, race.types).transpose(2, 1, 0))
    called, draws = "compiled" if compiled else "arrays", len(counts)
    many, chance = 20 * draws if compiled else draws, np.random.default_rng(3)
    ways: list[tuple[str, Callable[[], object], int, float]] = [
        (
            "from papers by type",
            lambda: simulate.count_draws(race, counts, compiled=compiled),
            draws,
            700_000 if compiled else 200_000,
        ),
        (
            "from subset statistics",
            lambda: simulate.count_subsets(race, table, compiled=compiled),
            draws,
            3_000_000 if compiled else np.nan,
        ),
        (
            "strengths drawn, subset statistics in closed form",
            lambda: simulate.count_law(race, LAW, many, chance, compiled=compiled),
            many,
            1_500_000 if compiled else np.nan,
        ),
    ]
    return [
        Timed(f"{called}, {what}", rate(run, number, 20), None if np.isnan(aim) else aim)
        for what, run, number, aim in ways
    ]


LAW = simulate.Law(np.zeros((3, 5)), np.full((3, 5), 0.3), np.full((3, 3), 0.1))


def by_jax(race: simulate.Race, counts: np.ndarray) -> list[Timed]:
    """All draws of a batch at once, on whatever JAX computes with; its own seconds are not told."""
    import jax

    from hustings.forecast.kernel import device

    table = np.ascontiguousarray(of_counts(counts, race.types).transpose(2, 1, 0))
    table, subsets = np.tile(table, (20, 1, 1)), subsets_of(5)
    draws, chance = len(table), np.random.default_rng(3)
    given = rate(lambda: device.count_subsets(table, subsets, race.settings), draws)
    drawn = rate(lambda: device.count_law(draws, LAW, subsets, race.settings, chance), draws)
    called = f"JAX on {jax.default_backend()}"
    return [
        Timed(f"{called}, from subset statistics", given),
        Timed(f"{called}, strengths drawn, subset statistics in closed form", drawn),
    ]


def others(counts: np.ndarray) -> list[Timed]:
    """A plain loop and the exact engine over three sections; the tabulators over one."""
    race = simulate.race_of(contest(3), "benchmark")
    some, types = counts[:200], race.types
    timed = [
        Timed("plain NumPy loop", rate(lambda: [plain(c, types.rankings) for c in some], 200)),
        Timed(
            "the exact engine",
            rate(lambda: [count_exactly(race.contest, c, types, 0) for c in some[:40]], 40),
        ),
    ]
    if find_spec("pyrankvote") and find_spec("votelib"):
        alone = simulate.count_draws(simulate.race_of(contest(1)), some[:, :1])
        # A tabulator may stop at a tie, so that such draws are left out.
        timed += tabulators(some[~alone.exact][:10], race.rankings)
    return timed


def tabulators(counts: np.ndarray, rankings: tuple[tuple[str, ...], ...]) -> list[Timed]:
    """Counted by others: the small section alone, as they know no sections."""
    import pyrankvote
    import votelib.evaluate.core as core
    import votelib.evaluate.sequential as sequential

    candidates = {name: pyrankvote.Candidate(name) for name in NAMES}
    profiles = [
        {(name,): 0 for name in NAMES}
        | {ranking: int(n) for ranking, n in zip(rankings, draw[0], strict=True) if n}
        for draw in counts
    ]
    papers = [
        [
            pyrankvote.Ballot([candidates[name] for name in ranking])
            for ranking, number in profile.items()
            for _ in range(number)
        ]
        for profile in profiles
    ]
    counter = sequential.TransferableVoteSelector(retainer=core.Plurality(), quota_function="droop")
    named = [*candidates.values()]
    return [
        Timed(
            "pyrankvote, 271 papers, no sections",
            rate(lambda: [pyrankvote.instant_runoff_voting(named, p) for p in papers], 10),
        ),
        Timed(
            "votelib, 271 papers by type, no sections",
            rate(lambda: [counter.evaluate(profile, 1) for profile in profiles], 10),
        ),
    ]


def flips(counts: np.ndarray, electors: int = 71) -> tuple[float, int]:
    """Seconds for every elector's ballot changed both ways in every draw, and how many recounts.

    An elector who puts one of two candidates over the other is made to do the opposite.
    """
    race, draws = simulate.race_of(contest(3), "benchmark"), len(counts)
    swap = {"dan": "eve", "eve": "dan"}
    row = {ranking: place for place, ranking in enumerate(race.rankings)}
    other = np.array([row[tuple(swap.get(n, n) for n in r)] for r in race.rankings])
    prefers = np.array([next((n for n in r if n in swap), "") for r in race.rankings])
    numbers = np.random.default_rng(7)
    ballots = np.array([numbers.choice(draw.nonzero()[0], electors) for draw in counts[:, 0]])
    changes = [
        simulate.Change(0, before, np.where(prefers[before] == name, other[before], before))
        for before in ballots.T
        for name in swap
    ]

    def run() -> None:
        outcomes = simulate.count_draws(race, counts, touchy=True)
        simulate.winners_if(race, counts, outcomes, changes)

    return 1 / rate(run, 1), len(changes) * draws


def table(timed: list[Timed], flipped: tuple[float, int]) -> str:
    """The rates and their ratios to the plain loop, as Markdown."""
    base = next(one.rate for one in timed if one.name == "plain NumPy loop")
    rows = [
        f"| {one.name} | {one.rate:,.0f} | {one.rate / base:,.1f} | "
        f"{f'{one.aim:,.0f}' if one.aim else '–'} |"
        for one in timed
    ]
    seconds, recounts = flipped
    head = "| counted by | draws a processor second | times the plain loop | aim |"
    flip = f"{recounts:,} recounts of one ballot changed: {seconds:.2f} processor seconds (aim: 1)"
    return "\n".join([head, "|---|---:|---:|---:|", *rows, "", flip])


def main() -> None:
    """Measure, print the table, and write the figures where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=4000, help="how many draws")
    parser.add_argument("--write", action="store_true", help="write kernel.json beside this file")
    asked = parser.parse_args()
    began = perf_counter()
    numbers = np.random.default_rng(2010)
    chances = numbers.dirichlet(np.full(205, 0.5), (asked.draws, 3))
    counts = electorates(chances, ELECTORS, numbers)
    timed, flipped = ours(chances, counts) + others(counts), flips(counts)
    print(table(timed, flipped))
    print(f"in all {perf_counter() - began:.0f} s")
    if asked.write:
        value = {
            "draws": asked.draws,
            "a_processor_second": {one.name: round(one.rate) for one in timed},
            "flips": {"recounts": flipped[1], "processor_seconds": round(flipped[0], 3)},
        }
        HERE.joinpath("kernel.json").write_text(json.dumps(value, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
