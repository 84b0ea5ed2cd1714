"""A forecast as JSON, version 1: every number, with the day, evidence, seed and rules behind it.

The same forecast gives the same bytes.
"""

import json
from dataclasses import asdict
from math import isfinite
from typing import Any

from hustings.forecast.outcomes import Chance, Estimate, Spread, Summary
from hustings.forecast.pivots import Pivots
from hustings.forecast.sensitivity import MEANINGS, Otherwise, Since
from hustings.forecast.statement import Conditional, Forecast

FORMAT = "hustings-forecast"
VERSION = 1
# Further digits differ from one processor to another, and mean nothing.
DIGITS = 6

Json = dict[str, Any]


def write(forecast: Forecast) -> str:
    """The forecast as JSON text, with a line break at its end."""
    return json.dumps(as_value(forecast), ensure_ascii=False, indent=1) + "\n"


def as_value(forecast: Forecast) -> Json:
    """The forecast as plain values: dicts, lists, texts and numbers."""
    race = forecast.race
    value = {
        "format": FORMAT,
        "version": VERSION,
        "race": race.name,
        "post": race.contest.post,
        "as_of": str(race.at),
        "poll_closes": str(race.closes),
        "rule_book": race.contest.rules.name,
        "evidence_digest": forecast.digest,
        "seed": forecast.seed,
        "draws": forecast.summary.draws,
        "is_prior": forecast.prior,
        "failed": list(forecast.failed),
        "diagnostics": asdict(forecast.diagnostics),
        "names": {entry.id: entry.name for entry in race.contest.candidates},
        "section_names": {entry.id: entry.name for entry in race.contest.sections},
        **_summary(forecast.summary),
        "break_even": asdict(forecast.break_even),
        "pivots": _pivots(forecast.pivots),
        "scenario": _conditional(forecast.conditional) if forecast.conditional else None,
        "paths": [asdict(way) for way in forecast.paths],
        "sensitivity": [_otherwise(each, "entry") for each in forecast.without],
        "variants": [
            {**_otherwise(each, "variant"), "meaning": MEANINGS[each.what]}
            for each in forecast.variants
        ],
        "since": _since(forecast.since) if forecast.since else None,
        "evidence": {"used": list(forecast.used), "notes": list(forecast.notes)},
        "assumed": list(forecast.assumed),
    }
    plain: Json = _rounded(value)
    return plain


def _rounded(value: Any) -> Any:
    """Numbers to six decimal places; what is no finite number becomes null."""
    match value:
        case dict():
            return {str(key): _rounded(each) for key, each in value.items()}
        case list() | tuple():
            return [_rounded(each) for each in value]
        case float():
            return round(value, DIGITS) + 0.0 if isfinite(value) else None
    return value


def _summary(summary: Summary) -> Json:
    return {
        "worth": summary.worth,
        "candidates": [_chance(chance) for chance in summary.chances],
        "final_pairs": [{"pair": pair, "chance": p} for pair, p in summary.pairs],
        "orders": [{"out": order, "chance": p} for order, p in summary.orders],
        "final_share_histogram": {
            "of": summary.leader.candidate,
            "from_per_cent": summary.histogram,
        },
    }


def _chance(chance: Chance) -> Json:
    return {
        "id": chance.candidate,
        "win": _estimate(chance.win),
        "in_final_pair": chance.in_pair,
        "first_preferences": {
            "college": _spread(chance.first),
            "sections": {name: _spread(each) for name, each in chance.section_first.items()},
        },
        "final_share": {
            "college": _spread(chance.final) if chance.final else None,
            "sections": {name: _spread(each) for name, each in chance.section_final.items()},
        },
    }


def _estimate(estimate: Estimate) -> Json:
    return {"value": estimate.value, "standard_error": estimate.error}


def _spread(spread: Spread) -> Json:
    return {
        "median": spread.median,
        "mean": spread.mean,
        **{f"interval_{width}": ends for width, ends in spread.inner.items()},
    }


def _pivots(found: Pivots) -> Json:
    electors = [{**asdict(each), "moves": _estimate(each.moves)} for each in found.electors]
    return {
        "pair": found.pair,
        "electors": electors,
        "bloc_curves": [asdict(each) for each in found.curves],
        "bloc_values": [asdict(each) for each in found.values],
    }


def _otherwise(found: Otherwise, called: str) -> Json:
    return {
        called: found.what,
        "wins": found.wins,
        "standard_errors": found.errors,
        "trusted": found.trusted,
    }


def _since(found: Since) -> Json:
    return {
        "day": str(found.day),
        "trusted": found.trusted,
        "before": _summary(found.before),
        "without": [_otherwise(each, "entry") for each in found.without],
    }


def _conditional(found: Conditional) -> Json:
    return {
        "if": [each.written for each in found.scenarios],
        "read_as": [asdict(each) for each in found.scenarios],
        "first_draws_worth": found.worth,
        "refitted": found.refitted,
        **_summary(found.summary),
    }
