"""The act of calibrating: replicates in processes of their own, each kept as soon as it is done."""

import ast
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from hustings.forecast.evidence import Race
from hustings.forecast.hyperparameters import Hyperparameters
from hustings.forecast.uniformity import Calibration, Replicate
from hustings.formats import calibration_json
from hustings.shell import forecast, world

if TYPE_CHECKING:
    from hustings.forecast.calibration import Setting

Tell = Callable[[int], None]

# What a replicate is made by is this module, and all of this package that it imports.
MADE_BY, PACKAGE = "hustings.forecast.calibration", "hustings.forecast"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: how many replicates, in how many processes, and where to keep them."""

    seed: int
    replicates: int
    jobs: int
    kept: Path | None = None


def calibrate(race: Race, asked: Asked, tell: Tell) -> Calibration:
    """The replicates of a race as of a day, those kept from an earlier run among them.

    `tell` is told how many more are done. Raises `InputError` where what samples the model is
    not installed, the race has no evidence, or the file is of another run.
    """
    forecast.require_extra()
    assert race.at is not None, "a calibration is of a race as of a day"
    of = kept_of(race, asked.seed)
    done = {each.number: each for each in _kept(asked.kept, of)}
    numbers = [number for number in range(asked.replicates) if number not in done]
    tell(asked.replicates - len(numbers))
    with _keeping(asked.kept, of, len(done) > 0) as keep:
        for each in _made(race, asked, numbers):
            keep(each)
            done[each.number] = each
            tell(1)
    made = tuple(done[number] for number in range(asked.replicates))
    return Calibration(race.name, race.at, asked.seed, made)


def kept_of(race: Race, seed: int) -> dict[str, str | int]:
    """What kept replicates are of: the evidence, the day, the seed, the model and its scales."""
    return {
        "evidence_digest": race.digest(),
        "as_of": str(race.at),
        "seed": seed,
        "model": sha256(repr(Hyperparameters()).encode()).hexdigest(),
        "code": fingerprint(),
        "hustings": version("hustings"),
    }


@cache
def fingerprint() -> str:
    """A digest of the code that a replicate comes from: the model, its priors, `forward`, the fit.

    Found by what imports what, so that a part of the model that moves to a module of its own
    stays in it.
    """
    digest = sha256()
    for name, source in sorted(_sources().items()):
        digest.update(f"{name} {len(source)}\n".encode() + source)
    return digest.hexdigest()


def _sources() -> dict[str, bytes]:
    """The modules by which a replicate is made, by name."""
    found: dict[str, bytes] = {}
    asked = {MADE_BY}
    while asked:
        name = asked.pop()
        folder = name.split(".")[1:]
        place = world.packaged(*folder[:-1], f"{folder[-1]}.py")
        if place.is_file():
            found[name] = place.read_bytes()
            asked |= {each for each in _imported(found[name]) if each not in found}
    return found


def _imported(source: bytes) -> Iterator[str]:
    """What may be modules of the package among the names that the source imports from it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
            yield from (f"{node.module}.{each.name}" for each in node.names)
            if node.module != PACKAGE:
                yield str(node.module)


def _kept(path: Path | None, of: dict[str, str | int]) -> list[Replicate]:
    if path is None or not path.exists():
        return []
    return list(calibration_json.read(world.lines(path), of, str(path)))


@contextmanager
def _keeping(
    path: Path | None, of: dict[str, str | int], more: bool
) -> Iterator[Callable[[Replicate], None]]:
    """What adds a replicate to the file, a whole line at a time."""
    if path is None:
        yield lambda replicate: None
        return
    rows = [calibration_json.head(of)]
    if more:
        rows += [calibration_json.line(each) for each in _kept(path, of)]
    # Written anew, the file loses a last line that an interruption cut off.
    world.write(path, [f"{row}\n" for row in rows], force=True)
    with path.open("a", encoding="utf-8") as file:

        def keep(replicate: Replicate) -> None:
            file.write(f"{calibration_json.line(replicate)}\n")
            file.flush()

        yield keep


# --- one after another, or in processes of their own --------------------------------------


def _made(race: Race, asked: Asked, numbers: list[int]) -> Iterator[Replicate]:
    begin = (race, asked.seed, str(forecast.cache_folder()))
    if asked.jobs == 1 or len(numbers) < 2:
        _begin(*begin)
        yield from map(_one, numbers)
        return
    # Never by a fork: the threads of what samples the model would not come along.
    pool = ProcessPoolExecutor(
        min(asked.jobs, len(numbers)), get_context("spawn"), _begin_apart, begin
    )
    try:
        for future in as_completed([pool.submit(_one, number) for number in numbers]):
            yield future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_settings: list["Setting"] = []


def _begin_apart(race: Race, seed: int, cache: str) -> None:
    # Ctrl-C is for the process that waits for this one, and which this one does not outlive.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    _begin(race, seed, cache)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _begin(race: Race, seed: int, cache: str) -> None:
    from hustings.forecast import calibration, fit

    fit.keep_compiled(cache)
    _settings[:] = [calibration.setting(race, seed)]


def _one(number: int) -> Replicate:
    from hustings.forecast import calibration

    return calibration.replicate(_settings[0], number)
