"""What is published of a race: the race as of a day, its forecasts, and what all pages share."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property

from hustings.forecast.evidence import Elector, Entry, Race
from hustings.formats.forecast_told import Told
from hustings.results.pages.page import Link, day
from hustings.results.pictures.drawing import COLOURS
from hustings.results.report import Report, Sentence
from hustings.units import Candidate, Section, Unit

STATUS = "Before the result"
TOLD = "a forecast, not a count"
STAMP = "These draws failed their checks. Do not rely on these figures, and do not quote them."


@dataclass(frozen=True, slots=True)
class Outlook:
    """A forecast: its figures, the report for a reader, and the JSON that has every number."""

    told: Told
    report: Report
    json: str


@dataclass(frozen=True, slots=True)
class Trackers:
    """The reports that follow a race: nominations, local meetings and the roster."""

    nominations: Report
    meetings: Report
    roster: Report


@dataclass(frozen=True, slots=True)
class RaceEdition:
    """All that one build of a race's site says.

    `race` is the race as of a day. `outlook` is the forecast on the last day on which anything
    was published, None where none may be shown, and `untold` then says why. `course` are the
    forecasts of all days that are shown, in their order; `thinned` is of how many days they
    were chosen, 0 where all are there; `failed` the days whose draws failed their checks.
    `draws` and `seed` are what was asked.
    """

    race: Race
    trackers: Trackers
    outlook: Outlook | None
    untold: str = ""
    course: tuple[Told, ...] = ()
    thinned: int = 0
    failed: tuple[date, ...] = ()
    draws: int = 0
    seed: int = 0

    @property
    def at(self) -> date:
        """The day as of which all is told."""
        assert self.race.at is not None
        return self.race.at

    @property
    def stamped(self) -> bool:
        """Whether the forecast failed its checks, and is shown all the same."""
        return self.outlook is not None and bool(self.outlook.told.failed)


@dataclass(frozen=True, slots=True)
class After:
    """What comes after a race: the election and its contest, and where its result is published.

    `election` and `contest` are empty where the race is of no definition. `result` is an address
    of the web, or the way there from the root of the race's site; empty where none is published.
    """

    election: str = ""
    contest: str = ""
    result: str = ""

    def way(self, root: str) -> str:
        """The link to the result from a page from which `root` leads to the site's root."""
        return self.result if "://" in self.result else f"{root}{self.result}"


class _Places:
    """Where each page of a race is: at the root of the site."""

    def at(self, place: str) -> str:
        """A page by its place in the site's folder."""
        return place


class RaceSite:
    """What every page of a race's site has in common."""

    several_contests = False
    status = STATUS
    status_mark = "◷"
    stamp = STAMP
    places = _Places()

    def __init__(
        self, edition: RaceEdition, base_url: str = "", after: After | None = None
    ) -> None:
        self.edition, self.base_url = edition, base_url
        self.race, self.after = edition.race, after or After()

    @property
    def election(self) -> str:
        """What people call the race."""
        return self.race.name

    @property
    def status_told(self) -> str:
        """What the status means, and until when it holds."""
        return f"{TOLD}; as of {day(str(self.edition.at))}"

    @property
    def until(self) -> str:
        """How long the poll is open still, or since when it is closed."""
        left = (self.race.closes - self.edition.at).days
        closes = day(str(self.race.closes))
        if left < 0:
            return f"the poll closed on {closes}; the result is not here"
        days = "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days"
        return f"the poll closes {days}, on {closes}"

    @cached_property
    def headline(self) -> str:
        """Who is likely to win and how sure that is; without a forecast, why there is none."""
        outlook = self.edition.outlook
        if outlook is None:
            return f"No forecast: {self.edition.untold}."
        said = next(lead(outlook.report), "")
        return f"{STAMP} {said}" if outlook.told.failed else said

    @cached_property
    def navigation(self) -> tuple[Link, ...]:
        """The main pages, in the order in which a reader asks for them."""
        forecast = FORECAST if self.edition.outlook else ()
        return tuple(Link(words, place) for words, place in (FRONT, *forecast, *_PAGES))

    @cached_property
    def names(self) -> Mapping[Candidate, str]:
        """What each candidate is called."""
        return {entry.id: entry.name for entry in self.race.contest.candidates}

    @cached_property
    def inks(self) -> Mapping[Candidate, int]:
        """The number of each candidate's colour, the same in every picture."""
        return {entry.id: n % len(COLOURS) for n, entry in enumerate(self.race.contest.candidates)}

    @property
    def many_sections(self) -> bool:
        """Whether the college has more than one section."""
        return len(self.race.contest.sections) > 1

    def section_name(self, section: Section | None) -> str:
        """What people call the section; nothing where an entry is of none."""
        return self.race.contest.section_name(section) if section else ""

    def unit_name(self, unit: Unit | None) -> str:
        """What people call the unit; nothing where there is none."""
        units = [entry.units for entry in self.race.contest.sections]
        return next((names[unit] for names in units if unit in names), unit or "") if unit else ""

    @cached_property
    def history(self) -> tuple[Entry, ...]:
        """Every entry, those that others superseded among them, in order of publication."""
        known = (*self.race.superseded, *self.race.entries)
        return tuple(sorted(known, key=lambda entry: (entry.published, entry.id)))

    @cached_property
    def days(self) -> tuple[date, ...]:
        """The days on which anything but names for the roll was published."""
        of = (entry.published for entry in self.history if not isinstance(entry, Elector))
        return tuple(sorted(set(of)))


FRONT = ("Forecast", "index.html")
FORECAST = (("In full", "forecast/index.html"), ("Over time", "over-time/index.html"))
_PAGES = (
    ("Roster", "roster/index.html"),
    ("Nominations", "nominations/index.html"),
    ("Local meetings", "meetings/index.html"),
    ("Evidence", "evidence/index.html"),
    ("Data", "data/index.html"),
    ("How it is made", "how-it-is-made/index.html"),
)


def lead(report: Report) -> Iterator[str]:
    """The sentences with which a report leads."""
    for block in report.blocks:
        if isinstance(block, Sentence) and block.tone == "lead":
            yield block.text


def part(number: float) -> Fraction:
    """A part of 1 as a picture places it: exact to a ten-thousandth."""
    return Fraction(round(number * 10_000), 10_000)
