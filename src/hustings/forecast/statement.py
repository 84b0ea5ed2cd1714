"""A forecast as a value: all that is said of a race as of a day, and what it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hustings.errors import InputError
from hustings.forecast import fit, scenario
from hustings.forecast.evidence import Race, RosterEntry
from hustings.forecast.fit import Diagnostics, Posterior
from hustings.forecast.observations import observations
from hustings.forecast.outcomes import (
    BreakEven,
    Simulated,
    Summary,
    break_even,
    simulated,
    summary,
)
from hustings.forecast.pivots import Pivots, pivots
from hustings.units import Candidate

CHAINS, REPEAT = 2, 2
DRAWS = 4000
# What all entries of named electors are called where they are left out together.
ROSTER = "roster"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a forecast.

    `draws` are simulated electorates, `scenarios` as they are written, all to hold together;
    `sensitivity` asks for the forecast without each piece of evidence in turn. `cache` is a
    folder for compiled programs, "" for none.
    """

    seed: int = 1
    draws: int = DRAWS
    scenarios: tuple[str, ...] = ()
    sensitivity: bool = False
    cache: str = ""


@dataclass(frozen=True, slots=True)
class Conditional:
    """The forecast if the scenarios hold.

    `worth` is how many of the first draws bear them out; where these were too few, `refitted`,
    the draws were made anew with the scenarios as evidence, and worth as many as the summary says.
    """

    scenarios: tuple[scenario.Scenario, ...]
    worth: float
    refitted: bool
    summary: Summary


@dataclass(frozen=True, slots=True)
class Without:
    """P(win) of each candidate where a piece of evidence is left out; `entry` is its id."""

    entry: str
    wins: dict[Candidate, float]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is said of a race as of a day.

    `race` is the race as of that day, `digest` its fingerprint. `used` are the ids of the
    entries that inform it, `notes` say what was not used and `assumed` what was assumed.
    `failed` is what is wrong with the draws, each with what to do: a forecast of which it is
    not empty is no forecast. Without any evidence it is the `prior`.
    """

    race: Race
    digest: str
    seed: int
    summary: Summary
    break_even: BreakEven
    pivots: Pivots
    diagnostics: Diagnostics
    prior: bool
    used: tuple[str, ...]
    notes: tuple[str, ...]
    assumed: tuple[str, ...]
    failed: tuple[str, ...]
    conditional: Conditional | None = None
    without: tuple[Without, ...] = ()


def forecast(race: Race, asked: Asked) -> Forecast:
    """The forecast of a race as of a day; the same race and asking give the same numbers.

    Raises `InputError` for a race or a scenario that is wrong, `RuleError` for rules that the
    fast count does not know, `Miscount` where the counts contradict each other.
    """
    posterior = _fitted(race, asked)
    found = simulated(race, posterior, asked.seed)
    told = summary(found)
    # A scenario that is wrong is refused before anything slow is done.
    scenarios = scenario.read(asked.scenarios, race, told.rivals)
    conditional, failed = _if(race, found, scenarios, asked) if scenarios else (None, ())
    return Forecast(
        race,
        race.digest(),
        asked.seed,
        told,
        break_even(race, posterior, asked.seed, told.rivals),
        pivots(found, told.rivals),
        posterior.diagnostics,
        posterior.prior,
        posterior.observations.used,
        posterior.observations.notes,
        found.notes,
        (*posterior.diagnostics.advice, *failed),
        conditional,
        _sensitivity(race, posterior, asked) if asked.sensitivity else (),
    )


def _fitted(race: Race, asked: Asked) -> Posterior:
    """The fit; where its draws fail a check, once more with twice as many, which cures most."""
    seen, per_chain = observations(race), -(-asked.draws // (CHAINS * REPEAT))
    for draws in (per_chain, 2 * per_chain):
        posterior = fit.fit(
            seen, asked.seed, chains=CHAINS, draws=draws, repeat=REPEAT, cache=asked.cache
        )
        if posterior.diagnostics.passes:
            break
    return posterior


def _if(
    race: Race, found: Simulated, scenarios: Sequence[scenario.Scenario], asked: Asked
) -> tuple[Conditional, tuple[str, ...]]:
    """The forecast if the scenarios hold, and what is wrong with the draws made for it."""
    weights = scenario.weights(found, scenarios)
    worth = float(weights.sum() ** 2 / max((weights**2).sum(), 1e-300))
    if worth >= scenario.LEAST:
        return Conditional(tuple(scenarios), worth, False, summary(found, weights)), ()
    anew = _fitted(scenario.as_evidence(race, found, scenarios), asked)
    again = simulated(race, anew, asked.seed)
    weights = scenario.weights(again, scenarios)
    if not weights.any():
        told = " and ".join(repr(each.written) for each in scenarios)
        raise InputError(f"{told}: no draw comes near it, even with it as evidence")
    said = summary(again, weights)
    failed = [f"with the scenario as evidence: {advice}" for advice in anew.diagnostics.advice]
    return Conditional(tuple(scenarios), worth, True, said), tuple(failed)


def _sensitivity(race: Race, posterior: Posterior, asked: Asked) -> tuple[Without, ...]:
    """The forecast without each entry that informs it, the roster as a whole."""
    named = {entry.id for entry in race.of(RosterEntry)}
    informing = dict.fromkeys(
        ROSTER if id_ in named else id_ for id_ in posterior.observations.used
    )
    return tuple(_without(race, id_, named, asked) for id_ in informing)


def _without(race: Race, id_: str, named: set[str], asked: Asked) -> Without:
    gone = named if id_ == ROSTER else {id_}
    left = tuple(entry for entry in race.entries if entry.id not in gone)
    less = replace(race, entries=left)
    found = simulated(less, _fitted(less, asked), asked.seed, checked=False)
    wins = found.wins().mean(0).tolist()
    return Without(id_, dict(zip(found.candidates, wins, strict=True)))
