"""What every stage must conserve, checked by code that is not the count."""

from collections import Counter, defaultdict
from fractions import Fraction

from hustings.counting.seats.stages import Act, Stage, StageTranscript
from hustings.election.rulebook import Method
from hustings.errors import Miscount
from hustings.units import Candidate

VALUED = (Method.SINGLE_TRANSFERABLE_VOTE, Method.MEEK)


def check(transcript: StageTranscript) -> None:
    """Raise `Miscount` unless every vote is accounted for and the right number is elected."""
    if transcript.contest.rules.method in VALUED:
        papers = sum(sum(part.values()) for part in transcript.profile.papers.values())
        for number, stage in enumerate(transcript.stages, 1):
            _check_votes(stage, papers, number)
    if transcript.contest.rules.method is Method.SINGLE_TRANSFERABLE_VOTE:
        _check_papers(transcript)
        for number, stage in enumerate(transcript.stages[1:], 2):
            _check_parcels(transcript.stages[number - 2], stage, number)
    _check_seats(transcript)


def _check_votes(stage: Stage, papers: int, number: int) -> None:
    """The votes of all, with what is not transferable and what was dropped, are the papers."""
    told = sum(stage.votes.values(), Fraction(0)) + stage.non_transferable + stage.lost
    if told != papers:
        raise Miscount(f"stage {number}: {papers} papers were cast and {told} votes accounted for")
    for name, votes in stage.votes.items():
        if votes < 0:
            raise Miscount(f"stage {number}: {name} has {votes} votes, less than none")


def _check_parcels(before: Stage, after: Stage, number: int) -> None:
    """Whoever passes nothing on has what they had and what they were given."""
    gained: dict[Candidate | None, Fraction] = defaultdict(Fraction)
    for parcel in after.parcels:
        gained[parcel.to] += parcel.votes
    for name, votes in after.votes.items():
        if name not in after.names and votes != before.votes[name] + gained[name]:
            raise Miscount(
                f"stage {number}: {name} had {before.votes[name]} votes and was given "
                f"{gained[name]}, which is not {votes}"
            )
    if after.non_transferable != before.non_transferable + gained[None]:
        raise Miscount(f"stage {number}: what is not transferable is not what was given to nobody")


def _check_papers(transcript: StageTranscript) -> None:
    """Nobody hands on more papers than they were given."""
    holding: Counter[Candidate | None] = Counter()
    standing = transcript.stages[0].votes
    for rankings in transcript.profile.papers.values():
        for ranking, papers in rankings.items():
            there = ([n for n in entry.split("=") if n in standing] for entry in ranking)
            first = next(filter(None, there), [])
            holding[Candidate(first[0]) if len(first) == 1 else None] += papers
    for number, stage in enumerate(transcript.stages, 1):
        for parcel in stage.parcels:
            holding[parcel.source] -= parcel.papers
            holding[parcel.to] += parcel.papers
            if holding[parcel.source] < 0:
                raise Miscount(f"stage {number}: {parcel.source} passed on papers not held")
        if stage.act is Act.FIRST_PREFERENCES:
            for name, votes in stage.votes.items():
                if votes != holding[name]:
                    raise Miscount(f"stage {number}: {name} has {holding[name]} papers, {votes}")


def _check_seats(transcript: StageTranscript) -> None:
    elected, seats = transcript.elected, transcript.contest.seats
    rules = transcript.contest.rules.seats
    if rules and rules.minimum_share:
        seats = len(elected)
    if len(elected) != seats or len(set(elected)) != seats:
        raise Miscount(f"{seats} seats are to be filled, and elected are {', '.join(elected)}")
    out = {name for stage in transcript.stages for name in stage.excluded}
    if out & set(elected) and transcript.contest.rules.method is not Method.SEQUENTIAL:
        raise Miscount(f"{', '.join(sorted(out & set(elected)))} is both elected and excluded")
