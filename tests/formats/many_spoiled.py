"""Spoils millions of files of every format and reads them: `python tests/formats/many_spoiled.py`.

So it does with the folders of RCTab, of each provider of records, and with officers' decisions.
Each must be read, or be said to be wrong, within five seconds, and all within 500 MB. What breaks
a reader is printed with the number that makes it again: `--from NUMBER --files 1`.
"""

import argparse
import resource
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from random import Random
from tempfile import NamedTemporaryFile, TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from formats.fuzzing import CONTEST, TOKENS, Spoiling, read, spoil, valid
from formats.fuzzing_folders import FOLDERS, files, load, spoil_one
from formats.test_fuzz import SUFFIXES, are_decided, is_counted, is_whole

from hustings.shell.engines import columns
from hustings.shell.world import unwatched

KINDS = ("put", "put", "over", "cut", "again", "swap")
MOST_SECONDS, MOST_BYTES = 5, 500_000_000
# A packed file, or a folder, takes as long as fifty of text; one in so many is enough of those.
PACKED, SELDOM = (".xlsx", ".parquet", *FOLDERS), 8
DECIDED = "decisions"
KINDS_OF_FILE = (*SUFFIXES, *FOLDERS, DECIDED)


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


def kind_of(chance: Random) -> str:
    """The kind of file to spoil."""
    kind = chance.choice(KINDS_OF_FILE)
    while kind in PACKED and chance.randrange(SELDOM):
        kind = chance.choice(KINDS_OF_FILE)
    return kind


def holds(kind: str, chance: Random) -> bool:
    """Spoil a file of that kind and read it; whether that is as it must be."""
    if kind == DECIDED:
        return are_decided(spoilings(chance))
    if kind in FOLDERS:
        with TemporaryDirectory() as folder:
            spoiled = spoil_one(files(kind), chance.randrange(8), spoilings(chance))
            return is_counted(load(Path(folder), spoiled))
    data = spoil(kind, chance.choice(valid(kind)), spoilings(chance))
    contest = CONTEST if chance.random() < 0.5 else None
    if kind != ".parquet":
        return is_whole(read(kind, data, contest))
    # It is read as a file, by its columns.
    with NamedTemporaryFile(suffix=kind) as file:
        file.write(data)
        file.flush()
        return is_whole(columns.read(Path(file.name), contest, None, unwatched))


def too_long(*_: object) -> None:
    raise TimeoutError(f"not read within {MOST_SECONDS} seconds")


def run(first: int, number: int) -> int:
    """Read so many files from that one on, and say how many of each kind; how many broke."""
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, MOST_BYTES))
    signal.signal(signal.SIGALRM, too_long)
    done: Counter[str] = Counter()
    broken, began = 0, time.monotonic()
    for at in range(first, first + number):
        chance = Random(at)
        kind = kind_of(chance)
        done[kind] += 1
        signal.alarm(MOST_SECONDS)
        try:
            assert holds(kind, chance)
        except Exception:
            broken += 1
            print(f"file {at}, {kind}\n{traceback.format_exc()}", flush=True)
        signal.alarm(0)
        if not done.total() % 100_000:
            print(f"{done.total():,} files, {time.monotonic() - began:.0f} s", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{done.total():,} files, {broken} broken, at most {peak} MB; {dict(done.most_common())}")
    return broken


def main() -> None:
    """Read them all, in so many processes, and end with 1 if any broke a reader."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=2_000_000)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--processes", type=int, default=1)
    asked = parser.parse_args()
    if asked.processes == 1:
        sys.exit(bool(run(asked.first, asked.files)))
    each = -(-asked.files // asked.processes)
    words = [sys.executable, __file__, "--files", str(each), "--from"]
    firsts = range(asked.first, asked.first + each * asked.processes, each)
    running = [subprocess.Popen([*words, str(first)]) for first in firsts]
    sys.exit(any([one.wait() for one in running]))


if __name__ == "__main__":
    main()
