"""Calibration: ranks that are uniform pass, a model that is not what it was fitted as does not."""

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from race.folders import Rows, folder

from hustings.errors import InputError
from hustings.forecast import uniformity as u
from hustings.formats import calibration_json
from hustings.shell.cli import run

jax = pytest.importorskip("jax", reason="NOT RUN: the forecast extra is not installed")

from hustings.forecast import calibration as c  # noqa: E402 - only where jax is
from hustings.shell import calibration as acts  # noqa: E402
from hustings.shell import race as races  # noqa: E402
from hustings.shell import world  # noqa: E402

RACE = """
schema = 1

[race]
name = "Chair"
post = "Chair"
rules = "labour-2010"

[dates]
poll_closes = 2026-06-30

[candidates]
ann = "Ann"
bob = "Bob"
cat = "Cat"

[sections.north]
name = "North"
weight = "1/2"

[sections.south]
name = "South"
weight = "1/2"
"""
POLL = {"published": "2026-06-01", "field_end": "2026-05-30", "house": "Polls", "n": "1500"}
POLLS: Rows = [
    {**POLL, "kind": "poll_first", "section": "north", "values": "ann 45; bob 35; cat 20"},
    {**POLL, "kind": "poll_first", "section": "south", "values": "ann 40; bob 40; cat 20"},
    {**POLL, "kind": "poll_pair", "section": "south", "values": "ann 52; bob 48"},
    {**POLL, "kind": "poll_pair", "section": "north", "values": "ann 52; bob 48"},
]
DAY = "2026-06-20"


@pytest.fixture(autouse=True, scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory):
    """Compiled programs go into a folder of the tests' own."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def chair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder(tmp_path_factory.mktemp("chair"), {"polls.csv": POLLS}, RACE)


@pytest.fixture(scope="module")
def setting(chair: Path) -> c.Setting:
    race = races.load(chair, date.today()).as_of(date.fromisoformat(DAY))
    return replace(c.setting(race, 3), steps=300)


# --- are these ranks uniform? ---------------------------------------------------------------


def uniform(number: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, u.RANKS, number)


def test_the_chance_to_stay_within_is_that_of_every_sample_counted() -> None:
    """Of two ranks all 10,000 pairs can be counted."""
    low, high = np.zeros(99, int), np.full(99, 2)
    low[79], high[19] = 1, 1
    inside = sum(
        (a <= 79 or b <= 79) and not (a <= 19 and b <= 19)
        for a, b in product(range(u.RANKS), repeat=2)
    )
    assert u.within(2, low, high) == pytest.approx(inside / u.RANKS**2)


def test_the_p_of_uniform_ranks_is_uniform() -> None:
    found = [u.kolmogorov_smirnov(uniform(50, seed)) for seed in range(200)]
    below = Counter(int(p * 5) for p in found)
    assert all(20 <= below[fifth] + below[5] * (fifth == 4) <= 62 for fifth in range(5))


def test_chi_squared_is_that_of_the_tables() -> None:
    """30.144 is the 5 per cent point of 19 degrees of freedom, 3.841 that of 1."""
    ranks = np.repeat(np.arange(0, 100, 5), 100)
    # Bins of 100, but for two: 2 x 38.8 squared over 100 is 30.144 where a part is moved back.
    ranks[:39] = 99
    assert ((np.bincount(ranks // 5) - 100) ** 2).sum() / 100 == pytest.approx(30.42)
    assert u.chi_squared(ranks) == pytest.approx(0.0468, abs=2e-4)
    twelve = np.array([0] * 3 + [99] * 9)
    assert u.chi_squared(twelve) == pytest.approx(0.0833, abs=1e-4)


def test_a_band_holds_95_of_100_uniform_lines() -> None:
    low, high = u.bands(200)
    held = 0
    for seed in range(600):
        line = u.below(uniform(200, seed)) / 200 - np.arange(1, 100) / 100
        held += bool((line >= low - 1e-12).all() and (line <= high + 1e-12).all())
    assert 0.92 <= held / 600 <= 0.985


def test_coverage_of_a_thousand_is_held_to_what_was_agreed() -> None:
    found = u.verdict({"x": uniform(1000).tolist()})
    assert found.coverage() == pytest.approx((0.762, 0.838), abs=5e-4)
    assert not found.failed and not found.leaves(found.tested[0])


@pytest.mark.parametrize(
    "spoil",
    [lambda x: x // 2, lambda x: 25 + x // 2, lambda x: np.where(x < 50, x // 4, 99 - x // 4)],
    ids=["low", "too wide", "too narrow"],
)
def test_ranks_that_are_not_uniform_fail_by_name(spoil: Callable[..., np.ndarray]) -> None:
    ranks = {"good": uniform(300).tolist(), "bad": spoil(uniform(300, 2)).tolist()}
    failed = u.verdict(ranks).failed
    assert failed and all(said.startswith("bad: ") for said in failed)


# --- the model ------------------------------------------------------------------------------


def calibrated(setting: c.Setting, number: int) -> u.Verdict:
    made = tuple(c.replicate(setting, n) for n in range(number))
    assert all(each.finite for each in made)
    return u.Calibration("Chair", date.fromisoformat(DAY), 1, made).verdict()


def names(failed: tuple[str, ...]) -> str:
    return " ".join(failed)


def test_the_model_finds_what_it_made_up(setting: c.Setting) -> None:
    found = calibrated(setting, 40)
    assert not found.failed
    assert len(found.tested) >= 12


def test_a_swapped_pair_is_found_out(setting: c.Setting) -> None:
    def swapped(data):
        return data._replace(pairs=data.pairs._replace(contrast=-np.asarray(data.pairs.contrast)))

    assert "ann over bob" in names(calibrated(replace(setting, doubted=swapped), 20).failed)


def test_errors_taken_for_half_as_large_are_found_out(setting: c.Setting) -> None:
    def halved(data):
        own = np.asarray(data.shares.own) / 2
        return data._replace(shares=data.shares._replace(own=own))

    assert "first" in names(calibrated(replace(setting, doubted=halved), 30).failed)


def test_the_same_seed_gives_the_same_ranks(setting: c.Setting) -> None:
    assert c.replicate(setting, 4) == c.replicate(setting, 4)


def test_without_evidence_there_is_nothing_to_make_up(tmp_path: Path) -> None:
    path = folder(tmp_path, {}, RACE)
    race = races.load(path, date.today()).as_of(date.fromisoformat(DAY))
    with pytest.raises(InputError, match="nothing to calibrate on; ask for a later one"):
        c.setting(race, 1)


# --- the command ----------------------------------------------------------------------------


def ranks_file(path: Path, race: Path, numbers: int, spoil: int = 1) -> None:
    """A file of replicates as the command would keep it, with ranks made up."""
    loaded = races.load(race, date.today()).as_of(date.fromisoformat(DAY))
    lines = [calibration_json.head(acts.kept_of(loaded, 1))]
    for number, rank in enumerate(uniform(numbers).tolist()):
        made = u.Replicate(number, {"a quantity": rank // spoil}, 0.0, 0.0, True)
        lines.append(calibration_json.line(made))
    path.write_text("\n".join(lines) + "\n", "utf-8")


def calibrate(race: Path, *arguments: str) -> int:
    day = ["--as-of", DAY, "--jobs", "1", "--replicates", "40"]
    return run(["forecast", "calibrate", str(race), *day, *arguments])


def test_the_command_goes_on_from_what_is_kept(
    tmp_path: Path, chair: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "ranks.jsonl"
    ranks_file(kept, chair, 40)
    whole = kept.read_text("utf-8")
    kept.write_text(whole + '{"number": 40, "ra', "utf-8")  # Cut off in the middle of a line.
    assert calibrate(chair, "--ranks", str(kept)) == 0
    assert "Calibrated: 40 replicates, 1 quantities" in " ".join(capsys.readouterr().out.split())
    assert kept.read_text("utf-8") == whole


def test_what_is_not_calibrated_ends_with_1(
    tmp_path: Path, chair: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, out = tmp_path / "ranks.jsonl", tmp_path / "page.md"
    ranks_file(kept, chair, 40, spoil=4)
    assert calibrate(chair, "--ranks", str(kept), "--format", "markdown", "--out", str(out)) == 1
    assert "NOT CALIBRATED" in out.read_text("utf-8")
    assert calibrate(chair, "--ranks", str(kept), "--format", "svg") == 1
    picture = capsys.readouterr().out
    assert picture.startswith("<svg") and "a quantity" in picture and "leaves the band" in picture


def test_ranks_of_something_else_are_refused(
    tmp_path: Path, chair: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "ranks.jsonl"
    ranks_file(kept, chair, 40)
    assert calibrate(chair, "--ranks", str(kept), "--seed", "2") == 2
    assert "of another race, day, seed or version" in capsys.readouterr().err
    lines = kept.read_text("utf-8").splitlines()
    kept.write_text("\n".join([lines[0], "no json", *lines[1:]]) + "\n", "utf-8")
    assert calibrate(chair, "--ranks", str(kept)) == 2
    assert "ranks.jsonl:2: this is no replicate" in capsys.readouterr().err


@pytest.mark.parametrize("module", ["model.py", "hyperparameters.py", "kernel/walk.py"])
def test_ranks_of_a_model_that_has_changed_are_refused(
    module: str,
    tmp_path: Path,
    chair: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One line more in any module by which a replicate is made, and what to do is said."""
    kept, copy = tmp_path / "ranks.jsonl", tmp_path / "hustings"
    ranks_file(kept, chair, 40)
    shutil.copytree(Path(str(world.packaged("forecast"))), copy / "forecast")
    with (copy / "forecast" / module).open("a", encoding="utf-8") as file:
        file.write("NEW = 1\n")
    monkeypatch.setattr(world, "packaged", lambda *parts: copy.joinpath(*parts))
    monkeypatch.setattr(acts, "fingerprint", acts.fingerprint.__wrapped__)
    assert calibrate(chair, "--ranks", str(kept)) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert "ranks.jsonl:1: these replicates are of the model as it was" in told
    assert "delete this one to begin anew" in told


def test_what_has_no_part_in_a_replicate_has_none_in_its_fingerprint() -> None:
    """Of the package's modules those that the calibration imports, and no page of scores."""
    made_by = {name.removeprefix("hustings.forecast.") for name in acts._sources()}
    assert {"model", "observations", "hyperparameters", "fit", "kernel.walk"} <= made_by
    assert not made_by & {"scores", "backtest", "baselines", "scenario"}
