"""From marks to a ballot, or to the reason why the paper is spoiled.

What the marks come to is decided rank by rank, from the first, by the choices of
the rule book; each finding is kept, so that what was written and what was made
of it can stand side by side.
"""

from collections.abc import Set
from dataclasses import dataclass

from hustings.ballots.paper import OVERVOTE as SOME_OVERVOTE
from hustings.ballots.paper import Marks
from hustings.ballots.profile import Ranking
from hustings.election.rulebook import FirstPreference, Paperwork, RuleBook, SkippedRanks
from hustings.units import Candidate


@dataclass(frozen=True, slots=True)
class Ballot:
    """A formal paper: one strict ranking, and what was passed over or cut off to get it."""

    ranking: Ranking
    findings: tuple[str, ...] = ()


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
GAP = "a rank is left out"
REPEATED = "a candidate is ranked twice"


def judge(marks: Marks, rules: RuleBook, standing: Set[Candidate]) -> Finding:
    """Make a ballot of the marks, by the rules; the withdrawn are passed over.

    A rank that named only withdrawn candidates is closed up and is no rank left out:
    whoever was marked below moves up.

    >>> from hustings.ballots.paper import ranked
    >>> class rules:  # the four choices that are asked about
    ...     first_preference, ranks = FirstPreference.REQUIRED, 0
    ...     overvotes, skipped_ranks, repeated = Paperwork.STOP, SkippedRanks.STOP, Paperwork.SKIP
    >>> judge(ranked("ann", "bob", "ann", "cat"), rules, {"ann", "bob", "cat"})
    Ballot(ranking=('ann', 'bob', 'cat'), findings=('a candidate is ranked twice: skip',))
    >>> judge(((), ("ann",)), rules, {"ann"})
    Spoiled(reason='no clear first preference')
    """
    ranks = _closed_up(marks, standing)
    if any(marks) and not any(ranks):
        return Spoiled(ONLY_WITHDRAWN)
    spoiled = _spoiled_at_first_sight(ranks, rules)
    if spoiled:
        return spoiled
    ranking: list[Candidate] = []
    findings: list[str] = []
    gap = 0
    for names in ranks[: rules.ranks or None]:
        gap = 0 if names else gap + 1
        doubt = _doubt(names, ranking, gap, rules)
        if doubt is None:
            ranking.extend(names)
        elif doubt.answer is Paperwork.REFUSE:
            return Refused(doubt.choice, doubt.reason)
        elif doubt.answer is Paperwork.SPOIL:
            return Spoiled(doubt.reason)
        else:
            findings.append(f"{doubt.reason}: {doubt.answer}")
            if doubt.answer is Paperwork.STOP:
                if not ranking:
                    return Spoiled(doubt.reason)
                break
    if rules.ranks and len(ranks) > rules.ranks:
        findings.append(f"only {rules.ranks} preferences count: {Paperwork.STOP}")
    return Ballot(tuple(ranking), tuple(findings)) if ranking else Spoiled(NO_FIRST)


def _spoiled_at_first_sight(ranks: list[tuple[Candidate, ...]], rules: RuleBook) -> Spoiled | None:
    if not any(ranks):
        return Spoiled(BLANK)
    if rules.first_preference is FirstPreference.REQUIRED and not _is_clear(ranks[0]):
        return Spoiled(NO_FIRST)
    return None


def _is_clear(names: tuple[Candidate, ...]) -> bool:
    return len(names) == 1 and names[0] != SOME_OVERVOTE


def _closed_up(marks: Marks, standing: Set[Candidate]) -> list[tuple[Candidate, ...]]:
    """The ranks with the withdrawn taken out, and without the empty ranks at the end."""
    ranks = []
    for names in marks:
        kept = tuple(
            name for name in dict.fromkeys(names) if name in standing or name == SOME_OVERVOTE
        )
        if kept or not names:
            ranks.append(kept)
    while ranks and not ranks[-1]:
        ranks.pop()
    return ranks


def _doubt(
    names: tuple[Candidate, ...], ranking: list[Candidate], gap: int, rules: RuleBook
) -> _Doubt | None:
    """What is doubtful about one rank, and what the rules do about it; None for a clear mark."""
    if not names:
        return _Doubt("skipped_ranks", GAP, _gap_answer(rules.skipped_ranks, gap))
    if len(names) > 1 or names[0] == SOME_OVERVOTE:
        return _Doubt("overvotes", OVERVOTE, rules.overvotes)
    if names[0] in ranking:
        return _Doubt("repeated", REPEATED, rules.repeated)
    return None


def _gap_answer(rule: SkippedRanks, gap: int) -> Paperwork:
    match rule:
        case SkippedRanks.SKIP_ANY:
            return Paperwork.SKIP
        case SkippedRanks.SKIP_ONE:
            return Paperwork.SKIP if gap == 1 else Paperwork.STOP
        case _:
            return Paperwork(rule.value)
