"""The compiled loop over the bytes of a CSV file: fields to codes, rows to counts.

Importing this module imports numba; without it nothing here can be called. What is handed
around are addresses: to hold an array costs more than to look at a field. Sixteen bytes must
be there behind the last that is read.
"""

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any, TypeVar, cast

import numpy as np

try:
    numba: ModuleType | None = import_module("numba")
except ImportError:
    numba = None

F = TypeVar("F", bound=Callable[..., object])

# How the loop ended: all rows read, a row it does not know, no room, ids not in order.
DONE, ODD, FULL, UNORDERED = 0, 1, 2, 3
# A spelling's entry: two numbers made of its bytes, its code and 1, and its begin and length.
SPELLING = 32
# Spellings of no more bytes are those two numbers, and need not be compared again.
SHORT = 16
# So many bytes of an id are kept, to compare the next with.
LONGEST_ID = 64

NEWLINE, RETURN, QUOTE = 10, 13, 34
EACH, HIGH = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
ONES = np.uint64(0xFFFFFFFFFFFFFFFF)
TAG = np.uint64(0xFFFFFFFF00000000)
INDEX = np.uint64(0x00000000FFFFFFFF)
ODD_1 = np.uint64(0x9E3779B97F4A7C15)
ODD_2 = np.uint64(0xC2B2AE3D27D4EB4F)
ODD_3 = np.uint64(0xFF51AFD7ED558CCD)
HALF = np.uint64(32)
NONE = np.uint64(0)
ONE = np.uint64(1)


def _compiled(function: F) -> F:
    """Compile at the first call, and keep it for the next process."""
    return cast(F, numba.njit(cache=True)(function)) if numba else function


def _intrinsic(build: Callable[..., Any]) -> Callable[..., np.uint64]:
    made = import_module("numba.extending").intrinsic(build) if numba else build
    return cast(Callable[..., np.uint64], made)


def _pointer(builder: Any, address: Any, bits: int) -> Any:
    ir = import_module("llvmlite.ir")
    return builder.inttoptr(address, ir.IntType(bits).as_pointer())


@_intrinsic
def word_at(typing: Any, address: Any) -> Any:
    """Eight bytes as one number, the first byte lowest."""
    types = import_module("numba.core.types")

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        word = builder.load(_pointer(builder, arguments[0], 64))
        word.align = 1
        return word

    return types.uint64(types.int64), build


@_intrinsic
def put_word(typing: Any, address: Any, word: Any) -> Any:
    """Write eight bytes."""
    types = import_module("numba.core.types")

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store(arguments[1], _pointer(builder, arguments[0], 64)).align = 1
        return context.get_dummy_value()

    return types.void(types.int64, types.uint64), build


@_intrinsic
def short_at(typing: Any, address: Any) -> Any:
    """One byte as a number."""
    types = import_module("numba.core.types")
    ir = import_module("llvmlite.ir")

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.zext(builder.load(_pointer(builder, arguments[0], 8)), ir.IntType(64))

    return types.uint64(types.int64), build


@_intrinsic
def zeros_below(typing: Any, word: Any) -> Any:
    """How many bits are 0 below the lowest that is 1."""
    types = import_module("numba.core.types")
    ir = import_module("llvmlite.ir")

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), build


@_compiled
def signed(word: np.uint64) -> int:
    """The number as a place can be reckoned with."""
    return np.int64(word)  # type: ignore[return-value]


@_compiled
def byte_at(address: int) -> int:
    """One byte, to compare with another."""
    return signed(short_at(address))


# --- bytes --------------------------------------------------------------------


@_compiled
def first_bytes(address: int, length: int) -> np.uint64:
    """No more than eight bytes as a number, and none behind the length."""
    if length >= 8:
        return word_at(address)
    if length <= 0:
        return NONE
    return word_at(address) & (ONES >> np.uint64(64 - 8 * length))


@_compiled
def hash_of(address: int, length: int) -> np.uint64:
    """A number that the bytes decide; others may share it."""
    found = np.uint64(length) * ODD_3
    while length > 0:
        found = (found ^ first_bytes(address, length)) * ODD_1
        found ^= found >> HALF
        address += 8
        length -= 8
    found *= ODD_3
    return found ^ (found >> HALF)


@_compiled
def same(address: int, other: int, length: int) -> bool:
    """Whether so many bytes are the same in both places."""
    while length > 0:
        if first_bytes(address, length) != first_bytes(other, length):
            return False
        address += 8
        other += 8
        length -= 8
    return True


@_compiled
def has(word: np.uint64, byte: int) -> np.uint64:
    """A high bit at the first byte of that kind, and perhaps others above it."""
    other = word ^ (np.uint64(byte) * EACH)
    return (other - EACH) & ~other & HIGH


@_compiled
def field_end(address: int, delimiter: int) -> int:
    """Where the field that begins there ends: at a delimiter, a line's end or a quote."""
    while True:
        word = word_at(address)
        found = has(word, delimiter) | has(word, NEWLINE) | has(word, QUOTE)
        if found:
            return address + signed(zeros_below(found) >> np.uint64(3))
        address += 8


@_compiled
def quote_end(address: int) -> int:
    """Where the quote closes that was opened before; 0 if that is not in this line."""
    while byte_at(address) != QUOTE:
        if byte_at(address) == NEWLINE:
            return 0
        address += 1
    return address


# --- spellings ----------------------------------------------------------------


@_compiled
def signature_of(address: int, length: int) -> tuple[np.uint64, np.uint64]:
    """Two numbers for the bytes: themselves where they are few, else their hash and 0."""
    if length <= SHORT:
        return first_bytes(address, length), first_bytes(address + 8, length - 8)
    return hash_of(address, length), NONE


@_compiled
def slot_of(low: np.uint64, high: np.uint64) -> np.uint64:
    """Where to look for a signature, before it is cut to the table's size."""
    mixed = (low * ODD_1) ^ (high * ODD_2)
    return ((mixed ^ (mixed >> HALF)) * ODD_3) >> HALF


@_compiled
def code_of(address: int, length: int, table: int, last: np.uint64, spelt: int) -> int:
    """The code of a spelling; -1 for one that is not known. `last` is the table's last slot."""
    low, high = signature_of(address, length)
    slot = slot_of(low, high) & last
    while True:
        entry = table + signed(slot) * SPELLING
        code = signed(word_at(entry + 16)) - 1
        if code < 0:
            return -1
        place = word_at(entry + 24)
        alike = word_at(entry) == low and word_at(entry + 8) == high
        if alike and signed(place & INDEX) == length:
            proved = length <= SHORT or same(address, spelt + signed(place >> HALF), length)
            if proved:
                return code
        slot = (slot + ONE) & last


# --- groups -------------------------------------------------------------------


@_compiled
def key_hash(key: int, words: int) -> np.uint64:
    """The hash of so many words."""
    return hash_of(key, 8 * words)


@_compiled
def find(
    key: int, words: int, entries: int, width: int, slots: int, last: np.uint64, used: int
) -> int:
    """Which entry has the key; if there is none, `used`, which is now written there.

    Entries are `width` words long, the key first; there must be room for one more.
    """
    hash_ = key_hash(key, words)
    slot = hash_ & last
    while True:
        held = word_at(slots + 8 * signed(slot))
        if held == NONE:
            break
        if (held ^ hash_) & TAG == NONE:
            entry = signed(held & INDEX) - 1
            if same(key, entries + 8 * width * entry, 8 * words):
                return entry
        slot = (slot + ONE) & last
    put_word(slots + 8 * signed(slot), (hash_ & TAG) | np.uint64(used + 1))
    for word in range(words):
        put_word(entries + 8 * (width * used + word), word_at(key + 8 * word))
    return used


@_compiled
def resettle(entries: int, words: int, width: int, slots: int, last: np.uint64, used: int) -> None:
    """Lead to every entry from new slots."""
    for entry in range(used):
        hash_ = key_hash(entries + 8 * width * entry, words)
        slot = hash_ & last
        while word_at(slots + 8 * signed(slot)) != NONE:
            slot = (slot + ONE) & last
        put_word(slots + 8 * signed(slot), (hash_ & TAG) | np.uint64(entry + 1))


# --- ids ----------------------------------------------------------------------


@_compiled
def comes_later(address: int, length: int, last: int, last_length: int) -> bool:
    """Whether an id comes after the last, the shorter first, and else by its bytes."""
    if length != last_length:
        return length > last_length
    for step in range(length):
        mine, other = byte_at(address + step), byte_at(last + step)
        if mine != other:
            return mine > other
    return False


@_compiled
def is_among(hash_: np.uint64, suspects: int, number: int) -> bool:
    """Whether the sorted suspects hold the number."""
    low, high = 0, number
    while low < high:
        middle = (low + high) // 2
        if word_at(suspects + 8 * middle) < hash_:
            low = middle + 1
        else:
            high = middle
    return low < number and word_at(suspects + 8 * low) == hash_


@_compiled
def is_plain(address: int, length: int) -> bool:
    """Whether an id neither begins nor ends with what may be a space, and is not too long."""
    first, last = byte_at(address), byte_at(address + length - 1)
    return 32 < first < 127 and 32 < last < 127 and length < LONGEST_ID


@_compiled
def look_at_id(
    address: int, length: int, last_length: int, ids: tuple[int, int, int, int, int], kept: int
) -> int:
    """DONE for an id that is new or remembered; else why the loop must stop."""
    last, _, suspects, suspected, hashes = ids
    if not is_plain(address, length):
        return ODD
    if hashes:
        hash_ = hash_of(address, length)
        if is_among(hash_, suspects, suspected):
            return ODD
        put_word(hashes + 8 * kept, hash_)
    elif not comes_later(address, length, last, last_length):
        return UNORDERED
    for step in range(0, length, 8):
        put_word(last + step, word_at(address + step))
    return DONE


@_compiled
def clear(address: int, words: int) -> None:
    """Write zeros."""
    for word in range(words):
        put_word(address + 8 * word, NONE)


# --- rows ---------------------------------------------------------------------


@_compiled
def next_field(address: int, delimiter: int) -> tuple[int, int, int]:
    """A field's begin and end, and where what follows it stands; 0 for one that is not clear."""
    begin = address
    if byte_at(address) == QUOTE:
        begin = address + 1
        end = quote_end(begin)
        after = end + 1
        if end and byte_at(after) == RETURN and byte_at(after + 1) == NEWLINE:
            after += 1
        clear = end and (byte_at(after) == delimiter or byte_at(after) == NEWLINE)
        return begin, end, after if clear else 0
    after = end = field_end(address, delimiter)
    if byte_at(after) == QUOTE:
        return begin, end, 0
    if byte_at(after) == NEWLINE and end > begin and byte_at(end - 1) == RETURN:
        end -= 1
    return begin, end, after


@_compiled
def mark(key: int, rank: int, code: int) -> None:
    """Write a mark's code into the key, of 16 bits a rank."""
    word = key + 8 * (rank >> 2)
    put_word(word, word_at(word) | (np.uint64(code) << np.uint64((rank & 3) << 4)))


@_compiled
def read_row(
    address: int, delimiter: int, columns: int, number: int, tables: int, last: np.uint64,
    spelt: int, key: int, found: int,
) -> int:  # fmt: skip
    """Where the row ends that begins there, its marks in the key; 0 for one that is not known.

    `columns`: for each of so many a mark's rank, -1 for the paper's id, or -2, -3, ... for those
    beside the marks. `found` gets the id's begin and length, and the codes of those beside.
    """
    column = 0
    if byte_at(address) == NEWLINE or byte_at(address) == RETURN:
        # An empty line is no row, not even where there is one column.
        return 0
    while column < number:
        begin, end, after = next_field(address, delimiter)
        kind = signed(word_at(columns + 8 * column))
        column += 1
        if not after or (byte_at(after) == NEWLINE) != (column == number):
            return 0
        address = after + 1
        if kind == -1:
            put_word(found, np.uint64(begin))
            put_word(found + 8, np.uint64(end - begin))
            continue
        if kind >= 0 and end == begin:
            continue
        table = max(0, -1 - kind)
        at = tables + table * SPELLING * (signed(last) + 1)
        code = code_of(begin, end - begin, at, last, spelt)
        if code < 0:
            return 0
        if kind >= 0:
            mark(key, kind, code)
        else:
            put_word(found + 8 * (1 + table), np.uint64(code))
    return address


@_compiled
def place_among(found: int, radix: int, beside: int, place_of: int) -> int:
    """The place that the codes beside the marks mean; -1 where nobody has met them together."""
    place = 0
    for column in range(beside):
        code, times = word_at(found + 8 * (2 + column)), word_at(radix + 8 * column)
        place += signed(code) * signed(times)
    return signed(word_at(place_of + 8 * place))


@_compiled
def scan(
    start: int, stop: int, line: int, delimiter: int, columns: tuple[int, int],
    spellings: tuple[int, int, int], places: tuple[int, int, int],
    groups: tuple[int, int, int, int, int, int], used: int, room: int,
    ids: tuple[int, int, int, int, int], scratch: tuple[int, int],
) -> tuple[int, int, int, int, int, int]:  # fmt: skip
    """Count the rows between two addresses.

    Returns where it stopped, in which line, how many entries are used, how long the last id is,
    how many ids were kept, and how it ended. `spellings`: tables, last slot, bytes. `places`:
    radix, how many columns beside the marks, place by sum. `groups`: entries of words, counters
    and a first line; slots, the last slot, words, counters, and whether the place is a word of
    the key. `ids`: the last and its length, suspects and how many, and where to keep hashes, or
    0. `scratch`: room for a key, and for what `read_row` found.
    """
    tables, last, spelt = spellings
    radix, beside, place_of = places
    entries, slots, last_slot, words, counters, keyed = groups
    key, found = scratch
    width, id_length, ids_kept = words + counters + 1, ids[1], 0
    while start < stop:
        if used >= room:
            return start, line, used, id_length, ids_kept, FULL
        clear(key, words)
        clear(found + 8, 1)
        after = read_row(
            start, delimiter, columns[0], columns[1], tables, np.uint64(last), spelt,
            key + 8 * keyed, found,
        )  # fmt: skip
        place = place_among(found, radix, beside, place_of) if after else -1
        if place < 0:
            return start, line, used, id_length, ids_kept, ODD
        length = signed(word_at(found + 8))
        if length:
            how = look_at_id(signed(word_at(found)), length, id_length, ids, ids_kept)
            if how != DONE:
                return start, line, used, id_length, ids_kept, how
            id_length, ids_kept = length, ids_kept + 1
        if keyed:
            put_word(key, np.uint64(place))
            place = 0
        entry = find(key, words, entries, width, slots, np.uint64(last_slot), used)
        at = entries + 8 * width * entry
        if entry == used:
            used += 1
            put_word(at + 8 * (words + counters), np.uint64(line))
        put_word(at + 8 * (words + place), word_at(at + 8 * (words + place)) + ONE)
        start = after
        line += 1
    return start, line, used, id_length, ids_kept, DONE
