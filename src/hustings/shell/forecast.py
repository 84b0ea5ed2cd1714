"""The act of forecasting a race: load it as of a day, and hand the core what the world holds."""

import os
from collections.abc import Callable
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from hustings.errors import InputError, Problem
from hustings.forecast.evidence import Race
from hustings.shell import race as races
from hustings.shell import world

if TYPE_CHECKING:
    from hustings.forecast.fit import Posterior
    from hustings.forecast.statement import Forecast

NEEDED = ("jax",)


def forecast(
    race: Race,
    seed: int,
    draws: int,
    scenarios: tuple[str, ...] = (),
    sensitivity: bool = False,
    since: Race | None = None,
    say: Callable[[str], None] = lambda _: None,
    kept: "Posterior | None" = None,
) -> "Forecast":
    """The forecast of a race as of a day, compiled programs kept in the user's cache folder.

    `since` is the race as of an earlier day; `say` is told what is about to be done; `kept` are
    draws which `drawn` made or `kept_in` found, of the same seed. Raises `InputError` where what
    samples the model is not installed, and whatever `hustings.forecast.statement.forecast` raises.
    """
    require_extra()
    # Only who forecasts waits for the numeric packages.
    from hustings.forecast import statement

    asked = statement.Asked(seed, draws, scenarios, sensitivity, str(cache_folder()), since)
    return statement.forecast(race, asked, say, kept)


def drawn(race: Race, seed: int, draws: int, say: Callable[[str], None]) -> "Posterior":
    """The model's draws alone, to be kept; raises what `forecast` raises."""
    require_extra()
    from hustings.forecast import statement

    return statement.fitted(race, statement.Asked(seed, draws, cache=str(cache_folder())), say)


def keep(file: Path, race: Race, found: "Posterior", *, force: bool) -> None:
    """Write the draws whole or not at all; raises `InputError` rather than replace a file."""
    from hustings.forecast import fit
    from hustings.formats import forecast_draws_json

    repeat = 1 if found.prior else fit.REPEAT
    world.write(file, [forecast_draws_json.write(race, found, repeat)], force=force)


def kept_in(file: Path, race: Race) -> "Posterior":
    """The draws of a race in a file; raises `InputError` where they are not of that race."""
    require_extra()
    from hustings.formats import forecast_draws_json

    return forecast_draws_json.read("".join(world.lines(file)), str(file), race)


def known(path: Path, day: date, today: date) -> tuple[Race, tuple[Problem, ...], int]:
    """The race as of a day, what its reader must be told, and how many entries came later."""
    loaded = races.load(path, today)
    return loaded.as_of(day), loaded.warnings, loaded.left_out(day)


def require_extra() -> None:
    """Raise `InputError` where the packages that sample the model are not installed."""
    if not all(find_spec(name) for name in NEEDED):
        raise InputError('a forecast needs jax: pip install "hustings[forecast]"')


def cache_folder() -> Path:
    """Where compiled programs are kept: `XDG_CACHE_HOME`, or `.cache` in the user's home."""
    home = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(home) if home.startswith("/") else Path.home() / ".cache"
    return base / "hustings" / "compiled"
