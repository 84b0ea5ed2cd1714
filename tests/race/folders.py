"""A small race in a folder: three who stand, two sections, and as much evidence as a test wants."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from hustings.forecast.evidence import Race
from hustings.shell import race as acts

TODAY = date(2030, 12, 31)
SOURCE = {"source_title": "The Paper", "source_url": "https://paper.example/1"}

RACE = """
schema = 1

[race]
name = "Chair of the society"
post = "Chair"
rules = "omov-av"

[dates]
poll_closes = 2030-06-30

[candidates]
ann = "Ann Archer"
bob = "Bob Baker"
cat = "Cat Cooper"

[sections.north]
weight = "1/2"
units = { hill = "Hill", vale = "Vale" }

[sections.south]
weight = "1/2"

[nominators.fellows]
name = "Fellows"
section = "north"
threshold = 3
size = 20
"""

Rows = list[dict[str, str]]


def folder(path: Path, files: Mapping[str, Rows] | None = None, race: str = RACE) -> Path:
    """Write the race and its entries; what a row leaves out of its source is filled in."""
    path.joinpath("race.toml").write_text(race, "utf-8")
    for name, rows in (files or {}).items():
        filled = [
            {**SOURCE, "id": f"{name[:-4]}-{number}", **row} for number, row in enumerate(rows)
        ]
        columns = list(dict.fromkeys(column for row in filled for column in row))
        lines = [",".join(columns)]
        lines += [",".join(f'"{row.get(column, "")}"' for column in columns) for row in filled]
        path.joinpath(name).write_text("\n".join(lines) + "\n", "utf-8")
    return path


def loaded(path: Path, files: Mapping[str, Rows] | None = None, race: str = RACE) -> Race:
    """The record of a race that was written so."""
    return acts.load(folder(path, files, race), TODAY).race


def poll(published: str = "2030-03-01", **changed: str) -> dict[str, str]:
    """A poll of the north that is right, apart from what is changed."""
    right = {
        "kind": "poll_first",
        "section": "north",
        "published": published,
        "n": "400",
        "values": "ann 45; bob 35; cat 20",
    }
    return {**right, **changed}


def said(elector: str, ranking: str, published: str = "2030-03-01", **more: str) -> dict[str, str]:
    """A roster entry of the north."""
    entry = {"kind": "roster", "section": "north", "elector": elector, "ranking": ranking}
    return {**entry, "published": published, **more}
