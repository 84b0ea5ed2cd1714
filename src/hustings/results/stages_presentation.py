"""Who is shown in each stage of a count for several seats, in which order, and as what."""

from hustings.counting.seats import account
from hustings.counting.seats.stages import Act, Stage, StageTranscript
from hustings.units import Candidate


def called(transcript: StageTranscript, number: int) -> str:
    """What the stage did, in a few words."""
    stage = transcript.stages[number - 1]
    names = account.names_told(transcript.contest, stage.names)
    match stage.act:
        case Act.SURPLUS:
            return f"surplus of {names}"
        case Act.EXCLUSION:
            return f"exclusion of {names}"
        case Act.NEXT_SEAT:
            return "the next seat"
    return "first preferences"


def shown(transcript: StageTranscript, number: int) -> list[Candidate]:
    """Whoever was not out before the stage."""
    stage, gone = transcript.stages[number - 1], set[Candidate]()
    for earlier in transcript.stages[: number - 1]:
        gone = set() if stage.act is Act.NEXT_SEAT else gone | set(earlier.excluded)
    return [name for name in stage.votes if name not in gone or name in stage.names]


def status(transcript: StageTranscript, number: int, name: Candidate) -> str:
    """Whether somebody is elected or excluded by the end of that stage."""
    verb = "would be elected" if transcript.hypothesis else "elected"
    for earlier, stage in enumerate(transcript.stages[:number], 1):
        if any(won.name == name for won in stage.elected):
            return verb if earlier == number else f"{verb} in stage {earlier}"
    return "excluded" if name in transcript.stages[number - 1].names else ""


def fate(transcript: StageTranscript, name: Candidate) -> str:
    """What became of somebody in the end, and in which stage."""
    verb = "would be elected" if transcript.hypothesis else "elected"
    fate = ""
    for number, stage in enumerate(transcript.stages, 1):
        if any(won.name == name for won in stage.elected):
            return f"{verb} in stage {number}"
        if name in stage.excluded:
            fate = f"excluded in stage {number}"
    return fate


def by_stay(transcript: StageTranscript) -> list[Candidate]:
    """Those elected in order, then the others, whoever stayed longest first."""
    last: dict[Candidate, tuple[int, Stage]] = {}
    for number, stage in enumerate(transcript.stages, 1):
        for name in stage.votes:
            if name in shown(transcript, number):
                last[name] = number, stage
    others = [name for name in last if name not in transcript.elected]
    others.sort(key=lambda name: (-last[name][0], -last[name][1].votes[name], name))
    return [*transcript.elected, *others]
