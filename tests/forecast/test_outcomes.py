"""From draws to electorates and counts: in a small race, before anything is learnt of it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from race.folders import RACE, Rows, folder, loaded

from hustings.errors import Miscount
from hustings.forecast import electorate, fit, outcomes
from hustings.forecast.evidence import Race
from hustings.forecast.fit import Posterior
from hustings.forecast.kernel.exactly import contest_of_draw, count_exactly, count_rankings
from hustings.forecast.observations import observations
from hustings.forecast.outcomes import Simulated, simulated, summary
from hustings.shell.acts import rule_book

DRAWS = 300
DAY = date(2030, 6, 1)
ROLL: Rows = [
    {"published": "2030-01-01", "section": "north", "elector": name}
    for name in ("Una", "Vic", "Wes", "Xan")
]
SIZES: Rows = [
    {"kind": "electorate", "published": "2030-01-01", "section": "north", "issued": "20"},
    {
        "kind": "electorate", "published": "2030-01-01", "section": "south", "issued": "4000",
        "turnout": "50",
    },
]  # fmt: skip


def race(path: Path, roster: Rows | None = None) -> Race:
    rows = [{"kind": "roster", "section": "north", "published": "2030-02-01", **row}
            for row in roster or []]  # fmt: skip
    files = {"roll.csv": ROLL, "bodies.csv": SIZES, "roster.csv": rows}
    return loaded(folder(path, {name: some for name, some in files.items() if some})).as_of(DAY)


def drawn(of: Race, kept: float | None = None, draws: int = DRAWS) -> Posterior:
    """Draws from before any evidence; what is known is kept in that part of them."""
    found = fit.prior(observations(of), 5, draws)
    return found if kept is None else replace(found, kept=np.full((draws, 3), kept))


def ballots(found: Simulated, elector: str) -> list[tuple[str, ...]]:
    at = next(each for each in found.named if each.known.elector == elector)
    return [found.counted.rankings[row] if row >= 0 else () for row in at.ballots]


# --- electorates ----------------------------------------------------------------------------


def test_ballots_begin_as_often_as_the_model_says(tmp_path: Path) -> None:
    posterior = drawn(race(tmp_path))
    found = simulated(race(tmp_path), posterior, 5)
    chances = outcomes.ballot_chances(found.counted, posterior)
    assert chances.sum(2) == pytest.approx(1)
    first = posterior.first_choices()
    for place, name in enumerate(posterior.candidates):
        begins = np.array([ranking[0] == name for ranking in found.counted.rankings])
        assert chances[:, :, begins].sum(2) == pytest.approx(first[:, :, place], abs=1e-9)


def test_a_ballot_ends_as_often_as_the_hazard_says(tmp_path: Path) -> None:
    posterior = drawn(race(tmp_path))
    hazards = np.broadcast_to(np.array([[0.3], [0.1]]), posterior.hazards.shape)
    posterior = replace(posterior, hazards=hazards)
    found = simulated(race(tmp_path), posterior, 5)
    chances = outcomes.ballot_chances(found.counted, posterior)
    first = posterior.first_choices()
    for place, name in enumerate(posterior.candidates):
        alone = chances[:, :, found.counted.rankings.index((name,))] / first[:, :, place]
        leads = first.argmax(2) == place
        assert alone == pytest.approx(np.where(leads, 0.3, 0.1), abs=1e-9)


def test_every_paper_expected_is_there(tmp_path: Path) -> None:
    found = simulated(race(tmp_path), drawn(race(tmp_path)), 5)
    assert (found.counts.sum(2) == [20, 2000]).all()
    assert found.notes == ("north: no turnout is known; all are taken to vote",)


def test_the_same_seed_gives_the_same_electorates_and_another_does_not(tmp_path: Path) -> None:
    posterior = drawn(race(tmp_path))
    one, same, other = (simulated(race(tmp_path), posterior, seed) for seed in (5, 5, 6))
    assert (one.counts == same.counts).all()
    assert (one.counts != other.counts).any()


# --- what is known of electors ----------------------------------------------------------------


def test_a_preference_that_is_kept_is_in_every_draw(tmp_path: Path) -> None:
    roster = [{"elector": "Una", "ranking": "bob>cat"}, {"elector": "Vic", "prefers": "cat>ann"}]
    known = race(tmp_path, roster)
    found = simulated(known, drawn(known, kept=1), 5)
    assert set(ballots(found, "Una")) == {("bob", "cat")}
    vic = set(ballots(found, "Vic"))
    assert vic == {("cat",), ("cat", "ann"), ("cat", "bob"), ("bob", "cat")}


def test_a_preference_that_is_not_kept_is_drawn_anew_without_it(tmp_path: Path) -> None:
    roster = [{"elector": "Una", "ranking": "bob"}, {"elector": "Vic", "prefers": "cat>ann"}]
    known = race(tmp_path, roster)
    found = simulated(known, drawn(known, kept=0), 5)
    assert {ranking[0] for ranking in ballots(found, "Una")} == {"ann", "cat"}
    assert all(outcomes.over(ranking, ("cat", "ann")) < 1 for ranking in ballots(found, "Vic"))


def test_the_first_may_be_kept_and_the_second_not(tmp_path: Path) -> None:
    known = race(tmp_path, [{"elector": "Una", "ranking": "bob>cat"}])
    found = ballots(simulated(known, drawn(known, kept=0.5, draws=4000), 5), "Una")
    assert np.mean([ranking[0] == "bob" for ranking in found]) == pytest.approx(0.5, abs=0.03)
    assert np.mean([ranking == ("bob", "cat") for ranking in found]) == pytest.approx(
        0.25, abs=0.03
    )


def test_who_gives_no_second_gives_none(tmp_path: Path) -> None:
    known = race(tmp_path, [{"elector": "Una", "ranking": "bob", "complete": "yes"}])
    assert set(ballots(simulated(known, drawn(known, kept=1), 5), "Una")) == {("bob",)}


def test_electors_told_of_without_names_are_in_the_section(tmp_path: Path) -> None:
    told = {"kind": "reported_firsts", "n": "20", "measure": "votes",
            "values": "ann 3; bob 6; cat 11"}  # fmt: skip
    known = race(tmp_path, [{"elector": "Una", "ranking": "bob"}, {**told, "n": ""}])
    found = simulated(known, drawn(known, kept=1), 5)
    assert (found.firsts()[:, 0] == [3, 6, 11]).all()


def test_later_preferences_told_of_without_names_are_laid_on_somebody(tmp_path: Path) -> None:
    roster: Rows = [{"elector": name, "ranking": "cat"} for name in ("Una", "Vic", "Wes", "Xan")]
    told = {"kind": "reported_seconds", "first": "cat", "values": "ann 3; bob 1"}
    known = race(tmp_path, [*roster, told])
    found = simulated(known, drawn(known, kept=1), 5)
    four = [ballots(found, name) for name in ("Una", "Vic", "Wes", "Xan")]
    for draw in zip(*four, strict=True):
        assert sorted(draw) == [("cat", "ann")] * 3 + [("cat", "bob")]
    assert len(set(four[0])) == 2


# --- many candidates --------------------------------------------------------------------------

SEVEN = "".join(f'{name} = "{name.title()} Archer"\n' for name in ("dan", "eve", "fay", "gil"))


def race_of_seven(path: Path) -> Race:
    roster = [
        {"elector": "Una", "ranking": "bob>gil"},
        {"elector": "Vic", "prefers": "cat>ann"},
        {"elector": "Wes", "ranking": "eve", "complete": "yes"},
    ]
    rows = [{"kind": "roster", "section": "north", "published": "2030-02-01", **row}
            for row in roster]  # fmt: skip
    sizes = [SIZES[0], {**SIZES[1], "issued": "40000"}]
    files = {"roll.csv": ROLL, "bodies.csv": sizes, "roster.csv": rows}
    text = RACE.replace('cat = "Cat Cooper"\n', 'cat = "Cat Cooper"\n' + SEVEN)
    text = text.replace('"omov-av"', '"labour-2010"')
    return loaded(path, files, text).as_of(DAY)


def test_seven_candidates_are_counted_ballot_by_ballot(tmp_path: Path) -> None:
    """By the contest's rules, as the exact engine counts; every paper expected is there."""
    of = race_of_seven(tmp_path)
    found = simulated(of, drawn(of, kept=1, draws=60), 5)
    assert (found.papers() == [20, 20_000]).all()
    assert found.notes[-1] == (
        "south: 2,000 ballots stand for 20,000, as more than 6 candidates stand"
    )
    for draw in range(0, 60, 6):
        contest = contest_of_draw(found.counted.contest, found.counted.lots, draw)
        exact = count_rankings(contest, found.counts.rankings(draw), draw)
        places = [found.candidates.index(name) for name in (*exact.out, *exact.left)]
        assert [*found.outcomes.order[draw], *found.outcomes.pair[draw]] == places
        held = [[section[name] for name in exact.left] for section in exact.last.values()]
        assert found.outcomes.papers[draw].tolist() == held
    told = summary(found)
    assert sum(each.win.value for each in told.chances) == pytest.approx(1)


def test_of_seven_too_named_electors_keep_what_is_known_of_them(tmp_path: Path) -> None:
    of = race_of_seven(tmp_path)
    found = simulated(of, drawn(of, kept=1, draws=60), 5)
    assert {ranking[:2] for ranking in ballots(found, "Una")} == {("bob", "gil")}
    assert all(outcomes.over(ranking, ("cat", "ann")) == 1 for ranking in ballots(found, "Vic"))
    assert set(ballots(found, "Wes")) == {("eve",)}
    again = simulated(of, drawn(of, kept=1, draws=60), 5)
    assert all((a == b).all() for a, b in zip(found.counts.rows, again.counts.rows, strict=True))


def test_of_seven_first_preferences_are_those_of_the_model(tmp_path: Path) -> None:
    """To within a few in two thousand, where chance alone would miss by twenty and more."""
    of = race_of_seven(tmp_path)
    posterior = drawn(of, draws=60)
    found = simulated(of, posterior, 5)
    shares = found.firsts()[:, 1] / 20_000
    order = [posterior.candidates.index(name) for name in found.candidates]
    assert abs(shares - posterior.first_choices()[:, 1][:, order]).max() < 0.005


# --- counts and what they come to -------------------------------------------------------------


@pytest.mark.parametrize("rules", ["omov-av", "labour-2010"])
def test_final_shares_are_those_of_the_exact_engine(tmp_path: Path, rules: str) -> None:
    at = race(tmp_path)
    at = replace(at, contest=replace(at.contest, rules=rule_book(rules)))
    found = simulated(at, drawn(at), 5)
    shares = found.final_shares()
    for draw in range(0, DRAWS, 20):
        contest = contest_of_draw(found.counted.contest, found.counted.lots, draw)
        counts = found.counts[draw]
        if rules == "omov-av":
            counts = counts.sum(0, keepdims=True)
        exact = count_exactly(contest, counts, found.counted.types, draw)
        sections = exact.last.values()
        points = [sum(s[name] / sum(s.values()) for s in sections) for name in exact.left]
        assert shares[draw] == pytest.approx(np.array(points) / len(sections))
        assert [found.candidates[c] for c in found.outcomes.pair[draw]] == [*exact.left]


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("winner", "draw 0: the fast count says that the winner is"),
        ("order", "draw 0: the fast count says that those who go are"),
        ("pair", "draw 0: the fast count says that the last two are"),
        ("papers", "draw 0: the fast count says that the last two hold, by section"),
    ],
)
def test_a_count_unlike_the_exact_engines_is_our_fault(
    tmp_path: Path, what: str, message: str
) -> None:
    found = simulated(race(tmp_path), drawn(race(tmp_path)), 5)
    value = getattr(found.outcomes, what)
    otherwise = value + 1 if what == "papers" else (value + 1) % 3
    electorate.recheck(found.counted, found.counts, found.outcomes)
    with pytest.raises(Miscount, match=message):
        electorate.recheck(
            found.counted, found.counts, replace(found.outcomes, **{what: otherwise})
        )


def test_the_summary_adds_up(tmp_path: Path) -> None:
    found = simulated(race(tmp_path), drawn(race(tmp_path)), 5)
    told = summary(found)
    assert sum(each.win.value for each in told.chances) == pytest.approx(1)
    assert sum(each.in_pair for each in told.chances) == pytest.approx(2)
    assert sum(p for _, p in told.pairs) == sum(p for _, p in told.orders) == pytest.approx(1)
    assert sum(told.histogram.values()) == pytest.approx(told.leader.in_pair)
    assert told.worth == pytest.approx(DRAWS)
    for each in told.chances:
        assert each.first.inner[95][0] <= each.first.inner[80][0] <= each.first.median
    ahead = found.outcomes.pair[:, 0]
    shares = {n: found.final_shares()[:, 0][ahead == n] for n in range(3)}
    assert all((some >= 0.5).all() for some in shares.values())


def test_weights_take_draws_away(tmp_path: Path) -> None:
    found = simulated(race(tmp_path), drawn(race(tmp_path)), 5)
    weights = (found.outcomes.winner == 1).astype(float)
    told = summary(found, weights)
    assert told.leader.candidate == found.candidates[1]
    assert told.leader.win.value == pytest.approx(1)
    assert told.worth == weights.sum()


def test_the_error_of_a_mean_grows_where_draws_are_alike() -> None:
    alone = np.random.default_rng(1).random(4000) < 0.5
    even = np.full(4000, 1 / 4000)
    free = outcomes.estimate(alone, even)
    alike = outcomes.estimate(np.repeat(alone[:400], 10), even)
    assert free.error == pytest.approx(0.5 / np.sqrt(4000), rel=0.3)
    assert alike.error == pytest.approx(0.5 / np.sqrt(400), rel=0.3)
