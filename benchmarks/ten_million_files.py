"""Makes files of ballots of any size: Plackett-Luce preferences, cut short, from a seed.

Run as `python benchmarks/ten_million_files.py FILE --papers 10000000 --candidates 5`; the ending
of the name says the format: .csv, .parquet or .blt. The same seed gives the same papers.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

NAMES = (
    "Ada Ashcombe",
    "Ben Birtwell",
    "Cleo Carver",
    "Dov Dunmore",
    "Eve Ellis",
    "Flora Finch",
    "Gus Garland",
    "Hana Holt",
    "Ivo Ingram",
    "Joan Jessop",
    "Kit Kershaw",
    "Lena Lomas",
    "Max Merrick",
)
SECTIONS = ("members", "affiliates", "parliament")
SHARES = (0.6, 0.39, 0.01)
# At each rank, whoever has come so far stops here with this chance.
STOPS = 0.18
SEED = 2010
CHUNK = 250_000


def chunks(
    papers: int, candidates: int, seed: int = SEED
) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
    """Sections (papers,) and rankings (papers, candidates), 255 behind the last, by chunks.

    Sections differ in whom they like; a race of exponential times draws a ranking.
    """
    chance = np.random.default_rng(seed)
    liking = chance.gamma(2.0, 1.0, (len(SECTIONS), candidates)) + 0.1
    for start in range(0, papers, CHUNK):
        size = min(CHUNK, papers - start)
        section = chance.choice(len(SECTIONS), size, p=SHARES).astype(np.uint8)
        times = chance.standard_exponential((size, candidates), np.float32) / liking[section]
        ranking = np.argsort(times, axis=1).astype(np.uint8)
        length = np.minimum(chance.geometric(STOPS, size), candidates)
        ranking[np.arange(candidates) >= length[:, None]] = 255
        yield section, ranking


def frame(section: NDArray[np.uint8], ranking: NDArray[np.uint8]) -> pl.DataFrame:
    """A chunk as a table of names."""
    candidates = ranking.shape[1]
    names = pl.Series([*NAMES[:candidates], None], dtype=pl.Enum(NAMES))
    number = np.minimum(ranking, candidates)
    ranks = {str(at + 1): names.gather(number[:, at]) for at in range(candidates)}
    sections = pl.Series(SECTIONS, dtype=pl.Enum(SECTIONS)).gather(section)
    return pl.DataFrame({"section": sections, **ranks})


def write_csv(path: Path, papers: int, candidates: int, seed: int) -> None:
    """A row a paper: its section, and a column for each rank."""
    with path.open("wb") as file:
        for at, (section, ranking) in enumerate(chunks(papers, candidates, seed)):
            frame(section, ranking).write_csv(file, include_header=not at)


def write_parquet(path: Path, papers: int, candidates: int, seed: int) -> None:
    """The same table as `write_csv` writes, names as dictionaries."""
    frames = [frame(*chunk) for chunk in chunks(papers, candidates, seed)]
    pl.concat(frames).write_parquet(path)


def write_blt(path: Path, papers: int, candidates: int, seed: int) -> None:
    """A line a paper, of weight 1; sections are left out, for BLT has none."""
    digits = np.array([*(f" {at + 1}" for at in range(candidates)), ""])
    with path.open("w") as file:
        file.write(f"{candidates} 1\n")
        for _, ranking in chunks(papers, candidates, seed):
            texts = pl.Series(digits)
            number = np.minimum(ranking, candidates)
            parts = [texts.gather(number[:, at]).alias(str(at)) for at in range(candidates)]
            lines = pl.DataFrame(parts).select(
                pl.concat_str(pl.lit("1"), *(str(at) for at in range(candidates)), pl.lit(" 0"))
            )
            file.write("\n".join(lines.to_series().to_list()) + "\n")
        file.write("0\n" + "".join(f'"{name}"\n' for name in NAMES[:candidates]) + '"Large"\n')


WRITERS = {".csv": write_csv, ".parquet": write_parquet, ".blt": write_blt}


def write(path: Path, papers: int, candidates: int, seed: int = SEED) -> None:
    """A file in the format of its ending."""
    if not 2 <= candidates <= len(NAMES):
        raise SystemExit(f"from 2 to {len(NAMES)} candidates, not {candidates}")
    WRITERS[path.suffix](path, papers, candidates, seed)


def main() -> None:
    """Write one file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--papers", type=int, default=10_000_000)
    parser.add_argument("--candidates", type=int, default=5)
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    write(asked.file, asked.papers, asked.candidates, asked.seed)


if __name__ == "__main__":
    main()
