"""The arguments and options that several commands take."""

from pathlib import Path

import click

from hustings.shell import acts, memory


def election(ctx: click.Context, parameter: click.Parameter, path: Path) -> Path:
    """The path itself, or the example of that name where there is no such path."""
    if not path.exists() and str(path) in acts.examples():
        return acts.example(str(path))
    return path


def _election_or_race(ctx: click.Context, parameter: click.Parameter, path: Path) -> Path:
    """The same, or the example race of that name."""
    found = election(ctx, parameter, path)
    if not found.exists():
        from hustings.shell import race

        if str(path) in race.races():
            return race.example(str(path))
    return found


PATH = click.argument("path", type=click.Path(path_type=Path), callback=election)
PATH_OR_RACE = click.argument("path", type=click.Path(path_type=Path), callback=_election_or_race)
CONTEST = click.option("--contest", default="", help="Which contest, where there are several.")
RULES = click.option(
    "--rules",
    help="Count by this rule book (see `hustings rules`), or by a .toml file of your own.",
)
SET = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="CHOICE=VALUE",
    help="Answer one choice of the rule book otherwise, such as overvotes=spoil.",
)
FORMATS = ("text", "json", "csv", "html", "markdown", "rctab", "rctab-detailed")
FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="What to write: a report to read, or figures for a program.",
)
OUT = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the files into this folder instead, one a contest.",
)
OUT_SITE = click.option(
    "--out",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the site stands, with the releases before this one.",
)
KEY_FILE = click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Sign it with this private key; `hustings key` makes one.",
)
LOT = click.option(
    "--lot", metavar="IDS", help="The order of a lot: cat,ann (first drawn goes first)."
)
SEED = click.option(
    "--seed", help="A text drawn in public, from which the order of a lot is computed."
)
DECIDED = click.option(
    "--decided",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file (TOML) with the officer's decisions on ties: among, chosen, by, when, why.",
)
MEMORY = click.option(
    "--memory",
    metavar="SIZE",
    expose_value=False,
    is_eager=True,
    callback=memory.bound,
    help="Take no more memory than this, such as 500MB or 2GiB; stop if it is not enough.",
)
FORCE = click.option("--force", is_flag=True, help="Replace files that are there already.")
ENGINE = click.option(
    "--engine",
    "engine_",
    default="auto",
    show_default=True,
    metavar="NAME",
    help="What counts the rows of the ballot files: duckdb or sail on this machine, or a Spark "
    "cluster, sc://HOST:PORT, spark://HOST:PORT or local[N].",
)
