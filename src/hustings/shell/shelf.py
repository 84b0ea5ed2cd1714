"""The folder that holds a site's releases: each kept for ever, the whole swapped at once.

`DIR` is a link to the build that readers see; the builds stand beside it, in a hidden
folder. A new build is made next to the old one and takes its place in one step, so that
whoever reads sees the one or the other, and a failure leaves the old one as it was.
"""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from hustings.errors import InputError, Problem

RELEASES, SUMS, STATUS = "releases", "SHA256SUMS", "status.json"
# How many differing files are named.
NAMED = 5


class Shelf:
    """Where a site stands, and the releases on it."""

    def __init__(self, out: Path) -> None:
        # Not resolved: the link itself is what is swapped.
        self.out = Path.cwd() / out
        self.builds = self.out.parent / f".{self.out.name}.builds"
        self._seen = self.current

    @property
    def current(self) -> Path | None:
        """The build that readers see; None where there is none yet."""
        return self.out.resolve() if self.out.is_symlink() and self.out.exists() else None

    def releases(self) -> dict[int, Path]:
        """The releases that are held, by number."""
        found = self.current / RELEASES if self.current else None
        if found is None or not found.is_dir():
            return {}
        numbered = {int(path.name): path for path in found.iterdir() if path.name.isdecimal()}
        return {number: numbered[number] for number in sorted(numbered)}

    def neighbours(self, format: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """The sites of a kind in folders beside this one: the folder's name, and their status."""
        beside = self.out.parent.iterdir() if self.out.parent.is_dir() else ()
        for path in sorted(beside):
            if path.name.startswith(".") or path == self.out:
                continue
            try:
                status = json.loads((path / STATUS).read_text("utf-8"))
            except (OSError, ValueError):
                # It is no site, or none that can be read: nothing to lead to.
                continue
            if isinstance(status, dict) and status.get("format") == format:
                yield path.name, status

    def require_room(self) -> None:
        """Raise `InputError` where something else than a site of ours stands in the way."""
        if self.out.is_symlink():
            if self.out.exists() and self.out.resolve().parent != self.builds.resolve():
                self._refuse("this is a link to something that is no site of ours")
        elif self.out.is_dir():
            if any(self.out.iterdir()):
                self._refuse("this folder holds something else; choose a new one")
        elif self.out.exists():
            self._refuse("this is a file; choose a new folder")

    def _refuse(self, what: str) -> None:
        raise InputError(Problem(what, str(self.out)))

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """A new folder to build in; it is gone afterwards, unless it was put in place.

        Raises `InputError` where it cannot be made, or somebody else is building here.
        """
        self.require_room()
        try:
            self.builds.mkdir(parents=True, exist_ok=True)
            alone = os.open(self.builds, os.O_RDONLY)
        except OSError as error:
            self._refuse(f"cannot be written: {error.strerror}")
        try:
            self._require_alone(alone)
            with self._folder() as folder:
                yield folder
        finally:
            # Whoever is killed lets go of the lock, too.
            os.close(alone)

    def _require_alone(self, alone: int) -> None:
        """Two at once would each tidy away what the other builds, or leave its release out."""
        try:
            fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._refuse("another publication is being built here; wait for it to end")
        if self.current != self._seen:
            self._refuse("another publication came in between; look at it, and publish again")

    @contextmanager
    def _folder(self) -> Iterator[Path]:
        try:
            folder = Path(tempfile.mkdtemp(dir=self.builds, prefix="build-"))
            folder.chmod(0o755)
        except OSError as error:
            self._refuse(f"cannot be written: {error.strerror}")
        try:
            yield folder
        except OSError as error:
            place = error.filename or str(self.out)
            raise InputError(
                Problem(
                    f"cannot be written: {error.strerror}; what was there before is untouched",
                    str(place).replace(str(folder), str(self.out)),
                )
            ) from None
        finally:
            if self.current != folder.resolve():
                shutil.rmtree(folder, ignore_errors=True)
                self._tidy()

    def _tidy(self) -> None:
        """Leave nothing behind where nothing could be built."""
        if self.current is None and self.builds.is_dir() and not any(self.builds.iterdir()):
            self.builds.rmdir()

    def put_in_place(self, folder: Path) -> None:
        """Let readers see this build from now on; the one before it is kept, older ones go."""
        before = self.current
        os.sync()
        if self.out.is_dir() and not self.out.is_symlink():
            self.out.rmdir()
        link = self.builds / f"{folder.name}.link"
        link.unlink(missing_ok=True)
        link.symlink_to(Path(self.builds.name) / folder.name)
        link.replace(self.out)
        for old in self.builds.iterdir():
            if old.is_symlink():
                old.unlink()
            elif old.resolve() not in (folder.resolve(), before):
                shutil.rmtree(old, ignore_errors=True)


def keep(source: Path, target: Path) -> None:
    """The same files in another folder, without a second copy on the disk where it can be."""
    whole = os.fspath(source)
    for place, _, names in os.walk(whole):
        there = f"{target}{place.removeprefix(whole)}"
        Path(there).mkdir(parents=True, exist_ok=True)
        for name in names:
            _link(f"{place}/{name}", f"{there}/{name}")


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        # Another disk, or one without links: a copy has the same bytes.
        shutil.copy2(source, target)


def sums_text(digests: Mapping[str, str]) -> str:
    """The digests as `sha256sum -c` reads them, by the name of the file."""
    return "".join(f"{digests[name]}  {name}\n" for name in sorted(digests))


def read_sums(text: str, file: str) -> dict[str, str]:
    """The digests by file; raises `InputError` where the text is no list of them."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        digest, gap, name = line.partition("  ")
        if len(digest) != 64 or not gap or not name or name in found or ".." in name.split("/"):
            raise InputError(Problem("this is no line of SHA256SUMS", file, number))
        found[name] = digest
    return found


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        digest = sha256()
        while chunk := file.read(1 << 20):
            digest.update(chunk)
        return digest.hexdigest()


def require_the_same(number: int, held: Path, digests: Mapping[str, str], out: Path) -> None:
    """Raise `InputError` where a release that is held in `out` would become another one."""
    sums = held / SUMS
    before = read_sums(sums.read_text("utf-8"), str(sums)) if sums.is_file() else {}
    differing = sorted(
        name for name in {*before, *digests} if before.get(name) != digests.get(name)
    )
    if differing:
        named = ", ".join(differing[:NAMED])
        more = f" and {len(differing) - NAMED} more files" if len(differing) > NAMED else ""
        raise InputError(
            Problem(
                f"release {number} is published already, and would change ({named}{more}): a "
                "change is a new release, so add [[releases]] to election.toml; or, while nobody "
                "has read it, give --force",
                str(out / RELEASES / str(number)),
            )
        )
