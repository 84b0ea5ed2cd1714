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
