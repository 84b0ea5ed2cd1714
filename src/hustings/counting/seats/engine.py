"""A contest for several seats and its papers in, its stages out: the method, run and checked."""

from collections.abc import Callable, Mapping, Set

from hustings.ballots.profile import Profile, Ranking
from hustings.counting import check as rounds_check
from hustings.counting.engine import as_counted, require_known, require_papers
from hustings.counting.look import Look
from hustings.counting.seats import bottoms_up, gregory, meek, sequential
from hustings.counting.seats.check import check
from hustings.counting.seats.stages import Stage, StageTranscript
from hustings.counting.ties import TieRules, tie_rules
from hustings.counting.transcript import Transcript
from hustings.election.rulebook import OPEN_OVERVOTES, CollegeUse, Method, Overvotes, RuleBook
from hustings.election.spec import Contest
from hustings.errors import InputError, RuleError
from hustings.units import Candidate, Papers

Valued = Callable[
    [Mapping[Ranking, Papers], Set[Candidate], int, RuleBook, TieRules], tuple[Stage, ...]
]

# Methods in which a paper may be worth a part of a vote: there, one body alone can be counted.
VALUED: Mapping[Method, Valued] = {
    Method.SINGLE_TRANSFERABLE_VOTE: gregory.count,
    Method.MEEK: meek.count,
}
METHODS = (*VALUED, Method.BOTTOMS_UP, Method.SEQUENTIAL)


def count(contest: Contest, profile: Profile, hypothesis: str = "") -> StageTranscript:
    """Count a contest for several seats, or for one, by its rule book, and check every stage.

    Raises `InputError` for papers that do not fit the contest or for no contest at all,
    `RuleError` where the book fills one seat only or cannot weigh sections, `UnbrokenTie` for a
    tie that the rules leave to a person, and `Miscount` if a stage does not add up.
    """
    _require_seats(contest)
    require_papers(contest, [profile])
    counted = as_counted(profile, contest)
    transcript = StageTranscript(contest, counted, _stages(contest, counted), hypothesis)
    check(transcript)
    return transcript


def replay(transcript: StageTranscript) -> StageTranscript:
    """Count again from what the transcript itself holds; an honest one comes back equal."""
    return count(transcript.contest, transcript.profile, transcript.hypothesis)


def _stages(contest: Contest, profile: Profile) -> tuple[Stage, ...]:
    rules = contest.rules
    ties = tie_rules(contest, "stage")
    if rules.method is Method.SEQUENTIAL:
        return sequential.count(contest, profile)
    if rules.method is Method.BOTTOMS_UP:
        look = Look(contest.id, (profile,), contest.college, rules)
        stages, rounds = bottoms_up.count(look, contest.standing, contest.seats, ties)
        rounds_check.check(Transcript(contest, (profile,), rounds))
        return stages
    (papers,) = profile.papers.values()
    if not any(papers.values()):
        raise InputError(f"{contest.id}: there is no formal paper")
    return VALUED[rules.method](papers, contest.standing, contest.seats, rules, ties)


# By method: the answers about a shared rank that would need papers to be looked at again.
NOT_OPEN = {
    Method.SINGLE_TRANSFERABLE_VOTE: (Overvotes.PAUSE,),
    Method.MEEK: tuple(OPEN_OVERVOTES),
}


def _require_seats(contest: Contest) -> None:
    rules = contest.rules
    if rules.overvotes in NOT_OPEN.get(rules.method, ()):
        raise RuleError(
            f"{contest.id}: {rules.name} cannot let a rank that several share {rules.overvotes}: "
            "set overvotes to refuse, spoil, stop or skip"
        )
    if rules.method not in METHODS or rules.seats is None:
        raise RuleError(
            f"{contest.id}: {rules.name} does not say how several seats are filled; `hustings "
            "rules` lists the books that do, such as scotland-stv-2007, and one of your own may "
            "extend several-seats"
        )
    if len(contest.standing) <= contest.seats:
        raise InputError(
            f"{contest.id}: {contest.seats} seats and {len(contest.standing)} candidates "
            "standing: such a contest is declared, not counted"
        )
    require_known(contest)
    one_body = rules.college is CollegeUse.POOLED or len(contest.sections) == 1
    if rules.method in VALUED and not one_body:
        raise RuleError(
            f"{contest.id}: {rules.method} values each paper by itself and cannot weigh sections: "
            "set college to pooled, or choose bottoms-up or sequential-seats"
        )
