"""In which order candidates are shown, and what their totals are a part of."""

from hustings.counting.transcript import Elected, Transcript
from hustings.units import Candidate


def by_stay(transcript: Transcript) -> list[Candidate]:
    """The candidates, winner first, then by how long they stayed and what they had."""

    def stay(name: Candidate) -> tuple[bool, int, object, str]:
        standing = [r.tally.totals[name] for r in transcript.rounds if name in r.tally.totals]
        return name != transcript.winner, -len(standing), -standing[-1], name

    return sorted(transcript.rounds[0].tally.totals, key=stay)


def rounds_out(transcript: Transcript) -> dict[Candidate, int]:
    """For whoever went out, the round that sent them out."""
    return {
        name: number
        for number, round_ in enumerate(transcript.rounds, 1)
        for name in (
            round_.event.outlasted if isinstance(round_.event, Elected) else round_.event.names
        )
    }


def fates(transcript: Transcript) -> dict[Candidate, str]:
    """What became of whoever won or went out, in words; nobody else is among them."""
    found = {name: f"out in round {number}" for name, number in rounds_out(transcript).items()}
    if transcript.winner is not None:
        found[transcript.winner] = "would be elected" if transcript.hypothesis else "elected"
    return found


def whole(transcript: Transcript) -> str:
    """What the totals are a part of: the college, or the papers where nothing is weighed."""
    return "the college" if len(transcript.rounds[0].tally.held) > 1 else "the papers"
