"""A contest and its papers in, a transcript out: the method, run and checked."""

from collections.abc import Callable, Mapping, Sequence, Set

from hustings.ballots.paper import Rebuilt
from hustings.ballots.profile import Profile
from hustings.counting import av, exhaustive, first_past_the_post, supplementary
from hustings.counting.check import check
from hustings.counting.look import Look
from hustings.counting.ties import TieRules
from hustings.counting.transcript import Round, Transcript
from hustings.election.rulebook import CollegeUse, Method
from hustings.election.spec import EVERYONE, Contest
from hustings.errors import InputError, Problem
from hustings.units import Candidate

Counted = Callable[[Look, Set[Candidate], TieRules], tuple[Round, ...]]

METHODS: Mapping[Method, Counted] = {
    Method.ALTERNATIVE_VOTE: av.count,
    Method.EXHAUSTIVE: exhaustive.count,
    Method.SUPPLEMENTARY: supplementary.count,
    Method.FIRST_PAST_THE_POST: first_past_the_post.count,
}


def count(contest: Contest, profiles: Sequence[Profile], hypothesis: str = "") -> Transcript:
    """Count a contest by its rule book and check every round.

    One profile, or for an exhaustive ballot one a round. Raises `InputError` for papers
    that do not fit the contest or for no contest at all, `UnbrokenTie` for a tie that
    the rules leave to a person, `RuleError` where they do not provide, and `Miscount`
    if a round does not add up.
    """
    _require_a_contest(contest, profiles)
    as_counted = tuple(_as_counted(profile, contest) for profile in profiles)
    look = Look(contest.id, as_counted, contest.college, contest.rules)
    ties = TieRules(contest.id, contest.rules.ties, contest.decisions)
    rounds = METHODS[contest.rules.method](look, contest.standing, ties)
    transcript = Transcript(contest, as_counted, rounds, hypothesis)
    check(transcript)
    return transcript


def replay(transcript: Transcript) -> Transcript:
    """Count again from what the transcript itself holds; an honest one comes back equal."""
    return count(transcript.contest, transcript.profiles, transcript.hypothesis)


def _as_counted(profile: Profile, contest: Contest) -> Profile:
    pooled = contest.rules.college is CollegeUse.POOLED and [*profile.papers] != [EVERYONE]
    unknown = [s for s, rebuilt in profile.reconstructed.items() if rebuilt is Rebuilt.FROM_SHARES]
    if pooled and unknown and len(profile.papers) > 1:
        raise InputError(
            f"{contest.id}: {', '.join(unknown)}: only percentages are known, not how many papers "
            "there were, so that they cannot be added to those of other sections"
        )
    return (profile.pooled(EVERYONE) if pooled else profile).limited(contest.rules.ranks)


# Each round is a table with a row for each of them, and there are as many rounds.
MOST_CANDIDATES = 1000


def _require_a_contest(contest: Contest, profiles: Sequence[Profile]) -> None:
    if len(contest.standing) > MOST_CANDIDATES:
        raise InputError(
            f"{contest.id}: {len(contest.standing):,} candidates are standing: at most "
            f"{MOST_CANDIDATES:,} can be counted"
        )
    if len(contest.standing) < 2:
        names = ", ".join(map(contest.name, sorted(contest.standing))) or "nobody"
        raise InputError(
            f"{contest.id}: only {names} is standing: a contest with fewer than two candidates "
            "is declared, not counted"
        )
    if not profiles:
        raise InputError(f"{contest.id}: there are no papers")
    if len(profiles) > 1 and contest.rules.method is not Method.EXHAUSTIVE:
        raise InputError(
            f"{contest.id}: {len(profiles)} ballots were held, but {contest.rules.name} counts one"
        )
    problems = [problem for profile in profiles for problem in _misfits(contest, profile)]
    if problems:
        raise InputError(problems)


def _misfits(contest: Contest, profile: Profile) -> list[Problem]:
    sections = {entry.id for entry in contest.sections}
    known = {entry.id for entry in contest.candidates}
    pooled = contest.rules.college is CollegeUse.POOLED and profile.papers.keys() == {EVERYONE}
    if profile.papers.keys() != sections and not pooled:
        return [Problem(f"papers from {[*profile.papers]}, but a college of {sorted(sections)}")]
    named = {
        name for rankings in profile.papers.values() for ranking in rankings for name in ranking
    }
    return [Problem(f"{name} is ranked, but is no candidate") for name in sorted(named - known)]
