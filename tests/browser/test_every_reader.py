"""Every kind of page, for every reader: on a telephone, in the dark, enlarged, in few colours."""

from pathlib import Path

import pytest
from browser.survey import Seen, survey, violations
from browser.visits import Site
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def surveyed(any_site: Site, chromium: Browser, served: str, shelf: Path) -> list[Seen]:
    """One page of each kind, opened once by one worker or another."""
    return survey(any_site, chromium, served, shelf)


def test_axe_finds_nothing(surveyed: list[Seen]) -> None:
    """WCAG 2.2 AA and best practices, with all unfolded."""
    assert not {seen.path: seen.violations for seen in surveyed if seen.violations}


def test_axe_finds_nothing_in_the_dark(surveyed: list[Seen]) -> None:
    """What can differ there: the colours."""
    assert not {seen.path: seen.in_the_dark for seen in surveyed if seen.in_the_dark}


def test_no_page_is_wider_than_a_telephone(surveyed: list[Seen]) -> None:
    """At 320 and 390 pixels, also with letters of twice the size, and with all unfolded."""
    wide = [f"{seen.path} {told}" for seen in surveyed for told in seen.wide]
    assert not wide, "\n".join(wide)


def test_the_names_of_a_table_leave_room_for_its_figures(surveyed: list[Seen]) -> None:
    """The first column stays where it is on a telephone, and must not cover the others."""
    covered = {seen.path: seen.covered for seen in surveyed if max(seen.covered, default=0) > 0.5}
    assert not covered


def test_what_can_be_pressed_is_24_pixels_wide_and_high(surveyed: list[Seen]) -> None:
    assert not {seen.path: seen.small for seen in surveyed if seen.small}


def test_the_site_complains_of_nothing(surveyed: list[Seen]) -> None:
    assert not {seen.path: seen.said for seen in surveyed if seen.said}


def test_the_site_asks_no_other_host(surveyed: list[Seen], served: str) -> None:
    """Every request of every page goes to a server of this machine, or to no server at all."""
    own = ("http://127.0.0.1:", "data:")
    asked = {url for seen in surveyed for url in seen.asked}
    assert asked and not [url for url in asked if not url.startswith(own)]


def test_from_a_disc_the_site_works_alike(page: Page, labour: Site) -> None:
    """Opened as files: no error, nothing missing, no other host."""
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(request.url))
    page.on("request", lambda request: asked.append(request.url))
    for path in ("index.html", "local-parties/index.html", "how-it-was-counted/index.html"):
        page.goto((labour.folder / path).as_uri())
    assert not said and all(url.startswith(("file:///", "data:")) for url in asked)


def test_axe_is_heard(page: Page, labour: Site) -> None:
    """A picture without a name, planted here, is found: the laws above can fail."""
    page.goto("labour/verify/index.html")
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    page.evaluate("document.querySelector('h1').style.color = '#ddd'")
    found = violations(page, {"type": "tag", "values": ["wcag2a", "wcag2aa"]})
    assert [told.partition(":")[0] for told in found] == ["color-contrast", "image-alt"]


def test_in_forced_colours_every_bar_is_seen(page: Page, labour: Site) -> None:
    """The system's colours replace ours: outlines must still tell bars from the page."""
    page.emulate_media(forced_colors="active")
    page.goto("labour/index.html")
    strokes = page.eval_on_selector_all(
        "figure svg rect[fill^=url]", "(all) => all.map((each) => getComputedStyle(each).stroke)"
    )
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert strokes and not {"none", paper} & {*strokes}
    page.goto("labour/local-parties/nottingham_east/index.html")
    borders = page.eval_on_selector_all(
        ".bar", "(all) => all.map((each) => getComputedStyle(each).borderTopColor)"
    )
    assert borders and paper not in borders
