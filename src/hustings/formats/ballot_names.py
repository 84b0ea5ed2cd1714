"""Who and what a ballot file means: candidates, sections and units by id or by name."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar
from unicodedata import normalize

from hustings.election.spec import EVERYONE, Contest, Standing
from hustings.formats.ballot_file import Mistakes
from hustings.units import Candidate, Section, Unit

Id = TypeVar("Id", bound=str)

# A message lists so many names; of several hundred branches nobody would read more.
LISTED = 20


def folded(name: str) -> str:
    """The name as it is compared: in one Unicode form, one case, single spaces.

    >>> folded("  Zoë  SMITH ") == folded("Zoe\\u0308 Smith")
    True
    """
    return normalize("NFC", " ".join(normalize("NFC", name).casefold().split()))


def slug(name: str, otherwise: str = "candidate") -> str:
    """The name in small ASCII letters, digits and `_`; `otherwise` where it has none of them.

    >>> slug("Zoë O'Neill"), slug("王")
    ('zoe_o_neill', 'candidate')
    """
    plain = normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_") or otherwise


class Ids:
    """Makes ids of names, each unlike those it made before.

    >>> ids = Ids()
    >>> ids.made_of("Zoë"), ids.made_of("Zoe"), ids.made_of("ZOE")
    ('zoe', 'zoe_2', 'zoe_3')
    """

    def __init__(self) -> None:
        self._made: dict[str, int] = {}

    def made_of(self, name: str) -> Candidate:
        """A new id for whoever bears that name."""
        made = base = slug(name)
        number = self._made.get(base, 0)
        while made in self._made:
            number += 1
            made = f"{base}_{number}"
        self._made[base] = max(number, 1)
        self._made.setdefault(made, 1)
        return Candidate(made)


class Candidates:
    """Who stands, by whatever a file calls them; without a contest, whoever it names.

    `aliases` are what a candidate is called beside the id and the name.
    """

    def __init__(
        self, contest: Contest | None, aliases: Mapping[str, Candidate] | None = None
    ) -> None:
        self.listed: list[Standing] = list(contest.candidates) if contest else []
        self._closed = contest is not None
        self._ids = Ids()
        self._known = _by_id_or_name({entry.id: entry.name for entry in self.listed})
        self._known.update({folded(alias): id_ for alias, id_ in (aliases or {}).items()})

    def find(self, called: str) -> Candidate | None:
        """The id of whoever is called so; None where the contest has nobody of that name."""
        found = self._known.get(called) or self._known.get(folded(called))
        if found is None and not self._closed:
            return self._added(called)
        return Candidate(found) if found else None

    def unknown(self, called: str) -> str:
        """What to tell whoever wrote a name that nobody bears, or more than one."""
        return _unknown(called, "candidate", {entry.id: entry.name for entry in self.listed})

    def _added(self, called: str) -> Candidate:
        name = " ".join(normalize("NFC", called).split())
        id_ = self._ids.made_of(name)
        self.listed.append(Standing(id_, name))
        self._known[folded(called)] = id_
        return id_


def numbered(
    names: Iterable[tuple[int, str]], contest: Contest | None, mistakes: Mistakes
) -> tuple[tuple[Standing, ...], dict[int, Candidate]]:
    """The candidates, and who bears which number in a list of names, each with its line.

    Whoever the contest does not know is among the mistakes, and bears no number.
    """
    if contest is None:
        return _as_listed(names, mistakes)
    candidates = Candidates(contest)
    by_number: dict[int, Candidate] = {}
    for number, (line, name) in enumerate(names, 1):
        found = candidates.find(name)
        if found is None:
            mistakes.add(candidates.unknown(name), line)
        elif found in by_number.values():
            mistakes.add(f"{name!r} is {found}, whom a name before it means already", line)
        else:
            by_number[number] = found
    return contest.candidates, by_number


def _as_listed(
    names: Iterable[tuple[int, str]], mistakes: Mistakes
) -> tuple[tuple[Standing, ...], dict[int, Candidate]]:
    """As many candidates as names, though two of them should be the same."""
    ids = Ids()
    made = []
    for line, name in names:
        if not name:
            mistakes.add("the name is empty", line)
        made.append(Standing(ids.made_of(name), name))
    return tuple(made), {number: entry.id for number, entry in enumerate(made, 1)}


class Places:
    """The section and unit of a paper, by whatever a file calls them.

    `given` is the section of the whole file, where whoever hands it in says so.
    """

    def __init__(self, contest: Contest | None, given: Section | None) -> None:
        entries = contest.sections if contest else ()
        self._closed = bool(entries)
        self._names = {entry.id: entry.name for entry in entries}
        self._sections = _by_id_or_name(self._names)
        self._declared = {entry.id: entry.units for entry in entries}
        self._units = {entry.id: _by_id_or_name(entry.units) for entry in entries}
        self._home = {unit: entry.id for entry in reversed(entries) for unit in entry.units}
        self.given = Section(self._section(given) or given) if given else None

    def default(self) -> tuple[Section, str]:
        """The section of a paper that names none, and what is wrong if anything is."""
        if self.given:
            known = not self._closed or self.given in self._names
            return self.given, "" if known else _unknown(self.given, "section", self._names)
        if len(self._names) > 1:
            listed = _listed(self._names)
            return Section(""), f"the section is missing: say which of {listed} the papers are of"
        return next(iter(self._names), EVERYONE), ""

    def section(self, called: str) -> tuple[Section, str]:
        """The section that is meant, and what is wrong if anything is."""
        if not called:
            return self.default()
        found = Section(self._section(called))
        if not found:
            return found, _unknown(called, "section", self._names)
        if self.given and found != self.given:
            return found, f"this paper is of {found}, and the file was given as of {self.given}"
        return found, ""

    def unit(self, called: str, section: Section) -> tuple[Unit, str]:
        """The unit of the section that is meant, and what is wrong if anything is."""
        if not called:
            return Unit(""), ""
        own = self._units.get(section, {})
        unit = Unit(own.get(called) or own.get(folded(called)) or ("" if own else called))
        home = self._home.setdefault(unit or Unit(called), section)
        if home != section:
            return unit, f"unit {called} is of section {home}, and here of {section}"
        if not unit:
            del self._home[Unit(called)]
            return unit, _unknown(called, f"unit of section {section}", self._declared[section])
        return unit, ""

    def _section(self, called: str) -> str:
        if not self._closed:
            return called
        return self._sections.get(called) or self._sections.get(folded(called)) or ""


def _by_id_or_name(names: Mapping[Id, str]) -> dict[str, str]:
    """Id by id, by the id in any case and by the name; a name that two bear is left out."""
    known: dict[str, str] = {}
    for id_, name in names.items():
        known[folded(name)] = "" if folded(name) in known else id_
    known.update({folded(id_): id_ for id_ in names})
    known.update({id_: id_ for id_ in names})
    return known


def _listed(names: Mapping[Id, str]) -> str:
    said = [
        id_ if folded(id_) == folded(name) else f"{id_} ({name})" for id_, name in names.items()
    ]
    more = [f"{len(said) - LISTED} more"] if len(said) > LISTED else []
    return ", ".join(said[:LISTED] + more)


def _unknown(called: str, kind: str, names: Mapping[Id, str]) -> str:
    bearers = [id_ for id_, name in names.items() if folded(name) == folded(called)]
    if len(bearers) > 1:
        return f"{called!r} is the name of {' and of '.join(bearers)}: write the id"
    spelt = {folded(text): text for id_, name in names.items() for text in (id_, name)}
    close = get_close_matches(folded(called), spelt, 1)
    hint = f"did you mean {spelt[close[0]]!r}? " if close else ""
    return f"{called!r} is no {kind}; {hint}there are {_listed(names)}"
