"""The site of a contest for several seats: what is on it, what is refused, how it is checked."""

import csv
import json
import re
import sqlite3
from contextlib import closing
from html import unescape
from pathlib import Path

import pytest
from pypdf import PdfReader
from shell.conftest import Hustings

ELECTION = """\
schema = 1

[election]
name = "Ward 4"

[contests.council]
post = "Councillors"
rules = "RULES"
seats = 2
ballots = "ballots.csv"

[contests.council.candidates]
ann = "Ann Archer"
bob = "Bob Baker"
cat = "Cat <i>Cooper</i>"
dan = "Dan Draper"
"""
VOTERS = """
[sections.voters]
weight = "1"
rankings = "published"
"""
DECLARED = """
[[releases]]
status = "declared"
at = "2022-05-06T14:00:00+01:00"
"""
PAPERS = "45,ann,bob,\n10,ann,cat,\n5,ann,,\n20,bob,cat,\n18,cat,bob,\n2,dan,cat,bob\n"
BALLOTS = "count,1,2,3\n" + PAPERS
BY_SECTION = "section,count,1,2,3\n" + re.sub("^", "voters,", PAPERS, flags=re.M).removesuffix(
    "voters,"
)
BOOKS = [
    "scotland-stv-2007",
    "northern-ireland-1985",
    "ers97",
    "australia-senate-1984",
    "meek-prf",
    "bottoms-up",
    "sequential-seats",
]


def write(folder: Path, rules: str = "scotland-stv-2007", more: str = "", after: str = "") -> None:
    text = ELECTION.replace("RULES", rules) + more + after
    (folder / "election.toml").write_text(text)
    (folder / "ballots.csv").write_text(BY_SECTION if more else BALLOTS)


def published(hustings: Hustings, *options: str) -> Path:
    hustings("publish", ".", "--out", "site", *options)
    return hustings.folder / "site"


def words(page: Path) -> str:
    """What a reader sees of it, drawings apart."""
    plain = re.sub(r"<svg.*?</svg>", "", page.read_text(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", plain)).split())


@pytest.mark.parametrize("book", BOOKS)
def test_every_book_is_published_and_verified(hustings: Hustings, book: str) -> None:
    """Its figures stand on the pages, and the published papers give them again."""
    write(hustings.folder, book, VOTERS, DECLARED)
    site = published(hustings)
    front = words(site / "index.html")
    assert "Ann Archer and Bob Baker are elected to 2 seats." in front
    assert "60" in front and "Stage 2" in front
    assert "the same, to the last byte" in hustings("verify", "site").out
    assert "Ann Archer and Bob Baker are elected" in hustings("count", "site/data").out
    assert "round" not in words(site / "stages/index.html").lower().replace("around", "")


def test_every_stage_has_its_table_and_its_parcels(hustings: Hustings) -> None:
    write(hustings.folder, more=VOTERS, after=DECLARED)
    told = words(published(hustings) / "stages/index.html")
    assert "Stage 2: surplus of Ann Archer" in told
    assert "Ann Archer Bob Baker 45 0.43333 19.49985" in told
    assert "Ann Archer nobody: not transferable 5 0.43333 2.16665" in told
    assert "Lost by dropped digits 0.00020" in told


def test_a_ballot_is_followed_by_its_value(hustings: Hustings) -> None:
    write(hustings.folder, more=VOTERS, after=DECLARED)
    told = words(published(hustings) / "how-it-was-counted/index.html")
    assert "Ann Archer > Bob Baker: 45 papers" in told
    assert "Stage 2 Bob Baker 0.43333 0.56667 with Ann Archer" in told
    assert "surplus_value = in_proportion" in told


def test_names_are_text_and_every_link_leads_somewhere(hustings: Hustings) -> None:
    write(hustings.folder, more=VOTERS, after=DECLARED)
    site = published(hustings)
    for page in site.rglob("*.html"):
        text = page.read_text()
        assert "<i>Cooper" not in text
        for href in re.findall(r'(?:href|src)="([^"#]+)(?:#[^"]*)?"', text):
            if not href.startswith(("http", "data:")):
                target = page.parent / unescape(href)
                assert target.exists(), f"{page}: {href}"


def test_a_provisional_release_says_nowhere_that_anybody_is_elected(hustings: Hustings) -> None:
    write(hustings.folder, more=VOTERS)
    site = published(hustings)
    pages = [words(page) for page in site.rglob("*.html")]
    pages += [PdfReader(page).pages[0].extract_text() for page in site.glob("*.pdf")]
    found = " ".join(pages)
    assert "By these figures Ann Archer and Bob Baker would be elected to 2 seats." in found
    assert not re.search(r"\b(is|are) elected to\b", found)
    assert "would be elected in stage 1" in found
    assert json.loads((site / "status.json").read_text())["contests"]["council"]["elected"] is None


def test_the_data_agree_with_the_count(hustings: Hustings) -> None:
    write(hustings.folder, more=VOTERS, after=DECLARED)
    data = published(hustings) / "data"
    with (data / "stage_votes.csv").open() as file:
        votes = {(row["stage"], row["candidate"]): row for row in csv.DictReader(file)}
    assert votes["2", "bob"]["votes"] == "789997/20000"
    assert votes["2", "bob"]["event"] == "elected"
    with closing(sqlite3.connect(data / "results.sqlite")) as database:
        rows = database.execute('SELECT "to", papers, votes FROM parcels WHERE stage = 2')
        assert ("bob", 45, "389997/20000") in [*rows]
    package = json.loads((data / "datapackage.json").read_text())
    assert (package["hustings"]["seats"], package["hustings"]["elected"]) == (2, ["ann", "bob"])
    listed = {entry["path"] for entry in (*package["resources"], *package["hustings"]["files"])}
    there = {path.name for path in data.iterdir()}
    assert listed == there - {"datapackage.json", "index.html"}
    assert (data / "everyone.blt").read_text().startswith("4 2\n")


def test_the_declaration_names_all_and_has_room_to_sign(hustings: Hustings) -> None:
    write(hustings.folder, more=VOTERS, after=DECLARED)
    site = published(hustings)
    (page,) = PdfReader(site / "declaration.pdf").pages
    told = " ".join(page.extract_text().split())
    assert "declare that Ann Archer and Bob Baker are elected: Councillors." in told
    assert "Signature" in told and "39.49985" in told
    sheet = " ".join(p.extract_text() for p in PdfReader(site / "count-sheet.pdf").pages)
    assert "Stage 2: surplus of Ann Archer" in sheet


def test_withheld_rankings_are_nowhere(hustings: Hustings) -> None:
    """Of 100 papers few rankings may be told: the stages are published, and not counted again."""
    write(hustings.folder)
    site = published(hustings)
    assert not [*site.glob("data/rankings.*")] and not [*site.glob("data/*.blt")]
    assert '"cat",\n' not in (site / "data/council.stages.json").read_text().split('"profile"')[1]
    assert "Ann Archer > Bob Baker" not in words(site / "how-it-was-counted/index.html")
    assert "the rankings of everyone are not published" in hustings("verify", "site").out


def test_a_correction_is_a_release_that_says_what_changed(hustings: Hustings) -> None:
    write(hustings.folder, more=VOTERS, after=DECLARED)
    published(hustings)
    again = (
        '\n[[releases]]\nstatus = "corrected"\nat = "2022-05-07"\nreason = "papers were found"\n'
    )
    again += 'accepts = "everybody may know of these"\n'
    write(hustings.folder, more=VOTERS, after=DECLARED + again)
    ballots = hustings.folder / "ballots.csv"
    ballots.write_text(ballots.read_text().replace("voters,2,dan", "voters,24,dan"))
    told = words(published(hustings) / "changes/index.html")
    assert "This does not change who is elected." in told
    assert "Stage 1: Dan Draper 2.00000 24.00000" in told
    assert "are as they were published" in hustings("verify", "site").out


def test_what_was_published_may_not_change(hustings: Hustings) -> None:
    write(hustings.folder, more=VOTERS, after=DECLARED)
    published(hustings)
    ballots = hustings.folder / "ballots.csv"
    ballots.write_text(ballots.read_text().replace("voters,2,dan", "voters,24,dan"))
    err = hustings("publish", ".", "--out", "site", code=2).err
    assert "release 1 is published already" in err


def test_a_forged_stage_is_found(hustings: Hustings) -> None:
    write(hustings.folder, more=VOTERS, after=DECLARED)
    path = published(hustings) / "data/council.stages.json"
    path.write_text(path.read_text().replace("789997/20000", "789998/20000"))
    err = hustings("verify", "site", code=1).err
    assert "is not what was published" in err
    assert "counting the published rankings gives something else" in err


def test_a_forged_ranking_is_found(hustings: Hustings) -> None:
    write(hustings.folder, more=VOTERS, after=DECLARED)
    path = published(hustings) / "data/rankings.csv"
    path.write_text(path.read_text().replace("bob>cat,20", "bob>cat,21"))
    err = hustings("verify", "site", code=1).err
    assert "counting the published rankings gives something else" in err


@pytest.mark.parametrize("policy", ["unit_first_preferences", "unit_rankings", "named_ballots"])
def test_units_and_named_ballots_are_refused(hustings: Hustings, policy: str) -> None:
    write(hustings.folder, more=f'{VOTERS}policy = "{policy}"\n', after=DECLARED)
    err = hustings("publish", ".", "--out", "site", code=2).err
    assert "neither units nor named ballots" in err and 'write policy = "totals"' in err
    assert not (hustings.folder / "site").exists()


def test_contests_for_one_seat_and_for_several_stand_on_one_site(hustings: Hustings) -> None:
    write(hustings.folder, more=VOTERS, after=DECLARED)
    chair = '\n[contests.chair]\npost = "Chair"\nrules = "omov-av"\nballots = "ballots.csv"\n'
    names = '[contests.chair.candidates]\nann = "Ann"\nbob = "Bob"\ncat = "Cat"\ndan = "Dan"\n'
    definition = hustings.folder / "election.toml"
    definition.write_text(definition.read_text().replace(VOTERS, f"{chair}{names}{VOTERS}"))
    site = published(hustings)
    front = words(site / "index.html")
    assert "are elected to 2 seats" in front and "Ann is elected" in front
    assert (site / "chair/rounds/index.html").is_file()
    assert (site / "council/stages/index.html").is_file()
    contests = json.loads((site / "status.json").read_text())["contests"]
    assert contests["chair"]["elected"] == "ann"
    assert contests["council"]["elected"] == ["ann", "bob"]
    assert hustings("verify", "site").out.count("the same, to the last byte") == 2


def test_a_count_that_is_no_result_is_not_published(hustings: Hustings) -> None:
    write(hustings.folder, more=VOTERS, after=DECLARED)
    err = hustings("publish", ".", "--out", "site", "--rules", "ers97", code=2).err
    assert "is no result" in err
