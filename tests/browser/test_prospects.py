"""The forecast's page, as `hustings forecast --format html` writes it, in a browser."""

import subprocess
import sys
from pathlib import Path

import pytest
from browser.survey import BY_COLOUR, TELEPHONES, WCAG, WIDER, violations
from playwright.sync_api import Browser, Page
from race.folders import folder

pytestmark = pytest.mark.slow
WRITE = ("--as-of", "2026-06-01", "--draws", "400", "--format", "html", "--out")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page, written by a process of its own: nothing may fork where the model has run."""
    place = tmp_path_factory.mktemp("race")
    command = [sys.executable, "-m", "hustings", "forecast", str(folder(place)), *WRITE]
    done = subprocess.run([*command, str(place / "page.html")], capture_output=True, text=True)
    if "needs jax" in done.stderr:
        pytest.skip("NOT RUN: the extra `forecast` is not installed")
    assert done.returncode == 0, done.stderr
    return place / "page.html"


@pytest.fixture
def page(chromium: Browser, written: Path) -> Page:
    """The page, open."""
    page = chromium.new_page(viewport={"width": 1200, "height": 900})
    page.goto(written.as_uri())
    return page


def test_axe_finds_nothing_in_the_light_or_in_the_dark(page: Page) -> None:
    assert violations(page, {"type": "tag", "values": WCAG}) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, {"type": "rule", "values": BY_COLOUR}) == []


def test_it_is_no_wider_than_a_telephone_or_a_sheet_of_paper(page: Page) -> None:
    for width in TELEPHONES:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(WIDER) == ""
    page.emulate_media(media="print")
    assert page.evaluate(WIDER) == ""


def test_it_asks_nobody_for_anything(chromium: Browser, written: Path) -> None:
    page, asked = chromium.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: asked.append(message.text))
    page.goto(written.as_uri())
    assert asked == [written.as_uri()]


def test_no_words_of_a_picture_are_cut_at_its_edge(page: Page) -> None:
    """As wide as this browser's letters are, every text stays on its sheet."""
    outside = page.evaluate(
        """() => [...document.querySelectorAll("svg text")].filter((each) => {
          const box = each.getBBox();
          return box.x < -1 || box.x + box.width > 361;
        }).map((each) => each.textContent)"""
    )
    assert outside == []
