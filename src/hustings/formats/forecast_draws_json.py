"""A model's draws as JSON, version 1: kept, so that what if can be asked without a fit.

The same draws give the same bytes, and come back as they were to the last bit.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from hustings.errors import InputError, Problem
from hustings.forecast import fit, model
from hustings.forecast.evidence import Race
from hustings.forecast.fit import Diagnostics, Posterior
from hustings.forecast.observations import observations

FORMAT = "hustings-draws"
VERSION = 1

Json = Mapping[str, Any]


def write(race: Race, drawn: Posterior, repeat: int) -> str:
    """The draws as JSON text with a line break at its end, one draw of the parameters a line.

    `repeat` is how many times in turn each of them stands in `drawn`.
    """
    vectors = drawn.vectors[::repeat]
    # The sampler draws in single precision, in which half as many digits tell all.
    single = vectors.astype(np.float32)
    exact = bool((single == vectors).all())
    told = {
        "format": FORMAT,
        "version": VERSION,
        "race": race.name,
        "as_of": str(race.at),
        "evidence_digest": race.digest(),
        "seed": drawn.seed,
        "is_prior": drawn.prior,
        "repeat": repeat,
        "diagnostics": asdict(drawn.diagnostics),
        "single_precision": exact,
    }
    rows = ",\n".join(f"[{', '.join(map(str, row))}]" for row in (single if exact else vectors))
    about = json.dumps(told, ensure_ascii=False, indent=1).removesuffix("\n}")
    return f'{about},\n "parameters": [\n{rows}\n]\n}}\n'


def read(text: str, file: str, race: Race) -> Posterior:
    """The draws that were kept of this race as of this day.

    Raises `InputError` for a text that is none, and for draws of another race, of another day,
    of other evidence, or of a model with other parameters.
    """
    value = _object(text, file)
    _require_same(value, file, race)
    seen = observations(race)
    try:
        kind = np.float32 if value["single_precision"] else np.float64
        rows = np.array(value["parameters"], kind).astype(np.float64)
        diagnostics = _diagnostics(value["diagnostics"])
        seed, repeat, prior = int(value["seed"]), int(value["repeat"]), bool(value["is_prior"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _wrong(
            file, "its parts are not those that --keep writes; keep the draws anew"
        ) from None
    wide = model.length(seen.size)
    if rows.ndim != 2 or rows.shape[1] != wide or len(rows) < 2 or not np.isfinite(rows).all():
        raise _wrong(file, f"expected rows of {wide} finite parameters, as this version draws")
    if not 1 <= repeat <= 100 or seed < 0:
        raise _wrong(file, "seed and repeat are not those of a forecast")
    return fit.posterior(seen, seed, rows, repeat, diagnostics, prior)


def _object(text: str, file: str) -> Json:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise _wrong(file, f"this is not JSON: {error}") from None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise _wrong(file, "these are no draws; --keep writes such a file")
    if value.get("version") != VERSION:
        raise _wrong(file, f"version {value.get('version')!r}; this program reads {VERSION}")
    return value


def _require_same(value: Json, file: str, race: Race) -> None:
    """A draw tells of the evidence that it was drawn from, and of nothing else."""
    if value.get("evidence_digest") != race.digest():
        raise _wrong(
            file,
            f"these are draws of {value.get('race')!r} as of {value.get('as_of')}, from other "
            f"evidence than that of {race.name!r} as of {race.at}; fit anew and keep these",
        )


def _diagnostics(value: Json) -> Diagnostics:
    infinite = {"ess_bulk", "ess_tail"}
    known = {part.name for part in fields(Diagnostics)}
    told: dict[str, Any] = {
        name: float("inf") if number is None and name in infinite else number
        for name, number in value.items()
        if name in known
    }
    return Diagnostics(**told)


def _wrong(file: str, what: str) -> InputError:
    return InputError(Problem(what, file))
