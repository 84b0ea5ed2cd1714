"""A count as RCTab's detailed report: every round with its threshold and the inactive by cause.

The shape is that of `*_detailed_report.json`, format version 1, as RCTab 2 writes it
(https://github.com/BrightSpots/rcv, ResultsWriter.java). Beside RCTab's own rounds it holds the
same figures, so that the two can be compared line by line. It knows one body of voters.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor
from typing import Any

from hustings.ballots.formality import Ballot, Finding
from hustings.ballots.inactive import Cause, inactive
from hustings.ballots.profile import Ranking
from hustings.ballots.reduction import Judged
from hustings.counting.seats.following import follow
from hustings.counting.seats.stages import Act, Stage, StageTranscript
from hustings.counting.transcript import Elected, Transcript
from hustings.election.rulebook import UNDECLARED, Method, QuotaRule, RuleBook, Stop
from hustings.election.seat_rules import ExclusionSteps, ShareOf, SurplusOrder
from hustings.election.spec import Contest
from hustings.errors import InputError
from hustings.formats.rctab_json import Heading, names
from hustings.units import Candidate, Papers, decimal

VERSION = "1"
EXHAUSTED, RESIDUAL, LAST_SURPLUS = "exhausted", "residual surplus", "finalRoundSurplus"
CLASSES = {
    Cause.OVERVOTE: "overvotes",
    Cause.REPEATED: "repeatedRankings",
    Cause.GAP: "skippedRankings",
}
# Whatever else ends a paper is to RCTab that its choices are exhausted.
CHOICES = "exhaustedChoices"
Json = dict[str, Any]
# From whom, to whom (None: to nobody), how many votes.
Flow = tuple[Candidate, Candidate | None, Fraction]
Inactive = Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Shown:
    """A round as RCTab shows it: the votes, what elects, and what follows from it."""

    votes: Mapping[Candidate, Fraction]
    threshold: Fraction
    inactive: Inactive
    won: tuple[Candidate, ...] = ()
    out: tuple[Candidate, ...] = ()
    flows: tuple[Flow, ...] = ()
    residual: Mapping[Candidate, Fraction] | None = None


def of_rounds(transcript: Transcript, papers: Sequence[Judged], heading: Heading) -> str:
    """The rounds of a count for one seat, as JSON text; the papers are those that it counted.

    Raises `InputError` where sections are weighed, or where papers do not pass on from round to
    round as RCTab's do.
    """
    contest = transcript.contest
    _require_one_body(contest, len(transcript.rounds[0].tally.held))
    if contest.rules.method is not Method.ALTERNATIVE_VOTE:
        raise _no_report(contest)
    shown = [*_of_rounds(transcript, papers)]
    passed = _as_rctab_goes_on(shown, contest.rules)
    return _text(_report(contest, passed, papers, heading, 1))


def of_stages(transcript: StageTranscript, papers: Sequence[Judged], heading: Heading) -> str:
    """The rounds of a count for several seats, as JSON text; by seat, as a list, if one by one.

    Raises `InputError` where sections are weighed, or where the rules pass surpluses or papers on
    in more steps than RCTab does.
    """
    contest, rules = transcript.contest, transcript.contest.rules
    _require_one_body(contest, len(transcript.stages[0].held) or 1)
    if rules.method is not Method.SEQUENTIAL:
        _require_rctabs_steps(contest)
        passed = [*_of_stages(transcript, papers)]
        seats = 0 if rules.seats and rules.seats.minimum_share else contest.seats
        return _text(_report(contest, passed, papers, heading, seats))
    return _text(
        [
            _report(contest, _as_rctab_goes_on(part, rules), papers, heading, 1)
            for part in _seat_by_seat(transcript, papers)
        ]
    )


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _require_one_body(contest: Contest, sections: int) -> None:
    if sections > 1:
        raise InputError(
            f"{contest.id}: RCTab's detailed report knows no sections: take --format rctab, or "
            "set college to pooled"
        )


def _require_rctabs_steps(contest: Contest) -> None:
    rules = contest.rules.seats
    if contest.rules.method is Method.BOTTOMS_UP or (
        contest.rules.method is Method.SINGLE_TRANSFERABLE_VOTE
        and rules is not None
        and rules.surplus_order is SurplusOrder.TOGETHER
        and rules.exclusion_steps is ExclusionSteps.TOGETHER
    ):
        return
    raise _no_report(contest)


def _no_report(contest: Contest) -> InputError:
    return InputError(
        f"{contest.id}: RCTab's detailed report has no round for every step of "
        f"{contest.rules.name}: take --format json or csv"
    )


# --- one seat -------------------------------------------------------------------------


def _of_rounds(transcript: Transcript, papers: Sequence[Judged]) -> Iterator[Shown]:
    rules, earlier = transcript.contest.rules, list[Set[Candidate]]()
    for round_ in transcript.rounds:
        (held,) = round_.tally.held.values()
        first = next(iter(transcript.rounds[0].tally.held.values()))
        of = held if rules.quota is QuotaRule.HALF_IN_PLAY else first
        event = round_.event
        yield Shown(
            {name: Fraction(number) for name, number in held.items()},
            _half(Fraction(sum(of.values())), rules),
            _inactive(papers, held.keys(), earlier),
            (event.name,) if isinstance(event, Elected) else (),
            () if isinstance(event, Elected) else event.names,
            tuple((one.source, one.to, Fraction(one.papers)) for one in round_.transfers),
        )
        earlier.append(held.keys())


def _half(votes: Fraction, rules: RuleBook) -> Fraction:
    return max(Fraction(floor(votes * Fraction(1, 2)) + 1), Fraction(rules.minimum_papers))


def _inactive(
    papers: Sequence[Judged], standing: Set[Candidate], earlier: Sequence[Set[Candidate]]
) -> Inactive:
    """The papers that count for nobody, by class; the blank are none of them."""
    found: Counter[str] = Counter()
    for causes in inactive(papers, standing, earlier).values():
        for cause, number in causes.items():
            if cause is not Cause.BLANK:
                found[CLASSES.get(cause, CHOICES)] += number
    return {name: Fraction(number) for name, number in found.items()}


def _as_rctab_goes_on(rounds: Sequence[Shown], rules: RuleBook) -> list[Shown]:
    """The rounds with the one that RCTab adds where it goes on until two are left.

    It tells the winner in a round of its own, in which nobody goes, and nothing in the last; the
    threshold stays from then on.
    """
    early = next((at for at, one in enumerate(rounds) if _has_winner(one, rules)), None)
    if rules.stop is not Stop.TWO_LEFT or early is None:
        return [*rounds]
    at = rounds[early]
    best = max(at.votes, key=lambda name: at.votes[name])
    told = replace(at, won=(best,), out=(), flows=())
    onwards = [replace(one, threshold=at.threshold, won=()) for one in rounds[early:]]
    return [*rounds[:early], told, *onwards]


def _has_winner(one: Shown, rules: RuleBook) -> bool:
    if one.votes.get(UNDECLARED) or len(one.votes) < 3:
        return False
    best = max(one.votes.values())
    return best >= one.threshold and best >= rules.minimum_papers


# --- several seats ----------------------------------------------------------------------


def _of_stages(transcript: StageTranscript, papers: Sequence[Judged]) -> Iterator[Shown]:
    after = [*transcript.stages[1:], None]
    valued = transcript.contest.rules.method is Method.SINGLE_TRANSFERABLE_VOTE
    inactive_ = (_valued_by_stage if valued else _whole_by_stage)(transcript, papers)
    gone: set[Candidate] = set()
    for stage, next_, idle in zip(transcript.stages, after, inactive_, strict=True):
        gone |= {*stage.names} if stage.act is Act.EXCLUSION else set[Candidate]()
        yield Shown(
            {name: votes for name, votes in stage.votes.items() if name not in gone},
            stage.quota if stage.quota is not None else _threshold(transcript, stage),
            idle,
            tuple(won.name for won in stage.elected),
            next_.names if next_ and next_.act is Act.EXCLUSION else (),
            tuple((one.source, one.to, one.votes) for one in next_.parcels) if next_ else (),
            _residual(stage, next_) if next_ and next_.act is Act.SURPLUS else None,
        )


def _threshold(transcript: StageTranscript, stage: Stage) -> Fraction:
    """From the bottom up: the part of the votes, or what RCTab prints where nothing is asked."""
    contest, rules = transcript.contest, transcript.contest.rules
    assert rules.seats is not None
    least = Fraction(rules.minimum_papers)
    first = sum(transcript.stages[0].votes.values(), Fraction(0))
    if rules.seats.minimum_share:
        now = sum(stage.votes.values(), Fraction(0))
        of = first if rules.seats.share_of is ShareOf.FIRST_ROUND else now
        return max(of * rules.seats.minimum_share, least)
    return max(Fraction(floor(first * Fraction(1, contest.seats + 1)) + 1), least)


def _residual(stage: Stage, next_: Stage) -> Mapping[Candidate, Fraction]:
    """Of each surplus what its digits could not carry on."""
    left = {name: stage.votes[name] - next_.votes[name] for name in next_.names}
    for parcel in next_.parcels:
        left[parcel.source] -= parcel.votes
    return left


def _whole_by_stage(transcript: StageTranscript, papers: Sequence[Judged]) -> Iterator[Inactive]:
    standing = [stage.votes.keys() for stage in transcript.stages]
    for number, names_ in enumerate(standing):
        yield _inactive(papers, names_, standing[:number])


def _valued_by_stage(transcript: StageTranscript, papers: Sequence[Judged]) -> Iterator[Inactive]:
    """At each stage what the papers are worth that lie with nobody, by class.

    What the last surpluses give to nobody, once every seat is filled, is a class of its own.
    """
    found = [defaultdict[str, Fraction](Fraction) for _ in transcript.stages]
    standing = [{*stage.votes} for stage in transcript.stages]
    for judged in _alike(papers):
        way = follow(transcript, _ranking(judged))
        first = next((at for at, step in enumerate(way) if step.candidate is None), len(way))
        label = _class_of(judged, standing[:first]) if first < len(way) else ""
        if first == len(way) - 1 and transcript.stages[first].act is Act.SURPLUS:
            label = LAST_SURPLUS
        for at in range(first, len(way) if label else first):
            found[at][label] += (way[at].value or Fraction(0)) * judged.paper.papers
    yield from ({label: Fraction(part) for label, part in one.items()} for one in found)


def _alike(papers: Sequence[Judged]) -> Iterator[Judged]:
    """Papers of which the same was made, as one, with how many they are."""
    number, first = Counter[tuple[Finding, str]](), dict[tuple[Finding, str], Judged]()
    for judged in papers:
        key = judged.finding, judged.paper.spoiled
        number[key] += judged.paper.papers
        first.setdefault(key, judged)
    for key, judged in first.items():
        yield replace(judged, paper=replace(judged.paper, papers=Papers(number[key])))


def _ranking(judged: Judged) -> Ranking:
    return judged.finding.ranking if isinstance(judged.finding, Ballot) else ()


def _class_of(judged: Judged, earlier: Sequence[Set[Candidate]]) -> str:
    (causes,) = inactive([judged], set(), earlier).values()
    (cause,) = causes
    return "" if cause is Cause.BLANK else CLASSES.get(cause, CHOICES)


def _seat_by_seat(
    transcript: StageTranscript, papers: Sequence[Judged]
) -> Iterator[Sequence[Shown]]:
    """The rounds for each seat: each a count for one, without those elected before."""
    part: list[Stage] = []
    for stage, next_ in zip(transcript.stages, [*transcript.stages[1:], None], strict=True):
        part.append(stage)
        if next_ is None or next_.act is Act.NEXT_SEAT:
            yield [*_of_one_seat(part, papers, transcript.contest.rules)]
            part = []


def _of_one_seat(
    stages: Sequence[Stage], papers: Sequence[Judged], rules: RuleBook
) -> Iterator[Shown]:
    earlier: list[Set[Candidate]] = []
    for stage, next_ in zip(stages, [*stages[1:], None], strict=True):
        of = stage if rules.quota is QuotaRule.HALF_IN_PLAY else stages[0]
        yield Shown(
            stage.votes,
            _half(sum(of.votes.values(), Fraction(0)), rules),
            _inactive(papers, stage.votes.keys(), earlier),
            tuple(won.name for won in stage.elected),
            next_.names if next_ else (),
            tuple((one.source, one.to, one.votes) for one in next_.parcels) if next_ else (),
        )
        earlier.append(stage.votes.keys())


# --- writing ----------------------------------------------------------------------------


def _report(
    contest: Contest,
    rounds: Sequence[Shown],
    papers: Sequence[Judged],
    heading: Heading,
    seats: int,
) -> Json:
    called: dict[Candidate | None, str] = {None: EXHAUSTED}
    called.update(names(contest).items())
    blank = inactive(papers, set())
    return {
        "config": {
            "contest": heading.contest,
            "date": heading.date[:10],
            "generatedBy": "hustings",
            "jurisdiction": heading.jurisdiction,
            "office": heading.office,
        },
        "jsonFormatVersion": VERSION,
        "results": [_round(number, one, called) for number, one in enumerate(rounds, 1)],
        "summary": {
            "finalThreshold": figure(rounds[-1].threshold),
            "numCandidates": len(contest.candidates),
            "numWinners": seats,
            "totalNumBallots": str(sum(judged.paper.papers for judged in papers)),
            "undervotes": sum(causes.get(Cause.BLANK, 0) for causes in blank.values()),
        },
    }


def _round(number: int, one: Shown, called: Mapping[Candidate | None, str]) -> Json:
    idle = {**dict.fromkeys((CHOICES, *CLASSES.values()), Fraction(0)), **one.inactive}
    return {
        "inactiveBallots": {name: figure(votes) for name, votes in idle.items()},
        "round": number,
        "tally": {called[name]: figure(votes) for name, votes in one.votes.items()},
        "tallyResults": [
            *(
                {"elected": called[name], "transfers": _flows(name, one, called)}
                for name in one.won
            ),
            *(
                {"eliminated": called[name], "transfers": _flows(name, one, called)}
                for name in one.out
            ),
        ],
        "threshold": figure(one.threshold),
    }


def _flows(name: Candidate, one: Shown, called: Mapping[Candidate | None, str]) -> dict[str, str]:
    passed = defaultdict[str, Fraction](Fraction)
    for source, to, votes in one.flows:
        if source == name:
            passed[called[to]] += votes
    passed[RESIDUAL] += (one.residual or {}).get(name, Fraction(0))
    return {to: figure(votes) for to, votes in passed.items() if votes}


def figure(votes: Fraction) -> str:
    """A number of votes to its last digit; to twenty places, where it has more.

    >>> figure(Fraction(3)), figure(Fraction(63, 20))
    ('3', '3.15')
    """
    text = decimal(votes, 20)
    return text.rstrip("0").rstrip(".")
