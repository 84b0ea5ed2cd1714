"""How far two polls of a section err together, which several polls of the same voters always do."""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hustings.forecast.evidence import Figures, Race, SelfSelecting
from hustings.forecast.hyperparameters import Hyperparameters

Floats = NDArray[np.float64]


def poll_key(entry: Figures) -> Hashable:
    """The same for all figures of one poll of a section, or of one group that errs alike."""
    return entry.bias.group or (entry.house or entry.source_title, entry.gathered)


class Poll(NamedTuple):
    """What makes one poll of a section err like another.

    `choosing` says that whoever wished answered; `undecided` is the part who did not say, `weeks`
    how long before the close it ended. A `house` of no name is like no other.
    """

    choosing: bool
    house: str
    undecided: float
    weeks: float

    @classmethod
    def of(cls, entry: Figures, race: Race) -> "Poll":
        """What a race has of a poll."""
        weeks, undecided = float(race.weeks_left(entry)), float(entry.undecided or 0)
        return cls(isinstance(entry, SelfSelecting), entry.house, undecided, weeks)


def correlations(polls: Sequence[Poll], told: Hyperparameters) -> Floats:
    """(N, N): the correlation of the errors of each two of N polls, 1 with itself.

    Of a poll's error a part is that of all polls, and of the rest a part its house's. What changes
    until the close is a walk, of which two polls share the weeks after the later: so opinion is
    followed in D. A. Linzer, Journal of the American Statistical Association 108, 2013, pages
    124-134.

    >>> told = Hyperparameters(poll_sd=0.3, common_part=0.5, house_part=0.5, drift_per_week=0.0)
    >>> one, other = Poll(False, "One", 0.0, 1.0), Poll(False, "Other", 0.0, 1.0)
    >>> correlations([one, other, one], told).round(2).tolist()
    [[1.0, 0.5, 0.75], [0.5, 1.0, 0.5], [0.75, 0.5, 1.0]]
    """
    together = np.array([[_covariance(one, other, told) for other in polls] for one in polls])
    own = (1 - told.common_part) * np.array([_variance(poll, told) for poll in polls])
    own *= [1 - told.house_part * bool(poll.house) for poll in polls]
    # So small a part changes no figure, and keeps the matrix regular where a race has no error.
    whole = together.reshape(len(polls), len(polls)) + np.diag(own + 1e-12)
    deviations = np.sqrt(np.diag(whole))
    correlated: Floats = whole / np.outer(deviations, deviations)
    return correlated


def _covariance(one: Poll, other: Poll, told: Hyperparameters) -> float:
    """Of what two polls share, which may be one and the same: all but a poll's own error."""
    walked = told.drift_per_week**2 * min(one.weeks, other.weeks)
    if one.choosing != other.choosing:
        return walked
    same_house = told.house_part * (one.house == other.house != "")
    part = told.common_part + (1 - told.common_part) * same_house
    return walked + part * float(np.sqrt(_variance(one, told) * _variance(other, told)))


def _variance(poll: Poll, told: Hyperparameters) -> float:
    """Of all error but what changes until the close."""
    own = told.self_selecting_sd if poll.choosing else told.poll_sd
    return own**2 + (told.undecided * poll.undecided) ** 2
