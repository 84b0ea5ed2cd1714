"""From the papers of a ballot, as they were read, to the stages of a count for several seats."""

from collections.abc import Sequence

from hustings.ballots.reduction import Poll, reduce
from hustings.counting.seats import engine
from hustings.counting.seats.stages import StageTranscript
from hustings.election.spec import Contest
from hustings.errors import InputError


def count_polls(contest: Contest, polls: Sequence[Poll], hypothesis: str = "") -> StageTranscript:
    """Judge the papers by the contest's rules, and count them.

    Raises `InputError` where more than one ballot was held, and what `engine.count` raises.
    """
    if len(polls) > 1:
        raise InputError(f"{contest.id}: {len(polls)} ballots were held, and stages have one")
    return engine.count(contest, reduce(polls[0], contest), hypothesis)
