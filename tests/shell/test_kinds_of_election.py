"""Elections of every kind are published, verified and counted again from what was published."""

import csv
import re
from collections import Counter
from hashlib import sha256
from operator import itemgetter
from pathlib import Path

import pytest
from shell.conftest import Hustings

from hustings.election.rulebook import OPEN_OVERVOTES

HEAD = """\
schema = 1
[election]
name = "Meeting"
"""
SECTIONS = """\
[sections.a]
weight = "1/2"
policy = "unit_first_preferences"
rankings = "published"
units = { x = "X", y = "Y", z = "Z" }
[sections.b]
weight = "1/2"
policy = "unit_first_preferences"
rankings = "published"
units = { p = "P", q = "Q" }
"""
CONTEST = """\
[contests.%s]
post = "%s"
rules = "%s"
ballots = %s
[contests.%s.candidates]
ann = "Ann"
bob = "Bob <i>B</i>"
cat = "مرشح عربي"
"""
PAPERS = """\
section,unit,count,1,2,3
a,x,40,ann,bob,cat
a,x,30,bob,,
a,y,30,cat,ann,
a,y,20,bob,ann,
a,y,10,ann,,
a,z,20,cat,ann,
a,z,20,bob,,
b,p,33,ann,,
b,p,30,cat,bob,
b,q,3,cat,bob,
b,q,2,ann,bob,
"""


def contest(id_: str, rules: str, ballots: str = '"papers.csv"') -> str:
    return CONTEST % (id_, id_.capitalize(), rules, ballots, id_)


KINDS = {
    "weighed": HEAD + SECTIONS + contest("chair", "labour-2010"),
    "pooled": HEAD + SECTIONS + contest("chair", "omov-av"),
    "the most": HEAD + SECTIONS + contest("chair", "first-past-the-post"),
    "two choices": HEAD + SECTIONS + contest("chair", "supplementary-vote"),
    "two contests": HEAD
    + SECTIONS
    + contest("chair", "labour-2010")
    + contest("deputy", "first-past-the-post"),
}


def write(folder: Path, definition: str) -> None:
    folder.mkdir()
    (folder / "election.toml").write_text(definition, "utf-8")
    (folder / "papers.csv").write_text(PAPERS, "utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_published_counts_again_to_the_last_byte(hustings: Hustings, kind: str) -> None:
    write(hustings.folder / "e", KINDS[kind])
    hustings("publish", "e", "--out", "site")
    said = hustings("verify", "site").out
    contests = KINDS[kind].count("[contests.") // 2
    assert said.count("the count comes out the same, to the last byte") == contests
    for transcript in (hustings.folder / "site").glob("**/data/*.transcript.json"):
        again = hustings("count", transcript.parent, "--format", "json").out
        assert again == transcript.read_text("utf-8")


def test_an_exhaustive_ballot_is_published_while_it_lasts(hustings: Hustings) -> None:
    definition = HEAD + contest("chair", "exhaustive-ballot", '["b1.csv"]')
    write(hustings.folder / "e", definition)
    (hustings.folder / "e" / "b1.csv").write_text("count,1\n50,ann\n40,bob\n30,cat\n")
    hustings("publish", "e", "--out", "site")
    page = (hustings.folder / "site" / "index.html").read_text("utf-8")
    assert "Nobody is elected yet: ballot 2 is between Ann and Bob &lt;i&gt;B&lt;/i&gt;." in page
    hustings("verify", "site")


def test_nobody_is_declared_elected_before_somebody_is(hustings: Hustings) -> None:
    definition = HEAD + contest("chair", "exhaustive-ballot", '["b1.csv"]')
    definition += '[[releases]]\nstatus = "declared"\nat = 2026-01-01\n'
    write(hustings.folder / "e", definition)
    (hustings.folder / "e" / "b1.csv").write_text("count,1\n50,ann\n40,bob\n30,cat\n")
    assert hustings.refuses("publish", "e", "--out", "site") == [
        "releases: nobody is elected yet, so that no release can be declared: write provisional"
    ]
    assert not (hustings.folder / "site").exists()


# --- ranks that several share ---------------------------------------------------

FOUR = (
    HEAD
    + SECTIONS.replace("unit_first_preferences", "unit_rankings")
    + contest("chair", "labour-2010")
    + 'dan = "Dan"\n'
)
SHARED = """\
section,unit,count,1,2,3,4
a,x,4000,ann,bob=dan,cat,
a,x,3000,bob,ann=cat,,
a,x,2400,cat,ann=bob,dan,
a,x,1200,dan,ann=cat,bob,
a,x,1200,dan,cat,ann,
a,y,3000,cat,ann=dan,bob,
a,y,4000,bob,cat,ann,
a,y,2000,ann,,,
a,y,1500,dan,ann=bob,cat,
a,z,2000,cat,ann=dan,,
a,z,2300,bob,ann=cat,dan,
a,z,2100,ann,,,
a,z,1100,dan,bob=cat,ann,
b,p,3300,ann,,,
b,p,3000,cat,ann=dan,bob,
b,p,3100,bob,ann=dan,cat,
b,p,1200,dan,bob=cat,ann,
b,q,2300,cat,bob,,
b,q,2200,ann,bob,,
b,q,2100,bob,cat=ann,,
b,q,800,dan,cat=ann,,
"""


@pytest.fixture(params=sorted(OPEN_OVERVOTES))
def kept_shared(request: pytest.FixtureRequest, hustings: Hustings) -> Path:
    """The folder of an election by whose rules whoever stands decides what a shared rank means."""
    folder = hustings.folder / "e"
    write(folder, FOUR + f'[contests.chair.override]\novervotes = "{request.param}"\n')
    (folder / "papers.csv").write_text(SHARED)
    return folder


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def summed(rows: list[dict[str, str]], *key: str) -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    for row in filter(itemgetter("votes"), rows):
        found[tuple(row[name] for name in key)] += int(row["votes"])
    return found


def test_papers_with_a_shared_rank_are_published_and_counted_again(
    hustings: Hustings, kept_shared: Path
) -> None:
    hustings("publish", kept_shared, "--out", "site")
    assert "the count comes out the same, to the last byte" in hustings("verify", "site").out
    site = hustings.folder / "site"
    assert "ann>bob=dan>cat" in (site / "data" / "rankings.csv").read_text("utf-8")
    again = hustings("count", site / "data", "--format", "json").out
    assert again == (site / "data" / "chair.transcript.json").read_text("utf-8")
    for name in ("a.blt", "a.toi", "a.abif"):
        read = hustings("papers", site / "data" / name).out
        assert re.search(r",4000,ann > \S+=dan > ", read), name


def test_the_units_sum_to_their_section_where_ranks_are_shared(
    hustings: Hustings, kept_shared: Path
) -> None:
    hustings("publish", kept_shared, "--out", "site")
    site = hustings.folder / "site"
    key = ("section", "round", "candidate")
    held = summed(table(site, "rounds"), *key)
    assert {number for _, number, _ in held} == {"1", "2", "3"}
    assert summed(table(site, "unit_votes"), *key) == held
    key = ("section", "round", "from", "to", "kind")
    passed = summed(table(site, "transfers"), *key)
    assert passed and summed(table(site, "unit_transfers"), *key) == passed


def test_a_changed_number_of_papers_with_a_shared_rank_is_found(
    hustings: Hustings, kept_shared: Path
) -> None:
    hustings("publish", kept_shared, "--out", "site")
    site = hustings.folder / "site"
    rankings, sums = site / "data" / "rankings.csv", site / "SHA256SUMS"
    was = sha256(rankings.read_bytes()).hexdigest()
    text = rankings.read_text("utf-8")
    assert text.count("ann>bob=dan>cat,4000,") == 1
    rankings.write_text(text.replace("ann>bob=dan>cat,4000,", "ann>bob=dan>cat,3999,"), "utf-8")
    now = sha256(rankings.read_bytes()).hexdigest()
    sums.write_text(sums.read_text("utf-8").replace(was, now), "utf-8")
    said = hustings("verify", "site", code=1).err
    assert "counting the published rankings gives something else" in said


def test_a_shared_rank_is_refused_in_the_rankings_of_rules_that_keep_none(
    hustings: Hustings,
) -> None:
    write(hustings.folder / "e", KINDS["weighed"])
    hustings("publish", "e", "--out", "site")
    rankings = hustings.folder / "site" / "data" / "rankings.csv"
    rankings.write_text(rankings.read_text("utf-8").replace("cat>ann,", "cat=ann,"), "utf-8")
    said = hustings("verify", "site", code=1).err
    assert re.search(r"rankings\.csv:\d+: ranking: several share a rank", said)


def test_a_ballot_with_a_shared_rank_is_followed(hustings: Hustings, kept_shared: Path) -> None:
    """Dan goes first: while Ann and Cat both stand the paper counts for neither of them."""
    lies = hustings("follow", "e", "dan > ann = cat > bob", "--section", "a").out.splitlines()
    assert lies[0].startswith("Round 1: with Dan, worth 0.")
    assert lies[1].startswith("Round 2: with nobody")
    pauses = "pause" in (kept_shared / "election.toml").read_text("utf-8")
    assert lies[2].startswith(f"Round 3: with {'مرشح' if pauses else 'nobody'}")


def test_units_tell_the_papers_that_a_shared_first_rank_holds_up(
    hustings: Hustings, kept_shared: Path
) -> None:
    """They count for nobody at first, and stand in a column of their own."""
    papers = kept_shared / "papers.csv"
    papers.write_text(papers.read_text().replace("a,y,4000,bob,cat", "a,y,4000,bob=cat,dan"))
    hustings("publish", kept_shared, "--out", "site")
    with (hustings.folder / "site" / "data" / "units.csv").open(encoding="utf-8") as file:
        rows = {row["id"]: row for row in csv.DictReader(file) if row["section"] == "a"}
    assert rows["y"]["non_transferable"] == "4000"
    assert {row["non_transferable"] for unit, row in rows.items() if unit != "y"} == {"0"}
    assert "the count comes out the same, to the last byte" in hustings("verify", "site").out


NAMED = """\
elector,1,2,3
Eve,ann,bob=cat,
Fay,bob=cat,ann,
Gus,cat,ann=bob,
Hal,ann,,
Ida,cat,bob,
Joe,ann,,
Kim,ann,,
"""


@pytest.mark.parametrize(
    ("overvotes", "fates"),
    [
        ("pause", ["nobody: non-transferable", "<bdi>مرشح عربي</bdi>"]),
        ("stop_if_several_continuing", ["nobody: non-transferable", "nobody: non-transferable"]),
    ],
)
def test_the_page_of_a_ballot_with_a_shared_rank(
    hustings: Hustings, overvotes: str, fates: list[str]
) -> None:
    """Fay's counts for nobody while Bob and Cat stand; who is left has it after a pause alone."""
    head = HEAD + '[sections.a]\nweight = "1"\npolicy = "named_ballots"\n'
    override = f'[contests.chair.override]\novervotes = "{overvotes}"\nstop = "two_left"\n'
    book = override + 'first_preference = "not_required"\n'
    write(hustings.folder / "e", head + contest("chair", "labour-2010") + book)
    (hustings.folder / "e" / "papers.csv").write_text(NAMED)
    hustings("publish", "e", "--out", "site")
    assert "the count comes out the same, to the last byte" in hustings("verify", "site").out
    page = hustings.folder / "site" / "electors" / "fay" / "index.html"
    told = page.read_text("utf-8")
    assert "Bob &lt;i&gt;B&lt;/i&gt;=مرشح عربي" in told
    assert "The order is complete." in told
    assert re.findall(r'<td class="text">(.*?)</td>', told) == fates
