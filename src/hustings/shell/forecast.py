"""The act of forecasting a race: load it as of a day, and hand the core what the world holds."""

import os
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from hustings.errors import InputError, Problem
from hustings.forecast.evidence import Race
from hustings.shell import race as races

if TYPE_CHECKING:
    from hustings.forecast.statement import Forecast

NEEDED = ("jax", "blackjax")


def forecast(
    race: Race,
    seed: int,
    draws: int,
    scenarios: tuple[str, ...] = (),
    sensitivity: bool = False,
) -> "Forecast":
    """The forecast of a race as of a day, compiled programs kept in the user's cache folder.

    Raises `InputError` where what samples the model is not installed, and whatever
    `hustings.forecast.statement.forecast` raises.
    """
    require_extra()
    # Only who forecasts waits for the numeric packages.
    from hustings.forecast import statement

    asked = statement.Asked(seed, draws, scenarios, sensitivity, str(cache_folder()))
    return statement.forecast(race, asked)


def known(path: Path, day: date, today: date) -> tuple[Race, tuple[Problem, ...], int]:
    """The race as of a day, what its reader must be told, and how many entries came later."""
    loaded = races.load(path, today)
    return loaded.as_of(day), loaded.warnings, loaded.left_out(day)


def require_extra() -> None:
    """Raise `InputError` where the packages that sample the model are not installed."""
    if not all(find_spec(name) for name in NEEDED):
        raise InputError('a forecast needs jax and blackjax: pip install "hustings[forecast]"')


def cache_folder() -> Path:
    """Where compiled programs are kept: `XDG_CACHE_HOME`, or `.cache` in the user's home."""
    home = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(home) if home.startswith("/") else Path.home() / ".cache"
    return base / "hustings" / "compiled"
