"""A count for several seats as CSV: one row for a stage and candidate."""

from collections.abc import Iterator

from hustings.counting.figures import printed_decimal
from hustings.counting.seats import account
from hustings.counting.seats.stages import StageTranscript
from hustings.results.as_csv import line
from hustings.units import Candidate, exact

HEADER = (
    "stage",
    "act",
    "candidate",
    "name",
    "change_exact",
    "change",
    "votes_exact",
    "votes",
    "quota_exact",
    "event",
    "hypothesis",
)
NON_TRANSFERABLE, LOST = "NON-TRANSFERABLE", "LOST"


def write(transcript: StageTranscript) -> Iterator[str]:
    """Header and rows; two more rows a stage say what went to nobody, and what digits lost."""
    yield line(HEADER)
    before = None
    for number, stage in enumerate(transcript.stages, 1):
        for name, votes in stage.votes.items():
            change = account.gained(before, stage, name)
            called = transcript.contest.name(name)
            event = _event(transcript, number, name)
            quota = "" if stage.quota is None else exact(stage.quota)
            yield line(
                (
                    number,
                    stage.act,
                    name,
                    called,
                    exact(change),
                    printed_decimal(change, 6),
                    exact(votes),
                    printed_decimal(votes, 6),
                    quota,
                    event,
                    transcript.hypothesis,
                )
            )
        for label, votes in ((NON_TRANSFERABLE, stage.non_transferable), (LOST, stage.lost)):
            told = (exact(votes), printed_decimal(votes, 6))
            yield line((number, stage.act, label, "", "", "", *told, "", "", transcript.hypothesis))
        before = stage


def _event(transcript: StageTranscript, number: int, name: Candidate) -> str:
    stage = transcript.stages[number - 1]
    if any(won.name == name for won in stage.elected):
        return "elected"
    return "excluded" if name in stage.excluded else ""
