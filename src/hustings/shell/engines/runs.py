"""A run of lines that each stand alone, as the ballots of a BLT file do: those alike are one."""

from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from itertools import chain, islice
from typing import TYPE_CHECKING

from hustings.formats.ballot_file import Alike
from hustings.shell.engines.lines import STRIDE, Count
from hustings.shell.world import Stream, decoded, lines_of

if TYPE_CHECKING:
    from hustings.shell.engines.lines_at_once import Block, Table

# After so many lines, of which no more than so many were different, the import of arrays pays.
WORTH_ARRAYS = 500_000
FEW_DIFFERENT = 2048
# They take blocks of so many bytes, which stay in the processor's nearest memory.
BLOCK = 1 << 16

StandsAlone = Callable[[str], bool]


class ManyDifferent(Exception):
    """Too many of the lines are different for those alike to be counted as one."""


def alike_in_a_run(
    source: Stream,
    stands_alone: StandsAlone,
    may_end: StandsAlone,
    *,
    however_many: bool = True,
) -> Iterator[Alike]:
    """Every line, those of the first run of lines that stand alone put together.

    There is none behind a line that `may_end` all that stand alone. Raises `ManyDifferent`
    unless they shall be put together `however_many` they are.
    """
    path, file = source.path, source.file
    number, ended = 0, False
    for number, text in enumerate(lines_of(file, path), 1):
        yield Alike(number, text)
        ended = ended or may_end(text)
        if not ended and stands_alone(text):
            break
    count = Count(source, number + 1)
    rest = _counted(count, stands_alone, however_many)
    yield from count.alike()
    # The first of the lines that are alike may stand far above the last: how far the run went.
    yield Alike(count.line - 1, "")
    for number, line in enumerate(chain(rest, file), count.line):
        yield Alike(number, decoded(line, path, number))


def _counted(count: Count, stands_alone: StandsAlone, however_many: bool) -> list[bytes]:
    """Count the run; the lines that were read behind it."""
    strides = _strides(count, however_many)
    rest = _by_strides(count, islice(strides, WORTH_ARRAYS // STRIDE), stands_alone)
    many_more = count.line - count.begun == WORTH_ARRAYS // STRIDE * STRIDE
    if not rest and many_more and len(count.times) <= FEW_DIFFERENT:
        rest = _by_blocks(count, stands_alone)
    return rest or _by_strides(count, strides, stands_alone)


def _strides(count: Count, however_many: bool) -> Iterator[list[bytes]]:
    """The lines of the file, so many at once."""
    while lines := list(islice(count.source.file, STRIDE)):
        yield lines
        if count.is_no_saving and not however_many:
            raise ManyDifferent


def _by_strides(
    count: Count, strides: Iterable[list[bytes]], stands_alone: StandsAlone
) -> list[bytes]:
    for lines in strides:
        if rest := _add(count, lines, stands_alone):
            return rest
    return []


def _add(count: Count, lines: list[bytes], stands_alone: StandsAlone) -> list[bytes]:
    """Count the lines up to the first that does not stand alone; that one and those behind it."""
    before = count.line
    new = [text for text in count.add(lines) if not stands_alone(text.decode("latin-1"))]
    if not new:
        return []
    end = lines.index(new[0])
    count.take_back(lines[end:], before + end)
    return lines[end:]


def _by_blocks(count: Count, stands_alone: StandsAlone) -> list[bytes]:
    """As by strides, until most lines of a block are none of those that were met first."""
    from hustings.shell.engines.lines_at_once import Table, block_of

    table, file = Table(), count.source.file
    rest: list[bytes] = []
    while not rest and not table.is_passed and (text := file.read(BLOCK)):
        text += file.readline()
        block = block_of(text)
        if block is None:
            rest = _add(count, BytesIO(text).readlines(), stands_alone)
        else:
            rest = _add_block(count, table, block, stands_alone)
    count.times.update(dict(table.times()))
    return rest


def _add_block(
    count: Count, table: "Table", block: "Block", stands_alone: StandsAlone
) -> list[bytes]:
    """As `_add`; lines that the table does not hold are counted one by one, and then held."""
    count.source.tell()
    numbers = table.numbers(block)
    others = table.others(numbers)
    lines = [block.line(at) for at in others]
    behind = (
        at
        for at, text in enumerate(lines)
        if text not in count.times and not stands_alone(text.decode("latin-1"))
    )
    end = next(behind, None)
    whole = len(block) if end is None else others[end]
    count.add_some(lines[:end], others[:end])
    count.line += whole
    table.count(numbers[:whole])
    table.learn(block, others[:end])
    return block.lines_from(whole)
