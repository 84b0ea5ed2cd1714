"""What the counts of many draws gave, and the draws that are settled by the exact engine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from hustings.counting.transcript import Transcript
from hustings.election.spec import Contest
from hustings.errors import InputError
from hustings.forecast.kernel.exactly import Found, contest_of_draw
from hustings.forecast.kernel.race import Race
from hustings.forecast.kernel.settings import Settings
from hustings.forecast.kernel.walk import Looks
from hustings.units import Candidate

Whole = NDArray[np.int64]
Few = NDArray[np.int8]
Truth = NDArray[np.bool_]
Real = NDArray[np.float64]
# One draw counted exactly: the contest with its lot, the draw and its number.
Exactly = Callable[[Contest, int, int], Found]


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What the counts gave, a row for each draw; a candidate is a place in `Race.candidates`.

    `winner`: (draws,). `order`: (draws, candidates - 2), who went out, first to last, counted down
    to two even where someone was elected before. `pair`: (draws, 2), the two left, the one ahead
    first. `papers`: (draws, sections, 2), what the pair hold, in papers. `order` and `pair` are -1
    in a draw whose rules refuse to count beyond the election.

    `held`: (draws, looks, sections, candidates), the papers in each look, the first with all
    standing, then with one fewer; or None where they were not asked for. `looked`: (draws, looks),
    whether that look is a round of the count; where it is not, `held` is 0. A round with one left
    is not kept. `exact`: (draws,), whether the exact engine counted the draw. `touchy`: (draws,
    sections), whether one ballot changed in the section might alter the winner or the order; all
    true where that was not asked for.
    """

    winner: Few
    order: Few
    pair: Few
    papers: Whole
    looked: Truth
    exact: Truth
    touchy: Truth
    held: Whole | None = None

    def points(self, race: Race) -> Real:
        """Each one's points in each round, as parts of 1: (draws, looks, candidates).

        Raises `InputError` where the papers by round were not kept.
        """
        if self.held is None:
            raise InputError("the papers by round were not kept: count with rounds=True")
        return _points(self.held, self.held[:, :1].sum(3), race.settings)

    def shares(self) -> Real:
        """The pair's parts of each section's papers, of 1: (draws, sections, 2); 0 of no papers."""
        whole = self.papers.sum(2, keepdims=True)
        return np.asarray(self.papers / np.maximum(whole, 1))


def of_looks(looks: Looks, rounds: bool, touchy: bool) -> Outcomes:
    """The outcomes of one walk; those marked as near are still to be settled."""
    papers = looks.held[-1]
    ahead = (looks.names[-1][0] == looks.left[0])[None, None]
    papers = np.where(ahead, papers, papers[::-1])
    return Outcomes(
        looks.elected.astype(np.int8),
        looks.out.T.astype(np.int8),
        looks.left.T.astype(np.int8),
        papers.transpose(2, 1, 0).copy(),
        looks.looked.T.copy(),
        looks.near.copy(),
        looks.touchy.T | (not touchy),
        _by_round(looks) if rounds else None,
    )


def _by_round(looks: Looks) -> Whole:
    """The papers by look, each at its candidate's place; 0 at a look that is no round."""
    candidates, sections, draws = looks.held[0].shape
    held = np.zeros((len(looks.held), candidates, sections, draws), np.int64)
    for look, (papers, names) in enumerate(zip(looks.held, looks.names, strict=True)):
        np.put_along_axis(held[look], names[:, None], papers * looks.looked[look], 0)
    return np.ascontiguousarray(held.transpose(3, 0, 2, 1))


def unsettled(
    winner: Few, order: Few, pair: Few, papers: Whole, looked: Truth, exact: Truth
) -> Outcomes:
    """What the compiled count gave: of every draw it may be that one ballot alters it."""
    touchy = np.ones(papers.shape[:2], np.bool_)
    return Outcomes(winner, order, pair, papers, looked, exact, touchy)


def settle(outcomes: Outcomes, race: Race, numbers: Whole, exactly: Exactly) -> None:
    """Count exactly the draws that are too near to call, and write what was found over them."""
    for draw in map(int, outcomes.exact.nonzero()[0]):
        number = int(numbers[draw])
        contest = contest_of_draw(race.contest, race.lots, number)
        _write(outcomes, draw, race, exactly(contest, draw, number))


def _write(outcomes: Outcomes, draw: int, race: Race, found: Found) -> None:
    place = {name: at for at, name in enumerate(race.candidates)}
    transcript = found.transcript
    assert transcript.winner is not None
    outcomes.winner[draw] = place[transcript.winner]
    outcomes.order[draw] = [place[name] for name in found.out] or -1
    outcomes.pair[draw] = [place[name] for name in found.left] or -1
    outcomes.papers[draw] = 0
    for section, held in enumerate(found.last.values()):
        outcomes.papers[draw, section] = [held[name] for name in found.left]
    outcomes.looked[draw] = False
    if outcomes.held is not None:
        outcomes.held[draw] = 0
    _write_rounds(outcomes, draw, transcript, place)


def _write_rounds(
    outcomes: Outcomes, draw: int, transcript: Transcript, place: dict[Candidate, int]
) -> None:
    for round_ in transcript.rounds:
        look = len(place) - len(round_.tally.totals)
        if look == len(place) - 1:
            break
        outcomes.looked[draw, look] = True
        if outcomes.held is not None:
            for section, held in enumerate(round_.tally.held.values()):
                for name, papers in held.items():
                    outcomes.held[draw, look, section, place[name]] = papers


def _points(held: Whole, opened: Whole, settings: Settings) -> Real:
    """Points = weight x papers / papers continuing, or that the section opened with."""
    continuing = held.sum(3)
    weights = settings.weights * (continuing > 0)
    if settings.shares_out:
        whole = weights.sum(2, keepdims=True)
        weights = weights * settings.whole / np.where(whole > 0, whole, 1)
    based_on = np.maximum(opened if settings.first_round else continuing, 1)
    return np.asarray(np.einsum("dlsc,dls->dlc", held, weights / based_on))


def joined(parts: Sequence[Outcomes]) -> Outcomes:
    """The outcomes of one stretch of draws after another's."""
    names = [field.name for field in fields(Outcomes) if getattr(parts[0], field.name) is not None]
    return Outcomes(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    )
