"""Papers as arrays: millions of different patterns of marks without an object for each."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hustings.ballots.formality import Ballot, Refused, Spoiled, judge
from hustings.ballots.paper import OVERVOTE, Marks, Paper, Rebuilt
from hustings.ballots.profile import Profile, Ranking
from hustings.ballots.reduction import Poll, reduce, refusal
from hustings.counting import bulk
from hustings.election.spec import EVERYONE, Contest
from hustings.errors import InputError, Problem
from hustings.units import Candidate, Papers, Section, Unit

Whole = NDArray[np.int64]
Codes = NDArray[np.unsignedinteger[Any]]
Truth = NDArray[np.bool_]
# Columns in which somebody could stand twice are compared two by two up to so many of them.
PAIRWISE = 20


@dataclass(frozen=True, slots=True)
class Place:
    """What stands beside the marks of some papers, and how many papers a row is."""

    section: Section
    unit: Unit
    spoiled: str
    reconstructed: Rebuilt | None
    papers: int


@dataclass(frozen=True, slots=True)
class Patterns:
    """The papers of one file: `marks` (rows, ranks) of codes, which `meanings` tell.

    `rows` (places or 1, rows) is how often each stands there; with `place` (rows,) each row
    is of one place, else of each in its turn. `first` is the line where it stands first.
    """

    file: str
    meanings: tuple[tuple[Candidate, ...], ...]
    places: tuple[Place, ...]
    marks: Codes
    rows: NDArray[np.integer[Any]]
    place: Whole | None
    first: Whole

    def counted(self) -> Iterator[tuple[int, int, int]]:
        """Place, row and papers, by place, wherever there are any."""
        if self.place is None:
            for at, place in enumerate(self.places):
                for row in np.flatnonzero(self.rows[at]).tolist():
                    yield at, row, int(self.rows[at, row]) * place.papers
        else:
            for row in np.argsort(self.place, kind="stable").tolist():
                at = int(self.place[row])
                yield at, row, int(self.rows[0, row]) * self.places[at].papers

    def papers_in(self, numbers: Sequence[int]) -> Whole:
        """How many papers each row stands for in the places of these numbers."""
        worth = np.zeros(len(self.places), np.int64)
        for at in numbers:
            worth[at] = self.places[at].papers
        if self.place is not None:
            return np.asarray(self.rows[0] * worth[self.place])
        papers = np.zeros(len(self.marks), np.int64)
        for at in numbers:
            papers += self.rows[at] * worth[at]
        return papers

    def written(self, row: int) -> Marks:
        """The marks of one row."""
        codes = self.marks[row].tolist()
        while codes and not codes[-1]:
            codes.pop()
        return tuple(self.meanings[code] for code in codes)

    def papers(self) -> Iterator[Paper]:
        """Every pattern in every place as a paper that says how many there are."""
        for at, row, papers in self.counted():
            place = self.places[at]
            yield Paper(
                place.section,
                self.written(row),
                Papers(papers),
                place.unit,
                "",
                place.spoiled,
                self.file,
                int(self.first[row]),
                place.reconstructed,
            )


class TabledPoll(Poll):
    """A poll of which some files are patterns; `papers` makes a paper of each when asked."""

    def __init__(self, beside: tuple[Paper, ...], parts: tuple[Patterns, ...]) -> None:
        object.__setattr__(self, "beside", beside)
        object.__setattr__(self, "parts", parts)

    beside: tuple[Paper, ...]
    parts: tuple[Patterns, ...]

    @property
    def papers(self) -> tuple[Paper, ...]:
        """Every pattern as a paper, and the papers beside them."""
        return (*self.beside, *chain.from_iterable(part.papers() for part in self.parts))

    @property
    def sections(self) -> frozenset[Section]:
        """What `Poll.sections` returns."""
        places = chain.from_iterable(part.places for part in self.parts)
        return frozenset(one.section for one in self.beside) | frozenset(
            place.section for place in places
        )

    @property
    def reconstructed(self) -> dict[Section, Rebuilt]:
        """What `Poll.reconstructed` returns."""
        found = {paper.section: paper.reconstructed for paper in self.beside}
        for place in chain.from_iterable(part.places for part in self.parts):
            found[place.section] = place.reconstructed or found.get(place.section)
        return {section: rebuilt for section, rebuilt in found.items() if rebuilt}

    @property
    def condensed(self) -> Poll:
        """The poll itself: its papers are together."""
        return self

    def reduced(self, contest: Contest) -> Profile:
        """What `reduce` returns, each pattern judged once, and most of them all at once."""
        reduction = _Reduction(self, contest)
        for part in self.parts:
            reduction.add(part)
        if reduction.refused:
            raise InputError(list(reduction.refusals()))
        return reduction.profile()


def joined(papers: tuple[Paper, ...], polls: Sequence[Poll]) -> TabledPoll:
    """The papers, and those of the polls, as one."""
    tabled = [poll for poll in polls if isinstance(poll, TabledPoll)]
    beside = chain(papers, *(poll.beside for poll in tabled))
    return TabledPoll(tuple(beside), tuple(chain.from_iterable(poll.parts for poll in tabled)))


# So many refused patterns are told one by one.
TOLD = 100


class _Reduction:
    """The sums of a poll on their way to a profile."""

    def __init__(self, poll: TabledPoll, contest: Contest) -> None:
        self.contest, self.standing = contest, contest.standing
        listed = [entry.id for entry in contest.sections]
        self.sections = [EVERYONE] if poll.sections == {EVERYONE} else listed
        self.names = sorted(self.standing)
        self.type = bulk.number_type(len(self.names))
        self.tables: list[bulk.Table] = []
        self.spoiled: dict[Section, Counter[str]] = {}
        self._unique = all(part.place is None for part in poll.parts)
        self.refused: list[tuple[Paper, Refused]] = []
        self.reconstructed = poll.reconstructed
        self.formal: dict[Ranking, list[int]] = {}
        beside = reduce(Poll(poll.beside), contest) if poll.beside else Profile({})
        for section, rankings in beside.papers.items():
            for ranking, papers in rankings.items():
                self._sums(ranking)[self.sections.index(section)] += papers
        for section, reasons in beside.spoiled.items():
            self.spoiled.setdefault(section, Counter()).update(reasons)

    def add(self, part: Patterns) -> None:
        """Judge the patterns of a file: those without a doubt together, the others one by one."""
        papers = self._by_section(part)
        ranks, doubtful = _looked_at(self._closed_up(part), *self._numbers(part))
        clear = ~doubtful & papers.any(0)
        if clear.all():
            self.tables.append(self._table(ranks, papers))
            return
        self.tables.append(self._table(ranks[clear], papers[:, clear]))
        for row in np.flatnonzero(doubtful).tolist():
            self._judge(part, row, papers[:, row].tolist())

    def _closed_up(self, part: Patterns) -> Codes:
        """The marks without ranks that name a withdrawn candidate alone."""
        present = self.standing | {OVERVOTE}
        gone = [len(names) == 1 and names[0] not in present for names in part.meanings]
        if not any(gone):
            return part.marks
        self._unique = False
        named = np.array(gone)[part.marks]
        some = np.flatnonzero(named.any(1))
        order = np.argsort(named[some], axis=1, kind="stable")
        marks = part.marks.copy()
        kept = np.where(named[some], 0, part.marks[some]).astype(part.marks.dtype)
        marks[some] = np.take_along_axis(kept, order, axis=1)
        return marks

    def _by_section(self, part: Patterns) -> Whole:
        """Formal so far: the papers of each row by section; those spoiled are put aside."""
        papers = np.zeros((len(self.sections), len(part.marks)), np.int64)
        alike: dict[tuple[Section, str], list[int]] = {}
        for at, place in enumerate(part.places):
            alike.setdefault((place.section, place.spoiled), []).append(at)
        for (section, spoiled), places in alike.items():
            own = part.papers_in(places)
            if spoiled:
                self.spoiled.setdefault(section, Counter())[spoiled] += int(own.sum())
            else:
                papers[self.sections.index(section)] += own
        return papers

    def _numbers(self, part: Patterns) -> tuple[bulk.Ranks, Truth]:
        """By code: the candidate's number, nobody's for a blank; and whether it is doubtful."""
        nobody = np.iinfo(self.type).max
        numbers = np.full(len(part.meanings), nobody, self.type)
        doubtful = np.zeros(len(part.meanings), np.bool_)
        for code, names in enumerate(part.meanings):
            if len(names) == 1 and names[0] in self.standing:
                numbers[code] = self.names.index(names[0])
            else:
                doubtful[code] = bool(code)
        return numbers, doubtful

    def _table(self, ranks: bulk.Ranks, papers: Whole) -> bulk.Table:
        most = self.contest.rules.ranks
        cut = ranks[:, :most] if most else ranks
        return bulk.Table(tuple(self.sections), tuple(self.names), cut, papers)

    def _judge(self, part: Patterns, row: int, papers: Sequence[int]) -> None:
        if not any(papers):
            return
        marks = part.written(row)
        match judge(marks, self.contest.rules, self.standing):
            case Ballot(ranking):
                sums = self._sums(ranking)
                for at, number in enumerate(papers):
                    sums[at] += number
            case Spoiled(reason):
                for section, number in zip(self.sections, papers, strict=True):
                    if number:
                        self.spoiled.setdefault(section, Counter())[reason] += number
            case Refused() as refused:
                line = int(part.first[row])
                paper = Paper(EVERYONE, marks, Papers(sum(papers)), file=part.file, line=line)
                self.refused.append((paper, refused))

    def _sums(self, ranking: Ranking) -> list[int]:
        return self.formal.setdefault(ranking, [0] * len(self.sections))

    def refusals(self) -> Iterator[Problem]:
        """The patterns for which the rules have no answer, by line."""
        self.refused.sort(key=lambda pair: (pair[0].file, pair[0].line or 0))
        for paper, refused in self.refused[:TOLD]:
            yield refusal(paper, refused, self.contest)
        if len(self.refused) > TOLD:
            yield Problem(f"and {len(self.refused) - TOLD} more patterns")

    def profile(self) -> Profile:
        """The profile, once every file was added."""
        spoiled = {
            section: {reason: Papers(number) for reason, number in reasons.items()}
            for section, reasons in self.spoiled.items()
        }
        others = Profile({}, spoiled, self.reconstructed)
        return bulk.profile_of(self._whole(), others)

    def _whole(self) -> bulk.Table:
        """One table of all; without a sort, where it cannot hold a ranking twice."""
        if len(self.tables) == 1 and not self.formal and not self.contest.rules.ranks:
            return self.tables[0] if self._unique else bulk.merged(self.tables)
        number = {name: at for at, name in enumerate(self.names)}
        width = max(map(len, self.formal), default=0)
        nobody = np.iinfo(self.type).max
        ranks = np.full((len(self.formal), width), nobody, self.type)
        for row, ranking in enumerate(self.formal):
            ranks[row, : len(ranking)] = [number[name] for name in ranking]
        papers = np.array([*self.formal.values()], np.int64).reshape(-1, len(self.sections)).T
        judged = bulk.Table(tuple(self.sections), tuple(self.names), ranks, papers)
        return bulk.merged([*self.tables, judged])


def _looked_at(marks: Codes, numbers: bulk.Ranks, unclear: Truth) -> tuple[bulk.Ranks, Truth]:
    """Whom each mark names, by number; and which rows are doubtful, and must be judged alone.

    `numbers` and `unclear` are by code: the candidate's number, and whether the mark is doubtful.
    """
    settle = bulk.compiled(settled) if len(marks) >= bulk.COMPILED_FROM else None
    if settle is None:
        ranks = numbers[marks]
        return ranks, unclear[marks].any(1) | _gapped(marks) | _repeated(ranks)
    ranks, doubtful = np.empty(marks.shape, numbers.dtype), np.empty(len(marks), np.bool_)
    settle(marks, numbers, unclear, ranks, doubtful)
    return ranks, doubtful


def settled(
    marks: Codes, numbers: bulk.Ranks, unclear: Truth, ranks: bulk.Ranks, doubtful: Truth
) -> None:
    """The same row by row, to be compiled."""
    for row in range(marks.shape[0]):
        doubt, ended = marks[row, 0] == 0, False
        for rank in range(marks.shape[1]):
            code = marks[row, rank]
            ranks[row, rank] = numbers[code]
            if code == 0:
                ended = True
                continue
            doubt |= ended | unclear[code]
            for earlier in range(rank):
                doubt |= ranks[row, earlier] == ranks[row, rank]
        doubtful[row] = doubt


def _gapped(marks: Codes) -> Truth:
    """Whether a rank is left out above a mark, or the first of all."""
    marked = marks != 0
    gap: Truth = (marked[:, 1:] & ~marked[:, :-1]).any(1) | ~marked[:, 0]
    return gap


def _repeated(ranks: bulk.Ranks) -> Truth:
    """Whether anybody stands in two columns."""
    nobody = np.iinfo(ranks.dtype).max
    width = ranks.shape[1]
    if width > PAIRWISE:
        ordered = np.sort(ranks, axis=1)
        twice = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] != nobody)
        return np.asarray(twice.any(1))
    found = np.zeros(len(ranks), np.bool_)
    columns = np.ascontiguousarray(ranks.T)
    for at in range(1, width):
        for other in range(at):
            found |= (columns[at] == columns[other]) & (columns[at] != nobody)
    return found
