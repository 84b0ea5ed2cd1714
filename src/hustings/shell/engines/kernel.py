"""The compiled loop over the bytes of a CSV or BLT file: fields to codes, rows to counts.

Importing this module imports numba; without it nothing here can be called. What is handed
around are addresses: to hold an array costs more than to look at a field. `MARGIN` bytes must
be there behind the last that is read.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar, cast

import numpy as np

from hustings.counting import compiling

numba = compiling.numba()

F = TypeVar("F", bound=Callable[..., object])

# How the loop ended: all rows read, a row it does not know, no room, ids not in order.
DONE, ODD, FULL, UNORDERED = 0, 1, 2, 3
# A spelling's entry: two numbers made of its bytes, its code and 1, and its begin and length.
SPELLING = 32
# Spellings of no more bytes are those two numbers, and need not be compared again.
SHORT = 16
# So many bytes of an id are kept, to compare the next with.
LONGEST_ID = 64
# So many bytes are looked at together.
BLOCK = 64
MARGIN = 2 * BLOCK
# So many rows are read before the first is counted: what counts them is fetched meanwhile.
BATCH = 64
# A batch keeps of each row, before its key: its hash and its place.
KEPT = 2

NEWLINE, RETURN, QUOTE, ZERO = 10, 13, 34, 48
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
def ends_at(typing: Any, address: Any, delimiter: Any) -> Any:
    """A bit for each of 64 bytes that a field can end at: a delimiter, a line's end or a quote."""
    types = import_module("numba.core.types")
    ir = import_module("llvmlite.ir")

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        bytes_ = ir.VectorType(ir.IntType(8), BLOCK)
        load = builder.load(builder.inttoptr(arguments[0], bytes_.as_pointer()))
        load.align = 1
        first = ir.Constant(ir.IntType(32), 0)
        nothing = ir.Constant(bytes_, ir.Undefined)
        byte = builder.trunc(arguments[1], ir.IntType(8))
        everywhere = ir.Constant(ir.VectorType(ir.IntType(32), BLOCK), [0] * BLOCK)
        each = builder.insert_element(nothing, byte, first)
        each = builder.shuffle_vector(each, nothing, everywhere)
        found = builder.icmp_unsigned("==", load, each)
        for sign in (NEWLINE, QUOTE):
            same = builder.icmp_unsigned("==", load, ir.Constant(bytes_, [sign] * BLOCK))
            found = builder.or_(found, same)
        return builder.bitcast(found, ir.IntType(64))

    return types.uint64(types.int64, types.int64), build


@_intrinsic
def fetch(typing: Any, address: Any) -> Any:
    """Bid the processor fetch what stands there, and do not wait for it."""
    types = import_module("numba.core.types")
    ir = import_module("llvmlite.ir")

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        number, pointer = ir.IntType(32), _pointer(builder, arguments[0], 8)
        type_ = ir.FunctionType(ir.VoidType(), [pointer.type, number, number, number])
        call = builder.module.declare_intrinsic("llvm.prefetch", [pointer.type], type_)
        builder.call(call, [pointer, *(ir.Constant(number, value) for value in (0, 3, 1))])
        return context.get_dummy_value()

    return types.void(types.int64), build


@_intrinsic
def add_one(typing: Any, address: Any) -> Any:
    """Add 1 to the number of 32 bits that stands there."""
    types = import_module("numba.core.types")
    ir = import_module("llvmlite.ir")

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _pointer(builder, arguments[0], 32)
        more = builder.add(builder.load(pointer), ir.Constant(ir.IntType(32), 1))
        builder.store(more, pointer)
        return context.get_dummy_value()

    return types.void(types.int64), build


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
    key: int, words: int, entries: int, width: int, slots: int, last: np.uint64, used: int,
    hash_: np.uint64,
) -> int:  # fmt: skip
    """Which entry has the key of that hash; if there is none, `used`, which is now written there.

    Entries are `width` words long, the key first; there must be room for one more.
    """
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
    ahead = 0
    for entry in range(used):
        while ahead < min(used, entry + BATCH):
            hash_ = key_hash(entries + 8 * width * ahead, words)
            fetch(slots + 8 * signed(hash_ & last))
            ahead += 1
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
def mark(key: int, rank: int, code: int, bits: int) -> None:
    """Write a mark's code into the key, of so many bits a rank, 8 or 16."""
    place = rank * bits
    word = key + 8 * (place >> 6)
    put_word(word, word_at(word) | (np.uint64(code) << np.uint64(place & 63)))


@_compiled
def take(
    begin: int, end: int, kind: int, tables: int, last: np.uint64, spelt: int, key: int,
    found: int, bits: int,
) -> bool:  # fmt: skip
    """Put a field where it belongs; whether its spelling is known.

    `kind` is a mark's rank, -1 for the paper's id, or -2, -3, ... for what stands beside.
    """
    if kind == -1:
        put_word(found, np.uint64(begin))
        put_word(found + 8, np.uint64(end - begin))
        return True
    if kind >= 0 and end == begin:
        return True
    table = max(0, -1 - kind)
    at = tables + table * SPELLING * (signed(last) + 1)
    code = code_of(begin, end - begin, at, last, spelt)
    if code < 0:
        return False
    if kind >= 0:
        mark(key, kind, code, bits)
    else:
        put_word(found + 8 * (1 + table), np.uint64(code))
    return True


@_compiled
def read_row(
    address: int, delimiter: int, columns: tuple[int, int, int], tables: int, last: np.uint64,
    spelt: int, key: int, found: int, bits: int,
) -> int:  # fmt: skip
    """Where the row ends that begins there, its marks in the key; 0 for one that is not known.

    `columns`: for each of so many its kind. `found` gets the id's begin and length, and the
    codes of those beside.
    """
    kinds, number, _ = columns
    column, begin, base = 0, address, address
    ends = ends_at(base, delimiter)
    while column < number:
        while ends == NONE:
            base += BLOCK
            ends = ends_at(base, delimiter)
        stop = base + signed(zeros_below(ends))
        ends &= ends - ONE
        sign = byte_at(stop)
        if sign == QUOTE:
            return read_quoted_row(
                address, delimiter, columns, tables, last, spelt, key, found, bits
            )
        kind = signed(word_at(kinds + 8 * column))
        column += 1
        end = stop
        if (sign == NEWLINE) != (column == number):
            return 0
        if sign == NEWLINE and end > begin and byte_at(end - 1) == RETURN:
            end -= 1
        if not take(begin, end, kind, tables, last, spelt, key, found, bits):
            return 0
        begin = stop + 1
    # An empty line is no row, not even where there is one column.
    return 0 if byte_at(address) == NEWLINE or byte_at(address) == RETURN else begin


@_compiled
def read_quoted_row(
    address: int, delimiter: int, columns: tuple[int, int, int], tables: int, last: np.uint64,
    spelt: int, key: int, found: int, bits: int,
) -> int:  # fmt: skip
    """The same of a row in which something is quoted, field by field."""
    kinds, number, _ = columns
    for column in range(number):
        begin, end, after = next_field(address, delimiter)
        if not after or (byte_at(after) == NEWLINE) != (column == number - 1):
            return 0
        kind = signed(word_at(kinds + 8 * column))
        if not take(begin, end, kind, tables, last, spelt, key, found, bits):
            return 0
        address = after + 1
    return address


@_compiled
def is_end(begin: int, end: int) -> bool:
    """Whether a field, up to the line's end, is the 0 that ends a ballot."""
    if end > begin and byte_at(end - 1) == RETURN:
        end -= 1
    return end == begin + 1 and byte_at(begin) == ZERO


@_compiled
def read_ballot(
    address: int, delimiter: int, columns: tuple[int, int, int], tables: int, last: np.uint64,
    spelt: int, key: int, found: int, bits: int,
) -> int:  # fmt: skip
    """The same of a row that ends with a 0, behind all of its columns or behind the first few."""
    kinds, number, _ = columns
    begin, base = address, address
    ends = ends_at(base, delimiter)
    for column in range(number):
        while ends == NONE:
            base += BLOCK
            ends = ends_at(base, delimiter)
        stop = base + signed(zeros_below(ends))
        ends &= ends - ONE
        if byte_at(stop) == NEWLINE:
            return stop + 1 if column and is_end(begin, stop) else 0
        kind = signed(word_at(kinds + 8 * column))
        # Where a CSV file leaves out a rank a BLT file has a space too many.
        is_field = byte_at(stop) == delimiter and stop > begin and column < number - 1
        if not is_field or not take(begin, stop, kind, tables, last, spelt, key, found, bits):
            return 0
        begin = stop + 1
    return 0


@_compiled
def place_among(found: int, radix: int, beside: int, place_of: int) -> int:
    """The place that the codes beside the marks mean; -1 where nobody has met them together."""
    place = 0
    for column in range(beside):
        code, times = word_at(found + 8 * (2 + column)), word_at(radix + 8 * column)
        place += signed(code) * signed(times)
    return signed(word_at(place_of + 8 * place))


@_compiled
def look_ahead(
    batch: int, rows: int, words: int, entries: int, width: int, slots: int, last: np.uint64
) -> None:
    """Fetch the entries to which the slots of these rows lead."""
    for row in range(rows):
        slot = word_at(batch + 8 * row * (KEPT + words)) & last
        held = word_at(slots + 8 * signed(slot))
        if held != NONE:
            fetch(entries + 8 * width * (signed(held & INDEX) - 1))


@_compiled
def count(
    batch: int, rows: int, line: int, groups: tuple[int, int, int, int, int, int], used: int
) -> int:
    """Count the rows of a batch, the first of which stands in that line; the entries now used."""
    entries, slots, last_slot, words, width, _ = groups
    last = np.uint64(last_slot)
    look_ahead(batch, rows, words, entries, width, slots, last)
    for row in range(rows):
        kept = batch + 8 * row * (KEPT + words)
        hash_, place = word_at(kept), signed(word_at(kept + 8))
        entry = find(kept + 8 * KEPT, words, entries, width, slots, last, used, hash_)
        at = entries + 8 * width * entry
        if entry == used:
            used += 1
            put_word(at + 8 * (width - 1), np.uint64(line + row))
        add_one(at + 8 * words + 4 * place)
    return used


@_compiled
def read_into(
    batched: int, start: int, delimiter: int, columns: tuple[int, int, int],
    spellings: tuple[int, int, int, int], places: tuple[int, int, int],
    groups: tuple[int, int, int, int, int, int], found: int,
) -> tuple[int, int]:  # fmt: skip
    """Write a row's key into its part of a batch; where the next begins, and the row's place.

    The place is -1 where the row is not known.
    """
    tables, last_spelling, spelt, bits = spellings
    radix, beside, place_of = places
    words, keyed = groups[3], groups[5]
    key, last = batched + 8 * KEPT, np.uint64(last_spelling)
    clear(key, words)
    put_word(found + 8, NONE)
    marks = key + 8 * keyed
    if columns[2]:
        after = read_ballot(start, delimiter, columns, tables, last, spelt, marks, found, bits)
    else:
        after = read_row(start, delimiter, columns, tables, last, spelt, marks, found, bits)
    return after, place_among(found, radix, beside, place_of) if after else -1


@_compiled
def close(batched: int, place: int, groups: tuple[int, int, int, int, int, int]) -> None:
    """Write the hash of a row's key and its place, and have its slot fetched."""
    _, slots, last_slot, words, _, keyed = groups
    key = batched + 8 * KEPT
    if keyed:
        put_word(key, np.uint64(place))
        place = 0
    hash_ = key_hash(key, words)
    put_word(batched, hash_)
    put_word(batched + 8, np.uint64(place))
    fetch(slots + 8 * signed(hash_ & np.uint64(last_slot)))


@_compiled
def scan(
    start: int, stop: int, line: int, delimiter: int, columns: tuple[int, int, int],
    spellings: tuple[int, int, int, int], places: tuple[int, int, int],
    groups: tuple[int, int, int, int, int, int], used: int, room: int,
    ids: tuple[int, int, int, int, int], scratch: tuple[int, int],
) -> tuple[int, int, int, int, int, int]:  # fmt: skip
    """Count the rows between two addresses.

    Returns where it stopped, in which line, how many entries are used, how long the last id is,
    how many ids were kept, and how it ended. `columns`: their kinds, how many, and whether a row
    may have fewer, and ends with a 0. `spellings`: tables, last slot, bytes, and the bits of a
    code. `places`: radix, how many columns beside the marks, place by sum. `groups`: entries of a
    key, counters of 32 bits and a first line; slots, the last slot, a key's words, an entry's
    words, and whether the place is a word of the key. `ids`: the last and its length, suspects
    and how many, and where to keep hashes, or 0. `scratch`: room for a batch, and for what
    `read_row` found.
    """
    batch, found = scratch
    width = 8 * (KEPT + groups[3])
    id_length, ids_kept, how = ids[1], 0, DONE
    while start < stop and how == DONE:
        if used + BATCH > room:
            return start, line, used, id_length, ids_kept, FULL
        rows = 0
        while rows < BATCH and start < stop:
            batched = batch + rows * width
            after, place = read_into(
                batched, start, delimiter, columns, spellings, places, groups, found
            )
            length = signed(word_at(found + 8))
            if place < 0:
                how = ODD
            elif length:
                how = look_at_id(signed(word_at(found)), length, id_length, ids, ids_kept)
            if how != DONE:
                break
            if length:
                id_length, ids_kept = length, ids_kept + 1
            close(batched, place, groups)
            start = after
            rows += 1
        used = count(batch, rows, line, groups, used)
        line += rows
    return start, line, used, id_length, ids_kept, how
