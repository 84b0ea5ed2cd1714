"""The roster: what is known of each named elector's ranking, and whom still to ask."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from hustings.forecast.evidence import Canvass, Elector, Grade, Race, ReportedSeconds, RosterEntry
from hustings.nominations.meetings import Pair
from hustings.units import Candidate, Section, Unit

# Who is preferred to whom, as far as that is known.
Order = frozenset[Pair]


@dataclass(frozen=True, slots=True)
class Known:
    """What all entries together tell of one elector, among the candidates who stand.

    `ranking` are the first preferences in order, as far as they are certain, `order` all
    that follows between two. `passed_over` have withdrawn since the elector spoke for them.
    `complete` says that the elector gives no preference after `ranking`; whoever is left out of
    it is below it. `nominated` is whom the elector nominated, where nothing better is known of
    the first preference: it is no part of `ranking`. `entries` are what all this is drawn from.
    """

    elector: str
    section: Section | None
    unit: Unit | None = None
    ranking: tuple[Candidate, ...] = ()
    order: Order = frozenset()
    complete: bool = False
    passed_over: tuple[Candidate, ...] = ()
    nominated: Candidate | None = None
    entries: tuple[RosterEntry, ...] = ()

    @property
    def first(self) -> Candidate | None:
        """The first preference, declared or reported; None where it is not known."""
        return self.ranking[0] if self.ranking else None

    @property
    def second(self) -> Candidate | None:
        """The second preference; None where it is not known."""
        return self.ranking[1] if len(self.ranking) > 1 else None

    @property
    def backs(self) -> Candidate | None:
        """The first preference, or else whom they nominated."""
        return self.first or self.nominated

    @property
    def grade(self) -> Grade | None:
        """The best word on which the preferences are known; None where none is."""
        grades = {entry.grade for entry in self.entries}
        return next((grade for grade in Grade if grade in grades), None)

    def answers(self, pair: Pair) -> bool:
        """Whether it is known whom of the two the elector prefers, or that it is neither."""
        return self.complete or self.between(pair) is not None

    def between(self, pair: Pair) -> Candidate | None:
        """Whom of the two the elector prefers; None where that is not known."""
        one, other = pair
        if (one, other) in self.order:
            return one
        return other if (other, one) in self.order else None


@dataclass(frozen=True, slots=True)
class Backing:
    """The named electors who back one candidate, and what is known of the two in the end.

    `gained` is how many of them are known to prefer each of the pair, `neither` how many are
    known to rank none of the two.
    """

    candidate: Candidate
    named: int
    gained: tuple[int, int]
    neither: int = 0

    @property
    def unknown(self) -> int:
        """How many have still to be asked."""
        return self.named - sum(self.gained) - self.neither


@dataclass(frozen=True, slots=True)
class Seconds:
    """How many second preferences between two are known, and of whom they are not.

    `electors` back somebody outside the pair; `by_name` of them are known in person,
    `unnamed` by a source's word alone. `to_ask` are those whose names are known and whose
    preference is not; `counted_by` is the canvass that gives the larger number, if one does.
    """

    pair: Pair
    electors: int
    by_name: int
    unnamed: int
    backing: tuple[Backing, ...]
    to_ask: tuple[Known, ...]
    counted_by: Canvass | None = None

    @property
    def known(self) -> int:
        """How many of them are known at all."""
        return self.by_name + self.unnamed


def known(race: Race, section: Section | None = None) -> tuple[Known, ...]:
    """Every elector on the roll or with an entry, in alphabetical order, of a race as of a day."""
    entries: defaultdict[tuple[str, Section | None], list[RosterEntry]] = defaultdict(list)
    for entry in race.of(RosterEntry, section):
        entries[entry.elector, entry.section].append(entry)
    units = {
        (elector.elector, elector.section): elector.unit for elector in race.of(Elector, section)
    }
    for key in units:
        entries[key] += []
    return tuple(
        _combined(race, name, where, units.get((name, where)), entries[name, where])
        for name, where in sorted(entries, key=lambda key: (key[0], key[1] or ""))
    )


def _combined(
    race: Race,
    elector: str,
    section: Section | None,
    unit: Unit | None,
    entries: Sequence[RosterEntry],
) -> Known:
    said = [entry for entry in entries if entry.grade is not Grade.NOMINATED]
    nominated = [e.ranking[0] for e in entries if e.grade is Grade.NOMINATED and e.ranking]
    everyone = tuple(candidate.id for candidate in race.contest.candidates)
    standing = frozenset(race.standing)
    order = frozenset(pair for pair in together(said, everyone) if standing.issuperset(pair))
    ranking = _prefix(order, race.standing)
    named = dict.fromkeys(name for entry in entries for name in entry.ranking)
    return Known(
        elector,
        section,
        unit or next((entry.unit for entry in reversed(entries) if entry.unit), None),
        ranking,
        order,
        any(entry.complete for entry in said),
        tuple(name for name in named if name not in standing),
        nominated[-1] if nominated and nominated[-1] in standing and not ranking else None,
        tuple(entries),
    )


def together(entries: Iterable[RosterEntry], candidates: Sequence[Candidate]) -> Order:
    """All that the entries say between two candidates, and all that follows from it.

    A ranking puts each of its names over those behind it and over everyone it leaves out.
    """
    order: set[Pair] = set()
    for entry in entries:
        order.update(entry.prefers)
        for place, name in enumerate(entry.ranking):
            behind = set(candidates) - set(entry.ranking[: place + 1])
            order.update((name, other) for other in behind)
    # What holds between two by way of a third (Warshall, J. ACM 9, 1962).
    for middle in candidates:
        above = {one for one, other in order if other == middle}
        below = {other for one, other in order if one == middle}
        order.update((one, other) for one in above for other in below)
    return frozenset(order)


def contradictory(order: Order) -> bool:
    """Whether the order puts somebody over themselves."""
    return any(one == other for one, other in order)


def contradictions(
    entries: Iterable[RosterEntry], candidates: Sequence[Candidate]
) -> Iterator[tuple[RosterEntry, tuple[RosterEntry, ...]]]:
    """Each entry that cannot stand beside others which hold on the day of its publication.

    A later entry for the same elector that supersedes the earlier is no contradiction;
    neither is a preference other than the nomination.
    """
    entries = tuple(entries)
    until = {entry.supersedes: entry.published for entry in entries if entry.supersedes}
    groups: defaultdict[tuple[str, Section | None, bool], list[RosterEntry]] = defaultdict(list)
    for entry in sorted(entries, key=lambda e: (e.published, e.id)):
        if until.get(entry.id, date.max) <= entry.published:
            continue
        nominated = entry.grade is Grade.NOMINATED
        holding = groups[entry.elector, entry.section, nominated]
        beside = [e for e in holding if until.get(e.id, date.max) > entry.published]
        holding.append(entry)
        if _clash([*beside, entry], candidates):
            yield entry, tuple(e for e in beside if _clash([e, entry], candidates)) or (*beside,)


def _clash(entries: Sequence[RosterEntry], candidates: Sequence[Candidate]) -> bool:
    """Whether the entries put somebody over themselves, or go on where a ranking ends."""
    order = together(entries, candidates)
    ended = [frozenset(candidates) - set(e.ranking) for e in entries if e.complete]
    goes_on = any(one in rest and other in rest for rest in ended for one, other in order)
    return contradictory(order) or goes_on


def _prefix(order: Order, standing: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The first preferences in order, as long as one candidate is over all who are left."""
    left, ranking = list(standing), []
    while len(left) > 1:
        top = [c for c in left if all((c, o) in order for o in left if o != c)]
        if not top:
            break
        ranking.append(top[0])
        left.remove(top[0])
    # Whoever has ranked all but one need not name the last.
    return tuple(ranking)


def pair_in_question(race: Race) -> Pair | None:
    """The two between whom second preferences were last asked for; None where they never were."""
    asked: list[ReportedSeconds | Canvass] = [*race.of(ReportedSeconds), *race.of(Canvass)]
    asked.sort(key=lambda entry: (entry.published, entry.id))
    return next((entry.pair for entry in reversed(asked) if entry.pair), None)


def seconds(race: Race, pair: Pair, section: Section | None = None) -> Seconds:
    """What is known of the second preferences between two, of a race as of a day.

    Electors whom a canvass counts and nobody names are counted too: of them there are as many
    as the source's figure exceeds the names, and as many are known as it knows more than we.
    """
    outside = [each for each in known(race, section) if each.backs not in (*pair, None)]
    by_name = [each for each in outside if each.answers(pair)]
    canvass = _canvass(race, pair, section)
    electors = max(len(outside), canvass.electors if canvass else 0)
    told = canvass.known if canvass else _reported(race, pair, section)
    unnamed = max(told - len(by_name), 0)
    return Seconds(
        pair,
        max(electors, len(outside) + (0 if canvass else unnamed)),
        len(by_name),
        unnamed,
        tuple(_backing(race, outside, pair)),
        tuple(each for each in outside if not each.answers(pair)),
        canvass,
    )


def _canvass(race: Race, pair: Pair, section: Section | None) -> Canvass | None:
    asked = [e for e in race.of(Canvass, section) if e.pair is None or set(e.pair) == set(pair)]
    return asked[-1] if asked else None


def _reported(race: Race, pair: Pair, section: Section | None) -> int:
    return sum(sum(e.counts) for e in race.of(ReportedSeconds, section) if set(e.pair) == set(pair))


def _backing(race: Race, outside: Sequence[Known], pair: Pair) -> Iterator[Backing]:
    for candidate in race.standing:
        theirs = [each for each in outside if each.backs == candidate]
        if theirs:
            preferred = [each.between(pair) for each in theirs]
            one, other = (preferred.count(name) for name in pair)
            neither = sum(each.complete and not each.between(pair) for each in theirs)
            yield Backing(candidate, len(theirs), (one, other), neither)


def by_unit(electors: Iterable[Known], pair: Pair) -> dict[Unit, tuple[int, int]]:
    """For each unit, how many back somebody outside the pair and of how many more is known."""
    found: dict[Unit, tuple[int, int]] = {}
    for each in electors:
        if each.unit and each.backs not in (*pair, None):
            named, told = found.get(each.unit, (0, 0))
            found[each.unit] = (named + 1, told + each.answers(pair))
    return dict(sorted(found.items()))
