"""The command that holds the forecast's model against truths drawn from itself."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hustings.shell import race as races
from hustings.shell import world
from hustings.shell.forecast import known
from hustings.shell.outcome import Outcome
from hustings.shell.race_commands import AS_OF

if TYPE_CHECKING:
    from hustings.forecast.uniformity import Calibration

EXAMPLE = "labour-2010-race"
# With fewer no test can tell anything.
FEWEST = 20


@click.command()
@click.argument("path", metavar="[RACE]", type=click.Path(path_type=Path), default=EXAMPLE)
@AS_OF
@click.option(
    "--replicates", type=click.IntRange(FEWEST, 100_000), default=1000, show_default=True,
    help="How many truths to draw and to find again.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True,
    help="Of all truths: the same race, day and seed give the same ranks.",
)  # fmt: skip
@click.option(
    "--jobs", type=click.IntRange(1, 256), default=os.cpu_count() or 1,
    help="How many processes to work in; as many as there are processors if nothing is said.",
)  # fmt: skip
@click.option(
    "--ranks", "kept", type=click.Path(path_type=Path, dir_okay=False), default=None,
    help="Keep each replicate in this file as it is done, and go on from those in it.",
)  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(("text", "json", "markdown", "svg")), default="text",
    show_default=True, help="What to write: a report, all ranks, a table for a page, the picture.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), default=None,
    help="The file to write, instead of printing.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace the file.")
def calibrate(
    path: Path,
    as_of: date,
    replicates: int,
    seed: int,
    jobs: int,
    kept: Path | None,
    form: str,
    out: Path | None,
    force: bool,
) -> int:
    """Draw truths from the model, make up evidence, and see whether the fit finds them again.

    RACE, a folder with a race.toml or the name of an example race, says which evidence there is
    and of what size. Ends with 1 where the model is not calibrated.
    """
    if out:
        world.require_free(out, force=force)
    if not path.exists() and str(path) in races.races():
        path = races.example(str(path))
    race, warnings, _ = known(path, as_of, date.today())
    for warning in warnings:
        click.echo(f"note: {warning}", err=True)
    # Only who calibrates waits for the numeric packages.
    from hustings.shell import calibration as acts

    with _progress(replicates) as tell:
        made = acts.calibrate(race, acts.Asked(seed, replicates, jobs, kept), tell)
    text = _written(made, form)
    if out:
        world.write(out, [text], force=force)
        click.echo(f"Wrote {out}.", err=True)
    else:
        click.echo(text, nl=False)
    return Outcome.DOES_NOT_HOLD if made.verdict().failed else Outcome.DONE


def _written(made: "Calibration", form: str) -> str:
    if form == "json":
        from hustings.formats import calibration_json

        return calibration_json.write(made)
    from hustings.results import as_markdown, as_text, calibration_report
    from hustings.results.pictures.calibration_bands import draw_bands

    if form == "svg":
        return draw_bands(made.verdict()) + "\n"
    report = calibration_report.of(made)
    return "".join(as_markdown.write(report) if form == "markdown" else as_text.write(report))


@contextmanager
def _progress(replicates: int) -> Iterator[Callable[[int], None]]:
    """A bar with the time left, on a terminal; elsewhere nothing."""
    with click.progressbar(
        length=replicates,
        label="Replicates",
        show_pos=True,
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
    ) as bar:

        def tell(more: int) -> None:
            bar.update(more)

        yield tell
