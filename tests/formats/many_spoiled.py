"""Spoils millions of files of every format and reads them: `python tests/formats/many_spoiled.py`.

Each must be read, or be said to be wrong, within five seconds, and all within 500 MB. What breaks
a reader is printed with the number that makes it again: `--from NUMBER --files 1`.
"""

import argparse
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from random import Random
from tempfile import NamedTemporaryFile

sys.path.insert(0, str(Path(__file__).parents[1]))

from formats.fuzzing import CONTEST, TOKENS, Spoiling, read, spoil, valid
from formats.test_fuzz import SUFFIXES, is_whole

from hustings.formats.ballot_file import BallotFile
from hustings.shell.engines import columns
from hustings.shell.world import unwatched

KINDS = ("put", "put", "over", "cut", "again", "swap")
MOST_SECONDS, MOST_BYTES = 5, 500_000_000
# A packed file takes as long as fifty of text; one in so many is enough of those.
PACKED, SELDOM = (".xlsx", ".parquet"), 20


def spoilings(chance: Random) -> list[Spoiling]:
    """One to six ways in which to spoil a file."""
    return [
        (
            chance.choice(KINDS),
            chance.random(),
            chance.random(),
            chance.choice(TOKENS)
            if chance.random() < 0.7
            else chance.randbytes(chance.choice((1, 2, 4))),
        )
        for _ in range(chance.randint(1, 6))
    ]


def spoiled(number: int) -> tuple[str, bytes, bool]:
    """The format of the file of that number, its bytes, and whether a contest is known."""
    chance = Random(number)
    suffix = chance.choice(SUFFIXES)
    while suffix in PACKED and chance.randrange(SELDOM):
        suffix = chance.choice(SUFFIXES)
    return (
        suffix,
        spoil(suffix, chance.choice(valid(suffix)), spoilings(chance)),
        chance.random() < 0.5,
    )


def _read(suffix: str, data: bytes, closed: bool) -> BallotFile | None:
    """What is made of the bytes; Parquet is read as a file, by its columns."""
    contest = CONTEST if closed else None
    if suffix != ".parquet":
        return read(suffix, data, contest)
    with NamedTemporaryFile(suffix=suffix) as file:
        file.write(data)
        file.flush()
        return columns.read(Path(file.name), contest, None, unwatched)


def too_long(*_: object) -> None:
    raise TimeoutError(f"not read within {MOST_SECONDS} seconds")


def main() -> None:
    """Read so many files, say how many of each format, and end with 1 if any broke a reader."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=2_000_000)
    parser.add_argument("--from", dest="first", type=int, default=0)
    asked = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, MOST_BYTES))
    signal.signal(signal.SIGALRM, too_long)
    done: Counter[str] = Counter()
    broken, began = 0, time.monotonic()
    for number in range(asked.first, asked.first + asked.files):
        suffix, data, closed = spoiled(number)
        done[suffix] += 1
        signal.alarm(MOST_SECONDS)
        try:
            assert is_whole(_read(suffix, data, closed))
        except Exception:
            broken += 1
            print(f"file {number}, {suffix}: {data!r}\n{traceback.format_exc()}", flush=True)
        signal.alarm(0)
        if not done.total() % 100_000:
            print(f"{done.total():,} files, {time.monotonic() - began:.0f} s", flush=True)
    print(f"{done.total():,} files, {broken} broken; {dict(sorted(done.items()))}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"at most {peak} MB")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
