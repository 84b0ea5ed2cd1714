"""A race as a site: what stands on its pages, what is left out, and what is refused."""

import csv
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from race import forecasts
from race.folders import RACE, TODAY, Rows, folder, poll, said

import hustings
from hustings.errors import InputError
from hustings.forecast.evidence import Race
from hustings.results.race_pages.edition import Outlook
from hustings.shell import cli, forecast, kept_forecasts, race_site, signing
from hustings.shell.race_site import Wanted

EXAMPLES = Path(hustings.__file__).parent / "examples"
FILES: dict[str, Rows] = {
    "polls.csv": [
        poll("2030-02-01", values="ann 40; bob 38; cat 22"),
        poll("2030-03-01"),
        poll("2030-04-01", values="ann 34; bob 45; cat 21"),
    ],
    "roster.csv": [
        said("Ada Able", "cat", "2030-03-05"),
        said("Bea Best", "ann>bob", "2030-03-05", unit="hill", grade="reported", by="The Paper"),
        said("Cyd Cole", "cat>bob", "2030-03-06", source_url="https://paper.example/2"),
        {**said("Dot Dale", "bob", "2030-03-07"), "grade": "nominated"},
        {
            "kind": "reported_seconds",
            "section": "north",
            "published": "2030-03-08",
            "values": "ann 2; bob 1",
        },
    ],
}
Build = Callable[..., race_site.Built]


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[date]:
    """No model: forecasts are made up, and the days of which one was asked are noted."""
    days: list[date] = []

    def made(race: Race, seed: int, draws: int) -> Outlook:
        assert race.at
        days.append(race.at)
        return forecasts.outlook(race, seed, draws)

    monkeypatch.setattr(kept_forecasts, "made", made)
    monkeypatch.setattr(forecast, "NEEDED", ())
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return days


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Writes a race and builds its site into `site`."""

    def build(files: dict[str, Rows] | None = None, race: str = RACE, **wanted: object) -> object:
        place = tmp_path / "race"
        place.mkdir(exist_ok=True)
        folder(place, FILES if files is None else files, race)
        asked = {"as_of": date(2030, 5, 1), "today": TODAY, **wanted}
        return race_site.publish(place, tmp_path / "site", Wanted(**asked))  # type: ignore[arg-type]

    return build  # type: ignore[return-value]


def page(tmp_path: Path, place: str = "") -> str:
    return (tmp_path / "site" / place / "index.html").read_text("utf-8")


def words(html: str) -> str:
    """The text of a page as it is read, drawings aside."""
    bare = re.sub(r"<svg.*?</svg>|<script.*?</script>", " ", html, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", bare).split())


def table(tmp_path: Path, name: str) -> list[dict[str, str]]:
    text = (tmp_path / "site" / "data" / name).read_text("utf-8")
    return [*csv.DictReader(StringIO(text))]


# --- the pages --------------------------------------------------------------------------------


def test_the_first_page_says_its_status_the_sentence_and_what_decides_it(
    build: Build, tmp_path: Path
) -> None:
    build()
    told = words(page(tmp_path))
    order = (
        "BEFORE THE RESULT",
        "a forecast, not a count; as of 1 May 2030",
        "the poll closes in 60 days, on 30 June 2030",
        "Too close to call, and Bob Baker is ahead.",
        "Most hangs on how those who put Cat Cooper first (north) split between",
        "If all evidence overstates Bob Baker by 1.2 points",
        "Where the race stands",
        "How it got here",
        "Whom to ask first",
        "What the model cannot know",
    )
    places = [told.index(words) for words in order]
    assert places == sorted(places)


def test_the_forecast_is_made_for_each_day_with_evidence_and_no_other(
    build: Build, made_up: list[date], tmp_path: Path
) -> None:
    build()
    days = [date(2030, 2, 1), date(2030, 3, 1), *(date(2030, 3, day) for day in (5, 6, 7, 8))]
    assert made_up == [*days, date(2030, 4, 1)]
    rows = table(tmp_path, "over-time.csv")
    assert [row["as_of"] for row in rows if row["candidate"] == "ann"] == [*map(str, made_up)]
    over = page(tmp_path, "over-time")
    for day in made_up:
        assert f'id="day-{day}"' in over
    assert 'href="https://paper.example/2"' in over


def test_of_many_days_every_second_or_fourth_is_shown_and_the_last() -> None:
    days = [date(2030, 1, day) for day in range(1, 31)]
    assert race_site.thinned(days, 30) == tuple(days)
    shown = race_site.thinned(days, 10)
    assert len(shown) <= 10 and shown[0] == days[0] and shown[-1] == days[-1]
    # Tomorrow's days are today's, or half of them, and the new one.
    tomorrow = race_site.thinned([*days, date(2030, 1, 31)], 10)
    assert {*tomorrow} - {date(2030, 1, 31)} <= {*shown}
    for most in range(2, 31):
        assert len(race_site.thinned(days, most)) <= most


def test_the_unknown_come_first_and_then_the_known_with_their_sources(
    build: Build, tmp_path: Path
) -> None:
    build()
    roster = page(tmp_path, "roster")
    unknown, known = roster.split("<h2>Who has said</h2>")
    assert "Dot Dale" in unknown and "Bob Baker, by nomination" in unknown
    assert "Ada Able" in unknown and ">second</td>" in unknown and ">first</td>" in unknown
    assert unknown.index("Dot Dale") < unknown.index("Ada Able")
    assert "Bea Best" in known and "reported by The Paper" in known and "Hill" in known
    assert "Cat Cooper &gt; Bob Baker" in known
    assert '2030-03-06</td><td class="text"><a href="https://paper.example/2">' in known


def test_how_many_are_named_nowhere_is_said_first(build: Build, tmp_path: Path) -> None:
    size = {"kind": "electorate", "section": "north", "published": "2030-03-01", "issued": "271"}
    build({**FILES, "bodies.csv": [size]})
    told = words(page(tmp_path, "roster"))
    assert "Of 267 of the 271 electors in north nothing is known by name." in told


def test_an_entry_and_its_correction_are_both_listed(build: Build, tmp_path: Path) -> None:
    again = said("Ada Able", "bob", "2030-03-20", supersedes="roster-0")
    build({**FILES, "roster.csv": [*FILES["roster.csv"], again]})
    told = words(page(tmp_path, "evidence"))
    assert "superseded on 2030-03-20" in told and "corrects an earlier entry" in told
    rows = {row["id"]: row for row in table(tmp_path, "evidence.csv")}
    assert rows["roster-0"]["superseded_by"] == "roster-5"


def test_every_entry_is_in_the_list_and_in_the_data(tmp_path: Path) -> None:
    """Of the example, as of a day on which one entry had not been published yet."""
    asked = Wanted(as_of=date(2010, 9, 24), today=TODAY)
    race_site.publish(EXAMPLES / "labour-2010-race", tmp_path / "site", asked)
    told = json.loads((tmp_path / "site/data/evidence.json").read_text("utf-8"))
    rows = table(tmp_path, "evidence.csv")
    assert [entry["id"] for entry in told["entries"]] == [row["id"] for row in rows]
    assert all(row["says"] and row["source_url"] for row in rows)
    listed = page(tmp_path, "evidence")
    for row in rows:
        if row["kind"] != "elector":
            assert row["source_url"] in listed, row["id"]
    assert "73 names on the roll" in listed
    assert "Of 197 of the 271 electors in MPs and MEPs" in words(page(tmp_path, "roster"))
    assert "17 short" in page(tmp_path, "nominations")


def test_what_was_published_later_has_no_part_in_any_byte(build: Build, tmp_path: Path) -> None:
    asked = {"as_of": date(2030, 3, 7)}
    before = {**FILES, "polls.csv": FILES["polls.csv"][:2], "roster.csv": FILES["roster.csv"][:4]}
    build(before, **asked)
    first = _bytes(tmp_path / "site")
    build(**asked)
    assert _bytes(tmp_path / "site") == first


def test_the_same_race_gives_the_same_bytes(build: Build, tmp_path: Path) -> None:
    build()
    first = _bytes(tmp_path / "site")
    build()
    assert _bytes(tmp_path / "site") == first


def _bytes(site: Path) -> dict[str, bytes]:
    found = (path for path in site.rglob("*") if path.is_file())
    return {str(path.relative_to(site)): path.read_bytes() for path in found}


def test_markup_in_names_and_sources_stays_text(build: Build, tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    rows = [
        said(f"Ada {evil}", "cat", source_title=evil, source_url="javascript:alert(1)", note=evil),
        said("Bea", "ann", source_url="https://paper.example/?a=1&b=<i>"),
    ]
    named = RACE.replace("Cat Cooper", "<b>Cat</b> & co")
    build({**FILES, "roster.csv": rows}, named)
    for path in (tmp_path / "site").rglob("*.html"):
        html = path.read_text("utf-8")
        assert "<script>alert" not in html and "<b>Cat" not in html, path
        assert 'href="javascript' not in html, path
        for drawing in re.findall(r"<svg.*?</svg>", html, re.S):
            ElementTree.fromstring(drawing)
    assert "https://paper.example/?a=1&amp;b=&lt;i&gt;" in page(tmp_path, "roster")


# --- without a forecast -----------------------------------------------------------------------


def test_without_the_packages_the_site_is_built_and_says_so(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forecast, "NEEDED", ("no_such_package",))
    built = build()
    assert any("hustings[forecast]" in note for note in built.notes) and not built.failed
    told = words(page(tmp_path))
    assert "No forecast" in told and "Where the race stands" not in told
    assert "Ada Able" in page(tmp_path, "roster")
    assert not (tmp_path / "site/over-time").exists()
    assert not (tmp_path / "site/data/forecast.json").exists()
    status = json.loads((tmp_path / "site/status.json").read_text("utf-8"))
    assert status["forecast_as_of"] is None and status["chances"] == {}


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> str:
    """The draws of the last day fail a check."""
    advice = "R-hat is 1.200, above 1.01: ask for more draws"

    def made(race: Race, seed: int, draws: int) -> Outlook:
        return forecasts.outlook(
            race, seed, draws, (advice,) if race.at and race.at.month == 4 else ()
        )

    monkeypatch.setattr(kept_forecasts, "made", made)
    return advice


def test_draws_that_failed_are_not_shown(build: Build, tmp_path: Path, failing: str) -> None:
    built = build()
    assert built.failed
    told = words(page(tmp_path))
    assert "failed their checks" in told and "Where the race stands" not in told
    assert "Too close to call" not in told


def test_draws_that_failed_are_stamped_on_every_page_where_they_are_forced(
    build: Build, tmp_path: Path, failing: str
) -> None:
    built = build(force=True)
    assert built.failed == (failing,)
    for path in (tmp_path / "site").rglob("*.html"):
        assert "Do not rely on these figures" in path.read_text("utf-8"), path
    rows = table(tmp_path, "over-time.csv")
    assert "2030-04-01" not in {row["as_of"] for row in rows}
    status = json.loads((tmp_path / "site/status.json").read_text("utf-8"))
    assert status["failed"] == [failing] and status["summary"].startswith("These draws failed")


def test_a_race_without_evidence_says_that_nothing_is_known(build: Build, tmp_path: Path) -> None:
    build({})
    told = words(page(tmp_path))
    assert "No evidence yet" in told and "How it got here" not in told
    assert "No elector is named yet." in words(page(tmp_path, "roster"))
    assert "There is one day to show so far" in words(page(tmp_path, "over-time"))


# --- files ------------------------------------------------------------------------------------


def test_the_sums_hold_and_the_signature_is_of_the_key(build: Build, tmp_path: Path) -> None:
    key, public = signing.new_key(tmp_path / "keys")
    build(key=key, base_url="https://race.example/2030")
    site = tmp_path / "site"
    sums = (site / "SHA256SUMS").read_text("utf-8")
    listed = dict(reversed(line.split("  ")) for line in sums.splitlines())  # type: ignore[misc]
    for name, content in _bytes(site).items():
        if not name.startswith("SHA256SUMS"):
            assert listed.pop(name) == hashlib.sha256(content).hexdigest()
    assert not listed
    assert signing.signed_by(sums.encode(), (site / "SHA256SUMS.sig").read_bytes(), public)
    assert (site / "key.pem").read_text("utf-8") == public.read_text("utf-8")
    assert '<link rel="canonical" href="https://race.example/2030/roster/">' in page(
        tmp_path, "roster"
    )
    assert cli.run(["verify", str(site), "--key", str(public)]) == 0


def test_the_races_own_files_are_there_and_give_the_same_race(build: Build, tmp_path: Path) -> None:
    build()
    (tmp_path / "race" / "secret.txt").write_text("not to be published")
    build()
    own = tmp_path / "site" / "data" / "race"
    assert sorted(path.name for path in own.iterdir()) == ["polls.csv", "race.toml", "roster.csv"]
    again = race_site.publish(own, tmp_path / "again", Wanted(date(2030, 5, 1), TODAY))
    assert again.notes == ()
    one, other = (tmp_path / name / "data/forecast.json" for name in ("site", "again"))
    assert one.read_bytes() == other.read_bytes()


def test_every_file_and_key_is_told_of(build: Build, tmp_path: Path) -> None:
    key, _ = signing.new_key(tmp_path / "keys")
    build(key=key)
    page = (Path(__file__).parents[2] / "docs/reference/site.md").read_text("utf-8")
    told = page.partition("## The pages of a race")[2].partition("\n## ")[0]
    for name in _bytes(tmp_path / "site"):
        place = "data/race/" if name.startswith("data/race/") else name
        assert f"`{place.removesuffix('index.html') or place}`" in told, name
    status = json.loads((tmp_path / "site/status.json").read_text("utf-8"))
    assert all(f"`{key}`" in told for key in status)


# --- what is refused --------------------------------------------------------------------------


def test_a_result_is_never_replaced_by_a_race(build: Build, tmp_path: Path) -> None:
    site = str(tmp_path / "site")
    assert cli.run(["publish", "labour-1983", "--out", site]) == 0
    with pytest.raises(InputError, match="a result is published here"):
        build()
    assert (tmp_path / "site/releases/1/index.html").is_file()


def test_the_result_takes_the_races_place(build: Build, tmp_path: Path) -> None:
    build()
    assert cli.run(["publish", "labour-1983", "--out", str(tmp_path / "site")]) == 0
    assert (tmp_path / "site/releases/1/index.html").is_file()
    assert not (tmp_path / "site/roster").exists()


def test_a_mistake_leaves_the_site_as_it_was(build: Build, tmp_path: Path) -> None:
    build()
    first = _bytes(tmp_path / "site")
    with pytest.raises(InputError, match="130"):
        build({"polls.csv": [poll(values="ann 60; bob 50; cat 20")]})
    assert _bytes(tmp_path / "site") == first


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--rules", "omov-av"], "--rules is for an election"),
        (["--as-of", "2999-01-01"], "is in the future"),
        (["--as-of", "soon"], "is not a date"),
        (["--seed", "luck"], "is not a whole number"),
        (["--base-url", "ftp://x"], "no address of a site"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    options: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = folder(tmp_path, FILES)
    assert cli.run(["publish", str(place), "--out", str(tmp_path / "site"), *options]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


def test_an_election_refuses_what_is_of_a_race(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["publish", "labour-1983", "--out", str(tmp_path / "site"), "--draws", "500"]
    assert cli.run(asked) == 2
    assert "--draws is for a race" in capsys.readouterr().err


# --- the command ------------------------------------------------------------------------------


def test_the_command_publishes_an_example_by_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site"
    asked = ["publish", "labour-2010-race", "--out", str(site), "--as-of", "2010-07-27"]
    assert cli.run(asked) == 0
    told = capsys.readouterr()
    assert "Published the race" in told.out and "left out" in told.err
    assert (site / "index.html").is_file()


def test_draws_that_failed_give_exit_code_3(
    tmp_path: Path, failing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    past = {
        name: [{**row, "published": row["published"].replace("2030", "2020")} for row in rows]
        for name, rows in FILES.items()
    }
    place = folder(tmp_path, past, RACE.replace("2030", "2020"))
    asked = ["publish", str(place), "--out", str(tmp_path / "site"), "--as-of", "2020-05-01"]
    assert cli.run(asked) == 3
    assert "cannot be trusted" in capsys.readouterr().err


def test_a_preview_is_built_as_of_today(tmp_path: Path) -> None:
    files = race_site.preview(EXAMPLES / "labour-2010-race", tmp_path / "site")
    assert files == sum(path.is_file() for path in (tmp_path / "site").rglob("*")) - 1
    assert str(date.today()) in (tmp_path / "site/status.json").read_text("utf-8")


# --- what is kept -----------------------------------------------------------------------------


def test_a_forecast_that_was_kept_is_read_back_as_it_was_made(tmp_path: Path) -> None:
    """In a process of its own, since nothing may fork where JAX has run; 400 draws are enough."""
    place = folder(tmp_path, {"polls.csv": FILES["polls.csv"][:2]}, RACE)
    script = f"""
from datetime import date
from pathlib import Path
from hustings.shell import forecast, kept_forecasts, race

loaded = race.load(Path({str(place)!r}), date(2030, 12, 31)).as_of(date(2030, 3, 1))
assert kept_forecasts.kept(loaded, 1, 400) is None
made = kept_forecasts.made(loaded, 1, 400)
assert kept_forecasts.kept(loaded, 1, 400) == made
assert kept_forecasts.kept(loaded, 2, 400) is None
assert made.json.startswith('{{\\n "format": "hustings-forecast"')
assert [block.text for block in made.report.blocks if getattr(block, "tone", "") == "lead"]
headings = [getattr(block, "text", "") for block in made.report.blocks]
assert "What the model cannot know" in headings and "About these figures" in headings
assert 0 < made.told.prospects[0].win < 1 and made.told.prospects[0].final
assert made.told.blocs and made.told.pair[0] == made.told.prospects[0].candidate
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_what_spoilt_a_kept_forecast_is_passed_over(tmp_path: Path) -> None:
    from hustings.shell import race as races

    place = folder(tmp_path, FILES)
    race = races.load(place, TODAY).as_of(date(2030, 3, 1))
    path = kept_forecasts._place(race, 1, 4000)
    path.parent.mkdir(parents=True)
    for spoilt in ("", "{}", '{"forecast": {"format": "x"}}', "\x00"):
        path.write_text(spoilt, "utf-8")
        assert kept_forecasts.kept(race, 1, 4000) is None
