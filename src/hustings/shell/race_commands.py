"""The commands of a race before its day: follow it, add to it, take back what was added."""

import json
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from shlex import quote
from typing import Any, TypeVar

import click

from hustings.errors import InputError, Problem
from hustings.forecast.evidence import Race, as_plain
from hustings.results import as_text
from hustings.results.report import Report
from hustings.shell import race as acts
from hustings.shell import race_report
from hustings.shell.outcome import Outcome
from hustings.shell.screen import show
from hustings.units import Section

Command = TypeVar("Command", bound=Callable[..., Any])


def _folder(ctx: click.Context, parameter: click.Parameter, path: Path) -> Path:
    """The path itself, or the example race of that name where there is no such path."""
    if not path.exists() and str(path) in acts.races():
        return acts.example(str(path))
    return path


def _day(ctx: click.Context, parameter: click.Parameter, written: str) -> date:
    return acts.day_asked(written, date.today())


PATH = click.argument("path", metavar="RACE", type=click.Path(path_type=Path), callback=_folder)
AS_OF = click.option(
    "--as-of",
    metavar="DATE",
    default="",
    callback=_day,
    help="Only what was published by this day; today where nothing is said.",
)
SECTION = click.option("--section", default="", help="Only this section of the college.")
FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="What to write: a report to read, or the report's blocks for a program.",
)


@click.group()
def race() -> None:
    """Follow a race before its day: nominations, the roster of preferences, local meetings.

    RACE is a folder with a race.toml, or the name of an example race.
    """


@race.command()
@PATH
@AS_OF
@FORMAT
def nominations(path: Path, as_of: date, form: str) -> int:
    """Who is backed by how many, over time; the threshold, met or not and by how many; switches."""
    return _deliver(race_report.nominations(_known(path, as_of)), form)


@race.command()
@PATH
@AS_OF
@SECTION
@click.option("--between", metavar="IDS", default="", help="Between whom to ask: ann,bob.")
@FORMAT
def roster(path: Path, as_of: date, section: str, between: str, form: str) -> int:
    """Whose preferences are known and whose are not, and whom still to ask."""
    found = _known(path, as_of)
    pair = None
    if between:
        names = [found.contest.find(name) for name in between.split(",")]
        if len(set(names)) != 2:
            raise InputError(Problem(f"{between!r} is not two candidates", field="--between"))
        pair = (names[0], names[1])
    return _deliver(race_report.roster(found, _section(found, section), pair), form)


@race.command()
@PATH
@AS_OF
@SECTION
@FORMAT
def meetings(path: Path, as_of: date, section: str, form: str) -> int:
    """What local meetings say and what they cannot: methods, votes, run-offs."""
    found = _known(path, as_of)
    return _deliver(race_report.local_meetings(found, _section(found, section)), form)


@race.command()
@PATH
@AS_OF
def check(path: Path, as_of: date) -> int:
    """Look a race over: every mistake at once, and how much is known by a day."""
    loaded = acts.load(path, date.today())
    known = loaded.as_of(as_of)
    for warning in loaded.warnings:
        click.echo(f"note: {warning}", err=True)
    kinds = Counter(entry.KIND for entry in known.entries)
    click.echo(
        f"{known.name}: {len(known.standing)} candidates, {len(known.contest.sections)} sections; "
        f"the poll closes on {known.closes}."
    )
    said = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
    click.echo(f"{len(known.entries)} entries as of {as_of}" + (f": {said}." if said else "."))
    later = loaded.left_out(as_of)
    if later:
        click.echo(f"Published later and left out: {later}.")
    return Outcome.DONE


@race.command()
@PATH
@click.argument("kind")
@click.argument("fields", nargs=-1, metavar="FIELD=VALUE...")
def add(path: Path, kind: str, fields: tuple[str, ...]) -> int:
    """Add one entry of a KIND to RACE, once it is known to be neither there nor contradicted.

    Such as: roster section=mps_meps elector="John Healey" ranking="balls>e_miliband"
    published=2010-09-22 source_title=... source_url=...
    """
    cells: dict[str, str] = {}
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals or name in cells:
            wrong = "stands twice" if name in cells else "is not FIELD=VALUE, such as n=1011"
            raise InputError(f"{field!r} {wrong}")
        cells[name.strip()] = value.strip()
    added = acts.add(path, kind, cells, date.today())
    click.echo(f"Added {added.id} to {added.file}.")
    click.echo(f"To take it back: hustings race undo {quote(str(path))}")
    return Outcome.DONE


@race.command()
@PATH
def undo(path: Path) -> int:
    """Take back the entry that was added last, and before it the one before."""
    undone = acts.undo(path, date.today())
    for id_ in undone.passed_over:
        click.echo(f"note: {id_} was deleted by hand already", err=True)
    click.echo(f"Took {undone.id} out of {undone.file}:\n{undone.row}")
    return Outcome.DONE


@race.command()
@PATH
@AS_OF
def entries(path: Path, as_of: date) -> int:
    """Every entry as of a day as JSON, one a line, in order of publication."""
    for entry in _known(path, as_of).entries:
        click.echo(json.dumps(as_plain(entry), ensure_ascii=False))
    return Outcome.DONE


def _known(path: Path, as_of: date) -> Race:
    """The race as of a day; what its reader must be told goes to standard error."""
    loaded = acts.load(path, date.today())
    for warning in loaded.warnings:
        click.echo(f"note: {warning}", err=True)
    later = loaded.left_out(as_of)
    if later:
        click.echo(f"note: published after {as_of} and left out: {later}", err=True)
    return loaded.as_of(as_of)


def _section(race: Race, called: str) -> Section | None:
    if not called:
        return None
    for entry in race.contest.sections:
        if called.casefold() in (entry.id.casefold(), entry.name.casefold()):
            return entry.id
    listed = ", ".join(entry.id for entry in race.contest.sections)
    raise InputError(Problem(f"{called!r} is not a section; they are {listed}", field="--section"))


def _deliver(report: Report, form: str) -> int:
    if form == "json":
        click.echo(json.dumps(_plain(report), ensure_ascii=False, indent=2))
    elif sys.stdout.isatty():
        show(report)
    else:
        click.echo("".join(as_text.write(report)), nl=False)
    return Outcome.DONE


def _plain(report: Report) -> dict[str, Any]:
    from dataclasses import asdict

    blocks = [{"is": type(block).__name__.lower(), **asdict(block)} for block in report.blocks]
    return {"title": report.title, "blocks": blocks}
