"""What every round must conserve, checked by code that is not the count."""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from hustings.ballots.profile import Profile
from hustings.counting.transcript import Round, Tally, Transcript
from hustings.election.rulebook import Denominator, EmptySection, Method
from hustings.election.spec import Contest
from hustings.errors import Miscount
from hustings.units import Candidate, Section

# In each section, how many papers lie with whom; with None, the non-transferable.
Lying = Mapping[Section, Mapping[Candidate | None, int]]


def check(transcript: Transcript, lying: Sequence[Lying] | None = None) -> None:
    """Raise `Miscount` unless every paper of every round is accounted for and rightly weighed.

    `lying` says for each round where the papers lie, if that was found otherwise than by
    looking at each ranking in each round.
    """
    for number, round_ in enumerate(transcript.rounds, 1):
        profile = transcript.profiles[min(number, len(transcript.profiles)) - 1]
        found = lying[number - 1] if lying else _lying(profile, round_.tally)
        _check_papers(round_.tally, found, number)
        _check_weights(transcript, round_.tally, number)
    if transcript.contest.rules.method is not Method.EXHAUSTIVE:
        for number in range(1, len(transcript.rounds)):
            _check_transfers(transcript.rounds[number - 1], transcript.rounds[number], number)


def _lying(profile: Profile, tally: Tally) -> Lying:
    """Each paper lies with the first on it who stands, and with nobody else."""
    standing = [*tally.totals]
    found: dict[Section, Counter[Candidate | None]] = {}
    for section, rankings in profile.papers.items():
        lying = found[section] = Counter(dict.fromkeys((*standing, None), 0))
        for ranking, papers in rankings.items():
            first = min((ranking.index(n) for n in standing if n in ranking), default=None)
            lying[None if first is None else ranking[first]] += papers
    return found


def _check_papers(tally: Tally, found: Lying, number: int) -> None:
    """What is told of each section is what lies there."""
    for section, lying in found.items():
        told: dict[Candidate | None, int] = dict(tally.held[section].items())
        told[None] = tally.non_transferable[section]
        if lying != told:
            cast, accounted = sum(lying.values()), sum(told.values())
            raise Miscount(
                f"round {number}: {section}: {cast} papers were cast and {accounted} are accounted "
                "for, or they lie with someone else"
            )


def _check_weights(transcript: Transcript, tally: Tally, number: int) -> None:
    """A section's points stand to its weight as the papers to those they are taken of."""
    contest, opening = transcript.contest, transcript.rounds[0].tally
    weights = _weights_in_play(contest, tally)
    for section, weight in weights.items():
        base = tally.continuing(section)
        if contest.rules.base is Denominator.FIRST_ROUND:
            base = opening.continuing(section)
        for name, papers in tally.held[section].items():
            if tally.points[section][name] * base != weight * papers:
                raise Miscount(
                    f"round {number}: {section}: {papers} papers of {base} at weight {weight} "
                    f"are not {tally.points[section][name]} points for {name}"
                )


def _weights_in_play(contest: Contest, tally: Tally) -> dict[Section, Fraction]:
    """What each section weighs: nothing where no paper continues, more where that is shared out."""
    weights = contest.college.weights
    filled = sum(weight for section, weight in weights.items() if tally.continuing(section))
    factor = Fraction(1)
    if contest.rules.empty_section is EmptySection.SHARE_OUT:
        factor = Fraction(contest.college.whole, filled)
    return {
        section: weight * factor if tally.continuing(section) else Fraction(0)
        for section, weight in weights.items()
    }


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
