"""Whether the entries of a race can all be true: every contradiction, and what is set aside."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from difflib import get_close_matches
from typing import Any

from hustings.errors import Problem
from hustings.forecast.evidence import (
    Elector,
    Entry,
    Nomination,
    Primary,
    Race,
    RosterEntry,
    Withdrawal,
)
from hustings.forecast.roster import contradictions
from hustings.units import Candidate, Section

# What two entries may differ in and still say the same.
APART = ("id", "note", "supersedes", "file", "line", "source_title", "source_url")


@dataclass(frozen=True, slots=True)
class Findings:
    """The mistakes that keep a race from being read, and what a reader must be told of it."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def look_over(race: Race, today: date) -> Findings:
    """Hold the entries of a whole record, not of a race as of a day, against each other.

    `today` is the day after which nothing can have been published yet.
    """
    problems = (
        *_doubled(race),
        *_superseding(race),
        *_in_the_future(race, today),
        *_not_on_the_roll(race),
        *_contradicting(race),
        *_nominated_twice(race),
        *_after_withdrawal(race),
        *_too_few(race),
    )
    return Findings(tuple(dict.fromkeys(problems)), tuple(_warnings(race)))


def problem(entry: Entry, what: str, field: str = "") -> Problem:
    """A mistake in an entry, where it stands."""
    return Problem(what, entry.file, entry.line, field)


def place(entry: Entry) -> str:
    """An entry as a reader finds it: its id, and where it stands."""
    name = entry.file.rpartition("/")[2]
    return f"{entry.id!r} ({name}:{entry.line})" if name else repr(entry.id)


def _doubled(race: Race) -> Iterator[Problem]:
    by_id: dict[str, Entry] = {}
    by_content: dict[str, Entry] = {}
    for entry in race.entries:
        other = by_id.setdefault(entry.id, entry)
        if other is not entry:
            yield problem(
                entry, f"the id stands above already: {place(other)}; choose another", "id"
            )
            continue
        other = by_content.setdefault(_content(entry), entry)
        if other is not entry and not entry.supersedes:
            what = (
                f"says the same as {place(other)}: leave one out, or say what this one supersedes"
            )
            yield problem(entry, what, "id")


def _content(entry: Entry) -> str:
    said = {part.name: getattr(entry, part.name) for part in fields(entry)}
    return repr((entry.KIND, {name: value for name, value in said.items() if name not in APART}))


def _superseding(race: Race) -> Iterator[Problem]:
    by_id = {entry.id: entry for entry in race.entries}
    taken: dict[str, Entry] = {}
    for entry in race.entries:
        if not entry.supersedes:
            continue
        other = by_id.get(entry.supersedes)
        if other is None or other is entry:
            yield problem(entry, _no_such(entry.supersedes, by_id), "supersedes")
            continue
        if other.KIND != entry.KIND:
            what = f"{place(other)} is a {other.KIND} entry, and this is a {entry.KIND} entry"
            yield problem(entry, what, "supersedes")
        if other.published > entry.published:
            what = f"{place(other)} was published later, on {other.published}"
            yield problem(entry, what, "supersedes")
        first = taken.setdefault(other.id, entry)
        if first is not entry:
            what = f"{place(other)} is superseded by {place(first)} already: supersede that one"
            yield problem(entry, what, "supersedes")


def _no_such(id_: str, known: Iterable[str]) -> str:
    close = get_close_matches(id_, [*known], 1)
    return f"no other entry has the id {id_!r}" + (f"; did you mean {close[0]!r}?" if close else "")


def _in_the_future(race: Race, today: date) -> Iterator[Problem]:
    for entry in race.entries:
        if entry.published > today:
            what = f"{entry.published} is in the future: today is {today}"
            yield problem(entry, what, "published")


def _not_on_the_roll(race: Race) -> Iterator[Problem]:
    """Whoever is named, and is on no roll; a section without one is not looked at."""
    rolls: defaultdict[Section | None, dict[str, Elector]] = defaultdict(dict)
    for elector in race.of(Elector):
        rolls[elector.section].setdefault(elector.elector, elector)
    for entry in race.of(RosterEntry):
        roll = rolls.get(entry.section)
        if roll and entry.elector not in roll:
            yield problem(entry, _unknown(entry.elector, roll), "elector")
        elif roll and roll[entry.elector].published > entry.published:
            since = roll[entry.elector].published
            what = (
                f"{entry.elector} is on the roll from {since} only: date the roll's entry earlier"
            )
            yield problem(entry, what, "elector")
    everyone = {name: elector for roll in rolls.values() for name, elector in roll.items()}
    for primary in race.of(Primary):
        if primary.binds and everyone and primary.binds not in everyone:
            yield problem(primary, _unknown(primary.binds, everyone), "binds")


def _unknown(name: str, roll: Mapping[str, Elector]) -> str:
    close = get_close_matches(name, roll, 1)
    hint = f"did you mean {close[0]!r}?" if close else "add the name there first"
    return f"{name!r} is not on the roll of {len(roll):,} electors (roll.csv); {hint}"


def _contradicting(race: Race) -> Iterator[Problem]:
    candidates = [candidate.id for candidate in race.contest.candidates]
    for entry, others in contradictions(race.of(RosterEntry), candidates):
        against = " and ".join(place(other) for other in others) or "itself"
        yield problem(
            entry,
            f"{entry.elector}: this contradicts {against}; if it is the newer, say which it "
            "supersedes",
            "ranking",
        )


def _nominated_twice(race: Race) -> Iterator[Problem]:
    """One nominator who backs two, without a switch; or a switch from whom they did not back."""
    backed: dict[tuple[str, str], Nomination] = {}
    superseded = {entry.supersedes for entry in race.entries}
    named = [entry for entry in race.of(Nomination) if entry.id not in superseded]
    for entry in sorted(named, key=lambda e: (e.published, e.id)):
        before = backed.get((entry.nominators, entry.nominator))
        if before and entry.switched_from != before.candidate:
            what = f"{entry.nominator} nominated {before.candidate} before, in {place(before)}; "
            what += f"if they switched, write {before.candidate} into switched_from"
            yield problem(entry, what, "switched_from" if entry.switched_from else "nominator")
        if entry.switched_from == entry.candidate:
            yield problem(entry, "a switch is from one candidate to another", "switched_from")
        backed[entry.nominators, entry.nominator] = entry


def _withdrawals(race: Race) -> dict[Candidate, Withdrawal]:
    superseded = {entry.supersedes for entry in race.entries}
    return {e.candidate: e for e in race.of(Withdrawal) if e.id not in superseded}


def _for(entry: Entry) -> tuple[Candidate, ...]:
    """Whom the entry says that somebody wants."""
    match entry:
        case RosterEntry():
            return (*entry.ranking, *(pair[0] for pair in entry.prefers))
        case Nomination():
            return (entry.candidate,)
    return ()


def _spoken_for(race: Race) -> Iterator[tuple[Entry, Withdrawal]]:
    gone = _withdrawals(race)
    for entry in race.entries:
        for candidate in dict.fromkeys(_for(entry)):
            if candidate in gone:
                yield entry, gone[candidate]


def _after_withdrawal(race: Race) -> Iterator[Problem]:
    for entry, gone in _spoken_for(race):
        if entry.published > gone.published:
            yield problem(
                entry,
                f"{gone.candidate} withdrew on {gone.published}, in {place(gone)}: nobody is "
                "declared for them after that",
                _field_of(entry),
            )


def _field_of(entry: Any) -> str:
    return "candidate" if isinstance(entry, Nomination) else "ranking"


def _too_few(race: Race) -> Iterator[Problem]:
    gone = _withdrawals(race)
    left = [c.id for c in race.contest.candidates if not c.withdrawn and c.id not in gone]
    if len(left) < 2:
        last = max(gone.values(), key=lambda e: e.published, default=None)
        what = f"{', '.join(left) or 'nobody'} alone is left standing: there is nothing to forecast"
        yield problem(last, what, "candidate") if last else Problem(what)


def _warnings(race: Race) -> Iterator[Problem]:
    if not race.entries:
        yield Problem("there is no evidence at all: whatever is forecast is the prior alone")
    for entry, gone in _spoken_for(race):
        if entry.published <= gone.published and isinstance(entry, RosterEntry):
            what = f"{entry.elector}'s preference for {gone.candidate}, who withdrew on "
            yield problem(entry, f"{what}{gone.published}, is passed over from that day", "ranking")
