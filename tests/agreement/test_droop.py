"""Elections of droop's test data, to the last digit of every stage that it prints.

Each page under droop/ has the papers as BLT, as droop writes them, and the figures of its own
reports: a row for each stage, with the candidates' votes in the order of the file and, behind,
what is not transferable. What droop does otherwise is said on the page. The data is
J. Lundell's (https://github.com/jklundell/droop, `test/blt` and `test/ref`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from agreement.seats_rows import told

from hustings.ballots.reduction import reduce
from hustings.counting.seats import engine
from hustings.counting.seats.stages import StageTranscript
from hustings.election.spec import Contest, Decisions
from hustings.shell import acts

pytestmark = pytest.mark.agreement

PAGES = sorted((Path(__file__).parent / "droop").glob("*.md"))
BLOCK = re.compile(r"```(blt|figures)\n(.*?)```", re.S)
# What a book may leave to its user: here no paper is doubtful.
DOUBTS = ("overvotes=stop", "skipped_ranks=stop", "repeated=stop")


@dataclass(frozen=True)
class Count:
    """The papers of a page, the rules that a block of figures names, and its rows."""

    page: str
    blt: str
    settings: dict[str, str]
    rows: list[str]

    def __str__(self) -> str:
        """As the test is called."""
        return f"{self.page}, {self.settings['book']}"


def counts() -> Iterator[Count]:
    """Every block of figures, with the papers that stand last before it."""
    for path in PAGES:
        blt = ""
        for kind, text in BLOCK.findall(path.read_text("utf-8")):
            if kind == "blt":
                blt = text
                continue
            lines = text.splitlines()
            settings = dict(line.split(" = ") for line in lines if " = " in line)
            rows = [line for line in lines if " = " not in line]
            yield Count(path.stem, blt, settings, rows)


@pytest.mark.parametrize("count", [*counts()], ids=str)
def test_every_stage_is_as_droop_printed_it(count: Count, tmp_path: Path) -> None:
    """What was done and with whom, all votes, what is not transferable, and who is elected."""
    transcript = counted(count, tmp_path / "droop.blt")
    assert told(transcript, count.rows) == count.rows


def test_the_pages_are_there() -> None:
    """So many counts, by so many rule books."""
    found = [*counts()]
    assert len(found) == 14
    assert len({count.settings["book"] for count in found}) == 7


def counted(count: Count, path: Path) -> StageTranscript:
    path.write_text(count.blt, "utf-8")
    asked = {name: value for name, value in count.settings.items() if name not in ("book", "lot")}
    sets = (*DOUBTS, *(f"{name}={value}" for name, value in asked.items()))
    loaded = acts.with_rules(acts.load(path), "", count.settings["book"], sets)
    made = with_lot(loaded.election.contest(), count.settings.get("lot", ""))
    return engine.count(made, reduce(loaded.polls[made.id][0], made))


def with_lot(made: Contest, numbers: str) -> Contest:
    """The lot in the order of the file where no other is given, as droop has it."""
    names = [entry.id for entry in made.candidates]
    order = [names[int(number) - 1] for number in numbers.split()] or names
    return replace(made, decisions=Decisions(lot=tuple(order)))
