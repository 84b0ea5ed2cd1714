"""Pivots against brute force: each ballot turned by hand, each electorate counted in full."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from race.folders import Rows, folder, loaded

from hustings.errors import InputError
from hustings.forecast import fit, pivots, scenario, simulate
from hustings.forecast.observations import observations
from hustings.forecast.outcomes import Simulated, simulated, summary

NAMES = [f"Elector {number:02}" for number in range(71)]
ROLL: Rows = [{"published": "2030-01-01", "section": "north", "elector": name} for name in NAMES]
SIZES: Rows = [
    {"kind": "electorate", "published": "2030-01-01", "section": "north", "issued": "75",
     "turnout": "90"},
    {"kind": "electorate", "published": "2030-01-01", "section": "south", "issued": "3000"},
]  # fmt: skip
ROSTER: Rows = [
    {"kind": "roster", "section": "north", "published": "2030-02-01", "elector": name,
     "ranking": "cat"}
    for name in NAMES[:20]
]  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """A close race between Ann and Bob, with 71 electors named and 20 of them known to back Cat."""
    files = {"roll.csv": ROLL, "bodies.csv": SIZES, "roster.csv": ROSTER}
    race = loaded(folder(tmp_path_factory.mktemp("race"), files)).as_of(date(2030, 6, 1))
    posterior = fit.prior(observations(race), 3, 400)
    return simulated(race, replace(posterior, support=posterior.support / 10), 3)


PAIR = ("ann", "bob")


def by_hand(ranking: tuple[str, ...], up: str, down: str) -> tuple[str, ...]:
    """The same ballot with one put over the other; at most two preferences count of three."""
    if up in ranking and (down not in ranking or ranking.index(up) < ranking.index(down)):
        return ranking
    if down in ranking:
        swapped = {up: down, down: up}
        return tuple(swapped.get(name, name) for name in ranking)
    return (*ranking, up)


def test_the_table_of_71_electors_is_that_of_brute_force(found: Simulated) -> None:
    table = {each.elector: each for each in pivots.pivots(found, PAIR).electors}
    assert sorted(table) == NAMES
    row = {ranking: at for at, ranking in enumerate(found.counted.rankings)}
    moved = 0
    for each in found.named:
        wins = []
        for up, down in (PAIR, PAIR[::-1]):
            counts = found.counts.copy()
            for draw, ballot in enumerate(each.ballots):
                if ballot >= 0:
                    after = by_hand(found.counted.rankings[ballot], up, down)
                    counts[draw, each.section, ballot] -= 1
                    counts[draw, each.section, row[after]] += 1
            counted = simulate.count_draws(found.counted, counts).winner
            wins.append((counted == found.candidates.index("ann")).mean())
        assert table[each.known.elector].moves.value == pytest.approx(wins[0] - wins[1], abs=1e-12)
        moved += wins[0] != wins[1]
    assert moved > 20


def test_whoever_is_known_is_not_asked(found: Simulated) -> None:
    assert len(pivots.pivots(found, ("ann", "cat")).electors) == 71 - 20


def test_a_bloc_moves_the_race_step_by_step(found: Simulated) -> None:
    curves = {each.first: each for each in pivots.pivots(found, PAIR).curves}
    curve = curves["cat"]
    assert (curve.members, curve.of[0], curve.of[-1]) == (20, 0, 20)
    counts = found.counts.copy()
    row = {ranking: at for at, ranking in enumerate(found.counted.rankings)}
    for each in (e for e in found.named if e.known.backs == "cat"):
        for draw, ballot in enumerate(each.ballots):
            if ballot >= 0:
                counts[draw, 0, ballot] -= 1
                counts[draw, 0, row[by_hand(found.counted.rankings[ballot], *PAIR)]] += 1
    all_for_ann = simulate.count_draws(found.counted, counts).winner
    assert curve.wins[-1] == (all_for_ann == found.candidates.index("ann")).mean()
    assert curve.wins[0] < curve.wins[-1]


def test_chance_alone_is_worth_nothing_to_learn() -> None:
    """The correction is the mean of the statistic over random deals of the answers."""
    dice = np.random.default_rng(4)
    wins = np.eye(3)[dice.integers(3, size=500)]
    said = dice.integers(-1, 2, size=500)
    mean = wins.mean(0)

    def raw(answers: np.ndarray) -> float:
        return sum(
            (answers == x).mean() * ((wins[answers == x].mean(0) - mean) ** 2).sum()
            for x in (-1, 0, 1)
        )

    deals = [raw(dice.permutation(said)) for _ in range(2000)]
    expected = max(raw(said) - np.mean(deals), 0)
    assert pivots.value_of(said, wins) == pytest.approx(expected, abs=2e-4)
    assert pivots.value_of(wins.argmax(1), wins) == pytest.approx(1 - (mean**2).sum(), rel=0.01)


def test_what_settles_more_is_worth_more(found: Simulated) -> None:
    values = {(each.section, each.first): each for each in pivots.pivots(found, PAIR).values}
    for each in values.values():
        assert each.low <= each.high and 0 <= each.share <= 1
    assert values["south", "cat"].voters > 50 * values["north", "cat"].voters / 4


# --- scenarios ------------------------------------------------------------------------------


def test_a_scenario_is_read_and_moves_the_draws(found: Simulated) -> None:
    (read,) = scenario.read(["cat north: ann 3:1"], found.race, PAIR)
    assert (read.section, read.first, read.pair, read.ratio) == ("north", "cat", PAIR, (3, 1))
    weights = scenario.weights(found, [read])
    gained, lost = pivots.split(found, 0, "cat", PAIR)
    assert weights @ (gained / (gained + lost)) / weights.sum() == pytest.approx(0.75, abs=0.03)
    assert summary(found, weights).worth < len(found.counts)


def test_a_scenario_as_evidence_says_what_it_says(found: Simulated) -> None:
    read = scenario.read(["cat south: bob 2:1"], found.race, PAIR)
    told = scenario.as_evidence(found.race, found, read).entries[-1]
    assert told.pair == ("bob", "ann") and told.counts[0] == pytest.approx(2 * told.counts[1], 0.02)


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("cat north ann 2:1", "expected such as"),
        ("cat: ann 2:1", "not a candidate and a section"),
        ("dan north: ann 2:1", "not a candidate and a section"),
        ("cat north: dan 2:1", "'dan' is not one candidate"),
        ("ann north: ann 2:1", "two others"),
        ("cat north: ann 0:0", "no ratio"),
    ],
)
def test_a_scenario_that_is_wrong_is_refused(found: Simulated, written: str, what: str) -> None:
    with pytest.raises(InputError, match=what):
        scenario.read([written], found.race, PAIR)


def test_all_wrong_scenarios_are_told_of_together(found: Simulated) -> None:
    with pytest.raises(InputError) as refused:
        scenario.read(["nobody", "cat north: ann 0:0"], found.race, PAIR)
    assert len(refused.value.problems) == 2
