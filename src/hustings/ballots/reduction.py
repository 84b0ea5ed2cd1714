"""From papers to a profile: each paper judged once, the spoiled kept with their reasons."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import assert_never

from hustings.ballots.formality import Ballot, Finding, Refused, Spoiled, judge
from hustings.ballots.paper import NO_UNIT, Marks, Paper, Rebuilt, as_written
from hustings.ballots.profile import Profile, Ranking
from hustings.election.rulebook import (
    OPEN_OVERVOTES,
    FurtherRanks,
    RuleBook,
    WithdrawnRanks,
)
from hustings.election.spec import EVERYONE, Contest
from hustings.errors import InputError, Problem
from hustings.units import Papers, Section


@dataclass(frozen=True)
class Poll:
    """Every paper of one ballot of a contest, as written."""

    papers: tuple[Paper, ...]

    @property
    def reconstructed(self) -> dict[Section, Rebuilt]:
        """The sections whose papers were rebuilt from published totals, and from which."""
        return {paper.section: paper.reconstructed for paper in self.papers if paper.reconstructed}

    @property
    def sections(self) -> frozenset[Section]:
        """The sections that papers are of."""
        return frozenset(paper.section for paper in self.papers)

    @cached_property
    def condensed(self) -> "Poll":
        """The same poll with those papers put together that every rule book counts alike.

        It gives the same profile, and faster where it is asked for often; who cast a paper,
        and in which unit, is lost.
        """
        papers: Counter[tuple[object, ...]] = Counter()
        first: dict[tuple[object, ...], Paper] = {}
        for paper in self.papers:
            alike = paper.section, paper.marks, paper.spoiled, paper.reconstructed
            papers[alike] += paper.papers
            first.setdefault(alike, paper)
        return Poll(
            tuple(
                replace(paper, papers=Papers(papers[alike]), unit=NO_UNIT, elector="")
                for alike, paper in first.items()
            )
        )

    def judged(self, contest: Contest) -> "Iterator[Judged]":
        """Each paper beside what the contest's rules make of it."""
        return judge_papers(self.papers, contest)

    def reduced(self, contest: Contest) -> Profile:
        """What `reduce` returns; a poll that holds its papers otherwise does it otherwise."""
        return _reduced(self, contest)


@dataclass(frozen=True, slots=True)
class Judged:
    """A paper as written, and what was made of it."""

    paper: Paper
    finding: Finding


def judge_papers(papers: Iterable[Paper], contest: Contest) -> Iterator[Judged]:
    """Judge each paper by the contest's rules, each distinct pattern of marks once."""
    rules, standing = contest.rules, contest.standing
    known: dict[Marks, Finding] = {}
    for paper in papers:
        if paper.spoiled:
            yield Judged(paper, Spoiled(paper.spoiled))
            continue
        if paper.marks not in known:
            known[paper.marks] = judge(paper.marks, rules, standing)
        yield Judged(paper, known[paper.marks])


def reduce(poll: Poll, contest: Contest) -> Profile:
    """Sum the papers of a poll into a profile.

    Raises `InputError` that names every paper for which the rules have no answer.
    """
    if _is_plain(contest.rules):
        return poll.reduced(contest)
    return _reduced(poll, contest)


def _is_plain(rules: RuleBook) -> bool:
    """Whether a clear paper is a ballot by itself, whoever stands and whoever withdrew.

    A poll that holds its papers in a table judges such papers all at once.
    """
    return (
        rules.overvotes not in OPEN_OVERVOTES
        and rules.withdrawn_ranks is WithdrawnRanks.CLOSE_UP
        and rules.further_ranks is FurtherRanks.IGNORE
    )


def _reduced(poll: Poll, contest: Contest) -> Profile:
    formal: dict[Section, Counter[Ranking]] = {s: Counter() for s in _sections(poll, contest)}
    spoiled: dict[Section, Counter[str]] = defaultdict(Counter)
    refused = False
    for judged in judge_papers(poll.condensed.papers, contest):
        paper = judged.paper
        match judged.finding:
            case Ballot(ranking):
                formal[paper.section][ranking] += paper.papers
            case Spoiled(reason):
                spoiled[paper.section][reason] += paper.papers
            case Refused():
                refused = True
            case _:
                assert_never(judged.finding)
    if refused:
        raise InputError(_refusals(poll, contest))
    return Profile(_papers(formal), _papers(spoiled), poll.reconstructed)


def _sections(poll: Poll, contest: Contest) -> list[Section]:
    """The contest's sections; all voters as one, where the papers tell of no other."""
    if poll.sections == {EVERYONE}:
        return [EVERYONE]
    return [entry.id for entry in contest.sections]


def _papers(counted: dict[Section, Counter]) -> dict[Section, dict]:  # type: ignore[type-arg]
    return {
        section: {key: Papers(number) for key, number in counter.items()}
        for section, counter in counted.items()
    }


def _refusals(poll: Poll, contest: Contest) -> Iterator[Problem]:
    for judged in judge_papers(poll.papers, contest):
        paper, finding = judged.paper, judged.finding
        if not isinstance(finding, Refused):
            continue
        yield refusal(paper, finding, contest)


def refusal(paper: Paper, refused: Refused, contest: Contest) -> Problem:
    """What to tell whoever handed in a paper for which the rules have no answer."""
    return Problem(
        f"{as_written(paper.marks)}: {refused.reason}, and the rule book "
        f"{contest.rules.name} does not say what that means: correct the paper, or set "
        f"{refused.choice} to spoil, stop or {_skip(refused.choice)} (under override in "
        "election.toml, or by --set)",
        paper.file,
        paper.line,
    )


def _skip(choice: str) -> str:
    return "skip_any" if choice == "skipped_ranks" else "skip"
