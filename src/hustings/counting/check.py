"""What every round must conserve, checked by code that is not the count."""

from collections import Counter
from fractions import Fraction

from hustings.ballots.profile import Profile
from hustings.counting.transcript import Round, Tally, Transcript
from hustings.election.rulebook import Denominator, EmptySection, Method
from hustings.election.spec import Contest
from hustings.errors import Miscount


def check(transcript: Transcript) -> None:
    """Raise `Miscount` unless every paper of every round is accounted for and rightly weighed."""
    for number, round_ in enumerate(transcript.rounds, 1):
        profile = transcript.profiles[min(number, len(transcript.profiles)) - 1]
        _check_papers(round_.tally, profile, number)
        _check_weights(transcript, round_.tally, number)
    if transcript.contest.rules.method is not Method.EXHAUSTIVE:
        for number in range(1, len(transcript.rounds)):
            _check_transfers(transcript.rounds[number - 1], transcript.rounds[number], number)


def _check_papers(tally: Tally, profile: Profile, number: int) -> None:
    """In each section, the papers cast are the papers held and non-transferable."""
    for section, rankings in profile.papers.items():
        cast = sum(rankings.values())
        found = sum(tally.held[section].values()) + tally.non_transferable[section]
        if found != cast:
            raise Miscount(
                f"round {number}: {section}: {cast} papers were cast and {found} are accounted for"
            )


def _check_weights(transcript: Transcript, tally: Tally, number: int) -> None:
    """The points of the sections sum to the weight of the college that is in play."""
    found = sum((sum(part.values()) for part in tally.points.values()), Fraction(0))
    due = _due(transcript.contest, tally, transcript.rounds[0].tally)
    if found != due:
        raise Miscount(
            f"round {number}: the sections in play weigh {due}, the points sum to {found}"
        )


def _due(contest: Contest, tally: Tally, opening: Tally) -> Fraction:
    """The weights of the sections with papers; of round 1's base, only the part continuing."""
    rules, weights = contest.rules, contest.college.weights
    filled = {section: w for section, w in weights.items() if tally.continuing(section)}
    due = Fraction(0)
    for section, weight in filled.items():
        if rules.denominator is Denominator.FIRST_ROUND:
            weight = weight * Fraction(tally.continuing(section), opening.continuing(section))
        due += weight
    if rules.empty_section is EmptySection.SHARE_OUT:
        due *= Fraction(contest.college.whole, sum(filled.values()))
    return due


def _check_transfers(before: Round, after: Round, number: int) -> None:
    """What each candidate and the non-transferable pile gained is what was transferred."""
    for section in before.tally.held:
        expected: Counter[str | None] = Counter(before.tally.held[section])
        expected[None] = before.tally.non_transferable[section]
        for transfer in before.transfers:
            if transfer.section == section:
                expected[transfer.source] -= transfer.papers
                expected[transfer.to] += transfer.papers
        found: Counter[str | None] = Counter(after.tally.held[section])
        found[None] = after.tally.non_transferable[section]
        if +expected != +found:
            raise Miscount(
                f"round {number}: {section}: the transfers do not lead to the next round"
            )
