"""What a reader does with the site, by pointer and by keyboard."""

import re
from pathlib import Path

import pytest
from browser.visits import Site
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow


def names(page: Page) -> list[str]:
    """The names of the rows that are seen, in their order."""
    return page.locator("tbody tr:visible th").all_inner_texts()


def test_a_local_party_is_found_from_the_result(page: Page, labour: Site) -> None:
    """Nottingham East: 152 of 312 for David Miliband, turnout 58.2 per cent."""
    page.goto("labour/index.html")
    page.get_by_role("searchbox", name="Find one of the local parties").fill("nottingham east")
    page.get_by_role("search").filter(has_text="local parties").get_by_role("button").click()
    expect(page.get_by_role("status")).to_have_text(re.compile("^1 of "))
    assert names(page) == ["Nottingham East"]
    page.get_by_role("link", name="Nottingham East").click()
    told = page.locator("main").inner_text()
    assert "152 of 312" in told and "58.2%" in told
    assert page.title().startswith("Declared: Nottingham East")


def test_filtering_finds_a_name_in_pieces_and_without_accents(page: Page, labour: Site) -> None:
    page.goto("labour/parliamentarians/index.html")
    whole = len(names(page))
    page.get_by_role("searchbox", name="Find one of the parliamentarians").fill("miliband")
    found = names(page)
    assert 2 <= len(found) < 6 and all("Miliband" in name for name in found)
    expect(page.get_by_role("status")).to_have_text(f"{len(found)} of {whole} shown")
    page.get_by_role("searchbox", name="Find one of the parliamentarians").fill("mïlibAnd rt")
    assert names(page) and set(names(page)) <= set(found)
    page.get_by_role("searchbox", name="Find one of the parliamentarians").fill("nobody at all")
    assert not names(page)
    page.get_by_role("searchbox", name="Find one of the parliamentarians").fill("")
    assert len(names(page)) == whole


def test_a_column_sorts_both_ways_and_by_the_keyboard(page: Page, labour: Site) -> None:
    """Pressed again it turns round; what is not known, and the row of the rest, stay last."""
    page.goto("labour/local-parties/index.html")
    head = page.get_by_role("columnheader", name="Turnout")
    head.get_by_role("button").click()
    assert names(page)[0] == "Nottingham North"
    expect(head).to_have_attribute("aria-sort", "descending")
    head.get_by_role("button").press("Enter")
    assert names(page)[0] == "Nottingham East"
    expect(head).to_have_attribute("aria-sort", "ascending")
    head.get_by_role("button").press("Space")
    assert names(page)[0] == "Nottingham North"
    assert names(page)[-1].startswith("All other local parties")
    assert page.locator("[aria-sort]").count() == 1
    page.get_by_role("columnheader", name="Local party").get_by_role("button").click()
    assert names(page)[0] == "Aberavon"


def test_a_ballot_is_followed_to_its_end(page: Page, labour: Site) -> None:
    """Abbott, Balls, Ed Miliband: with each in turn as the one before goes out."""
    page.goto("labour/how-it-was-counted/index.html")
    for rank, name in enumerate(("Diane Abbott", "Ed Balls", "Ed Miliband"), 1):
        page.locator(f"#follow-{rank}").select_option(label=name)
    told = page.locator("#followed li").all_inner_texts()
    assert [re.sub(r",? worth.*", "", each) for each in told] == [
        "Round 1: with Diane Abbott",
        "Round 2: with Ed Balls",
        "Round 3: with Ed Balls",
        "Round 4: with Ed Miliband",
    ]
    page.locator("#follow-3").select_option("")
    assert "nobody" in page.locator("#followed li").last.inner_text()


def test_a_permanent_link_opens_at_its_fact(page: Page, labour: Site) -> None:
    page.goto("labour/facts/index.html")
    link = page.locator(".permalink a").nth(7)
    fragment = link.get_attribute("href") or ""
    link.click()
    assert page.url.endswith(fragment)
    page.goto(f"labour/facts/index.html{fragment}")
    expect(page.locator(fragment)).to_be_in_viewport()
    assert page.locator(":target").count() == 1


def test_a_picture_stands_in_another_page_at_its_height(page: Page, labour: Site) -> None:
    """The code from the data page, on a narrow and a wide page of somebody else's."""
    page.goto("labour/data/index.html")
    codes = [each for each in page.locator("pre code").all_inner_texts() if "<iframe" in each]
    assert len(codes) == 3
    base = page.url.removesuffix("data/index.html")
    for width in (340, 1200):
        page.set_viewport_size({"width": width, "height": 900})
        for code in codes:
            framed = re.sub(r'src="https://…/([^"]*)"', rf'src="{base}\1index.html"', code)
            page.set_content(f"<title>Host</title>{framed.replace('lazy', 'eager')}")
            frame = page.frame_locator("iframe")
            expect(frame.locator("svg")).to_be_visible()
            high = frame.locator("html").evaluate("(all) => [all.scrollHeight, innerHeight]")
            assert high[0] <= high[1], (width, code, high)
            wide = frame.locator("html").evaluate("(all) => [all.scrollWidth, innerWidth]")
            assert wide[0] <= wide[1], (width, code, wide)


def test_the_keyboard_skips_to_the_page_and_is_seen(page: Page, labour: Site) -> None:
    page.goto("labour/local-parties/index.html")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the page")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    for _ in range(6):
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")
        page.keyboard.press("Tab")


def test_the_points_of_a_picture_can_be_skipped(page: Page, labour: Site) -> None:
    """Six hundred links in a row would keep the keyboard from what follows them."""
    page.goto("labour/local-parties/pictures/index.html")
    for figure in page.locator("figure").all():
        skip = figure.get_by_role("link", name=re.compile("^Skip"))
        skip.focus()
        expect(skip).to_be_in_viewport()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert not figure.evaluate("(all) => all.contains(document.activeElement)")


def test_a_point_leads_to_the_page_of_its_unit(page: Page, labour: Site) -> None:
    page.goto("labour/local-parties/pictures/index.html")
    point = page.locator("svg.triangle a").first
    name = (point.locator("title").text_content() or "").partition(":")[0]
    point.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(name)


def test_each_contest_is_reached_from_the_first_page(page: Page, hostile: Site) -> None:
    page.goto("hostile/index.html")
    assert page.locator("h2 a").count() == 2
    page.locator("h2 a").first.click()
    assert Path(page.url).parent.name == "chair"
    expect(page.locator("h1")).to_be_visible()
