"""Papers that count for nobody in a round, by what ended their rankings."""

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from typing import assert_never

from hustings.ballots.formality import (
    BLANK,
    GAP,
    OVERVOTE,
    REPEATED,
    WITHDRAWN,
    Ballot,
    Refused,
    Spoiled,
)
from hustings.ballots.profile import Earlier
from hustings.ballots.reduction import Judged
from hustings.ballots.shared import holder, is_held_up
from hustings.election.rulebook import Overvotes, Paperwork
from hustings.units import Candidate, Option, Papers, Section


class Cause(Option):
    """Why a paper counts for nobody standing."""

    CHOICES = "choices", "all whom it ranks have gone, or no rank on it could be counted"
    OVERVOTE = "overvote", "a rank that several share ended it"
    GAP = "gap", "a rank left out ended it"
    REPEATED = "repeated", "a candidate ranked twice ended it"
    WITHDRAWN = "withdrawn", "a rank for someone withdrawn ended it"
    RANKS = "ranks", "it had more preferences than count"
    BLANK = "blank", "nothing is marked on it"
    SPOILED = "spoiled", "it was spoiled before anyone looked at the marks"


ENDS_FOR_GOOD = f"{OVERVOTE}: {Overvotes.STOP_IF_SEVERAL_CONTINUING}"
ENDED_BY = {
    OVERVOTE: Cause.OVERVOTE,
    GAP: Cause.GAP,
    REPEATED: Cause.REPEATED,
    WITHDRAWN: Cause.WITHDRAWN,
    BLANK: Cause.BLANK,
}


def inactive(
    papers: Iterable[Judged], standing: Set[Candidate], earlier: Earlier = ()
) -> Mapping[Section, Mapping[Cause, Papers]]:
    """How many papers of each section count for nobody standing, by cause.

    With the papers that the standing hold they make up all that were judged. A paper that
    was spoiled for its marks has the cause that spoiled it. `earlier` has who stood in the rounds
    before: only a paper that ends for good at a rank that several share looks back at them.
    """
    found: dict[Section, Counter[Cause]] = {}
    for judged in papers:
        causes = found.setdefault(judged.paper.section, Counter())
        cause = _cause(judged, standing, earlier)
        if cause:
            causes[cause] += judged.paper.papers
    return {
        section: {cause: Papers(causes[cause]) for cause in Cause if causes[cause]}
        for section, causes in found.items()
    }


def _cause(judged: Judged, standing: Set[Candidate], earlier: Earlier) -> Cause | None:
    """Why the paper counts for nobody; None where it counts, or the rules have no answer."""
    finding = judged.finding
    match finding:
        case Ballot(ranking, findings):
            before = earlier if ENDS_FOR_GOOD in findings else ()
            if holder(ranking, standing, before) is not None:
                return None
            if any(is_held_up(ranking, stood) for stood in (*before, standing)):
                return Cause.OVERVOTE
            return _ended_by(findings[-1] if findings else "")
        case Spoiled(reason):
            if judged.paper.spoiled:
                return Cause.SPOILED
            return ENDED_BY.get(reason, Cause.CHOICES)
        case Refused():
            return None
        case _:
            assert_never(finding)


def _ended_by(finding: str) -> Cause:
    """The cause that the last finding about a ballot gives: only what stopped it ended it."""
    reason, _, answer = finding.rpartition(": ")
    if answer != Paperwork.STOP:
        return Cause.CHOICES
    return ENDED_BY.get(reason, Cause.RANKS)
