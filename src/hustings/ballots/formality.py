"""From marks to a ballot, or to the reason why the paper is spoiled.

What the marks come to is decided rank by rank, from the first, by the choices of
the rule book; each finding is kept, so that what was written and what was made
of it can stand side by side.
"""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field

from hustings.ballots.paper import OVERVOTE as SOME_OVERVOTE
from hustings.ballots.paper import Marks, trimmed
from hustings.ballots.profile import Ranking
from hustings.ballots.shared import is_open, shared
from hustings.election.rulebook import (
    OPEN_OVERVOTES,
    FirstPreference,
    FurtherRanks,
    Paperwork,
    RuleBook,
    SkippedRanks,
    WithdrawnRanks,
)
from hustings.units import Candidate


@dataclass(frozen=True, slots=True)
class Ballot:
    """A formal paper: one strict ranking, and what was passed over or cut off to get it."""

    ranking: Ranking
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenBallot(Ballot):
    """A formal paper with a rank that several share: whoever stands decides whom it counts for.

    Its ranking is not strict: such a rank is one entry of it, a `SharedRank`.
    """


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A paper that is not formal, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A paper for which the rules have no answer: the choice that is missing, and why."""

    choice: str
    reason: str


Finding = Ballot | Spoiled | Refused


@dataclass(frozen=True, slots=True)
class _Doubt:
    """A mark that is not clear: the choice that decides it, why, and the rules' answer."""

    choice: str
    reason: str
    answer: Paperwork


BLANK = "no preference is marked"
ONLY_WITHDRAWN = "every preference is for someone withdrawn"
NO_FIRST = "no clear first preference"
OVERVOTE = "two candidates share a rank"
UNNAMED = "several share a rank, and the record does not say who"
GAP = "a rank is left out"
REPEATED = "a candidate is ranked twice"
FURTHER = "there are more preferences than count"
WITHDRAWN = "a preference is for someone withdrawn"
ENDED_BY_THE_WITHDRAWN = frozenset((WithdrawnRanks.STOP, WithdrawnRanks.SPOIL))


def judge(marks: Marks, rules: RuleBook, standing: Set[Candidate]) -> Finding:
    """Make a ballot of the marks, by the rules.

    A rank that named only withdrawn candidates is closed up, where the rules do not say
    otherwise, and is no rank left out: whoever was marked below moves up.

    >>> from hustings.ballots.paper import ranked
    >>> from hustings.election.rulebook import Overvotes
    >>> class rules:  # the choices that are asked about
    ...     first_preference, ranks = FirstPreference.REQUIRED, 0
    ...     overvotes, skipped_ranks, repeated = Overvotes.STOP, SkippedRanks.STOP, Paperwork.SKIP
    ...     further_ranks, withdrawn_ranks = FurtherRanks.IGNORE, WithdrawnRanks.CLOSE_UP
    >>> judge(ranked("ann", "bob", "ann", "cat"), rules, {"ann", "bob", "cat"})
    Ballot(ranking=('ann', 'bob', 'cat'), findings=('a candidate is ranked twice: skip',))
    >>> judge(((), ("ann",)), rules, {"ann"})
    Spoiled(reason='no clear first preference')
    """
    ranks = _looked_at(marks, rules, standing)
    spoiled = _spoiled_at_first_sight(marks, ranks, rules)
    if spoiled:
        return spoiled
    reading = _Reading(rules, standing)
    for names in ranks[: rules.ranks or None]:
        doubt = reading.doubt(names)
        if doubt is None:
            reading.take(names)
        elif doubt.answer is Paperwork.REFUSE:
            return Refused(doubt.choice, doubt.reason)
        elif doubt.answer is Paperwork.SPOIL:
            return Spoiled(doubt.reason)
        elif not reading.passes(names, doubt):
            if not reading.ranking:
                return Spoiled(doubt.reason)
            break
    if rules.ranks and len(ranks) > rules.ranks:
        reading.findings.append(f"only {rules.ranks} preferences count: {Paperwork.STOP}")
    return reading.ballot()


@dataclass(slots=True)
class _Reading:
    """A paper on its way to a ballot, rank by rank."""

    rules: RuleBook
    standing: Set[Candidate]
    ranking: list[Candidate] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    seen: set[Candidate] = field(default_factory=set)
    gap: int = 0

    def doubt(self, names: tuple[Candidate, ...]) -> _Doubt | None:
        """What is doubtful about the next rank, and what the rules do; None for a clear mark."""
        rules = self.rules
        self.gap = 0 if names else self.gap + 1
        if not names:
            return _Doubt("skipped_ranks", GAP, _gap_answer(rules, self.gap))
        if rules.withdrawn_ranks in ENDED_BY_THE_WITHDRAWN and self._names_the_withdrawn(names):
            return _Doubt("withdrawn_ranks", WITHDRAWN, Paperwork(rules.withdrawn_ranks.value))
        several = len(names) > 1 or names[0] == SOME_OVERVOTE
        if self._is_repeated(names, several):
            return _Doubt("repeated", REPEATED, rules.repeated)
        return self._overvote(names) if several else None

    def _overvote(self, names: tuple[Candidate, ...]) -> _Doubt | None:
        """The doubt about a rank that several share; None where the rules keep it as it is."""
        if self.rules.overvotes not in OPEN_OVERVOTES:
            return _Doubt("overvotes", OVERVOTE, Paperwork(self.rules.overvotes))
        if names[0] == SOME_OVERVOTE:
            return _Doubt("overvotes", UNNAMED, Paperwork.REFUSE)
        return None

    def _names_the_withdrawn(self, names: Iterable[Candidate]) -> bool:
        return any(name not in self.standing and name != SOME_OVERVOTE for name in names)

    def _is_repeated(self, names: Iterable[Candidate], several: bool) -> bool:
        """Whether somebody here was marked above; in a shared rank, if that ends or spoils all."""
        if several and self.rules.repeated not in (Paperwork.STOP, Paperwork.SPOIL):
            return False
        return any(name in self.seen for name in names if name != SOME_OVERVOTE)

    def take(self, names: tuple[Candidate, ...]) -> None:
        """Add a clear rank, or one that stays open."""
        new = [name for name in names if name not in self.seen]
        self.seen.update(new)
        if len(new) > 1:
            self.findings.append(f"{OVERVOTE}: {self.rules.overvotes}")
        if new:
            self.ranking.append(shared(new))

    def passes(self, names: tuple[Candidate, ...], doubt: _Doubt) -> bool:
        """Note the doubt; whether the next rank is looked at."""
        self.findings.append(f"{doubt.reason}: {doubt.answer}")
        if self.rules.repeated in (Paperwork.STOP, Paperwork.SPOIL):
            self.seen.update(names)
        return doubt.answer is not Paperwork.STOP

    def ballot(self) -> Finding:
        """What the paper came to."""
        if not self.ranking:
            return Spoiled(NO_FIRST)
        made = OpenBallot if is_open(self.ranking) else Ballot
        return made(tuple(self.ranking), tuple(self.findings))


def _spoiled_at_first_sight(marks: Marks, ranks: Marks, rules: RuleBook) -> Spoiled | None:
    if any(marks) and not any(ranks):
        return Spoiled(ONLY_WITHDRAWN)
    if not any(ranks):
        return Spoiled(BLANK)
    if rules.first_preference is FirstPreference.REQUIRED and not _is_clear(ranks[0]):
        return Spoiled(NO_FIRST)
    beyond = ranks[rules.ranks :] if rules.ranks else ()
    if rules.further_ranks is FurtherRanks.SPOIL and any(beyond):
        return Spoiled(FURTHER)
    return None


def _is_clear(names: tuple[Candidate, ...]) -> bool:
    return len(names) == 1 and names[0] != SOME_OVERVOTE


def _looked_at(marks: Marks, rules: RuleBook, standing: Set[Candidate]) -> Marks:
    """The ranks without empty ones at the end and, if so ruled, without the withdrawn."""
    ranks = tuple(_closed_up(marks, standing))
    passed = rules.withdrawn_ranks is WithdrawnRanks.PASS_OVER
    if passed or (rules.withdrawn_ranks is not WithdrawnRanks.CLOSE_UP and any(ranks)):
        ranks = tuple(tuple(dict.fromkeys(names)) for names in marks)
    return trimmed(ranks)


def _closed_up(marks: Marks, standing: Set[Candidate]) -> Iterator[tuple[Candidate, ...]]:
    for names in marks:
        kept = tuple(
            name for name in dict.fromkeys(names) if name in standing or name == SOME_OVERVOTE
        )
        if kept or not names:
            yield kept


def _gap_answer(rules: RuleBook, gap: int) -> Paperwork:
    match rules.skipped_ranks:
        case SkippedRanks.SKIP_ANY:
            return Paperwork.SKIP
        case SkippedRanks.SKIP_ONE:
            return Paperwork.SKIP if gap == 1 else Paperwork.STOP
        case SkippedRanks.SKIP_SOME:
            return Paperwork.SKIP if gap <= rules.most_skipped else Paperwork.STOP
        case answer:
            return Paperwork(answer.value)
