"""The lines of a large file, those alike counted as one: most papers were written before.

Ten million papers that rank five candidates bear some hundred different texts. Whoever has read
those has read them all, and every rule, spelling and mistake is met as in a small file.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain, islice

from hustings.formats.ballot_file import Alike
from hustings.shell.world import Stream, decoded

# So many lines are counted before the new ones among them are looked for.
STRIDE = 2048
# With fewer new ones than this, each is looked for by itself.
FEW = 24
# With more different lines than this, to keep them all is no saving.
MOST_DIFFERENT = 100_000
# After so many lines it is clear whether every other line is a new one.
ENOUGH = 20_000


class Count:
    """How often each line stands in a file, and where first; lines are counted by strides.

    `joined` says that some may be several lines of the file.
    """

    def __init__(self, source: Stream, line: int, *, joined: bool = False) -> None:
        self.source, self.begun, self.line, self._joined = source, line, line, joined
        self.times: Counter[bytes] = Counter()
        self.first: list[int] = []

    def rows(self, rows: Iterable[bytes]) -> bool:
        """Count all the rows; False, with some left, where too many of them are different."""
        rows = iter(rows)
        while lines := list(islice(rows, STRIDE)):
            self.add(lines)
            if self.is_no_saving:
                return False
        return True

    @property
    def is_no_saving(self) -> bool:
        """Whether too many of the lines are different."""
        different, counted = len(self.times), self.line - self.begun
        return different > MOST_DIFFERENT or (counted >= ENOUGH and 2 * different > counted)

    def add(self, lines: list[bytes]) -> list[bytes]:
        """Count the lines that come next; those among them that are new, in their order."""
        before = len(self.times)
        self.source.tell()
        self.times.update(lines)
        new = list(islice(self.times, before, None)) if len(self.times) > before else []
        if len(new) > FEW:
            places = dict(zip(reversed(lines), range(len(lines) - 1, -1, -1), strict=True))
            self.first.extend(self._line(lines, places[text]) for text in new)
        else:
            self.first.extend(self._line(lines, lines.index(text)) for text in new)
        self.line = self._line(lines, len(lines))
        return new

    def add_some(self, lines: list[bytes], places: list[int]) -> None:
        """Count lines that stand so far behind the next one, which remains the next."""
        before = len(self.times)
        self.times.update(lines)
        new = islice(self.times, before, None)
        self.first.extend(self.line + places[lines.index(text)] for text in new)

    def take_back(self, lines: list[bytes], line: int) -> None:
        """Leave these uncounted, which come last and begin in that line."""
        self.times.subtract(lines)
        kept = {text: at for at, text in zip(self.first, self.times, strict=True) if at < line}
        self.times = Counter({text: self.times[text] for text in kept})
        self.first = [*kept.values()]
        self.line = line

    def _line(self, lines: list[bytes], at: int) -> int:
        ends = sum(text.count(b"\n") for text in lines[:at]) if self._joined else at
        return self.line + ends

    def alike(self) -> Iterator[Alike]:
        """What was counted, by first line; raises `InputError` for what is no text."""
        for (text, times), line in zip(self.times.items(), self.first, strict=True):
            yield Alike(line, decoded(text, self.source.path, line), times)


def goes_on(text: bytes, delimiter: str) -> bool:
    """Whether a row of CSV that begins so is not complete at the line's end."""
    try:
        next(csv.reader([text.decode("latin-1")], delimiter=delimiter, strict=True), None)
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def whole_rows(lines: Iterable[bytes], delimiter: str) -> Iterator[bytes]:
    """The lines, those put together that are one row of CSV for what stands in quotes."""
    lines = iter(lines)
    for line in lines:
        if b'"' not in line:
            yield line
            continue
        taken: list[bytes] = []
        kept = (_kept(part, taken) for part in chain([line], lines))
        # Whoever reads the row says what is wrong with it.
        with suppress(csv.Error):
            next(csv.reader(kept, delimiter=delimiter, strict=True), None)
        yield b"".join(taken)


def _kept(line: bytes, taken: list[bytes]) -> str:
    taken.append(line)
    return line.decode("latin-1")
