"""A page, the tables on it, and where every other page is."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from hustings.election.publication import Release, Status
from hustings.election.spec import EVERYONE
from hustings.formats.ballot_names import slug
from hustings.results import report
from hustings.results.edition import Edition, SectionEdition, UnitRow
from hustings.results.presentation import by_stay
from hustings.results.words import capital
from hustings.units import Candidate, Papers, Section, percent

# Folders that every site has; what units or electors are called must not be one of them.
RESERVED = frozenset(
    [
        "assets",
        "changes",
        "copy",
        "data",
        "differences",
        "embed",
        "facts",
        "how-it-was-counted",
        "oembed",
        "releases",
        "rounds",
        "sections",
        "stages",
        "verify",
        "what-if",
    ]
)
DASH = "–"
# So many bars, one a candidate and round, can still be looked at.
MOST_BARS = 240


@dataclass(frozen=True, slots=True)
class Link:
    """A link: its words, and the page by its place in the release."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its words, what its figures are of, and the page that is sorted by it."""

    head: str
    of: str = ""
    href: str = ""
    text: bool = False
    sorted: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is printed: its name, the page it leads to, and its cells."""

    name: str
    cells: tuple[str, ...]
    href: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it is printed; the first column names the rows, `total` is its last row."""

    caption: str
    first: Column
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    totals: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page: where it is, what its title and heading say, its template and what fills it."""

    path: str
    title: str
    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """The way from the page up to the release's own folder."""
        return "../" * self.path.count("/")


# Rows of a report's table that are no candidate's.
TOTALS = ("continuing", "non-transferable")


def grid_of(table: report.Table, totals: Sequence[str] = TOTALS) -> Grid:
    """A report's table as a grid; the rows of these names go to its end."""
    first, *rest = (
        Column(*_two_lines(cell)) if cell else Column("Outcome", text=True) for cell in table.header
    )
    rows = [Row(name, tuple(cells)) for name, *cells in table.rows]
    return Grid(
        table.caption,
        first,
        tuple(rest),
        tuple(row for row in rows if row.name not in totals),
        tuple(row for row in rows if row.name in totals),
    )


def ends_of(grid: Grid, steps: int, most: int) -> Grid:
    """A table by step: of a long count the first step and so many of the last ones."""
    if steps <= most + 2:
        return grid
    kept = [0, *range(steps - most, steps + 1)]

    def only(row: Row) -> Row:
        return replace(row, cells=tuple(row.cells[at] for at in kept))

    return replace(
        grid,
        caption=f"{grid.caption}: the first and the last {most}",
        columns=tuple(grid.columns[at] for at in kept),
        rows=tuple(map(only, grid.rows)),
        totals=tuple(map(only, grid.totals)),
    )


def _two_lines(cell: str) -> tuple[str, str]:
    head, _, of = cell.partition("\n")
    return head, of


def day(at: str) -> str:
    """A time of ISO 8601 as a reader says it.

    >>> day("2010-09-25T16:50:00+01:00"), day("2010-09-25"), day("")
    ('25 September 2010, 16:50 (UTC+01:00)', '25 September 2010', '')
    """
    if not at:
        return ""
    when = datetime.fromisoformat(at)
    told = f"{when.day} {MONTHS[when.month - 1]} {when.year}"
    if len(at) <= len("2010-09-25"):
        return told
    return f"{told}, {when:%H:%M} ({when.tzname()})"


MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


class Places:
    """Where each page of an edition is; a contest among several has a folder of its own."""

    def __init__(self, edition: Edition, prefix: str = "") -> None:
        self.edition, self.prefix = edition, prefix
        self._taken = set(RESERVED)
        self._units: dict[Section, str] = {}
        self._electors: dict[Section, str] = {}
        for section, part in edition.sections.items():
            if part.rows:
                self._units[section] = self._folder(part.publication.units_are, section)
            if part.ballots:
                self._electors[section] = self._folder(part.publication.electors_are, section)

    def _folder(self, noun: str, section: Section) -> str:
        name = slug(noun).replace("_", "-")
        if name in self._taken:
            name = f"{name}-of-{_safe(section)}"
        self._taken.add(name)
        return f"{self.prefix}{name}/"

    def at(self, place: str) -> str:
        """A page of the contest by its place in the contest's folder."""
        return f"{self.prefix}{place}"

    def section(self, section: Section) -> str:
        """The page of a section."""
        return f"{self.prefix}sections/{_safe(section)}/index.html"

    def units(self, section: Section) -> str:
        """The folder of a section's units."""
        return self._units[section]

    def electors(self, section: Section) -> str:
        """The folder of a section's named electors."""
        return self._electors[section]

    def unit(self, section: Section, row: UnitRow | str) -> str:
        """The page of a row of units, by the row or its id."""
        id_ = row if isinstance(row, str) else row.id
        return f"{self._units[section]}{_safe(id_)}/index.html"

    def elector(self, section: Section, id_: str) -> str:
        """The page of a named elector."""
        return f"{self._electors[section]}{_safe(id_)}/index.html"


# What may be the name of a folder. A definition's ids are, but a ballot file alone may call
# a section or unit `../x`; and the tables sorted otherwise stand among the units.
PLAIN = re.compile(r"(?!by-|pictures$)[a-z0-9][a-z0-9_-]{0,99}")


def _safe(id_: str) -> str:
    """The folder of an id: the id itself, or else what is plain of it and a digest."""
    if PLAIN.fullmatch(id_):
        return id_
    return f"{slug(id_)[:60]}-{sha256(id_.encode()).hexdigest()[:12]}"


STATUS_MARKS = {
    Status.PROVISIONAL: "◔",
    Status.DECLARED: "✔",
    Status.CORRECTED: "✎",
    Status.WITHDRAWN: "✖",
}


class Site:
    """What every page of one contest's edition has in common."""

    def __init__(
        self, edition: Edition, prefix: str = "", base_url: str = "", before: str = ""
    ) -> None:
        self.edition, self.base_url, self.before = edition, base_url, before
        self.contest = edition.transcript.contest
        # Among several contests each has a folder of its own, whoever makes the page.
        self.places = Places(
            edition, prefix or (f"{self.contest.id}/" if self.several_contests else "")
        )

    @property
    def release(self) -> Release:
        """The release that is built."""
        return self.edition.release

    @property
    def election(self) -> str:
        """What people call the election."""
        return self.edition.election.name

    @property
    def status(self) -> str:
        """How final it is, in a word with a capital."""
        return self.release.status.capitalize()

    @property
    def status_mark(self) -> str:
        """A sign for the status, beside the word."""
        return STATUS_MARKS[self.release.status]

    @property
    def status_told(self) -> str:
        """The status in words: what it means, when and by whom."""
        release = self.release
        when = f" {day(release.at)}" if release.at else ""
        who = f", approved by {release.approved_by}" if release.approved_by else ""
        return f"{self.status}{when}{who}: {release.status.meaning}."

    @cached_property
    def headline(self) -> str:
        """Who won, in a sentence."""
        told = self.edition.headline
        if self.edition.declares or self.edition.winner is None:
            return told
        return f"By these figures {told}"

    @property
    def step(self) -> str:
        """What the count is told by: in rounds, or in stages."""
        return "round"

    @cached_property
    def order(self) -> tuple[Candidate, ...]:
        """The candidates, whoever was elected first, then by how long they stayed."""
        return tuple(by_stay(self.edition.transcript))

    @property
    def several_contests(self) -> bool:
        """Whether the election has more contests than this one."""
        return len(self.edition.election.contests) > 1

    @property
    def who_won(self) -> str:
        """What follows the winner's name in a sentence."""
        return "who was elected" if self.edition.declares else "who would be elected"

    @property
    def many_sections(self) -> bool:
        """Whether the college has more than one section."""
        return len(self.edition.sections) > 1

    def valid(self, section: Section) -> Papers | None:
        """How many papers of the section count; None where only percentages are known."""
        return self.edition.valid(section)

    @property
    def drawable(self) -> bool:
        """Whether the whole count fits a picture: of a very long one the last round must do."""
        rounds = self.edition.transcript.rounds
        return sum(len(round_.tally.totals) for round_ in rounds) <= MOST_BARS

    @cached_property
    def names(self) -> dict[Candidate, str]:
        """What each candidate is called."""
        return {entry.id: entry.name for entry in self.contest.candidates}

    def section_name(self, section: Section) -> str:
        """What people call the section."""
        return self.contest.section_name(section) if section != EVERYONE else "All voters"

    @cached_property
    def navigation(self) -> tuple[Link, ...]:
        """The main pages, in the order in which a reader asks for them."""
        places, links = self.places, [Link("Result", self.places.at("index.html"))]
        links.append(Link(f"{capital(self.step)}s", places.at(f"{self.step}s/index.html")))
        if self.many_sections:
            links.append(Link("Sections", places.at("sections/index.html")))
        for section, part in self.edition.sections.items():
            if part.rows:
                name = capital(part.publication.units_are)
                links.append(Link(name, f"{places.units(section)}index.html"))
            if part.ballots:
                name = capital(part.publication.electors_are)
                links.append(Link(name, f"{places.electors(section)}index.html"))
        for text, place in _FURTHER:
            links.append(Link(text, places.at(place)))
        return tuple(links)

    def sections_with(self, what: str) -> Iterable[tuple[Section, SectionEdition]]:
        """The sections that publish rows of units, or named ballots."""
        return ((s, part) for s, part in self.edition.sections.items() if getattr(part, what))


_FURTHER = (
    ("Facts", "facts/index.html"),
    ("How it was counted", "how-it-was-counted/index.html"),
    ("What if", "what-if/index.html"),
    ("Data", "data/index.html"),
    ("Verify", "verify/index.html"),
)


def worths(site: Site, section: Section, places: int) -> list[dict[Candidate, str]]:
    """What one paper of a section is worth to each who holds some, by round, in per cent."""
    return [
        {
            name: percent(round_.tally.points[section][name] / papers, places)
            for name, papers in round_.tally.held[section].items()
            if papers
        }
        for round_ in site.edition.transcript.rounds
    ]
