"""What happened, in sentences: to a round, to a candidate and to a paper."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from hustings.ballots.paper import Rebuilt
from hustings.ballots.profile import Ranking
from hustings.ballots.shared import holder
from hustings.counting.figures import printed_number, printed_total, told_papers
from hustings.counting.movement import resumed
from hustings.counting.transcript import (
    Elected,
    Eliminated,
    Event,
    Ground,
    Round,
    Tie,
    TieStep,
    Transcript,
    earlier,
)
from hustings.election.rulebook import (
    UNDECLARED,
    CollegeUse,
    Method,
    QuotaRule,
    Undeclared,
)
from hustings.election.spec import Contest
from hustings.errors import InputError
from hustings.units import NO_POINTS, Candidate, Points, Section, percent


@dataclass(frozen=True, slots=True)
class Step:
    """Where one paper lies in one round, and what part of the college it is worth there."""

    round: int
    candidate: Candidate | None
    worth: Points


def headline(transcript: Transcript) -> str:
    """Who won, in a sentence; for a count of what did not happen, that it is no result."""
    last, winner = transcript.rounds[-1], transcript.winner
    if winner is None:
        standing = _names(transcript.contest, _standing_after(last))
        if transcript.contest.rules.method is not Method.EXHAUSTIVE:
            return (
                f"The rules stop the count after round {len(transcript.rounds)}: nobody is "
                f"elected, and {standing} are left."
            )
        return f"Nobody is elected yet: ballot {len(transcript.rounds) + 1} is between {standing}."
    others = sorted(
        (name for name in last.tally.totals if name != winner),
        key=lambda name: (-last.tally.totals[name], name),
    )
    rival = f"; {_with(transcript, last, others[0])}" if others else ""
    verb = "would be elected" if transcript.hypothesis else "is elected"
    figure = _figure(transcript, last, winner)
    number = len(transcript.rounds)
    return f"{_name(transcript, winner)} {verb} in round {number} with {figure}{rival}."


def events(transcript: Transcript) -> Iterator[str]:
    """For each round, what happened in it and why."""
    for number, round_ in enumerate(transcript.rounds, 1):
        yield " ".join(_event(transcript, round_, number))


def reason(transcript: Transcript, round_: Round) -> str:
    """Why the round's event followed, in a sentence."""
    event = round_.event
    if isinstance(event, Eliminated):
        return _eliminated(transcript, round_, event)
    return _elected(transcript, round_, event)


def why(transcript: Transcript, name: Candidate) -> list[str]:
    """What happened to a candidate, round by round, and to the papers that they lost.

    Raises `InputError` where no such candidate was in the count.
    """
    if name not in transcript.rounds[0].tally.totals:
        raise InputError(
            f"{_name(transcript, name)} was not standing, so no paper counted for them"
        )
    told = []
    for number, round_ in enumerate(transcript.rounds, 1):
        if name not in round_.tally.totals:
            break
        told.append(f"Round {number}: {_place(transcript, round_, name)}.")
        gained = _gained(transcript, number, name)
        if gained:
            told.append(gained)
        if name in _concerned(round_.event):
            told.append(reason(transcript, round_))
            if round_.event.tie:
                told.append(tie_told(transcript.contest, round_.event.tie))
            if round_.transfers:
                told.append(_handed_on(transcript, round_, name))
    if transcript.winner not in (None, name) and name in transcript.rounds[-1].tally.totals:
        told.append(_fell_short(transcript, name))
    return told


def follow(transcript: Transcript, ranking: Ranking, section: Section) -> list[Step]:
    """Where a paper with this ranking lies in each round, and its worth to whoever holds it."""
    steps = []
    ranking = ranking[: transcript.contest.rules.ranks or None]
    for number, round_ in enumerate(transcript.rounds, 1):
        before = earlier(transcript.contest.rules, transcript.rounds[: number - 1])
        lies = holder(ranking, round_.tally.held[section].keys(), before)
        worth = NO_POINTS
        if lies is not None and round_.tally.held[section][lies]:
            held = round_.tally.held[section][lies]
            worth = Points(round_.tally.points[section][lies] * Fraction(1, held))
        steps.append(Step(number, lies, worth))
    return steps


def tie_told(contest: Contest, tie: Tie) -> str:
    """A tie and how it was broken, in a sentence."""
    steps = "; ".join(_step_told(contest, step) for step in tie.steps)
    return f"{_names(contest, tie.among)} were level: {steps}."


def _event(transcript: Transcript, round_: Round, number: int) -> Iterator[str]:
    yield reason(transcript, round_)
    if round_.event.tie:
        yield tie_told(transcript.contest, round_.event.tie)
    if isinstance(round_.event, Eliminated) and round_.transfers:
        for name in round_.event.names:
            yield _handed_on(transcript, round_, name)
        yield from _resumed_told(transcript, number)
    silent = [s for s in round_.tally.held if number == 1 and not round_.tally.continuing(s)]
    for section in silent:
        yield (
            f"No paper of {transcript.contest.section_name(section)} names anyone standing: "
            f"{transcript.contest.rules.empty_section.meaning}."
        )
    for section in _empty_next(transcript, number):
        yield (
            f"No paper of {transcript.contest.section_name(section)} continues: "
            f"{transcript.contest.rules.empty_section.meaning}."
        )


def _eliminated(transcript: Transcript, round_: Round, event: Eliminated) -> str:
    names = _names(transcript.contest, event.names)
    figures = ", ".join(printed_total(transcript, round_, name) for name in event.names)
    rules = transcript.contest.rules
    first = rules.undeclared is Undeclared.FIRST_OUT and round_.tally.papers_of(UNDECLARED)
    if event.names == (UNDECLARED,) and first:
        return f"{names} ({figures} per cent) cannot be elected and are eliminated first."
    if rules.minimum_papers and round_.tally.papers_of(event.names[-1]) < rules.minimum_papers:
        return (
            f"{names} ({figures} per cent) of fewer than {told_papers(rules.minimum_papers)} "
            f"{'is' if len(event.names) == 1 else 'are'} eliminated."
        )
    if rules.method in (Method.SUPPLEMENTARY, Method.CONTINGENT):
        return f"Nobody has the quota, so all but the top two go: {names} ({figures} per cent)."
    if event.tie and len(event.names) == 1:
        others = _names(transcript.contest, [n for n in event.tie.among if n not in event.names])
        return (
            f"{names} is level with {others} on {figures} per cent, the least, and is eliminated."
        )
    if len(event.names) == 1:
        return f"{names} has the least, {figures} per cent of {_of(transcript)}, and is eliminated."
    fresh = transcript.contest.rules.method is Method.EXHAUSTIVE
    hopeless = "" if fresh else ", cannot catch up,"
    return (
        f"{names} ({figures} per cent) together have less than the next{hopeless} and are "
        "eliminated at once."
    )


def _elected(transcript: Transcript, round_: Round, event: Elected) -> str:
    has = f"{_name(transcript, event.name)} has {_figure(transcript, round_, event.name)}"
    verb = "would be elected" if transcript.hypothesis else "is elected"
    match event.ground:
        case Ground.QUOTA:
            return f"{has}, {_quota_told(transcript, round_)}, and {verb}."
        case Ground.MOST:
            return f"{has}, the most, and {verb}."
    if event.outlasted:
        gone = _names(transcript.contest, event.outlasted)
        return f"{gone} has the least and goes; {has}, is the last one standing, and {verb}."
    return f"{has}, is the last one standing, and {verb}."


def _quota_told(transcript: Transcript, round_: Round) -> str:
    quota, rules = round_.tally.quota, transcript.contest.rules
    if rules.quota is QuotaRule.HALF_IN_PLAY:
        if round_.tally.in_play == 1:
            return "more than half"
        return f"more than half of the {_points(round_.tally.in_play)} per cent in play"
    if rules.quota is QuotaRule.HALF_FIRST_ROUND:
        return f"more than the quota of {_points(quota.points)} per cent"
    if quota.papers and round_.tally.totals[_winner(round_)] >= quota.points:
        return f"at least the quota of {told_papers(quota.papers)}"
    return "more than all the others together"


def _winner(round_: Round) -> Candidate:
    assert isinstance(round_.event, Elected)
    return round_.event.name


def _handed_on(transcript: Transcript, round_: Round, name: Candidate) -> str:
    """Where the papers went: the sum over the sections, largest first."""
    moved: Counter[Candidate | None] = Counter()
    for transfer in round_.transfers:
        if transfer.source == name:
            moved[transfer.to] += transfer.papers
    total = sum(moved.values())
    if not total:
        return f"{_name(transcript, name)} leaves no papers."
    parts = [
        f"{printed_number(papers)} to {_name(transcript, to)}"
        for to, papers in sorted(moved.items(), key=lambda item: (-item[1], str(item[0])))
        if to is not None
    ]
    if moved[None]:
        parts.append(f"{printed_number(moved[None])} non-transferable")
    told = f"Of {told_papers(total)} of {_name(transcript, name)}: {', '.join(parts)}"
    if Rebuilt.FROM_SHARES in transcript.reconstructed.values():
        return f"{told} (numbers reconstructed from percentages)."
    return f"{told}."


def _resumed_told(transcript: Transcript, number: int) -> Iterator[str]:
    """The papers that count again because only one of those who share a rank is left."""
    if number == len(transcript.rounds):
        return
    again: Counter[Candidate] = Counter()
    for _, name, papers in resumed(transcript, number):
        again[name] += papers
    if again:
        parts = (f"{printed_number(n)} for {_name(transcript, to)}" for to, n in again.items())
        count = "counts" if again.total() == 1 else "count"
        yield f"{told_papers(again.total())} that paused {count} again: {', '.join(parts)}."


def _gained(transcript: Transcript, number: int, name: Candidate) -> str:
    if number == 1:
        return ""
    before = transcript.rounds[number - 2]
    gained: Counter[Candidate] = Counter()
    for transfer in before.transfers:
        if transfer.to == name:
            gained[transfer.source] += transfer.papers
    parts = [
        f"{told_papers(papers)} from {_name(transcript, source)}"
        for source, papers in gained.items()
    ]
    return f"  {', '.join(parts)} had passed to them." if parts else ""


def _concerned(event: Event) -> tuple[Candidate, ...]:
    if isinstance(event, Eliminated):
        return event.names
    return (event.name, *event.outlasted)


def _place(transcript: Transcript, round_: Round, name: Candidate) -> str:
    totals = round_.tally.totals
    place = 1 + sum(points > totals[name] for points in totals.values())
    level = sum(points == totals[name] for points in totals.values()) > 1
    ordinal = f"{'level ' if level else ''}{place} of {len(totals)}"
    return f"{_name(transcript, name)} has {_figure(transcript, round_, name)}, place {ordinal}"


def _fell_short(transcript: Transcript, name: Candidate) -> str:
    last = transcript.rounds[-1]
    totals, winner = last.tally.totals, _winner(last)
    places = transcript.contest.rules.total_places
    gap = percent(totals[winner] - totals[name], places, transcript.contest.rules.rounding)
    return f"{_name(transcript, winner)} was ahead by {gap} per cent of {_of(transcript)}."


def _empty_next(transcript: Transcript, number: int) -> list[Section]:
    """Sections that had papers continuing in this round and have none in the next."""
    if number == len(transcript.rounds):
        return []
    now, after = transcript.rounds[number - 1].tally, transcript.rounds[number].tally
    return [s for s in now.held if now.continuing(s) and not after.continuing(s)]


def _step_told(contest: Contest, step: TieStep) -> str:
    told = step.policy.meaning
    if step.round is not None:
        told += f" (round {step.round})"
    if step.decided_by:
        told += f" ({step.decided_by})"
    return f"{told} — {_names(contest, step.left)} {'goes' if len(step.left) == 1 else 'stay tied'}"


def _standing_after(round_: Round) -> list[Candidate]:
    gone = round_.event.names if isinstance(round_.event, Eliminated) else ()
    return [name for name in round_.tally.totals if name not in gone]


def _with(transcript: Transcript, round_: Round, name: Candidate) -> str:
    return f"{_name(transcript, name)} has {_figure(transcript, round_, name)}"


def _figure(transcript: Transcript, round_: Round, name: Candidate) -> str:
    figure = f"{printed_total(transcript, round_, name)} per cent of {_of(transcript)}"
    if len(round_.tally.held) == 1 and not transcript.reconstructed:
        (held,) = round_.tally.held.values()
        figure = f"{told_papers(held[name])}, {figure}"
    return figure


def _of(transcript: Transcript) -> str:
    contest = transcript.contest
    single = contest.rules.college is CollegeUse.POOLED or len(contest.sections) == 1
    return "the papers" if single else "the college"


def _points(points: Points) -> str:
    return percent(points, 2)


def _name(transcript: Transcript, name: Candidate) -> str:
    return transcript.contest.name(name)


def _names(contest: Contest, names: Sequence[Candidate]) -> str:
    """Names as a sentence has them.

    >>> _names(Contest("", "", (), (), None), ["ann", "bob", "cat"])
    'ann, bob and cat'
    """
    called = [contest.name(name) for name in names]
    return called[0] if len(called) == 1 else f"{', '.join(called[:-1])} and {called[-1]}"
