"""Lots as RCTab draws them: the numbers of `java.util.Random`, from a seed.

[Java SE 17 API, `java.util.Random`: a linear congruential generator of 48 bits (Knuth, The Art of
Computer Programming, volume 2, 3.2.1); `Collections.shuffle`; `String.hashCode`; the order in
which a `HashSet` is gone through follows from its table of buckets, OpenJDK 17, `HashMap`.] All of
it is a function of the seed and the names, so that anyone can draw again.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

MULTIPLIER, INCREMENT, MASK = 0x5DEECE66D, 0xB, (1 << 48) - 1
# The seeds that RCTab takes: 48 bits, with a sign.
LEAST_SEED, MOST_SEED = -(1 << 47), (1 << 47) - 1
FEWEST_BUCKETS = 16
# A double holds so many binary digits.
DOUBLE = 53


def place_drawn(seed: int, before: int, among: int) -> int:
    """The place, from 0, that a draw picks among so many, with so many draws before it.

    A draw is one `nextDouble`, multiplied by how many there are, its fraction dropped.

    >>> place_drawn(1, 0, 3), place_drawn(1, 1, 2), place_drawn(0, 0, 2)
    (2, 0, 1)
    """
    states = islice(_states(seed), 2 * before, None)
    high, low = next(states) >> 22, next(states) >> 21
    return _rounded((high << 27 | low) * among) >> DOUBLE


def shuffled(seed: int, names: Iterable[str]) -> list[str]:
    """The names in Java's order of texts, then shuffled.

    >>> shuffled(12345, ["Mookie", "Yinka", "George", "Sedale"])
    ['George', 'Sedale', 'Yinka', 'Mookie']
    """
    states, order = _states(seed), in_order(names)
    for size in range(len(order), 1, -1):
        place = _below(size, states)
        order[size - 1], order[place] = order[place], order[size - 1]
    return order


def in_order(names: Iterable[str]) -> list[str]:
    """The names by the units of UTF-16 that they are written in, as Java compares texts."""
    return sorted(names, key=lambda name: name.encode("utf-16-be", "surrogatepass"))


def as_hashed(names: Sequence[str]) -> list[str]:
    """The names in the order in which a `HashSet` that was made of them is gone through.

    >>> as_hashed(["Dopey", "Grumpy", "Sneezy"])
    ['Sneezy', 'Grumpy', 'Dopey']
    """
    buckets = FEWEST_BUCKETS
    while buckets < len(names) * 4 // 3 + 1:
        buckets *= 2
    return sorted(names, key=lambda name: _spread(name) & (buckets - 1))


def _states(seed: int) -> Iterator[int]:
    state = (seed ^ MULTIPLIER) & MASK
    while True:
        state = (state * MULTIPLIER + INCREMENT) & MASK
        yield state


def _rounded(product: int) -> int:
    """The number as a double holds it: to 53 binary digits, a half to the even one."""
    spare = max(product.bit_length() - DOUBLE, 0)
    kept, rest, half = product >> spare, product & (1 << spare) - 1, 1 << spare >> 1
    up = rest > half or (rest == half != 0 and kept & 1)
    return kept + bool(up) << spare


def _below(bound: int, states: Iterator[int]) -> int:
    """`nextInt(bound)`: 31 bits, drawn again where they lie in the last, incomplete row."""
    while True:
        bits = next(states) >> 17
        if bound & (bound - 1) == 0:
            return bound * bits >> 31
        if bits - bits % bound + bound - 1 < 1 << 31:
            return bits % bound


def _spread(name: str) -> int:
    """The hash of a text in 32 bits, its upper half mixed into the lower."""
    units, code = name.encode("utf-16-be", "surrogatepass"), 0
    for high, low in zip(units[::2], units[1::2], strict=True):
        code = (31 * code + (high << 8 | low)) & 0xFFFF_FFFF
    return code ^ code >> 16
