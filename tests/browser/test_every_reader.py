"""Every kind of page, for every reader: on a telephone, in the dark, enlarged, in few colours."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.visits import Site
from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.slow

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
BY_COLOUR = ["color-contrast", "link-in-text-block"]
TELEPHONES = (320, 390)


def each_kind(page: Page, site: Site) -> Iterator[str]:
    """Open one page of each kind, and give its path."""
    for path in site.kinds:
        page.goto(f"{site.name}/{path}")
        yield path


def violations(page: Page, only: dict[str, object]) -> list[str]:
    """What axe finds wrong on the page that is open, each with the first places."""
    found = Axe().run(page, options={"runOnly": only, "resultTypes": ["violations"]}).response
    return [
        f"{each['id']}: {[node['html'][:120] for node in each['nodes'][:3]]}"
        for each in found["violations"]
    ]


def test_axe_finds_nothing_by_light_or_in_the_dark(page: Page, any_site: Site) -> None:
    """WCAG 2.2 AA and best practices; in the dark what can differ there, the colours."""
    wrong = {}
    for path in each_kind(page, any_site):
        # What is folded away is there to be read as well.
        page.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)")
        found = violations(page, {"type": "tag", "values": WCAG})
        page.emulate_media(color_scheme="dark")
        found += violations(page, {"type": "rule", "values": BY_COLOUR})
        page.emulate_media(color_scheme="light")
        if found:
            wrong[path] = found
    assert not wrong, wrong


# The width of what sticks out, and what it is.
WIDER = """() => {
  const page = document.documentElement;
  if (page.scrollWidth <= innerWidth) return "";
  const outside = [...document.querySelectorAll("body *")].filter((each) =>
    each.getBoundingClientRect().right > innerWidth && !each.closest(".scroll, pre, svg, .hidden"));
  return `${page.scrollWidth} > ${innerWidth}: ` + outside.slice(0, 3).map((each) =>
    each.outerHTML.slice(0, 90)).join(" | ");
}"""


def test_no_page_is_wider_than_a_telephone(page: Page, any_site: Site) -> None:
    """At 320 and 390 pixels, also with letters of twice the size, and with all unfolded."""
    wide = []
    for path in each_kind(page, any_site):
        page.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)")
        for size in ("100%", "200%"):
            page.evaluate("(size) => document.documentElement.style.fontSize = size", size)
            for width in TELEPHONES:
                page.set_viewport_size({"width": width, "height": 800})
                if told := page.evaluate(WIDER):
                    wide.append(f"{path} at {width}, {size}: {told}")
    assert not wide, "\n".join(wide)


def test_a_table_on_a_telephone_shows_a_figure_beside_the_names(
    page: Page, any_site: Site
) -> None:
    """The first column stays where it is and must not cover the others."""
    page.set_viewport_size({"width": 320, "height": 800})
    for path in each_kind(page, any_site):
        shares = page.eval_on_selector_all(
            ".scroll table",
            """(tables) => tables.filter((each) => each.checkVisibility()).map((each) =>
                 each.rows[0].cells[0].offsetWidth / each.closest(".scroll").clientWidth)""",
        )
        assert all(share <= 0.5 for share in shares), (path, shares)


# A target is small where a circle of 24 pixels around its middle meets another one.
SMALL = """() => {
  const inline = (each) => each.closest("p, li, dd, td, th, figcaption, blockquote, svg");
  const targets = [...document.querySelectorAll("a, button, input, select, summary")]
    .filter((each) => each.checkVisibility() && !each.matches(".skip, [type=hidden]"));
  return targets.filter((each) => {
    const box = each.getBoundingClientRect();
    return !inline(each) && (box.width < 24 || box.height < 24);
  }).map((each) => each.outerHTML.slice(0, 100));
}"""


def test_what_can_be_pressed_is_24_pixels_wide_and_high(page: Page, any_site: Site) -> None:
    """WCAG 2.2, 2.5.8; links inside a sentence or a cell are excepted there."""
    page.set_viewport_size({"width": 390, "height": 800})
    for path in each_kind(page, any_site):
        assert not page.evaluate(SMALL), path


def test_the_site_asks_nobody_else_and_complains_of_nothing(page: Page, any_site: Site) -> None:
    """From a server and as plain files, no page asks another host or reports an error."""
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(request.url))
    for path in each_kind(page, any_site):
        page.goto((any_site.folder / path).as_uri())
        assert not said, (path, said)
    home = page.context.request.get("/").url
    assert not [url for url in asked if not url.startswith((home, "file:///", "data:"))]


def test_in_forced_colours_every_bar_and_mark_is_seen(
    context: BrowserContext, labour: Site
) -> None:
    """The system's colours replace ours: outlines and patterns must still tell bars apart."""
    page = context.new_page()
    page.emulate_media(forced_colors="active")
    page.goto("labour/index.html")
    strokes = page.eval_on_selector_all(
        "figure svg rect[fill^=url]", "(all) => all.map((each) => getComputedStyle(each).stroke)"
    )
    assert strokes and "none" not in strokes
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper not in strokes
    page.goto("labour/local-parties/nottingham_east/index.html")
    borders = page.eval_on_selector_all(
        ".bar", "(all) => all.map((each) => getComputedStyle(each).borderTopColor)"
    )
    assert borders and paper not in borders
