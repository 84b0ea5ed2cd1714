"""What the forecast rests on: without a piece of evidence, with other settings, since a day."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

import numpy as np

from hustings.forecast import simulate
from hustings.forecast.electorate import Truth
from hustings.forecast.evidence import (
    Endorsement,
    Entry,
    MeetingPool,
    Parameter,
    Placement,
    PollFirst,
    PollPair,
    Race,
    RosterEntry,
    RunOff,
    SelfSelecting,
)
from hustings.forecast.hyperparameters import Hyperparameters
from hustings.forecast.kernel.ballots import Ballots
from hustings.forecast.outcomes import Simulated, Summary, estimate, summary
from hustings.forecast.pivots import turned
from hustings.nominations.meetings import Pair
from hustings.units import Candidate

# What all entries of named electors are called where they are left out together.
ROSTER = "roster"
WIDER = 1.5


@dataclass(frozen=True, slots=True)
class Refitted:
    """The simulated electorates of a race as it was refitted, and whether to trust the draws."""

    found: Simulated
    trusted: bool


# A race and what is told of it while the model is fitted: the refit, its exact checks left out.
Refit = Callable[[Race, str], Refitted]


@dataclass(frozen=True, slots=True)
class Otherwise:
    """P(win) of each candidate where one thing is otherwise, with its Monte Carlo errors.

    `what` is the id of the entry that is left out, or the name of a variant of the model; the
    draws of a refit that is not `trusted` failed their checks.
    """

    what: str
    wins: dict[Candidate, float]
    errors: dict[Candidate, float]
    trusted: bool = True


@dataclass(frozen=True, slots=True)
class Since:
    """The forecast as of an earlier day, and what each item published since then has moved.

    `without` are the forecasts of now without each item in turn. What one adds depends upon the
    others: the differences need not sum to that between the two days.
    """

    day: date
    before: Summary
    trusted: bool
    without: tuple[Otherwise, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """The model with something about it changed, in words, and the race that says so.

    `race` gives None where the change is none for that race.
    """

    meaning: str
    race: Callable[[Race], Race | None]


def without(race: Race, used: tuple[str, ...], refit: Refit) -> tuple[Otherwise, ...]:
    """The forecast without each entry that informs it, the roster as a whole."""
    return tuple(_left_out(race, used, refit))


def since(race: Race, earlier: Race, used: tuple[str, ...], refit: Refit) -> Since:
    """What each entry published since an earlier day has moved; `earlier` is the race as of it."""
    day = earlier.at or earlier.closes
    before = refit(earlier, f"as of {day}")
    later = {entry.id for entry in race.entries if entry.published > day}
    new = tuple(id_ for id_ in used if id_ in later)
    return Since(day, summary(before.found), before.trusted, tuple(_left_out(race, new, refit)))


def variants(race: Race, refit: Refit) -> tuple[Otherwise, ...]:
    """The forecast by each variant of the model that makes a difference to such a race."""
    made = ((name, variant.race(race)) for name, variant in VARIANTS.items())
    return tuple(
        otherwise(name, refit(changed, VARIANTS[name].meaning)) for name, changed in made if changed
    )


def even_transfers(found: Simulated, pair: Pair) -> Otherwise:
    """The same draws if these two shared the ballots of everybody else evenly.

    Each ballot is counted twice; one whose first preference is outside the pair puts the first
    of them ahead once and the other once. No paper is lost, and no preference is modelled.
    """
    counts = _halved(found, pair)
    winner = simulate.count_draws(found.counted, counts).winner
    return _told("even_transfers", found, winner[:, None] == np.arange(len(found.candidates)))


def otherwise(what: str, refitted: Refitted) -> Otherwise:
    """P(win) in what was refitted, under the name of what is otherwise."""
    found = refitted.found
    return _told(what, found, found.wins(), refitted.trusted)


def _told(what: str, found: Simulated, wins: Truth, trusted: bool = True) -> Otherwise:
    even = np.full(len(wins), 1 / len(wins))
    told = [estimate(wins[:, place].astype(float), even) for place in range(wins.shape[1])]
    named = list(zip(found.candidates, told, strict=True))
    return Otherwise(
        what, {n: each.value for n, each in named}, {n: each.error for n, each in named}, trusted
    )


def _left_out(race: Race, used: tuple[str, ...], refit: Refit) -> Iterator[Otherwise]:
    named = {entry.id for entry in race.of(RosterEntry)}
    for id_ in dict.fromkeys(ROSTER if id_ in named else id_ for id_ in used):
        gone = named.intersection(used) if id_ == ROSTER else {id_}
        yield otherwise(id_, refit(lacking(race, gone), f"without {id_}"))


def lacking(race: Race, gone: set[str]) -> Race:
    """The race had these never been published; what they corrected holds again."""
    left = tuple(entry for entry in race.entries if entry.id not in gone)
    return replace(race, entries=left).as_of(race.at or race.closes)


def _halved(found: Simulated, pair: Pair) -> simulate.Counts:
    """Every ballot twice: as it is, or once for each of the pair where it is of an outsider."""
    counted, counts = found.counted, found.counts
    own = np.array([ranking[0] in pair for ranking in counted.rankings] + [True])
    places = np.arange(len(own))
    places[-1] = -1
    to = [np.where(own, places, turned(counted, p)) for p in (pair, (pair[1], pair[0]))]
    if isinstance(counts, Ballots):
        rows = tuple(np.concatenate([side[some] for side in to], 1) for some in counts.rows)
        return Ballots(counts.types, rows, tuple(np.tile(papers, 2) for papers in counts.papers))
    twice = np.zeros_like(counts)
    for side in to:
        for at, place in enumerate(side[:-1].tolist()):
            twice[:, :, place] += counts[:, :, at]
    return twice


# --- variants of the model ------------------------------------------------------------------


def _set(race: Race, values: Mapping[str, float]) -> Race:
    """The race with these told to the model, over all that it is told already."""
    day = race.at or race.closes
    told: tuple[Entry, ...] = tuple(
        Parameter(
            id=f"variant-{name}", published=day, name=name,
            value=Fraction(value).limit_denominator(10**6),
        )
        for name, value in values.items()
    )  # fmt: skip
    return replace(race, entries=(*race.entries, *told))


def _plain(race: Race) -> Race:
    left = tuple(entry for entry in race.entries if not isinstance(entry, Placement))
    return _set(replace(race, entries=left), {"placement_sd": 0.0})


def _unendorsed(race: Race) -> Race | None:
    if not race.of(Endorsement):
        return None
    left = tuple(entry for entry in race.entries if not isinstance(entry, Endorsement))
    return replace(race, entries=left)


def _true_polls(race: Race) -> Race | None:
    polls = any(race.of(kind) for kind in (PollFirst, PollPair))
    return _set(race, {"poll_sd": 0.05, "poll_pair_sd": 0.05}) if polls else None


def _wider(race: Race) -> Race | None:
    now = Hyperparameters().told(race.parameters())
    names = (
        "poll_sd", "poll_pair_sd", "self_selecting_sd", "activist_sd", "nomination_sd",
        "roster_sd", "report_sd", "runoff_sd", "primary_sd",
    )  # fmt: skip
    return _set(race, {name: WIDER * getattr(now, name) for name in names})


def _unshared(race: Race) -> Race | None:
    some = any(race.of(kind) for kind in (PollFirst, PollPair, SelfSelecting, MeetingPool))
    return _set(race, {"common_part": 0.0, "house_part": 0.0, "activist_sd": 0.0}) if some else None


def _leaning(mean: float) -> Callable[[Race], Race | None]:
    def with_lean(race: Race) -> Race | None:
        pooled = any(entry.bias.mean is None for entry in race.of(RunOff))
        return _set(race, {"runoff_mean": mean}) if pooled else None

    return with_lean


VARIANTS: Mapping[str, Variant] = {
    "plain": Variant("voters do not differ by where they stand from left to right", _plain),
    "no_endorsement": Variant("endorsements say nothing", _unendorsed),
    "true_polls": Variant("polls err by 0.05, little more than sampling", _true_polls),
    "wider_errors": Variant("every source errs by half as much again", _wider),
    "no_shared_error": Variant("no error is shared by polls, a house or activists", _unshared),
    "run_offs_as_they_are": Variant("pooled run-offs have no lean", _leaning(0.0)),
    "run_offs_lean_more": Variant("pooled run-offs lean by 0.3", _leaning(0.3)),
}
EVEN = "the ballots of all who go are shared evenly by the last two"
MEANINGS: Mapping[str, str] = {
    **{name: variant.meaning for name, variant in VARIANTS.items()},
    "even_transfers": EVEN,
}
