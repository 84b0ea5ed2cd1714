"""One visit to each kind of page: what each law is about is measured while it is open."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.visits import Site
from playwright.sync_api import Browser, Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
BY_COLOUR = ["color-contrast", "link-in-text-block"]
TELEPHONES = (320, 390)
# A minute, in tenths of a second.
MOST_WAITS = 600
# Rows are alike: so many stand for all, or axe would look at a thousand cells.
ROWS = 8

# What is folded away is there to be read as well; axe looks into the first few, which are alike.
UNFOLD = """(many) => [...document.querySelectorAll("details")].slice(0, many).forEach(
  (each) => each.open = true)"""
FEW, ALL = 8, 1000
SHORTEN = f"""document.querySelectorAll("tbody").forEach((body) =>
  [...body.rows].slice({ROWS}, -2).forEach((row) => row.remove()))"""
# How far the page sticks out, and what of it does.
WIDER = """() => {
  const page = document.documentElement;
  if (page.scrollWidth <= innerWidth) return "";
  const outside = [...document.querySelectorAll("body *")].filter((each) =>
    each.getBoundingClientRect().right > innerWidth && !each.closest(".scroll, pre, svg, .hidden"));
  return `${page.scrollWidth} > ${innerWidth}: ` + outside.slice(0, 3).map((each) =>
    each.outerHTML.slice(0, 90)).join(" | ");
}"""
# What of each table's region the column of names covers.
COVERED = """() => [...document.querySelectorAll(".scroll table")].map((each) =>
  each.rows[0].cells[0].offsetWidth / each.closest(".scroll").clientWidth)"""
# Links inside a sentence, a cell or a drawing may be smaller, says WCAG 2.2, 2.5.8.
SMALL = """() => [...document.querySelectorAll("a, button, input, select, summary")].filter(
  (each) => {
  const box = each.getBoundingClientRect();
  const inline = each.closest("p:not(.permalink), li:not(nav li), dd, td, th, figcaption, svg");
  return each.checkVisibility() && !each.matches(".skip") && !inline
    && (box.width < 24 || box.height < 24);
}).map((each) => each.outerHTML.slice(0, 100))"""


@dataclass
class Seen:
    """What was found on one page: each list is empty where all is well."""

    path: str
    violations: list[str] = field(default_factory=list)
    in_the_dark: list[str] = field(default_factory=list)
    wide: list[str] = field(default_factory=list)
    covered: list[float] = field(default_factory=list)
    small: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


def survey(site: Site, browser: Browser, served: str, shelf: Path) -> list[Seen]:
    """Visit one page of each kind; each worker takes those that no other has taken."""
    folder = shelf / f"{site.name}.survey"
    folder.mkdir(exist_ok=True)
    records = [folder / str(number) for number, _ in enumerate(site.kinds)]
    context = browser.new_context(base_url=served, viewport={"width": 1200, "height": 900})
    for record, path in zip(records, site.kinds, strict=True):
        if _taken(record):
            continue
        seen = _visit(context.new_page(), site, path)
        record.with_suffix(".new").write_text(json.dumps(vars(seen)), "utf-8")
        record.with_suffix(".new").replace(record.with_suffix(".json"))
    context.close()
    return [Seen(**json.loads(_awaited(record.with_suffix(".json")))) for record in records]


def _taken(record: Path) -> bool:
    """Whether another worker has put its mark there first."""
    try:
        record.touch(exist_ok=False)
    except FileExistsError:
        return True
    return False


def _awaited(record: Path) -> str:
    """What the other worker writes, which is on its last page at most."""
    for _ in range(MOST_WAITS):
        if record.exists():
            return record.read_text("utf-8")
        sleep(0.1)
    pytest.fail(f"the worker that took {record.stem} has not come back: see its own failure")


def _visit(page: Page, site: Site, path: str) -> Seen:
    seen = Seen(path)
    page.on("console", lambda message: seen.said.append(message.text))
    page.on("pageerror", lambda error: seen.said.append(str(error)))
    page.on("requestfailed", lambda request: seen.said.append(request.url))
    page.on("request", lambda request: seen.asked.append(request.url))
    page.goto(f"{site.name}/{path}")
    page.evaluate(UNFOLD, FEW)
    page.evaluate(SHORTEN)
    seen.violations = violations(page, {"type": "tag", "values": WCAG})
    page.emulate_media(color_scheme="dark")
    seen.in_the_dark = violations(page, {"type": "rule", "values": BY_COLOUR})
    page.evaluate(UNFOLD, ALL)
    _measure(page, seen)
    page.close()
    return seen


def violations(page: Page, only: dict[str, object]) -> list[str]:
    """What axe finds wrong on the page that is open, each with the first places."""
    found = Axe().run(page, options={"runOnly": only, "resultTypes": ["violations"]}).response
    return [
        f"{each['id']}: {[node['html'][:120] for node in each['nodes'][:3]]}"
        for each in found["violations"]
    ]


def _measure(page: Page, seen: Seen) -> None:
    for size in ("200%", "100%"):
        page.evaluate("(size) => document.documentElement.style.fontSize = size", size)
        for width in reversed(TELEPHONES):
            page.set_viewport_size({"width": width, "height": 800})
            if told := page.evaluate(WIDER):
                seen.wide.append(f"at {width}, {size}: {told}")
    seen.covered = page.evaluate(COVERED)
    seen.small = page.evaluate(SMALL)
