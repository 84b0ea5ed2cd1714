"""Whatever the program has is told of: what has no place in the pages fails.

Where a page is made from the code, `ACCEPT=1` writes it; read the difference before you keep it.
"""

import json
import os
import re
import runpy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest

import hustings
from hustings.ballots.profile import Profile
from hustings.ballots.published import COLLEGE, TOTAL
from hustings.counting.seats import engine as seats_engine
from hustings.election.rulebook import CHOICES, SEAT_CHOICES
from hustings.election.spec import EVERYONE, Decisions
from hustings.formats import ballots_csv, published_csv, stages_json, transcript_json
from hustings.formats.ballot_formats import EVERY_FORMAT
from hustings.results import as_csv, stages_csv
from hustings.shell import acts, library
from hustings.shell.cli import COMMANDS, app
from hustings.shell.outcome import Outcome
from hustings.units import Candidate

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PACKAGE = ROOT / "src" / "hustings"
REFERENCE = DOCS / "reference"
PAGES = [*sorted(DOCS.rglob("*.md")), *sorted(ROOT.glob("*.md"))]
HEADING = re.compile(r"^#{1,6} +(.+?)\s*$", re.M)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^(`{3,})(?:.|\n)*?^\1\s*$", re.M)
INLINE = re.compile(r"`[^`\n]+`")
LONGEST_RECORD = 40
EVERY_CHOICE = [*CHOICES.values(), *SEAT_CHOICES.values()]

generate = runpy.run_path(str(DOCS / "generate.py"))


def text(page: str) -> str:
    return (REFERENCE / page).read_text("utf-8")


# --- made pages -------------------------------------------------------------------------------


@pytest.mark.parametrize("page", generate["pages"](), ids=lambda page: page.name)
def test_what_is_made_from_the_code_is_as_the_code_is(page: Path) -> None:
    written = page.read_text("utf-8")
    today = generate["remade"](written)
    if os.environ.get("ACCEPT"):
        page.write_text(today, "utf-8")
        return
    assert written == today, "run `python docs/generate.py`, and read the difference"


# --- the program ------------------------------------------------------------------------------


def test_every_command_has_its_section() -> None:
    headings = HEADING.findall(text("command-line.md"))
    assert [f"`{name}`" for name in COMMANDS] == [h for h in headings if h.startswith("`")]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_is_told_of(name: str) -> None:
    command = app.get_command(click.Context(app), name)
    assert command
    section = text("command-line.md").partition(f"## `{name}`")[2].partition("\n## ")[0]
    for option in command.params:
        for called in option.opts if isinstance(option, click.Option) else ():
            assert re.search(rf"`{called}[ `]", section), f"{name} {called} has no row"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_used_on_some_page(name: str) -> None:
    used = re.compile(rf"hustings {name}\b")
    made = re.compile(r"<!-- made: .*?<!-- end -->", re.S)
    assert used.search(made.sub("", "\n".join(page.read_text("utf-8") for page in PAGES)))


def test_every_exit_code_has_its_row() -> None:
    rows = re.findall(r"^\| (\d+) \|", text("exit-codes.md"), re.M)
    assert [int(row) for row in rows] == [outcome.value for outcome in Outcome]


# --- rules ------------------------------------------------------------------------------------


@pytest.mark.parametrize("choice", EVERY_CHOICE, ids=lambda choice: choice.name)
def test_every_choice_has_its_section_and_every_option_its_meaning(choice: Any) -> None:
    section = text("choices.md").partition(f"\n## `{choice.name}`\n")[2].partition("\n## ")[0]
    assert choice.question in section
    for option in choice.options:
        assert f"- `{option}`: {option.meaning}." in section


@pytest.mark.parametrize("name", acts.rule_book_names())
def test_every_rule_book_has_its_section_with_a_source_for_each_own_choice(name: str) -> None:
    section = text("rule-books.md").partition(f"\n## `{name}`\n")[2].partition("\n## ")[0]
    book = acts.rule_book(name)
    assert book.title in section
    for choice in book.choices:
        if book.basis[choice].book == name:
            assert f"[`{choice}`](choices.md#{choice})" in section


# --- formats ----------------------------------------------------------------------------------


def test_every_suffix_is_told_of() -> None:
    assert [suffix for suffix in EVERY_FORMAT if f"`{suffix}`" not in text("ballot-files.md")] == []


def test_every_layout_and_column_of_a_ballot_file_is_told_of() -> None:
    page = text("ballot-files.md")
    assert [layout for layout in ballots_csv.Layout if f"### {layout}\n" not in page] == []
    assert [column for column in ballots_csv.OPTIONAL if f"| `{column}` |" not in page] == []


def test_every_column_of_published_figures_is_told_of() -> None:
    columns = (*published_csv.COLUMNS, TOTAL, COLLEGE)
    assert [column for column in columns if f"`{column}`" not in text("published-figures.md")] == []


def test_every_key_of_a_transcript_is_told_of() -> None:
    page = text("transcript-json.md")
    assert sorted(key for key in set(_keys_of_a_transcript()) if f"`{key}`" not in page) == []


def test_every_key_of_the_stages_is_told_of() -> None:
    page, found = text("transcript-json.md"), set[str]()
    for book in ("scotland-stv-2007", "bottoms-up", "meek-prf"):
        made = replace(hustings.contest("seats", ["ann", "bob", "cat"], rules=book), seats=2)
        made = replace(made, decisions=Decisions(lot=tuple(map(Candidate, ("ann", "bob", "cat")))))
        profile = Profile({EVERYONE: {("ann", "bob"): 9, ("bob",): 2, ("cat",): 2}})
        value = json.loads(stages_json.write(seats_engine.count(made, profile)))
        ids = {"ann", "bob", "cat", "everyone", *CHOICES, *SEAT_CHOICES}
        found |= {key for key in _keys(value) if key not in ids}
    assert sorted(key for key in found if f"`{key}`" not in page) == []


def test_every_column_of_the_counted_csv_is_told_of() -> None:
    columns, page = (*as_csv.HEADER, *stages_csv.HEADER), text("transcript-json.md")
    assert [name for name in columns if f"`{name}`" not in page] == []


def _keys_of_a_transcript() -> Iterator[str]:
    """The keys that are always the same: not ids of candidates, sections, units and choices."""
    tied = hustings.contest("chair", ["ann", "bob", "cat"], {"members": "1"}, "supplementary-vote")
    tied = replace(tied, decisions=Decisions(lot=(Candidate("ann"), Candidate("bob"))))
    ballots = [["ann"], ["bob"], ["cat", "bob"], ["cat"]]
    for counted in (library.count(tied, ballots), library.count(acts.example("labour-2010"))):
        value = json.loads(counted.to_json())
        assert value["format"] == transcript_json.FORMAT
        ids = {entry.id for entry in counted.contest.candidates} | set(CHOICES)
        ids |= {entry.id for entry in counted.contest.sections} | {"everyone"}
        ids |= {unit for entry in counted.contest.sections for unit in entry.units}
        yield from (key for key in _keys(value) if key not in ids)


def _keys(value: Any) -> Iterator[str]:
    inside = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict):
        yield from value
    if isinstance(value, dict | list):
        for part in inside:
            yield from _keys(part)


# --- the library ------------------------------------------------------------------------------


def test_every_public_name_is_in_the_reference() -> None:
    page = text("library.md")
    told = re.findall(r"auto(?:function|class|exception):: hustings\.(\w+)", page)
    assert sorted(told) == sorted(hustings.__all__)


@pytest.mark.parametrize("name", hustings.__all__)
def test_every_public_name_can_be_had_and_is_no_module(name: str) -> None:
    assert getattr(hustings, name)
    assert not (PACKAGE / name / "__init__.py").exists()
    assert not (PACKAGE / f"{name}.py").exists()


# --- examples, records, pages -----------------------------------------------------------------


@pytest.mark.parametrize("name", acts.examples())
def test_every_example_has_its_row_and_its_provenance(name: str) -> None:
    assert f"| `{name}` |" in text("examples.md")
    provenance = (acts.example(name) / "PROVENANCE.md").read_text("utf-8")
    assert {"## Sources", "## Known misprint"} <= {
        heading.removesuffix("s") if "misprint" in heading else heading
        for heading in re.findall(r"^## .+", provenance, re.M)
    }


def test_every_known_misprint_is_in_the_provenance() -> None:
    for name in acts.examples():
        found = library.count(acts.example(name)).reconciliation
        provenance = (acts.example(name) / "PROVENANCE.md").read_text("utf-8").replace(",", "")
        for misprint in found.misprints if found else ():
            assert misprint.printed in provenance, f"{name}: {misprint}"


def test_records_are_numbered_short_and_of_one_form() -> None:
    records = sorted((DOCS / "adr").glob("[0-9]*.md"))
    assert [int(record.name[:4]) for record in records] == [*range(1, len(records) + 1)]
    for record in records:
        written = record.read_text("utf-8")
        assert HEADING.findall(written)[1:] == ["Context", "Decision", "Consequences"], record.name
        assert len(written.splitlines()) <= LONGEST_RECORD, record.name


def test_every_page_is_in_a_table_of_contents() -> None:
    listed = set()
    for page in DOCS.rglob("*.md"):
        for tree in re.findall(r"^```\{toctree\}\n(.*?)^```", page.read_text("utf-8"), re.M | re.S):
            entries = [line for line in tree.splitlines() if line and not line.startswith(":")]
            listed |= {(page.parent / f"{entry}.md").resolve() for entry in entries}
    assert set(DOCS.rglob("*.md")) - listed == {DOCS / "index.md"}


# --- links ------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_inside_link_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(INLINE.sub("", FENCED.sub("", page.read_text("utf-8")))):
        if re.match(r"[a-z]+:", link):
            assert link.startswith("https://"), f"{page.name}: {link} is no https link"
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{page.name}: {link}"
        assert not anchor or anchor in _anchors(target), f"{page.name}: {link}"


def _anchors(page: Path) -> set[str]:
    """The headings of a page as links name them."""
    headings = HEADING.findall(FENCED.sub("", page.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
