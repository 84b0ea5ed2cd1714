"""The report's pictures and tables: what they say is what was simulated, for any race."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from race.folders import RACE, Rows, loaded

from hustings.forecast import fit, model, sensitivity, simulate, statement
from hustings.forecast.break_even import break_even, lead, shifted
from hustings.forecast.evidence import Race
from hustings.forecast.kernel.ballots import Ballots
from hustings.forecast.observations import observations
from hustings.forecast.outcomes import Estimate, Simulated, over, simulated, summary
from hustings.forecast.paths import ways
from hustings.forecast.sensitivity import Otherwise, Refitted, Since
from hustings.forecast.statement import Asked, Forecast
from hustings.formats import forecast_draws_json
from hustings.results import as_html, as_text, forecast_report
from hustings.results.pictures.forecast_chance import draw_chance, in_hundred
from hustings.results.pictures.forecast_paths import draw_paths
from hustings.results.pictures.forecast_pivots import draw_pivots
from hustings.results.pictures.forecast_sections import draw_section_intervals
from hustings.results.pictures.forecast_share import draw_share, in_bars
from hustings.results.report import Picture, Sentence, Table

DAY = date(2030, 6, 1)
POLLS: Rows = [
    {"kind": "poll_first", "section": "south", "published": "2030-03-01", "n": "800",
     "values": "ann 45; bob 35; cat 20"},
    {"kind": "poll_first", "section": "south", "published": "2030-05-01", "n": "800",
     "values": "ann 35; bob 45; cat 20"},
]  # fmt: skip
ALL = (draw_chance, draw_share, draw_section_intervals, draw_paths, draw_pivots)
SVG = "{http://www.w3.org/2000/svg}"


def race(path: Path, text: str = RACE, **files: Rows) -> Race:
    path.mkdir(exist_ok=True)
    return loaded(path, {f"{n}.csv": rows for n, rows in files.items()}, text).as_of(DAY)


def standing(many: int) -> str:
    """The race with so many candidates, and names that are markup or too long."""
    names = ["Ann Archer", "Bob <Baker> & Sons", "Cat " + "Cooper-" * 20, "Dan", "Eve", "Flo"]
    listed = "\n".join(f'{name[:3].lower()} = "{name}"' for name in names[:many])
    start, rest = RACE.split("[candidates]")
    return f"{start}[candidates]\n{listed}\n\n[sections{rest.split('[sections', 1)[1]}"


def made(of: Race, draws: int = 400) -> Forecast:
    """The forecast of a race before any evidence, so that nothing need be fitted."""
    return statement.forecast(of, Asked(seed=3, draws=draws))


@pytest.fixture(scope="module")
def forecast(tmp_path_factory: pytest.TempPathFactory) -> Forecast:
    """Three who stand, in two sections."""
    return made(race(tmp_path_factory.mktemp("race")))


# --- pictures -------------------------------------------------------------------------------


@pytest.mark.parametrize("many", [2, 3, 5])
def test_every_picture_is_whole_for_any_number_of_candidates(many: int, tmp_path: Path) -> None:
    """Well-formed, named and described, and no name becomes markup."""
    report = forecast_report.of(made(race(tmp_path, standing(many))))
    pictures = [block.svg for block in report.blocks if isinstance(block, Picture)]
    assert len(pictures) == (5 if many > 2 else 3)
    ids = []
    for svg in pictures:
        root = ElementTree.fromstring(svg)
        assert root.find(f"{SVG}title").text and root.find(f"{SVG}desc").text  # type: ignore
        ids += [each.get("id") for each in root.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    assert "<Baker>" not in as_html.page(report)


def test_nothing_is_drawn_beyond_the_sheet(forecast: Forecast) -> None:
    for draw in ALL:
        root = ElementTree.fromstring(draw(forecast))
        _, _, wide, high = map(float, root.get("viewBox", "").split())
        for each in root.iter():
            if each.tag in (f"{SVG}rect", f"{SVG}text") and each.get("x"):
                right = float(each.get("x", 0)) + float(each.get("width", 0))
                assert float(each.get("x", 0)) >= -0.01 and right <= wide + 0.01, draw
                assert float(each.get("y", 0)) <= high, draw


def test_the_dots_are_a_hundred_and_say_who_wins(forecast: Forecast) -> None:
    root = ElementTree.fromstring(draw_chance(forecast))
    dots = [each.get("fill") for each in root.iter(f"{SVG}circle")]
    wins = in_hundred({c.candidate: c.win.value for c in forecast.summary.chances})
    assert len(dots) == 100
    ballot = [*forecast.race.standing]
    for name, number in wins.items():
        assert dots.count(f"url(#chance-c{ballot.index(name) + 1})") == number


@pytest.mark.parametrize(
    ("chances", "dots"),
    [
        ({"a": 0.545, "b": 0.455}, (55, 45)),
        ({"a": 1.0, "b": 0.0}, (100, 0)),
        ({"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}, (34, 33, 33)),
        ({"a": 0.9957, "b": 0.0043}, (100, 0)),
    ],
)
def test_dots_are_dealt_by_the_largest_remainder(
    chances: dict[str, float], dots: tuple[int, ...]
) -> None:
    assert tuple(in_hundred(chances).values()) == dots


def test_the_bars_of_the_share_hold_every_count_that_is_not_rare(forecast: Forecast) -> None:
    for histogram in ({44: 0.001, 49: 0.3, 52: 0.699}, {n: 0.01 for n in range(100)}):
        wide, bars = in_bars(histogram)
        assert sum(bars.values()) == pytest.approx(sum(histogram.values()), abs=0.002)
        assert 50 % wide == 0 and len(bars) <= 24
        assert [*bars] == [*range(min(bars), max(bars) + 1, wide)]
    assert in_bars({}) == (5, {})


def test_a_leader_who_is_never_among_the_last_two_is_told_of(forecast: Forecast) -> None:
    leader = replace(forecast.summary.leader, final=None)
    told = replace(forecast.summary, chances=(leader, *forecast.summary.chances[1:]), histogram={})
    assert "not among the last two" in draw_share(replace(forecast, summary=told))


def test_the_streams_of_the_paths_keep_their_width(forecast: Forecast) -> None:
    """Every stage is as wide as the sheet: what goes in comes out."""
    root = ElementTree.fromstring(draw_paths(forecast))
    bars = [each for each in root.iter(f"{SVG}rect") if each.get("stroke")]
    by_stage: dict[str, float] = {}
    for bar in bars:
        top = bar.get("y", "")
        by_stage[top] = by_stage.get(top, 0) + float(bar.get("width", 0))
    assert [*by_stage.values()] == pytest.approx([360.0] * 3, abs=0.1)


# --- what they rest on ----------------------------------------------------------------------


def counted(path: Path) -> Simulated:
    of = race(path)
    return simulated(of, fit.prior(observations(of), 3, 400), 3)


def test_the_ways_are_those_of_the_draws(tmp_path: Path) -> None:
    found = counted(tmp_path)
    told = ways(found)
    assert sum(way.chance for way in told) == pytest.approx(1)
    for place, name in enumerate(found.candidates):
        wins = sum(way.chance for way in told if way.winner == name)
        assert wins == pytest.approx((found.outcomes.winner == place).mean())
        first = sum(way.chance for way in told if way.out[0] == name)
        assert first == pytest.approx((found.outcomes.order[:, 0] == place).mean())
    assert all(way.winner in way.last and way.last[0] < way.last[1] for way in told)


def test_even_transfers_are_those_that_halves_by_hand_give(tmp_path: Path) -> None:
    """Ann and Bob have their own papers twice, each of Cat's once: the lead is that of before."""
    found = counted(tmp_path)
    pair = found.candidates[0], found.candidates[1]
    twice = sensitivity._halved(found, pair)
    assert isinstance(twice, np.ndarray) and (twice.sum(2) == 2 * found.papers()).all()
    sides = np.array([over(ranking, pair) for ranking in found.counted.rankings])
    assert (sides == 0).any() and (twice[:, :, sides == 0] == 0).all()
    mine, theirs = (found.firsts()[:, :, place] for place in (0, 1))
    assert (twice @ sides == 2 * (mine - theirs)).all()
    told = sensitivity.even_transfers(found, pair)
    assert sum(told.wins.values()) == pytest.approx(1)


def test_even_transfers_of_whole_ballots_are_those_of_their_types(tmp_path: Path) -> None:
    """Of more than six candidates the ballots themselves are counted."""
    found = counted(tmp_path)
    pair = found.candidates[0], found.candidates[1]
    types, draws = len(found.counted.rankings), 5
    small = np.random.default_rng(2).integers(0, 3, (draws, 2, types))
    rows = [np.full((draws, 2 * types), -1, np.int32) for _ in range(2)]
    for draw in range(draws):
        for place in range(2):
            listed = np.repeat(np.arange(types), small[draw, place])
            rows[place][draw, : len(listed)] = listed
    papers = (np.ones(2 * types, np.int64),) * 2
    whole = Ballots(found.counted.types, tuple(rows), papers)
    by_type = sensitivity._halved(replace(found, counts=small), pair)
    by_ballot = sensitivity._halved(replace(found, counts=whole), pair)
    every = np.eye(types, dtype=bool)
    for place in range(2):
        types_of = [
            np.stack([simulate.cast(counts, place, one) for one in every], 1)
            for counts in (by_type, by_ballot)
        ]
        assert (types_of[0] == types_of[1]).all() and types_of[0].any()


def test_at_the_break_even_both_win_as_often(tmp_path: Path) -> None:
    """A leader by a known lead in utility is level again when the shift takes that lead back."""
    of = race(tmp_path)
    posterior = fit.prior(observations(of), 5, 1000)
    support = posterior.support - posterior.support.mean(0)
    support[:, :, 0] += 0.4
    posterior = replace(posterior, support=support)
    pair = posterior.candidates[0], posterior.candidates[1]
    found = break_even(of, posterior, 5, pair)
    assert found.shift and found.points and 0.2 < found.shift < 0.6
    leads = [lead(shifted(of, posterior, 5, pair, s), pair) for s in (found.shift, 0.0)]
    assert -0.03 < leads[0] <= 0 < leads[1]
    assert lead(shifted(of, posterior, 5, pair, found.shift - 0.01), pair) > -1e-9


def test_no_shift_in_reach_is_said_so(tmp_path: Path) -> None:
    of = race(tmp_path)
    posterior = fit.prior(observations(of), 5, 400)
    support = posterior.support.copy()
    support[:, :, 0] += 40
    pair = posterior.candidates[0], posterior.candidates[1]
    found = break_even(of, replace(posterior, support=support), 5, pair)
    assert (found.shift, found.points, found.polls) == (None, None, None)


# --- what would be otherwise ----------------------------------------------------------------


def refit(seen: list[tuple[Race, str]], found: Simulated) -> Callable[[Race, str], Refitted]:
    """Writes down what is refitted, and gives the same for all."""

    def refit(of: Race, told: str) -> Refitted:
        seen.append((of, told))
        return Refitted(found, True)

    return refit


def test_since_a_day_leaves_out_what_is_new_and_nothing_else(tmp_path: Path) -> None:
    of = race(tmp_path, polls=POLLS)
    found = counted(tmp_path / "prior")
    seen: list[tuple[Race, str]] = []
    told = sensitivity.since(
        of, of.as_of(date(2030, 4, 1)), ("polls-0", "polls-1"), refit(seen, found)
    )
    assert [each.what for each in told.without] == ["polls-1"]
    assert [sorted(e.id for e in of.entries) for of, _ in seen] == [["polls-0"], ["polls-0"]]
    assert told.day == date(2030, 4, 1)


def test_without_a_correction_what_it_corrected_holds_again(tmp_path: Path) -> None:
    polls = [POLLS[0], {**POLLS[1], "supersedes": "polls-0"}]
    of = race(tmp_path, polls=polls)
    assert [each.id for each in of.entries] == ["polls-1"]
    assert [each.id for each in sensitivity.lacking(of, {"polls-1"}).entries] == ["polls-0"]


def test_a_variant_that_changes_nothing_of_a_race_is_not_fitted(tmp_path: Path) -> None:
    """Without polls, endorsements and run-offs only what holds of every race is left."""
    seen: list[tuple[Race, str]] = []
    found = counted(tmp_path)
    bare = sensitivity.variants(race(tmp_path / "bare"), refit(seen, found))
    assert [each.what for each in bare] == ["plain", "wider_errors"]
    polled = sensitivity.variants(race(tmp_path / "polls", polls=POLLS), refit(seen, found))
    assert {"true_polls", "no_shared_error"} <= {each.what for each in polled}
    told = {what: of.parameters() for of, what in seen[2:]}
    assert told[sensitivity.VARIANTS["true_polls"].meaning]["poll_sd"] < 0.06
    default = observations(race(tmp_path / "bare")).hyperparameters.poll_sd
    wider = told[sensitivity.VARIANTS["wider_errors"].meaning]["poll_sd"]
    assert float(wider) == pytest.approx(1.5 * default)


def test_the_report_shows_what_moved_it_and_what_it_rests_on(forecast: Forecast) -> None:
    wins = {c.candidate: c.win.value for c in forecast.summary.chances}
    leader = forecast.summary.leader.candidate
    less = Otherwise("a-poll", {**wins, leader: wins[leader] - 0.1}, dict.fromkeys(wins, 0.01))
    even = replace(less, what="even_transfers", trusted=False)
    told = replace(
        forecast, without=(less,), variants=(even,),
        since=Since(date(2030, 5, 1), forecast.summary, True, (less,)),
    )  # fmt: skip
    text = " ".join("".join(as_text.write(forecast_report.of(told))).split())
    assert "What has moved since 2030-05-01" in text
    assert "What rests on which evidence" in text and "a-poll" in text and "+0.100" in text
    assert f"{sensitivity.EVEN} (draws failed)" in text and "-0.100" in text


def test_too_few_draws_are_warned_of_with_how_many_would_do(forecast: Forecast) -> None:
    chances = [replace(c, win=Estimate(c.win.value, 0.005)) for c in forecast.summary.chances]
    sure = replace(forecast, summary=replace(forecast.summary, chances=tuple(chances)))
    chances[0] = replace(chances[0], win=Estimate(chances[0].win.value, 0.02))
    unsure = replace(forecast, summary=replace(sure.summary, chances=tuple(chances), draws=4000))
    said = [b.text for b in forecast_report.of(unsure).blocks if isinstance(b, Sentence)]
    assert any("--draws 16000" in each for each in said)
    said = [b.text for b in forecast_report.of(sure).blocks if isinstance(b, Sentence)]
    assert not any("--draws" in each for each in said)


def test_a_picture_has_its_table_beside_it(forecast: Forecast) -> None:
    blocks = forecast_report.of(forecast).blocks
    for at, block in enumerate(blocks):
        if isinstance(block, Picture):
            near = blocks[at + 1 : at + 4]
            before = blocks[max(at - 3, 0) : at]
            assert any(isinstance(each, Table) for each in (*near, *before))


def test_the_last_summary_of_the_paths_is_that_of_the_wins(tmp_path: Path) -> None:
    found = counted(tmp_path)
    told = summary(found)
    for chance in told.chances:
        wins = sum(way.chance for way in ways(found) if way.winner == chance.candidate)
        assert wins == pytest.approx(chance.win.value)
    assert simulate.count_draws(found.counted, found.counts).winner.shape == (400,)


@pytest.mark.parametrize("single", [True, False])
def test_draws_come_back_to_the_last_bit(single: bool, tmp_path: Path) -> None:
    of = race(tmp_path)
    vectors = np.random.default_rng(1).standard_normal((50, model.length(observations(of).size)))
    vectors = vectors.astype(np.float32).astype(float) if single else vectors
    vectors[0, :3] = 1e-9, -0.0, 123456.789 if not single else 0.5
    vectors = vectors.astype(np.float32).astype(float) if single else vectors
    drawn = fit.posterior(observations(of), 7, vectors, 2, fit.Diagnostics(2, 25))
    text = forecast_draws_json.write(of, drawn, 2)
    assert text == forecast_draws_json.write(of, drawn, 2)
    back = forecast_draws_json.read(text, "draws.json", of)
    assert (back.vectors == drawn.vectors).all() and (back.hazards == drawn.hazards).all()
    assert (back.seed, back.diagnostics, back.prior) == (7, drawn.diagnostics, False)
