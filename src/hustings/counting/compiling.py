"""numba, where it is installed, and without what its import drags along."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import cast


@cache
def numba() -> ModuleType | None:
    """The compiler; None where it is not installed."""
    with suppress(ImportError), _without_scipy():
        found = import_module("numba")
        # It looks for SciPy's algebra here, at the first call of whatever it compiled.
        import_module("numba.np.arraymath")
        return found
    return None


@contextmanager
def _without_scipy() -> Iterator[None]:
    """No loop of ours multiplies matrices: SciPy's import would take longer than most counts."""
    absent = "scipy" not in sys.modules
    if absent:
        sys.modules["scipy"] = cast(ModuleType, None)
    try:
        yield
    finally:
        if absent:
            del sys.modules["scipy"]
