"""An election's definition as TOML, and where its papers stand."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any, TypeVar

from hustings.ballots.published import COLLEGE, TOTAL
from hustings.ballots.returns import NO_REASON_GIVEN, PaperAccount
from hustings.election.publication import (
    ElectorEntry,
    Policy,
    Publication,
    Rankings,
    Release,
    SectionPublication,
    Status,
    UnitEntry,
)
from hustings.election.rulebook import Basis, CollegeUse, RuleBook
from hustings.election.spec import (
    EVERYONE,
    Contest,
    Decision,
    Decisions,
    Election,
    SectionEntry,
    Standing,
)
from hustings.errors import HustingsError, InputError, Problem, RuleError
from hustings.formats import decisions_toml
from hustings.formats.ballot_names import folded
from hustings.formats.election_schema import ELECTION
from hustings.formats.rulebook_toml import Books
from hustings.formats.shape import Path, at, read_document
from hustings.units import Candidate, Section, Unit

K = TypeVar("K")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Source:
    """Where papers stand: ballot files, one a ballot, or a file of published totals."""

    files: tuple[str, ...]
    published: bool = False


@dataclass(frozen=True, slots=True)
class ReturnSource:
    """A section's paper account, and the file with its units' figures if there is one."""

    account: PaperAccount
    units: str = ""
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Definition:
    """An election, and for each contest the files that hold its papers and figures.

    Papers that one file holds for all sections stand under no section: `None`.
    """

    election: Election
    sources: Mapping[str, Mapping[Section | None, Source]]
    published: Mapping[str, str] = field(default_factory=dict)
    publication: Publication = field(default_factory=Publication)
    returns: Mapping[str, Mapping[Section, ReturnSource]] = field(default_factory=dict)
    claims: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a definition, by name: each raises `InputError` for what is wrong."""

    books: Books
    units: Callable[[str], Mapping[Unit, UnitEntry]]
    electors: Callable[[str], Mapping[str, ElectorEntry]]


def read(text: str, file: str, beside: Beside) -> Definition:
    """The definition that the text gives; raises `InputError` with every mistake in it."""
    reading = _Reading(text, file, beside, read_document(text, ELECTION, file))
    publication = reading.publication()
    sections = reading.sections(publication)
    contests = [reading.contest(id_, sections) for id_ in reading.document["contests"]]
    reading.require_returns(sections)
    if reading.problems:
        raise InputError(sorted(reading.problems, key=lambda problem: problem.line or 0))
    described = reading.document["election"]
    election = Election(
        described["name"],
        tuple(contest for contest in contests if contest),
        described.get("organisation", ""),
        described.get("about", ""),
        reading.dates(),
    )
    return Definition(
        election,
        reading.sources(),
        reading.named("published"),
        publication,
        reading.returns(),
        reading.named("claims"),
    )


class _Reading:
    """One pass over a document of the right shape, gathering what is wrong in substance."""

    def __init__(self, text: str, file: str, beside: Beside, document: dict[str, Any]) -> None:
        self.text, self.file, self.beside, self.document = text, file, beside, document
        self.problems: list[Problem] = []

    def wrong(self, path: Path, what: str) -> None:
        """Note a mistake in a field, and read on."""
        self.problems.append(at(self.text, self.file, path, what))

    def dates(self) -> dict[str, date]:
        """The calendar; shapes are checked, so only an impossible day can fail."""
        return {
            name: date.fromisoformat(day) for name, day in self.document.get("dates", {}).items()
        }

    def sections(self, publication: Publication) -> tuple[SectionEntry, ...]:
        """The college; without one, everyone is a section of weight 1."""
        for name, day in self.document.get("dates", {}).items():
            self._require_a_day(name, day)
        entries = tuple(
            SectionEntry(
                Section(id_),
                entry.get("name", id_),
                Fraction(entry["weight"]),
                {id_: unit.name for id_, unit in publication.of(Section(id_)).units.items()},
                entry.get("papers_are", "papers"),
            )
            for id_, entry in self.document.get("sections", {}).items()
        )
        self._require_units_apart(entries)
        return entries or (SectionEntry(EVERYONE, "everyone", Fraction(1)),)

    def _require_a_day(self, name: str, day: str) -> None:
        try:
            date.fromisoformat(day)
        except ValueError:
            self.wrong(["dates", name], f"{day} is not a day of the calendar")

    def _require_units_apart(self, entries: tuple[SectionEntry, ...]) -> None:
        section_of: dict[Unit, Section] = {}
        for entry in entries:
            for unit in entry.units:
                if unit in section_of:
                    self.wrong(
                        ["sections", entry.id, "units", unit],
                        f"{unit!r} is a unit of {section_of[unit]} already; a unit belongs to one "
                        "section, so give each its own id",
                    )
                section_of.setdefault(unit, entry.id)

    def contest(self, id_: str, sections: tuple[SectionEntry, ...]) -> Contest | None:
        """One contest, or None where its rule book is not to be had."""
        written = self.document["contests"][id_]
        candidates = self._candidates(id_, written["candidates"])
        self._require_sources(id_, written["ballots"], sections)
        decisions = self._decisions(id_, written.get("decisions", {}), candidates)
        rules = self._rules(id_, written)
        if rules is None:
            return None
        self._require_weights(id_, rules, sections)
        seats = written.get("seats", 1)
        self._require_seats(id_, rules, seats, sum(not entry.withdrawn for entry in candidates))
        return Contest(id_, written["post"], candidates, sections, rules, decisions, seats)

    def _require_seats(self, id_: str, rules: RuleBook, seats: int, standing: int) -> None:
        path = ["contests", id_, "seats"]
        if seats > 1 and rules.seats is None:
            self.wrong(
                path,
                f"{seats} seats are to be filled, and {rules.name} fills one; `hustings rules` "
                "lists the books, such as scotland-stv-2007",
            )
        elif seats >= standing > 1:
            self.wrong(
                path,
                f"{seats} seats and {standing} candidates standing: such a contest is declared, "
                "not counted",
            )

    def _candidates(self, id_: str, written: Mapping[str, Any]) -> tuple[Standing, ...]:
        path = ["contests", id_, "candidates"]
        candidates = tuple(
            Standing(Candidate(name), entry)
            if isinstance(entry, str)
            else Standing(Candidate(name), entry["name"], entry.get("withdrawn", False))
            for name, entry in written.items()
        )
        called: dict[str, Candidate] = {}
        for entry in candidates:
            name = folded(entry.name)
            if name in called:
                self.wrong([*path, entry.id], f"{entry.name!r} is the name of {called[name]} too")
            called[name] = entry.id
            if entry.id.upper() in (TOTAL, COLLEGE):
                self.wrong([*path, entry.id], f"{entry.id!r} stands for a sum; choose another id")
        if sum(not entry.withdrawn for entry in candidates) < 2:
            self.wrong(
                path,
                "fewer than two candidates are standing: such a contest is declared, not counted",
            )
        return candidates

    def _require_sources(self, id_: str, written: Any, sections: tuple[SectionEntry, ...]) -> None:
        if not isinstance(written, dict):
            return
        path, known = ["contests", id_, "ballots"], {entry.id: entry for entry in sections}
        for name in written:
            if name not in known:
                self.wrong([*path, name], f"{name!r} is not a section; they are {', '.join(known)}")
        for name in known:
            if name not in written:
                self.wrong(path, f"no ballot file is given for the section {name!r}")

    def _decisions(
        self, id_: str, written: Mapping[str, Any], candidates: tuple[Standing, ...]
    ) -> Decisions:
        lot = tuple(Candidate(name) for name in written.get("lot", ()))
        path, known = ["contests", id_, "decisions", "lot"], {entry.id for entry in candidates}
        for name in lot:
            if name not in known:
                self.wrong(path, f"{name!r} is no candidate; they are {', '.join(sorted(known))}")
        for name in sorted({name for name in lot if lot.count(name) > 1}):
            self.wrong(path, f"{name!r} was drawn twice")
        return Decisions(
            lot,
            written.get("drawn_by", ""),
            written.get("seed", ""),
            written.get("seed_source", ""),
            self._on_ties(id_, written.get("decided", ()), sorted(known)),
        )

    def _on_ties(
        self, id_: str, written: Sequence[Mapping[str, Any]], known: Sequence[str]
    ) -> tuple[Decision, ...]:
        made = tuple(map(decisions_toml.decision, written))
        for number, each in enumerate(made):
            for what in decisions_toml.wrong_in(each, known, made[:number]):
                self.wrong(["contests", id_, "decisions", "decided", number], what)
        return made

    def _rules(self, id_: str, written: Mapping[str, Any]) -> RuleBook | None:
        try:
            rules = self.beside.books(written["rules"])
        except HustingsError as error:
            self.wrong(["contests", id_, "rules"], str(error))
            return None
        for choice, answer in written.get("override", {}).items():
            # Its name, not its place: what is published must not tell of anybody's disk.
            name = self.file.rpartition("/")[2]
            basis = Basis(f"{name}: contests.{id_}.override", book=name)
            try:
                rules = rules.override(choice, answer, basis)
            except RuleError as error:
                self.wrong(["contests", id_, "override", choice], str(error))
        return rules

    def _require_weights(
        self, id_: str, rules: RuleBook, sections: tuple[SectionEntry, ...]
    ) -> None:
        if rules.college is CollegeUse.POOLED:
            return
        weights = {entry.id: entry.weight for entry in sections}
        total = sum(weights.values())
        for section, weight in weights.items():
            if not weight:
                self.wrong(["sections", section, "weight"], "a section of no weight is no section")
        if total != rules.whole:
            self.wrong(
                ["sections"] if "sections" in self.document else ["contests", id_, "rules"],
                f"the weights {' + '.join(map(str, weights.values()))} sum to {total}, and "
                f"{rules.name} wants {rules.whole}",
            )
        elif set(rules.weights) == set(weights) and rules.weights != weights:
            stated = ", ".join(f"{name} {weight}" for name, weight in rules.weights.items())
            self.wrong(
                ["sections"], f"{rules.name} gives other weights: {stated}; override them or agree"
            )

    def sources(self) -> dict[str, dict[Section | None, Source]]:
        """For each contest, where its papers stand."""
        return {
            id_: dict(_sources(written["ballots"]))
            for id_, written in self.document["contests"].items()
        }

    def named(self, what: str) -> dict[str, str]:
        """For each contest that has one, the file of that kind."""
        return {
            id_: written[what]
            for id_, written in self.document["contests"].items()
            if what in written
        }

    def publication(self) -> Publication:
        """What is published of each section, and the releases."""
        sections = {
            Section(id_): self._section_publication(id_, entry)
            for id_, entry in self.document.get("sections", {}).items()
        }
        return Publication(sections, self._releases())

    def _section_publication(self, id_: str, entry: Mapping[str, Any]) -> SectionPublication:
        units = self._units(id_, entry.get("units", {}))
        electors: Mapping[str, ElectorEntry] = {}
        if "electors" in entry:
            electors = self._beside(["sections", id_, "electors"], self.beside.electors)
        said = {
            name: entry[name]
            for name in ("accepts", "unit_is", "units_are", "elector_is", "electors_are")
            if name in entry
        }
        return SectionPublication(
            policy=Policy(entry.get("policy", Policy.TOTALS)),
            rankings=Rankings(entry.get("rankings", Rankings.CHECKED)),
            units=units,
            electors=electors,
            **said,
        )

    def _units(self, section: str, written: Any) -> Mapping[Unit, UnitEntry]:
        if isinstance(written, str):
            return self._beside(["sections", section, "units"], self.beside.units)
        return {
            Unit(id_): UnitEntry(Unit(id_), name, file=self.file) for id_, name in written.items()
        }

    def _beside(self, path: Path, read: Callable[[str], Mapping[K, T]]) -> Mapping[K, T]:
        """What the file named in that field holds; nothing, where it is wrong, which is noted."""
        written: Any = self.document
        for step in path:
            written = written[step]
        try:
            return read(written)
        except InputError as error:
            self.problems += error.problems
            return {}

    def _releases(self) -> tuple[Release, ...]:
        releases = tuple(
            Release(
                number,
                Status(written["status"]),
                written.get("at", ""),
                written.get("approved_by", ""),
                written.get("reason", ""),
                written.get("accepts", ""),
            )
            for number, written in enumerate(self.document.get("releases", ()), 1)
        )
        for place, release in enumerate(releases):
            self._require_release(["releases", place], release, releases[:place])
        return releases

    def _require_release(
        self, path: list[str | int], release: Release, before: Sequence[Release]
    ) -> None:
        if not release.at and release.status is not Status.PROVISIONAL:
            self.wrong(
                path, f"release {release.number}: a {release.status} one needs its time: at = ..."
            )
        try:
            datetime.fromisoformat(release.at or "2000-01-01")
        except ValueError:
            self.wrong([*path, "at"], f"{release.at} is not a time of the calendar")
        for earlier in before:
            if _is_before(release.at, earlier.at):
                what = f"{release.at} is before the time of release {earlier.number}, {earlier.at}"
                self.wrong([*path, "at"], what)
        changed = release.status in (Status.CORRECTED, Status.WITHDRAWN)
        if changed and not release.reason:
            self.wrong(path, f"a {release.status} release needs its reason: reason = ...")
        if changed and not before:
            self.wrong(path, f"the first release cannot be {release.status}: nothing was declared")
        if not changed and any(r.status is not Status.PROVISIONAL for r in before):
            what = (
                f"a result was declared before: write corrected or withdrawn, not {release.status}"
            )
            self.wrong([*path, "status"], what)

    def returns(self) -> dict[str, dict[Section, ReturnSource]]:
        """For each contest, what its sections returned."""
        return {
            id_: {Section(s): _return_source(entry) for s, entry in written["returns"].items()}
            for id_, written in self.document["contests"].items()
            if "returns" in written
        }

    def require_returns(self, sections: tuple[SectionEntry, ...]) -> None:
        """Note every return that is of no section, or that no unit of the section could fill."""
        known = {entry.id: entry for entry in sections}
        for contest, written in self.document["contests"].items():
            for section, entry in written.get("returns", {}).items():
                path = ["contests", contest, "returns", section]
                if section not in known:
                    self.wrong(path, f"{section!r} is not a section; they are {', '.join(known)}")
                elif "units" in entry and not known[Section(section)].units:
                    what = f"the section {section!r} lists no units; define them in units = ..."
                    self.wrong([*path, "units"], what)


def _return_source(written: Mapping[str, Any]) -> ReturnSource:
    spoiled = written.get("spoiled")
    if isinstance(spoiled, int):
        spoiled = {NO_REASON_GIVEN: spoiled}
    account = PaperAccount(
        written.get("issued"), written.get("returned"), spoiled, written.get("source", "")
    )
    return ReturnSource(account, written.get("units", ""), written.get("complete", True))


def _sources(written: Any) -> Iterator[tuple[Section | None, Source]]:
    if not isinstance(written, dict):
        yield None, _source(written)
        return
    for section, source in written.items():
        yield Section(section), _source(source)


def _source(written: Any) -> Source:
    if isinstance(written, dict):
        return Source((written["published"],), published=True)
    return Source((written,) if isinstance(written, str) else tuple(written))


def _is_before(at: str, other: str) -> bool:
    """Whether one time is before another, by the day where one of them says no more."""
    try:
        ours, theirs = datetime.fromisoformat(at), datetime.fromisoformat(other)
    except ValueError:
        return False
    days = len(at) <= len("2010-09-25") or len(other) <= len("2010-09-25")
    if days or (ours.tzinfo is None) != (theirs.tzinfo is None):
        return ours.date() < theirs.date()
    return ours < theirs
