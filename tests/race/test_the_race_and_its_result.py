"""A race of an election: its site and the result's lead to each other; and the race's card."""

import json
import re
import struct
from datetime import date
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urljoin

import pytest
from race import forecasts
from race.folders import RACE, folder, poll

from hustings.results.race_pages import card
from hustings.results.race_pages.edition import RaceEdition, RaceSite, Trackers
from hustings.results.report import Report
from hustings.shell import cli, forecast, kept_forecasts, race_site, typeset
from hustings.shell import race as races

ELECTION = """
schema = 1

[election]
name = "Annual & <general> meeting"

[contests.chair]
post = "Chair"
rules = "omov-av"
ballots = "ballots.csv"

[contests.chair.candidates]
ann = "Ann Archer"
bob = "Bob Baker"
cat = "Cat Cooper"
"""
SECRETARY = """
[contests.secretary]
post = "Secretary"
rules = "omov-av"
ballots = "ballots.csv"

[contests.secretary.candidates]
ann = "Ann Archer"
bob = "Bob Baker"
cat = "Cat Cooper"
"""
OF_IT = """
schema = 1

[race]
name = "Who will be chair?"
definition = "../election"
contest = "chair"

[dates]
poll_closes = 2020-06-30
"""
BALLOTS = "count,1,2,3\n4,ann,bob,\n3,bob,ann,\n2,cat,bob,\n"
DAY = ["--as-of", "2020-05-01"]


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No model: forecasts are made up. Whatever is named is in the folder of the test."""
    monkeypatch.setattr(kept_forecasts, "made", forecasts.outlook)
    monkeypatch.setattr(kept_forecasts, "kept", lambda race, seed, draws: None)
    monkeypatch.setattr(forecast, "NEEDED", ())
    monkeypatch.chdir(tmp_path)
    Path("election").mkdir(parents=True)
    Path("race").mkdir(parents=True)
    Path("election/election.toml").write_text(ELECTION, "utf-8")
    Path("election/ballots.csv").write_text(BALLOTS, "utf-8")
    folder(Path("race"), {"polls.csv": [poll("2020-03-01", section="")]}, OF_IT)


def publish(*words: str) -> None:
    assert cli.run(["publish", *words]) == 0


def links(page: str) -> list[str]:
    """Where a page leads to, as files, seen from the folder of the test, or addresses."""
    found = re.findall(r'href="([^"#]+)"', Path(page).read_text("utf-8"))
    return [unquote(urljoin(page, unescape(href))) for href in found]


def test_both_lead_to_each_other_from_folders_beside_each_other() -> None:
    publish("race", "--out", "site/the race", *DAY)
    assert not [link for link in links("site/the race/index.html") if "result" in link]
    publish("election", "--out", "site/result")
    assert "site/the race/index.html" in links("site/result/releases/index.html")
    publish("race", "--out", "site/the race", *DAY)
    for page in ("index.html", "roster/index.html"):
        assert "site/result/index.html" in links(f"site/the race/{page}")
    assert "Nobody has been elected" not in Path("site/the race/index.html").read_text("utf-8")
    assert cli.run(["verify", "site/result"]) == cli.run(["verify", "site/the race"]) == 0


def test_no_page_of_a_release_changes_with_what_stands_beside_it() -> None:
    publish("election", "--out", "site/result")
    first = Path("site/result/SHA256SUMS").read_bytes()
    publish("race", "--out", "site/race", *DAY)
    publish("election", "--out", "site/result")
    assert Path("site/result/SHA256SUMS").read_bytes() == first


def test_of_several_contests_it_leads_to_its_own() -> None:
    Path("election/election.toml").write_text(ELECTION + SECRETARY, "utf-8")
    publish("election", "--out", "site/result")
    publish("race", "--out", "site/race", *DAY)
    assert "site/result/chair/index.html" in links("site/race/index.html")
    publish("election", "--out", "site/result")
    page = Path("site/result/releases/index.html").read_text("utf-8")
    assert "Chair: before the result" in page and "Secretary: before" not in page


@pytest.mark.parametrize("other", ["none", "another election", "no site", "another contest"])
def test_where_there_is_no_other_site_there_is_no_link(other: str) -> None:
    if other == "another election":
        publish("labour-1983", "--out", "site/result")
    if other == "no site":
        Path("site/result").mkdir(parents=True)
        Path("site/result/status.json").write_text("[", "utf-8")
    if other == "another contest":
        Path("election/election.toml").write_text(ELECTION + SECRETARY, "utf-8")
        publish("election", "--out", "site/result")
        status = Path("site/result/status.json").resolve()
        status.write_text(status.read_text("utf-8").replace('"chair"', '"head"'), "utf-8")
    publish("race", "--out", "site/race", *DAY)
    assert not [link for link in links("site/race/index.html") if "site/result" in link]
    assert "Nobody has been elected" in Path("site/race/index.html").read_text("utf-8")


def test_a_race_of_no_definition_has_none() -> None:
    folder(Path("race"), {"polls.csv": [poll("2020-03-01")]}, RACE.replace("2030", "2020"))
    publish("election", "--out", "site/result")
    publish("race", "--out", "site/race", *DAY)
    assert not [link for link in links("site/race/index.html") if "site/result" in link]
    status = json.loads(Path("site/race/status.json").read_text("utf-8"))
    assert status["election"] is None and status["contest"] is None


def test_a_race_inside_an_elections_folder_is_of_that_election() -> None:
    inside = RACE.replace("2030", "2020")
    folder(Path("election"), {"polls.csv": [poll("2020-03-01")]}, inside)
    publish("election/race.toml", "--out", "site/race", *DAY)
    status = json.loads(Path("site/race/status.json").read_text("utf-8"))
    assert (status["election"], status["contest"]) == ("Annual & <general> meeting", "chair")
    Path("election/election.toml").write_text("no TOML", "utf-8")
    assert races.election_of(Path("election")) is None


def test_an_address_that_is_given_is_led_to() -> None:
    publish("race", "--out", "race-site", "--beside", "https://vote.example/result/", *DAY)
    assert "https://vote.example/result/" in links("race-site/index.html")
    publish("election", "--out", "result-site", "--beside", "https://vote.example/race/")
    assert "https://vote.example/race/" in links("result-site/index.html")
    assert "https://vote.example/race/" in links("result-site/releases/1/index.html")


@pytest.mark.parametrize("place", ["race", "election"])
def test_an_address_that_nobody_could_follow_is_refused(
    place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["publish", place, "--out", "site", "--beside", "../race"]) == 2
    assert "--beside ../race: this is no address of a site" in capsys.readouterr().err


# --- the card ---------------------------------------------------------------------------------


def test_the_card_is_a_picture_that_the_pages_name() -> None:
    publish("race", "--out", "site", "--base-url", "https://vote.example/race", *DAY)
    picture = Path("site/card.png").read_bytes()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", picture[16:24]) == (1200, 630)
    page = Path("site/index.html").read_text("utf-8")
    assert '<meta property="og:image" content="https://vote.example/race/card.png">' in page
    assert '<meta property="og:title" content="Before the result: Chair">' in page


def site_of(name: str, *, untold: str = "", failed: tuple[str, ...] = ()) -> RaceSite:
    Path("race/race.toml").write_text(OF_IT.replace("Who will be chair?", name), "utf-8")
    race = races.load(Path("race"), date(2030, 1, 1)).as_of(date(2020, 5, 1))
    found = None if untold else forecasts.outlook(race, failed=failed)
    nothing = Report("", ())
    return RaceSite(RaceEdition(race, Trackers(nothing, nothing, nothing), found, untold))


def test_the_card_says_that_it_is_a_forecast_and_how_sure_it_is() -> None:
    told = card.source(site_of("Who will be chair?"))
    assert told.index("BEFORE THE RESULT") < told.index("Too close to call, and Ann Archer is")
    assert "a forecast, not a count; as of 1 May 2020" in told
    widths = [float(width) for width in re.findall(r"rect\(width: ([\d.]+)pt", told)]
    wins = [each.win for each in forecasts.outlook(site_of("x").race).told.prospects]
    assert widths == [pytest.approx(1088 * win, abs=0.1) for win in wins]


def test_without_a_forecast_the_card_has_no_figure() -> None:
    told = card.source(site_of("Who?", untold="nothing is installed"))
    assert "No forecast: nothing is installed." in told and "rect(" not in told


def test_figures_that_failed_their_checks_are_stamped_on_the_card_too() -> None:
    assert "Do not rely on these figures" in card.source(site_of("Who?", failed=("R-hat",)))


@pytest.mark.parametrize("name", ['#eval("1") $x$ ' * 30, "مرشح عربي 7", "🗳 vote ␀"])
def test_no_name_breaks_the_card(name: str) -> None:
    escaped = name.replace('"', '\\"')
    assert typeset.png(card.source(site_of(escaped))).startswith(b"\x89PNG")


def test_a_preview_has_no_neighbours_but_its_own() -> None:
    """It is built in a folder of its own, so that nothing beside it is taken for the result."""
    publish("election", "--out", "site/result")
    Path("draft").mkdir(parents=True)
    race_site.preview(Path("race"), Path("draft/race"))
    assert not [link for link in links("draft/race/index.html") if "result/" in link]
