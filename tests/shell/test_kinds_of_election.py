"""Elections of every kind are published, verified and counted again from what was published."""

from pathlib import Path

import pytest
from shell.conftest import Hustings

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
