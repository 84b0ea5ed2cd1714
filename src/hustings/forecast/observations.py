"""The evidence of a race as padded arrays: what the model looks at, in slots of a fixed size."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from math import sqrt
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hustings.errors import InputError
from hustings.forecast.evidence import (
    BranchNominations,
    Endorsement,
    Entry,
    Figures,
    Grade,
    Meeting,
    MeetingPool,
    PollFirst,
    PollPair,
    Primary,
    Race,
    ReportedFirsts,
    ReportedSeconds,
    RunOff,
    SelfSelecting,
)
from hustings.forecast.hyperparameters import Hyperparameters
from hustings.forecast.poll_errors import Poll, correlations, poll_key
from hustings.forecast.roster import Known, known
from hustings.units import Candidate, Section

Floats = NDArray[np.float64]
# How many deviations of a normal its curve is drawn for.
REACH = 5.0
# So many slots of a kind are there from the first, so that a race seldom outgrows them.
LEAST = 8
# What asks electors how they will vote, and so shares what changes until the close.
POLLS: tuple[type[Figures], ...] = (PollFirst, PollPair, SelfSelecting)
# Which error it is: sources with the same key share one draw of it.
Errors = Mapping[Hashable, float]


@dataclass(frozen=True, slots=True)
class Size:
    """How many of everything: what a compiled density is compiled for.

    `shares`, `pairs` and `branches` are slots for evidence, `own` the vectors of
    error that they may share; each is 0 or a power of two.
    """

    candidates: int
    sections: int
    shares: int = 0
    pairs: int = 0
    branches: int = 0
    own: int = 0


class Shares(NamedTuple):
    """Counts of first choices, or of second choices after one first; N slots, K candidates.

    `base` (N, S x (K+1)) says of which section, and after whom; `groups` (N, K, K) which
    candidates a figure is of; `counts` (N, K) are effective numbers, all 0 in an empty slot.
    `own` (N, E) and `activist` (N) are standard deviations of the errors, and
    `nominations` (N) is 1 where the figures are of branches that nominated.
    """

    base: Any
    groups: Any
    counts: Any
    own: Any
    activist: Any
    nominations: Any


class Pairs(NamedTuple):
    """Counts of who is put over whom; P slots.

    `section` (P, S) and `firsts` (P, K) say of whom: those with one of these first choices;
    `contrast` (P, K) is 1 for one of the two and -1 for the other, `counts` (P, 2) are for
    each. `inner` (P, E) are the deviations of errors in the choice of each who does not have
    one of the two first; `outer` (P, E), `activist` (P) and `spread` (P) of
    errors in the result, `mean` (P) its lean.
    """

    section: Any
    firsts: Any
    contrast: Any
    counts: Any
    inner: Any
    outer: Any
    activist: Any
    mean: Any
    spread: Any


class Branches(NamedTuple):
    """One meeting a slot; B slots.

    `section` (B, S); `groups` (B, K, K) and `counts` (B, K) of the first vote, as in `Shares`,
    all 0 where it is not scored; `activist` (B). Of its run-off, if there was one:
    `contrast` (B, K), `gained` (B, 2), `out` (B, K), which is 1 for who had gone, and `votes`
    (B, K), the first votes where they are known, else all 0.
    """

    section: Any
    groups: Any
    counts: Any
    activist: Any
    contrast: Any
    gained: Any
    out: Any
    votes: Any


class Settings(NamedTuple):
    """What the model is told and does not learn, as arrays.

    `endorsed` (S, K) is the part of a section's electorate in bodies that back each; `placement`
    (K) from left to right; `branched` (S) is 1 where a section's branches are in the
    evidence; `endorsement` is the curve of what a backing is worth. The others
    are the hyper-parameters of the same name.
    """

    endorsed: Any
    placement: Any
    branched: Any
    endorsement: Any
    level_sd: Any
    section_sd: Any
    placement_sd: Any
    branch_sd: Any
    nomination_power: Any
    nomination_power_sd: Any


class Anchor(NamedTuple):
    """Which errors are pinned by a large source, and to what; E errors, N slots of `Shares`.

    `row` (E, N) is 1 for the source, all 0 for an error that none pins; `at` (E, K-1) is what
    the source shows, in the contrast basis, `width` (E) how far it may be from that. `undo`
    (E, E) carries what the sources show beside all else, and errors that none pins, to the errors.
    """

    row: Any
    at: Any
    width: Any
    undo: Any


class Anchors(NamedTuple):
    """For the errors of sources' own, for that which all meetings share, and for the level of
    the candidates, which the best-known of S sections pins.
    """

    own: Anchor
    activist: Anchor
    level: Anchor


class Data(NamedTuple):
    """All that the density takes beside the parameters; the anchors only help to sample it."""

    shares: Shares
    pairs: Pairs
    branches: Branches
    settings: Settings
    anchors: Anchors


@dataclass(frozen=True, slots=True)
class Observations:
    """What the model is given of a race as of a day.

    `notes` say of each entry that is not used why it is not, and of each made use of in part.
    """

    candidates: tuple[Candidate, ...]
    sections: tuple[Section, ...]
    size: Size
    data: Data
    hyperparameters: Hyperparameters
    used: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One source of first choices, or of second choices of those who have `after` first."""

    section: Section
    counts: Mapping[tuple[Candidate, ...], int]
    own: Errors = field(default_factory=dict)
    activist: float = 0.0
    nominations: bool = False
    after: Candidate | None = None


@dataclass(frozen=True, slots=True)
class PairRow:
    """One source of who of two is put over the other, by those with one of `firsts` first."""

    section: Section
    pair: tuple[Candidate, Candidate]
    counts: tuple[int, int]
    firsts: tuple[Candidate, ...]
    inner: Errors = field(default_factory=dict)
    outer: Errors = field(default_factory=dict)
    activist: float = 0.0
    mean: float = 0.0
    spread: float = 0.0


@dataclass(frozen=True, slots=True)
class BranchRow:
    """One meeting: its first vote, its run-off, or both."""

    section: Section
    counts: Mapping[tuple[Candidate, ...], int]
    activist: float
    scored: bool = True
    pair: tuple[Candidate, Candidate] | None = None
    gained: tuple[int, int] = (0, 0)
    out: tuple[Candidate, ...] = ()


Row = ShareRow | PairRow | BranchRow


def observations(race: Race, hyperparameters: Hyperparameters | None = None) -> Observations:
    """What the model is given of that race, which has to be one as of a day.

    Parameters that the race states replace the defaults. Raises `InputError` where fewer than
    two candidates stand, or more than eight.
    """
    if not 2 <= len(race.standing) <= 8:
        raise InputError(
            f"{race.name}: {len(race.standing)} candidates stand; a forecast needs two to eight"
        )
    told = (hyperparameters or Hyperparameters()).told(race.parameters())
    reader = _Reader(race, told)
    rows = tuple(reader.rows())
    sections = tuple(entry.id for entry in race.contest.sections)
    settings = _settings(race, told, sections, rows)
    size, data = pack(race.standing, sections, rows, settings)
    used = tuple(dict.fromkeys(reader.used))
    return Observations(race.standing, sections, size, data, told, used, tuple(reader.notes))


# --- from entries to rows -----------------------------------------------------------------


class _Reader:
    """Reads the entries of a race, kind by kind, and notes what it could not use."""

    def __init__(self, race: Race, told: Hyperparameters) -> None:
        self.race, self.told = race, told
        self.notes: list[str] = []
        self.used: list[str] = []

    def rows(self) -> Iterator[Row]:
        for kind, read in _READERS.items():
            for entry in self.race.of(kind):
                if self._section(entry) is None:
                    self.notes.append(f"{entry.id}: not used: it is of no one section")
                    continue
                rows = tuple(read(self, entry))
                self.used += [entry.id] * bool(rows)
                yield from rows
        yield from self._roster()

    def _section(self, entry: Entry) -> Section | None:
        sections = [each.id for each in self.race.contest.sections]
        return entry.section or (sections[0] if len(sections) == 1 else None)

    def _in(self, entry: Entry) -> Section:
        section = self._section(entry)
        assert section is not None
        return section

    def _deviation(self, entry: Entry, default: float) -> float:
        """Of the source's own error, of what changes until the close, and of the undecided."""
        weeks = float(self.race.weeks_left(entry))
        return sqrt(self._error(entry, default) ** 2 + self._drift(entry) ** 2 * weeks)

    def _error(self, entry: Entry, default: float) -> float:
        """The deviation of the source's own error, and of the undecided."""
        own = default if entry.bias.sd is None else float(entry.bias.sd)
        return sqrt(own**2 + (self.told.undecided * float(entry.undecided or 0)) ** 2)

    def _drift(self, entry: Entry) -> float:
        """How far opinion moves in a week."""
        stated = entry.drift_per_week
        return self.told.drift_per_week if stated is None else float(stated)

    def _counts(
        self, entry: Figures, deff: float, instead: float = 0.0
    ) -> dict[tuple[Candidate, ...], int]:
        """Effective numbers; of `instead` in all where the source does not say of how many."""
        shares = entry.among(self.race.standing)
        if len(shares) < 2:
            self.notes.append(f"{entry.id}: not used: fewer than two figures of who stand")
            return {}
        if not entry.n and not instead:
            self.notes.append(f"{entry.id}: not used: of how many it is, is not known")
            return {}
        if not entry.n:
            self.notes.append(f"{entry.id}: taken to be of {instead:.0f}; it does not say")
        asked = sum(share for who, share in entry.shares.items() if {*who} & {*self.race.standing})
        n = (entry.n or instead) * min(float(asked), 1.0) / float(entry.deff or deff)
        return rounded({who: float(share) for who, share in shares.items()}, n)

    def _shared(self, entry: Figures, default: float, much: float = 1.0) -> Errors:
        """A poll's error, as a sum of errors that it may share with other polls of the section."""
        scale = much * self._deviation(entry, default)
        parts = self._polls(self._in(entry))[poll_key(entry)]
        return {key: scale * part for key, part in parts.items()}

    def _polls(self, section: Section) -> Mapping[Hashable, Errors]:
        """By poll, of which independent errors it is made: parts whose squares sum to 1.

        The latest comes first, and each has a last one that is in no earlier: so the errors can
        be pinned one after the other.
        """
        found = [e for kind in POLLS for e in self.race.of(kind) if self._section(e) == section]
        found.sort(key=lambda entry: self.race.weeks_left(entry))
        polls = {poll_key(entry): Poll.of(entry, self.race) for entry in reversed(found)}
        keys = [*reversed(polls)]
        parts = np.linalg.cholesky(correlations([polls[key] for key in keys], self.told))
        return {
            key: {("poll", section, keys[at]): float(part) for at, part in enumerate(row[: n + 1])}
            for n, (key, row) in enumerate(zip(keys, parts, strict=True))
        }

    def poll_first(self, entry: PollFirst) -> Iterator[Row]:
        counts = self._counts(entry, self.told.poll_deff)
        if counts:
            yield ShareRow(self._in(entry), counts, self._shared(entry, self.told.poll_sd))

    def self_selecting(self, entry: SelfSelecting) -> Iterator[Row]:
        counts = self._counts(entry, self.told.poll_deff)
        if counts:
            own = self._shared(entry, self.told.self_selecting_sd)
            yield ShareRow(self._in(entry), counts, own)

    def poll_pair(self, entry: PollPair) -> Iterator[Row]:
        counts = self._counts(entry, self.told.poll_deff)
        if counts and set(entry.pair) <= set(self.race.standing):
            one, other = entry.pair
            both = counts.get((one,), 0), counts.get((other,), 0)
            yield PairRow(
                self._in(entry), entry.pair, both, self.race.standing,
                outer=self._shared(entry, self.told.poll_pair_sd, 0.8),
                mean=float(entry.bias.mean or 0),
                spread=0.6 * self._deviation(entry, self.told.poll_pair_sd),
            )  # fmt: skip

    def meeting_pool(self, entry: MeetingPool) -> Iterator[Row]:
        told = self.told
        size = (entry.n or 0) / entry.meetings if entry.meetings else told.meeting_size
        counts = self._counts(entry, 1 + max(size - 1, 0) * told.meeting_icc)
        scale = self._deviation(entry, told.activist_sd)
        if counts:
            yield ShareRow(self._in(entry), counts, activist=scale)

    def branch_nominations(self, entry: BranchNominations) -> Iterator[Row]:
        standing = {(name,): float(entry.counts[name]) for name in self.race.standing
                    if name in entry.counts}  # fmt: skip
        total = sum(standing.values())
        deff = float(entry.deff or self.told.nomination_deff)
        if total and len(standing) > 1:
            counts = rounded({w: n / total for w, n in standing.items()}, total / deff)
            own: Errors = {("nominations", entry.section): self.told.nomination_sd}
            scale = self._deviation(entry, self.told.activist_sd)
            yield ShareRow(self._in(entry), counts, own, activist=scale, nominations=True)
        else:
            self.notes.append(f"{entry.id}: not used: fewer than two figures of who stand")

    def primary(self, entry: Primary) -> Iterator[Row]:
        most = self.told.primary_n
        counts = self._counts(entry, max((entry.n or 0) / most, 1.0), most)
        scale = self._deviation(entry, self.told.primary_sd)
        if counts:
            yield ShareRow(self._in(entry), counts, {("primary", entry.unit or entry.id): scale})

    def reported_seconds(self, entry: ReportedSeconds) -> Iterator[Row]:
        if not set(entry.pair) <= set(self.race.standing):
            self.notes.append(f"{entry.id}: not used: one of the two no longer stands")
            return
        scale = self._deviation(entry, self.told.report_sd)
        firsts = self._outside(entry.pair, entry.first)
        inner: Errors = {("report", entry.house or entry.source_title): scale}
        yield PairRow(self._in(entry), entry.pair, entry.counts, firsts, inner,
                      mean=float(entry.bias.mean or 0))  # fmt: skip

    def _outside(
        self, pair: Sequence[Candidate], named: Sequence[Candidate]
    ) -> tuple[Candidate, ...]:
        standing = self.race.standing
        return tuple(c for c in standing if c in (named or standing) and c not in pair)

    def reported_firsts(self, entry: ReportedFirsts) -> Iterator[Row]:
        """The latest such entry of a section alone; whoever is named in the roster is in it."""
        section = self._in(entry)
        latest = self._reported(section)
        if entry is not latest:
            self.notes.append(f"{entry.id}: not used: {latest.id} brings it up to date")
            return
        whole = self.race.electorate(section)
        electors = whole.issued if whole else len(self.race.roll(section))
        counts = self._counts(entry, 1.0, self.told.reported_part * electors)
        if counts:
            scale = self._deviation(entry, self.told.roster_sd)
            yield ShareRow(section, counts, {("roster", section): scale})

    def _reported(self, section: Section) -> ReportedFirsts:
        return [e for e in self.race.of(ReportedFirsts) if self._section(e) == section][-1]

    def meeting(self, entry: Meeting) -> Iterator[Row]:
        section = self._in(entry)
        counts = self._counts(entry, 1.0)
        runoff = self._runoff_of(entry)
        mine = [each for each in self.race.of(Meeting) if self._section(each) == section]
        # Where only those with a run-off are known, their first votes are no random sample.
        scored = any(self._runoff_of(each) is None for each in mine)
        scale = self._deviation(entry, self.told.activist_sd)
        if not scored:
            self.notes.append(f"{entry.id}: first vote not scored: only run-offs were reported")
        if counts and runoff:
            out = self._outside(runoff.pair, runoff.eliminated)
            yield BranchRow(section, counts, scale, scored, runoff.pair, runoff.gained, out)
        elif counts:
            yield BranchRow(section, counts, scale)

    def _runoff_of(self, meeting: Meeting) -> RunOff | None:
        mine = [e for e in self.race.of(RunOff) if e.unit and e.unit == meeting.unit]
        return next((e for e in mine if set(e.pair) <= set(self.race.standing)), None)

    def runoff(self, entry: RunOff) -> Iterator[Row]:
        if not set(entry.pair) <= set(self.race.standing):
            self.notes.append(f"{entry.id}: not used: one of the two no longer stands")
        elif entry.unit and any(self._runoff_of(m) is entry for m in self.race.of(Meeting)):
            self.used.append(entry.id)
        elif entry.unit:
            out = self._outside(entry.pair, entry.eliminated)
            scale = self._deviation(entry, self.told.activist_sd)
            section = self._in(entry)
            yield BranchRow(section, {}, scale, False, entry.pair, entry.gained, out)
        else:
            yield self._pooled(entry)

    def _pooled(self, entry: RunOff) -> PairRow:
        told = self.told
        deff = float(entry.deff or told.runoff_deff)
        n = sum(entry.gained)
        both = rounded({(i,): g / n for i, g in enumerate(entry.gained)}, n / deff) if n else {}
        mean = told.runoff_mean if entry.bias.mean is None else float(entry.bias.mean)
        spread = told.runoff_sd if entry.bias.sd is None else float(entry.bias.sd)
        drift = sqrt(told.activist_sd**2 + told.drift_per_week**2 * self.race.weeks_left(entry))
        return PairRow(
            self._in(entry), entry.pair, (both.get((0,), 0), both.get((1,), 0)),
            self._outside(entry.pair, entry.eliminated),
            # The brief's .7 is of a difference of two, whose deviation is the root of 2.
            activist=0.7 * sqrt(2) * drift, mean=mean, spread=spread,
        )  # fmt: skip

    # --- named electors

    def _roster(self) -> Iterator[Row]:
        for section in (each.id for each in self.race.contest.sections):
            electors = known(self.race, section)
            self.used += [entry.id for each in electors for entry in each.entries]
            # A list of names is often of some candidates' backers only; figures of all are not.
            if not any(self._section(e) == section for e in self.race.of(ReportedFirsts)):
                yield from self._firsts(section, electors)
            yield from self._seconds(section, electors)
            yield from self._facts(section, electors)

    def _firsts(self, section: Section, electors: Sequence[Known]) -> Iterator[ShareRow]:
        firsts: Counter[tuple[Candidate, ...]]
        firsts = Counter((each.first,) for each in electors if each.first)
        lent: Counter[tuple[Candidate, ...]]
        lent = Counter((each.nominated,) for each in electors if each.nominated)
        if firsts:
            yield ShareRow(section, firsts, {("roster", section): self.told.roster_sd})
        if lent:
            yield ShareRow(section, lent, {("nominated", section): self.told.nominated_sd})

    def _seconds(self, section: Section, electors: Iterable[Known]) -> Iterator[ShareRow]:
        found: defaultdict[tuple[Candidate, Hashable], Counter[tuple[Candidate, ...]]]
        found = defaultdict(Counter)
        for each in electors:
            # With two candidates, or one left, a second preference tells nothing more.
            if each.first and each.second and len(self.race.standing) > 2:
                found[each.first, _told_by(each)][(each.second,)] += 1
        for (first, teller), seconds in found.items():
            yield ShareRow(section, seconds, {teller: self.told.report_sd}, after=first)

    def _facts(self, section: Section, electors: Iterable[Known]) -> Iterator[PairRow]:
        """Who is over whom, of those of whom no second preference is known."""
        found: Counter[tuple[Candidate | None, tuple[Candidate, Candidate], Hashable, bool]]
        found = Counter()
        for each in (each for each in electors if each.second is None):
            for one, other in each.order:
                if each.first not in (one, other):
                    a, b = sorted((one, other))
                    found[each.first, (a, b), _told_by(each), one == a] += 1
        for first, pair, teller in dict.fromkeys(key[:3] for key in found):
            both = found[first, pair, teller, True], found[first, pair, teller, False]
            firsts = (first,) if first else self.race.standing
            yield PairRow(section, pair, both, firsts, {teller: self.told.report_sd})


def _told_by(each: Known) -> Hashable:
    last = each.entries[-1]
    if last.grade is Grade.REPORTED:
        return "report", last.by or last.house or last.source_title
    return "report", "declared"


_READERS: Mapping[type[Entry], Any] = {
    PollFirst: _Reader.poll_first,
    PollPair: _Reader.poll_pair,
    SelfSelecting: _Reader.self_selecting,
    Meeting: _Reader.meeting,
    MeetingPool: _Reader.meeting_pool,
    RunOff: _Reader.runoff,
    BranchNominations: _Reader.branch_nominations,
    Primary: _Reader.primary,
    ReportedFirsts: _Reader.reported_firsts,
    ReportedSeconds: _Reader.reported_seconds,
}


def rounded(shares: Mapping[tuple[Any, ...], float], n: float) -> dict[tuple[Any, ...], int]:
    """Whole numbers in these shares that sum to n, itself rounded: largest remainders.

    >>> rounded({("a",): 0.5, ("b",): 0.3, ("c",): 0.2}, 7.2)
    {('a',): 4, ('b',): 2, ('c',): 1}
    """
    total = round(n)
    down = {who: int(share * total) for who, share in shares.items()}
    left = sorted(shares, key=lambda who: down[who] - shares[who] * total)
    for who in left[: total - sum(down.values())]:
        down[who] += 1
    return down


# --- from rows to arrays ------------------------------------------------------------------


def pack(
    candidates: Sequence[Candidate],
    sections: Sequence[Section],
    rows: Iterable[Row],
    settings: Settings,
    least: int = LEAST,
) -> tuple[Size, Data]:
    """The rows in slots: as many of each kind as the next power of two, and never fewer than
    `least`; of branches, which cost most, none where there are none.
    """
    rows = tuple(rows)
    shares = [row for row in rows if isinstance(row, ShareRow)]
    pairs = [row for row in rows if isinstance(row, PairRow)]
    branches = [row for row in rows if isinstance(row, BranchRow)]
    errors = [row.own for row in shares] + [{**row.inner, **row.outer} for row in pairs]
    # A source that is made of many errors has those of another, in order, and one more.
    own = dict.fromkeys(key for some in sorted(errors, key=len, reverse=True) for key in some)
    size = Size(
        len(candidates), len(sections), slots(shares, least), slots(pairs, least),
        slots(branches, 0), slots(own, least),
    )  # fmt: skip
    place = _Places(tuple(candidates), tuple(sections), tuple(own))
    made = _shares(place, size, shares)
    return size, Data(
        made,
        _pairs(place, size, pairs),
        _branches(place, size, branches),
        settings,
        anchored(made, size, float(settings.level_sd)),
    )


def slots(rows: Sized, least: int) -> int:
    """The next power of two, and never fewer than `least`.

    >>> slots([], 0), slots([], 4), slots("abc", 1), slots("abcde", 4)
    (0, 4, 4, 8)
    """
    return max(1 << (len(rows) - 1).bit_length(), least) if rows else least


@dataclass(frozen=True, slots=True)
class _Places:
    """Where each candidate, section and error stands in the arrays."""

    candidates: tuple[Candidate, ...]
    sections: tuple[Section, ...]
    own: tuple[Hashable, ...]

    def groups(self, counts: Mapping[tuple[Candidate, ...], int]) -> tuple[Floats, Floats]:
        """(K, K), a row for each figure, 1 for whom it is of; and (K), the figures."""
        size = len(self.candidates)
        groups, numbers = np.zeros((size, size)), np.zeros(size)
        for row, (who, number) in enumerate(counts.items()):
            groups[row, [self.candidates.index(name) for name in who]] = 1
            numbers[row] = number
        return groups, numbers

    def whom(self, names: Iterable[Candidate]) -> Floats:
        chosen = set(names)
        return np.array([float(name in chosen) for name in self.candidates])

    def contrast(self, pair: tuple[Candidate, Candidate]) -> Floats:
        return self.whom(pair[:1]) - self.whom(pair[1:])


def _load(target: Floats, keys: Sequence[Hashable], errors: Errors) -> None:
    for key, scale in errors.items():
        target[keys.index(key)] = scale


def _shares(place: _Places, size: Size, rows: Sequence[ShareRow]) -> Shares:
    many, k = size.shares, size.candidates
    made = Shares(
        np.zeros((many, size.sections * (k + 1))), np.zeros((many, k, k)), np.zeros((many, k)),
        np.zeros((many, size.own)), np.zeros(many), np.zeros(many),
    )  # fmt: skip
    for at, row in enumerate(rows):
        after = place.candidates.index(row.after) + 1 if row.after else 0
        made.base[at, place.sections.index(row.section) * (k + 1) + after] = 1
        made.groups[at], made.counts[at] = place.groups(row.counts)
        _load(made.own[at], place.own, row.own)
        made.activist[at], made.nominations[at] = row.activist, row.nominations
    return made


def _pairs(place: _Places, size: Size, rows: Sequence[PairRow]) -> Pairs:
    many, k = size.pairs, size.candidates
    made = Pairs(
        np.zeros((many, size.sections)), np.zeros((many, k)), np.zeros((many, k)),
        np.zeros((many, 2)), np.zeros((many, size.own)), np.zeros((many, size.own)),
        np.zeros(many), np.zeros(many), np.zeros(many),
    )  # fmt: skip
    for at, row in enumerate(rows):
        made.section[at, place.sections.index(row.section)] = 1
        made.firsts[at] = place.whom(row.firsts)
        made.contrast[at] = place.contrast(row.pair)
        made.counts[at] = row.counts
        _load(made.inner[at], place.own, row.inner)
        _load(made.outer[at], place.own, row.outer)
        made.activist[at], made.mean[at], made.spread[at] = row.activist, row.mean, row.spread
    return made


def _branches(place: _Places, size: Size, rows: Sequence[BranchRow]) -> Branches:
    many, k = size.branches, size.candidates
    made = Branches(
        np.zeros((many, size.sections)), np.zeros((many, k, k)), np.zeros((many, k)),
        np.zeros(many), np.zeros((many, k)), np.zeros((many, 2)), np.zeros((many, k)),
        np.zeros((many, k)),
    )  # fmt: skip
    for at, row in enumerate(rows):
        made.section[at, place.sections.index(row.section)] = 1
        made.groups[at], figures = place.groups(row.counts)
        made.counts[at] = figures * row.scored
        # Several together are shared out evenly: it weighs transfers, and is not scored.
        made.votes[at] = (figures / np.maximum(made.groups[at].sum(1), 1)) @ made.groups[at]
        made.activist[at] = row.activist
        if row.pair:
            made.contrast[at] = place.contrast(row.pair)
            made.gained[at], made.out[at] = row.gained, place.whom(row.out)
    return made


def anchored(shares: Shares, size: Size, level_sd: float) -> Anchors:
    """The largest source of each error pins it, where it outweighs the error's own spread."""
    alone = (shares.own.sum(-1) == 0) & (shares.nominations == 0)
    return Anchors(
        _anchor(shares, shares.own),
        _anchor(shares, (shares.activist * alone)[:, None]),
        _level(shares, size, level_sd),
    )


def _level(shares: Shares, size: Size, level_sd: float) -> Anchor:
    """The mean of the sections, weighed by what the sources tell of each, errors counted in."""
    k, many = size.candidates, size.sections
    made = Anchor(np.zeros((1, many)), np.zeros((1, k - 1)), np.ones(1), np.ones((1, 1)))
    of = shares.base.reshape(-1, many, k + 1)[:, :, 0]
    counts = shares.counts.sum(-1) * (1 - shares.nominations)
    errors = (shares.own**2).sum(-1) + shares.activist**2
    told = (counts / k / (1 + counts / k * errors))[:, None] * of
    total = float(told.sum())
    if total * level_sd**2 > 4:
        made.row[0] = told.sum(0) / total
        made.width[0], made.undo[0] = total**-0.5, 1 / level_sd
        shown = np.stack([_shown(shares, row) for row in range(len(counts))])
        made.at[0] = told.sum(1) @ shown @ contrasts(k) / total
    return made


def _anchor(shares: Shares, loads: Floats) -> Anchor:
    """Each source may pin the last of the errors that it is made of; the largest that can does."""
    many, k = shares.counts.shape
    errors = loads.shape[1]
    made = Anchor(
        np.zeros((errors, many)), np.zeros((errors, k - 1)), np.ones(errors), np.eye(errors)
    )
    counts = shares.counts.sum(-1)
    last = [max(loads[row].nonzero()[0], default=-1) for row in range(many)]
    for error in range(errors):
        told = [counts[row] * loads[row, error] ** 2 * (last[row] == error) for row in range(many)]
        row = int(np.argmax(told)) if many else 0
        if many and told[row] > 2 * k:
            made.row[error, row], made.undo[error] = 1, loads[row]
            made.at[error] = _shown(shares, row) @ contrasts(k)
            made.width[error] = np.sqrt(k / counts[row])
    return made._replace(undo=np.linalg.inv(made.undo))


def _shown(shares: Shares, row: int) -> Floats:
    """Log shares of the candidates; those given together are taken as level."""
    groups, counts = shares.groups[row], shares.counts[row] + 0.5
    each = (counts / np.maximum(groups.sum(-1), 1)) @ groups
    shown: Floats = np.log(np.where(each > 0, each, 0.5))
    return shown


def contrasts(candidates: int) -> Floats:
    """An orthonormal basis (K, K-1) of what sums to nought over the candidates (Helmert's).

    A standard normal of K-1 numbers is carried to a normal of K less its own mean.
    """
    basis = np.zeros((candidates, candidates - 1))
    for column in range(candidates - 1):
        basis[: column + 1, column] = 1
        basis[column + 1, column] = -(column + 1)
    orthonormal: Floats = basis / np.linalg.norm(basis, axis=0)
    return orthonormal


def _settings(
    race: Race, told: Hyperparameters, sections: Sequence[Section], rows: Iterable[Row]
) -> Settings:
    placed = race.placement()
    positions = placed.positions if placed else {}
    branched = {row.section for row in rows if isinstance(row, BranchRow)}
    return settings(
        told,
        np.array([_endorsed(race, section) for section in sections]),
        np.array([float(positions.get(name, 0)) for name in race.standing]),
        np.array([float(section in branched) for section in sections]),
    )


def settings(
    told: Hyperparameters, endorsed: Floats, placement: Floats, branched: Floats
) -> Settings:
    """What the model is told, from the hyper-parameters and what is known of the race."""
    curve = positive_curve(told.endorsement_mean, told.endorsement_sd)
    numbers = (np.array(getattr(told, name)) for name in Settings._fields[4:])
    return Settings(endorsed, placement, branched, curve, *numbers)


def positive_curve(mean: float, deviation: float) -> Floats:
    """A polynomial that carries a standard normal to the log of a normal cut off at 0.

    In the normal divided by `REACH`, the highest power first; by equal probabilities, to
    within a thousandth of the number between -4 and 4. A polynomial, because the inverse of
    the normal distribution takes longer to compile than all else together.
    """
    normal = NormalDist()
    at = np.cos(np.pi * (np.arange(400) + 0.5) / 400)
    below = [normal.cdf(-REACH * x) * normal.cdf(mean / deviation) for x in at]
    values = np.array([mean - deviation * normal.inv_cdf(part) for part in below])
    curve = np.polynomial.Chebyshev.fit(at, np.log(np.maximum(values, 1e-12)), 14, domain=[-1, 1])
    return np.asarray(curve.convert(kind=np.polynomial.Polynomial).coef[::-1])


def _endorsed(race: Race, section: Section) -> Floats:
    """The part of the section's electorate in bodies that back each candidate."""
    backed = {name: 0 for name in race.standing}
    sizes = _bodies(race, section)
    for entry in race.of(Endorsement, section):
        if entry.candidate in backed:
            backed[entry.candidate] += entry.electorate or sizes.get(entry.body, 0)
    whole = race.electorate(section)
    total = max(whole.issued if whole else 0, sum(sizes.values()), sum(backed.values()))
    return np.array([backed[name] / total if total else 0.0 for name in race.standing])


def _bodies(race: Race, section: Section) -> dict[str, int]:
    from hustings.forecast.evidence import Electorate

    return {entry.body: entry.issued for entry in race.of(Electorate, section) if entry.body}
