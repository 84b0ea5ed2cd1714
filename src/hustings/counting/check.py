"""What every round must conserve, checked by code that is not the count."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from fractions import Fraction

from hustings.ballots.profile import Profile, Ranking
from hustings.counting.transcript import Tally, Transcript
from hustings.election.rulebook import OPEN_OVERVOTES, Denominator, EmptySection, Method, Overvotes
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
    found = lying or _lying(transcript)
    for number, round_ in enumerate(transcript.rounds, 1):
        _check_papers(round_.tally, found[number - 1], number)
        _check_weights(transcript, round_.tally, number)
    if transcript.contest.rules.method is not Method.EXHAUSTIVE:
        for number in range(1, len(transcript.rounds)):
            _check_transfers(transcript, number)


def _lying(transcript: Transcript) -> list[Lying]:
    """For each round, with whom each paper lies: the first on it who stands, or nobody."""
    stood = [round_.tally.totals.keys() for round_ in transcript.rounds]
    if transcript.contest.rules.overvotes in OPEN_OVERVOTES:
        return [_lying_shared(transcript, stood[:number]) for number in range(1, len(stood) + 1)]
    first, *others = transcript.profiles
    if not others:
        return _lying_throughout(first, stood)
    # Each round has papers of its own, and the last of them count for what comes after.
    profiles = [first, *others, *[others[-1]] * (len(stood) - len(transcript.profiles))]
    pairs = zip(profiles, stood, strict=False)
    return [_lying_throughout(profile, [standing])[0] for profile, standing in pairs]


def _lying_throughout(profile: Profile, stood: Sequence[Set[Candidate]]) -> list[Lying]:
    """The same of papers of which no rank is shared, in rounds to which nobody comes back.

    Down a ranking, whoever stays longer than all above holds the paper from the round on after
    the longest of them went.
    """
    stays = Counter(name for standing in stood for name in standing)
    found: list[dict[Section, Counter[Candidate | None]]] = [{} for _ in stood]
    for section, rankings in profile.papers.items():
        lying = [Counter(dict.fromkeys((*standing, None), 0)) for standing in stood]
        for ranking, papers in rankings.items():
            ahead = 0
            for name in ranking:
                if stays[name] > ahead:
                    for each in lying[ahead : stays[name]]:
                        each[name] += papers
                    ahead = stays[name]
            for each in lying[ahead:]:
                each[None] += papers
        for round_, each in zip(found, lying, strict=True):
            round_[section] = each
    return [*found]


def _lying_shared(transcript: Transcript, stood: Sequence[Set[Candidate]]) -> Lying:
    """The same in the last of these rounds, of papers of which ranks may be shared."""
    ended = transcript.contest.rules.overvotes is Overvotes.STOP_IF_SEVERAL_CONTINUING
    found: dict[Section, Counter[Candidate | None]] = {}
    for section, rankings in transcript.profiles[0].papers.items():
        lying = found[section] = Counter(dict.fromkeys((*stood[-1], None), 0))
        for ranking, papers in rankings.items():
            lying[_alone(ranking, stood if ended else stood[-1:])] += papers
    return found


def _alone(ranking: Ranking, stood: Sequence[Set[Candidate]]) -> Candidate | None:
    """With whom it lies in the last of these rounds; nobody, once several stood at one rank."""
    alone: Candidate | None = None
    for standing in stood:
        there = (standing & {*map(Candidate, entry.split("="))} for entry in ranking)
        first = next(filter(None, there), set[Candidate]())
        if len(first) > 1:
            return None
        alone = next(iter(first), None)
    return alone


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


def _check_transfers(transcript: Transcript, number: int) -> None:
    """What each candidate and the non-transferable pile gained is what was transferred.

    Where a paper pauses at a rank that several share, it also gains what counts again.
    """
    before, after = transcript.rounds[number - 1], transcript.rounds[number]
    pauses = transcript.contest.rules.overvotes is Overvotes.PAUSE
    for section in before.tally.held:
        expected: Counter[str | None] = Counter(before.tally.held[section])
        expected[None] = before.tally.non_transferable[section]
        for transfer in before.transfers:
            if transfer.section == section:
                expected[transfer.source] -= transfer.papers
                expected[transfer.to] += transfer.papers
        for ranking, papers in transcript.profiles[0].papers[section].items() if pauses else ():
            was, is_ = (_alone(ranking, [one.tally.totals.keys()]) for one in (before, after))
            if was is None:
                expected[None] -= papers
                expected[is_] += papers
        found: Counter[str | None] = Counter(after.tally.held[section])
        found[None] = after.tally.non_transferable[section]
        if +expected != +found:
            raise Miscount(
                f"round {number}: {section}: the transfers do not lead to the next round"
            )
