"""The entries of a race as CSV: one file for each family of kinds, a row for each entry.

Every file may have the columns in `COMMON`, and those of its kinds in `OWN`. Figures stand in
one cell, `values`, such as `ann 40; bob 35; cat+dan 20; others 5`: candidates given
together are joined by `+`. A percentage is written as it was printed, without its sign.
"""

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from io import StringIO
from types import MappingProxyType
from typing import Any, TypeVar

from hustings.errors import InputError
from hustings.forecast.evidence import (
    KINDS,
    Bias,
    Canvass,
    Elector,
    Electorate,
    Endorsement,
    Entry,
    Grade,
    Parameter,
    Placement,
    PollFirst,
    PollPair,
    Primary,
    Race,
    ReportedFirsts,
    ReportedSeconds,
    RosterEntry,
    SelfSelecting,
)
from hustings.formats.ballot_file import Mistakes, whole_number
from hustings.formats.ballot_names import Candidates, Places
from hustings.formats.table_csv import Row, rows
from hustings.nominations.entry import OTHERS, Together
from hustings.nominations.meetings import (
    BranchNominations,
    Meeting,
    MeetingMethod,
    MeetingPool,
    Pair,
    RunOff,
)
from hustings.nominations.papers import Nomination, Tally, Withdrawal
from hustings.units import Candidate, Option, Section, Unit, decimal

O = TypeVar("O", bound=Option)  # noqa: E741

# The fields of an entry, by name.
Fields = dict[str, Any]

# The family that each kind belongs to, by the name of its file.
FILES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "polls.csv": ("poll_first", "poll_pair", "self_selecting"),
        "meetings.csv": ("meeting", "meeting_pool", "runoff", "branch_nominations"),
        "nominations.csv": ("nomination", "tally", "withdrawal"),
        "roster.csv": ("roster", "reported_seconds", "reported_firsts", "canvass"),
        "roll.csv": ("elector",),
        "bodies.csv": ("endorsement", "electorate"),
        "primaries.csv": ("primary",),
        "settings.csv": ("placement", "parameter"),
    }
)

COMMON = (
    "id",
    "kind",
    "section",
    "unit",
    "published",
    "field_start",
    "field_end",
    "n",
    "deff",
    "house",
    "bias_mean",
    "bias_sd",
    "bias_group",
    "drift_per_week",
    "undecided",
    "source_title",
    "source_url",
    "note",
    "supersedes",
)

# What each kind has of its own; `!` marks what may not be left out.
OWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "poll_first": ("values!", "measure"),
        "poll_pair": ("values!", "measure"),
        "self_selecting": ("values!", "measure"),
        "meeting": ("values!", "measure", "method", "backed"),
        "meeting_pool": ("values!", "measure", "meetings"),
        "runoff": ("values!", "eliminated", "meetings", "won", "tied"),
        "branch_nominations": ("values!", "nominators"),
        "nomination": ("nominators!", "nominator!", "candidate!", "switched_from"),
        "tally": ("nominators!", "values!"),
        "withdrawal": ("candidate!",),
        "roster": ("elector!", "ranking", "prefers", "complete", "grade", "by"),
        "reported_seconds": ("values!", "first"),
        "reported_firsts": ("values!", "measure"),
        "canvass": ("first!", "electors!", "known!", "pair"),
        "elector": ("elector!",),
        "endorsement": ("body!", "candidate!", "electorate"),
        "electorate": ("body", "issued!", "turnout"),
        "primary": ("values!", "measure", "turnout", "binds"),
        "placement": ("values!",),
        "parameter": ("name!", "value!"),
    }
)
# Of these, how many answered has to be said: no figure weighs anything without it.
NEEDS_N = ("poll_first", "poll_pair", "self_selecting", "meeting", "meeting_pool")
# These are of one section, and have to say which.
NEEDS_SECTION = (
    *NEEDS_N,
    "runoff",
    "branch_nominations",
    "roster",
    "reported_seconds",
    "reported_firsts",
    "canvass",
    "elector",
    "endorsement",
    "electorate",
    "primary",
)
FIGURE = re.compile(r"(.+?)\s+(-?[0-9][0-9,]*(?:\.[0-9]+)?)")
NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:/[0-9]+)?")
HUNDRED = 100


def columns_of(file: str) -> tuple[str, ...]:
    """Every column that a file of this name may have."""
    own = (name.rstrip("!") for kind in FILES[file] for name in OWN[kind])
    return (*COMMON, *dict.fromkeys(own))


def file_of(kind: str) -> str:
    """The file in which entries of this kind stand; raises `InputError` where there is none."""
    for file, kinds in FILES.items():
        if kind in kinds:
            return file
    raise InputError(f"{kind!r} is no kind of entry; they are {', '.join(KINDS)}")


def read(lines: Iterable[str], name: str, file: str, race: Race) -> tuple[Entry, ...]:
    """The entries of the file called `name`, told of as `file`, in its order.

    Raises `InputError` with every mistake in its rows; what entries say of each other is looked at
    by `consistency`.
    """
    mistakes = Mistakes(file)
    found = []
    kinds = FILES[name]
    required = ("id", "published") if len(kinds) == 1 else ("id", "kind", "published")
    for row in rows(lines, mistakes, required, columns_of(name)):
        kind = row.cell("kind") or (kinds[0] if len(kinds) == 1 else "")
        if kind not in kinds:
            what = f"{kind!r} is no kind of entry in {name}; it holds {', '.join(kinds)}"
            mistakes.add(f"{what}{_elsewhere(kind)}", row.line, "kind")
            continue
        entry = _Cells(row, kind, file, race, mistakes).entry()
        if entry is not None:
            found.append(entry)
    if mistakes.all():
        raise InputError(mistakes.all())
    return tuple(found)


def _elsewhere(kind: str) -> str:
    return f"; write it in {file_of(kind)}" if kind in KINDS else ""


def write_row(cells: Mapping[str, str], header: Sequence[str]) -> str:
    """One row of CSV under that header, without its line end."""
    out = StringIO()
    csv.writer(out, lineterminator="").writerow([cells.get(column, "") for column in header])
    return out.getvalue()


@dataclass(slots=True)
class _Cells:
    """The cells of one row as what they mean; a mistake is noted, and spoils the entry."""

    row: Row
    kind: str
    file: str
    race: Race
    mistakes: Mistakes
    wrong: bool = False

    def entry(self) -> Entry | None:
        """The entry; None where anything is wrong with it."""
        self._require_cells()
        common = self._common()
        own = READERS[self.kind](self) if not self.wrong else {}
        if self.wrong:
            return None
        return KINDS[self.kind](**{**common, **own})

    def note(self, what: str, column: str = "") -> None:
        """Note a mistake in this row."""
        self.wrong = True
        self.mistakes.add(what, self.row.line, column)

    def _require_cells(self) -> None:
        own = OWN[self.kind]
        needed = ["id", "published", "source_title", "source_url"]
        needed += [name[:-1] for name in own if name.endswith("!")]
        needed += ["section"] if self.kind in NEEDS_SECTION and self._sectioned() else []
        needed += ["n"] if self.kind in NEEDS_N and self.text("measure") != "votes" else []
        for column in needed:
            if not self.text(column):
                self.note(f"is missing: a {self.kind} entry has to say it", column)
        allowed = {*COMMON, *(name.rstrip("!") for name in own)}
        for column, cell in self.row.cells.items():
            if cell and column not in allowed:
                self.note(f"{cell!r}: this column means nothing for a {self.kind} entry", column)

    def _sectioned(self) -> bool:
        return len(self.race.contest.sections) > 1

    def _common(self) -> Fields:
        section, unit = self._place()
        plain = ("id", "source_title", "source_url", "house", "note", "supersedes")
        return {
            **{column: self.text(column) for column in plain},
            **self._days(),
            "section": section,
            "unit": unit,
            "n": self.whole("n"),
            "deff": self._above_nought("deff"),
            "bias": Bias(
                self.number("bias_mean"), self._above_nought("bias_sd"), self.text("bias_group")
            ),
            "drift_per_week": self._above_nought("drift_per_week"),
            "undecided": self.part("undecided"),
            "file": self.file,
            "line": self.row.line,
        }

    def _days(self) -> Fields:
        start, end, published = map(self.day, ("field_start", "field_end", "published"))
        last = end or start
        if start and end and start > end:
            self.note(f"{start} is after the last day, {end}", "field_start")
        if published and last and last > published:
            what = f"{published} is before the last day on which it was gathered, {last}"
            self.note(what, "published")
        return {"field_start": start, "field_end": end, "published": published}

    def _above_nought(self, column: str) -> Fraction | None:
        found = self.number(column)
        if found is not None and found <= 0:
            self.note(f"{self.text(column)} is not above 0", column)
        return found

    def _place(self) -> tuple[Section | None, Unit | None]:
        called, unit_called = self.text("section"), self.text("unit")
        if not called and not (self.kind in NEEDS_SECTION and not self._sectioned()):
            return None, Unit(unit_called) if unit_called else None
        places = Places(self.race.contest, None)
        section, wrong = places.section(called)
        if wrong:
            self.note(wrong, "section")
            return None, None
        unit, wrong = places.unit(unit_called, section)
        if wrong:
            self.note(wrong, "unit")
        return section, unit or None

    def text(self, column: str) -> str:
        """What is written."""
        return self.row.cell(column)

    def day(self, column: str) -> date | None:
        """A day; None where the cell is empty."""
        written = self.text(column)
        if not written:
            return None
        try:
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", written):
                raise ValueError
            return date.fromisoformat(written)
        except ValueError:
            self.note(f"{written!r} is not a date such as 2010-09-22", column)
            return None

    def whole(self, column: str) -> int | None:
        """A whole number; None where the cell is empty."""
        written = self.text(column)
        if not written:
            return None
        found = whole_number(written.replace(",", ""))
        if found is None:
            self.note(f"{written!r} is not a whole number", column)
        return found

    def number(self, column: str) -> Fraction | None:
        """An exact number; None where the cell is empty."""
        written = self.text(column)
        if not written:
            return None
        if not NUMBER.fullmatch(written) or written.endswith("/0"):
            self.note(f"{written!r} is not a number such as 0.25", column)
            return None
        return Fraction(written)

    def part(self, column: str) -> Fraction | None:
        """A percentage as a part of 1; None where the cell is empty."""
        found = self.number(column)
        if found is None:
            return None
        if not 0 <= found <= HUNDRED:
            self.note(f"{self.text(column)} is no percentage, 0 to 100", column)
        return found / HUNDRED

    def option(self, column: str, options: type[O], default: O) -> O:
        """One of several answers."""
        written = self.text(column)
        if not written:
            return default
        try:
            return options(written)
        except ValueError:
            self.note(f"{written!r} is not one of {', '.join(options)}", column)
            return default

    def candidate(self, called: str, column: str) -> Candidate | None:
        """Who is called so; None where nobody is, which is noted."""
        candidates = Candidates(self.race.contest)
        found = candidates.find(called)
        if found is None:
            self.note(candidates.unknown(called), column)
        return found

    def one(self, column: str) -> Candidate | None:
        """The candidate in a cell; None where it is empty."""
        return self.candidate(self.text(column), column) if self.text(column) else None

    def several(self, column: str, between: str) -> tuple[Candidate, ...]:
        """The candidates in a cell; one who stands there twice is noted."""
        names = [part.strip() for part in self.text(column).split(between) if part.strip()]
        found = [self.candidate(name, column) for name in names]
        if len(set(found)) < len(found) and None not in found:
            self.note(f"{self.text(column)!r} names somebody twice", column)
        return tuple(name for name in found if name)

    def pair(self, column: str, between: str = ">") -> Pair | None:
        """Two candidates in a cell; None where it is empty."""
        if not self.text(column):
            return None
        return self._two(self.several(column, between), column)

    def _two(self, found: Sequence[Candidate], column: str) -> Pair | None:
        if len(found) != 2:
            self.note(f"{self.text(column)!r} does not name two candidates", column)
            return None
        return found[0], found[1]

    def prefers(self) -> tuple[Pair, ...]:
        """Facts between two: `ann>bob; bob>cat`."""
        facts = [part.strip() for part in self.text("prefers").split(";") if part.strip()]
        found = []
        for fact in facts:
            names = [self.candidate(name.strip(), "prefers") for name in fact.split(">")]
            if len(names) != 2 or names[0] == names[1]:
                self.note(f"{fact!r} is not a preference between two: write ann>bob", "prefers")
            elif names[0] and names[1]:
                found.append((names[0], names[1]))
        return tuple(found)

    def values(self, column: str = "values") -> dict[Together, tuple[Fraction, int]]:
        """Each figure, and with how many decimal places it was printed."""
        found: dict[Together, tuple[Fraction, int]] = {}
        for part in filter(None, (part.strip() for part in self.text(column).split(";"))):
            figure = FIGURE.fullmatch(part)
            if figure is None:
                self.note(f"{part!r} is not a name and its figure, such as ann 38.5", column)
                continue
            who, written = self._together(figure[1], column), figure[2].replace(",", "")
            if who in found or set(who) & {name for key in found for name in key}:
                self.note(f"{figure[1]!r} stands in it twice", column)
            elif who is not None:
                found[who] = Fraction(written), len(written.partition(".")[2])
        return found

    def _together(self, called: str, column: str) -> Together:
        if called.casefold() == "others":
            return OTHERS
        found = [self.candidate(name.strip(), column) for name in called.split("+")]
        return tuple(name for name in found if name)

    def counts(self, column: str = "values") -> dict[Candidate, int]:
        """A whole number for each candidate alone."""
        found: dict[Candidate, int] = {}
        for who, (value, _) in self.values(column).items():
            if len(who) != 1 or value.denominator != 1 or value < 0:
                self.note(f"{self.text(column)!r}: expected one whole number a candidate", column)
                return {}
            found[who[0]] = int(value)
        return found

    def two_counts(self, column: str = "values") -> tuple[Pair, tuple[int, int]] | None:
        """A whole number for each of two candidates."""
        found = self.counts(column)
        pair = self._two(tuple(found), column) if not self.wrong else None
        return (pair, (found[pair[0]], found[pair[1]])) if pair else None

    def shares(self) -> dict[str, Any]:
        """The figures as parts of 1; where votes are given, `n` is their sum."""
        values = self.values()
        if self.wrong:
            return {}
        if any(value < 0 for value, _ in values.values()):
            self.note("a figure is below 0", "values")
        match self.text("measure") or "percent":
            case "percent":
                self._require_hundred(values)
                return {"shares": {who: v / HUNDRED for who, (v, _) in values.items()}}
            case "votes":
                return self._of_votes(values)
        self.note(f"{self.text('measure')!r} is neither percent nor votes", "measure")
        return {}

    def _require_hundred(self, values: Mapping[Together, tuple[Fraction, int]]) -> None:
        total = sum((value for value, _ in values.values()), Fraction(0))
        # Each printed figure may be half a unit of its last place away from the true one.
        slack = sum((Fraction(1, 2 * 10**places) for _, places in values.values()), Fraction(0))
        if abs(total - HUNDRED) > slack:
            places = max((places for _, places in values.values()), default=0)
            self.note(
                f"the percentages sum to {decimal(total, places)}, and rounding explains at most "
                f"{decimal(slack, places + 1)} more or less than 100; correct them, or give who is "
                "left out together (ann+bob 23) or as others",
                "values",
            )

    def _of_votes(self, values: Mapping[Together, tuple[Fraction, int]]) -> dict[str, Any]:
        total = sum((value for value, _ in values.values()), Fraction(0))
        if any(value.denominator != 1 for value, _ in values.values()) or not total:
            self.note("votes are whole numbers, and somebody has some", "values")
            return {}
        stated = self.whole("n")
        if stated not in (None, total):
            self.note(f"the votes sum to {total}, and n says {stated}", "n")
        return {"shares": {who: v / total for who, (v, _) in values.items()}, "n": int(total)}


def _figures(cells: _Cells) -> Fields:
    return cells.shares()


def _poll_pair(cells: _Cells) -> Fields:
    own = cells.shares()
    if own and sorted(len(who) for who in own["shares"]) != [1, 1]:
        cells.note("a forced choice has a figure for each of two candidates", "values")
    return own


def _meeting(cells: _Cells) -> Fields:
    if not cells.text("unit"):
        cells.note("is missing: whose meeting was it? several together are a meeting_pool", "unit")
    method = cells.option("method", MeetingMethod, MeetingMethod.UNKNOWN)
    return {**cells.shares(), "method": method, "backed": cells.one("backed")}


def _meeting_pool(cells: _Cells) -> Fields:
    return {**cells.shares(), "meetings": cells.whole("meetings")}


def _runoff(cells: _Cells) -> Fields:
    found = cells.two_counts()
    meetings = cells.whole("meetings")
    if found is None:
        return {}
    pair, gained = found
    return {
        "pair": pair,
        "gained": gained,
        "n": _sum_of(cells, gained),
        "eliminated": cells.several("eliminated", ";"),
        "meetings": 1 if meetings is None else meetings,
        **_won(cells, pair, meetings or 1),
    }


def _won(cells: _Cells, pair: Pair, meetings: int) -> Fields:
    won, tied = cells.counts("won"), cells.whole("tied")
    if not won:
        return {"tied": tied}
    if set(won) - set(pair):
        cells.note("names somebody who was not in the run-off", "won")
    both = won.get(pair[0], 0), won.get(pair[1], 0)
    if sum(both) + (tied or 0) != meetings:
        what = f"{sum(both)} won and {tied or 0} tied are not the {meetings} meetings"
        cells.note(what, "won")
    return {"won": both, "tied": tied}


def _sum_of(cells: _Cells, counts: tuple[int, int]) -> int:
    stated = cells.whole("n")
    if stated not in (None, sum(counts)):
        cells.note(f"the figures sum to {sum(counts)}, and n says {stated}", "n")
    return sum(counts)


def _nomination(cells: _Cells) -> Fields:
    return {
        "nominators": _nominators(cells),
        "nominator": cells.text("nominator"),
        "candidate": cells.one("candidate"),
        "switched_from": cells.one("switched_from"),
    }


def _nominators(cells: _Cells) -> str:
    written, known = cells.text("nominators"), cells.race.nominators
    if written not in known:
        listed = ", ".join(known) or "none: race.toml defines no [nominators]"
        cells.note(f"{written!r} is no kind of nominators; they are {listed}", "nominators")
    return written


def _branch_nominations(cells: _Cells) -> Fields:
    nominators = _nominators(cells) if cells.text("nominators") else ""
    return {"counts": cells.counts(), "nominators": nominators}


def _tally(cells: _Cells) -> Fields:
    return {"nominators": _nominators(cells), "counts": cells.counts()}


def _roster(cells: _Cells) -> Fields:
    ranking, prefers = cells.several("ranking", ">"), cells.prefers()
    if not ranking and not prefers:
        cells.note(
            "nothing is said: give a ranking (ann>bob) or a preference between two", "ranking"
        )
    return {
        "elector": cells.text("elector"),
        "ranking": ranking,
        "prefers": prefers,
        "complete": _complete(cells, ranking),
        "grade": cells.option("grade", Grade, Grade.DECLARED),
        "by": cells.text("by"),
    }


def _complete(cells: _Cells, ranking: tuple[Candidate, ...]) -> bool:
    written = cells.text("complete")
    if written not in ("", "yes", "no"):
        cells.note(f"{written!r} is neither yes nor no", "complete")
    if written == "yes" and (not ranking or cells.text("prefers")):
        cells.note("a complete ranking is a ranking, and nothing beside it", "complete")
    return written == "yes"


def _reported_seconds(cells: _Cells) -> Fields:
    found = cells.two_counts()
    if found is None:
        return {}
    pair, counts = found
    first = cells.several("first", ";")
    if set(first) & set(pair):
        cells.note("whoever has one of the two first needs no second between them", "first")
    return {"pair": pair, "counts": counts, "n": _sum_of(cells, counts), "first": first}


def _canvass(cells: _Cells) -> Fields:
    electors, known = cells.whole("electors") or 0, cells.whole("known") or 0
    if known > electors:
        cells.note(f"{known} are known of {electors}", "known")
    first = cells.several("first", ";")
    return {"first": first, "electors": electors, "known": known, "pair": cells.pair("pair")}


def _elector(cells: _Cells) -> Fields:
    return {"elector": cells.text("elector")}


def _endorsement(cells: _Cells) -> Fields:
    return {
        "body": cells.text("body"),
        "candidate": cells.one("candidate"),
        "electorate": cells.whole("electorate"),
    }


def _electorate(cells: _Cells) -> Fields:
    return {
        "body": cells.text("body"),
        "issued": cells.whole("issued"),
        "turnout": cells.part("turnout"),
    }


def _primary(cells: _Cells) -> Fields:
    return {**cells.shares(), "turnout": cells.part("turnout"), "binds": cells.text("binds")}


def _placement(cells: _Cells) -> Fields:
    values = cells.values()
    if any(len(who) != 1 for who in values):
        cells.note("expected one number a candidate", "values")
        return {}
    return {"positions": {who[0]: value for who, (value, _) in values.items()}}


def _parameter(cells: _Cells) -> Fields:
    return {"name": cells.text("name"), "value": cells.number("value")}


READERS: Mapping[str, Callable[[_Cells], Fields]] = {
    PollFirst.KIND: _figures,
    PollPair.KIND: _poll_pair,
    SelfSelecting.KIND: _figures,
    Meeting.KIND: _meeting,
    MeetingPool.KIND: _meeting_pool,
    RunOff.KIND: _runoff,
    BranchNominations.KIND: _branch_nominations,
    Nomination.KIND: _nomination,
    Tally.KIND: _tally,
    Withdrawal.KIND: lambda cells: {"candidate": cells.one("candidate")},
    RosterEntry.KIND: _roster,
    ReportedSeconds.KIND: _reported_seconds,
    ReportedFirsts.KIND: _figures,
    Canvass.KIND: _canvass,
    Elector.KIND: _elector,
    Endorsement.KIND: _endorsement,
    Electorate.KIND: _electorate,
    Primary.KIND: _primary,
    Placement.KIND: _placement,
    Parameter.KIND: _parameter,
}
