"""The lock names packages and hashes, and no place to fetch them from."""

import re
from pathlib import Path

import pytest

HOME = Path(__file__).parents[1]
LOCKS = sorted(HOME.glob("*.lock"))


def test_there_is_a_lock() -> None:
    """Without one the next test would pass on nothing."""
    assert HOME / "requirements.lock" in LOCKS


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_no_line_of_a_lock_names_a_place(lock: Path) -> None:
    """A reader's own index and mirror serve the lock as well as ours."""
    assert [line for line in lock.read_text().splitlines() if "://" in line] == []


@pytest.mark.parametrize("tool", ["editables", "hatchling", "pip", "uv"])
def test_the_lock_holds_what_installs_it(tool: str) -> None:
    """A sync would else remove uv, and the editable install would need the network."""
    assert re.search(rf"^{tool}==", (HOME / "requirements.lock").read_text(), re.M)


def test_the_program_is_installed_as_it_is_tested() -> None:
    """The smaller lock holds packages of the larger, at the same versions and hashes."""
    pinned = [packages(HOME / name) for name in ("requirements-program.lock", "requirements.lock")]
    assert pinned[0].items() <= pinned[1].items()
    assert {"click", "duckdb", "typst"} <= {name for name, _ in pinned[0]}


def packages(lock: Path) -> dict[tuple[str, str], list[str]]:
    """Each package of a lock by name and version, with its hashes."""
    blocks = re.split(r"^(?=[a-z])", lock.read_text(), flags=re.M)
    found = {re.match(r"([\w.-]+)==(\S+)", block): block for block in blocks}
    return {(pin[1], pin[2]): re.findall(r"sha256:\w+", found[pin]) for pin in found if pin}
