"""One round in the words of another: what the engine found, as the oracle tells it."""

from agreement import oracle

from hustings.counting.transcript import Eliminated, Round


def as_oracle(round_: Round) -> oracle.Round:
    """A round of the engine in the oracle's words."""
    event = round_.event
    if isinstance(event, Eliminated):
        return round_.tally.points, *event.names, None
    return round_.tally.points, next(iter(event.outlasted), None), event.name
