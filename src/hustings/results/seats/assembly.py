"""From a count in stages to an edition, or to every reason why not."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields

from hustings.ballots.reduction import Poll
from hustings.ballots.returns import Returns
from hustings.counting.look import Look
from hustings.counting.seats.stages import StageTranscript
from hustings.counting.transcript import Eliminated, Round, Transcript
from hustings.election.publication import Policy, Publication
from hustings.election.spec import Election
from hustings.errors import Problem
from hustings.results import assembly
from hustings.results.assembly import Material, Recorded
from hustings.results.edition import Edition, SeatsEdition
from hustings.units import Section

NOT_COMPARED = (
    "Figures that were printed elsewhere are not compared with these: that is done where one "
    "seat is filled."
)


def assemble(
    stages: StageTranscript,
    election: Election,
    polls: Sequence[Poll],
    publication: Publication,
    returns: Returns,
    before: Sequence[Mapping[Section, Recorded]] = (),
    notes: Iterable[str] = (),
) -> SeatsEdition:
    """The edition of these stages; raises `InputError` with all that keeps it from being."""
    material = Material(
        election,
        first_preferences(stages),
        polls,
        publication,
        returns,
        None,
        before,
        tuple(notes),
    )
    found = assembly.assembled(material, _problems(stages, publication))
    parts = {part.name: getattr(found, part.name) for part in fields(Edition)}
    return SeatsEdition(**parts, stages=stages)


def first_preferences(stages: StageTranscript) -> Transcript:
    """One round with the papers that each candidate holds at first; it leads to nothing."""
    contest, profile = stages.contest, stages.profile
    look = Look(contest.id, (profile,), contest.college, contest.rules)
    tally = look.tally(contest.standing, [])
    return Transcript(contest, (profile,), (Round(tally, Eliminated(())),), stages.hypothesis)


def _problems(stages: StageTranscript, publication: Publication) -> Iterator[Problem]:
    if stages.hypothesis:
        yield Problem(f"a count with {stages.hypothesis} is no result: it is not published")
    for section, part in publication.sections.items():
        if part.policy is Policy.UNIT_RANKINGS:
            yield Problem(
                f"{stages.contest.id} fills several seats, and rankings by unit of such a contest "
                f'cannot be published yet: write policy = "{Policy.UNIT_FIRST_PREFERENCES}"',
                "election.toml",
                None,
                f"sections.{section}.policy",
            )
