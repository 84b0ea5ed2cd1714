"""A large file of many different papers, its bytes counted by a compiled loop.

What the loop does not know, the careful reader does: a spelling, a quote, a wrong row. It says
what is meant or what is wrong, and a spelling once read is known to the loop.
"""

from collections.abc import Hashable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from hustings.formats.ballot_file import BallotFile
from hustings.shell import memory
from hustings.shell.engines import kernel
from hustings.shell.engines.kernel import DONE, FULL, ODD, UNORDERED
from hustings.shell.engines.tabled import Codes
from hustings.shell.world import LONGEST_LINE, Stream, decoded

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]

BLOCK = 4 << 20
# Codes are of 8 bits, or of 16 where there are more than these.
FEW_CODES = 250
MOST_CODES = 60_000
# Counters, and the lines that they count, are of 32 bits.
MOST_LINES = (1 << 32) - 1
# Sums of codes beside the marks; sections and units, each of each.
MOST_PLACES = 1 << 22
# With no more places than this, each has its own counter.
FEW = 4


NO_SUSPECTS: Words = np.empty(0, np.uint64)


class TooMuch(Exception):
    """The file has more of something than the loop can number: it must be read otherwise."""


class OtherWay(Exception):
    """The file must be gone through in another way than this."""

    def __init__(self, **changes: Any) -> None:
        super().__init__(changes)
        self._changes = changes

    def instead_of(self, way: "Way") -> "Way":
        """The way to go instead."""
        return replace(way, **self._changes)


class RunEnds(Exception):
    """The row is none of those that the loop counts, and neither are any behind it."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a row means: the cell of each mark and whom it names, the cells beside, the place."""

    marks: Sequence[tuple[str, Hashable]]
    beside: Sequence[str]
    place: Hashable


class Rows(Protocol):
    """What the rows of a file are, and who reads one that the loop does not know.

    `columns`: of each what it holds, as `kernel.take` says. `ragged`: a row may have fewer, and
    ends with a 0. `ranks`: how many of the columns are marks. `beside`: how many stand beside.
    """

    delimiter: str
    columns: Sequence[int]
    ragged: bool
    ranks: int
    beside: int
    has_ids: bool
    has_many_places: bool
    nobody: Hashable

    def read(self, text: str, line: int) -> Row | None:
        """What the row means, None where it is no paper or something is wrong in it.

        Raises `TooMuch` where the file must be read otherwise, and `RunEnds`.
        """

    def keep(self, text: str, line: int) -> None:
        """Keep the row that was read last, which the loop cannot count."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a file is gone through, which is known when it has been tried.

    `keyed`: there are many places. `wide`: there are many spellings. `hashing`: the ids are
    remembered. `suspects`: hashes of ids, sorted; rows with one of them are left to the careful
    reader, who compares the ids.
    """

    keyed: bool = False
    wide: bool = False
    hashing: bool = False
    suspects: Words = field(default_factory=lambda: NO_SUSPECTS)


# A file as it was found in one way, and the hashes that more than one of its ids has; None
# where the loop does not know such a file.
Tried = tuple[BallotFile | None, Words]


class Scan:
    """One way through a file: the spellings and places met, and the rows counted."""

    def __init__(self, rows: Rows, way: Way) -> None:
        self.rows, self.way = rows, way
        self.columns = np.array(rows.columns, np.int64)
        self.meanings: dict[Hashable, int] = {rows.nobody: 0}
        self.places = _Places(rows.beside)
        self.spellings = _Spellings(1 + rows.beside)
        self.keyed = way.keyed or rows.has_many_places
        self.codes: type[np.uint8] | type[np.uint16] = np.uint16 if way.wide else np.uint8
        self.bits = 16 if way.wide else 8
        words = -(-rows.ranks * self.bits // 64)
        self.groups = _Groups(words + self.keyed, 1 if self.keyed else FEW)
        self.last, self.id_length = np.zeros(kernel.LONGEST_ID, np.uint8), 0
        self.filled, self.kept = np.empty(0, np.uint64), 0
        self.batch = np.zeros(kernel.BATCH * (kernel.KEPT + self.groups.words), np.uint64)
        self.found = np.zeros(9, np.uint64)
        self.hashes: list[Words] = []
        self.line = 0
        # What was read behind the rows that the loop counts.
        self.left = b""

    def run(self, source: Stream, line: int) -> Iterator[None]:
        """Count the rows from there on, which begin in that line; pauses behind each block."""
        self.line, self.path = line, source.path
        buffer = np.zeros(BLOCK + kernel.MARGIN, np.uint8)
        view, filled, size, at = memoryview(cast(bytearray, buffer)), 0, -1, 0
        while size:
            size = source.file.readinto(view[filled:BLOCK])
            filled += size
            source.tell()
            if not size and filled and buffer[filled - 1] != kernel.NEWLINE:
                buffer[filled] = kernel.NEWLINE
                filled += 1
            tail = max(0, filled - LONGEST_LINE)
            end = tail + bytes(view[tail:filled]).rfind(b"\n") + 1
            if filled - end >= LONGEST_LINE:
                raise TooMuch
            at = self._count(buffer, end)
            yield
            if at < end:
                self.left = bytes(view[at:filled])
                return
            buffer[: filled - end] = buffer[end:filled].copy()
            filled -= end

    def _count(self, buffer: Bytes, end: int) -> int:
        """Count these rows; where they end, or the first that is none of those stands."""
        if self.way.hashing:
            self.filled, self.kept = np.empty(end // 2 + 1, np.uint64), 0
        at = 0
        while at < end:
            at, how = self._scan(buffer, at, end)
            if how == ODD:
                try:
                    at = self._odd(buffer, at)
                except RunEnds:
                    break
        if self.way.hashing:
            self.hashes.append(self.filled[: self.kept].copy())
        return at

    def _ids(self) -> tuple[int, int, int, int, int]:
        """The last id and its length, the suspects, and where hashes of ids are kept."""
        hashes = _address(self.filled) + 8 * self.kept if self.way.hashing else 0
        suspects = _address(self.way.suspects), len(self.way.suspects)
        return _address(self.last), self.id_length, *suspects, hashes

    def _scan(self, buffer: Bytes, at: int, end: int) -> tuple[int, int]:
        """Go on as far as the loop goes by itself; where it stopped, and why."""
        base, how = _address(buffer), FULL
        while how == FULL:
            # The first call compiles the loop, or fetches what was compiled.
            with nullcontext() if self.groups.room else memory.lifted():
                self.groups.make_room()
                stopped, self.line, self.groups.used, self.id_length, kept, how = self._loop(
                    base + at, base + end
                )
            at = stopped - base
            self.kept += kept
        if how == UNORDERED:
            raise OtherWay(hashing=True)
        if self.line > MOST_LINES:
            raise TooMuch
        return at, how

    def _loop(self, start: int, stop: int) -> tuple[int, int, int, int, int, int]:
        return kernel.scan(
            start,
            stop,
            self.line,
            ord(self.rows.delimiter),
            (_address(self.columns), len(self.columns), int(self.rows.ragged)),
            (*self.spellings.addresses, self.bits),
            self.places.addresses,
            (*self.groups.addresses, int(self.keyed)),
            self.groups.used,
            self.groups.room,
            self._ids(),
            (_address(self.batch), _address(self.found)),
        )

    def _odd(self, buffer: Bytes, at: int) -> int:
        """Let the careful reader see the row, and learn from it; where the next begins."""
        raw = _line(buffer, at)
        stop, line = at + len(raw), self.line
        text = decoded(raw, self.path, line)
        found = self.rows.read(text, line)
        if found:
            self._learn(found)
            if self._scan(buffer, at, stop)[1] == DONE:
                return stop
            if self.rows.has_ids and not len(self.way.suspects):
                raise TooMuch
            self.rows.keep(text, line)
        self.line = line + 1
        return stop

    def _learn(self, row: Row) -> None:
        """Know from now on how this paper's marks and place are spelt."""
        for cell, meaning in row.marks:
            code = self.meanings.setdefault(meaning, len(self.meanings))
            if cell:
                self.spellings.learn(0, cell, code)
        codes = tuple(self.spellings.learn(table, cell) for table, cell in enumerate(row.beside, 1))
        if len(self.meanings) > (MOST_CODES if self.bits > 8 else FEW_CODES):
            raise TooMuch if self.bits > 8 else OtherWay(wide=True)
        self.places.learn(codes, row.place)
        if not self.keyed and len(self.places.known) > FEW:
            raise OtherWay(keyed=True)

    def repeated(self) -> Words:
        """The hashes that more than one id has, sorted."""
        hashes = np.sort(np.concatenate([*self.hashes, np.empty(0, np.uint64)]))
        return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])

    def counted(self) -> "Counted":
        """All that was counted, but for what was kept."""
        entries, words = self.groups.used_entries(), self.groups.words
        marks: Codes = entries[:, int(self.keyed) : words].view(self.codes)
        counters = entries[:, words:-1].view(np.uint32)[:, : self.groups.counters]
        return Counted(
            tuple(self.meanings),
            tuple(self.places.known),
            marks[:, : self.rows.ranks],
            counters.T,
            entries[:, 0].view(np.int64) if self.keyed else None,
            entries[:, -1].view(np.int64),
        )


@dataclass(frozen=True, slots=True)
class Counted:
    """Rows by their marks and place, as in `tabled.Patterns`; what codes and places mean."""

    meanings: tuple[Hashable, ...]
    places: tuple[Hashable, ...]
    marks: Codes
    rows: NDArray[np.uint32]
    place: NDArray[np.int64] | None
    first: NDArray[np.int64]


def _line(buffer: Bytes, at: int) -> bytes:
    """The line that begins there, with its end."""
    size = 1 << 10
    while True:
        found = bytes(buffer[at : at + size]).find(b"\n")
        if found >= 0:
            return bytes(buffer[at : at + found + 1])
        size *= 8


def _address(array: NDArray[Any]) -> int:
    return int(array.ctypes.data)


class _Spellings:
    """Which code each spelling has, in a table for the marks and one for each column beside."""

    def __init__(self, tables: int) -> None:
        self.known: list[dict[bytes, int]] = [{} for _ in range(tables)]
        self._spelt, self._used = np.zeros(1 << 12, np.uint8), 0
        self._lay(64)

    @property
    def addresses(self) -> tuple[int, int, int]:
        """Where the tables stand, their last slot, and where the bytes of all spellings stand."""
        return _address(self._tables), self._tables.shape[1] - 1, _address(self._spelt)

    def learn(self, table: int, cell: str, code: int = -1) -> int:
        """The code of the spelling; a new one has that code, or the next."""
        known, raw = self.known[table], cell.encode()
        if raw not in known:
            known[raw] = code if code >= 0 else len(known)
            slots: int = self._tables.shape[1]
            if 8 * len(known) > slots:
                self._lay(slots * 2)
            else:
                self._put(table, raw, known[raw])
        return known[raw]

    def _lay(self, slots: int) -> None:
        """Make the tables anew, with so many slots each."""
        self._tables = np.zeros((len(self.known), slots, 4), np.uint64)
        self._used = 0
        for table, known in enumerate(self.known):
            for raw, code in known.items():
                self._put(table, raw, code)

    def _put(self, table: int, raw: bytes, code: int) -> None:
        begin, length = self._written(raw), len(raw)
        low, high = kernel.signature_of(_address(self._spelt) + begin, length)
        last = self._tables.shape[1] - 1
        slot = int(kernel.slot_of(np.uint64(low), np.uint64(high))) & last
        while self._tables[table, slot, 2]:
            slot = (slot + 1) & last
        self._tables[table, slot] = low, high, code + 1, begin << 32 | length

    def _written(self, raw: bytes) -> int:
        """Where the bytes of the spelling stand now, behind those of the others."""
        begin, end = self._used, self._used + len(raw)
        if end + kernel.MARGIN > len(self._spelt):
            grown = np.zeros(2 * (end + kernel.MARGIN), np.uint8)
            grown[:begin] = self._spelt[:begin]
            self._spelt = grown
        self._spelt[begin:end] = np.frombuffer(raw, np.uint8)
        self._used = end
        return begin


class _Places:
    """Which place each combination of codes beside the marks means."""

    def __init__(self, columns: int) -> None:
        self.known: dict[Hashable, int] = {}
        self._meant: dict[tuple[int, ...], int] = {}
        self._lay([16] * columns)

    @property
    def addresses(self) -> tuple[int, int, int]:
        """What a code counts for, in how many columns, and the place by the sum."""
        return _address(self.radix), len(self.radix), _address(self.place_of)

    def learn(self, codes: tuple[int, ...], place: Hashable) -> None:
        """That these codes mean this place."""
        self._meant[codes] = self.known.setdefault(place, len(self.known))
        if any(code >= size for code, size in zip(codes, self._sizes, strict=True)):
            pairs = zip(codes, self._sizes, strict=True)
            self._lay([size if code < size else 2 * code for code, size in pairs])
        self.place_of[int(np.dot(codes, self.radix))] = self._meant[codes]

    def _lay(self, sizes: list[int]) -> None:
        self._sizes = sizes
        self.radix = np.cumprod([1, *sizes], dtype=np.int64)[:-1]
        whole = int(np.prod(sizes, dtype=np.int64))
        if whole > MOST_PLACES:
            raise TooMuch
        self.place_of = np.full(whole, -1, np.int64)
        for codes, place in self._meant.items():
            self.place_of[int(np.dot(codes, self.radix))] = place


class _Groups:
    """Keys and how often each was met: entries in their order, and slots that lead to them."""

    def __init__(self, words: int, counters: int) -> None:
        self.words, self.counters, self.used = words, counters, 0
        self._entries = np.zeros((0, words + -(-counters // 2) + 1), np.uint64)
        self._slots = np.zeros(1, np.uint64)

    @property
    def room(self) -> int:
        """How many entries there may be."""
        return len(self._entries)

    @property
    def addresses(self) -> tuple[int, int, int, int, int]:
        """Where entries and slots stand, the last slot, and the words of a key and of an entry."""
        slots = _address(self._slots), len(self._slots) - 1
        return _address(self._entries), *slots, self.words, self._entries.shape[1]

    def make_room(self) -> None:
        """Twice as much, where a batch has none; what nobody writes takes no memory."""
        if self.used + kernel.BATCH <= self.room:
            return
        size, width = max(1 << 14, 2 * self.room), self._entries.shape[1]
        # Nothing else holds the entries, and the system moves them without a copy.
        self._entries.resize((size, width), refcheck=False)
        self._slots = np.zeros(2 * size, np.uint64)
        slots = _address(self._slots), np.uint64(len(self._slots) - 1)
        kernel.resettle(_address(self._entries), self.words, width, *slots, self.used)

    def used_entries(self) -> Words:
        """The entries that hold something."""
        return self._entries[: self.used]
