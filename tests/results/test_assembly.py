"""From files to an edition: what is refused, what is pooled, what is withheld, what sums."""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from hustings.election.publication import Policy, Status
from hustings.errors import InputError
from hustings.results import opendata
from hustings.results.edition import Edition, Standalone
from hustings.results.pages import record
from hustings.results.pages.record import Record
from hustings.shell import acts, site
from hustings.units import Section

DEFINITION = """\
schema = 1

[election]
name = "Annual meeting"

[sections.members]
name = "Members"
weight = "1/2"
policy = "unit_first_preferences"
unit_is = "branch"
units_are = "branches"
units = "branches.csv"

[sections.officers]
name = "Officers"
weight = "1/2"
policy = "named_ballots"
electors = "officers-groups.csv"

[contests.chair]
post = "Chair"
rules = "labour-2010"

[contests.chair.candidates]
ann = "Ann Archer"
bob = "Bob Baker"
cat = "Cat Cooper"

[contests.chair.ballots]
members = "members.csv"
officers = "officers.csv"

[contests.chair.returns.members]
issued = 350
units = "returns.csv"
"""

FILES = {
    "branches.csv": "unit,name,region\nnorth,North,Up\nsouth,South,Down\neast,East,Up\n"
    "west,West,Up\n",
    "members.csv": "unit,count,1,2,3,spoiled\n"
    "north,40,ann,bob,,\nnorth,30,bob,cat,,\nnorth,2,,,,not signed\n"
    "south,50,cat,bob,,\nsouth,20,ann,,,\n"
    "east,4,ann,,,\neast,1,bob,,,\n"
    "west,20,bob,ann,,\nwest,20,cat,,,\nwest,3,ann,bob,cat,\n",
    "officers.csv": "elector,1,2,3\nP One,ann,bob,cat\nP Two,bob,,\nP Three,cat,ann,\n",
    "officers-groups.csv": "elector,groups\nP One,Old\nP Two,New\nP Three,New\n",
    "returns.csv": "unit,issued\nnorth,100\nsouth,100\neast,50\nwest,100\n",
}


class Folder:
    """An election's folder, changed file by file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        for name, text in {"election.toml": DEFINITION, **FILES}.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        (self.path / name).write_text(text, "utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        text = (self.path / name).read_text("utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def edition(self, before: Mapping[int, Mapping[str, Record]] | None = None) -> Edition:
        loaded = acts.load(self.path)
        return site.edition_of(loaded, loaded.election.contests[0], before or {})

    def refusals(self) -> list[str]:
        with pytest.raises(InputError) as caught:
            self.edition()
        return [str(problem).replace(f"{self.path}/", "") for problem in caught.value.problems]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


MEMBERS, OFFICERS = Section("members"), Section("officers")


def test_units_are_counted_from_papers_that_name_them(folder: Folder) -> None:
    north = folder.edition().sections[MEMBERS].rows[0]
    assert (north.id, north.votes) == ("north", {"ann": 40, "bob": 30, "cat": 0})
    assert (north.spoiled, north.returned, north.issued) == (2, 72, 100)


def test_rows_sum_to_the_section_whatever_is_pooled(folder: Folder) -> None:
    edition = folder.edition()
    part = edition.sections[MEMBERS]
    summed: Counter[str] = Counter()
    for row in part.rows:
        summed.update(row.votes or {})
    assert summed == edition.transcript.rounds[0].tally.held[MEMBERS]
    assert sum(row.spoiled or 0 for row in part.rows) == 2


def test_a_branch_that_is_too_small_is_pooled_in_its_region(folder: Folder) -> None:
    part = folder.edition().sections[MEMBERS]
    (pool,) = [row for row in part.rows if row.standing is Standalone.POOLED]
    assert set(pool.units) == {"east", "west"} and pool.name == "2 branches in Up together"
    assert part.pooled_into == {"east": pool.id, "west": pool.id}
    assert {row.id for row in part.alone} == {"north", "south"}


def test_named_ballots_keep_the_ranking_and_the_groups(folder: Folder) -> None:
    ballots = folder.edition().sections[OFFICERS].ballots
    assert [(b.id, b.ranking) for b in ballots] == [
        ("p-one", ("ann", "bob", "cat")),
        ("p-two", ("bob",)),
        ("p-three", ("cat", "ann")),
    ]
    assert ballots[1].elector.groups == ("New",)


def test_rankings_of_few_papers_are_withheld_and_named_ones_are_not(folder: Folder) -> None:
    sections = folder.edition().sections
    assert sections[OFFICERS].withheld == ""
    assert sections[MEMBERS].withheld == ""  # 188 papers, 15 rankings
    folder.change("members.csv", "south,50", "south,10")
    assert "Rankings are not published" in folder.edition().sections[MEMBERS].withheld


def test_rankings_may_be_published_or_withheld_by_a_person(folder: Folder) -> None:
    folder.change("members.csv", "south,50", "south,10")
    branch = 'unit_is = "branch"'
    folder.change("election.toml", branch, f'{branch}\nrankings = "published"')
    assert folder.edition().sections[MEMBERS].withheld == ""
    folder.change("election.toml", 'rankings = "published"', 'rankings = "withheld"')
    assert folder.edition().sections[MEMBERS].withheld


def test_without_a_policy_only_totals_are_published(folder: Folder) -> None:
    folder.change("election.toml", 'policy = "unit_first_preferences"\n', "")
    part = folder.edition().sections[MEMBERS]
    assert part.publication.policy is Policy.TOTALS and part.rows == ()


def test_without_a_release_the_result_is_provisional(folder: Folder) -> None:
    assert folder.edition().release.status is Status.PROVISIONAL


def test_a_section_that_is_one_voice_is_refused_unless_a_person_says_why(folder: Folder) -> None:
    folder.change("election.toml", 'policy = "named_ballots"\n', "")
    folder.write("officers.csv", "count,1\n12,ann\n")
    (refusal,) = folder.refusals()
    assert refusal.startswith("election.toml: sections.officers: Officers: the section's own")
    assert 'accepts = "the reason"' in refusal
    folder.change("election.toml", "[sections.officers]", '[sections.officers]\naccepts = "rule 9"')
    assert any("rule 9" in line for line in folder.edition().sections[OFFICERS].log)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (
            "returns.csv",
            "north,100",
            "north,71",
            "returns.csv:2: issued: 72 papers were returned of 71 issued",
        ),
        ("returns.csv", "unit,issued", "unit,isued", "is no candidate"),
        ("returns.csv", "north,", "nroth,", "returns.csv:2: unit: 'nroth' is not in the def"),
        ("members.csv", "north,40", "nroth,40", "members.csv:2: unit: 'nroth' is no unit of "),
        (
            "election.toml",
            "issued = 350",
            "issued = 189",
            "election.toml: contests.chair.returns.members.issued: Members: 190 papers were "
            "returned of 189 issued",
        ),
        (
            "election.toml",
            "issued = 350",
            "issued = 350\nspoiled = 3",
            "election.toml: contests.chair.returns.members.spoiled: Members: 3 papers are said to "
            "be spoiled, and 2 of those",
        ),
        (
            "election.toml",
            "issued = 350",
            "issued = 340",
            "returns.csv:1: issued: Members: the units' issued papers sum to 350, and the section",
        ),
        (
            "officers.csv",
            "P Two",
            "P Too",
            "officers.csv:3: elector: P Too cast a paper, and is not in the list of electors",
        ),
        (
            "officers.csv",
            "P Two",
            "P One",
            "officers.csv:3: elector: P One",
        ),
        ("officers.csv", "P Two", "", "officers.csv:3: elector: the section's policy is named_b"),
        ("branches.csv", "west,West,Up\n", "", "members.csv:9: unit: 'west' is no unit of section"),
        (
            "election.toml",
            'units = "branches.csv"',
            'units = "none.csv"',
            "none.csv: cannot be read",
        ),
        (
            "election.toml",
            'ann = "Ann Archer"',
            f'ann = "{"A" * 4000}"',
            "election.toml: contests.chair.candidates.ann: the name has 4,000 characters",
        ),
        (
            "election.toml",
            'ann = "Ann Archer"',
            'ann = "Ann \u202erehcrA"',
            "election.toml: contests.chair.candidates.ann: the name has characters that turn",
        ),
    ],
)
def test_what_contradicts_itself_is_not_published(
    folder: Folder, name: str, old: str, new: str, said: str
) -> None:
    folder.change(name, old, new)
    assert any(said in refusal for refusal in folder.refusals()), folder.refusals()


def test_a_table_of_units_must_sum_to_the_section(folder: Folder) -> None:
    folder.write("members.csv", "count,1\n94,ann\n50,bob\n46,cat\n")
    rows = "unit,ann,bob,cat\nnorth,40,30,20\nsouth,20,10,10\neast,20,5,10\nwest,14,5,{}\n"
    folder.write("returns.csv", rows.format(6))
    assert folder.edition().sections[MEMBERS].complete
    folder.write("returns.csv", rows.format(5))
    (refusal,) = folder.refusals()
    assert refusal.startswith(
        "returns.csv:1: cat: Members: the units' votes for Cat Cooper sum to 45, and the section ha"
    )


def test_a_table_that_lacks_units_says_so_and_still_sums(folder: Folder) -> None:
    folder.write("members.csv", "count,1\n94,ann\n50,bob\n46,cat\n")
    folder.write("returns.csv", "unit,ann,bob,cat\nnorth,40,30,20\n")
    refusals = folder.refusals()
    assert "branches.csv:3: Members: South has no row with votes: add it, or write" in refusals[0]
    units = 'units = "returns.csv"'
    folder.change("election.toml", units, f"{units}\ncomplete = false")
    last = folder.edition().sections[MEMBERS].rows[-1]
    assert last.standing is Standalone.NOT_HELD
    assert last.votes == {"ann": 54, "bob": 20, "cat": 26}


def test_a_published_figure_that_disagrees_stops_it(tmp_path: Path) -> None:
    acts.start(tmp_path / "e", "labour-2010")
    figures = tmp_path / "e" / "published.csv"
    text = figures.read_text("utf-8")
    figures.write_text(text.replace("1,abbott,mps_meps,7,0.877,", "1,abbott,mps_meps,7,0.876,"))
    loaded = acts.load(tmp_path / "e")
    with pytest.raises(InputError, match=r"published\.csv:2: round 1, mps_meps, abbott: points"):
        site.edition_of(loaded, loaded.election.contests[0], {})


def test_the_starters_commented_lines_can_all_be_taken_in(tmp_path: Path) -> None:
    """Units, returns, policies, releases: what a comment shows is what the reader accepts."""
    acts.start(tmp_path / "e")
    definition = tmp_path / "e" / "election.toml"
    text = re.sub(r"^# (?=[a-z_]+ = |\[)", "", definition.read_text("utf-8"), flags=re.M)
    text = text.replace('policy = "totals"', 'policy = "unit_first_preferences"')
    definition.write_text(text, "utf-8")
    rows = "unit,ann,bob,cat,spoiled\nnorth,22,16,14,2\nsouth,20,15,13,1\n"
    (tmp_path / "e" / "members-returns.csv").write_text(rows, "utf-8")
    loaded = acts.load(tmp_path / "e")
    (contest,) = loaded.election.contests
    edition = site.edition_of(loaded, contest, {})
    part = edition.sections[MEMBERS]
    assert [row.name for row in part.rows] == ["North Ward", "South Ward"]
    assert (part.publication.unit_is, part.account.issued, part.account.returned) == (
        "ward",
        120,
        103,
    )
    assert edition.release.status is Status.DECLARED
    assert contest.standing == {"ann", "bob", "cat"}


def test_units_that_are_gone_from_a_release_are_told_in_its_log(folder: Folder) -> None:
    """Where a person accepts it, the log says so; else it is refused."""
    before = {1: record.read(record.write([folder.edition()]), "record.json")}
    folder.change("election.toml", 'policy = "unit_first_preferences"', 'policy = "totals"')
    with pytest.raises(InputError, match="the release before has figures of units"):
        folder.edition(before)
    folder.change(
        "election.toml", 'policy = "totals"', 'policy = "totals"\naccepts = "the branches asked"'
    )
    found = folder.edition(before)
    assert found.sections[MEMBERS].log[-1] == (
        "Published although refused: the release before has figures of units. "
        "Reason: the branches asked"
    )


# --- papers whose first rank is shared ----------------------------------------------------------


def shared(folder: Folder, north: int = 6, east: int = 0) -> None:
    """So many papers of North, and of small East, rank Ann and Bob first together."""
    rules = 'rules = "labour-2010"'
    choice = 'override = { overvotes = "stop_if_several_continuing" }'
    folder.change("election.toml", rules, f"{rules}\n{choice}")
    rows = f"north,40,ann,bob,,\nnorth,{north},ann=bob,cat,,\n"
    rows += f"east,{east},ann=bob,,,\n" if east else ""
    folder.change("members.csv", "north,40,ann,bob,,\n", rows)


def test_papers_whose_first_rank_is_shared_have_a_column_of_their_own(folder: Folder) -> None:
    """They are valid, count for nobody at first, and still sum to the section."""
    shared(folder)
    edition = folder.edition()
    part = edition.sections[MEMBERS]
    north = part.rows[0]
    assert north.votes == {"ann": 40, "bob": 30, "cat": 0}
    assert (north.non_transferable, north.valid, north.returned) == (6, 76, 78)
    held_up = edition.transcript.rounds[0].tally.non_transferable[MEMBERS]
    assert sum(row.non_transferable for row in part.rows) == held_up == 6
    assert sum(row.valid or 0 for row in part.rows) == edition.valid(MEMBERS)


def test_the_tables_have_the_column_and_say_what_it_is(folder: Folder) -> None:
    shared(folder)
    tables = {table.name: table for table in opendata.resources(folder.edition())}
    for name in ("units", "unit_table"):
        table = tables[name]
        columns = [field.name for field in table.fields]
        at = columns.index("non_transferable")
        assert {row[columns.index("section")]: row[at] for row in table.rows[:1]} == {"members": 6}
        assert "share their highest rank" in table.fields[at].description
    sections = tables["sections"]
    valid = [field.name for field in sections.fields].index("valid")
    assert sections.rows[0][valid] == 194


def test_a_pool_and_the_rest_hold_such_papers_too(folder: Folder) -> None:
    shared(folder, east=3)
    part = folder.edition().sections[MEMBERS]
    (pool,) = [row for row in part.rows if row.standing is Standalone.POOLED]
    assert (pool.non_transferable, pool.valid) == (3, 51)
    assert "(none)" not in (pool.votes or {})
    folder.change("election.toml", 'units = "returns.csv"', "complete = false")
    # Papers that name no unit stand in the row of what is not held.
    text = (folder.path / "members.csv").read_text()
    folder.write("members.csv", text.replace("south,50", ",50").replace("south,20", ",20"))
    folder.change("members.csv", "east,3,ann=bob,,,\n", "east,3,ann=bob,,,\n,9,ann=bob,,,\n")
    rest = folder.edition().sections[MEMBERS].rows[-1]
    assert rest.standing is Standalone.NOT_HELD
    assert rest.votes == {"ann": 20, "bob": 0, "cat": 50} and rest.non_transferable == 9


def test_a_unit_that_shares_its_first_rank_throughout_is_hidden_as_any_of_one_mind(
    folder: Folder,
) -> None:
    """To count for nobody is one more way to vote: forty papers alike give each other away."""
    shared(folder)
    folder.change(
        "members.csv",
        "west,20,bob,ann,,\nwest,20,cat,,,\nwest,3,ann,bob,cat,\n",
        "west,40,ann=bob,,,\n",
    )
    part = folder.edition().sections[MEMBERS]
    assert "west" in part.pooled_into


def test_a_return_may_state_such_papers_and_is_held_to_them(folder: Folder) -> None:
    shared(folder)
    folder.write("returns.csv", "unit,non_transferable\nnorth,5\nsouth,0\neast,0\nwest,0\n")
    (refusal,) = folder.refusals()
    assert refusal == "returns.csv:2: non_transferable: 5, and 6 by the unit's papers"
    folder.write("returns.csv", "unit,non_transferable\nnorth,0\nsouth,\neast,0\nwest,0\n")
    (refusal,) = folder.refusals()
    assert refusal == "returns.csv:2: non_transferable: 0, and 6 by the unit's papers"


def test_a_table_of_units_must_have_them_all(folder: Folder) -> None:
    shared(folder)
    folder.write("members.csv", "count,1,2\n94,ann,\n50,bob,\n40,cat,\n6,ann=bob,cat\n")
    rows = "unit,ann,bob,cat,non_transferable\nnorth,40,30,20,6\nsouth,20,10,10,0\n"
    folder.write("returns.csv", f"{rows}east,20,5,5,0\nwest,14,5,5,0\n")
    assert folder.edition().sections[MEMBERS].rows[0].non_transferable == 6
    folder.write("returns.csv", f"{rows}east,20,5,5,0\nwest,14,5,5,0\n".replace(",6", ",5"))
    (refusal,) = folder.refusals()
    assert refusal.startswith(
        "returns.csv:1: non_transferable: Members: the units' papers that count for nobody in "
        "round 1 sum to 5, and the section has 6; if units are missing, write complete = false; "
        "where the figure is not known, leave its cell of non_transferable empty"
    )


WITHOUT_COLUMN = "unit,ann,bob,cat\nnorth,40,30,20\nsouth,20,10,10\neast,20,5,5\nwest,14,5,5\n"


def test_a_table_without_the_column_has_no_unit_missing(folder: Folder) -> None:
    """Papers that name only somebody withdrawn stand in the row of the rest, as nobody's own."""
    dee = 'dee = { name = "Dee Dunn", withdrawn = true }'
    folder.change("election.toml", 'cat = "Cat Cooper"', f'cat = "Cat Cooper"\n{dee}')
    rules, passed = 'rules = "labour-2010"', 'override = { withdrawn_ranks = "pass_over" }'
    folder.change("election.toml", rules, f"{rules}\n{passed}")
    folder.write("members.csv", "count,1\n94,ann\n50,bob\n40,cat\n3,dee\n")
    folder.write("returns.csv", WITHOUT_COLUMN)
    edition = folder.edition()
    *alone, rest = edition.sections[MEMBERS].rows
    assert [(row.id, row.non_transferable) for row in alone] == [("north", None), ("south", None)]
    assert rest.standing is Standalone.NOT_HELD and rest.non_transferable == 3
    assert sum(row.valid or 0 for row in (*alone, rest)) == edition.valid(MEMBERS) == 187


def test_of_whom_the_papers_for_nobody_are_unknown_is_left_empty(folder: Folder) -> None:
    """Unless the others have them all: then these have none."""
    shared(folder, 12)
    folder.write("members.csv", "count,1,2\n94,ann,\n50,bob,\n40,cat,\n12,ann=bob,cat\n")
    rows = "unit,ann,bob,cat,non_transferable\nnorth,40,30,20,12\nsouth,20,10,10,\n"
    folder.write("returns.csv", f"{rows}east,20,5,5,\nwest,14,5,5,0\n")
    known = {row.id: row.non_transferable for row in folder.edition().sections[MEMBERS].rows}
    assert known == {"north": 12, "south": 0, "east": 0, "west": 0}
    folder.write("returns.csv", f"{rows}east,20,5,5,\nwest,14,5,5,0\n".replace(",12", ","))
    edition = folder.edition()
    known = {row.id: row.non_transferable for row in edition.sections[MEMBERS].rows}
    assert known == {"north": None, "south": None, "east": None, "not-held": 12}
    table = {table.name: table for table in opendata.resources(edition)}["unit_table"]
    at = [field.name for field in table.fields].index("non_transferable")
    assert {row[1]: row[at] for row in table.rows if row[0] == "members"} == known
    folder.write("returns.csv", f"{rows}east,20,5,5,\nwest,14,5,5,0\n".replace(",12", ",13"))
    (refusal,) = folder.refusals()
    assert "sum to 13, and the section has 12" in refusal


def test_of_a_pool_they_are_unknown_where_they_are_of_one_of_its_units(folder: Folder) -> None:
    shared(folder, 12)
    folder.write("members.csv", "count,1,2\n76,ann,\n71,bob,\n50,cat,\n12,ann=bob,cat\n")
    rows = "unit,ann,bob,cat,non_transferable\nnorth,40,30,20,5\nsouth,20,10,10,\n"
    folder.write("returns.csv", f"{rows}east,2,1,0,0\nwest,14,30,20,\n")
    found = folder.edition().sections[MEMBERS].rows
    (pool,) = [row for row in found if row.standing is Standalone.POOLED]
    assert pool.units == ("east", "west") and pool.non_transferable is None


def test_an_earlier_release_is_held_against_them(folder: Folder) -> None:
    """One more such paper in North: a later release would show that one paper."""
    shared(folder)
    before = {1: record.read(record.write([folder.edition()]), "record.json")}
    assert before[1]["chair"].sections[MEMBERS].figures.rows[0].votes["(none)"] == 6
    assert folder.edition(before).sections[MEMBERS].rows
    folder.change("members.csv", "north,6,ann=bob", "north,7,ann=bob")
    with pytest.raises(InputError, match="subtracting an earlier release gives papers away"):
        folder.edition(before)
