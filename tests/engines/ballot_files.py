"""Ballot files made at random, and nasty ones: in every way that a careful reader must notice."""

from collections import Counter
from pathlib import Path
from random import Random

from hustings.ballots.paper import Marks
from hustings.election.spec import Contest
from hustings.errors import InputError
from hustings.formats.ballot_file import BallotFile
from hustings.formats.ballot_formats import format_of
from hustings.shell import world
from hustings.shell.engines import reading

NAMES = ("Ann Ash", "Bob", "Zoë Quill", "王", "Dan, the elder", "Eve")
SPELT = (*NAMES, " Bob ", "BOB", "bob", "ann  ash", "ann ash", "ann_ash", "", "-", "_", "Bob=Eve")
SECTIONS = ("members", "unions")
UNITS = ("Northmark", "Eastfold", "")


def quoted(cell: str, chance: Random) -> str:
    if any(sign in cell for sign in ',"\n') or chance.random() < 0.05:
        return '"' + cell.replace('"', '""') + '"'
    return cell


def csv_file(chance: Random, rows: int) -> str:
    """Rank columns, beside them some of section, unit and count; line ends and spaces vary."""
    ranks = chance.randint(1, 6)
    beside = [name for name in ("section", "unit", "count", "spoiled") if chance.random() < 0.5]
    end = chance.choice(("\n", "\r\n"))
    spellings = chance.choice((NAMES, SPELT))
    lines = [",".join([*beside, *(str(rank) for rank in range(1, ranks + 1))])]
    patterns = [row(chance, beside, ranks, spellings) for _ in range(chance.choice((3, 40)))]
    lines += (chance.choice(patterns) for _ in range(rows))
    text = chance.choice(("", "\ufeff")) + end.join(lines)
    return text + chance.choice(("", end, end * 3))


def row(chance: Random, beside: list[str], ranks: int, spellings: tuple[str, ...]) -> str:
    told = {
        "section": chance.choice(SECTIONS),
        "unit": "",
        "count": chance.choice(("", "1", "3", "2.0")),
        "spoiled": chance.choice(("", "", "", "no declaration")),
    }
    told["unit"] = f"{told['section']} {chance.choice(UNITS)}".strip()
    marks = chance.sample(spellings, min(len(spellings), ranks))
    marks += [""] * (ranks - len(marks))
    stop = chance.randint(0, ranks)
    cells = [*(told[name] for name in beside), *marks[:stop], *[""] * (ranks - stop)]
    return ",".join(quoted(cell, chance) for cell in cells)


def one_by_one(path: Path, contest: Contest | None = None) -> str | tuple[object, ...]:
    """What the careful reader makes of a file, papers by what is on them."""
    try:
        return summed(format_of(str(path)).read(world.lines(path), str(path), contest, None))
    except InputError as error:
        return str(error)


def summed(file: BallotFile) -> tuple[object, ...]:
    """A file with its papers summed by all that a count or a page may ask of them."""
    papers: Counter[tuple[object, ...]] = Counter()
    first: dict[Marks, int] = {}
    for paper in reading.poll_of(file.papers, [file]).papers:
        alike = (
            paper.section,
            paper.unit,
            paper.marks,
            paper.spoiled,
            paper.elector,
            paper.reconstructed,
            paper.file,
        )
        papers[alike] += paper.papers
        first[paper.marks] = min(first.get(paper.marks, 1 << 60), paper.line or 0)
    told = file.candidates, file.problems, file.assumed, file.title, file.seats
    return (*told, papers, first)
