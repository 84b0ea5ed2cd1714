"""Where papers are read from: the files that a name means, and what a reader of one is."""

import re
from collections.abc import Callable
from pathlib import Path

from hustings.election.spec import Contest
from hustings.errors import InputError, Problem
from hustings.formats.ballot_file import BallotFile
from hustings.shell.world import Watch
from hustings.units import Section

# Reads one ballot file of a contest, or of none, and of a section if its papers name none.
Read = Callable[[Path, Contest | None, Section | None, Watch], BallotFile]

# The engine where nobody names one: a file is read as its size and format make it best.
AUTO = "auto"
# What tells a pattern of names from a name.
PATTERN = re.compile(r"[*?\[]")
# What stands beside the parts of a table that a cluster has written, and is none.
BESIDE = (".", "_")


def parts(path: Path) -> list[Path]:
    """The files that a path means, by name: itself, a folder's files, or those of a pattern.

    Raises `InputError` for a pattern that no file fits.
    """
    if path.is_dir():
        found = [one for one in path.iterdir() if not one.name.startswith(BESIDE)]
        return sorted(one for one in found if one.is_file()) or [path]
    if path.exists() or not PATTERN.search(path.name):
        return [path]
    files = sorted(one for one in path.parent.glob(path.name) if one.is_file())
    if not files:
        raise InputError(Problem("no ballot file has such a name", str(path)))
    return files
