"""What finished races tell of the hyper-parameters: the errors of their polls, and their endings.

The likelihood is the one that the model gives the same errors: a poll differs from the result by
an error of its own, its house's, that of all polls, what changed until the close, and chance. What
few races tell little of stays near its default: each scale is held to it by a penalty.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from math import exp, log, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hustings.forecast.evidence import Figures, PollFirst, PollPair, Race, SelfSelecting
from hustings.forecast.hyperparameters import Hyperparameters
from hustings.forecast.observations import contrasts
from hustings.forecast.past import Past, Shares
from hustings.forecast.poll_errors import Poll, correlations, poll_key
from hustings.units import Candidate, Section

Floats = NDArray[np.float64]

# What is learnt of each kind of poll: the deviation of its error.
LEARNT: Mapping[type[Figures], str] = {
    PollFirst: "poll_sd",
    PollPair: "poll_pair_sd",
    SelfSelecting: "self_selecting_sd",
}
# The logarithm of each scale, and the logit of the house's part, is normal about its default.
# Of .01, .25, .5 and 1 this gives the polls of each example the highest likelihood by what the
# others taught: in logs 61.8, 62.7, 60.7 and 57.8.
SPREAD = 0.25
# A choice between two shares this part of its error with the first preferences of the poll.
SHARED: Mapping[type[Figures], float] = {PollPair: 0.8}
SWEEPS, REACH = 4, 2.0


class Miss(NamedTuple):
    """By how much one poll missed the result, in d contrasts of log shares or one log odds.

    `loads` (K, d) carry a unit error of each candidate to the contrasts, `chance` (d, d) is the
    covariance of sampling. `kind` is the parameter that says how large its error is; polls
    with the same `key` have the same error, those with the same `house` a part of it.
    """

    kind: str
    value: Floats
    loads: Floats
    chance: Floats
    section: Section
    key: Hashable
    poll: Poll
    shared: float


def learnt_names() -> tuple[str, ...]:
    """The hyper-parameters that finished races may tell of; all others stay at their default."""
    return (*LEARNT.values(), "drift_per_week", "house_part", "hazard_mean")


# --- how the polls of a race missed -------------------------------------------------------


def misses(past: Past, told: Hyperparameters) -> tuple[Miss, ...]:
    """How each poll of a finished race missed, of which that is known.

    Only polls of the very candidates who stood in the end: others could not be compared.
    """
    race = past.at_the_end()
    return tuple(
        found
        for entry in race.entries
        if isinstance(entry, Figures) and type(entry) in LEARNT
        and past.race.as_of(entry.published).standing == race.standing
        for found in _miss(past, race, entry, told)
    )  # fmt: skip


def _miss(past: Past, race: Race, entry: Figures, told: Hyperparameters) -> Iterator[Miss]:
    sections = [each.id for each in race.contest.sections]
    section = entry.section or (sections[0] if len(sections) == 1 else None)
    asked = sum(float(share) for who, share in entry.shares.items() if {*who} & {*race.standing})
    n = (entry.n or 0) * min(asked, 1.0) / float(entry.deff or told.poll_deff)
    polled = {who[0]: float(s) for who, s in entry.among(race.standing).items() if len(who) == 1}
    if section is None or not n:
        return
    actual = _actual(past, section, entry, frozenset(polled))
    both = [c for c in race.standing if polled.get(c) and actual.get(c)]
    if len(both) > 1:
        loads = _loads(race.standing, both, isinstance(entry, PollPair))
        shares = np.array([polled[c] for c in both])
        away = np.log(shares) - np.log([float(actual[c]) for c in both])
        within = loads[[race.standing.index(c) for c in both]]
        # The spread of a pair's odds is that of their difference.
        scale = sqrt(2) if isinstance(entry, PollPair) else 1.0
        yield Miss(
            LEARNT[type(entry)], scale * away @ within, loads,
            scale**2 * within.T @ np.diag(1 / (n * shares)) @ within,
            section, poll_key(entry), Poll.of(entry, race),
            SHARED.get(type(entry), 1.0),
        )  # fmt: skip


def _actual(past: Past, section: Section, entry: Figures, asked: frozenset[Candidate]) -> Shares:
    if not isinstance(entry, PollPair):
        return past.first(section)
    whole = len(past.race.contest.sections) == 1
    known = [past.final(section)]
    known += [
        each.shares
        for each in past.result.pairs
        if each.section == section or (each.section is None and whole)
    ]
    return next((shares for shares in known if set(shares) == asked), {})


def _loads(standing: Sequence[Candidate], both: Sequence[Candidate], pair: bool) -> Floats:
    """(K, d): orthonormal contrasts of those whose shares are known, in the places of all."""
    loads = np.zeros((len(standing), len(both) - 1))
    loads[[standing.index(c) for c in both]] = contrasts(len(both))
    return loads


# --- how large the errors were ------------------------------------------------------------


def learnt(
    pasts: Iterable[Past], default: Hyperparameters | None = None, spread: float = SPREAD
) -> Hyperparameters:
    """The hyper-parameters as these finished races have them, all others at their default.

    The mode of a normal likelihood of the misses, in which polls of one race are correlated as
    the model has it, and of a normal prior of `spread` for the logarithm of each scale and the
    logit of the house's part, about the default. No race, or none with known results: the default.
    """
    default = default or Hyperparameters()
    pasts = tuple(pasts)
    races = [missed for past in pasts if (missed := misses(past, default))]
    kinds = sorted({each.kind for race in races for each in race})
    names = [*kinds, "drift_per_week", "house_part"] if races else []
    start = {name: _free(name, getattr(default, name)) for name in names}

    def loss(at: Mapping[str, float]) -> float:
        told = default.told({name: _bound(name, value) for name, value in at.items()})
        held = sum(((at[name] - start[name]) / spread) ** 2 for name in names) / 2
        return held - sum(log_likelihood(race, told) for race in races)

    found = {name: _bound(name, value) for name, value in _lowest(loss, start).items()}
    return default.told({**found, "hazard_mean": _hazard(pasts, default)})


def _free(name: str, value: float) -> float:
    if name == "house_part":
        value = min(max(value, 0.01), 0.99)
        return log(value / (1 - value))
    return log(max(value, 1e-3))


def _bound(name: str, value: float) -> float:
    return 1 / (1 + exp(-value)) if name == "house_part" else exp(value)


def log_likelihood(race: Sequence[Miss], told: Hyperparameters) -> float:
    """Of the misses of one race, normal about nought, but for a constant."""
    value = np.concatenate([each.value for each in race])
    whole = covariance(race, told)
    return -0.5 * float(np.linalg.slogdet(whole)[1] + value @ np.linalg.solve(whole, value))


def covariance(race: Sequence[Miss], told: Hyperparameters) -> Floats:
    """Of all misses of a race, one after the other, as the model has the errors of its polls."""
    polls = dict.fromkeys((miss.section, miss.key) for miss in race)
    places = {poll: n for n, poll in enumerate(polls)}
    alike = np.zeros((len(polls), len(polls)))
    for section in dict.fromkeys(miss.section for miss in race):
        mine = {miss.key: miss.poll for miss in race if miss.section == section}
        at = [places[section, key] for key in mine]
        alike[np.ix_(at, at)] = correlations([*mine.values()], told)
    told_apart = [(miss, places[miss.section, miss.key]) for miss in race]
    return np.block(
        [
            [_block(one, other, float(alike[i, j]), told) for other, j in told_apart]
            for one, i in told_apart
        ]
    )


def _block(one: Miss, other: Miss, alike: float, told: Hyperparameters) -> Floats:
    """The covariance of two misses: of what they share, and of what is one's own."""
    common = alike * _deviation(one, told) * _deviation(other, told)
    block: Floats = one.shared * other.shared * common * one.loads.T @ other.loads
    if one is other:
        block = block + (1 - one.shared**2) * common * np.eye(len(one.value)) + one.chance
    return block


def _deviation(miss: Miss, told: Hyperparameters) -> float:
    own, undecided = getattr(told, miss.kind), told.undecided * miss.poll.undecided
    return sqrt(own**2 + undecided**2 + told.drift_per_week**2 * miss.poll.weeks)


def _lowest(
    loss: Callable[[Mapping[str, float]], float], start: Mapping[str, float]
) -> dict[str, float]:
    """Where the loss is least: along each coordinate in turn, by golden sections."""
    at = dict(start)
    for _ in range(SWEEPS):
        for name in at:
            low, high = start[name] - REACH, start[name] + REACH
            at[name] = _golden(partial(_along, loss, dict(at), name), low, high)
    return at


def _along(
    loss: Callable[[Mapping[str, float]], float], at: Mapping[str, float], name: str, value: float
) -> float:
    return loss({**at, name: value})


def _golden(of: Callable[[float], float], low: float, high: float) -> float:
    part = (sqrt(5) - 1) / 2
    one, two = high - part * (high - low), low + part * (high - low)
    at_one, at_two = of(one), of(two)
    while high - low > 0.01:
        if at_one < at_two:
            high, two, at_two = two, one, at_one
            one = high - part * (high - low)
            at_one = of(one)
        else:
            low, one, at_one = one, two, at_two
            two = low + part * (high - low)
            at_two = of(two)
    return (low + high) / 2


# --- where ballots ended ------------------------------------------------------------------


def _hazard(pasts: Sequence[Past], default: Hyperparameters) -> float:
    """The mean logit of the chance to stop, from endings that are known.

    Each place of each section is normal about it with the default's spread, beside chance; the mean
    itself is held to the default with the same spread.
    """
    weight = 1 / default.hazard_sd**2 if default.hazard_sd else float("inf")
    total, summed = weight, weight * default.hazard_mean
    for past in pasts:
        for ended in past.result.endings.values():
            for place in range(len(ended) - 1):
                stopped, went_on = ended[place] + 0.5, sum(ended[place + 1 :]) + 0.5
                told = 1 / (default.hazard_sd**2 + 1 / stopped + 1 / went_on)
                total += told
                summed += told * log(stopped / went_on)
    return summed / total if default.hazard_sd else default.hazard_mean
