"""Draws from the model: they find what was put in, and say when they cannot be trusted."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest

import hustings
from hustings.errors import InputError
from hustings.forecast.evidence import (
    Bias,
    BranchNominations,
    Electorate,
    Endorsement,
    Meeting,
    MeetingPool,
    Parameter,
    PollFirst,
    PollPair,
    Primary,
    Race,
    ReportedFirsts,
    ReportedSeconds,
    RosterEntry,
    RunOff,
    SelfSelecting,
)

jax = pytest.importorskip("jax", reason="NOT RUN: the forecast extra is not installed")

from hustings.forecast import diagnostics, fit, model  # noqa: E402 - only where jax is
from hustings.forecast.observations import Observations, observations  # noqa: E402

CLOSES = date(2010, 9, 22)
NORTH = {"section": "north", "source_url": "https://example.org"}


def race(*entries) -> Race:
    contest = hustings.contest("Chair", ["a", "b", "c"], {"north": "1/2", "south": "1/2"})
    return Race("Chair", contest, CLOSES, entries)


def at(days: int) -> date:
    return CLOSES - timedelta(days)


def shares(**parts: int):
    return {(name,): Fraction(part, 100) for name, part in parts.items()}


def poll(id_: str = "poll", days: int = 10, n: int = 600, **more) -> PollFirst:
    figures = more.pop("shares", shares(a=50, b=30, c=20))
    return PollFirst(
        id=id_, published=at(days), n=n, shares=figures, **NORTH | {"house": "y"} | more
    )


EVERY_KIND = (
    poll(),
    poll("south-poll", section="south", shares=shares(a=30, b=30, c=40)),
    PollPair(id="pair", published=at(10), n=600, shares=shares(a=60, b=40), house="y", **NORTH),
    SelfSelecting(id="readers", published=at(9), n=900, shares=shares(a=40, b=40, c=20), **NORTH),
    Meeting(id="m1", published=at(30), n=20, unit="u1", shares=shares(a=50, b=30, c=20), **NORTH),
    Meeting(id="m2", published=at(30), n=20, unit="u2", shares=shares(a=40, b=40, c=20), **NORTH),
    RunOff(id="r2", published=at(30), unit="u2", pair=("a", "b"), gained=(1, 3),
           eliminated=("c",), n=4, **NORTH),
    MeetingPool(id="pool", published=at(30), n=400, meetings=16,
                shares=shares(a=45, b=35, c=20), **NORTH),
    RunOff(id="runoffs", published=at(30), pair=("a", "b"), gained=(20, 30), meetings=12, n=50,
           **NORTH),
    BranchNominations(id="branches", published=at(30), counts={"a": 30, "b": 12, "c": 9}, **NORTH),
    Endorsement(id="union", published=at(50), body="union", candidate="b", electorate=500, **NORTH),
    Primary(id="primary", published=at(40), n=300, shares={("a",): Fraction(1, 2),
            ("b", "c"): Fraction(1, 2)}, **NORTH),
    RosterEntry(id="x", published=at(20), elector="X", ranking=("c", "b"),
                source_url="x", section="south"),
    RosterEntry(id="z", published=at(20), elector="Z", ranking=("c",), prefers=(("a", "b"),),
                source_url="x", section="south"),
    ReportedSeconds(id="seconds", published=at(20), pair=("a", "b"), counts=(5, 2),
                    section="south", source_url="x"),
    Electorate(id="size", published=at(60), section="south", issued=200, source_url="x"),
    ReportedFirsts(id="firsts", published=at(15), n=None, shares=shares(a=50, b=25, c=25),
                   section="south", source_url="x"),
)  # fmt: skip


@pytest.fixture(scope="module")
def posterior() -> fit.Posterior:
    return fit.fit(observations(race(poll(), poll("other", section="south"))), 7)


def test_a_draw_has_its_place_in_every_array(posterior: fit.Posterior) -> None:
    draws = fit.CHAINS * fit.DRAWS * fit.REPEAT
    assert posterior.support.shape == (draws, 2, 3)
    assert posterior.hazards.shape == (draws, 2, 2, 1)
    assert posterior.kept.shape == (draws, 3) and (posterior.kept <= 1).all()
    table = posterior.prefixes()
    assert table.shape == (draws, 2, len(model.prefixes(3))) and table.dtype == np.float64
    assert table[:, :, :3].sum(-1) == pytest.approx(np.ones((draws, 2)))
    assert table[:, :, :3] == pytest.approx(posterior.first_choices())
    assert posterior.prefixes(batch=7) == pytest.approx(table)


def test_the_draws_pass_and_find_the_poll(posterior: fit.Posterior) -> None:
    assert posterior.diagnostics.passes, posterior.diagnostics
    mean = posterior.first_choices()[:, 0].mean(0)
    assert mean == pytest.approx([0.48, 0.30, 0.22], abs=0.03)
    spread = posterior.first_choices()[:, 0].std(0)
    assert (spread > 0.02).all(), "a poll's own error is larger than its sampling error"


def test_the_same_seed_gives_the_same_draws(posterior: fit.Posterior) -> None:
    again = fit.fit(posterior.observations, 7)
    assert (again.vectors == posterior.vectors).all() and (again.hazards == posterior.hazards).all()
    other = fit.fit(posterior.observations, 8)
    assert (other.vectors != posterior.vectors).any()


def test_without_evidence_the_draws_are_the_prior() -> None:
    found = fit.fit(observations(race()), 1)
    assert found.prior and found.diagnostics.passes
    assert found.first_choices().mean((0, 1)) == pytest.approx(np.full(3, 1 / 3), abs=0.02)
    # In the plane that the candidates' differences span: level .8, and .5 half-normal beside.
    variance = (0.8**2 + 0.5**2) * 2 / 3
    assert found.support.var(0) == pytest.approx(np.full((2, 3), variance), rel=0.12)


def test_new_evidence_compiles_nothing(posterior: fit.Posterior) -> None:
    more = observations(race(poll(), poll("other", section="south"), poll("third", 3)))
    assert more.size == posterior.observations.size
    compiled: list[str] = []

    def listen(event: str, seconds: float, **_: object) -> None:
        compiled.extend([event] * event.endswith("backend_compile_duration"))

    jax.monitoring.register_event_duration_secs_listener(listen)
    try:
        fit.fit(more, 7, draws=1000)
        assert not compiled
    finally:
        jax.monitoring.clear_event_listeners()


def test_a_density_that_is_no_number_fails_and_says_so_alone() -> None:
    """However the chains behave, nothing else that is wrong with them means a thing."""
    found = observations(race(poll()))
    wrong = replace(found, data=replace_counts(found.data, np.nan))
    told = fit.fit(wrong, 1, draws=100).diagnostics
    assert not told.finite and len(told.advice) == 1
    assert "not a number" in told.advice[0] and "figure" in told.advice[0]


def replace_counts(data, value):
    counts = np.array(data.shares.counts)
    counts[0, 0] = value
    return data._replace(shares=data.shares._replace(counts=counts))


def test_where_the_draws_fail_a_check_the_chains_go_on() -> None:
    """A few draws are worth too little; four times as many are made, and no more."""
    told = fit.fit(observations(race(poll())), 1, draws=10).diagnostics
    assert told.draws == 10 * (1 + sum(fit.FURTHER)) and not told.passes


def test_a_start_from_which_all_is_steep_is_left() -> None:
    """A survey of a hundred million is far more than a million nats away at the start."""
    walk = fit.Walk(observations(race(poll(n=10**8, deff=Fraction(1)))), 1, 1)
    walk.warm_up()
    assert np.abs(walk.take(20).energy).max() < 1e29


# --- evidence to slots ---------------------------------------------------------------------


def test_every_kind_of_evidence_is_read() -> None:
    found = observations(race(*EVERY_KIND))
    left = {entry.id for entry in EVERY_KIND} - set(found.used)
    assert left == {"union", "size"} and found.data.settings.endorsed[0, 1] == 1
    assert found.size.branches == 2 and found.data.branches.gained.tolist() == [[0, 0], [1, 3]]
    assert [note.split(":")[0] for note in found.notes] == ["firsts"]


def slot(found: Observations, n: int):
    return {name: np.asarray(part)[n] for name, part in found.data.shares._asdict().items()}


def test_a_poll_counts_for_its_number_over_its_design_effect() -> None:
    one = slot(observations(race(poll())), 0)
    assert one["counts"].tolist() == [200, 120, 80]
    assert (one["own"] ** 2).sum() == pytest.approx(0.26**2 + 0.09**2 * 10 / 7)


def shared(found: Observations, one: int, other: int) -> float:
    """The covariance of the errors of two polls."""
    own = found.data.shares.own
    return float(own[one] @ own[other])


def test_polls_of_a_section_err_together_and_share_the_weeks_after_the_later() -> None:
    two = observations(race(poll(days=21), poll("other", days=7, house="z")))
    assert shared(two, 0, 1) == pytest.approx(0.26**2 / 2 + 0.09**2 * 1)
    assert shared(two, 0, 0) == pytest.approx(0.26**2 + 0.09**2 * 3)
    assert shared(two, 1, 1) == pytest.approx(0.26**2 + 0.09**2 * 1)


def test_polls_of_one_house_err_more_alike_and_those_of_two_sections_do_not() -> None:
    alike = observations(race(poll(days=7), poll("other", days=0)))
    assert shared(alike, 0, 1) == pytest.approx(0.26**2 * 3 / 4)
    elsewhere = observations(race(poll(days=7), poll("other", days=7, section="south")))
    assert shared(elsewhere, 0, 1) == 0


def test_the_undecided_widen_a_poll_and_are_never_handed_out() -> None:
    one = slot(observations(race(poll(undecided=Fraction(2, 5)))), 0)
    wide = 0.26**2 + 0.09**2 * 10 / 7 + (0.5 * 0.4) ** 2
    assert (one["own"] ** 2).sum() == pytest.approx(wide)
    assert one["counts"].sum() == 400


def test_an_entry_may_bring_its_own_bias_drift_and_design_effect() -> None:
    own = poll(bias=Bias(sd=Fraction(1, 10)), drift_per_week=Fraction(0), deff=Fraction(3))
    one = slot(observations(race(own)), 0)
    assert (one["own"] ** 2).sum() == pytest.approx(0.01)
    assert one["counts"].sum() == 200


def test_first_preferences_and_the_choice_of_two_share_a_poll_s_error() -> None:
    found = observations(race(*EVERY_KIND[:3]))
    first, other, pair = found.data.shares.own[0], found.data.shares.own[1], found.data.pairs.outer
    assert (first > 0).tolist() == (pair[0] > 0).tolist() and (first * other).sum() == 0


def test_the_race_may_set_a_parameter_by_name() -> None:
    told = Parameter(id="p", published=at(60), name="poll_deff", value=Fraction(2))
    assert slot(observations(race(poll(), told)), 0)["counts"].sum() == 300
    with pytest.raises(InputError, match="poll_def: the model has no parameter of that name"):
        observations(race(replace(told, name="poll_def")))


def test_what_is_published_later_changes_nothing() -> None:
    later = [replace(entry, published=at(1)) for entry in EVERY_KIND]
    told = Parameter(id="p", published=at(2), name="poll_deff", value=Fraction(9))
    alone = observations(race(poll("early", 15)).as_of(at(12)))
    beside = observations(race(poll("early", 15), told, *later).as_of(at(12)))
    assert alone.size == beside.size and alone.used == beside.used == ("early",)
    parts = zip(jax.tree.leaves(alone.data), jax.tree.leaves(beside.data), strict=True)
    assert all((one == other).all() for one, other in parts)


def test_run_offs_alone_are_no_sample_of_first_votes() -> None:
    """Where no branch without a run-off reports, the first votes only weigh the transfers."""
    both, with_run_off = EVERY_KIND[4:7], EVERY_KIND[5:7]
    assert observations(race(*both)).data.branches.counts.sum() == 40
    selected = observations(race(*with_run_off)).data.branches
    assert selected.counts.sum() == 0 and selected.votes.sum() == 20


def test_names_are_not_counted_beside_figures_of_all() -> None:
    """A list of some candidates' backers is no sample; the figures of all hold them too."""
    named = RosterEntry(id="x", published=at(20), elector="X", ranking=("c",), section="south",
                        source_url="x")  # fmt: skip
    told = replace(EVERY_KIND[-1], n=40)
    alone = observations(race(named)).data.shares.counts.sum()
    assert (alone, observations(race(named, told)).data.shares.counts.sum()) == (1, 40)


@pytest.mark.parametrize("candidates", [["a"], list("abcdefghi")])
def test_a_forecast_needs_two_to_eight_candidates(candidates: list[str]) -> None:
    contest = hustings.contest("Chair", ["a", "b"])
    some = replace(contest, candidates=tuple(replace(contest.candidates[0], id=c)
                                             for c in candidates))  # fmt: skip
    with pytest.raises(InputError, match=f"{len(candidates)} candidates stand; a forecast needs"):
        observations(Race("Chair", some, CLOSES))


# --- diagnostics ---------------------------------------------------------------------------


def path(vectors: np.ndarray) -> fit.Path:
    shape = vectors.shape[:2]
    energy = np.random.default_rng(2).normal(size=shape)
    return fit.Path(vectors, energy, np.zeros(shape, bool), np.full(shape, 4.0))


def test_independent_draws_pass() -> None:
    found = fit.diagnose(path(np.random.default_rng(1).normal(size=(2, 1000, 5))))
    assert found.passes and 1500 < found.ess_bulk < 2600


def test_chains_that_disagree_fail_and_say_what_to_do() -> None:
    vectors = np.random.default_rng(1).normal(size=(2, 1000, 5))
    vectors[1, :, 3] += 0.5
    found = fit.diagnose(path(vectors))
    assert found.r_hat > 1.01
    assert "R-hat" in found.advice[0] and "more draws" in found.advice[0]


def test_draws_that_hang_together_are_worth_fewer() -> None:
    """An autoregression of .9 leaves 1 in 19."""
    noise = np.random.default_rng(1).normal(size=(2, 4000, 2))
    for step in range(1, 4000):
        noise[:, step] += 0.9 * noise[:, step - 1]
    worth = diagnostics.effective(diagnostics.normalised(noise))
    assert worth == pytest.approx(np.full(2, 8000 / 19), rel=0.3)


def test_divergences_and_cut_paths_are_told() -> None:
    good = path(np.random.default_rng(1).normal(size=(2, 1000, 5)))
    few = good.diverged.copy()
    few[0, :3] = True
    hung = np.random.default_rng(4).normal(size=(2, 1000)).cumsum(1)
    found = fit.diagnose(
        replace(good, diverged=few, doublings=np.full((2, 1000), 8.0), energy=hung)
    )
    wrong = ("diverge", "cut short", "E-BFMI")
    assert [word for word in wrong if word in " ".join(found.advice)] == [*wrong]


@pytest.mark.slow
def test_the_diagnostics_are_those_of_another_hand() -> None:
    """BlackJAX computes the same by other code."""
    import blackjax.diagnostics as others

    vectors = np.random.default_rng(1).normal(size=(2, 500, 3))
    vectors[:, 1:] += 0.5 * vectors[:, :-1]
    vectors[1] += 0.1
    found = fit.diagnose(path(vectors))
    with jax.enable_x64(True):
        assert found.r_hat == pytest.approx(float(others.rhat(vectors).max()), rel=1e-3)
        assert found.ess_bulk == pytest.approx(float(others.ess_bulk(vectors).min()), rel=0.1)
        assert found.ess_tail == pytest.approx(float(others.ess_tail(vectors).min()), rel=0.1)
