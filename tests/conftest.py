"""Random examples are the same in every run; the published data are used where they lie."""

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("hustings", derandomize=True, deadline=None, max_examples=200)
settings.load_profile("hustings")

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The files of real elections, where they lie beside the repository."""
    if not SHARED_DATA.is_dir():
        pytest.skip("NOT RUN: the files of real elections (shared/data) lie not beside this copy")
    return SHARED_DATA
