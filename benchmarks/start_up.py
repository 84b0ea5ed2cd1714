"""How long the commands take to start, as whole processes, beside an interpreter that does nothing.

Run as `make bench`, or `python benchmarks/start_up.py --runs 25 --write`. What is
compared are ratios, since they travel between machines; nothing here is a test.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

HERE = Path(__file__).parent
SCRIPT = Path(sys.executable).with_name("hustings")
EXAMPLE = "labour-2010"
NOTHING = "python -c pass"
FEWEST = 15


@dataclass(frozen=True, slots=True)
class Command:
    """A command, what it is called in the table, and how many nothings it may take."""

    name: str
    words: tuple[str, ...]
    aim: float | None = None


COMMANDS = (
    Command(NOTHING, (sys.executable, "-c", "pass")),
    Command("hustings --help", (str(SCRIPT), "--help"), 12),
    Command(f"hustings count {EXAMPLE}", (str(SCRIPT), "count", EXAMPLE), 25),
)


@dataclass(frozen=True, slots=True)
class Timed:
    """A command and how many milliseconds each of its runs took."""

    command: Command
    times: tuple[float, ...]

    @property
    def middle(self) -> float:
        """The median."""
        return median(self.times)


def measure(runs: int, environment: Mapping[str, str]) -> list[Timed]:
    """Run every command once to warm up, then all of them in turn, so often."""
    times: dict[str, list[float]] = {command.name: [] for command in COMMANDS}
    for run in range(runs + 1):
        for command in COMMANDS:
            taken = _run(command, environment)
            if run:
                times[command.name].append(taken)
    return [Timed(command, tuple(times[command.name])) for command in COMMANDS]


def _run(command: Command, environment: Mapping[str, str]) -> float:
    began = perf_counter()
    subprocess.run(command.words, env=environment, stdout=subprocess.DEVNULL, check=True)
    return (perf_counter() - began) * 1000


def _environment(cache: str) -> dict[str, str]:
    """Ours, with the bytecode kept from run to run as an installed package has it."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**ours, "PYTHONPYCACHEPREFIX": cache}


def table(timed: Sequence[Timed]) -> str:
    """The medians and the ratios beside the aims, as Markdown."""
    nothing = timed[0].middle
    rows = [
        f"| `{one.command.name}` | {one.middle:.0f} ms | {one.middle / nothing:.1f} | "
        f"{one.command.aim or '–'} |"
        for one in timed
    ]
    head = f"| command | median of {len(timed[0].times)} | times `{NOTHING}` | aim |"
    return "\n".join([head, "|---|---:|---:|---:|", *rows])


def as_json(timed: Sequence[Timed]) -> str:
    """Every run, rounded to a tenth of a millisecond."""
    nothing = timed[0].middle
    value = {
        "python": ".".join(map(str, sys.version_info[:3])),
        "commands": [
            {
                "command": one.command.name,
                "median_ms": round(one.middle, 1),
                "ratio": round(one.middle / nothing, 2),
                "aim": one.command.aim,
                "runs_ms": [round(taken, 1) for taken in one.times],
            }
            for one in timed
        ],
    }
    return json.dumps(value, indent=1) + "\n"


def main() -> None:
    """Measure, print the table, and write the runs where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=21, help=f"how often each; {FEWEST} or more")
    parser.add_argument("--write", action="store_true", help="write start_up.json beside this file")
    asked = parser.parse_args()
    if asked.runs < FEWEST:
        parser.error(f"{asked.runs} runs are too few: a median of fewer than {FEWEST} wanders")
    with tempfile.TemporaryDirectory() as cache:
        timed = measure(asked.runs, _environment(cache))
    print(table(timed))
    if asked.write:
        HERE.joinpath("start_up.json").write_text(as_json(timed), "utf-8")


if __name__ == "__main__":
    main()
