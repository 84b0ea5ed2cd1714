"""A contest and its papers in, a transcript out: the method, run and checked."""

from collections.abc import Callable, Mapping, Sequence, Set

from hustings.ballots.paper import Rebuilt
from hustings.ballots.profile import Profile
from hustings.counting import av, contingent, exhaustive, first_past_the_post, supplementary
from hustings.counting.check import Lying, check
from hustings.counting.look import Look
from hustings.counting.ties import TieRules, tie_rules
from hustings.counting.transcript import Round, Transcript
from hustings.election.rulebook import OPEN_OVERVOTES, CollegeUse, Method
from hustings.election.spec import EVERYONE, Contest
from hustings.errors import InputError, Problem, RuleError
from hustings.units import Candidate

Counted = Callable[[Look, Set[Candidate], TieRules], tuple[Round, ...]]

METHODS: Mapping[Method, Counted] = {
    Method.ALTERNATIVE_VOTE: av.count,
    Method.EXHAUSTIVE: exhaustive.count,
    Method.SUPPLEMENTARY: supplementary.count,
    Method.CONTINGENT: contingent.count,
    Method.FIRST_PAST_THE_POST: first_past_the_post.count,
}


def count(contest: Contest, profiles: Sequence[Profile], hypothesis: str = "") -> Transcript:
    """Count a contest by its rule book and check every round.

    One profile, or for an exhaustive ballot one a round. Raises `InputError` for papers
    that do not fit the contest or for no contest at all, `UnbrokenTie` for a tie that
    the rules leave to a person, `RuleError` where they do not provide, and `Miscount`
    if a round does not add up.
    """
    _require_one_seat(contest)
    require_papers(contest, profiles)
    counted = tuple(as_counted(profile, contest) for profile in profiles)
    # Arrays hold strict rankings alone.
    strict = contest.rules.overvotes not in OPEN_OVERVOTES
    looked_at = _to_look_at(counted) if strict else counted
    look = Look(contest.id, looked_at, contest.college, contest.rules)
    ties = tie_rules(contest)
    rounds = METHODS[contest.rules.method](look, contest.standing, ties)
    transcript = Transcript(contest, counted, rounds, hypothesis)
    check(transcript, _lying(looked_at, rounds))
    return transcript


# From so many different rankings on, arrays pay for being made.
LARGE = 20_000


def _to_look_at(profiles: tuple[Profile, ...]) -> tuple[Profile, ...]:
    """The same profiles; on arrays, where they hold very many different rankings."""
    rankings = sum(len(part) for profile in profiles for part in profile.papers.values())
    if rankings < LARGE:
        return profiles
    from hustings.counting import bulk

    return tuple(map(bulk.tabled, profiles))


def _lying(profiles: tuple[Profile, ...], rounds: Sequence[Round]) -> Sequence[Lying] | None:
    """Where the papers lie by a second way over arrays; None without them."""
    if any(type(profile) is Profile for profile in profiles):
        return None
    from hustings.counting import bulk

    return bulk.found(profiles, [round_.tally.totals.keys() for round_ in rounds])


def replay(transcript: Transcript) -> Transcript:
    """Count again from what the transcript itself holds; an honest one comes back equal."""
    return count(transcript.contest, transcript.profiles, transcript.hypothesis)


def as_counted(profile: Profile, contest: Contest) -> Profile:
    """The papers as the rules count them: in one body if pooled, only so many preferences each.

    Raises `InputError` where sections known only by percentages would be added to others.
    """
    pooled = contest.rules.college is CollegeUse.POOLED and [*profile.papers] != [EVERYONE]
    unknown = [s for s, rebuilt in profile.reconstructed.items() if rebuilt is Rebuilt.FROM_SHARES]
    if pooled and unknown and len(profile.papers) > 1:
        raise InputError(
            f"{contest.id}: {', '.join(unknown)}: only percentages are known, not how many papers "
            "there were, so that they cannot be added to those of other sections"
        )
    return (profile.pooled(EVERYONE) if pooled else profile).limited(contest.rules.ranks)


# Choices that only some methods know: with the answer of old, every method counts as ever.
KNOWN_BY: Mapping[str, tuple[Method, ...]] = {
    "undeclared": (
        Method.ALTERNATIVE_VOTE,
        Method.EXHAUSTIVE,
        Method.SINGLE_TRANSFERABLE_VOTE,
        Method.BOTTOMS_UP,
        Method.SEQUENTIAL,
    ),
    "last_round": (Method.ALTERNATIVE_VOTE, Method.EXHAUSTIVE),
}


def require_known(contest: Contest) -> None:
    """Raise `RuleError` where the book asks of its method what that does not know."""
    rules = contest.rules
    for name, methods in (*KNOWN_BY.items(), ("minimum_papers", KNOWN_BY["undeclared"])):
        if name in rules.choices and rules.method not in methods:
            raise RuleError(
                f"{contest.id}: {rules.method} does not know {name} = "
                f"{rules.choices[name].write(rules)}; those that do are {', '.join(methods)}"
            )


# Each round is a table with a row for each of them, and there are as many rounds.
MOST_CANDIDATES = 1000


def _require_one_seat(contest: Contest) -> None:
    rules = contest.rules
    if rules.method not in METHODS:
        raise InputError(
            f"{contest.id}: {rules.name} fills several seats, in stages, and this asks for one"
        )
    if contest.seats > 1:
        raise InputError(
            f"{contest.id}: {contest.seats} seats are to be filled, and {rules.name} fills one: "
            "count by a rule book for several, such as scotland-stv-2007 (see `hustings rules`), "
            "or say that there is one seat"
        )
    require_known(contest)


def require_papers(contest: Contest, profiles: Sequence[Profile]) -> None:
    """Raise `InputError` where there is no contest, or where the papers do not fit it."""
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
    return [
        Problem(f"{name} is ranked, but is no candidate")
        for name in sorted(profile.named() - known)
    ]
