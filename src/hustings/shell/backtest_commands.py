"""The command that says how good forecasts of finished races would have been."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hustings.shell import backtest as acts
from hustings.shell import forecast as forecasts
from hustings.shell import race as races
from hustings.shell import world
from hustings.shell.outcome import Outcome

if TYPE_CHECKING:
    from hustings.forecast.backtest import Backtest

# With fewer the diagnostics can hardly be passed.
FEWEST = 400


def _folders(
    ctx: click.Context, parameter: click.Parameter, paths: tuple[Path, ...]
) -> tuple[Path, ...]:
    """The folders; the example race of that name where there is no such path."""
    named = races.races()
    chosen = [
        races.example(str(path)) if not path.exists() and str(path) in named else path
        for path in paths
    ]
    return tuple(dict.fromkeys(chosen)) or acts.finished()


@click.command()
@click.argument(
    "paths", metavar="[RACE]...", nargs=-1, type=click.Path(path_type=Path), callback=_folders
)
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True,
    help="Of all draws: the same races and seed give the same numbers.",
)  # fmt: skip
@click.option(
    "--draws", type=click.IntRange(FEWEST, 200_000), default=4000, show_default=True,
    help="How many electorates to simulate for each forecast.",
)  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(("text", "json", "markdown")), default="text",
    show_default=True, help="What to write: a report, all numbers, or the report for a page.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), default=None,
    help="The file to write, instead of printing.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace the file.")
def backtest(
    paths: tuple[Path, ...], seed: int, draws: int, form: str, out: Path | None, force: bool
) -> int:
    """Score forecasts of finished races, each learnt from all other contests alone.

    RACE is a folder with a race.toml and a result.toml, or the name of an example race; all
    finished examples where none is named.
    """
    forecasts.require_extra()
    if out:
        world.require_free(out, force=force)
    pasts = acts.load(paths, date.today())
    with click.progressbar(
        length=sum(len(past.days) for past in pasts),
        label="Forecasting",
        item_show_func=lambda item: str(item) if item else None,
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
    ) as bar:
        found = acts.backtest(
            pasts, seed, draws, date.today(),
            lambda contest, day: bar.update(1, current_item=f"{contest}, {day}"),
        )  # fmt: skip
    text = _written(found, form)
    if out:
        world.write(out, [text], force=force)
        click.echo(f"Wrote {out}.", err=True)
    else:
        click.echo(text, nl=False)
    return Outcome.A_PERSON_MUST_DECIDE if found.failed else Outcome.DONE


def _written(found: "Backtest", form: str) -> str:
    if form == "json":
        from hustings.formats import forecast_backtest_json

        return forecast_backtest_json.write(found)
    from hustings.results import as_markdown, as_text, forecast_backtest_report

    write = as_markdown.write if form == "markdown" else as_text.write
    return "".join(write(forecast_backtest_report.of(found)))
