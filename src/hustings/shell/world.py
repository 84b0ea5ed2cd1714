"""Files: read line by line within bounds, written whole or not at all."""

import gc
import os
import re
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import BinaryIO, cast

from hustings.errors import InputError, Problem

# A line of a ballot file is a few hundred bytes; what is longer is no ballot file.
LONGEST_LINE = 1 << 20
# A definition is a page or two; what is larger is not one.
LARGEST_TEXT = 16 << 20
# A table of a hundred million papers packed, or a record of a hundred thousand as JSON.
LARGEST_WHOLE = 1 << 30
# It is read by pieces.
PIECE = 1 << 22
# What may steer a terminal and means nothing in a text; tabs and line ends do.
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


Watch = Callable[[Path, int, int], None]
# How many lines pass between two looks of whoever watches.
STRIDE = 4096
PACKED = ".gz"
# Within so many bytes a line's end is looked for first.
PROBE = 4096


def unwatched(path: Path, done: int, total: int) -> None:
    """Nobody watches."""


@contextmanager
def keeping_all() -> Iterator[None]:
    """Do not look for garbage meanwhile, because what is read or built is kept to the end.

    Python would look through all papers again and again, for a sixth of the time.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def lines(path: Path, watch: Watch = unwatched) -> Iterator[str]:
    """The lines of a text file, one at a time, never holding more than one.

    A file whose name ends in .gz is unpacked on the way. `watch` is told now and then how many
    bytes of how many have been read.

    Raises `InputError` with the line where the file is not UTF-8 or a line has no end.
    """
    with stream(path, watch) as source:
        for number, line in enumerate(lines_of(source.file, path), 1):
            if number % STRIDE == 0:
                source.tell()
            yield line


def lines_of(file: BufferedReader, path: Path) -> Iterator[str]:
    """The lines of the file from here, where it begins; raises what `lines` raises."""
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if number == 1:
            _refuse_utf_16(line, path)
            line = line.removeprefix(BYTE_ORDER_MARK)
        if len(line) > LONGEST_LINE:
            raise _too_long(path, number)
        yield decoded(line, path, number)


def _too_long(path: Path, line: int | None = None) -> InputError:
    what = "the line" if line else "a line"
    return InputError(
        Problem(
            f"{what} is longer than {LONGEST_LINE:,} bytes: this is no ballot file, "
            "or its line ends are lost",
            str(path),
            line,
        )
    )


@dataclass(frozen=True, slots=True)
class Stream:
    """The bytes of a file, and how far it has been read."""

    path: Path
    file: BufferedReader
    tell: Callable[[], None]


@contextmanager
def stream(path: Path, watch: Watch = unwatched) -> Iterator[Stream]:
    """A file of lines, unpacked where its name ends in .gz; `tell` tells whoever watches.

    Raises `InputError` for a line longer than any ballot's, before it is held, and for a
    packed file that is damaged or cut off.
    """
    with _opened(path) as file:
        total = path.stat().st_size
        packed = path.suffix.casefold() == PACKED
        if not packed:
            _require_line_ends(file, path, total)
        read = BufferedReader(_Unpacked(file, path)) if packed else file
        yield Stream(path, cast(BufferedReader, read), lambda: watch(path, file.tell(), total))


def _require_line_ends(file: BufferedReader, path: Path, size: int) -> None:
    """Whoever asks for a line must not be handed a gigabyte: each block has a line's end."""
    for start in range(0, size - LONGEST_LINE, LONGEST_LINE):
        probes = (os.pread(file.fileno(), length, start) for length in (PROBE, LONGEST_LINE))
        if not any(b"\n" in probe for probe in probes):
            before = (
                os.pread(file.fileno(), LONGEST_LINE, at) for at in range(0, start, LONGEST_LINE)
            )
            raise _too_long(path, 1 + sum(block.count(b"\n") for block in before))


class _Unpacked(RawIOBase):
    """A file that gzip has packed, by blocks, each of which has a line's end."""

    def __init__(self, file: BufferedReader, path: Path) -> None:
        import gzip

        self._source, self._path, self._unended = gzip.GzipFile(fileobj=file), path, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            size = int(self._source.readinto(buffer))
        except (EOFError, OSError, zlib.error) as error:
            what = f"the packed file is damaged or cut off: {error}"
            raise InputError(Problem(what, str(self._path))) from None
        self._unended = 0 if b"\n" in bytes(buffer[:size]) else self._unended + size
        if self._unended > 2 * LONGEST_LINE:
            raise _too_long(self._path)
        return size


def text(path: Path) -> str:
    """A whole text file; raises `InputError` where it is not UTF-8, or far too large."""
    return as_it_stands(path).replace("\r\n", "\n")


def as_it_stands(path: Path) -> str:
    """A whole text file with its line ends as they are; raises what `text` raises."""
    if path.is_file() and path.stat().st_size > LARGEST_TEXT:
        raise InputError(Problem(f"the file is larger than {LARGEST_TEXT:,} bytes", str(path)))
    return "".join(lines(path))


def whole(path: Path) -> bytes:
    """All bytes of a file that is no lines of text; raises `InputError` where it is too large."""
    with _opened(path) as file:
        if path.suffix.casefold() != PACKED:
            data = _up_to_the_largest(file)
        else:
            data = _unpacked(file, path)
    if len(data) > LARGEST_WHOLE:
        raise InputError(Problem(f"the file is larger than {LARGEST_WHOLE:,} bytes", str(path)))
    return data


def _up_to_the_largest(file: BinaryIO) -> bytes:
    """All bytes, or some more than may be: asked for so many at once, it would hold as many."""
    pieces, size = [], 0
    while size <= LARGEST_WHOLE and (piece := file.read(PIECE)):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def _unpacked(file: BufferedReader, path: Path) -> bytes:
    import gzip

    try:
        return _up_to_the_largest(cast(BinaryIO, gzip.open(file)))
    except (EOFError, OSError, zlib.error) as error:
        what = f"the packed file is damaged or cut off: {error}"
        raise InputError(Problem(what, str(path))) from None


def packaged(*names: str) -> Traversable:
    """A file or folder that comes with the package."""
    return files("hustings").joinpath(*names)


def require_free(path: Path, *, force: bool) -> None:
    """Raise `InputError` where a file would be overwritten that nobody said to replace."""
    if path.exists() and not force:
        raise InputError(
            Problem("the file is there already; give --force to replace it", str(path))
        )


def write(path: Path, chunks: Iterable[str | bytes], *, force: bool = False) -> None:
    """Write a file whole or not at all; raises `InputError` rather than overwrite one."""
    require_free(path, force=force)
    with _writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, chunks)


def _write(path: Path, chunks: Iterable[str | bytes]) -> None:
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                file.write(chunk if isinstance(chunk, bytes) else chunk.encode())
            file.flush()
            os.fsync(file.fileno())
        Path(draft).chmod(0o644)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def write_folder(folder: Path, texts: Mapping[str, str]) -> None:
    """Write a new folder whole or not at all; raises `InputError` where it holds something."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(Problem("this is there already; choose a new folder", str(folder)))
    with _writing(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        _write_folder(folder, texts)


def _write_folder(folder: Path, texts: Mapping[str, str]) -> None:
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        for name, content in texts.items():
            draft.joinpath(name).write_text(content, "utf-8")
        draft.chmod(0o755)
        draft.replace(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Say what keeps a file or folder from being written."""
    try:
        yield
    except (FileExistsError, NotADirectoryError):
        what = "cannot be written: what should be its folder is a file"
        raise InputError(Problem(what, str(path))) from None
    except OSError as error:
        raise InputError(Problem(f"cannot be written: {error.strerror}", str(path))) from None


def _opened(path: Path) -> BufferedReader:
    if path.is_dir():
        raise InputError(Problem("this is a folder, and a file was expected", str(path)))
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(Problem(f"cannot be read: {error.strerror}", str(path))) from None


def _refuse_utf_16(line: bytes, path: Path) -> None:
    if line.startswith(UTF_16):
        raise InputError(Problem("this is UTF-16; save the file as UTF-8", str(path), 1))


def decoded(line: bytes, path: Path, number: int) -> str:
    """The line as text; raises `InputError` where it is none, or not UTF-8."""
    control = CONTROL.search(line)
    if control:
        byte = control[0][0]
        what = "a NUL byte" if not byte else f"a control character, 0x{byte:02x},"
        raise InputError(
            Problem(f"{what} stands in the line: this is no text file", str(path), number)
        )
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise InputError(
            Problem(
                f"byte {error.start + 1} of the line, 0x{line[error.start]:02x}, is not UTF-8; "
                "save the file as UTF-8 (in a spreadsheet: 'CSV UTF-8')",
                str(path),
                number,
            )
        ) from None
