"""The act of back-testing: load finished races with their results, and score forecasts of them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from hustings.errors import InputError, Problem
from hustings.forecast.past import Past
from hustings.formats import result_toml
from hustings.shell import forecast as forecasts
from hustings.shell import race as races
from hustings.shell import world

if TYPE_CHECKING:
    from hustings.forecast.backtest import Backtest

# What came of a race: beside its race.toml, and opened here alone.
RESULT = "result.toml"


def finished() -> tuple[Path, ...]:
    """The example races of the package whose result is known."""
    folders = (races.example(name) for name in races.races())
    return tuple(folder for folder in folders if (folder / RESULT).is_file())


def load(paths: Iterable[Path], today: date) -> tuple[Past, ...]:
    """The finished races of these folders; raises `InputError` with every mistake in any."""
    found: list[Past] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            found.append(_past(path, today))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(found)


def _past(path: Path, today: date) -> Past:
    loaded = races.load(path, today)
    file = loaded.folder / RESULT
    if not file.is_file():
        what = f"there is no {RESULT} here: it says who won; docs/reference/race-files.md tells how"
        raise InputError(Problem(what, str(loaded.folder)))
    result = result_toml.read(world.text(file), str(file), loaded.race)
    past = Past(loaded.folder.resolve().name, loaded.race, result)
    if not past.days:
        what = "no evidence was published before the result: there is no forecast to score"
        raise InputError(Problem(what, str(loaded.folder)))
    return past


def backtest(
    pasts: Sequence[Past],
    seed: int,
    draws: int,
    today: date,
    told: Callable[[str, date], None],
) -> "Backtest":
    """Score forecasts of these races; the examples of the package are learnt from beside them.

    Raises `InputError` where what samples the model is not installed, `RuleError` for rules
    that the fast count does not know. `told` is called before each forecast.
    """
    forecasts.require_extra()
    # Only who forecasts waits for the numeric packages.
    from hustings.forecast import backtest as core

    asked = core.Asked(seed, draws, str(forecasts.cache_folder()))
    return core.backtest(pasts, load(finished(), today), asked, told)
