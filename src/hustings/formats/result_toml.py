"""What came of a race, as TOML beside it: read to score forecasts, and by no forecast."""

from collections.abc import Collection, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from hustings.errors import InputError, Problem
from hustings.forecast.evidence import Race
from hustings.forecast.past import Between, Price, Result, Shares
from hustings.formats.result_schema import RESULT
from hustings.formats.shape import Path, at, read_document
from hustings.units import Candidate, Section

# Whoever is no candidate of the race: left out, as the model leaves them out.
OTHERS = "others"


def read(text: str, file: str, race: Race) -> Result:
    """The result that the text gives of that race; raises `InputError` with every mistake.

    Figures may be votes, points or percentages: all become parts of 1 among the candidates.
    """
    reading = _Reading(text, file, race)
    result = reading.result(read_document(text, RESULT, file))
    if reading.problems:
        raise InputError(sorted(reading.problems, key=lambda problem: problem.line or 0))
    return result


class _Reading:
    """One pass over a document of the right shape, gathering what is wrong in substance."""

    def __init__(self, text: str, file: str, race: Race) -> None:
        self.text, self.file = text, file
        self.candidates = [entry.id for entry in race.contest.candidates]
        self.sections = [entry.id for entry in race.contest.sections]
        self.problems: list[Problem] = []

    def result(self, document: Mapping[str, Any]) -> Result:
        """The result; where something was wrong it is noted, and left out."""
        told, sections = document["result"], document.get("sections", {})
        self._one_of(told["winner"], self.candidates, "a candidate", ["result", "winner"])
        for name in sections:
            self._one_of(name, self.sections, "a section", ["sections", name])
        found = Result(
            Candidate(told["winner"]),
            self._shares(document, "first_preferences"),
            self._shares(document, "final"),
            self._by_section(sections, "first_preferences"),
            self._by_section(sections, "final"),
            tuple(self._pair(each, n) for n, each in enumerate(document.get("pairs", []))),
            self._endings(document.get("endings", {})),
            tuple(self._day(day, ["result", "as_of"]) for day in told.get("as_of", [])),
            tuple(self._price(each, n) for n, each in enumerate(document.get("prices", []))),
        )
        if found.final and found.winner in self.candidates and found.winner not in found.final:
            self._wrong(["final"], f"{found.winner} won, and is not one of the last two")
        return found

    def _wrong(self, path: Path, what: str) -> None:
        self.problems.append(at(self.text, self.file, path, what))

    def _one_of(self, name: str, known: Collection[str], what: str, path: Path) -> None:
        if name not in known:
            self._wrong(path, f"{name!r} is not {what}; there are {', '.join(known)}")

    def _by_section(self, sections: Mapping[str, Any], what: str) -> dict[Section, Shares]:
        found = {
            Section(name): self._shares(each, what, ["sections", name])
            for name, each in sections.items()
        }
        return {name: shares for name, shares in found.items() if shares}

    def _shares(self, table: Mapping[str, Any], what: str, above: Path = ()) -> Shares:
        figures: Mapping[str, Any] = table.get(what, {})
        path = [*above, what]
        for name in figures:
            if name != OTHERS:
                self._one_of(name, self.candidates, "a candidate", [*path, name])
        # What is written as a decimal is meant so, not as the nearest binary number.
        exact = {Candidate(n): Fraction(str(x)) for n, x in figures.items() if n != OTHERS}
        total = sum(exact.values())
        if figures and not total:
            self._wrong(path, "nobody has anything: expected votes, points or percentages")
            return {}
        return {name: share / total for name, share in exact.items()}

    def _pair(self, told: Mapping[str, Any], number: int) -> Between:
        section = told.get("section")
        if section is not None:
            self._one_of(section, self.sections, "a section", ["pairs", number, "section"])
        shares = self._shares(told, "shares", ["pairs", number])
        return Between(shares, Section(section) if section else None)

    def _endings(self, told: Mapping[str, Any]) -> dict[Section, tuple[int, ...]]:
        for name in told:
            # A race of one body of voters need not give it a name.
            self._one_of(name, self.sections, "a section", ["endings", name])
        return {Section(name): tuple(numbers) for name, numbers in told.items()}

    def _day(self, written: str, path: Path) -> date:
        try:
            return date.fromisoformat(written)
        except ValueError:
            self._wrong(path, f"{written} is not a day of the calendar")
            return date.min

    def _price(self, told: Mapping[str, Any], number: int) -> Price:
        path: Path = ["prices", number]
        day = self._day(told["published"], [*path, "published"])
        return Price(day, self._shares(told, "chances", path))
