"""The pages of a race in a browser: for every reader, valid, without script, and searched."""

import fcntl
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from browser.conftest import missing
from browser.survey import Seen, survey
from browser.test_validity import CHECKER
from browser.visits import Site
from playwright.sync_api import Browser, Page, expect
from race import folders, forecasts
from race.folders import poll, said

import hustings
from hustings.forecast.evidence import Race
from hustings.results.race_pages.edition import Outlook
from hustings.shell import forecast, kept_forecasts, race_site
from hustings.shell.race_site import Wanted

pytestmark = pytest.mark.slow

EXAMPLE = Path(hustings.__file__).parent / "examples" / "labour-2010-race"
NAMES = ("race", "race-hostile", "race-untold")
MOST_OF_A_PAGE = 60_000

HOSTILE = folders.RACE.replace("Ann Archer", "<script>alert('ann')</script>")
HOSTILE = HOSTILE.replace("Bob Baker", "مرشح <b>عربي</b> 7").replace("Cat Cooper", "C" + "a" * 200)
HOSTILE = HOSTILE.replace("Chair of the society", "<i>Race</i> & others" + "e" * 120)
EVIL = {"source_title": "</table><h1>" + "x" * 150, "note": "<img src=x onerror=alert(1)>"}


@pytest.fixture(scope="session")
def race_of(shelf: Path) -> Callable[[str], Site]:
    """Gives a race's site by its name, with made-up forecasts, built by whoever asks first."""

    def race_of(name: str) -> Site:
        with (shelf / f"{name}.lock").open("w") as lock, pytest.MonkeyPatch.context() as patch:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (shelf / name).exists():
                _build(name, shelf, patch)
        return Site(name, shelf / name)

    return race_of


def _build(name: str, shelf: Path, patch: pytest.MonkeyPatch) -> None:
    def made(race: Race, seed: int, draws: int) -> Outlook:
        return forecasts.outlook(race, seed, draws)

    patch.setattr(kept_forecasts, "made", made)
    patch.setattr(kept_forecasts, "kept", lambda race, seed, draws: None)
    needed = ("no_such_package",) if name == "race-untold" else ()
    patch.setattr(forecast, "NEEDED", needed)
    place, day = EXAMPLE, date(2010, 9, 24)
    if name == "race-hostile":
        place, day = shelf / "hostile-race", date(2030, 5, 1)
        place.mkdir()
        folders.folder(place, _hostile(), HOSTILE)
    race_site.publish(place, shelf / name, Wanted(day, folders.TODAY))


def _hostile() -> dict[str, folders.Rows]:
    return {
        "polls.csv": [
            poll("2030-02-01", values="ann 40; bob 38; cat 22", **EVIL),
            poll("2030-02-03", values="ann 33; bob 38; cat 29"),
        ],
        "roster.csv": [
            said("Ada <b>Able</b>", "cat", **EVIL),
            said("الوزير", "ann", unit="hill"),
            said("X" * 120, "bob", source_url="javascript:alert(1)"),
        ],
        "nominations.csv": [
            {"kind": "tally", "nominators": "fellows", "published": day, "values": values, **EVIL}
            for day, values in (("2030-01-05", "ann 1; bob 2"), ("2030-01-09", "ann 4; cat 2"))
        ],
    }


@pytest.fixture(scope="session", params=NAMES)
def race(request: pytest.FixtureRequest, race_of: Callable[[str], Site]) -> Site:
    """One site after the other."""
    return race_of(request.param)


@pytest.fixture(scope="session")
def surveyed(race: Site, chromium: Browser, served: str, shelf: Path) -> list[Seen]:
    """Each page opened once."""
    return survey(race, chromium, served, shelf)


def test_the_pages_hold_for_every_reader(surveyed: list[Seen], served: str) -> None:
    """axe in light and dark, 320 and 390 pixels, letters twice as large, no word on the console."""
    for seen in surveyed:
        assert not seen.violations, (seen.path, seen.violations)
        assert not seen.in_the_dark, (seen.path, seen.in_the_dark)
        assert not seen.wide, (seen.path, seen.wide)
        assert max(seen.covered, default=0) <= 0.5, (seen.path, seen.covered)
        assert not seen.small, (seen.path, seen.small)
        assert not seen.said, (seen.path, seen.said)
        assert not [url for url in seen.asked if not url.startswith(("http://127.0.0.1:", "data:"))]


def test_every_link_inside_leads_somewhere(race: Site) -> None:
    """Links out are to sources alone, and to the web alone."""
    ids = {
        path: {each.attributes.get("id") for each in race.read(path).elements}
        for path in race.pages
    }
    for path in race.pages:
        for link in race.read(path).every("a"):
            href = str(link.get("href"))
            if re.match(r"[a-z]+:", href):
                assert href.startswith(("https://", "http://")), (path, href)
                continue
            file, _, fragment = href.partition("#")
            target = (race.folder / path).parent.joinpath(file).resolve() if file else None
            assert target is None or target.is_file(), (path, href)
            if fragment:
                at = str(target.relative_to(race.folder.resolve())) if target else path
                assert fragment in ids[at], (path, href)


def test_a_page_has_one_heading_says_the_status_and_has_no_id_twice(race: Site) -> None:
    for path in race.pages:
        found = race.read(path)
        assert len(found.texts["h1"]) == 1 and found.texts["h1"][0].strip(), path
        assert found.texts["title"][0].startswith("Before the result"), path
        assert "BEFORE THE RESULT" in found.texts["header"][0], path
        for caption in found.texts["figcaption"]:
            assert "before the result" in caption.lower(), (path, caption)
        ids = [each.attributes["id"] for each in found.elements if each.attributes.get("id")]
        assert len(ids) == len({*ids}), path
        assert {str(each.get("src")).rpartition("/")[2] for each in found.every("script")} == {
            "site.js"
        }, path
        assert not [*found.every("img")], path


def test_html_is_valid(race_of: Callable[[str], Site]) -> None:
    if not CHECKER.exists() or shutil.which("java") is None:
        missing("the checker of HTML needs Node, Java 17, and npm ci")
    files = [site.folder / path for site in map(race_of, NAMES) for path in site.pages]
    command = ["java", "-Xss1024k", "-jar", CHECKER, "--format", "json", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = [
        f"{Path(each['url']).parent.name}: {each['message']} {each.get('extract', '')[:100]!r}"
        for each in json.loads(done.stderr)["messages"]
        if each["type"] != "info"
    ]
    assert not told, "\n".join(told[:20])


def test_without_script_all_is_there(
    chromium: Browser, served: str, race_of: Callable[[str], Site]
) -> None:
    site = race_of("race")
    context = chromium.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    for path in site.pages:
        page.goto(f"{site.name}/{path}")
        assert page.locator("main").inner_text().strip()
    page.goto(f"{site.name}/roster/index.html")
    assert not page.get_by_role("search").is_visible()
    assert page.locator("tbody tr").count() > 70
    context.close()


def test_an_elector_a_candidate_or_a_word_is_found_in_both_tables(
    page: Page, race_of: Callable[[str], Site]
) -> None:
    page.goto(f"{race_of('race').name}/roster/index.html")
    rows = page.locator("table[data-sortable] tbody tr:visible")
    whole = rows.count()
    search = page.get_by_role("searchbox")
    search.fill("healey")
    expect(page.get_by_role("status")).to_have_text(f"1 of {whole} shown")
    assert "John Healey" in rows.first.inner_text()
    search.fill("burnham")
    found = rows.count()
    assert 5 < found < whole
    assert all("Burnham" in text for text in rows.all_inner_texts())
    search.fill("")
    assert rows.count() == whole
    head = page.get_by_role("columnheader", name="Backs").first
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")


def test_a_mark_on_the_line_leads_to_its_sources(
    page: Page, race_of: Callable[[str], Site]
) -> None:
    page.goto(f"{race_of('race').name}/index.html")
    mark = page.locator("svg.over-time a").last
    assert "2010-09-24" in (mark.locator("title").text_content() or "")
    mark.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("over-time/index.html#day-2010-09-24$"))
    row = page.locator(":target")
    expect(row).to_be_in_viewport()
    assert row.locator("a[href^=http]").count() >= 1


def test_a_race_prints(page: Page, race_of: Callable[[str], Site]) -> None:
    page.goto(f"{race_of('race').name}/index.html")
    page.emulate_media(media="print")
    for gone in ("nav", "form", ".skip"):
        assert not page.locator(f"{gone}:visible").count(), gone
    assert page.locator("table:visible").count() == page.locator("table").count()
    assert page.pdf()


def test_the_front_page_is_light(race_of: Callable[[str], Site]) -> None:
    import gzip

    folder = race_of("race").folder
    files = ("index.html", "assets/style.css", "assets/site.js")
    sizes = {name: len(gzip.compress((folder / name).read_bytes())) for name in files}
    assert sum(sizes.values()) <= MOST_OF_A_PAGE, sizes
