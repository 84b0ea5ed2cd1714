"""An entry is added whole or not at all, and the last one can be taken back."""

from pathlib import Path

import pytest
from race.folders import RACE, SOURCE, TODAY, folder, poll, said

from hustings.errors import InputError
from hustings.shell import cli
from hustings.shell import race as acts
from hustings.shell.outcome import Outcome


def content(path: Path) -> dict[str, str]:
    return {p.name: p.read_text("utf-8") for p in path.iterdir() if p.name != acts.LOG}


ENTRY = {"section": "north", "published": "2030-03-01", "elector": "Zoe", **SOURCE}


def test_an_added_entry_is_there_and_undo_takes_it_back(tmp_path: Path) -> None:
    folder(tmp_path, {"roster.csv": [said("Yan", "bob")], "polls.csv": [poll()]})
    before = content(tmp_path)
    added = acts.add(tmp_path, "roster", {**ENTRY, "ranking": "cat>ann"}, TODAY)
    assert added.id == "roster-zoe-2030-03-01"
    assert len(acts.load(tmp_path, TODAY).race.entries) == 3
    undone = acts.undo(tmp_path, TODAY)
    assert undone.id == added.id and content(tmp_path) == before


def test_undo_goes_back_one_by_one(tmp_path: Path) -> None:
    folder(tmp_path, {"polls.csv": [poll()]})
    before = content(tmp_path)["polls.csv"]
    acts.add(tmp_path, "roster", {**ENTRY, "ranking": "cat"}, TODAY)
    acts.add(
        tmp_path,
        "poll_first",
        {k: v for k, v in {**SOURCE, **poll(n="9")}.items() if k != "kind"},
        TODAY,
    )
    assert acts.undo(tmp_path, TODAY).file.name == "polls.csv"
    assert acts.undo(tmp_path, TODAY).file.name == "roster.csv"
    assert content(tmp_path)["polls.csv"] == before
    with pytest.raises(InputError, match="nothing was added"):
        acts.undo(tmp_path, TODAY)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({**ENTRY, "ranking": "bob"}, "this contradicts 'roster-0'"),
        ({**ENTRY, "ranking": "ann>cat"}, "says the same as 'roster-0'"),
        ({**ENTRY, "ranking": "ann", "published": "2031-01-01"}, "is in the future"),
        ({**ENTRY, "rank": "ann"}, "did you mean ranking?"),
        ({**ENTRY, "ranking": "ann", "note": "two\nlines"}, "a line end or control character"),
        ({**ENTRY, "ranking": "ann", "id": "roster-0"}, "the id stands above already"),
        ({**ENTRY, "ranking": "ann", "source_url": ""}, "source_url: is missing"),
    ],
)
def test_what_is_wrong_is_not_added(cells: dict[str, str], told: str, tmp_path: Path) -> None:
    folder(tmp_path, {"roster.csv": [said("Zoe", "ann>cat")]})
    before = content(tmp_path)
    with pytest.raises(InputError) as error:
        acts.add(tmp_path, "roster", cells, TODAY)
    assert told in str(error.value)
    assert content(tmp_path) == before and not (tmp_path / acts.LOG).exists()


def test_a_column_that_was_not_there_is_added_to_every_row(tmp_path: Path) -> None:
    folder(tmp_path, {"roster.csv": [said("Yan", "bob", note="a, quoted")]})
    acts.add(tmp_path, "roster", {**ENTRY, "prefers": "ann>bob", "by": "Paper"}, TODAY)
    race = acts.load(tmp_path, TODAY).race
    assert [entry.note for entry in race.entries] == ["a, quoted", ""]
    acts.undo(tmp_path, TODAY)
    assert [e.id for e in acts.load(tmp_path, TODAY).race.entries] == ["roster-0"]


def test_line_ends_stay_as_they_are(tmp_path: Path) -> None:
    path = folder(tmp_path, {"roster.csv": [said("Yan", "bob")]}) / "roster.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    before = path.read_bytes()
    acts.add(tmp_path, "roster", {**ENTRY, "ranking": "cat"}, TODAY)
    assert path.read_bytes().count(b"\r\n") == path.read_bytes().count(b"\n") == 3
    acts.undo(tmp_path, TODAY)
    assert path.read_bytes() == before


def test_what_others_build_upon_is_not_taken_back(tmp_path: Path) -> None:
    folder(tmp_path)
    first = acts.add(tmp_path, "roster", {**ENTRY, "ranking": "cat"}, TODAY)
    path = tmp_path / "roster.csv"
    later = said("Zoe", "ann", "2030-03-05", id="later", supersedes=first.id, **SOURCE)
    lines = path.read_text("utf-8").splitlines()
    header = [*lines[0].split(","), "supersedes"]
    rows = [lines[1] + ",", ",".join(later.get(column, "") for column in header)]
    path.write_text("\n".join([",".join(header), *rows]) + "\n", "utf-8")
    with pytest.raises(InputError, match=f"no other entry has the id '{first.id}'"):
        acts.undo(tmp_path, TODAY)


def test_an_edited_row_is_left_to_whoever_edited_it(tmp_path: Path) -> None:
    folder(tmp_path)
    acts.add(tmp_path, "roster", {**ENTRY, "ranking": "cat"}, TODAY)
    path = tmp_path / "roster.csv"
    path.write_text(path.read_text("utf-8").replace(",cat", ",bob"), "utf-8")
    with pytest.raises(InputError, match="was edited since it was added"):
        acts.undo(tmp_path, TODAY)


def test_a_record_without_its_row_is_passed_over(tmp_path: Path) -> None:
    """So it is where a row was deleted by hand, or a disk failed between record and row."""
    folder(tmp_path)
    first = acts.add(tmp_path, "roster", {**ENTRY, "ranking": "cat"}, TODAY)
    second = acts.add(tmp_path, "roster", {**ENTRY, "elector": "Yan", "ranking": "ann"}, TODAY)
    path = tmp_path / "roster.csv"
    path.write_text("\n".join(path.read_text("utf-8").splitlines()[:-1]) + "\n", "utf-8")
    undone = acts.undo(tmp_path, TODAY)
    assert undone.id == first.id and undone.passed_over == (second.id,)


def test_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    race = str(folder(tmp_path, race=RACE.replace("2030", "2020")))
    fields = [
        "section=north",
        "published=2020-03-01",
        "elector=Zoe",
        "ranking=cat>ann",
        "source_title=The Paper",
        "source_url=https://paper.example/1",
    ]
    assert cli.run(["race", "add", race, "roster", *fields]) == Outcome.DONE
    assert cli.run(["race", "add", race, "roster", *fields]) == Outcome.BAD_INPUT
    assert cli.run(["race", "roster", race, "--between", "ann,bob"]) == Outcome.DONE
    assert "Of one second preference one is known" in capsys.readouterr().out
    assert cli.run(["race", "undo", race]) == Outcome.DONE
    assert cli.run(["race", "undo", race]) == Outcome.BAD_INPUT
    assert cli.run(["race", "check", race]) == Outcome.DONE
    assert cli.run(["race", "check", race, "--as-of", "2999-01-01"]) == Outcome.BAD_INPUT
    told = capsys.readouterr()
    assert "the prior alone" in told.err and "2999-01-01 is in the future" in told.err
    assert cli.run(["race", "roster", race, "--between", "ann"]) == Outcome.BAD_INPUT
    assert cli.run(["race", "add", race, "rooster", *fields]) == Outcome.BAD_INPUT
