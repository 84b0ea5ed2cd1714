"""Every code block of the documentation runs, and every output in it is real.

A page is one story, told in an empty folder of its own: what an early block writes, a later
one finds. What each kind of block does:

- `python`: runs; with `>>>` its output is compared.
- `console`: lines that begin with `$ ` are commands (`hustings`, `cat`, `cd`, `ls`, `echo $?`);
  what follows is their output. `...` by itself stands for any lines, at a line's end for its rest.
- a `code-block` with a `:caption:` is the file of that name: it is written, and an
  `election.toml` or a rule book is checked against its schema.
- `toml` without a caption is a part of such a file: every key and value in it must be allowed.
- `json` parses. `bash` runs, by bash. `sh` is for set-up and does not run: each line must be
  one that is known to be right. `text` is for showing.
"""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from copy import deepcopy
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from sybil import Example
from sybil.document import Document
from sybil.parsers.myst import CodeBlockParser, PythonCodeBlockParser
from sybil.region import Region
from sybil.typing import Parser

from hustings.formats.election_schema import ELECTION, RULE_BOOK
from hustings.formats.shape import read_document
from hustings.shell import cli

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LANGUAGES = {"python", "console", "toml", "json", "bash", "sh", "text"}
CAPTIONED = re.compile(r"^```\{code-block\} (\w+)\n:caption: (\S+)\n\n?(.*?)^```$", re.M | re.S)
FENCE = re.compile(r"^(`{3,})(\S*)", re.M)
TARGET = re.compile(r"^([a-z]+):", re.M)
# A `sh` block is not run: these lines are set-up, and known to be right.
SET_UP = re.compile(
    r"#.*|pip install \.|git clone .*|cd \S+"
    r"|hustings completion \w+ > \S+|python docs/generate\.py|ACCEPT=1 make test"
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_block_of_the_page_runs(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    for example in Document.parse(str(page), *parsers()):
        example.evaluate()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_block_of_the_page_is_of_a_kind_that_is_not_checked(page: Path) -> None:
    opened = [found[2] for found in FENCE.finditer(page.read_text("utf-8"))][::2]
    directives = {"{code-block}", "{eval-rst}", "{toctree}", "{include}"}
    assert set(opened) <= LANGUAGES | directives


def test_an_output_that_is_not_real_is_noticed() -> None:
    assert is_like("a\n...\nd\n", "a\nb\nc\nd\n")
    assert is_like("a\n...\n", "a\n")
    assert not is_like("a\n...\nd\n", "a\nb\nc\n")
    assert not is_like("a\n", "a\nb\n")
    assert is_like("a ...\n", "a b\n")
    assert not is_like("b ...\n", "a b\n")


def parsers() -> list[Any]:
    return [
        written_files,
        outside_files(PythonCodeBlockParser()),
        *(
            outside_files(CodeBlockParser(language, evaluator))
            for language, evaluator in {
                "console": run_console,
                "toml": check_fragment,
                "json": lambda example: json.loads(example.parsed) and None,
                "bash": run_bash,
                "sh": check_set_up,
            }.items()
        ),
    ]


# --- files ------------------------------------------------------------------------------------


def written_files(document: Document) -> Iterator[Region]:
    """The blocks with a caption: each is the file of that name."""
    for found in CAPTIONED.finditer(document.text):
        yield Region(found.start(), found.end(), (found[2], found[3]), write_file)


def outside_files(parser: Parser) -> Parser:
    """The same parser, which leaves alone the blocks that are files."""

    def regions(document: Document) -> Iterator[Region]:
        files = [found.span() for found in CAPTIONED.finditer(document.text)]
        for region in parser(document):
            if not any(start <= region.start < end for start, end in files):
                yield region

    return regions


def write_file(example: Example) -> None:
    name, text = example.parsed
    if name.endswith(".toml"):
        schema = ELECTION if Path(name).name == "election.toml" else RULE_BOOK
        read_document(text, schema, name)
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def check_fragment(example: Example) -> None:
    """A part of an election's definition or of a rule book: nothing in it may be unknown."""
    document = json.loads(json.dumps(tomllib.loads(example.parsed), default=str))
    wrong = [list(jsonschema_rs.validator_for(schema).iter_errors(document)) for schema in PARTIAL]
    assert [] in wrong, f"line {example.line}: {[str(error) for error in wrong[0]]}"


def _partial(node: Any) -> Any:
    """The schema of a part: nothing is missing from it."""
    if isinstance(node, dict):
        left_out = ("required", "minProperties")
        return {key: _partial(part) for key, part in node.items() if key not in left_out}
    return [_partial(part) for part in node] if isinstance(node, list) else node


PARTIAL = [_partial(deepcopy(schema)) for schema in (ELECTION, RULE_BOOK)]


# --- commands ---------------------------------------------------------------------------------


def run_console(example: Example) -> str | None:
    """Run each command of the block; what is wrong, if an output is not what the page says."""
    state = example.namespace.setdefault("__console__", {"code": 0})
    for command, expected in _commands(example.parsed):
        found = _run(command, state)
        if not is_like(expected, found):
            return f"line {example.line}: $ {command}\nthe page says:\n{expected}\nbut:\n{found}"
    return None


def _commands(block: str) -> Iterator[tuple[str, str]]:
    first, *parts = re.split(r"^\$ ", block, flags=re.M)
    assert not first.strip(), f"a console block begins with a command, not {first!r}"
    for part in parts:
        command, _, expected = part.partition("\n")
        while command.endswith("\\"):
            more, _, expected = expected.partition("\n")
            command = f"{command[:-1]} {more.removeprefix('> ').strip()}"
        yield command, expected


def _run(command: str, state: dict[str, int]) -> str:
    words = shlex.split(command)
    target = None
    if len(words) > 2 and words[-2] == ">":
        words, target = words[:-2], Path(words[-1])
    said = StringIO()
    match words:
        case ["hustings", *arguments]:
            out = StringIO() if target else said
            with redirect_stdout(out), redirect_stderr(said):
                state["code"] = int(cli.run(arguments))
            if target:
                target.write_text(out.getvalue(), "utf-8")
        case ["cat", name]:
            said.write(Path(name).read_text("utf-8"))
        case ["cd", name]:
            os.chdir(name)
        case ["ls", *name]:
            said.writelines(f"{entry.name}\n" for entry in sorted(Path(*name).iterdir()))
        case ["echo", "$?"]:
            said.write(f"{state['code']}\n")
        case _:
            raise AssertionError(f"a page may not run {command!r}: bash blocks may")
    return said.getvalue()


def is_like(expected: str, found: str) -> bool:
    """Whether the output is the expected one: a line `...` stands for any lines, or none."""
    pattern = "".join(map(_line_like, expected.rstrip("\n").splitlines()))
    return re.fullmatch(pattern, found.rstrip("\n") + "\n" if found.strip() else "") is not None


def _line_like(line: str) -> str:
    """A pattern for the line; `...` at its end stands for the rest of it."""
    if line.strip() == "...":
        return r"(?:.*\n)*?"
    start, dots, _ = line.rstrip().partition(" ...")
    return re.escape(start) + (r".*\n" if dots else r"[ ]*\n")


def run_bash(example: Example) -> str | None:
    done = subprocess.run(
        ["bash", "-eu", "-c", example.parsed], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return f"line {example.line}: exit code {done.returncode}\n{done.stdout}{done.stderr}"
    return None


def check_set_up(example: Example) -> str | None:
    targets = set(TARGET.findall((ROOT / "Makefile").read_text("utf-8")))
    for line in filter(None, map(str.strip, example.parsed.splitlines())):
        first, *rest = line.split("  #")[0].split()
        made = first == "make" and set(rest) <= targets
        if not made and not SET_UP.fullmatch(line.split("  #")[0].strip()):
            return f"line {example.line}: {line!r} is neither run nor known to be right"
    return None
