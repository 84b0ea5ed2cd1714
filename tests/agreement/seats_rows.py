"""The stages of a count as rows of figures: `out 3 | 14 0 6.50 | 2.50`, and who is elected.

First what was done, and with whom by the number of the candidate; then the votes in the order of
the candidates; then what is not transferable and, where a row asks for it, what was lost.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from hustings.counting.seats.stages import Act, Stage, StageTranscript
from hustings.units import Candidate, decimal

ACTS = {Act.FIRST_PREFERENCES: "first", Act.SURPLUS: "surplus", Act.EXCLUSION: "out"}


def told(transcript: StageTranscript, rows: Sequence[str]) -> list[str]:
    """Our stages as rows, each figure with as many digits as those rows have of it."""
    numbers = {entry.id: at for at, entry in enumerate(transcript.contest.candidates, 1)}
    shown = [
        _row(stage, numbers, rows[min(at, len(rows) - 2)])
        for at, stage in enumerate(transcript.stages)
    ]
    return [*shown, " ".join(["elected", *(str(numbers[name]) for name in transcript.elected)])]


def _row(stage: Stage, numbers: dict[Candidate, int], row: str) -> str:
    votes, behind = (part.split() for part in row.split(" | ")[1:])
    done = " ".join([ACTS[stage.act], *map(str, sorted(numbers[name] for name in stage.names))])
    ours = (stage.votes.get(name) for name in numbers)
    gone = (stage.non_transferable, stage.lost)[: len(behind)]
    return " | ".join([done, _figures(ours, votes), _figures(gone, behind)])


def _figures(ours: Iterable[Fraction | None], theirs: Sequence[str]) -> str:
    return " ".join(_figure(part, as_) for part, as_ in zip(ours, theirs, strict=True))


def _figure(votes: Fraction | None, theirs: str) -> str:
    """As printed; where the row has a whole number, in full."""
    if votes is None:
        return "-"
    places = len(theirs.partition(".")[2])
    return decimal(votes, places) if places else str(votes)
