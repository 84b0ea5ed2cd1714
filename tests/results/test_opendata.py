"""The data files of a release: tables that add up, keys that hold, the same bytes each time."""

import csv
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from fractions import Fraction
from functools import cache
from hashlib import sha256
from io import StringIO
from pathlib import Path

import duckdb
import jsonschema_rs
import pytest
from frictionless import Package, system

import hustings as h
from hustings.ballots.paper import NO_UNIT, ranked
from hustings.ballots.reduction import Poll, reduce
from hustings.ballots.returns import Claim, PaperAccount
from hustings.counting import engine
from hustings.counting.transcript import Transcript
from hustings.election.publication import (
    ElectorEntry,
    Policy,
    Release,
    SectionPublication,
    Status,
    UnitEntry,
)
from hustings.election.spec import EVERYONE, Election, SectionEntry
from hustings.formats import data_package
from hustings.formats.ballot_formats import FORMATS
from hustings.formats.data_package import Resource, Type
from hustings.results import opendata
from hustings.results.edition import Edition, NamedBallot, SectionEdition, Standalone, UnitRow
from hustings.shell import acts, datafiles, library
from hustings.units import Candidate, Papers, Section, Unit

HOSTILE = '=HYPERLINK("http://example.org";"<b>Zoë</b>,\nרחל")'
MPS, MEMBERS, AFFILIATES = map(Section, ("mps_meps", "members", "affiliates"))


# --- editions -------------------------------------------------------------------


def edition_2010(units: int = 12) -> Edition:
    """The count of 2010 with made-up local parties that sum to the published round 1."""
    count = library.count(acts.example("labour-2010"))
    loaded = acts.load(acts.example("labour-2010"))
    parts = {
        MPS: named_section(count, loaded.polls[count.contest.id]),
        MEMBERS: pooled_section(count, MEMBERS, units),
        AFFILIATES: pooled_section(count, AFFILIATES, max(4, units // 27)),
    }
    claim = Claim("turnout", "said to be returned", "257,339", "a newspaper", "", "2010-09-27")
    release = Release(2, Status.CORRECTED, "2010-09-25T16:45:00+01:00", "RO", "a late batch")
    return Edition(loaded.election, transcript(count), release, parts, (claim,))


def transcript(count: h.Count) -> Transcript:
    return Transcript(count.contest, count.profiles, count.rounds, count.hypothesis)


def named_section(count: h.Count, polls: tuple[Poll, ...]) -> SectionEdition:
    """Each parliamentarian's ballot, with a group for every second one."""
    ballots = []
    for number, paper in enumerate(paper for paper in polls[0].papers if paper.section == MPS):
        found = reduce(Poll((replace(paper, elector=""),)), count.contest)
        ranking = next(iter(found.papers[MPS]), ())
        spoiled = next(iter(found.spoiled.get(MPS, {})), "")
        groups = ("front bench", "Socialist group") if number % 2 else ()
        elector = ElectorEntry(paper.elector, f"seat {number}", groups)
        ballots.append(NamedBallot(f"b{number}", elector, paper.marks, ranking, spoiled))
    publication = SectionPublication(Policy.NAMED_BALLOTS)
    account = PaperAccount(Papers(271), Papers(268), None, "the party")
    return SectionEdition(entry(count, MPS), publication, account, ballots=tuple(ballots))


def pooled_section(count: h.Count, section: Section, size: int) -> SectionEdition:
    """So many units: two are pooled, one is not held, and all sum to the section."""
    held = count.rounds[0].tally.held[section]
    ids = [Unit(f"unit-{at:03}") for at in range(size)]
    votes = [dict(part) for part in split(held, size - 1)]
    rows = [row(unit, part) for unit, part in zip(ids[:-3], votes, strict=False)]
    pool = replace(row(Unit("pool-1"), votes[-2]), units=(ids[-3], ids[-2]))
    last = replace(row(Unit("not-held"), votes[-1]), units=(ids[-1],), issued=None)
    rows += [
        replace(pool, name="Two small units", standing=Standalone.POOLED),
        replace(last, name="Not held", standing=Standalone.NOT_HELD),
    ]
    entries = {unit: UnitEntry(unit, f"+{unit}", "north", None, 1, {"seat": "x"}) for unit in ids}
    entries[ids[0]] = replace(entries[ids[0]], name=HOSTILE, home_of=Candidate("balls"))
    rows[0] = replace(rows[0], name=HOSTILE)
    into = {ids[-3]: "pool-1", ids[-2]: "pool-1", ids[-1]: "not-held"}
    account = PaperAccount(spoiled={"no first preference": Papers(7), "torn": Papers(2)})
    publication = SectionPublication(Policy.UNIT_FIRST_PREFERENCES, units=entries)
    log = ("unit-009 and unit-010 are pooled: 5 papers",)
    return SectionEdition(
        entry(count, section), publication, account, tuple(rows), (), into, log=log,
        withheld="rebuilt from totals" if section == MEMBERS else "",
    )  # fmt: skip


def split(held: dict[Candidate, Papers], parts: int) -> Iterator[dict[Candidate, Papers]]:
    """The votes in so many parts that sum to them."""
    for at in range(parts):
        yield {
            name: Papers(papers * (at + 1) // parts - papers * at // parts)
            for name, papers in held.items()
        }


def row(unit: Unit, votes: dict[Candidate, Papers]) -> UnitRow:
    size = sum(votes.values())
    return UnitRow(
        unit, str(unit), (unit,), Standalone.ALONE, "north", votes,
        Papers(3), Papers(size + 3), Papers(size * 2 + 3), "the party's table",
    )  # fmt: skip


def entry(count: h.Count, section: Section) -> SectionEntry:
    return next(part for part in count.contest.sections if part.id == section)


def small(rules: str = "omov-av", rankings: object = None, **sections: str) -> Edition:
    """Two candidates and a third with a hostile name; no units; every ranking is published."""
    contest = library.contest(
        "Post", {"ann": "Ann", "bob": HOSTILE, "cat": "ann"}, rules=rules,
        sections=sections or None,
    )  # fmt: skip
    papers = rankings or {("ann", "bob"): 4, ("bob",): 3, ("cat", "bob"): 2}
    names = sections or (EVERYONE,)
    count = library.count(contest, {name: papers for name in names})
    publication = SectionPublication()
    parts = {
        part.id: SectionEdition(part, publication, PaperAccount()) for part in contest.sections
    }
    return Edition(Election("Post", (contest,)), transcript(count), Release(), parts)


@cache
def labour() -> Edition:
    return edition_2010()


@cache
def tables() -> dict[str, Resource]:
    return {table.name: table for table in opendata.resources(labour())}


def rows(table: Resource) -> list[dict[str, object]]:
    """The rows by column."""
    names = [field.name for field in table.fields]
    return [dict(zip(names, row_, strict=True)) for row_ in table.rows]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole data folder, as it is published."""
    folder = tmp_path_factory.mktemp("data")
    write_package(folder, labour())
    return folder


def write_package(folder: Path, edition: Edition) -> None:
    made, said = opendata.resources(edition), opendata.about(edition)
    others = datafiles.parquet(made, said) | {datafiles.RESULTS: datafiles.sqlite(made, said)}
    for name, content in others.items():
        (folder / name).write_bytes(content)
    for name, text in opendata.texts(edition, others).items():
        (folder / name).write_text(text, "utf-8", newline="")


# --- sums -----------------------------------------------------------------------


@pytest.mark.parametrize("section", [MEMBERS, AFFILIATES])
def test_units_sum_to_the_first_round_of_their_section(section: Section) -> None:
    """In the long table and in the wide one, whatever was pooled or not held."""
    first = {
        row["candidate"]: row["votes"]
        for row in rows(tables()["rounds"])
        if (row["round"], row["section"]) == (1, section)
    }
    long: Counter[object] = Counter()
    for unit in rows(tables()["unit_votes"]):
        if unit["section"] == section:
            long[unit["candidate"]] += unit["votes"]
    assert dict(long) == first
    wide = [unit for unit in rows(tables()["unit_table"]) if unit["section"] == section]
    assert {name: sum(unit[f"votes_{name}"] for unit in wide) for name in first} == first


def test_points_of_the_sections_sum_to_the_college() -> None:
    """Exactly, in every round; and shares are votes of the base."""
    totals: dict[tuple[object, object], Fraction] = Counter()  # type: ignore[assignment]
    for row in rows(tables()["rounds"]):
        totals[row["round"], row["candidate"]] += Fraction(row["college_points"])
        assert Fraction(row["section_share"]) == Fraction(row["votes"], row["base_votes"])
    college = rows(tables()["college_rounds"])
    assert totals == {(r["round"], r["candidate"]): Fraction(r["total"]) for r in college}
    last = [r for r in college if r["round"] == 4]
    assert [(r["candidate"], r["total_printed"], r["outcome"]) for r in last] == [
        ("d_miliband", "49.35", "continues"),
        ("e_miliband", "50.65", "elected"),
    ]


def test_transfers_are_the_difference_of_rounds() -> None:
    """In votes and, with re-basing, in points; 2010: Abbott's 7.417 = 6.670 + 0.747."""
    votes, points = Counter(), Counter()
    parts: Counter[str] = Counter()
    for move in rows(tables()["transfers"]):
        number, section, to = move["round"], move["section"], move["to"]
        passed, rebased = Fraction(move["points_transferred"]), Fraction(move["points_rebased"])
        points[number, section, to] += passed + rebased
        votes[number, section, to] += move["votes"] or 0
        if number == 1:
            parts.update({"transferred": passed, "rebased": rebased})
    held = {(r["round"], r["section"], r["candidate"]): r for r in rows(tables()["rounds"])}
    for (number, section, name), row in held.items():
        after = held.get((number + 1, section, name))
        if after:
            gained = Fraction(after["college_points"]) - Fraction(row["college_points"])
            assert points[number, section, name] == gained
            assert votes[number, section, name] == after["votes"] - row["votes"]
    assert round(parts["transferred"] * 100, 3) == Fraction("6.670")
    assert round(parts["rebased"] * 100, 3) == Fraction("0.747")


def test_pools_are_told_and_cover_every_unit() -> None:
    """A unit without figures leads to the row that has them."""
    members = [unit for unit in rows(tables()["units"]) if unit["section"] == MEMBERS]
    assert sum(unit["units_covered"] for unit in members) == 12
    pooled = {unit["id"]: unit for unit in members if unit["pooled_into"]}
    assert {id_: unit["pooled_into"] for id_, unit in pooled.items()} == {
        "unit-009": "pool-1",
        "unit-010": "pool-1",
        "unit-011": "not-held",
    }
    assert {unit["valid"] for unit in pooled.values()} == {None}
    assert [unit["status"] for unit in pooled.values()] == ["pooled", "pooled", "not_held"]
    turnout = rows(tables()["unit_table"])[0]
    assert Fraction(turnout["turnout"]) == Fraction(turnout["returned"], turnout["issued"])


def test_a_unit_whose_figures_are_in_no_row_leads_nowhere() -> None:
    """Where nothing is left for those not held, there is no row of them."""
    part = labour().sections[MEMBERS]
    part = replace(part, rows=part.rows[:-1])
    made = opendata.resources(replace(labour(), sections={**labour().sections, MEMBERS: part}))
    check_sqlite(datafiles.sqlite(made, opendata.about(labour())))
    units = next(table for table in made if table.name == "units")
    lost = [unit for unit in rows(units) if unit["section"] == MEMBERS][-1]
    assert (lost["id"], lost["status"], lost["pooled_into"]) == ("unit-011", "not_held", None)


# --- what is published of whom ---------------------------------------------------


def test_a_withheld_section_s_rankings_are_in_no_file() -> None:
    """Neither as rows nor as a ballot file; its rounds are published all the same."""
    found = opendata.texts(labour())
    assert {row["section"] for row in rows(tables()["rankings"])} == {MPS, AFFILIATES}
    ballots = {name for name in found if name.endswith((".blt", ".soi", ".abif"))}
    assert {name.partition(".")[0] for name in ballots} == {MPS, AFFILIATES}
    assert len(ballots) == 6 and "members.rctab.json" in found


def test_pooled_sections_are_open_only_where_none_is_withheld() -> None:
    """Whoever has all the rankings together has those of the small section too."""
    edition = small(members="1/2", mps="1/2")
    assert opendata.open_sections(edition) == [EVERYONE]
    closed = {**edition.sections}
    closed[Section("mps")] = replace(closed[Section("mps")], withheld="few papers")
    edition = replace(edition, sections=closed)
    assert opendata.open_sections(edition) == []
    names = {table.name for table in opendata.resources(edition)}
    assert "rankings" not in names and {"sections", "rounds"} <= names
    sections = next(t for t in opendata.resources(edition) if t.name == "sections")
    assert [(s["id"], s["weight"]) for s in rows(sections)] == [
        ("members", None),
        ("mps", None),
        ("everyone", "1/1"),
    ]


def test_only_those_whose_ballots_are_published_are_named() -> None:
    """An elector who is listed and did not vote stands in no table."""
    listed = {"Nobody": ElectorEntry("Nobody", "nowhere")}
    part = labour().sections[MPS]
    part = replace(part, publication=replace(part.publication, electors=listed))
    edition = replace(labour(), sections={**labour().sections, MPS: part})
    assert "Nobody" not in "".join(opendata.texts(edition).values())
    assert len(tables()["electors"].rows) == len(tables()["ballots"].rows) == 266


def test_units_with_rankings_are_told_in_every_round() -> None:
    """Their votes and transfers sum to the section's, a paper cut short among them."""
    edition = small()
    count = edition.transcript
    papers = count.profiles[0].papers[EVERYONE]
    votes = count.rounds[0].tally.held[EVERYONE]
    whole = replace(row(Unit("u1"), dict(votes)), rankings=papers)
    publication = SectionPublication(Policy.UNIT_RANKINGS)
    part = replace(edition.sections[EVERYONE], rows=(whole,), publication=publication)
    made = {t.name: t for t in opendata.resources(replace(edition, sections={EVERYONE: part}))}
    told = {(v["round"], v["candidate"]): v["votes"] for v in rows(made["unit_votes"])}
    assert told == {
        (number, name): papers
        for number, round_ in enumerate(count.rounds, 1)
        for name, papers in round_.tally.held[EVERYONE].items()
    }
    columns = ("round", "from", "to", "kind", "votes")
    assert [[m[c] for c in columns] for m in rows(made["unit_transfers"])] == [
        [m[c] for c in columns] for m in rows(made["transfers"]) if m["from"]
    ]


def test_numbers_that_only_stand_for_percentages_are_not_told() -> None:
    """1994: not even how many papers there were was published."""
    count = library.count(acts.example("labour-1994"))
    election = acts.load(acts.example("labour-1994")).election
    parts = {
        part.id: SectionEdition(part, SectionPublication(), PaperAccount())
        for part in count.contest.sections
    }
    edition = Edition(election, transcript(count), Release(), parts)
    made = {table.name: table for table in opendata.resources(edition)}
    unreal = {s for s, rebuilt in count.reconstructed.items() if rebuilt == "from_shares"}
    assert unreal
    for row in rows(made["rounds"]):
        assert (row["votes"] is None) == (row["section"] in unreal)
    assert not {f"{section}.rctab.json" for section in unreal} & {*opendata.texts(edition)}


# --- other rules ------------------------------------------------------------------


ONE_SEAT = [name for name in acts.rule_book_names() if acts.rule_book(name).seats is None]


@pytest.mark.parametrize("rules", ONE_SEAT)
def test_every_rule_book_gives_a_package_that_keeps_its_keys(rules: str) -> None:
    """One section and two, and each time a file that SQLite finds whole."""
    book = acts.rule_book(rules)
    weighed = {s: str(w) for s, w in book.weights.items()}
    weighed = weighed or {"one": str(book.whole * 2 / 3), "two": str(book.whole / 3)}
    lot = ["ann", "bob", "cat"]
    contest = library.contest("Post", lot, rules=rules, sections=weighed, lot=lot)
    papers = {("ann", "bob"): 40, ("bob", "ann"): 30, ("cat", "bob"): 20}
    count = library.count(contest, {section: papers for section in weighed})
    parts = {
        part.id: SectionEdition(part, SectionPublication(), PaperAccount())
        for part in contest.sections
    }
    edition = Edition(Election("", (contest,)), transcript(count), Release(), parts)
    made = opendata.resources(edition)
    check_sqlite(datafiles.sqlite(made, opendata.about(edition)))
    described = json.loads(opendata.texts(edition)[data_package.DESCRIPTOR])
    jsonschema_rs.validator_for(data_package.profile()).validate(described)


def test_a_ballot_of_fresh_papers_has_its_own_files() -> None:
    """An exhaustive ballot: one file a ballot, and rankings that name theirs."""
    contest = library.contest("Post", ["ann", "bob", "cat"], rules="exhaustive-ballot")
    first = library.count(contest, {("ann",): 4, ("bob",): 3, ("cat",): 2}).profiles[0]
    second = replace(first, papers={EVERYONE: {(Candidate("bob"),): Papers(5),
                                               (Candidate("ann"),): Papers(4)}})  # fmt: skip
    count = engine.count(contest, [first, second])
    parts = {EVERYONE: SectionEdition(contest.sections[0], SectionPublication(), PaperAccount())}
    edition = Edition(Election("Post", (contest,)), count, Release(), parts)
    made = {table.name: table for table in opendata.resources(edition)}
    assert {row["ballot"] for row in rows(made["rankings"])} == {1, 2}
    assert "transfers" not in made
    assert {"everyone-1.blt", "everyone-2.abif"} <= {*opendata.texts(edition)}


# --- CSV ------------------------------------------------------------------------


def test_no_cell_is_a_formula_and_each_can_be_had_back() -> None:
    """One apostrophe in front of what would run, and taken away it is the text again."""
    made = opendata.texts(labour())
    for name, table in tables().items():
        header, *cells = csv.reader(StringIO(made[f"{name}.csv"], newline=""))
        assert header == [field.name for field in table.fields]
        for found, row_ in zip(cells, table.rows, strict=True):
            for cell, wanted, field in zip(found, row_, table.fields, strict=True):
                if field.type is Type.TEXT:
                    assert not cell.startswith(("=", "+", "-", "@"))
                    cell = cell.removeprefix("'")
                assert cell == ("" if wanted is None else str(wanted))
    assert "\r" not in "".join(made.values())
    assert "'=HYPERLINK" in made["units.csv"] and "'+unit-00" in made["units.csv"]


# --- the package ------------------------------------------------------------------


def validated(folder: Path) -> set[str]:
    """The kinds of error that frictionless finds."""
    with system.use_context(trusted=True):
        report = Package(str(folder / data_package.DESCRIPTOR)).validate()
    return {error.type for task in report.tasks for error in task.errors} | {
        error.type for error in report.errors
    }


def test_the_package_is_valid_by_other_people_s_program(package: Path) -> None:
    """Types, primary keys, foreign keys, sizes and hashes."""
    assert validated(package) == set()
    described = json.loads((package / data_package.DESCRIPTOR).read_text("utf-8"))
    assert [part["name"] for part in described["resources"]] == [*tables()]
    listed = [*described["resources"], *described["hustings"]["files"]]
    contents = {file.name: file.read_bytes() for file in package.iterdir()}
    assert {part["path"] for part in listed} == {*contents} - {data_package.DESCRIPTOR}
    for part in listed:
        assert part["hash"] == f"sha256:{sha256(contents[part['path']]).hexdigest()}"
        assert part["bytes"] == len(contents[part["path"]])
    assert described["hustings"]["status"] == "corrected"
    assert "CORRECTED, release 2" in described["description"]


@pytest.mark.parametrize(
    ("file", "old", "new", "kind"),
    [
        ("rounds.csv", "1,members,abbott", "1,nowhere,abbott", "foreign-key"),
        ("unit_votes.csv", "members,unit-000", "members,unit-00O", "foreign-key"),
        ("rounds.csv", "1,members,abbott,9314", "1,members,abbott,931A", "type-error"),
        ("rounds.csv", "1,members,abbott,9314", "1,members,abbott,9315", "hash-count"),
        ("candidates.csv", "balls", "abbott", "primary-key"),
    ],
)
def test_a_broken_package_is_found_out(
    package: Path, tmp_path: Path, file: str, old: str, new: str, kind: str
) -> None:
    """A key that leads nowhere, a figure that is none, another figure."""
    for source in package.iterdir():
        (tmp_path / source.name).write_bytes(source.read_bytes())
    text = (tmp_path / file).read_text("utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1), "utf-8")
    assert kind in validated(tmp_path)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d["hustings"].pop("status"),
        lambda d: d["hustings"].update(status="final"),
        lambda d: d["hustings"]["sections"][0].update(weight="33.3"),
        lambda d: d["resources"].remove(next(r for r in d["resources"] if r["name"] == "rounds")),
        lambda d: d["resources"][0]["schema"]["fields"].pop(0),
    ],
)
def test_the_extension_s_schema_refuses_what_it_does_not_mean(spoil: object) -> None:
    """A status that is not one, a weight that is not exact, a table that is missing."""
    described = json.loads(opendata.texts(labour())[data_package.DESCRIPTOR])
    validator = jsonschema_rs.validator_for(data_package.profile())
    validator.validate(described)
    spoil(described)  # type: ignore[operator]
    assert not validator.is_valid(described)


def test_the_descriptor_comes_last_and_tells_true() -> None:
    """It holds the hash of every other file, and so cannot be made before."""
    assert [*opendata.texts(labour())][-1] == data_package.DESCRIPTOR


# --- Parquet and SQLite -------------------------------------------------------------


def test_parquet_reads_back_equal(package: Path) -> None:
    """Every cell of every table, a hostile name and an unknown figure among them."""
    with duckdb.connect() as database:
        for name, table in tables().items():
            path = str(package / f"{name}.parquet")
            found = database.execute("SELECT * FROM read_parquet(?)", [path]).fetchall()
            decimals = {at for at, f in enumerate(table.fields) if f.type is Type.DECIMAL}
            assert found == [
                tuple(
                    float(cell) if at in decimals and cell is not None else cell
                    for at, cell in enumerate(row_)
                )
                for row_ in table.rows
            ]
        said = database.execute(
            "SELECT decode(key), decode(value) FROM parquet_kv_metadata(?)",
            [str(package / "rounds.parquet")],
        ).fetchall()
    assert {("status", "corrected"), ("release", "2")} <= {*said}


def check_sqlite(content: bytes) -> None:
    """The file is whole, and every foreign key leads somewhere."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(content)
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_sqlite_answers_questions(package: Path) -> None:
    """By the tables, by the views, and of itself."""
    content = (package / datafiles.RESULTS).read_bytes()
    check_sqlite(content)
    assert content[96:100] == bytes(4)
    asked = {
        "SELECT candidate_name, total_printed FROM named_totals WHERE outcome = 'elected'": (
            "Ed Miliband",
            50.65,
        ),
        "SELECT sum(votes) FROM unit_votes WHERE section = 'members' AND candidate = 'abbott'": (
            9314,
        ),
        "SELECT count(*) FROM ballots WHERE counted NOT LIKE '%>%'": (61,),
        "SELECT value FROM about WHERE key = 'status'": ("corrected",),
        "PRAGMA user_version": (2,),
        "SELECT name FROM units WHERE home_candidate = 'balls' AND section = 'members'": (HOSTILE,),
        "SELECT votes FROM named_rounds WHERE section_name = 'Party members' AND round = 1 "
        "AND candidate_name = 'Diane Abbott'": (9314,),
    }
    with closing(sqlite3.connect(package / datafiles.RESULTS)) as database:
        assert {query: database.execute(query).fetchone() for query in asked} == asked


def test_a_key_that_leads_nowhere_is_found_in_sqlite() -> None:
    """The check above can fail."""
    made = [t for t in opendata.resources(labour()) if t.name in ("candidates", "college_rounds")]
    made[0] = replace(made[0], rows=made[0].rows[1:])
    with pytest.raises(AssertionError):
        check_sqlite(datafiles.sqlite(made, opendata.about(labour())))


def test_the_same_edition_gives_the_same_bytes(package: Path, tmp_path: Path) -> None:
    """Every file, made once more from nothing."""
    write_package(tmp_path, edition_2010())
    again = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert again == {file.name: file.read_bytes() for file in package.iterdir()}


# --- ballot files -----------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".blt", ".soi"])
def test_ballot_files_read_back_to_the_published_rankings(suffix: str) -> None:
    """By the package's own readers; the affiliates' say that nobody cast them."""
    contest = labour().transcript.contest
    for section in (MPS, AFFILIATES):
        text = opendata.ballot_files(labour())[f"{section}{suffix}"]
        read = FORMATS[suffix].read(text.splitlines(keepends=True), f"x{suffix}", contest, section)
        assert read.problems == ()
        found: Counter[object] = Counter()
        for paper in read.papers:
            found[tuple(name for (name,) in paper.marks)] += paper.papers
            assert paper.unit == NO_UNIT and ranked(*(n for (n,) in paper.marks)) == paper.marks
        assert found == labour().transcript.profiles[0].papers[section]
        assert ("RECONSTRUCTED" in read.title) == (section == AFFILIATES)
        assert "CORRECTED, release 2" in read.title
