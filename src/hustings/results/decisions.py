"""What an officer decided of the ties that a count came to, in sentences for a reader."""

from collections.abc import Iterator, Sequence

from hustings.counting.transcript import Tie
from hustings.election.rulebook import TiePolicy
from hustings.election.spec import Contest, Decision
from hustings.results.words import listed


def decided(contest: Contest, ties: Sequence[Tie]) -> Iterator[str]:
    """Each recorded decision that one of these ties was broken by: on whom, by whom, when, why."""
    for made in contest.decisions.decided:
        if any(_breaks(made, tie) for tie in ties):
            yield (
                f"A tie between {listed([contest.name(name) for name in made.among])} was decided "
                f"by {made.by} ({made.when}), and fell on {contest.name(made.chosen)}. The reason "
                f"given: {made.why}"
            )


def _breaks(made: Decision, tie: Tie) -> bool:
    """Whether it is the decision that a step of the tie says it was broken by."""
    return any(
        step.policy is TiePolicy.DECIDED
        and step.left == (made.chosen,)
        and step.decided_by == f"{made.by}, {made.when}: {made.why}"
        for step in tie.steps
    ) and {*made.among} <= {*tie.among}
