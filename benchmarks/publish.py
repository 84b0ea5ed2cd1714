"""How long `hustings publish` takes at full size, beside writing the same files by templates alone.

Run as `python benchmarks/publish.py --runs 7 --write`. The election is synthetic. *Plain* is the
least that such a site takes: the same templates filled with values that were prepared beforehand,
and every other file ready in memory, written once. Nothing here is a test.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from inspect import isgeneratorfunction
from pathlib import Path
from shutil import rmtree
from statistics import median
from time import perf_counter
from typing import Any

import synthetic
from start_up import HERE, SCRIPT, _environment

from hustings.results import opendata
from hustings.results.pages import electors, units
from hustings.shell import acts, datafiles, otherwise, shelf, site, typeset

FEWEST = 5
AIM = 3
# What is timed by itself; some of it runs beside the rest, so that the parts sum to more.
PARTS: tuple[tuple[str, tuple[tuple[Any, str], ...]], ...] = (
    ("reading the files", ((acts, "load"),)),
    ("counting, and every check", ((site, "edition_of"),)),
    ("what-if counts", ((otherwise, "questions"),)),
    ("facts", ((site, "facts"),)),
    ("values of the units' pages", ((units, "pages"),)),
    ("values of the electors' pages", ((electors, "pages"),)),
    ("declaration, count sheet, card (beside)", ((typeset, "pdf"), (typeset, "png"))),
    ("tables", ((opendata, "resources"),)),
    ("Parquet (beside)", ((datafiles, "parquet"),)),
    ("SQLite, texts", ((site, "_data"),)),
    ("linking the release to the root", ((shelf, "keep"),)),
    ("putting it in place", ((shelf.Shelf, "put_in_place"),)),
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page's template, what filled it, and where it was written."""

    template: str
    values: dict[str, Any]

    @property
    def path(self) -> str:
        """Where the page is in the release."""
        return str(self.values["page"].path)


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that a release is made of, before any template, and the files that need none."""

    pages: Sequence[Rendered]
    others: dict[str, bytes]


class _Recorder:
    """Stands for the templates, and keeps what they were filled with."""

    def __init__(self, found: list[Rendered]) -> None:
        self.environment, self.found = TEMPLATES(), found

    def get_template(self, name: str) -> Any:
        """The template of that name, watched."""
        template, found = self.environment.get_template(name), self.found

        class Watched:
            def render(self, **values: Any) -> str:
                # What can be read only once must be there for every run.
                kept = {n: [*v] if isinstance(v, Iterator) else v for n, v in values.items()}
                found.append(Rendered(name, kept))
                return template.render(**kept)

        return Watched()


TEMPLATES = site.templates


def prepared(election: Path, out: Path) -> Prepared:
    """Publish once, and keep what every page was made of and every other file."""
    found: list[Rendered] = []
    with _in_place_of(site, "templates", lambda: _Recorder(found)):
        site.publish(acts.load(election), out)
    release = out / "releases" / "1"
    there = {path.relative_to(release).as_posix(): path for path in _files(release)}
    pages = [page for page in found if page.path in there]
    paths = {page.path for page in pages}
    others = {name: path.read_bytes() for name, path in there.items() if name not in paths}
    return Prepared(pages, others)


def plain(ready: Prepared, folder: Path) -> None:
    """Write the same files by the same templates, and do nothing else."""
    environment, made = TEMPLATES(), set[Path]()

    def write(path: Path, content: bytes) -> None:
        if path.parent not in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.add(path.parent)
        path.write_bytes(content)

    for page in ready.pages:
        text = environment.get_template(page.template).render(**page.values)
        write(folder / page.path, text.encode())
    for name, content in ready.others.items():
        write(folder / name, content)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@contextmanager
def _in_place_of(owner: Any, name: str, other: Any) -> Iterator[None]:
    before = getattr(owner, name)
    setattr(owner, name, other)
    try:
        yield
    finally:
        setattr(owner, name, before)


# --- timing ---------------------------------------------------------------------------------


def _taken(work: Callable[[], object]) -> float:
    """How many milliseconds it took."""
    began = perf_counter()
    work()
    return (perf_counter() - began) * 1000


def measure(runs: int, election: Path, folder: Path) -> dict[str, list[float]]:
    """Every way once to warm up, then all of them in turn, so often; milliseconds."""
    ready = prepared(election, folder / "prepared")
    environment = _environment(str(folder / "bytecode"))

    def process(*words: object) -> None:
        subprocess.run(list(map(str, words)), env=environment, capture_output=True, check=True)

    ways: dict[str, Callable[[Path], object]] = {
        "plain": lambda out: plain(ready, out),
        "start": lambda out: process(sys.executable, "-c", "import jinja2"),
        "publish": lambda out: site.publish(acts.load(election), out),
        "process": lambda out: process(SCRIPT, "publish", election, "--out", out),
    }
    times: dict[str, list[float]] = defaultdict(list)
    for run in range(runs + 1):
        for name, work in ways.items():
            out = folder / name
            taken = _taken(lambda work=work, out=out: work(out))
            _same_files(folder / "prepared" / "releases" / "1", out, name)
            _clear(out)
            if run:
                times[name].append(taken)
    return times


def _same_files(release: Path, out: Path, name: str) -> None:
    """Whoever writes something else is not compared."""
    if name == "start":
        return
    written = out if name == "plain" else out / "releases" / "1"
    ours, theirs = (
        {path.relative_to(root): path.read_bytes() for path in _files(root)}
        for root in (release, written)
    )
    assert ours == theirs, f"{name} wrote other files"


def _clear(out: Path) -> None:
    if out.is_symlink():
        out.unlink()
    for folder in (out, out.with_name(f".{out.name}.builds")):
        rmtree(folder, ignore_errors=True)


def by_part(election: Path, out: Path) -> dict[str, float]:
    """Publish once more, every part with a timer around it; milliseconds."""
    found: dict[str, float] = {}

    def timed(part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def watched(*given: Any, **named: Any) -> Any:
            began = perf_counter()
            made = function(*given, **named)
            # A generator works while it is read.
            made = [*made] if isgeneratorfunction(function) else made
            found[part] = found.get(part, 0.0) + (perf_counter() - began) * 1000
            return made

        return watched

    kept = [(owner, name, getattr(owner, name)) for _, them in PARTS for owner, name in them]
    for part, them in PARTS:
        for owner, name in them:
            setattr(owner, name, timed(part, getattr(owner, name)))
    try:
        found["all of it"] = _taken(lambda: site.publish(acts.load(election), out))
    finally:
        for owner, name, before in kept:
            setattr(owner, name, before)
    return found


# --- telling --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Weighed:
    """A release by its files: how many, how many of them pages, and the bytes."""

    files: int
    pages: int
    size: int


def weigh(release: Path) -> Weighed:
    """How much a release is."""
    files = _files(release)
    pages = Counter(path.suffix for path in files)[".html"]
    return Weighed(len(files), pages, sum(path.stat().st_size for path in files))


def table(times: dict[str, list[float]], weighed: Weighed) -> str:
    """The medians and the two ratios, as Markdown."""
    middle = {name: median(taken) for name, taken in times.items()}
    alone = middle["plain"] + middle["start"]
    rows = [
        f"| in process | {middle['plain']:,.0f} ms | {middle['publish']:,.0f} ms | "
        f"{middle['publish'] / middle['plain']:.2f} | {AIM} |",
        f"| as whole processes | {alone:,.0f} ms | {middle['process']:,.0f} ms | "
        f"{middle['process'] / alone:.2f} | {AIM} |",
    ]
    told = (
        f"{weighed.files:,} files, {weighed.pages:,} of them pages, {weighed.size / 1e6:.1f} MB; "
        f"medians of {len(times['plain'])}."
    )
    head = ["| | plain templates | `hustings publish` | ratio | aim |", "|---|---:|---:|---:|---:|"]
    return "\n".join([told, "", *head, *rows])


def parts_table(parts: dict[str, float]) -> str:
    """Where the time goes, as Markdown."""
    rows = [f"| {part} | {taken:,.0f} |" for part, taken in parts.items()]
    return "\n".join(["| part, in process | ms |", "|---|---:|", *rows])


def main() -> None:
    """Measure, print the tables, and write the runs where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7, help=f"how often each; {FEWEST} or more")
    parser.add_argument("--write", action="store_true", help="write publish.json beside this file")
    asked = parser.parse_args()
    if asked.runs < FEWEST:
        parser.error(f"{asked.runs} runs are too few: a median of fewer than {FEWEST} wanders")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        election = synthetic.write(folder / "election")
        times = measure(asked.runs, election, folder)
        weighed = weigh(folder / "prepared" / "releases" / "1")
        parts = by_part(election, folder / "parts")
    print(table(times, weighed), "", parts_table(parts), sep="\n")
    if asked.write:
        runs = {name: [round(ms, 1) for ms in taken] for name, taken in times.items()}
        value = {"runs_ms": runs, "parts_ms": {part: round(ms, 1) for part, ms in parts.items()}}
        HERE.joinpath("publish.json").write_text(json.dumps(value, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
