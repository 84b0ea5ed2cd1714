"""The command that says who is likely to win a race, how sure that is, and what decides it."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from importlib import import_module
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from hustings.errors import InputError, Problem
from hustings.forecast.evidence import Race
from hustings.shell import forecast as acts
from hustings.shell import race as races
from hustings.shell import world
from hustings.shell.outcome import Outcome
from hustings.shell.race_commands import AS_OF, PATH

if TYPE_CHECKING:
    from hustings.forecast.statement import Forecast

# With fewer the diagnostics can hardly be passed.
FEWEST = 400
# What else there is to do with the model: the command, and the module where it stands.
OTHERS: Mapping[str, str] = {
    "backtest": "backtest_commands",
    "calibrate": "calibrate_commands",
}


class ARace(click.Group):
    """Forecasts the race that it is given; the first word may name another command instead."""

    allow_extra_args = False
    allow_interspersed_args = True

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The other commands."""
        return [*OTHERS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The other command of that name; None where there is none."""
        if cmd_name not in OTHERS:
            return None
        module = import_module(f"hustings.shell.{OTHERS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Of the other command, where its name is the first word."""
        if args and args[0] in OTHERS and parent:
            command = self.get_command(parent, args[0])
            assert command is not None
            return command.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Like a command alone: the others have a list of their own."""
        return click.Command.collect_usage_pieces(self, ctx)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Like a command alone: whatever it does not know is refused."""
        return click.Command.parse_args(self, ctx, args)


def _earlier(ctx: click.Context, parameter: click.Parameter, written: str | None) -> date | None:
    if written is None:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        what = f"{written!r} is not a date such as 2010-09-12"
        raise InputError(Problem(what, field="--since")) from None


@click.group(cls=ARace, invoke_without_command=True)
@PATH
@AS_OF
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True,
    help="Of all draws: the same race, day and seed give the same numbers.",
)  # fmt: skip
@click.option(
    "--draws", type=click.IntRange(FEWEST, 200_000), default=4000, show_default=True,
    help="How many electorates to simulate.",
)  # fmt: skip
@click.option(
    "--if", "scenarios", metavar="SCENARIO", multiple=True,
    help="What if a bloc splits so: 'balls mps: e_miliband 2:1'. Several hold together.",
)  # fmt: skip
@click.option(
    "--sensitivity", is_flag=True,
    help="Also forecast without each piece of evidence in turn, and by variants of the model.",
)  # fmt: skip
@click.option(
    "--since", metavar="DATE", default=None, callback=_earlier,
    help="Also say what has moved since that day, and what each new item has to do with it.",
)  # fmt: skip
@click.option(
    "--keep", type=click.Path(path_type=Path, dir_okay=False), default=None,
    help="Also write the model's draws to a file, to ask what if without another fit.",
)  # fmt: skip
@click.option(
    "--kept", type=click.Path(path_type=Path, dir_okay=False), default=None,
    help="Use the draws of that file, with their seed and number, and fit nothing.",
)  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(("text", "json", "html")), default="text",
    show_default=True, help="What to write: a report, all numbers, or a page with a picture.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), default=None,
    help="The file to write, instead of printing.",
)  # fmt: skip
@click.option(
    "--force", is_flag=True,
    help="Replace the file; show numbers that cannot be trusted too, stamped so.",
)  # fmt: skip
def forecast(
    path: Path,
    as_of: date,
    seed: int,
    draws: int,
    scenarios: tuple[str, ...],
    sensitivity: bool,
    since: date | None,
    keep: Path | None,
    kept: Path | None,
    form: str,
    out: Path | None,
    force: bool,
) -> int:
    """Say who is likely to win RACE, how sure that is, and whom to ask first.

    RACE is a folder with a race.toml, or the name of an example race.
    """
    acts.require_extra()
    for file in filter(None, (out, keep)):
        world.require_free(file, force=force)
    race = _known(path, as_of)
    earlier = _as_of(path, since, as_of) if since else None
    with _watched() as say:
        drawn = acts.kept_in(kept, race) if kept else acts.drawn(race, seed, draws, say)
        made = acts.forecast(race, drawn.seed, draws, scenarios, sensitivity, earlier, say, drawn)
    if keep:
        acts.keep(keep, race, drawn, force=force)
    if made.failed:
        return _failed(made, form, out, force)
    _deliver(_written(made, form), out, force)
    if form == "text" and not out:
        click.echo(_next_step(made, path))
    return Outcome.DONE


def _known(path: Path, as_of: date) -> Race:
    """The race as of that day; what its reader must know of it is said beside the output."""
    race, warnings, later = acts.known(path, as_of, date.today())
    for warning in warnings:
        click.echo(f"note: {warning}", err=True)
    if later:
        click.echo(f"note: published after {as_of} and left out: {later}", err=True)
    return race


def _as_of(path: Path, since: date, as_of: date) -> Race:
    if since >= as_of:
        what = f"{since} is not before {as_of}, the day of the forecast"
        raise InputError(Problem(what, field="--since"))
    return acts.known(path, since, date.today())[0]


@contextmanager
def _watched() -> Iterator[Callable[[str], None]]:
    """What is being done, on a terminal: one line, which is gone afterwards."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    # Only who waits is shown how.
    from rich.console import Console

    first = "Fitting the model; the first time it is compiled for a while"
    with Console(stderr=True).status(first) as status:
        yield lambda told: status.update(f"{told[:1].upper()}{told[1:]}")


def _next_step(made: "Forecast", path: Path) -> str:
    """What to do with the forecast: ask whom it hangs on, and what if."""
    of, race = quote(_called(path)), made.race
    begun = f"\nNext: hustings forecast {of} --as-of {race.at}"
    bloc = next((each for each in made.pivots.values if each.first), None)
    if bloc is None:
        return f"{begun} --format html --out forecast.html"
    what_if = quote(f"{bloc.first} {bloc.section}: {made.pivots.pair[1]} 2:1")
    return f"{begun} --if {what_if}   says what if they split so"


def _called(path: Path) -> str:
    """How the race was called on the command line: an example by its name."""
    if path.name in races.races() and path == races.example(path.name):
        return path.name
    return str(path)


def _written(made: "Forecast", form: str) -> str:
    if form == "json":
        from hustings.formats import forecast_json

        return forecast_json.write(made)
    from hustings.results import forecast_report

    report = forecast_report.of(made)
    if form == "html":
        from hustings.results import as_html

        return as_html.page(report)
    from hustings.results import as_text

    return "".join(as_text.write(report))


def _deliver(text: str, out: Path | None, force: bool) -> None:
    if out:
        world.write(out, [text], force=force)
        click.echo(f"Wrote {out}.", err=True)
    else:
        click.echo(text, nl=False)


def _failed(made: "Forecast", form: str, out: Path | None, force: bool) -> int:
    """What cannot be trusted is put aside, or shown with a stamp; the exit code says why."""
    click.echo("The draws cannot be trusted, so this is no forecast:", err=True)
    for advice in made.failed:
        click.echo(f"- {advice}", err=True)
    if force:
        _deliver(_written(made, form), out, force)
    elif out:
        aside = out.with_name(out.name + ".failed")
        world.write(aside, [_written(made, form)], force=True)
        click.echo(f"The numbers are in {aside}, and not to be published.", err=True)
    else:
        click.echo("Give --out to keep the numbers for a look, or --force to see them.", err=True)
    finite = made.diagnostics.finite
    return Outcome.A_PERSON_MUST_DECIDE if finite else Outcome.NOT_A_NUMBER
