"""A race as TOML: the contest, its calendar and its nominators; the entries stand beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from hustings.election.spec import EVERYONE, Contest, Election, SectionEntry, Standing
from hustings.errors import HustingsError, InputError
from hustings.forecast.evidence import Race
from hustings.formats.ballot_names import folded
from hustings.formats.race_schema import RACE
from hustings.formats.rulebook_toml import Books
from hustings.formats.shape import Path, at, read_document
from hustings.nominations.papers import Nominators
from hustings.units import Candidate, Section, Unit

HERE = ("candidates", "sections")


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a race, by name: each raises `InputError` for what is wrong."""

    books: Books
    elections: Callable[[str], Election]


def read(text: str, file: str, beside: Beside) -> Race:
    """The race that the text gives, with no entries yet; raises `InputError` with every mistake."""
    reading = _Reading(text, file, beside, read_document(text, RACE, file))
    contest = reading.contest()
    dates = reading.dates()
    if contest and len(contest.standing) < 2:
        reading.wrong(
            [*reading.candidates_at],
            "fewer than two candidates: such a contest is declared, there is nothing to forecast",
        )
    nominators = reading.nominators(contest)
    if reading.problems or contest is None:
        raise InputError(sorted(reading.problems, key=lambda problem: problem.line or 0))
    return Race(
        reading.document["race"]["name"],
        contest,
        dates["poll_closes"],
        nominators=nominators,
        dates=dates,
    )


class _Reading:
    """One pass over a document of the right shape, gathering what is wrong in substance."""

    def __init__(self, text: str, file: str, beside: Beside, document: dict[str, Any]) -> None:
        self.text, self.file, self.beside, self.document = text, file, beside, document
        self.problems: list[Any] = []
        self.candidates_at: Path = ["candidates"]

    def wrong(self, path: Path, what: str) -> None:
        """Note a mistake in a field, and read on."""
        self.problems.append(at(self.text, self.file, path, what))

    def contest(self) -> Contest | None:
        """The contest, of a definition or of this file; None where it is not to be had."""
        described = self.document["race"]
        return self._defined(described) if "definition" in described else self._written(described)

    def _defined(self, described: Mapping[str, Any]) -> Contest | None:
        self.candidates_at = ["race", "definition"]
        for name in HERE:
            if name in self.document:
                what = f"the definition {described['definition']} has the {name}: leave them out"
                self.wrong([name], what)
        for name in ("post", "rules"):
            if name in described:
                self.wrong(["race", name], f"the definition has the {name}: leave it out")
        try:
            election = self.beside.elections(described["definition"])
            contest = election.contest(described.get("contest", ""))
        except HustingsError as error:
            self.wrong(["race", "definition"], str(error))
            return None
        gone = [entry.id for entry in contest.candidates if entry.withdrawn]
        if gone:
            what = f"{', '.join(gone)}: a withdrawal has its day; write it in nominations.csv"
            self.wrong(["race", "definition"], what)
        return contest

    def _written(self, described: Mapping[str, Any]) -> Contest | None:
        for name, place in (("post", ["race", "post"]), ("rules", ["race", "rules"])):
            if name not in described:
                self.wrong(place, "is missing: give it here, or name a definition that has it")
        if "contest" in described:
            self.wrong(["race", "contest"], "names a contest of a definition, and none is given")
        if "candidates" not in self.document:
            self.wrong(["candidates"], "is missing: expected a table of candidates")
            return None
        candidates, sections = self._candidates(), self._sections()
        if "rules" not in described:
            return None
        try:
            rules = self.beside.books(described["rules"])
            contest = Contest("race", described.get("post", ""), candidates, sections, rules)
            _ = contest.college
        except HustingsError as error:
            self.wrong(["race", "rules"], str(error))
            return None
        return contest

    def _candidates(self) -> tuple[Standing, ...]:
        written: Mapping[str, str] = self.document["candidates"]
        called: dict[str, str] = {}
        for id_, name in written.items():
            other = called.setdefault(folded(name), id_)
            if other != id_:
                self.wrong(["candidates", id_], f"{name!r} is the name of {other} too")
        return tuple(Standing(Candidate(id_), name) for id_, name in written.items())

    def _sections(self) -> tuple[SectionEntry, ...]:
        entries = tuple(
            SectionEntry(
                Section(id_),
                entry.get("name", id_),
                Fraction(entry["weight"]),
                {Unit(unit): name for unit, name in entry.get("units", {}).items()},
            )
            for id_, entry in self.document.get("sections", {}).items()
        )
        return entries or (SectionEntry(EVERYONE, "everyone", Fraction(1)),)

    def dates(self) -> dict[str, date]:
        """The calendar; a day that does not exist is noted, and comes back as the last of days."""
        found: dict[str, date] = {}
        for name, day in self.document["dates"].items():
            try:
                found[name] = date.fromisoformat(day)
            except ValueError:
                found[name] = date.max
                self.wrong(["dates", name], f"{day} is not a day of the calendar")
        return found

    def nominators(self, contest: Contest | None) -> dict[str, Nominators]:
        """Who may nominate; a section that is none is noted."""
        found: dict[str, Nominators] = {}
        known = {entry.id for entry in contest.sections} if contest else set()
        for id_, entry in self.document.get("nominators", {}).items():
            section = entry.get("section")
            if section is not None and contest and section not in known:
                what = f"{section!r} is not a section; they are {', '.join(sorted(known))}"
                self.wrong(["nominators", id_, "section"], what)
            found[id_] = Nominators(
                id_,
                entry["name"],
                Section(section) if section else None,
                entry.get("threshold"),
                entry.get("size"),
                entry.get("source", ""),
            )
        return found
