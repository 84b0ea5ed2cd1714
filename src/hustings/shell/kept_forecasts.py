"""Forecasts kept in the user's cache folder, so that a race's pages are built again quickly."""

import json
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hustings.errors import InputError
from hustings.forecast.evidence import Race
from hustings.formats import forecast_told
from hustings.results.race_pages.edition import Outlook
from hustings.results.report import Block, Heading, Picture, Report, Sentence, Table
from hustings.shell import forecast, world

if TYPE_CHECKING:
    from hustings.forecast.statement import Forecast

BLOCKS = {kind.__name__.lower(): kind for kind in (Heading, Sentence, Table, Picture)}
# What a forecast and its report come from in this program, and what it is made with.
FOLDERS = (("forecast",), ("forecast", "kernel"), ("counting",), ("results", "pictures"))
MODULES = (("formats", "forecast_json.py"), ("results", "forecast_report.py"))
PACKAGES = ("hustings", "numpy", "jax", "jaxlib")


def kept(race: Race, seed: int, draws: int) -> Outlook | None:
    """The forecast of a race as of a day, where it was made before; else None."""
    path = _place(race, seed, draws)
    if not path.is_file():
        return None
    try:
        return _read(world.as_it_stands(path))
    except (InputError, ValueError, KeyError, TypeError):
        # Whatever spoilt it, it can be made again.
        return None


def made(race: Race, seed: int, draws: int) -> Outlook:
    """The forecast of a race as of a day, made now and kept.

    Raises whatever `hustings.shell.forecast.forecast` raises; where it cannot be kept it is made
    all the same.
    """
    text = _written(forecast.forecast(race, seed, draws))
    with suppress(InputError):
        world.write(_place(race, seed, draws), [text], force=True)
    # What was read back is shown, so that a forecast just made and one kept give the same bytes.
    return _read(text)


def _place(race: Race, seed: int, draws: int) -> Path:
    said = [race.digest(), str(race.at), race.name, race.contest.post, seed, draws, program()]
    key = sha256(json.dumps(said).encode()).hexdigest()
    return forecast.cache_folder().parent / "forecasts" / f"{key[:40]}.json"


@cache
def program() -> str:
    """A fingerprint of what makes forecasts: this program so far, and what it needs for it."""
    digest = sha256()
    places = [*MODULES]
    for folder in FOLDERS:
        names = (entry.name for entry in world.packaged(*folder).iterdir())
        places += [(*folder, name) for name in names if name.endswith(".py")]
    for place in sorted(places):
        digest.update(world.packaged(*place).read_bytes())
    for package in PACKAGES:
        digest.update(_version(package).encode())
    return digest.hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _written(made: "Forecast") -> str:
    # Only who forecasts waits for what these need.
    from hustings.formats import forecast_json
    from hustings.results import forecast_report

    report = forecast_report.of(made)
    blocks = [{"is": type(block).__name__.lower(), **asdict(block)} for block in report.blocks]
    value = {
        "forecast": forecast_json.as_value(made),
        "report": {"title": report.title, "blocks": blocks},
    }
    return json.dumps(value, ensure_ascii=False) + "\n"


def _read(text: str) -> Outlook:
    value = json.loads(text)
    told = forecast_told.of_value(value["forecast"])
    report = value["report"]
    blocks = tuple(_block(each) for each in report["blocks"])
    written = json.dumps(value["forecast"], ensure_ascii=False, indent=1) + "\n"
    return Outlook(told, Report(report["title"], blocks), written)


def _block(value: dict[str, Any]) -> Block:
    kind, fields = BLOCKS[value["is"]], {k: v for k, v in value.items() if k != "is"}
    if kind is Table:
        fields["header"] = tuple(fields["header"])
        fields["rows"] = tuple(tuple(row) for row in fields["rows"])
    block: Block = kind(**fields)
    return block
