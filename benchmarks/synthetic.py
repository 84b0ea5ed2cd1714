"""A synthetic election of full size, made up by a program and called so wherever it is shown.

Run as `python benchmarks/synthetic.py DIR`; the same seed gives the same bytes. Every unit's
figures are counted from the papers that are written, so that all sums hold by construction.
"""

import argparse
import csv
import io
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

CANDIDATES = {
    "ada": "Ada Sample",
    "ben": "Ben Sample",
    "cleo": "Cleo Sample",
    "dov": "Dov Sample",
    "eve": "Eve Sample",
}
# How much each is liked on the whole; every unit likes them a little otherwise.
LIKED = {"ada": 0.10, "ben": 0.14, "cleo": 0.12, "dov": 0.33, "eve": 0.31}
REGIONS = (
    "Northmark",
    "Eastfold",
    "Southholt",
    "Westmere",
    "Upper Vale",
    "Lower Vale",
    "The Downs",
    "The Levels",
    "Old Harbour",
    "New Harbour",
    "High Moor",
    "The Isles",
)
PLACES = (
    "Alder",
    "Birch",
    "Cran",
    "Dun",
    "Elm",
    "Fen",
    "Glen",
    "Hazel",
    "Ivy",
    "Kel",
    "Lin",
    "Oak",
)
ENDINGS = ("bridge", "bury", "by", "field", "ford", "ham", "ley", "mouth", "ton", "wick")
TRADES = ("Bakers", "Carters", "Dyers", "Glaziers", "Masons", "Potters", "Sawyers", "Weavers")
KINDS = ("Union", "Guild", "Society")
GROUPS = ("Upper house", "Lower house", "Front bench", "Back bench")
REASONS = ("blank", "no declaration", "unclear mark")
SOURCE = "made up by benchmarks/synthetic.py"

Ranking = tuple[str, ...]
Table = list[tuple[Any, ...]]
# Where the papers issued stand in a row of returns.
ISSUED = 1 + len(CANDIDATES) + 2


@dataclass(frozen=True, slots=True)
class Size:
    """How large the election is."""

    branches: int = 650
    affiliates: int = 24
    electors: int = 271
    # Branches of a handful of papers, which cannot be shown alone.
    tiny: int = 6


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its id and name, where it lies, whose home it is, and how many papers it has."""

    id: str
    name: str
    region: str
    home_of: str
    papers: int
    spoiled: float


def files(seed: int = 2010, size: Size = Size()) -> dict[str, str]:
    """Every file of the election's folder by its name; the same seed gives the same text."""
    random = Random(seed)
    branches, affiliates = [*_branches(random, size)], [*_affiliates(random, size)]
    papers = {
        "members": [(unit, _poll(random, unit)) for unit in branches],
        "affiliates": [(unit, _poll(random, unit)) for unit in affiliates],
    }
    found, issued = {}, {}
    for section, polled in papers.items():
        returns = _returns(random, polled)
        issued[section] = sum(row[ISSUED] for row in returns[1:])
        found[f"{section}.csv"] = _text(_ballots(polled))
        found[f"{section}-returns.csv"] = _text(returns)
    found["election.toml"] = DEFINITION.format(seed=seed, **issued)
    found["local-parties.csv"] = _text(_branch_list(random, branches))
    found["affiliates-list.csv"] = _text(
        [("unit", "name", "kind"), *((u.id, u.name, u.name.split()[-2]) for u in affiliates)]
    )
    ballots, electors = _electors(random, size)
    return found | {"electors.csv": _text(ballots), "electors-groups.csv": _text(electors)}


def write(folder: Path, seed: int = 2010, size: Size = Size()) -> Path:
    """Write the election into a folder, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files(seed, size).items():
        folder.joinpath(name).write_text(text, "utf-8", newline="")
    return folder


def _branches(random: Random, size: Size) -> Iterator[Unit]:
    homes = dict(zip(random.sample(range(size.branches), len(CANDIDATES)), CANDIDATES, strict=True))
    tiny = {at for at in random.sample(range(size.branches), size.tiny) if at not in homes}
    for at in range(size.branches):
        name = f"{PLACES[at % len(PLACES)]}{ENDINGS[at // len(PLACES) % len(ENDINGS)]}"
        quarter = ("", " North", " East", " South", " West", " Central")[at // 120]
        papers = (
            random.randint(3, 8) if at in tiny else max(30, round(random.lognormvariate(5.2, 0.5)))
        )
        id_ = f"{name}{quarter}".lower().replace(" ", "_")
        region = REGIONS[at * len(REGIONS) // size.branches]
        yield Unit(id_, f"{name}{quarter}", region, homes.get(at, ""), papers, 0.004)


def _affiliates(random: Random, size: Size) -> Iterator[Unit]:
    """Each about two thirds of the one before, down to some dozens."""
    for at in range(size.affiliates):
        name = f"{TRADES[at % len(TRADES)]}' {KINDS[at // len(TRADES) % len(KINDS)]} {at + 1}"
        papers = max(40, round(70_000 * 0.68**at * random.uniform(0.8, 1.25)))
        id_ = name.lower().replace("'", "").replace(" ", "_")
        yield Unit(id_, name, "", "", papers, random.uniform(0.03, 0.2))


# --- how people vote ------------------------------------------------------------------------


def _poll(random: Random, unit: Unit) -> tuple[Counter[Ranking], Counter[str]]:
    """The unit's formal papers by ranking, and its spoiled papers by reason."""
    liked = {name: part * random.lognormvariate(0, 0.35) for name, part in LIKED.items()}
    if unit.home_of:
        liked[unit.home_of] *= 3
    rankings, spoiled = Counter[Ranking](), Counter[str]()
    # Of a large unit one drawn paper stands for many, and so the file stays small.
    alike = max(1, unit.papers // 2_000)
    left = unit.papers
    while left:
        papers = min(left, alike)
        if random.random() < unit.spoiled:
            spoiled[random.choice(REASONS)] += papers
        else:
            rankings[_ranking(random, liked)] += papers
        left -= papers
    return rankings, spoiled


def _ranking(random: Random, liked: dict[str, float]) -> Ranking:
    """One preference after another, each drawn by how much who is left is liked."""
    left, ranking = dict(liked), []
    wanted = bisect((0.22, 0.42, 0.55, 0.62), random.random()) + 1
    while len(ranking) < wanted:
        names = [*left]
        sums = [*accumulate(left.values())]
        ranking.append(names[bisect(sums, random.random() * sums[-1])])
        del left[ranking[-1]]
    return tuple(ranking)


Polled = Sequence[tuple[Unit, tuple[Counter[Ranking], Counter[str]]]]


def _ballots(polled: Polled) -> Table:
    rows: Table = [("unit", "count", "spoiled", "ranking")]
    for unit, (rankings, spoiled) in polled:
        rows += [(unit.id, n, "", " > ".join(order)) for order, n in sorted(rankings.items())]
        rows += [(unit.id, n, reason, "") for reason, n in sorted(spoiled.items())]
    return rows


def _returns(random: Random, polled: Polled) -> Table:
    rows: Table = [("unit", *CANDIDATES, "spoiled", "returned", "issued", "turnout", "source")]
    for unit, (rankings, spoiled) in polled:
        first = Counter[str]()
        for order, papers in rankings.items():
            first[order[0]] += papers
        issued = round(unit.papers / random.uniform(0.45, 0.85))
        turnout = _tenths(unit.papers, issued)
        votes = (first[name] for name in CANDIDATES)
        rows.append((unit.id, *votes, spoiled.total(), unit.papers, issued, turnout, SOURCE))
    return rows


def _tenths(part: int, whole: int) -> str:
    """Per cent to one decimal, half up."""
    tenths = (2000 * part + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}"


def _branch_list(random: Random, branches: Iterable[Unit]) -> Table:
    rows: Table = [("unit", "name", "region", "home_of", "majority")]
    for unit in branches:
        majority = round(random.lognormvariate(8.5, 1.0))
        rows.append((unit.id, unit.name, unit.region, unit.home_of, majority))
    return rows


def _electors(random: Random, size: Size) -> tuple[Table, Table]:
    ballots: Table = [("elector", *range(1, len(CANDIDATES) + 1))]
    groups: Table = [("elector", "sits_for", "groups")]
    for at in range(size.electors):
        name = f"Elector {at + 1:03} Sample"
        order = _ranking(random, LIKED)
        ballots.append((name, *order, *[""] * (len(CANDIDATES) - len(order))))
        groups.append((name, f"Seat {at + 1}", f"{GROUPS[at % 2]}; {random.choice(GROUPS[2:])}"))
    return ballots, groups


def _text(table: Table) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(table)
    return text.getvalue()


DEFINITION = """\
# SYNTHETIC: written by benchmarks/synthetic.py with the seed {seed}. Nobody cast these papers.
schema = 1

[election]
name = "SYNTHETIC: made up by a program"
organisation = "Nobody"
about = "SYNTHETIC: made up by a program. No such people, places or papers exist."

[dates]
declared = 2010-09-25

[sections.parliament]
name = "Parliamentarians"
weight = "1/3"
policy = "named_ballots"
electors = "electors-groups.csv"
elector_is = "parliamentarian"
electors_are = "parliamentarians"

[sections.members]
name = "Members"
weight = "1/3"
policy = "unit_first_preferences"
units = "local-parties.csv"
unit_is = "local party"
units_are = "local parties"

[sections.affiliates]
name = "Affiliates"
weight = "1/3"
policy = "unit_rankings"
units = "affiliates-list.csv"
unit_is = "affiliate"
units_are = "affiliates"

[contests.leader]
post = "Leader"
rules = "labour-2010"

[contests.leader.candidates]
ada = "Ada Sample"
ben = "Ben Sample"
cleo = "Cleo Sample"
dov = "Dov Sample"
eve = "Eve Sample"

[contests.leader.ballots]
parliament = "electors.csv"
members = "members.csv"
affiliates = "affiliates.csv"

[contests.leader.returns.members]
units = "members-returns.csv"
issued = {members}

[contests.leader.returns.affiliates]
units = "affiliates-returns.csv"
issued = {affiliates}

[[releases]]
status = "declared"
at = 2010-09-25T16:50:00+01:00
approved_by = "A program"
"""


def main() -> None:
    """Write the election where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="the folder of the election, made anew")
    parser.add_argument("--seed", type=int, default=2010, help="another seed, other papers")
    asked = parser.parse_args()
    print(f"Wrote {write(asked.folder, asked.seed)}: SYNTHETIC, made up by a program")


if __name__ == "__main__":
    main()
