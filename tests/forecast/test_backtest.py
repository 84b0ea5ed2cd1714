"""Back-tests: scores by hand, errors that are found again, and no contest learnt from itself.

`HUSTINGS_LONG=1` runs the back-test of all finished examples too, which takes some minutes.
"""

import json
import os
from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from race import folders
from race.folders import Rows, folder

from hustings.election.spec import Standing
from hustings.errors import InputError
from hustings.forecast.evidence import PollFirst, PollPair
from hustings.forecast.past import Between, Past, Result
from hustings.formats import result_toml
from hustings.shell import backtest as acts
from hustings.shell.cli import run
from hustings.units import Candidate, Section

pytest.importorskip("jax", reason="NOT RUN: the forecast extra is not installed")

from hustings.forecast import backtest, baselines, learning, scores
from hustings.forecast.hyperparameters import Hyperparameters
from hustings.forecast.observations import observations
from hustings.forecast.scores import Held, Scored

TODAY = date(2020, 12, 31)
# A finished race is one of years past.
RACE = folders.RACE.replace("2030", "2020")
ANN, BOB, CAT = (Candidate(name) for name in ("ann", "bob", "cat"))
DAY = date(2020, 6, 1)
RESULT = """
schema = 1
[result]
winner = "ann"
source_title = "The Paper"
source_url = "https://paper.example/2"
"""
ENDORSED: Rows = [
    {"kind": "endorsement", "section": "north", "published": "2020-05-01", "body": "The Union",
     "candidate": "ann", "electorate": "10"},
    {"kind": "endorsement", "section": "south", "published": "2020-06-01", "body": "The Guild",
     "candidate": "bob", "electorate": "10"},
    {"kind": "electorate", "section": "north", "published": "2020-04-01", "issued": "40"},
]  # fmt: skip


@pytest.fixture(autouse=True, scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Compiled programs go into a folder of the tests' own."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def finished(path: Path, result: str = RESULT, race: str = RACE, **files: Rows) -> Path:
    """A race whose result is known; without polls, so that nothing has to be sampled."""
    path.mkdir(exist_ok=True)
    tables = files or {"bodies": ENDORSED}
    folder(path, {f"{name}.csv": rows for name, rows in tables.items()}, race)
    path.joinpath("result.toml").write_text(result, "utf-8")
    return path


def load(path: Path) -> Past:
    (past,) = acts.load([path], TODAY)
    return past


def past(name: str = "chair", **known: Any) -> Past:
    """A finished race with no entries, on a day of its own for each name."""
    race = load_of_text(RACE.replace("2020-06-30", f"2020-06-{10 + len(name):02}"))
    return Past(name, race, Result(ANN, **known))


def load_of_text(text: str) -> Any:
    from hustings.formats import race_toml
    from hustings.shell import acts as elections

    beside = race_toml.Beside(elections.named_book, lambda name: pytest.fail(name))
    return race_toml.read(text, "race.toml", beside)


# --- scores by hand ---------------------------------------------------------------------------


def test_scores_of_a_forecast_that_gave_a_quarter() -> None:
    wins = {ANN: 0.25, BOB: 0.75, CAT: 0.0}
    assert scores.log_score(wins, ANN) == pytest.approx(log(4))
    assert scores.brier_score(wins, ANN) == pytest.approx(0.75**2 + 0.75**2)
    assert scores.brier_score(wins, BOB) == pytest.approx(0.25**2 + 0.25**2)


def test_who_was_given_nothing_costs_no_more_than_one_in_2400() -> None:
    assert scores.log_score({BOB: 1.0}, ANN) == pytest.approx(log(2400))
    assert scores.log_score({ANN: 1e-9, BOB: 1.0}, ANN) == pytest.approx(log(2400))


def scored(contest: str, chance: float, *held: bool) -> Scored:
    shares = tuple(
        Held("first", ANN, None, 0.5, 0.5, dict.fromkeys((50, 80, 95), (0.4, 0.6 if h else 0.45)),
             0.5)
        for h in held
    )  # fmt: skip
    return Scored(contest, DAY, ANN, {ANN: chance, BOB: 1 - chance}, shares, {})


def test_means_are_over_forecasts_and_over_contests() -> None:
    """Three days of one contest and one of another: the second weighs a quarter, then a half."""
    every = [scored("one", 1.0, True)] * 3 + [scored("other", 0.5, False, True)]
    found = scores.mean("it", every, {at: each.wins for at, each in enumerate(every)})
    assert (found.days, found.log) == (4, pytest.approx(log(2) / 4))
    assert found.log_by_contest == pytest.approx(log(2) / 2)
    assert found.brier_by_contest == pytest.approx(0.25)
    held = scores.coverage("all", every, ("first",))
    assert held and (held.shares, held.contests) == (5, 2)
    assert held.over_all[80] == pytest.approx(4 / 5)
    assert held.by_contest[80] == pytest.approx(3 / 4)
    assert scores.coverage("none", every, ("final",)) is None


def test_a_share_of_which_no_draw_speaks_was_not_held() -> None:
    assert not Held("final", ANN, None, 0.5, None, {}, None).at(95)


# --- baselines by hand ------------------------------------------------------------------------


def polled(**sections: str) -> Rows:
    return [
        {"kind": "poll_first", "section": name, "published": "2020-05-01", "n": "1000000",
         "values": values}
        for name, values in sections.items()
    ]  # fmt: skip


WAYS = (baselines.LEADER, baselines.PROPORTIONAL, baselines.EVEN)


@pytest.mark.parametrize(
    ("north", "south", "winners"),
    [
        # First preferences of the college: Ann 40, Bob 41, Cat 19. By halves Ann has 40 + 9.5 of
        # it, 99 to 101; in proportion 43 of 63 and 37 of 99 are 105.6 of 200.
        ("ann 43; bob 20; cat 37", "ann 37; bob 62; cat 1", (BOB, ANN, BOB)),
        # Ann goes. Bob has 36 of 56 and 30 of 99, or by halves 58 and 30.5 of 200: Cat.
        ("ann 44; bob 36; cat 20", "ann 1; bob 30; cat 69", (CAT, CAT, CAT)),
    ],
)
def test_plain_ways_differ_in_where_votes_go(
    north: str, south: str, winners: tuple[Candidate, ...], tmp_path: Path
) -> None:
    path = finished(tmp_path, polls=polled(north=north, south=south))
    race = load(path).race.as_of(DAY)
    found = [baselines.wins(race, each, 0.0, 1, 50) for each in WAYS]
    assert [each[winner] for each, winner in zip(found, winners, strict=True)] == [1, 1, 1]


def test_an_error_of_polls_widens_a_lead(tmp_path: Path) -> None:
    figures = "ann 34; bob 26; cat 40"
    race = load(finished(tmp_path, polls=polled(north=figures, south=figures))).race.as_of(DAY)
    assert baselines.wins(race, baselines.PROPORTIONAL, 0.0, 1, 50)[CAT] == 1
    wide = baselines.wins(race, baselines.PROPORTIONAL, 0.5, 1, 2000)
    assert 0.5 < wide[CAT] < 0.95 and sum(wide.values()) == pytest.approx(1)


def test_without_figures_all_shares_are_alike(tmp_path: Path) -> None:
    race = load(finished(tmp_path)).race.as_of(DAY)
    found = baselines.wins(race, baselines.PROPORTIONAL, 0.0, 1, 3000)
    assert found == {name: pytest.approx(1 / 3, abs=0.05) for name in (ANN, BOB, CAT)}


# --- what is learnt ---------------------------------------------------------------------------


def missed(number: int, sd: float, n: int = 4000, pair_sd: float = 0.0) -> Past:
    """A contest with one poll, which misses by a normal error of `sd` and by chance."""
    chance = np.random.default_rng(number)
    actual = chance.dirichlet([9, 8, 7])
    error = sd * chance.standard_normal(3)
    shown = chance.multinomial(n, _shares(np.log(actual) + error)) / n
    odds = log(actual[0] / actual[1]) + pair_sd * chance.standard_normal()
    ahead = chance.binomial(n, 1 / (1 + np.exp(-odds))) / n
    given = {"section": Section("north"), "published": DAY, "n": n, "deff": Fraction(1)}
    first = {(name,): Fraction(share) for name, share in zip((ANN, BOB, CAT), shown, strict=True)}
    two = {(ANN,): Fraction(ahead), (BOB,): Fraction(1 - ahead)}
    race = load_of_text(RACE.replace("2020-06-30", "2020-06-01"))
    entries = (
        PollFirst(id="first", shares=first, house="One", **given),
        PollPair(id="pair", shares=two, house="Other", **given),
    )
    known = dict(zip((ANN, BOB, CAT), map(Fraction, actual), strict=True))
    whole = known[ANN] + known[BOB]
    pair = Between({ANN: known[ANN] / whole, BOB: known[BOB] / whole}, Section("north"))
    result = Result(ANN, section_first={Section("north"): known}, pairs=(pair,))
    return Past(f"contest {number}", replace(race, entries=entries), result)


def _shares(logs: Any) -> Any:
    return np.exp(logs) / np.exp(logs).sum()


@pytest.mark.parametrize("sd", [0.1, 0.5])
def test_many_contests_tell_how_far_polls_err(sd: float) -> None:
    told = learning.learnt([missed(n, sd, pair_sd=sd) for n in range(60)])
    assert told.poll_sd == pytest.approx(sd, rel=0.25)
    assert told.poll_pair_sd == pytest.approx(sd, rel=0.25)


def test_polls_that_are_learnt_from_err_together_as_those_of_the_model_do() -> None:
    """What is learnt and what is then done with it are of one model of errors."""
    past, told = missed(1, 0.2), Hyperparameters()
    (first, *_) = past.race.entries
    polls = tuple(
        replace(first, id=f"poll-{n}", published=date(2020, 5, day), house=house)
        for n, (day, house) in enumerate([(4, "One"), (11, "Two"), (25, "One"), (28, "")])
    )
    race = replace(past.race, entries=polls)
    found = learning.misses(replace(past, race=race), told)
    errors = learning.covariance([each._replace(chance=0 * each.chance) for each in found], told)
    loads = observations(race.as_of(DAY)).data.shares.own[: len(polls)]
    assert errors == pytest.approx(np.kron(loads @ loads.T, np.eye(2)))


def test_what_chance_explains_is_no_error_of_the_poll() -> None:
    """Polls of 60 electors that miss by .2 through chance alone are as good as exact ones."""
    small = learning.learnt([missed(n, 0.0, n=60) for n in range(60)], spread=1.0)
    assert small.poll_sd < 0.13


def test_few_contests_leave_the_default_nearly_as_it_is_and_none_leave_it() -> None:
    default = Hyperparameters()
    assert learning.learnt([]) == default
    one = learning.learnt([missed(1, 0.5)])
    many = learning.learnt([missed(n, 0.5) for n in range(30)])
    assert default.poll_sd <= one.poll_sd < many.poll_sd


def test_what_no_contest_tells_of_stays_at_its_default() -> None:
    found = learning.learnt([missed(n, 0.5) for n in range(5)])
    told = set(learning.learnt_names())
    assert all(
        getattr(found, name) == getattr(Hyperparameters(), name)
        for name in Hyperparameters.__slots__
        if name not in told
    )
    assert found.self_selecting_sd == Hyperparameters().self_selecting_sd


def test_polls_of_others_than_stood_in_the_end_are_not_compared() -> None:
    told = Hyperparameters()
    one = missed(1, 0.5)
    assert {each.kind for each in learning.misses(one, told)} == {"poll_sd", "poll_pair_sd"}
    later = replace(one.race.contest, candidates=(
        *one.race.contest.candidates, Standing(Candidate("dan"), "Dan"),
    ))  # fmt: skip
    gone = replace(one.race, contest=later.without(frozenset({Candidate("dan")})))
    assert len(learning.misses(replace(one, race=gone), told)) == 2
    from hustings.forecast.evidence import Withdrawal

    withdrawal = Withdrawal(id="w", published=date(2020, 6, 2), candidate=Candidate("dan"))
    race = replace(one.race, contest=later, entries=(*one.race.entries, withdrawal))
    race = replace(race, closes=date(2020, 6, 5))
    assert learning.misses(replace(one, race=race), told) == ()


def test_endings_move_the_chance_to_stop() -> None:
    few = past("few", endings={Section("north"): (5, 95)})
    half = past("half", endings={Section("north"): (500, 500), Section("south"): (50, 50)})
    default = Hyperparameters().hazard_mean
    assert learning.learnt([few]).hazard_mean < default < learning.learnt([half]).hazard_mean < 0


# --- no contest is learnt from itself ---------------------------------------------------------


def without_fits(monkeypatch: pytest.MonkeyPatch, *pasts: Past) -> backtest.Backtest:
    """The back-test with every forecast left out: what would each have been told?"""
    monkeypatch.setattr(backtest, "_scored", lambda past, day, left, asked: scored(past.name, 0.5))
    monkeypatch.setattr(backtest, "_means", lambda scored: ())
    return backtest.backtest(pasts, (), backtest.Asked())


def apart(number: int, sd: float) -> Past:
    """A contest on a day of its own."""
    one = missed(number, sd)
    return replace(one, race=replace(one.race, closes=date(2020, 6, 1 + number)))


def test_a_contest_is_forecast_with_what_the_others_teach_and_not_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    contests = [apart(n, 0.4) for n in range(5)]
    before = without_fits(monkeypatch, *contests).left
    assert [each.others for each in before] == [4] * 5
    other = {ANN: Fraction(1, 100), BOB: Fraction(1, 100), CAT: Fraction(98, 100)}
    turned = replace(contests[2].result, section_first={Section("north"): other}, winner=CAT)
    after = without_fits(
        monkeypatch, *contests[:2], replace(contests[2], result=turned), *contests[3:]
    ).left
    assert after[2] == before[2]
    assert all(after[n].hyperparameters != before[n].hyperparameters for n in (0, 1, 3, 4))


def test_contests_of_one_day_are_left_out_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """A leader and a deputy are asked of in the same polls."""
    found = without_fits(monkeypatch, apart(1, 0.4), missed(2, 0.4), missed(3, 0.4))
    assert [each.others for each in found.left] == [2, 1, 1]


def test_no_result_reaches_a_forecast(tmp_path: Path) -> None:
    """The evidence as of a day is the same, and so is its fingerprint, whoever won."""
    one = load(finished(tmp_path / "one"))
    other = load(finished(tmp_path / "other", RESULT.replace('"ann"', '"cat"')))
    assert one.result != other.result
    assert one.race.as_of(DAY).digest() == other.race.as_of(DAY).digest()


# --- days -------------------------------------------------------------------------------------


def test_days_are_those_on_which_evidence_came_before_the_result(tmp_path: Path) -> None:
    late = [*ENDORSED, {**ENDORSED[0], "published": "2020-07-02", "body": "Late"}]
    assert load(finished(tmp_path, bodies=late)).days == (date(2020, 5, 1), DAY)
    declared = RACE.replace("[candidates]", "declared = 2020-07-05\n\n[candidates]")
    later = load(finished(tmp_path, race=declared, bodies=late))
    assert later.days == (date(2020, 5, 1), DAY, date(2020, 7, 2))


def test_days_may_be_named(tmp_path: Path) -> None:
    named = RESULT.replace('winner = "ann"', 'winner = "ann"\nas_of = [2020-06-03, 2020-05-02]')
    assert load(finished(tmp_path, named)).days == (date(2020, 5, 2), date(2020, 6, 3))


def test_first_preferences_count_only_where_nobody_withdrew_since(tmp_path: Path) -> None:
    gone: Rows = [{"kind": "withdrawal", "published": "2020-05-20", "candidate": "cat"}]
    result = f"{RESULT}\n[first_preferences]\nann = 60\nbob = 40\n"
    chosen = load(finished(tmp_path, result, bodies=ENDORSED, nominations=gone))
    found = backtest.backtest([chosen], (), backtest.Asked(draws=400))
    assert [{held.kind for held in each.held} for each in found.scored] == [set(), {"first"}]


# --- what is refused --------------------------------------------------------------------------


def test_every_mistake_of_a_result_is_told_at_once_with_its_line() -> None:
    text = """schema = 1
[result]
winner = "zoe"
source_title = "The Paper"
source_url = "https://paper.example/2"
as_of = [2020-05-01]
[first_preferences]
ann = 30
eve = 70
[sections.east.final]
ann = 1
bob = 1
[endings]
west = [1, 2]
"""
    with pytest.raises(InputError) as refused:
        result_toml.read(text, "result.toml", load_of_text(RACE))
    said = [(each.line, each.field) for each in refused.value.problems]
    assert said == [
        (3, "result.winner"), (9, "first_preferences.eve"), (10, "sections.east"),
        (14, "endings.west"),
    ]  # fmt: skip
    assert "there are ann, bob, cat" in str(refused.value)


def test_figures_become_parts_of_the_candidates_and_others_are_left_out() -> None:
    text = f"{RESULT}\n[first_preferences]\nann = 45.1\nbob = 14.9\ncat = 30\nothers = 10\n"
    found = result_toml.read(text, "result.toml", load_of_text(RACE))
    assert found.first[ANN] == Fraction("45.1") / 90 and sum(found.first.values()) == 1


def test_who_won_is_one_of_the_last_two() -> None:
    with pytest.raises(InputError, match="ann won, and is not one of the last two"):
        result_toml.read(f"{RESULT}\n[final]\nbob = 1\ncat = 2\n", "", load_of_text(RACE))


def test_a_race_without_result_or_evidence_is_refused_with_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = folder(tmp_path, race=RACE)
    empty = finished(tmp_path / "empty", bodies=ENDORSED[2:])
    assert run(["forecast", "backtest", str(bare), str(empty)]) == 2
    told = capsys.readouterr()
    assert "there is no result.toml here" in told.err and "no evidence was published" in told.err
    assert told.out == ""


# --- the command ------------------------------------------------------------------------------


WITH_SHARES = f"""{RESULT}
[first_preferences]
ann = 50
bob = 30
cat = 20
[final]
ann = 55
bob = 45
[sections.north.final]
ann = 60
bob = 40
[[prices]]
published = 2020-05-20
chances = {{ ann = 60, bob = 40 }}
source_title = "A market"
source_url = "https://market.example"
"""


def scores_of(path: Path, capsys: pytest.CaptureFixture[str], *more: str) -> Any:
    command = ["forecast", "backtest", str(path), "--draws", "400", "--format", "json", *more]
    assert run(command) == 0
    return capsys.readouterr().out


def test_the_same_seed_gives_the_same_bytes_and_all_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = finished(tmp_path, WITH_SHARES)
    one = scores_of(path, capsys)
    assert scores_of(path, capsys) == one
    assert scores_of(path, capsys, "--seed", "2") != one
    value = json.loads(one)
    assert [each["as_of"] for each in value["forecasts"]] == ["2020-05-01", "2020-06-01"]
    last = value["forecasts"][-1]
    assert sum(last["wins"].values()) == pytest.approx(1)
    kinds = [(each["kind"], each["section"]) for each in last["shares"]]
    assert kinds == [("final", None), ("section_final", "north"), *[("first", None)] * 3]
    assert all(0 <= each["pit"] <= 1 for each in last["shares"])
    days = {each["name"]: each["days"] for each in value["means"]}
    assert days["this model"] == 2 and days["betting prices"] == 1
    assert set(last["baselines"]) == {b.name for b in baselines.BASELINES} | {"betting prices"}
    assert value["learnt"][0]["other_contests"] == len(acts.finished())


def test_the_report_says_which_goal_is_missed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = finished(tmp_path, WITH_SHARES), tmp_path / "table.md"
    command = ["forecast", "backtest", str(path), "--draws", "400"]
    assert run(command) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "! Missed: log score" in told and "the goal is at most 0.60" in told
    assert run([*command, "--format", "markdown", "--out", str(out)]) == 0
    assert "| This model | 2 |" in out.read_text("utf-8")
    assert run([*command, "--out", str(out)]) == 2


@pytest.mark.parametrize("candidates", [2, 3])
def test_a_race_of_one_section_and_two_candidates(candidates: int, tmp_path: Path) -> None:
    text = RACE[: RACE.index("[sections.north]")]
    text = text if candidates == 3 else text.replace('cat = "Cat Cooper"\n', "")
    first = "ann = 2\nbob = 1\n" + "cat = 1\n" * (candidates == 3)
    bodies: Rows = [{**ENDORSED[0], "section": ""}]
    result = f"{RESULT}\n[first_preferences]\n{first}\n[final]\nann = 60\nbob = 40\n"
    chosen = load(finished(tmp_path, result, text, bodies=bodies))
    found = backtest.backtest([chosen], (), backtest.Asked(draws=400))
    assert [held.kind for held in found.scored[0].held] == ["final", *["first"] * candidates]
    assert all(held.inner[80][0] < held.inner[80][1] for held in found.scored[0].held)


@pytest.mark.skipif(not os.environ.get("HUSTINGS_LONG"), reason="NOT RUN: takes some minutes")
@pytest.mark.slow
def test_all_finished_examples(capsys: pytest.CaptureFixture[str]) -> None:
    """The goals that are reached: log and Brier score, over forecasts and over contests."""
    # A fit whose draws diverge is told of, stamped, and scored all the same.
    assert run(["forecast", "backtest", "--format", "json"]) in (0, 3)
    value = json.loads(capsys.readouterr().out)
    model = value["means"][0]
    assert max(model["log"], model["log_by_contest"]) <= backtest.LOG_GOAL
    assert max(model["brier"], model["brier_by_contest"]) <= backtest.BRIER_GOAL
    days = [each for each in value["forecasts"] if each["contest"] == "labour-2010-race"]
    assert [each["as_of"] for each in days] == [
        "2010-07-27", "2010-07-30", "2010-09-12", "2010-09-22", "2010-09-24",
    ]  # fmt: skip
