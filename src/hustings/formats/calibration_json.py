"""A calibration as JSON, and its replicates as lines that a later run goes on from."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from hustings.errors import InputError, Problem
from hustings.forecast.uniformity import Calibration, Replicate

FORMAT = "hustings-calibration"
VERSION = 1
DIGITS = 6
# What of the first line is of the model, and not of what was asked.
MODEL = ("model", "code")

Json = dict[str, Any]


def write(calibration: Calibration) -> str:
    """The calibration as JSON text: the figures of each quantity, and every rank."""
    verdict = calibration.verdict()
    low, high = verdict.coverage()
    value = {
        "format": FORMAT,
        "version": VERSION,
        "race": calibration.race,
        "as_of": str(calibration.as_of),
        "seed": calibration.seed,
        "replicates": verdict.replicates,
        "failed": list(verdict.failed),
        "coverage_expected": [round(low, DIGITS), round(high, DIGITS)],
        "quantities": [
            {
                "name": each.quantity,
                "ks_p": round(each.ks, DIGITS),
                "ks_p_corrected": round(verdict.corrected(each), DIGITS),
                "chi_squared_p": round(each.chi, DIGITS),
                "coverage_80": round(each.covered, DIGITS),
                "leaves_band": verdict.leaves(each),
                "ranks": [one.ranks[each.quantity] for one in calibration.replicates],
            }
            for each in verdict.tested
        ],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def head(of: Mapping[str, str | int]) -> str:
    """The first line of a file of replicates: what they are of."""
    return json.dumps({"format": f"{FORMAT}-ranks", "version": VERSION, **of}, sort_keys=True)


def line(replicate: Replicate) -> str:
    """One replicate as a line, without its end."""
    return json.dumps(asdict(replicate))


def read(lines: Iterable[str], of: Mapping[str, str | int], file: str) -> Iterator[Replicate]:
    """The replicates of such a file; a last line that was cut off is left out.

    Raises `InputError` where the file is of something else, or no such file.
    """
    rows = list(lines)
    if rows and rows[0].rstrip("\n") != head(of):
        raise InputError(Problem(_of_what(rows[0], of), file, 1))
    for number, row in enumerate(rows[1:], 2):
        try:
            yield Replicate(**json.loads(row))
        except (TypeError, ValueError):
            if number < len(rows) or row.endswith("\n"):
                raise InputError(Problem("this is no replicate", file, number)) from None


def _of_what(row: str, of: Mapping[str, str | int]) -> str:
    """Why replicates with that first line are not those asked for, and what to do."""
    try:
        found = json.loads(row)
    except ValueError:
        found = {}
    changed = (
        [name for name in of if found.get(name) != of[name]] if isinstance(found, dict) else of
    )
    if changed and all(name in MODEL for name in changed):
        return (
            "these replicates are of the model as it was: its code or its settings have changed "
            "since, and ranks of two models are not to be mixed; name another file, or delete this "
            "one to begin anew"
        )
    return (
        "these replicates are of another race, day, seed or version; name another file, or "
        "ask for what they are of"
    )
