"""An exhaustive ballot from its folder: every section votes in every ballot."""

from .conftest import Folder, Hustings

DEFINITION = """\
schema = 1
[election]
name = "Conference"
[sections.clps]
weight = "1/2"
[sections.plp]
weight = "1/2"
[contests.leader]
post = "Leader"
rules = "exhaustive-ballot"
[contests.leader.override]
college = "sections"
[contests.leader.candidates]
ann = "Ann"
bob = "Bob"
cat = "Cat"
[contests.leader.ballots]
clps = ["clps-1.csv", "clps-2.csv"]
plp = ["plp-1.csv"]
"""


def test_a_section_that_lacks_a_ballot_is_not_passed_over(
    hustings: Hustings, election: Folder
) -> None:
    election.put("election.toml", DEFINITION)
    election.put("clps-1.csv", "count,1\n4,ann\n4,bob\n1,cat\n")
    election.put("clps-2.csv", "count,1\n4,ann\n5,bob\n")
    election.put("plp-1.csv", "count,1\n4,ann\n3,bob\n1,cat\n")
    assert hustings.refuses("count", "e") == [
        "leader: plp has papers of 1 ballots, and 2 were held: every section needs them all"
    ]
    election.put("plp-2.csv", "count,1\n6,ann\n3,bob\n")
    election.swap("election.toml", '["plp-1.csv"]', '["plp-1.csv", "plp-2.csv"]')
    assert "Ann is elected in round 2 with 55.56 per cent" in hustings("count", "e").out
