"""Whatever a published site has is told of: its pages, files, keys, tables, facts and columns.

The sites are built from the example of 2010 and from the elections that the how-to pages
write down, so that every policy is among them.
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from hustings.election.publication import Status
from hustings.formats import (
    claims_csv,
    electors_csv,
    rankings_csv,
    table_csv,
    unit_list_csv,
    unit_returns_csv,
)
from hustings.formats.election_schema import ELECTION
from hustings.shell import acts, signing, site
from hustings.shell.site import Wanted

DOCS = Path(__file__).parents[2] / "docs"
FILE = re.compile(r"^```\{code-block\} \w+\n:caption: (\S+)\n\n(.*?)^```$", re.M | re.S)
CODE = re.compile(r"`([^`]+)`")
TABLES = {
    "List of units": unit_list_csv.COLUMNS,
    "Unit returns": (*unit_returns_csv.DETAILS, *unit_returns_csv.OTHER_NAMES),
    "List of electors": electors_csv.COLUMNS,
    "Claims": claims_csv.COLUMNS,
}


MESSAGES = (table_csv, unit_list_csv, unit_returns_csv, electors_csv, claims_csv)


def text(page: str) -> str:
    return (DOCS / page).read_text("utf-8")


def part(page: str, heading: str) -> str:
    """What stands under a heading, its smaller headings too."""
    _, _, rest = text(page).partition(f"\n{heading}\n")
    level = heading.partition(" ")[0]
    return re.split(rf"^#{{1,{len(level)}}} ", rest, maxsplit=1, flags=re.M)[0]


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A site of each kind of election, by the name of its folder."""
    folder = tmp_path_factory.mktemp("sites")
    for page in ("publish-figures-by-branch", "publish-named-ballots", "fill-several-seats"):
        for name, content in FILE.findall(text(f"how-to/{page}.md")):
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, "utf-8")
    key, _ = signing.new_key(folder / "keys")
    built = {}
    made = [folder / name for name in ("union", "council", "ward")]
    for election in (*made, acts.example("labour-2010")):
        built[election.name] = folder / f"{election.name}-site"
        wanted = Wanted("https://example.org/results", key)
        site.publish(acts.load(election), built[election.name], wanted)
    return built


# --- files that are read ----------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_told_of_under_its_table(table: str) -> None:
    told = part("reference/unit-and-elector-files.md", f"## {table}")
    assert [column for column in TABLES[table] if f"`{column}`" not in told] == []


@pytest.mark.parametrize("module", MESSAGES, ids=lambda module: module.__name__)
def test_every_message_about_a_row_is_told_of(module: ModuleType) -> None:
    told = " ".join(text("reference/unit-and-elector-files.md").split())
    said = [*_sentences(ast.parse(Path(str(module.__file__)).read_text("utf-8")))]
    assert said and [words for words in said if words not in told] == []


def _sentences(module: ast.Module) -> Iterator[str]:
    """The texts of more than one word in a module, but its docstrings."""
    described = (ast.Module, ast.ClassDef, ast.FunctionDef)
    first = [node.body[0] for node in ast.walk(module) if isinstance(node, described)]
    apart = {id(line.value) for line in first if isinstance(line, ast.Expr)}
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in apart:
            words = " ".join(node.value.split())
            if " " in words:
                yield words


def test_every_column_of_a_packages_rankings_is_told_of() -> None:
    told = part("reference/ballot-files.md", "## Data package")
    assert [column for column in rankings_csv.COLUMNS if f"| `{column}` |" not in told] == []


def test_every_field_of_a_definition_has_its_row_at_any_depth() -> None:
    page = text("reference/election-toml.md")
    # The choices have a page of their own.
    asked = {name for place, name in _fields(ELECTION) if "override" not in place}
    assert sorted(name for name in asked if f"`{name}`" not in page) == []


def _fields(node: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(node, list):
        for inner in node:
            yield from _fields(inner, place)
    elif isinstance(node, dict):
        for name, inner in node.get("properties", {}).items():
            yield place, name
            yield from _fields(inner, (*place, name))
        for keyword, inner in node.items():
            if keyword not in ("properties", "enum", "const", "default"):
                yield from _fields(inner, place)


def test_every_status_is_told_of() -> None:
    told = text("reference/site.md")
    assert [status for status in Status if f"`{status}`" not in told] == []


# --- the site ---------------------------------------------------------------------------------


def addresses() -> list[str]:
    """Every address in the first column of the tables of the site."""
    rows = part("reference/site.md", "## Pages") + part("reference/site.md", "## Files")
    first = [line.split("|")[1] for line in rows.splitlines() if line.startswith("| `")]
    return [
        address
        for cell in first
        for address in CODE.findall(cell)
        if "/" in address or "." in address or address.startswith(("_", "SHA"))
    ]


def pattern(address: str, built: Path) -> str:
    """The files of a site that an address of the page stands for."""
    nouns = {"UNITS": _nouns(built, "units"), "ELECTORS": _nouns(built, "ballots")}
    ids = {"UNIT": _column(built, "units", "id"), "ELECTOR": _column(built, "ballots", "id")}
    ids |= {name: _column(built, f"{name.lower()}s", "id") for name in ("SECTION", "CANDIDATE")}
    wild = {
        name: "|".join(map(re.escape, found)) or "(?!)" for name, found in (nouns | ids).items()
    }
    found = re.escape(address)
    for name in sorted(wild, key=len, reverse=True):
        found = re.sub(rf"\b{name}\b", lambda _, name=name: f"(?:{wild[name]})", found)
    if address == "data/":
        return rf"{found}[^/]+"
    return rf"{found}index\.html" if address.endswith("/") else found


def _nouns(built: Path, table: str) -> list[str]:
    """The folders of the root whose pages are of that table's rows."""
    ids = set(_column(built, table, "id"))
    own = [path for path in built.iterdir() if path.is_dir() and path.name != "sections"]
    return sorted(path.name for path in own if ids & {page.name for page in path.iterdir()})


def _column(built: Path, table: str, column: str) -> list[str]:
    path = built / "data" / f"{table}.csv"
    if not path.is_file():
        return []
    header, *rows = path.read_text("utf-8").splitlines()
    at = header.split(",").index(column)
    return [row.split(",")[at] for row in rows]


def _files(built: Path) -> list[str]:
    """Every file of a site's current release."""
    found = (path.relative_to(built) for path in built.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in found if path.parts[0] != "releases")


@pytest.mark.parametrize("name", ["labour-2010", "union", "council", "ward"])
def test_every_file_of_a_site_has_its_row(sites: dict[str, Path], name: str) -> None:
    told = re.compile("|".join(pattern(address, sites[name]) for address in addresses()))
    assert [path for path in _files(sites[name]) if not told.fullmatch(path)] == []


def test_every_row_is_of_a_file_that_some_site_has(sites: dict[str, Path]) -> None:
    unseen = {
        address
        for address in addresses()
        if not any(
            re.fullmatch(pattern(address, built), path)
            for built in sites.values()
            for path in _files(built)
        )
    }
    assert unseen == set()


@pytest.mark.parametrize("name", ["status", "record"])
def test_every_key_of_a_file_for_programs_is_told_of(sites: dict[str, Path], name: str) -> None:
    told = part("reference/site.md", f"### `{name}.json`")
    value = json.loads((sites["union"] / f"{name}.json").read_text("utf-8"))
    [contest] = value["contests"].values()
    keys = {*value, *contest}
    inner = contest["progress"] if name == "status" else contest["sections"]
    keys |= {key for section in inner.values() for key in section}
    # Those that the record shares with the status are told of there.
    known = told if name == "status" else told + part("reference/site.md", "### `status.json`")
    assert sorted(key for key in keys if f"`{key}`" not in known) == []


@pytest.mark.parametrize("name", ["labour-2010", "union", "council", "ward"])
def test_every_table_of_the_data_is_told_of(sites: dict[str, Path], name: str) -> None:
    told = text("reference/data-package.md")
    tables = sorted(path.stem for path in (sites[name] / "data").glob("*.csv"))
    assert [table for table in tables if f"| `{table}` |" not in told] == []


# --- facts ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["labour-2010", "union", "council"])
def test_every_fact_is_told_of(sites: dict[str, Path], name: str) -> None:
    told = set(CODE.findall(text("reference/facts.md")))
    page = (sites[name] / "facts" / "index.html").read_text("utf-8")
    found = re.findall(r'<article id="([^"]+)"', page)
    sections = "|".join(_column(sites[name], "sections", "id"))
    as_told = [re.sub(rf"^(?:{sections})-", "SECTION-", id_) for id_ in found]
    as_told = [id_.replace("-majority-", "-ATTRIBUTE-") for id_ in as_told]
    assert found and [id_ for id_ in as_told if id_ not in told] == []
