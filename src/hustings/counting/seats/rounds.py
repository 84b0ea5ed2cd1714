"""Rounds of a count for one seat, told as stages: where every paper counts whole."""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

from hustings.counting.seats.piles import in_order
from hustings.counting.seats.stages import Act, Parcel, Stage
from hustings.counting.transcript import Eliminated, Round, Tally, Transfer
from hustings.units import Candidate, Papers, Votes

ONE = Fraction(1)


def as_stage(tally: Tally, opening: Act, before: Round | None, *, with_quota: bool) -> Stage:
    """A look as a stage: the opening one, or what the round before it led to.

    In one body votes are papers; in a college of sections they are parts of the college.
    """
    event = before.event if before else None
    names = event.names if isinstance(event, Eliminated) else ()
    votes_each = _votes_each(tally)
    return Stage(
        Act.EXCLUSION if event else opening,
        names,
        {name: Votes(points * votes_each) for name, points in tally.totals.items()},
        Votes(tally.quota.points * votes_each) if with_quota else None,
        _non_transferable(tally),
        Votes(Fraction(0)),
        excluded=names,
        parcels=_parcels(before.transfers) if before and _one_body(tally) else (),
        tie=event.tie if event else None,
        held={} if _one_body(tally) else tally.held,
    )


def _one_body(tally: Tally) -> bool:
    return len(tally.held) == 1


def _votes_each(tally: Tally) -> Fraction:
    """What the whole college is in votes: all papers, in one body; else the college itself."""
    if not _one_body(tally) or not tally.in_play:
        return ONE
    (section,) = tally.held
    return tally.continuing(section) * Fraction(1, tally.in_play)


def _non_transferable(tally: Tally) -> Votes:
    if _one_body(tally):
        return Votes(Fraction(sum(tally.non_transferable.values())))
    return Votes(max(ONE - tally.in_play, Fraction(0)))


def _parcels(transfers: Iterable[Transfer]) -> tuple[Parcel, ...]:
    moved: Counter[tuple[Candidate, Candidate | None]] = Counter()
    for transfer in transfers:
        moved[transfer.source, transfer.to] += transfer.papers
    return in_order(
        Parcel(source, to, Papers(papers), ONE, ONE, Votes(Fraction(papers)))
        for (source, to), papers in moved.items()
    )
