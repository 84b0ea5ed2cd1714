"""A forecast as a value: all that is said of a race as of a day, and what it rests on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from hustings.errors import InputError
from hustings.forecast import fit, scenario, sensitivity
from hustings.forecast.break_even import BreakEven, break_even
from hustings.forecast.evidence import Race
from hustings.forecast.fit import Diagnostics, Posterior
from hustings.forecast.observations import observations
from hustings.forecast.outcomes import Simulated, Summary, simulated, summary
from hustings.forecast.paths import Way, ways
from hustings.forecast.pivots import Pivots, pivots
from hustings.forecast.sensitivity import Otherwise, Refitted, Since

DRAWS = fit.CHAINS * fit.DRAWS * fit.REPEAT
# Called with what is about to be done, which may take a while.
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a forecast.

    `draws` are simulated electorates, `scenarios` as they are written, all to hold together;
    `sensitivity` asks for the forecast without each piece of evidence in turn and by variants
    of the model, `since` for what has moved since that race, which is this one as of an earlier
    day. `cache` is a folder for compiled programs, "" for none.
    """

    seed: int = 1
    draws: int = DRAWS
    scenarios: tuple[str, ...] = ()
    sensitivity: bool = False
    cache: str = ""
    since: Race | None = None


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
class Forecast:
    """What is said of a race as of a day.

    `race` is the race as of that day, `digest` its fingerprint. `used` are the ids of the
    entries that inform it, `notes` say what was not used and `assumed` what was assumed.
    `failed` is what is wrong with the draws, each with what to do: a forecast of which it is
    not empty is no forecast. Without any evidence it is the `prior`. `paths` are all ways that
    the simulated counts went; `without`, `variants` and `since` are there if they were asked for.
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
    without: tuple[Otherwise, ...] = ()
    paths: tuple[Way, ...] = ()
    variants: tuple[Otherwise, ...] = ()
    since: Since | None = None


def _quietly(_: str) -> None:
    """Say nothing."""


def forecast(
    race: Race, asked: Asked, say: Say = _quietly, posterior: Posterior | None = None
) -> Forecast:
    """The forecast of a race as of a day; the same race and asking give the same numbers.

    `posterior` are draws that were kept of the same race, where there are any: then nothing
    need be fitted. Raises `InputError` for a race or a scenario that is wrong, `RuleError` for
    rules that the fast count does not know, `Miscount` where the counts contradict each other.
    """
    posterior = posterior or fitted(race, asked, say)
    say("counting the simulated electorates")
    found = simulated(race, posterior, asked.seed)
    told = summary(found)
    # A scenario that is wrong is refused before anything slow is done.
    scenarios = scenario.read(asked.scenarios, race, told.rivals)
    conditional, failed = _if(race, found, scenarios, asked, say) if scenarios else (None, ())
    say("weighing what is unknown")
    refit, used = partial(_refit, asked, say), posterior.observations.used
    return Forecast(
        race,
        race.digest(),
        asked.seed,
        told,
        break_even(race, posterior, asked.seed, told.rivals),
        pivots(found, told.rivals),
        posterior.diagnostics,
        posterior.prior,
        used,
        posterior.observations.notes,
        found.notes,
        (*posterior.diagnostics.advice, *failed),
        conditional,
        sensitivity.without(race, used, refit) if asked.sensitivity else (),
        ways(found),
        _variants(race, found, told, refit) if asked.sensitivity else (),
        sensitivity.since(race, asked.since, used, refit) if asked.since else None,
    )


def _variants(
    race: Race, found: Simulated, told: Summary, refit: sensitivity.Refit
) -> tuple[Otherwise, ...]:
    even = (sensitivity.even_transfers(found, told.rivals),) if len(race.standing) > 2 else ()
    return (*sensitivity.variants(race, refit), *even)


def _refit(asked: Asked, say: Say, race: Race, told: str) -> Refitted:
    posterior = fitted(race, asked, say, told)
    found = simulated(race, posterior, asked.seed, checked=False)
    return Refitted(found, posterior.diagnostics.passes)


def fitted(race: Race, asked: Asked, say: Say = _quietly, told: str = "") -> Posterior:
    """The fit, of about as many draws as are asked for; of more where these fail a check."""
    say(f"fitting the model {told}".strip())
    draws = -(-asked.draws // (fit.CHAINS * fit.REPEAT))
    return fit.fit(observations(race), asked.seed, draws=draws, cache=asked.cache)


def _if(
    race: Race,
    found: Simulated,
    scenarios: Sequence[scenario.Scenario],
    asked: Asked,
    say: Say,
) -> tuple[Conditional, tuple[str, ...]]:
    """The forecast if the scenarios hold, and what is wrong with the draws made for it."""
    weights = scenario.weights(found, scenarios)
    worth = float(weights.sum() ** 2 / max((weights**2).sum(), 1e-300))
    if worth >= scenario.LEAST:
        return Conditional(tuple(scenarios), worth, False, summary(found, weights)), ()
    anew = fitted(scenario.as_evidence(race, found, scenarios), asked, say, "with the scenario")
    again = simulated(race, anew, asked.seed)
    weights = scenario.weights(again, scenarios)
    if not weights.any():
        told = " and ".join(repr(each.written) for each in scenarios)
        raise InputError(f"{told}: no draw comes near it, even with it as evidence")
    said = summary(again, weights)
    failed = [f"with the scenario as evidence: {advice}" for advice in anew.diagnostics.advice]
    return Conditional(tuple(scenarios), worth, True, said), tuple(failed)
