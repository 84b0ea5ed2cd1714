"""What is wrong with a race is told with its file, line and field, all of it together."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from race.folders import RACE, TODAY, Rows, folder, poll, said

from hustings.errors import InputError
from hustings.shell import race as acts

ROLL = [
    {"section": "north", "published": "2030-01-01", "elector": name, "unit": "hill"}
    for name in ("Zoe Young", "Yan Xu")
]
GONE = {"kind": "withdrawal", "published": "2030-04-01", "candidate": "cat"}


def nominated(candidate: str, published: str = "2030-02-01", **more: str) -> dict[str, str]:
    entry = {"kind": "nomination", "nominators": "fellows", "nominator": "F. Ellow"}
    return {**entry, "candidate": candidate, "published": published, **more}


WRONG: list[tuple[str, dict[str, Rows], str]] = [
    (
        "a poll that sums to 130",
        {"polls.csv": [poll(values="ann 60; bob 40; cat 30")]},
        "polls.csv:2: values: the percentages sum to 130",
    ),
    (
        "a poll that leaves somebody out",
        {"polls.csv": [poll(values="ann 60; bob 30")]},
        "give who is left out together",
    ),
    (
        "a candidate whom nobody knows",
        {"polls.csv": [poll(values="ann 50; bop 50")]},
        "'bop' is no candidate; did you mean 'bob'?",
    ),
    (
        "a name twice",
        {"polls.csv": [poll(values="ann 50; ann+bob 50")]},
        "values: 'ann+bob' stands in it twice",
    ),
    ("no number", {"polls.csv": [poll(n="")]}, "polls.csv:2: n: is missing"),
    ("no source", {"polls.csv": [poll(source_url="")]}, "source_url: is missing"),
    ("no date", {"polls.csv": [poll(published="")]}, "published: is missing"),
    ("no such day", {"polls.csv": [poll("2030-02-30")]}, "'2030-02-30' is not a date"),
    ("no section", {"polls.csv": [poll(section="")]}, "section: is missing"),
    ("no such section", {"polls.csv": [poll(section="est")]}, "'est' is no section"),
    ("no such unit", {"polls.csv": [poll(unit="dale")]}, "'dale' is no unit of section north"),
    (
        "published before it was gathered",
        {"polls.csv": [poll(field_end="2030-03-02")]},
        "2030-03-01 is before the last day on which it was gathered, 2030-03-02",
    ),
    (
        "a day to come",
        {"polls.csv": [poll("2031-01-01")]},
        "polls.csv:2: published: 2031-01-01 is in the future: today is 2030-12-31",
    ),
    (
        "a column of another kind",
        {
            "polls.csv": [poll()],
            "meetings.csv": [{**poll(), "kind": "meeting_pool", "won": "ann 1"}],
        },
        "won: 'ann 1': this column means nothing for a meeting_pool entry",
    ),
    (
        "a kind of another file",
        {"polls.csv": [poll(kind="roster")]},
        "'roster' is no kind of entry in polls.csv",
    ),
    ("an id twice", {"polls.csv": [poll(id="a"), poll(id="a", n="9")]}, "the id stands above"),
    (
        "the same again",
        {"polls.csv": [poll(id="a"), poll(id="b")]},
        "polls.csv:3: id: says the same as 'a' (polls.csv:2)",
    ),
    (
        "superseding nothing",
        {"polls.csv": [poll(id="a"), poll(id="b", supersedes="c")]},
        "no other entry has the id 'c'",
    ),
    (
        "superseding what came later",
        {"polls.csv": [poll(id="a", supersedes="b"), poll("2030-03-02", id="b")]},
        "'b' (polls.csv:3) was published later",
    ),
    (
        "a name not on the roll",
        {"roll.csv": ROLL, "roster.csv": [said("Zoe Yung", "ann")]},
        "roster.csv:2: elector: 'Zoe Yung' is not on the roll of 2 electors (roll.csv); "
        "did you mean 'Zoe Young'?",
    ),
    (
        "contradictory first preferences",
        {"roster.csv": [said("Zoe", "ann"), said("Zoe", "bob", "2030-03-05")]},
        "roster.csv:3: ranking: Zoe: this contradicts 'roster-0' (roster.csv:2); if it is the "
        "newer, say which it supersedes",
    ),
    (
        "a circle of three",
        {
            "roster.csv": [
                said("Zoe", "", prefers="ann>bob"),
                said("Zoe", "", "2030-03-02", prefers="bob>cat"),
                said("Zoe", "", "2030-03-03", prefers="cat>ann"),
            ]
        },
        "roster.csv:4: ranking: Zoe: this contradicts 'roster-0' (roster.csv:2) and 'roster-1'",
    ),
    (
        "a preference after the last",
        {"roster.csv": [said("Zoe", "ann", complete="yes"), said("Zoe", "ann>bob", "2030-03-02")]},
        "roster.csv:3: ranking: Zoe: this contradicts 'roster-0'",
    ),
    (
        "a preference for one who has withdrawn",
        {"nominations.csv": [GONE], "roster.csv": [said("Zoe", "cat>ann", "2030-04-02")]},
        "roster.csv:2: ranking: cat withdrew on 2030-04-01, in 'nominations-0' (nominations.csv:2)",
    ),
    (
        "nobody left",
        {"nominations.csv": [GONE, {**GONE, "candidate": "bob"}]},
        "ann alone is left standing: there is nothing to forecast",
    ),
    (
        "two nominations of one nominator",
        {"nominations.csv": [nominated("ann"), nominated("bob", "2030-02-02")]},
        "if they switched, write ann into switched_from",
    ),
    (
        "a switch from somebody else",
        {
            "nominations.csv": [
                nominated("ann"),
                nominated("bob", "2030-02-02", switched_from="cat"),
            ]
        },
        "nominations.csv:3: switched_from: F. Ellow nominated ann before",
    ),
    (
        "run-offs that do not add up",
        {
            "meetings.csv": [
                {
                    "kind": "runoff",
                    "section": "north",
                    "published": "2030-03-01",
                    "values": "ann 5; bob 4",
                    "meetings": "3",
                    "won": "ann 1; bob 1",
                }
            ]
        },
        "won: 2 won and 0 tied are not the 3 meetings",
    ),
]


@pytest.mark.parametrize(("files", "told"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_what_is_wrong_is_told_where_it_stands(
    files: dict[str, Rows], told: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as error:
        acts.load(folder(tmp_path, files), TODAY)
    assert told in str(error.value)
    assert all(problem.file and problem.line for problem in error.value.problems)


def test_every_mistake_comes_at_once(tmp_path: Path) -> None:
    files = {
        "polls.csv": [poll(values="ann 60; bob 40; cat 30"), poll(n="many", id="x")],
        "roster.csv": [said("Zoe", "ann"), said("Zoe", "bob", "2030-03-05")],
    }
    with pytest.raises(InputError) as error:
        acts.load(folder(tmp_path, files), TODAY)
    assert [(p.file.rpartition("/")[2], p.line) for p in error.value.problems] == [
        ("polls.csv", 2),
        ("polls.csv", 3),
        ("roster.csv", 3),
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('bob = "Bob Baker"\ncat = "Cat Cooper"\n', "", "fewer than two candidates"),
        ('"1/2"\nunits', '"1/3"\nunits', "the sections' weights sum to 5/6"),
        ("2030-06-30", '"2030-06-31"', "2030-06-31 is not a day of the calendar"),
        ('section = "north"\nthreshold', 'section = "nord"\nthreshold', "'nord' is not a section"),
        ('rules = "omov-av"', 'rules = "omov"', "no rule book is called 'omov'"),
        ("poll_closes = 2030-06-30", "", "dates.poll_closes: is missing"),
        ('post = "Chair"', 'pst = "Chair"', "did you mean 'post'?"),
    ],
)
def test_a_definition_that_is_wrong(old: str, new: str, told: str, tmp_path: Path) -> None:
    race = RACE.replace('"omov-av"', '"labour-1993"') if "weights" in told else RACE
    assert old in race
    with pytest.raises(InputError, match=told.replace("?", r"\?")):
        acts.load(folder(tmp_path, race=race.replace(old, new)), TODAY)


def test_no_evidence_at_all_is_the_prior_and_said_so(tmp_path: Path) -> None:
    found = acts.load(folder(tmp_path), TODAY)
    assert found.as_of(TODAY).entries == ()
    assert "the prior alone" in str(found.warnings[0])


def test_a_preference_from_before_the_withdrawal_is_kept_and_told_of(tmp_path: Path) -> None:
    files: dict[str, Any] = {"nominations.csv": [GONE], "roster.csv": [said("Zoe", "cat>ann")]}
    found = acts.load(folder(tmp_path, files), TODAY)
    assert "Zoe's preference for cat, who withdrew on 2030-04-01" in str(found.warnings[0])


def test_a_file_that_nobody_reads_is_told_of(tmp_path: Path) -> None:
    folder(tmp_path).joinpath("pols.csv").write_text("id\n", "utf-8")
    told = str(acts.load(tmp_path, TODAY).warnings[0])
    assert "pols.csv: nothing was read" in told and "did you mean polls.csv?" in told


def test_the_later_of_two_contradictory_entries_may_supersede(tmp_path: Path) -> None:
    rows = [said("Zoe", "ann", id="a"), said("Zoe", "bob", "2030-03-05", id="b", supersedes="a")]
    race = acts.load(folder(tmp_path, {"roster.csv": rows}), TODAY).race
    assert [e.id for e in race.as_of(date(2030, 3, 5)).entries] == ["b"]


def test_they_contradict_while_both_hold_though_a_third_supersedes_one(tmp_path: Path) -> None:
    rows = [
        said("Zoe", "ann", id="a"),
        said("Zoe", "bob", "2030-03-05", id="b"),
        said("Zoe", "bob>cat", "2030-03-09", id="c", supersedes="a"),
    ]
    with pytest.raises(InputError, match=r"this contradicts 'a'"):
        acts.load(folder(tmp_path, {"roster.csv": rows}), TODAY)


def test_a_nomination_does_not_contradict_a_declaration(tmp_path: Path) -> None:
    rows = [said("Zoe", "ann", grade="nominated"), said("Zoe", "bob", "2030-03-05")]
    assert len(acts.load(folder(tmp_path, {"roster.csv": rows}), TODAY).race.entries) == 2
