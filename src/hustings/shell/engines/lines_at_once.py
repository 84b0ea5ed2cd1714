"""Short lines of a large file, a block of them at once: each is compared as a few whole numbers.

A dictionary takes some sixty nanoseconds to count a line, arrays a third of that; NumPy takes a
tenth of a second to import, so that only a file of millions of lines is worth it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Whole = NDArray[np.int64]

# A line is compared by words of eight bytes, up to so many of them.
WORD = 8
WORDS = 4
# So many different lines are looked for by arrays: the first that are met.
MOST = 4096
# A line is looked for at one place of so many, told by these bits of its words' product with
# odd numbers whose bits follow no pattern (the fractions of the golden ratio and of roots).
PLACE_BITS = 16
FACTORS = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x6A09E667F3BCC909, 0xBB67AE8584CAA73B], np.uint64
)
SHIFT = np.uint64(64 - PLACE_BITS)
# By the bytes of a line from a word on: the bits of that word which are the line's.
BITS = np.array([(1 << 8 * taken) - 1 for taken in range(WORD + 1)], np.uint64)


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines: `starts` and `ends` (lines,), places (lines,) and words (WORDS, lines)."""

    text: bytes
    starts: Whole
    ends: Whole
    words: tuple[Words, ...]
    places: Whole

    def __len__(self) -> int:
        return len(self.ends)

    def line(self, at: int) -> bytes:
        """One line, with its end."""
        return self.text[self.starts[at] : self.ends[at]]

    def lines_from(self, at: int) -> list[bytes]:
        """That line and all behind it, with their ends."""
        return [self.line(each) for each in range(at, len(self))]


def block_of(text: bytes) -> Block | None:
    """The lines of the text; none where one of them is long, or the last has no end."""
    if not text.endswith(b"\n"):
        return None
    ends = np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n")) + 1
    starts = np.empty_like(ends)
    starts[0], starts[1:] = 0, ends[:-1]
    lengths = ends - starts
    needed = -(-int(lengths.max()) // WORD)
    if needed > WORDS:
        return None
    padded = text + bytes(WORD * WORDS)
    windows: Words = np.ndarray((len(padded) - WORD + 1,), "<u8", padded, 0, (1,))
    words = tuple(
        windows[starts + WORD * at] & BITS[np.clip(lengths - WORD * at, 0, WORD)]
        for at in range(needed)
    )
    mixed = words[0] * FACTORS[0]
    for word, factor in zip(words[1:], FACTORS[1:], strict=False):
        mixed ^= word * factor
    return Block(text, starts, ends, words, (mixed >> SHIFT).astype(np.int64))


class Table:
    """The lines that were met first, and how often each has been met since.

    A line ends with its line's end, which stands nowhere else in it: two lines are alike if
    they are so in the words of the shorter.
    """

    def __init__(self) -> None:
        self._numbers = np.full(1 << PLACE_BITS, MOST, np.uint16)
        # The last one stands for no line: no line is all noughts.
        self._words = np.zeros((WORDS, MOST + 1), np.uint64)
        self._times = np.zeros(MOST + 1, np.int64)
        self._lines: list[bytes] = []
        # Whether it is full, and most lines of the last block were not in it.
        self.is_passed = False

    def numbers(self, block: Block) -> Whole:
        """For each line its number, or `MOST` where it is not in the table."""
        numbers = self._numbers[block.places].astype(np.int64)
        alike = np.ones(len(block), np.bool_)
        for own, word in zip(self._words, block.words, strict=False):
            alike &= own[numbers] == word
        return numbers if alike.all() else np.where(alike, numbers, MOST)

    def others(self, numbers: Whole) -> list[int]:
        """Which of the lines of these numbers are not in the table."""
        return np.flatnonzero(numbers == MOST).tolist()

    def count(self, numbers: Whole) -> None:
        """Lines of these numbers were met, each once."""
        self._times += np.bincount(numbers, minlength=MOST + 1)

    def learn(self, block: Block, others: list[int]) -> None:
        """Hold those lines from now on, for which there is room and whose places are free."""
        self.is_passed = len(self._lines) == MOST and 2 * len(others) > len(block)
        for at in others:
            place, number = block.places[at], len(self._lines)
            if number < MOST and self._numbers[place] == MOST:
                self._numbers[place] = number
                for own, word in zip(self._words, block.words, strict=False):
                    own[number] = word[at]
                self._lines.append(block.line(at))

    def times(self) -> Iterator[tuple[bytes, int]]:
        """Each line of the table with the number of times it was counted."""
        yield from zip(self._lines, self._times.tolist(), strict=False)
