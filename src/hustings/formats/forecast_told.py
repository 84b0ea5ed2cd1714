"""A forecast's JSON read back: the figures that a page prints, without what computes them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from hustings.errors import InputError, Problem
from hustings.nominations.meetings import Pair
from hustings.units import Candidate, Section

# The kind and version of the JSON, as `forecast_json` writes them.
FORMAT, VERSION = "hustings-forecast", 1

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Band:
    """Where a share lies, in parts of 1: its median, and the two ends of four cases in five."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Prospect:
    """A candidate's chance to win with its Monte Carlo error, and to be among the last two.

    `first` are first preferences and `final` the share among the last two, of the college; None
    where the candidate is never one of them.
    """

    candidate: Candidate
    win: float
    error: float
    in_pair: float
    first: Band
    final: Band | None


@dataclass(frozen=True, slots=True)
class Bloc:
    """How far the chance of the first of the pair moves with how a bloc splits between the two.

    Its voters put `first` first, or anyone outside the pair where that is None; `share` of them
    prefer the first of the pair, and knowing it all would move the chance to between
    `low` and `high` in four cases of five. `worth` is what knowing it is worth, in Brier score.
    """

    section: Section
    first: Candidate | None
    voters: float
    share: float
    low: float
    high: float
    worth: float


@dataclass(frozen=True, slots=True)
class Elector:
    """How far one named elector would move the chance of the first of the pair, and its error."""

    elector: str
    section: Section
    moves: float
    error: float


@dataclass(frozen=True, slots=True)
class Told:
    """What a forecast says of a race as of a day, candidates with the best chance first.

    `wrong_by` is the error, in parts of 1 of the final share, that all evidence would have to
    share for the pair to be level; None where none within reach does it. `failed` is why the
    draws cannot be trusted; `is_prior` says that no evidence informs it.
    """

    as_of: date
    digest: str
    seed: int
    draws: int
    is_prior: bool
    failed: tuple[str, ...]
    prospects: tuple[Prospect, ...]
    pair: Pair
    wrong_by: float | None
    blocs: tuple[Bloc, ...]
    electors: tuple[Elector, ...]

    def of(self, candidate: Candidate) -> Prospect | None:
        """The prospects of a candidate; None where the candidate had withdrawn by that day."""
        return next((each for each in self.prospects if each.candidate == candidate), None)


def read(text: str, file: str = "") -> Told:
    """Read the JSON of a forecast; raises `InputError` where it is none, or of another version."""
    try:
        return of_value(json.loads(text))
    except (ValueError, KeyError, TypeError, IndexError) as error:
        what = f"this is no {FORMAT} of version {VERSION}: {error!r}"
        raise InputError(Problem(what, file)) from None


def of_value(value: Json) -> Told:
    """The same of JSON that was parsed; raises `KeyError`, `TypeError` or `ValueError`."""
    if (value["format"], value["version"]) != (FORMAT, VERSION):
        raise ValueError(f"{value['format']} {value['version']}")
    one, other = value["pivots"]["pair"]
    return Told(
        date.fromisoformat(value["as_of"]),
        value["evidence_digest"],
        value["seed"],
        value["draws"],
        value["is_prior"],
        tuple(value["failed"]),
        tuple(_prospect(each) for each in value["candidates"]),
        (Candidate(one), Candidate(other)),
        value["break_even"]["points"],
        tuple(_bloc(each) for each in value["pivots"]["bloc_values"]),
        tuple(_elector(each) for each in value["pivots"]["electors"]),
    )


def _prospect(value: Json) -> Prospect:
    final = value["final_share"]["college"]
    return Prospect(
        Candidate(value["id"]),
        value["win"]["value"],
        value["win"]["standard_error"],
        value["in_final_pair"],
        _band(value["first_preferences"]["college"]),
        _band(final) if final else None,
    )


def _band(value: Json) -> Band:
    low, high = value["interval_80"]
    return Band(value["median"], low, high)


def _bloc(value: Json) -> Bloc:
    first = value["first"]
    return Bloc(
        Section(value["section"]),
        Candidate(first) if first else None,
        value["voters"],
        value["share"],
        value["low"],
        value["high"],
        value["voi"],
    )


def _elector(value: Json) -> Elector:
    moves = value["moves"]
    section = Section(value["section"])
    return Elector(value["elector"], section, moves["value"], moves["standard_error"])
