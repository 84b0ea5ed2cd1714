"""What a transfer did, in papers and in points: what was handed on, and what only re-weighed.

In a college that weighs its sections afresh a candidate gains twice when another goes. The
papers handed on are worth something to whoever receives them; and where some papers drop
out, those already held are taken of fewer, so that each of them is worth more. With weight
W, papers received t, papers held before v, and papers D before and D' after that the share
is taken of:

    gain = W t / D'  +  W v (1/D' - 1/D)
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from hustings.counting import figures
from hustings.counting.transcript import Round, Transcript
from hustings.election.rulebook import Overvotes
from hustings.errors import InputError
from hustings.units import NO_PAPERS, NO_POINTS, Candidate, Papers, Points, Section

Worth = Mapping[Section, Mapping[Candidate, Points]]


@dataclass(frozen=True, slots=True)
class Gain:
    """What one candidate gained in one section; nothing, where all parts are 0.

    `papers` were received, and `transferred` is what they are worth afterwards; `rebased` is
    by how much those held before are worth more. Points are parts of the college.
    """

    section: Section
    to: Candidate
    papers: Papers
    transferred: Points
    rebased: Points

    @property
    def gained(self) -> Points:
        """Points after less points before."""
        return Points(self.transferred + self.rebased)


@dataclass(frozen=True, slots=True)
class Movement:
    """What passed when the event of that round sent candidates out.

    `gains` has everyone who stays, in each section; `given_up` what those who go were worth
    before, and `worth` what one paper of a section is worth afterwards. `non_transferable`
    are the papers that named nobody who stays.
    """

    round: int
    out: tuple[Candidate, ...]
    gains: tuple[Gain, ...]
    given_up: Mapping[Candidate, Points]
    worth: Mapping[Section, Points]
    non_transferable: Mapping[Section, Papers]

    @property
    def transferred(self) -> Points:
        """What all papers that were received are worth afterwards."""
        return Points(sum((gain.transferred for gain in self.gains), NO_POINTS))

    @property
    def rebased(self) -> Points:
        """By how much all papers held before are worth more."""
        return Points(sum((gain.rebased for gain in self.gains), NO_POINTS))

    def of(self, name: Candidate) -> Gain:
        """The candidate's gains summed over the sections, as a gain in none of them."""
        own = [gain for gain in self.gains if gain.to == name]
        return Gain(
            Section(""),
            name,
            Papers(sum(gain.papers for gain in own)),
            Points(sum((gain.transferred for gain in own), NO_POINTS)),
            Points(sum((gain.rebased for gain in own), NO_POINTS)),
        )


def movements(transcript: Transcript, *, printed: bool = False) -> Iterator[Movement]:
    """For each round that moved papers, what passed; none where each round has fresh ones.

    Points are those that the count went by or, where `printed`, those that the rules print:
    they differ only where a share is printed of the first round and counted otherwise.
    """
    for number, (before, after) in enumerate(
        zip(transcript.rounds, transcript.rounds[1:], strict=False), 1
    ):
        if before.transfers:
            yield _between(transcript, number, before, after, printed)


def movement(transcript: Transcript, number: int, *, printed: bool = False) -> Movement:
    """What passed after the round of that number; raises `InputError` where nothing did."""
    rounds = transcript.rounds
    if not 1 <= number < len(rounds) or not rounds[number - 1].transfers:
        raise InputError(f"round {number} handed on no papers")
    return _between(transcript, number, rounds[number - 1], rounds[number], printed)


def resumed(transcript: Transcript, number: int) -> Iterator[tuple[Section, Candidate, Papers]]:
    """The papers that count again after the round of that number, having paused at a shared rank.

    They came from nobody, so that no transfer tells of them: the section, for whom, how many.
    """
    if transcript.contest.rules.overvotes is not Overvotes.PAUSE:
        return
    before, after = (transcript.rounds[at].tally.totals.keys() for at in (number - 1, number))
    for section in transcript.rounds[number].tally.held:
        again = transcript.profiles[0].resumed(section, before, after)
        yield from ((section, name, papers) for name, papers in again.items())


def _between(
    transcript: Transcript, number: int, before: Round, after: Round, printed: bool
) -> Movement:
    had, has = (_points(transcript, round_, printed) for round_ in (before, after))
    worth = {section: _worth(after, section, has) for section in after.tally.held}
    received: Counter[tuple[Section, Candidate | None]] = Counter()
    for transfer in before.transfers:
        received[transfer.section, transfer.to] += transfer.papers
    for section, name, papers in resumed(transcript, number):
        received[section, name] += papers
    gains = tuple(
        _gain(section, name, Papers(received[section, name]), worth[section], had, has)
        for section, held in after.tally.held.items()
        for name in held
    )
    out = tuple(name for name in before.tally.totals if name not in after.tally.totals)
    return Movement(
        number,
        out,
        gains,
        {name: Points(sum((had[s][name] for s in had), NO_POINTS)) for name in out},
        worth,
        {section: Papers(received[section, None]) for section in after.tally.held},
    )


def _points(transcript: Transcript, round_: Round, printed: bool) -> Worth:
    if not printed:
        return round_.tally.points
    return {
        section: {name: figures.points(transcript, round_, section, name) for name in held}
        for section, held in round_.tally.held.items()
    }


def _worth(round_: Round, section: Section, points: Worth) -> Points:
    """What one paper of the section is worth, whatever the rules take its share of."""
    held = round_.tally.continuing(section)
    if held == NO_PAPERS:
        return NO_POINTS
    return Points(sum(points[section].values(), NO_POINTS) * Fraction(1, held))


def _gain(
    section: Section, name: Candidate, papers: Papers, worth: Points, had: Worth, has: Worth
) -> Gain:
    transferred = Points(papers * worth)
    gained = has[section][name] - had[section][name]
    return Gain(section, name, papers, transferred, Points(gained - transferred))
