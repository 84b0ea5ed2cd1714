"""The command line: one command an act, each imported only when it runs.

Exit codes: 0 done; 1 what was checked does not hold; 2 bad usage or bad input;
3 a person must decide; 4 the count contradicts itself; 130 interrupted.
"""

import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from errno import ENOMEM
from importlib import import_module
from io import TextIOWrapper

import click

from hustings.errors import HustingsError, InputError, Miscount, UnbrokenTie
from hustings.shell.outcome import Outcome

# A forecast's matrices are small: threads that share one wait for each other and heat two
# processors; and a count multiplies none. Said before NumPy is imported by any command, which
# would start the threads, and to the processes that they start.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

COMMANDS = {
    "demo": "Count the Labour leadership election of 2010.",
    "new": "Write a starter election that counts at once.",
    "check": "Look an election over: every mistake, and whether published figures agree.",
    "count": "Count an election and show every round.",
    "why": "What happened to a candidate, and to the papers they lost.",
    "follow": "Where one ballot lies in each round, and what it is worth.",
    "what-if": "Count under other rules or weights, or without a candidate. Not a result.",
    "pairwise": "Hold every candidate against every other: who beats everybody, if anyone does.",
    "ties": "Who could win by some lot, and whether a lot could matter.",
    "papers": "Every paper as written, beside what was made of it.",
    "race": "Follow a race before its day: nominations, the roster, local meetings.",
    "forecast": "Say who is likely to win a race, how sure that is, and whom to ask first.",
    "publish": "Build the site of results: pages, data, declaration, sums and signature.",
    "preview": "Look at the site in a browser while you change what it is made of.",
    "key": "Make the pair of keys that signs what you publish.",
    "verify": "Count a transcript or a published release again, and compare.",
    "convert": "Turn a ballot file into another format.",
    "rules": "List the rule books, or explain every choice of one.",
    "examples": "List the elections that come with the program.",
    "schema": "Print the JSON Schema of election.toml, a rule book, race.toml or result.toml.",
    "completion": "Print the completion script for your shell.",
}
# Where a command stands, if not among the others.
MODULES = {
    "race": "race_commands",
    "forecast": "forecast_commands",
    "pairwise": "method_commands",
    "ties": "method_commands",
    "publish": "publish_commands",
    "preview": "publish_commands",
    "key": "publish_commands",
    "verify": "publish_commands",
}


class Commands(click.Group):
    """The commands by name; a command's module is imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of an election."""
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        commands = import_module(f"hustings.shell.{MODULES.get(cmd_name, 'commands')}")
        command: click.Command = getattr(commands, cmd_name.replace("-", "_"))
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command asked for; a name that is close to one is suggested."""
        close = get_close_matches(args[0], COMMANDS, 1)
        if args[0] not in COMMANDS and close:
            ctx.fail(f"No such command {args[0]!r}. Did you mean {close[0]!r}?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The listing, without importing a single command."""
        with formatter.section("Commands"):
            formatter.write_dl([*COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hustings")
def app() -> None:
    """Run, count and publish elections by preference.

    Start with `hustings demo`, then `hustings new DIR` and `hustings count DIR`.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit with its code; a mistake is one clear message on standard error."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; a bound on memory ends with it."""
    _spell_what_can_be_spelt()
    try:
        return _run(arguments)
    finally:
        # Where no command asked for a bound, nothing has imported what sets it.
        memory = sys.modules.get("hustings.shell.memory")
        if memory:
            memory.release()


def _run(arguments: Sequence[str] | None) -> int:
    try:
        code = app.main(arguments, prog_name="hustings", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as asked:
        return asked.exit_code
    except click.exceptions.NoArgsIsHelpError as bare:
        click.echo(bare.format_message())
        return Outcome.DONE
    except click.ClickException as error:
        error.show()
        return Outcome.BAD_INPUT
    except click.Abort:
        click.echo("Interrupted; nothing was left half-written.", err=True)
        return Outcome.INTERRUPTED
    except BrokenPipeError:
        return _read_enough()
    except SystemExit:
        # So click ends where whoever reads our output has read enough.
        return _read_enough()
    except OSError as error:
        return _no_memory() if error.errno == ENOMEM else _not_written(error)
    except MemoryError:
        return _no_memory()
    except HustingsError as error:
        click.echo(_told(error), err=True)
        return _code(error)
    return code if isinstance(code, int) else Outcome.DONE


def _not_written(error: OSError) -> int:
    _turn_away()
    place = error.filename or "standard output"
    click.echo(f"{place}: cannot be written: {error.strerror}", err=True)
    return Outcome.BAD_INPUT


def _no_memory() -> int:
    """What there was has been given back by now."""
    from hustings.shell import memory

    error = memory.exceeded()
    click.echo(_told(error), err=True)
    return _code(error)


def _spell_what_can_be_spelt() -> None:
    """Where a locale lacks a letter, print the figures all the same."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _read_enough() -> int:
    """Nobody reads on, and nothing is amiss."""
    _turn_away()
    return Outcome.DONE


def _turn_away() -> None:
    """Whatever is still to be printed goes nowhere: the flush at exit must not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)


def _told(error: HustingsError) -> str:
    if isinstance(error, InputError) and len(error.problems) > 1:
        return f"{error}\nNothing was counted or written."
    if isinstance(error, Miscount):
        return f"The count contradicts itself, which is our fault; please report it: {error}"
    return str(error)


def _code(error: HustingsError) -> int:
    if isinstance(error, UnbrokenTie):
        return Outcome.A_PERSON_MUST_DECIDE
    return Outcome.MISCOUNT if isinstance(error, Miscount) else Outcome.BAD_INPUT
