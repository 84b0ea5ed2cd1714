"""The shape of the package: tests that read the source, and a few that look at its names."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest

import hustings
from hustings.election.rulebook import CHOICES, DESCRIPTION
from hustings.shell.acts import rule_book, rule_book_names

HOME = Path(__file__).parents[1]
ROOT = HOME / "src" / "hustings"
MODULES = sorted(ROOT.rglob("*.py"))
FACES = {"shell", "__init__.py", "__main__.py"}
CORE = [m for m in MODULES if m.relative_to(ROOT).parts[0] not in FACES]
COUNTED = {"election", "ballots", "counting", "units.py"}
EXACT = [m for m in CORE if m.relative_to(ROOT).parts[0] in COUNTED]
# What a program that only counts must not have to load.
HEAVY = ("click", "rich", "jinja2", "jsonschema_rs", "numpy", "jax", "blackjax", "duckdb", "polars")

Defined = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def each(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=lambda p: str(p.relative_to(ROOT)))


def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text())))


# --- the source -------------------------------------------------------------------


@each(EXACT)
def test_the_count_is_exact(path: Path) -> None:
    """No float is written, asked for, or made by a `/`, where votes are counted."""
    for node in nodes(path):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), node.lineno
        assert not (isinstance(node, ast.Name) and node.id == "float"), node.lineno
        divides = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
        assert not divides, node.lineno


@each(MODULES)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    """Each module opens with one sentence that ends in a full stop and fits a line."""
    first = (ast.get_docstring(ast.parse(path.read_text())) or "").split("\n")[0]
    assert first.endswith(".") and len(first) <= 95


@each(MODULES)
def test_whatever_is_public_says_what_it_is(path: Path) -> None:
    """Each public function, method and class has a docstring."""
    silent = [node.name for node in public(ast.parse(path.read_text())) if not said(node)]
    assert silent == []


def public(body: ast.Module | ast.ClassDef) -> Iterator[Defined]:
    """What is defined at the top and in public classes, without an underscore."""
    for node in body.body:
        if isinstance(node, Defined) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node)


def said(node: Defined) -> str:
    return (ast.get_docstring(node) or "").strip()


@each(CORE)
def test_only_the_shell_touches_the_world(path: Path) -> None:
    """The core opens no file, prints nothing, asks nobody and looks at no clock."""
    for call in (node.func for node in nodes(path) if isinstance(node, ast.Call)):
        assert getattr(call, "id", "") not in {"open", "print", "input"}, call.lineno
        assert getattr(call, "attr", "") not in {"now", "utcnow", "today"}, call.lineno


def test_every_part_of_the_core_is_held_pure() -> None:
    """The purity contract names every module and package that is not the shell."""
    contracts = ConfigParser()
    contracts.read(HOME / ".importlinter")
    named = contracts["importlinter:contract:core-is-pure"]["source_modules"].split()
    parts = {m.relative_to(ROOT).parts[0].removesuffix(".py") for m in CORE}
    assert set(named) == {f"hustings.{part}" for part in parts}


# --- the rule books -----------------------------------------------------------------


@pytest.mark.parametrize("name", rule_book_names())
def test_a_rule_book_gives_a_source_for_every_answer(name: str) -> None:
    """Its own, or that of the book which it extends."""
    book = rule_book(name)
    assert book.name == name
    assert all(getattr(book, described) for described in ("title", "summary"))
    assert [choice for choice in book.choices if not book.basis[choice].source.strip()] == []
    assert book.basis.keys() == book.choices.keys()


def test_a_choice_is_asked_as_a_question_and_each_option_says_what_it_means() -> None:
    """Whoever reads a rule book needs no other page."""
    for choice in CHOICES.values():
        assert "?" in choice.question
        assert choice.expected
        assert all(option.meaning for option in choice.options)
    assert not CHOICES.keys() & set(DESCRIPTION)


# --- the public names -----------------------------------------------------------------


@pytest.mark.parametrize("name", hustings.__all__)
def test_a_public_name_is_there_and_says_what_it_is(name: str) -> None:
    """Whatever is listed can be had."""
    assert (getattr(hustings, name).__doc__ or "").strip()


def test_a_name_that_is_not_public_is_refused_with_those_that_are() -> None:
    """A slip is told like any other mistake."""
    with pytest.raises(AttributeError, match=r"hustings has no 'cuont'; its names are College,"):
        hustings.cuont  # noqa: B018 - to ask for it is the test


def test_importing_the_package_loads_nothing_heavy() -> None:
    """Neither does a count: only a command line or a page needs them."""
    program = (
        "import sys, hustings; "
        f"assert not set({HEAVY}) & set(sys.modules), set({HEAVY}) & set(sys.modules); "
        "count = hustings.count(hustings.contest('Post', ['ann', 'bob']), [['ann']]); "
        "assert count.winner == 'ann'; "
        "assert not {'click', 'rich'} & set(sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")


def test_what_starts_jax_says_so_in_its_name() -> None:
    """Nothing may fork where JAX has run: such modules are tested in processes of their own.

    `make test` knows them by their path, which has `forecast` in it.
    """
    names = [
        ".".join(m.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")
        for m in MODULES
        if "forecast" not in str(m.relative_to(ROOT)) and m.name != "__main__.py"
    ]
    program = (
        "import sys, importlib\n"
        f"for name in {names}:\n"
        "    importlib.import_module(name)\n"
        "    assert 'jax' not in sys.modules, name\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")
