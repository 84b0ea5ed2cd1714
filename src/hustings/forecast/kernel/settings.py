"""The rules that the fast count knows, as numbers; any other is refused, never approximated."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hustings.election.rulebook import (
    CHOICES,
    LATER,
    CollegeUse,
    Denominator,
    Elimination,
    EmptySection,
    Method,
    QuotaRule,
    RuleBook,
    Stop,
)
from hustings.election.spec import Contest
from hustings.errors import RuleError
from hustings.units import Option, Section

# What the arrays know; ties and whatever is close to one go to the exact engine with its policies.
SUPPORTED: dict[str, tuple[Option, ...]] = {
    "method": (Method.ALTERNATIVE_VOTE,),
    "college": tuple(CollegeUse),
    "denominator": tuple(Denominator),
    "empty_section": tuple(EmptySection),
    "quota": tuple(QuotaRule),
    "stop": tuple(Stop),
    "eliminate": tuple(Elimination),
}
# What the arrays count only as it was before anybody asked; any other answer is refused.
AS_BEFORE = ("undeclared", "minimum_papers", "last_round")
# The rules that count on when somebody has the quota.
COUNTS_ON = (Stop.TWO_LEFT, Stop.ONE_LEFT)
IN_PAPERS = (QuotaRule.DROOP_WHOLE, QuotaRule.DROOP_OR_MAJORITY)


@dataclass(frozen=True, slots=True, eq=False)
class Settings:
    """A rule book's answers for the arrays.

    `sections` are those of the college as it is counted, one where it is pooled; `weights` has
    their shape, in parts of `whole`.
    """

    sections: tuple[Section, ...]
    weights: NDArray[np.float64]
    whole: float
    pooled: bool
    first_round: bool
    shares_out: bool
    refuses_empty: bool
    quota: QuotaRule
    stops_early: bool
    batches: bool


def settings_of(contest: Contest) -> Settings:
    """The contest's rules as numbers.

    Raises `RuleError` for rules that the arrays do not know, and `InputError` for wrong weights.
    """
    rules, college = contest.rules, contest.college
    _require_supported(contest)
    if rules.quota in IN_PAPERS and len(college.weights) != 1:
        raise RuleError("a quota in whole papers needs one section; this college has more")
    return Settings(
        tuple(college.weights),
        np.array([float(weight) for weight in college.weights.values()]),
        float(college.whole),
        rules.college is CollegeUse.POOLED,
        rules.base is Denominator.FIRST_ROUND,
        rules.empty_section is EmptySection.SHARE_OUT,
        rules.empty_section is EmptySection.REFUSE,
        rules.quota,
        rules.stop not in COUNTS_ON,
        rules.eliminate is Elimination.BATCH_SAFE and rules.stop is not Stop.ONE_LEFT,
    )


def _require_supported(contest: Contest) -> None:
    rules = contest.rules
    refused = [
        _refusal(rules, name)
        for name, known in SUPPORTED.items()
        if _asks(rules, name) not in known
    ]
    refused += [
        f"{name} = {CHOICES[name].write(rules)} ({CHOICES[name].question} It knows {LATER[name]})"
        for name in AS_BEFORE
        if CHOICES[name].answer(rules) != LATER[name]
    ]
    if 0 < rules.ranks < len(contest.standing) - 1:
        refused.append(
            f"ranks = {rules.ranks}: every preference must count; cut the ballots before they are "
            "given, and set ranks to 0"
        )
    if rules.stop is Stop.ONE_LEFT and rules.empty_section is EmptySection.REFUSE:
        refused.append(
            "stop = one_left beside empty_section = refuse: it does not look at who is left alone, "
            "where a section may be empty that was not before; set stop to two_left"
        )
    if refused:
        raise RuleError(f"{contest.id}: the fast count does not know " + "; ".join(refused))


def _asks(rules: RuleBook, name: str) -> Option:
    answer: Option = getattr(rules, name)
    return answer


def _refusal(rules: RuleBook, name: str) -> str:
    known = ", ".join(SUPPORTED[name])
    return f"{name} = {_asks(rules, name)} ({CHOICES[name].question} It knows {known})"
