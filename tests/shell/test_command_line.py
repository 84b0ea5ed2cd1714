"""Every command as a process of its own: what it prints, what it writes and how it ends."""

import csv
import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from fractions import Fraction
from html.parser import HTMLParser
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from hustings.shell import acts, cli, world
from hustings.shell import race as races

from .conftest import SCRIPT, Folder, Hustings

FORMATS = {"text": "txt", "json": "json", "csv": "csv", "html": "html", "markdown": "md"}
EXAMPLES = (
    "australia-2013",
    "labour-1983",
    "labour-1988-deputy",
    "labour-1994",
    "labour-2010",
    "london-2000",
    "scotland-2008",
    "wales-2018",
)
SVG = "{http://www.w3.org/2000/svg}"
ESCAPE = "\x1b"
COLOUR = re.compile(r"\x1b\[(?:[0-9]+;)*(?:[349][0-9]|10[0-7])(?:;[0-9]+)*m")


# --- the demo -----------------------------------------------------------------


def test_the_demo_shows_every_official_total_of_2010(hustings: Hustings) -> None:
    told = hustings("demo").out
    table = told.partition("\nRound 1\n---")[0].splitlines()
    assert table[-7:-1] + table[-1:] == [
        "Candidate      Round 1 Round 2 Round 3 Round 4",
        "-------------- ------- ------- ------- ------- --------------",
        "Ed Miliband      34.33   37.47   41.26   50.65        elected",
        "David Miliband   37.78   38.89   42.72   49.35",
        "Ed Balls         11.79   13.23   16.02         out in round 3",
        "Andy Burnham      8.68   10.41                 out in round 2",
        "Diane Abbott      7.42                         out in round 1",
    ]


def test_the_demo_shows_the_official_votes_of_every_section(hustings: Hustings) -> None:
    told = hustings("demo").out
    last = told.partition("\nRound 4\n")[2]
    rows = [" ".join(row.split()) for row in last.splitlines()]
    assert "Ed Miliband 122 15.522 55,992 15.198 119,405 19.934 50.65" in rows
    assert "David Miliband 140 17.812 66,814 18.135 80,266 13.400 49.35" in rows
    assert "continuing 262 122,806 199,671 100.00" in rows
    assert "non-transferable 4 4,068 11,563" in rows


def test_the_demo_has_a_sentence_for_every_round(hustings: Hustings) -> None:
    told = " ".join(hustings("demo").out.split())
    for sentence in (
        "Diane Abbott has the least, 7.42 per cent of the college, and is eliminated.",
        "Andy Burnham has the least, 10.41 per cent of the college, and is eliminated.",
        "Ed Balls has the least, 16.02 per cent of the college, and is eliminated.",
        "Ed Miliband has 50.65 per cent of the college, more than half, and is elected.",
    ):
        assert sentence in told


def test_the_demo_compares_with_what_was_published_and_names_the_misprint(
    hustings: Hustings,
) -> None:
    told = " ".join(hustings("demo").out.split())
    assert "121 of 122 published figures agree" in told
    assert "round 2, affiliates, TOTAL: votes published 206640, counted 208640" in told


def test_the_demo_marks_the_sections_that_are_reconstructed(hustings: Hustings) -> None:
    told = hustings("demo").out
    assert "Party members †" in told and "Affiliates †" in told
    assert "MPs and MEPs †" not in told


# --- new, check, count --------------------------------------------------------


def test_a_new_election_checks_and_counts_at_once(hustings: Hustings) -> None:
    hustings("new", "society")
    assert hustings("check", "society").out.startswith("Chair of the Society: 3 candidates, ")
    assert "is elected in round" in hustings("count", "society").out


def test_what_new_tells_to_do_next_can_be_done(hustings: Hustings) -> None:
    lines = hustings("new", "society").out.splitlines()
    advice = [line.strip() for line in lines if line.startswith("  hustings ")]
    assert advice == ["hustings check society", "hustings count society"]
    for line in advice:
        hustings(*line.split()[1:])


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_copy_of_an_example_counts_as_the_example_does(hustings: Hustings, name: str) -> None:
    hustings("new", "copy", "--example", name)
    there = hustings("count", name, "--format", "json").out
    assert hustings("count", "copy", "--format", "json").out == there
    assert "published figures agree" in hustings("check", "copy").out


def test_a_folder_its_definition_and_its_name_as_an_example_are_one_election(
    hustings: Hustings,
) -> None:
    hustings("new", "copy", "--example", "wales-2018")
    whole = hustings("count", "wales-2018", "--format", "csv").out
    assert hustings("count", "copy", "--format", "csv").out == whole
    assert hustings("count", "copy/election.toml", "--format", "csv").out == whole


def test_check_prints_no_round(hustings: Hustings, election: Folder) -> None:
    assert hustings("check", "e").out == (
        "Chair: 3 candidates, 17 papers, 0 spoiled; counts by labour-2010.\n"
        "Next: hustings count e\n"
    )


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_printed(hustings: Hustings, election: Folder, form: str) -> None:
    told = hustings("count", "e", "--format", form)
    assert "Ann Archer" in told.out and told.out.endswith("\n") and told.err == ""


@pytest.mark.parametrize(("form", "ending"), FORMATS.items())
def test_out_writes_what_would_be_printed(
    hustings: Hustings, election: Folder, form: str, ending: str
) -> None:
    printed = hustings("count", "e", "--format", form).out
    told = hustings("count", "e", "--format", form, "--out", "results/2026")
    written = hustings.folder / "results" / "2026" / f"chair.{ending}"
    assert (told.out, told.err) == ("", f"Wrote results/2026/chair.{ending}\n")
    assert written.read_text("utf-8") == printed
    assert [path.name for path in written.parent.iterdir()] == [written.name]


def test_out_writes_one_file_a_contest(hustings: Hustings, election: Folder) -> None:
    second = election.read("election.toml").partition("[contests.chair]")[2]
    election.add("election.toml", "[contests.deputy]" + second.replace("chair", "deputy"))
    hustings("count", "e", "--format", "json", "--out", "out")
    assert sorted(path.name for path in hustings.folder.joinpath("out").iterdir()) == [
        "chair.json",
        "deputy.json",
    ]


def test_nothing_is_overwritten_without_force(hustings: Hustings, election: Folder) -> None:
    hustings("count", "e", "--out", "out")
    written = hustings.folder / "out" / "chair.txt"
    written.write_text("mine", "utf-8")
    assert hustings.refuses("count", "e", "--out", "out") == [
        "out/chair.txt: the file is there already; give --force to replace it"
    ]
    assert written.read_text("utf-8") == "mine"
    hustings("count", "e", "--out", "out", "--force")
    assert written.read_text("utf-8").startswith("Chair · Annual meeting\n")


def test_one_contest_of_several_can_be_asked_for(hustings: Hustings, election: Folder) -> None:
    second = election.read("election.toml").partition("[contests.chair]")[2]
    second = second.replace("Chair", "Deputy").replace("chair", "deputy")
    election.add("election.toml", "[contests.deputy]" + second)
    assert hustings("count", "e").out.count("is elected in round") == 2
    asked = hustings("count", "e", "--contest", "deputy").out
    assert asked.startswith("Deputy · Annual meeting\n")
    assert asked.count("is elected in round") == 1


# --- the transcript -----------------------------------------------------------


@pytest.fixture(scope="module")
def transcript(tmp_path_factory: pytest.TempPathFactory, bytecode: Path) -> dict[str, Any]:
    """The JSON of the count of 2010."""
    hustings = Hustings(tmp_path_factory.mktemp("here"), bytecode)
    made: dict[str, Any] = json.loads(hustings("count", "labour-2010", "--format", "json").out)
    return made


def sections_of(transcript: dict[str, Any]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    for round_ in transcript["rounds"]:
        for section, figures in round_["sections"].items():
            yield round_["round"], section, figures


def test_the_transcript_accounts_for_every_paper_of_every_section(
    transcript: dict[str, Any],
) -> None:
    cast = {"mps_meps": 266, "members": 126_874, "affiliates": 211_234}
    assert len(transcript["rounds"]) == 4
    for number, section, figures in sections_of(transcript):
        assert sum(figures["votes"].values()) == figures["continuing"], (number, section)
        assert figures["continuing"] + figures["non_transferable"] == cast[section]


def test_the_transcript_gives_each_share_exactly_and_as_a_decimal(
    transcript: dict[str, Any],
) -> None:
    for _, _, figures in sections_of(transcript):
        for name, share in figures["shares"].items():
            exact = Fraction(figures["votes"][name], figures["continuing"])
            assert share["exact"] == f"{exact.numerator}/{exact.denominator}"
            assert abs(Fraction(share["decimal"]) - exact) <= Fraction(1, 2 * 10**9)


def test_the_transcript_gives_points_exactly_and_as_printed(transcript: dict[str, Any]) -> None:
    for _, _, figures in sections_of(transcript):
        for name, points in figures["points"].items():
            exact = Fraction(1, 3) * Fraction(figures["shares"][name]["exact"])
            assert points["exact"] == f"{exact.numerator}/{exact.denominator}"
            assert abs(Fraction(points["printed"]) - 100 * exact) <= Fraction(1, 2000)
            assert re.fullmatch(r"\d+\.\d{3}", points["printed"])


def test_the_totals_are_summed_before_they_are_rounded(transcript: dict[str, Any]) -> None:
    """Balls in round 1: the printed shares add up to 11.795, which would round to 11.80."""
    balls = transcript["rounds"][0]["totals"]["balls"]
    assert balls["printed"] == "11.79"
    assert Fraction("0.11794") < Fraction(balls["exact"]) < Fraction("0.11795")


def test_the_transcript_tells_each_event_with_its_reason(transcript: dict[str, Any]) -> None:
    events = [round_["event"] for round_ in transcript["rounds"]]
    assert [(event["type"], event["candidates"]) for event in events] == [
        ("eliminated", ["abbott"]),
        ("eliminated", ["burnham"]),
        ("eliminated", ["balls"]),
        ("elected", ["e_miliband"]),
    ]
    assert [event["reason"] for event in events] == [
        "Diane Abbott has the least, 7.42 per cent of the college, and is eliminated.",
        "Andy Burnham has the least, 10.41 per cent of the college, and is eliminated.",
        "Ed Balls has the least, 16.02 per cent of the college, and is eliminated.",
        "Ed Miliband has 50.65 per cent of the college, more than half, and is elected.",
    ]


def test_the_transfers_of_a_round_lead_to_the_next(transcript: dict[str, Any]) -> None:
    for before, after in pairwise(transcript["rounds"]):
        for section, figures in before["sections"].items():
            votes = {**figures["votes"], None: figures["non_transferable"]}
            for transfer in before["transfers"]:
                if transfer["section"] == section:
                    votes[transfer["from"]] -= transfer["papers"]
                    votes[transfer["to"]] += transfer["papers"]
            later = after["sections"][section]
            assert votes.pop(None) == later["non_transferable"]
            assert {name: n for name, n in votes.items() if n} == later["votes"]


def test_the_transcript_says_whether_it_is_a_result(transcript: dict[str, Any]) -> None:
    assert transcript["is_result"] is True
    assert (transcript["hypothesis"], transcript["elected"]) == ("", "e_miliband")


# --- the page -----------------------------------------------------------------


class Page(HTMLParser):
    """Reads a page strictly: whatever is opened is closed, in order."""

    VOID = frozenset(("meta", "br", "hr", "img", "link", "input"))

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag


def picture(page: str) -> ET.Element:
    found = re.search(r"<svg.*?</svg>", page, re.DOTALL)
    assert found
    return ET.fromstring(found[0])


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, bytecode: Path) -> str:
    """The page of the count of 2010."""
    hustings = Hustings(tmp_path_factory.mktemp("here"), bytecode)
    return hustings("count", "labour-2010", "--format", "html").out


def test_the_page_is_whole_and_says_its_language_and_title(page: str) -> None:
    tags = Page(page).tags
    assert page.startswith("<!DOCTYPE html>\n")
    assert ("html", {"lang": "en"}) in tags
    assert ("meta", {"charset": "utf-8"}) in tags
    assert [tag for tag, _ in tags].count("title") == 2  # the page's and the picture's
    assert [tag for tag, _ in tags].count("h1") == 1


def test_no_id_stands_twice_in_the_page(page: str) -> None:
    ids = [attributes["id"] for _, attributes in Page(page).tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_the_page_fetches_nothing(page: str) -> None:
    tags = Page(page).tags
    assert not {"script", "link", "img", "iframe", "object", "use"} & {tag for tag, _ in tags}
    fetching = ("src", "href", "xlink:href", "action", "data", "srcset")
    assert not [at for _, attributes in tags for at in attributes if at in fetching]
    assert "@import" not in page
    # A pattern of the same picture is fetched from nowhere.
    assert not re.search(r"url\((?!#)", page)
    assert set(re.findall(r"https?://[^\"' <]+", page)) <= {"http://www.w3.org/2000/svg"}


def test_the_college_bar_has_a_title_and_a_description(page: str) -> None:
    svg = picture(page)
    title, described = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
    assert title is not None and described is not None
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == f"{title.get('id')} {described.get('id')}"
    assert title.text == "Ed Miliband passes half in round 4 with 50.65% of the college."
    assert described.text is not None
    assert "Round 4: Ed Miliband 50.65, David Miliband 49.35" in described.text


def test_the_college_bar_has_the_half_line_in_each_round(page: str) -> None:
    lines = picture(page).findall(f"{SVG}line")
    dashed = [line for line in lines if line.get("stroke-dasharray")]
    assert len(dashed) == 4
    assert {line.get("x1") for line in dashed} == {line.get("x2") for line in dashed}


def test_a_name_cannot_put_markup_into_the_page(hustings: Hustings, election: Folder) -> None:
    election.swap("election.toml", '"Ann Archer"', "'<script>alert(\"1\")</script> & Co'")
    page = hustings("count", "e", "--format", "html").out
    assert "script" not in {tag for tag, _ in Page(page).tags}
    assert "&lt;script&gt;" in page
    picture(page)


# --- asking the count ---------------------------------------------------------


def test_why_tells_each_round_of_a_candidate_and_where_the_papers_went(hustings: Hustings) -> None:
    assert hustings("why", "labour-2010", "Ed Balls").out.splitlines() == [
        "Round 1: Ed Balls has 11.79 per cent of the college, place 3 of 5.",
        "Round 2: Ed Balls has 13.23 per cent of the college, place 3 of 4.",
        "  6,503 papers from Diane Abbott had passed to them.",
        "Round 3: Ed Balls has 16.02 per cent of the college, place 3 of 3.",
        "  12,677 papers from Andy Burnham had passed to them.",
        "Ed Balls has the least, 16.02 per cent of the college, and is eliminated.",
        "Of 53,669 papers of Ed Balls: 25,844 to Ed Miliband, 19,831 to David Miliband, "
        "7,994 non-transferable.",
    ]


def test_follow_tells_where_a_paper_lies_and_what_it_is_worth(hustings: Hustings) -> None:
    told = hustings("follow", "labour-2010", "abbott > e_miliband", "--section", "mps_meps")
    assert told.out.splitlines() == [
        "Round 1: with Diane Abbott, worth 0.125313 per cent of the college",
        "Round 2: with Ed Miliband, worth 0.126263 per cent of the college",
        "Round 3: with Ed Miliband, worth 0.126263 per cent of the college",
        "Round 4: with Ed Miliband, worth 0.127226 per cent of the college",
    ]


@pytest.mark.parametrize(
    ("form", "mark"),
    [
        ("text", "! NOT A RESULT: a count with the rule book omov-av."),
        ("json", '"is_result": false'),
        ("csv", ",the rule book omov-av\n"),
        ("html", '<p class="warning">NOT A RESULT: a count with the rule book omov-av.</p>'),
        ("markdown", "**NOT A RESULT: a count with the rule book omov-av.**"),
        ("rctab", '"contest": "NOT A RESULT (the rule book omov-av): Labour Party'),
    ],
)
def test_a_what_if_is_marked_as_no_result_in_every_format(
    hustings: Hustings, form: str, mark: str
) -> None:
    told = hustings("what-if", "labour-2010", "--rules", "omov-av", "--format", form).out
    assert mark in told
    assert "is elected in" not in told.partition("\nAs it was: ")[0]


def test_the_rounds_as_rctab_tells_them(hustings: Hustings) -> None:
    """In points of the college; of one body of voters in votes, with how many elect."""
    college = json.loads(hustings("count", "labour-2010", "--format", "rctab").out)
    assert college["config"]["threshold"] == "50.000000"
    last = college["results"][3]["tally"]
    assert {name: f"{float(part):.2f}" for name, part in last.items()} == {
        "David Miliband": "49.35",
        "Ed Miliband": "50.65",
    }
    hustings.folder.joinpath("b.csv").write_text("1,2\nAnn,\nAnn,\nBob,Cat\nCat,Bob\n")
    alone = json.loads(hustings("count", "b.csv", "--format", "rctab", "--lot", "cat,bob").out)
    assert alone["config"]["threshold"] == "3"
    expected = {"Ann": "2", "Bob": "1", "Cat": "1", "Inactive Ballots": "0"}
    assert alone["results"][0]["tally"] == expected


def test_every_row_of_a_what_if_in_csv_says_what_was_changed(hustings: Hustings) -> None:
    told = hustings("what-if", "labour-2010", "--without", "abbott", "--format", "csv").out
    rows = list(csv.DictReader(StringIO(told)))
    assert {row["hypothesis"] for row in rows} == {"Diane Abbott withdrawn"}
    assert "abbott" not in {row["candidate"] for row in rows}


def test_a_what_if_changes_weights_and_says_how_it_was(hustings: Hustings) -> None:
    weights = "mps_meps=1/2,members=1/4,affiliates=1/4"
    told = " ".join(hustings("what-if", "labour-2010", "--weights", weights).out.split())
    assert "David Miliband would be elected in round 4" in told
    assert "As it was: Ed Miliband is elected in round 4 with 50.65 per cent" in told


def test_other_rules_on_the_command_line_make_the_count_no_result(
    hustings: Hustings, election: Folder
) -> None:
    told = hustings("count", "e", "--set", "stop=two_left", "--format", "json").out
    assert json.loads(told)["is_result"] is False
    assert "stop=two_left" in json.loads(told)["hypothesis"]


def test_papers_lists_what_was_written_beside_what_was_made_of_it(
    hustings: Hustings, election: Folder
) -> None:
    election.put(
        "ballots.csv",
        "section,count,spoiled,1,2,3\n"
        "members,2,,ann,bob,\n"
        "members,1,declaration not ticked,bob,,\n"
        "branches,1,,,bob,cat\n"
        "branches,4,,cat,ann,\n",
    )
    election.swap("election.toml", 'rules = "labour-2010"', 'rules = "omov-av"')
    head = "section,unit,elector,papers,as_written,ballot,finding,place"
    assert hustings("papers", "e").out.splitlines() == [
        head,
        "members,,,2,ann > bob,ann > bob,,ballots.csv:2",
        "members,,,1,bob,,declaration not ticked,ballots.csv:3",
        "branches,,,1,_ > bob > cat,,a rank is left out,ballots.csv:4",
        "branches,,,4,cat > ann,cat > ann,,ballots.csv:5",
    ]
    doubtful = hustings("papers", "e", "--doubtful").out.splitlines()
    assert [row.rpartition(",")[2] for row in doubtful] == [
        "place",
        "ballots.csv:3",
        "ballots.csv:4",
    ]


# --- verify -------------------------------------------------------------------


def test_an_honest_transcript_verifies(hustings: Hustings) -> None:
    hustings("count", "labour-2010", "--format", "json", "--out", "out")
    assert hustings("verify", "out/leader.json").out == (
        "out/leader.json: the count comes out the same, to the last byte.\n"
    )


@pytest.mark.parametrize(
    ("was", "put"),
    [
        ('"elected": "bob"', '"elected": "ann"'),
        ('"papers": 4', '"papers": 14'),
        ('"non_transferable": 0', '"non_transferable": 2'),
        ('"printed": "', '"printed": "1'),
        ('"is_result": true', '"is_result": false'),
    ],
)
def test_a_transcript_that_was_tampered_with_does_not_verify(
    hustings: Hustings, election: Folder, was: str, put: str
) -> None:
    text = hustings("count", "e", "--format", "json").out
    assert was in text
    hustings.folder.joinpath("t.json").write_text(text.replace(was, put, 1), "utf-8")
    (told,) = hustings.refuses("verify", "t.json", code=1)
    assert re.fullmatch(r"t\.json:\d+: counting again gives something else from here on", told)


# --- convert ------------------------------------------------------------------


def test_ballots_go_from_format_to_format_and_back_unchanged(hustings: Hustings) -> None:
    first = "count,1,2,3\n5,Ann Archer,Zoë Ó,Bob Baker\n4,Bob Baker,Ann Archer,\n3,Zoë Ó,,\n"
    hustings.folder.joinpath("a.csv").write_text(first, "utf-8")
    for source, target in pairwise(("a.csv", "b.blt", "c.soi", "d.csv")):
        told = hustings("convert", source, target)
        assert (told.out, told.err) == (f"Wrote {target}. Next: hustings count {target}\n", "")
    assert hustings.folder.joinpath("d.csv").read_text("utf-8") == first
    counts = [
        hustings("count", name, "--format", "csv").out for name in ("a.csv", "b.blt", "c.soi")
    ]
    assert len(set(counts)) == 1


def test_convert_names_what_the_other_format_cannot_hold(
    hustings: Hustings, election: Folder
) -> None:
    told = hustings("convert", "e", "e.blt")
    assert told.err == "lost: which section a paper is of (17 papers)\n"
    assert told.out == "Wrote e.blt. Next: hustings count e.blt\n"


def test_convert_says_that_reconstructed_papers_are_nobody_s(hustings: Hustings) -> None:
    hustings("convert", "labour-2010", "l.blt")
    written = hustings.folder.joinpath("l.blt").read_text("utf-8")
    assert "RECONSTRUCTED" in written.splitlines()[-1]


def test_convert_does_not_overwrite_without_force(hustings: Hustings, election: Folder) -> None:
    hustings.folder.joinpath("e.csv").write_text("mine", "utf-8")
    assert hustings.refuses("convert", "e", "e.csv") == [
        "e.csv: the file is there already; give --force to replace it"
    ]
    hustings("convert", "e", "e.csv", "--force")


# --- rules, examples, schema, completion --------------------------------------


def test_rules_lists_every_rule_book_with_its_title(hustings: Hustings) -> None:
    listed = hustings("rules").out.splitlines()
    assert [line.split()[0] for line in listed[: len(acts.rule_book_names())]] == [
        *acts.rule_book_names()
    ]
    titles = dict(line.split(maxsplit=1) for line in listed if line)
    assert titles["labour-2010"].startswith("Labour Party leader, 2010")


@pytest.mark.parametrize("name", ["common", "labour-2010", "maine-2018"])
def test_a_rule_book_explains_each_choice_with_its_source(hustings: Hustings, name: str) -> None:
    text = hustings("rules", name).out
    choices = json.loads(hustings("rules", name, "--format", "json").out)["choices"]
    for choice, answer in choices.items():
        assert f"\n{choice} = " in text
        assert answer["source"] and answer["source"] in text
    assert text.count("\n  Source: ") == len(choices)


def test_examples_are_listed_with_their_folders(hustings: Hustings) -> None:
    listed = [line.split(maxsplit=1) for line in hustings("examples").out.splitlines()]
    assert [name for name, _ in listed] == [*EXAMPLES]
    assert all(Path(folder, "election.toml").is_file() for _, folder in listed)


@pytest.mark.parametrize("what", ["election", "rule-book", "race", "result"])
def test_the_schema_is_valid_json_schema(hustings: Hustings, what: str) -> None:
    schema = json.loads(hustings("schema", what).out)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema_rs.meta.validate(schema)


def definitions() -> Iterator[tuple[str, str]]:
    yield "starter", world.packaged("starter", "election.toml").read_text("utf-8")
    for name in EXAMPLES:
        yield name, world.packaged("examples", name, "election.toml").read_text("utf-8")


def as_json(text: str) -> Any:
    """A TOML text as JSON has it, where dates are texts."""
    return json.loads(json.dumps(tomllib.loads(text), default=str))


def test_the_schema_accepts_the_starter_and_every_example(hustings: Hustings) -> None:
    accepts = jsonschema_rs.validator_for(json.loads(hustings("schema").out))
    for name, text in definitions():
        assert [error.message for error in accepts.iter_errors(as_json(text))] == [], name


def test_the_schema_of_rule_books_accepts_every_rule_book(hustings: Hustings) -> None:
    accepts = jsonschema_rs.validator_for(json.loads(hustings("schema", "rule-book").out))
    for name in acts.rule_book_names():
        text = world.packaged("rules", f"{name}.toml").read_text("utf-8")
        assert [error.message for error in accepts.iter_errors(as_json(text))] == [], name


@pytest.mark.parametrize("what", ["race", "result"])
def test_the_schemas_of_a_race_accept_every_example(hustings: Hustings, what: str) -> None:
    """And the one of a result refuses what is misspelt, or says of nobody that they won."""
    accepts = jsonschema_rs.validator_for(json.loads(hustings("schema", what).out))
    for name in races.races():
        text = world.packaged("examples", name, f"{what}.toml").read_text("utf-8")
        assert [error.message for error in accepts.iter_errors(as_json(text))] == [], name
        assert not accepts.is_valid({**as_json(text), "finals": {}})
        assert not accepts.is_valid({**as_json(text), what: {}})


@pytest.mark.parametrize(
    ("shell", "telling"),
    [("bash", "complete -o nosort -F"), ("zsh", "#compdef hustings"), ("fish", "complete --no-f")],
)
def test_completion_is_printed_for_each_shell(hustings: Hustings, shell: str, telling: str) -> None:
    script = hustings("completion", shell).out
    assert script.splitlines()[-1].startswith(f"# hustings completion {shell} > FILE")
    assert telling in script


def test_the_bash_completion_is_bash_and_completes_a_command(hustings: Hustings) -> None:
    hustings.folder.joinpath("c.sh").write_text(hustings("completion", "bash").out, "utf-8")
    subprocess.run(["bash", "-n", "c.sh"], cwd=hustings.folder, check=True)
    asked = {"COMP_WORDS": "hustings ver", "COMP_CWORD": "1"}
    told = hustings(environment={**asked, "_HUSTINGS_COMPLETE": "bash_complete"})
    assert told.out == "plain,verify\n"


# --- terminals and pipes ------------------------------------------------------


def on_a_terminal(hustings: Hustings, *words: str, **environment: str) -> str:
    """What a command shows on a terminal of 100 columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 100, 0, 0))
    running = subprocess.Popen(
        [str(SCRIPT), *words],
        cwd=hustings.folder,
        env={**hustings.environment, "TERM": "xterm-256color", **environment},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b"".join(iter(lambda: read(ours), b""))
    os.close(ours)
    assert running.wait(60) == 0, shown.decode()
    return shown.decode().replace("\r\n", "\n")


def read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other end was closed
        return b""


def test_a_terminal_shows_tables_in_colour(hustings: Hustings, election: Folder) -> None:
    shown = on_a_terminal(hustings, "count", "e")
    assert "────" in shown
    assert COLOUR.search(shown)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert "Bob Baker is elected in round" in plain
    assert max(map(len, plain.splitlines())) <= 100


def test_no_color_takes_the_colours_away_and_leaves_the_tables(
    hustings: Hustings, election: Folder
) -> None:
    shown = on_a_terminal(hustings, "count", "e", NO_COLOR="1")
    assert "────" in shown
    assert not COLOUR.search(shown)


@pytest.mark.parametrize("form", FORMATS)
def test_what_goes_into_a_pipe_has_no_escape_codes(
    hustings: Hustings, election: Folder, form: str
) -> None:
    told = hustings("count", "e", "--format", form, environment={"TERM": "xterm-256color"})
    assert ESCAPE not in told.out
    assert told == hustings("count", "e", "--format", form, environment={"NO_COLOR": "1"})


READERS = (
    ("--help",),
    ("--version",),
    ("count", "--help"),
    ("demo",),
    ("count", "labour-2010", "--format", "json"),
    ("papers", "labour-2010"),
    ("rules", "labour-2010"),
    ("schema",),
)


@pytest.mark.parametrize("words", READERS, ids=" ".join)
def test_a_reader_that_has_read_enough_is_no_mistake(
    hustings: Hustings, words: tuple[str, ...]
) -> None:
    """As in `hustings demo | head -1`: 1 would say that what was checked does not hold."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        assert hustings(*words, stdout=writing).err == ""
    finally:
        os.close(writing)


def test_the_first_line_can_be_read_alone(hustings: Hustings) -> None:
    piped = f'"{SCRIPT}" count labour-2010 | head -n 1; echo "${{PIPESTATUS[0]}}"'
    ended = subprocess.run(
        ["bash", "-c", piped], env=hustings.environment, capture_output=True, check=True
    )
    title = "Leader of the Labour Party · Labour Party leadership election, 2010"
    assert (ended.stdout.decode(), ended.stderr) == (f"{title}\n0\n", b"")


# --- help and usage -----------------------------------------------------------


def test_a_bare_call_helps_and_is_no_mistake(hustings: Hustings) -> None:
    told = hustings()
    assert told == hustings("--help")
    for name, purpose in cli.COMMANDS.items():
        assert f"\n  {name} " in told.out
        assert purpose.split()[0] in told.out


def test_an_unknown_command_is_refused_and_a_close_one_suggested(hustings: Hustings) -> None:
    usage = ["Usage: hustings [OPTIONS] COMMAND [ARGS]...", "Try 'hustings --help' for help.", ""]
    assert hustings.refuses("cuont") == [
        *usage,
        "Error: No such command 'cuont'. Did you mean 'count'?",
    ]
    assert hustings.refuses("xyz") == [*usage, "Error: No such command 'xyz'."]


def test_an_unknown_option_is_refused_and_a_close_one_suggested(hustings: Hustings) -> None:
    told = hustings.refuses("count", "e", "--fromat", "json")
    assert told[-1].startswith("Error: No such option") and "--format" in told[-1]


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_the_help_of_a_command_imports_nothing_heavy(hustings: Hustings, name: str) -> None:
    asked = (
        "import sys; from hustings.shell import cli; code = cli.run(sys.argv[1:]); "
        "print(*sys.modules, file=sys.stderr); sys.exit(code)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", asked, name, "--help"],
        env=hustings.environment,
        capture_output=True,
        check=True,
    )
    assert f"Usage: hustings {name} ".encode() in ended.stdout
    loaded = {module.partition(".")[0] for module in ended.stderr.decode().split()}
    assert not loaded & {"rich", "jinja2", "markupsafe", "pygments"}


def test_the_listing_of_the_commands_imports_none_of_them(hustings: Hustings) -> None:
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", str(SCRIPT), "--help"],
        env=hustings.environment,
        capture_output=True,
        check=True,
    )
    loaded = {line.rpartition(" ")[2] for line in ended.stderr.decode().splitlines()}
    ours = {module for module in loaded if module.partition(".")[0] == "hustings"}
    assert ours == {
        "hustings",
        "hustings.errors",
        "hustings.shell",
        "hustings.shell.cli",
        "hustings.shell.outcome",
    }


def test_the_version_is_told(hustings: Hustings) -> None:
    assert re.fullmatch(r"hustings, version \d+\.\d+\.\d+\n", hustings("--version").out)


# --- interruption, and the same again -----------------------------------------


def started(hustings: Hustings, *words: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [str(SCRIPT), *words],
        cwd=hustings.folder,
        env=hustings.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def interrupted(running: "subprocess.Popen[bytes]") -> None:
    """Press Ctrl-C, and see that it ends as it should."""
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (130, b"")
    assert err.decode().splitlines()[-1] == "Interrupted; nothing was left half-written."


def test_interrupting_a_count_gives_130_and_writes_nothing(
    hustings: Hustings, election: Folder
) -> None:
    """The ballots come through a pipe that never ends, so the count is surely under way."""
    election.path.joinpath("ballots.csv").unlink()
    os.mkfifo(election.path / "ballots.csv")
    before = hustings.files()
    running = started(hustings, "count", "e", "--out", "out")
    with election.path.joinpath("ballots.csv").open("w") as pipe:
        pipe.write("section,1,2,3\nmembers,ann,bob,\n")
        pipe.flush()
        interrupted(running)
    assert hustings.files().keys() == before.keys()


def test_interrupting_while_a_file_is_written_leaves_no_part_of_it(hustings: Hustings) -> None:
    names = [f"c{number}" for number in range(300)]
    rows = (f"{a},{b},{a[::-1]}\n" for a in names for b in names if a != b)
    hustings.folder.joinpath("a.csv").write_text("1,2,3\n" + "".join(rows), "utf-8")
    hustings.folder.joinpath("out").mkdir()
    running = started(hustings, "convert", "a.csv", "out/b.csv")
    while not any(hustings.folder.joinpath("out").iterdir()):
        assert running.poll() is None
        time.sleep(0.002)
    time.sleep(0.05)
    interrupted(running)
    assert not any(hustings.folder.joinpath("out").iterdir())


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_input_gives_the_same_bytes(hustings: Hustings, form: str) -> None:
    first, second = (
        hustings("count", "labour-2010", "--format", form, environment={"PYTHONHASHSEED": seed}).out
        for seed in ("0", "4242")
    )
    assert first == second


def test_convert_gives_the_same_bytes(hustings: Hustings, election: Folder) -> None:
    for seed in ("0", "4242"):
        hustings("convert", "e", f"{seed}.soi", environment={"PYTHONHASHSEED": seed})
        hustings("convert", "e", f"{seed}.csv", environment={"PYTHONHASHSEED": seed})
    for ending in ("soi", "csv"):
        first, second = (hustings.folder / f"{seed}.{ending}" for seed in ("0", "4242"))
        assert first.read_bytes() == second.read_bytes()


# --- names of folders and people ----------------------------------------------


def test_a_folder_may_have_spaces_and_letters_of_any_alphabet(hustings: Hustings) -> None:
    name = "Årsmøte 2026 – 選挙"
    hustings("new", name)
    assert "is elected in round" in hustings("count", name).out
    hustings("count", name, "--format", "html", "--out", "ut mappe/på nett")
    assert hustings.folder.joinpath("ut mappe/på nett/chair.html").is_file()
    hustings("convert", f"{name}/election.toml", "Zoë's ballots.csv")
    hustings("count", "Zoë's ballots.csv")


def test_the_next_command_can_be_copied_also_for_a_folder_with_spaces(hustings: Hustings) -> None:
    told = hustings("new", "our club").out
    assert told.endswith("  hustings check 'our club'\n  hustings count 'our club'\n")
    assert hustings("check", "our club").out.endswith("Next: hustings count 'our club'\n")


def test_a_name_of_any_alphabet_is_printed_as_it_was_written(
    hustings: Hustings, election: Folder
) -> None:
    election.swap("election.toml", "Ann Archer", "Ανν Łučnik 王")
    for form in FORMATS:
        assert "Ανν Łučnik 王" in hustings("count", "e", "--format", form).out


def test_a_pipe_of_few_letters_still_gets_the_figures(hustings: Hustings) -> None:
    """Where a locale has no such letters as † and –, the count is not lost for it."""
    told = hustings("count", "labour-2010", environment={"PYTHONIOENCODING": "ascii"})
    assert "50.65" in told.out


Write = Callable[[str], str]


def test_a_ballot_file_alone_counts_and_says_by_which_rules(hustings: Hustings, blt: Write) -> None:
    name = blt('3 1\n4 1 2 0\n3 2 1 0\n2 3 2 0\n0\n"Ann"\n"Bob"\n"Cat"\n"Chair"\n')
    told = hustings("count", name)
    assert told.err == "assumed: no rule book is named: counted by omov-av\n"
    assert told.out.startswith("Chair · Chair\n") or told.out.startswith("Chair\n")
    assert "Bob is elected in round 2 with 5 papers" in told.out
