"""Publishing as whole processes: a synthetic college of full size, and all that may be wrong."""

import csv
import gzip
import json
import os
import re
import resource
import runpy
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from shutil import copytree
from time import monotonic, sleep
from typing import Any

import pytest
from frictionless import Package, system
from hypothesis import given
from hypothesis import strategies as st
from results.test_facts import plain, told

from hustings.results.facts import facts
from hustings.results.pages.sections import rate
from hustings.shell import acts, site
from hustings.units import percent

from .conftest import SCRIPT, Folder, Hustings

SYNTHETIC = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "synthetic.py"))
LABEL = "SYNTHETIC: made up by a program"


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below the folder by its place."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def state(out: Path) -> tuple[str, str]:
    """Where a site's link leads, and one digest of all that is there, drafts too."""
    digest = sha256()
    for folder in (out, out.with_name(f".{out.name}.builds")):
        for name, content in sorted(files_of(folder).items()):
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return str(out.readlink()) if out.is_symlink() else "", digest.hexdigest()


# --- full size ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Full:
    """The college of full size, published once, and what ran the command."""

    hustings: Hustings
    election: Path
    site: Path
    said: str

    @property
    def release(self) -> Path:
        """The one release."""
        return self.site / "releases" / "1"

    def page(self, place: str) -> "Tables":
        """The tables of a page."""
        found = Tables()
        found.feed(self.release.joinpath(place, "index.html").read_text("utf-8"))
        return found


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory, bytecode: Path) -> Full:
    folder = tmp_path_factory.mktemp("full")
    hustings = Hustings(folder, bytecode)
    SYNTHETIC["write"](folder / "e")
    said = hustings("publish", "e", "--out", "site").out
    return Full(hustings, folder / "e", folder / "site", said)


class Tables(HTMLParser):
    """The tables of a page by caption: rows of cells as text, the head first, the total last."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[list[str]]] = {}
        self.terms: dict[str, str] = {}
        self._rows: list[list[str]] | None = None
        self._cell: list[str] | None = None
        self._caption = self._term = ""
        self._skipping = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._rows, self._caption = [], ""
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
        elif tag in ("th", "td", "caption", "dt", "dd"):
            self._cell = []
        elif tag == "span" and dict(attributes).get("class") == "of":
            self._skipping += 1

    def handle_endtag(self, tag: str) -> None:
        text = " ".join("".join(self._cell or []).split())
        if tag == "caption":
            self._caption = text
        elif tag in ("th", "td") and self._rows:
            self._rows[-1].append(text)
        elif tag == "dt":
            self._term = text
        elif tag == "dd":
            self.terms[self._term] = text
        elif tag == "table" and self._rows is not None:
            self.found[self._caption] = self._rows
            self._rows = None
        elif tag == "span" and self._skipping:
            self._skipping -= 1

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._skipping:
            self._cell.append(data)

    def starting(self, caption: str) -> list[list[str]]:
        """The one table whose caption starts so."""
        (table,) = (rows for name, rows in self.found.items() if name.startswith(caption))
        return table


def papers(cell: str) -> int:
    """The number of papers at the start of a cell, such as `1,234 (56.7)`."""
    return int(cell.partition(" ")[0].replace(",", ""))


@pytest.mark.slow
def test_a_college_of_full_size_is_small_enough_and_verifies(full: Full) -> None:
    """Under 25 MB, a first page under 60 kB on the wire, and it counts again."""
    found = files_of(full.release)
    pages = [name for name in found if name.endswith(".html")]
    assert len(pages) > 950
    assert f"{len(found) - 1:,} files" in full.said
    assert sum(map(len, found.values())) < 25_000_000
    first = ("index.html", "assets/style.css", "assets/site.js")
    assert sum(len(gzip.compress(found[name])) for name in first) < 60_000
    said = full.hustings("verify", "site").out
    assert "are as they were published" in said and "the same, to the last byte" in said


@pytest.mark.slow
def test_whatever_is_synthetic_says_so_on_every_page(full: Full) -> None:
    for name, content in files_of(full.release).items():
        if name.endswith(".html") and not name.startswith("embed/"):
            assert LABEL.encode() in content, name


@pytest.mark.slow
def test_nearly_every_branch_stands_alone(full: Full) -> None:
    with sqlite3.connect(full.release / "data" / "results.sqlite") as base:
        query = "SELECT COUNT(*) FROM units WHERE section = 'members' AND status = 'alone'"
        (alone,) = base.execute(query).fetchone()
    base.close()
    assert 0.98 * 650 <= alone < 650


@pytest.mark.slow
def test_what_is_published_is_counted_to_the_same_transcript(full: Full) -> None:
    published = full.release / "data" / "leader.transcript.json"
    counted = full.hustings("count", "site/data", "--format", "json").out
    assert counted.encode() == published.read_bytes()


@pytest.mark.slow
def test_the_same_election_gives_the_same_bytes_anywhere(full: Full, tmp_path: Path) -> None:
    """Another folder, another order of hashes, another time zone and language."""
    elsewhere = Hustings(tmp_path, Path(full.hustings.environment["PYTHONPYCACHEPREFIX"]))
    SYNTHETIC["write"](tmp_path / "other place")
    other = {"PYTHONHASHSEED": "77", "TZ": "Pacific/Auckland", "LANG": "tr_TR.UTF-8", "LC_ALL": "C"}
    elsewhere("publish", "other place", "--out", "there", environment=other)
    ours, theirs = files_of(full.release), files_of(tmp_path / "there" / "releases" / "1")
    assert [name for name in ours if ours[name] != theirs.get(name)] == []
    assert ours.keys() == theirs.keys()


@pytest.mark.slow
def test_the_data_package_is_valid_by_other_people_s_program(full: Full) -> None:
    with system.use_context(trusted=True):
        report = Package(str(full.release / "data" / "datapackage.json")).validate()
    assert report.valid, report.to_summary()


@pytest.mark.slow
def test_the_database_answers_the_query_of_every_fact(full: Full) -> None:
    loaded = acts.load(full.election)
    edition = site.edition_of(loaded, loaded.election.contests[0], {})
    base = sqlite3.connect(full.release / "data" / "results.sqlite")
    found = facts(edition)
    differing = [
        fact.id
        for fact in found
        if fact.values and told(base.execute(fact.query).fetchall()) != plain(fact.values)
    ]
    base.close()
    assert len(found) > 50 and differing == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("section", "noun"), [("members", "local-parties"), ("affiliates", "affiliates")]
)
def test_the_units_sum_to_their_section_in_every_table(full: Full, section: str, noun: str) -> None:
    head, *rows, total = full.page(noun).starting("First preferences of")
    summed = [sum(papers(row[at]) for row in rows) for at in range(1, len(head) - 1)]
    assert summed == [papers(cell) for cell in total[1:-1]]
    of_section = full.page(f"sections/{section}")
    first = {row[0]: papers(row[1]) for row in of_section.starting("Every round")[1:6]}
    assert {name: papers(cell) for name, cell in zip(head[1:6], total[1:6], strict=True)} == first
    with full.release.joinpath("data", "rounds.csv").open(encoding="utf-8", newline="") as file:
        held = [
            int(row["votes"])
            for row in csv.DictReader(file)
            if row["round"] == "1" and row["section"] == section
        ]
    assert sorted(held) == sorted(first.values())
    assert sum(held) == summed[5]


@pytest.mark.slow
def test_the_page_of_a_unit_says_what_the_table_says(full: Full) -> None:
    head, *rows, _ = full.page("local-parties").starting("First preferences of")
    names = {path.parent.name: path for path in full.release.glob("local-parties/*/index.html")}
    seen = 0
    for row in rows[::40]:
        id_ = row[0].lower().replace(" ", "_")
        if id_ not in names:
            continue
        page, seen = full.page(f"local-parties/{id_}"), seen + 1
        _, *bars, total = page.starting("First preferences of")
        votes = {bar[0]: papers(bar[1]) for bar in bars}
        assert votes == {n: papers(c) for n, c in zip(head[1:6], row[1:6], strict=True)}
        assert sum(votes.values()) == papers(total[1]) == papers(page.terms["Valid"])
        assert papers(page.terms["Spoiled"]) == papers(row[7])
        returned = papers(page.terms["Returned"])
        assert returned == papers(page.terms["Valid"]) + papers(page.terms["Spoiled"])
        assert returned <= papers(page.terms["Papers issued"]) == papers(row[8])
    assert seen > 12


@pytest.mark.law
@given(st.integers(-10_000, 10_000), st.integers(1, 10_000))
def test_a_rate_in_whole_numbers_is_the_fraction_rounded(part: int, whole: int) -> None:
    assert rate(part, whole) == percent(Fraction(part, whole), 1)


# --- a small college, to be spoiled ---------------------------------------------------------


class College(Folder):
    """A small synthetic college in the folder `e`, and what is published of it."""

    def __init__(self, path: Path) -> None:
        path.mkdir()
        self.path = path
        size = SYNTHETIC["Size"](branches=24, affiliates=3, electors=9, tiny=0)
        for name, text in SYNTHETIC["files"](7, size).items():
            self.put(name, text)

    def cells(self, file: str, line: int, /, **other: Callable[[str], str]) -> list[str]:
        """Write something else into some cells of a line; returns the cells from before."""
        rows = [*csv.reader(StringIO(self.read(file)))]
        before = [*rows[line - 1]]
        for column, change in other.items():
            at = rows[0].index(column)
            rows[line - 1][at] = change(rows[line - 1][at])
        text = StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        self.put(file, text.getvalue())
        return before

    def without(self, name: str, line: int) -> None:
        """Take a line away."""
        lines = self.read(name).splitlines(keepends=True)
        self.put(name, "".join(lines[: line - 1] + lines[line:]))


@pytest.fixture
def college(hustings: Hustings) -> College:
    return College(hustings.folder / "e")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, bytecode: Path) -> Path:
    """The folder of a site of the college as it was before anything was spoiled."""
    folder = tmp_path_factory.mktemp("published")
    College(folder / "e")
    Hustings(folder, bytecode)("publish", "e", "--out", "site")
    return folder


@pytest.fixture
def out(hustings: Hustings, published: Path) -> Path:
    """That site, beside the college to be spoiled."""
    copytree(published / ".site.builds", hustings.folder / ".site.builds")
    out = hustings.folder / "site"
    out.symlink_to(published.joinpath("site").readlink())
    return out


def more(by: int) -> Callable[[str], str]:
    """Another number in the cell."""
    return lambda cell: str(int(cell) + by)


Spoil = Callable[[College], Any]
SPOILT: dict[str, tuple[Spoil, str]] = {
    "a unit that the definition does not list": (
        lambda e: e.without("local-parties.csv", 5),
        r"e/members(-returns)?\.csv:\d+: .*(elmbridge|dunbridge)",
    ),
    "a candidate's votes": (
        lambda e: e.cells("members-returns.csv", 3, ada=more(1), ben=more(-1)),
        r"e/members-returns\.csv:3: .*ada",
    ),
    "spoiled papers": (
        lambda e: e.cells("members-returns.csv", 3, spoiled=more(1)),
        r"e/members-returns\.csv:3: .*returned",
    ),
    "returned papers": (
        lambda e: e.cells("members-returns.csv", 4, returned=more(1), turnout=lambda _: ""),
        r"e/members-returns\.csv:4: .*returned",
    ),
    "fewer issued than returned": (
        lambda e: e.cells("members-returns.csv", 4, issued=lambda _: "3", turnout=lambda _: ""),
        r"e/members-returns\.csv:4: .*issued",
    ),
    "a turnout that was printed otherwise": (
        lambda e: e.cells("members-returns.csv", 6, turnout=lambda _: "12.3"),
        r"e/members-returns\.csv:6: .*turnout",
    ),
    "a column for nobody": (
        lambda e: e.swap("members-returns.csv", "ada", "adam"),
        r"e/members-returns\.csv:1: .*'adam'",
    ),
    "an elector who is not in the list": (
        lambda e: e.without("electors-groups.csv", 4),
        r"electors\.csv:4: .*Elector 003 Sample",
    ),
    "a paper without a name": (
        lambda e: e.swap("electors.csv", "Elector 002 Sample", ""),
        r"electors\.csv:3: .*names no one elector",
    ),
    "a paper for several": (
        lambda e: e.put("electors.csv", "elector,count,1,2\nElector 001 Sample,2,ada,ben\n"),
        r"electors\.csv:2: .*names no one elector",
    ),
    "an elector who cast two": (
        lambda e: e.swap("electors.csv", "Elector 002 Sample", "Elector 001 Sample"),
        r"electors\.csv:3: .*another paper",
    ),
    "a name of 4,000 characters": (
        lambda e: e.swap("election.toml", "Ada Sample", "A" * 4_000),
        r"election\.toml.*ada.*4,000 characters",
    ),
    "a unit's name of 4,000 characters": (
        lambda e: e.cells("local-parties.csv", 3, name=lambda _: "A" * 4_000),
        r"local-parties\.csv:3: .*4,000 characters",
    ),
    "a name that turns what follows": (
        lambda e: e.swap("election.toml", "Ada Sample", "Ada \u202eelpmaS"),
        r"election\.toml.*ada.*turn the direction",
    ),
    "an unknown status": (
        lambda e: e.swap("election.toml", '"declared"', '"nearly"'),
        r"e/election\.toml:\d+: .*status.*nearly|e/election\.toml:\d+: .*nearly",
    ),
    "a correction without a reason": (
        lambda e: e.add("election.toml", '[[releases]]\nstatus = "corrected"\nat = 2010-10-01\n'),
        r"e/election\.toml(:\d+)?: .*reason",
    ),
    "releases whose times go backwards": (
        lambda e: e.add(
            "election.toml",
            '[[releases]]\nstatus = "corrected"\nat = 2010-09-01\nreason = "x"\n'
            'approved_by = "y"\n',
        ),
        r"e/election\.toml(:\d+)?: .*(before|earlier)",
    ),
}


@pytest.mark.parametrize("wrong", SPOILT)
def test_what_is_wrong_is_refused_and_the_site_stays(
    hustings: Hustings, college: College, out: Path, wrong: str
) -> None:
    """One clear error with its place, exit code 2, nothing changed, nothing left behind."""
    spoil, expected = SPOILT[wrong]
    spoil(college)
    before = state(out)
    said = hustings.refuses("publish", "e", "--out", "site", "--force")
    assert re.search(expected, "\n".join(said)), said
    assert len(said) < 110
    assert state(out) == before
    hustings("verify", "site")


def test_units_that_do_not_sum_are_refused(hustings: Hustings, college: College, out: Path) -> None:
    """Where no paper names its unit, the rows alone must sum to the section."""
    rows = [*csv.DictReader(StringIO(college.read("members.csv")))]
    text = "".join(f"{row['count']},{row['spoiled']},{row['ranking']}\n" for row in rows)
    college.put("members.csv", f"count,spoiled,ranking\n{text}")
    college.cells("members-returns.csv", 3, ada=more(-1), returned=more(-1), turnout=lambda _: "")
    before = state(out)
    said = "\n".join(hustings.refuses("publish", "e", "--out", "site", "--force"))
    assert "the units' votes for Ada Sample sum to" in said and "members-returns.csv" in said
    assert state(out) == before


def test_a_row_that_is_missing_in_a_complete_table_is_refused(
    hustings: Hustings, college: College
) -> None:
    rows = [*csv.DictReader(StringIO(college.read("members.csv")))]
    text = "".join(f"{row['count']},{row['spoiled']},{row['ranking']}\n" for row in rows)
    college.put("members.csv", f"count,spoiled,ranking\n{text}")
    college.without("members-returns.csv", 5)
    said = "\n".join(hustings.refuses("publish", "e", "--out", "site"))
    assert "has no row with votes" in said and "local-parties.csv:5" in said
    college.swap(
        "election.toml",
        'units = "members-returns.csv"',
        'units = "members-returns.csv"\ncomplete = false',
    )
    hustings("publish", "e", "--out", "site")
    assert "not held" in (hustings.folder / "site/local-parties/index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("2,balls,members,12", "2,balls,members,13"), r"published\.csv:\d+: "),
        (("1,abbott,mps_meps,7,0.877,", "1,abbott,mps_meps,7,0.877,a slip"), r"explains nothing"),
    ],
    ids=["a changed figure", "an erratum that explains nothing"],
)
def test_published_figures_must_agree(
    hustings: Hustings, change: tuple[str, str], expected: str
) -> None:
    hustings("new", "l", "--example", "labour-2010")
    published = hustings.folder / "l" / "published.csv"
    text = published.read_text("utf-8")
    old, new = change
    if old not in text:
        line = next(row for row in text.splitlines() if re.match(r"1,balls,mps_meps,\d+", row))
        cells = line.split(",")
        old, new = line, ",".join([*cells[:3], str(int(cells[3]) + 1), *cells[4:]])
    published.write_text(text.replace(old, new, 1), "utf-8")
    said = "\n".join(hustings.refuses("publish", "l", "--out", "site"))
    assert re.search(expected, said), said


def test_hostile_names_are_published_and_escaped(hustings: Hustings, college: College) -> None:
    """Markup, quotes and a script that runs from right to left stay what they are: names."""
    hostile = "<script>alert(1)</script> & \\\"Co\\\" 'שלום'"
    college.swap("election.toml", '"Ada Sample"', f'"{hostile}"')
    college.cells("local-parties.csv", 3, name=lambda _: "<img src=x onerror=alert(1)>")
    college.swap("electors.csv", "Elector 001 Sample", "</title><b>Bold</b>")
    college.swap("electors-groups.csv", "Elector 001 Sample", "</title><b>Bold</b>")
    hustings("publish", "e", "--out", "site")
    for name, content in files_of(hustings.folder / "site").items():
        if name.endswith((".html", ".svg")):
            text = content.decode()
            assert "<script>alert" not in text and "<img src=x" not in text, name
            assert "<b>Bold" not in text, name
    page = (hustings.folder / "site" / "index.html").read_text("utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in page and "שלום" in page
    hustings("verify", "site")


@pytest.mark.parametrize("called", ["../../../x", "..", "/etc/x", "index.html"])
def test_no_id_leads_out_of_the_folder(hustings: Hustings, called: str) -> None:
    """A ballot file alone names its sections and units as it likes."""
    rows = [f"{called},{called},30,ann > bob", f"{called},{called}2,40,bob", "s,u,50,bob > ann"]
    rows.append("s,u,40,ann")
    hustings.folder.joinpath("b.csv").write_text(
        "section,unit,count,ranking\n" + "\n".join(rows) + "\n", "utf-8"
    )
    before = {path for path in hustings.folder.parent.rglob("*") if ".builds" not in str(path)}
    words = (SCRIPT, "publish", "b.csv", "--rules", "labour-2010", "--out", "site")
    ran = subprocess.run(
        words, cwd=hustings.folder, env=hustings.environment, capture_output=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    hustings("verify", "site")
    made = {path for path in hustings.folder.parent.rglob("*") if ".builds" not in str(path)}
    assert made - before <= {hustings.folder / "site"}
    for path in hustings.folder.joinpath(".site.builds").glob("build-*"):
        assert (path / "index.html").is_file() and (path / "releases" / "1").is_dir()


# --- where it is written --------------------------------------------------------------------


def test_a_place_that_is_not_ours_is_refused(hustings: Hustings, college: College) -> None:
    here = hustings.folder
    (here / "file").write_text("mine")
    (here / "full").mkdir()
    (here / "full" / "mine").write_text("mine")
    (here / "link").symlink_to("full")
    for place, said in (
        ("file", "is a file"),
        ("full", "holds something else"),
        ("link", "no site of ours"),
        ("file/below", "cannot be written"),
    ):
        assert said in "\n".join(hustings.refuses("publish", "e", "--out", place)), place
    (here / "empty").mkdir()
    hustings("publish", "e", "--out", "empty")
    hustings("verify", "empty")


def test_a_folder_that_cannot_be_written_is_refused(hustings: Hustings, college: College) -> None:
    """Nobody can write into /proc, not even root."""
    said = "\n".join(hustings.refuses("publish", "e", "--out", "/proc/site"))
    assert "/proc/site: cannot be written" in said


@pytest.mark.parametrize("limit", [100, 20_000, 60_000])
def test_where_no_more_can_be_written_the_site_stays(
    hustings: Hustings, college: College, out: Path, limit: int
) -> None:
    """A limit on the size of a file stands for a disk that is full half-way."""
    college.swap("election.toml", "No such people", "No people")
    before = state(out)

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    said = hustings("publish", "e", "--out", "site", "--force", code=2, preexec_fn=limited).err
    assert "cannot be written" in said and "untouched" in said
    assert len(said.splitlines()) == 1 and ".builds" not in said
    assert state(out) == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes, where we may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    words = ("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk))
    try:
        mounted = subprocess.run(words, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("NOT RUN: no disk can be mounted here; the limit on file sizes stands for it")
    yield disk
    subprocess.run(("umount", str(disk)), check=True)


def test_a_full_disk_leaves_the_site_as_it_was(
    hustings: Hustings, college: College, small_disk: Path
) -> None:
    place = small_disk / "site"
    hustings("publish", "e", "--out", place)
    before = state(place)
    left = os.statvfs(small_disk)
    small_disk.joinpath("filler").write_bytes(bytes(left.f_bavail * left.f_frsize - 700_000))
    college.swap("election.toml", "No such people", "No people")
    said = hustings("publish", "e", "--out", place, "--force", code=2).err
    assert "No space left" in said and "untouched" in said and len(said.splitlines()) == 1
    assert state(place) == before
    hustings("verify", place)


@pytest.mark.slow
def test_whenever_it_is_killed_the_site_is_one_whole_release(
    hustings: Hustings, college: College, out: Path
) -> None:
    """From its start to its end, again and again; then the next publication tidies up."""
    began = monotonic()
    hustings("publish", "e", "--out", "site", "--force")
    whole = monotonic() - began
    definition = college.read("election.toml")
    for step in range(5):
        college.put("election.toml", definition.replace("No such people", f"No {step} people"))
        words = (str(SCRIPT), "publish", "e", "--out", "site", "--force")
        running = subprocess.Popen(
            words,
            cwd=hustings.folder,
            env=hustings.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        sleep(whole * (step + 4) / 8.5)
        running.kill()
        running.wait()
        assert "as they were published" in hustings("verify", "site").out
    hustings("publish", "e", "--out", "site", "--force")
    builds = [path for path in (hustings.folder / ".site.builds").iterdir() if path.is_dir()]
    assert len(builds) <= 2 and out.resolve() in builds
    assert [
        path for path in (hustings.folder / ".site.builds").iterdir() if path.is_symlink()
    ] == []
    hustings("verify", "site")


def test_two_at_once_leave_one_whole_site(hustings: Hustings, college: College) -> None:
    codes: list[int] = []

    def run() -> None:
        words = (str(SCRIPT), "publish", "e", "--out", "site")
        ran = subprocess.run(
            words, cwd=hustings.folder, env=hustings.environment, capture_output=True, check=False
        )
        assert b"Traceback" not in ran.stderr, ran.stderr
        codes.append(ran.returncode)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) in ([0, 0], [0, 2]), codes
    hustings("verify", "site")
    hustings("publish", "e", "--out", "site")
    hustings("verify", "site")


# --- options --------------------------------------------------------------------------------


def test_a_key_that_is_none_is_refused(hustings: Hustings, college: College, out: Path) -> None:
    before = state(out)
    for name in ("e/election.toml", "e/none.pem"):
        said = hustings.refuses("publish", "e", "--out", "site", "--force", "--key", name)
        assert name in said[0] and len(said) == 1
    hustings("key", "keys")
    public = "keys/hustings-key.pub.pem"
    said = hustings.refuses("publish", "e", "--out", "site", "--force", "--key", public)
    assert "no Ed25519 private key" in said[0]
    assert state(out) == before


def test_the_address_of_the_site_stands_in_its_pages(hustings: Hustings, college: College) -> None:
    hustings("publish", "e", "--out", "site", "--base-url", "https://results.example/2010")
    page = (hustings.folder / "site" / "rounds" / "index.html").read_text("utf-8")
    assert '<link rel="canonical" href="https://results.example/2010/rounds/">' in page
    for address in ("javascript:alert(1)", '"><script>'):
        hustings("publish", "e", "--out", "site", "--force", "--base-url", address, code=2)


def test_the_status_says_how_far_the_count_is(hustings: Hustings, out: Path) -> None:
    found = json.loads((out / "status.json").read_text("utf-8"))
    assert (found["status"], found["release"]) == ("declared", 1)
    assert found["contests"]["leader"]["progress"]["members"] == {"counted": 24, "total": 24}
