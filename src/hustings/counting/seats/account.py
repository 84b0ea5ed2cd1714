"""What happened in a count for several seats, in sentences and in figures as they are printed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

from hustings.counting.figures import printed_number, told_papers
from hustings.counting.seats.stages import Act, Parcel, SeatWon, Stage, StageTranscript
from hustings.counting.transcript import Tie, TieStep
from hustings.election.rulebook import UNDECLARED, Method, RuleBook, TiePolicy, Undeclared
from hustings.election.seat_rules import SurplusPapers, SurplusValue
from hustings.election.spec import Contest
from hustings.units import Candidate, decimal, percent


def headline(transcript: StageTranscript) -> str:
    """Who was elected, in the order of their election; of what did not happen, that it is not."""
    verb = "would be elected" if transcript.hypothesis else "elected"
    if not transcript.hypothesis:
        verb = "is elected" if len(transcript.elected) == 1 else "are elected"
    seats = transcript.contest.seats
    of_seats = f"to {seats} seats" if seats > 1 else "to 1 seat"
    return f"{names_told(transcript.contest, transcript.elected)} {verb} {of_seats}."


def sentences(transcript: StageTranscript, number: int) -> Iterator[str]:
    """What the stage of that number did, and what followed from it."""
    stage = transcript.stages[number - 1]
    yield _done(transcript, stage, number)
    if stage.tie:
        yield tie_told(transcript.contest, stage.tie, gain=stage.act is Act.SURPLUS)
    if stage.act is Act.SURPLUS and stage.parcels:
        yield from _values_told(transcript, stage)
    for won in stage.elected:
        yield _won(transcript, stage, won)
        if won.tie:
            yield tie_told(transcript.contest, won.tie, gain=True)


def gained(before: Stage | None, stage: Stage, name: Candidate) -> Fraction:
    """By how many votes the candidate's votes changed in the stage."""
    if before is None or stage.act is Act.NEXT_SEAT:
        return Fraction(0)
    return stage.votes.get(name, Fraction(0)) - before.votes.get(name, Fraction(0))


def printed_votes(transcript: StageTranscript, votes: Fraction, *, signed: bool = False) -> str:
    """Votes as the rules print them: whole where all are whole, per cent where sections weigh.

    `signed` is for a change, which shows that it is one.
    """
    rules = transcript.contest.rules
    sign = "+" if signed and votes > 0 else ""
    if weighed(transcript):
        return sign + percent(votes, rules.total_places, rules.rounding)
    if whole(transcript):
        return f"{sign}{int(votes):,}"
    whole_part, _, digits = decimal(votes, rules.total_places, rules.rounding).partition(".")
    minus = "-" if whole_part.startswith("-") else ""
    number = f"{int(whole_part.removeprefix('-')):,}"
    return f"{sign}{minus}{number}.{digits}" if digits else f"{sign}{minus}{number}"


def weighed(transcript: StageTranscript) -> bool:
    """Whether votes are parts of a college of sections."""
    return bool(transcript.stages[0].held)


def whole(transcript: StageTranscript) -> bool:
    """Whether no stage split a vote, so that none needs its decimal places."""
    return not weighed(transcript) and all(
        votes.denominator == 1
        for stage in transcript.stages
        for votes in (*stage.votes.values(), stage.non_transferable, stage.lost)
    )


def names_told(contest: Contest, names: Sequence[Candidate]) -> str:
    """Names as a sentence has them."""
    called = [contest.name(name) for name in names]
    if len(called) < 2:
        return "".join(called)
    return f"{', '.join(called[:-1])} and {called[-1]}"


def tie_told(contest: Contest, tie: Tie, *, gain: bool) -> str:
    """A tie and how it was broken; for a surplus or a seat the most comes first, else the least."""
    steps = "; ".join(_step_told(contest, step, gain) for step in tie.steps)
    return f"{names_told(contest, tie.among)} were level: {steps}."


def _step_told(contest: Contest, step: TieStep, gain: bool) -> str:
    told = step.policy.meaning.replace("round", "stage")
    if gain and step.policy in (TiePolicy.LOT, TiePolicy.SEED):
        told += ", and read from its end where it is a gain to be first"
    elif gain and step.policy is not TiePolicy.DECIDED:
        told += ", for the most in place of the least"
    if step.round is not None:
        told += f" (stage {step.round})"
    if step.decided_by:
        told += f" ({step.decided_by})"
    if len(step.left) > 1:
        return f"{told} — {names_told(contest, step.left)} stay tied"
    return f"{told} — {names_told(contest, step.left)} {'comes first' if gain else 'goes'}"


def _done(transcript: StageTranscript, stage: Stage, number: int) -> str:
    contest = transcript.contest
    match stage.act:
        case Act.FIRST_PREFERENCES:
            return "The first preferences are counted."
        case Act.NEXT_SEAT:
            return "For the next seat the papers are counted anew, without those elected."
        case Act.SURPLUS if contest.rules.method is Method.MEEK:
            return "The elected keep no more of each paper than makes up the quota."
        case Act.SURPLUS:
            return " ".join(_surpluses(transcript, stage, number))
    return _excluded(transcript, stage, number)


def _surpluses(transcript: StageTranscript, stage: Stage, number: int) -> Iterator[str]:
    for name in stage.names:
        surplus = -gained(transcript.stages[number - 2], stage, name)
        called, told = transcript.contest.name(name), printed_votes(transcript, surplus)
        if surplus > 0:
            yield f"The surplus of {called}, {told} votes, is transferred."
        else:
            yield f"{called} has no surplus to transfer."


def _excluded(transcript: StageTranscript, stage: Stage, number: int) -> str:
    contest, before = transcript.contest, transcript.stages[number - 2]
    names = names_told(contest, stage.names)
    if not stage.excluded:
        values = sorted({parcel.value for parcel in stage.parcels}, reverse=True)
        told = ", ".join(value_told(contest.rules, value) for value in values)
        return f"More papers of {names} pass on, each worth {told}."
    rules = contest.rules
    if stage.excluded == (UNDECLARED,) and rules.undeclared is Undeclared.FIRST_OUT:
        return f"{names} cannot be elected and are excluded first."
    had = ", ".join(printed_votes(transcript, before.votes[name]) for name in stage.names)
    has = "has the fewest votes" if len(stage.names) == 1 else "have the fewest votes together"
    are = "is excluded" if len(stage.names) == 1 else "are excluded"
    last = "" if stage.parcels or _moved(before, stage) else " No paper is transferred any more."
    what = "per cent" if weighed(transcript) else "votes"
    return f"{names} {has.replace('votes', what)}, {had}, and {are}.{last}"


def _moved(before: Stage, stage: Stage) -> bool:
    return any(stage.votes.get(name) != votes for name, votes in before.votes.items())


def _values_told(transcript: StageTranscript, stage: Stage) -> Iterator[str]:
    """The value that each paper of a surplus has from now on, as a sum where it is one."""
    rules = transcript.contest.rules
    papers = Counter[tuple[Fraction, Fraction | None]]()
    for parcel in stage.parcels:
        if parcel.to is not None:
            papers[parcel.value, parcel.was] += parcel.papers
    for (value, was), number in sorted(papers.items(), key=lambda item: -item[0][0]):
        before = f" that were worth {value_told(rules, was)}" if was and was != 1 else ""
        yield (
            f"{told_papers(number)}{before} pass on at a value of {value_told(rules, value)} each."
        )
    stay = sum(parcel.papers for parcel in stage.parcels if parcel.to is None)
    if stay:
        yield f"{told_papers(stay)} of these name nobody who continues."


def value_told(rules: RuleBook, value: Fraction) -> str:
    """A paper's value as the rules print it, with the digits that they keep."""
    places = rules.seats.value_places if rules.seats else 0
    if value.denominator == 1:
        return str(value)
    return decimal(value, places) if places else f"{value.numerator}/{value.denominator}"


def _won(transcript: StageTranscript, stage: Stage, won: SeatWon) -> str:
    contest, votes = transcript.contest, printed_votes(transcript, stage.votes[won.name])
    what = "per cent" if weighed(transcript) else "votes"
    verb = "would be elected" if transcript.hypothesis else "is elected"
    return f"{contest.name(won.name)} {verb} with {votes} {what}: {won.ground.meaning}."


def carried_by(rules: RuleBook) -> str:
    """How the rules pass a surplus on, in a sentence."""
    assert rules.seats is not None
    papers: SurplusPapers = rules.seats.surplus_papers
    value: SurplusValue = rules.seats.surplus_value
    return f"A surplus is carried by {papers.meaning}; each is worth {value.meaning}."


def parcels_told(transcript: StageTranscript, parcels: Sequence[Parcel]) -> Iterator[str]:
    """Each parcel as a line: papers, whence, whither, at what value, for how many votes."""
    contest = transcript.contest
    for parcel in parcels:
        to = contest.name(parcel.to) if parcel.to else "nobody"
        yield (
            f"{printed_number(parcel.papers)} from {contest.name(parcel.source)} to {to} at "
            f"{value_told(contest.rules, parcel.value)}: {printed_votes(transcript, parcel.votes)}"
        )
