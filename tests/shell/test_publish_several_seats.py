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

from hustings.results.edition import SeatsEdition
from hustings.shell import acts, otherwise, site

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


def test_rankings_by_unit_are_refused(hustings: Hustings) -> None:
    write(hustings.folder, more=f'{VOTERS}policy = "unit_rankings"\n', after=DECLARED)
    err = hustings("publish", ".", "--out", "site", code=2).err
    assert "rankings by unit of such a contest cannot be published yet" in err
    assert 'write policy = "unit_first_preferences"' in err
    assert not (hustings.folder / "site").exists()


# --- named ballots ------------------------------------------------------------------------------

NAMED = """\
section,elector,1,2,3,spoiled
voters,Ada <b>A</b>,ann,bob,,
voters,Ben B,ann,cat,,
voters,Cy C,ann,,,
voters,Di D,bob,cat,ann,
voters,Ed E,dan,,,
voters,Gil G,ann,bob,,
voters,Hal H,bob,,,
voters,Flo F,,,,not signed
"""


@pytest.mark.parametrize("book", BOOKS)
def test_every_named_ballot_is_followed(hustings: Hustings, book: str) -> None:
    write(hustings.folder, book, f'{VOTERS}policy = "named_ballots"\n', DECLARED)
    (hustings.folder / "ballots.csv").write_text(NAMED)
    site = published(hustings)
    table = words(site / "electors/index.html")
    assert "Ada <b>A</b> Ann Archer Bob Baker" in table and "Flo F" in table
    assert "In the last stage with" in table and "round" not in table
    assert "Counted in the end for" in words(site / "electors/ada-b-a-b/index.html")
    assert "The paper was spoiled: not signed." in words(site / "electors/flo-f/index.html")
    told = words(site / "electors/ed-e/index.html")
    assert "Gave no preference to anybody who was elected." in told
    assert "Stage 1 Dan Draper" in told
    assert "1 ballot is complete, and 6 are not." in words(site / "facts/index.html")
    with (site / "data/ballots.csv").open() as file:
        assert [row["formality"] for row in csv.DictReader(file)] == ["formal"] * 7 + ["not signed"]
    assert "the same, to the last byte" in hustings("verify", "site").out


def test_a_part_of_a_named_ballot_stays_with_whom_it_elected(hustings: Hustings) -> None:
    """Ann has four votes, and the quota is three: a quarter of each passes on."""
    write(hustings.folder, more=f'{VOTERS}policy = "named_ballots"\n', after=DECLARED)
    (hustings.folder / "ballots.csv").write_text(NAMED)
    site = published(hustings)
    told = words(site / "electors/ada-b-a-b/index.html")
    assert "Counted in the end for Ann Archer and Bob Baker, who were elected." in told
    assert "Stage 2 Bob Baker 0.25000 0.75000 with Ann Archer" in told
    assert "Ada <b>A</b> Ann Archer Bob Baker – – 2 no Bob Baker Ann Archer, Bob Baker" in words(
        site / "electors/index.html"
    )


# --- units --------------------------------------------------------------------------------------

BY_UNIT = """\
section,unit,count,1,2,3
voters,north,45,ann,bob,
voters,south,10,ann,cat,
voters,south,5,ann,,
voters,north,20,bob,cat,
voters,south,18,cat,bob,
voters,south,2,dan,cat,bob
voters,islet,1,bob,,
"""
UNITS = f'{VOTERS}policy = "unit_first_preferences"\nunit_is = "branch"\nunits_are = "branches"\n'


def of_units(folder: Path, rules: str = "scotland-stv-2007") -> None:
    write(folder, rules, UNITS, DECLARED)
    (folder / "ballots.csv").write_text(BY_UNIT)


@pytest.mark.parametrize("book", ["scotland-stv-2007", "bottoms-up"])
def test_units_have_a_table_and_a_page_each(hustings: Hustings, book: str) -> None:
    """Small ones are pooled as for one seat, and the rows sum to the section."""
    of_units(hustings.folder, book)
    site = published(hustings)
    told = words(site / "branches/index.html")
    assert "North 45 (69.2)" in told.replace("north", "North")
    assert (
        "2 branches together" in told and "Total 60 (59.4) 21 (20.8) 18 (17.8) 2 (2.0) 101" in told
    )
    assert "shown together" in words(site / "branches/islet/index.html")
    assert "put Ann Archer first, with 45 of 65" in words(site / "branches/north/index.html")
    with (site / "data/unit_votes.csv").open() as file:
        votes = {(row["unit"], row["candidate"]): row["votes"] for row in csv.DictReader(file)}
    assert votes["north", "ann"] == "45" and ("islet", "bob") not in votes
    assert "Whom they put first" in words(next(site.glob("sections/*/index.html")))
    assert "Branches" in words(site / "index.html")
    assert "the same, to the last byte" in hustings("verify", "site").out


def test_units_that_do_not_sum_are_refused(hustings: Hustings) -> None:
    of_units(hustings.folder)
    definition = hustings.folder / "election.toml"
    units = 'units = { north = "North", south = "South", islet = "Islet" }\n'
    returns = '[contests.council.returns.voters]\nunits = "returns.csv"\n\n'
    text = definition.read_text().replace(UNITS, f"{UNITS}{units}\n{returns}")
    definition.write_text(text)
    returned = hustings.folder / "returns.csv"
    returned.write_text("unit,ann,bob,cat,dan\nnorth,45,20,0,0\nsouth,15,0,19,2\nislet,0,1,0,0\n")
    (said,) = hustings.refuses("publish", ".", "--out", "site")
    assert "returns.csv:3: cat: 19 first preferences, and 18 among the unit's papers" in said


# --- facts, and what if -------------------------------------------------------------------------


def test_the_facts_are_computed_and_their_queries_give_them_again(hustings: Hustings) -> None:
    of_units(hustings.folder)
    site = published(hustings)
    told = words(site / "facts/index.html")
    assert "Ann Archer in stage 1, with 60.00000 votes; Bob Baker in stage 2" in told
    assert "81 of 101 papers, 80.20 per cent." in told
    queries = re.findall(r"<pre[^>]*><code>(.*?)</code>", (site / "facts/index.html").read_text())
    with closing(sqlite3.connect(site / "data/results.sqlite")) as database:
        answered = [database.execute(unescape(query)).fetchall() for query in queries]
    assert len(answered) > 10 and all(answered)


def test_a_claim_is_held_against_the_facts(hustings: Hustings) -> None:
    write(hustings.folder, more=VOTERS, after=DECLARED)
    definition = hustings.folder / "election.toml"
    definition.write_text(
        definition.read_text().replace("seats = 2", 'seats = 2\nclaims = "c.csv"')
    )
    claims = "id,says,value,source,fact\none,First for the elected,81,The Daily,elected-first\n"
    (hustings.folder / "c.csv").write_text(claims)
    told = words(published(hustings) / "differences/index.html")
    assert "First for the elected 81 80 The Daily" in told


def test_what_if_has_a_row_for_each_candidate_and_for_a_seat_more_and_fewer(
    hustings: Hustings,
) -> None:
    write(hustings.folder, more=VOTERS, after=DECLARED)
    told = words(published(hustings) / "what-if/index.html")
    assert "Nothing on this page is a result." in told
    assert "One seat more: 3 Ann Archer, Bob Baker and Cat <i>Cooper</i>" in told
    assert "One seat fewer: 1 Ann Archer nobody else Bob Baker" in told
    assert "Without Bob Baker Ann Archer and Cat <i>Cooper</i> Cat" in told
    assert "Without Dan Draper Ann Archer and Bob Baker nobody else nobody" in told


def test_what_if_tells_nothing_of_rankings_that_are_withheld(hustings: Hustings) -> None:
    write(hustings.folder)
    told = words(published(hustings) / "what-if/index.html")
    assert told.count("Nobody can know: the rankings are not published.") == 6
    assert "nobody else" not in told


def test_what_if_asks_of_no_candidate_where_counting_would_take_minutes(
    hustings: Hustings, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(hustings.folder, more=VOTERS, after=DECLARED)
    loaded = acts.load(hustings.folder)
    edition = site.edition_of(loaded, loaded.election.contests[0], {})
    assert isinstance(edition, SeatsEdition)
    asked = [other.title for other in otherwise.questions_of_seats(edition)]
    assert len(asked) == 6 and asked[2] == "Without Ann Archer"
    monkeypatch.setattr(otherwise, "MOST_COUNTED", 4 * 6 - 1)
    assert [other.title for other in otherwise.questions_of_seats(edition)] == asked[:2]


@pytest.mark.parametrize(
    ("book", "most", "times"),
    [
        ("scotland-stv-2007", "MOST_COUNTED", 1),
        ("bottoms-up", "MOST_COUNTED", 1),
        ("sequential-seats", "MOST_COUNTED", 2),
        ("meek-prf", "MOST_BY_MEEK", 2),
    ],
)
def test_the_bound_of_what_if_is_divided_by_the_seats_where_each_takes_longer(
    hustings: Hustings, monkeypatch: pytest.MonkeyPatch, book: str, most: str, times: int
) -> None:
    """Four candidates and six rankings, once, or once for each of the two seats."""
    write(hustings.folder, book, VOTERS, DECLARED)
    loaded = acts.load(hustings.folder)
    edition = site.edition_of(loaded, loaded.election.contests[0], {})
    assert isinstance(edition, SeatsEdition)
    monkeypatch.setattr(otherwise, most, 4 * 6 * times)
    assert len(list(otherwise.questions_of_seats(edition))) == 6
    monkeypatch.setattr(otherwise, most, 4 * 6 * times - 1)
    assert len(list(otherwise.questions_of_seats(edition))) == 2


# --- papers whose first rank is shared ----------------------------------------------------------


@pytest.mark.parametrize(("rules", "seats"), [("bottoms-up", 2), ("omov-av", 1)])
def test_papers_whose_first_rank_is_shared_stand_in_the_rows_of_units(
    hustings: Hustings, rules: str, seats: int
) -> None:
    """A column of the table, a row of the unit's page, a column of the data; all of it sums."""
    of_units(hustings.folder, rules)
    definition = hustings.folder / "election.toml"
    choice = f'seats = {seats}\noverride = {{ overvotes = "pause" }}'
    definition.write_text(definition.read_text().replace("seats = 2", choice))
    papers = hustings.folder / "ballots.csv"
    papers.write_text(f"{papers.read_text()}voters,north,7,ann=bob,cat,\n")
    site = published(hustings)
    table = words(site / "branches/index.html")
    assert "Non-transferable papers at first" in table
    assert "north 45 (62.5) 20 (27.8) 0 (0.0) 0 (0.0) 7 72" in table
    assert "Total 60 (55.6) 21 (19.4) 18 (16.7) 2 (1.9) 7 108" in table
    north = words(site / "branches/north/index.html")
    assert "Non-transferable 7 9.7" in north and "Valid 72" in north
    with (site / "data/unit_table.csv").open() as file:
        rows = {row["unit"]: row for row in csv.DictReader(file)}
    assert rows["north"]["non_transferable"] == "7"
    queries = re.findall(r"<pre[^>]*><code>(.*?)</code>", (site / "facts/index.html").read_text())
    with closing(sqlite3.connect(site / "data/results.sqlite")) as database:
        (query,) = (each for each in map(unescape, queries) if "'.valid' AS key" in each)
        assert ("north.valid", 72) in database.execute(query).fetchall()
    assert "the same, to the last byte" in hustings("verify", "site").out


# --- an officer's decision on a tie -------------------------------------------------------------

TIED = "count,1\n45,ann\n25,bob\n25,cat\n5,dan\n"
DECIDED = """\
schema = 1
[[decided]]
among = ["bob", "cat"]
chosen = "cat"
by = "Jo <b>Smith</b>"
when = 2022-05-06
why = "the toss of a coin before all"
"""


def tied(hustings: Hustings, rules: str, seats: int) -> None:
    folder = hustings.folder
    write(folder, rules, VOTERS, DECLARED)
    definition = folder / "election.toml"
    of_ties = f'seats = {seats}\noverride = {{ ties = ["decided"] }}'
    definition.write_text(definition.read_text().replace("seats = 2", of_ties))
    papers = TIED if seats > 1 else TIED.replace("45,ann", "45,dan")
    rows = papers.replace("count,1\n", "").replace("\n", "\nvoters,").removesuffix("voters,")
    (folder / "ballots.csv").write_text(f"section,count,1\nvoters,{rows}")
    (folder / "decided.toml").write_text(DECIDED)


@pytest.mark.parametrize(("rules", "seats"), [("scotland-stv-2007", 2), ("omov-av", 1)])
def test_a_decision_on_a_tie_is_published_with_its_author(
    hustings: Hustings, rules: str, seats: int
) -> None:
    """As by `count --decided`; without it, or with another, there is no site, or another result."""
    tied(hustings, rules, seats)
    assert "write the decision down" in hustings("publish", ".", "--out", "site", code=3).err
    site = published(hustings, "--decided", "decided.toml")
    counted = hustings("count", ".", "--decided", "decided.toml").out
    front = words(site / "index.html")
    (headline,) = (line for line in counted.splitlines() if " elected" in line and line[-1] == ".")
    assert headline in front
    said = (
        "A tie between Bob Baker and Cat <i>Cooper</i> was decided by Jo <b>Smith</b> "
        "(2022-05-06), and fell on Cat <i>Cooper</i>. The reason given: the toss of a coin "
        "before all"
    )
    assert said in front
    for paper in ("declaration.pdf", "count-sheet.pdf"):
        text = "".join(page.extract_text() for page in PdfReader(site / paper).pages)
        assert "was decided by Jo <b>Smith</b>" in " ".join(text.split())
    again = hustings("verify", "site").out
    assert "the same, to the last byte" in again
    (counted_file,) = [*site.glob("data/*.stages.json"), *site.glob("data/*.transcript.json")]
    assert '"why": "the toss of a coin before all"' in counted_file.read_text()
    forged = counted_file.read_text().replace('"chosen": "cat"', '"chosen": "bob"')
    counted_file.write_text(forged)
    assert "gives something else" in hustings("verify", "site", code=1).err


def test_a_decision_is_for_an_election_not_for_a_race(hustings: Hustings) -> None:
    (hustings.folder / "decided.toml").write_text(DECIDED)
    words_ = ("publish", "labour-2015-race", "--out", "site", "--decided", "decided.toml")
    (said,) = hustings.refuses(*words_)
    assert "--decided is for an election; PATH is a race" in said


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
