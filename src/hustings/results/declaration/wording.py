"""How final the paper is, and what whoever signs it declares."""

from hustings.counting import account
from hustings.counting.transcript import Transcript
from hustings.election.publication import Status
from hustings.results import as_typst
from hustings.results.as_typst import clean
from hustings.results.edition import Edition

TITLES = {
    Status.PROVISIONAL: "Provisional result",
    Status.DECLARED: "Declaration of result",
    Status.CORRECTED: "Corrected declaration of result",
    Status.WITHDRAWN: "Withdrawn result",
}
COLOURS = {
    Status.PROVISIONAL: "#8a4b00",
    Status.DECLARED: "#0b5d1e",
    Status.CORRECTED: "#5b2a86",
    Status.WITHDRAWN: "#a11212",
}


def worded(edition: Edition) -> Transcript:
    """The count with its names as they are printed, worded as what would be where none is declared.

    A provisional or withdrawn release must nowhere say that somebody is elected.
    """
    return as_typst.as_printed(edition.worded)


def status(edition: Edition) -> str:
    """How final the release is, in capitals; of a count of what did not happen, that it is none."""
    if edition.transcript.hypothesis:
        return "NOT A RESULT"
    return str(edition.release.status).upper()


def status_told(edition: Edition) -> str:
    """What the status means, as a sentence has it."""
    if edition.transcript.hypothesis:
        return f"a count with {clean(edition.transcript.hypothesis)}."
    return f"{edition.release.status.meaning}."


def elects(edition: Edition) -> bool:
    """Whether the release declares that somebody is elected."""
    return edition.declares and edition.winner is not None and not edition.transcript.hypothesis


def declared(edition: Edition, transcript: Transcript) -> str:
    """What whoever signs declares, in words that fit how final the release is."""
    if edition.transcript.hypothesis:
        return (
            "This is a count of what did not happen. It is no result and declares nobody elected."
        )
    post = transcript.contest.post
    if edition.winner is None:
        return signed(edition, f"nobody is elected yet to the post of {post}")
    name = transcript.contest.name(edition.winner)
    return signed(edition, f"{name} is elected to the post of {post}")


def signed(edition: Edition, elected: str) -> str:
    """What whoever signs says: who is `elected`, if the release declares it; else what it does."""
    undersigned = "I, the undersigned, being charged with the conduct of this election,"
    match edition.release.status:
        case Status.PROVISIONAL:
            return (
                f"{undersigned} release these provisional figures. They may still change, and "
                "nobody is declared elected."
            )
        case Status.WITHDRAWN:
            return (
                f"{undersigned} withdraw this result. It no longer stands, and nobody is "
                "declared elected by it. The figures below are kept as they were."
            )
    corrected = edition.release.status is Status.CORRECTED
    instead = " in place of what was declared before" if corrected else ""
    return f"{undersigned} declare{instead} that {elected}."


def lead(edition: Edition, transcript: Transcript) -> str:
    """Who won, in a sentence that fits how final the release is."""
    told = account.headline(transcript)
    if elects(edition) or edition.winner is None:
        return told
    return f"By these figures {told}"
