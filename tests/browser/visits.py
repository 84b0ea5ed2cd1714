"""A built site as the tests see it: its pages, one of each kind, and what each page holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path

# Pages of a kind that is visited anyway, but that differ where it matters.
BESIDES = {
    "labour": (
        "local-parties/nottingham_east/index.html",
        "sections/mps_meps/index.html",
        "parliamentarians/rt-hon-b-w-ainsworth-mp/index.html",
    ),
    "hostile": (
        "chair/branches/islet/index.html",
        "chair/branches/not-held/index.html",
        "chair/officers/blank/index.html",
        "chair/officers/nobody/index.html",
        "chair/sections/branches/index.html",
    ),
}
# A second contest, a second section of units, and electors in another order.
ALIKE = ("clerk/", "affiliates/", "parliamentarians/by-")
# Pages on which nothing hangs on the election but its name.
SAME = ("changes/", "data/", "differences/", "embed/", "releases/", "verify/")


@dataclass(frozen=True)
class Site:
    """A site by its name and folder."""

    name: str
    folder: Path

    @property
    def real(self) -> bool:
        """Whether it is of a real election, beside others that have every kind of page."""
        return self.name in ("by-election", "mayor")

    @cached_property
    def pages(self) -> tuple[str, ...]:
        """Every page outside the kept releases, which have the same bytes."""
        found = (path.relative_to(self.folder) for path in self.folder.rglob("*.html"))
        return tuple(sorted(str(path) for path in found if path.parts[:2] != ("releases", "1")))

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """One page of each kind, and the few that differ."""
        first: dict[tuple[str, ...], str] = {}
        for path in self.pages:
            if not path.startswith(ALIKE) and not (self.real and path.startswith(SAME)):
                first.setdefault(_kind(path, self), path)
        besides = (path for path in BESIDES.get(self.name, ()) if path in self.pages)
        return tuple(dict.fromkeys([*first.values(), *besides]))

    def read(self, path: str) -> "Read":
        """What a page holds, without a browser."""
        reader = Read()
        reader.feed((self.folder / path).read_text("utf-8"))
        reader.close()
        return reader


def _kind(path: str, site: Site) -> tuple[str, ...]:
    """The folder that a page is in, and of a page below it no more than its sort."""
    parts = Path(path).parent.parts
    within = 1 if site.name == "hostile" else 0
    if len(parts) <= within + 1:
        return parts
    last = parts[-1]
    sort = "by" if last.startswith("by-") else last if parts[within] == "embed" else "one"
    return (*parts[:-1], "pictures" if last == "pictures" else sort)


@dataclass(frozen=True, slots=True)
class Element:
    """A start tag."""

    tag: str
    attributes: dict[str, str | None]


class Read(HTMLParser):
    """The start tags of a page in their order, and the text inside some of them."""

    TEXTS = ("title", "h1", "figcaption", "script", "caption", "header")

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.texts: dict[str, list[str]] = {tag: [] for tag in self.TEXTS}
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs)))
        # A drawing has titles of its own.
        if tag in self.TEXTS and "svg" not in self._open:
            self.texts[tag].append("")
            self._open.append(tag)
        elif tag == "svg":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if "svg" in self._open:
            return
        for tag in self._open:
            self.texts[tag][-1] += data

    def every(self, tag: str) -> Iterator[dict[str, str | None]]:
        """The attributes of each element of that name."""
        return (each.attributes for each in self.elements if each.tag == tag)
