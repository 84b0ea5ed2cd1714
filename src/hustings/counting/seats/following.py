"""One candidate and one paper followed through every stage: where they are, and at what value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil

from hustings.ballots.profile import Ranking
from hustings.ballots.shared import highest
from hustings.counting.figures import told_papers
from hustings.counting.seats import account
from hustings.counting.seats.stages import Act, Parcel, Stage, StageTranscript
from hustings.election.rulebook import Method
from hustings.election.seat_rules import ExclusionSteps, SurplusPapers, SurplusValue
from hustings.errors import InputError
from hustings.units import Candidate

ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Step:
    """Where one paper lies after one stage.

    It lies with `candidate` at `value`, as a part of a vote; with None it is with nobody. `kept`
    are the parts that it left with those whom it helped to elect. Where votes are parts of a
    college of sections, the value is None: it depends on the section.
    """

    stage: int
    candidate: Candidate | None
    value: Fraction | None
    kept: Mapping[Candidate, Fraction] = field(default_factory=dict)


def follow(transcript: StageTranscript, ranking: Ranking) -> list[Step]:
    """Where a paper with this ranking lies after each stage, and what it is worth there."""
    method = transcript.contest.rules.method
    ranking = ranking[: transcript.contest.rules.ranks or None]
    if method is Method.MEEK:
        return [_shared_out(transcript, stage, n, ranking) for n, stage in _numbered(transcript)]
    if method is Method.SINGLE_TRANSFERABLE_VOTE:
        return [*_handed_on(transcript, ranking)]
    value = None if account.weighed(transcript) else ONE
    lies = (highest(ranking, stage.votes.keys()) for stage in transcript.stages)
    return [
        Step(number, name, value if name else Fraction(0)) for number, name in enumerate(lies, 1)
    ]


def why(transcript: StageTranscript, name: Candidate) -> list[str]:
    """What happened to a candidate, stage by stage, and to the papers that they passed on.

    Raises `InputError` where no such candidate was in the count.
    """
    if name not in transcript.stages[0].votes:
        raise InputError(
            f"{transcript.contest.name(name)} was not standing, so no paper counted for them"
        )
    told = []
    for number, stage in _numbered(transcript):
        before = transcript.stages[number - 2] if number > 1 else None
        concerns = any(name in part for part in (stage.names, stage.excluded, _won(stage)))
        change = account.gained(before, stage, name)
        anew = stage.act is Act.NEXT_SEAT and name in stage.votes
        if number == 1 or concerns or change or anew:
            told.append(f"Stage {number}: {_standing(transcript, stage, name, change)}.")
        if concerns:
            told += account.sentences(transcript, number)
        told += _received(transcript, stage, name)
    if name not in transcript.elected:
        told.append(_in_the_end(transcript, name))
    return told


def _numbered(transcript: StageTranscript) -> Iterator[tuple[int, Stage]]:
    return enumerate(transcript.stages, 1)


# --- a paper that is handed on ------------------------------------------------------------------


@dataclass(slots=True)
class _Paper:
    """A paper on its way: with whom, at what value, since which stage, and what it left."""

    ranking: Ranking
    holder: Candidate | None
    value: Fraction = ONE
    came: int = 1
    kept: dict[Candidate, Fraction] = field(default_factory=dict)

    def step(self, number: int) -> Step:
        """Where it lies now; what it keeps with whom it lies is its value already."""
        return Step(number, self.holder, self.value, dict(self.kept))


def _handed_on(transcript: StageTranscript, ranking: Ranking) -> Iterator[Step]:
    """The paper goes with the parcel that has its source, its value and its next preference."""
    batches = _Batches(transcript)
    continuing = set(transcript.stages[0].votes)
    paper = _Paper(ranking, highest(ranking, continuing))
    for number, stage in _numbered(transcript):
        continuing -= set(stage.excluded)
        if number > 1 and paper.holder in stage.names and batches.moves(paper, number):
            _move(transcript, number, paper, highest(ranking, continuing))
        batches.add(number)
        continuing -= _won(stage)
        yield paper.step(number)


def _move(transcript: StageTranscript, number: int, paper: _Paper, to: Candidate | None) -> None:
    """Put the paper where its parcel went; without a parcel it stays, for good, where it is."""
    stage, source = transcript.stages[number - 1], paper.holder
    assert source is not None
    if _stays_whole(transcript, stage, to):
        paper.kept[source] = paper.value
        paper.holder, paper.value = None, Fraction(0)
        return
    parcel = _parcel_of(stage, transcript.stages[number - 2], paper, to)
    if parcel is None:
        return
    left = paper.value - parcel.value
    if stage.act is Act.SURPLUS and left > 0:
        paper.kept[source] = left
    paper.holder, paper.value, paper.came = to, parcel.value, number


def _stays_whole(transcript: StageTranscript, stage: Stage, to: Candidate | None) -> bool:
    """Whether a paper of a surplus that names nobody who continues makes up the quota."""
    rules = transcript.contest.rules.seats
    return (
        stage.act is Act.SURPLUS
        and to is None
        and rules is not None
        and rules.surplus_value is SurplusValue.PER_TRANSFERABLE_PAPER
    )


def _parcel_of(stage: Stage, before: Stage, paper: _Paper, to: Candidate | None) -> Parcel | None:
    """The parcel with which the paper went: that of its value, where that is told.

    Papers of unlike values that are worth the same from now on are one parcel; of several such
    the paper's is the one nearest to that part of its value that its holder passed on.
    """
    source = paper.holder
    mine = [parcel for parcel in stage.parcels if (parcel.source, parcel.to) == (source, to)]
    known = [parcel for parcel in mine if parcel.was == paper.value]
    mixed = [parcel for parcel in mine if parcel.was is None]
    if source is None or known or len(mixed) < 2:
        return next(iter(known or mixed), None)
    had, has = before.votes[source], stage.votes[source]
    return min(mixed, key=lambda parcel: abs(parcel.value * had - paper.value * (had - has)))


class _Batches:
    """Which papers of each candidate came when and at what value, as the parcels tell."""

    def __init__(self, transcript: StageTranscript) -> None:
        assert transcript.contest.rules.seats is not None
        self.stages, self.rules = transcript.stages, transcript.contest.rules.seats
        self.came: dict[Candidate, set[tuple[int, Fraction]]] = {}
        # The steps that are left of an exclusion that is going on.
        self.steps: list[tuple[bool, Fraction]] = []

    def add(self, number: int) -> None:
        """Take in what the stage of that number gave, for the stages after it."""
        stage = self.stages[number - 1]
        if number == 1:
            self.came = {name: {(1, ONE)} for name, votes in stage.votes.items() if votes}
        for parcel in stage.parcels:
            if parcel.to is not None:
                self.came.setdefault(parcel.to, set()).add((number, parcel.value))

    def moves(self, paper: _Paper, number: int) -> bool:
        """Whether the paper is among those of its holder that pass on in that stage."""
        stage = self.stages[number - 1]
        if stage.act is Act.SURPLUS:
            last = max(came for came, _ in self.came[paper.holder or Candidate("")])
            return self.rules.surplus_papers is SurplusPapers.ALL or paper.came == last
        if self.rules.exclusion_steps is ExclusionSteps.TOGETHER:
            return True
        if stage.excluded:
            self.steps = sorted({self._step(*of) for n in stage.names for of in self._of(n)})
        return bool(self.steps) and self._step(paper.came, paper.value) == self.steps.pop()

    def _of(self, name: Candidate) -> set[tuple[int, Fraction]]:
        return self.came.get(name, set())

    def _step(self, came: int, value: Fraction) -> tuple[bool, Fraction]:
        apart = self.rules.exclusion_steps is ExclusionSteps.FIRST_THEN_BY_VALUE
        return apart and came == 1, value


# --- a paper that is shared out -----------------------------------------------------------------


def _shared_out(transcript: StageTranscript, stage: Stage, number: int, ranking: Ranking) -> Step:
    """By Meek's method: everyone on the paper keeps a part of what is left, rounded up."""
    assert transcript.contest.rules.seats is not None
    units = 10**transcript.contest.rules.seats.value_places
    left, kept = ONE, dict[Candidate, Fraction]()
    for name in ranking:
        part = Fraction(ceil(left * stage.keep.get(name, Fraction(0)) * units), units)
        if part:
            kept[name] = part
            left -= part
    last = next(reversed(kept), None)
    if last is None or left:
        return Step(number, None, left, kept)
    return Step(number, last, kept.pop(last), kept)


# --- a candidate --------------------------------------------------------------------------------


def _won(stage: Stage) -> set[Candidate]:
    return {won.name for won in stage.elected}


def _standing(transcript: StageTranscript, stage: Stage, name: Candidate, change: Fraction) -> str:
    """The votes after the stage, by how much they changed, and the quota."""
    what = "per cent" if account.weighed(transcript) else "votes"
    votes = account.printed_votes(transcript, stage.votes.get(name, Fraction(0)))
    told = f"{transcript.contest.name(name)} has {votes} {what}"
    if change:
        told += f" ({account.printed_votes(transcript, change, signed=True)})"
    if stage.quota is not None:
        told += f"; the quota is {account.printed_votes(transcript, stage.quota)}"
    return told


def _received(transcript: StageTranscript, stage: Stage, name: Candidate) -> Iterator[str]:
    """What came from whom, and what went to whom."""
    contest = transcript.contest
    for parcel in stage.parcels:
        votes = account.printed_votes(transcript, parcel.votes)
        if parcel.to == name:
            whence = contest.name(parcel.source)
            yield f"From {whence}: {told_papers(parcel.papers)}, for {votes} votes."
        elif parcel.source == name and parcel.papers:
            whither = contest.name(parcel.to) if parcel.to else "nobody, not transferable"
            yield f"To {whither}: {told_papers(parcel.papers)}, for {votes} votes."


def _in_the_end(transcript: StageTranscript, name: Candidate) -> str:
    """Who took the seats, and what the last of them had."""
    contest, last = transcript.contest, transcript.stages[-1]
    told = account.headline(transcript)
    if name in last.votes and not any(name in stage.excluded for stage in transcript.stages):
        votes = account.printed_votes(transcript, last.votes[name])
        return f"{contest.name(name)} is not elected, with {votes} at the end. {told}"
    return f"{contest.name(name)} is not elected. {told}"


def told(transcript: StageTranscript, ranking: Ranking) -> list[str]:
    """Each step of a paper in a sentence."""
    return [_step_told(transcript, step) for step in follow(transcript, ranking)]


def _step_told(transcript: StageTranscript, step: Step) -> str:
    contest = transcript.contest
    lies = "with nobody: it is non-transferable"
    if step.candidate is not None:
        lies = f"with {contest.name(step.candidate)}"
    if step.value is not None and (step.value or step.candidate):
        lies += f", worth {value_told(transcript, step.value)}"
    kept = (f"{value_told(transcript, v)} with {contest.name(n)}" for n, v in step.kept.items())
    stays = f"; of it {' and '.join(kept)} stays for good" if step.kept else ""
    return f"Stage {step.stage}: {lies}{stays}"


def value_told(transcript: StageTranscript, value: Fraction) -> str:
    """A part of a vote as the rules write values: to their digits, or as a fraction."""
    return account.value_told(transcript.contest.rules, value)
