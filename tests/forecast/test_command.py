"""`hustings forecast`: the same numbers again, the prior, what is refused, what is stamped."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from race.folders import Rows, folder

from hustings.shell.cli import run

DAY = "2026-06-01"
RACE = """
schema = 1

[race]
name = "Chair of the society"
post = "Chair"
rules = "labour-2010"

[dates]
poll_closes = 2026-06-30

[candidates]
ann = "Ann Archer"
bob = "Bob <Baker>"
cat = "Cat Cooper"

[sections.north]
name = "North"
weight = "1/2"

[sections.south]
name = "South"
weight = "1/2"
"""
ROLL: Rows = [
    {"published": "2026-01-01", "section": "north", "elector": name} for name in ("Una", "Vic")
]
SIZES: Rows = [
    {"kind": "electorate", "published": "2026-01-01", "section": "north", "issued": "30"}
]
POLLS: Rows = [
    {"kind": "poll_first", "section": "south", "published": "2026-05-01", "house": "Polls",
     "n": "800", "values": "ann 45; bob 35; cat 20"},
]  # fmt: skip


@pytest.fixture(autouse=True, scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Compiled programs go into a folder of the tests' own, and are made once for all of them."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def chair(path: Path, **files: Rows) -> Path:
    path.mkdir(exist_ok=True)
    tables = {"roll.csv": ROLL, "bodies.csv": SIZES}
    return folder(path, {**tables, **{f"{n}.csv": rows for n, rows in files.items()}}, RACE)


def forecast(path: Path, *arguments: str) -> int:
    return run(["forecast", str(path), "--as-of", DAY, "--draws", "400", *arguments])


def as_json(path: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert forecast(path, "--format", "json", *arguments) == 0
    return json.loads(capsys.readouterr().out)


# --- no evidence ----------------------------------------------------------------------------


def test_without_evidence_it_is_the_prior_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert forecast(chair(tmp_path)) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "! No evidence: this is what the model holds before any" in told
    assert "Too close to call" in told and "No entry informs it." in told


def test_the_same_race_day_and_seed_give_the_same_bytes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, same, other = (
        (forecast(chair(tmp_path), "--format", "json", "--seed", seed), capsys.readouterr().out)
        for seed in ("1", "1", "2")
    )
    assert one == same
    assert json.loads(one[1])["candidates"] != json.loads(other[1])["candidates"]


def test_what_is_published_later_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    later = [{**POLLS[0], "published": "2026-06-02"}]
    before = as_json(chair(tmp_path / "before"), capsys)
    assert as_json(chair(tmp_path / "after", polls=later), capsys) == before


def test_every_number_says_what_it_rests_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    value = as_json(chair(tmp_path), capsys)
    assert (value["format"], value["version"]) == ("hustings-forecast", 1)
    assert (value["as_of"], value["seed"], value["draws"]) == (DAY, 1, 400)
    assert (value["rule_book"], value["is_prior"], value["failed"]) == ("labour-2010", True, [])
    assert len(value["evidence_digest"]) == 64
    assert sum(c["win"]["value"] for c in value["candidates"]) == pytest.approx(1, abs=1e-5)
    assert {each["elector"] for each in value["pivots"]["electors"]} == {"Una", "Vic"}


def test_every_key_of_the_json_is_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "forecast-json.md"
    said = page.read_text("utf-8")
    more = "--draws", "8000", "--if", "cat north: ann 1:1", "--since", "2026-05-01"
    value = as_json(chair(tmp_path), capsys, *more, "--sensitivity")
    assert [key for key in keys(value) if f"`{key}`" not in said] == []


def keys(value: Any) -> set[str]:
    """Every key at any depth, but for ids of candidates and sections and shares in per cent."""
    if isinstance(value, list):
        return set().union(*map(keys, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    own = {key for key in value if key not in ("ann", "bob", "cat", "north", "south")}
    own = {key for key in own if not key.isdigit()}
    return own.union(*(keys(each) for each in value.values()))


def test_the_page_needs_nothing_else_and_names_are_escaped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "page.html"
    assert forecast(chair(tmp_path), "--format", "html", "--out", str(out)) == 0
    page = out.read_text("utf-8")
    assert "<svg" in page and "Bob &lt;Baker&gt;" in page and "<Baker>" not in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    assert forecast(chair(tmp_path), "--format", "html", "--out", str(out)) == 2
    assert "already" in capsys.readouterr().err


# --- what is refused ------------------------------------------------------------------------


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['jax'] = None; from hustings.shell.cli import run; "
        f"sys.exit(run(['forecast', {str(chair(tmp_path))!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert 'needs jax: pip install "hustings[forecast]"' in done.stderr


def test_help_imports_no_arrays() -> None:
    code = (
        "import sys; from hustings.shell.cli import run; run(['forecast', '--help']); "
        "sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def test_scenarios_that_are_wrong_are_refused_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert forecast(chair(tmp_path), "--if", "cat", "--if", "cat east: ann 2:1") == 2
    told = capsys.readouterr()
    assert "'cat': expected such as" in told.err and "not a candidate and a section" in told.err
    assert told.out == ""


def test_a_day_to_come_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["forecast", str(chair(tmp_path)), "--as-of", "2999-01-01"]) == 2
    assert "in the future" in capsys.readouterr().err


def test_draws_that_were_kept_give_the_same_forecast_and_are_of_one_race(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, file = chair(tmp_path), tmp_path / "draws.json"
    many = "--draws", "8000"
    before = as_json(path, capsys, *many, "--seed", "7", "--keep", str(file))
    assert as_json(path, capsys, "--kept", str(file)) == before
    what_if = as_json(path, capsys, "--kept", str(file), "--if", "cat north: ann 1:1")
    assert not what_if["scenario"]["refitted"]
    assert forecast(path, "--keep", str(file)) == 2
    assert "already" in capsys.readouterr().err
    other = chair(tmp_path / "other", bodies=[{**SIZES[0], "issued": "31"}])
    assert forecast(other, "--kept", str(file)) == 2
    assert "from other evidence" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ('"format": "hustings-draws"', "these are no draws"),
        ('"version": 1', "version 0"),
        ('"seed": 1', "seed and repeat"),
        ("[\n[", "parts are not those"),
        ('"chains"', "parts are not those"),
        ("{\n", "this is not JSON"),
    ],
)
def test_a_file_that_holds_no_such_draws_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changed: str, told: str
) -> None:
    """Each part in turn is made something that it must not be."""
    made = {
        '"version": 1': '"version": 0',
        '"seed": 1': '"seed": -1',
        "[\n[": "[\n[0.5],[",
        '"chains"': '"links"',
        "{\n": "{{",
    }
    path, file = chair(tmp_path), tmp_path / "draws.json"
    assert forecast(path, "--keep", str(file)) == 0
    capsys.readouterr()
    text = file.read_text("utf-8")
    assert changed in text
    file.write_text(text.replace(changed, made.get(changed, '"format": "other"'), 1), "utf-8")
    assert forecast(path, "--kept", str(file)) == 2
    assert told in capsys.readouterr().err


ROSTERED: Rows = [
    {"kind": "roster", "section": "north", "published": "2026-02-01", "elector": name,
     "ranking": ranking}
    for name, ranking in (("Una", "ann"), ("Una", "bob"))
]  # fmt: skip
GONE: Rows = [{"kind": "withdrawal", "published": "2026-01-15", "candidate": "ann"}]


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"polls": [{**POLLS[0], "values": "ann 55; bob 45; cat 30"}]}, "sum to 130"),
        ({"roster": [{**ROSTERED[0], "elector": "Zed"}]}, "'Zed' is not on the roll"),
        ({"roster": ROSTERED[:1], "nominations": GONE}, "ann withdrew on 2026-01-15"),
        ({"polls": [{**POLLS[0], "published": "2999-01-01"}]}, "in the future"),
        ({"roster": ROSTERED}, "this contradicts 'roster-0' (roster.csv:2)"),
        (
            {"nominations": [*GONE, {**GONE[0], "id": "two", "candidate": "bob"}]},
            "cat alone is left standing: there is nothing to forecast",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], files: dict[str, Rows], told: str
) -> None:
    """Nothing is dropped in silence, and nothing printed."""
    assert forecast(chair(tmp_path, **files)) == 2
    said = capsys.readouterr()
    assert told in said.err and ".csv:2" in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    ("since", "told"),
    [("yesterday", "is not a date"), (DAY, "is not before"), ("2026-08-01", "is not before")],
)
def test_an_earlier_day_must_be_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], since: str, told: str
) -> None:
    assert forecast(chair(tmp_path), "--since", since) == 2
    said = capsys.readouterr().err
    assert "--since" in said and told in said


def test_without_anything_new_nothing_has_moved_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = chair(tmp_path)
    assert forecast(path, "--since", "2026-05-01") == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "What has moved since 2026-05-01" in told and "+0.000" in told
    assert "Nothing that was published since then informs the forecast." in told
    assert f"Next: hustings forecast {path} --as-of {DAY} --if" in told


# --- fitted ---------------------------------------------------------------------------------


def test_a_figure_out_of_all_bounds_ends_with_five_and_says_what_to_look_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """There are no numbers then, and nothing is written under the forecast's name."""
    wild = [{**row, "bias_sd": "1" + "0" * 40} for row in POLLS]
    path, out = chair(tmp_path, polls=wild), tmp_path / "chair.txt"
    assert forecast(path, "--out", str(out)) == 5
    told = capsys.readouterr()
    assert told.out == "" and not out.exists()
    assert "the density is not a number" in told.err and "look for a figure" in told.err
    assert "R-hat" not in told.err and "Warning" not in told.err


@pytest.mark.slow
def test_draws_that_cannot_be_trusted_are_put_aside_or_stamped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four hundred draws are worth too little: exit code 3, and no forecast under its name."""
    monkeypatch.setattr("hustings.forecast.fit.FURTHER", ())
    path, out = chair(tmp_path, polls=POLLS), tmp_path / "chair.txt"
    assert forecast(path) == 3
    told = capsys.readouterr()
    assert told.out == "" and "ask for more draws" in told.err
    assert forecast(path, "--out", str(out)) == 3
    assert not out.exists()
    assert "NOT TO BE RELIED ON" in out.with_name("chair.txt.failed").read_text("utf-8")
    capsys.readouterr()
    assert forecast(path, "--force") == 3
    assert "! NOT TO BE RELIED ON" in capsys.readouterr().out


@pytest.mark.slow
def test_a_poll_moves_the_forecast_and_is_missed_without(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = chair(tmp_path, polls=POLLS)
    more = "--draws", "4000", "--sensitivity", "--if", "cat south: bob 8:1", "--since", "2026-04-01"
    value = as_json(path, capsys, *more)
    ann = value["candidates"][0]
    low, high = ann["first_preferences"]["sections"]["south"]["interval_80"]
    assert ann["id"] == "ann" and ann["win"]["value"] > 0.55 and low < 0.45 < high
    (without,) = value["sensitivity"]
    (new,) = value["since"]["without"]
    assert (new, new["entry"]) == (without, "polls-0")
    before = {each["id"]: each["win"]["value"] for each in value["since"]["before"]["candidates"]}
    assert before["ann"] == pytest.approx(without["wins"]["ann"], abs=1e-6)
    variants = {each["variant"]: each["wins"]["ann"] for each in value["variants"]}
    assert variants["true_polls"] > ann["win"]["value"] > variants["wider_errors"]
    assert without["wins"]["ann"] < ann["win"]["value"] - 0.1
    # Hardly a draw goes so far: the model is fitted anew.
    scenario = value["scenario"]
    assert scenario["refitted"] and scenario["first_draws_worth"] < 400 <= scenario["worth"]
    bob = {each["id"]: each for each in scenario["candidates"]}["bob"]
    before = {each["id"]: each for each in value["candidates"]}["bob"]
    assert bob["win"]["value"] > before["win"]["value"]


@pytest.mark.slow
def test_the_twelfth_of_september(capsys: pytest.CaptureFixture[str]) -> None:
    """Ed Miliband won with 50.654; nothing published after the 12th has a part in this."""
    race = "labour-2010-race"
    assert run(["forecast", race, "--as-of", "2010-09-12", "--format", "json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert date.fromisoformat(value["as_of"]) == date(2010, 9, 12)
    ed = {each["id"]: each for each in value["candidates"]}["e_miliband"]
    low, high = ed["final_share"]["college"]["interval_80"]
    assert low < 0.50654 < high
    assert 0.35 < ed["win"]["value"] < 0.65
