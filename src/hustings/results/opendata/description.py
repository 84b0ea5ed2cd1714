"""What the data package says of itself."""

from hustings.formats import data_package
from hustings.formats.ballot_names import Ids
from hustings.formats.data_package import About
from hustings.results.edition import Edition
from hustings.results.opendata.college import counted
from hustings.units import exact


def about(edition: Edition) -> About:
    """What the package says of itself; the licence is left to the publisher."""
    transcript, release = edition.transcript, edition.release
    contest = transcript.contest
    title = contest.post
    if edition.election.name not in ("", contest.post):
        title = f"{contest.post} · {edition.election.name}"
    return About(
        Ids().made_of(contest.id),
        title,
        release.status,
        release.number,
        contest.rules.base,
        tuple(
            data_package.Section(section, exact(contest.college.weights[section]))
            for section in counted(edition)
        ),
        edition.winner,
        release.at,
        release.reason,
    )
