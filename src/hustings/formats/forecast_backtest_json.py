"""Back-tests as JSON, version 1: every forecast, score and interval.

The same back-tests give the same bytes.
"""

import json
from dataclasses import asdict
from typing import Any

from hustings.forecast.backtest import Backtest
from hustings.forecast.learning import learnt_names
from hustings.forecast.scores import Held, Scored, brier_score, log_score

FORMAT = "hustings-backtest"
VERSION = 1
# Further digits differ from one processor to another, and mean nothing.
DIGITS = 6


def write(found: Backtest) -> str:
    """The back-tests as JSON text, with a line break at its end."""
    value = {
        "format": FORMAT,
        "version": VERSION,
        "seed": found.seed,
        "draws": found.draws,
        "failed": list(found.failed),
        "means": [asdict(each) for each in found.means],
        "coverage": [asdict(each) for each in found.coverages],
        "learnt": [
            {
                "contest": each.contest,
                "other_contests": each.others,
                "baseline_error": each.error,
                "hyperparameters": {
                    name: getattr(each.hyperparameters, name) for name in learnt_names()
                },
            }
            for each in found.left
        ],
        "forecasts": [_scored(each) for each in found.scored],
    }
    return json.dumps(_rounded(value), ensure_ascii=False, indent=1) + "\n"


def _scored(each: Scored) -> dict[str, Any]:
    return {
        "contest": each.contest,
        "as_of": str(each.day),
        "winner": each.winner,
        "wins": dict(each.wins),
        "log": log_score(each.wins, each.winner),
        "brier": brier_score(each.wins, each.winner),
        "shares": [_held(held) for held in each.held],
        "baselines": {name: dict(wins) for name, wins in each.baselines.items()},
        "failed": list(each.failed),
    }


def _held(held: Held) -> dict[str, Any]:
    inner = {f"interval_{level}": list(ends) for level, ends in held.inner.items()}
    plain = {name: getattr(held, name) for name in ("kind", "candidate", "section", "actual")}
    return {**plain, "median": held.median, "pit": held.pit, **inner}


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _rounded(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(part) for part in value]
    return round(value, DIGITS) if isinstance(value, float) else value
