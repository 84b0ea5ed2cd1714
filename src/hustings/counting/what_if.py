"""The same papers under other rules, other weights or without a candidate: never a result."""

from collections.abc import Mapping, Set
from dataclasses import replace
from fractions import Fraction

from hustings.counting.transcript import Transcript
from hustings.election.rulebook import CollegeUse, RuleBook
from hustings.election.spec import EVERYONE, Contest
from hustings.errors import InputError
from hustings.units import Candidate, Section

ONE = Fraction(1)


def under(
    contest: Contest, rules: RuleBook, weights: Mapping[Section, Fraction] | None = None
) -> Contest:
    """The contest under another rule book, by these weights, or by the book's where it has some.

    Raises `InputError` where the weights are of other sections than the contest has.
    """
    changed = replace(contest, rules=rules)
    if rules.college is CollegeUse.POOLED:
        return changed
    if weights:
        # The book's own weights no longer hold.
        return _weighed(replace(changed, rules=replace(rules, weights={}, whole=ONE)), weights)
    if rules.weights:
        return _weighed(changed, rules.weights)
    total = sum(entry.weight for entry in contest.sections)
    return _weighed(
        changed,
        {entry.id: Fraction(entry.weight * rules.whole, total) for entry in contest.sections},
    )


def _weighed(contest: Contest, weights: Mapping[Section, Fraction]) -> Contest:
    sections = [entry.id for entry in contest.sections]
    if set(weights) != set(sections):
        raise InputError(
            f"the weights are for {', '.join(sorted(weights))}; the sections are "
            f"{', '.join(sections)}: give a weight for each of these"
        )
    return replace(
        contest,
        sections=tuple(replace(entry, weight=weights[entry.id]) for entry in contest.sections),
    )


def equal_weights(contest: Contest) -> dict[Section, Fraction]:
    """The same weight for every section."""
    return {entry.id: Fraction(1, len(contest.sections)) for entry in contest.sections}


def told(
    contest: Contest,
    rules: RuleBook | None,
    weights: Mapping[Section, Fraction] | None,
    withdrawn: frozenset[Candidate],
) -> str:
    """What was changed, in words; raises `InputError` where nothing was."""
    parts = []
    if rules is not None:
        parts.append(f"the rule book {rules.name}")
    if weights is not None:
        listed = ", ".join(f"{section} {weight}" for section, weight in weights.items())
        parts.append(f"the weights {listed}")
    if withdrawn:
        parts.append(f"{' and '.join(sorted(map(contest.name, withdrawn)))} withdrawn")
    if not parts:
        raise InputError("say what is to be other: a rule book, weights or who withdraws")
    return " and ".join(parts)


def first_undecided(
    actual: Transcript, other: Transcript, withheld: Set[Section] = frozenset()
) -> int:
    """The first round of the other count that what was published does not decide; 0 if it does.

    Where a section's rankings are reconstructed or withheld, only its figures with those
    candidates standing are real, or published, who stood together in one of the rounds.
    """
    counted = set(other.rounds[0].tally.held)
    pooled = EVERYONE in counted | set(actual.rounds[0].tally.held)
    if not other.reconstructed and not (withheld if pooled else counted & withheld):
        return 0
    published = {frozenset(round_.tally.totals) for round_ in actual.rounds}
    for number, round_ in enumerate(other.rounds, 1):
        if frozenset(round_.tally.totals) not in published:
            return number
    return 0
