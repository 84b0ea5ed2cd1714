"""The site where something is lacking: no script, no server, no screen."""

from io import BytesIO
from unicodedata import normalize

import pytest
from browser.visits import Site
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

pytestmark = pytest.mark.slow


@pytest.fixture
def scriptless(chromium: Browser, served: str) -> "Page":
    """A page in a browser that runs no script."""
    context = chromium.new_context(base_url=served, java_script_enabled=False)
    return context.new_page()


def test_without_scripts_a_search_leads_to_the_whole_table(scriptless: Page, labour: Site) -> None:
    scriptless.goto("labour/index.html")
    scriptless.get_by_role("searchbox", name="Find one of the local parties").fill(
        "Nottingham East"
    )
    scriptless.get_by_role("searchbox", name="Find one of the local parties").press("Enter")
    scriptless.wait_for_url("**/local-parties/index.html?q=Nottingham+East")
    assert scriptless.get_by_role("link", name="Nottingham East").is_visible()
    assert scriptless.locator("tbody tr").count() == scriptless.locator("tbody tr:visible").count()
    assert not scriptless.get_by_role("search").is_visible()


def test_without_scripts_the_heads_lead_to_sorted_tables(scriptless: Page, labour: Site) -> None:
    scriptless.goto("labour/local-parties/index.html")
    scriptless.get_by_role("columnheader", name="Turnout").get_by_role("link").click()
    scriptless.wait_for_url("**/by-turnout/index.html")
    first = scriptless.locator("tbody tr").first.inner_text()
    assert first.startswith("Nottingham North") and "78.1%" in first


def test_without_scripts_a_ballot_can_be_followed_by_hand(scriptless: Page, labour: Site) -> None:
    """The form is not shown, since it could do nothing; the table and the examples are."""
    scriptless.goto("labour/how-it-was-counted/index.html")
    assert not scriptless.locator("#follow").is_visible()
    assert scriptless.get_by_role("table", name="Who was standing in each round").is_visible()
    scriptless.locator("details summary").first.click()
    assert scriptless.locator("details table").first.is_visible()


def test_without_a_server_a_search_still_finds(page: Page, labour: Site) -> None:
    """Opened from a disc, where a folder's address shows no page."""
    page.goto((labour.folder / "index.html").as_uri())
    page.get_by_role("searchbox", name="Find one of the local parties").fill("nottingham e")
    page.get_by_role("searchbox", name="Find one of the local parties").press("Enter")
    page.get_by_role("link", name="Nottingham East").click()
    assert "58.2%" in page.locator("main").inner_text()


def test_on_paper_there_is_the_result_and_no_navigation(page: Page, any_site: Site) -> None:
    """Printed to A4: the heading and every candidate's row, nothing to press, no empty page."""
    path = "chair/index.html" if any_site.name == "hostile" else "index.html"
    page.goto(f"{any_site.name}/{path}")
    printed = [words(each.extract_text()) for each in PdfReader(BytesIO(page.pdf())).pages]
    assert all(printed) and len(printed) < 8
    assert words(page.locator("#happened").inner_text()) in "".join(printed)
    assert "Skiptothe" not in "".join(printed)
    page.emulate_media(media="print")
    for gone in ("nav", "form", ".skip", ".permalink"):
        assert not page.locator(f"{gone}:visible").count(), gone
    assert page.locator("table:visible").count() == page.locator("table").count()


def words(text: str) -> str:
    """The letters of a text, without spaces and ligatures."""
    return "".join(normalize("NFKC", text).split())
