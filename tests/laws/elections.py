"""Small random elections under random rules: ties, emptied sections and short rankings abound."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from hypothesis import strategies as st

from hustings.ballots.paper import Paper, ranked
from hustings.ballots.profile import Profile, highest
from hustings.ballots.reduction import Poll, reduce
from hustings.counting import engine
from hustings.counting.transcript import Eliminated, Transcript
from hustings.election.rulebook import (
    CollegeUse,
    Denominator,
    Elimination,
    EmptySection,
    Method,
    QuotaRule,
    RuleBook,
    Stop,
    TiePolicy,
)
from hustings.election.spec import Contest, Decisions, SectionEntry, Standing
from hustings.shell.acts import rule_book
from hustings.units import Papers

NAMES = ("ann", "bob", "cat", "dan", "eve")
SECTIONS = ("mps", "members", "affiliates")
COUNT_BACKS = [policy for policy in TiePolicy if policy not in (TiePolicy.LOT, TiePolicy.SEED)]
IN_WHOLE_PAPERS = (QuotaRule.DROOP_WHOLE, QuotaRule.DROOP_OR_MAJORITY)
# What shares out or drops the weight of an empty section; to refuse it is no count at all.
COUNTABLE = (EmptySection.NO_POINTS, EmptySection.SHARE_OUT)
TRANSFERRING = (Method.ALTERNATIVE_VOTE, Method.EXHAUSTIVE)

Ballots = Mapping[str, Mapping[tuple[str, ...], int]]


@dataclass(frozen=True)
class Case:
    """A contest and what its voters think; in each ballot they vote accordingly."""

    contest: Contest
    ballots: Ballots

    def under(self, **rules: object) -> "Case":
        """The same case with some rules answered otherwise."""
        book = replace(self.contest.rules, **rules)
        return Case(replace(self.contest, rules=book), self.ballots)

    def papers(self) -> list[Paper]:
        """The ballots as papers, alike ones together."""
        return [
            Paper(section, ranked(*ranking), Papers(number))
            for section, rankings in self.ballots.items()
            for ranking, number in rankings.items()
        ]


def count(case: Case) -> Transcript:
    """Count the case; of an exhaustive ballot hold as many as it takes."""
    if case.contest.rules.method is Method.EXHAUSTIVE:
        return held_to_the_end(case)
    return engine.count(case.contest, [profile_of(case.contest, case.papers())])


def held_to_the_end(case: Case) -> Transcript:
    """Each voter votes for the highest of the ranking who still stands, or stays away."""
    standing, held = set(case.contest.standing), []
    while True:
        held.append(fresh_papers(case.ballots, standing))
        transcript = engine.count(case.contest, held)
        event = transcript.rounds[-1].event
        if not isinstance(event, Eliminated):
            return transcript
        standing -= set(event.names)


def fresh_papers(ballots: Ballots, standing: set[str]) -> Profile:
    papers: dict[str, dict[tuple[str, ...], int]] = {section: {} for section in ballots}
    for section, rankings in ballots.items():
        for ranking, number in rankings.items():
            choice = highest(ranking, standing)
            if choice is not None:
                papers[section][(choice,)] = papers[section].get((choice,), 0) + number
    return Profile(papers)


def profile_of(contest: Contest, papers: Iterable[Paper]) -> Profile:
    return reduce(Poll(tuple(papers)), contest)


def tied(transcript: Transcript) -> bool:
    """Whether any round of the count met a tie."""
    return any(round_.event.tie for round_ in transcript.rounds)


@st.composite
def cases(
    draw: st.DrawFn,
    methods: Iterable[Method] = engine.METHODS,
    candidates: int = 2,
    quotas: Iterable[QuotaRule] = QuotaRule,
) -> Case:
    """Two to five candidates, one to three sections, any rules that fit them, a lot for all."""
    names = NAMES[: draw(st.integers(candidates, 5))]
    sections = SECTIONS[: draw(st.integers(1, 3))]
    contest = Contest(
        "leader",
        "Leader",
        tuple(Standing(name, name.title()) for name in names),
        draw(weighed(sections)),
        draw(rule_books(len(sections), tuple(methods), tuple(quotas))),
        Decisions(lot=tuple(draw(st.permutations(names)))),
    )
    return Case(contest, draw(ballots(names, sections)))


@st.composite
def weighed(draw: st.DrawFn, sections: tuple[str, ...]) -> tuple[SectionEntry, ...]:
    parts = [draw(st.integers(1, 4)) for _ in sections]
    return tuple(
        SectionEntry(section, section, Fraction(part, sum(parts)))
        for section, part in zip(sections, parts, strict=True)
    )


@st.composite
def rule_books(
    draw: st.DrawFn, sections: int, methods: tuple[Method, ...], quotas: tuple[QuotaRule, ...]
) -> RuleBook:
    """A quota in whole papers is drawn only where there is one body to count them in."""
    college = draw(st.sampled_from(CollegeUse))
    one = sections == 1 or college is CollegeUse.POOLED
    fitting = [quota for quota in quotas if one or quota not in IN_WHOLE_PAPERS]
    count_backs = draw(st.lists(st.sampled_from(COUNT_BACKS), max_size=2, unique=True))
    return replace(
        rule_book("common"),
        method=draw(st.sampled_from(methods)),
        college=college,
        denominator=draw(st.sampled_from(Denominator)),
        empty_section=draw(st.sampled_from(COUNTABLE)),
        quota=draw(st.sampled_from(fitting)),
        stop=draw(st.sampled_from(Stop)),
        eliminate=draw(st.sampled_from(Elimination)),
        ties=(*count_backs, TiePolicy.LOT),
        ranks=draw(st.sampled_from((0, 0, 1, 2, 3))),
    )


@st.composite
def ballots(draw: st.DrawFn, names: tuple[str, ...], sections: tuple[str, ...]) -> Ballots:
    """A few rankings with a few papers each; somewhere there is at least one."""
    ranking = st.lists(st.sampled_from(names), min_size=1, unique=True).map(tuple)
    part = st.dictionaries(ranking, st.integers(1, 5), max_size=6)
    drawn = {section: draw(part) for section in sections}
    if not any(drawn.values()):
        drawn[sections[0]] = {(names[0],): 1}
    return drawn
