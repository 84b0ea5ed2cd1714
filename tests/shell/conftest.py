"""The command line as whole processes, and an election in a folder to run it on."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(sys.executable).with_name("hustings")

DEFINITION = """\
schema = 1

[election]
name = "Annual meeting"

[sections.members]
name = "Members"
weight = "1/2"

[sections.branches]
name = "Branches"
weight = "1/2"

[contests.chair]
post = "Chair"
rules = "labour-2010"
ballots = "ballots.csv"

[contests.chair.candidates]
ann = "Ann Archer"
bob = "Bob Baker"
cat = "Cat Cooper"
"""

BALLOTS = """\
section,count,1,2,3
members,4,ann,bob,
members,3,bob,ann,
members,2,cat,bob,
branches,3,ann,,
branches,5,bob,cat,
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


class Hustings:
    """Runs commands in one folder, each as a process of its own."""

    def __init__(self, folder: Path, bytecode: Path) -> None:
        self.folder = folder
        keep = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
        self.environment = {
            **keep,
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "PYTHONHASHSEED": "1",
            "PYTHONPYCACHEPREFIX": str(bytecode),
        }

    def __call__(self, *words: object, code: int = 0, **options: Any) -> Ran:
        """Run a command; whatever it ends with but `code`, or with a traceback, fails the test."""
        environment = {**self.environment, **options.pop("environment", {})}
        ended = subprocess.run(
            [str(SCRIPT), *map(str, words)],
            cwd=self.folder,
            env=environment,
            stdout=options.pop("stdout", subprocess.PIPE),
            stderr=subprocess.PIPE,
            timeout=120,
            check=False,
            **options,
        )
        out = (ended.stdout or b"").decode()
        err = ended.stderr.decode()
        assert "Traceback" not in err, err
        assert ended.returncode == code, out + err
        return Ran(ended.returncode, out, err)

    def refuses(self, *words: object, code: int = 2, **options: Any) -> list[str]:
        """What it says, by lines, where it refuses; nothing may be printed, written or changed."""
        before = self.files()
        ran = self(*words, code=code, **options)
        assert ran.out == ""
        assert self.files() == before
        return ran.err.splitlines()

    def files(self) -> dict[str, tuple[int, int]]:
        """Every file and folder with its size and when it was changed."""
        found = {path: path.lstat() for path in self.folder.rglob("*")}
        return {
            path.relative_to(self.folder).as_posix(): (state.st_size, state.st_mtime_ns)
            for path, state in found.items()
        }


class Folder:
    """A small election that counts, to be spoiled in one place."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        self.put("election.toml", DEFINITION)
        self.put("ballots.csv", BALLOTS)

    def put(self, name: str, content: str | bytes) -> None:
        """Write a file."""
        written = content if isinstance(content, bytes) else content.encode()
        self.path.joinpath(name).write_bytes(written)

    def add(self, name: str, text: str) -> None:
        """Write more at a file's end."""
        self.put(name, self.read(name) + text)

    def swap(self, name: str, old: str, new: str, times: int = 1) -> None:
        """Write something else in place of what stands there."""
        text = self.read(name)
        assert old in text
        self.put(name, text.replace(old, new, times))

    def read(self, name: str) -> str:
        """A file's text."""
        return self.path.joinpath(name).read_bytes().decode()


@pytest.fixture(scope="session")
def bytecode(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the processes keep what they compiled, as those of an installed package do."""
    return tmp_path_factory.mktemp("bytecode")


@pytest.fixture
def hustings(tmp_path: Path, bytecode: Path) -> Hustings:
    folder = tmp_path / "here"
    folder.mkdir()
    return Hustings(folder, bytecode)


@pytest.fixture
def election(hustings: Hustings) -> Folder:
    """The folder `e`, in which `hustings` runs."""
    return Folder(hustings.folder / "e")


@pytest.fixture
def blt(hustings: Hustings) -> Callable[[str], str]:
    """Writes a BLT file, and says what it is called."""

    def write(text: str) -> str:
        hustings.folder.joinpath("chair.blt").write_text(text, "utf-8")
        return "chair.blt"

    return write
