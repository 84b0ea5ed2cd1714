"""Random contests of any size, and papers for them: many ties, and sections that run empty."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

from hustings.ballots.profile import Profile, Ranking
from hustings.counting import engine
from hustings.counting.transcript import Transcript
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
from hustings.errors import HustingsError
from hustings.formats import transcript_json
from hustings.shell.acts import rule_book
from hustings.units import Candidate, Papers, Section

ONE_BODY = (QuotaRule.DROOP_WHOLE, QuotaRule.DROOP_OR_MAJORITY)
METHODS = [*[Method.ALTERNATIVE_VOTE] * 6, Method.SUPPLEMENTARY, Method.FIRST_PAST_THE_POST]
POLICIES = [policy for policy in TiePolicy if policy is not TiePolicy.SEED]


def contest(chance: Random) -> Contest:
    """A contest of 2 to 15 candidates, some withdrawn, and 1 to 4 sections."""
    names = [Candidate(f"c{number:02}") for number in range(chance.randint(2, 15))]
    chance.shuffle(names)
    sections = [Section(f"s{number}") for number in range(chance.randint(1, 4))]
    parts = [chance.randint(1, 4) for _ in sections]
    out = set(names[2:]) & set(chance.sample(names, chance.choice((0, 0, 0, 1))))
    return Contest(
        "leader",
        "Leader",
        tuple(Standing(name, name.upper(), name in out) for name in names),
        tuple(
            SectionEntry(section, section, Fraction(part, sum(parts)))
            for section, part in zip(sections, parts, strict=True)
        ),
        book(chance, len(sections)),
        Decisions(lot=tuple(chance.sample(names, len(names)))),
    )


def book(chance: Random, sections: int) -> RuleBook:
    """Any rules that fit so many sections; now and then no lot is left for a tie."""
    college = chance.choice([*CollegeUse])
    one = sections == 1 or college is CollegeUse.POOLED
    quotas = [rule for rule in QuotaRule if one or rule not in ONE_BODY]
    return replace(
        rule_book("common"),
        method=chance.choice(METHODS),
        college=college,
        denominator=chance.choice([*Denominator]),
        empty_section=chance.choice([*EmptySection]),
        quota=chance.choice(quotas),
        stop=chance.choice([*Stop]),
        eliminate=chance.choice([*Elimination]),
        ties=(*chance.sample(POLICIES, chance.randint(0, 2)), TiePolicy.LOT),
        ranks=chance.choice((0, 0, 0, 1, 3)),
    )


def profile(chance: Random, of: Contest) -> Profile:
    """Papers of the standing: few and alike, so that ties abound, and a section may have none."""
    names = sorted(of.standing)
    sections = {entry.id: part(chance, names) for entry in of.sections}
    if not any(sections.values()):
        sections[of.sections[0].id] = {(names[0],): Papers(1)}
    return Profile(sections)


def part(chance: Random, names: Sequence[Candidate]) -> dict[Ranking, Papers]:
    longest = chance.randint(1, len(names))
    return {
        tuple(chance.sample(names, chance.randint(1, longest))): Papers(chance.randint(1, 4))
        for _ in range(chance.choice((0, 1, 3, 8, 20, 60)))
    }


def told(of: Contest, papers: Profile) -> str:
    """The transcript to the last byte; or the refusal, in its words."""
    try:
        return transcript_json.write(counted(of, papers), "Random")
    except HustingsError as error:
        return f"{type(error).__name__}: {error}"


def counted(of: Contest, papers: Profile) -> Transcript:
    return engine.count(of, [papers])
