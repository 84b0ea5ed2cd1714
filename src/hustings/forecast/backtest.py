"""Back-tests: finished races forecast as of their days, with what the other contests taught."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from hustings.forecast import baselines, fit
from hustings.forecast.baselines import BASELINES, GRID, LEFT_OUT
from hustings.forecast.evidence import Race
from hustings.forecast.fit import Posterior
from hustings.forecast.hyperparameters import Hyperparameters
from hustings.forecast.learning import learnt
from hustings.forecast.observations import observations
from hustings.forecast.outcomes import Simulated, simulated
from hustings.forecast.past import Past, Shares
from hustings.forecast.scores import (
    LEVELS,
    Coverage,
    Held,
    Mean,
    Scored,
    coverage,
    log_score,
    mean,
)
from hustings.units import Candidate, Section

Floats = NDArray[np.float64]
# The log score of a baseline by its error.
Losses = Mapping[float, float]
CHAINS, REPEAT = 2, 2
# Enough for a baseline: the standard error of a chance is below .012.
BASELINE_DRAWS = 2000

MODEL, MARKET = "this model", "betting prices"
ON_MARKET_DAYS = "this model, on the days with a price"
# What the goals are, and stand beside what was reached.
LOG_GOAL, BRIER_GOAL, COVERAGE_GOAL = 0.60, 0.38, (0.72, 0.88)
# The goal is set for the final shares; all shares are held against it too.
FINAL, ALL = "final shares, of the whole and in sections", "all of these shares"
KINDS = {
    "winner's final share": ("final",),
    "winner's final share in a section": ("section_final",),
    FINAL: ("final", "section_final"),
    "first preferences": ("first",),
    "first preferences in a section": ("section_first",),
    ALL: ("final", "section_final", "first", "section_first"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """`draws` are simulated electorates a forecast, `cache` a folder for compiled programs."""

    seed: int = 1
    draws: int = 4000
    cache: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """What a contest was forecast with: learnt from so many other contests, and not from it.

    `error` is the poll error of the baseline that is fitted the same way.
    """

    contest: str
    others: int
    hyperparameters: Hyperparameters
    error: float


@dataclass(frozen=True, slots=True)
class Backtest:
    """All forecasts, what each contest was forecast with, and the means; best read as a table."""

    seed: int
    draws: int
    scored: tuple[Scored, ...]
    left: tuple[Left, ...]
    means: tuple[Mean, ...]
    coverages: tuple[Coverage, ...]

    @property
    def failed(self) -> tuple[str, ...]:
        """What is wrong with the draws of any forecast, with its contest and day."""
        return tuple(
            f"{each.contest}, {each.day}: {advice}"
            for each in self.scored
            for advice in each.failed
        )


def backtest(
    pasts: Sequence[Past],
    beside: Sequence[Past],
    asked: Asked,
    told: Callable[[str, date], None] = lambda contest, day: None,
) -> Backtest:
    """Score the forecasts of finished races, each learnt from all contests but itself.

    `beside` are finished races from which the others learn too, and which are not scored. A contest
    that closed on the same day is left out with it: it had the same electors and the same polls.
    `told` is called before each forecast. The same arguments give the same numbers.
    """
    every = (*pasts, *(each for each in beside if not any(_same(each, past) for past in pasts)))
    losses = {each: tuple(_losses(past, asked)) for each, past in enumerate(every)}
    left = [_left(past, every, losses) for past in pasts]
    scored = []
    for past, taught in zip(pasts, left, strict=True):
        for day in past.days:
            told(past.name, day)
            scored.append(_scored(past, day, taught, asked))
    means = tuple(_means(scored)) if scored else ()
    held = (coverage(kind, scored, kinds) for kind, kinds in KINDS.items())
    found = tuple(each for each in held if each)
    return Backtest(asked.seed, asked.draws, tuple(scored), tuple(left), means, found)


def _left(past: Past, every: Sequence[Past], losses: Mapping[int, Sequence[Losses]]) -> Left:
    """What all contests but those that closed on the same day teach."""
    others = [at for at, each in enumerate(every) if each.race.closes != past.race.closes]
    error = baselines.fitted([day for at in others for day in losses[at]])
    return Left(past.name, len(others), learnt(every[at] for at in others), error)


def _same(one: Past, other: Past) -> bool:
    return one.race.closes == other.race.closes and one.result.winner == other.result.winner


def _losses(past: Past, asked: Asked) -> Iterator[Losses]:
    """For each day, the log score of the baseline with each error of its grid."""
    for day in past.days:
        race = past.race.as_of(day)
        yield {
            sd: log_score(
                baselines.wins(race, LEFT_OUT, sd, asked.seed, BASELINE_DRAWS), past.result.winner
            )
            for sd in GRID
        }


def _scored(past: Past, day: date, left: Left, asked: Asked) -> Scored:
    race, result = past.race.as_of(day), past.result
    posterior = _fitted(race, left.hyperparameters, asked)
    found = simulated(race, posterior, asked.seed, checked=False)
    wins = dict(zip(found.candidates, found.wins().mean(0).tolist(), strict=True))
    beside: dict[str, Mapping[Candidate, float]] = {
        each.name: baselines.wins(
            race, each, left.error if each.sd is None else each.sd, asked.seed, BASELINE_DRAWS
        )
        for each in BASELINES
    }
    price = result.price(day)
    if price:
        beside[MARKET] = {name: float(chance) for name, chance in price.chances.items()}
    held = tuple(_held(past, race, found))
    return Scored(past.name, day, result.winner, wins, held, beside, posterior.diagnostics.advice)


def _fitted(race: Race, told: Hyperparameters, asked: Asked) -> Posterior:
    """The fit; where its draws fail a check, once more with twice as many."""
    seen, per_chain = observations(race, told), -(-asked.draws // (CHAINS * REPEAT))
    for draws in (per_chain, 2 * per_chain):
        posterior = fit.fit(
            seen, asked.seed, chains=CHAINS, draws=draws, repeat=REPEAT, cache=asked.cache
        )
        if posterior.diagnostics.passes:
            break
    return posterior


# --- shares -------------------------------------------------------------------------------


def _held(past: Past, race: Race, found: Simulated) -> Iterator[Held]:
    """Each share that is known. First preferences only where nobody has withdrawn since."""
    sections = [each.id for each in race.contest.sections] if _in_sections(race) else []
    yield from _final(past.result.final, past.result.winner, None, found)
    for section in sections:
        yield from _final(past.final(section), past.result.winner, section, found)
    if race.standing == past.at_the_end().standing:
        yield from _first(past.result.first, None, found)
        for section in sections:
            yield from _first(past.first(section), section, found)


def _in_sections(race: Race) -> bool:
    return len(race.contest.sections) > 1


def _final(
    actual: Shares, winner: Candidate, section: Section | None, found: Simulated
) -> Iterator[Held]:
    if winner not in actual:
        return
    # A winner who had withdrawn by that day, and came back, is in no draw.
    stands = winner in found.candidates
    place = found.candidates.index(winner) if stands else -2
    shares = found.final_shares() if section is None else _in_section(found, section)
    pair = found.outcomes.pair
    mine = shares[(pair == place) & np.isfinite(shares)]
    yield _one("final" if section is None else "section_final", winner, section, actual, mine)


def _in_section(found: Simulated, section: Section) -> Floats:
    """(D, 2): what the last two hold of the section; nothing where the rules pool the sections."""
    shares = found.outcomes.shares()
    at = [each.id for each in found.race.contest.sections].index(section)
    if shares.shape[1] <= at:
        return np.full(found.outcomes.pair.shape, np.nan)
    return np.asarray(shares[:, at])


def _first(actual: Shares, section: Section | None, found: Simulated) -> Iterator[Held]:
    if set(actual) != set(found.candidates):
        return
    shares = found.first_shares()
    if section is not None:
        at = [each.id for each in found.race.contest.sections].index(section)
        papers = found.firsts()[:, at]
        shares = papers / np.maximum(papers.sum(1, keepdims=True), 1)
    # The last of them is what the others leave: it tells nothing more.
    for place, name in enumerate(found.candidates):
        kind = "first" if section is None else "section_first"
        yield _one(kind, name, section, actual, shares[:, place])


def _one(
    kind: str, name: Candidate, section: Section | None, actual: Shares, draws: Floats
) -> Held:
    share = float(actual[name])
    if not len(draws):
        return Held(kind, name, section, share, None, {}, None)
    ends = {level: np.quantile(draws, [0.5 - level / 200, 0.5 + level / 200]) for level in LEVELS}
    inner = {level: (float(low), float(high)) for level, (low, high) in ends.items()}
    below = float((draws < share).mean() + (draws == share).mean() / 2)
    return Held(kind, name, section, share, float(np.median(draws)), inner, below)


# --- means --------------------------------------------------------------------------------


def _means(scored: Sequence[Scored]) -> Iterator[Mean]:
    yield mean(MODEL, scored, {at: each.wins for at, each in enumerate(scored)})
    for name in (each.name for each in BASELINES):
        yield mean(name, scored, {at: each.baselines[name] for at, each in enumerate(scored)})
    priced = {at: each for at, each in enumerate(scored) if MARKET in each.baselines}
    if priced:
        yield mean(ON_MARKET_DAYS, scored, {at: each.wins for at, each in priced.items()})
        yield mean(MARKET, scored, {at: each.baselines[MARKET] for at, each in priced.items()})
