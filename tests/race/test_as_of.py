"""Later evidence never leaks into an earlier day."""

import csv
import shutil
from datetime import date
from fractions import Fraction
from io import StringIO
from pathlib import Path

import pytest
from race.folders import TODAY, loaded, poll, said

from hustings.forecast.evidence import Parameter, PollFirst, Race, RosterEntry
from hustings.forecast.roster import known
from hustings.shell import race as acts
from hustings.shell import race_report
from hustings.units import Section

DAYS = [date(2010, 7, 27), date(2010, 7, 30), date(2010, 9, 12), date(2010, 9, 22)]


def everything(race: Race) -> tuple[object, ...]:
    """All that anybody may read of a race as of a day."""
    return (
        race,
        repr(race),
        race.digest(),
        race.parameters(),
        race.placement(),
        [race.electorate(section.id) for section in race.contest.sections],
        known(race),
        race_report.nominations(race),
        race_report.roster(race),
        race_report.local_meetings(race),
    )


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("edit", ["deleted", "changed", "redated"])
def test_whatever_is_published_later_may_be_edited_and_nothing_moves(
    day: date, edit: str, tmp_path: Path
) -> None:
    example = acts.example("labour-2010-race")
    copy = tmp_path / "race"
    shutil.copytree(example, copy)
    touched = sum(edited(path, day, edit) for path in copy.glob("*.csv"))
    assert touched > 0
    before, after = (acts.load(path, date.max).race.as_of(day) for path in (example, copy))
    assert everything(before) == everything(after)


def edited(path: Path, day: date, edit: str) -> int:
    """Edit every row of the file that was published after the day; how many there were."""
    rows = list(csv.DictReader(StringIO(path.read_text("utf-8"))))
    kept, touched = [], 0
    for row in rows:
        if date.fromisoformat(row["published"]) > day:
            touched += 1
            if edit == "deleted":
                continue
            row["note"] = "edited"
            if edit == "redated":
                row["published"] = "2031-01-01"
            if row.get("n"):
                row["n"] = str(int(row["n"]) + 7) if row.get("measure") != "votes" else row["n"]
        kept.append(row)
    out = StringIO()
    columns = list(dict.fromkeys([*rows[0], "note"]))
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(kept)
    path.write_text(out.getvalue(), "utf-8")
    return touched


def test_an_edit_of_what_was_known_does_move_something(tmp_path: Path) -> None:
    one = loaded(tmp_path, {"polls.csv": [poll()]}).as_of(TODAY)
    other = loaded(tmp_path, {"polls.csv": [poll(n="401")]}).as_of(TODAY)
    assert one.digest() != other.digest()


def test_where_an_entry_stands_is_no_part_of_what_it_says(tmp_path: Path) -> None:
    first, second = poll(id="a"), poll(id="b", values="ann 44; bob 36; cat 20")
    one = loaded(tmp_path, {"polls.csv": [first, second]}).as_of(TODAY)
    other = loaded(tmp_path, {"polls.csv": [second, first]}).as_of(TODAY)
    assert one == other and one.digest() == other.digest()


def test_parameters_placements_and_sizes_have_their_day_too(tmp_path: Path) -> None:
    race = loaded(
        tmp_path,
        {
            "settings.csv": [
                {"kind": "parameter", "published": "2030-02-01", "name": "deff", "value": "1.5"},
                {"kind": "parameter", "published": "2030-04-01", "name": "deff", "value": "2"},
                {"kind": "placement", "published": "2030-04-01", "values": "ann -1; bob 0; cat 1"},
            ],
            "bodies.csv": [
                {
                    "kind": "electorate",
                    "section": "north",
                    "published": "2030-04-01",
                    "issued": "900",
                }
            ],
        },
    )
    early, late = race.as_of(date(2030, 3, 31)), race.as_of(date(2030, 4, 1))
    assert early.parameters() == {"deff": Fraction(3, 2)}
    assert late.parameters() == {"deff": 2}
    assert early.placement() is None and late.placement() is not None
    assert early.electorate(Section("north")) is None
    assert late.electorate(Section("north")).issued == 900  # type: ignore[union-attr]
    assert len(early.of(Parameter)) == 1


def test_a_correction_counts_from_its_own_day(tmp_path: Path) -> None:
    race = loaded(
        tmp_path,
        {"polls.csv": [poll(id="a"), poll("2030-05-01", id="b", n="410", supersedes="a")]},
    )
    assert [e.id for e in race.as_of(date(2030, 4, 1)).of(PollFirst)] == ["a"]
    assert [e.id for e in race.as_of(date(2030, 5, 1)).of(PollFirst)] == ["b"]


def test_a_day_before_the_day_may_be_asked_for_and_never_one_after(tmp_path: Path) -> None:
    files = {"polls.csv": [poll(id="a"), poll("2030-05-01", id="b", n="410", supersedes="a")]}
    race = loaded(tmp_path, files)
    late = race.as_of(date(2030, 6, 1))
    assert late.as_of(date(2030, 4, 1)) == race.as_of(date(2030, 4, 1))
    assert race.as_of(date(2030, 4, 1)).as_of(TODAY) == race.as_of(date(2030, 4, 1))


def test_a_withdrawal_counts_from_its_own_day(tmp_path: Path) -> None:
    race = loaded(
        tmp_path,
        {
            "nominations.csv": [
                {"kind": "withdrawal", "published": "2030-04-01", "candidate": "cat"}
            ],
            "roster.csv": [said("Zoe", "cat>ann")],
        },
    )
    early, late = race.as_of(date(2030, 3, 31)), race.as_of(date(2030, 4, 1))
    assert early.standing == ("ann", "bob", "cat") and late.standing == ("ann", "bob")
    assert late.contest.standing == {"ann", "bob"}
    assert known(early)[0].ranking == ("cat", "ann")
    assert known(late)[0].ranking == ("ann",) and known(late)[0].passed_over == ("cat",)
    assert [e.elector for e in late.of(RosterEntry)] == ["Zoe"]
