"""The terminal: reports in colour, and a bar where reading takes long."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from hustings.results.report import Heading, Report, Sentence, Table

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID
    from rich.table import Table as RichTable

# Work shorter than this needs no bar.
PATIENCE = 0.7


def show(report: Report) -> None:
    """Print a report to a terminal; `NO_COLOR` is honoured."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    console.print(Text(report.title, style="bold"))
    for block in report.blocks:
        match block:
            case Heading(text):
                console.print(Text(f"\n{text}", style="bold"))
            case Sentence(text, tone):
                style = {"lead": "bold green", "warning": "yellow"}.get(tone, "")
                console.print(Text(f"\n{text}" if tone == "lead" else text, style=style))
            case Table():
                console.print(_table(block))


def _table(block: Table) -> "RichTable":
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    table = RichTable(box=box.SIMPLE, pad_edge=False)
    for place, head in enumerate(block.header):
        table.add_column(Text(head), justify="right" if place else "left", vertical="bottom")
    for row in block.rows:
        table.add_row(*map(Text, row))
    return table


@contextmanager
def progress() -> Iterator["Watch"]:
    """A watch to hand to whatever reads files; its bar is gone afterwards."""
    watch = Watch()
    try:
        yield watch
    finally:
        watch.close()


@contextmanager
def forecasts_shown() -> Iterator[Callable[[int, int, date], None]]:
    """What is told of each forecast before it is made; on a terminal a bar, gone afterwards."""
    if not sys.stderr.isatty():
        yield _forecast_told
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("forecast", total=None, visible=False)

        def tell(done: int, total: int, day: date) -> None:
            words = f"forecast as of {day}"
            bar.update(task, description=words, completed=done, total=total, visible=True)

        yield tell


def _forecast_told(done: int, total: int, day: date) -> None:
    sys.stderr.write(f"forecast {done + 1} of {total}, as of {day}\n")


class Watch:
    """Called with every chunk that was read; quiet until patience runs out."""

    def __init__(self) -> None:
        self._began = monotonic()
        self._bar: Progress | None = None
        self._tasks: dict[Path, TaskID] = {}
        self._told: set[Path] = set()

    def __call__(self, path: Path, done: int, total: int) -> None:
        """So many bytes of so many have been read of a file."""
        if monotonic() - self._began < PATIENCE:
            return
        if not sys.stderr.isatty():
            if path not in self._told:
                self._told.add(path)
                sys.stderr.write(f"reading {path.name}, {total:,} bytes\n")
            return
        bar = self._shown()
        if path not in self._tasks:
            self._tasks[path] = bar.add_task(f"reading {path.name}", total=total)
        bar.update(self._tasks[path], completed=done)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar:
            self._bar.stop()

    def _shown(self) -> "Progress":
        if self._bar is None:
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                DownloadColumn,
                Progress,
                TextColumn,
                TimeRemainingColumn,
                TransferSpeedColumn,
            )

            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                DownloadColumn(),
                TransferSpeedColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.start()
        return self._bar
