"""How long a forecast takes, beside importing the numeric packages alone.

Run as `python benchmarks/forecast.py`. Whole processes first: the packages imported, the first
forecast ever (nothing compiled is kept), and the next. Then, in one process, a fit of one day's
evidence, which compiles, and of the next day's, which needs no compiling; and the table of whom
to ask, checked by counting every electorate anew with one ballot flipped. What is compared are
ratios, since they travel between machines; nothing here is a test.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from time import perf_counter
from typing import Any

SCRIPT = Path(sys.executable).with_name("hustings")
RACE, DAY, BEFORE = "labour-2010-race", date(2010, 9, 12), date(2010, 9, 11)
ELECTORS = 71
# So many of the flips are counted by brute force.
CHECKED = 6


@dataclass(frozen=True, slots=True)
class Taken:
    """How long something took, in seconds: on the clock, and of all processors together."""

    name: str
    clock: float
    work: float
    aim: str = "–"


def timed(name: str, act: Callable[[], Any], who: int = RUSAGE_SELF, aim: str = "–") -> Taken:
    """Do it once, and say how long it took."""
    began, spent = perf_counter(), getrusage(who)
    act()
    after = getrusage(who)
    work = after.ru_utime + after.ru_stime - spent.ru_utime - spent.ru_stime
    return Taken(name, perf_counter() - began, work, aim)


def processes() -> Iterator[Taken]:
    """The packages alone, the first forecast, and the next."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "XDG_CACHE_HOME": cache}

        def run(*words: str) -> Callable[[], Any]:
            return lambda: subprocess.run(
                words,
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

        alone = run(sys.executable, "-c", "import numpy, jax, jax.numpy")
        ours = run(str(SCRIPT), "forecast", RACE, "--as-of", str(DAY))
        alone()
        yield timed("import numpy, jax", alone, RUSAGE_CHILDREN)
        yield timed("hustings forecast, the first", ours, RUSAGE_CHILDREN, "5 imports")
        yield timed("hustings forecast, the next", ours, RUSAGE_CHILDREN, "2 imports")


def within() -> Iterator[Taken]:
    """A fit, a fit of other evidence, and the table of pivots with its check."""
    from hustings.forecast import fit, outcomes, simulate
    from hustings.forecast.observations import observations
    from hustings.forecast.pivots import changes
    from hustings.shell import race as races

    loaded = races.load(races.example(RACE), date.today())
    race = loaded.as_of(DAY)
    early, late = observations(loaded.as_of(BEFORE)), observations(race)
    assert early.size == late.size, "the evidence outgrew its slots: the refit would compile"
    yield timed(f"fit of {BEFORE:%-d %B}, compiled first", lambda: fit.fit(early, 1))
    fitted: list[fit.Posterior] = []
    yield timed(f"refit of {DAY:%-d %B}", lambda: fitted.append(fit.fit(late, 2)), aim="2 s")
    drawn = fitted[0]
    print(f"Refit: {len(early.used)} entries, then {len(late.used)}; {drawn.diagnostics}.")
    found = outcomes.simulated(race, drawn, 1)
    pair = outcomes.summary(found).rivals
    flips = list(changes(found, found.named[:ELECTORS], pair))
    winners = simulate.winners_if(found.counted, found.counts, found.outcomes, flips)
    yield timed(
        f"{len(flips) // 2} electors flipped both ways, {len(found.counts):,} draws",
        lambda: simulate.winners_if(found.counted, found.counts, found.outcomes, flips),
        aim="1 s",
    )
    some = range(0, len(flips), max(1, len(flips) // CHECKED))
    for place in some:
        again = simulate.count_draws(found.counted, _flipped(found.counts, flips[place]))
        assert (again.winner == winners[place]).all(), "the quick table and brute force differ"
    print(f"Checked by brute force: {len(some)} of the {len(flips)} flips, in every draw.")


def _flipped(counts: Any, flip: Any) -> Any:
    """The papers of every draw, with one elector's ballot taken out and another put in."""
    changed = counts.copy()
    for ballots, papers in ((flip.before, -1), (flip.after, 1)):
        (draws,) = (ballots >= 0).nonzero()
        changed[draws, flip.section, ballots[draws]] += papers
    return changed


def table(rows: list[Taken]) -> str:
    """The times and the ratios, as Markdown."""
    alone = rows[0]
    lines = [
        f"| {row.name} | {row.clock:.1f} s | {row.work:.1f} s | {row.work / alone.work:.1f} "
        f"| {row.aim} |"
        for row in rows
    ]
    head = "| | on the clock | of all processors | times the import | aim |"
    return "\n".join([head, "|---|---:|---:|---:|---:|", *lines])


def main() -> None:
    """Measure, and print the table."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    print(table([*processes(), *within()]))


if __name__ == "__main__":
    main()
